/* test_ops_conv.c: conv2d, unfold, fold and pooling against PyTorch: values, gradients, second derivatives, layouts, empty sizes, errors.
 */
#include "golden/golden.h"
#include "golden/golden_conv.h"

static cplug_tensor *call_conv(cplug_tensor *const *in, const void *args, cplug_tensor **second)
{
    (void)second;
    return cplug_conv2d(in[0], in[1], in[2], args);
}

typedef struct slide {
    int64_t size[2], kernel[2];
    cplug_conv2d_args args;
} slide;
static cplug_tensor *call_unfold(cplug_tensor *const *in, const void *args, cplug_tensor **second)
{
    const slide *s = args;
    (void)second;
    return cplug_unfold(in[0], s->kernel, &s->args);
}
static cplug_tensor *call_fold(cplug_tensor *const *in, const void *args, cplug_tensor **second)
{
    const slide *s = args;
    (void)second;
    return cplug_fold(in[0], s->size, s->kernel, &s->args);
}
static cplug_tensor *call_max(cplug_tensor *const *in, const void *args, cplug_tensor **second)
{
    return cplug_max_pool2d(in[0], args, second);
}
static cplug_tensor *call_avg(cplug_tensor *const *in, const void *args, cplug_tensor **second)
{
    (void)second;
    return cplug_avg_pool2d(in[0], args);
}

#define CONV(...)                                                                                                                          \
    &(const cplug_conv2d_args) { sizeof(cplug_conv2d_args), 0, __VA_ARGS__ }
#define SLIDE(...)                                                                                                                         \
    &(const slide) { __VA_ARGS__ }
#define POOL(ceil, ...)                                                                                                                    \
    &(const cplug_pool2d_args) { sizeof(cplug_pool2d_args), ceil, __VA_ARGS__ }
#define SIZED (uint32_t)sizeof(cplug_conv2d_args), 0
static const golden_use uses[] = {
    { "conv2d", call_conv, NULL, 1 },
    { "conv2d without bias", call_conv, NULL, 1 },
    { "conv2d stride", call_conv, CONV({ 2, 1 }, { 1, 2 }, { 1, 1 }, 1), 1 },
    { "conv2d dilation", call_conv, CONV({ 1, 1 }, { 1, 1 }, { 2, 1 }, 1), 1 },
    { "conv2d groups", call_conv, CONV({ 1, 1 }, { 1, 1 }, { 1, 1 }, 2), 1 },
    { "conv2d depthwise", call_conv, CONV({ 1, 1 }, { 0, 0 }, { 1, 1 }, 3), 1 },
    { "conv2d unbatched", call_conv, NULL, 1 },
    { "conv2d of no images", call_conv, NULL, 0 },
    { "conv2d whole image", call_conv, NULL, 0 },
    { "unfold", call_unfold, SLIDE({ 0 }, { 2, 3 }, { SIZED, { 2, 1 }, { 1, 1 }, { 1, 2 }, 1 }), 1 },
    { "unfold unbatched", call_unfold, SLIDE({ 0 }, { 2, 2 }, { SIZED, { 1, 1 }, { 0, 0 }, { 1, 1 }, 1 }), 0 },
    { "fold", call_fold, SLIDE({ 4, 5 }, { 2, 2 }, { SIZED, { 1, 2 }, { 1, 0 }, { 1, 1 }, 1 }), 1 },
    { "fold unbatched", call_fold, SLIDE({ 3, 3 }, { 2, 2 }, { SIZED, { 1, 1 }, { 0, 0 }, { 1, 1 }, 1 }), 0 },
    { "max_pool2d", call_max, NULL, 1 },
    { "max_pool2d overlapping", call_max, POOL(0, { 3, 3 }, { 2, 1 }, { 1, 1 }, { 1, 1 }, 1, 0, 0), 1 },
    { "max_pool2d ceil", call_max, POOL(1, { 2, 3 }, { 2, 2 }, { 0, 1 }, { 1, 1 }, 1, 0, 0), 0 },
    { "max_pool2d dilation", call_max, POOL(0, { 2, 2 }, { 1, 1 }, { 0, 0 }, { 2, 2 }, 1, 0, 0), 0 },
    { "max_pool2d ties", call_max, POOL(0, { 2, 2 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, 1, 0, 0), 0 },
    { "max_pool2d of -inf", call_max, POOL(0, { 2, 2 }, { 0, 0 }, { 1, 1 }, { 1, 1 }, 1, 0, 0), 0 },
    { "max_pool2d unbatched", call_max, NULL, 0 },
    { "max_pool2d of no images", call_max, NULL, 0 },
    { "avg_pool2d", call_avg, NULL, 1 },
    { "avg_pool2d padded", call_avg, POOL(0, { 3, 3 }, { 2, 2 }, { 1, 1 }, { 1, 1 }, 1, 0, 0), 1 },
    { "avg_pool2d without padding counted", call_avg, POOL(0, { 3, 3 }, { 2, 2 }, { 1, 1 }, { 1, 1 }, 0, 0, 0), 1 },
    { "avg_pool2d ceil", call_avg, POOL(1, { 3, 3 }, { 2, 2 }, { 1, 1 }, { 1, 1 }, 1, 0, 0), 0 },
    { "avg_pool2d ceil without padding counted", call_avg, POOL(1, { 2, 3 }, { 3, 2 }, { 1, 1 }, { 1, 1 }, 0, 0, 0), 0 },
    { "avg_pool2d divisor", call_avg, POOL(0, { 2, 2 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, 1, 0, 3), 0 },
    { "avg_pool2d unbatched", call_avg, POOL(0, { 1, 2 }, { 0, 0 }, { 0, 0 }, { 1, 1 }, 1, 0, 0), 0 },
};
#define GOLDEN golden_conv, CPLUG_COUNT(golden_conv), uses, CPLUG_COUNT(uses)
GOLDEN_TESTS(GOLDEN)

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

static void maxima_of_integers_and_nan(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_pool2d_args args = CPLUG_POOL2D_ARGS;
    args.padding[0] = args.padding[1] = 1;
    cplug_tensor *x = cplug_from_array(ctx, CPLUG_I32, SHAPE(1, 1, 2, 2), (int32_t[]){ -5, INT32_MIN, -7, -9 }), *at;
    cplug_tensor *y = cplug_max_pool2d(x, &args, &at);
    assert_int_equal(cplug_tensor_dtype(y), CPLUG_I32);
    assert_values(y, 0, -5, INT32_MIN, -7, -9);
    assert_values(at, 0, 0, 1, 2, 3);
    x = FLOATS(ctx, SHAPE(1, 1, 2, 4), 1, NAN, 3, 4, 5, 6, 7, INFINITY);
    assert_values(cplug_max_pool2d(x, NULL, &at), 0, NAN, INFINITY);
    assert_values(at, 0, 1, 7);
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

static void half_precision(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=5");
    cplug_tensor *x = cplug_randn(ctx, CPLUG_F32, SHAPE(2, 3, 5, 5)), *w = cplug_randn(ctx, CPLUG_F32, SHAPE(4, 3, 3, 3)),
                 *b = cplug_randn(ctx, CPLUG_F32, SHAPE(4));
    static const struct {
        cplug_dtype dtype;
        double tolerance;
    } kinds[] = { { CPLUG_F16, 2e-2 }, { CPLUG_BF16, 1e-1 } };
    for (int i = 0; i < 2; i++) {
        const cplug_dtype d = kinds[i].dtype;
        cplug_tensor *y = cplug_conv2d(cplug_to(x, d, NULL), cplug_to(w, d, NULL), cplug_to(b, d, NULL), NULL);
        assert_int_equal(cplug_tensor_dtype(y), d);
        assert_int_equal(
            cplug_allclose(cplug_to(y, CPLUG_F32, NULL), cplug_conv2d(x, w, b, NULL), kinds[i].tolerance, kinds[i].tolerance, 0), 1);
        y = cplug_avg_pool2d(cplug_to(x, d, NULL), NULL);
        assert_int_equal(cplug_allclose(cplug_to(y, CPLUG_F32, NULL), cplug_avg_pool2d(x, NULL), kinds[i].tolerance, kinds[i].tolerance, 0),
                         1);
    }
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
    const struct CMUnitTest tests[] = { GOLDEN_TEST_LIST,
                                        cmocka_unit_test(layouts),
                                        cmocka_unit_test(maxima_of_integers_and_nan),
                                        cmocka_unit_test(no_channels),
                                        cmocka_unit_test(half_precision),
                                        cmocka_unit_test(names_of_gradients),
                                        cmocka_unit_test(wrong_conv),
                                        cmocka_unit_test(wrong_windows) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
