/* entries.c: parameters and buffers: declaring them, listing them by name in PyTorch's order, and what is done to all of them:
 * gradients on and off, zero_grad, to(device, dtype). */
#include "module/module.h"

/* ---- declaring ---- */
static cplug__entry *new_entry(cplug_module *m, const char *name)
{
    cplug_context *ctx = m->ctx;
    if (!name || !*name || strchr(name, '.')) {
        cplug_error_set(ctx, CPLUG_E_INVALID, "'%s' is no name for a parameter or buffer: not empty, no '.'", name ? name : "");
        return NULL;
    }
    for (uint32_t i = 0; i < m->n_entries; i++)
        if (!strcmp(m->entries[i].name, name)) {
            cplug_error_set(ctx, CPLUG_E_INVALID, "parameter or buffer '%s' is declared twice", name);
            return NULL;
        }
    if (m->n_entries == m->room_entries) {
        const uint32_t room = MAX(4u, m->room_entries * 2);
        cplug__entry *grown = (cplug__entry *)cplug__grow(m->entries, m->room_entries * sizeof(*grown), room * sizeof(*grown));
        if (!grown) goto fail;
        m->entries = grown;
        m->room_entries = room;
    }
    cplug__entry *e = &m->entries[m->n_entries];
    memset(e, 0, sizeof(*e));
    if ((e->name = cplug__strdup(name)) == NULL) goto fail;
    m->n_entries++;
    cplug__module_changed(m);
    return e;
fail:
    cplug__nomem(ctx, "a parameter");
    return NULL;
}
static cplug_tensor *make_tensor(cplug_module *m, cplug__device *device, cplug_dtype dtype, int32_t ndim, const int64_t *shape)
{
    if (ndim > CPLUG_MAX_DIMS) {
        cplug_error_set(m->ctx, CPLUG_E_SHAPE, "a tensor has at most %d dimensions, %d were asked for", CPLUG_MAX_DIMS, (int)ndim);
        return NULL;
    }
    for (int32_t d = 0; d < ndim; d++)
        if (shape[d] < 0) {
            cplug_error_set(m->ctx, CPLUG_E_SHAPE, "size %lld of dimension %d is negative", (long long)shape[d], (int)d);
            return NULL;
        }
    return cplug__tensor_make(m->ctx, device, dtype, ndim, shape, CPLUG_LAYOUT_ROW_MAJOR);
}
/* During a visit the counter of initialisation runs apart from what the pass draws, so that both stay reproducible. */
static cplug_status fill_parameter(cplug_module *m, cplug_tensor *t, const char *init)
{
    cplug_context *ctx = m->ctx;
    const uint64_t pass = ctx->offset;
    const int32_t grad = cplug_grad_mode(ctx, 0);
    if (m->visit) ctx->offset = m->visit->offset;
    const cplug_status st = cplug__initialise(t, init);
    if (m->visit) {
        m->visit->offset = ctx->offset;
        ctx->offset = pass;
    }
    cplug_grad_mode(ctx, grad);
    return st;
}
cplug_status cplug_module_parameter(cplug_module *m, const char *name, int32_t ndim, const int64_t *shape, const char *init)
{
    if (!m) return CPLUG_E_INVALID;
    cplug_context *ctx = m->ctx;
    if (ctx->error) return ctx->error;
    cplug__place_push(ctx, "parameter '%s'", name ? name : "");
    cplug__entry *e = new_entry(m, name);
    if (e && ndim >= 0) {
        e->tensor = make_tensor(m, m->device, m->dtype, ndim, shape);
        if (e->tensor && fill_parameter(m, e->tensor, init ? init : "zeros") == CPLUG_OK && !m->frozen) cplug_requires_grad(e->tensor, 1);
    }
    cplug__place_pop(ctx);
    return ctx->error;
}
cplug_status cplug_module_buffer(cplug_module *m, const char *name, cplug_dtype dtype, int32_t ndim, const int64_t *shape, double value)
{
    if (!m) return CPLUG_E_INVALID;
    cplug_context *ctx = m->ctx;
    if (ctx->error) return ctx->error;
    cplug__place_push(ctx, "buffer '%s'", name ? name : "");
    cplug__entry *e = new_entry(m, name);
    if (e) e->is_buffer = 1;
    if (e && ndim >= 0) {
        const int32_t is_float = cplug_dtype_is_float(dtype);
        e->on_host = !is_float && ndim == 0;
        cplug__device *device = e->on_host ? cplug__device_find(ctx, "cpu") : m->device;
        if (device) e->tensor = make_tensor(m, device, is_float ? m->dtype : dtype, ndim, shape);
        if (e->tensor) cplug_fill_(e->tensor, value);
    }
    cplug__place_pop(ctx);
    return ctx->error;
}
cplug_tensor *cplug_module_tensor(const cplug_module *m, uint32_t index)
{
    return m && index < m->n_entries ? m->entries[index].tensor : NULL;
}

/* ---- by name ---- */
static int64_t count_entries(const cplug_module *m, int32_t which)
{
    int64_t n = 0;
    for (uint32_t i = 0; i < m->n_entries; i++)
        n += m->entries[i].tensor && (which & (m->entries[i].is_buffer ? CPLUG_BUFFERS : CPLUG_PARAMETERS));
    for (uint32_t i = 0; i < m->n_children; i++) n += count_entries(m->children[i], which);
    return n;
}
/* "layer1.0.conv1.weight" below the module whose path is root_length long */
static char *entry_name(cplug__arena *arena, const cplug_module *m, uint64_t root_length, const char *name)
{
    const char *path = m->path && strlen(m->path) > root_length ? m->path + root_length + (root_length > 0) : "";
    const uint64_t n_path = strlen(path), n_name = strlen(name), dot = n_path > 0;
    char *full = (char *)cplug__arena_alloc(arena, n_path + dot + n_name + 1);
    if (!full) return NULL;
    memcpy(full, path, n_path);
    if (dot) full[n_path] = '.';
    memcpy(full + n_path + dot, name, n_name + 1);
    return full;
}
static bool list_entries(cplug__names *names, const cplug_module *m, uint64_t root_length, int32_t which)
{
    for (uint32_t buffers = 0; buffers < 2; buffers++)
        for (uint32_t i = 0; (which & (buffers ? CPLUG_BUFFERS : CPLUG_PARAMETERS)) && i < m->n_entries; i++) {
            const cplug__entry *e = &m->entries[i];
            if (!e->tensor || e->is_buffer != buffers) continue;
            const char *name = entry_name(&names->arena, m, root_length, e->name);
            if (!name) return false;
            names->list[names->n++] = (cplug_named_tensor){ name, e->tensor };
        }
    for (uint32_t i = 0; i < m->n_children; i++)
        if (!list_entries(names, m->children[i], root_length, which)) return false;
    return true;
}
int64_t cplug_module_named(cplug_module *m, int32_t which, const cplug_named_tensor **list)
{
    if (list) *list = NULL;
    if (!m) return 0;
    cplug__names *names = &m->names[which & CPLUG_STATE];
    if (names->built != m->changed) {
        cplug__arena_free(&names->arena);
        *names = (cplug__names){ 0 };
        const int64_t n = count_entries(m, which);
        names->list = (cplug_named_tensor *)cplug__arena_alloc(&names->arena, (uint64_t)MAX(n, 1) * sizeof(*names->list));
        if (!names->list || !list_entries(names, m, strlen(cplug_module_path(m)), which)) {
            cplug__arena_free(&names->arena);
            *names = (cplug__names){ 0 };
            cplug__nomem(m->ctx, "the list of parameters");
            return 0;
        }
        names->built = m->changed;
    }
    if (list) *list = names->list;
    return names->n;
}
int64_t cplug_module_n_parameters(cplug_module *m)
{
    const cplug_named_tensor *list;
    int64_t total = 0;
    const int64_t n = cplug_module_named(m, CPLUG_PARAMETERS, &list);
    for (int64_t i = 0; i < n; i++) total += cplug__numel(list[i].tensor);
    return total;
}

/* ---- for all of them ---- */
static void each_module(cplug_module *m, void (*visit)(cplug_module *m, int32_t arg), int32_t arg)
{
    visit(m, arg);
    for (uint32_t i = 0; i < m->n_children; i++) each_module(m->children[i], visit, arg);
}
static void set_training(cplug_module *m, int32_t on) { m->training = on != 0; }
void cplug_module_train(cplug_module *m, int32_t on)
{
    if (m) each_module(m, set_training, on);
}
int32_t cplug_module_training(const cplug_module *m) { return m ? m->training : 0; }

static void set_requires_grad(cplug_module *m, int32_t on)
{
    m->frozen = !on;
    for (uint32_t i = 0; i < m->n_entries; i++)
        if (m->entries[i].tensor && !m->entries[i].is_buffer) cplug_requires_grad(m->entries[i].tensor, on);
}
void cplug_module_requires_grad(cplug_module *m, int32_t on)
{
    if (m && !m->ctx->error) each_module(m, set_requires_grad, on);
}
static void clear_grad(cplug_module *m, int32_t arg)
{
    (void)arg;
    for (uint32_t i = 0; i < m->n_entries; i++)
        if (m->entries[i].tensor && !m->entries[i].is_buffer) cplug_tensor_grad_set(m->entries[i].tensor, NULL);
}
void cplug_module_zero_grad(cplug_module *m)
{
    if (m && !m->ctx->error) each_module(m, clear_grad, 0);
}

/* ---- to ---- */
void cplug__tensor_become(cplug_tensor *t, cplug_tensor *other)
{
    cplug__storage *old = t->storage, *now = other->storage;
    now->refs++;
    now->version = MAX(now->version, old->version) + 1; /* a graph that saved t must see that its bytes are others */
    t->storage = now;
    t->view.dtype = other->view.dtype;
    t->view.data = other->view.data;
    t->view.flags = other->view.flags;
    t->layout = other->layout;
    t->is_view = 0;
    memcpy(t->dims, other->dims, sizeof t->dims);
    cplug__storage_drop(old);
}
static cplug_status convert(cplug_tensor *t, const char *device, cplug_dtype dtype)
{
    if (!t) return CPLUG_OK;
    cplug_context *ctx = t->ctx;
    cplug_tensor *other = cplug_to(cplug_detach(t), cplug_dtype_is_float(t->view.dtype) ? dtype : 0, device);
    if (other && other->storage != t->storage) cplug__tensor_become(t, other);
    return ctx->error;
}
typedef struct target {
    const char *name;
    cplug__device *device;
    cplug_dtype dtype;
} target;
static cplug_status convert_module(cplug_module *m, const target *to)
{
    for (uint32_t i = 0; i < m->n_entries; i++) {
        const cplug__entry *e = &m->entries[i];
        if (!e->tensor || e->on_host) continue;
        cplug_scope *scope = cplug_scope_open(m->ctx);
        cplug_tensor *grad = cplug_tensor_grad(e->tensor);
        cplug_status st = convert(e->tensor, to->name, to->dtype);
        if (!st && grad) st = convert(grad, to->name, to->dtype);
        cplug_scope_close(scope);
        if (st) return st;
    }
    if (to->device) m->device = to->device;
    if (to->dtype) m->dtype = to->dtype;
    for (uint32_t i = 0; i < m->n_children; i++)
        if (convert_module(m->children[i], to)) return m->ctx->error;
    return m->ctx->error;
}
cplug_status cplug_module_to(cplug_module *m, const char *device, cplug_dtype dtype)
{
    if (!m) return CPLUG_E_INVALID;
    cplug_context *ctx = m->ctx;
    if (ctx->error) return ctx->error;
    target to = { device, NULL, dtype };
    if (dtype && !cplug_dtype_is_float(dtype))
        return cplug_error_set(ctx, CPLUG_E_DTYPE, "a module can be turned to f32, f64, f16 or bf16, not to %s", cplug_dtype_name(dtype));
    if (device && (to.device = cplug__device_find(ctx, device)) == NULL) return ctx->error;
    const int32_t grad = cplug_grad_mode(ctx, 0);
    const cplug_status st = convert_module(m, &to);
    cplug_grad_mode(ctx, grad);
    return st;
}
