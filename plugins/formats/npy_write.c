/* npy_write.c: the writer.  Byte for byte what numpy.save (NumPy 2) writes for a C-ordered array: version 1.0, room for the first size to
 * grow to 21 digits, blanks up to a multiple of 64. */
#include "npy.h"
#include <string.h>

enum { GROWTH_DIGITS = 21, HEADER_ROOM = 512 }; /* 8 sizes of at most 19 digits fit easily */

typedef struct text {
    char at[HEADER_ROOM];
    uint32_t n;
} text;

static void put(text *t, const char *s)
{
    const size_t n = strlen(s);
    memcpy(t->at + t->n, s, n);
    t->n += (uint32_t)n;
}

/* Returns the number of digits. */
static uint32_t put_number(text *t, int64_t v)
{
    char room[24], *p = room + sizeof room;
    *--p = 0;
    do *--p = (char)('0' + v % 10);
    while (v /= 10);
    put(t, p);
    return (uint32_t)(room + sizeof room - 1 - p);
}

static void put_header(text *t, const npy_dtype *d, const cplug_view *v)
{
    uint32_t digits = GROWTH_DIGITS;
    memcpy(t->at, NPY_MAGIC "\1\0\0", PREFIX_V1);
    t->n = PREFIX_V1;
    put(t, "{'descr': '");
    put(t, d->bytes == 1 ? "|" : "<");
    put(t, d->code);
    put(t, "', 'fortran_order': False, 'shape': (");
    for (int32_t k = 0; k < v->ndim; k++) {
        const uint32_t n = put_number(t, v->shape[k]);
        if (k == 0) digits = n;
        put(t, k + 1 < v->ndim ? ", " : v->ndim == 1 ? "," : "");
    }
    put(t, "), }");
    for (; digits < GROWTH_DIGITS; digits++) put(t, " ");
    do put(t, " ");
    while ((t->n + 1) % HEADER_ALIGN);
    put(t, "\n");
    t->at[PREFIX_V1 - 2] = (char)((t->n - PREFIX_V1) & 0xff);
    t->at[PREFIX_V1 - 1] = (char)((t->n - PREFIX_V1) >> 8);
}

static const npy_dtype *find_dtype(cplug_dtype dtype)
{
    for (uint32_t k = 0; k < n_npy_dtypes; k++)
        if (npy_dtypes[k].dtype == dtype) return &npy_dtypes[k];
    return NULL;
}

cplug_status npy_write(cplug_stream_io *io, const cplug_named_view *t, uint32_t n, const char *const *metadata, cplug_error *e)
{
    text header;
    (void)metadata; /* the format has no place for it */
    if (n != 1) return io->host->fail(e, CPLUG_E_INVALID, "%s: npy holds one tensor, got %u: use .safetensors", io->name, n);
    const cplug_view *v = t->view;
    const npy_dtype *d = find_dtype(v->dtype);
    if (!d && v->dtype == CPLUG_BF16)
        return io->host->fail(e, CPLUG_E_DTYPE, "%s: NumPy has no bf16: convert the tensor to f32, or use .safetensors", io->name);
    if (!d) return io->host->fail(e, CPLUG_E_DTYPE, "%s: tensor '%s' has dtype %u, which npy lacks", io->name, t->name, v->dtype);
    uint64_t bytes = d->bytes;
    for (int32_t k = 0; k < v->ndim; k++)
        if (v->shape[k] < 0 || __builtin_mul_overflow(bytes, (uint64_t)v->shape[k], &bytes))
            return io->host->fail(e, CPLUG_E_SHAPE, "%s: tensor '%s' has an impossible shape", io->name, t->name);
    put_header(&header, d, v);
    const cplug_status status = io->write(io->self, header.at, header.n, e);
    return status == CPLUG_OK && bytes ? io->write(io->self, v->data, bytes, e) : status;
}
