/* op.c: the op acme.snake: output = input + sin(alpha input)^2 / alpha.  input [..., features], alpha [features], output as input. */
#include "snake.h"

/* [any-thread] shapes and dtypes, or why they do not fit */
static cplug_status infer(cplug_infer *c, cplug_error *e)
{
    const cplug_meta *x = &c->in[0], *alpha = &c->in[1];
    if ((x->dtype != CPLUG_F32 && x->dtype != CPLUG_F64) || alpha->dtype != x->dtype)
        return c->host->fail(e, CPLUG_E_DTYPE, "expected input and alpha as f32, or both as f64");
    if (x->ndim < 1 || alpha->ndim != 1 || alpha->shape[0] != x->shape[x->ndim - 1])
        return c->host->fail(e, CPLUG_E_SHAPE, "expected one alpha for each feature, the last dimension of input");
    c->out[0] = *x;
    return CPLUG_OK;
}

/* The same by core's ops: the reference, and what runs wherever there is no kernel. */
static cplug_status decompose(cplug_op_call *c)
{
    cplug_tensor *const x = c->in[0], *const alpha = c->in[1], *const sine = cplug_sin(cplug_mul(x, alpha));
    c->out[0] = cplug_add(x, cplug_div(cplug_mul(sine, sine), alpha));
    return cplug_failed(c->ctx);
}

/* d/dx = 1 + sin(2 alpha x);  d/dalpha = (x sin(2 alpha x) - sin(alpha x)^2 / alpha) / alpha.  Written in ops, so it has gradients
 * again; core sums the second over the dimensions that alpha does not have. */
static cplug_status vjp(cplug_vjp *v)
{
    cplug_tensor *const x = v->in[0], *const alpha = v->in[1], *const g = v->grad_out[0];
    cplug_tensor *const angle = cplug_mul(x, alpha), *const twice = cplug_sin(cplug_mul_scalar(angle, 2));
    if (v->want[0]) v->grad_in[0] = cplug_mul(g, cplug_add_scalar(twice, 1));
    if (v->want[1]) {
        cplug_tensor *const sine = cplug_sin(angle);
        cplug_tensor *const slope = cplug_sub(cplug_mul(x, twice), cplug_div(cplug_mul(sine, sine), alpha));
        v->grad_in[1] = cplug_mul(g, cplug_div(slope, alpha));
    }
    return cplug_failed(v->ctx);
}

const cplug_op acme_snake_op = {
    .struct_size = sizeof acme_snake_op,
    .version = 1,
    .name = "acme.snake",
    .doc = "input + sin(alpha input)^2 / alpha",
    .inputs = "input alpha",
    .outputs = "output",
    .saves = "input alpha",
    .grad_fn = "AcmeSnake",
    .attrs = CPLUG_NO_OPTIONS,
    .infer = infer,
    .vjp = vjp,
    .decompose = decompose,
};
