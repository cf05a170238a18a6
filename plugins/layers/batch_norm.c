/* batch_norm.c: batch normalisation with running statistics (Ioffe and Szegedy 2015), of N,C and N,C,L (1d) and N,C,H,W (2d) input:
 * https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html.  The step counter lives in host memory, so momentum=none reads
 * it without waiting for a device. */
#include "layers.h"

typedef struct batch_norm {
    int64_t num_features;
    double eps, momentum;
    int64_t affine, bias, track;
} batch_norm;
enum { WEIGHT, BIAS, MEAN, VAR, TRACKED };
static const cplug_option options[] = {
    { "num_features", "channels; left out: of the first input seen", CPLUG_OPT_INT, CPLUG_OPT_UNSET_OK, offsetof(batch_norm, num_features),
      NULL, 0, LAYER_MAX_SIZE, NULL, NULL, 0, 0 },
    { "eps", "added to the variance", CPLUG_OPT_FLOAT, 0, offsetof(batch_norm, eps), "1e-5", 0, HUGE_VAL, NULL, NULL, 0, 0 },
    { "momentum", "share of a new batch in the running statistics; none: all batches count the same", CPLUG_OPT_FLOAT, CPLUG_OPT_UNSET_OK,
      offsetof(batch_norm, momentum), "0.1", 0, 1, NULL, NULL, 0, 0 },
    { "affine", "learn a scale and an offset for each channel", CPLUG_OPT_BOOL, 0, offsetof(batch_norm, affine), "true", 0, 0, NULL, NULL,
      0, 0 },
    { "bias", "with affine: learn the offset too", CPLUG_OPT_BOOL, 0, offsetof(batch_norm, bias), "true", 0, 0, NULL, NULL, 0, 0 },
    { "track_running_stats", "keep running_mean and running_var for eval", CPLUG_OPT_BOOL, 0, offsetof(batch_norm, track), "true", 0, 0,
      NULL, NULL, 0, 0 },
};

static cplug_status declare(cplug_module *m, const batch_norm *b, int64_t channels)
{
    const int64_t shape[1] = { channels };
    const int32_t track = b->track ? 1 : -1;
    if (cplug_module_parameter(m, "weight", b->affine ? 1 : -1, shape, "ones") ||
        cplug_module_parameter(m, "bias", b->affine && b->bias ? 1 : -1, shape, "zeros") ||
        cplug_module_buffer(m, "running_mean", CPLUG_F32, track, shape, 0) ||
        cplug_module_buffer(m, "running_var", CPLUG_F32, track, shape, 1))
        return cplug_failed(cplug_module_context(m));
    return cplug_module_buffer(m, "num_batches_tracked", CPLUG_I64, b->track ? 0 : -1, NULL, 0);
}
static cplug_status build(cplug_module *m, void *self)
{
    const batch_norm *b = (const batch_norm *)self;
    return b->num_features == CPLUG_UNSET ? CPLUG_OK : declare(m, b, b->num_features);
}
static cplug_status check_dims(cplug_module *m, int32_t ndim)
{
    const char *id = cplug_module_type_of(m)->id;
    const int32_t two = cplug_module_type_of(m) == &layer_batch_norm2d;
    if (two ? ndim == 4 : ndim == 2 || ndim == 3) return CPLUG_OK;
    return cplug_error_set(cplug_module_context(m), CPLUG_E_SHAPE, "%s: expected an input %s, got %d dimensions", id,
                           two ? "N,C,H,W" : "N,C or N,C,L", (int)ndim);
}
static cplug_status first_use(cplug_module *m, void *self, const cplug_meta *in, uint32_t n)
{
    batch_norm *b = (batch_norm *)self;
    (void)n;
    if (b->num_features != CPLUG_UNSET) return CPLUG_OK;
    if (check_dims(m, in[0].ndim)) return cplug_failed(cplug_module_context(m));
    const cplug_status st = declare(m, b, in[0].shape[1]);
    if (!st) b->num_features = in[0].shape[1];
    return st;
}
/* Counts the batch; the share that it has in the running statistics. */
static double count_batch(cplug_module *m, const batch_norm *b)
{
    cplug_tensor *tracked = cplug_module_tensor(m, TRACKED);
    int64_t *count = (int64_t *)cplug_tensor_data(tracked);
    if (!count) return b->momentum;
    ++*count;
    cplug_tensor_touch(tracked);
    return isnan(b->momentum) ? 1.0 / (double)*count : b->momentum;
}
static cplug_status forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    const batch_norm *b = (const batch_norm *)self;
    (void)n_in, (void)n_out;
    if (check_dims(m, cplug_tensor_ndim(in[0]))) return cplug_failed(cplug_module_context(m));
    const int32_t training = cplug_module_training(m);
    cplug_batch_norm_args a = CPLUG_BATCH_NORM_ARGS;
    a.training = training || !b->track;
    a.eps = b->eps;
    a.momentum = training && b->track ? count_batch(m, b) : 0;
    out[0] = cplug_batch_norm(in[0], cplug_module_tensor(m, MEAN), cplug_module_tensor(m, VAR), cplug_module_tensor(m, WEIGHT),
                              cplug_module_tensor(m, BIAS), &a);
    return out[0] ? CPLUG_OK : cplug_failed(cplug_module_context(m));
}
static void describe(const cplug_module *m, const void *self, char *text, uint64_t size)
{
    const batch_norm *b = (const batch_norm *)self;
    char features[TEXT_SMALL], eps[TEXT_SMALL], momentum[TEXT_SMALL];
    (void)m;
    snprintf(text, size, "%s, eps=%s, momentum=%s, affine=%s,%s track_running_stats=%s", text_int(b->num_features, features),
             text_float(b->eps, eps), isnan(b->momentum) ? "None" : text_float(b->momentum, momentum), text_bool(b->affine),
             b->affine && !b->bias ? " bias=False," : "", text_bool(b->track));
}
const cplug_module_type layer_batch_norm1d = {
    .struct_size = sizeof layer_batch_norm1d,
    .id = "batch_norm1d",
    .class_name = "BatchNorm1d",
    .doc = "normalises each channel over the batch: N,C or N,C,L",
    .options = CPLUG_OPTIONS(options),
    .instance_size = sizeof(batch_norm),
    .build = build,
    .first_use = first_use,
    .forward = forward,
    .describe = describe,
    .n_inputs = 1,
    .n_outputs = 1,
};
const cplug_module_type layer_batch_norm2d = {
    .struct_size = sizeof layer_batch_norm2d,
    .id = "batch_norm2d",
    .class_name = "BatchNorm2d",
    .doc = "normalises each channel over the batch: N,C,H,W",
    .options = CPLUG_OPTIONS(options),
    .instance_size = sizeof(batch_norm),
    .build = build,
    .first_use = first_use,
    .forward = forward,
    .describe = describe,
    .n_inputs = 1,
    .n_outputs = 1,
};
