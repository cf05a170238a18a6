/* test_ops_corners.c: corners that the table of op cases (tools/conformance) cannot say: dtypes that meet, many terms in one place, writing
 * where elements share memory. */
#include "support.h"

/* The logarithm of a narrow base is taken in the result's dtype. */
static void power_of_a_narrow_base(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = cplug_to(FLOATS(ctx, SHAPE(1), 0.89453125f), CPLUG_BF16, NULL);
    cplug_tensor *b = cplug_requires_grad(FLOATS(ctx, SHAPE(1), 2), 1);
    cplug_backward(cplug_sum(cplug_pow(a, b), ALL, 0));
    assert_values(cplug_tensor_grad(b), 1e-6, 0.89453125 * 0.89453125 * log(0.89453125));
    test_close(ctx);
}

/* Factors of another dtype than the result's are converted before they are multiplied, by kernels and by decompositions. */
static void product_of_wide_integers(void **state)
{
    (void)state;
    static const char *const devices[] = { "device=cpu", "device=sim" };
    for (uint32_t i = 0; i < CPLUG_COUNT(devices); i++) {
        if (i == 1 && !test_has_device("sim")) continue;
        cplug_context *ctx = test_open(devices[i]);
        cplug_tensor *big = cplug_from_array(ctx, CPLUG_I64, SHAPE(1), (int64_t[]){ 1ll << 40 });
        assert_values(cplug_addcmul(cplug_zeros(ctx, CPLUG_F32, SHAPE(1)), big, big, 1), 1e-6, 0x1p80);
        test_close(ctx);
    }
}

static void values_of_another_dtype(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *bits = cplug_zeros(ctx, CPLUG_BOOL, SHAPE(2)), *mask = cplug_from_array(ctx, CPLUG_BOOL, SHAPE(2), "\1");
    assert_values(cplug_masked_fill(bits, mask, cplug_float(ctx, 0.5)), 0, 1, 0);
    assert_values(cplug_masked_fill(bits, mask, cplug_full(ctx, CPLUG_F32, 0, NULL, 0.5)), 0, 1, 0);
    cplug_tensor *bytes = cplug_from_array(ctx, CPLUG_U8, SHAPE(3), "\0\7\377");
    assert_values(cplug_clamp(bytes, NULL, cplug_int(ctx, 1ll << 60)), 0, 0, 7, 255);
    assert_values(cplug_clamp(bytes, cplug_int(ctx, -300), cplug_int(ctx, 300)), 0, 0, 7, 255);
    test_close(ctx);
}

/* 4096 + 1 is 4096 in f16 and bf16: what meets in one place is added up in f32, in the gradients of picks too. */
static void many_terms_in_one_place(void **state)
{
    (void)state;
    static const cplug_dtype halves[] = { CPLUG_F16, CPLUG_BF16 };
    cplug_context *ctx = test_open(NULL);
    for (uint32_t i = 0; i < CPLUG_COUNT(halves); i++) {
        cplug_tensor *x = cplug_requires_grad(cplug_zeros(ctx, halves[i], SHAPE(2)), 1), *place = cplug_zeros(ctx, CPLUG_I64, SHAPE(8192));
        cplug_tensor *ones = cplug_ones(ctx, halves[i], SHAPE(8192));
        assert_values(cplug_scatter_add(x, 0, place, ones), 0, 8192, 0);
        cplug_backward(cplug_sum(cplug_index_select(x, 0, place), ALL, 0));
        assert_values(cplug_tensor_grad(x), 0, 8192, 0);
    }
    test_close(ctx);
}

static void shared_elements(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *wide = cplug_expand(cplug_ones(ctx, CPLUG_F32, SHAPE(1, 3)), SHAPE(2, 3));
    assert_int_equal(cplug_add_(wide, wide), CPLUG_E_INVALID);
    assert_error(ctx, CPLUG_E_INVALID, "expanded tensor share memory");
    assert_int_equal(cplug_fill_(wide, 2), CPLUG_E_INVALID);
    assert_error(ctx, CPLUG_E_INVALID, "clone it first");
    cplug_add_scalar_(cplug_expand(cplug_ones(ctx, CPLUG_F32, SHAPE(1, 3)), SHAPE(1, 3)), 1);
    test_close(ctx);
}

/* Statistics that lie in one buffer are moved while a gradient is recorded: they take no part in it. */
static void statistics_in_a_buffer(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *buffer = cplug_zeros(ctx, CPLUG_F32, SHAPE(2, 1)), *x = cplug_requires_grad(FLOATS(ctx, SHAPE(2, 1), 1, 3), 1);
    const cplug_batch_norm_args args = { sizeof args, 1, 0.5, 1e-5 };
    cplug_tensor *y = cplug_batch_norm(x, cplug_select(buffer, 0, 0), cplug_select(buffer, 0, 1), NULL, NULL, &args);
    cplug_backward(cplug_sum(y, ALL, 0));
    assert_values(buffer, 1e-6, 1, 1);
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_of_a_narrow_base),  cmocka_unit_test(product_of_wide_integers), cmocka_unit_test(values_of_another_dtype),
        cmocka_unit_test(many_terms_in_one_place), cmocka_unit_test(shared_elements),          cmocka_unit_test(statistics_in_a_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
