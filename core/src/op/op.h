/* op.h: the parsed form of an op, the table of core's own ops, and what the op families share. */
#ifndef CPLUG_OP_H
#define CPLUG_OP_H
#include "base/base.h"
#include <cplug/autograd.h>

enum { CPLUG__MAX_ARGS = 12, CPLUG__MAX_OUTS = 6, CPLUG__MAX_ATTRS = 10 };

/* Every op of core: cplug__op_NAME is defined in its family's file, CPLUG__OP_NAME is its place in context->op. */
/* clang-format off */
#define CPLUG__OPS(X) \
    X(copy_) X(fill_) X(arange) X(random) X(add) X(sub) X(mul) X(div) X(div_rounded) X(pow) X(maximum) X(minimum) X(neg) X(abs) X(exp) X(log) \
    X(log1p) X(sqrt) X(rsqrt) X(reciprocal) X(sin) X(cos) X(tanh) X(erf) X(sigmoid) X(relu) X(leaky_relu) X(gelu) X(silu) X(softplus) \
    X(clamp) X(sign) X(floor) X(round) X(relu_grad) X(leaky_relu_grad) X(gelu_grad) X(silu_grad) X(sigmoid_grad) X(tanh_grad) \
    X(softplus_grad) X(eq) X(ne) X(lt) X(le) X(gt) X(ge) X(logical_and) X(logical_or) X(logical_xor) X(logical_not) X(isnan) X(where) \
    X(masked_fill) X(lerp) X(addcmul) X(addcdiv) X(clone) X(to) X(view) X(expand) X(transpose) X(permute) X(squeeze) X(unsqueeze) \
    X(select) X(slice) X(as_strided) X(detach) X(slice_grad) X(select_grad) X(sum) X(mean) X(prod) X(amax) X(amin) X(max) X(min) \
    X(argmax) X(argmin) X(var) X(std) X(any) X(all) X(sum_to_size) X(cat) X(stack) X(index_select) X(gather) X(scatter_add_) \
    X(scatter_add) X(one_hot) X(matmul) X(mm) X(bmm) X(dot) X(linear) X(softmax) X(log_softmax) X(softmax_grad) X(log_softmax_grad) \
    X(dropout) X(conv2d) X(conv2d_grad_input) X(conv2d_grad_weight) X(unfold) X(fold) X(max_pool2d) X(max_pool2d_grad) X(avg_pool2d) \
    X(avg_pool2d_grad) X(batch_norm) X(batch_norm_grad) X(mse_loss) X(l1_loss) X(smooth_l1_loss) X(cross_entropy) X(nll_loss) \
    X(nll_loss_grad) X(binary_cross_entropy) \
    X(binary_cross_entropy_with_logits)
/* clang-format on */
enum {
#define X(name) CPLUG__OP_##name,
    CPLUG__OPS(X)
#undef X
        CPLUG__N_OPS
};
#define X(name) extern const cplug_op cplug__op_##name;
CPLUG__OPS(X)
#undef X

/* ---- calling an op from core: in[] may hold NULL for an absent optional and plain numbers ---- */
cplug_tensor *cplug__op(int32_t op, cplug_tensor *const *in, uint32_t n_in, const cplug_value *attr, uint32_t n_attr);
/* n_out results; out[] entries not NULL on entry are written into */
cplug_status cplug__op_n(int32_t op, cplug_tensor *const *in, uint32_t n_in, const cplug_value *attr, uint32_t n_attr, cplug_tensor **out,
                         uint32_t n_out);
/* one list argument followed by nothing: cat, stack */
cplug_tensor *cplug__op_list(int32_t op, cplug_tensor *const *list, int64_t n, const cplug_value *attr, uint32_t n_attr);
/* out = in[0]: the in-place form */
cplug_status cplug__op_(int32_t op, cplug_tensor *const *in, uint32_t n_in, const cplug_value *attr, uint32_t n_attr);
/* random ops: in[] without seed and offset, which are reserved and appended here */
#define A_INT(x)                                                                                                                           \
    {                                                                                                                                      \
        CPLUG_OPT_INT, 0, { .i = (x) }                                                                                                     \
    }
#define A_BOOL(x)                                                                                                                          \
    {                                                                                                                                      \
        CPLUG_OPT_BOOL, 0, { .i = (x) }                                                                                                    \
    }
#define A_CHOICE(x)                                                                                                                        \
    {                                                                                                                                      \
        CPLUG_OPT_CHOICE, 0, { .i = (x) }                                                                                                  \
    }
#define A_FLOAT(x)                                                                                                                         \
    {                                                                                                                                      \
        CPLUG_OPT_FLOAT, 0, { .f = (x) }                                                                                                   \
    }
#define A_INTS(p, count)                                                                                                                   \
    {                                                                                                                                      \
        CPLUG_OPT_INTS, (uint32_t)(count), { .iv = (p) }                                                                                   \
    }
#define A_STRING(x)                                                                                                                        \
    {                                                                                                                                      \
        CPLUG_OPT_STRING, 0, { .s = (x) }                                                                                                  \
    }

/* ---- shape rules share these (op_util.c) ---- */
enum { CPLUG__SHAPE_TEXT = 128 };
const char *cplug__shape_text(const cplug_meta *m, char *room); /* "[2, 3]"; room of CPLUG__SHAPE_TEXT */
int64_t cplug__meta_numel(const cplug_meta *m);                 /* -1 on overflow */
/* Broadcasts all n metas (absent ones skipped) into out->shape/ndim/layout; error names both shapes. */
cplug_status cplug__broadcast(const cplug_infer *c, const cplug_meta *in, uint32_t n, cplug_meta *out, cplug_error *e);
/* torch.result_type over metas: dimensioned tensors over 0-d ones over plain numbers. */
cplug_dtype cplug__result_type(const cplug_meta *in, uint32_t n);
bool cplug__dim(int64_t dim, int32_t ndim, int32_t *out); /* normalises a negative dim; 0-d counts as 1-d */
cplug_status cplug__dim_error(const cplug_infer *c, cplug_error *e, int64_t dim, int32_t ndim);
#endif
