/* decide.c: what to do with a signature that was never seen: infer, choose a kernel, prepare it, and note why.  The order is: the user's
 * override, the best score among the enabled backends, the decomposition, the cpu with copies, an error that lists the candidates. */
#include "dispatch/backends.h"
#include "dispatch/internal.h"
#include <stdio.h>

static const char *formal_name(const cplug__doorcall *c, uint32_t i)
{
    uint32_t k = 0;
    while (k + 1 < c->op->n_args && c->arg_begin[k + 1] <= i) k++;
    return c->op->arg[k].name;
}

/* ---- one block of memory for a decision and everything it points to ---- */
static uint64_t attr_bytes(const cplug_value *a)
{
    switch (a->type) {
    case CPLUG_OPT_INTS:
    case CPLUG_OPT_FLOATS: return a->n * 8ull;
    case CPLUG_OPT_STRING: return a->v.s ? (strlen(a->v.s) + 8) & ~7ull : 0;
    default: return 0;
    }
}

static char *copy_attrs(const cplug__doorcall *c, cplug_value *to, char *at)
{
    for (uint32_t i = 0; i < c->op->n_attr; i++) {
        to[i] = c->attr[i];
        const uint64_t bytes = attr_bytes(&to[i]);
        if (!bytes) continue;
        const bool text = to[i].type == CPLUG_OPT_STRING;
        memcpy(at, text ? (const void *)to[i].v.s : (const void *)to[i].v.iv, text ? strlen(to[i].v.s) + 1 : bytes);
        to[i].v.s = at;
        at += bytes;
    }
    return at;
}

static cplug__decision *allocate(const cplug__doorcall *c, uint32_t n_words)
{
    const cplug__opentry *op = c->op;
    uint64_t bytes = sizeof(cplug__decision) + c->n_in * sizeof(cplug_meta) + op->n_out * (sizeof(cplug_meta) + sizeof(cplug__outspec)) +
                     op->n_attr * sizeof(cplug_value) + n_words * sizeof(uint64_t) + (op->n_args + 2) * sizeof(uint64_t);
    for (uint32_t i = 0; i < op->n_attr; i++) bytes += attr_bytes(&c->attr[i]);
    cplug__decision *d = cplug__alloc(bytes);
    if (!d) {
        cplug__nomem(c->ctx, "a decision");
        return NULL;
    }
    char *at = (char *)(d + 1);
    d->words = (uint64_t *)at, at += n_words * sizeof *d->words;
    d->in_meta = (cplug_meta *)at, at += c->n_in * sizeof *d->in_meta;
    d->out_meta = (cplug_meta *)at, at += op->n_out * sizeof *d->out_meta;
    d->out = (cplug__outspec *)at, at += op->n_out * sizeof *d->out;
    d->attr = (cplug_value *)at, at += op->n_attr * sizeof *d->attr;
    d->arg_begin = (uint32_t *)at, at += (op->n_args + 2) / 2 * sizeof(uint64_t);
    copy_attrs(c, d->attr, at);
    memcpy(d->arg_begin, c->arg_begin, (op->n_args + 1) * sizeof *d->arg_begin);
    d->op = c->op;
    d->serial = ++c->ctx->sequence;
    d->refs = 1;
    d->n_words = n_words;
    d->n_in = c->n_in;
    d->n_args = op->n_args;
    d->n_attr = op->n_attr;
    d->n_out = op->n_out;
    for (uint32_t i = 0; i < c->n_in; i++) cplug_tensor_meta(c->in[i], &d->in_meta[i]);
    return d;
}

void cplug__decision_drop(cplug_context *ctx, cplug__decision *d)
{
    (void)ctx;
    if (!d || --d->refs) return;
    if (d->kernel && d->kernel->discard) {
        if (d->device->queue) cplug__device_sync(d->device);
        d->kernel->discard(cplug_host_table(), &d->plan);
    }
    cplug__free(d);
}

/* ---- devices of the inputs ---- */
static bool is_host_number(const cplug_tensor *t) { return t->storage->device->is_host && t->view.ndim == 0; }

static cplug_status find_device(const cplug__doorcall *c, cplug__decision *d)
{
    cplug_context *ctx = c->ctx;
    uint32_t leader = 0;
    for (uint32_t i = 0; i < c->n_in; i++) {
        const cplug_tensor *t = c->in[i];
        if (!t || !t->storage) continue;
        if (!d->device || (is_host_number(c->in[leader]) && !is_host_number(t))) d->device = t->storage->device, leader = i;
    }
    if (!d->device) d->device = c->given ? c->out[0]->storage->device : ctx->current_device;
    for (uint32_t i = 0; i < c->n_in; i++) {
        const cplug_tensor *t = c->in[i];
        if (!t || !t->storage || t->storage->device == d->device) continue;
        if (!is_host_number(t) || i >= 64)
            return cplug_error_set(ctx, CPLUG_E_DEVICE, "%s: '%s' is on %s but '%s' on %s: bring them together with cplug_to",
                                   c->op->def.name, formal_name(c, leader), d->device->name, formal_name(c, i), t->storage->device->name);
        d->move_mask |= 1ull << i;
    }
    return CPLUG_OK;
}

/* ---- shapes ---- */
static cplug_status spec_of(const cplug__doorcall *c, const cplug_meta *m, cplug__outspec *o)
{
    uint64_t bytes = cplug_dtype_size(m->dtype);
    bool empty = false;
    if (!bytes || m->ndim < 0 || m->ndim > CPLUG_MAX_DIMS)
        return cplug_error_set(c->ctx, m->ndim > CPLUG_MAX_DIMS ? CPLUG_E_SHAPE : CPLUG_E_INTERNAL,
                               "%s: the result would have %d dimensions and dtype %s", c->op->def.name, (int)m->ndim,
                               cplug_dtype_name(m->dtype));
    o->dtype = m->dtype;
    o->ndim = m->ndim;
    for (int32_t k = 0; k < m->ndim; k++) {
        o->dims[k] = m->shape[k];
        if (m->shape[k] == 0) empty = true;
        if (m->shape[k] < 0 || __builtin_mul_overflow(bytes, (uint64_t)MAX(m->shape[k], 1), &bytes) || bytes > (uint64_t)INT64_MAX)
            return cplug_error_set(c->ctx, CPLUG_E_SHAPE, "%s: the result's shape %s is negative or too large", c->op->def.name,
                                   cplug__shape_text(m, (char[CPLUG__SHAPE_TEXT]){ "" }));
    }
    o->bytes = empty ? 0 : bytes;
    cplug_tensor like = { .view = { .dtype = m->dtype, .ndim = m->ndim } };
    memcpy(like.dims, o->dims, sizeof like.dims);
    cplug__set_strides(&like, m->layout);
    memcpy(o->dims, like.dims, sizeof o->dims);
    o->view_flags = like.view.flags;
    o->layout = like.layout;
    return CPLUG_OK;
}

static cplug_infer question(const cplug__doorcall *c, cplug__decision *d)
{
    return (cplug_infer){ .struct_size = sizeof(cplug_infer),
                          .n_in = c->n_in,
                          .n_out = d->n_out,
                          .n_attr = d->n_attr,
                          .in = d->in_meta,
                          .arg_begin = d->arg_begin,
                          .attr = d->attr,
                          .out = d->out_meta,
                          .host = cplug_host_table() };
}

static cplug_status infer(const cplug__doorcall *c, cplug__decision *d)
{
    cplug_infer q = question(c, d);
    cplug_error e = CPLUG__ERROR_INIT;
    const cplug_status st = c->op->def.infer(&q, &e);
    if (st) {
        e.code = st;
        return cplug__raise(c->ctx, &e, c->op->def.name);
    }
    for (uint32_t i = 0; i < d->n_out; i++)
        if (spec_of(c, &d->out_meta[i], &d->out[i])) return c->ctx->error;
    if (c->op->def.draws) d->draws = c->op->def.draws(&q);
    d->common = cplug__result_type(d->in_meta, c->n_in);
    return CPLUG_OK;
}

/* A result written into a tensor that is there already: same shape, and a dtype that it can be cast to. */
static cplug_status check_given(const cplug__doorcall *c, const cplug__decision *d)
{
    cplug_meta have;
    char a[CPLUG__SHAPE_TEXT], b[CPLUG__SHAPE_TEXT];
    if (!d->n_out) return cplug_error_set(c->ctx, CPLUG_E_INVALID, "%s: has no output to write into", c->op->def.name);
    const cplug_meta *want = &d->out_meta[0];
    cplug_tensor_meta(c->out[0], &have);
    if (!c->out[0]->storage) return cplug_error_set(c->ctx, CPLUG_E_INVALID, "%s: a plain number cannot be written to", c->op->def.name);
    if (have.ndim != want->ndim || memcmp(have.shape, want->shape, sizeof have.shape[0] * (uint64_t)have.ndim))
        return cplug_error_set(c->ctx, CPLUG_E_SHAPE, "%s: the result has shape %s, the tensor to write into %s", c->op->def.name,
                               cplug__shape_text(want, a), cplug__shape_text(&have, b));
    const bool loses = (cplug_dtype_is_float(want->dtype) && !cplug_dtype_is_float(have.dtype)) ||
                       (want->dtype != CPLUG_BOOL && have.dtype == CPLUG_BOOL);
    if (loses)
        return cplug_error_set(c->ctx, CPLUG_E_DTYPE, "%s: the result has dtype %s and cannot be written into a tensor of dtype %s",
                               c->op->def.name, cplug_dtype_name(want->dtype), cplug_dtype_name(have.dtype));
    return CPLUG_OK;
}

/* ---- views ---- */
static cplug_status decide_view(const cplug__doorcall *c, cplug__decision *d)
{
    if (c->given) return cplug_error_set(c->ctx, CPLUG_E_INVALID, "%s: a view cannot be written into a tensor", c->op->def.name);
    cplug_number value[CPLUG__MAX_ARGS] = { { 0 } };
    d->recompute_offset = c->n_in > 1;
    if (!c->in[0]->storage)
        return cplug_error_set(c->ctx, CPLUG_E_INVALID, "%s: a plain number has no views: make a tensor of it", c->op->def.name);
    if (cplug__read_numbers(c, value)) return c->ctx->error;
    cplug_infer q = question(c, d);
    q.scalar = value;
    char shape[CPLUG__SHAPE_TEXT];
    switch (c->op->def.restride(&q, c->in[0]->dims + CPLUG_MAX_DIMS, d->out[0].dims + CPLUG_MAX_DIMS, &d->offset)) {
    case 0: break;
    case -2:
        return cplug_error_set(c->ctx, CPLUG_E_INVALID, "%s: index %lld is out of range for a tensor of shape %s", c->op->def.name,
                               (long long)value[1].i, cplug__shape_text(&d->in_meta[0], shape));
    default:
        return cplug_error_set(
            c->ctx, CPLUG_E_SHAPE,
            "%s: shape %s cannot be had without a copy, since the tensor is not contiguous: use cplug_reshape, or cplug_contiguous first",
            c->op->def.name, cplug__shape_text(&d->out_meta[0], shape));
    }
    d->how = CPLUG__VIEW;
    return CPLUG_OK;
}

/* ---- kernels ---- */
typedef struct sample { /* the call as supports and prepare see it: no data */
    cplug_call call;
    cplug_view *views;
    const cplug_view **in;
    cplug_view **out;
} sample;

static bool sample_open(const cplug__doorcall *c, const cplug__decision *d, sample *s)
{
    const uint32_t n_out = d->n_out + (c->op->n_marked ? c->n_in : 0);
    s->views = cplug__alloc((c->n_in + n_out) * sizeof *s->views + (c->n_in + n_out) * sizeof(void *));
    if (!s->views) return false;
    s->in = (const cplug_view **)(s->views + c->n_in + n_out);
    s->out = (cplug_view **)(s->in + c->n_in);
    cplug_view *v = s->views;
    for (uint32_t i = 0; i < c->n_in; i++, v++) {
        *v = c->in[i] ? c->in[i]->view : *cplug__absent();
        if (!(v->flags & CPLUG_VIEW_SCALAR)) v->data = NULL;
        s->in[i] = v;
    }
    uint32_t n = 0;
    for (; n < d->n_out; n++, v++) {
        const cplug__outspec *o = &d->out[n];
        *v = (cplug_view){ .struct_size = sizeof *v,
                           .dtype = o->dtype,
                           .shape = o->dims,
                           .strides = o->dims + CPLUG_MAX_DIMS,
                           .ndim = o->ndim,
                           .flags = o->view_flags };
        if (n == 0 && c->given && c->out[0]->view.dtype == o->dtype) {
            *v = c->out[0]->view;
            v->data = NULL;
        }
        s->out[n] = v;
    }
    for (uint32_t k = 0; k < c->op->n_args; k++)
        if (c->op->arg[k].marked)
            for (uint32_t i = c->arg_begin[k]; i < c->arg_begin[k + 1]; i++) s->out[n++] = (cplug_view *)s->in[i];
    s->call = (cplug_call){ .struct_size = sizeof s->call,
                            .op_version = c->op->def.version,
                            .in = s->in,
                            .out = s->out,
                            .attr = d->attr,
                            .arg_begin = d->arg_begin,
                            .n_in = c->n_in,
                            .n_out = n,
                            .n_attr = d->n_attr,
                            .n_args = d->n_args,
                            .n_threads = (uint32_t)c->ctx->threads,
                            .host = cplug_host_table(),
                            .device = d->device->handle,
                            .op = c->op->def.name };
    return true;
}

/* What core would do before this kernel ran, so that its answer is about what it would get. */
static void adapt(const cplug__doorcall *c, const cplug__decision *d, const cplug_kernel *k, sample *s)
{
    for (uint32_t i = 0; i < c->n_in; i++) {
        cplug_view *v = (cplug_view *)s->in[i];
        if (!c->in[i] || (v->flags & CPLUG_VIEW_DENSE)) continue;
        if ((v->flags & CPLUG_VIEW_SCALAR) && !(k->flags & CPLUG_K_SCALAR)) {
            v->flags = CPLUG_VIEW_DENSE;
            v->dtype = d->common;
        }
    }
}

static void restore(const cplug__doorcall *c, sample *s)
{
    for (uint32_t i = 0; i < c->n_in; i++) {
        if (!c->in[i]) continue;
        cplug_view *v = (cplug_view *)s->in[i];
        v->flags = c->in[i]->view.flags;
        v->dtype = c->in[i]->view.dtype;
    }
}

static bool serves(const cplug_kernel *k, const cplug__device *device) { return strcmp(k->device, device->type->name) == 0; }

/* Who was asked, for the one who watches. */
enum { MOST_ASKED = 16 };
typedef struct asked {
    uint32_t n, reserved;
    cplug_candidate at[MOST_ASKED];
} asked;
static void note(asked *a, const char *backend, int32_t score, const char *reason)
{
    if (a->n < MOST_ASKED) a->at[a->n++] = (cplug_candidate){ backend, reason, score, 0 };
}

static const cplug_kernel *choose(const cplug__doorcall *c, cplug__decision *d, sample *s, cplug__text *why, asked *all)
{
    cplug_context *ctx = c->ctx;
    const char *forced = c->op->override ? c->op->override : cplug__override_all(ctx);
    const cplug_kernel *best = NULL;
    int32_t best_score = 0, best_rank = 0;
    bool found_forced = false;
    if (forced && c->op->def.decompose && strcmp(forced, CPLUG__DECOMPOSITION) == 0) {
        cplug__text_add(why, "; forced by the user");
        return NULL;
    }
    for (const cplug__kernels *e = c->op->kernels; e; e = e->next) {
        const cplug_kernel *k = &e->kernel;
        if (!serves(k, d->device)) continue;
        const int32_t rank = cplug__backend_rank(ctx, k->backend);
        if (rank < 0 && !(forced && strcmp(forced, k->backend) == 0)) {
            cplug__text_add(why, "; %s: not enabled", k->backend);
            note(all, k->backend, -1, "not enabled");
            continue;
        }
        cplug_support answer = { sizeof answer, 1, "takes everything" };
        if (k->supports) {
            answer.score = 0;
            answer.reason = NULL;
            adapt(c, d, k, s);
            s->call.user = k->user;
            k->supports(&s->call, &answer);
            restore(c, s);
        }
        if (!answer.reason) answer.reason = "no reason given";
        cplug__text_add(why, "; %s: %d (%s)", k->backend, (int)answer.score, answer.reason);
        note(all, k->backend, answer.score, answer.reason);
        if (answer.score <= 0) continue;
        const bool is_forced = forced && strcmp(forced, k->backend) == 0;
        if (found_forced && !is_forced) continue;
        const bool wins = (is_forced && !found_forced) || answer.score > best_score || (answer.score == best_score && rank < best_rank);
        if (best && !wins) continue;
        best = k;
        best_score = answer.score;
        best_rank = rank;
        found_forced = is_forced;
    }
    return best;
}

static bool is_marked(const cplug__doorcall *c, uint32_t i)
{
    for (uint32_t k = 0; k < c->op->n_args; k++)
        if (i >= c->arg_begin[k] && i < c->arg_begin[k + 1]) return c->op->arg[k].marked;
    return false;
}

/* What must happen to the inputs before this kernel can run. */
static void plan_slow_path(const cplug__doorcall *c, cplug__decision *d)
{
    const cplug_kernel *k = d->kernel;
    for (uint32_t i = 0; i < c->n_in; i++) {
        const cplug_tensor *t = c->in[i];
        if (!t) continue;
        const uint64_t bit = 1ull << (i & 63);
        if (!t->storage) {
            if (k->flags & CPLUG_K_SCALAR) continue;
            d->scalar_mask |= bit;
            d->slow |= CPLUG__SLOW_SCALAR;
        } else if (!(t->view.flags & CPLUG_VIEW_DENSE) && !(k->flags & CPLUG_K_STRIDED)) {
            d->copy_mask |= bit;
            d->slow |= CPLUG__SLOW_COPY;
        }
        if (is_marked(c, i) && !(t->view.flags & CPLUG_VIEW_DENSE) && !(k->flags & CPLUG_K_OUT_STRIDED)) d->slow |= CPLUG__SLOW_TEMP;
    }
    if (d->move_mask) d->slow |= CPLUG__SLOW_DEVICE;
    if (c->op->n_marked) d->slow |= CPLUG__SLOW_MARKED;
    for (uint32_t i = 0; i < d->n_out; i++)
        if (d->out[i].layout != CPLUG_LAYOUT_ROW_MAJOR && !(k->flags & CPLUG_K_OUT_STRIDED)) d->slow |= CPLUG__SLOW_TEMP;
    if (c->n_in > 64 && (d->copy_mask | d->scalar_mask | d->move_mask))
        d->slow |= CPLUG__SLOW_COPY; /* masks wrap: execute looks at each input */
}

/* The kernel answers in strides of its own: the result is theirs until somebody looks. */
static cplug_status take_layout(const cplug__doorcall *c, cplug__decision *d)
{
    cplug__outspec *o = &d->out[0];
    int64_t last = 0;
    bool fits = d->n_out > 0;
    for (int32_t k = 0; fits && k < o->ndim; k++) {
        const int64_t stride = d->plan.out_strides[k];
        fits = stride >= 0 && (stride > 0 || o->dims[k] <= 1);
        o->dims[CPLUG_MAX_DIMS + k] = stride;
        last += (MAX(o->dims[k], 1) - 1) * stride;
    }
    if (!fits)
        return cplug_error_set(c->ctx, CPLUG_E_INTERNAL, "%s: kernel of backend %s asked for impossible strides", c->op->def.name,
                               d->kernel->backend);
    if (o->bytes) o->bytes = (uint64_t)(last + 1) * cplug_dtype_size(o->dtype);
    o->view_flags = 0;
    o->layout = CPLUG_LAYOUT_ROW_MAJOR;
    d->free_out = 1;
    return CPLUG_OK;
}

static cplug_status prepare(const cplug__doorcall *c, cplug__decision *d, sample *s)
{
    d->plan.struct_size = sizeof d->plan;
    if (!d->kernel->prepare) return CPLUG_OK;
    cplug_error e = CPLUG__ERROR_INIT;
    adapt(c, d, d->kernel, s);
    /* strided inputs that will be copied first are shown as the dense tensors that they will be */
    int64_t dense[CPLUG_MAX_DIMS * 8];
    uint32_t used = 0;
    for (uint32_t i = 0; i < c->n_in && used < 8; i++) {
        cplug_view *v = (cplug_view *)s->in[i];
        if (!(d->copy_mask >> (i & 63) & 1) || !c->in[i] || !c->in[i]->storage || (c->in[i]->view.flags & CPLUG_VIEW_DENSE)) continue;
        int64_t *strides = dense + CPLUG_MAX_DIMS * used++, step = 1;
        for (int32_t k = v->ndim - 1; k >= 0; k--) strides[k] = step, step *= MAX(v->shape[k], 1);
        v->strides = strides;
        v->flags |= CPLUG_VIEW_DENSE;
    }
    s->call.user = d->kernel->user;
    const cplug_status st = d->kernel->prepare(&s->call, &d->plan, &e);
    if (st) {
        e.code = st;
        d->kernel = NULL; /* nothing to discard */
        return cplug__raise(c->ctx, &e, c->op->def.name);
    }
    return d->plan.out_strides ? take_layout(c, d) : CPLUG_OK;
}

static cplug_status decide_kernel(const cplug__doorcall *c, cplug__decision *d, bool through)
{
    cplug_context *ctx = c->ctx;
    cplug__text candidates = { 0 };
    asked all;
    all.n = 0;
    sample s;
    if (!sample_open(c, d, &s)) return cplug__nomem(ctx, "a decision");
    const char *chosen;
    if (through) {
        chosen = "its decomposition, through which the gradient flows";
        d->how = CPLUG__DECOMPOSE;
    } else if ((d->kernel = choose(c, d, &s, &candidates, &all)) != NULL) {
        chosen = d->kernel->backend;
        d->how = CPLUG__KERNEL;
        plan_slow_path(c, d);
        prepare(c, d, &s);
    } else if (c->op->def.decompose) {
        chosen = "its decomposition";
        d->how = CPLUG__DECOMPOSE;
    } else if (!d->device->is_host && ctx->fallback_policy != CPLUG_FALLBACK_ERROR) {
        chosen = "cpu, with copies";
        d->how = CPLUG__FALLBACK;
    } else {
        chosen = NULL;
    }
    cplug__text *why = &c->op->why;
    why->length = 0;
    cplug__describe_call(c, d, why);
    cplug__text_add(why, ": %s%s", chosen ? chosen : "no kernel", candidates.length ? candidates.at : "; no backend offers a kernel");
    if (!chosen) cplug_error_set(ctx, CPLUG_E_UNSUPPORTED, "%s", why->at ? why->at : c->op->def.name);
    if (d->how == CPLUG__FALLBACK && ctx->fallback_policy == CPLUG_FALLBACK_WARN)
        cplug__log(CPLUG_LOG_WARN, "dispatch: %s", why->at ? why->at : "");
    if (cplug__log_topic("dispatch")) cplug__log(CPLUG_LOG_DEBUG, "dispatch: %s", why->at ? why->at : "");
    if (ctx->watch && chosen)
        cplug__watched(c, d, all.at, all.n,
                       through             ? "the gradient goes through its pieces"
                       : all.n             ? "no kernel takes this"
                       : candidates.length ? candidates.at + 2
                                           : "no backend has a kernel");
    cplug__text_free(&candidates);
    cplug__free(s.views);
    return ctx->error;
}

/* Loads the plugins that promise kernels for this op and device, once. */
static cplug_status want_kernels(const cplug__doorcall *c, const cplug__decision *d)
{
    char id[128];
    const uint32_t bit = 1u << d->device->index;
    if (c->op->wanted & bit) return CPLUG_OK;
    snprintf(id, sizeof id, "%s@%s", c->op->def.name, d->device->type->name);
    if (cplug__want(c->ctx, "kernel", id) < 0) return cplug__not_found(c->ctx, "kernel", id);
    c->op->wanted |= bit;
    return CPLUG_OK;
}

cplug__decision *cplug__decide(const cplug__doorcall *c, uint32_t n_words)
{
    cplug_context *ctx = c->ctx;
    cplug__decision *d = allocate(c, n_words);
    if (!d) return NULL;
    memcpy(d->words, ctx->ops->words, n_words * sizeof *d->words);
    const bool through = c->grad && !c->op->def.vjp;
    if (cplug__check_attrs(c) || find_device(c, d) || infer(c, d) || (c->given && check_given(c, d))) goto fail;
    d->records = c->op->def.vjp != NULL;
    if (c->op->def.flags & CPLUG_OP_VIEW) {
        if (decide_view(c, d)) goto fail;
        if (ctx->watch) cplug__watched(c, d, NULL, 0, "a view: nothing is computed");
    } else {
        if (through && !c->op->def.decompose) {
            cplug_error_set(ctx, CPLUG_E_AUTOGRAD,
                            "%s: has neither a gradient nor a decomposition: detach its inputs or work under no_grad", c->op->def.name);
            goto fail;
        }
        if (want_kernels(c, d)) goto fail;
        d->words[0] = (d->words[0] & 0xFFFFFFFFull) | (uint64_t)ctx->epoch << 32; /* loading a plugin began a new epoch */
        if (decide_kernel(c, d, through)) goto fail;
    }
    return d;
fail:
    cplug__decision_drop(ctx, d);
    return NULL;
}
