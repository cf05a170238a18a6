/* A backend with one kernel, add on the cpu, that answers 42 everywhere: visible when it is used, absent when its backend is disabled. */
#include <cplug/plugin.h>

static void supports(const cplug_call *c, cplug_support *s)
{
    s->score = c->out[0]->dtype == CPLUG_F32 ? 100 : 0;
    s->reason = "f32 only";
}

static cplug_status run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)p, (void)e;
    int64_t n = 1;
    for (int32_t d = 0; d < c->out[0]->ndim; d++) n *= c->out[0]->shape[d];
    for (int64_t i = 0; i < n; i++) ((float *)c->out[0]->data)[i] = 42.0f;
    return CPLUG_OK;
}

static const cplug_backend backend = { .struct_size = sizeof backend, .name = "answer", .device = "cpu", .doc = "42" };
static const cplug_kernel kernel = {
    .struct_size = sizeof kernel, .op_version = 1, .op = "add", .backend = "answer", .device = "cpu", .supports = supports, .run = run
};

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    return h->add(r, "backend", &backend, e) ? e->code : h->add(r, "kernel", &kernel, e);
}

CPLUG_PLUGIN(answer, "test.answer", "1.0", "Apache-2.0", "a backend that answers 42", "backend:answer kernel:*@cpu", init);
