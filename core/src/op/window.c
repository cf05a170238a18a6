/* window.c: sliding windows over images (window.h).  Sizes are PyTorch's: https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
 */
#include "op/window.h"

/* The last window starts inside the input or its left padding, also with ceil_mode. */
static int64_t steps(const cplug__window *w, int32_t d, bool ceil_mode)
{
    const int64_t room = w->in[d] + 2 * w->padding[d] - w->dilation[d] * (w->kernel[d] - 1) - 1 + (ceil_mode ? w->stride[d] - 1 : 0);
    if (room < 0) return 0;
    int64_t n = room / w->stride[d] + 1;
    if (ceil_mode && (n - 1) * w->stride[d] >= w->in[d] + w->padding[d]) n--;
    return n;
}

static bool sane(int64_t v, int64_t least) { return v >= least && v <= INT32_MAX; }

cplug_status cplug__window_slide(cplug__window *w, const cplug_value *stride, const cplug_value *padding, const cplug_value *dilation,
                                 bool ceil_mode, cplug_error *e)
{
    cplug_status s;
    if ((s = cplug__want_list(stride, "stride", 0, 2, e)) != CPLUG_OK || (s = cplug__want_list(padding, "padding", 1, 2, e)) != CPLUG_OK ||
        (dilation && (s = cplug__want_list(dilation, "dilation", 1, 2, e)) != CPLUG_OK))
        return s;
    for (int32_t d = 0; d < 2; d++) {
        w->stride[d] = stride->n ? cplug__pair_at(stride, d) : w->kernel[d];
        w->padding[d] = cplug__pair_at(padding, d);
        w->dilation[d] = dilation ? cplug__pair_at(dilation, d) : 1;
        if (!sane(w->kernel[d], 1) || !sane(w->stride[d], 1) || !sane(w->dilation[d], 1) || !sane(w->padding[d], 0) || !sane(w->in[d], 0))
            return cplug__error_fill(
                e, CPLUG_E_INVALID,
                "kernel, stride and dilation must be at least 1 and padding at least 0, got %lld, %lld, %lld and %lld for dimension %d",
                (long long)w->kernel[d], (long long)w->stride[d], (long long)w->dilation[d], (long long)w->padding[d], (int)(d + 2));
        w->out[d] = steps(w, d, ceil_mode);
    }
    for (int32_t d = 0; d < 2; d++)
        if (w->out[d] < 1)
            return cplug__error_fill(e, CPLUG_E_SHAPE,
                                     "a kernel of %lld x %lld (dilation %lld x %lld) is larger than the padded input of %lld x %lld",
                                     (long long)w->kernel[0], (long long)w->kernel[1], (long long)w->dilation[0], (long long)w->dilation[1],
                                     (long long)(w->in[0] + 2 * w->padding[0]), (long long)(w->in[1] + 2 * w->padding[1]));
    int64_t area;
    if (__builtin_mul_overflow(w->out[0], w->out[1], &area) || __builtin_mul_overflow(w->kernel[0], w->kernel[1], &area))
        return cplug__error_fill(e, CPLUG_E_SHAPE, "windows of %lld x %lld over %lld x %lld are too large", (long long)w->kernel[0],
                                 (long long)w->kernel[1], (long long)w->in[0], (long long)w->in[1]);
    return CPLUG_OK;
}

cplug_status cplug__window_from(cplug__window *w, const int64_t in[2], const cplug_value *kernel, const cplug_value *stride,
                                const cplug_value *padding, const cplug_value *dilation, bool ceil_mode, cplug_error *e)
{
    const cplug_status s = cplug__want_list(kernel, "kernel_size", 1, 2, e);
    if (s != CPLUG_OK) return s;
    for (int32_t d = 0; d < 2; d++) {
        w->in[d] = in[d];
        w->kernel[d] = cplug__pair_at(kernel, d);
    }
    return cplug__window_slide(w, stride, padding, dilation, ceil_mode, e);
}

/* Rows or columns that the windows reach: with ceil_mode beyond the padding, with a stride possibly less. */
static int64_t extent(const cplug__window *w, int32_t d)
{
    return MAX(w->in[d] + 2 * w->padding[d], (w->out[d] - 1) * w->stride[d] + w->dilation[d] * (w->kernel[d] - 1) + 1);
}

/* The part of a padded tensor that is the image. */
static cplug_tensor *inside(cplug_tensor *t, const cplug__window *w)
{
    return cplug_narrow(cplug_narrow(t, 2, w->padding[0], w->in[0]), 3, w->padding[1], w->in[1]);
}

static cplug_tensor *padded(cplug_tensor *x, const cplug__window *w, const int64_t *shape, double pad)
{
    cplug_tensor *t = cplug__filled(x, cplug_tensor_dtype(x), 4, shape, pad);
    return cplug_copy_(inside(t, w), x) == CPLUG_OK ? t : NULL;
}

cplug_tensor *cplug__windows(cplug_tensor *x, const cplug__window *w, double pad)
{
    if (!x) return NULL;
    const int64_t n = x->dims[0], channels = x->dims[1], rows = extent(w, 0), columns = extent(w, 1);
    const int64_t whole[4] = { n, channels, rows, columns };
    cplug_tensor *t = rows == w->in[0] && columns == w->in[1] ? cplug_contiguous(x) : padded(x, w, whole, pad);
    if (!t) return NULL; /* also when the sizes below would overflow */
    const int64_t shape[6] = { n, channels, w->kernel[0], w->kernel[1], w->out[0], w->out[1] };
    const int64_t strides[6] = { channels * rows * columns, rows * columns, w->dilation[0] * columns, w->dilation[1],
                                 w->stride[0] * columns,    w->stride[1] };
    return cplug_as_strided(t, 6, shape, strides, 0);
}

cplug_tensor *cplug__windows_sum(cplug_tensor *pieces, const cplug__window *w, int64_t n, int64_t channels)
{
    if (!pieces) return NULL;
    const int64_t rows = extent(w, 0), columns = extent(w, 1);
    const int64_t whole[4] = { n, channels, rows, columns }, shape[4] = { n, channels, w->out[0], w->out[1] };
    cplug_tensor *sum = cplug__filled(pieces, cplug_tensor_dtype(pieces), 4, whole, 0.0);
    if (!sum) return NULL;
    const int64_t strides[4] = { channels * rows * columns, rows * columns, w->stride[0] * columns, w->stride[1] };
    for (int64_t i = 0; i < w->kernel[0]; i++)
        for (int64_t j = 0; j < w->kernel[1]; j++) {
            cplug_tensor *piece = cplug_select(cplug_select(pieces, 2, i), 2, j);
            const int64_t offset = i * w->dilation[0] * columns + j * w->dilation[1];
            if (cplug_add_(cplug_as_strided(sum, 4, shape, strides, offset), piece) != CPLUG_OK) return NULL;
        }
    return cplug_contiguous(inside(sum, w));
}
