/* npy_read.c: the reader: versions 1.0, 2.0 and 3.0, both byte orders, row-major and column-major.  The file must hold exactly what its
 * shape asks for; that is checked before memory is taken. */
#include "npy.h"
#include <string.h>

typedef struct document {
    cplug_stream_io *io;
    npy_header header;
    uint64_t data_at, bytes;
} document;

/* Version and length of the header; *at: where it begins. */
static cplug_status read_prefix(cplug_stream_io *io, uint64_t *at, uint64_t *length, cplug_error *e)
{
    unsigned char b[PREFIX_V2];
    const uint64_t size = (uint64_t)io->size(io->self);
    if (size < PREFIX_V2)
        return io->host->fail(e, CPLUG_E_FORMAT, "%s: has %llu bytes, too few for an npy file", io->name, (unsigned long long)size);
    const cplug_status status = io->read(io->self, b, sizeof b, e);
    if (status != CPLUG_OK) return status;
    if (memcmp(b, NPY_MAGIC, MAGIC_BYTES) != 0)
        return io->host->fail(e, CPLUG_E_FORMAT, "%s: is no npy file: it does not begin with \\x93NUMPY", io->name);
    if (b[6] < 1 || b[6] > 3 || b[7] != 0)
        return io->host->fail(e, CPLUG_E_VERSION, "%s: has npy version %u.%u; 1.0, 2.0 and 3.0 are known", io->name, b[6], b[7]);
    *at = b[6] == 1 ? PREFIX_V1 : PREFIX_V2;
    *length = (uint64_t)b[8] | (uint64_t)b[9] << 8;
    if (b[6] > 1) *length |= (uint64_t)b[10] << 16 | (uint64_t)b[11] << 24;
    if (*length > MAX_HEADER || *length > size - *at)
        return io->host->fail(e, CPLUG_E_FORMAT, "%s: claims a header of %llu bytes; at most %d are allowed, and %llu follow", io->name,
                              (unsigned long long)*length, (int)MAX_HEADER, (unsigned long long)(size - *at));
    return io->seek(io->self, (int64_t)*at, e);
}

static cplug_status check_size(document *d, cplug_error *e)
{
    const uint64_t held = (uint64_t)d->io->size(d->io->self) - d->data_at;
    int overflow = 0, empty = 0;
    d->bytes = d->header.dtype->bytes;
    for (int32_t k = 0; k < d->header.ndim; k++) {
        empty |= d->header.shape[k] == 0;
        if (d->header.shape[k]) overflow |= __builtin_mul_overflow(d->bytes, (uint64_t)d->header.shape[k], &d->bytes);
    }
    if (overflow || d->bytes > (uint64_t)INT64_MAX) /* also beside a 0, since the strides would overflow */
        return d->io->host->fail(e, CPLUG_E_FORMAT, "%s: has a shape whose size overflows", d->io->name);
    if (empty) d->bytes = 0;
    if (d->bytes == held) return CPLUG_OK;
    return d->io->host->fail(e, CPLUG_E_FORMAT, "%s: its shape needs %llu bytes of data, the file holds %llu", d->io->name,
                             (unsigned long long)d->bytes, (unsigned long long)held);
}

cplug_status npy_open(cplug_stream_io *io, void **doc, cplug_error *e)
{
    uint64_t at = 0, length = 0;
    cplug_status status = read_prefix(io, &at, &length, e);
    if (status != CPLUG_OK) return status;
    document *d = io->host->alloc(sizeof *d);
    char *text = io->host->alloc(length + 1);
    if (!d || !text) {
        status = io->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory", io->name);
        goto done;
    }
    d->io = io;
    d->data_at = at + length;
    if ((status = io->read(io->self, text, length, e)) != CPLUG_OK) goto done;
    if ((status = npy_parse(io, text, length, &d->header, e)) != CPLUG_OK) goto done;
    if ((status = check_size(d, e)) != CPLUG_OK) goto done;
    *doc = d;
    d = NULL;
done:
    io->host->free(text);
    io->host->free(d);
    return status;
}

int64_t npy_count(void *doc)
{
    (void)doc;
    return 1;
}

cplug_status npy_entry(void *doc, int64_t i, const char **name, cplug_meta *m, cplug_error *e)
{
    const document *d = doc;
    if (i != 0) return d->io->host->fail(e, CPLUG_E_INVALID, "%s: npy holds one tensor", d->io->name);
    *name = NPY_NAME;
    *m = (cplug_meta){ .dtype = d->header.dtype->dtype, .ndim = d->header.ndim };
    memcpy(m->shape, d->header.shape, sizeof m->shape);
    return CPLUG_OK;
}

static void swap_bytes(unsigned char *p, uint64_t bytes, uint32_t width)
{
    for (const unsigned char *end = p + bytes; p < end; p += width)
        for (uint32_t k = 0; k < width / 2; k++) {
            const unsigned char b = p[k];
            p[k] = p[width - 1 - k];
            p[width - 1 - k] = b;
        }
}

/* to[i][j] = from[j][i] for any number of dimensions: one walk over the row-major places, the column-major one kept beside. */
static void to_row_major(unsigned char *to, const unsigned char *from, const npy_header *h, uint64_t bytes)
{
    int64_t index[CPLUG_MAX_DIMS] = { 0 }, step[CPLUG_MAX_DIMS], place = 0;
    const uint32_t width = h->dtype->bytes;
    for (int32_t k = 0; k < h->ndim; k++) step[k] = k ? step[k - 1] * h->shape[k - 1] : 1;
    for (const unsigned char *end = to + bytes; to < end; to += width) {
        memcpy(to, from + (uint64_t)place * width, width);
        for (int32_t k = h->ndim - 1; k >= 0; k--) {
            place += step[k];
            if (++index[k] < h->shape[k]) break;
            place -= step[k] * h->shape[k];
            index[k] = 0;
        }
    }
}

cplug_status npy_read(void *doc, int64_t i, cplug_view *out, cplug_error *e)
{
    const document *d = doc;
    const cplug_host *h = d->io->host;
    unsigned char *turned = NULL, *to = out->data;
    (void)i;
    if (d->bytes == 0) return CPLUG_OK;
    if (d->header.fortran && d->header.ndim > 1) {
        to = turned = h->alloc(d->bytes);
        if (!turned) return h->fail(e, CPLUG_E_NOMEM, "%s: out of memory for %llu bytes", d->io->name, (unsigned long long)d->bytes);
    }
    cplug_status status = d->io->seek(d->io->self, (int64_t)d->data_at, e);
    if (status == CPLUG_OK) status = d->io->read(d->io->self, to, d->bytes, e);
    if (status == CPLUG_OK) {
        if (d->header.swapped) swap_bytes(to, d->bytes, d->header.dtype->bytes);
        if (d->header.dtype->dtype == CPLUG_BOOL)
            for (uint64_t k = 0; k < d->bytes; k++) to[k] = to[k] != 0;
        if (turned) to_row_major(out->data, turned, &d->header, d->bytes);
    }
    h->free(turned);
    return status;
}

void npy_close(void *doc)
{
    document *d = doc;
    d->io->host->free(d);
}
