/* cplug/tensor.h: tensors: making, looking at, reading, converting.  Views and arithmetic are ops: cplug/ops.h.
 *
 * A tensor is a strided view on reference-counted storage: up to 8 dimensions, int64_t sizes and strides in elements, dtypes f32 f64
 * f16 bf16 i8 u8 i16 i32 i64 bool.  Zero sizes and zero dimensions work everywhere.  All [context-thread]; everything that returns a
 * tensor gives it to the innermost scope and returns NULL on failure or while an error stands. */
#ifndef CPLUG_TENSOR_H
#define CPLUG_TENSOR_H
#include <cplug/context.h>
#ifdef __cplusplus
extern "C" {
#endif
/* ---- looking at (NULL: 0, "" or NULL) ---- */
CPLUG_API cplug_context *cplug_tensor_context(const cplug_tensor *t);
CPLUG_API int32_t cplug_tensor_ndim(const cplug_tensor *t);              /* 0 for a scalar */
CPLUG_API const int64_t *cplug_tensor_shape(const cplug_tensor *t);      /* [borrowed] */
CPLUG_API int64_t cplug_tensor_size(const cplug_tensor *t, int32_t dim); /* negative dims count from the end; -1 when out of range */
CPLUG_API const int64_t *cplug_tensor_strides(cplug_tensor *t);          /* [borrowed] in elements; fixes a free layout to row-major */
CPLUG_API int64_t cplug_tensor_numel(const cplug_tensor *t);
CPLUG_API cplug_dtype cplug_tensor_dtype(const cplug_tensor *t);  /* 0 for NULL */
CPLUG_API const char *cplug_tensor_device(const cplug_tensor *t); /* [borrowed] "cpu", "sim:0" */
CPLUG_API int32_t cplug_tensor_is_contiguous(const cplug_tensor *t);
CPLUG_API void cplug_tensor_meta(const cplug_tensor *t, cplug_meta *out); /* dtype, shape and layout; of NULL: ndim -1 */
CPLUG_API void *cplug_tensor_data(cplug_tensor *t); /* [borrowed] host memory of element 0; NULL for zero elements or another device.
                                                       Writing through it: call cplug_tensor_touch after */
CPLUG_API void cplug_tensor_touch(cplug_tensor *t); /* tells autograd and pack caches that the bytes changed */
CPLUG_API uint64_t cplug_tensor_version(const cplug_tensor *t); /* times the storage was changed */
CPLUG_API cplug_tensor *cplug_retain(cplug_tensor *t);          /* returns t */
CPLUG_API void cplug_release(cplug_tensor *t);

CPLUG_API uint64_t cplug_dtype_size(cplug_dtype dtype);                  /* bytes; 0 = unknown */
CPLUG_API const char *cplug_dtype_name(cplug_dtype dtype);               /* "f32" */
CPLUG_API cplug_dtype cplug_dtype_from_name(const char *name);           /* "f32" or PyTorch's "float32"; 0 = unknown */
CPLUG_API cplug_dtype cplug_dtype_promote(cplug_dtype a, cplug_dtype b); /* torch.promote_types */
CPLUG_API int32_t cplug_dtype_is_float(cplug_dtype dtype);

/* ---- making: on the context's device (cplug_device_set) ----
 * torch.empty, zeros, ones, full, eye, arange, linspace (https://pytorch.org/docs/stable/torch.html#creation-ops).  shape has ndim sizes of
 * 0 and more and is copied; ndim 0 makes a scalar, and shape may be NULL then.  Values are rounded to the dtype. */
/* The arguments "ndim, shape" in place: cplug_zeros(ctx, CPLUG_F32, CPLUG_SHAPE(2, 3)); for zero dimensions write 0, NULL.  C only:
 * it makes a compound literal, which lives to the end of its block; in C++ name an array. */
#ifndef __cplusplus
#define CPLUG_SHAPE(...)                                                                                                                   \
    (int32_t) CPLUG_COUNT(((int64_t[]){ __VA_ARGS__ })), (const int64_t[]) { __VA_ARGS__ }
#endif
/* Bytes as they come. */
CPLUG_API cplug_tensor *cplug_empty(cplug_context *ctx, cplug_dtype dtype, int32_t ndim, const int64_t *shape);
CPLUG_API cplug_tensor *cplug_empty_on(cplug_context *ctx, const char *device, cplug_dtype dtype, int32_t ndim, const int64_t *shape);
CPLUG_API cplug_tensor *cplug_zeros(cplug_context *ctx, cplug_dtype dtype, int32_t ndim, const int64_t *shape);
CPLUG_API cplug_tensor *cplug_ones(cplug_context *ctx, cplug_dtype dtype, int32_t ndim, const int64_t *shape);
CPLUG_API cplug_tensor *cplug_full(cplug_context *ctx, cplug_dtype dtype, int32_t ndim, const int64_t *shape, double value);
CPLUG_API cplug_tensor *cplug_eye(cplug_context *ctx, cplug_dtype dtype, int64_t n, int64_t m); /* [n, m], ones on the diagonal */
CPLUG_API cplug_tensor *cplug_arange(cplug_context *ctx, cplug_dtype dtype, double start, double end,
                                     double step); /* [start, end) in steps */
CPLUG_API cplug_tensor *cplug_linspace(cplug_context *ctx, cplug_dtype dtype, double start, double end,
                                       int64_t steps); /* both ends included */
/* Random: element i of the result in logical order depends on (seed, counter + i / 4) only, not on backend or threads. */
CPLUG_API cplug_tensor *cplug_rand(cplug_context *ctx, cplug_dtype dtype, int32_t ndim, const int64_t *shape);  /* [0, 1) */
CPLUG_API cplug_tensor *cplug_randn(cplug_context *ctx, cplug_dtype dtype, int32_t ndim, const int64_t *shape); /* normal(0, 1) */
CPLUG_API cplug_tensor *cplug_randint(cplug_context *ctx, cplug_dtype dtype, int64_t low, int64_t high, int32_t ndim, const int64_t *shape);
CPLUG_API cplug_tensor *cplug_randperm(cplug_context *ctx, int64_t n); /* i64 */
/* Of t's shape, dtype and device. */
CPLUG_API cplug_tensor *cplug_empty_like(cplug_tensor *t);
CPLUG_API cplug_tensor *cplug_zeros_like(cplug_tensor *t);
CPLUG_API cplug_tensor *cplug_ones_like(cplug_tensor *t);
CPLUG_API cplug_tensor *cplug_full_like(cplug_tensor *t, double value);
CPLUG_API cplug_tensor *cplug_rand_like(cplug_tensor *t);
CPLUG_API cplug_tensor *cplug_randn_like(cplug_tensor *t);
CPLUG_API cplug_tensor *cplug_randint_like(cplug_tensor *t, int64_t low, int64_t high);
/* Copies dense row-major host data to the context's device. */
CPLUG_API cplug_tensor *cplug_from_array(cplug_context *ctx, cplug_dtype dtype, int32_t ndim, const int64_t *shape, const void *data);
/* Uses the caller's host memory without a copy; done(arg) [optional] is called when the last tensor on it is gone, also on failure. */
CPLUG_API cplug_tensor *cplug_from_buffer(cplug_context *ctx, cplug_dtype dtype, int32_t ndim, const int64_t *shape, void *data,
                                          void (*done)(void *arg), void *arg);
/* Plain numbers, as Python's in PyTorch: usable wherever an op takes a tensor, and they promote weakly (an i32 tensor times
 * cplug_int(ctx, 2) stays i32, times cplug_float(ctx, 2.0) becomes f32).  The _scalar ops are shorthands with a float. */
CPLUG_API cplug_tensor *cplug_float(cplug_context *ctx, double value);
CPLUG_API cplug_tensor *cplug_int(cplug_context *ctx, int64_t value);
CPLUG_API cplug_tensor *cplug_bool(cplug_context *ctx, int32_t value);

/* ---- reading: wait for the device; its deferred errors come out here ---- */
CPLUG_API cplug_status cplug_item(cplug_tensor *t, double *value);                          /* one element, any dtype */
CPLUG_API cplug_status cplug_item_int(cplug_tensor *t, int64_t *value);                     /* one element of an integer or bool tensor */
CPLUG_API double cplug_item_value(cplug_tensor *t);                                         /* cplug_item's; NaN on failure */
CPLUG_API cplug_status cplug_to_array(cplug_tensor *t, void *dst, uint64_t bytes);          /* row-major; bytes must be numel * size */
CPLUG_API cplug_status cplug_from_array_(cplug_tensor *t, const void *src, uint64_t bytes); /* overwrites t, row-major; bytes as above */
/* Prints as PyTorch does ("tensor([[1., 2.],\n        [3., 4.]])"), summarised past 1,000 elements, but dtypes by cplug's names:
 * dtype=f16 where PyTorch says dtype=torch.float16.  As snprintf: returns the length that the whole text has, writes at most size bytes
 * with a NUL; -1 on failure. */
CPLUG_API int64_t cplug_tensor_format(cplug_tensor *t, char *text, uint64_t size);
#ifdef __cplusplus
}
#endif
#endif
