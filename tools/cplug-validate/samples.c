/* samples.c: data sets and transforms: whatever the order, the number at once and the thread, a sample is the same; memory is written where
 * it belongs, given back, and may run out. */
#include "component.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FIELDS = 8, MOST_SAMPLES = 24, THREADS = 4, ROUNDS = 4, LEAST_MS = 100, MOST_STARVED = 300 };
static const char *const names[MOST_FIELDS] = { "out[0]", "out[1]", "out[2]", "out[3]", "out[4]", "out[5]", "out[6]", "out[7]" };

/* n samples in guarded memory. */
typedef struct sheet {
    guarded g[MOST_FIELDS];
    cplug_view view[MOST_FIELDS];
    cplug_view *at[MOST_FIELDS];
    int64_t shape[MOST_FIELDS][CPLUG_MAX_DIMS + 1], strides[MOST_FIELDS][CPLUG_MAX_DIMS + 1], bytes[MOST_FIELDS]; /* bytes of one sample */
    uint32_t n_fields;
    int64_t n;
} sheet;

static struct {
    opened of;
    const char *verb; /* "read", "apply" */
    int64_t n;        /* samples that are looked at: index 0 .. n - 1 */
    sheet alone[MOST_SAMPLES];
} under;

/* ---- making samples ---- */
static int64_t bytes_of(const cplug_meta *m)
{
    int64_t bytes = (int64_t)cplug_dtype_size(m->dtype);
    for (int32_t d = 0; d < m->ndim; d++) bytes *= m->shape[d];
    return bytes;
}

static void set_view(cplug_view *v, int64_t *shape, int64_t *strides, const cplug_meta *m, int64_t n, void *data)
{
    shape[0] = n;
    for (int32_t d = 0; d < m->ndim; d++) shape[d + 1] = m->shape[d];
    strides[m->ndim] = 1;
    for (int32_t d = m->ndim; d > 0; d--) strides[d - 1] = strides[d] * (shape[d] > 1 ? shape[d] : 1);
    *v = (cplug_view){ .struct_size = sizeof *v,
                       .dtype = m->dtype,
                       .data = data,
                       .shape = shape,
                       .strides = strides,
                       .ndim = m->ndim + 1,
                       .flags = CPLUG_VIEW_DENSE };
}

/* What a sample holds: one field for a transform; the sizes that differ from sample to sample are asked for. */
static bool metas_of(int64_t index, cplug_meta *m, cplug_error *e)
{
    bool varies = false;
    if (under.of.transform != NULL) return m[0] = under.of.out, true;
    for (uint32_t f = 0; f < under.of.info.n_fields; f++) {
        m[f] = under.of.info.fields[f].meta;
        for (int32_t d = 0; d < m[f].ndim; d++) varies |= m[f].shape[d] < 0;
    }
    return !varies || (under.of.dataset->measure != NULL && under.of.dataset->measure(under.of.self, index, m, e) == CPLUG_OK);
}

static cplug_status apply(const int64_t *index, int64_t n, cplug_view *out, cplug_error *e)
{
    cplug_draw draw[MOST_SAMPLES];
    cplug_view in;
    int64_t shape[CPLUG_MAX_DIMS + 1], strides[CPLUG_MAX_DIMS + 1];
    const int64_t bytes = bytes_of(&under.of.in);
    const bool is_float = under.of.in.dtype == CPLUG_F32;
    guarded g;
    if (!guard_make(&g, "its input", (uint64_t)(n * bytes), cplug_dtype_size(under.of.in.dtype), true)) return CPLUG_E_NOMEM;
    for (int64_t k = 0; k < n; k++) {
        draw[k] = (cplug_draw){ .seed = 7, .epoch = 3, .index = (uint64_t)index[k] };
        for (int64_t i = 0; i < bytes / (is_float ? 4 : 1); i++) {
            const float value = (float)((index[k] * 31 + i) % 17) / 17.0f;
            if (is_float)
                memcpy(g.data + k * bytes + i * 4, &value, sizeof value);
            else
                g.data[k * bytes + i] = (char)(index[k] * 31 + i);
        }
    }
    guard_lock(&g);
    set_view(&in, shape, strides, &under.of.in, n, g.data);
    const cplug_status st = under.of.transform->apply(under.of.self, &in, out, draw, n, e);
    guard_bury(&g);
    return st;
}

/* Samples `index` into memory that holds `fill`.  Failures other than of memory are told. */
enum { NANS = 0xFF, OTHERS = 0x5A };
static cplug_status make(sheet *s, const int64_t *index, int64_t n, bool at_end, int fill)
{
    cplug_meta m[MOST_FIELDS];
    cplug_error e = { .struct_size = sizeof e };
    memset(s, 0, sizeof *s);
    s->n = n;
    if (!metas_of(index[0], m, &e)) return check_fail("sample %lld: measure: %s", (long long)index[0], e.message), CPLUG_E_INTERNAL;
    s->n_fields = under.of.transform != NULL ? 1 : under.of.info.n_fields;
    for (uint32_t f = 0; f < s->n_fields; f++) {
        s->bytes[f] = bytes_of(&m[f]);
        if (!guard_make(&s->g[f], names[f], (uint64_t)(n * s->bytes[f]), cplug_dtype_size(m[f].dtype), at_end)) return CPLUG_E_NOMEM;
        memset(s->g[f].data, fill, s->g[f].bytes);
        set_view(&s->view[f], s->shape[f], s->strides[f], &m[f], n, s->g[f].data);
        s->at[f] = &s->view[f];
    }
    const cplug_status st = under.of.transform != NULL ? apply(index, n, s->at[0], &e)
                                                       : under.of.dataset->read(under.of.self, index, n, s->at, &e);
    if (st != CPLUG_OK && e.message[0] == '\0')
        check_fail("%s gives the code %d (%s) without a word: return host->fail(e, code, \"...\")", under.verb, (int)st,
                   cplug_status_name(st));
    if (st != CPLUG_OK && host_used.fail_at == 0) check_fail("%s of sample %lld: %s", under.verb, (long long)index[0], e.message);
    return st;
}

static void bury(sheet *s)
{
    for (uint32_t f = 0; f < s->n_fields; f++) guard_bury(&s->g[f]);
    s->n_fields = 0;
}

/* Row k of s is sample i. */
static bool same(const sheet *s, int64_t k, int64_t i)
{
    const sheet *a = &under.alone[i];
    for (uint32_t f = 0; f < s->n_fields; f++)
        if (a->bytes[f] != s->bytes[f] || memcmp(s->g[f].data + k * s->bytes[f], a->g[f].data, (size_t)a->bytes[f]) != 0) return false;
    return s->n_fields == a->n_fields;
}

/* ---- the checks ---- */
/* Each sample by itself, then again, then all at once in another order. */
static void check_same(const char *name)
{
    int64_t order[MOST_SAMPLES];
    sheet s;
    bool even = true; /* all samples are of one size */
    check_begin(name, "samples");
    for (int64_t i = 0; i < under.n && !check_failed_yet(); i++) make(&under.alone[i], &i, 1, true, NANS);
    for (int64_t i = under.n - 1; i >= 0 && !check_failed_yet(); i--) {
        for (uint32_t f = 0; f < under.alone[0].n_fields; f++) even &= under.alone[i].bytes[f] == under.alone[0].bytes[f];
        if (make(&s, &i, 1, true, OTHERS) == CPLUG_OK && !same(&s, 0, i))
            check_fail(
                "sample %lld is something else the second time: does it depend on what was read before, or on memory that nobody wrote?",
                (long long)i);
        bury(&s);
    }
    for (int64_t k = 0; k < under.n; k++) order[k] = (k * 7 + 3) % under.n;
    if (under.n > 1 && under.n % 7 == 0)
        for (int64_t k = 0; k < under.n; k++) order[k] = under.n - 1 - k;
    if (even && !check_failed_yet() && make(&s, order, under.n, true, OTHERS) == CPLUG_OK) {
        for (int64_t k = 0; k < under.n; k++)
            if (!same(&s, k, order[k]))
                check_fail("sample %lld is something else as number %lld of %lld than alone", (long long)order[k], (long long)k,
                           (long long)under.n);
        bury(&s);
    }
    check_note("%lld samples, %u fields", (long long)under.n, under.alone[0].n_fields);
}

static void check_walls(const char *name)
{
    sheet s;
    check_begin(name, "guard pages");
    for (int64_t i = 0; i < under.n && !check_failed_yet(); i++)
        for (int at_end = 0; at_end < 2; at_end++) {
            make(&s, &i, 1, at_end, NANS);
            bury(&s);
        }
}

typedef struct reader {
    pthread_t thread;
    pthread_barrier_t *start;
    int64_t first, wrong; /* wrong: the sample that was; -1 none */
    int32_t grown;        /* threads that reading added to the process */
} reader;

/* For a while, so that threads meet on a busy machine too. */
static void *read_all(void *arg)
{
    reader *r = arg;
    const int32_t before = state_threads();
    if (r->start != NULL) pthread_barrier_wait(r->start);
    const int64_t end = clock_ms() + LEAST_MS;
    for (int64_t k = 0; (k < under.n * ROUNDS || clock_ms() < end) && r->wrong < 0 && !check_failed_yet(); k++) {
        const int64_t i = (k + r->first) % under.n;
        sheet s;
        if (make(&s, &i, 1, true, OTHERS) == CPLUG_OK && !same(&s, 0, i)) r->wrong = i;
        bury(&s);
    }
    r->grown = state_threads() - before;
    return NULL;
}

static void check_threads(const char *name)
{
    reader one = { .wrong = -1 }, r[THREADS];
    pthread_barrier_t start;
    int started = 0;
    check_begin(name, "own threads");
    if (pthread_create(&one.thread, NULL, read_all, &one) == 0) pthread_join(one.thread, NULL);
    if (one.grown > 0)
        check_fail("%s leaves %d threads behind: OpenMP has no place here, loaders have workers of their own", under.verb, (int)one.grown);
    check_begin(name, "threads");
    if (pthread_barrier_init(&start, NULL, THREADS) != 0) return;
    for (; started < THREADS; started++) {
        r[started] = (reader){ .start = &start, .first = started * 5, .wrong = -1 };
        if (pthread_create(&r[started].thread, NULL, read_all, &r[started]) != 0) _Exit(1); /* the others would wait for ever */
    }
    for (int i = 0; i < started; i++) pthread_join(r[i].thread, NULL);
    for (int i = 0; i < started; i++)
        if (r[i].wrong >= 0)
            check_fail("sample %lld is something else when %d threads %s at once: %s must not change what it shares", (long long)r[i].wrong,
                       (int)THREADS, under.verb, under.verb);
    pthread_barrier_destroy(&start);
    check_note("%d threads", (int)THREADS);
}

/* The n-th allocation of open and of reading fails, for every n; what is open at the end is like the one before. */
static void check_memory(cplug_context *ctx, const char *name, const char *spec, int64_t before)
{
    int64_t reached = 1, n = 1;
    check_begin(name, "memory");
    if (host_used.live != before)
        check_fail("keeps %lld of the blocks that it took when it is closed: is there a close that frees them?",
                   (long long)(host_used.live - before));
    for (; reached && n < MOST_STARVED && !check_failed_yet(); n++) {
        cplug_data *d = NULL;
        const int64_t i = 0;
        sheet s;
        last_opened.self = NULL;
        host_used.allocated = 0;
        host_used.fail_at = n;
        if (under.of.transform != NULL)
            open_through(ctx, spec, &d);
        else
            d = cplug_data_open(ctx, spec, NULL);
        if (d != NULL && last_opened.self != NULL) {
            under.of = last_opened;
            make(&s, &i, 1, true, OTHERS);
            bury(&s);
        }
        reached = host_used.allocated >= n;
        host_used.fail_at = 0;
        cplug_error_clear(ctx);
        cplug_data_close(d);
        if (host_used.live != before)
            check_fail("keeps %lld blocks when allocation %lld of open and %s fails", (long long)(host_used.live - before), (long long)n,
                       under.verb);
    }
    check_note("%lld allocations failed", (long long)(n - 2));
}

void check_samples(cplug_context *ctx, const component *c)
{
    char spec[SPEC_TEXT];
    cplug_data *d = NULL;
    const int64_t before = host_used.live;
    const bool transform = strcmp(c->kind, "transform") == 0;
    component_spec(c, SPEC_NONE, spec, sizeof spec);
    last_opened.self = NULL;
    if (transform)
        open_through(ctx, spec, &d);
    else
        d = cplug_data_open(ctx, spec, NULL);
    under.of = last_opened;
    under.verb = transform ? "apply" : "read";
    under.n = transform ? MOST_SAMPLES : under.of.info.length < MOST_SAMPLES ? under.of.info.length : MOST_SAMPLES;
    if (d == NULL || under.of.self == NULL || under.n == 0 || (!transform && under.of.info.n_fields > MOST_FIELDS)) {
        check_begin(c->name, "samples");
        check_skip("it could not be opened with nothing but its defaults, or holds nothing");
        cplug_data_close(d);
        return;
    }
    check_same(c->name);
    if (!check_failed_yet()) {
        check_walls(c->name);
        check_threads(c->name);
    }
    cplug_data_close(d);
    check_memory(ctx, c->name, spec, before);
}
