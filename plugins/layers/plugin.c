/* plugin.c: what cplug-layers.so brings. */
#include "layers.h"
CPLUG_USE_API;

static const cplug_module_type *const types[] = {
    &linear_type,  &flatten_type,    &unflatten_type,  &identity_type,     &relu_type,         &leaky_relu_type, &tanh_type,
    &sigmoid_type, &gelu_type,       &silu_type,       &softmax_type,      &log_softmax_type,  &dropout_type,    &dropout2d_type,
    &conv2d_type,  &max_pool2d_type, &avg_pool2d_type, &batch_norm1d_type, &batch_norm2d_type, &add_type,
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
