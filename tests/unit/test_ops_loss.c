/* test_ops_loss.c: losses against PyTorch: reductions, weights, ignored targets, label smoothing, probabilities; gradients, second
 * derivatives, limits, empty sizes, errors. */
#include "golden/golden.h"
#include "golden/golden_loss.h"

typedef struct options {
    int32_t reduction;
    double beta, smoothing;
    int64_t ignore;
} options;
#define OPTIONS(...)                                                                                                                       \
    &(const options) { __VA_ARGS__ }
#define R(reduction) OPTIONS(CPLUG_REDUCTION_##reduction, 1.0, 0.0, -100)
#define I(reduction, ignore) OPTIONS(CPLUG_REDUCTION_##reduction, 1.0, 0.0, ignore)
#define S(reduction, smoothing, ignore) OPTIONS(CPLUG_REDUCTION_##reduction, 1.0, smoothing, ignore)
#define CALL(name, expression)                                                                                                             \
    static cplug_tensor *name(cplug_tensor *const *in, const void *args, cplug_tensor **second)                                            \
    {                                                                                                                                      \
        const options *o = args;                                                                                                           \
        (void)second;                                                                                                                      \
        return expression;                                                                                                                 \
    }
CALL(mse, cplug_mse_loss(in[0], in[1], o->reduction))
CALL(l1, cplug_l1_loss(in[0], in[1], o->reduction))
CALL(smooth, cplug_smooth_l1_loss(in[0], in[1], o->beta, o->reduction))
CALL(bce, cplug_binary_cross_entropy(in[0], in[1], in[2], o->reduction))
CALL(logits, cplug_binary_cross_entropy_with_logits(in[0], in[1], in[2], in[3], o->reduction))

static cplug_cross_entropy_args class_args(const options *o, cplug_tensor *weight)
{
    cplug_cross_entropy_args a = CPLUG_CROSS_ENTROPY_ARGS;
    a.reduction = o->reduction;
    a.ignore_index = o->ignore;
    a.label_smoothing = o->smoothing;
    a.weight = weight;
    return a;
}
static cplug_tensor *nll(cplug_tensor *const *in, const void *args, cplug_tensor **second)
{
    const cplug_cross_entropy_args a = class_args(args, in[2]);
    (void)second;
    return cplug_nll_loss(in[0], in[1], &a);
}
static cplug_tensor *cross(cplug_tensor *const *in, const void *args, cplug_tensor **second)
{
    const cplug_cross_entropy_args a = class_args(args, in[2]);
    (void)second;
    return cplug_cross_entropy(in[0], in[1], &a);
}

static const golden_use uses[] = {
    { "mse_loss none", mse, R(NONE), 1 },
    { "mse_loss mean", mse, R(MEAN), 1 },
    { "mse_loss sum", mse, R(SUM), 0 },
    { "l1_loss none", l1, R(NONE), 0 },
    { "l1_loss mean", l1, R(MEAN), 1 },
    { "l1_loss sum", l1, R(SUM), 0 },
    { "smooth_l1_loss none", smooth, R(NONE), 0 },
    { "smooth_l1_loss mean", smooth, R(MEAN), 1 },
    { "smooth_l1_loss sum", smooth, R(SUM), 0 },
    { "smooth_l1_loss beta", smooth, OPTIONS(CPLUG_REDUCTION_MEAN, 0.5, 0, 0), 1 },
    { "smooth_l1_loss beta 0", smooth, OPTIONS(CPLUG_REDUCTION_MEAN, 0, 0, 0), 0 },
    { "mse_loss broadcast", mse, R(MEAN), 1 },
    { "mse_loss of nothing", mse, R(MEAN), 0 },
    { "bce none", bce, R(NONE), 0 },
    { "bce_with_logits none", logits, R(NONE), 0 },
    { "bce mean", bce, R(MEAN), 1 },
    { "bce_with_logits mean", logits, R(MEAN), 1 },
    { "bce sum", bce, R(SUM), 0 },
    { "bce_with_logits sum", logits, R(SUM), 0 },
    { "bce weight", bce, R(MEAN), 1 },
    { "bce limits", bce, R(NONE), 0 },
    { "bce_with_logits weights", logits, R(MEAN), 1 },
    { "bce_with_logits large", logits, R(NONE), 0 },
    { "nll_loss none", nll, R(NONE), 1 },
    { "nll_loss weight none", nll, I(NONE, 3), 1 },
    { "nll_loss mean", nll, R(MEAN), 1 },
    { "nll_loss weight mean", nll, I(MEAN, 3), 1 },
    { "nll_loss sum", nll, R(SUM), 1 },
    { "nll_loss weight sum", nll, I(SUM, 3), 1 },
    { "nll_loss one", nll, R(MEAN), 1 },
    { "nll_loss images", nll, I(MEAN, 0), 1 },
    { "nll_loss all ignored", nll, I(MEAN, 1), 0 },
    { "nll_loss of nothing", nll, R(MEAN), 0 },
    { "cross_entropy none", cross, R(NONE), 1 },
    { "cross_entropy weight none", cross, I(NONE, 2), 0 },
    { "cross_entropy smooth none", cross, S(NONE, 0.2, 0), 0 },
    { "cross_entropy smooth weight none", cross, S(NONE, 0.3, 0), 0 },
    { "cross_entropy probabilities none", cross, R(NONE), 0 },
    { "cross_entropy probabilities weight none", cross, S(NONE, 0.1, -100), 0 },
    { "cross_entropy mean", cross, R(MEAN), 1 },
    { "cross_entropy weight mean", cross, I(MEAN, 2), 1 },
    { "cross_entropy smooth mean", cross, S(MEAN, 0.2, 0), 1 },
    { "cross_entropy smooth weight mean", cross, S(MEAN, 0.3, 0), 1 },
    { "cross_entropy probabilities mean", cross, R(MEAN), 1 },
    { "cross_entropy probabilities weight mean", cross, S(MEAN, 0.1, -100), 1 },
    { "cross_entropy sum", cross, R(SUM), 0 },
    { "cross_entropy weight sum", cross, I(SUM, 2), 0 },
    { "cross_entropy smooth sum", cross, S(SUM, 0.2, 0), 0 },
    { "cross_entropy smooth weight sum", cross, S(SUM, 0.3, 0), 0 },
    { "cross_entropy probabilities sum", cross, R(SUM), 0 },
    { "cross_entropy probabilities weight sum", cross, S(SUM, 0.1, -100), 0 },
    { "cross_entropy one", cross, R(MEAN), 0 },
    { "cross_entropy one probabilities", cross, S(MEAN, 0.1, -100), 0 },
    { "cross_entropy images", cross, S(MEAN, 0.1, -100), 0 },
    { "cross_entropy of nothing", cross, R(MEAN), 0 },
};
#define GOLDEN golden_loss, CPLUG_COUNT(golden_loss), uses, CPLUG_COUNT(uses)
GOLDEN_TESTS(GOLDEN)

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

static void half_precision(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=1");
    cplug_tensor *x = cplug_randn(ctx, CPLUG_F32, SHAPE(8, 4)), *t = cplug_randint(ctx, CPLUG_I64, 0, 4, SHAPE(8)), *p = cplug_sigmoid(x);
    static const struct {
        cplug_dtype dtype;
        double tolerance;
    } kinds[] = { { CPLUG_F16, 4e-3 }, { CPLUG_BF16, 3e-2 } };
    for (int i = 0; i < 2; i++) {
        cplug_tensor *h = cplug_requires_grad(cplug_to(x, kinds[i].dtype, NULL), 1), *q = cplug_to(p, kinds[i].dtype, NULL);
        cplug_tensor *have[] = { cplug_cross_entropy(h, t, NULL), cplug_mse_loss(h, q, 1),
                                 cplug_binary_cross_entropy_with_logits(h, q, NULL, NULL, 1) };
        cplug_tensor *want[] = { cplug_cross_entropy(x, t, NULL), cplug_mse_loss(x, p, 1),
                                 cplug_binary_cross_entropy_with_logits(x, p, NULL, NULL, 1) };
        for (int k = 0; k < 3; k++) {
            assert_int_equal(cplug_tensor_dtype(have[k]), kinds[i].dtype);
            assert_float_equal(test_item(have[k]), test_item(want[k]), kinds[i].tolerance);
            cplug_tensor_grad_set(h, NULL);
            cplug_backward(have[k]);
            assert_int_equal(cplug_tensor_dtype(cplug_tensor_grad(h)), kinds[i].dtype);
        }
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
    const struct CMUnitTest tests[] = { GOLDEN_TEST_LIST,
                                        cmocka_unit_test(any_integer_target),
                                        cmocka_unit_test(half_precision),
                                        cmocka_unit_test(names_of_gradients),
                                        cmocka_unit_test(wrong_targets),
                                        cmocka_unit_test(wrong_pairs) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
