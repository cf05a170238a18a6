/* copy.c: the views of a call, moved into guarded memory and back. */
#include "copy.h"
#include <string.h>

enum { ANYTHING = 0xFF }; /* NaN in every float, -1 in the rest: nobody may count on what memory holds */

static const char *const in_names[MOST_VIEWS] = {
    "in[0]", "in[1]", "in[2]", "in[3]", "in[4]", "in[5]", "in[6]", "in[7]", "in[8]", "in[9]"
};
static const char *const out_names[MOST_VIEWS] = { "out[0]", "out[1]", "out[2]", "out[3]", "out[4]", "out[5]", "out[6]", "out[7]" };

/* First element that a view reaches, from element [0,0,...], and how many lie from there to its last one. */
static uint64_t reach(const cplug_view *v, int64_t *first)
{
    int64_t low = 0, high = 0;
    for (int32_t d = 0; d < v->ndim; d++) {
        if (v->shape[d] == 0) return *first = 0, 0;
        const int64_t far = (v->shape[d] - 1) * v->strides[d];
        *(far < 0 ? &low : &high) += far;
    }
    *first = low;
    return (uint64_t)(high - low + 1);
}

static bool has_memory(const cplug_view *v) { return v->data != NULL && !(v->flags & (CPLUG_VIEW_SCALAR | CPLUG_VIEW_ABSENT)); }

static const char *name_of(const char *const *names, uint32_t i, const char *other) { return names[i] != NULL ? names[i] : other; }

static bool move(call_copy *k, cplug_view *v, const char *name, bool at_end, bool fresh)
{
    const uint64_t size = cplug_dtype_size(v->dtype);
    int64_t first;
    const uint64_t n = reach(v, &first);
    guarded *g = &k->g[k->n];
    if (!guard_make(g, name, n * size, size, at_end)) return false;
    if (n && fresh)
        memset(g->data, ANYTHING, n * size);
    else if (n)
        memcpy(g->data, (char *)v->data + first * (int64_t)size, n * size);
    v->data = g->data - first * (int64_t)size;
    k->n++;
    return true;
}

/* The packed form of an input: bytes that only the kernel understands. */
static bool move_packed(call_copy *k, cplug_view *v, uint64_t bytes, bool at_end)
{
    guarded *g = &k->g[k->n];
    if (!guard_make(g, "the packed input", bytes, BUFFER_ALIGN, at_end)) return false;
    memcpy(g->data, v->data, bytes);
    v->data = g->data;
    guard_lock(g);
    k->n++;
    return true;
}

/* Is what this result holds before the call of any use?  It is where an input is written to, and between the elements of a strided one. */
static bool is_fresh(const cplug_call *c, uint32_t o)
{
    if (!(c->out[o]->flags & CPLUG_VIEW_DENSE)) return false;
    for (uint32_t i = 0; i < c->n_in; i++)
        if (c->in[i]->data == c->out[o]->data) return false;
    return true;
}

bool copy_make(call_copy *k, const cplug_call *c, const cplug_plan *p, bool at_end)
{
    memset(k, 0, sizeof *k);
    k->from = c;
    k->plan = p;
    if (c->n_in > MOST_VIEWS || c->n_out > MOST_VIEWS) return false;
    for (uint32_t i = 0; i < c->n_out; i++) {
        k->out[i] = *c->out[i];
        k->out_at[i] = &k->out[i];
        k->out_guard[i] = has_memory(c->out[i]) ? (int32_t)k->n : -1;
        if (has_memory(c->out[i]) && !move(k, &k->out[i], name_of(out_names, i, "an output"), at_end, is_fresh(c, i))) return false;
    }
    for (uint32_t i = 0; i < c->n_in; i++) {
        const bool packed = p != NULL && p->pack_bytes && p->pack_input == i;
        bool shared = false;
        k->in[i] = *c->in[i];
        k->in_at[i] = &k->in[i];
        for (uint32_t o = 0; o < c->n_out && !shared; o++) {
            shared = has_memory(c->out[o]) && c->out[o]->data == c->in[i]->data;
            if (shared) k->in[i].data = k->out[o].data;
        }
        if (shared || !has_memory(c->in[i])) continue;
        if (packed) {
            if (!move_packed(k, &k->in[i], p->pack_bytes, at_end)) return false;
            continue;
        }
        if (!move(k, &k->in[i], name_of(in_names, i, "an input"), at_end, false)) return false;
        guard_lock(&k->g[k->n - 1]);
    }
    return true;
}

cplug_status copy_run(call_copy *k, const cplug_kernel *real, cplug_error *e)
{
    cplug_call call = *k->from;
    guarded work = { .map = NULL };
    call.in = k->in_at;
    call.out = k->out_at;
    call.user = real->user;
    call.host = host_own();
    if (k->plan != NULL && k->plan->workspace_bytes) {
        if (!guard_make(&work, "the workspace", k->plan->workspace_bytes, BUFFER_ALIGN, true)) return CPLUG_E_NOMEM;
        memset(work.data, ANYTHING, work.bytes);
        call.workspace = work.data;
    }
    const cplug_status st = real->run(&call, k->plan, e);
    guard_bury(&work);
    return st;
}

void copy_back(const call_copy *k)
{
    for (uint32_t i = 0; i < k->from->n_out; i++) {
        const cplug_view *v = k->from->out[i];
        int64_t first;
        if (k->out_guard[i] < 0) continue;
        const guarded *g = &k->g[k->out_guard[i]];
        reach(v, &first);
        if (g->bytes) memcpy((char *)v->data + first * (int64_t)cplug_dtype_size(v->dtype), g->data, g->bytes);
    }
}

bool copy_equal(const call_copy *a, const call_copy *b)
{
    for (uint32_t i = 0; i < a->from->n_out; i++) {
        if (a->out_guard[i] < 0) continue;
        const guarded *x = &a->g[a->out_guard[i]], *y = &b->g[b->out_guard[i]];
        if (x->bytes != y->bytes || (x->bytes && memcmp(x->data, y->data, x->bytes) != 0)) return false;
    }
    return true;
}

void copy_bury(call_copy *k)
{
    for (uint32_t i = 0; i < k->n; i++) guard_bury(&k->g[i]);
    k->n = 0;
}
