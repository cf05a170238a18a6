/* pool.c: max_pool2d and avg_pool2d over [N, C, H, W] with their gradients.  The decompositions look at all windows at once through one
 * strided view; indices of maxima count within the H * W plane. */
#include "op/window.h"
#include <math.h>

enum { KERNEL, STRIDE, PADDING };                 /* of both */
enum { DILATION = 3, MAX_CEIL, MAX_N };           /* max_pool2d */
enum { AVG_CEIL = 3, COUNT_PAD, DIVISOR, AVG_N }; /* avg_pool2d; avg_pool2d_grad has the input's size after them */
enum { GRAD, INDICES };

#define POOL_ATTRS                                                                                                                         \
    CPLUG__ATTR(INTS, "kernel_size", "rows and columns of a window", .flags = CPLUG_OPT_REQUIRED, .count_min = 1, .count_max = 2),         \
        CPLUG__ATTR(INTS, "stride", "distance between windows; left out: the kernel's size", .flags = CPLUG_OPT_UNSET_OK),                 \
        CPLUG__ATTR(INTS, "padding", "rows and columns added on each side", .fallback = "0,0", .count_min = 1, .count_max = 2)
#define AVG_ATTRS                                                                                                                          \
    POOL_ATTRS, CPLUG__ATTR(BOOL, "ceil_mode", "also windows that start inside but do not fit", .fallback = "false"),                      \
        CPLUG__ATTR(BOOL, "count_include_pad", "padding counts as elements of the mean", .fallback = "true"),                              \
        CPLUG__ATTR(INT, "divisor_override", "divide by this instead of the number of elements; 0: no", .fallback = "0")
#define SIZE_ATTR CPLUG__ATTR(INTS, "size", "shape of the input", .flags = CPLUG_OPT_REQUIRED, .count_min = 4, .count_max = 4)

static const cplug_option max_attrs[] = {
    POOL_ATTRS,
    CPLUG__ATTR(INTS, "dilation", "distance between the elements of a window", .fallback = "1,1", .count_min = 1, .count_max = 2),
    CPLUG__ATTR(BOOL, "ceil_mode", "also windows that start inside but do not fit", .fallback = "false"),
};
static const cplug_option max_grad_attrs[] = { SIZE_ATTR };
static const cplug_option avg_attrs[] = { AVG_ATTRS };
static const cplug_option avg_grad_attrs[] = { AVG_ATTRS, SIZE_ATTR };

/* ---- shapes ---- */
static cplug_status window_of(cplug__window *w, const cplug_meta *x, const cplug_value *attr, bool max, cplug_error *e)
{
    cplug_status s = cplug__want_ndim(x, "input [N, C, H, W]", 4, e);
    if (s == CPLUG_OK)
        s = cplug__window_from(w, x->shape + 2, &attr[KERNEL], &attr[STRIDE], &attr[PADDING], max ? &attr[DILATION] : NULL,
                               attr[max ? MAX_CEIL : AVG_CEIL].v.i != 0, e);
    if (s != CPLUG_OK) return s;
    for (int32_t d = 0; d < 2; d++)
        if (w->padding[d] > w->kernel[d] / 2)
            return cplug__error_fill(e, CPLUG_E_INVALID,
                                     "padding must be at most half of the kernel, got padding %lld for a kernel of %lld",
                                     (long long)w->padding[d], (long long)w->kernel[d]);
    return CPLUG_OK;
}

/* The same for an input that infer has checked already. */
static bool window_known(cplug_context *ctx, cplug__window *w, const int64_t *shape, const cplug_value *attr, bool max)
{
    cplug_error e = CPLUG__ERROR_INIT;
    cplug_meta x = { .ndim = 4 };
    memcpy(x.shape, shape, 4 * sizeof *shape);
    if (window_of(w, &x, attr, max, &e) == CPLUG_OK) return true;
    cplug__raise(ctx, &e, NULL);
    return false;
}

static void pooled(cplug_meta *out, const cplug_meta *x, const cplug__window *w, cplug_dtype dtype)
{
    const int64_t shape[4] = { x->shape[0], x->shape[1], w->out[0], w->out[1] };
    cplug__meta_shape(out, dtype, 4, shape, x->layout);
}

static cplug_status infer_max(cplug_infer *c, cplug_error *e)
{
    cplug__window w;
    const cplug_status s = window_of(&w, &c->in[0], c->attr, true, e);
    if (s != CPLUG_OK) return s;
    if (c->in[0].dtype == CPLUG_BOOL) return cplug__error_fill(e, CPLUG_E_DTYPE, "bool inputs cannot be pooled; convert them with to");
    pooled(&c->out[0], &c->in[0], &w, c->in[0].dtype);
    pooled(&c->out[1], &c->in[0], &w, CPLUG_I64);
    return CPLUG_OK;
}

static cplug_status infer_avg(cplug_infer *c, cplug_error *e)
{
    cplug__window w;
    cplug_status s;
    if ((s = window_of(&w, &c->in[0], c->attr, false, e)) != CPLUG_OK) return s;
    if (c->in[0].dtype != CPLUG_I64 && (s = cplug__need_float(&c->in[0], "input", e)) != CPLUG_OK) return s; /* as PyTorch: i64 too */
    pooled(&c->out[0], &c->in[0], &w, c->in[0].dtype);
    return CPLUG_OK;
}

static cplug_status infer_max_grad(cplug_infer *c, cplug_error *e)
{
    const cplug_meta *g = &c->in[GRAD], *indices = &c->in[INDICES];
    const int64_t *size = c->attr[0].v.iv;
    cplug_status s;
    if ((s = cplug__want_list(&c->attr[0], "size", 4, 4, e)) != CPLUG_OK) return s;
    if ((s = cplug__want_ndim(g, "grad [N, C, h, w]", 4, e)) != CPLUG_OK || (s = cplug__want_shape(indices, "indices", g, e)) != CPLUG_OK)
        return s;
    if (indices->dtype != CPLUG_I64)
        return cplug__error_fill(e, CPLUG_E_DTYPE, "indices must be i64, got %s", cplug_dtype_name(indices->dtype));
    if (g->shape[0] != size[0] || g->shape[1] != size[1])
        return cplug__error_fill(e, CPLUG_E_SHAPE, "grad %s does not fit an input of %lld images with %lld channels", SHAPE_OF(g),
                                 (long long)size[0], (long long)size[1]);
    cplug__meta_shape(&c->out[0], g->dtype, 4, size, g->layout);
    return CPLUG_OK;
}

static cplug_status infer_avg_grad(cplug_infer *c, cplug_error *e)
{
    const cplug_meta *g = &c->in[GRAD];
    cplug_meta x = { .ndim = 4 }, y = { .ndim = 4 };
    cplug__window w;
    cplug_status s;
    if ((s = cplug__want_list(&c->attr[AVG_N], "size", 4, 4, e)) != CPLUG_OK) return s;
    memcpy(x.shape, c->attr[AVG_N].v.iv, 4 * sizeof *x.shape);
    if ((s = window_of(&w, &x, c->attr, false, e)) != CPLUG_OK) return s;
    pooled(&y, &x, &w, g->dtype);
    if ((s = cplug__want_shape(g, "grad", &y, e)) != CPLUG_OK) return s;
    cplug__meta_shape(&c->out[0], g->dtype, 4, x.shape, g->layout);
    return CPLUG_OK;
}

/* ---- gradients ---- */
static cplug_status vjp_max(cplug_vjp *v)
{
    const cplug_value size = A_INTS(v->in_meta[0].shape, 4);
    v->grad_in[0] = cplug__op(CPLUG__OP_max_pool2d_grad, (cplug_tensor *[]){ v->grad_out[0], v->out[1] }, 2, &size, 1);
    return cplug_failed(v->ctx);
}

/* [N, C, H, W] as [N, C, H * W] */
static cplug_tensor *planes(cplug_tensor *t, const int64_t *shape)
{
    const int64_t flat[3] = { shape[0], shape[1], shape[2] * shape[3] };
    return cplug_reshape(t, 3, flat);
}

static cplug_status vjp_max_grad(cplug_vjp *v)
{
    const int64_t *shape = v->in_meta[GRAD].shape;
    cplug_tensor *g = planes(v->grad_out[0], v->attr[0].v.iv);
    if (v->want[GRAD]) v->grad_in[GRAD] = cplug_reshape(cplug_gather(g, 2, planes(v->in[INDICES], shape)), 4, shape);
    return cplug_failed(v->ctx);
}

static cplug_status vjp_avg(cplug_vjp *v)
{
    cplug_value attr[AVG_N + 1];
    memcpy(attr, v->attr, AVG_N * sizeof *attr);
    attr[AVG_N] = (cplug_value)A_INTS(v->in_meta[0].shape, 4);
    v->grad_in[0] = cplug__op(CPLUG__OP_avg_pool2d_grad, v->grad_out, 1, attr, AVG_N + 1);
    return cplug_failed(v->ctx);
}

static cplug_status vjp_avg_grad(cplug_vjp *v)
{
    v->grad_in[0] = cplug__op(CPLUG__OP_avg_pool2d, v->grad_out, 1, v->attr, AVG_N);
    return cplug_failed(v->ctx);
}

/* ---- decompositions ---- */
static double lowest(cplug_dtype dtype)
{
    switch (dtype) {
    case CPLUG_U8: return 0.0;
    case CPLUG_I8: return INT8_MIN;
    case CPLUG_I16: return INT16_MIN;
    case CPLUG_I32: return INT32_MIN;
    case CPLUG_I64: return (double)INT64_MIN;
    default: return -INFINITY;
    }
}

static const int32_t in_window[2] = { 2, 3 };

/* Where each element of each window lies in the H * W plane, the last place for padding, which no smaller place can lose to:
 * [1, 1, kernel rows, kernel columns, out rows, out columns] */
static cplug_tensor *places(cplug_tensor *x, const cplug__window *w)
{
    const int64_t shape[4] = { 1, 1, w->in[0], w->in[1] };
    const double last = (double)(w->in[0] * w->in[1] - 1);
    cplug_tensor *p = cplug__filled(x, CPLUG_I64, 4, shape, 0.0);
    if (!p) return NULL;
    cplug__op_(CPLUG__OP_arange, (cplug_tensor *[]){ p, cplug_int(p->ctx, 0), cplug_int(p->ctx, 1) }, 3, NULL, 0);
    return cplug__windows(p, w, last);
}

/* The first element that is the maximum; the last NaN where there is one, as PyTorch's loop leaves it. */
static cplug_tensor *place_of_best(cplug_tensor *x, cplug_tensor *best, cplug_tensor *at, int64_t last)
{
    if (!x) return NULL;
    cplug_tensor *first = cplug_amin(cplug_where(cplug_eq(x, best), at, cplug_int(x->ctx, last)), in_window, 2, 0);
    if (!cplug__is_float(x->view.dtype)) return first;
    cplug_tensor *none = cplug_int(x->ctx, -1), *nan = cplug_amax(cplug_where(cplug_isnan(x), at, none), in_window, 2, 0);
    return cplug_where(cplug_ne(nan, none), nan, first);
}

static cplug_status decompose_max(cplug_op_call *c)
{
    cplug__window w;
    if (!window_known(c->ctx, &w, c->in[0]->dims, c->attr, true)) return cplug_failed(c->ctx);
    cplug_tensor *x = cplug__windows(c->in[0], &w, lowest(c->in[0]->view.dtype)), *best = cplug_amax(x, in_window, 2, 1);
    c->out[0] = cplug__finish(cplug_squeeze(best, in_window, 2), &c->out_meta[0]);
    c->out[1] = cplug__finish(place_of_best(x, best, places(c->in[0], &w), w.in[0] * w.in[1] - 1), &c->out_meta[1]);
    return cplug_failed(c->ctx);
}

static cplug_status decompose_max_grad(cplug_op_call *c)
{
    const int64_t *size = c->out_meta[0].shape, *shape = c->in[GRAD]->dims, flat[3] = { size[0], size[1], size[2] * size[3] };
    cplug_tensor *g = cplug__wide(c->in[GRAD]), *sum = cplug__filled(c->in[GRAD], cplug__wide_dtype(c->in[GRAD]->view.dtype), 3, flat, 0.0);
    const cplug_value dim = A_INT(2);
    cplug__op_(CPLUG__OP_scatter_add_, (cplug_tensor *[]){ sum, planes(c->in[INDICES], shape), planes(g, shape) }, 3, &dim, 1);
    c->out[0] = cplug__finish(cplug_reshape(sum, 4, size), &c->out_meta[0]);
    return cplug_failed(c->ctx);
}

/* What windows are divided by: [1, 1, out rows, out columns], or NULL when it is the same number everywhere.  Counted by pooling ones:
 * over the image, or over image and padding, but never beyond. */
static cplug_tensor *divisors(cplug_tensor *x, const cplug__window *w, const cplug_value *attr, double *same)
{
    const bool all = attr[COUNT_PAD].v.i != 0, padded = w->padding[0] || w->padding[1], ceil = attr[AVG_CEIL].v.i != 0;
    *same = attr[DIVISOR].v.i ? (double)attr[DIVISOR].v.i : (double)(w->kernel[0] * w->kernel[1]);
    if (attr[DIVISOR].v.i || (!ceil && (all || !padded))) return NULL;
    cplug__window counted = *w;
    for (int32_t d = 0; d < 2 && all; d++) {
        counted.in[d] += 2 * w->padding[d];
        counted.padding[d] = 0;
    }
    const int64_t shape[4] = { 1, 1, counted.in[0], counted.in[1] };
    return cplug_sum(cplug__windows(cplug__filled(x, cplug__wide_dtype(x->view.dtype), 4, shape, 1.0), &counted, 0.0), in_window, 2, 0);
}

static cplug_tensor *divided(cplug_tensor *t, cplug_tensor *like, const cplug__window *w, const cplug_value *attr)
{
    double same;
    cplug_tensor *by = divisors(like, w, attr, &same);
    if (t && !cplug__is_float(t->view.dtype)) return cplug_div_rounded(t, by ? by : cplug_int(t->ctx, (int64_t)same), CPLUG_ROUND_TRUNC);
    return by ? cplug_div(t, by) : cplug_div_scalar(t, same);
}

static cplug_status decompose_avg(cplug_op_call *c)
{
    cplug__window w;
    if (!window_known(c->ctx, &w, c->in[0]->dims, c->attr, false)) return cplug_failed(c->ctx);
    cplug_tensor *sum = cplug_sum(cplug__windows(cplug__wide(c->in[0]), &w, 0.0), in_window, 2, 0);
    c->out[0] = cplug__finish(divided(sum, c->in[0], &w, c->attr), &c->out_meta[0]);
    return cplug_failed(c->ctx);
}

static cplug_status decompose_avg_grad(cplug_op_call *c)
{
    const int64_t *size = c->out_meta[0].shape;
    cplug__window w;
    if (!window_known(c->ctx, &w, size, c->attr, false)) return cplug_failed(c->ctx);
    const int64_t pieces[6] = { size[0], size[1], w.kernel[0], w.kernel[1], w.out[0], w.out[1] };
    cplug_tensor *g = divided(cplug__wide(c->in[GRAD]), c->in[GRAD], &w, c->attr);
    g = cplug_expand(cplug_unsqueeze(cplug_unsqueeze(g, 2), 3), 6, pieces);
    c->out[0] = cplug__finish(cplug__windows_sum(g, &w, size[0], size[1]), &c->out_meta[0]);
    return cplug_failed(c->ctx);
}

CPLUG__OP(max_pool2d, "input", "output indices~", .doc = "largest element of each window", .saves = "indices",
          .grad_fn = "MaxPool2DWithIndices", .attrs = CPLUG_OPTIONS(max_attrs), .infer = infer_max, .vjp = vjp_max,
          .decompose = decompose_max);
CPLUG__OP(max_pool2d_grad, "grad indices", "grad_input", .doc = "gradient of max_pool2d", .saves = "indices",
          .grad_fn = "MaxPool2DWithIndicesBackward", .attrs = CPLUG_OPTIONS(max_grad_attrs), .infer = infer_max_grad, .vjp = vjp_max_grad,
          .decompose = decompose_max_grad);
CPLUG__OP(avg_pool2d, "input", "output", .doc = "mean of each window", .grad_fn = "AvgPool2D", .attrs = CPLUG_OPTIONS(avg_attrs),
          .infer = infer_avg, .vjp = vjp_avg, .decompose = decompose_avg);
CPLUG__OP(avg_pool2d_grad, "grad", "grad_input", .doc = "gradient of avg_pool2d", .grad_fn = "AvgPool2DBackward",
          .attrs = CPLUG_OPTIONS(avg_grad_attrs), .infer = infer_avg_grad, .vjp = vjp_avg_grad, .decompose = decompose_avg_grad);

/* ---- wrappers ---- */
static const cplug_pool2d_args defaults = CPLUG_POOL2D_ARGS;
static const int32_t first = 0;
static cplug_value stride_of(const cplug_pool2d_args *a) { return (cplug_value)A_INTS(a->stride, a->stride[0] || a->stride[1] ? 2 : 0); }

cplug_tensor *cplug_max_pool2d(cplug_tensor *x, const cplug_pool2d_args *args, cplug_tensor **indices)
{
    const cplug_pool2d_args *a = args ? args : &defaults;
    const cplug_value attr[MAX_N] = { A_INTS(a->kernel, 2), stride_of(a), A_INTS(a->padding, 2), A_INTS(a->dilation, 2),
                                      A_BOOL(a->ceil_mode != 0) };
    const bool single = cplug_tensor_ndim(x) == 3;
    if (single) x = cplug_unsqueeze(x, 0);
    cplug_tensor *out[2] = { NULL, NULL };
    if (indices) *indices = NULL;
    cplug__op_n(CPLUG__OP_max_pool2d, &x, 1, attr, MAX_N, out, indices ? 2 : 1);
    if (indices) *indices = single ? cplug_squeeze(out[1], &first, 1) : out[1];
    return single ? cplug_squeeze(out[0], &first, 1) : out[0];
}

cplug_tensor *cplug_avg_pool2d(cplug_tensor *x, const cplug_pool2d_args *args)
{
    const cplug_pool2d_args *a = args ? args : &defaults;
    const cplug_value attr[AVG_N] = {
        A_INTS(a->kernel, 2),      stride_of(a), A_INTS(a->padding, 2), A_BOOL(a->ceil_mode != 0), A_BOOL(a->count_include_pad != 0),
        A_INT(a->divisor_override)
    };
    const bool single = cplug_tensor_ndim(x) == 3;
    cplug_tensor *in = single ? cplug_unsqueeze(x, 0) : x, *y = cplug__op(CPLUG__OP_avg_pool2d, &in, 1, attr, AVG_N);
    return single ? cplug_squeeze(y, &first, 1) : y;
}
