/* 08_callback.c: trains what an INI file describes, from inside a program, and looks on with a callback of its own that ends the
 * training when the model is good enough.
 *
 *     cc 08_callback.c $(pkg-config --cflags --libs cplug-launcher) -o 08_callback
 *     ./08_callback models/spirals.ini [section.key=value ...] */
#include <cplug/launcher.h>
#include <stdio.h>
#include <string.h>

/* ---- the callback: a struct for its options, a table that describes them, a function that is told of events ---- */
typedef struct watch {
    const char *monitor;
    double target;
} watch;
static const cplug_option watch_options[] = {
    { .name = "monitor",
      .doc = "which figure of an epoch, as in metrics.csv",
      .type = CPLUG_OPT_STRING,
      .offset = offsetof(watch, monitor),
      .fallback = "valid_accuracy" },
    { .name = "target",
      .doc = "ends training when the figure is this high",
      .type = CPLUG_OPT_FLOAT,
      .flags = CPLUG_OPT_REQUIRED,
      .offset = offsetof(watch, target) },
};

static cplug_status watch_on(cplug_context *ctx, void *self, cplug_event *ev)
{
    const watch *w = self;
    if (strcmp(ev->name, "epoch_end") != 0) return CPLUG_OK;
    for (uint32_t i = 0; i < ev->n_metrics; i++) {
        if (strcmp(ev->metric_names[i], w->monitor) != 0) continue;
        printf("epoch %d of %d: %s %.4f\n", (int)ev->epoch, (int)ev->total_epochs, w->monitor, ev->metrics[i]);
        if (ev->metrics[i] >= w->target) ev->stop = CPLUG_STOP;
        return CPLUG_OK;
    }
    return cplug_error_set(ctx, CPLUG_E_NOTFOUND, "no figure '%s' in this training", w->monitor);
}
static const cplug_callback_type watch_type = {
    .struct_size = sizeof watch_type,
    .id = "my.watch",
    .doc = "prints a figure and ends training when it is reached",
    .options = CPLUG_OPTIONS(watch_options),
    .instance_size = sizeof(watch),
    .on = watch_on,
};

/* The launcher prints nothing: warnings come here. */
static void tell(void *arg, int32_t kind, const char *text)
{
    (void)arg;
    if (kind == CPLUG_TELL_WARNING) fprintf(stderr, "warning: %s\n", text);
}

int main(int argc, char **argv)
{
    if (argc < 2) return fprintf(stderr, "usage: %s FILE.ini [section.key=value ...]\n", argv[0]), 2;
    cplug_run_args args = CPLUG_RUN_ARGS;
    cplug_scores valid = CPLUG_SCORES;
    args.needs = CPLUG_RUN_TRAINS;
    args.overrides = (const char *const *)argv + 2;
    args.n_overrides = (uint32_t)(argc - 2);
    args.tell = tell;

    cplug_run *run = cplug_run_open(argv[1], &args); /* reads and checks the file, builds the network */
    if (cplug_run_code(run) == CPLUG_RUN_OK) {
        cplug_register(cplug_run_context(run), "callback", &watch_type);
        cplug_run_callback(run, "my.watch target=0.95");
        cplug_run_train(run, &valid);
    }
    if (cplug_run_code(run) == CPLUG_RUN_OK) {
        printf("valid loss %.4f", valid.loss);
        for (uint32_t i = 0; i < valid.n; i++) printf(", %s %.4f", valid.names[i], valid.values[i]);
        printf("\nweights and figures are in %s\n", cplug_run_dir(run));
    } else {
        fprintf(stderr, "%s\n", cplug_run_error(run)); /* mistakes of the file with line and column */
    }
    const int32_t code = cplug_run_code(run);
    cplug_run_close(run);
    return code;
}
