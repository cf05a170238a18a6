/* faulty.c: a plugin with a kernel and a scheduler, and one fault, chosen by -DFAULT=NAME -DPLANTED_NAME; each is one that cplug-validate
 * must find.  Without a fault it is sound. */
#include <cplug/plugin.h>
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xmmintrin.h>

enum {
    SOUND,
    WRONG_VALUE,
    WRITES_BEHIND,
    READS_BEHIND,
    WRITES_BEFORE,
    WRITES_INPUT,
    WANTS_ZEROS,
    OVERRUNS_WORKSPACE,
    WANTS_ZEROED_WORKSPACE,
    OVERRUNS_PACK,
    STATIC_BUFFER,
    COUNTS_CALLS,
    DEPENDS_ON_PIECES,
    NOT_IN_PLACE,
    NOT_STRIDED,
    LATE_ACCESS,
    SETS_LOCALE,
    FLUSHES_TO_ZERO,
    ROUNDS_DOWN,
    BLOCKS_SIGNALS,
    TAKES_SIGINT,
    CHANGES_FOLDER,
    NEVER_RETURNS,
    CRASHES,
    CALLS_EXIT,
    PRINTS,
    LEAKS,
    IGNORES_FULL_MEMORY,
    SILENT_ERROR,
    LEAKS_PLAN,
    LEAKS_PLAN_WHEN_FULL,
    PLAN_VARIES,
    WANTS_PAGES,
    NO_REASON,
    SCORE_TOO_HIGH,
    MOODY_SUPPORT,
    UNKNOWN_OP,
    DEFAULT_OUT_OF_RANGE,
    NO_DOC,
    OVERLAPS,
    OUTSIDE_STRUCT,
    NEVER_READ,
    HIDDEN_STATE,
    PROMISE_BROKEN,
    UNPROMISED,
    NO_LICENSE
};
#ifndef FAULT
#define FAULT SOUND
#endif
#define IS(fault_) (FAULT == (fault_))

/* ---- a kernel: relu in f32 ---- */
static void supports(const cplug_call *c, cplug_support *s)
{
    static int asked;
    s->score = c->in[0]->dtype != CPLUG_F32 ? 0 : IS(SCORE_TOO_HIGH) ? 200 : 60 + (IS(MOODY_SUPPORT) ? ++asked % 7 : 0);
    s->reason = IS(NO_REASON) ? NULL : "a test";
}

static int64_t numel(const cplug_view *v)
{
    int64_t n = 1;
    for (int32_t d = 0; d < v->ndim; d++) n *= v->shape[d];
    return n;
}

static cplug_status prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    static uint64_t more;
    p->workspace_bytes = IS(PLAN_VARIES) ? 64 * ++more : 60;
    if (IS(WANTS_PAGES)) p->workspace_align = 4096;
    if (IS(OVERRUNS_PACK)) p->pack_bytes = (uint64_t)numel(c->in[0]) * sizeof(float) + 4;
    if (IS(LEAKS_PLAN)) p->state = c->host->alloc(100);
    if (IS(LEAKS_PLAN_WHEN_FULL)) {
        void **both = c->host->alloc(2 * sizeof *both);
        if (both == NULL) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory");
        both[0] = c->host->alloc(100);
        if (both[0] == NULL) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory");
        p->state = both;
    }
    return CPLUG_OK;
}

static void discard(const cplug_host *h, cplug_plan *p)
{
    if (!IS(LEAKS_PLAN_WHEN_FULL) || p->state == NULL) return;
    h->free(*(void **)p->state);
    h->free(p->state);
}

static cplug_status pack(const cplug_call *c, const cplug_plan *p, void *dst, cplug_error *e)
{
    const int64_t n = numel(c->in[0]);
    (void)p, (void)e;
    memcpy(dst, c->in[0]->data, (size_t)n * sizeof(float));
    ((float *)dst)[n] = 0;
    ((float *)dst)[n + 1] = 0;
    return CPLUG_OK;
}

static void *touch_later(void *data)
{
    usleep(10000);
    *(volatile float *)data = 1;
    return NULL;
}

static void misbehave(const cplug_call *c, float *x, float *y, int64_t n)
{
    pthread_t thread;
    sigset_t all;
    sigfillset(&all);
    if (IS(WRITES_BEHIND)) y[n] = 0;
    if (IS(READS_BEHIND)) y[0] += 0 * ((volatile float *)x)[n];
    if (IS(WRITES_BEFORE)) y[-1] = 0;
    if (IS(WRITES_INPUT)) x[0] = 0;
    if (IS(LATE_ACCESS) && pthread_create(&thread, NULL, touch_later, y) == 0) pthread_detach(thread);
    if (IS(SETS_LOCALE)) setlocale(LC_ALL, "C.UTF-8");
    if (IS(FLUSHES_TO_ZERO)) _mm_setcsr(_mm_getcsr() | 0x8040);
    if (IS(ROUNDS_DOWN)) fesetround(FE_DOWNWARD);
    if (IS(BLOCKS_SIGNALS)) pthread_sigmask(SIG_BLOCK, &all, NULL);
    if (IS(TAKES_SIGINT)) signal(SIGINT, SIG_IGN);
    if (IS(CHANGES_FOLDER) && chdir("/") != 0) return;
    while (IS(NEVER_RETURNS)) usleep(1000);
    if (IS(CRASHES)) *(volatile int *)(uintptr_t)(n == -1 ? 1 : 8) = 1;
    if (IS(CALLS_EXIT)) exit(3);
    if (IS(PRINTS)) puts("hello from relu");
    if (IS(LEAKS)) c->host->alloc(64);
}

static void rectify(void *arg, int64_t lo, int64_t hi)
{
    const cplug_call *c = arg;
    const float *x = c->in[0]->data;
    float *y = c->out[0]->data;
    for (int64_t i = lo; i < hi; i++)
        if (!IS(WANTS_ZEROS) || x[i] > 0) y[i] = x[i] < 0 ? 0 : x[i];
    if (IS(DEPENDS_ON_PIECES) && lo > 0) y[lo] += 1e-6f;
}

static void use_memory(const cplug_call *c, float *y, int64_t n)
{
    float *room = IS(IGNORES_FULL_MEMORY) ? c->host->alloc((uint64_t)n * sizeof *room) : NULL;
    if (IS(IGNORES_FULL_MEMORY)) memcpy(room, y, (size_t)n * sizeof *room);
    c->host->free(room);
    if (IS(OVERRUNS_WORKSPACE)) ((float *)c->workspace)[15] = 1;
    if (IS(WANTS_ZEROED_WORKSPACE)) y[0] += ((float *)c->workspace)[0];
}

static cplug_status run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    static float shared[4096];
    static int calls;
    float *x = c->in[0]->data, *y = c->out[0]->data;
    const int64_t n = numel(c->in[0]);
    (void)p, (void)e;
    if (n == 0) return CPLUG_OK;
    if (IS(SILENT_ERROR)) return CPLUG_E_INVALID;
    if (IS(NOT_IN_PLACE)) y[0] = 5; /* harmless, unless x is y */
    if (IS(NOT_STRIDED) && !(c->out[0]->flags & CPLUG_VIEW_DENSE)) y[1] = 7;
    const int64_t step = IS(NOT_STRIDED) && c->out[0]->ndim ? c->out[0]->strides[c->out[0]->ndim - 1] : 1;
    if (step != 1)
        for (int64_t i = 0; i < n; i++) y[i * step] = x[i] < 0 ? 0 : x[i];
    else
        c->host->parallel_for(n, 2, rectify, (void *)c);
    use_memory(c, y, n);
    if (IS(STATIC_BUFFER) && n <= 4096) { /* another thread may be in it */
        for (int64_t i = 0; i < n; i++) shared[i] = y[i] + (float)(uintptr_t)(pthread_self() % 1000);
        usleep(200);
        for (int64_t i = 0; i < n; i++) y[i] = shared[i] - (float)(uintptr_t)(pthread_self() % 1000);
    }
    if (IS(WRONG_VALUE)) y[n - 1] += 1;
    if (IS(COUNTS_CALLS)) y[0] += 1e-6f * (float)(++calls % 5);
    misbehave(c, x, y, n);
    return CPLUG_OK;
}

static const cplug_kernel relu = { .struct_size = sizeof relu,
                                   .op_version = 1,
                                   .op = IS(UNKNOWN_OP) ? "rellu" : "relu",
                                   .backend = "faulty",
                                   .device = "cpu",
                                   .flags = IS(NOT_IN_PLACE)  ? CPLUG_K_INPLACE
                                            : IS(NOT_STRIDED) ? CPLUG_K_OUT_STRIDED
                                                              : 0,
                                   .supports = supports,
                                   .prepare = prepare,
                                   .run = run,
                                   .discard = discard,
                                   .pack = pack };
static const cplug_backend backend = { .struct_size = sizeof backend, .name = "faulty", .device = "cpu", .doc = "a test" };

/* ---- a scheduler with options ---- */
typedef struct schedule {
    double factor;
    int64_t period;
} schedule;
static double lr(void *self, double base_lr, const cplug_progress *p)
{
    const schedule *s = self;
    static int64_t asked;
    if (IS(HIDDEN_STATE)) base_lr /= (double)++asked;
    return base_lr * s->factor * (IS(NEVER_READ) ? 1 : (double)(1 + p->step / s->period));
}
static const cplug_option options[] = {
    { "factor", IS(NO_DOC) ? "" : "of the learning rate", CPLUG_OPT_FLOAT, 0, offsetof(schedule, factor),
      IS(DEFAULT_OUT_OF_RANGE) ? "7" : "0.5", 0.1, 1, NULL, NULL, 0, 0 },
    { "period", "steps", CPLUG_OPT_INT, 0,
      IS(OVERLAPS)         ? offsetof(schedule, factor)
      : IS(OUTSIDE_STRUCT) ? 64
                           : offsetof(schedule, period),
      "10", 1, 1000, NULL, NULL, 0, 0 },
};
static const cplug_scheduler_type scheduler = { .struct_size = sizeof scheduler,
                                                .id = "faulty",
                                                .class_name = "Faulty",
                                                .doc = "a test",
                                                .options = CPLUG_OPTIONS(options),
                                                .instance_size = sizeof(schedule),
                                                .lr = lr };

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    cplug_status st = h->add(r, "backend", &backend, e);
    if (!st) st = h->add(r, "kernel", &relu, e);
    return st ? st : h->add(r, "scheduler", &scheduler, e);
}
#ifdef PLANTED_UNKNOWN_OP
#define KERNEL "kernel:rellu@cpu"
#else
#define KERNEL "kernel:relu@cpu"
#endif
#if defined PLANTED_PROMISE_BROKEN
#define PROVIDES "backend:faulty " KERNEL " scheduler:faulty loss:other"
#elif defined PLANTED_UNPROMISED
#define PROVIDES "backend:faulty " KERNEL
#else
#define PROVIDES "backend:faulty " KERNEL " scheduler:faulty"
#endif
#ifdef PLANTED_NO_LICENSE
#define LICENSE ""
#else
#define LICENSE "MIT"
#endif
CPLUG_PLUGIN(faulty, "test.faulty", "1.0.0", LICENSE, "a fault for the validator", PROVIDES, init);
