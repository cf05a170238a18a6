/* config.c: reads an INI file with what it includes.  Later files win key by key; every value remembers where it came from; a path is
 * relative to the file that names it. */
#include "config.h"
#include <cplug/launcher.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEEPEST_INCLUDE = 8, MOST_FILES = 256, LARGEST_FILE = 16 << 20 };

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

const char *cplug__config_word(uint32_t i, bool *whole)
{
    if (i >= CPLUG_COUNT(words)) return NULL;
    *whole = words[i].whole;
    return words[i].word;
}

/* "write [data.NAME]" for [data], "write [loss]" for [loss.x]; NULL when the first word is no word of the dialect. */
static const char *other_form(config *c, const char *first)
{
    for (uint32_t i = 0; i < CPLUG_COUNT(words); i++)
        if (strcmp(first, words[i].word) == 0)
            return cplug__pool_printf(c->pool, words[i].parts ? "write [%s.NAME]" : "write [%s]", words[i].word);
    return NULL;
}

/* "layer_fc1" and "layerfc1" want to be "layer.fc1". */
static const char *missing_dot(config *c, const char *name)
{
    for (uint32_t i = 0; i < CPLUG_COUNT(words); i++) {
        const size_t n = strlen(words[i].word);
        if (!words[i].parts || strncmp(name, words[i].word, n) != 0) continue;
        const char *rest = name + n + (name[n] == '_');
        if (*rest) return cplug__pool_printf(c->pool, "did you mean '%s.%s'?", words[i].word, rest);
    }
    return NULL;
}

static void check_section_name(config *c, const section *s)
{
    static const char *const data_sets[] = { "data.train", "data.valid", "data.test" };
    const char *names[CPLUG_COUNT(words) + CPLUG_COUNT(data_sets)], *dot = strchr(s->name, '.');
    uint32_t n = 0;
    bool whole;
    if (cplug__config_known(s->name, &whole)) return;
    const char *first = dot != NULL ? cplug__pool_copy(c->pool, s->name, (uint64_t)(dot - s->name)) : s->name;
    const char *help = other_form(c, first);
    for (uint32_t i = 0; i < CPLUG_COUNT(words); i++)
        if (dot != NULL ? words[i].parts : words[i].whole) names[n++] = words[i].word;
    for (uint32_t i = 0; i < CPLUG_COUNT(data_sets) && dot == NULL; i++) names[n++] = data_sets[i];
    const char *near = help == NULL ? cplug__suggest(first, names, n) : NULL;
    if (help == NULL && near == NULL && dot == NULL) help = missing_dot(c, s->name);
    if (near != NULL) help = cplug__pool_printf(c->pool, "did you mean '%s%s'?", near, dot != NULL ? dot : "");
    cplug__diag(&c->diags, s->at, help, "unknown section [%s]", s->name);
    c->strange = true;
}

/* ---- files ---- */
/* A pipe is not waited for: the file is read a second time by iniparser, and paths in it are relative to where it lies. */
static int open_file(config *c, const source *file, place from, uint64_t *size)
{
    struct stat st;
    const int fd = open(file->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        cplug__diag(&c->diags, from, NULL, "cannot open '%s': %s", file->path, strerror(errno));
        return -1;
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > LARGEST_FILE) {
        const char *what = S_ISDIR(st.st_mode) ? "a directory" : S_ISREG(st.st_mode) ? "larger than 16 MiB" : "no regular file";
        cplug__diag(&c->diags, from, S_ISFIFO(st.st_mode) ? "write what it gives into a file first" : NULL,
                    "'%s' is %s: expected an INI file", file->path, what);
        close(fd);
        return -1;
    }
    *size = (uint64_t)st.st_size;
    return fd;
}

static bool read_file(config *c, source *file, place from)
{
    uint64_t size = 0, got = 0;
    const int fd = open_file(c, file, from, &size);
    if (fd < 0) return false;
    char *text = cplug__pool_alloc(c->pool, size + 1);
    ssize_t n = text != NULL ? 1 : -1;
    while (n > 0 && got < size)
        if ((n = read(fd, text + got, size - got)) > 0) got += (uint64_t)n;
    if (n < 0) cplug__diag(&c->diags, from, NULL, "cannot read '%s': %s", file->path, strerror(errno));
    close(fd);
    file->text = text;
    file->size = got;
    return n >= 0;
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

void cplug__section_put(section *s, entry *e)
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

void cplug__config_append(config *c, section *s)
{
    s->next = NULL;
    if (c->last != NULL)
        c->last->next = s;
    else
        c->first = s;
    c->last = s;
}

static void merge(config *c, section *list)
{
    for (section *s = list, *next; s != NULL; s = next) {
        next = s->next;
        check_section_name(c, s);
        section *old = cplug__config_section(c, s->name);
        if (old == NULL) {
            cplug__config_append(c, s);
            continue;
        }
        for (entry *e = s->first, *after; e != NULL; e = after) {
            after = e->next;
            cplug__section_put(old, e);
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
        if (memmem(p, n, "${", 2) != NULL) {
            cplug__diag(&c->diags, e->value_at, "name the file", "include is read before variables are known: ${...} cannot stand there");
        } else if (n > 0) {
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

/* "a.ini -> b.ini -> a.ini" */
static const char *chain_text(config *c, const source *first, const source *last, const char *path)
{
    const char *text = path;
    for (const source *p = last; p != NULL; p = p->parent) {
        text = cplug__pool_printf(c->pool, "%s -> %s", p->path, text);
        if (p == first) break;
    }
    return text;
}

void cplug__config_format(config *c, const entry *e, const char *value)
{
    int64_t version = 0;
    if (value == NULL || !cplug__int_parse(value, &version) || version <= 1) return;
    cplug__diag(&c->diags, e->value_at, "a newer cplug-run reads it", "format %lld: cplug %s knows only format 1", (long long)version,
                cplug_version());
}

/* The mistakes that only the text of one file has. */
static void check_file(config *c, const source *file, const section *list, uint32_t before)
{
    const section *s = list;
    while (s != NULL && strcmp(s->name, "cplug") != 0) s = s->next;
    const entry *format = cplug__section_entry(s, "format");
    c->malformed |= c->diags.n > before;
    if (c->diags.n == before) cplug__scan_compare(&c->diags, file, list);
    if (format != NULL) cplug__config_format(c, format, format->value);
}

static bool load_file(config *c, const char *path, const source *parent, place from, int depth)
{
    for (const source *p = parent; p != NULL; p = p->parent)
        if (same_file(p->path, path)) {
            cplug__diag(&c->diags, from, "take one of these includes out", "a file includes itself: %s", chain_text(c, p, parent, path));
            return false;
        }
    if (depth > DEEPEST_INCLUDE || c->n_sources >= MOST_FILES) {
        cplug__diag(&c->diags, from, NULL, "files include each other more than %d deep, or there are more than %d of them", DEEPEST_INCLUDE,
                    MOST_FILES);
        return false;
    }
    source *file = cplug__pool_alloc(c->pool, sizeof *file);
    if (file == NULL) return false;
    *file = (source){ .path = path, .dir = directory_of(c, path), .number = c->n_sources++, .parent = parent };
    if (parent == NULL) c->file = file;
    if (!read_file(c, file, from)) return false;
    uint32_t before = c->diags.n;
    section *list = cplug__scan(c->pool, &c->diags, file);
    check_file(c, file, list, before);
    load_includes(c, list, file, depth);
    merge(c, list);
    return true;
}

bool cplug__config_load(config *c, const char *path)
{
    return load_file(c, cplug__pool_copy(c->pool, path, strlen(path)), NULL, (place){ 0 }, 0);
}
