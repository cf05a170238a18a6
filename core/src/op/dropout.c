/* dropout.c: dropout (Srivastava et al. 2014): each element is dropped with probability p, the rest scaled by 1 / (1 - p).  Element i in
 * logical order is kept where uniform number i of (seed, offset) is at least p, so that backends agree. */
#include "op/net.h"

enum { INPUT, P, SEED, OFFSET };
enum { OUTPUT, MASK };

static cplug_status infer(cplug_infer *c, cplug_error *e)
{
    const cplug_meta *x = &c->in[INPUT];
    cplug__meta_like(&c->out[OUTPUT], x, x->dtype);
    cplug__meta_like(&c->out[MASK], x, CPLUG_BOOL);
    return cplug__need_float(x, "input", e);
}

static int64_t draws(const cplug_infer *c) { return (cplug__meta_numel(&c->in[INPUT]) + 3) / 4; }

static cplug_tensor *kept(cplug_tensor *t, cplug_tensor *mask, cplug_tensor *p)
{
    double drop = 0.0;
    cplug_item(p, &drop);
    return cplug_mul_scalar(cplug_mul(t, mask), drop < 1.0 ? 1.0 / (1.0 - drop) : 0.0);
}

static cplug_status decompose(cplug_op_call *c)
{
    cplug_meta m = c->out_meta[MASK];
    m.dtype = CPLUG_F32;
    const cplug_value uniform = A_CHOICE(0);
    cplug_tensor *u = cplug__empty_meta(c->in[INPUT], &m);
    cplug__op_(CPLUG__OP_random, (cplug_tensor *[]){ u, cplug_float(c->ctx, 0.0), cplug_float(c->ctx, 1.0), c->in[SEED], c->in[OFFSET] }, 5,
               &uniform, 1);
    c->out[MASK] = cplug_ge(u, c->in[P]);
    c->out[OUTPUT] = cplug__finish(kept(c->in[INPUT], c->out[MASK], c->in[P]), &c->out_meta[OUTPUT]);
    return cplug_failed(c->ctx);
}

static cplug_status vjp(cplug_vjp *v)
{
    if (v->want[INPUT]) v->grad_in[INPUT] = kept(v->grad_out[OUTPUT], v->out[MASK], v->in[P]);
    return cplug_failed(v->ctx);
}

CPLUG__OP(dropout, "input p# seed# offset#", "output mask~", .doc = "zeroes each element with probability p and scales the rest",
          .saves = "p mask", .grad_fn = "NativeDropout", .flags = CPLUG_OP_RANDOM, .infer = infer, .vjp = vjp, .decompose = decompose,
          .draws = draws);

cplug_tensor *cplug_dropout(cplug_tensor *t, double p, int32_t training)
{
    cplug_context *ctx = cplug_tensor_context(t);
    if (ctx && !(p >= 0.0 && p <= 1.0)) {
        cplug_error_set(ctx, CPLUG_E_INVALID, "dropout: p is a probability between 0 and 1, got %g", p);
        return NULL;
    }
    if (!training || p == 0.0) return cplug__itself(t);
    return cplug__op(CPLUG__OP_dropout, (cplug_tensor *[]){ t, cplug_float(ctx, p) }, 2, NULL, 0);
}
