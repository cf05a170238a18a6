/* callback.c: the callback object: every event reaches its type under no_grad and in a scope of its own. */
#include "base/mode.h"
#include "train/train.h"

struct cplug_callback {
    cplug__owned owned;
    cplug_context *ctx;
    cplug__instance instance;
    const cplug_callback_type *type;
};

static void release_callback(cplug_callback *c)
{
    if (c->type && c->type->destroy) c->type->destroy(c->ctx, c->instance.self);
    cplug__unmake(&c->instance);
    cplug__free(c);
}
static void destroy_owned(cplug__owned *owned) { release_callback((cplug_callback *)owned); }

cplug_callback *cplug_callback_new(cplug_context *ctx, const char *spec, const char *base_dir)
{
    if (!ctx || ctx->error) return NULL;
    cplug_callback *c = (cplug_callback *)cplug__alloc(sizeof *c);
    if (!c) {
        cplug__nomem(ctx, "a callback");
        return NULL;
    }
    c->ctx = ctx;
    if (cplug__make(ctx, &(cplug__kind)CPLUG__KIND("callback", cplug_callback_type), spec, base_dir, &c->instance)) {
        release_callback(c);
        return NULL;
    }
    c->type = (const cplug_callback_type *)c->instance.type;
    cplug__own(ctx, &c->owned, destroy_owned);
    return c;
}

cplug_status cplug_callback_on(cplug_callback *c, cplug_event *ev)
{
    CPLUG__OWN_MODE;
    if (!c || !ev) return CPLUG_E_INVALID;
    cplug_context *ctx = c->ctx;
    if (ctx->error) return ctx->error;
    cplug__place_push(ctx, "callback '%s'", c->type->id);
    cplug_scope *scope = cplug_scope_open(ctx);
    const int32_t grad = cplug_grad_mode(ctx, 0);
    const cplug_status st = c->type->on(ctx, c->instance.self, ev);
    if (st && !ctx->error) cplug_error_set(ctx, st, "failed and did not say why");
    cplug_grad_mode(ctx, grad);
    cplug_scope_close(scope);
    cplug__place_pop(ctx);
    return ctx->error;
}

const cplug_callback_type *cplug_callback_type_of(const cplug_callback *c) { return c ? c->type : NULL; }

uint64_t cplug_callback_state(cplug_callback *c, void **bytes)
{
    if (bytes) *bytes = c && c->type->state_size ? (char *)c->instance.self + c->type->state_offset : NULL;
    return c ? c->type->state_size : 0;
}

void cplug_callback_free(cplug_callback *c)
{
    if (!c) return;
    cplug__disown(&c->owned);
    release_callback(c);
}
