/* state.c: what an optimizer remembers of each parameter: core makes the slots, moves them with their parameter, lists and loads them
 * under PyTorch's names ("fc1.weight.exp_avg"). */
#include "train/train.h"

const cplug_state_slot *cplug__slot_at(const cplug_optimizer_type *t, uint32_t k)
{
    return (const cplug_state_slot *)(const void *)((const char *)t->slots + (uint64_t)k * t->slot_stride);
}
bool cplug__slot_wanted(const cplug_optimizer *o, const void *group, uint32_t k)
{
    const uint32_t kind = cplug__slot_at(o->type, k)->kind;
    const bool asks = kind == CPLUG_SLOT_ZEROS_IF || kind == CPLUG_SLOT_INT_IF;
    return !asks || (o->type->wants && o->type->wants(group, k));
}
static bool is_counter(const cplug_state_slot *slot) { return slot->kind == CPLUG_SLOT_INT || slot->kind == CPLUG_SLOT_INT_IF; }
static cplug_tensor **tensor_at(void *state, const cplug_state_slot *slot)
{
    return (cplug_tensor **)(void *)((char *)state + slot->offset);
}
static int64_t *counter_at(void *state, const cplug_state_slot *slot) { return (int64_t *)(void *)((char *)state + slot->offset); }

void cplug__optimizer_clear_state(cplug_optimizer *o, void *state)
{
    for (uint32_t k = 0; state && k < o->type->n_slots; k++) {
        const cplug_state_slot *slot = cplug__slot_at(o->type, k);
        if (is_counter(slot) || !*tensor_at(state, slot)) continue;
        cplug__drop(*tensor_at(state, slot));
        *tensor_at(state, slot) = NULL;
    }
}
static cplug_status make_or_move(cplug__slots *s, cplug_tensor **slot)
{
    cplug_tensor *p = s->param, *t = *slot;
    if (t && t->view.dtype == p->view.dtype && t->storage->device == p->storage->device) return CPLUG_OK;
    t = t ? cplug_to(t, p->view.dtype, cplug_tensor_device(p)) : cplug_zeros_like(cplug_detach(p));
    if (!t) return p->ctx->error;
    if (*slot) cplug__drop(*slot);
    *slot = cplug__hold(t);
    return CPLUG_OK;
}
cplug_status cplug__optimizer_prepare(cplug_optimizer *o, cplug__slots *s)
{
    const void *group = o->groups[s->group].values;
    if (!s->state && o->type->state_size && (s->state = cplug__alloc(o->type->state_size)) == NULL)
        return cplug__nomem(o->ctx, "the state of an optimizer");
    for (uint32_t k = 0; k < o->type->n_slots; k++) {
        const cplug_state_slot *slot = cplug__slot_at(o->type, k);
        if (is_counter(slot) || !cplug__slot_wanted(o, group, k)) continue;
        if (make_or_move(s, tensor_at(s->state, slot))) return o->ctx->error;
    }
    return CPLUG_OK;
}

/* ---- by name ---- */
typedef cplug_status (*visitor)(cplug_optimizer *o, const char *name, const cplug_state_slot *slot, void *state, void *arg);

/* All slots of all parameters, also of those that had no gradient yet: what is saved is complete. */
static cplug_status each_slot(cplug_optimizer *o, visitor visit, void *arg)
{
    cplug_context *ctx = o->ctx;
    if (cplug__optimizer_resolve(o)) return ctx->error;
    for (uint32_t i = 0; i < o->n_slots; i++) {
        cplug__slots *s = &o->slots[i];
        if (cplug__optimizer_prepare(o, s)) return ctx->error;
        for (uint32_t k = 0; k < o->type->n_slots; k++) {
            const cplug_state_slot *slot = cplug__slot_at(o->type, k);
            if (!cplug__slot_wanted(o, o->groups[s->group].values, k)) continue;
            char *name = cplug__format("%s.%s", s->name, slot->name);
            const cplug_status st = name ? visit(o, name, slot, s->state, arg) : cplug__nomem(ctx, "a name");
            cplug__free(name);
            if (st) return st;
        }
    }
    return CPLUG_OK;
}
void cplug__optimizer_clear_list(cplug_optimizer *o)
{
    for (uint32_t i = 0; i < o->n_state; i++) cplug__drop(o->state_list[i].tensor);
    cplug__free(o->state_list);
    cplug__arena_free(&o->state_names);
    o->state_list = NULL;
    o->n_state = 0;
    o->state_names = (cplug__arena){ NULL };
}
static cplug_status append(cplug_optimizer *o, const char *name, const cplug_state_slot *slot, void *state, void *arg)
{
    uint32_t *room = (uint32_t *)arg;
    if (o->n_state == *room) {
        const uint32_t wider = MAX(16u, *room * 2);
        cplug_named_tensor *grown = (cplug_named_tensor *)cplug__grow(o->state_list, *room * sizeof(*grown), wider * sizeof(*grown));
        if (!grown) return cplug__nomem(o->ctx, "the state of an optimizer");
        o->state_list = grown;
        *room = wider;
    }
    const char *kept = cplug__arena_strdup(&o->state_names, name, strlen(name));
    if (!kept) return cplug__nomem(o->ctx, "the state of an optimizer");
    cplug_tensor *t;
    if (is_counter(slot)) {
        t = cplug_empty_on(o->ctx, "cpu", CPLUG_I64, 0, NULL);
        if (!t) return o->ctx->error;
        *(int64_t *)cplug_tensor_data(t) = *counter_at(state, slot);
    } else {
        t = *tensor_at(state, slot);
    }
    o->state_list[o->n_state++] = (cplug_named_tensor){ kept, cplug__hold(t) };
    return CPLUG_OK;
}
int64_t cplug_optimizer_state(cplug_optimizer *o, const cplug_named_tensor **list)
{
    if (list) *list = NULL;
    if (!o || o->ctx->error) return -1;
    uint32_t room = 0;
    cplug__optimizer_clear_list(o);
    cplug_scope *scope = cplug_scope_open(o->ctx);
    const int32_t grad = cplug_grad_mode(o->ctx, 0);
    const cplug_status st = each_slot(o, append, &room);
    cplug_grad_mode(o->ctx, grad);
    cplug_scope_close(scope);
    if (st) {
        cplug__optimizer_clear_list(o);
        return -1;
    }
    if (list) *list = o->state_list;
    return o->n_state;
}

/* ---- loading ---- */
typedef struct loading {
    cplug_file *file;
    cplug__text missing;
    uint32_t n_missing, store; /* first pass: look; second: store */
} loading;
static bool file_has(const cplug_file *f, const char *name)
{
    const int64_t n = cplug_file_count(f);
    for (int64_t i = 0; i < n; i++) {
        const char *other = cplug_file_name(f, i, NULL);
        if (other && !strcmp(other, name)) return true;
    }
    return false;
}
static cplug_status look(loading *l, const char *name)
{
    enum { SHOWN = 5 };
    if (file_has(l->file, name)) return CPLUG_OK;
    if (l->n_missing++ < SHOWN) cplug__text_add(&l->missing, "%s'%s'", l->n_missing > 1 ? ", " : "", name);
    return CPLUG_OK;
}
static cplug_status load_slot(cplug_optimizer *o, const char *name, const cplug_state_slot *slot, void *state, void *arg)
{
    loading *l = (loading *)arg;
    if (!l->store) return look(l, name);
    cplug_tensor *from = cplug_file_read(l->file, name);
    if (!from) return o->ctx->error;
    if (is_counter(slot)) return cplug_item_int(from, counter_at(state, slot));
    cplug_tensor *to = *tensor_at(state, slot);
    char a[CPLUG__SHAPE_TEXT], b[CPLUG__SHAPE_TEXT];
    cplug_meta want, got;
    cplug_tensor_meta(to, &want);
    cplug_tensor_meta(from, &got);
    if (want.ndim != got.ndim || memcmp(want.shape, got.shape, (size_t)want.ndim * sizeof *want.shape) != 0)
        return cplug_error_set(o->ctx, CPLUG_E_SHAPE, "state '%s' has shape %s in the file, the parameter wants %s", name,
                               cplug__shape_text(&got, b), cplug__shape_text(&want, a));
    return cplug_copy_(to, from);
}
cplug_status cplug_optimizer_load(cplug_optimizer *o, cplug_file *f)
{
    if (!o) return CPLUG_E_INVALID;
    cplug_context *ctx = o->ctx;
    if (ctx->error) return ctx->error;
    if (!f) return cplug_error_set(ctx, CPLUG_E_INVALID, "the file to load optimizer state from is NULL");
    loading l = { .file = f };
    cplug_scope *scope = cplug_scope_open(ctx);
    const int32_t grad = cplug_grad_mode(ctx, 0);
    each_slot(o, load_slot, &l);
    if (l.n_missing)
        cplug_error_set(ctx, CPLUG_E_NOTFOUND, "optimizer '%s': %u state tensor%s missing from the file: %s%s", o->type->id,
                        (unsigned)l.n_missing, l.n_missing == 1 ? " is" : "s are", l.missing.at ? l.missing.at : "",
                        l.n_missing > 5 ? ", ..." : "");
    l.store = 1;
    if (!ctx->error) each_slot(o, load_slot, &l);
    cplug_grad_mode(ctx, grad);
    cplug_scope_close(scope);
    cplug__text_free(&l.missing);
    return ctx->error;
}
