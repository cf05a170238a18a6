/* npy.h: what writer and reader share.  The format: "\x93NUMPY", two bytes of version, the header's length (16 bits in version 1.0, 32
 * after), a Python dictionary with descr, fortran_order and shape, the elements.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
#ifndef NPY_H
#define NPY_H
#include <cplug/plugin.h>

#define NPY_MAGIC "\x93NUMPY"
#define NPY_NAME "array" /* the file holds one tensor and does not say what it is called */
enum { MAGIC_BYTES = 6, PREFIX_V1 = 10, PREFIX_V2 = 12, MAX_HEADER = 10000, HEADER_ALIGN = 64 };

typedef struct npy_dtype {
    const char *code; /* without byte order */
    cplug_dtype dtype;
    uint32_t bytes;
} npy_dtype;
extern const npy_dtype npy_dtypes[];
extern const uint32_t n_npy_dtypes;

typedef struct npy_header {
    const npy_dtype *dtype;
    int32_t ndim;
    int32_t fortran, swapped; /* column-major; the other byte order */
    int64_t shape[CPLUG_MAX_DIMS];
} npy_header;

/* The dictionary at text, n bytes. */
cplug_status npy_parse(const cplug_stream_io *io, const char *text, uint64_t n, npy_header *out, cplug_error *e);

cplug_status npy_write(cplug_stream_io *io, const cplug_named_view *t, uint32_t n, const char *const *metadata, cplug_error *e);
cplug_status npy_open(cplug_stream_io *io, void **doc, cplug_error *e);
int64_t npy_count(void *doc);
cplug_status npy_entry(void *doc, int64_t i, const char **name, cplug_meta *m, cplug_error *e);
cplug_status npy_read(void *doc, int64_t i, cplug_view *out, cplug_error *e);
void npy_close(void *doc);
#endif
