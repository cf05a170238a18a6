/* dtype.c: the ten element types and PyTorch's promotion between them. */
#include "tensor/tensor.h"

enum { BOOLS, INTEGERS, FLOATS };
static const struct {
    const char *name, *torch;
    uint8_t size, category, rank;
} dtypes[] = {
    [CPLUG_F32] = { "f32", "float32", 4, FLOATS, 2 }, [CPLUG_F64] = { "f64", "float64", 8, FLOATS, 3 },
    [CPLUG_F16] = { "f16", "float16", 2, FLOATS, 1 }, [CPLUG_BF16] = { "bf16", "bfloat16", 2, FLOATS, 1 },
    [CPLUG_I8] = { "i8", "int8", 1, INTEGERS, 1 },    [CPLUG_U8] = { "u8", "uint8", 1, INTEGERS, 1 },
    [CPLUG_I16] = { "i16", "int16", 2, INTEGERS, 2 }, [CPLUG_I32] = { "i32", "int32", 4, INTEGERS, 3 },
    [CPLUG_I64] = { "i64", "int64", 8, INTEGERS, 4 }, [CPLUG_BOOL] = { "bool", "bool", 1, BOOLS, 0 },
};
static bool known(cplug_dtype d) { return d >= CPLUG_F32 && d <= CPLUG_BOOL; }

uint64_t cplug_dtype_size(cplug_dtype d) { return known(d) ? dtypes[d].size : 0; }
const char *cplug_dtype_name(cplug_dtype d) { return known(d) ? dtypes[d].name : "unknown"; }
int32_t cplug_dtype_is_float(cplug_dtype d) { return known(d) && dtypes[d].category == FLOATS; }

cplug_dtype cplug_dtype_from_name(const char *name)
{
    if (!name) return 0;
    for (cplug_dtype d = CPLUG_F32; d <= CPLUG_BOOL; d++)
        if (strcmp(name, dtypes[d].name) == 0 || strcmp(name, dtypes[d].torch) == 0) return d;
    return 0;
}

/* torch.promote_types: the higher category wins, then the higher rank; two different types of one rank meet one step up. */
cplug_dtype cplug_dtype_promote(cplug_dtype a, cplug_dtype b)
{
    if (!known(a) || !known(b)) return 0;
    if (a == b) return a;
    if (dtypes[a].category != dtypes[b].category) return dtypes[a].category > dtypes[b].category ? a : b;
    if (dtypes[a].rank != dtypes[b].rank) return dtypes[a].rank > dtypes[b].rank ? a : b;
    return dtypes[a].category == FLOATS ? CPLUG_F32 : CPLUG_I16;
}
