/* numeric.c: derivatives against central differences in f64.  The function is L = sum of out * g over the results; for the second order
 * L2 = sum of dL/dx * v over the inputs, with fixed v, which is moved along the inputs and along g: a gradient passes on gradients itself.
 */
#include "check.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = CONF_INPUTS + CONF_OUTPUTS }; /* what can be moved: the inputs, then the gradients of the results */

typedef struct point {
    int order;
    uint32_t moved; /* slot */
    int64_t element;
    double by;
} point;

/* The tensors of one evaluation; NULL: nothing that can be moved. */
typedef struct moves {
    cplug_tensor *at[SLOTS], *gradient[SLOTS];
} moves;

static cplug_tensor *movable(const point *p, uint32_t slot, cplug_tensor *t)
{
    if (t != NULL && p->by != 0.0 && p->moved == slot) ((double *)cplug_tensor_data(t))[p->element] += p->by;
    return t != NULL ? cplug_requires_grad(t, 1) : NULL;
}

static cplug_tensor *add_weighted(cplug_context *ctx, const conf_case *c, uint32_t key, cplug_tensor *t, cplug_tensor *total)
{
    cplug_tensor *part = cplug_sum(cplug_mul(t, conf_grad_out(ctx, c, key, t)), NULL, 0, 0);
    return total != NULL ? cplug_add(total, part) : part;
}

/* L or L2 as a tensor; NULL when no gradient flows through, or on failure. */
static cplug_tensor *evaluate(cplug_context *ctx, const conf_case *c, const point *p, moves *m)
{
    cplug_tensor *in[CONF_INPUTS], *out[CONF_OUTPUTS], *grads[CONF_INPUTS], *total = NULL;
    uint32_t n_out;
    memset(m, 0, sizeof *m);
    if (conf_inputs(ctx, c, CPLUG_F64, CONF_DENSE, in) != CPLUG_OK) return NULL;
    for (uint32_t i = 0; i < c->n_in; i++)
        if (conf_differentiable(c, i)) m->at[i] = movable(p, i, in[i]);
    if (conf_call(ctx, c, in, out, &n_out) != CPLUG_OK) return NULL;
    for (uint32_t k = 0; k < n_out; k++) {
        if (out[k] == NULL || !cplug_tensor_requires_grad(out[k])) continue;
        if (p->order == 1)
            total = add_weighted(ctx, c, k, out[k], total);
        else
            m->at[CONF_INPUTS + k] = movable(p, CONF_INPUTS + k, conf_grad_out(ctx, c, k, out[k]));
    }
    if (p->order == 1) return total;
    conf_grads(ctx, c, in, out, n_out, true, m->at + CONF_INPUTS, grads);
    for (uint32_t i = 0; i < c->n_in && !cplug_failed(ctx); i++)
        if (grads[i] != NULL) total = add_weighted(ctx, c, 10 + i, grads[i], total);
    return total;
}

static double value(cplug_context *ctx, const conf_case *c, const point *p)
{
    moves m;
    double v = 0;
    cplug_scope *scope = cplug_scope_open(ctx);
    cplug_tensor *total = evaluate(ctx, c, p, &m);
    if (total != NULL) cplug_item(total, &v);
    cplug_scope_close(scope);
    return cplug_failed(ctx) ? NAN : v;
}

/* The gradients of L or L2 for all that can be moved. */
static void differentiate(cplug_context *ctx, const conf_case *c, int order, moves *m)
{
    const point here = { .order = order };
    cplug_tensor *to[SLOTS], *got[SLOTS] = { NULL }, *total = evaluate(ctx, c, &here, m);
    uint32_t n = 0;
    if (total == NULL || !cplug_tensor_requires_grad(total)) return;
    for (uint32_t s = 0; s < SLOTS; s++)
        if (m->at[s] != NULL) to[n++] = m->at[s];
    cplug_grad_args args = CPLUG_GRAD_ARGS;
    args.allow_unused = 1;
    cplug_grad(&total, 1, to, n, &args, got);
    for (uint32_t s = 0, k = 0; s < SLOTS; s++)
        if (m->at[s] != NULL) m->gradient[s] = got[k++];
}

static bool check_element(check *k, const conf_case *c, point p, double have)
{
    const double step = 1e-5;
    char what[64], why[256];
    p.by = step;
    const double up = value(k->ctx, c, &p);
    p.by = -step;
    const double want = (up - value(k->ctx, c, &p)) / (2 * step);
    const bool given = p.moved >= CONF_INPUTS;
    k->checks++;
    if (!cplug_failed(k->ctx) && fabs(have - want) <= 2e-5 * (1 + fabs(want))) return true;
    snprintf(what, sizeof what, "derivative of order %d for %s %u", p.order, given ? "the gradient of result" : "input",
             given ? p.moved - CONF_INPUTS : p.moved);
    if (cplug_failed(k->ctx))
        snprintf(why, sizeof why, "%s", cplug_error_text(k->ctx));
    else
        snprintf(why, sizeof why, "element %lld is %.9g, numerically %.9g", (long long)p.element, have, want);
    check_failed(k, c, CPLUG_F64, what, why);
    return false;
}

static bool check_slot(check *k, const conf_case *c, point p, cplug_tensor *at, cplug_tensor *gradient)
{
    const int64_t n = cplug_tensor_numel(at);
    bool good = true;
    double *have = calloc((size_t)n + 1, sizeof *have);
    if (have == NULL) return false;
    if (gradient != NULL) cplug_to_array(gradient, have, (uint64_t)n * sizeof *have);
    for (p.element = 0; good && p.element < n; p.element++) good = check_element(k, c, p, have[p.element]);
    free(have);
    return good;
}

static bool check_order(check *k, const conf_case *c, int order)
{
    moves m;
    cplug_scope *scope = cplug_scope_open(k->ctx);
    differentiate(k->ctx, c, order, &m);
    bool good = !cplug_failed(k->ctx);
    if (!good) {
        char why[512];
        snprintf(why, sizeof why, "%s", cplug_error_text(k->ctx));
        check_failed(k, c, CPLUG_F64, order == 1 ? "gradient" : "gradient of the gradient", why);
    }
    for (uint32_t s = 0; good && s < SLOTS; s++)
        if (m.at[s] != NULL) good = check_slot(k, c, (point){ .order = order, .moved = s }, m.at[s], m.gradient[s]);
    cplug_scope_close(scope);
    return good;
}

/* Differences say nothing at kinks, which a case tells, nor where an input is not finite. */
static bool smooth(const conf_case *c)
{
    for (uint32_t i = 0; i < c->n_in; i++) {
        if (c->in[i].values == CONF_HARD) return false;
        for (uint32_t v = 0; v < c->in[i].n_list; v++)
            if (!isfinite(c->in[i].list[v])) return false;
    }
    return !c->no_numeric;
}

void check_numeric(check *k, const conf_case *c)
{
    if (!smooth(c)) return;
    if (check_order(k, c, 1) && !c->no_second) check_order(k, c, 2);
}
