/* sim.h: a pretend accelerator in host memory, for tests and for authors of backends to read, in this order:
 *
 *   plugin.c     what the plugin brings: a device, a backend, the 32 kernels from which every op of core follows
 *   memory.c     device memory: addresses that nobody may touch, and the bytes behind them
 *   queue.c      one in-order queue with a worker thread: copies, waiting, failures that come out late
 *   task.c       how a call gets into the queue
 *   element.h    how kernels find, read and write elements
 *   pointwise.c generate.c reduce.c pick.c    the kernels
 *
 * Code that takes a device address for a host address crashes at once, code that forgets to wait gets a wrong result, and code that asks
 * for a dtype or an op beyond the entry fee is told so.  Kernels are written for the reader, not for speed. */
#ifndef CPLUG_SIM_H
#define CPLUG_SIM_H
#include <cplug/plugin.h>

/* What the largest call of a primitive needs: random has 5 inputs. */
enum { SIM_MAX_VIEWS = 8, SIM_MAX_ATTRS = 8, SIM_MAX_INTS = 32 };

typedef struct sim_view { /* a cplug_view that owns its shape */
    cplug_dtype dtype;
    int32_t ndim;
    int64_t shape[CPLUG_MAX_DIMS], strides[CPLUG_MAX_DIMS]; /* in elements */
    char *data;                                             /* device address; the worker puts that of the bytes in its place */
    uint32_t flags, reserved;
    cplug_number scalar;
} sim_view;

typedef struct sim_task sim_task;
typedef cplug_status (*sim_body)(sim_task *t, cplug_error *e); /* runs on the worker, with addresses it may use */
struct sim_task { /* one entry of the queue: all that its body needs, since a call dies when run returns */
    sim_task *next;
    const cplug_host *host;
    const char *op; /* for messages; the name of an op lives as long as the context */
    sim_body body;
    const void *detail; /* what tells ops of one family apart */
    uint32_t n_in, n_out, n_attr, reserved;
    sim_view in[SIM_MAX_VIEWS], out[SIM_MAX_VIEWS];
    cplug_value attr[SIM_MAX_ATTRS];
    int64_t ints[SIM_MAX_INTS]; /* the lists that attr points to */
    void *to;                   /* of a copy */
    const void *from;
    uint64_t bytes;
};

/* ---- memory.c ---- */
typedef struct sim_memory sim_memory; /* a device is its memory */
cplug_status sim_open(const cplug_host *h, void *user, int32_t ordinal, void **dev, cplug_error *e);
void sim_close(void *dev);
cplug_status sim_alloc(void *dev, uint64_t bytes, void **out, cplug_error *e);
void sim_free(void *dev, void *p);
cplug_status sim_room(void *dev, cplug_device_memory *m, cplug_error *e);
/* The bytes behind [p, p + bytes) of the device; NULL when it is not all the device's. [any-thread] */
char *sim_bytes(sim_memory *s, const void *p, uint64_t bytes);
const cplug_host *sim_host(const sim_memory *s);

/* ---- queue.c ---- */
cplug_status sim_queue_open(void *dev, cplug_queue **out, cplug_error *e);
void sim_queue_close(void *dev, cplug_queue *q);
void sim_push(cplug_queue *q, sim_task *t); /* takes t over */
cplug_status sim_copy(void *dev, cplug_queue *q, void *dst, const void *src, uint64_t bytes, uint32_t direction, cplug_error *e);
cplug_status sim_sync(void *dev, cplug_queue *q, cplug_error *e);

/* ---- task.c ---- */
typedef struct sim_kernel { /* a kernel's `user`: what its task will run */
    sim_body body;
    const void *detail;
} sim_kernel;
cplug_status sim_run(const cplug_call *c, const cplug_plan *p, cplug_error *e);
void sim_supports(const cplug_call *c, cplug_support *s);

/* All kernels take any strides and plain numbers as they come; pointwise ones may also write where they read. */
enum { SIM_FLAGS = CPLUG_K_STRIDED | CPLUG_K_OUT_STRIDED | CPLUG_K_SCALAR };
#define SIM_KERNEL(op_, user_, more_flags_)                                                                                                \
    {                                                                                                                                      \
        .struct_size = sizeof(cplug_kernel), .op_version = 1, .op = op_, .backend = "sim", .device = "sim",                                \
        .flags = SIM_FLAGS | (more_flags_), .user = (void *)(user_), .supports = sim_supports, .run = sim_run                              \
    }
extern const cplug_kernel sim_pointwise[], sim_generate[], sim_reduce[], sim_pick[];
extern const uint32_t sim_n_pointwise, sim_n_generate, sim_n_reduce, sim_n_pick;
#endif
