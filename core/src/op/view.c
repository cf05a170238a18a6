/* view.c: other looks at the same storage: view expand transpose permute squeeze unsqueeze select slice as_strided detach; the ops of
 * their gradients select_grad and slice_grad; what is made of them: reshape flatten unflatten narrow split chunk.
 * infer gives the new sizes, restride the new strides and offset.  https://pytorch.org/docs/stable/tensor_view.html */
#include "op/rules.h"

static void copy_sizes(cplug_meta *out, const cplug_meta *in)
{
    cplug__meta_like(out, in, in->dtype);
    out->layout = CPLUG_LAYOUT_ROW_MAJOR;
}

/* ---- view ---- */
/* Fills in a -1 and compares element counts. */
static cplug_status resolve(const cplug_meta *in, int64_t ndim, const int64_t *size, cplug_meta *out, cplug_error *e)
{
    char a[CPLUG__SHAPE_TEXT], b[CPLUG__SHAPE_TEXT];
    if (ndim < 0 || ndim > CPLUG_MAX_DIMS)
        return cplug__error_fill(e, CPLUG_E_SHAPE, "%lld dimensions: a tensor has at most %d", (long long)ndim, CPLUG_MAX_DIMS);
    int32_t open = -1;
    out->dtype = in->dtype;
    out->ndim = (int32_t)ndim;
    for (int32_t d = 0; d < out->ndim; d++) {
        out->shape[d] = size[d];
        if (size[d] < -1)
            return cplug__error_fill(e, CPLUG_E_SHAPE, "%s is no shape: sizes are at least 0, one may be -1", cplug__shape_text(out, a));
        if (size[d] != -1) continue;
        if (open >= 0) return cplug__error_fill(e, CPLUG_E_SHAPE, "only one size may be -1");
        open = d;
    }
    const int64_t have = cplug__meta_numel(in);
    int64_t rest = 1;
    cplug_meta known = *out;
    if (open >= 0) known.shape[open] = 1;
    rest = cplug__meta_numel(&known);
    const bool fits = open < 0 ? rest == have : rest > 0 && have % rest == 0;
    if (!fits)
        return cplug__error_fill(e, CPLUG_E_SHAPE, "shape %s with %lld elements cannot become %s%s", cplug__shape_text(in, a),
                                 (long long)have, cplug__shape_text(out, b), open >= 0 && rest == 0 ? ": -1 could be any size" : "");
    if (open >= 0) out->shape[open] = have / rest;
    return CPLUG_OK;
}

/* Strides of a view, or false.  Dimensions of the input that lie without a gap in memory form runs; each run must be cut up by whole
 * output dimensions (PyTorch's computeStride). */
static bool view_strides(const cplug_meta *in, const int64_t *strides, const cplug_meta *out, int64_t *out_strides)
{
    int32_t to = out->ndim - 1;
    if (cplug__meta_numel(in) == 0) {
        int64_t step = 1;
        for (; to >= 0; to--) {
            out_strides[to] = step;
            step *= MAX(out->shape[to], 1);
        }
        return true;
    }
    int64_t base = in->ndim ? strides[in->ndim - 1] : 1, run = 1, taken = 1;
    for (int32_t from = in->ndim - 1; from >= 0; from--) {
        run *= in->shape[from];
        const bool ends = from == 0 || (in->shape[from - 1] != 1 && strides[from - 1] != run * base);
        if (!ends) continue;
        for (; to >= 0 && (taken < run || out->shape[to] == 1); to--) {
            out_strides[to] = taken * base;
            taken *= out->shape[to];
        }
        if (taken != run) return false;
        if (from > 0) base = strides[from - 1];
        run = taken = 1;
    }
    for (; to >= 0; to--) out_strides[to] = 1; /* a 0-d input: only sizes of 1 are left */
    return true;
}

static const cplug_option size_attrs[] = {
    CPLUG__ATTR(INTS, "size", "sizes of the result; one may be -1", .flags = CPLUG_OPT_UNSET_OK),
};
static cplug_status infer_view(cplug_infer *c, cplug_error *e) { return resolve(&c->in[0], c->attr[0].n, c->attr[0].v.iv, &c->out[0], e); }
static int32_t view_restride(const cplug_infer *c, const int64_t *strides, int64_t *out_strides, int64_t *out_offset)
{
    *out_offset = 0;
    return view_strides(&c->in[0], strides, &c->out[0], out_strides) ? 0 : -1;
}
static cplug_status reshape_vjp(cplug_vjp *v) /* view, squeeze and unsqueeze */
{
    v->grad_in[0] = cplug_reshape(v->grad_out[0], v->in_meta[0].ndim, v->in_meta[0].shape);
    return cplug_failed(v->ctx);
}
#define VIEW(name_, inputs_, saves_, ...)                                                                                                  \
    CPLUG__OP(name_, inputs_, "output", .saves = (saves_), .flags = CPLUG_OP_VIEW, .infer = infer_##name_, .restride = name_##_restride,   \
              __VA_ARGS__)
VIEW(view, "input", "", .doc = "the same elements in another shape", .attrs = CPLUG_OPTIONS(size_attrs), .vjp = reshape_vjp);

/* ---- expand ---- */
static cplug_status infer_expand(cplug_infer *c, cplug_error *e)
{
    char a[CPLUG__SHAPE_TEXT], b[CPLUG__SHAPE_TEXT];
    const cplug_meta *in = &c->in[0];
    cplug_meta *out = &c->out[0];
    const int64_t *size = c->attr[0].v.iv;
    if (c->attr[0].n > CPLUG_MAX_DIMS)
        return cplug__error_fill(e, CPLUG_E_SHAPE, "%u dimensions: a tensor has at most %d", c->attr[0].n, CPLUG_MAX_DIMS);
    out->dtype = in->dtype;
    out->ndim = (int32_t)c->attr[0].n;
    const int32_t skip = out->ndim - in->ndim;
    bool fits = skip >= 0;
    for (int32_t d = 0; d < out->ndim; d++) {
        const int64_t have = d >= skip && fits ? in->shape[d - skip] : 1;
        out->shape[d] = size[d] == -1 && d >= skip ? have : size[d];
        fits = fits && size[d] >= (d >= skip ? -1 : 0) && (out->shape[d] == have || have == 1);
    }
    if (fits) return CPLUG_OK;
    for (int32_t d = 0; d < out->ndim; d++) out->shape[d] = size[d];
    return cplug__error_fill(e, CPLUG_E_SHAPE, "shape %s cannot be expanded to %s: sizes must be equal or 1, new dimensions come first",
                             cplug__shape_text(in, a), cplug__shape_text(out, b));
}
static int32_t expand_restride(const cplug_infer *c, const int64_t *strides, int64_t *out_strides, int64_t *out_offset)
{
    const int32_t skip = c->out[0].ndim - c->in[0].ndim;
    *out_offset = 0;
    for (int32_t d = 0; d < c->out[0].ndim; d++) {
        const bool stretched = d < skip || (c->in[0].shape[d - skip] == 1 && c->out[0].shape[d] != 1);
        out_strides[d] = stretched ? 0 : strides[d - skip];
    }
    return 0;
}
static cplug_status expand_vjp(cplug_vjp *v) /* core sums what was broadcast */
{
    v->grad_in[0] = v->grad_out[0];
    return CPLUG_OK;
}
static const cplug_option expand_attrs[] = {
    CPLUG__ATTR(INTS, "size", "sizes of the result; -1 keeps one", .flags = CPLUG_OPT_UNSET_OK),
};
VIEW(expand, "input", "", .doc = "repeats dimensions of size 1 without copying", .attrs = CPLUG_OPTIONS(expand_attrs), .vjp = expand_vjp);

/* ---- transpose, permute ---- */
/* order[d] = the input's dimension that becomes d */
static cplug_status transposed_order(const cplug_infer *c, int32_t order[CPLUG_MAX_DIMS], cplug_error *e)
{
    int32_t a, b;
    const int32_t ndim = c->in[0].ndim;
    if (!cplug__dim(c->attr[0].v.i, ndim, &a)) return cplug__dim_error(c, e, c->attr[0].v.i, ndim);
    if (!cplug__dim(c->attr[1].v.i, ndim, &b)) return cplug__dim_error(c, e, c->attr[1].v.i, ndim);
    for (int32_t d = 0; d < ndim; d++) order[d] = d == a ? b : d == b ? a : d;
    return CPLUG_OK;
}
static cplug_status permuted_order(const cplug_infer *c, int32_t order[CPLUG_MAX_DIMS], cplug_error *e)
{
    const int32_t ndim = c->in[0].ndim;
    bool seen[CPLUG_MAX_DIMS] = { false };
    if ((int64_t)c->attr[0].n != ndim)
        return cplug__error_fill(e, CPLUG_E_SHAPE, "%u dimensions are named for a %d-d tensor: each must be named once", c->attr[0].n,
                                 ndim);
    for (int32_t d = 0; d < ndim; d++) {
        if (!cplug__dim(c->attr[0].v.iv[d], ndim, &order[d])) return cplug__dim_error(c, e, c->attr[0].v.iv[d], ndim);
        if (seen[order[d]]) return cplug__error_fill(e, CPLUG_E_INVALID, "dimension %d is named more than once", order[d]);
        seen[order[d]] = true;
    }
    return CPLUG_OK;
}
typedef cplug_status (*order_rule)(const cplug_infer *c, int32_t order[CPLUG_MAX_DIMS], cplug_error *e);
static cplug_status infer_order(cplug_infer *c, order_rule rule, cplug_error *e)
{
    int32_t order[CPLUG_MAX_DIMS];
    const cplug_status s = rule(c, order, e);
    copy_sizes(&c->out[0], &c->in[0]);
    for (int32_t d = 0; d < c->in[0].ndim && s == CPLUG_OK; d++) c->out[0].shape[d] = c->in[0].shape[order[d]];
    return s;
}
static int32_t restride_order(const cplug_infer *c, order_rule rule, const int64_t *strides, int64_t *out_strides, int64_t *out_offset)
{
    int32_t order[CPLUG_MAX_DIMS];
    cplug_error ignored = CPLUG__ERROR_INIT;
    *out_offset = 0;
    if (rule(c, order, &ignored) != CPLUG_OK) return -1;
    for (int32_t d = 0; d < c->in[0].ndim; d++) out_strides[d] = strides[order[d]];
    return 0;
}
static cplug_status infer_transpose(cplug_infer *c, cplug_error *e) { return infer_order(c, transposed_order, e); }
static cplug_status infer_permute(cplug_infer *c, cplug_error *e) { return infer_order(c, permuted_order, e); }
static int32_t transpose_restride(const cplug_infer *c, const int64_t *strides, int64_t *out_strides, int64_t *out_offset)
{
    return restride_order(c, transposed_order, strides, out_strides, out_offset);
}
static int32_t permute_restride(const cplug_infer *c, const int64_t *strides, int64_t *out_strides, int64_t *out_offset)
{
    return restride_order(c, permuted_order, strides, out_strides, out_offset);
}
static cplug_status transpose_vjp(cplug_vjp *v)
{
    v->grad_in[0] = cplug__op(CPLUG__OP_transpose, v->grad_out, 1, v->attr, 2);
    return cplug_failed(v->ctx);
}
static cplug_status permute_vjp(cplug_vjp *v)
{
    int32_t inverse[CPLUG_MAX_DIMS] = { 0 };
    for (int32_t d = 0; d < v->in_meta[0].ndim; d++) {
        int32_t from;
        if (cplug__dim(v->attr[0].v.iv[d], v->in_meta[0].ndim, &from)) inverse[from] = d;
    }
    v->grad_in[0] = cplug_permute(v->grad_out[0], inverse, v->in_meta[0].ndim);
    return cplug_failed(v->ctx);
}
static const cplug_option transpose_attrs[] = {
    CPLUG__ATTR(INT, "dim0", "one dimension", .flags = CPLUG_OPT_REQUIRED),
    CPLUG__ATTR(INT, "dim1", "and the one to swap it with", .flags = CPLUG_OPT_REQUIRED),
};
static const cplug_option permute_attrs[] = {
    CPLUG__ATTR(INTS, "dims", "dimensions of input in the order of the result", .flags = CPLUG_OPT_UNSET_OK),
};
VIEW(transpose, "input", "", .doc = "two dimensions swapped", .attrs = CPLUG_OPTIONS(transpose_attrs), .vjp = transpose_vjp);
VIEW(permute, "input", "", .doc = "dimensions in another order", .attrs = CPLUG_OPTIONS(permute_attrs), .vjp = permute_vjp);

/* ---- squeeze, unsqueeze ---- */
static cplug_status infer_squeeze(cplug_infer *c, cplug_error *e)
{
    bool wanted[CPLUG_MAX_DIMS];
    const cplug_status s = cplug__reduced_dims(c, &c->attr[0], wanted, e);
    c->out[0].dtype = c->in[0].dtype;
    for (int32_t d = 0; d < c->in[0].ndim && s == CPLUG_OK; d++)
        if (!wanted[d] || c->in[0].shape[d] != 1) c->out[0].shape[c->out[0].ndim++] = c->in[0].shape[d];
    return s;
}
static int32_t squeeze_restride(const cplug_infer *c, const int64_t *strides, int64_t *out_strides, int64_t *out_offset)
{
    bool wanted[CPLUG_MAX_DIMS];
    cplug_error ignored = CPLUG__ERROR_INIT;
    *out_offset = 0;
    if (cplug__reduced_dims(c, &c->attr[0], wanted, &ignored) != CPLUG_OK) return -1;
    for (int32_t d = 0, to = 0; d < c->in[0].ndim; d++)
        if (!wanted[d] || c->in[0].shape[d] != 1) out_strides[to++] = strides[d];
    return 0;
}
static cplug_status infer_unsqueeze(cplug_infer *c, cplug_error *e)
{
    int32_t at;
    const int32_t ndim = c->in[0].ndim;
    if (!cplug__dim(c->attr[0].v.i, ndim + 1, &at)) return cplug__dim_error(c, e, c->attr[0].v.i, ndim + 1);
    if (ndim == CPLUG_MAX_DIMS) return cplug__error_fill(e, CPLUG_E_SHAPE, "a tensor has at most %d dimensions", CPLUG_MAX_DIMS);
    c->out[0].dtype = c->in[0].dtype;
    c->out[0].ndim = ndim + 1;
    for (int32_t d = 0; d <= ndim; d++) c->out[0].shape[d] = d == at ? 1 : c->in[0].shape[d - (d > at)];
    return CPLUG_OK;
}
static int32_t unsqueeze_restride(const cplug_infer *c, const int64_t *strides, int64_t *out_strides, int64_t *out_offset)
{
    int32_t at = 0;
    const int32_t ndim = c->in[0].ndim;
    cplug__dim(c->attr[0].v.i, ndim + 1, &at);
    *out_offset = 0;
    for (int32_t d = 0; d <= ndim; d++)
        out_strides[d] = d == at ? (at < ndim ? c->in[0].shape[at] * strides[at] : 1) : strides[d - (d > at)];
    return 0;
}
static const cplug_option squeeze_attrs[] = {
    CPLUG__ATTR(INTS, "dim", "dimensions to drop where their size is 1; none: all", .flags = CPLUG_OPT_UNSET_OK),
};
static const cplug_option unsqueeze_attrs[] = {
    CPLUG__ATTR(INT, "dim", "place of the new dimension", .flags = CPLUG_OPT_REQUIRED),
};
VIEW(squeeze, "input", "", .doc = "drops dimensions of size 1", .attrs = CPLUG_OPTIONS(squeeze_attrs), .vjp = reshape_vjp);
VIEW(unsqueeze, "input", "", .doc = "adds a dimension of size 1", .attrs = CPLUG_OPTIONS(unsqueeze_attrs), .vjp = reshape_vjp);

/* ---- detach ---- */
static cplug_status infer_detach(cplug_infer *c, cplug_error *e) { return cplug__infer_same(c, e); }
static int32_t detach_restride(const cplug_infer *c, const int64_t *strides, int64_t *out_strides, int64_t *out_offset)
{
    *out_offset = 0;
    memcpy(out_strides, strides, sizeof *strides * (size_t)c->in[0].ndim);
    return 0;
}
CPLUG__OP(detach, "input", "output", .doc = "the same tensor, cut off from what made it", .flags = CPLUG_OP_VIEW | CPLUG_OP_NO_GRAD,
          .infer = infer_detach, .restride = detach_restride);

/* ---- wrappers ---- */
cplug_tensor *cplug_view_as(cplug_tensor *t, int32_t ndim, const int64_t *shape)
{
    if (!cplug__shape_in(t, ndim, shape)) return NULL;
    const cplug_value attr[] = { A_INTS(shape, ndim) };
    return cplug__op(CPLUG__OP_view, &t, 1, attr, 1);
}

cplug_tensor *cplug_reshape(cplug_tensor *t, int32_t ndim, const int64_t *shape)
{
    if (UNLIKELY(!t || t->ctx->error || !cplug__shape_in(t, ndim, shape))) return NULL;
    if (t->view.flags & (CPLUG_VIEW_DENSE | CPLUG_VIEW_SCALAR)) return cplug_view_as(t, ndim, shape);
    cplug_meta in, out = { 0 };
    int64_t strides[CPLUG_MAX_DIMS];
    cplug_error e = CPLUG__ERROR_INIT;
    cplug_tensor_meta(t, &in);
    if (resolve(&in, ndim, shape, &out, &e) != CPLUG_OK) {
        cplug__raise(t->ctx, &e, "reshape");
        return NULL;
    }
    if (view_strides(&in, cplug_tensor_strides(t), &out, strides)) return cplug_view_as(t, ndim, shape);
    return cplug_view_as(cplug_contiguous(t), ndim, shape);
}

static bool range_of(cplug_tensor *t, const char *who, int32_t dim, int32_t *out)
{
    if (!t || t->ctx->error) return false;
    if (cplug__dim(dim, t->view.ndim, out)) return true;
    cplug_error e = CPLUG__ERROR_INIT;
    cplug__dim_error(NULL, &e, dim, t->view.ndim);
    cplug__raise(t->ctx, &e, who);
    return false;
}

cplug_tensor *cplug_flatten(cplug_tensor *t, int32_t start_dim, int32_t end_dim)
{
    int32_t first, last;
    if (!range_of(t, "flatten", start_dim, &first) || !range_of(t, "flatten", end_dim, &last)) return NULL;
    if (first > last) {
        cplug_error_set(t->ctx, CPLUG_E_INVALID, "flatten: start_dim %d comes after end_dim %d", start_dim, end_dim);
        return NULL;
    }
    int64_t shape[CPLUG_MAX_DIMS];
    int32_t n = 0;
    for (int32_t d = 0; d < t->view.ndim; d++) {
        if (d > first && d <= last)
            shape[n - 1] *= t->dims[d];
        else
            shape[n++] = t->dims[d];
    }
    if (n == 0) shape[n++] = 1;
    return cplug_reshape(t, n, shape);
}

cplug_tensor *cplug_unflatten(cplug_tensor *t, int32_t dim, int32_t n, const int64_t *sizes)
{
    int32_t at;
    if (!range_of(t, "unflatten", dim, &at)) return NULL;
    if (n < 1 || t->view.ndim - 1 + n > CPLUG_MAX_DIMS || t->view.ndim == 0) {
        cplug_error_set(t->ctx, CPLUG_E_SHAPE,
                        "unflatten: %d sizes for a dimension of a %d-d tensor: the result must have 1 to %d dimensions", n, t->view.ndim,
                        CPLUG_MAX_DIMS);
        return NULL;
    }
    cplug_meta one = { .dtype = t->view.dtype, .ndim = 1, .shape = { t->dims[at] } }, parts = { 0 };
    cplug_error e = CPLUG__ERROR_INIT;
    if (resolve(&one, n, sizes, &parts, &e) != CPLUG_OK) {
        cplug__raise(t->ctx, &e, "unflatten");
        return NULL;
    }
    int64_t shape[CPLUG_MAX_DIMS];
    int32_t to = 0;
    for (int32_t d = 0; d < t->view.ndim; d++) {
        if (d != at) shape[to++] = t->dims[d];
        for (int32_t k = 0; d == at && k < n; k++) shape[to++] = parts.shape[k];
    }
    return cplug_view_as(t, to, shape);
}

cplug_tensor *cplug_squeeze(cplug_tensor *t, const int32_t *dims, int32_t n)
{
    int64_t d[CPLUG_MAX_DIMS];
    if (n == -1) return t ? cplug_view_as(t, t->view.ndim, t->dims) : NULL;
    if (!cplug__dims_in(t, dims, n, d)) return NULL;
    const cplug_value attr[] = { A_INTS(d, n) };
    return cplug__op(CPLUG__OP_squeeze, &t, 1, attr, 1);
}

cplug_tensor *cplug_unsqueeze(cplug_tensor *t, int32_t dim)
{
    const cplug_value attr[] = { A_INT(dim) };
    return cplug__op(CPLUG__OP_unsqueeze, &t, 1, attr, 1);
}

cplug_tensor *cplug_transpose(cplug_tensor *t, int32_t a, int32_t b)
{
    const cplug_value attr[] = { A_INT(a), A_INT(b) };
    return cplug__op(CPLUG__OP_transpose, &t, 1, attr, 2);
}

cplug_tensor *cplug_permute(cplug_tensor *t, const int32_t *dims, int32_t n)
{
    int64_t d[CPLUG_MAX_DIMS];
    if (!cplug__dims_in(t, dims, n, d)) return NULL;
    const cplug_value attr[] = { A_INTS(d, n) };
    return cplug__op(CPLUG__OP_permute, &t, 1, attr, 1);
}

cplug_tensor *cplug_expand(cplug_tensor *t, int32_t ndim, const int64_t *shape)
{
    if (!cplug__shape_in(t, ndim, shape)) return NULL;
    const cplug_value attr[] = { A_INTS(shape, ndim) };
    return cplug__op(CPLUG__OP_expand, &t, 1, attr, 1);
}

cplug_tensor *cplug_detach(cplug_tensor *t) { return cplug__op(CPLUG__OP_detach, &t, 1, NULL, 0); }
