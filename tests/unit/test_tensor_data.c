/* test_tensor_data.c: data sets over tensors (cplug_data_of): every dtype, strided and device tensors, empty ones, loaders with and without
 * workers, tensors that change or go, errors, failing allocations; and the shorthands CPLUG_SHAPE, CPLUG_DIMS, cplug_item_value. */
#include "support.h"
#include <cplug/plugin.h>

static cplug_tensor *rows_of(cplug_context *ctx, cplug_dtype dtype, int64_t n, int64_t width)
{
    return cplug_to(cplug_view_as(cplug_arange(ctx, CPLUG_I64, 0, (double)(n * width), 1), CPLUG_SHAPE(n, width)), dtype, NULL);
}

static void test_fields(void **state)
{
    (void)state;
    static const cplug_dtype dtypes[] = { CPLUG_F32, CPLUG_F64, CPLUG_F16, CPLUG_BF16, CPLUG_I8,
                                          CPLUG_U8,  CPLUG_I16, CPLUG_I32, CPLUG_I64,  CPLUG_BOOL };
    static const char *const names[] = {
        "input", "target", "field2", "field3", "field4", "field5", "field6", "field7", "field8", "field9"
    };
    enum { N = CPLUG_COUNT(dtypes) };
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *t[N], *sample[N];
    for (int f = 0; f < N; f++) t[f] = rows_of(ctx, dtypes[f], 5, f + 1);
    cplug_data *d = cplug_data_of(ctx, t, N);
    assert_ok(ctx);
    assert_int_equal(cplug_data_length(d), 5);
    assert_int_equal(cplug_data_n_fields(d), N);
    assert_int_equal(cplug_data_get(d, 3, sample, N), CPLUG_OK);
    for (uint32_t f = 0; f < N; f++) {
        const cplug_field *field = cplug_data_field(d, f);
        assert_string_equal(field->name, names[f]);
        assert_int_equal(field->meta.dtype, dtypes[f]);
        assert_int_equal(field->meta.ndim, 1);
        assert_int_equal(field->meta.shape[0], f + 1);
        assert_int_equal(cplug_tensor_dtype(sample[f]), dtypes[f]);
        assert_int_equal(cplug_equal(sample[f], cplug_select(t[f], 0, 3)), 1);
    }
    assert_int_equal(cplug_data_get(d, 5, sample, N), CPLUG_E_INVALID);
    assert_error(ctx, CPLUG_E_INVALID, "sample 5 of data set 'tensors' is out of range; it has 5");
    test_close(ctx);
}

/* The inputs of an epoch, added up in the order of the loader with weights 1, 2, 3 ...: tells one order from another. */
static double digest(cplug_loader *l)
{
    double sum = 0;
    int64_t at = 1;
    for (const cplug_batch *b; (b = cplug_loader_next(l)) != NULL;)
        for (int64_t s = 0; s < b->size; s++, at++) {
            const double x = cplug_item_value(cplug_select(b->input, 0, s)), y = cplug_item_value(cplug_select(b->target, 0, s));
            assert_true(y == 2 * x);
            sum += (double)at * x;
        }
    return sum;
}

static void test_loaders(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=3");
    cplug_tensor *x = cplug_arange(ctx, CPLUG_F32, 0, 1000, 1), *t[2] = { x, cplug_mul_scalar(x, 2) };
    cplug_data *d = cplug_data_of(ctx, t, 2);
    cplug_loader *plain = cplug_loader_over(d, "batch_size=32 shuffle=true");
    cplug_loader *workers = cplug_loader_over(d, "batch_size=32 shuffle=true workers=3");
    cplug_loader *in_order = cplug_loader_over(d, "batch_size=7 workers=2");
    for (int epoch = 0; epoch < 2; epoch++) assert_true(digest(plain) == digest(workers));
    assert_true(digest(in_order) == 999.0 * 1000 * 1001 / 3); /* the sum of i (i + 1) */
    assert_int_equal(cplug_loader_batches(in_order), 143);
    cplug_data_close(d); /* the loaders keep it */
    assert_true(digest(in_order) == 999.0 * 1000 * 1001 / 3);
    test_close(ctx);
}

/* The values are those of the moment, whatever happens to the tensors afterwards. */
static void test_snapshot(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_scope *scope = cplug_scope_open(ctx);
    cplug_tensor *x = rows_of(ctx, CPLUG_F32, 4, 3), *sample[3];
    cplug_tensor *t[3] = { cplug_transpose(x, 0, 1), cplug_requires_grad(cplug_ones(ctx, CPLUG_F32, CPLUG_SHAPE(3, 2, 2)), 1),
                           cplug_expand(cplug_arange(ctx, CPLUG_I64, 7, 9, 1), CPLUG_SHAPE(3, 2)) };
    cplug_data *d = cplug_data_of(ctx, t, 3);
    assert_ok(ctx);
    cplug_zero_(x);
    cplug_scope_close(scope);
    cplug_data_get(d, 1, sample, 3);
    assert_values(sample[0], 0, 1, 4, 7, 10);
    assert_values(sample[1], 0, 1, 1, 1, 1);
    assert_false(cplug_tensor_requires_grad(sample[1]));
    assert_values(sample[2], 0, 7, 8);
    test_close(ctx);
}

static void test_device(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    assert_int_equal(cplug_device_set(ctx, "sim"), CPLUG_OK);
    cplug_tensor *x = cplug_transpose(cplug_view_as(cplug_arange(ctx, CPLUG_F32, 0, 6, 1), CPLUG_SHAPE(2, 3)), 0, 1);
    cplug_data *d = cplug_data_of(ctx, &x, 1);
    cplug_loader *l = cplug_loader_over(d, "batch_size=2");
    const cplug_batch *b = cplug_loader_next(l);
    assert_non_null(b);
    assert_string_equal(cplug_tensor_device(b->input), "sim:0");
    assert_null(b->target);
    assert_values(b->input, 0, 0, 3, 1, 4);
    test_close(ctx);
}

static void test_empty(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *none[2] = { cplug_zeros(ctx, CPLUG_F32, CPLUG_SHAPE(0, 3)), cplug_zeros(ctx, CPLUG_I64, CPLUG_SHAPE(0)) };
    cplug_data *d = cplug_data_of(ctx, none, 2);
    assert_non_null(d);
    assert_int_equal(cplug_data_length(d), 0);
    assert_null(cplug_loader_next(cplug_loader_over(d, "batch_size=4 shuffle=true workers=1")));
    cplug_tensor *hollow = cplug_zeros(ctx, CPLUG_F32, CPLUG_SHAPE(3, 0, 2));
    const cplug_batch *b = cplug_loader_next(cplug_loader_over(cplug_data_of(ctx, &hollow, 1), "batch_size=2"));
    assert_non_null(b);
    assert_int_equal(b->size, 2);
    assert_int_equal(cplug_tensor_numel(b->input), 0);
    assert_int_equal(cplug_tensor_ndim(b->input), 3);
    test_close(ctx);
}

static void test_errors(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL), *other = test_open(NULL);
    cplug_tensor *five = cplug_zeros(ctx, CPLUG_F32, CPLUG_SHAPE(5, 2)), *four = cplug_zeros(ctx, CPLUG_F32, CPLUG_SHAPE(4));
    cplug_tensor *many[17];
    for (int f = 0; f < 17; f++) many[f] = five;
    const struct {
        cplug_tensor *const *t;
        uint32_t n;
        cplug_status code;
        const char *word;
    } cases[] = {
        { NULL, 2, CPLUG_E_INVALID, "got 0 tensors; expected 1 to 16" },
        { many, 0, CPLUG_E_INVALID, "got 0 tensors; expected 1 to 16" },
        { many, 17, CPLUG_E_INVALID, "got 17 tensors; expected 1 to 16" },
        { (cplug_tensor *[]){ five, NULL }, 2, CPLUG_E_INVALID, "tensor 1 (target) is NULL" },
        { (cplug_tensor *[]){ five, five, four }, 3, CPLUG_E_SHAPE, "tensor 0 (input) has 5 samples, tensor 2 (field2) has 4" },
        { (cplug_tensor *[]){ cplug_full(ctx, CPLUG_F32, 0, NULL, 1) }, 1, CPLUG_E_SHAPE, "tensor 0 (input) has no dimensions" },
        { (cplug_tensor *[]){ five, cplug_float(ctx, 1) }, 2, CPLUG_E_SHAPE, "tensor 1 (target) has no dimensions" },
        { (cplug_tensor *[]){ cplug_zeros(other, CPLUG_F32, CPLUG_SHAPE(5)) }, 1, CPLUG_E_INVALID, "another context" },
    };
    for (uint32_t i = 0; i < CPLUG_COUNT(cases); i++) {
        assert_null(cplug_data_of(ctx, cases[i].t, cases[i].n));
        assert_error(ctx, cases[i].code, cases[i].word);
    }
    assert_non_null(cplug_data_of(ctx, many, 16));
    assert_null(cplug_data_of(NULL, many, 1));
    cplug_error_set(ctx, CPLUG_E_IO, "an error before");
    assert_null(cplug_data_of(ctx, many, 1));
    assert_error(ctx, CPLUG_E_IO, "an error before");
    test_close(other);
    test_close(ctx);
}

/* Whatever allocation fails, the error is out of memory, and everything can be closed. */
static void test_no_memory(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *t[2] = { cplug_transpose(rows_of(ctx, CPLUG_F32, 3, 20), 0, 1), rows_of(ctx, CPLUG_I64, 20, 1) };
    uint64_t n = 1;
    for (int done = 0; !done; n++) {
        cplug_test_fail_allocation(n);
        cplug_data *d = cplug_data_of(ctx, t, 2);
        cplug_loader *l = cplug_loader_over(d, "batch_size=6");
        const cplug_batch *b = cplug_loader_next(l);
        done = cplug_test_fail_allocation(0) < n;
        if (b) assert_values(b->target, 0, 0, 1, 2, 3, 4, 5); /* dispatch can do without remembering a decision */
        if (b) assert_ok(ctx);
        if (!b) assert_error(ctx, CPLUG_E_NOMEM, "memory");
        if (done) assert_non_null(b);
        cplug_loader_free(l);
        cplug_data_close(d);
        assert_true(n < 1000);
    }
    assert_true(n > 8);
    test_close(ctx);
}

static void test_shorthands(void **state)
{
    (void)state;
    static const cplug_options_table none = CPLUG_NO_OPTIONS;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_arange(ctx, CPLUG_F32, 0, 24, 1);
    x = cplug_view_as(x, CPLUG_SHAPE(2, -1, 4));
    assert_int_equal(cplug_tensor_size(x, 1), 3);
    assert_values(cplug_sum(x, CPLUG_DIMS(0, -1), 0), 0, 60, 92, 124);
    assert_int_equal(cplug_tensor_size(cplug_permute(x, CPLUG_DIMS(2, 0, 1)), 0), 4);
    assert_true(cplug_item_value(cplug_sum(x, NULL, 0, 0)) == 276);
    assert_true(cplug_item_value(cplug_int(ctx, 7)) == 7);
    assert_true(isnan(cplug_item_value(NULL)));
    assert_true(isnan(cplug_item_value(x)));
    assert_error(ctx, CPLUG_E_SHAPE, "cplug_item");
    assert_true(none.at == NULL && none.n == 0 && none.stride == sizeof(cplug_option));
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields), cmocka_unit_test(test_loaders), cmocka_unit_test(test_snapshot),  cmocka_unit_test(test_device),
        cmocka_unit_test(test_empty),  cmocka_unit_test(test_errors),  cmocka_unit_test(test_no_memory), cmocka_unit_test(test_shorthands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
