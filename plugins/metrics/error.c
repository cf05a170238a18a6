/* error.c: mean absolute and mean squared error over all elements. */
#include "metrics.h"

static cplug_status reset(cplug_context *ctx, void *self) { return sum_clear((running_sum *)self), cplug_failed(ctx); }
static void destroy(cplug_context *ctx, void *self) { (void)ctx, sum_clear((running_sum *)self); }

/* Sizes of 1 may differ ([N, 1] against [N]); anything else that broadcasts is a mistake that would go unnoticed. */
static cplug_tensor *difference(cplug_context *ctx, cplug_tensor *prediction, cplug_tensor *target)
{
    char a[96], b[96];
    int32_t i = 0, k = 0;
    const int32_t n = cplug_tensor_ndim(prediction), m = cplug_tensor_ndim(target);
    for (;;) {
        while (i < n && cplug_tensor_size(prediction, i) == 1) i++;
        while (k < m && cplug_tensor_size(target, k) == 1) k++;
        if (i == n || k == m || cplug_tensor_size(prediction, i) != cplug_tensor_size(target, k)) break;
        i++, k++;
    }
    if (i == n && k == m)
        return cplug_sub(cplug_reshape(prediction, m, cplug_tensor_shape(target)),
                         cplug_tensor_dtype(target) == CPLUG_BOOL ? cplug_to(target, CPLUG_F32, NULL) : target);
    cplug_error_set(ctx, CPLUG_E_SHAPE, "a prediction of shape %s does not fit a target of shape %s", shape_text(prediction, a),
                    shape_text(target, b));
    return NULL;
}
static cplug_status mae_update(cplug_context *ctx, void *self, cplug_tensor *prediction, cplug_tensor *target)
{
    cplug_tensor *d = difference(ctx, prediction, target);
    return sum_add(ctx, (running_sum *)self, cplug_sum(cplug_abs(d), NULL, 0, 0), cplug_tensor_numel(target));
}
static cplug_status mse_update(cplug_context *ctx, void *self, cplug_tensor *prediction, cplug_tensor *target)
{
    cplug_tensor *d = difference(ctx, prediction, target);
    return sum_add(ctx, (running_sum *)self, cplug_sum(cplug_mul(d, d), NULL, 0, 0), cplug_tensor_numel(target));
}
static cplug_status mae_value(cplug_context *ctx, void *self, const char **names, double *values, uint32_t *n)
{
    return one_value(ctx, "mae", sum_mean((running_sum *)self), names, values, n);
}
static cplug_status mse_value(cplug_context *ctx, void *self, const char **names, double *values, uint32_t *n)
{
    return one_value(ctx, "mse", sum_mean((running_sum *)self), names, values, n);
}
#define TYPE(id_, doc_)                                                                                                                    \
    const cplug_metric_type metric_##id_ = {                                                                                               \
        .struct_size = sizeof metric_##id_,                                                                                                \
        .id = #id_,                                                                                                                        \
        .doc = doc_,                                                                                                                       \
        .options = CPLUG_NO_OPTIONS,                                                                                                       \
        .instance_size = sizeof(running_sum),                                                                                              \
        .reset = reset,                                                                                                                    \
        .update = id_##_update,                                                                                                            \
        .value = id_##_value,                                                                                                              \
        .destroy = destroy,                                                                                                                \
    }
TYPE(mae, "mean absolute error");
TYPE(mse, "mean squared error");
