/* safetensors.c: format safetensors: the table of dtypes and the descriptor. */
#include "safetensors.h"

const dtype_row dtype_rows[] = {
    { "BOOL", CPLUG_BOOL, 8 }, { "F4", 0, 4 },           { "F6_E2M3", 0, 6 },      { "F6_E3M2", 0, 6 },      { "U8", CPLUG_U8, 8 },
    { "I8", CPLUG_I8, 8 },     { "F8_E5M2", 0, 8 },      { "F8_E4M3", 0, 8 },      { "F8_E8M0", 0, 8 },      { "F8_E4M3FNUZ", 0, 8 },
    { "F8_E5M2FNUZ", 0, 8 },   { "I16", CPLUG_I16, 16 }, { "U16", 0, 16 },         { "F16", CPLUG_F16, 16 }, { "BF16", CPLUG_BF16, 16 },
    { "I32", CPLUG_I32, 32 },  { "U32", 0, 32 },         { "F32", CPLUG_F32, 32 }, { "C64", 0, 64 },         { "F64", CPLUG_F64, 64 },
    { "I64", CPLUG_I64, 64 },  { "U64", 0, 64 },
};
const uint32_t n_dtype_rows = CPLUG_COUNT(dtype_rows);

static const cplug_format format = {
    .struct_size = sizeof format,
    .id = "safetensors",
    .doc = "named tensors, as PyTorch and Hugging Face read and write them",
    .extensions = ".safetensors",
    .write = safetensors_write,
    .open = safetensors_open,
    .count = safetensors_count,
    .entry = safetensors_entry,
    .read = safetensors_read,
    .close = safetensors_close,
    .metadata = safetensors_metadata,
};
static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e) { return h->add(r, "format", &format, e); }
CPLUG_PLUGIN(safetensors, "cplug.safetensors", "0.1.0", "Apache-2.0", "reads and writes safetensors files", "format:safetensors", init);
