/* internal.h: what the files of the door share: parsed ops, kernels, cached decisions. */
#ifndef CPLUG_DISPATCH_INTERNAL_H
#define CPLUG_DISPATCH_INTERNAL_H
#include "dispatch/dispatch.h"
#include "op/op.h"

enum { CPLUG__BUCKETS = 64, CPLUG__DECISIONS_MAX = 4096, CPLUG__NAME = 40 };

typedef struct cplug__formal { /* one formal argument, from the schema string */
    char name[CPLUG__NAME];
    uint8_t optional, marked, list, scalar;
} cplug__formal;

typedef struct cplug__kernels { /* kernels of one op */
    struct cplug__kernels *next;
    cplug_kernel kernel; /* copied: fields that an old plugin did not know are zero */
} cplug__kernels;

typedef enum cplug__how { CPLUG__KERNEL, CPLUG__VIEW, CPLUG__DECOMPOSE, CPLUG__FALLBACK } cplug__how;
enum { /* why a call cannot take the short way */
       CPLUG__SLOW_COPY = 1,
       CPLUG__SLOW_SCALAR = 2,
       CPLUG__SLOW_DEVICE = 4,
       CPLUG__SLOW_TEMP = 8,
       CPLUG__SLOW_PACK = 16,
       CPLUG__SLOW_MARKED = 32
};

typedef struct cplug__outspec { /* a result as infer and the layout rule decided it */
    cplug_dtype dtype;
    int32_t ndim;
    int64_t dims[2 * CPLUG_MAX_DIMS];
    uint64_t bytes;
    uint32_t view_flags, layout;
} cplug__outspec;

typedef struct cplug__decision {
    uint64_t hash, serial; /* serial: never used twice in a context */
    struct cplug__decision *chain;
    cplug__opentry *op;
    uint32_t refs, n_words, n_in, n_attr, n_out, slow;
    uint8_t how, records, recompute_offset, free_out, reserved[4];
    cplug__device *device;
    const cplug_kernel *kernel;
    cplug_plan plan;
    uint64_t copy_mask, scalar_mask, move_mask; /* inputs to make dense, to materialise, to bring to the device */
    int64_t offset, draws;
    cplug_dtype common; /* dtype of materialised numbers */
    uint32_t n_args;
    uint32_t *arg_begin;  /* n_args + 1 */
    cplug_meta *in_meta;  /* n_in */
    cplug_meta *out_meta; /* n_out */
    cplug_value *attr;    /* n_attr, deep */
    cplug__outspec *out;  /* n_out */
    uint64_t *words;      /* the signature */
} cplug__decision;

struct cplug__opentry {
    cplug_op def; /* copied */
    uint32_t n_args, n_out, n_attr, n_marked, has_list, n_required;
    cplug__formal arg[CPLUG__MAX_ARGS];
    cplug__formal out[CPLUG__MAX_OUTS]; /* marked = auxiliary */
    uint32_t saves_in, saves_out;       /* masks over formal arguments and outputs */
    cplug_value defaults[CPLUG__MAX_ATTRS];
    char grad_name[64]; /* "AddBackward0" */
    cplug__kernels *kernels;
    uint32_t wanted; /* mask of devices whose plugins were looked for */
    uint32_t n_decisions;
    const char *override; /* backend forced by the user */
    cplug__text why;      /* how the last signature was decided */
    cplug__opentry *next; /* by name */
    cplug__decision *bucket[CPLUG__BUCKETS];
};

enum { CPLUG__OP_BUCKETS = 256 };
struct cplug__ops {
    cplug__opentry *by_name[CPLUG__OP_BUCKETS];
    cplug__kernels *parked; /* for ops not known yet */
    uint64_t *words;        /* scratch of the signature */
    uint32_t room, reserved;
};

/* Everything about one call, built on the stack. */
typedef struct cplug__doorcall {
    cplug_context *ctx;
    cplug__opentry *op;
    cplug_tensor *const *in; /* n_in, absent ones NULL */
    const uint32_t *arg_begin;
    const cplug_value *attr; /* n_attr = op->n_attr */
    cplug_tensor **out;      /* n_out results wanted; entries not NULL are written into */
    uint32_t n_in, n_out;
    bool given, alias, grad; /* out[0] given; and it is in[0]; some input wants a gradient and recording is on */
    bool reserve;            /* seed and offset were filled in here: count the draws */
} cplug__doorcall;

cplug_status cplug__door(cplug_context *ctx, cplug__opentry *op, cplug_tensor *const *in, uint32_t n_in, const uint32_t *arg_begin,
                         const cplug_value *attr, uint32_t n_attr, cplug_tensor **out, uint32_t n_out);
/* Works out a new signature (decide.c): c->ctx->ops->words holds n_words.  NULL + error. */
cplug__decision *cplug__decide(const cplug__doorcall *c, uint32_t n_words);
void cplug__decision_drop(cplug_context *ctx, cplug__decision *d);
/* The long way (execute.c): copies, numbers as tensors, temporaries, decomposition, fallback. */
cplug_status cplug__execute(const cplug__doorcall *c, cplug__decision *d);
cplug_tensor *cplug__result(cplug_context *ctx, const cplug__decision *d, uint32_t i); /* fresh tensor for output i, not in a scope */
cplug_status cplug__run_kernel(const cplug__doorcall *c, const cplug__decision *d, cplug_tensor *const *in, cplug_tensor *const *out,
                               uint32_t alias);
/* A plain number as a 0-d tensor on a device, in the innermost scope. */
cplug_tensor *cplug__materialize(cplug_context *ctx, const cplug_tensor *number, cplug_dtype dtype, cplug__device *device);
/* Values of number inputs, which may also come as 0-d tensors (that waits for the device), for restride. */
cplug_status cplug__read_numbers(const cplug__doorcall *c, cplug_number *value);
cplug_status cplug__check_attrs(const cplug__doorcall *c);                                     /* attrs.c */
void cplug__describe_call(const cplug__doorcall *c, const cplug__decision *d, cplug__text *t); /* watch.c: "add(f32[2], f32[2]) on cpu" */
void cplug__watched(const cplug__doorcall *c, const cplug__decision *d, const cplug_candidate *candidates, uint32_t n, const char *reason);
void *cplug__packed(cplug_context *ctx, const cplug__decision *d, const cplug_call *call, cplug_tensor *t); /* pack.c; NULL + error */
const cplug_view *cplug__absent(void);

/* autograd/ writes the tape: records one op, so that out[] get grad_fn.  in_place: out[0] is in[0], whose version was version_before. */
void cplug__record(cplug_context *ctx, cplug__decision *d, cplug_tensor *const *in, uint32_t n_in, cplug_tensor *const *out, uint32_t n_out,
                   bool in_place, uint64_t version_before);
#endif
