/* inputs.c: the tensors of a case: which dtype in which turn, which numbers, and how they lie in memory. */
#include "conformance.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FINE = 32 }; /* values are multiples of 1 / FINE: exact in bf16 below 8 */

static const cplug_dtype floats[] = { CPLUG_F32, CPLUG_F64, CPLUG_F16, CPLUG_BF16, 0 };
static const cplug_dtype integers[] = { CPLUG_I64, CPLUG_I32, CPLUG_I16, CPLUG_I8, CPLUG_U8, 0 };
static const cplug_dtype numbers[] = {
    CPLUG_F32, CPLUG_F64, CPLUG_F16, CPLUG_BF16, CPLUG_I64, CPLUG_I32, CPLUG_I16, CPLUG_I8, CPLUG_U8, 0
};
static const cplug_dtype all[] = { CPLUG_F32, CPLUG_F64, CPLUG_F16, CPLUG_BF16, CPLUG_I64, CPLUG_I32,
                                   CPLUG_I16, CPLUG_I8,  CPLUG_U8,  CPLUG_BOOL, 0 };

cplug_dtype conf_dtype(const conf_case *c, uint32_t k)
{
    for (uint32_t i = 0; i < c->n_in; i++) {
        const cplug_dtype *set = c->in[i].set == 'F'   ? floats
                                 : c->in[i].set == 'I' ? integers
                                 : c->in[i].set == 'N' ? numbers
                                 : c->in[i].set == 'A' ? all
                                                       : NULL;
        while (set != NULL && k > 0 && *set) set++, k--;
        if (set != NULL) return *set;
    }
    return k == 0 ? CPLUG_F32 : 0;
}

static uint64_t key_of(const char *name, const char *which)
{
    uint64_t h = 0xCBF29CE484222325ull; /* FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
    for (const char *p = name; *p; p++) h = (h ^ (unsigned char)*p) * 0x100000001B3ull;
    for (const char *p = which; *p; p++) h = (h ^ (unsigned char)*p) * 0x100000001B3ull;
    return h;
}

/* Element i of a list that is drawn with a key. */
static double draw(const conf_input *in, cplug_dtype dtype, uint64_t key, int64_t i, int64_t n)
{
    static const double hard[] = { 0.0, -0.0, 1.0, -1.0, NAN, INFINITY, -INFINITY, 0.5, -2.5, 1e-40, 3e38, -1e-40 };
    const bool whole = !cplug_dtype_is_float(dtype);
    uint32_t r[4];
    cplug_host_table()->philox(key, (uint64_t)i / 4, r);
    const uint32_t bits = r[i % 4];
    if (in->values == CONF_LISTED) return in->list[(uint64_t)i % in->n_list];
    if (dtype == CPLUG_BOOL) return bits & 1;
    if (in->values == CONF_HARD && !whole) return hard[(uint64_t)i % CPLUG_COUNT(hard)];
    if (in->values == CONF_DISTINCT) { /* every number once: a walk with a step that has no divisor in common with n */
        int64_t step = 7;
        while (n % step == 0) step += 4;
        const double k = (double)((i * step + 3) % n);
        return whole ? k - (double)(dtype == CPLUG_U8 ? 0 : n / 2) : (k - (double)(n / 2) + 0.5) / (n > 256 ? 4 : FINE / 2);
    }
    double low = in->low, high = in->high;
    if (whole && in->values != CONF_RANGE) low = -4, high = 5;
    if (dtype == CPLUG_U8 && low < 0) low = 0;
    const int64_t first = (int64_t)ceil(whole ? low : low * FINE), last = (int64_t)ceil(whole ? high : high * FINE);
    return (double)(first + (int64_t)(bits % (uint64_t)(last - first))) / (whole ? 1 : FINE);
}

static int64_t count(const conf_input *in)
{
    int64_t n = 1;
    for (int32_t d = 0; d < in->ndim; d++) n *= in->shape[d];
    return n;
}

static cplug_tensor *dense(cplug_context *ctx, const conf_input *in, cplug_dtype dtype, uint64_t key)
{
    const int64_t n = count(in);
    const bool whole = !cplug_dtype_is_float(dtype);
    double *f = malloc((size_t)(n + 1) * sizeof *f);
    int64_t *w = (int64_t *)f;
    if (f == NULL) return cplug_error_set(ctx, CPLUG_E_NOMEM, "out of memory for the input of a case"), NULL;
    for (int64_t i = 0; i < n; i++) {
        const double v = draw(in, dtype, key, i, n);
        if (whole)
            w[i] = (int64_t)v;
        else
            f[i] = v;
    }
    cplug_tensor *host = cplug_empty_on(ctx, "cpu", whole ? CPLUG_I64 : CPLUG_F64, in->ndim, in->shape);
    cplug_from_array_(host, f, (uint64_t)n * sizeof *f);
    free(f);
    return cplug_to(host, dtype, cplug_device_get(ctx));
}

/* The same values in memory with the dimensions reversed, or in every second element of a larger piece that does not begin at its start. */
static cplug_tensor *laid_out(cplug_tensor *t, int32_t layout)
{
    cplug_context *ctx = cplug_tensor_context(t);
    const int32_t ndim = cplug_tensor_ndim(t);
    int64_t shape[CPLUG_MAX_DIMS];
    int32_t order[CPLUG_MAX_DIMS];
    if (layout == CONF_DENSE || ndim == 0) return t;
    for (int32_t d = 0; d < ndim; d++) {
        order[d] = ndim - 1 - d;
        shape[d] = cplug_tensor_size(t, layout == CONF_TRANSPOSED ? order[d] : d);
    }
    if (layout == CONF_TRANSPOSED) {
        cplug_tensor *room = cplug_permute(cplug_empty_on(ctx, cplug_tensor_device(t), cplug_tensor_dtype(t), ndim, shape), order, ndim);
        return cplug_copy_(room, t) == CPLUG_OK ? room : NULL;
    }
    shape[ndim - 1] = shape[ndim - 1] * 2 + 3;
    cplug_tensor *room = cplug_empty_on(ctx, cplug_tensor_device(t), cplug_tensor_dtype(t), ndim, shape);
    room = cplug_slice(room, ndim - 1, 1, 1 + 2 * cplug_tensor_size(t, -1), 2);
    return cplug_copy_(room, t) == CPLUG_OK ? room : NULL;
}

bool conf_hard(const conf_case *c)
{
    for (uint32_t i = 0; i < c->n_in; i++) {
        const conf_input *in = &c->in[i];
        if (in->values == CONF_HARD) return true;
        if (in->values == CONF_LISTED && (in->set || cplug_dtype_is_float(in->dtype))) return true;
    }
    return false;
}

cplug_status conf_inputs(cplug_context *ctx, const conf_case *c, cplug_dtype dtype, int32_t layout, cplug_tensor **in)
{
    for (uint32_t k = 0; k < c->n_in; k++) {
        const conf_input *i = &c->in[k];
        char which[16];
        snprintf(which, sizeof which, "/%u", k);
        in[k] = NULL;
        if (i->absent) continue;
        if (i->number)
            in[k] = i->dtype == CPLUG_F64   ? cplug_float(ctx, i->low)
                    : i->dtype == CPLUG_I64 ? cplug_int(ctx, (int64_t)i->low)
                                            : cplug_bool(ctx, i->low != 0);
        else
            in[k] = laid_out(dense(ctx, i, i->set ? dtype : i->dtype, key_of(c->name, which)),
                             layout == CONF_MIXED ? (int32_t)(k + 1) % CONF_MIXED : layout);
    }
    return cplug_failed(ctx);
}

cplug_tensor *conf_grad_out(cplug_context *ctx, const conf_case *c, uint32_t k, cplug_tensor *like)
{
    conf_input as = { .ndim = cplug_tensor_ndim(like), .values = CONF_RANGE, .low = -2, .high = 2 };
    char which[16];
    snprintf(which, sizeof which, "/g%u", k);
    for (int32_t d = 0; d < as.ndim; d++) as.shape[d] = cplug_tensor_size(like, d);
    return dense(ctx, &as, cplug_tensor_dtype(like), key_of(c->name, which));
}
