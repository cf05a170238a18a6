/* pool.c: max_pool2d, avg_pool2d and their gradients on dense [n, c, h, w] planes.
 * Ties and NaN as in PyTorch: the first largest element wins, and the last NaN before all others. */
#include "patches.h"
#include <math.h>

enum { KERNEL, STRIDE, PADDING, MAX_DILATION, AVG_CEIL = 3, AVG_INCLUDE_PAD = 4, AVG_DIVISOR = 5, SLOTS = 16, PIECE = 256 };
typedef struct plan {
    int64_t planes, h, w, oh, ow;
    int64_t kernel[2], stride[2], padding[2], dilation[2]; /* y, x */
    bool include_pad;
    int64_t divisor; /* 0: the size of the window */
    cpu_fold fold;   /* gradient of the mean: every tap brings the same column */
    int64_t slots;
    uint64_t slot_bytes;
    cpu_class type;
} plan;
typedef struct job {
    const cplug_call *c;
    const plan *s;
    _Atomic int64_t bad; /* one past an index out of range; 0: none */
} job;

/* x: shape of the input, y: of the output */
static plan *new_plan(const cplug_call *c, cplug_plan *p, const int64_t *x, const int64_t *y, cplug_dtype dtype, bool has_window,
                      cplug_error *e)
{
    plan *s = c->host->alloc(sizeof *s);
    if (!s) {
        c->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory for a plan", c->op);
        return NULL;
    }
    *s = (plan){ .planes = x[0] * x[1], .h = x[2], .w = x[3], .oh = y[2], .ow = y[3], .type = cpu_class_of(dtype), .dilation = { 1, 1 } };
    for (uint32_t d = 0; has_window && d < 2; d++) {
        s->kernel[d] = cpu_attr_at(c, KERNEL, d);
        s->stride[d] = c->attr[STRIDE].n ? cpu_attr_at(c, STRIDE, d) : s->kernel[d];
        s->padding[d] = cpu_attr_at(c, PADDING, d);
    }
    s->slots = CPU_MAX(CPU_MIN(s->planes, SLOTS), 1);
    p->state = s;
    p->workspace_align = 64;
    return s;
}

static const char *row_of(const cplug_view *v, int64_t row, int64_t width)
{
    return (const char *)v->data + row * width * (int64_t)cpu_size(v->dtype);
}
static char *row_of_out(const cplug_view *v, int64_t row, int64_t width)
{
    return (char *)v->data + row * width * (int64_t)cpu_size(v->dtype);
}

/* Places ox in [first, first + n) whose tap kx lies inside the row: relative bounds. */
static void inside(const plan *s, int64_t kx, int64_t first, int64_t n, int64_t *lo, int64_t *hi)
{
    int64_t x = first * s->stride[1] - s->padding[1] + kx * s->dilation[1], step = s->stride[1];
    *lo = x < 0 ? CPU_MIN((step - 1 - x) / step, n) : 0;
    *hi = x >= s->w ? 0 : CPU_MIN((s->w - x + step - 1) / step, n);
    if (*hi < *lo) *hi = *lo;
}

/* Elements of an input row under one tap, as memory of the class. */
static const void *taps_of(const plan *s, const cplug_view *x, const char *row, int64_t kx, int64_t ox, int64_t n, cpu_tile *room,
                           int64_t *step)
{
    const char *from = row + (ox * s->stride[1] - s->padding[1] + kx * s->dilation[1]) * (int64_t)cpu_size(x->dtype);
    *step = s->stride[1];
    if (cpu_is_native(x->dtype)) return from;
    cpu_load(s->type, room, x->dtype, from, *step, n);
    *step = 1;
    return room;
}

/* ---- max ---- */
/* at: index of v[0] in its plane; best starts with index -1, which anything beats */
#define MAXIMUM(name, T)                                                                                                                   \
    CPU_CLONES static void name(const T *v, int64_t step, int64_t n, int64_t at, int64_t at_step, T *restrict best,                        \
                                int64_t *restrict index)                                                                                   \
    {                                                                                                                                      \
        CPU_IVDEP for (int64_t i = 0; i < n; i++)                                                                                          \
        {                                                                                                                                  \
            T x = v[i * step], b = best[i];                                                                                                \
            bool better = (x > b) | (x != x) | (index[i] < 0);                                                                             \
            best[i] = better ? x : b;                                                                                                      \
            index[i] = better ? at + i * at_step : index[i];                                                                               \
        }                                                                                                                                  \
    }
MAXIMUM(max_f32, float)
MAXIMUM(max_f64, double)
MAXIMUM(max_i64, int64_t)

static void max_piece(const job *j, int64_t plane, int64_t oy, int64_t first, int64_t n, cpu_tile *best, int64_t *index)
{
    const plan *s = j->s;
    const cplug_view *x = j->c->in[0];
    for (int64_t i = 0; i < n; i++) index[i] = -1;
    memset(best, 0, sizeof *best);
    for (int64_t ky = 0; ky < s->kernel[0]; ky++) {
        int64_t y = oy * s->stride[0] - s->padding[0] + ky * s->dilation[0], lo, hi, step;
        if (y < 0 || y >= s->h) continue;
        for (int64_t kx = 0; kx < s->kernel[1]; kx++) {
            cpu_tile room;
            inside(s, kx, first, n, &lo, &hi);
            if (hi == lo) continue;
            const void *v = taps_of(s, x, row_of(x, plane * s->h + y, s->w), kx, first + lo, hi - lo, &room, &step);
            int64_t at = y * s->w + (first + lo) * s->stride[1] - s->padding[1] + kx * s->dilation[1];
            if (s->type == CPU_F32)
                max_f32(v, step, hi - lo, at, s->stride[1], best->f + lo, index + lo);
            else if (s->type == CPU_F64)
                max_f64(v, step, hi - lo, at, s->stride[1], best->d + lo, index + lo);
            else
                max_i64(v, step, hi - lo, at, s->stride[1], best->i + lo, index + lo);
        }
    }
}

static void max_body(void *arg, int64_t lo, int64_t hi) /* rows of output */
{
    const job *j = arg;
    const plan *s = j->s;
    const cplug_view *y = j->c->out[0], *indices = j->c->out[1];
    for (int64_t r = lo; r < hi; r++) {
        for (int64_t ox = 0; ox < s->ow; ox += PIECE) {
            int64_t n = CPU_MIN(s->ow - ox, PIECE), index[PIECE];
            cpu_tile best;
            max_piece(j, r / s->oh, r % s->oh, ox, n, &best, index);
            for (int64_t i = 0; i < n; i++) {
                if (index[i] >= 0) continue;
                index[i] = 0; /* a window of padding only */
                if (s->type == CPU_F32) best.f[i] = -INFINITY;
                if (s->type == CPU_F64) best.d[i] = -INFINITY;
                if (s->type == CPU_I64) best.i[i] = INT64_MIN;
            }
            cpu_store(y->dtype, row_of_out(y, r, s->ow) + ox * cpu_size(y->dtype), 1, s->type, &best, n);
            memcpy((int64_t *)indices->data + r * s->ow + ox, index, (size_t)n * sizeof *index);
        }
    }
}

static cplug_status prepare_max(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    plan *s = new_plan(c, p, c->in[0]->shape, c->out[0]->shape, c->in[0]->dtype, true, e);
    if (!s) return e->code;
    for (uint32_t d = 0; d < 2; d++) s->dilation[d] = cpu_attr_at(c, MAX_DILATION, d);
    return CPLUG_OK;
}

static cplug_status run_max(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)e;
    const plan *s = p->state;
    job j = { c, s, 0 };
    if (s->ow) c->host->parallel_for(s->planes * s->oh, 1 + CPU_GRAIN / 4 / (s->ow * s->kernel[0] * s->kernel[1]), max_body, &j);
    return CPLUG_OK;
}

#define SCATTER(T, member)                                                                                                                 \
    for (int64_t i = 0; i < n; i++) ((T *)to)[index[i]] += g.member[i];
/* Planes of one slot; the sum goes to the output itself when it is of the class. */
static void max_grad_body(void *arg, int64_t lo, int64_t hi)
{
    job *j = arg;
    const plan *s = j->s;
    const cplug_view *grad = j->c->in[0], *dx = j->c->out[0];
    int64_t area = s->h * s->w, places = s->oh * s->ow;
    for (int64_t plane = lo * s->planes / s->slots; plane < hi * s->planes / s->slots; plane++) {
        bool direct = cpu_is_native(dx->dtype);
        void *to = direct ? (void *)row_of_out(dx, plane, area) : (void *)((char *)j->c->workspace + (uint64_t)lo * s->slot_bytes);
        memset(to, 0, (size_t)(area * cpu_class_size(s->type)));
        for (int64_t at = 0; at < places; at += CPU_TILE) {
            int64_t n = CPU_MIN(places - at, CPU_TILE);
            const int64_t *index = (const int64_t *)j->c->in[1]->data + plane * places + at;
            cpu_tile g;
            for (int64_t i = 0; i < n; i++) {
                if (index[i] >= 0 && index[i] < area) continue;
                j->bad = plane * places + at + i + 1;
                return;
            }
            cpu_load(s->type, &g, grad->dtype, row_of(grad, plane, places) + at * cpu_size(grad->dtype), 1, n);
            if (s->type == CPU_F32) {
                SCATTER(float, f)
            } else if (s->type == CPU_F64) {
                SCATTER(double, d)
            } else {
                SCATTER(int64_t, i)
            }
        }
        if (!direct) cpu_store(dx->dtype, row_of_out(dx, plane, area), 1, s->type, to, area);
    }
}

/* body over slots, or over planes in one go when it is little work */
static void over_slots(job *j, int64_t work, void (*body)(void *, int64_t, int64_t))
{
    const plan *s = j->s;
    if (work < 2 * CPU_GRAIN || s->slots == 1)
        body(j, 0, s->slots);
    else
        j->c->host->parallel_for(s->slots, 1, body, j);
}

static cplug_status prepare_max_grad(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    plan *s = new_plan(c, p, c->out[0]->shape, c->in[0]->shape, c->out[0]->dtype, false, e);
    if (!s) return e->code;
    s->slot_bytes = cpu_is_native(c->out[0]->dtype) ? 0 : (uint64_t)(s->h * s->w * cpu_class_size(s->type) + 63) / 64 * 64;
    p->workspace_bytes = s->slot_bytes * (uint64_t)s->slots;
    return CPLUG_OK;
}

static cplug_status run_max_grad(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const plan *s = p->state;
    job j = { c, s, 0 };
    over_slots(&j, s->planes * s->h * s->w, max_grad_body);
    if (!j.bad) return CPLUG_OK;
    return c->host->fail(e, CPLUG_E_INVALID, "max_pool2d_grad: index %lld at element %lld is not inside a plane of %lld x %lld",
                         (long long)((const int64_t *)c->in[1]->data)[j.bad - 1], (long long)(j.bad - 1), (long long)s->h, (long long)s->w);
}

/* ---- mean ---- */
static int64_t extent(const plan *s, uint32_t d, int64_t at, bool with_padding)
{
    int64_t size = d ? s->w : s->h, from = at * s->stride[d] - s->padding[d], to = CPU_MIN(from + s->kernel[d], size + s->padding[d]);
    if (with_padding) return to - from;
    return CPU_MAX(CPU_MIN(to, size) - CPU_MAX(from, 0), 0);
}
static double divisor(const plan *s, int64_t oy, int64_t ox)
{
    return s->divisor ? (double)s->divisor : (double)(extent(s, 0, oy, s->include_pad) * extent(s, 1, ox, s->include_pad));
}

/* values of one output row (places [ox, ox + n)) divided by the sizes of their windows; windows outside the input give 0 */
static void divide(const plan *s, int64_t oy, int64_t ox, int64_t n, void *values)
{
    for (int64_t i = 0; i < n; i++) {
        bool empty = !extent(s, 0, oy, false) || !extent(s, 1, ox + i, false);
        double by = divisor(s, oy, ox + i);
        if (s->type == CPU_F32)
            ((float *)values)[i] = empty ? 0.0f : ((float *)values)[i] / (float)by;
        else
            ((double *)values)[i] = empty ? 0.0 : ((double *)values)[i] / by;
    }
}

#define SUM(name, T)                                                                                                                       \
    CPU_CLONES static void name(const T *v, int64_t step, int64_t n, T *restrict sum)                                                      \
    {                                                                                                                                      \
        for (int64_t i = 0; i < n; i++) sum[i] += v[i * step];                                                                             \
    }
SUM(sum_f32, float)
SUM(sum_f64, double)

static void avg_body(void *arg, int64_t lo, int64_t hi) /* rows of output */
{
    const job *j = arg;
    const plan *s = j->s;
    const cplug_view *x = j->c->in[0], *y = j->c->out[0];
    for (int64_t r = lo; r < hi; r++) {
        int64_t plane = r / s->oh, oy = r % s->oh;
        for (int64_t first = 0; first < s->ow; first += CPU_TILE) {
            int64_t n = CPU_MIN(s->ow - first, CPU_TILE), from, to, step;
            cpu_tile sum, room;
            memset(&sum, 0, (size_t)n * cpu_class_size(s->type));
            for (int64_t ky = 0; ky < s->kernel[0]; ky++) {
                int64_t row = oy * s->stride[0] - s->padding[0] + ky;
                if (row < 0 || row >= s->h) continue;
                for (int64_t kx = 0; kx < s->kernel[1]; kx++) {
                    inside(s, kx, first, n, &from, &to);
                    if (to == from) continue;
                    const void *v = taps_of(s, x, row_of(x, plane * s->h + row, s->w), kx, first + from, to - from, &room, &step);
                    if (s->type == CPU_F32)
                        sum_f32(v, step, to - from, sum.f + from);
                    else
                        sum_f64(v, step, to - from, sum.d + from);
                }
            }
            divide(s, oy, first, n, &sum);
            cpu_store(y->dtype, row_of_out(y, r, s->ow) + first * cpu_size(y->dtype), 1, s->type, &sum, n);
        }
    }
}

static void mean_attributes(const cplug_call *c, plan *s)
{
    s->include_pad = cpu_attr(c, AVG_INCLUDE_PAD) != 0;
    s->divisor = cpu_attr(c, AVG_DIVISOR);
}

static cplug_status prepare_avg(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    plan *s = new_plan(c, p, c->in[0]->shape, c->out[0]->shape, c->in[0]->dtype, true, e);
    if (!s) return e->code;
    mean_attributes(c, s);
    return CPLUG_OK;
}

static cplug_status run_avg(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)e;
    const plan *s = p->state;
    job j = { c, s, 0 };
    if (s->ow) c->host->parallel_for(s->planes * s->oh, 1 + CPU_GRAIN / 4 / (s->ow * s->kernel[0] * s->kernel[1]), avg_body, &j);
    return CPLUG_OK;
}

/* grad / divisor as one column that every tap of the window brings back */
static void avg_grad_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const plan *s = j->s;
    const cplug_view *grad = j->c->in[0], *dx = j->c->out[0];
    char *column = (char *)j->c->workspace + (uint64_t)lo * s->slot_bytes;
    for (int64_t plane = lo * s->planes / s->slots; plane < hi * s->planes / s->slots; plane++) {
        cpu_load(s->type, column, grad->dtype, row_of(grad, plane, s->oh * s->ow), 1, s->oh * s->ow);
        for (int64_t oy = 0; oy < s->oh; oy++) divide(s, oy, 0, s->ow, column + oy * s->ow * cpu_class_size(s->type));
        for (int64_t y = 0; y < s->h; y++) cpu_fold_row(&s->fold, column, y, row_of_out(dx, plane * s->h + y, s->w));
    }
}

static cplug_status prepare_avg_grad(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    plan *s = new_plan(c, p, c->out[0]->shape, c->in[0]->shape, c->out[0]->dtype, true, e);
    if (!s) return e->code;
    mean_attributes(c, s);
    s->fold = (cpu_fold){ .height = s->h,
                          .width = s->w,
                          .kh = s->kernel[0],
                          .kw = s->kernel[1],
                          .oh = s->oh,
                          .ow = s->ow,
                          .step_y = s->stride[0],
                          .step_x = s->stride[1],
                          .padding_y = s->padding[0],
                          .padding_x = s->padding[1],
                          .dilation_y = 1,
                          .dilation_x = 1,
                          .place_stride = 1,
                          .out = c->out[0]->dtype };
    s->fold.columns = s->type == CPU_F32 ? CPLUG_F32 : CPLUG_F64;
    s->slot_bytes = (uint64_t)(s->oh * s->ow * cpu_class_size(s->type) + 63) / 64 * 64;
    p->workspace_bytes = s->slot_bytes * (uint64_t)s->slots;
    return CPLUG_OK;
}

static cplug_status run_avg_grad(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)e;
    const plan *s = p->state;
    job j = { c, s, 0 };
    over_slots(&j, s->planes * s->h * s->w, avg_grad_body);
    return CPLUG_OK;
}

static void supports_max(const cplug_call *c, cplug_support *s)
{
    cpu_answer(s, c->in[0]->dtype == CPLUG_BOOL ? "bool has no largest element in a window" : NULL);
}
static void supports_avg(const cplug_call *c, cplug_support *s)
{
    cpu_answer(s, cpu_is_float(c->in[0]->dtype) ? NULL : "means are of float dtypes");
}

static const cplug_kernel kernels[] = {
    CPU_KERNEL("max_pool2d", 0, NULL, supports_max, prepare_max, run_max),
    CPU_KERNEL("max_pool2d_grad", 0, NULL, NULL, prepare_max_grad, run_max_grad),
    CPU_KERNEL("avg_pool2d", 0, NULL, supports_avg, prepare_avg, run_avg),
    CPU_KERNEL("avg_pool2d_grad", 0, NULL, supports_avg, prepare_avg_grad, run_avg_grad),
};
CPU_KERNELS(cpu_pool_kernels, kernels);
