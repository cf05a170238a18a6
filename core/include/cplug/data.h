/* cplug/data.h: data sets and loaders.  A loader reads batches in the same order for any number of workers.
 * All [context-thread]; they belong to their context. */
#ifndef CPLUG_DATA_H
#define CPLUG_DATA_H
#include <cplug/tensor.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct cplug_data cplug_data; /* an open data set with its transforms */
typedef struct cplug_loader cplug_loader;

/* From a spec: "mnist root=data/mnist split=train transforms=[scale, normalize mean=0.5 std=0.5]".  Besides the component's own options
 * core takes, for every data set: transforms=[...] (applied to the field "input"), target_transforms=[...], limit=N (first N samples). */
CPLUG_API cplug_data *cplug_data_open(cplug_context *ctx, const char *spec, const char *base_dir);
/* The schema of those three, for checkers and docs. [borrowed] */
CPLUG_API const cplug_options_table *cplug_data_options(void);
/* torch.utils.data.TensorDataset: sample i holds row i of each tensor, of any dtype and device, in fields "input", "target", "field2",
 * "field3" ...  1 to 16 tensors with one size of dimension 0.  Their values are copied now, into host memory: the tensors may go or
 * change.  There are no transforms: use ops before. */
CPLUG_API cplug_data *cplug_data_of(cplug_context *ctx, cplug_tensor *const *tensors, uint32_t n);
CPLUG_API int64_t cplug_data_length(const cplug_data *d);                       /* samples */
CPLUG_API uint32_t cplug_data_n_fields(const cplug_data *d);                    /* usually 2: input, target */
CPLUG_API const cplug_field *cplug_data_field(const cplug_data *d, uint32_t i); /* after transforms. [borrowed] */
/* Sample i: one tensor per field, without a batch dimension. */
CPLUG_API cplug_status cplug_data_get(cplug_data *d, int64_t i, cplug_tensor **out, uint32_t n_out);
/* An error when class lists of two data sets (train, valid) differ. */
CPLUG_API cplug_status cplug_data_same_classes(cplug_data *a, cplug_data *b);
CPLUG_API void cplug_data_close(cplug_data *d); /* early */

typedef struct cplug_batch { /* lent until the next cplug_loader_next */
    uint32_t struct_size, n_fields;
    cplug_tensor *const *fields;
    cplug_tensor *input, *target; /* the fields of that name, or the first and second; NULL when there is none */
    int64_t size;                 /* samples */
    int64_t epoch, index;         /* batch number within the epoch */
} cplug_batch;
/* options: "batch_size=1 shuffle=false drop_last=false workers=0 prefetch=2 seed=S sampler=auto|sequential|random|weights weights=...
 * rank=0 world=1"; see cplug_loader_options.  seed: the context's seed when left out.  weights: with sampler=weights, one a sample or one
 * a class.  rank, world: batch_size is each rank's; all ranks get the same number of batches, in the tail perhaps shorter or empty ones. */
CPLUG_API cplug_loader *cplug_loader_new(cplug_context *ctx, const char *data_spec, const char *options);
CPLUG_API cplug_loader *cplug_loader_over(cplug_data *d, const char *options); /* d stays open and may serve several loaders */
CPLUG_API const cplug_options_table *cplug_loader_options(void);
CPLUG_API cplug_data *cplug_loader_data(cplug_loader *l); /* [borrowed] what it reads from */
/* The next batch on the context's device; NULL at the end of the epoch (the next call begins the next epoch) and on error. */
CPLUG_API const cplug_batch *cplug_loader_next(cplug_loader *l);
CPLUG_API int64_t cplug_loader_batches(const cplug_loader *l); /* per epoch */
/* Turns samples into a batch instead of stacking them.  Called on a worker with dense host views; low tier.  samples[s][f] is field f
 * of sample s; out[f] has room for the stacked shape.  Set before the first next. [any-thread] */
typedef cplug_status (*cplug_collate)(void *arg, const cplug_view *const *const *samples, int64_t n, cplug_view *const *out,
                                      uint32_t n_fields, cplug_error *e);
CPLUG_API cplug_status cplug_loader_collate(cplug_loader *l, cplug_collate collate, void *arg); /* arg is handed on */
/* Where the loader stands: the next batch that next() will give.  Setting a cursor continues exactly there. */
typedef struct cplug_cursor { /* [frozen] */
    int64_t epoch, batch;
    uint64_t seed;
} cplug_cursor;
/* seek: an error for a batch that an epoch does not have. */
CPLUG_API void cplug_loader_cursor(const cplug_loader *l, cplug_cursor *out);
CPLUG_API cplug_status cplug_loader_seek(cplug_loader *l, const cplug_cursor *to);
CPLUG_API void cplug_loader_free(cplug_loader *l); /* early: stops its workers */
#ifdef __cplusplus
}
#endif
#endif
