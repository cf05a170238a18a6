/* cplug/ops.h: ops as verbs on tensors.  Every function here is one or more calls of the one door, cplug_dispatch.
 *
 * Names, shapes, promotion and defaults are PyTorch's (https://pytorch.org/docs/stable/torch.html): look there for what an op computes.
 * Optional tensors may be NULL: absent.  (A NULL that came from a failure cannot slip through as "absent": the context's standing
 * error stops the call.)  Wherever a tensor is taken, a plain number does too: cplug_float, cplug_int, cplug_bool.
 * Options of an op start from its CPLUG_<OP>_ARGS, which holds PyTorch's defaults; NULL means those.
 * dims, n: a list of dimensions, negative ones count from the end; n = 0 means all.
 * Forms that end in _ work in place: they return a status and make no tensor.
 * Results are new tensors of the innermost scope, on the device of the inputs; all inputs are on one device, except that 0-d tensors may
 * be on the host.  Which dtypes an op takes and gives, and who computes it: docs/ops.md, `cplug-run inspect op:NAME`. */
#ifndef CPLUG_OPS_H
#define CPLUG_OPS_H
#include <cplug/tensor.h>
#ifdef __cplusplus
extern "C" {
#endif

/* ---- the generic door ---- */
typedef struct cplug_arg { /* [frozen] one formal argument: a tensor (NULL = absent), or a list; list_n = -1 says tensor */
    cplug_tensor *tensor;
    cplug_tensor *const *list;
    int64_t list_n;
} cplug_arg;
#define CPLUG_ARG(t)                                                                                                                       \
    {                                                                                                                                      \
        (t), NULL, -1                                                                                                                      \
    }
#define CPLUG_ARG_LIST(l, n)                                                                                                               \
    {                                                                                                                                      \
        NULL, (l), (n)                                                                                                                     \
    }
/* Calls an op by name.  attr: the first n_attr attributes by position, the rest at their defaults.  out: room for n_out results;
 * an entry that is not NULL on entry is the tensor to write into ("out="; out[0] == in[0] is the in-place form).  Optional trailing
 * inputs may be left out. */
CPLUG_API cplug_status cplug_dispatch(cplug_context *ctx, const char *op, const cplug_arg *in, uint32_t n_in, const cplug_value *attr,
                                      uint32_t n_attr, cplug_tensor **out, uint32_t n_out);

/* ---- pointwise: shapes broadcast (https://pytorch.org/docs/stable/notes/broadcasting.html), dtypes promote
 * (https://pytorch.org/docs/stable/tensor_attributes.html#type-promotion-doc).  Whole numbers become f32 in div, sqrt, exp and their like;
 * comparisons and logical ops give bool. ---- */
CPLUG_API cplug_tensor *cplug_add(cplug_tensor *a, cplug_tensor *b);
CPLUG_API cplug_tensor *cplug_add_scaled(cplug_tensor *a, cplug_tensor *b, double alpha); /* a + alpha * b */
CPLUG_API cplug_tensor *cplug_sub(cplug_tensor *a, cplug_tensor *b);
CPLUG_API cplug_tensor *cplug_mul(cplug_tensor *a, cplug_tensor *b); /* a * b */
CPLUG_API cplug_tensor *cplug_div(cplug_tensor *a, cplug_tensor *b); /* true division */
enum { CPLUG_ROUND_TRUNC = 0, CPLUG_ROUND_FLOOR = 1 };
CPLUG_API cplug_tensor *cplug_div_rounded(cplug_tensor *a, cplug_tensor *b, int32_t mode); /* torch.div(rounding_mode=); integers stay */
CPLUG_API cplug_tensor *cplug_pow(cplug_tensor *a, cplug_tensor *b);
CPLUG_API cplug_tensor *cplug_maximum(cplug_tensor *a, cplug_tensor *b); /* NaN wins */
CPLUG_API cplug_tensor *cplug_minimum(cplug_tensor *a, cplug_tensor *b); /* NaN wins */
CPLUG_API cplug_tensor *cplug_add_scalar(cplug_tensor *a, double b);     /* b as a plain number: it promotes weakly */
CPLUG_API cplug_tensor *cplug_sub_scalar(cplug_tensor *a, double b);
CPLUG_API cplug_tensor *cplug_mul_scalar(cplug_tensor *a, double b);
CPLUG_API cplug_tensor *cplug_div_scalar(cplug_tensor *a, double b);
CPLUG_API cplug_tensor *cplug_pow_scalar(cplug_tensor *a, double b); /* a to the power of b */
CPLUG_API cplug_tensor *cplug_neg(cplug_tensor *a);
CPLUG_API cplug_tensor *cplug_abs(cplug_tensor *a);
CPLUG_API cplug_tensor *cplug_exp(cplug_tensor *a);
CPLUG_API cplug_tensor *cplug_log(cplug_tensor *a);
CPLUG_API cplug_tensor *cplug_log1p(cplug_tensor *a); /* log(1 + a) */
CPLUG_API cplug_tensor *cplug_sqrt(cplug_tensor *a);
CPLUG_API cplug_tensor *cplug_rsqrt(cplug_tensor *a);      /* 1 / sqrt(a) */
CPLUG_API cplug_tensor *cplug_reciprocal(cplug_tensor *a); /* 1 / a */
CPLUG_API cplug_tensor *cplug_sin(cplug_tensor *a);
CPLUG_API cplug_tensor *cplug_cos(cplug_tensor *a);
CPLUG_API cplug_tensor *cplug_tanh(cplug_tensor *a);
CPLUG_API cplug_tensor *cplug_erf(cplug_tensor *a);                               /* error function */
CPLUG_API cplug_tensor *cplug_sigmoid(cplug_tensor *a);                           /* 1 / (1 + exp(-a)) */
CPLUG_API cplug_tensor *cplug_relu(cplug_tensor *a);                              /* max(a, 0) */
CPLUG_API cplug_tensor *cplug_leaky_relu(cplug_tensor *a, double negative_slope); /* a, times negative_slope below 0 */
CPLUG_API cplug_tensor *cplug_gelu(cplug_tensor *a, int32_t tanh_approximation);  /* 1: approximate="tanh" */
CPLUG_API cplug_tensor *cplug_silu(cplug_tensor *a);                              /* a sigmoid(a) */
CPLUG_API cplug_tensor *cplug_softplus(cplug_tensor *a, double beta,
                                       double threshold); /* log(1 + exp(beta a)) / beta; a where beta a > threshold */
CPLUG_API cplug_tensor *cplug_clamp(cplug_tensor *a, cplug_tensor *min, cplug_tensor *max); /* either may be NULL */
CPLUG_API cplug_tensor *cplug_sign(cplug_tensor *a);
CPLUG_API cplug_tensor *cplug_floor(cplug_tensor *a);
CPLUG_API cplug_tensor *cplug_round(cplug_tensor *a); /* half to even */
CPLUG_API cplug_tensor *cplug_eq(cplug_tensor *a, cplug_tensor *b);
CPLUG_API cplug_tensor *cplug_ne(cplug_tensor *a, cplug_tensor *b);
CPLUG_API cplug_tensor *cplug_lt(cplug_tensor *a, cplug_tensor *b);
CPLUG_API cplug_tensor *cplug_le(cplug_tensor *a, cplug_tensor *b);
CPLUG_API cplug_tensor *cplug_gt(cplug_tensor *a, cplug_tensor *b);
CPLUG_API cplug_tensor *cplug_ge(cplug_tensor *a, cplug_tensor *b);
CPLUG_API cplug_tensor *cplug_logical_and(cplug_tensor *a, cplug_tensor *b);
CPLUG_API cplug_tensor *cplug_logical_or(cplug_tensor *a, cplug_tensor *b);
CPLUG_API cplug_tensor *cplug_logical_xor(cplug_tensor *a, cplug_tensor *b);
CPLUG_API cplug_tensor *cplug_logical_not(cplug_tensor *a);
CPLUG_API cplug_tensor *cplug_isnan(cplug_tensor *a);
CPLUG_API cplug_tensor *cplug_where(cplug_tensor *condition, cplug_tensor *a, cplug_tensor *b);         /* a where condition, else b */
CPLUG_API cplug_tensor *cplug_masked_fill(cplug_tensor *a, cplug_tensor *mask, cplug_tensor *value);    /* value where mask, else a */
CPLUG_API cplug_tensor *cplug_lerp(cplug_tensor *a, cplug_tensor *end, cplug_tensor *weight);           /* a + weight (end - a) */
CPLUG_API cplug_tensor *cplug_addcmul(cplug_tensor *a, cplug_tensor *x, cplug_tensor *y, double value); /* a + value * x * y */
CPLUG_API cplug_tensor *cplug_addcdiv(cplug_tensor *a, cplug_tensor *x, cplug_tensor *y, double value); /* a + value * x / y */

/* ---- in place: as above, the result goes into a, whose shape and dtype stay: one that cannot hold it is an error.  A leaf that requires
 * a gradient cannot be written to while gradients are recorded. ---- */
CPLUG_API cplug_status cplug_add_(cplug_tensor *a, cplug_tensor *b);
CPLUG_API cplug_status cplug_add_scaled_(cplug_tensor *a, cplug_tensor *b, double alpha); /* a += alpha * b */
CPLUG_API cplug_status cplug_sub_(cplug_tensor *a, cplug_tensor *b);
CPLUG_API cplug_status cplug_mul_(cplug_tensor *a, cplug_tensor *b);
CPLUG_API cplug_status cplug_div_(cplug_tensor *a, cplug_tensor *b);
CPLUG_API cplug_status cplug_pow_(cplug_tensor *a, cplug_tensor *b);
CPLUG_API cplug_status cplug_add_scalar_(cplug_tensor *a, double b);
CPLUG_API cplug_status cplug_sub_scalar_(cplug_tensor *a, double b);
CPLUG_API cplug_status cplug_mul_scalar_(cplug_tensor *a, double b);
CPLUG_API cplug_status cplug_div_scalar_(cplug_tensor *a, double b);
CPLUG_API cplug_status cplug_neg_(cplug_tensor *a);
CPLUG_API cplug_status cplug_relu_(cplug_tensor *a);
CPLUG_API cplug_status cplug_clamp_(cplug_tensor *a, cplug_tensor *min, cplug_tensor *max);
CPLUG_API cplug_status cplug_masked_fill_(cplug_tensor *a, cplug_tensor *mask, cplug_tensor *value);
CPLUG_API cplug_status cplug_lerp_(cplug_tensor *a, cplug_tensor *end, cplug_tensor *weight);
CPLUG_API cplug_status cplug_addcmul_(cplug_tensor *a, cplug_tensor *x, cplug_tensor *y, double value);
CPLUG_API cplug_status cplug_addcdiv_(cplug_tensor *a, cplug_tensor *x, cplug_tensor *y, double value);
CPLUG_API cplug_status cplug_copy_(cplug_tensor *dst, cplug_tensor *src); /* broadcasts, converts, crosses devices */
CPLUG_API cplug_status cplug_fill_(cplug_tensor *a, double value);
CPLUG_API cplug_status cplug_zero_(cplug_tensor *a);

/* ---- views: share storage, so that writing to one changes the other (https://pytorch.org/docs/stable/tensor_view.html).  Negative
 * dimensions count from the end. ---- */
CPLUG_API cplug_tensor *cplug_view_as(cplug_tensor *t, int32_t ndim, const int64_t *shape); /* torch.Tensor.view; one size may be -1 */
CPLUG_API cplug_tensor *cplug_reshape(cplug_tensor *t, int32_t ndim, const int64_t *shape); /* copies only when it must */
CPLUG_API cplug_tensor *cplug_flatten(cplug_tensor *t, int32_t start_dim,
                                      int32_t end_dim); /* dims start to end, included, become one; a copy where strides forbid */
CPLUG_API cplug_tensor *cplug_unflatten(cplug_tensor *t, int32_t dim, int32_t n,
                                        const int64_t *sizes);                          /* dim becomes n dims; one size may be -1 */
CPLUG_API cplug_tensor *cplug_squeeze(cplug_tensor *t, const int32_t *dims, int32_t n); /* n = 0: all of size 1; n = -1: none */
CPLUG_API cplug_tensor *cplug_unsqueeze(cplug_tensor *t, int32_t dim);
CPLUG_API cplug_tensor *cplug_transpose(cplug_tensor *t, int32_t a, int32_t b);            /* dims a and b change places */
CPLUG_API cplug_tensor *cplug_permute(cplug_tensor *t, const int32_t *dims, int32_t n);    /* dim i of the result is dims[i] of t */
CPLUG_API cplug_tensor *cplug_expand(cplug_tensor *t, int32_t ndim, const int64_t *shape); /* -1 = keep */
CPLUG_API cplug_tensor *cplug_select(cplug_tensor *t, int32_t dim, int64_t index);         /* without dim: t[..., index, ...] */
#define CPLUG_END INT64_MAX
CPLUG_API cplug_tensor *cplug_slice(cplug_tensor *t, int32_t dim, int64_t from, int64_t to,
                                    int64_t step); /* t[from:to:step], Python's clamping */
CPLUG_API cplug_tensor *cplug_narrow(cplug_tensor *t, int32_t dim, int64_t start, int64_t length);
/* torch.split, chunk.  out: room for the pieces; their number is returned, -1 on failure.  split_sizes has n pieces of the given sizes. */
CPLUG_API int64_t cplug_split(cplug_tensor *t, int64_t size, int32_t dim, cplug_tensor **out, int64_t room);
CPLUG_API int64_t cplug_split_sizes(cplug_tensor *t, const int64_t *sizes, int64_t n, int32_t dim, cplug_tensor **out);
CPLUG_API int64_t cplug_chunk(cplug_tensor *t, int64_t chunks, int32_t dim, cplug_tensor **out, int64_t room);
/* no gradient; offset in elements from the start of the storage */
CPLUG_API cplug_tensor *cplug_as_strided(cplug_tensor *t, int32_t ndim, const int64_t *shape, const int64_t *strides, int64_t offset);
CPLUG_API cplug_tensor *cplug_detach(cplug_tensor *t); /* shares storage, no graph */

/* ---- copies and conversions ---- */
CPLUG_API cplug_tensor *cplug_clone(cplug_tensor *t);
CPLUG_API cplug_tensor *cplug_contiguous(cplug_tensor *t);    /* t itself (one more scope entry) when it already is */
CPLUG_API cplug_tensor *cplug_channels_last(cplug_tensor *t); /* contiguous(memory_format=torch.channels_last) */
CPLUG_API cplug_tensor *cplug_to(cplug_tensor *t, cplug_dtype dtype,
                                 const char *device); /* 0 / NULL = leave; t itself when nothing changes */

/* ---- joins and indexing: index is an i64 or i32 tensor with entries of 0 up to the size, else an error where the backend checks ---- */
CPLUG_API cplug_tensor *cplug_cat(cplug_tensor *const *list, int64_t n, int32_t dim);          /* one after the other along dim */
CPLUG_API cplug_tensor *cplug_stack(cplug_tensor *const *list, int64_t n, int32_t dim);        /* along a new dim */
CPLUG_API cplug_tensor *cplug_index_select(cplug_tensor *t, int32_t dim, cplug_tensor *index); /* index [n]: slices of t along dim */
CPLUG_API cplug_tensor *cplug_gather(cplug_tensor *t, int32_t dim, cplug_tensor *index); /* of index's shape: t[i][index[i][j]] for dim 1 */
CPLUG_API cplug_tensor *cplug_scatter_add(cplug_tensor *t, int32_t dim, cplug_tensor *index,
                                          cplug_tensor *src);                /* t + src at the places of index; adds up */
CPLUG_API cplug_tensor *cplug_one_hot(cplug_tensor *t, int64_t num_classes); /* -1: largest + 1, which waits for the device */

/* ---- reductions: over dims, which keepdim leaves at size 1.  sum and prod of whole numbers are i64, positions i64, any and all bool;
 * mean, var and std are for floats. ---- */
/* The arguments "dims, n" in place: cplug_sum(t, CPLUG_DIMS(0, 1), 0); for all of them write NULL, 0.  C only, as CPLUG_SHAPE. */
#ifndef __cplusplus
#define CPLUG_DIMS(...) (const int32_t[]){ __VA_ARGS__ }, (int32_t)CPLUG_COUNT(((int32_t[]){ __VA_ARGS__ }))
#endif
CPLUG_API cplug_tensor *cplug_sum(cplug_tensor *t, const int32_t *dims, int32_t n, int32_t keepdim);
CPLUG_API cplug_tensor *cplug_mean(cplug_tensor *t, const int32_t *dims, int32_t n, int32_t keepdim); /* no element: NaN */
CPLUG_API cplug_tensor *cplug_prod(cplug_tensor *t, const int32_t *dims, int32_t n, int32_t keepdim);
CPLUG_API cplug_tensor *cplug_amax(cplug_tensor *t, const int32_t *dims, int32_t n, int32_t keepdim); /* ties share the gradient */
CPLUG_API cplug_tensor *cplug_amin(cplug_tensor *t, const int32_t *dims, int32_t n, int32_t keepdim);
CPLUG_API cplug_tensor *cplug_max(cplug_tensor *t, int32_t dim, int32_t keepdim,
                                  cplug_tensor **indices); /* torch.max(t, dim); indices may be NULL */
CPLUG_API cplug_tensor *cplug_min(cplug_tensor *t, int32_t dim, int32_t keepdim, cplug_tensor **indices);
#define CPLUG_ALL INT32_MIN /* for argmax and argmin: over the flattened tensor */
CPLUG_API cplug_tensor *cplug_argmax(cplug_tensor *t, int32_t dim, int32_t keepdim);
CPLUG_API cplug_tensor *cplug_argmin(cplug_tensor *t, int32_t dim, int32_t keepdim); /* the first of equals */
CPLUG_API cplug_tensor *cplug_var(cplug_tensor *t, const int32_t *dims, int32_t n, double correction,
                                  int32_t keepdim); /* sum of squares / (n - correction); PyTorch's default is 1 */
CPLUG_API cplug_tensor *cplug_std(cplug_tensor *t, const int32_t *dims, int32_t n, double correction, int32_t keepdim);
CPLUG_API cplug_tensor *cplug_any(cplug_tensor *t, const int32_t *dims, int32_t n, int32_t keepdim); /* of no element: false */
CPLUG_API cplug_tensor *cplug_all(cplug_tensor *t, const int32_t *dims, int32_t n, int32_t keepdim); /* of no element: true */
CPLUG_API cplug_tensor *cplug_sum_to_size(cplug_tensor *t, int32_t ndim, const int64_t *shape);      /* undoes broadcasting */

/* ---- matrices: no promotion, both of one dtype ---- */
CPLUG_API cplug_tensor *cplug_matmul(cplug_tensor *a, cplug_tensor *b); /* vectors, matrices, batches of them: torch.matmul */
CPLUG_API cplug_tensor *cplug_mm(cplug_tensor *a, cplug_tensor *b);     /* [n, k] [k, m] -> [n, m] */
CPLUG_API cplug_tensor *cplug_bmm(cplug_tensor *a, cplug_tensor *b);    /* [b, n, k] [b, k, m] -> [b, n, m] */
CPLUG_API cplug_tensor *cplug_dot(cplug_tensor *a, cplug_tensor *b);    /* [n] [n] -> [] */
CPLUG_API cplug_tensor *cplug_linear(cplug_tensor *x, cplug_tensor *weight,
                                     cplug_tensor *bias); /* [..., k], [m, k], [m] or NULL -> [..., m]: x weight^T + bias */

/* ---- networks: torch.nn.functional (https://pytorch.org/docs/stable/nn.functional.html) ---- */
CPLUG_API cplug_tensor *cplug_softmax(cplug_tensor *t, int32_t dim);
CPLUG_API cplug_tensor *cplug_log_softmax(cplug_tensor *t, int32_t dim); /* without the loss of digits of log(softmax) */
CPLUG_API cplug_tensor *cplug_dropout(cplug_tensor *t, double p,
                                      int32_t training); /* zeroes with probability p, scales the rest by 1 / (1 - p); not training: t */
typedef struct cplug_conv2d_args {
    uint32_t struct_size, reserved;
    int64_t stride[2], padding[2], dilation[2], groups;
} cplug_conv2d_args;
#define CPLUG_CONV2D_ARGS                                                                                                                  \
    {                                                                                                                                      \
        (uint32_t)sizeof(cplug_conv2d_args), 0, { 1, 1 }, { 0, 0 }, { 1, 1 }, 1                                                            \
    }
/* x [N, C, H, W] or [C, H, W], weight [O, C / groups, kh, kw], bias [O] or NULL; sizes of the result: torch.nn.Conv2d */
CPLUG_API cplug_tensor *cplug_conv2d(cplug_tensor *x, cplug_tensor *weight, cplug_tensor *bias, const cplug_conv2d_args *args);
/* N,C,H,W -> N, C * kh * kw, L and back (sums overlaps); groups is ignored */
CPLUG_API cplug_tensor *cplug_unfold(cplug_tensor *x, const int64_t kernel[2], const cplug_conv2d_args *args);
CPLUG_API cplug_tensor *cplug_fold(cplug_tensor *x, const int64_t size[2], const int64_t kernel[2], const cplug_conv2d_args *args);
typedef struct cplug_pool2d_args {
    uint32_t struct_size;
    int32_t ceil_mode;
    int64_t kernel[2], stride[2], padding[2], dilation[2]; /* stride 0, 0: the kernel's; dilation: max only */
    int32_t count_include_pad, reserved;                   /* avg only */
    int64_t divisor_override;                              /* avg only; 0 = none */
} cplug_pool2d_args;
#define CPLUG_POOL2D_ARGS                                                                                                                  \
    {                                                                                                                                      \
        (uint32_t)sizeof(cplug_pool2d_args), 0, { 2, 2 }, { 0, 0 }, { 0, 0 }, { 1, 1 }, 1, 0, 0                                            \
    }
CPLUG_API cplug_tensor *cplug_max_pool2d(cplug_tensor *x, const cplug_pool2d_args *args, cplug_tensor **indices); /* indices may be NULL */
CPLUG_API cplug_tensor *cplug_avg_pool2d(cplug_tensor *x, const cplug_pool2d_args *args);
typedef struct cplug_batch_norm_args {
    uint32_t struct_size;
    int32_t training;
    double momentum, eps;
} cplug_batch_norm_args;
#define CPLUG_BATCH_NORM_ARGS                                                                                                              \
    {                                                                                                                                      \
        (uint32_t)sizeof(cplug_batch_norm_args), 0, 0.1, 1e-5                                                                              \
    }
/* x [N, C, ...], the others [C] or NULL.  running_mean and running_var are updated when training; NULL = none kept.
 * Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167 */
CPLUG_API cplug_tensor *cplug_batch_norm(cplug_tensor *x, cplug_tensor *running_mean, cplug_tensor *running_var, cplug_tensor *weight,
                                         cplug_tensor *bias, const cplug_batch_norm_args *args);

/* ---- losses (torch.nn.functional): a scalar, or of input's shape with CPLUG_REDUCTION_NONE ---- */
enum { CPLUG_REDUCTION_NONE = 0, CPLUG_REDUCTION_MEAN = 1, CPLUG_REDUCTION_SUM = 2 };
CPLUG_API cplug_tensor *cplug_mse_loss(cplug_tensor *input, cplug_tensor *target, int32_t reduction); /* (input - target)^2 */
CPLUG_API cplug_tensor *cplug_l1_loss(cplug_tensor *input, cplug_tensor *target, int32_t reduction);  /* |input - target| */
CPLUG_API cplug_tensor *cplug_smooth_l1_loss(cplug_tensor *input, cplug_tensor *target, double beta,
                                             int32_t reduction); /* squared below beta, absolute above */
typedef struct cplug_cross_entropy_args {
    uint32_t struct_size;
    int32_t reduction;
    int64_t ignore_index;
    double label_smoothing; /* cross_entropy only */
    cplug_tensor *weight;   /* per class, or NULL */
} cplug_cross_entropy_args;
#define CPLUG_CROSS_ENTROPY_ARGS                                                                                                           \
    {                                                                                                                                      \
        (uint32_t)sizeof(cplug_cross_entropy_args), CPLUG_REDUCTION_MEAN, -100, 0.0, NULL                                                  \
    }
/* target: class numbers (any integer dtype, without the class dimension) or probabilities (float, input's shape) */
CPLUG_API cplug_tensor *cplug_cross_entropy(cplug_tensor *input, cplug_tensor *target, const cplug_cross_entropy_args *args);
/* input: log-probabilities; target: class numbers */
CPLUG_API cplug_tensor *cplug_nll_loss(cplug_tensor *input, cplug_tensor *target, const cplug_cross_entropy_args *args);
/* input: probabilities, with_logits: any numbers; target of input's shape, from 0 to 1; weight and pos_weight broadcast, NULL = ones */
CPLUG_API cplug_tensor *cplug_binary_cross_entropy(cplug_tensor *input, cplug_tensor *target, cplug_tensor *weight, int32_t reduction);
CPLUG_API cplug_tensor *cplug_binary_cross_entropy_with_logits(cplug_tensor *input, cplug_tensor *target, cplug_tensor *weight,
                                                               cplug_tensor *pos_weight, int32_t reduction);

/* ---- comparing whole tensors: wait for the device; 1, 0, or -1 on failure ---- */
CPLUG_API int32_t cplug_allclose(cplug_tensor *a, cplug_tensor *b, double rtol, double atol, int32_t equal_nan);
CPLUG_API int32_t cplug_equal(cplug_tensor *a, cplug_tensor *b); /* shape and values */
#ifdef __cplusplus
}
#endif
#endif
