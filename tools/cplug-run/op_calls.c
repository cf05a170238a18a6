/* op_calls.c: arithmetic, reductions, views and indexing as PyTorch's functions take their parameters, in terms of the public functions. */
#include "op.h"
#include <math.h>
#include <string.h>

#define IN(k) op_in(c, k)
#define A(name) op_attr(c, #name)

/* ---- shared ---- */
static cplug_tensor *dispatch(op_call *c, const char *op, cplug_tensor *const *in, uint32_t n_in, const cplug_value *attr, uint32_t n_attr)
{
    cplug_arg args[OP_ARGS];
    cplug_tensor *out = NULL;
    for (uint32_t i = 0; i < n_in; i++) args[i] = (cplug_arg)CPLUG_ARG(in[i]);
    cplug_dispatch(c->ctx, op, args, n_in, attr, n_attr, &out, 1);
    return out;
}

static cplug_tensor *number(const op_call *c, const op_value *v)
{
    return v->kind == 'f' ? cplug_float(c->ctx, v->f) : v->kind == 'i' ? cplug_int(c->ctx, v->i) : cplug_bool(c->ctx, (int32_t)v->i);
}

/* A list of dimensions for the functions that take int32_t; false: a number is no dimension. */
static bool dims_of(op_call *c, const op_value *v, int32_t *out)
{
    for (uint32_t i = 0; i < v->n; i++) {
        out[i] = (int32_t)v->ints[i];
        if (out[i] == v->ints[i]) continue;
        op_refuse(c, "%lld is no dimension", (long long)v->ints[i]);
        return false;
    }
    return true;
}

static int32_t dim_of(const op_value *v) { return v->i < INT32_MIN ? INT32_MIN : v->i > INT32_MAX ? INT32_MAX : (int32_t)v->i; }

/* ---- arithmetic ---- */
static cplug_tensor *scaled(op_call *c, const char *op, uint32_t n_in, const char *factor)
{
    cplug_tensor *in[4] = { NULL };
    const op_value *v = op_attr(c, factor);
    for (uint32_t i = 0; i < n_in; i++) in[i] = IN(i);
    if (v->kind != 'i' || v->i != 1) in[n_in] = number(c, v);
    return dispatch(c, op, in, n_in + 1, NULL, 0);
}
cplug_tensor *op_add(op_call *c) { return scaled(c, "add", 2, "alpha"); }
cplug_tensor *op_sub(op_call *c) { return scaled(c, "sub", 2, "alpha"); }
cplug_tensor *op_addcmul(op_call *c) { return scaled(c, "addcmul", 3, "value"); }
cplug_tensor *op_addcdiv(op_call *c) { return scaled(c, "addcdiv", 3, "value"); }

cplug_tensor *op_div(op_call *c)
{
    const op_value *mode = A(rounding_mode);
    if (mode->none) return cplug_div(IN(0), IN(1));
    const int32_t floor = strcmp(mode->word, "floor") == 0;
    if (!floor && strcmp(mode->word, "trunc") != 0) return op_refuse(c, "rounding_mode is -, trunc or floor, got '%s'", mode->word);
    return cplug_div_rounded(IN(0), IN(1), floor ? CPLUG_ROUND_FLOOR : CPLUG_ROUND_TRUNC);
}

cplug_tensor *op_pow(op_call *c) { return cplug_pow(IN(0), IN(1)); }
cplug_tensor *op_leaky_relu(op_call *c) { return cplug_leaky_relu(IN(0), A(negative_slope)->f); }
cplug_tensor *op_softplus(op_call *c) { return cplug_softplus(IN(0), A(beta)->f, A(threshold)->f); }
cplug_tensor *op_clamp(op_call *c) { return cplug_clamp(IN(0), IN(1), IN(2)); }

cplug_tensor *op_gelu(op_call *c)
{
    const char *how = A(approximate)->word;
    if (strcmp(how, "none") != 0 && strcmp(how, "tanh") != 0) return op_refuse(c, "approximate is none or tanh, got '%s'", how);
    return cplug_gelu(IN(0), strcmp(how, "tanh") == 0);
}

cplug_tensor *op_round(op_call *c)
{
    const cplug_value decimals = { .type = CPLUG_OPT_INT, .v.i = A(decimals)->none ? 0 : A(decimals)->i };
    return dispatch(c, "round", c->in, 1, &decimals, 1);
}

cplug_tensor *op_isinf(op_call *c)
{
    cplug_tensor *x = IN(0);
    if (!cplug_dtype_is_float(cplug_tensor_dtype(x))) return cplug_logical_and(cplug_ne(x, x), cplug_ne(x, x));
    return cplug_eq(cplug_abs(x), cplug_float(c->ctx, INFINITY));
}

cplug_tensor *op_isfinite(op_call *c)
{
    cplug_tensor *x = IN(0);
    if (!cplug_dtype_is_float(cplug_tensor_dtype(x))) return cplug_eq(x, x);
    return cplug_lt(cplug_abs(x), cplug_float(c->ctx, INFINITY));
}

/* ---- products ---- */
static bool refuse_out_dtype(op_call *c)
{
    if (A(out_dtype)->none || A(out_dtype)->i == (int64_t)cplug_tensor_dtype(IN(0))) return false;
    op_lacks(c, "%s: out_dtype must be the inputs' dtype", c->name);
    return true;
}
cplug_tensor *op_mm(op_call *c) { return refuse_out_dtype(c) ? NULL : cplug_mm(IN(0), IN(1)); }
cplug_tensor *op_bmm(op_call *c) { return refuse_out_dtype(c) ? NULL : cplug_bmm(IN(0), IN(1)); }

/* A factor in the dtype of its tensor: of integers the whole part counts. */
static op_value factor_of(const cplug_tensor *t, const op_value *v)
{
    op_value out = *v;
    if (t == NULL || cplug_dtype_is_float(cplug_tensor_dtype(t))) return out;
    if (v->kind == 'f') out.i = fabs(v->f) < 0x1p62 ? (int64_t)v->f : 0;
    out.f = (double)out.i;
    out.kind = 'i';
    return out;
}

/* beta input + alpha product; with beta 0 the input counts for nothing, NaN included */
static cplug_tensor *plus_product(op_call *c, cplug_tensor *product)
{
    const op_value b = factor_of(product, A(beta)), a = factor_of(product, A(alpha)), *beta = &b, *alpha = &a;
    if (alpha->f != 1) product = cplug_mul(product, number(c, alpha));
    if (beta->f == 0) return cplug_expand(product, cplug_tensor_ndim(product), cplug_tensor_shape(product));
    return cplug_add(beta->f != 1 ? cplug_mul(IN(0), number(c, beta)) : IN(0), product);
}
cplug_tensor *op_addmm(op_call *c) { return refuse_out_dtype(c) ? NULL : plus_product(c, cplug_mm(IN(1), IN(2))); }
cplug_tensor *op_baddbmm(op_call *c) { return refuse_out_dtype(c) ? NULL : plus_product(c, cplug_bmm(IN(1), IN(2))); }

cplug_tensor *op_outer(op_call *c)
{
    if (cplug_tensor_ndim(IN(0)) != 1 || cplug_tensor_ndim(IN(1)) != 1) return op_refuse(c, "both inputs must be 1-d");
    return cplug_mul(cplug_unsqueeze(IN(0), 1), IN(1));
}

/* ---- reductions ---- */
static cplug_tensor *summed(op_call *c, const char *op)
{
    const op_value *dim = A(dim);
    const bool one = c->signature.attr[dim - c->attr].type == 'i';
    const cplug_value attr[] = { { CPLUG_OPT_INTS, one ? !dim->none : dim->n, { .iv = one ? &dim->i : dim->ints } },
                                 { CPLUG_OPT_BOOL, 0, { .i = A(keepdim)->i } },
                                 { CPLUG_OPT_INT, 0, { .i = A(dtype)->none ? 0 : A(dtype)->i } } };
    return dispatch(c, op, c->in, 1, attr, 3);
}
cplug_tensor *op_sum(op_call *c) { return summed(c, "sum"); }
cplug_tensor *op_mean(op_call *c) { return summed(c, "mean"); }
cplug_tensor *op_prod(op_call *c) { return summed(c, "prod"); }

/* torch.max(input), torch.max(input, other) and torch.max(input, dim), the last with the places as second output */
static cplug_tensor *extreme(op_call *c, cplug_tensor *(*all)(cplug_tensor *, const int32_t *, int32_t, int32_t),
                             cplug_tensor *(*both)(cplug_tensor *, cplug_tensor *),
                             cplug_tensor *(*along)(cplug_tensor *, int32_t, int32_t, cplug_tensor **))
{
    cplug_tensor *places = NULL;
    if (IN(1) != NULL) return both(IN(0), IN(1));
    if (A(dim)->none) return all(IN(0), NULL, 0, 0);
    op_give(c, along(IN(0), dim_of(A(dim)), (int32_t)A(keepdim)->i, &places));
    return places;
}
cplug_tensor *op_max(op_call *c) { return extreme(c, cplug_amax, cplug_maximum, cplug_max); }
cplug_tensor *op_min(op_call *c) { return extreme(c, cplug_amin, cplug_minimum, cplug_min); }

static int32_t place_dim(op_call *c) { return A(dim)->none ? CPLUG_ALL : dim_of(A(dim)); }
cplug_tensor *op_argmax(op_call *c) { return cplug_argmax(IN(0), place_dim(c), (int32_t)A(keepdim)->i); }
cplug_tensor *op_argmin(op_call *c) { return cplug_argmin(IN(0), place_dim(c), (int32_t)A(keepdim)->i); }

static cplug_tensor *spread(op_call *c, cplug_tensor *(*of)(cplug_tensor *, const int32_t *, int32_t, double, int32_t))
{
    int32_t dims[OP_LIST];
    const double correction = A(correction)->none ? (double)A(unbiased)->i : A(correction)->f;
    return dims_of(c, A(dim), dims) ? of(IN(0), dims, (int32_t)A(dim)->n, correction, (int32_t)A(keepdim)->i) : NULL;
}
cplug_tensor *op_var(op_call *c) { return spread(c, cplug_var); }
cplug_tensor *op_std(op_call *c) { return spread(c, cplug_std); }

/* Over no dimension at all nothing is joined: each element by itself. */
static cplug_tensor *quantor(op_call *c, cplug_tensor *(*of)(cplug_tensor *, const int32_t *, int32_t, int32_t))
{
    int32_t dims[OP_LIST];
    if (!dims_of(c, A(dim), dims)) return NULL;
    if (A(dim)->given && !A(dim)->none && A(dim)->n == 0) return cplug_ne(IN(0), cplug_int(c->ctx, 0));
    return of(IN(0), dims, (int32_t)A(dim)->n, (int32_t)A(keepdim)->i);
}
cplug_tensor *op_any(op_call *c) { return quantor(c, cplug_any); }
cplug_tensor *op_all(op_call *c) { return quantor(c, cplug_all); }

/* ---- softmax ---- */
static cplug_tensor *distribution(op_call *c, const char *op)
{
    const int32_t ndim = cplug_tensor_ndim(IN(0));
    const int64_t usual = ndim == 0 || ndim == 1 || ndim == 3 ? 0 : 1; /* PyTorch's choice without dim, from old times */
    const cplug_value attr[] = { { CPLUG_OPT_INT, 0, { .i = A(dim)->none ? usual : A(dim)->i } },
                                 { CPLUG_OPT_INT, 0, { .i = A(dtype)->none ? 0 : A(dtype)->i } } };
    return dispatch(c, op, c->in, 1, attr, 2);
}
cplug_tensor *op_softmax(op_call *c) { return distribution(c, "softmax"); }
cplug_tensor *op_log_softmax(op_call *c) { return distribution(c, "log_softmax"); }
cplug_tensor *op_one_hot(op_call *c) { return cplug_one_hot(IN(0), A(num_classes)->i); }

/* ---- views ---- */
cplug_tensor *op_view(op_call *c)
{
    const op_value *size = A(size), *dtype = A(dtype);
    if (!dtype->none && dtype->i != (int64_t)cplug_tensor_dtype(IN(0))) return op_lacks(c, "view: bits as another dtype");
    if (!dtype->none) return cplug_view_as(IN(0), cplug_tensor_ndim(IN(0)), cplug_tensor_shape(IN(0)));
    if (size->none) return op_refuse(c, "size or dtype must be given");
    return cplug_view_as(IN(0), (int32_t)size->n, size->ints);
}
cplug_tensor *op_reshape(op_call *c) { return cplug_reshape(IN(0), (int32_t)A(shape)->n, A(shape)->ints); }
cplug_tensor *op_flatten(op_call *c) { return cplug_flatten(IN(0), dim_of(A(start_dim)), dim_of(A(end_dim))); }
cplug_tensor *op_unsqueeze(op_call *c) { return cplug_unsqueeze(IN(0), dim_of(A(dim))); }
cplug_tensor *op_transpose(op_call *c) { return cplug_transpose(IN(0), dim_of(A(dim0)), dim_of(A(dim1))); }
cplug_tensor *op_expand(op_call *c) { return cplug_expand(IN(0), (int32_t)A(size)->n, A(size)->ints); }
cplug_tensor *op_select(op_call *c) { return cplug_select(IN(0), dim_of(A(dim)), A(index)->i); }

cplug_tensor *op_squeeze(op_call *c)
{
    int32_t dims[OP_LIST];
    const int32_t n = A(dim)->none ? 0 : A(dim)->n == 0 ? -1 : (int32_t)A(dim)->n;
    return dims_of(c, A(dim), dims) ? cplug_squeeze(IN(0), dims, n) : NULL;
}

cplug_tensor *op_permute(op_call *c)
{
    int32_t dims[OP_LIST];
    return dims_of(c, A(dims), dims) ? cplug_permute(IN(0), dims, (int32_t)A(dims)->n) : NULL;
}

cplug_tensor *op_narrow(op_call *c)
{
    int64_t start = 0;
    if (cplug_item_int(IN(1), &start) != CPLUG_OK) return NULL;
    return cplug_narrow(IN(0), dim_of(A(dim)), start, A(length)->i);
}

static cplug_tensor *give_all(op_call *c, cplug_tensor *const *pieces, int64_t n)
{
    for (int64_t i = 0; i < n; i++) op_give(c, pieces[i]);
    return NULL;
}

enum { MOST_PIECES = 1024 };
cplug_tensor *op_split(op_call *c)
{
    cplug_tensor *pieces[MOST_PIECES];
    const op_value *v = A(split_size_or_sections);
    const int32_t dim = dim_of(A(dim));
    if (v->n == 1) return give_all(c, pieces, cplug_split(IN(0), v->ints[0], dim, pieces, MOST_PIECES));
    return give_all(c, pieces, cplug_split_sizes(IN(0), v->ints, v->n, dim, pieces));
}
cplug_tensor *op_chunk(op_call *c)
{
    cplug_tensor *pieces[MOST_PIECES];
    return give_all(c, pieces, cplug_chunk(IN(0), A(chunks)->i, dim_of(A(dim)), pieces, MOST_PIECES));
}

/* ---- joins and indexing ---- */
static cplug_tensor *join(op_call *c, cplug_tensor *(*how)(cplug_tensor *const *, int64_t, int32_t))
{
    if (c->n_in == 0) return op_refuse(c, "the list of tensors is empty");
    return how(c->in, c->n_in, dim_of(A(dim)));
}
cplug_tensor *op_cat(op_call *c) { return join(c, cplug_cat); }
cplug_tensor *op_stack(op_call *c) { return join(c, cplug_stack); }
cplug_tensor *op_index_select(op_call *c) { return cplug_index_select(IN(0), dim_of(A(dim)), IN(1)); }
cplug_tensor *op_scatter_add(op_call *c) { return cplug_scatter_add(IN(0), dim_of(A(dim)), IN(1), IN(2)); }

cplug_tensor *op_gather(op_call *c)
{
    if (A(sparse_grad)->i) return op_lacks(c, "gather: sparse gradients");
    return cplug_gather(IN(0), dim_of(A(dim)), IN(1));
}

cplug_tensor *op_where(op_call *c)
{
    if (IN(1) == NULL || IN(2) == NULL) return op_lacks(c, "where: without input and other (that is nonzero)");
    return cplug_where(IN(0), IN(1), IN(2));
}
