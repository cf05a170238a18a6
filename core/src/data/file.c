/* file.c: reading files of tensors: open, list, read by name. */
#include "data/file.h"
#include <stdlib.h>

static int by_name(const void *a, const void *b)
{
    return strcmp((*(cplug__file_entry *const *)a)->name, (*(cplug__file_entry *const *)b)->name);
}

cplug__file_entry *cplug__file_find(const cplug_file *f, const char *name)
{
    cplug__file_entry key = { .name = name }, *at = &key, **hit;
    hit = f->n ? bsearch(&at, f->by_name, (size_t)f->n, sizeof(cplug__file_entry *), by_name) : NULL;
    return hit ? *hit : NULL;
}

static void destroy(cplug__owned *o)
{
    cplug_file *f = (cplug_file *)o;
    if (f->doc) f->format->close(f->doc);
    cplug__stream_close(&f->stream);
    cplug__free(f->entries);
    cplug__free(f->by_name);
    cplug__free(f);
}

static cplug_status read_index(cplug_file *f, cplug_error *e)
{
    f->n = f->format->count(f->doc);
    f->entries = cplug__alloc((uint64_t)MAX(f->n, 1) * sizeof *f->entries);
    f->by_name = cplug__alloc((uint64_t)MAX(f->n, 1) * sizeof *f->by_name);
    if (!f->entries || !f->by_name)
        return cplug__error_fill(e, CPLUG_E_NOMEM, "%s: out of memory for %lld names", f->stream.path, (long long)f->n);
    for (int64_t i = 0; i < f->n; i++) {
        cplug__file_entry *at = &f->entries[i];
        cplug_status status = f->format->entry(f->doc, i, &at->name, &at->meta, e);
        if (status != CPLUG_OK) return status;
        at->at = i;
        f->by_name[i] = at;
    }
    qsort(f->by_name, (size_t)f->n, sizeof *f->by_name, by_name);
    return CPLUG_OK;
}

cplug_file *cplug_file_open(cplug_context *ctx, const char *path)
{
    if (!ctx || cplug_failed(ctx)) return NULL;
    cplug_error e = CPLUG__ERROR_INIT;
    cplug_file *f = NULL;
    if (!path) {
        cplug_error_set(ctx, CPLUG_E_INVALID, "cplug_file_open: the path is NULL");
        return NULL;
    }
    const cplug_format *format = cplug__format_for(ctx, path);
    if (!format) return NULL;
    if (!format->open) {
        cplug_error_set(ctx, CPLUG_E_UNSUPPORTED, "%s: format '%s' can be written but not read", path, format->id);
        return NULL;
    }
    f = cplug__alloc(sizeof *f);
    if (!f) {
        cplug__nomem(ctx, "an open file");
        return NULL;
    }
    f->ctx = ctx;
    f->format = format;
    f->stream.fd = -1;
    cplug_status status = cplug__stream_open(&f->stream, path, &e);
    if (status == CPLUG_OK) status = format->open(&f->stream.io, &f->doc, &e);
    if (status == CPLUG_OK) status = read_index(f, &e);
    if (status != CPLUG_OK) {
        e.code = status;
        cplug__raise(ctx, &e, NULL);
        destroy(&f->owned);
        return NULL;
    }
    cplug__own(ctx, &f->owned, destroy);
    return f;
}

void cplug_file_close(cplug_file *f)
{
    if (!f) return;
    cplug__disown(&f->owned);
    destroy(&f->owned);
}

int64_t cplug_file_count(const cplug_file *f) { return f ? f->n : 0; }

const char *cplug_file_name(const cplug_file *f, int64_t i, cplug_meta *meta)
{
    if (!f || i < 0 || i >= f->n) return NULL;
    if (meta) *meta = f->entries[i].meta;
    return f->entries[i].name;
}

const char *cplug_file_metadata(const cplug_file *f, const char *key)
{
    return f && key && f->format->metadata ? f->format->metadata(f->doc, key) : NULL;
}

/* Straight into the tensor's memory on the host, through a host copy elsewhere. */
static cplug_status read_into(cplug_file *f, const cplug__file_entry *at, cplug_tensor *t)
{
    cplug_error e = CPLUG__ERROR_INIT;
    bool host = strcmp(cplug_tensor_device(t), "cpu") == 0;
    uint64_t bytes = (uint64_t)cplug_tensor_numel(t) * cplug_dtype_size(at->meta.dtype);
    void *copy = host || !bytes ? NULL : cplug__alloc(bytes);
    if (!host && bytes && !copy)
        return cplug_error_set(f->ctx, CPLUG_E_NOMEM, "%s: out of memory for '%s' (%llu bytes)", f->stream.path, at->name,
                               (unsigned long long)bytes);
    cplug_view view = { .struct_size = sizeof view,
                        .dtype = at->meta.dtype,
                        .data = host ? cplug_tensor_data(t) : copy,
                        .shape = cplug_tensor_shape(t),
                        .strides = cplug_tensor_strides(t),
                        .ndim = at->meta.ndim,
                        .flags = CPLUG_VIEW_DENSE };
    cplug_status status = bytes ? f->format->read(f->doc, at->at, &view, &e) : CPLUG_OK;
    if (status != CPLUG_OK) {
        e.code = status;
        cplug__raise(f->ctx, &e, NULL);
    } else if (copy) {
        status = cplug_from_array_(t, copy, bytes);
    }
    cplug__free(copy);
    return status;
}

cplug_tensor *cplug__file_read(cplug_file *f, const cplug__file_entry *at, const char *device)
{
    if (at->meta.dtype == 0) {
        cplug_error e = CPLUG__ERROR_INIT;
        cplug_view nothing = { .struct_size = sizeof nothing };
        cplug_status status = f->format->read(f->doc, at->at, &nothing, &e); /* names the dtype that cplug does not have */
        cplug_error_set(f->ctx, status ? status : CPLUG_E_DTYPE, "%s", e.message[0] ? e.message : "unsupported dtype");
        return NULL;
    }
    cplug_tensor *t = cplug_empty_on(f->ctx, device, at->meta.dtype, at->meta.ndim, at->meta.shape);
    return t && read_into(f, at, t) == CPLUG_OK ? t : NULL;
}

cplug_tensor *cplug_file_read(cplug_file *f, const char *name)
{
    if (!f || !name || cplug_failed(f->ctx)) return NULL;
    const cplug__file_entry *at = cplug__file_find(f, name);
    if (at) return cplug__file_read(f, at, cplug_device_get(f->ctx));
    const char *near = NULL, **names = cplug__alloc((uint64_t)MAX(f->n, 1) * sizeof *names);
    for (int64_t i = 0; names && i < f->n; i++) names[i] = f->entries[i].name;
    if (names && f->n <= UINT32_MAX) near = cplug_nearest(name, names, (uint32_t)f->n);
    cplug_error_set(f->ctx, CPLUG_E_NOTFOUND, near ? "%s: no tensor '%s'; did you mean '%s'?" : "%s: no tensor '%s'", f->stream.path, name,
                    near);
    cplug__free(names);
    return NULL;
}
