/* keys.c: what completion asks the program for: "section.key=" of the launcher and of the components that an INI file names, values
 * where the schema lists them, ids of components.  The file is only skimmed, so that one with mistakes is completed too. */
#include "tool.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct words { /* "train.epochs=", sorted and printed once each */
    char **at;
    size_t n, room;
} words;

static void add_word(words *w, const char *format, ...) CPLUG_PRINTF(2, 3);
static void add_word(words *w, const char *format, ...)
{
    va_list args;
    char *text = NULL;
    if (w->n == w->room) {
        const size_t room = w->room ? 2 * w->room : 256;
        char **grown = realloc(w->at, room * sizeof *grown);
        if (grown == NULL) return;
        w->at = grown;
        w->room = room;
    }
    va_start(args, format);
    if (vasprintf(&text, format, args) >= 0) w->at[w->n++] = text;
    va_end(args);
}

static int by_text(const void *x, const void *y) { return strcmp(*(char *const *)x, *(char *const *)y); }

static void put_words(words *w)
{
    if (w->n > 1) qsort(w->at, w->n, sizeof *w->at, by_text);
    for (size_t i = 0; i < w->n; i++)
        if (i == 0 || strcmp(w->at[i], w->at[i - 1]) != 0) puts(w->at[i]);
    for (size_t i = 0; i < w->n; i++) free(w->at[i]);
    free(w->at);
}

typedef struct asked { /* "optimizer.am": names are wanted; "optimizer.amsgrad=t": its values */
    cplug_context *ctx;
    const char *section;
    size_t n_section;
    const char *key; /* NULL: names are wanted */
    size_t n_key;
    words found;
} asked;

static void add_ids(asked *a, const char *section, const char *key, const char *kind)
{
    const char *id;
    for (int32_t i = 0; (id = cplug_component_id(a->ctx, kind, i)) != NULL; i++) add_word(&a->found, "%s.%s=%s", section, key, id);
}

static void add_choices(asked *a, const char *section, const char *key, const char *choices)
{
    while (*choices) {
        const size_t n = strcspn(choices, "|");
        add_word(&a->found, "%s.%s=%.*s", section, key, (int)n, choices);
        choices += n + (choices[n] == '|');
    }
}

static bool is_asked(const asked *a, const char *section, const char *key)
{
    return strlen(section) == a->n_section && strncmp(section, a->section, a->n_section) == 0 && strlen(key) == a->n_key &&
           strncmp(key, a->key, a->n_key) == 0;
}

static void add_key(asked *a, const char *section, const char *key, const cplug_option *o)
{
    static const struct {
        const char *key, *kind;
    } lists[] = { { "transforms", "transform" }, { "target_transforms", "transform" }, { "names", "metric" } };
    if (a->key == NULL) {
        add_word(&a->found, "%s.%s=", section, key);
        return;
    }
    if (!is_asked(a, section, key) || o == NULL) return;
    if (o->type == CPLUG_OPT_CHOICE && o->choices != NULL) add_choices(a, section, key, o->choices);
    if (o->type == CPLUG_OPT_BOOL) add_choices(a, section, key, "true|false");
    for (uint32_t i = 0; i < CPLUG_COUNT(lists); i++)
        if (strcmp(key, lists[i].key) == 0) add_ids(a, section, key, lists[i].kind);
}

/* Tables of plugins that know fewer fields of an option than we do have a smaller stride. */
static cplug_option option_at(const cplug_options_table *t, uint32_t i)
{
    cplug_option o;
    memset(&o, 0, sizeof o);
    memcpy(&o, (const char *)t->at + (size_t)i * t->stride, t->stride < sizeof o ? t->stride : sizeof o);
    return o;
}

static void add_table(asked *a, const char *section, const cplug_options_table *t)
{
    for (uint32_t i = 0; t != NULL && i < t->n; i++) {
        cplug_option o = option_at(t, i);
        add_key(a, section, o.name, &o);
    }
}

/* "data.train" holds a dataset, "layer.fc1" a module. */
static const char *kind_of(const char *section)
{
    static const struct {
        const char *word, *kind;
    } kinds[] = { { "data", "dataset" },        { "layer", "module" },        { "loss", "loss" },
                  { "optimizer", "optimizer" }, { "scheduler", "scheduler" }, { "callback", "callback" } };
    const size_t n = strcspn(section, ".");
    for (uint32_t i = 0; i < CPLUG_COUNT(kinds); i++)
        if (strlen(kinds[i].word) == n && strncmp(kinds[i].word, section, n) == 0) return kinds[i].kind;
    return NULL;
}

/* Sections that a file names itself: "layer" stands for layer.fc1, "optimizer" for a group of parameters, optimizer.head. */
static bool is_family(const char *name)
{
    return strcmp(name, "layer") == 0 || strcmp(name, "block") == 0 || strcmp(name, "optimizer") == 0 || strcmp(name, "callback") == 0;
}

static void add_own(asked *a)
{
    static const char *const sets[] = { "data.train", "data.valid", "data.test" };
    const cplug_options_table *t;
    const char *name;
    for (uint32_t i = 0; (name = cplug_run_section(i, &t)) != NULL; i++) {
        const bool data = strcmp(name, "data") == 0;
        if (!data && !is_family(name)) add_table(a, name, t);
        for (uint32_t k = 0; data && k < CPLUG_COUNT(sets); k++) add_table(a, sets[k], t);
    }
}

static void add_family(asked *a, const char *section)
{
    const cplug_options_table *t;
    const char *name;
    const size_t n = strcspn(section, ".");
    for (uint32_t i = 0; section[n] && (name = cplug_run_section(i, &t)) != NULL; i++)
        if (is_family(name) && strlen(name) == n && strncmp(name, section, n) == 0) add_table(a, section, t);
}

/* One line of an INI file; section is the one that it stands in. */
static void skim_line(asked *a, char *line, char *section, size_t size)
{
    char *key = line + strspn(line, " \t"), *equals = strchr(key, '=');
    if (*key == '[') {
        snprintf(section, size, "%.*s", (int)strcspn(key + 1, "]\n"), key + 1);
        add_family(a, section);
        return;
    }
    if (*key == ';' || *key == '#' || equals == NULL || section[0] == '\0') return;
    char *value = equals + 1 + strspn(equals + 1, " \t\"");
    const char *kind = kind_of(section);
    while (equals > key && strchr(" \t=", *equals) != NULL) *equals-- = '\0';
    value[strcspn(value, " \t\r\n\";#")] = '\0';
    const bool type = strcmp(key, "type") == 0 && kind != NULL;
    if (!type || a->key == NULL) add_key(a, section, key, NULL);
    if (type && a->key != NULL && is_asked(a, section, key)) add_ids(a, section, key, kind);
    if (!type) return;
    add_table(a, section, cplug_component_options(a->ctx, kind, value));
    cplug_error_clear(a->ctx);
}

static void skim_file(asked *a, const char *path)
{
    char whole[4096], line[4096], section[256] = "";
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        snprintf(whole, sizeof whole, "%s/config.ini", path);
        path = whole;
    }
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) return;
    FILE *f = fopen(path, "re");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) skim_line(a, line, section, sizeof section);
    if (f != NULL) fclose(f);
}

void print_keys(const char *file, const char *word)
{
    asked a = { .ctx = cplug_open(NULL) };
    const char *equals = word != NULL ? strchr(word, '=') : NULL, *dot = equals;
    if (a.ctx == NULL) return;
    if (equals != NULL) {
        while (dot > word && dot[-1] != '.') dot--;
        if (dot > word) a = (asked){ .ctx = a.ctx, .section = word, .n_section = (size_t)(dot - 1 - word), .key = dot };
        a.n_key = (size_t)(equals - dot);
    }
    add_own(&a);
    if (file != NULL) skim_file(&a, file);
    put_words(&a.found);
    cplug_close(a.ctx);
}

void print_ids(void)
{
    static const char *const kinds[] = {
        "module", "loss", "optimizer", "scheduler", "metric", "dataset", "transform", "callback", "format"
    };
    words found = { 0 };
    cplug_context *ctx = cplug_open(NULL);
    const char *id;
    for (uint32_t k = 0; ctx != NULL && k < CPLUG_COUNT(kinds); k++)
        for (int32_t i = 0; (id = cplug_component_id(ctx, kinds[k], i)) != NULL; i++) add_word(&found, "%s", id);
    put_words(&found);
    cplug_close(ctx);
}
