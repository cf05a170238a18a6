/* arith.c: add, sub, mul, div, div_rounded, pow, maximum, minimum.  Integers wrap; div has no integer form, its result is always a float.
 */
#include "pointwise.h"
#include <math.h>

#define WRAP(op) (int64_t)((uint64_t)x op(uint64_t) y)

CPU_BINARY(add_f32, float, x + y)
CPU_BINARY(add_f64, double, x + y)
CPU_BINARY(add_i64, int64_t, WRAP(+))
CPU_BINARY(sub_f32, float, x - y)
CPU_BINARY(sub_f64, double, x - y)
CPU_BINARY(sub_i64, int64_t, WRAP(-))
CPU_BINARY(mul_f32, float, x *y)
CPU_BINARY(mul_f64, double, x *y)
CPU_BINARY(mul_i64, int64_t, WRAP(*))
CPU_BINARY(div_f32, float, x / y)
CPU_BINARY(div_f64, double, x / y)
CPU_TERNARY(add_scaled_f32, float, x + z * y)
CPU_TERNARY(add_scaled_f64, double, x + z * y)
CPU_TERNARY(add_scaled_i64, int64_t, (uint64_t)x + (uint64_t)z * (uint64_t)y)
CPU_TERNARY(sub_scaled_f32, float, x - z * y)
CPU_TERNARY(sub_scaled_f64, double, x - z * y)
CPU_TERNARY(sub_scaled_i64, int64_t, (uint64_t)x - (uint64_t)z * (uint64_t)y)

/* A NaN on either side comes through: y when it is one, x when it is one. */
CPU_BINARY(maximum_f32, float, ((x > y) | (x != x)) ? x : y)
CPU_BINARY(maximum_f64, double, ((x > y) | (x != x)) ? x : y)
CPU_BINARY(maximum_i64, int64_t, x > y ? x : y)
CPU_BINARY(minimum_f32, float, ((x < y) | (x != x)) ? x : y)
CPU_BINARY(minimum_f64, double, ((x < y) | (x != x)) ? x : y)
CPU_BINARY(minimum_i64, int64_t, x < y ? x : y)

/* Exponents with a cheaper form than pow, which are what networks use. */
CPU_UNARY(square_f32, float, x *x)
CPU_UNARY(square_f64, double, x *x)
CPU_UNARY(cube_f32, float, x *x *x)
CPU_UNARY(cube_f64, double, x *x *x)
CPU_UNARY(root_f32, float, sqrtf(x))
CPU_UNARY(root_f64, double, sqrt(x))
CPU_UNARY(inverse_f32, float, 1.0f / x)
CPU_UNARY(inverse_f64, double, 1.0 / x)
static const struct {
    double exponent;
    cpu_loop f32, f64;
} short_powers[] = {
    { 2, square_f32, square_f64 }, { 3, cube_f32, cube_f64 }, { 0.5, root_f32, root_f64 }, { -1, inverse_f32, inverse_f64 }
};

static void pow_f32(int64_t n, void *out, const void *const *in, const int64_t *step, const double *param)
{
    const float *x = in[0], *y = in[1];
    float *o = out;
    for (uint32_t k = 0; k < CPLUG_COUNT(short_powers) && !step[1]; k++) {
        if ((double)y[0] != short_powers[k].exponent) continue;
        short_powers[k].f32(n, out, in, step, param);
        return;
    }
    for (int64_t i = 0; i < n; i++) o[i] = powf(x[i * step[0]], y[i * step[1]]);
}

static void pow_f64(int64_t n, void *out, const void *const *in, const int64_t *step, const double *param)
{
    const double *x = in[0], *y = in[1];
    double *o = out;
    for (uint32_t k = 0; k < CPLUG_COUNT(short_powers) && !step[1]; k++) {
        if (y[0] != short_powers[k].exponent) continue;
        short_powers[k].f64(n, out, in, step, param);
        return;
    }
    for (int64_t i = 0; i < n; i++) o[i] = pow(x[i * step[0]], y[i * step[1]]);
}

/* A negative exponent leaves 0 except for the bases 1 and -1, as in PyTorch. */
static int64_t integer_power(int64_t base, int64_t exponent)
{
    if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent & 1 ? -1 : 1) : 0;
    uint64_t result = 1, square = (uint64_t)base;
    for (; exponent; exponent >>= 1, square *= square)
        if (exponent & 1) result *= square;
    return (int64_t)result;
}

static void pow_i64(int64_t n, void *out, const void *const *in, const int64_t *step, const double *param)
{
    const int64_t *x = in[0], *y = in[1];
    int64_t *o = out;
    (void)param;
    for (int64_t i = 0; i < n; i++) o[i] = integer_power(x[i * step[0]], y[i * step[1]]);
}

static cplug_status check_pow(const cplug_call *c, cplug_error *e)
{
    const cplug_view *y = c->in[1];
    if (cpu_is_float(c->out[0]->dtype) || !cpu_scalar(y) || y->scalar.i >= 0) return CPLUG_OK;
    return c->host->fail(
        e, CPLUG_E_INVALID,
        "integers cannot be raised to the negative power %lld: convert the base to a float dtype, or write the exponent as a float",
        (long long)y->scalar.i);
}

/* ---- whole quotients ---- */
/* As Python's //: from the exact remainder, since x / y may have been rounded up to a whole number. */
#define FLOOR_DIVISION(T, suffix)                                                                                                          \
    CPU_INLINE T floor_of##suffix(T x, T y)                                                                                                \
    {                                                                                                                                      \
        const T rest = fmod##suffix(x, y);                                                                                                 \
        T q = (x - rest) / y;                                                                                                              \
        if (y == 0) return x / y;                                                                                                          \
        if (rest != 0 && (y < 0) != (rest < 0)) q -= 1;                                                                                    \
        if (q == 0) return copysign##suffix((T)0, x / y);                                                                                  \
        const T whole = floor##suffix(q);                                                                                                  \
        return q - whole > (T)0.5 ? whole + 1 : whole;                                                                                     \
    }
FLOOR_DIVISION(float, f)
FLOOR_DIVISION(double, )

/* y is not 0: check_divisor has seen to it; the smallest integer by -1 wraps. */
CPU_INLINE int64_t trunc_of(int64_t x, int64_t y) { return y == -1 ? (int64_t)(0 - (uint64_t)x) : x / y; }
CPU_INLINE int64_t floor_of_i64(int64_t x, int64_t y) { return trunc_of(x, y) - (y != -1 && x % y != 0 && (x < 0) != (y < 0)); }

CPU_BINARY(div_trunc_f32, float, truncf(x / y))
CPU_BINARY(div_trunc_f64, double, trunc(x / y))
CPU_BINARY(div_trunc_i64, int64_t, trunc_of(x, y))
CPU_BINARY(div_floor_f32, float, floor_off(x, y))
CPU_BINARY(div_floor_f64, double, floor_of(x, y))
CPU_BINARY(div_floor_i64, int64_t, floor_of_i64(x, y))

static cplug_status check_divisor(const cplug_call *c, cplug_error *e)
{
    enum { PIECE = 256 };
    int64_t piece[PIECE];
    cpu_iter it;
    const cplug_view *y = c->in[1];
    if (cpu_is_float(c->out[0]->dtype) || cpu_numel(c->out[0]) == 0) return CPLUG_OK;
    cpu_iter_start(&it, cpu_scalar(y) ? 0 : y->ndim, y->shape);
    if (!cpu_scalar(y)) cpu_iter_add(&it, y);
    cpu_iter_finish(&it, false);
    for (int64_t first = 0; first < it.numel; first += PIECE) {
        const int64_t n = CPU_MIN(it.numel - first, PIECE);
        if (cpu_scalar(y))
            piece[0] = cpu_read_int(y);
        else
            cpu_iter_load(&it, 0, first, n, y->dtype, y->data, CPU_I64, piece);
        for (int64_t i = 0; i < n; i++)
            if (piece[i] == 0) return c->host->fail(e, CPLUG_E_INVALID, "division of integers by zero");
    }
    return CPLUG_OK;
}

#define LOOPS(name)                                                                                                                        \
    {                                                                                                                                      \
        name##_f32, name##_f64, name##_i64                                                                                                 \
    }
#define FORM(name, arity_, step0_)                                                                                                         \
    {                                                                                                                                      \
        .loop = LOOPS(name), .n_in = arity_, .grain = CPU_GRAIN, .step0 = step0_                                                           \
    }

static const cpu_pointwise add_scaled = FORM(add_scaled, 3, CPU_STEP0_TERNARY), sub_scaled = FORM(sub_scaled, 3, CPU_STEP0_TERNARY);
static const cpu_pointwise *choose_add(const cplug_call *c) { return c->n_in > 2 && !cpu_absent(c->in[2]) ? &add_scaled : NULL; }
static const cpu_pointwise *choose_sub(const cplug_call *c) { return c->n_in > 2 && !cpu_absent(c->in[2]) ? &sub_scaled : NULL; }

static const cpu_pointwise add = { .loop = LOOPS(add), .n_in = 2, .grain = CPU_GRAIN, .step0 = CPU_STEP0_BINARY, .choose = choose_add };
static const cpu_pointwise sub = { .loop = LOOPS(sub), .n_in = 2, .grain = CPU_GRAIN, .step0 = CPU_STEP0_BINARY, .choose = choose_sub };
static const cpu_pointwise mul = FORM(mul, 2, CPU_STEP0_BINARY);
static const cpu_pointwise division = { .loop = { div_f32, div_f64 }, .n_in = 2, .grain = CPU_GRAIN, .step0 = CPU_STEP0_BINARY };
static const cpu_pointwise div_floor = {
    .loop = LOOPS(div_floor), .n_in = 2, .grain = CPU_GRAIN_MATH, .step0 = CPU_STEP0_BINARY, .check = check_divisor
};
static const cpu_pointwise *choose_rounded(const cplug_call *c) { return cpu_attr(c, 0) == 1 ? &div_floor : NULL; }
static const cpu_pointwise div_rounded = {
    .loop = LOOPS(div_trunc), .n_in = 2, .grain = CPU_GRAIN, .step0 = CPU_STEP0_BINARY, .choose = choose_rounded, .check = check_divisor
};
static const cpu_pointwise power = {
    .loop = LOOPS(pow), .n_in = 2, .grain = CPU_GRAIN_MATH, .step0 = CPU_STEP0_BINARY, .check = check_pow
};
#define EXTREME(name)                                                                                                                      \
    {                                                                                                                                      \
        .loop = LOOPS(name), .n_in = 2, .grain = CPU_GRAIN, .step0 = CPU_STEP0_BINARY, .exact = true                                       \
    }
static const cpu_pointwise maximum = EXTREME(maximum), minimum = EXTREME(minimum);

static const cplug_kernel kernels[] = {
    CPU_POINTWISE("add", &add),         CPU_POINTWISE("sub", &sub),
    CPU_POINTWISE("mul", &mul),         CPU_POINTWISE("div", &division),
    CPU_POINTWISE("pow", &power),       CPU_POINTWISE("maximum", &maximum),
    CPU_POINTWISE("minimum", &minimum), CPU_POINTWISE("div_rounded", &div_rounded),
};
CPU_KERNELS(cpu_arith_kernels, kernels);
