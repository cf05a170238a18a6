/* plot_svg.c: curves as an SVG file: a panel for each metric, a colour for each run; what was trained on is dashed, validation is drawn
 * through, single steps are faint.  Colours of paper and ink follow the viewer's light or dark scheme. */
#include "plot.h"
#include <math.h>
#include <string.h>

enum { WIDTH = 760, PANEL = 260, LEFT = 74, RIGHT = 20, TOP = 34, BOTTOM = 40, ROW = 18, MOST_NAME = 72 };

/* Okabe and Ito's colours: told apart by colour-blind eyes, readable on white and on black. */
static const char *const colours[] = { "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9" };
static const char style[] = "<style>text{font:12px sans-serif;fill:#222}.paper{fill:#fff}.grid{stroke:#ddd}.axis{stroke:#888;fill:none}"
                            ".step{stroke-width:1;opacity:.35}.train{stroke-width:1.5;stroke-dasharray:5 3}.valid{stroke-width:2}"
                            "polyline,.key{fill:none}@media(prefers-color-scheme:dark){text{fill:#ddd}.paper{fill:#16181d}"
                            ".grid{stroke:#333}.axis{stroke:#777}}</style>\n";

static const char *colour(uint32_t run) { return colours[run % CPLUG_COUNT(colours)]; }

/* Text of others between tags: no markup, no control bytes, UTF-8. */
static void put_text(FILE *to, const char *text, int most)
{
    char copy[512];
    snprintf(copy, sizeof copy, "%s", text);
    cplug_utf8_mend(copy);
    for (const char *p = copy; *p && (most > 0 || ((unsigned char)*p & 0xc0) == 0x80); p++) {
        if (((unsigned char)*p & 0xc0) != 0x80) most--;
        if (*p == '<' || *p == '>' || *p == '&' || *p == '"')
            fprintf(to, "&#%d;", *p);
        else
            fputc((unsigned char)*p < 0x20 || *p == 0x7f ? '?' : *p, to);
    }
}

static bool has_role(const chart *c, uint32_t run, int role)
{
    for (uint32_t i = 0; i < c->n_series; i++)
        if (c->list[i].run == run && c->list[i].role == role) return true;
    return false;
}

static void put_legend(const chart *c, FILE *to)
{
    for (uint32_t run = 0; run < c->n_runs; run++) {
        const int y = 16 + ROW * (int)run;
        int x = LEFT;
        for (int role = N_ROLES - 1; role >= 0; role--) {
            if (!has_role(c, run, role)) continue;
            fprintf(to, "<line class=\"key %s\" stroke=\"%s\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>", role_names[role], colour(run), x,
                    y - 4, x + 28, y - 4);
            fprintf(to, "<text x=\"%d\" y=\"%d\">%s</text>\n", x + 34, y, role_names[role]);
            x += 76;
        }
        fprintf(to, "<text x=\"%d\" y=\"%d\">", LEFT + N_ROLES * 76, y);
        put_text(to, c->runs[run], MOST_NAME);
        fprintf(to, "</text>\n");
    }
}

typedef struct box {
    double x, y, w, h;
    scale sx, sy;
} box;

static void put_axes(const chart *c, const box *b, const char *metric, FILE *to)
{
    char label[32];
    for (int i = 0; i < b->sy.n_ticks; i++) {
        const double y = b->y + b->h * (1 - scale_at(&b->sy, b->sy.ticks[i]));
        scale_label(&b->sy, b->sy.ticks[i], label, sizeof label);
        fprintf(to, "<line class=\"grid\" x1=\"%g\" y1=\"%.2f\" x2=\"%g\" y2=\"%.2f\"/>", b->x, y, b->x + b->w, y);
        fprintf(to, "<text x=\"%g\" y=\"%.2f\" text-anchor=\"end\">%s</text>\n", b->x - 6, y + 4, label);
    }
    for (int i = 0; i < b->sx.n_ticks; i++) {
        const double x = b->x + b->w * scale_at(&b->sx, b->sx.ticks[i]);
        scale_label(&b->sx, b->sx.ticks[i], label, sizeof label);
        fprintf(to, "<line class=\"axis\" x1=\"%.2f\" y1=\"%g\" x2=\"%.2f\" y2=\"%g\"/>", x, b->y + b->h, x, b->y + b->h + 4);
        fprintf(to, "<text x=\"%.2f\" y=\"%g\" text-anchor=\"middle\">%s</text>\n", x, b->y + b->h + 17, label);
    }
    fprintf(to, "<rect class=\"axis\" x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\"/>\n", b->x, b->y, b->w, b->h);
    fprintf(to, "<text x=\"%g\" y=\"%g\" font-weight=\"bold\">", b->x, b->y - 8);
    put_text(to, metric, MOST_NAME);
    fprintf(to, "%s</text>\n", b->sy.empty ? " (no finite values)" : b->sy.log ? " (logarithmic)" : "");
    fprintf(to, "<text x=\"%g\" y=\"%g\" text-anchor=\"end\">%s</text>\n", b->x + b->w, b->y + b->h + 32, c->by_step ? "step" : "epoch");
}

/* A curve is broken where a value is no number; a piece of one point is a dot. */
static void put_curve(const chart *c, const box *b, const series *s, FILE *to)
{
    for (size_t k = 0; k < s->n;) {
        size_t end = k;
        while (end < s->n && !isnan(s->at[end].y)) end++;
        if (end - k > 1) fprintf(to, "<polyline class=\"%s\" stroke=\"%s\" points=\"", role_names[s->role], colour(s->run));
        for (size_t i = k; i < end; i++) {
            const double x = b->x + b->w * scale_at(&b->sx, point_x(c, &s->at[i])), y = b->y + b->h * (1 - scale_at(&b->sy, s->at[i].y));
            fprintf(to, end - k > 1 ? "%.2f,%.2f " : "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"3\"", x, y);
        }
        if (end - k > 1) fprintf(to, "\"/>\n");
        if (end - k == 1) fprintf(to, " fill=\"%s\"/>\n", colour(s->run));
        k = end + (end == k);
    }
}

void plot_svg(const chart *c, FILE *to)
{
    const int head = 16 + ROW * (int)c->n_runs, height = head + PANEL * (int)c->n_metrics;
    fprintf(to, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n", WIDTH, height,
            WIDTH, height);
    fprintf(to, "<title>Curves of ");
    put_text(to, c->runs[0], MOST_NAME);
    fprintf(to, "%s</title>\n%s<rect class=\"paper\" width=\"%d\" height=\"%d\"/>\n", c->n_runs > 1 ? " and others" : "", style, WIDTH,
            height);
    put_legend(c, to);
    for (uint32_t m = 0; m < c->n_metrics; m++) {
        box b = { .x = LEFT, .y = head + PANEL * (int)m + TOP, .w = WIDTH - LEFT - RIGHT, .h = PANEL - TOP - BOTTOM };
        plot_scale_x(c, &b.sx);
        plot_scale_y(c, c->metrics[m], 5, &b.sy);
        put_axes(c, &b, c->metrics[m], to);
        for (uint32_t i = 0; i < c->n_series; i++)
            if (strcmp(c->list[i].metric, c->metrics[m]) == 0) put_curve(c, &b, &c->list[i], to);
    }
    fprintf(to, "</svg>\n");
}
