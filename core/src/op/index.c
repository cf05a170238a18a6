/* index.c: joining tensors and picking by index: cat stack, gather scatter_add_ scatter_add index_select one_hot.
 * Indices are i64 or i32; whether they are in range is for the kernels of gather and scatter_add_ to check, as only they see values. */
#include "op/rules.h"

enum { INPUT = 0, INDEX = 1, SRC = 2 };
enum { DIM = 0 };
static const cplug_option dim_attrs[] = {
    CPLUG__ATTR(INT, "dim", "dimension", .flags = CPLUG_OPT_REQUIRED),
};
static const cplug_option join_attrs[] = {
    CPLUG__ATTR(INT, "dim", "dimension to join along", .fallback = "0"),
};

/* ---- cat ---- */
/* A 1-d tensor without elements joins anything, as PyTorch allows from old times. */
static bool is_nothing(const cplug_meta *m) { return m->ndim == 1 && m->shape[0] == 0; }

static cplug_status infer_cat(cplug_infer *c, cplug_error *e)
{
    char a[CPLUG__SHAPE_TEXT], b[CPLUG__SHAPE_TEXT];
    uint32_t first = 0;
    int32_t dim;
    if (c->n_in == 0) return cplug__error_fill(e, CPLUG_E_INVALID, "the list is empty: at least one tensor is needed");
    while (first + 1 < c->n_in && is_nothing(&c->in[first])) first++;
    const cplug_meta *m = &c->in[first];
    cplug__meta_like(&c->out[0], m, cplug__result_type(c->in, c->n_in));
    if (!cplug__dim(c->attr[DIM].v.i, m->ndim, &dim)) return cplug__dim_error(c, e, c->attr[DIM].v.i, m->ndim);
    int64_t total = 0;
    for (uint32_t i = 0; i < c->n_in; i++) {
        const cplug_meta *t = &c->in[i];
        if (t->ndim == 0) return cplug__error_fill(e, CPLUG_E_SHAPE, "tensor %u has no dimension to join along; use stack", i);
        if (is_nothing(t)) continue;
        bool fits = t->ndim == m->ndim;
        for (int32_t d = 0; d < m->ndim && fits; d++) fits = d == dim || t->shape[d] == m->shape[d];
        if (!fits)
            return cplug__error_fill(
                e, CPLUG_E_SHAPE,
                "tensor %u of shape %s does not fit tensor %u of shape %s: all sizes but that of dimension %d must be equal", i,
                cplug__shape_text(t, a), first, cplug__shape_text(m, b), dim);
        if (__builtin_add_overflow(total, t->shape[dim], &total))
            return cplug__error_fill(e, CPLUG_E_SHAPE, "the result has too many elements");
        if (t->layout != c->out[0].layout) c->out[0].layout = CPLUG_LAYOUT_ROW_MAJOR;
    }
    c->out[0].shape[dim] = total;
    return CPLUG_OK;
}

static cplug_status cat_decompose(cplug_op_call *c)
{
    int32_t dim = 0;
    int64_t at = 0;
    cplug_tensor *const whole = cplug__empty_meta(c->in[0], &c->out_meta[0]);
    cplug__dim(c->attr[DIM].v.i, c->out_meta[0].ndim, &dim);
    for (uint32_t i = 0; i < c->n_in && whole; i++) {
        cplug_tensor *const t = c->in[i];
        if (t->view.ndim != whole->view.ndim || t->dims[dim] == 0) continue;
        if (cplug_copy_(cplug_narrow(whole, dim, at, t->dims[dim]), t) != CPLUG_OK) return cplug_failed(c->ctx);
        at += t->dims[dim];
    }
    c->out[0] = whole;
    return cplug_failed(c->ctx);
}

static cplug_status cat_vjp(cplug_vjp *v)
{
    int32_t dim = 0;
    int64_t at = 0;
    cplug_tensor *const g = v->grad_out[0];
    cplug__dim(v->attr[DIM].v.i, g->view.ndim, &dim);
    for (uint32_t i = 0; i < v->n_in; i++) {
        const cplug_meta *m = &v->in_meta[i];
        if (is_nothing(m)) {
            if (v->want[i]) v->grad_in[i] = cplug__zeros_meta(g, m);
            continue;
        }
        if (v->want[i]) v->grad_in[i] = cplug_narrow(g, dim, at, m->shape[dim]);
        at += m->shape[dim];
    }
    return cplug_failed(v->ctx);
}
CPLUG__OP(cat, "tensors[]", "output", .doc = "tensors one after the other along a dimension", .saves = "",
          .attrs = CPLUG_OPTIONS(join_attrs), .infer = infer_cat, .vjp = cat_vjp, .decompose = cat_decompose);

/* ---- stack ---- */
static cplug_status infer_stack(cplug_infer *c, cplug_error *e)
{
    char a[CPLUG__SHAPE_TEXT], b[CPLUG__SHAPE_TEXT];
    int32_t dim;
    if (c->n_in == 0) return cplug__error_fill(e, CPLUG_E_INVALID, "the list is empty: at least one tensor is needed");
    const cplug_meta *m = &c->in[0];
    for (uint32_t i = 1; i < c->n_in; i++)
        if (!cplug__same_shape(&c->in[i], m))
            return cplug__error_fill(e, CPLUG_E_SHAPE, "tensor %u of shape %s does not fit tensor 0 of shape %s: all shapes must be equal",
                                     i, cplug__shape_text(&c->in[i], a), cplug__shape_text(m, b));
    if (m->ndim == CPLUG_MAX_DIMS) return cplug__error_fill(e, CPLUG_E_SHAPE, "a tensor has at most %d dimensions", CPLUG_MAX_DIMS);
    if (!cplug__dim(c->attr[DIM].v.i, m->ndim + 1, &dim)) return cplug__dim_error(c, e, c->attr[DIM].v.i, m->ndim + 1);
    c->out[0].dtype = cplug__result_type(c->in, c->n_in);
    c->out[0].ndim = m->ndim + 1;
    for (int32_t d = 0; d < c->out[0].ndim; d++) c->out[0].shape[d] = d == dim ? (int64_t)c->n_in : m->shape[d - (d > dim)];
    return CPLUG_OK;
}

static cplug_status stack_decompose(cplug_op_call *c)
{
    int32_t dim = 0;
    cplug_tensor *const whole = cplug__empty_meta(c->in[0], &c->out_meta[0]);
    cplug__dim(c->attr[DIM].v.i, c->out_meta[0].ndim, &dim);
    for (uint32_t i = 0; i < c->n_in && whole; i++)
        if (cplug_copy_(cplug_select(whole, dim, i), c->in[i]) != CPLUG_OK) return cplug_failed(c->ctx);
    c->out[0] = whole;
    return cplug_failed(c->ctx);
}

static cplug_status stack_vjp(cplug_vjp *v)
{
    int32_t dim = 0;
    cplug__dim(v->attr[DIM].v.i, v->grad_out[0]->view.ndim, &dim);
    for (uint32_t i = 0; i < v->n_in; i++)
        if (v->want[i]) v->grad_in[i] = cplug_select(v->grad_out[0], dim, i);
    return cplug_failed(v->ctx);
}
CPLUG__OP(stack, "tensors[]", "output", .doc = "tensors of one shape along a new dimension", .saves = "",
          .attrs = CPLUG_OPTIONS(join_attrs), .infer = infer_stack, .vjp = stack_vjp, .decompose = stack_decompose);

/* ---- gather: out[i][j] = input[index[i][j]][j] for dim 0 ---- */
/* index reaches into `of` in all dimensions but dim (dim < 0: in all). */
static cplug_status index_fits(const cplug_meta *index, const cplug_meta *of, const char *what, int32_t dim, cplug_error *e)
{
    char a[CPLUG__SHAPE_TEXT], b[CPLUG__SHAPE_TEXT];
    const int32_t n = MAX(index->ndim, 1);
    bool fits = n == MAX(of->ndim, 1);
    for (int32_t d = 0; d < n && fits; d++) /* a 0-d tensor counts as one of shape [1] */
        fits = d == dim || (index->ndim ? index->shape[d] : 1) <= (of->ndim ? of->shape[d] : 1);
    if (fits) return CPLUG_OK;
    if (dim < 0)
        return cplug__error_fill(e, CPLUG_E_SHAPE, "index of shape %s must not be larger than %s of shape %s", cplug__shape_text(index, a),
                                 what, cplug__shape_text(of, b));
    return cplug__error_fill(e, CPLUG_E_SHAPE, "index of shape %s must not be larger than %s of shape %s except in dimension %d",
                             cplug__shape_text(index, a), what, cplug__shape_text(of, b), dim);
}

static cplug_status infer_gather(cplug_infer *c, cplug_error *e)
{
    int32_t dim;
    const cplug_meta *in = &c->in[INPUT], *index = &c->in[INDEX];
    cplug_status s = cplug__need_index(index, "index", e);
    if (s != CPLUG_OK) return s;
    if (!cplug__dim(c->attr[DIM].v.i, in->ndim, &dim)) return cplug__dim_error(c, e, c->attr[DIM].v.i, in->ndim);
    if ((s = index_fits(index, in, "input", dim, e)) != CPLUG_OK) return s;
    cplug__meta_like(&c->out[0], index, cplug__result_type(c->in, 1));
    c->out[0].layout = CPLUG_LAYOUT_ROW_MAJOR;
    return CPLUG_OK;
}

static cplug_status gather_vjp(cplug_vjp *v)
{
    cplug_meta zeros;
    cplug_tensor *const g = v->grad_out[0];
    cplug__meta_like(&zeros, &v->in_meta[INPUT], g->view.dtype);
    v->grad_in[INPUT] = cplug_scatter_add(cplug__zeros_meta(g, &zeros), (int32_t)v->attr[DIM].v.i, v->in[INDEX], g);
    return cplug_failed(v->ctx);
}
CPLUG__OP(gather, "input index", "output", .doc = "elements picked along a dimension by an index of the result's shape", .saves = "index",
          .attrs = CPLUG_OPTIONS(dim_attrs), .flags = CPLUG_OP_PRIMITIVE, .infer = infer_gather, .vjp = gather_vjp);

/* ---- scatter_add_, scatter_add: input[index[i][j]][j] += src[i][j] for dim 0 ---- */
static cplug_status check_scatter(const cplug_infer *c, cplug_error *e)
{
    int32_t dim;
    const cplug_meta *in = &c->in[INPUT], *index = &c->in[INDEX], *src = &c->in[SRC];
    cplug_status s = cplug__need_index(index, "index", e);
    if (s != CPLUG_OK) return s;
    if (in->dtype != src->dtype)
        return cplug__error_fill(e, CPLUG_E_DTYPE, "input and src must have the same dtype, got %s and %s", cplug_dtype_name(in->dtype),
                                 cplug_dtype_name(src->dtype));
    if (!cplug__dim(c->attr[DIM].v.i, in->ndim, &dim)) return cplug__dim_error(c, e, c->attr[DIM].v.i, in->ndim);
    if ((s = index_fits(index, in, "input", dim, e)) != CPLUG_OK) return s;
    return index_fits(index, src, "src", -1, e);
}
static cplug_status infer_scatter_in_place(cplug_infer *c, cplug_error *e) { return check_scatter(c, e); }
static cplug_status infer_scatter(cplug_infer *c, cplug_error *e)
{
    const cplug_status s = check_scatter(c, e);
    return s == CPLUG_OK ? cplug__infer_same(c, e) : s;
}

/* g picked by index; where index is smaller than src, the rest of src has zeros. */
static cplug_status scatter_vjp(cplug_vjp *v)
{
    cplug_tensor *g = v->grad_out[0];
    const cplug_meta *src = &v->in_meta[SRC], *index = &v->in_meta[INDEX];
    if (v->want[INPUT]) v->grad_in[INPUT] = g;
    if (!v->want[SRC]) return cplug_failed(v->ctx);
    g = cplug_gather(g, (int32_t)v->attr[DIM].v.i, v->in[INDEX]);
    for (int32_t d = 0; d < src->ndim && d < index->ndim; d++) {
        if (index->shape[d] == src->shape[d]) continue;
        const cplug_value attr[] = { A_INT(d), A_INT(src->shape[d]), A_INT(1) };
        g = cplug__op(CPLUG__OP_slice_grad, (cplug_tensor *[]){ g, cplug_int(v->ctx, 0) }, 2, attr, 3);
    }
    v->grad_in[SRC] = cplug_reshape(g, src->ndim, src->shape);
    return cplug_failed(v->ctx);
}
/* Many small terms may meet in one place: f16 and bf16 are added up in f32 and rounded once. */
static cplug_status scatter_add_decompose(cplug_op_call *c)
{
    cplug_tensor *const x = c->in[INPUT], *const t = cplug__is_half(x->view.dtype) ? cplug__wide(x) : cplug_clone(x);
    cplug_tensor *const in[] = { t, c->in[INDEX], cplug__wide(c->in[SRC]) };
    if (t && cplug__op_n(CPLUG__OP_scatter_add_, in, 3, c->attr, 1, NULL, 0) == CPLUG_OK) return cplug__done(c, t);
    return cplug_failed(c->ctx);
}
CPLUG__OP(scatter_add_, "input! index src", "", .doc = "adds src into input at the places that index names along a dimension",
          .saves = "index", .grad_fn = "ScatterAdd", .attrs = CPLUG_OPTIONS(dim_attrs), .flags = CPLUG_OP_PRIMITIVE,
          .infer = infer_scatter_in_place, .vjp = scatter_vjp);
CPLUG__OP(scatter_add, "input index src", "output", .doc = "input plus src at the places that index names along a dimension",
          .saves = "index", .attrs = CPLUG_OPTIONS(dim_attrs), .infer = infer_scatter, .vjp = scatter_vjp,
          .decompose = scatter_add_decompose);

/* ---- index_select: whole slices along a dimension ---- */
static cplug_status infer_index_select(cplug_infer *c, cplug_error *e)
{
    char shape[CPLUG__SHAPE_TEXT];
    int32_t dim;
    const cplug_meta *in = &c->in[INPUT], *index = &c->in[INDEX];
    const cplug_status s = cplug__need_index(index, "index", e);
    if (s != CPLUG_OK) return s;
    if (index->ndim > 1 || (in->ndim == 0 && cplug__meta_numel(index) != 1))
        return cplug__error_fill(e, CPLUG_E_SHAPE, "index must be 1-d%s, got shape %s", in->ndim ? "" : " with one element for a 0-d input",
                                 cplug__shape_text(index, shape));
    if (!cplug__dim(c->attr[DIM].v.i, in->ndim, &dim)) return cplug__dim_error(c, e, c->attr[DIM].v.i, in->ndim);
    cplug__infer_same(c, e);
    if (in->ndim) c->out[0].shape[dim] = index->ndim ? index->shape[0] : 1;
    return CPLUG_OK;
}

/* index [n] as an index for gather of a shape that has n in dim */
static cplug_tensor *spread_index(cplug_tensor *index, int32_t ndim, const int64_t *shape, int32_t dim)
{
    int64_t thin[CPLUG_MAX_DIMS];
    for (int32_t d = 0; d < ndim; d++) thin[d] = d == dim ? shape[d] : 1;
    return cplug_expand(cplug_reshape(index, ndim, thin), ndim, shape);
}
static cplug_status index_select_decompose(cplug_op_call *c)
{
    int32_t dim = 0;
    const cplug_meta *m = &c->out_meta[0];
    cplug__dim(c->attr[DIM].v.i, m->ndim, &dim);
    return cplug__done(c, cplug_gather(c->in[INPUT], dim, spread_index(c->in[INDEX], m->ndim, m->shape, dim)));
}
static cplug_status index_select_vjp(cplug_vjp *v)
{
    int32_t dim = 0;
    cplug_meta zeros;
    cplug_tensor *const g = v->grad_out[0];
    cplug__meta_like(&zeros, &v->in_meta[INPUT], g->view.dtype);
    cplug__dim(v->attr[DIM].v.i, zeros.ndim, &dim);
    cplug_tensor *const index = spread_index(v->in[INDEX], g->view.ndim, g->dims, dim);
    v->grad_in[INPUT] = cplug_scatter_add(cplug__zeros_meta(g, &zeros), dim, index, g);
    return cplug_failed(v->ctx);
}
CPLUG__OP(index_select, "input index", "output", .doc = "slices along a dimension in the order of index", .saves = "index",
          .attrs = CPLUG_OPTIONS(dim_attrs), .infer = infer_index_select, .vjp = index_select_vjp, .decompose = index_select_decompose);

/* ---- one_hot ---- */
static cplug_status infer_one_hot(cplug_infer *c, cplug_error *e)
{
    const cplug_meta *in = &c->in[0];
    const int64_t classes = c->attr[0].v.i;
    const cplug_status s = cplug__need_index(in, "input", e);
    if (s != CPLUG_OK) return s;
    if (classes < 1) return cplug__error_fill(e, CPLUG_E_INVALID, "num_classes must be at least 1, got %lld", (long long)classes);
    if (in->ndim == CPLUG_MAX_DIMS) return cplug__error_fill(e, CPLUG_E_SHAPE, "a tensor has at most %d dimensions", CPLUG_MAX_DIMS);
    cplug__meta_like(&c->out[0], in, CPLUG_I64);
    c->out[0].layout = CPLUG_LAYOUT_ROW_MAJOR;
    c->out[0].shape[c->out[0].ndim++] = classes;
    return CPLUG_OK;
}
static cplug_status one_hot_decompose(cplug_op_call *c) /* scatter_add_ finds classes that are out of range */
{
    cplug_tensor *const hot = cplug__zeros_meta(c->in[0], &c->out_meta[0]), *const index = cplug_unsqueeze(c->in[0], -1);
    if (!hot || !index) return cplug_failed(c->ctx);
    const cplug_value attr[] = { A_INT(c->out_meta[0].ndim - 1) };
    cplug_meta m = { .dtype = CPLUG_I64 };
    cplug_tensor *const one = cplug__zeros_meta(hot, &m);
    if (!one || cplug_fill_(one, 1) != CPLUG_OK) return cplug_failed(c->ctx);
    cplug_tensor *const in[] = { hot, index, cplug_expand(one, index->view.ndim, index->dims) };
    if (cplug__op_n(CPLUG__OP_scatter_add_, in, 3, attr, 1, NULL, 0) == CPLUG_OK) c->out[0] = hot;
    return cplug_failed(c->ctx);
}
static const cplug_option one_hot_attrs[] = {
    CPLUG__ATTR(INT, "num_classes", "size of the new last dimension", .flags = CPLUG_OPT_REQUIRED),
};
CPLUG__OP(one_hot, "input", "output", .doc = "class numbers as rows of zeros with one 1", .attrs = CPLUG_OPTIONS(one_hot_attrs),
          .flags = CPLUG_OP_NO_GRAD, .infer = infer_one_hot, .decompose = one_hot_decompose);

/* ---- wrappers ---- */
static cplug_tensor *join(int32_t op, const char *name, cplug_tensor *const *list, int64_t n, int32_t dim)
{
    for (int64_t i = 0; i < n && list; i++) {
        if (list[i]) continue;
        for (int64_t k = 0; k < n; k++) /* a list knows its context by any member */
            if (list[k])
                return cplug_error_set(list[k]->ctx, CPLUG_E_INVALID, "%s: tensor %lld of the list is NULL", name, (long long)i), NULL;
    }
    const cplug_value attr[] = { A_INT(dim) };
    return cplug__op_list(op, list, n, attr, 1);
}
cplug_tensor *cplug_cat(cplug_tensor *const *list, int64_t n, int32_t dim) { return join(CPLUG__OP_cat, "cat", list, n, dim); }
cplug_tensor *cplug_stack(cplug_tensor *const *list, int64_t n, int32_t dim) { return join(CPLUG__OP_stack, "stack", list, n, dim); }

static cplug_tensor *indexed(int32_t op, cplug_tensor *const *in, uint32_t n, int32_t dim)
{
    const cplug_value attr[] = { A_INT(dim) };
    return cplug__op(op, in, n, attr, 1);
}
cplug_tensor *cplug_index_select(cplug_tensor *t, int32_t dim, cplug_tensor *index)
{
    return indexed(CPLUG__OP_index_select, (cplug_tensor *[]){ t, index }, 2, dim);
}
/* An index of nothing: PyTorch asks neither its dtype nor its shape. */
static bool picks_nothing(const cplug_tensor *t, const cplug_tensor *index)
{
    return t && index && cplug__numel(index) == 0 && (index->view.ndim != t->view.ndim || !cplug__is_index(index->view.dtype));
}
cplug_tensor *cplug_gather(cplug_tensor *t, int32_t dim, cplug_tensor *index)
{
    if (UNLIKELY(picks_nothing(t, index)))
        return cplug_reshape(cplug_narrow(cplug_flatten(t, 0, -1), 0, 0, 0), index->view.ndim, index->dims);
    return indexed(CPLUG__OP_gather, (cplug_tensor *[]){ t, index }, 2, dim);
}
cplug_tensor *cplug_scatter_add(cplug_tensor *t, int32_t dim, cplug_tensor *index, cplug_tensor *src)
{
    if (UNLIKELY(picks_nothing(t, index))) return cplug_clone(t);
    return indexed(CPLUG__OP_scatter_add, (cplug_tensor *[]){ t, index, src }, 3, dim);
}

/* The largest element + 1. */
static bool count_classes(cplug_tensor *t, int64_t *classes)
{
    if (cplug__numel(t) == 0) {
        cplug_error_set(t->ctx, CPLUG_E_INVALID, "one_hot: the number of classes cannot be found from an empty tensor: give num_classes");
        return false;
    }
    if (cplug_item_int(cplug_amax(t, NULL, 0, 0), classes) != CPLUG_OK) return false;
    *classes = MAX(*classes, 0) + 1;
    return true;
}
cplug_tensor *cplug_one_hot(cplug_tensor *t, int64_t num_classes)
{
    if (!t || t->ctx->error || (num_classes == -1 && !count_classes(t, &num_classes))) return NULL;
    const cplug_value attr[] = { A_INT(num_classes) };
    return cplug__op(CPLUG__OP_one_hot, &t, 1, attr, 1);
}
