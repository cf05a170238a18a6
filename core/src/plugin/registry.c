/* registry.c: what one context knows by kind and id.  Components are kept here; ops, kernels, backends and devices are handed on to
 * their own parts of core.  Plugins are loaded when something that they promise is asked for. */
#include "base/mode.h"
#include "plugin/loader.h"
#include "dispatch/dispatch.h"
#include "op/op.h"

/* ---- life ---- */
cplug__registry *cplug__registry_new(cplug_context *ctx, const char *plugin_path)
{
    cplug__registry *r = cplug__alloc(sizeof *r);
    if (!r) return NULL;
    r->ctx = ctx;
    if (plugin_path && !(r->plugin_path = cplug__strdup(plugin_path))) {
        cplug__free(r);
        return NULL;
    }
    return r;
}

void cplug__registry_free(cplug__registry *r)
{
    if (!r) return;
    cplug__arena_free(&r->arena);
    cplug__text_free(&r->searched);
    cplug__free(r->plugin_path);
    cplug__free(r->plugins);
    cplug__free(r->entries);
    cplug__free(r->promises);
    cplug__free(r);
}

/* ---- what core brings itself ---- */
static const cplug_op *const core_ops[] = {
#define X(name) &cplug__op_##name,
    CPLUG__OPS(X)
#undef X
};

const char *cplug__builtin_id(const char *kind, int32_t i)
{
    if (strcmp(kind, "op") == 0) return i < CPLUG__N_OPS ? core_ops[i]->name : NULL;
    return strcmp(kind, "device") == 0 && i == 0 ? cplug__host_device()->name : NULL;
}

const void *cplug__builtin(const char *kind, const char *id)
{
    const char *name;
    for (int32_t i = 0; (name = cplug__builtin_id(kind, i)) != NULL; i++)
        if (strcmp(name, id) == 0) return strcmp(kind, "op") == 0 ? (const void *)core_ops[i] : cplug__host_device();
    return NULL;
}

/* ---- the table ---- */
const cplug__entry *cplug__registry_lookup(const cplug__registry *r, const char *kind, const char *id)
{
    for (uint32_t i = 0; i < r->n_entries; i++) {
        const cplug__registration *at = &r->entries[i].at;
        if (strcmp(at->kind, kind) == 0 && strcmp(cplug__descriptor_id(kind, at->descriptor), id) == 0) return &r->entries[i];
    }
    return NULL;
}

static const cplug__entry *duplicate_of(const cplug__registry *r, const cplug__registration *item)
{
    for (uint32_t i = 0; i < r->n_entries; i++)
        if (cplug__same_thing(&r->entries[i].at, item)) return &r->entries[i];
    return NULL;
}

/* A plugin that takes up again what ran out of memory half-way meets what dispatch has kept of it. */
static bool is_own(const cplug__entry *d, const cplug__registration *item, const cplug__plugin *owner)
{
    return owner && d->owner == owner && d->at.descriptor == item->descriptor;
}

static const char *owner_name(const cplug__entry *entry) { return entry->owner ? entry->owner->info.id : "the program itself"; }

/* Hands what core keeps elsewhere to its keeper. */
static cplug_status hand_on(cplug__registry *r, const cplug__registration *item, cplug_error *e)
{
    cplug_context *ctx = r->ctx;
    if (strcmp(item->kind, "op") == 0) return cplug__op_register(ctx, item->descriptor, e);
    if (strcmp(item->kind, "kernel") == 0) return cplug__kernel_register(ctx, item->descriptor, e);
    if (strcmp(item->kind, "backend") == 0) return cplug__backend_register(ctx, item->descriptor, e);
    if (strcmp(item->kind, "device") == 0 && cplug__device_register(ctx, item->descriptor))
        return cplug__error_fill(e, CPLUG_E_INVALID, "device '%s' is malformed", ((const cplug_device *)item->descriptor)->name);
    return CPLUG_OK;
}

static bool changes_dispatch(const char *kind)
{
    return strcmp(kind, "op") == 0 || strcmp(kind, "kernel") == 0 || strcmp(kind, "backend") == 0 || strcmp(kind, "device") == 0;
}

static void note(cplug__text *notes, const cplug__registration *item, const char *what, const char *who)
{
    const char *id = cplug__descriptor_id(item->kind, item->descriptor);
    cplug__text_add(notes, "%s%s '%s' %s%s", notes->length ? "; " : "", item->kind, id ? id : "?", what, who);
}

/* One registration into a table that has room; what is left out is noted, not an error.  Kernels are dispatch's alone. */
static cplug_status take_one(cplug__registry *r, const cplug__registration *item, const cplug__plugin *owner, cplug__text *notes,
                             cplug_error *e)
{
    const bool kernel = strcmp(item->kind, "kernel") == 0;
    if (!cplug__kind_known(item->kind)) return note(notes, item, "is of a kind that this cplug does not know", ""), CPLUG_OK;
    const cplug__entry *d = kernel ? NULL : duplicate_of(r, item);
    if (d && is_own(d, item, owner)) return CPLUG_OK;
    if (d) return note(notes, item, "was already provided by ", owner_name(d)), CPLUG_OK;
    const cplug_status st = hand_on(r, item, e);
    if (st) return st;
    if (changes_dispatch(item->kind)) r->ctx->epoch++;
    if (!kernel) r->entries[r->n_entries++] = (cplug__entry){ *item, owner };
    return CPLUG_OK;
}

/* Ops go first, so that the kernels of the same plugin find theirs.  Nothing is kept on failure but the ops, which dispatch has. */
static cplug_status take(cplug__registry *r, const cplug__registration *list, uint32_t n, cplug__plugin *owner, bool strict,
                         cplug__text *notes, cplug_error *e)
{
    for (uint32_t i = 0; i < n && strict; i++) {
        if (strcmp(list[i].kind, "kernel") == 0) continue;
        const cplug__entry *d = duplicate_of(r, &list[i]);
        if (d && !is_own(d, &list[i], owner))
            return cplug__error_fill(e, CPLUG_E_INVALID, "%s '%s' is already provided by %s", list[i].kind,
                                     cplug__descriptor_id(list[i].kind, list[i].descriptor), owner_name(d));
    }
    if (!cplug__reserve(&r->entries, r->n_entries, &r->entry_room, n, sizeof *r->entries))
        return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory");
    const uint32_t before = r->n_entries;
    cplug_status st = CPLUG_OK;
    for (int ops = 1; ops >= 0; ops--)
        for (uint32_t i = 0; i < n && !st; i++)
            if ((strcmp(list[i].kind, "op") == 0) == ops) st = take_one(r, &list[i], owner, notes, e);
    if (!st) return CPLUG_OK;
    uint32_t kept = before;
    for (uint32_t i = before; i < r->n_entries; i++)
        if (strcmp(r->entries[i].at.kind, "op") == 0) r->entries[kept++] = r->entries[i];
    r->n_entries = kept;
    return st;
}

cplug_status cplug__registry_load(cplug__registry *r, cplug__plugin *p, bool strict, cplug_error *e)
{
    CPLUG__OWN_MODE; /* threads that a library starts here are born in it */
    if (p->info.state == CPLUG_PLUGIN_LOADED || p->info.state == CPLUG_PLUGIN_STATIC) return CPLUG_OK;
    if (p->info.state != CPLUG_PLUGIN_LISTED) return cplug__error_fill(e, p->status ? p->status : CPLUG_E_INVALID, "%s", p->info.reason);
    cplug_error why = CPLUG__ERROR_INIT;
    cplug__text notes = { 0 };
    const cplug__loaded *l = NULL;
    cplug_status st = p->entry ? cplug__load_entry(p->entry, &l, &why) : cplug__load_file(p->info.path, &l, &why);
    if (!st) st = take(r, l->list, l->n, p, strict, &notes, &why);
    if (!st) {
        p->info.state = p->entry ? CPLUG_PLUGIN_STATIC : CPLUG_PLUGIN_LOADED;
        p->entry = l->entry;
        if (notes.length && !notes.failed) {
            p->info.reason = cplug__intern(r, notes.at);
            cplug__log(CPLUG_LOG_WARN, "plugin %s: %s", p->info.id, notes.at);
        }
        if (cplug__log_topic("plugin")) cplug__log(CPLUG_LOG_DEBUG, "plugin %s: loaded, %u registrations", p->info.id, l->n);
    } else if (st == CPLUG_E_NOMEM) {
        r->no_memory = true; /* it stays listed: another try may succeed */
        cplug__error_fill(e, st, "%s", why.message);
    } else {
        cplug__plugin_fail(r, p, st, why.message);
        cplug__error_fill(e, st, "%s", why.message);
    }
    cplug__text_free(&notes);
    return st;
}

/* ---- looking up, loading on the way ---- */
/* true when the plugin brings kernels of disabled backends only */
static bool all_disabled(cplug__registry *r, const cplug__plugin *p)
{
    size_t n;
    bool any = false;
    for (const char *at = p->info.provides, *entry; (entry = cplug__provides_next(&at, "backend", &n)) != NULL;) {
        char name[64];
        if (n >= sizeof name) continue;
        memcpy(name, entry, n);
        name[n] = '\0';
        if (strchr(name, '*') || cplug__backend_enabled(r->ctx, name)) return false;
        any = true;
    }
    return any;
}

static bool load_lazily(cplug__registry *r, cplug__plugin *p)
{
    cplug_error e = CPLUG__ERROR_INIT;
    if (!cplug__registry_load(r, p, false, &e)) return true;
    cplug__log(CPLUG_LOG_WARN, "plugin %s cannot be used: %s", p->info.path, e.message);
    return false;
}

const void *cplug__find(cplug_context *ctx, const char *kind, const char *id)
{
    cplug__registry *r = ctx ? ctx->registry : NULL;
    if (!r || !kind || !id || !cplug__kind_known(kind)) return NULL;
    const cplug__entry *found = cplug__registry_lookup(r, kind, id);
    if (found) return found->at.descriptor;
    const void *own = cplug__builtin(kind, id);
    if (own) return own;
    cplug__catalog_scan(r);
    for (uint32_t i = 0; i < r->n_plugins && !found; i++) {
        cplug__plugin *p = r->plugins[i];
        if (p->info.state != CPLUG_PLUGIN_LISTED || !cplug__provides(p->info.provides, kind, id)) continue;
        if (load_lazily(r, p)) found = cplug__registry_lookup(r, kind, id);
    }
    return found ? found->at.descriptor : NULL;
}

int32_t cplug__want(cplug_context *ctx, const char *kind, const char *id)
{
    cplug__registry *r = ctx ? ctx->registry : NULL;
    if (!r || !kind || !id) return 0;
    r->no_memory = false;
    cplug__catalog_scan(r);
    const bool kernel = strcmp(kind, "kernel") == 0;
    int32_t loaded = 0;
    for (uint32_t i = 0; i < r->n_plugins; i++) {
        cplug__plugin *p = r->plugins[i];
        if (p->info.state != CPLUG_PLUGIN_LISTED || !cplug__provides(p->info.provides, kind, id)) continue;
        if (kernel && all_disabled(r, p)) continue;
        loaded += load_lazily(r, p);
    }
    return r->no_memory ? -1 : loaded;
}

/* ---- not found, in words ---- */
static void add_failures(const cplug__registry *r, const char *kind, const char *id, cplug__text *t)
{
    for (uint32_t i = 0; i < r->n_plugins; i++) {
        const cplug_plugin_info *p = &r->plugins[i]->info;
        if (p->state == CPLUG_PLUGIN_FAILED && cplug__provides(p->provides, kind, id))
            cplug__text_add(t, "; %s provides it but cannot be used: %s", p->path[0] ? p->path : p->id, p->reason);
    }
}

static void add_suggestion(cplug__registry *r, const char *kind, const char *id, cplug__text *t)
{
    const char **names = NULL, *name;
    uint32_t n = 0, room = 0;
    for (int32_t i = 0; (name = cplug_component_id(r->ctx, kind, i)) != NULL && cplug__reserve(&names, n, &room, 1, sizeof *names); i++)
        names[n++] = name;
    const char *near = cplug_nearest(id, names, n);
    if (near && strcmp(near, id) != 0) {
        cplug__text_add(t, "; did you mean '%s'?", near);
    } else if (!near && n) {
        for (uint32_t i = 0; i < n; i++) cplug__text_add(t, "%s%s", i ? ", " : "; there are: ", names[i]);
    } else if (!n) {
        cplug__text_add(t, "; no plugin provides any %s in %s", kind, r->searched.length ? r->searched.at : "an empty search path");
    }
    cplug__free(names);
}

cplug_status cplug__not_found(cplug_context *ctx, const char *kind, const char *id)
{
    if (!ctx) return CPLUG_E_INVALID;
    if (ctx->error) return ctx->error;
    if (!kind || !id) return cplug_error_set(ctx, CPLUG_E_INVALID, "a kind and an id are needed, got NULL");
    cplug__registry *r = ctx->registry;
    if (!r || r->no_memory) {
        if (r) r->no_memory = false;
        return cplug_error_set(ctx, CPLUG_E_NOMEM, "out of memory for the plugin of %s '%s'", kind, id);
    }
    cplug__text t = { 0 };
    if (!cplug__kind_known(kind)) {
        const char *near = cplug__kind_nearest(kind);
        cplug__text_add(&t, "no kind of component is called '%s'", kind);
        if (near) cplug__text_add(&t, "; did you mean '%s'?", near);
    } else {
        cplug__text_add(&t, "no %s is called '%s'", kind, id);
        const uint64_t plain = t.length;
        add_failures(r, kind, id, &t);
        if (t.length == plain) add_suggestion(r, kind, id, &t);
    }
    const cplug_status st = t.failed ? cplug_error_set(ctx, CPLUG_E_NOMEM, "out of memory")
                                     : cplug_error_set(ctx, CPLUG_E_NOTFOUND, "%s", t.at);
    cplug__text_free(&t);
    return st;
}

/* ---- what a host calls ---- */
cplug_status cplug_plugin_load(cplug_context *ctx, const char *path)
{
    if (!ctx) return CPLUG_E_INVALID;
    if (ctx->error) return ctx->error;
    if (!path || !path[0])
        return cplug_error_set(ctx, CPLUG_E_INVALID, "cplug_plugin_load: expected the path of a plugin file, got nothing");
    cplug_error e = CPLUG__ERROR_INIT;
    cplug__plugin *p = cplug__catalog_path(ctx->registry, path);
    if (!p) return cplug_error_set(ctx, CPLUG_E_NOMEM, "out of memory for plugin '%s'", path);
    const cplug_status st = cplug__registry_load(ctx->registry, p, true, &e);
    return st ? cplug_error_set(ctx, st, "plugin '%s': %s", path, e.message) : CPLUG_OK;
}

cplug_status cplug_plugin_add(cplug_context *ctx, const cplug_plugin *entry)
{
    if (!ctx) return CPLUG_E_INVALID;
    if (ctx->error) return ctx->error;
    cplug_error e = CPLUG__ERROR_INIT;
    cplug__plugin *p = cplug__catalog_static(ctx->registry, entry, &e);
    const cplug_status st = p ? cplug__registry_load(ctx->registry, p, true, &e) : e.code;
    return st ? cplug_error_set(ctx, st, "plugin '%s': %s", p ? p->info.id : "inside the program", e.message) : CPLUG_OK;
}

cplug_status cplug_register(cplug_context *ctx, const char *kind, const void *descriptor)
{
    if (!ctx) return CPLUG_E_INVALID;
    if (ctx->error) return ctx->error;
    cplug_error e = CPLUG__ERROR_INIT;
    if (kind && !cplug__kind_known(kind)) return cplug__not_found(ctx, kind, "");
    cplug_status st = cplug__descriptor_check(kind, descriptor, &e);
    cplug__text notes = { 0 };
    const cplug__registration item = { kind, descriptor };
    if (!st) st = take(ctx->registry, &item, 1, NULL, true, &notes, &e);
    cplug__text_free(&notes);
    return st ? cplug_error_set(ctx, st, "cplug_register: %s", e.message) : CPLUG_OK;
}
