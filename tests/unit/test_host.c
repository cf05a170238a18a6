/* test_host.c: the services of the host table that plugins stand on, and an op with its kernel that the program registers itself. */
#include "support.h"
#include <pthread.h>
#include <stdatomic.h>

static void test_table(void **state)
{
    (void)state;
    const cplug_host *h = cplug_host_table();
    assert_ptr_equal(h, cplug_host_table());
    assert_int_equal(h->struct_size, sizeof *h);
    assert_int_equal(h->abi_major, CPLUG_ABI_MAJOR);
    assert_int_equal(h->abi_minor, CPLUG_ABI_MINOR);
    assert_string_equal(h->version, cplug_version());
    assert_true(CPLUG_HAS(h, query));
    assert_non_null(h->query("cplug.api/0"));
    assert_null(h->query("cplug.api/1"));
    assert_null(h->query(""));
    assert_null(h->query(NULL));
    cplug_error e = { sizeof e, CPLUG_OK, "" };
    assert_int_equal(h->add(NULL, "op", h, &e), CPLUG_E_INVALID);
}

static void test_fail(void **state)
{
    (void)state;
    const cplug_host *h = cplug_host_table();
    cplug_error e = { sizeof e, CPLUG_OK, "" };
    assert_int_equal((h->fail)(&e, CPLUG_E_IO, "file %d of %s", 3, "x"), CPLUG_E_IO);
    assert_int_equal(e.code, CPLUG_E_IO);
    assert_string_equal(e.message, "file 3 of x");
    assert_int_equal((h->fail)(NULL, CPLUG_E_SHAPE, "nobody listens"), CPLUG_E_SHAPE);
    assert_int_equal((h->fail)(&e, CPLUG_OK, "an error is never OK"), CPLUG_E_INTERNAL);
    struct {
        cplug_error e;
        char guard[8];
    } shorter = { { offsetof(cplug_error, message) + 8, CPLUG_OK, "" }, "guarded" }; /* as an older plugin might know it */
    (h->fail)(&shorter.e, CPLUG_E_IO, "%s", "0123456789");
    assert_string_equal(shorter.e.message, "0123456");
    assert_int_equal(shorter.e.message[8], 0);
    char text[3000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    (h->fail)(&e, CPLUG_E_IO, "%s", text);
    assert_int_equal(strlen(e.message), sizeof e.message - 1);
}

static void test_heap(void **state)
{
    (void)state;
    const cplug_host *h = cplug_host_table();
    for (uint64_t n = 0; n < 10000; n = 3 * n + 1) {
        unsigned char *p = h->alloc(n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 64, 0);
        for (uint64_t i = 0; i < n; i++) assert_int_equal(p[i], 0);
        memset(p, 0xAA, n);
        h->free(p);
    }
    h->free(NULL);
    assert_null(h->alloc(UINT64_MAX));
    assert_null(h->alloc(UINT64_MAX - 100));
    cplug_test_fail_allocation(3);
    void *a = h->alloc(1), *b = h->alloc(1), *c = h->alloc(1), *d = h->alloc(1);
    assert_true(a && b && !c && d);
    assert_int_equal(cplug_test_fail_allocation(0), 4);
    h->free(a);
    h->free(b);
    h->free(d);
}

/* Known answers of the Random123 distribution (philox4x32, 10 rounds) for a counter whose high half is zero; the others by a few lines
 * of Python written from the paper. */
static void test_philox(void **state)
{
    (void)state;
    static const struct {
        uint64_t seed, counter;
        uint32_t out[4];
    } cases[] = {
        { 0, 0, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
        { 0x299f31d0a4093822, 0x85a308d3243f6a88, { 0xe69c9c31, 0xb5a3d762, 0xe733bfc1, 0x341a787c } },
        { 1, 2, { 0x3f55b3f0, 0x8e76cc9d, 0xb68faa8e, 0xebed3676 } },
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        uint32_t out[4];
        cplug_host_table()->philox(cases[k].seed, cases[k].counter, out);
        assert_memory_equal(out, cases[k].out, sizeof out);
    }
}

static void test_names(void **state)
{
    (void)state;
    for (cplug_status s = CPLUG_OK; s <= CPLUG_E_INTERNAL; s++) {
        assert_true(strlen(cplug_status_name(s)) > 0);
        assert_string_not_equal(cplug_status_name(s), "unknown");
        for (cplug_status t = CPLUG_OK; t < s; t++) assert_string_not_equal(cplug_status_name(s), cplug_status_name(t));
    }
    assert_string_equal(cplug_status_name(-1), "unknown");
    assert_string_equal(cplug_status_name(1000), "unknown");
    assert_string_equal(cplug_status_name(CPLUG_E_NOMEM), "out of memory");
    assert_true(strchr(cplug_version(), '.') != NULL);
}

static char logged[4096];
static int32_t logged_level;
static void sink(void *arg, int32_t level, const char *text)
{
    (*(int *)arg)++;
    logged_level = level;
    snprintf(logged, sizeof logged, "%s", text);
}

static void test_log(void **state)
{
    (void)state;
    int lines = 0;
    cplug_log_to(sink, &lines);
    cplug_host_table()->log(CPLUG_LOG_WARN, "%d%%", 42);
    assert_int_equal(lines, 1);
    assert_int_equal(logged_level, CPLUG_LOG_WARN);
    assert_string_equal(logged, "42%");
    cplug_log_to(NULL, NULL);
    cplug_host_table()->log(CPLUG_LOG_WARN, "nobody listens");
    assert_int_equal(lines, 1);
}

/* ---- threads ---- */
enum { N = 100000 };
typedef struct visits {
    unsigned char seen[N];
    atomic_int pieces;
    int64_t least;
} visits;

static void visit(void *arg, int64_t lo, int64_t hi)
{
    visits *v = arg;
    for (int64_t i = lo; i < hi; i++) v->seen[i]++;
    atomic_fetch_add(&v->pieces, 1);
    if (hi - lo < v->least) v->least = hi - lo;
}

static void check_visits(visits *v, int64_t n)
{
    for (int64_t i = 0; i < N; i++)
        if (v->seen[i] != (i < n)) fail_msg("element %lld of %lld was visited %d times", (long long)i, (long long)n, v->seen[i]);
}

static visits last;
static int64_t last_n, last_grain;

static cplug_status infer(cplug_infer *c, cplug_error *e)
{
    (void)e;
    c->out[0] = c->in[0];
    return CPLUG_OK;
}
static void supports(const cplug_call *c, cplug_support *s)
{
    (void)c;
    s->score = 50;
    s->reason = "the test's own";
}
static cplug_status run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)p, (void)e;
    memset(&last, 0, sizeof last);
    last.least = N;
    c->host->parallel_for(last_n, last_grain, visit, &last);
    ((float *)c->out[0]->data)[0] = (float)c->n_threads;
    return CPLUG_OK;
}
static const cplug_op op = { .struct_size = sizeof op,
                             .version = 1,
                             .name = "test.visit",
                             .inputs = "input",
                             .outputs = "output",
                             .infer = infer,
                             .flags = CPLUG_OP_NO_GRAD };
static const cplug_kernel kernel = {
    .struct_size = sizeof kernel, .op_version = 1, .op = "test.visit", .backend = "cpu", .device = "cpu", .supports = supports, .run = run
};

static void test_parallel_for(void **state)
{
    (void)state;
    static const struct {
        int64_t n, grain;
        int threads, pieces; /* at most */
    } cases[] = {
        { 0, 1, 4, 0 }, { 1, 1, 4, 1 },     { 3, 1, 4, 3 }, { N, 1, 4, 4 },        { N, N, 4, 1 },
        { N, 0, 2, 2 }, { N, N / 2, 4, 2 }, { 7, 2, 4, 3 }, { N - 1, 1000, 3, 3 }, { N, 1, 1, 1 },
    };
    cplug_context *ctx = test_open(NULL);
    assert_int_equal(cplug_register(ctx, "op", &op), CPLUG_OK);
    assert_int_equal(cplug_register(ctx, "kernel", &kernel), CPLUG_OK);
    assert_int_equal(cplug_register(ctx, "op", &op), CPLUG_E_INVALID);
    cplug_error_clear(ctx);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        cplug_scope *scope = cplug_scope_open(ctx);
        cplug_threads(ctx, cases[k].threads);
        last_n = cases[k].n;
        last_grain = cases[k].grain;
        const cplug_arg in = CPLUG_ARG(cplug_ones(ctx, CPLUG_F32, SHAPE(1)));
        cplug_tensor *out = NULL;
        cplug_dispatch(ctx, "test.visit", &in, 1, NULL, 0, &out, 1);
        assert_ok(ctx);
        check_visits(&last, cases[k].n);
        assert_true(atomic_load(&last.pieces) <= cases[k].pieces);
        if (cases[k].grain > 1 && atomic_load(&last.pieces) > 1) assert_true(last.least >= cases[k].grain);
        cplug_scope_close(scope);
    }
    test_close(ctx);
}

static void *on_foreign_thread(void *arg)
{
    visits *v = arg;
    cplug_host_table()->parallel_for(N, 1, visit, v);
    return NULL;
}

/* A thread that core did not give compute threads to runs everything itself. */
static void test_foreign_thread(void **state)
{
    (void)state;
    static visits v = { .least = N };
    pthread_t t;
    assert_int_equal(pthread_create(&t, NULL, on_foreign_thread, &v), 0);
    pthread_join(t, NULL);
    check_visits(&v, N);
    assert_int_equal(atomic_load(&v.pieces), 1);
}

/* Schemas of ops that core refuses before anything uses them. */
static void test_malformed_ops(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        cplug_op op;
    } cases[] = {
        { "core has an op of that name", { .name = "add", .inputs = "input", .outputs = "output", .infer = infer } },
        { "its inputs are malformed", { .name = "test.a", .inputs = "input weight%", .outputs = "output", .infer = infer } },
        { "its outputs are malformed", { .name = "test.a", .inputs = "input", .outputs = "output!", .infer = infer } },
        { "its infer must not be NULL", { .name = "test.a", .inputs = "input", .outputs = "output" } },
        { "needs restride", { .name = "test.a", .inputs = "input", .outputs = "output", .infer = infer, .flags = CPLUG_OP_VIEW } },
        { "needs draws",
          { .name = "test.a", .inputs = "input seed# offset#", .outputs = "output", .infer = infer, .flags = CPLUG_OP_RANDOM } },
    };
    cplug_context *ctx = test_open(NULL);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        cplug_op o = cases[k].op;
        o.struct_size = sizeof o;
        assert_int_not_equal(cplug_register(ctx, "op", &o), CPLUG_OK);
        assert_error(ctx, CPLUG_E_INVALID, cases[k].words);
    }
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),        cmocka_unit_test(test_fail),           cmocka_unit_test(test_heap),
        cmocka_unit_test(test_philox),       cmocka_unit_test(test_names),          cmocka_unit_test(test_log),
        cmocka_unit_test(test_parallel_for), cmocka_unit_test(test_foreign_thread), cmocka_unit_test(test_malformed_ops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
