/* rmsprop.c: RMSprop (Hinton's lecture; centered: Graves 2013), torch.optim.RMSprop
 * (https://pytorch.org/docs/stable/generated/torch.optim.RMSprop.html).
 *
 *   v = alpha v + (1 - alpha) g^2;  a = sqrt(v - mean(g)^2 if centered) + eps
 *   b = momentum b + g / a;  p -= lr b */
#include "optimizers.h"

typedef struct rmsprop {
    double lr, alpha, eps, weight_decay, momentum;
    int64_t centered, maximize;
} rmsprop;
typedef struct rmsprop_state {
    cplug_tensor *square_avg, *grad_avg, *momentum_buffer;
    int64_t step;
} rmsprop_state;

static const cplug_option options[] = {
    { "lr", "learning rate", CPLUG_OPT_FLOAT, CPLUG_OPT_MUTABLE, offsetof(rmsprop, lr), "1e-2", 0, HUGE_VAL, NULL, NULL, 0, 0 },
    { "alpha", "decay of the running square", CPLUG_OPT_FLOAT, CPLUG_OPT_MUTABLE, offsetof(rmsprop, alpha), "0.99", 0, HUGE_VAL, NULL, NULL,
      0, 0 },
    { "eps", "added to the denominator", CPLUG_OPT_FLOAT, CPLUG_OPT_MUTABLE, offsetof(rmsprop, eps), "1e-8", 0, HUGE_VAL, NULL, NULL, 0,
      0 },
    { "weight_decay", "L2 penalty", CPLUG_OPT_FLOAT, CPLUG_OPT_MUTABLE, offsetof(rmsprop, weight_decay), "0", 0, HUGE_VAL, NULL, NULL, 0,
      0 },
    { "momentum", "share of the last step that goes on", CPLUG_OPT_FLOAT, CPLUG_OPT_MUTABLE, offsetof(rmsprop, momentum), "0", 0, HUGE_VAL,
      NULL, NULL, 0, 0 },
    { "centered", "divide by the standard deviation of the gradient", CPLUG_OPT_BOOL, 0, offsetof(rmsprop, centered), "false", 0, 0, NULL,
      NULL, 0, 0 },
    { "maximize", "climb instead of descending", CPLUG_OPT_BOOL, 0, offsetof(rmsprop, maximize), "false", 0, 0, NULL, NULL, 0, 0 },
};
enum { SLOT_SQUARE, SLOT_MEAN, SLOT_BUFFER, SLOT_STEP };
static const cplug_state_slot slots[] = {
    { "square_avg", offsetof(rmsprop_state, square_avg), CPLUG_SLOT_ZEROS, 0 },
    { "grad_avg", offsetof(rmsprop_state, grad_avg), CPLUG_SLOT_ZEROS_IF, 0 },
    { "momentum_buffer", offsetof(rmsprop_state, momentum_buffer), CPLUG_SLOT_ZEROS_IF, 0 },
    { "step", offsetof(rmsprop_state, step), CPLUG_SLOT_INT, 0 },
};
static int32_t wants(const void *group, uint32_t slot)
{
    const rmsprop *r = (const rmsprop *)group;
    return slot == SLOT_MEAN ? r->centered != 0 : slot == SLOT_BUFFER ? r->momentum > 0 : 1;
}
static void numbers_at(const void *group, int64_t step, double *numbers)
{
    const rmsprop *r = (const rmsprop *)group;
    (void)step;
    numbers[0] = r->lr;
    numbers[1] = r->alpha;
    numbers[2] = r->eps;
    numbers[3] = r->weight_decay;
    numbers[4] = r->momentum;
}
static cplug_status step(cplug_optimizer *o, const void *group, const cplug_param_ref *p, uint32_t n)
{
    const rmsprop *r = (const rmsprop *)group;
    const uint64_t offsets[3] = { offsetof(rmsprop_state, square_avg), r->centered ? offsetof(rmsprop_state, grad_avg) : NO_LIST,
                                  r->momentum > 0 ? offsetof(rmsprop_state, momentum_buffer) : NO_LIST };
    const int64_t flags[RMS_ATTRS] = { r->maximize };
    const step_plan plan = { "rmsprop_step_", offsets, RMS_LR, RMS_ARGS - RMS_LR, NULL, RMS_ATTRS, flags, offsetof(rmsprop_state, step),
                             numbers_at };
    return step_lists(o, group, &plan, p, n);
}
const cplug_optimizer_type optimizer_rmsprop = {
    .struct_size = sizeof optimizer_rmsprop,
    .id = "rmsprop",
    .class_name = "RMSprop",
    .doc = "steps divided by the running size of the gradient",
    .options = CPLUG_OPTIONS(options),
    .group_size = sizeof(rmsprop),
    .state_size = sizeof(rmsprop_state),
    .slots = slots,
    .n_slots = CPLUG_COUNT(slots),
    .slot_stride = sizeof slots[0],
    .step = step,
    .wants = wants,
};

/* ---- the op ---- */
static const cplug_option attrs[] = {
    { "maximize", "climb instead of descending", CPLUG_OPT_BOOL, 0, 0, "false", 0, 0, NULL, NULL, 0, 0 },
};
static cplug_status decompose(cplug_op_call *c)
{
    double s[RMS_ARGS - RMS_LR];
    if (read_numbers(c, RMS_LR, RMS_ARGS - RMS_LR, s)) return cplug_failed(c->ctx);
    const double lr = s[0], alpha = s[1], eps = s[2], weight_decay = s[3], momentum = s[4];
    for (uint32_t i = 0; i < c->arg_begin[1]; i++) {
        cplug_tensor *p = list_at(c, RMS_PARAMS, i), *v = list_at(c, RMS_SQUARES, i), *mean = list_at(c, RMS_MEANS, i),
                     *b = list_at(c, RMS_BUFFERS, i);
        cplug_tensor *g = effective_grad(c, i, c->attr[RMS_MAXIMIZE].v.i, weight_decay);
        cplug_mul_scalar_(v, alpha);
        cplug_addcmul_(v, g, g, 1 - alpha);
        cplug_tensor *spread = v;
        if (mean) {
            cplug_lerp_(mean, g, cplug_float(c->ctx, 1 - alpha));
            spread = cplug_addcmul(v, mean, mean, -1);
        }
        cplug_tensor *denominator = cplug_add_scalar(cplug_sqrt(spread), eps);
        if (b) {
            cplug_mul_scalar_(b, momentum);
            cplug_addcdiv_(b, g, denominator, 1);
            cplug_add_scaled_(p, b, -lr);
        } else {
            cplug_addcdiv_(p, g, denominator, -lr);
        }
    }
    return cplug_failed(c->ctx);
}
const cplug_op rmsprop_op = {
    .struct_size = sizeof rmsprop_op,
    .version = 1,
    .name = "rmsprop_step_",
    .doc = "one step of RMSprop over lists",
    .inputs = "params![] grads[] square_avg![] grad_avg![] momentum_buffer![] lr# alpha# eps# weight_decay# momentum#",
    .outputs = "",
    .saves = "",
    .attrs = CPLUG_OPTIONS(attrs),
    .flags = CPLUG_OP_NO_GRAD,
    .infer = lists_infer,
    .decompose = decompose,
};
