/* test_ops_norm.c: what softmax, dropout and batch_norm do beside their numbers (tools/conformance): random bits, running statistics,
 * mixed dtypes and layouts, names of gradients, errors. */
#include "support.h"

static void dropout_keeps_and_scales(void **state)
{
    (void)state;
    const int64_t n = 100000;
    cplug_context *ctx = test_open("seed=7");
    cplug_tensor *x = cplug_requires_grad(cplug_ones(ctx, CPLUG_F32, 1, &n), 1), *y = cplug_dropout(x, 0.3, 1);
    float *v = malloc((size_t)n * sizeof *v);
    cplug_to_array(cplug_detach(y), v, (uint64_t)n * sizeof *v);
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        assert_true(v[i] == 0.0f || fabsf(v[i] - 1.0f / 0.7f) < 1e-6f);
        kept += v[i] != 0.0f;
    }
    assert_true(kept > 69000 && kept < 71000);
    cplug_backward(cplug_sum(y, NULL, 0, 0)); /* the same elements, the same scale */
    assert_int_equal(cplug_equal(cplug_tensor_grad(x), cplug_detach(y)), 1);
    /* another call draws other numbers; the same seed draws the same */
    assert_int_equal(cplug_equal(cplug_dropout(x, 0.3, 1), y), 0);
    cplug_seed(ctx, 7);
    assert_int_equal(cplug_equal(cplug_dropout(x, 0.3, 1), y), 1);
    free(v);
    test_close(ctx);
}

/* Element i is kept where uniform number i of the same seed is at least p, on every device. */
static void dropout_bits(void **state)
{
    (void)state;
    const int64_t n = 1003;
    static const char *const devices[] = { "cpu", "sim" };
    for (int i = 0; i < 2; i++) {
        if (!test_has_device(devices[i])) continue;
        cplug_context *ctx = test_open("seed=11");
        cplug_device_set(ctx, devices[i]);
        cplug_tensor *u = cplug_rand(ctx, CPLUG_F32, 1, &n);
        cplug_seed(ctx, 11);
        cplug_tensor *y = cplug_dropout(cplug_ones(ctx, CPLUG_F32, 1, &n), 0.25, 1);
        assert_int_equal(cplug_equal(cplug_gt(y, cplug_float(ctx, 0)), cplug_ge(u, cplug_float(ctx, 0.25))), 1);
        test_close(ctx);
    }
}

static void dropout_edges(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = FLOATS(ctx, SHAPE(3), 1, 2, 3);
    assert_ptr_equal(cplug_dropout(x, 0.5, 0), x);
    assert_ptr_equal(cplug_dropout(x, 0, 1), x);
    assert_values(cplug_dropout(x, 1, 1), 0, 0, 0, 0);
    assert_int_equal(cplug_tensor_numel(cplug_dropout(cplug_zeros(ctx, CPLUG_F32, SHAPE(0, 3)), 0.5, 1)), 0);
    cplug_tensor *h = cplug_dropout(cplug_ones(ctx, CPLUG_F16, SHAPE(64)), 0.5, 1);
    assert_int_equal(cplug_tensor_dtype(h), CPLUG_F16);
    assert_null(cplug_dropout(x, 1.5, 1));
    assert_error(ctx, CPLUG_E_INVALID, "1.5");
    assert_null(cplug_dropout(x, NAN, 1));
    assert_error(ctx, CPLUG_E_INVALID, "probability");
    assert_null(cplug_dropout(cplug_ones(ctx, CPLUG_I32, SHAPE(3)), 0.5, 1));
    assert_error(ctx, CPLUG_E_DTYPE, "i32");
    test_close(ctx);
}

static void evaluation_leaves_statistics_alone(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=1");
    cplug_tensor *x = cplug_randn(ctx, CPLUG_F32, SHAPE(8, 3, 2, 2)), *mean = cplug_zeros(ctx, CPLUG_F32, SHAPE(3)),
                 *var = cplug_ones(ctx, CPLUG_F32, SHAPE(3));
    cplug_batch_norm_args args = CPLUG_BATCH_NORM_ARGS;
    cplug_batch_norm(x, mean, var, NULL, NULL, &args);
    assert_values(mean, 0, 0, 0, 0);
    assert_values(var, 0, 1, 1, 1);
    args.training = 1;
    args.momentum = 1.0; /* forgets all but this batch */
    cplug_batch_norm(x, mean, var, NULL, NULL, &args);
    const int32_t dims[3] = { 0, 2, 3 };
    assert_int_equal(cplug_allclose(mean, cplug_mean(x, dims, 3, 0), 1e-4, 1e-5, 0), 1);
    assert_int_equal(cplug_allclose(var, cplug_var(x, dims, 3, 1.0, 0), 1e-4, 1e-5, 0), 1);
    /* an empty batch teaches nothing */
    cplug_batch_norm(cplug_zeros(ctx, CPLUG_F32, SHAPE(0, 3)), mean, var, NULL, NULL, &args);
    assert_int_equal(cplug_allclose(mean, cplug_mean(x, dims, 3, 0), 1e-4, 1e-5, 0), 1);
    /* an evaluation recorded before training went on keeps the statistics that it saw */
    cplug_tensor *w = cplug_requires_grad(cplug_ones(ctx, CPLUG_F32, SHAPE(3)), 1);
    args.training = 0;
    cplug_tensor *y = cplug_batch_norm(x, mean, var, w, NULL, &args);
    args.training = 1;
    cplug_batch_norm(cplug_add_scalar(x, 5), mean, var, NULL, NULL, &args);
    cplug_backward(cplug_sum(y, NULL, 0, 0));
    assert_int_equal(cplug_allclose(cplug_tensor_grad(w), cplug_sum(cplug_detach(y), dims, 3, 0), 1e-4, 1e-4, 0), 1);
    test_close(ctx);
}

static void half_and_layout(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=2");
    cplug_tensor *x = cplug_randn(ctx, CPLUG_F32, SHAPE(4, 3, 4, 4)), *w = cplug_randn(ctx, CPLUG_F32, SHAPE(3));
    cplug_batch_norm_args args = CPLUG_BATCH_NORM_ARGS;
    args.training = 1;
    cplug_tensor *y = cplug_batch_norm(x, NULL, NULL, w, NULL, &args),
                 *h = cplug_batch_norm(cplug_to(x, CPLUG_BF16, NULL), NULL, NULL, w, NULL, &args);
    assert_int_equal(cplug_tensor_dtype(h), CPLUG_BF16);
    assert_int_equal(cplug_allclose(cplug_to(h, CPLUG_F32, NULL), y, 3e-2, 3e-2, 0), 1);
    cplug_tensor *last = cplug_batch_norm(cplug_channels_last(x), NULL, NULL, w, NULL, &args);
    cplug_meta m;
    cplug_tensor_meta(last, &m);
    assert_int_equal(m.layout, CPLUG_LAYOUT_CHANNELS_LAST);
    assert_int_equal(cplug_allclose(last, y, 1e-5, 1e-5, 0), 1);
    assert_true(cplug_tensor_is_contiguous(cplug_softmax(cplug_channels_last(x), 1)));
    assert_int_equal(cplug_allclose(cplug_softmax(cplug_channels_last(x), 1), cplug_softmax(x, 1), 1e-6, 1e-6, 0), 1);
    assert_int_equal(
        cplug_allclose(cplug_to(cplug_softmax(cplug_to(x, CPLUG_F16, NULL), 1), CPLUG_F32, NULL), cplug_softmax(x, 1), 1e-2, 1e-3, 0), 1);
    test_close(ctx);
}

static void names_of_gradients(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_requires_grad(cplug_ones(ctx, CPLUG_F32, SHAPE(2, 3)), 1);
    cplug_batch_norm_args args = CPLUG_BATCH_NORM_ARGS;
    args.training = 1;
    assert_string_equal(cplug_tensor_grad_fn(cplug_softmax(x, 1)), "SoftmaxBackward0");
    assert_string_equal(cplug_tensor_grad_fn(cplug_log_softmax(x, 1)), "LogSoftmaxBackward0");
    assert_string_equal(cplug_tensor_grad_fn(cplug_batch_norm(x, NULL, NULL, NULL, NULL, &args)), "NativeBatchNormBackward0");
    test_close(ctx);
}

static void wrong_input(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_ones(ctx, CPLUG_F32, SHAPE(2, 3)), *three = cplug_ones(ctx, CPLUG_F32, SHAPE(3)),
                 *two = cplug_ones(ctx, CPLUG_F32, SHAPE(2));
    cplug_batch_norm_args args = CPLUG_BATCH_NORM_ARGS;
    assert_null(cplug_softmax(x, 2));
    assert_error(ctx, CPLUG_E_SHAPE, "dimension 2");
    assert_null(cplug_log_softmax(cplug_ones(ctx, CPLUG_I64, SHAPE(2)), 0));
    assert_error(ctx, CPLUG_E_DTYPE, "i64");
    assert_null(cplug_batch_norm(x, NULL, NULL, NULL, NULL, &args));
    assert_error(ctx, CPLUG_E_INVALID, "running_mean");
    assert_null(cplug_batch_norm(x, three, NULL, NULL, NULL, &args));
    assert_error(ctx, CPLUG_E_INVALID, "running_var");
    assert_null(cplug_batch_norm(x, three, two, NULL, NULL, &args));
    assert_error(ctx, CPLUG_E_SHAPE, "running_var of shape [3], got [2]");
    args.training = 1;
    assert_null(cplug_batch_norm(x, NULL, NULL, two, NULL, &args));
    assert_error(ctx, CPLUG_E_SHAPE, "weight of shape [3], got [2]");
    assert_null(cplug_batch_norm(three, NULL, NULL, NULL, NULL, &args));
    assert_error(ctx, CPLUG_E_SHAPE, "[3]");
    assert_null(cplug_batch_norm(cplug_ones(ctx, CPLUG_F32, SHAPE(1, 3)), NULL, NULL, NULL, NULL, &args));
    assert_error(ctx, CPLUG_E_SHAPE, "more than 1 value per channel");
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(dropout_keeps_and_scales),
                                        cmocka_unit_test(dropout_bits),
                                        cmocka_unit_test(dropout_edges),
                                        cmocka_unit_test(evaluation_leaves_statistics_alone),
                                        cmocka_unit_test(half_and_layout),
                                        cmocka_unit_test(names_of_gradients),
                                        cmocka_unit_test(wrong_input) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
