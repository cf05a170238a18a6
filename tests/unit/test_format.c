/* test_format.c: tensors as text against PyTorch's, whatever the locale; the size protocol of snprintf. */
#include "support.h"
#include "golden/golden_format.h"
#include <locale.h>

static cplug_tensor *make(cplug_context *ctx, uint32_t k)
{
    const cplug_dtype d = cplug_dtype_from_name(golden_format[k].dtype);
    const int32_t ndim = golden_format[k].ndim;
    const int64_t *shape = golden_format[k].shape;
    if (golden_format[k].v) return cplug_to(cplug_from_array(ctx, CPLUG_F64, ndim, shape, golden_format[k].v), d, NULL);
    int64_t n = 1;
    for (int32_t i = 0; i < ndim; i++) n *= shape[i];
    cplug_tensor *x = cplug_arange(ctx, d, 0, (double)n, 1);
    return cplug_reshape(ndim == 3 && shape[0] == 10 ? cplug_div_scalar(x, 7) : x, ndim, shape);
}

static void compare_all(void)
{
    cplug_context *ctx = test_open(NULL);
    char text[8192];
    for (uint32_t k = 0; k < CPLUG_COUNT(golden_format); k++) {
        cplug_tensor *t = make(ctx, k);
        assert_ok(ctx);
        const int64_t n = cplug_tensor_format(t, text, sizeof text);
        if (strcmp(text, golden_format[k].text)) fail_msg("case %u:\n%s\nexpected\n%s", k, text, golden_format[k].text);
        assert_int_equal(n, strlen(text));
    }
    test_close(ctx);
}

static void as_pytorch(void **state)
{
    (void)state;
    compare_all();
}

static void in_another_locale(void **state)
{
    (void)state;
    static const char *const names[] = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "ps_AF.UTF-8" };
    int found = 0;
    for (uint32_t i = 0; i < CPLUG_COUNT(names); i++) {
        if (!setlocale(LC_ALL, names[i])) continue;
        found = 1;
        compare_all();
    }
    setlocale(LC_ALL, "C");
    if (!found) skip();
}

static void expect(cplug_context *ctx, cplug_tensor *t, const char *want)
{
    char text[512];
    assert_ok(ctx);
    assert_true(cplug_tensor_format(t, text, sizeof text) >= 0);
    assert_string_equal(text, want);
}

static void suffixes(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = cplug_requires_grad(FLOATS(ctx, SHAPE(2), 1, 2), 1);
    expect(ctx, x, "tensor([1., 2.], requires_grad=True)");
    expect(ctx, cplug_mul(x, x), "tensor([1., 4.], grad_fn=<MulBackward0>)");
    expect(ctx, cplug_to(x, CPLUG_F64, NULL), "tensor([1., 2.], dtype=f64, grad_fn=<ToCopyBackward0>)");
    expect(ctx, cplug_float(ctx, 2.5), "tensor(2.5000)");
    expect(ctx, cplug_int(ctx, 7), "tensor(7)");
    expect(ctx, cplug_transpose(FLOATS(ctx, SHAPE(2, 2), 1, 2, 3, 4), 0, 1), "tensor([[1., 3.],\n        [2., 4.]])");
    cplug_tensor *row = cplug_expand(cplug_requires_grad(cplug_full(ctx, CPLUG_F32, SHAPE(1), 0.125), 1), SHAPE(7));
    expect(ctx, row, "tensor([0.1250, 0.1250, 0.1250, 0.1250, 0.1250, 0.1250, 0.1250],\n       grad_fn=<ExpandBackward0>)");
    test_close(ctx);
}

static void sizes(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = FLOATS(ctx, SHAPE(2), 1, 2);
    char text[8] = "unused.";
    assert_int_equal(cplug_tensor_format(x, NULL, 0), 16);
    assert_int_equal(cplug_tensor_format(x, text, 0), 16);
    assert_string_equal(text, "unused.");
    assert_int_equal(cplug_tensor_format(x, text, sizeof text), 16);
    assert_string_equal(text, "tensor(");
    assert_int_equal(cplug_tensor_format(NULL, text, sizeof text), -1);
    cplug_add(x, cplug_ones(ctx, CPLUG_F32, SHAPE(3)));
    assert_int_equal(cplug_tensor_format(x, text, sizeof text), -1);
    assert_error(ctx, CPLUG_E_SHAPE, "add");
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(as_pytorch), cmocka_unit_test(in_another_locale), cmocka_unit_test(suffixes),
                                        cmocka_unit_test(sizes) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
