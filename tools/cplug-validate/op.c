/* op.c: the checks of an op that the plugin brings: its rule for shapes, its decomposition, its gradient against differences. */
#include "kernel.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const cplug_op *seen;
static const char *wanted;

static const void *wrap(const char *kind, const void *descriptor)
{
    if (strcmp(kind, "op") == 0 && strcmp(((const cplug_op *)descriptor)->name, wanted) == 0) seen = descriptor;
    return descriptor;
}

/* ---- infer: pure, sane, and in words ---- */
static bool sane(const cplug_meta *m)
{
    if (m->dtype < CPLUG_F32 || m->dtype > CPLUG_BOOL || m->ndim < 0 || m->ndim > CPLUG_MAX_DIMS) return false;
    for (int32_t d = 0; d < m->ndim; d++)
        if (m->shape[d] < 0) return false;
    return true;
}

static void ask_twice(const op_question *q, const cplug_meta *in)
{
    cplug_meta out[CONF_OUTPUTS], again[CONF_OUTPUTS];
    cplug_error e;
    const cplug_status st = question_ask(q, in, out, &e);
    if (st != CPLUG_OK && e.message[0] == '\0') check_fail("refuses inputs without a word: return host->fail(e, code, \"...\")");
    if (question_ask(q, in, again, &e) != st || (st == CPLUG_OK && memcmp(out, again, q->n_out * sizeof *out) != 0))
        check_fail("answers the same question twice in different ways: it may look at its arguments only");
    for (uint32_t i = 0; st == CPLUG_OK && i < q->n_out; i++)
        if (!sane(&out[i]))
            check_fail("gives output %u the dtype %u and %d dimensions, or a size below 0, for inputs of dtype %s with %d dimensions", i,
                       out[i].dtype, (int)out[i].ndim, cplug_dtype_name(in[0].dtype), (int)in[0].ndim);
}

/* Every number of dimensions and dtype, alike for all inputs and with one input that differs; sizes of 0, and such that would overflow. */
static void check_infer(cplug_context *ctx, const cplug_op *op, const char *subject)
{
    static const int64_t sizes[] = { 2, 0, 1, INT64_MAX / 2 };
    op_question q;
    uint32_t asked = 0;
    check_begin(subject, "infer");
    if (!question_open(ctx, op, &q)) {
        check_skip("more inputs or attributes than can be tried, or one that cannot be guessed");
        question_close(&q);
        return;
    }
    for (uint32_t turn = 0; turn < CPLUG_COUNT(sizes) * (CPLUG_MAX_DIMS + 1) * CPLUG_BOOL * (q.n_in + 1); turn++) {
        cplug_meta in[CONF_INPUTS];
        const int64_t size = sizes[turn % CPLUG_COUNT(sizes)];
        const uint32_t odd = turn / CPLUG_COUNT(sizes) % (q.n_in + 1), rest = turn / CPLUG_COUNT(sizes) / (q.n_in + 1);
        for (uint32_t i = 0; i < q.n_in; i++) {
            in[i] = (cplug_meta){ .dtype = 1 + rest % CPLUG_BOOL, .ndim = (int32_t)(rest / CPLUG_BOOL) };
            if (i == odd) in[i].ndim = (in[i].ndim + 3) % (CPLUG_MAX_DIMS + 1);
            for (int32_t d = 0; d < in[i].ndim; d++) in[i].shape[d] = d ? 3 : size;
        }
        ask_twice(&q, in);
        asked += 2;
    }
    check_note("%u questions", asked);
    question_close(&q);
}

/* ---- calls: the decomposition keeps what infer promises, in every layout ---- */
static void try_call(cplug_context *ctx, const conf_case *c, cplug_dtype dtype, uint32_t *calls)
{
    cplug_tensor *in[CONF_INPUTS], *out[2][CONF_OUTPUTS];
    uint32_t n[2] = { 0 };
    char why[512];
    cplug_scope *scope = cplug_scope_open(ctx);
    for (int32_t layout = CONF_DENSE; layout < CONF_LAYOUTS && !check_failed_yet(); layout++) {
        conf_inputs(ctx, c, dtype, layout, in);
        conf_call(ctx, c, in, out[layout > 0], &n[layout > 0]);
        const cplug_status st = cplug_failed(ctx);
        if (st != CPLUG_OK && (st == CPLUG_E_INTERNAL || dtype == CPLUG_F32))
            check_fail("case '%s' in %s, inputs %s: %s", c->line, cplug_dtype_name(dtype), layout ? "not dense" : "dense",
                       cplug_error_text(ctx));
        if (st != CPLUG_OK) break; /* infer takes it, but an op of the decomposition does not have the dtype */
        ++*calls;
        for (uint32_t i = 0; layout && i < n[1]; i++)
            if (!conf_same(out[1][i], out[0][i], conf_tolerance(c, dtype), why, sizeof why))
                check_fail("case '%s' in %s: strided inputs give something else than dense ones: %s", c->line, cplug_dtype_name(dtype),
                           why);
    }
    cplug_error_clear(ctx);
    cplug_scope_close(scope);
}

static void check_calls(cplug_context *ctx, const conf_table *t, const char *op, const char *subject)
{
    uint32_t calls = 0;
    cplug_dtype dtype;
    check_begin(subject, "calls");
    for (uint32_t i = 0; i < conf_count(t); i++)
        for (uint32_t k = 0; strcmp(conf_at(t, i)->op, op) == 0 && (dtype = conf_dtype(conf_at(t, i), k)) != 0; k++)
            try_call(ctx, conf_at(t, i), dtype, &calls);
    if (calls == 0) check_skip("no shapes and dtypes were found that it takes");
    check_note("%u calls", calls);
}

/* ---- gradient: against central differences in f64 of L = sum of out * g with fixed g ---- */
enum { MOST_ELEMENTS = 64 };
static const double steps[2] = { 1e-5, 1e-6 };

/* Inputs away from the round numbers where ops have kinks. */
static bool make_inputs(cplug_context *ctx, const conf_case *c, cplug_tensor **in)
{
    if (conf_inputs(ctx, c, CPLUG_F64, CONF_DENSE, in) != CPLUG_OK) return false;
    for (uint32_t i = 0; i < c->n_in; i++)
        if (conf_differentiable(c, i) && in[i] != NULL) in[i] = cplug_requires_grad(cplug_add_scalar(in[i], 0.0137 + 0.001 * i), 1);
    return cplug_failed(ctx) == CPLUG_OK;
}

static double value(cplug_context *ctx, const conf_case *c, cplug_tensor *const *in)
{
    cplug_tensor *out[CONF_OUTPUTS], *total = NULL;
    uint32_t n;
    double v = NAN;
    if (conf_call(ctx, c, in, out, &n) != CPLUG_OK) return v;
    for (uint32_t k = 0; k < n; k++) {
        if (out[k] == NULL || !cplug_dtype_is_float(cplug_tensor_dtype(out[k]))) continue;
        cplug_tensor *part = cplug_sum(cplug_mul(out[k], conf_grad_out(ctx, c, k, out[k])), NULL, 0, 0);
        total = total != NULL ? cplug_add(total, part) : part;
    }
    cplug_item(total, &v);
    return v;
}

/* One element of input i: false when its derivative is not what moving it shows. */
static bool check_element(cplug_context *ctx, const conf_case *c, cplug_tensor *const *in, uint32_t i, int64_t e, double have)
{
    double slope[2], *at = (double *)cplug_tensor_data(in[i]) + e;
    const double was = *at;
    cplug_grad_mode(ctx, 0);
    for (int k = 0; k < 2; k++) {
        cplug_scope *scope = cplug_scope_open(ctx);
        *at = was + steps[k];
        cplug_tensor_touch(in[i]);
        const double up = value(ctx, c, in);
        *at = was - steps[k];
        cplug_tensor_touch(in[i]);
        slope[k] = (up - value(ctx, c, in)) / (2 * steps[k]);
        *at = was;
        cplug_scope_close(scope);
    }
    cplug_grad_mode(ctx, 1);
    const bool smooth = fabs(slope[0] - slope[1]) <= 1e-3 * (1 + fabs(slope[0])); /* else there is a kink */
    if (cplug_failed(ctx) || !smooth || fabs(have - slope[0]) <= 1e-4 * (1 + fabs(slope[0]))) return true;
    check_fail("case '%s': the derivative for element %lld of input %u is %.9g, numerically %.9g", c->line, (long long)e, i, have,
               slope[0]);
    return false;
}

/* true when there was something to compare */
static bool try_gradient(cplug_context *ctx, const conf_case *c)
{
    cplug_tensor *in[CONF_INPUTS], *out[CONF_OUTPUTS], *grads[CONF_INPUTS] = { NULL };
    double have[MOST_ELEMENTS];
    uint32_t n, compared = 0;
    cplug_scope *scope = cplug_scope_open(ctx);
    bool good = make_inputs(ctx, c, in) && conf_call(ctx, c, in, out, &n) == CPLUG_OK;
    if (good && conf_grads(ctx, c, in, out, n, false, NULL, grads) != CPLUG_OK) check_fail("case '%s': %s", c->line, cplug_error_text(ctx));
    for (uint32_t i = 0; good && i < c->n_in && !check_failed_yet(); i++) {
        const int64_t elements = conf_differentiable(c, i) && in[i] != NULL ? cplug_tensor_numel(in[i]) : 0;
        if (elements == 0 || elements > MOST_ELEMENTS) continue;
        memset(have, 0, sizeof have); /* no gradient at all is zero */
        if (grads[i] != NULL) cplug_to_array(grads[i], have, (uint64_t)elements * sizeof *have);
        for (int64_t e = 0; good && e < elements; e++, compared++) good = check_element(ctx, c, in, i, e, have[e]);
    }
    cplug_error_clear(ctx);
    cplug_scope_close(scope);
    return compared > 0;
}

static void check_gradient(cplug_context *ctx, const conf_table *t, const cplug_op *op, const char *subject)
{
    uint32_t cases = 0;
    check_begin(subject, "gradient");
    if (op->flags & CPLUG_OP_NO_GRAD || (op->vjp == NULL && op->decompose == NULL)) {
        if (!(op->flags & CPLUG_OP_NO_GRAD)) check_skip("neither a vjp nor a decomposition: set CPLUG_OP_NO_GRAD if there is no gradient");
        check_note("none, as its flags say");
        return;
    }
    for (uint32_t i = 0; i < conf_count(t) && !check_failed_yet(); i++)
        if (strcmp(conf_at(t, i)->op, op->name) == 0) cases += try_gradient(ctx, conf_at(t, i));
    if (cases == 0) check_skip("no case in f64 was found that it takes");
    check_note("%u cases", cases);
}

void validate_op(const char *path, const char *op)
{
    char subject[160], why[256];
    bool derived;
    wanted = op;
    snprintf(subject, sizeof subject, "op %s", op);
    check_begin(subject, "registers");
    cplug_context *ctx = cplug_open("threads=1");
    if (ctx == NULL || load_wrapped(ctx, path, wrap) != CPLUG_OK || seen == NULL) {
        check_fail("%s", ctx != NULL && cplug_failed(ctx) ? cplug_error_text(ctx) : "it is not there any more");
        return;
    }
    if (seen->doc == NULL || seen->doc[0] == '\0') check_fail("it has no doc");
    guard_watch();
    check_infer(ctx, seen, subject);
    conf_table *t = cases_of(ctx, op, &derived, why, sizeof why);
    if (t != NULL && seen->decompose != NULL) {
        cplug_backend_override(ctx, op, "decomposition");
        check_calls(ctx, t, op, subject);
    }
    if (t != NULL) check_gradient(ctx, t, seen, subject);
    check_end();
    conf_close(t);
    cplug_error_clear(ctx);
    cplug_close(ctx);
}
