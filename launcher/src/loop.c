/* loop.c: training: epochs of steps, validation after them, lines and events about them.  On a device that computes behind our back the
 * running loss stays there, so that a step need not wait; it is looked at now and then. */
#include "loop.h"
#include <math.h>
#include <stdio.h>

enum { LOOK_EVERY = 32 }; /* steps between two looks at a loss on an asynchronous device */

double cplug__loop_mean_loss(const loop *l)
{
    double sum = l->sum;
    if (l->device_sum != NULL) cplug_item(l->device_sum, &sum);
    return l->samples ? sum / (double)l->samples : NAN;
}

/* ---- one step ---- */
static cplug_status diverged(loop *l)
{
    cplug_run *r = l->r;
    return cplug__run_fail(r, CPLUG_RUN_NUMERIC,
                           "the loss is %s at epoch %lld, step %lld (lr %g): training stopped, %s/model.safetensors holds the last good "
                           "epoch if there was one; "
                           "lower optimizer.lr or set train.clip_norm",
                           isnan(l->last_loss) ? "not a number" : "infinite", (long long)l->progress.epoch + 1, (long long)l->progress.step,
                           cplug_optimizer_get(l->optimizer, 0, "lr"), r->dir);
}

static void count_loss(loop *l, cplug_tensor *loss, int64_t size)
{
    if (l->at_once) {
        cplug_item(loss, &l->last_loss);
        l->sum += l->last_loss * (double)size;
    } else {
        cplug_add_scaled_(l->device_sum, cplug_detach(loss), (double)size);
    }
    l->samples += size;
}

static void update(loop *l)
{
    const train_options *t = &l->r->plan.train;
    if (!isnan(t->clip_norm)) cplug_clip_grad_norm(l->optimizer, t->clip_norm, NULL);
    if (!isnan(t->clip_value)) cplug_clip_grad_value(l->optimizer, t->clip_value);
    if (l->scheduler != NULL) cplug_scheduler_step(l->scheduler, &l->progress);
    cplug_optimizer_step(l->optimizer);
    l->progress.step++;
    l->micro = 0;
}

static cplug_status run_batch(loop *l, const cplug_batch *b)
{
    cplug_run *r = l->r;
    const int64_t accumulate = r->plan.train.accumulate;
    if (b->target == NULL) return cplug_error_set(r->ctx, CPLUG_E_INVALID, "the training data have no target");
    cplug_scope *scope = cplug_scope_open(r->ctx);
    if (l->micro == 0) cplug_optimizer_zero_grad(l->optimizer);
    cplug_tensor *loss = cplug_forward2(r->loss, cplug_forward(r->model, b->input), b->target);
    cplug_backward(accumulate > 1 ? cplug_div_scalar(loss, (double)accumulate) : loss);
    count_loss(l, loss, b->size);
    l->batch++;
    if (++l->micro == accumulate || l->batch == cplug_loader_batches(l->train)) update(l);
    cplug_scope_close(scope);
    return cplug_failed(r->ctx);
}

/* A loss that went wrong, asked when it costs little. */
static bool went_wrong(loop *l, bool look)
{
    if (!l->at_once && look) l->last_loss = cplug__loop_mean_loss(l);
    return !isfinite(l->last_loss);
}

static bool finished(const loop *l)
{
    const train_options *t = &l->r->plan.train;
    return (t->steps > 0 && l->progress.step >= t->steps) || (l->epochs > 0 && l->progress.epoch >= l->epochs);
}

/* ---- epochs ---- */
static cplug_status run_steps(loop *l)
{
    cplug_run *r = l->r;
    const cplug_batch *b;
    l->sum = l->last_loss = 0;
    l->samples = l->batch = l->micro = 0;
    if (l->device_sum != NULL) cplug_zero_(l->device_sum);
    l->epoch_started = cplug__seconds();
    cplug_module_train(r->model, 1);
    while ((b = cplug_loader_next(l->train)) != NULL) {
        if (run_batch(l, b) != CPLUG_OK) break;
        if (went_wrong(l, l->batch % LOOK_EVERY == 0)) return diverged(l);
        cplug__tell_step(l);
        cplug__tell_progress(l);
        l->stopped = r->args.stop != NULL && *r->args.stop != 0;
        if (l->stopped || (r->plan.train.steps > 0 && l->progress.step >= r->plan.train.steps)) break;
    }
    if (cplug_failed(r->ctx))
        return cplug__run_fail_ctx(
            r, CPLUG_RUN_FAILED,
            cplug__pool_printf(&r->pool, "epoch %lld, batch %lld", (long long)l->progress.epoch + 1, (long long)l->batch));
    if (went_wrong(l, true)) return diverged(l);
    l->trained = cplug__seconds() - l->epoch_started;
    return CPLUG_OK;
}

static cplug_status run_epoch(loop *l, cplug_scores *valid, double *loss)
{
    cplug_run *r = l->r;
    const int64_t every = r->plan.checkpoint.every;
    if (run_steps(l) != CPLUG_OK) return CPLUG_E_INTERNAL;
    *loss = cplug__loop_mean_loss(l);
    if (l->stopped) return CPLUG_OK;
    l->progress.epoch++;
    bool validated = l->valid != NULL && (l->progress.epoch % r->plan.train.valid_every == 0 || finished(l));
    if (validated && cplug__score(r, l->valid, valid) != CPLUG_OK) return CPLUG_E_INTERNAL;
    if (validated) l->progress.metric = valid->loss;
    epoch_row row = {
        l->progress.epoch,       l->progress.step, cplug_optimizer_get(l->optimizer, 0, "lr"), *loss, cplug__seconds() - l->epoch_started,
        validated ? valid : NULL
    };
    cplug__tell_epoch(l, &row);
    if (l->scheduler != NULL && cplug_scheduler_epoch_end(l->scheduler, &l->progress) != CPLUG_OK)
        return cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "scheduler");
    if (cplug__record_epoch(r, &row) != CPLUG_OK) return CPLUG_E_IO;
    return every > 0 && l->progress.epoch % every == 0 ? cplug__record_model(r) : CPLUG_OK;
}

/* ---- preparing ---- */
static cplug_status open_data(cplug_run *r)
{
    if (cplug__run_data(r, DATA_TRAIN) != CPLUG_OK) return CPLUG_E_IO;
    if (r->plan.data[DATA_VALID] == NULL) return CPLUG_OK;
    if (cplug__run_data(r, DATA_VALID) != CPLUG_OK) return CPLUG_E_IO;
    if (cplug_data_same_classes(r->data[DATA_TRAIN], r->data[DATA_VALID]) != CPLUG_OK)
        return cplug__run_fail_ctx(r, CPLUG_RUN_FILE, "data.train and data.valid");
    return CPLUG_OK;
}

static cplug_status prepare(loop *l)
{
    cplug_run *r = l->r;
    const plan *p = &r->plan;
    if (cplug__build_loss(r) != CPLUG_OK || cplug__build_metrics(r) != CPLUG_OK || open_data(r) != CPLUG_OK) return CPLUG_E_INVALID;
    if (p->optimizer == NULL) return cplug__run_fail(r, CPLUG_RUN_CONFIG, "%s has no [optimizer] section", r->config.file->path);
    l->optimizer = cplug_optimizer_new(r->model, p->optimizer->id, p->optimizer->spec + strlen(p->optimizer->id));
    for (uint32_t i = 0; i < p->n_groups && l->optimizer != NULL; i++)
        cplug_optimizer_group(l->optimizer, p->group_globs[i], p->groups[i]->spec);
    if (l->optimizer != NULL && p->scheduler != NULL) l->scheduler = cplug_scheduler_new(l->optimizer, p->scheduler->spec);
    if (cplug_failed(r->ctx)) return cplug__run_fail_ctx(r, CPLUG_RUN_CONFIG, "");
    l->train = cplug__run_loader(r, r->data[DATA_TRAIN], p->data[DATA_TRAIN], true);
    if (l->train != NULL && r->data[DATA_VALID] != NULL) l->valid = cplug__run_loader(r, r->data[DATA_VALID], p->data[DATA_VALID], false);
    if (r->code != CPLUG_RUN_OK) return CPLUG_E_INVALID;
    l->at_once = strncmp(cplug_device_get(r->ctx), "cpu", 3) == 0;
    if (!l->at_once) {
        l->device_sum = cplug_retain(cplug_zeros(r->ctx, CPLUG_F32, 0, NULL));
        if (l->device_sum == NULL) return cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "");
    }
    l->epochs = p->train.epochs > 0 ? p->train.epochs : 0;
    const int64_t batches = cplug_loader_batches(l->train), accumulate = p->train.accumulate;
    l->progress = (cplug_progress){ .struct_size = sizeof l->progress, .total_epochs = l->epochs, .metric = NAN };
    l->progress.steps_per_epoch = (batches + accumulate - 1) / accumulate;
    l->progress.total_steps = l->epochs * l->progress.steps_per_epoch;
    if (p->train.steps > 0 && (l->epochs == 0 || p->train.steps < l->progress.total_steps)) l->progress.total_steps = p->train.steps;
    return CPLUG_OK;
}

static void release(loop *l)
{
    cplug_release(l->device_sum);
    cplug_loader_free(l->train);
    cplug_loader_free(l->valid);
    cplug_optimizer_free(l->optimizer);
}

static cplug_status finish(loop *l, double loss, const cplug_scores *valid)
{
    cplug_run *r = l->r;
    const char *name;
    double value;
    if (cplug__record_model(r) != CPLUG_OK) return CPLUG_E_IO;
    if (l->stopped) {
        cplug__tell(r, CPLUG_TELL_WARNING, "interrupted at epoch %lld step %lld: saved %s/model.safetensors",
                    (long long)l->progress.epoch + 1, (long long)l->progress.step, r->dir);
        cplug__tell_end(l, loss, valid);
        return cplug__run_fail(r, CPLUG_RUN_SIGNAL + *r->args.stop, "interrupted");
    }
    if (valid->samples && r->plan.log.show > 0 && cplug__show_samples(r, r->plan.log.show) != CPLUG_OK) return CPLUG_E_INTERNAL;
    cplug__tell(r, CPLUG_TELL_TEXT, "files    %s: config.ini metrics.csv metrics.jsonl log.txt model.safetensors", r->dir);
    cplug__tell_end(l, loss, valid);
    if (valid->samples) {
        cplug__score_main(valid, &name, &value);
        cplug__tell(r, CPLUG_TELL_TEXT, "%s %.4f", name, value);
    }
    return CPLUG_OK;
}

cplug_status cplug_run_train(cplug_run *r, cplug_scores *valid)
{
    cplug_scores scores = CPLUG_SCORES;
    loop l = { .r = r, .started = cplug__seconds() };
    double loss = NAN;
    if (r == NULL || r->code != CPLUG_RUN_OK) return CPLUG_E_INVALID;
    cplug_status status = prepare(&l);
    if (status == CPLUG_OK) status = cplug__record_open(r);
    if (status == CPLUG_OK) cplug__tell_begin(&l);
    while (status == CPLUG_OK && !l.stopped && !finished(&l)) status = run_epoch(&l, &scores, &loss);
    if (status == CPLUG_OK) status = finish(&l, loss, &scores);
    if (status != CPLUG_OK && r->code == CPLUG_RUN_OK) cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "training");
    release(&l);
    if (valid != NULL) *valid = scores;
    return status;
}
