/* plugin.c: what cplug-layers.so brings. */
#include "layers.h"
CPLUG_USE_API;

static const cplug_module_type *const types[] = {
    &layer_linear,  &layer_flatten,    &layer_unflatten,  &layer_identity,     &layer_relu,         &layer_leaky_relu, &layer_tanh,
    &layer_sigmoid, &layer_gelu,       &layer_silu,       &layer_softmax,      &layer_log_softmax,  &layer_dropout,    &layer_dropout2d,
    &layer_conv2d,  &layer_max_pool2d, &layer_avg_pool2d, &layer_batch_norm1d, &layer_batch_norm2d, &layer_add,
};
static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    if (CPLUG_IMPORT_API(h)) return h->fail(e, CPLUG_E_VERSION, "needs cplug.api/0 of ABI minor %d", CPLUG_TARGET_MINOR);
    for (uint32_t i = 0; i < CPLUG_COUNT(types); i++) {
        const cplug_status st = h->add(r, "module", types[i], e);
        if (st) return st;
    }
    return CPLUG_OK;
}
CPLUG_PLUGIN(
    layers, "cplug.layers", "0.1.0", "Apache-2.0", "layers with PyTorch's names, defaults and initialisation",
    "module:linear module:flatten module:unflatten module:identity module:relu module:leaky_relu module:tanh module:sigmoid module:gelu "
    "module:silu module:softmax module:log_softmax module:dropout module:dropout2d module:conv2d module:max_pool2d module:avg_pool2d "
    "module:batch_norm1d module:batch_norm2d module:add",
    init);
