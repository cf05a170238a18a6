/* loop.c: training: epochs of steps, validation after them, lines and events about them.  On a device that computes behind our back the
 * running loss stays there, so that a step need not wait; it is looked at now and then. */
#include "run.h"
#include <math.h>
#include <stdio.h>

enum { LOOK_EVERY = 32 }; /* steps between two looks at a loss on an asynchronous device */

typedef struct loop {
    cplug_run *r;
    cplug_loader *train, *valid;
    cplug_optimizer *optimizer;
    cplug_scheduler *scheduler;
    cplug_progress progress;
    cplug_tensor *device_sum;                                      /* NULL: the loss is read each step */
    double sum, last_loss, started, epoch_started, shown, trained; /* seconds; trained: without validation */
    int64_t samples, batch, micro, epochs;
    bool at_once; /* the device computes at once: reading a loss costs nothing */
    bool stopped;
} loop;

/* ---- what is told ---- */
static void tell_backends(cplug_run *r)
{
    const char *list = cplug_backends_text(r->ctx);
    str out = { 0 };
    while (*list) {
        size_t n = strcspn(list, ",");
        const char *name = cplug__pool_copy(&r->pool, list, n), *words = cplug_backend_describe(r->ctx, name);
        const bool named = words[0] == '\0' || strncmp(words, name, n) == 0;
        cplug__str_add(&out, named ? "%s%s" : "%s%s (%s)", out.n ? "; " : "", named && words[0] ? words : name, words);
        list += n + (list[n] == ',');
    }
    cplug__tell(r, CPLUG_TELL_TEXT, "backend  %s; device %s, %d threads", cplug__str_text(&out), cplug_device_get(r->ctx),
                (int)cplug_threads_get(r->ctx));
    cplug__str_free(&out);
}

static void tell_data(cplug_run *r)
{
    const cplug_field *f = cplug_data_field(r->data[DATA_TRAIN], 0);
    str shape = { 0 };
    for (int32_t d = 0; f != NULL && d < f->meta.ndim; d++) cplug__str_add(&shape, d ? "x%lld" : " of %lld", (long long)f->meta.shape[d]);
    const char *valid = r->data[DATA_VALID] == NULL ? ""
                                                    : cplug__pool_printf(&r->pool, ", valid %s %lld", r->plan.data[DATA_VALID]->id,
                                                                         (long long)cplug_data_length(r->data[DATA_VALID]));
    cplug__tell(r, CPLUG_TELL_TEXT, "data     train %s %lld%s%s", r->plan.data[DATA_TRAIN]->id,
                (long long)cplug_data_length(r->data[DATA_TRAIN]), cplug__str_text(&shape), valid);
    cplug__str_free(&shape);
}

static void tell_begin(loop *l)
{
    cplug_run *r = l->r;
    const cplug_named_tensor *list;
    int64_t n = cplug_module_named(r->model, CPLUG_PARAMETERS, &list), parameters = cplug_module_n_parameters(r->model);
    double bytes = 0;
    for (int64_t i = 0; i < n; i++)
        bytes += (double)cplug_tensor_numel(list[i].tensor) * (double)cplug_dtype_size(cplug_tensor_dtype(list[i].tensor));
    cplug__tell(r, CPLUG_TELL_TEXT, "cplug %s  run %s  seed %llu", cplug_version(), r->dir, (unsigned long long)r->seed);
    tell_backends(r);
    tell_data(r);
    cplug__tell(r, CPLUG_TELL_TEXT, "model    %s: %u layers, %lld parameters (%.1f KiB)", r->name, r->plan.n_nodes, (long long)parameters,
                bytes / 1024);
    cJSON *e = cJSON_CreateObject(), *data = cJSON_CreateObject();
    cJSON_AddStringToObject(e, "type", "begin");
    cJSON_AddNumberToObject(e, "schema", 1);
    cJSON_AddStringToObject(e, "cplug", cplug_version());
    cJSON_AddStringToObject(e, "name", r->name);
    cJSON_AddStringToObject(e, "run", r->dir);
    cJSON_AddNumberToObject(e, "seed", (double)r->seed);
    cJSON_AddStringToObject(e, "backends", cplug_backends_text(r->ctx));
    cJSON_AddStringToObject(e, "device", cplug_device_get(r->ctx));
    cJSON_AddNumberToObject(e, "threads", cplug_threads_get(r->ctx));
    cJSON_AddNumberToObject(e, "layers", r->plan.n_nodes);
    cJSON_AddNumberToObject(e, "parameters", (double)parameters);
    cJSON_AddNumberToObject(data, "train", (double)cplug_data_length(r->data[DATA_TRAIN]));
    if (r->data[DATA_VALID] != NULL) cJSON_AddNumberToObject(data, "valid", (double)cplug_data_length(r->data[DATA_VALID]));
    cJSON_AddItemToObject(e, "data", data);
    cplug__tell_event(r, e);
}

static double mean_loss(loop *l)
{
    double sum = l->sum;
    if (l->device_sum != NULL) cplug_item(l->device_sum, &sum);
    return l->samples ? sum / (double)l->samples : NAN;
}

static void tell_progress(loop *l)
{
    enum { BAR = 20 };
    cplug_run *r = l->r;
    double now = cplug__seconds(), rate = (double)l->samples / fmax(now - l->epoch_started, 1e-9);
    if (r->args.columns <= 0 || now - l->shown < 0.1) return;
    int64_t batches = cplug_loader_batches(l->train);
    char bar[BAR + 1], line[512], epochs[64] = "";
    int done = batches ? (int)(l->batch * BAR / batches) : 0;
    for (int i = 0; i < BAR; i++) bar[i] = i < done ? '=' : i == done ? '>' : ' ';
    bar[BAR] = '\0';
    double eta = l->batch ? (now - l->epoch_started) / (double)l->batch * (double)(batches - l->batch) : 0;
    if (l->epochs) snprintf(epochs, sizeof epochs, "/%lld", (long long)l->epochs);
    snprintf(line, sizeof line, "epoch %lld%s [%s] %lld/%lld  loss %.4f  %.0f/s  %.0f s left", (long long)l->progress.epoch + 1, epochs,
             bar, (long long)l->batch, (long long)batches, mean_loss(l), rate, eta);
    if (r->args.columns < (int32_t)sizeof line) line[r->args.columns] = '\0';
    cplug__tell(r, CPLUG_TELL_PROGRESS, "%s", line);
    l->shown = now;
}

static void tell_step(loop *l)
{
    const int64_t every = l->r->plan.log.every;
    double loss = l->last_loss;
    if (every == 0 || l->progress.step % every != 0) return;
    if (l->device_sum != NULL) loss = mean_loss(l);
    cJSON *e = cJSON_CreateObject();
    cJSON_AddStringToObject(e, "type", "step");
    cJSON_AddNumberToObject(e, "epoch", (double)l->progress.epoch + 1);
    cJSON_AddNumberToObject(e, "step", (double)l->progress.step);
    cJSON_AddNumberToObject(e, "loss", loss);
    cJSON_AddNumberToObject(e, "lr", cplug_optimizer_get(l->optimizer, 0, "lr"));
    cplug__tell_event(l->r, e);
}

static void tell_epoch(loop *l, const epoch_row *row)
{
    str text = { 0 };
    const int width = snprintf(NULL, 0, "%lld", (long long)l->epochs);
    cplug__str_add(&text, "epoch %*lld", l->epochs ? width : 1, (long long)row->epoch);
    if (l->epochs) cplug__str_add(&text, "/%lld", (long long)l->epochs);
    cplug__str_add(&text, "  loss %.4f", row->loss);
    if (row->valid != NULL) {
        cplug__str_add(&text, " | valid ");
        cplug__score_text(row->valid, &text);
    }
    cplug__str_add(&text, " | %.1f s  %.0f/s", row->seconds, (double)l->samples / fmax(l->trained, 1e-9));
    cplug__tell(l->r, CPLUG_TELL_TEXT, "%s", cplug__str_text(&text));
    cplug__str_free(&text);
    cJSON *e = cJSON_CreateObject(), *train = cJSON_CreateObject();
    cJSON_AddStringToObject(e, "type", "epoch");
    cJSON_AddNumberToObject(e, "epoch", (double)row->epoch);
    cJSON_AddNumberToObject(e, "step", (double)row->step);
    cJSON_AddNumberToObject(e, "lr", row->lr);
    cJSON_AddNumberToObject(train, "loss", row->loss);
    cJSON_AddItemToObject(e, "train", train);
    if (row->valid != NULL) cJSON_AddItemToObject(e, "valid", cplug__score_json(row->valid));
    cJSON_AddNumberToObject(e, "seconds", row->seconds);
    cJSON_AddNumberToObject(e, "samples_per_s", (double)l->samples / fmax(l->trained, 1e-9));
    cplug__tell_event(l->r, e);
}

static void tell_end(loop *l, double loss, const cplug_scores *valid)
{
    cplug_run *r = l->r;
    cJSON *e = cJSON_CreateObject(), *train = cJSON_CreateObject();
    cJSON_AddStringToObject(e, "type", "end");
    cJSON_AddStringToObject(e, "run", r->dir);
    cJSON_AddStringToObject(e, "weights", cplug__pool_printf(&r->pool, "%s/model.safetensors", r->dir));
    cJSON_AddNumberToObject(e, "epochs", (double)l->progress.epoch);
    cJSON_AddNumberToObject(e, "steps", (double)l->progress.step);
    cJSON_AddNumberToObject(e, "parameters", (double)cplug_module_n_parameters(r->model));
    cJSON_AddNumberToObject(e, "seconds", cplug__seconds() - l->started);
    cJSON_AddBoolToObject(e, "interrupted", l->stopped);
    cJSON_AddNumberToObject(train, "loss", loss);
    cJSON_AddItemToObject(e, "train", train);
    if (valid->samples) cJSON_AddItemToObject(e, "valid", cplug__score_json(valid));
    cplug__tell_event(r, e);
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
    if (!l->at_once && look) l->last_loss = mean_loss(l);
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
        tell_step(l);
        tell_progress(l);
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
    *loss = mean_loss(l);
    if (l->stopped) return CPLUG_OK;
    l->progress.epoch++;
    bool validated = l->valid != NULL && (l->progress.epoch % r->plan.train.valid_every == 0 || finished(l));
    if (validated && cplug__score(r, l->valid, valid) != CPLUG_OK) return CPLUG_E_INTERNAL;
    if (validated) l->progress.metric = valid->loss;
    epoch_row row = {
        l->progress.epoch,       l->progress.step, cplug_optimizer_get(l->optimizer, 0, "lr"), *loss, cplug__seconds() - l->epoch_started,
        validated ? valid : NULL
    };
    tell_epoch(l, &row);
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
        tell_end(l, loss, valid);
        return cplug__run_fail(r, CPLUG_RUN_SIGNAL + *r->args.stop, "interrupted");
    }
    if (valid->samples && r->plan.log.show > 0 && cplug__show_samples(r, r->plan.log.show) != CPLUG_OK) return CPLUG_E_INTERNAL;
    cplug__tell(r, CPLUG_TELL_TEXT, "files    %s: config.ini metrics.csv metrics.jsonl log.txt model.safetensors", r->dir);
    tell_end(l, loss, valid);
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
    if (status == CPLUG_OK) tell_begin(&l);
    while (status == CPLUG_OK && !l.stopped && !finished(&l)) status = run_epoch(&l, &scores, &loss);
    if (status == CPLUG_OK) status = finish(&l, loss, &scores);
    if (status != CPLUG_OK && r->code == CPLUG_RUN_OK) cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "training");
    release(&l);
    if (valid != NULL) *valid = scores;
    return status;
}
