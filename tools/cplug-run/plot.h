/* plot.h: curves of runs: plot_read.c reads them, plot_scale.c finds axes, plot_svg.c and plot_text.c draw, plot.c is the verb. */
#ifndef CPLUG_PLOT_H
#define CPLUG_PLOT_H
#include "tool.h"

enum { ROLE_STEP, ROLE_TRAIN, ROLE_VALID, N_ROLES }; /* loss of single batches; means of epochs; on the validation data */
extern const char *const role_names[N_ROLES];        /* "step" "train" "valid" */

typedef struct point {
    double epoch, step, y; /* y NAN: nothing is drawn here */
} point;
typedef struct series {
    uint32_t run; /* number of its run */
    int role;
    char metric[64];
    point *at;
    size_t n, room;
} series;
typedef struct chart {
    const char *const *runs;
    uint32_t n_runs, n_series, room_series, n_metrics, room_metrics;
    series *list;
    char (*metrics)[64]; /* a panel each: "loss" first */
    bool by_step;        /* what x is: a run that did not come to the end of an epoch has steps only */
    bool failed;         /* out of memory */
} chart;
double point_x(const chart *c, const point *p);

/* ---- plot_read.c ---- */
/* Reads run i of the chart; false: why says what is wrong, exit code 4. */
bool plot_read(chart *c, uint32_t i, char *why, size_t size);
void plot_prepare(chart *c); /* after all runs */
void plot_free(chart *c);

/* ---- plot_scale.c ---- */
enum { MOST_TICKS = 16 };
typedef struct scale {
    double low, high;
    bool log, empty; /* empty: there is no finite value */
    double ticks[MOST_TICKS];
    int n_ticks, digits;
} scale;
/* Axes of a panel.  whole: ticks are whole numbers. */
void plot_scale_x(const chart *c, scale *out);
void plot_scale_y(const chart *c, const char *metric, int ticks, scale *out);
double scale_at(const scale *s, double value); /* 0 at low to 1 at high */
void scale_label(const scale *s, double value, char *out, size_t size);

/* ---- drawing ---- */
void plot_svg(const chart *c, FILE *to);
typedef struct text_style {
    int columns;
    bool braille, colour;
} text_style;
void plot_text(const chart *c, const text_style *style, FILE *to);
#endif
