/* module.h: a module as core sees it: its tree, its entries (parameters and buffers in order of declaration), its cached lists. */
#ifndef CPLUG_MODULE_INTERNAL_H
#define CPLUG_MODULE_INTERNAL_H
#include "tensor/tensor.h"
#include <stdio.h>

typedef struct cplug__entry { /* a declared parameter or buffer */
    char *name;
    cplug_tensor *tensor; /* one reference; NULL: declared absent */
    uint32_t is_buffer;
    uint32_t on_host; /* an integer counter: stays in host memory wherever the module goes */
} cplug__entry;

typedef struct cplug__pending { /* loaded for a module that waits for its first input */
    char *name;                 /* of a parameter or buffer to be declared */
    cplug_tensor *tensor;       /* held, on the host */
} cplug__pending;

typedef struct cplug__names { /* what cplug_module_named answered last */
    cplug__arena arena;
    cplug_named_tensor *list;
    int64_t n;
    uint64_t built; /* `changed` of the module at that time; 0: never */
} cplug__names;

/* A forward pass for its side effects: parameters that wait for an input, and the summary. */
typedef struct cplug__visit {
    uint64_t offset;         /* random counter of initialisation, apart from what the pass itself draws */
    cplug_summary_row *rows; /* NULL until a leaf ran; path holds the module's own */
    const cplug_module **leaves;
    uint64_t n, room;
    uint32_t wants_rows, reserved;
} cplug__visit;

struct cplug_module {
    cplug__owned owned;
    cplug_context *ctx;
    const cplug_module_type *type;
    const char *kind; /* "module" or "loss" */
    void *self;
    cplug__arena arena;   /* options */
    const char *base_dir; /* of PATH options; NULL */
    cplug_module *parent;
    char *name, *path, *place; /* NULL where empty; place: what an error says about where it was */
    cplug__entry *entries;
    cplug_module **children;
    uint32_t n_entries, room_entries, n_children, room_children;
    uint32_t refs;                                 /* the owner's and those of optimizers */
    uint32_t orphan;                               /* freed by its owner, alive for an optimizer */
    uint8_t training, was_training, ready, frozen; /* ready: first_use is behind; frozen: parameters made later want no gradient */
    cplug_dtype dtype;                             /* of float parameters and buffers */
    cplug__device *device;
    uint64_t changed; /* grows with every change of the tree at or below; begins at 1 */
    cplug__names names[4];
    cplug__visit *visit; /* while materialize or summary runs */
    cplug_summary_row *rows;
    cplug__pending *pending; /* taken by first_use */
    uint32_t n_pending, reserved;
};

enum { CPLUG__MODE_NONE = 2 }; /* was_training of a module made during a visit */

/* Core's own container, registered like any other type. */
extern const cplug_module_type cplug__sequential;

/* Outputs come with one reference each, which the caller owns.  out[] is all NULL on failure. */
cplug_status cplug__module_call(cplug_module *m, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out);
cplug_module *cplug__module_make(cplug_context *ctx, const char *kind, const cplug_module_type *type, const char *options,
                                 const char *base_dir, const cplug_module *parent);
void cplug__module_drop(cplug_module *m);                                            /* one reference */
void cplug__module_changed(cplug_module *m);                                         /* here and in all ancestors */
void cplug__module_return(cplug_module *m);                                          /* its children belong to the context again */
void cplug__module_name(cplug_module *m, const char *name, cplug_module *parent);    /* name, path and place of m and all below */
cplug_status cplug__module_visited(cplug_module *m, const cplug_tensor *out);        /* a leaf ran during a visit */
void cplug__module_forget(cplug_module *m, uint32_t n_entries, uint32_t n_children); /* takes back later declarations */

/* What was loaded before a module knew its shapes (pending.c).  cplug__module_pending takes list over. */
void cplug__module_pending(cplug_module *m, cplug__pending *list, uint32_t n);
void cplug__pending_free(cplug__pending *list, uint32_t n);
cplug_status cplug__module_take_pending(cplug_module *m);

/* Fills a fresh parameter: "uniform bound=0.1"; draws from the context's counter. */
cplug_status cplug__initialise(cplug_tensor *t, const char *init);
/* t takes over the bytes, dtype and device of `other` (same shape) and stays the same tensor for whoever holds it. */
void cplug__tensor_become(cplug_tensor *t, cplug_tensor *other);
#endif
