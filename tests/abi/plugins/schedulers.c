/* A plugin of schedulers for the loader's tests.  Compile with ID, PROVIDES and FIRST, and optionally SECOND (ids of schedulers), RATE
 * (what the first one answers), PARK (also registers a kind that no host knows), INIT_ERROR (init fails with these words). */
#include <cplug/plugin.h>

#ifndef RATE
#define RATE 1.0
#endif

static double inits;
static double rate(void *self, double base_lr, const cplug_progress *p)
{
    (void)self, (void)base_lr, (void)p;
    return RATE;
}
static const cplug_scheduler_type first = { .struct_size = sizeof first, .id = FIRST, .class_name = "First", .lr = rate };
#ifdef SECOND
/* How often init ran in this process. */
static double count(void *self, double base_lr, const cplug_progress *p)
{
    (void)self, (void)base_lr, (void)p;
    return inits;
}
static const cplug_scheduler_type second = { .struct_size = sizeof second, .id = SECOND, .class_name = "Second", .lr = count };
#endif
#ifdef PARK
static const struct gizmo {
    uint32_t struct_size, flags;
    const char *id;
} gizmo = { sizeof gizmo, 0, "test.gizmo" };
#endif

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    inits++;
    if (h->add(r, "scheduler", &first, e)) return e->code;
#ifdef SECOND
    if (h->add(r, "scheduler", &second, e)) return e->code;
#endif
#ifdef PARK
    if (h->add(r, "widget", &gizmo, e)) return e->code;
#endif
#ifdef INIT_ERROR
    return h->fail(e, CPLUG_E_UNSUPPORTED, INIT_ERROR);
#else
    return CPLUG_OK;
#endif
}

CPLUG_PLUGIN(schedulers, ID, "1.2.3", "Apache-2.0", "schedulers for tests", PROVIDES, init);
