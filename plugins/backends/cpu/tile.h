/* tile.h: elements of any dtype to and from a compute class, a tile at a time; half-precision conversions. */
#ifndef CPU_TILE_H
#define CPU_TILE_H
#include "cpu.h"

/* What loops compute in: f16 and bf16 in float; integers and bool in int64_t, wrapped when they are stored. */
typedef enum cpu_class { CPU_F32, CPU_F64, CPU_I64 } cpu_class;
enum { CPU_TILE = 512 };
typedef union cpu_tile {
    float f[CPU_TILE];
    double d[CPU_TILE];
    int64_t i[CPU_TILE];
} cpu_tile;
typedef union cpu_value {
    float f;
    double d;
    int64_t i;
} cpu_value; /* one element of a class */

static inline cpu_class cpu_class_of(cplug_dtype t) { return t == CPLUG_F64 ? CPU_F64 : cpu_is_float(t) ? CPU_F32 : CPU_I64; }
static inline uint32_t cpu_class_size(cpu_class k) { return k == CPU_F32 ? 4 : 8; }
/* true when memory of dtype t is memory of its class */
static inline bool cpu_is_native(cplug_dtype t) { return t == CPLUG_F32 || t == CPLUG_F64 || t == CPLUG_I64; }

/* dst[i] = src[i * step] for n elements, any n; dst dense, of class k; src of dtype t.  Float to int64_t truncates. */
void cpu_load(cpu_class k, void *dst, cplug_dtype t, const void *src, int64_t step, int64_t n);
/* dst[i * step] = src[i]; float to integer truncates, integers wrap, anything but 0 is true. */
void cpu_store(cplug_dtype t, void *dst, int64_t step, cpu_class k, const void *src, int64_t n);
/* A plain number or one element of memory as a value of class k. */
cpu_value cpu_fetch(cpu_class k, const cplug_view *v);

CPU_INLINE uint32_t cpu_bits(float f)
{
    uint32_t u;
    memcpy(&u, &f, 4);
    return u;
}
CPU_INLINE float cpu_float(uint32_t u)
{
    float f;
    memcpy(&f, &u, 4);
    return f;
}
/* Branch-free, so that loops over them vectorise. */
CPU_INLINE float cpu_f16_to_f32(uint16_t h)
{
    uint32_t magnitude = (uint32_t)(h & 0x7fff) << 13;
    uint32_t u = cpu_bits(cpu_float(magnitude) * 0x1p112f); /* moves the exponent; makes denormals normal */
    u = magnitude >= 0x0f800000u ? (u | 0x7f800000u) : u;   /* inf and NaN */
    return cpu_float(u | (uint32_t)(h & 0x8000) << 16);
}
CPU_INLINE uint16_t cpu_f32_to_f16(float f) /* round to nearest even */
{
    uint32_t u = cpu_bits(f), sign = u & 0x80000000u;
    u ^= sign;
    uint32_t special = u > 0x7f800000u ? 0x7e00u : 0x7c00u;
    uint32_t denormal = cpu_bits(cpu_float(u) + 0.5f) - 0x3f000000u; /* the addition rounds at 2^-24 */
    uint32_t normal = (u - 0x38000000u + 0xfffu + ((u >> 13) & 1)) >> 13;
    uint32_t h = u < 0x38800000u ? denormal : normal;
    h = u >= 0x47800000u ? special : h;
    return (uint16_t)(h | sign >> 16);
}
CPU_INLINE float cpu_bf16_to_f32(uint16_t h) { return cpu_float((uint32_t)h << 16); }
CPU_INLINE uint16_t cpu_f32_to_bf16(float f) /* round to nearest even */
{
    uint32_t u = cpu_bits(f), rounded = (u + 0x7fffu + ((u >> 16) & 1)) >> 16;
    return (uint16_t)((u & 0x7fffffffu) > 0x7f800000u ? ((u >> 16) | 0x40u) : rounded);
}
#endif
