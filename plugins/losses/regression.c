/* regression.c: losses of numbers against numbers of the same shape. */
#include "losses.h"

typedef struct regression {
    int64_t reduction;
    double beta;
} regression;
static const cplug_option reduction_options[] = { REDUCTION(regression) };
static const cplug_option smooth_options[] = {
    REDUCTION(regression),
    { "beta", "distance from which the loss is linear", CPLUG_OPT_FLOAT, 0, offsetof(regression, beta), "1.0", 0, HUGE_VAL, NULL, NULL, 0,
      0 },
};

static cplug_status mse_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    (void)n_in, (void)n_out;
    return loss_result(m, cplug_mse_loss(in[0], in[1], (int32_t)((const regression *)self)->reduction), out);
}
static cplug_status l1_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    (void)n_in, (void)n_out;
    return loss_result(m, cplug_l1_loss(in[0], in[1], (int32_t)((const regression *)self)->reduction), out);
}
static cplug_status smooth_l1_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out,
                                      uint32_t n_out)
{
    const regression *r = (const regression *)self;
    (void)n_in, (void)n_out;
    return loss_result(m, cplug_smooth_l1_loss(in[0], in[1], r->beta, (int32_t)r->reduction), out);
}
#define TYPE(id_, class_, doc_, options_)                                                                                                  \
    const cplug_module_type loss_##id_ = {                                                                                                 \
        .struct_size = sizeof loss_##id_,                                                                                                  \
        .id = #id_,                                                                                                                        \
        .class_name = class_,                                                                                                              \
        .doc = doc_,                                                                                                                       \
        .options = CPLUG_OPTIONS(options_),                                                                                                \
        .instance_size = sizeof(regression),                                                                                               \
        .forward = id_##_forward,                                                                                                          \
        .n_inputs = 2,                                                                                                                     \
        .n_outputs = 1,                                                                                                                    \
    }
TYPE(mse, "MSELoss", "squared distance", reduction_options);
TYPE(l1, "L1Loss", "distance", reduction_options);
TYPE(smooth_l1, "SmoothL1Loss", "squared distance near zero, distance beyond beta", smooth_options);
