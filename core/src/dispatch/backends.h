/* backends.h: which backends may be used, in which order, and what the user forced. */
#ifndef CPLUG_BACKENDS_H
#define CPLUG_BACKENDS_H
#include "dispatch/internal.h"

#define CPLUG__DECOMPOSITION "decomposition" /* forced instead of a backend: no kernel where an op can do without */

int32_t cplug__backend_rank(cplug_context *ctx, const char *name); /* place in the order; -1 = not enabled */
const char *cplug__override_all(cplug_context *ctx);               /* backend forced for every op, or NULL */
#endif
