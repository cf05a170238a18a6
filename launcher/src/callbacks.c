/* callbacks.c: lets callbacks look at training: those of the file's [callback.NAME] sections in their order, then those of the host.  An
 * event goes to each of them; what they ask for is gathered, what they say becomes lines for people and events. */
#include "loop.h"
#include <math.h>

typedef struct teller { /* who speaks, behind event->trainer */
    cplug_run *r;
    uint32_t which;
    int64_t step;
    const char *words; /* the last line */
} teller;

/* ---- the list ---- */
static const char *name_of(const cplug_run *r, uint32_t i)
{
    const plan *p = &r->plan;
    if (i < p->n_callbacks) return p->callbacks[i]->section->name + strlen("callback.");
    return cplug_callback_type_of(r->callbacks[i])->id;
}

static cplug_status append(cplug_run *r, cplug_callback *c)
{
    if (r->n_callbacks == r->room_callbacks || r->callbacks == NULL) {
        const uint32_t room = 2 * r->room_callbacks + 4;
        cplug_callback **list = cplug__pool_alloc(&r->pool, room * sizeof *list);
        if (list == NULL) return cplug__run_fail(r, CPLUG_RUN_FAILED, "out of memory for callbacks");
        if (r->n_callbacks) memcpy(list, r->callbacks, r->n_callbacks * sizeof *list);
        r->callbacks = list;
        r->room_callbacks = room;
    }
    if (c != NULL) r->callbacks[r->n_callbacks++] = c;
    return CPLUG_OK;
}

cplug_status cplug__callbacks_open(cplug_run *r)
{
    const plan *p = &r->plan;
    if (r->callbacks != NULL) return CPLUG_OK;
    if (append(r, NULL) != CPLUG_OK) return CPLUG_E_NOMEM;
    for (uint32_t i = 0; i < p->n_callbacks; i++) {
        const component *c = p->callbacks[i];
        cplug_callback *made = cplug_callback_new(r->ctx, c->spec, c->base_dir);
        if (made == NULL) return cplug__run_fail_ctx(r, CPLUG_RUN_CONFIG, cplug__pool_printf(&r->pool, "[%s]", c->section->name));
        if (append(r, made) != CPLUG_OK) return CPLUG_E_NOMEM;
    }
    return CPLUG_OK;
}

cplug_callback *cplug_run_callback(cplug_run *r, const char *spec)
{
    if (r == NULL || r->code != CPLUG_RUN_OK || cplug__callbacks_open(r) != CPLUG_OK) return NULL;
    cplug_callback *c = cplug_callback_new(r->ctx, spec, NULL);
    if (c == NULL) {
        cplug__run_fail_ctx(r, CPLUG_RUN_CONFIG, "callback");
        return NULL;
    }
    if (append(r, c) == CPLUG_OK) return c;
    cplug_callback_free(c);
    return NULL;
}

/* ---- what they say ---- */
static void note(const cplug_event *ev, const char *line)
{
    teller *t = ev->trainer;
    t->words = cplug__pool_printf(&t->r->pool, "%s: %s", name_of(t->r, t->which), line != NULL ? line : "");
    cplug__tell(t->r, CPLUG_TELL_TEXT, "%s", t->words);
}

static void report(const cplug_event *ev, const char *name, double value)
{
    const teller *t = ev->trainer;
    cJSON *e = cJSON_CreateObject();
    cJSON_AddStringToObject(e, "type", "report");
    cJSON_AddStringToObject(e, "callback", name_of(t->r, t->which));
    cJSON_AddStringToObject(e, "name", name != NULL ? name : "");
    cJSON_AddNumberToObject(e, "value", value);
    cJSON_AddNumberToObject(e, "step", (double)t->step);
    cplug__tell_event(t->r, e);
}

/* ---- the figures of an epoch ---- */
enum { TRAIN_LOSS, VALID_LOSS, FIRST_SCORE };

static const char *score_name(cplug_run *r, uint32_t at, const char *metric)
{
    const char *known = r->event_names[at];
    if (known == NULL || strcmp(known + strlen("valid_"), metric) != 0)
        r->event_names[at] = cplug__pool_printf(&r->pool, "valid_%s", metric);
    return r->event_names[at];
}

static cplug_status put_figures(cplug_run *r, double loss, const cplug_scores *valid, cplug_event *ev)
{
    const uint32_t most = r->n_scores + FIRST_SCORE;
    if (r->event_names == NULL) {
        r->event_names = cplug__pool_alloc(&r->pool, most * sizeof *r->event_names);
        r->event_values = cplug__pool_alloc(&r->pool, most * sizeof *r->event_values);
    }
    if (r->event_names == NULL || r->event_values == NULL) return cplug__run_fail(r, CPLUG_RUN_FAILED, "out of memory for callbacks");
    r->event_names[TRAIN_LOSS] = "train_loss";
    r->event_values[TRAIN_LOSS] = loss;
    ev->n_metrics = 1;
    if (valid != NULL) {
        r->event_names[VALID_LOSS] = "valid_loss";
        r->event_values[VALID_LOSS] = valid->loss;
        for (uint32_t i = 0; i < valid->n && i < r->n_scores; i++) {
            score_name(r, FIRST_SCORE + i, valid->names[i]);
            r->event_values[FIRST_SCORE + i] = valid->values[i];
        }
        ev->n_metrics = FIRST_SCORE + valid->n;
    }
    ev->metric_names = r->event_names;
    ev->metrics = r->event_values;
    return r->pool.failed ? cplug__run_fail(r, CPLUG_RUN_FAILED, "out of memory for callbacks") : CPLUG_OK;
}

/* Before the first epoch: the names that its end will bring, so that a wrong one is found now. */
static cplug_status put_names(loop *l, cplug_event *ev)
{
    cplug_scores none = CPLUG_SCORES;
    if (l->valid == NULL) return put_figures(l->r, NAN, NULL, ev);
    if (cplug__score_names(l->r, &none) != CPLUG_OK) return CPLUG_E_INTERNAL;
    for (uint32_t i = 0; i < none.n; i++) l->r->score_values[i] = NAN;
    none.loss = NAN;
    return put_figures(l->r, NAN, &none, ev);
}

/* ---- telling ---- */
static int32_t stronger(int32_t a, int32_t b, int32_t strongest)
{
    const int32_t most = a > b ? a : b;
    return most > strongest ? strongest : most;
}

static cplug_event event_of(const loop *l, const char *name, double loss, const char *what)
{
    const cplug_progress *p = &l->progress;
    return (cplug_event){ .struct_size = sizeof(cplug_event),
                          .name = name,
                          .epoch = p->epoch,
                          .step = p->step,
                          .loss = loss,
                          .model = l->r->model,
                          .optimizer = l->optimizer,
                          .total_epochs = p->total_epochs,
                          .total_steps = p->total_steps,
                          .run_dir = l->r->dir,
                          .what = what != NULL ? what : "",
                          .note = note,
                          .report = report };
}

cplug_status cplug__callbacks_tell(loop *l, const char *event, double loss, const epoch_row *row, const char *what, asked *ask)
{
    cplug_run *r = l->r;
    asked none = { 0, 0, 0 }, *sum = ask != NULL ? ask : &none;
    *sum = none;
    if (r->n_callbacks == 0) return CPLUG_OK;
    cplug_event ev = event_of(l, event, loss, what);
    cplug_status status = CPLUG_OK;
    if (row != NULL)
        status = put_figures(r, row->loss, row->valid, &ev);
    else if (strcmp(event, "train_begin") == 0)
        status = put_names(l, &ev);
    for (uint32_t i = 0; i < r->n_callbacks && status == CPLUG_OK; i++) {
        teller t = { r, i, ev.step, NULL };
        ev.trainer = &t;
        ev.stop = ev.save = ev.skip = 0;
        if (cplug_callback_on(r->callbacks[i], &ev) != CPLUG_OK)
            return cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, cplug__pool_printf(&r->pool, "[callback.%s] at %s", name_of(r, i), event));
        if (ev.stop == CPLUG_STOP_NUMERIC)
            l->words = t.words != NULL ? t.words : cplug__pool_printf(&r->pool, "%s: the numbers went wrong", name_of(r, i));
        sum->stop = stronger(sum->stop, ev.stop, CPLUG_STOP_NUMERIC);
        sum->save = stronger(sum->save, ev.save, CPLUG_SAVE_BEST);
        sum->skip |= ev.skip != 0;
    }
    return status;
}
