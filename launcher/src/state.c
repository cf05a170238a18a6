/* state.c: everything of a training that is not a tensor, as state.json holds it: where it stands, the random numbers, learning rates,
 * schedulers, callbacks.  Numbers that a double of JSON would bend, and all that must come back to the bit, stand as text. */
#include "keep.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- values ---- */
static void put_number(cJSON *o, const char *key, double value)
{
    char text[64];
    cplug__double_print(text, sizeof text, value, 17);
    cJSON_AddStringToObject(o, key, text);
}

static void put_whole(cJSON *o, const char *key, uint64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    cJSON_AddStringToObject(o, key, text);
}

static void put_bytes(cJSON *o, const char *key, const void *bytes, uint64_t n)
{
    static const char digits[] = "0123456789abcdef";
    str text = { 0 };
    for (uint64_t i = 0; i < n; i++) {
        const uint8_t b = ((const uint8_t *)bytes)[i];
        cplug__str_put(&text, &digits[b >> 4], 1);
        cplug__str_put(&text, &digits[b & 15], 1);
    }
    cJSON_AddStringToObject(o, key, cplug__str_text(&text));
    cplug__str_free(&text);
}

const char *cplug__state_text(const cJSON *o, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, key));
    return text != NULL ? text : "";
}

double cplug__state_number(const cJSON *o, const char *key, double fallback)
{
    double value;
    const char *text = cplug__state_text(o, key), *end = cplug__double_parse(text, &value);
    return end != NULL && *end == '\0' ? value : fallback;
}

int64_t cplug__state_int(const cJSON *o, const char *key, int64_t fallback)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, key);
    const bool good = cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble < 9007199254740992.0;
    return good ? (int64_t)item->valuedouble : fallback;
}

static bool get_whole(const cJSON *o, const char *key, uint64_t *out)
{
    char *end;
    const char *text = cplug__state_text(o, key);
    *out = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0';
}

static int nibble(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

/* Exactly n bytes; nothing is changed otherwise. */
static bool get_bytes(const cJSON *o, const char *key, void *bytes, uint64_t n)
{
    const char *text = cplug__state_text(o, key);
    if (strlen(text) != 2 * n) return false;
    for (uint64_t i = 0; i < 2 * n; i++)
        if (nibble(text[i]) < 0) return false;
    for (uint64_t i = 0; i < n; i++) ((uint8_t *)bytes)[i] = (uint8_t)(nibble(text[2 * i]) << 4 | nibble(text[2 * i + 1]));
    return true;
}

/* ---- options of the optimizer ---- */
cJSON *cplug__options_json(cplug_run *r, cplug_optimizer *o)
{
    cJSON *list = cJSON_CreateArray();
    const cplug_options_table *t = cplug_component_options(r->ctx, "optimizer", r->plan.optimizer->id);
    for (uint32_t g = 0; g < cplug_optimizer_n_groups(o); g++) {
        cJSON *group = cJSON_CreateObject();
        for (uint32_t i = 0; t != NULL && i < t->n; i++) {
            const cplug_option option = cplug__option_get(t, i);
            const double value = cplug_optimizer_get(o, g, option.name);
            if ((option.flags & CPLUG_OPT_MUTABLE) && isfinite(value)) put_number(group, option.name, value);
        }
        cJSON_AddItemToArray(list, group);
    }
    return list;
}

/* What the file says wins where it changed; the rest goes on from where it was. */
static void restore_options(loop *l, const cJSON *state)
{
    const cJSON *all = cJSON_GetObjectItemCaseSensitive(state, "options"), *file = cJSON_GetObjectItemCaseSensitive(all, "file");
    const cJSON *now = cJSON_GetObjectItemCaseSensitive(all, "now");
    for (uint32_t g = 0; g < cplug_optimizer_n_groups(l->optimizer); g++) {
        const cJSON *here = cJSON_GetArrayItem(l->file_options, (int)g), *then = cJSON_GetArrayItem(file, (int)g), *item;
        cJSON_ArrayForEach(item, here)
        {
            const double value = cplug__state_number(cJSON_GetArrayItem(now, (int)g), item->string, NAN);
            if (strcmp(cplug__state_text(here, item->string), cplug__state_text(then, item->string)) == 0 && isfinite(value))
                cplug_optimizer_set(l->optimizer, g, item->string, value);
        }
    }
}

/* ---- collecting ---- */
static cJSON *collect_place(const loop *l)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "epoch", (double)l->loader_epoch);
    cJSON_AddNumberToObject(o, "batch", (double)l->batch);
    cJSON_AddNumberToObject(o, "batches", (double)cplug_loader_batches(l->train));
    cJSON_AddNumberToObject(o, "valid_epoch", (double)l->valid_epoch);
    return o;
}

static cJSON *collect_loss(const loop *l)
{
    cJSON *o = cJSON_CreateObject();
    double sum = l->sum;
    if (l->device_sum != NULL) cplug_item(l->device_sum, &sum);
    put_number(o, "sum", sum);
    put_number(o, "last", l->last_loss);
    put_number(o, "metric", l->progress.metric);
    cJSON_AddNumberToObject(o, "samples", (double)l->samples);
    put_number(o, "seconds", l->samples ? cplug__seconds() - l->epoch_started : 0);
    return o;
}

static cJSON *collect_callbacks(const cplug_run *r)
{
    cJSON *list = cJSON_CreateArray();
    for (uint32_t i = 0; i < r->n_callbacks; i++) {
        void *bytes;
        cJSON *o = cJSON_CreateObject();
        const uint64_t n = cplug_callback_state(r->callbacks[i], &bytes);
        cJSON_AddStringToObject(o, "type", cplug_callback_type_of(r->callbacks[i])->id);
        put_bytes(o, "state", bytes, n);
        cJSON_AddItemToArray(list, o);
    }
    return list;
}

static cJSON *collect_best(const loop *l)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "metric", l->best.metric != NULL ? l->best.metric : "");
    cJSON_AddNumberToObject(o, "step", (double)l->best.step);
    put_number(o, "value", l->best.value);
    put_number(o, "marked", l->has_mark ? l->marked : NAN);
    return o;
}

cJSON *cplug__state_collect(loop *l)
{
    cplug_run *r = l->r;
    uint64_t seed, offset;
    void *bytes;
    int64_t table, events;
    cJSON *o = cJSON_CreateObject(), *part;
    cJSON_AddNumberToObject(o, "format", STATE_FORMAT);
    cJSON_AddStringToObject(o, "cplug", cplug_version());
    cJSON_AddStringToObject(o, "name", r->name);
    cJSON_AddNumberToObject(o, "step", (double)l->progress.step);
    cJSON_AddNumberToObject(o, "epoch", (double)l->progress.epoch);
    cJSON_AddBoolToObject(o, "finished", l->done);
    cJSON_AddItemToObject(o, "loader", collect_place(l));
    cJSON_AddItemToObject(o, "loss", collect_loss(l));
    cplug_rng_get(r->ctx, &seed, &offset);
    cJSON_AddItemToObject(o, "random", part = cJSON_CreateObject());
    put_whole(part, "file_seed", r->seed);
    put_whole(part, "seed", seed);
    put_whole(part, "offset", offset);
    cJSON_AddStringToObject(o, "optimizer", r->plan.optimizer->id);
    cJSON_AddItemToObject(o, "options", part = cJSON_CreateObject());
    cJSON_AddItemToObject(part, "file", cJSON_Duplicate(l->file_options, 1));
    cJSON_AddItemToObject(part, "now", cplug__options_json(r, l->optimizer));
    cJSON_AddItemToObject(o, "scheduler", part = cJSON_CreateObject());
    cJSON_AddStringToObject(part, "type", r->plan.scheduler != NULL ? r->plan.scheduler->id : "");
    const uint64_t n = cplug_scheduler_state(l->scheduler, &bytes);
    put_bytes(part, "state", bytes, n);
    cJSON_AddItemToObject(o, "callbacks", collect_callbacks(r));
    cJSON_AddItemToObject(o, "best", collect_best(l));
    put_number(o, "marked", l->has_mark ? l->marked : NAN);
    cplug__record_sizes(r, &table, &events);
    cJSON_AddItemToObject(o, "sizes", part = cJSON_CreateObject());
    cJSON_AddNumberToObject(part, "metrics.csv", (double)table);
    cJSON_AddNumberToObject(part, "metrics.jsonl", (double)events);
    return o;
}

/* ---- restoring ---- */
/* Other data or another batch size: the same share of the epoch is behind us. */
static int64_t place_in_epoch(loop *l, const cJSON *at)
{
    const int64_t batch = cplug__state_int(at, "batch", 0), then = cplug__state_int(at, "batches", 0), now = cplug_loader_batches(l->train);
    if (then == now || then <= 0 || batch == 0) return batch < now ? batch : now;
    const int64_t moved = (int64_t)((double)batch / (double)then * (double)now);
    cplug__tell(l->r, CPLUG_TELL_WARNING, "an epoch had %lld batches and has %lld now: the run goes on at batch %lld instead of %lld",
                (long long)then, (long long)now, (long long)moved, (long long)batch);
    return moved < now ? moved : now;
}

static void restore_place(loop *l, const cJSON *state)
{
    const cJSON *at = cJSON_GetObjectItemCaseSensitive(state, "loader"), *loss = cJSON_GetObjectItemCaseSensitive(state, "loss");
    cplug_cursor cursor;
    l->progress.step = cplug__state_int(state, "step", 0);
    l->progress.epoch = cplug__state_int(state, "epoch", 0);
    l->progress.metric = cplug__state_number(loss, "metric", NAN);
    l->loader_epoch = cplug__state_int(at, "epoch", 0);
    l->batch = place_in_epoch(l, at);
    l->valid_epoch = cplug__state_int(at, "valid_epoch", 0);
    l->sum = cplug__state_number(loss, "sum", 0);
    l->last_loss = cplug__state_number(loss, "last", 0);
    l->samples = cplug__state_int(loss, "samples", 0);
    l->elapsed = cplug__state_number(loss, "seconds", 0);
    l->resumed = l->batch > 0;
    if (l->device_sum != NULL) cplug_fill_(l->device_sum, l->sum);
    cplug_loader_cursor(l->train, &cursor);
    cplug_loader_seek(l->train, &(cplug_cursor){ l->loader_epoch, l->batch, cursor.seed });
    if (l->valid == NULL) return;
    cplug_loader_cursor(l->valid, &cursor);
    cplug_loader_seek(l->valid, &(cplug_cursor){ l->valid_epoch, 0, cursor.seed });
}

/* A seed that changed in the file is used from here on. */
static bool restore_random(loop *l, const cJSON *state)
{
    const cJSON *o = cJSON_GetObjectItemCaseSensitive(state, "random");
    uint64_t file_seed, seed, offset;
    if (!get_whole(o, "file_seed", &file_seed) || !get_whole(o, "seed", &seed) || !get_whole(o, "offset", &offset)) return false;
    cplug_rng_set(l->r->ctx, file_seed == l->r->seed ? seed : l->r->seed, offset);
    return true;
}

static void restore_scheduler(loop *l, const cJSON *state)
{
    const cJSON *o = cJSON_GetObjectItemCaseSensitive(state, "scheduler");
    void *bytes;
    const uint64_t n = cplug_scheduler_state(l->scheduler, &bytes);
    if (l->scheduler == NULL || strcmp(cplug__state_text(o, "type"), l->r->plan.scheduler->id) != 0) return;
    if (n > 0 && !get_bytes(o, "state", bytes, n))
        cplug__tell(l->r, CPLUG_TELL_WARNING,
                    "scheduler '%s' keeps its state in another form than when the checkpoint was saved: it begins anew",
                    l->r->plan.scheduler->id);
}

/* The k-th callback of a type gets the state of the k-th of that type. */
static void restore_callbacks(loop *l, const cJSON *state)
{
    const cplug_run *r = l->r;
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(state, "callbacks"), *o;
    for (uint32_t i = 0; i < r->n_callbacks; i++) {
        const char *id = cplug_callback_type_of(r->callbacks[i])->id;
        uint32_t turn = 0;
        void *bytes;
        const uint64_t n = cplug_callback_state(r->callbacks[i], &bytes);
        for (uint32_t k = 0; k < i; k++) turn += strcmp(cplug_callback_type_of(r->callbacks[k])->id, id) == 0;
        cJSON_ArrayForEach(o, list) if (strcmp(cplug__state_text(o, "type"), id) == 0 && turn-- == 0) break;
        if (o == NULL || n == 0 || get_bytes(o, "state", bytes, n)) continue;
        cplug__tell(l->r, CPLUG_TELL_WARNING,
                    "callback '%s' keeps its state in another form than when the checkpoint was saved: it begins anew", id);
    }
}

static void restore_best(loop *l, const cJSON *state)
{
    const cJSON *o = cJSON_GetObjectItemCaseSensitive(state, "best");
    l->marked = cplug__state_number(o, "marked", NAN);
    l->has_mark = !isnan(l->marked);
    if (strcmp(cplug__state_text(o, "metric"), l->best.metric != NULL ? l->best.metric : "") != 0) return;
    const cJSON *step = cJSON_GetObjectItemCaseSensitive(o, "step");
    l->best.value = cplug__state_number(o, "value", NAN);
    l->best.step = cJSON_IsNumber(step) && step->valuedouble >= 0 ? (int64_t)step->valuedouble : -1;
}

cplug_status cplug__state_restore(loop *l, const cJSON *state)
{
    cplug_run *r = l->r;
    const char *name = cplug__state_text(state, "name");
    if (name[0]) r->name = cplug__pool_copy(&r->pool, name, strlen(name));
    restore_place(l, state);
    if (!restore_random(l, state)) return cplug__run_fail(r, CPLUG_RUN_FILE, "state.json of the checkpoint lacks the random numbers");
    if (strcmp(cplug__state_text(state, "optimizer"), r->plan.optimizer->id) == 0) restore_options(l, state);
    restore_scheduler(l, state);
    restore_callbacks(l, state);
    restore_best(l, state);
    l->marked = cplug__state_number(state, "marked", NAN);
    l->has_mark = !isnan(l->marked);
    return cplug_failed(r->ctx) ? cplug__run_fail_ctx(r, CPLUG_RUN_FILE, "the checkpoint's state") : CPLUG_OK;
}
