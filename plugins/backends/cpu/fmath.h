/* fmath.h: f32 functions as straight-line C that vectorises (no calls, no branches; comparisons become blends).
 *
 * Polynomials: Cephes (S. Moshier) for exp, log, tanh, sin, cos; N. Juffa for erf.  Largest errors over all floats, no FMA:
 * exp 0.97 ulp, log 0.8, log1p 1.5, tanh 1.4, sigmoid 2.5, erf 1.2, sin and cos 1.6 (to CPU_TRIG_MAX).
 * inf, NaN, zeros and denormals come out as in libm; sigmoid is 0 below -88.73. */
#ifndef CPU_FMATH_H
#define CPU_FMATH_H
#include "tile.h"
#include <math.h>

CPU_INLINE float cpu_absf(float x) { return cpu_float(cpu_bits(x) & 0x7fffffffu); }
CPU_INLINE float cpu_with_sign(float magnitude, float sign) { return cpu_float(cpu_bits(magnitude) | (cpu_bits(sign) & 0x80000000u)); }

CPU_INLINE float cpu_exp2i(int32_t n) { return cpu_float((uint32_t)(n + 127) << 23); } /* 2^n, n in [-126, 127] */

CPU_INLINE float cpu_expf(float x)
{
    const float magic = 0x1.8p23f; /* adding it rounds to an integer, which then stands in the low bits */
    x = x > 89.0f ? 89.0f : x;     /* inf from 88.73 on */
    x = x < -104.0f ? -104.0f : x; /* 0 from -103.98 on */
    float t = x * 1.44269504f + magic;
    int32_t n = (int32_t)(cpu_bits(t) - cpu_bits(magic)), half = n >> 1;
    float k = t - magic;
    float r = x - k * 0.693359375f - k * -2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    return p * cpu_exp2i(half) * cpu_exp2i(n - half); /* in two steps, for denormals and for 2^128 */
}

CPU_INLINE float cpu_logf(float x)
{
    bool tiny = x < 0x1p-126f;
    uint32_t u = cpu_bits(tiny ? x * 0x1p23f : x);
    int32_t e = (int32_t)(u - 0x3f3504f3u) >> 23; /* so that the mantissa lies in [sqrt(1/2), sqrt(2)) */
    float f = cpu_float(u - ((uint32_t)e << 23)) - 1.0f, k = (float)(tiny ? e - 23 : e), z = f * f;
    float p = 7.0376836292e-2f;
    p = p * f - 1.1514610310e-1f;
    p = p * f + 1.1676998740e-1f;
    p = p * f - 1.2420140846e-1f;
    p = p * f + 1.4249322787e-1f;
    p = p * f - 1.6668057665e-1f;
    p = p * f + 2.0000714765e-1f;
    p = p * f - 2.4999993993e-1f;
    p = p * f + 3.3333331174e-1f;
    p = p * f * z + k * -2.12194440e-4f - 0.5f * z;
    float y = f + p + k * 0.693359375f;
    y = x < INFINITY ? y : x; /* inf and NaN */
    y = x < 0.0f ? NAN : y;
    return x == 0.0f ? -INFINITY : y;
}

CPU_INLINE float cpu_log1pf(float x)
{
    float u = 1.0f + x, lost = x - (u - 1.0f); /* what the addition rounded away */
    float y = cpu_logf(u) + lost / u;
    y = u == 1.0f ? x : y;
    y = x < INFINITY ? y : x;
    return x == -1.0f ? -INFINITY : y;
}

CPU_INLINE float cpu_tanhf(float x)
{
    float a = cpu_absf(x), z = x * x;
    float p = -5.70498872745e-3f;
    p = p * z + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    p = p * z * a + a;
    float far = 1.0f - 2.0f / (cpu_expf(2.0f * a) + 1.0f);
    return cpu_with_sign(a < 0.625f ? p : far, x);
}

CPU_INLINE float cpu_sigmoidf(float x) { return 1.0f / (1.0f + cpu_expf(-x)); }

CPU_INLINE float cpu_erff(float x)
{
    float t = cpu_absf(x), s = x * x;
    float far = -1.72853470e-5f * t + 3.83197126e-4f;
    far = far * s + (-3.88396438e-3f * t + 2.42546219e-2f);
    far = far * t - 1.06777877e-1f;
    far = far * t - 6.34846687e-1f;
    far = far * t - 1.28717512e-1f;
    far = far * t - t;
    far = cpu_with_sign(1.0f - cpu_expf(far), x);
    float near = -5.96761703e-4f;
    near = near * s + 4.99119423e-3f;
    near = near * s - 2.67681349e-2f;
    near = near * s + 1.12819925e-1f;
    near = near * s - 3.76125336e-1f;
    near = near * s + 1.28379166e-1f;
    near = near * x + x;
    return t > 0.927734375f ? far : near;
}

/* sin and cos up to here; beyond, and for inf and NaN, libm. */
#define CPU_TRIG_MAX 0x1p20f
/* sin(x + quarter * pi/2) */
CPU_INLINE float cpu_sinf(float x, int32_t quarter)
{
    const double magic = 0x1.8p52;
    double k = ((double)x * 0.63661977236758134308 + magic) - magic;
    /* pi/2 in two parts; the product with the first one is exact */
    float r = (float)((double)x - k * 1.57079632673412561417e+00 - k * 6.07710050650619224932e-11), z = r * r;
    int32_t n = (int32_t)k + quarter;
    float s = -1.9515295891e-4f;
    s = s * z + 8.3321608736e-3f;
    s = s * z - 1.6666654611e-1f;
    s = s * z * r + r;
    float c = 2.443315711809948e-5f;
    c = c * z - 1.388731625493765e-3f;
    c = c * z + 4.166664568298827e-2f;
    c = c * z * z - 0.5f * z + 1.0f;
    float y = (n & 1) ? c : s;
    return cpu_float(cpu_bits(y) ^ ((uint32_t)(n & 2) << 30));
}
#endif
