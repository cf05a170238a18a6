/* test_ops_reduce.c: reductions against PyTorch: dims, keepdim, zeros in products, ties, NaN, empty tensors, dtypes, errors. */
#include "golden/golden_calls.h"
#include "golden/golden_reduce.h"

#define FIVE(X, name)                                                                                                                      \
    X(name, 1, cplug_##name(a, ALL, 0))                                                                                                    \
    X(name##_dim, 1, cplug_##name(a, DIMS(1), 0))                                                                                          \
    X(name##_keep, 1, cplug_##name(a, DIMS(-1), 1))                                                                                        \
    X(name##_dims, 1, cplug_##name(a, DIMS(0, 2), 0)) X(name##_number, 0, cplug_##name(a, ALL, 0))
#define SPREAD(X, name)                                                                                                                    \
    X(name, 1, cplug_##name(a, ALL, 1, 0))                                                                                                 \
    X(name##_dims, 1, cplug_##name(a, DIMS(0, 2), 0, 1)) X(name##_one, 0, cplug_##name(a, DIMS(0), 1, 0))
#define WHERE_IS(X, name)                                                                                                                  \
    X(name, 1, cplug_##name(a, 1, 0, second))                                                                                              \
    X(name##_keep, 0, cplug_##name(a, -1, 1, second)) X(name##_number, 0, cplug_##name(a, 0, 0, second))
#define POSITION(X, name)                                                                                                                  \
    X(name, 0, cplug_##name(a, CPLUG_ALL, 0))                                                                                              \
    X(name##_dim, 0, cplug_##name(a, 1, 1)) X(name##_keep, 0, cplug_##name(a, CPLUG_ALL, 1)) X(name##_nan, 0, cplug_##name(a, 0, 0))
#define QUANTOR(X, name)                                                                                                                   \
    X(name, 0, cplug_##name(a, ALL, 0)) X(name##_dim, 0, cplug_##name(a, DIMS(1), 0)) X(name##_nothing, 0, cplug_##name(a, DIMS(0), 0))
/* clang-format off */
#define CASES(X) \
    FIVE(X, sum) \
    FIVE(X, mean) \
    X(prod, 1, cplug_prod(a, ALL, 0)) \
    X(prod_dim, 1, cplug_prod(a, DIMS(1), 0)) \
    X(prod_keep, 1, cplug_prod(a, DIMS(-1), 1)) \
    X(prod_number, 0, cplug_prod(a, ALL, 0)) \
    FIVE(X, amax) \
    FIVE(X, amin) \
    X(prod_strided, 1, cplug_prod(cplug_transpose(a, 0, 1), DIMS(0), 0)) \
    X(prod_zeros_0, 1, cplug_prod(a, ALL, 0)) \
    X(prod_zeros_00, 1, cplug_prod(a, ALL, 0)) \
    X(prod_zeros_all, 1, cplug_prod(a, ALL, 0)) \
    X(prod_zeros_1, 0, cplug_prod(a, ALL, 0)) \
    X(prod_zeros_nan, 0, cplug_prod(a, ALL, 0)) \
    X(amax_ties, 0, cplug_amax(a, DIMS(1), 0)) \
    X(amin_nan, 0, cplug_amin(a, DIMS(1), 0)) \
    SPREAD(X, var) \
    SPREAD(X, std) \
    X(var_too_few, 0, cplug_var(a, DIMS(0), 3, 0)) \
    X(std_of_equal, 0, cplug_std(a, DIMS(0), 1, 0)) \
    WHERE_IS(X, max) \
    WHERE_IS(X, min) \
    POSITION(X, argmax) \
    POSITION(X, argmin) \
    QUANTOR(X, any) \
    QUANTOR(X, all) \
    X(sum_to_size, 1, cplug_sum_to_size(a, SHAPE(3, 1))) \
    X(sum_to_size_number, 0, cplug_sum_to_size(a, 0, NULL)) \
    X(sum_nothing, 0, cplug_sum(a, DIMS(0), 0)) \
    X(prod_nothing, 0, cplug_prod(a, DIMS(0), 0)) \
    X(mean_nothing, 0, cplug_mean(a, DIMS(0), 0)) \
    X(amax_of_none, 0, cplug_amax(a, DIMS(1), 0))
/* clang-format on */
CASES(GOLDEN_CALL)
static const golden_use uses[] = { CASES(GOLDEN_USE) };
#define GOLDEN golden_reduce, CPLUG_COUNT(golden_reduce), uses, CPLUG_COUNT(uses)
GOLDEN_TESTS(GOLDEN)

static void dtypes(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    static const cplug_dtype whole[] = { CPLUG_BOOL, CPLUG_U8, CPLUG_I8, CPLUG_I16, CPLUG_I32, CPLUG_I64 };
    for (uint32_t i = 0; i < CPLUG_COUNT(whole); i++) {
        cplug_tensor *x = cplug_ones(ctx, whole[i], SHAPE(300)), *at;
        assert_int_equal(cplug_tensor_dtype(cplug_sum(x, ALL, 0)), CPLUG_I64);
        assert_values(cplug_sum(x, ALL, 0), 0, 300);
        assert_int_equal(cplug_tensor_dtype(cplug_prod(x, ALL, 0)), CPLUG_I64);
        assert_int_equal(cplug_tensor_dtype(cplug_amax(x, ALL, 0)), whole[i]);
        assert_int_equal(cplug_tensor_dtype(cplug_max(x, 0, 0, &at)), whole[i]);
        assert_int_equal(cplug_tensor_dtype(at), CPLUG_I64);
        assert_int_equal(cplug_tensor_dtype(cplug_argmin(x, 0, 0)), CPLUG_I64);
        assert_int_equal(cplug_tensor_dtype(cplug_all(x, ALL, 0)), whole[i] == CPLUG_U8 ? CPLUG_U8 : CPLUG_BOOL);
        assert_values(cplug_all(x, ALL, 0), 0, 1);
        assert_int_equal(cplug_tensor_dtype(cplug_sum_to_size(x, SHAPE(1))), CPLUG_I64);
    }
    const cplug_arg in[] = { CPLUG_ARG(cplug_ones(ctx, CPLUG_I32, SHAPE(3))) };
    const cplug_value attr[] = { { CPLUG_OPT_INTS, 0, { .iv = NULL } },
                                 { CPLUG_OPT_BOOL, 0, { .i = 0 } },
                                 { CPLUG_OPT_INT, 0, { .i = CPLUG_F64 } } };
    cplug_tensor *out[1] = { NULL };
    cplug_dispatch(ctx, "mean", in, 1, attr, 3, out, 1);
    assert_ok(ctx);
    assert_int_equal(cplug_tensor_dtype(out[0]), CPLUG_F64);
    assert_values(out[0], 0, 1);
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
    const struct CMUnitTest tests[] = { GOLDEN_TEST_LIST, cmocka_unit_test(dtypes), cmocka_unit_test(errors) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
