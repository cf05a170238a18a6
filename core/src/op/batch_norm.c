/* batch_norm.c: batch normalisation (Ioffe and Szegedy 2015) over all dimensions but 1, the channels: y = (x - mean) rstd weight + bias,
 * with the batch's statistics when training, else the running ones, which training moves by `momentum` (PyTorch's: the share of the
 * new value; its variance there is the unbiased one).  Statistics are f32, or f64 for an f64 input. */
#include "op/net.h"

enum { X, RUNNING_MEAN, RUNNING_VAR, WEIGHT, BIAS, MOMENTUM };
enum { OUTPUT, SAVE_MEAN, SAVE_RSTD };
enum { G, G_X, G_WEIGHT, G_MEAN, G_RSTD };
enum { TRAINING, EPS };
#define DEFAULT_MOMENTUM 0.1

static const cplug_option attrs[] = {
    CPLUG__ATTR(BOOL, "training", "use the batch's statistics and move the running ones", .fallback = "false"),
    CPLUG__ATTR(FLOAT, "eps", "added to the variance", .fallback = "1e-5"),
};

/* ---- shapes ---- */
static cplug_status want_channels(const cplug_infer *c, uint32_t i, const char *what, cplug_error *e)
{
    const cplug_meta *m = &c->in[i];
    const int64_t channels = c->in[X].shape[1];
    if (!cplug__present(m) || (m->ndim == 1 && m->shape[0] == channels)) return CPLUG_OK;
    return cplug__error_fill(e, CPLUG_E_SHAPE, "input %s needs a %s of shape [%lld], got %s", SHAPE_OF(&c->in[X]), what,
                             (long long)channels, SHAPE_OF(m));
}

static cplug_status infer(cplug_infer *c, cplug_error *e)
{
    static const struct {
        uint32_t input;
        const char *name;
    } channelwise[] = { { RUNNING_MEAN, "running_mean" }, { RUNNING_VAR, "running_var" }, { WEIGHT, "weight" }, { BIAS, "bias" } };
    const cplug_meta *x = &c->in[X];
    const bool training = c->attr[TRAINING].v.i != 0;
    cplug_status s;
    if (x->ndim < 2)
        return cplug__error_fill(e, CPLUG_E_SHAPE, "input must have at least 2 dimensions [N, C, ...], got shape %s", SHAPE_OF(x));
    if ((s = cplug__need_float(x, "input", e)) != CPLUG_OK) return s;
    for (uint32_t k = 0; k < CPLUG_COUNT(channelwise); k++)
        if ((s = want_channels(c, channelwise[k].input, channelwise[k].name, e)) != CPLUG_OK) return s;
    if (cplug__present(&c->in[RUNNING_MEAN]) != cplug__present(&c->in[RUNNING_VAR]))
        return cplug__error_fill(e, CPLUG_E_INVALID, "running_mean and running_var come together: one of them is missing");
    if (!training && !cplug__present(&c->in[RUNNING_MEAN]))
        return cplug__error_fill(e, CPLUG_E_INVALID, "running_mean and running_var are needed unless training=true");
    if (training && cplug__meta_numel(x) == x->shape[1] && x->shape[1] > 0)
        return cplug__error_fill(e, CPLUG_E_SHAPE,
                                 "expected more than 1 value per channel when training, got input shape %s; use a larger batch or eval",
                                 SHAPE_OF(x));
    const cplug_dtype stats = cplug__compute_dtype(x->dtype);
    cplug__meta_like(&c->out[OUTPUT], x, x->dtype);
    cplug__meta_shape(&c->out[SAVE_MEAN], stats, 1, x->shape + 1, CPLUG_LAYOUT_ROW_MAJOR);
    cplug__meta_shape(&c->out[SAVE_RSTD], stats, 1, x->shape + 1, CPLUG_LAYOUT_ROW_MAJOR);
    return CPLUG_OK;
}

static cplug_status infer_grad(cplug_infer *c, cplug_error *e)
{
    const cplug_meta *x = &c->in[G_X], *mean = &c->in[G_MEAN], *rstd = &c->in[G_RSTD];
    cplug_status s;
    if (x->ndim < 2)
        return cplug__error_fill(e, CPLUG_E_SHAPE, "input must have at least 2 dimensions [N, C, ...], got shape %s", SHAPE_OF(x));
    if ((s = cplug__want_shape(&c->in[G], "grad", x, e)) != CPLUG_OK) return s;
    cplug_meta channels = { .ndim = 1, .shape = { x->shape[1] } };
    if ((s = cplug__want_shape(mean, "save_mean", &channels, e)) != CPLUG_OK ||
        (s = cplug__want_shape(rstd, "save_rstd", &channels, e)) != CPLUG_OK ||
        (cplug__present(&c->in[G_WEIGHT]) && (s = cplug__want_shape(&c->in[G_WEIGHT], "weight", &channels, e)) != CPLUG_OK))
        return s;
    cplug__meta_like(&c->out[0], x, x->dtype);
    cplug__meta_shape(&c->out[1], mean->dtype, 1, channels.shape, CPLUG_LAYOUT_ROW_MAJOR);
    cplug__meta_shape(&c->out[2], mean->dtype, 1, channels.shape, CPLUG_LAYOUT_ROW_MAJOR);
    return CPLUG_OK;
}

/* ---- decompositions ---- */
typedef struct channels {                         /* what is needed to go from [C] to [1, C, 1, ...] and to reduce over the rest */
    int64_t shape[CPLUG_MAX_DIMS], count, values; /* channels, values per channel */
    int32_t rest[CPLUG_MAX_DIMS], n_rest, ndim;
    cplug_dtype dtype;
} channels;

static channels channels_of(const cplug_tensor *x)
{
    channels k = { .count = x->dims[1], .values = 1, .ndim = x->view.ndim, .dtype = cplug__compute_dtype(x->view.dtype) };
    for (int32_t d = 0; d < k.ndim; d++) {
        k.shape[d] = d == 1 ? k.count : 1;
        if (d == 1) continue;
        k.values *= x->dims[d];
        k.rest[k.n_rest++] = d;
    }
    return k;
}

static cplug_tensor *spread(const channels *k, cplug_tensor *t)
{
    return t ? cplug_reshape(cplug_to(t, k->dtype, NULL), k->ndim, k->shape) : NULL;
}
static cplug_tensor *gathered(const channels *k, cplug_tensor *t) { return cplug_reshape(t, 1, &k->count); }
static cplug_tensor *mean_of(const channels *k, cplug_tensor *t) { return cplug_mean(t, k->rest, k->n_rest, 1); }
static cplug_tensor *sum_of(const channels *k, cplug_tensor *t) { return cplug_sum(t, k->rest, k->n_rest, 1); }

/* running := (1 - momentum) running + momentum * batch's */
static void move(const channels *k, cplug_tensor *running, cplug_tensor *batch, double momentum)
{
    cplug_tensor *kept = cplug_mul_scalar(cplug_to(running, k->dtype, NULL), 1.0 - momentum);
    cplug_copy_(running, cplug_add_scaled(kept, gathered(k, batch), momentum));
}

static void batch_statistics(cplug_op_call *c, const channels *k, cplug_tensor *x, cplug_tensor **mean, cplug_tensor **var)
{
    double momentum = DEFAULT_MOMENTUM;
    *mean = mean_of(k, x);
    cplug_tensor *centred = cplug_sub(x, *mean);
    *var = mean_of(k, cplug_mul(centred, centred));
    if (!c->in[RUNNING_MEAN]) return;
    if (c->in[MOMENTUM]) cplug_item(c->in[MOMENTUM], &momentum);
    move(k, c->in[RUNNING_MEAN], *mean, momentum);
    move(k, c->in[RUNNING_VAR], cplug_mul_scalar(*var, (double)k->values / (double)(k->values - 1)), momentum);
}

static cplug_status decompose(cplug_op_call *c)
{
    const channels k = channels_of(c->in[X]);
    cplug_tensor *x = cplug_to(c->in[X], k.dtype, NULL), *mean, *var;
    if (c->attr[TRAINING].v.i && k.values > 1 && k.count > 0) {
        batch_statistics(c, &k, x, &mean, &var);
    } else if (c->attr[TRAINING].v.i) { /* nothing to learn from, nothing to normalise */
        mean = var = cplug__filled(x, k.dtype, k.ndim, k.shape, 0.0);
    } else {
        mean = cplug_clone(spread(&k, c->in[RUNNING_MEAN]));
        var = spread(&k, c->in[RUNNING_VAR]);
    }
    cplug_tensor *rstd = cplug_rsqrt(cplug_add_scalar(var, c->attr[EPS].v.f)), *y = cplug_mul(cplug_sub(x, mean), rstd);
    if (c->in[WEIGHT]) y = cplug_mul(y, spread(&k, c->in[WEIGHT]));
    if (c->in[BIAS]) y = cplug_add(y, spread(&k, c->in[BIAS]));
    c->out[OUTPUT] = cplug__finish(y, &c->out_meta[OUTPUT]);
    c->out[SAVE_MEAN] = gathered(&k, mean);
    c->out[SAVE_RSTD] = gathered(&k, rstd);
    return cplug_failed(c->ctx);
}

/* With h = (x - mean) rstd: dbias = sum g, dweight = sum g h, dx = weight rstd (g - mean g - h mean(g h)) when training, else
 * weight rstd g.  Where this is differentiated again, the batch's statistics must be worked out anew, since they depend on x. */
static cplug_status decompose_grad(cplug_op_call *c)
{
    const bool training = c->attr[TRAINING].v.i != 0;
    const channels k = channels_of(c->in[G_X]);
    cplug_tensor *x = cplug_to(c->in[G_X], k.dtype, NULL), *g = cplug_to(c->in[G], k.dtype, NULL), *centred, *rstd;
    if (training && cplug_grad_enabled(c->ctx) && cplug_tensor_requires_grad(c->in[G_X])) {
        centred = cplug_sub(x, mean_of(&k, x));
        rstd = cplug_rsqrt(cplug_add_scalar(mean_of(&k, cplug_mul(centred, centred)), c->attr[EPS].v.f));
    } else {
        centred = cplug_sub(x, spread(&k, c->in[G_MEAN]));
        rstd = spread(&k, c->in[G_RSTD]);
    }
    cplug_tensor *h = cplug_mul(centred, rstd), *db = sum_of(&k, g), *dw = sum_of(&k, cplug_mul(g, h)), *dx = g;
    const double share = k.values ? 1.0 / (double)k.values : 0.0;
    if (training) dx = cplug_sub(cplug_sub(g, cplug_mul_scalar(db, share)), cplug_mul(h, cplug_mul_scalar(dw, share)));
    dx = cplug_mul(dx, c->in[G_WEIGHT] ? cplug_mul(rstd, spread(&k, c->in[G_WEIGHT])) : rstd);
    c->out[0] = cplug__finish(dx, &c->out_meta[0]);
    c->out[1] = cplug__finish(gathered(&k, dw), &c->out_meta[1]);
    c->out[2] = cplug__finish(gathered(&k, db), &c->out_meta[2]);
    return cplug_failed(c->ctx);
}

static cplug_status vjp(cplug_vjp *v)
{
    cplug_tensor *grads[3] = { NULL, NULL, NULL };
    cplug__op_n(CPLUG__OP_batch_norm_grad,
                (cplug_tensor *[]){ v->grad_out[OUTPUT], v->in[X], v->in[WEIGHT], v->out[SAVE_MEAN], v->out[SAVE_RSTD] }, 5, v->attr, 2,
                grads, 3);
    if (v->want[X]) v->grad_in[X] = grads[0];
    if (v->want[WEIGHT]) v->grad_in[WEIGHT] = grads[1];
    if (v->want[BIAS]) v->grad_in[BIAS] = grads[2];
    return cplug_failed(v->ctx);
}

CPLUG__OP(batch_norm, "input running_mean!? running_var!? weight? bias? momentum#?", "output save_mean~ save_rstd~",
          .doc = "normalises each channel to mean 0 and variance 1", .saves = "input weight save_mean save_rstd",
          .grad_fn = "NativeBatchNorm", .attrs = CPLUG_OPTIONS(attrs), .infer = infer, .vjp = vjp, .decompose = decompose);
CPLUG__OP(batch_norm_grad, "grad input weight? save_mean save_rstd", "grad_input grad_weight grad_bias", .doc = "gradient of batch_norm",
          .grad_fn = "NativeBatchNormBackward", .attrs = CPLUG_OPTIONS(attrs), .infer = infer_grad, .decompose = decompose_grad);

cplug_tensor *cplug_batch_norm(cplug_tensor *x, cplug_tensor *running_mean, cplug_tensor *running_var, cplug_tensor *weight,
                               cplug_tensor *bias, const cplug_batch_norm_args *args)
{
    static const cplug_batch_norm_args defaults = CPLUG_BATCH_NORM_ARGS;
    const cplug_batch_norm_args *a = args ? args : &defaults;
    const cplug_value attr[] = { A_BOOL(a->training != 0), A_FLOAT(a->eps) };
    cplug_context *ctx = cplug_tensor_context(x);
    if (x && x->view.ndim == 1 && x->dims[0] == 0) return cplug_clone(x); /* as PyTorch, though it has no channels */
    cplug_tensor *momentum = ctx && a->training && running_mean ? cplug_float(ctx, a->momentum) : NULL;
    return cplug__op(CPLUG__OP_batch_norm, (cplug_tensor *[]){ x, running_mean, running_var, weight, bias, momentum }, 6, attr, 2);
}
