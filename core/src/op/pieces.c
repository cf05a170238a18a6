/* pieces.c: views on a part of a tensor: select slice as_strided, the gradients select_grad and slice_grad, and what is made of them:
 * narrow split chunk.  Where a piece starts is a scalar input, so that walking along a tensor is one signature. */
#include "op/rules.h"

enum { INPUT = 0, START = 1 };
enum { DIM = 0, LENGTH = 1, STEP = 2, SIZE = 1, GRAD_STEP = 2 }; /* attributes of slice; of slice_grad and select_grad */

/* ---- select: one index of a dimension, which goes ---- */
static cplug_status infer_select(cplug_infer *c, cplug_error *e)
{
    int32_t at;
    const cplug_meta *in = &c->in[INPUT];
    if (in->ndim == 0) return cplug__error_fill(e, CPLUG_E_SHAPE, "a 0-d tensor has no dimension to select from");
    if (!cplug__dim(c->attr[DIM].v.i, in->ndim, &at)) return cplug__dim_error(c, e, c->attr[DIM].v.i, in->ndim);
    c->out[0].dtype = in->dtype;
    for (int32_t d = 0; d < in->ndim; d++)
        if (d != at) c->out[0].shape[c->out[0].ndim++] = in->shape[d];
    return CPLUG_OK;
}
static int32_t select_restride(const cplug_infer *c, const int64_t *strides, int64_t *out_strides, int64_t *out_offset)
{
    int32_t at = 0, to = 0;
    const cplug_meta *in = &c->in[INPUT];
    cplug__dim(c->attr[DIM].v.i, in->ndim, &at);
    int64_t index = c->scalar[START].i;
    if (index < 0) index += in->shape[at];
    if (index < 0 || index >= in->shape[at]) return -2;
    for (int32_t d = 0; d < in->ndim; d++)
        if (d != at) out_strides[to++] = strides[d];
    *out_offset = index * strides[at];
    return 0;
}

/* Gradient of a piece: op(grad, start; dim, size of the whole, step). */
static cplug_status piece_vjp(cplug_vjp *v, int32_t op, int64_t step)
{
    int32_t at = 0;
    cplug__dim(v->attr[DIM].v.i, v->in_meta[INPUT].ndim, &at);
    const cplug_value attr[] = { A_INT(at), A_INT(v->in_meta[INPUT].shape[at]), A_INT(step) };
    v->grad_in[INPUT] = cplug__op(op, (cplug_tensor *[]){ v->grad_out[0], v->in[START] }, 2, attr, step ? 3 : 2);
    return cplug_failed(v->ctx);
}
static cplug_status select_vjp(cplug_vjp *v) { return piece_vjp(v, CPLUG__OP_select_grad, 0); }
static const cplug_option select_attrs[] = {
    CPLUG__ATTR(INT, "dim", "dimension to select from", .flags = CPLUG_OPT_REQUIRED),
};
CPLUG__OP(select, "input index#", "output", .doc = "one index of a dimension", .saves = "index", .attrs = CPLUG_OPTIONS(select_attrs),
          .flags = CPLUG_OP_VIEW, .infer = infer_select, .restride = select_restride, .vjp = select_vjp);

/* ---- slice: start, start + step, ... of a dimension ---- */
static cplug_status infer_slice(cplug_infer *c, cplug_error *e)
{
    int32_t at;
    const cplug_meta *in = &c->in[INPUT];
    const int64_t length = c->attr[LENGTH].v.i, step = c->attr[STEP].v.i;
    if (in->ndim == 0) return cplug__error_fill(e, CPLUG_E_SHAPE, "a 0-d tensor cannot be sliced");
    if (!cplug__dim(c->attr[DIM].v.i, in->ndim, &at)) return cplug__dim_error(c, e, c->attr[DIM].v.i, in->ndim);
    if (step < 1) return cplug__error_fill(e, CPLUG_E_INVALID, "step must be at least 1, got %lld", (long long)step);
    if (length < 0 || (length > 0 && (in->shape[at] == 0 || length - 1 > (in->shape[at] - 1) / step)))
        return cplug__error_fill(e, CPLUG_E_SHAPE, "length %lld with step %lld does not fit dimension %d of size %lld", (long long)length,
                                 (long long)step, at, (long long)in->shape[at]);
    cplug__meta_like(&c->out[0], in, in->dtype);
    c->out[0].layout = CPLUG_LAYOUT_ROW_MAJOR;
    c->out[0].shape[at] = length;
    return CPLUG_OK;
}
static int32_t slice_restride(const cplug_infer *c, const int64_t *strides, int64_t *out_strides, int64_t *out_offset)
{
    int32_t at = 0;
    const cplug_meta *in = &c->in[INPUT];
    cplug__dim(c->attr[DIM].v.i, in->ndim, &at);
    const int64_t start = c->scalar[START].i, length = c->attr[LENGTH].v.i, step = c->attr[STEP].v.i;
    if (start < 0 || start > in->shape[at] || (length > 0 && start + (length - 1) * step >= in->shape[at])) return -2;
    memcpy(out_strides, strides, sizeof *strides * (size_t)in->ndim);
    out_strides[at] = strides[at] * step;
    *out_offset = length > 0 ? start * strides[at] : 0;
    return 0;
}
static cplug_status slice_vjp(cplug_vjp *v) { return piece_vjp(v, CPLUG__OP_slice_grad, v->attr[STEP].v.i); }
static const cplug_option slice_attrs[] = {
    CPLUG__ATTR(INT, "dim", "dimension to cut", .flags = CPLUG_OPT_REQUIRED),
    CPLUG__ATTR(INT, "length", "size of the piece", .flags = CPLUG_OPT_REQUIRED),
    CPLUG__ATTR(INT, "step", "distance of its elements", .fallback = "1"),
};
CPLUG__OP(slice, "input start#", "output", .doc = "length elements of a dimension from start on, every step-th", .saves = "start",
          .attrs = CPLUG_OPTIONS(slice_attrs), .flags = CPLUG_OP_VIEW, .infer = infer_slice, .restride = slice_restride, .vjp = slice_vjp);

/* ---- select_grad, slice_grad: zeros with grad in the place of the piece; their gradient is the piece again ---- */
static cplug_status infer_select_grad(cplug_infer *c, cplug_error *e)
{
    int32_t at;
    const cplug_meta *g = &c->in[INPUT];
    cplug_meta *out = &c->out[0];
    if (g->ndim == CPLUG_MAX_DIMS || c->attr[SIZE].v.i < 0)
        return cplug__error_fill(e, CPLUG_E_SHAPE, "grad is not what select could have given");
    if (!cplug__dim(c->attr[DIM].v.i, g->ndim + 1, &at)) return cplug__dim_error(c, e, c->attr[DIM].v.i, g->ndim + 1);
    out->dtype = g->dtype;
    out->ndim = g->ndim + 1;
    for (int32_t d = 0; d < out->ndim; d++) out->shape[d] = d == at ? c->attr[SIZE].v.i : g->shape[d - (d > at)];
    return CPLUG_OK;
}
static cplug_status infer_slice_grad(cplug_infer *c, cplug_error *e)
{
    int32_t at;
    const cplug_meta *g = &c->in[INPUT];
    if (g->ndim == 0 || c->attr[SIZE].v.i < 0) return cplug__error_fill(e, CPLUG_E_SHAPE, "grad is not what slice could have given");
    if (!cplug__dim(c->attr[DIM].v.i, g->ndim, &at)) return cplug__dim_error(c, e, c->attr[DIM].v.i, g->ndim);
    cplug__meta_like(&c->out[0], g, g->dtype);
    c->out[0].layout = CPLUG_LAYOUT_ROW_MAJOR;
    c->out[0].shape[at] = c->attr[SIZE].v.i;
    return CPLUG_OK;
}
static cplug_status piece_grad_decompose(cplug_op_call *c, bool slice)
{
    int32_t at = 0;
    cplug_tensor *const whole = cplug__zeros_meta(c->in[INPUT], &c->out_meta[0]);
    cplug__dim(c->attr[DIM].v.i, c->out_meta[0].ndim, &at);
    const cplug_value attr[] = { A_INT(at), A_INT(slice ? c->in[INPUT]->dims[at] : 0), A_INT(slice ? c->attr[GRAD_STEP].v.i : 0) };
    cplug_tensor *const piece = whole ? cplug__op(slice ? CPLUG__OP_slice : CPLUG__OP_select, (cplug_tensor *[]){ whole, c->in[START] }, 2,
                                                  attr, slice ? 3 : 1)
                                      : NULL;
    if (piece && cplug_copy_(piece, c->in[INPUT]) == CPLUG_OK) c->out[0] = whole;
    return cplug_failed(c->ctx);
}
static cplug_status select_grad_decompose(cplug_op_call *c) { return piece_grad_decompose(c, false); }
static cplug_status slice_grad_decompose(cplug_op_call *c) { return piece_grad_decompose(c, true); }
static cplug_status select_grad_vjp(cplug_vjp *v)
{
    v->grad_in[INPUT] = cplug__op(CPLUG__OP_select, (cplug_tensor *[]){ v->grad_out[0], v->in[START] }, 2, v->attr, 1);
    return cplug_failed(v->ctx);
}
static cplug_status slice_grad_vjp(cplug_vjp *v)
{
    int32_t at = 0;
    cplug__dim(v->attr[DIM].v.i, v->in_meta[INPUT].ndim, &at);
    const cplug_value attr[] = { A_INT(at), A_INT(v->in_meta[INPUT].shape[at]), A_INT(v->attr[GRAD_STEP].v.i) };
    v->grad_in[INPUT] = cplug__op(CPLUG__OP_slice, (cplug_tensor *[]){ v->grad_out[0], v->in[START] }, 2, attr, 3);
    return cplug_failed(v->ctx);
}
static const cplug_option piece_grad_attrs[] = {
    CPLUG__ATTR(INT, "dim", "dimension that was cut", .flags = CPLUG_OPT_REQUIRED),
    CPLUG__ATTR(INT, "size", "its whole size", .flags = CPLUG_OPT_REQUIRED),
    CPLUG__ATTR(INT, "step", "distance of the piece's elements", .fallback = "1"),
};
CPLUG__OP(select_grad, "grad index#", "grad_input", .doc = "gradient of select: zeros but for one index", .saves = "index",
          .attrs = { piece_grad_attrs, 2, (uint32_t)sizeof *piece_grad_attrs }, .infer = infer_select_grad, .vjp = select_grad_vjp,
          .decompose = select_grad_decompose);
CPLUG__OP(slice_grad, "grad start#", "grad_input", .doc = "gradient of slice: zeros but for the piece", .saves = "start",
          .attrs = CPLUG_OPTIONS(piece_grad_attrs), .infer = infer_slice_grad, .vjp = slice_grad_vjp, .decompose = slice_grad_decompose);

/* ---- as_strided ---- */
static cplug_status infer_as_strided(cplug_infer *c, cplug_error *e)
{
    if (c->attr[0].n != c->attr[1].n || c->attr[0].n > CPLUG_MAX_DIMS)
        return cplug__error_fill(e, CPLUG_E_SHAPE, "size has %u entries and stride %u: expected as many of each, at most %d", c->attr[0].n,
                                 c->attr[1].n, CPLUG_MAX_DIMS);
    c->out[0].dtype = c->in[0].dtype;
    c->out[0].ndim = (int32_t)c->attr[0].n;
    for (uint32_t d = 0; d < c->attr[0].n; d++) {
        c->out[0].shape[d] = c->attr[0].v.iv[d];
        if (c->attr[0].v.iv[d] < 0 || c->attr[1].v.iv[d] < 0)
            return cplug__error_fill(e, CPLUG_E_SHAPE, "dimension %u has size %lld and stride %lld: both must be at least 0", d,
                                     (long long)c->attr[0].v.iv[d], (long long)c->attr[1].v.iv[d]);
    }
    return CPLUG_OK;
}
static int32_t as_strided_restride(const cplug_infer *c, const int64_t *strides, int64_t *out_strides, int64_t *out_offset)
{
    (void)strides;
    for (uint32_t d = 0; d < c->attr[1].n; d++) out_strides[d] = c->attr[1].v.iv[d];
    *out_offset = c->scalar[START].i;
    return 0;
}
static const cplug_option as_strided_attrs[] = {
    CPLUG__ATTR(INTS, "size", "sizes of the result", .flags = CPLUG_OPT_UNSET_OK),
    CPLUG__ATTR(INTS, "stride", "its strides in elements", .flags = CPLUG_OPT_UNSET_OK),
};
CPLUG__OP(as_strided, "input offset#", "output",
          .doc = "any sizes and strides on input's storage; offset counts from input's first element",
          .attrs = CPLUG_OPTIONS(as_strided_attrs), .flags = CPLUG_OP_VIEW | CPLUG_OP_NO_GRAD, .infer = infer_as_strided,
          .restride = as_strided_restride);

/* ---- wrappers ---- */
cplug_tensor *cplug_select(cplug_tensor *t, int32_t dim, int64_t index)
{
    if (UNLIKELY(!t)) return NULL;
    const cplug_value attr[] = { A_INT(dim) };
    return cplug__op(CPLUG__OP_select, (cplug_tensor *[]){ t, cplug_int(t->ctx, index) }, 2, attr, 1);
}

/* Size of a dimension; -1 and an error when there is no such one. */
static int64_t size_of(cplug_tensor *t, const char *who, int32_t dim)
{
    int32_t at;
    if (!t || t->ctx->error) return -1;
    if (t->view.ndim > 0 && cplug__dim(dim, t->view.ndim, &at)) return t->dims[at];
    cplug_error_set(t->ctx, CPLUG_E_SHAPE, "%s: a %d-d tensor has no dimension %d", who, t->view.ndim, dim);
    return -1;
}

static cplug_tensor *piece(cplug_tensor *t, int32_t dim, int64_t start, int64_t length, int64_t step)
{
    const cplug_value attr[] = { A_INT(dim), A_INT(length), A_INT(step) };
    return cplug__op(CPLUG__OP_slice, (cplug_tensor *[]){ t, cplug_int(t->ctx, start) }, 2, attr, 3);
}

cplug_tensor *cplug_slice(cplug_tensor *t, int32_t dim, int64_t from, int64_t to, int64_t step)
{
    const int64_t size = size_of(t, "slice", dim);
    if (size < 0) return NULL;
    if (step < 1) {
        cplug_error_set(t->ctx, CPLUG_E_INVALID, "slice: step must be at least 1, got %lld", (long long)step);
        return NULL;
    }
    if (from < 0) from = MAX(from + size, 0);
    if (to < 0) to = MAX(to + size, 0);
    from = MIN(from, size);
    to = MIN(to, size);
    return piece(t, dim, from, to > from ? (to - from - 1) / step + 1 : 0, step);
}

cplug_tensor *cplug_narrow(cplug_tensor *t, int32_t dim, int64_t start, int64_t length)
{
    const int64_t size = size_of(t, "narrow", dim);
    if (size < 0) return NULL;
    const int64_t from = start < 0 ? start + size : start;
    if (from < 0 || from > size || length < 0 || length > size - from) {
        cplug_error_set(t->ctx, CPLUG_E_SHAPE, "narrow: start %lld and length %lld do not fit dimension %d of size %lld", (long long)start,
                        (long long)length, dim, (long long)size);
        return NULL;
    }
    return piece(t, dim, from, length, 1);
}

static int64_t room_error(cplug_tensor *t, const char *who, int64_t pieces, int64_t room)
{
    cplug_error_set(t->ctx, CPLUG_E_INVALID, "%s: %lld pieces, but room for %lld only", who, (long long)pieces, (long long)room);
    return -1;
}

/* Pieces of one size, the last one as large as the rest. */
static int64_t even_pieces(cplug_tensor *t, int64_t whole, int64_t size, int64_t pieces, int32_t dim, cplug_tensor **out)
{
    for (int64_t i = 0; i < pieces; i++)
        if (!(out[i] = piece(t, dim, i * size, MIN(size, whole - i * size), 1))) return -1;
    return pieces;
}

int64_t cplug_split(cplug_tensor *t, int64_t size, int32_t dim, cplug_tensor **out, int64_t room)
{
    const int64_t whole = size_of(t, "split", dim);
    if (whole < 0) return -1;
    if (size < 0 || (size == 0 && whole > 0)) {
        cplug_error_set(t->ctx, CPLUG_E_INVALID, "split: size %lld for a dimension of size %lld", (long long)size, (long long)whole);
        return -1;
    }
    const int64_t pieces = whole == 0 ? 1 : (whole - 1) / size + 1;
    return pieces > room ? room_error(t, "split", pieces, room) : even_pieces(t, whole, size, pieces, dim, out);
}

int64_t cplug_split_sizes(cplug_tensor *t, const int64_t *sizes, int64_t n, int32_t dim, cplug_tensor **out)
{
    const int64_t whole = size_of(t, "split", dim);
    if (whole < 0) return -1;
    int64_t sum = 0;
    bool fits = true;
    for (int64_t i = 0; i < n && fits; i++) fits = sizes[i] >= 0 && !__builtin_add_overflow(sum, sizes[i], &sum);
    if (!fits || sum != whole) {
        cplug_error_set(t->ctx, CPLUG_E_SHAPE,
                        "split: the sizes must be at least 0 and sum to %lld, the size of dimension %d; they sum to %lld", (long long)whole,
                        dim, (long long)sum);
        return -1;
    }
    for (int64_t i = 0, at = 0; i < n; at += sizes[i++])
        if (!(out[i] = piece(t, dim, at, sizes[i], 1))) return -1;
    return n;
}

int64_t cplug_chunk(cplug_tensor *t, int64_t chunks, int32_t dim, cplug_tensor **out, int64_t room)
{
    const int64_t whole = size_of(t, "chunk", dim);
    if (whole < 0) return -1;
    if (chunks < 1) {
        cplug_error_set(t->ctx, CPLUG_E_INVALID, "chunk: chunks must be at least 1, got %lld", (long long)chunks);
        return -1;
    }
    const int64_t size = whole == 0 ? 0 : (whole - 1) / chunks + 1, pieces = whole == 0 ? chunks : (whole - 1) / size + 1;
    return pieces > room ? room_error(t, "chunk", pieces, room) : even_pieces(t, whole, size, pieces, dim, out);
}

/* Elements of t's storage that sizes and strides reach beyond the first one; -1 on overflow. */
static int64_t reach(int32_t ndim, const int64_t *shape, const int64_t *strides)
{
    int64_t last = 0, way;
    for (int32_t d = 0; d < ndim; d++) {
        if (shape[d] == 0) return 0;
        if (shape[d] < 0 || strides[d] < 0) return -1;
        if (__builtin_mul_overflow(shape[d] - 1, strides[d], &way) || __builtin_add_overflow(last, way, &last)) return -1;
    }
    return last;
}

/* offset counts from the start of the storage, as in PyTorch. */
cplug_tensor *cplug_as_strided(cplug_tensor *t, int32_t ndim, const int64_t *shape, const int64_t *strides, int64_t offset)
{
    if (!t || t->ctx->error || !cplug__shape_in(t, ndim, shape) || !cplug__shape_in(t, ndim, strides)) return NULL;
    const int64_t width = (int64_t)cplug_dtype_size(t->view.dtype);
    const int64_t held = t->storage ? (int64_t)t->storage->bytes / width : 1;
    const int64_t begin = t->storage && t->view.data ? ((char *)t->view.data - (char *)t->storage->data) / width : 0;
    bool empty = false;
    for (int32_t d = 0; d < ndim; d++) empty |= shape[d] == 0;
    const int64_t last = reach(ndim, shape, strides);
    if (last < 0 || offset < 0 || (!empty && last > held - 1 - offset)) {
        cplug_error_set(t->ctx, CPLUG_E_SHAPE, "as_strided: sizes, strides and offset %lld reach outside the storage of %lld elements",
                        (long long)offset, (long long)held);
        return NULL;
    }
    const cplug_value attr[] = { A_INTS(shape, ndim), A_INTS(strides, ndim) };
    return cplug__op(CPLUG__OP_as_strided, (cplug_tensor *[]){ t, cplug_int(t->ctx, offset - begin) }, 2, attr, 2);
}
