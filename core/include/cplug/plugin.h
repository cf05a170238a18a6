/* cplug/plugin.h: what a plugin and its host say to each other.  Stands alone, as C11 and as C++11, LP64.
 *
 * Two tiers of plugin code, told apart by what they are handed:
 *   low tier   kernels, devices, data sets, transforms, formats.  Gets plain memory (cplug_view), reports into a cplug_error,
 *              calls only cplug_host, may run on any thread.  Needs this header and nothing else.
 *   high tier  modules, losses, optimizers, schedulers, metrics, callbacks, vjp and decompose of ops.  Gets tensors, runs on the
 *              context's thread inside a scope that core opened, and uses the whole API of <cplug/cplug.h> after
 *              #define CPLUG_PLUGIN_BUILD: every call goes through a table, nothing is linked.
 *
 * Struct law: struct_size first, fields only appended, no holes, no enums, no bools.  An array of growable structs carries its
 * stride, or is an array of pointers.  [frozen] structs never change and may be passed in bulk.
 * Tags: [any-thread] [context-thread] [load-thread]  [borrowed] [owned].  A pointer without a tag is borrowed for the call.
 * Descriptors handed to host->add must live for ever (static const). */
#ifndef CPLUG_PLUGIN_H
#define CPLUG_PLUGIN_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

#define CPLUG_ABI_MAJOR 0
#define CPLUG_ABI_MINOR 1
#ifndef CPLUG_TARGET_MINOR /* the oldest host minor that the plugin wants to run in; hides newer functions */
#define CPLUG_TARGET_MINOR CPLUG_ABI_MINOR
#endif
#define CPLUG_MAGIC 0x304942414C504331ull
#define CPLUG_MAX_DIMS 8

#if defined(__GNUC__)
#define CPLUG_EXPORT __attribute__((visibility("default")))
#define CPLUG_HIDDEN __attribute__((visibility("hidden")))
#define CPLUG_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define CPLUG_MANIFEST_SECTION __attribute__((section(".cplug.manifest"), used, aligned(1)))
#else
#define CPLUG_EXPORT
#define CPLUG_HIDDEN
#define CPLUG_PRINTF(f, a)
#define CPLUG_MANIFEST_SECTION
#endif
/* true when whoever filled *p knew about field f */
#define CPLUG_HAS(p, f) ((p)->struct_size >= offsetof(__typeof__(*(p)), f) + sizeof((p)->f))
#define CPLUG_COUNT(a) ((uint32_t)(sizeof(a) / sizeof(*(a))))

/* ---- status, error, dtype: numbers are permanent ------------------------------------------------------------------- */
typedef int32_t cplug_status;
enum {
    CPLUG_OK = 0,
    CPLUG_E_INVALID = 1,     /* an argument or option that can never be right */
    CPLUG_E_SHAPE = 2,       /* shapes that do not fit together */
    CPLUG_E_DTYPE = 3,       /* dtypes that do not fit together */
    CPLUG_E_DEVICE = 4,      /* tensors on different devices, or a device that failed */
    CPLUG_E_NOMEM = 5,       /* out of memory, or over the allocator's limit */
    CPLUG_E_IO = 6,          /* the file system said no */
    CPLUG_E_FORMAT = 7,      /* a file that is not what it claims to be */
    CPLUG_E_NOTFOUND = 8,    /* no such op, component, option, plugin, file */
    CPLUG_E_UNSUPPORTED = 9, /* understood, but no kernel or plugin can do it */
    CPLUG_E_AUTOGRAD = 10,   /* gradient asked where there is none, graph used twice, saved tensor changed */
    CPLUG_E_VERSION = 11,    /* ABI or format version */
    CPLUG_E_CANCELLED = 12,
    CPLUG_E_INTERNAL = 13
};
typedef struct cplug_error { /* caller-owned; filled through host->fail */
    uint32_t struct_size;
    cplug_status code;
    char message[1016];
} cplug_error;

typedef uint32_t cplug_dtype;
enum {
    CPLUG_F32 = 1,
    CPLUG_F64 = 2,
    CPLUG_F16 = 3,  /* IEEE binary16 */
    CPLUG_BF16 = 4, /* upper half of an f32 */
    CPLUG_I8 = 5,
    CPLUG_U8 = 6,
    CPLUG_I16 = 7,
    CPLUG_I32 = 8,
    CPLUG_I64 = 9,
    CPLUG_BOOL = 10 /* one byte, 0 or 1 */
};

/* ---- options: one schema for C strings, INI files and the command line ----------------------------------------------
 * Core parses, checks and *stores*: the value lands at `offset` in the component's own options struct, so a component contains
 * no parsing code.  The struct is zeroed and filled with the defaults first.  Strings and lists live as long as the struct. */
typedef uint32_t cplug_opt_type;
enum {
    CPLUG_OPT_INT = 1,     /* int64_t */
    CPLUG_OPT_FLOAT = 2,   /* double */
    CPLUG_OPT_BOOL = 3,    /* int64_t 0/1; written true or false */
    CPLUG_OPT_STRING = 4,  /* const char * */
    CPLUG_OPT_CHOICE = 5,  /* int64_t, index into choices */
    CPLUG_OPT_PATH = 6,    /* const char *; relative to the file that names it */
    CPLUG_OPT_INTS = 7,    /* cplug_ints; n = 1 where a scalar was written */
    CPLUG_OPT_FLOATS = 8,  /* cplug_floats */
    CPLUG_OPT_STRINGS = 9, /* cplug_strings */
    CPLUG_OPT_SPEC = 10,   /* const char *: a nested component, "id key=value ..." */
    CPLUG_OPT_SPECS = 11   /* cplug_strings: "[id k=v, id k=v]" */
};
enum {
    CPLUG_OPT_REQUIRED = 1u,
    CPLUG_OPT_UNSET_OK = 2u, /* may be left out or "none": float NaN / int INT64_MIN / pointer NULL / list n = 0 */
    CPLUG_OPT_MUTABLE = 4u   /* may change while it runs (lr); per parameter group */
};
#define CPLUG_UNSET INT64_MIN
typedef struct cplug_ints {
    int64_t n;
    const int64_t *v;
} cplug_ints; /* [frozen] */
typedef struct cplug_floats {
    int64_t n;
    const double *v;
} cplug_floats; /* [frozen] */
typedef struct cplug_strings {
    int64_t n;
    const char *const *v;
} cplug_strings; /* [frozen] */
typedef struct cplug_option {
    const char *name, *doc;
    cplug_opt_type type;
    uint32_t flags;
    uint64_t offset;
    const char *fallback;         /* the default, in the syntax of a file; shown by inspect as written; NULL: none */
    double min, max;              /* inclusive; both 0: no range; max < min: no upper limit.  Lists: each element */
    const char *choices;          /* "none|mean|sum" */
    const char *since;            /* NULL or "0.3" */
    int64_t count_min, count_max; /* lists: number of elements; both 0: any */
} cplug_option;
typedef struct cplug_options_table { /* [frozen] */
    const cplug_option *at;
    uint32_t n, stride; /* stride = sizeof(cplug_option) as the plugin knew it */
} cplug_options_table;
#define CPLUG_OPTIONS(a)                                                                                                                   \
    {                                                                                                                                      \
        (a), CPLUG_COUNT(a), (uint32_t)sizeof(*(a))                                                                                        \
    }
#define CPLUG_NO_OPTIONS                                                                                                                   \
    {                                                                                                                                      \
        NULL, 0, (uint32_t)sizeof(cplug_option)                                                                                            \
    }

/* ---- tensors as the low tier sees them -------------------------------------------------------------------------------- */
enum {
    CPLUG_VIEW_SCALAR = 1u, /* no memory: a number; dtype is F64, I64 or BOOL, the value below */
    CPLUG_VIEW_DENSE = 2u,  /* row-major without gaps */
    CPLUG_VIEW_ABSENT = 4u  /* an optional input that was left out */
};
typedef union cplug_number {
    double f;
    int64_t i;
} cplug_number; /* [frozen] f for float dtypes, i for the rest */
typedef struct cplug_view {
    uint32_t struct_size;
    cplug_dtype dtype;
    void *data;                     /* element [0,0,...], device address; NULL in supports and prepare */
    const int64_t *shape, *strides; /* in elements */
    int32_t ndim;
    uint32_t flags;
    cplug_number scalar;
} cplug_view;
typedef struct cplug_value { /* [frozen] one attribute of an op; position = its place in the op's schema, append-only */
    cplug_opt_type type;
    uint32_t n; /* length of a list */
    union {
        int64_t i;
        double f;
        const char *s;
        const int64_t *iv;
        const double *fv;
    } v;
} cplug_value;

typedef struct cplug_host cplug_host;
typedef struct cplug_queue cplug_queue; /* opaque, made by the device plugin */
/* Inputs come as the caller gave them, each with its own shape and dtype: nothing is broadcast or converted.  Results have the shape and
 * dtype that infer said; what they and the workspace hold is anything. */
typedef struct cplug_call { /* borrowed until the function returns; tensor memory stays valid until the queue has passed it */
    uint32_t struct_size, op_version;
    const cplug_view *const *in; /* flattened lists; an absent optional is a view with CPLUG_VIEW_ABSENT, never NULL */
    cplug_view *const *out;      /* outputs first, then the inputs that the schema marks '!', in order */
    const cplug_value *attr;
    const uint32_t *arg_begin; /* formal argument k is in[arg_begin[k]] .. in[arg_begin[k + 1] - 1] */
    uint32_t n_in, n_out, n_attr, n_args;
    uint32_t alias;     /* bit i: out[0] is exactly in[i]; only with CPLUG_K_INPLACE */
    uint32_t n_threads; /* what the context allows; parallel_for obeys it by itself */
    void *workspace;    /* plan->workspace_bytes, aligned to 64; NULL when none was asked for */
    cplug_queue *queue; /* NULL on a synchronous device */
    const cplug_host *host;
    void *device; /* what device->open gave */
    void *user;   /* kernel->user */
    const char *op;
} cplug_call;

/* ---- kernels -------------------------------------------------------------------------------------------------------------- */
enum {
    CPLUG_K_STRIDED = 1u,     /* any input strides (0 included); else core hands over dense copies */
    CPLUG_K_INPLACE = 2u,     /* out[0] may be in[i] exactly; else core takes a temporary */
    CPLUG_K_SCALAR = 4u,      /* takes CPLUG_VIEW_SCALAR inputs; else core makes 0-d tensors of them */
    CPLUG_K_SERIAL = 8u,      /* must not run concurrently with itself */
    CPLUG_K_NONDET = 16u,     /* bits may differ from run to run */
    CPLUG_K_OUT_STRIDED = 32u /* writes into any strides; else core gives a dense temporary and copies */
};
typedef struct cplug_support {
    uint32_t struct_size;
    int32_t score;      /* 0 cannot, 1 reference, 50 usual, 80 right tool, 100 at most */
    const char *reason; /* static string, always: why (not) */
} cplug_support;
typedef struct cplug_plan {
    uint32_t struct_size, flags;
    void *state;                               /* [owned] by the kernel until discard, which core calls after the queue is drained */
    uint64_t workspace_bytes, workspace_align; /* align: at most 64; for more, ask for more bytes and round up */
    const int64_t *out_strides;                /* NULL, or strides in which the kernel wants to write out[0]; lives in state */
    uint64_t pack_bytes;                       /* 0, or size of the packed form of in[pack_input]: core keeps it per (storage, version) and
                                                  hands it over as in[pack_input]->data */
    uint32_t pack_input, reserved;             /* its shape and strides stay those of the input */
} cplug_plan;
/* supports and prepare see the call without memory (data NULL), results included.  prepare comes once for each signature, after the kernel
 * was chosen, with the inputs as run will get them; its plan is kept until discard.  pack writes the packed form of in[pack_input] to dst.
 */
typedef struct cplug_kernel {
    uint32_t struct_size, op_version; /* newest op version it understands */
    const char *op, *backend, *device;
    uint32_t flags, n_attr; /* n_attr: how many attributes it knows, 0 = all; newer ones at their default are dropped for it */
    void *user;
    void (*supports)(const cplug_call *c, cplug_support *s);                       /* [any-thread] pure; NULL = always 1 */
    cplug_status (*prepare)(const cplug_call *c, cplug_plan *p, cplug_error *e);   /* [context-thread] optional */
    cplug_status (*run)(const cplug_call *c, const cplug_plan *p, cplug_error *e); /* [any-thread] re-entrant, keeps no pointer */
    void (*discard)(const cplug_host *h, cplug_plan *p);                           /* [context-thread] optional */
    cplug_status (*pack)(const cplug_call *c, const cplug_plan *p, void *dst, cplug_error *e); /* optional */
} cplug_kernel;
typedef struct cplug_backend { /* words about a set of kernels; without it users cannot name them in backends and override */
    uint32_t struct_size, flags;
    const char *name, *device, *doc;
    void (*describe)(char *text, uint64_t size); /* "openblas 0.3.21, SkylakeX kernels, openmp"; NUL-terminated; optional.
                                                   What comes behind "; warning: " is told as a warning */
} cplug_backend;

/* ---- devices -----------------------------------------------------------------------------------------------------------------
 * One in-order queue per (context, device).  OK = enqueued.  A failure found later comes out at the next sync and stays there. */
enum { CPLUG_COPY_TO_DEVICE = 1u, CPLUG_COPY_TO_HOST = 2u, CPLUG_COPY_ON_DEVICE = 3u };
typedef struct cplug_device_memory {
    uint32_t struct_size, reserved;
    uint64_t total, free;
} cplug_device_memory;
typedef struct cplug_device { /* all [context-thread] but count */
    uint32_t struct_size, flags;
    const char *name, *doc;
    void *user;
    int32_t (*count)(void *user); /* [load-thread] 0 when there is no hardware; never fails */
    /* ordinal: from 0 to count - 1.  Every context opens its own; those of different contexts are used by different threads at once */
    cplug_status (*open)(const cplug_host *h, void *user, int32_t ordinal, void **dev, cplug_error *e);
    void (*close)(void *dev); /* after its queue was closed and its memory freed */
    /* 64-byte aligned; core caches and splits what it gets, so that copies begin anywhere inside.  Want of memory is CPLUG_E_NOMEM */
    cplug_status (*alloc)(void *dev, uint64_t bytes, void **out, cplug_error *e);
    void (*free)(void *dev, void *p);                                       /* after a sync */
    cplug_status (*queue_open)(void *dev, cplug_queue **q, cplug_error *e); /* NULL pair = synchronous */
    void (*queue_close)(void *dev, cplug_queue *q);
    /* in the order of the queue; the host side is consumed (TO_DEVICE) or filled (TO_HOST) when it returns; bytes may be 0 */
    cplug_status (*copy)(void *dev, cplug_queue *q, void *dst, const void *src, uint64_t bytes, uint32_t direction, cplug_error *e);
    cplug_status (*sync)(void *dev, cplug_queue *q, cplug_error *e);
    cplug_status (*memory)(void *dev, cplug_device_memory *m, cplug_error *e); /* bytes; optional */
} cplug_device;

/* ---- ops: shape rule is low tier; gradient and decomposition are high tier --------------------------------------------------- */
typedef struct cplug_context cplug_context;
typedef struct cplug_tensor cplug_tensor;
enum { CPLUG_META_SCALAR = 1u /* a plain number; promotes weakly */ };
enum { CPLUG_LAYOUT_ROW_MAJOR = 0, CPLUG_LAYOUT_CHANNELS_LAST = 1 };
typedef struct cplug_meta { /* [frozen] what a tensor is, without its bytes */
    cplug_dtype dtype;
    int32_t ndim; /* -1: absent */
    int64_t shape[CPLUG_MAX_DIMS];
    uint32_t layout, flags;
} cplug_meta;
typedef struct cplug_infer {
    uint32_t struct_size, n_in, n_out, n_attr;
    const cplug_meta *in; /* flattened as in cplug_call */
    const uint32_t *arg_begin;
    const cplug_value *attr;
    cplug_meta *out; /* all zero on entry */
    const cplug_host *host;
    const cplug_number *scalar; /* restride only: value of scalar input i at [i]; NULL elsewhere */
} cplug_infer;
typedef struct cplug_op_call { /* for decompose: fill out[], core takes them over */
    uint32_t struct_size, n_in, n_out, n_attr;
    cplug_context *ctx;
    cplug_tensor *const *in; /* NULL = absent; scalars come as tensors whose cplug_item never waits */
    const uint32_t *arg_begin;
    const cplug_value *attr;
    cplug_tensor **out;
    const cplug_meta *out_meta; /* what infer said */
} cplug_op_call;
typedef struct cplug_vjp { /* fill grad_in[i] where want[i]; NULL means zero.  Core sums broadcast dimensions away and casts */
    uint32_t struct_size, n_in, n_out, n_attr;
    cplug_context *ctx;
    cplug_tensor *const *in, *const *out; /* only those named in `saves`; others are NULL */
    const cplug_meta *in_meta;            /* always there, all inputs */
    cplug_tensor *const *grad_out;        /* NULL = zero */
    const uint32_t *arg_begin;
    const cplug_value *attr;
    const uint8_t *want;
    cplug_tensor **grad_in;
} cplug_vjp;
enum {
    CPLUG_OP_VIEW = 1u,        /* the output shares storage with input 0; needs restride, has no kernel */
    CPLUG_OP_RANDOM = 2u,      /* the last two inputs are the scalars seed# offset#, which core fills in; draws says how many */
    CPLUG_OP_DATA_SHAPED = 4u, /* output shape depends on values: never cached, synchronises */
    CPLUG_OP_POINTWISE = 8u,   /* one output, element by element, inputs broadcast */
    CPLUG_OP_NO_GRAD = 16u,    /* nothing flows back: comparisons, updates of state */
    CPLUG_OP_PRIMITIVE = 32u   /* belongs to the entry fee of a device */
};
typedef struct cplug_op {
    uint32_t struct_size, version;
    const char *name, *doc;
    const char *inputs;        /* "input weight bias?"; '?' optional, '!' overwritten, '[]' list, '#' scalar (a 0-d tensor is taken too) */
    const char *outputs;       /* "output mean~ rstd~"; '~' = auxiliary: not differentiable, not shown to the user */
    const char *saves;         /* names of inputs and outputs that vjp reads: "input weight"; nothing else is kept alive */
    const char *grad_fn;       /* PyTorch's name without "Backward0": "Add", "Addmm"; NULL: name in CamelCase */
    cplug_options_table attrs; /* offset unused; all attributes are part of the signature */
    uint32_t flags, reserved;
    cplug_status (*infer)(cplug_infer *c, cplug_error *e); /* [any-thread] pure; out[i] from in, or why they do not fit */
    cplug_status (*vjp)(cplug_vjp *v);                     /* [context-thread] in ops; NULL: differentiated through decompose */
    cplug_status (*decompose)(cplug_op_call *c);           /* [context-thread] NULL: primitive */
    /* view ops: strides and offset (added to input's) of output 0 from the strides of input 0.  0 = done, -1 = impossible without a
     * copy, -2 = index out of range */
    int32_t (*restride)(const cplug_infer *c, const int64_t *strides, int64_t *out_strides, int64_t *out_offset);
    int64_t (*draws)(const cplug_infer *c); /* random ops: Philox counters that one call uses */
} cplug_op;

/* ---- data sets, transforms, formats (low tier) -------------------------------------------------------------------------------- */
typedef struct cplug_field {    /* [frozen] */
    const char *name;           /* "input", "target" */
    const char *const *classes; /* NULL, or n_classes names */
    cplug_meta meta;            /* of one sample; a size of -1 differs from sample to sample */
    int64_t n_classes;
} cplug_field;
typedef struct cplug_dataset_info {
    uint32_t struct_size, n_fields;
    int64_t length; /* samples */
    const cplug_field *fields;
} cplug_dataset_info;
typedef struct cplug_dataset {
    uint32_t struct_size, flags;
    const char *id, *doc;
    cplug_options_table options;
    uint64_t instance_size; /* core allocates and zeroes it, fills the options at their offsets, frees it */
    cplug_status (*open)(const cplug_host *h, void *self, cplug_dataset_info *info, cplug_error *e); /* [context-thread] info
                                                                                                   borrowed until close */
    /* row k of out[f] := sample index[k], 0 <= index[k] < length; out is dense host memory of core's, [n, shape of a sample], and holds
     * anything.  The same index gives the same bytes.  [any-thread] concurrent: self does not change; never OpenMP */
    cplug_status (*read)(void *self, const int64_t *index, int64_t n, cplug_view *const *out, cplug_error *e);
    void (*close)(void *self); /* also after a failed open; optional */
    /* fields[f] comes as open gave it: fills in the sizes that are -1.  [any-thread] concurrent; optional where there are none */
    cplug_status (*measure)(void *self, int64_t index, cplug_meta *fields, cplug_error *e);
} cplug_dataset;
typedef struct cplug_draw {
    uint64_t seed, epoch, index, reserved;
} cplug_draw; /* [frozen] randomness of one sample */
typedef struct cplug_transform {
    uint32_t struct_size, flags;
    const char *id, *doc;
    cplug_options_table options;
    uint64_t instance_size;
    /* [context-thread] in: shape and dtype of one sample; out, the same on entry: of what it becomes */
    cplug_status (*open)(const cplug_host *h, void *self, const cplug_meta *in, cplug_meta *out, cplug_error *e);
    /* n samples at once; in and out are dense with a leading dimension n, draw[n]; random numbers come from draw alone.  [any-thread] */
    cplug_status (*apply)(const void *self, const cplug_view *in, cplug_view *out, const cplug_draw *draw, int64_t n, cplug_error *e);
    void (*close)(void *self); /* also after a failed open; optional */
} cplug_transform;
typedef struct cplug_stream_io { /* core owns the file: temporary name, fsync, rename */
    uint32_t struct_size, reserved;
    void *self;
    const char *name;                                                        /* for messages */
    cplug_status (*read)(void *self, void *dst, uint64_t n, cplug_error *e); /* all n bytes or an error */
    cplug_status (*write)(void *self, const void *src, uint64_t n, cplug_error *e);
    cplug_status (*seek)(void *self, int64_t at, cplug_error *e);
    int64_t (*size)(void *self);
    const cplug_host *host;
} cplug_stream_io;
typedef struct cplug_named_view {
    const char *name;
    const cplug_view *view;
} cplug_named_view; /* [frozen] dense host memory */
/* All [context-thread].  A file comes from anywhere: every number in it is checked before it is believed, and a damaged one is
 * CPLUG_E_FORMAT, after which open has given back what it took.  doc belongs to the format until close. */
typedef struct cplug_format {
    uint32_t struct_size, flags;
    const char *id, *doc, *extensions; /* ".safetensors .st" */
    /* metadata: NULL, or key, value, key, value, NULL */
    cplug_status (*write)(cplug_stream_io *io, const cplug_named_view *t, uint32_t n, const char *const *metadata, cplug_error *e);
    cplug_status (*open)(cplug_stream_io *io, void **doc, cplug_error *e); /* io stays open until close */
    int64_t (*count)(void *doc);                                           /* tensors */
    /* name [borrowed] until close; dtype 0: one that cplug does not have, which read refuses in words */
    cplug_status (*entry)(void *doc, int64_t i, const char **name, cplug_meta *m, cplug_error *e);
    cplug_status (*read)(void *doc, int64_t i, cplug_view *out, cplug_error *e); /* into out->data, dense host memory; not if empty */
    void (*close)(void *doc);                                                    /* not after a failed open */
    const char *(*metadata)(void *doc, const char *key);                         /* NULL when absent; optional */
} cplug_format;

/* ---- components that speak tensors (high tier, all [context-thread]) --------------------------------------------------------------- */
typedef struct cplug_module cplug_module;
typedef struct cplug_optimizer cplug_optimizer;
typedef struct cplug_module_type { /* kinds "module" and "loss" (two inputs: prediction, target) */
    uint32_t struct_size, flags;
    const char *id, *class_name, *doc; /* "batch_norm2d", "BatchNorm2d" */
    cplug_options_table options;
    uint64_t instance_size;                             /* core allocates and zeroes it, fills the options, frees it */
    cplug_status (*build)(cplug_module *m, void *self); /* children; parameters whose shape is known; optional */
    /* the rest, once, before the first forward; in[n]: its inputs.  Weights may have been loaded before; optional */
    cplug_status (*first_use)(cplug_module *m, void *self, const cplug_meta *in, uint32_t n);
    /* out[n_out]: tensors of the scope that core opened around the call; errors stand in the module's context */
    cplug_status (*forward)(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out);
    void (*destroy)(cplug_module *m, void *self); /* own memory only; optional */
    /* the text between the parentheses, as PyTorch prints it: "1, 32, kernel_size=(3, 3), stride=(1, 1)"; optional */
    void (*describe)(const cplug_module *m, const void *self, char *text, uint64_t size);
    uint32_t n_inputs, n_outputs; /* n_inputs 0 = any; n_outputs 1 usually */
} cplug_module_type;
typedef struct cplug_param_ref { /* [frozen] one parameter with a gradient, as the optimizer sees it */
    cplug_tensor *param, *grad;
    void *state; /* state_size bytes, owned by core; cplug_tensor* slots and int64 scalars at the offsets that slots names */
} cplug_param_ref;
enum { CPLUG_SLOT_ZEROS = 1, CPLUG_SLOT_INT = 2, CPLUG_SLOT_ZEROS_IF = 3, CPLUG_SLOT_INT_IF = 4 }; /* _IF: only when wants() says so */
typedef struct cplug_state_slot {
    const char *name; /* PyTorch's: "exp_avg" */
    uint64_t offset;
    uint32_t kind, reserved;
} cplug_state_slot;
typedef struct cplug_optimizer_type {
    uint32_t struct_size, flags;
    const char *id, *class_name, *doc;
    cplug_options_table options; /* one filled struct per parameter group; an option "lr" must exist */
    uint64_t group_size, state_size;
    const cplug_state_slot *slots;
    uint32_t n_slots, slot_stride;
    /* p[n]: the group's parameters that have a gradient; changes them in place, under no_grad */
    cplug_status (*step)(cplug_optimizer *o, const void *group, const cplug_param_ref *p, uint32_t n);
    int32_t (*wants)(const void *group, uint32_t slot); /* for the _IF kinds; optional */
} cplug_optimizer_type;
typedef struct cplug_progress { /* where training stands when a learning rate is asked for */
    uint32_t struct_size, reserved;
    int64_t step, total_steps;   /* optimizer steps done; 0 = unknown total */
    int64_t epoch, total_epochs; /* whole epochs done */
    int64_t steps_per_epoch;
    double metric; /* of the last validation, NaN = none yet */
} cplug_progress;
typedef struct cplug_scheduler_type {
    uint32_t struct_size, flags;
    const char *id, *class_name, *doc;
    cplug_options_table options;
    uint64_t instance_size, state_offset, state_size;                  /* bytes [state_offset, +state_size) of self go into checkpoints */
    double (*lr)(void *self, double base_lr, const cplug_progress *p); /* asked once before each step */
    void (*epoch_end)(void *self, const cplug_progress *p);            /* metric is fresh; optional (plateau) */
} cplug_scheduler_type;
enum { CPLUG_METRIC_HIGHER_IS_BETTER = 1u };
typedef struct cplug_metric_type {
    uint32_t struct_size, flags;
    const char *id, *doc;
    cplug_options_table options;
    uint64_t instance_size;
    cplug_status (*reset)(cplug_context *ctx, void *self); /* empties what was summed up; before the first update too */
    /* one batch: prediction [N, ...], target as the data set gives it; without gradients */
    cplug_status (*update)(cplug_context *ctx, void *self, cplug_tensor *prediction, cplug_tensor *target);
    /* names[i] [borrowed], values[i]; *n is the room in, the number out */
    cplug_status (*value)(cplug_context *ctx, void *self, const char **names, double *values, uint32_t *n);
    void (*destroy)(cplug_context *ctx, void *self); /* optional */
} cplug_metric_type;
enum { CPLUG_STOP = 1, CPLUG_STOP_NUMERIC = 2 }; /* end in good order; the numbers went wrong, which is a failure */
enum { CPLUG_SAVE = 1, CPLUG_SAVE_BEST = 2 };    /* a checkpoint; one that is the best so far */
typedef struct cplug_event {
    uint32_t struct_size, reserved;
    const char *name;    /* "train_begin" "gradients" (before a step) "step_end" "epoch_end" "checkpoint" "train_end"; more may come */
    int64_t epoch, step; /* whole epochs and optimizer steps done */
    double loss;         /* of the batch; at epoch_end the mean of the epoch */
    cplug_module *model;
    cplug_optimizer *optimizer;
    const char *const *metric_names; /* at epoch_end: "train_loss" "valid_loss" "valid_accuracy", as in metrics.csv */
    const double *metrics;
    uint32_t n_metrics, reserved2;
    int32_t stop, save; /* the callback asks by setting them: CPLUG_STOP..., CPLUG_SAVE... */
    int32_t skip;       /* at gradients: 1 = do not take this step */
    uint32_t reserved3;
    int64_t total_epochs, total_steps;                                            /* 0 = unknown */
    const char *run_dir;                                                          /* where the run writes; "" = nowhere */
    const char *what;                                                             /* checkpoint: its path; else "" */
    void *trainer;                                                                /* who trains, for the two below */
    void (*note)(const struct cplug_event *ev, const char *line);                 /* a line for people and the log */
    void (*report)(const struct cplug_event *ev, const char *name, double value); /* a figure for metrics.jsonl */
} cplug_event;
typedef struct cplug_callback_type {
    uint32_t struct_size, flags;
    const char *id, *doc;
    cplug_options_table options;
    uint64_t instance_size, state_offset, state_size;                    /* bytes [state_offset, +state_size) of self go into checkpoints */
    cplug_status (*on)(cplug_context *ctx, void *self, cplug_event *ev); /* an error ends the training */
    void (*destroy)(cplug_context *ctx, void *self);                     /* optional */
} cplug_callback_type;

/* ---- the host -------------------------------------------------------------------------------------------------------------------------
 */
typedef struct cplug_registrar cplug_registrar; /* valid inside init; all or nothing */
enum { CPLUG_LOG_ERROR = 1, CPLUG_LOG_WARN = 2, CPLUG_LOG_INFO = 3, CPLUG_LOG_DEBUG = 4 };
struct cplug_host { /* one per process and core, const: the same pointer for every context */
    uint32_t struct_size, abi_major, abi_minor, reserved;
    const char *name, *version;
    CPLUG_PRINTF(3, 4) cplug_status (*fail)(cplug_error *e, cplug_status code, const char *format, ...); /* [any-thread] returns code */
    CPLUG_PRINTF(2, 3) void (*log)(int32_t level, const char *format, ...);                              /* [any-thread] */
    void *(*alloc)(uint64_t bytes); /* [any-thread] zeroed, 64-byte aligned, counted, can be made to fail */
    void (*free)(void *p);          /* [any-thread] NULL is fine */
    /* body(arg, lo, hi) over [0, n) in pieces of at least grain, on the context's compute threads; serial elsewhere.  Pieces may
     * differ from machine to machine: a sum must not depend on them. */
    void (*parallel_for)(int64_t n, int64_t grain, void (*body)(void *arg, int64_t lo, int64_t hi), void *arg);
    void (*philox)(uint64_t seed, uint64_t counter, uint32_t out[4]); /* [any-thread] Philox4x32-10, key = seed, counter low 64 bits */
    /* kind: "op" "kernel" "backend" "device" "dataset" "transform" "format" "module" "loss" "optimizer" "scheduler" "metric"
     * "callback"; one that this host does not know is kept and listed, not refused.  [load-thread] */
    cplug_status (*add)(cplug_registrar *r, const char *kind, const void *descriptor, cplug_error *e);
    const void *(*query)(const char *id); /* [any-thread] "cplug.api/0"; NULL if absent */
};

/* ---- the one exported symbol: const data ------------------------------------------------------------------------------------------------
 */
typedef struct cplug_plugin {
    uint64_t magic;
    uint32_t struct_size, abi_major, abi_minor, needs_minor;
    const char *manifest;
    cplug_status (*init)(const cplug_host *h, cplug_registrar *r,
                         cplug_error *e); /* [load-thread] once per process; fast; no device work */
    void (*shutdown)(void);               /* optional */
} cplug_plugin;
#define CPLUG_STR2(x) #x
#define CPLUG_STR(x) CPLUG_STR2(x)
#define CPLUG_CAT2(a, b) a##b
#define CPLUG_CAT(a, b) CPLUG_CAT2(a, b)
/* The symbol is cplug_plugin_v0; with -DCPLUG_STATIC it is cplug_plugin_v0_<name>, so that many link into one host. */
#ifdef CPLUG_STATIC
#define CPLUG_ENTRY(name_) CPLUG_CAT(cplug_plugin_v0_, name_)
#else
#define CPLUG_ENTRY(name_) cplug_plugin_v0
#endif
/* name_: a C identifier; provides_: space-separated "kind:id", kernels as "kernel:op@device", '*' allowed: "kernel:*@cpu".
 * The manifest also sits in an ELF section, so that listing plugins runs none of their code. */
#define CPLUG_PLUGIN(name_, id_, version_, license_, doc_, provides_, init_)                                                               \
    CPLUG_MANIFEST_SECTION static const char CPLUG_CAT(cplug_manifest_, name_)[] = "abi=" CPLUG_STR(CPLUG_ABI_MAJOR) "." CPLUG_STR(        \
        CPLUG_TARGET_MINOR) "\nid=" id_ "\nversion=" version_ "\nlicense=" license_ "\ndoc=" doc_ "\nprovides=" provides_ "\n";            \
    extern CPLUG_EXPORT const cplug_plugin CPLUG_ENTRY(name_);                                                                             \
    const cplug_plugin CPLUG_ENTRY(name_) = { CPLUG_MAGIC,        (uint32_t)sizeof(cplug_plugin),    CPLUG_ABI_MAJOR, CPLUG_ABI_MINOR,     \
                                              CPLUG_TARGET_MINOR, CPLUG_CAT(cplug_manifest_, name_), init_,           NULL }

#ifdef __cplusplus
}
#endif
#endif
