/* common.c: small things that every kernel family of the cpu backend asks: sizes, shapes, plain numbers, promotion. */
#include "tile.h"
#include <stdio.h>

void cpu_discard(const cplug_host *h, cplug_plan *p)
{
    h->free(p->state);
    p->state = NULL;
}

void cpu_answer(cplug_support *s, const char *why_not)
{
    s->score = why_not ? 0 : CPU_SCORE;
    s->reason = why_not ? why_not : "reference loops in plain C";
}

static const struct {
    const char *name;
    uint32_t size;
} dtypes[] = {
    { "none", 0 },
    [CPLUG_F32] = { "f32", 4 },
    [CPLUG_F64] = { "f64", 8 },
    [CPLUG_F16] = { "f16", 2 },
    [CPLUG_BF16] = { "bf16", 2 },
    [CPLUG_I8] = { "i8", 1 },
    [CPLUG_U8] = { "u8", 1 },
    [CPLUG_I16] = { "i16", 2 },
    [CPLUG_I32] = { "i32", 4 },
    [CPLUG_I64] = { "i64", 8 },
    [CPLUG_BOOL] = { "bool", 1 },
};

uint32_t cpu_size(cplug_dtype t) { return dtypes[t < CPLUG_COUNT(dtypes) ? t : 0].size; }
const char *cpu_dtype_name(cplug_dtype t) { return dtypes[t < CPLUG_COUNT(dtypes) ? t : 0].name; }

/* Two dtypes of one priority.  u8 with a signed type needs a signed type that holds both; f16 with bf16 needs f32. */
static cplug_dtype promote(cplug_dtype a, cplug_dtype b)
{
    static const uint8_t rank[] = { [CPLUG_BOOL] = 0, [CPLUG_U8] = 1,  [CPLUG_I8] = 2,   [CPLUG_I16] = 3, [CPLUG_I32] = 4,
                                    [CPLUG_I64] = 5,  [CPLUG_F16] = 6, [CPLUG_BF16] = 7, [CPLUG_F32] = 8, [CPLUG_F64] = 9 };
    cplug_dtype low = rank[a] < rank[b] ? a : b, high = rank[a] < rank[b] ? b : a;
    if (low == CPLUG_U8 && high == CPLUG_I8) return CPLUG_I16;
    if (low == CPLUG_F16 && high == CPLUG_BF16) return CPLUG_F32;
    return high;
}

/* 0 nothing, 1 bool, 2 integer, 3 float */
static int32_t category(cplug_dtype t) { return t == 0 ? 0 : t == CPLUG_BOOL ? 1 : cpu_is_float(t) ? 3 : 2; }

cplug_dtype cpu_result_type(const cplug_view *const *in, uint32_t n)
{
    cplug_dtype best[3] = { 0, 0, 0 }; /* by priority: with dimensions, 0-d, plain */
    for (uint32_t i = 0; i < n; i++) {
        if (cpu_absent(in[i])) continue;
        cplug_dtype t = in[i]->dtype, *slot = &best[cpu_scalar(in[i]) ? 2 : in[i]->ndim == 0 ? 1 : 0];
        if (cpu_scalar(in[i]) && t == CPLUG_F64) t = CPLUG_F32; /* PyTorch's default dtype */
        *slot = *slot ? promote(*slot, t) : t;
    }
    cplug_dtype result = best[0];
    for (int32_t k = 1; k < 3; k++)
        if (category(best[k]) > category(result)) result = best[k];
    return result;
}

int64_t cpu_numel(const cplug_view *v)
{
    int64_t n = 1;
    for (int32_t d = 0; d < v->ndim; d++) n *= v->shape[d];
    return n;
}

bool cpu_dense(const cplug_view *v)
{
    int64_t expected = 1;
    for (int32_t d = v->ndim; d-- > 0;) {
        if (v->shape[d] == 0) return true;
        if (v->shape[d] != 1 && v->strides[d] != expected) return false;
        expected *= v->shape[d];
    }
    return true;
}

cpu_value cpu_fetch(cpu_class k, const cplug_view *v)
{
    cpu_value x = { 0 };
    if (!cpu_scalar(v))
        cpu_load(k, &x, v->dtype, v->data, 1, 1);
    else if (cpu_is_float(v->dtype))
        cpu_load(k, &x, CPLUG_F64, &v->scalar.f, 1, 1);
    else
        cpu_load(k, &x, CPLUG_I64, &v->scalar.i, 1, 1);
    return x;
}

double cpu_read_float(const cplug_view *v) { return cpu_fetch(CPU_F64, v).d; }
int64_t cpu_read_int(const cplug_view *v) { return cpu_fetch(CPU_I64, v).i; }

const char *cpu_shape_text(const cplug_view *v, char *room)
{
    int at = snprintf(room, CPU_SHAPE_TEXT, "[");
    for (int32_t d = 0; d < v->ndim && at < CPU_SHAPE_TEXT - 24; d++)
        at += snprintf(room + at, (size_t)(CPU_SHAPE_TEXT - at), "%s%lld", d ? ", " : "", (long long)v->shape[d]);
    snprintf(room + at, (size_t)(CPU_SHAPE_TEXT - at), "]");
    return room;
}
