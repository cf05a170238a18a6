/* doctor.c: the verb doctor: facts about cplug and the machine for a bug report, then what is wrong and what to do. */
#include "doctor.h"
#include "../common/describe.h"
#include <string.h>

static bool any_failed(const cJSON *checks)
{
    const cJSON *o;
    cJSON_ArrayForEach(o, checks) if (strcmp(json_text(o, "state"), "fail") == 0) return true;
    return false;
}

static void put_value(const cJSON *value)
{
    if (cJSON_IsBool(value))
        printf("%s\n", cJSON_IsTrue(value) ? "yes" : "no");
    else if (cJSON_IsNumber(value))
        printf("%.10g\n", value->valuedouble);
    else
        printf("%s\n", cJSON_IsString(value) && value->valuestring[0] ? value->valuestring : "-");
}

static void put_facts(const cJSON *facts)
{
    const cJSON *section, *fact;
    cJSON_ArrayForEach(section, facts)
    {
        printf("%s\n", section->string);
        cJSON_ArrayForEach(fact, section)
        {
            printf("  %-16s  ", fact->string);
            put_value(fact);
        }
    }
}

static void put_plugins(const survey *s)
{
    const cJSON *p;
    printf("plugins\n");
    cJSON_ArrayForEach(p, s->plugins)
        printf("  %-16s  %s %s  %s\n", json_text(p, "id"), json_text(p, "version"), json_text(p, "state"), json_text(p, "path"));
}

static void put_checks(const cJSON *checks)
{
    const cJSON *o;
    printf("\n");
    cJSON_ArrayForEach(o, checks)
    {
        printf("%-4s  %-16s  %s\n", json_text(o, "state"), json_text(o, "name"), json_text(o, "text"));
        if (json_text(o, "help")[0]) printf("%24s%s\n", "", json_text(o, "help"));
    }
}

static void put_json(cJSON *facts, survey *s, cJSON *checks)
{
    cJSON *o = cJSON_CreateObject(), *backends = cJSON_CreateArray();
    const cJSON *b = NULL;
    while ((b = survey_next(s, b, "backend", NULL)) != NULL) {
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "id", json_text(b, "id"));
        cJSON_AddStringToObject(one, "words", json_text(b, "words"));
        cJSON_AddItemToArray(backends, one);
    }
    cJSON_AddStringToObject(o, "type", "doctor");
    cJSON_AddBoolToObject(o, "ok", !any_failed(checks));
    cJSON_AddItemToObject(o, "facts", facts);
    cJSON_AddItemToObject(o, "backends", backends);
    cJSON_AddItemToObject(o, "plugins", s->plugins);
    s->plugins = NULL;
    cJSON_AddItemToObject(o, "checks", checks);
    print_json(o);
}

int do_doctor(const command *c)
{
    survey s;
    machine m;
    int seconds, code = survey_seconds(c, &seconds);
    if (code != CPLUG_RUN_OK) return code;
    if (!survey_open(&s, NULL, seconds)) return fail_text(c, CPLUG_RUN_PLUGIN, cplug_error_text(NULL));
    cJSON *facts = doctor_facts(&m), *checks = doctor_checks(&m, &s);
    code = any_failed(checks) ? CPLUG_RUN_FAILED : CPLUG_RUN_OK;
    if (c->json) {
        put_json(facts, &s, checks);
    } else {
        put_facts(facts);
        put_plugins(&s);
        put_checks(checks);
        printf("\n%s\n", code == CPLUG_RUN_OK ? "nothing is broken" : "something is broken: see the lines that begin with fail");
        cJSON_Delete(facts);
        cJSON_Delete(checks);
    }
    survey_free(&s);
    return code;
}
