/* check.c: results and gradients of a case against golden numbers, against the backend cpu, and in other memory layouts; gradients have the
 * dtype of their inputs. */
#include "check.h"
#include <stdio.h>
#include <string.h>

void check_failed(check *k, const conf_case *c, cplug_dtype dtype, const char *what, const char *why)
{
    char line[4096] = "";
    k->failures++;
    printf("FAILED %s on %s, %s, %s: %s\n  %s\n", c->name, k->on, cplug_dtype_name(dtype), what, why, c->line);
    cplug_error_clear(k->ctx);
    if (conf_reproduce(k->reference, c, dtype, k->save, line, sizeof line) == CPLUG_OK) printf("  %s\n", line);
    cplug_error_clear(k->reference);
}

static bool is_float_case(const conf_case *c, cplug_dtype dtype)
{
    bool any = false;
    for (uint32_t i = 0; i < c->n_in; i++) any = any || conf_differentiable(c, i);
    return any && cplug_dtype_is_float(dtype);
}

cplug_status check_run(cplug_context *ctx, const conf_case *c, cplug_dtype dtype, int32_t layout, bool grads, result *r)
{
    memset(r, 0, sizeof *r);
    if (conf_inputs(ctx, c, dtype, layout, r->in) != CPLUG_OK) return cplug_failed(ctx);
    for (uint32_t i = 0; grads && i < c->n_in; i++)
        if (conf_differentiable(c, i)) cplug_requires_grad(r->in[i], 1);
    if (conf_call(ctx, c, r->in, r->out, &r->n_out) != CPLUG_OK || !grads) return cplug_failed(ctx);
    return conf_grads(ctx, c, r->in, r->out, r->n_out, false, NULL, r->grad);
}

static cplug_tensor *golden(check *k, const conf_case *c, cplug_dtype dtype, const char *what)
{
    char name[160];
    const bool own = cplug_dtype_is_float(dtype) ? conf_hard(c) : dtype == CPLUG_U8 || dtype == CPLUG_BOOL;
    const char *kind = own ? cplug_dtype_name(dtype) : cplug_dtype_is_float(dtype) ? "f" : "i";
    if (k->golden == NULL) return NULL;
    snprintf(name, sizeof name, "%s/%s/%s", c->name, kind, what);
    cplug_tensor *t = cplug_file_read(k->golden, name);
    cplug_error_clear(k->reference); /* not every case has every number */
    return t;
}

void check_same(check *k, const conf_case *c, cplug_dtype dtype, const char *what, cplug_tensor *have, cplug_tensor *want)
{
    char why[512];
    const cplug_dtype of = have != NULL ? cplug_tensor_dtype(have) : dtype;
    double tolerance = conf_tolerance(c, cplug_dtype_is_float(of) ? of : CPLUG_F64), narrow = conf_tolerance(c, dtype);
    if (cplug_dtype_is_float(of) && cplug_dtype_is_float(dtype) && narrow > tolerance) tolerance = narrow;
    k->checks++;
    if (!conf_same(have, want, tolerance, why, sizeof why)) check_failed(k, c, dtype, what, why);
}

/* PyTorch's dtype for the first result */
static void dtype_of_result(check *k, const conf_case *c, cplug_dtype dtype, const result *r)
{
    char name[160], why[64];
    int64_t want[16] = { 0 }, turn = 0;
    snprintf(name, sizeof name, "%s/dtypes", c->name);
    cplug_tensor *t = k->golden != NULL ? cplug_file_read(k->golden, name) : NULL;
    while (conf_dtype(c, (uint32_t)turn) != dtype) turn++;
    if (t != NULL && turn < cplug_tensor_numel(t)) cplug_to_array(t, want, (uint64_t)cplug_tensor_numel(t) * sizeof *want);
    cplug_error_clear(k->reference);
    k->checks++;
    if (want[turn] == 0 || cplug_tensor_dtype(r->out[0]) == (cplug_dtype)want[turn]) return;
    snprintf(why, sizeof why, "dtype %s, expected %s", cplug_dtype_name(cplug_tensor_dtype(r->out[0])),
             cplug_dtype_name((cplug_dtype)want[turn]));
    check_failed(k, c, dtype, "out0", why);
}

static void against_golden(check *k, const conf_case *c, cplug_dtype dtype, const result *r)
{
    char what[32];
    for (uint32_t i = 0; i < r->n_out; i++) {
        snprintf(what, sizeof what, "out%u", i);
        cplug_tensor *want = golden(k, c, dtype, what);
        if (want != NULL) check_same(k, c, dtype, what, r->out[i], want);
    }
    for (uint32_t i = 0; i < c->n_in; i++) {
        snprintf(what, sizeof what, "grad%u", i);
        cplug_tensor *want = r->grad[i] != NULL ? golden(k, c, dtype, what) : NULL;
        if (want != NULL) check_same(k, c, dtype, what, r->grad[i], want);
    }
}

static void against_cpu(check *k, const conf_case *c, cplug_dtype dtype, const result *r)
{
    result want;
    char what[48];
    if (strcmp(k->on, "cpu") == 0) return;
    if (check_run(k->reference, c, dtype, CONF_DENSE, false, &want) != CPLUG_OK) {
        check_failed(k, c, dtype, "the backend cpu", cplug_error_text(k->reference));
        return;
    }
    for (uint32_t i = 0; i < r->n_out; i++) {
        snprintf(what, sizeof what, "out%u against cpu", i);
        if (r->out[i] != NULL) check_same(k, c, dtype, what, r->out[i], want.out[i]);
    }
}

static void in_layouts(check *k, const conf_case *c, cplug_dtype dtype, bool grads, const result *dense)
{
    static const char *const names[CONF_LAYOUTS] = { "dense", "transposed", "strided", "mixed" };
    char what[48];
    for (int32_t layout = CONF_TRANSPOSED; layout < CONF_LAYOUTS; layout++) {
        result r;
        if (check_run(k->ctx, c, dtype, layout, grads, &r) != CPLUG_OK) {
            check_failed(k, c, dtype, names[layout], cplug_error_text(k->ctx));
            continue;
        }
        for (uint32_t i = 0; i < r.n_out; i++) {
            snprintf(what, sizeof what, "out%u, inputs %s", i, names[layout]);
            if (r.out[i] != NULL) check_same(k, c, dtype, what, r.out[i], dense->out[i]);
        }
        for (uint32_t i = 0; i < c->n_in; i++) {
            snprintf(what, sizeof what, "grad%u, inputs %s", i, names[layout]);
            if (r.grad[i] != NULL) check_same(k, c, dtype, what, r.grad[i], dense->grad[i]);
        }
    }
}

static void dtypes_of_gradients(check *k, const conf_case *c, cplug_dtype dtype, const result *r)
{
    char what[32], why[64];
    for (uint32_t i = 0; i < c->n_in; i++) {
        if (r->grad[i] == NULL || cplug_tensor_dtype(r->grad[i]) == cplug_tensor_dtype(r->in[i])) continue;
        snprintf(what, sizeof what, "grad%u", i);
        snprintf(why, sizeof why, "dtype %s, input has %s", cplug_dtype_name(cplug_tensor_dtype(r->grad[i])),
                 cplug_dtype_name(cplug_tensor_dtype(r->in[i])));
        check_failed(k, c, dtype, what, why);
    }
}

/* Did the backend that was asked for answer?  A device always does. */
static bool answered(check *k, const conf_case *c)
{
    char word[80];
    if (strcmp(cplug_device_get(k->ctx), "cpu") != 0 || strcmp(k->on, "cpu") == 0 || strcmp(k->on, "decomposition") == 0 ||
        strcmp(k->on, "auto") == 0)
        return true;
    snprintf(word, sizeof word, ": %s;", k->on);
    return strstr(cplug_explain(k->ctx, c->op), word) != NULL;
}

static bool on_device(const check *k, cplug_dtype dtype)
{
    return strcmp(k->on, "sim") != 0 || dtype == CPLUG_F32 || dtype == CPLUG_I64 || dtype == CPLUG_BOOL;
}

static bool needs_only(const conf_case *c, const check *k)
{
    if (c->host_only && strcmp(cplug_device_get(k->ctx), "cpu") != 0) return false;
    for (uint32_t i = 0; i < c->n_in; i++)
        if (c->in[i].dtype && !c->in[i].number && !c->in[i].absent && !on_device(k, c->in[i].dtype)) return false;
    return true;
}

static void check_dtype(check *k, const conf_case *c, cplug_dtype dtype)
{
    result r;
    const bool grads = is_float_case(c, dtype);
    if (check_run(k->ctx, c, dtype, CONF_DENSE, grads, &r) != CPLUG_OK) {
        check_failed(k, c, dtype, "call", cplug_error_text(k->ctx));
        return;
    }
    if (!answered(k, c)) return;
    against_golden(k, c, dtype, &r);
    if (r.out[0] != NULL) dtype_of_result(k, c, dtype, &r);
    against_cpu(k, c, dtype, &r);
    dtypes_of_gradients(k, c, dtype, &r);
    if (!c->one_layout) in_layouts(k, c, dtype, grads, &r);
    const bool starves = strcmp(k->on, "cpu") == 0 || strcmp(k->on, "sim") == 0;
    if (starves && !c->large && dtype == conf_dtype(c, 0)) check_starved(k, c, dtype, grads, &r);
}

void check_case(check *k, const conf_case *c)
{
    k->cases++;
    if (!needs_only(c, k)) return;
    cplug_dtype dtype;
    for (uint32_t turn = 0; (dtype = conf_dtype(c, turn)) != 0; turn++) {
        cplug_scope *here = cplug_scope_open(k->ctx), *there = cplug_scope_open(k->reference);
        if (on_device(k, dtype)) check_dtype(k, c, dtype);
        if (dtype == CPLUG_F64 && strcmp(k->on, "cpu") == 0 && !c->large && is_float_case(c, dtype)) check_numeric(k, c);
        cplug_scope_close(here);
        cplug_scope_close(there);
    }
}
