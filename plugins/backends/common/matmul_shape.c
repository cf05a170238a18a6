/* matmul_shape.c: see matmul_shape.h. */
#include "matmul_shape.h"
#include <stdbool.h>
#include <string.h>

/* Dimension d of v counted from the end (1 = last): its size, and its stride, 0 where v lacks it or is broadcast along it. */
static int64_t size_at(const cplug_view *v, int32_t d) { return d <= v->ndim ? v->shape[v->ndim - d] : 1; }
static int64_t stride_at(const cplug_view *v, int32_t d) { return size_at(v, d) != 1 ? v->strides[v->ndim - d] : 0; }

/* The same of a result, which is dense. */
static int64_t dense_stride_at(const cplug_view *v, int32_t d)
{
    int64_t stride = size_at(v, d) != 1;
    for (int32_t i = 1; i < d; i++) stride *= size_at(v, i);
    return stride;
}

static void add_batch_dim(matmul_shape *s, int64_t size, int64_t a, int64_t b, int64_t c)
{
    if (size == 1) return;
    int32_t d = s->ndim - 1;
    if (s->ndim && s->a[d] == a * size && s->b[d] == b * size && s->c[d] == c * size)
        s->shape[d] *= size;
    else
        s->shape[d = s->ndim++] = size;
    s->a[d] = a, s->b[d] = b, s->c[d] = c;
}

/* Rows of A that go on from one product of the batch to the next are rows of one taller A. */
static void finish(matmul_shape *s)
{
    while (s->ndim > 0) {
        int32_t d = s->ndim - 1;
        bool follows = s->m == 1 || (s->a[d] == s->m * s->a_row && s->c[d] == s->m * s->c_row);
        if (s->b[d] != 0 || !follows) break;
        if (s->m == 1) s->a_row = s->a[d], s->c_row = s->c[d];
        s->m *= s->shape[d];
        s->ndim--;
    }
    s->batch = 1;
    for (int32_t d = 0; d < s->ndim; d++) s->batch *= s->shape[d];
}

void matmul_shape_product(matmul_shape *s, const cplug_view *a, const cplug_view *b, const cplug_view *out)
{
    const bool a_matrix = a->ndim > 1, b_matrix = b->ndim > 1;
    const int32_t matrix = a_matrix + b_matrix; /* dimensions of out that belong to the matrix */
    memset(s, 0, sizeof *s);
    s->m = a_matrix ? size_at(a, 2) : 1, s->n = b_matrix ? size_at(b, 1) : 1, s->k = size_at(a, 1);
    s->a_row = a_matrix ? stride_at(a, 2) : 0, s->a_k = stride_at(a, 1);
    s->b_k = stride_at(b, b_matrix ? 2 : 1), s->b_column = b_matrix ? stride_at(b, 1) : 0;
    s->c_row = a_matrix ? dense_stride_at(out, matrix) : 0, s->c_column = b_matrix ? dense_stride_at(out, 1) : 0;
    for (int32_t d = out->ndim - matrix; d > 0; d--) /* outermost first; d counts batch dimensions from the end */
        add_batch_dim(s, size_at(out, d + matrix), a_matrix ? stride_at(a, d + 2) : 0, b_matrix ? stride_at(b, d + 2) : 0,
                      dense_stride_at(out, d + matrix));
    finish(s);
}

void matmul_shape_linear(matmul_shape *s, const cplug_view *x, const cplug_view *weight, const cplug_view *out)
{
    const int32_t matrix = weight->ndim > 1; /* a 1-d weight gives numbers: out has no last dimension */
    memset(s, 0, sizeof *s);
    s->m = 1, s->n = matrix ? size_at(weight, 2) : 1, s->k = size_at(x, 1);
    s->a_k = stride_at(x, 1), s->b_k = stride_at(weight, 1), s->b_column = matrix ? stride_at(weight, 2) : 0;
    s->c_column = matrix ? dense_stride_at(out, 1) : 0;
    for (int32_t d = x->ndim; d > 1; d--) add_batch_dim(s, size_at(x, d), stride_at(x, d), 0, dense_stride_at(out, d - 1 + matrix));
    finish(s);
}

void matmul_shape_offsets(const matmul_shape *s, int64_t i, int64_t *a, int64_t *b, int64_t *c)
{
    *a = *b = *c = 0;
    for (int32_t d = s->ndim; d-- > 0; i /= s->shape[d]) {
        int64_t at = i % s->shape[d];
        *a += at * s->a[d], *b += at * s->b[d], *c += at * s->c[d];
    }
}
