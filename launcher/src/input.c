/* input.c: all bytes of a file or of standard input, gunzipped when they are packed.  What is cut off or damaged is an error that says
 * where; nothing is taken for whole that is not. */
#include "rows.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { FIRST_ROOM = 1 << 16, AT_ONCE = 1 << 24, GZIP = 15 + 16 };

typedef struct heap { /* growing bytes */
    const cplug_host *host;
    uint8_t *at;
    uint64_t n, room;
} heap;

static cplug_status more_room(heap *h, const char *path, cplug_error *e)
{
    const uint64_t room = h->room ? 2 * h->room : FIRST_ROOM;
    uint8_t *at = h->host->alloc(room);
    if (at == NULL) return h->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory for %llu bytes", path, (unsigned long long)room);
    if (h->n) memcpy(at, h->at, h->n);
    h->host->free(h->at);
    h->at = at;
    h->room = room;
    return CPLUG_OK;
}

static cplug_status read_all(int fd, const char *path, heap *h, cplug_error *e)
{
    for (;;) {
        if (h->n == h->room && more_room(h, path, e) != CPLUG_OK) return CPLUG_E_NOMEM;
        const uint64_t left = h->room - h->n;
        const ssize_t got = read(fd, h->at + h->n, left < AT_ONCE ? left : AT_ONCE);
        if (got == 0) return CPLUG_OK;
        if (got < 0 && errno != EINTR) return h->host->fail(e, CPLUG_E_IO, "cannot read '%s': %s", path, strerror(errno));
        if (got > 0) h->n += (uint64_t)got;
    }
}

/* Members of a gzip file follow each other until nothing is left (RFC 1952, 2.2). */
static cplug_status inflate_all(z_stream *z, uint64_t n, const char *path, heap *h, cplug_error *e)
{
    uint64_t used = 0;
    const uint8_t *packed = z->next_in;
    for (int code = Z_OK; used < n || code != Z_STREAM_END;) {
        if (h->n == h->room && more_room(h, path, e) != CPLUG_OK) return CPLUG_E_NOMEM;
        if (code == Z_STREAM_END) inflateReset(z);
        z->next_in = (uint8_t *)packed + used;
        z->avail_in = (uInt)(n - used < AT_ONCE ? n - used : AT_ONCE);
        z->next_out = h->at + h->n;
        const uint64_t left = h->room - h->n;
        z->avail_out = (uInt)(left < AT_ONCE ? left : AT_ONCE);
        const uInt room = z->avail_out, given = z->avail_in;
        code = inflate(z, Z_NO_FLUSH);
        used += given - z->avail_in;
        h->n += room - z->avail_out;
        if (code == Z_MEM_ERROR) return h->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory for zlib", path);
        if (code == Z_BUF_ERROR && used == n)
            return h->host->fail(e, CPLUG_E_FORMAT, "%s: the gzip stream is cut off after %llu unpacked bytes (input of %llu bytes)", path,
                                 (unsigned long long)h->n, (unsigned long long)n);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
            return h->host->fail(e, CPLUG_E_FORMAT, "%s: the gzip stream is damaged near byte %llu: %s", path, (unsigned long long)used,
                                 z->msg != NULL ? z->msg : "no gzip data");
    }
    return CPLUG_OK;
}

static cplug_status unpack(heap *h, const char *path, cplug_error *e)
{
    heap out = { .host = h->host };
    z_stream z = { .next_in = h->at };
    if (inflateInit2(&z, GZIP) != Z_OK) return h->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory for zlib", path);
    const cplug_status status = inflate_all(&z, h->n, path, &out, e);
    inflateEnd(&z);
    h->host->free(status == CPLUG_OK ? h->at : out.at);
    if (status == CPLUG_OK) *h = out;
    return status;
}

cplug_status cplug__input_read(rows *s, cplug_error *e)
{
    struct stat st;
    heap h = { .host = s->host };
    const bool standard = strcmp(s->path, "-") == 0;
    const int fd = standard ? STDIN_FILENO : open(s->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return s->host->fail(e, CPLUG_E_IO, "cannot open '%s': %s", s->path, strerror(errno));
    cplug_status status = CPLUG_OK;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) status = s->host->fail(e, CPLUG_E_IO, "'%s' is a directory", s->path);
    if (status == CPLUG_OK) status = read_all(fd, s->path, &h, e);
    if (!standard) close(fd);
    const bool packed = h.n >= 2 && h.at[0] == 0x1f && h.at[1] == 0x8b;
    if (status == CPLUG_OK && packed && (s->format == NULL || strncmp(s->format, "raw", 3) != 0)) status = unpack(&h, s->path, e);
    if (status == CPLUG_OK && h.n == h.room) status = more_room(&h, s->path, e);
    if (h.n < h.room) h.at[h.n] = '\0'; /* what reads numbers stops here */
    s->bytes = h.at;
    s->n_bytes = h.n;
    return status;
}
