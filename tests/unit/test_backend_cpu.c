/* test_backend_cpu.c: what the reference backend promises beyond PyTorch's rules: accuracy of its functions, conversions of every half,
 * bits that do not depend on threads or strides, random numbers as the contract spells them out, errors that name the bad index. */
#include "support.h"

static cplug_context *open_cpu(int32_t threads)
{
    cplug_context *ctx = test_open("backends=cpu");
    cplug_threads(ctx, threads);
    return ctx;
}

/* ---- accuracy: distance from the exact value in units of the last place of f32 ---- */
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double rsqrt(double x) { return 1 / sqrt(x); }
static cplug_tensor *identity(cplug_tensor *t) { return t; }

static const struct {
    const char *name;
    cplug_tensor *(*op)(cplug_tensor *);
    double (*exact)(double);
    double ulps, low, high; /* the bound holds for low <= x <= high, infinities included */
} functions[] = {
    { "exp", cplug_exp, exp, 1, -INFINITY, INFINITY },
    { "log", cplug_log, log, 1, -INFINITY, INFINITY },
    { "log1p", cplug_log1p, log1p, 1.5, -INFINITY, INFINITY },
    { "tanh", cplug_tanh, tanh, 1.5, -INFINITY, INFINITY },
    { "erf", cplug_erf, erf, 1.5, -INFINITY, INFINITY },
    { "sigmoid", cplug_sigmoid, sigmoid, 2.5, -87, INFINITY },
    { "sin", cplug_sin, sin, 1.7, -1e6, 1e6 },
    { "cos", cplug_cos, cos, 1.7, -1e6, 1e6 },
    { "sin far out", cplug_sin, sin, 1, 1e7, INFINITY },
    { "sqrt", cplug_sqrt, sqrt, 0.5, -INFINITY, INFINITY },
    { "rsqrt", cplug_rsqrt, rsqrt, 1.5, -INFINITY, INFINITY },
    { "identity", identity, fabs, 0, 0, INFINITY },
};

static double ulps_off(float have, double exact)
{
    const float nearest = (float)exact;
    if (isnan(exact) || isinf(nearest)) return isnan(exact) ? (isnan(have) ? 0 : INFINITY) : have == nearest ? 0 : INFINITY;
    int exponent = exact == 0 ? -126 : ilogb(exact);
    return fabs((double)have - exact) / ldexp(1, (exponent < -126 ? -126 : exponent) - 23);
}

static void accuracy(void **state)
{
    enum { N = 1 << 17 };
    (void)state;
    cplug_context *ctx = open_cpu(1);
    float *x = malloc(N * sizeof *x), *y = malloc(N * sizeof *y);
    for (uint32_t i = 0; i < N; i++) { /* floats of every exponent and both signs, NaN and infinities too */
        const uint32_t bits = i * 32767u;
        memcpy(&x[i], &bits, sizeof bits);
    }
    x[1] = INFINITY, x[2] = -INFINITY, x[3] = NAN, x[4] = -0.0f, x[5] = 88.7f, x[6] = -103.9f, x[7] = 1, x[8] = -1;
    cplug_tensor *in = cplug_from_array(ctx, CPLUG_F32, SHAPE(N), x);
    for (size_t f = 0; f < sizeof functions / sizeof *functions; f++) {
        assert_int_equal(cplug_to_array(functions[f].op(in), y, N * sizeof *y), CPLUG_OK);
        for (int i = 0; i < N; i++) {
            const double at = (double)x[i];
            if (!isnan(at) && (at < functions[f].low || at > functions[f].high)) continue;
            const double off = ulps_off(y[i], functions[f].exact(at));
            if (!(off <= functions[f].ulps)) fail_msg("%s(%a) is %a, %.2f ulp off", functions[f].name, at, (double)y[i], off);
        }
    }
    free(x);
    free(y);
    test_close(ctx);
}

/* ---- halves: every pattern, by its definition ---- */
static double half_value(uint32_t h, int exponent_bits)
{
    const int mantissa_bits = 15 - exponent_bits, bias = (1 << (exponent_bits - 1)) - 1;
    const uint32_t mantissa = h & ((1u << mantissa_bits) - 1), exponent = (h >> mantissa_bits) & ((1u << exponent_bits) - 1);
    double v = exponent == (1u << exponent_bits) - 1 ? (mantissa ? NAN : INFINITY)
               : exponent                            ? ldexp(1 + ldexp(mantissa, -mantissa_bits), (int)exponent - bias)
                                                     : ldexp(mantissa, 1 - bias - mantissa_bits);
    return h & 0x8000 ? -v : v;
}

static void halves(void **state)
{
    enum { N = 65536 };
    static uint16_t h[N], back[N];
    static float wide[N];
    (void)state;
    cplug_context *ctx = open_cpu(1);
    for (uint32_t i = 0; i < N; i++) h[i] = (uint16_t)i;
    const struct {
        cplug_dtype dtype;
        int exponent_bits;
    } kinds[] = { { CPLUG_F16, 5 }, { CPLUG_BF16, 8 } };
    for (int k = 0; k < 2; k++) {
        cplug_tensor *f32 = cplug_to(cplug_from_array(ctx, kinds[k].dtype, SHAPE(N), h), CPLUG_F32, NULL);
        cplug_to_array(f32, wide, sizeof wide);
        cplug_to_array(cplug_to(f32, kinds[k].dtype, NULL), back, sizeof back);
        for (uint32_t i = 0; i < N; i++) {
            const double want = half_value(i, kinds[k].exponent_bits);
            if (isnan(want))
                assert_true(isnan(wide[i]) && isnan(half_value(back[i], kinds[k].exponent_bits)));
            else if ((double)wide[i] != want || back[i] != i)
                fail_msg("%s %04x is %a, back %04x", cplug_dtype_name(kinds[k].dtype), i, (double)wide[i], back[i]);
        }
        /* between two neighbours: to the nearer one, ties to even */
        for (uint32_t i = 0; i < 0x7bff; i++) {
            const double low = half_value(i, kinds[k].exponent_bits), high = half_value(i + 1, kinds[k].exponent_bits);
            wide[i] = (float)((low + high) / 2);
        }
        cplug_to_array(cplug_to(cplug_from_array(ctx, CPLUG_F32, SHAPE(0x7bff), wide), kinds[k].dtype, NULL), back, 0x7bff * sizeof *back);
        for (uint32_t i = 0; i < 0x7bff; i++) assert_int_equal(back[i], i + (i & 1));
    }
    test_close(ctx);
}

/* ---- threads ---- */
enum { KINDS = 14, WIDE = 700, HIGH = 900 };
static void many_results(int32_t threads, double *sums, unsigned char **bytes, uint64_t *sizes)
{
    cplug_context *ctx = open_cpu(threads);
    cplug_seed(ctx, 7);
    cplug_tensor *x = cplug_randn(ctx, CPLUG_F32, SHAPE(HIGH, WIDE)), *i = cplug_randint(ctx, CPLUG_I64, 0, 40, SHAPE(HIGH, WIDE));
    cplug_tensor *t = cplug_transpose(x, 0, 1), *index = NULL;
    const int32_t first = 0, last = 1;
    cplug_tensor *max = cplug_max(x, 0, 0, &index);
    cplug_tensor *all[KINDS] = { x,
                                 cplug_sum(x, NULL, 0, 0),
                                 cplug_sum(x, &first, 1, 0),
                                 cplug_sum(t, &first, 1, 0),
                                 cplug_var(x, NULL, 0, 1, 0),
                                 cplug_std(x, &first, 1, 1, 0),
                                 cplug_exp(x),
                                 cplug_add(x, cplug_contiguous(x)),
                                 cplug_contiguous(t),
                                 max,
                                 index,
                                 cplug_argmax(x, CPLUG_ALL, 0),
                                 cplug_scatter_add(cplug_zeros(ctx, CPLUG_F32, SHAPE(40, WIDE)), 0, i, x),
                                 cplug_mean(x, &last, 1, 0) };
    for (int k = 0; k < KINDS; k++) {
        assert_ok(ctx);
        sizes[k] = (uint64_t)cplug_tensor_numel(all[k]) * cplug_dtype_size(cplug_tensor_dtype(all[k]));
        bytes[k] = malloc(sizes[k]);
        cplug_to_array(all[k], bytes[k], sizes[k]);
    }
    *sums = test_item(all[1]);
    test_close(ctx);
}

static void same_bits_for_any_threads(void **state)
{
    unsigned char *one[KINDS], *more[KINDS];
    uint64_t size_one[KINDS], size_more[KINDS];
    double sum_one, sum_more;
    (void)state;
    many_results(1, &sum_one, one, size_one);
    for (int32_t threads = 2; threads <= 3; threads++) {
        many_results(threads, &sum_more, more, size_more);
        for (int k = 0; k < KINDS; k++) {
            assert_int_equal(size_one[k], size_more[k]);
            if (memcmp(one[k], more[k], size_one[k]) != 0) fail_msg("result %d differs between 1 and %d threads", k, threads);
            free(more[k]);
        }
    }
    double exact = 0;
    for (int i = 0; i < HIGH * WIDE; i++) exact += (double)((float *)(void *)one[0])[i];
    assert_true(fabs(sum_one - exact) <= 1e-7 * fabs(exact));
    for (int k = 0; k < KINDS; k++) free(one[k]);
}

/* ---- random: the contract, element by element, into a transposed tensor ---- */
static void random_contract(void **state)
{
    enum { ROWS = 37, COLUMNS = 29 };
    (void)state;
    cplug_context *ctx = open_cpu(2);
    const cplug_host *host = cplug_host_table();
    for (int64_t distribution = 0; distribution < 3; distribution++) {
        double have[ROWS * COLUMNS];
        cplug_tensor *t = cplug_transpose(cplug_zeros(ctx, CPLUG_F64, SHAPE(COLUMNS, ROWS)), 0, 1);
        const cplug_arg in[5] = { CPLUG_ARG(t), CPLUG_ARG(cplug_int(ctx, 3)), CPLUG_ARG(cplug_int(ctx, 11)), CPLUG_ARG(cplug_int(ctx, 99)),
                                  CPLUG_ARG(cplug_int(ctx, 5)) };
        const cplug_value attr = { CPLUG_OPT_CHOICE, 0, { .i = distribution } };
        assert_int_equal(cplug_dispatch(ctx, "random", in, 5, &attr, 1, NULL, 0), CPLUG_OK);
        cplug_to_array(t, have, sizeof have);
        for (uint64_t i = 0; i < ROWS * COLUMNS; i++) {
            uint32_t w[4];
            host->philox(99, 5 + i / 4, w);
            const uint64_t k = i % 4, pair = k & 2;
            const double r = sqrt(-2 * log(((double)(w[pair] >> 8) + 1) / 16777216)),
                         angle = 2 * acos(-1) * ((w[pair + 1] >> 8) / 16777216.0);
            const double want[3] = { 3 + 8 * ((w[k] >> 8) / 16777216.0), 3 + 11 * r * (k & 1 ? sin(angle) : cos(angle)),
                                     3 + (double)(w[k] >> 29) };
            assert_true(fabs(have[i] - want[distribution]) < 1e-9);
        }
    }
    test_close(ctx);
}

/* ---- conversions as PyTorch has them on x86 ---- */
static void conversions(void **state)
{
    static const struct {
        cplug_dtype from, to;
        double in, out;
    } cases[] = {
        { CPLUG_F32, CPLUG_I32, -1.9, -1 },
        { CPLUG_F32, CPLUG_U8, 200.7, 200 },
        { CPLUG_F64, CPLUG_BOOL, 1e-300, 1 },
        { CPLUG_F64, CPLUG_I8, 300, 44 },
        { CPLUG_I64, CPLUG_BOOL, 256, 1 },
        { CPLUG_F32, CPLUG_BOOL, NAN, 1 },
        { CPLUG_I64, CPLUG_F32, 16777217, 16777216 },
        { CPLUG_BOOL, CPLUG_F16, 1, 1 },
        { CPLUG_F32, CPLUG_F16, 65520, INFINITY },
        { CPLUG_F64, CPLUG_F32, 1e40, INFINITY },
        { CPLUG_I16, CPLUG_U8, -1, 255 },
        { CPLUG_F32, CPLUG_BF16, 1.00390625, 1 },
    };
    (void)state;
    cplug_context *ctx = open_cpu(1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cplug_tensor *x = cplug_to(cplug_from_array(ctx, CPLUG_F64, SHAPE(1), &cases[i].in), cases[i].from, NULL);
        assert_values(cplug_to(x, cases[i].to, NULL), 0, cases[i].out);
    }
    test_close(ctx);
}

/* ---- errors ---- */
static void bad_indices(void **state)
{
    (void)state;
    cplug_context *ctx = open_cpu(1);
    cplug_tensor *x = cplug_zeros(ctx, CPLUG_F32, SHAPE(3, 4));
    const int64_t wrong[] = { 0, 2, 4 }, negative[] = { -1 };
    cplug_index_select(x, 1, cplug_from_array(ctx, CPLUG_I64, SHAPE(3), wrong));
    assert_error(ctx, CPLUG_E_INVALID, "index 4 at [2] of the index tensor is out of range for dimension 1 with size 4");
    cplug_gather(x, 0, cplug_from_array(ctx, CPLUG_I64, SHAPE(1, 1), negative));
    assert_error(ctx, CPLUG_E_INVALID, "index -1 at [0, 0] of the index tensor is out of range for dimension 0 with size 3");
    cplug_scatter_add(x, 1, cplug_from_array(ctx, CPLUG_I64, SHAPE(1, 3), wrong), cplug_ones(ctx, CPLUG_F32, SHAPE(1, 3)));
    assert_error(ctx, CPLUG_E_INVALID, "index 4 at [0, 2]");
    cplug_pow(cplug_from_array(ctx, CPLUG_I64, SHAPE(3), wrong), cplug_int(ctx, -2));
    assert_error(ctx, CPLUG_E_INVALID, "cannot be raised to the negative");
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accuracy),        cmocka_unit_test(halves),      cmocka_unit_test(same_bits_for_any_threads),
        cmocka_unit_test(random_contract), cmocka_unit_test(conversions), cmocka_unit_test(bad_indices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
