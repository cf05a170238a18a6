/* device.c: the checks of a device: memory that is aligned and apart, copies that arrive whole and in order, queues of several threads. */
#include "validate.h"
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN = 64, BLOCKS = 5, MOST = 1 << 20, THREADS = 3, ROUNDS = 3, LEAST_MS = 200 };
static const uint64_t sizes[BLOCKS] = { 1, 63, 64, 4097, MOST };
static cplug_device device;
static const char *wanted;
static char subject[160];

static const void *wrap(const char *kind, const void *descriptor)
{
    const cplug_device *d = descriptor;
    if (strcmp(kind, "device") == 0 && strcmp(d->name, wanted) == 0)
        memcpy(&device, d, d->struct_size < sizeof device ? d->struct_size : sizeof device);
    return descriptor;
}

/* ---- one opened device with a queue, and what went wrong with it first ---- */
typedef struct line {
    pthread_t thread;
    void *dev;
    cplug_queue *q;
    int number, blocks; /* blocks: how many of the sizes are copied; large ones would keep threads from meeting */
    char wrong[600];
    cplug_error e;
} line;

CPLUG_PRINTF(2, 3) static bool wrong(line *l, const char *format, ...)
{
    va_list args;
    if (l->wrong[0]) return false;
    va_start(args, format);
    vsnprintf(l->wrong, sizeof l->wrong, format, args);
    va_end(args);
    return false;
}

static bool did(line *l, cplug_status st, const char *what)
{
    if (st == CPLUG_OK) return true;
    return wrong(l, "%s fails: %s", what, l->e.message[0] ? l->e.message : "without a word: return host->fail(e, code, \"...\")");
}

static bool line_open(line *l)
{
    l->e = (cplug_error){ .struct_size = sizeof l->e };
    if (!did(l, device.open(host_own(), device.user, 0, &l->dev, &l->e), "open")) return false;
    return device.queue_open == NULL || did(l, device.queue_open(l->dev, &l->q, &l->e), "queue_open");
}

static void line_close(line *l)
{
    if (l->q != NULL) device.queue_close(l->dev, l->q);
    if (l->dev != NULL) device.close(l->dev);
}

static bool copy(line *l, void *dst, const void *src, uint64_t n, uint32_t direction)
{
    return did(l, device.copy(l->dev, l->q, dst, src, n, direction, &l->e), "copy");
}

/* ---- memory ---- */
static bool apart(const void *a, uint64_t n, const void *b, uint64_t m)
{
    return (const char *)a + n <= (const char *)b || (const char *)b + m <= (const char *)a;
}

static void check_memory(line *l)
{
    void *p[BLOCKS] = { NULL };
    cplug_device_memory before = { .struct_size = sizeof before };
    if (device.memory != NULL) {
        did(l, device.memory(l->dev, &before, &l->e), "memory");
        if (before.free > before.total)
            wrong(l, "memory says %llu bytes free of %llu", (unsigned long long)before.free, (unsigned long long)before.total);
    }
    for (int i = 0; i < BLOCKS; i++) {
        if (!did(l, device.alloc(l->dev, sizes[i], &p[i], &l->e), "alloc")) break;
        if ((uintptr_t)p[i] % ALIGN != 0)
            wrong(l, "alloc of %llu bytes gives %p, which is not aligned to %d bytes", (unsigned long long)sizes[i], p[i], (int)ALIGN);
        for (int k = 0; k < i; k++)
            if (!apart(p[i], sizes[i], p[k], sizes[k]))
                wrong(l, "alloc gives blocks of %llu and %llu bytes that overlap", (unsigned long long)sizes[k],
                      (unsigned long long)sizes[i]);
    }
    did(l, device.sync(l->dev, l->q, &l->e), "sync");
    for (int i = 0; i < BLOCKS; i++)
        if (p[i] != NULL) device.free(l->dev, p[i]);
    void *much = NULL;
    l->e.message[0] = '\0';
    if (device.alloc(l->dev, (uint64_t)1 << 60, &much, &l->e) == CPLUG_OK)
        wrong(l, "alloc gives 2^60 bytes, which cannot be");
    else if (l->e.message[0] == '\0')
        wrong(l, "alloc fails without a word: return host->fail(e, CPLUG_E_NOMEM, \"...\")");
}

/* ---- copies ---- */
static uint8_t byte_of(int number, uint64_t i) { return (uint8_t)((i * 131 + (uint64_t)number * 17) >> 3); }

/* To the device at an odd place, on to another one there, and back; the host's side may be overwritten as soon as copy returns. */
static bool travel(line *l, uint8_t *host, char *a, char *b, uint64_t n, uint64_t offset)
{
    const int number = l->number;
    for (uint64_t i = 0; i < n; i++) host[i] = byte_of(number, i);
    if (!copy(l, a + offset, host, n, CPLUG_COPY_TO_DEVICE)) return false;
    memset(host, 0, n);
    if (!copy(l, b + 2 * offset, a + offset, n, CPLUG_COPY_ON_DEVICE)) return false;
    if (!copy(l, host, b + 2 * offset, n, CPLUG_COPY_TO_HOST)) return false;
    for (uint64_t i = 0; i < n; i++)
        if (host[i] != byte_of(number, i))
            return wrong(
                l,
                "%llu bytes to the device, on to another place there and back: byte %llu is %u, expected %u; copies are done in order, and "
                "the host's side is read or filled when copy returns",
                (unsigned long long)n, (unsigned long long)i, host[i], byte_of(number, i));
    return true;
}

static void check_copies(line *l)
{
    static const uint64_t offsets[] = { 0, 1, 64, 1000 };
    void *a = NULL, *b = NULL;
    uint8_t *host = malloc(MOST);
    if (host != NULL && did(l, device.alloc(l->dev, 2 * MOST, &a, &l->e), "alloc") &&
        did(l, device.alloc(l->dev, 2 * MOST, &b, &l->e), "alloc")) {
        bool good = copy(l, a, host, 0, CPLUG_COPY_TO_DEVICE);
        for (int i = 0; i < l->blocks && good; i++)
            for (uint32_t k = 0; k < CPLUG_COUNT(offsets) && good; k++) good = travel(l, host, a, b, sizes[i], offsets[k]);
    }
    did(l, device.sync(l->dev, l->q, &l->e), "sync");
    if (a != NULL) device.free(l->dev, a);
    if (b != NULL) device.free(l->dev, b);
    free(host);
}

static void *run_line(void *arg)
{
    const int64_t end = clock_ms() + LEAST_MS;
    for (int i = 0; (i < ROUNDS || clock_ms() < end) && ((line *)arg)->wrong[0] == '\0'; i++) check_copies(arg);
    return NULL;
}

static void check_threads(void)
{
    static line l[THREADS];
    int opened = 0, started = 0;
    check_begin(subject, "threads");
    for (; opened < THREADS; opened++) {
        l[opened].number = opened + 1;
        l[opened].blocks = BLOCKS - 1;
        if (!line_open(&l[opened])) break;
    }
    for (; started < opened; started++)
        if (pthread_create(&l[started].thread, NULL, run_line, &l[started]) != 0) break;
    for (int i = 0; i < started; i++) pthread_join(l[i].thread, NULL);
    for (int i = 0; i < THREADS; i++) {
        if (l[i].wrong[0]) check_fail("opened %d times, each in a thread: %s", (int)THREADS, l[i].wrong);
        line_close(&l[i]);
    }
    check_note("%d threads, a queue each", (int)THREADS);
}

/* ---- all of it ---- */
static void check_line(const char *check, void (*make)(line *l))
{
    line l = { .number = 7, .blocks = BLOCKS };
    const int64_t live = host_used.live;
    check_begin(subject, check);
    if (line_open(&l)) make(&l);
    line_close(&l);
    if (l.wrong[0]) check_fail("%s", l.wrong);
    if (host_used.live != live) check_fail("keeps %lld blocks of the host's after close", (long long)(host_used.live - live));
}

void validate_device(const char *path, const char *name)
{
    char why[512];
    wanted = name;
    snprintf(subject, sizeof subject, "device %s", name);
    check_begin(subject, "registers");
    cplug_context *ctx = cplug_open("threads=1");
    if (ctx == NULL || load_wrapped(ctx, path, wrap) != CPLUG_OK || device.name == NULL) {
        check_fail("%s", ctx != NULL && cplug_failed(ctx) ? cplug_error_text(ctx) : "it is not there any more");
        return;
    }
    if ((device.queue_open == NULL) != (device.queue_close == NULL)) check_fail("queue_open and queue_close: both or none");
    const int32_t n = device.count(device.user);
    if (n < 0 || n != device.count(device.user)) check_fail("count says %d and then %d", (int)n, (int)device.count(device.user));
    if (strcmp(name, "cpu") == 0) {
        check_note("the host's own memory");
        return;
    }
    if (n <= 0) {
        check_skip("count says that there is none here");
        return;
    }
    check_note("%d, %s", (int)n, device.queue_open != NULL ? "asynchronous" : "synchronous");
    host_state *before = state_take();
    check_line("memory", check_memory);
    check_line("copies", check_copies);
    check_threads();
    check_begin(subject, "host's state");
    if (!state_same(before, why, sizeof why)) check_fail("%s", why);
    check_end();
    state_free(before);
    cplug_error_clear(ctx);
    cplug_close(ctx);
}
