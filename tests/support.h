/* support.h: what unit tests share: a context per test, tensors from literals, comparisons that say what differed. */
#ifndef TEST_SUPPORT_H
#define TEST_SUPPORT_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <cplug/cplug.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline cplug_context *test_open(const char *options)
{
    cplug_context *ctx = cplug_open(options);
    if (!ctx) fail_msg("cplug_open: %s", cplug_error_text(NULL));
    return ctx;
}

/* No error may stand at the end of a test that expects none. */
static inline void test_close(cplug_context *ctx)
{
    if (cplug_failed(ctx)) fail_msg("standing error: %s", cplug_error_text(ctx));
    assert_int_equal(cplug_close(ctx), CPLUG_OK);
}

#define SHAPE(...)                                                                                                                         \
    (int32_t)(sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t)), (int64_t[]) { __VA_ARGS__ }
#define DIMS(...) (int32_t[]){ __VA_ARGS__ }, (int32_t)(sizeof((int32_t[]){ __VA_ARGS__ }) / sizeof(int32_t))
#define LIST(...) (cplug_tensor *[]){ __VA_ARGS__ }, (int64_t)(sizeof((cplug_tensor *[]){ __VA_ARGS__ }) / sizeof(cplug_tensor *))
#define ALL NULL, 0
#define FLOATS(ctx, shape, ...) cplug_from_array(ctx, CPLUG_F32, shape, (float[]){ __VA_ARGS__ })

static inline void assert_ok(cplug_context *ctx)
{
    if (cplug_failed(ctx)) fail_msg("unexpected error: %s", cplug_error_text(ctx));
}

/* The standing error has this code and its text holds each of the words; clears it. */
static inline void assert_error_(cplug_context *ctx, cplug_status code, const char *word)
{
    if (cplug_failed(ctx) != code) fail_msg("expected error %d, got %d: %s", (int)code, (int)cplug_failed(ctx), cplug_error_text(ctx));
    if (!strstr(cplug_error_text(ctx), word)) fail_msg("expected '%s' in: %s", word, cplug_error_text(ctx));
    cplug_error_clear(ctx);
}
#define assert_error(ctx, code, word) assert_error_(ctx, code, word)

/* Values of a float tensor against n expected ones. */
static inline void assert_values_(cplug_tensor *t, const double *expected, int64_t n, double tolerance, const char *where, int line)
{
    if (!t) fail_msg("%s:%d: no tensor", where, line);
    cplug_context *ctx = cplug_tensor_context(t);
    cplug_scope *scope = cplug_scope_open(ctx);
    if (cplug_tensor_numel(t) != n)
        fail_msg("%s:%d: %lld elements, expected %lld", where, line, (long long)cplug_tensor_numel(t), (long long)n);
    double *have = malloc((size_t)(n ? n : 1) * sizeof *have);
    cplug_to_array(cplug_detach(cplug_to(t, CPLUG_F64, "cpu")), have, (uint64_t)n * sizeof *have);
    assert_ok(ctx);
    for (int64_t i = 0; i < n; i++) {
        const int same = have[i] == expected[i] || (isnan(have[i]) && isnan(expected[i])) ||
                         fabs(have[i] - expected[i]) <= tolerance * (1 + fabs(expected[i]));
        if (!same) fail_msg("%s:%d: element %lld is %.9g, expected %.9g", where, line, (long long)i, have[i], expected[i]);
    }
    free(have);
    cplug_scope_close(scope);
}
#define assert_values(t, tolerance, ...)                                                                                                   \
    assert_values_(t, (double[]){ __VA_ARGS__ }, (int64_t)(sizeof((double[]){ __VA_ARGS__ }) / sizeof(double)), tolerance, __FILE__,       \
                   __LINE__)

static inline double test_item(cplug_tensor *t)
{
    double x = NAN;
    cplug_item(t, &x);
    return x;
}

/* 1 when a device can be used at all here */
static inline int test_has_device(const char *device)
{
    cplug_context *ctx = test_open(NULL);
    cplug_device_set(ctx, device);
    cplug_ones(ctx, CPLUG_F32, 0, NULL);
    const int there = cplug_failed(ctx) == CPLUG_OK;
    cplug_error_clear(ctx);
    cplug_close(ctx);
    return there;
}
#endif
