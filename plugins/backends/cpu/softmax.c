/* softmax.c: softmax, log_softmax and their gradients over any dimension; x is seen as dense [outer, size, inner].
 * inner = 1: a row at a time.  inner > 1: up to CPU_TILE columns side by side.  f32, f16 and bf16 compute in float, f64 in double. */
#include "fmath.h"

enum { DIM = 0 };
typedef struct plan {
    int64_t outer, size, inner, blocks; /* blocks of columns in inner */
    cpu_class type;
} plan;
typedef struct kind { /* what tells the four ops apart */
    bool log, grad;
} kind;
typedef struct job {
    const cplug_call *c;
    const plan *s;
    const kind *kind;
} job;

static void *at_out(const cplug_view *v, int64_t element) { return (char *)v->data + element * (int64_t)cpu_size(v->dtype); }
/* n elements as memory of the class */
static const void *fetch(const cplug_view *v, cpu_class type, int64_t element, int64_t n, cpu_tile *room)
{
    const void *from = at_out(v, element);
    if (cpu_is_native(v->dtype) && cpu_class_of(v->dtype) == type) return from;
    cpu_load(type, room, v->dtype, from, 1, n);
    return room;
}

#define SOFTMAX_T float
#define SOFTMAX_EXP(x) cpu_expf(x)
#define SOFTMAX_NAME(x) f32_##x
#include "softmax_body.h"
#define SOFTMAX_T double
#define SOFTMAX_EXP(x) exp(x)
#define SOFTMAX_NAME(x) f64_##x
#include "softmax_body.h"

static cplug_status prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    plan *s = c->host->alloc(sizeof *s);
    if (!s) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a plan");
    const cplug_view *y = c->out[0];
    int32_t dim = cpu_dim(cpu_attr(c, DIM), y->ndim);
    *s = (plan){ .outer = 1, .size = 1, .inner = 1, .type = cpu_class_of(y->dtype) };
    for (int32_t d = 0; d < y->ndim; d++) *(d < dim ? &s->outer : d == dim ? &s->size : &s->inner) *= y->shape[d];
    s->blocks = s->inner == 1 ? 1 : (s->inner + CPU_TILE - 1) / CPU_TILE;
    p->state = s;
    return CPLUG_OK;
}

static void body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const plan *s = j->s;
    bool single = s->type == CPU_F32;
    for (int64_t t = lo; t < hi; t++) {
        int64_t column = t % s->blocks * CPU_TILE, first = t / s->blocks * s->size * s->inner + column,
                n = CPU_MIN(s->inner - column, CPU_TILE);
        if (s->inner == 1 && j->kind->grad)
            (single ? f32_grad_row : f64_grad_row)(j, first);
        else if (s->inner == 1)
            (single ? f32_row : f64_row)(j, first);
        else if (j->kind->grad)
            (single ? f32_grad_of_columns : f64_grad_of_columns)(j, first, n);
        else
            (single ? f32_columns : f64_columns)(j, first, n);
    }
}

static cplug_status run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)e;
    const plan *s = p->state;
    job j = { c, s, c->user };
    if (s->outer * s->size * s->inner == 0) return CPLUG_OK;
    int64_t task = s->size * CPU_MIN(s->inner, CPU_TILE);
    c->host->parallel_for(s->outer * s->blocks, 1 + 4 * CPU_GRAIN_MATH / task, body, &j);
    return CPLUG_OK;
}

static void supports(const cplug_call *c, cplug_support *s)
{
    cpu_answer(s, cpu_is_float(c->out[0]->dtype) ? NULL : "softmax is of float dtypes");
}

static const kind softmax = { false, false }, log_softmax = { true, false }, softmax_grad = { false, true },
                  log_softmax_grad = { true, true };
static const cplug_kernel kernels[] = {
    CPU_KERNEL("softmax", 0, &softmax, supports, prepare, run),
    CPU_KERNEL("log_softmax", 0, &log_softmax, supports, prepare, run),
    CPU_KERNEL("softmax_grad", 0, &softmax_grad, supports, prepare, run),
    CPU_KERNEL("log_softmax_grad", 0, &log_softmax_grad, supports, prepare, run),
};
CPU_KERNELS(cpu_softmax_kernels, kernels);
