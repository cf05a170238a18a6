/* op_nets.c: losses, convolution, pooling and normalisation as PyTorch's functions take their parameters.  1-d forms are 2-d ones of
 * height 1. */
#include "op.h"
#include <string.h>

#define IN(k) op_in(c, k)
#define A(name) op_attr(c, #name)

/* ---- losses ---- */
static bool reduction_of(op_call *c, int32_t *out)
{
    static const char *const words[] = { "none", "mean", "sum" }; /* CPLUG_REDUCTION_... */
    for (*out = 0; *out < 3; ++*out)
        if (strcmp(A(reduction)->word, words[*out]) == 0) return true;
    op_refuse(c, "reduction is none, mean or sum, got '%s'", A(reduction)->word);
    return false;
}

/* weight times the loss of each element; a mean divides by the sum of the weights (torch.nn.functional.mse_loss) */
static cplug_tensor *weighted(op_call *c, cplug_tensor *(*loss)(cplug_tensor *, cplug_tensor *, int32_t))
{
    int32_t reduction;
    cplug_tensor *weight = IN(2);
    if (!reduction_of(c, &reduction)) return NULL;
    if (weight == NULL) return loss(IN(0), IN(1), reduction);
    cplug_tensor *each = cplug_mul(loss(IN(0), IN(1), CPLUG_REDUCTION_NONE), weight);
    if (reduction == CPLUG_REDUCTION_NONE) return each;
    cplug_tensor *sum = cplug_sum(each, NULL, 0, 0);
    return reduction == CPLUG_REDUCTION_SUM ? sum : cplug_div(sum, cplug_sum(weight, NULL, 0, 0));
}
cplug_tensor *op_mse_loss(op_call *c) { return weighted(c, cplug_mse_loss); }
cplug_tensor *op_l1_loss(op_call *c) { return weighted(c, cplug_l1_loss); }

cplug_tensor *op_smooth_l1_loss(op_call *c)
{
    int32_t reduction;
    return reduction_of(c, &reduction) ? cplug_smooth_l1_loss(IN(0), IN(1), A(beta)->f, reduction) : NULL;
}
cplug_tensor *op_binary_cross_entropy(op_call *c)
{
    int32_t reduction;
    return reduction_of(c, &reduction) ? cplug_binary_cross_entropy(IN(0), IN(1), IN(2), reduction) : NULL;
}
cplug_tensor *op_binary_cross_entropy_with_logits(op_call *c)
{
    int32_t reduction;
    return reduction_of(c, &reduction) ? cplug_binary_cross_entropy_with_logits(IN(0), IN(1), IN(2), IN(3), reduction) : NULL;
}

static cplug_tensor *class_loss(op_call *c, cplug_tensor *(*loss)(cplug_tensor *, cplug_tensor *, const cplug_cross_entropy_args *),
                                double smoothing)
{
    cplug_cross_entropy_args args = CPLUG_CROSS_ENTROPY_ARGS;
    if (!reduction_of(c, &args.reduction)) return NULL;
    args.ignore_index = A(ignore_index)->i;
    args.label_smoothing = smoothing;
    args.weight = IN(2);
    return loss(IN(0), IN(1), &args);
}
cplug_tensor *op_cross_entropy(op_call *c) { return class_loss(c, cplug_cross_entropy, A(label_smoothing)->f); }
cplug_tensor *op_nll_loss(op_call *c) { return class_loss(c, cplug_nll_loss, 0.0); }

/* ---- windows ---- */
/* One number for both, or one each; of a 1-d op (rank 1) the number is the second one, beside `other`. */
static bool pair(op_call *c, const char *name, uint32_t rank, int64_t other, int64_t out[2])
{
    const op_value *v = op_attr(c, name);
    if (v->n != 1 && v->n != rank) {
        op_refuse(c, "%s takes 1%s, got %u", name, rank == 1 ? " number" : " or 2 numbers", v->n);
        return false;
    }
    out[0] = rank == 1 ? other : v->ints[0];
    out[1] = rank == 1 ? v->ints[0] : v->ints[v->n - 1];
    return true;
}

/* As pair, but left out or empty means 0, 0. */
static bool pair_or_none(op_call *c, const char *name, uint32_t rank, int64_t other, int64_t out[2])
{
    const op_value *v = op_attr(c, name);
    if (!v->none && v->n > 0) return pair(c, name, rank, other, out);
    out[0] = out[1] = 0;
    return true;
}

static cplug_tensor *height_1(cplug_tensor *t) { return cplug_unsqueeze(t, -2); }
static cplug_tensor *flat(cplug_tensor *t) { return cplug_squeeze(t, (const int32_t[]){ -2 }, 1); }

/* ---- convolution ---- */
/* x with one row and column of zeros more, at the end of dimension dim, for paddings that differ by 1 between the sides */
static cplug_tensor *one_more(cplug_tensor *x, int32_t dim)
{
    int64_t shape[CPLUG_MAX_DIMS];
    const int32_t ndim = cplug_tensor_ndim(x);
    if (x == NULL) return NULL;
    memcpy(shape, cplug_tensor_shape(x), (size_t)ndim * sizeof *shape);
    shape[ndim + dim] = 1;
    return cplug_cat((cplug_tensor *[]){ x, cplug_zeros(cplug_tensor_context(x), cplug_tensor_dtype(x), ndim, shape) }, 2, dim);
}

/* padding: numbers, "valid", or "same": the output has the input's size, what is odd goes to the end. */
static cplug_tensor *padded(op_call *c, cplug_tensor *x, cplug_tensor *weight, uint32_t rank, cplug_conv2d_args *args)
{
    const op_value *v = A(padding);
    const bool same = strcmp(v->word, "same") == 0;
    if (v->n > 0) return pair(c, "padding", rank, 0, args->padding) ? x : NULL;
    if (!same && strcmp(v->word, "valid") != 0) return op_refuse(c, "padding is same, valid or numbers, got '%s'", v->word);
    for (int32_t d = 0; d < 2 && same; d++) {
        if (args->stride[d] != 1) return op_refuse(c, "padding=same needs a stride of 1");
        const int64_t total = args->dilation[d] * (cplug_tensor_size(weight, d - 2) - 1);
        args->padding[d] = total / 2;
        if (total % 2) x = one_more(x, d - 2);
    }
    return x;
}

static cplug_tensor *conv(op_call *c, uint32_t rank, cplug_tensor *x, cplug_tensor *weight)
{
    cplug_conv2d_args args = CPLUG_CONV2D_ARGS;
    if (!pair(c, "stride", rank, 1, args.stride) || !pair(c, "dilation", rank, 1, args.dilation)) return NULL;
    args.groups = A(groups)->i;
    x = padded(c, x, weight, rank, &args);
    return x != NULL ? cplug_conv2d(x, weight, IN(2), &args) : NULL;
}
cplug_tensor *op_conv2d(op_call *c) { return conv(c, 2, IN(0), IN(1)); }
cplug_tensor *op_conv1d(op_call *c) { return flat(conv(c, 1, height_1(IN(0)), height_1(IN(1)))); }

static bool sliding(op_call *c, int64_t kernel[2], cplug_conv2d_args *args)
{
    return pair(c, "kernel_size", 2, 0, kernel) && pair(c, "stride", 2, 0, args->stride) && pair(c, "padding", 2, 0, args->padding) &&
           pair(c, "dilation", 2, 0, args->dilation);
}

/* C, H, W without N is taken too, as there */
cplug_tensor *op_unfold(op_call *c)
{
    int64_t kernel[2];
    cplug_conv2d_args args = CPLUG_CONV2D_ARGS;
    if (!sliding(c, kernel, &args)) return NULL;
    if (cplug_tensor_ndim(IN(0)) != 3) return cplug_unfold(IN(0), kernel, &args);
    return cplug_squeeze(cplug_unfold(cplug_unsqueeze(IN(0), 0), kernel, &args), (const int32_t[]){ 0 }, 1);
}

cplug_tensor *op_fold(op_call *c)
{
    int64_t kernel[2], size[2];
    cplug_conv2d_args args = CPLUG_CONV2D_ARGS;
    if (!sliding(c, kernel, &args) || !pair(c, "output_size", 2, 0, size)) return NULL;
    if (cplug_tensor_ndim(IN(0)) != 2) return cplug_fold(IN(0), size, kernel, &args);
    return cplug_squeeze(cplug_fold(cplug_unsqueeze(IN(0), 0), size, kernel, &args), (const int32_t[]){ 0 }, 1);
}

/* ---- pooling ---- */
static bool window(op_call *c, uint32_t rank, cplug_pool2d_args *args)
{
    args->ceil_mode = (int32_t)A(ceil_mode)->i;
    return pair(c, "kernel_size", rank, 1, args->kernel) && pair_or_none(c, "stride", rank, 1, args->stride) &&
           pair(c, "padding", rank, 0, args->padding);
}

static cplug_tensor *max_pool(op_call *c, uint32_t rank)
{
    cplug_pool2d_args args = CPLUG_POOL2D_ARGS;
    cplug_tensor *places = NULL, *x = rank == 1 ? height_1(IN(0)) : IN(0);
    const bool wanted = A(return_indices)->i != 0;
    if (!window(c, rank, &args) || !pair(c, "dilation", rank, 1, args.dilation)) return NULL;
    cplug_tensor *y = cplug_max_pool2d(x, &args, wanted ? &places : NULL);
    if (!wanted) return rank == 1 ? flat(y) : y;
    op_give(c, rank == 1 ? flat(y) : y);
    return rank == 1 ? flat(places) : places;
}
cplug_tensor *op_max_pool1d(op_call *c) { return max_pool(c, 1); }
cplug_tensor *op_max_pool2d(op_call *c) { return max_pool(c, 2); }

cplug_tensor *op_avg_pool1d(op_call *c)
{
    cplug_pool2d_args args = CPLUG_POOL2D_ARGS;
    args.count_include_pad = (int32_t)A(count_include_pad)->i;
    return window(c, 1, &args) ? flat(cplug_avg_pool2d(height_1(IN(0)), &args)) : NULL;
}
cplug_tensor *op_avg_pool2d(op_call *c)
{
    cplug_pool2d_args args = CPLUG_POOL2D_ARGS;
    const op_value *divisor = A(divisor_override);
    if (!divisor->none && divisor->i == 0) return op_refuse(c, "divisor_override must not be 0");
    args.count_include_pad = (int32_t)A(count_include_pad)->i;
    args.divisor_override = divisor->none ? 0 : divisor->i;
    return window(c, 2, &args) ? cplug_avg_pool2d(IN(0), &args) : NULL;
}

cplug_tensor *op_batch_norm(op_call *c)
{
    cplug_batch_norm_args args = CPLUG_BATCH_NORM_ARGS;
    args.training = (int32_t)A(training)->i;
    args.momentum = A(momentum)->f;
    args.eps = A(eps)->f;
    return cplug_batch_norm(IN(0), IN(1), IN(2), IN(3), IN(4), &args);
}
