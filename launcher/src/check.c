/* check.c: values against schemas.  The schema is the component's own (cplug_component_options), so a plugin that nobody here knows is
 * checked as well as ours; core's cplug_option_check judges each value, this file only finds the place and the nearest right word. */
#include "plan.h"
#include <stdio.h>

enum { MOST_NAMES = 512 };

cplug_option cplug__option_get(const cplug_options_table *t, uint32_t i)
{
    cplug_option o;
    memset(&o, 0, sizeof o);
    memcpy(&o, (const char *)t->at + (size_t)i * t->stride, t->stride < sizeof o ? t->stride : sizeof o);
    return o;
}

static bool is_list(cplug_opt_type type) { return type == CPLUG_OPT_INTS || type == CPLUG_OPT_FLOATS || type == CPLUG_OPT_STRINGS; }
static bool is_spec(cplug_opt_type type) { return type == CPLUG_OPT_SPEC || type == CPLUG_OPT_SPECS; }

static bool hidden(const schema *s, const char *name)
{
    for (uint32_t i = 0; s->hidden != NULL && s->hidden[i] != NULL; i++)
        if (strcmp(s->hidden[i], name) == 0) return true;
    return false;
}

static bool find_option(schema *schemas, uint32_t n, const char *key, uint32_t *which, cplug_option *out)
{
    for (uint32_t k = 0; k < n; k++)
        for (uint32_t i = 0; schemas[k].table != NULL && i < schemas[k].table->n; i++) {
            *out = cplug__option_get(schemas[k].table, i);
            *which = k;
            if (strcmp(out->name, key) == 0 && !hidden(&schemas[k], key)) return true;
        }
    return false;
}

static uint32_t option_names(const schema *schemas, uint32_t n, const char **names)
{
    uint32_t count = 0;
    for (uint32_t k = 0; k < n; k++)
        for (uint32_t i = 0; schemas[k].table != NULL && i < schemas[k].table->n; i++) {
            const char *name = cplug__option_get(schemas[k].table, i).name;
            if (!hidden(&schemas[k], name) && count < MOST_NAMES) names[count++] = name;
        }
    return count;
}

/* key=value in core's syntax: lists bare or in brackets, the rest quoted; escapes count only where the file quotes. */
static void put_option(str *out, const cplug_option *o, const char *value, bool quoted)
{
    cplug__str_add(out, " %s=", o->name);
    if (is_list(o->type) || is_spec(o->type)) {
        bool bracket = value[0] == '[';
        cplug__str_add(out, bracket ? "%s" : "[%s]", value);
        return;
    }
    cplug__str_put(out, "\"", 1);
    for (const char *p = value; *p; p++) {
        if (*p == '"' || (*p == '\\' && !quoted)) cplug__str_put(out, "\\", 1);
        cplug__str_put(out, p, 1);
    }
    cplug__str_put(out, "\"", 1);
}

/* Core puts its suggestion behind the message; here it becomes the help line. */
static const char *take_help(plan *p, char *why)
{
    char *help = strstr(why, "; did you mean");
    if (help == NULL) return NULL;
    *help = '\0';
    return cplug__pool_copy(p->c->pool, help + 2, strlen(help + 2));
}

static pair *add_pair(plan *p, pair **list, const char *key, const char *value, bool quoted, bool is_default)
{
    pair *new = cplug__pool_alloc(p->c->pool, sizeof *new);
    if (new == NULL) return NULL;
    *new = (pair){ key, value, quoted, is_default, NULL };
    while (*list != NULL) list = &(*list)->next;
    return *list = new;
}

static void check_entry(plan *p, const section *s, const entry *e, const env *params, schema *schemas, uint32_t n, const char *what,
                        pair **pairs)
{
    cplug_option o;
    uint32_t which;
    if (!find_option(schemas, n, e->key, &which, &o)) {
        const char *names[MOST_NAMES];
        uint32_t count = option_names(schemas, n, names);
        cplug__diag(&p->c->diags, e->key_at, cplug__did_you_mean(&p->c->diags, e->key, names, count), "unknown key '%s' in [%s]%s%s%s",
                    e->key, s->name, what[0] ? " (" : "", what, what[0] ? ")" : "");
        return;
    }
    const char *value = cplug__expand(p->c, e, params);
    char why[512];
    if (value == NULL) return;
    if (cplug_option_check(&o, value, why, sizeof why) != 0) {
        const char *help = take_help(p, why);
        cplug__diag(&p->c->diags, e->value_at, help, "%s: %s", e->key, why);
        return;
    }
    if (o.type == CPLUG_OPT_PATH) value = cplug__path_from(p->c, e->value_at.file, value);
    put_option(&schemas[which].options, &o, value, e->quoted);
    if (!schemas[which].quiet) add_pair(p, pairs, e->key, value, e->quoted, false);
}

static bool misspelt_entry(const entry *e, const char *name) { return cplug_nearest(e->key, &name, 1) != NULL; }

/* Is the missing option there under a misspelt name?  Then one message is enough. */
bool cplug__misspelt(const section *s, schema *schemas, uint32_t n, const char *name)
{
    cplug_option o;
    uint32_t which;
    for (const entry *e = s->first; e != NULL; e = e->next)
        if (!find_option(schemas, n, e->key, &which, &o) && misspelt_entry(e, name)) return true;
    return false;
}

void cplug__check_section(plan *p, const section *s, const env *params, schema *schemas, uint32_t n, const char *what, pair **pairs)
{
    for (const entry *e = s->first; e != NULL; e = e->next) check_entry(p, s, e, params, schemas, n, what, pairs);
    for (uint32_t k = 0; k < n; k++)
        for (uint32_t i = 0; schemas[k].table != NULL && i < schemas[k].table->n; i++) {
            cplug_option o = cplug__option_get(schemas[k].table, i);
            if (hidden(&schemas[k], o.name) || cplug__section_entry(s, o.name) != NULL) continue;
            if (o.flags & CPLUG_OPT_REQUIRED && !p->c->malformed && !cplug__misspelt(s, schemas, n, o.name))
                cplug__diag(&p->c->diags, s->at, o.doc != NULL ? cplug__pool_printf(p->c->pool, "%s: %s", o.name, o.doc) : NULL,
                            "[%s]%s%s%s needs '%s'", s->name, what[0] ? " (" : "", what, what[0] ? ")" : "", o.name);
            else if (!(o.flags & CPLUG_OPT_REQUIRED) && o.fallback != NULL && o.fallback[0] && strcmp(o.fallback, "none") != 0 &&
                     !schemas[k].quiet)
                add_pair(p, pairs, o.name, o.fallback, false, true);
        }
}

/* ---- components ---- */
static uint32_t component_names(plan *p, const char *kind, const char **names)
{
    uint32_t n = 0;
    const char *id;
    while (n < MOST_NAMES && (id = cplug_component_id(p->ctx, kind, (int32_t)n)) != NULL) names[n++] = id;
    return n;
}

/* The schema of a component that exists; false after a mistake, which stands at `at`. */
static bool component_table(plan *p, place at, const char *kind, const char *id, const cplug_options_table **table)
{
    const char *names[MOST_NAMES];
    uint32_t n = component_names(p, kind, names), i = 0;
    while (i < n && strcmp(names[i], id) != 0) i++;
    if (i == n) {
        const char *called = strcmp(kind, "module") == 0 ? "layer type" : strcmp(kind, "dataset") == 0 ? "data set" : kind;
        cplug__diag(&p->c->diags, at, cplug__did_you_mean(&p->c->diags, id, names, n), "unknown %s '%s'", called, id);
        return false;
    }
    if (cplug_component(p->ctx, kind, id) == NULL) { /* promised by a plugin that does not load */
        cplug__diag(&p->c->diags, at, "cplug-run plugins --failed says more", "%s", cplug_error_text(p->ctx));
        if (p->c->diags.n) p->c->diags.list[p->c->diags.n - 1].code = 5;
        cplug_error_clear(p->ctx);
        return false;
    }
    *table = cplug_component_options(p->ctx, kind, id);
    cplug_error_clear(p->ctx);
    return true;
}

const char *cplug__check_type(plan *p, const section *s, const env *params, const char *kind)
{
    const cplug_options_table *table;
    const entry *e = cplug__section_entry(s, "type");
    if (e == NULL && !p->c->malformed && !cplug__misspelt(s, NULL, 0, "type"))
        cplug__diag(&p->c->diags, s->at, NULL, "[%s] needs 'type'", s->name);
    if (e == NULL) {
        for (e = s->first; e != NULL; e = e->next)
            if (misspelt_entry(e, "type"))
                cplug__diag(&p->c->diags, e->key_at, "did you mean 'type'?", "unknown key '%s' in [%s]", e->key, s->name);
        return NULL;
    }
    const char *id = cplug__expand(p->c, e, params);
    return id != NULL && component_table(p, e->value_at, kind, id, &table) ? id : NULL;
}

component *cplug__check_component(plan *p, const section *s, const env *params, const char *kind, schema *own, uint32_t n_own)
{
    schema schemas[8] = { { 0 } }; /* the component's own options come before generic ones of the same name */
    component *out = cplug__pool_alloc(p->c->pool, sizeof *out);
    const char *id = cplug__check_type(p, s, params, kind);
    if (out == NULL || id == NULL || n_own >= CPLUG_COUNT(schemas)) return NULL;
    out->kind = kind;
    out->id = id;
    out->section = s;
    out->base_dir = s->at.file != NULL ? cplug__path_from(p->c, NULL, s->at.file->dir) : NULL;
    for (uint32_t i = 0; i < n_own; i++) schemas[i == 0 ? 0 : i + 1] = own[i];
    schemas[1].table = cplug_component_options(p->ctx, kind, id);
    cplug_error_clear(p->ctx);
    add_pair(p, &out->pairs, "type", id, false, false);
    cplug__check_section(p, s, params, schemas, n_own + 1, id, &out->pairs);
    out->spec = cplug__pool_printf(p->c->pool, "%s%s", id, cplug__str_text(&schemas[1].options));
    cplug__str_free(&schemas[1].options);
    for (uint32_t i = 0; i < n_own; i++) own[i].options = schemas[i == 0 ? 0 : i + 1].options;
    return out;
}

/* ---- nested components: "[scale, normalize mean=0.5 std=0.5]" ---- */
typedef struct words {
    const char *value, *at;
    place place;
    bool exact; /* columns inside the value are known */
} words;

static place word_place(const words *w, const char *from, size_t n)
{
    place at = w->place;
    if (!w->exact) return at;
    at.column += (int32_t)(from - w->value);
    at.width = (int32_t)n;
    return at;
}

/* The length of a word: up to a blank, comma or bracket outside quotes and brackets. */
static size_t word_length(const char *s)
{
    size_t i = 0;
    int depth = 0;
    char quote = 0;
    for (; s[i]; i++) {
        char c = s[i];
        if (quote) {
            if (c == '\\' && s[i + 1])
                i++;
            else if (c == quote)
                quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '[') {
            depth++;
        } else if (c == ']') {
            if (depth-- == 0) break;
        } else if (depth == 0 && (c == ' ' || c == '\t' || c == ',')) {
            break;
        }
    }
    return i;
}

static void check_spec_option(plan *p, const words *w, size_t n, const char *id, const cplug_options_table *table)
{
    const char *equals = memchr(w->at, '=', n);
    size_t left = equals != NULL ? (size_t)(equals - w->at) : n;
    const char *key = cplug__pool_copy(p->c->pool, w->at, left);
    schema s = { .table = table };
    const char *names[MOST_NAMES];
    cplug_option o;
    uint32_t which;
    char why[512];
    if (equals == NULL || !find_option(&s, 1, key, &which, &o)) {
        uint32_t count = option_names(&s, 1, names);
        cplug__diag(&p->c->diags, word_place(w, w->at, left), cplug__did_you_mean(&p->c->diags, key, names, count),
                    equals == NULL ? "'%s' in %s: expected key=value" : "unknown key '%s' of %s", key, id);
        return;
    }
    const char *value = cplug__pool_copy(p->c->pool, equals + 1, n - left - 1);
    if (value[0] == '"' || value[0] == '\'') value = cplug__pool_copy(p->c->pool, value + 1, strlen(value) > 1 ? strlen(value) - 2 : 0);
    if (cplug_option_check(&o, value, why, sizeof why) == 0) return;
    const char *help = take_help(p, why);
    cplug__diag(&p->c->diags, word_place(w, equals + 1, n - left - 1), help, "%s of %s: %s", key, id, why);
}

void cplug__check_specs(plan *p, const entry *e, const char *value, const char *kind)
{
    words w = { value, value, e->value_at, value == e->value };
    const cplug_options_table *table = NULL;
    const char *id = NULL;
    bool known = false;
    while (*w.at) {
        if (*w.at == ' ' || *w.at == '\t' || *w.at == '[' || *w.at == ']' || *w.at == ',') {
            if (*w.at == ',') id = NULL;
            w.at++;
            continue;
        }
        size_t n = word_length(w.at);
        if (id == NULL) {
            id = cplug__pool_copy(p->c->pool, w.at, n);
            known = component_table(p, word_place(&w, w.at, n), kind, id, &table);
        } else if (known) {
            check_spec_option(p, &w, n, id, table);
        }
        w.at += n;
    }
}
