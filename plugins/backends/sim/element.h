/* element.h: how kernels find, read and write elements: positions count in the output's shape, to which inputs broadcast; values are
 * doubles, or int64_t where every dtype is whole.  A plain number has no memory: its pointer is NULL and never looked at. */
#ifndef CPLUG_SIM_ELEMENT_H
#define CPLUG_SIM_ELEMENT_H
#include "sim.h"

static inline int64_t sim_item_size(cplug_dtype dtype) { return dtype == CPLUG_F32 ? 4 : dtype == CPLUG_BOOL ? 1 : 8; }
static inline int32_t sim_is_float(const sim_view *v) { return v->dtype == CPLUG_F32 || v->dtype == CPLUG_F64; }

static inline int64_t sim_numel(const sim_view *v)
{
    int64_t n = 1;
    for (int32_t d = 0; d < v->ndim; d++) n *= v->shape[d];
    return n;
}

/* ---- where ---- */
/* The element at `index` of a shape of ndim dimensions, counted from the last; sizes of 1 stand still. */
static inline char *sim_at(const sim_view *v, const int64_t *index, int32_t ndim)
{
    int64_t offset = 0;
    if (v->flags & CPLUG_VIEW_SCALAR) return NULL;
    for (int32_t d = 0; d < v->ndim; d++)
        if (v->shape[d] != 1) offset += index[ndim - v->ndim + d] * v->strides[d];
    return v->data + offset * sim_item_size(v->dtype);
}

/* Bytes from one element to the next along the last dimension. */
static inline int64_t sim_step(const sim_view *v)
{
    if (v->ndim < 1 || v->shape[v->ndim - 1] == 1) return 0;
    return v->strides[v->ndim - 1] * sim_item_size(v->dtype);
}

/* The next index in row-major order; 0 behind the last one. */
static inline int32_t sim_next(int64_t *index, const int64_t *shape, int32_t ndim)
{
    for (int32_t d = ndim - 1; d >= 0; d--) {
        if (++index[d] < shape[d]) return 1;
        index[d] = 0;
    }
    return 0;
}

/* ---- what ---- */
/* As x86 converts: what no int64_t can hold is its least value. */
static inline int64_t sim_whole(double x) { return x >= -0x1p63 && x < 0x1p63 ? (int64_t)x : INT64_MIN; }

static inline int64_t sim_load_int(const sim_view *v, const char *p)
{
    if (v->flags & CPLUG_VIEW_SCALAR) return v->dtype == CPLUG_F64 ? sim_whole(v->scalar.f) : v->scalar.i;
    if (v->dtype == CPLUG_F32) return sim_whole((double)*(const float *)(const void *)p);
    return v->dtype == CPLUG_BOOL ? *(const uint8_t *)p : *(const int64_t *)(const void *)p;
}

static inline double sim_load(const sim_view *v, const char *p)
{
    if (v->flags & CPLUG_VIEW_SCALAR) return v->dtype == CPLUG_F64 ? v->scalar.f : (double)v->scalar.i;
    return v->dtype == CPLUG_F32 ? (double)*(const float *)(const void *)p : (double)sim_load_int(v, p);
}

static inline void sim_store_int(const sim_view *v, char *p, int64_t x)
{
    if (v->dtype == CPLUG_F32)
        *(float *)(void *)p = (float)x;
    else if (v->dtype == CPLUG_BOOL)
        *(uint8_t *)p = x != 0;
    else
        *(int64_t *)(void *)p = x;
}

static inline void sim_store(const sim_view *v, char *p, double x)
{
    if (v->dtype == CPLUG_F32)
        *(float *)(void *)p = (float)x;
    else
        sim_store_int(v, p, v->dtype == CPLUG_BOOL ? x != 0 : sim_whole(x));
}
#endif
