/* sim.h: a pretend accelerator.  Its addresses are pages that nobody may touch; the bytes lie in a shadow that only its worker thread
 * looks up.  So code that takes device memory for host memory crashes at once, and an ordering mistake shows up as a wrong result.
 * Kernels are written for the reader: every element goes through one load and one store. */
#ifndef CPLUG_SIM_H
#define CPLUG_SIM_H
#include <cplug/plugin.h>

enum { SIM_MAX_VIEWS = 8, SIM_MAX_ATTRS = 10, SIM_MAX_INTS = 32 };

typedef struct sim_view { /* a cplug_view that owns its shape; data is a device address until the worker translates it */
    cplug_dtype dtype;
    int32_t ndim;
    int64_t shape[CPLUG_MAX_DIMS], strides[CPLUG_MAX_DIMS];
    char *data;
    uint32_t flags, reserved;
    cplug_number scalar;
} sim_view;

typedef struct sim_task sim_task;
typedef cplug_status (*sim_body)(sim_task *t, cplug_error *e);
struct sim_task { /* one entry of the queue: everything its body needs, since the call dies when run returns */
    sim_task *next;
    const cplug_host *host;
    sim_body body;
    const void *detail; /* what tells ops of one family apart */
    const char *op;
    uint32_t n_in, n_out, n_attr, reserved;
    sim_view in[SIM_MAX_VIEWS], out[SIM_MAX_VIEWS];
    cplug_value attr[SIM_MAX_ATTRS];
    int64_t ints[SIM_MAX_INTS]; /* the lists that attr points to */
    void *dst;                  /* copies: one side is the host's */
    const void *src;
    uint64_t bytes;
};

/* queue.c */
extern const cplug_device sim_device;
cplug_status sim_push(cplug_queue *q, sim_task *t); /* takes t over */
/* task.c: a call as a task, enqueued */
cplug_status sim_enqueue(const cplug_call *c, sim_body body, const void *detail, cplug_error *e);
int64_t sim_numel(const sim_view *v);
/* element at a logical position of `shape` (v broadcasts to it): its place in v */
char *sim_at(const sim_view *v, const int64_t *index, int32_t ndim);
int32_t sim_next(int64_t *index, const int64_t *shape, int32_t ndim);
double sim_load(const sim_view *v, const char *p);
int64_t sim_load_int(const sim_view *v, const char *p);
void sim_store(const sim_view *v, char *p, double x);
void sim_store_int(const sim_view *v, char *p, int64_t x);
int32_t sim_is_float(const sim_view *v);

/* every kernel of the device */
extern const cplug_kernel sim_pointwise[], sim_primitives[];
extern const uint32_t sim_n_pointwise, sim_n_primitives;
void sim_supports(const cplug_call *c, cplug_support *s); /* f32, i64, bool */
#endif
