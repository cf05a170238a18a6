/* config.c: reads an INI file with what it includes and lays overrides over it.  Later files win key by key; every value remembers where
 * it came from; a path is relative to the file that names it, on the command line to the current directory. */
#include "config.h"
#include <cplug/launcher.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEEPEST_INCLUDE = 8, LARGEST_FILE = 16 << 20 };

/* The words that sections begin with.  Names of the user's stand only after a dot, so that words can be added later. */
static const struct {
    const char *word;
    bool whole, parts; /* [word] is possible; [word.NAME] is possible */
} words[] = {
    { "cplug", true, false },      { "vars", true, false },     { "runtime", true, false },   { "data", false, true },
    { "model", true, false },      { "layer", false, true },    { "block", false, true },     { "loss", true, false },
    { "metrics", true, false },    { "optimizer", true, true }, { "scheduler", true, false }, { "train", true, false },
    { "checkpoint", true, false }, { "callback", false, true }, { "log", true, false },
};

bool cplug__config_known(const char *name, bool *whole)
{
    const char *dot = strchr(name, '.');
    size_t n = dot != NULL ? (size_t)(dot - name) : strlen(name);
    for (uint32_t i = 0; i < CPLUG_COUNT(words); i++) {
        if (strlen(words[i].word) != n || memcmp(words[i].word, name, n) != 0) continue;
        *whole = dot == NULL && words[i].whole;
        return dot != NULL ? words[i].parts : words[i].whole;
    }
    *whole = false;
    return false;
}

static void check_section_name(config *c, const section *s)
{
    const char *names[CPLUG_COUNT(words)];
    const char *dot = strchr(s->name, '.'), *help = NULL;
    bool whole;
    if (cplug__config_known(s->name, &whole)) return;
    const char *first = dot != NULL ? cplug__pool_copy(c->pool, s->name, (uint64_t)(dot - s->name)) : s->name;
    for (uint32_t i = 0; i < CPLUG_COUNT(words); i++) {
        names[i] = words[i].word;
        if (strcmp(first, words[i].word) != 0) continue;
        if (words[i].parts)
            help = cplug__pool_printf(c->pool, "write [%s.NAME]", first);
        else
            help = cplug__pool_printf(c->pool, "write [%s]", first);
    }
    if (help == NULL) {
        const char *near = cplug_nearest(first, names, CPLUG_COUNT(words));
        if (near != NULL) help = cplug__pool_printf(c->pool, "did you mean '%s%s'?", near, dot != NULL ? dot : "");
    }
    cplug__diag(&c->diags, s->at, help, "unknown section [%s]", s->name);
}

/* ---- files ---- */
static bool read_file(config *c, source *file, place from)
{
    FILE *f = fopen(file->path, "rb");
    struct stat st;
    if (f == NULL) {
        cplug__diag(&c->diags, from, NULL, "cannot open '%s': %s", file->path, strerror(errno));
        return false;
    }
    if (fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > LARGEST_FILE) {
        cplug__diag(&c->diags, from, NULL, "'%s' is not an INI file: expected a regular file of at most 16 MiB", file->path);
        fclose(f);
        return false;
    }
    char *text = cplug__pool_alloc(c->pool, (uint64_t)st.st_size + 1);
    size_t got = text != NULL ? fread(text, 1, (size_t)st.st_size, f) : 0;
    bool ok = text != NULL && !ferror(f);
    fclose(f);
    if (!ok) cplug__diag(&c->diags, from, NULL, "cannot read '%s': %s", file->path, strerror(errno));
    file->text = text;
    file->size = got;
    return ok;
}

static const char *directory_of(config *c, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL) return ".";
    return slash == path ? "/" : cplug__pool_copy(c->pool, path, (uint64_t)(slash - path));
}

const char *cplug__path_from(config *c, const source *file, const char *path)
{
    char here[PATH_MAX];
    const char *dir = file != NULL ? file->dir : ".";
    if (path[0] == '/' || path[0] == '\0') return path;
    if (strcmp(dir, ".") == 0) dir = "";
    if (dir[0] == '/') return cplug__pool_printf(c->pool, "%s/%s", dir, path);
    if (getcwd(here, sizeof here) == NULL) return path;
    return cplug__pool_printf(c->pool, "%s/%s%s%s", here, dir, dir[0] ? "/" : "", path);
}

section *cplug__config_section(const config *c, const char *name)
{
    for (section *s = c->first; s != NULL; s = s->next)
        if (strcmp(s->name, name) == 0) return s;
    return NULL;
}

const entry *cplug__section_entry(const section *s, const char *key)
{
    for (const entry *e = s != NULL ? s->first : NULL; e != NULL; e = e->next)
        if (strcmp(e->key, key) == 0) return e;
    return NULL;
}

const section *cplug__config_next(const config *c, const char *prefix, const section *after)
{
    size_t n = strlen(prefix);
    for (const section *s = after != NULL ? after->next : c->first; s != NULL; s = s->next)
        if (strncmp(s->name, prefix, n) == 0) return s;
    return NULL;
}

static void put_entry(section *s, entry *e)
{
    for (entry **k = &s->first; *k != NULL; k = &(*k)->next) {
        if (strcmp((*k)->key, e->key) != 0) continue;
        e->next = (*k)->next;
        if (s->last == *k) s->last = e;
        *k = e;
        return;
    }
    e->next = NULL;
    if (s->last != NULL)
        s->last->next = e;
    else
        s->first = e;
    s->last = e;
}

static void merge(config *c, section *list)
{
    for (section *s = list, *next; s != NULL; s = next) {
        next = s->next;
        check_section_name(c, s);
        section *old = cplug__config_section(c, s->name);
        if (old == NULL) {
            s->next = NULL;
            if (c->last != NULL)
                c->last->next = s;
            else
                c->first = s;
            c->last = s;
            continue;
        }
        for (entry *e = s->first, *after; e != NULL; e = after) {
            after = e->next;
            put_entry(old, e);
        }
        old->at = s->at;
    }
}

static bool load_file(config *c, const char *path, const source *parent, place from, int depth);

static void load_includes(config *c, const section *list, const source *file, int depth)
{
    const section *s = list;
    while (s != NULL && strcmp(s->name, "cplug") != 0) s = s->next;
    const entry *e = cplug__section_entry(s, "include");
    for (const char *p = e != NULL ? e->value : ""; *p;) {
        while (*p == ' ' || *p == '\t' || *p == ',' || *p == '[' || *p == ']') p++;
        size_t n = strcspn(p, ",]");
        const char *stop = p + n;
        while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t')) n--;
        if (n > 0) {
            const char *name = cplug__pool_copy(c->pool, p, n);
            if (name[0] != '/' && strcmp(file->dir, ".") != 0) name = cplug__pool_printf(c->pool, "%s/%s", file->dir, name);
            load_file(c, name, file, e->value_at, depth + 1);
        }
        p = stop;
    }
}

static bool same_file(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static bool load_file(config *c, const char *path, const source *parent, place from, int depth)
{
    for (const source *p = parent; p != NULL; p = p->parent)
        if (same_file(p->path, path)) {
            cplug__diag(&c->diags, from, NULL, "'%s' includes itself", path);
            return false;
        }
    if (depth > DEEPEST_INCLUDE) {
        cplug__diag(&c->diags, from, NULL, "files include each other more than %d deep", DEEPEST_INCLUDE);
        return false;
    }
    source *file = cplug__pool_alloc(c->pool, sizeof *file);
    if (file == NULL) return false;
    *file = (source){ .path = path, .dir = directory_of(c, path), .number = c->n_sources++, .parent = parent };
    if (parent == NULL) c->file = file;
    if (!read_file(c, file, from)) return false;
    uint32_t before = c->diags.n;
    section *list = cplug__scan(c->pool, &c->diags, file);
    c->malformed |= c->diags.n > before;
    if (c->diags.n == before) cplug__scan_compare(&c->diags, file, list);
    load_includes(c, list, file, depth);
    merge(c, list);
    return true;
}

/* ---- overrides: section.key=value ---- */
static void add_override(config *c, const source *line, int32_t number, const char *text)
{
    const char *equals = strchr(text, '=');
    size_t left = equals != NULL ? (size_t)(equals - text) : strlen(text);
    const char *dot = memrchr(text, '.', left);
    place all = { line, number, 1, (int32_t)left };
    bool whole;
    if (equals == NULL || dot == NULL || dot == text || dot + 1 == equals) {
        cplug__diag(&c->diags, all, NULL, "expected section.key=value, got '%s'", text);
        return;
    }
    const char *name = cplug__pool_copy(c->pool, text, (uint64_t)(dot - text));
    section *s = cplug__config_section(c, name);
    if (s == NULL && !(cplug__config_known(name, &whole) && whole)) {
        const char *names[256];
        uint32_t n = 0;
        for (const section *k = c->first; k != NULL && n < CPLUG_COUNT(names); k = k->next) names[n++] = k->name;
        for (uint32_t i = 0; i < CPLUG_COUNT(words) && n < CPLUG_COUNT(names); i++)
            if (words[i].whole) names[n++] = words[i].word;
        all.width = (int32_t)(dot - text);
        cplug__diag(&c->diags, all, cplug__did_you_mean(&c->diags, name, names, n), "there is no section [%s]", name);
        return;
    }
    entry *e = cplug__pool_alloc(c->pool, sizeof *e);
    if (s == NULL) {
        s = cplug__pool_alloc(c->pool, sizeof *s);
        if (s == NULL) return;
        s->name = name;
        s->at = all;
        if (c->last != NULL)
            c->last->next = s;
        else
            c->first = s;
        c->last = s;
    }
    if (e == NULL) return;
    e->key = cplug__pool_copy(c->pool, dot + 1, (uint64_t)(equals - dot - 1));
    e->value = cplug__pool_copy(c->pool, equals + 1, strlen(equals + 1));
    e->key_at = (place){ line, number, (int32_t)(dot - text) + 2, (int32_t)(equals - dot) - 1 };
    e->value_at = (place){ line, number, (int32_t)left + 2, (int32_t)strlen(e->value) };
    put_entry(s, e);
}

bool cplug__config_load(config *c, const char *path, const char *const *overrides, uint32_t n_overrides)
{
    str lines = { 0 };
    if (!load_file(c, cplug__pool_copy(c->pool, path, strlen(path)), NULL, (place){ 0 }, 0)) return false;
    for (uint32_t i = 0; i < n_overrides; i++) {
        for (const char *p = overrides[i]; *p; p++) cplug__str_put(&lines, *p == '\n' ? " " : p, 1);
        cplug__str_put(&lines, "\n", 1);
    }
    source *line = cplug__pool_alloc(c->pool, sizeof *line);
    if (line == NULL || lines.failed) {
        cplug__str_free(&lines);
        return false;
    }
    *line = (source){ .path = "command line", .dir = ".", .number = UINT32_MAX - 1 };
    line->text = cplug__pool_copy(c->pool, cplug__str_text(&lines), lines.n);
    line->size = lines.n;
    cplug__str_free(&lines);
    c->command_line = line;
    for (uint32_t i = 0; i < n_overrides; i++) add_override(c, line, (int32_t)i + 1, overrides[i]);
    return true;
}
