/* make.c: one instance of a component from its spec, for the objects of this folder: finds the type, stores the options. */
#include "train/train.h"
#include <stdio.h>

cplug_status cplug__make(cplug_context *ctx, const cplug__kind *kind, const char *spec, const char *base_dir, cplug__instance *out)
{
    cplug_error e = CPLUG__ERROR_INIT;
    const char *id, *options;
    char who[128];
    if (!cplug__spec_split(&out->arena, spec ? spec : "", &id, &options, &e)) return cplug__raise(ctx, &e, kind->name);
    if ((out->type = cplug__find(ctx, kind->name, id)) == NULL) return cplug__not_found(ctx, kind->name, id);
    const char *type = (const char *)out->type;
    const uint64_t size = *(const uint64_t *)(type + kind->instance_size);
    if ((out->self = cplug__alloc(MAX(size, 1u))) == NULL) return cplug__nomem(ctx, kind->name);
    snprintf(who, sizeof who, "%s '%s'", kind->name, id);
    if (cplug__options_store(&out->arena, (const cplug_options_table *)(type + kind->options), options, base_dir, who, out->self, &e))
        return cplug__raise(ctx, &e, NULL);
    return CPLUG_OK;
}

void cplug__unmake(cplug__instance *i)
{
    cplug__free(i->self);
    cplug__arena_free(&i->arena);
}
