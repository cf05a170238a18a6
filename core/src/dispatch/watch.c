/* watch.c: words for a decision, and telling an observer of each.  While somebody watches nothing is remembered: every decision begins a
 * new epoch, so that every call is decided and told, and the usual way of a call is not burdened with a question. */
#include "dispatch/internal.h"

void cplug__describe_call(const cplug__doorcall *c, const cplug__decision *d, cplug__text *t)
{
    char room[CPLUG__SHAPE_TEXT];
    cplug__text_add(t, "%s(", c->op->def.name);
    for (uint32_t i = 0; i < c->n_in && i < 8; i++) {
        if (!c->in[i]) continue;
        const bool plain = !c->in[i]->storage;
        cplug__text_add(t, "%s%s%s", i ? ", " : "", plain ? "number " : "", cplug_dtype_name(d->in_meta[i].dtype));
        if (!plain)
            cplug__text_add(t, "%s%s", cplug__shape_text(&d->in_meta[i], room), c->in[i]->view.flags & CPLUG_VIEW_DENSE ? "" : " strided");
    }
    cplug__text_add(t, "%s) on %s", c->n_in > 8 ? ", ..." : "", d->device->name);
}

void cplug_watch(cplug_context *ctx, void (*watch)(void *arg, const cplug_choice *choice), void *arg)
{
    if (!ctx) return;
    ctx->watch = watch;
    ctx->watch_arg = arg;
    ctx->epoch++;
}

void cplug__watched(const cplug__doorcall *c, const cplug__decision *d, const cplug_candidate *candidates, uint32_t n, const char *reason)
{
    cplug_context *ctx = c->ctx;
    cplug__text call = { 0 };
    cplug__describe_call(c, d, &call);
    const cplug_choice choice = {
        sizeof choice, (int32_t)d->how, ctx->depth, n, c->op->def.name, call.at ? call.at : "", d->kernel ? d->kernel->backend : "",
        reason,        candidates
    };
    ctx->watch(ctx->watch_arg, &choice);
    ctx->epoch++;
    cplug__text_free(&call);
}
