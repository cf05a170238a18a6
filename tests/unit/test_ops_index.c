/* test_ops_index.c: what cat, stack, index_select, gather, scatter_add and one_hot do beside their numbers (tools/conformance): dtypes
 * that meet, a number of classes that is found, indices out of range, long lists, errors. */
#include "support.h"

static cplug_tensor *ints(cplug_context *ctx, int64_t n, const int64_t *v) { return cplug_from_array(ctx, CPLUG_I64, 1, &n, v); }
#define INTS(...) ints(ctx, (int64_t)(sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t)), (int64_t[]){ __VA_ARGS__ })

static void dtypes(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    static const cplug_dtype all[] = { CPLUG_F32, CPLUG_F64, CPLUG_F16, CPLUG_BF16, CPLUG_I8,
                                       CPLUG_U8,  CPLUG_I16, CPLUG_I32, CPLUG_I64,  CPLUG_BOOL };
    for (uint32_t k = 0; k < CPLUG_COUNT(all); k++) {
        cplug_tensor *x = cplug_to(FLOATS(ctx, SHAPE(2), 0, 1), all[k], NULL);
        cplug_tensor *joined = cplug_stack(LIST(x, cplug_ones(ctx, CPLUG_BOOL, SHAPE(2))), 0);
        assert_int_equal(cplug_tensor_dtype(joined), all[k]);
        assert_values(joined, 0, 0, 1, 1, 1);
    }
    cplug_tensor *const mixed[] = { INTS(1), FLOATS(ctx, SHAPE(1), 2) };
    assert_int_equal(cplug_tensor_dtype(cplug_cat(mixed, 2, 0)), CPLUG_F32);
    cplug_tensor *small = cplug_to(INTS(1, 0), CPLUG_I32, NULL);
    assert_int_equal(cplug_tensor_dtype(cplug_one_hot(small, 2)), CPLUG_I64);
    assert_values(cplug_one_hot(INTS(0, 2, 1), -1), 0, 1, 0, 0, 0, 0, 1, 0, 1, 0); /* the largest class is found */
    test_close(ctx);
}

static void long_list(void **state)
{
    (void)state;
    enum { N = 200 };
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *list[N];
    for (int k = 0; k < N; k++) list[k] = cplug_requires_grad(cplug_full(ctx, CPLUG_F32, SHAPE(2), k), 1);
    cplug_tensor *all = cplug_cat(list, N, 0);
    assert_values(cplug_sum(all, ALL, 0), 0, N * (N - 1));
    cplug_backward(cplug_sum(cplug_mul(all, all), ALL, 0));
    assert_ok(ctx);
    for (int k = 0; k < N; k++) assert_values(cplug_tensor_grad(list[k]), 0, 2 * k, 2 * k);
    test_close(ctx);
}

static void errors(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_ones(ctx, CPLUG_F32, SHAPE(2, 3)), *n = cplug_ones(ctx, CPLUG_F32, 0, NULL),
                 *row = cplug_reshape(INTS(0, 0, 0, 0), SHAPE(1, 4));
    assert_null(cplug_cat(LIST(x, cplug_ones(ctx, CPLUG_F32, SHAPE(2, 4))), 0));
    assert_error(ctx, CPLUG_E_SHAPE, "cat: tensor 1 of shape [2, 4] does not fit tensor 0 of shape [2, 3]");
    assert_null(cplug_cat(LIST(n), 0));
    assert_error(ctx, CPLUG_E_SHAPE, "use stack");
    assert_null(cplug_cat(LIST(x, NULL), 0));
    assert_error(ctx, CPLUG_E_INVALID, "tensor 1 of the list is NULL");
    assert_null(cplug_cat(LIST(x), 2));
    assert_error(ctx, CPLUG_E_SHAPE, "dimension 2");
    assert_null(cplug_cat(NULL, 0, 0));
    assert_ok(ctx);
    assert_null(cplug_stack(LIST(x, n), 0));
    assert_error(ctx, CPLUG_E_SHAPE, "all shapes must be equal");
    assert_null(cplug_gather(x, 0, row));
    assert_error(ctx, CPLUG_E_SHAPE, "index of shape [1, 4] must not be larger than input of shape [2, 3] except in dimension 0");
    assert_null(cplug_gather(x, 0, x));
    assert_error(ctx, CPLUG_E_DTYPE, "index must be i64 or i32, got f32");
    assert_null(cplug_index_select(x, 0, row));
    assert_error(ctx, CPLUG_E_SHAPE, "1-d");
    assert_null(cplug_scatter_add(x, 1, row, x));
    assert_error(ctx, CPLUG_E_SHAPE, "src");
    assert_null(cplug_scatter_add(x, 0, cplug_slice(row, 1, 0, 3, 1), cplug_to(x, CPLUG_F64, NULL)));
    assert_error(ctx, CPLUG_E_DTYPE, "f32 and f64");
    assert_null(cplug_one_hot(x, 3));
    assert_error(ctx, CPLUG_E_DTYPE, "f32");
    assert_null(cplug_one_hot(row, 0));
    assert_error(ctx, CPLUG_E_INVALID, "num_classes");
    assert_null(cplug_one_hot(cplug_slice(row, 1, 0, 0, 1), -1));
    assert_error(ctx, CPLUG_E_INVALID, "empty");
    /* values are seen by kernels only */
    static const int64_t wrong[] = { 3, -1, INT64_MAX, INT64_MIN };
    for (uint32_t k = 0; k < CPLUG_COUNT(wrong); k++) {
        cplug_tensor *i = cplug_full(ctx, CPLUG_I64, SHAPE(1), 0);
        cplug_from_array_(i, &wrong[k], sizeof wrong[k]);
        cplug_tensor *three = cplug_ones(ctx, CPLUG_F32, SHAPE(3));
        assert_null(cplug_gather(three, 0, i));
        assert_error(ctx, CPLUG_E_INVALID, "index");
        assert_null(cplug_index_select(three, 0, i));
        assert_error(ctx, CPLUG_E_INVALID, "index");
        assert_null(cplug_scatter_add(three, 0, i, cplug_ones(ctx, CPLUG_F32, SHAPE(1))));
        assert_error(ctx, CPLUG_E_INVALID, "index");
        assert_null(cplug_one_hot(i, 3));
        assert_error(ctx, CPLUG_E_INVALID, "one_hot");
    }
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(dtypes), cmocka_unit_test(long_list), cmocka_unit_test(errors) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
