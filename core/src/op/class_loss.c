/* class_loss.c: losses of class scores: nll_loss over log-probabilities, and cross_entropy, which is log_softmax and nll_loss.
 * Input [C] or [N, C, d1, ...]; target without the class dimension (class numbers), or of input's shape (probabilities, cross_entropy
 * only).  Targets equal to ignore_index count for nothing.  A mean divides by the summed weights of the targets that count. */
#include "op/net.h"
#include <math.h>

enum { INPUT, TARGET, WEIGHT };
enum { G, G_TARGET, G_WEIGHT, G_TOTAL };
enum { OUTPUT, TOTAL };
enum { IGNORE, REDUCTION, SMOOTHING, SIZE = 2 };

#define CLASS_ATTRS                                                                                                                        \
    CPLUG__ATTR(INT, "ignore_index", "target value that counts for nothing", .fallback = "-100"),                                          \
        CPLUG__ATTR(CHOICE, "reduction", "none: one loss per target", .fallback = "mean", .choices = "none|mean|sum")
static const cplug_option nll_attrs[] = { CLASS_ATTRS };
static const cplug_option grad_attrs[] = { CLASS_ATTRS, CPLUG__ATTR(INTS, "size", "shape of the input", .flags = CPLUG_OPT_REQUIRED) };
static const cplug_option cross_attrs[] = {
    CLASS_ATTRS, CPLUG__ATTR(FLOAT, "label_smoothing", "share of the target given to all classes alike", .fallback = "0", .max = 1.0)
};

/* ---- shapes ---- */
static int32_t class_dim(int32_t ndim) { return ndim == 1 ? 0 : 1; }

/* a shape without its class dimension */
static void without_classes(cplug_meta *out, const cplug_meta *x)
{
    const int32_t dim = class_dim(x->ndim);
    out->ndim = 0;
    for (int32_t d = 0; d < x->ndim; d++)
        if (d != dim) out->shape[out->ndim++] = x->shape[d];
}

static cplug_status check(const cplug_infer *c, const cplug_meta *x, const cplug_meta *weight, cplug_error *e)
{
    const int64_t reduction = c->attr[REDUCTION].v.i;
    if (x->ndim < 1) return cplug__error_fill(e, CPLUG_E_SHAPE, "input must have a dimension of classes, got shape %s", SHAPE_OF(x));
    if (reduction < CPLUG_REDUCTION_NONE || reduction > CPLUG_REDUCTION_SUM)
        return cplug__error_fill(e, CPLUG_E_INVALID, "reduction must be 0 (none), 1 (mean) or 2 (sum), got %lld", (long long)reduction);
    const int64_t classes = x->shape[class_dim(x->ndim)];
    if (cplug__present(weight) && (weight->ndim != 1 || weight->shape[0] != classes))
        return cplug__error_fill(e, CPLUG_E_SHAPE, "input %s needs a weight of shape [%lld], got %s", SHAPE_OF(x), (long long)classes,
                                 SHAPE_OF(weight));
    if (cplug__present(weight) && weight->dtype != x->dtype)
        return cplug__error_fill(e, CPLUG_E_DTYPE, "weight must have input's dtype %s, got %s; convert it with to",
                                 cplug_dtype_name(x->dtype), cplug_dtype_name(weight->dtype));
    return cplug__need_float(x, "input", e);
}

static cplug_status check_numbers(const cplug_meta *x, const cplug_meta *target, cplug_error *e)
{
    cplug_meta expected = { .ndim = 0 };
    without_classes(&expected, x);
    if (cplug__same_shape(target, &expected)) return CPLUG_OK;
    return cplug__error_fill(e, CPLUG_E_SHAPE, "input %s needs a target of shape %s, got %s", SHAPE_OF(x), SHAPE_OF(&expected),
                             SHAPE_OF(target));
}

static cplug_status want_i64(const cplug_meta *target, cplug_error *e)
{
    if (target->dtype == CPLUG_I64) return CPLUG_OK;
    return cplug__error_fill(e, CPLUG_E_DTYPE, "target must be class numbers of dtype i64, got %s; convert it with to",
                             cplug_dtype_name(target->dtype));
}

static void shape_loss(const cplug_infer *c, const cplug_meta *x, cplug_meta *out)
{
    without_classes(out, x);
    if (c->attr[REDUCTION].v.i != CPLUG_REDUCTION_NONE) out->ndim = 0;
    out->dtype = x->dtype;
}

static cplug_status infer_nll(cplug_infer *c, cplug_error *e)
{
    const cplug_meta *x = &c->in[INPUT];
    cplug_status s;
    if ((s = check(c, x, &c->in[WEIGHT], e)) != CPLUG_OK || (s = check_numbers(x, &c->in[TARGET], e)) != CPLUG_OK ||
        (s = want_i64(&c->in[TARGET], e)) != CPLUG_OK)
        return s;
    shape_loss(c, x, &c->out[OUTPUT]);
    cplug__meta_shape(&c->out[TOTAL], cplug__compute_dtype(x->dtype), 0, NULL, CPLUG_LAYOUT_ROW_MAJOR);
    return CPLUG_OK;
}

static cplug_status infer_nll_grad(cplug_infer *c, cplug_error *e)
{
    cplug_meta x = { .dtype = c->in[G].dtype }, y = { .ndim = 0 };
    cplug_status s;
    if ((s = cplug__want_list(&c->attr[SIZE], "size", 1, CPLUG_MAX_DIMS, e)) != CPLUG_OK) return s;
    cplug__meta_shape(&x, c->in[G].dtype, (int32_t)c->attr[SIZE].n, c->attr[SIZE].v.iv, CPLUG_LAYOUT_ROW_MAJOR);
    if ((s = check(c, &x, &c->in[G_WEIGHT], e)) != CPLUG_OK || (s = check_numbers(&x, &c->in[G_TARGET], e)) != CPLUG_OK ||
        (s = want_i64(&c->in[G_TARGET], e)) != CPLUG_OK)
        return s;
    shape_loss(c, &x, &y);
    if ((s = cplug__want_shape(&c->in[G], "grad", &y, e)) != CPLUG_OK) return s;
    c->out[0] = x;
    return CPLUG_OK;
}

static bool is_probabilities(const cplug_meta *x, const cplug_meta *target) { return x->ndim > 0 && cplug__same_shape(x, target); }

static cplug_status infer_cross(cplug_infer *c, cplug_error *e)
{
    const cplug_meta *x = &c->in[INPUT], *target = &c->in[TARGET];
    const double smoothing = c->attr[SMOOTHING].v.f;
    const cplug_status s = check(c, x, &c->in[WEIGHT], e);
    if (s != CPLUG_OK) return s;
    if (!(smoothing >= 0.0 && smoothing <= 1.0))
        return cplug__error_fill(e, CPLUG_E_INVALID, "label_smoothing must be between 0 and 1, got %g", smoothing);
    shape_loss(c, x, &c->out[0]);
    if (is_probabilities(x, target)) {
        if (c->attr[IGNORE].v.i >= 0)
            return cplug__error_fill(e, CPLUG_E_INVALID, "ignore_index has no meaning for a target of probabilities");
        return cplug__need_float(target, "a target of input's shape holds probabilities and", e);
    }
    if (cplug__is_float(target->dtype) || target->dtype == CPLUG_BOOL)
        return cplug__error_fill(
            e, CPLUG_E_DTYPE, "target must be class numbers of an integer dtype, or probabilities of input's shape %s; got %s of shape %s",
            SHAPE_OF(x), cplug_dtype_name(target->dtype), SHAPE_OF(target));
    return check_numbers(x, target, e);
}

/* ---- nll_loss ---- */
typedef struct targets {  /* what both directions need to know about class numbers */
    cplug_tensor *index;  /* class numbers with the class dimension back (size 1); ignored ones are 0 */
    cplug_tensor *weight; /* of target's shape: 0 for ignored ones */
    cplug_tensor *valid;
} targets;

static targets look_at(cplug_tensor *target, cplug_tensor *weight, int64_t ignore, int32_t ndim, cplug_dtype dtype)
{
    cplug_context *ctx = target->ctx;
    targets t = { .valid = cplug_ne(target, cplug_int(ctx, ignore)) };
    cplug_tensor *number = cplug_where(t.valid, target, cplug_int(ctx, 0));
    t.index = cplug_unsqueeze(number, class_dim(ndim));
    if (weight) {
        const int64_t all = cplug_tensor_numel(target);
        weight = cplug_index_select(cplug_to(weight, dtype, NULL), 0, cplug_reshape(number, 1, &all));
        t.weight = cplug_where(t.valid, cplug_reshape(weight, target->view.ndim, target->dims), cplug_float(ctx, 0.0));
    } else {
        t.weight = cplug_to(t.valid, dtype, NULL);
    }
    return t;
}

static cplug_status decompose_nll(cplug_op_call *c)
{
    const int32_t ndim = c->in[INPUT]->view.ndim, dim = class_dim(ndim);
    const int64_t reduction = c->attr[REDUCTION].v.i;
    const cplug_dtype dtype = c->out_meta[TOTAL].dtype;
    const targets t = look_at(c->in[TARGET], c->in[WEIGHT], c->attr[IGNORE].v.i, ndim, dtype);
    cplug_tensor *picked = cplug_squeeze(cplug_gather(cplug_to(c->in[INPUT], dtype, NULL), dim, t.index), &dim, 1);
    cplug_tensor *loss = cplug_where(t.valid, cplug_neg(cplug_mul(picked, t.weight)), cplug_float(c->ctx, 0.0));
    cplug_tensor *total = reduction == CPLUG_REDUCTION_NONE ? cplug__filled(c->in[INPUT], dtype, 0, NULL, 0.0)
                                                            : cplug_sum(t.weight, NULL, 0, 0);
    if (reduction != CPLUG_REDUCTION_NONE) loss = cplug_sum(loss, NULL, 0, 0);
    if (reduction == CPLUG_REDUCTION_MEAN) loss = cplug_div(loss, total);
    c->out[OUTPUT] = cplug__finish(loss, &c->out_meta[OUTPUT]);
    c->out[TOTAL] = total;
    return cplug_failed(c->ctx);
}

static cplug_status decompose_nll_grad(cplug_op_call *c)
{
    const cplug_meta *x = &c->out_meta[0];
    const cplug_dtype dtype = cplug__wide_dtype(x->dtype);
    const cplug_value dim = A_INT(class_dim(x->ndim));
    const targets t = look_at(c->in[G_TARGET], c->in[G_WEIGHT], c->attr[IGNORE].v.i, x->ndim, dtype);
    cplug_tensor *g = cplug_neg(cplug__wide(c->in[G])), *sum = cplug__filled(c->in[G], dtype, x->ndim, x->shape, 0.0);
    if (c->attr[REDUCTION].v.i == CPLUG_REDUCTION_MEAN) g = cplug_div(g, cplug_to(c->in[G_TOTAL], dtype, NULL));
    g = cplug_where(t.valid, cplug_mul(t.weight, g), cplug_float(c->ctx, 0.0)); /* g is NaN when nothing counts */
    cplug__op_(CPLUG__OP_scatter_add_, (cplug_tensor *[]){ sum, t.index, cplug_unsqueeze(g, (int32_t)dim.v.i) }, 3, &dim, 1);
    c->out[0] = cplug__finish(sum, x);
    return cplug_failed(c->ctx);
}

static cplug_status vjp_nll(cplug_vjp *v)
{
    const cplug_meta *x = &v->in_meta[INPUT];
    const cplug_value attr[] = { v->attr[IGNORE], v->attr[REDUCTION], A_INTS(x->shape, x->ndim) };
    cplug_tensor *in[] = { v->grad_out[OUTPUT], v->in[TARGET], v->in[WEIGHT], v->out[TOTAL] };
    if (v->want[INPUT]) v->grad_in[INPUT] = cplug__op(CPLUG__OP_nll_loss_grad, in, 4, attr, 3);
    return cplug_failed(v->ctx);
}

/* nll_loss is linear in its input, so the gradient of its gradient is nll_loss itself. */
static cplug_status vjp_nll_grad(cplug_vjp *v)
{
    cplug_tensor *in[] = { v->grad_out[0], v->in[G_TARGET], v->in[G_WEIGHT] };
    if (v->want[G]) v->grad_in[G] = cplug__op(CPLUG__OP_nll_loss, in, 3, v->attr, 2);
    return cplug_failed(v->ctx);
}

/* ---- cross_entropy: log_softmax and nll_loss, 16-bit inputs in f32 between them ---- */
static cplug_tensor *log_probabilities(cplug_op_call *c)
{
    const cplug_tensor *x = c->in[INPUT];
    const cplug_dtype wide = cplug__wide_dtype(x->view.dtype);
    const cplug_value attr[] = { A_INT(class_dim(x->view.ndim)), A_INT(wide == x->view.dtype ? 0 : wide) };
    return cplug__op(CPLUG__OP_log_softmax, &c->in[INPUT], 1, attr, 2);
}

/* [C] as [1, C, 1, ...] */
static cplug_tensor *per_class(cplug_tensor *weight, const cplug_tensor *x)
{
    int64_t shape[CPLUG_MAX_DIMS];
    const int32_t dim = class_dim(x->view.ndim);
    for (int32_t d = 0; d < x->view.ndim; d++) shape[d] = d == dim ? x->dims[d] : 1;
    return cplug_reshape(cplug__wide(weight), x->view.ndim, shape);
}

/* -sum over classes of target * weight * log-probability; the mean is over targets, whatever the weights */
static cplug_tensor *of_probabilities(cplug_op_call *c, cplug_tensor *lp)
{
    const cplug_tensor *x = c->in[INPUT];
    const int32_t dim = class_dim(x->view.ndim);
    const int64_t classes = x->dims[dim], reduction = c->attr[REDUCTION].v.i, numel = cplug__numel(x);
    const double smoothing = c->attr[SMOOTHING].v.f;
    cplug_tensor *t = cplug__wide(c->in[TARGET]);
    if (smoothing > 0.0 && classes > 0) t = cplug_add_scalar(cplug_mul_scalar(t, 1.0 - smoothing), smoothing / (double)classes);
    if (c->in[WEIGHT]) lp = cplug_mul(lp, per_class(c->in[WEIGHT], x));
    cplug_tensor *each = cplug_neg(cplug_mul(lp, t));
    if (reduction == CPLUG_REDUCTION_NONE) return cplug_sum(each, &dim, 1, 0);
    cplug_tensor *sum = cplug_sum(each, NULL, 0, 0);
    if (reduction == CPLUG_REDUCTION_SUM) return sum;
    return cplug_mul_scalar(sum, numel ? (double)classes / (double)numel : NAN);
}

/* the part of label smoothing that all classes share: -sum over classes of weight * log-probability */
static cplug_tensor *smooth_part(cplug_op_call *c, cplug_tensor *lp, cplug_tensor *target, cplug_tensor *total)
{
    const cplug_tensor *x = c->in[INPUT];
    const int32_t dim = class_dim(x->view.ndim);
    const int64_t reduction = c->attr[REDUCTION].v.i;
    if (c->in[WEIGHT]) lp = cplug_mul(lp, per_class(c->in[WEIGHT], x));
    cplug_tensor *ignored = cplug_eq(target, cplug_int(c->ctx, c->attr[IGNORE].v.i));
    cplug_tensor *each = cplug_masked_fill(cplug_neg(cplug_sum(lp, &dim, 1, 0)), ignored, cplug_float(c->ctx, 0.0));
    if (reduction == CPLUG_REDUCTION_NONE) return each;
    cplug_tensor *sum = cplug_sum(each, NULL, 0, 0);
    return reduction == CPLUG_REDUCTION_MEAN ? cplug_div(sum, total) : sum;
}

static cplug_tensor *of_numbers(cplug_op_call *c, cplug_tensor *lp)
{
    const double smoothing = c->attr[SMOOTHING].v.f;
    const cplug_tensor *x = c->in[INPUT];
    const int64_t classes = x->dims[class_dim(x->view.ndim)];
    cplug_tensor *target = cplug_to(c->in[TARGET], CPLUG_I64, NULL), *out[2] = { NULL, NULL };
    cplug__op_n(CPLUG__OP_nll_loss, (cplug_tensor *[]){ lp, target, cplug__wide(c->in[WEIGHT]) }, 3, c->attr, 2, out, 2);
    if (smoothing == 0.0) return out[OUTPUT];
    cplug_tensor *share = cplug_mul_scalar(smooth_part(c, lp, target, out[TOTAL]), smoothing / (double)classes);
    return cplug_add(cplug_mul_scalar(out[OUTPUT], 1.0 - smoothing), share);
}

static cplug_status decompose_cross(cplug_op_call *c)
{
    cplug_meta x, target;
    cplug_tensor_meta(c->in[INPUT], &x);
    cplug_tensor_meta(c->in[TARGET], &target);
    cplug_tensor *lp = log_probabilities(c);
    c->out[0] = cplug__finish(is_probabilities(&x, &target) ? of_probabilities(c, lp) : of_numbers(c, lp), &c->out_meta[0]);
    return cplug_failed(c->ctx);
}

CPLUG__OP(nll_loss, "input target weight?", "output total_weight~", .doc = "negative log-probability of the target class",
          .saves = "target weight total_weight", .grad_fn = "NllLoss", .attrs = CPLUG_OPTIONS(nll_attrs), .infer = infer_nll,
          .vjp = vjp_nll, .decompose = decompose_nll);
CPLUG__OP(nll_loss_grad, "grad target weight? total_weight", "grad_input", .doc = "gradient of nll_loss", .saves = "target weight",
          .grad_fn = "NllLossBackward", .attrs = CPLUG_OPTIONS(grad_attrs), .infer = infer_nll_grad, .vjp = vjp_nll_grad,
          .decompose = decompose_nll_grad);
CPLUG__OP(cross_entropy, "input target weight?", "output", .doc = "cross entropy of class scores and class numbers or probabilities",
          .grad_fn = "CrossEntropy", .attrs = CPLUG_OPTIONS(cross_attrs), .infer = infer_cross, .decompose = decompose_cross);

/* ---- wrappers ---- */
static const cplug_cross_entropy_args defaults = CPLUG_CROSS_ENTROPY_ARGS;

cplug_tensor *cplug_cross_entropy(cplug_tensor *input, cplug_tensor *target, const cplug_cross_entropy_args *args)
{
    const cplug_cross_entropy_args *a = args ? args : &defaults;
    const cplug_value attr[] = { A_INT(a->ignore_index), A_CHOICE(a->reduction), A_FLOAT(a->label_smoothing) };
    return cplug__op(CPLUG__OP_cross_entropy, (cplug_tensor *[]){ input, target, a->weight }, 3, attr, 3);
}

cplug_tensor *cplug_nll_loss(cplug_tensor *input, cplug_tensor *target, const cplug_cross_entropy_args *args)
{
    const cplug_cross_entropy_args *a = args ? args : &defaults;
    const cplug_value attr[] = { A_INT(a->ignore_index), A_CHOICE(a->reduction) };
    const cplug_dtype dtype = cplug_tensor_dtype(target);
    if (dtype && dtype != CPLUG_I64 && dtype != CPLUG_BOOL && !cplug__is_float(dtype)) target = cplug_to(target, CPLUG_I64, NULL);
    return cplug__op(CPLUG__OP_nll_loss, (cplug_tensor *[]){ input, target, a->weight }, 3, attr, 2);
}
