/* load.c: a module's state from a file, all or nothing.  Modules that do not know their shapes yet keep what the file has for them and
 * take it at first use. */
#include "data/file.h"
#include "module/module.h"
#include <stdio.h>

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

static bool same_shape(const cplug_meta *a, const cplug_meta *b)
{
    return a->ndim == b->ndim && memcmp(a->shape, b->shape, (size_t)a->ndim * sizeof *a->shape) == 0;
}

/* Missing, misshapen and extra names, all in one error. */
static cplug_status compare(cplug_file *f, const cplug_named_tensor *list, int64_t n)
{
    complaint c[3] = { { .title = "missing in the file: " }, { .title = "of another shape: " }, { .title = "not in the module: " } };
    for (int64_t i = 0; i < n; i++) {
        cplug__file_entry *at = cplug__file_find(f, list[i].name);
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
    cplug_status status = c[0].n + c[1].n + c[2].n == 0 ? CPLUG_OK
                                                        : cplug_error_set(f->ctx, CPLUG_E_SHAPE, "%s: does not fit the module: %s",
                                                                          f->stream.path, all.at ? all.at : "names differ");
    cplug__text_free(&all);
    for (uint32_t k = 0; k < 3; k++) cplug__text_free(&c[k].text);
    return status;
}

/* ---- modules that wait for a first input: what the file has for them is kept until they know their shapes ---- */
typedef struct waiting { /* what one such module will take */
    cplug_module *module;
    cplug__pending *list;
    uint32_t n, reserved;
} waiting;
typedef struct waitings {
    waiting *at;
    uint32_t n, room;
} waitings;

static bool waits(const cplug_module *m) { return !m->ready && m->type->first_use && m->n_entries == 0; }

static void find_waiting(cplug_context *ctx, cplug_module *m, waitings *w)
{
    if (waits(m) && w->n == w->room) {
        const uint32_t room = MAX(2 * w->room, 16);
        waiting *more = cplug__grow(w->at, w->room * sizeof *more, room * sizeof *more);
        if (!more) {
            cplug__nomem(ctx, "loading");
            return;
        }
        w->at = more;
        w->room = room;
    }
    if (waits(m)) w->at[w->n++] = (waiting){ .module = m };
    for (uint32_t i = 0; i < m->n_children && !ctx->error; i++) find_waiting(ctx, m->children[i], w);
}

/* "fc1.weight" is local name "weight" of module "fc1"; names with further dots belong to children. */
static const char *local_name(const cplug_module *m, const char *name)
{
    const char *path = cplug_module_path(m);
    const uint64_t n = strlen(path);
    if (n && (strncmp(name, path, n) != 0 || name[n] != '.')) return NULL;
    const char *local = n ? name + n + 1 : name;
    return strchr(local, '.') ? NULL : local;
}

static void read_waiting(cplug_file *f, waiting *w)
{
    if (!(w->list = cplug__alloc((uint64_t)MAX(f->n, 1) * sizeof *w->list))) {
        cplug__nomem(f->ctx, "loading");
        return;
    }
    for (int64_t i = 0; i < f->n && !f->ctx->error; i++) {
        const char *local = local_name(w->module, f->entries[i].name);
        if (!local || f->entries[i].used) continue;
        cplug__pending *p = &w->list[w->n];
        cplug_tensor *t = cplug__file_read(f, &f->entries[i], "cpu");
        if (!t || !(p->name = cplug__strdup(local))) {
            if (t) cplug__nomem(f->ctx, "loading");
            return;
        }
        f->entries[i].used = 1;
        p->tensor = cplug__hold(t);
        w->n++;
    }
}

static void finish_waiting(waitings *w, bool commit)
{
    for (uint32_t i = 0; i < w->n; i++) {
        waiting *at = &w->at[i];
        if (commit && at->n) {
            cplug__module_pending(at->module, at->list, at->n);
            continue;
        }
        cplug__pending_free(at->list, at->n);
    }
    cplug__free(w->at);
}

/* ---- all or nothing: everything is read before anything is written ---- */
static cplug_status load_all(cplug_file *f, const cplug_named_tensor *list, int64_t n)
{
    cplug_tensor **fresh = cplug__alloc((uint64_t)MAX(n, 1) * sizeof *fresh);
    if (!fresh) return cplug__nomem(f->ctx, "the tensors of a file");
    for (int64_t i = 0; i < n && !cplug_failed(f->ctx); i++)
        fresh[i] = cplug__file_read(f, cplug__file_find(f, list[i].name), cplug_tensor_device(list[i].tensor));
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
    const int64_t n = cplug_module_named(m, CPLUG_STATE, &list);
    waitings later = { 0 };
    cplug_scope *scope = cplug_scope_open(ctx);
    const int32_t grad = cplug_grad_mode(ctx, 0);
    for (int64_t i = 0; i < n; i++) { /* names that have an owner are not for those who wait */
        cplug__file_entry *at = cplug__file_find(f, list[i].name);
        if (at) at->used = 1;
    }
    find_waiting(ctx, m, &later);
    for (uint32_t i = 0; i < later.n && !ctx->error; i++) read_waiting(f, &later.at[i]);
    if (!ctx->error && compare(f, list, n) == CPLUG_OK) load_all(f, list, n);
    finish_waiting(&later, !ctx->error);
    cplug_grad_mode(ctx, grad);
    cplug_scope_close(scope);
    cplug_file_close(f);
    return ctx->error;
}
