/* activation.c: relu leaky_relu gelu silu sigmoid softplus and the ops of their gradients
 * (https://pytorch.org/docs/stable/nn.functional.html). The *_grad ops have no vjp: they are differentiated through their decomposition, so
 * every gradient has gradients again. */
#include "op/rules.h"
#include <math.h>

/* ---- rules ---- */
static cplug_status infer_relu(cplug_infer *c, cplug_error *e)
{
    if (c->in[0].dtype == CPLUG_BOOL) return cplug__error_fill(e, CPLUG_E_DTYPE, "bool is not supported; convert it with to");
    return cplug__infer_pointwise(c, e);
}

static cplug_status infer_activation(cplug_infer *c, cplug_error *e)
{
    const cplug_status s = cplug__need_float(&c->in[0], "input", e);
    return s == CPLUG_OK ? cplug__infer_pointwise(c, e) : s;
}

/* grad_in[0] := op(grad_out, saved) with the op's own attributes */
static cplug_status grad_op(cplug_vjp *v, int32_t op, cplug_tensor *saved)
{
    cplug_tensor *const in[2] = { v->grad_out[0], saved };
    v->grad_in[0] = cplug__op(op, in, 2, v->attr, v->n_attr);
    return cplug_failed(v->ctx);
}

/* ---- relu: max(input, 0), NaN stays ---- */
static cplug_status relu_decompose(cplug_op_call *c) { return cplug__done(c, cplug_maximum(c->in[0], cplug_int(c->ctx, 0))); }
static cplug_status relu_vjp(cplug_vjp *v) { return grad_op(v, CPLUG__OP_relu_grad, v->out[0]); }
static cplug_status relu_grad_decompose(cplug_op_call *c)
{
    cplug_tensor *const zero = cplug_int(c->ctx, 0);
    return cplug__done(c, cplug_where(cplug_le(c->in[1], zero), zero, c->in[0]));
}
CPLUG__OP(relu, "input", "output", .doc = "max(input, 0)", .saves = "output", .flags = CPLUG_OP_POINTWISE, .infer = infer_relu,
          .vjp = relu_vjp, .decompose = relu_decompose);
CPLUG__OP(relu_grad, "grad output", "grad_input", .doc = "gradient of relu: grad where output > 0", .flags = CPLUG_OP_POINTWISE,
          .infer = cplug__infer_pointwise, .decompose = relu_grad_decompose);

/* ---- leaky_relu ---- */
static const cplug_option leaky_attrs[] = {
    CPLUG__ATTR(FLOAT, "negative_slope", "slope below 0", .fallback = "0.01"),
};
static cplug_status leaky_relu_decompose(cplug_op_call *c)
{
    cplug_tensor *const x = c->in[0], *const low = cplug_mul(x, cplug_float(c->ctx, c->attr[0].v.f));
    return cplug__done(c, cplug_where(cplug_lt(cplug_int(c->ctx, 0), x), x, low));
}
static cplug_status leaky_relu_vjp(cplug_vjp *v) { return grad_op(v, CPLUG__OP_leaky_relu_grad, v->in[0]); }
static cplug_status leaky_relu_grad_decompose(cplug_op_call *c)
{
    cplug_tensor *const g = c->in[0], *const low = cplug_mul(g, cplug_float(c->ctx, c->attr[0].v.f));
    return cplug__done(c, cplug_where(cplug_lt(cplug_int(c->ctx, 0), c->in[1]), g, low));
}
CPLUG__OP(leaky_relu, "input", "output", .doc = "input where positive, else negative_slope input", .saves = "input",
          .attrs = CPLUG_OPTIONS(leaky_attrs), .flags = CPLUG_OP_POINTWISE, .infer = infer_activation, .vjp = leaky_relu_vjp,
          .decompose = leaky_relu_decompose);
CPLUG__OP(leaky_relu_grad, "grad input", "grad_input", .doc = "gradient of leaky_relu", .attrs = CPLUG_OPTIONS(leaky_attrs),
          .flags = CPLUG_OP_POINTWISE, .infer = cplug__infer_pointwise, .decompose = leaky_relu_grad_decompose);

/* ---- sigmoid: 1 / (1 + exp(-input)) ---- */
static cplug_tensor *sigmoid_of(cplug_tensor *x)
{
    cplug_context *const ctx = cplug_tensor_context(x);
    cplug_tensor *const one = cplug_int(ctx, 1);
    return cplug_div(one, cplug_add(cplug_exp(cplug_neg(x)), one));
}
static cplug_status sigmoid_decompose(cplug_op_call *c) { return cplug__done(c, sigmoid_of(cplug__compute(c, 0))); }
static cplug_status sigmoid_vjp(cplug_vjp *v) { return grad_op(v, CPLUG__OP_sigmoid_grad, v->out[0]); }
static cplug_status sigmoid_grad_decompose(cplug_op_call *c)
{
    cplug_tensor *const g = cplug__compute(c, 0), *const y = cplug__compute(c, 1);
    return cplug__done(c, cplug_mul(cplug_mul(g, cplug_sub(cplug_int(c->ctx, 1), y)), y));
}
CPLUG__OP(sigmoid, "input", "output", .doc = "1 / (1 + exp(-input))", .saves = "output", .flags = CPLUG_OP_POINTWISE,
          .infer = cplug__infer_float, .vjp = sigmoid_vjp, .decompose = sigmoid_decompose);
CPLUG__OP(sigmoid_grad, "grad output", "grad_input", .doc = "gradient of sigmoid: grad (1 - output) output", .flags = CPLUG_OP_POINTWISE,
          .infer = cplug__infer_float, .decompose = sigmoid_grad_decompose);

/* ---- silu: input sigmoid(input) ---- */
static cplug_status silu_decompose(cplug_op_call *c)
{
    cplug_tensor *const x = cplug__compute(c, 0);
    return cplug__done(c, cplug_div(x, cplug_add(cplug_exp(cplug_neg(x)), cplug_int(c->ctx, 1))));
}
static cplug_status silu_vjp(cplug_vjp *v) { return grad_op(v, CPLUG__OP_silu_grad, v->in[0]); }
static cplug_status silu_grad_decompose(cplug_op_call *c) /* g s (1 + x (1 - s)) */
{
    cplug_tensor *const g = cplug__compute(c, 0), *const x = cplug__compute(c, 1), *const one = cplug_int(c->ctx, 1);
    cplug_tensor *const s = cplug_sigmoid(x);
    return cplug__done(c, cplug_mul(cplug_mul(g, s), cplug_add(cplug_mul(x, cplug_sub(one, s)), one)));
}
CPLUG__OP(silu, "input", "output", .doc = "input sigmoid(input)", .saves = "input", .flags = CPLUG_OP_POINTWISE, .infer = infer_activation,
          .vjp = silu_vjp, .decompose = silu_decompose);
CPLUG__OP(silu_grad, "grad input", "grad_input", .doc = "gradient of silu", .flags = CPLUG_OP_POINTWISE, .infer = cplug__infer_pointwise,
          .decompose = silu_grad_decompose);

/* ---- softplus: log(1 + exp(beta input)) / beta, linear above threshold ---- */
static const cplug_option softplus_attrs[] = {
    CPLUG__ATTR(FLOAT, "beta", "sharpness", .fallback = "1"),
    CPLUG__ATTR(FLOAT, "threshold", "above it beta input counts as linear", .fallback = "20"),
};
static cplug_status softplus_decompose(cplug_op_call *c)
{
    cplug_tensor *const x = cplug__compute(c, 0), *const beta = cplug_float(c->ctx, c->attr[0].v.f);
    cplug_tensor *const z = cplug_mul(x, beta), *const soft = cplug_div(cplug_log1p(cplug_exp(z)), beta);
    return cplug__done(c, cplug_where(cplug_lt(cplug_float(c->ctx, c->attr[1].v.f), z), x, soft));
}
static cplug_status softplus_vjp(cplug_vjp *v) { return grad_op(v, CPLUG__OP_softplus_grad, v->in[0]); }
static cplug_status softplus_grad_decompose(cplug_op_call *c) /* g sigmoid(beta x) */
{
    cplug_tensor *const g = cplug__compute(c, 0), *const x = cplug__compute(c, 1);
    cplug_tensor *const z = cplug_mul(x, cplug_float(c->ctx, c->attr[0].v.f));
    cplug_tensor *const linear = cplug_lt(cplug_float(c->ctx, c->attr[1].v.f), z);
    return cplug__done(c, cplug_where(linear, g, cplug_mul(g, cplug_sigmoid(z))));
}
CPLUG__OP(softplus, "input", "output", .doc = "log(1 + exp(beta input)) / beta", .saves = "input", .attrs = CPLUG_OPTIONS(softplus_attrs),
          .flags = CPLUG_OP_POINTWISE, .infer = infer_activation, .vjp = softplus_vjp, .decompose = softplus_decompose);
CPLUG__OP(softplus_grad, "grad input", "grad_input", .doc = "gradient of softplus", .attrs = CPLUG_OPTIONS(softplus_attrs),
          .flags = CPLUG_OP_POINTWISE, .infer = cplug__infer_pointwise, .decompose = softplus_grad_decompose);

/* ---- gelu (Hendrycks and Gimpel 2016): input Phi(input), or its tanh approximation ---- */
enum { GELU_ERF = 0, GELU_TANH = 1 };
static const double gelu_k = M_SQRT2 * M_2_SQRTPI * 0.5, gelu_cube = 0.044715; /* sqrt(2 / pi) */
static const cplug_option gelu_attrs[] = {
    CPLUG__ATTR(CHOICE, "approximate", "exact, or through tanh", .fallback = "none", .choices = "none|tanh"),
};
/* tanh(k (x + cube x^3)) */
static cplug_tensor *gelu_tanh(cplug_context *ctx, cplug_tensor *x)
{
    cplug_tensor *const cube = cplug_mul(cplug_mul(x, cplug_mul(x, x)), cplug_float(ctx, gelu_cube));
    return cplug_tanh(cplug_mul(cplug_add(x, cube), cplug_float(ctx, gelu_k)));
}
static cplug_status gelu_decompose(cplug_op_call *c)
{
    cplug_tensor *const x = cplug__compute(c, 0);
    cplug_tensor *const t = c->attr[0].v.i == GELU_TANH ? gelu_tanh(c->ctx, x) : cplug_erf(cplug_mul(x, cplug_float(c->ctx, M_SQRT1_2)));
    return cplug__done(c, cplug_mul(cplug_mul(x, cplug_float(c->ctx, 0.5)), cplug_add(t, cplug_int(c->ctx, 1))));
}
static cplug_status gelu_vjp(cplug_vjp *v) { return grad_op(v, CPLUG__OP_gelu_grad, v->in[0]); }
/* Phi(x) + x phi(x) */
static cplug_tensor *gelu_slope_erf(cplug_context *ctx, cplug_tensor *x)
{
    cplug_tensor *const phi = cplug_mul(cplug_exp(cplug_mul(cplug_mul(x, x), cplug_float(ctx, -0.5))), cplug_float(ctx, gelu_k * 0.5));
    cplug_tensor *const cdf = cplug_mul(cplug_add(cplug_erf(cplug_mul(x, cplug_float(ctx, M_SQRT1_2))), cplug_int(ctx, 1)),
                                        cplug_float(ctx, 0.5));
    return cplug_add(cdf, cplug_mul(x, phi));
}
/* (1 + t) / 2 + x / 2 (1 - t^2) k (1 + 3 cube x^2) */
static cplug_tensor *gelu_slope_tanh(cplug_context *ctx, cplug_tensor *x)
{
    cplug_tensor *const one = cplug_int(ctx, 1), *const half = cplug_float(ctx, 0.5), *const t = gelu_tanh(ctx, x);
    cplug_tensor *const inner = cplug_mul(cplug_add(cplug_mul(cplug_mul(x, x), cplug_float(ctx, 3 * gelu_cube)), one),
                                          cplug_float(ctx, gelu_k));
    cplug_tensor *const right = cplug_mul(cplug_mul(cplug_mul(x, half), cplug_sub(one, cplug_mul(t, t))), inner);
    return cplug_add(cplug_mul(cplug_add(t, one), half), right);
}
static cplug_status gelu_grad_decompose(cplug_op_call *c)
{
    cplug_tensor *const g = cplug__compute(c, 0), *const x = cplug__compute(c, 1);
    return cplug__done(c, cplug_mul(g, c->attr[0].v.i == GELU_TANH ? gelu_slope_tanh(c->ctx, x) : gelu_slope_erf(c->ctx, x)));
}
CPLUG__OP(gelu, "input", "output", .doc = "input times the normal distribution function of input", .saves = "input",
          .attrs = CPLUG_OPTIONS(gelu_attrs), .flags = CPLUG_OP_POINTWISE, .infer = infer_activation, .vjp = gelu_vjp,
          .decompose = gelu_decompose);
CPLUG__OP(gelu_grad, "grad input", "grad_input", .doc = "gradient of gelu", .attrs = CPLUG_OPTIONS(gelu_attrs), .flags = CPLUG_OP_POINTWISE,
          .infer = cplug__infer_pointwise, .decompose = gelu_grad_decompose);

/* ---- wrappers ---- */
cplug_tensor *cplug_relu(cplug_tensor *a) { return cplug__op(CPLUG__OP_relu, &a, 1, NULL, 0); }
cplug_status cplug_relu_(cplug_tensor *a) { return cplug__op_(CPLUG__OP_relu, &a, 1, NULL, 0); }
cplug_tensor *cplug_sigmoid(cplug_tensor *a) { return cplug__op(CPLUG__OP_sigmoid, &a, 1, NULL, 0); }
cplug_tensor *cplug_silu(cplug_tensor *a) { return cplug__op(CPLUG__OP_silu, &a, 1, NULL, 0); }

cplug_tensor *cplug_leaky_relu(cplug_tensor *a, double negative_slope)
{
    const cplug_value attr[] = { A_FLOAT(negative_slope) };
    return cplug__op(CPLUG__OP_leaky_relu, &a, 1, attr, 1);
}

cplug_tensor *cplug_gelu(cplug_tensor *a, int32_t tanh_approximation)
{
    const cplug_value attr[] = { A_CHOICE(tanh_approximation ? GELU_TANH : GELU_ERF) };
    return cplug__op(CPLUG__OP_gelu, &a, 1, attr, 1);
}

cplug_tensor *cplug_softplus(cplug_tensor *a, double beta, double threshold)
{
    const cplug_value attr[] = { A_FLOAT(beta), A_FLOAT(threshold) };
    return cplug__op(CPLUG__OP_softplus, &a, 1, attr, 2);
}
