/* accuracy.c: share of samples whose class was found: as the highest score, or among the k highest. */
#include "metrics.h"

/* ---- accuracy ---- */
typedef struct accuracy {
    double threshold;
    running_sum correct;
} accuracy;
static const cplug_option accuracy_options[] = {
    { "threshold", "with one score a sample: a higher one means class 1", CPLUG_OPT_FLOAT, 0, offsetof(accuracy, threshold), "0.5", 0, 0,
      NULL, NULL, 0, 0 },
};
static cplug_status accuracy_reset(cplug_context *ctx, void *self) { return sum_clear(&((accuracy *)self)->correct), cplug_failed(ctx); }
static void accuracy_destroy(cplug_context *ctx, void *self) { (void)ctx, sum_clear(&((accuracy *)self)->correct); }
static cplug_status accuracy_update(cplug_context *ctx, void *self, cplug_tensor *prediction, cplug_tensor *target)
{
    accuracy *a = (accuracy *)self;
    target = target_classes(prediction, target);
    cplug_tensor *classes = predicted_classes(prediction, target, a->threshold);
    return sum_add(ctx, &a->correct, cplug_sum(cplug_eq(classes, target), NULL, 0, 0), cplug_tensor_numel(target));
}
static cplug_status accuracy_value(cplug_context *ctx, void *self, const char **names, double *values, uint32_t *n)
{
    return one_value(ctx, "accuracy", sum_mean(&((accuracy *)self)->correct), names, values, n);
}
const cplug_metric_type metric_accuracy = {
    .struct_size = sizeof metric_accuracy,
    .flags = CPLUG_METRIC_HIGHER_IS_BETTER,
    .id = "accuracy",
    .doc = "share of samples whose class has the highest score",
    .options = CPLUG_OPTIONS(accuracy_options),
    .instance_size = sizeof(accuracy),
    .reset = accuracy_reset,
    .update = accuracy_update,
    .value = accuracy_value,
    .destroy = accuracy_destroy,
};

/* ---- top_k ---- */
typedef struct top_k {
    int64_t k;
    running_sum correct;
    char name[32];
} top_k;
static const cplug_option top_k_options[] = {
    { "k", "how many of the highest scores count", CPLUG_OPT_INT, 0, offsetof(top_k, k), "5", 1, 2147483647, NULL, NULL, 0, 0 },
};
static cplug_status top_k_reset(cplug_context *ctx, void *self) { return sum_clear(&((top_k *)self)->correct), cplug_failed(ctx); }
static void top_k_destroy(cplug_context *ctx, void *self) { (void)ctx, sum_clear(&((top_k *)self)->correct); }
/* The class is found when fewer than k scores are not "at most its own": a NaN never counts as found. */
static cplug_status top_k_update(cplug_context *ctx, void *self, cplug_tensor *prediction, cplug_tensor *target)
{
    top_k *t = (top_k *)self;
    char a[96], b[96];
    target = target_classes(prediction, target);
    if (cplug_failed(ctx)) return cplug_failed(ctx);
    if (cplug_tensor_ndim(prediction) != 2 || cplug_tensor_ndim(target) != 1 ||
        cplug_tensor_size(prediction, 0) != cplug_tensor_size(target, 0))
        return cplug_error_set(ctx, CPLUG_E_SHAPE, "a prediction of shape %s does not fit a target of shape %s: expected [N, C] and [N]",
                               shape_text(prediction, a), shape_text(target, b));
    const int32_t classes[1] = { 1 };
    cplug_tensor *own = cplug_gather(prediction, 1, cplug_unsqueeze(cplug_to(target, CPLUG_I64, NULL), 1));
    cplug_tensor *above = cplug_sum(cplug_logical_not(cplug_le(prediction, own)), classes, 1, 0);
    cplug_tensor *found = cplug_lt(above, cplug_int(ctx, t->k));
    return sum_add(ctx, &t->correct, cplug_sum(found, NULL, 0, 0), cplug_tensor_numel(target));
}
static cplug_status top_k_value(cplug_context *ctx, void *self, const char **names, double *values, uint32_t *n)
{
    top_k *t = (top_k *)self;
    snprintf(t->name, sizeof t->name, "top_%" PRId64, t->k);
    return one_value(ctx, t->name, sum_mean(&t->correct), names, values, n);
}
const cplug_metric_type metric_top_k = {
    .struct_size = sizeof metric_top_k,
    .flags = CPLUG_METRIC_HIGHER_IS_BETTER,
    .id = "top_k",
    .doc = "share of samples whose class is among the k highest scores",
    .options = CPLUG_OPTIONS(top_k_options),
    .instance_size = sizeof(top_k),
    .reset = top_k_reset,
    .update = top_k_update,
    .value = top_k_value,
    .destroy = top_k_destroy,
};
