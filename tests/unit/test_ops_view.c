/* test_ops_view.c: which elements the functions of shapes pick, where gradients go and that nothing breaks without memory; views share
 * storage; reshape copies only when it must; errors name shapes.  The ops behind them are in the table of op cases (tools/conformance). */
#include "support.h"

/* The pieces of split and chunk joined in reverse. */
static cplug_tensor *reversed(cplug_tensor **p, int64_t n)
{
    cplug_tensor *r[8];
    for (int64_t i = 0; i < n; i++) r[i] = p[n - 1 - i];
    return n > 0 ? cplug_cat(r, n, 0) : NULL;
}
static cplug_tensor *split(cplug_tensor *t)
{
    cplug_tensor *p[8];
    return reversed(p, cplug_split(t, 2, 0, p, 8));
}
static cplug_tensor *chunk(cplug_tensor *t)
{
    cplug_tensor *p[8];
    return reversed(p, cplug_chunk(t, 3, 0, p, 8));
}
static cplug_tensor *middle(cplug_tensor *t)
{
    cplug_tensor *p[3] = { NULL };
    cplug_split_sizes(t, (int64_t[]){ 1, 3, 1 }, 3, 1, p);
    return p[1];
}

/* X(name, expression in a, shape of a, shape of the result, the elements of a that it picks) */
/* clang-format off */
#define S(...) { SHAPE_OF(__VA_ARGS__), { __VA_ARGS__ } }
#define SHAPE_OF(...) (int32_t)(sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))
#define NUMBER { 0, { 0 } }
#define PICKS(...) { __VA_ARGS__ }
#define CASES(X) \
    X(view, cplug_view_as(a, SHAPE(3, -1)), S(2, 3), S(3, 2), PICKS(0, 1, 2, 3, 4, 5)) \
    X(view_of_part, cplug_view_as(cplug_slice(a, 1, 1, 3, 1), SHAPE(3, 2, 1)), S(3, 4), S(3, 2, 1), PICKS(1, 2, 5, 6, 9, 10)) \
    X(reshape, cplug_reshape(a, SHAPE(-1, 2)), S(2, 3), S(3, 2), PICKS(0, 1, 2, 3, 4, 5)) \
    X(reshape_copies, cplug_reshape(cplug_transpose(a, 0, 1), SHAPE(4, 3)), S(2, 6), S(4, 3), PICKS(0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11)) \
    X(reshape_number, cplug_reshape(a, 0, NULL), S(1, 1), NUMBER, PICKS(0)) \
    X(reshape_nothing, cplug_reshape(a, SHAPE(2, 0, 5)), S(0, 3), S(2, 0, 5), PICKS(0)) \
    X(flatten, cplug_flatten(a, 1, -1), S(2, 2, 2), S(2, 4), PICKS(0, 1, 2, 3, 4, 5, 6, 7)) \
    X(flatten_number, cplug_flatten(a, 0, -1), NUMBER, S(1), PICKS(0)) \
    X(unflatten, cplug_unflatten(a, 1, 2, (int64_t[]){ 2, -1 }), S(2, 4), S(2, 2, 2), PICKS(0, 1, 2, 3, 4, 5, 6, 7)) \
    X(slice, cplug_slice(a, 1, 1, 6, 2), S(2, 7), S(2, 3), PICKS(1, 3, 5, 8, 10, 12)) \
    X(slice_clamped, cplug_slice(a, 0, -9, 9, 1), S(3), S(3), PICKS(0, 1, 2)) \
    X(slice_nothing, cplug_slice(a, 0, 2, 1, 1), S(3, 2), S(0, 2), PICKS(0)) \
    X(narrow, cplug_narrow(a, 0, -2, 2), S(3, 2), S(2, 2), PICKS(2, 3, 4, 5)) \
    X(select, cplug_select(a, 1, -2), S(2, 3, 2), S(2, 2), PICKS(2, 3, 8, 9)) \
    X(split, split(a), S(5), S(5), PICKS(4, 2, 3, 0, 1)) \
    X(chunk, chunk(a), S(7), S(7), PICKS(6, 3, 4, 5, 0, 1, 2)) \
    X(split_sizes, middle(a), S(2, 5), S(2, 3), PICKS(1, 2, 3, 6, 7, 8)) \
    X(clone, cplug_clone(cplug_transpose(a, 0, 1)), S(2, 3), S(3, 2), PICKS(0, 3, 1, 4, 2, 5)) \
    X(contiguous, cplug_contiguous(cplug_transpose(a, 0, 1)), S(2, 3), S(3, 2), PICKS(0, 3, 1, 4, 2, 5)) \
    X(channels_last, cplug_channels_last(a), S(1, 2, 2, 3), S(1, 2, 2, 3), PICKS(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)) \
    X(cat_twice, cplug_cat(LIST(a, a), 0), S(2), S(4), PICKS(0, 1, 0, 1))
/* clang-format on */

enum { ROOM = 16 };
typedef struct extent {
    int32_t ndim;
    int64_t shape[4];
} extent;
typedef struct pick {
    const char *name;
    cplug_tensor *(*call)(cplug_tensor *a);
    extent from, to;
    int64_t at[ROOM];
} pick;
#define PICK_CALL(name_, expression_, ...)                                                                                                 \
    static cplug_tensor *pick_##name_(cplug_tensor *a) { return expression_; }
#define PICK_ROW(name_, expression_, from_, to_, ...) { #name_, pick_##name_, from_, to_, __VA_ARGS__ },
CASES(PICK_CALL)
static const pick picks[] = { CASES(PICK_ROW) };

static int64_t size_of(const extent *e)
{
    int64_t n = 1;
    for (int32_t d = 0; d < e->ndim; d++) n *= e->shape[d];
    return n;
}

/* f is linear: values are the elements that it picks, gradients come back to them, and the gradient of that gradient is f again. */
static void check_pick(const pick *p, const char *options)
{
    cplug_context *ctx = test_open(options);
    const int64_t n = size_of(&p->from), m = size_of(&p->to);
    double want[ROOM] = { 0 }, back[ROOM] = { 0 };
    float x[ROOM], g[ROOM];
    for (int64_t i = 0; i < ROOM; i++) x[i] = (float)i, g[i] = (float)(i + 1);
    for (int64_t i = 0; i < m; i++) want[i] = (double)p->at[i], back[p->at[i]] += (double)g[i];
    cplug_tensor *a = cplug_requires_grad(cplug_from_array(ctx, CPLUG_F32, p->from.ndim, p->from.shape, x), 1), *y = p->call(a);
    assert_ok(ctx);
    assert_int_equal(cplug_tensor_ndim(y), p->to.ndim);
    for (int32_t d = 0; d < p->to.ndim; d++) assert_int_equal(cplug_tensor_size(y, d), p->to.shape[d]);
    assert_values_(y, want, m, 0, p->name, 0);
    cplug_tensor *gradient = cplug_requires_grad(cplug_from_array(ctx, CPLUG_F32, p->to.ndim, p->to.shape, g), 1), *grad, *again;
    cplug_tensor *weights = cplug_from_array(ctx, CPLUG_F32, p->from.ndim, p->from.shape, x);
    cplug_grad_args args = CPLUG_GRAD_ARGS;
    args.gradients = &gradient;
    args.create_graph = 1;
    cplug_grad(&y, 1, &a, 1, &args, &grad);
    assert_values_(grad, back, n, 0, p->name, 1);
    args.gradients = &weights;
    cplug_grad(&grad, 1, &gradient, 1, &args, &again);
    assert_values_(again, want, m, 0, p->name, 2);
    assert_int_equal(cplug_fallback_count(ctx), 0);
    test_close(ctx);
}

static void starve_pick(const pick *p, const char *options)
{
    for (uint64_t n = 1, used = 1; used >= n; n++) { /* until the call takes fewer than n */
        cplug_context *ctx = test_open(options);
        cplug_tensor *a = cplug_requires_grad(cplug_ones(ctx, CPLUG_F32, p->from.ndim, p->from.shape), 1), *grad = NULL;
        assert_ok(ctx);
        cplug_test_fail_allocation(n);
        cplug_tensor *total = cplug_sum(p->call(a), NULL, 0, 0);
        if (total) cplug_grad(&total, 1, &a, 1, NULL, &grad);
        used = cplug_test_fail_allocation(0) + 1;
        if (cplug_failed(ctx) && cplug_failed(ctx) != CPLUG_E_NOMEM)
            fail_msg("%s: allocation %d failed: %s", p->name, (int)n, cplug_error_text(ctx));
        cplug_error_clear(ctx);
        cplug_close(ctx);
    }
}

static void pick_elements(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < CPLUG_COUNT(picks); i++) {
        check_pick(&picks[i], NULL);
        if (test_has_device("sim")) check_pick(&picks[i], "device=sim");
    }
}

static void without_memory(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < CPLUG_COUNT(picks); i++) {
        starve_pick(&picks[i], NULL);
        if (test_has_device("sim")) starve_pick(&picks[i], "device=sim");
    }
}

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
    const struct CMUnitTest tests[] = { cmocka_unit_test(pick_elements), cmocka_unit_test(without_memory),
                                        cmocka_unit_test(share_storage), cmocka_unit_test(walking_is_one_signature),
                                        cmocka_unit_test(layouts),       cmocka_unit_test(converting),
                                        cmocka_unit_test(errors),        cmocka_unit_test(names) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
