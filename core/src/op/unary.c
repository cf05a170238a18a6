/* unary.c: pointwise ops of one tensor: neg abs sign floor round, exp log log1p sqrt rsqrt reciprocal sin cos tanh erf, tanh_grad.
 * Integers stay integers in the first group and give f32 in the second, as in PyTorch. */
#include "op/rules.h"
#include <math.h>

/* ---- gradients: g = gradient of the output, x = input, y = output ---- */
#define GRADIENT(name_, expression_)                                                                                                       \
    static cplug_status name_##_vjp(cplug_vjp *v)                                                                                          \
    {                                                                                                                                      \
        cplug_tensor *const g = v->grad_out[0], *const x = v->in[0], *const y = v->out[0];                                                 \
        (void)x;                                                                                                                           \
        (void)y;                                                                                                                           \
        v->grad_in[0] = (expression_);                                                                                                     \
        return cplug_failed(v->ctx);                                                                                                       \
    }
GRADIENT(neg, cplug_neg(g))
GRADIENT(abs, cplug_mul(g, cplug_sign(x)))
GRADIENT(flat, cplug_zeros_like(g)) /* sign floor round */
GRADIENT(exp, cplug_mul(g, y))
GRADIENT(log, cplug_div(g, x))
GRADIENT(log1p, cplug_div(g, cplug_add(x, cplug_int(v->ctx, 1))))
GRADIENT(sqrt, cplug_div(g, cplug_mul(y, cplug_int(v->ctx, 2))))
GRADIENT(rsqrt, cplug_mul(cplug_mul(g, cplug_float(v->ctx, -0.5)), cplug_mul(y, cplug_mul(y, y))))
GRADIENT(reciprocal, cplug_neg(cplug_mul(g, cplug_mul(y, y))))
GRADIENT(sin, cplug_mul(g, cplug_cos(x)))
GRADIENT(cos, cplug_neg(cplug_mul(g, cplug_sin(x))))
GRADIENT(erf, cplug_mul(cplug_mul(g, cplug_float(v->ctx, M_2_SQRTPI)), cplug_exp(cplug_neg(cplug_mul(x, x)))))

static cplug_status tanh_vjp(cplug_vjp *v)
{
    cplug_tensor *const in[2] = { v->grad_out[0], v->out[0] };
    v->grad_in[0] = cplug__op(CPLUG__OP_tanh_grad, in, 2, NULL, 0);
    return cplug_failed(v->ctx);
}

/* ---- decompositions: x is the input in the dtype of computation ---- */
#define DECOMPOSITION(name_, expression_)                                                                                                  \
    static cplug_status name_##_decompose(cplug_op_call *c)                                                                                \
    {                                                                                                                                      \
        cplug_tensor *const x = cplug__compute(c, 0);                                                                                      \
        return cplug__done(c, (expression_));                                                                                              \
    }
DECOMPOSITION(rsqrt, cplug_div(cplug_int(c->ctx, 1), cplug_sqrt(x)))
DECOMPOSITION(reciprocal, cplug_div(cplug_int(c->ctx, 1), x))

static cplug_status neg_decompose(cplug_op_call *c) { return cplug__done(c, cplug_mul(c->in[0], cplug_int(c->ctx, -1))); }

/* NaN gives 0. */
static cplug_status sign_decompose(cplug_op_call *c)
{
    cplug_tensor *const zero = cplug_int(c->ctx, 0);
    cplug_tensor *const up = cplug_to(cplug_lt(zero, c->in[0]), c->out_meta[0].dtype, NULL);
    return cplug__done(c, cplug_where(cplug_lt(c->in[0], zero), cplug_int(c->ctx, -1), up));
}

/* log(1 + x) with the rounding of u = 1 + x undone: log(u) x / (u - 1) (Kahan); far from 0 it has none to undo. */
static cplug_status log1p_decompose(cplug_op_call *c)
{
    cplug_tensor *const x = cplug__compute(c, 0), *const one = cplug_int(c->ctx, 1);
    cplug_tensor *const u = cplug_add(x, one), *const log_u = cplug_log(u);
    cplug_tensor *const near = cplug_where(cplug_eq(u, one), x, cplug_mul(log_u, cplug_div(x, cplug_sub(u, one))));
    return cplug__done(c, cplug_where(cplug_lt(cplug_abs(x), cplug_int(c->ctx, 1000)), near, log_u));
}

/* g (1 - y y) */
static cplug_status tanh_grad_decompose(cplug_op_call *c)
{
    cplug_tensor *const g = cplug__compute(c, 0), *const y = cplug__compute(c, 1);
    return cplug__done(c, cplug_mul(g, cplug_sub(cplug_int(c->ctx, 1), cplug_mul(y, y))));
}

/* ---- dtype rules ---- */
static cplug_status infer_number(cplug_infer *c, cplug_error *e)
{
    if (c->in[0].dtype == CPLUG_BOOL)
        return cplug__error_fill(e, CPLUG_E_DTYPE, "bool is not supported; convert it with to, or use logical_not to invert a mask");
    return cplug__infer_pointwise(c, e);
}

#define UNARY(name_, infer_, flags_, ...)                                                                                                  \
    CPLUG__OP(name_, "input", "output", .flags = CPLUG_OP_POINTWISE | (flags_), .infer = (infer_), __VA_ARGS__)
UNARY(neg, infer_number, 0, .doc = "-input", .saves = "", .vjp = neg_vjp, .decompose = neg_decompose);
UNARY(abs, infer_number, CPLUG_OP_PRIMITIVE, .doc = "absolute value", .saves = "input", .vjp = abs_vjp);
UNARY(sign, cplug__infer_pointwise, 0, .doc = "-1, 0 or 1", .saves = "", .vjp = flat_vjp, .decompose = sign_decompose);
UNARY(floor, infer_number, CPLUG_OP_PRIMITIVE, .doc = "largest integer not above input", .saves = "", .vjp = flat_vjp);
UNARY(exp, cplug__infer_float, CPLUG_OP_PRIMITIVE, .doc = "e to the power of input", .saves = "output", .vjp = exp_vjp);
UNARY(log, cplug__infer_float, CPLUG_OP_PRIMITIVE, .doc = "natural logarithm", .saves = "input", .vjp = log_vjp);
UNARY(log1p, cplug__infer_float, 0, .doc = "log(1 + input), exact near 0", .saves = "input", .grad_fn = "Log1P", .vjp = log1p_vjp,
      .decompose = log1p_decompose);
UNARY(sqrt, cplug__infer_float, CPLUG_OP_PRIMITIVE, .doc = "square root", .saves = "output", .vjp = sqrt_vjp);
UNARY(rsqrt, cplug__infer_float, 0, .doc = "1 / sqrt(input)", .saves = "output", .vjp = rsqrt_vjp, .decompose = rsqrt_decompose);
UNARY(reciprocal, cplug__infer_float, 0, .doc = "1 / input", .saves = "output", .vjp = reciprocal_vjp, .decompose = reciprocal_decompose);
UNARY(sin, cplug__infer_float, CPLUG_OP_PRIMITIVE, .doc = "sine", .saves = "input", .vjp = sin_vjp);
UNARY(cos, cplug__infer_float, CPLUG_OP_PRIMITIVE, .doc = "cosine", .saves = "input", .vjp = cos_vjp);
UNARY(tanh, cplug__infer_float, CPLUG_OP_PRIMITIVE, .doc = "hyperbolic tangent", .saves = "output", .vjp = tanh_vjp);
UNARY(erf, cplug__infer_float, CPLUG_OP_PRIMITIVE, .doc = "error function", .saves = "input", .vjp = erf_vjp);

static const cplug_option round_attrs[] = {
    CPLUG__ATTR(INT, "decimals", "places after the point; negative: before it", .fallback = "0"),
};
UNARY(round, infer_number, CPLUG_OP_PRIMITIVE, .doc = "nearest integer, half to even", .saves = "", .attrs = CPLUG_OPTIONS(round_attrs),
      .vjp = flat_vjp);

CPLUG__OP(tanh_grad, "grad output", "grad_input", .doc = "gradient of tanh: grad (1 - output output)", .flags = CPLUG_OP_POINTWISE,
          .infer = cplug__infer_float, .decompose = tanh_grad_decompose);

/* ---- wrappers ---- */
#define WRAP(name_)                                                                                                                        \
    cplug_tensor *cplug_##name_(cplug_tensor *a) { return cplug__op(CPLUG__OP_##name_, &a, 1, NULL, 0); }
WRAP(neg)
WRAP(abs)
WRAP(sign)
WRAP(floor)
WRAP(round)
WRAP(exp)
WRAP(log)
WRAP(log1p)
WRAP(sqrt)
WRAP(rsqrt)
WRAP(reciprocal)
WRAP(sin)
WRAP(cos)
WRAP(tanh)
WRAP(erf)

cplug_status cplug_neg_(cplug_tensor *a) { return cplug__op_(CPLUG__OP_neg, &a, 1, NULL, 0); }
