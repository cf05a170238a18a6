/* add.c: the sum of two or more inputs, for residual connections. */
#include "layers.h"

static cplug_status forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    (void)self, (void)n_out;
    if (n_in < 2)
        return cplug_error_set(cplug_module_context(m), CPLUG_E_INVALID, "add: expected at least 2 inputs, got %u", (unsigned)n_in);
    out[0] = in[0];
    for (uint32_t i = 1; i < n_in && out[0]; i++) out[0] = cplug_add(out[0], in[i]);
    return out[0] ? CPLUG_OK : cplug_failed(cplug_module_context(m));
}
const cplug_module_type layer_add = {
    .struct_size = sizeof layer_add,
    .id = "add",
    .class_name = "Add",
    .doc = "sum of all inputs",
    .options = CPLUG_NO_OPTIONS,
    .forward = forward,
    .n_inputs = 0,
    .n_outputs = 1,
};
