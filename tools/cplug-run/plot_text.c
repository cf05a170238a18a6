/* plot_text.c: curves in the terminal.  With UTF-8 a character is a grid of 2 x 4 dots (Unicode's Braille patterns), what was trained on
 * is dotted, and a letter stands where a curve ends; else the letters themselves draw. */
#include "plot.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 10, LABEL = 10, MARGIN = 4, LEAST = 20, MOST_COLUMNS = 400 };

typedef struct cell {
    unsigned char dots; /* of the Braille pattern */
    char letter, colour;
} cell;
typedef struct canvas {
    const text_style *style;
    int columns, wide, high; /* characters across; dots across and down */
    cell at[ROWS][MOST_COLUMNS + MARGIN];
} canvas;

static char letter_of(uint32_t i) { return (char)(i % 52 < 26 ? 'a' + (int)(i % 52) : 'A' + (int)(i % 52) - 26); }
static char colour_of(uint32_t i) { return (char)(1 + i % 6); }

static void put_dot(canvas *v, int x, int y, uint32_t number)
{
    /* bits of the pattern, by column and row */
    static const unsigned char bits[2][4] = { { 0x01, 0x02, 0x04, 0x40 }, { 0x08, 0x10, 0x20, 0x80 } };
    if (x < 0 || y < 0 || x >= v->wide || y >= v->high) return;
    cell *at = v->style->braille ? &v->at[y / 4][x / 2] : &v->at[y][x];
    at->dots |= bits[x % 2][y % 4];
    at->letter = letter_of(number);
    at->colour = colour_of(number);
}

/* A letter in the margin, at the height of the curve's end. */
static void put_end(canvas *v, int y, uint32_t number)
{
    cell *row = v->at[v->style->braille ? y / 4 : y] + v->columns;
    for (int i = 1; i < MARGIN; i++) {
        if (row[i].letter) continue;
        row[i].letter = letter_of(number);
        row[i].colour = colour_of(number);
        return;
    }
}

static void draw(canvas *v, const chart *c, const scale *sx, const scale *sy, uint32_t number)
{
    const series *s = &c->list[number];
    int last_x = -1, last_y = -1;
    bool joined = false;
    for (size_t k = 0; k < s->n; k++) {
        if (isnan(s->at[k].y)) {
            joined = false;
            continue;
        }
        const int x = (int)lround(scale_at(sx, point_x(c, &s->at[k])) * (v->wide - 1));
        const int y = (int)lround((1 - scale_at(sy, s->at[k].y)) * (v->high - 1));
        const int steps = !joined ? 0 : abs(x - last_x) > abs(y - last_y) ? abs(x - last_x) : abs(y - last_y);
        for (int i = steps > 0 ? 1 : 0; i <= steps; i++) {
            const int px = steps ? last_x + (int)lround((double)(x - last_x) * i / steps) : x;
            const int py = steps ? last_y + (int)lround((double)(y - last_y) * i / steps) : y;
            if (s->role == ROLE_VALID || !v->style->braille || px % 2 == 0) put_dot(v, px, py, number);
        }
        last_x = x;
        last_y = y;
        joined = true;
    }
    if (last_y >= 0) put_end(v, last_y, number);
}

static void put_cell(const canvas *v, const cell *at, bool margin, FILE *to)
{
    const bool dots = v->style->braille && !margin;
    if (!at->letter) {
        fputc(' ', to);
        return;
    }
    if (v->style->colour) fprintf(to, "\x1b[3%dm", at->colour);
    if (dots) /* U+2800 + dots */
        fprintf(to, "\xe2%c%c", 0xa0 + (at->dots >> 6), 0x80 + (at->dots & 0x3f));
    else
        fputc(at->letter, to);
    if (v->style->colour) fputs("\x1b[0m", to);
}

/* Label of the tick that falls into a row; "" for the others. */
static void row_label(const scale *s, int row, char *out, size_t size)
{
    out[0] = '\0';
    for (int i = 0; i < s->n_ticks; i++)
        if ((int)lround((1 - scale_at(s, s->ticks[i])) * (ROWS - 1)) == row) scale_label(s, s->ticks[i], out, size);
}

static void put_canvas(const canvas *v, const scale *sy, FILE *to)
{
    char label[32];
    for (int row = 0; row < ROWS; row++) {
        int end = v->columns + MARGIN;
        while (end > 0 && !v->at[row][end - 1].letter) end--;
        row_label(sy, row, label, sizeof label);
        fprintf(to, "%*.*s %s", LABEL - 2, LABEL - 2, label, v->style->braille ? (label[0] ? "┤" : "│") : label[0] ? "+" : "|");
        for (int i = 0; i < end; i++) put_cell(v, &v->at[row][i], i >= v->columns, to);
        fputc('\n', to);
    }
}

/* Ticks of the x axis, each where it belongs if there is room after the last one. */
static void put_x(const canvas *v, const scale *sx, FILE *to)
{
    char line[MOST_COLUMNS + 64], label[32];
    int used = 0;
    memset(line, ' ', sizeof line);
    for (int i = 0; i < sx->n_ticks; i++) {
        scale_label(sx, sx->ticks[i], label, sizeof label);
        const int n = (int)strlen(label), at = (int)lround(scale_at(sx, sx->ticks[i]) * (v->columns - 1)) - n / 2;
        const int from = at < 0 ? 0 : at;
        if (from < used || from + n > v->columns) continue;
        memcpy(line + from, label, (size_t)n);
        used = from + n + 1;
    }
    line[used > 0 ? used - 1 : 0] = '\0';
    fprintf(to, "%*s%s\n", LABEL, "", line);
}

static void put_key(const chart *c, const text_style *style, uint32_t i, FILE *to)
{
    const series *s = &c->list[i];
    char run[256];
    double last = NAN;
    for (size_t k = 0; k < s->n; k++)
        if (!isnan(s->at[k].y)) last = s->at[k].y;
    snprintf(run, sizeof run, "%s", c->runs[s->run]);
    for (char *p = run; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f) *p = '?';
    if (style->colour) fprintf(to, "\x1b[3%dm", colour_of(i));
    fprintf(to, "  %c", letter_of(i));
    if (style->colour) fputs("\x1b[0m", to);
    fprintf(to, "  %-5s  %.5g  %.*s\n", role_names[s->role], last, style->columns > 40 ? style->columns - 24 : 16, run);
}

void plot_text(const chart *c, const text_style *style, FILE *to)
{
    canvas *v = calloc(1, sizeof *v);
    scale sx, sy;
    if (v == NULL) return;
    for (uint32_t m = 0; m < c->n_metrics; m++) {
        int columns = style->columns - LABEL - MARGIN;
        columns = columns < LEAST ? LEAST : columns > MOST_COLUMNS ? MOST_COLUMNS : columns;
        *v = (canvas){ .style = style, .columns = columns, .wide = style->braille ? 2 * columns : columns };
        v->high = style->braille ? 4 * ROWS : ROWS;
        plot_scale_x(c, &sx);
        plot_scale_y(c, c->metrics[m], 4, &sy);
        fprintf(to, "%s%s by %s%s\n", m ? "\n" : "", c->metrics[m], c->by_step ? "step" : "epoch",
                sy.empty ? " (no finite values)"
                : sy.log ? " (logarithmic)"
                         : "");
        for (uint32_t i = 0; i < c->n_series; i++)
            if (strcmp(c->list[i].metric, c->metrics[m]) == 0) draw(v, c, &sx, &sy, i);
        put_canvas(v, &sy, to);
        put_x(v, &sx, to);
        for (uint32_t i = 0; i < c->n_series; i++)
            if (strcmp(c->list[i].metric, c->metrics[m]) == 0) put_key(c, style, i, to);
    }
    free(v);
}
