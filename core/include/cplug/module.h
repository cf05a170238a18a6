/* cplug/module.h: module trees.  Core owns parameters, buffers and children; a type only declares them.
 * All [context-thread]; modules belong to their context and need not be freed. */
#ifndef CPLUG_MODULE_H
#define CPLUG_MODULE_H
#include <cplug/autograd.h>
#ifdef __cplusplus
extern "C" {
#endif
/* From a spec, "conv2d out_channels=32 kernel_size=3"; kinds "module" and "loss" share one namespace of types. */
CPLUG_API cplug_module *cplug_module_new(cplug_context *ctx, const char *spec);
CPLUG_API cplug_module *cplug_module_new_at(cplug_context *ctx, const char *spec,
                                            const char *base_dir); /* PATH options relative to base_dir */
/* Children named 0, 1, 2, ...; specs as strings, then NULL. */
CPLUG_API cplug_module *cplug_sequential(cplug_context *ctx, ...);
CPLUG_API cplug_module *cplug_sequential_of(cplug_context *ctx, cplug_module *const *children,
                                            uint32_t n); /* the children belong to it from now on */
CPLUG_API void cplug_module_free(cplug_module *m);       /* early; a child or NULL is left alone */

/* One tensor in, one out: the usual case. */
CPLUG_API cplug_tensor *cplug_forward(cplug_module *m, cplug_tensor *x);
CPLUG_API cplug_tensor *cplug_forward2(cplug_module *m, cplug_tensor *x, cplug_tensor *y); /* losses: prediction, target */
/* n_in tensors in, results to out[0 .. n_out - 1], which the innermost scope owns; a wrong number is an error. */
CPLUG_API cplug_status cplug_forward_n(cplug_module *m, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out);
/* Makes parameters whose shape waits for a first input, by running forward on zeros of this per-sample shape with a batch of 1, in
 * eval mode without gradients and without touching the random counter beyond initialisation.  dtype F32 unless given. */
CPLUG_API cplug_status cplug_module_materialize(cplug_module *m, cplug_dtype dtype, int32_t ndim, const int64_t *sample_shape);

CPLUG_API void cplug_module_train(cplug_module *m, int32_t on); /* the whole tree; 0 = eval */
CPLUG_API int32_t cplug_module_training(const cplug_module *m);
CPLUG_API cplug_status cplug_module_to(cplug_module *m, const char *device, cplug_dtype dtype); /* NULL / 0 = leave */
CPLUG_API void cplug_module_requires_grad(cplug_module *m, int32_t on);
CPLUG_API void cplug_module_zero_grad(cplug_module *m); /* of the whole tree, to none */

/* ---- looking at ---- */
CPLUG_API cplug_context *cplug_module_context(const cplug_module *m);
CPLUG_API const cplug_module_type *cplug_module_type_of(const cplug_module *m); /* [borrowed] */
CPLUG_API const char *cplug_module_path(const cplug_module *m);                 /* "layer1.0.conv1"; "" for a root. [borrowed] */
CPLUG_API const char *cplug_module_name(const cplug_module *m);                 /* in its parent. [borrowed] */
CPLUG_API uint32_t cplug_module_n_children(const cplug_module *m);
CPLUG_API cplug_module *cplug_module_child_at(const cplug_module *m, uint32_t i);  /* [borrowed] */
CPLUG_API cplug_module *cplug_module_get(const cplug_module *m, const char *path); /* "layer1.0"; NULL when absent. [borrowed] */
/* Entries of the tree in PyTorch's order (own parameters, own buffers, then children); absent ones are skipped. */
enum { CPLUG_PARAMETERS = 1, CPLUG_BUFFERS = 2, CPLUG_STATE = 3 };
typedef struct cplug_named_tensor { /* [frozen] [borrowed] until the tree changes */
    const char *name;               /* "layer1.0.conv1.weight" */
    cplug_tensor *tensor;
} cplug_named_tensor;
CPLUG_API int64_t cplug_module_named(cplug_module *m, int32_t which, const cplug_named_tensor **list); /* number; list [borrowed] until
                                                                                                     the next call on m */
CPLUG_API int64_t cplug_module_n_parameters(cplug_module *m);                                          /* elements of all parameters */
/* As PyTorch prints it; like cplug_tensor_format. */
CPLUG_API int64_t cplug_module_format(cplug_module *m, char *text, uint64_t size);
/* Runs m as cplug_module_materialize does; one row per leaf module that ran: name, type, output shape, parameters.  -1 on failure. */
typedef struct cplug_summary_row { /* [frozen] [borrowed] until the next call */
    const char *path, *type;
    cplug_meta output;
    int64_t parameters, trainable;
} cplug_summary_row;
CPLUG_API int64_t cplug_module_summary(cplug_module *m, int32_t ndim, const int64_t *sample_shape, const cplug_summary_row **rows);

/* ---- saving: formats are plugins, chosen by the file's extension ---- */
CPLUG_API cplug_status cplug_module_save(cplug_module *m, const char *path);
/* By name; missing, extra or misshapen names are one error and nothing is changed.  A layer whose shapes wait for a first input keeps what
 * the file has for it and takes it then. */
CPLUG_API cplug_status cplug_module_load(cplug_module *m, const char *path);
/* Any list of named tensors.  metadata: NULL or key, value, ..., NULL.  Atomic: temporary file, fsync, rename, fsync of the folder. */
CPLUG_API cplug_status cplug_save(cplug_context *ctx, const char *path, const cplug_named_tensor *list, uint32_t n,
                                  const char *const *metadata);
typedef struct cplug_file cplug_file; /* an open file of tensors; belongs to the context */
CPLUG_API cplug_file *cplug_file_open(cplug_context *ctx, const char *path);
CPLUG_API int64_t cplug_file_count(const cplug_file *f);                                 /* tensors */
CPLUG_API const char *cplug_file_name(const cplug_file *f, int64_t i, cplug_meta *meta); /* [borrowed] meta may be NULL */
CPLUG_API cplug_tensor *cplug_file_read(cplug_file *f, const char *name);
CPLUG_API const char *cplug_file_metadata(const cplug_file *f, const char *key); /* [borrowed] NULL when absent */
CPLUG_API void cplug_file_close(cplug_file *f);

/* ---- for types: valid in build and first_use ---- */
/* Declares parameter, buffer or child number 0, 1, 2, ... in order (parameters and buffers share one numbering, which
 * cplug_module_tensor uses).  Children belong into build: a file of weights may be loaded before the first use.  ndim = -1 declares an
 * absent one, so that numbers stay.  init: "zeros" "ones" "constant value=V" "uniform bound=B" "normal std=S" "kaiming_uniform fan_in=N
 * a=A" "xavier_uniform fan_in=N fan_out=M". */
CPLUG_API cplug_status cplug_module_parameter(cplug_module *m, const char *name, int32_t ndim, const int64_t *shape, const char *init);
/* State that no gradient reaches and that is saved with the parameters (running statistics); every element is `value` at first. */
CPLUG_API cplug_status cplug_module_buffer(cplug_module *m, const char *name, cplug_dtype dtype, int32_t ndim, const int64_t *shape,
                                           double value);
CPLUG_API cplug_module *cplug_module_child(cplug_module *m, const char *name, const char *spec); /* [borrowed] m owns it; NULL on failure */
CPLUG_API cplug_status cplug_module_adopt(cplug_module *m, const char *name, cplug_module *child); /* the parent owns it now */
/* [borrowed] by number of declaration: no look-up by name in forward; NULL = absent */
CPLUG_API cplug_tensor *cplug_module_tensor(const cplug_module *m, uint32_t index);
#ifdef __cplusplus
}
#endif
#endif
