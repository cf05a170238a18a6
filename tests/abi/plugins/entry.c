/* Plugins whose manifest and entry are written by hand, to say what the header's macro never would: MANIFEST is the section's text;
 * MAGIC, MINOR (needs_minor) and NO_SYMBOL shape the exported entry. */
#include <cplug/plugin.h>

#ifndef MAGIC
#define MAGIC CPLUG_MAGIC
#endif
#ifndef MINOR
#define MINOR 0
#endif
CPLUG_MANIFEST_SECTION static const char manifest[] = MANIFEST;

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    (void)r;
    return h->fail(e, CPLUG_E_INTERNAL, "init ran although the entry is wrong");
}

#ifdef NO_SYMBOL
#define cplug_plugin_v0 cplug_plugin_of_another_name
#endif
extern CPLUG_EXPORT const cplug_plugin cplug_plugin_v0;
const cplug_plugin cplug_plugin_v0 = {
    MAGIC, (uint32_t)sizeof(cplug_plugin), CPLUG_ABI_MAJOR, CPLUG_ABI_MINOR, MINOR, manifest, init, NULL
};
