/* plateau.c: ReduceLROnPlateau: decays when the metric of the validation has not become better for a while.  What it has seen is its
 * state; the learning rate is the base with that many reductions, so that groups need no state of their own. */
#include "schedulers.h"

typedef struct plateau_state {
    double best;
    int64_t seen, bad, cooldown_left, reductions;
} plateau_state;
typedef struct plateau {
    pace pace;
    int64_t mode, threshold_mode, patience, cooldown;
    double factor, threshold, min_lr, eps;
    plateau_state state;
} plateau;
enum { MODE_MIN, MODE_MAX };
enum { RELATIVE, ABSOLUTE };
#define MANY 9007199254740992.0
static const cplug_option options[] = {
    { "mode", "max: a higher metric is better", CPLUG_OPT_CHOICE, 0, offsetof(plateau, mode), "min", 0, 0, "min|max", NULL, 0, 0 },
    { "factor", "of each reduction", CPLUG_OPT_FLOAT, 0, offsetof(plateau, factor), "0.1", 0, 0.9999999999999999, NULL, NULL, 0, 0 },
    { "patience", "epochs without progress that are borne", CPLUG_OPT_INT, 0, offsetof(plateau, patience), "10", 0, MANY, NULL, NULL, 0,
      0 },
    { "threshold", "progress that counts", CPLUG_OPT_FLOAT, 0, offsetof(plateau, threshold), "1e-4", 0, HUGE_VAL, NULL, NULL, 0, 0 },
    { "threshold_mode", "rel: a share of the best, abs: a difference", CPLUG_OPT_CHOICE, 0, offsetof(plateau, threshold_mode), "rel", 0, 0,
      "rel|abs", NULL, 0, 0 },
    { "cooldown", "epochs after a reduction that are not judged", CPLUG_OPT_INT, 0, offsetof(plateau, cooldown), "0", 0, MANY, NULL, NULL,
      0, 0 },
    { "min_lr", "no reduction goes below", CPLUG_OPT_FLOAT, 0, offsetof(plateau, min_lr), "0", 0, HUGE_VAL, NULL, NULL, 0, 0 },
    { "eps", "smaller reductions are left out", CPLUG_OPT_FLOAT, 0, offsetof(plateau, eps), "1e-8", 0, HUGE_VAL, NULL, NULL, 0, 0 },
    PACE(plateau),
};

static int32_t better(const plateau *s, double metric)
{
    if (!s->state.seen) return 1;
    const double sign = s->mode == MODE_MIN ? -1 : 1;
    const double bar = s->threshold_mode == RELATIVE ? s->state.best * (1 + sign * s->threshold) : s->state.best + sign * s->threshold;
    return s->mode == MODE_MIN ? metric < bar : metric > bar;
}
static void epoch_end(void *self, const cplug_progress *p)
{
    plateau *s = (plateau *)self;
    plateau_state *t = &s->state;
    if (isnan(p->metric)) return;
    if (better(s, p->metric)) {
        t->best = p->metric;
        t->bad = 0;
    } else {
        t->bad++;
    }
    t->seen++;
    if (t->cooldown_left > 0) {
        t->cooldown_left--;
        t->bad = 0;
    }
    if (t->bad > s->patience) {
        t->reductions++;
        t->cooldown_left = s->cooldown;
        t->bad = 0;
    }
}
static double lr(void *self, double base, const cplug_progress *p)
{
    const plateau *s = (const plateau *)self;
    int64_t k;
    double factor;
    if (warming_up(&s->pace, p, &k, &factor)) return base * factor;
    for (int64_t i = 0; i < s->state.reductions; i++) {
        const double next = fmax(base * s->factor, s->min_lr);
        if (base - next <= s->eps) break; /* so are all further ones */
        base = next;
    }
    return base;
}
const cplug_scheduler_type scheduler_plateau = {
    .struct_size = sizeof scheduler_plateau,
    .id = "plateau",
    .class_name = "ReduceLROnPlateau",
    .doc = "decays when the validation's metric stops getting better",
    .options = CPLUG_OPTIONS(options),
    .instance_size = sizeof(plateau),
    .state_offset = offsetof(plateau, state),
    .state_size = sizeof(plateau_state),
    .lr = lr,
    .epoch_end = epoch_end,
};
