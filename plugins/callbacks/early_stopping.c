/* early_stopping.c: ends training when a figure has not become better for a while.  Counting as Keras and Lightning do: the first epoch
 * sets the mark, `patience` epochs in a row without a better one end it (https://keras.io/api/callbacks/early_stopping/,
 * https://lightning.ai/docs/pytorch/stable/api/lightning.pytorch.callbacks.EarlyStopping.html). */
#include "callbacks.h"

typedef struct stopping_state {
    double best;
    int64_t best_epoch, waited, seen;
} stopping_state;
typedef struct stopping {
    monitor monitor;
    int64_t patience, start_from_epoch, check_finite;
    stopping_state state;
} stopping;
#define MANY 9007199254740992.0
static const cplug_option options[] = {
    MONITOR_OPTIONS(stopping, monitor),
    { "patience", "epochs in a row without progress that end training", CPLUG_OPT_INT, 0, offsetof(stopping, patience), "3", 0, MANY, NULL,
      NULL, 0, 0 },
    { "min_delta", "progress that counts must be larger", CPLUG_OPT_FLOAT, 0, offsetof(stopping, monitor.min_delta), "0", 0, HUGE_VAL, NULL,
      NULL, 0, 0 },
    { "start_from_epoch", "epochs at the beginning that are not judged", CPLUG_OPT_INT, 0, offsetof(stopping, start_from_epoch), "0", 0,
      MANY, NULL, NULL, 0, 0 },
    { "check_finite", "a figure that is NaN or infinite ends training at once", CPLUG_OPT_BOOL, 0, offsetof(stopping, check_finite), "true",
      0, 0, NULL, NULL, 0, 0 },
};

static void judge(cplug_context *ctx, stopping *s, cplug_event *ev, double value)
{
    stopping_state *t = &s->state;
    if (s->check_finite && !isfinite(value)) {
        ev->stop = CPLUG_STOP;
        say(ev, "%s is %s after epoch %" PRId64 ": training ends", s->monitor.name, isnan(value) ? "not a number" : "infinite", ev->epoch);
        return;
    }
    if (t->seen++ == 0 || isnan(t->best) || monitor_better(ctx, &s->monitor, value, t->best)) {
        t->best = value;
        t->best_epoch = ev->epoch;
        t->waited = 0;
        return;
    }
    if (++t->waited < s->patience) return;
    ev->stop = CPLUG_STOP;
    say(ev, "%s did not get better than %.6g (epoch %" PRId64 ") for %" PRId64 " epoch%s: training ends", s->monitor.name, t->best,
        t->best_epoch, t->waited, t->waited == 1 ? "" : "s");
}

static cplug_status on(cplug_context *ctx, void *self, cplug_event *ev)
{
    stopping *s = (stopping *)self;
    double value = NAN;
    const int32_t end = event_is(ev, "epoch_end");
    if (!end && !event_is(ev, "train_begin")) return CPLUG_OK;
    const int32_t found = monitor_look(ctx, &s->monitor, ev, &value);
    if (found < 0) return cplug_failed(ctx);
    if (found && end && ev->epoch > s->start_from_epoch) judge(ctx, s, ev, value);
    return CPLUG_OK;
}

const cplug_callback_type callback_early_stopping = {
    .struct_size = sizeof callback_early_stopping,
    .id = "early_stopping",
    .doc = "ends training when a figure has not become better for a while",
    .options = CPLUG_OPTIONS(options),
    .instance_size = sizeof(stopping),
    .state_offset = offsetof(stopping, state),
    .state_size = sizeof(stopping_state),
    .on = on,
};
