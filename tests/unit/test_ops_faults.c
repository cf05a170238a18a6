/* test_ops_faults.c: every allocation that a mixture of ops makes fails once, on each device: out of memory is the error that stands, the
 * context works again after it is cleared, and nothing leaks (under the sanitizer). */
#include "support.h"

/* New sizes each time, so that decisions are made anew. */
static void mixture(cplug_context *ctx, int64_t n)
{
    cplug_scope *scope = cplug_scope_open(ctx);
    const int32_t one = 1;
    char text[4096];
    cplug_tensor *pieces[8] = { NULL }, *index = NULL;
    cplug_tensor *a = cplug_requires_grad(cplug_rand(ctx, CPLUG_F32, SHAPE(3, n)), 1), *b = cplug_randn(ctx, CPLUG_F32, SHAPE(n));
    cplug_tensor *y = cplug_clamp(cplug_softplus(cplug_mul(a, b), 2, 3), cplug_float(ctx, -1), cplug_float(ctx, 1));
    y = cplug_cat((cplug_tensor *[]){ y, cplug_lerp(a, y, cplug_float(ctx, 0.3)) }, 2, 0);
    cplug_tensor *products = cplug_prod(y, &one, 1, 0), *most = cplug_max(cplug_transpose(y, 0, 1), 0, 1, &index);
    cplug_tensor *loss = cplug_add(cplug_sum(products, NULL, 0, 0), cplug_sum(most, NULL, 0, 0));
    cplug_backward(cplug_add(loss, cplug_std(cplug_slice(y, 0, 1, 5, 2), NULL, 0, 1, 0)));
    cplug_tensor_format(y, text, sizeof text);
    cplug_tensor_format(cplug_randperm(ctx, 2000), text, sizeof text);
    cplug_one_hot(cplug_randint(ctx, CPLUG_I64, 0, 4, SHAPE(n)), -1);
    cplug_linspace(ctx, CPLUG_F32, 0, 1, n);
    cplug_eye(ctx, CPLUG_F32, 3, n);
    cplug_allclose(a, a, 0, 0, 0);
    if (cplug_chunk(y, 3, 0, pieces, 8) == 3) cplug_stack(pieces, 3, 0);
    cplug_reshape(cplug_transpose(y, 0, 1), SHAPE(-1));
    cplug_scope_close(scope);
}

static void sweep(const char *device)
{
    enum { MOST = 2000 };
    for (uint64_t k = 1; k < MOST; k++) {
        cplug_context *ctx = test_open("fallback=allow");
        cplug_device_set(ctx, device);
        mixture(ctx, 5); /* plugins are loaded before memory runs short */
        assert_ok(ctx);
        cplug_test_fail_allocation(k);
        mixture(ctx, 6);
        const uint64_t used = cplug_test_fail_allocation(0);
        const cplug_status status = cplug_failed(ctx);
        if (status && status != CPLUG_E_NOMEM) fail_msg("allocation %d on %s: %s", (int)k, device, cplug_error_text(ctx));
        cplug_error_clear(ctx);
        mixture(ctx, 7);
        test_close(ctx);
        if (used < k) return; /* none was left to fail */
    }
    fail_msg("more than %d allocations on %s", (int)MOST, device);
}

static void on_cpu(void **state)
{
    (void)state;
    sweep("cpu");
}

static void on_primitives(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    assert_int_equal(cplug_device_set(ctx, "sim"), CPLUG_OK);
    test_close(ctx);
    sweep("sim");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(on_cpu), cmocka_unit_test(on_primitives) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
