/* exercise.c: using a component that one knows nothing of but its schema.  Required options get the plainest value that the schema
 * allows; inputs are tried in several shapes, and the first that it takes is used. */
#include "component.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LENGTH = 16 };

/* ---- a data set of ours, for transforms and data ---- */
static const cplug_field fields[2][2] = {
    { { "input", NULL, { .dtype = CPLUG_F32, .ndim = 3, .shape = { 3, 8, 8 } }, 0 }, { "target", NULL, { .dtype = CPLUG_I64 }, 4 } },
    { { "input", NULL, { .dtype = CPLUG_U8, .ndim = 3, .shape = { 3, 8, 8 } }, 0 }, { "target", NULL, { .dtype = CPLUG_I64 }, 4 } },
};
static int field_set;

static cplug_status open_data(const cplug_host *h, void *self, cplug_dataset_info *info, cplug_error *e)
{
    (void)h, (void)self, (void)e;
    info->n_fields = 2;
    info->length = LENGTH;
    info->fields = fields[field_set];
    return CPLUG_OK;
}
static cplug_status read_data(void *self, const int64_t *index, int64_t n, cplug_view *const *out, cplug_error *e)
{
    (void)self, (void)e;
    for (int64_t k = 0; k < n; k++) {
        if (out[0] != NULL)
            for (int64_t i = 0; i < 192; i++) {
                if (field_set == 0)
                    ((float *)out[0]->data)[k * 192 + i] = (float)((index[k] + i) % 7) / 7.0f;
                else
                    ((uint8_t *)out[0]->data)[k * 192 + i] = (uint8_t)(index[k] + i);
            }
        if (out[1] != NULL) ((int64_t *)out[1]->data)[k] = index[k] % 4;
    }
    return CPLUG_OK;
}
static const cplug_dataset ours = { .struct_size = sizeof ours,
                                    .id = "validate_samples",
                                    .doc = "samples for validation",
                                    .instance_size = 8,
                                    .open = open_data,
                                    .read = read_data };

static bool read_samples(cplug_data *d, cplug_context *ctx)
{
    cplug_tensor *out[8];
    const uint32_t n = cplug_data_n_fields(d) < 8 ? cplug_data_n_fields(d) : 8;
    for (int64_t i = 0; i < 4 && i < cplug_data_length(d); i++) cplug_data_get(d, i, out, n);
    cplug_data_close(d);
    return cplug_failed(ctx) == CPLUG_OK;
}

bool open_through(cplug_context *ctx, const char *transform_spec, cplug_data **out)
{
    char text[SPEC_TEXT + 64];
    if (cplug_component(ctx, "dataset", ours.id) == NULL) {
        cplug_error_clear(ctx);
        cplug_register(ctx, "dataset", &ours);
    }
    snprintf(text, sizeof text, "%s transforms=[%s]", ours.id, transform_spec);
    for (field_set = 0; field_set < 2; field_set++) {
        if ((*out = cplug_data_open(ctx, text, NULL)) != NULL) return true;
        if (field_set == 0) cplug_error_clear(ctx);
    }
    return false;
}

static bool use_dataset(cplug_context *ctx, const char *spec) { return read_samples(cplug_data_open(ctx, spec, NULL), ctx); }
static bool use_transform(cplug_context *ctx, const char *spec)
{
    cplug_data *d;
    return open_through(ctx, spec, &d) && read_samples(d, ctx);
}

/* ---- modules, losses ---- */
static const struct {
    int32_t ndim;
    int64_t shape[4];
    cplug_dtype dtype;
} inputs[] = { { 2, { 4, 8 }, CPLUG_F32 }, { 4, { 2, 4, 8, 8 }, CPLUG_F32 }, { 3, { 2, 4, 8 }, CPLUG_F32 }, { 2, { 4, 8 }, CPLUG_I64 } };

cplug_tensor *usual_input(cplug_context *ctx, uint32_t k)
{
    if (k >= CPLUG_COUNT(inputs)) return NULL;
    if (inputs[k].dtype == CPLUG_I64) return cplug_randint(ctx, CPLUG_I64, 0, 2, inputs[k].ndim, inputs[k].shape);
    return cplug_requires_grad(cplug_rand(ctx, CPLUG_F32, inputs[k].ndim, inputs[k].shape), 1);
}

static bool use_module(cplug_context *ctx, const char *spec)
{
    bool used = false;
    char text[512];
    for (uint32_t k = 0; k < CPLUG_COUNT(inputs); k++) {
        if (k) cplug_error_clear(ctx);
        for (uint32_t n_in = 1; n_in <= 3; n_in++) { /* training and evaluating, since options may matter in one only */
            cplug_tensor *x = usual_input(ctx, k), *in[3] = { x, x, x }, *y = NULL;
            cplug_module *m = cplug_module_new(ctx, spec);
            const bool good = cplug_forward_n(m, in, n_in, &y, 1) == CPLUG_OK;
            if (good && cplug_tensor_requires_grad(y)) cplug_backward(cplug_sum(y, NULL, 0, 0));
            if (good) cplug_module_train(m, 0);
            if (good) cplug_forward_n(m, in, n_in, &y, 1);
            if (good) cplug_module_format(m, text, sizeof text);
            used = used || good;
            cplug_module_free(m);
            if (good) break;
            if (n_in < 3) cplug_error_clear(ctx);
        }
    }
    if (used) cplug_error_clear(ctx);
    return used;
}

typedef bool (*with_pair)(cplug_context *ctx, void *subject_, cplug_tensor *prediction, cplug_tensor *target);

bool usual_pair(cplug_context *ctx, uint32_t k, cplug_tensor **prediction, cplug_tensor **target)
{
    enum { CLASSES, VALUES, LABELS, COLUMN, ROWS, PAIRS };
    const int64_t rows[1] = { 6 }, table[2] = { 6, 4 }, column[2] = { 6, 1 };
    if (k >= PAIRS) return false;
    cplug_tensor *p = k == COLUMN ? cplug_rand(ctx, CPLUG_F32, 2, column)
                      : k == ROWS ? cplug_rand(ctx, CPLUG_F32, 1, rows)
                                  : cplug_rand(ctx, CPLUG_F32, 2, table);
    *prediction = cplug_requires_grad(p, 1);
    *target = k == CLASSES  ? cplug_randint(ctx, CPLUG_I64, 0, 4, 1, rows)
              : k == VALUES ? cplug_rand(ctx, CPLUG_F32, 2, table)
              : k == LABELS ? cplug_to(cplug_randint(ctx, CPLUG_I64, 0, 2, 2, table), CPLUG_F32, NULL)
              : k == COLUMN ? cplug_rand(ctx, CPLUG_F32, 2, column)
                            : cplug_randint(ctx, CPLUG_I64, 0, 2, 1, rows);
    return true;
}

typedef bool (*with_pair)(cplug_context *ctx, void *subject_, cplug_tensor *prediction, cplug_tensor *target);

static bool try_pairs(cplug_context *ctx, void *what, with_pair use)
{
    cplug_tensor *p, *t;
    bool used = false;
    for (uint32_t k = 0; cplug_error_clear(ctx), usual_pair(ctx, k, &p, &t); k++) used |= use(ctx, what, p, t);
    return used;
}

static bool pair_for_loss(cplug_context *ctx, void *spec, cplug_tensor *p, cplug_tensor *t)
{
    cplug_module *m = cplug_module_new(ctx, spec);
    cplug_tensor *loss = cplug_forward2(m, p, t);
    if (loss != NULL && cplug_tensor_requires_grad(loss)) cplug_backward(cplug_sum(loss, NULL, 0, 0));
    const bool good = cplug_failed(ctx) == CPLUG_OK;
    cplug_module_free(m);
    return good;
}
static bool use_loss(cplug_context *ctx, const char *spec) { return try_pairs(ctx, (void *)(uintptr_t)spec, pair_for_loss); }

static bool pair_for_metric(cplug_context *ctx, void *spec, cplug_tensor *p, cplug_tensor *t)
{
    const char *names[64];
    double values[64];
    uint32_t n = 64;
    cplug_metric *m = cplug_metric_new(ctx, spec);
    cplug_metric_update(m, cplug_detach(p), t);
    return cplug_metric_value(m, names, values, &n) == CPLUG_OK && cplug_metric_reset(m) == CPLUG_OK;
}
static bool use_metric(cplug_context *ctx, const char *spec) { return try_pairs(ctx, (void *)(uintptr_t)spec, pair_for_metric); }

/* ---- optimizers, schedulers, callbacks ---- */
static cplug_optimizer *three_steps(cplug_context *ctx, const char *type, const char *options, cplug_scheduler **s, const char *schedule)
{
    const int64_t shape[2] = { 3, 4 };
    cplug_tensor *w = cplug_requires_grad(cplug_rand(ctx, CPLUG_F32, 2, shape), 1);
    cplug_optimizer *o = cplug_optimizer_over(ctx, &w, 1, type, options);
    if (schedule != NULL) *s = cplug_scheduler_new(o, schedule);
    for (int64_t i = 0; i < 12 && !cplug_failed(ctx); i++) {
        cplug_progress p = {
            .struct_size = sizeof p, .step = i, .total_steps = 12, .epoch = i / 2, .total_epochs = 6, .steps_per_epoch = 2, .metric = 1.0
        };
        cplug_optimizer_zero_grad(o);
        cplug_backward(cplug_sum(cplug_mul(w, w), NULL, 0, 0));
        if (schedule != NULL) cplug_scheduler_step(*s, &p);
        if (schedule != NULL && i % 2) cplug_scheduler_epoch_end(*s, &p);
        cplug_optimizer_step(o);
    }
    return o;
}

static bool use_optimizer(cplug_context *ctx, const char *spec)
{
    const size_t n = strcspn(spec, " ");
    char id[128];
    snprintf(id, sizeof id, "%.*s", (int)n, spec);
    three_steps(ctx, id, spec + n, NULL, NULL);
    return cplug_failed(ctx) == CPLUG_OK;
}
static bool use_scheduler(cplug_context *ctx, const char *spec)
{
    cplug_scheduler *s;
    three_steps(ctx, "sgd", "lr=0.1", &s, spec);
    return cplug_failed(ctx) == CPLUG_OK;
}

static void hear(const cplug_event *ev, const char *line) { (void)ev, (void)line; }
static void take(const cplug_event *ev, const char *name, double value) { (void)ev, (void)name, (void)value; }

cplug_event usual_event(uint32_t k, cplug_module *m, cplug_optimizer *o)
{
    static const char *const events[] = { "train_begin", "gradients", "step_end",  "epoch_end",
                                          "checkpoint",  "epoch_end", "gradients", "train_end" };
    enum { GOES_WRONG = 6 };
    static const char *const names[] = { "train_loss", "valid_loss", "valid_accuracy" };
    static const double values[] = { 1.0, 1.0, 0.5 };
    return (cplug_event){ .struct_size = sizeof(cplug_event),
                          .name = k < CPLUG_COUNT(events) ? events[k] : NULL,
                          .epoch = k,
                          .step = k,
                          .loss = k < GOES_WRONG ? 1 : NAN,
                          .model = m,
                          .optimizer = o,
                          .metric_names = names,
                          .metrics = values,
                          .n_metrics = 3,
                          .total_epochs = 2,
                          .total_steps = 8,
                          .run_dir = ".",
                          .what = "",
                          .note = hear,
                          .report = take };
}

static bool use_callback(cplug_context *ctx, const char *spec)
{
    const int64_t shape[2] = { 2, 8 };
    cplug_callback *c = cplug_callback_new(ctx, spec, NULL);
    cplug_module *m = cplug_module_new(ctx, "linear out_features=2");
    cplug_backward(cplug_sum(cplug_forward(m, cplug_rand(ctx, CPLUG_F32, 2, shape)), NULL, 0, 0));
    cplug_optimizer *o = cplug_optimizer_new(m, "sgd", "lr=0.1");
    cplug_event ev;
    for (uint32_t k = 0; ev = usual_event(k, m, o), ev.name != NULL && !cplug_failed(ctx); k++) cplug_callback_on(c, &ev);
    return cplug_failed(ctx) == CPLUG_OK;
}

const char *exercise(cplug_context *ctx, const component *c)
{
    static const struct {
        const char *kind;
        bool (*use)(cplug_context *ctx, const char *spec);
    } ways[] = { { "dataset", use_dataset },     { "transform", use_transform }, { "module", use_module }, { "loss", use_loss },
                 { "optimizer", use_optimizer }, { "scheduler", use_scheduler }, { "metric", use_metric }, { "callback", use_callback } };
    char spec[SPEC_TEXT];
    static char problem[256];
    bool used = false;
    uint32_t k = 0;
    while (k < CPLUG_COUNT(ways) && strcmp(ways[k].kind, c->kind) != 0) k++;
    if (k == CPLUG_COUNT(ways)) return NULL;
    if (!component_spec(c, SPEC_NONE, spec, sizeof spec)) return "it has required options that one cannot guess: say them with --with";
    problem[0] = '\0';
    for (int32_t changed = SPEC_ALL; changed < (int32_t)c->options.n; changed++) {
        component_spec(c, changed, spec, sizeof spec);
        const bool good = ways[k].use(ctx, spec);
        if (!good && problem[0] == '\0') snprintf(problem, sizeof problem, "%s", cplug_error_text(ctx));
        used = used || good;
        cplug_error_clear(ctx);
    }
    return used ? NULL : problem;
}
