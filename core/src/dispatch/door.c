/* door.c: the one door.  Builds the signature of a call, looks the decision up, and on the short way runs the kernel at once.
 * The whole path of a one-element add must stay below 50 ns, so nothing here allocates, and everything rare is elsewhere. */
#include "base/mode.h"
#include "dispatch/internal.h"

enum { MODE_GIVEN = 1, MODE_ALIAS = 2, MODE_GRAD = 4, SHORT_INPUTS = 16 };
static const uint32_t identity[CPLUG__MAX_ARGS + 1] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
static const uint64_t ABSENT_WORD = 0xABBA;

static inline uint64_t mix(uint64_t h, uint64_t w)
{
    h = (h ^ w) * 0x9E3779B97F4A7C15ull;
    return h ^ (h >> 29);
}

/* Dtype, rank, density, device, alignment, sizes, and strides where they are not implied.  A size-1 dimension's stride says nothing. */
static inline uint32_t tensor_words(const cplug_tensor *t, uint64_t *w)
{
    uint32_t m = 0;
    const uint64_t device = t->storage ? t->storage->device->index + 1u : 0u;
    w[m++] = t->view.dtype | (uint64_t)t->view.ndim << 8 | (uint64_t)t->view.flags << 16 | device << 32 |
             (uint64_t)(((uintptr_t)t->view.data & 63) == 0) << 48;
    for (int32_t d = 0; d < t->view.ndim; d++) w[m++] = (uint64_t)t->dims[d];
    if (UNLIKELY(!(t->view.flags & (CPLUG_VIEW_DENSE | CPLUG_VIEW_SCALAR))))
        for (int32_t d = 0; d < t->view.ndim; d++) w[m++] = t->dims[d] == 1 ? 0 : (uint64_t)t->dims[CPLUG_MAX_DIMS + d];
    return m;
}

static uint32_t attr_words(const cplug_value *a, uint64_t *w)
{
    uint32_t m = 0;
    switch (a->type) {
    case CPLUG_OPT_INTS:
    case CPLUG_OPT_FLOATS:
        w[m++] = a->n;
        if (a->n) memcpy(w + m, a->type == CPLUG_OPT_INTS ? (const void *)a->v.iv : (const void *)a->v.fv, a->n * sizeof *w);
        return m + a->n;
    case CPLUG_OPT_STRING: {
        const uint64_t n = a->v.s ? strlen(a->v.s) : 0;
        w[m++] = n;
        if (n) w[m + n / 8] = 0, memcpy(w + m, a->v.s, n);
        return m + (uint32_t)(n + 7) / 8;
    }
    default: memcpy(w + m, &a->v, sizeof *w); return m + 1;
    }
}

static bool make_room(cplug_context *ctx, const cplug__doorcall *c)
{
    struct cplug__ops *ops = ctx->ops;
    uint64_t need = 8 + (c->n_in + 1) * (2ull * CPLUG_MAX_DIMS + 1) + (c->op->has_list ? c->op->n_args : 0);
    for (uint32_t i = 0; i < c->op->n_attr; i++) {
        const cplug_value *a = &c->attr[i];
        need += 2 + (a->type == CPLUG_OPT_STRING ? (a->v.s ? strlen(a->v.s) / 8 : 0) + 1 : a->n);
    }
    if (LIKELY(need <= ops->room)) return true;
    uint64_t *words = cplug__grow(ops->words, ops->room * sizeof *words, need * sizeof *words);
    if (!words) {
        cplug__nomem(ctx, "a signature");
        return false;
    }
    ops->words = words;
    ops->room = (uint32_t)need;
    return true;
}

static inline void clear_unused(const cplug__doorcall *c, uint32_t from)
{
    for (uint32_t i = from; i < c->n_out; i++) c->out[i] = NULL;
}

static cplug_status null_input(const cplug__doorcall *c, uint32_t i)
{
    uint32_t k = 0;
    while (k + 1 < c->op->n_args && c->arg_begin[k + 1] <= i) k++;
    return cplug_error_set(c->ctx, CPLUG_E_INVALID, "%s: input '%s' is NULL", c->op->def.name, c->op->arg[k].name);
}

/* Checks the inputs and fills the words; their number, or 0 and an error. */
static inline uint32_t signature(cplug__doorcall *c, uint64_t *w)
{
    uint32_t m = 1, wants = 0;
    const bool lists = c->op->has_list;
    for (uint32_t i = 0; i < c->n_in; i++) {
        const cplug_tensor *t = c->in[i];
        if (UNLIKELY(!t)) {
            if (lists || !c->op->arg[i].optional) {
                uint32_t k = i;
                if (lists)
                    for (k = 0; k + 1 < c->op->n_args && c->arg_begin[k + 1] <= i;) k++;
                if (!c->op->arg[k].optional) return null_input(c, i), 0;
            }
            w[m++] = ABSENT_WORD;
            continue;
        }
        if (UNLIKELY(t->ctx != c->ctx || t == c->ctx->stale)) return cplug__usable(c->ctx, t), 0;
        wants |= t->requires_grad;
        m += tensor_words(t, w + m);
    }
    if (lists)
        for (uint32_t k = 0; k < c->op->n_args; k++) w[m++] = c->arg_begin[k + 1] - c->arg_begin[k];
    for (uint32_t i = 0; i < c->op->n_attr; i++) m += attr_words(&c->attr[i], w + m);
    if (UNLIKELY(c->given)) m += tensor_words(c->out[0], w + m);
    c->grad = wants && c->ctx->grad_enabled && !(c->op->def.flags & CPLUG_OP_NO_GRAD);
    const bool through = c->grad && !c->op->def.vjp; /* differentiated through the decomposition */
    w[0] = (uint64_t)c->ctx->epoch << 32 | (uint64_t)(c->given * MODE_GIVEN | c->alias * MODE_ALIAS | through * MODE_GRAD);
    if (UNLIKELY(c->n_in == 0 || !c->in[0] || !c->in[0]->storage)) w[0] |= (uint64_t)(c->ctx->current_device->index + 1u) << 8;
    return m;
}

static cplug__decision *look_up(const cplug__doorcall *c, const uint64_t *w, uint32_t m, uint64_t *hash)
{
    uint64_t h = m;
    for (uint32_t i = 0; i < m; i++) h = mix(h, w[i]);
    *hash = h;
    cplug__decision *d = c->op->bucket[h >> 58];
    while (d && (d->hash != h || d->n_words != m || memcmp(d->words, w, m * sizeof *w))) d = d->chain;
    return d;
}

/* Forgets all decisions of an op whose shapes keep changing, so that memory stays bounded. */
static void flush(cplug_context *ctx, cplug__opentry *op)
{
    for (int b = 0; b < CPLUG__BUCKETS; b++)
        while (op->bucket[b]) {
            cplug__decision *d = op->bucket[b];
            op->bucket[b] = d->chain;
            cplug__decision_drop(ctx, d);
        }
    op->n_decisions = 0;
}

static cplug__decision *miss(const cplug__doorcall *c, uint32_t m)
{
    if (c->op->n_decisions >= CPLUG__DECISIONS_MAX) flush(c->ctx, c->op);
    cplug__decision *d = cplug__decide(c, m);
    if (!d) return NULL;
    if (c->op->def.flags & CPLUG_OP_DATA_SHAPED) {
        d->hash = 0; /* never found again: the result's shape is in no signature */
        return d;
    }
    uint64_t h = m;
    for (uint32_t i = 0; i < m; i++) h = mix(h, d->words[i]);
    d->hash = h;
    d->chain = c->op->bucket[h >> 58];
    c->op->bucket[h >> 58] = d;
    c->op->n_decisions++;
    return d;
}

cplug_tensor *cplug__result(cplug_context *ctx, const cplug__decision *d, uint32_t i)
{
    const cplug__outspec *o = &d->out[i];
    cplug_tensor *t = cplug__tensor_new(ctx);
    if (UNLIKELY(!t)) return NULL;
    t->view.dtype = o->dtype;
    t->view.ndim = o->ndim;
    t->view.flags = o->view_flags;
    t->layout = (uint8_t)o->layout;
    for (int32_t k = 0; k < o->ndim; k++) {
        t->dims[k] = o->dims[k];
        t->dims[CPLUG_MAX_DIMS + k] = o->dims[CPLUG_MAX_DIMS + k];
    }
    if (UNLIKELY(!(t->storage = cplug__storage_new(ctx, d->device, o->bytes)))) {
        cplug__drop(t);
        return NULL;
    }
    t->view.data = t->storage->data;
    t->free_layout = i == 0 && d->free_out;
    return t;
}

const cplug_view *cplug__absent(void)
{
    static const int64_t none[1] = { 0 };
    static const cplug_view view = { .struct_size = sizeof view, .shape = none, .strides = none, .flags = CPLUG_VIEW_ABSENT };
    return &view;
}

static cplug_status kernel_failed(cplug_context *ctx, const cplug__decision *d, cplug_error *e, cplug_status st)
{
    if (!e->code) e->code = st;
    return cplug__raise(ctx, e, d->op->def.name);
}

/* in: c->in or what stands for it; out: results, then marked inputs. */
cplug_status cplug__run_kernel(const cplug__doorcall *c, const cplug__decision *d, cplug_tensor *const *in, cplug_tensor *const *out,
                               uint32_t alias)
{
    const cplug_view *short_in[SHORT_INPUTS], **vi = short_in;
    cplug_context *ctx = c->ctx;
    const uint32_t n_views = d->n_out + (d->op->n_marked ? c->n_in : 0);
    cplug_view *short_out[SHORT_INPUTS], **vo = short_out;
    if (UNLIKELY(c->n_in > SHORT_INPUTS || n_views > SHORT_INPUTS)) {
        vi = cplug__alloc((c->n_in + n_views) * sizeof *vi);
        if (!vi) return cplug__nomem(ctx, "a call");
        vo = (cplug_view **)(vi + c->n_in);
    }
    for (uint32_t i = 0; i < c->n_in; i++) vi[i] = LIKELY(in[i] != NULL) ? &in[i]->view : cplug__absent();
    uint32_t n = 0;
    for (; n < d->n_out; n++) vo[n] = &out[n]->view;
    if (UNLIKELY(d->op->n_marked))
        for (uint32_t k = 0; k < d->op->n_args; k++)
            if (d->op->arg[k].marked)
                for (uint32_t i = c->arg_begin[k]; i < c->arg_begin[k + 1]; i++)
                    vo[n++] = LIKELY(in[i] != NULL) ? &in[i]->view : (cplug_view *)cplug__absent();
    cplug_call call = { .struct_size = sizeof call,
                        .op_version = d->op->def.version,
                        .in = vi,
                        .out = vo,
                        .attr = c->attr,
                        .arg_begin = c->arg_begin,
                        .n_in = c->n_in,
                        .n_out = n,
                        .n_attr = d->n_attr,
                        .n_args = d->op->n_args,
                        .alias = alias,
                        .n_threads = (uint32_t)ctx->threads,
                        .queue = d->device->queue,
                        .host = cplug_host_table(),
                        .device = d->device->handle,
                        .user = d->kernel->user,
                        .op = d->op->def.name };
    cplug_error e;
    e.struct_size = sizeof e, e.code = CPLUG_OK, e.message[0] = '\0';
    cplug__storage *work = NULL;
    cplug_status st = CPLUG_OK;
    cplug_view packed;
    if (UNLIKELY(d->plan.workspace_bytes)) {
        if (!(work = cplug__storage_new(ctx, d->device, d->plan.workspace_bytes)))
            st = ctx->error;
        else
            call.workspace = work->data;
    }
    if (UNLIKELY(d->plan.pack_bytes && !st)) {
        packed = *vi[d->plan.pack_input];
        if (!(packed.data = cplug__packed(ctx, d, &call, in[d->plan.pack_input]))) st = ctx->error;
        vi[d->plan.pack_input] = &packed;
    }
    cplug__thread_budget = ctx->threads;
    if (LIKELY(!st) && UNLIKELY((st = d->kernel->run(&call, &d->plan, &e)) != CPLUG_OK)) kernel_failed(ctx, d, &e, st);
    if (work) cplug__storage_drop(work);
    if (UNLIKELY(vi != short_in)) cplug__free(vi);
    return st;
}

/* The usual call: a kernel, fresh results, nothing to convert. */
static cplug_status run_short(const cplug__doorcall *c, cplug__decision *d)
{
    cplug_context *ctx = c->ctx;
    cplug_tensor *out[CPLUG__MAX_OUTS];
    uint32_t n = 0;
    for (; n < d->n_out; n++)
        if (UNLIKELY(!(out[n] = cplug__result(ctx, d, n)))) goto fail;
    if (UNLIKELY(cplug__run_kernel(c, d, c->in, out, 0))) goto fail;
    if (c->grad) {
        cplug__record(ctx, d, c->in, c->n_in, out, n, false, 0);
        if (UNLIKELY(ctx->error)) goto fail;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (i < c->n_out)
            c->out[i] = cplug__give(out[i]);
        else
            cplug__drop(out[i]);
    }
    return ctx->error;
fail:
    while (n-- > 0) cplug__drop(out[n]);
    return ctx->error;
}

cplug_status cplug__read_numbers(const cplug__doorcall *c, cplug_number *value)
{
    for (uint32_t i = 1; i < c->n_in; i++) {
        const cplug_tensor *t = c->in[i];
        if (!t) continue;
        if (UNLIKELY(t->storage != NULL)) {
            if (cplug_dtype_is_float(t->view.dtype) ? cplug_item(c->in[i], &value[i].f) : cplug_item_int(c->in[i], &value[i].i))
                return c->ctx->error;
        } else {
            value[i] = t->view.scalar;
        }
    }
    return CPLUG_OK;
}

/* Offsets come from values: no view may reach outside the bytes of its storage. */
static bool inside(const cplug_tensor *t, const cplug__outspec *o, int64_t offset)
{
    int64_t first = offset, last = offset;
    const int64_t size = (int64_t)cplug_dtype_size(o->dtype), at = (const char *)t->view.data - (const char *)t->storage->data;
    for (int32_t k = 0; k < o->ndim; k++) {
        if (o->dims[k] == 0) return true;
        const int64_t reach = (o->dims[k] - 1) * o->dims[CPLUG_MAX_DIMS + k];
        *(reach < 0 ? &first : &last) += reach;
    }
    return at + first * size >= 0 && at + (last + 1) * size <= (int64_t)t->storage->bytes;
}

static cplug_status run_view(const cplug__doorcall *c, cplug__decision *d)
{
    cplug_context *ctx = c->ctx;
    int64_t offset = d->offset;
    if (d->recompute_offset) {
        cplug_number value[CPLUG__MAX_ARGS] = { { 0 } };
        int64_t strides[CPLUG_MAX_DIMS];
        if (UNLIKELY(cplug__read_numbers(c, value))) return ctx->error;
        const cplug_infer q = { .struct_size = sizeof q,
                                .n_in = c->n_in,
                                .n_out = 1,
                                .n_attr = d->n_attr,
                                .in = d->in_meta,
                                .arg_begin = c->arg_begin,
                                .attr = d->attr,
                                .out = d->out_meta,
                                .host = cplug_host_table(),
                                .scalar = value };
        offset = 0;
        if (d->op->def.restride(&q, c->in[0]->dims + CPLUG_MAX_DIMS, strides, &offset) || UNLIKELY(!inside(c->in[0], &d->out[0], offset)))
            return cplug_error_set(ctx, CPLUG_E_INVALID, "%s: index %lld is out of range for a tensor of shape %s", d->op->def.name,
                                   (long long)value[1].i, cplug__shape_text(&d->in_meta[0], (char[CPLUG__SHAPE_TEXT]){ "" }));
    }
    cplug_tensor *t = cplug__alias(c->in[0], d->out[0].ndim, d->out[0].dims, d->out[0].dims + CPLUG_MAX_DIMS, offset);
    if (!t) return ctx->error;
    if (c->grad) cplug__record(ctx, d, c->in, c->n_in, &t, 1, false, 0);
    c->out[0] = cplug__give(t);
    return ctx->error;
}

static cplug_status call(cplug__doorcall *c)
{
    cplug_context *ctx = c->ctx;
    if ((c->op->def.flags & CPLUG_OP_VIEW) && c->n_in && c->in[0] && UNLIKELY(c->in[0]->free_layout) && cplug__settle(c->in[0]))
        return ctx->error;
    if (UNLIKELY(!make_room(ctx, c))) return ctx->error;
    uint64_t *w = ctx->ops->words, hash;
    const uint32_t m = signature(c, w);
    if (UNLIKELY(!m)) return clear_unused(c, 0), ctx->error;
    cplug__decision *d = look_up(c, w, m, &hash);
    if (UNLIKELY(!d) && !(d = miss(c, m))) return clear_unused(c, 0), ctx->error;
    if (UNLIKELY(c->reserve)) ctx->offset += (uint64_t)d->draws;
    if (UNLIKELY(c->n_out > d->n_out)) clear_unused(c, d->n_out);
    cplug_status st;
    if (LIKELY(d->how == CPLUG__KERNEL && !d->slow && !c->given))
        st = run_short(c, d);
    else if (d->how == CPLUG__VIEW)
        st = run_view(c, d);
    else
        st = cplug__execute(c, d);
    if (UNLIKELY(c->op->def.flags & CPLUG_OP_DATA_SHAPED)) cplug__decision_drop(ctx, d); /* no bucket holds it */
    if (UNLIKELY(st && !c->given)) clear_unused(c, 0);
    return st;
}

/* Lists, left-out optionals, and the counters of random ops. */
__attribute__((noinline)) static cplug_status call_padded(const cplug__doorcall *given, uint32_t n_formal)
{
    cplug__doorcall c = *given;
    cplug_tensor *room[64], **in = room;
    uint32_t begin[CPLUG__MAX_ARGS + 1];
    const cplug__opentry *op = c.op;
    const uint32_t n = c.n_in + (op->n_args - n_formal);
    if (n > sizeof room / sizeof *room && !(in = cplug__alloc(n * sizeof *in))) return cplug__nomem(c.ctx, "a call");
    if (c.n_in) memcpy(in, c.in, c.n_in * sizeof *in);
    for (uint32_t i = c.n_in; i < n; i++) in[i] = NULL;
    for (uint32_t k = 0; k <= op->n_args; k++) begin[k] = k <= n_formal ? c.arg_begin[k] : begin[k - 1] + 1;
    if ((op->def.flags & CPLUG_OP_RANDOM) && n_formal + 2 <= op->n_args) {
        in[n - 2] = cplug_int(c.ctx, (int64_t)c.ctx->seed);
        in[n - 1] = cplug_int(c.ctx, (int64_t)c.ctx->offset);
        c.reserve = true;
    }
    c.in = in;
    c.n_in = n;
    c.arg_begin = begin;
    const cplug_status st = c.ctx->error ? c.ctx->error : call(&c);
    if (in != room) cplug__free(in);
    return st;
}

static cplug_status wrong_number(cplug_context *ctx, const cplug__opentry *op, uint32_t n_formal)
{
    return cplug_error_set(ctx, CPLUG_E_INVALID, "%s: expected %u to %u inputs (%s), got %u", op->def.name, op->n_required, op->n_args,
                           op->def.inputs, n_formal);
}

static inline cplug_status enter(cplug_context *ctx, cplug__opentry *op, cplug_tensor *const *in, uint32_t n_in, const uint32_t *arg_begin,
                                 const cplug_value *attr, uint32_t n_attr, cplug_tensor **out, uint32_t n_out)
{
    if (UNLIKELY(ctx->error)) return ctx->error;
    cplug__doorcall c = { .ctx = ctx,
                          .op = op,
                          .in = in,
                          .arg_begin = arg_begin ? arg_begin : identity,
                          .attr = attr,
                          .out = out,
                          .n_in = n_in,
                          .n_out = n_out };
    cplug_value full[CPLUG__MAX_ATTRS];
    if (UNLIKELY(n_attr != op->n_attr)) {
        if (n_attr > op->n_attr)
            return cplug_error_set(ctx, CPLUG_E_INVALID, "%s: takes %u attributes, got %u", op->def.name, op->n_attr, n_attr);
        memcpy(full, op->defaults, sizeof full);
        if (n_attr) memcpy(full, attr, n_attr * sizeof *full);
        c.attr = full;
    }
    if (n_out && UNLIKELY(out[0] != NULL)) {
        if (!cplug__usable(ctx, out[0])) return ctx->error;
        c.given = true;
        c.alias = n_in && out[0] == in[0];
    }
    const uint32_t n_formal = arg_begin ? arg_begin[CPLUG__MAX_ARGS] : n_in; /* lists: the number of formal arguments stands at the end */
    if (LIKELY(n_formal == op->n_args)) return call(&c);
    if (n_formal > op->n_args || n_formal < op->n_required) return wrong_number(ctx, op, n_formal);
    return call_padded(&c, n_formal);
}

/* For a host that computes in another mode than the default one. */
__attribute__((noinline)) static cplug_status enter_in_own_mode(cplug_context *ctx, cplug__opentry *op, cplug_tensor *const *in,
                                                                uint32_t n_in, const uint32_t *arg_begin, const cplug_value *attr,
                                                                uint32_t n_attr, cplug_tensor **out, uint32_t n_out)
{
    CPLUG__OWN_MODE;
    return enter(ctx, op, in, n_in, arg_begin, attr, n_attr, out, n_out);
}

cplug_status cplug__door(cplug_context *ctx, cplug__opentry *op, cplug_tensor *const *in, uint32_t n_in, const uint32_t *arg_begin,
                         const cplug_value *attr, uint32_t n_attr, cplug_tensor **out, uint32_t n_out)
{
    if (cplug__mode_foreign()) return enter_in_own_mode(ctx, op, in, n_in, arg_begin, attr, n_attr, out, n_out);
    return enter(ctx, op, in, n_in, arg_begin, attr, n_attr, out, n_out);
}

/* ---- the ways in ---- */
static inline cplug_context *context_of(cplug_tensor *const *in, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (LIKELY(in[i] != NULL)) return in[i]->ctx;
    return NULL;
}

cplug_tensor *cplug__op(int32_t op, cplug_tensor *const *in, uint32_t n_in, const cplug_value *attr, uint32_t n_attr)
{
    cplug_context *ctx = context_of(in, n_in);
    if (UNLIKELY(!ctx)) return NULL;
    cplug_tensor *out[1] = { NULL };
    cplug__door(ctx, ctx->op[op], in, n_in, NULL, attr, n_attr, out, 1);
    return out[0];
}

cplug_status cplug__op_n(int32_t op, cplug_tensor *const *in, uint32_t n_in, const cplug_value *attr, uint32_t n_attr, cplug_tensor **out,
                         uint32_t n_out)
{
    cplug_context *ctx = context_of(in, n_in);
    return ctx ? cplug__door(ctx, ctx->op[op], in, n_in, NULL, attr, n_attr, out, n_out) : CPLUG_E_INVALID;
}

cplug_status cplug__op_(int32_t op, cplug_tensor *const *in, uint32_t n_in, const cplug_value *attr, uint32_t n_attr)
{
    cplug_context *ctx = context_of(in, n_in);
    if (!ctx) return CPLUG_E_INVALID;
    const bool marked = ctx->op[op]->n_marked != 0;
    cplug_tensor *out[1] = { in[0] };
    if (UNLIKELY(!in[0]))
        return cplug_error_set(ctx, CPLUG_E_INVALID, "%s: input '%s' is NULL", ctx->op[op]->def.name, ctx->op[op]->arg[0].name);
    return cplug__door(ctx, ctx->op[op], in, n_in, NULL, attr, n_attr, marked ? NULL : out, marked ? 0 : 1);
}

cplug_tensor *cplug__op_list(int32_t op, cplug_tensor *const *list, int64_t n, const cplug_value *attr, uint32_t n_attr)
{
    cplug_context *ctx = n > 0 && list ? context_of(list, (uint32_t)n) : NULL;
    if (!ctx) return NULL;
    cplug_tensor *out[1] = { NULL };
    uint32_t begin[CPLUG__MAX_ARGS + 1] = { 0, (uint32_t)n };
    begin[CPLUG__MAX_ARGS] = 1;
    cplug__door(ctx, ctx->op[op], list, (uint32_t)n, begin, attr, n_attr, out, 1);
    return out[0];
}

cplug_status cplug_dispatch(cplug_context *ctx, const char *name, const cplug_arg *in, uint32_t n_in, const cplug_value *attr,
                            uint32_t n_attr, cplug_tensor **out, uint32_t n_out)
{
    if (!ctx || !name) return CPLUG_E_INVALID;
    if (ctx->error) return ctx->error;
    cplug__opentry *op = cplug__op_find(ctx, name);
    if (!op) return cplug__not_found(ctx, "op", name);
    if (n_in > op->n_args) return wrong_number(ctx, op, n_in);
    uint32_t begin[CPLUG__MAX_ARGS + 1] = { 0 }, total = 0;
    for (uint32_t k = 0; k < n_in; k++) {
        const bool list = in[k].list_n >= 0;
        if (list != (bool)op->arg[k].list)
            return cplug_error_set(ctx, CPLUG_E_INVALID, "%s: input '%s' is %s", name, op->arg[k].name, list ? "no list" : "a list");
        total += list ? (uint32_t)in[k].list_n : 1;
        begin[k + 1] = total;
    }
    begin[CPLUG__MAX_ARGS] = n_in;
    cplug_tensor *room[64], **flat = room;
    if (total > sizeof room / sizeof *room && !(flat = cplug__alloc(total * sizeof *flat))) return cplug__nomem(ctx, "a call");
    for (uint32_t k = 0; k < n_in; k++) {
        if (in[k].list_n < 0)
            flat[begin[k]] = in[k].tensor;
        else if (in[k].list_n)
            memcpy(flat + begin[k], in[k].list, (uint64_t)in[k].list_n * sizeof *flat);
    }
    const cplug_status st = cplug__door(ctx, op, flat, total, begin, attr, n_attr, out, n_out);
    if (flat != room) cplug__free(flat);
    return st;
}
