/* words.c: options and ops in words, for people and for the reference pages. */
#include "inspect.h"
#include "../common/describe.h"
#include <stdarg.h>
#include <string.h>

static void add(char text[WORDS], const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(char text[WORDS], const char *format, ...)
{
    const size_t n = strlen(text);
    va_list args;
    va_start(args, format);
    vsnprintf(text + n, WORDS - n, format, args);
    va_end(args);
}

static const cJSON *get(const cJSON *o, const char *key) { return cJSON_GetObjectItemCaseSensitive(o, key); }

bool json_has(const cJSON *list, const char *word)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, list) if (strcmp(item->valuestring, word) == 0) return true;
    return false;
}

bool json_true(const cJSON *o, const char *key) { return cJSON_IsTrue(get(o, key)); }

const char *json_words(const cJSON *list, const char *between, char text[WORDS])
{
    const cJSON *item;
    text[0] = '\0';
    cJSON_ArrayForEach(item, list) add(text, "%s%s", text[0] ? between : "", item->valuestring);
    return text;
}

const char *option_type(const cJSON *option, char text[WORDS])
{
    if (cJSON_IsArray(get(option, "choices"))) return json_words(get(option, "choices"), "|", text);
    snprintf(text, WORDS, "%s", strcmp(json_text(option, "type"), "bool") == 0 ? "true|false" : json_text(option, "type"));
    return text;
}

const char *option_range(const cJSON *option, char text[WORDS])
{
    const cJSON *min = get(option, "min"), *max = get(option, "max"), *fewest = get(option, "count_min"), *most = get(option, "count_max");
    text[0] = '\0';
    if (min != NULL && max != NULL)
        add(text, "%.15g to %.15g", min->valuedouble, max->valuedouble);
    else if (min != NULL)
        add(text, "at least %.15g", min->valuedouble);
    if (fewest != NULL && most != NULL && fewest->valuedouble == most->valuedouble)
        add(text, "%s%.0f of them", text[0] ? ", " : "", most->valuedouble);
    else if (fewest != NULL && most != NULL && most->valuedouble > fewest->valuedouble)
        add(text, "%s%.0f to %.0f of them", text[0] ? ", " : "", fewest->valuedouble, most->valuedouble);
    else if (fewest != NULL)
        add(text, "%s%.0f of them or more", text[0] ? ", " : "", fewest->valuedouble);
    return text;
}

const char *option_default(const cJSON *option)
{
    if (json_true(option, "required")) return "required";
    if (get(option, "default") != NULL) return json_text(option, "default");
    return json_true(option, "none_ok") ? "none" : "";
}

/* An input as it is written in a call; '#' (a number) is said elsewhere. */
static void add_input(char text[WORDS], const char *word)
{
    const size_t n = strcspn(word, "?![#");
    add(text, "%s%.*s%s%s%s", text[strlen(text) - 1] == '(' ? "" : ", ", (int)n, word, strstr(word, "[]") != NULL ? "[]" : "",
        strchr(word, '!') != NULL ? "!" : "", strchr(word, '?') != NULL ? "?" : "");
}

const char *signature_text(const cJSON *op, char text[WORDS])
{
    const cJSON *inputs = get(op, "inputs"), *item, *option;
    const bool random = json_has(get(op, "flags"), "random");
    const int n = cJSON_GetArraySize(inputs) - (random ? 2 : 0); /* core fills in seed and offset */
    int i = 0;
    snprintf(text, WORDS, "%s(", json_text(op, "id"));
    cJSON_ArrayForEach(item, inputs) if (i++ < n) add_input(text, item->valuestring);
    const char *between = n > 0 ? "; " : "";
    cJSON_ArrayForEach(option, get(op, "options"))
    {
        const char *fallback = option_default(option);
        const bool given = fallback[0] && strcmp(fallback, "required") != 0;
        add(text, "%s%s%s%s", between, json_text(option, "name"), given ? "=" : "", given ? fallback : "");
        between = ", ";
    }
    add(text, ")");
    between = " -> ";
    cJSON_ArrayForEach(item, get(op, "outputs"))
    {
        if (strchr(item->valuestring, '~') != NULL) continue;
        add(text, "%s%s", between, item->valuestring);
        between = ", ";
    }
    return text;
}

const char *op_gradient(const cJSON *op)
{
    const char *how = json_text(op, "gradient");
    return strcmp(how, "decompose") == 0 ? "through its decomposition" : how;
}

const char *op_kernels(const survey *s, const char *op, char text[WORDS])
{
    text[0] = '\0';
    for (const cJSON *k = survey_next(s, NULL, "kernel", op); k != NULL; k = survey_next(s, k, "kernel", op)) {
        const char *backend = json_text(k, "backend"), *device = json_text(k, "device");
        const bool plain = strcmp(device, "cpu") == 0;
        char word[160];
        snprintf(word, sizeof word, "%s%s%s", backend, plain ? "" : "@", plain ? "" : device);
        const char *at = strstr(text, word); /* a backend may have several kernels of one op */
        const size_t n = strlen(word);
        if (at == NULL || (at[n] != '\0' && at[n] != ',') || (at != text && at[-1] != ' ')) add(text, "%s%s", text[0] ? ", " : "", word);
    }
    return text;
}
