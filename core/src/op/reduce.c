/* reduce.c: from many elements to one along dimensions: sum mean prod amax amin var std any all, sum_to_size.
 * A list of dimensions without entries means all.  Kernels sum in fixed chunks, f16 and bf16 in f32. */
#include "op/rules.h"

enum { DIMS = 0, KEEPDIM = 1, DTYPE = 2 };   /* attributes of most */
enum { CORRECTION = 1, SPREAD_KEEPDIM = 2 }; /* attributes of var and std */

#define DIMS_ATTR CPLUG__ATTR(INTS, "dim", "dimensions to reduce; none: all", .flags = CPLUG_OPT_UNSET_OK)
#define KEEPDIM_ATTR CPLUG__ATTR(BOOL, "keepdim", "keep reduced dimensions at size 1", .fallback = "false")
static const cplug_option reduce_attrs[] = { DIMS_ATTR, KEEPDIM_ATTR };
static const cplug_option sum_attrs[] = {
    DIMS_ATTR,
    KEEPDIM_ATTR,
    CPLUG__ATTR(INT, "dtype", "number of the result's dtype; 0: the usual one", .fallback = "0", .max = CPLUG_BOOL),
};

/* The dtype attribute, or what the result has without it. */
static cplug_status chosen_dtype(const cplug_infer *c, cplug_dtype usual, cplug_dtype *out, cplug_error *e)
{
    const int64_t d = c->attr[DTYPE].v.i;
    if (d < 0 || d > CPLUG_BOOL) return cplug__error_fill(e, CPLUG_E_DTYPE, "%lld is no dtype", (long long)d);
    *out = d ? (cplug_dtype)d : usual;
    return CPLUG_OK;
}

static cplug_tensor *kept(const cplug_vjp *v, cplug_tensor *t) { return cplug__keep_dims(t, &v->in_meta[0], &v->attr[DIMS], false); }

/* The op again on another tensor, over the same dimensions. */
static cplug_tensor *over(int32_t op, cplug_tensor *t, const cplug_value *dims, int32_t keepdim)
{
    const cplug_value attr[] = { *dims, A_BOOL(keepdim) };
    return cplug__op(op, &t, 1, attr, 2);
}

/* ---- sum ---- */
static cplug_status infer_sum(cplug_infer *c, cplug_error *e)
{
    cplug_dtype d = cplug__result_type(c->in, 1);
    const cplug_status s = chosen_dtype(c, cplug__is_float(d) ? d : CPLUG_I64, &d, e);
    return s == CPLUG_OK ? cplug__infer_reduced(c, c->attr[KEEPDIM].v.i, d, e) : s;
}
static cplug_status sum_vjp(cplug_vjp *v)
{
    v->grad_in[0] = cplug__expand_meta(kept(v, v->grad_out[0]), &v->in_meta[0]);
    return cplug_failed(v->ctx);
}
CPLUG__OP(sum, "input", "output", .doc = "sum over dimensions", .saves = "", .attrs = CPLUG_OPTIONS(sum_attrs), .flags = CPLUG_OP_PRIMITIVE,
          .infer = infer_sum, .vjp = sum_vjp);

/* ---- mean ---- */
static cplug_status infer_mean(cplug_infer *c, cplug_error *e)
{
    cplug_meta m = { .dtype = cplug__result_type(c->in, 1) };
    cplug_status s = chosen_dtype(c, m.dtype, &m.dtype, e);
    if (s == CPLUG_OK) s = cplug__need_float(&m, "input of a mean", e);
    return s == CPLUG_OK ? cplug__infer_reduced(c, c->attr[KEEPDIM].v.i, m.dtype, e) : s;
}
static cplug_status mean_decompose(cplug_op_call *c)
{
    cplug_meta in;
    cplug_tensor_meta(c->in[0], &in);
    const cplug_value attr[] = { c->attr[DIMS], c->attr[KEEPDIM], A_INT(cplug__compute_dtype(c->out_meta[0].dtype)) };
    cplug_tensor *const sum = cplug__op(CPLUG__OP_sum, &c->in[0], 1, attr, 3);
    return cplug__done(c, cplug_div(sum, cplug_float(c->ctx, (double)cplug__reduced_count(&in, &c->attr[DIMS]))));
}
static cplug_status mean_vjp(cplug_vjp *v)
{
    const double n = (double)cplug__reduced_count(&v->in_meta[0], &v->attr[DIMS]);
    cplug_tensor *const count = cplug_float(v->ctx, MAX(n, 1)); /* no element: nothing to share, no 0 / 0 in the second gradient */
    v->grad_in[0] = cplug__expand_meta(kept(v, cplug_div(v->grad_out[0], count)), &v->in_meta[0]);
    return cplug_failed(v->ctx);
}
CPLUG__OP(mean, "input", "output", .doc = "mean over dimensions", .saves = "", .attrs = CPLUG_OPTIONS(sum_attrs), .infer = infer_mean,
          .vjp = mean_vjp, .decompose = mean_decompose);

/* ---- prod ---- */
/* x [rows, n] -> g [rows, 1] times the product of all elements of the row but this one.  Pairs are multiplied up a tree, then each
 * child gets its parent's value times its sibling: exact with any number of zeros, and differentiable again. */
static cplug_tensor *product_of_others(cplug_tensor *x, cplug_tensor *g, int64_t rows, int64_t n)
{
    if (n == 1 || !x || !g) return g;
    const int64_t half = (n + 1) / 2, pairs[] = { rows, half, 2 }, flat[] = { rows, 2 * half };
    if (n & 1) x = cplug_cat((cplug_tensor *[]){ x, cplug_ones_like(cplug_narrow(x, 1, 0, 1)) }, 2, 1);
    x = cplug_reshape(x, 3, pairs);
    cplug_tensor *const left = cplug_select(x, 2, 0), *const right = cplug_select(x, 2, 1);
    cplug_tensor *const above = product_of_others(cplug_mul(left, right), g, rows, half);
    cplug_tensor *const both = cplug_stack((cplug_tensor *[]){ cplug_mul(above, right), cplug_mul(above, left) }, 2, 2);
    return cplug_narrow(cplug_reshape(both, 2, flat), 1, 0, n);
}
static cplug_status prod_vjp(cplug_vjp *v)
{
    const cplug_meta *m = &v->in_meta[0];
    const cplug_infer q = { .in = m };
    bool reduced[CPLUG_MAX_DIMS];
    cplug_error ignored = CPLUG__ERROR_INIT;
    cplug__reduced_dims(&q, &v->attr[DIMS], reduced, &ignored);
    int32_t order[CPLUG_MAX_DIMS], inverse[CPLUG_MAX_DIMS], k = 0;
    int64_t moved[CPLUG_MAX_DIMS], rows = 1, n = 1;
    for (int pass = 0; pass < 2; pass++) /* the dimensions that stay, then the reduced ones */
        for (int32_t d = 0; d < m->ndim; d++) {
            if (reduced[d] != (pass == 1)) continue;
            *(pass ? &n : &rows) *= m->shape[d];
            moved[k] = m->shape[d];
            inverse[d] = k;
            order[k++] = d;
        }
    cplug_tensor *const x = cplug__wide(v->in[0]);
    if (n == 0 || rows == 0) { /* no element to fill, but the way to grad_out stays */
        v->grad_in[0] = cplug__expand_meta(kept(v, v->grad_out[0]), m);
        return cplug_failed(v->ctx);
    }
    cplug_tensor *const table = cplug_reshape(cplug_permute(x, order, k), 2, (int64_t[]){ rows, n });
    cplug_tensor *const g = cplug_reshape(v->grad_out[0], 2, (int64_t[]){ rows, 1 });
    v->grad_in[0] = cplug_permute(cplug_reshape(product_of_others(table, g, rows, n), k, moved), inverse, k);
    return cplug_failed(v->ctx);
}
CPLUG__OP(prod, "input", "output", .doc = "product over dimensions", .saves = "input", .attrs = CPLUG_OPTIONS(sum_attrs),
          .flags = CPLUG_OP_PRIMITIVE, .infer = infer_sum, .vjp = prod_vjp);

/* ---- amax, amin ---- */
static cplug_status infer_extreme(cplug_infer *c, cplug_error *e)
{
    const cplug_status s = cplug__need_elements(c, &c->attr[DIMS], e);
    return s == CPLUG_OK ? cplug__infer_reduced(c, c->attr[KEEPDIM].v.i, cplug__result_type(c->in, 1), e) : s;
}
static cplug_status extreme_vjp(cplug_vjp *v) /* elements that tie share evenly */
{
    cplug_tensor *const hit = cplug_eq(v->in[0], kept(v, v->out[0]));
    cplug_tensor *const count = over(CPLUG__OP_sum, hit, &v->attr[DIMS], 1);
    v->grad_in[0] = cplug_div(cplug_mul(kept(v, v->grad_out[0]), hit), count);
    return cplug_failed(v->ctx);
}
CPLUG__OP(amax, "input", "output", .doc = "largest element over dimensions; NaN wins", .saves = "input output",
          .attrs = CPLUG_OPTIONS(reduce_attrs), .flags = CPLUG_OP_PRIMITIVE, .infer = infer_extreme, .vjp = extreme_vjp);
CPLUG__OP(amin, "input", "output", .doc = "smallest element over dimensions; NaN wins", .saves = "input output",
          .attrs = CPLUG_OPTIONS(reduce_attrs), .flags = CPLUG_OP_PRIMITIVE, .infer = infer_extreme, .vjp = extreme_vjp);

/* ---- var, std: sum of squared distances from the mean / (n - correction) ---- */
static cplug_status infer_spread(cplug_infer *c, cplug_error *e)
{
    const cplug_meta m = { .dtype = cplug__result_type(c->in, 1) };
    const cplug_status s = cplug__need_float(&m, "input", e);
    return s == CPLUG_OK ? cplug__infer_reduced(c, c->attr[SPREAD_KEEPDIM].v.i, m.dtype, e) : s;
}
static cplug_tensor *variance(const cplug_op_call *c)
{
    cplug_meta in;
    cplug_tensor_meta(c->in[0], &in);
    cplug_tensor *const x = cplug__compute(c, 0);
    cplug_tensor *const far = cplug_sub(x, over(CPLUG__OP_mean, x, &c->attr[DIMS], 1));
    cplug_tensor *const sum = over(CPLUG__OP_sum, cplug_mul(far, far), &c->attr[DIMS], (int32_t)c->attr[SPREAD_KEEPDIM].v.i);
    const double freedom = (double)cplug__reduced_count(&in, &c->attr[DIMS]) - c->attr[CORRECTION].v.f;
    return cplug_div(sum, cplug_float(c->ctx, MAX(freedom, 0.0)));
}
static cplug_status var_decompose(cplug_op_call *c) { return cplug__done(c, variance(c)); }
static cplug_status std_decompose(cplug_op_call *c) { return cplug__done(c, cplug_sqrt(variance(c))); }

/* 2 g (x - mean) / (n - correction) */
static cplug_tensor *variance_gradient(const cplug_vjp *v, cplug_tensor *g)
{
    cplug_tensor *const x = v->in[0], *const mean = over(CPLUG__OP_mean, x, &v->attr[DIMS], 1);
    const double freedom = (double)cplug__reduced_count(&v->in_meta[0], &v->attr[DIMS]) - v->attr[CORRECTION].v.f;
    return cplug_mul(cplug_mul(kept(v, g), cplug_float(v->ctx, 2 / freedom)), cplug_sub(x, mean));
}
static cplug_status var_vjp(cplug_vjp *v)
{
    v->grad_in[0] = variance_gradient(v, v->grad_out[0]);
    return cplug_failed(v->ctx);
}
static cplug_status std_vjp(cplug_vjp *v)
{
    cplug_tensor *const zero = cplug_int(v->ctx, 0), *const y = v->out[0];
    cplug_tensor *const g = cplug_div(v->grad_out[0], cplug_mul(y, cplug_int(v->ctx, 2)));
    v->grad_in[0] = variance_gradient(v, cplug_where(cplug_eq(y, zero), zero, g));
    return cplug_failed(v->ctx);
}
static const cplug_option spread_attrs[] = {
    DIMS_ATTR,
    CPLUG__ATTR(FLOAT, "correction", "taken from the number of elements; 1: Bessel's", .fallback = "1"),
    KEEPDIM_ATTR,
};
CPLUG__OP(var, "input", "output", .doc = "variance over dimensions", .saves = "input", .attrs = CPLUG_OPTIONS(spread_attrs),
          .infer = infer_spread, .vjp = var_vjp, .decompose = var_decompose);
CPLUG__OP(std, "input", "output", .doc = "standard deviation over dimensions", .saves = "input output",
          .attrs = CPLUG_OPTIONS(spread_attrs), .infer = infer_spread, .vjp = std_vjp, .decompose = std_decompose);

/* ---- any, all: u8 stays u8, as in PyTorch ---- */
static cplug_status infer_quantor(cplug_infer *c, cplug_error *e)
{
    return cplug__infer_reduced(c, c->attr[KEEPDIM].v.i, c->in[0].dtype == CPLUG_U8 ? CPLUG_U8 : CPLUG_BOOL, e);
}
static cplug_status any_decompose(cplug_op_call *c)
{
    cplug_tensor *const zero = cplug_int(c->ctx, 0), *const hits = over(CPLUG__OP_sum, cplug_ne(c->in[0], zero), &c->attr[DIMS],
                                                                        (int32_t)c->attr[KEEPDIM].v.i);
    return cplug__done(c, cplug_ne(hits, zero));
}
static cplug_status all_decompose(cplug_op_call *c)
{
    cplug_tensor *const zero = cplug_int(c->ctx, 0), *const misses = over(CPLUG__OP_sum, cplug_eq(c->in[0], zero), &c->attr[DIMS],
                                                                          (int32_t)c->attr[KEEPDIM].v.i);
    return cplug__done(c, cplug_eq(misses, zero));
}
CPLUG__OP(any, "input", "output", .doc = "some element is not zero", .attrs = CPLUG_OPTIONS(reduce_attrs), .flags = CPLUG_OP_NO_GRAD,
          .infer = infer_quantor, .decompose = any_decompose);
CPLUG__OP(all, "input", "output", .doc = "no element is zero", .attrs = CPLUG_OPTIONS(reduce_attrs), .flags = CPLUG_OP_NO_GRAD,
          .infer = infer_quantor, .decompose = all_decompose);

/* ---- sum_to_size: the reverse of broadcasting ---- */
static cplug_status infer_sum_to_size(cplug_infer *c, cplug_error *e)
{
    const cplug_value *size = &c->attr[0];
    if (size->n > CPLUG_MAX_DIMS)
        return cplug__error_fill(e, CPLUG_E_SHAPE, "%u dimensions: a tensor has at most %d", size->n, CPLUG_MAX_DIMS);
    c->out[0].ndim = (int32_t)size->n;
    for (uint32_t d = 0; d < size->n; d++) c->out[0].shape[d] = size->v.iv[d];
    const cplug_dtype usual = cplug__result_type(c->in, 1); /* a sum of integers is i64 */
    c->out[0].dtype = cplug__is_float(usual) || cplug__same_shape(&c->out[0], &c->in[0]) ? usual : CPLUG_I64;
    return cplug__broadcasts_to(&c->out[0], &c->in[0], "a tensor", e);
}
static cplug_status sum_to_size_decompose(cplug_op_call *c)
{
    const cplug_meta *out = &c->out_meta[0];
    const int32_t ndim = c->in[0]->view.ndim, skip = ndim - out->ndim;
    int32_t dims[CPLUG_MAX_DIMS], n = 0;
    for (int32_t d = 0; d < ndim; d++)
        if (d < skip || (out->shape[d - skip] == 1 && c->in[0]->dims[d] != 1)) dims[n++] = d;
    cplug_tensor *const sum = n ? cplug_sum(c->in[0], dims, n, 1) : cplug_clone(c->in[0]);
    return cplug__done(c, cplug_reshape(sum, out->ndim, out->shape));
}
static cplug_status sum_to_size_vjp(cplug_vjp *v)
{
    v->grad_in[0] = cplug__expand_meta(v->grad_out[0], &v->in_meta[0]);
    return cplug_failed(v->ctx);
}
static const cplug_option sum_to_size_attrs[] = {
    CPLUG__ATTR(INTS, "size", "sizes of the result", .flags = CPLUG_OPT_UNSET_OK),
};
CPLUG__OP(sum_to_size, "input", "output", .doc = "sums the dimensions that broadcasting to input's shape would repeat", .saves = "",
          .attrs = CPLUG_OPTIONS(sum_to_size_attrs), .infer = infer_sum_to_size, .vjp = sum_to_size_vjp,
          .decompose = sum_to_size_decompose);

/* ---- wrappers ---- */
static cplug_tensor *reduce(int32_t op, cplug_tensor *t, const int32_t *dims, int32_t n, int32_t keepdim)
{
    int64_t d[CPLUG_MAX_DIMS];
    if (!cplug__dims_in(t, dims, n, d)) return NULL;
    const cplug_value list = A_INTS(d, n);
    return over(op, t, &list, keepdim != 0);
}
static cplug_tensor *spread(int32_t op, cplug_tensor *t, const int32_t *dims, int32_t n, double correction, int32_t keepdim)
{
    int64_t d[CPLUG_MAX_DIMS];
    if (!cplug__dims_in(t, dims, n, d)) return NULL;
    const cplug_value attr[] = { A_INTS(d, n), A_FLOAT(correction), A_BOOL(keepdim != 0) };
    return cplug__op(op, &t, 1, attr, 3);
}
#define WRAP(name_)                                                                                                                        \
    cplug_tensor *cplug_##name_(cplug_tensor *t, const int32_t *dims, int32_t n, int32_t keepdim)                                          \
    {                                                                                                                                      \
        return reduce(CPLUG__OP_##name_, t, dims, n, keepdim);                                                                             \
    }
WRAP(sum)
WRAP(mean)
WRAP(prod)
WRAP(amax)
WRAP(amin)
WRAP(any)
WRAP(all)

cplug_tensor *cplug_var(cplug_tensor *t, const int32_t *dims, int32_t n, double correction, int32_t keepdim)
{
    return spread(CPLUG__OP_var, t, dims, n, correction, keepdim);
}
cplug_tensor *cplug_std(cplug_tensor *t, const int32_t *dims, int32_t n, double correction, int32_t keepdim)
{
    return spread(CPLUG__OP_std, t, dims, n, correction, keepdim);
}

cplug_tensor *cplug_sum_to_size(cplug_tensor *t, int32_t ndim, const int64_t *shape)
{
    if (!cplug__shape_in(t, ndim, shape)) return NULL;
    if (t->view.ndim == ndim && memcmp(t->dims, shape, sizeof *shape * (size_t)ndim) == 0) return cplug__itself(t);
    const cplug_value attr[] = { A_INTS(shape, ndim) };
    return cplug__op(CPLUG__OP_sum_to_size, &t, 1, attr, 1);
}
