/* plugin.c: what this plugin brings: the device "sim", the backend of the same name, and its kernels: the primitives, no more.  Every
 * other op reaches the device as a decomposition into these. */
#include "sim.h"

static int32_t count(void *user)
{
    (void)user;
    return 2; /* so that what goes from one accelerator to another can be tried */
}

static const cplug_device device = {
    .struct_size = sizeof device,
    .name = "sim",
    .doc = "pretend accelerator: memory that no host code may touch, an asynchronous queue",
    .count = count,
    .open = sim_open,
    .close = sim_close,
    .alloc = sim_alloc,
    .free = sim_free,
    .queue_open = sim_queue_open,
    .queue_close = sim_queue_close,
    .copy = sim_copy,
    .sync = sim_sync,
    .memory = sim_room,
};
static const cplug_backend backend = {
    .struct_size = sizeof backend, .name = "sim", .device = "sim", .doc = "the primitives, on a pretend accelerator"
};

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    const struct {
        const cplug_kernel *at;
        uint32_t n;
    } kernels[] = {
        { sim_pointwise, sim_n_pointwise }, { sim_generate, sim_n_generate }, { sim_reduce, sim_n_reduce }, { sim_pick, sim_n_pick }
    };
    cplug_status st = h->add(r, "device", &device, e);
    if (!st) st = h->add(r, "backend", &backend, e);
    for (uint32_t k = 0; k < CPLUG_COUNT(kernels); k++)
        for (uint32_t i = 0; !st && i < kernels[k].n; i++) st = h->add(r, "kernel", &kernels[k].at[i], e);
    return st;
}
CPLUG_PLUGIN(sim, "cplug.sim", "0.1.0", "Apache-2.0", "a pretend accelerator in host memory, for tests and to read",
             "device:sim backend:sim kernel:*@sim", init);
