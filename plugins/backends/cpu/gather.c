/* gather.c: gather, index_select, one_hot, and the check of index tensors.  index_select is gather with an index that is broadcast over
 * all dimensions but one. */
#include "copy.h"
#include "index.h"
#include <stdio.h>

typedef struct check_job {
    const cpu_iter *it;
    const cplug_view *index;
    int64_t size;
    _Atomic int64_t first_bad;
} check_job;

static void check_body(void *arg, int64_t lo, int64_t hi)
{
    check_job *j = arg;
    cpu_tile tile;
    for (int64_t at = lo, n; at < hi; at += n) {
        n = CPU_MIN(hi - at, CPU_TILE);
        cpu_iter_load(j->it, 0, at, n, j->index->dtype, j->index->data, CPU_I64, &tile);
        bool good = true;
        for (int64_t i = 0; i < n; i++) good &= (uint64_t)tile.i[i] < (uint64_t)j->size;
        if (good) continue;
        int64_t i = 0;
        while ((uint64_t)tile.i[i] < (uint64_t)j->size) i++;
        int64_t seen = atomic_load(&j->first_bad);
        while (at + i < seen && !atomic_compare_exchange_weak(&j->first_bad, &seen, at + i)) {}
        return;
    }
}

static cplug_status bad_index(const cplug_call *c, const cplug_view *index, int64_t element, int32_t dim, int64_t size, cplug_error *e)
{
    char place[CPU_SHAPE_TEXT];
    int64_t at[CPLUG_MAX_DIMS] = { 0 }, offset = 0, value;
    for (int32_t d = index->ndim; d-- > 0; element /= index->shape[d]) {
        at[d] = element % index->shape[d];
        offset += at[d] * index->strides[d];
    }
    cplug_view where = { .shape = at, .ndim = index->ndim };
    cpu_load(CPU_I64, &value, index->dtype, cpu_at(index->data, offset, cpu_size(index->dtype)), 1, 1);
    return c->host->fail(e, CPLUG_E_INVALID, "index %lld at %s of the index tensor is out of range for dimension %d with size %lld",
                         (long long)value, cpu_shape_text(&where, place), dim, (long long)size);
}

cplug_status cpu_check_index(const cplug_call *c, const cplug_view *index, int32_t dim, int64_t size, cplug_error *e)
{
    cpu_iter it;
    cpu_iter_start(&it, index->ndim, index->shape);
    cpu_iter_add(&it, index);
    cpu_iter_finish(&it, false);
    check_job j = { .it = &it, .index = index, .size = size, .first_bad = INT64_MAX };
    if (it.numel <= CPU_GRAIN)
        check_body(&j, 0, it.numel);
    else
        c->host->parallel_for(it.numel, CPU_GRAIN, check_body, &j);
    int64_t bad = atomic_load(&j.first_bad);
    return bad == INT64_MAX ? CPLUG_OK : bad_index(c, index, bad, dim, size, e);
}

typedef struct plan {
    cpu_iter it; /* out, input (0 along dim), index */
    int32_t dim;
    int64_t size, stride; /* of the input along dim */
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
        cpu_answer(s, c->in[0]->dtype != c->out[0]->dtype ? "input and output must have one dtype" : NULL);
}

static cplug_status prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    const cplug_view *in = c->in[0], *index = c->in[1], *out = c->out[0];
    bool select = c->user != NULL;
    int64_t strides[CPLUG_MAX_DIMS] = { 0 };
    plan *w = c->host->alloc(sizeof *w);
    if (!w) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a plan");
    p->state = w;
    w->dim = cpu_dim(cpu_attr(c, 0), in->ndim);
    w->size = in->ndim ? in->shape[w->dim] : 1;
    w->stride = in->ndim ? in->strides[w->dim] : 0;
    cpu_iter_start(&w->it, out->ndim, out->shape);
    cpu_iter_add(&w->it, out);
    for (int32_t d = 0; d < in->ndim; d++) strides[d] = d == w->dim ? 0 : in->strides[d];
    cpu_iter_add_strides(&w->it, strides);
    if (select) {
        memset(strides, 0, sizeof strides);
        if (index->ndim) strides[w->dim] = index->strides[0];
        cpu_iter_add_strides(&w->it, strides);
    } else {
        cpu_iter_add(&w->it, index);
    }
    cpu_iter_finish(&w->it, true);
    return CPLUG_OK;
}

/* dst[i * to] = src[i * from + index[i] * stride] */
#define PICK(name, T)                                                                                                                      \
    static void name(int64_t n, T *dst, int64_t to, const T *src, int64_t from, const int64_t *index, int64_t stride)                      \
    {                                                                                                                                      \
        for (int64_t i = 0; i < n; i++) dst[i * to] = src[i * from + index[i] * stride];                                                   \
    }
PICK(pick_8, uint8_t)
PICK(pick_16, uint16_t)
PICK(pick_32, uint32_t)
PICK(pick_64, uint64_t)

static void pick(uint32_t size, int64_t n, void *dst, int64_t to, const void *src, int64_t from, const int64_t *index, int64_t stride)
{
    switch (size) {
    case 1: pick_8(n, dst, to, src, from, index, stride); break;
    case 2: pick_16(n, dst, to, src, from, index, stride); break;
    case 4: pick_32(n, dst, to, src, from, index, stride); break;
    default: pick_64(n, dst, to, src, from, index, stride); break;
    }
}

static void gather_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const plan *w = j->w;
    const cpu_iter *it = &w->it;
    const cplug_view *in = j->c->in[0], *index = j->c->in[1], *out = j->c->out[0];
    uint32_t size = cpu_size(in->dtype), index_size = cpu_size(index->dtype);
    int64_t to = cpu_iter_step(it, 0), from = cpu_iter_step(it, 1), step = cpu_iter_step(it, 2);
    cpu_tile tile;
    cpu_walk walk;
    cpu_walk_seek(it, &walk, lo);
    for (int64_t at = lo, n; at < hi; at += n, cpu_walk_advance(it, &walk, n)) {
        n = CPU_MIN(hi - at, cpu_walk_left(it, &walk));
        if (step != 0) n = CPU_MIN(n, CPU_TILE);
        const int64_t *chosen = cpu_read_index(&tile, index->dtype, cpu_at(index->data, walk.offset[2], index_size), step, step ? n : 1);
        void *dst = cpu_at_out(out->data, walk.offset[0], size);
        const void *src = cpu_at(in->data, walk.offset[1], size);
        if (step == 0)
            cpu_copy_row(size, n, dst, to, cpu_at(src, chosen[0] * w->stride, size), from);
        else
            pick(size, n, dst, to, src, from, chosen, w->stride);
    }
}

static cplug_status run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const plan *w = p->state;
    job j = { w, c };
    cplug_status s = cpu_check_index(c, c->in[1], w->dim, w->size, e);
    if (s != CPLUG_OK || w->it.numel == 0) return s;
    if (w->it.numel <= CPU_GRAIN)
        gather_body(&j, 0, w->it.numel);
    else
        c->host->parallel_for(w->it.numel, CPU_GRAIN, gather_body, &j);
    return CPLUG_OK;
}

/* one_hot: input and output dense */
static void supports_one_hot(const cplug_call *c, cplug_support *s)
{
    cpu_answer(s, cpu_is_float(c->in[0]->dtype)   ? "class numbers must be of an integer dtype"
                  : c->out[0]->dtype != CPLUG_I64 ? "writes i64 only"
                                                  : NULL);
}

static void one_hot_body(void *arg, int64_t lo, int64_t hi)
{
    const cplug_call *c = ((const job *)arg)->c;
    const cplug_view *in = c->in[0], *out = c->out[0];
    int64_t classes = out->shape[out->ndim - 1], *row = (int64_t *)out->data + lo * classes;
    memset(row, 0, (size_t)((hi - lo) * classes) * sizeof(int64_t));
    for (int64_t i = lo, k; i < hi; i++, row += classes) {
        cpu_load(CPU_I64, &k, in->dtype, cpu_at(in->data, i, cpu_size(in->dtype)), 1, 1);
        row[k] = 1;
    }
}

static cplug_status run_one_hot(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const cplug_view *out = c->out[0];
    int64_t classes = out->shape[out->ndim - 1], n = cpu_numel(c->in[0]);
    job j = { NULL, c };
    (void)p;
    cplug_status s = cpu_check_index(c, c->in[0], out->ndim - 1, classes, e);
    if (s == CPLUG_OK && n) c->host->parallel_for(n, 1 + CPU_GRAIN / classes, one_hot_body, &j);
    return s;
}

enum { FLAGS = CPLUG_K_STRIDED | CPLUG_K_OUT_STRIDED };
static const cplug_kernel kernels[] = {
    CPU_KERNEL("gather", FLAGS, NULL, supports, prepare, run),
    CPU_KERNEL("index_select", FLAGS, "select", supports, prepare, run),
    CPU_KERNEL("one_hot", 0, NULL, supports_one_hot, NULL, run_one_hot),
};
CPU_KERNELS(cpu_gather_kernels, kernels);
