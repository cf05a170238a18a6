/* confusion.c: how often each class was taken for which: the value of row T, column P counts samples of class T predicted as P.  Values
 * come row by row, named "confusion_matrix.T.P". */
#include "metrics.h"

typedef struct confusion {
    int64_t num_classes;
    cplug_tensor *counts; /* i64 [C, C] */
    int64_t classes;      /* C, once known */
    char *names;
} confusion;
enum { NAME_SIZE = 48, MAX_CLASSES = 4096 };
static const cplug_option options[] = {
    { "num_classes", "classes; left out: as many as the prediction has scores", CPLUG_OPT_INT, CPLUG_OPT_UNSET_OK,
      offsetof(confusion, num_classes), NULL, 2, MAX_CLASSES, NULL, NULL, 0, 0 },
};
static cplug_status reset(cplug_context *ctx, void *self)
{
    confusion *c = (confusion *)self;
    cplug_release(c->counts);
    c->counts = NULL;
    return cplug_failed(ctx);
}
static cplug_status begin(cplug_context *ctx, confusion *c, const cplug_tensor *prediction)
{
    c->classes = c->num_classes != CPLUG_UNSET ? c->num_classes : cplug_tensor_ndim(prediction) >= 2 ? cplug_tensor_size(prediction, 1) : 2;
    if (c->classes < 2) c->classes = 2;
    if (c->classes > MAX_CLASSES)
        return cplug_error_set(ctx, CPLUG_E_INVALID, "%" PRId64 " classes are too many for a confusion matrix: at most %d", c->classes,
                               MAX_CLASSES);
    cplug_host_table()->free(c->names); /* made for another number of classes */
    c->names = NULL;
    const int64_t shape[1] = { c->classes * c->classes };
    c->counts = cplug_retain(cplug_to(cplug_zeros(ctx, CPLUG_I64, 1, shape), 0, cplug_tensor_device(prediction)));
    return cplug_failed(ctx);
}
static cplug_status update(cplug_context *ctx, void *self, cplug_tensor *prediction, cplug_tensor *target)
{
    confusion *c = (confusion *)self;
    if (!c->counts && begin(ctx, c, prediction)) return cplug_failed(ctx);
    target = target_classes(prediction, target);
    cplug_tensor *classes = cplug_to(predicted_classes(prediction, target, 0.5), CPLUG_I64, NULL);
    cplug_tensor *cell = cplug_add(cplug_mul(cplug_to(target, CPLUG_I64, NULL), cplug_int(ctx, c->classes)), classes);
    cell = cplug_flatten(cell, 0, -1);
    const cplug_arg in[3] = { CPLUG_ARG(c->counts), CPLUG_ARG(cell), CPLUG_ARG(cell ? cplug_ones_like(cell) : NULL) };
    const cplug_value dim[1] = { { CPLUG_OPT_INT, 0, { .i = 0 } } };
    return cplug_dispatch(ctx, "scatter_add_", in, 3, dim, 1, NULL, 0);
}
static cplug_status value(cplug_context *ctx, void *self, const char **names, double *values, uint32_t *n)
{
    confusion *c = (confusion *)self;
    const int64_t cells = c->counts ? c->classes * c->classes : 0;
    if (*n > (uint64_t)cells) *n = (uint32_t)cells;
    if (*n == 0) return CPLUG_OK;
    cplug_tensor *counts = cplug_to(c->counts, CPLUG_F64, "cpu");
    const double *at = (const double *)cplug_tensor_data(counts);
    if (!at) return cplug_failed(ctx);
    if (!c->names && (c->names = (char *)cplug_host_table()->alloc((uint64_t)cells * NAME_SIZE)) == NULL)
        return cplug_error_set(ctx, CPLUG_E_NOMEM, "out of memory for the names of a confusion matrix");
    for (uint32_t i = 0; i < *n; i++) {
        char *name = c->names + (uint64_t)i * NAME_SIZE;
        snprintf(name, NAME_SIZE, "confusion_matrix.%" PRId64 ".%" PRId64, (int64_t)i / c->classes, (int64_t)i % c->classes);
        names[i] = name;
        values[i] = at[i];
    }
    return CPLUG_OK;
}
static void destroy(cplug_context *ctx, void *self)
{
    confusion *c = (confusion *)self;
    reset(ctx, self);
    cplug_host_table()->free(c->names);
}
const cplug_metric_type metric_confusion_matrix = {
    .struct_size = sizeof metric_confusion_matrix,
    .id = "confusion_matrix",
    .doc = "how often each class was taken for which",
    .options = CPLUG_OPTIONS(options),
    .instance_size = sizeof(confusion),
    .reset = reset,
    .update = update,
    .value = value,
    .destroy = destroy,
};
