/* adam.c: Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019), torch.optim.Adam's formulas
 * (https://pytorch.org/docs/stable/generated/torch.optim.Adam.html); amsgrad after Reddi et al. 2018.
 *
 *   m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
 *   p -= lr / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
 * weight_decay is added to the gradient, or for AdamW taken off the parameter first. */
#include "optimizers.h"

typedef struct adam {
    double lr;
    cplug_floats betas;
    double eps, weight_decay;
    int64_t amsgrad, maximize, decoupled;
} adam;
typedef struct adam_state {
    cplug_tensor *exp_avg, *exp_avg_sq, *max_exp_avg_sq;
    int64_t step;
} adam_state;

#define OPTIONS(weight_decay_, decoupled_)                                                                                                 \
    {                                                                                                                                      \
        { "lr", "learning rate", CPLUG_OPT_FLOAT, CPLUG_OPT_MUTABLE, offsetof(adam, lr), "1e-3", 0, HUGE_VAL, NULL, NULL, 0, 0 },          \
            { "betas",                                                                                                                     \
              "decay of the running mean and of the running square",                                                                       \
              CPLUG_OPT_FLOATS,                                                                                                            \
              0,                                                                                                                           \
              offsetof(adam, betas),                                                                                                       \
              "0.9, 0.999",                                                                                                                \
              0,                                                                                                                           \
              0.9999999999999999,                                                                                                          \
              NULL,                                                                                                                        \
              NULL,                                                                                                                        \
              2,                                                                                                                           \
              2 },                                                                                                                         \
            { "eps",                                                                                                                       \
              "added to the denominator",                                                                                                  \
              CPLUG_OPT_FLOAT,                                                                                                             \
              CPLUG_OPT_MUTABLE,                                                                                                           \
              offsetof(adam, eps),                                                                                                         \
              "1e-8",                                                                                                                      \
              0,                                                                                                                           \
              HUGE_VAL,                                                                                                                    \
              NULL,                                                                                                                        \
              NULL,                                                                                                                        \
              0,                                                                                                                           \
              0 },                                                                                                                         \
            { "weight_decay",                                                                                                              \
              "pull towards zero",                                                                                                         \
              CPLUG_OPT_FLOAT,                                                                                                             \
              CPLUG_OPT_MUTABLE,                                                                                                           \
              offsetof(adam, weight_decay),                                                                                                \
              weight_decay_,                                                                                                               \
              0,                                                                                                                           \
              HUGE_VAL,                                                                                                                    \
              NULL,                                                                                                                        \
              NULL,                                                                                                                        \
              0,                                                                                                                           \
              0 },                                                                                                                         \
            { "amsgrad", "use the maximum of past squares", CPLUG_OPT_BOOL, 0, offsetof(adam, amsgrad), "false", 0, 0, NULL, NULL, 0, 0 }, \
            { "maximize", "climb instead of descending", CPLUG_OPT_BOOL, 0, offsetof(adam, maximize), "false", 0, 0, NULL, NULL, 0, 0 },   \
            { "decoupled_weight_decay",                                                                                                    \
              "take the decay off the parameter, not off the gradient",                                                                    \
              CPLUG_OPT_BOOL,                                                                                                              \
              0,                                                                                                                           \
              offsetof(adam, decoupled),                                                                                                   \
              decoupled_,                                                                                                                  \
              0,                                                                                                                           \
              0,                                                                                                                           \
              NULL,                                                                                                                        \
              NULL,                                                                                                                        \
              0,                                                                                                                           \
              0 },                                                                                                                         \
    }
static const cplug_option adam_options[] = OPTIONS("0", "false"), adamw_options[] = OPTIONS("1e-2", "true");
enum { SLOT_MAX = 2 };
static const cplug_state_slot slots[] = {
    { "exp_avg", offsetof(adam_state, exp_avg), CPLUG_SLOT_ZEROS, 0 },
    { "exp_avg_sq", offsetof(adam_state, exp_avg_sq), CPLUG_SLOT_ZEROS, 0 },
    { "max_exp_avg_sq", offsetof(adam_state, max_exp_avg_sq), CPLUG_SLOT_ZEROS_IF, 0 },
    { "step", offsetof(adam_state, step), CPLUG_SLOT_INT, 0 },
};
static int32_t wants(const void *group, uint32_t slot) { return slot != SLOT_MAX || ((const adam *)group)->amsgrad; }

static void numbers_at(const void *group, int64_t step, double *numbers)
{
    const adam *a = (const adam *)group;
    numbers[0] = a->lr;
    numbers[1] = a->betas.v[0];
    numbers[2] = a->betas.v[1];
    numbers[3] = a->eps;
    numbers[4] = a->weight_decay;
    numbers[5] = (double)step;
}
static cplug_status step(cplug_optimizer *o, const void *group, const cplug_param_ref *p, uint32_t n)
{
    const adam *a = (const adam *)group;
    const uint64_t offsets[3] = { offsetof(adam_state, exp_avg), offsetof(adam_state, exp_avg_sq),
                                  a->amsgrad ? offsetof(adam_state, max_exp_avg_sq) : NO_LIST };
    const int64_t flags[ADAM_ATTRS] = { a->decoupled, a->maximize };
    const step_plan plan = { "adam_step_", offsets, ADAM_LR, ADAM_ARGS - ADAM_LR, NULL, ADAM_ATTRS, flags, offsetof(adam_state, step),
                             numbers_at };
    return step_lists(o, group, &plan, p, n);
}
#define TYPE(id_, class_, doc_)                                                                                                            \
    const cplug_optimizer_type optimizer_##id_ = {                                                                                         \
        .struct_size = sizeof optimizer_##id_,                                                                                             \
        .id = #id_,                                                                                                                        \
        .class_name = class_,                                                                                                              \
        .doc = doc_,                                                                                                                       \
        .options = CPLUG_OPTIONS(id_##_options),                                                                                           \
        .group_size = sizeof(adam),                                                                                                        \
        .state_size = sizeof(adam_state),                                                                                                  \
        .slots = slots,                                                                                                                    \
        .n_slots = CPLUG_COUNT(slots),                                                                                                     \
        .slot_stride = sizeof slots[0],                                                                                                    \
        .step = step,                                                                                                                      \
        .wants = wants,                                                                                                                    \
    }
TYPE(adam, "Adam", "steps scaled by the running mean and square of the gradient");
TYPE(adamw, "AdamW", "Adam whose weight decay does not go through the gradient");

/* ---- the op ---- */
static const cplug_option attrs[] = {
    { "decoupled", "take the decay off the parameter, not off the gradient", CPLUG_OPT_BOOL, 0, 0, "false", 0, 0, NULL, NULL, 0, 0 },
    { "maximize", "climb instead of descending", CPLUG_OPT_BOOL, 0, 0, "false", 0, 0, NULL, NULL, 0, 0 },
};
static cplug_status decompose(cplug_op_call *c)
{
    double s[ADAM_ARGS - ADAM_LR];
    if (read_numbers(c, ADAM_LR, ADAM_ARGS - ADAM_LR, s)) return cplug_failed(c->ctx);
    const double lr = s[0], beta1 = s[1], beta2 = s[2], eps = s[3], weight_decay = s[4], t = s[5];
    const int64_t decoupled = c->attr[ADAM_DECOUPLED].v.i;
    for (uint32_t i = 0; i < c->arg_begin[1]; i++) {
        cplug_tensor *p = list_at(c, ADAM_PARAMS, i), *m = list_at(c, ADAM_MEANS, i), *v = list_at(c, ADAM_SQUARES, i),
                     *top = list_at(c, ADAM_MAXIMA, i);
        cplug_tensor *g = effective_grad(c, i, c->attr[ADAM_MAXIMIZE].v.i, decoupled ? 0 : weight_decay);
        if (decoupled && weight_decay != 0) cplug_mul_scalar_(p, 1 - lr * weight_decay);
        cplug_lerp_(m, g, cplug_float(c->ctx, 1 - beta1));
        cplug_mul_scalar_(v, beta2);
        cplug_addcmul_(v, g, g, 1 - beta2);
        if (top) cplug_copy_(top, v = cplug_maximum(top, v));
        cplug_tensor *denominator = cplug_add_scalar(cplug_div_scalar(cplug_sqrt(v), sqrt(1 - pow(beta2, t))), eps);
        cplug_addcdiv_(p, m, denominator, -lr / (1 - pow(beta1, t)));
    }
    return cplug_failed(c->ctx);
}
const cplug_op adam_op = {
    .struct_size = sizeof adam_op,
    .version = 1,
    .name = "adam_step_",
    .doc = "one step of Adam over lists",
    .inputs = "params![] grads[] exp_avg![] exp_avg_sq![] max_exp_avg_sq![] lr# beta1# beta2# eps# weight_decay# step#",
    .outputs = "",
    .saves = "",
    .attrs = CPLUG_OPTIONS(attrs),
    .flags = CPLUG_OP_NO_GRAD,
    .infer = lists_infer,
    .decompose = decompose,
};
