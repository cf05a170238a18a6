/* loss.c: losses of a prediction and a target, element by element: mse, l1, smooth_l1, binary cross entropy with and without logits.
 * Each is elements(input, target) * weight, then reduced; the gradients are PyTorch's, also where a logarithm is cut off. */
#include "op/net.h"

enum { INPUT, TARGET, WEIGHT, POS_WEIGHT };
enum { REDUCTION, BETA };
#define BCE_LOG_MIN (-100.0)          /* logarithms are not smaller, https://pytorch.org/docs/stable/generated/torch.nn.BCELoss.html */
#define BCE_GRAD_MIN ((double)1e-12f) /* x (1 - x) is not smaller in the gradient */

#define REDUCTION_ATTR CPLUG__ATTR(CHOICE, "reduction", "none: one loss per element", .fallback = "mean", .choices = "none|mean|sum")
static const cplug_option attrs[] = { REDUCTION_ATTR };
static const cplug_option smooth_attrs[] = { REDUCTION_ATTR,
                                             CPLUG__ATTR(FLOAT, "beta", "half width of the quadratic part", .fallback = "1") };

/* ---- shapes: input and target broadcast; "none" keeps the shape ---- */
static cplug_status infer_reduced(cplug_infer *c, cplug_error *e, uint32_t n)
{
    const int64_t reduction = c->attr[REDUCTION].v.i;
    cplug_meta *y = &c->out[0];
    if (reduction < CPLUG_REDUCTION_NONE || reduction > CPLUG_REDUCTION_SUM)
        return cplug__error_fill(e, CPLUG_E_INVALID, "reduction must be 0 (none), 1 (mean) or 2 (sum), got %lld", (long long)reduction);
    const cplug_status s = cplug__broadcast(c, c->in, n, y, e);
    if (s != CPLUG_OK) return s;
    y->dtype = cplug__result_type(c->in, 2);
    if (reduction != CPLUG_REDUCTION_NONE) y->ndim = 0, y->layout = CPLUG_LAYOUT_ROW_MAJOR;
    return cplug__need_float(y, "the loss of input and target", e);
}
static cplug_status infer_loss(cplug_infer *c, cplug_error *e) { return infer_reduced(c, e, 2); }

static cplug_status infer_smooth(cplug_infer *c, cplug_error *e)
{
    if (!(c->attr[BETA].v.f >= 0.0)) return cplug__error_fill(e, CPLUG_E_INVALID, "beta must not be negative, got %g", c->attr[BETA].v.f);
    return infer_reduced(c, e, 2);
}

static cplug_status infer_bce(cplug_infer *c, cplug_error *e)
{
    cplug_status s = cplug__want_shape(&c->in[TARGET], "target", &c->in[INPUT], e);
    for (uint32_t i = WEIGHT; i < c->n_in && s == CPLUG_OK; i++)
        if (cplug__present(&c->in[i])) s = cplug__broadcasts_to(&c->in[i], &c->in[INPUT], i == WEIGHT ? "weight" : "pos_weight", e);
    return s != CPLUG_OK ? s : infer_reduced(c, e, 2);
}

/* ---- what decompositions share ---- */
static cplug_tensor *reduced(cplug_tensor *elements, const cplug_value *attr)
{
    switch (attr[REDUCTION].v.i) {
    case CPLUG_REDUCTION_MEAN: return cplug_mean(elements, NULL, 0, 0);
    case CPLUG_REDUCTION_SUM: return cplug_sum(elements, NULL, 0, 0);
    default: return elements;
    }
}

static cplug_status reduce(cplug_op_call *c, cplug_tensor *elements, cplug_tensor *weight)
{
    if (weight) elements = cplug_mul(elements, cplug__wide(weight));
    c->out[0] = cplug__finish(reduced(elements, c->attr), &c->out_meta[0]);
    return cplug_failed(c->ctx);
}

/* Gradient of each element before the weight: g, or g / n for a mean of n. */
static cplug_tensor *spread(cplug_vjp *v, uint32_t n_in)
{
    cplug_meta all = { .ndim = 0 };
    cplug_error e = CPLUG__ERROR_INIT;
    cplug_tensor *g = cplug__wide(v->grad_out[0]);
    if (v->attr[REDUCTION].v.i != CPLUG_REDUCTION_MEAN) return g;
    cplug__broadcast(NULL, v->in_meta, n_in, &all, &e);
    return cplug_div_scalar(g, (double)MAX(cplug__meta_numel(&all), 1)); /* no element: no 0 / 0 in the second gradient */
}

static cplug_tensor *difference(cplug_tensor *const *in) { return cplug_sub(cplug__wide(in[INPUT]), cplug__wide(in[TARGET])); }

/* Losses of input - target: the target's gradient is the input's, turned round. */
static cplug_status give_difference(cplug_vjp *v, cplug_tensor *slope)
{
    cplug_tensor *g = cplug_mul(slope, spread(v, 2));
    if (v->want[INPUT]) v->grad_in[INPUT] = g;
    if (v->want[TARGET]) v->grad_in[TARGET] = cplug_neg(g);
    return cplug_failed(v->ctx);
}

/* ---- mse_loss: d^2, l1_loss: |d| ---- */
static cplug_status decompose_mse(cplug_op_call *c)
{
    cplug_tensor *d = difference(c->in);
    return reduce(c, cplug_mul(d, d), NULL);
}
static cplug_status vjp_mse(cplug_vjp *v) { return give_difference(v, cplug_mul_scalar(difference(v->in), 2.0)); }
static cplug_status decompose_l1(cplug_op_call *c) { return reduce(c, cplug_abs(difference(c->in)), NULL); }
static cplug_status vjp_l1(cplug_vjp *v) { return give_difference(v, cplug_sign(difference(v->in))); }

/* ---- smooth_l1_loss: d^2 / (2 beta) below beta, |d| - beta / 2 from there on; beta = 0 is l1 ---- */
static cplug_status decompose_smooth(cplug_op_call *c)
{
    const double beta = c->attr[BETA].v.f;
    cplug_tensor *d = difference(c->in), *size = cplug_abs(d);
    if (beta == 0.0) return reduce(c, size, NULL);
    cplug_tensor *quadratic = cplug_mul_scalar(cplug_mul(d, d), 0.5 / beta), *linear = cplug_sub_scalar(size, 0.5 * beta);
    return reduce(c, cplug_where(cplug_lt(size, cplug_float(c->ctx, beta)), quadratic, linear), NULL);
}

static cplug_status vjp_smooth(cplug_vjp *v)
{
    const double beta = v->attr[BETA].v.f;
    cplug_tensor *d = difference(v->in);
    if (beta == 0.0) return give_difference(v, cplug_sign(d));
    return give_difference(v, cplug_clamp(cplug_div_scalar(d, beta), cplug_float(v->ctx, -1.0), cplug_float(v->ctx, 1.0)));
}

/* ---- binary_cross_entropy: (t - 1) log(1 - x) - t log(x) ---- */
static cplug_tensor *cut_log(cplug_tensor *log) { return log ? cplug_clamp(log, cplug_float(log->ctx, BCE_LOG_MIN), NULL) : NULL; }

static cplug_tensor *bce_elements(cplug_tensor *x, cplug_tensor *t)
{
    cplug_tensor *of_x = cut_log(cplug_log(x)), *of_rest = cut_log(cplug_log1p(cplug_neg(x)));
    return cplug_sub(cplug_mul(cplug_sub_scalar(t, 1.0), of_rest), cplug_mul(t, of_x));
}

static cplug_status decompose_bce(cplug_op_call *c)
{
    return reduce(c, bce_elements(cplug__wide(c->in[INPUT]), cplug__wide(c->in[TARGET])), c->in[WEIGHT]);
}

static cplug_status vjp_bce(cplug_vjp *v)
{
    cplug_tensor *x = cplug__wide(v->in[INPUT]), *t = cplug__wide(v->in[TARGET]), *g = spread(v, 2), *weighted = g;
    if (v->in[WEIGHT]) weighted = cplug_mul(g, cplug__wide(v->in[WEIGHT]));
    if (v->want[INPUT]) {
        cplug_tensor *spread_of_x = cplug_clamp(cplug_sub(x, cplug_mul(x, x)), cplug_float(v->ctx, BCE_GRAD_MIN), NULL);
        v->grad_in[INPUT] = cplug_div(cplug_mul(weighted, cplug_sub(x, t)), spread_of_x);
    }
    if (v->want[TARGET]) v->grad_in[TARGET] = cplug_mul(weighted, cplug_sub(cut_log(cplug_log1p(cplug_neg(x))), cut_log(cplug_log(x))));
    if (v->want[WEIGHT]) v->grad_in[WEIGHT] = cplug_mul(g, bce_elements(x, t));
    return cplug_failed(v->ctx);
}

/* ---- binary_cross_entropy_with_logits: (1 - t) x - (1 + (pos_weight - 1) t) log(sigmoid(x)) ---- */
/* -log(1 + exp(-x)), smooth at 0 also for the second gradient; exp(80) still fits f32 and drowns the 1 in any dtype */
static cplug_tensor *log_sigmoid(cplug_tensor *x) { return cplug_neg(cplug_softplus(cplug_neg(x), 1.0, 80.0)); }

/* 1 + (pos_weight - 1) t, NULL for 1 */
static cplug_tensor *positive_weight(cplug_tensor *pos_weight, cplug_tensor *t)
{
    return pos_weight ? cplug_add_scalar(cplug_mul(cplug_sub_scalar(cplug__wide(pos_weight), 1.0), t), 1.0) : NULL;
}

static cplug_tensor *logits_elements(cplug_tensor *x, cplug_tensor *t, cplug_tensor *pos_weight)
{
    cplug_tensor *log = log_sigmoid(x), *more = positive_weight(pos_weight, t);
    if (!x) return NULL;
    cplug_tensor *negative = cplug_mul(cplug_sub(cplug_float(x->ctx, 1.0), t), x); /* no difference of infinities */
    return cplug_sub(negative, more ? cplug_mul(more, log) : log);
}

static cplug_status decompose_logits(cplug_op_call *c)
{
    return reduce(c, logits_elements(cplug__wide(c->in[INPUT]), cplug__wide(c->in[TARGET]), c->in[POS_WEIGHT]), c->in[WEIGHT]);
}

/* d/dx = (1 - t) - (1 + (p - 1) t) (1 - sigmoid(x)) = (1 + (p - 1) t) sigmoid(x) - p t */
static cplug_status vjp_logits(cplug_vjp *v)
{
    cplug_tensor *x = cplug__wide(v->in[INPUT]), *t = cplug__wide(v->in[TARGET]), *p = cplug__wide(v->in[POS_WEIGHT]), *g = spread(v, 2),
                 *weighted = g;
    if (v->in[WEIGHT]) weighted = cplug_mul(g, cplug__wide(v->in[WEIGHT]));
    if (v->want[INPUT]) {
        cplug_tensor *y = cplug_sigmoid(x), *more = positive_weight(p, t);
        v->grad_in[INPUT] = cplug_mul(weighted, more ? cplug_sub(cplug_mul(more, y), cplug_mul(p, t)) : cplug_sub(y, t));
    }
    if (v->want[TARGET]) {
        cplug_tensor *slope = cplug_neg(p ? cplug_add(x, cplug_mul(cplug_sub_scalar(p, 1.0), log_sigmoid(x))) : x);
        v->grad_in[TARGET] = cplug_mul(weighted, slope);
    }
    if (v->want[WEIGHT]) v->grad_in[WEIGHT] = cplug_mul(g, logits_elements(x, t, p));
    if (v->want[POS_WEIGHT]) v->grad_in[POS_WEIGHT] = cplug_neg(cplug_mul(weighted, cplug_mul(t, log_sigmoid(x))));
    return cplug_failed(v->ctx);
}

CPLUG__OP(mse_loss, "input target", "output", .doc = "squared difference", .saves = "input target", .grad_fn = "MseLoss",
          .attrs = CPLUG_OPTIONS(attrs), .infer = infer_loss, .vjp = vjp_mse, .decompose = decompose_mse);
CPLUG__OP(l1_loss, "input target", "output", .doc = "absolute difference", .saves = "input target", .grad_fn = "L1Loss",
          .attrs = CPLUG_OPTIONS(attrs), .infer = infer_loss, .vjp = vjp_l1, .decompose = decompose_l1);
CPLUG__OP(smooth_l1_loss, "input target", "output", .doc = "squared difference near 0, absolute difference away from it",
          .saves = "input target", .grad_fn = "SmoothL1Loss", .attrs = CPLUG_OPTIONS(smooth_attrs), .infer = infer_smooth,
          .vjp = vjp_smooth, .decompose = decompose_smooth);
CPLUG__OP(binary_cross_entropy, "input target weight?", "output", .doc = "cross entropy of probabilities of two classes",
          .saves = "input target weight", .grad_fn = "BinaryCrossEntropy", .attrs = CPLUG_OPTIONS(attrs), .infer = infer_bce,
          .vjp = vjp_bce, .decompose = decompose_bce);
CPLUG__OP(binary_cross_entropy_with_logits, "input target weight? pos_weight?", "output", .doc = "cross entropy of logits of two classes",
          .saves = "input target weight pos_weight", .grad_fn = "BinaryCrossEntropyWithLogits", .attrs = CPLUG_OPTIONS(attrs),
          .infer = infer_bce, .vjp = vjp_logits, .decompose = decompose_logits);

/* ---- wrappers ---- */
static cplug_tensor *loss(int32_t op, cplug_tensor *input, cplug_tensor *target, const cplug_value *attr, uint32_t n_attr)
{
    return cplug__op(op, (cplug_tensor *[]){ input, target }, 2, attr, n_attr);
}

cplug_tensor *cplug_mse_loss(cplug_tensor *input, cplug_tensor *target, int32_t reduction)
{
    return loss(CPLUG__OP_mse_loss, input, target, &(cplug_value)A_CHOICE(reduction), 1);
}

cplug_tensor *cplug_l1_loss(cplug_tensor *input, cplug_tensor *target, int32_t reduction)
{
    return loss(CPLUG__OP_l1_loss, input, target, &(cplug_value)A_CHOICE(reduction), 1);
}

cplug_tensor *cplug_smooth_l1_loss(cplug_tensor *input, cplug_tensor *target, double beta, int32_t reduction)
{
    const cplug_value attr[] = { A_CHOICE(reduction), A_FLOAT(beta) };
    return loss(CPLUG__OP_smooth_l1_loss, input, target, attr, 2);
}

cplug_tensor *cplug_binary_cross_entropy(cplug_tensor *input, cplug_tensor *target, cplug_tensor *weight, int32_t reduction)
{
    return cplug__op(CPLUG__OP_binary_cross_entropy, (cplug_tensor *[]){ input, target, weight }, 3, &(cplug_value)A_CHOICE(reduction), 1);
}

cplug_tensor *cplug_binary_cross_entropy_with_logits(cplug_tensor *input, cplug_tensor *target, cplug_tensor *weight,
                                                     cplug_tensor *pos_weight, int32_t reduction)
{
    return cplug__op(CPLUG__OP_binary_cross_entropy_with_logits, (cplug_tensor *[]){ input, target, weight, pos_weight }, 4,
                     &(cplug_value)A_CHOICE(reduction), 1);
}
