/* test_edges.c: corners of core that nothing else comes by, as tables: half precision where core itself converts, initialisers, misuse of
 * gradients and of data sets whose component claims what cannot be. */
#include "support.h"

/* ---- half precision: IEEE binary16 and bfloat16, round to nearest even; bits from NumPy (float16) and PyTorch (bfloat16) ---- */
static const struct half {
    double value;
    uint16_t f16, bf16;
} halves[] = {
    { 0.0, 0x0000, 0x0000 },        { 1.0, 0x3C00, 0x3F80 },       { -1.5, 0xBE00, 0xBFC0 },    { 0.333251953125, 0x3555, 0x3EAB },
    { 65504.0, 0x7BFF, 0x4780 },    { 65519.0, 0x7BFF, 0x4780 },   { 65520.0, 0x7C00, 0x4780 }, /* half way to what f16 no longer has */
    { 1e5, 0x7C00, 0x47C3 },                                                                    /* f16: infinity */
    { 0x1p-14, 0x0400, 0x3880 },                                                                /* the smallest normal f16 */
    { 0x1p-15, 0x0200, 0x3800 },                                                                /* subnormal from here */
    { 0x1.8p-24, 0x0002, 0x33C0 },                                                              /* a tie: to even */
    { -0x1p-24, 0x8001, 0xB380 },   { 0x1p-25, 0x0000, 0x3300 },                                /* a tie: to zero */
    { 1.00390625, 0x3C04, 0x3F80 },                                                             /* bf16: a tie, to even */
    { 1.01171875, 0x3C0C, 0x3F82 },                                                             /* bf16: a tie, to even again */
    { INFINITY, 0x7C00, 0x7F80 },   { -INFINITY, 0xFC00, 0xFF80 },
};

static double widened(const struct half *h, cplug_dtype dtype)
{
    const uint16_t bits = dtype == CPLUG_F16 ? h->f16 : h->bf16;
    const int exponent_bits = dtype == CPLUG_F16 ? 5 : 8, fraction_bits = 15 - exponent_bits, bias = (1 << (exponent_bits - 1)) - 1;
    const int exponent = (bits & 0x7FFF) >> fraction_bits, fraction = bits & ((1 << fraction_bits) - 1);
    double size = exponent ? ldexp((1 << fraction_bits) + fraction, exponent - bias - fraction_bits)
                           : ldexp(fraction, 1 - bias - fraction_bits);
    if (exponent == (1 << exponent_bits) - 1) size = INFINITY;
    return bits & 0x8000 ? -size : size;
}

/* An op of two inputs whose kernel wants tensors: core makes one of a plain number, in the dtype of the other.  Its kernel packs the first
 * input and gives back the second. */
static cplug_status second_infer(cplug_infer *c, cplug_error *e) { return (void)e, c->out[0] = c->in[0], CPLUG_OK; }
static cplug_status second_prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    (void)c, (void)e;
    p->pack_bytes = 64;
    return CPLUG_OK;
}
static int pack_fails;
static cplug_status second_pack(const cplug_call *c, const cplug_plan *p, void *dst, cplug_error *e)
{
    (void)p, (void)dst;
    return pack_fails ? (c->host->fail)(e, CPLUG_E_IO, "the packing machine is out of order") : CPLUG_OK;
}
static cplug_status second_run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)p, (void)e;
    memcpy(c->out[0]->data, c->in[1]->data, (size_t)cplug_dtype_size(c->in[1]->dtype));
    return CPLUG_OK;
}
static const cplug_op second_op = {
    .struct_size = sizeof second_op, .version = 1, .name = "my.second", .doc = "b", .inputs = "a b", .outputs = "y", .infer = second_infer
};
static const cplug_kernel second_kernel = { .struct_size = sizeof second_kernel,
                                            .op_version = 1,
                                            .op = "my.second",
                                            .backend = "cpu",
                                            .device = "cpu",
                                            .prepare = second_prepare,
                                            .run = second_run,
                                            .pack = second_pack };

static cplug_tensor *second(cplug_context *ctx, cplug_dtype dtype, double value)
{
    const cplug_arg in[] = { CPLUG_ARG(cplug_zeros(ctx, dtype, 0, NULL)), CPLUG_ARG(cplug_float(ctx, value)) };
    cplug_tensor *out = NULL;
    cplug_dispatch(ctx, "my.second", in, 2, NULL, 0, &out, 1);
    return out;
}

static cplug_context *open_second(void)
{
    cplug_context *ctx = test_open(NULL);
    assert_int_equal(cplug_register(ctx, "op", &second_op), CPLUG_OK);
    assert_int_equal(cplug_register(ctx, "kernel", &second_kernel), CPLUG_OK);
    return ctx;
}

static void half_precision(void **state)
{
    (void)state;
    cplug_context *ctx = open_second();
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++)
        for (int k = 0; k < 2; k++) {
            const cplug_dtype dtype = k ? CPLUG_BF16 : CPLUG_F16;
            cplug_scope *scope = cplug_scope_open(ctx);
            const double got = test_item(second(ctx, dtype, halves[i].value)), want = widened(&halves[i], dtype);
            assert_ok(ctx);
            if (got != want) fail_msg("%a as %s is %a, expected %a", halves[i].value, cplug_dtype_name(dtype), got, want);
            cplug_scope_close(scope);
        }
    assert_true(isnan(test_item(second(ctx, CPLUG_F16, NAN))) && isnan(test_item(second(ctx, CPLUG_BF16, NAN))));
    test_close(ctx);
}

static void packing_fails(void **state)
{
    (void)state;
    cplug_context *ctx = open_second();
    pack_fails = 1;
    assert_null(second(ctx, CPLUG_F32, 2));
    assert_error(ctx, CPLUG_E_IO, "out of order");
    pack_fails = 0;
    assert_values(second(ctx, CPLUG_F32, 2), 0, 2);
    test_close(ctx);
}

/* ---- initialisers ---- */
static const char *init_text;
static cplug_status plain_build(cplug_module *m, void *self)
{
    (void)self;
    return cplug_module_parameter(m, "w", 2, (int64_t[]){ 40, 50 }, init_text);
}
static cplug_status plain_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    (void)self, (void)n_in, (void)n_out;
    out[0] = cplug_add(in[0], cplug_module_tensor(m, 0));
    return cplug_failed(cplug_module_context(m));
}
static const cplug_module_type plain = { .struct_size = sizeof plain,
                                         .id = "my.plain",
                                         .class_name = "Plain",
                                         .doc = "one parameter",
                                         .instance_size = 8,
                                         .build = plain_build,
                                         .forward = plain_forward,
                                         .n_inputs = 1,
                                         .n_outputs = 1 };

static void initialisers(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wrong; /* wrong: a word of the error, NULL: none */
        double low, high, mean, slack;
    } rows[] = {
        { "zeros", NULL, 0, 0, 0, 0 },
        { "ones", NULL, 1, 1, 1, 0 },
        { "constant value=0.25", NULL, 0.25, 0.25, 0.25, 0 },
        { "uniform bound=0.5", NULL, -0.5, 0.5, 0, 0.05 },
        { "normal std=0.1 mean=2", NULL, 1, 3, 2, 0.02 },
        { "kaiming_uniform fan_in=6", NULL, -1, 1, 0, 0.1 },
        { "kaiming_uniform fan_in=0", NULL, 0, 0, 0, 0 },
        { "xavier_uniform fan_in=2 fan_out=4", NULL, -1, 1, 0, 0.1 },
        { "xavier_uniform fan_in=0 fan_out=0", NULL, 0, 0, 0, 0 },
        { "uniform", "bound", 0, 0, 0, 0 },
        { "uniform bound=x", "bound", 0, 0, 0, 0 },
        { "xavier_unifrom fan_in=2 fan_out=4", "xavier_uniform", 0, 0, 0, 0 },
        { "", "initialiser", 0, 0, 0, 0 },
    };
    cplug_context *ctx = test_open("seed=1");
    assert_int_equal(cplug_register(ctx, "module", &plain), CPLUG_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        init_text = rows[i].text;
        cplug_module *m = cplug_module_new(ctx, "my.plain");
        if (rows[i].wrong) {
            assert_null(m);
            if (!strstr(cplug_error_text(ctx), rows[i].wrong)) fail_msg("'%s': %s", rows[i].text, cplug_error_text(ctx));
            cplug_error_clear(ctx);
            continue;
        }
        const cplug_named_tensor *list;
        assert_int_equal(cplug_module_named(m, CPLUG_PARAMETERS, &list), 1);
        cplug_scope *scope = cplug_scope_open(ctx);
        cplug_tensor *w = cplug_detach(list[0].tensor);
        const double low = test_item(cplug_amin(w, NULL, 0, 0)), high = test_item(cplug_amax(w, NULL, 0, 0));
        const double mean = test_item(cplug_mean(w, NULL, 0, 0));
        assert_ok(ctx);
        if (low < rows[i].low || high > rows[i].high || fabs(mean - rows[i].mean) > rows[i].slack + 1e-6)
            fail_msg("'%s': %g to %g, mean %g", rows[i].text, low, high, mean);
        if (rows[i].slack > 0) assert_true(high - low > 0.3 * (rows[i].high - rows[i].low)); /* it does draw */
        cplug_scope_close(scope);
    }
    test_close(ctx);
}

/* ---- gradients asked for where there are none ---- */
static cplug_tensor *same(void *arg, cplug_tensor *t, cplug_tensor *grad) { return (void)arg, (void)t, grad; }

static void gradients(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *leaf = cplug_requires_grad(cplug_ones(ctx, CPLUG_F32, 1, (int64_t[]){ 3 }), 1), *made = cplug_neg(leaf);
    cplug_tensor *plain_one = cplug_ones(ctx, CPLUG_F32, 1, (int64_t[]){ 3 });
    assert_null(cplug_requires_grad(made, 0));
    assert_error(ctx, CPLUG_E_AUTOGRAD, "cplug_detach");
    assert_null(cplug_requires_grad(cplug_float(ctx, 1), 1));
    assert_error(ctx, CPLUG_E_AUTOGRAD, "plain number");
    assert_null(cplug_requires_grad(cplug_ones(ctx, CPLUG_I64, 0, NULL), 1));
    assert_error(ctx, CPLUG_E_AUTOGRAD, "i64");
    assert_int_equal(cplug_tensor_grad_set(leaf, cplug_ones(ctx, CPLUG_F32, 1, (int64_t[]){ 4 })), CPLUG_E_SHAPE);
    assert_error(ctx, CPLUG_E_SHAPE, "its tensor's shape");
    assert_int_equal(cplug_tensor_grad_set(leaf, cplug_ones(ctx, CPLUG_F64, 1, (int64_t[]){ 3 })), CPLUG_E_SHAPE);
    assert_error(ctx, CPLUG_E_SHAPE, "dtype");
    assert_int_equal(cplug_hook_add(plain_one, same, NULL), 0);
    assert_error(ctx, CPLUG_E_AUTOGRAD, "hook");
    assert_int_equal(cplug_hook_remove(leaf, 12345), CPLUG_E_NOTFOUND);
    assert_error(ctx, CPLUG_E_NOTFOUND, "12345");
    assert_int_equal(cplug_retain_grad(plain_one), CPLUG_E_AUTOGRAD);
    assert_error(ctx, CPLUG_E_AUTOGRAD, "retain_grad");
    cplug_anomaly_mode(NULL, 1);
    cplug_anomaly_mode(ctx, 1);
    cplug_tensor *root = cplug_sqrt(cplug_mul_scalar(cplug_sum(leaf, NULL, 0, 0), -1)); /* the root of -3 */
    assert_int_equal(cplug_backward(root), CPLUG_E_AUTOGRAD);
    assert_error(ctx, CPLUG_E_AUTOGRAD, "SqrtBackward0");
    test_close(ctx);
}

/* ---- data sets that claim the impossible ---- */
typedef struct claim {
    const char *words; /* of the error */
    int64_t length;
    uint32_t n_fields;
    cplug_field field;
} claim;
static const claim claims[] = {
    { "length -1", -1, 1, { .name = "input", .meta = { .dtype = CPLUG_F32, .ndim = 1, .shape = { 2 } } } },
    { "0 fields", 4, 0, { .name = "input", .meta = { .dtype = CPLUG_F32 } } },
    { "field 0", 4, 1, { .name = NULL, .meta = { .dtype = CPLUG_F32 } } },
    { "field 0", 4, 1, { .name = "input", .meta = { .dtype = 99 } } },
    { "field 0", 4, 1, { .name = "input", .meta = { .dtype = CPLUG_F32, .ndim = -1 } } },
    { "field 0", 4, 1, { .name = "input", .meta = { .dtype = CPLUG_F32, .ndim = 2, .shape = { 2, -7 } } } },
    { "measure", 4, 1, { .name = "input", .meta = { .dtype = CPLUG_F32, .ndim = 1, .shape = { -1 } } } },
};
static const claim *claimed;

static cplug_status liar_open(const cplug_host *h, void *self, cplug_dataset_info *info, cplug_error *e)
{
    (void)h, (void)self, (void)e;
    info->length = claimed->length;
    info->fields = &claimed->field;
    info->n_fields = claimed->n_fields;
    return CPLUG_OK;
}
static cplug_status liar_read(void *self, const int64_t *index, int64_t n, cplug_view *const *out, cplug_error *e)
{
    (void)self, (void)index, (void)n, (void)out, (void)e;
    return CPLUG_E_IO;
}
static void liar_close(void *self) { (void)self; }
static const cplug_dataset liar = { .struct_size = sizeof liar,
                                    .id = "my.liar",
                                    .doc = "claims",
                                    .instance_size = 8,
                                    .open = liar_open,
                                    .read = liar_read,
                                    .close = liar_close };

static void data_sets(void **state)
{
    (void)state;
    static const claim fine = { "", 2, 1, { .name = "input", .meta = { .dtype = CPLUG_F32, .ndim = 1, .shape = { 2 } } } };
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *out[2] = { NULL };
    assert_int_equal(cplug_register(ctx, "dataset", &liar), CPLUG_OK);
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        claimed = &claims[i];
        assert_null(cplug_data_open(ctx, "my.liar", NULL));
        if (!strstr(cplug_error_text(ctx), claims[i].words)) fail_msg("expected '%s': %s", claims[i].words, cplug_error_text(ctx));
        cplug_error_clear(ctx);
    }
    claimed = &fine;
    assert_null(cplug_data_open(ctx, "my.liar target_transforms=[scale]", NULL));
    assert_error(ctx, CPLUG_E_INVALID, "target");
    cplug_data *d = cplug_data_open(ctx, "my.liar", NULL);
    assert_int_equal(cplug_data_get(d, 0, out, 2), CPLUG_E_INVALID);
    assert_error(ctx, CPLUG_E_INVALID, "2 fields");
    assert_int_equal(cplug_data_get(d, 0, out, 1), CPLUG_E_IO);
    assert_error(ctx, CPLUG_E_IO, "sample 0");
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(half_precision), cmocka_unit_test(packing_fails), cmocka_unit_test(initialisers),
                                        cmocka_unit_test(gradients), cmocka_unit_test(data_sets) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
