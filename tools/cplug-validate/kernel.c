/* kernel.c: the checks of one kernel.  A pass over the op cases is one check; the proxy that core calls knows which pass it is. */
#include "kernel.h"
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONTEXTS = 3, WORDS = 900 };
static const char *const layouts[CONF_LAYOUTS] = { "dense", "transposed", "strided", "mixed" };

/* Where a pass runs: the kernel in ctx, what is right in reference. */
typedef struct stage {
    cplug_context *ctx, *reference;
    const conf_table *table;
    bool derived, alone; /* alone: no reference can do the op, so that results are not compared */
    uint32_t met;        /* cases that reached the kernel */
    uint64_t dtypes;     /* bit d: it was called with dtype d */
    char wrong[WORDS];   /* the first thing that does not hold */
} stage;

CPLUG_PRINTF(2, 3) static void wrong(stage *s, const char *format, ...)
{
    va_list args;
    if (s->wrong[0]) return;
    va_start(args, format);
    vsnprintf(s->wrong, sizeof s->wrong, format, args);
    va_end(args);
}

/* ---- one case ---- */
typedef struct turn {
    const conf_case *c;
    cplug_dtype dtype;
    int32_t layout;
    cplug_tensor *in[CONF_INPUTS], *out[CONF_OUTPUTS], *want[CONF_OUTPUTS];
    uint32_t n, n_want;
} turn;

static void compare(stage *s, const turn *t, const char *how)
{
    char why[512];
    for (uint32_t i = 0; i < t->n && i < t->n_want; i++) {
        if (t->out[i] == NULL) continue;
        const cplug_dtype of = cplug_tensor_dtype(t->out[i]);
        const double wide = conf_tolerance(t->c, t->dtype), own = conf_tolerance(t->c, of);
        if (conf_same(t->out[i], t->want[i], wide > own && cplug_dtype_is_float(of) ? wide : own, why, sizeof why)) continue;
        wrong(s, "case '%s'%s in %s, inputs %s, output %u: %s", t->c->line, how, cplug_dtype_name(t->dtype), layouts[t->layout], i, why);
    }
}

/* The op on t->in, its first result written into `into`. */
static cplug_status call_into(cplug_context *ctx, const turn *t, cplug_tensor *into)
{
    const conf_case *c = t->c;
    cplug_arg args[CONF_INPUTS];
    for (uint32_t k = 0, i = 0; k < c->n_formal; k++) {
        uint32_t last = i;
        while (last < c->n_in && c->in[last].formal == k) last++;
        args[k] = c->list[k] ? (cplug_arg)CPLUG_ARG_LIST(t->in + i, last - i) : (cplug_arg)CPLUG_ARG(t->in[i]);
        i = last;
    }
    return cplug_dispatch(ctx, c->op, args, c->n_formal, c->attr, c->n_attr, &into, 1);
}

static bool same_kind(cplug_tensor *a, cplug_tensor *b)
{
    bool same = a != NULL && b != NULL && cplug_tensor_dtype(a) == cplug_tensor_dtype(b) && cplug_tensor_ndim(a) == cplug_tensor_ndim(b);
    for (int32_t d = 0; same && d < cplug_tensor_ndim(a); d++) same = cplug_tensor_size(a, d) == cplug_tensor_size(b, d);
    return same;
}

/* Writes the result over input i. */
static void try_in_place(stage *s, turn *t, uint32_t i)
{
    cplug_error_clear(s->ctx); /* of an input before this one that cannot be written to */
    if (conf_inputs(s->ctx, t->c, t->dtype, t->layout, t->in) != CPLUG_OK || !same_kind(t->in[i], t->want[0])) return;
    if (call_into(s->ctx, t, t->in[i]) != CPLUG_OK) return;
    t->out[0] = t->in[i];
    t->n = 1;
    compare(s, t, ", written over an input,");
}

/* Writes into every second element of a wider tensor, whose other elements must stay. */
static void try_strided(stage *s, turn *t)
{
    int64_t shape[CPLUG_MAX_DIMS];
    const int32_t last = cplug_tensor_ndim(t->want[0]) - 1;
    if (last < 0 || t->want[0] == NULL) return;
    memcpy(shape, cplug_tensor_shape(t->want[0]), sizeof *shape * (size_t)(last + 1));
    const int64_t n = shape[last];
    shape[last] = 2 * n;
    cplug_tensor *wide = cplug_full(s->ctx, cplug_tensor_dtype(t->want[0]), last + 1, shape, 1);
    cplug_tensor *into = cplug_slice(wide, last, 0, CPLUG_END, 2), *rest = cplug_slice(wide, last, 1, CPLUG_END, 2);
    if (call_into(s->ctx, t, into) != CPLUG_OK) return;
    t->out[0] = into;
    t->n = 1;
    compare(s, t, ", written into a strided tensor,");
    if (cplug_equal(rest, cplug_ones_like(rest)) == 0)
        wrong(s, "case '%s' in %s: a strided result: what lies between its elements was written to", t->c->line,
              cplug_dtype_name(t->dtype));
}

/* On another device, where we cannot look: the same call twice gives the same bits. */
static void try_again(stage *s, turn *t)
{
    cplug_tensor *again[CONF_OUTPUTS];
    uint32_t n;
    char why[512];
    conf_inputs(s->ctx, t->c, t->dtype, t->layout, t->in);
    if (conf_call(s->ctx, t->c, t->in, again, &n) != CPLUG_OK || kernel.real.flags & CPLUG_K_NONDET) return;
    for (uint32_t i = 0; i < n && i < t->n; i++)
        if (again[i] != NULL && !conf_same(again[i], t->out[i], 0, why, sizeof why))
            wrong(s, "case '%s' in %s: the same call gives something else the second time: %s", t->c->line, cplug_dtype_name(t->dtype),
                  why);
}

static void try_variants(stage *s, turn *t)
{
    const bool one = t->n == 1 && t->n_want == 1;
    if (kernel.pass == PASS_INPLACE && one)
        for (uint32_t i = 0; i < t->c->n_in; i++)
            if (!t->c->in[i].number && !t->c->in[i].absent) try_in_place(s, t, i);
    if (kernel.pass == PASS_STRIDED && one) try_strided(s, t);
    if (kernel.pass == PASS_AGAIN && !kernel.host_memory) try_again(s, t);
}

static bool try_case(stage *s, const conf_case *c, cplug_dtype dtype, int32_t layout)
{
    turn t = { .c = c, .dtype = dtype, .layout = layout };
    const int64_t before = kernel_calls;
    cplug_scope *here = cplug_scope_open(s->ctx), *there = cplug_scope_open(s->reference);
    conf_inputs(s->reference, c, dtype, layout, t.in);
    conf_call(s->reference, c, t.in, t.want, &t.n_want);
    s->alone = cplug_failed(s->reference) == CPLUG_E_UNSUPPORTED;
    if (s->alone) t.n_want = 0;
    if (s->alone || !cplug_failed(s->reference)) { /* else the op refuses it: a view that this layout does not allow, say */
        conf_inputs(s->ctx, c, dtype, layout, t.in);
        conf_call(s->ctx, c, t.in, t.out, &t.n);
        const bool called = kernel_calls > before, failed = cplug_failed(s->ctx) != CPLUG_OK;
        if (failed && called)
            wrong(s, "case '%s' in %s: %s", c->line, cplug_dtype_name(dtype), cplug_error_text(s->ctx));
        else if (called)
            compare(s, &t, "");
        if (called && !failed) try_variants(s, &t);
    }
    if (kernel_calls > before) s->dtypes |= 1ull << dtype;
    cplug_error_clear(s->ctx);
    cplug_error_clear(s->reference);
    cplug_scope_close(here);
    cplug_scope_close(there);
    return kernel_calls > before;
}

static void try_all(stage *s)
{
    for (uint32_t i = 0; i < conf_count(s->table) && !s->wrong[0] && !check_failed_yet(); i++) {
        const conf_case *c = conf_at(s->table, i);
        cplug_dtype dtype;
        bool met = false;
        if (strcmp(c->op, kernel.op) != 0) continue;
        for (uint32_t k = 0; (dtype = conf_dtype(c, k)) != 0; k++)
            for (int32_t layout = CONF_DENSE; layout < (c->one_layout ? CONF_TRANSPOSED : CONF_LAYOUTS); layout++)
                met |= try_case(s, c, dtype, layout);
        s->met += met;
    }
}

/* ---- contexts ---- */
static const cplug_backend nameless = { .struct_size = sizeof nameless, .doc = "of a plugin that describes no backend" };

/* A context that runs the op by our proxy, and one that runs it by the backend cpu or by its decomposition. */
static bool stage_open(stage *s, const char *path)
{
    static cplug_backend stand_in;
    s->ctx = cplug_open("threads=2 fallback=error");
    s->reference = cplug_open("backends=cpu");
    if (s->ctx == NULL || s->reference == NULL) return wrong(s, "%s", cplug_error_text(NULL)), false;
    load_wrapped(s->ctx, path, kernel_wrap);
    if (cplug_component(s->ctx, "backend", kernel.backend) == NULL && kernel.offered) {
        cplug_error_clear(s->ctx);
        stand_in = nameless;
        stand_in.name = kernel.backend;
        stand_in.device = kernel.device;
        cplug_register(s->ctx, "backend", &stand_in);
    }
    cplug_device_set(s->ctx, kernel.device);
    cplug_backend_override(s->ctx, kernel.op, kernel.backend);
    if (cplug_failed(s->ctx)) return wrong(s, "%s", cplug_error_text(s->ctx)), false;
    if (cplug_component(s->reference, "op", kernel.op) == NULL && kernel.own_op != NULL) {
        cplug_error_clear(s->reference);
        cplug_register(s->reference, "op", kernel.own_op);
    }
    return true;
}

static void stage_close(stage *s)
{
    cplug_error_clear(s->ctx);
    cplug_close(s->ctx);
    cplug_close(s->reference);
}

/* ---- passes ---- */
typedef struct runner {
    pthread_t thread;
    stage s;
} runner;

static void *run_stage(void *arg)
{
    try_all(&((runner *)arg)->s);
    return NULL;
}

/* Another device: its kernels take their memory where they please, so that whole contexts run side by side, each with a queue of its own.
 */
static void pass_contexts(const stage *s, const char *path)
{
    static runner r[CONTEXTS];
    int opened = 0, started = 0;
    for (; opened < CONTEXTS; opened++) {
        r[opened].s = (stage){ .table = s->table, .derived = s->derived };
        if (!stage_open(&r[opened].s, path)) check_fail("a context more: %s", r[opened].s.wrong);
    }
    for (; started < CONTEXTS && !check_failed_yet(); started++)
        if (pthread_create(&r[started].thread, NULL, run_stage, &r[started]) != 0) break;
    for (int i = 0; i < started; i++) pthread_join(r[i].thread, NULL);
    for (int i = 0; i < opened; i++) {
        if (r[i].s.wrong[0]) check_fail("with %d contexts in %d threads: %s", (int)CONTEXTS, (int)CONTEXTS, r[i].s.wrong);
        stage_close(&r[i].s);
    }
    if (started == CONTEXTS) check_note("%d contexts in %d threads", (int)CONTEXTS, (int)CONTEXTS);
}

static void tell_coverage(const stage *s)
{
    char text[160] = "";
    for (cplug_dtype d = CPLUG_F32; d <= CPLUG_BOOL; d++)
        if (s->dtypes >> d & 1) snprintf(text + strlen(text), sizeof text - strlen(text), " %s", cplug_dtype_name(d));
    if (s->met)
        check_note("%u %scases, %lld calls:%s%s", s->met, s->derived ? "derived " : "", (long long)kernel_calls, text,
                   s->alone ? "; not compared: the op has no decomposition and the backend cpu no kernel" : "");
    else if (kernel.reason[0])
        check_skip("no case reaches it; supports says: %s", kernel.reason);
    else
        check_skip("no case reaches it");
}

/* Why a pass says nothing about this kernel; NULL: it is made. */
static const char *not_for_it(int which)
{
    if (which == PASS_THREADS && kernel.real.flags & CPLUG_K_SERIAL) return "the kernel has CPLUG_K_SERIAL";
    if (which == PASS_INPLACE && !(kernel.real.flags & CPLUG_K_INPLACE)) return "";
    if (which == PASS_STRIDED && !(kernel.real.flags & CPLUG_K_OUT_STRIDED)) return "";
    if (kernel.host_memory || which <= PASS_STRIDED || which == PASS_AGAIN || which == PASS_THREADS) return NULL;
    return which == PASS_WALLS ? "the memory of a device is out of reach: no walls, no pieces, no late access" : "";
}

static void pass(stage *s, int which, const char *path)
{
    static const char *const names[PASSES] = {
        "values",         "host's state", "in place", "strided results", "guard pages",
        "repeated calls", "pieces",       "threads",  "memory",          "after return",
    };
    const char *why_not = not_for_it(which);
    if (why_not != NULL && why_not[0] == '\0') return;
    s->met = 0;
    s->dtypes = 0;
    s->wrong[0] = '\0';
    kernel.pass = which;
    kernel_calls = 0;
    check_begin(kernel.subject, names[which]);
    if (why_not != NULL) {
        check_skip("%s", why_not);
    } else if (which == PASS_STATE) {
        if (kernel.changed[0]) check_fail("%s", kernel.changed);
    } else if (which == PASS_THREADS && !kernel.host_memory) {
        pass_contexts(s, path);
    } else {
        const int32_t threads = state_threads();
        try_all(s);
        if (which == PASS_LATE) state_calm(threads); /* for who still works behind our back */
        if (s->wrong[0]) check_fail("%s", s->wrong);
        tell_coverage(s);
    }
}

/* Sizes that the table's cases of the op do not have; SIZE_ANY when it has no case at all. */
static uint32_t lacking(const conf_table *t, const char *op)
{
    uint32_t found = 0, sizes = 0;
    for (uint32_t i = 0; i < conf_count(t); i++) {
        const conf_case *c = conf_at(t, i);
        if (strcmp(c->op, op) != 0) continue;
        found++;
        if (c->large) sizes |= SIZE_LARGE;
        for (uint32_t k = 0; k < c->n_in; k++)
            for (int32_t d = 0; d < c->in[k].ndim; d++)
                if (c->in[k].shape[d] == 0) sizes |= SIZE_EMPTY;
    }
    return found ? (SIZE_EMPTY | SIZE_LARGE) & ~sizes : (uint32_t)SIZE_ANY;
}

conf_table *cases_of(cplug_context *ctx, const char *op, bool *derived, char *why, uint64_t size)
{
    conf_table *t = conf_open(ctx, conf_text, why, size);
    const cplug_op *def = cplug_component(ctx, "op", op);
    const uint32_t lacks = t != NULL ? lacking(t, op) : (uint32_t)SIZE_NONE;
    char *text = def != NULL && lacks != SIZE_NONE ? derive_cases(ctx, def, lacks) : NULL, *both = NULL;
    *derived = lacks == SIZE_ANY;
    if (text != NULL && (both = malloc(strlen(conf_text) + strlen(text) + 2)) != NULL) {
        sprintf(both, "%s\n%s", conf_text, text);
        conf_close(t);
        t = conf_open(ctx, both, why, size);
    }
    free(both);
    free(text);
    return t;
}

void validate_kernel(const char *path, const char *op, const char *backend, const char *device)
{
    static stage s;
    char why[256];
    conf_table *t = NULL;
    kernel = (kernel_under){ .op = op, .backend = backend, .device = device, .host_memory = strcmp(device, "cpu") == 0 };
    snprintf(kernel.subject, sizeof kernel.subject, "kernel %s@%s of %s", op, device, backend);
    check_begin(kernel.subject, "registers");
    if (!stage_open(&s, path)) {
        check_fail("%s", s.wrong);
        return;
    }
    if (kernel.real.run == NULL) check_fail("it is not there any more");
    if ((t = cases_of(s.reference, op, &s.derived, why, sizeof why)) == NULL) check_fail("%s", why);
    if (check_failed_yet()) return;
    s.table = t;
    guard_watch();
    for (int which = 0; which < PASSES; which++) pass(&s, which, path);
    check_end();
    conf_close(t);
    stage_close(&s);
    check_begin(kernel.subject, "plans");
    if (kernel.plan_blocks > 0)
        check_fail("%lld blocks of prepare stay allocated when the context is closed: does discard free the plan's state?",
                   (long long)kernel.plan_blocks);
    check_end();
}
