/* tensor.c: the tensor object: making, sharing, dropping, looking at. */
#include "tensor/tensor.h"

enum { SLAB_TENSORS = 64 };
struct cplug__tensor_slab {
    struct cplug__tensor_slab *next;
    cplug_tensor item[SLAB_TENSORS];
};

static cplug_tensor *more(cplug_context *ctx)
{
    struct cplug__tensor_slab *slab = cplug__alloc(sizeof *slab);
    if (!slab) {
        cplug__nomem(ctx, "tensors");
        return NULL;
    }
    slab->next = ctx->slabs;
    ctx->slabs = slab;
    for (int i = SLAB_TENSORS; i-- > 0;) {
        cplug_tensor *t = &slab->item[i];
        t->view.struct_size = sizeof t->view;
        t->view.shape = t->dims;
        t->view.strides = t->dims + CPLUG_MAX_DIMS;
        t->ctx = ctx;
        t->next = ctx->free_tensors;
        ctx->free_tensors = t;
    }
    return ctx->free_tensors;
}

cplug_tensor *cplug__tensor_new(cplug_context *ctx)
{
    cplug_tensor *t = ctx->free_tensors;
    if (UNLIKELY(!t) && !(t = more(ctx))) return NULL;
    ctx->free_tensors = t->next;
    t->refs = 1;
    t->requires_grad = t->is_view = t->layout = t->out_index = 0;
    t->free_layout = 0;
    t->view.data = NULL;
    t->storage = NULL;
    t->grad_fn = NULL;
    t->autograd = NULL;
    ctx->live_tensors++;
    return t;
}

void cplug__drop(cplug_tensor *t)
{
    if (!t || --t->refs) return;
    cplug_context *ctx = t->ctx;
    if (UNLIKELY(t->autograd != NULL)) cplug__autograd_meta_drop(t);
    if (t->grad_fn) {
        cplug__node *n = t->grad_fn;
        t->grad_fn = NULL;
        cplug__node_drop(ctx, n);
    }
    if (t->storage) cplug__storage_drop(t->storage);
    t->next = ctx->free_tensors;
    ctx->free_tensors = t;
    ctx->live_tensors--;
}

void cplug__tensors_close(cplug_context *ctx)
{
    /* tensors that the host still holds: their graph and gradients are let go, their memory goes with the device */
    for (struct cplug__tensor_slab *s = ctx->slabs; s; s = s->next)
        for (int i = 0; i < SLAB_TENSORS; i++) {
            cplug_tensor *t = &s->item[i];
            if (!t->refs) continue;
            if (t->autograd) cplug__autograd_meta_drop(t);
            cplug__node *n = t->grad_fn;
            t->grad_fn = NULL;
            if (n) cplug__node_drop(ctx, n);
        }
    for (struct cplug__tensor_slab *s = ctx->slabs, *next; s; s = next) {
        next = s->next;
        cplug__free(s);
    }
    ctx->slabs = NULL;
}

void cplug__classify(cplug_tensor *t)
{
    const int64_t *strides = t->dims + CPLUG_MAX_DIMS;
    int64_t expect = 1;
    bool dense = true, empty = false;
    for (int32_t d = t->view.ndim - 1; d >= 0; d--) {
        if (t->dims[d] == 0) empty = true;
        if (t->dims[d] != 1 && strides[d] != expect) dense = false;
        expect *= t->dims[d];
    }
    t->view.flags = dense || empty ? CPLUG_VIEW_DENSE : 0;
    t->layout = CPLUG_LAYOUT_ROW_MAJOR;
    if (!dense && !empty && t->view.ndim == 4) {
        static const int order[4] = { 1, 3, 2, 0 };
        expect = 1;
        for (int k = 0; k < 4; k++) {
            const int d = order[k];
            if (t->dims[d] != 1 && strides[d] != expect) return;
            expect *= t->dims[d];
        }
        t->layout = CPLUG_LAYOUT_CHANNELS_LAST;
    }
}

void cplug__set_strides(cplug_tensor *t, uint32_t layout)
{
    int64_t *strides = t->dims + CPLUG_MAX_DIMS, step = 1;
    if (layout == CPLUG_LAYOUT_CHANNELS_LAST && t->view.ndim == 4) {
        static const int order[4] = { 1, 3, 2, 0 };
        for (int k = 0; k < 4; k++) {
            strides[order[k]] = step;
            step *= MAX(t->dims[order[k]], 1);
        }
        cplug__classify(t);
        return;
    }
    for (int32_t d = t->view.ndim - 1; d >= 0; d--) {
        strides[d] = step;
        step *= MAX(t->dims[d], 1);
    }
    t->view.flags = CPLUG_VIEW_DENSE;
    t->layout = CPLUG_LAYOUT_ROW_MAJOR;
}

/* Bytes of a shape; false and an error when it is no shape or too large. */
static bool shape_bytes(cplug_context *ctx, cplug_dtype dtype, int32_t ndim, const int64_t *shape, uint64_t *bytes)
{
    const uint64_t size = cplug_dtype_size(dtype);
    if (!size) {
        cplug_error_set(ctx, CPLUG_E_DTYPE, "%u is no dtype", dtype);
        return false;
    }
    if (ndim < 0 || ndim > CPLUG_MAX_DIMS || (ndim > 0 && !shape)) {
        cplug_error_set(ctx, CPLUG_E_SHAPE, "a tensor has 0 to %d dimensions, not %d", CPLUG_MAX_DIMS, (int)ndim);
        return false;
    }
    uint64_t n = size;
    bool empty = false, huge = false;
    for (int32_t d = 0; d < ndim; d++) {
        if (shape[d] < 0) {
            cplug_error_set(ctx, CPLUG_E_SHAPE, "dimension %d has the negative size %lld", (int)d, (long long)shape[d]);
            return false;
        }
        if (shape[d] == 0) empty = true;
        huge |= __builtin_mul_overflow(n, (uint64_t)MAX(shape[d], 1), &n);
    }
    if (huge || n > (uint64_t)INT64_MAX) {
        cplug_error_set(ctx, CPLUG_E_NOMEM, "a tensor of this shape has more bytes than an address can count");
        return false;
    }
    *bytes = empty ? 0 : n;
    return true;
}

cplug_tensor *cplug__tensor_make(cplug_context *ctx, cplug__device *device, cplug_dtype dtype, int32_t ndim, const int64_t *shape,
                                 uint32_t layout)
{
    uint64_t bytes;
    if (!shape_bytes(ctx, dtype, ndim, shape, &bytes)) return NULL;
    cplug_tensor *t = cplug__tensor_new(ctx);
    if (!t) return NULL;
    t->view.dtype = dtype;
    t->view.ndim = ndim;
    for (int32_t d = 0; d < ndim; d++) t->dims[d] = shape[d];
    cplug__set_strides(t, layout);
    if (!(t->storage = cplug__storage_new(ctx, device, bytes))) {
        cplug__drop(t);
        return NULL;
    }
    t->view.data = t->storage->data;
    return t;
}

cplug_tensor *cplug__alias(cplug_tensor *t, int32_t ndim, const int64_t *shape, const int64_t *strides, int64_t offset)
{
    cplug_tensor *a = cplug__tensor_new(t->ctx);
    if (!a) return NULL;
    a->view.dtype = t->view.dtype;
    a->view.ndim = ndim;
    for (int32_t d = 0; d < ndim; d++) {
        a->dims[d] = shape[d];
        a->dims[CPLUG_MAX_DIMS + d] = strides[d];
    }
    cplug__classify(a);
    a->is_view = 1;
    if (!t->storage) { /* a plain number: its alias is one too */
        a->view.flags = t->view.flags;
        a->view.scalar = t->view.scalar;
        return a;
    }
    a->storage = t->storage;
    a->storage->refs++;
    a->rebased = (uint32_t)t->storage->rebased;
    a->view.data = t->view.data ? (char *)t->view.data + offset * (int64_t)cplug_dtype_size(t->view.dtype) : NULL;
    return a;
}

bool cplug__usable(cplug_context *ctx, const cplug_tensor *t)
{
    if (!ctx || ctx->error || !t) return false;
    if (t == ctx->stale) {
        cplug__stale_error(ctx);
        return false;
    }
    if (t->ctx != ctx) {
        cplug_error_set(ctx, CPLUG_E_INVALID, "a tensor of another context: copy it over with cplug_to_array and cplug_from_array");
        return false;
    }
    return true;
}

void cplug__changed(cplug_tensor *t)
{
    if (t->storage) t->storage->version++;
}

cplug_status cplug__settle(cplug_tensor *t)
{
    if (!t->free_layout) return CPLUG_OK;
    cplug_context *ctx = t->ctx;
    if (ctx->error) return ctx->error;
    cplug_scope *scope = cplug_scope_open(ctx);
    const int32_t grad = cplug_grad_mode(ctx, 0);
    t->free_layout = 0;
    cplug_tensor *dense = cplug_contiguous(t);
    if (dense) {
        cplug__storage *old = t->storage;
        t->storage = dense->storage;
        t->storage->refs++;
        t->view.data = dense->view.data;
        cplug__set_strides(t, CPLUG_LAYOUT_ROW_MAJOR);
        cplug__storage_drop(old);
    } else {
        t->free_layout = 1;
    }
    cplug_grad_mode(ctx, grad);
    cplug_scope_close(scope);
    return ctx->error;
}

/* ---- looking at ---- */
cplug_context *cplug_tensor_context(const cplug_tensor *t) { return t ? t->ctx : NULL; }
int32_t cplug_tensor_ndim(const cplug_tensor *t) { return t ? t->view.ndim : 0; }
const int64_t *cplug_tensor_shape(const cplug_tensor *t) { return t ? t->dims : NULL; }
const int64_t *cplug_tensor_strides(cplug_tensor *t)
{
    if (t) cplug__settle(t);
    return t ? t->dims + CPLUG_MAX_DIMS : NULL;
}
int64_t cplug_tensor_numel(const cplug_tensor *t) { return t ? cplug__numel(t) : 0; }
cplug_dtype cplug_tensor_dtype(const cplug_tensor *t) { return t ? t->view.dtype : 0; }
const char *cplug_tensor_device(const cplug_tensor *t) { return !t ? "" : t->storage ? t->storage->device->name : "cpu"; }
/* a free layout will be row-major for whoever looks */
int32_t cplug_tensor_is_contiguous(const cplug_tensor *t)
{
    return !t ? 0 : t->free_layout ? 1 : (t->view.flags & (CPLUG_VIEW_DENSE | CPLUG_VIEW_SCALAR)) != 0;
}
uint64_t cplug_tensor_version(const cplug_tensor *t) { return t && t->storage ? t->storage->version : 0; }

int64_t cplug_tensor_size(const cplug_tensor *t, int32_t dim)
{
    if (!t) return -1;
    if (dim < 0) dim += t->view.ndim;
    return dim >= 0 && dim < t->view.ndim ? t->dims[dim] : -1;
}

void cplug_tensor_meta(const cplug_tensor *t, cplug_meta *out)
{
    memset(out, 0, sizeof *out);
    if (!t) {
        out->ndim = -1;
        return;
    }
    out->dtype = t->view.dtype;
    out->ndim = t->view.ndim;
    memcpy(out->shape, t->dims, sizeof out->shape[0] * (uint64_t)t->view.ndim);
    out->layout = t->layout;
    out->flags = t->view.flags & CPLUG_VIEW_SCALAR ? CPLUG_META_SCALAR : 0;
}

void *cplug_tensor_data(cplug_tensor *t)
{
    if (!t || !t->storage || !t->storage->device->is_host || cplug__numel(t) == 0 || cplug__settle(t)) return NULL;
    return t->view.data;
}

void cplug_tensor_touch(cplug_tensor *t)
{
    if (t) cplug__changed(t);
}

cplug_tensor *cplug_retain(cplug_tensor *t) { return t ? cplug__hold(t) : NULL; }
void cplug_release(cplug_tensor *t) { cplug__drop(t); }
