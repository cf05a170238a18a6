/* A plugin that is compiled against the frozen header of the first release, the present one and a later one, to be loaded by hosts of
 * each.  Its kernel doubles its input and adds 100 where the host knows what only later hosts know.  ID names the variant. */
#include <cplug/plugin.h>

static const cplug_host *host;

static int later_host(void)
{
#ifdef LATER
    return CPLUG_HAS(host, added) && host->added() == 7;
#else
    return 0;
#endif
}

static void supports(const cplug_call *c, cplug_support *s)
{
    s->score = c->n_in == 1 ? 50 : 0;
    s->reason = "one input";
#ifdef LATER
    if (CPLUG_HAS(s, added)) s->added = "later";
#endif
}

static cplug_status run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)p;
    if (c->in[0]->ndim != 1) return host->fail(e, CPLUG_E_SHAPE, "expected 1 dimension, got %d", (int)c->in[0]->ndim);
    const int64_t n = c->in[0]->shape[0], step = c->in[0]->strides[0];
    for (int64_t i = 0; i < n; i++)
        ((float *)c->out[0]->data)[i] = 2 * ((const float *)c->in[0]->data)[i * step] + (later_host() ? 100 : 0);
    return CPLUG_OK;
}

typedef struct decay {
    double gamma, floor;
} decay;
static const cplug_option options[] = {
    { .name = "gamma",
      .doc = "factor per step",
      .type = CPLUG_OPT_FLOAT,
      .offset = offsetof(decay, gamma),
      .fallback = "0.5",
      .min = 0,
      .max = 1 },
    { .name = "floor",
      .doc = "least rate",
      .type = CPLUG_OPT_FLOAT,
      .offset = offsetof(decay, floor),
      .fallback = "0.125",
      .min = 0,
      .max = 1 },
};
static double rate(void *self, double base_lr, const cplug_progress *p)
{
    const decay *d = self;
    for (int64_t i = 0; i < p->step; i++) base_lr *= d->gamma;
    return base_lr < d->floor ? d->floor : base_lr;
}

static const cplug_kernel kernel = {
    .struct_size = sizeof kernel,
    .op_version = 1,
    .op = "test.double",
    .backend = "growth",
    .device = "cpu",
    .supports = supports,
    .run = run,
#ifdef LATER
    .added = "later",
#endif
};
static const cplug_scheduler_type scheduler = { .struct_size = sizeof scheduler,
                                                .id = ID,
                                                .class_name = "Growth",
                                                .options = CPLUG_OPTIONS(options),
                                                .instance_size = sizeof(decay),
                                                .lr = rate };

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    host = h;
    return h->add(r, "kernel", &kernel, e) ? e->code : h->add(r, "scheduler", &scheduler, e);
}

CPLUG_PLUGIN(growth, ID, "1.0", "Apache-2.0", "grows", "kernel:test.double@cpu scheduler:" ID, init);
