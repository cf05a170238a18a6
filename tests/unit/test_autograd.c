/* test_autograd.c: recording, backward, accumulation, in-place rules, hooks, functional and second-order gradients. */
#include "support.h"

static cplug_tensor *leaf(cplug_context *ctx, float x, float y)
{
    return cplug_requires_grad(cplug_from_array(ctx, CPLUG_F32, SHAPE(2), (float[]){ x, y }), 1);
}

static void backward_through_a_chain(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = leaf(ctx, 2, 3), *b = leaf(ctx, 5, 7);
    cplug_tensor *loss = cplug_sum(cplug_mul(cplug_mul(a, b), a), NULL, 0, 0);
    assert_string_equal(cplug_tensor_grad_fn(loss), "SumBackward0");
    assert_int_equal(cplug_backward(loss), CPLUG_OK);
    assert_values(cplug_tensor_grad(a), 1e-6, 20, 42);
    assert_values(cplug_tensor_grad(b), 1e-6, 4, 9);
    test_close(ctx);
}

static void gradients_accumulate(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = leaf(ctx, 1, 2);
    for (int i = 0; i < 3; i++) assert_int_equal(cplug_backward(cplug_sum(cplug_add(a, a), NULL, 0, 0)), CPLUG_OK);
    assert_values(cplug_tensor_grad(a), 1e-6, 6, 6);
    test_close(ctx);
}

/* Two leaves that receive the very same gradient must not share its bytes. */
static void leaves_do_not_share_gradients(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (int create = 0; create < 2; create++) {
        cplug_tensor *a = leaf(ctx, 1, 2), *b = leaf(ctx, 3, 4);
        cplug_tensor *g = FLOATS(ctx, SHAPE(2), 1, 1);
        const cplug_backward_args args = { .struct_size = sizeof args, .gradient = g, .create_graph = create };
        assert_int_equal(cplug_backward_with(cplug_add(a, b), &args), CPLUG_OK);
        cplug_mul_scalar_(cplug_tensor_grad(a), 10);
        assert_values(cplug_tensor_grad(b), 1e-6, 1, 1);
        assert_values(g, 1e-6, 1, 1);
    }
    test_close(ctx);
}

static void broadcasting_is_summed_away(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *w = leaf(ctx, 1, 2);
    cplug_tensor *x = FLOATS(ctx, SHAPE(3, 2), 1, 2, 3, 4, 5, 6);
    assert_int_equal(cplug_backward(cplug_sum(cplug_mul(x, w), NULL, 0, 0)), CPLUG_OK);
    assert_values(cplug_tensor_grad(w), 1e-6, 9, 12);
    test_close(ctx);
}

static void graph_is_freed_unless_retained(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = leaf(ctx, 1, 2);
    cplug_tensor *loss = cplug_sum(cplug_mul(a, a), NULL, 0, 0);
    const cplug_backward_args keep = { .struct_size = sizeof keep, .retain_graph = 1 };
    assert_int_equal(cplug_backward_with(loss, &keep), CPLUG_OK);
    assert_int_equal(cplug_backward(loss), CPLUG_OK);
    assert_values(cplug_tensor_grad(a), 1e-6, 4, 8);
    assert_int_equal(cplug_backward(loss), CPLUG_E_AUTOGRAD);
    assert_error(ctx, CPLUG_E_AUTOGRAD, "retain_graph");
    test_close(ctx);
}

static void errors_say_what_to_do(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = leaf(ctx, 1, 2), *plain = FLOATS(ctx, SHAPE(2), 1, 2);
    cplug_backward(cplug_mul(a, a));
    assert_error(ctx, CPLUG_E_AUTOGRAD, "[2]");
    cplug_backward(cplug_sum(plain, NULL, 0, 0));
    assert_error(ctx, CPLUG_E_AUTOGRAD, "does not require");
    cplug_add_scalar_(a, 1);
    assert_error(ctx, CPLUG_E_AUTOGRAD, "leaf");
    cplug_tensor *h = cplug_exp(a);
    cplug_add_scalar_(cplug_select(h, 0, 0), 1);
    assert_error(ctx, CPLUG_E_AUTOGRAD, "view");
    cplug_requires_grad(cplug_arange(ctx, CPLUG_I64, 0, 3, 1), 1);
    assert_error(ctx, CPLUG_E_AUTOGRAD, "i64");
    test_close(ctx);
}

static void changed_saved_tensor_is_caught(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = leaf(ctx, 1, 2), *x = cplug_clone(a);
    cplug_tensor *loss = cplug_sum(cplug_mul(x, x), NULL, 0, 0);
    cplug_add_scalar_(x, 1);
    cplug_backward(loss);
    assert_error(ctx, CPLUG_E_AUTOGRAD, "in place");
    /* add needs none of its inputs, so changing one is fine */
    x = cplug_clone(a);
    cplug_tensor *y = cplug_add(x, x);
    cplug_mul_scalar_(x, 5);
    assert_int_equal(cplug_backward(cplug_sum(y, NULL, 0, 0)), CPLUG_OK);
    assert_values(cplug_tensor_grad(a), 1e-6, 2, 2);
    test_close(ctx);
}

static void in_place_rewrites_history(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = leaf(ctx, 1, 2), *x = cplug_mul_scalar(a, 3);
    cplug_mul_scalar_(x, 2);
    assert_string_equal(cplug_tensor_grad_fn(x), "MulBackward0");
    cplug_add_(x, a);
    assert_int_equal(cplug_backward(cplug_sum(x, NULL, 0, 0)), CPLUG_OK);
    assert_values(cplug_tensor_grad(a), 1e-6, 7, 7);
    /* a leaf copied into a fresh tensor */
    cplug_tensor *room = cplug_zeros(ctx, CPLUG_F32, SHAPE(2));
    cplug_copy_(room, a);
    assert_int_equal(cplug_backward(cplug_sum(cplug_mul(room, room), NULL, 0, 0)), CPLUG_OK);
    assert_values(cplug_tensor_grad(a), 1e-6, 9, 11);
    test_close(ctx);
}

/* A view's history is that of the values when it was made. */
static void views_of_what_changed(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = leaf(ctx, 1, 2), *x = cplug_mul_scalar(a, 2), *early = cplug_select(x, 0, 0);
    cplug_mul_scalar_(x, 5);
    cplug_backward(early);
    assert_error(ctx, CPLUG_E_AUTOGRAD, "make the view again");
    assert_null(cplug_mul_scalar(early, 3));
    assert_error(ctx, CPLUG_E_AUTOGRAD, "make the view again");
    assert_int_equal(cplug_backward(cplug_select(x, 0, 0)), CPLUG_OK);
    assert_values(cplug_tensor_grad(a), 1e-6, 10, 0);
    /* a parameter that an optimizer changes is no such case: nothing is recorded */
    cplug_tensor *row = cplug_select(a, 0, 1);
    cplug_grad_mode(ctx, 0);
    cplug_mul_scalar_(a, 3);
    cplug_grad_mode(ctx, 1);
    assert_int_equal(cplug_backward(row), CPLUG_OK);
    assert_values(cplug_tensor_grad(a), 1e-6, 10, 1);
    test_close(ctx);
}

static void no_grad_records_nothing(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = leaf(ctx, 1, 2);
    const int32_t before = cplug_grad_mode(ctx, 0);
    cplug_tensor *b = cplug_mul(a, a);
    cplug_add_scalar_(a, 1); /* allowed: an optimizer does this */
    cplug_grad_mode(ctx, before);
    assert_int_equal(cplug_tensor_requires_grad(b), 0);
    assert_string_equal(cplug_tensor_grad_fn(b), "");
    assert_values(a, 1e-6, 2, 3);
    assert_int_equal(cplug_tensor_requires_grad(cplug_detach(cplug_mul(a, a))), 0);
    test_close(ctx);
}

static void functional_gradients(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = leaf(ctx, 2, 3), *b = leaf(ctx, 5, 7), *unused = leaf(ctx, 0, 0), *h = cplug_mul(a, b),
                 *y = cplug_sum(cplug_mul(h, h), NULL, 0, 0);
    cplug_tensor *in[2] = { a, h }, *grads[2];
    cplug_grad_args args = CPLUG_GRAD_ARGS;
    args.retain_graph = 1;
    assert_int_equal(cplug_grad(&y, 1, in, 2, &args, grads), CPLUG_OK);
    assert_values(grads[0], 1e-6, 100, 294);
    assert_values(grads[1], 1e-6, 20, 42);
    assert_null(cplug_tensor_grad(a));
    cplug_grad(&y, 1, &unused, 1, &args, grads);
    assert_error(ctx, CPLUG_E_AUTOGRAD, "allow_unused");
    args.allow_unused = 1;
    assert_int_equal(cplug_grad(&y, 1, &unused, 1, &args, grads), CPLUG_OK);
    assert_null(grads[0]);
    test_close(ctx);
}

/* y = x^3: y' = 3 x^2, y'' = 6 x, y''' = 6 */
static void higher_orders(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = leaf(ctx, 2, -3), *y = cplug_mul(cplug_mul(x, x), x);
    const double expect[3][2] = { { 12, 27 }, { 12, -18 }, { 6, 6 } };
    for (int order = 0; order < 3; order++) {
        cplug_tensor *sum = cplug_sum(y, NULL, 0, 0), *g[1];
        cplug_grad_args args = CPLUG_GRAD_ARGS;
        args.create_graph = 1;
        assert_int_equal(cplug_grad(&sum, 1, &x, 1, &args, g), CPLUG_OK);
        assert_values(g[0], 1e-5, expect[order][0], expect[order][1]);
        y = g[0];
    }
    test_close(ctx);
}

static cplug_tensor *doubling(void *arg, cplug_tensor *t, cplug_tensor *grad)
{
    (void)t;
    ++*(int *)arg;
    return cplug_mul_scalar(grad, 2);
}

static void hooks_see_and_change(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    int calls = 0;
    cplug_tensor *a = leaf(ctx, 1, 2), *h = cplug_mul_scalar(a, 3);
    const uint64_t on_leaf = cplug_hook_add(a, doubling, &calls);
    assert_true(on_leaf != 0);
    assert_true(cplug_hook_add(h, doubling, &calls) != 0);
    assert_int_equal(cplug_retain_grad(h), CPLUG_OK);
    assert_int_equal(cplug_backward(cplug_sum(h, NULL, 0, 0)), CPLUG_OK);
    assert_int_equal(calls, 2);
    assert_values(cplug_tensor_grad(a), 1e-6, 12, 12);
    assert_values(cplug_tensor_grad(h), 1e-6, 2, 2);
    assert_int_equal(cplug_hook_remove(a, on_leaf), CPLUG_OK);
    cplug_hook_remove(a, on_leaf);
    assert_error(ctx, CPLUG_E_NOTFOUND, "no hook");
    test_close(ctx);
}

static cplug_tensor *answering(void *arg, cplug_tensor *t, cplug_tensor *grad)
{
    (void)t, (void)grad;
    return arg;
}
static uint64_t removed;
static cplug_tensor *removing(void *arg, cplug_tensor *t, cplug_tensor *grad)
{
    (void)arg, (void)grad;
    cplug_hook_remove(t, removed);
    return NULL;
}

/* What does not fit is an error on leaves and inside of the graph; a hook may take the next one away. */
static void hooks_are_checked(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *wrong[] = { cplug_ones(ctx, CPLUG_F32, SHAPE(5)), cplug_ones(ctx, CPLUG_F64, SHAPE(2)), cplug_float(ctx, 2) };
    for (int inner = 0; inner < 2; inner++)
        for (int i = 0; i < 3; i++) {
            cplug_tensor *a = leaf(ctx, 1, 2), *h = cplug_mul_scalar(a, 3);
            cplug_hook_add(inner ? h : a, answering, wrong[i]);
            cplug_backward(cplug_sum(h, NULL, 0, 0));
            assert_error(ctx, CPLUG_E_AUTOGRAD, "hook");
            assert_null(cplug_tensor_grad(a));
        }
    for (int inner = 0; inner < 2; inner++) {
        cplug_tensor *a = leaf(ctx, 1, 2), *h = cplug_mul_scalar(a, 3);
        cplug_hook_add(inner ? h : a, removing, NULL);
        removed = cplug_hook_add(inner ? h : a, answering, wrong[0]);
        assert_int_equal(cplug_backward(cplug_sum(h, NULL, 0, 0)), CPLUG_OK);
        assert_values(cplug_tensor_grad(a), 1e-6, 3, 3);
    }
    test_close(ctx);
}

/* Written in place, a tensor keeps the gradient of what it is now; its hook sees that of what it was, also when it is gone. */
static void hooks_of_overwritten_tensors(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    int calls = 0;
    cplug_tensor *a = leaf(ctx, 1, 2);
    cplug_scope *scope = cplug_scope_open(ctx);
    cplug_tensor *h = cplug_mul_scalar(a, 3);
    cplug_hook_add(h, doubling, &calls);
    cplug_retain_grad(h);
    cplug_mul_scalar_(h, 5);
    cplug_tensor *loss = cplug_retain(cplug_sum(h, NULL, 0, 0));
    const cplug_backward_args again = { .struct_size = sizeof again, .retain_graph = 1 };
    assert_int_equal(cplug_backward_with(loss, &again), CPLUG_OK);
    assert_values(cplug_tensor_grad(h), 1e-6, 1, 1);
    assert_values(cplug_tensor_grad(a), 1e-6, 30, 30);
    cplug_scope_close(scope);
    assert_int_equal(cplug_backward(loss), CPLUG_OK);
    assert_values(cplug_tensor_grad(a), 1e-6, 60, 60);
    assert_int_equal(calls, 2);
    cplug_release(loss);
    test_close(ctx);
}

/* Deep graphs must not need deep stacks, neither to run nor to release. */
static void deep_graphs(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = leaf(ctx, 1, 1), *x = a;
    for (int i = 0; i < 200000; i++) {
        cplug_scope *scope = cplug_scope_open(ctx);
        x = cplug_add(x, a);
        cplug_scope_keep(scope, x);
        cplug_scope_close(scope);
    }
    assert_int_equal(cplug_backward(cplug_sum(x, NULL, 0, 0)), CPLUG_OK);
    assert_values(cplug_tensor_grad(a), 1e-6, 200001, 200001);
    cplug_scope *scope = cplug_scope_open(ctx);
    cplug_tensor *unused = cplug_exp(a);
    for (int i = 0; i < 200000; i++) unused = cplug_exp(unused); /* released without backward */
    cplug_scope_close(scope);
    test_close(ctx);
}

static void anomaly_names_the_op(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("anomaly=true");
    cplug_tensor *x = leaf(ctx, 0, 1);
    cplug_backward(cplug_sum(cplug_mul_scalar(cplug_sqrt(cplug_mul_scalar(x, 0)), 0), NULL, 0, 0));
    assert_error(ctx, CPLUG_E_AUTOGRAD, "SqrtBackward0");
    test_close(ctx);
}

static void results_survive_their_scope_only_when_kept(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_memory_stats before = { .struct_size = sizeof before }, after = before;
    cplug_tensor *a = leaf(ctx, 1, 2);
    cplug_memory(ctx, "cpu", &before);
    for (int i = 0; i < 10; i++) {
        cplug_scope *scope = cplug_scope_open(ctx);
        cplug_backward(cplug_sum(cplug_mul(a, a), NULL, 0, 0));
        cplug_scope_close(scope);
        cplug_tensor_grad_set(a, NULL);
    }
    cplug_memory(ctx, "cpu", &after);
    assert_int_equal(before.current, after.current);
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backward_through_a_chain),       cmocka_unit_test(gradients_accumulate),
        cmocka_unit_test(leaves_do_not_share_gradients),  cmocka_unit_test(broadcasting_is_summed_away),
        cmocka_unit_test(graph_is_freed_unless_retained), cmocka_unit_test(errors_say_what_to_do),
        cmocka_unit_test(changed_saved_tensor_is_caught), cmocka_unit_test(in_place_rewrites_history),
        cmocka_unit_test(views_of_what_changed),          cmocka_unit_test(no_grad_records_nothing),
        cmocka_unit_test(functional_gradients),           cmocka_unit_test(higher_orders),
        cmocka_unit_test(hooks_see_and_change),           cmocka_unit_test(hooks_are_checked),
        cmocka_unit_test(hooks_of_overwritten_tensors),   cmocka_unit_test(deep_graphs),
        cmocka_unit_test(anomaly_names_the_op),           cmocka_unit_test(results_survive_their_scope_only_when_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
