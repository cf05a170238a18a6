/* linear.c: y = x weight^T + bias (https://pytorch.org/docs/stable/generated/torch.nn.Linear.html).
 * input [..., in_features], weight [out_features, in_features], bias [out_features] */
#include "layers.h"

typedef struct linear {
    int64_t in_features, out_features, bias;
} linear;
enum { WEIGHT, BIAS };
static const cplug_option options[] = {
    { "in_features", "size of an input; left out: of the first one seen", CPLUG_OPT_INT, CPLUG_OPT_UNSET_OK, offsetof(linear, in_features),
      NULL, 0, LAYER_MAX_SIZE, NULL, NULL, 0, 0 },
    { "out_features", "size of an output", CPLUG_OPT_INT, CPLUG_OPT_REQUIRED, offsetof(linear, out_features), NULL, 0, LAYER_MAX_SIZE, NULL,
      NULL, 0, 0 },
    { "bias", "add a learned number to each output", CPLUG_OPT_BOOL, 0, offsetof(linear, bias), "true", 0, 0, NULL, NULL, 0, 0 },
};

static cplug_status declare(cplug_module *m, const linear *l, int64_t in_features)
{
    const int64_t shape[2] = { l->out_features, in_features };
    return declare_weight(m, 2, shape, in_features, l->bias);
}
static cplug_status build(cplug_module *m, void *self)
{
    const linear *l = (const linear *)self;
    return l->in_features == CPLUG_UNSET ? CPLUG_OK : declare(m, l, l->in_features);
}
static cplug_status first_use(cplug_module *m, void *self, const cplug_meta *in, uint32_t n)
{
    linear *l = (linear *)self;
    (void)n;
    if (l->in_features != CPLUG_UNSET) return CPLUG_OK;
    if (in[0].ndim < 1)
        return cplug_error_set(cplug_module_context(m), CPLUG_E_SHAPE,
                               "linear: expected an input of at least one dimension, got a 0-d tensor");
    const int64_t in_features = in[0].shape[in[0].ndim - 1];
    const cplug_status st = declare(m, l, in_features);
    if (!st) l->in_features = in_features;
    return st;
}
static cplug_status forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    (void)self, (void)n_in, (void)n_out;
    out[0] = cplug_linear(in[0], cplug_module_tensor(m, WEIGHT), cplug_module_tensor(m, BIAS));
    return out[0] ? CPLUG_OK : cplug_failed(cplug_module_context(m));
}
static void describe(const cplug_module *m, const void *self, char *text, uint64_t size)
{
    const linear *l = (const linear *)self;
    char a[TEXT_SMALL], b[TEXT_SMALL];
    (void)m;
    snprintf(text, size, "in_features=%s, out_features=%s, bias=%s", text_int(l->in_features, a), text_int(l->out_features, b),
             text_bool(l->bias));
}
const cplug_module_type layer_linear = {
    .struct_size = sizeof layer_linear,
    .id = "linear",
    .class_name = "Linear",
    .doc = "every output is a weighted sum of all inputs",
    .options = CPLUG_OPTIONS(options),
    .instance_size = sizeof(linear),
    .build = build,
    .first_use = first_use,
    .forward = forward,
    .describe = describe,
    .n_inputs = 1,
    .n_outputs = 1,
};
