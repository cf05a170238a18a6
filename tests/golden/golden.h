/* golden.h: cases whose numbers come from PyTorch (gen_ops2.py): one call of an op, its results and its gradients.  A test names for each
 * case the call to make; the case is then tried in several dtypes and on several devices, and its second derivative numerically. */
#ifndef TEST_GOLDEN_H
#define TEST_GOLDEN_H
#include "support.h"

enum { GOLDEN_IN = 5 };
typedef struct golden_tensor { /* dtype 0: absent */
    char dtype;                /* 'f' float, 'i' integer */
    int32_t ndim;
    int64_t shape[6];
    const double *v;
} golden_tensor;
typedef struct golden {
    const char *name;
    golden_tensor in[GOLDEN_IN], out[2], grad_out, grad_in[GOLDEN_IN];
} golden;

/* second: an auxiliary result, or NULL */
typedef cplug_tensor *(*golden_call)(cplug_tensor *const *in, const void *args, cplug_tensor **second);
typedef struct golden_use {
    const char *name;
    golden_call call;
    const void *args;
    int second_order; /* also checks the gradient of the gradient */
} golden_use;

static inline int64_t golden_numel(const golden_tensor *t)
{
    int64_t n = 1;
    for (int32_t d = 0; d < t->ndim; d++) n *= t->shape[d];
    return n;
}

static inline cplug_tensor *golden_make(cplug_context *ctx, const golden_tensor *t, cplug_dtype dtype)
{
    if (!t->dtype) return NULL;
    const int64_t n = golden_numel(t);
    if (t->dtype == 'f') {
        cplug_tensor *host = cplug_empty_on(ctx, "cpu", CPLUG_F64, t->ndim, t->shape);
        cplug_from_array_(host, t->v, (uint64_t)n * sizeof *t->v);
        return cplug_to(host, dtype, cplug_device_get(ctx));
    }
    int64_t *whole = malloc((size_t)(n ? n : 1) * sizeof *whole);
    for (int64_t i = 0; i < n; i++) whole[i] = (int64_t)t->v[i];
    cplug_tensor *made = cplug_from_array(ctx, CPLUG_I64, t->ndim, t->shape, whole);
    free(whole);
    return made;
}

static inline void golden_same(cplug_tensor *have, const golden_tensor *want, double tolerance, const char *name, const char *what)
{
    char where[160];
    if (!want->dtype) return;
    snprintf(where, sizeof where, "%s, %s", name, what);
    if (!have) fail_msg("%s: nothing came out", where);
    if (cplug_tensor_ndim(have) != want->ndim)
        fail_msg("%s: %d dimensions, expected %d", where, (int)cplug_tensor_ndim(have), (int)want->ndim);
    for (int32_t d = 0; d < want->ndim; d++)
        if (cplug_tensor_shape(have)[d] != want->shape[d])
            fail_msg("%s: size %lld in dimension %d, expected %lld", where, (long long)cplug_tensor_shape(have)[d], (int)d,
                     (long long)want->shape[d]);
    assert_values_(have, want->v, golden_numel(want), tolerance, where, 0);
}

/* Values and gradients. */
static inline void golden_check(const golden *g, const golden_use *use, const char *options, cplug_dtype dtype, double tolerance)
{
    cplug_context *ctx = test_open(options);
    cplug_tensor *in[GOLDEN_IN], *wanted[GOLDEN_IN], *grads[GOLDEN_IN] = { NULL }, *second = NULL;
    uint32_t n = 0, at[GOLDEN_IN];
    for (uint32_t i = 0; i < GOLDEN_IN; i++) {
        in[i] = golden_make(ctx, &g->in[i], dtype);
        if (!g->grad_in[i].dtype) continue;
        cplug_requires_grad(in[i], 1);
        at[n] = i;
        wanted[n++] = in[i];
    }
    cplug_tensor *out = use->call(in, use->args, &second);
    if (cplug_failed(ctx)) fail_msg("%s, %s, %s: %s", g->name, options ? options : "auto", cplug_dtype_name(dtype), cplug_error_text(ctx));
    golden_same(out, &g->out[0], tolerance, g->name, "output");
    golden_same(second, &g->out[1], tolerance, g->name, "second output");
    if (n) {
        cplug_tensor *gradient[1] = { golden_make(ctx, &g->grad_out, dtype) };
        cplug_grad_args args = CPLUG_GRAD_ARGS;
        args.gradients = gradient;
        cplug_grad(&out, 1, wanted, n, &args, grads);
        if (cplug_failed(ctx))
            fail_msg("%s, %s, %s, gradient: %s", g->name, options ? options : "auto", cplug_dtype_name(dtype), cplug_error_text(ctx));
    }
    for (uint32_t k = 0; k < n; k++) {
        char what[32];
        snprintf(what, sizeof what, "gradient of input %u", at[k]);
        golden_same(grads[k], &g->grad_in[at[k]], tolerance, g->name, what);
        assert_int_equal(cplug_tensor_dtype(grads[k]), dtype);
    }
    assert_int_equal(cplug_fallback_count(ctx), 0);
    test_close(ctx);
}

/* The n-th allocation of a call and its gradient fails, for every n: an error, no crash, no leak (which a sanitizer sees). */
static inline void golden_out_of_memory(const golden *g, const golden_use *use, const char *options)
{
    for (uint64_t n = 1, used = 1; used >= n; n++) { /* until the call takes fewer than n */
        cplug_context *ctx = test_open(options);
        cplug_tensor *in[GOLDEN_IN], *wanted[GOLDEN_IN], *grads[GOLDEN_IN] = { NULL }, *second = NULL;
        uint32_t n_wanted = 0;
        for (uint32_t i = 0; i < GOLDEN_IN; i++) {
            in[i] = golden_make(ctx, &g->in[i], CPLUG_F32);
            if (g->grad_in[i].dtype) wanted[n_wanted++] = cplug_requires_grad(in[i], 1);
        }
        assert_ok(ctx);
        cplug_test_fail_allocation(n);
        cplug_tensor *out = use->call(in, use->args, &second), *total = cplug_sum(out, NULL, 0, 0);
        if (n_wanted && total) cplug_grad(&total, 1, wanted, n_wanted, NULL, grads);
        used = cplug_test_fail_allocation(0) + 1;
        if (cplug_failed(ctx) && cplug_failed(ctx) != CPLUG_E_NOMEM)
            fail_msg("%s: allocation %d failed: %s", g->name, (int)n, cplug_error_text(ctx));
        cplug_error_clear(ctx);
        cplug_close(ctx);
    }
}

/* sum over gradients of gradient * (1, 2, 3, ...) / n: a scalar that depends on every entry; its inputs' own gradients go to `second`. */
static inline double golden_scalar(const golden *g, const golden_use *use, cplug_context *ctx, uint32_t nudge, int64_t element, double by,
                                   cplug_tensor **second)
{
    cplug_tensor *in[GOLDEN_IN], *wanted[GOLDEN_IN + 1], *grads[GOLDEN_IN] = { NULL }, *aux = NULL, *total = NULL, *gradient = NULL;
    uint32_t n = 0;
    for (uint32_t i = 0; i <= GOLDEN_IN; i++) {
        const golden_tensor *from = i < GOLDEN_IN ? &g->in[i] : &g->grad_out;
        cplug_tensor *t = golden_make(ctx, from, CPLUG_F64);
        if (i < GOLDEN_IN)
            in[i] = t;
        else
            gradient = t;
        if (i < GOLDEN_IN && !g->grad_in[i].dtype) continue;
        if (by != 0.0 && n == nudge) ((double *)cplug_tensor_data(t))[element] += by;
        wanted[n++] = cplug_requires_grad(t, 1);
    }
    cplug_tensor *out = use->call(in, use->args, &aux);
    cplug_grad_args args = CPLUG_GRAD_ARGS;
    args.gradients = &gradient;
    args.create_graph = 1;
    args.allow_unused = 1;
    cplug_grad(&out, 1, wanted, n - 1, &args, grads);
    for (uint32_t k = 0; k + 1 < n; k++) {
        if (!grads[k]) continue;
        const int64_t count = cplug_tensor_numel(grads[k]);
        cplug_tensor *weights = cplug_div_scalar(cplug_arange(ctx, CPLUG_F64, 1, (double)count + 1, 1), (double)count);
        cplug_tensor *part = cplug_sum(cplug_mul(cplug_reshape(grads[k], 1, &count), weights), NULL, 0, 0);
        total = total ? cplug_add(total, part) : part;
    }
    if (second) {
        args.gradients = NULL;
        args.create_graph = 0;
        cplug_grad(&total, 1, wanted, n, &args, second);
    }
    return test_item(total);
}

static inline void golden_second_order(const golden *g, const golden_use *use)
{
    const double step = 1e-5;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *exact[GOLDEN_IN + 1] = { NULL };
    golden_scalar(g, use, ctx, 0, 0, 0.0, exact);
    if (cplug_failed(ctx)) fail_msg("%s, second order: %s", g->name, cplug_error_text(ctx));
    uint32_t n = 0;
    for (uint32_t i = 0; i <= GOLDEN_IN; i++) {
        const golden_tensor *t = i < GOLDEN_IN ? &g->in[i] : &g->grad_out;
        if (i < GOLDEN_IN && !g->grad_in[i].dtype) continue;
        const int64_t count = golden_numel(t);
        double *have = calloc((size_t)count, sizeof *have);
        if (exact[n]) cplug_to_array(exact[n], have, (uint64_t)count * sizeof *have);
        for (int64_t k = 0; k < count; k++) {
            cplug_scope *scope = cplug_scope_open(ctx);
            const double up = golden_scalar(g, use, ctx, n, k, step, NULL), down = golden_scalar(g, use, ctx, n, k, -step, NULL);
            const double want = (up - down) / (2 * step);
            assert_ok(ctx);
            if (!(fabs(have[k] - want) <= 2e-5 * (1 + fabs(want))))
                fail_msg("%s, second order, differentiable input %u, element %lld: %.9g, numerically %.9g", g->name, n, (long long)k,
                         have[k], want);
            cplug_scope_close(scope);
        }
        free(have);
        n++;
    }
    test_close(ctx);
}

/* 1 when a device can be used at all here */
static inline int golden_has_device(const char *device)
{
    cplug_context *ctx = test_open(NULL);
    cplug_device_set(ctx, device);
    cplug_ones(ctx, CPLUG_F32, 0, NULL);
    const int there = cplug_failed(ctx) == CPLUG_OK;
    cplug_error_clear(ctx);
    cplug_close(ctx);
    return there;
}

/* Every case has a use and every use a case. */
static inline void golden_match(const golden *cases, uint32_t n, const golden_use *uses, uint32_t n_uses)
{
    for (uint32_t i = 0; i < n && i < n_uses; i++)
        if (strcmp(cases[i].name, uses[i].name)) fail_msg("case %u is '%s', its use '%s'", i, cases[i].name, uses[i].name);
    assert_int_equal(n, n_uses);
}

static inline void golden_all(const golden *cases, uint32_t n, const golden_use *uses, uint32_t n_uses, const char *options,
                              cplug_dtype dtype, double tolerance)
{
    golden_match(cases, n, uses, n_uses);
    for (uint32_t i = 0; i < n; i++) golden_check(&cases[i], &uses[i], options, dtype, tolerance);
}

static inline void golden_all_twice(const golden *cases, uint32_t n, const golden_use *uses, uint32_t n_uses)
{
    golden_match(cases, n, uses, n_uses);
    for (uint32_t i = 0; i < n; i++)
        if (uses[i].second_order) golden_second_order(&cases[i], &uses[i]);
}

static inline void golden_all_starved(const golden *cases, uint32_t n, const golden_use *uses, uint32_t n_uses, const char *options)
{
    golden_match(cases, n, uses, n_uses);
    for (uint32_t i = 0; i < n; i++)
        if (uses[i].second_order) golden_out_of_memory(&cases[i], &uses[i], options);
}

/* (cases, n, uses, n_uses): the kernels of the cpu in two dtypes, whatever is installed beside them, the decompositions on a device that
 * has primitives only, the second derivative in numbers, and both devices without memory */
#define GOLDEN_TESTS(...)                                                                                                                  \
    static void golden_f64(void **state) { (void)state, golden_all(__VA_ARGS__, "backends=cpu", CPLUG_F64, 1e-9); }                        \
    static void golden_f32(void **state) { (void)state, golden_all(__VA_ARGS__, "backends=cpu", CPLUG_F32, 2e-5); }                        \
    static void golden_auto(void **state) { (void)state, golden_all(__VA_ARGS__, NULL, CPLUG_F32, 2e-5); }                                 \
    static void golden_decomposed(void **state)                                                                                            \
    {                                                                                                                                      \
        (void)state;                                                                                                                       \
        if (!golden_has_device("sim")) skip();                                                                                             \
        golden_all(__VA_ARGS__, "device=sim", CPLUG_F32, 2e-5);                                                                            \
    }                                                                                                                                      \
    static void golden_twice(void **state) { (void)state, golden_all_twice(__VA_ARGS__); }                                                 \
    static void golden_starved(void **state)                                                                                               \
    {                                                                                                                                      \
        (void)state;                                                                                                                       \
        golden_all_starved(__VA_ARGS__, NULL);                                                                                             \
        if (golden_has_device("sim")) golden_all_starved(__VA_ARGS__, "device=sim");                                                       \
    }
#define GOLDEN_TEST_LIST                                                                                                                   \
    cmocka_unit_test(golden_f64), cmocka_unit_test(golden_f32), cmocka_unit_test(golden_auto), cmocka_unit_test(golden_decomposed),        \
        cmocka_unit_test(golden_twice), cmocka_unit_test(golden_starved)
#endif
