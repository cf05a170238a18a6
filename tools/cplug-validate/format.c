/* format.c: the checks of a file format, on files in memory: what is written is read back, a damaged file costs an error and nothing else.
 */
#include "validate.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ELEMENTS = 64, MOST_TENSORS = 4, MOST_HOSTILE = 4096, MOST_BYTES = 1 << 26 };
static cplug_format format;
static const char *wanted;
static char subject[160];

static const void *wrap(const char *kind, const void *descriptor)
{
    const cplug_format *f = descriptor;
    if (strcmp(kind, "format") == 0 && strcmp(f->id, wanted) == 0)
        memcpy(&format, f, f->struct_size < sizeof format ? f->struct_size : sizeof format);
    return descriptor;
}

/* ---- a file in memory ---- */
typedef struct file {
    uint8_t *bytes;
    int64_t n, room, at, calls, fail_at; /* fail_at: the call that fails; 0 none */
    cplug_stream_io io;
} file;

static cplug_status broken(file *f, cplug_error *e)
{
    return ++f->calls == f->fail_at ? host_own()->fail(e, CPLUG_E_IO, "the disk is gone") : CPLUG_OK;
}
static cplug_status file_read(void *self, void *dst, uint64_t n, cplug_error *e)
{
    file *f = self;
    if (broken(f, e)) return e->code;
    if (n > (uint64_t)(f->n - f->at)) return host_own()->fail(e, CPLUG_E_FORMAT, "%s ends early", f->io.name);
    if (n) memcpy(dst, f->bytes + f->at, n);
    f->at += (int64_t)n;
    return CPLUG_OK;
}
static cplug_status file_write(void *self, const void *src, uint64_t n, cplug_error *e)
{
    file *f = self;
    if (broken(f, e)) return e->code;
    if (f->at + (int64_t)n > f->room) {
        void *grown = realloc(f->bytes, (size_t)(f->room = 2 * (f->at + (int64_t)n)));
        if (grown == NULL) return host_own()->fail(e, CPLUG_E_NOMEM, "out of memory");
        f->bytes = grown;
    }
    if (f->at > f->n) memset(f->bytes + f->n, 0, (size_t)(f->at - f->n));
    if (n) memcpy(f->bytes + f->at, src, n);
    f->at += (int64_t)n;
    if (f->at > f->n) f->n = f->at;
    return CPLUG_OK;
}
static cplug_status file_seek(void *self, int64_t at, cplug_error *e)
{
    file *f = self;
    if (broken(f, e)) return e->code;
    if (at < 0 || at > f->n) return host_own()->fail(e, CPLUG_E_FORMAT, "%s: no such place", f->io.name);
    f->at = at;
    return CPLUG_OK;
}
static int64_t file_size(void *self) { return ((file *)self)->n; }

static void file_open(file *f)
{
    f->at = f->calls = 0;
    f->io = (cplug_stream_io){ .struct_size = sizeof f->io,
                               .self = f,
                               .name = "a file in memory",
                               .read = file_read,
                               .write = file_write,
                               .seek = file_seek,
                               .size = file_size,
                               .host = host_own() };
}

/* ---- tensors ---- */
typedef struct tensors {
    cplug_view view[MOST_TENSORS];
    cplug_named_view named[MOST_TENSORS];
    int64_t shape[MOST_TENSORS][3], strides[MOST_TENSORS][3];
    uint8_t bytes[MOST_TENSORS][MOST_ELEMENTS * 8];
    uint32_t n;
} tensors;
static const struct {
    int32_t ndim;
    int64_t at[3];
} shapes[MOST_TENSORS] = { { 2, { 2, 3 } }, { 0, { 0 } }, { 1, { 0 } }, { 3, { 3, 1, 5 } } };
static const char *const names[MOST_TENSORS] = { "fc.weight", "steps", "nothing", "a b/\xC3\xA9.0" };

/* n tensors from shape number `first` on. */
static void fill(tensors *t, cplug_dtype dtype, uint32_t first, uint32_t n)
{
    memset(t, 0, sizeof *t);
    t->n = n;
    for (uint32_t i = 0; i < n; i++) {
        const int32_t ndim = shapes[first + i].ndim;
        memcpy(t->shape[i], shapes[first + i].at, sizeof t->shape[i]);
        for (int32_t d = ndim - 1, step = 1; d >= 0; d--) t->strides[i][d] = step, step *= (int32_t)(t->shape[i][d] ? t->shape[i][d] : 1);
        for (uint32_t k = 0; k < sizeof t->bytes[i]; k++) t->bytes[i][k] = (uint8_t)(dtype == CPLUG_BOOL ? (k + i) % 2 : k * 37 + i);
        t->view[i] = (cplug_view){ .struct_size = sizeof(cplug_view),
                                   .dtype = dtype,
                                   .data = t->bytes[i],
                                   .shape = t->shape[i],
                                   .strides = t->strides[i],
                                   .ndim = ndim,
                                   .flags = CPLUG_VIEW_DENSE };
        t->named[i] = (cplug_named_view){ names[first + i], &t->view[i] };
    }
}

static cplug_status write_all(file *f, const tensors *t, cplug_error *e)
{
    static const char *const metadata[] = { "epoch", "3", "note", "two words", NULL };
    f->n = 0;
    file_open(f);
    *e = (cplug_error){ .struct_size = sizeof *e };
    const cplug_status st = format.write(&f->io, t->named, t->n, format.metadata != NULL ? metadata : NULL, e);
    if (st != CPLUG_OK && e->message[0] == '\0')
        check_fail("write gives the code %d without a word: return host->fail(e, code, \"...\")", (int)st);
    return st;
}

/* ---- reading, with everything that a file may say checked ---- */
typedef struct found {
    int64_t n;
    bool whole;  /* every entry was read */
    bool same;   /* and is what `as` holds */
    bool damage; /* an error in words came */
} found;

static bool sane(const cplug_meta *m)
{
    if (m->dtype > CPLUG_BOOL || m->ndim < 0 || m->ndim > CPLUG_MAX_DIMS) return false;
    for (int32_t d = 0; d < m->ndim; d++)
        if (m->shape[d] < 0) return false;
    return true;
}

/* -1: more than anybody would read here */
static int64_t bytes_of(const cplug_meta *m)
{
    int64_t bytes = (int64_t)cplug_dtype_size(m->dtype);
    for (int32_t d = 0; d < m->ndim; d++)
        if (__builtin_mul_overflow(bytes, m->shape[d], &bytes)) return -1;
    return bytes > MOST_BYTES ? -1 : bytes;
}

static void read_entry(void *doc, int64_t i, const tensors *as, found *out)
{
    const char *name = NULL;
    cplug_meta m;
    cplug_error e = { .struct_size = sizeof e };
    guarded g;
    int64_t strides[CPLUG_MAX_DIMS];
    memset(&m, 0, sizeof m);
    if (format.entry(doc, i, &name, &m, &e) != CPLUG_OK || name == NULL) {
        out->whole = false;
        return;
    }
    if (!sane(&m)) {
        check_fail("says of tensor %lld: dtype %u, %d dimensions, or a size below 0", (long long)i, m.dtype, (int)m.ndim);
        return;
    }
    const int64_t bytes = bytes_of(&m);
    if (m.dtype == 0 || bytes < 0 || !guard_make(&g, "the memory for a tensor", (uint64_t)bytes, cplug_dtype_size(m.dtype), true)) {
        out->whole = false;
        return;
    }
    memset(g.data, 0xFF, (size_t)bytes);
    for (int32_t d = m.ndim - 1, step = 1; d >= 0; d--) strides[d] = step, step *= (int32_t)(m.shape[d] ? m.shape[d] : 1);
    cplug_view v = { .struct_size = sizeof v,
                     .dtype = m.dtype,
                     .data = g.data,
                     .shape = m.shape,
                     .strides = strides,
                     .ndim = m.ndim,
                     .flags = CPLUG_VIEW_DENSE };
    const cplug_status st = bytes ? format.read(doc, i, &v, &e) : CPLUG_OK;
    if (st != CPLUG_OK && e.message[0] == '\0')
        check_fail("read gives the code %d without a word: return host->fail(e, code, \"...\")", (int)st);
    out->whole &= st == CPLUG_OK;
    bool known = false;
    for (uint32_t k = 0; k < as->n && st == CPLUG_OK; k++) {
        const cplug_view *w = as->named[k].view;
        if (as->n > 1 && strcmp(as->named[k].name, name) != 0) continue; /* a file of one tensor may call it what it likes */
        known = w->dtype == m.dtype && w->ndim == m.ndim && memcmp(w->shape, m.shape, (size_t)m.ndim * sizeof *m.shape) == 0 &&
                memcmp(w->data, g.data, (size_t)bytes) == 0;
    }
    out->same &= known;
    guard_bury(&g);
}

static found read_all(file *f, const tensors *as)
{
    found out = { .whole = true, .same = true };
    void *doc = NULL;
    cplug_error e = { .struct_size = sizeof e };
    file_open(f);
    const cplug_status st = format.open(&f->io, &doc, &e);
    if (st != CPLUG_OK) {
        if (e.message[0] == '\0') check_fail("open gives the code %d without a word: return host->fail(e, code, \"...\")", (int)st);
        return (found){ .damage = true };
    }
    out.n = format.count(doc);
    if (out.n < 0 || out.n > f->n) check_fail("says that a file of %lld bytes holds %lld tensors", (long long)f->n, (long long)out.n);
    for (int64_t i = 0; i < out.n && i < 64 && !check_failed_yet(); i++) read_entry(doc, i, as, &out);
    out.same &= out.n == as->n;
    if (format.metadata != NULL) {
        const char *note = format.metadata(doc, "note");
        out.same &= note != NULL && strcmp(note, "two words") == 0 && format.metadata(doc, "absent") == NULL;
    }
    format.close(doc);
    return out;
}

/* ---- the checks ---- */
static void check_round_trip(file *f)
{
    static tensors t;
    cplug_error e;
    uint32_t written = 0;
    char dtypes[128] = "";
    check_begin(subject, "round trip");
    for (cplug_dtype d = CPLUG_F32; d <= CPLUG_BOOL; d++) {
        uint32_t good = 0;
        for (uint32_t first = 0; first < MOST_TENSORS; first++)
            for (uint32_t n = 1; first + n <= MOST_TENSORS; n += MOST_TENSORS - 1) { /* one, and all of them */
                fill(&t, d, first, n);
                if (write_all(f, &t, &e) != CPLUG_OK) continue; /* it may refuse what it cannot hold */
                const found back = read_all(f, &t);
                if (back.damage || !back.whole || !back.same)
                    check_fail(
                        "%u tensors of %s, the first of %d dimensions: what was written %s", n, cplug_dtype_name(d), (int)t.view[0].ndim,
                        back.damage || !back.whole ? "cannot be read" : "is read as something else (name, shape, bytes or metadata)");
                good++;
            }
        written += good;
        if (good) snprintf(dtypes + strlen(dtypes), sizeof dtypes - strlen(dtypes), " %s", cplug_dtype_name(d));
    }
    if (written == 0) check_fail("it writes no tensor of any dtype: %s", e.message);
    check_note("%u files:%s", written, dtypes);
}

/* What a damaged file may cost: no more memory than its size can explain, and none of it afterwards. */
static found read_damaged(file *f, const tensors *as, const char *how, int64_t where)
{
    const int64_t before = host_used.live;
    host_used.largest = 0;
    host_used.most = MOST_BYTES;
    const found out = read_all(f, as);
    host_used.most = 0;
    if (host_used.largest > (uint64_t)(f->n + 64) * 256)
        check_fail("a file of %lld bytes, %s %lld: asks for %llu bytes before it has looked whether the file can hold them",
                   (long long)f->n, how, (long long)where, (unsigned long long)host_used.largest);
    if (host_used.live != before)
        check_fail(
            "a file of %lld bytes, %s %lld: keeps %lld blocks after close, or after a failed open, which must give back what it took",
            (long long)f->n, how, (long long)where, (long long)(host_used.live - before));
    return out;
}

/* The small file that the damage is done to: several tensors where the format holds several. */
static bool make_file(file *f, tensors *t)
{
    cplug_error e;
    for (uint32_t n = 2; n > 0; n--)
        for (cplug_dtype d = CPLUG_F32; d <= CPLUG_BOOL; d++) {
            fill(t, d, 0, n);
            if (write_all(f, t, &e) == CPLUG_OK) return true;
        }
    return false;
}

static void check_damage(file *f, const tensors *t)
{
    static const uint8_t values[] = { 0x00, 0xFF, 0x7F, 0x20, '9', '-' };
    const int64_t whole = f->n, step = whole / MOST_HOSTILE + 1;
    uint32_t files = 0;
    check_begin(subject, "cut files");
    for (int64_t n = 0; n < whole && !check_failed_yet(); n += step, files++) {
        f->n = n;
        const found out = read_damaged(f, t, "cut at byte", n);
        if (!out.damage && out.whole && !out.same && out.n > 0)
            check_fail("a file cut at byte %lld of %lld is read without an error", (long long)n, (long long)whole);
    }
    check_note("%u files", files);
    f->n = whole;
    check_begin(subject, "damaged files");
    for (int64_t at = 0, done = 0; at < whole && !check_failed_yet(); at += step, done++)
        for (uint32_t k = 0; k <= CPLUG_COUNT(values) && !check_failed_yet(); k++) {
            const uint8_t was = f->bytes[at];
            f->bytes[at] = k < CPLUG_COUNT(values) ? values[k] : was ^ 1;
            read_damaged(f, t, "wrong at byte", at);
            f->bytes[at] = was;
            check_note("%lld files", (long long)(done + 1) * (CPLUG_COUNT(values) + 1));
        }
}

/* The n-th call of the file's functions, and the n-th allocation, fail, for every n, in writing and in reading. */
static void check_trouble(file *f, const tensors *t)
{
    file copy = { .bytes = NULL };
    check_begin(subject, "disk and memory");
    for (int kind = 0; kind < 4; kind++) {
        const bool writes = kind < 2, disk = kind % 2;
        bool reached = true;
        for (int64_t n = 1; reached && n < MOST_HOSTILE && !check_failed_yet(); n++) {
            const int64_t before = host_used.live;
            cplug_error e;
            file *on = writes ? &copy : f;
            on->fail_at = disk ? n : 0;
            host_used.allocated = 0;
            host_used.fail_at = disk ? 0 : n;
            const bool good = writes ? write_all(on, t, &e) == CPLUG_OK : read_all(on, t).whole;
            reached = disk ? on->calls >= n : host_used.allocated >= n;
            host_used.fail_at = on->fail_at = 0;
            if (reached && good && disk)
                check_fail("%s goes on when the disk fails at its call %lld", writes ? "write" : "read", (long long)n);
            if (host_used.live != before)
                check_fail("keeps %lld blocks when %s number %lld fails while %s", (long long)(host_used.live - before),
                           disk ? "a call of the file" : "an allocation", (long long)n, writes ? "writing" : "reading");
        }
    }
    free(copy.bytes);
}

void validate_format(const char *path, const char *id)
{
    static tensors t;
    static file f;
    char why[512];
    wanted = id;
    snprintf(subject, sizeof subject, "format %s", id);
    check_begin(subject, "registers");
    cplug_context *ctx = cplug_open("threads=1");
    if (ctx == NULL || load_wrapped(ctx, path, wrap) != CPLUG_OK || format.id == NULL) {
        check_fail("%s", ctx != NULL && cplug_failed(ctx) ? cplug_error_text(ctx) : "it is not there any more");
        return;
    }
    if (format.extensions == NULL || format.extensions[strspn(format.extensions, " ")] != '.')
        check_fail("extensions is '%s', expected words like \".table .tab\"", format.extensions != NULL ? format.extensions : "");
    if (format.write == NULL || format.open == NULL) {
        check_begin(subject, "round trip");
        check_skip("it does not both write and read");
        return;
    }
    guard_watch();
    host_state *before = state_take();
    check_round_trip(&f);
    if (!check_failed_yet() && make_file(&f, &t)) {
        check_damage(&f, &t);
        check_trouble(&f, &t);
    }
    check_begin(subject, "host's state");
    if (!state_same(before, why, sizeof why)) check_fail("%s", why);
    check_end();
    state_free(before);
    free(f.bytes);
    cplug_close(ctx);
}
