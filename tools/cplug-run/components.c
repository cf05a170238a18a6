/* components.c: the verbs that look at what is installed: plugins, inspect. */
#include "tool.h"
#include <string.h>

static const char *state_name(int32_t state)
{
    static const char *const names[] = { "?", "listed", "loaded", "failed", "shadowed", "static" };
    return state >= 1 && state < (int32_t)CPLUG_COUNT(names) ? names[state] : names[0];
}

static cJSON *plugin_json(const cplug_plugin_info *p)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "id", p->id);
    cJSON_AddStringToObject(o, "version", p->version);
    cJSON_AddStringToObject(o, "state", state_name(p->state));
    cJSON_AddNumberToObject(o, "abi_major", p->abi_major);
    cJSON_AddNumberToObject(o, "abi_minor", p->abi_minor);
    cJSON_AddStringToObject(o, "path", p->path);
    cJSON_AddStringToObject(o, "doc", p->doc);
    cJSON_AddStringToObject(o, "provides", p->provides);
    cJSON_AddStringToObject(o, "reason", p->reason);
    return o;
}

static void plugin_text(const cplug_plugin_info *p)
{
    printf("%-8s  %-16s %-8s abi %d.%d  %s\n", state_name(p->state), p->id, p->version, (int)p->abi_major, (int)p->abi_minor, p->path);
    if (p->reason[0]) printf("          %s\n", p->reason);
}

int do_plugins(const command *c)
{
    cplug_context *ctx = cplug_open(NULL);
    cJSON *list = cJSON_CreateArray();
    int32_t shown = 0;
    if (ctx == NULL) {
        cJSON_Delete(list);
        return fail_text(c, CPLUG_RUN_PLUGIN, cplug_error_text(NULL));
    }
    cplug_plugin_load_all(ctx);
    for (int32_t i = 0; i < cplug_plugin_count(ctx); i++) {
        const cplug_plugin_info *p = cplug_plugin_get(ctx, i);
        bool bad = p->state == CPLUG_PLUGIN_FAILED || p->state == CPLUG_PLUGIN_SHADOWED;
        if (c->failed && !bad) continue;
        shown++;
        if (c->json)
            cJSON_AddItemToArray(list, plugin_json(p));
        else
            plugin_text(p);
    }
    if (c->json) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "type", "plugins");
        cJSON_AddItemToObject(o, "plugins", list);
        print_json(o);
    } else {
        cJSON_Delete(list);
        if (shown == 0) puts(c->failed ? "every plugin works" : "no plugins found; CPLUG_PLUGIN_PATH adds directories");
    }
    cplug_close(ctx);
    return CPLUG_RUN_OK;
}

/* ---- inspect ---- */
static const char *const kinds[] = { "module", "loss", "optimizer", "scheduler", "metric", "dataset", "transform", "callback", "format" };

static const char *component_doc(const char *kind, const void *descriptor)
{
    if (descriptor == NULL) return "";
    const char *doc = strcmp(kind, "module") == 0 || strcmp(kind, "loss") == 0 ? ((const cplug_module_type *)descriptor)->doc
                      : strcmp(kind, "optimizer") == 0                         ? ((const cplug_optimizer_type *)descriptor)->doc
                      : strcmp(kind, "scheduler") == 0                         ? ((const cplug_scheduler_type *)descriptor)->doc
                                                                               : ((const cplug_dataset *)descriptor)->doc;
    return doc != NULL ? doc : "";
}

static const char *type_text(const cplug_option *o)
{
    static const char *const names[] = { "?",    "int",  "float",  "true|false", "text",      "",
                                         "path", "ints", "floats", "texts",      "component", "components" };
    if (o->type == CPLUG_OPT_CHOICE && o->choices != NULL) return o->choices;
    return o->type < CPLUG_COUNT(names) ? names[o->type] : names[0];
}

static cplug_option option_get(const cplug_options_table *t, uint32_t i)
{
    cplug_option o;
    memset(&o, 0, sizeof o);
    memcpy(&o, (const char *)t->at + (size_t)i * t->stride, t->stride < sizeof o ? t->stride : sizeof o);
    return o;
}

static void option_text(const cplug_option *o)
{
    char range[96] = "";
    if (o->min != 0 || o->max != 0) {
        const bool open_end = o->max < o->min || o->max >= INT32_MAX; /* no limit that a user would meet */
        if (open_end)
            snprintf(range, sizeof range, " >= %g", o->min);
        else
            snprintf(range, sizeof range, " %g to %g", o->min, o->max);
    }
    const char *fallback = o->flags & CPLUG_OPT_REQUIRED ? "required" : o->fallback != NULL ? o->fallback : "none";
    printf("  %-18s %s%s, %s%s\n", o->name, type_text(o), range, o->flags & CPLUG_OPT_REQUIRED ? "" : "default ", fallback);
    if (o->doc != NULL && o->doc[0]) printf("  %-18s %s\n", "", o->doc);
}

static cJSON *option_json(const cplug_option *o)
{
    cJSON *j = cJSON_CreateObject();
    cJSON_AddStringToObject(j, "name", o->name);
    cJSON_AddStringToObject(j, "type", type_text(o));
    cJSON_AddBoolToObject(j, "required", (o->flags & CPLUG_OPT_REQUIRED) != 0);
    if (o->fallback != NULL) cJSON_AddStringToObject(j, "default", o->fallback);
    if (o->min != 0 || o->max != 0) {
        cJSON_AddNumberToObject(j, "min", o->min);
        cJSON_AddNumberToObject(j, "max", o->max);
    }
    cJSON_AddStringToObject(j, "doc", o->doc != NULL ? o->doc : "");
    return j;
}

static void show_component(const command *c, cplug_context *ctx, const char *kind, const char *id, cJSON *list)
{
    const char *doc = component_doc(kind, cplug_component(ctx, kind, id));
    const cplug_options_table *t = cplug_component_options(ctx, kind, id);
    cJSON *o = cJSON_CreateObject(), *options = cJSON_CreateArray();
    if (!c->json) printf("%s %s: %s\n", kind, id, doc);
    if (cplug_failed(ctx) && !c->json) printf("  %s\n", cplug_error_text(ctx));
    cJSON_AddStringToObject(o, "kind", kind);
    cJSON_AddStringToObject(o, "id", id);
    cJSON_AddStringToObject(o, "doc", doc);
    for (uint32_t i = 0; t != NULL && i < t->n; i++) {
        cplug_option option = option_get(t, i);
        if (c->json)
            cJSON_AddItemToArray(options, option_json(&option));
        else
            option_text(&option);
    }
    cJSON_AddItemToObject(o, "options", options);
    cJSON_AddItemToArray(list, o);
    cplug_error_clear(ctx);
}

static void list_components(const command *c, cplug_context *ctx, cJSON *list)
{
    for (uint32_t k = 0; k < CPLUG_COUNT(kinds); k++) {
        const char *id;
        if (!c->json) printf("%s:", kinds[k]);
        for (int32_t i = 0; (id = cplug_component_id(ctx, kinds[k], i)) != NULL; i++) {
            cJSON *o = cJSON_CreateObject();
            cJSON_AddStringToObject(o, "kind", kinds[k]);
            cJSON_AddStringToObject(o, "id", id);
            cJSON_AddItemToArray(list, o);
            if (!c->json) printf(" %s", id);
        }
        if (!c->json) printf("\n");
    }
}

/* "conv2d", or "loss:mse" where several kinds have the name. */
static int inspect_one(const command *c, cplug_context *ctx, cJSON *list)
{
    enum { MOST = 1024 };
    const char *names[MOST], *colon = strchr(c->file, ':'), *want = colon != NULL ? colon + 1 : c->file, *id;
    uint32_t n = 0, found = 0;
    for (uint32_t k = 0; k < CPLUG_COUNT(kinds); k++) {
        if (colon != NULL && (strlen(kinds[k]) != (size_t)(colon - c->file) || strncmp(kinds[k], c->file, strlen(kinds[k])) != 0)) continue;
        for (int32_t i = 0; (id = cplug_component_id(ctx, kinds[k], i)) != NULL; i++) {
            if (n < MOST) names[n++] = id;
            if (strcmp(id, want) != 0) continue;
            show_component(c, ctx, kinds[k], id, list);
            found++;
            break;
        }
    }
    if (found) return CPLUG_RUN_OK;
    char text[256];
    const char *near = cplug_nearest(want, names, n);
    snprintf(text, sizeof text, "there is no component '%s'%s%s%s", c->file, near ? "; did you mean '" : "", near ? near : "",
             near ? "'?" : "");
    return fail_text(c, CPLUG_RUN_USAGE, text);
}

int do_inspect(const command *c)
{
    cplug_context *ctx = cplug_open(NULL);
    cJSON *list = cJSON_CreateArray();
    int code = CPLUG_RUN_OK;
    if (ctx == NULL) {
        cJSON_Delete(list);
        return fail_text(c, CPLUG_RUN_PLUGIN, cplug_error_text(NULL));
    }
    if (c->file != NULL)
        code = inspect_one(c, ctx, list);
    else
        list_components(c, ctx, list);
    if (c->json && code == CPLUG_RUN_OK) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "type", "inspect");
        cJSON_AddItemToObject(o, "components", list);
        print_json(o);
    } else {
        cJSON_Delete(list);
    }
    cplug_close(ctx);
    return code;
}
