/* test_core.c: scopes, the error model, buffers, reading, memory and its limit. */
#include "support.h"

static void first_error_stands(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = cplug_ones(ctx, CPLUG_F32, SHAPE(2, 3)), *b = cplug_ones(ctx, CPLUG_F32, SHAPE(4));
    cplug_tensor *bad = cplug_relu(cplug_add(a, b));
    assert_null(bad);
    assert_int_equal(cplug_failed(ctx), CPLUG_E_SHAPE);
    assert_non_null(strstr(cplug_error_text(ctx), "add"));
    assert_non_null(strstr(cplug_error_text(ctx), "[2, 3]"));
    assert_non_null(strstr(cplug_error_text(ctx), "[4]"));
    /* nothing is made or changed while it stands */
    assert_null(cplug_ones(ctx, CPLUG_F32, SHAPE(1)));
    assert_int_equal(cplug_add_scalar_(a, 1), CPLUG_E_SHAPE);
    cplug_error_clear(ctx);
    assert_values(cplug_sum(a, NULL, 0, 0), 1e-6, 6);
    cplug_error_set(ctx, CPLUG_E_IO, "mine %d", 7);
    assert_string_equal(cplug_error_text(ctx), "mine 7");
    assert_int_equal(cplug_close(ctx), CPLUG_E_IO);
    assert_null(cplug_open("seed=x"));
    assert_non_null(strstr(cplug_error_text(NULL), "seed"));
    assert_int_equal(cplug_close(NULL), CPLUG_E_INVALID);
}

static void null_is_harmless(void **state)
{
    (void)state;
    assert_null(cplug_add(NULL, NULL));
    assert_null(cplug_relu(NULL));
    assert_int_equal(cplug_backward(NULL), CPLUG_E_INVALID);
    assert_int_equal(cplug_tensor_ndim(NULL), 0);
    assert_null(cplug_tensor_shape(NULL));
    assert_string_equal(cplug_tensor_device(NULL), "");
    cplug_release(NULL);
    cplug_scope_close(NULL);
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = cplug_ones(ctx, CPLUG_F32, SHAPE(1));
    assert_null(cplug_add(a, NULL));
    assert_error(ctx, CPLUG_E_INVALID, "'other' is NULL");
    test_close(ctx);
}

static void scopes_own_and_keep(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_memory_stats m = { .struct_size = sizeof m };
    cplug_scope *outer = cplug_scope_open(ctx), *inner = cplug_scope_open(ctx);
    cplug_tensor *kept = cplug_ones(ctx, CPLUG_F32, SHAPE(256));
    for (int i = 0; i < 5; i++) cplug_ones(ctx, CPLUG_F32, SHAPE(256));
    cplug_tensor *retained = cplug_retain(cplug_ones(ctx, CPLUG_F32, SHAPE(256)));
    assert_ptr_equal(cplug_scope_keep(inner, kept), kept);
    cplug_scope_close(inner);
    cplug_memory(ctx, "cpu", &m);
    assert_int_equal(m.current, 2 * 1024);
    assert_values(cplug_sum(kept, NULL, 0, 0), 0, 256);
    cplug_scope *deep = cplug_scope_open(ctx);
    (void)deep;
    cplug_ones(ctx, CPLUG_F32, SHAPE(256));
    cplug_scope_close(outer); /* closes the one inside it too */
    cplug_memory(ctx, "cpu", &m);
    assert_int_equal(m.current, 1024);
    cplug_release(retained);
    cplug_memory(ctx, "cpu", &m);
    assert_int_equal(m.current, 0);
    test_close(ctx);
}

static void count_done(void *arg) { ++*(int *)arg; }

static void buffers_are_borrowed(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    float data[6] = { 1, 2, 3, 4, 5, 6 };
    int done = 0;
    cplug_scope *scope = cplug_scope_open(ctx);
    cplug_tensor *t = cplug_from_buffer(ctx, CPLUG_F32, SHAPE(2, 3), data, count_done, &done);
    cplug_tensor *row = cplug_retain(cplug_select(t, 0, 1));
    assert_ptr_equal(cplug_tensor_data(row), data + 3);
    cplug_mul_scalar_(row, 10);
    assert_true(data[3] == 40 && data[0] == 1);
    cplug_scope_close(scope);
    assert_int_equal(done, 0);
    cplug_release(row);
    assert_int_equal(done, 1);
    cplug_from_buffer(ctx, CPLUG_F32, SHAPE(-1), data, count_done, &done);
    assert_int_equal(done, 2); /* also on failure */
    cplug_error_clear(ctx);
    cplug_from_buffer(ctx, CPLUG_F32, SHAPE(6), data, count_done, &done);
    assert_int_equal(cplug_close(ctx), CPLUG_OK);
    assert_int_equal(done, 3);
}

static void reading_and_writing(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *t = FLOATS(ctx, SHAPE(2, 3), 1, 2, 3, 4, 5, 6);
    float back[6];
    assert_int_equal(cplug_to_array(cplug_transpose(t, 0, 1), back, sizeof back), CPLUG_OK);
    assert_true(back[0] == 1 && back[1] == 4 && back[5] == 6);
    assert_int_equal(cplug_from_array_(cplug_transpose(t, 0, 1), (float[]){ 1, 2, 3, 4, 5, 6 }, sizeof back), CPLUG_OK);
    assert_values(t, 0, 1, 3, 5, 2, 4, 6);
    cplug_to_array(t, back, 4);
    assert_error(ctx, CPLUG_E_SHAPE, "24 bytes");
    double x;
    cplug_item(t, &x);
    assert_error(ctx, CPLUG_E_SHAPE, "6 elements");
    int64_t i;
    cplug_item_int(cplug_sum(t, NULL, 0, 0), &i);
    assert_error(ctx, CPLUG_E_DTYPE, "f32");
    assert_true(test_item(cplug_int(ctx, 3)) == 3);
    test_close(ctx);
}

static void zero_sizes_and_zero_dims(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *empty = cplug_empty(ctx, CPLUG_F32, SHAPE(0, 3)), *number = cplug_full(ctx, CPLUG_F32, 0, NULL, 2.5);
    assert_int_equal(cplug_tensor_numel(empty), 0);
    assert_null(cplug_tensor_data(empty));
    assert_true(test_item(number) == 2.5);
    cplug_tensor *sum = cplug_add(empty, cplug_ones(ctx, CPLUG_F32, SHAPE(3)));
    assert_int_equal(cplug_tensor_size(sum, 0), 0);
    assert_true(test_item(cplug_sum(sum, NULL, 0, 0)) == 0);
    assert_int_equal(cplug_to_array(empty, NULL, 0), CPLUG_OK);
    test_close(ctx);
}

static void bad_shapes(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_empty(ctx, CPLUG_F32, SHAPE(2, -1));
    assert_error(ctx, CPLUG_E_SHAPE, "negative");
    cplug_empty(ctx, CPLUG_F32, 9, (int64_t[9]){ 1, 1, 1, 1, 1, 1, 1, 1, 1 });
    assert_error(ctx, CPLUG_E_SHAPE, "9");
    float one = 1;
    assert_null(cplug_from_buffer(ctx, CPLUG_F32, 1, NULL, &one, NULL, NULL));
    assert_error(ctx, CPLUG_E_SHAPE, "dimensions");
    cplug_empty(ctx, 99, SHAPE(2));
    assert_error(ctx, CPLUG_E_DTYPE, "99");
    cplug_empty(ctx, CPLUG_F64, SHAPE(INT64_MAX, INT64_MAX));
    assert_error(ctx, CPLUG_E_NOMEM, "");
    cplug_empty(ctx, CPLUG_F64, SHAPE((int64_t)1 << 50));
    assert_error(ctx, CPLUG_E_NOMEM, "out of memory");
    test_close(ctx);
}

static void the_limit_is_an_error(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("memory_limit=8000000");
    cplug_memory_stats m = { .struct_size = sizeof m };
    assert_non_null(cplug_empty(ctx, CPLUG_F32, SHAPE(1000, 1000)));
    assert_null(cplug_empty(ctx, CPLUG_F32, SHAPE(1000, 2000)));
    assert_error(ctx, CPLUG_E_NOMEM, "memory_limit");
    cplug_memory(ctx, "cpu", &m);
    assert_int_equal(m.limit, 8000000);
    assert_true(m.current >= 4000000 && m.peak >= m.current && m.reserved_bytes >= m.current);
    assert_non_null(cplug_ones(ctx, CPLUG_F32, SHAPE(10)));
    test_close(ctx);
}

static void memory_is_reused(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_memory_stats first = { .struct_size = sizeof first }, later = first;
    for (int i = 0; i < 50; i++) {
        cplug_scope *scope = cplug_scope_open(ctx);
        cplug_zeros(ctx, CPLUG_F32, SHAPE(1000, 1000));
        cplug_scope_close(scope);
        cplug_memory(ctx, "cpu", i ? &later : &first);
    }
    assert_int_equal(first.allocations, later.allocations);
    cplug_memory_trim(ctx);
    cplug_memory(ctx, "cpu", &later);
    assert_true(later.reserved_bytes < 4000000);
    test_close(ctx);
}

static void contexts_do_not_mix(void **state)
{
    (void)state;
    cplug_context *a = test_open(NULL), *b = test_open(NULL);
    cplug_tensor *x = cplug_ones(a, CPLUG_F32, SHAPE(1)), *y = cplug_ones(b, CPLUG_F32, SHAPE(1));
    assert_null(cplug_add(x, y));
    assert_error(a, CPLUG_E_INVALID, "another context");
    cplug_copy_(x, y);
    assert_error(a, CPLUG_E_INVALID, "another context");
    cplug_tensor_grad_set(x, y);
    assert_error(a, CPLUG_E_INVALID, "another context");
    test_close(b);
    test_close(a);
}

static void dtypes(void **state)
{
    (void)state;
    assert_int_equal(cplug_dtype_promote(CPLUG_U8, CPLUG_I8), CPLUG_I16);
    assert_int_equal(cplug_dtype_promote(CPLUG_F16, CPLUG_BF16), CPLUG_F32);
    assert_int_equal(cplug_dtype_promote(CPLUG_I64, CPLUG_F16), CPLUG_F16);
    assert_int_equal(cplug_dtype_promote(CPLUG_BOOL, CPLUG_U8), CPLUG_U8);
    assert_int_equal(cplug_dtype_from_name("bfloat16"), CPLUG_BF16);
    assert_int_equal(cplug_dtype_from_name("f99"), 0);
    assert_int_equal(cplug_dtype_size(CPLUG_I16), 2);
}

static void random_numbers_do_not_depend_on_threads(void **state)
{
    (void)state;
    float one[100003], two[100003];
    for (int32_t threads = 1; threads <= 2; threads++) {
        cplug_context *ctx = test_open("seed=42");
        cplug_threads(ctx, threads);
        cplug_rand(ctx, CPLUG_F32, SHAPE(3)); /* the counter moves */
        cplug_to_array(cplug_randn(ctx, CPLUG_F32, SHAPE(100003)), threads == 1 ? one : two, sizeof one);
        test_close(ctx);
    }
    assert_memory_equal(one, two, sizeof one);
    double mean = 0, square = 0;
    for (int i = 0; i < 100003; i++) mean += (double)one[i] / 100003, square += (double)one[i] * (double)one[i] / 100003;
    assert_true(fabs(mean) < 0.02 && fabs(square - 1) < 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_error_stands),
        cmocka_unit_test(null_is_harmless),
        cmocka_unit_test(scopes_own_and_keep),
        cmocka_unit_test(buffers_are_borrowed),
        cmocka_unit_test(reading_and_writing),
        cmocka_unit_test(zero_sizes_and_zero_dims),
        cmocka_unit_test(bad_shapes),
        cmocka_unit_test(the_limit_is_an_error),
        cmocka_unit_test(memory_is_reused),
        cmocka_unit_test(contexts_do_not_mix),
        cmocka_unit_test(dtypes),
        cmocka_unit_test(random_numbers_do_not_depend_on_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
