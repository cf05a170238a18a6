/* window.h: how a kernel slides over the last two dimensions of [N, C, H, W]: sizes, the windows as one strided view, and the way back
 * that sums where windows overlap.  Convolution, pooling, unfold and fold decompose through it. */
#ifndef CPLUG_WINDOW_H
#define CPLUG_WINDOW_H
#include "op/net.h"

typedef struct cplug__window { /* [0] rows, [1] columns */
    int64_t in[2], kernel[2], stride[2], padding[2], dilation[2], out[2];
} cplug__window;

/* ---- for infer ---- */
/* Fills a window from attributes (dilation NULL: 1; stride of no entries: the kernel's) and works out `out`; errors name the sizes. */
cplug_status cplug__window_from(cplug__window *w, const int64_t in[2], const cplug_value *kernel, const cplug_value *stride,
                                const cplug_value *padding, const cplug_value *dilation, bool ceil_mode, cplug_error *e);
/* The same from a kernel's sizes, w->in and w->kernel being set. */
cplug_status cplug__window_slide(cplug__window *w, const cplug_value *stride, const cplug_value *padding, const cplug_value *dilation,
                                 bool ceil_mode, cplug_error *e);

/* ---- for decompose ---- */
/* x [N, C, H, W] as a view [N, C, kernel rows, kernel columns, out rows, out columns] on a copy padded with `pad`. */
cplug_tensor *cplug__windows(cplug_tensor *x, const cplug__window *w, double pad);
/* Its adjoint: pieces of that shape (any strides, also 0) summed into [n, channels, H, W]. */
cplug_tensor *cplug__windows_sum(cplug_tensor *pieces, const cplug__window *w, int64_t n, int64_t channels);
#endif
