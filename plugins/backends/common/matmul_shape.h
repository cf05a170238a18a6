/* matmul_shape.h: mm, bmm, matmul, dot and linear seen as one thing, for any backend: C[batch..., m, n] = A[batch..., m, k] B[batch..., k,
 * n] with strides in elements, 0 where a batch dimension is broadcast.  Batch dimensions are merged, and those over which B does not change
 * are folded into m, where the strides allow it.  C is dense: only the shape of `out` is read. */
#ifndef CPLUG_MATMUL_SHAPE_H
#define CPLUG_MATMUL_SHAPE_H
#include <cplug/plugin.h>

typedef struct matmul_shape {
    int64_t m, n, k;
    int64_t a_row, a_k, b_k, b_column, c_row, c_column; /* strides; 0 along a size of 1 */
    int32_t ndim, reserved;                             /* of the batch */
    int64_t batch, shape[CPLUG_MAX_DIMS], a[CPLUG_MAX_DIMS], b[CPLUG_MAX_DIMS], c[CPLUG_MAX_DIMS];
} matmul_shape;

/* a [..., m, k] or [k], b [..., k, n] or [k], as torch.matmul broadcasts them */
void matmul_shape_product(matmul_shape *s, const cplug_view *a, const cplug_view *b, const cplug_view *out);
/* x [..., k] times the transpose of weight [n, k], or times weight [k] */
void matmul_shape_linear(matmul_shape *s, const cplug_view *x, const cplug_view *weight, const cplug_view *out);
/* Where product i of the batch begins in A, B and C. */
void matmul_shape_offsets(const matmul_shape *s, int64_t i, int64_t *a, int64_t *b, int64_t *c);
#endif
