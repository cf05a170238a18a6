/* test_creation.c: tensors from nothing: constants, ranges, random numbers and their counters, _like forms, equal and allclose. */
#include "support.h"

static void constants(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (cplug_dtype d = CPLUG_F32; d <= CPLUG_BOOL; d++) {
        assert_values(cplug_zeros(ctx, d, SHAPE(2)), 0, 0, 0);
        assert_values(cplug_ones(ctx, d, SHAPE(2)), 0, 1, 1);
        assert_values(cplug_full(ctx, d, SHAPE(1), 3), 0, d == CPLUG_BOOL ? 1 : 3);
        assert_values(cplug_eye(ctx, d, 2, 3), 0, 1, 0, 0, 0, 1, 0);
        assert_int_equal(cplug_tensor_dtype(cplug_eye(ctx, d, 2, 3)), d);
        if (d != CPLUG_BOOL) assert_values(cplug_arange(ctx, d, 1, 6, 2), 0, 1, 3, 5);
        if (d != CPLUG_BOOL) assert_values(cplug_linspace(ctx, d, 0, 8, 3), 0, 0, 4, 8);
    }
    assert_values(cplug_full(ctx, CPLUG_I32, SHAPE(1), -2.7), 0, -2);
    assert_values(cplug_eye(ctx, CPLUG_F32, 3, 1), 0, 1, 0, 0);
    assert_int_equal(cplug_tensor_numel(cplug_eye(ctx, CPLUG_F32, 0, 3)), 0);
    assert_int_equal(cplug_tensor_numel(cplug_zeros(ctx, CPLUG_F32, SHAPE(3, 0))), 0);
    assert_values(cplug_full(ctx, CPLUG_F32, 0, NULL, 2.5), 0, 2.5);
    cplug_tensor *big = cplug_zeros(ctx, CPLUG_F32, SHAPE(100000)); /* memory that was used before */
    assert_true(test_item(cplug_sum(cplug_abs(big), NULL, 0, 0)) == 0);
    test_close(ctx);
}

static void ranges(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    assert_values(cplug_arange(ctx, CPLUG_F32, 0, 1, 0.3), 1e-7, 0, 0.3, 0.6, 0.9);
    assert_values(cplug_arange(ctx, CPLUG_I64, 5, 0, -2), 0, 5, 3, 1);
    assert_int_equal(cplug_tensor_numel(cplug_arange(ctx, CPLUG_F32, 2, 2, 1)), 0);
    assert_values(cplug_linspace(ctx, CPLUG_F32, 0, 1, 5), 0, 0, 0.25, 0.5, 0.75, 1);
    assert_values(cplug_linspace(ctx, CPLUG_I32, 0, 10, 4), 0, 0, 3, 6, 10);
    assert_values(cplug_linspace(ctx, CPLUG_F64, 3, 9, 1), 0, 3);
    assert_int_equal(cplug_tensor_numel(cplug_linspace(ctx, CPLUG_F64, 3, 9, 0)), 0);
    int64_t last = 0;
    cplug_item_int(cplug_arange(ctx, CPLUG_I64, 9007199254740990.0, 9007199254740991.0, 1), &last);
    assert_true(last == 9007199254740990);
    assert_null(cplug_arange(ctx, CPLUG_F32, 1, 0, 1));
    assert_error(ctx, CPLUG_E_INVALID, "from 1 to 0");
    assert_null(cplug_arange(ctx, CPLUG_F32, 0, 1, 0));
    assert_error(ctx, CPLUG_E_INVALID, "steps of 0");
    assert_null(cplug_arange(ctx, CPLUG_F32, 0, INFINITY, 1));
    assert_error(ctx, CPLUG_E_INVALID, "inf");
    assert_null(cplug_linspace(ctx, CPLUG_F32, 0, 1, -1));
    assert_error(ctx, CPLUG_E_INVALID, "-1 steps");
    assert_null(cplug_zeros(ctx, CPLUG_F32, SHAPE(-1)));
    assert_error(ctx, CPLUG_E_SHAPE, "-1");
    assert_null(cplug_ones(ctx, 77, SHAPE(1)));
    assert_error(ctx, CPLUG_E_DTYPE, "77");
    test_close(ctx);
}

/* Words of the counter as the contract has them: element i is Philox(seed, offset + i / 4)[i % 4], uniform its top 24 bits. */
static void random_words(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    const cplug_host *host = cplug_host_table();
    cplug_rng_set(ctx, 42, 7);
    cplug_tensor *u = cplug_rand(ctx, CPLUG_F32, SHAPE(2, 5)), *n = cplug_randn(ctx, CPLUG_F64, SHAPE(3)),
                 *i = cplug_randint(ctx, CPLUG_I32, -5, 20, SHAPE(6));
    float have[10];
    double normal[3];
    int32_t whole[6];
    cplug_to_array(u, have, sizeof have);
    cplug_to_array(n, normal, sizeof normal);
    cplug_to_array(i, whole, sizeof whole);
    assert_ok(ctx);
    for (uint32_t k = 0; k < 10; k++) {
        uint32_t w[4];
        host->philox(42, 7 + k / 4, w);
        assert_true(have[k] == (float)(w[k % 4] >> 8) * 0x1p-24f);
    }
    for (uint32_t k = 0; k < 3; k++) {
        uint32_t w[4];
        host->philox(42, 10, w);
        const double r = sqrt(-2 * log(((w[k & 2] >> 8) + 1) * 0x1p-24)),
                     theta = 2 * 3.14159265358979323846 * (w[(k & 2) + 1] >> 8) * 0x1p-24;
        assert_true(fabs(normal[k] - r * (k & 1 ? sin(theta) : cos(theta))) < 1e-12);
    }
    for (uint32_t k = 0; k < 6; k++) {
        uint32_t w[4];
        host->philox(42, 11 + k / 4, w);
        const uint64_t bits = (uint64_t)w[k % 4] << 32 | w[(k + 2) % 4];
        __extension__ typedef unsigned __int128 wide;
        assert_int_equal(whole[k], -5 + (int32_t)((wide)bits * 25 >> 64));
    }
    uint64_t seed, offset;
    cplug_rng_get(ctx, &seed, &offset);
    assert_true(seed == 42 && offset == 13);
    test_close(ctx);
}

static void random_statistics(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=3");
    const int64_t n = 100000;
    cplug_tensor *u = cplug_rand(ctx, CPLUG_F32, 1, &n), *g = cplug_randn(ctx, CPLUG_F32, 1, &n),
                 *i = cplug_randint(ctx, CPLUG_I64, 0, 10, 1, &n);
    assert_values(cplug_mean(u, NULL, 0, 0), 0.005, 0.5);
    assert_values(cplug_var(u, NULL, 0, 1, 0), 0.002, 1 / 12.0);
    assert_true(test_item(cplug_amin(u, NULL, 0, 0)) >= 0 && test_item(cplug_amax(u, NULL, 0, 0)) < 1);
    assert_values(cplug_mean(g, NULL, 0, 0), 0.01, 0);
    assert_values(cplug_std(g, NULL, 0, 1, 0), 0.01, 1);
    assert_true(test_item(cplug_amin(i, NULL, 0, 0)) == 0 && test_item(cplug_amax(i, NULL, 0, 0)) == 9);
    for (int64_t threads = 1; threads <= 4; threads += 3) { /* the same numbers at every thread count, and after the seed is set again */
        cplug_threads(ctx, (int32_t)threads);
        cplug_seed(ctx, 3);
        assert_int_equal(cplug_equal(cplug_rand(ctx, CPLUG_F32, 1, &n), u), 1);
        assert_int_equal(cplug_equal(cplug_randn(ctx, CPLUG_F32, 1, &n), g), 1);
    }
    cplug_tensor *p = cplug_randperm(ctx, 1000), *q = cplug_randperm(ctx, 1000);
    assert_int_equal(cplug_equal(p, q), 0);
    cplug_tensor *seen = cplug_scatter_add(cplug_zeros(ctx, CPLUG_I64, SHAPE(1000)), 0, p, cplug_ones(ctx, CPLUG_I64, SHAPE(1000)));
    assert_int_equal(cplug_equal(seen, cplug_ones(ctx, CPLUG_I64, SHAPE(1000))), 1);
    assert_int_equal(cplug_tensor_numel(cplug_randperm(ctx, 0)), 0);
    assert_null(cplug_rand(ctx, CPLUG_I32, SHAPE(2)));
    assert_error(ctx, CPLUG_E_DTYPE, "rand: needs a float dtype, got i32");
    assert_null(cplug_randint(ctx, CPLUG_I64, 5, 5, SHAPE(2)));
    assert_error(ctx, CPLUG_E_INVALID, "[5, 5) is empty");
    assert_null(cplug_randint(ctx, CPLUG_U8, 0, 257, SHAPE(2)));
    assert_error(ctx, CPLUG_E_INVALID, "dtype");
    assert_null(cplug_randperm(ctx, -1));
    assert_error(ctx, CPLUG_E_INVALID, "-1");
    test_close(ctx);
}

static void like_another(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_transpose(cplug_ones(ctx, CPLUG_F64, SHAPE(2, 3)), 0, 1), *i = cplug_ones(ctx, CPLUG_U8, SHAPE(2));
    assert_int_equal(cplug_tensor_dtype(cplug_empty_like(x)), CPLUG_F64);
    assert_values(cplug_zeros_like(x), 0, 0, 0, 0, 0, 0, 0);
    assert_values(cplug_ones_like(i), 0, 1, 1);
    assert_values(cplug_full_like(i, 9), 0, 9, 9);
    assert_int_equal(cplug_tensor_size(cplug_rand_like(x), 0), 3);
    assert_int_equal(cplug_tensor_dtype(cplug_randn_like(x)), CPLUG_F64);
    assert_int_equal(cplug_tensor_dtype(cplug_randint_like(i, 0, 3)), CPLUG_U8);
    assert_int_equal(cplug_tensor_dtype(cplug_zeros_like(cplug_float(ctx, 2))), CPLUG_F32);
    assert_null(cplug_rand_like(i));
    assert_error(ctx, CPLUG_E_DTYPE, "u8");
    test_close(ctx);
}

static void comparing(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = FLOATS(ctx, SHAPE(3), 1, INFINITY, 0), *b = FLOATS(ctx, SHAPE(3), 1.00001f, INFINITY, 1e-9f),
                 *n = FLOATS(ctx, SHAPE(1), NAN);
    assert_int_equal(cplug_equal(a, a), 1);
    assert_int_equal(cplug_equal(a, b), 0);
    assert_int_equal(cplug_equal(a, cplug_slice(a, 0, 0, 2, 1)), 0);
    assert_int_equal(cplug_equal(n, n), 0);
    assert_int_equal(cplug_equal(cplug_ones(ctx, CPLUG_I64, SHAPE(2)), cplug_ones(ctx, CPLUG_F32, SHAPE(2))), 1);
    assert_int_equal(cplug_equal(cplug_ones(ctx, CPLUG_F32, SHAPE(0)), cplug_ones(ctx, CPLUG_F32, SHAPE(0))), 1);
    assert_int_equal(cplug_allclose(a, b, 1e-4, 1e-8, 0), 1);
    assert_int_equal(cplug_allclose(a, b, 1e-6, 1e-8, 0), 0);
    assert_int_equal(cplug_allclose(a, cplug_neg(a), 1, 1, 0), 0);
    assert_int_equal(cplug_allclose(FLOATS(ctx, SHAPE(1), 5), FLOATS(ctx, SHAPE(1), INFINITY), 1, 1, 0), 0);
    assert_int_equal(cplug_allclose(n, n, 1, 1, 0), 0);
    assert_int_equal(cplug_allclose(n, n, 1, 1, 1), 1);
    assert_int_equal(cplug_allclose(cplug_ones(ctx, CPLUG_BOOL, SHAPE(2)), cplug_ones(ctx, CPLUG_BOOL, SHAPE(2)), 0, 0, 0), 1);
    assert_int_equal(cplug_allclose(a, cplug_to(a, CPLUG_F64, NULL), 0, 0, 0), -1);
    assert_error(ctx, CPLUG_E_DTYPE, "f32 and f64");
    assert_int_equal(cplug_equal(a, NULL), -1);
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(constants),         cmocka_unit_test(ranges),       cmocka_unit_test(random_words),
                                        cmocka_unit_test(random_statistics), cmocka_unit_test(like_another), cmocka_unit_test(comparing) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
