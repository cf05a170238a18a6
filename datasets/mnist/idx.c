/* idx.c: the IDX format: 00 00 TYPE NDIM, NDIM sizes as big-endian 32-bit words, then the elements row-major.  Every size is checked
 * against what the file can hold before memory is taken; zlib reads gzipped and plain files alike. */
#include "idx.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    TYPE_U8 = 0x08,
    MAX_HEADER = 4 + 3 * 4,
    AT_ONCE = 1 << 24,
    BUFFER = 1 << 18,
    GZIP = 15 + 16,
    DEFLATE_RATIO = 1032 /* no deflate stream expands further */
};

typedef struct source {
    const cplug_host *host;
    const char *path;
    uint8_t *buffer; /* packed input */
    z_stream z;
    int64_t bytes;                    /* of the file itself */
    int64_t read;                     /* of those, so far */
    int64_t at;                       /* in the unpacked content */
    int32_t fd, packed, ready, ended; /* ready: z is open; ended: a gzip member was whole, its checksum right */
} source;

static const char *where(const source *s) { return s->packed ? " of the unpacked content" : ""; }

static void source_close(source *s)
{
    if (s->ready) inflateEnd(&s->z);
    if (s->fd >= 0) close(s->fd);
    s->host->free(s->buffer);
}

static cplug_status start_packed(source *s, cplug_error *e)
{
    s->buffer = s->host->alloc(BUFFER);
    s->ready = s->buffer && inflateInit2(&s->z, GZIP) == Z_OK;
    return s->ready ? CPLUG_OK : s->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory for zlib", s->path);
}

static cplug_status source_open(source *s, const cplug_host *h, const char *path, cplug_error *e)
{
    struct stat st;
    unsigned char magic[2] = { 0, 0 };
    *s = (source){ .host = h, .path = path };
    s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not block us */
    if (s->fd < 0) return h->fail(e, errno == ENOENT ? CPLUG_E_NOTFOUND : CPLUG_E_IO, "%s: cannot open: %s", path, strerror(errno));
    if (fstat(s->fd, &st) != 0) return h->fail(e, CPLUG_E_IO, "%s: cannot stat: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode)) return h->fail(e, CPLUG_E_IO, "%s: not a regular file", path);
    if (pread(s->fd, magic, 2, 0) < 0) return h->fail(e, CPLUG_E_IO, "%s: cannot read: %s", path, strerror(errno));
    s->bytes = st.st_size;
    s->packed = magic[0] == 0x1f && magic[1] == 0x8b;
    return s->packed ? start_packed(s, e) : CPLUG_OK;
}

/* Bytes of the file as they stand; *got = 0 at its end. */
static cplug_status read_raw(source *s, uint8_t *to, int64_t n, int64_t *got, cplug_error *e)
{
    ssize_t r;
    do r = read(s->fd, to, (size_t)(n < AT_ONCE ? n : AT_ONCE));
    while (r < 0 && errno == EINTR);
    if (r < 0) return s->host->fail(e, CPLUG_E_IO, "%s: cannot read: %s", s->path, strerror(errno));
    s->read += r;
    *got = r;
    return CPLUG_OK;
}

/* Some unpacked bytes; *got = 0 at the end of a whole stream.  gzread would take a file that lacks its trailer for whole. */
static cplug_status read_packed(source *s, uint8_t *to, int64_t n, int64_t *got, cplug_error *e)
{
    const uInt room = (uInt)(n < AT_ONCE ? n : AT_ONCE);
    s->z.next_out = to;
    s->z.avail_out = room;
    while (s->z.avail_out == room) {
        if (s->z.avail_in == 0) {
            int64_t more = 0;
            if (read_raw(s, s->buffer, BUFFER, &more, e)) return e->code;
            s->z.next_in = s->buffer;
            s->z.avail_in = (uInt)more;
            if (more == 0 && s->ended) break;
            if (more == 0)
                return s->host->fail(e, CPLUG_E_FORMAT, "%s: the gzip stream is cut off after %lld unpacked bytes (file of %lld bytes)",
                                     s->path, (long long)s->at, (long long)s->bytes);
        }
        if (s->ended) inflateReset(&s->z); /* another member follows */
        const int code = inflate(&s->z, Z_NO_FLUSH);
        s->ended = code == Z_STREAM_END;
        if (code == Z_MEM_ERROR) return s->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory for zlib", s->path);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
            return s->host->fail(e, CPLUG_E_FORMAT, "%s: the gzip stream is damaged near byte %lld of the file: %s", s->path,
                                 (long long)(s->read - s->z.avail_in), s->z.msg ? s->z.msg : "no gzip data");
    }
    *got = room - s->z.avail_out;
    return CPLUG_OK;
}

/* Reads n bytes; *got < n only at the end of the file. */
static cplug_status read_some(source *s, uint8_t *to, int64_t n, int64_t *got, cplug_error *e)
{
    for (*got = 0; *got < n;) {
        int64_t r = 0;
        const cplug_status status = (s->packed ? read_packed : read_raw)(s, to + *got, n - *got, &r, e);
        if (status != CPLUG_OK) return status;
        if (r == 0) break;
        *got += r;
        s->at += r;
    }
    return CPLUG_OK;
}

static cplug_status read_header(source *s, int32_t ndim, idx *out, int64_t *count, cplug_error *e)
{
    uint8_t h[MAX_HEADER];
    int64_t got, length = 4 + 4 * ndim;
    cplug_status status = read_some(s, h, length, &got, e);
    if (status != CPLUG_OK) return status;
    if (got >= 4 && (h[0] || h[1] || h[2] != TYPE_U8 || h[3] != ndim))
        return s->host->fail(e, CPLUG_E_FORMAT,
                             "%s: begins with %02x %02x %02x %02x; an IDX file of bytes with %d dimension%s begins with 00 00 08 %02x",
                             s->path, h[0], h[1], h[2], h[3], (int)ndim, ndim > 1 ? "s" : "", (unsigned)ndim);
    if (got < length)
        return s->host->fail(e, CPLUG_E_FORMAT, "%s: ends at byte %lld%s, inside the header of %lld bytes", s->path, (long long)got,
                             where(s), (long long)length);
    *count = 1;
    for (int32_t d = 0; d < 3; d++) out->size[d] = 1;
    for (int32_t d = 0; d < ndim; d++) {
        const uint8_t *b = h + 4 + 4 * d;
        out->size[d] = (int64_t)((uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]);
        if (__builtin_mul_overflow(*count, out->size[d], count))
            return s->host->fail(e, CPLUG_E_FORMAT, "%s: the sizes in its header (%lld x %lld x %lld) overflow", s->path,
                                 (long long)out->size[0], (long long)out->size[1], (long long)out->size[2]);
    }
    int64_t room = s->packed ? s->bytes * DEFLATE_RATIO : s->bytes - length;
    if (*count > room)
        return s->host->fail(e, CPLUG_E_FORMAT, "%s: its header promises %lld bytes after byte %lld%s, but the file has only %lld", s->path,
                             (long long)*count, (long long)length, where(s), (long long)(s->packed ? s->bytes : s->bytes - length));
    return CPLUG_OK;
}

cplug_status idx_read(const cplug_host *h, const char *path, int32_t ndim, idx *out, cplug_error *e)
{
    source s;
    int64_t count = 0, got = 0;
    uint8_t more;
    cplug_status status = source_open(&s, h, path, e);
    if (status != CPLUG_OK) goto done;
    status = read_header(&s, ndim, out, &count, e);
    if (status != CPLUG_OK) goto done;
    out->data = h->alloc((uint64_t)(count ? count : 1));
    if (!out->data) {
        status = h->fail(e, CPLUG_E_NOMEM, "%s: out of memory for %lld bytes", path, (long long)count);
        goto done;
    }
    status = read_some(&s, out->data, count, &got, e);
    if (status != CPLUG_OK) goto done;
    if (got < count) {
        status = h->fail(e, CPLUG_E_FORMAT, "%s: ends at byte %lld%s; its header promises %lld", path, (long long)s.at, where(&s),
                         (long long)(s.at - got + count));
        goto done;
    }
    status = read_some(&s, &more, 1, &got, e); /* also makes zlib check the checksum and length */
    if (status == CPLUG_OK && got)
        status = h->fail(e, CPLUG_E_FORMAT, "%s: goes on after byte %lld%s, where its header says it ends", path, (long long)(s.at - 1),
                         where(&s));
done:
    source_close(&s);
    return status;
}
