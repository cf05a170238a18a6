/* clip.c: gradient clipping, torch.nn.utils.clip_grad_norm_ and clip_grad_value_, in ops only: nothing waits for the device unless the
 * norm is asked for. */
#include "train/train.h"

static cplug_tensor *sum_of_squares(cplug_tensor *g)
{
    const cplug_dtype dtype = g->view.dtype == CPLUG_F64 ? CPLUG_F64 : CPLUG_F32;
    cplug_tensor *wide = cplug_to(g, dtype, NULL);
    return cplug_sum(cplug_mul(wide, wide), NULL, 0, 0);
}
static cplug_tensor *total_norm(cplug_optimizer *o)
{
    cplug_tensor *total = NULL;
    for (uint32_t i = 0; i < o->n_slots; i++) {
        cplug_tensor *g = cplug_tensor_grad(o->slots[i].param);
        if (!g) continue;
        cplug_tensor *s = sum_of_squares(g);
        total = total ? cplug_add(total, cplug_to(s, 0, cplug_tensor_device(total))) : s;
    }
    return cplug_sqrt(total);
}
typedef cplug_status (*clipping)(cplug_optimizer *o, double limit, double *total);

static cplug_status by_norm(cplug_optimizer *o, double max_norm, double *total)
{
    cplug_context *ctx = o->ctx;
    bool any = false;
    for (uint32_t i = 0; i < o->n_slots; i++) any |= cplug_tensor_grad(o->slots[i].param) != NULL;
    if (total) *total = 0;
    if (!any) return CPLUG_OK;
    cplug_tensor *norm = total_norm(o);
    cplug_tensor *factor = cplug_div(cplug_float(ctx, max_norm), cplug_add_scalar(norm, 1e-6));
    factor = cplug_clamp(factor, NULL, cplug_float(ctx, 1.0));
    for (uint32_t i = 0; i < o->n_slots && !ctx->error; i++) {
        cplug_tensor *g = cplug_tensor_grad(o->slots[i].param);
        if (g) cplug_mul_(g, cplug_to(factor, 0, cplug_tensor_device(g)));
    }
    if (total && !ctx->error) cplug_item(norm, total);
    return ctx->error;
}
static cplug_status by_value(cplug_optimizer *o, double max_value, double *total)
{
    (void)total;
    cplug_context *ctx = o->ctx;
    for (uint32_t i = 0; i < o->n_slots && !ctx->error; i++) {
        cplug_tensor *g = cplug_tensor_grad(o->slots[i].param);
        if (g) cplug_clamp_(g, cplug_float(ctx, -max_value), cplug_float(ctx, max_value));
    }
    return ctx->error;
}
static cplug_status clip(cplug_optimizer *o, const char *what, double limit, double *total, clipping by)
{
    if (!o) return CPLUG_E_INVALID;
    cplug_context *ctx = o->ctx;
    if (ctx->error) return ctx->error;
    if (!(limit >= 0)) return cplug_error_set(ctx, CPLUG_E_INVALID, "%s: expected a limit of at least 0, got %g", what, limit);
    if (cplug__optimizer_resolve(o)) return ctx->error;
    cplug_scope *scope = cplug_scope_open(ctx);
    const int32_t grad = cplug_grad_mode(ctx, 0);
    by(o, limit, total);
    cplug_grad_mode(ctx, grad);
    cplug_scope_close(scope);
    return ctx->error;
}
cplug_status cplug_clip_grad_norm(cplug_optimizer *o, double max_norm, double *total)
{
    return clip(o, "clip_grad_norm", max_norm, total, by_norm);
}
cplug_status cplug_clip_grad_value(cplug_optimizer *o, double max_value) { return clip(o, "clip_grad_value", max_value, NULL, by_value); }
