/* describe.h: what a component says about itself, as JSON: id, doc, options, and what its kind has besides. */
#ifndef CPLUG_DESCRIBE_H
#define CPLUG_DESCRIBE_H
#include <cjson/cJSON.h>
#include <cplug/plugin.h>
#include <stdbool.h>

/* {"kind","id","doc","options":[...],...} of a descriptor that core has accepted.  Calls describe() of backends and count() of devices,
 * which is the plugin's code.  A kind that this cplug does not know has "kind" alone. */
cJSON *describe_component(const char *kind, const void *descriptor);
bool describe_knows(const char *kind);
/* Kinds whose ids must differ: a kind and itself, module and loss. */
bool describe_same_space(const char *kind, const char *other);

/* A member's text, "" when there is none. */
const char *json_text(const cJSON *o, const char *key);
#endif
