/* test_host_module.c: types written by the host with the same structs as a plugin's: a module with children, parameters and a buffer, a
 * loss, an optimizer of ops only, a scheduler, a metric. */
#include "support.h"

/* ---- a residual block: y = scale * inner(x) + x, counting its calls ---- */
typedef struct residual {
    int64_t width;
    const char *inner;
    int64_t calls;
} residual;
static const cplug_option residual_options[] = {
    { .name = "width",
      .doc = "features",
      .type = CPLUG_OPT_INT,
      .flags = CPLUG_OPT_REQUIRED,
      .offset = offsetof(residual, width),
      .min = 1,
      .max = 100 },
    { .name = "inner", .doc = "activation", .type = CPLUG_OPT_SPEC, .offset = offsetof(residual, inner), .fallback = "relu" },
};
static int destroyed;
enum { SCALE, ABSENT, CALLS };
static cplug_status residual_build(cplug_module *m, void *self)
{
    residual *r = (residual *)self;
    char spec[64];
    snprintf(spec, sizeof spec, "linear in_features=%d out_features=%d", (int)r->width, (int)r->width);
    cplug_module_child(m, "fc", spec);
    cplug_module_child(m, "act", r->inner);
    cplug_module_parameter(m, "scale", 1, (int64_t[]){ 1 }, "constant value=0.5");
    cplug_module_parameter(m, "shift", -1, NULL, "zeros");
    return cplug_module_buffer(m, "calls", CPLUG_I64, 0, NULL, 0);
}
static cplug_status residual_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out,
                                     uint32_t n_out)
{
    residual *r = (residual *)self;
    (void)n_in, (void)n_out;
    assert_null(cplug_module_tensor(m, ABSENT));
    assert_null(cplug_module_tensor(m, 17));
    *(int64_t *)cplug_tensor_data(cplug_module_tensor(m, CALLS)) = ++r->calls;
    cplug_tensor *y = cplug_forward(cplug_module_get(m, "act"), cplug_forward(cplug_module_get(m, "fc"), in[0]));
    out[0] = cplug_add(cplug_mul(y, cplug_module_tensor(m, SCALE)), in[0]);
    return cplug_failed(cplug_module_context(m));
}
static void residual_destroy(cplug_module *m, void *self) { (void)m, (void)self, destroyed++; }
static void residual_describe(const cplug_module *m, const void *self, char *text, uint64_t size)
{
    (void)m;
    snprintf(text, size, "width=%d", (int)((const residual *)self)->width);
}
static const cplug_module_type residual_type = {
    .struct_size = sizeof residual_type,
    .id = "my.residual",
    .class_name = "Residual",
    .doc = "a block",
    .options = CPLUG_OPTIONS(residual_options),
    .instance_size = sizeof(residual),
    .build = residual_build,
    .forward = residual_forward,
    .destroy = residual_destroy,
    .describe = residual_describe,
    .n_inputs = 1,
    .n_outputs = 1,
};

static void a_module_of_the_host(void **state)
{
    (void)state;
    destroyed = 0;
    cplug_context *ctx = test_open(NULL);
    assert_int_equal(cplug_register(ctx, "module", &residual_type), CPLUG_OK);
    cplug_module *m = cplug_sequential(ctx, "my.residual width=3", "my.residual width=3 inner=\"leaky_relu negative_slope=0.5\"", NULL);
    assert_ok(ctx);
    char text[1024];
    cplug_module_format(m, text, sizeof text);
    assert_string_equal(
        text,
        "Sequential(\n  (0): Residual(\n    width=3\n    (fc): Linear(in_features=3, out_features=3, bias=True)\n    (act): ReLU()\n  )\n"
        "  (1): Residual(\n    width=3\n    (fc): Linear(in_features=3, out_features=3, bias=True)\n    (act): "
        "LeakyReLU(negative_slope=0.5)\n  )\n)");
    const cplug_named_tensor *list;
    assert_int_equal(cplug_module_named(m, CPLUG_STATE, &list), 8);
    static const char *const names[] = { "0.scale", "0.calls", "0.fc.weight", "0.fc.bias", "1.scale" };
    for (int i = 0; i < 5; i++) assert_string_equal(list[i].name, names[i]);
    assert_values(list[0].tensor, 0, 0.5);
    cplug_tensor *y = cplug_forward(m, cplug_ones(ctx, CPLUG_F32, SHAPE(2, 3)));
    cplug_backward(cplug_sum(y, NULL, 0, 0));
    assert_ok(ctx);
    assert_non_null(cplug_tensor_grad(list[4].tensor));
    assert_int_equal((int)test_item(list[1].tensor), 1);
    assert_null(cplug_forward(m, cplug_ones(ctx, CPLUG_F32, SHAPE(2, 4))));
    assert_error(ctx, CPLUG_E_SHAPE, "layer '0' (my.residual): layer '0.fc' (linear): ");
    assert_null(cplug_module_new(ctx, "my.residual width=3 inner=nonsense"));
    assert_error(ctx, CPLUG_E_NOTFOUND, "nonsense");
    assert_int_equal(destroyed, 1); /* also after a failed build */
    test_close(ctx);
    assert_int_equal(destroyed, 3);
}

/* ---- types that misbehave ---- */
static cplug_status silent_failure(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    (void)m, (void)self, (void)in, (void)n_in, (void)out, (void)n_out;
    return CPLUG_E_IO;
}
static cplug_status no_output(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    (void)m, (void)self, (void)in, (void)n_in, (void)out, (void)n_out;
    return CPLUG_OK;
}
static cplug_status bad_build(cplug_module *m, void *self)
{
    (void)self;
    return cplug_module_parameter(m, "w", 1, (int64_t[]){ 2 }, "kaimign_uniform fan_in=3");
}
static cplug_status twice(cplug_module *m, void *self)
{
    (void)self;
    cplug_module_parameter(m, "w", 1, (int64_t[]){ 2 }, "ones");
    return cplug_module_buffer(m, "w", CPLUG_F32, 0, NULL, 0);
}
static cplug_status negative(cplug_module *m, void *self)
{
    (void)self;
    return cplug_module_parameter(m, "w", 1, (int64_t[]){ -2 }, "ones");
}
static void misbehaving_types(void **state)
{
    (void)state;
    static const struct {
        cplug_module_type type;
        cplug_status code;
        const char *word;
    } cases[] = {
        { { .struct_size = sizeof(cplug_module_type),
            .id = "my.silent",
            .class_name = "My",
            .doc = "x",
            .options = { NULL, 0, sizeof(cplug_option) },
            .forward = silent_failure,
            .n_inputs = 1,
            .n_outputs = 1 },
          CPLUG_E_IO,
          "did not say why" },
        { { .struct_size = sizeof(cplug_module_type),
            .id = "my.empty",
            .class_name = "My",
            .doc = "x",
            .options = { NULL, 0, sizeof(cplug_option) },
            .forward = no_output,
            .n_inputs = 1,
            .n_outputs = 1 },
          CPLUG_E_INTERNAL,
          "no output 0" },
        { { .struct_size = sizeof(cplug_module_type),
            .id = "my.init",
            .class_name = "My",
            .doc = "x",
            .options = { NULL, 0, sizeof(cplug_option) },
            .build = bad_build,
            .forward = no_output,
            .n_inputs = 1,
            .n_outputs = 1 },
          CPLUG_E_NOTFOUND,
          "kaiming_uniform" },
        { { .struct_size = sizeof(cplug_module_type),
            .id = "my.twice",
            .class_name = "My",
            .doc = "x",
            .options = { NULL, 0, sizeof(cplug_option) },
            .build = twice,
            .forward = no_output,
            .n_inputs = 1,
            .n_outputs = 1 },
          CPLUG_E_INVALID,
          "'w'" },
        { { .struct_size = sizeof(cplug_module_type),
            .id = "my.negative",
            .class_name = "My",
            .doc = "x",
            .options = { NULL, 0, sizeof(cplug_option) },
            .build = negative,
            .forward = no_output,
            .n_inputs = 1,
            .n_outputs = 1 },
          CPLUG_E_SHAPE,
          "-2" },
    };
    cplug_context *ctx = test_open(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(cplug_register(ctx, "module", &cases[i].type), CPLUG_OK);
        cplug_module *m = cplug_module_new(ctx, cases[i].type.id);
        if (m) assert_null(cplug_forward(m, cplug_ones(ctx, CPLUG_F32, SHAPE(1))));
        assert_error(ctx, cases[i].code, cases[i].word);
    }
    test_close(ctx);
}

/* ---- the other kinds ---- */
static cplug_status hinge_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    (void)self, (void)n_in, (void)n_out;
    out[0] = cplug_mean(cplug_relu(cplug_neg(cplug_sub_scalar(cplug_mul(in[0], in[1]), 1))), NULL, 0, 0);
    return cplug_failed(cplug_module_context(m));
}
static const cplug_module_type hinge_type = {
    .struct_size = sizeof hinge_type,
    .id = "my.hinge",
    .class_name = "HingeLoss",
    .doc = "hinge",
    .options = { NULL, 0, sizeof(cplug_option) },
    .forward = hinge_forward,
    .n_inputs = 2,
    .n_outputs = 1,
};
typedef struct sign_group {
    double lr;
} sign_group;
typedef struct sign_state {
    cplug_tensor *last;
    int64_t step;
} sign_state;
static const cplug_option sign_options[] = {
    { .name = "lr",
      .doc = "step",
      .type = CPLUG_OPT_FLOAT,
      .flags = CPLUG_OPT_MUTABLE,
      .offset = offsetof(sign_group, lr),
      .fallback = "0.5" },
};
static const cplug_state_slot sign_slots[] = { { "last", offsetof(sign_state, last), CPLUG_SLOT_ZEROS, 0 },
                                               { "step", offsetof(sign_state, step), CPLUG_SLOT_INT, 0 } };
static cplug_status sign_step(cplug_optimizer *o, const void *group, const cplug_param_ref *p, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        sign_state *s = (sign_state *)p[i].state;
        s->step++;
        cplug_copy_(s->last, p[i].grad);
        cplug_add_scaled_(p[i].param, cplug_sign(p[i].grad), -((const sign_group *)group)->lr);
    }
    return cplug_failed(cplug_optimizer_context(o));
}
static const cplug_optimizer_type sign_type = {
    .struct_size = sizeof sign_type,
    .id = "my.sign",
    .class_name = "Sign",
    .doc = "sign of the gradient",
    .options = CPLUG_OPTIONS(sign_options),
    .group_size = sizeof(sign_group),
    .state_size = sizeof(sign_state),
    .slots = sign_slots,
    .n_slots = 2,
    .slot_stride = sizeof sign_slots[0],
    .step = sign_step,
};
static double halve(void *self, double base, const cplug_progress *p) { return (void)self, ldexp(base, -(int)p->epoch); }
static const cplug_scheduler_type halve_type = {
    .struct_size = sizeof halve_type,
    .id = "my.halve",
    .class_name = "Halve",
    .doc = "halves",
    .options = { NULL, 0, sizeof(cplug_option) },
    .lr = halve,
};
static cplug_status count_reset(cplug_context *ctx, void *self) { return *(int64_t *)self = 0, cplug_failed(ctx); }
static cplug_status count_update(cplug_context *ctx, void *self, cplug_tensor *prediction, cplug_tensor *target)
{
    (void)target;
    *(int64_t *)self += cplug_tensor_size(prediction, 0);
    return cplug_failed(ctx);
}
static cplug_status count_value(cplug_context *ctx, void *self, const char **names, double *values, uint32_t *n)
{
    names[0] = "samples";
    values[0] = (double)*(int64_t *)self;
    *n = 1;
    return cplug_failed(ctx);
}
static const cplug_metric_type count_type = {
    .struct_size = sizeof count_type,
    .id = "my.count",
    .doc = "samples",
    .options = { NULL, 0, sizeof(cplug_option) },
    .instance_size = 8,
    .reset = count_reset,
    .update = count_update,
    .value = count_value,
};
static void other_kinds_of_the_host(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_register(ctx, "loss", &hinge_type);
    cplug_register(ctx, "optimizer", &sign_type);
    cplug_register(ctx, "scheduler", &halve_type);
    cplug_register(ctx, "metric", &count_type);
    assert_ok(ctx);
    cplug_tensor *x = cplug_requires_grad(FLOATS(ctx, SHAPE(2), 0.5, -2), 1), *y = FLOATS(ctx, SHAPE(2), 1, -1);
    cplug_tensor *loss = cplug_forward2(cplug_module_new(ctx, "my.hinge"), x, y);
    assert_values(loss, 1e-6, 0.25);
    cplug_backward(loss);
    cplug_optimizer *o = cplug_optimizer_over(ctx, &x, 1, "my.sign", "lr=0.25");
    cplug_scheduler *s = cplug_scheduler_new(o, "my.halve");
    const cplug_progress at = { .struct_size = sizeof at, .epoch = 1 };
    cplug_scheduler_step(s, &at);
    cplug_optimizer_step(o);
    assert_ok(ctx);
    assert_values(x, 1e-6, 0.625, -2);
    const cplug_named_tensor *list;
    assert_int_equal(cplug_optimizer_state(o, &list), 2);
    assert_string_equal(list[0].name, "0.last");
    assert_values(list[0].tensor, 1e-6, -0.5, 0);
    cplug_metric *m = cplug_metric_new(ctx, "my.count");
    const char *names[1];
    double values[1];
    uint32_t n = 1;
    cplug_metric_update(m, x, y);
    cplug_metric_update(m, x, y);
    cplug_metric_value(m, names, values, &n);
    assert_true(n == 1 && values[0] == 4);
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_module_of_the_host), cmocka_unit_test(misbehaving_types),
                                        cmocka_unit_test(other_kinds_of_the_host) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
