/* select.c: choosing and blending between tensors: where, masked_fill, clamp, lerp, addcmul, addcdiv. */
#include "pointwise.h"

CPU_TERNARY(where_f32, float, x != 0 ? y : z)
CPU_TERNARY(where_f64, double, x != 0 ? y : z)
CPU_TERNARY(where_i64, int64_t, x != 0 ? y : z)
CPU_TERNARY(masked_fill_f32, float, y != 0 ? z : x)
CPU_TERNARY(masked_fill_f64, double, y != 0 ? z : x)
CPU_TERNARY(masked_fill_i64, int64_t, y != 0 ? z : x)

/* min(max(x, lower), upper); a NaN in x or in a bound comes through. */
#define LIMIT_LOW(x, low) ((x) < (low) || (low) != (low) ? (low) : (x))
#define LIMIT_HIGH(x, high) ((x) > (high) || (high) != (high) ? (high) : (x))
CPU_TERNARY(clamp_f32, float, LIMIT_HIGH(LIMIT_LOW(x, y), z))
CPU_TERNARY(clamp_f64, double, LIMIT_HIGH(LIMIT_LOW(x, y), z))
CPU_TERNARY(clamp_i64, int64_t, LIMIT_HIGH(LIMIT_LOW(x, y), z))

/* From the nearer end, so that weight 1 gives `end` exactly, as in PyTorch. */
CPU_TERNARY(lerp_f32, float, __builtin_fabsf(z) < 0.5f ? x + z * (y - x) : y - (y - x) * (1 - z))
CPU_TERNARY(lerp_f64, double, __builtin_fabs(z) < 0.5 ? x + z * (y - x) : y - (y - x) * (1 - z))

CPU_TERNARY(addcmul_f32, float, x + y * z)
CPU_TERNARY(addcmul_f64, double, x + y * z)
CPU_TERNARY(addcmul_i64, int64_t, (uint64_t)x + (uint64_t)y * (uint64_t)z)
CPU_TERNARY(addcdiv_f32, float, x + y / z)
CPU_TERNARY(addcdiv_f64, double, x + y / z)

/* The forms with a factor; v is in[3], as a rule one number. */
enum { STEP0_FACTOR = 1u << 8 };
#define SCALED(name, T, expr)                                                                                                              \
    CPU_LOOP_HEAD(name, T, T)                                                                                                              \
    const T *b = in[1], *c = in[2], *d = in[3];                                                                                            \
    if (step[3]) {                                                                                                                         \
        CPU_IVDEP for (int64_t i = 0; i < n; i++)                                                                                          \
        {                                                                                                                                  \
            T x = a[i], y = b[i], z = c[i], v = d[i];                                                                                      \
            o[i] = (T)(expr);                                                                                                              \
        }                                                                                                                                  \
    } else {                                                                                                                               \
        const T v = d[0];                                                                                                                  \
        CPU_IVDEP for (int64_t i = 0; i < n; i++)                                                                                          \
        {                                                                                                                                  \
            T x = a[i], y = b[i], z = c[i];                                                                                                \
            o[i] = (T)(expr);                                                                                                              \
        }                                                                                                                                  \
    }                                                                                                                                      \
    }
SCALED(addcmul_scaled_f32, float, x + v * y * z)
SCALED(addcmul_scaled_f64, double, x + v * y * z)
SCALED(addcmul_scaled_i64, int64_t, (uint64_t)x + (uint64_t)v * (uint64_t)y * (uint64_t)z)
SCALED(addcdiv_scaled_f32, float, x + v * y / z)
SCALED(addcdiv_scaled_f64, double, x + v * y / z)

static const cpu_pointwise addcmul_scaled = {
    .loop = { addcmul_scaled_f32, addcmul_scaled_f64, addcmul_scaled_i64 }, .n_in = 4, .grain = CPU_GRAIN, .step0 = STEP0_FACTOR
};
static const cpu_pointwise addcdiv_scaled = {
    .loop = { addcdiv_scaled_f32, addcdiv_scaled_f64 }, .n_in = 4, .grain = CPU_GRAIN, .step0 = STEP0_FACTOR
};
static const cpu_pointwise *choose_addcmul(const cplug_call *c) { return c->n_in > 3 && !cpu_absent(c->in[3]) ? &addcmul_scaled : NULL; }
static const cpu_pointwise *choose_addcdiv(const cplug_call *c) { return c->n_in > 3 && !cpu_absent(c->in[3]) ? &addcdiv_scaled : NULL; }

#define FORM(name, i64_, ...)                                                                                                              \
    {                                                                                                                                      \
        .loop = { name##_f32, name##_f64, i64_ }, .n_in = 3, .grain = CPU_GRAIN, .step0 = CPU_STEP0_TERNARY, __VA_ARGS__                   \
    }
static const cpu_pointwise where_op = FORM(where, where_i64, .choose = NULL), lerp_op = FORM(lerp, NULL, .choose = NULL);
static const cpu_pointwise masked_fill_op = FORM(masked_fill, masked_fill_i64, .choose = NULL);
static const cpu_pointwise clamp_op = FORM(clamp, clamp_i64, .absent = { CPU_GIVEN, CPU_LOWEST, CPU_HIGHEST });
static const cpu_pointwise addcmul_op = FORM(addcmul, addcmul_i64, .choose = choose_addcmul);
static const cpu_pointwise addcdiv_op = FORM(addcdiv, NULL, .choose = choose_addcdiv);

static const cplug_kernel kernels[] = {
    CPU_POINTWISE("where", &where_op), CPU_POINTWISE("masked_fill", &masked_fill_op), CPU_POINTWISE("clamp", &clamp_op),
    CPU_POINTWISE("lerp", &lerp_op),   CPU_POINTWISE("addcmul", &addcmul_op),         CPU_POINTWISE("addcdiv", &addcdiv_op),
};
CPU_KERNELS(cpu_select_kernels, kernels);
