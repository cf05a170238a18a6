/* test_ops_rounded.c: whole quotients against PyTorch's, their dtypes, errors and gradients; indices that pick nothing; means of whole
 * numbers in windows. */
#include "support.h"

#include "../golden/golden_rounded.h"

static int same(double a, double b) { return (isnan(a) && isnan(b)) || (a == b && (a != 0 || signbit(a) == signbit(b))); }

/* signs: of zeros too, which a decomposition need not keep */
static void compare_floats(cplug_context *ctx, cplug_dtype dtype, const double rows[][4], int64_t n, int signs)
{
    double a[32], b[32], have[32];
    float narrow[2][32]; /* a device may lack f64 */
    for (int64_t i = 0; i < n; i++) narrow[0][i] = (float)(a[i] = rows[i][0]), narrow[1][i] = (float)(b[i] = rows[i][1]);
    const int wide = dtype == CPLUG_F64;
    cplug_tensor *x = cplug_from_array(ctx, dtype, 1, &n, wide ? (void *)a : narrow[0]);
    cplug_tensor *y = cplug_from_array(ctx, dtype, 1, &n, wide ? (void *)b : narrow[1]);
    for (int32_t mode = CPLUG_ROUND_TRUNC; mode <= CPLUG_ROUND_FLOOR; mode++) {
        cplug_tensor *q = cplug_div_rounded(x, y, mode);
        assert_ok(ctx);
        assert_int_equal(cplug_tensor_dtype(q), dtype);
        cplug_to_array(cplug_to(q, CPLUG_F64, "cpu"), have, (uint64_t)n * 8);
        for (int64_t i = 0; i < n; i++)
            if (signs ? !same(have[i], rows[i][2 + mode]) : !same(have[i] + 0.0, rows[i][2 + mode] + 0.0))
                fail_msg("%g / %g, mode %d: %g, expected %g", a[i], b[i], (int)mode, have[i], rows[i][2 + mode]);
    }
}

static void test_floats(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    compare_floats(ctx, CPLUG_F64, rounded_f64, CPLUG_COUNT(rounded_f64), 1);
    compare_floats(ctx, CPLUG_F32, rounded_f32, CPLUG_COUNT(rounded_f32), 1);
    test_close(ctx);
}

static void compare_integers(cplug_context *ctx)
{
    for (size_t i = 0; i < CPLUG_COUNT(rounded_i64); i++) {
        const int64_t *row = rounded_i64[i];
        int64_t one = 1;
        cplug_tensor *x = cplug_from_array(ctx, CPLUG_I64, 1, &one, &row[0]), *y = cplug_from_array(ctx, CPLUG_I64, 1, &one, &row[1]);
        for (int32_t mode = 0; mode < 2; mode++) {
            int64_t have = 0;
            cplug_item_int(cplug_div_rounded(x, y, mode), &have);
            assert_ok(ctx);
            if (have != row[2 + mode])
                fail_msg("%lld / %lld, mode %d: %lld", (long long)row[0], (long long)row[1], (int)mode, (long long)have);
        }
    }
}

static void test_integers(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    compare_integers(ctx);
    cplug_tensor *bytes = cplug_to(FLOATS(ctx, SHAPE(2, 2), 200, 7, 6, 255), CPLUG_U8, NULL);
    cplug_tensor *q = cplug_div_rounded(bytes, cplug_int(ctx, 2), CPLUG_ROUND_FLOOR);
    assert_int_equal(cplug_tensor_dtype(q), CPLUG_U8);
    assert_values(q, 0, 100, 3, 3, 127);
    assert_values(cplug_div_rounded(cplug_transpose(bytes, 0, 1), cplug_to(FLOATS(ctx, SHAPE(2), 3, 2), CPLUG_U8, NULL), CPLUG_ROUND_TRUNC),
                  0, 66, 3, 2, 127);
    assert_int_equal(cplug_tensor_dtype(cplug_div_rounded(bytes, cplug_float(ctx, 2), CPLUG_ROUND_TRUNC)), CPLUG_F32);
    test_close(ctx);
}

static void test_errors(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *whole = cplug_ones(ctx, CPLUG_I32, SHAPE(300)), *zeros = cplug_zeros(ctx, CPLUG_I32, SHAPE(300));
    assert_null(cplug_div_rounded(whole, zeros, CPLUG_ROUND_TRUNC));
    assert_error(ctx, CPLUG_E_INVALID, "division of integers by zero");
    assert_null(cplug_div_rounded(whole, cplug_int(ctx, 0), CPLUG_ROUND_FLOOR));
    assert_error(ctx, CPLUG_E_INVALID, "division of integers by zero");
    assert_null(cplug_div_rounded(whole, whole, 2));
    assert_error(ctx, CPLUG_E_INVALID, "trunc|floor");
    cplug_tensor *flags = cplug_to(whole, CPLUG_BOOL, NULL);
    assert_null(cplug_div_rounded(flags, flags, CPLUG_ROUND_TRUNC));
    assert_error(ctx, CPLUG_E_DTYPE, "bool is not supported");
    assert_int_equal(cplug_tensor_numel(cplug_div_rounded(cplug_slice(whole, 0, 0, 0, 1), cplug_int(ctx, 0), 0)), 0);
    test_close(ctx);
}

static void test_gradient(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_requires_grad(FLOATS(ctx, SHAPE(2, 2), 1, 2, 3, 4), 1);
    cplug_tensor *y = cplug_requires_grad(FLOATS(ctx, SHAPE(2), 2, 3), 1);
    assert_int_equal(cplug_backward(cplug_sum(cplug_div_rounded(x, y, CPLUG_ROUND_FLOOR), NULL, 0, 0)), CPLUG_OK);
    assert_values(cplug_tensor_grad(x), 0, 0, 0, 0, 0);
    assert_values(cplug_tensor_grad(y), 0, 0, 0);
    test_close(ctx);
}

/* On a device without the kernel. */
static void test_decomposition(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("device=sim fallback=error");
    cplug_tensor *x = FLOATS(ctx, SHAPE(6), 7, -7, 7, -7, 0, 5), *y = FLOATS(ctx, SHAPE(6), 2, 2, -2, -2, -3, 0);
    assert_values(cplug_div_rounded(x, y, CPLUG_ROUND_TRUNC), 0, 3, -3, -3, 3, 0, INFINITY);
    assert_values(cplug_div_rounded(x, y, CPLUG_ROUND_FLOOR), 0, 3, -4, -4, 3, 0, INFINITY);
    cplug_tensor *i = cplug_to(x, CPLUG_I64, NULL), *two = cplug_int(ctx, 2);
    assert_int_equal(cplug_tensor_dtype(cplug_div_rounded(i, two, CPLUG_ROUND_FLOOR)), CPLUG_I64);
    assert_values(cplug_div_rounded(i, two, CPLUG_ROUND_FLOOR), 0, 3, -4, 3, -4, 0, 2);
    assert_values(cplug_div_rounded(i, two, CPLUG_ROUND_TRUNC), 0, 3, -3, 3, -3, 0, 2);
    /* a plain number on either side */
    assert_values(cplug_div_rounded(FLOATS(ctx, SHAPE(3), 1, -1, 2), cplug_float(ctx, (double)0.1f), CPLUG_ROUND_FLOOR), 0, 9, -10, 19);
    assert_values(cplug_div_rounded(cplug_float(ctx, 1), FLOATS(ctx, SHAPE(2), 0.1f, 0.25f), CPLUG_ROUND_FLOOR), 0, 9, 4);
    compare_floats(ctx, CPLUG_F32, rounded_f32, CPLUG_COUNT(rounded_f32), 0);
    compare_integers(ctx);
    test_close(ctx);
    ctx = test_open("override=div_rounded:decomposition");
    compare_floats(ctx, CPLUG_F64, rounded_f64, CPLUG_COUNT(rounded_f64), 0);
    compare_integers(ctx);
    test_close(ctx);
}

/* Kernel and decomposition agree on whatever comes, above all on quotients that are nearly whole. */
static void test_random_quotients(void **state)
{
    (void)state;
    enum { N = 20000 };
    cplug_context *ctx = test_open("seed=5");
    cplug_tensor *b = cplug_add_scalar(cplug_rand(ctx, CPLUG_F32, SHAPE(N)), 0.01);
    cplug_tensor *a = cplug_mul(b, cplug_to(cplug_randint(ctx, CPLUG_I64, -1000, 1000, SHAPE(N)), CPLUG_F32, NULL));
    cplug_tensor *i = cplug_randint(ctx, CPLUG_I64, INT64_MIN, INT64_MAX, SHAPE(N)),
                 *k = cplug_pow(cplug_randint(ctx, CPLUG_I64, 2, 9, SHAPE(N)), cplug_randint(ctx, CPLUG_I64, 0, 20, SHAPE(N)));
    for (int32_t mode = 0; mode < 2; mode++) {
        cplug_tensor *real = cplug_div_rounded(a, b, mode), *whole = cplug_div_rounded(i, k, mode);
        cplug_backend_override(ctx, "div_rounded", "decomposition");
        assert_int_equal(cplug_equal(cplug_div_rounded(a, b, mode), real), 1);
        assert_int_equal(cplug_equal(cplug_div_rounded(i, k, mode), whole), 1);
        cplug_backend_override(ctx, "div_rounded", NULL);
    }
    test_close(ctx);
}

static void test_nothing_picked(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_requires_grad(FLOATS(ctx, SHAPE(3), 1, 2, 3), 1), *none = cplug_empty(ctx, CPLUG_U8, SHAPE(2, 0));
    cplug_tensor *picked = cplug_gather(x, 0, none);
    assert_ok(ctx);
    assert_int_equal(cplug_tensor_ndim(picked), 2);
    assert_int_equal(cplug_tensor_size(picked, 1), 0);
    assert_int_equal(cplug_backward(cplug_sum(picked, NULL, 0, 0)), CPLUG_OK);
    assert_values(cplug_tensor_grad(x), 0, 0, 0, 0);
    assert_values(cplug_scatter_add(x, 0, none, x), 0, 1, 2, 3);
    assert_null(cplug_gather(x, 0, cplug_zeros(ctx, CPLUG_U8, SHAPE(1))));
    assert_error(ctx, CPLUG_E_DTYPE, "index must be i64 or i32");
    test_close(ctx);
}

/* PyTorch's means of i64 are cut towards zero. */
static void test_mean_of_integers(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_to(FLOATS(ctx, SHAPE(1, 2, 4), 1, -2, 3, 4, 5, -6, 7, 9), CPLUG_I64, NULL);
    cplug_tensor *y = cplug_avg_pool2d(x, NULL);
    assert_int_equal(cplug_tensor_dtype(y), CPLUG_I64);
    assert_values(y, 0, 0, 5);
    cplug_pool2d_args args = CPLUG_POOL2D_ARGS;
    args.padding[0] = args.padding[1] = 1;
    args.count_include_pad = 0;
    assert_values(cplug_avg_pool2d(x, &args), 0, 1, 0, 4, 5, 0, 9);
    assert_null(cplug_avg_pool2d(cplug_to(x, CPLUG_I32, NULL), NULL));
    assert_error(ctx, CPLUG_E_DTYPE, "float dtype");
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_floats),           cmocka_unit_test(test_integers),         cmocka_unit_test(test_errors),
        cmocka_unit_test(test_gradient),         cmocka_unit_test(test_decomposition),    cmocka_unit_test(test_nothing_picked),
        cmocka_unit_test(test_random_quotients), cmocka_unit_test(test_mean_of_integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
