/* best_checkpoint.c: asks for a checkpoint, kept as the best one, after each epoch whose figure is the best so far. */
#include "callbacks.h"

typedef struct best_state {
    double best;
    int64_t seen;
} best_state;
typedef struct best {
    monitor monitor;
    best_state state;
} best;
static const cplug_option options[] = {
    MONITOR_OPTIONS(best, monitor),
    { "min_delta", "progress that counts must be larger", CPLUG_OPT_FLOAT, 0, offsetof(best, monitor.min_delta), "0", 0, HUGE_VAL, NULL,
      NULL, 0, 0 },
};

static cplug_status on(cplug_context *ctx, void *self, cplug_event *ev)
{
    best *s = (best *)self;
    double value = NAN;
    const int32_t end = event_is(ev, "epoch_end");
    if (!end && !event_is(ev, "train_begin")) return CPLUG_OK;
    const int32_t found = monitor_look(ctx, &s->monitor, ev, &value);
    if (found < 0) return cplug_failed(ctx);
    if (!found || !end || isnan(value)) return CPLUG_OK;
    if (s->state.seen && !monitor_better(ctx, &s->monitor, value, s->state.best)) return CPLUG_OK;
    s->state = (best_state){ value, s->state.seen + 1 };
    ev->save = CPLUG_SAVE_BEST;
    if (CPLUG_HAS(ev, report) && ev->report) ev->report(ev, "best", value);
    return CPLUG_OK;
}

const cplug_callback_type callback_best_checkpoint = {
    .struct_size = sizeof callback_best_checkpoint,
    .id = "best_checkpoint",
    .doc = "saves a checkpoint, kept as the best, when a figure is the best so far",
    .options = CPLUG_OPTIONS(options),
    .instance_size = sizeof(best),
    .state_offset = offsetof(best, state),
    .state_size = sizeof(best_state),
    .on = on,
};
