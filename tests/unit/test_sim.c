/* test_sim.c: core assumes nothing about where tensors live.  On a device whose memory the host cannot touch and whose queue works behind
 * its back: what reaches in crashes, failures come out late and by name, memory ends, work in flight is no hindrance to closing. */
#include "support.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- memory is out of reach ---- */
enum { LEAVE_ALONE, READ, WRITE, COPY_OUT, READ_FREED };
static int what_the_host_does;
static char *address;

/* A kernel that forgets that it runs on the host. */
static cplug_status reach_in(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    static void *(*volatile copy)(void *, const void *, size_t) = memcpy;
    char stolen[4];
    (void)p, (void)e;
    address = c->in[0]->data;
    if (what_the_host_does == READ) (void)*(volatile float *)c->in[0]->data;
    if (what_the_host_does == WRITE) *(volatile float *)c->out[0]->data = 1;
    if (what_the_host_does == COPY_OUT) copy(stolen, address, sizeof stolen);
    return address ? CPLUG_OK : CPLUG_E_INTERNAL;
}

/* In a child of its own: 0 when all went well, else the signal that ended it. */
static int in_a_child(int what)
{
    static const cplug_kernel probe = {
        .struct_size = sizeof probe, .op_version = 1, .op = "neg", .backend = "probe", .device = "sim", .run = reach_in
    };
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        const struct rlimit no_core = { 0, 0 };
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGSEGV, SIG_DFL); /* a sanitizer would turn it into words */
        signal(SIGBUS, SIG_DFL);
        what_the_host_does = what;
        cplug_context *ctx = cplug_open("device=sim");
        if (!ctx || cplug_register(ctx, "kernel", &probe)) _exit(3);
        cplug_tensor *x = cplug_ones(ctx, CPLUG_F32, SHAPE(1000, 1000));
        if (!cplug_neg(x) || cplug_sync(ctx)) _exit(4);
        cplug_close(ctx);
        if (what == READ_FREED) (void)*(volatile char *)address;
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status)) fail_msg("the child ended with code %d", WEXITSTATUS(status));
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void what_reaches_in_crashes(void **state)
{
    (void)state;
    assert_int_equal(in_a_child(LEAVE_ALONE), 0);
    for (int what = READ; what <= READ_FREED; what++) {
        const int ended = in_a_child(what);
        if (ended != SIGSEGV) fail_msg("case %d: signal %d, expected SIGSEGV", what, ended);
    }
}

/* ---- between devices ---- */
static void moving_and_mixing(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *host = cplug_requires_grad(FLOATS(ctx, SHAPE(3), 1, 2, 3), 1);
    cplug_tensor *far = cplug_to(host, 0, "sim:0"), *other = cplug_to(far, 0, "sim:1");
    assert_string_equal(cplug_tensor_device(other), "sim:1");
    assert_null(cplug_tensor_data(far));
    assert_null(cplug_add(host, far));
    assert_error(ctx, CPLUG_E_DEVICE, "add: 'input' is on cpu but 'other' on sim:0: bring them together with cplug_to");
    assert_null(cplug_add(far, other));
    assert_error(ctx, CPLUG_E_DEVICE, "'input' is on sim:0 but 'other' on sim:1");
    assert_null(cplug_linear(cplug_ones(ctx, CPLUG_F32, SHAPE(2, 3)), cplug_to(cplug_ones(ctx, CPLUG_F32, SHAPE(4, 3)), 0, "sim"), NULL));
    assert_error(ctx, CPLUG_E_DEVICE, "linear: 'input' is on cpu but 'weight' on sim:0");
    /* a 0-d host tensor and plain numbers go along */
    assert_values(cplug_mul(far, cplug_full(ctx, CPLUG_F32, 0, NULL, 2)), 0, 2, 4, 6);
    assert_int_equal(cplug_backward(cplug_sum(cplug_mul_scalar(other, 5), NULL, 0, 0)), CPLUG_OK);
    assert_values(cplug_tensor_grad(host), 0, 5, 5, 5);
    assert_string_equal(cplug_tensor_device(cplug_tensor_grad(host)), "cpu");
    /* strided tensors of a dtype that the device cannot even copy */
    cplug_tensor *f64 = cplug_to(cplug_from_array(ctx, CPLUG_F64, SHAPE(2, 2), (double[]){ 1, 2, 3, 4 }), 0, "sim");
    assert_values(cplug_transpose(f64, 0, 1), 0, 1, 3, 2, 4);
    cplug_copy_(cplug_select(f64, 1, 0), cplug_full(ctx, CPLUG_F32, 0, NULL, 9));
    assert_values(f64, 0, 9, 2, 9, 4);
    /* a slice brings its own bytes, not those of the whole */
    cplug_device_set(ctx, "sim");
    cplug_tensor *small = cplug_zeros(ctx, CPLUG_F32, SHAPE(2)), *beside = cplug_zeros(ctx, CPLUG_F32, SHAPE(2));
    cplug_copy_(small, cplug_slice(cplug_to(cplug_arange(ctx, CPLUG_F32, 0, 1000, 1), 0, "cpu"), 0, 3, 5, 1));
    assert_values(small, 0, 3, 4);
    assert_values(beside, 0, 0, 0);
    cplug_device_set(ctx, "sim:7");
    assert_error(ctx, CPLUG_E_DEVICE, "no device 'sim:7': 2 of this kind are present");
    cplug_device_set(ctx, "simm");
    assert_error(ctx, CPLUG_E_NOTFOUND, "did you mean 'sim'");
    test_close(ctx);
}

/* The same numbers are drawn on both, each counts its own memory, and one goes on when the other has failed. */
static void two_devices(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *drawn[3];
    static const char *const names[3] = { "cpu", "sim:0", "sim:1" };
    float values[3][100];
    cplug_memory_stats memory = { .struct_size = sizeof memory };
    for (int i = 0; i < 3; i++) {
        cplug_seed(ctx, 7);
        cplug_device_set(ctx, names[i]);
        drawn[i] = cplug_randn(ctx, CPLUG_F32, SHAPE(100));
        cplug_to_array(drawn[i], values[i], sizeof values[i]);
        assert_memory_equal(values[i], values[0], sizeof values[0]);
    }
    cplug_tensor *large = cplug_ones(ctx, CPLUG_F32, SHAPE(1 << 20));
    cplug_memory(ctx, "sim:1", &memory);
    assert_true(memory.current >= 4 << 20);
    cplug_memory(ctx, "sim:0", &memory);
    assert_true(memory.current < 1 << 20);
    assert_true(test_item(cplug_sum(large, NULL, 0, 0)) == 1 << 20);
    cplug_gather(drawn[1], 0, cplug_to(cplug_full(ctx, CPLUG_I64, SHAPE(1), 100), 0, "sim:0"));
    cplug_sync(ctx);
    assert_error(ctx, CPLUG_E_INVALID, "sim:0: gather: index 100");
    assert_true(test_item(cplug_sum(large, NULL, 0, 0)) == 1 << 20);
    assert_ok(ctx);
    test_item(drawn[1]);
    cplug_error_clear(ctx);
    test_close(ctx);
}

/* ---- what the device cannot do ---- */
static int warnings;
static void count_warnings(void *arg, int32_t level, const char *text)
{
    (void)arg;
    warnings += level == CPLUG_LOG_WARN && strstr(text, "on sim:0: cpu, with copies") != NULL;
}

static cplug_status cube_infer(cplug_infer *c, cplug_error *e)
{
    (void)e;
    c->out[0] = c->in[0];
    return CPLUG_OK;
}
static cplug_status cube_vjp(cplug_vjp *v)
{
    v->grad_in[0] = cplug_mul(v->grad_out[0], cplug_mul_scalar(cplug_mul(v->in[0], v->in[0]), 3));
    return cplug_failed(v->ctx);
}
static cplug_status cube_run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)p, (void)e;
    for (int64_t i = 0; i < c->in[0]->shape[0]; i++) {
        const float x = ((const float *)c->in[0]->data)[i];
        ((float *)c->out[0]->data)[i] = x * x * x;
    }
    return CPLUG_OK;
}
static const cplug_op cube_op = { .struct_size = sizeof cube_op,
                                  .version = 1,
                                  .name = "test.cube",
                                  .inputs = "input",
                                  .outputs = "output",
                                  .saves = "input",
                                  .infer = cube_infer,
                                  .vjp = cube_vjp };
static const cplug_kernel cube_kernel = {
    .struct_size = sizeof cube_kernel, .op_version = 1, .op = "test.cube", .backend = "test", .device = "cpu", .run = cube_run
};
static cplug_tensor *cube(cplug_tensor *x)
{
    cplug_tensor *y = NULL;
    const cplug_arg in[1] = { CPLUG_ARG(x) };
    cplug_dispatch(cplug_tensor_context(x), "test.cube", in, 1, NULL, 0, &y, 1);
    return y;
}

/* An op without decomposition runs on the cpu or not at all: one copy there, one back; its gradient stays on the device. */
static void fallback_of_an_op(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("device=sim");
    assert_int_equal(cplug_register(ctx, "op", &cube_op), CPLUG_OK);
    assert_int_equal(cplug_register(ctx, "kernel", &cube_kernel), CPLUG_OK);
    cplug_tensor *x = cplug_requires_grad(FLOATS(ctx, SHAPE(2), 2, -3), 1);
    static const struct {
        int32_t policy;
        int64_t copies, warned;
    } cases[] = { { CPLUG_FALLBACK_ERROR, 0, 0 }, { CPLUG_FALLBACK_ALLOW, 2, 0 }, { CPLUG_FALLBACK_WARN, 2, 1 } };
    cplug_log_to(count_warnings, NULL);
    for (size_t i = 0; i < CPLUG_COUNT(cases); i++) {
        const int64_t before = cplug_fallback_count(ctx);
        warnings = 0;
        cplug_fallback(ctx, cases[i].policy);
        cplug_backends(ctx, NULL); /* decisions are made anew */
        cplug_tensor *y = cube(x);
        assert_int_equal(cplug_fallback_count(ctx) - before, cases[i].copies);
        assert_int_equal(warnings, cases[i].warned);
        if (cases[i].policy == CPLUG_FALLBACK_ERROR) {
            assert_null(y);
            assert_error(ctx, CPLUG_E_UNSUPPORTED, "test.cube(f32[2]) on sim:0: no kernel");
            continue;
        }
        assert_string_equal(cplug_tensor_device(y), "sim:0");
        assert_values(y, 0, 8, -27);
        cplug_tensor_grad_set(x, NULL);
        cplug_backward(cplug_sum(y, NULL, 0, 0));
        assert_values(cplug_tensor_grad(x), 0, 12, 27);
        assert_int_equal(cplug_fallback_count(ctx) - before, cases[i].copies);
        cube(x);
        assert_int_equal(cplug_fallback_count(ctx) - before, 2 * cases[i].copies);
        assert_int_equal(warnings, cases[i].warned); /* said once a signature */
    }
    cplug_log_to(NULL, NULL);
    test_close(ctx);
}

/* f64 is none of the device's dtypes: the policy decides, also in place and backwards. */
static void fallback_of_a_dtype(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("fallback=error");
    cplug_tensor *x = cplug_requires_grad(cplug_to(cplug_from_array(ctx, CPLUG_F64, SHAPE(2), (double[]){ 1, 4 }), 0, "sim"), 1);
    assert_null(cplug_sqrt(x));
    assert_error(ctx, CPLUG_E_UNSUPPORTED, "sqrt(f64[2]) on sim:0: no kernel; sim: 0 (f32, i64 and bool only)");
    cplug_fallback(ctx, CPLUG_FALLBACK_ALLOW);
    cplug_tensor *y = cplug_sqrt(x);
    assert_int_equal(cplug_fallback_count(ctx), 2);
    assert_string_equal(cplug_tensor_device(y), "sim:0");
    assert_values(y, 1e-12, 1, 2);
    assert_int_equal(cplug_backward(cplug_sum(y, NULL, 0, 0)), CPLUG_OK);
    assert_string_equal(cplug_tensor_device(cplug_tensor_grad(x)), "sim:0");
    assert_values(cplug_tensor_grad(x), 1e-12, 0.5, 0.25);
    const int64_t before = cplug_fallback_count(ctx);
    cplug_tensor *z = cplug_detach(cplug_clone(cplug_detach(x)));
    cplug_fill_(z, 3); /* there, and back into the target */
    assert_values(z, 0, 3, 3);
    assert_true(cplug_fallback_count(ctx) >= before + 2);
    test_close(ctx);
}

/* ---- failures that come out late ---- */
/* item, to_array, sync and a copy to another device all wait; each finds the failure, and so does every later one. */
static void late_errors(void **state)
{
    (void)state;
    for (int how = 0; how < 4; how++) {
        cplug_context *ctx = test_open("device=sim");
        cplug_tensor *x = FLOATS(ctx, SHAPE(3), 1, 2, 3), *index = cplug_full(ctx, CPLUG_I64, SHAPE(1), 7),
                     *bad = cplug_gather(x, 0, index);
        cplug_tensor *after = cplug_add_scalar(bad, 1);
        assert_ok(ctx); /* nothing is known yet */
        assert_non_null(after);
        double value;
        float values[1] = { 42 };
        if (how == 0) cplug_item(after, &value);
        if (how == 1) cplug_to_array(after, values, sizeof values);
        if (how == 2) cplug_sync(ctx);
        if (how == 3) cplug_to(after, 0, "cpu");
        assert_error(ctx, CPLUG_E_INVALID, "sim:0: gather: index 7 is out of range for dimension 0 of size 3");
        assert_true(values[0] == 42);
        cplug_item(cplug_sum(x, NULL, 0, 0), &value); /* poisoned: what did not fail is lost too */
        assert_error(ctx, CPLUG_E_INVALID, "gather: index 7");
        cplug_add(x, x);
        assert_int_equal(cplug_close(ctx), CPLUG_OK);
    }
}

/* Backwards and in place too: scatter_add_ of an index that a data set got wrong. */
static void late_errors_of_training(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("device=sim fallback=error");
    cplug_tensor *scores = cplug_requires_grad(cplug_randn(ctx, CPLUG_F32, SHAPE(4, 3)), 1),
                 *classes = cplug_full(ctx, CPLUG_I64, SHAPE(4), 3);
    cplug_tensor *loss = cplug_cross_entropy(scores, classes, NULL);
    double value;
    cplug_backward(loss);
    cplug_item(loss, &value);
    assert_int_equal(cplug_failed(ctx), CPLUG_E_INVALID);
    assert_error(ctx, CPLUG_E_INVALID, "index 3 is out of range for dimension 1 of size 3");
    cplug_close(ctx);
}

/* ---- the queue ---- */
static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static cplug_tensor *much_work(cplug_context *ctx, int n)
{
    cplug_tensor *x = cplug_full(ctx, CPLUG_F32, SHAPE(1, 128, 128), 1.0 / 128);
    cplug_tensor *y = x;
    for (int i = 0; i < n; i++) y = cplug_bmm(y, x);
    return y;
}

/* Who calls an op does not wait for it: most of the time passes in the sync. */
static void works_behind_our_back(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("device=sim");
    cplug_sync(ctx);
    const double begin = seconds();
    cplug_tensor *y = much_work(ctx, 60);
    const double called = seconds() - begin;
    cplug_sync(ctx);
    const double done = seconds() - begin;
    if (called > done / 2) fail_msg("the calls took %.4f s of %.4f s", called, done);
    assert_true(fabs(test_item(cplug_sum(y, NULL, 0, 0)) - 128) < 1e-3);
    test_close(ctx);
}

/* The bytes of an array may be the caller's again at once; a result is complete when it is handed over; more tasks than the queue holds. */
static void order_and_copies(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("device=sim");
    float values[64] = { 0 };
    cplug_tensor *sum = cplug_zeros(ctx, CPLUG_F32, SHAPE(64));
    for (int i = 0; i < 3000; i++) {
        cplug_scope *scope = cplug_scope_open(ctx);
        for (int k = 0; k < 64; k++) values[k] = (float)(i % 7 + k);
        cplug_add_(sum, cplug_from_array(ctx, CPLUG_F32, SHAPE(64), values));
        memset(values, 0xff, sizeof values);
        cplug_scope_close(scope); /* its memory is used again while the task that reads it waits */
    }
    cplug_to_array(sum, values, sizeof values);
    for (int k = 0; k < 64; k++) {
        float expected = 0;
        for (int i = 0; i < 3000; i++) expected += (float)(i % 7 + k);
        assert_true(values[k] == expected);
    }
    test_close(ctx);
}

static void closing_with_work_in_flight(void **state)
{
    (void)state;
    for (int poisoned = 0; poisoned < 2; poisoned++) {
        cplug_context *ctx = test_open("device=sim");
        cplug_tensor *kept = cplug_retain(much_work(ctx, 20));
        if (poisoned) cplug_gather(kept, 0, cplug_full(ctx, CPLUG_I64, SHAPE(1, 1, 1), 5));
        much_work(ctx, 20);
        cplug_device_set(ctx, "sim:1");
        much_work(ctx, 20);
        cplug_release(kept);
        assert_int_equal(cplug_close(ctx), CPLUG_OK);
    }
}

/* ---- memory ends ---- */
static void out_of_memory(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("device=sim");
    cplug_scope *scope = cplug_scope_open(ctx);
    enum { GIB = 1 << 30 };
    cplug_tensor *x = cplug_empty(ctx, CPLUG_BOOL, SHAPE(5, GIB)); /* no page of it is ever touched */
    assert_ok(ctx);
    assert_null(cplug_empty(ctx, CPLUG_BOOL, SHAPE(5, GIB)));
    assert_error(ctx, CPLUG_E_NOMEM, "out of memory on sim:0: no room for");
    assert_null(cplug_clone(x));
    assert_error(ctx, CPLUG_E_NOMEM, "the device has 8589934592 bytes");
    assert_values(cplug_add_scalar(FLOATS(ctx, SHAPE(2), 1, 2), 1), 0, 2, 3); /* small things still fit */
    cplug_scope_close(scope);
    cplug_empty(ctx, CPLUG_BOOL, SHAPE(6, GIB)); /* what was freed is given back for it */
    assert_ok(ctx);
    cplug_empty_on(ctx, "sim:1", CPLUG_BOOL, SHAPE(6, GIB));
    assert_ok(ctx);
    cplug_memory_limit(ctx, "sim:1", GIB);
    cplug_empty_on(ctx, "sim:1", CPLUG_BOOL, SHAPE(2, GIB));
    assert_error(ctx, CPLUG_E_NOMEM, "out of memory on sim:1");
    test_close(ctx);
}

static void a_little_of_all(cplug_context *ctx)
{
    cplug_tensor *x = cplug_requires_grad(cplug_randn(ctx, CPLUG_F32, SHAPE(4, 3)), 1);
    cplug_tensor *y = cplug_to(cplug_from_array(ctx, CPLUG_I64, SHAPE(4), (int64_t[]){ 0, 1, 2, 0 }), 0, "sim");
    cplug_tensor *loss = cplug_cross_entropy(x, y, NULL);
    double value;
    cplug_backward(loss);
    cplug_item(loss, &value);
    cplug_to(cplug_transpose(x, 0, 1), 0, "cpu");
}
static void survives_every_failed_allocation(void **state)
{
    (void)state;
    for (uint64_t n = 1;; n++) {
        cplug_context *ctx = test_open("device=sim");
        cplug_memory_trim(ctx);
        cplug_test_fail_allocation(n);
        a_little_of_all(ctx);
        const uint64_t made = cplug_test_fail_allocation(0);
        if (cplug_failed(ctx) && cplug_failed(ctx) != CPLUG_E_NOMEM)
            fail_msg("allocation %llu: %s", (unsigned long long)n, cplug_error_text(ctx));
        cplug_error_clear(ctx);
        a_little_of_all(ctx);
        test_close(ctx);
        if (made >= n) continue;
        assert_true(n > 40);
        return;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_reaches_in_crashes), /* first: it forks, and no thread runs yet */
        cmocka_unit_test(moving_and_mixing),
        cmocka_unit_test(two_devices),
        cmocka_unit_test(fallback_of_an_op),
        cmocka_unit_test(fallback_of_a_dtype),
        cmocka_unit_test(late_errors),
        cmocka_unit_test(late_errors_of_training),
        cmocka_unit_test(works_behind_our_back),
        cmocka_unit_test(order_and_copies),
        cmocka_unit_test(closing_with_work_in_flight),
        cmocka_unit_test(out_of_memory),
        cmocka_unit_test(survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
