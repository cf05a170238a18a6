/* scheduler.c: the scheduler object: asks its type for each group's learning rate before a step.  It remembers the learning rate that
 * a group had when it first saw it, which is what the formulas stand on. */
#include "base/mode.h"
#include "train/train.h"

struct cplug_scheduler {
    cplug__owned owned;
    cplug_optimizer *optimizer; /* one reference */
    cplug__instance instance;
    const cplug_scheduler_type *type;
    double *base; /* lr of each group seen so far */
    uint32_t n_base, reserved;
};

static void release_scheduler(cplug_scheduler *s)
{
    if (s->optimizer) cplug__optimizer_drop(s->optimizer);
    cplug__unmake(&s->instance);
    cplug__free(s->base);
    cplug__free(s);
}
static void destroy_owned(cplug__owned *owned) { release_scheduler((cplug_scheduler *)owned); }

static cplug_status see_groups(cplug_scheduler *s)
{
    cplug_optimizer *o = s->optimizer;
    if (s->n_base == o->n_groups) return CPLUG_OK;
    double *grown = (double *)cplug__grow(s->base, s->n_base * sizeof(double), o->n_groups * sizeof(double));
    if (!grown) return cplug__nomem(o->ctx, "a scheduler");
    s->base = grown;
    for (; s->n_base < o->n_groups; s->n_base++) s->base[s->n_base] = cplug_optimizer_get(o, s->n_base, "lr");
    return CPLUG_OK;
}
cplug_scheduler *cplug_scheduler_new(cplug_optimizer *o, const char *spec)
{
    if (!o || o->ctx->error) return NULL;
    cplug_context *ctx = o->ctx;
    cplug_scheduler *s = (cplug_scheduler *)cplug__alloc(sizeof *s);
    if (!s || cplug__make(ctx, &(cplug__kind)CPLUG__KIND("scheduler", cplug_scheduler_type), spec, NULL, &s->instance)) goto fail;
    s->type = (const cplug_scheduler_type *)s->instance.type;
    s->optimizer = o;
    o->refs_held++;
    if (see_groups(s)) goto fail;
    cplug__own(ctx, &s->owned, destroy_owned);
    return s;
fail:
    cplug__nomem(ctx, "a scheduler"); /* unless an error stands */
    if (s) release_scheduler(s);
    return NULL;
}
cplug_status cplug_scheduler_step(cplug_scheduler *s, const cplug_progress *p)
{
    CPLUG__OWN_MODE;
    if (!s || !p) return CPLUG_E_INVALID;
    if (s->optimizer->ctx->error || see_groups(s)) return s->optimizer->ctx->error;
    for (uint32_t g = 0; g < s->n_base; g++)
        if (cplug_optimizer_set(s->optimizer, g, "lr", s->type->lr(s->instance.self, s->base[g], p))) break;
    return s->optimizer->ctx->error;
}
cplug_status cplug_scheduler_epoch_end(cplug_scheduler *s, const cplug_progress *p)
{
    CPLUG__OWN_MODE;
    if (!s || !p) return CPLUG_E_INVALID;
    if (s->optimizer->ctx->error) return s->optimizer->ctx->error;
    if (s->type->epoch_end) s->type->epoch_end(s->instance.self, p);
    return CPLUG_OK;
}
uint64_t cplug_scheduler_state(cplug_scheduler *s, void **bytes)
{
    if (bytes) *bytes = s && s->type->state_size ? (char *)s->instance.self + s->type->state_offset : NULL;
    return s ? s->type->state_size : 0;
}
