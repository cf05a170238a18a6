/* proxy.c: a kernel of ours around the plugin's.  Whatever core asks is handed on; run is made in the way of the pass: in guarded memory,
 * twice, from several threads, or without memory. */
#include "copy.h"
#include "kernel.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 4, ROUNDS = 5, MOST_ROUNDED = 40 /* calls that are made in several rounds */ };
kernel_under kernel;
_Thread_local int64_t kernel_calls;

/* The call as the plugin's own kernel would get it. */
static cplug_call call_for(const cplug_call *c)
{
    cplug_call call = *c;
    call.user = kernel.real.user;
    call.host = host_own();
    return call;
}

/* ---- supports ---- */
static void proxy_supports(const cplug_call *c, cplug_support *s)
{
    const cplug_call call = call_for(c);
    cplug_support again = *s;
    kernel.real.supports(&call, s);
    if (kernel.pass != PASS_VALUES) return;
    kernel.real.supports(&call, &again);
    if (s->score <= 0) snprintf(kernel.reason, sizeof kernel.reason, "%s", s->reason != NULL ? s->reason : "");
    if (s->reason == NULL || s->reason[0] == '\0')
        check_fail("supports gives the score %d without a reason: set s->reason, also when it takes the call", (int)s->score);
    if (s->score < 0 || s->score > 100) check_fail("supports gives the score %d, expected 0 to 100", (int)s->score);
    if (s->score != again.score)
        check_fail("supports gives %d and then %d for the same call: it may look at the call only", (int)s->score, (int)again.score);
}

/* ---- prepare, discard, pack ---- */
static void plan_free(cplug_plan *p)
{
    const int64_t before = host_used.live;
    if (kernel.real.discard != NULL) kernel.real.discard(host_own(), p);
    __atomic_add_fetch(&kernel.plan_blocks, host_used.live - before, __ATOMIC_RELAXED);
}

static cplug_status plan_make(const cplug_call *call, cplug_plan *p, cplug_error *e)
{
    const int64_t before = host_used.live;
    const cplug_status st = kernel.real.prepare(call, p, e);
    __atomic_add_fetch(&kernel.plan_blocks, host_used.live - before, __ATOMIC_RELAXED);
    return st;
}

/* The n-th allocation of prepare fails, for every n: an error in words, and nothing stays allocated. */
static void starve_prepare(const cplug_call *call)
{
    for (int64_t n = 1, reached = 1; reached; n++) {
        const int64_t before = host_used.live;
        cplug_plan plan = { .struct_size = sizeof plan };
        cplug_error lost = { .struct_size = sizeof lost };
        host_used.allocated = 0;
        host_used.fail_at = n;
        const cplug_status st = plan_make(call, &plan, &lost);
        reached = host_used.allocated >= n;
        host_used.fail_at = 0;
        if (st == CPLUG_OK)
            plan_free(&plan);
        else if (lost.message[0] == '\0')
            check_fail("prepare fails without a word when memory is short: return host->fail(e, CPLUG_E_NOMEM, ...)");
        if (reached && host_used.live > before)
            check_fail("prepare keeps %lld blocks when memory is short", (long long)(host_used.live - before));
    }
}

static cplug_status proxy_prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    const cplug_call call = call_for(c);
    cplug_plan twice = *p;
    const cplug_status st = plan_make(&call, p, e);
    if (st != CPLUG_OK || kernel.pass != PASS_VALUES) return st;
    if (plan_make(&call, &twice, e) != CPLUG_OK)
        check_fail("prepare fails at its second call with the same signature: %s", e->message);
    else if (twice.workspace_bytes != p->workspace_bytes || twice.pack_bytes != p->pack_bytes)
        check_fail("prepare asks for %llu bytes of workspace and then for %llu", (unsigned long long)p->workspace_bytes,
                   (unsigned long long)twice.workspace_bytes);
    if (p->workspace_align > BUFFER_ALIGN)
        check_fail("prepare wants a workspace aligned to %llu bytes; core aligns to %d: ask for more bytes and round up",
                   (unsigned long long)p->workspace_align, (int)BUFFER_ALIGN);
    if (p->pack_bytes && (kernel.real.pack == NULL || p->pack_input >= c->n_in))
        check_fail("prepare wants input %u packed, of %u, and the kernel has %s", p->pack_input, c->n_in,
                   kernel.real.pack ? "pack" : "no pack");
    plan_free(&twice);
    starve_prepare(&call);
    return CPLUG_OK;
}

static void proxy_discard(const cplug_host *h, cplug_plan *p)
{
    (void)h;
    plan_free(p);
}

/* Into guarded memory first, which begins as NaN: what pack leaves out is seen in the results. */
static cplug_status proxy_pack(const cplug_call *c, const cplug_plan *p, void *dst, cplug_error *e)
{
    const cplug_call call = call_for(c);
    guarded room;
    if (!kernel.host_memory || !guard_make(&room, "the packed input", p->pack_bytes, BUFFER_ALIGN, true))
        return kernel.real.pack(&call, p, dst, e);
    memset(room.data, 0xFF, p->pack_bytes);
    const cplug_status st = kernel.real.pack(&call, p, room.data, e);
    memcpy(dst, room.data, p->pack_bytes);
    guard_bury(&room);
    return st;
}

/* ---- run, in each way ---- */
static cplug_status run_plain(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const cplug_call call = call_for(c);
    const cplug_status st = kernel.real.run(&call, p, e);
    if (st != CPLUG_OK && e->message[0] == '\0')
        check_fail("run gives the code %d (%s) without a word: return host->fail(e, code, \"...\")", (int)st, cplug_status_name(st));
    return st;
}

/* keep: the results are those of the call */
static cplug_status run_guarded(const cplug_call *c, const cplug_plan *p, cplug_error *e, bool at_end, bool keep)
{
    static call_copy k;
    if (!copy_make(&k, c, p, at_end)) return run_plain(c, p, e);
    const cplug_status st = copy_run(&k, &kernel.real, e);
    if (st == CPLUG_OK && keep) copy_back(&k);
    copy_bury(&k);
    return st;
}

static cplug_status run_walls(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    cplug_error first = { .struct_size = sizeof first };
    run_guarded(c, p, &first, false, false);
    return run_guarded(c, p, e, true, true);
}

/* Twice; how ranges are cut the first and the second time. */
static cplug_status run_twice(const cplug_call *c, const cplug_plan *p, cplug_error *e, int32_t cut, int32_t other_cut, const char *blame)
{
    static call_copy first, second;
    if (!copy_make(&first, c, p, true) || !copy_make(&second, c, p, true)) return run_plain(c, p, e);
    host_used.cut = cut;
    cplug_status st = copy_run(&first, &kernel.real, e);
    host_used.cut = other_cut;
    if (st == CPLUG_OK) st = copy_run(&second, &kernel.real, e);
    host_used.cut = CUT_USUAL;
    if (st == CPLUG_OK && !(kernel.real.flags & CPLUG_K_NONDET) && !copy_equal(&first, &second)) check_fail("%s", blame);
    if (st == CPLUG_OK) copy_back(&first);
    copy_bury(&first);
    copy_bury(&second);
    return st;
}

typedef struct worker {
    pthread_t thread;
    pthread_barrier_t *start;
    call_copy copy;
    cplug_status status;
} worker;

static void *work(void *arg)
{
    worker *w = arg;
    cplug_error e = { .struct_size = sizeof e };
    pthread_barrier_wait(w->start);
    w->status = copy_run(&w->copy, &kernel.real, &e);
    return NULL;
}

/* THREADS calls that begin together; alone: what each must give. */
static void run_together(const cplug_call *c, const cplug_plan *p, const call_copy *alone)
{
    static worker w[THREADS];
    pthread_barrier_t start;
    int made = 0, started = 0;
    while (made < THREADS && copy_make(&w[made].copy, c, p, true)) made++;
    if (made == THREADS && pthread_barrier_init(&start, NULL, THREADS) == 0) {
        for (; started < THREADS; started++) {
            w[started].start = &start;
            if (pthread_create(&w[started].thread, NULL, work, &w[started]) != 0) _Exit(1); /* the others would wait for ever */
        }
        for (int i = 0; i < started; i++) pthread_join(w[i].thread, NULL);
        pthread_barrier_destroy(&start);
    }
    for (int i = 0; i < started; i++) {
        if (w[i].status != CPLUG_OK)
            check_fail("fails when %d threads call it at once", (int)THREADS);
        else if (!(kernel.real.flags & CPLUG_K_NONDET) && !copy_equal(alone, &w[i].copy))
            check_fail("gives other results when %d threads call it at once: is there a static buffer?", (int)THREADS);
    }
    for (int i = 0; i < made; i++) copy_bury(&w[i].copy);
}

static cplug_status run_threads(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    static call_copy alone;
    if (!copy_make(&alone, c, p, true)) return run_plain(c, p, e);
    const cplug_status st = copy_run(&alone, &kernel.real, e);
    const int rounds = kernel_calls <= MOST_ROUNDED ? ROUNDS : 1;
    for (int i = 0; i < rounds && st == CPLUG_OK && !check_failed_yet(); i++) run_together(c, p, &alone);
    if (st == CPLUG_OK) copy_back(&alone);
    copy_bury(&alone);
    return st;
}

static cplug_status run_state(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    char why[512];
    host_state *before = state_take();
    const cplug_status st = run_plain(c, p, e);
    if (!state_same(before, why, sizeof why) && kernel.changed[0] == '\0') memcpy(kernel.changed, why, sizeof why);
    state_free(before);
    return st;
}

/* One call whose n-th allocation fails. */
static cplug_status run_short(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    static call_copy k;
    if (!copy_make(&k, c, p, true)) return run_plain(c, p, e);
    const cplug_status st = copy_run(&k, &kernel.real, e);
    if (host_used.allocated < host_used.fail_at && st == CPLUG_OK) copy_back(&k);
    copy_bury(&k);
    return st;
}

/* The n-th allocation of the kernel fails, for every n: an error or a result, and nothing stays allocated. */
static cplug_status run_starved(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    for (int64_t n = 1;; n++) {
        const int64_t before = host_used.live;
        cplug_error lost = { .struct_size = sizeof lost };
        host_used.allocated = 0;
        host_used.fail_at = n;
        const cplug_status st = run_short(c, p, &lost);
        const bool reached = host_used.allocated >= n;
        host_used.fail_at = 0;
        if (host_used.live != before) check_fail("keeps %lld of the blocks that it took in one call", (long long)(host_used.live - before));
        if (reached && st != CPLUG_OK && lost.message[0] == '\0')
            check_fail("fails without a word when memory is short: return host->fail(e, CPLUG_E_NOMEM, ...)");
        if (reached) continue;
        *e = lost;
        return st;
    }
}

static cplug_status proxy_run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    kernel_calls++;
    if (kernel.pass == PASS_VALUES) return run_state(c, p, e);
    if (!kernel.host_memory) return run_plain(c, p, e);
    switch (kernel.pass) {
    case PASS_WALLS: return run_walls(c, p, e);
    case PASS_AGAIN:
        return run_twice(c, p, e, CUT_USUAL, CUT_USUAL,
                         "the same call gives other bits the second time, and the kernel does not have CPLUG_K_NONDET: does it read memory "
                         "that it did not write, or count its calls?");
    case PASS_PIECES:
        return run_twice(c, p, e, CUT_WHOLE, CUT_FINE,
                         "gives other bits when parallel_for cuts the range into other pieces: results must not depend on lo and hi");
    case PASS_THREADS: return run_threads(c, p, e);
    case PASS_MEMORY: return run_starved(c, p, e);
    default: return run_guarded(c, p, e, true, true);
    }
}

const void *kernel_wrap(const char *kind, const void *descriptor)
{
    static cplug_kernel own;
    const cplug_kernel *k = descriptor;
    if (strcmp(kind, "op") == 0 && strcmp(((const cplug_op *)descriptor)->name, kernel.op) == 0) kernel.own_op = descriptor;
    if (strcmp(kind, "kernel") != 0 || strcmp(k->op, kernel.op) != 0 || strcmp(k->backend, kernel.backend) != 0 ||
        strcmp(k->device, kernel.device) != 0)
        return descriptor;
    memcpy(&kernel.real, k, k->struct_size < sizeof kernel.real ? k->struct_size : sizeof kernel.real);
    kernel.offered = true;
    own = kernel.real;
    own.struct_size = sizeof own;
    own.run = proxy_run;
    if (k->supports != NULL) own.supports = proxy_supports;
    if (kernel.real.prepare != NULL) own.prepare = proxy_prepare;
    if (kernel.real.discard != NULL) own.discard = proxy_discard;
    if (kernel.real.pack != NULL) own.pack = proxy_pack;
    return &own;
}
