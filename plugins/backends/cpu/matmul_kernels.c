/* matmul_kernels.c: mm, bmm, matmul, dot and linear as batches of one gemm. */
#include "../common/matmul_shape.h"
#include "gemm.h"

enum { SLOTS = 16 }; /* at most so many products of a batch at a time, each with a workspace of its own */
#define SPREAD_FLOPS 2e6
typedef struct plan {
    cpu_gemm gemm;
    matmul_shape shape;
    int64_t slots;
    uint64_t slot_bytes;
} plan;

/* user of a kernel: how it reads its inputs */
typedef struct form {
    void (*shape)(matmul_shape *s, const cplug_view *a, const cplug_view *b, const cplug_view *out);
} form;

static cplug_status prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    plan *s = c->host->alloc(sizeof *s);
    if (!s) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a plan");
    const matmul_shape *t = &s->shape;
    ((const form *)c->user)->shape(&s->shape, c->in[0], c->in[1], c->out[0]);
    cpu_gemm_plan(&s->gemm, t->m, t->n, t->k, c->out[0]->dtype, c->n_threads, 0);
    double flops = 2.0 * (double)t->batch * (double)t->m * (double)t->n * (double)t->k;
    bool spread = t->batch > 1 && c->n_threads > 1 && !s->gemm.parallel && flops > SPREAD_FLOPS;
    s->slots = spread ? CPU_MIN(t->batch, SLOTS) : 1;
    s->slot_bytes = (s->gemm.workspace + 63) / 64 * 64;
    p->state = s;
    p->workspace_bytes = s->slot_bytes * (uint64_t)s->slots;
    p->workspace_align = 64;
    return CPLUG_OK;
}

static void run_products(const cplug_call *c, const plan *s, int64_t lo, int64_t hi, char *workspace, const cplug_host *host)
{
    const cplug_view *x = c->in[0], *y = c->in[1], *out = c->out[0];
    const matmul_shape *t = &s->shape;
    cpu_gemm_operand a = { .stride = t->a_row, .k_stride = t->a_k, .dtype = x->dtype };
    cpu_gemm_operand b = { .stride = t->b_column, .k_stride = t->b_k, .dtype = y->dtype };
    cpu_gemm_output to = { .row_stride = t->c_row, .column_stride = t->c_column, .dtype = out->dtype };
    if (c->n_in > 2 && !cpu_absent(c->in[2])) {
        to.bias = c->in[2]->data, to.bias_dtype = c->in[2]->dtype, to.bias_stride = c->in[2]->ndim ? c->in[2]->strides[0] : 0;
        to.bias_kind = CPU_GEMM_BIAS_PER_COLUMN;
    }
    for (int64_t i = lo; i < hi; i++) {
        int64_t ao, bo, co;
        matmul_shape_offsets(t, i, &ao, &bo, &co);
        a.data = (const char *)x->data + ao * cpu_size(x->dtype);
        b.data = (const char *)y->data + bo * cpu_size(y->dtype);
        to.data = (char *)out->data + co * cpu_size(out->dtype);
        cpu_gemm_run(&s->gemm, &a, &b, &to, workspace, host);
    }
}

typedef struct job {
    const cplug_call *c;
    const plan *s;
} job;
static void slot_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    int64_t batch = j->s->shape.batch;
    for (int64_t slot = lo; slot < hi; slot++)
        run_products(j->c, j->s, slot * batch / j->s->slots, (slot + 1) * batch / j->s->slots,
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
        run_products(c, s, 0, s->shape.batch, c->workspace, c->host);
    return CPLUG_OK;
}

static void supports(const cplug_call *c, cplug_support *s)
{
    cpu_answer(s, c->out[0]->dtype == CPLUG_BOOL ? "a product of matrices of bool is not defined" : NULL);
}

static const form product = { matmul_shape_product }, linear = { matmul_shape_linear };
#define MATMUL(op_, form_) CPU_KERNEL(op_, CPLUG_K_STRIDED, &form_, supports, prepare, run)
static const cplug_kernel kernels[] = {
    MATMUL("mm", product), MATMUL("bmm", product), MATMUL("matmul", product), MATMUL("dot", product), MATMUL("linear", linear),
};
CPU_KERNELS(cpu_gemm_kernels, kernels);
