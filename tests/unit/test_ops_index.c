/* test_ops_index.c: cat stack index_select gather scatter_add one_hot against PyTorch; indices out of range; long lists; errors. */
#include "golden/golden_calls.h"
#include "golden/golden_index.h"

/* clang-format off */
#define CASES(X) \
    X(cat, 1, cplug_cat(LIST(a, b), 0)) \
    X(cat_last, 1, cplug_cat(LIST(a, b, c), -1)) \
    X(cat_nothing, 0, cplug_cat(LIST(a, b), 0)) \
    X(cat_strided, 1, cplug_cat(LIST(cplug_transpose(a, 0, 1), b), 1)) \
    X(cat_twice, 1, cplug_cat(LIST(a, a), 0)) \
    X(stack, 1, cplug_stack(LIST(a, b), 0)) \
    X(stack_last, 1, cplug_stack(LIST(a, b), -1)) \
    X(stack_numbers, 0, cplug_stack(LIST(a, b), 0)) \
    X(index_select, 1, cplug_index_select(a, 0, b)) \
    X(index_select_last, 1, cplug_index_select(a, -1, b)) \
    X(index_select_none, 0, cplug_index_select(a, 0, b)) \
    X(index_select_number, 0, cplug_index_select(a, 0, b)) \
    X(gather, 1, cplug_gather(a, 1, b)) \
    X(gather_smaller, 1, cplug_gather(a, 0, b)) \
    X(gather_number, 0, cplug_gather(a, 0, b)) \
    X(scatter_add, 1, cplug_scatter_add(a, 0, c, b)) \
    X(scatter_add_none, 0, cplug_scatter_add(a, 0, c, b)) \
    X(one_hot, 0, cplug_one_hot(a, 4)) \
    X(one_hot_found, 0, cplug_one_hot(a, -1)) \
    X(one_hot_none, 0, cplug_one_hot(a, 3))
/* clang-format on */
CASES(GOLDEN_CALL)
static const golden_use uses[] = { CASES(GOLDEN_USE) };
#define GOLDEN golden_index, CPLUG_COUNT(golden_index), uses, CPLUG_COUNT(uses)
GOLDEN_TESTS(GOLDEN)

static cplug_tensor *ints(cplug_context *ctx, int64_t n, const int64_t *v) { return cplug_from_array(ctx, CPLUG_I64, 1, &n, v); }
#define INTS(...) ints(ctx, (int64_t)(sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t)), (int64_t[]){ __VA_ARGS__ })

static void dtypes(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *i = INTS(1, 0), *small = cplug_to(i, CPLUG_I32, NULL);
    static const cplug_dtype all[] = { CPLUG_F32, CPLUG_F64, CPLUG_F16, CPLUG_BF16, CPLUG_I8,
                                       CPLUG_U8,  CPLUG_I16, CPLUG_I32, CPLUG_I64,  CPLUG_BOOL };
    for (uint32_t k = 0; k < CPLUG_COUNT(all); k++) {
        cplug_tensor *x = cplug_to(FLOATS(ctx, SHAPE(2), 0, 1), all[k], NULL);
        cplug_tensor *const picked[] = { cplug_gather(x, 0, i), cplug_gather(x, 0, small), cplug_index_select(x, 0, small) };
        for (uint32_t j = 0; j < CPLUG_COUNT(picked); j++) {
            assert_int_equal(cplug_tensor_dtype(picked[j]), all[k]);
            assert_values(picked[j], 0, 1, 0);
        }
        cplug_tensor *joined = cplug_stack(LIST(x, cplug_ones(ctx, CPLUG_BOOL, SHAPE(2))), 0);
        assert_int_equal(cplug_tensor_dtype(joined), all[k]);
        assert_values(joined, 0, 0, 1, 1, 1);
        if (all[k] != CPLUG_BOOL) assert_values(cplug_scatter_add(x, 0, cplug_zeros_like(i), x), 0, 1, 1);
    }
    cplug_tensor *const mixed[] = { INTS(1), FLOATS(ctx, SHAPE(1), 2) };
    assert_int_equal(cplug_tensor_dtype(cplug_cat(mixed, 2, 0)), CPLUG_F32);
    assert_int_equal(cplug_tensor_dtype(cplug_one_hot(small, 2)), CPLUG_I64);
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
    const struct CMUnitTest tests[] = { GOLDEN_TEST_LIST, cmocka_unit_test(dtypes), cmocka_unit_test(long_list), cmocka_unit_test(errors) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
