/* metrics.h: what the metrics share.  Sums stay on the device until the value is asked for, so that an update waits for nothing. */
#ifndef CPLUG_METRICS_H
#define CPLUG_METRICS_H
#define CPLUG_PLUGIN_BUILD
#include <cplug/cplug.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

extern const cplug_metric_type metric_accuracy, metric_top_k, metric_mae, metric_mse, metric_confusion_matrix;

/* A running sum on the device that the first update came from. */
typedef struct running_sum {
    cplug_tensor *whole, *sum, *rest; /* i64: of integers; of floats, and what rounding took from that; NULL: none yet */
    int64_t count;
} running_sum;
void sum_clear(running_sum *s);
cplug_status sum_add(cplug_context *ctx, running_sum *s, cplug_tensor *part, int64_t count);
double sum_mean(running_sum *s); /* NaN when nothing was added */
/* One value; *n is the room on entry. */
cplug_status one_value(cplug_context *ctx, const char *name, double value, const char **names, double *values, uint32_t *n);

/* Class numbers [N, ...] of a prediction [N, C, ...] or, for one score a sample, whether it is above threshold. */
cplug_tensor *predicted_classes(cplug_tensor *prediction, cplug_tensor *target, double threshold);
/* Class numbers of a target that may be given as probabilities of the prediction's shape. */
cplug_tensor *target_classes(cplug_tensor *prediction, cplug_tensor *target);
const char *shape_text(const cplug_tensor *t, char room[96]);
#endif
