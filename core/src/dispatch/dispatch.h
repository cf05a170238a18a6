/* dispatch.h: the one door.  Signature, cached decision, kernel choice, decomposition, fallback. */
#ifndef CPLUG_DISPATCH_H
#define CPLUG_DISPATCH_H
#include "tensor/tensor.h"

/* Called by the registry when a descriptor is added to a context; all or nothing is the registry's business. */
cplug_status cplug__op_register(cplug_context *ctx, const cplug_op *op, cplug_error *e);
cplug_status cplug__kernel_register(cplug_context *ctx, const cplug_kernel *k, cplug_error *e); /* its op may be unknown yet */
cplug_status cplug__backend_register(cplug_context *ctx, const cplug_backend *b, cplug_error *e);
/* true when a backend of this name may be used */
bool cplug__backend_enabled(cplug_context *ctx, const char *name);
cplug_status cplug__dispatch_open(cplug_context *ctx, const char *backends); /* makes op entries of CPLUG__OPS */
void cplug__dispatch_close(cplug_context *ctx);
void cplug__backends_close(cplug_context *ctx);
cplug__opentry *cplug__op_find(cplug_context *ctx, const char *name); /* loads plugins that provide op:name; NULL, no error */
#endif
