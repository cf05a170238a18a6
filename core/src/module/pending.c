/* pending.c: values loaded for a module before its first input told the shapes of its parameters. */
#include "module/module.h"
#include "op/op.h"

void cplug__pending_free(cplug__pending *list, uint32_t n)
{
    for (uint32_t i = 0; list && i < n; i++) {
        cplug__free(list[i].name);
        cplug__drop(list[i].tensor);
    }
    cplug__free(list);
}

void cplug__module_pending(cplug_module *m, cplug__pending *list, uint32_t n)
{
    cplug__pending_free(m->pending, m->n_pending);
    m->pending = list;
    m->n_pending = n;
}

static const cplug__pending *find(const cplug_module *m, const char *name)
{
    for (uint32_t i = 0; i < m->n_pending; i++)
        if (strcmp(m->pending[i].name, name) == 0) return &m->pending[i];
    return NULL;
}

static cplug_status take(cplug_module *m, const cplug__entry *e)
{
    const cplug__pending *p = find(m, e->name);
    char have[CPLUG__SHAPE_TEXT], want[CPLUG__SHAPE_TEXT];
    cplug_meta a, b;
    if (!p) return cplug_error_set(m->ctx, CPLUG_E_SHAPE, "the loaded file has no '%s' for this layer", e->name);
    cplug_tensor_meta(p->tensor, &a);
    cplug_tensor_meta(e->tensor, &b);
    if (a.ndim != b.ndim || memcmp(a.shape, b.shape, (size_t)a.ndim * sizeof *a.shape) != 0)
        return cplug_error_set(m->ctx, CPLUG_E_SHAPE, "the loaded '%s' is %s, this input asks for %s", e->name, cplug__shape_text(&a, have),
                               cplug__shape_text(&b, want));
    return cplug_copy_(e->tensor, p->tensor);
}

/* Right after first_use declared the parameters; an error takes them back. */
cplug_status cplug__module_take_pending(cplug_module *m)
{
    uint32_t taken = 0;
    if (!m->n_pending) return CPLUG_OK;
    for (uint32_t i = 0; i < m->n_entries && !m->ctx->error; i++) {
        if (!m->entries[i].tensor) continue;
        take(m, &m->entries[i]);
        taken++;
    }
    if (m->ctx->error) return m->ctx->error;
    if (taken != m->n_pending)
        return cplug_error_set(m->ctx, CPLUG_E_SHAPE, "the loaded file has %u tensors for this layer, which needs %u", m->n_pending, taken);
    cplug__module_pending(m, NULL, 0);
    return CPLUG_OK;
}
