/* test_optimizers.c: optimizers against PyTorch's trajectories, by fused kernel and by decomposition; groups, options, clipping, state,
 * schedulers. */
#include "golden/golden_optimizers.h"
#include "support.h"
#include <stdbool.h>

typedef struct pair {
    cplug_tensor *at[2];
} pair;
static pair make_params(cplug_context *ctx, cplug_dtype dtype)
{
    const char *device = cplug_device_get(ctx);
    pair p;
    for (int i = 0; i < 2; i++) {
        cplug_tensor *x = cplug_empty_on(ctx, "cpu", CPLUG_F64, i ? 1 : 2,
                                         i ? (int64_t[]){ GOLDEN_ALL - GOLDEN_FIRST } : (int64_t[]){ 2, 2 });
        cplug_from_array_(x, optimizer_start + i * GOLDEN_FIRST, 8 * (uint64_t)(i ? GOLDEN_ALL - GOLDEN_FIRST : GOLDEN_FIRST));
        p.at[i] = cplug_requires_grad(cplug_detach(cplug_to(cplug_to(x, dtype, NULL), 0, device)), 1);
    }
    return p;
}
/* the gradient of gen_optimizers.py */
static void set_grads(cplug_context *ctx, const pair *p, int step)
{
    const int32_t mode = cplug_grad_mode(ctx, 0);
    for (int i = 0; i < 2; i++) {
        cplug_tensor *x = cplug_to(cplug_detach(p->at[i]), CPLUG_F64, "cpu");
        cplug_tensor *g = cplug_add_scaled(cplug_sin(cplug_add_scalar(cplug_mul_scalar(x, 3), step)), x, 0.1);
        cplug_tensor_grad_set(p->at[i], cplug_to(cplug_to(g, cplug_tensor_dtype(p->at[i]), NULL), 0, cplug_tensor_device(p->at[i])));
    }
    cplug_grad_mode(ctx, mode);
}
static void check_params(const pair *p, const double *expected, double tolerance, const char *where, int step)
{
    assert_values_(p->at[0], expected, GOLDEN_FIRST, tolerance, where, step);
    assert_values_(p->at[1], expected + GOLDEN_FIRST, GOLDEN_ALL - GOLDEN_FIRST, tolerance, where, step);
}
static void follow(cplug_context *ctx, const struct golden_optimizer *g, cplug_dtype dtype, double tolerance, int steps)
{
    cplug_scope *scope = cplug_scope_open(ctx);
    const pair p = make_params(ctx, dtype);
    cplug_optimizer *o = cplug_optimizer_over(ctx, p.at, 2, g->type, g->options);
    cplug_scheduler *s = NULL;
    char where[256];
    snprintf(where, sizeof where, "%s %s; %s; %s", g->type, g->options, g->group ? g->group : "", g->scheduler ? g->scheduler : "");
    if (g->group) cplug_optimizer_group(o, "1", g->group);
    if (g->scheduler) s = cplug_scheduler_new(o, where + strlen(where) - strlen(g->scheduler));
    assert_ok(ctx);
    for (int t = 0; t < steps; t++) {
        const cplug_progress at = { .struct_size = sizeof at, .step = t, .epoch = t, .metric = NAN };
        set_grads(ctx, &p, t);
        if (s) cplug_scheduler_step(s, &at);
        cplug_optimizer_step(o);
        assert_ok(ctx);
        check_params(&p, g->after[t], tolerance, where, t + 1);
    }
    cplug_optimizer_free(o);
    cplug_scope_close(scope);
}
static const char *op_of(const char *type) { return type[0] == 's' ? "sgd_step_" : type[0] == 'a' ? "adam_step_" : "rmsprop_step_"; }

static void trajectories_as_pytorch(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (size_t i = 0; i < CPLUG_COUNT(golden_optimizers); i++) {
        follow(ctx, &golden_optimizers[i], CPLUG_F64, 1e-12, GOLDEN_STEPS);
        follow(ctx, &golden_optimizers[i], CPLUG_F32, 1e-5, GOLDEN_STEPS);
        assert_non_null(strstr(cplug_explain(ctx, op_of(golden_optimizers[i].type)), "cpu"));
    }
    test_close(ctx);
}

/* Without the fused kernels, on the cpu and on a device that has only primitives. */
static void decompositions_as_pytorch(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("override=sgd_step_:decomposition,adam_step_:decomposition,rmsprop_step_:decomposition");
    for (size_t i = 0; i < CPLUG_COUNT(golden_optimizers); i++) {
        follow(ctx, &golden_optimizers[i], CPLUG_F64, 1e-12, GOLDEN_STEPS);
        follow(ctx, &golden_optimizers[i], CPLUG_F16, 4e-3, 1);
    }
    test_close(ctx);
    ctx = test_open("device=sim fallback=error");
    for (size_t i = 0; i < CPLUG_COUNT(golden_optimizers); i++) follow(ctx, &golden_optimizers[i], CPLUG_F32, 1e-5, GOLDEN_STEPS);
    test_close(ctx);
}

static void large_and_strided(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=1 threads=2");
    /* many elements in pieces of several tensors: the same as each alone */
    enum { N = 3 };
    const int64_t sizes[N] = { 150001, 0, 70003 };
    cplug_tensor *together[N], *alone[N], *grads[N];
    for (int i = 0; i < N; i++) {
        cplug_tensor *x = cplug_randn(ctx, CPLUG_F32, 1, &sizes[i]);
        together[i] = cplug_requires_grad(cplug_clone(x), 1);
        alone[i] = cplug_requires_grad(cplug_clone(x), 1);
        grads[i] = cplug_randn(ctx, CPLUG_F32, 1, &sizes[i]);
        cplug_tensor_grad_set(together[i], cplug_clone(grads[i]));
        cplug_tensor_grad_set(alone[i], cplug_clone(grads[i]));
    }
    cplug_optimizer *o = cplug_optimizer_over(ctx, together, N, "adam", "lr=0.1 weight_decay=0.1 amsgrad=true");
    for (int t = 0; t < 3; t++) cplug_optimizer_step(o);
    cplug_threads(ctx, 1);
    for (int i = 0; i < N; i++) {
        o = cplug_optimizer_over(ctx, &alone[i], 1, "adam", "lr=0.1 weight_decay=0.1 amsgrad=true");
        for (int t = 0; t < 3; t++) cplug_optimizer_step(o);
        assert_int_equal(cplug_equal(cplug_detach(alone[i]), cplug_detach(together[i])), 1);
    }
    /* a transposed parameter */
    cplug_tensor *base = cplug_randn(ctx, CPLUG_F32, SHAPE(4, 3));
    cplug_tensor *turned = cplug_requires_grad(cplug_detach(cplug_transpose(cplug_clone(base), 0, 1)), 1);
    cplug_tensor *plain = cplug_requires_grad(cplug_clone(cplug_contiguous(cplug_transpose(base, 0, 1))), 1);
    cplug_tensor *g = cplug_randn(ctx, CPLUG_F32, SHAPE(3, 4)), *both[2] = { turned, plain };
    for (int i = 0; i < 2; i++) {
        cplug_tensor_grad_set(both[i], cplug_clone(g));
        o = cplug_optimizer_over(ctx, &both[i], 1, "sgd", "lr=0.5 momentum=0.9");
        cplug_optimizer_step(o);
        cplug_optimizer_step(o);
    }
    assert_ok(ctx);
    assert_int_equal(cplug_allclose(cplug_detach(turned), cplug_detach(plain), 1e-6, 1e-6, 0), 1);
    test_close(ctx);
}

static void groups_options_and_missing_gradients(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_module *m = cplug_sequential(ctx, "linear out_features=2", "linear out_features=1", NULL);
    cplug_optimizer *o = cplug_optimizer_new(m, "sgd", "lr=0.5 weight_decay=0.1"); /* shapes still open */
    assert_int_equal(cplug_optimizer_group(o, "*.bias", "weight_decay=0"), 1);
    assert_int_equal(cplug_optimizer_group(o, "1.*", "lr=0"), 2);
    assert_int_equal(cplug_optimizer_n_groups(o), 3);
    assert_true(cplug_optimizer_get(o, 1, "lr") == 0.5 && cplug_optimizer_get(o, 1, "weight_decay") == 0 &&
                cplug_optimizer_get(o, 2, "lr") == 0);
    assert_true(isnan(cplug_optimizer_get(o, 0, "nothing")) && isnan(cplug_optimizer_get(o, 3, "lr")));
    assert_int_equal(cplug_optimizer_step(o), CPLUG_OK); /* nothing there yet */
    cplug_tensor *x = cplug_ones(ctx, CPLUG_F32, SHAPE(1, 1));
    cplug_forward(m, x);
    cplug_module *layer[2] = { cplug_module_get(m, "0"), cplug_module_get(m, "1") };
    cplug_tensor *w = cplug_module_tensor(layer[0], 0), *b = cplug_module_tensor(layer[0], 1), *w1 = cplug_module_tensor(layer[1], 0);
    const int32_t grad = cplug_grad_mode(ctx, 0);
    cplug_fill_(w, 1), cplug_fill_(b, 1), cplug_fill_(w1, 1);
    cplug_grad_mode(ctx, grad);
    cplug_backward(cplug_sum(cplug_forward(m, x), NULL, 0, 0));
    assert_int_equal(cplug_optimizer_step(o), CPLUG_OK);
    assert_values(w, 1e-6, 1 - 0.5 * 1.1, 1 - 0.5 * 1.1);
    assert_values(b, 1e-6, 0.5, 0.5); /* no decay */
    assert_values(w1, 0, 1, 1);       /* lr 0 */
    assert_int_equal(cplug_optimizer_zero_grad(o), CPLUG_OK);
    assert_null(cplug_tensor_grad(w));
    const uint64_t version = cplug_tensor_version(w);
    assert_int_equal(cplug_optimizer_step(o), CPLUG_OK); /* no gradient: left alone */
    assert_int_equal(cplug_tensor_version(w), version);
    assert_int_equal(cplug_optimizer_set(o, 0, "lr", 0.25), CPLUG_OK);
    assert_true(cplug_optimizer_get(o, 0, "lr") == 0.25);
    cplug_optimizer_set(o, 0, "lr", -1);
    assert_error(ctx, CPLUG_E_INVALID, "lr");
    cplug_optimizer_set(o, 0, "lr", NAN);
    assert_error(ctx, CPLUG_E_INVALID, "lr");
    cplug_optimizer_set(o, 0, "nesterov", 1);
    assert_error(ctx, CPLUG_E_INVALID, "cannot change");
    cplug_optimizer_set(o, 0, "lrr", 1);
    assert_error(ctx, CPLUG_E_NOTFOUND, "lrr");
    cplug_optimizer_set(o, 9, "lr", 1);
    assert_error(ctx, CPLUG_E_INVALID, "3 parameter groups");
    assert_int_equal(cplug_optimizer_group(o, "*", "moment=1"), -1);
    assert_error(ctx, CPLUG_E_NOTFOUND, "momentum");
    assert_null(cplug_optimizer_new(m, "adm", ""));
    assert_error(ctx, CPLUG_E_NOTFOUND, "adam");
    assert_null(cplug_optimizer_new(m, "adam", "betas=0.9"));
    assert_error(ctx, CPLUG_E_INVALID, "betas");
    o = cplug_optimizer_new(m, "sgd", "nesterov=true");
    cplug_backward(cplug_sum(cplug_forward(m, x), NULL, 0, 0));
    cplug_optimizer_step(o);
    assert_error(ctx, CPLUG_E_INVALID, "optimizer 'sgd': nesterov");
    /* an optimizer outlives its module */
    cplug_module_free(m);
    cplug_optimizer_zero_grad(o);
    test_close(ctx);
}

/* A range whose upper limit is below the lower one has none. */
typedef struct open_group {
    double lr;
} open_group;
static cplug_status open_step(cplug_optimizer *o, const void *group, const cplug_param_ref *p, uint32_t n)
{
    (void)o, (void)group, (void)p, (void)n;
    return CPLUG_OK;
}
static void ranges_without_an_upper_limit(void **state)
{
    (void)state;
    static const cplug_option options[] = {
        { "lr", "of at least 0.001", CPLUG_OPT_FLOAT, CPLUG_OPT_MUTABLE, offsetof(open_group, lr), "1", 0.001, 0, NULL, NULL, 0, 0 },
    };
    static const cplug_optimizer_type type = { .struct_size = sizeof type,
                                               .id = "test.open",
                                               .class_name = "Open",
                                               .doc = "a test",
                                               .options = CPLUG_OPTIONS(options),
                                               .group_size = sizeof(open_group),
                                               .slot_stride = sizeof(cplug_state_slot),
                                               .step = open_step };
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *w = cplug_requires_grad(FLOATS(ctx, SHAPE(1), 1), 1);
    assert_int_equal(cplug_register(ctx, "optimizer", &type), CPLUG_OK);
    cplug_optimizer *o = cplug_optimizer_over(ctx, &w, 1, "test.open", "lr=5");
    assert_non_null(o);
    assert_int_equal(cplug_optimizer_set(o, 0, "lr", 100), CPLUG_OK);
    assert_true(cplug_optimizer_get(o, 0, "lr") == 100);
    assert_int_equal(cplug_optimizer_set(o, 0, "lr", 0), CPLUG_E_INVALID);
    assert_non_null(strstr(cplug_error_text(ctx), "at least 0.001"));
    cplug_error_clear(ctx);
    test_close(ctx);
}

static void clipping(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *p[3] = { cplug_zeros(ctx, CPLUG_F64, SHAPE(2)), cplug_zeros(ctx, CPLUG_F64, SHAPE(2, 2)),
                           cplug_zeros(ctx, CPLUG_F64, SHAPE(1)) };
    for (int i = 0; i < 3; i++) cplug_requires_grad(p[i], 1);
    cplug_optimizer *o = cplug_optimizer_over(ctx, p, 3, "sgd", "");
    double total = -1;
    assert_int_equal(cplug_clip_grad_norm(o, 1, &total), CPLUG_OK);
    assert_true(total == 0);
    for (int i = 0; i < 2; i++) {
        cplug_tensor_grad_set(p[0], cplug_from_array(ctx, CPLUG_F64, SHAPE(2), (double[]){ 3, -4 }));
        cplug_tensor_grad_set(p[1], cplug_from_array(ctx, CPLUG_F64, SHAPE(2, 2), (double[]){ 1, 2, -2, 0.5 }));
        if (i == 0)
            cplug_clip_grad_norm(o, 2, &total);
        else
            cplug_clip_grad_value(o, 1.5);
        assert_ok(ctx);
        assert_values_(cplug_tensor_grad(p[0]), i ? clip_value : clip_norm, 2, 1e-12, "clip", __LINE__);
        assert_values_(cplug_tensor_grad(p[1]), (i ? clip_value : clip_norm) + 2, 4, 1e-12, "clip", __LINE__);
    }
    assert_true(fabs(total - clip_total) < 1e-12);
    cplug_clip_grad_norm(o, 100, NULL); /* small enough: left as it is */
    assert_values_(cplug_tensor_grad(p[0]), clip_value, 2, 1e-12, "clip", __LINE__);
    cplug_clip_grad_value(o, -1);
    assert_error(ctx, CPLUG_E_INVALID, "at least 0");
    test_close(ctx);
}

static void state_goes_through_a_file(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=8");
    cplug_module *m = cplug_sequential(ctx, "linear in_features=2 out_features=1", NULL);
    static const struct {
        const char *type, *options;
        int64_t n;
        const char *first;
    } cases[] = {
        { "adam", "lr=0.1 amsgrad=true", 8, "0.weight.exp_avg" },
        { "adamw", "lr=0.1", 6, "0.weight.exp_avg" },
        { "sgd", "lr=0.1", 0, NULL },
        { "sgd", "lr=0.1 momentum=0.5", 2, "0.weight.momentum_buffer" },
        { "sgd", "lr=0.1 momentum=0.5 dampening=0.5", 4, "0.weight.momentum_buffer" },
        { "rmsprop", "centered=true momentum=0.5", 8, "0.weight.square_avg" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cplug_scope *scope = cplug_scope_open(ctx);
        const cplug_named_tensor *list;
        cplug_optimizer *o = cplug_optimizer_new(m, cases[i].type, cases[i].options);
        cplug_tensor *x = cplug_ones(ctx, CPLUG_F32, SHAPE(3, 2));
        for (int t = 0; t < 2; t++) {
            cplug_optimizer_zero_grad(o);
            cplug_backward(cplug_sum(cplug_forward(m, x), NULL, 0, 0));
            cplug_optimizer_step(o);
        }
        assert_ok(ctx);
        assert_int_equal(cplug_optimizer_state(o, &list), cases[i].n);
        if (cases[i].n) assert_string_equal(list[0].name, cases[i].first);
        for (int64_t k = 0; k < cases[i].n; k++)
            if (strstr(list[k].name, ".step")) assert_int_equal((int)test_item(list[k].tensor), 2);
        cplug_save(ctx, "test_optimizers.safetensors", list, (uint32_t)cases[i].n, NULL);
        /* the next step after loading is the next step without */
        cplug_tensor *w = cplug_module_tensor(cplug_module_get(m, "0"), 0), *before = cplug_clone(cplug_detach(w));
        cplug_optimizer_step(o);
        cplug_tensor *expected = cplug_clone(cplug_detach(w));
        const int32_t grad = cplug_grad_mode(ctx, 0);
        cplug_copy_(w, before);
        cplug_grad_mode(ctx, grad);
        cplug_optimizer *fresh = cplug_optimizer_new(m, cases[i].type, cases[i].options);
        cplug_file *f = cplug_file_open(ctx, "test_optimizers.safetensors");
        assert_int_equal(cplug_optimizer_load(fresh, f), CPLUG_OK);
        cplug_optimizer_step(fresh);
        assert_ok(ctx);
        assert_int_equal(cplug_equal(cplug_detach(w), expected), 1);
        if (cases[i].n == 2) {
            assert_int_not_equal(cplug_optimizer_load(cplug_optimizer_new(m, "adam", ""), f), CPLUG_OK);
            assert_error(ctx, CPLUG_E_NOTFOUND, "0.weight.exp_avg");
        }
        cplug_file_close(f);
        remove("test_optimizers.safetensors");
        cplug_optimizer_free(o);
        cplug_scope_close(scope);
    }
    test_close(ctx);
}

static void state_follows_its_parameters(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=8");
    cplug_module *m = cplug_sequential(ctx, "linear in_features=2 out_features=1", NULL);
    cplug_optimizer *o = cplug_optimizer_new(m, "adam", "lr=0.1");
    cplug_tensor *x = cplug_ones(ctx, CPLUG_F32, SHAPE(3, 2));
    const cplug_named_tensor *list;
    for (int t = 0; t < 3; t++) {
        if (t == 2) cplug_module_to(m, NULL, CPLUG_F64);
        if (t == 2) x = cplug_to(x, CPLUG_F64, NULL);
        cplug_optimizer_zero_grad(o);
        cplug_backward(cplug_sum(cplug_forward(m, x), NULL, 0, 0));
        if (t == 1) cplug_module_child(m, "1", "linear in_features=1 out_features=1"); /* the tree changes: states stay */
        cplug_optimizer_step(o);
        assert_ok(ctx);
    }
    assert_int_equal(cplug_optimizer_state(o, &list), 12);
    assert_string_equal(list[2].name, "0.weight.step");
    assert_int_equal((int)test_item(list[2].tensor), 3);
    assert_int_equal(cplug_tensor_dtype(list[0].tensor), CPLUG_F64);
    assert_string_equal(list[8].name, "1.weight.step");
    assert_int_equal((int)test_item(list[8].tensor), 1);
    test_close(ctx);
}

/* Both units, two groups; after each epoch the metric of gen_optimizers.py. */
static void follow_schedule(cplug_context *ctx, const struct golden_scheduler *g, bool by_step)
{
    cplug_tensor *p[2] = { cplug_requires_grad(cplug_zeros(ctx, CPLUG_F32, SHAPE(1)), 1),
                           cplug_requires_grad(cplug_zeros(ctx, CPLUG_F32, SHAPE(1)), 1) };
    char spec[256];
    snprintf(spec, sizeof spec, "%s unit=%s", g->spec, by_step ? "step" : "epoch");
    cplug_optimizer *o = cplug_optimizer_over(ctx, p, 2, "sgd", "lr=0.4");
    cplug_optimizer_group(o, "1", "lr=0.1");
    cplug_scheduler *s = cplug_scheduler_new(o, spec);
    assert_ok(ctx);
    for (int t = 0; t < GOLDEN_EPOCHS; t++) {
        cplug_progress at = { .struct_size = sizeof at, .step = by_step ? t : 7 * t, .epoch = by_step ? t / 3 : t, .metric = NAN };
        cplug_scheduler_step(s, &at);
        for (int k = 0; k < 2; k++) {
            const double lr = cplug_optimizer_get(o, k, "lr"), expected = g->lr[k][t];
            if (!(fabs(lr - expected) <= 1e-12)) fail_msg("'%s' group %d at %d: %.17g, expected %.17g", spec, k, t, lr, expected);
        }
        at.metric = scheduler_metric[t];
        cplug_scheduler_epoch_end(s, &at);
    }
    assert_ok(ctx);
}
static void schedules_as_pytorch(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (size_t i = 0; i < CPLUG_COUNT(golden_schedulers); i++)
        for (int by_step = 0; by_step < 2; by_step++) follow_schedule(ctx, &golden_schedulers[i], by_step);
    test_close(ctx);
}
static void warm_up_groups_and_state(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *p[2] = { cplug_requires_grad(cplug_zeros(ctx, CPLUG_F32, SHAPE(1)), 1),
                           cplug_requires_grad(cplug_zeros(ctx, CPLUG_F32, SHAPE(1)), 1) };
    cplug_optimizer *o = cplug_optimizer_over(ctx, p, 2, "sgd", "lr=0.4");
    cplug_optimizer_group(o, "1", "lr=0.8");
    cplug_scheduler *s = cplug_scheduler_new(o, "cosine warmup=4 unit=step");
    static const double expected[] = { 0.1, 0.2, 0.3, 0.4, 0.4, 0.2, 0 };
    static const int64_t steps[] = { 0, 1, 2, 3, 4, 9, 14 };
    for (int i = 0; i < 7; i++) {
        const cplug_progress at = { .struct_size = sizeof at, .step = steps[i], .total_steps = 14, .metric = NAN };
        assert_int_equal(cplug_scheduler_step(s, &at), CPLUG_OK);
        assert_true(fabs(cplug_optimizer_get(o, 0, "lr") - expected[i]) < 1e-12);
        assert_true(fabs(cplug_optimizer_get(o, 1, "lr") - 2 * expected[i]) < 1e-12);
    }
    cplug_optimizer_set(o, 0, "lr", 0.4);
    s = cplug_scheduler_new(o, "step step_size=2 warmup=2 warmup_start=0.5");
    cplug_progress at = { .struct_size = sizeof at, .metric = NAN };
    cplug_scheduler_step(s, &at);
    assert_true(fabs(cplug_optimizer_get(o, 0, "lr") - 0.3) < 1e-12);
    at.epoch = 4;
    cplug_scheduler_step(s, &at);
    assert_true(fabs(cplug_optimizer_get(o, 0, "lr") - 0.04) < 1e-12);
    /* plateau: what a checkpoint saves is enough to go on */
    cplug_optimizer_set(o, 0, "lr", 0.4);
    cplug_scheduler *a = cplug_scheduler_new(o, "plateau patience=0"), *b = cplug_scheduler_new(o, "plateau patience=0");
    at.metric = 1;
    for (int i = 0; i < 2; i++) cplug_scheduler_epoch_end(a, &at);
    void *from = NULL, *to = NULL;
    const uint64_t n = cplug_scheduler_state(a, &from);
    assert_true(n > 0 && cplug_scheduler_state(b, &to) == n);
    memcpy(to, from, n);
    cplug_scheduler_step(b, &at);
    assert_true(fabs(cplug_optimizer_get(o, 0, "lr") - 0.04) < 1e-12);
    assert_int_equal(cplug_scheduler_state(s, &from), 0);
    assert_null(cplug_scheduler_new(o, "cosin"));
    assert_error(ctx, CPLUG_E_NOTFOUND, "cosine");
    assert_null(cplug_scheduler_new(o, "step"));
    assert_error(ctx, CPLUG_E_INVALID, "step_size");
    cplug_optimizer_free(o); /* its schedulers still know it */
    test_close(ctx);
}

static void train_a_little(cplug_context *ctx)
{
    const cplug_named_tensor *list;
    const char *names[1];
    double values[1], total;
    uint32_t n = 1;
    cplug_module *m = cplug_sequential(ctx, "linear in_features=2 out_features=3", NULL);
    cplug_optimizer *o = cplug_optimizer_new(m, "adam", "amsgrad=true");
    cplug_optimizer_group(o, "*.bias", "weight_decay=0.5 lr=0.1");
    cplug_scheduler *s = cplug_scheduler_new(o, "multistep milestones=1,2");
    cplug_metric *metric = cplug_metric_new(ctx, "accuracy");
    cplug_tensor *x = cplug_ones(ctx, CPLUG_F32, SHAPE(4, 2)), *y = cplug_zeros(ctx, CPLUG_I64, SHAPE(4));
    cplug_tensor *scores = cplug_forward(m, x);
    cplug_backward(cplug_forward2(cplug_module_new(ctx, "cross_entropy weight=1,2,3"), scores, y));
    cplug_clip_grad_norm(o, 0.1, &total);
    const cplug_progress at = { .struct_size = sizeof at, .epoch = 1, .metric = NAN };
    cplug_scheduler_step(s, &at);
    cplug_optimizer_step(o);
    cplug_optimizer_state(o, &list);
    cplug_metric_update(metric, scores, y);
    cplug_metric_value(metric, names, values, &n);
}
static void survive(bool warm)
{
    for (uint64_t n = 1;; n++) {
        cplug_context *ctx = test_open(NULL);
        if (warm) train_a_little(ctx); /* plugins are loaded, decisions are made */
        cplug_memory_trim(ctx);
        assert_ok(ctx);
        cplug_test_fail_allocation(n);
        train_a_little(ctx);
        const uint64_t made = cplug_test_fail_allocation(0);
        if (cplug_failed(ctx) && cplug_failed(ctx) != CPLUG_E_NOMEM)
            fail_msg("allocation %llu: %s", (unsigned long long)n, cplug_error_text(ctx));
        assert_true(made >= n || !cplug_failed(ctx));
        cplug_error_clear(ctx);
        train_a_little(ctx); /* nothing is broken for good, a plugin that was loading included */
        test_close(ctx);
        if (made < n) {
            assert_true(n > 40);
            return;
        }
    }
}
static void survives_every_failed_allocation(void **state)
{
    (void)state;
    survive(true);
    survive(false);
}

/* A module that gets a parent after its optimizer dies with the parent; the optimizer still has its parameters. */
static void outlives_the_tree(void **state)
{
    (void)state;
    for (int early = 0; early < 2; early++) {
        cplug_context *ctx = test_open(NULL);
        cplug_module *child = cplug_module_new(ctx, "linear out_features=2");
        assert_int_equal(cplug_module_materialize(child, CPLUG_F32, 1, (int64_t[]){ 3 }), CPLUG_OK);
        cplug_optimizer *o = cplug_optimizer_new(child, "sgd", "lr=0.1");
        cplug_module *parent = cplug_sequential_of(ctx, &child, 1);
        assert_non_null(parent);
        if (early) {
            cplug_module_free(parent);
            assert_int_equal(cplug_optimizer_step(o), CPLUG_OK);
        }
        test_close(ctx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trajectories_as_pytorch),
        cmocka_unit_test(decompositions_as_pytorch),
        cmocka_unit_test(large_and_strided),
        cmocka_unit_test(groups_options_and_missing_gradients),
        cmocka_unit_test(ranges_without_an_upper_limit),
        cmocka_unit_test(clipping),
        cmocka_unit_test(state_goes_through_a_file),
        cmocka_unit_test(state_follows_its_parameters),
        cmocka_unit_test(schedules_as_pytorch),
        cmocka_unit_test(warm_up_groups_and_state),
        cmocka_unit_test(outlives_the_tree),
        cmocka_unit_test(survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
