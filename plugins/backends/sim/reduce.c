/* reduce.c: sum prod amax amin over some dimensions, and bmm, whose every element is a sum too.  Sums of f32 are kept as doubles. */
#include "element.h"
#include <math.h>

/* ---- sum prod amax amin ---- */
typedef struct fold {
    double start, (*real)(double a, double x);
    int64_t whole_start, (*whole)(int64_t a, int64_t x);
} fold;
static double r_sum(double a, double x) { return a + x; }
static double r_prod(double a, double x) { return a * x; }
static double r_amax(double a, double x) { return isnan(a) || a > x ? a : x; }
static double r_amin(double a, double x) { return isnan(a) || a < x ? a : x; }
static int64_t w_sum(int64_t a, int64_t x) { return (int64_t)((uint64_t)a + (uint64_t)x); }
static int64_t w_prod(int64_t a, int64_t x) { return (int64_t)((uint64_t)a * (uint64_t)x); }
static int64_t w_amax(int64_t a, int64_t x) { return a > x ? a : x; }
static int64_t w_amin(int64_t a, int64_t x) { return a < x ? a : x; }

/* One bit a dimension of the input that is folded; attribute 0 lists them, none means all. */
static uint32_t folded_dims(const sim_task *t)
{
    const int32_t ndim = t->in[0].ndim;
    const cplug_value *dim = &t->attr[0];
    uint32_t mask = dim->n ? 0 : (1u << ndim) - 1;
    for (uint32_t i = 0; i < dim->n && ndim > 0; i++) mask |= 1u << (dim->v.iv[i] < 0 ? dim->v.iv[i] + ndim : dim->v.iv[i]);
    return mask;
}

static sim_view dims_of(const sim_view *v, uint32_t mask)
{
    sim_view some = *v;
    some.ndim = 0;
    for (int32_t d = 0; d < v->ndim; d++) {
        if (!(mask >> d & 1)) continue;
        some.shape[some.ndim] = v->shape[d];
        some.strides[some.ndim++] = v->strides[d];
    }
    return some;
}

/* All elements of x into the one at `to`. */
static void fold_into(const fold *f, const sim_view *x, const sim_view *y, char *to)
{
    const int32_t whole = !sim_is_float(x) && !sim_is_float(y);
    const int64_t n = x->ndim ? x->shape[x->ndim - 1] : 1, step = sim_step(x);
    double real = f->start;
    int64_t sum = f->whole_start, index[CPLUG_MAX_DIMS] = { 0 };
    if (sim_numel(x) > 0) do {
            const char *p = sim_at(x, index, x->ndim);
            for (int64_t k = 0; k < n; k++, p += step) {
                if (whole)
                    sum = f->whole(sum, sim_load_int(x, p));
                else
                    real = f->real(real, sim_load(x, p));
            }
        } while (sim_next(index, x->shape, x->ndim - 1));
    if (whole)
        sim_store_int(y, to, sum);
    else
        sim_store(y, to, real);
}

static cplug_status reduce(sim_task *t, cplug_error *e)
{
    (void)e;
    const uint32_t mask = folded_dims(t);
    const sim_view *x = &t->in[0], kept = dims_of(x, ~mask);
    sim_view part = dims_of(x, mask), y = t->out[0];
    if (y.ndim == x->ndim) y = dims_of(&y, ~mask); /* keepdim: without the sizes of 1 */
    int64_t index[CPLUG_MAX_DIMS] = { 0 };
    if (sim_numel(&kept) == 0) return CPLUG_OK;
    do {
        part.data = sim_at(&kept, index, kept.ndim);
        fold_into(t->detail, &part, &y, sim_at(&y, index, kept.ndim));
    } while (sim_next(index, kept.shape, kept.ndim));
    return CPLUG_OK;
}

/* ---- bmm: y[b, i, j] = sum_k x[b, i, k] w[b, k, j] ---- */
/* n products; the operands stand step bytes apart, which is all that strides are. */
static double dot(const char *x, int64_t x_step, const char *w, int64_t w_step, int64_t n)
{
    double sum = 0;
    for (int64_t k = 0; k < n; k++, x += x_step, w += w_step)
        sum += (double)*(const float *)(const void *)x * (double)*(const float *)(const void *)w;
    return sum;
}

static int64_t dot_int(const sim_view *v, const char *x, int64_t x_step, const char *w, int64_t w_step, int64_t n)
{
    int64_t sum = 0;
    for (int64_t k = 0; k < n; k++, x += x_step, w += w_step) sum = w_sum(sum, w_prod(sim_load_int(v, x), sim_load_int(v, w)));
    return sum;
}

static cplug_status multiply(sim_task *t, cplug_error *e)
{
    (void)e;
    const sim_view *x = &t->in[0], *w = &t->in[1], *y = &t->out[0];
    const int64_t size = sim_item_size(x->dtype), x_step = x->strides[2] * size, w_step = w->strides[1] * size, n = x->shape[2];
    int64_t at[CPLUG_MAX_DIMS] = { 0 };
    if (sim_numel(y) == 0) return CPLUG_OK;
    do {
        char *to = sim_at(y, at, 3);
        const char *row = x->data + (at[0] * x->strides[0] + at[1] * x->strides[1]) * size,
                   *column = w->data + (at[0] * w->strides[0] + at[2] * w->strides[2]) * size;
        if (x->dtype == CPLUG_F32)
            sim_store(y, to, dot(row, x_step, column, w_step, n));
        else
            sim_store_int(y, to, dot_int(x, row, x_step, column, w_step, n));
    } while (sim_next(at, y->shape, 3));
    return CPLUG_OK;
}

/* ---- the kernels ---- */
/* clang-format off */
static const fold fold_sum = { 0, r_sum, 0, w_sum }, fold_prod = { 1, r_prod, 1, w_prod },
                  fold_amax = { -INFINITY, r_amax, INT64_MIN, w_amax }, fold_amin = { INFINITY, r_amin, INT64_MAX, w_amin };
static const sim_kernel kernel_sum = { reduce, &fold_sum }, kernel_prod = { reduce, &fold_prod },
                        kernel_amax = { reduce, &fold_amax }, kernel_amin = { reduce, &fold_amin }, kernel_bmm = { multiply, NULL };
/* clang-format on */
const cplug_kernel sim_reduce[] = {
    SIM_KERNEL("sum", &kernel_sum, 0),   SIM_KERNEL("prod", &kernel_prod, 0), SIM_KERNEL("amax", &kernel_amax, 0),
    SIM_KERNEL("amin", &kernel_amin, 0), SIM_KERNEL("bmm", &kernel_bmm, 0),
};
const uint32_t sim_n_reduce = CPLUG_COUNT(sim_reduce);
