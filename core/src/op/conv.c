/* conv.c: conv2d and its two gradients.  All three are linear in each of their two inputs, so each is the gradient of the others, and
 * a second derivative uses the same kernels.  Shapes: input [N, C, H, W], weight [O, C / groups, kh, kw], bias [O], output [N, O, h, w];
 * G groups, K = C / G * kh * kw, L = h * w:  y[n, g] = weight[g] (O/G x K) times columns[n, g] (K x L). */
#include "op/window.h"

enum { X, W, B };
enum { G, OTHER }; /* conv2d_grad_input: grad weight; conv2d_grad_weight: grad input */
enum { STRIDE, PADDING, DILATION, GROUPS, SIZE };

#define CONV_ATTRS                                                                                                                         \
    CPLUG__ATTR(INTS, "stride", "distance between windows", .fallback = "1,1", .count_min = 1, .count_max = 2),                            \
        CPLUG__ATTR(INTS, "padding", "zeros on each side", .fallback = "0,0", .count_min = 1, .count_max = 2),                             \
        CPLUG__ATTR(INTS, "dilation", "distance between the elements of a window", .fallback = "1,1", .count_min = 1, .count_max = 2),     \
        CPLUG__ATTR(INT, "groups", "channels are split into this many independent parts", .fallback = "1")
static const cplug_option attrs[] = { CONV_ATTRS };
static const cplug_option grad_input_attrs[] = { CONV_ATTRS, CPLUG__ATTR(INTS, "size", "shape of the input", .flags = CPLUG_OPT_REQUIRED,
                                                                         .count_min = 4, .count_max = 4) };
static const cplug_option grad_weight_attrs[] = { CONV_ATTRS, CPLUG__ATTR(INTS, "size", "shape of the weight", .flags = CPLUG_OPT_REQUIRED,
                                                                          .count_min = 4, .count_max = 4) };

/* ---- shapes ---- */
/* Checks an input's shape against a weight's; w->out are the rows and columns of the output. */
static cplug_status check(cplug__window *w, const cplug_meta *x, const cplug_meta *weight, const cplug_value *attr, cplug_error *e)
{
    const int64_t groups = attr[GROUPS].v.i;
    if (groups < 1 || groups > INT32_MAX)
        return cplug__error_fill(e, CPLUG_E_INVALID, "groups must be at least 1, got %lld", (long long)groups);
    if (x->shape[1] % groups || x->shape[1] / groups != weight->shape[1])
        return cplug__error_fill(e, CPLUG_E_SHAPE, "input %s has %lld channels, but weight %s with groups=%lld expects %lld", SHAPE_OF(x),
                                 (long long)x->shape[1], SHAPE_OF(weight), (long long)groups,
                                 (long long)((uint64_t)weight->shape[1] * (uint64_t)groups));
    if (weight->shape[0] % groups)
        return cplug__error_fill(e, CPLUG_E_SHAPE, "weight %s has %lld output channels, not a multiple of groups=%lld", SHAPE_OF(weight),
                                 (long long)weight->shape[0], (long long)groups);
    for (int32_t d = 0; d < 2; d++) {
        w->in[d] = x->shape[2 + d];
        w->kernel[d] = weight->shape[2 + d];
    }
    const cplug_status s = cplug__want_list(&attr[STRIDE], "stride", 1, 2, e);
    return s != CPLUG_OK ? s : cplug__window_slide(w, &attr[STRIDE], &attr[PADDING], &attr[DILATION], false, e);
}

static cplug_status infer(cplug_infer *c, cplug_error *e)
{
    const cplug_meta *x = &c->in[X], *weight = &c->in[W], *b = &c->in[B];
    cplug__window w;
    cplug_status s;
    if ((s = cplug__want_ndim(x, "input [N, C, H, W]", 4, e)) != CPLUG_OK ||
        (s = cplug__want_ndim(weight, "weight [out, in / groups, h, w]", 4, e)) != CPLUG_OK ||
        (s = check(&w, x, weight, c->attr, e)) != CPLUG_OK || (s = cplug__want_same_dtype(c, e)) != CPLUG_OK)
        return s;
    if (x->dtype == CPLUG_BOOL) return cplug__error_fill(e, CPLUG_E_DTYPE, "bool inputs cannot be convolved; convert them with to");
    if (cplug__present(b) && (b->ndim != 1 || b->shape[0] != weight->shape[0]))
        return cplug__error_fill(e, CPLUG_E_SHAPE, "weight %s needs a bias of shape [%lld], got %s", SHAPE_OF(weight),
                                 (long long)weight->shape[0], SHAPE_OF(b));
    const int64_t shape[4] = { x->shape[0], weight->shape[0], w.out[0], w.out[1] };
    cplug__meta_shape(&c->out[0], x->dtype, 4, shape, x->layout | weight->layout);
    return CPLUG_OK;
}

static void meta_of_size(cplug_meta *m, const cplug_value *size, const cplug_meta *like)
{
    *m = (cplug_meta){ .layout = CPLUG_LAYOUT_ROW_MAJOR };
    cplug__meta_shape(m, like->dtype, 4, size->v.iv, CPLUG_LAYOUT_ROW_MAJOR);
}

/* grad must be what conv2d of x and weight gives; out[0] is x or weight, whichever the attribute size stands for. */
static cplug_status infer_grad(cplug_infer *c, cplug_error *e, bool of_weight)
{
    const cplug_meta *g = &c->in[G], *other = &c->in[OTHER];
    cplug_meta sized, expected = { .ndim = 4 };
    cplug__window w;
    cplug_status s;
    if ((s = cplug__want_ndim(g, "grad [N, out, h, w]", 4, e)) != CPLUG_OK ||
        (s = cplug__want_ndim(other, of_weight ? "input [N, C, H, W]" : "weight [out, in / groups, h, w]", 4, e)) != CPLUG_OK)
        return s;
    if ((s = cplug__want_list(&c->attr[SIZE], "size", 4, 4, e)) != CPLUG_OK) return s;
    meta_of_size(&sized, &c->attr[SIZE], g);
    const cplug_meta *x = of_weight ? other : &sized, *weight = of_weight ? &sized : other;
    if ((s = check(&w, x, weight, c->attr, e)) != CPLUG_OK || (s = cplug__want_same_dtype(c, e)) != CPLUG_OK) return s;
    const int64_t shape[4] = { x->shape[0], weight->shape[0], w.out[0], w.out[1] };
    cplug__meta_shape(&expected, g->dtype, 4, shape, CPLUG_LAYOUT_ROW_MAJOR);
    if ((s = cplug__want_shape(g, "grad", &expected, e)) != CPLUG_OK) return s;
    cplug__meta_shape(&c->out[0], g->dtype, 4, sized.shape, g->layout | other->layout);
    return CPLUG_OK;
}
static cplug_status infer_grad_input(cplug_infer *c, cplug_error *e) { return infer_grad(c, e, false); }
static cplug_status infer_grad_weight(cplug_infer *c, cplug_error *e) { return infer_grad(c, e, true); }

/* ---- gradients ---- */
static cplug_tensor *conv(cplug_tensor *x, cplug_tensor *weight, const cplug_value *attr)
{
    return cplug__op(CPLUG__OP_conv2d, (cplug_tensor *[]){ x, weight, NULL }, 3, attr, 4);
}

static cplug_tensor *grad_of(int32_t op, cplug_tensor *g, cplug_tensor *other, const cplug_value *attr, const int64_t *size)
{
    const cplug_value all[] = { attr[STRIDE], attr[PADDING], attr[DILATION], attr[GROUPS], A_INTS(size, 4) };
    return cplug__op(op, (cplug_tensor *[]){ g, other }, 2, all, 5);
}

static cplug_status vjp(cplug_vjp *v)
{
    static const int32_t all_but_channels[3] = { 0, 2, 3 };
    cplug_tensor *g = v->grad_out[0];
    if (v->want[X]) v->grad_in[X] = grad_of(CPLUG__OP_conv2d_grad_input, g, v->in[W], v->attr, v->in_meta[X].shape);
    if (v->want[W]) v->grad_in[W] = grad_of(CPLUG__OP_conv2d_grad_weight, g, v->in[X], v->attr, v->in_meta[W].shape);
    if (v->want[B]) v->grad_in[B] = cplug_sum(g, all_but_channels, 3, 0);
    return cplug_failed(v->ctx);
}

static cplug_status vjp_grad_input(cplug_vjp *v)
{
    cplug_tensor *x = v->grad_out[0];
    if (v->want[G]) v->grad_in[G] = conv(x, v->in[OTHER], v->attr);
    if (v->want[OTHER]) v->grad_in[OTHER] = grad_of(CPLUG__OP_conv2d_grad_weight, v->in[G], x, v->attr, v->in_meta[OTHER].shape);
    return cplug_failed(v->ctx);
}

static cplug_status vjp_grad_weight(cplug_vjp *v)
{
    cplug_tensor *weight = v->grad_out[0];
    if (v->want[G]) v->grad_in[G] = conv(v->in[OTHER], weight, v->attr);
    if (v->want[OTHER]) v->grad_in[OTHER] = grad_of(CPLUG__OP_conv2d_grad_input, v->in[G], weight, v->attr, v->in_meta[OTHER].shape);
    return cplug_failed(v->ctx);
}

/* ---- decompositions, through unfold, fold and products per group ---- */
typedef struct parts {             /* of a conv2d of x and weight */
    int64_t n, groups, outs, k, l; /* outs and k: per group */
    int64_t kernel[2], image[2];
    cplug_conv2d_args args;
} parts;

static parts parts_of(const int64_t *x, const int64_t *weight, const int64_t *y, const cplug_value *attr)
{
    parts p = { .n = x[0],
                .groups = attr[GROUPS].v.i,
                .outs = weight[0] / attr[GROUPS].v.i,
                .k = weight[1] * weight[2] * weight[3],
                .l = y[2] * y[3],
                .kernel = { weight[2], weight[3] },
                .image = { x[2], x[3] },
                .args = CPLUG_CONV2D_ARGS };
    for (int32_t d = 0; d < 2; d++) {
        p.args.stride[d] = cplug__pair_at(&attr[STRIDE], d);
        p.args.padding[d] = cplug__pair_at(&attr[PADDING], d);
        p.args.dilation[d] = cplug__pair_at(&attr[DILATION], d);
    }
    return p;
}

static cplug_tensor *columns_of(cplug_tensor *x, const parts *p) /* [N, G, K, L] */
{
    const int64_t shape[4] = { p->n, p->groups, p->k, p->l };
    return cplug_reshape(cplug_unfold(cplug__wide(x), p->kernel, &p->args), 4, shape);
}

static cplug_tensor *weight_of(cplug_tensor *weight, const parts *p) /* [G, O/G, K] */
{
    const int64_t shape[3] = { p->groups, p->outs, p->k };
    return cplug_reshape(cplug__wide(weight), 3, shape);
}

static cplug_tensor *grad_rows(cplug_tensor *g, const parts *p) /* [N, G, O/G, L] */
{
    const int64_t shape[4] = { p->n, p->groups, p->outs, p->l };
    return cplug_reshape(cplug__wide(g), 4, shape);
}

static cplug_status decompose(cplug_op_call *c)
{
    const parts p = parts_of(c->in[X]->dims, c->in[W]->dims, c->out_meta[0].shape, c->attr);
    const int64_t channels[3] = { p.groups * p.outs, 1, 1 };
    cplug_tensor *y = cplug_reshape(cplug_matmul(weight_of(c->in[W], &p), columns_of(c->in[X], &p)), 4, c->out_meta[0].shape);
    if (c->in[B]) y = cplug_add(y, cplug_reshape(cplug__wide(c->in[B]), 3, channels));
    c->out[0] = cplug__finish(y, &c->out_meta[0]);
    return cplug_failed(c->ctx);
}

static cplug_status decompose_grad_input(cplug_op_call *c)
{
    const parts p = parts_of(c->out_meta[0].shape, c->in[OTHER]->dims, c->in[G]->dims, c->attr);
    const int64_t columns[3] = { p.n, p.groups * p.k, p.l };
    cplug_tensor *spread = cplug_matmul(cplug_transpose(weight_of(c->in[OTHER], &p), 1, 2), grad_rows(c->in[G], &p));
    c->out[0] = cplug__finish(cplug_fold(cplug_reshape(spread, 3, columns), p.image, p.kernel, &p.args), &c->out_meta[0]);
    return cplug_failed(c->ctx);
}

static cplug_status decompose_grad_weight(cplug_op_call *c)
{
    static const int32_t batch = 0;
    const parts p = parts_of(c->in[OTHER]->dims, c->out_meta[0].shape, c->in[G]->dims, c->attr);
    cplug_tensor *each = cplug_matmul(grad_rows(c->in[G], &p), cplug_transpose(columns_of(c->in[OTHER], &p), 2, 3));
    c->out[0] = cplug__finish(cplug_reshape(cplug_sum(each, &batch, 1, 0), 4, c->out_meta[0].shape), &c->out_meta[0]);
    return cplug_failed(c->ctx);
}

CPLUG__OP(conv2d, "input weight bias?", "output", .doc = "2-d convolution (cross-correlation)", .saves = "input weight",
          .grad_fn = "Convolution", .attrs = CPLUG_OPTIONS(attrs), .infer = infer, .vjp = vjp, .decompose = decompose);
CPLUG__OP(conv2d_grad_input, "grad weight", "grad_input", .doc = "gradient of conv2d for its input", .saves = "grad weight",
          .grad_fn = "ConvolutionBackward", .attrs = CPLUG_OPTIONS(grad_input_attrs), .infer = infer_grad_input, .vjp = vjp_grad_input,
          .decompose = decompose_grad_input);
CPLUG__OP(conv2d_grad_weight, "grad input", "grad_weight", .doc = "gradient of conv2d for its weight", .saves = "grad input",
          .grad_fn = "ConvolutionBackward", .attrs = CPLUG_OPTIONS(grad_weight_attrs), .infer = infer_grad_weight, .vjp = vjp_grad_weight,
          .decompose = decompose_grad_weight);

cplug_tensor *cplug_conv2d(cplug_tensor *x, cplug_tensor *weight, cplug_tensor *bias, const cplug_conv2d_args *args)
{
    static const cplug_conv2d_args defaults = CPLUG_CONV2D_ARGS;
    static const int32_t first = 0;
    const cplug_conv2d_args *a = args ? args : &defaults;
    const cplug_value attr[] = { A_INTS(a->stride, 2), A_INTS(a->padding, 2), A_INTS(a->dilation, 2), A_INT(a->groups) };
    const bool single = cplug_tensor_ndim(x) == 3;
    cplug_tensor *y = cplug__op(CPLUG__OP_conv2d, (cplug_tensor *[]){ single ? cplug_unsqueeze(x, 0) : x, weight, bias }, 3, attr, 4);
    return single ? cplug_squeeze(y, &first, 1) : y;
}
