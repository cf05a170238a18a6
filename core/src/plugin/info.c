/* info.c: what a context can say about its plugins and components: for listings, checkers and documentation. */
#include "plugin/loader.h"

const void *cplug_component(cplug_context *ctx, const char *kind, const char *id)
{
    if (!ctx) return NULL;
    const void *found = cplug__find(ctx, kind, id);
    if (!found) cplug__not_found(ctx, kind, id);
    return found;
}

const cplug_options_table *cplug_component_options(cplug_context *ctx, const char *kind, const char *id)
{
    const void *found = cplug_component(ctx, kind, id);
    return found ? cplug__descriptor_options(kind, found) : NULL;
}

int32_t cplug_plugin_count(cplug_context *ctx)
{
    if (!ctx) return 0;
    cplug__catalog_scan(ctx->registry);
    return (int32_t)ctx->registry->n_plugins;
}

const cplug_plugin_info *cplug_plugin_get(cplug_context *ctx, int32_t i)
{
    return i >= 0 && i < cplug_plugin_count(ctx) ? &ctx->registry->plugins[i]->info : NULL;
}

void cplug_plugin_load_all(cplug_context *ctx)
{
    for (int32_t i = 0, n = cplug_plugin_count(ctx); i < n; i++) {
        cplug_error e = CPLUG__ERROR_INIT;
        (void)cplug__registry_load(ctx->registry, ctx->registry->plugins[i], false, &e);
    }
}

/* What a manifest promises and no context has: of plugins that are not loaded, and of kinds that this cplug does not know. */
static bool is_open(const cplug__promise *p)
{
    if (p->owner->info.state == CPLUG_PLUGIN_LISTED) return true;
    return p->owner->info.state == CPLUG_PLUGIN_LOADED && !cplug__kind_known(p->kind);
}

static bool listed_before(const cplug__registry *r, uint32_t i)
{
    const cplug__promise *p = &r->promises[i];
    for (uint32_t k = 0; k < i; k++) {
        const cplug__promise *q = &r->promises[k];
        if (is_open(q) && strcmp(q->kind, p->kind) == 0 && strcmp(q->id, p->id) == 0) return true;
    }
    return cplug__registry_lookup(r, p->kind, p->id) != NULL;
}

const char *cplug_component_id(cplug_context *ctx, const char *kind, int32_t i)
{
    if (!ctx || !kind || i < 0) return NULL;
    cplug__registry *r = ctx->registry;
    cplug__catalog_scan(r);
    for (int32_t k = 0; cplug__builtin_id(kind, k); k++)
        if (i-- == 0) return cplug__builtin_id(kind, k);
    for (uint32_t k = 0; k < r->n_entries; k++)
        if (strcmp(r->entries[k].at.kind, kind) == 0 && i-- == 0) return cplug__descriptor_id(kind, r->entries[k].at.descriptor);
    for (uint32_t k = 0; k < r->n_promises; k++)
        if (strcmp(r->promises[k].kind, kind) == 0 && is_open(&r->promises[k]) && !listed_before(r, k) && i-- == 0)
            return r->promises[k].id;
    return NULL;
}
