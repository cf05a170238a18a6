/* numeric.c: derivatives against central differences in f64.  The function is L = sum of out * g over the results, with fixed g; for the
 * second order L2 = sum of dL/dx * v over the inputs, with fixed v. */
#include "check.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cplug_tensor *weighted(cplug_context *ctx, const conf_case *c, uint32_t key, cplug_tensor *t)
{
    return cplug_sum(cplug_mul(t, conf_grad_out(ctx, c, key, t)), NULL, 0, 0);
}

/* L or L2 with one element moved; its gradients go to exact[] when that is not NULL. */
static double value(cplug_context *ctx, const conf_case *c, int order, uint32_t moved, int64_t element, double by, cplug_tensor **exact)
{
    cplug_tensor *in[CONF_INPUTS], *out[CONF_OUTPUTS], *grads[CONF_INPUTS], *total = NULL;
    uint32_t n_out, n_to = 0;
    double v = NAN;
    if (conf_inputs(ctx, c, CPLUG_F64, CONF_DENSE, in) != CPLUG_OK) return v;
    if (by != 0.0) ((double *)cplug_tensor_data(in[moved]))[element] += by;
    for (uint32_t i = 0; i < c->n_in; i++)
        if (conf_differentiable(c, i)) cplug_requires_grad(in[i], 1);
    if (conf_call(ctx, c, in, out, &n_out) != CPLUG_OK) return v;
    if (order == 1) {
        for (uint32_t k = 0; k < n_out; k++) {
            if (out[k] == NULL || !cplug_tensor_requires_grad(out[k])) continue;
            cplug_tensor *part = weighted(ctx, c, k, out[k]);
            total = total != NULL ? cplug_add(total, part) : part;
        }
    } else {
        conf_grads(ctx, c, in, out, n_out, true, NULL, grads);
        for (uint32_t i = 0; i < c->n_in && !cplug_failed(ctx); i++) {
            if (grads[i] == NULL) continue;
            cplug_tensor *part = weighted(ctx, c, 10 + i, grads[i]);
            total = total != NULL ? cplug_add(total, part) : part;
        }
    }
    if (total == NULL && !cplug_failed(ctx)) return 0; /* no gradient flows through */
    if (total == NULL || cplug_item(total, &v) != CPLUG_OK) return v;
    if (exact == NULL || !cplug_tensor_requires_grad(total)) return v;
    cplug_tensor *to[CONF_INPUTS], *got[CONF_INPUTS] = { NULL };
    for (uint32_t i = 0; i < c->n_in; i++)
        if (conf_differentiable(c, i)) to[n_to++] = in[i];
    cplug_grad_args args = CPLUG_GRAD_ARGS;
    args.allow_unused = 1;
    cplug_grad(&total, 1, to, n_to, &args, got);
    for (uint32_t i = 0, k = 0; i < c->n_in; i++)
        if (conf_differentiable(c, i)) exact[i] = got[k++];
    return v;
}

static bool check_element(check *k, const conf_case *c, int order, uint32_t i, int64_t e, double have)
{
    const double step = 1e-5;
    char what[64], why[256];
    cplug_scope *scope = cplug_scope_open(k->ctx);
    const double up = value(k->ctx, c, order, i, e, step, NULL), down = value(k->ctx, c, order, i, e, -step, NULL);
    const double want = (up - down) / (2 * step);
    cplug_scope_close(scope);
    k->checks++;
    if (!cplug_failed(k->ctx) && fabs(have - want) <= 2e-5 * (1 + fabs(want))) return true;
    snprintf(what, sizeof what, "derivative of order %d for input %u", order, i);
    if (cplug_failed(k->ctx))
        snprintf(why, sizeof why, "%s", cplug_error_text(k->ctx));
    else
        snprintf(why, sizeof why, "element %lld is %.9g, numerically %.9g", (long long)e, have, want);
    check_failed(k, c, CPLUG_F64, what, why);
    return false;
}

static bool check_order(check *k, const conf_case *c, int order)
{
    cplug_tensor *exact[CONF_INPUTS] = { NULL };
    bool good = true;
    cplug_scope *scope = cplug_scope_open(k->ctx);
    value(k->ctx, c, order, 0, 0, 0.0, exact);
    if (cplug_failed(k->ctx)) {
        char why[512];
        snprintf(why, sizeof why, "%s", cplug_error_text(k->ctx));
        check_failed(k, c, CPLUG_F64, order == 1 ? "gradient" : "gradient of the gradient", why);
        good = false;
    }
    for (uint32_t i = 0; good && i < c->n_in; i++) {
        if (!conf_differentiable(c, i)) continue;
        int64_t n = 1;
        for (int32_t d = 0; d < c->in[i].ndim; d++) n *= c->in[i].shape[d];
        double *have = calloc((size_t)n + 1, sizeof *have);
        if (exact[i] != NULL) cplug_to_array(exact[i], have, (uint64_t)n * sizeof *have);
        for (int64_t e = 0; good && e < n; e++) good = check_element(k, c, order, i, e, have[e]);
        free(have);
    }
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
