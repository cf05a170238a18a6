/* binary.c: arithmetic of two tensors: add sub mul div div_rounded pow maximum minimum, their forms with a plain number and in place.
 * All but div_rounded are primitives.  Core sums gradients over broadcast dimensions and casts them to the input's dtype. */
#include "op/rules.h"
#include <math.h>

enum { A = 0, B = 1, ALPHA = 2 };

/* ---- rules ---- */
/* alpha takes no part in promotion, but an integer result takes no float alpha. */
static cplug_status infer_scaled(cplug_infer *c, cplug_error *e)
{
    c->out[0].dtype = cplug__result_type(c->in, 2);
    if (c->n_in > ALPHA && cplug__present(&c->in[ALPHA]) && cplug__is_float(c->in[ALPHA].dtype) && !cplug__is_float(c->out[0].dtype))
        return cplug__error_fill(e, CPLUG_E_DTYPE, "alpha must be an integer for inputs of dtypes %s and %s",
                                 cplug_dtype_name(c->in[A].dtype), cplug_dtype_name(c->in[B].dtype));
    return cplug__broadcast(c, c->in, 2, &c->out[0], e);
}

static cplug_status infer_sub(cplug_infer *c, cplug_error *e)
{
    if (c->in[A].dtype == CPLUG_BOOL || c->in[B].dtype == CPLUG_BOOL)
        return cplug__error_fill(e, CPLUG_E_DTYPE, "bool is not supported; use logical_xor or logical_not, or convert it with to");
    return infer_scaled(c, e);
}

static cplug_status infer_pow(cplug_infer *c, cplug_error *e)
{
    const cplug_status s = cplug__infer_pointwise(c, e);
    if (s == CPLUG_OK && c->out[0].dtype == CPLUG_BOOL)
        return cplug__error_fill(e, CPLUG_E_DTYPE, "bool is not supported; convert it with to");
    return s;
}

/* Integers stay integers: a whole quotient is one. */
static cplug_status infer_rounded(cplug_infer *c, cplug_error *e)
{
    const cplug_status s = cplug__infer_pointwise(c, e);
    if (s == CPLUG_OK && c->out[0].dtype == CPLUG_BOOL)
        return cplug__error_fill(e, CPLUG_E_DTYPE, "bool is not supported; convert it with to");
    return s;
}

/* ---- gradients ---- */
static cplug_status scaled_vjp(cplug_vjp *v, bool negative)
{
    cplug_tensor *g = v->grad_out[0];
    v->grad_in[A] = g;
    if (!v->want[B]) return cplug_failed(v->ctx);
    cplug_tensor *const alpha = v->n_in > ALPHA && cplug__present(&v->in_meta[ALPHA]) ? v->in[ALPHA] : NULL;
    if (alpha) g = cplug_mul(g, alpha);
    v->grad_in[B] = negative ? cplug_neg(g) : g;
    return cplug_failed(v->ctx);
}
static cplug_status add_vjp(cplug_vjp *v) { return scaled_vjp(v, false); }
static cplug_status sub_vjp(cplug_vjp *v) { return scaled_vjp(v, true); }

static cplug_status mul_vjp(cplug_vjp *v)
{
    cplug_tensor *const g = v->grad_out[0];
    if (v->want[A]) v->grad_in[A] = cplug_mul(g, v->in[B]);
    if (v->want[B]) v->grad_in[B] = cplug_mul(g, v->in[A]);
    return cplug_failed(v->ctx);
}

static cplug_status div_vjp(cplug_vjp *v)
{
    cplug_tensor *const g = v->grad_out[0], *const a = v->in[A], *const b = v->in[B];
    if (v->want[A]) v->grad_in[A] = cplug_div(g, b);
    if (v->want[B]) v->grad_in[B] = cplug_mul(cplug_neg(g), cplug_div(cplug_div(a, b), b));
    return cplug_failed(v->ctx);
}

static cplug_status rounded_vjp(cplug_vjp *v) /* steps are flat */
{
    v->grad_in[A] = v->grad_in[B] = cplug_zeros_like(v->grad_out[0]);
    return cplug_failed(v->ctx);
}

/* b a^(b-1), but 0 where b = 0 */
static cplug_tensor *pow_base(cplug_vjp *v)
{
    cplug_tensor *const g = v->grad_out[0], *const a = v->in[A], *const b = v->in[B];
    if (cplug__is_plain(b)) {
        double p;
        if (cplug_item(b, &p) != CPLUG_OK) return NULL;
        if (p == 0) return cplug_zeros_like(g);
        if (p == 2) return cplug_mul(g, cplug_mul(a, b));
        return cplug_mul(g, cplug_mul(cplug_pow(a, cplug_float(v->ctx, p - 1)), b));
    }
    cplug_tensor *const zero = cplug_int(v->ctx, 0);
    cplug_tensor *const slope = cplug_mul(b, cplug_pow(a, cplug_sub(b, cplug_int(v->ctx, 1))));
    return cplug_where(cplug_eq(b, zero), zero, cplug_mul(g, slope));
}

/* a^b log a, but 0 where a = 0 and b >= 0.  The logarithm of a plain number is taken here, in double; that of a tensor in the result's
 * dtype, since b may be wider. */
static cplug_tensor *pow_exponent(cplug_vjp *v)
{
    double p = 1;
    cplug_tensor *const g = v->grad_out[0], *const a = v->in[A], *const b = v->in[B], *const zero = cplug_int(v->ctx, 0);
    const bool plain = cplug__is_plain(a);
    if (plain && cplug_item(a, &p) != CPLUG_OK) return NULL;
    cplug_tensor *const slope = cplug_mul(v->out[0],
                                          plain ? cplug_float(v->ctx, log(p)) : cplug_log(cplug_to(a, v->out[0]->view.dtype, NULL)));
    if (plain && p != 0) return cplug_mul(g, slope);
    cplug_tensor *flat = cplug_ge(b, zero);
    if (!plain) flat = cplug_logical_and(cplug_eq(a, zero), flat);
    return cplug_mul(g, cplug_where(flat, zero, slope));
}

static cplug_status pow_vjp(cplug_vjp *v)
{
    if (v->want[A]) v->grad_in[A] = pow_base(v);
    if (v->want[B]) v->grad_in[B] = pow_exponent(v);
    return cplug_failed(v->ctx);
}

/* Ties get half each; NaN gives to both. */
static cplug_status extreme_vjp(cplug_vjp *v, cplug_tensor *(*a_loses)(cplug_tensor *, cplug_tensor *),
                                cplug_tensor *(*b_loses)(cplug_tensor *, cplug_tensor *))
{
    cplug_tensor *const a = v->in[A], *const b = v->in[B], *const g = v->grad_out[0], *const zero = cplug_int(v->ctx, 0);
    cplug_tensor *const shared = cplug_where(cplug_eq(a, b), cplug_mul(g, cplug_float(v->ctx, 0.5)), g);
    if (v->want[A]) v->grad_in[A] = cplug_where(a_loses(a, b), zero, shared);
    if (v->want[B]) v->grad_in[B] = cplug_where(b_loses(a, b), zero, shared);
    return cplug_failed(v->ctx);
}
static cplug_status maximum_vjp(cplug_vjp *v) { return extreme_vjp(v, cplug_lt, cplug_gt); }
static cplug_status minimum_vjp(cplug_vjp *v) { return extreme_vjp(v, cplug_gt, cplug_lt); }

/* ---- decompositions ---- */
static cplug_tensor *floored(cplug_tensor *a, cplug_tensor *b, cplug_dtype d) { return cplug_to(cplug_floor(cplug_div(a, b)), d, NULL); }

/* 1 where the rest of a division goes against b's direction: the quotient is one too high. */
static cplug_tensor *excess(const cplug_op_call *c, cplug_tensor *rest, cplug_tensor *b, cplug_dtype d)
{
    cplug_tensor *const zero = cplug_int(c->ctx, 0);
    return cplug_to(cplug_logical_and(cplug_ne(rest, zero), cplug_ne(cplug_lt(rest, zero), cplug_lt(b, zero))), d, NULL);
}

/* The quotient of integers is f32, 24 of their 63 digits: what it misses is found by dividing the rest again, until that is less than b. */
static cplug_status rounded_integers(cplug_op_call *c, bool down)
{
    enum { PASSES = 4 };
    const cplug_dtype d = c->out_meta[0].dtype;
    cplug_tensor *rest = cplug__is_plain(c->in[A]) ? c->in[A] : cplug_to(c->in[A], d, NULL), *q = NULL;
    cplug_tensor *const b = cplug__is_plain(c->in[B]) ? c->in[B] : cplug_to(c->in[B], d, NULL), *const zero = cplug_int(c->ctx, 0);
    for (int32_t i = 0; i < PASSES; i++) {
        cplug_tensor *const more = floored(rest, b, d);
        q = q ? cplug_add(q, more) : more;
        rest = cplug_sub(rest, cplug_mul(more, b));
    }
    cplug_tensor *const over = excess(c, rest, b, d);
    q = cplug_sub(q, over);
    if (down) return cplug__done(c, q);
    rest = cplug_add(rest, cplug_mul(over, b));
    return cplug__done(c, cplug_add(q, cplug_to(cplug_logical_and(cplug_lt(q, zero), cplug_ne(rest, zero)), d, NULL)));
}

/* x as two halves, whose products are exact (Dekker 1971, Numerische Mathematik 18, section 4) */
static void halve(cplug_tensor *x, cplug_tensor *half[2])
{
    const double digits = x && x->view.dtype == CPLUG_F64 ? 134217729 : 4097; /* 2^27 + 1, 2^12 + 1 */
    cplug_tensor *const wide = cplug_mul_scalar(x, digits);
    half[0] = cplug_sub(wide, cplug_sub(wide, x));
    half[1] = cplug_sub(x, half[0]);
}

/* a - q b with the right sign, although the product is rounded */
static cplug_tensor *exact_rest(cplug_tensor *a, cplug_tensor *q, cplug_tensor *b)
{
    cplug_tensor *x[2], *y[2], *const product = cplug_mul(q, b);
    halve(q, x);
    halve(b, y);
    cplug_tensor *lost = cplug_sub(cplug_mul(x[0], y[0]), product);
    lost = cplug_add(cplug_add(lost, cplug_mul(x[0], y[1])), cplug_mul(x[1], y[0]));
    return cplug_sub(cplug_sub(a, product), cplug_add(lost, cplug_mul(x[1], y[1])));
}

/* A tensor also of a plain number, whose product with another plain number would have another precision. */
static cplug_tensor *operand(const cplug_op_call *c, uint32_t i)
{
    double value;
    cplug_tensor *const x = cplug__compute(c, i);
    if (!cplug__is_plain(x) || cplug_item(x, &value) != CPLUG_OK) return x;
    const cplug_meta number = { .dtype = cplug__compute_dtype(c->out_meta[0].dtype) };
    cplug_tensor *const t = cplug__empty_meta(c->in[1 - i], &number);
    return cplug_fill_(t, value) == CPLUG_OK ? t : NULL;
}

/* As Python's //: a / b may have been rounded up to a whole number; an infinity has no rest, and by 0 nothing is whole. */
static cplug_status floor_of_floats(cplug_op_call *c)
{
    cplug_tensor *const a = operand(c, A), *const b = operand(c, B), *const zero = cplug_int(c->ctx, 0);
    cplug_tensor *const quotient = cplug_div(a, b), *const q = cplug_floor(quotient);
    if (!q) return cplug_failed(c->ctx);
    cplug_tensor *const rest = cplug_where(cplug_eq(q, zero), a, exact_rest(a, q, b));
    cplug_tensor *const whole = cplug_add(cplug_sub(q, excess(c, rest, b, q->view.dtype)), cplug_sub(a, a));
    return cplug__done(c, cplug_where(cplug_eq(b, zero), quotient, whole));
}

static cplug_status rounded_decompose(cplug_op_call *c)
{
    const bool down = c->attr[0].v.i == CPLUG_ROUND_FLOOR;
    if (!cplug__is_float(c->out_meta[0].dtype)) return rounded_integers(c, down);
    if (down) return floor_of_floats(c);
    cplug_tensor *const q = cplug_div(cplug__compute(c, A), cplug__compute(c, B));
    return cplug__done(c, cplug_mul(cplug_floor(cplug_abs(q)), cplug_sign(q)));
}

/* ---- descriptors ---- */
static const cplug_option rounded_attrs[] = {
    CPLUG__ATTR(CHOICE, "rounding_mode", "towards zero or downwards", .fallback = "trunc", .choices = "trunc|floor"),
};
#define BINARY(name_, inputs_, ...)                                                                                                        \
    CPLUG__OP(name_, inputs_, "output", .flags = CPLUG_OP_POINTWISE | CPLUG_OP_PRIMITIVE, .vjp = name_##_vjp, __VA_ARGS__)
BINARY(add, "input other alpha#?", .doc = "input + alpha other", .saves = "alpha", .infer = infer_scaled);
BINARY(sub, "input other alpha#?", .doc = "input - alpha other", .saves = "alpha", .infer = infer_sub);
BINARY(mul, "input other", .doc = "input other", .saves = "input other", .infer = cplug__infer_pointwise);
BINARY(div, "input other", .doc = "input / other, true division", .saves = "input other", .infer = cplug__infer_float);
CPLUG__OP(div_rounded, "input other", "output", .doc = "input / other as a whole number", .saves = "", .grad_fn = "Div",
          .attrs = CPLUG_OPTIONS(rounded_attrs), .flags = CPLUG_OP_POINTWISE, .infer = infer_rounded, .vjp = rounded_vjp,
          .decompose = rounded_decompose);
BINARY(pow, "input exponent", .doc = "input to the power of exponent", .saves = "input exponent output", .infer = infer_pow);
BINARY(maximum, "input other", .doc = "the larger of two; NaN wins", .saves = "input other", .infer = cplug__infer_pointwise);
BINARY(minimum, "input other", .doc = "the smaller of two; NaN wins", .saves = "input other", .infer = cplug__infer_pointwise);

/* ---- wrappers ---- */
#define WRAP(name_)                                                                                                                        \
    cplug_tensor *cplug_##name_(cplug_tensor *a, cplug_tensor *b)                                                                          \
    {                                                                                                                                      \
        return cplug__op(CPLUG__OP_##name_, (cplug_tensor *[]){ a, b }, 2, NULL, 0);                                                       \
    }
#define WRAP_IN_PLACE(name_)                                                                                                               \
    cplug_status cplug_##name_##_(cplug_tensor *a, cplug_tensor *b)                                                                        \
    {                                                                                                                                      \
        return cplug__op_(CPLUG__OP_##name_, (cplug_tensor *[]){ a, b }, 2, NULL, 0);                                                      \
    }
#define WRAP_SCALED(name_)                                                                                                                 \
    cplug_tensor *cplug_##name_(cplug_tensor *a, cplug_tensor *b)                                                                          \
    {                                                                                                                                      \
        return cplug__op(CPLUG__OP_##name_, (cplug_tensor *[]){ a, b, NULL }, 3, NULL, 0);                                                 \
    }                                                                                                                                      \
    cplug_status cplug_##name_##_(cplug_tensor *a, cplug_tensor *b)                                                                        \
    {                                                                                                                                      \
        return cplug__op_(CPLUG__OP_##name_, (cplug_tensor *[]){ a, b, NULL }, 3, NULL, 0);                                                \
    }
#define WRAP_SCALAR(name_)                                                                                                                 \
    cplug_tensor *cplug_##name_##_scalar(cplug_tensor *a, double b) { return a ? cplug_##name_(a, cplug_float(a->ctx, b)) : NULL; }
#define WRAP_SCALAR_IN_PLACE(name_)                                                                                                        \
    cplug_status cplug_##name_##_scalar_(cplug_tensor *a, double b)                                                                        \
    {                                                                                                                                      \
        return a ? cplug_##name_##_(a, cplug__number_for(a, b)) : CPLUG_E_INVALID;                                                         \
    }
WRAP_SCALED(add)
WRAP_SCALED(sub)
WRAP(mul)
WRAP(div)
WRAP(maximum)
WRAP(minimum)
WRAP_IN_PLACE(mul)
WRAP_IN_PLACE(div)
WRAP_SCALAR(add)
WRAP_SCALAR(sub)
WRAP_SCALAR(mul)
WRAP_SCALAR(div)
WRAP_SCALAR(pow)
WRAP_SCALAR_IN_PLACE(add)
WRAP_SCALAR_IN_PLACE(sub)
WRAP_SCALAR_IN_PLACE(mul)
WRAP_SCALAR_IN_PLACE(div)

cplug_tensor *cplug_div_rounded(cplug_tensor *a, cplug_tensor *b, int32_t mode)
{
    return cplug__op(CPLUG__OP_div_rounded, (cplug_tensor *[]){ a, b }, 2, &(cplug_value)A_CHOICE(mode), 1);
}

/* An alpha that is whole counts as an integer, which integer tensors need. */
static cplug_tensor *alpha_for(const cplug_tensor *a, const cplug_tensor *b, double alpha)
{
    return cplug__number_for(a && b && cplug__is_float(b->view.dtype) ? b : a, alpha);
}

cplug_tensor *cplug_add_scaled(cplug_tensor *a, cplug_tensor *b, double alpha)
{
    return cplug__op(CPLUG__OP_add, (cplug_tensor *[]){ a, b, alpha_for(a, b, alpha) }, 3, NULL, 0);
}

cplug_status cplug_add_scaled_(cplug_tensor *a, cplug_tensor *b, double alpha)
{
    return cplug__op_(CPLUG__OP_add, (cplug_tensor *[]){ a, b, alpha_for(a, b, alpha) }, 3, NULL, 0);
}

/* An integer to the power of a plain negative one has no integer result. */
static bool pow_refused(cplug_tensor *a, const cplug_tensor *b)
{
    if (LIKELY(!a || !b || b->storage || b->view.dtype != CPLUG_I64 || b->view.scalar.i >= 0 || cplug__is_float(a->view.dtype)))
        return false;
    cplug_error_set(a->ctx, CPLUG_E_INVALID, "pow: an integer tensor cannot be raised to the negative integer %lld; use a float exponent",
                    (long long)b->view.scalar.i);
    return true;
}

cplug_tensor *cplug_pow(cplug_tensor *a, cplug_tensor *b)
{
    return UNLIKELY(pow_refused(a, b)) ? NULL : cplug__op(CPLUG__OP_pow, (cplug_tensor *[]){ a, b }, 2, NULL, 0);
}

cplug_status cplug_pow_(cplug_tensor *a, cplug_tensor *b)
{
    return UNLIKELY(pow_refused(a, b)) ? cplug_failed(a->ctx) : cplug__op_(CPLUG__OP_pow, (cplug_tensor *[]){ a, b }, 2, NULL, 0);
}
