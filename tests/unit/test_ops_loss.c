/* test_ops_loss.c: what losses do beside their numbers (tools/conformance): targets of every integer dtype, names of gradients, errors. */
#include "support.h"

static void any_integer_target(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=1");
    static const cplug_dtype dtypes[] = { CPLUG_I64, CPLUG_I32, CPLUG_I16, CPLUG_I8, CPLUG_U8 };
    cplug_tensor *x = cplug_randn(ctx, CPLUG_F32, SHAPE(3, 4)), *t = cplug_from_array(ctx, CPLUG_I64, SHAPE(3), (int64_t[]){ 3, 0, 2 });
    const double expected = test_item(cplug_cross_entropy(x, t, NULL));
    for (uint32_t i = 0; i < CPLUG_COUNT(dtypes); i++) {
        assert_float_equal(test_item(cplug_cross_entropy(x, cplug_to(t, dtypes[i], NULL), NULL)), expected, 1e-6);
        assert_float_equal(test_item(cplug_nll_loss(cplug_log_softmax(x, 1), cplug_to(t, dtypes[i], NULL), NULL)), expected, 1e-6);
    }
    test_close(ctx);
}

static void names_of_gradients(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_requires_grad(cplug_full(ctx, CPLUG_F32, SHAPE(2, 3), 0.5), 1), *y = cplug_zeros(ctx, CPLUG_F32, SHAPE(2, 3));
    cplug_tensor *t = cplug_zeros(ctx, CPLUG_I64, SHAPE(2));
    assert_string_equal(cplug_tensor_grad_fn(cplug_mse_loss(x, y, 1)), "MseLossBackward0");
    assert_string_equal(cplug_tensor_grad_fn(cplug_smooth_l1_loss(x, y, 1, 1)), "SmoothL1LossBackward0");
    assert_string_equal(cplug_tensor_grad_fn(cplug_binary_cross_entropy(x, y, NULL, 1)), "BinaryCrossEntropyBackward0");
    assert_string_equal(cplug_tensor_grad_fn(cplug_binary_cross_entropy_with_logits(x, y, NULL, NULL, 1)),
                        "BinaryCrossEntropyWithLogitsBackward0");
    assert_string_equal(cplug_tensor_grad_fn(cplug_nll_loss(x, t, NULL)), "NllLossBackward0");
    assert_string_equal(cplug_tensor_grad_fn(cplug_cross_entropy(x, t, NULL)), "NllLossBackward0");
    test_close(ctx);
}

static void wrong_targets(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_ones(ctx, CPLUG_F32, SHAPE(2, 3)), *t = cplug_ones(ctx, CPLUG_I64, SHAPE(4));
    cplug_cross_entropy_args args = CPLUG_CROSS_ENTROPY_ARGS;
    assert_null(cplug_cross_entropy(x, t, NULL));
    assert_error(ctx, CPLUG_E_SHAPE, "cross_entropy: input [2, 3] needs a target of shape [2], got [4]");
    assert_null(cplug_nll_loss(x, t, NULL));
    assert_error(ctx, CPLUG_E_SHAPE, "[4]");
    assert_null(cplug_cross_entropy(x, cplug_ones(ctx, CPLUG_F32, SHAPE(2)), NULL));
    assert_error(ctx, CPLUG_E_DTYPE, "class numbers");
    assert_null(cplug_cross_entropy(x, cplug_ones(ctx, CPLUG_I64, SHAPE(2, 3)), NULL));
    assert_error(ctx, CPLUG_E_DTYPE, "probabilities");
    assert_null(cplug_nll_loss(x, cplug_ones(ctx, CPLUG_F32, SHAPE(2)), NULL));
    assert_error(ctx, CPLUG_E_DTYPE, "f32");
    assert_null(cplug_cross_entropy(cplug_ones(ctx, CPLUG_I32, SHAPE(2, 3)), cplug_ones(ctx, CPLUG_I64, SHAPE(2)), NULL));
    assert_error(ctx, CPLUG_E_DTYPE, "i32");
    /* a class that does not exist: too large, negative; the ignored one is no error */
    const int64_t targets[] = { 3, -1 };
    for (int i = 0; i < 2; i++) {
        t = cplug_from_array(ctx, CPLUG_I64, SHAPE(2), (int64_t[]){ 0, targets[i] });
        cplug_tensor *y = cplug_cross_entropy(x, t, NULL);
        double value;
        if (y) cplug_item(y, &value);
        assert_int_not_equal(cplug_failed(ctx), CPLUG_OK);
        assert_non_null(strstr(cplug_error_text(ctx), i ? "-1" : "3"));
        cplug_error_clear(ctx);
        args.ignore_index = targets[i];
        assert_float_equal(test_item(cplug_cross_entropy(x, t, &args)), log(3), 1e-6);
    }
    args.ignore_index = -100;
    args.weight = cplug_ones(ctx, CPLUG_F32, SHAPE(2));
    t = cplug_zeros(ctx, CPLUG_I64, SHAPE(2));
    assert_null(cplug_cross_entropy(x, t, &args));
    assert_error(ctx, CPLUG_E_SHAPE, "weight of shape [3], got [2]");
    args.weight = NULL;
    args.label_smoothing = 1.5;
    assert_null(cplug_cross_entropy(x, t, &args));
    assert_error(ctx, CPLUG_E_INVALID, "1.5");
    test_close(ctx);
}

static void wrong_pairs(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_ones(ctx, CPLUG_F32, SHAPE(2, 3)), *y = cplug_ones(ctx, CPLUG_F32, SHAPE(2)),
                 *i = cplug_ones(ctx, CPLUG_I32, SHAPE(2));
    assert_null(cplug_mse_loss(x, y, CPLUG_REDUCTION_MEAN));
    assert_error(ctx, CPLUG_E_SHAPE, "[2, 3] and [2]");
    assert_null(cplug_mse_loss(i, i, CPLUG_REDUCTION_MEAN));
    assert_error(ctx, CPLUG_E_DTYPE, "i32");
    assert_null(cplug_mse_loss(x, x, 7));
    assert_error(ctx, CPLUG_E_INVALID, "reduction");
    assert_null(cplug_smooth_l1_loss(x, x, -1.0, CPLUG_REDUCTION_MEAN));
    assert_error(ctx, CPLUG_E_INVALID, "beta");
    assert_null(cplug_binary_cross_entropy(x, y, NULL, CPLUG_REDUCTION_MEAN));
    assert_error(ctx, CPLUG_E_SHAPE, "target must have shape [2, 3], got [2]");
    assert_null(cplug_binary_cross_entropy_with_logits(x, x, NULL, cplug_ones(ctx, CPLUG_F32, SHAPE(2)), CPLUG_REDUCTION_MEAN));
    assert_error(ctx, CPLUG_E_SHAPE, "pos_weight");
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(any_integer_target), cmocka_unit_test(names_of_gradients),
                                        cmocka_unit_test(wrong_targets), cmocka_unit_test(wrong_pairs) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
