/* derive.c: cases for an op of the plugin's own.  Shapes are tried one against the other until infer accepts them; of those that look
 * alike one is kept. */
#include "kernel.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    int32_t ndim;
    int64_t at[4];
    const char *text;
} shapes[] = {
    { 2, { 2, 3 }, "2,3" },           { 1, { 3 }, "3" },          { 1, { 2 }, "2" },   { 2, { 3, 2 }, "3,2" }, { 2, { 3, 3 }, "3,3" },
    { 3, { 2, 2, 3 }, "2,2,3" },      { 0, { 0 }, "" },           { 1, { 1 }, "1" },   { 2, { 1, 3 }, "1,3" }, { 2, { 0, 3 }, "0,3" },
    { 4, { 2, 2, 5, 5 }, "2,2,5,5" }, { 2, { 33, 65 }, "33,65" }, { 1, { 65 }, "65" }, { 1, { 0 }, "0" },
};
enum { SHAPES = CPLUG_COUNT(shapes), KINDS = 3, MOST_CASES = 24, MOST_QUESTIONS = 400000 };
static const struct {
    cplug_dtype dtype;
    const char *text, *values;
} kinds[KINDS] = { { CPLUG_F32, "F", "" }, { CPLUG_I64, "i64", "<0:2>" }, { CPLUG_BOOL, "bool", "" } };

typedef struct finder {
    op_question q;
    char *text, attrs[512], looks[MOST_CASES][CONF_INPUTS + 1];
    uint64_t size;
    uint32_t n, questions, wanted; /* sizes that are still to be found */
    bool only_sizes;
} finder;

static bool is(const finder *f, uint32_t formal, char mark) { return strchr(f->q.marks[formal], mark) != NULL; }

/* Shape and kind of dtype of each formal argument; left_out: optional ones are absent. */
static bool accepted(finder *f, const uint32_t *shape, const uint32_t *kind, bool left_out)
{
    cplug_meta in[CONF_INPUTS], out[CONF_OUTPUTS];
    cplug_error e;
    memset(in, 0, sizeof in);
    for (uint32_t k = 0; k < f->q.n_formal; k++)
        for (uint32_t i = f->q.arg_begin[k]; i < f->q.arg_begin[k + 1]; i++) {
            in[i].dtype = kinds[kind[k]].dtype;
            if (is(f, k, '#')) {
                in[i].dtype = CPLUG_F64;
                in[i].flags = CPLUG_META_SCALAR;
            } else if (left_out && is(f, k, '?')) {
                in[i].ndim = -1;
            } else {
                in[i].ndim = shapes[shape[k]].ndim;
                memcpy(in[i].shape, shapes[shape[k]].at, sizeof shapes[0].at);
            }
        }
    for (uint32_t i = f->q.arg_begin[f->q.n_formal]; i < f->q.n_in; i++) /* seed and offset of a random op */
        in[i] = (cplug_meta){ .dtype = CPLUG_I64, .flags = CPLUG_META_SCALAR };
    return question_ask(&f->q, in, out, &e) == CPLUG_OK;
}

static uint32_t sizes_of(const finder *f, const uint32_t *shape)
{
    uint32_t sizes = 0;
    for (uint32_t k = 0; k < f->q.n_formal; k++) {
        if (is(f, k, '#')) continue;
        if (shapes[shape[k]].ndim && shapes[shape[k]].at[0] == 0) sizes |= SIZE_EMPTY;
        if (shapes[shape[k]].ndim && shapes[shape[k]].at[0] > 32) sizes |= SIZE_LARGE;
    }
    return sizes;
}

/* A letter for each input: its number of dimensions, and whether it is empty or large. */
static bool is_new(finder *f, const uint32_t *shape, const uint32_t *kind, bool left_out)
{
    char *look = f->looks[f->n];
    for (uint32_t k = 0; k < f->q.n_formal; k++) {
        const int64_t first = shapes[shape[k]].ndim ? shapes[shape[k]].at[0] : 1;
        look[k] = (char)('!' + shapes[shape[k]].ndim + (first == 0 ? 8 : first > 32 ? 16 : 0) + (int32_t)kind[k] * 24);
        if (left_out && is(f, k, '?')) look[k] = ' ';
        if (is(f, k, '#')) look[k] = '#';
    }
    look[f->q.n_formal] = '\0';
    for (uint32_t i = 0; i < f->n; i++)
        if (strcmp(look, f->looks[i]) == 0) return false;
    return true;
}

static void write_case(finder *f, const uint32_t *shape, const uint32_t *kind, bool left_out)
{
    char *at = f->text + strlen(f->text), *const end = f->text + f->size;
    bool large = false;
    at += snprintf(at, (size_t)(end - at), "derived.%u: %s", f->n, f->q.op->name);
    for (uint32_t k = 0; k < f->q.n_formal; k++) {
        char word[64];
        snprintf(word, sizeof word, "%s[%s]%s", kinds[kind[k]].text, shapes[shape[k]].text, kinds[kind[k]].values);
        large |= strcmp(shapes[shape[k]].text, "33,65") == 0;
        if (is(f, k, '#'))
            at += snprintf(at, (size_t)(end - at), " =0.5");
        else if (left_out && is(f, k, '?'))
            at += snprintf(at, (size_t)(end - at), " -");
        else if (is(f, k, '['))
            at += snprintf(at, (size_t)(end - at), " { %s %s }", word, word);
        else
            at += snprintf(at, (size_t)(end - at), " %s", word);
    }
    snprintf(at, (size_t)(end - at), " | %s | tolerance=10%s\n", f->attrs, large ? " size=large" : "");
    f->n++;
}

/* Counts through all shapes, like the digits of a number. */
static bool next(uint32_t *digit, uint32_t n, uint32_t base)
{
    for (uint32_t k = 0; k < n; k++) {
        if (++digit[k] < base) return true;
        digit[k] = 0;
    }
    return false;
}

/* false when enough was found, or enough was asked */
static bool try_shapes(finder *f, const uint32_t *shape, const uint32_t *kind, bool left_out)
{
    const uint32_t sizes = sizes_of(f, shape);
    if (f->n == MOST_CASES || f->questions++ > MOST_QUESTIONS || (f->only_sizes && f->wanted == 0)) return false;
    if (f->only_sizes && !(sizes & f->wanted)) return true;
    if (!is_new(f, shape, kind, left_out) || !accepted(f, shape, kind, left_out)) return true;
    write_case(f, shape, kind, left_out);
    f->wanted &= ~sizes;
    return true;
}

/* All inputs of one shape first. */
static void find_shapes(finder *f, const uint32_t *kind, bool left_out)
{
    uint32_t shape[CONF_INPUTS] = { 0 };
    bool more = true;
    for (uint32_t s = 0; s < SHAPES && more; s++) {
        for (uint32_t k = 0; k < f->q.n_formal; k++) shape[k] = s;
        more = try_shapes(f, shape, kind, left_out);
    }
    memset(shape, 0, sizeof shape);
    while (more && (more = try_shapes(f, shape, kind, left_out)) && next(shape, f->q.n_formal, SHAPES)) {}
}

char *derive_cases(cplug_context *ctx, const cplug_op *op, uint32_t wanted)
{
    finder f = { .size = MOST_CASES * 1024, .wanted = wanted, .only_sizes = wanted != SIZE_ANY };
    uint32_t kind[CONF_INPUTS] = { 0 };
    if (op->infer == NULL || !question_open(ctx, op, &f.q) || (f.text = calloc(1, f.size)) == NULL) return question_close(&f.q), NULL;
    question_attrs(&f.q, f.attrs, sizeof f.attrs);
    bool optional = false;
    for (uint32_t k = 0; k < f.q.n_formal; k++) optional |= is(&f, k, '?');
    do { /* all of floats first; when that gives nothing, whole numbers and bools among them */
        find_shapes(&f, kind, optional && f.only_sizes);
        if (optional && !f.only_sizes) find_shapes(&f, kind, true);
    } while (f.n == 0 && !f.only_sizes && f.questions < MOST_QUESTIONS && next(kind, f.q.n_formal, KINDS));
    question_close(&f.q);
    if (f.n) return f.text;
    free(f.text);
    return NULL;
}
