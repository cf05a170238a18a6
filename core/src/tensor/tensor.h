/* tensor.h: storage, tensors, the context and its devices, as core sees them. */
#ifndef CPLUG_TENSOR_INTERNAL_H
#define CPLUG_TENSOR_INTERNAL_H
#include "base/base.h"
#include "plugin/registry.h"
#include <cplug/cplug.h>

typedef struct cplug__device cplug__device;
typedef struct cplug__node cplug__node;
typedef struct cplug__opentry cplug__opentry;

/* Bytes on one device.  Small ones come from free lists of the device's allocator. */
typedef struct cplug__storage {
    uint32_t refs, size_class;
    uint64_t version; /* bumped by every write in place */
    uint64_t bytes, capacity;
    void *data;
    cplug__device *device;
    struct cplug__storage *next; /* in a free list */
    void (*done)(void *arg);     /* a caller's buffer */
    void *arg;
    struct cplug__pack *packs; /* packed forms kept for kernels */
    uint64_t rebased;          /* writes in place that went onto the tape: views made before them have an outdated history */
} cplug__storage;

/* What only some tensors have: leaves with gradients, hooks. */
typedef struct cplug__autograd_meta {
    cplug_tensor *grad;
    struct cplug__hooks *hooks;
    uint32_t retains_grad, reserved;
} cplug__autograd_meta;

struct cplug_tensor {
    cplug_view view; /* first: handing a tensor to a kernel costs a pointer; view.shape = dims, view.strides = dims + 8 */
    int64_t dims[2 * CPLUG_MAX_DIMS];
    uint32_t refs;
    uint8_t requires_grad;   /* leaf that wants one, or result of a recorded op */
    uint8_t is_view;         /* shares storage with a tensor that it was made from */
    uint8_t layout;          /* CPLUG_LAYOUT_* as infer sees it */
    uint8_t out_index;       /* which output of grad_fn */
    uint32_t free_layout;    /* strides are a kernel's own choice: row-major the moment somebody looks (cplug__settle) */
    uint32_t rebased;        /* a view: its storage's count when it was made */
    cplug__storage *storage; /* NULL: a plain number */
    cplug__node *grad_fn;
    cplug__autograd_meta *autograd;
    cplug_context *ctx;
    cplug_tensor *next; /* in the free list */
};

static inline int64_t cplug__numel(const cplug_tensor *t)
{
    int64_t n = 1;
    for (int32_t d = 0; d < t->view.ndim; d++) n *= t->dims[d];
    return n;
}

struct cplug__device {
    const cplug_device *type;
    void *handle;
    cplug_queue *queue;
    cplug_context *ctx;
    char name[40]; /* "cpu", "sim:0" */
    uint32_t index, is_host;
    struct cplug__cache *cache; /* the caching allocator (storage.c) */
    uint64_t current, peak, reserved, limit, allocations;
};

typedef struct cplug__scopes {
    cplug_tensor **held;
    uint32_t n, room;
    struct cplug_scope *top, *spare;
} cplug__scopes;
struct cplug_scope {
    cplug_context *ctx;
    struct cplug_scope *outer;
    uint32_t begin, reserved;
};

enum { CPLUG__MAX_DEVICES = 16 };
struct cplug_context {
    cplug_status error; /* standing error; the text is in error_message */
    uint32_t grad_enabled;
    uint32_t epoch; /* of the registry: bumped when kernels, backends or overrides change; part of every signature */
    int32_t threads;
    cplug_tensor *free_tensors;
    cplug__scopes scopes;
    cplug__opentry **op; /* core's own, by CPLUG__OP_* */
    struct cplug__nodepool *nodes;
    uint64_t sequence; /* of recorded ops */
    uint64_t seed, offset;
    cplug__device *device[CPLUG__MAX_DEVICES];
    cplug__device *current_device;
    uint32_t n_devices, anomaly;
    uint64_t live_tensors;
    cplug_error error_message;
    char place[8][96];       /* where we are, outermost first: "layer 'fc1'" */
    uint32_t n_place, depth; /* depth of nested dispatch: decompositions */
    cplug__registry *registry;
    struct cplug__ops *ops; /* op entries by name (dispatch/) */
    struct cplug__backends *backends;
    cplug__arena arena;         /* lives as long as the context */
    struct cplug__owned *owned; /* modules, loaders, ... freed by cplug_close, newest first */
    uint64_t fallback_count;
    int32_t fallback_policy;
    uint32_t warned_root;
    uint32_t place_overflow, reserved;
    struct cplug__tensor_slab *slabs;
    struct cplug__engine *engine;                         /* autograd's scratch */
    cplug_tensor *stale;                                  /* stands for a saved tensor that was changed: using it is an error */
    void (*watch)(void *arg, const cplug_choice *choice); /* told of every decision; NULL: nobody */
    void *watch_arg;
};

/* ---- autograd/ does these for tensors ---- */
void cplug__node_drop(cplug_context *ctx, cplug__node *n); /* iterative: deep graphs, small stacks */
void cplug__autograd_meta_drop(cplug_tensor *t);
void cplug__stale_error(cplug_context *ctx);

/* ---- tensors (tensor.c): a new one has one reference, which the caller hands to the scope with cplug__give ---- */
cplug_tensor *cplug__tensor_new(cplug_context *ctx); /* fields zero but view.struct_size, shape, strides; NULL + error */
cplug_tensor *cplug__give(cplug_tensor *t);          /* to the innermost scope; NULL stays NULL */
void cplug__drop(cplug_tensor *t);
static inline cplug_tensor *cplug__hold(cplug_tensor *t)
{
    t->refs++;
    return t;
}
/* Row-major (or channels-last) tensor with fresh storage; not yet in a scope. */
cplug_tensor *cplug__tensor_make(cplug_context *ctx, cplug__device *device, cplug_dtype dtype, int32_t ndim, const int64_t *shape,
                                 uint32_t layout);
void cplug__set_strides(cplug_tensor *t, uint32_t layout); /* from dims; sets view.flags and layout */
void cplug__classify(cplug_tensor *t);                     /* view.flags and layout from dims and strides */
/* Shares storage; offset in elements from t's element 0. */
cplug_tensor *cplug__alias(cplug_tensor *t, int32_t ndim, const int64_t *shape, const int64_t *strides, int64_t offset);
bool cplug__usable(cplug_context *ctx, const cplug_tensor *t); /* no error stands, t not NULL and of this context; else sets one */
void cplug__changed(cplug_tensor *t);                          /* bumps the version */
cplug_status cplug__settle(cplug_tensor *t);                   /* makes a free layout row-major, in place */
void cplug__tensors_close(cplug_context *ctx);

/* ---- storage (storage.c) ---- */
cplug__storage *cplug__storage_new(cplug_context *ctx, cplug__device *device, uint64_t bytes);
/* The caller's host memory; done(arg) when the last tensor on it is gone. */
cplug__storage *cplug__storage_borrow(cplug_context *ctx, cplug__device *device, void *data, uint64_t bytes, void (*done)(void *),
                                      void *arg);
void cplug__storage_drop(cplug__storage *s);
void cplug__packs_drop(cplug__storage *s); /* pack.c */
cplug_status cplug__cache_open(cplug__device *d);
void cplug__cache_close(cplug__device *d);

/* ---- devices (device.c) ---- */
cplug__device *cplug__device_find(cplug_context *ctx, const char *name);           /* opens it; NULL + error */
const cplug_device *cplug__host_device(void);                                      /* core's own, "cpu" */
cplug_status cplug__device_register(cplug_context *ctx, const cplug_device *type); /* called by the registry */
cplug_status cplug__device_sync(cplug__device *d);
/* A tensor with the same strides and bytes, gaps included, on the same device or on the host; in the innermost scope. */
cplug_tensor *cplug__twin(cplug_tensor *t, cplug__device *on);
/* Broadcasts and converts between devices; neither is changed but dst. */
cplug_status cplug__copy_across(cplug_tensor *dst, cplug_tensor *src);
/* dense bytes between host memory and a device, or within one */
cplug_status cplug__device_copy(cplug__device *d, void *dst, const void *src, uint64_t bytes, uint32_t direction);
void cplug__devices_close(cplug_context *ctx);

/* ---- owned objects: modules, loaders, optimizers ... register here and are freed by cplug_close, newest first ---- */
typedef struct cplug__owned {
    struct cplug__owned *next, **back;
    void (*destroy)(struct cplug__owned *self);
} cplug__owned;
void cplug__own(cplug_context *ctx, cplug__owned *o, void (*destroy)(cplug__owned *self)); /* o is the first member of the object */
void cplug__disown(cplug__owned *o);

/* ---- errors with a place ---- */
void cplug__open_failed(const char *text); /* what cplug_error_text(NULL) says on this thread */
void cplug__place_push(cplug_context *ctx, const char *format, ...) CPLUG_PRINTF(2, 3);
void cplug__place_push_text(cplug_context *ctx, const char *text); /* the same without formatting: on the way of every module call */
void cplug__place_pop(cplug_context *ctx);
cplug_status cplug__raise(cplug_context *ctx, const cplug_error *e, const char *prefix); /* prefix may be NULL */
cplug_status cplug__nomem(cplug_context *ctx, const char *what);
#endif
