/* metric.c: the metric object: every call of a type runs under no_grad and in a scope of its own. */
#include "base/mode.h"
#include "train/train.h"

struct cplug_metric {
    cplug__owned owned;
    cplug_context *ctx;
    cplug__instance instance;
    const cplug_metric_type *type;
    uint32_t started, reserved; /* reset was run */
};

static void release_metric(cplug_metric *m)
{
    if (m->started && m->type->destroy) m->type->destroy(m->ctx, m->instance.self);
    cplug__unmake(&m->instance);
    cplug__free(m);
}
static void destroy_owned(cplug__owned *owned) { release_metric((cplug_metric *)owned); }

cplug_metric *cplug_metric_new(cplug_context *ctx, const char *spec)
{
    if (!ctx || ctx->error) return NULL;
    cplug_metric *m = (cplug_metric *)cplug__alloc(sizeof *m);
    if (!m) goto fail;
    m->ctx = ctx;
    if (cplug__make(ctx, &(cplug__kind)CPLUG__KIND("metric", cplug_metric_type), spec, NULL, &m->instance)) goto fail;
    m->type = (const cplug_metric_type *)m->instance.type;
    m->started = 1;
    if (cplug_metric_reset(m)) goto fail;
    cplug__own(ctx, &m->owned, destroy_owned);
    return m;
fail:
    cplug__nomem(ctx, "a metric"); /* unless an error stands */
    if (m) release_metric(m);
    return NULL;
}

typedef struct guard {
    cplug_scope *scope;
    int32_t grad;
} guard;
static guard enter(cplug_metric *m)
{
    cplug__place_push(m->ctx, "metric '%s'", m->type->id);
    return (guard){ cplug_scope_open(m->ctx), cplug_grad_mode(m->ctx, 0) };
}
static cplug_status leave(cplug_metric *m, guard g, cplug_status st)
{
    if (st && !m->ctx->error) cplug_error_set(m->ctx, st, "failed and did not say why");
    cplug_grad_mode(m->ctx, g.grad);
    cplug_scope_close(g.scope);
    cplug__place_pop(m->ctx);
    return m->ctx->error;
}
cplug_status cplug_metric_reset(cplug_metric *m)
{
    CPLUG__OWN_MODE;
    if (!m) return CPLUG_E_INVALID;
    if (m->ctx->error) return m->ctx->error;
    const guard g = enter(m);
    return leave(m, g, m->type->reset(m->ctx, m->instance.self));
}
cplug_status cplug_metric_update(cplug_metric *m, cplug_tensor *prediction, cplug_tensor *target)
{
    CPLUG__OWN_MODE;
    if (!m) return CPLUG_E_INVALID;
    if (m->ctx->error) return m->ctx->error;
    const guard g = enter(m);
    cplug_status st = CPLUG_OK;
    if (!prediction || !target)
        st = cplug_error_set(m->ctx, CPLUG_E_INVALID, "%s is NULL", prediction ? "target" : "prediction");
    else if (!cplug__usable(m->ctx, prediction) || !cplug__usable(m->ctx, target))
        st = m->ctx->error;
    else
        st = m->type->update(m->ctx, m->instance.self, prediction, target);
    return leave(m, g, st);
}
cplug_status cplug_metric_value(cplug_metric *m, const char **names, double *values, uint32_t *n)
{
    CPLUG__OWN_MODE;
    if (!m || !n) return CPLUG_E_INVALID;
    if (m->ctx->error) {
        *n = 0;
        return m->ctx->error;
    }
    const guard g = enter(m);
    const cplug_status st = leave(m, g, m->type->value(m->ctx, m->instance.self, names, values, n));
    if (st) *n = 0;
    return st;
}
int32_t cplug_metric_higher_is_better(const cplug_metric *m) { return m && (m->type->flags & CPLUG_METRIC_HIGHER_IS_BETTER); }
