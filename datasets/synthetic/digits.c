/* digits.c: digits as a hand might draw them: each is a few arcs and lines in a unit box (y downwards), in one of several styles, bent by a
 * random affine map, a gentle wave and a shaky hand, then drawn with a round pen of random width.  28 x 28 pixels, 0 to 255. */
#include "synthetic.h"
#include <math.h>
#include <string.h>

enum { MAX_STROKES = 4, N_STYLES = 3, SEGMENTS = 20 /* of a full turn */ };
static const double degree = 3.14159265358979323846 / 180;

/* An arc around (x, y) with radii rx, ry, from angle a to b in degrees (90 is down); with rx = 0 a line from (x, y) to (a, b). */
typedef struct stroke {
    float x, y, rx, ry, a, b;
} stroke;
typedef struct glyph {
    int32_t n;
    stroke stroke[MAX_STROKES];
} glyph;
#define ARC(x, y, rx, ry, a, b)                                                                                                            \
    {                                                                                                                                      \
        x, y, rx, ry, a, b                                                                                                                 \
    }
#define LINE(x0, y0, x1, y1)                                                                                                               \
    {                                                                                                                                      \
        x0, y0, 0, 0, x1, y1                                                                                                               \
    }
static const glyph glyphs[10][N_STYLES] = {
    { { 1, { ARC(.5f, .5f, .33f, .49f, -90, 270) } },
      { 1, { ARC(.5f, .5f, .24f, .49f, -60, 300) } },
      { 1, { ARC(.5f, .5f, .38f, .46f, -120, 240) } } },
    { { 1, { LINE(.5f, 0, .5f, 1) } },
      { 2, { LINE(.3f, .22f, .54f, .01f), LINE(.54f, .01f, .54f, 1) } },
      { 3, { LINE(.3f, .2f, .52f, .01f), LINE(.52f, .01f, .52f, .98f), LINE(.26f, .98f, .8f, .98f) } } },
    { { 3, { ARC(.48f, .28f, .32f, .27f, 185, 395), LINE(.74f, .43f, .14f, .97f), LINE(.14f, .97f, .9f, .97f) } },
      { 3, { ARC(.48f, .26f, .3f, .25f, 200, 400), LINE(.71f, .42f, .16f, .98f), ARC(.52f, 1.2f, .42f, .26f, 215, 320) } },
      { 3, { ARC(.5f, .3f, .27f, .29f, 170, 385), LINE(.75f, .42f, .2f, .98f), LINE(.2f, .98f, .82f, .93f) } } },
    { { 2, { ARC(.44f, .26f, .33f, .25f, 200, 450), ARC(.44f, .75f, .38f, .24f, 270, 510) } },
      { 2, { ARC(.42f, .27f, .28f, .26f, 215, 445), ARC(.42f, .74f, .36f, .25f, 280, 500) } },
      { 3, { LINE(.16f, .03f, .78f, .03f), LINE(.78f, .03f, .46f, .4f), ARC(.44f, .69f, .36f, .3f, 275, 510) } } },
    { { 3, { LINE(.6f, .02f, .1f, .66f), LINE(.1f, .66f, .93f, .66f), LINE(.66f, .3f, .66f, 1) } },
      { 3, { LINE(.22f, .04f, .14f, .54f), LINE(.14f, .54f, .84f, .52f), LINE(.74f, 0, .68f, 1) } },
      { 3, { LINE(.68f, .01f, .12f, .64f), LINE(.12f, .64f, .9f, .64f), LINE(.68f, .01f, .68f, 1) } } },
    { { 3, { LINE(.84f, .02f, .26f, .02f), LINE(.26f, .02f, .2f, .46f), ARC(.46f, .69f, .36f, .3f, 228, 500) } },
      { 3, { LINE(.8f, .04f, .3f, .02f), LINE(.3f, .02f, .26f, .42f), ARC(.42f, .7f, .36f, .29f, 240, 480) } },
      { 3, { LINE(.88f, 0, .3f, .04f), LINE(.3f, .04f, .18f, .5f), ARC(.46f, .72f, .33f, .26f, 215, 510) } } },
    { { 2, { ARC(.76f, .68f, .58f, .66f, 262, 180), ARC(.5f, .71f, .32f, .28f, 180, 540) } },
      { 2, { ARC(.85f, .6f, .62f, .6f, 250, 165), ARC(.51f, .72f, .28f, .26f, 170, 530) } },
      { 2, { LINE(.56f, .01f, .22f, .62f), ARC(.5f, .72f, .3f, .27f, 200, 560) } } },
    { { 2, { LINE(.12f, .03f, .88f, .03f), LINE(.88f, .03f, .4f, 1) } },
      { 3, { LINE(.12f, .03f, .86f, .03f), LINE(.86f, .03f, .42f, 1), LINE(.38f, .5f, .84f, .5f) } },
      { 3, { LINE(.14f, .16f, .14f, .03f), LINE(.14f, .03f, .86f, .03f), ARC(1.3f, 1.f, .84f, .98f, 238, 180) } } },
    { { 2, { ARC(.5f, .25f, .27f, .24f, 90, 450), ARC(.5f, .75f, .33f, .25f, -90, 270) } },
      { 2, { ARC(.52f, .27f, .24f, .26f, 90, 450), ARC(.5f, .76f, .28f, .23f, -90, 270) } },
      { 4,
        { ARC(.5f, .24f, .27f, .23f, 150, 390), LINE(.27f, .34f, .78f, .66f), ARC(.5f, .75f, .31f, .24f, -20, 200),
          LINE(.2f, .66f, .73f, .36f) } } },
    { { 2, { ARC(.49f, .29f, .31f, .28f, 0, 360), LINE(.8f, .29f, .7f, 1) } },
      { 2, { ARC(.49f, .29f, .3f, .28f, 0, 360), ARC(.28f, .34f, .51f, .64f, 0, 80) } },
      { 2, { ARC(.47f, .28f, .29f, .26f, -20, 340), LINE(.77f, .1f, .74f, 1) } } },
};

typedef struct hand { /* how this sample bends the unit box onto the pixels */
    double xx, xy, yx, yy, x0, y0, wave, phase, radius;
} hand;

static hand hand_draw(stream *s)
{
    double angle = stream_between(s, -11, 11) * degree, shear = stream_between(s, -.25, .2), width = stream_between(s, 14, 20),
           height = stream_between(s, 16.5, 22);
    hand h = { .xx = width * cos(angle),
               .xy = -height * (sin(angle) + shear * cos(angle)),
               .yx = width * sin(angle),
               .yy = height * (cos(angle) - shear * sin(angle)) };
    h.x0 = DIGIT_SIDE * .5 + stream_between(s, -1.6, 1.6);
    h.y0 = DIGIT_SIDE * .5 + stream_between(s, -1.6, 1.6);
    h.wave = stream_between(s, -.05, .05);
    h.phase = stream_between(s, 0, 360) * degree;
    h.radius = stream_between(s, .65, 1.75);
    return h;
}

static void place(const hand *h, double x, double y, double *px, double *py)
{
    double u = x - .5 + h->wave * sin(4.5 * y + h->phase), v = y - .5 + h->wave * sin(4 * x - h->phase);
    *px = h->x0 + h->xx * u + h->xy * v;
    *py = h->y0 + h->yx * u + h->yy * v;
}

/* A segment of the pen: each pixel keeps the most ink that any segment puts on it. */
static void ink(float *paper, double x0, double y0, double x1, double y1, double radius)
{
    double dx = x1 - x0, dy = y1 - y0, length2 = dx * dx + dy * dy, reach = radius + .5;
    int32_t left = (int32_t)fmax(0, floor(fmin(x0, x1) - reach)), right = (int32_t)fmin(DIGIT_SIDE - 1, ceil(fmax(x0, x1) + reach));
    int32_t top = (int32_t)fmax(0, floor(fmin(y0, y1) - reach)), bottom = (int32_t)fmin(DIGIT_SIDE - 1, ceil(fmax(y0, y1) + reach));
    for (int32_t y = top; y <= bottom; y++)
        for (int32_t x = left; x <= right; x++) {
            double ax = x + .5 - x0, ay = y + .5 - y0, t = length2 > 0 ? (ax * dx + ay * dy) / length2 : 0;
            t = t < 0 ? 0 : t > 1 ? 1 : t;
            double ex = ax - t * dx, ey = ay - t * dy, distance2 = ex * ex + ey * ey;
            if (distance2 >= reach * reach) continue;
            float amount = (float)(reach - sqrt(distance2));
            float *p = &paper[y * DIGIT_SIDE + x];
            if (amount > *p) *p = amount > 1 ? 1 : amount;
        }
}

static void stroke_draw(stream *s, const hand *h, const stroke *k, float *paper)
{
    const double shake = .03;
    double v[6] = { k->x, k->y, k->rx, k->ry, k->a, k->b };
    int32_t line = k->rx == 0, n = line ? 3 : 2 + (int32_t)(fabs(v[5] - v[4]) * SEGMENTS / 360);
    for (int32_t i = 0; i < 6; i++) {
        if (line && (i == 2 || i == 3)) continue;
        v[i] += stream_between(s, -1, 1) * (!line && i >= 4 ? 12 : shake);
    }
    double px = 0, py = 0;
    for (int32_t i = 0; i <= n; i++) {
        double t = (double)i / n, x, y, angle = (v[4] + t * (v[5] - v[4])) * degree;
        if (line)
            place(h, v[0] + t * (v[4] - v[0]), v[1] + t * (v[5] - v[1]), &x, &y);
        else
            place(h, v[0] + v[2] * cos(angle), v[1] + v[3] * sin(angle), &x, &y);
        if (i) ink(paper, px, py, x, y, h->radius);
        px = x;
        py = y;
    }
}

/* Sum of four bytes: near enough to a normal distribution, and cheap for 784 pixels. */
static double byte_normal(uint32_t word)
{
    int32_t sum = (int32_t)((word & 255) + (word >> 8 & 255) + (word >> 16 & 255) + (word >> 24));
    return (sum - 510) / 147.8;
}

void digit_draw(stream *s, int64_t digit, double noise, uint8_t *pixels)
{
    float paper[DIGIT_SIDE * DIGIT_SIDE];
    memset(paper, 0, sizeof paper);
    const glyph *g = &glyphs[digit][stream_word(s) % N_STYLES];
    hand h = hand_draw(s);
    double white = stream_between(s, .7, 1);
    for (int32_t i = 0; i < g->n; i++) stroke_draw(s, &h, &g->stroke[i], paper);
    for (int32_t i = 0; i < DIGIT_SIDE * DIGIT_SIDE; i++) {
        double v = paper[i] * white + (noise > 0 ? noise * byte_normal(stream_word(s)) : 0);
        pixels[i] = (uint8_t)(v <= 0 ? 0 : v >= 1 ? 255 : v * 255 + .5);
    }
}
