/* check.c: values against schemas.  The schema is the component's own (cplug_component_options), so a plugin that nobody here knows is
 * checked as well as ours; core's cplug_option_check judges each value, this file only finds the place and the nearest right word. */
#include "plan.h"
#include <cplug/launcher.h>
#include <stdio.h>

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

bool cplug__find_option(schema *schemas, uint32_t n, const char *key, uint32_t *which, cplug_option *out)
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

/* Would an INI file lose something of the value if it stood bare? */
bool cplug__needs_quotes(const char *value)
{
    const size_t n = strlen(value);
    if (n == 0 || strpbrk(value, ";#") != NULL || value[0] == '"' || value[0] == '\'') return true;
    return strchr(" \t", value[0]) != NULL || strchr(" \t\\", value[n - 1]) != NULL;
}

/* The value as print.c can write it, where escapes count inside quotes only; false after a mistake. */
static bool make_printable(plan *p, const entry *e, const cplug_option *o, const char **value, bool *quoted)
{
    enum { LONGEST = 950 };
    const char *v = *value;
    str out = { 0 };
    if (strlen(e->key) + strlen(v) > LONGEST) {
        cplug__diag(&p->c->diags, e->value_at, NULL, "%s: a value of %zu bytes is too long for a line", e->key, strlen(v));
        return false;
    }
    if (*quoted || !cplug__needs_quotes(v)) return true;
    if (strchr(v, '"') != NULL && strchr(v, '\'') != NULL) {
        cplug__diag(&p->c->diags, e->value_at, NULL, "%s: a value that needs quotes and has both kinds of them inside cannot be written",
                    e->key);
        return false;
    }
    if (is_list(o->type) || is_spec(o->type) || strchr(v, '\\') == NULL) return true;
    for (const char *c = v; *c; c++) cplug__str_put(&out, *c == '\\' ? "\\\\" : c, *c == '\\' ? 2 : 1);
    *value = cplug__pool_copy(p->c->pool, cplug__str_text(&out), out.n);
    *quoted = true;
    cplug__str_free(&out);
    return true;
}

static pair *add_pair(plan *p, pair **list, const char *key, const char *value, bool quoted, bool is_default)
{
    pair *new = cplug__pool_alloc(p->c->pool, sizeof *new);
    if (new == NULL) return NULL;
    *new = (pair){ key, value, quoted, is_default, NULL };
    while (*list != NULL) list = &(*list)->next;
    return *list = new;
}

static void unknown_key(plan *p, const section *s, const entry *e, const schema *schemas, uint32_t n, const char *what)
{
    const char *names[MOST_NAMES], *kind = NULL, *called = e->key;
    const uint32_t count = option_names(schemas, n, names);
    const bool variable = e->key_at.file != NULL && e->key_at.file == p->c->environment;
    const char *near = cplug__suggest(e->key, names, count), *help = NULL;
    for (uint32_t k = 0; k < n; k++)
        if (schemas[k].kind != NULL) kind = schemas[k].kind;
    if (near != NULL && variable) near = cplug__variable_name(p->c->pool, s->name, near);
    if (variable) called = cplug__variable_name(p->c->pool, s->name, e->key);
    if (strncmp(what, "block.", 6) == 0 && strcmp(e->key, "type") == 0) help = "a layer has either 'type' or 'block'";
    if (help == NULL) help = cplug__help_other_type(p, s, e, kind, true);
    if (near != NULL && help == NULL) help = cplug__pool_printf(p->c->pool, "did you mean '%s'?", near);
    if (e->odd) { /* the scanner has told it */
        cplug__diag_help(&p->c->diags, e->key_at, true, help);
        return;
    }
    if (help == NULL) help = cplug__help_other_type(p, s, e, kind, false);
    if (help == NULL) help = cplug__help_section(p, e->key);
    if (help == NULL) help = cplug__help_keys(p, kind, what, names, count);
    cplug__diag(&p->c->diags, e->key_at, help, "unknown key '%s' in [%s]%s%s%s%s", called, s->name, what[0] ? " (" : "", what,
                what[0] ? ")" : "", cplug__written_newer(p, kind, kind != NULL ? what : NULL));
}

/* ---- entries ---- */
static void check_entry(plan *p, const section *s, const entry *e, const env *params, schema *schemas, uint32_t n, const char *what,
                        pair **pairs)
{
    cplug_option o;
    uint32_t which;
    if (!cplug__find_option(schemas, n, e->key, &which, &o)) {
        unknown_key(p, s, e, schemas, n, what);
        return;
    }
    const char *value = cplug__expand(p->c, e, params);
    char why[512];
    if (value == NULL) return;
    if (cplug_option_check(&o, value, why, sizeof why) != 0) {
        const char *help = cplug__help_value(p, &o, value, why, schemas, n);
        cplug__diag(&p->c->diags, e->value_at, help, "%s: %s", e->key, why);
        return;
    }
    if (o.type == CPLUG_OPT_PATH && !(o.flags & CPLUG_OPT_UNSET_OK && strcmp(value, "none") == 0))
        value = cplug__path_from(p->c, e->value_at.file, value);
    bool quoted = e->quoted;
    put_option(&schemas[which].options, &o, value, quoted);
    p->c->pool->failed |= schemas[which].options.failed;
    if (!make_printable(p, e, &o, &value, &quoted)) return;
    if (!schemas[which].quiet) add_pair(p, pairs, e->key, value, quoted, false);
}

static bool misspelt_entry(const entry *e, const char *name) { return cplug__suggest(e->key, &name, 1) != NULL; }

/* Is the missing option there under a misspelt name?  Then one message is enough. */
bool cplug__misspelt(const section *s, schema *schemas, uint32_t n, const char *name)
{
    cplug_option o;
    uint32_t which;
    for (const entry *e = s->first; e != NULL; e = e->next)
        if (!cplug__find_option(schemas, n, e->key, &which, &o) && misspelt_entry(e, name)) return true;
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
/* The schema of a component that exists; false after a mistake, which stands at `at`. */
static bool component_table(plan *p, place at, const char *kind, const char *id, const cplug_options_table **table)
{
    const char *names[MOST_NAMES];
    uint32_t n = cplug__component_names(p, kind, names), i = 0;
    while (i < n && strcmp(names[i], id) != 0) i++;
    if (i == n) {
        const char *called = strcmp(kind, "module") == 0 ? "layer type" : strcmp(kind, "dataset") == 0 ? "data set" : kind;
        const char *help = cplug__did_you_mean(&p->c->diags, id, names, n);
        cplug__diag(&p->c->diags, at, help != NULL ? help : cplug__pool_printf(p->c->pool, "cplug-run inspect %s lists them", kind),
                    "unknown %s '%s'%s", called, id, cplug__written_newer(p, kind, NULL));
        return false;
    }
    if (cplug_component(p->ctx, kind, id) == NULL) { /* promised by a plugin that does not load */
        cplug__diag_as(&p->c->diags, CPLUG_RUN_PLUGIN, at, "cplug-run plugins --failed says more", "%s", cplug_error_text(p->ctx));
        cplug_error_clear(p->ctx);
        return false;
    }
    cplug__written_note(p, kind, id);
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
    schemas[1].kind = kind;
    p->c->pool->failed |= cplug_failed(p->ctx) == CPLUG_E_NOMEM;
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

/* Does the comma belong to a value, as core reads "normalize mean=0.1,0.2"? */
static bool inner_comma(const char *s, size_t i)
{
    const char next = s[i + 1];
    return memchr(s, '=', i) != NULL && next != '\0' && ((next >= '0' && next <= '9') || strchr("+-.\"[", next) != NULL);
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
        } else if (c == '"') {
            quote = c;
        } else if (c == '[') {
            depth++;
        } else if (c == ']') {
            if (depth-- == 0) break;
        } else if (depth == 0 && (c == ' ' || c == '\t' || (c == ',' && !inner_comma(s, i)))) {
            break;
        }
    }
    return i;
}

static void check_spec_option(plan *p, const words *w, size_t n, const char *kind, const char *id, const cplug_options_table *table)
{
    const char *equals = memchr(w->at, '=', n);
    size_t left = equals != NULL ? (size_t)(equals - w->at) : n;
    const char *key = cplug__pool_copy(p->c->pool, w->at, left);
    schema s = { .table = table };
    const char *names[MOST_NAMES];
    cplug_option o;
    uint32_t which;
    char why[512];
    if (equals == NULL || !cplug__find_option(&s, 1, key, &which, &o)) {
        uint32_t count = option_names(&s, 1, names);
        cplug__diag(&p->c->diags, word_place(w, w->at, left), cplug__did_you_mean(&p->c->diags, key, names, count),
                    equals == NULL ? "'%s' in %s: expected key=value" : "unknown key '%s' of %s%s", key, id,
                    cplug__written_newer(p, kind, id));
        return;
    }
    const char *value = cplug__pool_copy(p->c->pool, equals + 1, n - left - 1);
    if (cplug_option_check(&o, value, why, sizeof why) == 0) return;
    const char *help = cplug__help_value(p, &o, value, why, &s, 1);
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
            check_spec_option(p, &w, n, kind, id, table);
        }
        w.at += n;
    }
}
