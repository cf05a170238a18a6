/* override.c: values from the environment and the command line, laid over the file: "section.key=value", "+section.key=value" where the
 * section may be new, "~section.key" and "~section" to take away, and CPLUG_SECTION_KEY=value.  Paths in them are relative to the current
 * directory.  A mistake has a place here too: the line is the number of the override. */
#include "config.h"
#include <stdlib.h>

enum { MOST_NAMES = 512 };

/* All lines as one text, so that messages can show them. */
static const source *make_source(config *c, const char *path, uint32_t number, const char *const *lines, uint32_t n)
{
    str text = { 0 };
    source *out = cplug__pool_alloc(c->pool, sizeof *out);
    for (uint32_t i = 0; i < n; i++) {
        for (const char *p = lines[i]; *p; p++) cplug__str_put(&text, *p == '\n' ? " " : p, 1);
        cplug__str_put(&text, "\n", 1);
    }
    if (text.failed) c->pool->failed = true;
    if (out != NULL) *out = (source){ .path = path, .dir = ".", .number = number, .size = text.n };
    if (out != NULL) out->text = cplug__pool_copy(c->pool, cplug__str_text(&text), text.n);
    cplug__str_free(&text);
    return out;
}

static bool names_section(const char *name)
{
    for (const char *p = name; *p; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '_' || (*p == '.' && p > name && p[1] && p[1] != '.')))
            return false;
    return name[0] != '\0';
}

/* ---- what an override may speak of ---- */
/* A section of the file whose name is near; of [layer.fcl] only the part behind the dot is compared. */
static const char *near_name(config *c, const char *name, bool more)
{
    const char *names[MOST_NAMES], *word, *dot = strchr(name, '.');
    const size_t skip = dot != NULL ? (size_t)(dot + 1 - name) : 0;
    uint32_t n = 0;
    bool whole;
    for (const section *k = c->first; k != NULL && n < MOST_NAMES; k = k->next)
        if (strncmp(k->name, name, skip) == 0) names[n++] = k->name + skip;
    for (uint32_t i = 0; more && skip == 0 && (word = cplug__config_word(i, &whole)) != NULL && n < MOST_NAMES; i++)
        if (whole) names[n++] = word;
    const char *near = cplug__suggest(name + skip, names, n);
    if (near != NULL) return cplug__pool_printf(c->pool, "%.*s%s", (int)skip, name, near);
    if (skip == 0 || cplug__config_known(name, &whole)) return NULL;
    n = 0;
    for (const section *k = c->first; k != NULL && n < MOST_NAMES; k = k->next) names[n++] = k->name;
    return cplug__suggest(name, names, n);
}

/* text: the override, when a section may be made; else NULL */
static void no_section(config *c, place at, const char *name, const char *text)
{
    bool whole;
    const char *near = near_name(c, name, text != NULL), *help = NULL;
    if (near != NULL)
        help = cplug__pool_printf(c->pool, "did you mean '%s'?", near);
    else if (text != NULL && text[0] != '+' && cplug__config_known(name, &whole))
        help = cplug__pool_printf(c->pool, "write +%s to add it", text);
    cplug__diag(&c->diags, at, help, "there is no section [%s]", name);
}

static void no_key(config *c, place at, const section *s, const char *key)
{
    const char *names[MOST_NAMES];
    uint32_t n = 0;
    for (const entry *e = s->first; e != NULL && n < MOST_NAMES; e = e->next) names[n++] = e->key;
    cplug__diag(&c->diags, at, cplug__did_you_mean(&c->diags, key, names, n), "there is no key '%s' in [%s]", key, s->name);
}

/* The section to change, made when that is allowed; NULL after a mistake. */
static section *open_section(config *c, place at, const char *name, const char *text, bool adds)
{
    section *s = cplug__config_section(c, name);
    bool whole = false;
    if (s != NULL) return s;
    bool known = cplug__config_known(name, &whole);
    if (known && adds && !names_section(name)) {
        cplug__diag(&c->diags, at, NULL, "section '%s': names are made of lower-case letters, digits and '_', with '.' between parts",
                    name);
        return NULL;
    }
    if (!(known && (whole || adds))) {
        no_section(c, at, name, text);
        return NULL;
    }
    if ((s = cplug__pool_alloc(c->pool, sizeof *s)) == NULL) return NULL;
    s->name = name;
    s->at = at;
    cplug__config_append(c, s);
    return s;
}

/* What an INI file could not hold would not come back from a saved run. */
static bool writable(config *c, place at, const char *value)
{
    enum { LONGEST = 900 };
    const size_t n = strlen(value);
    for (const char *p = value; *p; p++)
        if ((unsigned char)*p < 0x20 && *p != '\t') {
            cplug__diag(&c->diags, at, NULL, "a value is one line of text, here is byte 0x%02X in it", (unsigned)(unsigned char)*p);
            return false;
        }
    if (n > LONGEST) {
        at.width = 1;
        cplug__diag(&c->diags, at, NULL, "a value of %zu bytes: at most %d are possible", n, LONGEST);
        return false;
    }
    return true;
}

static void set_value(config *c, section *s, const char *key, place key_at, const char *value, place value_at)
{
    entry *e = cplug__pool_alloc(c->pool, sizeof *e);
    if (e == NULL || !writable(c, value_at, value)) return;
    *e = (entry){ .key = key, .value = value, .key_at = key_at, .value_at = value_at };
    cplug__section_put(s, e);
}

/* ---- the command line ---- */
static void take_section(config *c, const section *s)
{
    section *before = NULL, *k = c->first;
    while (k != NULL && k != s) {
        before = k;
        k = k->next;
    }
    if (k == NULL) return;
    if (before != NULL)
        before->next = k->next;
    else
        c->first = k->next;
    if (c->last == k) c->last = before;
}

static void take_entry(section *s, const entry *e)
{
    entry *before = NULL, *k = s->first;
    while (k != NULL && k != e) {
        before = k;
        k = k->next;
    }
    if (k == NULL) return;
    if (before != NULL)
        before->next = k->next;
    else
        s->first = k->next;
    if (s->last == k) s->last = before;
}

static void take_away(config *c, const source *line, int32_t number, const char *text)
{
    const char *name = text + 1, *dot = strrchr(name, '.');
    const section *whole = cplug__config_section(c, name);
    place at = { line, number, 2, (int32_t)strlen(name) };
    if (whole != NULL) {
        take_section(c, whole);
        return;
    }
    section *s = dot != NULL ? cplug__config_section(c, cplug__pool_copy(c->pool, name, (uint64_t)(dot - name))) : NULL;
    const entry *e = dot != NULL ? cplug__section_entry(s, dot + 1) : NULL;
    if (e != NULL) {
        take_entry(s, e);
    } else if (s != NULL) {
        at.column += (int32_t)(dot + 1 - name);
        at.width = (int32_t)strlen(dot + 1);
        no_key(c, at, s, dot + 1);
    } else {
        no_section(c, at, name, NULL);
    }
}

static void change(config *c, const source *line, int32_t number, const char *text)
{
    const bool adds = text[0] == '+';
    const char *from = text + adds, *equals = strchr(from, '=');
    const size_t left = equals != NULL ? (size_t)(equals - from) : strlen(from);
    const char *dot = memrchr(from, '.', left);
    if (equals == NULL || dot == NULL || dot == from || dot + 1 == equals) {
        cplug__diag(&c->diags, (place){ line, number, 1, (int32_t)left + adds }, NULL, "expected section.key=value, got '%s'", text);
        return;
    }
    const char *name = cplug__pool_copy(c->pool, from, (uint64_t)(dot - from));
    const char *key = cplug__pool_copy(c->pool, dot + 1, (uint64_t)(equals - dot - 1));
    const place name_at = { line, number, 1 + adds, (int32_t)(dot - from) };
    const place key_at = { line, number, (int32_t)(dot - text) + 2, (int32_t)(equals - dot) - 1 };
    section *s = open_section(c, name_at, name, text, adds);
    if (s == NULL) return;
    if (!adds && strcmp(name, "vars") == 0 && cplug__section_entry(s, key) == NULL) { /* nothing would read it */
        no_key(c, key_at, s, key);
        return;
    }
    const char *value = cplug__pool_copy(c->pool, equals + 1, strlen(equals + 1));
    set_value(c, s, key, key_at, value, (place){ line, number, (int32_t)(equals - text) + 2, (int32_t)strlen(value) });
}

void cplug__config_override(config *c, const char *const *overrides, uint32_t n)
{
    const source *line = make_source(c, "command line", UINT32_MAX - 1, overrides, n);
    c->command_line = line;
    for (uint32_t i = 0; i < n && line != NULL; i++) (overrides[i][0] == '~' ? take_away : change)(c, line, (int32_t)i + 1, overrides[i]);
}

/* ---- the environment ---- */
#define PREFIX "CPLUG_"
enum { PREFIX_LENGTH = sizeof PREFIX - 1 };

static char upper(char c) { return (char)(c == '.' ? '_' : c >= 'a' && c <= 'z' ? c - 32 : c); }

/* Past the name in capitals and the '_' behind it; NULL when the text begins otherwise. */
static const char *past(const char *text, const char *name)
{
    while (*name && *text == upper(*name)) text++, name++;
    return *name == '\0' && *text == '_' ? text + 1 : NULL;
}

static bool spells(const char *text, size_t n, const char *name)
{
    size_t i = 0;
    while (i < n && name[i] && upper(name[i]) == text[i]) i++;
    return i == n && name[i] == '\0';
}

const char *cplug__variable_name(pool *p, const char *of, const char *key)
{
    char *out = cplug__pool_alloc(p, PREFIX_LENGTH + strlen(of) + strlen(key) + 2), *at = out;
    if (out == NULL) return "";
    for (const char *k = PREFIX; *k;) *at++ = *k++;
    for (const char *k = of; *k;) *at++ = upper(*k++);
    *at++ = '_';
    for (const char *k = key; *k;) *at++ = upper(*k++);
    return out;
}

/* "TRAIN_EPOCHS": the section that is meant, preferably one that has the key already, else the one of the longest name; NULL: none.
 * *made: what to call a section that the file lacks. */
static section *find_section(config *c, const char *text, size_t n, const char **key, const char **made)
{
    section *found = NULL;
    const char *word, *rest;
    size_t longest = 0;
    bool whole;
    for (section *s = c->first; s != NULL; s = s->next) {
        if ((rest = past(text, s->name)) == NULL) continue;
        for (const entry *e = s->first; e != NULL; e = e->next)
            if (spells(rest, n - (size_t)(rest - text), e->key)) {
                *key = rest;
                return s;
            }
        if (strlen(s->name) < longest) continue;
        longest = strlen(s->name);
        found = s;
        *key = rest;
    }
    for (uint32_t i = 0; found == NULL && (word = cplug__config_word(i, &whole)) != NULL; i++)
        if (whole && (rest = past(text, word)) != NULL) {
            *key = rest;
            *made = word;
        }
    return found;
}

static bool reserved(const char *text)
{
    const char *word;
    bool whole;
    for (uint32_t i = 0; (word = cplug__config_word(i, &whole)) != NULL; i++)
        if (past(text, word) != NULL) return true;
    return false;
}

/* The variable with the name of a section that differs in one letter. */
static const char *near_section(config *c, const char *name)
{
    for (const section *s = c->first; s != NULL; s = s->next) {
        const char *start = cplug__variable_name(c->pool, s->name, "");
        const size_t n = strlen(start);
        uint32_t other = 0;
        for (size_t i = 0; i < n && name[i]; i++) other += start[i] != name[i];
        if (strlen(name) > n && other == 1) return cplug__pool_printf(c->pool, "%s%s", start, name + n);
    }
    return NULL;
}

static void no_variable(config *c, place at, const char *name)
{
    const char *names[MOST_NAMES];
    uint32_t n = 0;
    for (const section *s = c->first; s != NULL; s = s->next)
        for (const entry *e = s->first; e != NULL && n < MOST_NAMES; e = e->next)
            names[n++] = cplug__variable_name(c->pool, s->name, e->key);
    const char *near = near_section(c, name);
    if (near == NULL) near = cplug_nearest(name, names, n); /* the words of suggest.c are keys, not variables */
    cplug__diag(&c->diags, at, near != NULL ? cplug__pool_printf(c->pool, "did you mean '%s'?", near) : NULL,
                "%s stands for no section of the file", name);
}

static void take_variable(config *c, const source *file, int32_t number, const char *line)
{
    const char *equals = strchr(line, '='), *text = line + PREFIX_LENGTH, *key = NULL, *made = NULL;
    const size_t n = (size_t)(equals - text);
    const place all = { file, number, 1, (int32_t)(equals - line) };
    section *s = find_section(c, text, n, &key, &made);
    if (s == NULL && made != NULL) s = open_section(c, all, made, "", false);
    if (s == NULL || key >= equals) {
        no_variable(c, all, cplug__pool_copy(c->pool, line, (uint64_t)(equals - line)));
        return;
    }
    char *name = cplug__pool_alloc(c->pool, (uint64_t)(equals - key) + 1);
    for (const char *p = key; name != NULL && p < equals; p++) name[p - key] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    if (name == NULL) return;
    if (strcmp(s->name, "vars") == 0 && cplug__section_entry(s, name) == NULL) {
        no_variable(c, all, cplug__pool_copy(c->pool, line, (uint64_t)(equals - line)));
        return;
    }
    const char *value = cplug__pool_copy(c->pool, equals + 1, strlen(equals + 1));
    set_value(c, s, name, all, value, (place){ file, number, (int32_t)(equals - line) + 2, (int32_t)strlen(value) });
}

/* "CPLUG_TRIAN_EPOCHS": its first word is near one of ours, and with that it would be a value of the file. */
static bool misspelt(config *c, const char *line)
{
    enum { LONGEST = 32 };
    const char *names[MOST_NAMES], *word, *text = line + PREFIX_LENGTH;
    char first[LONGEST];
    uint32_t n = 0;
    bool whole;
    const size_t length = strcspn(text, "_=");
    if (length >= LONGEST || text[length] != '_') return false;
    for (size_t i = 0; i <= length; i++) first[i] = (char)(i == length ? '\0' : text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
    while (n < MOST_NAMES && (word = cplug__config_word(n, &whole)) != NULL) names[n++] = word;
    const char *near = cplug_nearest(first, names, n);
    if (near == NULL) return false;
    const char *meant = cplug__variable_name(c->pool, near, cplug__pool_copy(c->pool, text + length + 1, strcspn(text + length + 1, "=")));
    for (const section *s = c->first; s != NULL; s = s->next)
        for (const entry *e = s->first; e != NULL; e = e->next)
            if (strcmp(cplug__variable_name(c->pool, s->name, e->key), meant) == 0) return true;
    return false;
}

void cplug__config_environment(config *c, const char *const *environment)
{
    uint32_t n = 0, all = 0;
    while (environment != NULL && environment[all] != NULL) all++;
    const char **lines = cplug__pool_alloc(c->pool, (all + 1) * sizeof *lines);
    for (uint32_t i = 0; i < all && lines != NULL; i++) {
        const char *v = environment[i];
        if (strncmp(v, PREFIX, PREFIX_LENGTH) != 0 || strchr(v, '=') == NULL) continue;
        if (reserved(v + PREFIX_LENGTH) || misspelt(c, v)) lines[n++] = v;
    }
    if (n == 0) return;
    c->environment = make_source(c, "environment", UINT32_MAX - 2, lines, n);
    for (uint32_t i = 0; i < n && c->environment != NULL; i++) take_variable(c, c->environment, (int32_t)i + 1, lines[i]);
}
