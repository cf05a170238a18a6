/* component.h: the component under validation, for schema.c, wrap.c and exercise.c. */
#ifndef CPLUG_VALIDATE_COMPONENT_H
#define CPLUG_VALIDATE_COMPONENT_H
#include "validate.h"
#include "watch.h"

typedef struct component {
    const char *kind, *id;
    const void *descriptor; /* the plugin's own; NULL until it was seen */
    cplug_options_table options;
    uint64_t size; /* of its struct of options */
    bool watching;
} component;
extern component subject;

cplug_option option_at(const cplug_options_table *t, uint32_t i);
uint64_t option_size(const cplug_option *o); /* bytes that it takes in the struct */

/* schema.c: names, docs, offsets, defaults, ranges. */
void check_schema(const component *c);
/* wrap.c: a descriptor whose functions see the watched struct; `descriptor` itself for kinds that cannot be watched. */
const void *watch_descriptor(component *c);
/* exercise.c: uses the component as far as one can who does not know it.  NULL, or why it could not be used. */
const char *exercise(cplug_context *ctx, const component *c);
#endif
