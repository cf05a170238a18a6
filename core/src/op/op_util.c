/* op_util.c: shape and dtype rules that op families share, and the common steps of their decompositions and gradients.
 * Broadcasting and promotion are PyTorch's: https://pytorch.org/docs/stable/notes/broadcasting.html and
 * tensor_attributes.html#type-promotion-doc */
#include "op/rules.h"
#include <stdio.h>

const char *cplug__shape_text(const cplug_meta *m, char *room)
{
    size_t at = 1;
    room[0] = '[';
    for (int32_t d = 0; d < m->ndim && at < CPLUG__SHAPE_TEXT - 24; d++)
        at += (size_t)snprintf(room + at, CPLUG__SHAPE_TEXT - at, "%s%lld", d ? ", " : "", (long long)m->shape[d]);
    snprintf(room + at, CPLUG__SHAPE_TEXT - at, "]");
    return room;
}

int64_t cplug__meta_numel(const cplug_meta *m)
{
    int64_t n = 1;
    bool empty = false;
    for (int32_t d = 0; d < m->ndim; d++) empty |= m->shape[d] == 0;
    for (int32_t d = 0; d < m->ndim && !empty; d++)
        if (__builtin_mul_overflow(n, m->shape[d], &n)) return -1;
    return empty ? 0 : n;
}

bool cplug__same_shape(const cplug_meta *a, const cplug_meta *b)
{
    return a->ndim == b->ndim && memcmp(a->shape, b->shape, (size_t)MAX(a->ndim, 0) * sizeof(int64_t)) == 0;
}

/* ---- broadcasting ---- */
static cplug_status broadcast_error(const cplug_meta *in, uint32_t k, const cplug_meta *out, int32_t d, cplug_error *e)
{
    char a[CPLUG__SHAPE_TEXT], b[CPLUG__SHAPE_TEXT];
    uint32_t other = 0; /* the first earlier input that is to blame for out's size */
    for (; other < k; other++) {
        const int32_t at = d - (out->ndim - in[other].ndim);
        if (cplug__present(&in[other]) && at >= 0 && in[other].shape[at] == out->shape[d]) break;
    }
    const int32_t at = d - (out->ndim - in[k].ndim);
    return cplug__error_fill(e, CPLUG_E_SHAPE, "shapes %s and %s do not broadcast: dimension %d is %lld and %lld",
                             cplug__shape_text(&in[other], a), cplug__shape_text(&in[k], b), d, (long long)out->shape[d],
                             (long long)in[k].shape[at]);
}

/* Channels-last when every input of the output's rank is; then at least one must be. */
static uint32_t broadcast_layout(const cplug_meta *in, uint32_t n, int32_t ndim)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (in[i].ndim != ndim || ndim == 0) continue;
        if (in[i].layout != CPLUG_LAYOUT_CHANNELS_LAST) return CPLUG_LAYOUT_ROW_MAJOR;
        found = 1;
    }
    return found ? CPLUG_LAYOUT_CHANNELS_LAST : CPLUG_LAYOUT_ROW_MAJOR;
}

cplug_status cplug__broadcast(const cplug_infer *c, const cplug_meta *in, uint32_t n, cplug_meta *out, cplug_error *e)
{
    (void)c;
    out->ndim = 0;
    for (uint32_t i = 0; i < n; i++) out->ndim = MAX(out->ndim, in[i].ndim);
    for (int32_t d = 0; d < out->ndim; d++) out->shape[d] = 1;
    for (uint32_t i = 0; i < n; i++)
        for (int32_t d = in[i].ndim - 1; d >= 0; d--) {
            int64_t *size = &out->shape[d + out->ndim - in[i].ndim];
            if (in[i].shape[d] == 1 || in[i].shape[d] == *size) continue;
            if (*size != 1) return broadcast_error(in, i, out, d + out->ndim - in[i].ndim, e);
            *size = in[i].shape[d];
        }
    out->layout = broadcast_layout(in, n, out->ndim);
    return CPLUG_OK;
}

cplug_status cplug__broadcasts_to(const cplug_meta *m, const cplug_meta *to, const char *what, cplug_error *e)
{
    char a[CPLUG__SHAPE_TEXT], b[CPLUG__SHAPE_TEXT];
    const int32_t skip = to->ndim - m->ndim;
    bool fits = skip >= 0;
    for (int32_t d = 0; d < m->ndim && fits; d++) fits = m->shape[d] == 1 || m->shape[d] == to->shape[d + skip];
    if (fits) return CPLUG_OK;
    return cplug__error_fill(e, CPLUG_E_SHAPE, "%s of shape %s does not broadcast to shape %s", what, cplug__shape_text(m, a),
                             cplug__shape_text(to, b));
}

/* ---- promotion ---- */
/* combine_categories of PyTorch's result_type: a lower category counts only when it is of a higher kind (bool < int < float). */
static cplug_dtype combine(cplug_dtype higher, cplug_dtype lower)
{
    if (!higher || !lower) return higher ? higher : lower;
    if (cplug__is_float(higher)) return higher;
    if (higher == CPLUG_BOOL || cplug__is_float(lower)) return cplug_dtype_promote(higher, lower);
    return higher;
}

cplug_dtype cplug__result_type(const cplug_meta *in, uint32_t n)
{
    cplug_dtype category[3] = { 0, 0, 0 }; /* dimensioned, 0-d, plain number */
    for (uint32_t i = 0; i < n; i++) {
        if (!cplug__present(&in[i])) continue;
        const bool plain = (in[i].flags & CPLUG_META_SCALAR) != 0;
        const cplug_dtype d = plain && cplug__is_float(in[i].dtype) ? CPLUG_F32 : in[i].dtype;
        cplug_dtype *best = &category[plain ? 2 : in[i].ndim == 0];
        *best = *best ? cplug_dtype_promote(*best, d) : d;
    }
    return combine(category[0], combine(category[1], category[2]));
}

/* ---- rules used as they are ---- */
cplug_status cplug__infer_pointwise(cplug_infer *c, cplug_error *e)
{
    c->out[0].dtype = cplug__result_type(c->in, c->n_in);
    return cplug__broadcast(c, c->in, c->n_in, &c->out[0], e);
}

cplug_status cplug__infer_float(cplug_infer *c, cplug_error *e)
{
    const cplug_dtype d = cplug__result_type(c->in, c->n_in);
    c->out[0].dtype = cplug__is_float(d) ? d : CPLUG_F32;
    return cplug__broadcast(c, c->in, c->n_in, &c->out[0], e);
}

cplug_status cplug__infer_bool(cplug_infer *c, cplug_error *e)
{
    c->out[0].dtype = CPLUG_BOOL;
    return cplug__broadcast(c, c->in, c->n_in, &c->out[0], e);
}

void cplug__meta_like(cplug_meta *out, const cplug_meta *in, cplug_dtype dtype)
{
    *out = *in;
    out->dtype = dtype;
    out->flags = 0;
}

cplug_status cplug__infer_same(cplug_infer *c, cplug_error *e)
{
    (void)e;
    cplug__meta_like(&c->out[0], &c->in[0], cplug__result_type(c->in, 1));
    return CPLUG_OK;
}

bool cplug__is_index(cplug_dtype d) { return d == CPLUG_I64 || d == CPLUG_I32; }

cplug_status cplug__need_index(const cplug_meta *m, const char *what, cplug_error *e)
{
    if (cplug__is_index(m->dtype)) return CPLUG_OK;
    return cplug__error_fill(e, CPLUG_E_DTYPE, "%s must be i64 or i32, got %s", what, cplug_dtype_name(m->dtype));
}

cplug_status cplug__need_float(const cplug_meta *m, const char *what, cplug_error *e)
{
    if (cplug__is_float(m->dtype)) return CPLUG_OK;
    return cplug__error_fill(e, CPLUG_E_DTYPE, "%s must have a float dtype, got %s; convert it with to", what, cplug_dtype_name(m->dtype));
}

/* ---- dimensions ---- */
bool cplug__dim(int64_t dim, int32_t ndim, int32_t *out)
{
    const int32_t n = MAX(ndim, 1);
    if (dim < -n || dim >= n) return false;
    *out = (int32_t)(dim < 0 ? dim + n : dim);
    return true;
}

cplug_status cplug__dim_error(const cplug_infer *c, cplug_error *e, int64_t dim, int32_t ndim)
{
    (void)c;
    const int32_t n = MAX(ndim, 1);
    return cplug__error_fill(e, CPLUG_E_SHAPE, "dimension %lld is out of range: a %d-d tensor has dimensions %d to %d", (long long)dim,
                             ndim, -n, n - 1);
}

cplug_status cplug__reduced_dims(const cplug_infer *c, const cplug_value *dims, bool reduced[CPLUG_MAX_DIMS], cplug_error *e)
{
    for (int32_t d = 0; d < CPLUG_MAX_DIMS; d++) reduced[d] = dims->n == 0;
    for (uint32_t i = 0; i < dims->n; i++) {
        int32_t d;
        if (!cplug__dim(dims->v.iv[i], c->in[0].ndim, &d)) return cplug__dim_error(c, e, dims->v.iv[i], c->in[0].ndim);
        if (reduced[d]) return cplug__error_fill(e, CPLUG_E_INVALID, "dimension %d appears more than once in dim", d);
        reduced[d] = true;
    }
    return CPLUG_OK;
}

cplug_status cplug__infer_reduced(cplug_infer *c, bool keepdim, cplug_dtype dtype, cplug_error *e)
{
    bool reduced[CPLUG_MAX_DIMS];
    const cplug_status s = cplug__reduced_dims(c, &c->attr[0], reduced, e);
    if (s != CPLUG_OK) return s;
    cplug_meta *out = &c->out[0];
    out->dtype = dtype;
    for (int32_t d = 0; d < c->in[0].ndim; d++) {
        if (!reduced[d])
            out->shape[out->ndim++] = c->in[0].shape[d];
        else if (keepdim)
            out->shape[out->ndim++] = 1;
    }
    return CPLUG_OK;
}

int64_t cplug__reduced_count(const cplug_meta *in, const cplug_value *dims)
{
    if (dims->n == 0) return cplug__meta_numel(in);
    int64_t n = 1;
    for (uint32_t i = 0; i < dims->n; i++) {
        int32_t d;
        if (in->ndim > 0 && cplug__dim(dims->v.iv[i], in->ndim, &d)) n *= in->shape[d];
    }
    return n;
}

/* ---- steps of decompositions and gradients ---- */
cplug_tensor *cplug__compute(const cplug_op_call *c, uint32_t i)
{
    cplug_tensor *t = c->in[i];
    if (!t || cplug__is_plain(t)) return t;
    return cplug_to(t, cplug__compute_dtype(c->out_meta[0].dtype), NULL);
}

cplug_status cplug__done(const cplug_op_call *c, cplug_tensor *t)
{
    c->out[0] = t ? cplug_to(t, c->out_meta[0].dtype, NULL) : NULL;
    return c->out[0] ? CPLUG_OK : cplug_failed(c->ctx);
}

cplug_tensor *cplug__wide(cplug_tensor *t) { return t && cplug__is_half(t->view.dtype) ? cplug_to(t, CPLUG_F32, NULL) : t; }

cplug__device *cplug__device_of(const cplug_tensor *t) { return t->storage ? t->storage->device : t->ctx->current_device; }

cplug_tensor *cplug__empty_meta(const cplug_tensor *t, const cplug_meta *m)
{
    if (!t || t->ctx->error) return NULL;
    return cplug__give(cplug__tensor_make(t->ctx, cplug__device_of(t), m->dtype, m->ndim, m->shape, m->layout));
}

cplug_tensor *cplug__zeros_meta(const cplug_tensor *t, const cplug_meta *m)
{
    cplug_tensor *z = cplug__empty_meta(t, m);
    return z && cplug_zero_(z) == CPLUG_OK ? z : NULL;
}

cplug_tensor *cplug__keep_dims(cplug_tensor *g, const cplug_meta *in, const cplug_value *dims, bool kept)
{
    if (!g || kept || g->view.ndim == in->ndim) return g;
    int64_t shape[CPLUG_MAX_DIMS];
    for (int32_t d = 0; d < in->ndim; d++) shape[d] = dims->n == 0 ? 1 : in->shape[d];
    for (uint32_t i = 0; i < dims->n; i++) {
        int32_t d;
        if (cplug__dim(dims->v.iv[i], in->ndim, &d)) shape[d] = 1;
    }
    return cplug_reshape(g, in->ndim, shape);
}

cplug_tensor *cplug__expand_meta(cplug_tensor *t, const cplug_meta *m) { return cplug_expand(t, m->ndim, m->shape); }

cplug_tensor *cplug__itself(cplug_tensor *t) { return t && !t->ctx->error ? cplug__give(cplug__hold(t)) : NULL; }

bool cplug__dims_in(cplug_tensor *t, const int32_t *dims, int32_t n, int64_t out[CPLUG_MAX_DIMS])
{
    if (!t) return false;
    if (n < 0 || n > CPLUG_MAX_DIMS) {
        cplug_error_set(t->ctx, CPLUG_E_INVALID, "a list of %d dimensions: a tensor has at most %d", n, CPLUG_MAX_DIMS);
        return false;
    }
    for (int32_t i = 0; i < n; i++) out[i] = dims[i];
    return true;
}

bool cplug__shape_in(cplug_tensor *t, int32_t ndim, const int64_t *shape)
{
    if (!t) return false;
    if (ndim >= 0 && ndim <= CPLUG_MAX_DIMS && (shape || ndim == 0)) return true;
    cplug_error_set(t->ctx, CPLUG_E_SHAPE, "a shape has 0 to %d dimensions, got %d%s", CPLUG_MAX_DIMS, ndim, shape ? "" : " and no sizes");
    return false;
}

cplug_tensor *cplug__positions(const cplug_tensor *t, int64_t n)
{
    const cplug_meta m = { .dtype = CPLUG_I64, .ndim = 1, .shape = { n } };
    cplug_tensor *const p = cplug__empty_meta(t, &m);
    if (!p) return NULL;
    cplug_tensor *const in[] = { p, cplug_int(p->ctx, 0), cplug_int(p->ctx, 1) };
    return cplug__op_n(CPLUG__OP_arange, in, 3, NULL, 0, NULL, 0) == CPLUG_OK ? p : NULL;
}

cplug_tensor *cplug__number_for(const cplug_tensor *t, double value)
{
    if (!t) return NULL;
    const bool whole = value >= -9007199254740992.0 && value <= 9007199254740992.0 && value == (double)(int64_t)value;
    return whole && !cplug__is_float(t->view.dtype) ? cplug_int(t->ctx, (int64_t)value) : cplug_float(t->ctx, value);
}
