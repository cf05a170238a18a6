/* tell.c: what training says: the head of a run, a line an epoch, the end, and the same as events for programs. */
#include "loop.h"
#include <math.h>
#include <stdio.h>

/* ---- the head ---- */
/* What a backend says of itself; words behind "; warning: " are told as one. */
static void describe(cplug_run *r, const char *name, str *out)
{
    static const char mark[] = "; warning: ";
    const char *words = cplug_backend_describe(r->ctx, name), *warning = strstr(words, mark);
    const int n = warning != NULL ? (int)(warning - words) : (int)strlen(words);
    const bool named = n == 0 || strncmp(words, name, strlen(name)) == 0;
    if (named)
        cplug__str_add(out, "%.*s", n ? n : (int)strlen(name), n ? words : name);
    else
        cplug__str_add(out, "%s (%.*s)", name, n, words);
    if (warning != NULL) cplug__tell(r, CPLUG_TELL_WARNING, "%s: %s", name, warning + strlen(mark));
}

/* Does the manifest promise a backend?  Its name, for plugins that could not be taken. */
static const char *promised_backend(const cplug_plugin_info *p, size_t *n)
{
    static const char mark[] = "backend:";
    const char *at = strstr(p->provides, mark);
    if (at == NULL) return NULL;
    at += strlen(mark);
    *n = strcspn(at, " ");
    return at;
}

/* Which backends were asked for, and why others that are installed are not among them. */
static void tell_asked(cplug_run *r)
{
    const entry *wanted = cplug__section_entry(cplug__config_section(&r->config, "runtime"), "backends");
    const bool automatic = wanted == NULL || strstr(wanted->value, "auto") != NULL;
    str out = { 0 };
    const int32_t plugins = automatic ? cplug_plugin_count(r->ctx) : 0;
    for (int32_t i = 0; i < plugins; i++) {
        size_t n = 0;
        const cplug_plugin_info *p = cplug_plugin_get(r->ctx, i);
        const char *name = p != NULL && p->state == CPLUG_PLUGIN_FAILED ? promised_backend(p, &n) : NULL;
        if (name != NULL) cplug__str_add(&out, "%s%.*s: %s", out.n ? "; " : ", without ", (int)n, name, p->reason);
    }
    cplug__tell(r, CPLUG_TELL_TEXT, "         backends = %s%s", wanted != NULL ? wanted->value : "auto", cplug__str_text(&out));
    cplug__str_free(&out);
}

static void tell_backends(cplug_run *r)
{
    const char *list = cplug__pool_printf(&r->pool, "%s", cplug_backends_text(r->ctx));
    const int threads = (int)cplug_threads_get(r->ctx);
    str out = { 0 };
    while (*list) {
        const size_t n = strcspn(list, ",");
        if (out.n) cplug__str_add(&out, "; ");
        describe(r, cplug__pool_copy(&r->pool, list, n), &out);
        list += n + (list[n] == ',');
    }
    cplug__tell(r, CPLUG_TELL_TEXT, "backend  %s; device %s, %d thread%s", cplug__str_text(&out), cplug_device_get(r->ctx), threads,
                threads == 1 ? "" : "s");
    tell_asked(r);
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
    cplug__tell(r, CPLUG_TELL_TEXT, "cplug %s  run %s  seed %lld", cplug_version(), r->dir, (long long)r->seed);
    tell_backends(r);
    tell_data(r);
    cplug__tell(r, CPLUG_TELL_TEXT, "model    %s: %u layer%s, %lld parameters (%.1f KiB)", r->name, r->plan.n_nodes,
                r->plan.n_nodes == 1 ? "" : "s", (long long)parameters, bytes / 1024);
    cJSON *e = cJSON_CreateObject(), *data = cJSON_CreateObject();
    cJSON_AddStringToObject(e, "type", "begin");
    cJSON_AddNumberToObject(e, "schema", 1);
    cJSON_AddStringToObject(e, "cplug", cplug_version());
    cJSON_AddStringToObject(e, "name", r->name);
    cJSON_AddStringToObject(e, "run", r->dir);
    cJSON_AddNumberToObject(e, "seed", (double)(int64_t)r->seed);
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

/* ---- as it goes ---- */
bool cplug__step_is_told(const loop *l, int64_t step)
{
    const int64_t every = l->r->plan.log.every;
    return every > 0 && step % every == 0;
}

void cplug__tell_step(loop *l)
{
    if (!cplug__step_is_told(l, l->progress.step)) return;
    cJSON *e = cJSON_CreateObject();
    cJSON_AddStringToObject(e, "type", "step");
    cJSON_AddNumberToObject(e, "epoch", (double)l->progress.epoch + 1);
    cJSON_AddNumberToObject(e, "step", (double)l->progress.step);
    cJSON_AddNumberToObject(e, "loss", l->last_loss);
    cJSON_AddNumberToObject(e, "lr", cplug_optimizer_get(l->optimizer, 0, "lr"));
    cplug__tell_event(l->r, e);
}

/* Is this epoch's main figure the best so far?  The first metric's own word says which way is better; without one, the loss. */
static bool mark_best(loop *l, const epoch_row *row)
{
    const cplug_run *r = l->r;
    const char *name = "";
    double value = row->loss;
    if (row->valid != NULL) cplug__score_main(row->valid, &name, &value);
    if (l->valid != NULL && row->valid == NULL) return false;
    const bool higher = row->valid != NULL && row->valid->n > 0 && cplug_metric_higher_is_better(r->metrics[0]);
    if (isnan(value) || (l->has_mark && !(higher ? value > l->marked : value < l->marked))) return false;
    l->marked = value;
    l->has_mark = true;
    return true;
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
    const bool best = mark_best(l, row);
    cplug__str_add(&text, " | %.1f s  %.0f/s%s", row->seconds, (double)l->samples / fmax(l->trained, 1e-9), best ? "  *best" : "");
    if (row->valid != NULL) l->last_valid = row->valid;
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
    cJSON_AddBoolToObject(e, "best", best);
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
