/* plugin.c: the device "sim" and its backend of the same name. */
#include "sim.h"

static const cplug_backend backend = {
    .struct_size = sizeof backend, .name = "sim", .device = "sim", .doc = "the primitives, on a pretend accelerator"
};

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    cplug_status st = h->add(r, "device", &sim_device, e);
    if (!st) st = h->add(r, "backend", &backend, e);
    for (uint32_t i = 0; !st && i < sim_n_pointwise; i++) st = h->add(r, "kernel", &sim_pointwise[i], e);
    for (uint32_t i = 0; !st && i < sim_n_primitives; i++) st = h->add(r, "kernel", &sim_primitives[i], e);
    return st;
}
CPLUG_PLUGIN(sim, "cplug.sim", "0.1.0", "Apache-2.0", "a pretend accelerator in host memory, for tests and to read",
             "device:sim backend:sim kernel:*@sim", init);
