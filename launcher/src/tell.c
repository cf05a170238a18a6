/* tell.c: what training says: the head of a run, a line an epoch, the line that is redrawn, and the same as events for programs. */
#include "loop.h"
#include <math.h>
#include <stdio.h>

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

void cplug__tell_begin(loop *l)
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

void cplug__tell_progress(loop *l)
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
             bar, (long long)l->batch, (long long)batches, cplug__loop_mean_loss(l), rate, eta);
    if (r->args.columns < (int32_t)sizeof line) line[r->args.columns] = '\0';
    cplug__tell(r, CPLUG_TELL_PROGRESS, "%s", line);
    l->shown = now;
}

void cplug__tell_step(loop *l)
{
    const int64_t every = l->r->plan.log.every;
    double loss = l->last_loss;
    if (every == 0 || l->progress.step % every != 0) return;
    if (l->device_sum != NULL) loss = cplug__loop_mean_loss(l);
    cJSON *e = cJSON_CreateObject();
    cJSON_AddStringToObject(e, "type", "step");
    cJSON_AddNumberToObject(e, "epoch", (double)l->progress.epoch + 1);
    cJSON_AddNumberToObject(e, "step", (double)l->progress.step);
    cJSON_AddNumberToObject(e, "loss", loss);
    cJSON_AddNumberToObject(e, "lr", cplug_optimizer_get(l->optimizer, 0, "lr"));
    cplug__tell_event(l->r, e);
}

void cplug__tell_epoch(loop *l, const epoch_row *row)
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

void cplug__tell_end(loop *l, double loss, const cplug_scores *valid)
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
