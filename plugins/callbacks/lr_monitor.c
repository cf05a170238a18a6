/* lr_monitor.c: reports the learning rate of each parameter group, after epochs or every so many steps. */
#include "callbacks.h"

typedef struct lr_monitor {
    int64_t every;
} lr_monitor;
static const cplug_option options[] = {
    { "every", "steps between two reports; 0: one after each epoch", CPLUG_OPT_INT, 0, offsetof(lr_monitor, every), "0", 0,
      9007199254740992.0, NULL, NULL, 0, 0 },
};

static cplug_status on(cplug_context *ctx, void *self, cplug_event *ev)
{
    const lr_monitor *s = (const lr_monitor *)self;
    const int32_t due = s->every ? event_is(ev, "step_end") && ev->step % s->every == 0 : event_is(ev, "epoch_end");
    (void)ctx;
    if (!due || !ev->optimizer || !CPLUG_HAS(ev, report) || !ev->report) return CPLUG_OK;
    const uint32_t n = cplug_optimizer_n_groups(ev->optimizer);
    for (uint32_t i = 0; i < n; i++) {
        char name[32] = "lr";
        if (i) snprintf(name, sizeof name, "lr.%u", i);
        ev->report(ev, name, cplug_optimizer_get(ev->optimizer, i, "lr"));
    }
    return CPLUG_OK;
}

const cplug_callback_type callback_lr_monitor = {
    .struct_size = sizeof callback_lr_monitor,
    .id = "lr_monitor",
    .doc = "reports the learning rate of each parameter group to metrics.jsonl",
    .options = CPLUG_OPTIONS(options),
    .instance_size = sizeof(lr_monitor),
    .on = on,
};
