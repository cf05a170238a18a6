/* load.c: the plugin comes into a context as core loads it, but each descriptor passes through a function of ours first. */
#include "validate.h"
#include <dlfcn.h>

#define ENTRY_SYMBOL "cplug_plugin_v" CPLUG_STR(CPLUG_ABI_MAJOR)

static struct {
    const cplug_plugin *entry;
    wrap_descriptor wrap;
} under;

static cplug_status add(cplug_registrar *r, const char *kind, const void *descriptor, cplug_error *e)
{
    return cplug_host_table()->add(r, kind, under.wrap(kind, descriptor), e);
}

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    (void)h;
    host_own()->add = add;
    return under.entry->init(host_own(), r, e);
}

cplug_status load_wrapped(cplug_context *ctx, const char *path, wrap_descriptor wrap)
{
    static cplug_plugin wrapped;
    if (under.entry != NULL) return cplug_plugin_add(ctx, &wrapped);
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    under.entry = handle != NULL ? dlsym(handle, ENTRY_SYMBOL) : NULL;
    if (under.entry == NULL) return cplug_error_set(ctx, CPLUG_E_NOTFOUND, "%s cannot be loaded: %s", path, dlerror());
    under.wrap = wrap;
    wrapped = *under.entry;
    wrapped.init = init;
    return cplug_plugin_add(ctx, &wrapped);
}
