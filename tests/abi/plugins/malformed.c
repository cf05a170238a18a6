/* A plugin whose second scheduler is malformed and whose init hides that: nothing of it may be used. */
#include <cplug/plugin.h>

static double rate(void *self, double base_lr, const cplug_progress *p)
{
    (void)self, (void)p;
    return base_lr;
}
static const cplug_option options[] = { { .name = "gamma", .type = CPLUG_OPT_FLOAT, .offset = 0, .fallback = "2", .min = 0, .max = 1 } };
static const cplug_scheduler_type fine = { .struct_size = sizeof fine, .id = "test.fine", .class_name = "Fine", .lr = rate };
static const cplug_scheduler_type broken = { .struct_size = sizeof broken,
                                             .id = "test.broken",
                                             .class_name = "Broken",
                                             .options = CPLUG_OPTIONS(options),
                                             .instance_size = 8,
                                             .lr = rate };

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    h->add(r, "scheduler", &fine, e);
    h->add(r, "scheduler", &broken, e);
    return CPLUG_OK;
}

CPLUG_PLUGIN(malformed, "test.malformed", "1.0", "Apache-2.0", "a scheduler with a bad default",
             "scheduler:test.fine scheduler:test.broken", init);
