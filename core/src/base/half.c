/* half.c: IEEE binary16 and bfloat16 to and from f32, rounding to nearest even; NaN stays NaN. */
#include "base/base.h"

static uint32_t bits_of(float f)
{
    uint32_t u;
    memcpy(&u, &f, sizeof u);
    return u;
}

static float float_of(uint32_t u)
{
    float f;
    memcpy(&f, &u, sizeof f);
    return f;
}

float cplug__f16_to_f32(uint16_t h)
{
    const uint32_t sign = (uint32_t)(h & 0x8000u) << 16, exponent = (h >> 10) & 31u, mantissa = h & 0x3FFu;
    if (exponent == 31) return float_of(sign | 0x7F800000u | mantissa << 13);
    if (exponent == 0) {
        const float tiny = (float)mantissa * 0x1p-24f;
        return sign ? -tiny : tiny;
    }
    return float_of(sign | (exponent + 112) << 23 | mantissa << 13);
}

uint16_t cplug__f32_to_f16(float f)
{
    const uint32_t u = bits_of(f), sign = (u >> 16) & 0x8000u, rest = u & 0x7FFFFFFFu;
    if (rest > 0x7F800000u) return (uint16_t)(sign | 0x7E00u);
    if (rest >= 0x47800000u) return (uint16_t)(sign | 0x7C00u); /* 65536 and above, infinity */
    if (rest < 0x38800000u) {                                   /* below 2^-14: adding 0.5 rounds at the last bit of a subnormal */
        const float shifted = float_of(rest) + 0.5f;
        return (uint16_t)(sign | (bits_of(shifted) - 0x3F000000u));
    }
    const uint32_t odd = (rest >> 13) & 1u; /* a carry out of the mantissa rightly bumps the exponent, up to infinity */
    return (uint16_t)(sign | (rest - 0x38000000u + 0xFFFu + odd) >> 13);
}

float cplug__bf16_to_f32(uint16_t h) { return float_of((uint32_t)h << 16); }

uint16_t cplug__f32_to_bf16(float f)
{
    const uint32_t u = bits_of(f);
    if ((u & 0x7FFFFFFFu) > 0x7F800000u) return (uint16_t)((u >> 16) | 0x40u);
    return (uint16_t)((u + 0x7FFFu + ((u >> 16) & 1u)) >> 16);
}
