/* survey.c: plugins and components as they stand, each plugin looked at in a child process. */
#include "inspect.h"
#include "../common/describe.h"
#include "../common/probe.h"
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static const char *state_name(int32_t state)
{
    static const char *const names[] = { "?", "listed", "loaded", "failed", "shadowed", "static" };
    return state >= 1 && state < (int32_t)CPLUG_COUNT(names) ? names[state] : names[0];
}

/* Text from a manifest, without what a terminal would take for a command. */
static void add_clean(cJSON *o, const char *key, const char *text)
{
    cJSON *item = cJSON_AddStringToObject(o, key, text);
    for (char *at = item != NULL ? item->valuestring : NULL; at != NULL && *at; at++)
        if ((unsigned char)*at < ' ' || *at == 127) *at = '?';
    if (item != NULL) cplug_utf8_mend(item->valuestring);
}

/* ---- what a manifest promises ---- */
/* Steps through "kind:id kind:id": kind and id cut into room; false at the end. */
static bool next_promise(const char **at, char *room, size_t size, const char **id)
{
    *at += strspn(*at, " \t");
    const size_t n = strcspn(*at, " \t"), kept = n < size ? n : size - 1;
    if (n == 0) return false;
    memcpy(room, *at, kept);
    room[kept] = '\0';
    *at += n;
    char *colon = strchr(room, ':');
    *id = colon != NULL ? colon + 1 : "";
    if (colon != NULL) *colon = '\0';
    return true;
}

static void add_kinds(cJSON *o, const char *provides)
{
    cJSON *list = cJSON_AddArrayToObject(o, "kinds");
    char room[256];
    const char *id;
    while (next_promise(&provides, room, sizeof room, &id)) {
        bool known = false;
        for (const cJSON *k = list->child; k != NULL; k = k->next) known = known || strcmp(k->valuestring, room) == 0;
        if (!known) cJSON_AddItemToArray(list, cJSON_CreateString(room));
    }
}

/* Whether a plugin may have to do with "conv2d", "loss:mse" or its own id; kernels count for their op. */
static bool concerns(const cplug_plugin_info *p, const char *about)
{
    const char *colon = strchr(about, ':'), *want = colon != NULL ? colon + 1 : about, *at = p->provides, *id;
    char room[256];
    if (strcmp(about, p->id) == 0) return true;
    while (next_promise(&at, room, sizeof room, &id)) {
        char *device = strchr(id, '@');
        if (device != NULL) *device = '\0';
        if (strcmp(room, about) == 0 || fnmatch(id, want, 0) == 0) return true;
    }
    return false;
}

/* ---- one plugin ---- */
const cJSON *survey_next(const survey *s, const cJSON *after, const char *kind, const char *id)
{
    const cJSON *o = after != NULL ? after->next : s->components->child;
    for (; o != NULL; o = o->next)
        if ((kind == NULL || strcmp(json_text(o, "kind"), kind) == 0) && (id == NULL || strcmp(json_text(o, "id"), id) == 0)) return o;
    return NULL;
}

static const cJSON *owner_of(const survey *s, const cJSON *component)
{
    for (const cJSON *o = survey_next(s, NULL, NULL, json_text(component, "id")); o != NULL;
         o = survey_next(s, o, NULL, json_text(component, "id")))
        if (describe_same_space(json_text(o, "kind"), json_text(component, "kind"))) return o;
    return NULL;
}

static void note(char *reason, size_t size, const char *what, const cJSON *component, const cJSON *owner)
{
    const size_t n = strlen(reason);
    snprintf(reason + n, size - n, "%s%s '%s' %s %s", n ? "; " : "", json_text(component, "kind"), json_text(component, "id"), what,
             json_text(owner, "plugin"));
}

/* What a plugin brings joins the rest, but for what an earlier one has; several may have kernels of one op. */
static void adopt(survey *s, probe_result *r, const char *plugin)
{
    for (cJSON *o; (o = cJSON_DetachItemFromArray(r->brings, 0)) != NULL;) {
        const cJSON *owner = strcmp(json_text(o, "kind"), "kernel") != 0 ? owner_of(s, o) : NULL;
        if (owner != NULL) note(r->reason, sizeof r->reason, "was already provided by", o, owner);
        if (owner != NULL || !describe_knows(json_text(o, "kind"))) {
            cJSON_Delete(o);
            continue;
        }
        add_clean(o, "plugin", plugin);
        cJSON_AddItemToArray(s->components, o);
    }
}

static void add_plugin(survey *s, const cplug_plugin_info *p, bool look, int seconds)
{
    probe_result r = { .reason = "" };
    const char *state = state_name(p->state);
    if (look && p->state == CPLUG_PLUGIN_LISTED) {
        state = probe_plugin(p->path, seconds, &r) ? "loaded" : "failed";
        adopt(s, &r, p->id);
        if (strcmp(state, "loaded") == 0 && r.reason[0]) state = STATE_WARNING;
    } else {
        snprintf(r.reason, sizeof r.reason, "%s", p->reason);
    }
    cJSON *o = cJSON_CreateObject();
    add_clean(o, "id", p->id);
    add_clean(o, "version", p->version);
    cJSON_AddStringToObject(o, "state", state);
    add_kinds(o, p->provides);
    cJSON_AddNumberToObject(o, "abi_major", p->abi_major);
    cJSON_AddNumberToObject(o, "abi_minor", p->abi_minor);
    add_clean(o, "path", p->path);
    add_clean(o, "license", p->license);
    add_clean(o, "doc", p->doc);
    add_clean(o, "provides", p->provides);
    add_clean(o, "reason", r.reason);
    cJSON_AddItemToArray(s->plugins, o);
    probe_free(&r);
}

/* ---- the whole ---- */
static void keep_line(void *arg, int32_t level, const char *text)
{
    if (level <= CPLUG_LOG_WARN)
        cJSON_AddItemToArray(arg, cJSON_CreateString(text));
    else
        fprintf(stderr, "%s\n", text); /* asked for with CPLUG_LOG */
}

static bool is_promised(cplug_context *ctx, const char *kind, const char *id)
{
    const cplug_plugin_info *p;
    for (int32_t i = 0; (p = cplug_plugin_get(ctx, i)) != NULL; i++) {
        const char *at = p->provides, *other;
        char room[256];
        while (p->state == CPLUG_PLUGIN_LISTED && next_promise(&at, room, sizeof room, &other))
            if (strcmp(room, kind) == 0 && strcmp(other, id) == 0) return true;
    }
    return false;
}

static bool comes_again(cplug_context *ctx, const char *kind, int32_t i)
{
    const char *id = cplug_component_id(ctx, kind, i), *other;
    while ((other = cplug_component_id(ctx, kind, ++i)) != NULL)
        if (strcmp(id, other) == 0) return true;
    return false;
}

/* What core has itself: ops, its device, sequential.  It is listed before what plugins promise, whose descriptors would load them. */
static void add_own(survey *s, cplug_context *ctx)
{
    static const char *const own[] = { "op", "device", "module" };
    for (uint32_t k = 0; k < CPLUG_COUNT(own); k++) {
        const char *id;
        for (int32_t i = 0; (id = cplug_component_id(ctx, own[k], i)) != NULL; i++) {
            if (is_promised(ctx, own[k], id) && !comes_again(ctx, own[k], i)) continue;
            const void *descriptor = cplug_component(ctx, own[k], id);
            cJSON *o = describe_component(own[k], descriptor);
            if (strcmp(own[k], "op") == 0) add_dtypes(o, descriptor);
            cJSON_AddStringToObject(o, "plugin", "");
            cJSON_AddItemToArray(s->components, o);
        }
    }
}

bool survey_open(survey *s, const char *about, int seconds)
{
    *s = (survey){ cJSON_CreateArray(), cJSON_CreateArray(), cJSON_CreateArray() };
    cplug_log_to(keep_line, s->warnings);
    cplug_context *ctx = cplug_open(NULL);
    if (ctx != NULL) add_own(s, ctx);
    const int own = cJSON_GetArraySize(s->components);
    for (int32_t i = 0, n = cplug_plugin_count(ctx); i < n; i++) {
        const cplug_plugin_info *p = cplug_plugin_get(ctx, i);
        add_plugin(s, p, about == NULL || concerns(p, about), seconds);
    }
    for (int i = 0, at = 0; i < own; i++) { /* ops to the end: of conv2d the layer comes first */
        const bool op = strcmp(json_text(cJSON_GetArrayItem(s->components, at), "kind"), "op") == 0;
        if (op) cJSON_AddItemToArray(s->components, cJSON_DetachItemFromArray(s->components, at));
        at += !op;
    }
    cplug_log_to(NULL, NULL);
    if (ctx == NULL)
        survey_free(s);
    else
        cplug_close(ctx);
    return ctx != NULL;
}

int survey_seconds(const command *c, int *seconds)
{
    char *end = NULL;
    *seconds = PROBE_SECONDS;
    if (c->timeout == NULL) return CPLUG_RUN_OK;
    const long value = strtol(c->timeout, &end, 10);
    if (*end || end == c->timeout || value < 1 || value > 3600)
        return usage(c, "--timeout takes seconds from 1 to 3600, got", c->timeout, "cplug-run plugins --timeout 20");
    *seconds = (int)value;
    return CPLUG_RUN_OK;
}

void survey_free(survey *s)
{
    cJSON_Delete(s->plugins);
    cJSON_Delete(s->components);
    cJSON_Delete(s->warnings);
    *s = (survey){ NULL, NULL, NULL };
}

bool survey_is_broken(const cJSON *plugin)
{
    const char *state = json_text(plugin, "state");
    return strcmp(state, "failed") == 0 || strcmp(state, "shadowed") == 0;
}
