/* sequential.c: core's own container: children named 0, 1, 2, ... called one after the other (torch.nn.Sequential). */
#include "module/module.h"
#include <stdarg.h>

typedef struct sequential {
    cplug_strings layers;
} sequential;
static const cplug_option options[] = {
    { .name = "layers",
      .doc = "the layers in order: [type key=value, type, ...]",
      .type = CPLUG_OPT_SPECS,
      .flags = CPLUG_OPT_UNSET_OK,
      .offset = offsetof(sequential, layers) },
};

static cplug_status add_child(cplug_module *m, const char *spec)
{
    char name[16];
    snprintf(name, sizeof name, "%u", (unsigned)m->n_children);
    return cplug_module_child(m, name, spec) ? CPLUG_OK : m->ctx->error;
}
static cplug_status build(cplug_module *m, void *self)
{
    const sequential *s = (const sequential *)self;
    for (int64_t i = 0; i < s->layers.n; i++)
        if (add_child(m, s->layers.v[i])) return m->ctx->error;
    return CPLUG_OK;
}
/* Each result lives until the next layer has read it, unless the graph keeps it. */
static cplug_status forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    (void)self, (void)n_in, (void)n_out;
    cplug_tensor *x = cplug__hold(in[0]);
    for (uint32_t i = 0; i < m->n_children; i++) {
        cplug_tensor *y = NULL;
        const cplug_status st = cplug__module_call(m->children[i], &x, 1, &y, 1);
        cplug__drop(x);
        if (st) return st;
        x = y;
    }
    out[0] = cplug__give(x);
    return m->ctx->error;
}
const cplug_module_type cplug__sequential = {
    .struct_size = sizeof cplug__sequential,
    .id = "sequential",
    .class_name = "Sequential",
    .doc = "calls its layers one after the other",
    .options = CPLUG_OPTIONS(options),
    .instance_size = sizeof(sequential),
    .build = build,
    .forward = forward,
    .n_inputs = 1,
    .n_outputs = 1,
};

cplug_module *cplug_sequential(cplug_context *ctx, ...)
{
    if (!ctx || ctx->error) return NULL;
    cplug_module *m = cplug__module_make(ctx, "module", &cplug__sequential, "", NULL, NULL);
    va_list specs;
    va_start(specs, ctx);
    for (const char *spec; m && (spec = va_arg(specs, const char *)) != NULL;)
        if (add_child(m, spec)) {
            cplug_module_free(m);
            m = NULL;
        }
    va_end(specs);
    return m;
}
/* A failure leaves the children to whoever gave them. */
cplug_module *cplug_sequential_of(cplug_context *ctx, cplug_module *const *children, uint32_t n)
{
    if (!ctx || ctx->error) return NULL;
    cplug_module *m = cplug__module_make(ctx, "module", &cplug__sequential, "", NULL, NULL);
    for (uint32_t i = 0; m && i < n; i++) {
        char name[16];
        snprintf(name, sizeof name, "%u", (unsigned)i);
        if (cplug_module_adopt(m, name, children[i])) {
            cplug__module_return(m);
            cplug_module_free(m);
            return NULL;
        }
    }
    return m;
}
