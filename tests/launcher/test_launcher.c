/* test_launcher.c: the launcher as a host uses it: three lines that predict, a host's own context and layer, messages, mistakes as data,
 * texts that are no INI files, and every allocation failing in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <cplug/launcher.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdbool.h>
#include <unistd.h>
#include "folder.h"

#define MODEL(name) TEST_SOURCE_DIR "/models/" name

static const char *in_folder(const char *name)
{
    static char path[4][256];
    static int turn;
    snprintf(path[turn = (turn + 1) % 4], sizeof *path, "%s/%s", folder, name);
    return path[turn];
}

static const char *write_file(const char *name, const char *text, size_t n)
{
    const char *path = in_folder(name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    return path;
}

typedef struct heard {
    int texts, events;
    char last[512];
} heard;

static void hear(void *arg, int32_t kind, const char *text)
{
    heard *h = arg;
    h->texts += kind == CPLUG_TELL_TEXT;
    h->events += kind == CPLUG_TELL_EVENT;
    assert_int_not_equal(kind, CPLUG_TELL_PROGRESS);
    if (kind == CPLUG_TELL_EVENT) snprintf(h->last, sizeof h->last, "%s", text);
}

static void trains_and_predicts(void **state)
{
    (void)state;
    heard h = { 0, 0, "" };
    cplug_scores s = CPLUG_SCORES;
    cplug_run_args args = CPLUG_RUN_ARGS;
    args.run_dir = in_folder("line");
    args.tell = hear;
    args.arg = &h;
    cplug_run *run = cplug_run_open(MODEL("line.ini"), &args);
    assert_int_equal(cplug_run_code(run), 0);
    assert_string_equal(cplug_run_name(run), "line");
    assert_int_equal(cplug_run_train(run, &s), CPLUG_OK);
    assert_true(s.loss > 0.005 && s.loss < 0.015 && s.samples == 300 && s.n == 0);
    assert_true(h.texts >= 20 && h.events == 42 && strstr(h.last, "\"end\"") != NULL);
    cplug_run_close(run);

    run = cplug_run_open(in_folder("line"), NULL);
    const float x[] = { 0, 1, 2 };
    float y[3];
    cplug_tensor *out = cplug_run_predict(run, cplug_from_array(cplug_run_context(run), CPLUG_F32, 2, (int64_t[]){ 3, 1 }, x));
    assert_int_equal(cplug_to_array(out, y, sizeof y), CPLUG_OK);
    for (int i = 0; i < 3; i++) assert_true(fabsf(y[i] - (2 * x[i] + 1)) < 0.05f);
    cplug_run_close(run);
}

/* ---- a host's own layer in its own context ---- */
static cplug_status twice_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    (void)self, (void)n_in, (void)n_out;
    out[0] = cplug_mul_scalar(in[0], 2.0);
    return cplug_failed(cplug_module_context(m));
}
static const cplug_module_type twice = { .struct_size = sizeof twice,
                                         .id = "twice",
                                         .class_name = "Twice",
                                         .doc = "two times its input",
                                         .instance_size = 8,
                                         .forward = twice_forward,
                                         .n_inputs = 1,
                                         .n_outputs = 1 };

static void host_context_and_layer(void **state)
{
    (void)state;
    static const char text[] =
        "[cplug]\nformat = 1\n[model]\ninput_shape = 2\n[layer.a]\ntype = twice\n[layer.b]\ntype = add\ninput = a, @input\n";
    cplug_context *ctx = cplug_open(NULL);
    cplug_run_args args = CPLUG_RUN_ARGS;
    args.ctx = ctx;
    assert_int_equal(cplug_register(ctx, "module", &twice), CPLUG_OK);
    for (int round = 0; round < 2; round++) {
        cplug_run *run = cplug_run_open(write_file("twice.ini", text, sizeof text - 1), &args);
        float y[2];
        assert_string_equal(cplug_run_error(run), "");
        cplug_tensor *out = cplug_run_predict(run, cplug_from_array(ctx, CPLUG_F32, 2, (int64_t[]){ 1, 2 }, (float[]){ 1, -2 }));
        assert_int_equal(cplug_to_array(out, y, sizeof y), CPLUG_OK);
        assert_true(y[0] == 3 && y[1] == -6);
        cplug_run_close(run);
    }
    assert_int_equal(cplug_close(ctx), CPLUG_OK);
}

static void mistakes_are_data(void **state)
{
    (void)state;
    const char *const overrides[] = { "layer.fc1.out_featurs=3", "train.epochs=0" };
    cplug_run_args args = CPLUG_RUN_ARGS;
    args.overrides = overrides;
    args.n_overrides = 2;
    cplug_run *run = cplug_run_open(MODEL("line.ini"), &args);
    cplug_diagnostic d = { .struct_size = sizeof d };
    assert_int_equal(cplug_run_code(run), CPLUG_RUN_CONFIG);
    assert_int_equal(cplug_run_n_diagnostics(run), 2);
    assert_int_equal(cplug_run_diagnostic(run, 0, &d), CPLUG_OK);
    assert_string_equal(d.file, "command line");
    assert_int_equal(d.column, 11);
    assert_string_equal(d.help, "did you mean 'out_features'?");
    assert_int_equal(cplug_run_diagnostic(run, 2, &d), CPLUG_E_NOTFOUND);
    assert_int_not_equal(cplug_run_train(run, NULL), CPLUG_OK);
    assert_null(cplug_run_predict(run, NULL));
    cplug_run_close(run);
    cplug_run_close(NULL);
    assert_int_equal(cplug_run_code(NULL), CPLUG_RUN_FAILED);
}

/* Bytes of a good file changed at random: any answer will do, but an answer. */
static void damaged_files(void **state)
{
    (void)state;
    static char good[8192], bad[8192];
    static const char bytes[] = "[]=;#\"'\\${}.,\n\r\t 0a-*/()\x01\x80";
    FILE *f = fopen(MODEL("spirals.ini"), "rb");
    assert_non_null(f);
    size_t n = fread(good, 1, sizeof good, f);
    fclose(f);
    srand(1);
    cplug_context *ctx = cplug_open(NULL);
    cplug_run_args args = CPLUG_RUN_ARGS;
    args.ctx = ctx;
    for (int round = 0; round < 400; round++) {
        memcpy(bad, good, n);
        size_t length = round % 3 == 0 ? (size_t)rand() % n : n;
        for (int k = rand() % 6; k >= 0; k--) bad[(size_t)rand() % n] = bytes[(size_t)rand() % (sizeof bytes - 1)];
        cplug_run *run = cplug_run_open(write_file("bad.ini", bad, length), &args);
        assert_non_null(run);
        if (cplug_run_code(run) != 0) assert_true(strlen(cplug_run_error(run)) > 0);
        cplug_run_close(run);
        assert_int_equal(cplug_failed(ctx), CPLUG_OK);
    }
    cplug_close(ctx);
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    cplug_run_args args = CPLUG_RUN_ARGS;
    args.needs = CPLUG_RUN_EVALUATES;
    cplug_run_close(cplug_run_open(MODEL("line.ini"), &args)); /* plugins are loaded from here on */
    for (uint64_t n = 1; n < 5000; n++) {
        cplug_scores s = CPLUG_SCORES;
        cplug_test_fail_allocation(n);
        cplug_run *run = cplug_run_open(MODEL("line.ini"), &args);
        bool ok = cplug_run_code(run) == 0 && cplug_run_eval(run, &s) == CPLUG_OK;
        if (!ok && run != NULL) assert_int_not_equal(cplug_run_code(run), 0);
        bool reached = cplug_test_fail_allocation(0) >= n;
        cplug_run_close(run);
        if (!reached) {
            assert_true(ok);
            return;
        }
    }
    fail_msg("a run asks for memory without end");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(trains_and_predicts), cmocka_unit_test(host_context_and_layer),
                                        cmocka_unit_test(mistakes_are_data), cmocka_unit_test(damaged_files),
                                        cmocka_unit_test(every_allocation_fails_once) };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
