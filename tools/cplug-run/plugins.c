/* plugins.c: the verb plugins: what is installed and whether it works, a line each. */
#include "../common/describe.h"
#include "survey.h"
#include <string.h>

enum { STATE, ID, VERSION, ABI, KINDS, COLUMNS, WIDEST = 40 };

static void cells_of(const cJSON *p, char cells[COLUMNS][128])
{
    const cJSON *major = cJSON_GetObjectItemCaseSensitive(p, "abi_major"), *minor = cJSON_GetObjectItemCaseSensitive(p, "abi_minor");
    const bool known = cJSON_GetNumberValue(major) >= 0 && json_text(p, "id")[0];
    snprintf(cells[STATE], sizeof cells[0], "%s", json_text(p, "state"));
    snprintf(cells[ID], sizeof cells[0], "%s", known ? json_text(p, "id") : "?");
    snprintf(cells[VERSION], sizeof cells[0], "%s", json_text(p, "version"));
    snprintf(cells[ABI], sizeof cells[0], "?");
    if (known) snprintf(cells[ABI], sizeof cells[0], "abi %d.%d", (int)cJSON_GetNumberValue(major), (int)cJSON_GetNumberValue(minor));
    size_t n = 0;
    cells[KINDS][0] = '\0';
    for (const cJSON *k = cJSON_GetObjectItemCaseSensitive(p, "kinds")->child; k != NULL && n < sizeof cells[0]; k = k->next)
        n += (size_t)snprintf(cells[KINDS] + n, sizeof cells[0] - n, "%s%s", n ? "," : "", k->valuestring);
}

static bool is_shown(const command *c, const cJSON *p) { return !c->failed || json_text(p, "reason")[0] != '\0'; }

static void print_table(const command *c, const survey *s)
{
    char cells[COLUMNS][128];
    int width[COLUMNS] = { 0 };
    const cJSON *p;
    cJSON_ArrayForEach(p, s->plugins)
    {
        cells_of(p, cells);
        for (int i = 0; i < COLUMNS && is_shown(c, p); i++)
            if ((int)strlen(cells[i]) > width[i]) width[i] = strlen(cells[i]) < WIDEST ? (int)strlen(cells[i]) : WIDEST;
    }
    cJSON_ArrayForEach(p, s->plugins)
    {
        if (!is_shown(c, p)) continue;
        cells_of(p, cells);
        for (int i = 0; i < COLUMNS; i++) printf("%-*s  ", width[i], cells[i]);
        printf("%s\n", json_text(p, "path"));
        if (json_text(p, "reason")[0]) printf("    %s\n", json_text(p, "reason"));
    }
}

static void print_summary(const command *c, const survey *s)
{
    int32_t n = 0, broken = 0, warned = 0;
    const cJSON *p, *w;
    cJSON_ArrayForEach(p, s->plugins)
    {
        n++;
        broken += survey_is_broken(p);
        warned += strcmp(json_text(p, "state"), STATE_WARNING) == 0;
    }
    cJSON_ArrayForEach(w, s->warnings) printf("warning: %s\n", w->valuestring);
    if (n == 0) {
        puts("no plugins found; CPLUG_PLUGIN_PATH adds folders");
        return;
    }
    if (c->failed && broken == 0 && warned == 0) {
        puts("every plugin works");
        return;
    }
    printf("%d plugin%s", (int)n, n == 1 ? "" : "s");
    if (broken) printf(", %d cannot be used", (int)broken);
    if (warned) printf(", %d %s a warning", (int)warned, warned == 1 ? "has" : "have");
    printf("%s\n", (broken || warned) && !c->failed ? ": cplug-run plugins --failed" : "");
}

static void plugins_json(const command *c, survey *s)
{
    cJSON *o = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(o, "plugins");
    cJSON_AddStringToObject(o, "type", "plugins");
    for (cJSON *p; (p = cJSON_DetachItemFromArray(s->plugins, 0)) != NULL;) {
        if (is_shown(c, p))
            cJSON_AddItemToArray(list, p);
        else
            cJSON_Delete(p);
    }
    cJSON_AddItemToObject(o, "warnings", s->warnings);
    s->warnings = NULL;
    print_json(o);
}

int do_plugins(const command *c)
{
    survey s;
    int seconds;
    const int code = survey_seconds(c, &seconds);
    if (code != CPLUG_RUN_OK) return code;
    if (!survey_open(&s, NULL, seconds)) return fail_text(c, CPLUG_RUN_PLUGIN, cplug_error_text(NULL));
    if (c->json) {
        plugins_json(c, &s);
    } else {
        print_table(c, &s);
        print_summary(c, &s);
    }
    survey_free(&s);
    return CPLUG_RUN_OK;
}
