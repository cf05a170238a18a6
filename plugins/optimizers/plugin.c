/* plugin.c: what cplug-optimizers.so brings. */
#include "optimizers.h"
CPLUG_USE_API;

static const struct {
    const char *kind;
    const void *descriptor;
} parts[] = {
    { "op", &sgd_op },
    { "op", &adam_op },
    { "op", &rmsprop_op },
    { "kernel", &sgd_kernel },
    { "kernel", &adam_kernel },
    { "kernel", &rmsprop_kernel },
    { "optimizer", &optimizer_sgd },
    { "optimizer", &optimizer_adam },
    { "optimizer", &optimizer_adamw },
    { "optimizer", &optimizer_rmsprop },
};
static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    if (CPLUG_IMPORT_API(h)) return h->fail(e, CPLUG_E_VERSION, "needs cplug.api/0 of ABI minor %d", CPLUG_TARGET_MINOR);
    for (uint32_t i = 0; i < CPLUG_COUNT(parts); i++) {
        const cplug_status st = h->add(r, parts[i].kind, parts[i].descriptor, e);
        if (st) return st;
    }
    return CPLUG_OK;
}
CPLUG_PLUGIN(
    optimizers, "cplug.optimizers", "0.1.0", "Apache-2.0", "optimizers with PyTorch's formulas",
    "optimizer:sgd optimizer:adam optimizer:adamw optimizer:rmsprop op:sgd_step_ op:adam_step_ op:rmsprop_step_ kernel:sgd_step_@cpu "
    "kernel:adam_step_@cpu kernel:rmsprop_step_@cpu",
    init);
