/* test_ops_matmul.c: what products do beside their numbers (tools/conformance): integers beyond doubles, names of gradients, errors. */
#include "support.h"

static void integers(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    /* exact beyond what a double holds */
    const int64_t big[2] = { (1ll << 53) + 1, 1 };
    cplug_tensor *b = cplug_from_array(ctx, CPLUG_I64, SHAPE(1, 2), big);
    int64_t value = 0;
    cplug_item_int(cplug_matmul(b, cplug_ones(ctx, CPLUG_I64, SHAPE(2, 1))), &value);
    assert_int_equal(value, (1ll << 53) + 2);
    test_close(ctx);
}

static void names_of_gradients(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *m = cplug_requires_grad(cplug_ones(ctx, CPLUG_F32, SHAPE(2, 2)), 1), *v = cplug_select(m, 0, 0);
    cplug_tensor *b = cplug_unsqueeze(m, 0);
    assert_string_equal(cplug_tensor_grad_fn(cplug_matmul(m, m)), "MmBackward0");
    assert_string_equal(cplug_tensor_grad_fn(cplug_bmm(b, b)), "BmmBackward0");
    assert_string_equal(cplug_tensor_grad_fn(cplug_matmul(v, v)), "DotBackward0");
    assert_string_equal(cplug_tensor_grad_fn(cplug_matmul(b, m)), "UnsafeViewBackward0");
    assert_string_equal(cplug_tensor_grad_fn(cplug_linear(m, m, v)), "AddmmBackward0");
    test_close(ctx);
}

static void wrong_shapes_and_dtypes(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = cplug_ones(ctx, CPLUG_F32, SHAPE(2, 3)), *b = cplug_ones(ctx, CPLUG_F32, SHAPE(2, 4)),
                 *v = cplug_ones(ctx, CPLUG_F32, SHAPE(3));
    cplug_tensor *d = cplug_ones(ctx, CPLUG_F64, SHAPE(3, 4)), *t = cplug_ones(ctx, CPLUG_BOOL, SHAPE(3, 3));
    cplug_tensor *p = cplug_ones(ctx, CPLUG_F32, SHAPE(2, 3, 4)), *q = cplug_ones(ctx, CPLUG_F32, SHAPE(3, 4, 2));
    assert_null(cplug_mm(a, b));
    assert_error(ctx, CPLUG_E_SHAPE, "mm: shapes [2, 3] and [2, 4]");
    assert_null(cplug_mm(a, v));
    assert_error(ctx, CPLUG_E_SHAPE, "[3]");
    assert_null(cplug_mm(a, d));
    assert_error(ctx, CPLUG_E_DTYPE, "f64");
    assert_null(cplug_mm(t, t));
    assert_error(ctx, CPLUG_E_DTYPE, "bool");
    assert_null(cplug_bmm(p, q));
    assert_error(ctx, CPLUG_E_SHAPE, "batch");
    assert_null(cplug_matmul(p, q));
    assert_error(ctx, CPLUG_E_SHAPE, "[2, 3, 4] and [3, 4, 2]");
    assert_null(cplug_matmul(a, cplug_float(ctx, 2.0)));
    assert_error(ctx, CPLUG_E_SHAPE, "mul");
    assert_null(cplug_dot(v, cplug_ones(ctx, CPLUG_F32, SHAPE(4))));
    assert_error(ctx, CPLUG_E_SHAPE, "3 and 4");
    assert_null(cplug_linear(a, b, NULL));
    assert_error(ctx, CPLUG_E_SHAPE, "weight [2, 4]");
    assert_null(cplug_linear(a, cplug_ones(ctx, CPLUG_F32, SHAPE(4, 3)), v));
    assert_error(ctx, CPLUG_E_SHAPE, "bias");
    assert_null(cplug_linear(a, NULL, v));
    assert_error(ctx, CPLUG_E_INVALID, "weight");
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(integers), cmocka_unit_test(names_of_gradients),
                                        cmocka_unit_test(wrong_shapes_and_dtypes) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
