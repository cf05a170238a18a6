/* test_sim.c: core assumes nothing about where tensors live: a training step on a device whose memory the host cannot touch. */
#include "support.h"

typedef struct trace {
    double loss[5];
    float weight[12];
} trace;

/* Five SGD steps of a linear layer, the same numbers on any device. */
static trace train(const char *device)
{
    trace t;
    cplug_context *ctx = test_open("seed=3");
    assert_int_equal(cplug_device_set(ctx, device), CPLUG_OK);
    cplug_fallback(ctx, CPLUG_FALLBACK_ERROR);
    cplug_tensor *x = cplug_randn(ctx, CPLUG_F32, SHAPE(8, 4)), *y = cplug_randn(ctx, CPLUG_F32, SHAPE(8, 3));
    cplug_tensor *w = cplug_requires_grad(cplug_mul_scalar(cplug_randn(ctx, CPLUG_F32, SHAPE(3, 4)), 0.5), 1);
    cplug_tensor *b = cplug_requires_grad(cplug_zeros(ctx, CPLUG_F32, SHAPE(3)), 1);
    for (int i = 0; i < 5; i++) {
        cplug_scope *scope = cplug_scope_open(ctx);
        cplug_tensor_grad_set(w, NULL);
        cplug_tensor_grad_set(b, NULL);
        cplug_tensor *loss = cplug_mse_loss(cplug_linear(x, w, b), y, CPLUG_REDUCTION_MEAN);
        cplug_backward(loss);
        cplug_item(loss, &t.loss[i]);
        cplug_grad_mode(ctx, 0);
        cplug_add_scaled_(w, cplug_tensor_grad(w), -0.1);
        cplug_add_scaled_(b, cplug_tensor_grad(b), -0.1);
        cplug_grad_mode(ctx, 1);
        cplug_scope_close(scope);
    }
    assert_ok(ctx);
    if (strcmp(device, "cpu") != 0) {
        assert_string_equal(cplug_tensor_device(w), "sim:0");
        assert_null(cplug_tensor_data(w));
    }
    cplug_to_array(w, t.weight, sizeof t.weight);
    assert_int_equal(cplug_fallback_count(ctx), 0);
    test_close(ctx);
    return t;
}

static void a_linear_step_on_the_device(void **state)
{
    (void)state;
    const trace host = train("cpu"), device = train("sim");
    for (int i = 0; i < 5; i++) assert_true(fabs(host.loss[i] - device.loss[i]) < 1e-5);
    for (int i = 0; i < 12; i++) assert_true(fabs((double)(host.weight[i] - device.weight[i])) < 1e-5);
    assert_true(host.loss[4] < host.loss[0]);
}

static void moving_and_mixing(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *host = cplug_requires_grad(FLOATS(ctx, SHAPE(3), 1, 2, 3), 1);
    cplug_tensor *far = cplug_to(host, 0, "sim:0"), *other = cplug_to(far, 0, "sim:1");
    assert_string_equal(cplug_tensor_device(other), "sim:1");
    assert_null(cplug_add(host, far));
    assert_error(ctx, CPLUG_E_DEVICE, "sim:0");
    assert_null(cplug_add(far, other));
    assert_error(ctx, CPLUG_E_DEVICE, "sim:1");
    /* a 0-d host tensor and plain numbers go along */
    assert_values(cplug_mul(far, cplug_full(ctx, CPLUG_F32, 0, NULL, 2)), 0, 2, 4, 6);
    assert_int_equal(cplug_backward(cplug_sum(cplug_mul_scalar(other, 5), NULL, 0, 0)), CPLUG_OK);
    assert_values(cplug_tensor_grad(host), 0, 5, 5, 5);
    assert_string_equal(cplug_tensor_device(cplug_tensor_grad(host)), "cpu");
    /* strided tensors of a dtype that the device cannot even copy */
    cplug_tensor *f64 = cplug_to(cplug_from_array(ctx, CPLUG_F64, SHAPE(2, 2), (double[]){ 1, 2, 3, 4 }), 0, "sim");
    assert_values(cplug_transpose(f64, 0, 1), 0, 1, 3, 2, 4);
    cplug_copy_(cplug_select(f64, 1, 0), cplug_full(ctx, CPLUG_F32, 0, NULL, 9));
    assert_values(f64, 0, 9, 2, 9, 4);
    /* a slice brings its own bytes, not those of the whole */
    cplug_device_set(ctx, "sim");
    cplug_tensor *small = cplug_zeros(ctx, CPLUG_F32, SHAPE(2)), *beside = cplug_zeros(ctx, CPLUG_F32, SHAPE(2));
    cplug_copy_(small, cplug_slice(cplug_to(cplug_arange(ctx, CPLUG_F32, 0, 1000, 1), 0, "cpu"), 0, 3, 5, 1));
    assert_values(small, 0, 3, 4);
    assert_values(beside, 0, 0, 0);
    cplug_device_set(ctx, "sim:7");
    assert_error(ctx, CPLUG_E_DEVICE, "sim:7");
    cplug_device_set(ctx, "simm");
    assert_error(ctx, CPLUG_E_NOTFOUND, "did you mean 'sim'");
    test_close(ctx);
}

/* f64 has no kernel on the device: the policy decides. */
static void fallback_policies(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("fallback=error");
    cplug_tensor *x = cplug_to(cplug_from_array(ctx, CPLUG_F64, SHAPE(2), (double[]){ 1, 4 }), 0, "sim");
    assert_null(cplug_sqrt(x));
    assert_error(ctx, CPLUG_E_UNSUPPORTED, "f32, i64 and bool only");
    cplug_fallback(ctx, CPLUG_FALLBACK_ALLOW);
    cplug_tensor *y = cplug_sqrt(x);
    assert_int_equal(cplug_fallback_count(ctx), 2);
    assert_string_equal(cplug_tensor_device(y), "sim:0");
    assert_values(y, 1e-12, 1, 2);
    test_close(ctx);
}

/* A failure that the device finds later comes out at the next wait. */
static void late_errors(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_device_set(ctx, "sim");
    cplug_tensor *x = FLOATS(ctx, SHAPE(3), 1, 2, 3);
    const int64_t far[1] = { 7 };
    cplug_tensor *bad = cplug_gather(x, 0, cplug_from_array(ctx, CPLUG_I64, SHAPE(1), far));
    double value;
    cplug_item(bad, &value);
    assert_error(ctx, CPLUG_E_INVALID, "index 7");
    cplug_item(x, &value);
    assert_int_not_equal(cplug_failed(ctx), CPLUG_OK); /* the queue is poisoned */
    cplug_error_clear(ctx);
    cplug_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_linear_step_on_the_device),
        cmocka_unit_test(moving_and_mixing),
        cmocka_unit_test(fallback_policies),
        cmocka_unit_test(late_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
