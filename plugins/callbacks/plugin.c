/* plugin.c: what cplug-callbacks.so brings. */
#include "callbacks.h"
#include <stdarg.h>
CPLUG_USE_API;

void say(const cplug_event *ev, const char *format, ...)
{
    char line[512];
    va_list args;
    if (!CPLUG_HAS(ev, note) || !ev->note) return;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    ev->note(ev, line);
}

static const cplug_callback_type *const types[] = {
    &callback_early_stopping, &callback_best_checkpoint, &callback_lr_monitor, &callback_csv_log, &callback_nan_guard,
};
static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    if (CPLUG_IMPORT_API(h)) return h->fail(e, CPLUG_E_VERSION, "needs cplug.api/0 of ABI minor %d", CPLUG_TARGET_MINOR);
    for (uint32_t i = 0; i < CPLUG_COUNT(types); i++) {
        const cplug_status st = h->add(r, "callback", types[i], e);
        if (st) return st;
    }
    return CPLUG_OK;
}
CPLUG_PLUGIN(callbacks, "cplug.callbacks", "0.1.0", "Apache-2.0", "what looks at training: early end, best checkpoint, tables, guards",
             "callback:early_stopping callback:best_checkpoint callback:lr_monitor callback:csv_log callback:nan_guard", init);
