/* cpu.c: fused kernels of the update ops for host memory: one pass over parameter, gradient and state, over all tensors of the lists as
 * if they were one long array, so that a step of many small tensors starts the threads once. */
#include "cpu.h"
#include "optimizers.h"

#define REAL float
#define ROOT sqrtf
#define NAME(name) name##_f32
#include "cpu_loops.h"
#undef REAL
#undef ROOT
#undef NAME
#define REAL double
#define ROOT sqrt
#define NAME(name) name##_f64
#include "cpu_loops.h"

enum { GRAIN = 1 << 15 }; /* elements: 10 to 20 us */

/* ---- walking the lists ---- */
typedef struct job {
    const cplug_call *call;
    const void *numbers;
    void (*update)(const struct job *j, uint32_t tensor, int64_t lo, int64_t n);
    uint32_t n, reserved; /* tensors of a list */
} job;
static int64_t numel(const cplug_view *v)
{
    int64_t n = 1;
    for (int32_t d = 0; d < v->ndim; d++) n *= v->shape[d];
    return n;
}
/* Part [lo, hi) of the long array, tensor by tensor. */
static void body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = (const job *)arg;
    int64_t begin = 0;
    for (uint32_t i = 0; i < j->n && begin < hi; i++) {
        const int64_t end = begin + numel(j->call->in[i]), from = lo > begin ? lo : begin, to = hi < end ? hi : end;
        if (from < to) j->update(j, i, from - begin, to - from);
        begin = end;
    }
}
static cplug_status run_job(const cplug_call *c, const void *numbers, void (*update)(const job *j, uint32_t tensor, int64_t lo, int64_t n))
{
    job j = { c, numbers, update, c->arg_begin[1], 0 };
    int64_t total = 0;
    for (uint32_t i = 0; i < j.n; i++) total += numel(c->in[i]);
    c->host->parallel_for(total, GRAIN, body, &j);
    return CPLUG_OK;
}
/* Element lo of tensor i in list `arg`; NULL when the list is empty. */
static void *at(const cplug_call *c, uint32_t arg, uint32_t i, int64_t lo)
{
    if (c->arg_begin[arg] == c->arg_begin[arg + 1]) return NULL;
    const cplug_view *v = c->in[c->arg_begin[arg] + i];
    return (char *)v->data + (uint64_t)lo * (v->dtype == CPLUG_F64 ? sizeof(double) : sizeof(float));
}
static int is_f64(const cplug_call *c) { return c->in[0]->dtype == CPLUG_F64; }
static double number(const cplug_call *c, uint32_t arg)
{
    const cplug_view *v = c->in[c->arg_begin[arg]];
    if (v->flags & CPLUG_VIEW_SCALAR) return v->dtype == CPLUG_F64 ? v->scalar.f : (double)v->scalar.i;
    return v->dtype == CPLUG_F64 ? *(const double *)v->data : (double)*(const float *)v->data;
}
static void supports(const cplug_call *c, cplug_support *s)
{
    s->score = 0;
    s->reason = "only f32 and f64, the same in all lists";
    if (c->arg_begin[1] == 0 || (c->in[0]->dtype != CPLUG_F32 && c->in[0]->dtype != CPLUG_F64)) return;
    for (uint32_t i = 1; i < c->n_in; i++) {
        const cplug_view *v = c->in[i];
        if (!(v->flags & (CPLUG_VIEW_SCALAR | CPLUG_VIEW_ABSENT)) && v->dtype != c->in[0]->dtype &&
            !(v->ndim == 0 && v->dtype <= CPLUG_F64))
            return;
    }
    s->score = 50;
    s->reason = "one pass over parameter, gradient and state";
}

/* ---- sgd ---- */
static void sgd_update(const job *j, uint32_t i, int64_t lo, int64_t n)
{
    const cplug_call *c = j->call;
    void *p = at(c, SGD_PARAMS, i, lo), *g = at(c, SGD_GRADS, i, lo), *b = at(c, SGD_BUFFERS, i, lo);
    if (is_f64(c))
        sgd_f64(n, (double *)p, (const double *)g, (double *)b, (const sgd_numbers *)j->numbers);
    else
        sgd_f32(n, (float *)p, (const float *)g, (float *)b, (const sgd_numbers *)j->numbers);
}
static cplug_status sgd_run(const cplug_call *c, const cplug_plan *plan, cplug_error *e)
{
    (void)plan, (void)e;
    const sgd_numbers s = { number(c, SGD_LR),
                            number(c, SGD_WEIGHT_DECAY),
                            number(c, SGD_MOMENTUM),
                            number(c, SGD_SHARE),
                            c->attr[SGD_MAXIMIZE].v.i ? -1 : 1,
                            c->attr[SGD_NESTEROV].v.i != 0,
                            0 };
    return run_job(c, &s, sgd_update);
}

/* ---- adam ---- */
static void adam_update(const job *j, uint32_t i, int64_t lo, int64_t n)
{
    const cplug_call *c = j->call;
    const adam_numbers *s = (const adam_numbers *)j->numbers;
    void *p = at(c, ADAM_PARAMS, i, lo), *g = at(c, ADAM_GRADS, i, lo), *m = at(c, ADAM_MEANS, i, lo), *v = at(c, ADAM_SQUARES, i, lo),
         *top = at(c, ADAM_MAXIMA, i, lo);
    if (is_f64(c))
        adam_f64(n, (double *)p, (const double *)g, (double *)m, (double *)v, (double *)top, s);
    else
        adam_f32(n, (float *)p, (const float *)g, (float *)m, (float *)v, (float *)top, s);
}
static cplug_status adam_run(const cplug_call *c, const cplug_plan *plan, cplug_error *e)
{
    (void)plan, (void)e;
    const double lr = number(c, ADAM_LR), beta1 = number(c, ADAM_BETA1), beta2 = number(c, ADAM_BETA2),
                 weight_decay = number(c, ADAM_WEIGHT_DECAY), t = number(c, ADAM_STEP);
    const int decoupled = c->attr[ADAM_DECOUPLED].v.i != 0;
    const adam_numbers s = { .sign = c->attr[ADAM_MAXIMIZE].v.i ? -1 : 1,
                             .l2 = decoupled ? 0 : weight_decay,
                             .keep = decoupled ? 1 - lr * weight_decay : 1,
                             .mean_share = 1 - beta1,
                             .beta2 = beta2,
                             .square_share = 1 - beta2,
                             .root_scale = 1 / sqrt(1 - pow(beta2, t)),
                             .eps = number(c, ADAM_EPS),
                             .step_size = lr / (1 - pow(beta1, t)) };
    return run_job(c, &s, adam_update);
}

/* ---- rmsprop ---- */
static void rmsprop_update(const job *j, uint32_t i, int64_t lo, int64_t n)
{
    const cplug_call *c = j->call;
    const rmsprop_numbers *s = (const rmsprop_numbers *)j->numbers;
    void *p = at(c, RMS_PARAMS, i, lo), *g = at(c, RMS_GRADS, i, lo), *v = at(c, RMS_SQUARES, i, lo), *mean = at(c, RMS_MEANS, i, lo),
         *b = at(c, RMS_BUFFERS, i, lo);
    if (is_f64(c))
        rmsprop_f64(n, (double *)p, (const double *)g, (double *)v, (double *)mean, (double *)b, s);
    else
        rmsprop_f32(n, (float *)p, (const float *)g, (float *)v, (float *)mean, (float *)b, s);
}
static cplug_status rmsprop_run(const cplug_call *c, const cplug_plan *plan, cplug_error *e)
{
    (void)plan, (void)e;
    const double alpha = number(c, RMS_ALPHA);
    const rmsprop_numbers s = { c->attr[RMS_MAXIMIZE].v.i ? -1 : 1, number(c, RMS_LR),      alpha, 1 - alpha, number(c, RMS_EPS),
                                number(c, RMS_WEIGHT_DECAY),        number(c, RMS_MOMENTUM) };
    return run_job(c, &s, rmsprop_update);
}

#define KERNEL(id_, n_attr_)                                                                                                               \
    const cplug_kernel id_##_kernel = {                                                                                                    \
        .struct_size = sizeof id_##_kernel,                                                                                                \
        .op_version = 1,                                                                                                                   \
        .op = #id_ "_step_",                                                                                                               \
        .backend = "cpu",                                                                                                                  \
        .device = "cpu",                                                                                                                   \
        .flags = CPLUG_K_SCALAR | CPLUG_K_INPLACE,                                                                                         \
        .n_attr = n_attr_,                                                                                                                 \
        .supports = supports,                                                                                                              \
        .run = id_##_run,                                                                                                                  \
    }
KERNEL(sgd, SGD_ATTRS);
KERNEL(adam, ADAM_ATTRS);
KERNEL(rmsprop, RMS_ATTRS);
