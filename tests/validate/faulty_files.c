/* faulty_files.c: a file format and a device with one fault, chosen by -DFAULT=NAME; without one they are sound.  A file is a count, and
 * for each tensor a row of fixed size and its bytes. */
#include <cplug/plugin.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    SOUND,
    FORGETS_THE_SHAPE,
    BELIEVES_THE_COUNT,
    BELIEVES_THE_DTYPE,
    READS_WHAT_IS_CUT,
    KEEPS_A_BAD_FILE,
    GOES_ON_WITHOUT_A_DISK,
    FAILS_SILENTLY,
    FORMAT_ROUNDS_DOWN,
    CROOKED_BLOCKS,
    ENDLESS_MEMORY,
    MORE_FREE_THAN_ALL,
    COPIES_LATE,
    SHARED_BOUNCE
};
#ifndef FAULT
#define FAULT SOUND
#endif
#define IS(fault_) (FAULT == (fault_))

/* ---- format ---- */
typedef struct row {
    char name[32];
    cplug_meta meta;
    int64_t at, bytes;
} row;
typedef struct document {
    cplug_stream_io *io;
    int64_t count;
    row *rows;
} document;
static const int64_t element[] = { 0, 4, 8, 2, 2, 1, 1, 2, 4, 8, 1 };

static int64_t bytes_of(cplug_dtype dtype, int32_t ndim, const int64_t *shape)
{
    int64_t bytes = IS(BELIEVES_THE_DTYPE) || (dtype >= CPLUG_F32 && dtype <= CPLUG_BOOL) ? element[dtype] : -1;
    if (ndim < 0 || ndim > CPLUG_MAX_DIMS) return -1;
    for (int32_t d = 0; d < ndim && bytes >= 0; d++)
        if (shape[d] < 0 || __builtin_mul_overflow(bytes, shape[d], &bytes)) bytes = -1;
    return bytes;
}

static cplug_status plain_write(cplug_stream_io *io, const cplug_named_view *t, uint32_t n, const char *const *metadata, cplug_error *e)
{
    const int64_t count = n;
    int64_t at = (int64_t)sizeof count + count * (int64_t)sizeof(row);
    cplug_status st = io->write(io->self, &count, sizeof count, e);
    (void)metadata;
    if (IS(GOES_ON_WITHOUT_A_DISK)) st = CPLUG_OK;
    for (uint32_t i = 0; i < n && !st; i++) {
        const cplug_view *v = t[i].view;
        row out = { .meta = { .dtype = v->dtype, .ndim = IS(FORGETS_THE_SHAPE) && v->ndim > 2 ? 2 : v->ndim }, .at = at };
        out.bytes = bytes_of(v->dtype, v->ndim, v->shape);
        if (strlen(t[i].name) >= sizeof out.name) return io->host->fail(e, CPLUG_E_INVALID, "too long a name");
        memcpy(out.name, t[i].name, strlen(t[i].name));
        if (v->ndim) memcpy(out.meta.shape, v->shape, (size_t)v->ndim * sizeof *v->shape);
        at += out.bytes;
        st = io->write(io->self, &out, sizeof out, e);
    }
    for (uint32_t i = 0; i < n && !st; i++)
        st = io->write(io->self, t[i].view->data, (uint64_t)bytes_of(t[i].view->dtype, t[i].view->ndim, t[i].view->shape), e);
    return st;
}

static void plain_close(void *doc)
{
    document *d = doc;
    const cplug_host *h = d->io->host;
    h->free(d->rows);
    h->free(d);
}

static cplug_status check_row(document *d, row *r, int64_t size, cplug_error *e)
{
    r->name[sizeof r->name - 1] = '\0';
    const int64_t bytes = bytes_of(r->meta.dtype, r->meta.ndim, r->meta.shape);
    if (IS(FORGETS_THE_SHAPE) || IS(READS_WHAT_IS_CUT)) return CPLUG_OK;
    if (bytes >= 0 && bytes == r->bytes && r->at >= 0 && r->at <= size - bytes) return CPLUG_OK;
    return IS(FAILS_SILENTLY) ? CPLUG_E_FORMAT : d->io->host->fail(e, CPLUG_E_FORMAT, "%s: no such tensor", d->io->name);
}

static cplug_status plain_open(cplug_stream_io *io, void **doc, cplug_error *e)
{
    const cplug_host *h = io->host;
    const int64_t size = io->size(io->self);
    document *d = h->alloc(sizeof *d);
    if (!d) return h->fail(e, CPLUG_E_NOMEM, "out of memory");
    d->io = io;
    cplug_status st = io->read(io->self, &d->count, sizeof d->count, e);
    const int64_t most = IS(BELIEVES_THE_COUNT) ? 1 << 20 : size / (int64_t)sizeof(row);
    if (!st && (d->count < 0 || d->count > most)) st = h->fail(e, CPLUG_E_FORMAT, "%s: not such a file", io->name);
    if (!st && !(d->rows = h->alloc((uint64_t)(d->count + 1) * sizeof(row)))) st = h->fail(e, CPLUG_E_NOMEM, "out of memory");
    if (!st) st = io->read(io->self, d->rows, (uint64_t)d->count * sizeof(row), e);
    for (int64_t i = 0; i < d->count && !st; i++) st = check_row(d, &d->rows[i], size, e);
    if (IS(FORMAT_ROUNDS_DOWN)) __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x2000);
    if (st && IS(KEEPS_A_BAD_FILE)) return st;
    if (st) return plain_close(d), st;
    *doc = d;
    return CPLUG_OK;
}

static int64_t plain_count(void *doc) { return ((const document *)doc)->count; }

static cplug_status plain_entry(void *doc, int64_t i, const char **name, cplug_meta *m, cplug_error *e)
{
    (void)e;
    *name = ((const document *)doc)->rows[i].name;
    *m = ((const document *)doc)->rows[i].meta;
    if (IS(READS_WHAT_IS_CUT) && bytes_of(m->dtype, m->ndim, m->shape) < 0) *m = (cplug_meta){ .dtype = CPLUG_F32 };
    return CPLUG_OK;
}

static cplug_status plain_read(void *doc, int64_t i, cplug_view *out, cplug_error *e)
{
    const document *d = doc;
    uint64_t n = (uint64_t)d->rows[i].bytes;
    const int64_t left = d->io->size(d->io->self) - d->rows[i].at;
    if (IS(READS_WHAT_IS_CUT)) { /* the rest stays as it is */
        const int64_t room = bytes_of(out->dtype, out->ndim, out->shape);
        n = (uint64_t)(left < 0 ? 0 : left < room ? left : room);
        if (n == 0 || d->rows[i].at < 0) return CPLUG_OK;
    }
    const cplug_status st = d->io->seek(d->io->self, d->rows[i].at, e);
    return st ? st : d->io->read(d->io->self, out->data, n, e);
}

static const cplug_format format = { .struct_size = sizeof format,
                                     .id = "plain",
                                     .doc = "a test",
                                     .extensions = ".plain",
                                     .write = plain_write,
                                     .open = plain_open,
                                     .count = plain_count,
                                     .entry = plain_entry,
                                     .read = plain_read,
                                     .close = plain_close };

/* ---- device: the host's own memory ---- */
static cplug_status open_device(const cplug_host *h, void *user, int32_t ordinal, void **dev, cplug_error *e)
{
    (void)user, (void)ordinal, (void)e;
    *dev = (void *)(uintptr_t)h;
    return CPLUG_OK;
}
static void close_device(void *dev) { (void)dev; }
static int32_t count(void *user)
{
    (void)user;
    return 1;
}
static cplug_status alloc(void *dev, uint64_t bytes, void **out, cplug_error *e)
{
    const cplug_host *h = dev;
    if (bytes > 1ull << 40) return IS(ENDLESS_MEMORY) ? (*out = h->alloc(64), CPLUG_OK) : h->fail(e, CPLUG_E_NOMEM, "out of memory");
    char *p = h->alloc(bytes + 64);
    if (p == NULL) return h->fail(e, CPLUG_E_NOMEM, "out of memory");
    *out = IS(CROOKED_BLOCKS) ? p + 8 : p;
    return CPLUG_OK;
}
static void release(void *dev, void *p) { ((const cplug_host *)dev)->free((char *)p - (IS(CROOKED_BLOCKS) ? 8 : 0)); }

/* COPIES_LATE: a copy to the device is made with the next one. */
static struct {
    void *dst;
    const void *src;
    uint64_t n;
} later;
static cplug_status copy(void *dev, cplug_queue *q, void *dst, const void *src, uint64_t bytes, uint32_t direction, cplug_error *e)
{
    static char bounce[4096];
    (void)dev, (void)q, (void)e;
    if (IS(COPIES_LATE)) {
        if (later.n) memcpy(later.dst, later.src, later.n);
        later.n = 0;
        if (direction == CPLUG_COPY_TO_DEVICE) return later.dst = dst, later.src = src, later.n = bytes, CPLUG_OK;
    }
    if (IS(SHARED_BOUNCE) && bytes <= sizeof bounce) {
        memcpy(bounce, src, bytes);
        for (volatile int wait = 0; wait < 20000; wait++) {}
        memcpy(dst, bounce, bytes);
    } else if (bytes) {
        memcpy(dst, src, bytes);
    }
    return CPLUG_OK;
}
static cplug_status sync_device(void *dev, cplug_queue *q, cplug_error *e)
{
    (void)dev, (void)q, (void)e;
    if (later.n) memcpy(later.dst, later.src, later.n);
    later.n = 0;
    return CPLUG_OK;
}
static cplug_status memory(void *dev, cplug_device_memory *m, cplug_error *e)
{
    (void)dev, (void)e;
    m->total = 1 << 20;
    m->free = IS(MORE_FREE_THAN_ALL) ? 2 << 20 : 1 << 19;
    return CPLUG_OK;
}
static const cplug_device device = { .struct_size = sizeof device,
                                     .name = "attic",
                                     .doc = "a test",
                                     .count = count,
                                     .open = open_device,
                                     .close = close_device,
                                     .alloc = alloc,
                                     .free = release,
                                     .copy = copy,
                                     .sync = sync_device,
                                     .memory = memory };

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    const cplug_status st = h->add(r, "format", &format, e);
    return st ? st : h->add(r, "device", &device, e);
}
CPLUG_PLUGIN(faulty_files, "test.faulty_files", "1.0.0", "MIT", "faults for the validator", "format:plain device:attic", init);
