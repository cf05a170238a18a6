/* idx.c: the IDX format: 00 00 TYPE NDIM, NDIM sizes as big-endian 32-bit words, then the elements row-major.  Every size is checked
 * against what the file can hold before memory is taken; zlib reads gzipped and plain files alike. */
#include "idx.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { TYPE_U8 = 0x08, MAX_HEADER = 4 + 3 * 4, AT_ONCE = 1 << 24, DEFLATE_RATIO = 1032 /* no deflate stream expands further */ };

typedef struct source {
    const cplug_host *host;
    const char *path;
    gzFile gz;
    int64_t bytes; /* of the file itself */
    int64_t at;    /* in the unpacked content */
    int32_t packed;
} source;

static const char *where(const source *s) { return s->packed ? " of the unpacked content" : ""; }

static cplug_status source_open(source *s, const cplug_host *h, const char *path, cplug_error *e)
{
    struct stat st;
    unsigned char magic[2] = { 0, 0 };
    *s = (source){ .host = h, .path = path };
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not block us */
    if (fd < 0) return h->fail(e, errno == ENOENT ? CPLUG_E_NOTFOUND : CPLUG_E_IO, "%s: cannot open: %s", path, strerror(errno));
    cplug_status status = CPLUG_OK;
    if (fstat(fd, &st) != 0)
        status = h->fail(e, CPLUG_E_IO, "%s: cannot stat: %s", path, strerror(errno));
    else if (!S_ISREG(st.st_mode))
        status = h->fail(e, CPLUG_E_IO, "%s: not a regular file", path);
    else if (pread(fd, magic, 2, 0) < 0)
        status = h->fail(e, CPLUG_E_IO, "%s: cannot read: %s", path, strerror(errno));
    else if (!(s->gz = gzdopen(fd, "rb")))
        status = h->fail(e, CPLUG_E_NOMEM, "%s: out of memory for zlib", path);
    if (status != CPLUG_OK) {
        close(fd);
        return status;
    }
    s->bytes = st.st_size;
    s->packed = magic[0] == 0x1f && magic[1] == 0x8b;
    gzbuffer(s->gz, 1 << 18);
    return CPLUG_OK;
}

static cplug_status zlib_failed(source *s, cplug_error *e)
{
    int code = Z_OK;
    const char *text = gzerror(s->gz, &code), *said = strstr(text, ": "); /* zlib puts "<fd:3>: " in front */
    if (code == Z_MEM_ERROR) return s->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory for zlib", s->path);
    if (code == Z_ERRNO) return s->host->fail(e, CPLUG_E_IO, "%s: cannot read: %s", s->path, strerror(errno));
    if (code == Z_BUF_ERROR)
        return s->host->fail(e, CPLUG_E_FORMAT, "%s: the gzip stream is cut off after %lld unpacked bytes (file of %lld bytes)", s->path,
                             (long long)s->at, (long long)s->bytes);
    return s->host->fail(e, CPLUG_E_FORMAT, "%s: the gzip stream is damaged near byte %lld of the file: %s", s->path,
                         (long long)gzoffset(s->gz), said ? said + 2 : text);
}

/* Reads n bytes; *got < n only at the end of the file. */
static cplug_status read_some(source *s, uint8_t *to, int64_t n, int64_t *got, cplug_error *e)
{
    for (*got = 0; *got < n;) {
        int64_t left = n - *got;
        int r = gzread(s->gz, to + *got, (unsigned)(left < AT_ONCE ? left : AT_ONCE));
        if (r < 0) return zlib_failed(s, e);
        if (r == 0) break;
        *got += r;
        s->at += r;
    }
    int code = Z_OK;
    gzerror(s->gz, &code); /* a cut-off stream hands out its last bytes first */
    return *got < n && code != Z_OK && code != Z_STREAM_END ? zlib_failed(s, e) : CPLUG_OK;
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
    if (status != CPLUG_OK) return status;
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
    status = read_some(&s, &more, 1, &got, e); /* also makes zlib check the checksum */
    if (status == CPLUG_OK && got)
        status = h->fail(e, CPLUG_E_FORMAT, "%s: goes on after byte %lld%s, where its header says it ends", path, (long long)(s.at - 1),
                         where(&s));
done:
    gzclose(s.gz);
    return status;
}
