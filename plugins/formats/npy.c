/* npy.c: format npy: the table of dtypes and the descriptor. */
#include "npy.h"

const npy_dtype npy_dtypes[] = {
    { "f4", CPLUG_F32, 4 }, { "f8", CPLUG_F64, 8 }, { "f2", CPLUG_F16, 2 }, { "i8", CPLUG_I64, 8 },  { "i4", CPLUG_I32, 4 },
    { "i2", CPLUG_I16, 2 }, { "i1", CPLUG_I8, 1 },  { "u1", CPLUG_U8, 1 },  { "b1", CPLUG_BOOL, 1 },
};
const uint32_t n_npy_dtypes = CPLUG_COUNT(npy_dtypes);

static const cplug_format format = {
    .struct_size = sizeof format,
    .id = "npy",
    .doc = "one tensor, as numpy.save writes it",
    .extensions = ".npy",
    .write = npy_write,
    .open = npy_open,
    .count = npy_count,
    .entry = npy_entry,
    .read = npy_read,
    .close = npy_close,
};
static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e) { return h->add(r, "format", &format, e); }
CPLUG_PLUGIN(npy, "cplug.npy", "0.1.0", "Apache-2.0", "reads and writes NumPy's .npy files", "format:npy", init);
