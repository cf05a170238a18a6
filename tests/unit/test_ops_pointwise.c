/* test_ops_pointwise.c: unary, binary, comparing and fused ops against PyTorch, at the hard points too; promotion, in-place forms, errors.
 */
#include "golden/golden_calls.h"
#include "golden/golden_pointwise.h"

/* clang-format off */
#define CASES(X) \
    X(neg, 1, cplug_neg(a)) X(exp, 1, cplug_exp(a)) X(sin, 1, cplug_sin(a)) X(cos, 1, cplug_cos(a)) \
    X(tanh, 1, cplug_tanh(a)) X(erf, 1, cplug_erf(a)) \
    X(sigmoid, 1, cplug_sigmoid(a)) \
    X(relu, 1, cplug_relu(a)) X(abs, 1, cplug_abs(a)) \
    X(sign, 0, cplug_sign(a)) \
    X( floor, 0, cplug_floor(a)) \
    X(round, 0, cplug_round(a)) \
    X(leaky_relu, 1, cplug_leaky_relu(a, 0.2)) \
    X(gelu, 1, cplug_gelu(a, 0)) \
    X(gelu_tanh, 1, cplug_gelu(a, 1)) \
    X(silu, 1, cplug_silu(a)) \
    X(softplus, 1, cplug_softplus(a, 2, 3)) X(log, 1, cplug_log(a)) \
    X( log1p, 1, cplug_log1p(a)) \
    X(sqrt, 1, cplug_sqrt(a)) \
    X(rsqrt, 1, cplug_rsqrt(a)) \
    X(reciprocal, 1, cplug_reciprocal(a)) \
    X(abs_hard, 0, cplug_abs(a)) \
    X(relu_hard, 0, cplug_relu(a)) \
    X(sign_hard, 0, cplug_sign(a)) \
    X( sqrt_hard, 0, cplug_sqrt( a)) \
    X(log_hard, 0, cplug_log(a)) \
    X(log1p_hard, 0, cplug_log1p(a)) \
    X(rsqrt_hard, 0, cplug_rsqrt(a)) \
    X(reciprocal_hard, 0, cplug_reciprocal(a)) \
    X(exp_hard, 0, cplug_exp(a)) \
    X(tanh_hard, 0, cplug_tanh(a)) \
    X( erf_hard, 0, cplug_erf(a)) \
    X(sigmoid_hard, 0, cplug_sigmoid(a)) \
    X(round_hard, 0, cplug_round(a)) \
    X(leaky_relu_hard, 0, cplug_leaky_relu(a, 0.2)) \
    X( softplus_hard, 0, cplug_softplus(a, 2, 3)) \
    X(gelu_far, 0, cplug_gelu(a, 0)) \
    X(silu_far, 0, cplug_silu(a)) \
    X(add, 1, cplug_add(a, b)) \
    X(sub, 1, cplug_sub(a, b)) \
    X(mul, 1, cplug_mul(a, b)) \
    X( div, 1, cplug_div(a, b)) \
    X(add_row, 1, cplug_add(a, b)) \
    X(sub_outer, 1, cplug_sub(a, b)) \
    X(mul_number, 1, cplug_mul(a, b)) \
    X(div_column, 1, cplug_div(a, b)) \
    X( mul_nothing, 0, cplug_mul(a, b)) \
    X(mul_strided, 1, cplug_mul(cplug_transpose(a, 0, 1), b)) \
    X(add_alpha, 1, cplug_add_scaled(a, b, -2.5)) \
    X(sub_self, 1, cplug_sub(a, cplug_mul(a, a))) \
    X( div_hard, 0, cplug_div(a, b)) \
    X(pow, 1, cplug_pow(a, b)) \
    X(pow_hard, 0, cplug_pow(a, b)) \
    X(pow_0, 0, cplug_pow_scalar(a, 0)) \
    X( pow_1, 0, cplug_pow_scalar(a, 1)) \
    X(pow_2, 0, cplug_pow_scalar(a, 2)) \
    X(pow_3, 0, cplug_pow_scalar(a, 3)) \
    X(pow_half, 0, cplug_pow_scalar(a, 0.5)) \
    X(pow_less, 1, cplug_pow_scalar(a, -1.5)) \
    X( pow_of_2, 1, cplug_pow(NUMBER(2), a)) \
    X(pow_of_0, 0, cplug_pow(NUMBER(0), a)) \
    X(maximum, 1, cplug_maximum(a, b)) \
    X(maximum_hard, 0, cplug_maximum(a, b)) \
    X(minimum, 1, cplug_minimum(a, b)) \
    X(minimum_hard, 0, cplug_minimum(a, b)) \
    X( lerp, 1, cplug_lerp(a, b, c)) \
    X(lerp_number, 1, cplug_lerp(a, b, NUMBER(0.3))) \
    X(lerp_far, 1, cplug_lerp(a, b, NUMBER(0.7))) \
    X( addcmul, 1, cplug_addcmul(a, b, c, 0.5)) \
    X(addcmul_1, 1, cplug_addcmul(a, b, c, 1)) \
    X(addcdiv, 1, cplug_addcdiv(a, b, c, -2)) \
    X( clamp, 0, cplug_clamp( a, NUMBER(-1), NUMBER(1))) \
    X(clamp_min, 0, cplug_clamp(a, NUMBER(-1), NULL)) \
    X(clamp_max, 0, cplug_clamp(a, NULL, NUMBER(1))) \
    X( clamp_tensors, 0, cplug_clamp(a, b, c)) \
    X(clamp_min_tensor, 0, cplug_clamp(a, b, NULL)) \
    X(clamp_max_tensor, 0, cplug_clamp(a, NULL, b)) \
    X(where, 1, cplug_where(MASK(c), a, b)) \
    X(where_nan, 0, cplug_where(MASK(c), a, b)) \
    X(where_number, 1, cplug_where(MASK(b), a, NUMBER(7))) \
    X( masked_fill, 0, cplug_masked_fill(a, MASK(b), NUMBER(-INFINITY))) \
    X(masked_fill_tensor, 1, cplug_masked_fill(a, MASK(c), b)) X(eq, 0, cplug_eq(a, b)) X(ne, 0, cplug_ne(a, b)) \
    X( lt, 0, cplug_lt(a, b)) X(le, 0, cplug_le(a, b)) X(gt, 0, cplug_gt(a, b)) X(ge, 0, cplug_ge(a, b)) \
    X(logical_and, 0, cplug_logical_and(a, b)) \
    X( logical_or, 0, cplug_logical_or(a, b)) \
    X(logical_xor, 0, cplug_logical_xor(a, b)) \
    X(logical_not, 0, cplug_logical_not(a)) \
    X(isnan, 0, cplug_isnan(a))
/* clang-format on */
CASES(GOLDEN_CALL)
static const golden_use uses[] = { CASES(GOLDEN_USE) };
#define GOLDEN golden_pointwise, CPLUG_COUNT(golden_pointwise), uses, CPLUG_COUNT(uses)
GOLDEN_TESTS(GOLDEN)

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
    static const cplug_dtype dtypes[] = { CPLUG_I64, CPLUG_I32, CPLUG_I16, CPLUG_I8 };
    for (uint32_t i = 0; i < CPLUG_COUNT(dtypes); i++) {
        cplug_tensor *a = cplug_to(FLOATS(ctx, SHAPE(4), -3, 0, 2, 5), dtypes[i], NULL);
        cplug_tensor *const same[] = { cplug_neg(a),
                                       cplug_abs(a),
                                       cplug_relu(a),
                                       cplug_sign(a),
                                       cplug_floor(a),
                                       cplug_round(a),
                                       cplug_add_scaled(a, a, 3),
                                       cplug_pow(a, cplug_int(ctx, 2)),
                                       cplug_clamp(a, cplug_int(ctx, -1), cplug_int(ctx, 3)) };
        for (uint32_t k = 0; k < CPLUG_COUNT(same); k++) assert_int_equal(cplug_tensor_dtype(same[k]), dtypes[i]);
        assert_values(same[0], 0, 3, 0, -2, -5);
        assert_values(same[1], 0, 3, 0, 2, 5);
        assert_values(same[2], 0, 0, 0, 2, 5);
        assert_values(same[3], 0, -1, 0, 1, 1);
        assert_values(same[6], 0, -12, 0, 8, 20);
        assert_values(same[7], 0, 9, 0, 4, 25);
        assert_values(same[8], 0, -1, 0, 2, 3);
        cplug_tensor *const widened[] = { cplug_exp(a), cplug_sqrt(a), cplug_sigmoid(a), cplug_reciprocal(a), cplug_div(a, a) };
        for (uint32_t k = 0; k < CPLUG_COUNT(widened); k++) assert_int_equal(cplug_tensor_dtype(widened[k]), CPLUG_F32);
    }
    cplug_tensor *u = cplug_neg(cplug_ones(ctx, CPLUG_U8, SHAPE(1)));
    assert_values(u, 0, 255);
    cplug_tensor *power = cplug_pow(cplug_from_array(ctx, CPLUG_I64, SHAPE(4), (int64_t[]){ 2, 1, -1, 3 }),
                                    cplug_from_array(ctx, CPLUG_I64, SHAPE(4), (int64_t[]){ -1, -2, -3, 0 }));
    assert_values(power, 0, 0, 1, -1, 1);
    int64_t big = 0; /* exact beyond what a double holds */
    cplug_item_int(cplug_add(cplug_from_array(ctx, CPLUG_I64, 0, NULL, (int64_t[]){ (1ll << 53) + 1 }), cplug_int(ctx, 1)), &big);
    assert_int_equal(big, (1ll << 53) + 2);
    cplug_tensor *filled = cplug_masked_fill(cplug_ones(ctx, CPLUG_I64, SHAPE(2)), cplug_from_array(ctx, CPLUG_BOOL, SHAPE(2), "\1"),
                                             cplug_float(ctx, 2.5));
    assert_int_equal(cplug_tensor_dtype(filled), CPLUG_I64);
    assert_values(filled, 0, 2, 1);
    assert_values(cplug_add(cplug_ones(ctx, CPLUG_BOOL, SHAPE(1)), cplug_ones(ctx, CPLUG_BOOL, SHAPE(1))), 0, 1);
    test_close(ctx);
}

/* f16 and bf16: computed in f32 and rounded once. */
static void halves(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    static const struct {
        cplug_dtype dtype;
        double tolerance;
    } kinds[] = { { CPLUG_F16, 0.0006 }, { CPLUG_BF16, 0.005 } };
    for (uint32_t k = 0; k < 2; k++) {
        cplug_tensor *wide = cplug_to(cplug_to(FLOATS(ctx, SHAPE(4), -2.5f, -0.3f, 0.7f, 3.1f), kinds[k].dtype, NULL), CPLUG_F32, NULL);
        cplug_tensor *x = cplug_requires_grad(cplug_to(wide, kinds[k].dtype, NULL), 1);
        cplug_requires_grad(wide, 1);
        static cplug_tensor *(*const ops[])(cplug_tensor *) = { cplug_exp, cplug_sigmoid, cplug_silu, cplug_tanh, cplug_relu, cplug_erf };
        for (uint32_t i = 0; i < CPLUG_COUNT(ops); i++) {
            cplug_tensor *y = ops[i](x), *want = ops[i](wide), *gx, *gw;
            assert_int_equal(cplug_tensor_dtype(y), kinds[k].dtype);
            assert_int_equal(cplug_allclose(cplug_to(y, CPLUG_F32, NULL), want, kinds[k].tolerance, kinds[k].tolerance / 4, 0), 1);
            cplug_tensor *sy = cplug_sum(y, ALL, 0), *sw = cplug_sum(want, ALL, 0);
            cplug_grad(&sy, 1, &x, 1, NULL, &gx);
            cplug_grad(&sw, 1, &wide, 1, NULL, &gw);
            assert_ok(ctx);
            assert_int_equal(cplug_tensor_dtype(gx), kinds[k].dtype);
            assert_int_equal(cplug_allclose(cplug_to(gx, CPLUG_F32, NULL), gw, 2 * kinds[k].tolerance, kinds[k].tolerance, 0), 1);
        }
    }
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
    const struct CMUnitTest tests[] = { GOLDEN_TEST_LIST,         cmocka_unit_test(promotion), cmocka_unit_test(integers),
                                        cmocka_unit_test(halves), cmocka_unit_test(in_place),  cmocka_unit_test(errors),
                                        cmocka_unit_test(names) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
