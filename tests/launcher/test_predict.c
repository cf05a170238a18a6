/* test_predict.c: predictions as a host gets them: a batch in, scores out; lines in three formats under any locale; every allocation
 * failing in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <cplug/launcher.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MODEL(name) TEST_SOURCE_DIR "/models/" name
static char folder[] = "cplug-predict-XXXXXX", numbers_csv[64];

typedef struct lines {
    int n;
    char first[512], second[512];
} lines;

static void take(void *arg, const char *line)
{
    lines *l = arg;
    char *to = l->n == 0 ? l->first : l->second;
    if (l->n < 2) snprintf(to, sizeof l->first, "%s", line);
    l->n++;
}

static void a_batch(void **state)
{
    (void)state;
    cplug_run *run = cplug_run_open(MODEL("spirals.ini"), NULL);
    cplug_context *ctx = cplug_run_context(run);
    const float x[] = { 0.5f, -0.25f, 0.1f, 0.2f, -0.3f, 0.9f };
    float all[9], one[3];
    int64_t shape[CPLUG_MAX_DIMS];
    assert_int_equal(cplug_run_input_shape(run, shape), 1);
    cplug_module_train(cplug_run_model(run), 1);
    cplug_tensor *y = cplug_run_predict(run, cplug_from_array(ctx, CPLUG_F32, 2, (int64_t[]){ 3, shape[0] }, x));
    assert_int_equal(cplug_tensor_ndim(y), 2);
    assert_int_equal(cplug_to_array(y, all, sizeof all), CPLUG_OK);
    assert_int_equal(cplug_tensor_requires_grad(y), 0);
    assert_int_equal(cplug_grad_mode(ctx, 1), 1); /* as before the call */
    assert_int_equal(cplug_module_training(cplug_run_model(run)), 0);
    for (int i = 0; i < 3; i++) { /* a sample is told the same alone */
        y = cplug_run_predict(run, cplug_from_array(ctx, CPLUG_F32, 2, (int64_t[]){ 1, 2 }, x + 2 * i));
        assert_int_equal(cplug_to_array(y, one, sizeof one), CPLUG_OK);
        for (int k = 0; k < 3; k++) assert_true(fabsf(one[k] - all[3 * i + k]) < 1e-6f);
    }
    y = cplug_run_predict(run, cplug_from_array(ctx, CPLUG_F32, 2, (int64_t[]){ 0, 2 }, x));
    assert_int_equal(cplug_tensor_numel(y), 0);
    assert_int_equal(cplug_failed(ctx), CPLUG_OK);
    assert_null(cplug_run_predict(run, cplug_from_array(ctx, CPLUG_F32, 2, (int64_t[]){ 2, 3 }, x)));
    assert_non_null(strstr(cplug_error_text(ctx), "[2, 3]"));
    cplug_error_clear(ctx);
    assert_null(cplug_run_predict(run, NULL));
    cplug_error_clear(ctx);
    assert_null(cplug_run_predict(NULL, NULL));
    assert_int_equal(cplug_run_code(run), CPLUG_RUN_OK); /* the run goes on */
    cplug_run_close(run);
}

static cplug_run *open_with(const char *format, const char *input)
{
    static const char *const small[] = { "data.valid.samples=3" };
    cplug_run_args args = CPLUG_RUN_ARGS;
    args.format = format;
    args.input = input;
    args.overrides = small;
    args.n_overrides = 1;
    return cplug_run_open(MODEL("spirals.ini"), &args);
}

static void three_formats(void **state)
{
    (void)state;
    static const struct {
        const char *format, *first, *second; /* what the lines begin with */
        int n;
    } cases[] = { { NULL, "index,target,class,probability,p_0,p_1,p_2", "0,0,", 4 },
                  { "csv", "index,target,class,probability,p_0,p_1,p_2", "0,0,", 4 },
                  { "jsonl", "{\"index\":0,\"target\":\"0\",\"class\":\"", "{\"index\":1,\"target\":\"1\",", 3 },
                  { "text", "sample  class  probability", "     0  ", 4 } };
    for (uint32_t i = 0; i < CPLUG_COUNT(cases); i++) {
        lines l = { 0 };
        cplug_run *run = open_with(cases[i].format, NULL);
        assert_int_equal(cplug_run_predict_rows(run, take, &l), CPLUG_OK);
        assert_int_equal(l.n, cases[i].n);
        assert_int_equal(strncmp(l.first, cases[i].first, strlen(cases[i].first)), 0);
        assert_int_equal(strncmp(l.second, cases[i].second, strlen(cases[i].second)), 0);
        assert_int_equal(cplug_run_predict_rows(run, take, &l), CPLUG_OK); /* and again */
        assert_int_equal(l.n, 2 * cases[i].n);
        cplug_run_close(run);
    }
    lines l = { 0 };
    cplug_run *run = open_with("yaml", NULL);
    assert_int_not_equal(cplug_run_predict_rows(run, take, &l), CPLUG_OK);
    assert_int_equal(cplug_run_code(run), CPLUG_RUN_USAGE);
    assert_int_equal(l.n, 0);
    cplug_run_close(run);
}

static void another_locale(void **state)
{
    (void)state;
    if (setlocale(LC_ALL, "de_DE.UTF-8") == NULL) skip();
    for (int k = 0; k < 3; k++) {
        static const char *const formats[] = { "csv", "jsonl", "text" };
        lines l = { 0 };
        cplug_run *run = open_with(formats[k], numbers_csv);
        const cplug_status status = cplug_run_predict_rows(run, take, &l);
        setlocale(LC_ALL, "C");
        assert_string_equal(cplug_run_error(run), "");
        assert_int_equal(status, CPLUG_OK);
        if (k == 0) { /* index,class,probability and three more: a comma in a number would make it ten */
            int commas = 0;
            for (const char *p = l.second; *p; p++) commas += *p == ',';
            assert_int_equal(commas, 5);
        }
        assert_non_null(strstr(k == 1 ? l.first : l.second, k == 1 ? "\"probability\":0." : "."));
        cplug_run_close(run);
        setlocale(LC_ALL, "de_DE.UTF-8");
    }
    setlocale(LC_ALL, "C");
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    lines l = { 0 };
    cplug_run *run = open_with("jsonl", numbers_csv); /* plugins are loaded from here on */
    assert_int_equal(cplug_run_predict_rows(run, take, &l), CPLUG_OK);
    cplug_run_close(run);
    for (uint64_t n = 1; n < 5000; n++) {
        run = open_with(n % 2 ? "csv" : "jsonl", numbers_csv);
        assert_int_equal(cplug_run_code(run), CPLUG_RUN_OK);
        cplug_test_fail_allocation(n);
        const bool ok = cplug_run_predict_rows(run, take, &l) == CPLUG_OK;
        const bool reached = cplug_test_fail_allocation(0) >= n;
        if (!ok) assert_int_not_equal(cplug_run_code(run), CPLUG_RUN_OK);
        if (!ok) assert_true(strlen(cplug_run_error(run)) > 0);
        cplug_run_close(run);
        if (!reached) {
            assert_true(ok);
            return;
        }
    }
    fail_msg("predicting asks for memory without end");
}

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) return 1;
    snprintf(numbers_csv, sizeof numbers_csv, "%s/numbers.csv", folder);
    FILE *f = fopen(numbers_csv, "w");
    if (f == NULL || fputs("x,y\n0.5,-0.25\n0.125,1e-1\n", f) < 0) return 1;
    return fclose(f);
}

static int remove_folder(void **state)
{
    (void)state;
    return unlink(numbers_csv) != 0 || rmdir(folder) != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_batch), cmocka_unit_test(three_formats), cmocka_unit_test(another_locale),
                                        cmocka_unit_test(every_allocation_fails_once) };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
