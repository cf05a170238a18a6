/* cplug/autograd.h: recording and gradients, define-by-run as in PyTorch (https://pytorch.org/docs/stable/notes/autograd.html).
 * All [context-thread]. */
#ifndef CPLUG_AUTOGRAD_H
#define CPLUG_AUTOGRAD_H
#include <cplug/ops.h>
#ifdef __cplusplus
extern "C" {
#endif
/* Asks that gradients of this leaf be kept in .grad; float dtypes only.  Returns t. */
CPLUG_API cplug_tensor *cplug_requires_grad(cplug_tensor *t, int32_t on);
CPLUG_API int32_t cplug_tensor_requires_grad(const cplug_tensor *t); /* 1 or 0; also of what was computed from one that does */
CPLUG_API int32_t cplug_tensor_is_leaf(const cplug_tensor *t);       /* 1: made by the host, not by a recorded op */
CPLUG_API const char *cplug_tensor_grad_fn(const cplug_tensor *t);   /* "AddBackward0"; "" for a leaf. [borrowed] */
CPLUG_API cplug_status cplug_retain_grad(cplug_tensor *t);           /* keep .grad of a non-leaf too */
/* d loss / d leaf, added to the .grad of every leaf that requires one.  loss must have one element. */
CPLUG_API cplug_status cplug_backward(cplug_tensor *loss);
typedef struct cplug_backward_args {
    uint32_t struct_size;
    int32_t retain_graph, create_graph;
    uint32_t reserved;
    cplug_tensor *gradient; /* of t's shape; NULL: t must have one element */
} cplug_backward_args;
#define CPLUG_BACKWARD_ARGS                                                                                                                \
    {                                                                                                                                      \
        (uint32_t)sizeof(cplug_backward_args), 0, 0, 0, NULL                                                                               \
    }
/* torch.Tensor.backward: retain_graph to go back again through the same graph, create_graph to differentiate the gradients.
 * args: NULL or CPLUG_BACKWARD_ARGS with changes. */
CPLUG_API cplug_status cplug_backward_with(cplug_tensor *t, const cplug_backward_args *args);
/* torch.autograd.grad: grads[i] = sum over outputs of d output / d inputs[i]; .grad is not touched.  gradients: NULL or one per output
 * (NULL entries: ones, for one-element outputs).  An input that no output depends on: an error, or NULL when allow_unused. */
typedef struct cplug_grad_args {
    uint32_t struct_size;
    int32_t retain_graph, create_graph, allow_unused;
    cplug_tensor *const *gradients;
} cplug_grad_args;
#define CPLUG_GRAD_ARGS                                                                                                                    \
    {                                                                                                                                      \
        (uint32_t)sizeof(cplug_grad_args), 0, 0, 0, NULL                                                                                   \
    }
/* grads: room for n_inputs tensors of the inputs' shapes, which the innermost scope owns.  args: NULL or CPLUG_GRAD_ARGS with changes. */
CPLUG_API cplug_status cplug_grad(cplug_tensor *const *outputs, uint32_t n_outputs, cplug_tensor *const *inputs, uint32_t n_inputs,
                                  const cplug_grad_args *args, cplug_tensor **grads);
CPLUG_API cplug_tensor *cplug_tensor_grad(const cplug_tensor *t);                  /* [borrowed] NULL when none */
CPLUG_API cplug_status cplug_tensor_grad_set(cplug_tensor *t, cplug_tensor *grad); /* NULL clears */
CPLUG_API int32_t cplug_grad_mode(cplug_context *ctx, int32_t on);                 /* 0 = no_grad; returns the former one */
CPLUG_API int32_t cplug_grad_enabled(const cplug_context *ctx);
/* Called with each gradient that flows to t, before it is accumulated or passed on; may return another one of the same
 * shape, dtype and device (NULL: keep).  t is NULL when the tensor is gone or was overwritten in place.  Returns a handle for
 * cplug_hook_remove, 0 on failure. */
typedef cplug_tensor *(*cplug_hook)(void *arg, cplug_tensor *t, cplug_tensor *grad);
CPLUG_API uint64_t cplug_hook_add(cplug_tensor *t, cplug_hook hook, void *arg);
CPLUG_API cplug_status cplug_hook_remove(cplug_tensor *t, uint64_t handle);
/* Anomaly mode: the first op that makes a NaN in backward is an error that names the op and the layer. */
CPLUG_API void cplug_anomaly_mode(cplug_context *ctx, int32_t on);
#ifdef __cplusplus
}
#endif
#endif
