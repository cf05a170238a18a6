/* loss.c: nll_loss and its gradient; https://pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
 * x [c] or [n, c, d...] is seen as dense [n, c, inner]; target i64, dense [n, inner].  Losses add up in double, in order. */
#include "tile.h"

enum { X, TARGET, WEIGHT };
enum { G, G_TARGET, G_WEIGHT, G_TOTAL };
enum { IGNORE_INDEX, REDUCTION, SIZE };
enum { NONE, MEAN, SUM };

typedef struct plan {
    int64_t n, classes, inner;
} plan;

static char *at(const cplug_view *v, int64_t element) { return (char *)v->data + element * (int64_t)cpu_size(v->dtype); }
static double get(const cplug_view *v, int64_t i)
{
    double x;
    cpu_load(CPU_F64, &x, v->dtype, at(v, i), 1, 1);
    return x;
}
static void put(const cplug_view *v, int64_t i, double x) { cpu_store(v->dtype, at(v, i), 1, CPU_F64, &x, 1); }

static cplug_status new_plan(const cplug_call *c, cplug_plan *p, const int64_t *shape, int64_t ndim, cplug_error *e)
{
    plan *s = c->host->alloc(sizeof *s);
    if (!s) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a plan");
    *s = (plan){ 1, shape[ndim == 1 ? 0 : 1], 1 };
    if (ndim > 1) s->n = shape[0];
    for (int64_t d = 2; d < ndim; d++) s->inner *= shape[d];
    p->state = s;
    return CPLUG_OK;
}
static cplug_status prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    return new_plan(c, p, c->in[X]->shape, c->in[X]->ndim, e);
}
static cplug_status prepare_grad(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    return new_plan(c, p, c->attr[SIZE].v.iv, c->attr[SIZE].n, e);
}

static cplug_status out_of_range(const cplug_call *c, const plan *s, int64_t target, int64_t sample, cplug_error *e)
{
    return c->host->fail(
        e, CPLUG_E_INVALID, "target %lld of sample %lld is out of range: the input has %lld classes, so targets are 0 to %lld%s",
        (long long)target, (long long)(sample / s->inner), (long long)s->classes, (long long)s->classes - 1, " (or ignore_index)");
}
static double weight_of(const cplug_view *weight, int64_t target) { return cpu_absent(weight) ? 1.0 : get(weight, target); }

static cplug_status run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const plan *s = p->state;
    const cplug_view *x = c->in[X], *weight = c->in[WEIGHT], *out = c->out[0];
    const int64_t *target = c->in[TARGET]->data, ignore = cpu_attr(c, IGNORE_INDEX), reduction = cpu_attr(c, REDUCTION);
    double loss = 0, total = 0;
    for (int64_t i = 0; i < s->n * s->inner; i++) {
        int64_t t = target[i];
        double w = 0, l = 0;
        if (t != ignore) {
            if (t < 0 || t >= s->classes) return out_of_range(c, s, t, i, e);
            w = weight_of(weight, t);
            l = -w * get(x, (i / s->inner * s->classes + t) * s->inner + i % s->inner);
        }
        if (reduction == NONE) put(out, i, l);
        loss += l, total += w;
    }
    if (reduction != NONE) put(out, 0, reduction == MEAN ? loss / total : loss);
    put(c->out[1], 0, reduction != NONE ? total : 0); /* as PyTorch has it */
    return CPLUG_OK;
}

static cplug_status run_grad(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const plan *s = p->state;
    const cplug_view *g = c->in[G], *weight = c->in[G_WEIGHT], *dx = c->out[0];
    const int64_t *target = c->in[G_TARGET]->data, ignore = cpu_attr(c, IGNORE_INDEX), reduction = cpu_attr(c, REDUCTION);
    double total = reduction == MEAN ? get(c->in[G_TOTAL], 0) : 1.0;
    uint64_t bytes = (uint64_t)(s->n * s->classes * s->inner) * cpu_size(dx->dtype);
    if (bytes) memset(dx->data, 0, bytes);
    for (int64_t i = 0; i < s->n * s->inner; i++) {
        int64_t t = target[i];
        if (t == ignore) continue;
        if (t < 0 || t >= s->classes) return out_of_range(c, s, t, i, e);
        put(dx, (i / s->inner * s->classes + t) * s->inner + i % s->inner,
            -weight_of(weight, t) * get(g, reduction == NONE ? i : 0) / total);
    }
    return CPLUG_OK;
}

static void supports(const cplug_call *c, cplug_support *s)
{
    cpu_answer(s, c->in[TARGET]->dtype != CPLUG_I64 ? "targets are class numbers of dtype i64" : NULL);
}

static const cplug_kernel kernels[] = {
    CPU_KERNEL("nll_loss", 0, NULL, supports, prepare, run),
    CPU_KERNEL("nll_loss_grad", 0, NULL, supports, prepare_grad, run_grad),
};
CPU_KERNELS(cpu_loss_kernels, kernels);
