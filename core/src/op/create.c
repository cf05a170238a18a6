/* create.c: tensors made from nothing: constants, ranges, random numbers, and their _like forms (dtype, device and layout of another). */
#include "base/mode.h"
#include "op/rules.h"
#include <math.h>

enum { UNIFORM = 0, NORMAL = 1, INTEGER = 2 };

/* ---- constants ---- */
static cplug_tensor *filled(cplug_tensor *t, double value) { return t && cplug_fill_(t, value) == CPLUG_OK ? t : NULL; }

cplug_tensor *cplug_full(cplug_context *ctx, cplug_dtype dtype, int32_t ndim, const int64_t *shape, double value)
{
    return filled(cplug_empty(ctx, dtype, ndim, shape), value);
}
cplug_tensor *cplug_zeros(cplug_context *ctx, cplug_dtype dtype, int32_t ndim, const int64_t *shape)
{
    return cplug_full(ctx, dtype, ndim, shape, 0);
}
cplug_tensor *cplug_ones(cplug_context *ctx, cplug_dtype dtype, int32_t ndim, const int64_t *shape)
{
    return cplug_full(ctx, dtype, ndim, shape, 1);
}

cplug_tensor *cplug_eye(cplug_context *ctx, cplug_dtype dtype, int64_t n, int64_t m)
{
    const int64_t shape[2] = { n, m };
    cplug_tensor *const t = cplug_zeros(ctx, dtype, 2, shape);
    if (!t || n == 0 || m == 0) return t;
    return filled(cplug_as_strided(t, 1, (int64_t[]){ MIN(n, m) }, (int64_t[]){ m + 1 }, 0), 1) ? t : NULL;
}

/* ---- ranges ---- */
cplug_tensor *cplug_arange(cplug_context *ctx, cplug_dtype dtype, double start, double end, double step)
{
    CPLUG__OWN_MODE;
    if (!ctx || ctx->error) return NULL;
    const double n = ceil((end - start) / step);
    if (!isfinite(start) || !isfinite(end) || !isfinite(step) || step == 0 || n < 0 || n > 9007199254740992.0) {
        cplug_error_set(ctx, CPLUG_E_INVALID, "arange: no finite number of steps of %g leads from %g to %g", step, start, end);
        return NULL;
    }
    cplug_tensor *const t = cplug_empty(ctx, dtype, 1, (int64_t[]){ (int64_t)n });
    if (!t) return NULL;
    cplug_tensor *const in[] = { t, cplug__number_for(t, start), cplug__number_for(t, step) };
    return cplug__op_n(CPLUG__OP_arange, in, 3, NULL, 0, NULL, 0) == CPLUG_OK ? t : NULL;
}

/* From both ends to the middle, as PyTorch does, so that the last element is end exactly. */
static double linspace_at(double start, double end, int64_t steps, int64_t i)
{
    const double step = steps > 1 ? (end - start) / (double)(steps - 1) : 0;
    return i < steps / 2 || steps == 1 ? start + step * (double)i : end - step * (double)(steps - 1 - i);
}

cplug_tensor *cplug_linspace(cplug_context *ctx, cplug_dtype dtype, double start, double end, int64_t steps)
{
    CPLUG__OWN_MODE;
    if (!ctx || ctx->error) return NULL;
    if (steps < 0 || steps > INT64_MAX / 8 || !isfinite(start) || !isfinite(end)) {
        cplug_error_set(ctx, CPLUG_E_INVALID, "linspace: %lld steps from %g to %g", (long long)steps, start, end);
        return NULL;
    }
    /* every device converts from these; a device need not know f64 */
    const cplug_dtype wide = dtype == CPLUG_F64 ? CPLUG_F64 : cplug__is_float(dtype) ? CPLUG_F32 : CPLUG_I64;
    void *const room = cplug__alloc((uint64_t)MAX(steps, 1) * 8);
    if (!room) {
        cplug__nomem(ctx, "linspace");
        return NULL;
    }
    for (int64_t i = 0; i < steps; i++) {
        const double x = linspace_at(start, end, steps, i);
        if (wide == CPLUG_F64)
            ((double *)room)[i] = x;
        else if (wide == CPLUG_F32)
            ((float *)room)[i] = (float)x;
        else
            ((int64_t *)room)[i] = (int64_t)x;
    }
    cplug_tensor *const t = cplug_from_array(ctx, wide, 1, &steps, room);
    cplug__free(room);
    return cplug_to(t, dtype, NULL);
}

/* ---- random numbers ---- */
static cplug_tensor *randomized(cplug_tensor *t, int64_t distribution, cplug_tensor *low, cplug_tensor *high)
{
    cplug_tensor *const in[] = { t, low, high };
    const cplug_value attr[] = { A_CHOICE(distribution) };
    return t && cplug__op_n(CPLUG__OP_random, in, 3, attr, 1, NULL, 0) == CPLUG_OK ? t : NULL;
}

static cplug_tensor *random_float(cplug_tensor *t, int64_t distribution, const char *name)
{
    if (!t) return NULL;
    if (cplug__is_float(t->view.dtype)) return randomized(t, distribution, cplug_float(t->ctx, 0), cplug_float(t->ctx, 1));
    cplug_error_set(t->ctx, CPLUG_E_DTYPE, "%s: needs a float dtype, got %s; use randint", name, cplug_dtype_name(t->view.dtype));
    return NULL;
}

/* [low, high) must not be empty, and the dtype must hold low and high - 1. */
static cplug_tensor *random_int(cplug_tensor *t, int64_t low, int64_t high)
{
    static const struct {
        int64_t least, most;
    } range[] = {
        [CPLUG_I8] = { INT8_MIN, INT8_MAX },    [CPLUG_U8] = { 0, UINT8_MAX }, [CPLUG_I16] = { INT16_MIN, INT16_MAX },
        [CPLUG_I32] = { INT32_MIN, INT32_MAX }, [CPLUG_BOOL] = { 0, 1 },
    };
    if (!t) return NULL;
    const cplug_dtype d = t->view.dtype;
    const bool limited = !cplug__is_float(d) && d != CPLUG_I64;
    if (low >= high || (limited && (low < range[d].least || high - 1 > range[d].most))) {
        cplug_error_set(t->ctx, CPLUG_E_INVALID, "randint: [%lld, %lld) is %s", (long long)low, (long long)high,
                        low >= high ? "empty: low must be below high" : "more than the dtype can hold");
        return NULL;
    }
    return randomized(t, INTEGER, cplug_int(t->ctx, low), cplug_int(t->ctx, high));
}

cplug_tensor *cplug_rand(cplug_context *ctx, cplug_dtype dtype, int32_t ndim, const int64_t *shape)
{
    return random_float(cplug_empty(ctx, dtype, ndim, shape), UNIFORM, "rand");
}
cplug_tensor *cplug_randn(cplug_context *ctx, cplug_dtype dtype, int32_t ndim, const int64_t *shape)
{
    return random_float(cplug_empty(ctx, dtype, ndim, shape), NORMAL, "randn");
}
cplug_tensor *cplug_randint(cplug_context *ctx, cplug_dtype dtype, int64_t low, int64_t high, int32_t ndim, const int64_t *shape)
{
    return random_int(cplug_empty(ctx, dtype, ndim, shape), low, high);
}

/* Fisher and Yates on the host; each counter gives two numbers of 64 bits. */
__extension__ typedef unsigned __int128 product;
static void shuffle(uint64_t seed, uint64_t counter, int64_t *p, int64_t n)
{
    uint32_t w[4];
    for (int64_t i = 0; i < n; i++) p[i] = i;
    for (int64_t i = n - 1, k = 0; i > 0; i--, k++) {
        if (k % 2 == 0) cplug__philox(seed, counter + (uint64_t)k / 2, w);
        const uint64_t bits = (uint64_t)w[k % 2 * 2] << 32 | w[k % 2 * 2 + 1];
        const int64_t j = (int64_t)((product)bits * (uint64_t)(i + 1) >> 64), swap = p[i];
        p[i] = p[j];
        p[j] = swap;
    }
}

cplug_tensor *cplug_randperm(cplug_context *ctx, int64_t n)
{
    if (!ctx || ctx->error) return NULL;
    if (n < 0 || n > INT64_MAX / 8) {
        cplug_error_set(ctx, CPLUG_E_INVALID, "randperm: n must be at least 0, got %lld", (long long)n);
        return NULL;
    }
    int64_t *const p = cplug__alloc((uint64_t)MAX(n, 1) * sizeof *p);
    if (!p) {
        cplug__nomem(ctx, "randperm");
        return NULL;
    }
    shuffle(ctx->seed, ctx->offset, p, n);
    ctx->offset += (uint64_t)(n + 1) / 2;
    cplug_tensor *const t = cplug_from_array(ctx, CPLUG_I64, 1, &n, p);
    cplug__free(p);
    return t;
}

/* ---- like another tensor ---- */
cplug_tensor *cplug_empty_like(cplug_tensor *t)
{
    cplug_meta m;
    if (!t) return NULL;
    cplug_tensor_meta(t, &m);
    m.dtype = cplug__result_type(&m, 1); /* a plain float counts as f32 */
    return cplug__empty_meta(t, &m);
}
cplug_tensor *cplug_full_like(cplug_tensor *t, double value) { return filled(cplug_empty_like(t), value); }
cplug_tensor *cplug_zeros_like(cplug_tensor *t) { return cplug_full_like(t, 0); }
cplug_tensor *cplug_ones_like(cplug_tensor *t) { return cplug_full_like(t, 1); }
cplug_tensor *cplug_rand_like(cplug_tensor *t) { return random_float(cplug_empty_like(t), UNIFORM, "rand_like"); }
cplug_tensor *cplug_randn_like(cplug_tensor *t) { return random_float(cplug_empty_like(t), NORMAL, "randn_like"); }
cplug_tensor *cplug_randint_like(cplug_tensor *t, int64_t low, int64_t high) { return random_int(cplug_empty_like(t), low, high); }
