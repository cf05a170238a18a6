/* binary.c: losses of yes-no answers: target in [0, 1], of the input's shape. */
#include "losses.h"

typedef struct binary {
    cplug_floats weight, pos_weight;
    int64_t reduction;
} binary;
enum { WEIGHT, POS_WEIGHT };
#define BINARY_WEIGHT                                                                                                                      \
    {                                                                                                                                      \
        "weight", "of each element along the last dimension", CPLUG_OPT_FLOATS, CPLUG_OPT_UNSET_OK, offsetof(binary, weight), NULL, 0, 0,  \
            NULL, NULL, 0, 0                                                                                                               \
    }
static const cplug_option bce_options[] = { BINARY_WEIGHT, REDUCTION(binary) };
static const cplug_option bce_with_logits_options[] = {
    BINARY_WEIGHT,
    REDUCTION(binary),
    { "pos_weight", "weight of the positive answers along the last dimension", CPLUG_OPT_FLOATS, CPLUG_OPT_UNSET_OK,
      offsetof(binary, pos_weight), NULL, 0, 0, NULL, NULL, 0, 0 },
};

static cplug_status bce_build(cplug_module *m, void *self) { return declare_list(m, "weight", ((const binary *)self)->weight); }
static cplug_status bce_with_logits_build(cplug_module *m, void *self)
{
    const binary *b = (const binary *)self;
    const cplug_status st = declare_list(m, "weight", b->weight);
    return st ? st : declare_list(m, "pos_weight", b->pos_weight);
}
static cplug_status bce_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    const binary *b = (const binary *)self;
    (void)n_in, (void)n_out;
    return loss_result(m, cplug_binary_cross_entropy(in[0], in[1], cplug_module_tensor(m, WEIGHT), (int32_t)b->reduction), out);
}
static cplug_status bce_with_logits_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out,
                                            uint32_t n_out)
{
    const binary *b = (const binary *)self;
    (void)n_in, (void)n_out;
    return loss_result(m,
                       cplug_binary_cross_entropy_with_logits(in[0], in[1], cplug_module_tensor(m, WEIGHT),
                                                              cplug_module_tensor(m, POS_WEIGHT), (int32_t)b->reduction),
                       out);
}
#define TYPE(id_, class_, doc_)                                                                                                            \
    const cplug_module_type loss_##id_ = {                                                                                                 \
        .struct_size = sizeof loss_##id_,                                                                                                  \
        .id = #id_,                                                                                                                        \
        .class_name = class_,                                                                                                              \
        .doc = doc_,                                                                                                                       \
        .options = CPLUG_OPTIONS(id_##_options),                                                                                           \
        .instance_size = sizeof(binary),                                                                                                   \
        .build = id_##_build,                                                                                                              \
        .forward = id_##_forward,                                                                                                          \
        .n_inputs = 2,                                                                                                                     \
        .n_outputs = 1,                                                                                                                    \
    }
TYPE(bce, "BCELoss", "of probabilities");
TYPE(bce_with_logits, "BCEWithLogitsLoss", "of raw scores");
