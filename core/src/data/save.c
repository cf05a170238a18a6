/* save.c: writing tensors to a file, and which format a file name asks for. */
#include "data/file.h"
#include <stdio.h>

static bool has_extension(const cplug_format *f, const char *extension)
{
    uint64_t n = strlen(extension);
    for (const char *p = f->extensions ? f->extensions : ""; (p = strstr(p, extension)) != NULL; p += n)
        if ((p == f->extensions || p[-1] == ' ') && (p[n] == ' ' || p[n] == 0)) return true;
    return false;
}

const cplug_format *cplug__format_for(cplug_context *ctx, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *extension = strrchr(name, '.');
    bool has = extension && extension[1] && extension != name;
    cplug__text known = { 0 };
    if (has) { /* most formats are named as their extension: try that before loading others */
        const cplug_format *f = cplug__find(ctx, "format", extension + 1);
        if (f && has_extension(f, extension)) return f;
    }
    const char *id;
    for (int32_t i = 0; (id = cplug_component_id(ctx, "format", i)) != NULL; i++) {
        const cplug_format *f = cplug__find(ctx, "format", id);
        if (f && has && has_extension(f, extension)) {
            cplug__text_free(&known);
            return f;
        }
        if (f) cplug__text_add(&known, "%s%s (%s)", known.length ? ", " : "", f->extensions ? f->extensions : "", id);
    }
    if (has)
        cplug_error_set(ctx, CPLUG_E_NOTFOUND, "%s: no format is known for '%s'; known are: %s", path, extension,
                        known.at ? known.at : "none");
    else
        cplug_error_set(ctx, CPLUG_E_INVALID, "%s: the name has no extension, which chooses the format; known are: %s", path,
                        known.at ? known.at : "none");
    cplug__text_free(&known);
    return NULL;
}

/* Dense host bytes of every tensor: its own where they are that already, copies elsewhere. */
typedef struct staged {
    cplug_view view;
    int64_t strides[CPLUG_MAX_DIMS];
    void *copy;
} staged;

static cplug_status stage(cplug_context *ctx, staged *s, const char *path, const cplug_named_tensor *from)
{
    cplug_tensor *t = from->tensor;
    if (!from->name || !t || cplug_tensor_context(t) != ctx)
        return cplug_error_set(ctx, CPLUG_E_INVALID, "%s: tensor '%s' is NULL or of another context", path,
                               from->name ? from->name : "(no name)");
    uint64_t bytes = (uint64_t)cplug_tensor_numel(t) * cplug_dtype_size(cplug_tensor_dtype(t));
    int64_t stride = 1;
    s->view = (cplug_view){ .struct_size = sizeof s->view,
                            .dtype = cplug_tensor_dtype(t),
                            .shape = cplug_tensor_shape(t),
                            .strides = s->strides,
                            .ndim = cplug_tensor_ndim(t),
                            .flags = CPLUG_VIEW_DENSE };
    for (int32_t d = s->view.ndim - 1; d >= 0; d--) {
        s->strides[d] = stride;
        stride *= s->view.shape[d];
    }
    if (bytes == 0) return CPLUG_OK;
    if (strcmp(cplug_tensor_device(t), "cpu") == 0 && cplug_tensor_is_contiguous(t)) {
        s->view.data = cplug_tensor_data(t);
        if (s->view.data) return CPLUG_OK;
    }
    s->view.data = s->copy = cplug__alloc(bytes);
    if (!s->copy)
        return cplug_error_set(ctx, CPLUG_E_NOMEM, "%s: out of memory for a host copy of '%s' (%llu bytes)", path, from->name,
                               (unsigned long long)bytes);
    return cplug_to_array(t, s->copy, bytes);
}

static cplug_status write_file(cplug_context *ctx, const cplug_format *f, const char *path, const cplug_named_view *views, uint32_t n,
                               const char *const *metadata)
{
    cplug_error e = CPLUG__ERROR_INIT;
    cplug__stream s;
    cplug_status status = cplug__stream_create(&s, path, &e);
    if (status != CPLUG_OK) return cplug__raise(ctx, &e, NULL);
    status = f->write(&s.io, views, n, metadata, &e);
    if (status == CPLUG_OK)
        status = cplug__stream_commit(&s, &e);
    else
        e.code = status;
    cplug__stream_close(&s);
    return status == CPLUG_OK ? CPLUG_OK : cplug__raise(ctx, &e, NULL);
}

cplug_status cplug_save(cplug_context *ctx, const char *path, const cplug_named_tensor *list, uint32_t n, const char *const *metadata)
{
    if (!ctx) return CPLUG_E_INVALID;
    if (cplug_failed(ctx)) return cplug_failed(ctx);
    if (!path || (n && !list)) return cplug_error_set(ctx, CPLUG_E_INVALID, "cplug_save: the path or the list is NULL");
    const cplug_format *f = cplug__format_for(ctx, path);
    if (!f) return cplug_failed(ctx);
    if (!f->write) return cplug_error_set(ctx, CPLUG_E_UNSUPPORTED, "%s: format '%s' can be read but not written", path, f->id);
    staged *s = cplug__alloc(MAX(n, 1) * sizeof *s);
    cplug_named_view *views = cplug__alloc(MAX(n, 1) * sizeof *views);
    cplug_status status = s && views ? CPLUG_OK : cplug__nomem(ctx, "the list of tensors to save");
    for (uint32_t i = 0; i < n && status == CPLUG_OK; i++) {
        status = stage(ctx, &s[i], path, &list[i]);
        views[i] = (cplug_named_view){ list[i].name, &s[i].view };
    }
    if (status == CPLUG_OK) status = write_file(ctx, f, path, views, n, metadata);
    for (uint32_t i = 0; s && i < n; i++) cplug__free(s[i].copy);
    cplug__free(views);
    cplug__free(s);
    return status;
}

cplug_status cplug_module_save(cplug_module *m, const char *path)
{
    static const char *const metadata[] = { "format", "cplug", NULL };
    if (!m) return CPLUG_E_INVALID;
    const cplug_named_tensor *list = NULL;
    int64_t n = cplug_module_named(m, CPLUG_STATE, &list);
    return cplug_save(cplug_module_context(m), path, list, (uint32_t)n, metadata);
}
