/* copy.c: the copy engine and copy_.  Four ways: one block of bytes, rows, a tiled transpose, and conversion through a class. */
#include "copy.h"

enum {
    EDGE = 32,           /* elements of a transposed block's side */
    BYTES_GRAIN = 262144 /* of a plain copy that are worth a thread */
};

static cpu_class conversion_class(cplug_dtype to, cplug_dtype from)
{
    if (to == CPLUG_BOOL) return cpu_class_of(from); /* 0.5 is true */
    if (!cpu_is_float(to)) return CPU_I64;
    return cpu_class_of(to);
}

/* The dimension, other than the innermost, along which the source lies densely; -1: none worth it. */
static int32_t turned_dim(const cpu_iter *it)
{
    if (it->ndim < 2 || cpu_iter_inner(it) < 8 || cpu_iter_step(it, 0) != 1 || cpu_iter_step(it, 1) == 1 || cpu_iter_step(it, 1) == 0)
        return -1;
    for (int32_t d = it->ndim - 1; d-- > 0;)
        if (it->stride[1][d] == 1) return d;
    return -1;
}

static void plan_transpose(cpu_copy *w, int32_t turned)
{
    const cpu_iter *it = &w->it;
    int64_t shape[CPLUG_MAX_DIMS], to[CPLUG_MAX_DIMS], from[CPLUG_MAX_DIMS];
    int32_t n = 0;
    for (int32_t d = 0; d < it->ndim - 1; d++) {
        if (d == turned) continue;
        shape[n] = it->shape[d];
        to[n] = it->stride[0][d];
        from[n++] = it->stride[1][d];
    }
    cpu_iter_start(&w->rest, n, shape);
    cpu_iter_add_strides(&w->rest, to);
    cpu_iter_add_strides(&w->rest, from);
    cpu_iter_finish(&w->rest, false);
    w->way = CPU_COPY_TRANSPOSE;
    w->turned = it->shape[turned];
    w->turned_stride = it->stride[0][turned];
    w->blocks = (w->turned + EDGE - 1) / EDGE;
}

void cpu_copy_plan(cpu_copy *w, const cplug_view *dst, const cplug_view *src)
{
    memset(w, 0, sizeof *w);
    w->to = dst->dtype;
    w->from = src->dtype;
    w->class = conversion_class(w->to, w->from);
    cpu_iter_start(&w->it, dst->ndim, dst->shape);
    cpu_iter_add(&w->it, dst);
    cpu_iter_add(&w->it, src);
    cpu_iter_finish(&w->it, true);
    if (w->to != w->from) {
        w->way = CPU_COPY_CONVERT;
        return;
    }
    int32_t turned = turned_dim(&w->it);
    if (w->it.ndim == 1 && cpu_iter_linear(&w->it, 0) && cpu_iter_linear(&w->it, 1))
        w->way = CPU_COPY_BLOCK;
    else if (turned >= 0)
        plan_transpose(w, turned);
    else
        w->way = CPU_COPY_ROWS;
}

#define COPY_STRIDED(name, T)                                                                                                              \
    static void name(int64_t n, T *dst, int64_t to_step, const T *src, int64_t from_step)                                                  \
    {                                                                                                                                      \
        for (int64_t i = 0; i < n; i++) dst[i * to_step] = src[i * from_step];                                                             \
    }
COPY_STRIDED(copy_8, uint8_t)
COPY_STRIDED(copy_16, uint16_t)
COPY_STRIDED(copy_32, uint32_t)
COPY_STRIDED(copy_64, uint64_t)

void cpu_copy_row(uint32_t size, int64_t n, void *dst, int64_t to_step, const void *src, int64_t from_step)
{
    if (to_step == 1 && from_step == 1) {
        if (dst != src) memcpy(dst, src, (size_t)n * size);
        return;
    }
    switch (size) {
    case 1: copy_8(n, dst, to_step, src, from_step); break;
    case 2: copy_16(n, dst, to_step, src, from_step); break;
    case 4: copy_32(n, dst, to_step, src, from_step); break;
    default: copy_64(n, dst, to_step, src, from_step); break;
    }
}

/* dst[i * to + j] = src[i + j * from], i < rows, j < columns, in blocks that stay in the first-level cache. */
#define TRANSPOSE(name, T)                                                                                                                 \
    static void name(int64_t rows, int64_t columns, T *restrict dst, int64_t to, const T *restrict src, int64_t from)                      \
    {                                                                                                                                      \
        for (int64_t j0 = 0; j0 < columns; j0 += EDGE) {                                                                                   \
            int64_t j1 = CPU_MIN(j0 + EDGE, columns);                                                                                      \
            for (int64_t i = 0; i < rows; i++)                                                                                             \
                for (int64_t j = j0; j < j1; j++) dst[i * to + j] = src[i + j * from];                                                     \
        }                                                                                                                                  \
    }
TRANSPOSE(transpose_8, uint8_t)
TRANSPOSE(transpose_16, uint16_t)
TRANSPOSE(transpose_32, uint32_t)
TRANSPOSE(transpose_64, uint64_t)

typedef struct job {
    const cpu_copy *w;
    void *dst;
    const void *src;
} job;

static void transpose_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const cpu_copy *w = j->w;
    uint32_t size = cpu_size(w->to);
    int64_t columns = cpu_iter_inner(&w->it), from = cpu_iter_step(&w->it, 1), to = w->turned_stride;
    for (int64_t unit = lo; unit < hi; unit++) {
        cpu_walk walk;
        cpu_walk_seek(&w->rest, &walk, unit / w->blocks);
        int64_t first = unit % w->blocks * EDGE, rows = CPU_MIN(EDGE, w->turned - first);
        void *dst = cpu_at_out(j->dst, walk.offset[0] + first * to, size);
        const void *src = cpu_at(j->src, walk.offset[1] + first, size);
        switch (size) {
        case 1: transpose_8(rows, columns, dst, to, src, from); break;
        case 2: transpose_16(rows, columns, dst, to, src, from); break;
        case 4: transpose_32(rows, columns, dst, to, src, from); break;
        default: transpose_64(rows, columns, dst, to, src, from); break;
        }
    }
}

static void block_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    if (j->dst != j->src) memcpy((char *)j->dst + lo, (const char *)j->src + lo, (size_t)(hi - lo));
}

static void rows_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const cpu_iter *it = &j->w->it;
    uint32_t size = cpu_size(j->w->to);
    cpu_walk walk;
    cpu_walk_seek(it, &walk, lo);
    for (int64_t at = lo, n; at < hi; at += n, cpu_walk_advance(it, &walk, n)) {
        n = CPU_MIN(hi - at, cpu_walk_left(it, &walk));
        cpu_copy_row(size, n, cpu_at_out(j->dst, walk.offset[0], size), cpu_iter_step(it, 0), cpu_at(j->src, walk.offset[1], size),
                     cpu_iter_step(it, 1));
    }
}

/* Through a tile, unless one side's memory already is of the class. */
static void convert_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const cpu_copy *w = j->w;
    const cpu_iter *it = &w->it;
    int64_t to_step = cpu_iter_step(it, 0), from_step = cpu_iter_step(it, 1);
    bool from_ready = from_step == 1 && cpu_is_native(w->from) && cpu_class_of(w->from) == w->class;
    bool to_ready = to_step == 1 && cpu_is_native(w->to) && cpu_class_of(w->to) == w->class;
    cpu_tile tile;
    cpu_walk walk;
    cpu_walk_seek(it, &walk, lo);
    for (int64_t at = lo, n; at < hi; at += n, cpu_walk_advance(it, &walk, n)) {
        n = CPU_MIN(hi - at, cpu_walk_left(it, &walk));
        void *dst = cpu_at_out(j->dst, walk.offset[0], cpu_size(w->to));
        const void *src = cpu_at(j->src, walk.offset[1], cpu_size(w->from));
        if (to_ready)
            cpu_load(w->class, dst, w->from, src, from_step, n);
        else if (from_ready)
            cpu_store(w->to, dst, to_step, w->class, src, n);
        else {
            n = CPU_MIN(n, CPU_TILE);
            cpu_load(w->class, &tile, w->from, src, from_step, n);
            cpu_store(w->to, dst, to_step, w->class, &tile, n);
        }
    }
}

void cpu_copy_run(const cpu_copy *w, const cplug_host *h, void *dst, const void *src)
{
    int64_t n = w->it.numel, grain = CPU_GRAIN;
    job j = { w, dst, src };
    void (*body)(void *, int64_t, int64_t) = w->way == CPU_COPY_ROWS ? rows_body : convert_body;
    if (n == 0) return;
    if (w->way == CPU_COPY_BLOCK) {
        body = block_body;
        n *= cpu_size(w->to);
        grain = BYTES_GRAIN;
    } else if (w->way == CPU_COPY_TRANSPOSE) {
        body = transpose_body;
        grain = 1 + CPU_GRAIN / (CPU_MIN(EDGE, w->turned) * cpu_iter_inner(&w->it));
        n = w->rest.numel * w->blocks;
    }
    if (n <= grain)
        body(&j, 0, n);
    else
        h->parallel_for(n, grain, body, &j);
}

static cplug_status prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    cpu_copy *w = c->host->alloc(sizeof *w);
    if (!w) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a plan");
    p->state = w;
    cpu_copy_plan(w, c->out[0], c->in[1]);
    return CPLUG_OK;
}

static cplug_status run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)e;
    cpu_copy_run(p->state, c->host, c->out[0]->data, c->in[1]->data);
    return CPLUG_OK;
}

static const cplug_kernel kernels[] = {
    CPU_KERNEL("copy_", CPLUG_K_STRIDED | CPLUG_K_INPLACE | CPLUG_K_OUT_STRIDED, NULL, NULL, prepare, run),
};
CPU_KERNELS(cpu_copy_kernels, kernels);
