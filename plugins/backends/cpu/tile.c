/* tile.c: conversions between every dtype and the three compute classes.  One table per direction, one line per pair. */
#include "tile.h"

/* float to int64_t as x86 does it: what does not fit becomes INT64_MIN */
CPU_INLINE int64_t to_int(double x) { return x >= -0x1p63 && x < 0x1p63 ? (int64_t)x : INT64_MIN; }

#define LOAD(name, To, From, expr)                                                                                                         \
    CPU_CLONES_NARROW static void name(To *restrict dst, const From *restrict src, int64_t step, int64_t n)                                \
    {                                                                                                                                      \
        if (step == 1)                                                                                                                     \
            for (int64_t i = 0; i < n; i++) {                                                                                              \
                From x = src[i];                                                                                                           \
                dst[i] = (To)(expr);                                                                                                       \
            }                                                                                                                              \
        else                                                                                                                               \
            for (int64_t i = 0; i < n; i++) {                                                                                              \
                From x = src[i * step];                                                                                                    \
                dst[i] = (To)(expr);                                                                                                       \
            }                                                                                                                              \
    }
#define STORE(name, To, From, expr)                                                                                                        \
    CPU_CLONES_NARROW static void name(To *restrict dst, int64_t step, const From *restrict src, int64_t n)                                \
    {                                                                                                                                      \
        if (step == 1)                                                                                                                     \
            for (int64_t i = 0; i < n; i++) {                                                                                              \
                From x = src[i];                                                                                                           \
                dst[i] = (To)(expr);                                                                                                       \
            }                                                                                                                              \
        else                                                                                                                               \
            for (int64_t i = 0; i < n; i++) {                                                                                              \
                From x = src[i];                                                                                                           \
                dst[i * step] = (To)(expr);                                                                                                \
            }                                                                                                                              \
    }
#define EACH_DTYPE(X)                                                                                                                      \
    X(CPLUG_F32, f32)                                                                                                                      \
    X(CPLUG_F64, f64)                                                                                                                      \
    X(CPLUG_F16, f16)                                                                                                                      \
    X(CPLUG_BF16, bf16) X(CPLUG_I8, i8) X(CPLUG_U8, u8) X(CPLUG_I16, i16) X(CPLUG_I32, i32) X(CPLUG_I64, i64) X(CPLUG_BOOL, bool)

LOAD(load_f_f32, float, float, x)
LOAD(load_f_f64, float, double, x)
LOAD(load_f_f16, float, uint16_t, cpu_f16_to_f32(x))
LOAD(load_f_bf16, float, uint16_t, cpu_bf16_to_f32(x))
LOAD(load_f_i8, float, int8_t, x)
LOAD(load_f_u8, float, uint8_t, x)
LOAD(load_f_i16, float, int16_t, x)
LOAD(load_f_i32, float, int32_t, x)
LOAD(load_f_i64, float, int64_t, x)
LOAD(load_f_bool, float, uint8_t, x != 0)
LOAD(load_d_f32, double, float, x)
LOAD(load_d_f64, double, double, x)
LOAD(load_d_f16, double, uint16_t, cpu_f16_to_f32(x))
LOAD(load_d_bf16, double, uint16_t, cpu_bf16_to_f32(x))
LOAD(load_d_i8, double, int8_t, x)
LOAD(load_d_u8, double, uint8_t, x)
LOAD(load_d_i16, double, int16_t, x)
LOAD(load_d_i32, double, int32_t, x)
LOAD(load_d_i64, double, int64_t, x)
LOAD(load_d_bool, double, uint8_t, x != 0)
LOAD(load_i_f32, int64_t, float, to_int((double)x))
LOAD(load_i_f64, int64_t, double, to_int(x))
LOAD(load_i_f16, int64_t, uint16_t, to_int((double)cpu_f16_to_f32(x)))
LOAD(load_i_bf16, int64_t, uint16_t, to_int((double)cpu_bf16_to_f32(x)))
LOAD(load_i_i8, int64_t, int8_t, x)
LOAD(load_i_u8, int64_t, uint8_t, x)
LOAD(load_i_i16, int64_t, int16_t, x)
LOAD(load_i_i32, int64_t, int32_t, x)
LOAD(load_i_i64, int64_t, int64_t, x)
LOAD(load_i_bool, int64_t, uint8_t, x != 0)

STORE(store_f_f32, float, float, x)
STORE(store_f_f64, double, float, x)
STORE(store_f_f16, uint16_t, float, cpu_f32_to_f16(x))
STORE(store_f_bf16, uint16_t, float, cpu_f32_to_bf16(x))
STORE(store_f_i8, int8_t, float, to_int((double)x))
STORE(store_f_u8, uint8_t, float, to_int((double)x))
STORE(store_f_i16, int16_t, float, to_int((double)x))
STORE(store_f_i32, int32_t, float, to_int((double)x))
STORE(store_f_i64, int64_t, float, to_int((double)x))
STORE(store_f_bool, uint8_t, float, x != 0)
STORE(store_d_f32, float, double, x)
STORE(store_d_f64, double, double, x)
STORE(store_d_f16, uint16_t, double, cpu_f32_to_f16((float)x))
STORE(store_d_bf16, uint16_t, double, cpu_f32_to_bf16((float)x))
STORE(store_d_i8, int8_t, double, to_int(x))
STORE(store_d_u8, uint8_t, double, to_int(x))
STORE(store_d_i16, int16_t, double, to_int(x))
STORE(store_d_i32, int32_t, double, to_int(x))
STORE(store_d_i64, int64_t, double, to_int(x))
STORE(store_d_bool, uint8_t, double, x != 0)
STORE(store_i_f32, float, int64_t, x)
STORE(store_i_f64, double, int64_t, x)
STORE(store_i_f16, uint16_t, int64_t, cpu_f32_to_f16((float)x))
STORE(store_i_bf16, uint16_t, int64_t, cpu_f32_to_bf16((float)x))
STORE(store_i_i8, int8_t, int64_t, x)
STORE(store_i_u8, uint8_t, int64_t, x)
STORE(store_i_i16, int16_t, int64_t, x)
STORE(store_i_i32, int32_t, int64_t, x)
STORE(store_i_i64, int64_t, int64_t, x)
STORE(store_i_bool, uint8_t, int64_t, x != 0)

void cpu_load(cpu_class k, void *dst, cplug_dtype t, const void *src, int64_t step, int64_t n)
{
#define X(type, name)                                                                                                                      \
    case type:                                                                                                                             \
        if (k == CPU_F32)                                                                                                                  \
            load_f_##name(dst, src, step, n);                                                                                              \
        else if (k == CPU_F64)                                                                                                             \
            load_d_##name(dst, src, step, n);                                                                                              \
        else                                                                                                                               \
            load_i_##name(dst, src, step, n);                                                                                              \
        break;
    switch (t) {
        EACH_DTYPE(X)
    default: break;
    }
#undef X
}

void cpu_store(cplug_dtype t, void *dst, int64_t step, cpu_class k, const void *src, int64_t n)
{
#define X(type, name)                                                                                                                      \
    case type:                                                                                                                             \
        if (k == CPU_F32)                                                                                                                  \
            store_f_##name(dst, step, src, n);                                                                                             \
        else if (k == CPU_F64)                                                                                                             \
            store_d_##name(dst, step, src, n);                                                                                             \
        else                                                                                                                               \
            store_i_##name(dst, step, src, n);                                                                                             \
        break;
    switch (t) {
        EACH_DTYPE(X)
    default: break;
    }
#undef X
}
