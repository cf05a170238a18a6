/* scatter.c: scatter_add_, out[.., index, ..] += src.  Positions that differ outside `dim` never meet, so threads share those out; along
 * `dim` additions run in order, and the result does not depend on the number of threads. */
#include "index.h"

typedef struct plan {
    cpu_iter it; /* the index's shape without dim; out, index, src */
    int32_t dim;
    int64_t size, count;                          /* of out and of the index along dim */
    int64_t out_stride, index_stride, src_stride; /* along dim */
} plan;
typedef struct job {
    const plan *w;
    const cplug_call *c;
} job;

static void supports(const cplug_call *c, cplug_support *s)
{
    const cplug_view *index = c->in[1];
    if (cpu_is_float(index->dtype) || index->dtype == CPLUG_BOOL)
        cpu_answer(s, "the index must be of an integer dtype");
    else
        cpu_answer(s, c->in[2]->dtype != c->out[0]->dtype ? "input and src must have one dtype" : NULL);
}

static void add_outer(cpu_iter *it, const cplug_view *v, int32_t dim)
{
    int64_t strides[CPLUG_MAX_DIMS] = { 0 };
    for (int32_t d = 0, n = 0; d < v->ndim; d++)
        if (d != dim) strides[n++] = v->strides[d];
    cpu_iter_add_strides(it, strides);
}

static cplug_status prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    const cplug_view *out = c->out[0], *index = c->in[1], *src = c->in[2];
    int64_t shape[CPLUG_MAX_DIMS] = { 0 };
    int32_t n = 0;
    plan *w = c->host->alloc(sizeof *w);
    if (!w) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a plan");
    p->state = w;
    w->dim = cpu_dim(cpu_attr(c, 0), out->ndim);
    w->size = out->ndim ? out->shape[w->dim] : 1;
    w->out_stride = out->ndim ? out->strides[w->dim] : 0;
    w->count = index->ndim ? index->shape[w->dim] : 1;
    w->index_stride = index->ndim ? index->strides[w->dim] : 0;
    w->src_stride = src->ndim ? src->strides[w->dim] : 0;
    for (int32_t d = 0; d < index->ndim; d++)
        if (d != w->dim) shape[n++] = index->shape[d];
    cpu_iter_start(&w->it, n, shape);
    add_outer(&w->it, out, w->dim);
    add_outer(&w->it, index, w->dim);
    add_outer(&w->it, src, w->dim);
    cpu_iter_finish(&w->it, true);
    return CPLUG_OK;
}

/* out[i * to + index[i * step] * stride] += src[i * from] */
#define ADD(name, T, sum)                                                                                                                  \
    static void name(int64_t n, T *out, int64_t to, const T *src, int64_t from, const int64_t *index, int64_t step, int64_t stride)        \
    {                                                                                                                                      \
        if (step == 0) out += index[0] * stride;                                                                                           \
        if (step == 0 && to == 1 && from == 1) CPU_IVDEP for (int64_t i = 0; i < n; i++)                                                   \
            {                                                                                                                              \
                T a = out[i], b = src[i];                                                                                                  \
                out[i] = (T)(sum);                                                                                                         \
            }                                                                                                                              \
        else                                                                                                                               \
            for (int64_t i = 0; i < n; i++) {                                                                                              \
                T *o = out + i * to + (step ? index[i] * stride : 0), a = *o, b = src[i * from];                                           \
                *o = (T)(sum);                                                                                                             \
            }                                                                                                                              \
    }
ADD(add_f32, float, a + b)
ADD(add_f64, double, a + b)
ADD(add_f16, uint16_t, cpu_f32_to_f16(cpu_f16_to_f32(a) + cpu_f16_to_f32(b)))
ADD(add_bf16, uint16_t, cpu_f32_to_bf16(cpu_bf16_to_f32(a) + cpu_bf16_to_f32(b)))
ADD(add_8, uint8_t, a + b)
ADD(add_16, uint16_t, a + b)
ADD(add_32, uint32_t, a + b)
ADD(add_64, uint64_t, a + b)
ADD(add_bool, uint8_t, a | b)

static void add_row(cplug_dtype t, int64_t n, void *out, int64_t to, const void *src, int64_t from, const int64_t *index, int64_t step,
                    int64_t stride)
{
    switch (t) {
    case CPLUG_F32: add_f32(n, out, to, src, from, index, step, stride); break;
    case CPLUG_F64: add_f64(n, out, to, src, from, index, step, stride); break;
    case CPLUG_F16: add_f16(n, out, to, src, from, index, step, stride); break;
    case CPLUG_BF16: add_bf16(n, out, to, src, from, index, step, stride); break;
    case CPLUG_I16: add_16(n, out, to, src, from, index, step, stride); break;
    case CPLUG_I32: add_32(n, out, to, src, from, index, step, stride); break;
    case CPLUG_I64: add_64(n, out, to, src, from, index, step, stride); break;
    case CPLUG_BOOL: add_bool(n, out, to, src, from, index, step, stride); break;
    default: add_8(n, out, to, src, from, index, step, stride); break;
    }
}

/* Elements [lo, hi) of the other dimensions at place k along dim. */
static void add_slice(const job *j, int64_t lo, int64_t hi, int64_t k, cpu_walk walk)
{
    const plan *w = j->w;
    const cpu_iter *it = &w->it;
    const cplug_view *out = j->c->out[0], *index = j->c->in[1], *src = j->c->in[2];
    uint32_t size = cpu_size(out->dtype), index_size = cpu_size(index->dtype);
    int64_t step = cpu_iter_step(it, 1);
    cpu_tile tile;
    for (int64_t at = lo, n; at < hi; at += n, cpu_walk_advance(it, &walk, n)) {
        n = CPU_MIN(hi - at, cpu_walk_left(it, &walk));
        if (step != 0) n = CPU_MIN(n, CPU_TILE);
        const void *chosen = cpu_at(index->data, walk.offset[1] + k * w->index_stride, index_size);
        add_row(out->dtype, n, cpu_at_out(out->data, walk.offset[0], size), cpu_iter_step(it, 0),
                cpu_at(src->data, walk.offset[2] + k * w->src_stride, size), cpu_iter_step(it, 2),
                cpu_read_index(&tile, index->dtype, chosen, step, step ? n : 1), step, w->out_stride);
    }
}

static void scatter_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    cpu_walk start;
    cpu_walk_seek(&j->w->it, &start, lo);
    for (int64_t k = 0; k < j->w->count; k++) add_slice(j, lo, hi, k, start);
}

/* One dimension only: along it, a tile of indices at a time. */
static void scatter_line(const job *j)
{
    const plan *w = j->w;
    const cplug_view *out = j->c->out[0], *index = j->c->in[1], *src = j->c->in[2];
    cpu_tile tile;
    for (int64_t at = 0, n; at < w->count; at += n) {
        n = CPU_MIN(w->count - at, CPU_TILE);
        const void *chosen = cpu_at(index->data, at * w->index_stride, cpu_size(index->dtype));
        cpu_load(CPU_I64, &tile, index->dtype, chosen, w->index_stride, n);
        add_row(out->dtype, n, out->data, 0, cpu_at(src->data, at * w->src_stride, cpu_size(src->dtype)), w->src_stride, tile.i, 1,
                w->out_stride);
    }
}

static cplug_status run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const plan *w = p->state;
    job j = { w, c };
    cplug_status s = cpu_check_index(c, c->in[1], w->dim, w->size, e);
    if (s != CPLUG_OK || w->it.numel == 0 || w->count == 0) return s;
    int64_t grain = 1 + CPU_GRAIN / w->count;
    if (w->it.numel == 1)
        scatter_line(&j);
    else if (w->it.numel <= grain)
        scatter_body(&j, 0, w->it.numel);
    else
        c->host->parallel_for(w->it.numel, grain, scatter_body, &j);
    return CPLUG_OK;
}

static const cplug_kernel kernels[] = {
    CPU_KERNEL("scatter_add_", CPLUG_K_STRIDED | CPLUG_K_INPLACE | CPLUG_K_OUT_STRIDED, NULL, supports, prepare, run),
};
CPU_KERNELS(cpu_scatter_kernels, kernels);
