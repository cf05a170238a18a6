/* equal.c: are two whole tensors equal, or close?  Answers come to the host, so both wait for the device. */
#include "op/rules.h"

/* 1 when all elements of a bool tensor are true, -1 on failure. */
static int32_t holds(cplug_tensor *t)
{
    int64_t value;
    cplug_tensor *const all = cplug_all(t, NULL, 0, 0);
    return all && cplug_item_int(all, &value) == CPLUG_OK ? value != 0 : -1;
}

static bool same_shape(const cplug_tensor *a, const cplug_tensor *b)
{
    return a->view.ndim == b->view.ndim && memcmp(a->dims, b->dims, sizeof *a->dims * (size_t)a->view.ndim) == 0;
}

int32_t cplug_equal(cplug_tensor *a, cplug_tensor *b)
{
    if (!a || !b || !cplug__usable(a->ctx, a) || !cplug__usable(a->ctx, b)) return -1;
    if (!same_shape(a, b)) return 0;
    cplug_scope *const scope = cplug_scope_open(a->ctx);
    const int32_t answer = holds(cplug_eq(a, b));
    cplug_scope_close(scope);
    return answer;
}

/* Elementwise |a - b| <= atol + rtol |b|, or equal (infinities), or both NaN where that counts as equal. */
static cplug_tensor *close_to(cplug_tensor *a, cplug_tensor *b, double rtol, double atol, int32_t equal_nan)
{
    cplug_context *const ctx = a->ctx;
    cplug_tensor *close = cplug_eq(a, b);
    if (equal_nan) close = cplug_logical_or(close, cplug_logical_and(cplug_isnan(a), cplug_isnan(b)));
    if (a->view.dtype == CPLUG_BOOL || (rtol == 0 && atol == 0)) return close;
    cplug_tensor *const allowed = cplug_add(cplug_mul(cplug_abs(b), cplug_float(ctx, rtol)), cplug_float(ctx, atol));
    cplug_tensor *const apart = cplug_abs(cplug_sub(a, b));
    cplug_tensor *const finite = cplug_lt(apart, cplug_float(ctx, __builtin_inf()));
    return cplug_logical_or(close, cplug_logical_and(finite, cplug_le(apart, allowed)));
}

int32_t cplug_allclose(cplug_tensor *a, cplug_tensor *b, double rtol, double atol, int32_t equal_nan)
{
    if (!a || !b || !cplug__usable(a->ctx, a) || !cplug__usable(a->ctx, b)) return -1;
    if (a->storage && b->storage && a->view.dtype != b->view.dtype) {
        cplug_error_set(a->ctx, CPLUG_E_DTYPE, "allclose: dtypes %s and %s differ; convert one with to", cplug_dtype_name(a->view.dtype),
                        cplug_dtype_name(b->view.dtype));
        return -1;
    }
    cplug_scope *const scope = cplug_scope_open(a->ctx);
    const int32_t grad = cplug_grad_mode(a->ctx, 0);
    const int32_t answer = holds(close_to(a, b, rtol, atol, equal_nan));
    cplug_grad_mode(a->ctx, grad);
    cplug_scope_close(scope);
    return answer;
}
