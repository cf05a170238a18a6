/* test_ops_view.c: views share storage and pass gradients as in PyTorch; reshape copies only when it must; errors name shapes. */
#include "golden/golden_calls.h"
#include "golden/golden_view.h"

/* The pieces of split and chunk joined in reverse. */
static cplug_tensor *reversed_pieces(cplug_tensor *t, int chunks)
{
    cplug_tensor *p[8], *r[8];
    const int64_t n = chunks ? cplug_chunk(t, 3, 0, p, 8) : cplug_split(t, 2, 0, p, 8);
    for (int64_t i = 0; i < n; i++) r[i] = chunks ? p[n - 1 - i] : cplug_mul_scalar(p[n - 1 - i], 2);
    return n > 0 ? cplug_cat(r, n, 0) : NULL;
}
static cplug_tensor *middle_piece(cplug_tensor *t)
{
    cplug_tensor *p[3] = { NULL };
    cplug_split_sizes(t, (int64_t[]){ 1, 3, 1 }, 3, 1, p);
    return p[1];
}

/* clang-format off */
#define CASES(X) \
    X(view, 1, cplug_view_as(a, SHAPE(3, -1))) \
    X(view_of_part, 1, cplug_view_as(cplug_slice(a, 1, 1, 3, 1), SHAPE(3, 2, 1))) \
    X(reshape_copies, 1, cplug_reshape(cplug_transpose(a, 0, 1), SHAPE(4, 3))) \
    X(reshape_number, 0, cplug_reshape(a, 0, NULL)) \
    X(reshape_nothing, 0, cplug_reshape(a, SHAPE(2, 0, 5))) \
    X(flatten, 1, cplug_flatten(a, 1, -1)) \
    X(flatten_number, 0, cplug_flatten(a, 0, -1)) \
    X(unflatten, 1, cplug_unflatten(a, 1, 2, (int64_t[]){ 2, -1 })) \
    X(squeeze, 0, cplug_squeeze(a, ALL)) \
    X(squeeze_dims, 0, cplug_squeeze(a, DIMS(0, 1))) \
    X(unsqueeze, 0, cplug_unsqueeze(a, -2)) \
    X(transpose, 1, cplug_transpose(a, 0, -1)) \
    X(permute, 1, cplug_permute(a, DIMS(2, 0, 1))) \
    X(expand, 1, cplug_expand(a, SHAPE(2, -1, 3))) \
    X(expand_number, 0, cplug_expand(a, SHAPE(2, 2))) \
    X(select, 1, cplug_select(a, 1, -2)) \
    X(slice, 1, cplug_slice(a, 1, 1, 6, 2)) \
    X(slice_clamped, 0, cplug_slice(a, 0, -9, 9, 1)) \
    X(slice_nothing, 0, cplug_slice(a, 0, 2, 1, 1)) \
    X(narrow, 1, cplug_narrow(a, 0, -2, 2)) \
    X(split, 1, reversed_pieces(a, 0)) \
    X(split_sizes, 1, middle_piece(a)) \
    X(chunk, 1, reversed_pieces(a, 1)) \
    X(clone, 1, cplug_clone(cplug_transpose(a, 0, 1))) \
    X(channels_last, 1, cplug_mul_scalar(cplug_channels_last(a), 2))
/* clang-format on */
CASES(GOLDEN_CALL)
static const golden_use uses[] = { CASES(GOLDEN_USE) };
#define GOLDEN golden_view, CPLUG_COUNT(golden_view), uses, CPLUG_COUNT(uses)
GOLDEN_TESTS(GOLDEN)

static void share_storage(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_reshape(cplug_arange(ctx, CPLUG_F32, 0, 12, 1), SHAPE(3, 4)), *t = cplug_transpose(x, 0, 1);
    float *const data = cplug_tensor_data(x);
    assert_ptr_equal(cplug_tensor_data(cplug_select(x, 0, 1)), data + 4);
    assert_ptr_equal(cplug_tensor_data(cplug_slice(x, 1, 1, CPLUG_END, 2)), data + 1);
    assert_ptr_equal(cplug_tensor_data(cplug_slice(t, 0, 2, CPLUG_END, 1)), data + 2);
    assert_ptr_equal(cplug_tensor_data(cplug_reshape(x, SHAPE(2, 6))), data);
    assert_ptr_equal(cplug_tensor_data(cplug_contiguous(x)), data);
    assert_ptr_not_equal(cplug_tensor_data(cplug_reshape(t, SHAPE(12))), data);
    assert_ptr_equal(cplug_tensor_data(cplug_reshape(t, SHAPE(2, 2, 3))), data); /* cuts a run of memory: no copy */
    assert_ptr_not_equal(cplug_tensor_data(cplug_contiguous(t)), data);
    cplug_copy_(cplug_slice(x, 1, 0, CPLUG_END, 3), FLOATS(ctx, SHAPE(2), -1, -2));
    assert_values(x, 0, -1, 1, 2, -2, -1, 5, 6, -2, -1, 9, 10, -2);
    cplug_tensor *diagonal = cplug_as_strided(x, 1, (int64_t[]){ 3 }, (int64_t[]){ 5 }, 0);
    assert_values(diagonal, 0, -1, 5, 10);
    /* the offset counts from the start of the storage */
    assert_values(cplug_as_strided(cplug_select(x, 0, 2), 1, (int64_t[]){ 2 }, (int64_t[]){ 1 }, 1), 0, 1, 2);
    int64_t strides[] = { 0, 1 };
    cplug_tensor *e = cplug_expand(cplug_select(x, 0, 0), SHAPE(2, 4));
    assert_memory_equal(cplug_tensor_strides(e), strides, sizeof strides);
    assert_false(cplug_tensor_is_contiguous(e));
    test_close(ctx);
}

static void walking_is_one_signature(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_arange(ctx, CPLUG_F32, 0, 1000, 1);
    for (int64_t i = 0; i < 1000; i++) {
        cplug_scope *scope = cplug_scope_open(ctx);
        assert_true(test_item(cplug_select(x, 0, i)) == (double)i);
        assert_true(test_item(cplug_select(x, 0, i - 1000)) == (double)i);
        assert_true(i > 990 || test_item(cplug_sum(cplug_narrow(x, 0, i, 10), ALL, 0)) == 10.0 * (double)i + 45);
        cplug_scope_close(scope);
    }
    test_close(ctx);
}

static void layouts(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_randn(ctx, CPLUG_F32, SHAPE(2, 3, 4, 5)), *last = cplug_channels_last(x);
    const int64_t want[] = { 60, 1, 15, 3 };
    assert_memory_equal(cplug_tensor_strides(last), want, sizeof want);
    assert_memory_equal(cplug_tensor_strides(cplug_relu(last)), want, sizeof want);
    assert_memory_equal(cplug_tensor_strides(cplug_clone(last)), want, sizeof want);
    assert_memory_equal(cplug_tensor_strides(cplug_zeros_like(last)), want, sizeof want);
    assert_memory_equal(cplug_tensor_strides(cplug_add(last, cplug_ones(ctx, CPLUG_F32, SHAPE(5)))), want, sizeof want);
    assert_true(cplug_tensor_is_contiguous(cplug_add(last, x)));
    assert_true(cplug_tensor_is_contiguous(cplug_contiguous(last)));
    assert_int_equal(cplug_equal(last, x), 1);
    assert_ptr_equal(cplug_tensor_data(cplug_channels_last(last)), cplug_tensor_data(last));
    assert_null(cplug_channels_last(cplug_select(x, 0, 0)));
    assert_error(ctx, CPLUG_E_SHAPE, "[3, 4, 5]");
    test_close(ctx);
}

static void converting(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = FLOATS(ctx, SHAPE(3), 1.7f, -1.7f, 0);
    assert_ptr_equal(cplug_to(x, CPLUG_F32, "cpu"), x);
    assert_values(cplug_to(x, CPLUG_I64, NULL), 0, 1, -1, 0);
    assert_values(cplug_to(x, CPLUG_BOOL, NULL), 0, 1, 1, 0);
    cplug_tensor *h = cplug_to(x, CPLUG_F16, NULL);
    assert_int_equal(cplug_tensor_dtype(h), CPLUG_F16);
    assert_values(h, 1e-3, 1.7, -1.7, 0);
    assert_values(cplug_to(cplug_float(ctx, 2.5), CPLUG_I32, NULL), 0, 2);
    assert_null(cplug_to(x, 99, NULL));
    assert_error(ctx, CPLUG_E_INVALID, "99");
    assert_null(cplug_to(x, 0, "nowhere"));
    cplug_error_clear(ctx);
    test_close(ctx);
}

static void errors(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_ones(ctx, CPLUG_F32, SHAPE(2, 3)), *out[4], *scalar = cplug_ones(ctx, CPLUG_F32, 0, NULL);
    const int64_t nine[9] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 };
#define FAILS(call, code, words)                                                                                                           \
    do {                                                                                                                                   \
        assert_null(call);                                                                                                                 \
        assert_error(ctx, code, words);                                                                                                    \
    } while (0)
    FAILS(cplug_view_as(cplug_transpose(x, 0, 1), SHAPE(6)), CPLUG_E_SHAPE, "not contiguous");
    FAILS(cplug_view_as(x, SHAPE(4, -1)), CPLUG_E_SHAPE, "shape [2, 3] with 6 elements cannot become [4, -1]");
    FAILS(cplug_view_as(x, SHAPE(-1, -1)), CPLUG_E_SHAPE, "only one");
    FAILS(cplug_view_as(x, SHAPE(-2, 3)), CPLUG_E_SHAPE, "-2");
    FAILS(cplug_view_as(x, 9, nine), CPLUG_E_SHAPE, "8");
    FAILS(cplug_view_as(x, -1, nine), CPLUG_E_SHAPE, "-1");
    FAILS(cplug_reshape(cplug_ones(ctx, CPLUG_F32, SHAPE(0, 3)), SHAPE(-1, 0)), CPLUG_E_SHAPE, "any size");
    FAILS(cplug_reshape(cplug_transpose(x, 0, 1), SHAPE(5)), CPLUG_E_SHAPE, "reshape: shape [3, 2]");
    FAILS(cplug_expand(x, SHAPE(-1, 4)), CPLUG_E_SHAPE, "shape [2, 3] cannot be expanded to [-1, 4]");
    FAILS(cplug_expand(x, SHAPE(-1, 2, 3)), CPLUG_E_SHAPE, "[-1, 2, 3]");
    FAILS(cplug_expand(x, SHAPE(3)), CPLUG_E_SHAPE, "[3]");
    FAILS(cplug_transpose(x, 0, 2), CPLUG_E_SHAPE, "dimension 2 is out of range");
    FAILS(cplug_permute(x, DIMS(0)), CPLUG_E_SHAPE, "2-d");
    FAILS(cplug_permute(x, DIMS(0, 0)), CPLUG_E_INVALID, "more than once");
    FAILS(cplug_unsqueeze(x, 3), CPLUG_E_SHAPE, "dimension 3");
    FAILS(cplug_squeeze(x, DIMS(2)), CPLUG_E_SHAPE, "dimension 2");
    FAILS(cplug_select(x, 1, 7), CPLUG_E_INVALID, "index 7 is out of range for a tensor of shape [2, 3]");
    FAILS(cplug_select(x, 1, -4), CPLUG_E_INVALID, "-4");
    FAILS(cplug_select(scalar, 0, 0), CPLUG_E_SHAPE, "0-d");
    FAILS(cplug_slice(x, 0, 0, 2, 0), CPLUG_E_INVALID, "step");
    FAILS(cplug_slice(scalar, 0, 0, 2, 1), CPLUG_E_SHAPE, "0-d");
    FAILS(cplug_narrow(x, 1, 1, 5), CPLUG_E_SHAPE, "length 5");
    FAILS(cplug_narrow(x, 1, -4, 1), CPLUG_E_SHAPE, "start -4");
    FAILS(cplug_flatten(x, 1, 0), CPLUG_E_INVALID, "after");
    FAILS(cplug_unflatten(x, 1, 2, (int64_t[]){ 2, -1 }), CPLUG_E_SHAPE, "unflatten");
    FAILS(cplug_as_strided(x, 2, (int64_t[]){ 2, 2 }, (int64_t[]){ 3, 3 }, 0), CPLUG_E_SHAPE, "6 elements");
    FAILS(cplug_as_strided(x, 1, (int64_t[]){ 1 }, (int64_t[]){ 1 }, 6), CPLUG_E_SHAPE, "offset 6");
    FAILS(cplug_as_strided(x, 1, (int64_t[]){ INT64_MAX }, (int64_t[]){ INT64_MAX }, 0), CPLUG_E_SHAPE, "outside");
    assert_int_equal(cplug_split(x, 0, 0, out, 4), -1);
    assert_error(ctx, CPLUG_E_INVALID, "size 0");
    assert_int_equal(cplug_split(x, 1, 1, out, 2), -1);
    assert_error(ctx, CPLUG_E_INVALID, "3 pieces, but room for 2");
    assert_int_equal(cplug_split_sizes(x, (int64_t[]){ 1, 2 }, 2, 0, out), -1);
    assert_error(ctx, CPLUG_E_SHAPE, "sum to 2");
    assert_int_equal(cplug_chunk(x, 0, 0, out, 4), -1);
    assert_error(ctx, CPLUG_E_INVALID, "chunks");
    assert_int_equal(cplug_chunk(cplug_ones(ctx, CPLUG_F32, SHAPE(5, 3)), 4, 0, out, 4), 3);
    test_close(ctx);
}

static void names(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_requires_grad(cplug_ones(ctx, CPLUG_F32, SHAPE(1, 2)), 1);
    const struct {
        cplug_tensor *t;
        const char *name;
    } cases[] = {
        { cplug_view_as(x, SHAPE(2)), "ViewBackward0" },      { cplug_reshape(x, SHAPE(2)), "ViewBackward0" },
        { cplug_expand(x, SHAPE(3, 2)), "ExpandBackward0" },  { cplug_transpose(x, 0, 1), "TransposeBackward0" },
        { cplug_permute(x, DIMS(1, 0)), "PermuteBackward0" }, { cplug_squeeze(x, ALL), "SqueezeBackward0" },
        { cplug_unsqueeze(x, 0), "UnsqueezeBackward0" },      { cplug_select(x, 0, 0), "SelectBackward0" },
        { cplug_slice(x, 1, 0, 1, 1), "SliceBackward0" },     { cplug_detach(x), "" },
    };
    for (uint32_t i = 0; i < CPLUG_COUNT(cases); i++) assert_string_equal(cplug_tensor_grad_fn(cases[i].t), cases[i].name);
    assert_false(cplug_tensor_requires_grad(cplug_detach(x)));
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_TEST_LIST,          cmocka_unit_test(share_storage), cmocka_unit_test(walking_is_one_signature),
        cmocka_unit_test(layouts), cmocka_unit_test(converting),    cmocka_unit_test(errors),
        cmocka_unit_test(names)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
