/* leaf.c: what a single tensor knows of autograd: requires_grad, .grad, hooks. */
#include "autograd/autograd.h"

typedef struct cplug__hooks { /* of a leaf; those of other tensors sit on their node */
    struct cplug__hooks *next;
    cplug_hook hook;
    void *arg;
    uint64_t handle;
} cplug__hooks;

static cplug__autograd_meta *meta_of(cplug_tensor *t)
{
    if (!t->autograd && !(t->autograd = cplug__alloc(sizeof *t->autograd))) cplug__nomem(t->ctx, "autograd");
    return t->autograd;
}

void cplug__autograd_meta_drop(cplug_tensor *t)
{
    cplug__autograd_meta *m = t->autograd;
    if (!m) return;
    t->autograd = NULL;
    for (cplug__nodehook *h = t->grad_fn ? t->grad_fn->hooks : NULL; h; h = h->next)
        if (h->tensor == t) h->tensor = NULL;
    while (m->hooks) {
        cplug__hooks *h = m->hooks;
        m->hooks = h->next;
        cplug__free(h);
    }
    if (m->grad) cplug__drop(m->grad);
    cplug__free(m);
}

cplug_tensor *cplug_requires_grad(cplug_tensor *t, int32_t on)
{
    if (!t) return NULL;
    if (!cplug__usable(t->ctx, t)) return NULL;
    if (on && !cplug_dtype_is_float(t->view.dtype)) {
        cplug_error_set(t->ctx, CPLUG_E_AUTOGRAD, "only float tensors can require gradients, this one is %s",
                        cplug_dtype_name(t->view.dtype));
        return NULL;
    }
    if (t->grad_fn && !on) {
        cplug_error_set(t->ctx, CPLUG_E_AUTOGRAD, "requires_grad can be switched off on leaves only: use cplug_detach");
        return NULL;
    }
    if (!t->storage) {
        cplug_error_set(t->ctx, CPLUG_E_AUTOGRAD, "a plain number cannot require a gradient: make a tensor of it");
        return NULL;
    }
    t->requires_grad = on != 0 || t->grad_fn;
    return t;
}

int32_t cplug_tensor_requires_grad(const cplug_tensor *t) { return t ? t->requires_grad : 0; }
int32_t cplug_tensor_is_leaf(const cplug_tensor *t) { return t ? !t->grad_fn : 0; }
const char *cplug_tensor_grad_fn(const cplug_tensor *t) { return t && t->grad_fn ? t->grad_fn->decision->op->grad_name : ""; }
cplug_tensor *cplug_tensor_grad(const cplug_tensor *t) { return t && t->autograd ? t->autograd->grad : NULL; }

cplug_status cplug_tensor_grad_set(cplug_tensor *t, cplug_tensor *grad)
{
    if (!t) return CPLUG_E_INVALID;
    cplug_context *ctx = t->ctx;
    if (ctx->error || (grad && !cplug__usable(ctx, grad))) return ctx->error;
    if (grad && (grad->view.ndim != t->view.ndim || grad->view.dtype != t->view.dtype ||
                 memcmp(grad->dims, t->dims, sizeof t->dims[0] * (uint64_t)t->view.ndim)))
        return cplug_error_set(ctx, CPLUG_E_SHAPE, "a gradient has its tensor's shape and dtype");
    if (!grad && !t->autograd) return CPLUG_OK;
    cplug__autograd_meta *m = meta_of(t);
    if (!m) return ctx->error;
    if (grad) cplug__hold(grad);
    if (m->grad) cplug__drop(m->grad);
    m->grad = grad;
    return CPLUG_OK;
}

int32_t cplug_grad_mode(cplug_context *ctx, int32_t on)
{
    if (!ctx) return 0;
    const int32_t before = (int32_t)ctx->grad_enabled;
    ctx->grad_enabled = on != 0;
    return before;
}

int32_t cplug_grad_enabled(const cplug_context *ctx) { return ctx ? (int32_t)ctx->grad_enabled : 0; }

void cplug_anomaly_mode(cplug_context *ctx, int32_t on)
{
    if (ctx) ctx->anomaly = on != 0;
}

cplug_status cplug__outdated_error(cplug_context *ctx)
{
    return cplug_error_set(
        ctx, CPLUG_E_AUTOGRAD,
        "a view is used after the tensor it shares memory with was changed in place: make the view again after the change");
}

void cplug__stale_error(cplug_context *ctx)
{
    cplug_error_set(
        ctx, CPLUG_E_AUTOGRAD,
        "a tensor that the gradient needs was changed in place after it was used: clone it before the change, or use the form without '_'");
}

/* ---- hooks ---- */
static cplug__nodehook *add_nodehook(cplug_tensor *t, cplug_hook hook, void *arg)
{
    cplug__nodehook *h = cplug__alloc(sizeof *h);
    if (!h || !meta_of(t)) { /* the meta makes dropping t clear h->tensor */
        cplug__free(h);
        cplug__nomem(t->ctx, "a hook");
        return NULL;
    }
    h->hook = hook;
    h->arg = arg;
    h->tensor = t;
    h->slot = t->out_index;
    h->handle = ++t->ctx->sequence;
    cplug__nodehook **end = &t->grad_fn->hooks;
    while (*end) end = &(*end)->next;
    *end = h;
    return h;
}

uint64_t cplug_hook_add(cplug_tensor *t, cplug_hook hook, void *arg)
{
    if (!t || !hook || !cplug__usable(t->ctx, t)) return 0;
    if (!t->requires_grad) {
        cplug_error_set(t->ctx, CPLUG_E_AUTOGRAD, "no gradient flows to a tensor that does not require one: it cannot have a hook");
        return 0;
    }
    if (t->grad_fn) {
        cplug__nodehook *h = add_nodehook(t, hook, arg);
        return h ? h->handle : 0;
    }
    cplug__hooks *h = cplug__alloc(sizeof *h);
    if (!h || !meta_of(t)) {
        cplug__free(h);
        cplug__nomem(t->ctx, "a hook");
        return 0;
    }
    *h = (cplug__hooks){ NULL, hook, arg, ++t->ctx->sequence };
    cplug__hooks **end = &t->autograd->hooks;
    while (*end) end = &(*end)->next;
    *end = h;
    return h->handle;
}

cplug_status cplug_hook_remove(cplug_tensor *t, uint64_t handle)
{
    if (!t) return CPLUG_E_INVALID;
    for (cplug__hooks **h = t->autograd ? &t->autograd->hooks : NULL; h && *h; h = &(*h)->next)
        if ((*h)->handle == handle) {
            cplug__hooks *gone = *h;
            *h = gone->next;
            cplug__free(gone);
            return CPLUG_OK;
        }
    for (cplug__nodehook **h = t->grad_fn ? &t->grad_fn->hooks : NULL; h && *h; h = &(*h)->next)
        if ((*h)->handle == handle) {
            cplug__nodehook *gone = *h;
            *h = gone->next;
            cplug__free(gone);
            return CPLUG_OK;
        }
    return cplug_error_set(t->ctx, CPLUG_E_NOTFOUND, "this tensor has no hook %llu", (unsigned long long)handle);
}

cplug_status cplug_retain_grad(cplug_tensor *t)
{
    if (!t) return CPLUG_E_INVALID;
    if (!cplug__usable(t->ctx, t)) return t->ctx->error;
    if (!t->requires_grad) return cplug_error_set(t->ctx, CPLUG_E_AUTOGRAD, "cplug_retain_grad: the tensor does not require a gradient");
    if (!t->grad_fn || (t->autograd && t->autograd->retains_grad)) return CPLUG_OK;
    cplug__nodehook *h = add_nodehook(t, NULL, NULL);
    if (h) t->autograd->retains_grad = 1;
    return t->ctx->error;
}

cplug_tensor *cplug__hook_answer(cplug_tensor *grad, cplug_tensor *other)
{
    cplug_context *ctx = grad->ctx;
    char a[CPLUG__SHAPE_TEXT], b[CPLUG__SHAPE_TEXT];
    cplug_meta want, got;
    if (ctx->error) return NULL;
    if (!other || other == grad) return grad;
    if (!cplug__usable(ctx, other)) return NULL;
    cplug_tensor_meta(grad, &want);
    cplug_tensor_meta(other, &got);
    if (other->storage && other->storage->device == grad->storage->device && got.dtype == want.dtype && got.ndim == want.ndim &&
        memcmp(got.shape, want.shape, sizeof got.shape[0] * (uint64_t)got.ndim) == 0)
        return other;
    cplug_error_set(ctx, CPLUG_E_AUTOGRAD, "a hook was given a gradient %s%s on %s and returned %s %s%s on %s: both must agree",
                    cplug_dtype_name(want.dtype), cplug__shape_text(&want, a), cplug_tensor_device(grad),
                    other->storage ? "a tensor" : "a plain number", cplug_dtype_name(got.dtype), cplug__shape_text(&got, b),
                    cplug_tensor_device(other));
    return NULL;
}

cplug_tensor *cplug__leaf_hooks(cplug_tensor *leaf, cplug_tensor *grad)
{
    for (uint64_t done = 0; grad;) { /* by handles, which grow: a hook may remove any */
        const cplug__hooks *h = leaf->autograd ? leaf->autograd->hooks : NULL;
        while (h && h->handle <= done) h = h->next;
        if (!h) break;
        done = h->handle;
        grad = cplug__hook_answer(grad, h->hook(h->arg, leaf, grad));
    }
    return grad;
}
