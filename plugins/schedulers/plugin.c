/* plugin.c: what cplug-schedulers.so brings, and the warm-up that all of them have. */
#include "schedulers.h"
CPLUG_USE_API;

enum { BY_EPOCH, BY_STEP };
int32_t warming_up(const pace *p, const cplug_progress *at, int64_t *k, double *factor)
{
    *k = p->unit == BY_STEP ? at->step : at->epoch;
    if (*k >= p->warmup) {
        *k -= p->warmup;
        return 0;
    }
    *factor = p->warmup_start + (1 - p->warmup_start) * (double)(*k + 1) / (double)p->warmup;
    return 1;
}
int64_t total_units(const pace *p, const cplug_progress *at)
{
    const int64_t total = p->unit == BY_STEP ? at->total_steps : at->total_epochs;
    return total > p->warmup ? total - p->warmup : 0;
}

static const cplug_scheduler_type *const types[] = {
    &scheduler_constant, &scheduler_step,   &scheduler_multistep, &scheduler_exponential,
    &scheduler_cosine,   &scheduler_linear, &scheduler_plateau,
};
static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    if (CPLUG_IMPORT_API(h)) return h->fail(e, CPLUG_E_VERSION, "needs cplug.api/0 of ABI minor %d", CPLUG_TARGET_MINOR);
    for (uint32_t i = 0; i < CPLUG_COUNT(types); i++) {
        const cplug_status st = h->add(r, "scheduler", types[i], e);
        if (st) return st;
    }
    return CPLUG_OK;
}
CPLUG_PLUGIN(
    schedulers, "cplug.schedulers", "0.1.0", "Apache-2.0", "learning rates that change, with PyTorch's formulas",
    "scheduler:constant scheduler:step scheduler:multistep scheduler:exponential scheduler:cosine scheduler:linear scheduler:plateau",
    init);
