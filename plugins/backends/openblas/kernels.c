/* kernels.c: mm, bmm, matmul, dot and linear in f32 and f64 through cblas.
 *
 * OpenBLAS computes on the thread that calls it; products are dealt out by parallel_for, in strips of C or over the batch.  So the
 * number of threads follows the context call by call, small products wake nobody, and no process-wide setting is touched on the way
 * (openblas_set_num_threads is one, and the openmp build does not come back from a thread count of 1 by itself). */
#include "kernels.h"
#include "../common/matmul_shape.h"
#include <limits.h>
#include <string.h>

enum { STRIP = 16 };     /* columns or rows of C dealt out together */
#define THREAD_FLOPS 3e6 /* work that is worth a thread: about 20 us */
typedef struct operand { /* how cblas is told about a matrix */
    int trans, ld;
} operand;
typedef struct plan {
    matmul_shape shape;
    operand a, b;
    int64_t ldc, threads_grain; /* products or strips per thread at least */
    int32_t by_rows, reserved;  /* strips are rows of C */
} plan;

/* rows x columns with these strides, as cblas sees it: one of them is 1, the other at least the length of the contiguous side. */
static int describe(int64_t rows, int64_t columns, int64_t row, int64_t column, operand *out)
{
    int64_t ld;
    if ((column == 1 || columns == 1) && (row >= columns || rows == 1))
        out->trans = NO_TRANS, ld = rows == 1 ? columns : row;
    else if ((row == 1 || rows == 1) && (column >= rows || columns == 1))
        out->trans = TRANS, ld = columns == 1 ? rows : column;
    else
        return 0;
    if (ld < 1) ld = 1;
    if (ld > INT_MAX || rows > INT_MAX || columns > INT_MAX) return 0;
    out->ld = (int)ld;
    return 1;
}

static const char *look_at(const cplug_call *c, plan *s)
{
    const matmul_shape *t = &s->shape;
    const cplug_dtype type = c->out[0]->dtype;
    if (type != CPLUG_F32 && type != CPLUG_F64) return "BLAS knows f32 and f64 only";
    for (uint32_t i = 0; i < c->n_in; i++)
        if (!(c->in[i]->flags & CPLUG_VIEW_ABSENT) && c->in[i]->dtype != type) return "dtypes are mixed";
    ((const openblas_form *)c->user)->shape(&s->shape, c->in[0], c->in[1], c->out[0]);
    if (!describe(t->m, t->k, t->a_row, t->a_k, &s->a))
        return "the first matrix has no dense rows or columns, or is too large for 32-bit BLAS";
    if (!describe(t->k, t->n, t->b_k, t->b_column, &s->b))
        return "the second matrix has no dense rows or columns, or is too large for 32-bit BLAS";
    s->ldc = t->m == 1 ? t->n : t->c_row;
    if ((t->n != 1 && t->c_column != 1) || s->ldc < t->n || s->ldc > INT_MAX)
        return "the result is not row-major, or is too large for 32-bit BLAS";
    return NULL;
}

void openblas_supports(const cplug_call *c, cplug_support *out)
{
    plan s;
    const char *why_not = look_at(c, &s);
    const int32_t outdated = ((const openblas_form *)c->user)->blas->outdated;
    out->score = why_not ? 0 : outdated ? 5 : 50; /* 5: below plain C with AVX-512, which is then twice as fast */
    out->reason = why_not ? why_not : outdated ? "cblas with AVX2 kernels on an AVX-512 processor: see OPENBLAS_CORETYPE" : "cblas";
}

cplug_status openblas_prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    plan *s = c->host->alloc(sizeof *s);
    if (!s) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a plan");
    const char *why_not = look_at(c, s);
    if (why_not) {
        c->host->free(s);
        return c->host->fail(e, CPLUG_E_UNSUPPORTED, "%s", why_not);
    }
    const matmul_shape *t = &s->shape;
    s->by_rows = t->m >= t->n;
    double flops = 2.0 * (double)t->m * (double)t->n * (double)t->k;
    if (t->batch <= 1) flops = flops / (double)(s->by_rows ? t->m : t->n) * STRIP;
    s->threads_grain = flops >= THREAD_FLOPS ? 1 : (int64_t)(THREAD_FLOPS / (flops + 1.0)) + 1;
    p->state = s;
    return CPLUG_OK;
}

/* ---- run ---- */
typedef struct job {
    const cplug_call *c;
    const plan *s;
    const openblas *blas;
    size_t size; /* of an element */
} job;
static char *at(const cplug_view *v, int64_t element, size_t size) { return (char *)v->data + element * (int64_t)size; }

static void fill_bias(const job *j, char *out, int64_t m, int64_t n, int64_t first)
{
    const cplug_view *bias = j->c->in[2];
    const int64_t step = bias->ndim ? bias->strides[0] : 0;
    const char *from = at(bias, first * step, j->size);
    for (int64_t k = 0; k < n; k++) memcpy(out + (size_t)k * j->size, from + k * step * (int64_t)j->size, j->size);
    for (int64_t i = 1; i < m; i++) memcpy(out + (size_t)(i * j->s->ldc) * j->size, out, (size_t)n * j->size);
}

/* y = M x + beta y, where C is a row (M = B^T) or a column (M = A) */
static void vector_product(const job *j, int m, int n, const char *a, const char *b, double beta, char *out)
{
    const plan *s = j->s;
    const matmul_shape *t = &s->shape;
    const operand *o = m == 1 ? &s->b : &s->a;
    const char *matrix = m == 1 ? b : a, *x = m == 1 ? a : b;
    const int k = (int)t->k, incx = (int)(k == 1 ? 1 : m == 1 ? t->a_k : t->b_k), incy = (int)(m == 1 ? 1 : s->ldc);
    /* in memory the matrix is k x n (row) or m x k (column), or transposed; the product runs over k */
    const int over_columns = (m == 1) == (o->trans == TRANS), trans = over_columns ? NO_TRANS : TRANS;
    const int length = m == 1 ? n : m, rows = over_columns ? length : k, columns = over_columns ? k : length;
    if (j->size == sizeof(float))
        j->blas->sgemv(ROW_MAJOR, trans, rows, columns, 1.0f, (const void *)matrix, o->ld, (const void *)x, incx, (float)beta, (void *)out,
                       incy);
    else
        j->blas->dgemv(ROW_MAJOR, trans, rows, columns, 1.0, (const void *)matrix, o->ld, (const void *)x, incx, beta, (void *)out, incy);
}

/* Rows [i, i + m) and columns [jn, jn + n) of product `index` of the batch. */
static void product(const job *j, int64_t index, int64_t i, int64_t m, int64_t jn, int64_t n)
{
    const plan *s = j->s;
    const matmul_shape *t = &s->shape;
    const cplug_call *c = j->c;
    int64_t ao, bo, co;
    matmul_shape_offsets(t, index, &ao, &bo, &co);
    const char *a = at(c->in[0], ao + i * t->a_row, j->size), *b = at(c->in[1], bo + jn * t->b_column, j->size);
    char *out = at(c->out[0], co + i * s->ldc + jn, j->size);
    const int with_bias = c->n_in > 2 && !(c->in[2]->flags & CPLUG_VIEW_ABSENT), k = (int)t->k;
    const double beta = with_bias;
    if (m == 0 || n == 0) return;
    if (with_bias) fill_bias(j, out, m, n, jn);
    if (k == 0) {
        for (int64_t r = 0; r < m && !with_bias; r++) memset(out + (size_t)(r * s->ldc) * j->size, 0, (size_t)n * j->size);
        return;
    }
    if (t->m == 1 || t->n == 1)
        vector_product(j, (int)m, (int)n, a, b, beta, out);
    else if (j->size == sizeof(float))
        j->blas->sgemm(ROW_MAJOR, s->a.trans, s->b.trans, (int)m, (int)n, k, 1.0f, (const void *)a, s->a.ld, (const void *)b, s->b.ld,
                       (float)beta, (void *)out, (int)s->ldc);
    else
        j->blas->dgemm(ROW_MAJOR, s->a.trans, s->b.trans, (int)m, (int)n, k, 1.0, (const void *)a, s->a.ld, (const void *)b, s->b.ld, beta,
                       (void *)out, (int)s->ldc);
}

static void batch_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    for (int64_t i = lo; i < hi; i++) product(j, i, 0, j->s->shape.m, 0, j->s->shape.n);
}
static void strip_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const matmul_shape *t = &j->s->shape;
    int64_t from = lo * STRIP, size = j->s->by_rows ? t->m : t->n, to = hi * STRIP < size ? hi * STRIP : size;
    if (j->s->by_rows)
        product(j, 0, from, to - from, 0, t->n);
    else
        product(j, 0, 0, t->m, from, to - from);
}

cplug_status openblas_run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)e;
    const plan *s = p->state;
    const matmul_shape *t = &s->shape;
    job j = { c, s, ((const openblas_form *)c->user)->blas, c->out[0]->dtype == CPLUG_F32 ? sizeof(float) : sizeof(double) };
    if (t->batch > 1)
        c->host->parallel_for(t->batch, s->threads_grain, batch_body, &j);
    else if (t->batch == 1)
        c->host->parallel_for(((s->by_rows ? t->m : t->n) + STRIP - 1) / STRIP, s->threads_grain, strip_body, &j);
    return CPLUG_OK;
}

/* ---- dot ---- */
static int64_t step_of(const cplug_view *v) { return v->shape[0] == 1 ? 1 : v->strides[0]; }

void openblas_supports_dot(const cplug_call *c, cplug_support *s)
{
    const cplug_view *x = c->in[0], *y = c->in[1];
    const char *why_not = NULL;
    if ((x->dtype != CPLUG_F32 && x->dtype != CPLUG_F64) || y->dtype != x->dtype)
        why_not = "BLAS knows f32 and f64 only";
    else if (x->shape[0] > INT_MAX || step_of(x) < 1 || step_of(y) < 1 || step_of(x) > INT_MAX || step_of(y) > INT_MAX)
        why_not = "a vector is broadcast, or too large for 32-bit BLAS";
    s->score = why_not ? 0 : 50;
    s->reason = why_not ? why_not : "cblas";
}

cplug_status openblas_run_dot(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)p, (void)e;
    const cplug_view *x = c->in[0], *y = c->in[1];
    const openblas *blas = ((const openblas_form *)c->user)->blas;
    if (x->dtype == CPLUG_F32)
        *(float *)c->out[0]->data = blas->sdot((int)x->shape[0], x->data, (int)step_of(x), y->data, (int)step_of(y));
    else
        *(double *)c->out[0]->data = blas->ddot((int)x->shape[0], x->data, (int)step_of(x), y->data, (int)step_of(y));
    return CPLUG_OK;
}

void openblas_discard(const cplug_host *h, cplug_plan *p) { h->free(p->state); }
