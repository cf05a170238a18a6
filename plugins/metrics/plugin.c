/* plugin.c: what cplug-metrics.so brings, and what the metrics share. */
#include "metrics.h"
CPLUG_USE_API;

/* ---- running sums ---- */
void sum_clear(running_sum *s)
{
    cplug_release(s->whole);
    cplug_release(s->sum);
    cplug_release(s->rest);
    *s = (running_sum){ NULL, NULL, NULL, 0 };
}
/* part with the dtype and place of *sum, which begins as zero where part is. */
static cplug_tensor *beside(cplug_context *ctx, cplug_tensor **sum, cplug_tensor *part, cplug_dtype dtype)
{
    if (!*sum) *sum = cplug_retain(cplug_to(cplug_zeros(ctx, dtype, 0, NULL), 0, cplug_tensor_device(part)));
    return *sum ? cplug_to(part, cplug_tensor_dtype(*sum), cplug_tensor_device(*sum)) : NULL;
}
/* A device may lack f64: a sum of f32 has beside it what rounding lost (Knuth, TAOCP 2, 4.2.2, theorem B), and both together are as good as
 * one f64. */
static cplug_status add_float(cplug_context *ctx, running_sum *s, cplug_tensor *part)
{
    const cplug_dtype dtype = cplug_tensor_dtype(part) == CPLUG_F64 ? CPLUG_F64 : CPLUG_F32;
    part = beside(ctx, &s->sum, beside(ctx, &s->rest, part, dtype), dtype);
    cplug_tensor *total = cplug_add(s->sum, part), *taken = cplug_sub(total, s->sum);
    cplug_add_(s->rest, cplug_add(cplug_sub(s->sum, cplug_sub(total, taken)), cplug_sub(part, taken)));
    return cplug_copy_(s->sum, total);
}
cplug_status sum_add(cplug_context *ctx, running_sum *s, cplug_tensor *part, int64_t count)
{
    if (cplug_failed(ctx)) return cplug_failed(ctx);
    if (cplug_dtype_is_float(cplug_tensor_dtype(part)))
        add_float(ctx, s, part);
    else if ((part = beside(ctx, &s->whole, part, CPLUG_I64)) != NULL)
        cplug_add_(s->whole, part);
    if (!cplug_failed(ctx)) s->count += count;
    return cplug_failed(ctx);
}
double sum_mean(running_sum *s)
{
    double total = 0, rest = 0, whole = 0;
    if (s->count == 0) return NAN;
    if (s->whole) cplug_item(s->whole, &whole);
    if (s->sum) cplug_item(s->sum, &total), cplug_item(s->rest, &rest);
    return (whole + (isfinite(total) ? total + rest : total)) / (double)s->count;
}
cplug_status one_value(cplug_context *ctx, const char *name, double value, const char **names, double *values, uint32_t *n)
{
    if (cplug_failed(ctx)) return cplug_failed(ctx);
    if (*n < 1) return CPLUG_OK;
    names[0] = name;
    values[0] = value;
    *n = 1;
    return CPLUG_OK;
}

/* ---- classes ---- */
const char *shape_text(const cplug_tensor *t, char room[96])
{
    size_t used = (size_t)snprintf(room, 96, "[");
    for (int32_t d = 0; d < cplug_tensor_ndim(t) && used < 90; d++)
        used += (size_t)snprintf(room + used, 96 - used, "%s%" PRId64, d ? ", " : "", cplug_tensor_size(t, d));
    if (used < 95) snprintf(room + used, 96 - used, "]");
    return room;
}
static int32_t same_shape(const cplug_tensor *a, const cplug_tensor *b)
{
    const int32_t ndim = cplug_tensor_ndim(a);
    return ndim == cplug_tensor_ndim(b) && memcmp(cplug_tensor_shape(a), cplug_tensor_shape(b), (size_t)ndim * sizeof(int64_t)) == 0;
}
/* [N, C, d...] against [N, d...] */
static int32_t has_classes(const cplug_tensor *prediction, const cplug_tensor *target)
{
    const int32_t ndim = cplug_tensor_ndim(prediction);
    if (ndim < 2 || cplug_tensor_ndim(target) != ndim - 1) return 0;
    for (int32_t d = 0; d < ndim; d++)
        if (d != 1 && cplug_tensor_size(prediction, d) != cplug_tensor_size(target, d - (d > 1))) return 0;
    return 1;
}
cplug_tensor *target_classes(cplug_tensor *prediction, cplug_tensor *target)
{
    const int32_t classes = cplug_tensor_ndim(prediction) >= 2 && cplug_tensor_size(prediction, 1) > 1;
    if (classes && same_shape(prediction, target)) return cplug_argmax(target, 1, 0);
    return target;
}
cplug_tensor *predicted_classes(cplug_tensor *prediction, cplug_tensor *target, double threshold)
{
    cplug_context *ctx = cplug_tensor_context(prediction);
    char a[96], b[96];
    if (has_classes(prediction, target) && cplug_tensor_size(prediction, 1) > 1) return cplug_argmax(prediction, 1, 0);
    if (cplug_tensor_numel(prediction) == cplug_tensor_numel(target) && cplug_tensor_ndim(prediction) <= 2)
        return cplug_reshape(cplug_gt(prediction, cplug_float(ctx, threshold)), cplug_tensor_ndim(target), cplug_tensor_shape(target));
    cplug_error_set(ctx, CPLUG_E_SHAPE, "a prediction of shape %s does not fit a target of shape %s: expected [N, C, ...] and [N, ...]",
                    shape_text(prediction, a), shape_text(target, b));
    return NULL;
}

static const cplug_metric_type *const types[] = { &metric_accuracy, &metric_top_k, &metric_mae, &metric_mse, &metric_confusion_matrix };
static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    if (CPLUG_IMPORT_API(h)) return h->fail(e, CPLUG_E_VERSION, "needs cplug.api/0 of ABI minor %d", CPLUG_TARGET_MINOR);
    for (uint32_t i = 0; i < CPLUG_COUNT(types); i++) {
        const cplug_status st = h->add(r, "metric", types[i], e);
        if (st) return st;
    }
    return CPLUG_OK;
}
CPLUG_PLUGIN(metrics, "cplug.metrics", "0.1.0", "Apache-2.0", "accuracy and errors over a whole data set",
             "metric:accuracy metric:top_k metric:mae metric:mse metric:confusion_matrix", init);
