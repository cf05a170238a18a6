/* record.c: writing the tape, and letting go of it.  Nodes come from free lists by size; releasing a graph is iterative, so its depth does
 * not matter to the stack. */
#include "autograd/autograd.h"

enum { POOL_STEP = 64, POOL_CLASSES = 17, SLAB_BYTES = 16384 };
typedef struct node_slab {
    struct node_slab *next;
    char pad[POOL_STEP - sizeof(void *)];
} node_slab;
struct cplug__nodepool {
    cplug__node *idle[POOL_CLASSES];
    node_slab *slabs;
    char *at;
    uint64_t left;
};

cplug_status cplug__autograd_open(cplug_context *ctx)
{
    ctx->nodes = cplug__alloc(sizeof *ctx->nodes);
    return ctx->nodes ? CPLUG_OK : cplug__nomem(ctx, "the tape");
}

static void *carve(cplug_context *ctx, uint32_t bytes)
{
    struct cplug__nodepool *p = ctx->nodes;
    if (p->left < bytes) {
        node_slab *s = cplug__alloc(SLAB_BYTES);
        if (!s) return NULL;
        s->next = p->slabs;
        p->slabs = s;
        p->at = (char *)(s + 1);
        p->left = SLAB_BYTES - sizeof *s;
    }
    void *n = p->at;
    p->at += bytes;
    p->left -= bytes;
    return n;
}

static cplug__node *node_new(cplug_context *ctx, uint64_t bytes)
{
    const uint64_t k = (bytes + POOL_STEP - 1) / POOL_STEP;
    if (UNLIKELY(k >= POOL_CLASSES)) {
        cplug__node *n = cplug__alloc(bytes);
        if (n) n->size = 0;
        return n;
    }
    cplug__node *n = ctx->nodes->idle[k];
    if (LIKELY(n != NULL))
        ctx->nodes->idle[k] = n->next;
    else if (!(n = carve(ctx, (uint32_t)k * POOL_STEP)))
        return NULL;
    n->size = (uint32_t)k;
    return n;
}

static void node_recycle(cplug_context *ctx, cplug__node *n)
{
    if (!n->size) {
        cplug__free(n);
        return;
    }
    n->next = ctx->nodes->idle[n->size];
    ctx->nodes->idle[n->size] = n;
}

/* ---- recording ---- */
static inline uint32_t count_saved(const cplug__decision *d, cplug_tensor *const *in, uint32_t n_in)
{
    uint32_t n = (uint32_t)__builtin_popcount(d->op->saves_out), mask = d->op->saves_in;
    if (!mask) return n;
    if (LIKELY(!d->op->has_list)) {
        for (uint32_t i = 0; i < n_in; i++) n += (mask >> i & 1) && in[i];
        return n;
    }
    for (uint32_t k = 0; k < d->n_args; k++)
        for (uint32_t i = d->arg_begin[k]; (mask >> k & 1) && i < d->arg_begin[k + 1]; i++) n += in[i] != NULL;
    return n;
}

/* An alias without history: keeps a node's own output, or an input that is about to become one, from holding the node. */
static cplug_tensor *bare(cplug_tensor *t) { return cplug__alias(t, t->view.ndim, t->dims, t->dims + CPLUG_MAX_DIMS, 0); }

static bool save_one(cplug__node *n, cplug_tensor *t, uint32_t index, bool is_output, bool alias, uint64_t version)
{
    cplug__saved *s = &n->saved[n->n_saved];
    s->tensor = alias ? bare(t) : cplug__hold(t);
    if (UNLIKELY(!s->tensor)) return false;
    s->version = version;
    s->index = index;
    s->is_output = is_output;
    n->n_saved++;
    return true;
}

static bool save(cplug__node *n, const cplug__decision *d, cplug_tensor *const *in, cplug_tensor *const *out, uint32_t n_out, bool in_place,
                 uint64_t before)
{
    const uint32_t mask = d->op->saves_in;
    for (uint32_t k = 0; mask && k < d->n_args; k++) {
        if (!(mask >> k & 1)) continue;
        for (uint32_t i = d->arg_begin[k]; i < d->arg_begin[k + 1]; i++) {
            if (!in[i]) continue;
            const bool target = in_place && in[i] == out[0];
            if (!save_one(n, in[i], i, false, target, target ? before : cplug_tensor_version(in[i]))) return false;
        }
    }
    for (uint32_t k = 0; k < n_out; k++)
        if (d->op->saves_out >> k & 1 && !save_one(n, out[k], k, true, true, cplug_tensor_version(out[k]))) return false;
    return true;
}

static void connect(cplug_context *ctx, cplug__node *n, cplug_tensor *const *in, uint32_t n_in)
{
    for (uint32_t i = 0; i < n_in; i++) {
        cplug__edge *e = &n->edges[i];
        const cplug_tensor *t = in[i];
        e->to = NULL;
        e->leaf = NULL;
        e->slot = 0;
        if (!t || !t->requires_grad) continue;
        if (UNLIKELY(cplug__outdated(t))) cplug__outdated_error(ctx);
        if (t->grad_fn) {
            e->to = t->grad_fn;
            e->slot = t->out_index;
            e->to->refs++;
        } else {
            e->leaf = cplug__hold(in[i]);
        }
    }
}

static void note_place(cplug_context *ctx, cplug__node *n)
{
    n->place = ctx->anomaly && ctx->n_place ? cplug__strdup(ctx->place[ctx->n_place - 1]) : NULL;
}

/* t, written in place, is no longer a result of its old node.  A kept gradient is that of the tensor as it is now, so it moves along; a
 * hook goes on watching the old value (torch.Tensor.register_hook), which has no tensor any more. */
static void move_hooks(cplug__node *old, cplug__node *now, const cplug_tensor *t)
{
    cplug__nodehook **end = &now->hooks;
    while (*end) end = &(*end)->next;
    for (cplug__nodehook **at = &old->hooks; *at;) {
        cplug__nodehook *h = *at;
        if (h->tensor != t || h->hook) {
            if (h->tensor == t) h->tensor = NULL;
            at = &h->next;
            continue;
        }
        *at = h->next;
        h->next = NULL;
        h->slot = t->out_index;
        *end = h;
        end = &h->next;
    }
}

void cplug__record(cplug_context *ctx, cplug__decision *d, cplug_tensor *const *in, uint32_t n_in, cplug_tensor *const *out, uint32_t n_out,
                   bool in_place, uint64_t before)
{
    const uint32_t saved = count_saved(d, in, n_in), n_grads = d->n_out ? d->n_out : 1;
    cplug__node *n = node_new(ctx, sizeof *n + n_in * sizeof *n->edges + saved * sizeof *n->saved + n_grads * sizeof *n->grads);
    if (UNLIKELY(!n)) {
        cplug__nomem(ctx, "the tape");
        return;
    }
    n->refs = 1;
    n->n_in = n_in;
    n->n_out = n_grads;
    n->n_saved = 0;
    n->decision = d;
    n->device = n_out && out[0]->storage ? out[0]->storage->device : d->device;
    d->refs++;
    n->sequence = ++ctx->sequence;
    n->hooks = NULL;
    n->mark = 0;
    n->freed = n->needed = 0;
    n->saved = (cplug__saved *)(n->edges + n_in);
    n->grads = (cplug_tensor **)(n->saved + saved);
    for (uint32_t k = 0; k < n_grads; k++) n->grads[k] = NULL;
    n->place = NULL;
    if (UNLIKELY(ctx->anomaly)) note_place(ctx, n);
    connect(ctx, n, in, n_in);
    if (in_place && out[0]->storage) out[0]->storage->rebased++;
    const bool whole = save(n, d, in, out, n_out, in_place, before);
    for (uint32_t k = 0; k < n_out && whole; k++) {
        cplug_tensor *t = out[k];
        if (!cplug_dtype_is_float(t->view.dtype) || (d->op->out[k].marked && d->n_out > 1)) continue;
        cplug__node *old = t->grad_fn;
        t->grad_fn = n;
        n->refs++;
        t->out_index = (uint8_t)k;
        t->requires_grad = 1;
        if (UNLIKELY(old != NULL)) {
            if (t->autograd) move_hooks(old, n, t);
            cplug__node_drop(ctx, old);
        }
    }
    cplug__node_drop(ctx, n);
}

/* ---- letting go ---- */
static void drop_hooks(cplug__node *n)
{
    while (n->hooks) {
        cplug__nodehook *h = n->hooks;
        n->hooks = h->next;
        cplug__free(h);
    }
}

/* A held tensor may be the last one to hold a node in turn: such nodes go on the work list instead of the stack. */
static void drop_tensor(cplug_tensor *t, cplug__node **work)
{
    if (t->refs == 1 && t->grad_fn) {
        cplug__node *n = t->grad_fn;
        if (UNLIKELY(t->autograd != NULL)) cplug__autograd_meta_drop(t);
        t->grad_fn = NULL;
        if (--n->refs == 0) {
            n->next = *work;
            *work = n;
        }
    }
    cplug__drop(t);
}

void cplug__node_drop(cplug_context *ctx, cplug__node *n)
{
    if (--n->refs) return;
    n->next = NULL;
    for (cplug__node *work = n; work;) {
        n = work;
        work = n->next;
        for (uint32_t i = 0; i < n->n_saved; i++) drop_tensor(n->saved[i].tensor, &work);
        for (uint32_t i = 0; i < n->n_out; i++)
            if (n->grads[i]) drop_tensor(n->grads[i], &work);
        for (uint32_t i = 0; i < n->n_in; i++) {
            cplug__edge *e = &n->edges[i];
            if (e->leaf) cplug__drop(e->leaf);
            if (e->to && --e->to->refs == 0) {
                e->to->next = work;
                work = e->to;
            }
        }
        if (UNLIKELY(n->hooks != NULL)) drop_hooks(n);
        if (UNLIKELY(n->place != NULL)) cplug__free(n->place);
        cplug__decision_drop(ctx, n->decision);
        node_recycle(ctx, n);
    }
}

void cplug__autograd_close(cplug_context *ctx)
{
    if (!ctx->nodes) return;
    for (node_slab *s = ctx->nodes->slabs, *next; s; s = next) {
        next = s->next;
        cplug__free(s);
    }
    cplug__free(ctx->nodes);
    ctx->nodes = NULL;
}
