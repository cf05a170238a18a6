/* matmul.c: products of vectors and matrices: matmul mm bmm dot linear.  bmm is the primitive, the others come down to it.
 * Gradients: y = a b gives da = g b^T and db = a^T g. */
#include "op/net.h"

enum { A, B };
enum { X, W, BIAS };

static cplug_status want_numbers(const cplug_infer *c, cplug_error *e)
{
    const cplug_status s = cplug__want_same_dtype(c, e);
    if (s != CPLUG_OK) return s;
    if (c->in[0].dtype == CPLUG_BOOL)
        return cplug__error_fill(e, CPLUG_E_DTYPE, "products of bool tensors are not defined; convert them with cplug_to");
    return CPLUG_OK;
}

static cplug_status inner_error(const cplug_infer *c, cplug_error *e, int64_t k, int64_t other)
{
    return cplug__error_fill(e, CPLUG_E_SHAPE, "shapes %s and %s do not fit: the inner sizes %lld and %lld must be equal",
                             SHAPE_OF(&c->in[A]), SHAPE_OF(&c->in[B]), (long long)k, (long long)other);
}

static cplug_tensor *transposed(cplug_tensor *t) { return cplug_transpose(t, -2, -1); }

/* ---- bmm, mm: [b, m, k] [b, k, n] -> [b, m, n] ---- */
static cplug_status infer_product(cplug_infer *c, cplug_error *e, int32_t ndim)
{
    const cplug_meta *a = &c->in[A], *b = &c->in[B];
    cplug_status s;
    if ((s = cplug__want_ndim(a, "input", ndim, e)) != CPLUG_OK || (s = cplug__want_ndim(b, "mat2", ndim, e)) != CPLUG_OK ||
        (s = want_numbers(c, e)) != CPLUG_OK)
        return s;
    if (ndim == 3 && a->shape[0] != b->shape[0])
        return cplug__error_fill(e, CPLUG_E_SHAPE, "shapes %s and %s do not fit: the batch sizes must be equal", SHAPE_OF(a), SHAPE_OF(b));
    if (a->shape[ndim - 1] != b->shape[ndim - 2]) return inner_error(c, e, a->shape[ndim - 1], b->shape[ndim - 2]);
    cplug__meta_shape(&c->out[0], a->dtype, ndim, a->shape, CPLUG_LAYOUT_ROW_MAJOR);
    c->out[0].shape[ndim - 1] = b->shape[ndim - 1];
    return CPLUG_OK;
}
static cplug_status infer_bmm(cplug_infer *c, cplug_error *e) { return infer_product(c, e, 3); }
static cplug_status infer_mm(cplug_infer *c, cplug_error *e) { return infer_product(c, e, 2); }

static cplug_status vjp_product(cplug_vjp *v, cplug_tensor *(*product)(cplug_tensor *, cplug_tensor *))
{
    cplug_tensor *g = v->grad_out[0];
    if (v->want[A]) v->grad_in[A] = product(g, transposed(v->in[B]));
    if (v->want[B]) v->grad_in[B] = product(transposed(v->in[A]), g);
    return cplug_failed(v->ctx);
}
static cplug_status vjp_bmm(cplug_vjp *v) { return vjp_product(v, cplug_bmm); }
static cplug_status vjp_mm(cplug_vjp *v) { return vjp_product(v, cplug_mm); }

static cplug_status decompose_mm(cplug_op_call *c)
{
    const int32_t batch = 0;
    c->out[0] = cplug_squeeze(cplug_bmm(cplug_unsqueeze(c->in[A], 0), cplug_unsqueeze(c->in[B], 0)), &batch, 1);
    return cplug_failed(c->ctx);
}

/* ---- dot: [k] [k] -> [] ---- */
static cplug_status infer_dot(cplug_infer *c, cplug_error *e)
{
    cplug_status s;
    if ((s = cplug__want_ndim(&c->in[A], "input", 1, e)) != CPLUG_OK || (s = cplug__want_ndim(&c->in[B], "tensor", 1, e)) != CPLUG_OK ||
        (s = want_numbers(c, e)) != CPLUG_OK)
        return s;
    if (c->in[A].shape[0] != c->in[B].shape[0]) return inner_error(c, e, c->in[A].shape[0], c->in[B].shape[0]);
    cplug__meta_shape(&c->out[0], c->in[A].dtype, 0, NULL, CPLUG_LAYOUT_ROW_MAJOR);
    return CPLUG_OK;
}

static cplug_status vjp_dot(cplug_vjp *v)
{
    cplug_tensor *g = v->grad_out[0];
    if (v->want[A]) v->grad_in[A] = cplug_mul(g, v->in[B]);
    if (v->want[B]) v->grad_in[B] = cplug_mul(g, v->in[A]);
    return cplug_failed(v->ctx);
}

/* sum widens small integers to i64; the result has the vectors' dtype again. */
static cplug_status decompose_dot(cplug_op_call *c)
{
    return cplug__done(c, cplug_sum(cplug_mul(cplug__wide(c->in[A]), cplug__wide(c->in[B])), NULL, 0, 0));
}

/* ---- matmul (https://pytorch.org/docs/stable/generated/torch.matmul.html): a 1-d a is a row, a 1-d b a column, whose dimension is
 * dropped from the result; the dimensions before the last two are a batch and broadcast ---- */
static bool broadcast_batch(const cplug_meta *a, const cplug_meta *b, cplug_meta *out)
{
    const int32_t na = MAX(a->ndim - 2, 0), nb = MAX(b->ndim - 2, 0), n = MAX(na, nb);
    for (int32_t d = 0; d < n; d++) { /* from the right */
        const int64_t sa = d < na ? a->shape[na - 1 - d] : 1, sb = d < nb ? b->shape[nb - 1 - d] : 1;
        if (sa != sb && sa != 1 && sb != 1) return false;
        out->shape[n - 1 - d] = sa == 1 ? sb : sa;
    }
    out->ndim = n;
    return true;
}

static cplug_status infer_matmul(cplug_infer *c, cplug_error *e)
{
    const cplug_meta *a = &c->in[A], *b = &c->in[B];
    cplug_meta *y = &c->out[0];
    if (a->ndim < 1 || b->ndim < 1)
        return cplug__error_fill(e, CPLUG_E_SHAPE,
                                 "both inputs need at least one dimension, got shapes %s and %s; use mul for plain numbers", SHAPE_OF(a),
                                 SHAPE_OF(b));
    const cplug_status s = want_numbers(c, e);
    if (s != CPLUG_OK) return s;
    const int64_t k = a->shape[a->ndim - 1], kb = b->shape[MAX(b->ndim - 2, 0)];
    if (k != kb) return inner_error(c, e, k, kb);
    if (!broadcast_batch(a, b, y))
        return cplug__error_fill(e, CPLUG_E_SHAPE, "shapes %s and %s do not fit: the dimensions before the last two must be equal or 1",
                                 SHAPE_OF(a), SHAPE_OF(b));
    y->dtype = a->dtype;
    if (a->ndim > 1) y->shape[y->ndim++] = a->shape[a->ndim - 2];
    if (b->ndim > 1) y->shape[y->ndim++] = b->shape[b->ndim - 1];
    return CPLUG_OK;
}

/* [..., m, k] as [rows, k] */
static cplug_tensor *rows_of(cplug_tensor *t, const int64_t *shape, int32_t ndim)
{
    if (ndim == 2) return t;
    const int64_t flat[2] = { cplug__leading(shape, ndim - 1), shape[ndim - 1] };
    return cplug_reshape(t, 2, flat);
}

/* db for a matrix b: all rows of a and g at once, instead of a product per batch and a sum over them */
static cplug_tensor *grad_matrix(cplug_tensor *a, const cplug_meta *am, cplug_tensor *g, int64_t n)
{
    int64_t gs[CPLUG_MAX_DIMS] = { 1 };
    const int32_t nd = MAX(am->ndim, 2);
    if (am->ndim == 1)
        a = cplug_unsqueeze(a, 0);
    else
        memcpy(gs, am->shape, (size_t)(nd - 1) * sizeof *gs);
    gs[nd - 1] = n;
    return cplug_mm(transposed(am->ndim == 1 ? a : rows_of(a, am->shape, nd)), rows_of(g, gs, nd));
}

static cplug_status vjp_matmul(cplug_vjp *v)
{
    const cplug_meta *am = &v->in_meta[A], *bm = &v->in_meta[B];
    cplug_tensor *a = v->in[A], *b = v->in[B], *g = v->grad_out[0];
    if (am->ndim == 1 && bm->ndim == 1) return vjp_dot(v);
    const int32_t row = -2, column = -1;
    if (am->ndim == 1) g = cplug_unsqueeze(g, row);
    if (bm->ndim == 1) g = cplug_unsqueeze(g, column);
    if (v->want[A]) {
        cplug_tensor *bt = bm->ndim == 1 ? cplug_unsqueeze(b, 0) : transposed(b), *ga = cplug_matmul(g, bt);
        v->grad_in[A] = am->ndim == 1 ? cplug_squeeze(ga, &row, 1) : ga;
    }
    if (v->want[B] && bm->ndim <= 2) {
        cplug_tensor *gb = grad_matrix(a, am, g, bm->ndim == 1 ? 1 : bm->shape[1]);
        v->grad_in[B] = bm->ndim == 1 ? cplug_squeeze(gb, &column, 1) : gb;
    } else if (v->want[B]) {
        v->grad_in[B] = cplug_matmul(am->ndim == 1 ? cplug_unsqueeze(a, 1) : transposed(a), g);
    }
    return cplug_failed(v->ctx);
}

/* t [..., r, c] as [count, r, c] with its batch broadcast to batch[0 .. n-1] */
static cplug_tensor *batch_of(cplug_tensor *t, const int64_t *batch, int32_t n, int64_t r, int64_t c)
{
    int64_t full[CPLUG_MAX_DIMS];
    if (n) memcpy(full, batch, (size_t)n * sizeof *full);
    full[n] = r;
    full[n + 1] = c;
    const int64_t flat[3] = { cplug__leading(batch, n), r, c };
    t = cplug_expand(t, n + 2, full);
    return n == 1 ? t : cplug_reshape(t, 3, flat);
}

static cplug_status decompose_matmul(cplug_op_call *c)
{
    cplug_tensor *a = c->in[A], *b = c->in[B], *y;
    const int32_t na = cplug_tensor_ndim(a), nb = cplug_tensor_ndim(b);
    const int64_t *as = cplug_tensor_shape(a), *bs = cplug_tensor_shape(b), *out = c->out_meta[0].shape;
    const int64_t m = na > 1 ? as[na - 2] : 1, k = as[na - 1], n = nb > 1 ? bs[nb - 1] : 1;
    if (na == 1 && nb == 1) {
        c->out[0] = cplug_dot(a, b);
        return cplug_failed(c->ctx);
    }
    if (nb <= 2) {
        cplug_tensor *rows = na == 1 ? cplug_unsqueeze(a, 0) : rows_of(a, as, na);
        y = cplug_mm(rows, nb == 1 ? cplug_unsqueeze(b, 1) : b);
    } else {
        const int32_t batch = c->out_meta[0].ndim - (na > 1) - 1;
        y = cplug_bmm(batch_of(na == 1 ? cplug_unsqueeze(a, 0) : a, out, batch, m, k), batch_of(b, out, batch, k, n));
    }
    c->out[0] = na == 2 && nb == 2 ? y : cplug_reshape(y, c->out_meta[0].ndim, out);
    return cplug_failed(c->ctx);
}

/* ---- linear: x [..., in] weight [out, in] bias [out] -> [..., out]; weight [in] bias [] -> [...] ---- */
static cplug_status infer_linear(cplug_infer *c, cplug_error *e)
{
    const cplug_meta *x = &c->in[X], *w = &c->in[W], *bias = &c->in[BIAS];
    cplug_meta *y = &c->out[0];
    if (w->ndim != 1 && w->ndim != 2)
        return cplug__error_fill(e, CPLUG_E_SHAPE, "expected a weight of shape [out, in] or [in], got %s", SHAPE_OF(w));
    if (x->ndim < 1 || x->shape[x->ndim - 1] != w->shape[w->ndim - 1])
        return cplug__error_fill(e, CPLUG_E_SHAPE, "input %s and weight %s do not fit: the last sizes must be equal", SHAPE_OF(x),
                                 SHAPE_OF(w));
    const cplug_status s = want_numbers(c, e);
    if (s != CPLUG_OK) return s;
    if (cplug__present(bias) && (bias->ndim != w->ndim - 1 || (bias->ndim == 1 && bias->shape[0] != w->shape[0])))
        return cplug__error_fill(e, CPLUG_E_SHAPE, "weight %s needs a bias of %s, got shape %s", SHAPE_OF(w),
                                 w->ndim == 2 ? "one number per row" : "no dimensions", SHAPE_OF(bias));
    cplug__meta_shape(y, x->dtype, x->ndim - 1, x->shape, CPLUG_LAYOUT_ROW_MAJOR);
    if (w->ndim == 2) y->shape[y->ndim++] = w->shape[0];
    return CPLUG_OK;
}

static cplug_tensor *grad_bias(cplug_tensor *g, int32_t x_ndim, bool matrix)
{
    static const int32_t leading[CPLUG_MAX_DIMS] = { 0, 1, 2, 3, 4, 5, 6, 7 };
    if (!matrix) return cplug_sum(g, NULL, 0, 0);
    return x_ndim == 1 ? g : cplug_sum(g, leading, x_ndim - 1, 0);
}

static cplug_status vjp_linear(cplug_vjp *v)
{
    const cplug_meta *x = &v->in_meta[X], *w = &v->in_meta[W];
    cplug_tensor *g = v->grad_out[0];
    const bool matrix = w->ndim == 2;
    const int64_t in = w->shape[w->ndim - 1], out = matrix ? w->shape[0] : 1, rows = cplug__leading(x->shape, x->ndim - 1);
    if (v->want[X]) v->grad_in[X] = matrix ? cplug_matmul(g, v->in[W]) : cplug_mul(cplug_unsqueeze(g, -1), v->in[W]);
    if (v->want[W]) {
        const int64_t g2[2] = { rows, out }, x2[2] = { rows, in };
        const bool flat = x->ndim == 2;
        cplug_tensor *gt = transposed(flat && matrix ? g : cplug_reshape(g, 2, g2)),
                     *gw = cplug_mm(gt, flat ? v->in[X] : cplug_reshape(v->in[X], 2, x2));
        v->grad_in[W] = matrix ? gw : cplug_reshape(gw, 1, &in);
    }
    if (v->want[BIAS]) v->grad_in[BIAS] = grad_bias(g, x->ndim, matrix);
    return cplug_failed(v->ctx);
}

static cplug_status decompose_linear(cplug_op_call *c)
{
    cplug_tensor *w = cplug__wide(c->in[W]);
    cplug_tensor *y = cplug_matmul(cplug__wide(c->in[X]), cplug_tensor_ndim(c->in[W]) == 2 ? transposed(w) : w);
    if (c->in[BIAS]) y = cplug_add(y, cplug__wide(c->in[BIAS]));
    return cplug__done(c, y);
}

/* ---- descriptors ---- */
CPLUG__OP(bmm, "input mat2", "output", .doc = "product of matrices, one pair per batch entry", .saves = "input mat2", .grad_fn = "Bmm",
          .flags = CPLUG_OP_PRIMITIVE, .infer = infer_bmm, .vjp = vjp_bmm);
CPLUG__OP(mm, "input mat2", "output", .doc = "product of two matrices", .saves = "input mat2", .grad_fn = "Mm", .infer = infer_mm,
          .vjp = vjp_mm, .decompose = decompose_mm);
CPLUG__OP(dot, "input tensor", "output", .doc = "sum of the products of two vectors", .saves = "input tensor", .grad_fn = "Dot",
          .infer = infer_dot, .vjp = vjp_dot, .decompose = decompose_dot);
CPLUG__OP(matmul, "input other", "output", .doc = "product of vectors, matrices and batches of them", .saves = "input other",
          .grad_fn = "UnsafeView", .infer = infer_matmul, .vjp = vjp_matmul, .decompose = decompose_matmul);
CPLUG__OP(linear, "input weight bias?", "output", .doc = "input weight^T + bias", .saves = "input weight", .grad_fn = "Addmm",
          .infer = infer_linear, .vjp = vjp_linear, .decompose = decompose_linear);

/* ---- wrappers ---- */
static cplug_tensor *binary(int32_t op, cplug_tensor *a, cplug_tensor *b) { return cplug__op(op, (cplug_tensor *[]){ a, b }, 2, NULL, 0); }
cplug_tensor *cplug_mm(cplug_tensor *a, cplug_tensor *b) { return binary(CPLUG__OP_mm, a, b); }
cplug_tensor *cplug_bmm(cplug_tensor *a, cplug_tensor *b) { return binary(CPLUG__OP_bmm, a, b); }
cplug_tensor *cplug_dot(cplug_tensor *a, cplug_tensor *b) { return binary(CPLUG__OP_dot, a, b); }

/* Two matrices and two vectors have ops of their own, which also show PyTorch's grad_fn. */
cplug_tensor *cplug_matmul(cplug_tensor *a, cplug_tensor *b)
{
    const int32_t na = cplug_tensor_ndim(a), nb = cplug_tensor_ndim(b);
    if (na == nb && (na == 2 || na == 1)) return binary(na == 2 ? CPLUG__OP_mm : CPLUG__OP_dot, a, b);
    return binary(CPLUG__OP_matmul, a, b);
}

cplug_tensor *cplug_linear(cplug_tensor *x, cplug_tensor *weight, cplug_tensor *bias)
{
    return cplug__op(CPLUG__OP_linear, (cplug_tensor *[]){ x, weight, bias }, 3, NULL, 0);
}
