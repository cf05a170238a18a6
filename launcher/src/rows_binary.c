/* rows_binary.c: samples as they stand in memory: IDX (00 00 TYPE NDIM, sizes and elements most significant byte first, the first size
 * counts samples) and raw little-endian numbers, one sample after the other. */
#include "rows.h"
#include <math.h>
#include <stdio.h>

enum { SIZES_AT = 4, MOST_IDX_DIMS = 8 };

static cplug_dtype idx_dtype(uint8_t type)
{
    static const struct {
        uint8_t type;
        cplug_dtype dtype;
    } types[] = {
        { 0x08, CPLUG_U8 }, { 0x09, CPLUG_I8 }, { 0x0B, CPLUG_I16 }, { 0x0C, CPLUG_I32 }, { 0x0D, CPLUG_F32 }, { 0x0E, CPLUG_F64 }
    };
    for (uint32_t i = 0; i < CPLUG_COUNT(types); i++)
        if (types[i].type == type) return types[i].dtype;
    return 0;
}

static uint64_t big(const uint8_t *p) { return (uint64_t)p[0] << 24 | (uint64_t)p[1] << 16 | (uint64_t)p[2] << 8 | p[3]; }

bool cplug__rows_is_idx(const uint8_t *p, uint64_t n)
{
    return n >= SIZES_AT && p[0] == 0 && p[1] == 0 && idx_dtype(p[2]) != 0 && p[3] >= 1 && p[3] <= MOST_IDX_DIMS;
}

static void put_shape(char *text, size_t size, const uint8_t *sizes, int32_t from, int32_t ndim)
{
    size_t n = 0;
    snprintf(text, size, "one number");
    for (int32_t d = from; d < ndim && n < size; d++)
        n += (size_t)snprintf(text + n, size - n, d > from ? "x%llu" : "%llu", (unsigned long long)big(sizes + 4 * d));
}

cplug_status cplug__rows_idx(rows *s, cplug_error *e)
{
    const uint8_t *p = s->bytes;
    char shape[128];
    if (!cplug__rows_is_idx(p, s->n_bytes))
        return s->host->fail(e, CPLUG_E_FORMAT, "%s: is no IDX file: it should begin with 00 00, a type and the number of dimensions",
                             s->path);
    const int32_t ndim = p[3];
    const uint64_t head = SIZES_AT + 4 * (uint64_t)ndim;
    uint64_t sample = 1, bytes = 0;
    if (s->n_bytes < head)
        return s->host->fail(e, CPLUG_E_FORMAT, "%s: ends at byte %llu, inside the header of %llu bytes", s->path,
                             (unsigned long long)s->n_bytes, (unsigned long long)head);
    s->from = idx_dtype(p[2]);
    s->swapped = 1;
    s->n = (int64_t)big(p + SIZES_AT);
    bool overflow = false;
    for (int32_t d = 1; d < ndim; d++) overflow |= __builtin_mul_overflow(sample, big(p + SIZES_AT + 4 * d), &sample);
    overflow |= __builtin_mul_overflow(sample * cplug_dtype_size(s->from), (uint64_t)s->n, &bytes);
    put_shape(shape, sizeof shape, p + SIZES_AT, 1, ndim);
    if (overflow || sample != (uint64_t)s->numel)
        return s->host->fail(e, CPLUG_E_SHAPE, "%s: has samples of %s, the model takes %lld numbers", s->path, shape, (long long)s->numel);
    if (bytes != s->n_bytes - head)
        return s->host->fail(e, CPLUG_E_FORMAT, "%s: its header promises %lld samples of %s (%llu bytes), but %llu bytes follow", s->path,
                             (long long)s->n, shape, (unsigned long long)bytes, (unsigned long long)(s->n_bytes - head));
    s->at = p + head;
    return CPLUG_OK;
}

cplug_status cplug__rows_raw(rows *s, cplug_dtype from, cplug_error *e)
{
    const uint64_t sample = (uint64_t)s->numel * cplug_dtype_size(from);
    if (sample == 0) return s->host->fail(e, CPLUG_E_SHAPE, "%s: samples without a number cannot be told apart in raw bytes", s->path);
    if (s->n_bytes % sample)
        return s->host->fail(e, CPLUG_E_FORMAT, "%s: %llu bytes are no multiple of %llu, the size of a sample (%lld numbers of %s)",
                             s->path, (unsigned long long)s->n_bytes, (unsigned long long)sample, (long long)s->numel,
                             cplug_dtype_name(from));
    s->from = from;
    s->n = (int64_t)(s->n_bytes / sample);
    s->at = s->bytes;
    return CPLUG_OK;
}

/* IEEE 754 half precision */
static double half(uint16_t h)
{
    const int sign = h & 0x8000 ? -1 : 1, exponent = h >> 10 & 31, fraction = h & 1023;
    if (exponent == 31) return fraction ? (double)NAN : sign * (double)INFINITY;
    return sign * (exponent ? ldexp(fraction + 1024, exponent - 25) : ldexp(fraction, -24));
}

double cplug__rows_number(const rows *s, int64_t i)
{
    const uint64_t size = cplug_dtype_size(s->from);
    union {
        uint64_t u64;
        int64_t i64;
        int32_t i32;
        int16_t i16;
        uint16_t u16;
        int8_t i8;
        uint8_t u8;
        float f32;
        double f64;
    } v = { 0 };
    for (uint64_t b = 0; b < size; b++) v.u64 |= (uint64_t)s->at[(uint64_t)i * size + (s->swapped ? size - 1 - b : b)] << (8 * b);
    switch (s->from) {
    case CPLUG_F32: return v.f32;
    case CPLUG_F64: return v.f64;
    case CPLUG_F16: return half(v.u16);
    case CPLUG_BF16: return v.u64 <<= 16, v.f32;
    case CPLUG_I8: return v.i8;
    case CPLUG_I16: return v.i16;
    case CPLUG_I32: return v.i32;
    case CPLUG_I64: return (double)v.i64;
    case CPLUG_BOOL: return v.u8 != 0;
    default: return v.u8;
    }
}
