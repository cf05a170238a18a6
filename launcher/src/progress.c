/* progress.c: the line that is redrawn on a terminal.  It is asked after every batch, and reading the clock may cost as much as a small
 * step: it counts down the batches of a few milliseconds before it looks again, and draws when a tenth of a second has passed. */
#include "loop.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

enum { BAR = 20, LINE = 512 };
#define BETWEEN 0.1 /* seconds between two drawings */
#define LOOK 0.01   /* and about so many between two looks at the clock */
enum { MOST_UNSEEN = 1000 };

static bool due(loop *l, double *now)
{
    if (l->r->args.columns <= 0 || --l->unseen > 0) return false;
    *now = cplug__seconds();
    const double pace = (*now - l->seen) / (double)(l->counted > 0 ? l->counted : 1), next = LOOK / fmax(pace, 1e-9);
    l->unseen = l->counted = l->seen > 0 && next > 1 ? (int64_t)fmin(next, MOST_UNSEEN) : 1;
    l->seen = *now;
    if (*now - l->shown < BETWEEN) return false;
    l->shown = *now;
    return true;
}

/* ---- parts, added while they fit ---- */
typedef struct line {
    char text[LINE];
    size_t n, room;
} line;

static void add(line *to, const char *format, ...) CPLUG_PRINTF(2, 3);
static void add(line *to, const char *format, ...)
{
    char part[LINE];
    va_list args;
    va_start(args, format);
    const int n = vsnprintf(part, sizeof part, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof part || to->n + (size_t)n > to->room) return;
    memcpy(to->text + to->n, part, (size_t)n + 1);
    to->n += (size_t)n;
}

static line begin(const loop *l, const char *what, int64_t epoch)
{
    line to = { .n = 0 };
    to.room = l->r->args.columns < LINE ? (size_t)l->r->args.columns - 1 : LINE - 1; /* a full line would wrap */
    add(&to, "%s %lld", what, (long long)epoch);
    if (l->epochs) add(&to, "/%lld", (long long)l->epochs);
    return to;
}

static void add_bar(line *to, int64_t done, int64_t all)
{
    char bar[BAR + 1];
    const int64_t at = all > 0 ? done * BAR / all : 0;
    if (to->room < 2 * BAR + 20) return;
    for (int i = 0; i < BAR; i++) bar[i] = i < at ? '=' : i == at ? '>' : ' ';
    bar[BAR] = '\0';
    add(to, " [%s]", bar);
}

static void add_time(line *to, double seconds)
{
    if (!isfinite(seconds) || seconds < 0 || seconds > 1e8) return;
    const long long s = (long long)(seconds + 0.5);
    if (s < 3600)
        add(to, "  %lld:%02lld left", s / 60, s % 60);
    else
        add(to, "  %lld:%02lld:%02lld left", s / 3600, s / 60 % 60, s % 60);
}

/* Until training ends, where that is known; else until the epoch does.  By the pace of this epoch, without validations. */
static double time_left(const loop *l, double now)
{
    const cplug_progress *p = &l->progress;
    const double took = now - l->epoch_started;
    int64_t left = cplug_loader_batches(l->train) - l->batch;
    if (p->total_steps > 0) left = (p->total_steps - p->step) * l->r->plan.train.accumulate;
    return l->batch > 0 ? took / (double)l->batch * (double)left : NAN;
}

/* The last validation, whose figures stay in the run's arrays until the next one. */
static void add_scores(const loop *l, line *to)
{
    const cplug_scores *s = l->last_valid;
    if (s == NULL || s->samples == 0) return;
    add(to, " | valid loss %.4f", s->loss);
    for (uint32_t i = 0; i < s->n && i < 2; i++) add(to, "  %s %.4f", s->names[i], s->values[i]);
}

void cplug__tell_progress(loop *l)
{
    double now;
    if (!due(l, &now)) return;
    const int64_t batches = cplug_loader_batches(l->train);
    line to = begin(l, "epoch", l->progress.epoch + 1);
    add_bar(&to, l->batch, batches);
    add(&to, " %lld/%lld", (long long)l->batch, (long long)batches);
    add(&to, "  loss %.4f", cplug__loop_mean_loss(l));
    add(&to, "  %.0f/s", (double)l->samples / fmax(now - l->epoch_started, 1e-9));
    add_time(&to, time_left(l, now));
    add_scores(l, &to);
    cplug__tell(l->r, CPLUG_TELL_PROGRESS, "%s", to.text);
}

void cplug__tell_validation(loop *l, int64_t batch, int64_t batches)
{
    double now;
    if (!due(l, &now)) return;
    line to = begin(l, "valid", l->progress.epoch);
    add_bar(&to, batch, batches);
    add(&to, " %lld/%lld", (long long)batch, (long long)batches);
    add(&to, "  loss %.4f", cplug__loop_mean_loss(l));
    cplug__tell(l->r, CPLUG_TELL_PROGRESS, "%s", to.text);
}
