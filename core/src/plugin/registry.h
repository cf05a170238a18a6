/* registry.h: what a context knows by kind and id, and the plugins that promise more.  A plugin's init runs once per process; each
 * context takes over the descriptors that it registered. */
#ifndef CPLUG_REGISTRY_H
#define CPLUG_REGISTRY_H
#include "base/base.h"

typedef struct cplug__registry cplug__registry;                                    /* one per context */
cplug__registry *cplug__registry_new(cplug_context *ctx, const char *plugin_path); /* reads manifests lazily; NULL = no memory */
void cplug__registry_free(cplug__registry *r);

/* Descriptor by kind and id, loading the plugin that provides it; NULL without setting an error. */
const void *cplug__find(cplug_context *ctx, const char *kind, const char *id);
/* Makes every plugin load whose manifest provides kind:id (wildcards count).  For kind "kernel" (id "add@cpu") plugins all of whose
 * backends are disabled are passed over.  Returns how many were loaded now; -1: one could not be for want of memory, try again. */
int32_t cplug__want(cplug_context *ctx, const char *kind, const char *id);
/* Sets "no <kind> 'x'; did you mean 'y'?" with the reasons of plugins that failed and could have provided it. */
cplug_status cplug__not_found(cplug_context *ctx, const char *kind, const char *id);
/* Id and options of a component descriptor by kind; NULL when the kind has none. */
const char *cplug__descriptor_id(const char *kind, const void *descriptor);
const cplug_options_table *cplug__descriptor_options(const char *kind, const void *descriptor);

/* ---- options ---- */
/* One spec "id key=value ..." into id and rest; both in the arena.  false: error set in e. */
bool cplug__spec_split(cplug__arena *a, const char *spec, const char **id, const char **options, cplug_error *e);
typedef struct cplug__pair {
    const char *key, *value;
} cplug__pair; /* value with its quotes and brackets as written */
/* "key=value key=value" into pairs; -1: error in e. */
int32_t cplug__pairs(cplug__arena *a, const char *text, cplug__pair **out, cplug_error *e);
/* Fills `into` with defaults, then stores text.  who: for messages, "optimizer 'adam'".  base_dir NULL: paths stay as written. */
cplug_status cplug__options_store(cplug__arena *a, const cplug_options_table *table, const char *text, const char *base_dir,
                                  const char *who, void *into, cplug_error *e);
/* The same without defaults and without asking for required options: on top of what `into` holds (parameter groups). */
cplug_status cplug__options_apply(cplug__arena *a, const cplug_options_table *table, const char *text, const char *base_dir,
                                  const char *who, void *into, cplug_error *e);
/* One default or written value as an op attribute. */
cplug_status cplug__value_parse(cplug__arena *a, const cplug_option *o, const char *value, cplug_value *out, cplug_error *e);
const cplug_option *cplug__option_at(const cplug_options_table *t,
                                     uint32_t i); /* steps by stride; fields newer than stride are not there */
#endif
