/* test_callbacks.c: a host's own callback in a run: the order of events, what it may ask for, its failure; gradients that do not
 * arrive; explain, which leaves the run as it was. */
#include "../scratch.h"
#include <cplug/launcher.h>

/* ---- a callback that writes down what it hears ---- */
typedef struct notes {
    char events[4096]; /* "train_begin gradients step_end ..." */
    char names[256];
    int64_t steps, epochs;
    double loss;
    int saves, mismatches;
} notes;
static notes heard;

typedef struct spy {
    int64_t stop_at, save_at, skip_from, fail_at, numeric_at;
} spy;
#define AT(field_)                                                                                                                         \
    {                                                                                                                                      \
#field_, "step", CPLUG_OPT_INT, CPLUG_OPT_UNSET_OK, offsetof(spy, field_), NULL, 0, 0, NULL, NULL, 0, 0                            \
    }
static const cplug_option spy_options[] = { AT(stop_at), AT(save_at), AT(skip_from), AT(fail_at), AT(numeric_at) };

static cplug_status spy_on(cplug_context *ctx, void *self, cplug_event *ev)
{
    const spy *s = self;
    const size_t n = strlen(heard.events);
    if (n + 32 < sizeof heard.events) snprintf(heard.events + n, sizeof heard.events - n, "%s%s", n ? " " : "", ev->name);
    heard.mismatches += ev->stop || ev->save || ev->skip || ev->model == NULL || ev->optimizer == NULL || cplug_grad_enabled(ctx);
    if (strcmp(ev->name, "gradients") == 0) ev->skip = s->skip_from != CPLUG_UNSET && ev->step >= s->skip_from;
    if (strcmp(ev->name, "gradients") == 0 && ev->step == s->numeric_at) ev->stop = CPLUG_STOP_NUMERIC;
    if (strcmp(ev->name, "epoch_end") == 0) {
        heard.epochs = ev->epoch;
        heard.names[0] = '\0';
        for (uint32_t i = 0; i < ev->n_metrics; i++) strcat(strcat(heard.names, i ? " " : ""), ev->metric_names[i]);
        heard.loss = ev->metrics[0];
    }
    heard.saves += strcmp(ev->name, "checkpoint") == 0;
    if (strcmp(ev->name, "step_end") != 0) return CPLUG_OK;
    heard.steps = ev->step;
    if (ev->step == s->stop_at) ev->stop = CPLUG_STOP;
    if (ev->step == s->save_at) ev->save = CPLUG_SAVE;
    if (ev->step == s->fail_at) return cplug_error_set(ctx, CPLUG_E_INVALID, "no more");
    return CPLUG_OK;
}
static const cplug_callback_type spy_type = { .struct_size = sizeof spy_type,
                                              .id = "test.spy",
                                              .doc = "writes down what it hears",
                                              .options = CPLUG_OPTIONS(spy_options),
                                              .instance_size = sizeof(spy),
                                              .on = spy_on };

/* ---- runs: 2 epochs of 4 steps ---- */
static const char ini[] =
    "[cplug]\nformat = 1\n[runtime]\nthreads = 1\nbackends = cpu\n[data.train]\ntype = synthetic\nkind = line\nsamples = 64\n"
    "[data.valid]\ntype = synthetic\nkind = line\nsplit = valid\nsamples = 16\n[model]\ninput_shape = 1\n"
    "[layer.fc1]\ntype = linear\nout_features = 4\n[layer.act]\ntype = tanh\n[layer.fc2]\ntype = linear\nout_features = 1\n"
    "[loss]\ntype = mse\n[metrics]\nnames = mae\n[optimizer]\ntype = sgd\nlr = 0.01\n[train]\nepochs = 2\nbatch_size = 16\n";
static char warnings[2048];

static void tell(void *arg, int32_t kind, const char *text)
{
    (void)arg;
    if (kind == CPLUG_TELL_WARNING && strlen(warnings) + strlen(text) + 2 < sizeof warnings) strcat(strcat(warnings, text), "\n");
}

static cplug_run *open_run(cplug_context *ctx, const char *run_dir)
{
    static char path[600], dir[600];
    cplug_run_args args = CPLUG_RUN_ARGS;
    put_file("run.ini", ini, sizeof ini - 1);
    snprintf(path, sizeof path, "%s", in_folder("run.ini"));
    snprintf(dir, sizeof dir, "%s", in_folder(run_dir));
    args.needs = CPLUG_RUN_TRAINS;
    args.run_dir = dir;
    args.ctx = ctx;
    args.tell = tell;
    memset(&heard, 0, sizeof heard);
    warnings[0] = '\0';
    cplug_run *r = cplug_run_open(path, &args);
    if (cplug_run_code(r) != CPLUG_RUN_OK) fail_msg("%s", cplug_run_error(r));
    if (cplug_register(cplug_run_context(r), "callback", &spy_type) != CPLUG_OK)
        cplug_error_clear(ctx); /* a host's context has it already */
    return r;
}

static int32_t train(const char *spec, char *error, size_t size)
{
    static int number;
    char dir[32];
    snprintf(dir, sizeof dir, "run-%d", number++);
    cplug_run *r = open_run(NULL, dir);
    assert_non_null(cplug_run_callback(r, spec));
    cplug_run_train(r, NULL);
    const int32_t code = cplug_run_code(r);
    if (error != NULL) snprintf(error, size, "%s", cplug_run_error(r));
    assert_int_equal(heard.mismatches, 0);
    cplug_run_close(r);
    return code;
}

static void test_order_of_events(void **state)
{
    (void)state;
    assert_int_equal(train("test.spy", NULL, 0), CPLUG_RUN_OK);
    assert_int_equal(
        strncmp(heard.events, "train_begin gradients step_end gradients step_end gradients step_end gradients step_end epoch_end", 96), 0);
    assert_string_equal(heard.events + strlen(heard.events) - strlen("train_end"), "train_end");
    assert_string_equal(heard.names, "train_loss valid_loss valid_mae");
    assert_int_equal(heard.steps, 8);
    assert_int_equal(heard.epochs, 2);
    assert_true(heard.saves > 0 && isfinite(heard.loss));
}

static void test_what_it_may_ask(void **state)
{
    (void)state;
    char error[1024];
    assert_int_equal(train("test.spy stop_at=3", NULL, 0), CPLUG_RUN_OK);
    assert_int_equal(heard.steps, 3);
    assert_int_equal(train("test.spy", NULL, 0), CPLUG_RUN_OK);
    const int usual = heard.saves;
    assert_int_equal(train("test.spy save_at=2", NULL, 0), CPLUG_RUN_OK);
    assert_int_equal(heard.saves, usual + 1);
    assert_int_equal(train("test.spy skip_from=5", NULL, 0), CPLUG_RUN_OK);
    assert_int_equal(heard.steps, 5); /* the rest is left out, the epochs go on */
    assert_int_equal(heard.epochs, 2);
    assert_int_equal(train("test.spy numeric_at=1", error, sizeof error), CPLUG_RUN_NUMERIC);
    assert_non_null(strstr(error, "test.spy"));
}

static void test_failure(void **state)
{
    (void)state;
    char error[1024];
    assert_int_equal(train("test.spy fail_at=2", error, sizeof error), CPLUG_RUN_FAILED);
    if (!strstr(error, "test.spy") || !strstr(error, "step_end") || !strstr(error, "no more")) fail_msg("%s", error);
    cplug_run *r = open_run(NULL, "none");
    assert_null(cplug_run_callback(r, "test.spie"));
    assert_int_equal(cplug_run_code(r), CPLUG_RUN_CONFIG);
    assert_non_null(strstr(cplug_run_error(r), "test.spy"));
    cplug_run_close(r);
    assert_null(cplug_run_callback(NULL, "test.spy"));
}

/* The callbacks of a run end with it, also in a context that lives on. */
static void test_host_context(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("threads=1 backends=cpu");
    for (int i = 0; i < 2; i++) {
        cplug_run *r = open_run(ctx, i ? "second" : "first");
        assert_non_null(cplug_run_callback(r, "test.spy"));
        if (cplug_run_train(r, NULL) != CPLUG_OK) fail_msg("%s", cplug_run_error(r));
        cplug_run_close(r);
    }
    test_close(ctx);
}

/* ---- gradients ---- */
static void test_no_gradient(void **state)
{
    (void)state;
    cplug_run *r = open_run(NULL, "frozen");
    cplug_module_requires_grad(cplug_run_model(r), 0);
    cplug_run_train(r, NULL);
    assert_int_equal(cplug_run_code(r), CPLUG_RUN_CONFIG);
    if (!strstr(cplug_run_error(r), "no parameter receives a gradient") || !strstr(cplug_run_error(r), "fc1, fc2"))
        fail_msg("%s", cplug_run_error(r));
    cplug_run_close(r);
    r = open_run(NULL, "half");
    cplug_module_requires_grad(cplug_module_get(cplug_run_model(r), "fc1"), 0);
    assert_int_equal(cplug_run_train(r, NULL), CPLUG_OK);
    if (!strstr(warnings, "without a gradient") || !strstr(warnings, "fc1 (requires_grad is off)")) fail_msg("warnings: %s", warnings);
    cplug_run_close(r);
}

/* ---- explain ---- */
typedef struct seen {
    int rows, forward, backward, update, bad;
} seen;
static void on_row(void *arg, const cplug_explain_row *row)
{
    seen *s = arg;
    s->rows++;
    s->forward += strcmp(row->pass, "forward") == 0;
    s->backward += strcmp(row->pass, "backward") == 0;
    s->update += strcmp(row->pass, "update") == 0;
    s->bad += row->layer == NULL || row->choice == NULL || strncmp(row->choice->call, row->choice->op, strlen(row->choice->op)) != 0;
}

static void test_explain_leaves_no_trace(void **state)
{
    (void)state;
    const float at[4] = { -1, 0, 0.5f, 2 };
    float before[4], after[4];
    uint64_t seed[2], offset[2];
    seen first = { 0 }, second = { 0 };
    cplug_run *r = open_run(NULL, "none");
    cplug_context *ctx = cplug_run_context(r);
    cplug_tensor *x = cplug_from_array(ctx, CPLUG_F32, SHAPE(4, 1), at);
    cplug_to_array(cplug_run_predict(r, x), before, sizeof before);
    cplug_rng_get(ctx, &seed[0], &offset[0]);
    assert_int_equal(cplug_run_explain(r, on_row, &first), CPLUG_OK);
    assert_int_equal(cplug_run_explain(r, on_row, &second), CPLUG_OK);
    cplug_rng_get(ctx, &seed[1], &offset[1]);
    cplug_to_array(cplug_run_predict(r, x), after, sizeof after);
    assert_memory_equal(before, after, sizeof before);
    assert_true(seed[0] == seed[1] && offset[0] == offset[1]);
    assert_memory_equal(&first, &second, sizeof first); /* what was decided before is told again */
    assert_true(first.forward >= 4 && first.backward >= 4 && first.update == 1 && first.bad == 0);
    assert_int_equal(cplug_module_training(cplug_run_model(r)), 0);
    assert_int_equal(cplug_run_explain(r, NULL, NULL), CPLUG_E_INVALID);
    cplug_run_close(r);
}

/* One allocation after the other fails while callbacks are made and told, and calls are explained; the first round, without failures,
 * loads the plugins and counts. */
static void test_memory_runs_out(void **state)
{
    (void)state;
    char dir[32];
    uint64_t total = 0;
    int failures = 0;
    for (uint64_t n = 0; n <= total; n += n < 50 ? 1 : 7) {
        seen rows = { 0 };
        snprintf(dir, sizeof dir, "memory-%d", (int)n);
        cplug_run *r = open_run(NULL, dir);
        cplug_test_fail_allocation(n);
        cplug_run_callback(r, "early_stopping monitor=valid_mae");
        cplug_run_callback(r, "csv_log rows=epoch");
        cplug_run_callback(r, "test.spy stop_at=2");
        cplug_run_explain(r, on_row, &rows);
        cplug_run_train(r, NULL);
        const uint64_t count = cplug_test_fail_allocation(0);
        const int failed = cplug_run_code(r) != CPLUG_RUN_OK;
        if (n == 0) total = count;
        if (failed != (cplug_run_error(r)[0] != 0) || (n == 0 && failed)) fail_msg("allocation %d: '%s'", (int)n, cplug_run_error(r));
        failures += failed;
        cplug_run_close(r);
    }
    if (failures < 50) fail_msg("%d failures in %d allocations", failures, (int)total); /* some are caches that may be missing */
}

static int remove_all(void **state)
{
    char command[700];
    snprintf(command, sizeof command, "rm -rf '%s'/*", scratch_folder);
    return system(command) != 0 ? -1 : remove_folder(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_of_events), cmocka_unit_test(test_what_it_may_ask), cmocka_unit_test(test_failure),
        cmocka_unit_test(test_host_context),    cmocka_unit_test(test_no_gradient),     cmocka_unit_test(test_explain_leaves_no_trace),
        cmocka_unit_test(test_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_all);
}
