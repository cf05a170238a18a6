/* explain.c: the verb explain: for each layer, forward and backward, who computes it and why not the others.  Calls that are alike are one
 * row; what a decomposition calls stands indented below it. */
#include "tool.h"
#include <stdlib.h>
#include <string.h>

typedef struct row {
    char *layer, *type, *op, *call, *backend, *reason, *others; /* others: "cpu 1 (takes everything), acme -1 (not enabled)" */
    const char *pass;
    cJSON *candidates, *into;
    int32_t how, score;
    uint32_t depth, count;
} row;
typedef struct table {
    row *at;
    size_t n, room;
    bool failed;
} table;

static const char *const ways[] = { "kernel", "view", "decomposition", "cpu" };

/* ---- collecting ---- */
static char *copy(table *t, const char *s)
{
    char *out = strdup(s);
    t->failed |= out == NULL;
    return out;
}

static char *others_text(table *t, const cplug_choice *c)
{
    char text[1024] = "";
    size_t n = 0;
    for (uint32_t i = 0; i < c->n_candidates && n < sizeof text; i++) {
        const cplug_candidate *k = &c->candidates[i];
        if (c->how == CPLUG_BY_KERNEL && strcmp(k->backend, c->backend) == 0) continue;
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n ? "; " : "", k->backend);
        if (k->score >= 0 && n < sizeof text) n += (size_t)snprintf(text + n, sizeof text - n, " %d", (int)k->score);
        if (n < sizeof text) n += (size_t)snprintf(text + n, sizeof text - n, ": %s", k->reason);
    }
    return copy(t, text);
}

static cJSON *candidates_json(const cplug_choice *c)
{
    cJSON *list = cJSON_CreateArray();
    for (uint32_t i = 0; i < c->n_candidates; i++) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "backend", c->candidates[i].backend);
        cJSON_AddNumberToObject(o, "score", c->candidates[i].score);
        cJSON_AddStringToObject(o, "reason", c->candidates[i].reason);
        cJSON_AddItemToArray(list, o);
    }
    return list;
}

static bool same_group(const row *r, const cplug_explain_row *x)
{
    return strcmp(r->layer, x->layer) == 0 && strcmp(r->pass, x->pass) == 0;
}

/* The op above in the same layer and pass that this call is a part of. */
static row *parent_of(table *t, const cplug_explain_row *x)
{
    for (size_t i = t->n; x->choice->depth > 0 && i-- > 0 && same_group(&t->at[i], x);)
        if (t->at[i].depth < x->choice->depth) return &t->at[i];
    return NULL;
}

/* The same call by the same one, directly or below the same parent: an optimizer comes by once a parameter. */
static row *twin_of(table *t, const cplug_explain_row *x)
{
    const cplug_choice *c = x->choice;
    for (size_t i = t->n; i-- > 0 && same_group(&t->at[i], x) && t->at[i].depth >= c->depth;) {
        row *r = &t->at[i];
        if (r->depth == c->depth && r->how == c->how && strcmp(r->call, c->call) == 0 && strcmp(r->backend, c->backend) == 0) return r;
    }
    return NULL;
}

static row *next_row(table *t)
{
    if (t->n == t->room) {
        const size_t room = 2 * t->room + 64;
        row *at = realloc(t->at, room * sizeof *at);
        t->failed |= at == NULL;
        if (at == NULL) return NULL;
        t->at = at;
        t->room = room;
    }
    memset(&t->at[t->n], 0, sizeof *t->at);
    return &t->at[t->n++];
}

static void collect(void *arg, const cplug_explain_row *x)
{
    table *t = arg;
    const cplug_choice *c = x->choice;
    if (t->failed) return;
    row *parent = parent_of(t, x), *r = twin_of(t, x);
    if (parent != NULL && (parent->count == 1 || r == NULL)) cJSON_AddItemToArray(parent->into, cJSON_CreateString(c->op));
    if (r != NULL) {
        r->count++;
        return;
    }
    if ((r = next_row(t)) == NULL) return;
    r->layer = copy(t, x->layer);
    r->type = copy(t, x->type);
    r->op = copy(t, c->op);
    r->call = copy(t, c->call);
    r->backend = copy(t, c->backend);
    r->reason = copy(t, c->reason);
    r->others = others_text(t, c);
    r->pass = x->pass;
    r->candidates = candidates_json(c);
    r->into = cJSON_CreateArray();
    r->how = c->how;
    r->depth = c->depth;
    r->count = 1;
    for (uint32_t i = 0; c->how == CPLUG_BY_KERNEL && i < c->n_candidates; i++)
        if (strcmp(c->candidates[i].backend, c->backend) == 0 && c->candidates[i].score > r->score) {
            r->score = c->candidates[i].score;
            free(r->reason);
            r->reason = copy(t, c->candidates[i].reason);
        }
}

static void empty(table *t)
{
    for (size_t i = 0; i < t->n; i++) {
        row *r = &t->at[i];
        char *text[] = { r->layer, r->type, r->op, r->call, r->backend, r->reason, r->others };
        for (size_t k = 0; k < CPLUG_COUNT(text); k++) free(text[k]);
        cJSON_Delete(r->candidates);
        cJSON_Delete(r->into);
    }
    free(t->at);
}

/* ---- as a table ---- */
static void done_by(const row *r, char *out, size_t size)
{
    size_t n;
    switch (r->how) {
    case CPLUG_BY_KERNEL: snprintf(out, size, "%s %d: %s", r->backend, (int)r->score, r->reason); return;
    case CPLUG_BY_DECOMPOSITION:
        n = (size_t)snprintf(out, size, "decomposed into ");
        for (const cJSON *o = r->into->child; o != NULL && n < size; o = o->next)
            n += (size_t)snprintf(out + n, size - n, "%s%s", o->valuestring, o->next != NULL ? ", " : "");
        if (n < size) snprintf(out + n, size - n, ": %s", r->reason);
        return;
    case CPLUG_BY_VIEW: snprintf(out, size, "%s", r->reason); return;
    default: snprintf(out, size, "cpu, with copies: %s", r->reason); return;
    }
}

/* The device is in the head; a call says it only where it is another one. */
static void left_text(const row *r, const char *device, char *out, size_t size)
{
    char times[32] = "", on[64];
    const size_t n = strlen(r->call), m = (size_t)snprintf(on, sizeof on, " on %s", device);
    const bool usual = n > m && strcmp(r->call + n - m, on) == 0;
    if (r->count > 1) snprintf(times, sizeof times, " x%u", r->count);
    snprintf(out, size, "%*s%.*s%s", (int)(2 * r->depth), "", (int)(usual ? n - m : n), r->call, times);
}

static void print_table(const command *c, cplug_run *run, const table *t)
{
    enum { WIDEST = 76 };
    char left[1024], right[1024];
    const char *device = cplug_device_get(cplug_run_context(run));
    int layer = 5, width = 4;
    for (size_t i = 0; i < t->n; i++) {
        left_text(&t->at[i], device, left, sizeof left);
        if ((int)strlen(t->at[i].layer) > layer) layer = (int)strlen(t->at[i].layer);
        if ((int)strlen(left) > width && strlen(left) <= WIDEST) width = (int)strlen(left);
    }
    printf("%s: one training step, backends %s, device %s\n", c->file, cplug_backends_text(cplug_run_context(run)), device);
    printf("%-*s  %-8s  %-*s  %s\n", layer, "layer", "pass", width, "call", "done by; why not the others");
    for (size_t i = 0; i < t->n; i++) {
        const row *r = &t->at[i];
        const bool first = i == 0 || strcmp(r[-1].layer, r->layer) != 0 || r[-1].pass != r->pass;
        left_text(r, device, left, sizeof left);
        done_by(r, right, sizeof right);
        printf("%-*s  %-8s  %-*s  %s%s%s\n", layer, first ? r->layer : "", first ? r->pass : "", width, left, right,
               r->others[0] ? "; " : "", r->others);
    }
}

/* ---- as JSON ---- */
static void print_rows(cplug_run *run, table *t)
{
    cJSON *o = cJSON_CreateObject(), *rows = cJSON_CreateArray();
    cJSON_AddStringToObject(o, "type", "explain");
    cJSON_AddStringToObject(o, "backends", cplug_backends_text(cplug_run_context(run)));
    cJSON_AddStringToObject(o, "device", cplug_device_get(cplug_run_context(run)));
    for (size_t i = 0; i < t->n; i++) {
        row *r = &t->at[i];
        cJSON *e = cJSON_CreateObject();
        cJSON_AddStringToObject(e, "layer", r->layer);
        cJSON_AddStringToObject(e, "layer_type", r->type);
        cJSON_AddStringToObject(e, "pass", r->pass);
        cJSON_AddNumberToObject(e, "depth", r->depth);
        cJSON_AddNumberToObject(e, "count", r->count);
        cJSON_AddStringToObject(e, "op", r->op);
        cJSON_AddStringToObject(e, "call", r->call);
        cJSON_AddStringToObject(e, "by", ways[r->how >= 0 && r->how < (int32_t)CPLUG_COUNT(ways) ? r->how : 0]);
        cJSON_AddStringToObject(e, "backend", r->backend);
        cJSON_AddNumberToObject(e, "score", r->score);
        cJSON_AddStringToObject(e, "reason", r->reason);
        cJSON_AddItemToObject(e, "into", r->into);
        cJSON_AddItemToObject(e, "candidates", r->candidates);
        r->into = r->candidates = NULL;
        cJSON_AddItemToArray(rows, e);
    }
    cJSON_AddItemToObject(o, "rows", rows);
    print_json(o);
}

int do_explain(const command *c)
{
    table t = { 0 };
    cplug_run *r = open_run(c, 0);
    if (cplug_run_code(r) != CPLUG_RUN_OK || cplug_run_explain(r, collect, &t) != CPLUG_OK) {
        empty(&t);
        return finish(c, r);
    }
    int code = CPLUG_RUN_OK;
    if (t.failed)
        code = fail_text(c, CPLUG_RUN_FAILED, "out of memory");
    else if (c->json)
        print_rows(r, &t);
    else
        print_table(c, r, &t);
    empty(&t);
    const int ended = finish(c, r);
    return code != CPLUG_RUN_OK ? code : ended;
}
