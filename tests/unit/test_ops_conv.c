/* test_ops_conv.c: what conv2d, unfold, fold and pooling do beside their numbers (tools/conformance): layouts, images without a batch,
 * no channels, names of gradients, errors. */
#include "support.h"

static int is_channels_last(cplug_tensor *t)
{
    cplug_meta m;
    cplug_tensor_meta(t, &m);
    return m.layout == CPLUG_LAYOUT_CHANNELS_LAST && cplug_tensor_strides(t)[1] == 1;
}

/* Channels-last in, channels-last out, and the same numbers. */
static void layouts(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=3");
    cplug_tensor *x = cplug_randn(ctx, CPLUG_F32, SHAPE(2, 4, 6, 5)), *w = cplug_randn(ctx, CPLUG_F32, SHAPE(3, 4, 3, 3)),
                 *last = cplug_channels_last(x);
    cplug_tensor *plain[] = { cplug_conv2d(x, w, NULL, NULL), cplug_max_pool2d(x, NULL, NULL), cplug_avg_pool2d(x, NULL) };
    cplug_tensor *other[] = { cplug_conv2d(last, w, NULL, NULL), cplug_max_pool2d(last, NULL, NULL), cplug_avg_pool2d(last, NULL) };
    assert_ok(ctx);
    for (int i = 0; i < 3; i++) {
        assert_true(cplug_tensor_is_contiguous(plain[i]));
        assert_true(is_channels_last(other[i]));
        assert_int_equal(cplug_allclose(plain[i], other[i], 1e-5, 1e-6, 0), 1);
    }
    assert_true(is_channels_last(cplug_conv2d(x, cplug_channels_last(w), NULL, NULL)));
    test_close(ctx);
}

/* An image without a batch gives what a batch of one gives, without the batch. */
static void unbatched(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=4");
    cplug_tensor *x = cplug_requires_grad(cplug_randn(ctx, CPLUG_F32, SHAPE(2, 4, 4)), 1), *one = cplug_unsqueeze(x, 0), *at[2];
    cplug_tensor *w = cplug_randn(ctx, CPLUG_F32, SHAPE(3, 2, 3, 3)), *b = cplug_randn(ctx, CPLUG_F32, SHAPE(3));
    cplug_tensor *columns = cplug_requires_grad(cplug_randn(ctx, CPLUG_F32, SHAPE(4, 4)), 1), *batch = cplug_unsqueeze(columns, 0);
    const int64_t kernel[2] = { 2, 2 }, size[2] = { 3, 3 };
    const struct {
        cplug_tensor *of, *alone, *in_batch;
    } cases[] = {
        { x, cplug_conv2d(x, w, b, NULL), cplug_conv2d(one, w, b, NULL) },
        { x, cplug_unfold(x, kernel, NULL), cplug_unfold(one, kernel, NULL) },
        { columns, cplug_fold(columns, size, kernel, NULL), cplug_fold(batch, size, kernel, NULL) },
        { x, cplug_max_pool2d(x, NULL, &at[0]), cplug_max_pool2d(one, NULL, &at[1]) },
        { x, cplug_avg_pool2d(x, NULL), cplug_avg_pool2d(one, NULL) },
    };
    for (uint32_t i = 0; i < CPLUG_COUNT(cases); i++) {
        cplug_tensor *grad[2], *sums[2] = { cplug_sum(cplug_mul(cases[i].alone, cases[i].alone), NULL, 0, 0),
                                            cplug_sum(cplug_mul(cases[i].in_batch, cases[i].in_batch), NULL, 0, 0) };
        cplug_tensor *of = cases[i].of;
        assert_int_equal(cplug_equal(cplug_unsqueeze(cases[i].alone, 0), cases[i].in_batch), 1);
        for (int k = 0; k < 2; k++) cplug_grad(&sums[k], 1, &of, 1, NULL, &grad[k]);
        assert_int_equal(cplug_equal(grad[0], grad[1]), 1);
    }
    assert_int_equal(cplug_equal(cplug_unsqueeze(at[0], 0), at[1]), 1);
    test_close(ctx);
}

/* A sum over no channels is the bias. */
static void no_channels(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_ones(ctx, CPLUG_F32, SHAPE(1, 0, 3, 2)),
                 *w = cplug_requires_grad(cplug_ones(ctx, CPLUG_F32, SHAPE(2, 0, 3, 2)), 1);
    cplug_tensor *y = cplug_conv2d(x, w, FLOATS(ctx, SHAPE(2), 3, 4), NULL);
    assert_values(y, 0, 3, 4);
    cplug_backward(cplug_sum(y, NULL, 0, 0));
    assert_int_equal(cplug_tensor_numel(cplug_tensor_grad(w)), 0);
    test_close(ctx);
}

static void names_of_gradients(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_requires_grad(cplug_ones(ctx, CPLUG_F32, SHAPE(1, 1, 4, 4)), 1),
                 *w = cplug_ones(ctx, CPLUG_F32, SHAPE(1, 1, 2, 2));
    assert_string_equal(cplug_tensor_grad_fn(cplug_conv2d(x, w, NULL, NULL)), "ConvolutionBackward0");
    assert_string_equal(cplug_tensor_grad_fn(cplug_max_pool2d(x, NULL, NULL)), "MaxPool2DWithIndicesBackward0");
    assert_string_equal(cplug_tensor_grad_fn(cplug_avg_pool2d(x, NULL)), "AvgPool2DBackward0");
    assert_string_equal(cplug_tensor_grad_fn(cplug_unfold(x, (int64_t[]){ 2, 2 }, NULL)), "Im2ColBackward0");
    test_close(ctx);
}

static void wrong_conv(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_ones(ctx, CPLUG_F32, SHAPE(1, 2, 4, 4)), *w = cplug_ones(ctx, CPLUG_F32, SHAPE(4, 2, 3, 3)),
                 *b = cplug_ones(ctx, CPLUG_F32, SHAPE(3));
    cplug_conv2d_args args = CPLUG_CONV2D_ARGS;
    assert_null(cplug_conv2d(x, cplug_ones(ctx, CPLUG_F32, SHAPE(4, 3, 3, 3)), NULL, NULL));
    assert_error(ctx, CPLUG_E_SHAPE, "input [1, 2, 4, 4] has 2 channels, but weight [4, 3, 3, 3] with groups=1 expects 3");
    assert_null(cplug_conv2d(x, w, b, NULL));
    assert_error(ctx, CPLUG_E_SHAPE, "bias of shape [4], got [3]");
    assert_null(cplug_conv2d(cplug_ones(ctx, CPLUG_F32, SHAPE(2, 4)), w, NULL, NULL));
    assert_error(ctx, CPLUG_E_SHAPE, "[2, 4]");
    assert_null(cplug_conv2d(x, cplug_to(w, CPLUG_F64, NULL), NULL, NULL));
    assert_error(ctx, CPLUG_E_DTYPE, "f64");
    assert_null(cplug_conv2d(x, cplug_ones(ctx, CPLUG_F32, SHAPE(4, 2, 5, 3)), NULL, NULL));
    assert_error(ctx, CPLUG_E_SHAPE, "5 x 3");
    args.stride[1] = 0;
    assert_null(cplug_conv2d(x, w, NULL, &args));
    assert_error(ctx, CPLUG_E_INVALID, "stride");
    args.stride[1] = 1;
    args.padding[0] = -1;
    assert_null(cplug_conv2d(x, w, NULL, &args));
    assert_error(ctx, CPLUG_E_INVALID, "padding");
    args.padding[0] = 0;
    args.groups = 0;
    assert_null(cplug_conv2d(x, w, NULL, &args));
    assert_error(ctx, CPLUG_E_INVALID, "groups");
    args.groups = 1;
    args.padding[0] = INT64_MAX;
    assert_null(cplug_conv2d(x, w, NULL, &args));
    assert_error(ctx, CPLUG_E_INVALID, "padding");
    /* sizes that no memory holds are an error, and nothing overflows on the way */
    args.padding[0] = args.padding[1] = INT32_MAX;
    assert_null(cplug_conv2d(x, w, NULL, &args));
    assert_error(ctx, CPLUG_E_SHAPE, "large");
    args.stride[0] = args.stride[1] = INT32_MAX;
    assert_null(cplug_unfold(x, (int64_t[]){ INT32_MAX, INT32_MAX }, &args));
    assert_error(ctx, CPLUG_E_SHAPE, "large");
    test_close(ctx);
}

static void wrong_windows(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_ones(ctx, CPLUG_F32, SHAPE(1, 2, 4, 4)), *out[1] = { NULL };
    cplug_pool2d_args args = CPLUG_POOL2D_ARGS;
    args.padding[0] = 2;
    assert_null(cplug_max_pool2d(x, &args, NULL));
    assert_error(ctx, CPLUG_E_INVALID, "half");
    args.padding[0] = 0;
    args.kernel[0] = 5;
    assert_null(cplug_avg_pool2d(x, &args));
    assert_error(ctx, CPLUG_E_SHAPE, "larger than");
    assert_null(cplug_avg_pool2d(cplug_ones(ctx, CPLUG_I32, SHAPE(1, 1, 2, 2)), NULL));
    assert_error(ctx, CPLUG_E_DTYPE, "i32");
    assert_null(cplug_fold(cplug_ones(ctx, CPLUG_F32, SHAPE(1, 5, 9)), (int64_t[]){ 4, 4 }, (int64_t[]){ 2, 2 }, NULL));
    assert_error(ctx, CPLUG_E_SHAPE, "[1, 5, 9]");
    /* through the door, a list of the wrong length */
    const int64_t three[3] = { 2, 2, 2 };
    const cplug_value attr = { CPLUG_OPT_INTS, 3, { .iv = three } };
    const cplug_arg in[1] = { CPLUG_ARG(x) };
    assert_int_not_equal(cplug_dispatch(ctx, "max_pool2d", in, 1, &attr, 1, out, 1), CPLUG_OK);
    assert_error(ctx, CPLUG_E_INVALID, "kernel_size");
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(layouts),     cmocka_unit_test(unbatched),
                                        cmocka_unit_test(no_channels), cmocka_unit_test(names_of_gradients),
                                        cmocka_unit_test(wrong_conv),  cmocka_unit_test(wrong_windows) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
