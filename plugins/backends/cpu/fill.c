/* fill.c: fill_ and arange. */
#include "iter.h"

typedef struct plan {
    cpu_iter it;
} plan;
typedef struct job {
    const cplug_call *c;
    const plan *w;
    cpu_value start, step;
    uint64_t pattern;
    cpu_class class;
} job;

static cplug_status prepare(const cplug_call *c, cplug_plan *p, bool reorder, cplug_error *e)
{
    plan *w = c->host->alloc(sizeof *w);
    if (!w) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a plan");
    p->state = w;
    cpu_iter_start(&w->it, c->out[0]->ndim, c->out[0]->shape);
    cpu_iter_add(&w->it, c->out[0]);
    cpu_iter_finish(&w->it, reorder);
    return CPLUG_OK;
}
static cplug_status prepare_fill(const cplug_call *c, cplug_plan *p, cplug_error *e) { return prepare(c, p, true, e); }
static cplug_status prepare_arange(const cplug_call *c, cplug_plan *p, cplug_error *e) { return prepare(c, p, false, e); }

#define FILL(name, T)                                                                                                                      \
    static void name(T *dst, int64_t step, int64_t n, T value)                                                                             \
    {                                                                                                                                      \
        if (step == 1)                                                                                                                     \
            for (int64_t i = 0; i < n; i++) dst[i] = value;                                                                                \
        else                                                                                                                               \
            for (int64_t i = 0; i < n; i++) dst[i * step] = value;                                                                         \
    }
FILL(fill_8, uint8_t)
FILL(fill_16, uint16_t)
FILL(fill_32, uint32_t)
FILL(fill_64, uint64_t)

static void fill_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const cpu_iter *it = &j->w->it;
    uint32_t size = cpu_size(j->c->out[0]->dtype);
    int64_t step = cpu_iter_step(it, 0);
    cpu_walk walk;
    cpu_walk_seek(it, &walk, lo);
    for (int64_t at = lo, n; at < hi; at += n, cpu_walk_advance(it, &walk, n)) {
        n = CPU_MIN(hi - at, cpu_walk_left(it, &walk));
        void *dst = cpu_at_out(j->c->out[0]->data, walk.offset[0], size);
        if (j->pattern == 0 && step == 1) {
            memset(dst, 0, (size_t)n * size);
            continue;
        }
        switch (size) {
        case 1: fill_8(dst, step, n, (uint8_t)j->pattern); break;
        case 2: fill_16(dst, step, n, (uint16_t)j->pattern); break;
        case 4: fill_32(dst, step, n, (uint32_t)j->pattern); break;
        default: fill_64(dst, step, n, j->pattern); break;
        }
    }
}

/* Integers count in int64_t, floats in double, whatever the dtype. */
static void arange_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    cpu_tile tile;
    for (int64_t at = lo, n; at < hi; at += n) {
        n = CPU_MIN(hi - at, CPU_TILE);
        for (int64_t i = 0; i < n; i++) {
            if (j->class == CPU_I64)
                tile.i[i] = (int64_t)((uint64_t)j->start.i + (uint64_t)(at + i) * (uint64_t)j->step.i);
            else
                tile.d[i] = j->start.d + (double)(at + i) * j->step.d;
        }
        cpu_iter_store(&j->w->it, 0, at, n, j->c->out[0]->dtype, j->c->out[0]->data, j->class, &tile);
    }
}

static cplug_status run_fill(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const plan *w = p->state;
    cplug_dtype t = c->out[0]->dtype;
    job j = { .c = c, .w = w };
    (void)e;
    if (w->it.numel == 0) return CPLUG_OK;
    /* bool asks whether the number is 0 before anything is cut off */
    cpu_class class = t == CPLUG_BOOL ? CPU_F64 : cpu_class_of(t);
    cpu_value v = cpu_fetch(class, c->in[1]);
    cpu_store(t, &j.pattern, 1, class, &v, 1);
    if (w->it.numel <= CPU_GRAIN)
        fill_body(&j, 0, w->it.numel);
    else
        c->host->parallel_for(w->it.numel, CPU_GRAIN, fill_body, &j);
    return CPLUG_OK;
}

static cplug_status run_arange(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const plan *w = p->state;
    cpu_class class = cpu_is_float(c->out[0]->dtype) ? CPU_F64 : CPU_I64;
    job j = { .c = c, .w = w, .start = cpu_fetch(class, c->in[1]), .step = cpu_fetch(class, c->in[2]), .class = class };
    (void)e;
    if (w->it.numel) c->host->parallel_for(w->it.numel, CPU_GRAIN, arange_body, &j);
    return CPLUG_OK;
}

enum { FLAGS = CPLUG_K_STRIDED | CPLUG_K_INPLACE | CPLUG_K_SCALAR | CPLUG_K_OUT_STRIDED };
static const cplug_kernel kernels[] = {
    CPU_KERNEL("fill_", FLAGS, NULL, NULL, prepare_fill, run_fill),
    CPU_KERNEL("arange", FLAGS, NULL, NULL, prepare_arange, run_arange),
};
CPU_KERNELS(cpu_fill_kernels, kernels);
