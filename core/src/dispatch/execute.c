/* execute.c: the long way of a call: inputs that must be copied, moved or made tensors of numbers; results written into tensors that are
 * there already; decompositions; the cpu as a substitute.  Everything here runs inside a scope of its own. */
#include "dispatch/internal.h"

/* ---- plain numbers as tensors ---- */
static void store_number(const cplug_tensor *n, cplug_dtype dtype, void *to)
{
    const double f = n->view.dtype == CPLUG_F64 ? n->view.scalar.f : (double)n->view.scalar.i;
    const int64_t i = n->view.dtype == CPLUG_F64 ? (int64_t)n->view.scalar.f : n->view.scalar.i;
    switch (dtype) {
    case CPLUG_F32: *(float *)to = (float)f; break;
    case CPLUG_F64: *(double *)to = f; break;
    case CPLUG_F16: *(uint16_t *)to = cplug__f32_to_f16((float)f); break;
    case CPLUG_BF16: *(uint16_t *)to = cplug__f32_to_bf16((float)f); break;
    case CPLUG_I8: *(int8_t *)to = (int8_t)i; break;
    case CPLUG_U8: *(uint8_t *)to = (uint8_t)i; break;
    case CPLUG_I16: *(int16_t *)to = (int16_t)i; break;
    case CPLUG_I32: *(int32_t *)to = (int32_t)i; break;
    case CPLUG_I64: *(int64_t *)to = i; break;
    default: *(uint8_t *)to = f != 0; break;
    }
}

cplug_tensor *cplug__materialize(cplug_context *ctx, const cplug_tensor *number, cplug_dtype dtype, cplug__device *device)
{
    cplug_tensor *t = cplug__tensor_make(ctx, device, dtype, 0, NULL, CPLUG_LAYOUT_ROW_MAJOR);
    if (!t) return NULL;
    _Alignas(8) char bytes[8] = { 0 };
    store_number(number, dtype, bytes);
    cplug__device_copy(device, t->view.data, bytes, cplug_dtype_size(dtype), CPLUG_COPY_TO_DEVICE);
    return cplug__give(t);
}

/* ---- inputs ---- */
static bool same_view(const cplug_tensor *a, const cplug_tensor *b)
{
    if (a == b) return true;
    if (a->view.data != b->view.data || a->view.dtype != b->view.dtype || a->view.ndim != b->view.ndim) return false;
    for (int32_t d = 0; d < a->view.ndim; d++)
        if (a->dims[d] != b->dims[d] || (a->dims[d] != 1 && a->dims[CPLUG_MAX_DIMS + d] != b->dims[CPLUG_MAX_DIMS + d])) return false;
    return true;
}

static bool marked(const cplug__doorcall *c, uint32_t i)
{
    for (uint32_t k = 0; k < c->op->n_args; k++)
        if (i >= c->arg_begin[k] && i < c->arg_begin[k + 1]) return c->op->arg[k].marked;
    return false;
}

/* true when writing to some target would change what input i reads */
static bool clobbered(const cplug__doorcall *c, uint32_t i)
{
    const cplug_tensor *t = c->in[i];
    if (c->given && t->storage == c->out[0]->storage && !same_view(t, c->out[0])) return true;
    if (!c->op->n_marked || marked(c, i)) return false;
    for (uint32_t k = 0; k < c->n_in; k++)
        if (k != i && c->in[k] && c->in[k]->storage == t->storage && marked(c, k)) return true;
    return false;
}

static cplug_tensor *fit(const cplug__doorcall *c, const cplug__decision *d, uint32_t i)
{
    cplug_tensor *t = c->in[i];
    cplug_context *ctx = c->ctx;
    const bool kernel = d->how == CPLUG__KERNEL;
    if (!t) return NULL;
    if (!t->storage) return kernel && !(d->kernel->flags & CPLUG_K_SCALAR) ? cplug__materialize(ctx, t, d->common, d->device) : t;
    if (t->storage->device != d->device) return cplug_to(t, 0, d->device->name);
    if (clobbered(c, i)) return cplug__twin(t, t->storage->device); /* a plan may know the strides */
    if (kernel && !marked(c, i) && !(t->view.flags & CPLUG_VIEW_DENSE) && !(d->kernel->flags & CPLUG_K_STRIDED)) return cplug_contiguous(t);
    return t;
}

/* ---- the three ways to results: fresh tensors, one reference each ---- */
/* A kernel that writes row-major only: its result is copied into the layout that infer promised. */
static void to_layout(cplug_context *ctx, const cplug__decision *d, uint32_t i, cplug_tensor **out)
{
    if (d->out[i].layout == CPLUG_LAYOUT_ROW_MAJOR) return;
    cplug_tensor *t = cplug__result(ctx, d, i);
    if (!t) return;
    cplug_copy_(t, *out);
    cplug__drop(*out);
    *out = t;
}

static cplug_status by_kernel(const cplug__doorcall *c, cplug__decision *d, cplug_tensor *const *in, cplug_tensor **out)
{
    cplug_context *ctx = c->ctx;
    const bool strided = d->kernel->flags & CPLUG_K_OUT_STRIDED;
    cplug_tensor *room[64], **use = room;
    if (c->n_in > 64 && !(use = cplug__alloc(c->n_in * sizeof *use))) return cplug__nomem(ctx, "a call");
    for (uint32_t i = 0; i < c->n_in; i++) {
        use[i] = in[i];
        /* a strided tensor that the kernel cannot write into: it gets a dense twin, copied back below */
        if (in[i] && in[i]->storage && marked(c, i) && !(in[i]->view.flags & CPLUG_VIEW_DENSE) && !(d->kernel->flags & CPLUG_K_OUT_STRIDED))
            use[i] = cplug_contiguous(in[i]);
    }
    for (uint32_t i = 0; i < d->n_out && !ctx->error; i++) {
        const cplug__outspec *o = &d->out[i];
        const bool as_decided = strided || (i == 0 && d->free_out);
        out[i] = as_decided ? cplug__result(ctx, d, i)
                            : cplug__tensor_make(ctx, d->device, o->dtype, o->ndim, o->dims, CPLUG_LAYOUT_ROW_MAJOR);
    }
    if (!ctx->error) cplug__run_kernel(c, d, use, out, 0);
    for (uint32_t i = 0; i < d->n_out && !ctx->error && !strided; i++) to_layout(ctx, d, i, &out[i]);
    for (uint32_t i = 0; i < c->n_in && !ctx->error; i++)
        if (use[i] != in[i]) cplug_copy_(in[i], use[i]);
    if (use != room) cplug__free(use);
    return ctx->error;
}

/* The kernel writes straight into the given tensor. */
static bool writes_directly(const cplug__doorcall *c, const cplug__decision *d)
{
    if (d->how != CPLUG__KERNEL || !c->given || d->n_out != 1) return false;
    const cplug_tensor *t = c->out[0];
    if (t->storage->device != d->device || t->view.dtype != d->out[0].dtype || d->free_out) return false;
    if (!(t->view.flags & CPLUG_VIEW_DENSE) && !(d->kernel->flags & CPLUG_K_OUT_STRIDED)) return false;
    bool shares = false;
    for (uint32_t i = 0; i < c->n_in; i++) shares |= c->in[i] && c->in[i]->storage == t->storage;
    return !shares || (d->kernel->flags & CPLUG_K_INPLACE);
}

/* Which inputs the result is written over: bit i for in[i]. */
static uint32_t aliases(const cplug__doorcall *c, cplug_tensor *const *in)
{
    uint32_t mask = 0;
    for (uint32_t i = 0; i < c->n_in && i < 32; i++)
        if (in[i] && in[i]->storage && in[i]->storage == c->out[0]->storage && same_view(in[i], c->out[0])) mask |= 1u << i;
    return mask;
}

static cplug_status check_decomposed(const cplug__doorcall *c, const cplug__decision *d, cplug_tensor *const *out)
{
    char a[CPLUG__SHAPE_TEXT], b[CPLUG__SHAPE_TEXT];
    for (uint32_t i = 0; i < d->n_out; i++) {
        cplug_meta m;
        cplug_tensor_meta(out[i], &m);
        const cplug_meta *want = &d->out_meta[i];
        if (out[i] && out[i]->storage && m.dtype == want->dtype && m.ndim == want->ndim &&
            memcmp(m.shape, want->shape, sizeof m.shape[0] * (uint64_t)m.ndim) == 0)
            continue;
        return cplug_error_set(c->ctx, CPLUG_E_INTERNAL, "%s: its decomposition gave %s%s for output %u, infer promised %s%s",
                               c->op->def.name, out[i] ? cplug_dtype_name(m.dtype) : "nothing", out[i] ? cplug__shape_text(&m, a) : "", i,
                               cplug_dtype_name(want->dtype), cplug__shape_text(want, b));
    }
    return CPLUG_OK;
}

static cplug_status by_decomposition(const cplug__doorcall *c, cplug__decision *d, cplug_tensor *const *in, cplug_tensor **out)
{
    enum { DEEPEST = 64 };
    cplug_context *ctx = c->ctx;
    if (ctx->depth >= DEEPEST)
        return cplug_error_set(ctx, CPLUG_E_INTERNAL, "%s: decompositions nest %d deep: one of them leads back to itself", c->op->def.name,
                               DEEPEST);
    cplug_op_call call = { .struct_size = sizeof call,
                           .n_in = c->n_in,
                           .n_out = d->n_out,
                           .n_attr = d->n_attr,
                           .ctx = ctx,
                           .in = in,
                           .arg_begin = d->arg_begin,
                           .attr = d->attr,
                           .out = out,
                           .out_meta = d->out_meta };
    const bool through = c->grad && !d->records;
    const uint32_t grad = ctx->grad_enabled;
    if (!through) ctx->grad_enabled = 0;
    ctx->depth++;
    const cplug_status st = d->op->def.decompose(&call);
    ctx->depth--;
    ctx->grad_enabled = grad;
    if (st && !ctx->error) cplug_error_set(ctx, st, "%s: its decomposition failed", c->op->def.name);
    if (!ctx->error) check_decomposed(c, d, out);
    if (ctx->error) return ctx->error;
    for (uint32_t i = 0; i < d->n_out; i++) {
        bool shared = !through && (out[i]->grad_fn || out[i]->requires_grad);
        for (uint32_t k = 0; k < c->n_in; k++) shared |= out[i] == c->in[k];
        for (uint32_t k = 0; k < i; k++) shared |= out[i] == out[k];
        if (shared && through)
            out[i] = cplug__hold(cplug_view_as(out[i], out[i]->view.ndim, out[i]->dims));
        else if (shared)
            out[i] = cplug__alias(out[i], out[i]->view.ndim, out[i]->dims, out[i]->dims + CPLUG_MAX_DIMS, 0);
        else
            cplug__hold(out[i]);
        if (!out[i]) return ctx->error;
    }
    return CPLUG_OK;
}

static cplug_status by_cpu(const cplug__doorcall *c, cplug__decision *d, cplug_tensor *const *in, cplug_tensor **out)
{
    cplug_context *ctx = c->ctx;
    cplug__device *before = ctx->current_device, *host = cplug__device_find(ctx, "cpu");
    cplug_tensor **moved = cplug__alloc((c->n_in + 1) * sizeof *moved);
    if (!host || !moved) return cplug__free(moved), cplug__nomem(ctx, "a fallback");
    const uint32_t grad = ctx->grad_enabled;
    ctx->grad_enabled = 0;
    for (uint32_t i = 0; i < c->n_in; i++) {
        moved[i] = in[i] && in[i]->storage ? cplug_to(in[i], 0, host->name) : in[i];
        ctx->fallback_count += moved[i] != in[i];
    }
    cplug_tensor *results[CPLUG__MAX_OUTS] = { NULL };
    uint32_t begin[CPLUG__MAX_ARGS + 1];
    memcpy(begin, d->arg_begin, (d->n_args + 1) * sizeof *begin);
    begin[CPLUG__MAX_ARGS] = d->n_args;
    ctx->current_device = host;
    ctx->depth++;
    cplug__door(ctx, c->op, moved, c->n_in, begin, d->attr, d->n_attr, results, d->n_out);
    ctx->depth--;
    ctx->current_device = before;
    for (uint32_t i = 0; i < d->n_out && !ctx->error; i++) {
        out[i] = cplug_to(results[i], 0, d->device->name);
        if (out[i]) cplug__hold(out[i]);
        ctx->fallback_count++;
    }
    for (uint32_t i = 0; i < c->n_in && !ctx->error; i++)
        if (in[i] && moved[i] != in[i] && marked(c, i)) {
            cplug_copy_(in[i], moved[i]);
            ctx->fallback_count++;
        }
    ctx->grad_enabled = grad;
    cplug__free(moved);
    return ctx->error;
}

/* ---- writing in place ---- */
/* joins: t becomes part of the graph by being written. */
static cplug_status check_in_place(const cplug__doorcall *c, const cplug_tensor *t, bool joins)
{
    cplug_context *ctx = c->ctx;
    for (int32_t d = 0; d < t->view.ndim; d++)
        if (t->dims[d] > 1 && t->dims[CPLUG_MAX_DIMS + d] == 0 && !(t->view.flags & CPLUG_VIEW_DENSE))
            return cplug_error_set(ctx, CPLUG_E_INVALID,
                                   "%s: the elements of an expanded tensor share memory and cannot be changed in place: clone it first",
                                   c->op->def.name);
    if (!ctx->grad_enabled) return CPLUG_OK;
    const bool leaf = t->requires_grad && !t->grad_fn;
    if (leaf)
        return cplug_error_set(ctx, CPLUG_E_AUTOGRAD,
                               "%s: a leaf tensor that requires grad cannot be changed in place: do it under cplug_grad_mode(ctx, 0)",
                               c->op->def.name);
    if (t->is_view && (t->requires_grad || joins))
        return cplug_error_set(
            ctx, CPLUG_E_AUTOGRAD,
            "%s: a view of a tensor in the graph cannot be changed in place: clone it first, or work under cplug_grad_mode(ctx, 0)",
            c->op->def.name);
    return CPLUG_OK;
}

static cplug_status check_targets(const cplug__doorcall *c)
{
    if (c->given && check_in_place(c, c->out[0], c->grad)) return c->ctx->error;
    for (uint32_t i = 0; c->op->n_marked && i < c->n_in; i++) {
        if (!c->in[i] || !marked(c, i)) continue;
        if (!c->in[i]->storage) return cplug_error_set(c->ctx, CPLUG_E_INVALID, "%s: a plain number cannot be written to", c->op->def.name);
        if (check_in_place(c, c->in[i], c->grad && c->op->n_out == 0)) return c->ctx->error;
    }
    return CPLUG_OK;
}

static void bump_targets(const cplug__doorcall *c)
{
    if (c->given) cplug__changed(c->out[0]);
    for (uint32_t i = 0; c->op->n_marked && i < c->n_in; i++)
        if (c->in[i] && marked(c, i)) cplug__changed(c->in[i]);
}

/* copy_ and its kind: nothing comes out, but the first marked input now depends on the others */
static void record_marked(const cplug__doorcall *c, cplug__decision *d, uint64_t version)
{
    for (uint32_t i = 0; i < c->n_in; i++)
        if (c->in[i] && marked(c, i)) {
            cplug_tensor *target[1] = { c->in[i] };
            cplug__record(c->ctx, d, c->in, c->n_in, target, 1, true, version);
            return;
        }
}

static cplug_status produce(const cplug__doorcall *c, cplug__decision *d, cplug_tensor *const *in, cplug_tensor **out)
{
    switch (d->how) {
    case CPLUG__KERNEL: return by_kernel(c, d, in, out);
    case CPLUG__FALLBACK: return by_cpu(c, d, in, out);
    default: return by_decomposition(c, d, in, out);
    }
}

static cplug_status finish(const cplug__doorcall *c, cplug__decision *d, cplug_tensor **out, bool direct, uint64_t version)
{
    cplug_context *ctx = c->ctx;
    if (c->given) {
        const uint32_t grad = ctx->grad_enabled;
        ctx->grad_enabled = 0;
        if (!direct) cplug_copy_(c->out[0], out[0]);
        ctx->grad_enabled = grad;
    }
    if (ctx->error) return ctx->error;
    bump_targets(c);
    if (!c->grad || !d->records) return CPLUG_OK;
    if (c->given)
        cplug__record(ctx, d, c->in, c->n_in, c->out, 1, c->alias, version);
    else if (d->n_out)
        cplug__record(ctx, d, c->in, c->n_in, out, d->n_out, false, 0);
    else
        record_marked(c, d, version);
    return ctx->error;
}

cplug_status cplug__execute(const cplug__doorcall *c, cplug__decision *d)
{
    cplug_context *ctx = c->ctx;
    cplug_tensor *out[CPLUG__MAX_OUTS] = { NULL }, *room[64], **in = room;
    if (check_targets(c)) return ctx->error;
    if (c->given && c->grad && !d->records)
        return cplug_error_set(ctx, CPLUG_E_AUTOGRAD,
                               "%s: has no in-place form while a gradient is recorded: use the one that makes a new tensor",
                               c->op->def.name);
    if (c->n_in > 64 && !(in = cplug__alloc(c->n_in * sizeof *in))) return cplug__nomem(ctx, "a call");
    cplug_scope *scope = cplug_scope_open(ctx);
    const uint32_t grad = ctx->grad_enabled;
    const uint64_t version = c->n_in && c->in[0] ? cplug_tensor_version(c->in[0]) : 0;
    if (d->records || !c->grad) ctx->grad_enabled = 0; /* preparing inputs is no part of the graph */
    d->refs++;                                         /* nested calls may flush the cache */
    for (uint32_t i = 0; i < c->n_in && !ctx->error; i++) in[i] = fit(c, d, i);
    const bool direct = writes_directly(c, d);
    if (!ctx->error && direct)
        cplug__run_kernel(c, d, in, c->out, aliases(c, in));
    else if (!ctx->error)
        produce(c, d, in, out);
    ctx->grad_enabled = grad;
    if (!ctx->error) finish(c, d, out, direct, version);
    cplug_scope_close(scope);
    for (uint32_t i = 0; i < d->n_out; i++) {
        if (!c->given && i < c->n_out && !ctx->error)
            c->out[i] = cplug__give(out[i]);
        else if (out[i])
            cplug__drop(out[i]);
    }
    cplug__decision_drop(ctx, d);
    if (in != room) cplug__free(in);
    return ctx->error;
}
