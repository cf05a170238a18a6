/* test_dialect.c: the dialect through the library: numbers and words for every type of option, the same sentence through the three doors
 * (file, command line, C string), files that come back the same from their resolved form, and damaged files. */
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
#include "folder.h"

static const char *write_file(const char *name, const char *text, size_t n)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    return path;
}

/* ---- a layer with an option of each type ---- */
typedef struct probe {
    int64_t whole, flag, choice;
    double real;
    const char *text, *path, *part;
    cplug_ints wholes;
    cplug_floats reals;
    cplug_strings texts, parts;
} probe;
#define AT(name, type, min, max, choices)                                                                                                  \
    {                                                                                                                                      \
#name, "", type, 0, offsetof(probe, name), NULL, min, max, choices, NULL, 0, 0                                                     \
    }
static const cplug_option probe_options[] = {
    AT(whole, CPLUG_OPT_INT, -100, 100, NULL),  AT(flag, CPLUG_OPT_BOOL, 0, 0, NULL),        AT(choice, CPLUG_OPT_CHOICE, 0, 0, "mean|sum"),
    AT(real, CPLUG_OPT_FLOAT, -100, 100, NULL), AT(text, CPLUG_OPT_STRING, 0, 0, NULL),      AT(path, CPLUG_OPT_PATH, 0, 0, NULL),
    AT(part, CPLUG_OPT_SPEC, 0, 0, NULL),       AT(wholes, CPLUG_OPT_INTS, -100, 100, NULL), AT(reals, CPLUG_OPT_FLOATS, -100, 100, NULL),
    AT(texts, CPLUG_OPT_STRINGS, 0, 0, NULL),   AT(parts, CPLUG_OPT_SPECS, 0, 0, NULL),
};
static probe seen; /* its texts die with the module */
static char seen_text[256];
static cplug_status probe_build(cplug_module *m, void *self)
{
    (void)m;
    seen = *(const probe *)self;
    snprintf(seen_text, sizeof seen_text, "%s", seen.text != NULL ? seen.text : "");
    return CPLUG_OK;
}
static cplug_status probe_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    (void)self, (void)n_in, (void)n_out;
    out[0] = cplug_mul_scalar(in[0], 1.0);
    return cplug_failed(cplug_module_context(m));
}
static const cplug_module_type probe_type = { .struct_size = sizeof probe_type,
                                              .id = "probe",
                                              .class_name = "Probe",
                                              .doc = "remembers its options",
                                              .options = CPLUG_OPTIONS(probe_options),
                                              .instance_size = sizeof(probe),
                                              .build = probe_build,
                                              .forward = probe_forward,
                                              .n_inputs = 1,
                                              .n_outputs = 1 };
#define HEAD "[cplug]\nformat = 1\n[model]\ninput_shape = 2\n[layer.a]\ntype = probe\n"

static cplug_context *probe_context(void)
{
    cplug_context *ctx = cplug_open("memory_limit=268435456");
    assert_non_null(ctx);
    assert_int_equal(cplug_register(ctx, "module", &probe_type), CPLUG_OK);
    return ctx;
}

static cplug_run *open_with(cplug_context *ctx, const char *key, const char *value)
{
    char text[512];
    cplug_run_args args = CPLUG_RUN_ARGS;
    args.ctx = ctx;
    const int n = snprintf(text, sizeof text, HEAD "%s = %s\n", key, value);
    return cplug_run_open(write_file("value.ini", text, (size_t)n), &args);
}

#define NO NAN /* must be refused */
static const struct {
    const char *value;
    double whole, real; /* of the keys "whole" and "real", both from -100 to 100 */
} numbers[] = {
    { "12", 12, 12 },
    { "+5", 5, 5 },
    { "-0", 0, 0 },
    { "010", 10, 10 },
    { "0x10", 16, NO },
    { "0X1f", 31, NO },
    { "1.5", NO, 1.5 },
    { "1e1", NO, 10 },
    { "1E+1", NO, 10 },
    { ".5", NO, 0.5 },
    { "5.", NO, 5 },
    { "1e-400", NO, 0 },
    { "\"12\"", 12, 12 },
    { "'12'", 12, 12 },
    { "100", 100, 100 },
    { "-100", -100, -100 },
    { "101", NO, NO },
    { "-100.01", NO, NO },
    { "1e999", NO, NO },
    { "-1e999", NO, NO },
    { "nan", NO, NO },
    { "-nan", NO, NO },
    { "inf", NO, NO },
    { "infinity", NO, NO },
    { "1,5", NO, NO },
    { "1, 5", NO, NO },
    { "12abc", NO, NO },
    { "abc", NO, NO },
    { "0x", NO, NO },
    { "0b11", NO, NO },
    { "1_000", NO, NO },
    { "1 000", NO, NO },
    { "1e", NO, NO },
    { "--1", NO, NO },
    { "+", NO, NO },
    { ".", NO, NO },
    { "\"\"", NO, NO },
    { "", NO, NO },
    { "\" 1\"", NO, NO },
    { "none", NO, NO },
    { "true", NO, NO },
    { "0x1p3", NO, NO },
    { "9223372036854775807", NO, NO },
    { "9223372036854775808", NO, NO },
    { "\xef\xbc\x91", NO, NO },
    { "-9223372036854775809", NO, NO },
    { "1e2", NO, 100 },
    { "1;5", NO, NO },
    { "[1]", NO, NO },
    { "1 ; five", 1, 1 },
};

static void expect_number(cplug_context *ctx, const char *key, const char *value, double wanted)
{
    cplug_run *run = open_with(ctx, key, value);
    const double got = strcmp(key, "whole") == 0 ? (double)seen.whole : seen.real;
    if (isnan(wanted)) {
        cplug_diagnostic d = { .struct_size = sizeof d };
        if (cplug_run_code(run) != CPLUG_RUN_CONFIG) fail_msg("%s = %s: code %d", key, value, (int)cplug_run_code(run));
        assert_int_equal(cplug_run_n_diagnostics(run), 1);
        assert_int_equal(cplug_run_diagnostic(run, 0, &d), CPLUG_OK);
        assert_int_equal(d.line, 7);
    } else if (cplug_run_code(run) != 0 || got != wanted) {
        fail_msg("%s = %s: code %d, %g: %s", key, value, (int)cplug_run_code(run), got, cplug_run_error(run));
    }
    cplug_run_close(run);
}

static void numbers_are_whole(void **state)
{
    (void)state;
    static const char *const locales[] = { "C", "de_DE.UTF-8" };
    cplug_context *ctx = probe_context();
    for (size_t l = 0; l < CPLUG_COUNT(locales); l++) {
        if (setlocale(LC_ALL, locales[l]) == NULL) continue; /* not installed */
        for (size_t i = 0; i < CPLUG_COUNT(numbers); i++) {
            expect_number(ctx, "whole", numbers[i].value, numbers[i].whole);
            expect_number(ctx, "real", numbers[i].value, numbers[i].real);
        }
    }
    setlocale(LC_ALL, "C");
    cplug_close(ctx);
}

/* What each type but the two numbers takes: 1 yes, 0 no. */
static const char *const others[] = { "flag", "choice", "text", "path", "part", "wholes", "reals", "texts", "parts" };
static const struct {
    const char *value, *takes;
} words[] = {
    { "true", "101110011" },  { "True", "001110011" },  { "yes", "001110011" },    { "1", "001111111" },      { "mean", "011110011" },
    { "Mean", "001110011" },  { "1e999", "001110011" }, { "nan", "001110011" },    { "0x10", "001111011" },   { "010", "001111111" },
    { "12abc", "001110011" }, { "1,5", "001101111" },   { "1, 5", "001101111" },   { "1.5, 2", "001100111" }, { "[1, 2]", "001101111" },
    { "1, x", "001100011" },  { "101", "001110011" },   { "1, 101", "001100011" }, { "\"\"", "001100000" },   { "relu x=1", "001110011" },
};

static void every_type_of_option(void **state)
{
    (void)state;
    cplug_context *ctx = probe_context();
    int wrong = 0;
    for (size_t i = 0; i < CPLUG_COUNT(words); i++)
        for (size_t k = 0; k < CPLUG_COUNT(others); k++) {
            cplug_run *run = open_with(ctx, others[k], words[i].value);
            const int code = cplug_run_code(run), wanted = words[i].takes[k] == '1' ? 0 : CPLUG_RUN_CONFIG;
            if (code != wanted) {
                print_message("%s = %s: code %d, expected %d: %s\n", others[k], words[i].value, code, wanted, cplug_run_error(run));
                wrong++;
            }
            cplug_run_close(run);
        }
    cplug_close(ctx);
    assert_int_equal(wrong, 0);
}

/* ---- three doors ---- */
static void three_doors(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "whole", "x" },  { "whole", "101" }, { "flag", "yes" },    { "choice", "men" },
        { "real", "1,5" }, { "real", "nan" },  { "wholes", "1, x" }, { "reals", "1, 2, 1e9" },
    };
    cplug_context *ctx = probe_context();
    for (size_t i = 0; i < CPLUG_COUNT(cases); i++) {
        char override[128], spec[128], sentence[512];
        cplug_diagnostic d = { .struct_size = sizeof d };
        cplug_run *file = open_with(ctx, cases[i][0], cases[i][1]);
        assert_int_equal(cplug_run_diagnostic(file, 0, &d), CPLUG_OK);
        snprintf(sentence, sizeof sentence, "%s", strstr(d.message, "expected "));
        cplug_run_close(file);

        const char *const overrides[] = { override };
        cplug_run_args args = CPLUG_RUN_ARGS;
        snprintf(override, sizeof override, "layer.a.%s=%s", cases[i][0], cases[i][1]);
        args.ctx = ctx;
        args.overrides = overrides;
        args.n_overrides = 1;
        cplug_run *line = cplug_run_open(write_file("value.ini", HEAD, sizeof HEAD - 1), &args);
        assert_int_equal(cplug_run_diagnostic(line, 0, &d), CPLUG_OK);
        assert_string_equal(d.file, "command line");
        assert_string_equal(strstr(d.message, "expected "), sentence);
        cplug_run_close(line);

        snprintf(spec, sizeof spec, "probe %s=%s", cases[i][0], cases[i][1]);
        assert_null(cplug_module_new(ctx, spec));
        if (strstr(cplug_error_text(ctx), sentence) == NULL) fail_msg("C string: %s\nfile: %s", cplug_error_text(ctx), sentence);
        cplug_error_clear(ctx);
    }
    cplug_close(ctx);
}

/* ---- what is printed parses back ---- */
static void expect_stable(cplug_context *ctx, const char *path, const char *const *overrides, uint32_t n)
{
    cplug_run_args args = CPLUG_RUN_ARGS;
    args.ctx = ctx;
    args.overrides = overrides;
    args.n_overrides = n;
    cplug_run *first = cplug_run_open(path, &args);
    if (cplug_run_code(first) != 0) fail_msg("%s: %s", path, cplug_run_error(first));
    const char *text = cplug_run_config(first);
    args.n_overrides = 0;
    cplug_run *second = cplug_run_open(write_file("again.ini", text, strlen(text)), &args);
    if (cplug_run_code(second) != 0) fail_msg("%s\n%s", cplug_run_error(second), text);
    assert_string_equal(cplug_run_config(second), text);
    assert_int_equal(cplug_module_n_parameters(cplug_run_model(second)), cplug_module_n_parameters(cplug_run_model(first)));
    cplug_run_close(second);
    cplug_run_close(first);
}

static void texts_come_back(void **state)
{
    (void)state;
    static const char *const texts[] = { "plain",       "two words",    " blanks ", "a;b",     "a#b",   "it's",
                                         "say \"x\"",   "\"quoted\"",   "'single'", "back\\n", "end\\", "semi;\\t",
                                         "caf\xc3\xa9", "50%",          "a=b",      "[x]",     "",      "none",
                                         "tab\there",   "\\\\server;1", "~/x",      "$HOME",   "}",     "," };
    cplug_context *ctx = probe_context();
    write_file("probe.ini", HEAD, sizeof HEAD - 1);
    for (size_t i = 0; i < CPLUG_COUNT(texts); i++) {
        char text[128], part[128], path[256];
        const char *const overrides[] = { text, part };
        snprintf(text, sizeof text, "layer.a.text=%s", texts[i]);
        snprintf(part, sizeof part, "layer.a.path=%s", texts[i]);
        snprintf(path, sizeof path, "%s/probe.ini", folder);
        expect_stable(ctx, path, overrides, 2);
        assert_string_equal(seen_text, texts[i]);
    }
    cplug_close(ctx);
}

/* ---- damaged files ---- */
static const char *const models[] = { "line", "spirals", "quickstart", "mnist-mlp", "mnist-lenet" };

static size_t read_model(const char *name, char *out, size_t size)
{
    char path[512];
    snprintf(path, sizeof path, TEST_SOURCE_DIR "/models/%s.ini", name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    const size_t n = fread(out, 1, size, f);
    fclose(f);
    return n;
}

static void swap_words(char *text, size_t n)
{
    static const char *const bits[] = { "0", "-1", "999999", "1e999", "${a}", "[", "]", "relu", "none", "true", "@in", "linear", "=" };
    const char *bit = bits[(size_t)rand() % CPLUG_COUNT(bits)];
    char *at = text + (size_t)rand() % n;
    while (at < text + n && *at != '=') at++;
    for (at += 2; at < text + n && *bit && *at != '\n';) *at++ = *bit++;
}

static void swap_lines(char *text, size_t n)
{
    char *a = text + (size_t)rand() % n, *b = text + (size_t)rand() % n;
    while (a < text + n && *a != '\n') a++;
    while (b < text + n && *b != '\n') b++;
    for (int i = 1; i < 20 && a + i < text + n && b + i < text + n && a[i] != '\n' && b[i] != '\n'; i++) {
        const char kept = a[i];
        a[i] = b[i];
        b[i] = kept;
    }
}

static void damage(char *text, size_t n)
{
    static const char bytes[] = "[]=;#\"'\\${}.,@\n\r\t 0a-*/()\x01\x80";
    switch (rand() % 3) {
    case 0: text[(size_t)rand() % n] = bytes[(size_t)rand() % (sizeof bytes - 1)]; break;
    case 1: swap_words(text, n); break;
    default: swap_lines(text, n); break;
    }
}

static void damaged_files(void **state)
{
    (void)state;
    enum { ROUNDS = 150 };
    static char good[16384], bad[16384];
    cplug_context *ctx = cplug_open("memory_limit=67108864 threads=1");
    cplug_run_args args = CPLUG_RUN_ARGS;
    args.ctx = ctx;
    args.needs = CPLUG_RUN_TRAINS | CPLUG_RUN_EVALUATES;
    srand(20240229);
    for (size_t m = 0; m < CPLUG_COUNT(models); m++) {
        const size_t n = read_model(models[m], good, sizeof good);
        for (int round = 0; round < ROUNDS; round++) {
            const size_t length = round % 4 == 0 ? (size_t)rand() % n : n;
            memcpy(bad, good, n);
            for (int k = rand() % 4; k >= 0; k--) damage(bad, n);
            cplug_run *run = cplug_run_open(write_file("bad.ini", bad, length), &args);
            assert_non_null(run);
            if (cplug_run_code(run) == 0 && round % 8 == 0) cplug_run_check(run);
            const int code = cplug_run_code(run);
            if (code != 0 && (code < CPLUG_RUN_CONFIG || code > CPLUG_RUN_PLUGIN))
                fail_msg("%s, round %d: code %d: %s", models[m], round, code, cplug_run_error(run));
            if (code != 0) assert_true(strlen(cplug_run_error(run)) > 0);
            cplug_run_close(run);
            assert_int_equal(cplug_failed(ctx), CPLUG_OK);
        }
    }
    cplug_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(numbers_are_whole), cmocka_unit_test(every_type_of_option),
                                        cmocka_unit_test(three_doors), cmocka_unit_test(texts_come_back), cmocka_unit_test(damaged_files) };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
