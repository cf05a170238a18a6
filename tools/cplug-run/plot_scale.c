/* plot_scale.c: axes: the range of the values, ticks at 1, 2 and 5 times powers of ten, and a logarithmic axis where positive values
 * span more than three powers of ten. */
#include "plot.h"
#include <math.h>
#include <string.h>

enum { LOG_SPAN = 1000 };

static void widen(scale *s, double value)
{
    if (!isfinite(value)) return;
    s->low = s->empty || value < s->low ? value : s->low;
    s->high = s->empty || value > s->high ? value : s->high;
    s->empty = false;
}

/* 1, 2 or 5 times a power of ten, at least `step`. */
static double nice(double step)
{
    const double power = pow(10, floor(log10(step))), part = step / power;
    return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}

static void linear_ticks(scale *s, int wanted, bool whole)
{
    double step = nice((s->high - s->low) / wanted);
    if (whole && step < 1) step = 1;
    const double most = fmax(fabs(s->low), fabs(s->high));
    s->digits = (int)fmin(15, fmax(3, ceil(log10(most / step)) + 2));
    for (double k = ceil(s->low / step - 1e-9); k * step <= s->high + step * 1e-9 && s->n_ticks < MOST_TICKS; k++)
        s->ticks[s->n_ticks++] = k * step + 0.0; /* no negative zero */
}

static void log_ticks(scale *s, int wanted)
{
    const double first = ceil(log10(s->low) - 1e-9), last = floor(log10(s->high) + 1e-9);
    const double stride = fmax(1, ceil((last - first) / wanted));
    s->digits = 3;
    for (double e = first; e <= last && s->n_ticks < MOST_TICKS; e += stride) s->ticks[s->n_ticks++] = pow(10, e);
}

/* Curves keep off the frame. */
static void add_room(scale *s)
{
    const double share = 0.04, ratio = s->log ? pow(s->high / s->low, share) : 1, room = s->log ? 0 : share * (s->high - s->low);
    s->low = s->low >= 0 && s->low < room ? 0 : s->low / ratio - room;
    s->high = s->high * ratio + room;
}

static void make_ticks(scale *s, int wanted, bool whole)
{
    if (s->empty) s->low = 0, s->high = 1;
    if (s->low == s->high) { /* one value stands in the middle */
        const double room = whole ? 0.5 : s->low != 0 ? fabs(s->low) * 0.1 : 1;
        s->low -= room;
        s->high += room;
    }
    if (s->log)
        log_ticks(s, wanted);
    else
        linear_ticks(s, wanted, whole);
}

void plot_scale_x(const chart *c, scale *out)
{
    *out = (scale){ .empty = true };
    for (uint32_t i = 0; i < c->n_series; i++)
        for (size_t k = 0; k < c->list[i].n; k++) widen(out, point_x(c, &c->list[i].at[k]));
    make_ticks(out, 8, true);
}

void plot_scale_y(const chart *c, const char *metric, int ticks, scale *out)
{
    *out = (scale){ .empty = true };
    for (uint32_t i = 0; i < c->n_series; i++)
        for (size_t k = 0; strcmp(c->list[i].metric, metric) == 0 && k < c->list[i].n; k++) widen(out, c->list[i].at[k].y);
    out->log = !out->empty && out->low > 0 && out->high / out->low > LOG_SPAN;
    add_room(out);
    make_ticks(out, ticks, false);
}

double scale_at(const scale *s, double value)
{
    if (s->log) return (log10(value) - log10(s->low)) / (log10(s->high) - log10(s->low));
    return (value - s->low) / (s->high - s->low);
}

void scale_label(const scale *s, double value, char *out, size_t size) { snprintf(out, size, "%.*g", s->digits, value); }
