/* test_ops_reduce.c: what reductions do beside their numbers (tools/conformance): dtypes of auxiliary results, long sums in f16, errors. */
#include "support.h"

static void dtypes(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    static const cplug_dtype whole[] = { CPLUG_BOOL, CPLUG_U8, CPLUG_I8, CPLUG_I16, CPLUG_I32, CPLUG_I64 };
    for (uint32_t i = 0; i < CPLUG_COUNT(whole); i++) {
        cplug_tensor *at;
        assert_int_equal(cplug_tensor_dtype(cplug_max(cplug_ones(ctx, whole[i], SHAPE(3)), 0, 0, &at)), whole[i]);
        assert_int_equal(cplug_tensor_dtype(at), CPLUG_I64);
    }
    /* f16 is summed in f32: 4096 ones and then as many halves would be lost otherwise */
    cplug_tensor *h = cplug_cat(LIST(cplug_full(ctx, CPLUG_F16, SHAPE(4096), 1), cplug_full(ctx, CPLUG_F16, SHAPE(4096), 0.5)), 0);
    assert_int_equal(cplug_tensor_dtype(h), CPLUG_F16);
    assert_values(cplug_sum(h, ALL, 0), 0, 6144);
    assert_values(cplug_mean(h, ALL, 0), 0, 0.75);
    assert_values(cplug_var(h, ALL, 0, 0), 1e-3, 0.0625);
    test_close(ctx);
}

static void errors(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_ones(ctx, CPLUG_F32, SHAPE(2, 3)), *none = cplug_ones(ctx, CPLUG_F32, SHAPE(0, 3)),
                 *i = cplug_ones(ctx, CPLUG_I32, SHAPE(2));
    assert_null(cplug_sum(x, DIMS(2), 0));
    assert_error(ctx, CPLUG_E_SHAPE, "sum: dimension 2 is out of range: a 2-d tensor has dimensions -2 to 1");
    assert_null(cplug_sum(x, DIMS(0, -2), 0));
    assert_error(ctx, CPLUG_E_INVALID, "dimension 0 appears more than once");
    assert_null(cplug_sum(x, (int32_t[9]){ 0 }, 9, 0));
    assert_error(ctx, CPLUG_E_INVALID, "9");
    assert_null(cplug_mean(i, ALL, 0));
    assert_error(ctx, CPLUG_E_DTYPE, "i32");
    assert_null(cplug_var(i, ALL, 1, 0));
    assert_error(ctx, CPLUG_E_DTYPE, "i32");
    assert_null(cplug_amax(none, ALL, 0));
    assert_error(ctx, CPLUG_E_SHAPE, "[0, 3] has no elements");
    assert_null(cplug_max(none, 0, 0, NULL));
    assert_error(ctx, CPLUG_E_SHAPE, "dimension 0 of shape [0, 3] has no elements");
    assert_null(cplug_argmax(none, CPLUG_ALL, 0));
    assert_error(ctx, CPLUG_E_SHAPE, "argmax");
    assert_null(cplug_sum_to_size(x, SHAPE(2)));
    assert_error(ctx, CPLUG_E_SHAPE, "[2]");
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(dtypes), cmocka_unit_test(errors) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
