/* compare.c: questions about elements and choices by them: eq ne lt le gt ge, logical_and or xor not, isnan, where, masked_fill.
 * Inputs of a comparison are promoted first; the answer is bool and has no gradient. */
#include "op/rules.h"

/* ---- decompositions: from eq lt le maximum minimum ---- */
static cplug_tensor *truth(cplug_tensor *t)
{
    return t && t->view.dtype == CPLUG_BOOL ? t : cplug_ne(t, cplug_int(cplug_tensor_context(t), 0));
}

#define DECOMPOSITION(name_, expression_)                                                                                                  \
    static cplug_status name_##_decompose(cplug_op_call *c)                                                                                \
    {                                                                                                                                      \
        cplug_tensor *const a = c->in[0], *const b = c->n_in > 1 ? c->in[1] : NULL;                                                        \
        (void)b;                                                                                                                           \
        return cplug__done(c, (expression_));                                                                                              \
    }
DECOMPOSITION(ne, cplug_logical_not(cplug_eq(a, b)))
DECOMPOSITION(gt, cplug_lt(b, a))
DECOMPOSITION(ge, cplug_le(b, a))
DECOMPOSITION(logical_and, cplug_minimum(truth(a), truth(b)))
DECOMPOSITION(logical_or, cplug_maximum(truth(a), truth(b)))
DECOMPOSITION(logical_xor, cplug_ne(truth(a), truth(b)))
DECOMPOSITION(logical_not, cplug_eq(a, cplug_bool(c->ctx, 0)))
DECOMPOSITION(isnan, cplug_ne(a, a))

#define QUESTION(name_, inputs_, flags_, ...)                                                                                              \
    CPLUG__OP(name_, inputs_, "output", .flags = CPLUG_OP_POINTWISE | CPLUG_OP_NO_GRAD | (flags_), .infer = cplug__infer_bool, __VA_ARGS__)
QUESTION(eq, "input other", CPLUG_OP_PRIMITIVE, .doc = "input = other");
QUESTION(lt, "input other", CPLUG_OP_PRIMITIVE, .doc = "input < other");
QUESTION(le, "input other", CPLUG_OP_PRIMITIVE, .doc = "input <= other");
QUESTION(ne, "input other", 0, .doc = "input and other differ", .decompose = ne_decompose);
QUESTION(gt, "input other", 0, .doc = "input > other", .decompose = gt_decompose);
QUESTION(ge, "input other", 0, .doc = "input >= other", .decompose = ge_decompose);
QUESTION(logical_and, "input other", 0, .doc = "both are not zero", .decompose = logical_and_decompose);
QUESTION(logical_or, "input other", 0, .doc = "one is not zero", .decompose = logical_or_decompose);
QUESTION(logical_xor, "input other", 0, .doc = "exactly one is not zero", .decompose = logical_xor_decompose);
QUESTION(logical_not, "input", 0, .doc = "input is zero", .decompose = logical_not_decompose);
QUESTION(isnan, "input", 0, .doc = "input is not a number", .decompose = isnan_decompose);

/* ---- where ---- */
static cplug_status infer_where(cplug_infer *c, cplug_error *e)
{
    if (c->in[0].dtype != CPLUG_BOOL)
        return cplug__error_fill(e, CPLUG_E_DTYPE, "condition must be bool, got %s; compare it first", cplug_dtype_name(c->in[0].dtype));
    c->out[0].dtype = cplug__result_type(c->in + 1, 2);
    return cplug__broadcast(c, c->in, 3, &c->out[0], e);
}

static cplug_status where_vjp(cplug_vjp *v)
{
    cplug_tensor *const condition = v->in[0], *const g = v->grad_out[0], *const zero = cplug_int(v->ctx, 0);
    if (v->want[1]) v->grad_in[1] = cplug_where(condition, g, zero);
    if (v->want[2]) v->grad_in[2] = cplug_where(condition, zero, g);
    return cplug_failed(v->ctx);
}
CPLUG__OP(where, "condition input other", "output", .doc = "input where condition, else other", .saves = "condition",
          .flags = CPLUG_OP_POINTWISE | CPLUG_OP_PRIMITIVE, .infer = infer_where, .vjp = where_vjp);

/* ---- masked_fill: keeps input's dtype ---- */
static cplug_status infer_masked_fill(cplug_infer *c, cplug_error *e)
{
    char shape[CPLUG__SHAPE_TEXT];
    if (c->in[1].dtype != CPLUG_BOOL)
        return cplug__error_fill(e, CPLUG_E_DTYPE, "mask must be bool, got %s; compare it first", cplug_dtype_name(c->in[1].dtype));
    if (c->in[2].ndim != 0)
        return cplug__error_fill(e, CPLUG_E_SHAPE, "value must be a number or a 0-d tensor, got shape %s; use where",
                                 cplug__shape_text(&c->in[2], shape));
    c->out[0].dtype = cplug__result_type(c->in, 1);
    return cplug__broadcast(c, c->in, 2, &c->out[0], e);
}

static cplug_status masked_fill_decompose(cplug_op_call *c)
{
    cplug_tensor *const input = c->in[0], *value = c->in[2];
    const cplug_dtype d = c->out_meta[0].dtype;
    if (value->view.dtype != d && !(cplug__is_plain(value) && cplug__is_float(d))) value = cplug_to(value, d, NULL);
    return cplug__done(c, cplug_where(c->in[1], value, input));
}

static cplug_status masked_fill_vjp(cplug_vjp *v)
{
    cplug_tensor *const mask = v->in[1], *const g = v->grad_out[0], *const zero = cplug_int(v->ctx, 0);
    if (v->want[0]) v->grad_in[0] = cplug_where(mask, zero, g);
    if (v->want[2]) v->grad_in[2] = cplug_where(mask, g, zero);
    return cplug_failed(v->ctx);
}
CPLUG__OP(masked_fill, "input mask value", "output", .doc = "value where mask, else input", .saves = "mask", .flags = CPLUG_OP_POINTWISE,
          .infer = infer_masked_fill, .vjp = masked_fill_vjp, .decompose = masked_fill_decompose);

/* ---- wrappers ---- */
#define WRAP(name_)                                                                                                                        \
    cplug_tensor *cplug_##name_(cplug_tensor *a, cplug_tensor *b)                                                                          \
    {                                                                                                                                      \
        return cplug__op(CPLUG__OP_##name_, (cplug_tensor *[]){ a, b }, 2, NULL, 0);                                                       \
    }
WRAP(eq)
WRAP(ne)
WRAP(lt)
WRAP(le)
WRAP(gt)
WRAP(ge)
WRAP(logical_and)
WRAP(logical_or)
WRAP(logical_xor)
cplug_tensor *cplug_logical_not(cplug_tensor *a) { return cplug__op(CPLUG__OP_logical_not, &a, 1, NULL, 0); }
cplug_tensor *cplug_isnan(cplug_tensor *a) { return cplug__op(CPLUG__OP_isnan, &a, 1, NULL, 0); }

cplug_tensor *cplug_where(cplug_tensor *condition, cplug_tensor *a, cplug_tensor *b)
{
    return cplug__op(CPLUG__OP_where, (cplug_tensor *[]){ condition, a, b }, 3, NULL, 0);
}

cplug_tensor *cplug_masked_fill(cplug_tensor *a, cplug_tensor *mask, cplug_tensor *value)
{
    return cplug__op(CPLUG__OP_masked_fill, (cplug_tensor *[]){ a, mask, value }, 3, NULL, 0);
}

cplug_status cplug_masked_fill_(cplug_tensor *a, cplug_tensor *mask, cplug_tensor *value)
{
    return cplug__op_(CPLUG__OP_masked_fill, (cplug_tensor *[]){ a, mask, value }, 3, NULL, 0);
}
