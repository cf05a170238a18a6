/* test_backend_products.c: matrix products and convolutions of the backends that serve the cpu: any size, dtype and stride against loops in
 * double; bits that do not depend on the number of threads; which backend openblas leaves to the other, and why. */
#include "support.h"

static int openblas_installed(void)
{
    cplug_context *ctx = test_open("backends=auto");
    const int found = strstr(cplug_backends_text(ctx), "openblas") && *cplug_backend_describe(ctx, "openblas");
    cplug_error_clear(ctx);
    cplug_close(ctx);
    return found;
}

static double *values_of(cplug_tensor *t)
{
    cplug_scope *scope = cplug_scope_open(cplug_tensor_context(t));
    const int64_t n = cplug_tensor_numel(t);
    double *v = calloc((size_t)n + 1, sizeof *v);
    cplug_to_array(cplug_to(t, CPLUG_F64, NULL), v, (uint64_t)n * sizeof *v);
    assert_ok(cplug_tensor_context(t));
    cplug_scope_close(scope);
    return v;
}

/* Whole numbers, so that a product in any float dtype that can hold the sums is exact in any order. */
static cplug_tensor *whole(cplug_context *ctx, cplug_dtype dtype, int64_t rows, int64_t columns)
{
    return cplug_to(cplug_randint(ctx, CPLUG_I64, dtype == CPLUG_U8 ? 0 : -2, 3, SHAPE(rows, columns)), dtype, NULL);
}

/* ---- products ---- */
enum layout { ROWS, COLUMNS, WINDOW, EVERY_SECOND, BROADCAST };
static cplug_tensor *laid_out(cplug_context *ctx, cplug_dtype dtype, int64_t rows, int64_t columns, enum layout layout)
{
    switch (layout) {
    case COLUMNS: return cplug_transpose(whole(ctx, dtype, columns, rows), 0, 1);
    case WINDOW: return cplug_narrow(whole(ctx, dtype, rows, columns + 3), 1, 2, columns);
    case EVERY_SECOND: return cplug_slice(whole(ctx, dtype, rows, 2 * columns), 1, 0, CPLUG_END, 2);
    case BROADCAST: return cplug_expand(whole(ctx, dtype, 1, columns), SHAPE(rows, columns));
    default: return whole(ctx, dtype, rows, columns);
    }
}

static void check_product(cplug_context *ctx, cplug_dtype dtype, const int64_t size[3], enum layout la, enum layout lb)
{
    cplug_scope *scope = cplug_scope_open(ctx);
    const int64_t m = size[0], n = size[1], k = size[2];
    cplug_tensor *a = laid_out(ctx, dtype, m, k, la), *b = laid_out(ctx, dtype, k, n, lb), *bias = whole(ctx, dtype, 1, n);
    cplug_tensor *y = cplug_mm(a, b), *z = cplug_linear(a, cplug_transpose(b, 0, 1), cplug_reshape(bias, 1, &n));
    assert_ok(ctx);
    double *va = values_of(a), *vb = values_of(b), *vc = values_of(bias), *vy = values_of(y), *vz = values_of(z);
    for (int64_t i = 0; i < m * n; i++) {
        double sum = 0;
        for (int64_t p = 0; p < k; p++) sum += va[i / n * k + p] * vb[p * n + i % n];
        if (vy[i] != sum || vz[i] != sum + vc[i % n])
            fail_msg("%s %lldx%lldx%lld layouts %d %d: element %lld is %g (linear %g), expected %g (%g)", cplug_dtype_name(dtype),
                     (long long)m, (long long)n, (long long)k, (int)la, (int)lb, (long long)i, vy[i], vz[i], sum, sum + vc[i % n]);
    }
    free(va), free(vb), free(vc), free(vy), free(vz);
    cplug_scope_close(scope);
}

static void check_products(const char *options)
{
    /* below, at and beyond every tile and block; nothing at all; rows, columns and single numbers */
    static const int64_t sizes[][3] = { { 1, 1, 1 },   { 2, 3, 5 },     { 8, 32, 16 }, { 9, 33, 17 },  { 31, 10, 64 },   { 6, 16, 600 },
                                        { 40, 40, 0 }, { 0, 5, 5 },     { 5, 0, 5 },   { 1, 70, 33 },  { 300, 1, 520 },  { 1, 1, 1000 },
                                        { 64, 10, 7 }, { 130, 200, 3 }, { 970, 4, 2 }, { 3, 1000, 2 }, { 128, 128, 200 } };
    static const cplug_dtype dtypes[] = { CPLUG_F32, CPLUG_F64, CPLUG_I64, CPLUG_I32 };
    cplug_context *ctx = test_open(options);
    cplug_seed(ctx, 3);
    for (unsigned s = 0; s < CPLUG_COUNT(sizes); s++)
        for (unsigned d = 0; d < CPLUG_COUNT(dtypes); d++)
            for (int l = 0; l < 5; l++) check_product(ctx, dtypes[d], sizes[s], (enum layout)l, (enum layout)((l * 3 + s) % 5));
    const int64_t small[3] = { 9, 33, 17 };
    for (cplug_dtype d = CPLUG_F16; d < CPLUG_BOOL; d++) check_product(ctx, d, small, COLUMNS, EVERY_SECOND);
    test_close(ctx);
}
static void products_of_cpu(void **state)
{
    (void)state;
    check_products("backends=cpu threads=2");
}
static void products_of_openblas(void **state)
{
    (void)state;
    if (!openblas_installed()) skip();
    /* forced, since the scores depend on the kernels that OpenBLAS has for this processor */
    check_products("backends=openblas,cpu threads=2 override=mm:openblas,bmm:openblas,matmul:openblas,linear:openblas,dot:openblas");
}

/* ---- convolution ---- */
typedef struct geometry {
    int64_t n, c, h, w, o, kh, kw, stride, padding, dilation, groups;
} geometry;

static cplug_tensor *whole4(cplug_context *ctx, cplug_dtype dtype, const int64_t *shape)
{
    return cplug_reshape(whole(ctx, dtype, shape[0] * shape[1], shape[2] * shape[3]), 4, shape);
}

/* y, dx and dw of sums over all windows, in double */
static void convolve(const geometry *g, int64_t oh, int64_t ow, const double *x, const double *w, const double *dy, double *y, double *dx,
                     double *dw)
{
    const int64_t og = g->o / g->groups, cg = g->c / g->groups;
    for (int64_t i = 0; i < g->n * g->o * oh * ow; i++) {
        const int64_t ox = i % ow, oy = i / ow % oh, o = i / ow / oh % g->o, n = i / ow / oh / g->o;
        for (int64_t k = 0; k < cg * g->kh * g->kw; k++) {
            const int64_t kx = k % g->kw, ky = k / g->kw % g->kh, c = o / og * cg + k / g->kw / g->kh;
            const int64_t iy = oy * g->stride - g->padding + ky * g->dilation, ix = ox * g->stride - g->padding + kx * g->dilation;
            if (iy < 0 || iy >= g->h || ix < 0 || ix >= g->w) continue;
            const int64_t at = ((n * g->c + c) * g->h + iy) * g->w + ix, tap = o * cg * g->kh * g->kw + k;
            y[i] += x[at] * w[tap];
            dx[at] += dy[i] * w[tap];
            dw[tap] += dy[i] * x[at];
        }
    }
}

static void check_convolution(cplug_context *ctx, cplug_dtype dtype, const geometry *g, int channels_last)
{
    cplug_scope *scope = cplug_scope_open(ctx);
    const int64_t oh = (g->h + 2 * g->padding - g->dilation * (g->kh - 1) - 1) / g->stride + 1;
    const int64_t ow = (g->w + 2 * g->padding - g->dilation * (g->kw - 1) - 1) / g->stride + 1;
    const int64_t xs[4] = { g->n, g->c, g->h, g->w }, ws[4] = { g->o, g->c / g->groups, g->kh, g->kw }, ys[4] = { g->n, g->o, oh, ow };
    cplug_tensor *x = whole4(ctx, dtype, xs), *w = whole4(ctx, dtype, ws), *dy = whole4(ctx, dtype, ys);
    if (channels_last) x = cplug_channels_last(x);
    cplug_requires_grad(x, 1);
    cplug_requires_grad(w, 1);
    const cplug_conv2d_args args = { (uint32_t)sizeof args,        0,        { g->stride, g->stride }, { g->padding, g->padding },
                                     { g->dilation, g->dilation }, g->groups };
    cplug_tensor *y = cplug_conv2d(x, w, NULL, &args);
    cplug_backward_args from = CPLUG_BACKWARD_ARGS;
    from.gradient = dy;
    cplug_backward_with(y, &from);
    assert_ok(ctx);
    double *vx = values_of(cplug_detach(x)), *vw = values_of(cplug_detach(w)), *vg = values_of(dy);
    const int64_t sizes[3] = { g->n * g->o * oh * ow, g->n * g->c * g->h * g->w, g->o * ws[1] * g->kh * g->kw };
    double *expected[3], *have[3] = { values_of(cplug_detach(y)), values_of(cplug_tensor_grad(x)), values_of(cplug_tensor_grad(w)) };
    for (int k = 0; k < 3; k++) expected[k] = calloc((size_t)sizes[k] + 1, sizeof *expected[k]);
    convolve(g, oh, ow, vx, vw, vg, expected[0], expected[1], expected[2]);
    for (int k = 0; k < 3; k++) {
        for (int64_t i = 0; i < sizes[k]; i++)
            if (have[k][i] != expected[k][i])
                fail_msg("%s, result %d of %lldx%lldx%lldx%lld: element %lld is %g, expected %g", cplug_dtype_name(dtype), k,
                         (long long)g->n, (long long)g->c, (long long)g->h, (long long)g->w, (long long)i, have[k][i], expected[k][i]);
        free(expected[k]), free(have[k]);
    }
    free(vx), free(vw), free(vg);
    cplug_scope_close(scope);
}

static void convolutions(void **state)
{
    (void)state;
    static const geometry cases[] = {
        { 2, 1, 9, 9, 6, 5, 5, 1, 2, 1, 1 },   { 3, 4, 7, 8, 9, 3, 3, 1, 0, 1, 1 },  { 2, 4, 8, 7, 6, 3, 2, 2, 1, 1, 2 },
        { 1, 6, 5, 5, 6, 3, 3, 1, 1, 1, 6 },   { 2, 8, 6, 6, 4, 1, 1, 1, 0, 1, 1 },  { 2, 3, 11, 10, 5, 3, 3, 3, 2, 2, 1 },
        { 20, 2, 5, 40, 3, 2, 3, 1, 1, 2, 1 }, { 0, 2, 5, 5, 3, 3, 3, 1, 1, 1, 1 },  { 2, 64, 3, 3, 70, 3, 3, 1, 1, 1, 1 },
        { 1, 2, 6, 6, 4, 3, 3, 2, 5, 1, 1 },   { 4, 1, 3, 70, 1, 1, 5, 2, 0, 1, 1 }, { 2, 12, 4, 4, 12, 3, 3, 2, 1, 1, 3 },
    };
    cplug_context *ctx = test_open("backends=cpu threads=2");
    for (unsigned i = 0; i < CPLUG_COUNT(cases); i++) {
        check_convolution(ctx, CPLUG_F32, &cases[i], i % 2);
        check_convolution(ctx, CPLUG_F64, &cases[i], 0);
    }
    test_close(ctx);
}

/* ---- threads ---- */
static void big_results(int32_t threads, cplug_tensor **keep, cplug_context **context)
{
    cplug_context *ctx = *context = test_open("backends=cpu");
    cplug_threads(ctx, threads);
    cplug_seed(ctx, 5);
    cplug_tensor *a = cplug_randn(ctx, CPLUG_F32, SHAPE(130, 700)), *b = cplug_randn(ctx, CPLUG_F32, SHAPE(700, 210));
    cplug_tensor *x = cplug_randn(ctx, CPLUG_F32, SHAPE(9, 8, 30, 30)), *w = cplug_randn(ctx, CPLUG_F32, SHAPE(16, 8, 3, 3));
    cplug_tensor *batch = cplug_randn(ctx, CPLUG_F32, SHAPE(20, 40, 64));
    cplug_requires_grad(x, 1);
    cplug_requires_grad(w, 1);
    keep[0] = cplug_mm(a, b);
    keep[1] = cplug_mm(cplug_to(a, CPLUG_F16, NULL), cplug_to(b, CPLUG_F16, NULL));
    keep[2] = cplug_matmul(batch, cplug_transpose(batch, 1, 2));
    keep[3] = cplug_conv2d(x, w, NULL, NULL);
    cplug_backward(cplug_sum(cplug_mul(keep[3], keep[3]), NULL, 0, 0));
    keep[4] = cplug_tensor_grad(x);
    keep[5] = cplug_tensor_grad(w);
    keep[6] = cplug_log_softmax(cplug_detach(x), 1);
    cplug_batch_norm_args args = CPLUG_BATCH_NORM_ARGS;
    args.training = 1;
    keep[7] = cplug_batch_norm(cplug_detach(x), NULL, NULL, NULL, NULL, &args);
    assert_ok(ctx);
}

static void same_bits_for_any_threads(void **state)
{
    (void)state;
    enum { RESULTS = 8 };
    cplug_tensor *one[RESULTS], *more[RESULTS];
    cplug_context *first, *second;
    big_results(1, one, &first);
    for (int32_t threads = 2; threads <= 5; threads++) {
        big_results(threads, more, &second);
        for (int k = 0; k < RESULTS; k++) {
            double *x = values_of(cplug_detach(one[k])), *y = values_of(cplug_detach(more[k]));
            if (memcmp(x, y, (size_t)cplug_tensor_numel(one[k]) * sizeof *x) != 0)
                fail_msg("result %d differs between 1 and %d threads", k, (int)threads);
            free(x), free(y);
        }
        test_close(second);
    }
    test_close(first);
}

/* ---- two backends on one device ---- */
static void openblas_beside_cpu(void **state)
{
    (void)state;
    if (!openblas_installed()) skip();
    cplug_context *ctx = test_open("backends=openblas,cpu");
    cplug_tensor *a = cplug_randn(ctx, CPLUG_F32, SHAPE(12, 20)), *b = cplug_randn(ctx, CPLUG_F32, SHAPE(20, 7));
    const char *about = cplug_backend_describe(ctx, "openblas");
    if (strncmp(about, "openblas ", 9) != 0 || !strstr(about, "kernels")) fail_msg("describe says '%s'", about);
    cplug_backend_override(ctx, "mm", "openblas");
    cplug_mm(a, b);
    if (!strstr(cplug_explain(ctx, "mm"), "on cpu: openblas")) fail_msg("%s", cplug_explain(ctx, "mm"));
    cplug_mm(a, cplug_transpose(cplug_slice(cplug_randn(ctx, CPLUG_F32, SHAPE(7, 40)), 1, 0, CPLUG_END, 2), 0, 1));
    if (!strstr(cplug_explain(ctx, "mm"), "on cpu: cpu") || !strstr(cplug_explain(ctx, "mm"), "no dense rows or columns"))
        fail_msg("%s", cplug_explain(ctx, "mm"));
    cplug_backend_override(ctx, "mm", "cpu");
    cplug_mm(a, b);
    if (!strstr(cplug_explain(ctx, "mm"), "on cpu: cpu")) fail_msg("%s", cplug_explain(ctx, "mm"));
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_of_cpu),           cmocka_unit_test(products_of_openblas), cmocka_unit_test(convolutions),
        cmocka_unit_test(same_bits_for_any_threads), cmocka_unit_test(openblas_beside_cpu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
