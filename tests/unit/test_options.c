/* test_options.c: the option syntax and schemas, as a table of texts with what they must become or which complaint they must raise. */
#include "support.h"
#include <locale.h>

typedef struct options {
    int64_t i, ranged, b, c, unset_i;
    double f, unset_f, least;
    const char *s, *path, *spec, *unset_s;
    cplug_ints ints;
    cplug_floats floats;
    cplug_strings strings, specs;
} options;
#define AT(field) offsetof(options, field)
static const cplug_option schema[] = {
    { .name = "i", .type = CPLUG_OPT_INT, .offset = AT(i), .fallback = "7", .doc = "an integer" },
    { .name = "ranged", .type = CPLUG_OPT_INT, .offset = AT(ranged), .fallback = "1", .min = 1, .max = 10 },
    { .name = "b", .type = CPLUG_OPT_BOOL, .offset = AT(b), .fallback = "true" },
    { .name = "reduction", .type = CPLUG_OPT_CHOICE, .offset = AT(c), .fallback = "mean", .choices = "none|mean|sum" },
    { .name = "unset_i", .type = CPLUG_OPT_INT, .flags = CPLUG_OPT_UNSET_OK, .offset = AT(unset_i) },
    { .name = "lr", .type = CPLUG_OPT_FLOAT, .offset = AT(f), .fallback = "1e-3", .min = 0, .max = 1 },
    { .name = "unset_f", .type = CPLUG_OPT_FLOAT, .flags = CPLUG_OPT_UNSET_OK, .offset = AT(unset_f), .fallback = "none" },
    { .name = "least", .type = CPLUG_OPT_FLOAT, .offset = AT(least), .fallback = "2", .min = 1, .max = INFINITY },
    { .name = "text", .type = CPLUG_OPT_STRING, .offset = AT(s), .fallback = "abc" },
    { .name = "root", .type = CPLUG_OPT_PATH, .offset = AT(path) },
    { .name = "spec", .type = CPLUG_OPT_SPEC, .offset = AT(spec), .fallback = "relu" },
    { .name = "unset_s", .type = CPLUG_OPT_STRING, .flags = CPLUG_OPT_UNSET_OK, .offset = AT(unset_s) },
    { .name = "kernel_size",
      .type = CPLUG_OPT_INTS,
      .offset = AT(ints),
      .fallback = "3",
      .min = 1,
      .max = 100,
      .count_min = 1,
      .count_max = 2 },
    { .name = "betas",
      .type = CPLUG_OPT_FLOATS,
      .offset = AT(floats),
      .fallback = "0.9,0.999",
      .min = 0,
      .max = 1,
      .count_min = 2,
      .count_max = 2 },
    { .name = "names", .type = CPLUG_OPT_STRINGS, .offset = AT(strings) },
    { .name = "transforms", .type = CPLUG_OPT_SPECS, .offset = AT(specs), .fallback = "[]" },
};
static const cplug_options_table table = CPLUG_OPTIONS(schema);

/* One field as text, so that a case is one line. */
static void show(const options *o, const char *field, char *text, size_t size)
{
    const cplug_option *s = schema;
    while (strcmp(s->name, field) != 0) s++;
    const char *at = (const char *)o + s->offset;
    const cplug_ints *list = (const void *)at;
    size_t n = 0;
    text[0] = '\0';
    switch (s->type) {
    case CPLUG_OPT_INT:
    case CPLUG_OPT_BOOL:
    case CPLUG_OPT_CHOICE: snprintf(text, size, "%lld", *(const long long *)(const void *)at); break;
    case CPLUG_OPT_FLOAT: snprintf(text, size, "%.17g", *(const double *)(const void *)at); break;
    case CPLUG_OPT_INTS:
        for (int64_t i = 0; i < list->n; i++) n += (size_t)snprintf(text + n, size - n, "%s%lld", i ? "|" : "", (long long)list->v[i]);
        break;
    case CPLUG_OPT_FLOATS:
        for (int64_t i = 0; i < list->n; i++)
            n += (size_t)snprintf(text + n, size - n, "%s%g", i ? "|" : "", ((const double *)(const void *)list->v)[i]);
        break;
    case CPLUG_OPT_STRINGS:
    case CPLUG_OPT_SPECS:
        for (int64_t i = 0; i < list->n; i++)
            n += (size_t)snprintf(text + n, size - n, "%s%s", i ? "|" : "", ((const char *const *)(const void *)list->v)[i]);
        break;
    default: snprintf(text, size, "%s", *(const char *const *)(const void *)at ? *(const char *const *)(const void *)at : "NULL"); break;
    }
}

static const struct {
    const char *text, *field, *value;
} good[] = {
    { "", "i", "7" },
    { "", "lr", "0.001" },
    { "", "b", "1" },
    { "", "reduction", "1" },
    { "", "unset_i", "-9223372036854775808" },
    { "", "unset_f", "nan" },
    { "", "text", "abc" },
    { "", "root", "NULL" },
    { "", "spec", "relu" },
    { "", "unset_s", "NULL" },
    { "", "kernel_size", "3" },
    { "", "betas", "0.9|0.999" },
    { "", "names", "" },
    { "", "transforms", "" },
    { "i=-12", "i", "-12" },
    { "i=+0x1F", "i", "31" },
    { "i=010", "i", "10" },
    { "i=\"5\"", "i", "5" },
    { "  i=1\t\n ranged=10 ", "ranged", "10" },
    { "i=9223372036854775807", "i", "9223372036854775807" },
    { "b=false", "b", "0" },
    { "reduction=none", "reduction", "0" },
    { "reduction=sum", "reduction", "2" },
    { "unset_i=none", "unset_i", "-9223372036854775808" },
    { "unset_i=3", "unset_i", "3" },
    { "unset_s=none", "unset_s", "NULL" },
    { "unset_s=\"none\"", "unset_s", "none" },
    { "lr=.5", "lr", "0.5" },
    { "lr=1", "lr", "1" },
    { "least=inf", "least", "inf" },
    { "text=data/mnist-1.gz", "text", "data/mnist-1.gz" },
    { "text=\"a b\\t\\\"c\\\"\\\\\\n\" i=1", "text", "a b\t\"c\"\\\n" },
    { "text=\"\"", "text", "" },
    { "text=[x]", "text", "[x]" },
    { "root=data", "root", "/base/dir/data" },
    { "root=/abs", "root", "/abs" },
    { "root=\"with space\"", "root", "/base/dir/with space" },
    { "kernel_size=5", "kernel_size", "5" },
    { "kernel_size=5,3", "kernel_size", "5|3" },
    { "kernel_size=5, 3 i=1", "kernel_size", "5|3" },
    { "kernel_size=5 , 3 i=1", "i", "1" },
    { "kernel_size=[5, 3]", "kernel_size", "5|3" },
    { "betas=0.5,1e-1 lr=0.25", "betas", "0.5|0.1" },
    { "betas=0.5, 0.25\nlr=0.25", "lr", "0.25" },
    { "names=a,\"b, c\",d", "names", "a|b, c|d" },
    { "names=[]", "names", "" },
    { "spec=\"linear out_features=3\"", "spec", "linear out_features=3" },
    { "spec=[linear out_features=3 bias=false]", "spec", "linear out_features=3 bias=false" },
    { "transforms=scale", "transforms", "scale" },
    { "transforms=scale,flip", "transforms", "scale|flip" },
    { "transforms=[scale, normalize mean=0.5 std=0.5] i=3", "transforms", "scale|normalize mean=0.5 std=0.5" },
    { "transforms=[normalize mean=0.1,0.2 std=0.3,0.4,flip]", "transforms", "normalize mean=0.1,0.2 std=0.3,0.4|flip" },
    { "transforms=[a k=[1, 2], b]", "transforms", "a k=[1, 2]|b" },
    { "transforms=[a of=[b c=1], d]", "transforms", "a of=[b c=1]|d" },
    { "transforms=[\"a k=1\", b]", "transforms", "a k=1|b" },
};

static void test_good(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (size_t k = 0; k < sizeof good / sizeof *good; k++) {
        options o = { 0 };
        char have[512];
        if (cplug_options_parse(ctx, &table, good[k].text, "/base/dir", &o)) fail_msg("'%s': %s", good[k].text, cplug_error_text(ctx));
        show(&o, good[k].field, have, sizeof have);
        if (strcmp(have, good[k].value) != 0) fail_msg("'%s': %s is '%s', expected '%s'", good[k].text, good[k].field, have, good[k].value);
    }
    test_close(ctx);
}

static const struct {
    const char *text;
    cplug_status code;
    const char *words[2];
} bad[] = {
    { "learning_rate=1", CPLUG_E_NOTFOUND, { "unknown option 'learning_rate'", "did you mean 'lr'?" } },
    { "kernal_size=1", CPLUG_E_NOTFOUND, { "'kernal_size'", "did you mean 'kernel_size'?" } },
    { "kernel=1", CPLUG_E_NOTFOUND, { "'kernel'", "did you mean 'kernel_size'?" } },
    { "ebtas=1,1", CPLUG_E_NOTFOUND, { "'ebtas'", "did you mean 'betas'?" } },
    { "zzzzzzzz=1", CPLUG_E_NOTFOUND, { "'zzzzzzzz'", "there are: i, ranged" } },
    { "i=x", CPLUG_E_INVALID, { "option 'i'", "expected an integer, got 'x'" } },
    { "i=1.0", CPLUG_E_INVALID, { "expected an integer, got '1.0'" } },
    { "i=12abc", CPLUG_E_INVALID, { "got '12abc'" } },
    { "i=9223372036854775808", CPLUG_E_INVALID, { "expected an integer" } },
    { "i=none", CPLUG_E_INVALID, { "expected an integer, got 'none'" } },
    { "ranged=0", CPLUG_E_INVALID, { "expected an integer from 1 to 10, got '0'" } },
    { "ranged=11", CPLUG_E_INVALID, { "from 1 to 10" } },
    { "least=0.5", CPLUG_E_INVALID, { "expected a number of at least 1, got '0.5'" } },
    { "lr=nan", CPLUG_E_INVALID, { "expected a number from 0 to 1, got 'nan'" } },
    { "lr=0,1", CPLUG_E_INVALID, { "got '0,1'" } },
    { "lr=0x1p3", CPLUG_E_INVALID, { "got '0x1p3'" } },
    { "lr=1e999", CPLUG_E_INVALID, { "got '1e999'" } },
    { "unset_i=non", CPLUG_E_INVALID, { "expected an integer or none" } },
    { "b=yes", CPLUG_E_INVALID, { "expected true or false, got 'yes'" } },
    { "b=1", CPLUG_E_INVALID, { "expected true or false" } },
    { "b=True", CPLUG_E_INVALID, { "expected true or false" } },
    { "reduction=maen", CPLUG_E_INVALID, { "expected one of none, mean, sum, got 'maen'", "did you mean 'mean'?" } },
    { "reduction=", CPLUG_E_INVALID, { "the value is missing" } },
    { "reduction= sum", CPLUG_E_INVALID, { "no space may follow" } },
    { "i=1 i=2", CPLUG_E_INVALID, { "option 'i' is given twice" } },
    { "i", CPLUG_E_INVALID, { "expected key=value, got 'i'" } },
    { "i =1", CPLUG_E_INVALID, { "expected key=value" } },
    { "=1", CPLUG_E_INVALID, { "expected key=value" } },
    { "lr=0.1, i=3", CPLUG_E_INVALID, { "separated by spaces, not by commas" } },
    { "text=\"abc", CPLUG_E_INVALID, { "a quote is not closed" } },
    { "text=\"abc\\", CPLUG_E_INVALID, { "a quote is not closed" } },
    { "text=\"a\\q\"", CPLUG_E_INVALID, { "unknown escape '\\q'" } },
    { "text=\"a\"b", CPLUG_E_INVALID, { "text follows the closing quote" } },
    { "kernel_size=1,2,3", CPLUG_E_INVALID, { "expected 1 to 2 integers from 1 to 100", "got '1,2,3'" } },
    { "kernel_size=[]", CPLUG_E_INVALID, { "1 to 2 integers" } },
    { "kernel_size=3,x", CPLUG_E_INVALID, { "'x' is wrong" } },
    { "kernel_size=3,", CPLUG_E_INVALID, { "an element of the list is empty" } },
    { "kernel_size=,3", CPLUG_E_INVALID, { "an element of the list is empty" } },
    { "kernel_size=[3, ]", CPLUG_E_INVALID, { "an element of the list is empty" } },
    { "kernel_size=0", CPLUG_E_INVALID, { "from 1 to 100" } },
    { "betas=0.9", CPLUG_E_INVALID, { "expected 2 numbers from 0 to 1" } },
    { "transforms=[scale", CPLUG_E_INVALID, { "a '[' is not closed" } },
    { "transforms=scale]", CPLUG_E_INVALID, { "a ']' stands without its '['" } },
    { "transforms=[a k]", CPLUG_E_INVALID, { "expected components" } },
    { "transforms=[a k=1 k=2]", CPLUG_E_INVALID, { "expected components" } },
    { "spec=[a, b]", CPLUG_E_INVALID, { "one component is expected" } },
    { "spec=\"k=1\"", CPLUG_E_INVALID, { "component's id first" } },
    { "spec=\"\"", CPLUG_E_INVALID, { "got nothing" } },
};

static void test_bad(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        options o = { 0 };
        const cplug_status st = cplug_options_parse(ctx, &table, bad[k].text, NULL, &o);
        const char *text = cplug_error_text(ctx);
        if (st != bad[k].code || cplug_failed(ctx) != st)
            fail_msg("'%s': status %d, expected %d: %s", bad[k].text, (int)st, (int)bad[k].code, text);
        for (int w = 0; w < 2 && bad[k].words[w]; w++)
            if (!strstr(text, bad[k].words[w])) fail_msg("'%s': expected '%s' in: %s", bad[k].text, bad[k].words[w], text);
        cplug_error_clear(ctx);
    }
    test_close(ctx);
}

static void test_required(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    static const cplug_option one[] = { { .name = "out_features", .type = CPLUG_OPT_INT, .flags = CPLUG_OPT_REQUIRED, .doc = "columns" } };
    const cplug_options_table t = CPLUG_OPTIONS(one), none = { 0 };
    int64_t value = -1;
    assert_int_equal(cplug_options_parse(ctx, &t, NULL, NULL, &value), CPLUG_E_INVALID);
    assert_error(ctx, CPLUG_E_INVALID, "needs the option 'out_features' (columns)");
    assert_int_equal(cplug_options_parse(ctx, &t, "out_features=3", NULL, &value), CPLUG_OK);
    assert_int_equal(value, 3);
    assert_int_equal(cplug_options_parse(ctx, &none, "x=1", NULL, &value), CPLUG_E_NOTFOUND);
    assert_error(ctx, CPLUG_E_NOTFOUND, "which has no options");
    assert_int_equal(cplug_options_parse(ctx, &none, "", NULL, NULL), CPLUG_OK);
    test_close(ctx);
}

/* A plugin built with a later header has longer schema entries: core steps by the stride that the table names. */
static void test_stride(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    struct later {
        cplug_option now;
        const char *added;
    } later[2] = { { .now = { .name = "a", .type = CPLUG_OPT_INT, .fallback = "1" } },
                   { .now = { .name = "b", .type = CPLUG_OPT_INT, .offset = 8, .fallback = "2", .max = 5 } } };
    const cplug_options_table t = { &later[0].now, 2, (uint32_t)sizeof *later };
    int64_t values[2] = { 0 };
    assert_int_equal(cplug_options_parse(ctx, &t, "b=4", NULL, values), CPLUG_OK);
    assert_int_equal(values[0], 1);
    assert_int_equal(values[1], 4);
    assert_int_equal(cplug_options_parse(ctx, &t, "b=6", NULL, values), CPLUG_E_INVALID);
    assert_error(ctx, CPLUG_E_INVALID, "from 0 to 5");
    test_close(ctx);
}

static void test_check(void **state)
{
    (void)state;
    char why[128] = "x";
    assert_int_equal(cplug_option_check(&schema[0], "12", why, sizeof why), 0);
    assert_string_equal(why, "");
    const int32_t n = cplug_option_check(&schema[0], "x", why, sizeof why);
    assert_string_equal(why, "expected an integer, got 'x'");
    assert_int_equal(n, strlen(why));
    char small[8];
    assert_int_equal(cplug_option_check(&schema[0], "x", small, sizeof small), n);
    assert_string_equal(small, "expecte");
    assert_true(cplug_option_check(&schema[0], NULL, NULL, 0) > 0);
    const cplug_option later = { .name = "x", .type = 99 };
    assert_true(cplug_option_check(&later, "1", why, sizeof why) > 0);
}

static void test_nearest(void **state)
{
    (void)state;
    static const char *const names[] = {
        "sgd", "adam", "adamw", "rmsprop", "weight_decay", "lr", "in_features", "out_features", "momentum"
    };
    static const struct {
        const char *word, *near;
    } cases[] = {
        { "adma", "adam" },          { "Adam", "adam" },        { "adamw2", "adamw" },
        { "rms_prop", "rmsprop" },   { "learning_rate", "lr" }, { "wieght_decay", "weight_decay" },
        { "momentun", "momentum" },  { "momen", "momentum" },   { "outfeatures", "out_features" },
        { "decay", "weight_decay" }, { "xyz", NULL },           { "", NULL },
        { "transformer", NULL },     { "gsd", "sgd" },
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const char *near = cplug_nearest(cases[k].word, names, CPLUG_COUNT(names));
        if (!near != !cases[k].near || (near && strcmp(near, cases[k].near) != 0))
            fail_msg("nearest to '%s' is '%s', expected '%s'", cases[k].word, near ? near : "none", cases[k].near ? cases[k].near : "none");
    }
    assert_null(cplug_nearest(NULL, names, 1));
    assert_null(cplug_nearest("x", NULL, 0));
}

/* A host may run under a locale whose decimal point is a comma. */
static void test_locale(void **state)
{
    (void)state;
    static const char *const commas[] = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE" };
    const char *set = NULL;
    for (size_t i = 0; i < sizeof commas / sizeof *commas && !set; i++) set = setlocale(LC_ALL, commas[i]);
    if (!set) skip(); /* no such locale on this machine */
    cplug_context *ctx = test_open(NULL);
    options o = { 0 };
    assert_int_equal(cplug_options_parse(ctx, &table, "lr=0.5", NULL, &o), CPLUG_OK);
    assert_true(o.f == 0.5);
    test_close(ctx);
    setlocale(LC_ALL, "C");
}

static void test_open_options(void **state)
{
    (void)state;
    assert_null(cplug_open("sed=1"));
    assert_non_null(strstr(cplug_error_text(NULL), "did you mean 'seed'?"));
    assert_null(cplug_open("fallback=never"));
    assert_non_null(strstr(cplug_error_text(NULL), "allow, warn, error"));
    const cplug_options_table *t = cplug_context_options();
    assert_true(t->n > 0 && t->stride >= sizeof(cplug_option));
}

/* Every allocation fails once; nothing crashes, the error is out of memory, and nothing leaks (checked by the sanitizer build). */
static void test_no_memory(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (uint64_t n = 1; n < 1000; n++) {
        options o = { 0 };
        cplug_test_fail_allocation(n);
        const cplug_status st = cplug_options_parse(ctx, &table, "names=a,b transforms=[a k=1, b] root=x text=\"q\" betas=0,1", "/", &o);
        const uint64_t used = cplug_test_fail_allocation(0);
        if (!st && used < n) break;
        if (st) assert_error(ctx, CPLUG_E_NOMEM, "out of memory");
        assert_true(n < 999);
    }
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),   cmocka_unit_test(test_bad),          cmocka_unit_test(test_required),
        cmocka_unit_test(test_stride), cmocka_unit_test(test_check),        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_locale), cmocka_unit_test(test_open_options), cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
