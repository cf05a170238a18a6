/* loop.c: training: epochs of steps, validation after them, checkpoints between them.  On a device that computes behind our back the
 * running loss stays there, so that a step need not wait; it is looked at now and then. */
#include "mode.h"
#include "keep.h"
#include <math.h>
#include <stdio.h>
#include <sys/stat.h>

enum { LOOK_EVERY = 32 }; /* steps between two looks at a loss on an asynchronous device */

double cplug__loop_mean_loss(const loop *l)
{
    double sum = l->sum;
    if (l->device_sum != NULL) cplug_item(l->device_sum, &sum);
    return l->samples ? sum / (double)l->samples : NAN;
}

static bool interrupted(const loop *l) { return l->r->args.stop != NULL && *l->r->args.stop != 0; }
static bool out_of_steps(const loop *l) { return l->r->plan.train.steps > 0 && l->progress.step >= l->r->plan.train.steps; }
bool cplug__loop_finished(const loop *l) { return out_of_steps(l) || (l->epochs > 0 && l->progress.epoch >= l->epochs); }

/* ---- failures ---- */
const char *cplug__loop_last_good(loop *l)
{
    cplug_run *r = l->r;
    char name[CHECKPOINT_NAME];
    cplug__checkpoint_name(l->saved, name);
    if (l->saved < 0) return "no checkpoint was saved before that";
    return cplug__pool_printf(&r->pool, "the last good checkpoint is %s/" CHECKPOINTS "/%s, go on from it with: %s", r->dir, name,
                              cplug__resume_command(r));
}

cplug_status cplug__loop_diverged(loop *l, const char *what)
{
    cplug_run *r = l->r;
    char now[32], less[32];
    const double lr = cplug_optimizer_get(l->optimizer, 0, "lr");
    cplug__double_print(now, sizeof now, lr, 6);
    cplug__double_print(less, sizeof less, lr / 10, 3);
    return cplug__run_fail(
        r, CPLUG_RUN_NUMERIC,
        "%s at epoch %lld, step %lld (lr %s): training stopped\n  help: lower the learning rate (optimizer.lr=%s) or set "
        "train.clip_norm=1; %s",
        what, (long long)l->progress.epoch + 1, (long long)l->progress.step, now, less, cplug__loop_last_good(l));
}

static cplug_status diverged(loop *l)
{
    return cplug__loop_diverged(l, isnan(l->last_loss) ? "the loss is not a number" : "the loss is infinite");
}

/* ---- one step ---- */
/* A step that is left out leaves its losses out of the mean too: they wait for it. */
static void count_loss(loop *l, cplug_tensor *loss, int64_t size)
{
    if (l->micro == 0) l->waiting = 0, l->n_waiting = 0;
    l->n_waiting += size;
    if (!l->at_once) {
        cplug_add_scaled_(l->device_sum, cplug_detach(loss), (double)size);
        if (cplug__step_is_told(l, l->progress.step + 1)) cplug_item(loss, &l->last_loss);
        return;
    }
    cplug_item(loss, &l->last_loss);
    l->waiting += l->last_loss * (double)size;
}

static void keep_loss(loop *l)
{
    l->sum += l->waiting;
    l->samples += l->n_waiting;
}

/* Tells callbacks, and remembers what they ask for until it can be done. */
static cplug_status tell(loop *l, const char *event, double loss, const epoch_row *row, asked *ask)
{
    asked now = { 0, 0, 0 };
    if (l->r->n_callbacks == 0) return CPLUG_OK;
    const cplug_status status = cplug__callbacks_tell(l, event, loss, row, NULL, &now);
    if (now.stop > l->asked.stop) l->asked.stop = now.stop;
    if (now.save > l->asked.save) l->asked.save = now.save;
    if (ask != NULL) *ask = now;
    return status;
}

static void update(loop *l)
{
    const train_options *t = &l->r->plan.train;
    asked ask = { 0, 0, 0 };
    l->micro = 0;
    if (tell(l, "gradients", l->last_loss, NULL, &ask) != CPLUG_OK) return;
    l->skipped = ask.skip != 0;
    if (l->skipped) return;
    keep_loss(l);
    if (!isnan(t->clip_norm)) cplug_clip_grad_norm(l->optimizer, t->clip_norm, NULL);
    if (!isnan(t->clip_value)) cplug_clip_grad_value(l->optimizer, t->clip_value);
    if (l->scheduler != NULL) cplug_scheduler_step(l->scheduler, &l->progress);
    cplug_optimizer_step(l->optimizer);
    l->progress.step++;
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
    if (!l->looked && cplug__check_gradients(l) != CPLUG_OK) {
        cplug_scope_close(scope);
        return CPLUG_E_AUTOGRAD;
    }
    count_loss(l, loss, b->size);
    l->batch++;
    if (++l->micro == accumulate || l->batch == cplug_loader_batches(l->train)) update(l);
    cplug_scope_close(scope);
    return cplug_failed(r->ctx);
}

/* A loss that went wrong, asked when it costs little. */
static bool went_wrong(loop *l, bool look)
{
    const double mean = !l->at_once && look ? cplug__loop_mean_loss(l) : 0;
    if (!isfinite(mean)) l->last_loss = mean;
    return !isfinite(l->last_loss) && l->micro == 0 && !l->skipped;
}

static cplug_status save(loop *l)
{
    const bool best = l->asked.save == CPLUG_SAVE_BEST;
    l->asked.save = 0;
    return cplug__checkpoint_save(l, best);
}

/* Between two steps, where everything can be saved; at the end of an epoch that waits for the validation. */
static cplug_status after_step(loop *l)
{
    cplug_run *r = l->r;
    const int64_t every = r->plan.checkpoint.every_steps, step = l->progress.step;
    if (!l->skipped) cplug__tell_step(l);
    if (!l->skipped && tell(l, "step_end", l->last_loss, NULL, NULL) != CPLUG_OK) return CPLUG_E_INTERNAL;
    if (cplug__record_check(r) != CPLUG_OK) return CPLUG_E_INTERNAL;
    l->stopped = interrupted(l);
    const bool wanted = r->args.save != NULL && *r->args.save != 0;
    if (wanted) *r->args.save = 0;
    if ((wanted || (every > 0 && step % every == 0 && l->saved != step)) && !l->asked.save) l->asked.save = CPLUG_SAVE;
    if (!l->asked.save || l->batch == cplug_loader_batches(l->train)) return CPLUG_OK;
    const cplug_status status = save(l);
    if (status == CPLUG_OK && wanted && l->saved == step)
        cplug__tell(r, CPLUG_TELL_TEXT, "saved    %s/" CHECKPOINTS "/step-%08lld", r->dir, (long long)step);
    return status;
}

/* ---- epochs ---- */
static void begin_epoch(loop *l)
{
    l->epoch_started = cplug__seconds() - (l->resumed ? l->elapsed : 0);
    l->micro = 0;
    cplug_module_train(l->r->model, 1);
    if (l->resumed) return;
    l->sum = l->last_loss = 0;
    l->samples = l->batch = 0;
    if (l->device_sum != NULL) cplug_zero_(l->device_sum);
}

static cplug_status run_steps(loop *l)
{
    cplug_run *r = l->r;
    const cplug_batch *b;
    begin_epoch(l);
    l->resumed = false;
    while ((b = cplug_loader_next(l->train)) != NULL) {
        if (run_batch(l, b) != CPLUG_OK || r->code != CPLUG_RUN_OK) break;
        if (went_wrong(l, l->batch % LOOK_EVERY == 0)) return diverged(l);
        cplug__tell_progress(l);
        if (l->micro != 0) continue;
        if (after_step(l) != CPLUG_OK) break;
        if (l->stopped || l->asked.stop || out_of_steps(l)) break;
    }
    if (r->code != CPLUG_RUN_OK) return CPLUG_E_INTERNAL;
    if (cplug_failed(r->ctx))
        return cplug__run_fail_ctx(
            r, CPLUG_RUN_FAILED,
            cplug__pool_printf(&r->pool, "epoch %lld, batch %lld", (long long)l->progress.epoch + 1, (long long)l->batch));
    if (l->asked.stop == CPLUG_STOP_NUMERIC) return cplug__loop_diverged(l, l->words);
    if (went_wrong(l, true)) return diverged(l);
    l->trained = cplug__seconds() - l->epoch_started;
    return CPLUG_OK;
}

/* Scores of the validation data, when it is time for them; cut short by a signal they are none, and the epoch is not over. */
static cplug_status validate(loop *l, cplug_scores *valid, bool *validated)
{
    cplug_run *r = l->r;
    uint64_t seed, offset;
    *validated = l->valid != NULL && (l->progress.epoch % r->plan.train.valid_every == 0 || l->done || cplug__loop_finished(l));
    if (!*validated) return CPLUG_OK;
    cplug_rng_get(r->ctx, &seed, &offset);
    if (cplug__score(r, l->valid, valid, l) != CPLUG_OK) return CPLUG_E_INTERNAL;
    l->stopped = interrupted(l);
    if (l->stopped) {
        l->progress.epoch--;
        cplug_rng_set(r->ctx, seed, offset);
        return CPLUG_OK;
    }
    l->valid_epoch++;
    l->progress.metric = valid->loss;
    return CPLUG_OK;
}

static void begin_next(loop *l)
{
    l->loader_epoch++;
    l->batch = l->samples = 0;
    l->sum = 0;
    if (l->device_sum != NULL) cplug_zero_(l->device_sum);
}

/* cut: training ends in the middle of the epoch, where its checkpoint stands already. */
static cplug_status save_epoch(loop *l, const epoch_row *row, bool cut)
{
    const int64_t every = l->r->plan.checkpoint.every;
    const best_so_far before = l->best;
    const bool better = cplug__best_judge(l, row);
    if (better) l->asked.save = CPLUG_SAVE_BEST;
    if (!cut) begin_next(l);
    const bool due = !cut && (l->done || (every > 0 && l->progress.epoch % every == 0));
    if (!due && !l->asked.save) return CPLUG_OK;
    const cplug_status status = save(l);
    if (l->saved != l->progress.step) l->best = before;
    return status;
}

static cplug_status end_epoch(loop *l, cplug_scores *valid, double loss)
{
    cplug_run *r = l->r;
    const bool cut = l->batch < cplug_loader_batches(l->train);
    bool validated;
    l->done = cut;
    if (cut && save(l) != CPLUG_OK) return CPLUG_E_IO;
    l->progress.epoch++;
    if (validate(l, valid, &validated) != CPLUG_OK) return CPLUG_E_INTERNAL;
    if (l->stopped) return CPLUG_OK;
    const double seconds = cplug__seconds() - l->epoch_started;
    epoch_row row = { l->progress.epoch, l->progress.step,        cplug_optimizer_get(l->optimizer, 0, "lr"), loss,
                      seconds,           validated ? valid : NULL };
    cplug__tell_epoch(l, &row);
    if (l->scheduler != NULL && cplug_scheduler_epoch_end(l->scheduler, &l->progress) != CPLUG_OK)
        return cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "scheduler");
    if (cplug__record_epoch(r, &row) != CPLUG_OK || tell(l, "epoch_end", loss, &row, NULL) != CPLUG_OK) return CPLUG_E_INTERNAL;
    if (l->asked.stop == CPLUG_STOP_NUMERIC) return cplug__loop_diverged(l, l->words);
    l->done |= cplug__loop_finished(l) || l->asked.stop;
    return save_epoch(l, &row, cut);
}

static cplug_status run_epoch(loop *l, cplug_scores *valid, double *loss)
{
    if (run_steps(l) != CPLUG_OK) return CPLUG_E_INTERNAL;
    *loss = cplug__loop_mean_loss(l);
    return l->stopped ? CPLUG_OK : end_epoch(l, valid, *loss);
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

static cplug_status open_optimizer(loop *l)
{
    cplug_run *r = l->r;
    const plan *p = &r->plan;
    if (p->optimizer == NULL) return cplug__run_fail(r, CPLUG_RUN_CONFIG, "%s has no [optimizer] section", r->config.file->path);
    l->optimizer = cplug_optimizer_new(r->model, p->optimizer->id, p->optimizer->spec + strlen(p->optimizer->id));
    for (uint32_t i = 0; i < p->n_groups && l->optimizer != NULL; i++)
        cplug_optimizer_group(l->optimizer, p->group_globs[i], p->groups[i]->spec);
    if (l->optimizer != NULL && p->scheduler != NULL) l->scheduler = cplug_scheduler_new(l->optimizer, p->scheduler->spec);
    if (cplug_failed(r->ctx)) return cplug__run_fail_ctx(r, CPLUG_RUN_CONFIG, "");
    l->file_options = cplug__options_json(r, l->optimizer);
    return CPLUG_OK;
}

static void set_progress(loop *l)
{
    const train_options *t = &l->r->plan.train;
    const int64_t batches = cplug_loader_batches(l->train);
    l->epochs = t->epochs > 0 ? t->epochs : 0;
    l->progress = (cplug_progress){ .struct_size = sizeof l->progress, .total_epochs = l->epochs, .metric = NAN };
    l->progress.steps_per_epoch = (batches + t->accumulate - 1) / t->accumulate;
    l->progress.total_steps = l->epochs * l->progress.steps_per_epoch;
    if (t->steps > 0 && (l->epochs == 0 || t->steps < l->progress.total_steps)) l->progress.total_steps = t->steps;
}

static cplug_status prepare(loop *l)
{
    cplug_run *r = l->r;
    const plan *p = &r->plan;
    if (cplug__build_loss(r) != CPLUG_OK || cplug__build_metrics(r) != CPLUG_OK || open_data(r) != CPLUG_OK) return CPLUG_E_INVALID;
    if (open_optimizer(l) != CPLUG_OK) return CPLUG_E_INVALID;
    l->train = cplug__run_loader(r, r->data[DATA_TRAIN], p->data[DATA_TRAIN], true);
    if (l->train != NULL && r->data[DATA_VALID] != NULL) l->valid = cplug__run_loader(r, r->data[DATA_VALID], p->data[DATA_VALID], false);
    if (r->code != CPLUG_RUN_OK) return CPLUG_E_INVALID;
    /* callbacks are told of each loss */
    l->at_once = strncmp(cplug_device_get(r->ctx), "cpu", 3) == 0 || p->n_callbacks || r->n_callbacks;
    if (!l->at_once) {
        l->device_sum = cplug_retain(cplug_zeros(r->ctx, CPLUG_F32, 0, NULL));
        if (l->device_sum == NULL) return cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "");
    }
    l->saved = -1;
    set_progress(l);
    if (cplug__best_open(l) != CPLUG_OK || cplug__callbacks_open(r) != CPLUG_OK) return CPLUG_E_INVALID;
    return cplug__resume_choose(r);
}

static void release(loop *l)
{
    cJSON_Delete(l->file_options);
    cplug_release(l->device_sum);
    cplug_loader_free(l->train);
    cplug_loader_free(l->valid);
    cplug_optimizer_free(l->optimizer);
}

/* ---- the whole ---- */
static void tell_resumed(loop *l)
{
    cplug_run *r = l->r;
    cplug__tell(r, CPLUG_TELL_TEXT, "resume   %s/" CHECKPOINTS "/step-%08lld: epoch %lld, batch %lld of %lld", r->dir, (long long)l->saved,
                (long long)l->progress.epoch + 1, (long long)l->batch, (long long)cplug_loader_batches(l->train));
    cJSON *e = cJSON_CreateObject();
    cJSON_AddStringToObject(e, "type", "resume");
    cJSON_AddStringToObject(e, "run", r->dir);
    cJSON_AddNumberToObject(e, "epoch", (double)l->progress.epoch + 1);
    cJSON_AddNumberToObject(e, "step", (double)l->progress.step);
    cplug__tell_event(r, e);
}

static cplug_status begin(loop *l)
{
    cplug_run *r = l->r;
    const bool again = r->dir[0] != '\0';
    if ((again ? cplug__checkpoint_load(l, r->dir) : cplug__record_open(r)) != CPLUG_OK) return CPLUG_E_IO;
    cplug__tell_begin(l);
    if (again && !l->done) tell_resumed(l);
    return tell(l, "train_begin", NAN, NULL, NULL);
}

static cplug_status save_model(loop *l)
{
    cplug_run *r = l->r;
    const char *path = cplug__pool_printf(&r->pool, "%s/model.safetensors", r->dir);
    if (cplug__record_model(r, path, l->progress.step) == CPLUG_OK) return CPLUG_OK;
    const char *message = cplug__pool_printf(&r->pool, "cannot save the model: %s", cplug_error_text(r->ctx));
    cplug_error_clear(r->ctx);
    return cplug__run_fail(r, CPLUG_RUN_FAILED, "%s\n  help: %s; %s", message, cplug__advice(message, r->dir), cplug__loop_last_good(l));
}

static cplug_status finish_interrupted(loop *l, double loss, const cplug_scores *valid)
{
    cplug_run *r = l->r;
    cplug__tell(r, CPLUG_TELL_WARNING, "interrupted at epoch %lld step %lld: saved %s/" CHECKPOINTS "/step-%08lld",
                (long long)l->progress.epoch + 1, (long long)l->progress.step, r->dir, (long long)l->saved);
    cplug__tell(r, CPLUG_TELL_WARNING, "resume with: %s", cplug__resume_command(r));
    cplug__tell_end(l, loss, valid);
    tell(l, "train_end", loss, NULL, NULL);
    return cplug__run_fail(r, CPLUG_RUN_SIGNAL + *r->args.stop, "interrupted");
}

static cplug_status finish(loop *l, double loss, const cplug_scores *valid)
{
    cplug_run *r = l->r;
    const char *name = "loss"; /* without validation data the training loss is the figure of the run */
    double value = loss;
    if (cplug__checkpoint_save(l, false) != CPLUG_OK || save_model(l) != CPLUG_OK) return CPLUG_E_IO;
    if (l->stopped) return finish_interrupted(l, loss, valid);
    if (valid->samples && r->plan.log.show > 0 && !interrupted(l) && cplug__show_samples(r, r->plan.log.show) != CPLUG_OK)
        return CPLUG_E_INTERNAL;
    cplug__tell(r, CPLUG_TELL_TEXT, "files    %s: config.ini metrics.csv metrics.jsonl log.txt model.safetensors " CHECKPOINTS, r->dir);
    cplug__tell_end(l, loss, valid);
    if (valid->samples) cplug__score_main(valid, &name, &value);
    if (isfinite(value)) cplug__tell(r, CPLUG_TELL_TEXT, "%s %.4f", name, value);
    if (interrupted(l)) return cplug__run_fail(r, CPLUG_RUN_SIGNAL + *r->args.stop, "interrupted");
    return tell(l, "train_end", loss, NULL, NULL) == CPLUG_OK ? cplug__record_check(r) : CPLUG_E_INTERNAL;
}

static cplug_status run_epochs(loop *l, cplug_scores *scores)
{
    cplug_run *r = l->r;
    double loss = NAN;
    cplug_status status = CPLUG_OK;
    if (l->done)
        cplug__tell(r, CPLUG_TELL_TEXT, "%s has reached its end already, epoch %lld, step %lld: %s=%lld goes on", r->dir,
                    (long long)l->progress.epoch, (long long)l->progress.step, out_of_steps(l) ? "train.steps" : "train.epochs",
                    2 * (long long)(out_of_steps(l) ? l->progress.step : l->progress.epoch));
    while (status == CPLUG_OK && !l->stopped && !l->done) {
        l->stopped = interrupted(l);
        if (!l->stopped) status = run_epoch(l, scores, &loss);
    }
    return status == CPLUG_OK ? finish(l, loss, scores) : status;
}

cplug_status cplug_run_train(cplug_run *r, cplug_scores *valid)
{
    CPLUG__OWN_MODE;
    cplug_scores scores = CPLUG_SCORES;
    loop l = { .r = r, .started = cplug__seconds() };
    if (r == NULL || r->code != CPLUG_RUN_OK) return CPLUG_E_INVALID;
    cplug_status status = prepare(&l);
    if (status == CPLUG_OK) status = begin(&l);
    if (status == CPLUG_OK) status = run_epochs(&l, &scores);
    if (status != CPLUG_OK && r->code == CPLUG_RUN_OK) cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "training");
    release(&l);
    if (valid != NULL) *valid = scores;
    return status;
}
