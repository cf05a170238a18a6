/* closed.c: schedules that are a formula of the time alone (https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate):
 * ConstantLR, StepLR, MultiStepLR, ExponentialLR, CosineAnnealingLR, LinearLR. */
#include "schedulers.h"

#define MANY 9007199254740992.0
#define TYPE(id_, class_, doc_)                                                                                                            \
    const cplug_scheduler_type scheduler_##id_ = {                                                                                         \
        .struct_size = sizeof scheduler_##id_,                                                                                             \
        .id = #id_,                                                                                                                        \
        .class_name = class_,                                                                                                              \
        .doc = doc_,                                                                                                                       \
        .options = CPLUG_OPTIONS(id_##_options),                                                                                           \
        .instance_size = sizeof(id_##_schedule),                                                                                           \
        .lr = id_##_lr,                                                                                                                    \
    }
/* lr = base times the warm-up's factor, or times the schedule's */
#define LR(id_)                                                                                                                            \
    static double id_##_lr(void *self, double base, const cplug_progress *p)                                                               \
    {                                                                                                                                      \
        const id_##_schedule *s = (const id_##_schedule *)self;                                                                            \
        int64_t k;                                                                                                                         \
        double factor;                                                                                                                     \
        return warming_up(&s->pace, p, &k, &factor) ? base * factor : id_##_at(s, base, k, p);                                             \
    }

/* ---- constant ---- */
typedef struct constant_schedule {
    pace pace;
    double factor;
    int64_t total_iters;
} constant_schedule;
static const cplug_option constant_options[] = {
    { "factor", "of the learning rate until total_iters", CPLUG_OPT_FLOAT, 0, offsetof(constant_schedule, factor), "0.3333333333333333", 0,
      1, NULL, NULL, 0, 0 },
    { "total_iters", "epochs or steps with that factor", CPLUG_OPT_INT, 0, offsetof(constant_schedule, total_iters), "5", 0, MANY, NULL,
      NULL, 0, 0 },
    PACE(constant_schedule),
};
static double constant_at(const constant_schedule *s, double base, int64_t k, const cplug_progress *p)
{
    (void)p;
    return k < s->total_iters ? base * s->factor : base;
}
LR(constant)
TYPE(constant, "ConstantLR", "a share of the learning rate at first, then all of it");

/* ---- step ---- */
typedef struct step_schedule {
    pace pace;
    int64_t step_size;
    double gamma;
} step_schedule;
#define GAMMA(type_, fallback_, flags_)                                                                                                    \
    {                                                                                                                                      \
        "gamma", "factor of each decay", CPLUG_OPT_FLOAT, flags_, offsetof(type_, gamma), fallback_, 0, HUGE_VAL, NULL, NULL, 0, 0         \
    }
static const cplug_option step_options[] = {
    { "step_size", "epochs or steps from one decay to the next", CPLUG_OPT_INT, CPLUG_OPT_REQUIRED, offsetof(step_schedule, step_size),
      NULL, 1, MANY, NULL, NULL, 0, 0 },
    GAMMA(step_schedule, "0.1", 0),
    PACE(step_schedule),
};
static double step_at(const step_schedule *s, double base, int64_t k, const cplug_progress *p)
{
    (void)p;
    return base * pow(s->gamma, (double)(k / s->step_size));
}
LR(step)
TYPE(step, "StepLR", "decays every step_size");

/* ---- multistep ---- */
typedef struct multistep_schedule {
    pace pace;
    cplug_ints milestones;
    double gamma;
} multistep_schedule;
static const cplug_option multistep_options[] = {
    { "milestones", "when to decay, growing", CPLUG_OPT_INTS, CPLUG_OPT_REQUIRED, offsetof(multistep_schedule, milestones), NULL, 0, MANY,
      NULL, NULL, 0, 0 },
    GAMMA(multistep_schedule, "0.1", 0),
    PACE(multistep_schedule),
};
static double multistep_at(const multistep_schedule *s, double base, int64_t k, const cplug_progress *p)
{
    int64_t passed = 0;
    (void)p;
    for (int64_t i = 0; i < s->milestones.n; i++) passed += s->milestones.v[i] <= k;
    return base * pow(s->gamma, (double)passed);
}
LR(multistep)
TYPE(multistep, "MultiStepLR", "decays at each milestone");

/* ---- exponential ---- */
typedef struct exponential_schedule {
    pace pace;
    double gamma;
} exponential_schedule;
static const cplug_option exponential_options[] = { GAMMA(exponential_schedule, NULL, CPLUG_OPT_REQUIRED), PACE(exponential_schedule) };
static double exponential_at(const exponential_schedule *s, double base, int64_t k, const cplug_progress *p)
{
    (void)p;
    return base * pow(s->gamma, (double)k);
}
LR(exponential)
TYPE(exponential, "ExponentialLR", "decays every time");

/* ---- cosine: Loshchilov and Hutter 2017; past t_max it climbs again, as PyTorch's does ---- */
typedef struct cosine_schedule {
    pace pace;
    int64_t t_max;
    double eta_min;
} cosine_schedule;
static const cplug_option cosine_options[] = {
    { "t_max", "epochs or steps down to eta_min; left out: the whole training", CPLUG_OPT_INT, CPLUG_OPT_UNSET_OK,
      offsetof(cosine_schedule, t_max), NULL, 1, MANY, NULL, NULL, 0, 0 },
    { "eta_min", "learning rate at the end", CPLUG_OPT_FLOAT, 0, offsetof(cosine_schedule, eta_min), "0", 0, HUGE_VAL, NULL, NULL, 0, 0 },
    PACE(cosine_schedule),
};
static double cosine_at(const cosine_schedule *s, double base, int64_t k, const cplug_progress *p)
{
    const double pi = 3.14159265358979323846;
    const int64_t t_max = s->t_max != CPLUG_UNSET ? s->t_max : total_units(&s->pace, p);
    if (t_max < 1) return base;
    return s->eta_min + (base - s->eta_min) * (1 + cos(pi * (double)k / (double)t_max)) / 2;
}
LR(cosine)
TYPE(cosine, "CosineAnnealingLR", "half a wave down to eta_min");

/* ---- linear ---- */
typedef struct linear_schedule {
    pace pace;
    double start_factor, end_factor;
    int64_t total_iters;
} linear_schedule;
static const cplug_option linear_options[] = {
    { "start_factor", "of the learning rate at first", CPLUG_OPT_FLOAT, 0, offsetof(linear_schedule, start_factor), "0.3333333333333333", 0,
      1, NULL, NULL, 0, 0 },
    { "end_factor", "of the learning rate from total_iters on", CPLUG_OPT_FLOAT, 0, offsetof(linear_schedule, end_factor), "1.0", 0, 1,
      NULL, NULL, 0, 0 },
    { "total_iters", "epochs or steps from one to the other", CPLUG_OPT_INT, 0, offsetof(linear_schedule, total_iters), "5", 1, MANY, NULL,
      NULL, 0, 0 },
    PACE(linear_schedule),
};
static double linear_at(const linear_schedule *s, double base, int64_t k, const cplug_progress *p)
{
    (void)p;
    const double done = (double)(k < s->total_iters ? k : s->total_iters) / (double)s->total_iters;
    return base * (s->start_factor + (s->end_factor - s->start_factor) * done);
}
LR(linear)
TYPE(linear, "LinearLR", "from one factor to another in a line");
