/* acme.c: a third party's backend: one kernel, one file, one header.  mse_loss of f32 tensors in one pass over memory; core's own way is
 * three ops, each with a pass of its own.
 *
 *     cc -O3 -shared -fPIC acme.c $(pkg-config --cflags cplug) -o cplug-acme-mse.so */
#include <cplug/plugin.h>

enum { INPUT, TARGET, REDUCTION = 0 /* attribute 0 of mse_loss: none, mean, sum */, MEAN = 1, LANES = 16, CHUNK = 1024 };

static int64_t numel(const cplug_view *v)
{
    int64_t n = 1;
    for (int32_t d = 0; d < v->ndim; d++) n *= v->shape[d];
    return n;
}

/* [any-thread] Looks at dtypes, shapes and attributes only; there is no data yet. */
static void supports(const cplug_call *c, cplug_support *s)
{
    const cplug_view *x = c->in[INPUT], *t = c->in[TARGET];
    int same = x->ndim == t->ndim;
    for (int32_t d = 0; same && d < x->ndim; d++) same = x->shape[d] == t->shape[d];
    s->reason = x->dtype != CPLUG_F32 || t->dtype != CPLUG_F32 ? "f32 only"
                : !same                                        ? "both of one shape only"
                : c->attr[REDUCTION].v.i != MEAN               ? "the mean only"
                                                               : NULL;
    s->score = s->reason ? 0 : 80;
    if (!s->reason) s->reason = "one pass";
}

/* Once for each signature: says how much working memory a run needs, here one sum for each chunk. */
static cplug_status prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    (void)e;
    p->workspace_bytes = (uint64_t)(numel(c->in[INPUT]) / CHUNK + 1) * sizeof(double);
    p->workspace_align = sizeof(double);
    return CPLUG_OK;
}

/* The sum of n squared differences.  Sixteen sums side by side are what the compiler turns into vector instructions. */
static double squares(const float *x, const float *t, int64_t n)
{
    float lane[LANES] = { 0 };
    double sum = 0;
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int64_t l = 0; l < LANES; l++) lane[l] += (x[i + l] - t[i + l]) * (x[i + l] - t[i + l]);
    for (; i < n; i++) lane[0] += (x[i] - t[i]) * (x[i] - t[i]);
    for (int64_t l = 0; l < LANES; l++) sum += (double)lane[l];
    return sum;
}

/* Chunks [lo, hi).  They are of one size whatever the number of threads, so the result is the same to the last bit. */
static void sum_chunks(void *arg, int64_t lo, int64_t hi)
{
    const cplug_call *c = arg;
    const float *x = c->in[INPUT]->data, *t = c->in[TARGET]->data;
    const int64_t n = numel(c->in[INPUT]);
    for (int64_t k = lo; k < hi; k++) {
        const int64_t at = k * CHUNK, rest = n - at;
        ((double *)c->workspace)[k] = squares(x + at, t + at, rest < CHUNK ? rest : CHUNK);
    }
}

static cplug_status run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const int64_t n = numel(c->in[INPUT]), chunks = (n + CHUNK - 1) / CHUNK;
    double sum = 0;
    (void)p, (void)e;
    c->host->parallel_for(chunks, 32, sum_chunks, (void *)c);
    for (int64_t k = 0; k < chunks; k++) sum += ((double *)c->workspace)[k];
    *(float *)c->out[0]->data = (float)(sum / (double)n); /* no element: 0 / 0, as in PyTorch */
    return CPLUG_OK;
}

/* No flags: core hands over dense tensors that do not overlap, and plain numbers as tensors. */
static const cplug_kernel mse_loss = {
    .struct_size = sizeof mse_loss,
    .op_version = 1,
    .op = "mse_loss",
    .backend = "acme",
    .device = "cpu",
    .supports = supports,
    .prepare = prepare,
    .run = run,
};
static const cplug_backend backend = { .struct_size = sizeof backend, .name = "acme", .device = "cpu", .doc = "one fast kernel" };

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    const cplug_status st = h->add(r, "backend", &backend, e);
    return st ? st : h->add(r, "kernel", &mse_loss, e);
}
CPLUG_PLUGIN(acme, "com.acme.mse", "1.0.0", "BSD-3-Clause", "a faster mse_loss", "backend:acme kernel:mse_loss@cpu", init);
