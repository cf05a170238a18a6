/* schedulers.h: what all schedulers share: the unit they count in and the warm-up before them.
 *
 * k counts whole epochs or steps done.  While k < warmup the learning rate climbs in a line, base (s + (1 - s) (k + 1) / warmup) with
 * s = warmup_start; the schedule itself then begins at 0. */
#ifndef CPLUG_SCHEDULERS_H
#define CPLUG_SCHEDULERS_H
#define CPLUG_PLUGIN_BUILD
#include <cplug/cplug.h>
#include <math.h>

typedef struct pace {
    int64_t unit, warmup;
    double warmup_start;
} pace;
/* first: the member `pace` of the scheduler's own struct */
#define PACE(type_)                                                                                                                        \
    { "unit", "what is counted", CPLUG_OPT_CHOICE, 0, offsetof(type_, pace.unit), "epoch", 0, 0, "epoch|step", NULL, 0, 0 },               \
        { "warmup",                                                                                                                        \
          "epochs or steps in which the learning rate climbs first",                                                                       \
          CPLUG_OPT_INT,                                                                                                                   \
          0,                                                                                                                               \
          offsetof(type_, pace.warmup),                                                                                                    \
          "0",                                                                                                                             \
          0,                                                                                                                               \
          9007199254740992.0,                                                                                                              \
          NULL,                                                                                                                            \
          NULL,                                                                                                                            \
          0,                                                                                                                               \
          0 },                                                                                                                             \
    {                                                                                                                                      \
        "warmup_start", "share of the learning rate from which it climbs", CPLUG_OPT_FLOAT, 0, offsetof(type_, pace.warmup_start), "0", 0, \
            1, NULL, NULL, 0, 0                                                                                                            \
    }

/* 1 and *factor while warming up; else 0 and *k counts from the end of the warm-up. */
int32_t warming_up(const pace *p, const cplug_progress *at, int64_t *k, double *factor);
/* Epochs or steps of the whole training after the warm-up; 0 when unknown. */
int64_t total_units(const pace *p, const cplug_progress *at);

extern const cplug_scheduler_type scheduler_constant, scheduler_step, scheduler_multistep, scheduler_exponential, scheduler_cosine,
    scheduler_linear, scheduler_plateau;
#endif
