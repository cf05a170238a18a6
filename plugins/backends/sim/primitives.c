/* primitives.c: arange random, sum prod amax amin, bmm, gather, scatter_add_. */
#include "sim.h"
#include <math.h>

/* ---- arange, random: out[0] in logical order ---- */
static cplug_status arange_body(sim_task *t, cplug_error *e)
{
    (void)e;
    const sim_view *y = &t->out[0], *start = &t->in[1], *step = &t->in[2];
    const int32_t whole = !sim_is_float(start) && !sim_is_float(step);
    const char *ps = start->data, *pt = step->data;
    int64_t index[CPLUG_MAX_DIMS] = { 0 }, i = 0;
    if (sim_numel(y) == 0) return CPLUG_OK;
    do {
        char *to = sim_at(y, index, y->ndim);
        if (whole)
            sim_store_int(y, to, sim_load_int(start, ps) + i * sim_load_int(step, pt));
        else
            sim_store(y, to, sim_load(start, ps) + (double)i * sim_load(step, pt));
        i++;
    } while (sim_next(index, y->shape, y->ndim));
    return CPLUG_OK;
}

enum { UNIFORM, NORMAL, INTEGER };
static double uniform(uint32_t word) { return (double)(word >> 8) * 0x1p-24; }

static double draw(const uint32_t w[4], int64_t k, int64_t distribution, const sim_view *low, const sim_view *high)
{
    static const double two_pi = 6.283185307179586476925287;
    const double a = sim_load(low, low->data), b = sim_load(high, high->data);
    if (distribution == UNIFORM) return a + uniform(w[k]) * (b - a);
    const uint32_t first = w[k & ~1], second = w[k | 1]; /* Box-Muller on words (0, 1) and (2, 3) */
    const double r = sqrt(-2 * log((double)((first >> 8) + 1) * 0x1p-24)), theta = two_pi * uniform(second);
    return a + b * r * (k & 1 ? sin(theta) : cos(theta));
}

__extension__ typedef unsigned __int128 wide;
static int64_t draw_integer(const uint32_t w[4], int64_t k, int64_t low, int64_t high)
{
    const uint64_t bits = (uint64_t)w[k] << 32 | w[(k + 2) % 4], range = (uint64_t)high - (uint64_t)low;
    return (int64_t)((uint64_t)low + (uint64_t)((wide)bits * range >> 64));
}

static cplug_status random_body(sim_task *t, cplug_error *e)
{
    (void)e;
    const sim_view *y = &t->out[0], *low = &t->in[1], *high = &t->in[2];
    const uint64_t seed = (uint64_t)sim_load_int(&t->in[3], t->in[3].data), offset = (uint64_t)sim_load_int(&t->in[4], t->in[4].data);
    uint32_t w[4];
    int64_t index[CPLUG_MAX_DIMS] = { 0 }, i = 0;
    if (sim_numel(y) == 0) return CPLUG_OK;
    do {
        if (i % 4 == 0) t->host->philox(seed, offset + (uint64_t)i / 4, w);
        char *to = sim_at(y, index, y->ndim);
        if (t->attr[0].v.i == INTEGER)
            sim_store_int(y, to, draw_integer(w, i % 4, sim_load_int(low, low->data), sim_load_int(high, high->data)));
        else
            sim_store(y, to, draw(w, i % 4, t->attr[0].v.i, low, high));
        i++;
    } while (sim_next(index, y->shape, y->ndim));
    return CPLUG_OK;
}

/* ---- reductions ---- */
typedef struct fold {
    double start, (*real)(double a, double x);
    int64_t whole_start, (*whole)(int64_t a, int64_t x);
} fold;
static double f_sum(double a, double x) { return a + x; }
static double f_prod(double a, double x) { return a * x; }
static double f_amax(double a, double x) { return isnan(a) || a > x ? a : x; }
static double f_amin(double a, double x) { return isnan(a) || a < x ? a : x; }
static int64_t i_sum(int64_t a, int64_t x) { return (int64_t)((uint64_t)a + (uint64_t)x); }
static int64_t i_prod(int64_t a, int64_t x) { return (int64_t)((uint64_t)a * (uint64_t)x); }
static int64_t i_amax(int64_t a, int64_t x) { return a > x ? a : x; }
static int64_t i_amin(int64_t a, int64_t x) { return a < x ? a : x; }
static const fold fold_sum = { 0, f_sum, 0, i_sum }, fold_prod = { 1, f_prod, 1, i_prod };
static const fold fold_amax = { -INFINITY, f_amax, INT64_MIN, i_amax }, fold_amin = { INFINITY, f_amin, INT64_MAX, i_amin };

/* Splits x's dimensions into those that stay and those that are folded. */
static void split_dims(const sim_task *t, sim_view *kept, sim_view *folded)
{
    const sim_view *x = &t->in[0];
    const cplug_value *dims = &t->attr[0];
    uint32_t mask = dims->n ? 0 : (1u << x->ndim) - 1;
    for (uint32_t i = 0; i < dims->n && x->ndim; i++) mask |= 1u << (dims->v.iv[i] < 0 ? dims->v.iv[i] + x->ndim : dims->v.iv[i]);
    *kept = *folded = *x;
    kept->ndim = folded->ndim = 0;
    for (int32_t d = 0; d < x->ndim; d++) {
        sim_view *to = mask >> d & 1 ? folded : kept;
        to->shape[to->ndim] = x->shape[d];
        to->strides[to->ndim++] = x->strides[d];
    }
}

static cplug_status reduce_body(sim_task *t, cplug_error *e)
{
    (void)e;
    const fold *f = t->detail;
    sim_view kept, folded, y = t->out[0];
    split_dims(t, &kept, &folded);
    if (sim_numel(&kept) == 0) return CPLUG_OK;
    int32_t n = 0; /* the output without the 1s of keepdim */
    if (y.ndim != kept.ndim) {
        uint32_t mask = t->attr[0].n ? 0 : ~0u;
        for (uint32_t i = 0; i < t->attr[0].n; i++)
            mask |= 1u << (t->attr[0].v.iv[i] < 0 ? t->attr[0].v.iv[i] + y.ndim : t->attr[0].v.iv[i]);
        for (int32_t d = 0; d < y.ndim; d++)
            if (!(mask >> d & 1)) y.strides[n] = y.strides[d], y.shape[n++] = y.shape[d];
        y.ndim = n;
    }
    int64_t index[CPLUG_MAX_DIMS] = { 0 };
    const int32_t whole = !sim_is_float(&y) && !sim_is_float(&t->in[0]);
    do {
        double real = f->start;
        int64_t sum = f->whole_start, inner[CPLUG_MAX_DIMS] = { 0 };
        folded.data = sim_at(&kept, index, kept.ndim);
        if (sim_numel(&folded)) do {
                const char *p = sim_at(&folded, inner, folded.ndim);
                if (whole)
                    sum = f->whole(sum, sim_load_int(&folded, p));
                else
                    real = f->real(real, sim_load(&folded, p));
            } while (sim_next(inner, folded.shape, folded.ndim));
        char *to = sim_at(&y, index, kept.ndim);
        if (whole)
            sim_store_int(&y, to, sum);
        else
            sim_store(&y, to, real);
    } while (sim_next(index, kept.shape, kept.ndim));
    return CPLUG_OK;
}

/* ---- bmm: y[b, i, j] = sum_k x[b, i, k] w[b, k, j] ---- */
static cplug_status bmm_body(sim_task *t, cplug_error *e)
{
    (void)e;
    const sim_view *x = &t->in[0], *w = &t->in[1], *y = &t->out[0];
    int64_t at[CPLUG_MAX_DIMS] = { 0 };
    if (sim_numel(y) == 0) return CPLUG_OK;
    do {
        double real = 0;
        int64_t sum = 0, ix[3] = { at[0], at[1], 0 }, iw[3] = { at[0], 0, at[2] };
        for (int64_t k = 0; k < x->shape[2]; k++) {
            ix[2] = iw[1] = k;
            const char *px = sim_at(x, ix, 3), *pw = sim_at(w, iw, 3);
            if (sim_is_float(y))
                real += sim_load(x, px) * sim_load(w, pw);
            else
                sum += sim_load_int(x, px) * sim_load_int(w, pw);
        }
        char *to = sim_at(y, at, 3);
        if (sim_is_float(y))
            sim_store(y, to, real);
        else
            sim_store_int(y, to, sum);
    } while (sim_next(at, y->shape, 3));
    return CPLUG_OK;
}

/* ---- gather: y[i] = x[.., index[i], ..];  scatter_add_: x[.., index[i], ..] += src[i] ---- */
static cplug_status pick(const sim_task *t, const sim_view *x, const sim_view *index, int64_t *at, int32_t dim, cplug_error *e)
{
    const int64_t k = sim_load_int(index, sim_at(index, at, index->ndim)), n = x->ndim ? x->shape[dim] : 1;
    if (k < 0 || k >= n)
        return t->host->fail(e, CPLUG_E_INVALID, "index %lld is out of range for dimension %d of size %lld", (long long)k, (int)dim,
                             (long long)n);
    at[dim] = k;
    return CPLUG_OK;
}

static cplug_status gather_body(sim_task *t, cplug_error *e)
{
    const sim_view *x = &t->in[0], *index = &t->in[1], *y = &t->out[0];
    const int32_t dim = (int32_t)(t->attr[0].v.i < 0 ? t->attr[0].v.i + (x->ndim ? x->ndim : 1) : t->attr[0].v.i);
    int64_t at[CPLUG_MAX_DIMS] = { 0 };
    if (sim_numel(y) == 0) return CPLUG_OK;
    do {
        const int64_t here = at[dim];
        char *to = sim_at(y, at, y->ndim);
        if (pick(t, x, index, at, dim, e)) return e->code;
        const char *from = sim_at(x, at, x->ndim);
        if (sim_is_float(y))
            sim_store(y, to, sim_load(x, from));
        else
            sim_store_int(y, to, sim_load_int(x, from));
        at[dim] = here;
    } while (sim_next(at, y->shape, y->ndim));
    return CPLUG_OK;
}

static cplug_status scatter_body(sim_task *t, cplug_error *e)
{
    const sim_view *y = &t->out[0], *index = &t->in[1], *src = &t->in[2];
    const int32_t dim = (int32_t)(t->attr[0].v.i < 0 ? t->attr[0].v.i + (y->ndim ? y->ndim : 1) : t->attr[0].v.i);
    int64_t at[CPLUG_MAX_DIMS] = { 0 };
    if (sim_numel(index) == 0) return CPLUG_OK;
    do {
        const int64_t here = at[dim];
        const char *from = sim_at(src, at, src->ndim);
        if (pick(t, y, index, at, dim, e)) return e->code;
        char *to = sim_at(y, at, y->ndim);
        if (sim_is_float(y))
            sim_store(y, to, sim_load(y, to) + sim_load(src, from));
        else
            sim_store_int(y, to, sim_load_int(y, to) + sim_load_int(src, from));
        at[dim] = here;
    } while (sim_next(at, index->shape, index->ndim));
    return CPLUG_OK;
}

static cplug_status run(const cplug_call *c, const cplug_plan *p, cplug_error *e);
typedef struct entry {
    sim_body body;
    const void *detail;
} entry;
static const entry e_arange = { arange_body, NULL }, e_random = { random_body, NULL }, e_sum = { reduce_body, &fold_sum },
                   e_prod = { reduce_body, &fold_prod }, e_amax = { reduce_body, &fold_amax }, e_amin = { reduce_body, &fold_amin },
                   e_bmm = { bmm_body, NULL }, e_gather = { gather_body, NULL }, e_scatter = { scatter_body, NULL };
static cplug_status run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const entry *k = c->user;
    (void)p;
    return sim_enqueue(c, k->body, k->detail, e);
}

enum { FLAGS = CPLUG_K_STRIDED | CPLUG_K_OUT_STRIDED | CPLUG_K_SCALAR };
#define KERNEL(op_, user_)                                                                                                                 \
    {                                                                                                                                      \
        .struct_size = sizeof(cplug_kernel), .op_version = 1, .op = op_, .backend = "sim", .device = "sim", .flags = FLAGS,                \
        .user = (void *)&user_, .supports = sim_supports, .run = run                                                                       \
    }
const cplug_kernel sim_primitives[] = {
    KERNEL("arange", e_arange), KERNEL("random", e_random), KERNEL("sum", e_sum),
    KERNEL("prod", e_prod),     KERNEL("amax", e_amax),     KERNEL("amin", e_amin),
    KERNEL("bmm", e_bmm),       KERNEL("gather", e_gather), KERNEL("scatter_add_", e_scatter),
};
const uint32_t sim_n_primitives = CPLUG_COUNT(sim_primitives);
