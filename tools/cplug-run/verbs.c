/* verbs.c: the verbs that open a run: train, eval, predict, check, summary, bench. */
#include "tool.h"
#include <stdlib.h>
#include <string.h>

int do_train(const command *c)
{
    cplug_run *r = open_run(c, CPLUG_RUN_TRAINS | CPLUG_RUN_EVALUATES);
    watch_signals();
    if (cplug_run_code(r) == CPLUG_RUN_OK) cplug_run_train(r, NULL);
    return finish(c, r);
}

/* ---- eval ---- */
static const double *score_named(const cplug_scores *s, const char *name, size_t n)
{
    if (n == 4 && strncmp(name, "loss", 4) == 0) return &s->loss;
    for (uint32_t i = 0; i < s->n; i++)
        if (strlen(s->names[i]) == n && strncmp(s->names[i], name, n) == 0) return &s->values[i];
    return NULL;
}

static int check_bounds(const command *c, const cplug_scores *s)
{
    int code = CPLUG_RUN_OK;
    for (uint32_t i = 0; i < c->n_bounds; i++) {
        const bound *b = &c->bounds[i];
        const char *equals = strchr(b->text, '=');
        const double *value = score_named(s, b->text, (size_t)(equals - b->text));
        char *end, text[256];
        const double want = strtod(equals + 1, &end);
        if (value == NULL || *end || end == equals + 1) {
            snprintf(text, sizeof text, "%s: there is no such score, or no number after '='", b->text);
            return fail_text(c, CPLUG_RUN_USAGE, text);
        }
        if (b->at_most ? *value <= want : *value >= want) continue;
        fprintf(stderr, "%.*s is %.6g, wanted at %s %s\n", (int)(equals - b->text), b->text, *value, b->at_most ? "most" : "least",
                equals + 1);
        code = CPLUG_RUN_MISSED;
    }
    return code;
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
    print_json(o);
}

int do_eval(const command *c)
{
    cplug_scores s = CPLUG_SCORES;
    cplug_run *r = open_run(c, CPLUG_RUN_EVALUATES);
    int missed = CPLUG_RUN_OK;
    if (cplug_run_code(r) == CPLUG_RUN_OK && cplug_run_eval(r, &s) == CPLUG_OK) {
        print_scores(c, &s);
        missed = check_bounds(c, &s);
    }
    int code = finish(c, r);
    return code != CPLUG_RUN_OK ? code : missed;
}

/* ---- predict ---- */
typedef struct json_rows {
    char *head;
} json_rows;

static void print_row(void *arg, const char *line)
{
    (void)arg;
    puts(line);
}

/* The next CSV field of *at into text; false at the end. */
static bool next_field(const char **at, char *text, size_t size)
{
    const char *p = *at;
    size_t n = 0;
    if (p == NULL) return false;
    bool quoted = *p == '"';
    for (p += quoted; *p && (quoted || *p != ','); p++) {
        if (quoted && *p == '"' && *++p != '"') break;
        if (n + 1 < size) text[n++] = *p;
    }
    text[n] = '\0';
    *at = *p == ',' ? p + 1 : NULL;
    return true;
}

/* One JSON object a line, keys from the head; what is a number stays one. */
static void print_json_row(void *arg, const char *line)
{
    json_rows *j = arg;
    char key[256], value[256], *end;
    if (j->head == NULL) {
        j->head = strdup(line);
        return;
    }
    const char *keys = j->head, *values = line;
    cJSON *o = cJSON_CreateObject();
    while (next_field(&keys, key, sizeof key) && next_field(&values, value, sizeof value)) {
        double number = strtod(value, &end);
        bool text = strcmp(key, "class") == 0 || end == value || *end;
        if (text)
            cJSON_AddStringToObject(o, key, value);
        else
            cJSON_AddNumberToObject(o, key, number);
    }
    print_json(o);
}

int do_predict(const command *c)
{
    json_rows j = { NULL };
    cplug_run *r = open_run(c, 0);
    if (cplug_run_code(r) == CPLUG_RUN_OK) cplug_run_predict_rows(r, c->json ? print_json_row : print_row, &j);
    free(j.head);
    return finish(c, r);
}

/* ---- check, summary, bench ---- */
int do_check(const command *c)
{
    cplug_run *r = open_run(c, CPLUG_RUN_TRAINS | CPLUG_RUN_EVALUATES);
    if (cplug_run_code(r) == CPLUG_RUN_OK && c->print && !c->json) fputs(cplug_run_config(r), stdout);
    if (cplug_run_code(r) == CPLUG_RUN_OK && !c->print && !c->json)
        printf("%s: %lld parameters, no mistakes\n", c->file, (long long)cplug_module_n_parameters(cplug_run_model(r)));
    if (cplug_run_code(r) == CPLUG_RUN_OK && c->json) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "type", "check");
        cJSON_AddNumberToObject(o, "parameters", (double)cplug_module_n_parameters(cplug_run_model(r)));
        if (c->print) cJSON_AddStringToObject(o, "config", cplug_run_config(r));
        print_json(o);
    }
    return finish(c, r);
}

static void shape_text(const cplug_meta *m, char *out, size_t size)
{
    size_t n = 0;
    out[0] = '\0';
    for (int32_t d = 0; d < m->ndim && n < size; d++)
        n += (size_t)snprintf(out + n, size - n, d ? "x%lld" : "%lld", (long long)m->shape[d]);
}

static void summary_json(const cplug_summary_row *rows, int64_t n, int64_t total, int64_t trainable)
{
    cJSON *o = cJSON_CreateObject(), *layers = cJSON_CreateArray();
    for (int64_t i = 0; i < n; i++) {
        cJSON *row = cJSON_CreateObject(), *shape = cJSON_CreateArray();
        cJSON_AddStringToObject(row, "name", rows[i].path);
        cJSON_AddStringToObject(row, "type", rows[i].type);
        for (int32_t d = 0; d < rows[i].output.ndim; d++) cJSON_AddItemToArray(shape, cJSON_CreateNumber((double)rows[i].output.shape[d]));
        cJSON_AddItemToObject(row, "output", shape);
        cJSON_AddNumberToObject(row, "parameters", (double)rows[i].parameters);
        cJSON_AddItemToArray(layers, row);
    }
    cJSON_AddStringToObject(o, "type", "summary");
    cJSON_AddNumberToObject(o, "parameters", (double)total);
    cJSON_AddNumberToObject(o, "trainable", (double)trainable);
    cJSON_AddItemToObject(o, "layers", layers);
    print_json(o);
}

static void summary_text(const cplug_summary_row *rows, int64_t n, int64_t total, int64_t trainable)
{
    int width[2] = { 5, 4 };
    char shape[128];
    for (int64_t i = 0; i < n; i++) {
        if ((int)strlen(rows[i].path) > width[0]) width[0] = (int)strlen(rows[i].path);
        if ((int)strlen(rows[i].type) > width[1]) width[1] = (int)strlen(rows[i].type);
    }
    printf("%-*s  %-*s  %-16s  %12s\n", width[0], "layer", width[1], "type", "output", "parameters");
    for (int64_t i = 0; i < n; i++) {
        shape_text(&rows[i].output, shape, sizeof shape);
        printf("%-*s  %-*s  %-16s  %12lld\n", width[0], rows[i].path, width[1], rows[i].type, shape, (long long)rows[i].parameters);
    }
    printf("%lld parameters, %lld trainable\n", (long long)total, (long long)trainable);
}

int do_summary(const command *c)
{
    const cplug_summary_row *rows;
    int64_t shape[CPLUG_MAX_DIMS], total = 0, trainable = 0;
    cplug_run *r = open_run(c, 0);
    if (cplug_run_code(r) != CPLUG_RUN_OK) return finish(c, r);
    cplug_module *m = cplug_run_model(r);
    int64_t n = cplug_module_summary(m, cplug_run_input_shape(r, shape), shape, &rows);
    total = cplug_module_n_parameters(m);
    for (int64_t i = 0; i < n; i++) trainable += rows[i].trainable;
    if (n < 0) {
        int code = fail_text(c, CPLUG_RUN_FAILED, cplug_error_text(cplug_run_context(r)));
        finish(c, r);
        return code;
    }
    (c->json ? summary_json : summary_text)(rows, n, total, trainable);
    return finish(c, r);
}

static cJSON *times_json(double median, double min, double max)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "median", median);
    cJSON_AddNumberToObject(o, "min", min);
    cJSON_AddNumberToObject(o, "max", max);
    return o;
}

int do_bench(const command *c)
{
    cplug_bench b = CPLUG_BENCH;
    cplug_run *r = open_run(c, CPLUG_RUN_EVALUATES);
    b.repeats = (uint32_t)c->repeats;
    if (cplug_run_code(r) != CPLUG_RUN_OK || cplug_run_bench(r, &b) != CPLUG_OK) return finish(c, r);
    if (!c->json) {
        printf("step     %.4f ms (%.4f to %.4f), %u repeats of batch %lld\n", b.step_median_ms, b.step_min_ms, b.step_max_ms, b.repeats,
               (long long)b.batch_size);
        printf("forward  %.4f ms (%.4f to %.4f)\n", b.forward_median_ms, b.forward_min_ms, b.forward_max_ms);
        printf("samples  %.0f/s  backends %s, %d threads, peak %.1f MiB\n", b.samples_per_s, b.backends, (int)b.threads, b.peak_rss_mb);
        return finish(c, r);
    }
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "type", "bench");
    cJSON_AddItemToObject(o, "step_ms", times_json(b.step_median_ms, b.step_min_ms, b.step_max_ms));
    cJSON_AddItemToObject(o, "forward_ms", times_json(b.forward_median_ms, b.forward_min_ms, b.forward_max_ms));
    cJSON_AddNumberToObject(o, "samples_per_s", b.samples_per_s);
    cJSON_AddNumberToObject(o, "threads", b.threads);
    cJSON_AddStringToObject(o, "backends", b.backends);
    cJSON_AddNumberToObject(o, "peak_rss_mb", b.peak_rss_mb);
    cJSON_AddNumberToObject(o, "batch_size", (double)b.batch_size);
    cJSON_AddNumberToObject(o, "repeats", b.repeats);
    print_json(o);
    return finish(c, r);
}
