/* context.c: opening and closing a runtime, what it owns, its seed and its threads. */
#include "base/mode.h"
#include "autograd/autograd.h"
#include "dispatch/dispatch.h"
#include "module/module.h"
#include <stdio.h>

typedef struct open_options {
    const char *backends, *device, *plugin_path;
    cplug_strings override;
    int64_t seed, threads, memory_limit, fallback, anomaly;
} open_options;
#define AT(field) offsetof(open_options, field)
static const cplug_option options[] = {
    { .name = "backends",
      .doc = "backends in order of preference, unlisted ones are out; auto: all that are installed",
      .type = CPLUG_OPT_STRING,
      .offset = AT(backends),
      .fallback = "auto" },
    { .name = "device", .doc = "where new tensors are born", .type = CPLUG_OPT_STRING, .offset = AT(device), .fallback = "cpu" },
    { .name = "seed", .doc = "of all random numbers", .type = CPLUG_OPT_INT, .offset = AT(seed), .fallback = "0" },
    { .name = "threads",
      .doc = "compute threads; 0: all cores",
      .type = CPLUG_OPT_INT,
      .offset = AT(threads),
      .fallback = "0",
      .min = 0,
      .max = 1024 },
    { .name = "memory_limit",
      .doc = "bytes that tensors on the device may take; 0: no limit",
      .type = CPLUG_OPT_INT,
      .offset = AT(memory_limit),
      .fallback = "0",
      .min = 0,
      .max = 9e18 },
    { .name = "fallback",
      .doc = "when the device has no kernel: run on the cpu with copies, do so with a warning, or fail",
      .type = CPLUG_OPT_CHOICE,
      .offset = AT(fallback),
      .fallback = "warn",
      .choices = "allow|warn|error" },
    { .name = "override",
      .doc = "ops forced to a backend whatever the scores: matmul:cpu, linear:openblas",
      .type = CPLUG_OPT_STRINGS,
      .flags = CPLUG_OPT_UNSET_OK,
      .offset = AT(override) },
    { .name = "plugin_path",
      .doc = "folders searched for plugins first, separated by ':'",
      .type = CPLUG_OPT_STRING,
      .flags = CPLUG_OPT_UNSET_OK,
      .offset = AT(plugin_path) },
    { .name = "anomaly",
      .doc = "name the op that makes the first NaN in backward",
      .type = CPLUG_OPT_BOOL,
      .offset = AT(anomaly),
      .fallback = "false" },
};
static const cplug_options_table table = CPLUG_OPTIONS(options);

const cplug_options_table *cplug_context_options(void) { return &table; }

static cplug_status force(cplug_context *ctx, const cplug_strings *list)
{
    for (int64_t i = 0; i < list->n && !ctx->error; i++) {
        const char *colon = strchr(list->v[i], ':');
        char op[64];
        if (!colon || colon == list->v[i] || !colon[1] || colon - list->v[i] >= (int64_t)sizeof op)
            return cplug_error_set(ctx, CPLUG_E_INVALID, "override: expected OP:BACKEND, as in matmul:cpu, got '%s'", list->v[i]);
        snprintf(op, sizeof op, "%.*s", (int)(colon - list->v[i]), list->v[i]);
        cplug_backend_override(ctx, op, colon + 1);
    }
    return ctx->error;
}

/* Stands for a saved tensor that changed: every use of it fails, whatever the op. */
static cplug_status make_stale(cplug_context *ctx)
{
    ctx->stale = cplug__tensor_new(ctx);
    if (!ctx->stale) return ctx->error;
    ctx->stale->view.dtype = CPLUG_F32;
    return CPLUG_OK;
}

static cplug_status build(cplug_context *ctx, const char *text)
{
    open_options o = { 0 };
    cplug_error e = CPLUG__ERROR_INIT;
    if (cplug__options_store(&ctx->arena, &table, text ? text : "", NULL, "cplug_open", &o, &e)) return cplug__raise(ctx, &e, NULL);
    ctx->seed = (uint64_t)o.seed;
    ctx->fallback_policy = (int32_t)o.fallback;
    ctx->anomaly = o.anomaly != 0;
    cplug_threads(ctx, (int32_t)o.threads);
    if (!(ctx->registry = cplug__registry_new(ctx, o.plugin_path))) return cplug__nomem(ctx, "the registry");
    if (cplug__autograd_open(ctx) || make_stale(ctx)) return ctx->error;
    if (!(ctx->current_device = cplug__device_find(ctx, "cpu"))) return ctx->error;
    if (cplug__dispatch_open(ctx, o.backends)) return ctx->error;
    if (cplug_register(ctx, "module", &cplug__sequential)) return ctx->error;
    if (force(ctx, &o.override)) return ctx->error;
    if (strcmp(o.device, "cpu") != 0) cplug_device_set(ctx, o.device);
    if (o.memory_limit) cplug_memory_limit(ctx, o.device, (uint64_t)o.memory_limit);
    return ctx->error;
}

cplug_context *cplug_open(const char *text)
{
    CPLUG__OWN_MODE;
    cplug_context *ctx = cplug__alloc(sizeof *ctx);
    if (!ctx) {
        cplug__open_failed("out of memory for a context");
        return NULL;
    }
    ctx->error_message.struct_size = sizeof ctx->error_message;
    ctx->grad_enabled = 1;
    if (build(ctx, text)) {
        cplug__open_failed(ctx->error_message.message);
        cplug_close(ctx);
        return NULL;
    }
    return ctx;
}

static void close_owned(cplug_context *ctx)
{
    while (ctx->owned) {
        cplug__owned *o = ctx->owned;
        cplug__disown(o);
        o->destroy(o);
    }
}

cplug_status cplug_close(cplug_context *ctx)
{
    if (!ctx) return CPLUG_E_INVALID;
    const cplug_status st = ctx->error;
    close_owned(ctx);
    while (ctx->scopes.top) cplug_scope_close(ctx->scopes.top);
    while (ctx->scopes.n) cplug__drop(ctx->scopes.held[--ctx->scopes.n]);
    cplug__tensors_close(ctx);
    cplug__dispatch_close(ctx);
    cplug__devices_close(ctx);
    cplug__autograd_close(ctx);
    cplug__backends_close(ctx);
    if (ctx->registry) cplug__registry_free(ctx->registry);
    cplug__free(ctx->scopes.held);
    cplug__arena_free(&ctx->arena);
    cplug__free(ctx);
    return st;
}

void cplug__own(cplug_context *ctx, cplug__owned *o, void (*destroy)(cplug__owned *self))
{
    o->destroy = destroy;
    o->next = ctx->owned;
    o->back = &ctx->owned;
    if (o->next) o->next->back = &o->next;
    ctx->owned = o;
}

void cplug__disown(cplug__owned *o)
{
    if (!o->back) return;
    *o->back = o->next;
    if (o->next) o->next->back = o->back;
    o->next = NULL;
    o->back = NULL;
}

/* ---- seeds and threads ---- */
void cplug_seed(cplug_context *ctx, uint64_t seed) { cplug_rng_set(ctx, seed, 0); }

void cplug_rng_get(const cplug_context *ctx, uint64_t *seed, uint64_t *offset)
{
    if (seed) *seed = ctx ? ctx->seed : 0;
    if (offset) *offset = ctx ? ctx->offset : 0;
}

void cplug_rng_set(cplug_context *ctx, uint64_t seed, uint64_t offset)
{
    if (!ctx) return;
    ctx->seed = seed;
    ctx->offset = offset;
}

void cplug_threads(cplug_context *ctx, int32_t n)
{
    if (!ctx) return;
    const int32_t threads = n > 0 ? n : cplug__cores();
    if (threads != ctx->threads) ctx->epoch++; /* plans know how many threads they were made for */
    ctx->threads = threads;
}

int32_t cplug_threads_get(const cplug_context *ctx) { return ctx ? ctx->threads : 0; }
