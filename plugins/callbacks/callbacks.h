/* callbacks.h: what the shipped callbacks share: following one figure of an epoch, and a line for people. */
#ifndef CPLUG_CALLBACKS_H
#define CPLUG_CALLBACKS_H
#define CPLUG_PLUGIN_BUILD
#include <cplug/cplug.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- monitor.c: the figure that a callback follows ---- */
enum { MODE_AUTO, MODE_MIN, MODE_MAX };
typedef struct monitor {
    const char *name; /* "valid_loss" */
    int64_t mode;
    double min_delta;
} monitor;
#define MONITOR_OPTIONS(type_, member_)                                                                                                    \
    { "monitor",                                                                                                                           \
      "figure of an epoch that is followed, as in metrics.csv",                                                                            \
      CPLUG_OPT_STRING,                                                                                                                    \
      0,                                                                                                                                   \
      offsetof(type_, member_.name),                                                                                                       \
      "valid_loss",                                                                                                                        \
      0,                                                                                                                                   \
      0,                                                                                                                                   \
      NULL,                                                                                                                                \
      NULL,                                                                                                                                \
      0,                                                                                                                                   \
      0 },                                                                                                                                 \
    {                                                                                                                                      \
        "mode", "what is better: a lower or a higher one; auto: by its name and the metric behind it", CPLUG_OPT_CHOICE, 0,                \
            offsetof(type_, member_.mode), "auto", 0, 0, "auto|min|max", NULL, 0, 0                                                        \
    }

/* What an event says of the figure: 1 and *value; 0 when this event has none (the epoch was not validated); -1 and an error that lists
 * the names when there never will be one. */
int32_t monitor_look(cplug_context *ctx, const monitor *m, const cplug_event *ev, double *value);
int32_t monitor_higher(cplug_context *ctx, const monitor *m);
/* Is value better than best by more than min_delta?  NaN never is. */
int32_t monitor_better(cplug_context *ctx, const monitor *m, double value, double best);

static inline int32_t event_is(const cplug_event *ev, const char *name) { return strcmp(ev->name, name) == 0; }
/* A line for people, for those who listen. */
CPLUG_PRINTF(2, 3) void say(const cplug_event *ev, const char *format, ...);

extern const cplug_callback_type callback_early_stopping, callback_best_checkpoint, callback_lr_monitor, callback_csv_log,
    callback_nan_guard;
#endif
