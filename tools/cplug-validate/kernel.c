/* kernel.c: the checks of one kernel.  It is registered behind a proxy of ours, so that core makes its calls as always, and each call can
 * be made in guarded memory, twice, from several threads, or without memory.  A pass over the op cases is one check. */
#include "conformance.h"
#include "copy.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PASS_VALUES, PASS_STATE, PASS_WALLS, PASS_AGAIN, PASS_THREADS, PASS_MEMORY, PASS_LATE, PASSES };
static const char *const pass_names[PASSES] = {
    "values", "host's state", "guard pages", "repeated calls", "threads", "memory", "after return",
};
enum { THREADS = 4, LATE_MS = 30 };

static struct {
    cplug_kernel own, real;
    cplug_host host;
    const char *op, *backend, *device;
    char subject[160];
    int pass;
    bool host_memory;
    char changed[512];                       /* what of the host's state was not as before, seen in the first pass */
    int64_t calls, live, fail_at, allocated; /* of host->alloc by the kernel */
} under;

/* ---- the host that the kernel sees: allocations are counted, and may fail ---- */
static void *count_alloc(uint64_t bytes)
{
    if (__atomic_add_fetch(&under.allocated, 1, __ATOMIC_RELAXED) == under.fail_at) return NULL;
    void *p = cplug_host_table()->alloc(bytes);
    if (p != NULL) __atomic_add_fetch(&under.live, 1, __ATOMIC_RELAXED);
    return p;
}
static void count_free(void *p)
{
    if (p != NULL) __atomic_sub_fetch(&under.live, 1, __ATOMIC_RELAXED);
    cplug_host_table()->free(p);
}

/* ---- supports ---- */
static void ask(const cplug_call *c, cplug_support *s)
{
    cplug_call call = *c;
    call.user = under.real.user;
    call.host = &under.host;
    under.real.supports(&call, s);
}

static void proxy_supports(const cplug_call *c, cplug_support *s)
{
    cplug_support again = *s;
    ask(c, s);
    ask(c, &again);
    if (s->reason == NULL || s->reason[0] == '\0') check_fail("supports gives the score %d without a reason", (int)s->score);
    if (s->score < 0 || s->score > 100) check_fail("supports gives the score %d, expected 0 to 100", (int)s->score);
    if (s->score != again.score) check_fail("supports gives %d and then %d for the same call", (int)s->score, (int)again.score);
}

/* ---- prepare, discard, pack ---- */
static cplug_status proxy_prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    cplug_call call = *c;
    cplug_plan twice = *p;
    call.user = under.real.user;
    call.host = &under.host;
    const cplug_status st = under.real.prepare(&call, p, e);
    if (st != CPLUG_OK) return st;
    if (under.real.prepare(&call, &twice, e) != CPLUG_OK)
        check_fail("prepare fails at its second call with the same signature: %s", e->message);
    else if (twice.workspace_bytes != p->workspace_bytes || twice.pack_bytes != p->pack_bytes)
        check_fail("prepare asks for %llu bytes of workspace and then for %llu", (unsigned long long)p->workspace_bytes,
                   (unsigned long long)twice.workspace_bytes);
    if (under.real.discard != NULL) under.real.discard(&under.host, &twice);
    return CPLUG_OK;
}
static void proxy_discard(const cplug_host *h, cplug_plan *p)
{
    (void)h;
    under.real.discard(&under.host, p);
}
static cplug_status proxy_pack(const cplug_call *c, const cplug_plan *p, void *dst, cplug_error *e)
{
    cplug_call call = *c;
    call.user = under.real.user;
    call.host = &under.host;
    return under.real.pack(&call, p, dst, e);
}

/* ---- run, in each way ---- */
static cplug_status run_plain(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    cplug_call call = *c;
    call.user = under.real.user;
    call.host = &under.host;
    return under.real.run(&call, p, e);
}

/* keep: the results are those of the call */
static cplug_status run_guarded(const cplug_call *c, const cplug_plan *p, cplug_error *e, bool at_end, bool keep)
{
    static call_copy k;
    if (!copy_make(&k, c, p, at_end)) return run_plain(c, p, e);
    const cplug_status st = copy_run(&k, &under.real, &under.host, e);
    if (st == CPLUG_OK && keep) copy_back(&k);
    copy_bury(&k);
    return st;
}

static cplug_status run_again(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    static call_copy first, second;
    if (!copy_make(&first, c, p, true) || !copy_make(&second, c, p, true)) return run_plain(c, p, e);
    cplug_status st = copy_run(&first, &under.real, &under.host, e);
    if (st == CPLUG_OK) st = copy_run(&second, &under.real, &under.host, e);
    if (st == CPLUG_OK && !(under.real.flags & CPLUG_K_NONDET) && !copy_equal(&first, &second))
        check_fail("the same call gives other bits the second time, and the kernel does not have CPLUG_K_NONDET");
    if (st == CPLUG_OK) copy_back(&first);
    copy_bury(&first);
    copy_bury(&second);
    return st;
}

typedef struct worker {
    pthread_t thread;
    call_copy copy;
    cplug_status status;
} worker;

static void *work(void *arg)
{
    worker *w = arg;
    cplug_error e = { .struct_size = sizeof e };
    w->status = copy_run(&w->copy, &under.real, &under.host, &e);
    return NULL;
}

static cplug_status run_threads(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    static worker w[THREADS];
    static call_copy alone;
    int started = 0;
    if (!copy_make(&alone, c, p, true)) return run_plain(c, p, e);
    const cplug_status st = copy_run(&alone, &under.real, &under.host, e);
    for (; st == CPLUG_OK && started < THREADS; started++)
        if (!copy_make(&w[started].copy, c, p, true) || pthread_create(&w[started].thread, NULL, work, &w[started]) != 0) break;
    for (int i = 0; i < started; i++) pthread_join(w[i].thread, NULL);
    for (int i = 0; i < started; i++) {
        if (w[i].status != CPLUG_OK)
            check_fail("fails when %d threads call it at once", THREADS);
        else if (!(under.real.flags & CPLUG_K_NONDET) && !copy_equal(&alone, &w[i].copy))
            check_fail("gives other results when %d threads call it at once: is there a static buffer?", THREADS);
        copy_bury(&w[i].copy);
    }
    if (st == CPLUG_OK) copy_back(&alone);
    copy_bury(&alone);
    return st;
}

static cplug_status run_state(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    char why[512];
    host_state *before = state_take();
    const cplug_status st = run_plain(c, p, e);
    if (!state_same(before, why, sizeof why) && under.changed[0] == '\0') memcpy(under.changed, why, sizeof why);
    state_free(before);
    return st;
}

/* The n-th allocation of the kernel fails, for every n: an error or a result, and nothing stays allocated. */
static cplug_status run_starved(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    for (int64_t n = 1;; n++) {
        const int64_t before = under.live;
        cplug_error lost = { .struct_size = sizeof lost };
        under.allocated = 0;
        under.fail_at = n;
        static call_copy k;
        const bool made = copy_make(&k, c, p, true);
        const cplug_status st = made ? copy_run(&k, &under.real, &under.host, &lost) : run_plain(c, p, &lost);
        const bool reached = under.allocated >= n;
        under.fail_at = 0;
        if (under.live != before) check_fail("keeps %lld of the blocks that it took in one call", (long long)(under.live - before));
        if (!reached && made && st == CPLUG_OK) copy_back(&k);
        copy_bury(&k);
        if (!reached) {
            *e = lost;
            return st;
        }
    }
}

static cplug_status proxy_run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    under.calls++;
    if (under.pass == PASS_VALUES) return run_state(c, p, e);
    if (!under.host_memory) return run_plain(c, p, e);
    switch (under.pass) {
    case PASS_WALLS: {
        cplug_error first = { .struct_size = sizeof first };
        run_guarded(c, p, &first, false, false);
        return run_guarded(c, p, e, true, true);
    }
    case PASS_AGAIN: return run_again(c, p, e);
    case PASS_THREADS: return run_threads(c, p, e);
    case PASS_MEMORY: return run_starved(c, p, e);
    case PASS_LATE: {
        const cplug_status st = run_guarded(c, p, e, true, true);
        if (under.calls == 1) usleep(LATE_MS * 1000); /* for who still works behind our back */
        return st;
    }
    default: return run_plain(c, p, e);
    }
}

static const void *wrap(const char *kind, const void *descriptor)
{
    const cplug_kernel *k = descriptor;
    if (strcmp(kind, "kernel") != 0 || strcmp(k->op, under.op) != 0 || strcmp(k->backend, under.backend) != 0 ||
        strcmp(k->device, under.device) != 0)
        return descriptor;
    memcpy(&under.real, k, k->struct_size < sizeof under.real ? k->struct_size : sizeof under.real);
    under.own = under.real;
    under.own.struct_size = sizeof under.own;
    under.own.run = proxy_run;
    if (k->supports != NULL) under.own.supports = proxy_supports;
    if (under.real.prepare != NULL) under.own.prepare = proxy_prepare;
    if (under.real.discard != NULL) under.own.discard = proxy_discard;
    if (under.real.pack != NULL) under.own.pack = proxy_pack;
    return &under.own;
}

/* ---- passes ---- */
static void compare(const conf_case *c, cplug_dtype dtype, int32_t layout, cplug_tensor **have, cplug_tensor **want, uint32_t n)
{
    static const char *const layouts[CONF_LAYOUTS] = { "dense", "transposed", "strided" };
    char why[512];
    for (uint32_t i = 0; i < n; i++) {
        if (have[i] == NULL) continue;
        const cplug_dtype of = cplug_tensor_dtype(have[i]);
        const double wide = conf_tolerance(c, dtype), own = conf_tolerance(c, of);
        if (conf_same(have[i], want[i], wide > own && cplug_dtype_is_float(of) ? wide : own, why, sizeof why)) continue;
        check_fail("case %s, %s, inputs %s, output %u: %s", c->name, cplug_dtype_name(dtype), layouts[layout], i, why);
        return;
    }
}

static bool try_case(cplug_context *ctx, cplug_context *reference, const conf_case *c, cplug_dtype dtype, int32_t layout)
{
    cplug_tensor *in[CONF_INPUTS], *out[CONF_OUTPUTS], *want[CONF_OUTPUTS];
    uint32_t n, m;
    const int64_t before = under.calls;
    cplug_scope *here = cplug_scope_open(ctx), *there = cplug_scope_open(reference);
    conf_inputs(reference, c, dtype, layout, in);
    conf_call(reference, c, in, want, &m);
    const bool sensible = cplug_failed(reference) == CPLUG_OK; /* a view that this layout does not allow, say */
    if (sensible) {
        conf_inputs(ctx, c, dtype, layout, in);
        conf_call(ctx, c, in, out, &n);
        if (cplug_failed(ctx) == CPLUG_E_UNSUPPORTED || (cplug_failed(ctx) && under.calls == before)) {
            cplug_error_clear(ctx); /* no kernel of this device takes the dtype */
        } else if (cplug_failed(ctx)) {
            check_fail("case %s, %s: %s", c->name, cplug_dtype_name(dtype), cplug_error_text(ctx));
        } else if (under.calls > before) {
            compare(c, dtype, layout, out, want, n < m ? n : m);
        }
    }
    cplug_error_clear(ctx);
    cplug_error_clear(reference);
    cplug_scope_close(here);
    cplug_scope_close(there);
    return under.calls > before;
}

static void pass(cplug_context *ctx, cplug_context *reference, const conf_table *t, int which)
{
    uint32_t cases = 0;
    under.pass = which;
    under.calls = 0;
    check_begin(under.subject, pass_names[which]);
    if (which == PASS_THREADS && (under.real.flags & CPLUG_K_SERIAL)) {
        check_skip("the kernel has CPLUG_K_SERIAL");
        return;
    }
    if (which == PASS_STATE) {
        if (under.changed[0]) check_fail("%s", under.changed);
        return;
    }
    if (!under.host_memory && which != PASS_VALUES) {
        check_skip("its memory is not the host's");
        return;
    }
    for (uint32_t i = 0; i < conf_count(t) && !check_failed_yet(); i++) {
        const conf_case *c = conf_at(t, i);
        cplug_dtype dtype;
        bool met = false;
        if (strcmp(c->op, under.op) != 0) continue;
        for (uint32_t turn = 0; (dtype = conf_dtype(c, turn)) != 0; turn++)
            for (int32_t layout = CONF_DENSE; layout < (c->one_layout ? CONF_TRANSPOSED : CONF_LAYOUTS); layout++)
                met |= try_case(ctx, reference, c, dtype, layout);
        cases += met;
    }
    if (cases == 0) check_skip("no case of the table reaches it");
    check_note("%u cases, %lld calls", cases, (long long)under.calls);
}

void validate_kernel(const char *path, const char *op, const char *backend, const char *device)
{
    char why[256], options[64];
    under.op = op;
    under.backend = backend;
    under.device = device;
    under.host_memory = strcmp(device, "cpu") == 0;
    under.host = *cplug_host_table();
    under.host.alloc = count_alloc;
    under.host.free = count_free;
    snprintf(under.subject, sizeof under.subject, "kernel %s@%s of %s", op, device, backend);
    snprintf(options, sizeof options, "threads=2 fallback=error");
    check_begin(under.subject, "registers");
    cplug_context *ctx = cplug_open(options), *reference = cplug_open("backends=cpu");
    if (ctx == NULL || reference == NULL) {
        check_fail("%s", cplug_error_text(NULL));
        return;
    }
    if (load_wrapped(ctx, path, wrap) != CPLUG_OK || cplug_device_set(ctx, device) != CPLUG_OK ||
        (cplug_component(ctx, "backend", backend) != NULL && cplug_backend_override(ctx, op, backend) != CPLUG_OK)) {
        check_fail("%s", cplug_error_text(ctx));
        return;
    }
    cplug_error_clear(ctx);
    conf_table *t = conf_open(reference, conf_text, why, sizeof why);
    if (t == NULL) {
        check_fail("%s", why);
        return;
    }
    guard_watch();
    for (int which = 0; which < PASSES; which++) pass(ctx, reference, t, which);
    check_end();
    conf_close(t);
    const int64_t live = under.live;
    cplug_close(ctx);
    cplug_close(reference);
    check_begin(under.subject, "plans");
    if (under.live > 0)
        check_fail("%lld of %lld blocks stay allocated when the context is closed: does discard free the plan's state?",
                   (long long)under.live, (long long)live);
    check_end();
}
