/* test_ops_matmul.c: matmul mm bmm dot linear against PyTorch: every shape rule, gradients, second derivatives, empty sizes, errors. */
#include "golden/golden.h"
#include "golden/golden_matmul.h"

#define BINARY(name)                                                                                                                       \
    static cplug_tensor *call_##name(cplug_tensor *const *in, const void *args, cplug_tensor **second)                                     \
    {                                                                                                                                      \
        (void)args, (void)second;                                                                                                          \
        return cplug_##name(in[0], in[1]);                                                                                                 \
    }
BINARY(matmul)
BINARY(mm)
BINARY(bmm)
BINARY(dot)

static cplug_tensor *call_linear(cplug_tensor *const *in, const void *args, cplug_tensor **second)
{
    (void)args, (void)second;
    return cplug_linear(in[0], in[1], in[2]);
}
static cplug_tensor *call_linear_strided(cplug_tensor *const *in, const void *args, cplug_tensor **second)
{
    (void)args, (void)second;
    return cplug_linear(cplug_transpose(in[0], 0, 1), cplug_transpose(in[1], 0, 1), in[2]);
}

static const golden_use uses[] = {
    { "matmul 1x1", call_matmul, NULL, 1 },
    { "matmul 1x2", call_matmul, NULL, 1 },
    { "matmul 2x1", call_matmul, NULL, 1 },
    { "matmul 2x2", call_matmul, NULL, 1 },
    { "matmul 1x3", call_matmul, NULL, 1 },
    { "matmul 3x1", call_matmul, NULL, 1 },
    { "matmul 3x2", call_matmul, NULL, 1 },
    { "matmul 2x3", call_matmul, NULL, 1 },
    { "matmul 3x3", call_matmul, NULL, 1 },
    { "matmul broadcast", call_matmul, NULL, 1 },
    { "matmul 4x1", call_matmul, NULL, 0 },
    { "matmul batch of one", call_matmul, NULL, 0 },
    { "matmul inner zero", call_matmul, NULL, 0 },
    { "matmul rows zero", call_matmul, NULL, 0 },
    { "matmul batch zero", call_matmul, NULL, 0 },
    { "matmul batch zero, matrix", call_matmul, NULL, 0 },
    { "mm", call_mm, NULL, 1 },
    { "bmm", call_bmm, NULL, 1 },
    { "dot", call_dot, NULL, 1 },
    { "linear", call_linear, NULL, 1 },
    { "linear without bias", call_linear, NULL, 1 },
    { "linear of a vector", call_linear, NULL, 1 },
    { "linear of a batch of matrices", call_linear, NULL, 1 },
    { "linear to numbers", call_linear, NULL, 1 },
    { "linear of nothing", call_linear, NULL, 0 },
    { "linear of strided", call_linear_strided, NULL, 1 },
};
#define GOLDEN golden_matmul, CPLUG_COUNT(golden_matmul), uses, CPLUG_COUNT(uses)
GOLDEN_TESTS(GOLDEN)

static void integers(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    static const cplug_dtype dtypes[] = { CPLUG_I64, CPLUG_I32, CPLUG_I16, CPLUG_I8, CPLUG_U8 };
    for (uint32_t i = 0; i < CPLUG_COUNT(dtypes); i++) {
        cplug_tensor *a = cplug_to(FLOATS(ctx, SHAPE(2, 3), 1, 2, 3, 4, 5, 6), dtypes[i], NULL);
        cplug_tensor *y = cplug_matmul(a, cplug_transpose(a, 0, 1)), *n = cplug_dot(cplug_select(a, 0, 0), cplug_select(a, 0, 1));
        assert_int_equal(cplug_tensor_dtype(y), dtypes[i]);
        assert_int_equal(cplug_tensor_dtype(n), dtypes[i]);
        assert_values(y, 0, 14, 32, 32, 77);
        assert_values(n, 0, 32);
    }
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
    const struct CMUnitTest tests[] = { GOLDEN_TEST_LIST, cmocka_unit_test(integers), cmocka_unit_test(names_of_gradients),
                                        cmocka_unit_test(wrong_shapes_and_dtypes) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
