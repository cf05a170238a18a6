/* test_ops_pointwise.c: what pointwise ops do beside their numbers (tools/conformance): promotion, integers beyond doubles, one tensor
 * twice, in-place forms, names of gradients, errors. */
#include "support.h"

/* ---- dtypes: torch.result_type over dimensioned tensors, 0-d tensors and plain numbers ---- */
enum { TENSOR, ZERO_D, PLAIN };
static cplug_tensor *operand(cplug_context *ctx, cplug_dtype d, int kind)
{
    if (kind == PLAIN) return d == CPLUG_BOOL ? cplug_bool(ctx, 1) : cplug_dtype_is_float(d) ? cplug_float(ctx, 1) : cplug_int(ctx, 1);
    return kind == ZERO_D ? cplug_ones(ctx, d, 0, NULL) : cplug_ones(ctx, d, SHAPE(2));
}

static void promotion(void **state)
{
    (void)state;
    static const struct {
        cplug_dtype a;
        int a_kind;
        cplug_dtype b;
        int b_kind;
        cplug_dtype want;
    } cases[] = {
        { CPLUG_I32, TENSOR, CPLUG_F64, PLAIN, CPLUG_F32 },  { CPLUG_I32, TENSOR, CPLUG_I64, PLAIN, CPLUG_I32 },
        { CPLUG_BOOL, TENSOR, CPLUG_I64, PLAIN, CPLUG_I64 }, { CPLUG_BOOL, TENSOR, CPLUG_BOOL, PLAIN, CPLUG_BOOL },
        { CPLUG_F16, TENSOR, CPLUG_F64, ZERO_D, CPLUG_F16 }, { CPLUG_U8, TENSOR, CPLUG_I64, ZERO_D, CPLUG_U8 },
        { CPLUG_I32, ZERO_D, CPLUG_F64, PLAIN, CPLUG_F32 },  { CPLUG_F16, ZERO_D, CPLUG_F64, PLAIN, CPLUG_F16 },
        { CPLUG_F64, PLAIN, CPLUG_F64, PLAIN, CPLUG_F32 },   { CPLUG_I64, PLAIN, CPLUG_BOOL, PLAIN, CPLUG_I64 },
        { CPLUG_F32, TENSOR, CPLUG_F64, TENSOR, CPLUG_F64 }, { CPLUG_F16, TENSOR, CPLUG_BF16, TENSOR, CPLUG_F32 },
        { CPLUG_I8, TENSOR, CPLUG_U8, TENSOR, CPLUG_I16 },   { CPLUG_I64, TENSOR, CPLUG_F16, TENSOR, CPLUG_F16 },
        { CPLUG_I64, TENSOR, CPLUG_F16, ZERO_D, CPLUG_F16 }, { CPLUG_BOOL, TENSOR, CPLUG_U8, ZERO_D, CPLUG_U8 },
        { CPLUG_I16, TENSOR, CPLUG_I32, TENSOR, CPLUG_I32 }, { CPLUG_I32, ZERO_D, CPLUG_I64, ZERO_D, CPLUG_I64 },
    };
    cplug_context *ctx = test_open(NULL);
    for (uint32_t i = 0; i < CPLUG_COUNT(cases); i++) {
        cplug_tensor *a = operand(ctx, cases[i].a, cases[i].a_kind), *b = operand(ctx, cases[i].b, cases[i].b_kind);
        cplug_tensor *const results[] = { cplug_mul(a, b), cplug_mul(b, a), cplug_where(cplug_eq(a, b), a, b), cplug_maximum(a, b) };
        for (uint32_t k = 0; k < CPLUG_COUNT(results); k++) {
            assert_ok(ctx);
            if (cplug_tensor_dtype(results[k]) != cases[i].want)
                fail_msg("case %u, op %u: %s, expected %s", i, k, cplug_dtype_name(cplug_tensor_dtype(results[k])),
                         cplug_dtype_name(cases[i].want));
        }
        assert_int_equal(cplug_tensor_dtype(cplug_lt(a, b)), CPLUG_BOOL);
        const cplug_dtype quotient = cplug_dtype_is_float(cases[i].want) ? cases[i].want : CPLUG_F32;
        assert_int_equal(cplug_tensor_dtype(cplug_div(a, b)), quotient);
    }
    test_close(ctx);
}

static void integers(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    int64_t big = 0; /* exact beyond what a double holds */
    cplug_item_int(cplug_add(cplug_from_array(ctx, CPLUG_I64, 0, NULL, (int64_t[]){ (1ll << 53) + 1 }), cplug_int(ctx, 1)), &big);
    assert_int_equal(big, (1ll << 53) + 2);
    cplug_tensor *filled = cplug_masked_fill(cplug_ones(ctx, CPLUG_I64, SHAPE(2)), cplug_from_array(ctx, CPLUG_BOOL, SHAPE(2), "\1"),
                                             cplug_float(ctx, 2.5));
    assert_int_equal(cplug_tensor_dtype(filled), CPLUG_I64);
    assert_values(filled, 0, 2, 1);
    test_close(ctx);
}

/* Gradients of both uses add up. */
static void one_tensor_twice(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = cplug_requires_grad(FLOATS(ctx, SHAPE(3), 1, -2, 0.5f), 1), *y = cplug_sub(a, cplug_mul(a, a));
    assert_values(cplug_detach(y), 0, 0, -6, 0.25);
    cplug_tensor *g = FLOATS(ctx, SHAPE(3), 1, 2, 4), *grad = NULL;
    cplug_grad_args args = CPLUG_GRAD_ARGS;
    args.gradients = &g;
    cplug_grad(&y, 1, &a, 1, &args, &grad);
    assert_values(grad, 0, -1, 10, 0);
    test_close(ctx);
}

static void in_place(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = FLOATS(ctx, SHAPE(2, 2), 1, -2, 3, -4), *b = FLOATS(ctx, SHAPE(2), 2, 10);
    void *const data = cplug_tensor_data(a);
    const uint64_t version = cplug_tensor_version(a);
    cplug_add_(a, b);
    assert_values(a, 0, 3, 8, 5, 6);
    cplug_sub_(a, b);
    cplug_mul_(a, b);
    assert_values(a, 0, 2, -20, 6, -40);
    cplug_div_(a, b);
    cplug_add_scaled_(a, b, 0.5);
    assert_values(a, 0, 2, 3, 4, 1);
    cplug_pow_(a, cplug_int(ctx, 2));
    assert_values(a, 0, 4, 9, 16, 1);
    cplug_add_scalar_(a, 1);
    cplug_sub_scalar_(a, 2);
    cplug_mul_scalar_(a, 3);
    cplug_div_scalar_(a, 2);
    assert_values(a, 0, 4.5, 12, 22.5, 0);
    cplug_neg_(a);
    cplug_clamp_(a, cplug_float(ctx, -10), NULL);
    assert_values(a, 0, -4.5, -10, -10, 0);
    cplug_lerp_(a, b, cplug_float(ctx, 0.5));
    assert_values(a, 0, -1.25, 0, -4, 5);
    cplug_relu_(a);
    cplug_addcmul_(a, b, b, 2);
    assert_values(a, 0, 8, 200, 8, 205);
    cplug_addcdiv_(a, b, b, -8);
    cplug_masked_fill_(a, cplug_eq(a, cplug_int(ctx, 0)), cplug_float(ctx, 7));
    assert_values(a, 0, 7, 192, 7, 197);
    assert_ptr_equal(cplug_tensor_data(a), data);
    assert_true(cplug_tensor_version(a) > version);
    cplug_fill_(a, 0.25);
    assert_values(a, 0, 0.25, 0.25, 0.25, 0.25);
    cplug_copy_(a, FLOATS(ctx, SHAPE(1, 2), 1, 2));
    assert_values(a, 0, 1, 2, 1, 2);
    cplug_zero_(cplug_select(a, 1, 0)); /* through a view */
    assert_values(a, 0, 0, 2, 0, 2);
    cplug_add_(cplug_transpose(a, 0, 1), a); /* overlapping in another order */
    assert_values(a, 0, 0, 2, 2, 4);
    cplug_tensor *i = cplug_from_array(ctx, CPLUG_I32, SHAPE(2), (int32_t[]){ 1, 2 });
    cplug_add_scalar_(i, 2);
    cplug_copy_(cplug_slice(i, 0, 1, 2, 1), cplug_float(ctx, -1.7));
    assert_values(i, 0, 3, -1);
    test_close(ctx);
}

static void errors(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = cplug_ones(ctx, CPLUG_F32, SHAPE(2, 3)), *b = cplug_ones(ctx, CPLUG_F32, SHAPE(4)),
                 *i = cplug_ones(ctx, CPLUG_I32, SHAPE(2, 3));
    cplug_tensor *t = cplug_ones(ctx, CPLUG_BOOL, SHAPE(2, 3));
    assert_null(cplug_add(a, b));
    assert_error(ctx, CPLUG_E_SHAPE, "add: shapes [2, 3] and [4] do not broadcast: dimension 1 is 3 and 4");
    assert_null(cplug_add_scaled(i, i, 0.5));
    assert_error(ctx, CPLUG_E_DTYPE, "alpha must be an integer");
    assert_null(cplug_sub(t, a));
    assert_error(ctx, CPLUG_E_DTYPE, "sub: bool");
    assert_null(cplug_neg(t));
    assert_error(ctx, CPLUG_E_DTYPE, "neg: bool");
    assert_null(cplug_gelu(i, 0));
    assert_error(ctx, CPLUG_E_DTYPE, "i32");
    assert_null(cplug_pow(i, cplug_int(ctx, -1)));
    assert_error(ctx, CPLUG_E_INVALID, "negative integer -1");
    assert_null(cplug_where(i, a, a));
    assert_error(ctx, CPLUG_E_DTYPE, "condition must be bool, got i32");
    assert_null(cplug_masked_fill(a, i, cplug_float(ctx, 1)));
    assert_error(ctx, CPLUG_E_DTYPE, "mask must be bool");
    assert_null(cplug_masked_fill(a, t, b));
    assert_error(ctx, CPLUG_E_SHAPE, "[4]");
    assert_null(cplug_clamp(a, NULL, NULL));
    assert_error(ctx, CPLUG_E_INVALID, "min and max");
    assert_null(cplug_lerp(i, i, cplug_int(ctx, 1)));
    assert_error(ctx, CPLUG_E_DTYPE, "float");
    assert_null(cplug_addcdiv(i, i, i, 1));
    assert_error(ctx, CPLUG_E_DTYPE, "addcdiv");
    assert_int_equal(cplug_add_(i, cplug_float(ctx, 1.5)), CPLUG_E_DTYPE);
    assert_error(ctx, CPLUG_E_DTYPE, "f32");
    assert_int_equal(cplug_add_(b, cplug_ones(ctx, CPLUG_F32, SHAPE(3, 4))), CPLUG_E_SHAPE);
    assert_error(ctx, CPLUG_E_SHAPE, "[3, 4]");
    assert_int_equal(cplug_copy_(b, a), CPLUG_E_SHAPE);
    assert_error(ctx, CPLUG_E_SHAPE, "[2, 3] does not broadcast to shape [4]");
    assert_int_equal(cplug_fill_(cplug_float(ctx, 1), 2), CPLUG_E_INVALID);
    assert_error(ctx, CPLUG_E_INVALID, "number");
    assert_int_equal(cplug_copy_(cplug_float(ctx, 1), cplug_select(b, 0, 0)), CPLUG_E_INVALID);
    assert_error(ctx, CPLUG_E_INVALID, "number");
    assert_null(cplug_mul(a, NULL));
    assert_error(ctx, CPLUG_E_INVALID, "other");
    test_close(ctx);
}

static void names(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_requires_grad(cplug_ones(ctx, CPLUG_F32, SHAPE(2)), 1), *m = cplug_isnan(x);
    const struct {
        cplug_tensor *t;
        const char *name;
    } cases[] = {
        { cplug_add(x, x), "AddBackward0" },
        { cplug_log1p(x), "Log1PBackward0" },
        { cplug_leaky_relu(x, 0.1), "LeakyReluBackward0" },
        { cplug_addcmul(x, x, x, 2), "AddcmulBackward0" },
        { cplug_masked_fill(x, m, cplug_int(ctx, 0)), "MaskedFillBackward0" },
        { cplug_where(m, x, x), "WhereBackward0" },
        { cplug_to(x, CPLUG_F64, NULL), "ToCopyBackward0" },
        { cplug_clone(x), "CloneBackward0" },
        { cplug_relu(x), "ReluBackward0" },
        { cplug_eq(x, x), "" },
    };
    for (uint32_t i = 0; i < CPLUG_COUNT(cases); i++) assert_string_equal(cplug_tensor_grad_fn(cases[i].t), cases[i].name);
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(promotion), cmocka_unit_test(integers), cmocka_unit_test(one_tensor_twice),
                                        cmocka_unit_test(in_place),  cmocka_unit_test(errors),   cmocka_unit_test(names) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
