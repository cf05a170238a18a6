/* math.c: functions of one number: neg to erf, and rounding.  f32 through fmath.h, f64 through libm. */
#include "fmath.h"
#define CPU_LOOP_CLONES CPU_CLONES
#include "pointwise.h"

CPU_UNARY(neg_f32, float, -x)
CPU_UNARY(neg_f64, double, -x)
CPU_UNARY(neg_i64, int64_t, 0 - (uint64_t)x)
CPU_UNARY(abs_f32, float, cpu_absf(x))
CPU_UNARY(abs_f64, double, fabs(x))
CPU_UNARY(abs_i64, int64_t, x < 0 ? 0 - (uint64_t)x : (uint64_t)x)
CPU_UNARY(sign_f32, float, (float)((x > 0) - (x < 0))) /* 0 for NaN, as in PyTorch */
CPU_UNARY(sign_f64, double, (double)((x > 0) - (x < 0)))
CPU_UNARY(sign_i64, int64_t, (x > 0) - (x < 0))
CPU_UNARY(identity_i64, int64_t, x)
CPU_UNARY(floor_f32, float, floorf(x))
CPU_UNARY(floor_f64, double, floor(x))
CPU_UNARY(round_f32, float, rintf(x)) /* half to even */
CPU_UNARY(round_f64, double, rint(x))
CPU_UNARY(sqrt_f32, float, sqrtf(x))
CPU_UNARY(sqrt_f64, double, sqrt(x))
CPU_UNARY(rsqrt_f32, float, 1.0f / sqrtf(x))
CPU_UNARY(rsqrt_f64, double, 1.0 / sqrt(x))
CPU_UNARY(reciprocal_f32, float, 1.0f / x)
CPU_UNARY(reciprocal_f64, double, 1.0 / x)
CPU_UNARY(exp_f32, float, cpu_expf(x))
CPU_UNARY(exp_f64, double, exp(x))
CPU_UNARY(log_f32, float, cpu_logf(x))
CPU_UNARY(log_f64, double, log(x))
CPU_UNARY(log1p_f32, float, cpu_log1pf(x))
CPU_UNARY(log1p_f64, double, log1p(x))
CPU_UNARY(tanh_f32, float, cpu_tanhf(x))
CPU_UNARY(tanh_f64, double, tanh(x))
CPU_UNARY(erf_f32, float, cpu_erff(x))
CPU_UNARY(erf_f64, double, erf(x))
CPU_UNARY(sin_f64, double, sin(x))
CPU_UNARY(cos_f64, double, cos(x))
CPU_UNARY(sin_small, float, cpu_sinf(x, 0))
CPU_UNARY(cos_small, float, cpu_sinf(x, 1))

static bool all_small(const float *x, int64_t n)
{
    bool small = true;
    for (int64_t i = 0; i < n; i++) small &= cpu_absf(x[i]) <= CPU_TRIG_MAX;
    return small;
}

static void trigonometric(int64_t n, float *out, const float *x, cpu_loop small, float (*any)(float), const int64_t *step,
                          const double *param)
{
    for (int64_t at = 0, m; at < n; at += m) {
        const void *in[1] = { x + at };
        m = CPU_MIN(n - at, CPU_TILE);
        if (all_small(x + at, m))
            small(m, out + at, in, step, param);
        else
            for (int64_t i = at; i < at + m; i++) out[i] = any(x[i]);
    }
}

static void sin_f32(int64_t n, void *out, const void *const *in, const int64_t *step, const double *param)
{
    trigonometric(n, out, in[0], sin_small, sinf, step, param);
}

static void cos_f32(int64_t n, void *out, const void *const *in, const int64_t *step, const double *param)
{
    trigonometric(n, out, in[0], cos_small, cosf, step, param);
}

/* round to `decimals` digits, negative ones left of the point: x * 10^d, rounded, / 10^d, as PyTorch does it. */
static void round_digits_f64(int64_t n, void *out, const void *const *in, const int64_t *step, const double *param)
{
    const double *x = in[0], scale = pow(10, fabs(param[0]));
    double *o = out;
    (void)step;
    for (int64_t i = 0; i < n; i++) o[i] = param[0] > 0 ? rint(x[i] * scale) / scale : rint(x[i] / scale) * scale;
}

static void round_digits_f32(int64_t n, void *out, const void *const *in, const int64_t *step, const double *param)
{
    const float *x = in[0], scale = (float)pow(10, fabs(param[0]));
    float *o = out;
    (void)step;
    for (int64_t i = 0; i < n; i++) o[i] = param[0] > 0 ? rintf(x[i] * scale) / scale : rintf(x[i] / scale) * scale;
}

static const cpu_pointwise round_digits = { .loop = { round_digits_f32, round_digits_f64, identity_i64 }, .n_in = 1, .grain = CPU_GRAIN };
static const cpu_pointwise *choose_round(const cplug_call *c) { return c->n_attr && cpu_attr(c, 0) != 0 ? &round_digits : NULL; }

#define CHEAP(name, i64_)                                                                                                                  \
    {                                                                                                                                      \
        .loop = { name##_f32, name##_f64, i64_ }, .n_in = 1, .grain = CPU_GRAIN                                                            \
    }
#define COSTLY(name)                                                                                                                       \
    {                                                                                                                                      \
        .loop = { name##_f32, name##_f64 }, .n_in = 1, .grain = CPU_GRAIN_MATH                                                             \
    }
static const cpu_pointwise neg_op = CHEAP(neg, neg_i64), abs_op = CHEAP(abs, abs_i64), sign_op = CHEAP(sign, sign_i64);
static const cpu_pointwise floor_op = CHEAP(floor, identity_i64), sqrt_op = CHEAP(sqrt, NULL), rsqrt_op = CHEAP(rsqrt, NULL);
static const cpu_pointwise reciprocal_op = CHEAP(reciprocal, NULL), exp_op = COSTLY(exp), log_op = COSTLY(log), log1p_op = COSTLY(log1p);
static const cpu_pointwise tanh_op = COSTLY(tanh), erf_op = COSTLY(erf), sin_op = COSTLY(sin), cos_op = COSTLY(cos);
static const cpu_pointwise round_op = {
    .loop = { round_f32, round_f64, identity_i64 }, .n_in = 1, .grain = CPU_GRAIN, .choose = choose_round
};

static const cplug_kernel kernels[] = {
    CPU_POINTWISE("neg", &neg_op),     CPU_POINTWISE("abs", &abs_op),     CPU_POINTWISE("sign", &sign_op),
    CPU_POINTWISE("floor", &floor_op), CPU_POINTWISE("round", &round_op), CPU_POINTWISE("sqrt", &sqrt_op),
    CPU_POINTWISE("rsqrt", &rsqrt_op), CPU_POINTWISE("exp", &exp_op),     CPU_POINTWISE("reciprocal", &reciprocal_op),
    CPU_POINTWISE("log", &log_op),     CPU_POINTWISE("log1p", &log1p_op), CPU_POINTWISE("tanh", &tanh_op),
    CPU_POINTWISE("erf", &erf_op),     CPU_POINTWISE("sin", &sin_op),     CPU_POINTWISE("cos", &cos_op),
};
CPU_KERNELS(cpu_math_kernels, kernels);
