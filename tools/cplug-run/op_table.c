/* op_table.c: the ops that the command line knows under PyTorch's names and with PyTorch's parameters, in the order of the contract
 * (docs/op.md); the notation of parameters is in op.h. */
#include "op.h"
#include <string.h>

#define ONE(name_)                                                                                                                         \
    {                                                                                                                                      \
        .name = #name_, .params = "input", .one = cplug_##name_                                                                            \
    }
#define TWO(name_)                                                                                                                         \
    {                                                                                                                                      \
        .name = #name_, .params = "input other", .two = cplug_##name_                                                                      \
    }
#define OP(name_, params_)                                                                                                                 \
    {                                                                                                                                      \
        .name = #name_, .params = params_, .call = op_##name_                                                                              \
    }
#define CONV(one_, zero_) "input weight bias?; stride:I=" one_ " padding:P=" zero_ " dilation:I=" one_ " groups:i=1"
#define MAX_POOL "input; kernel_size:I stride:I=- padding:I=0 dilation:I=1 ceil_mode:b=false return_indices:b=false"

/* clang-format off */
const op_row op_rows[] = {
    OP(add, "input other; alpha:n=1"), OP(sub, "input other; alpha:n=1"), TWO(mul), OP(div, "input other; rounding_mode:w=-"),
    OP(pow, "input exponent"), ONE(neg), ONE(abs), ONE(exp), ONE(log), ONE(log1p), ONE(sqrt), ONE(rsqrt), ONE(reciprocal), ONE(sin),
    ONE(cos), ONE(tanh), ONE(sigmoid), ONE(relu), OP(leaky_relu, "input; negative_slope:f=0.01"), OP(gelu, "input; approximate:w=none"),
    ONE(silu), OP(softplus, "input; beta:f=1 threshold:f=20"), OP(clamp, "input min? max?"), ONE(sign), ONE(floor),
    OP(round, "input; decimals:i=-"), TWO(eq), TWO(ne), TWO(lt), TWO(le), TWO(gt), TWO(ge), TWO(logical_and), TWO(logical_or),
    TWO(logical_xor), ONE(logical_not), ONE(isnan), OP(isinf, "input"), OP(isfinite, "input"), ONE(erf), TWO(maximum), TWO(minimum),
    OP(sum, "input; dim:I=- keepdim:b=false dtype:d=-"), OP(mean, "input; dtype:d=- dim:I=- keepdim:b=false"),
    OP(prod, "input; dtype:d=- dim:i=- keepdim:b=false"), OP(max, "input other?; dim:i=- keepdim:b=false"),
    OP(min, "input other?; dim:i=- keepdim:b=false"), OP(argmax, "input; dim:i=- keepdim:b=false"),
    OP(argmin, "input; dim:i=- keepdim:b=false"), OP(var, "input; unbiased:b=true dim:I=- keepdim:b=false correction:n=-"),
    OP(std, "input; unbiased:b=true dim:I=- keepdim:b=false correction:n=-"), OP(any, "input; dim:I=- keepdim:b=false"),
    OP(all, "input; dim:I=- keepdim:b=false"), TWO(matmul), OP(mm, "input mat2; out_dtype:d=-"), OP(bmm, "input mat2; out_dtype:d=-"),
    { .name = "dot", .params = "input tensor", .two = cplug_dot }, { .name = "linear", .params = "input weight bias?", .three = cplug_linear },
    OP(addmm, "input mat1 mat2; beta:n=1 alpha:n=1 out_dtype:d=-"), OP(baddbmm, "input batch1 batch2; beta:n=1 alpha:n=1 out_dtype:d=-"),
    OP(outer, "input vec2"), OP(softmax, "input; dim:i=- dtype:d=-"), OP(log_softmax, "input; dim:i=- dtype:d=-"),
    OP(one_hot, "input; num_classes:i=-1"), OP(view, "input; size:I=- dtype:d=-"), OP(reshape, "input; shape:I"),
    OP(flatten, "input; start_dim:i=0 end_dim:i=-1"), OP(squeeze, "input; dim:I=-"), OP(unsqueeze, "input; dim:i"),
    OP(transpose, "input; dim0:i dim1:i"), OP(permute, "input; dims:I"), OP(expand, "input; size:I implicit:b=false"),
    OP(select, "input; dim:i index:i"), OP(narrow, "input start; dim:i length:i"), OP(split, "input; split_size_or_sections:I dim:i=0"),
    OP(chunk, "input; chunks:i dim:i=0"), OP(cat, "tensors[]; dim:i=0"), OP(stack, "tensors[]; dim:i=0"),
    OP(index_select, "input index; dim:i"), OP(gather, "input index; dim:i sparse_grad:b=false"), OP(scatter_add, "input index src; dim:i"),
    OP(where, "condition input? other?"), { .name = "masked_fill", .params = "input mask value", .three = cplug_masked_fill },
    { .name = "lerp", .params = "input end weight", .three = cplug_lerp }, OP(addcmul, "input tensor1 tensor2; value:n=1"),
    OP(addcdiv, "input tensor1 tensor2; value:n=1"), OP(mse_loss, "input target~ weight?~; reduction:w=mean"),
    OP(l1_loss, "input target~ weight?~; reduction:w=mean"), OP(smooth_l1_loss, "input target~; reduction:w=mean beta:f=1.0"),
    OP(cross_entropy, "input target~ weight?~; ignore_index:i=-100 reduction:w=mean label_smoothing:f=0.0"),
    OP(nll_loss, "input target~ weight?~; ignore_index:i=-100 reduction:w=mean"),
    OP(binary_cross_entropy, "input target~ weight?~; reduction:w=mean"),
    OP(binary_cross_entropy_with_logits, "input target~ weight?~ pos_weight?~; reduction:w=mean"), OP(conv1d, CONV("1", "0")),
    OP(conv2d, CONV("1,1", "0,0")), OP(unfold, "input; kernel_size:I dilation:I=1 padding:I=0 stride:I=1"),
    OP(fold, "input; output_size:I kernel_size:I dilation:I=1 padding:I=0 stride:I=1"), OP(max_pool1d, MAX_POOL), OP(max_pool2d, MAX_POOL),
    OP(avg_pool1d, "input; kernel_size:I stride:I= padding:I=0 ceil_mode:b=false count_include_pad:b=true"),
    OP(avg_pool2d, "input; kernel_size:I stride:I= padding:I=0,0 ceil_mode:b=false count_include_pad:b=true divisor_override:i=-"),
    OP(batch_norm, "input running_mean?! running_var?! weight? bias?; training:b=false momentum:f=0.1 eps:f=1e-05"),
};
const uint32_t n_op_rows = CPLUG_COUNT(op_rows);

const char *const op_missing[] = {
    "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "max_pool3d", "avg_pool3d", "adaptive_avg_pool1d",
    "adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d", "interpolate", "pad",
    "layer_norm", "group_norm", "instance_norm", "rms_norm", "normalize", "scaled_dot_product_attention", "embedding", "index_add",
    "index_put", "scatter", "take_along_dim", "masked_select", "nonzero", "topk", "sort", "argsort", "cumsum", "cumprod", "logsumexp", "flip",
    "roll", "tril", "triu", "diagonal", "repeat", "repeat_interleave", "remainder", "norm", "einsum", "elu", "selu", "celu", "hardtanh",
    "hardswish", "hardsigmoid", "mish", "logsigmoid", "softsign", "tanhshrink", "softshrink", "hardshrink", "threshold", "glu", "prelu",
    "relu6", "kl_div", "huber_loss", "cosine_embedding_loss", "hinge_embedding_loss", "margin_ranking_loss", "triplet_margin_loss",
    "poisson_nll_loss", "gaussian_nll_loss", "soft_margin_loss", "multilabel_margin_loss", "multi_margin_loss",
    "multilabel_soft_margin_loss", "cosine_similarity", "pairwise_distance", "pixel_shuffle", NULL,
};
/* clang-format on */

const op_row *op_find(const char *name)
{
    for (uint32_t i = 0; i < n_op_rows; i++)
        if (strcmp(op_rows[i].name, name) == 0) return &op_rows[i];
    return NULL;
}
