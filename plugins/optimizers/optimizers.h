/* optimizers.h: what the optimizers share.  Each has a type, one update op over lists of tensors with a decomposition for any device,
 * and a fused kernel for host memory (cpu.c).  Lists beyond the first two hold state; an optional one is empty when not in use. */
#ifndef CPLUG_OPTIMIZERS_H
#define CPLUG_OPTIMIZERS_H
#define CPLUG_PLUGIN_BUILD
#include <cplug/cplug.h>
#include <math.h>

extern const cplug_op sgd_op, adam_op, rmsprop_op;
extern const cplug_kernel sgd_kernel, adam_kernel, rmsprop_kernel;
extern const cplug_optimizer_type optimizer_sgd, optimizer_adam, optimizer_adamw, optimizer_rmsprop;

/* Formal arguments of the ops, with the attributes after them. */
enum { SGD_PARAMS, SGD_GRADS, SGD_BUFFERS, SGD_LR, SGD_WEIGHT_DECAY, SGD_MOMENTUM, SGD_SHARE, SGD_ARGS };
enum { SGD_NESTEROV, SGD_MAXIMIZE, SGD_ATTRS };
enum {
    ADAM_PARAMS,
    ADAM_GRADS,
    ADAM_MEANS,
    ADAM_SQUARES,
    ADAM_MAXIMA,
    ADAM_LR,
    ADAM_BETA1,
    ADAM_BETA2,
    ADAM_EPS,
    ADAM_WEIGHT_DECAY,
    ADAM_STEP,
    ADAM_ARGS
};
enum { ADAM_DECOUPLED, ADAM_MAXIMIZE, ADAM_ATTRS };
enum { RMS_PARAMS, RMS_GRADS, RMS_SQUARES, RMS_MEANS, RMS_BUFFERS, RMS_LR, RMS_ALPHA, RMS_EPS, RMS_WEIGHT_DECAY, RMS_MOMENTUM, RMS_ARGS };
enum { RMS_MAXIMIZE, RMS_ATTRS };

/* ---- lists.c ---- */
/* Shape rule of all three ops: lists of equal length (or empty, from the third on), tensors of equal shape and float dtype. */
cplug_status lists_infer(cplug_infer *c, cplug_error *e);

enum { LISTS_MAX = 5, CHUNK = 64 };
typedef struct step_plan { /* how a type calls its op */
    const char *op;
    const uint64_t *offsets; /* of the state tensors, one for each list from the third on; NO_LIST: empty */
    uint32_t n_lists;
    uint32_t n_numbers;
    const double *numbers; /* scalar inputs after the lists */
    uint32_t n_attr;
    const int64_t *flags;                                                 /* boolean attributes */
    uint64_t counter;                                                     /* offset of the step counter in the state; NO_LIST: none */
    void (*numbers_at)(const void *group, int64_t step, double *numbers); /* refreshes the numbers for a step count; optional */
} step_plan;
#define NO_LIST UINT64_MAX
/* One call for each run of parameters with the same step count: usually one. */
cplug_status step_lists(cplug_optimizer *o, const void *group, const step_plan *plan, const cplug_param_ref *p, uint32_t n);

/* One tensor of a list in a decomposition; NULL when the list is empty. */
cplug_tensor *list_at(const cplug_op_call *c, uint32_t arg, uint32_t i);
/* Scalar inputs from `first` on; they never wait for a device. */
cplug_status read_numbers(const cplug_op_call *c, uint32_t first, uint32_t n, double *numbers);
/* grad, negated under maximize, with the L2 penalty added. */
cplug_tensor *effective_grad(const cplug_op_call *c, uint32_t i, int64_t maximize, double weight_decay);
#endif
