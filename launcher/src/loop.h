/* loop.h: training as it goes, for the files that share it: loop.c runs it, tell.c speaks of it, checkpoint.c saves and restores it,
 * callbacks.c lets others look at it. */
#ifndef CPLUG_LAUNCHER_LOOP_H
#define CPLUG_LAUNCHER_LOOP_H
#include "run.h"

typedef struct best_so_far { /* by the figure that [checkpoint] best names */
    const char *metric;      /* "valid_accuracy"; NULL: none is asked for */
    double value;            /* NaN: none yet */
    int64_t step;            /* of its checkpoint; -1: none */
    int32_t higher;          /* is better */
} best_so_far;

typedef struct asked { /* what callbacks ask for */
    int32_t stop, save, skip;
} asked;

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
    bool stopped; /* by a signal */
    /* what a checkpoint remembers besides */
    int64_t loader_epoch, valid_epoch; /* epochs of the loaders that `batch` and the next validation belong to */
    int64_t saved;                     /* step of the newest checkpoint; -1: none */
    double elapsed;                    /* seconds of this epoch that another process spent */
    cJSON *file_options;               /* of the optimizer, before training changed them */
    best_so_far best;
    asked asked;                    /* since the last checkpoint */
    const cplug_scores *last_valid; /* figures of the newest validation; NULL: none yet */
    double marked;                  /* the best main figure so far, behind "*best", when has_mark */
    bool has_mark, looked;          /* looked: whether the parameters receive gradients */
    double seen;                    /* when the clock was looked at for the line that is redrawn */
    int64_t unseen, counted;        /* batches until the next look; as many as were set */
    bool skipped;                   /* a callback had the last step left out */
    double waiting;                 /* losses of the batches of a step that is not taken yet */
    int64_t n_waiting;
    const char *words; /* of the callback that asked for CPLUG_STOP_NUMERIC */
    bool resumed;      /* in the middle of an epoch */
    bool done;         /* the end is reached: nothing is left to train */
} loop;

double cplug__loop_mean_loss(const loop *l); /* of the epoch so far; NaN before its first batch */
bool cplug__loop_finished(const loop *l);    /* as many epochs or steps as the file asks for */
/* Ends the run with CPLUG_RUN_NUMERIC; what: "the loss is infinite". */
cplug_status cplug__loop_diverged(loop *l, const char *what);
/* Which checkpoint is there, and the command that goes on from it. */
const char *cplug__loop_last_good(loop *l);

/* ---- callbacks.c ---- */
/* The objects of the file's [callback.NAME] sections; once. */
cplug_status cplug__callbacks_open(cplug_run *r);
/* Tells every callback; what they ask for is gathered in *ask (stop, save, skip), which may be NULL where nothing can be asked.  Costs
 * nothing without callbacks. */
cplug_status cplug__callbacks_tell(loop *l, const char *event, double loss, const epoch_row *row, const char *what, asked *ask);

/* ---- checkpoint.c, resume.c ---- */
/* Writes runs/NAME-N/checkpoints/step-NNNNNNNN whole or not at all, removes those beyond `keep`. */
cplug_status cplug__checkpoint_save(loop *l, bool best);
/* Puts everything back as the newest whole checkpoint had it: after prepare, before the first step. */
cplug_status cplug__checkpoint_load(loop *l, const char *run_dir);

/* ---- gradients.c: after the first backward pass, also when that failed ---- */
cplug_status cplug__check_gradients(loop *l);

/* ---- tell.c, progress.c: lines for people and events ---- */
void cplug__tell_begin(loop *l);
void cplug__tell_progress(loop *l); /* after each batch */
void cplug__tell_validation(loop *l, int64_t batch, int64_t batches);
bool cplug__step_is_told(const loop *l, int64_t step); /* [log] every */
void cplug__tell_step(loop *l);
void cplug__tell_epoch(loop *l, const epoch_row *row);
void cplug__tell_end(loop *l, double loss, const cplug_scores *valid);
#endif
