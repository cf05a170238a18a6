/* expand.c: ${...} in values: a name from [vars] or from a block's parameters stands for its text; an expression of integers with
 * + - * / and parentheses for its value.  Division must come out even, since sizes are whole. */
#include "config.h"
#include <stdio.h>

enum { DEEPEST_VARIABLE = 16, DEEPEST_PARENTHESES = 64, MOST_LOOKUPS = 1000, LONGEST_VALUE = 900 };

typedef struct expander {
    config *c;
    const entry *e;
    const env *params;
    const char *at; /* in the expression */
    place place;
    int depth, nesting;
    int *lookups; /* so far, of the whole value */
    bool failed;
} expander;

static const char *expand_text(expander *x, const char *text);
static int64_t sum(expander *x);

static void fail(expander *x, const char *help, const char *message)
{
    if (!x->failed) cplug__diag(&x->c->diags, x->place, help, "%s", message);
    x->failed = true;
}

static bool letter(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }
static bool word_char(char c) { return letter(c) || (c >= '0' && c <= '9'); }
static void skip(expander *x)
{
    while (*x->at == ' ' || *x->at == '\t') x->at++;
}

/* The text behind a name, itself expanded; NULL after a mistake. */
static const char *lookup(expander *x, const char *name)
{
    const char *names[256];
    uint32_t n = 0;
    if (++*x->lookups > MOST_LOOKUPS) {
        fail(x, NULL, "more than 1000 variables in one value");
        return NULL;
    }
    for (const env *p = x->params; p != NULL; p = p->next) {
        if (strcmp(p->name, name) == 0) return p->value;
        if (n < CPLUG_COUNT(names)) names[n++] = p->name;
    }
    const section *vars = cplug__config_section(x->c, "vars");
    for (const entry *e = vars != NULL ? vars->first : NULL; e != NULL; e = e->next) {
        if (n < CPLUG_COUNT(names)) names[n++] = e->key;
        if (strcmp(e->key, name) != 0) continue;
        if (x->depth >= DEEPEST_VARIABLE) {
            fail(x, NULL, cplug__pool_printf(x->c->pool, "variable '%s' refers to itself", name));
            return NULL;
        }
        expander inner = { .c = x->c, .e = e, .place = e->value_at, .depth = x->depth + 1, .lookups = x->lookups };
        const char *value = expand_text(&inner, e->value);
        x->failed |= inner.failed;
        return value;
    }
    const char *near = cplug__suggest(name, names, n), *help = near != NULL ? cplug__pool_printf(x->c->pool, "did you mean '%s'?", near)
                                                                            : "a variable stands in [vars], that of a block in its params";
    fail(x, help, cplug__pool_printf(x->c->pool, "unknown variable '%s'", name));
    return NULL;
}

static const char *take_word(expander *x)
{
    const char *from = x->at;
    while (word_char(*x->at)) x->at++;
    return cplug__pool_copy(x->c->pool, from, (uint64_t)(x->at - from));
}

/* What stands where something else should. */
static void unexpected(expander *x, const char *wanted)
{
    static const char help[] = "whole numbers, names of variables, + - * / and ( ) can stand there";
    if (*x->at)
        fail(x, help, cplug__pool_printf(x->c->pool, "'%c' in ${...}: expected %s", *x->at, wanted));
    else
        fail(x, help, cplug__pool_printf(x->c->pool, "${...} ends too early: expected %s", wanted));
}

static int64_t atom(expander *x)
{
    int64_t value = 0;
    skip(x);
    if (++x->nesting > DEEPEST_PARENTHESES) fail(x, NULL, "too many parentheses");
    if (x->failed) return 0;
    if (*x->at == '(') {
        x->at++;
        value = sum(x);
        skip(x);
        if (*x->at != ')')
            unexpected(x, "')'");
        else
            x->at++;
    } else if (*x->at == '-') {
        x->at++;
        if (__builtin_sub_overflow(0, atom(x), &value)) fail(x, NULL, "the number is too large");
    } else if (letter(*x->at)) {
        const char *name = take_word(x), *text = lookup(x, name);
        if (text != NULL && !cplug__int_parse(text, &value))
            fail(x, NULL, cplug__pool_printf(x->c->pool, "variable '%s' is '%s': only whole numbers can be calculated with", name, text));
    } else if (*x->at >= '0' && *x->at <= '9') {
        const char *word = take_word(x);
        if (!cplug__int_parse(word, &value)) fail(x, NULL, cplug__pool_printf(x->c->pool, "'%s' in ${...} is no whole number", word));
    } else {
        unexpected(x, "a number, a name or '('");
    }
    x->nesting--;
    return value;
}

static int64_t product(expander *x)
{
    int64_t value = atom(x);
    for (;;) {
        skip(x);
        char op = *x->at;
        if (x->failed || (op != '*' && op != '/')) return value;
        x->at++;
        int64_t right = atom(x);
        if (op == '*') {
            if (__builtin_mul_overflow(value, right, &value)) fail(x, NULL, "the product is too large");
        } else if (right == 0) {
            fail(x, NULL, "division by zero in ${...}");
        } else if ((value == INT64_MIN && right == -1) || value % right != 0) {
            fail(x, NULL, cplug__pool_printf(x->c->pool, "%lld / %lld does not come out even", (long long)value, (long long)right));
        } else {
            value /= right;
        }
    }
}

static int64_t sum(expander *x)
{
    int64_t value = product(x);
    for (;;) {
        skip(x);
        char op = *x->at;
        if (x->failed || (op != '+' && op != '-')) return value;
        x->at++;
        int64_t right = product(x);
        if (op == '+' ? __builtin_add_overflow(value, right, &value) : __builtin_sub_overflow(value, right, &value))
            fail(x, NULL, "the sum is too large");
    }
}

/* x->at stands after "${"; leaves it after "}". */
static void substitute(expander *x, str *out)
{
    const char *from = x->at;
    skip(x);
    if (letter(*x->at)) {
        const char *name = take_word(x);
        skip(x);
        if (*x->at == '}') {
            const char *value = lookup(x, name);
            x->at++;
            if (value != NULL) cplug__str_put(out, value, strlen(value));
            return;
        }
    }
    x->at = from;
    int64_t value = sum(x);
    skip(x);
    if (*x->at != '}')
        unexpected(x, "+ - * / or '}'");
    else
        x->at++;
    if (!x->failed) cplug__str_add(out, "%lld", (long long)value);
}

static const char *expand_text(expander *x, const char *text)
{
    str out = { 0 };
    const char *open = strstr(text, "${");
    if (open == NULL) return text;
    for (const char *p = text; !x->failed;) {
        open = strstr(p, "${");
        if (open == NULL) {
            cplug__str_put(&out, p, strlen(p));
            break;
        }
        cplug__str_put(&out, p, (uint64_t)(open - p));
        const char *close = strchr(open, '}');
        x->place = x->e->value_at;
        x->place.column += (int32_t)(open - text);
        x->place.width = close != NULL ? (int32_t)(close - open) + 1 : (int32_t)strlen(open);
        x->at = open + 2;
        substitute(x, &out);
        p = x->at;
        if (out.n > LONGEST_VALUE) fail(x, NULL, "the value becomes longer than 900 bytes");
    }
    const char *value = x->failed ? NULL : cplug__pool_copy(x->c->pool, cplug__str_text(&out), out.n);
    if (out.failed) x->c->pool->failed = true;
    cplug__str_free(&out);
    return value;
}

const char *cplug__expand(config *c, const entry *e, const env *params)
{
    int lookups = 0;
    expander x = { .c = c, .e = e, .params = params, .place = e->value_at, .lookups = &lookups };
    return expand_text(&x, e->value);
}
