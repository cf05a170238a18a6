/* fuzz_options.c: any text as options, against a schema that has every type, and as the spec of a component. */
#include "fuzz.h"
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct all {
    int64_t count, flag, pick;
    double rate;
    const char *text, *path, *spec;
    cplug_ints ints;
    cplug_floats floats;
    cplug_strings words, specs;
} all;
#define ROW(name_, type_, ...)                                                                                                             \
    {                                                                                                                                      \
        .name = #name_, .doc = "one", .type = type_, .offset = offsetof(all, name_), __VA_ARGS__                                           \
    }
static const cplug_option schema[] = {
    ROW(count, CPLUG_OPT_INT, .fallback = "3", .min = -5, .max = 100),
    ROW(flag, CPLUG_OPT_BOOL, .flags = CPLUG_OPT_UNSET_OK),
    ROW(pick, CPLUG_OPT_CHOICE, .fallback = "sum", .choices = "none|mean|sum"),
    ROW(rate, CPLUG_OPT_FLOAT, .fallback = "1e-3", .min = 0, .max = 10),
    ROW(text, CPLUG_OPT_STRING, .flags = CPLUG_OPT_UNSET_OK),
    ROW(path, CPLUG_OPT_PATH, .flags = CPLUG_OPT_UNSET_OK),
    ROW(spec, CPLUG_OPT_SPEC, .flags = CPLUG_OPT_UNSET_OK),
    ROW(ints, CPLUG_OPT_INTS, .flags = CPLUG_OPT_UNSET_OK, .count_max = 8),
    ROW(floats, CPLUG_OPT_FLOATS, .fallback = "0.9, 0.999", .count_min = 2, .count_max = 2),
    ROW(words, CPLUG_OPT_STRINGS, .flags = CPLUG_OPT_UNSET_OK),
    ROW(specs, CPLUG_OPT_SPECS, .flags = CPLUG_OPT_UNSET_OK),
};
static const cplug_options_table table = CPLUG_OPTIONS(schema);

/* Everything that was stored can be read. */
static size_t walk(const all *a)
{
    size_t n = (a->text ? strlen(a->text) : 0) + (a->path ? strlen(a->path) : 0) + (a->spec ? strlen(a->spec) : 0);
    for (int64_t i = 0; i < a->ints.n; i++) n += a->ints.v[i] != 0;
    for (int64_t i = 0; i < a->floats.n; i++) n += a->floats.v[i] > 0;
    for (int64_t i = 0; i < a->words.n; i++) n += strlen(a->words.v[i]);
    for (int64_t i = 0; i < a->specs.n; i++) n += strlen(a->specs.v[i]);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char why[256], *text = malloc(size + 1);
    cplug_context *ctx = fuzz_context();
    if (!text) return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    all a;
    memset(&a, 0, sizeof a);
    if (cplug_options_parse(ctx, &table, text, "/tmp", &a) == CPLUG_OK) {
        if (a.count < -5 || a.count > 100 || a.floats.n != 2 || a.ints.n > 8) abort();
        why[0] = (char)walk(&a);
    }
    fuzz_judge(ctx);
    for (size_t i = 0; i < sizeof schema / sizeof *schema; i++) {
        const int32_t n = cplug_option_check(&schema[i], text, why, sizeof why);
        if (n < 0 || (n > 0 && !why[0])) abort();
    }
    cplug_metric_new(ctx, text);
    fuzz_judge(ctx);
    cplug_callback_free(cplug_callback_new(ctx, strchr(text, '/') ? "" : text, NULL)); /* one that names no file elsewhere */
    fuzz_judge(ctx);
    cplug_nearest(text, (const char *const[]){ "alpha", "beta", "gamma" }, 3);
    free(text);
    return 0;
}
