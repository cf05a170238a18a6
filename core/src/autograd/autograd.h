/* autograd.h: the tape.  A node records one op: what its gradient reads, and where gradients flow on to. */
#ifndef CPLUG_AUTOGRAD_INTERNAL_H
#define CPLUG_AUTOGRAD_INTERNAL_H
#include "dispatch/internal.h"

/* A view whose base was since written to in place under the tape: its recorded history is that of the old values. */
static inline bool cplug__outdated(const cplug_tensor *t)
{
    return t->is_view && t->grad_fn && t->storage && t->rebased != (uint32_t)t->storage->rebased;
}
cplug_status cplug__outdated_error(cplug_context *ctx);

typedef struct cplug__edge { /* from an input of the op to what made it */
    cplug__node *to;         /* held; NULL when the input is a leaf or wants nothing */
    cplug_tensor *leaf;      /* held; NULL unless the input is a leaf that wants a gradient */
    uint32_t slot, reserved;
} cplug__edge;
typedef struct cplug__saved {
    cplug_tensor *tensor; /* held */
    uint64_t version;
    uint32_t index, is_output; /* which input or output; an output is kept as an alias without grad_fn */
} cplug__saved;
typedef struct cplug__nodehook {
    struct cplug__nodehook *next;
    cplug_hook hook; /* NULL: keep the gradient in tensor's .grad (retain_grad) */
    void *arg;
    cplug_tensor *tensor; /* weak: cleared when it dies or is overwritten */
    uint64_t handle;
    uint32_t slot, reserved;
} cplug__nodehook;

struct cplug__node {
    uint32_t refs, n_in, n_out, n_saved;
    cplug__decision *decision; /* held: op, attributes, metas */
    cplug__device *device;     /* of its results, where their gradients live too */
    uint64_t sequence;         /* grows with time: an input's node has a smaller one */
    cplug__node *next;         /* in a free list or work list */
    cplug__nodehook *hooks;
    char *place;   /* anomaly mode: layer */
    uint64_t mark; /* engine run that reached it */
    uint32_t size, freed, needed, reserved;
    cplug_tensor **grads; /* n_out gradients gathered by the engine */
    cplug__saved *saved;
    cplug__edge edges[]; /* n_in, then saved, then grads in the same block */
};

/* What a hook returned in place of grad: grad itself for NULL; NULL + error when it does not fit. */
cplug_tensor *cplug__hook_answer(cplug_tensor *grad, cplug_tensor *other);
cplug_tensor *cplug__leaf_hooks(cplug_tensor *leaf, cplug_tensor *grad); /* the gradient as a leaf's hooks leave it; NULL + error */

cplug_status cplug__autograd_open(cplug_context *ctx);
void cplug__autograd_close(cplug_context *ctx);
#endif
