/* extreme.c: reductions that say where: max min (values and indices along one dimension), argmax argmin.
 * The first of equal elements wins, and a NaN wins over everything. */
#include "op/rules.h"

static const cplug_option max_attrs[] = {
    CPLUG__ATTR(INT, "dim", "dimension to reduce", .flags = CPLUG_OPT_REQUIRED),
    CPLUG__ATTR(BOOL, "keepdim", "keep it at size 1", .fallback = "false"),
};
static const cplug_option argmax_attrs[] = {
    CPLUG__ATTR(INTS, "dim", "dimension to reduce; none: the flattened tensor", .flags = CPLUG_OPT_UNSET_OK, .count_max = 1),
    CPLUG__ATTR(BOOL, "keepdim", "keep reduced dimensions at size 1", .fallback = "false"),
};
enum { DIM = 0, KEEPDIM = 1 };

cplug_status cplug__need_elements(const cplug_infer *c, const cplug_value *dims, cplug_error *e)
{
    char shape[CPLUG__SHAPE_TEXT];
    const cplug_meta *in = &c->in[0];
    if (cplug__meta_numel(in) != 0) return CPLUG_OK;
    if (dims->n == 0)
        return cplug__error_fill(e, CPLUG_E_SHAPE, "a tensor of shape %s has no elements to choose from", cplug__shape_text(in, shape));
    for (uint32_t i = 0; i < dims->n; i++) {
        int32_t d;
        if (!cplug__dim(dims->v.iv[i], in->ndim, &d)) return cplug__dim_error(c, e, dims->v.iv[i], in->ndim);
        if (in->shape[d] == 0)
            return cplug__error_fill(e, CPLUG_E_SHAPE, "dimension %d of shape %s has no elements to choose from", d,
                                     cplug__shape_text(in, shape));
    }
    return CPLUG_OK;
}

/* ---- argmax, argmin ---- */
static cplug_status infer_argmax(cplug_infer *c, cplug_error *e)
{
    if (c->attr[DIM].n > 1) return cplug__error_fill(e, CPLUG_E_INVALID, "dim names %u dimensions: at most 1 is possible", c->attr[DIM].n);
    const cplug_status s = cplug__need_elements(c, &c->attr[DIM], e);
    return s == CPLUG_OK ? cplug__infer_reduced(c, c->attr[KEEPDIM].v.i, CPLUG_I64, e) : s;
}

/* The smallest position whose element is the extreme one or NaN. */
static cplug_tensor *first_hit(cplug_tensor *t, int32_t dim, bool largest)
{
    if (!t) return NULL;
    const int64_t n = t->dims[dim];
    int64_t shape[CPLUG_MAX_DIMS];
    for (int32_t d = 0; d < t->view.ndim; d++) shape[d] = d == dim ? n : 1;
    cplug_tensor *const best = largest ? cplug_amax(t, &dim, 1, 1) : cplug_amin(t, &dim, 1, 1);
    cplug_tensor *const hit = cplug_logical_or(cplug_eq(t, best), cplug_isnan(t));
    cplug_tensor *const at = cplug_reshape(cplug__positions(t, n), t->view.ndim, shape);
    return cplug_amin(cplug_where(hit, at, cplug_int(t->ctx, n)), &dim, 1, 1);
}
static cplug_status arg_decompose(cplug_op_call *c, bool largest)
{
    int32_t dim = 0;
    cplug_tensor *t = c->in[0];
    if (c->attr[DIM].n == 0 || t->view.ndim == 0)
        t = cplug_reshape(t, 1, (int64_t[]){ cplug__numel(t) });
    else
        cplug__dim(c->attr[DIM].v.iv[0], t->view.ndim, &dim);
    return cplug__done(c, cplug_reshape(first_hit(t, dim, largest), c->out_meta[0].ndim, c->out_meta[0].shape));
}
static cplug_status argmax_decompose(cplug_op_call *c) { return arg_decompose(c, true); }
static cplug_status argmin_decompose(cplug_op_call *c) { return arg_decompose(c, false); }
CPLUG__OP(argmax, "input", "output", .doc = "position of the largest element", .attrs = CPLUG_OPTIONS(argmax_attrs),
          .flags = CPLUG_OP_NO_GRAD, .infer = infer_argmax, .decompose = argmax_decompose);
CPLUG__OP(argmin, "input", "output", .doc = "position of the smallest element", .attrs = CPLUG_OPTIONS(argmax_attrs),
          .flags = CPLUG_OP_NO_GRAD, .infer = infer_argmax, .decompose = argmin_decompose);

/* ---- max, min ---- */
static cplug_status infer_max(cplug_infer *c, cplug_error *e)
{
    const cplug_value dims = A_INTS(&c->attr[DIM].v.i, 1);
    cplug_infer over = *c;
    over.attr = &dims;
    cplug_status s = cplug__need_elements(c, &dims, e);
    if (s == CPLUG_OK) s = cplug__infer_reduced(&over, c->attr[KEEPDIM].v.i, cplug__result_type(c->in, 1), e);
    if (s == CPLUG_OK) cplug__meta_like(&c->out[1], &c->out[0], CPLUG_I64);
    return s;
}
static cplug_status max_decompose_to(cplug_op_call *c, int32_t arg)
{
    int32_t dim = 0;
    const cplug_meta *m = &c->out_meta[0];
    cplug_tensor *const t = c->in[0]->view.ndim ? c->in[0] : cplug_reshape(c->in[0], 1, (int64_t[]){ 1 });
    cplug__dim(c->attr[DIM].v.i, c->in[0]->view.ndim, &dim);
    const int64_t at = dim;
    const cplug_value attr[] = { A_INTS(&at, 1), A_BOOL(1) };
    cplug_tensor *const index = t ? cplug__op(arg, &t, 1, attr, 2) : NULL;
    c->out[0] = cplug_reshape(cplug_gather(t, dim, index), m->ndim, m->shape);
    c->out[1] = cplug_reshape(index, m->ndim, m->shape);
    return cplug_failed(c->ctx);
}
static cplug_status max_decompose(cplug_op_call *c) { return max_decompose_to(c, CPLUG__OP_argmax); }
static cplug_status min_decompose(cplug_op_call *c) { return max_decompose_to(c, CPLUG__OP_argmin); }

static cplug_status max_vjp(cplug_vjp *v) /* all of it goes to the element that was chosen */
{
    int32_t dim = 0;
    const cplug_meta *m = &v->in_meta[0];
    cplug_tensor *const g = v->grad_out[0];
    if (!g) return CPLUG_OK;
    const cplug_value dims = A_INTS(&v->attr[DIM].v.i, 1);
    cplug_meta zeros;
    cplug__meta_like(&zeros, m, g->view.dtype);
    cplug__dim(v->attr[DIM].v.i, m->ndim, &dim);
    cplug_tensor *const at = cplug__keep_dims(v->out[1], m, &dims, false);
    v->grad_in[0] = m->ndim ? cplug_scatter_add(cplug__zeros_meta(g, &zeros), dim, at, cplug__keep_dims(g, m, &dims, false)) : g;
    return cplug_failed(v->ctx);
}
CPLUG__OP(max, "input", "values indices", .doc = "largest elements along a dimension and where they stand", .saves = "indices",
          .attrs = CPLUG_OPTIONS(max_attrs), .infer = infer_max, .vjp = max_vjp, .decompose = max_decompose);
CPLUG__OP(min, "input", "values indices", .doc = "smallest elements along a dimension and where they stand", .saves = "indices",
          .attrs = CPLUG_OPTIONS(max_attrs), .infer = infer_max, .vjp = max_vjp, .decompose = min_decompose);

/* ---- wrappers ---- */
static cplug_tensor *with_indices(int32_t op, cplug_tensor *t, int32_t dim, int32_t keepdim, cplug_tensor **indices)
{
    cplug_tensor *out[2] = { NULL, NULL };
    const cplug_value attr[] = { A_INT(dim), A_BOOL(keepdim != 0) };
    if (indices) *indices = NULL;
    if (cplug__op_n(op, &t, 1, attr, 2, out, 2) != CPLUG_OK) return NULL;
    if (indices) *indices = out[1];
    return out[0];
}
cplug_tensor *cplug_max(cplug_tensor *t, int32_t dim, int32_t keepdim, cplug_tensor **indices)
{
    return with_indices(CPLUG__OP_max, t, dim, keepdim, indices);
}
cplug_tensor *cplug_min(cplug_tensor *t, int32_t dim, int32_t keepdim, cplug_tensor **indices)
{
    return with_indices(CPLUG__OP_min, t, dim, keepdim, indices);
}

static cplug_tensor *position(int32_t op, cplug_tensor *t, int32_t dim, int32_t keepdim)
{
    const int64_t d = dim;
    const cplug_value attr[] = { A_INTS(&d, dim == CPLUG_ALL ? 0 : 1), A_BOOL(keepdim != 0) };
    return cplug__op(op, &t, 1, attr, 2);
}
cplug_tensor *cplug_argmax(cplug_tensor *t, int32_t dim, int32_t keepdim) { return position(CPLUG__OP_argmax, t, dim, keepdim); }
cplug_tensor *cplug_argmin(cplug_tensor *t, int32_t dim, int32_t keepdim) { return position(CPLUG__OP_argmin, t, dim, keepdim); }
