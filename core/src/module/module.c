/* module.c: making and freeing modules, and the tree: children, names, paths.
 *
 * A module belongs to its parent, a root to its context; optimizers hold one reference more, so that freeing a module early leaves
 * them something to look at.  Every change of the tree bumps `changed` up to the root, which is how cached lists notice. */
#include "base/mode.h"
#include "module/module.h"

/* ---- lifetime ---- */
static void forget_entry(cplug__entry *e)
{
    if (e->tensor) cplug__drop(e->tensor);
    cplug__free(e->name);
    memset(e, 0, sizeof(*e));
}
void cplug__module_forget(cplug_module *m, uint32_t n_entries, uint32_t n_children)
{
    while (m->n_children > n_children) {
        cplug_module *child = m->children[--m->n_children];
        child->parent = NULL; /* an optimizer may hold it longer */
        child->orphan = 1;
        cplug__module_drop(child);
    }
    while (m->n_entries > n_entries) forget_entry(&m->entries[--m->n_entries]);
}
static void release_module(cplug_module *m)
{
    if (m->type->destroy && m->self) m->type->destroy(m, m->self);
    cplug__module_forget(m, 0, 0);
    for (uint32_t k = 0; k < 4; k++) cplug__arena_free(&m->names[k].arena);
    cplug__free(m->rows);
    cplug__pending_free(m->pending, m->n_pending);
    cplug__free(m->entries);
    cplug__free(m->children);
    cplug__free(m->name);
    cplug__free(m->path);
    cplug__free(m->place);
    cplug__free(m->self);
    cplug__arena_free(&m->arena);
    cplug__free(m);
}
void cplug__module_drop(cplug_module *m)
{
    if (--m->refs == 0) release_module(m);
}
static void destroy_owned(cplug__owned *o) { cplug__module_drop((cplug_module *)o); }

void cplug_module_free(cplug_module *m)
{
    if (!m || m->parent || m->orphan) return;
    cplug__disown(&m->owned);
    m->orphan = 1;
    cplug__module_drop(m);
}

/* ---- names ---- */
static void set_place(cplug_module *m)
{
    cplug__free(m->place);
    m->place = NULL;
    if (m->type == &cplug__sequential) return; /* its children say where they are */
    m->place = m->path ? cplug__format("layer '%s' (%s)", m->path, m->type->id) : cplug__format("%s '%s'", m->kind, m->type->id);
}
static void rename_below(cplug_module *m)
{
    const cplug_module *p = m->parent;
    cplug__free(m->path);
    m->path = !m->name ? NULL : p && p->path ? cplug__format("%s.%s", p->path, m->name) : cplug__strdup(m->name);
    set_place(m);
    if (p) m->visit = p->visit;
    for (uint32_t i = 0; i < m->n_children; i++) rename_below(m->children[i]);
}
void cplug__module_name(cplug_module *m, const char *name, cplug_module *parent)
{
    cplug__free(m->name);
    m->name = name ? cplug__strdup(name) : NULL;
    m->parent = parent;
    rename_below(m);
}
void cplug__module_changed(cplug_module *m)
{
    for (; m; m = m->parent) m->changed++;
}

/* ---- making ---- */
static cplug_status run_build(cplug_module *m)
{
    cplug_context *ctx = m->ctx;
    if (!m->type->build) return ctx->error;
    const int32_t grad = cplug_grad_mode(ctx, 0);
    cplug_scope *scope = cplug_scope_open(ctx);
    cplug__place_push(ctx, "%s '%s'", m->kind, m->type->id);
    cplug_status st = scope ? m->type->build(m, m->self) : ctx->error;
    if (st && !ctx->error) cplug_error_set(ctx, st, "build failed and did not say why");
    cplug__place_pop(ctx);
    cplug_scope_close(scope);
    cplug_grad_mode(ctx, grad);
    return ctx->error;
}
cplug_module *cplug__module_make(cplug_context *ctx, const char *kind, const cplug_module_type *type, const char *options,
                                 const char *base_dir, const cplug_module *parent)
{
    CPLUG__OWN_MODE;
    cplug_error e = CPLUG__ERROR_INIT;
    char who[128];
    snprintf(who, sizeof who, "%s '%s'", kind, type->id);
    cplug_module *m = (cplug_module *)cplug__alloc(sizeof *m);
    if (!m) goto fail;
    m->ctx = ctx;
    m->type = type;
    m->kind = kind;
    m->refs = 1;
    m->changed = 1;
    m->training = parent ? parent->training : 1;
    m->was_training = CPLUG__MODE_NONE;
    m->frozen = parent ? parent->frozen : 0;
    m->dtype = parent ? parent->dtype : (cplug_dtype)CPLUG_F32;
    m->device = parent ? parent->device : ctx->current_device;
    m->visit = parent ? parent->visit : NULL;
    m->base_dir = base_dir ? cplug__arena_strdup(&m->arena, base_dir, strlen(base_dir)) : NULL;
    m->self = cplug__alloc(MAX(type->instance_size, 1u));
    if (!m->self || (base_dir && !m->base_dir)) goto fail;
    set_place(m);
    if (cplug__options_store(&m->arena, &type->options, options ? options : "", m->base_dir, who, m->self, &e)) {
        cplug__raise(ctx, &e, NULL);
        goto fail;
    }
    cplug__own(ctx, &m->owned, destroy_owned);
    if (run_build(m)) {
        cplug_module_free(m);
        return NULL;
    }
    m->ready = !type->first_use;
    return m;
fail:
    if (m) { /* nothing was built, so destroy has nothing to look at */
        cplug__free(m->self);
        m->self = NULL;
        release_module(m);
    }
    cplug__nomem(ctx, who); /* unless an error stands */
    return NULL;
}
/* Which of the two kinds has a name like this one, for the error's suggestion. */
static const char *nearer_kind(cplug_context *ctx, const char *id)
{
    enum { MANY = 256 };
    const char *ids[MANY];
    uint32_t n = 0;
    for (const char *known; n < MANY && (known = cplug_component_id(ctx, "loss", (int32_t)n)) != NULL;) ids[n++] = known;
    const char *loss = cplug_nearest(id, ids, n);
    for (n = 0; n < MANY && (ids[n] = cplug_component_id(ctx, "module", (int32_t)n)) != NULL;) n++;
    const char *module = cplug_nearest(id, ids, n);
    return loss && (!module || cplug__edit_distance(id, loss) < cplug__edit_distance(id, module)) ? "loss" : "module";
}
static cplug_module *from_spec(cplug_context *ctx, const char *spec, const char *base_dir, const cplug_module *parent)
{
    cplug_error e = CPLUG__ERROR_INIT;
    cplug__arena arena = { NULL };
    cplug_module *m = NULL;
    const char *id = NULL, *options = NULL, *kind = "module";
    if (!spec) {
        cplug_error_set(ctx, CPLUG_E_INVALID, "a module's spec is NULL: expected \"type key=value ...\"");
        return NULL;
    }
    if (!cplug__spec_split(&arena, spec, &id, &options, &e)) {
        cplug__raise(ctx, &e, "module");
        goto done;
    }
    const cplug_module_type *type = (const cplug_module_type *)cplug__find(ctx, kind, id);
    if (!type && (type = (const cplug_module_type *)cplug__find(ctx, "loss", id)) != NULL) kind = "loss";
    if (!type)
        cplug__not_found(ctx, nearer_kind(ctx, id), id);
    else
        m = cplug__module_make(ctx, kind, type, options, base_dir, parent);
done:
    cplug__arena_free(&arena);
    return m;
}
cplug_module *cplug_module_new_at(cplug_context *ctx, const char *spec, const char *base_dir)
{
    return !ctx || ctx->error ? NULL : from_spec(ctx, spec, base_dir, NULL);
}
cplug_module *cplug_module_new(cplug_context *ctx, const char *spec) { return cplug_module_new_at(ctx, spec, NULL); }

/* ---- children ---- */
static bool name_is_free(cplug_module *m, const char *name)
{
    cplug_context *ctx = m->ctx;
    if (!name || !*name || strchr(name, '.')) {
        cplug_error_set(ctx, CPLUG_E_INVALID, "'%s' is no name for a part of %s '%s': names are not empty and hold no '.'",
                        name ? name : "", m->kind, m->type->id);
        return false;
    }
    bool taken = false;
    for (uint32_t i = 0; i < m->n_children; i++) taken |= m->children[i]->name && !strcmp(m->children[i]->name, name);
    for (uint32_t i = 0; i < m->n_entries; i++) taken |= m->entries[i].name && !strcmp(m->entries[i].name, name);
    if (taken) cplug_error_set(ctx, CPLUG_E_INVALID, "%s '%s' already has a part named '%s'", m->kind, m->type->id, name);
    return !taken;
}
cplug_status cplug_module_adopt(cplug_module *m, const char *name, cplug_module *child)
{
    if (!m) return CPLUG_E_INVALID;
    cplug_context *ctx = m->ctx;
    if (ctx->error) return ctx->error;
    if (!child || child->ctx != ctx || child->parent || child->orphan)
        return cplug_error_set(ctx, CPLUG_E_INVALID, "cannot take '%s' as a child of %s '%s': %s", name ? name : "", m->kind, m->type->id,
                               !child              ? "it is NULL"
                               : child->ctx != ctx ? "it belongs to another context"
                               : child->orphan     ? "it was freed"
                                                   : "it already has a parent");
    for (const cplug_module *p = m; p; p = p->parent)
        if (p == child) return cplug_error_set(ctx, CPLUG_E_INVALID, "a module cannot be its own child");
    if (!name_is_free(m, name)) return ctx->error;
    if (m->n_children == m->room_children) {
        const uint32_t room = MAX(4u, m->room_children * 2);
        cplug_module **grown = (cplug_module **)cplug__grow(m->children, m->room_children * sizeof(*grown), room * sizeof(*grown));
        if (!grown) return cplug__nomem(ctx, "the children of a module");
        m->children = grown;
        m->room_children = room;
    }
    cplug__module_name(child, name, m);
    if (!child->name || !child->path) {
        cplug__module_name(child, NULL, NULL);
        return cplug__nomem(ctx, "the name of a module");
    }
    cplug__disown(&child->owned);
    m->children[m->n_children++] = child;
    cplug__module_changed(m);
    return CPLUG_OK;
}
void cplug__module_return(cplug_module *m)
{
    for (uint32_t i = 0; i < m->n_children; i++) {
        cplug_module *child = m->children[i];
        cplug__module_name(child, NULL, NULL);
        cplug__own(m->ctx, &child->owned, destroy_owned);
    }
    m->n_children = 0;
    cplug__module_changed(m);
}
cplug_module *cplug_module_child(cplug_module *m, const char *name, const char *spec)
{
    if (!m || m->ctx->error) return NULL;
    cplug__place_push(m->ctx, "layer '%s%s%s'", m->path ? m->path : "", m->path ? "." : "", name ? name : "");
    cplug_module *child = from_spec(m->ctx, spec, m->base_dir, m);
    if (child && cplug_module_adopt(m, name, child)) {
        cplug_module_free(child);
        child = NULL;
    }
    cplug__place_pop(m->ctx);
    return child;
}

/* ---- looking at ---- */
cplug_context *cplug_module_context(const cplug_module *m) { return m ? m->ctx : NULL; }
const cplug_module_type *cplug_module_type_of(const cplug_module *m) { return m ? m->type : NULL; }
const char *cplug_module_path(const cplug_module *m) { return m && m->path ? m->path : ""; }
const char *cplug_module_name(const cplug_module *m) { return m && m->name ? m->name : ""; }
uint32_t cplug_module_n_children(const cplug_module *m) { return m ? m->n_children : 0; }
cplug_module *cplug_module_child_at(const cplug_module *m, uint32_t i) { return m && i < m->n_children ? m->children[i] : NULL; }
cplug_module *cplug_module_get(const cplug_module *m, const char *path)
{
    while (m && path && *path) {
        const size_t n = strcspn(path, ".");
        const cplug_module *next = NULL;
        for (uint32_t i = 0; i < m->n_children && !next; i++)
            if (!strncmp(m->children[i]->name, path, n) && !m->children[i]->name[n]) next = m->children[i];
        path += n + (path[n] == '.');
        m = next;
    }
    return path ? (cplug_module *)(uintptr_t)m : NULL;
}
