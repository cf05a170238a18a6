/* compare.c: comparisons and logical operations; all answer bool.  Inputs are compared in their common dtype. */
#include "pointwise.h"

#define COMPARE(name, expr)                                                                                                                \
    CPU_BINARY_TO(name##_f32, float, uint8_t, expr)                                                                                        \
    CPU_BINARY_TO(name##_f64, double, uint8_t, expr)                                                                                       \
    CPU_BINARY_TO(name##_i64, int64_t, uint8_t, expr)                                                                                      \
    static const cpu_pointwise name = { .loop = { name##_f32, name##_f64, name##_i64 },                                                    \
                                        .n_in = 2,                                                                                         \
                                        .grain = CPU_GRAIN,                                                                                \
                                        .step0 = CPU_STEP0_BINARY,                                                                         \
                                        .to_bool = true,                                                                                   \
                                        .exact = true };
#define TEST(name, expr)                                                                                                                   \
    CPU_UNARY_TO(name##_f32, float, uint8_t, expr)                                                                                         \
    CPU_UNARY_TO(name##_f64, double, uint8_t, expr)                                                                                        \
    CPU_UNARY_TO(name##_i64, int64_t, uint8_t, expr)                                                                                       \
    static const cpu_pointwise name = { .loop = { name##_f32, name##_f64, name##_i64 }, .n_in = 1, .grain = CPU_GRAIN, .to_bool = true };

COMPARE(eq, x == y)
COMPARE(ne, x != y)
COMPARE(lt, x < y)
COMPARE(le, x <= y)
COMPARE(gt, x > y)
COMPARE(ge, x >= y)
COMPARE(logical_and, (x != 0) & (y != 0))
COMPARE(logical_or, (x != 0) | (y != 0))
COMPARE(logical_xor, (x != 0) ^ (y != 0))
TEST(logical_not, x == 0)
TEST(is_nan, x != x)

static const cplug_kernel kernels[] = {
    CPU_POINTWISE("eq", &eq),
    CPU_POINTWISE("ne", &ne),
    CPU_POINTWISE("lt", &lt),
    CPU_POINTWISE("le", &le),
    CPU_POINTWISE("gt", &gt),
    CPU_POINTWISE("ge", &ge),
    CPU_POINTWISE("logical_and", &logical_and),
    CPU_POINTWISE("logical_or", &logical_or),
    CPU_POINTWISE("logical_xor", &logical_xor),
    CPU_POINTWISE("logical_not", &logical_not),
    CPU_POINTWISE("isnan", &is_nan),
};
CPU_KERNELS(cpu_compare_kernels, kernels);
