/* test_module.c: module trees: names and order, shape inference, modes, to, freeing, summary, materialize, places in errors. */
#include "support.h"

static cplug_module *mlp(cplug_context *ctx)
{
    return cplug_sequential(ctx, "flatten", "linear out_features=5", "relu", "batch_norm1d", "dropout", "linear out_features=2", NULL);
}
static void check_names(cplug_module *m, int32_t which, const char *const *names, int64_t n)
{
    const cplug_named_tensor *list;
    assert_int_equal(cplug_module_named(m, which, &list), n);
    for (int64_t i = 0; i < n; i++) {
        assert_string_equal(list[i].name, names[i]);
        assert_non_null(list[i].tensor);
    }
}
#define CHECK_NAMES(m, which, ...)                                                                                                         \
    check_names(m, which, (const char *const[]){ __VA_ARGS__ }, (int64_t)(sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)))

static void names_in_pytorchs_order(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_module *m = mlp(ctx);
    const cplug_named_tensor *list;
    assert_int_equal(cplug_module_named(m, CPLUG_STATE, &list), 0); /* shapes are still open */
    assert_int_equal(cplug_module_materialize(m, 0, SHAPE(1, 2, 3)), CPLUG_OK);
    CHECK_NAMES(m, CPLUG_PARAMETERS, "1.weight", "1.bias", "3.weight", "3.bias", "5.weight", "5.bias");
    CHECK_NAMES(m, CPLUG_BUFFERS, "3.running_mean", "3.running_var", "3.num_batches_tracked");
    CHECK_NAMES(m, CPLUG_STATE, "1.weight", "1.bias", "3.weight", "3.bias", "3.running_mean", "3.running_var", "3.num_batches_tracked",
                "5.weight", "5.bias");
    assert_int_equal(cplug_module_n_parameters(m), 6 * 5 + 5 + 10 + 12);
    cplug_module_named(m, CPLUG_PARAMETERS, &list);
    assert_int_equal(cplug_tensor_size(list[0].tensor, 0), 5);
    assert_int_equal(cplug_tensor_size(list[0].tensor, 1), 6);
    test_close(ctx);
}

static void trees_and_paths(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_module *parts[2] = { cplug_sequential(ctx, "linear in_features=2 out_features=3", "tanh", NULL),
                               cplug_module_new(ctx, "linear in_features=3 out_features=1") };
    const cplug_named_tensor *list;
    CHECK_NAMES(parts[0], CPLUG_PARAMETERS, "0.weight", "0.bias");
    cplug_module *m = cplug_sequential_of(ctx, parts, 2);
    assert_ok(ctx);
    CHECK_NAMES(m, CPLUG_PARAMETERS, "0.0.weight", "0.0.bias", "1.weight", "1.bias");
    CHECK_NAMES(parts[0], CPLUG_PARAMETERS, "0.weight", "0.bias"); /* seen from the part itself */
    assert_string_equal(cplug_module_path(cplug_module_get(m, "0.1")), "0.1");
    assert_string_equal(cplug_module_name(cplug_module_get(m, "0.1")), "1");
    assert_string_equal(cplug_module_path(m), "");
    assert_ptr_equal(cplug_module_get(m, ""), m);
    assert_null(cplug_module_get(m, "0.7"));
    assert_null(cplug_module_get(NULL, "0"));
    assert_int_equal(cplug_module_n_children(m), 2);
    assert_ptr_equal(cplug_module_child_at(m, 1), parts[1]);
    assert_null(cplug_module_child_at(m, 2));
    /* a child grows: the list of the root notices */
    assert_non_null(cplug_module_child(parts[0], "2", "linear in_features=3 out_features=3"));
    assert_int_equal(cplug_module_named(m, CPLUG_PARAMETERS, &list), 6);
    assert_string_equal(list[2].name, "0.2.weight");
    cplug_module_free(parts[1]); /* a child is left alone */
    assert_int_equal(cplug_module_named(m, CPLUG_PARAMETERS, &list), 6);
    /* what cannot be adopted */
    assert_null(cplug_sequential_of(ctx, parts, 1));
    assert_error(ctx, CPLUG_E_INVALID, "already has a parent");
    cplug_module *lone = cplug_module_new(ctx, "relu"), *pair[2] = { lone, NULL };
    assert_null(cplug_sequential_of(ctx, pair, 2));
    assert_error(ctx, CPLUG_E_INVALID, "NULL");
    assert_int_equal(cplug_module_adopt(m, "a.b", lone), CPLUG_E_INVALID);
    assert_error(ctx, CPLUG_E_INVALID, "a.b");
    assert_int_equal(cplug_module_adopt(m, "0", lone), CPLUG_E_INVALID);
    assert_error(ctx, CPLUG_E_INVALID, "already has a part");
    assert_int_equal(cplug_module_adopt(m, "x", m), CPLUG_E_INVALID);
    assert_error(ctx, CPLUG_E_INVALID, "own child");
    assert_int_equal(cplug_module_adopt(m, "x", lone), CPLUG_OK); /* still whole after the failures */
    cplug_module_free(m);
    cplug_module_free(NULL);
    test_close(ctx);
}

static void errors_say_where(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_module *m = cplug_sequential(ctx, "linear in_features=3 out_features=3",
                                       "sequential layers=[relu, linear in_features=4 out_features=1]", NULL);
    assert_ok(ctx);
    assert_null(cplug_forward(m, cplug_ones(ctx, CPLUG_F32, SHAPE(2, 3))));
    assert_non_null(strstr(cplug_error_text(ctx), "layer '1.1' (linear): "));
    assert_null(strstr(cplug_error_text(ctx), "layer '0'"));
    assert_error(ctx, CPLUG_E_SHAPE, "[2, 3]");
    assert_null(cplug_sequential(ctx, "relu", "linear", NULL));
    assert_error(ctx, CPLUG_E_INVALID, "layer '1'");
    assert_null(cplug_forward(m, NULL));
    assert_error(ctx, CPLUG_E_INVALID, "NULL");
    assert_null(cplug_forward(NULL, NULL));
    assert_null(cplug_module_new(ctx, NULL));
    assert_error(ctx, CPLUG_E_INVALID, "NULL");
    assert_null(cplug_module_new(ctx, ""));
    cplug_error_clear(ctx);
    assert_null(cplug_module_new(ctx, "out_features=3"));
    cplug_error_clear(ctx);
    cplug_context *other = test_open(NULL);
    assert_null(cplug_forward(m, cplug_ones(other, CPLUG_F32, SHAPE(2, 3))));
    assert_error(ctx, CPLUG_E_INVALID, "another context");
    test_close(other);
    test_close(ctx);
}

static void outputs_survive_and_nothing_leaks(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_memory_stats before = { .struct_size = sizeof before }, after = before;
    cplug_module *m = mlp(ctx);
    cplug_module_materialize(m, 0, SHAPE(4));
    cplug_scope *scope = cplug_scope_open(ctx);
    cplug_memory(ctx, "cpu", &before);
    for (int i = 0; i < 3; i++) {
        cplug_scope *step = cplug_scope_open(ctx);
        cplug_tensor *y = cplug_forward(m, cplug_ones(ctx, CPLUG_F32, SHAPE(8, 4)));
        cplug_backward(cplug_mean(y, NULL, 0, 0));
        cplug_module_zero_grad(m);
        cplug_scope_close(step);
    }
    cplug_memory(ctx, "cpu", &after);
    assert_int_equal(before.current, after.current);
    /* without gradients only the result stays */
    const int32_t grad = cplug_grad_mode(ctx, 0);
    cplug_tensor *x = cplug_ones(ctx, CPLUG_F32, SHAPE(8, 4));
    cplug_memory(ctx, "cpu", &before);
    cplug_tensor *y = cplug_forward(m, x);
    cplug_memory(ctx, "cpu", &after);
    assert_in_range(after.current - before.current, cplug_tensor_numel(y) * 4, 2 * 64);
    cplug_grad_mode(ctx, grad);
    cplug_scope_close(scope);
    test_close(ctx);
}

static void modes_and_freezing(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_module *m = mlp(ctx);
    const cplug_named_tensor *list;
    assert_int_equal(cplug_module_training(m), 1);
    cplug_module_train(m, 0);
    assert_int_equal(cplug_module_training(cplug_module_get(m, "4")), 0);
    cplug_module_train(cplug_module_get(m, "3"), 1);
    cplug_module_requires_grad(m, 0);
    cplug_module_materialize(m, 0, SHAPE(4));
    assert_int_equal(cplug_module_training(cplug_module_get(m, "3")), 1); /* as before the pass */
    assert_int_equal(cplug_module_training(cplug_module_get(m, "4")), 0);
    int64_t n = cplug_module_named(m, CPLUG_PARAMETERS, &list);
    for (int64_t i = 0; i < n; i++) assert_int_equal(cplug_tensor_requires_grad(list[i].tensor), 0); /* frozen before they were made */
    cplug_module_requires_grad(m, 1);
    n = cplug_module_named(m, CPLUG_PARAMETERS, &list);
    for (int64_t i = 0; i < n; i++) assert_int_equal(cplug_tensor_requires_grad(list[i].tensor), 1);
    cplug_backward(cplug_sum(cplug_forward(m, cplug_ones(ctx, CPLUG_F32, SHAPE(3, 4))), NULL, 0, 0));
    assert_ok(ctx);
    assert_non_null(cplug_tensor_grad(list[0].tensor));
    cplug_module_zero_grad(m);
    assert_null(cplug_tensor_grad(list[0].tensor));
    test_close(ctx);
}

static void materialize_draws_for_parameters_only(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=9");
    uint64_t offset[2];
    cplug_tensor *weight[2];
    for (int i = 0; i < 2; i++) {
        cplug_seed(ctx, 4);
        cplug_module *m = i ? cplug_sequential(ctx, "linear in_features=4 out_features=5", "dropout", "linear in_features=5 out_features=2",
                                               NULL)
                            : cplug_sequential(ctx, "linear out_features=5", "dropout", "linear out_features=2", NULL);
        assert_int_equal(cplug_module_materialize(m, 0, SHAPE(4)), CPLUG_OK);
        assert_int_equal(cplug_module_training(m), 1);
        cplug_rng_get(ctx, NULL, &offset[i]);
        weight[i] = cplug_module_tensor(cplug_module_get(m, "2"), 0);
    }
    assert_int_equal(offset[0], offset[1]);
    assert_int_equal(cplug_equal(weight[0], weight[1]), 1);
    cplug_module *m = cplug_sequential(ctx, "conv2d out_channels=2 kernel_size=3", NULL);
    assert_int_not_equal(cplug_module_materialize(m, 0, SHAPE(4)), CPLUG_OK);
    assert_error(ctx, CPLUG_E_SHAPE, "conv2d");
    assert_int_equal(cplug_module_training(m), 1);
    assert_int_equal(cplug_module_materialize(m, 0, SHAPE(1, 5, 5)), CPLUG_OK); /* a failure leaves nothing half declared */
    assert_int_equal(cplug_module_n_parameters(m), 20);
    test_close(ctx);
}

static void summary_lists_leaves(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_module *m = cplug_sequential(ctx, "conv2d out_channels=6 kernel_size=5 padding=2", "tanh", "avg_pool2d kernel_size=2",
                                       "sequential layers=[flatten, linear out_features=10]", NULL);
    cplug_module_requires_grad(cplug_module_get(m, "0"), 0);
    const cplug_summary_row *rows;
    assert_int_equal(cplug_module_summary(m, SHAPE(1, 28, 28), &rows), 5);
    static const struct {
        const char *path, *type;
        int32_t ndim;
        int64_t parameters, trainable;
    } expected[] = {
        { "0", "Conv2d", 4, 156, 0 },         { "1", "Tanh", 4, 0, 0 }, { "2", "AvgPool2d", 4, 0, 0 }, { "3.0", "Flatten", 2, 0, 0 },
        { "3.1", "Linear", 2, 11770, 11770 },
    };
    for (int i = 0; i < 5; i++) {
        assert_string_equal(rows[i].path, expected[i].path);
        assert_string_equal(rows[i].type, expected[i].type);
        assert_int_equal(rows[i].output.ndim, expected[i].ndim);
        assert_int_equal(rows[i].parameters, expected[i].parameters);
        assert_int_equal(rows[i].trainable, expected[i].trainable);
    }
    assert_int_equal(rows[2].output.shape[2], 14);
    assert_int_equal(cplug_module_summary(m, SHAPE(2, 28, 28), &rows), -1);
    assert_error(ctx, CPLUG_E_SHAPE, "layer '0'");
    test_close(ctx);
}

static void to_keeps_tensors(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=2");
    cplug_module *m = cplug_sequential(ctx, "linear in_features=3 out_features=2", "batch_norm1d", NULL);
    cplug_tensor *w = cplug_module_tensor(cplug_module_get(m, "0"), 0), *copy = cplug_to(cplug_detach(w), CPLUG_F64, NULL);
    cplug_tensor *x = cplug_ones(ctx, CPLUG_F32, SHAPE(4, 3));
    cplug_backward(cplug_sum(cplug_forward(cplug_module_get(m, "0"), x), NULL, 0, 0));
    assert_int_equal(cplug_module_to(m, NULL, CPLUG_F64), CPLUG_OK);
    assert_ptr_equal(cplug_module_tensor(cplug_module_get(m, "0"), 0), w);
    assert_int_equal(cplug_tensor_dtype(w), CPLUG_F64);
    assert_int_equal(cplug_tensor_dtype(cplug_tensor_grad(w)), CPLUG_F64);
    assert_int_equal(cplug_equal(cplug_detach(w), copy), 1);
    assert_int_equal(cplug_tensor_requires_grad(w) && cplug_tensor_is_leaf(w), 1);
    cplug_forward(m, cplug_to(x, CPLUG_F64, NULL)); /* what is made later is f64 too */
    assert_ok(ctx);
    cplug_module *norm = cplug_module_get(m, "1");
    assert_int_equal(cplug_tensor_dtype(cplug_module_tensor(norm, 0)), CPLUG_F64);
    assert_int_equal(cplug_tensor_dtype(cplug_module_tensor(norm, 2)), CPLUG_F64);
    assert_int_equal(cplug_tensor_dtype(cplug_module_tensor(norm, 4)), CPLUG_I64);
    assert_int_not_equal(cplug_module_to(m, NULL, CPLUG_I32), CPLUG_OK);
    assert_error(ctx, CPLUG_E_DTYPE, "i32");
    assert_int_not_equal(cplug_module_to(m, "nowhere", 0), CPLUG_OK);
    cplug_error_clear(ctx);
    /* a graph that saved the old bytes says so */
    cplug_tensor *y = cplug_forward(cplug_module_get(m, "0"), cplug_requires_grad(cplug_to(x, CPLUG_F64, NULL), 1));
    cplug_module_to(m, NULL, CPLUG_F32);
    assert_int_not_equal(cplug_backward(cplug_sum(y, NULL, 0, 0)), CPLUG_OK);
    cplug_error_clear(ctx);
    test_close(ctx);
}

/* A pretend device: parameters move, the step counter of batch_norm stays, training goes on there. */
static void to_another_device(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=2 fallback=allow");
    cplug_module *m = cplug_sequential(ctx, "linear in_features=3 out_features=4", "batch_norm1d", "linear out_features=1", NULL);
    cplug_optimizer *o = cplug_optimizer_new(m, "adam", "lr=0.1");
    const cplug_named_tensor *list;
    double loss[4];
    cplug_tensor *x = cplug_randn(ctx, CPLUG_F32, SHAPE(8, 3)), *y = cplug_sum(x, (int32_t[]){ 1 }, 1, 1);
    for (int t = 0; t < 4; t++) {
        if (t == 1 || t == 3) { /* there and back: states follow */
            assert_int_equal(cplug_module_to(m, t == 1 ? "sim" : "cpu", 0), CPLUG_OK);
            x = cplug_to(x, 0, t == 1 ? "sim" : "cpu");
            y = cplug_to(y, 0, t == 1 ? "sim" : "cpu");
        }
        cplug_optimizer_zero_grad(o);
        cplug_tensor *l = cplug_mse_loss(cplug_forward(m, x), y, CPLUG_REDUCTION_MEAN);
        cplug_backward(l);
        cplug_optimizer_step(o);
        loss[t] = test_item(l);
        assert_ok(ctx);
        const int64_t n = cplug_module_named(m, CPLUG_STATE, &list);
        for (int64_t i = 0; i < n; i++) {
            const int on_sim = strncmp(cplug_tensor_device(list[i].tensor), "sim", 3) == 0;
            assert_int_equal(on_sim, (t == 1 || t == 2) && !strstr(list[i].name, "num_batches_tracked"));
        }
    }
    assert_true(loss[1] < loss[0] && loss[2] < loss[1] && loss[3] < loss[2]);
    assert_int_equal((int)test_item(cplug_module_tensor(cplug_module_get(m, "1"), 4)), 4);
    test_close(ctx);
}

static void build_and_look(cplug_context *ctx)
{
    const cplug_named_tensor *list;
    const cplug_summary_row *rows;
    char text[256];
    cplug_module *m = mlp(ctx);
    cplug_module_materialize(m, 0, SHAPE(3));
    cplug_backward(cplug_sum(cplug_forward(m, cplug_ones(ctx, CPLUG_F32, SHAPE(2, 3))), NULL, 0, 0));
    cplug_module_summary(m, SHAPE(3), &rows);
    cplug_module_named(m, CPLUG_STATE, &list);
    cplug_module_format(m, text, sizeof text);
    cplug_module_to(m, NULL, CPLUG_F64);
}
static void survives_every_failed_allocation(void **state)
{
    (void)state;
    for (uint64_t n = 1;; n++) {
        cplug_context *ctx = test_open(NULL);
        build_and_look(ctx); /* plugins are loaded, decisions are made */
        cplug_memory_trim(ctx);
        assert_ok(ctx);
        cplug_test_fail_allocation(n);
        build_and_look(ctx);
        const uint64_t made = cplug_test_fail_allocation(0);
        if (cplug_failed(ctx) && cplug_failed(ctx) != CPLUG_E_NOMEM)
            fail_msg("allocation %llu: %s", (unsigned long long)n, cplug_error_text(ctx));
        const cplug_status st = cplug_close(ctx);
        if (made < n) {
            assert_int_equal(st, CPLUG_OK);
            assert_true(n > 50);
            return;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_in_pytorchs_order), cmocka_unit_test(trees_and_paths),
        cmocka_unit_test(errors_say_where),        cmocka_unit_test(outputs_survive_and_nothing_leaks),
        cmocka_unit_test(modes_and_freezing),      cmocka_unit_test(materialize_draws_for_parameters_only),
        cmocka_unit_test(summary_lists_leaves),    cmocka_unit_test(to_keeps_tensors),
        cmocka_unit_test(to_another_device),       cmocka_unit_test(survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
