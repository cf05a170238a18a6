/* test_layers.c: layers and losses against PyTorch: printed text, outputs with given weights, gradients of losses, running statistics. */
#include "golden/golden_train.h"
#include "support.h"

static void printed_as_pytorch(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (size_t i = 0; i < sizeof golden_texts / sizeof *golden_texts; i++) {
        char text[1024];
        cplug_module *m = cplug_module_new(ctx, golden_texts[i].spec);
        assert_ok(ctx);
        const int64_t n = cplug_module_format(m, text, sizeof text);
        assert_string_equal(text, golden_texts[i].text);
        assert_int_equal(n, strlen(golden_texts[i].text));
        char cut[5];
        assert_int_equal(cplug_module_format(m, cut, sizeof cut), n);
        assert_int_equal(strlen(cut), 4);
        assert_int_equal(cplug_module_format(m, NULL, 0), n);
    }
    char text[256];
    cplug_module *m = cplug_module_new(ctx, "batch_norm2d num_features=32 momentum=none");
    cplug_module_format(m, text, sizeof text);
    assert_string_equal(text, "BatchNorm2d(32, eps=1e-05, momentum=None, affine=True, track_running_stats=True)");
    cplug_module_format(cplug_module_new(ctx, "linear out_features=2"), text, sizeof text);
    assert_string_equal(text, "Linear(in_features=?, out_features=2, bias=True)");
    cplug_module_format(cplug_module_new(ctx, "add"), text, sizeof text);
    assert_string_equal(text, "Add()");
    test_close(ctx);
}

/* Overwrites parameters and running statistics in order of declaration. */
static void set_entries(cplug_module *m, const double *from, int64_t n)
{
    const cplug_named_tensor *list;
    const int64_t count = cplug_module_named(m, CPLUG_STATE, &list);
    int64_t used = 0;
    for (int64_t i = 0; i < count; i++) {
        const int64_t size = cplug_tensor_numel(list[i].tensor);
        if (cplug_tensor_dtype(list[i].tensor) == CPLUG_I64) continue;
        assert_true(used + size <= n);
        if (!strstr(list[i].name, "running")) {
            const int32_t grad = cplug_grad_mode(cplug_module_context(m), 0);
            cplug_tensor *values = cplug_from_array(cplug_module_context(m), CPLUG_F64, cplug_tensor_ndim(list[i].tensor),
                                                    cplug_tensor_shape(list[i].tensor), from + used);
            cplug_copy_(list[i].tensor, values);
            cplug_grad_mode(cplug_module_context(m), grad);
        }
        used += size;
    }
    assert_int_equal(used, n);
}
static void check_shape(cplug_tensor *t, const struct golden_layer *g)
{
    assert_int_equal(cplug_tensor_ndim(t), g->out_ndim);
    for (int32_t d = 0; d < g->out_ndim; d++) assert_int_equal(cplug_tensor_size(t, d), g->out_shape[d]);
}
static void check_layer(cplug_context *ctx, const struct golden_layer *g, cplug_dtype dtype, double tolerance)
{
    cplug_scope *scope = cplug_scope_open(ctx);
    cplug_module *m = cplug_module_new(ctx, g->spec);
    cplug_module_to(m, NULL, dtype);
    cplug_tensor *x = cplug_to(cplug_from_array(ctx, CPLUG_F64, g->ndim, g->shape, g->in), dtype, NULL);
    cplug_module_train(m, 0); /* makes the parameters, counts no batch */
    cplug_forward(m, cplug_clone(x));
    cplug_module_train(m, 1);
    assert_ok(ctx);
    set_entries(m, g->entries, g->n_entries);
    int64_t n = 1;
    for (int32_t d = 0; d < g->out_ndim; d++) n *= g->out_shape[d];
    cplug_tensor *y = cplug_forward(m, cplug_clone(x));
    assert_ok(ctx);
    check_shape(y, g);
    assert_values_(y, g->train, n, tolerance, g->spec, __LINE__);
    assert_values_(cplug_forward(m, cplug_mul_scalar(x, 0.5)), g->again, n, tolerance, g->spec, __LINE__);
    cplug_module_train(m, 0);
    assert_values_(cplug_forward(m, cplug_clone(x)), g->eval, n, tolerance, g->spec, __LINE__);
    const cplug_named_tensor *list;
    const int64_t buffers = cplug_module_named(m, CPLUG_BUFFERS, &list);
    for (int64_t i = 0, used = 0; i < buffers && g->n_after; i++) {
        if (!strcmp(list[i].name, "num_batches_tracked"))
            assert_int_equal((int)test_item(list[i].tensor), 2);
        else
            assert_values_(list[i].tensor, g->after + used, cplug_tensor_numel(list[i].tensor), tolerance, g->spec, __LINE__);
        used += cplug_tensor_numel(list[i].tensor);
    }
    cplug_module_free(m);
    cplug_scope_close(scope);
    assert_ok(ctx);
}
static void outputs_as_pytorch(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (size_t i = 0; i < sizeof golden_layers / sizeof *golden_layers; i++) {
        check_layer(ctx, &golden_layers[i], CPLUG_F64, 1e-12);
        check_layer(ctx, &golden_layers[i], CPLUG_F32, 2e-5);
    }
    test_close(ctx);
}

static void losses_as_pytorch(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (size_t i = 0; i < sizeof golden_losses / sizeof *golden_losses; i++) {
        const struct golden_loss_module *g = &golden_losses[i];
        cplug_module *m = cplug_module_new(ctx, g->spec);
        cplug_module_to(m, NULL, CPLUG_F64);
        cplug_tensor *x = cplug_requires_grad(cplug_from_array(ctx, CPLUG_F64, SHAPE(4, 3), g->x), 1);
        cplug_tensor *y = g->y ? cplug_from_array(ctx, CPLUG_F64, SHAPE(4, 3), g->y)
                               : cplug_from_array(ctx, CPLUG_I64, SHAPE(4), loss_target);
        cplug_tensor *loss = cplug_forward2(m, x, y);
        assert_ok(ctx);
        assert_values_(loss, g->loss, g->n, 1e-12, g->spec, __LINE__);
        cplug_backward(cplug_sum(loss, NULL, 0, 0));
        assert_ok(ctx);
        assert_values_(cplug_tensor_grad(x), g->grad, 12, 1e-12, g->spec, __LINE__);
    }
    test_close(ctx);
}

static void dropout_in_training_only(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=3");
    static const char *const specs[] = { "dropout p=0.25", "dropout p=0.25 inplace=true", "dropout2d p=0.25" };
    for (int i = 0; i < 3; i++) {
        cplug_module *m = cplug_module_new(ctx, specs[i]);
        cplug_tensor *x = cplug_ones(ctx, CPLUG_F32, SHAPE(40, 50, 2, 2));
        cplug_tensor *y = cplug_forward(m, x);
        float v[40 * 50 * 4];
        cplug_to_array(y, v, sizeof v);
        assert_ok(ctx);
        int64_t zeros = 0;
        for (int k = 0; k < 8000; k++) {
            assert_true(v[k] == 0 || fabs(v[k] - 4.0 / 3) < 1e-6);
            zeros += v[k] == 0;
            if (i == 2) assert_true(v[k] == v[k - k % 4]); /* whole channels */
        }
        assert_true(zeros > 8000 * 0.21 && zeros < 8000 * 0.29);
        assert_int_equal(y == x, i == 1);
        cplug_module_train(m, 0);
        assert_ptr_equal(cplug_forward(m, x), x);
    }
    assert_null(cplug_forward(cplug_module_new(ctx, "dropout2d"), cplug_ones(ctx, CPLUG_F32, SHAPE(2, 2))));
    assert_error(ctx, CPLUG_E_SHAPE, "3 or 4 dimensions");
    test_close(ctx);
}

static void initialised_as_pytorch(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=11");
    cplug_module *m = cplug_module_new(ctx, "linear in_features=400 out_features=300");
    double low, high, mean, std;
    cplug_tensor *w = cplug_module_tensor(m, 0), *b = cplug_module_tensor(m, 1);
    low = test_item(cplug_amin(w, NULL, 0, 0)), high = test_item(cplug_amax(w, NULL, 0, 0));
    mean = test_item(cplug_mean(w, NULL, 0, 0)), std = test_item(cplug_std(w, NULL, 0, 1, 0));
    const double bound = 1 / sqrt(400);
    assert_true(low >= -bound && low < -0.999 * bound && high <= bound && high > 0.999 * bound);
    assert_true(fabs(mean) < 0.01 * bound && fabs(std - bound / sqrt(3)) < 0.01 * bound);
    assert_true(test_item(cplug_amax(cplug_abs(b), NULL, 0, 0)) <= bound && test_item(cplug_std(b, NULL, 0, 1, 0)) > 0.5 * bound);
    assert_true(cplug_tensor_requires_grad(w) && cplug_tensor_requires_grad(b));
    /* conv2d: fan_in is that of one group */
    m = cplug_module_new(ctx, "conv2d in_channels=8 out_channels=64 kernel_size=3 groups=2");
    high = test_item(cplug_amax(cplug_abs(cplug_module_tensor(m, 0)), NULL, 0, 0));
    assert_true(high <= 1 / sqrt(36) && high > 0.99 / sqrt(36));
    /* the seed alone decides */
    cplug_seed(ctx, 5);
    cplug_tensor *a = cplug_module_tensor(cplug_module_new(ctx, "linear in_features=7 out_features=3"), 0);
    cplug_seed(ctx, 5);
    assert_int_equal(cplug_equal(a, cplug_module_tensor(cplug_module_new(ctx, "linear in_features=7 out_features=3"), 0)), 1);
    test_close(ctx);
}

static const struct {
    const char *spec;
    cplug_status code;
    const char *word;
    int32_t ndim;
    int64_t shape[4];
} bad[] = {
    { "linear", CPLUG_E_INVALID, "out_features", 0, { 0 } },
    { "linear out_features=3 in_feature=2", CPLUG_E_NOTFOUND, "in_features", 0, { 0 } },
    { "linear out_features=3 in_features=4", CPLUG_E_SHAPE, "[2, 5]", 2, { 2, 5 } },
    { "linear out_features=-1", CPLUG_E_INVALID, "out_features", 0, { 0 } },
    { "lineer out_features=3", CPLUG_E_NOTFOUND, "linear", 0, { 0 } },
    { "cross_entrpy", CPLUG_E_NOTFOUND, "cross_entropy", 0, { 0 } },
    { "conv2d out_channels=3 in_channels=4 kernel_size=3 groups=2", CPLUG_E_INVALID, "groups", 0, { 0 } },
    { "conv2d out_channels=3 kernel_size=3", CPLUG_E_SHAPE, "C,H,W", 2, { 2, 5 } },
    { "conv2d out_channels=3 kernel_size=1,2,3", CPLUG_E_INVALID, "kernel_size", 0, { 0 } },
    { "batch_norm2d", CPLUG_E_SHAPE, "N,C,H,W", 2, { 2, 5 } },
    { "batch_norm1d", CPLUG_E_SHAPE, "N,C", 4, { 1, 2, 2, 2 } },
    { "batch_norm2d num_features=3", CPLUG_E_SHAPE, "3", 4, { 2, 5, 2, 2 } },
    { "add", CPLUG_E_INVALID, "at least 2", 1, { 2 } },
    { "cross_entropy", CPLUG_E_INVALID, "2 inputs", 2, { 2, 2 } },
    { "gelu approximate=tan", CPLUG_E_INVALID, "tanh", 0, { 0 } },
    { "dropout p=1.5", CPLUG_E_INVALID, "p", 0, { 0 } },
    { "unflatten dim=1 unflattened_size=2,2", CPLUG_E_SHAPE, "", 2, { 2, 5 } },
    { "max_pool2d kernel_size=2 padding=2", CPLUG_E_INVALID, "padding", 3, { 1, 4, 4 } },
};
static void bad_input_is_named(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cplug_module *m = cplug_module_new(ctx, bad[i].spec);
        if (bad[i].ndim) {
            if (!m) fail_msg("'%s': %s", bad[i].spec, cplug_error_text(ctx));
            assert_null(cplug_forward(m, cplug_ones(ctx, CPLUG_F32, bad[i].ndim, bad[i].shape)));
        } else {
            assert_null(m);
        }
        if (!cplug_failed(ctx)) fail_msg("'%s': no error", bad[i].spec);
        if (bad[i].code != cplug_failed(ctx)) print_message("'%s': %s\n", bad[i].spec, cplug_error_text(ctx));
        assert_error(ctx, bad[i].code, bad[i].word);
    }
    test_close(ctx);
}

static void add_takes_many(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_module *m = cplug_module_new(ctx, "add");
    cplug_tensor *in[3] = { FLOATS(ctx, SHAPE(2), 1, 2), FLOATS(ctx, SHAPE(2), 10, 20), FLOATS(ctx, SHAPE(1), 100) }, *out[1];
    assert_int_equal(cplug_forward_n(m, in, 3, out, 1), CPLUG_OK);
    assert_values(out[0], 0, 111, 122);
    assert_values(cplug_forward2(m, in[0], in[1]), 0, 11, 22);
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printed_as_pytorch),       cmocka_unit_test(outputs_as_pytorch),     cmocka_unit_test(losses_as_pytorch),
        cmocka_unit_test(dropout_in_training_only), cmocka_unit_test(initialised_as_pytorch), cmocka_unit_test(bad_input_is_named),
        cmocka_unit_test(add_takes_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
