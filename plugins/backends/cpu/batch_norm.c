/* batch_norm.c: batch_norm and its gradient on dense x [n, c, s...]; https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
 *
 * A task is one channel, read in tiles: pieces of its runs of s elements, or every c-th element where s is 1.  Sums are in double: the
 * mean first, then squares of what is left.  f32, f16 and bf16 are normalised in float, f64 in double. */
#include "tile.h"
#include <math.h>

enum { X, RUNNING_MEAN, RUNNING_VAR, WEIGHT, BIAS, MOMENTUM };
enum { OUT, SAVE_MEAN, SAVE_RSTD, NEW_MEAN, NEW_VAR };
enum { G, G_X, G_WEIGHT, G_MEAN, G_RSTD };
enum { G_INPUT, G_OF_WEIGHT, G_OF_BIAS };
enum { TRAINING, EPS };
#define DEFAULT_MOMENTUM 0.1

typedef struct plan {
    int64_t count, channels, run, run_stride, step; /* count elements of a channel, in runs `run_stride` apart, `step` within */
    int64_t channel_stride;
    cpu_class type;
    bool training;
    double eps;
} plan;
typedef struct job {
    const cplug_call *c;
    const plan *s;
    double momentum;
} job;

static char *at(const cplug_view *v, int64_t element) { return (char *)v->data + element * (int64_t)cpu_size(v->dtype); }
static double get(const cplug_view *v, int64_t i)
{
    double x;
    cpu_load(CPU_F64, &x, v->dtype, at(v, i), 1, 1);
    return x;
}
static void put(const cplug_view *v, int64_t i, double x) { cpu_store(v->dtype, at(v, i), 1, CPU_F64, &x, 1); }

static int64_t place(const plan *s, int64_t channel, int64_t i)
{
    return channel * s->channel_stride + i / s->run * s->run_stride + i % s->run * s->step;
}

/* Elements [i, i + n) of a channel as dense memory of the class; memory itself when it is that. */
static void *fetch(const plan *s, const cplug_view *v, int64_t channel, int64_t i, int64_t n, cpu_tile *room)
{
    if (cpu_is_native(v->dtype) && s->step == 1 && i % s->run + n <= s->run) return at(v, place(s, channel, i));
    for (int64_t k = 0; k < n;) {
        int64_t len = CPU_MIN(n - k, s->run - (i + k) % s->run);
        cpu_load(s->type, (char *)room + k * cpu_class_size(s->type), v->dtype, at(v, place(s, channel, i + k)), s->step, len);
        k += len;
    }
    return room;
}
/* Where results for [i, i + n) are written, and how they get home from there. */
static void *target(const plan *s, const cplug_view *v, int64_t channel, int64_t i, int64_t n, cpu_tile *room)
{
    return cpu_is_native(v->dtype) && s->step == 1 && i % s->run + n <= s->run ? (void *)at(v, place(s, channel, i)) : (void *)room;
}
static void settle(const plan *s, const cplug_view *v, int64_t channel, int64_t i, int64_t n, const void *from, const cpu_tile *room)
{
    if (from != room) return;
    for (int64_t k = 0; k < n;) {
        int64_t len = CPU_MIN(n - k, s->run - (i + k) % s->run);
        cpu_store(v->dtype, at(v, place(s, channel, i + k)), s->step, s->type, (const char *)from + k * cpu_class_size(s->type), len);
        k += len;
    }
}

/* ---- loops ---- */
enum { LANES = 16 };
#define LOOPS(T, NAME)                                                                                                                     \
    CPU_CLONES static double NAME##_sum(const T *x, int64_t n)                                                                             \
    {                                                                                                                                      \
        double lane[LANES] = { 0 }, sum = 0;                                                                                               \
        int64_t i = 0;                                                                                                                     \
        for (; i + LANES <= n; i += LANES)                                                                                                 \
            for (int32_t l = 0; l < LANES; l++) lane[l] += (double)x[i + l];                                                               \
        for (; i < n; i++) sum += (double)x[i];                                                                                            \
        for (int32_t l = 0; l < LANES; l++) sum += lane[l];                                                                                \
        return sum;                                                                                                                        \
    }                                                                                                                                      \
    /* sum of (x - mean) * (y - shift) */                                                                                                  \
    CPU_CLONES static double NAME##_product(const T *x, double mean, const T *y, double shift, int64_t n)                                  \
    {                                                                                                                                      \
        double lane[LANES] = { 0 }, sum = 0;                                                                                               \
        int64_t i = 0;                                                                                                                     \
        for (; i + LANES <= n; i += LANES)                                                                                                 \
            for (int32_t l = 0; l < LANES; l++) lane[l] += ((double)x[i + l] - mean) * ((double)y[i + l] - shift);                         \
        for (; i < n; i++) sum += ((double)x[i] - mean) * ((double)y[i] - shift);                                                          \
        for (int32_t l = 0; l < LANES; l++) sum += lane[l];                                                                                \
        return sum;                                                                                                                        \
    }                                                                                                                                      \
    CPU_CLONES static void NAME##_affine(const T *x, T *y, T scale, T mean, T shift, int64_t n)                                            \
    {                                                                                                                                      \
        CPU_IVDEP for (int64_t i = 0; i < n; i++) y[i] = (x[i] - mean) * scale + shift;                                                    \
    }                                                                                                                                      \
    CPU_CLONES static void NAME##_back(const T *g, const T *x, T *dx, T scale, T mean, T slope, T shift, int64_t n)                        \
    {                                                                                                                                      \
        CPU_IVDEP for (int64_t i = 0; i < n; i++) dx[i] = (g[i] - shift - (x[i] - mean) * slope) * scale;                                  \
    }
LOOPS(float, f32)
LOOPS(double, f64)

/* Over one channel: y NULL: sum of x; else sum of (x - mean) (y - shift). */
static double reduce(const plan *s, int64_t channel, const cplug_view *x, double mean, const cplug_view *y, double shift)
{
    double sum = 0;
    for (int64_t i = 0; i < s->count; i += CPU_TILE) {
        cpu_tile a, b;
        int64_t n = CPU_MIN(s->count - i, CPU_TILE);
        const void *xs = fetch(s, x, channel, i, n, &a), *ys = y == x ? xs : y ? fetch(s, y, channel, i, n, &b) : NULL;
        if (!y)
            sum += s->type == CPU_F32 ? f32_sum(xs, n) : f64_sum(xs, n);
        else
            sum += s->type == CPU_F32 ? f32_product(xs, mean, ys, shift, n) : f64_product(xs, mean, ys, shift, n);
    }
    return sum;
}

/* ---- forward ---- */
static void forward_channel(const job *j, int64_t k)
{
    const plan *s = j->s;
    const cplug_view *const *in = j->c->in, *y = j->c->out[OUT];
    cplug_view *const *out = j->c->out;
    double mean, var, count = (double)s->count, m = j->momentum;
    if (s->training && s->count == 0) {
        mean = var = 0.0; /* nothing to learn from: the running statistics stay */
    } else if (s->training) {
        mean = reduce(s, k, in[X], 0, NULL, 0) / count;
        double squares = reduce(s, k, in[X], mean, in[X], mean);
        var = squares / count;
        if (!cpu_absent(in[RUNNING_MEAN])) {
            put(out[NEW_MEAN], k, (1.0 - m) * get(in[RUNNING_MEAN], k) + m * mean);
            put(out[NEW_VAR], k, (1.0 - m) * get(in[RUNNING_VAR], k) + m * squares / (count - 1.0));
        }
    } else {
        mean = get(in[RUNNING_MEAN], k), var = get(in[RUNNING_VAR], k);
    }
    double rstd = 1.0 / sqrt(var + s->eps), scale = rstd * (cpu_absent(in[WEIGHT]) ? 1.0 : get(in[WEIGHT], k));
    double shift = cpu_absent(in[BIAS]) ? 0.0 : get(in[BIAS], k);
    put(out[SAVE_MEAN], k, mean);
    put(out[SAVE_RSTD], k, rstd);
    for (int64_t i = 0; i < s->count; i += CPU_TILE) {
        cpu_tile a, b;
        int64_t n = CPU_MIN(s->count - i, CPU_TILE);
        const void *xs = fetch(s, in[X], k, i, n, &a);
        void *ys = target(s, y, k, i, n, &b);
        if (s->type == CPU_F32)
            f32_affine(xs, ys, (float)scale, (float)mean, (float)shift, n);
        else
            f64_affine(xs, ys, scale, mean, shift, n);
        settle(s, y, k, i, n, ys, &b);
    }
}

/* ---- backward: with M = count, d = sum dy, p = sum (x - mean) dy
 *   training: dx = (dy - d / M - (x - mean) rstd^2 p / M) rstd w      eval: dx = dy rstd w
 *   dw = p rstd, db = d ---- */
static void backward_channel(const job *j, int64_t k)
{
    const plan *s = j->s;
    const cplug_view *const *in = j->c->in, *dx = j->c->out[G_INPUT];
    double mean = get(in[G_MEAN], k), rstd = get(in[G_RSTD], k), count = (double)s->count;
    double d = reduce(s, k, in[G], 0, NULL, 0), p = reduce(s, k, in[G_X], mean, in[G], 0);
    double scale = rstd * (cpu_absent(in[G_WEIGHT]) ? 1.0 : get(in[G_WEIGHT], k));
    double slope = s->training ? rstd * rstd * p / count : 0.0, shift = s->training ? d / count : 0.0;
    put(j->c->out[G_OF_WEIGHT], k, p * rstd);
    put(j->c->out[G_OF_BIAS], k, d);
    for (int64_t i = 0; i < s->count; i += CPU_TILE) {
        cpu_tile a, b, room;
        int64_t n = CPU_MIN(s->count - i, CPU_TILE);
        const void *g = fetch(s, in[G], k, i, n, &a), *x = fetch(s, in[G_X], k, i, n, &b);
        void *to = target(s, dx, k, i, n, &room);
        if (s->type == CPU_F32)
            f32_back(g, x, to, (float)scale, (float)mean, (float)slope, (float)shift, n);
        else
            f64_back(g, x, to, scale, mean, slope, shift, n);
        settle(s, dx, k, i, n, to, &room);
    }
}

/* ---- kernels ---- */
static cplug_status prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    plan *s = c->host->alloc(sizeof *s);
    if (!s) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a plan");
    const cplug_view *x = c->in[c->user ? G_X : X];
    int64_t inner = 1;
    for (int32_t d = 2; d < x->ndim; d++) inner *= x->shape[d];
    *s = (plan){ .count = x->shape[0] * inner,
                 .channels = x->shape[1],
                 .run = inner,
                 .run_stride = x->shape[1] * inner,
                 .step = 1,
                 .channel_stride = inner };
    if (inner == 1) s->run = CPU_MAX(x->shape[0], 1), s->step = x->shape[1], s->channel_stride = 1;
    s->type = cpu_class_of(x->dtype);
    s->training = cpu_attr(c, TRAINING) != 0;
    s->eps = cpu_attr_float(c, EPS);
    p->state = s;
    return CPLUG_OK;
}

static void forward_body(void *arg, int64_t lo, int64_t hi)
{
    for (int64_t k = lo; k < hi; k++) forward_channel(arg, k);
}
static void backward_body(void *arg, int64_t lo, int64_t hi)
{
    for (int64_t k = lo; k < hi; k++) backward_channel(arg, k);
}

static cplug_status run_forward(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)e;
    const plan *s = p->state;
    job j = { c, s, cpu_absent(c->in[MOMENTUM]) ? DEFAULT_MOMENTUM : cpu_read_float(c->in[MOMENTUM]) };
    c->host->parallel_for(s->channels, 1 + CPU_GRAIN / 2 / (s->count + 1), forward_body, &j);
    return CPLUG_OK;
}
static cplug_status run_backward(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)e;
    const plan *s = p->state;
    job j = { c, s, 0 };
    c->host->parallel_for(s->channels, 1 + CPU_GRAIN / 2 / (s->count + 1), backward_body, &j);
    return CPLUG_OK;
}

static void supports(const cplug_call *c, cplug_support *s)
{
    cpu_answer(s, cpu_is_float(c->out[0]->dtype) ? NULL : "only float dtypes are normalised");
}

static const bool is_gradient = true;
static const cplug_kernel kernels[] = {
    CPU_KERNEL("batch_norm", CPLUG_K_SCALAR, NULL, supports, prepare, run_forward),
    CPU_KERNEL("batch_norm_grad", 0, &is_gradient, supports, prepare, run_backward),
};
CPU_KERNELS(cpu_norm_kernels, kernels);
