/* scope.c: who holds a fresh tensor.  All scopes of a context share one stack of tensors; a scope is the part of it from `begin` on. */
#include "tensor/tensor.h"

enum { ROOT_WARNING = 100000 };

static void warn_root(cplug_context *ctx)
{
    ctx->warned_root = 1;
    cplug__log(CPLUG_LOG_WARN, "the root scope holds %d tensors: open a scope around each training step (cplug_scope_open)", ROOT_WARNING);
}

static cplug_tensor *grow(cplug_context *ctx, cplug_tensor *t)
{
    cplug__scopes *s = &ctx->scopes;
    const uint32_t room = s->room ? 2 * s->room : 256;
    cplug_tensor **held = cplug__grow(s->held, s->room * sizeof *held, room * sizeof *held);
    if (!held) {
        cplug__drop(t);
        cplug__nomem(ctx, "the tensor stack");
        return NULL;
    }
    s->held = held;
    s->room = room;
    return cplug__give(t);
}

cplug_tensor *cplug__give(cplug_tensor *t)
{
    if (UNLIKELY(!t)) return NULL;
    cplug__scopes *s = &t->ctx->scopes;
    if (UNLIKELY(s->n == s->room)) return grow(t->ctx, t);
    s->held[s->n++] = t;
    if (UNLIKELY(s->n == ROOT_WARNING && !s->top && !t->ctx->warned_root)) warn_root(t->ctx);
    return t;
}

cplug_scope *cplug_scope_open(cplug_context *ctx)
{
    if (!ctx) return NULL;
    cplug_scope *s = ctx->scopes.spare;
    if (s) {
        ctx->scopes.spare = s->outer;
    } else if (!(s = cplug__arena_alloc(&ctx->arena, sizeof *s))) {
        cplug__nomem(ctx, "a scope");
        return NULL;
    }
    s->ctx = ctx;
    s->outer = ctx->scopes.top;
    s->begin = ctx->scopes.n;
    ctx->scopes.top = s;
    return s;
}

static void close_top(cplug_context *ctx)
{
    cplug_scope *s = ctx->scopes.top;
    while (ctx->scopes.n > s->begin) cplug__drop(ctx->scopes.held[--ctx->scopes.n]);
    ctx->scopes.top = s->outer;
    s->outer = ctx->scopes.spare;
    s->ctx = NULL;
    ctx->scopes.spare = s;
}

void cplug_scope_close(cplug_scope *scope)
{
    if (!scope || !scope->ctx) return;
    cplug_context *ctx = scope->ctx;
    while (ctx->scopes.top && ctx->scopes.top != scope) close_top(ctx);
    if (ctx->scopes.top == scope) close_top(ctx);
}

cplug_tensor *cplug_scope_keep(cplug_scope *scope, cplug_tensor *t)
{
    if (!scope || !scope->ctx || !t) return t;
    cplug__scopes *s = &scope->ctx->scopes;
    uint32_t end = s->n;
    for (cplug_scope *inner = s->top; inner && inner != scope; inner = inner->outer) end = inner->begin;
    for (uint32_t i = end; i-- > scope->begin;) {
        if (s->held[i] != t) continue;
        s->held[i] = s->held[scope->begin];
        s->held[scope->begin++] = t; /* the slot now belongs to the scope around */
        return t;
    }
    return t;
}
