/* test_sim_training.c: what is made of tensors works wherever they live: every layer, loss, optimizer, scheduler and metric trains on the
 * pretend device, with nothing but its primitives, to the losses and weights of the cpu; modules and their files go from one to the other.
 */
#include "support.h"

enum { BATCH = 6, STEPS = 8, MOST = 4096 };
enum { CLASSES, SHARES, NUMBERS }; /* targets: class numbers [N]; of [0, 1), and of all numbers, with the prediction's shape */

static const struct net {
    const char *layers, *loss, *optimizer, *options, *scheduler, *metrics[2];
    int32_t target, ndim;
    int64_t sample[3], n_out;
} nets[] = {
    /* clang-format off */
    { "conv2d out_channels=4 kernel_size=3 padding=1 bias=false, batch_norm2d, relu, max_pool2d kernel_size=2, dropout2d p=0.2, "
      "conv2d out_channels=6 kernel_size=3,2 groups=2 bias=false, leaky_relu, avg_pool2d kernel_size=2, flatten, linear out_features=16, gelu, "
      "dropout p=0.3, linear out_features=5 bias=false, batch_norm1d, log_softmax dim=1",
      "nll", "adamw", "lr=0.01", "linear unit=step total_iters=4", { "accuracy", "confusion_matrix" }, CLASSES, 3, { 2, 10, 9 }, 5 },
    { "linear out_features=12, silu, identity, linear out_features=4", "cross_entropy label_smoothing=0.1", "adam", "lr=0.02 amsgrad=true",
      "cosine unit=step t_max=8 warmup=2", { "top_k k=2", "accuracy" }, CLASSES, 1, { 7 }, 4 },
    { "linear out_features=9, tanh, linear out_features=3, sigmoid", "bce", "rmsprop", "lr=0.005 centered=true momentum=0.5",
      "constant unit=step total_iters=3", { "mse", "mae" }, SHARES, 1, { 5 }, 3 },
    { "linear out_features=9, gelu approximate=tanh, linear out_features=3", "bce_with_logits", "sgd", "lr=0.1 momentum=0.9 nesterov=true",
      "exponential unit=step gamma=0.9", { "mse", "mae" }, SHARES, 1, { 5 }, 3 },
    { "linear out_features=8, unflatten dim=1 unflattened_size=2,4, softmax dim=2, flatten, linear out_features=2", "mse", "sgd",
      "lr=0.1 weight_decay=0.1", "step unit=step step_size=2", { "mse", "mae" }, NUMBERS, 1, { 3 }, 2 },
    { "linear out_features=2", "l1", "adam", "lr=0.05 weight_decay=0.1 maximize=true", "multistep unit=step milestones=2,4",
      { "mse", "mae" }, NUMBERS, 1, { 3 }, 2 },
    { "linear out_features=2, relu inplace=true, linear out_features=1", "smooth_l1 beta=0.5", "rmsprop", "lr=0.01 weight_decay=0.1",
      "plateau patience=0 threshold=0.5", { "mse", "mae" }, NUMBERS, 1, { 3 }, 1 },
    /* clang-format on */
};

typedef struct trace {
    double loss[STEPS], metric[2];
    float weights[MOST];
    uint64_t n;
} trace;

static cplug_tensor *draw_target(cplug_context *ctx, const struct net *n)
{
    if (n->target == CLASSES) return cplug_randint(ctx, CPLUG_I64, 0, n->n_out, SHAPE(BATCH));
    return n->target == SHARES ? cplug_rand(ctx, CPLUG_F32, SHAPE(BATCH, n->n_out)) : cplug_randn(ctx, CPLUG_F32, SHAPE(BATCH, n->n_out));
}

static double value_of(cplug_context *ctx, const char *spec, cplug_tensor *y, cplug_tensor *target)
{
    cplug_metric *m = cplug_metric_new(ctx, spec);
    const char *names[32];
    double values[32], sum = 0;
    uint32_t n = 32;
    cplug_metric_update(m, y, target);
    cplug_metric_update(m, y, target);
    assert_int_equal(cplug_metric_value(m, names, values, &n), CPLUG_OK);
    for (uint32_t i = 0; i < n; i++) sum += values[i] * (i + 1);
    return sum;
}

static void keep_weights(cplug_module *m, trace *t)
{
    const cplug_named_tensor *list;
    const int64_t n = cplug_module_named(m, CPLUG_PARAMETERS, &list);
    for (int64_t i = 0; i < n; i++) {
        const uint64_t numel = (uint64_t)cplug_tensor_numel(list[i].tensor);
        assert_true(t->n + numel <= MOST);
        cplug_to_array(cplug_detach(list[i].tensor), t->weights + t->n, numel * sizeof(float));
        t->n += numel;
    }
}

/* hop: NULL, or the device to which all goes after half the steps. */
static void train(const struct net *n, const char *device, const char *hop, trace *t)
{
    char spec[1024];
    cplug_context *ctx = test_open("seed=4 fallback=error");
    cplug_device_set(ctx, device);
    snprintf(spec, sizeof spec, "sequential layers=[%s]", n->layers);
    cplug_module *m = cplug_module_new(ctx, spec), *loss = cplug_module_new(ctx, n->loss);
    const int64_t shape[4] = { BATCH, n->sample[0], n->sample[1], n->sample[2] };
    cplug_tensor *x = cplug_randn(ctx, CPLUG_F32, n->ndim + 1, shape), *target = draw_target(ctx, n), *y = NULL;
    assert_int_equal(cplug_module_materialize(m, CPLUG_F32, n->ndim, n->sample), CPLUG_OK);
    cplug_optimizer *o = cplug_optimizer_new(m, n->optimizer, n->options);
    cplug_scheduler *s = cplug_scheduler_new(o, n->scheduler);
    assert_ok(ctx);
    for (int i = 0; i < STEPS; i++) {
        cplug_progress at = { .struct_size = sizeof at, .step = i, .epoch = i, .metric = NAN };
        if (hop && i == STEPS / 2) {
            cplug_device_set(ctx, hop);
            cplug_module_to(m, hop, 0);
            cplug_module_to(loss, hop, 0);
            x = cplug_to(x, 0, hop);
            target = cplug_to(target, 0, hop);
        }
        cplug_optimizer_zero_grad(o);
        cplug_tensor *l = cplug_forward2(loss, cplug_forward(m, x), target);
        cplug_backward(l);
        cplug_clip_grad_norm(o, 1, NULL);
        cplug_scheduler_step(s, &at);
        cplug_optimizer_step(o);
        cplug_item(l, &t->loss[i]);
        at.metric = t->loss[i];
        cplug_scheduler_epoch_end(s, &at);
        assert_ok(ctx);
    }
    cplug_module_train(m, 0);
    cplug_grad_mode(ctx, 0);
    y = cplug_forward(m, x);
    for (int k = 0; k < 2; k++) t->metric[k] = value_of(ctx, n->metrics[k], y, target);
    keep_weights(m, t);
    assert_ok(ctx);
    assert_int_equal(cplug_fallback_count(ctx), 0);
    test_close(ctx);
}

static void compare(const struct net *n, const trace *a, const trace *b, const char *where)
{
    for (int i = 0; i < STEPS; i++)
        if (!(fabs(a->loss[i] - b->loss[i]) <= 1e-5 * (1 + fabs(a->loss[i]))))
            fail_msg("%s, %s: loss of step %d is %.9g, on cpu %.9g", n->layers, where, i, b->loss[i], a->loss[i]);
    for (int k = 0; k < 2; k++)
        if (!(fabs(a->metric[k] - b->metric[k]) <= 1e-5 * (1 + fabs(a->metric[k]))))
            fail_msg("%s, %s: %s is %.9g, on cpu %.9g", n->layers, where, n->metrics[k], b->metric[k], a->metric[k]);
    assert_true(a->n == b->n && a->n > 0);
    for (uint64_t i = 0; i < a->n; i++)
        if (!(fabs((double)(a->weights[i] - b->weights[i])) <= 1e-4)) fail_msg("%s, %s: weight %d", n->layers, where, (int)i);
}

static trace host, device;
static void as_on_the_cpu(void **state)
{
    (void)state;
    static const char *const ways[][2] = { { "sim", NULL }, { "sim", "cpu" }, { "cpu", "sim:1" }, { "sim:0", "sim:1" } };
    for (size_t i = 0; i < CPLUG_COUNT(nets); i++) {
        memset(&host, 0, sizeof host);
        train(&nets[i], "cpu", NULL, &host);
        for (size_t k = 0; k < CPLUG_COUNT(ways); k++) {
            char where[64];
            snprintf(where, sizeof where, "%s then %s", ways[k][0], ways[k][1] ? ways[k][1] : "the same");
            memset(&device, 0, sizeof device);
            train(&nets[i], ways[k][0], ways[k][1], &device);
            compare(&nets[i], &host, &device, where);
        }
    }
}

/* ---- nothing is left out ---- */
static int begins(const char *text, const char *id)
{
    const size_t n = strlen(id);
    for (const char *at = text; (at = strstr(at, id)) != NULL; at++)
        if ((at == text || at[-1] == ' ') && (at[n] == '\0' || at[n] == ' ' || at[n] == ',')) return 1;
    return 0;
}

static int is_tried(const char *kind, const char *id)
{
    for (size_t i = 0; i < CPLUG_COUNT(nets); i++) {
        const struct net *n = &nets[i];
        const char *texts[4] = { NULL };
        if (strcmp(kind, "module") == 0) texts[0] = n->layers;
        if (strcmp(kind, "loss") == 0) texts[0] = n->loss;
        if (strcmp(kind, "optimizer") == 0) texts[0] = n->optimizer;
        if (strcmp(kind, "scheduler") == 0) texts[0] = n->scheduler;
        if (strcmp(kind, "metric") == 0) texts[0] = n->metrics[0], texts[1] = n->metrics[1];
        for (int k = 0; texts[k] != NULL; k++)
            if (begins(texts[k], id)) return 1;
    }
    return strcmp(id, "sequential") == 0 || strcmp(id, "add") == 0; /* around all of them; below */
}

static void every_component_is_tried(void **state)
{
    (void)state;
    static const char *const kinds[] = { "module", "loss", "optimizer", "scheduler", "metric" };
    cplug_context *ctx = test_open("device=sim fallback=error");
    for (size_t k = 0; k < CPLUG_COUNT(kinds); k++) {
        const char *id;
        for (int32_t i = 0; (id = cplug_component_id(ctx, kinds[k], i)) != NULL; i++)
            if (!is_tried(kinds[k], id)) fail_msg("%s '%s' is in no net of this test", kinds[k], id);
    }
    cplug_tensor *in[2] = { FLOATS(ctx, SHAPE(2), 1, 2), FLOATS(ctx, SHAPE(2), 3, 4) }, *out[1] = { NULL };
    cplug_forward_n(cplug_module_new(ctx, "add"), in, 2, out, 1);
    assert_values(out[0], 0, 4, 6);
    test_close(ctx);
}

/* ---- files ---- */
static void weights_travel(void **state)
{
    (void)state;
    static const char spec[] = "sequential layers=[linear in_features=3 out_features=4, batch_norm1d num_features=4]";
    static const char *const devices[] = { "cpu", "sim:0", "sim:1" };
    cplug_context *ctx = test_open("fallback=error");
    const cplug_named_tensor *list;
    for (int from = 0; from < 3; from++) {
        cplug_device_set(ctx, devices[from]);
        cplug_module *m = cplug_module_new(ctx, spec);
        cplug_forward(m, cplug_randn(ctx, CPLUG_F32, SHAPE(5, 3))); /* running statistics */
        cplug_module_train(m, 0);
        assert_int_equal(cplug_module_save(m, "test_sim.safetensors"), CPLUG_OK);
        cplug_tensor *x = cplug_randn(ctx, CPLUG_F32, SHAPE(2, 3)), *wanted = cplug_to(cplug_detach(cplug_forward(m, x)), 0, "cpu");
        for (int to = 0; to < 3; to++) {
            cplug_device_set(ctx, devices[to]);
            cplug_module *other = cplug_module_new(ctx, spec);
            cplug_module_train(other, 0);
            assert_int_equal(cplug_module_load(other, "test_sim.safetensors"), CPLUG_OK);
            cplug_tensor *y = cplug_detach(cplug_forward(other, cplug_to(x, 0, devices[to])));
            assert_ok(ctx);
            assert_string_equal(cplug_tensor_device(y), devices[to]);
            assert_int_equal(cplug_allclose(cplug_to(y, 0, "cpu"), wanted, 1e-6, 1e-6, 0), 1);
            const int64_t n = cplug_module_named(other, CPLUG_PARAMETERS, &list);
            for (int64_t i = 0; i < n; i++) assert_string_equal(cplug_tensor_device(list[i].tensor), devices[to]);
        }
    }
    remove("test_sim.safetensors");
    test_close(ctx);
}

/* Weights on one device, data on another: the layer's path, both tensors and both devices are named. */
static void forgotten_on_the_host(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_module *m = cplug_sequential(ctx, "linear in_features=3 out_features=4", "relu", NULL);
    assert_int_equal(cplug_module_to(m, "sim", 0), CPLUG_OK);
    assert_null(cplug_forward(m, cplug_ones(ctx, CPLUG_F32, SHAPE(2, 3))));
    assert_non_null(strstr(cplug_error_text(ctx), "linear: 'input' is on cpu but 'weight' on sim:0"));
    assert_error(ctx, CPLUG_E_DEVICE, "'0'");
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_on_the_cpu),
        cmocka_unit_test(every_component_is_tried),
        cmocka_unit_test(weights_travel),
        cmocka_unit_test(forgotten_on_the_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
