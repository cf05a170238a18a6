/* io.c: between tensors and the caller's memory. */
#include "base/mode.h"
#include "tensor/tensor.h"
#include <math.h>

cplug_tensor *cplug_empty(cplug_context *ctx, cplug_dtype dtype, int32_t ndim, const int64_t *shape)
{
    if (!ctx || ctx->error) return NULL;
    return cplug__give(cplug__tensor_make(ctx, ctx->current_device, dtype, ndim, shape, CPLUG_LAYOUT_ROW_MAJOR));
}

cplug_tensor *cplug_empty_on(cplug_context *ctx, const char *device, cplug_dtype dtype, int32_t ndim, const int64_t *shape)
{
    if (!ctx || ctx->error) return NULL;
    cplug__device *d = device ? cplug__device_find(ctx, device) : ctx->current_device;
    return d ? cplug__give(cplug__tensor_make(ctx, d, dtype, ndim, shape, CPLUG_LAYOUT_ROW_MAJOR)) : NULL;
}

cplug_tensor *cplug_from_array(cplug_context *ctx, cplug_dtype dtype, int32_t ndim, const int64_t *shape, const void *data)
{
    if (!ctx || ctx->error) return NULL;
    cplug_tensor *t = cplug__tensor_make(ctx, ctx->current_device, dtype, ndim, shape, CPLUG_LAYOUT_ROW_MAJOR);
    if (!t) return NULL;
    if (!data && t->storage->bytes) {
        cplug_error_set(ctx, CPLUG_E_INVALID, "cplug_from_array: data is NULL");
    } else {
        cplug__device_copy(t->storage->device, t->view.data, data, t->storage->bytes, CPLUG_COPY_TO_DEVICE);
    }
    if (ctx->error) {
        cplug__drop(t);
        return NULL;
    }
    return cplug__give(t);
}

static cplug_tensor *refuse(void (*done)(void *), void *arg)
{
    if (done) done(arg);
    return NULL;
}

cplug_tensor *cplug_from_buffer(cplug_context *ctx, cplug_dtype dtype, int32_t ndim, const int64_t *shape, void *data, void (*done)(void *),
                                void *arg)
{
    if (!ctx || ctx->error) return refuse(done, arg);
    cplug__device *host = cplug__device_find(ctx, "cpu");
    const int64_t none[CPLUG_MAX_DIMS] = { 0 };
    /* a zero-size tensor checks dtype and rank; the real shape is then put on the caller's bytes */
    cplug_tensor *t = host ? cplug__tensor_make(ctx, host, dtype, ndim, shape ? none : NULL, CPLUG_LAYOUT_ROW_MAJOR) : NULL;
    if (!t) return refuse(done, arg);
    uint64_t bytes = cplug_dtype_size(dtype);
    for (int32_t d = 0; d < ndim; d++) {
        t->dims[d] = shape[d];
        if (shape[d] < 0 || __builtin_mul_overflow(bytes, (uint64_t)shape[d], &bytes)) {
            cplug__drop(t);
            cplug_error_set(ctx, CPLUG_E_SHAPE, "cplug_from_buffer: size %lld of dimension %d", (long long)shape[d], (int)d);
            return refuse(done, arg);
        }
    }
    cplug__storage_drop(t->storage);
    t->storage = NULL;
    if (!data && bytes)
        cplug_error_set(ctx, CPLUG_E_INVALID, "cplug_from_buffer: data is NULL");
    else
        t->storage = cplug__storage_borrow(ctx, host, data, bytes, done, arg);
    if (!t->storage) {
        cplug__drop(t);
        return refuse(done, arg);
    }
    t->view.data = data;
    cplug__set_strides(t, CPLUG_LAYOUT_ROW_MAJOR);
    if (ctx->current_device == host) return cplug__give(t);
    cplug__give(t);
    return cplug_to(t, 0, ctx->current_device->name);
}

/* ---- plain numbers ---- */
static cplug_tensor *number(cplug_context *ctx, cplug_dtype dtype, cplug_number value)
{
    if (UNLIKELY(!ctx || ctx->error)) return NULL;
    cplug_tensor *t = cplug__tensor_new(ctx);
    if (UNLIKELY(!t)) return NULL;
    t->view.dtype = dtype;
    t->view.ndim = 0;
    t->view.flags = CPLUG_VIEW_SCALAR;
    t->view.scalar = value;
    return cplug__give(t);
}
cplug_tensor *cplug_float(cplug_context *ctx, double value) { return number(ctx, CPLUG_F64, (cplug_number){ .f = value }); }
cplug_tensor *cplug_int(cplug_context *ctx, int64_t value) { return number(ctx, CPLUG_I64, (cplug_number){ .i = value }); }
cplug_tensor *cplug_bool(cplug_context *ctx, int32_t value) { return number(ctx, CPLUG_BOOL, (cplug_number){ .i = value != 0 }); }

/* ---- reading ---- */
static int64_t as_int(const void *p, cplug_dtype dtype)
{
    switch (dtype) {
    case CPLUG_I8: return *(const int8_t *)p;
    case CPLUG_U8:
    case CPLUG_BOOL: return *(const uint8_t *)p;
    case CPLUG_I16: return *(const int16_t *)p;
    case CPLUG_I32: return *(const int32_t *)p;
    default: return *(const int64_t *)p;
    }
}

static double as_double(const void *p, cplug_dtype dtype)
{
    switch (dtype) {
    case CPLUG_F32: return (double)*(const float *)p;
    case CPLUG_F64: return *(const double *)p;
    case CPLUG_F16: return (double)cplug__f16_to_f32(*(const uint16_t *)p);
    case CPLUG_BF16: return (double)cplug__bf16_to_f32(*(const uint16_t *)p);
    default: return (double)as_int(p, dtype);
    }
}

/* The single element's bytes on the host. */
static cplug_status element(cplug_tensor *t, char room[8], const char *who)
{
    cplug_context *ctx = t->ctx;
    if (!cplug__usable(ctx, t)) return ctx->error;
    if (cplug__numel(t) != 1)
        return cplug_error_set(ctx, CPLUG_E_SHAPE, "%s: a tensor with %lld elements is no number: index or reduce it first", who,
                               (long long)cplug__numel(t));
    return cplug__device_copy(t->storage->device, room, t->view.data, cplug_dtype_size(t->view.dtype), CPLUG_COPY_TO_HOST);
}

cplug_status cplug_item(cplug_tensor *t, double *value)
{
    CPLUG__OWN_MODE;
    if (!t || !value) return CPLUG_E_INVALID;
    if (t->view.flags & CPLUG_VIEW_SCALAR) {
        *value = t->view.dtype == CPLUG_F64 ? t->view.scalar.f : (double)t->view.scalar.i;
        return t->ctx->error;
    }
    _Alignas(8) char room[8];
    const cplug_status st = element(t, room, "cplug_item");
    if (!st) *value = as_double(room, t->view.dtype);
    return st;
}

double cplug_item_value(cplug_tensor *t)
{
    double value = NAN;
    return cplug_item(t, &value) == CPLUG_OK ? value : NAN;
}

cplug_status cplug_item_int(cplug_tensor *t, int64_t *value)
{
    if (!t || !value) return CPLUG_E_INVALID;
    if (cplug_dtype_is_float(t->view.dtype))
        return cplug_error_set(t->ctx, CPLUG_E_DTYPE, "cplug_item_int: expected an integer or bool tensor, got %s",
                               cplug_dtype_name(t->view.dtype));
    if (t->view.flags & CPLUG_VIEW_SCALAR) {
        *value = t->view.scalar.i;
        return t->ctx->error;
    }
    _Alignas(8) char room[8];
    const cplug_status st = element(t, room, "cplug_item_int");
    if (!st) *value = as_int(room, t->view.dtype);
    return st;
}

/* The dense bytes of a plain number. */
static void number_bytes(const cplug_tensor *t, void *dst)
{
    if (t->view.dtype == CPLUG_BOOL)
        *(uint8_t *)dst = (uint8_t)t->view.scalar.i;
    else
        memcpy(dst, &t->view.scalar, 8);
}

static cplug_status check_bytes(cplug_tensor *t, uint64_t bytes, const char *who)
{
    const uint64_t want = (uint64_t)cplug__numel(t) * cplug_dtype_size(t->view.dtype);
    if (bytes == want) return CPLUG_OK;
    return cplug_error_set(t->ctx, CPLUG_E_SHAPE, "%s: the tensor has %llu bytes, the array %llu", who, (unsigned long long)want,
                           (unsigned long long)bytes);
}

cplug_status cplug_to_array(cplug_tensor *t, void *dst, uint64_t bytes)
{
    if (!t) return CPLUG_E_INVALID;
    cplug_context *ctx = t->ctx;
    if (!cplug__usable(ctx, t)) return ctx->error;
    if (check_bytes(t, bytes, "cplug_to_array")) return ctx->error;
    if (!bytes) return CPLUG_OK;
    if (!t->storage) {
        number_bytes(t, dst);
        return CPLUG_OK;
    }
    cplug_scope *scope = cplug_scope_open(ctx);
    const int32_t grad = cplug_grad_mode(ctx, 0);
    const bool here = t->storage->device->is_host;
    cplug_tensor *dense = here || (t->view.flags & CPLUG_VIEW_DENSE) ? cplug_contiguous(t) : cplug_to(t, 0, "cpu");
    if (dense) dense = cplug_contiguous(dense);
    if (dense) cplug__device_copy(dense->storage->device, dst, dense->view.data, bytes, CPLUG_COPY_TO_HOST);
    cplug_grad_mode(ctx, grad);
    cplug_scope_close(scope);
    return ctx->error;
}

cplug_status cplug_from_array_(cplug_tensor *t, const void *src, uint64_t bytes)
{
    if (!t) return CPLUG_E_INVALID;
    cplug_context *ctx = t->ctx;
    if (!cplug__usable(ctx, t)) return ctx->error;
    if (!t->storage) return cplug_error_set(ctx, CPLUG_E_INVALID, "cplug_from_array_: a plain number cannot be written to");
    if (check_bytes(t, bytes, "cplug_from_array_")) return ctx->error;
    if (t->view.flags & CPLUG_VIEW_DENSE) {
        cplug__device_copy(t->storage->device, t->view.data, src, bytes, CPLUG_COPY_TO_DEVICE);
        cplug__changed(t);
        return ctx->error;
    }
    cplug_scope *scope = cplug_scope_open(ctx);
    const int32_t grad = cplug_grad_mode(ctx, 0);
    cplug_tensor *dense = cplug__give(
        cplug__tensor_make(ctx, t->storage->device, t->view.dtype, t->view.ndim, t->dims, CPLUG_LAYOUT_ROW_MAJOR));
    if (dense && !cplug__device_copy(dense->storage->device, dense->view.data, src, bytes, CPLUG_COPY_TO_DEVICE)) cplug_copy_(t, dense);
    cplug_grad_mode(ctx, grad);
    cplug_scope_close(scope);
    return ctx->error;
}

/* ---- between devices: by way of host memory, where gaps, conversion and broadcasting are dealt with, so that a device needs no kernel
 * for the dtype ---- */
static uint64_t span_of(const cplug_tensor *t)
{
    int64_t last = 0;
    for (int32_t d = 0; d < t->view.ndim; d++) {
        if (t->dims[d] == 0) return 0;
        last += (t->dims[d] - 1) * t->dims[CPLUG_MAX_DIMS + d];
    }
    return (uint64_t)(last + 1) * cplug_dtype_size(t->view.dtype);
}

cplug_tensor *cplug__twin(cplug_tensor *t, cplug__device *on)
{
    cplug__device *from = t->storage->device;
    const int64_t bytes = (int64_t)span_of(t);
    cplug_tensor *span = cplug__give(cplug__tensor_make(t->ctx, on, CPLUG_U8, 1, &bytes, CPLUG_LAYOUT_ROW_MAJOR));
    const uint32_t direction = on == from ? CPLUG_COPY_ON_DEVICE : CPLUG_COPY_TO_HOST;
    if (!span || cplug__device_copy(from, span->view.data, t->view.data, (uint64_t)bytes, direction)) return NULL;
    cplug_tensor *twin = cplug__alias(span, t->view.ndim, t->dims, t->dims + CPLUG_MAX_DIMS, 0);
    if (!twin) return NULL;
    twin->view.dtype = t->view.dtype;
    return cplug__give(twin);
}

/* src with dst's shape and dtype, dense, on the host */
static cplug_tensor *shaped_like(cplug_tensor *dst, cplug_tensor *src, cplug__device *host)
{
    const bool same = (src->view.flags & CPLUG_VIEW_DENSE) && src->view.dtype == dst->view.dtype && src->view.ndim == dst->view.ndim &&
                      memcmp(src->dims, dst->dims, sizeof dst->dims[0] * (uint64_t)dst->view.ndim) == 0;
    if (same) return src;
    cplug_tensor *t = cplug__give(cplug__tensor_make(dst->ctx, host, dst->view.dtype, dst->view.ndim, dst->dims, CPLUG_LAYOUT_ROW_MAJOR));
    return t && cplug_copy_(t, src) == CPLUG_OK ? t : NULL;
}

static cplug_status to_device(cplug_tensor *dst, cplug_tensor *from, cplug__device *host)
{
    cplug__device *d = dst->storage->device;
    cplug__changed(dst);
    if (dst->view.flags & CPLUG_VIEW_DENSE) {
        cplug_tensor *dense = shaped_like(dst, from, host);
        return dense ? cplug__device_copy(d, dst->view.data, dense->view.data, span_of(dst), CPLUG_COPY_TO_DEVICE) : dst->ctx->error;
    }
    cplug_tensor *twin = cplug__twin(dst, host);
    if (!twin || cplug_copy_(twin, from)) return dst->ctx->error;
    return cplug__device_copy(d, dst->view.data, twin->view.data, span_of(dst), CPLUG_COPY_TO_DEVICE);
}

cplug_status cplug__copy_across(cplug_tensor *dst, cplug_tensor *src)
{
    cplug_context *ctx = dst->ctx;
    if (!cplug__usable(ctx, src)) return ctx->error;
    cplug_scope *scope = cplug_scope_open(ctx);
    const int32_t grad = cplug_grad_mode(ctx, 0);
    cplug__device *host = cplug__device_find(ctx, "cpu");
    cplug_tensor *h = !host || src->storage->device->is_host ? src : cplug__twin(src, host);
    if (h && dst->storage->device->is_host)
        cplug_copy_(dst, h);
    else if (h)
        to_device(dst, h, host);
    cplug_grad_mode(ctx, grad);
    cplug_scope_close(scope);
    return ctx->error;
}
