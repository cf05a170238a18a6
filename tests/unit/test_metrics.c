/* test_metrics.c: metrics over several batches, ties and NaN, shapes that do not fit. */
#include "support.h"

static double value_of(cplug_metric *m, const char *name)
{
    const char *names[32];
    double values[32];
    uint32_t n = 32;
    assert_int_equal(cplug_metric_value(m, names, values, &n), CPLUG_OK);
    for (uint32_t i = 0; i < n; i++)
        if (!strcmp(names[i], name)) return values[i];
    fail_msg("no value '%s'", name);
    return NAN;
}
static cplug_tensor *classes(cplug_context *ctx, int64_t n, const int64_t *v) { return cplug_from_array(ctx, CPLUG_I64, 1, &n, v); }

static void accuracies(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_metric *m = cplug_metric_new(ctx, "accuracy"), *top = cplug_metric_new(ctx, "top_k k=2");
    assert_true(isnan(value_of(m, "accuracy")));
    cplug_tensor *a = FLOATS(ctx, SHAPE(3, 3), 1, 2, 3, 3, 2, 1, 5, 6, 4), *b = FLOATS(ctx, SHAPE(1, 3), 0, 0, NAN);
    cplug_metric_update(m, a, classes(ctx, 3, (int64_t[]){ 2, 1, 1 }));
    cplug_metric_update(top, a, classes(ctx, 3, (int64_t[]){ 2, 1, 2 }));
    assert_true(fabs(value_of(m, "accuracy") - 2.0 / 3) < 1e-12 && fabs(value_of(top, "top_2") - 2.0 / 3) < 1e-12);
    cplug_metric_update(m, b, classes(ctx, 1, (int64_t[]){ 0 }));
    cplug_metric_update(top, b, classes(ctx, 1, (int64_t[]){ 2 })); /* NaN is never found */
    assert_true(fabs(value_of(m, "accuracy") - 0.5) < 1e-12 && fabs(value_of(top, "top_2") - 0.5) < 1e-12);
    assert_int_equal(cplug_metric_reset(m), CPLUG_OK);
    /* one score a sample; target of other dtypes; probabilities as target */
    cplug_metric_update(m, FLOATS(ctx, SHAPE(4, 1), 0.2, 0.6, 0.7, 0.1), FLOATS(ctx, SHAPE(4), 0, 1, 0, 0));
    assert_true(fabs(value_of(m, "accuracy") - 0.75) < 1e-12);
    cplug_metric_reset(m);
    cplug_metric_update(m, a, FLOATS(ctx, SHAPE(3, 3), 0, 0.1, 0.9, 1, 0, 0, 1, 0, 0));
    assert_true(fabs(value_of(m, "accuracy") - 2.0 / 3) < 1e-12);
    cplug_metric_reset(m);
    cplug_metric_update(m, cplug_zeros(ctx, CPLUG_F32, SHAPE(2, 3, 4)), cplug_zeros(ctx, CPLUG_U8, SHAPE(2, 4)));
    assert_true(value_of(m, "accuracy") == 1);
    assert_int_equal(cplug_metric_higher_is_better(m), 1);
    cplug_metric_update(m, a, cplug_zeros(ctx, CPLUG_I64, SHAPE(4)));
    assert_non_null(strstr(cplug_error_text(ctx), "[3, 3]"));
    assert_error(ctx, CPLUG_E_SHAPE, "metric 'accuracy'");
    cplug_metric_update(top, a, cplug_zeros(ctx, CPLUG_I64, SHAPE(4)));
    assert_error(ctx, CPLUG_E_SHAPE, "[4]");
    cplug_metric_update(m, a, NULL);
    assert_error(ctx, CPLUG_E_INVALID, "target is NULL");
    assert_null(cplug_metric_new(ctx, "acuracy"));
    assert_error(ctx, CPLUG_E_NOTFOUND, "accuracy");
    test_close(ctx);
}

static void errors(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_metric *mae = cplug_metric_new(ctx, "mae"), *mse = cplug_metric_new(ctx, "mse");
    cplug_tensor *x = FLOATS(ctx, SHAPE(3, 1), 1, 2, 3), *y = FLOATS(ctx, SHAPE(3), 2, 2, 5);
    cplug_metric_update(mae, x, y);
    cplug_metric_update(mse, x, y);
    assert_ok(ctx);
    assert_true(fabs(value_of(mae, "mae") - 1) < 1e-12 && fabs(value_of(mse, "mse") - 5.0 / 3) < 1e-12);
    cplug_metric_update(mae, FLOATS(ctx, SHAPE(1), 10), cplug_from_array(ctx, CPLUG_I64, SHAPE(1), (int64_t[]){ 1 }));
    assert_true(fabs(value_of(mae, "mae") - 3) < 1e-12);
    assert_int_equal(cplug_metric_higher_is_better(mae), 0);
    cplug_metric_update(mse, x, FLOATS(ctx, SHAPE(1), 1)); /* would broadcast */
    assert_error(ctx, CPLUG_E_SHAPE, "[3, 1]");
    test_close(ctx);
}

static void confusion(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_metric *m = cplug_metric_new(ctx, "confusion_matrix");
    cplug_tensor *x = FLOATS(ctx, SHAPE(4, 3), 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0);
    cplug_metric_update(m, x, classes(ctx, 4, (int64_t[]){ 0, 1, 1, 2 }));
    cplug_metric_update(m, x, classes(ctx, 4, (int64_t[]){ 0, 1, 1, 2 }));
    assert_ok(ctx);
    assert_true(value_of(m, "confusion_matrix.0.0") == 2 && value_of(m, "confusion_matrix.1.2") == 2 &&
                value_of(m, "confusion_matrix.2.0") == 2);
    assert_true(value_of(m, "confusion_matrix.2.2") == 0);
    const char *names[2];
    double values[2];
    uint32_t n = 2;
    cplug_metric_value(m, names, values, &n);
    assert_int_equal(n, 2);
    cplug_metric_reset(m);
    n = 2;
    cplug_metric_value(m, names, values, &n);
    assert_int_equal(n, 0);
    cplug_metric_update(m, FLOATS(ctx, SHAPE(2, 4), 1, 0, 0, 0, 0, 0, 0, 1),
                        classes(ctx, 2, (int64_t[]){ 3, 3 })); /* more classes than before */
    assert_true(value_of(m, "confusion_matrix.3.3") == 1 && value_of(m, "confusion_matrix.3.0") == 1);
    cplug_metric_update(m, x, classes(ctx, 4, (int64_t[]){ 0, 1, 1, 7 }));
    assert_int_not_equal(cplug_failed(ctx), CPLUG_OK);
    cplug_error_clear(ctx);
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(accuracies), cmocka_unit_test(errors), cmocka_unit_test(confusion) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
