/* backends.c: the order of backends, overrides, the fallback policy, and words about all of these. */
#include "dispatch/backends.h"
#include <stdio.h>

enum { MAX_BACKENDS = 16 };
struct cplug__backends {
    bool automatic;
    char name[MAX_BACKENDS][CPLUG__NAME];
    uint32_t n;
    const char *override_all;
    cplug__text text, described;
};

int32_t cplug__backend_rank(cplug_context *ctx, const char *name)
{
    const struct cplug__backends *b = ctx->backends;
    for (uint32_t i = 0; i < b->n; i++)
        if (strcmp(b->name[i], name) == 0) return (int32_t)i;
    return b->automatic ? MAX_BACKENDS : -1;
}

bool cplug__backend_enabled(cplug_context *ctx, const char *name) { return !ctx->backends || cplug__backend_rank(ctx, name) >= 0; }
const char *cplug__override_all(cplug_context *ctx) { return ctx->backends->override_all; }

cplug_status cplug__backend_register(cplug_context *ctx, const cplug_backend *b, cplug_error *e)
{
    (void)ctx;
    return b->name && b->device ? CPLUG_OK : cplug__error_fill(e, CPLUG_E_INVALID, "a backend needs name and device");
}

/* A new epoch: cached decisions no longer match, and plugins are looked for again. */
static void new_epoch(cplug_context *ctx)
{
    ctx->epoch++;
    for (int b = 0; b < CPLUG__OP_BUCKETS; b++)
        for (cplug__opentry *op = ctx->ops->by_name[b]; op; op = op->next) op->wanted = 0;
}

cplug_status cplug_backends(cplug_context *ctx, const char *order)
{
    if (!ctx) return CPLUG_E_INVALID;
    if (ctx->error) return ctx->error;
    struct cplug__backends fresh = { .automatic = !order || !order[0] || strcmp(order, "auto") == 0 };
    for (const char *at = fresh.automatic ? "" : order; *at;) {
        const uint64_t n = strcspn(at, ", ");
        if (n >= CPLUG__NAME || fresh.n == MAX_BACKENDS)
            return cplug_error_set(ctx, CPLUG_E_INVALID, "backends: '%s' is too long a list", order);
        if (n) {
            memcpy(fresh.name[fresh.n], at, n);
            if (strcmp(fresh.name[fresh.n], "auto") == 0)
                fresh.automatic = true;
            else
                fresh.n++;
        }
        at += n;
        while (*at == ',' || *at == ' ') at++;
    }
    for (uint32_t i = 0; i < fresh.n; i++)
        if (!cplug__find(ctx, "backend", fresh.name[i])) return cplug__not_found(ctx, "backend", fresh.name[i]);
    if (!ctx->backends && !(ctx->backends = cplug__alloc(sizeof *ctx->backends))) return cplug__nomem(ctx, "the backends");
    fresh.text = ctx->backends->text;
    fresh.described = ctx->backends->described;
    fresh.override_all = ctx->backends->override_all;
    *ctx->backends = fresh;
    new_epoch(ctx);
    return CPLUG_OK;
}

/* Whether a backend has kernels for the context's device, by its plugin's manifest if it is not loaded. */
static bool serves_device(cplug_context *ctx, const char *id)
{
    char promise[CPLUG__NAME + 16], device[64];
    const char *type = ctx->current_device->type->name;
    snprintf(promise, sizeof promise, "backend:%s", id);
    snprintf(device, sizeof device, "@%s", type);
    const int32_t n = cplug_plugin_count(ctx);
    for (int32_t i = 0; i < n; i++) {
        const cplug_plugin_info *p = cplug_plugin_get(ctx, i);
        const char *at = p->state == CPLUG_PLUGIN_LISTED ? strstr(p->provides, promise) : NULL;
        const char after = at ? at[strlen(promise)] : 'x';
        if (after == ' ' || after == '\0') return strstr(p->provides, device) != NULL;
    }
    const cplug_backend *b = cplug__find(ctx, "backend", id);
    return b && strcmp(b->device, type) == 0;
}

const char *cplug_backends_text(cplug_context *ctx)
{
    if (!ctx || !ctx->backends) return "";
    struct cplug__backends *b = ctx->backends;
    b->text.length = 0;
    for (uint32_t i = 0; i < b->n; i++) cplug__text_add(&b->text, "%s%s", i ? "," : "", b->name[i]);
    const char *id;
    for (int32_t i = 0; b->automatic && (id = cplug_component_id(ctx, "backend", i)) != NULL; i++)
        if (serves_device(ctx, id)) cplug__text_add(&b->text, "%s%s", b->text.length ? "," : "", id);
    return b->text.at && b->text.length ? b->text.at : "";
}

const char *cplug_backend_describe(cplug_context *ctx, const char *name)
{
    if (!ctx || !ctx->backends || !name) return "";
    const cplug_backend *b = cplug__find(ctx, "backend", name);
    if (!b || !b->describe) return "";
    char room[256] = "";
    b->describe(room, sizeof room);
    ctx->backends->described.length = 0;
    cplug__text_add(&ctx->backends->described, "%s", room);
    return ctx->backends->described.at ? ctx->backends->described.at : "";
}

cplug_status cplug_backend_override(cplug_context *ctx, const char *op_name, const char *backend)
{
    if (!ctx || !op_name) return CPLUG_E_INVALID;
    if (ctx->error) return ctx->error;
    const char *kept = NULL;
    if (backend) {
        if (strcmp(backend, CPLUG__DECOMPOSITION) != 0 && !cplug__find(ctx, "backend", backend))
            return cplug__not_found(ctx, "backend", backend);
        if (!(kept = cplug__arena_strdup(&ctx->arena, backend, strlen(backend)))) return cplug__nomem(ctx, "an override");
    }
    if (strcmp(op_name, "*") == 0) {
        ctx->backends->override_all = kept;
    } else {
        cplug__opentry *op = cplug__op_find(ctx, op_name);
        if (!op) return cplug__not_found(ctx, "op", op_name);
        op->override = kept;
    }
    new_epoch(ctx);
    return CPLUG_OK;
}

void cplug_fallback(cplug_context *ctx, int32_t policy)
{
    if (!ctx || policy < CPLUG_FALLBACK_ALLOW || policy > CPLUG_FALLBACK_ERROR) return;
    ctx->fallback_policy = policy;
    new_epoch(ctx);
}

int64_t cplug_fallback_count(const cplug_context *ctx) { return ctx ? (int64_t)ctx->fallback_count : 0; }

const char *cplug_explain(cplug_context *ctx, const char *op_name)
{
    const cplug__opentry *op = ctx && op_name ? cplug__op_find(ctx, op_name) : NULL;
    return op && op->why.at && op->why.length ? op->why.at : "";
}

void cplug__backends_close(cplug_context *ctx)
{
    if (!ctx->backends) return;
    cplug__text_free(&ctx->backends->text);
    cplug__text_free(&ctx->backends->described);
    cplug__free(ctx->backends);
    ctx->backends = NULL;
}
