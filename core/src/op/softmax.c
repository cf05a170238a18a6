/* softmax.c: softmax and log_softmax over one dimension, and their gradients as ops of their own, since backends have kernels for them.
 * The largest element is subtracted first, so that nothing overflows. */
#include "op/net.h"

enum { DIM, DTYPE };
enum { GRAD, OUTPUT };

static const cplug_option attrs[] = {
    CPLUG__ATTR(INT, "dim", "dimension whose entries become a distribution", .flags = CPLUG_OPT_REQUIRED),
    CPLUG__ATTR(INT, "dtype", "dtype to compute in and to give back; 0: the input's", .fallback = "0"),
};
static const cplug_option grad_attrs[] = { CPLUG__ATTR(INT, "dim", "dimension of the distribution", .flags = CPLUG_OPT_REQUIRED) };

static cplug_status infer(cplug_infer *c, cplug_error *e)
{
    const cplug_meta *x = &c->in[0];
    int32_t dim;
    if (!cplug__dim(c->attr[DIM].v.i, x->ndim, &dim)) return cplug__dim_error(c, e, c->attr[DIM].v.i, x->ndim);
    cplug__meta_shape(&c->out[0], c->attr[DTYPE].v.i ? (cplug_dtype)c->attr[DTYPE].v.i : x->dtype, x->ndim, x->shape,
                      CPLUG_LAYOUT_ROW_MAJOR);
    return cplug__need_float(&c->out[0], "input", e);
}

static cplug_status infer_grad(cplug_infer *c, cplug_error *e)
{
    const cplug_meta *g = &c->in[GRAD];
    int32_t dim;
    if (!cplug__dim(c->attr[DIM].v.i, g->ndim, &dim)) return cplug__dim_error(c, e, c->attr[DIM].v.i, g->ndim);
    cplug_status s;
    if ((s = cplug__want_shape(g, "grad", &c->in[OUTPUT], e)) != CPLUG_OK || (s = cplug__need_float(g, "grad", e)) != CPLUG_OK) return s;
    cplug__meta_shape(&c->out[0], g->dtype, g->ndim, g->shape, CPLUG_LAYOUT_ROW_MAJOR);
    return CPLUG_OK;
}

/* x - max(x), in the dtype to compute in */
static cplug_tensor *shifted(cplug_op_call *c, int32_t dim)
{
    cplug_tensor *x = cplug_to(c->in[0], cplug__wide_dtype(c->out_meta[0].dtype), NULL);
    return cplug_sub(x, cplug_amax(x, &dim, 1, 1));
}

/* The largest of nothing is an error, the distribution over nothing is not. */
static bool empty(cplug_op_call *c)
{
    if (cplug_tensor_numel(c->in[0])) return false;
    c->out[0] = cplug__empty_meta(c->in[0], &c->out_meta[0]);
    return true;
}

/* as infer promised, whatever the input's layout */
static cplug_status row_major(cplug_op_call *c, cplug_tensor *t)
{
    c->out[0] = cplug__finish(t, &c->out_meta[0]);
    return cplug_failed(c->ctx);
}

static cplug_status decompose_softmax(cplug_op_call *c)
{
    const int32_t dim = (int32_t)c->attr[DIM].v.i;
    if (empty(c)) return cplug_failed(c->ctx);
    cplug_tensor *e = cplug_exp(shifted(c, dim));
    return row_major(c, cplug_div(e, cplug_sum(e, &dim, 1, 1)));
}

static cplug_status decompose_log_softmax(cplug_op_call *c)
{
    const int32_t dim = (int32_t)c->attr[DIM].v.i;
    if (empty(c)) return cplug_failed(c->ctx);
    cplug_tensor *x = shifted(c, dim);
    return row_major(c, cplug_sub(x, cplug_log(cplug_sum(cplug_exp(x), &dim, 1, 1))));
}

/* dx = (g - sum(g y)) y */
static cplug_status decompose_softmax_grad(cplug_op_call *c)
{
    const int32_t dim = (int32_t)c->attr[DIM].v.i;
    cplug_tensor *g = cplug__wide(c->in[GRAD]), *y = cplug__wide(c->in[OUTPUT]);
    return row_major(c, cplug_mul(cplug_sub(g, cplug_sum(cplug_mul(g, y), &dim, 1, 1)), y));
}

/* dx = g - exp(y) sum(g) */
static cplug_status decompose_log_softmax_grad(cplug_op_call *c)
{
    const int32_t dim = (int32_t)c->attr[DIM].v.i;
    cplug_tensor *g = cplug__wide(c->in[GRAD]), *y = cplug__wide(c->in[OUTPUT]);
    return row_major(c, cplug_sub(g, cplug_mul(cplug_exp(y), cplug_sum(g, &dim, 1, 1))));
}

static cplug_status vjp_with(cplug_vjp *v, int32_t op)
{
    v->grad_in[0] = cplug__op(op, (cplug_tensor *[]){ v->grad_out[0], v->out[0] }, 2, &v->attr[DIM], 1);
    return cplug_failed(v->ctx);
}
static cplug_status vjp_softmax(cplug_vjp *v) { return vjp_with(v, CPLUG__OP_softmax_grad); }
static cplug_status vjp_log_softmax(cplug_vjp *v) { return vjp_with(v, CPLUG__OP_log_softmax_grad); }

CPLUG__OP(softmax, "input", "output", .doc = "exp(x) / sum(exp(x)) over one dimension", .saves = "output", .grad_fn = "Softmax",
          .attrs = CPLUG_OPTIONS(attrs), .infer = infer, .vjp = vjp_softmax, .decompose = decompose_softmax);
CPLUG__OP(log_softmax, "input", "output", .doc = "logarithm of softmax, without its loss of digits", .saves = "output",
          .grad_fn = "LogSoftmax", .attrs = CPLUG_OPTIONS(attrs), .infer = infer, .vjp = vjp_log_softmax,
          .decompose = decompose_log_softmax);
CPLUG__OP(softmax_grad, "grad output", "grad_input", .doc = "gradient of softmax from its output", .grad_fn = "SoftmaxBackwardData",
          .attrs = CPLUG_OPTIONS(grad_attrs), .infer = infer_grad, .decompose = decompose_softmax_grad);
CPLUG__OP(log_softmax_grad, "grad output", "grad_input", .doc = "gradient of log_softmax from its output",
          .grad_fn = "LogSoftmaxBackwardData", .attrs = CPLUG_OPTIONS(grad_attrs), .infer = infer_grad,
          .decompose = decompose_log_softmax_grad);

static cplug_tensor *along(int32_t op, cplug_tensor *t, int32_t dim)
{
    const cplug_value attr[] = { A_INT(dim), A_INT(0) };
    return cplug__op(op, &t, 1, attr, 2);
}
cplug_tensor *cplug_softmax(cplug_tensor *t, int32_t dim) { return along(CPLUG__OP_softmax, t, dim); }
cplug_tensor *cplug_log_softmax(cplug_tensor *t, int32_t dim) { return along(CPLUG__OP_log_softmax, t, dim); }
