/* fused.c: several steps in one op: lerp addcmul addcdiv clamp, with their in-place forms. */
#include "op/rules.h"

enum { INPUT = 0, X = 1, Y = 2, VALUE = 3 }; /* addcmul addcdiv */
enum { END = 1, WEIGHT = 2 };                /* lerp */
enum { LOW = 1, HIGH = 2 };                  /* clamp */

/* ---- lerp: input + weight (end - input) ---- */
static cplug_status infer_lerp(cplug_infer *c, cplug_error *e)
{
    const cplug_status s = cplug__infer_pointwise(c, e);
    return s == CPLUG_OK ? cplug__need_float(&c->out[0], "input", e) : s;
}

/* 1 - weight; of a plain number in double */
static cplug_tensor *remaining(cplug_context *ctx, cplug_tensor *w)
{
    double p;
    if (!cplug__is_plain(w)) return cplug_sub(cplug_int(ctx, 1), w);
    return cplug_item(w, &p) == CPLUG_OK ? cplug_float(ctx, 1 - p) : NULL;
}

/* From the nearer end, so that weight 1 gives end exactly. */
static cplug_status lerp_decompose(cplug_op_call *c)
{
    double p;
    cplug_tensor *const a = cplug__compute(c, INPUT), *const end = cplug__compute(c, END), *const w = cplug__compute(c, WEIGHT);
    cplug_tensor *const way = cplug_sub(end, a), *const left = cplug_add(a, cplug_mul(way, w));
    if (cplug__is_plain(w) && cplug_item(w, &p) == CPLUG_OK && p > -0.5 && p < 0.5) return cplug__done(c, left);
    cplug_tensor *const right = cplug_sub(end, cplug_mul(way, remaining(c->ctx, w)));
    if (cplug__is_plain(w)) return cplug__done(c, right);
    return cplug__done(c, cplug_where(cplug_lt(cplug_abs(w), cplug_float(c->ctx, 0.5)), left, right));
}

static cplug_status lerp_vjp(cplug_vjp *v)
{
    cplug_tensor *const g = v->grad_out[0], *const w = v->in[WEIGHT];
    if (v->want[INPUT]) v->grad_in[INPUT] = cplug_mul(g, remaining(v->ctx, w));
    if (v->want[END]) v->grad_in[END] = cplug_mul(g, w);
    if (v->want[WEIGHT]) v->grad_in[WEIGHT] = cplug_mul(g, cplug_sub(v->in[END], v->in[INPUT]));
    return cplug_failed(v->ctx);
}
CPLUG__OP(lerp, "input end weight", "output", .doc = "input + weight (end - input)", .saves = "input end weight",
          .flags = CPLUG_OP_POINTWISE, .infer = infer_lerp, .vjp = lerp_vjp, .decompose = lerp_decompose);

/* ---- addcmul: input + value x y     addcdiv: input + value x / y ---- */
static cplug_status infer_addcmul(cplug_infer *c, cplug_error *e)
{
    c->out[0].dtype = cplug__result_type(c->in, 3);
    if (c->n_in > VALUE && cplug__present(&c->in[VALUE]) && cplug__is_float(c->in[VALUE].dtype) && !cplug__is_float(c->out[0].dtype))
        return cplug__error_fill(e, CPLUG_E_DTYPE, "value must be an integer for a result of dtype %s", cplug_dtype_name(c->out[0].dtype));
    return cplug__broadcast(c, c->in, 3, &c->out[0], e);
}

static cplug_status infer_addcdiv(cplug_infer *c, cplug_error *e)
{
    if (!cplug__is_float(cplug__result_type(c->in + X, 2)))
        return cplug__error_fill(e, CPLUG_E_DTYPE, "tensor1 or tensor2 must have a float dtype, got %s and %s",
                                 cplug_dtype_name(c->in[X].dtype), cplug_dtype_name(c->in[Y].dtype));
    return infer_addcmul(c, e);
}

/* The product is taken in the result's dtype, which may be wider than that of its factors. */
static cplug_status add_product(cplug_op_call *c, cplug_tensor *(*combine)(cplug_tensor *, cplug_tensor *))
{
    const cplug_dtype d = cplug__is_half(c->out_meta[0].dtype) ? CPLUG_F32 : c->out_meta[0].dtype;
    cplug_tensor *t[3];
    for (uint32_t i = INPUT; i <= Y; i++) t[i] = cplug__is_plain(c->in[i]) ? c->in[i] : cplug_to(c->in[i], d, NULL);
    cplug_tensor *const value = c->n_in > VALUE ? c->in[VALUE] : NULL;
    return cplug__done(c, cplug__op(CPLUG__OP_add, (cplug_tensor *[]){ t[INPUT], combine(t[X], t[Y]), value }, 3, NULL, 0));
}
static cplug_status addcmul_decompose(cplug_op_call *c) { return add_product(c, cplug_mul); }
static cplug_status addcdiv_decompose(cplug_op_call *c) { return add_product(c, cplug_div); }

static cplug_tensor *scaled(cplug_vjp *v, cplug_tensor *t)
{
    const bool by_value = v->n_in > VALUE && cplug__present(&v->in_meta[VALUE]);
    return by_value ? cplug_mul(t, v->in[VALUE]) : t;
}

static cplug_status addcmul_vjp(cplug_vjp *v)
{
    v->grad_in[INPUT] = v->grad_out[0];
    if (!v->want[X] && !v->want[Y]) return cplug_failed(v->ctx);
    cplug_tensor *const g = scaled(v, v->grad_out[0]);
    if (v->want[X]) v->grad_in[X] = cplug_mul(g, v->in[Y]);
    if (v->want[Y]) v->grad_in[Y] = cplug_mul(g, v->in[X]);
    return cplug_failed(v->ctx);
}

static cplug_status addcdiv_vjp(cplug_vjp *v)
{
    cplug_tensor *const g = v->grad_out[0], *const y = v->in[Y];
    v->grad_in[INPUT] = g;
    if (v->want[X]) v->grad_in[X] = cplug_div(scaled(v, g), y);
    if (v->want[Y]) v->grad_in[Y] = cplug_neg(cplug_mul(g, cplug_div(scaled(v, v->in[X]), cplug_mul(y, y))));
    return cplug_failed(v->ctx);
}
CPLUG__OP(addcmul, "input tensor1 tensor2 value#?", "output", .doc = "input + value tensor1 tensor2", .saves = "tensor1 tensor2 value",
          .flags = CPLUG_OP_POINTWISE, .infer = infer_addcmul, .vjp = addcmul_vjp, .decompose = addcmul_decompose);
CPLUG__OP(addcdiv, "input tensor1 tensor2 value#?", "output", .doc = "input + value tensor1 / tensor2", .saves = "tensor1 tensor2 value",
          .flags = CPLUG_OP_POINTWISE, .infer = infer_addcdiv, .vjp = addcdiv_vjp, .decompose = addcdiv_decompose);

/* ---- clamp: min(max(input, low), high) ---- */
static cplug_status infer_clamp(cplug_infer *c, cplug_error *e)
{
    const bool low = c->n_in > LOW && cplug__present(&c->in[LOW]), high = c->n_in > HIGH && cplug__present(&c->in[HIGH]);
    if (!low && !high) return cplug__error_fill(e, CPLUG_E_INVALID, "at least one of min and max must be given");
    return cplug__infer_pointwise(c, e);
}

/* A whole number as a bound of integers: the nearest one that their dtype holds.  Other bounds as they are. */
static cplug_tensor *bound_within(const cplug_op_call *c, uint32_t i)
{
    const cplug_dtype d = c->out_meta[0].dtype;
    if (!cplug__is_plain(c->in[i]) || cplug__is_float(d) || d == CPLUG_BOOL) return c->in[i];
    int64_t value;
    if (cplug_item_int(c->in[i], &value) != CPLUG_OK) return NULL;
    const int bits = 8 * (int)cplug_dtype_size(d) - (d != CPLUG_U8);
    const int64_t top = (int64_t)(UINT64_MAX >> (64 - bits));
    return cplug_int(c->ctx, MIN(MAX(value, d == CPLUG_U8 ? 0 : -top - 1), top));
}

static cplug_status clamp_decompose(cplug_op_call *c)
{
    cplug_tensor *t = cplug_to(c->in[INPUT], c->out_meta[0].dtype, NULL);
    if (c->in[LOW]) t = cplug_maximum(t, bound_within(c, LOW));
    if (c->in[HIGH]) t = cplug_minimum(t, bound_within(c, HIGH));
    return cplug__done(c, t);
}

/* PyTorch 2.15: numbers as bounds let the gradient through strictly between them. */
static cplug_tensor *clamp_between(cplug_vjp *v, cplug_tensor *low, cplug_tensor *high)
{
    cplug_tensor *const x = v->in[INPUT];
    cplug_tensor *inside = low ? cplug_gt(x, low) : cplug_lt(x, high);
    if (low && high) inside = cplug_logical_and(inside, cplug_lt(x, high));
    return cplug_where(inside, v->grad_out[0], cplug_int(v->ctx, 0));
}

/* One tensor as bound: as maximum and minimum, ties get half each. */
static void clamp_one_side(cplug_vjp *v, int bound)
{
    cplug_tensor *const x = v->in[INPUT], *const b = v->in[bound], *const g = v->grad_out[0], *const zero = cplug_int(v->ctx, 0);
    cplug_tensor *const shared = cplug_where(cplug_eq(x, b), cplug_mul(g, cplug_float(v->ctx, 0.5)), g);
    cplug_tensor *const below = cplug_lt(x, b), *const above = cplug_gt(x, b);
    if (v->want[INPUT]) v->grad_in[INPUT] = cplug_where(bound == LOW ? below : above, zero, shared);
    if (v->want[bound]) v->grad_in[bound] = cplug_where(bound == LOW ? above : below, zero, shared);
}

/* Two tensors: a bound takes the gradient where it wins, half of it where it ties and the bounds differ; high wins where they cross;
 * input has it wherever it lies outside neither, NaN included. */
static void clamp_two_sides(cplug_vjp *v)
{
    cplug_tensor *const x = v->in[INPUT], *const low = v->in[LOW], *const high = v->in[HIGH], *const g = v->grad_out[0];
    cplug_tensor *const zero = cplug_int(v->ctx, 0), *const half = cplug_mul(g, cplug_float(v->ctx, 0.5));
    cplug_tensor *const ordered = cplug_le(low, high), *const apart = cplug_lt(low, high);
    cplug_tensor *const below = cplug_lt(x, low), *const above = cplug_gt(x, high);
    cplug_tensor *const low_wins = cplug_logical_and(below, ordered);
    cplug_tensor *const high_wins = cplug_logical_or(cplug_logical_and(above, ordered), cplug_gt(low, high));
    cplug_tensor *const low_ties = cplug_logical_and(cplug_eq(x, low), apart), *const high_ties = cplug_logical_and(cplug_eq(x, high),
                                                                                                                    apart);
    cplug_tensor *const lost = cplug_logical_or(below, above), *const shared = cplug_logical_or(low_ties, high_ties);
    if (v->want[INPUT]) v->grad_in[INPUT] = cplug_where(lost, zero, cplug_where(shared, half, g));
    if (v->want[LOW]) v->grad_in[LOW] = cplug_where(low_wins, g, cplug_where(low_ties, half, zero));
    if (v->want[HIGH]) v->grad_in[HIGH] = cplug_where(high_wins, g, cplug_where(high_ties, half, zero));
}

static cplug_status clamp_vjp(cplug_vjp *v)
{
    cplug_tensor *const low = v->n_in > LOW ? v->in[LOW] : NULL, *const high = v->n_in > HIGH ? v->in[HIGH] : NULL;
    const bool numbers = (!low || cplug__is_plain(low)) && (!high || cplug__is_plain(high));
    if (numbers)
        v->grad_in[INPUT] = clamp_between(v, low, high);
    else if (low && high)
        clamp_two_sides(v);
    else
        clamp_one_side(v, low ? LOW : HIGH);
    return cplug_failed(v->ctx);
}
CPLUG__OP(clamp, "input min? max?", "output", .doc = "input held between min and max", .saves = "input min max",
          .flags = CPLUG_OP_POINTWISE, .infer = infer_clamp, .vjp = clamp_vjp, .decompose = clamp_decompose);

/* ---- wrappers ---- */
static cplug_tensor *fused(int32_t op, cplug_tensor *a, cplug_tensor *x, cplug_tensor *y)
{
    return cplug__op(op, (cplug_tensor *[]){ a, x, y }, 3, NULL, 0);
}
static cplug_status fused_(int32_t op, cplug_tensor *a, cplug_tensor *x, cplug_tensor *y)
{
    return cplug__op_(op, (cplug_tensor *[]){ a, x, y }, 3, NULL, 0);
}
/* value 1 stays absent; integers take a whole value as an integer */
static cplug_tensor *value_for(const cplug_tensor *a, const cplug_tensor *x, const cplug_tensor *y, double value)
{
    if (value == 1 || !a) return NULL;
    const bool real = (x && cplug__is_float(x->view.dtype)) || (y && cplug__is_float(y->view.dtype));
    return real ? cplug_float(a->ctx, value) : cplug__number_for(a, value);
}
static cplug_tensor *combined(int32_t op, cplug_tensor *a, cplug_tensor *x, cplug_tensor *y, double value)
{
    return cplug__op(op, (cplug_tensor *[]){ a, x, y, value_for(a, x, y, value) }, 4, NULL, 0);
}
static cplug_status combined_(int32_t op, cplug_tensor *a, cplug_tensor *x, cplug_tensor *y, double value)
{
    return cplug__op_(op, (cplug_tensor *[]){ a, x, y, value_for(a, x, y, value) }, 4, NULL, 0);
}

cplug_tensor *cplug_lerp(cplug_tensor *a, cplug_tensor *end, cplug_tensor *weight) { return fused(CPLUG__OP_lerp, a, end, weight); }
cplug_status cplug_lerp_(cplug_tensor *a, cplug_tensor *end, cplug_tensor *weight) { return fused_(CPLUG__OP_lerp, a, end, weight); }
cplug_tensor *cplug_clamp(cplug_tensor *a, cplug_tensor *min, cplug_tensor *max) { return fused(CPLUG__OP_clamp, a, min, max); }
cplug_status cplug_clamp_(cplug_tensor *a, cplug_tensor *min, cplug_tensor *max) { return fused_(CPLUG__OP_clamp, a, min, max); }

cplug_tensor *cplug_addcmul(cplug_tensor *a, cplug_tensor *x, cplug_tensor *y, double value)
{
    return combined(CPLUG__OP_addcmul, a, x, y, value);
}
cplug_tensor *cplug_addcdiv(cplug_tensor *a, cplug_tensor *x, cplug_tensor *y, double value)
{
    return combined(CPLUG__OP_addcdiv, a, x, y, value);
}
cplug_status cplug_addcmul_(cplug_tensor *a, cplug_tensor *x, cplug_tensor *y, double value)
{
    return combined_(CPLUG__OP_addcmul, a, x, y, value);
}
cplug_status cplug_addcdiv_(cplug_tensor *a, cplug_tensor *x, cplug_tensor *y, double value)
{
    return combined_(CPLUG__OP_addcdiv, a, x, y, value);
}
