/* pool.c: max_pool2d, avg_pool2d and their gradients on dense [n, c, h, w] planes.
 * Ties and NaN as in PyTorch: the first largest element wins, and the last NaN before all others. */
#include "patches.h"
#include <math.h>

enum { KERNEL, STRIDE, PADDING, MAX_DILATION, AVG_CEIL = 3, AVG_INCLUDE_PAD = 4, AVG_DIVISOR = 5, SLOTS = 64, PIECE = 256 };
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
        c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a plan");
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

/* Places ox in [first, first + n) whose tap kx lies inside the row: relative bounds.  The division is for the edges only. */
CPU_INLINE void inside(const plan *s, int64_t kx, int64_t first, int64_t n, int64_t *lo, int64_t *hi)
{
    const int64_t step = s->stride[1], x = first * step - s->padding[1] + kx * s->dilation[1];
    *lo = x >= 0 ? 0 : CPU_MIN((step - 1 - x) / step, n);
    *hi = x + (n - 1) * step < s->w ? n : x >= s->w ? 0 : (s->w - x + step - 1) / step;
    if (*hi < *lo) *hi = *lo;
}

/* A plane of v as memory of the class. */
static const void *plane_of(const job *j, const cplug_view *v, int64_t plane, int64_t area, int64_t slot)
{
    const void *from = (const char *)v->data + plane * area * (int64_t)cpu_size(v->dtype);
    if (cpu_is_native(v->dtype)) return from;
    void *room = (char *)j->c->workspace + (uint64_t)slot * j->s->slot_bytes;
    cpu_load(j->s->type, room, v->dtype, from, 1, area);
    return room;
}
static void widened_planes(cplug_plan *p, plan *s, cplug_dtype dtype, int64_t area)
{
    s->slot_bytes = cpu_is_native(dtype) ? 0 : (uint64_t)(area * cpu_class_size(s->type) + 63) / 64 * 64;
    p->workspace_bytes = s->slot_bytes * (uint64_t)s->slots;
}

/* body over slots, each a run of planes, or in one go when that is little work */
static void over_slots(job *j, int64_t work, void (*body)(void *, int64_t, int64_t))
{
    const plan *s = j->s;
    if (work < 2 * CPU_GRAIN || s->slots == 1)
        body(j, 0, s->slots);
    else
        j->c->host->parallel_for(s->slots, 1, body, j);
}

/* ---- max ---- */
/* One output row, tap by tap, vectorised over its places.  Which of two is larger cannot be foreseen, so the choice is made with masks: I
 * is an unsigned integer as wide as T, which carries the bits of values and indices alike.  The index of all ones loses to anything; a
 * window of padding only keeps it. */
#define MAXIMUM(name, T, I, lowest)                                                                                                        \
    CPU_INLINE void name##_tap(const T *v, int64_t step, int64_t n, I at, T *best, I *index)                                               \
    {                                                                                                                                      \
        CPU_IVDEP for (int64_t i = 0; i < n; i++)                                                                                          \
        {                                                                                                                                  \
            const T x = v[i * step], b = best[i];                                                                                          \
            const I k = index[i], mask = (I)0 - (I)((x > b) | (x != x) | (k == (I)-1));                                                    \
            I xs, bs;                                                                                                                      \
            memcpy(&xs, &x, sizeof x);                                                                                                     \
            memcpy(&bs, &b, sizeof b);                                                                                                     \
            bs = (xs & mask) | (bs & ~mask);                                                                                               \
            memcpy(&best[i], &bs, sizeof bs);                                                                                              \
            index[i] = ((at + (I)(i * step)) & mask) | (k & ~mask);                                                                        \
        }                                                                                                                                  \
    }                                                                                                                                      \
    CPU_CLONES static void name(const plan *s, const T *plane, int64_t oy, int64_t first, int64_t n, T *best, int64_t *out_index)          \
    {                                                                                                                                      \
        I index[PIECE];                                                                                                                    \
        for (int64_t i = 0; i < n; i++) best[i] = (lowest), index[i] = (I)-1;                                                              \
        for (int64_t ky = 0; ky < s->kernel[0]; ky++) {                                                                                    \
            const int64_t y = oy * s->stride[0] - s->padding[0] + ky * s->dilation[0];                                                     \
            if (y < 0 || y >= s->h) continue;                                                                                              \
            for (int64_t kx = 0; kx < s->kernel[1]; kx++) {                                                                                \
                int64_t lo, hi;                                                                                                            \
                inside(s, kx, first, n, &lo, &hi);                                                                                         \
                const int64_t at = y * s->w + (first + lo) * s->stride[1] - s->padding[1] + kx * s->dilation[1];                           \
                if (s->stride[1] == 2)                                                                                                     \
                    name##_tap(plane + at, 2, hi - lo, (I)at, best + lo, index + lo);                                                      \
                else if (s->stride[1] == 1)                                                                                                \
                    name##_tap(plane + at, 1, hi - lo, (I)at, best + lo, index + lo);                                                      \
                else                                                                                                                       \
                    name##_tap(plane + at, s->stride[1], hi - lo, (I)at, best + lo, index + lo);                                           \
            }                                                                                                                              \
        }                                                                                                                                  \
        for (int64_t i = 0; i < n; i++) out_index[i] = index[i] == (I)-1 ? 0 : (int64_t)index[i];                                          \
    }
MAXIMUM(max_f32, float, uint32_t, -INFINITY)
MAXIMUM(max_f64, double, uint64_t, -INFINITY)
MAXIMUM(max_i64, int64_t, uint64_t, INT64_MIN)

static void max_body(void *arg, int64_t lo, int64_t hi) /* slots */
{
    const job *j = arg;
    const plan *s = j->s;
    const cplug_view *y = j->c->out[0];
    int64_t *index = j->c->out[1]->data;
    for (int64_t plane = lo * s->planes / s->slots; plane < hi * s->planes / s->slots; plane++) {
        const void *x = plane_of(j, j->c->in[0], plane, s->h * s->w, lo);
        for (int64_t r = plane * s->oh; r < (plane + 1) * s->oh; r++) {
            for (int64_t ox = 0; ox < s->ow; ox += PIECE) {
                const int64_t n = CPU_MIN(s->ow - ox, PIECE), oy = r % s->oh, at = r * s->ow + ox;
                cpu_tile room;
                char *to = (char *)y->data + at * cpu_size(y->dtype);
                void *best = cpu_is_native(y->dtype) ? (void *)to : (void *)&room;
                if (s->type == CPU_F32)
                    max_f32(s, x, oy, ox, n, best, index + at);
                else if (s->type == CPU_F64)
                    max_f64(s, x, oy, ox, n, best, index + at);
                else
                    max_i64(s, x, oy, ox, n, best, index + at);
                if (best == &room) cpu_store(y->dtype, to, 1, s->type, &room, n);
            }
        }
    }
}

static cplug_status prepare_max(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    plan *s = new_plan(c, p, c->in[0]->shape, c->out[0]->shape, c->in[0]->dtype, true, e);
    if (!s) return e->code;
    for (uint32_t d = 0; d < 2; d++) s->dilation[d] = cpu_attr_at(c, MAX_DILATION, d);
    widened_planes(p, s, c->in[0]->dtype, s->h * s->w);
    return CPLUG_OK;
}

static cplug_status run_max(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)e;
    const plan *s = p->state;
    job j = { c, s, 0 };
    over_slots(&j, s->planes * s->oh * s->ow * s->kernel[0] * s->kernel[1], max_body);
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

static cplug_status prepare_max_grad(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    plan *s = new_plan(c, p, c->out[0]->shape, c->in[0]->shape, c->out[0]->dtype, false, e);
    if (!s) return e->code;
    widened_planes(p, s, c->out[0]->dtype, s->h * s->w);
    return CPLUG_OK;
}

static cplug_status run_max_grad(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const plan *s = p->state;
    job j = { c, s, 0 };
    over_slots(&j, s->planes * s->h * s->w, max_grad_body);
    if (!j.bad) return CPLUG_OK;
    return c->host->fail(e, CPLUG_E_INVALID, "index %lld at element %lld is not inside a plane of %lld x %lld",
                         (long long)((const int64_t *)c->in[1]->data)[j.bad - 1], (long long)(j.bad - 1), (long long)s->h, (long long)s->w);
}

/* ---- mean ---- */
CPU_INLINE int64_t extent(const plan *s, uint32_t d, int64_t at, bool with_padding)
{
    const int64_t size = d ? s->w : s->h, from = at * s->stride[d] - s->padding[d], to = CPU_MIN(from + s->kernel[d], size + s->padding[d]);
    return with_padding ? to - from : CPU_MAX(CPU_MIN(to, size) - CPU_MAX(from, 0), 0);
}

/* A row of sums, or of gradients, over the sizes of its windows; windows outside the input give 0. */
#define MEAN(name, T)                                                                                                                      \
    CPU_INLINE void name##_tap(const T *v, int64_t step, int64_t n, T *sum)                                                                \
    {                                                                                                                                      \
        CPU_IVDEP for (int64_t i = 0; i < n; i++) sum[i] += v[i * step];                                                                   \
    }                                                                                                                                      \
    CPU_CLONES static void name##_divide(const plan *s, int64_t oy, int64_t first, int64_t n, T *row)                                      \
    {                                                                                                                                      \
        const int64_t rows = extent(s, 0, oy, s->include_pad), inside_rows = extent(s, 0, oy, false);                                      \
        for (int64_t i = 0; i < n; i++) {                                                                                                  \
            const int64_t elements = s->divisor ? s->divisor : rows * extent(s, 1, first + i, s->include_pad);                             \
            const bool empty = (inside_rows == 0) | (extent(s, 1, first + i, false) == 0);                                                 \
            row[i] = empty ? 0 : row[i] / (T)elements;                                                                                     \
        }                                                                                                                                  \
    }                                                                                                                                      \
    CPU_CLONES static void name(const plan *s, const T *plane, int64_t oy, int64_t first, int64_t n, T *sum)                               \
    {                                                                                                                                      \
        for (int64_t i = 0; i < n; i++) sum[i] = 0;                                                                                        \
        for (int64_t ky = 0; ky < s->kernel[0]; ky++) {                                                                                    \
            const int64_t y = oy * s->stride[0] - s->padding[0] + ky;                                                                      \
            if (y < 0 || y >= s->h) continue;                                                                                              \
            for (int64_t kx = 0; kx < s->kernel[1]; kx++) {                                                                                \
                int64_t lo, hi;                                                                                                            \
                inside(s, kx, first, n, &lo, &hi);                                                                                         \
                const T *v = plane + y * s->w + (first + lo) * s->stride[1] - s->padding[1] + kx;                                          \
                if (s->stride[1] == 2)                                                                                                     \
                    name##_tap(v, 2, hi - lo, sum + lo);                                                                                   \
                else                                                                                                                       \
                    name##_tap(v, s->stride[1], hi - lo, sum + lo);                                                                        \
            }                                                                                                                              \
        }                                                                                                                                  \
        name##_divide(s, oy, first, n, sum);                                                                                               \
    }
MEAN(mean_f32, float)
MEAN(mean_f64, double)

static void avg_body(void *arg, int64_t lo, int64_t hi) /* slots */
{
    const job *j = arg;
    const plan *s = j->s;
    const cplug_view *y = j->c->out[0];
    for (int64_t plane = lo * s->planes / s->slots; plane < hi * s->planes / s->slots; plane++) {
        const void *x = plane_of(j, j->c->in[0], plane, s->h * s->w, lo);
        for (int64_t r = plane * s->oh; r < (plane + 1) * s->oh; r++) {
            for (int64_t ox = 0; ox < s->ow; ox += PIECE) {
                const int64_t n = CPU_MIN(s->ow - ox, PIECE);
                cpu_tile room;
                char *to = row_of_out(y, r, s->ow) + ox * cpu_size(y->dtype);
                void *sum = cpu_is_native(y->dtype) ? (void *)to : (void *)&room;
                if (s->type == CPU_F32)
                    mean_f32(s, x, r % s->oh, ox, n, sum);
                else
                    mean_f64(s, x, r % s->oh, ox, n, sum);
                if (sum == &room) cpu_store(y->dtype, to, 1, s->type, &room, n);
            }
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
    widened_planes(p, s, c->in[0]->dtype, s->h * s->w);
    return CPLUG_OK;
}

static cplug_status run_avg(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)e;
    const plan *s = p->state;
    job j = { c, s, 0 };
    over_slots(&j, s->planes * s->oh * s->ow * s->kernel[0] * s->kernel[1], avg_body);
    return CPLUG_OK;
}

/* grad / divisor as one column that every tap of the window brings back */
static void avg_grad_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const plan *s = j->s;
    const cplug_view *grad = j->c->in[0], *dx = j->c->out[0];
    void *column = (char *)j->c->workspace + (uint64_t)lo * s->slot_bytes;
    for (int64_t plane = lo * s->planes / s->slots; plane < hi * s->planes / s->slots; plane++) {
        cpu_load(s->type, column, grad->dtype, row_of(grad, plane, s->oh * s->ow), 1, s->oh * s->ow);
        for (int64_t oy = 0; oy < s->oh; oy++) {
            if (s->type == CPU_F32)
                mean_f32_divide(s, oy, 0, s->ow, (float *)column + oy * s->ow);
            else
                mean_f64_divide(s, oy, 0, s->ow, (double *)column + oy * s->ow);
        }
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
    const cplug_view *x = c->in[0];
    const char *why_not = x->dtype == CPLUG_BOOL ? "bool has no largest element in a window" : NULL;
    if (x->shape[2] != 0 && x->shape[3] > INT32_MAX / x->shape[2]) why_not = "a plane has more than 2^31 elements";
    cpu_answer(s, why_not);
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
