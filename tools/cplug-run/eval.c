/* eval.c: the verb eval: scores of a model, and bounds that they must keep. */
#include "tool.h"
#include <stdlib.h>
#include <string.h>

static const double *score_named(const cplug_scores *s, const char *name, size_t n)
{
    if (n == 4 && strncmp(name, "loss", 4) == 0) return &s->loss;
    for (uint32_t i = 0; i < s->n; i++)
        if (strlen(s->names[i]) == n && strncmp(s->names[i], name, n) == 0) return &s->values[i];
    return NULL;
}

/* Whether a score keeps within a bound; *value NULL when there is no such score. */
static bool keeps(const bound *b, const cplug_scores *s, const double **value)
{
    const char *equals = strchr(b->text, '=');
    const double want = strtod(equals + 1, NULL);
    *value = score_named(s, b->text, (size_t)(equals - b->text));
    return *value != NULL && (b->at_most ? **value <= want : **value >= want);
}

static int check_bounds(const command *c, const cplug_scores *s)
{
    int code = CPLUG_RUN_OK;
    char text[512];
    const double *value;
    for (uint32_t i = 0; i < c->n_bounds; i++) {
        const bound *b = &c->bounds[i];
        const int n = (int)strcspn(b->text, "=");
        if (keeps(b, s, &value)) continue;
        if (value == NULL) {
            snprintf(text, sizeof text, "there is no score '%.*s': %s is wanted", n, b->text, b->text);
            return fail_text(c, CPLUG_RUN_USAGE, text);
        }
        fprintf(stderr, "%.*s is %.6g, wanted at %s %s\n", n, b->text, *value, b->at_most ? "most" : "least", b->text + n + 1);
        code = CPLUG_RUN_MISSED;
    }
    return code;
}

static void add_missed(const command *c, const cplug_scores *s, cJSON *o)
{
    cJSON *list = cJSON_AddArrayToObject(o, "missed");
    const double *value;
    for (uint32_t i = 0; i < c->n_bounds; i++)
        if (!keeps(&c->bounds[i], s, &value)) cJSON_AddItemToArray(list, cJSON_CreateString(c->bounds[i].text));
}

static void print_scores(const command *c, const cplug_scores *s)
{
    if (!c->json) {
        printf("samples %lld\nloss %.6g\n", (long long)s->samples, s->loss);
        for (uint32_t i = 0; i < s->n; i++) printf("%s %.6g\n", s->names[i], s->values[i]);
        return;
    }
    cJSON *o = cJSON_CreateObject(), *scores = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "type", "eval");
    cJSON_AddNumberToObject(scores, "loss", s->loss);
    for (uint32_t i = 0; i < s->n; i++) cJSON_AddNumberToObject(scores, s->names[i], s->values[i]);
    cJSON_AddStringToObject(o, "data", c->data != NULL ? c->data : "valid");
    cJSON_AddNumberToObject(o, "samples", (double)s->samples);
    cJSON_AddItemToObject(o, c->data != NULL ? c->data : "valid", scores);
    if (c->n_bounds) add_missed(c, s, o);
    print_json(o);
}

int do_eval(const command *c)
{
    cplug_scores s = CPLUG_SCORES;
    cplug_run *r = open_run(c, CPLUG_RUN_EVALUATES);
    int missed = CPLUG_RUN_OK;
    if (cplug_run_code(r) == CPLUG_RUN_OK && cplug_run_eval(r, &s) == CPLUG_OK) {
        missed = check_bounds(c, &s);
        if (missed != CPLUG_RUN_USAGE) print_scores(c, &s);
    }
    int code = finish(c, r);
    return code != CPLUG_RUN_OK ? code : missed;
}
