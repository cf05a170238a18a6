/* matmul_kernels.c: mm, bmm, matmul, dot and linear as batches of one gemm.
 *
 * Every op becomes C[batch..., m, n] = A[batch..., m, k] B[batch..., k, n] with strides (0 where a batch dimension is broadcast).
 * Batch dimensions over which B does not change are folded into m where the strides allow it. */
#include "gemm.h"

enum { SLOTS = 16 }; /* at most so many products of a batch at a time, each with a workspace of its own */
typedef struct plan {
    cpu_gemm gemm;
    int32_t ndim; /* of the batch */
    int64_t batch, shape[CPLUG_MAX_DIMS], a[CPLUG_MAX_DIMS], b[CPLUG_MAX_DIMS], c[CPLUG_MAX_DIMS];
    int64_t a_row, a_k, b_column, b_k, c_row, c_column;
    int64_t slots;
    uint64_t slot_bytes;
} plan;

/* Stride of dimension d of v counted from the end (1 = last), 0 when v lacks it or is broadcast along it. */
static int64_t stride_from_end(const cplug_view *v, int32_t d)
{
    return d <= v->ndim && v->shape[v->ndim - d] != 1 ? v->strides[v->ndim - d] : 0;
}
static int64_t size_from_end(const cplug_view *v, int32_t d) { return d <= v->ndim ? v->shape[v->ndim - d] : 1; }

static void add_batch_dim(plan *s, int64_t size, int64_t a, int64_t b, int64_t c)
{
    if (size == 1) return;
    int32_t d = s->ndim - 1;
    if (s->ndim && s->a[d] == a * size && s->b[d] == b * size && s->c[d] == c * size) {
        s->shape[d] *= size, s->a[d] = a, s->b[d] = b, s->c[d] = c;
        return;
    }
    s->shape[s->ndim] = size, s->a[s->ndim] = a, s->b[s->ndim] = b, s->c[s->ndim++] = c;
}

/* Rows of A that go on from one product of the batch to the next are rows of one taller A. */
static int64_t fold_batch(plan *s, int64_t m)
{
    while (s->ndim > 0) {
        int32_t d = s->ndim - 1;
        bool follows = m == 1 || (s->a[d] == m * s->a_row && s->c[d] == m * s->c_row);
        if (s->b[d] != 0 || !follows) break;
        if (m == 1) s->a_row = s->a[d], s->c_row = s->c[d];
        m *= s->shape[d];
        s->ndim--;
    }
    return m;
}

static cplug_status finish(const cplug_call *c, cplug_plan *p, plan *s, int64_t m, int64_t n, int64_t k)
{
    m = fold_batch(s, m);
    s->batch = 1;
    for (int32_t d = 0; d < s->ndim; d++) s->batch *= s->shape[d];
    cpu_gemm_plan(&s->gemm, m, n, k, c->out[0]->dtype, c->n_threads, 0);
    s->slot_bytes = (s->gemm.workspace + 63) / 64 * 64;
    double flops = 2.0 * (double)s->batch * (double)m * (double)n * (double)k;
    bool spread = s->batch > 1 && c->n_threads > 1 && !s->gemm.parallel && flops > 2e6;
    s->slots = spread ? CPU_MIN(s->batch, SLOTS) : 1;
    p->state = s;
    p->workspace_bytes = s->slot_bytes * (uint64_t)s->slots;
    p->workspace_align = 64;
    return CPLUG_OK;
}

static plan *new_plan(const cplug_call *c, cplug_error *e)
{
    plan *s = c->host->alloc(sizeof *s);
    if (!s) c->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory for a plan", c->op);
    return s;
}

/* a [..., m, k] or [k], b [..., k, n] or [k] */
static cplug_status prepare_matmul(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    const cplug_view *a = c->in[0], *b = c->in[1], *out = c->out[0];
    plan *s = new_plan(c, e);
    if (!s) return e->code;
    bool a_vector = a->ndim == 1, b_vector = b->ndim == 1;
    int64_t m = a_vector ? 1 : size_from_end(a, 2), n = b_vector ? 1 : size_from_end(b, 1), k = size_from_end(a, 1);
    s->a_row = a_vector ? 0 : stride_from_end(a, 2), s->a_k = stride_from_end(a, 1);
    s->b_k = stride_from_end(b, b_vector ? 1 : 2), s->b_column = b_vector ? 0 : stride_from_end(b, 1);
    int32_t matrix = !a_vector + !b_vector; /* dimensions of out that belong to the matrix */
    s->c_column = b_vector ? 0 : stride_from_end(out, 1);
    s->c_row = a_vector ? 0 : stride_from_end(out, matrix);
    for (int32_t d = out->ndim - matrix; d > 0; d--) /* outermost first; d counts batch dimensions from the end */
        add_batch_dim(s, size_from_end(out, d + matrix), a_vector ? 0 : stride_from_end(a, d + 2), b_vector ? 0 : stride_from_end(b, d + 2),
                      stride_from_end(out, d + matrix));
    return finish(c, p, s, m, n, k);
}

/* x [..., k] weight [n, k] bias [n], or weight [k] bias [] */
static cplug_status prepare_linear(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    const cplug_view *x = c->in[0], *w = c->in[1], *out = c->out[0];
    plan *s = new_plan(c, e);
    if (!s) return e->code;
    const int32_t dropped = w->ndim == 1; /* a weight [k] leaves no column in out */
    s->a_k = stride_from_end(x, 1), s->b_k = stride_from_end(w, 1), s->b_column = stride_from_end(w, 2);
    s->c_column = dropped ? 0 : stride_from_end(out, 1);
    for (int32_t d = x->ndim; d > 1; d--) add_batch_dim(s, size_from_end(x, d), stride_from_end(x, d), 0, stride_from_end(out, d - dropped));
    return finish(c, p, s, 1, size_from_end(w, 2), size_from_end(x, 1));
}

/* ---- run ---- */
typedef struct job {
    const cplug_call *c;
    const plan *s;
} job;

static void run_products(const cplug_call *c, const plan *s, int64_t lo, int64_t hi, char *workspace, const cplug_host *host)
{
    const cplug_view *x = c->in[0], *y = c->in[1], *out = c->out[0];
    cpu_gemm_operand a = { .stride = s->a_row, .k_stride = s->a_k, .dtype = x->dtype };
    cpu_gemm_operand b = { .stride = s->b_column, .k_stride = s->b_k, .dtype = y->dtype };
    cpu_gemm_output to = { .row_stride = s->c_row, .column_stride = s->c_column, .dtype = out->dtype };
    if (c->n_in > 2 && !cpu_absent(c->in[2])) {
        to.bias = c->in[2]->data, to.bias_dtype = c->in[2]->dtype, to.bias_stride = stride_from_end(c->in[2], 1);
        to.bias_kind = CPU_GEMM_BIAS_PER_COLUMN;
    }
    for (int64_t i = lo; i < hi; i++) {
        int64_t left = i, ao = 0, bo = 0, co = 0;
        for (int32_t d = s->ndim; d-- > 0; left /= s->shape[d]) {
            int64_t at = left % s->shape[d];
            ao += at * s->a[d], bo += at * s->b[d], co += at * s->c[d];
        }
        a.data = (const char *)x->data + ao * cpu_size(x->dtype);
        b.data = (const char *)y->data + bo * cpu_size(y->dtype);
        to.data = (char *)out->data + co * cpu_size(out->dtype);
        cpu_gemm_run(&s->gemm, &a, &b, &to, workspace, host);
    }
}

static void slot_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    for (int64_t slot = lo; slot < hi; slot++)
        run_products(j->c, j->s, slot * j->s->batch / j->s->slots, (slot + 1) * j->s->batch / j->s->slots,
                     (char *)j->c->workspace + (uint64_t)slot * j->s->slot_bytes, NULL);
}

static cplug_status run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)e;
    const plan *s = p->state;
    job j = { c, s };
    if (s->slots > 1)
        c->host->parallel_for(s->slots, 1, slot_body, &j);
    else
        run_products(c, s, 0, s->batch, c->workspace, c->host);
    return CPLUG_OK;
}

static void supports(const cplug_call *c, cplug_support *s)
{
    cpu_answer(s, c->out[0]->dtype == CPLUG_BOOL ? "a product of matrices of bool is not defined" : NULL);
}

#define MATMUL(op_, prepare_) CPU_KERNEL(op_, CPLUG_K_STRIDED, NULL, supports, prepare_, run)
static const cplug_kernel kernels[] = {
    MATMUL("mm", prepare_matmul),  MATMUL("bmm", prepare_matmul),    MATMUL("matmul", prepare_matmul),
    MATMUL("dot", prepare_matmul), MATMUL("linear", prepare_linear),
};
CPU_KERNELS(cpu_gemm_kernels, kernels);
