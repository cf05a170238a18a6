/* loop.h: training as it goes, for the files that share it: loop.c runs it, tell.c speaks of it, checkpoint.c saves and restores it,
 * callbacks.c lets others look at it. */
#ifndef CPLUG_LAUNCHER_LOOP_H
#define CPLUG_LAUNCHER_LOOP_H
#include "run.h"

typedef struct loop {
    cplug_run *r;
    cplug_loader *train, *valid;
    cplug_optimizer *optimizer;
    cplug_scheduler *scheduler;
    cplug_progress progress;
    cplug_tensor *device_sum;                                      /* NULL: the loss is read each step */
    double sum, last_loss, started, epoch_started, shown, trained; /* seconds; trained: without validation */
    int64_t samples, batch, micro, epochs;
    bool at_once; /* the device computes at once: reading a loss costs nothing */
    bool stopped;
} loop;

double cplug__loop_mean_loss(const loop *l); /* of the epoch so far; NaN before its first batch */

/* ---- callbacks.c ---- */
/* The objects of the file's [callback.NAME] sections; once. */
cplug_status cplug__callbacks_open(cplug_run *r);
/* Tells every callback; what they ask for is gathered in *ask (stop, save, skip), which may be NULL where nothing can be asked.  Costs
 * nothing without callbacks. */
typedef struct asked {
    int32_t stop, save, skip;
} asked;
cplug_status cplug__callbacks_tell(loop *l, const char *event, double loss, const epoch_row *row, const char *what, asked *ask);

/* ---- checkpoint.c, resume.c ---- */
/* Writes runs/NAME-N/checkpoints/step-NNNNNNNN whole or not at all, removes those beyond `keep`. */
cplug_status cplug__checkpoint_save(loop *l, bool best);
/* Puts everything back as the checkpoint had it: after prepare, before the first step. */
cplug_status cplug__checkpoint_load(loop *l, const char *run_dir);

/* ---- tell.c: lines for people and events ---- */
void cplug__tell_begin(loop *l);
void cplug__tell_progress(loop *l);
void cplug__tell_step(loop *l);
void cplug__tell_epoch(loop *l, const epoch_row *row);
void cplug__tell_end(loop *l, double loss, const cplug_scores *valid);
#endif
