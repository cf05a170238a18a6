/* help.c: what the writer of a wrong key or value perhaps meant: another spelling of the value, a key of another type or section, a unit
 * that is a key of its own.  Suggestions only: a file must write our own words. */
#include "run.h"
#include <cplug/launcher.h>
#include <math.h>
#include <stdio.h>

enum { RETYPED = 128 };

/* Core puts its suggestion behind the message; here it becomes the help line. */
static const char *take_help(plan *p, char *why)
{
    char *help = strstr(why, "; did you mean");
    if (help == NULL) return NULL;
    *help = '\0';
    return cplug__pool_copy(p->c->pool, help + 2, strlen(help + 2));
}

uint32_t cplug__component_names(plan *p, const char *kind, const char **names)
{
    uint32_t n = 0;
    const char *id;
    for (int32_t i = 0; n < MOST_NAMES && (id = cplug_component_id(p->ctx, kind, i)) != NULL; i++)
        if (strcmp(id, cplug__graph_type.id) != 0 && strcmp(id, cplug__rows_type.id) != 0) names[n++] = id; /* these two are our own */
    return n;
}

const char *cplug__component_near(plan *p, const char *kind, const char *word)
{
    const char *names[MOST_NAMES];
    return cplug__suggest(word, names, cplug__component_names(p, kind, names));
}

/* A choice that was meant; core knows spelling only. */
static const char *help_choice(plan *p, const cplug_option *o, const char *value)
{
    const char *names[64];
    uint32_t n = 0;
    for (const char *c = o->type == CPLUG_OPT_BOOL ? "true|false" : o->choices; c != NULL && *c && n < CPLUG_COUNT(names);) {
        const size_t length = strcspn(c, "|");
        names[n++] = cplug__pool_copy(p->c->pool, c, length);
        c += length + (c[length] == '|');
    }
    const char *near = cplug__suggest(value, names, n);
    return near != NULL ? cplug__pool_printf(p->c->pool, "did you mean '%s'?", near) : NULL;
}

/* The value without the characters of `drop`, and `to` for each run of those of `from`. */
static void rewrite(const char *value, const char *drop, const char *from, char to, char out[RETYPED])
{
    size_t n = 0;
    for (; *value && n + 1 < RETYPED; value++) {
        if (strchr(drop, *value) != NULL) continue;
        const bool turns = strchr(from, *value) != NULL;
        if (!turns || (n > 0 && out[n - 1] != to)) out[n++] = turns ? to : *value;
    }
    out[n] = '\0';
}

/* "0,02", "32.0", "1_000", "1e3", "1x28x28", "(3, 3)" as they are written here. */
static const char *help_value(plan *p, const cplug_option *o, const char *value)
{
    static const struct {
        cplug_opt_type type;
        const char *drop, *from;
        char to;
    } ways[] = { { CPLUG_OPT_INT, "_,'", "", 0 },
                 { CPLUG_OPT_FLOAT, "_fF", ",", '.' },
                 { CPLUG_OPT_INTS, "()[]{}_", "xX*,; \t", ',' },
                 { CPLUG_OPT_FLOATS, "()[]{}_", ",; \t", ',' } };
    char text[RETYPED];
    double number;
    for (uint32_t i = 0; i < CPLUG_COUNT(ways); i++) {
        if (ways[i].type != o->type) continue;
        rewrite(value, ways[i].drop, ways[i].from, ways[i].to, text);
        if (cplug_option_check(o, text, NULL, 0) == 0) return cplug__pool_printf(p->c->pool, "did you mean '%s'?", text);
    }
    if (o->type != CPLUG_OPT_INT) return NULL;
    const char *end = cplug__double_parse(value, &number);
    if (end == NULL || *end || fabs(number) > 1e15 || number != floor(number)) return NULL;
    snprintf(text, sizeof text, "%lld", (long long)number);
    return cplug_option_check(o, text, NULL, 0) == 0 ? cplug__pool_printf(p->c->pool, "did you mean '%s'?", text) : NULL;
}

/* "every = 500 steps": the unit is a key of its own, every_steps, or stands in the key unit; by itself the number is meant. */
static const char *help_unit(plan *p, const cplug_option *o, const char *value, schema *schemas, uint32_t n)
{
    cplug_option other;
    uint32_t which;
    const size_t digits = strspn(value, "0123456789"), blanks = strspn(value + digits, " \t");
    const char *word = value + digits + blanks;
    if (o->type != CPLUG_OPT_INT || digits == 0 || *word == '\0') return NULL;
    for (uint32_t plural = 0; plural < 2; plural++) {
        const char *key = cplug__pool_printf(p->c->pool, "%s_%s%s", o->name, word, plural ? "s" : "");
        if (cplug__find_option(schemas, n, key, &which, &other))
            return cplug__pool_printf(p->c->pool, "write %s = %.*s", key, (int)digits, value);
    }
    const size_t one = strlen(word) - (word[strlen(word) - 1] == 's');
    const char *unit = cplug__pool_copy(p->c->pool, word, one);
    if (cplug__find_option(schemas, n, "unit", &which, &other) && cplug_option_check(&other, unit, NULL, 0) == 0)
        return cplug__pool_printf(p->c->pool, "write %s = %.*s and unit = %s", o->name, (int)digits, value, unit);
    return blanks ? cplug__pool_printf(p->c->pool, "did you mean '%.*s'?", (int)digits, value) : NULL;
}

const char *cplug__help_value(plan *p, const cplug_option *o, const char *value, char *why, schema *schemas, uint32_t n)
{
    const char *help = take_help(p, why), *better = help_choice(p, o, value);
    if (better == NULL) better = help_unit(p, o, value, schemas, n);
    if (better == NULL && strncmp(value, "$", 1) == 0 && value[1] != '{') better = "a variable is written ${name}";
    if (better == NULL) better = help_value(p, o, value);
    return better != NULL ? better : help;
}

static bool has_option(const cplug_options_table *t, const char *key)
{
    for (uint32_t i = 0; t != NULL && i < t->n; i++)
        if (strcmp(cplug__option_get(t, i).name, key) == 0) return true;
    return false;
}

static bool user_named(const char *name) { return strcmp(name, "data") == 0 || strcmp(name, "layer") == 0 || strcmp(name, "block") == 0; }

/* A key that stands in the wrong section. */
const char *cplug__help_section(plan *p, const char *key)
{
    static const char *const kinds[] = { "optimizer", "scheduler", "loss" };
    const cplug_options_table *t;
    const char *name;
    for (uint32_t i = 0; (name = cplug_run_section(i, &t)) != NULL; i++)
        if (has_option(t, key))
            return cplug__pool_printf(p->c->pool, "'%s' belongs into [%s%s]", key, name, user_named(name) ? ".NAME" : "");
    for (uint32_t i = 0; i < CPLUG_COUNT(kinds) && p->ctx != NULL; i++) {
        const entry *type = cplug__section_entry(cplug__config_section(p->c, kinds[i]), "type");
        t = type != NULL ? cplug_component_options(p->ctx, kinds[i], type->value) : NULL;
        cplug_error_clear(p->ctx);
        if (has_option(t, key)) return cplug__pool_printf(p->c->pool, "'%s' belongs into [%s]", key, kinds[i]);
    }
    return NULL;
}

/* A key of another component of the kind; elsewhere: only where the type was changed by another file or the command line. */
const char *cplug__help_other_type(plan *p, const section *s, const entry *e, const char *kind, bool elsewhere)
{
    const char *names[MOST_NAMES];
    const uint32_t n = kind != NULL ? cplug__component_names(p, kind, names) : 0;
    const entry *type = cplug__section_entry(s, "type");
    const source *from = type != NULL ? type->value_at.file : NULL;
    uint32_t i = 0;
    for (; i < n && !has_option(cplug_component_options(p->ctx, kind, names[i]), e->key); i++) {}
    if (n > 0) cplug_error_clear(p->ctx);
    if (i == n || from == NULL || elsewhere != (from != e->key_at.file)) return NULL;
    if (from == e->key_at.file) return cplug__pool_printf(p->c->pool, "'%s' is a key of type = %s", e->key, names[i]);
    return cplug__pool_printf(p->c->pool, "type = %s stands in %s:%d; --unset %s.%s takes this key away", type->value, from->path,
                              type->value_at.line, s->name, e->key);
}

/* Nothing is near: where the keys that there are can be found. */
const char *cplug__help_keys(plan *p, const char *kind, const char *what, const char *const *names, uint32_t n)
{
    enum { MOST_TOLD = 16 };
    const char *text = "its keys are ";
    if (strncmp(what, "block.", 6) == 0) return cplug__pool_printf(p->c->pool, "what a copy may be given stands in params of [%s]", what);
    if (kind != NULL) return cplug__pool_printf(p->c->pool, "cplug-run inspect %s lists its keys", what);
    if (n == 0 || n > MOST_TOLD) return NULL;
    for (uint32_t i = 0; i < n; i++) text = cplug__pool_printf(p->c->pool, "%s%s%s", text, i ? ", " : "", names[i]);
    return text;
}
