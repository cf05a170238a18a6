/* engine.c: running the tape backwards.  A node's inputs were made before it, so the pending node with the highest sequence number has
 * received everything: a heap of those is the whole schedule.  Iterative, whatever the depth. */
#include "base/mode.h"
#include "autograd/autograd.h"
#include <math.h>

typedef struct target {          /* of cplug_grad: one input whose gradient is asked for */
    cplug_tensor *tensor, *grad; /* grad is held */
} target;

typedef struct engine {
    cplug_context *ctx;
    cplug__node **heap; /* by sequence, largest first */
    uint32_t n, room;
    uint64_t mark;
    bool retain_graph, create_graph;
    target *targets; /* NULL: accumulate into leaves */
    uint32_t n_targets, reserved;
    cplug__node *inline_heap[32];
} engine;

/* ---- the heap ---- */
static cplug_status push(engine *g, cplug__node *n)
{
    if (n->mark == g->mark) return CPLUG_OK; /* waits already */
    n->mark = g->mark;
    if (g->n == g->room) {
        const bool first = g->heap == g->inline_heap;
        cplug__node **heap = cplug__grow(first ? NULL : g->heap, first ? 0 : g->room * sizeof *heap, 2ull * g->room * sizeof *heap);
        if (!heap) return cplug__nomem(g->ctx, "backward");
        if (first) memcpy(heap, g->inline_heap, sizeof g->inline_heap);
        g->heap = heap;
        g->room *= 2;
    }
    uint32_t at = g->n++;
    n->refs++;
    while (at && g->heap[(at - 1) / 2]->sequence < n->sequence) {
        g->heap[at] = g->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    g->heap[at] = n;
    return CPLUG_OK;
}

static cplug__node *pop(engine *g)
{
    cplug__node *top = g->heap[0], *last = g->heap[--g->n];
    uint32_t at = 0;
    for (uint32_t child; (child = 2 * at + 1) < g->n; at = child) {
        if (child + 1 < g->n && g->heap[child + 1]->sequence > g->heap[child]->sequence) child++;
        if (g->heap[child]->sequence <= last->sequence) break;
        g->heap[at] = g->heap[child];
    }
    if (g->n) g->heap[at] = last;
    return top;
}

/* ---- adding gradients up ---- */
/* true when nobody but the innermost scope and we could see the bytes change */
static bool private(const cplug_tensor *t, uint32_t refs)
{
    return t->refs == refs && t->storage->refs == 1 && t->storage->capacity && (t->view.flags & CPLUG_VIEW_DENSE) && !t->grad_fn;
}

/* *slot (held) += grad (borrowed) */
static cplug_status accumulate(engine *g, cplug_tensor **slot, cplug_tensor *grad)
{
    if (!*slot) {
        *slot = cplug__hold(grad);
        return CPLUG_OK;
    }
    if (!g->create_graph && private(*slot, 1) && (*slot)->view.dtype == grad->view.dtype) return cplug_add_(*slot, grad);
    cplug_tensor *sum = cplug_add(*slot, grad);
    if (!sum) return g->ctx->error;
    cplug__drop(*slot);
    *slot = cplug__hold(sum);
    return CPLUG_OK;
}

/* Into .grad: stolen when only our scope holds it, added in place when nobody else looks. */
static cplug_status into_leaf(engine *g, cplug_tensor *leaf, cplug_tensor *grad)
{
    cplug_context *ctx = g->ctx;
    if (!leaf->autograd && !(leaf->autograd = cplug__alloc(sizeof *leaf->autograd))) return cplug__nomem(ctx, "a gradient");
    if (leaf->autograd->hooks && !(grad = cplug__leaf_hooks(leaf, grad))) return ctx->error;
    cplug_tensor **slot = &leaf->autograd->grad;
    if (*slot) {
        if (!g->create_graph && !(*slot)->grad_fn && (*slot)->view.dtype == grad->view.dtype) return cplug_add_(*slot, grad);
        return accumulate(g, slot, grad);
    }
    if (!private(grad, 1) && !(grad = cplug_clone(grad))) return ctx->error;
    *slot = cplug__hold(grad);
    return CPLUG_OK;
}

static target *find_target(engine *g, const cplug__node *n, uint32_t slot, const cplug_tensor *leaf)
{
    for (uint32_t i = 0; i < g->n_targets; i++) {
        const cplug_tensor *t = g->targets[i].tensor;
        if (leaf ? t == leaf : (t->grad_fn == n && n && t->out_index == slot)) return &g->targets[i];
    }
    return NULL;
}

/* ---- one gradient to where it belongs ---- */
static cplug_tensor *to_shape(engine *g, const cplug_meta *m, cplug__device *device, cplug_tensor *grad)
{
    if (UNLIKELY(!grad->storage))
        grad = cplug__materialize(g->ctx, grad, m->dtype, device);
    else if (UNLIKELY(grad->storage->device != device))
        grad = cplug_to(grad, 0, device->name);
    if (grad && (grad->view.ndim != m->ndim || memcmp(grad->dims, m->shape, sizeof m->shape[0] * (uint64_t)m->ndim)))
        grad = cplug_sum_to_size(grad, m->ndim, m->shape);
    if (grad && grad->view.dtype != m->dtype) grad = cplug_to(grad, m->dtype, NULL);
    return grad;
}

static cplug_status deliver(engine *g, const cplug__edge *e, const cplug_meta *m, cplug_tensor *grad)
{
    cplug_context *ctx = g->ctx;
    if (!(grad = to_shape(g, m, e->leaf ? e->leaf->storage->device : e->to->device, grad))) return ctx->error;
    if (e->leaf) {
        if (!g->targets) return into_leaf(g, e->leaf, grad);
        target *t = find_target(g, NULL, 0, e->leaf);
        if (!t || !(grad = cplug__leaf_hooks(e->leaf, grad))) return ctx->error;
        return accumulate(g, &t->grad, grad);
    }
    if (accumulate(g, &e->to->grads[e->slot], grad)) return ctx->error;
    return push(g, e->to);
}

/* ---- one node ---- */
static cplug_status run_hook(engine *g, cplug__node *n, const cplug__nodehook *h)
{
    cplug_tensor **slot = &n->grads[h->slot]; /* h may be gone when its function returns */
    if (!*slot) return CPLUG_OK;
    if (!h->hook) return h->tensor && !g->targets ? accumulate(g, &h->tensor->autograd->grad, *slot) : CPLUG_OK;
    cplug_tensor *other = cplug__hook_answer(*slot, h->hook(h->arg, h->tensor, *slot));
    if (!other) return g->ctx->error;
    cplug__hold(other);
    cplug__drop(*slot);
    *slot = other;
    return CPLUG_OK;
}

static cplug_status run_hooks(engine *g, cplug__node *n)
{
    for (uint64_t done = 0;;) { /* by handles, which grow: a hook may remove any */
        const cplug__nodehook *h = n->hooks;
        while (h && h->handle <= done) h = h->next;
        if (!h) return CPLUG_OK;
        done = h->handle;
        if (run_hook(g, n, h)) return g->ctx->error;
    }
}

static cplug_status graph_gone(engine *g, const cplug__node *n)
{
    return cplug_error_set(
        g->ctx, CPLUG_E_AUTOGRAD,
        "%s: backward through this graph a second time: its saved tensors were freed by the first. Pass retain_graph to the first backward",
        n->decision->op->grad_name);
}

/* a saved result through which gradients flow (as record.c marks them) */
static bool differentiable(const cplug__node *n, const cplug__saved *s, const cplug_tensor *t)
{
    return cplug_dtype_is_float(t->view.dtype) && !(n->decision->op->out[s->index].marked && n->decision->n_out > 1);
}

/* The saved tensors as the gradient reads them; one that was changed since is replaced by the stale tensor, which is an error to use. */
static cplug_status unpack(engine *g, cplug__node *n, cplug_tensor **in, cplug_tensor **out)
{
    for (uint32_t i = 0; i < n->n_saved; i++) {
        const cplug__saved *s = &n->saved[i];
        cplug_tensor *t = s->tensor;
        if (UNLIKELY(t->storage && t->storage->version != s->version)) {
            t = g->ctx->stale;
        } else if (g->create_graph && s->is_output && !differentiable(n, s, t)) {
            /* an auxiliary result is a constant */
        } else if (g->create_graph && s->is_output) {
            t = cplug__give(cplug__alias(s->tensor, t->view.ndim, t->dims, t->dims + CPLUG_MAX_DIMS, 0));
            if (!t) return g->ctx->error;
            t->grad_fn = n;
            n->refs++;
            t->out_index = (uint8_t)s->index;
            t->requires_grad = 1;
        } else if (g->create_graph && n->edges[s->index].to && !t->grad_fn) { /* saved as a bare alias: it was overwritten in place */
            t = cplug__give(cplug__alias(s->tensor, t->view.ndim, t->dims, t->dims + CPLUG_MAX_DIMS, 0));
            if (!t) return g->ctx->error;
            t->grad_fn = n->edges[s->index].to;
            t->grad_fn->refs++;
            t->out_index = (uint8_t)n->edges[s->index].slot;
            t->requires_grad = 1;
        }
        (s->is_output ? out : in)[s->index] = t;
    }
    return CPLUG_OK;
}

static void free_saved(cplug__node *n)
{
    for (uint32_t i = 0; i < n->n_saved; i++) cplug__drop(n->saved[i].tensor);
    n->freed = n->n_saved != 0;
    n->n_saved = 0;
}

static cplug_status check_anomaly(engine *g, const cplug__node *n, cplug_tensor *const *grad_in)
{
    for (uint32_t i = 0; i < n->n_in; i++) {
        double found = 0;
        if (!grad_in[i] || !grad_in[i]->storage) continue;
        cplug_tensor *any = cplug_any(cplug_isnan(grad_in[i]), NULL, 0, 0);
        if (cplug_item(any, &found)) return g->ctx->error;
        if (found != 0)
            return cplug_error_set(g->ctx, CPLUG_E_AUTOGRAD, "%s made the first NaN, in the gradient of input %u%s%s",
                                   n->decision->op->grad_name, i, n->place ? ", recorded in " : "", n->place ? n->place : "");
    }
    return CPLUG_OK;
}

static bool wants(engine *g, const cplug__edge *e)
{
    if (!g->targets) return e->to || e->leaf;
    if (e->leaf) return find_target(g, NULL, 0, e->leaf) != NULL;
    /* a target that is itself an inner tensor is wanted even when nothing behind it is */
    return e->to && (e->to->needed == (uint32_t)g->mark || find_target(g, e->to, e->slot, NULL));
}

static cplug_status visit(engine *g, cplug__node *n)
{
    enum { SHORT = 16 };
    cplug_context *ctx = g->ctx;
    const cplug__decision *d = n->decision;
    if (n->hooks && run_hooks(g, n)) return ctx->error;
    for (uint32_t k = 0; g->targets && k < n->n_out; k++) {
        target *t = n->grads[k] ? find_target(g, n, k, NULL) : NULL;
        if (t && accumulate(g, &t->grad, n->grads[k])) return ctx->error;
    }
    if (g->targets && n->needed != (uint32_t)g->mark) return CPLUG_OK;
    if (n->freed) return graph_gone(g, n);
    cplug_tensor *room[2 * SHORT], **in = room, *out[CPLUG__MAX_OUTS] = { NULL };
    uint8_t want_room[SHORT], *want = want_room;
    if (n->n_in > SHORT) {
        in = cplug__alloc(n->n_in * (2 * sizeof *in + 1));
        if (!in) return cplug__nomem(ctx, "backward");
        want = (uint8_t *)(in + 2 * n->n_in);
    }
    cplug_tensor **grad_in = in + (n->n_in > SHORT ? n->n_in : SHORT);
    for (uint32_t i = 0; i < n->n_in; i++) {
        in[i] = grad_in[i] = NULL;
        want[i] = wants(g, &n->edges[i]);
    }
    cplug_vjp v = { .struct_size = sizeof v,
                    .n_in = n->n_in,
                    .n_out = d->n_out,
                    .n_attr = d->n_attr,
                    .ctx = ctx,
                    .in = in,
                    .out = out,
                    .in_meta = d->in_meta,
                    .grad_out = n->grads,
                    .arg_begin = d->arg_begin,
                    .attr = d->attr,
                    .want = want,
                    .grad_in = grad_in };
    cplug_status st = unpack(g, n, in, out);
    if (!st && (st = d->op->def.vjp(&v)) != CPLUG_OK && !ctx->error) cplug_error_set(ctx, st, "%s failed", d->op->grad_name);
    if (!ctx->error && UNLIKELY(ctx->anomaly)) check_anomaly(g, n, grad_in);
    for (uint32_t i = 0; i < n->n_in && !ctx->error; i++)
        if (want[i] && grad_in[i]) deliver(g, &n->edges[i], &d->in_meta[i], grad_in[i]);
    if (in != room) cplug__free(in);
    return ctx->error;
}

static void clear_grads(cplug__node *n)
{
    for (uint32_t k = 0; k < n->n_out; k++) {
        cplug__drop(n->grads[k]);
        n->grads[k] = NULL;
    }
}

static cplug_status run(engine *g)
{
    cplug_context *ctx = g->ctx;
    const uint32_t grad = ctx->grad_enabled;
    ctx->grad_enabled = g->create_graph;
    while (g->n) {
        cplug__node *n = pop(g);
        cplug_scope *scope = cplug_scope_open(ctx);
        if (!ctx->error) visit(g, n);
        cplug_scope_close(scope);
        clear_grads(n);
        n->mark = 0;
        if (!ctx->error && !g->retain_graph) free_saved(n);
        cplug__node_drop(ctx, n);
    }
    ctx->grad_enabled = grad;
    if (g->heap != g->inline_heap) cplug__free(g->heap);
    return ctx->error;
}

static void begin(engine *g, cplug_context *ctx, int32_t retain_graph, int32_t create_graph)
{
    *g = (engine){ .ctx = ctx, .room = sizeof g->inline_heap / sizeof *g->inline_heap, .mark = ++ctx->sequence };
    g->heap = g->inline_heap;
    g->create_graph = create_graph != 0;
    g->retain_graph = retain_graph || create_graph;
}

/* ---- roots ---- */
static cplug_tensor *ones_for(cplug_tensor *t)
{
    static const float one = 1;
    cplug__device *d = t->storage->device;
    if (t->view.dtype != CPLUG_F32 || !d->is_host) return cplug_ones_like(t);
    cplug_tensor *o = cplug__tensor_make(t->ctx, d, CPLUG_F32, t->view.ndim, t->dims, CPLUG_LAYOUT_ROW_MAJOR);
    if (o) *(float *)o->view.data = one;
    return cplug__give(o);
}

static cplug_status start(engine *g, cplug_tensor *t, cplug_tensor *gradient)
{
    cplug_context *ctx = g->ctx;
    char a[CPLUG__SHAPE_TEXT], b[CPLUG__SHAPE_TEXT];
    cplug_meta m, have;
    cplug_tensor_meta(t, &m);
    if (!t->requires_grad)
        return cplug_error_set(ctx, CPLUG_E_AUTOGRAD,
                               "backward: the tensor does not require a gradient and has no grad_fn: nothing it was made from asked for "
                               "one, or it was made under no_grad");
    if (cplug__outdated(t)) return cplug__outdated_error(ctx);
    if (!gradient) {
        if (cplug__numel(t) != 1)
            return cplug_error_set(ctx, CPLUG_E_AUTOGRAD,
                                   "backward: a tensor of shape %s needs a gradient; without one only a single element can be "
                                   "differentiated (use cplug_sum or cplug_mean)",
                                   cplug__shape_text(&m, a));
        gradient = ones_for(t);
    } else {
        cplug_tensor_meta(gradient, &have);
        if (!cplug__usable(ctx, gradient)) return ctx->error;
        if (have.ndim != m.ndim || memcmp(have.shape, m.shape, sizeof m.shape[0] * (uint64_t)m.ndim))
            return cplug_error_set(ctx, CPLUG_E_SHAPE, "backward: the gradient has shape %s, the tensor %s", cplug__shape_text(&have, a),
                                   cplug__shape_text(&m, b));
    }
    if (!gradient) return ctx->error;
    const cplug__edge e = { .to = t->grad_fn, .leaf = t->grad_fn ? NULL : t, .slot = t->out_index };
    return deliver(g, &e, &m, gradient);
}

cplug_status cplug_backward(cplug_tensor *loss)
{
    const cplug_backward_args args = CPLUG_BACKWARD_ARGS;
    return cplug_backward_with(loss, &args);
}

cplug_status cplug_backward_with(cplug_tensor *t, const cplug_backward_args *args)
{
    CPLUG__OWN_MODE;
    if (!t) return CPLUG_E_INVALID;
    cplug_context *ctx = t->ctx;
    if (!cplug__usable(ctx, t)) return ctx->error;
    const cplug_backward_args none = CPLUG_BACKWARD_ARGS;
    if (!args) args = &none;
    engine g;
    begin(&g, ctx, args->retain_graph, args->create_graph);
    cplug_scope *scope = cplug_scope_open(ctx);
    const uint32_t grad = ctx->grad_enabled;
    ctx->grad_enabled = g.create_graph;
    start(&g, t, args->gradient);
    ctx->grad_enabled = grad;
    run(&g);
    cplug_scope_close(scope);
    return ctx->error;
}

/* ---- functional gradients ---- */
/* Marks the nodes that lead to a target: depth first, on an explicit stack that remembers the next edge. */
static cplug_status mark_needed(engine *g, cplug__node *root)
{
    typedef struct frame {
        cplug__node *n;
        uint64_t edge;
    } frame;
    uint32_t depth = 0, room = 64;
    cplug_context *ctx = g->ctx;
    frame *stack = cplug__alloc(room * sizeof *stack);
    if (!stack) return cplug__nomem(ctx, "cplug_grad");
    const uint64_t seen = g->mark + 1; /* distinct from the heap's mark */
    stack[depth++] = (frame){ root, 0 };
    root->mark = seen;
    while (depth) {
        frame *f = &stack[depth - 1];
        cplug__node *n = f->n;
        if (f->edge == n->n_in) {
            for (uint32_t i = 0; i < n->n_in; i++) {
                const cplug__edge *e = &n->edges[i];
                if ((e->leaf && find_target(g, NULL, 0, e->leaf)) ||
                    (e->to && (e->to->needed == (uint32_t)g->mark || find_target(g, e->to, e->slot, NULL))))
                    n->needed = (uint32_t)g->mark;
            }
            depth--;
            continue;
        }
        cplug__node *to = n->edges[f->edge++].to;
        if (!to || to->mark == seen) continue;
        to->mark = seen;
        if (depth == room) {
            frame *more = cplug__grow(stack, room * sizeof *stack, 2ull * room * sizeof *stack);
            if (!more) {
                cplug__free(stack);
                return cplug__nomem(ctx, "cplug_grad");
            }
            stack = more;
            room *= 2;
        }
        stack[depth++] = (frame){ to, 0 };
    }
    cplug__free(stack);
    return CPLUG_OK;
}

static cplug_status hand_over(engine *g, const cplug_grad_args *args, cplug_tensor **grads)
{
    cplug_context *ctx = g->ctx;
    for (uint32_t i = 0; i < g->n_targets; i++) {
        cplug_tensor *found = NULL;
        for (uint32_t k = 0; k <= i && !found; k++) /* the same tensor may be asked for twice */
            if (g->targets[k].tensor == g->targets[i].tensor) found = g->targets[k].grad;
        if (!found && !args->allow_unused && !ctx->error)
            cplug_error_set(ctx, CPLUG_E_AUTOGRAD,
                            "cplug_grad: input %u was not used to make the outputs: set allow_unused if that is meant", i);
        grads[i] = found && !ctx->error ? cplug__give(cplug__hold(found)) : NULL;
    }
    for (uint32_t i = 0; ctx->error && i < g->n_targets; i++) grads[i] = NULL;
    return ctx->error;
}

cplug_status cplug_grad(cplug_tensor *const *outputs, uint32_t n_outputs, cplug_tensor *const *inputs, uint32_t n_inputs,
                        const cplug_grad_args *args, cplug_tensor **grads)
{
    CPLUG__OWN_MODE;
    if (!outputs || !inputs || !grads || !n_outputs || !outputs[0]) return CPLUG_E_INVALID;
    cplug_context *ctx = outputs[0]->ctx;
    const cplug_grad_args none = CPLUG_GRAD_ARGS;
    if (!args) args = &none;
    for (uint32_t i = 0; i < n_inputs; i++) grads[i] = NULL;
    for (uint32_t i = 0; i < n_outputs; i++)
        if (!cplug__usable(ctx, outputs[i])) return ctx->error ? ctx->error : CPLUG_E_INVALID;
    engine g;
    begin(&g, ctx, args->retain_graph, args->create_graph);
    ctx->sequence++; /* mark_needed's own mark */
    g.targets = cplug__alloc((n_inputs + 1) * sizeof *g.targets);
    if (!g.targets) return cplug__nomem(ctx, "cplug_grad");
    g.n_targets = n_inputs;
    for (uint32_t i = 0; i < n_inputs && !ctx->error; i++) {
        g.targets[i].tensor = inputs[i];
        if (!inputs[i] || !inputs[i]->requires_grad)
            cplug_error_set(ctx, CPLUG_E_AUTOGRAD, "cplug_grad: input %u does not require a gradient", i);
    }
    cplug_scope *scope = cplug_scope_open(ctx);
    for (uint32_t i = 0; i < n_outputs && !ctx->error; i++)
        if (outputs[i]->grad_fn) mark_needed(&g, outputs[i]->grad_fn);
    const uint32_t grad = ctx->grad_enabled;
    ctx->grad_enabled = g.create_graph;
    for (uint32_t i = 0; i < n_outputs && !ctx->error; i++) start(&g, outputs[i], args->gradients ? args->gradients[i] : NULL);
    ctx->grad_enabled = grad;
    run(&g);
    cplug_scope_close(scope);
    hand_over(&g, args, grads);
    for (uint32_t i = 0; i < n_inputs; i++) cplug__drop(g.targets[i].grad);
    cplug__free(g.targets);
    return ctx->error;
}
