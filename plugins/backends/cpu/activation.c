/* activation.c: sigmoid, relu, leaky_relu, gelu, silu, softplus, and the gradients of these and of tanh.
 *
 * A gradient's inputs are the incoming gradient (x) and the saved output or input (y), whichever the formula needs. */
#include "fmath.h"
#define CPU_LOOP_CLONES CPU_CLONES
#include "pointwise.h"

CPU_INLINE double sigmoid(double x) { return 1 / (1 + exp(-x)); }

CPU_UNARY(sigmoid_f32, float, cpu_sigmoidf(x))
CPU_UNARY(sigmoid_f64, double, sigmoid(x))
CPU_BINARY(sigmoid_grad_f32, float, x *(1 - y) * y)
CPU_BINARY(sigmoid_grad_f64, double, x *(1 - y) * y)
CPU_BINARY(tanh_grad_f32, float, x *(1 - y * y))
CPU_BINARY(tanh_grad_f64, double, x *(1 - y * y))

CPU_UNARY(relu_f32, float, x <= 0 ? 0 : x) /* NaN stays */
CPU_UNARY(relu_f64, double, x <= 0 ? 0 : x)
CPU_UNARY(relu_i64, int64_t, x <= 0 ? 0 : x)
CPU_BINARY(relu_grad_f32, float, y <= 0 ? 0 : x)
CPU_BINARY(relu_grad_f64, double, y <= 0 ? 0 : x)

/* p: negative_slope */
CPU_UNARY(leaky_relu_f32, float, x > 0 ? x : x * p)
CPU_UNARY(leaky_relu_f64, double, x > 0 ? x : x * p)
CPU_BINARY(leaky_relu_grad_f32, float, y > 0 ? x : x * p)
CPU_BINARY(leaky_relu_grad_f64, double, y > 0 ? x : x * p)

CPU_UNARY(silu_f32, float, x / (1 + cpu_expf(-x)))
CPU_UNARY(silu_f64, double, x / (1 + exp(-x)))
CPU_INLINE float silu_slope_f32(float x)
{
    float s = cpu_sigmoidf(x);
    return s * (1 + x * (1 - s));
}
CPU_INLINE double silu_slope_f64(double x)
{
    double s = sigmoid(x);
    return s * (1 + x * (1 - s));
}
CPU_BINARY(silu_grad_f32, float, x *silu_slope_f32(y))
CPU_BINARY(silu_grad_f64, double, x *silu_slope_f64(y))

/* p: beta, q: threshold; linear beyond it */
CPU_UNARY(softplus_f32, float, x *p > q ? x : cpu_log1pf(cpu_expf(x * p)) / p)
CPU_UNARY(softplus_f64, double, x *p > q ? x : log1p(exp(x * p)) / p)
CPU_BINARY(softplus_grad_f32, float, y *p > q ? x : x * cpu_sigmoidf(y * p))
CPU_BINARY(softplus_grad_f64, double, y *p > q ? x : x * sigmoid(y * p))

/* gelu: x Phi(x), Phi the normal distribution; its slope is Phi(x) + x phi(x). */
#define ROOT_HALF 0.70710678118654752440
#define ROOT_2_PI_INVERSE 0.39894228040143267794 /* 1 / sqrt(2 pi) */
#define ROOT_2_OVER_PI 0.79788456080286535588
#define CUBIC 0.044715
CPU_UNARY(gelu_f32, float, 0.5f * x * (1 + cpu_erff(x * (float)ROOT_HALF)))
CPU_UNARY(gelu_f64, double, 0.5 * x * (1 + erf(x * ROOT_HALF)))
CPU_INLINE float gelu_slope_f32(float x)
{
    return 0.5f * (1 + cpu_erff(x * (float)ROOT_HALF)) + x * cpu_expf(-0.5f * x * x) * (float)ROOT_2_PI_INVERSE;
}
CPU_INLINE double gelu_slope_f64(double x) { return 0.5 * (1 + erf(x * ROOT_HALF)) + x * exp(-0.5 * x * x) * ROOT_2_PI_INVERSE; }
CPU_BINARY(gelu_grad_f32, float, x *gelu_slope_f32(y))
CPU_BINARY(gelu_grad_f64, double, x *gelu_slope_f64(y))

CPU_UNARY(gelu_tanh_f32, float, 0.5f * x * (1 + cpu_tanhf((float)ROOT_2_OVER_PI * (x + (float)CUBIC * x * x * x))))
CPU_UNARY(gelu_tanh_f64, double, 0.5 * x * (1 + tanh(ROOT_2_OVER_PI * (x + CUBIC * x * x * x))))
CPU_INLINE float gelu_tanh_slope_f32(float x)
{
    float t = cpu_tanhf((float)ROOT_2_OVER_PI * (x + (float)CUBIC * x * x * x));
    return 0.5f * (1 + t) + 0.5f * x * (1 - t * t) * (float)ROOT_2_OVER_PI * (1 + 3 * (float)CUBIC * x * x);
}
CPU_INLINE double gelu_tanh_slope_f64(double x)
{
    double t = tanh(ROOT_2_OVER_PI * (x + CUBIC * x * x * x));
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * ROOT_2_OVER_PI * (1 + 3 * CUBIC * x * x);
}
CPU_BINARY(gelu_tanh_grad_f32, float, x *gelu_tanh_slope_f32(y))
CPU_BINARY(gelu_tanh_grad_f64, double, x *gelu_tanh_slope_f64(y))

#define FORWARD(name, grain_, ...)                                                                                                         \
    {                                                                                                                                      \
        .loop = { name##_f32, name##_f64 }, .n_in = 1, .grain = grain_, __VA_ARGS__                                                        \
    }
#define GRADIENT(name, grain_, ...)                                                                                                        \
    {                                                                                                                                      \
        .loop = { name##_f32, name##_f64 }, .n_in = 2, .grain = grain_, .step0 = CPU_STEP0_BINARY, __VA_ARGS__                             \
    }
static const cpu_pointwise gelu_tanh_op = FORWARD(gelu_tanh, CPU_GRAIN_MATH, .choose = NULL);
static const cpu_pointwise gelu_tanh_grad_op = GRADIENT(gelu_tanh_grad, CPU_GRAIN_MATH, .choose = NULL);
static const cpu_pointwise *choose_gelu(const cplug_call *c) { return cpu_attr(c, 0) ? &gelu_tanh_op : NULL; }
static const cpu_pointwise *choose_gelu_grad(const cplug_call *c) { return cpu_attr(c, 0) ? &gelu_tanh_grad_op : NULL; }

static const cpu_pointwise relu_op = { .loop = { relu_f32, relu_f64, relu_i64 }, .n_in = 1, .grain = CPU_GRAIN };
static const cpu_pointwise relu_grad_op = GRADIENT(relu_grad, CPU_GRAIN, .choose = NULL);
static const cpu_pointwise leaky_relu_op = FORWARD(leaky_relu, CPU_GRAIN, .choose = NULL);
static const cpu_pointwise leaky_relu_grad_op = GRADIENT(leaky_relu_grad, CPU_GRAIN, .choose = NULL);
static const cpu_pointwise sigmoid_op = FORWARD(sigmoid, CPU_GRAIN_MATH, .choose = NULL);
static const cpu_pointwise sigmoid_grad_op = GRADIENT(sigmoid_grad, CPU_GRAIN, .choose = NULL);
static const cpu_pointwise tanh_grad_op = GRADIENT(tanh_grad, CPU_GRAIN, .choose = NULL);
static const cpu_pointwise silu_op = FORWARD(silu, CPU_GRAIN_MATH, .choose = NULL);
static const cpu_pointwise silu_grad_op = GRADIENT(silu_grad, CPU_GRAIN_MATH, .choose = NULL);
static const cpu_pointwise softplus_op = FORWARD(softplus, CPU_GRAIN_MATH, .choose = NULL);
static const cpu_pointwise softplus_grad_op = GRADIENT(softplus_grad, CPU_GRAIN_MATH, .choose = NULL);
static const cpu_pointwise gelu_op = FORWARD(gelu, CPU_GRAIN_MATH, .choose = choose_gelu);
static const cpu_pointwise gelu_grad_op = GRADIENT(gelu_grad, CPU_GRAIN_MATH, .choose = choose_gelu_grad);

static const cplug_kernel kernels[] = {
    CPU_POINTWISE("sigmoid", &sigmoid_op),
    CPU_POINTWISE("sigmoid_grad", &sigmoid_grad_op),
    CPU_POINTWISE("relu", &relu_op),
    CPU_POINTWISE("relu_grad", &relu_grad_op),
    CPU_POINTWISE("leaky_relu", &leaky_relu_op),
    CPU_POINTWISE("leaky_relu_grad", &leaky_relu_grad_op),
    CPU_POINTWISE("gelu", &gelu_op),
    CPU_POINTWISE("gelu_grad", &gelu_grad_op),
    CPU_POINTWISE("silu", &silu_op),
    CPU_POINTWISE("silu_grad", &silu_grad_op),
    CPU_POINTWISE("softplus", &softplus_op),
    CPU_POINTWISE("softplus_grad", &softplus_grad_op),
    CPU_POINTWISE("tanh_grad", &tanh_grad_op),
};
CPU_KERNELS(cpu_activation_kernels, kernels);
