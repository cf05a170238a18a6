/* options_store.c: the meaning of options: a schema turns written values into the fields of a component's struct, and says what it
 * expected when it cannot.  Works on a copy of each schema entry, so tables of older and newer plugins do for it. */
#include "base/mode.h"
#include "plugin/options.h"
#include "tensor/tensor.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SHOWN = 60 };

typedef struct stored { /* a value as it lands in a struct; elements of lists are 8 bytes each */
    cplug_opt_type type;
    int64_t n;
    union {
        int64_t i;
        double f;
        const char *s;
        const void *list;
    } v;
} stored;

static const struct type_rule {
    cplug_opt_type element; /* 0: not a list */
    uint32_t size;
    const char *noun;
} rules[] = {
    [CPLUG_OPT_INT] = { 0, sizeof(int64_t), "an integer" },
    [CPLUG_OPT_FLOAT] = { 0, sizeof(double), "a number" },
    [CPLUG_OPT_BOOL] = { 0, sizeof(int64_t), "true or false" },
    [CPLUG_OPT_STRING] = { 0, sizeof(char *), "a text" },
    [CPLUG_OPT_CHOICE] = { 0, sizeof(int64_t), "one of" },
    [CPLUG_OPT_PATH] = { 0, sizeof(char *), "a path" },
    [CPLUG_OPT_INTS] = { CPLUG_OPT_INT, sizeof(cplug_ints), "integers" },
    [CPLUG_OPT_FLOATS] = { CPLUG_OPT_FLOAT, sizeof(cplug_floats), "numbers" },
    [CPLUG_OPT_STRINGS] = { CPLUG_OPT_STRING, sizeof(cplug_strings), "texts" },
    [CPLUG_OPT_SPEC] = { 0, sizeof(char *), "a component as \"id key=value ...\"" },
    [CPLUG_OPT_SPECS] = { CPLUG_OPT_SPEC, sizeof(cplug_strings), "components as \"[id key=value, id]\"" },
};

const cplug_option *cplug__option_at(const cplug_options_table *t, uint32_t i)
{
    return (const cplug_option *)(const void *)((const char *)t->at + (uint64_t)i * t->stride);
}

static cplug_option option_copy(const cplug_options_table *t, uint32_t i)
{
    cplug_option o = { 0 };
    memcpy(&o, cplug__option_at(t, i), MIN(t->stride, sizeof o));
    return o;
}

uint32_t cplug__option_size(cplug_opt_type type) { return type > 0 && type < CPLUG_COUNT(rules) ? rules[type].size : 0; }

/* ---- what is expected, in words ---- */
static bool has_range(const cplug_option *o) { return o->min != 0 || o->max != 0; }

static void describe(const cplug_option *o, cplug__text *t)
{
    const struct type_rule *r = &rules[o->type];
    if (r->element && o->count_max > 0 && o->count_max == o->count_min)
        cplug__text_add(t, "%lld ", (long long)o->count_min);
    else if (r->element && o->count_max > 0)
        cplug__text_add(t, "%lld to %lld ", (long long)o->count_min, (long long)o->count_max);
    else if (r->element && o->count_min > 0)
        cplug__text_add(t, "at least %lld ", (long long)o->count_min);
    cplug__text_add(t, "%s", r->noun);
    if (o->type == CPLUG_OPT_CHOICE) {
        for (const char *c = o->choices; *c; c += *c == '|') {
            const size_t n = strcspn(c, "|");
            cplug__text_add(t, "%s%.*s", c == o->choices ? " " : ", ", (int)n, c);
            c += n;
        }
    }
    if (has_range(o) && o->max < o->min)
        cplug__text_add(t, " of at least %.15g", o->min);
    else if (has_range(o) && o->max >= 1e15) /* no limit that anybody meets */
        cplug__text_add(t, " of at least %.15g", o->min);
    else if (has_range(o) && o->min <= -0x1p63)
        cplug__text_add(t, " of at most %.15g", o->max);
    else if (has_range(o))
        cplug__text_add(t, " from %.15g to %.15g", o->min, o->max);
    if (r->element == CPLUG_OPT_INT || r->element == CPLUG_OPT_FLOAT) cplug__text_put(t, " separated by commas", 20);
    if (o->flags & CPLUG_OPT_UNSET_OK) cplug__text_put(t, " or none", 8);
}

/* "expected ..., got '...'": why (a syntax error, or a nearest name) may be empty. */
static cplug_status mismatch(const cplug_option *o, const char *value, const char *why, cplug_error *e)
{
    cplug__text t = { 0 };
    describe(o, &t);
    const cplug_status st = cplug__error_fill(e, t.failed ? CPLUG_E_NOMEM : CPLUG_E_INVALID, "expected %s, got '%.*s%s'%s",
                                              t.failed ? "something else" : t.at, SHOWN, value, strlen(value) > SHOWN ? "..." : "", why);
    cplug__text_free(&t);
    return st;
}

/* ---- scalars ---- */
static bool in_range(const cplug_option *o, double value)
{
    if (!has_range(o)) return true;
    return value >= o->min && (value <= o->max || o->max < o->min);
}

static int64_t choice_index(const char *choices, const char *text)
{
    int64_t i = 0;
    for (const char *c = choices; *c; i++) {
        const size_t n = strcspn(c, "|");
        if (strlen(text) == n && memcmp(c, text, n) == 0) return i;
        c += n + (c[n] == '|');
    }
    return -1;
}

static cplug_status bad_choice(cplug__arena *a, const cplug_option *o, const char *text, cplug_error *e)
{
    const char *names[64];
    uint32_t n = 0;
    for (const char *c = o->choices; *c && n < CPLUG_COUNT(names); n++) {
        const size_t length = strcspn(c, "|");
        if (!(names[n] = cplug__arena_strdup(a, c, length))) break;
        c += length + (c[length] == '|');
    }
    const char *near = cplug_nearest(text, names, n);
    char why[CPLUG__WHY] = "";
    if (near) snprintf(why, sizeof why, "; did you mean '%s'?", near);
    return mismatch(o, text, why, e);
}

static const char *absolute_path(cplug__arena *a, const char *path, const char *base_dir)
{
    if (path[0] == '/' || path[0] == '\0' || !base_dir) return path;
    char real[PATH_MAX];
    const char *root = realpath(base_dir, real) ? real : base_dir;
    const size_t n = strlen(root);
    char *joined = cplug__arena_alloc(a, n + strlen(path) + 2);
    if (joined) {
        memcpy(joined, root, n);
        joined[n] = '/';
        memcpy(joined + n + (n == 0 || root[n - 1] != '/'), path, strlen(path) + 1);
    }
    return joined;
}

/* A spec stays text for whoever builds the component; here it only has to be well formed. */
static const char *check_spec(cplug__arena *a, const char *value, cplug_error *e)
{
    const char *id, *options, **items;
    cplug__pair *pairs;
    if (*value == '[') {
        const int64_t n = cplug__list_split(a, value, true, &items, e);
        if (n != 1) return n < 0 ? NULL : (cplug__error_fill(e, CPLUG_E_INVALID, "one component is expected"), NULL);
        value = items[0];
    }
    const char *spec = cplug__unquote(a, value, e);
    if (!spec || !cplug__spec_split(a, spec, &id, &options, e) || cplug__pairs(a, options, &pairs, e) < 0) return NULL;
    return spec;
}

static cplug_status read_scalar(cplug__arena *a, const cplug_option *o, cplug_opt_type type, const char *value, const char *base_dir,
                                stored *out, cplug_error *e)
{
    const char *text = type == CPLUG_OPT_SPEC ? check_spec(a, value, e) : cplug__unquote(a, value, e);
    if (!text) {
        if (e->code == CPLUG_E_NOMEM) return e->code;
        char why[CPLUG__WHY];
        snprintf(why, sizeof why, ": %.500s", e->message);
        return mismatch(o, value, why, e);
    }
    bool good = true;
    switch (type) {
    case CPLUG_OPT_INT: good = cplug__parse_int(text, &out->v.i) && out->v.i != CPLUG_UNSET && in_range(o, (double)out->v.i); break;
    case CPLUG_OPT_FLOAT: good = cplug__parse_double(text, &out->v.f) && !isnan(out->v.f) && in_range(o, out->v.f); break;
    case CPLUG_OPT_BOOL:
        out->v.i = strcmp(text, "true") == 0;
        good = out->v.i || strcmp(text, "false") == 0;
        break;
    case CPLUG_OPT_CHOICE:
        if ((out->v.i = choice_index(o->choices, text)) < 0) return bad_choice(a, o, text, e);
        break;
    case CPLUG_OPT_PATH: out->v.s = absolute_path(a, text, base_dir); break;
    default: out->v.s = text; break;
    }
    if (!good) return mismatch(o, value, "", e);
    if (type == CPLUG_OPT_PATH && !out->v.s) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for options");
    return CPLUG_OK;
}

/* ---- any value ---- */
static cplug_status read_list(cplug__arena *a, const cplug_option *o, const char *value, stored *out, cplug_error *e)
{
    const cplug_opt_type element = rules[o->type].element;
    const char **items = NULL;
    const int64_t n = cplug__list_split(a, value, element == CPLUG_OPT_SPEC, &items, e);
    if (n < 0 && e->code == CPLUG_E_NOMEM) return e->code;
    if (n < 0) {
        char why[CPLUG__WHY];
        snprintf(why, sizeof why, ": %.500s", e->message);
        return mismatch(o, value, why, e);
    }
    if (n < o->count_min || (o->count_max > 0 && n > o->count_max)) return mismatch(o, value, "", e);
    stored *item = &(stored){ 0 };
    int64_t *list = n ? cplug__arena_alloc(a, (uint64_t)n * sizeof *list) : NULL;
    if (n && !list) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for options");
    for (int64_t i = 0; i < n; i++) {
        cplug_error inner = CPLUG__ERROR_INIT;
        const cplug_status st = read_scalar(a, o, element, items[i], NULL, item, &inner);
        if (st == CPLUG_E_NOMEM) return cplug__error_fill(e, st, "%s", inner.message);
        if (st) {
            char why[CPLUG__WHY];
            snprintf(why, sizeof why, " ('%.*s' is wrong)", SHOWN, items[i]);
            return mismatch(o, value, n > 1 ? why : "", e);
        }
        memcpy(&list[i], &item->v, sizeof *list);
    }
    out->n = n;
    out->v.list = list;
    return CPLUG_OK;
}

static bool is_unset(const cplug_option *o, const char *value)
{
    if (!(o->flags & CPLUG_OPT_UNSET_OK) || strcmp(value, "none") != 0) return false;
    return o->type != CPLUG_OPT_CHOICE || choice_index(o->choices, value) < 0;
}

static stored unset(cplug_opt_type type)
{
    stored s = { .type = type };
    if (type == CPLUG_OPT_FLOAT)
        s.v.f = NAN;
    else if (type == CPLUG_OPT_INT || type == CPLUG_OPT_BOOL || type == CPLUG_OPT_CHOICE)
        s.v.i = CPLUG_UNSET;
    return s;
}

static cplug_status read_value(cplug__arena *a, const cplug_option *o, const char *value, const char *base_dir, stored *out, cplug_error *e)
{
    if (!cplug__option_size(o->type)) return cplug__error_fill(e, CPLUG_E_VERSION, "its type %u is newer than this cplug", o->type);
    if (o->type == CPLUG_OPT_CHOICE && !o->choices) return cplug__error_fill(e, CPLUG_E_INVALID, "its schema lists no choices");
    *out = (stored){ .type = o->type };
    if (is_unset(o, value)) return *out = unset(o->type), CPLUG_OK;
    return rules[o->type].element ? read_list(a, o, value, out, e) : read_scalar(a, o, o->type, value, base_dir, out, e);
}

cplug_status cplug__option_judge(const cplug_option *option, const char *value, cplug_error *e)
{
    CPLUG__OWN_MODE;
    cplug__arena a = { 0 };
    stored s;
    const cplug_status st = read_value(&a, option, value, NULL, &s, e);
    cplug__arena_free(&a);
    return st;
}

int32_t cplug_option_check(const cplug_option *option, const char *value, char *why, uint64_t size)
{
    cplug_error e = CPLUG__ERROR_INIT;
    if (!option || !value)
        cplug__error_fill(&e, CPLUG_E_INVALID, "expected a value, got nothing");
    else
        cplug__option_judge(option, value, &e);
    if (why && size) snprintf(why, size, "%s", e.code ? e.message : "");
    return e.code ? (int32_t)strlen(e.message) : 0;
}

cplug_status cplug__value_parse(cplug__arena *a, const cplug_option *o, const char *value, cplug_value *out, cplug_error *e)
{
    CPLUG__OWN_MODE;
    stored s = unset(o->type);
    *out = (cplug_value){ .type = o->type };
    if (value) {
        const cplug_status st = read_value(a, o, value, NULL, &s, e);
        if (st) return st;
    }
    if (rules[o->type].element == CPLUG_OPT_STRING || rules[o->type].element == CPLUG_OPT_SPEC)
        return cplug__error_fill(e, CPLUG_E_UNSUPPORTED, "lists of texts are no op attributes");
    out->n = (uint32_t)s.n;
    switch (o->type) {
    case CPLUG_OPT_FLOAT: out->v.f = s.v.f; break;
    case CPLUG_OPT_FLOATS: out->v.fv = s.v.list; break;
    case CPLUG_OPT_INTS: out->v.iv = s.v.list; break;
    case CPLUG_OPT_INT:
    case CPLUG_OPT_BOOL:
    case CPLUG_OPT_CHOICE: out->v.i = s.v.i; break;
    default: out->v.s = s.v.s; break;
    }
    return CPLUG_OK;
}

/* ---- into the struct ---- */
static void put(const stored *s, void *at)
{
    if (rules[s->type].element) {
        const cplug_ints list = { s->n, s->v.list }; /* all lists are a count and a pointer */
        memcpy(at, &list, sizeof list);
    } else {
        memcpy(at, &s->v, rules[s->type].size);
    }
}

static void *field(void *into, const cplug_option *o) { return (char *)into + o->offset; }

static cplug_status put_default(cplug__arena *a, const cplug_option *o, const char *base_dir, const char *who, void *into, cplug_error *e)
{
    stored s = unset(o->type);
    if (o->fallback) {
        cplug_error inner = CPLUG__ERROR_INIT;
        const cplug_status st = read_value(a, o, o->fallback, base_dir, &s, &inner);
        if (st) return cplug__error_fill(e, st, "default of option '%s' of %s: %s", o->name, who, inner.message);
    } else if (!(o->flags & CPLUG_OPT_UNSET_OK)) {
        return CPLUG_OK;
    }
    put(&s, field(into, o));
    return CPLUG_OK;
}

static cplug_status unknown_option(cplug__arena *a, const cplug_options_table *table, const char *name, const char *who, cplug_error *e)
{
    const char **names = cplug__arena_alloc(a, sizeof *names * ((uint64_t)table->n + 1));
    cplug__text all = { 0 };
    for (uint32_t i = 0; i < table->n && names; i++) {
        names[i] = cplug__option_at(table, i)->name;
        cplug__text_add(&all, "%s%s", i ? ", " : "", names[i]);
    }
    const char *near = names ? cplug_nearest(name, names, table->n) : NULL;
    if (near)
        cplug__error_fill(e, CPLUG_E_NOTFOUND, "unknown option '%s' of %s; did you mean '%s'?", name, who, near);
    else if (all.length)
        cplug__error_fill(e, CPLUG_E_NOTFOUND, "unknown option '%s' of %s; there are: %s", name, who, all.at);
    else
        cplug__error_fill(e, CPLUG_E_NOTFOUND, "unknown option '%s' of %s, which has no options", name, who);
    cplug__text_free(&all);
    return CPLUG_E_NOTFOUND;
}

static int64_t find_option(const cplug_options_table *table, const char *name)
{
    for (uint32_t i = 0; i < table->n; i++)
        if (strcmp(cplug__option_at(table, i)->name, name) == 0) return i;
    return -1;
}

static cplug_status put_pair(cplug__arena *a, const cplug_options_table *table, const cplug__pair *pair, const char *base_dir,
                             const char *who, void *into, cplug_error *e)
{
    const int64_t at = find_option(table, pair->key);
    if (at < 0) return unknown_option(a, table, pair->key, who, e);
    const cplug_option o = option_copy(table, (uint32_t)at);
    cplug_error inner = CPLUG__ERROR_INIT;
    stored s;
    const cplug_status st = read_value(a, &o, pair->value, base_dir, &s, &inner);
    if (st) return cplug__error_fill(e, st, "option '%s' of %s: %s", o.name, who, inner.message);
    put(&s, field(into, &o));
    return CPLUG_OK;
}

static cplug_status store(cplug__arena *a, const cplug_options_table *table, const char *text, const char *base_dir, const char *who,
                          bool whole, void *into, cplug_error *e)
{
    CPLUG__OWN_MODE;
    static const cplug_options_table none = { 0 };
    cplug_error inner = CPLUG__ERROR_INIT;
    cplug__pair *pairs;
    if (!table) table = &none;
    if (!who) who = "the options";
    const int32_t n = cplug__pairs(a, text, &pairs, &inner);
    if (n < 0) return cplug__error_fill(e, inner.code, "%s: %s", who, inner.message);
    cplug_status st = CPLUG_OK;
    for (uint32_t i = 0; i < table->n && whole && !st; i++) {
        const cplug_option o = option_copy(table, i);
        st = put_default(a, &o, base_dir, who, into, e);
    }
    for (int32_t i = 0; i < n && !st; i++) st = put_pair(a, table, &pairs[i], base_dir, who, into, e);
    for (uint32_t i = 0; i < table->n && whole && !st; i++) {
        const cplug_option o = option_copy(table, i);
        if (!(o.flags & CPLUG_OPT_REQUIRED) || cplug__pair_given(pairs, n, o.name)) continue;
        st = cplug__error_fill(e, CPLUG_E_INVALID, "%s needs the option '%s'%s%s%s", who, o.name, o.doc ? " (" : "", o.doc ? o.doc : "",
                               o.doc ? ")" : "");
    }
    return st;
}

cplug_status cplug__options_store(cplug__arena *a, const cplug_options_table *table, const char *text, const char *base_dir,
                                  const char *who, void *into, cplug_error *e)
{
    return store(a, table, text, base_dir, who, true, into, e);
}

cplug_status cplug__options_apply(cplug__arena *a, const cplug_options_table *table, const char *text, const char *base_dir,
                                  const char *who, void *into, cplug_error *e)
{
    return store(a, table, text, base_dir, who, false, into, e);
}

cplug_status cplug_options_parse(cplug_context *ctx, const cplug_options_table *table, const char *text, const char *base_dir, void *into)
{
    if (!ctx) return CPLUG_E_INVALID;
    if (ctx->error) return ctx->error;
    if (!table || (table->n && !into)) return cplug_error_set(ctx, CPLUG_E_INVALID, "cplug_options_parse: table and into must not be NULL");
    cplug_error e = CPLUG__ERROR_INIT;
    const cplug_status st = cplug__options_store(&ctx->arena, table, text, base_dir, "the options", into, &e);
    return st ? cplug__raise(ctx, &e, NULL) : CPLUG_OK;
}
