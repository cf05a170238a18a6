/* inspect.c: the verb inspect: components with their options, ops with their signatures and kernels, plugins with what they bring. */
#include "inspect.h"
#include "../common/describe.h"
#include <stdlib.h>
#include <string.h>

static const cJSON *get(const cJSON *o, const char *key) { return cJSON_GetObjectItemCaseSensitive(o, key); }

/* ---- one component ---- */
static void option_text(const cJSON *o)
{
    char type[WORDS], range[WORDS];
    const char *fallback = option_default(o);
    const bool required = json_true(o, "required");
    option_range(o, range);
    printf("  %-18s %s%s%s%s%s%s\n", json_text(o, "name"), option_type(o, type), range[0] ? ", " : "", range, fallback[0] ? ", " : "",
           fallback[0] && !required ? "default " : "", fallback);
    if (json_text(o, "doc")[0]) printf("  %-18s %s\n", "", json_text(o, "doc"));
}

static void op_text(const survey *s, const cJSON *o)
{
    char words[WORDS];
    printf("  %s\n", signature_text(o, words));
    printf("  inputs             %s\n", json_words(get(o, "inputs"), " ", words));
    printf("  outputs            %s\n", json_words(get(o, "outputs"), " ", words));
    if (json_text(o, "dtypes")[0]) printf("  dtypes             %s\n", json_text(o, "dtypes"));
    printf("  gradient           %s\n", op_gradient(o));
    printf("  decomposes         %s\n", json_true(o, "decomposes") ? "yes" : "no");
    if (cJSON_GetArraySize(get(o, "flags"))) printf("  flags              %s\n", json_words(get(o, "flags"), ", ", words));
    op_kernels(s, json_text(o, "id"), words);
    printf("  kernels            %s\n", words[0] ? words : json_has(get(o, "flags"), "view") ? "needs none: a view" : "none");
}

/* What only some kinds have, as "name  value". */
static void extra_text(const cJSON *o)
{
    static const char *const plain[] = { "device", "words", "inputs", "outputs", "count" };
    static const char *const lists[] = { "extensions", "state" };
    char words[WORDS];
    for (uint32_t i = 0; i < CPLUG_COUNT(plain); i++) {
        const cJSON *value = get(o, plain[i]);
        if (cJSON_IsString(value) && value->valuestring[0]) printf("  %-18s %s\n", plain[i], value->valuestring);
        if (cJSON_IsNumber(value) && value->valuedouble == 0 && strcmp(plain[i], "inputs") == 0)
            printf("  %-18s any number\n", plain[i]);
        else if (cJSON_IsNumber(value))
            printf("  %-18s %.0f\n", plain[i], value->valuedouble);
    }
    for (uint32_t i = 0; i < CPLUG_COUNT(lists); i++)
        if (cJSON_GetArraySize(get(o, lists[i]))) printf("  %-18s %s\n", lists[i], json_words(get(o, lists[i]), " ", words));
    if (get(o, "higher_is_better") != NULL) printf("  %-18s %s\n", "better", json_true(o, "higher_is_better") ? "higher" : "lower");
}

static void component_text(const survey *s, const cJSON *o)
{
    const char *kind = json_text(o, "kind"), *class = json_text(o, "class"), *plugin = json_text(o, "plugin");
    const cJSON *option;
    printf("%s %s%s%s%s: %s (%s)\n", kind, json_text(o, "id"), class[0] ? " (" : "", class, class[0] ? ")" : "", json_text(o, "doc"),
           plugin[0] ? plugin : "core");
    if (strcmp(kind, "op") == 0)
        op_text(s, o);
    else
        extra_text(o);
    cJSON_ArrayForEach(option, get(o, "options")) option_text(option);
}

/* ---- lists ---- */
static void kind_line(const survey *s, const char *kind, const char *plugin)
{
    bool first = true;
    for (const cJSON *o = survey_next(s, NULL, kind, NULL); o != NULL; o = survey_next(s, o, kind, NULL)) {
        if (plugin != NULL && strcmp(json_text(o, "plugin"), plugin) != 0) continue;
        if (first) printf("%s:", kind);
        if (strcmp(kind, "kernel") == 0)
            printf(" %s@%s", json_text(o, "id"), json_text(o, "device"));
        else
            printf(" %s", json_text(o, "id"));
        first = false;
    }
    if (!first) putchar('\n');
}

static void everything_text(const survey *s)
{
    char words[WORDS];
    for (uint32_t k = 0; k < n_kind_pages; k++)
        if (strcmp(kind_pages[k].kind, "op") != 0) kind_line(s, kind_pages[k].kind, NULL);
    kind_line(s, "device", NULL);
    kind_line(s, "backend", NULL);
    puts("op:");
    for (const cJSON *o = survey_next(s, NULL, "op", NULL); o != NULL; o = survey_next(s, o, "op", NULL))
        printf("  %s\n", signature_text(o, words));
}

static void kind_text(const survey *s, const char *kind)
{
    char words[WORDS];
    for (const cJSON *o = survey_next(s, NULL, kind, NULL); o != NULL; o = survey_next(s, o, kind, NULL)) {
        if (strcmp(kind, "op") == 0)
            printf("%s\n", signature_text(o, words));
        else
            printf("%-20s %s\n", json_text(o, "id"), json_text(o, "doc"));
    }
}

static void plugin_text(const survey *s, const cJSON *p)
{
    static const char *const keys[] = { "version", "license", "path", "state", "reason" };
    printf("plugin %s: %s\n", json_text(p, "id"), json_text(p, "doc"));
    for (uint32_t i = 0; i < CPLUG_COUNT(keys); i++)
        if (json_text(p, keys[i])[0]) printf("  %-18s %s\n", keys[i], json_text(p, keys[i]));
    for (uint32_t k = 0; k < n_kind_pages; k++) kind_line(s, kind_pages[k].kind, json_text(p, "id"));
    kind_line(s, "device", json_text(p, "id"));
    kind_line(s, "backend", json_text(p, "id"));
    kind_line(s, "kernel", json_text(p, "id"));
}

/* ---- finding what was asked for ---- */
typedef struct found {
    const cJSON *components[64], *plugin;
    uint32_t n;
    const char *kind; /* all of a kind */
} found;

static const char *kind_of(const char *word)
{
    const kind_page *k = page_named(word);
    if (k != NULL) return k->kind;
    return strcmp(word, "device") == 0 ? "device" : strcmp(word, "backend") == 0 ? "backend" : NULL;
}

/* "conv2d", "loss:mse" where several kinds have the name, a plugin's id, a kind. */
static bool find(const survey *s, const char *word, found *f)
{
    const char *colon = strchr(word, ':');
    const cJSON *p;
    for (const cJSON *o = survey_next(s, NULL, NULL, colon != NULL ? colon + 1 : word); o != NULL && f->n < CPLUG_COUNT(f->components);
         o = survey_next(s, o, NULL, colon != NULL ? colon + 1 : word)) {
        const char *kind = json_text(o, "kind");
        const bool fits = colon == NULL || (strlen(kind) == (size_t)(colon - word) && strncmp(kind, word, strlen(kind)) == 0);
        if (fits && strcmp(kind, "kernel") != 0) f->components[f->n++] = o;
    }
    cJSON_ArrayForEach(p, s->plugins) if (strcmp(json_text(p, "id"), word) == 0 && f->plugin == NULL) f->plugin = p;
    f->kind = f->n == 0 ? kind_of(word) : NULL;
    return f->n > 0 || f->plugin != NULL || f->kind != NULL;
}

/* Ids that plugins promise, though they were not looked at: pointers into a copy of their words. */
static uint32_t promised(char *words, const char **names, uint32_t n, uint32_t most)
{
    for (char *rest = words, *word; (word = strsep(&rest, " \t")) != NULL;) {
        char *colon = strchr(word, ':'), *device = strchr(word, '@');
        if (device != NULL) *device = '\0';
        if (colon != NULL && strchr(colon, '*') == NULL && n < most) names[n++] = colon + 1;
    }
    return n;
}

static char *all_promises(const survey *s)
{
    size_t size = 1, n = 0;
    const cJSON *p;
    cJSON_ArrayForEach(p, s->plugins) size += strlen(json_text(p, "provides")) + strlen(json_text(p, "id")) + 3;
    char *words = malloc(size);
    if (words == NULL) return NULL;
    words[0] = '\0';
    cJSON_ArrayForEach(p, s->plugins) n += (size_t)snprintf(words + n, size - n, "%s :%s ", json_text(p, "provides"), json_text(p, "id"));
    return words;
}

/* The plugin that has it but does not work, if that is the reason. */
static const cJSON *broken_owner(const survey *s, const char *id)
{
    const cJSON *p;
    cJSON_ArrayForEach(p, s->plugins)
    {
        const char *provides = json_text(p, "provides");
        for (const char *at = provides; survey_is_broken(p) && (at = strstr(at, id)) != NULL; at++) {
            const char after = at[strlen(id)];
            if (at > provides && at[-1] == ':' && (after == ' ' || after == '\0')) return p;
        }
    }
    return NULL;
}

static int not_found(const command *c, const survey *s)
{
    enum { MOST = 2048 };
    const char *names[MOST], *colon = strchr(c->file, ':'), *id = colon != NULL ? colon + 1 : c->file;
    char text[2048], *words = all_promises(s);
    uint32_t n = words != NULL ? promised(words, names, 0, MOST) : 0;
    for (const cJSON *o = survey_next(s, NULL, NULL, NULL); o != NULL && n < MOST; o = o->next) names[n++] = json_text(o, "id");
    const cJSON *owner = broken_owner(s, id);
    const char *near = strncmp(id, "layer", 5) == 0 ? "module" : cplug_nearest(id, names, n);
    if (owner != NULL)
        snprintf(text, sizeof text, "'%.200s' cannot be used: %s: %s", c->file, json_text(owner, "path"), json_text(owner, "reason"));
    else
        snprintf(text, sizeof text, "there is no component '%.200s'\n  help: %s%s%s", c->file, near ? "did you mean '" : "",
                 near ? near : "cplug-run inspect lists what there is", near ? "'?" : "");
    free(words);
    return fail_text(c, CPLUG_RUN_USAGE, text);
}

/* ---- the verb ---- */
static cJSON *op_with_kernels(const survey *s, const cJSON *o)
{
    cJSON *copy = cJSON_Duplicate(o, true);
    if (strcmp(json_text(o, "kind"), "op") != 0) return copy;
    char words[WORDS];
    cJSON_AddStringToObject(copy, "signature", signature_text(o, words));
    cJSON *list = cJSON_AddArrayToObject(copy, "kernels");
    for (const cJSON *k = survey_next(s, NULL, "kernel", json_text(o, "id")); k != NULL;
         k = survey_next(s, k, "kernel", json_text(o, "id"))) {
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "backend", json_text(k, "backend"));
        cJSON_AddStringToObject(one, "device", json_text(k, "device"));
        cJSON_AddStringToObject(one, "plugin", json_text(k, "plugin"));
        cJSON_AddItemToArray(list, one);
    }
    return copy;
}

static bool is_asked(const command *c, const found *f, const cJSON *o)
{
    if (strcmp(json_text(o, "kind"), "kernel") == 0) return f->plugin != NULL && strcmp(json_text(o, "plugin"), c->file) == 0;
    if (c->file == NULL) return true;
    for (uint32_t i = 0; i < f->n; i++)
        if (f->components[i] == o) return true;
    return (f->kind != NULL && strcmp(json_text(o, "kind"), f->kind) == 0) ||
           (f->plugin != NULL && strcmp(json_text(o, "plugin"), c->file) == 0);
}

static void inspect_json(const command *c, const survey *s, const found *f)
{
    cJSON *o = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(o, "components");
    cJSON_AddStringToObject(o, "type", "inspect");
    for (const cJSON *item = survey_next(s, NULL, NULL, NULL); item != NULL; item = item->next)
        if (is_asked(c, f, item)) cJSON_AddItemToArray(list, op_with_kernels(s, item));
    if (f->plugin != NULL) cJSON_AddItemToObject(o, "plugin", cJSON_Duplicate(f->plugin, true));
    print_json(o);
}

static void inspect_text(const command *c, const survey *s, const found *f)
{
    for (uint32_t i = 0; i < f->n; i++) component_text(s, f->components[i]);
    if (f->plugin != NULL) plugin_text(s, f->plugin);
    if (f->kind != NULL) kind_text(s, f->kind);
    if (c->file == NULL) everything_text(s);
}

int do_inspect(const command *c)
{
    survey s;
    found f = { .n = 0 };
    int code = CPLUG_RUN_OK, seconds;
    const kind_page *page = c->file != NULL ? page_named(c->file) : NULL;
    if ((code = survey_seconds(c, &seconds)) != CPLUG_RUN_OK) return code;
    const char *about = c->markdown || c->file == NULL || kind_of(c->file) != NULL ? NULL : c->file;
    if (!survey_open(&s, about, seconds)) return fail_text(c, CPLUG_RUN_PLUGIN, cplug_error_text(NULL));
    if (c->markdown && c->file != NULL && page == NULL)
        code = usage(c, "there is no page for", c->file, "a kind: module, loss, optimizer, ..., op; nothing: all pages");
    else if (c->markdown && page != NULL)
        print_page(&s, page);
    else if (c->markdown)
        print_all_pages(&s);
    else if (c->file != NULL && !find(&s, c->file, &f))
        code = not_found(c, &s);
    else if (c->json)
        inspect_json(c, &s, &f);
    else
        inspect_text(c, &s, &f);
    survey_free(&s);
    return code;
}
