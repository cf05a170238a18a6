/* unfold.c: images to columns, [N, C, H, W] -> [N, C * kernel rows * kernel columns, windows], and fold, its adjoint, which sums where
 * windows overlap.  Each is the other's gradient. */
#include "op/window.h"

enum { KERNEL, DILATION, PADDING, STRIDE };                           /* unfold */
enum { SIZE, FOLD_KERNEL, FOLD_DILATION, FOLD_PADDING, FOLD_STRIDE }; /* fold: the image's size first, then unfold's */

#define WINDOW_ATTRS                                                                                                                       \
    CPLUG__ATTR(INTS, "kernel_size", "rows and columns of a window", .flags = CPLUG_OPT_REQUIRED, .count_min = 1, .count_max = 2),         \
        CPLUG__ATTR(INTS, "dilation", "distance between the elements of a window", .fallback = "1,1", .count_min = 1, .count_max = 2),     \
        CPLUG__ATTR(INTS, "padding", "zeros on each side", .fallback = "0,0", .count_min = 1, .count_max = 2),                             \
        CPLUG__ATTR(INTS, "stride", "distance between windows", .fallback = "1,1", .count_min = 1, .count_max = 2)
static const cplug_option unfold_attrs[] = { WINDOW_ATTRS };
static const cplug_option fold_attrs[] = {
    CPLUG__ATTR(INTS, "output_size", "rows and columns of the image", .flags = CPLUG_OPT_REQUIRED, .count_min = 1, .count_max = 2),
    WINDOW_ATTRS,
};

/* attr: kernel_size, dilation, padding, stride */
static cplug_status window_of(cplug__window *w, const int64_t in[2], const cplug_value *attr, cplug_error *e)
{
    return cplug__window_from(w, in, &attr[KERNEL], &attr[STRIDE], &attr[PADDING], &attr[DILATION], false, e);
}

static cplug_status infer_unfold(cplug_infer *c, cplug_error *e)
{
    const cplug_meta *x = &c->in[0];
    cplug__window w;
    cplug_status s;
    if ((s = cplug__want_ndim(x, "input [N, C, H, W]", 4, e)) != CPLUG_OK || (s = window_of(&w, x->shape + 2, c->attr, e)) != CPLUG_OK)
        return s;
    int64_t shape[3] = { x->shape[0], 0, w.out[0] * w.out[1] };
    if (__builtin_mul_overflow(x->shape[1], w.kernel[0] * w.kernel[1], &shape[1]))
        return cplug__error_fill(e, CPLUG_E_SHAPE, "input %s has too many channels for a kernel of %lld x %lld", SHAPE_OF(x),
                                 (long long)w.kernel[0], (long long)w.kernel[1]);
    cplug__meta_shape(&c->out[0], x->dtype, 3, shape, CPLUG_LAYOUT_ROW_MAJOR);
    return CPLUG_OK;
}

static cplug_status infer_fold(cplug_infer *c, cplug_error *e)
{
    const cplug_meta *x = &c->in[0];
    int64_t in[2];
    cplug__window w;
    cplug_status s;
    if ((s = cplug__want_list(&c->attr[SIZE], "output_size", 1, 2, e)) != CPLUG_OK) return s;
    for (int32_t d = 0; d < 2; d++) in[d] = cplug__pair_at(&c->attr[SIZE], d);
    if ((s = cplug__want_ndim(x, "input [N, C * kernel, windows]", 3, e)) != CPLUG_OK ||
        (s = window_of(&w, in, &c->attr[FOLD_KERNEL], e)) != CPLUG_OK)
        return s;
    const int64_t kernel = w.kernel[0] * w.kernel[1], windows = w.out[0] * w.out[1];
    if (x->shape[1] % kernel || x->shape[2] != windows)
        return cplug__error_fill(
            e, CPLUG_E_SHAPE,
            "input %s does not fit: dimension 1 must be a multiple of %lld (the kernel), dimension 2 must be %lld (windows of %lld x %lld)",
            SHAPE_OF(x), (long long)kernel, (long long)windows, (long long)w.out[0], (long long)w.out[1]);
    const int64_t shape[4] = { x->shape[0], x->shape[1] / kernel, in[0], in[1] };
    cplug__meta_shape(&c->out[0], x->dtype, 4, shape, CPLUG_LAYOUT_ROW_MAJOR);
    return CPLUG_OK;
}

static cplug_status decompose_unfold(cplug_op_call *c)
{
    cplug__window w;
    cplug_error e = CPLUG__ERROR_INIT;
    if (window_of(&w, c->in[0]->dims + 2, c->attr, &e) != CPLUG_OK) return cplug__raise(c->ctx, &e, NULL);
    c->out[0] = cplug_reshape(cplug__windows(c->in[0], &w, 0.0), 3, c->out_meta[0].shape);
    return cplug_failed(c->ctx);
}

static cplug_status decompose_fold(cplug_op_call *c)
{
    const int64_t *size = c->out_meta[0].shape;
    cplug__window w;
    cplug_error e = CPLUG__ERROR_INIT;
    if (window_of(&w, size + 2, &c->attr[FOLD_KERNEL], &e) != CPLUG_OK) return cplug__raise(c->ctx, &e, NULL);
    const int64_t shape[6] = { size[0], size[1], w.kernel[0], w.kernel[1], w.out[0], w.out[1] };
    return cplug__done(c, cplug__windows_sum(cplug_reshape(cplug__wide(c->in[0]), 6, shape), &w, size[0], size[1]));
}

static cplug_status vjp_unfold(cplug_vjp *v)
{
    const cplug_value attr[] = { A_INTS(v->in_meta[0].shape + 2, 2), v->attr[KERNEL], v->attr[DILATION], v->attr[PADDING],
                                 v->attr[STRIDE] };
    v->grad_in[0] = cplug__op(CPLUG__OP_fold, v->grad_out, 1, attr, 5);
    return cplug_failed(v->ctx);
}

static cplug_status vjp_fold(cplug_vjp *v)
{
    v->grad_in[0] = cplug__op(CPLUG__OP_unfold, v->grad_out, 1, &v->attr[FOLD_KERNEL], 4);
    return cplug_failed(v->ctx);
}

CPLUG__OP(unfold, "input", "output", .doc = "windows of images as columns", .grad_fn = "Im2Col", .attrs = CPLUG_OPTIONS(unfold_attrs),
          .infer = infer_unfold, .vjp = vjp_unfold, .decompose = decompose_unfold);
CPLUG__OP(fold, "input", "output", .doc = "columns summed back into images", .grad_fn = "Col2Im", .attrs = CPLUG_OPTIONS(fold_attrs),
          .infer = infer_fold, .vjp = vjp_fold, .decompose = decompose_fold);

/* ---- wrappers ---- */
static const int32_t first = 0;

cplug_tensor *cplug_unfold(cplug_tensor *x, const int64_t kernel[2], const cplug_conv2d_args *args)
{
    static const cplug_conv2d_args defaults = CPLUG_CONV2D_ARGS;
    const cplug_conv2d_args *a = args ? args : &defaults;
    const cplug_value attr[] = { A_INTS(kernel, 2), A_INTS(a->dilation, 2), A_INTS(a->padding, 2), A_INTS(a->stride, 2) };
    const bool single = cplug_tensor_ndim(x) == 3;
    if (single) x = cplug_unsqueeze(x, 0);
    cplug_tensor *y = cplug__op(CPLUG__OP_unfold, &x, 1, attr, 4);
    return single ? cplug_squeeze(y, &first, 1) : y;
}

cplug_tensor *cplug_fold(cplug_tensor *x, const int64_t size[2], const int64_t kernel[2], const cplug_conv2d_args *args)
{
    static const cplug_conv2d_args defaults = CPLUG_CONV2D_ARGS;
    const cplug_conv2d_args *a = args ? args : &defaults;
    const cplug_value attr[] = { A_INTS(size, 2), A_INTS(kernel, 2), A_INTS(a->dilation, 2), A_INTS(a->padding, 2), A_INTS(a->stride, 2) };
    const bool single = cplug_tensor_ndim(x) == 2;
    if (single) x = cplug_unsqueeze(x, 0);
    cplug_tensor *y = cplug__op(CPLUG__OP_fold, &x, 1, attr, 5);
    return single ? cplug_squeeze(y, &first, 1) : y;
}
