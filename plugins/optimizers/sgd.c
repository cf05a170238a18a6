/* sgd.c: gradient descent with momentum, torch.optim.SGD (https://pytorch.org/docs/stable/generated/torch.optim.SGD.html).
 *
 *   d = g + weight_decay p;  b = momentum b + share d;  p -= lr (nesterov ? d + momentum b : b)
 * share is 1 - dampening, and 1 at the first step, where PyTorch's buffer is the gradient itself. */
#include "optimizers.h"

typedef struct sgd {
    double lr, momentum, dampening, weight_decay;
    int64_t nesterov, maximize;
} sgd;
typedef struct sgd_state {
    cplug_tensor *momentum_buffer;
    int64_t step;
} sgd_state;

static const cplug_option options[] = {
    { "lr", "learning rate", CPLUG_OPT_FLOAT, CPLUG_OPT_MUTABLE, offsetof(sgd, lr), "1e-3", 0, HUGE_VAL, NULL, NULL, 0, 0 },
    { "momentum", "share of the last step that goes on", CPLUG_OPT_FLOAT, CPLUG_OPT_MUTABLE, offsetof(sgd, momentum), "0", 0, HUGE_VAL,
      NULL, NULL, 0, 0 },
    { "dampening", "share of the gradient that momentum leaves out", CPLUG_OPT_FLOAT, CPLUG_OPT_MUTABLE, offsetof(sgd, dampening), "0",
      -HUGE_VAL, HUGE_VAL, NULL, NULL, 0, 0 },
    { "weight_decay", "L2 penalty", CPLUG_OPT_FLOAT, CPLUG_OPT_MUTABLE, offsetof(sgd, weight_decay), "0", 0, HUGE_VAL, NULL, NULL, 0, 0 },
    { "nesterov", "look ahead by the momentum", CPLUG_OPT_BOOL, 0, offsetof(sgd, nesterov), "false", 0, 0, NULL, NULL, 0, 0 },
    { "maximize", "climb instead of descending", CPLUG_OPT_BOOL, 0, offsetof(sgd, maximize), "false", 0, 0, NULL, NULL, 0, 0 },
};
enum { SLOT_BUFFER, SLOT_STEP };
static const cplug_state_slot slots[] = {
    { "momentum_buffer", offsetof(sgd_state, momentum_buffer), CPLUG_SLOT_ZEROS_IF, 0 },
    { "step", offsetof(sgd_state, step), CPLUG_SLOT_INT_IF, 0 },
};
static int32_t wants(const void *group, uint32_t slot)
{
    const sgd *s = (const sgd *)group;
    return s->momentum != 0 && (slot == SLOT_BUFFER || s->dampening != 0);
}

static void numbers_at(const void *group, int64_t step, double *numbers)
{
    const sgd *s = (const sgd *)group;
    numbers[0] = s->lr;
    numbers[1] = s->weight_decay;
    numbers[2] = s->momentum;
    numbers[3] = step == 1 ? 1 : 1 - s->dampening;
}
static cplug_status step(cplug_optimizer *o, const void *group, const cplug_param_ref *p, uint32_t n)
{
    const sgd *s = (const sgd *)group;
    if (s->nesterov && (s->momentum <= 0 || s->dampening != 0))
        return cplug_error_set(cplug_optimizer_context(o), CPLUG_E_INVALID, "nesterov needs a momentum and no dampening");
    const uint64_t offsets[1] = { s->momentum != 0 ? offsetof(sgd_state, momentum_buffer) : NO_LIST };
    const int64_t flags[SGD_ATTRS] = { s->nesterov, s->maximize };
    const step_plan plan = { "sgd_step_", offsets,   SGD_LR, SGD_ARGS - SGD_LR,
                             NULL,        SGD_ATTRS, flags,  s->dampening != 0 ? offsetof(sgd_state, step) : NO_LIST,
                             numbers_at };
    return step_lists(o, group, &plan, p, n);
}
const cplug_optimizer_type optimizer_sgd = {
    .struct_size = sizeof optimizer_sgd,
    .id = "sgd",
    .class_name = "SGD",
    .doc = "gradient descent with momentum",
    .options = CPLUG_OPTIONS(options),
    .group_size = sizeof(sgd),
    .state_size = sizeof(sgd_state),
    .slots = slots,
    .n_slots = CPLUG_COUNT(slots),
    .slot_stride = sizeof slots[0],
    .step = step,
    .wants = wants,
};

/* ---- the op ---- */
static const cplug_option attrs[] = {
    { "nesterov", "look ahead by the momentum", CPLUG_OPT_BOOL, 0, 0, "false", 0, 0, NULL, NULL, 0, 0 },
    { "maximize", "climb instead of descending", CPLUG_OPT_BOOL, 0, 0, "false", 0, 0, NULL, NULL, 0, 0 },
};
static cplug_status decompose(cplug_op_call *c)
{
    double s[SGD_ARGS - SGD_LR];
    if (read_numbers(c, SGD_LR, SGD_ARGS - SGD_LR, s)) return cplug_failed(c->ctx);
    const double lr = s[0], weight_decay = s[1], momentum = s[2], share = s[3];
    for (uint32_t i = 0; i < c->arg_begin[1]; i++) {
        cplug_tensor *d = effective_grad(c, i, c->attr[SGD_MAXIMIZE].v.i, weight_decay), *b = list_at(c, SGD_BUFFERS, i);
        if (b) {
            cplug_mul_scalar_(b, momentum);
            cplug_add_scaled_(b, d, share);
            d = c->attr[SGD_NESTEROV].v.i ? cplug_add_scaled(d, b, momentum) : b;
        }
        cplug_add_scaled_(list_at(c, SGD_PARAMS, i), d, -lr);
    }
    return cplug_failed(c->ctx);
}
const cplug_op sgd_op = {
    .struct_size = sizeof sgd_op,
    .version = 1,
    .name = "sgd_step_",
    .doc = "one step of gradient descent over lists",
    .inputs = "params![] grads[] momentum_buffer![] lr# weight_decay# momentum# share#",
    .outputs = "",
    .saves = "",
    .attrs = CPLUG_OPTIONS(attrs),
    .flags = CPLUG_OP_NO_GRAD,
    .infer = lists_infer,
    .decompose = decompose,
};
