/* pack.c: packed forms of inputs (weights) that kernels ask for, kept with the storage until its version changes. */
#include "dispatch/internal.h"

typedef struct cplug__pack {
    struct cplug__pack *next;
    uint64_t decision; /* serial of the one whose plan knows the form */
    const void *data;  /* element 0 of the view that was packed */
    uint64_t version;
    cplug__storage *bytes;
} cplug__pack;

static void unlink_pack(cplug__pack **at)
{
    cplug__pack *p = *at;
    *at = p->next;
    cplug__storage_drop(p->bytes);
    cplug__free(p);
}

void cplug__packs_drop(cplug__storage *s)
{
    while (s->packs) unlink_pack(&s->packs);
}

void *cplug__packed(cplug_context *ctx, const cplug__decision *d, const cplug_call *call, cplug_tensor *t)
{
    for (cplug__pack **at = &t->storage->packs; *at;) {
        cplug__pack *p = *at;
        if (p->version != t->storage->version) {
            unlink_pack(at);
            continue;
        }
        if (p->decision == d->serial && p->data == t->view.data) return p->bytes->data;
        at = &p->next;
    }
    cplug__pack *p = cplug__alloc(sizeof *p);
    if (!p) return cplug__nomem(ctx, "a packed weight"), NULL;
    cplug_error e = CPLUG__ERROR_INIT;
    if (!(p->bytes = cplug__storage_new(ctx, d->device, d->plan.pack_bytes))) goto fail;
    if (!d->kernel->pack || (e.code = d->kernel->pack(call, &d->plan, p->bytes->data, &e)) != CPLUG_OK) {
        if (!e.code) e.code = CPLUG_E_INTERNAL;
        cplug__raise(ctx, &e, d->op->def.name);
        cplug__storage_drop(p->bytes);
        goto fail;
    }
    p->decision = d->serial;
    p->data = t->view.data;
    p->version = t->storage->version;
    p->next = t->storage->packs;
    t->storage->packs = p;
    return p->bytes->data;
fail:
    cplug__free(p);
    return NULL;
}
