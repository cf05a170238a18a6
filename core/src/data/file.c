/* file.c: reading files of tensors: open, list, read by name; and loading a module's state from one, all or nothing. */
#include "data/file.h"
#include "module/module.h"
#include <stdlib.h>

typedef struct entry {
    const char *name; /* the format's, until close */
    cplug_meta meta;
    int64_t at; /* number in the file */
    uint32_t used, reserved;
} entry;

struct cplug_file {
    cplug__owned owned;
    cplug_context *ctx;
    const cplug_format *format;
    void *doc;
    cplug__stream stream;
    entry *entries, **by_name;
    int64_t n;
};

static int by_name(const void *a, const void *b) { return strcmp((*(entry *const *)a)->name, (*(entry *const *)b)->name); }

static entry *find(const cplug_file *f, const char *name)
{
    entry key = { .name = name }, *at = &key, **hit;
    hit = f->n ? bsearch(&at, f->by_name, (size_t)f->n, sizeof(entry *), by_name) : NULL;
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
        entry *at = &f->entries[i];
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
static cplug_status read_into(cplug_file *f, const entry *at, cplug_tensor *t)
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

static cplug_tensor *read_entry(cplug_file *f, const entry *at, const char *device)
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
    const entry *at = find(f, name);
    if (at) return read_entry(f, at, cplug_device_get(f->ctx));
    const char *near = NULL, **names = cplug__alloc((uint64_t)MAX(f->n, 1) * sizeof *names);
    for (int64_t i = 0; names && i < f->n; i++) names[i] = f->entries[i].name;
    if (names && f->n <= UINT32_MAX) near = cplug_nearest(name, names, (uint32_t)f->n);
    cplug_error_set(f->ctx, CPLUG_E_NOTFOUND, near ? "%s: no tensor '%s'; did you mean '%s'?" : "%s: no tensor '%s'", f->stream.path, name,
                    near);
    cplug__free(names);
    return NULL;
}

/* ---- a module's state ---- */
enum { NAMED_AT_MOST = 8 };

typedef struct complaint {
    const char *title;
    cplug__text text;
    int64_t n;
} complaint;

static void complain(complaint *c, const char *name, const char *detail)
{
    if (c->n++ < NAMED_AT_MOST) cplug__text_add(&c->text, "%s'%s'%s", c->n > 1 ? ", " : "", name, detail);
}

static bool waits_for_input(const cplug_module *m)
{
    if (!m->ready && m->type->first_use && m->n_entries == 0) return true;
    for (uint32_t i = 0; i < m->n_children; i++)
        if (waits_for_input(m->children[i])) return true;
    return false;
}

static bool same_shape(const cplug_meta *a, const cplug_meta *b)
{
    return a->ndim == b->ndim && memcmp(a->shape, b->shape, (size_t)a->ndim * sizeof *a->shape) == 0;
}

/* Missing, misshapen and extra names, all in one error. */
static cplug_status compare(cplug_file *f, const cplug_module *m, const cplug_named_tensor *list, int64_t n)
{
    complaint c[3] = { { .title = "missing in the file: " }, { .title = "of another shape: " }, { .title = "not in the module: " } };
    for (int64_t i = 0; i < n; i++) {
        entry *at = find(f, list[i].name);
        cplug_meta want;
        char have_text[CPLUG__SHAPE_TEXT], want_text[CPLUG__SHAPE_TEXT], detail[2 * CPLUG__SHAPE_TEXT + 48];
        cplug_tensor_meta(list[i].tensor, &want);
        if (at) at->used = 1;
        if (!at) complain(&c[0], list[i].name, "");
        if (!at || same_shape(&at->meta, &want)) continue;
        snprintf(detail, sizeof detail, " is %s, the module needs %s", cplug__shape_text(&at->meta, have_text),
                 cplug__shape_text(&want, want_text));
        complain(&c[1], list[i].name, detail);
    }
    for (int64_t i = 0; i < f->n; i++)
        if (!f->entries[i].used) complain(&c[2], f->entries[i].name, "");
    cplug__text all = { 0 };
    for (uint32_t k = 0; k < 3; k++) {
        if (!c[k].n) continue;
        cplug__text_add(&all, "%s%s%s", all.length ? "; " : "", c[k].title, c[k].text.at ? c[k].text.at : "");
        if (c[k].n > NAMED_AT_MOST) cplug__text_add(&all, " and %lld more", (long long)(c[k].n - NAMED_AT_MOST));
    }
    const char *hint = c[2].n && waits_for_input(m)
                           ? "; parts of the module wait for a first input: call cplug_module_materialize before loading"
                           : "";
    cplug_status status = c[0].n + c[1].n + c[2].n == 0 ? CPLUG_OK
                                                        : cplug_error_set(f->ctx, CPLUG_E_SHAPE, "%s: does not fit the module: %s%s",
                                                                          f->stream.path, all.at ? all.at : "names differ", hint);
    cplug__text_free(&all);
    for (uint32_t k = 0; k < 3; k++) cplug__text_free(&c[k].text);
    return status;
}

/* Everything is read before anything is written, so that a failure leaves the module as it was. */
static cplug_status load_all(cplug_file *f, const cplug_named_tensor *list, int64_t n)
{
    cplug_tensor **fresh = cplug__alloc((uint64_t)MAX(n, 1) * sizeof *fresh);
    if (!fresh) return cplug__nomem(f->ctx, "the tensors of a file");
    for (int64_t i = 0; i < n && !cplug_failed(f->ctx); i++)
        fresh[i] = read_entry(f, find(f, list[i].name), cplug_tensor_device(list[i].tensor));
    for (int64_t i = 0; i < n && !cplug_failed(f->ctx); i++) cplug_copy_(list[i].tensor, fresh[i]);
    cplug__free(fresh);
    return cplug_failed(f->ctx);
}

cplug_status cplug_module_load(cplug_module *m, const char *path)
{
    if (!m) return CPLUG_E_INVALID;
    cplug_context *ctx = cplug_module_context(m);
    if (cplug_failed(ctx)) return cplug_failed(ctx);
    cplug_file *f = cplug_file_open(ctx, path);
    if (!f) return cplug_failed(ctx);
    const cplug_named_tensor *list = NULL;
    int64_t n = cplug_module_named(m, CPLUG_STATE, &list);
    cplug_status status = compare(f, m, list, n);
    if (status == CPLUG_OK) {
        cplug_scope *scope = cplug_scope_open(ctx);
        int32_t grad = cplug_grad_mode(ctx, 0);
        status = load_all(f, list, n);
        cplug_grad_mode(ctx, grad);
        cplug_scope_close(scope);
    }
    cplug_file_close(f);
    return status;
}
