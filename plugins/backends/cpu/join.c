/* join.c: cat: every input is copied, and converted where it must be, into its slice of the output. */
#include "copy.h"

typedef struct part {
    cpu_copy copy;
    int64_t offset;
} part; /* offset: elements from out's beginning */

/* [0] joins with anything and adds nothing, as in PyTorch. */
static bool is_nothing(const cplug_view *v) { return v->ndim == 1 && v->shape[0] == 0; }

static cplug_status prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    const cplug_view *out = c->out[0];
    int32_t dim = cpu_dim(cpu_attr(c, 0), out->ndim);
    part *parts = c->host->alloc((uint64_t)c->n_in * sizeof *parts);
    if (!parts) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a plan");
    p->state = parts;
    int64_t at = 0;
    for (uint32_t k = 0; k < c->n_in; k++) {
        const cplug_view *in = c->in[k];
        if (is_nothing(in)) continue;
        cplug_view slice = *out;
        slice.shape = in->shape;
        cpu_copy_plan(&parts[k].copy, &slice, in);
        parts[k].offset = at * out->strides[dim];
        at += in->shape[dim];
    }
    return CPLUG_OK;
}

static cplug_status run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const part *parts = p->state;
    const cplug_view *out = c->out[0];
    (void)e;
    for (uint32_t k = 0; k < c->n_in; k++)
        if (parts[k].copy.it.numel)
            cpu_copy_run(&parts[k].copy, c->host, cpu_at_out(out->data, parts[k].offset, cpu_size(out->dtype)), c->in[k]->data);
    return CPLUG_OK;
}

static const cplug_kernel kernels[] = { CPU_KERNEL("cat", CPLUG_K_STRIDED | CPLUG_K_OUT_STRIDED, NULL, NULL, prepare, run) };
CPU_KERNELS(cpu_join_kernels, kernels);
