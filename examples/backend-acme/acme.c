/* acme.c: a third party's backend: one op, one file, one header.  gcc -std=c11 -shared -fPIC acme.c -o cplug-acme.so */
#include <cplug/plugin.h>

static void supports(const cplug_call *c, cplug_support *s)
{
    const cplug_view *x = c->in[0];
    s->score = x->dtype == CPLUG_F32 ? 80 : 0;
    s->reason = s->score ? "acme's relu" : "only f32";
}

static void piece(void *arg, int64_t lo, int64_t hi)
{
    const cplug_call *c = arg;
    const float *x = c->in[0]->data;
    float *y = c->out[0]->data;
    for (int64_t i = lo; i < hi; i++) y[i] = x[i] < 0 ? 0 : x[i];
}

static cplug_status run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    int64_t n = 1;
    (void)p, (void)e;
    for (int32_t d = 0; d < c->out[0]->ndim; d++) n *= c->out[0]->shape[d];
    c->host->parallel_for(n, 32768, piece, (void *)c);
    return CPLUG_OK;
}

/* no STRIDED, no INPLACE flag: core hands over dense tensors that do not overlap */
static const cplug_kernel relu = {
    .struct_size = sizeof relu, .op_version = 1, .op = "relu", .backend = "acme", .device = "cpu", .supports = supports, .run = run
};
static const cplug_backend backend = { .struct_size = sizeof backend, .name = "acme", .device = "cpu", .doc = "one fast relu" };

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    const cplug_status st = h->add(r, "backend", &backend, e);
    return st ? st : h->add(r, "kernel", &relu, e);
}
CPLUG_PLUGIN(acme, "com.acme.relu", "1.0.0", "BSD-3-Clause", "a faster relu", "backend:acme kernel:relu@cpu", init);
