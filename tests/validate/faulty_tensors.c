/* faulty_tensors.c: an op with its kernel, a layer, an optimizer, a metric and a callback with one fault, chosen by -DFAULT=NAME; without
 * one they are sound. */
#define CPLUG_PLUGIN_BUILD
#include <cplug/cplug.h>
#include <string.h>
CPLUG_USE_API;

enum {
    SOUND,
    INFER_COUNTS,
    INFER_OVERFLOWS,
    INFER_SILENT,
    DECOMPOSITION_LIES,
    DECOMPOSITION_STRIDED,
    WRONG_GRADIENT,
    KERNEL_DIFFERS,
    LAYER_COUNTS,
    LAYER_WRITES_INPUT,
    LAYER_HIDES_STATE,
    LAYER_CHILD_LATE,
    LAYER_ON_THE_HOST,
    LAYER_BROKEN_IN_F64,
    OPTIMIZER_COUNTS,
    METRIC_STATIC,
    METRIC_NEVER_EMPTY,
    METRIC_EMPTIES_ITSELF,
    CALLBACK_COUNTS,
    NO_COMPONENT_DOC
};
#ifndef FAULT
#define FAULT SOUND
#endif
#define IS(fault_) (FAULT == (fault_))

/* ---- op test.scaled: input * scale, scale of one number for each feature ---- */
static cplug_status infer(cplug_infer *c, cplug_error *e)
{
    static int asked;
    const cplug_meta *x = &c->in[0], *s = &c->in[1];
    if (x->dtype > CPLUG_F64 || s->dtype != x->dtype || x->ndim < 1 || s->ndim != 1 || s->shape[0] != x->shape[x->ndim - 1])
        return IS(INFER_SILENT) ? CPLUG_E_SHAPE : c->host->fail(e, CPLUG_E_SHAPE, "expected one scale for each feature");
    c->out[0] = *x;
    if (IS(INFER_COUNTS) && ++asked % 2) c->out[0].layout = CPLUG_LAYOUT_CHANNELS_LAST;
    if (IS(INFER_OVERFLOWS)) c->out[0].shape[0] = (int64_t)((uint64_t)c->out[0].shape[0] * 4);
    return CPLUG_OK;
}

static cplug_status decompose(cplug_op_call *c)
{
    cplug_tensor *x = c->in[0];
    if (IS(DECOMPOSITION_STRIDED) && !cplug_tensor_is_contiguous(x)) x = cplug_add_scalar(x, 1);
    c->out[0] = cplug_mul(x, c->in[1]);
    if (IS(DECOMPOSITION_LIES)) c->out[0] = cplug_sum(c->out[0], NULL, 0, 0);
    return cplug_failed(c->ctx);
}

static cplug_status vjp(cplug_vjp *v)
{
    if (v->want[0]) v->grad_in[0] = cplug_mul(v->grad_out[0], v->in[1]);
    if (v->want[1]) v->grad_in[1] = cplug_mul(v->grad_out[0], IS(WRONG_GRADIENT) ? v->in[1] : v->in[0]);
    return cplug_failed(v->ctx);
}

static const cplug_op op = { .struct_size = sizeof op,
                             .version = 1,
                             .name = "test.scaled",
                             .doc = "a test",
                             .inputs = "input scale",
                             .outputs = "output",
                             .saves = "input scale",
                             .attrs = { NULL, 0, sizeof(cplug_option) },
                             .infer = infer,
                             .vjp = vjp,
                             .decompose = decompose };

static void supports(const cplug_call *c, cplug_support *s)
{
    s->score = c->in[0]->dtype == CPLUG_F32 ? 60 : 0;
    s->reason = "f32";
}
static cplug_status run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const float *x = c->in[0]->data, *s = c->in[1]->data;
    const int64_t features = c->in[1]->shape[0];
    int64_t n = 1;
    (void)p, (void)e;
    for (int32_t d = 0; d < c->in[0]->ndim; d++) n *= c->in[0]->shape[d];
    for (int64_t i = 0; i < n; i++) ((float *)c->out[0]->data)[i] = x[i] * s[i % features] + (IS(KERNEL_DIFFERS) ? 0.5f : 0);
    return CPLUG_OK;
}
static const cplug_kernel kernel = {
    .struct_size = sizeof kernel, .op_version = 1, .op = "test.scaled", .backend = "test", .device = "cpu", .supports = supports, .run = run
};

/* ---- layer: test.scaled with a learned scale ---- */
typedef struct layer {
    cplug_tensor *hidden;
} layer;
static cplug_status first_use(cplug_module *m, void *self, const cplug_meta *in, uint32_t n)
{
    layer *l = self;
    (void)n;
    if (in[0].ndim < 1) return cplug_error_set(cplug_module_context(m), CPLUG_E_SHAPE, "expected features");
    if (IS(LAYER_HIDES_STATE)) l->hidden = cplug_retain(cplug_rand(cplug_module_context(m), CPLUG_F32, 1, &in[0].shape[in[0].ndim - 1]));
    if (IS(LAYER_ON_THE_HOST)) l->hidden = cplug_retain(cplug_ones(cplug_module_context(m), CPLUG_F32, 1, &in[0].shape[in[0].ndim - 1]));
    if (IS(LAYER_CHILD_LATE)) cplug_module_child(m, "fc", "linear in_features=2 out_features=2");
    return cplug_module_parameter(m, "scale", 1, &in[0].shape[in[0].ndim - 1], "ones");
}
static cplug_status forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    static int calls;
    const layer *l = self;
    cplug_context *ctx = cplug_module_context(m);
    const cplug_arg arg[2] = { CPLUG_ARG(in[0]), CPLUG_ARG(cplug_module_tensor(m, 0)) };
    (void)n_in;
    cplug_dispatch(ctx, "test.scaled", arg, 2, NULL, 0, out, n_out);
    if (IS(LAYER_COUNTS)) out[0] = cplug_add_scalar(out[0], ++calls);
    if (l->hidden != NULL)
        out[0] = cplug_mul(out[0], IS(LAYER_HIDES_STATE) ? cplug_to(l->hidden, 0, cplug_tensor_device(out[0])) : l->hidden);
    if (IS(LAYER_BROKEN_IN_F64) && cplug_tensor_dtype(out[0]) == CPLUG_F64) out[0] = cplug_add_scalar(out[0], 1);
    if (IS(LAYER_WRITES_INPUT)) {
        const int32_t on = cplug_grad_mode(ctx, 0);
        cplug_fill_(cplug_detach(in[0]), 0);
        cplug_grad_mode(ctx, on);
    }
    return cplug_failed(ctx);
}
static void destroy(cplug_module *m, void *self)
{
    (void)m;
    cplug_release(((layer *)self)->hidden);
}
static const cplug_module_type module = { .struct_size = sizeof module,
                                          .id = "test.scaled",
                                          .class_name = "Scaled",
                                          .doc = IS(NO_COMPONENT_DOC) ? "" : "a test",
                                          .options = { NULL, 0, sizeof(cplug_option) },
                                          .instance_size = sizeof(layer),
                                          .first_use = first_use,
                                          .forward = forward,
                                          .destroy = destroy,
                                          .n_inputs = 1,
                                          .n_outputs = 1 };

/* ---- optimizer: plain steps ---- */
typedef struct group {
    double lr;
} group;
static const cplug_option group_options[] = {
    { "lr", "size of a step", CPLUG_OPT_FLOAT, CPLUG_OPT_MUTABLE, offsetof(group, lr), "0.1", 0, 0, NULL, NULL, 0, 0 },
};
static cplug_status step(cplug_optimizer *o, const void *g, const cplug_param_ref *p, uint32_t n)
{
    static double steps;
    const double lr = ((const group *)g)->lr / (IS(OPTIMIZER_COUNTS) ? ++steps : 1);
    for (uint32_t i = 0; i < n; i++) cplug_add_scaled_(p[i].param, p[i].grad, -lr);
    return cplug_failed(cplug_optimizer_context(o));
}
static const cplug_optimizer_type optimizer = { .struct_size = sizeof optimizer,
                                                .id = "test.steps",
                                                .class_name = "Steps",
                                                .doc = "a test",
                                                .options = CPLUG_OPTIONS(group_options),
                                                .group_size = sizeof(group),
                                                .slot_stride = sizeof(cplug_state_slot),
                                                .step = step };

/* ---- metric: mean of the predictions ---- */
typedef struct mean {
    double sum, n;
} mean;
static mean shared;
static mean *state(void *self) { return IS(METRIC_STATIC) ? &shared : self; }
static cplug_status reset(cplug_context *ctx, void *self)
{
    if (!IS(METRIC_NEVER_EMPTY)) *state(self) = (mean){ 0, 0 };
    return cplug_failed(ctx);
}
static cplug_status update(cplug_context *ctx, void *self, cplug_tensor *prediction, cplug_tensor *target)
{
    double v = 0;
    (void)target;
    cplug_item(cplug_mean(prediction, NULL, 0, 0), &v);
    state(self)->sum += v;
    state(self)->n += 1;
    return cplug_failed(ctx);
}
static cplug_status value(cplug_context *ctx, void *self, const char **names, double *values, uint32_t *n)
{
    if (*n < 1) return CPLUG_OK;
    names[0] = "mean";
    values[0] = state(self)->n > 0 ? state(self)->sum / (IS(METRIC_NEVER_EMPTY) ? 1 : state(self)->n) : 0;
    if (IS(METRIC_EMPTIES_ITSELF)) *state(self) = (mean){ 0, 0 };
    *n = 1;
    return cplug_failed(ctx);
}
static const cplug_metric_type metric = { .struct_size = sizeof metric,
                                          .id = "test.mean",
                                          .doc = "a test",
                                          .options = { NULL, 0, sizeof(cplug_option) },
                                          .instance_size = sizeof(mean),
                                          .reset = reset,
                                          .update = update,
                                          .value = value };

/* ---- callback: asks for an end at its fifth event ---- */
typedef struct patience {
    int64_t heard;
} patience;
static cplug_status on(cplug_context *ctx, void *self, cplug_event *ev)
{
    patience *p = self;
    (void)ctx;
    if (strcmp(ev->name, "train_begin") != 0 && ++p->heard > 4) ev->stop = CPLUG_STOP;
    return CPLUG_OK;
}
static const cplug_callback_type callback = { .struct_size = sizeof callback,
                                              .id = "test.patience",
                                              .doc = "a test",
                                              .options = { NULL, 0, sizeof(cplug_option) },
                                              .instance_size = sizeof(patience),
                                              .state_offset = offsetof(patience, heard),
                                              .state_size = IS(CALLBACK_COUNTS) ? 0 : sizeof(int64_t),
                                              .on = on };

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    static const struct {
        const char *kind;
        const void *what;
    } all[] = { { "op", &op },         { "kernel", &kernel },    { "module", &module }, { "optimizer", &optimizer },
                { "metric", &metric }, { "callback", &callback } };
    if (CPLUG_IMPORT_API(h)) return h->fail(e, CPLUG_E_VERSION, "another cplug");
    for (uint32_t i = 0; i < CPLUG_COUNT(all); i++)
        if (h->add(r, all[i].kind, all[i].what, e)) return e->code;
    return CPLUG_OK;
}
CPLUG_PLUGIN(faulty_tensors, "test.faulty_tensors", "1.0.0", "MIT", "faults for the validator",
             "op:test.scaled kernel:test.scaled@cpu module:test.scaled optimizer:test.steps metric:test.mean callback:test.patience", init);
