/* generate.c: arange and random: elements from their position alone, in logical order, whatever the strides. */
#include "element.h"
#include <math.h>

/* arange: element i = start + i step */
static cplug_status count_up(sim_task *t, cplug_error *e)
{
    (void)e;
    const sim_view *y = &t->out[0], *start = &t->in[1], *step = &t->in[2];
    const int32_t whole = !sim_is_float(start) && !sim_is_float(step);
    int64_t index[CPLUG_MAX_DIMS] = { 0 }, i = 0;
    if (sim_numel(y) == 0) return CPLUG_OK;
    do {
        char *to = sim_at(y, index, y->ndim);
        if (whole)
            sim_store_int(y, to, sim_load_int(start, start->data) + i * sim_load_int(step, step->data));
        else
            sim_store(y, to, sim_load(start, start->data) + (double)i * sim_load(step, step->data));
        i++;
    } while (sim_next(index, y->shape, y->ndim));
    return CPLUG_OK;
}

/* ---- random: element i from word i % 4 of Philox(seed, offset + i / 4), the same numbers on every device ---- */
enum { OUT, LOW, HIGH, SEED, OFFSET }; /* inputs; mean and standard deviation for normal */
enum { UNIFORM, NORMAL, INTEGER };     /* attribute 0 */

static double unit(uint32_t word) { return (double)(word >> 8) * 0x1p-24; }

/* Box and Muller 1958, on words (0, 1) and (2, 3) */
static double normal(const uint32_t w[4], int64_t k)
{
    static const double two_pi = 6.283185307179586476925287;
    const uint32_t first = w[k & ~1], second = w[k | 1];
    const double radius = sqrt(-2 * log((double)((first >> 8) + 1) * 0x1p-24)), angle = two_pi * unit(second);
    return radius * (k & 1 ? sin(angle) : cos(angle));
}

/* Two words are 64 bits, of which the upper ones of a product with the range are kept. */
__extension__ typedef unsigned __int128 wide;
static int64_t integer(const uint32_t w[4], int64_t k, int64_t low, int64_t high)
{
    const uint64_t bits = (uint64_t)w[k] << 32 | w[(k + 2) % 4], range = (uint64_t)high - (uint64_t)low;
    return (int64_t)((uint64_t)low + (uint64_t)((wide)bits * range >> 64));
}

static void draw(const sim_task *t, const uint32_t w[4], int64_t k, char *to)
{
    const sim_view *y = &t->out[0], *low = &t->in[LOW], *high = &t->in[HIGH];
    const int64_t distribution = t->attr[0].v.i;
    if (distribution == INTEGER) {
        sim_store_int(y, to, integer(w, k, sim_load_int(low, low->data), sim_load_int(high, high->data)));
        return;
    }
    const double a = sim_load(low, low->data), b = sim_load(high, high->data);
    sim_store(y, to, distribution == UNIFORM ? a + unit(w[k]) * (b - a) : a + b * normal(w, k));
}

static cplug_status draw_all(sim_task *t, cplug_error *e)
{
    (void)e;
    const sim_view *y = &t->out[0];
    const uint64_t seed = (uint64_t)sim_load_int(&t->in[SEED], t->in[SEED].data),
                   offset = (uint64_t)sim_load_int(&t->in[OFFSET], t->in[OFFSET].data);
    uint32_t w[4];
    int64_t index[CPLUG_MAX_DIMS] = { 0 }, i = 0;
    if (sim_numel(y) == 0) return CPLUG_OK;
    do {
        if (i % 4 == 0) t->host->philox(seed, offset + (uint64_t)i / 4, w);
        draw(t, w, i % 4, sim_at(y, index, y->ndim));
        i++;
    } while (sim_next(index, y->shape, y->ndim));
    return CPLUG_OK;
}

static const sim_kernel kernel_arange = { count_up, NULL }, kernel_random = { draw_all, NULL };
const cplug_kernel sim_generate[] = {
    SIM_KERNEL("arange", &kernel_arange, 0),
    SIM_KERNEL("random", &kernel_random, 0),
};
const uint32_t sim_n_generate = CPLUG_COUNT(sim_generate);
