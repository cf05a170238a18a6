/* bench.c: how long a training step and a forward pass take, on random data of the model's declared shape: no files, no loader. */
#include "mode.h"
#include "run.h"
#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { WARM_UP = 10, MOST_REPEATS = 2000, FEWEST_REPEATS = 5 };

typedef struct bench {
    cplug_run *r;
    cplug_optimizer *optimizer;
    cplug_tensor *input, *target;
} bench;

/* Class numbers where the loss wants them, values of the output's shape elsewhere. */
cplug_tensor *cplug__random_target(cplug_run *r, int64_t batch)
{
    int64_t shape[CPLUG_MAX_DIMS] = { batch };
    int32_t ndim = 1;
    const cplug_meta *out = &r->output;
    if (!cplug__predicts_classes(r)) {
        for (int32_t d = 1; d < out->ndim; d++) shape[ndim++] = out->shape[d];
        return cplug_rand(r->ctx, out->dtype, ndim, shape);
    }
    for (int32_t d = 2; d < out->ndim; d++) shape[ndim++] = out->shape[d];
    return cplug_randint(r->ctx, CPLUG_I64, 0, out->ndim > 1 ? out->shape[1] : 1, ndim, shape);
}

cplug_tensor *cplug__random_input(cplug_run *r, int64_t batch)
{
    const plan *p = &r->plan;
    int64_t shape[CPLUG_MAX_DIMS] = { batch };
    const cplug_dtype dtype = cplug__plan_dtype(p->model.input_dtype);
    const int32_t ndim = (int32_t)p->model.input_shape.n + 1;
    for (int64_t d = 0; d < p->model.input_shape.n; d++) shape[d + 1] = p->model.input_shape.v[d];
    return cplug_dtype_is_float(dtype) ? cplug_randn(r->ctx, dtype, ndim, shape) : cplug_randint(r->ctx, dtype, 0, 2, ndim, shape);
}

static cplug_status prepare(bench *b, int64_t batch)
{
    cplug_run *r = b->r;
    const plan *p = &r->plan;
    if (cplug__build_loss(r) != CPLUG_OK) return CPLUG_E_INVALID;
    if (p->optimizer == NULL) return cplug__run_fail(r, CPLUG_RUN_CONFIG, "%s has no [optimizer] section", r->config.file->path);
    b->optimizer = cplug_optimizer_new(r->model, p->optimizer->id, p->optimizer->spec + strlen(p->optimizer->id));
    b->input = cplug_retain(cplug__random_input(r, batch));
    b->target = cplug_retain(cplug__random_target(r, batch));
    return cplug_failed(r->ctx) ? cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "bench") : CPLUG_OK;
}

static void train_step(bench *b)
{
    cplug_run *r = b->r;
    const train_options *t = &r->plan.train;
    cplug_optimizer_zero_grad(b->optimizer);
    cplug_backward(cplug_forward2(r->loss, cplug_forward(r->model, b->input), b->target));
    if (!isnan(t->clip_norm)) cplug_clip_grad_norm(b->optimizer, t->clip_norm, NULL);
    if (!isnan(t->clip_value)) cplug_clip_grad_value(b->optimizer, t->clip_value);
    cplug_optimizer_step(b->optimizer);
}

static void forward_pass(bench *b) { cplug_forward(b->r->model, b->input); }

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Times work until `repeats` or about a second; returns how often. */
static uint32_t measure(bench *b, void (*work)(bench *b), uint32_t repeats, double *ms, double *median, double *min, double *max)
{
    cplug_context *ctx = b->r->ctx;
    uint32_t n = 0, most = repeats ? repeats : MOST_REPEATS;
    double started = 0;
    if (most > MOST_REPEATS) most = MOST_REPEATS;
    for (int32_t i = -WARM_UP; i < (int32_t)most && !cplug_failed(ctx); i++) {
        if (i == 0) started = cplug__seconds();
        if (repeats == 0 && i >= FEWEST_REPEATS && cplug__seconds() - started > 1.0) break;
        cplug_scope *scope = cplug_scope_open(ctx);
        double from = cplug__seconds();
        work(b);
        cplug_sync(ctx);
        double to = cplug__seconds();
        cplug_scope_close(scope);
        if (i >= 0) ms[n++] = 1e3 * (to - from);
    }
    if (n == 0) return 0;
    qsort(ms, n, sizeof *ms, by_value);
    *median = n % 2 ? ms[n / 2] : 0.5 * (ms[n / 2 - 1] + ms[n / 2]);
    *min = ms[0];
    *max = ms[n - 1];
    return n;
}

cplug_status cplug_run_bench(cplug_run *r, cplug_bench *out)
{
    CPLUG__OWN_MODE;
    bench b = { .r = r };
    struct rusage usage;
    cplug_bench all = CPLUG_BENCH;
    if (r == NULL || r->code != CPLUG_RUN_OK) return CPLUG_E_INVALID;
    double *ms = cplug__pool_alloc(&r->pool, MOST_REPEATS * sizeof *ms);
    all.batch_size = r->plan.train.batch_size;
    if (ms == NULL) return cplug__run_fail(r, CPLUG_RUN_FAILED, "out of memory");
    if (prepare(&b, all.batch_size) == CPLUG_OK) {
        cplug_module_train(r->model, 1);
        all.repeats = measure(&b, train_step, out->repeats, ms, &all.step_median_ms, &all.step_min_ms, &all.step_max_ms);
        cplug_module_train(r->model, 0);
        int32_t grad = cplug_grad_mode(r->ctx, 0);
        measure(&b, forward_pass, out->repeats, ms, &all.forward_median_ms, &all.forward_min_ms, &all.forward_max_ms);
        cplug_grad_mode(r->ctx, grad);
    }
    if (cplug_failed(r->ctx)) cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "bench");
    cplug_release(b.input);
    cplug_release(b.target);
    cplug_optimizer_free(b.optimizer);
    if (r->code != CPLUG_RUN_OK) return CPLUG_E_INTERNAL;
    getrusage(RUSAGE_SELF, &usage);
    all.samples_per_s = 1e3 * (double)all.batch_size / all.step_median_ms;
    all.peak_rss_mb = (double)usage.ru_maxrss / 1024;
    all.threads = cplug_threads_get(r->ctx);
    all.backends = cplug_backends_text(r->ctx);
    *out = all;
    return CPLUG_OK;
}
