/* cplug/context.h: contexts, errors, scopes, plugins, devices, logging.
 *
 * Ownership: a function that makes a tensor gives it to the innermost open scope of its context; the root scope is always open.
 * cplug_retain keeps a tensor beyond its scope, cplug_release gives that reference back; getters lend; nothing else is ever
 * released by hand.  Modules, optimizers, loaders, schedulers and metrics belong to their context.
 *
 * Errors: the first one stays in the context until cplug_error_clear.  While it stands, every function that makes a tensor
 * returns NULL and every function that would change something returns the status and does nothing.  Getters accept NULL.
 *
 * Threads: a context is used by one thread at a time; different contexts are independent. */
#ifndef CPLUG_CONTEXT_H
#define CPLUG_CONTEXT_H
#include <cplug/plugin.h>
#ifdef __cplusplus
extern "C" {
#endif
#define CPLUG_API CPLUG_EXPORT
typedef struct cplug_scope cplug_scope;

/* Opens a runtime.  options: NULL or "backends=openblas,cpu device=cpu seed=1 threads=2 memory_limit=0 fallback=warn
 * override=OP:BACKEND,... plugin_path=DIR[:DIR] anomaly=false"; see cplug_context_options.  NULL on failure: cplug_error_text(NULL) says
 * why. */
CPLUG_API cplug_context *cplug_open(const char *options);
/* Frees the context and everything that belongs to it; returns the code of an error still standing.  NULL is CPLUG_E_INVALID. */
CPLUG_API cplug_status cplug_close(cplug_context *ctx);
/* The schema of cplug_open's options, for checkers and docs. [borrowed] */
CPLUG_API const cplug_options_table *cplug_context_options(void);
CPLUG_API const char *cplug_version(void); /* "0.1.0" */

/* ---- errors ---- */
CPLUG_API cplug_status cplug_failed(const cplug_context *ctx); /* code of the standing error or CPLUG_OK; NULL: INVALID */
CPLUG_API const char *
cplug_error_text(const cplug_context *ctx);           /* [borrowed] "" when none; NULL: the last failed cplug_open of this thread */
CPLUG_API void cplug_error_clear(cplug_context *ctx); /* the next call works again; NULL is fine */
/* Sets the standing error unless one stands; returns the code of the one that stands. */
CPLUG_PRINTF(3, 4) CPLUG_API cplug_status cplug_error_set(cplug_context *ctx, cplug_status code, const char *format, ...);
CPLUG_API const char *cplug_status_name(cplug_status code); /* "shape", "out of memory" */

/* ---- scopes ---- */
CPLUG_API cplug_scope *cplug_scope_open(cplug_context *ctx); /* works under a standing error too */
CPLUG_API void cplug_scope_close(cplug_scope *scope);        /* releases its tensors; closes scopes inside it first; NULL is fine */
CPLUG_API cplug_tensor *cplug_scope_keep(cplug_scope *scope, cplug_tensor *t); /* moves t to the scope around this one; returns t */

/* ---- plugins and components ---- */
/* Loads one plugin file now (explicit path, errors stand in ctx). */
CPLUG_API cplug_status cplug_plugin_load(cplug_context *ctx, const char *path);
/* Adds a plugin that is linked into the program. */
CPLUG_API cplug_status cplug_plugin_add(cplug_context *ctx, const cplug_plugin *entry);
/* Registers the host's own component, op, kernel or device in this context.  descriptor must outlive ctx. */
CPLUG_API cplug_status cplug_register(cplug_context *ctx, const char *kind, const void *descriptor);
/* The descriptor of a component, loading the plugin that provides it; NULL and an error with the nearest name when unknown. */
CPLUG_API const void *cplug_component(cplug_context *ctx, const char *kind, const char *id);
/* The option schema of a component; NULL for kinds without options. [borrowed] */
CPLUG_API const cplug_options_table *cplug_component_options(cplug_context *ctx, const char *kind, const char *id);

enum { CPLUG_PLUGIN_LISTED = 1, CPLUG_PLUGIN_LOADED = 2, CPLUG_PLUGIN_FAILED = 3, CPLUG_PLUGIN_SHADOWED = 4, CPLUG_PLUGIN_STATIC = 5 };
typedef struct cplug_plugin_info { /* [borrowed] until cplug_close; strings are never NULL */
    uint32_t struct_size;
    int32_t state;
    const char *path, *id, *version, *license, *doc, *provides; /* provides: as in the manifest */
    const char *reason;                                         /* why it failed, is shadowed, or was not taken whole */
    int32_t abi_major, abi_minor;
} cplug_plugin_info;
CPLUG_API int32_t cplug_plugin_count(cplug_context *ctx); /* all found in the search path, none loaded by it */
CPLUG_API const cplug_plugin_info *cplug_plugin_get(cplug_context *ctx, int32_t i);
/* Component i of a kind as loaded so far ("loaded") or as manifests promise; NULL past the end. [borrowed] */
CPLUG_API const char *cplug_component_id(cplug_context *ctx, const char *kind, int32_t i);
/* Loads everything in the search path; failures go to the plugins' reason, not to ctx. */
CPLUG_API void cplug_plugin_load_all(cplug_context *ctx);

/* ---- options for components that live outside core (launcher, hosts) ---- */
/* Parses "key=value ..." against a schema and stores into a zeroed struct; base_dir (NULL: current) resolves PATH options.  Memory
 * of strings and lists belongs to ctx.  Errors stand in ctx with option, expectation and nearest name. */
CPLUG_API cplug_status cplug_options_parse(cplug_context *ctx, const cplug_options_table *table, const char *text, const char *base_dir,
                                           void *into);
/* Checks one value; 0 or the length of the message written to why ("expected an integer of at least 1, got 'x'"). */
CPLUG_API int32_t cplug_option_check(const cplug_option *option, const char *value, char *why, uint64_t size);
/* The candidate nearest to word by edit distance (transpositions count one), NULL when none is near. [borrowed] */
CPLUG_API const char *cplug_nearest(const char *word, const char *const *candidates, uint32_t n);

/* ---- backends and devices ---- */
/* Order of enabled backends: "openblas,cpu"; unlisted ones are out. "auto" = all that are installed. */
CPLUG_API cplug_status cplug_backends(cplug_context *ctx, const char *order);
CPLUG_API const char *cplug_backends_text(cplug_context *ctx); /* [borrowed] the order in use: "openblas,cpu" */
/* Words of one enabled backend about itself ("openblas 0.3.21, SkylakeX kernels, openmp"); "" when it says none. [borrowed] */
CPLUG_API const char *cplug_backend_describe(cplug_context *ctx, const char *name);
/* Forces one op (or "*") to a backend whatever the scores, or to "decomposition": no kernel where the op can do without.  NULL lifts it. */
CPLUG_API cplug_status cplug_backend_override(cplug_context *ctx, const char *op, const char *backend);
enum { CPLUG_FALLBACK_ALLOW = 0, CPLUG_FALLBACK_WARN = 1, CPLUG_FALLBACK_ERROR = 2 };
CPLUG_API void cplug_fallback(cplug_context *ctx, int32_t policy); /* device has no kernel: run on cpu with copies? */
CPLUG_API int64_t cplug_fallback_count(const cplug_context *ctx);  /* tensors copied for it so far */
/* Words for how the last signature of an op was decided: chosen kernel and why not the others; "" before. [borrowed] */
CPLUG_API const char *cplug_explain(cplug_context *ctx, const char *op);
/* One call of an op, and who was chosen to do it. */
typedef struct cplug_candidate {
    const char *backend, *reason;
    int32_t score; /* -1: not enabled */
    uint32_t reserved;
} cplug_candidate; /* [frozen] */
enum { CPLUG_BY_KERNEL = 0, CPLUG_BY_VIEW = 1, CPLUG_BY_DECOMPOSITION = 2, CPLUG_BY_CPU = 3 /* with copies */ };
typedef struct cplug_choice { /* [borrowed] */
    uint32_t struct_size;
    int32_t how;
    uint32_t depth, n_candidates; /* depth 0: called from outside; deeper: by the decomposition of the last one of a lower depth */
    const char *op, *call;        /* call: "linear(f32[64, 784], f32[10, 784], f32[10]) on cpu" */
    const char *backend;          /* of the kernel; "" without one */
    const char *reason;           /* why there is none */
    const cplug_candidate *candidates;
} cplug_choice;
/* Tells of every call of an op while it is set; NULL ends it.  Everything is then decided anew, which is slow.  watch calls nothing. */
CPLUG_API void cplug_watch(cplug_context *ctx, void (*watch)(void *arg, const cplug_choice *choice), void *arg);
CPLUG_API cplug_status cplug_device_set(cplug_context *ctx, const char *device); /* where new tensors are born: "cpu", "sim", "cuda:1" */
CPLUG_API const char *cplug_device_get(const cplug_context *ctx);                /* [borrowed] */
CPLUG_API cplug_status cplug_sync(cplug_context *ctx); /* waits for all devices; deferred failures come out here */
typedef struct cplug_memory_stats {
    uint32_t struct_size, reserved;
    uint64_t current, peak;  /* bytes of live tensors */
    uint64_t reserved_bytes; /* held from the device, cache included */
    uint64_t limit;          /* 0 = none */
    uint64_t allocations;    /* requests to the device */
} cplug_memory_stats;
/* Figures of one device's allocator ("cpu", "sim"); the caller sets out->struct_size. */
CPLUG_API cplug_status cplug_memory(cplug_context *ctx, const char *device, cplug_memory_stats *out);
CPLUG_API cplug_status cplug_memory_limit(cplug_context *ctx, const char *device, uint64_t bytes); /* 0 lifts it */
CPLUG_API void cplug_memory_trim(cplug_context *ctx); /* gives cached blocks back; resets peak to current */

/* ---- seeds and threads ---- */
CPLUG_API void cplug_seed(cplug_context *ctx, uint64_t seed); /* also sets the counter to 0 */
/* Seed and Philox counter; setting both goes on exactly there (a checkpoint keeps them). torch.get_rng_state, set_rng_state */
CPLUG_API void cplug_rng_get(const cplug_context *ctx, uint64_t *seed, uint64_t *offset);
CPLUG_API void cplug_rng_set(cplug_context *ctx, uint64_t seed, uint64_t offset);
CPLUG_API void cplug_threads(cplug_context *ctx, int32_t n); /* compute threads; 0 = all cores */
CPLUG_API int32_t cplug_threads_get(const cplug_context *ctx);

/* ---- logging: one sink a process, silent until set.  With CPLUG_LOG=dispatch,plugin,... in the environment and no sink, lines go
 * to standard error, since the user asked for them. [any-thread] ---- */
CPLUG_API void cplug_log_to(void (*sink)(void *arg, int32_t level, const char *text), void *arg);

/* The function table of plugins: "cplug.api/0"; for hosts that implement cplug_host themselves. */
CPLUG_API const cplug_host *cplug_host_table(void);
/* Test hook: fail the n-th allocation from now on this process (0 = never); returns allocations counted since the last call. */
CPLUG_API uint64_t cplug_test_fail_allocation(uint64_t n);
#ifdef __cplusplus
}
#endif
#endif
