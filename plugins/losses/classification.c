/* classification.c: losses of class scores: input [N, C, ...], target [N, ...] class numbers or [N, C, ...] probabilities. */
#include "losses.h"

typedef struct classification {
    cplug_floats weight;
    int64_t ignore_index, reduction;
    double label_smoothing;
} classification;
enum { WEIGHT };
#define CLASS_WEIGHT                                                                                                                       \
    {                                                                                                                                      \
        "weight", "weight of each class", CPLUG_OPT_FLOATS, CPLUG_OPT_UNSET_OK, offsetof(classification, weight), NULL, 0, HUGE_VAL, NULL, \
            NULL, 0, 0                                                                                                                     \
    }
#define IGNORE_INDEX                                                                                                                       \
    {                                                                                                                                      \
        "ignore_index", "class number that does not count", CPLUG_OPT_INT, 0, offsetof(classification, ignore_index), "-100", 0, 0, NULL,  \
            NULL, 0, 0                                                                                                                     \
    }
static const cplug_option nll_options[] = { CLASS_WEIGHT, IGNORE_INDEX, REDUCTION(classification) };
static const cplug_option cross_entropy_options[] = {
    CLASS_WEIGHT,
    IGNORE_INDEX,
    REDUCTION(classification),
    { "label_smoothing", "share of the target that is spread over all classes", CPLUG_OPT_FLOAT, 0,
      offsetof(classification, label_smoothing), "0.0", 0, 1, NULL, NULL, 0, 0 },
};

static cplug_status build(cplug_module *m, void *self) { return declare_list(m, "weight", ((const classification *)self)->weight); }
static cplug_cross_entropy_args args_of(const cplug_module *m, const classification *c)
{
    cplug_cross_entropy_args a = CPLUG_CROSS_ENTROPY_ARGS;
    a.reduction = (int32_t)c->reduction;
    a.ignore_index = c->ignore_index;
    a.label_smoothing = c->label_smoothing;
    a.weight = cplug_module_tensor(m, WEIGHT);
    return a;
}
static cplug_status cross_entropy_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out,
                                          uint32_t n_out)
{
    const cplug_cross_entropy_args a = args_of(m, (const classification *)self);
    (void)n_in, (void)n_out;
    return loss_result(m, cplug_cross_entropy(in[0], in[1], &a), out);
}
static cplug_status nll_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    const cplug_cross_entropy_args a = args_of(m, (const classification *)self);
    (void)n_in, (void)n_out;
    return loss_result(m, cplug_nll_loss(in[0], in[1], &a), out);
}
#define TYPE(id_, class_, doc_)                                                                                                            \
    const cplug_module_type loss_##id_ = {                                                                                                 \
        .struct_size = sizeof loss_##id_,                                                                                                  \
        .id = #id_,                                                                                                                        \
        .class_name = class_,                                                                                                              \
        .doc = doc_,                                                                                                                       \
        .options = CPLUG_OPTIONS(id_##_options),                                                                                           \
        .instance_size = sizeof(classification),                                                                                           \
        .build = build,                                                                                                                    \
        .forward = id_##_forward,                                                                                                          \
        .n_inputs = 2,                                                                                                                     \
        .n_outputs = 1,                                                                                                                    \
    }
TYPE(cross_entropy, "CrossEntropyLoss", "of raw class scores");
TYPE(nll, "NLLLoss", "of logarithms of class probabilities");
