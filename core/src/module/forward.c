/* forward.c: calling modules: first use, places for errors, and the passes that only look: materialize and summary. */
#include "base/mode.h"
#include "module/module.h"

/* ---- one call ---- */
static cplug_status run_first_use(cplug_module *m, cplug_tensor *const *in, uint32_t n_in)
{
    enum { FEW = 8 };
    cplug_context *ctx = m->ctx;
    cplug_meta few[FEW], *metas = n_in <= FEW ? few : (cplug_meta *)cplug__alloc(n_in * sizeof(*metas));
    if (!metas) return cplug__nomem(ctx, "shapes of the first inputs");
    for (uint32_t i = 0; i < n_in; i++) cplug_tensor_meta(in[i], &metas[i]);
    const uint32_t n_entries = m->n_entries, n_children = m->n_children;
    const int32_t grad = cplug_grad_mode(ctx, 0);
    /* what first_use notes in its options (in_features) is taken back when the loaded values say otherwise */
    void *before = m->n_pending ? cplug__alloc(m->type->instance_size) : NULL;
    if (m->n_pending && !before) cplug__nomem(ctx, "the first use of a layer");
    if (before && m->self) memcpy(before, m->self, m->type->instance_size);
    cplug_status st = ctx->error ? ctx->error : m->type->first_use(m, m->self, metas, n_in);
    if (metas != few) cplug__free(metas);
    if (st && !ctx->error) cplug_error_set(ctx, st, "first_use failed and did not say why");
    if (!ctx->error && cplug__module_take_pending(m) && m->self) memcpy(m->self, before, m->type->instance_size);
    cplug__free(before);
    cplug_grad_mode(ctx, grad);
    if (ctx->error)
        cplug__module_forget(m, n_entries, n_children);
    else
        m->ready = 1;
    return ctx->error;
}
static cplug_status run_forward(cplug_module *m, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    cplug_context *ctx = m->ctx;
    if (UNLIKELY(!m->ready) && run_first_use(m, in, n_in)) return ctx->error;
    const cplug_status st = m->type->forward(m, m->self, in, n_in, out, n_out);
    if (UNLIKELY(st && !ctx->error)) cplug_error_set(ctx, st, "forward failed and did not say why");
    for (uint32_t i = 0; i < n_out && !ctx->error; i++)
        if (!out[i]) cplug_error_set(ctx, CPLUG_E_INTERNAL, "forward gave no output %u", (unsigned)i);
    if (UNLIKELY(m->visit != NULL) && !ctx->error) cplug__module_visited(m, out[0]);
    return ctx->error;
}
static cplug_status check_call(cplug_module *m, cplug_tensor *const *in, uint32_t n_in, uint32_t n_out)
{
    cplug_context *ctx = m->ctx;
    const cplug_module_type *type = m->type;
    for (uint32_t i = 0; i < n_in; i++)
        if (!in[i])
            return cplug_error_set(ctx, CPLUG_E_INVALID, "input %u is NULL", (unsigned)i);
        else if (!cplug__usable(ctx, in[i]))
            return ctx->error;
    if (type->n_inputs && n_in != type->n_inputs)
        return cplug_error_set(ctx, CPLUG_E_INVALID, "takes %u input%s, %u given", (unsigned)type->n_inputs, type->n_inputs == 1 ? "" : "s",
                               (unsigned)n_in);
    if (n_out != type->n_outputs && type->n_outputs)
        return cplug_error_set(ctx, CPLUG_E_INVALID, "gives %u output%s, %u asked for", (unsigned)type->n_outputs,
                               type->n_outputs == 1 ? "" : "s", (unsigned)n_out);
    return CPLUG_OK;
}
cplug_status cplug__module_call(cplug_module *m, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    CPLUG__OWN_MODE;
    cplug_context *ctx = m->ctx;
    memset(out, 0, n_out * sizeof(*out));
    if (ctx->error) return ctx->error;
    if (m->place) cplug__place_push_text(ctx, m->place);
    cplug_scope *scope = cplug_scope_open(ctx);
    if (scope && check_call(m, in, n_in, n_out) == CPLUG_OK) run_forward(m, in, n_in, out, n_out);
    if (!ctx->error)
        for (uint32_t i = 0; i < n_out; i++) cplug__hold(out[i]);
    else
        memset(out, 0, n_out * sizeof(*out));
    cplug_scope_close(scope);
    if (m->place) cplug__place_pop(ctx);
    return ctx->error;
}
cplug_status cplug_forward_n(cplug_module *m, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    if (!m) {
        memset(out, 0, n_out * sizeof(*out));
        return CPLUG_E_INVALID;
    }
    if (cplug__module_call(m, in, n_in, out, n_out)) return m->ctx->error;
    for (uint32_t i = 0; i < n_out; i++) out[i] = cplug__give(out[i]);
    return m->ctx->error;
}
cplug_tensor *cplug_forward(cplug_module *m, cplug_tensor *x)
{
    cplug_tensor *out[1] = { NULL };
    return m && cplug__module_call(m, &x, 1, out, 1) == CPLUG_OK ? cplug__give(out[0]) : NULL;
}
cplug_tensor *cplug_forward2(cplug_module *m, cplug_tensor *x, cplug_tensor *y)
{
    cplug_tensor *const in[2] = { x, y };
    cplug_tensor *out[1] = { NULL };
    return m && cplug__module_call(m, in, 2, out, 1) == CPLUG_OK ? cplug__give(out[0]) : NULL;
}

/* ---- passes that only look ---- */
static void begin_visit(cplug_module *m, cplug__visit *v)
{
    m->visit = v;
    m->was_training = m->training;
    m->training = 0;
    for (uint32_t i = 0; i < m->n_children; i++) begin_visit(m->children[i], v);
}
/* A child made on the way has no mode of its own yet: it takes its parent's. */
static void end_visit(cplug_module *m, uint8_t parent_training)
{
    m->training = m->was_training == CPLUG__MODE_NONE ? parent_training : m->was_training;
    m->visit = NULL;
    for (uint32_t i = 0; i < m->n_children; i++) end_visit(m->children[i], m->training);
}
static cplug_status pass(cplug_module *m, cplug__visit *v, cplug_dtype dtype, int32_t ndim, const int64_t *sample_shape)
{
    cplug_context *ctx = m->ctx;
    if (ndim < 0 || ndim >= CPLUG_MAX_DIMS)
        return cplug_error_set(ctx, CPLUG_E_SHAPE, "a sample has 0 to %d dimensions, not %d", CPLUG_MAX_DIMS - 1, (int)ndim);
    int64_t shape[CPLUG_MAX_DIMS] = { 1 };
    for (int32_t d = 0; d < ndim; d++) shape[d + 1] = sample_shape[d];
    cplug_scope *scope = cplug_scope_open(ctx);
    const int32_t grad = cplug_grad_mode(ctx, 0);
    const uint64_t seed = ctx->seed;
    v->offset = ctx->offset;
    begin_visit(m, v);
    cplug_tensor *x = cplug_to(cplug_zeros(ctx, dtype ? dtype : (cplug_dtype)CPLUG_F32, ndim + 1, shape), 0, m->device->name);
    if (x) cplug_forward(m, x);
    end_visit(m, m->was_training);
    ctx->seed = seed;
    ctx->offset = v->offset;
    cplug_grad_mode(ctx, grad);
    cplug_scope_close(scope);
    return ctx->error;
}
cplug_status cplug_module_materialize(cplug_module *m, cplug_dtype dtype, int32_t ndim, const int64_t *sample_shape)
{
    if (!m) return CPLUG_E_INVALID;
    if (m->ctx->error) return m->ctx->error;
    cplug__visit v = { 0 };
    return pass(m, &v, dtype, ndim, sample_shape);
}

/* ---- summary ---- */
cplug_status cplug__module_visited(cplug_module *m, const cplug_tensor *out)
{
    cplug__visit *v = m->visit;
    if (!v->wants_rows || m->n_children) return CPLUG_OK;
    uint64_t at = 0;
    while (at < v->n && v->leaves[at] != m) at++;
    if (at == v->room) {
        const uint64_t room = MAX(16u, v->room * 2);
        cplug_summary_row *rows = (cplug_summary_row *)cplug__grow(v->rows, v->room * sizeof(*rows), room * sizeof(*rows));
        if (rows) v->rows = rows;
        const cplug_module **leaves = (const cplug_module **)cplug__grow(v->leaves, v->room * sizeof(*leaves), room * sizeof(*leaves));
        if (leaves) v->leaves = leaves;
        if (!rows || !leaves) return cplug__nomem(m->ctx, "a summary");
        v->room = room;
    }
    cplug_summary_row *row = &v->rows[at];
    *row = (cplug_summary_row){ .path = cplug_module_path(m), .type = m->type->class_name ? m->type->class_name : m->type->id };
    cplug_tensor_meta(out, &row->output);
    for (uint32_t i = 0; i < m->n_entries; i++) {
        const cplug_tensor *t = m->entries[i].is_buffer ? NULL : m->entries[i].tensor;
        if (!t) continue;
        row->parameters += cplug__numel(t);
        row->trainable += t->requires_grad ? cplug__numel(t) : 0;
    }
    v->leaves[at] = m;
    v->n = MAX(v->n, at + 1);
    return CPLUG_OK;
}
int64_t cplug_module_summary(cplug_module *m, int32_t ndim, const int64_t *sample_shape, const cplug_summary_row **rows)
{
    *rows = NULL;
    if (!m || m->ctx->error) return -1;
    cplug__visit v = { .wants_rows = 1 };
    const cplug_status st = pass(m, &v, 0, ndim, sample_shape);
    cplug__free(v.leaves);
    if (st) {
        cplug__free(v.rows);
        return -1;
    }
    cplug__free(m->rows);
    *rows = m->rows = v.rows;
    return (int64_t)v.n;
}
