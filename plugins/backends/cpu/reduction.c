/* reduction.c: the walk that reductions share. */
#include "reduction.h"

enum { SHORT = 32 /* so few reduced elements are not worth a row each: many results go side by side */ };

uint32_t cpu_reduced_dims(const cplug_call *c, uint32_t k)
{
    int32_t ndim = c->in[0]->ndim;
    bool list = c->attr[k].type == CPLUG_OPT_INTS;
    uint32_t n = list ? c->attr[k].n : 1, mask = 0;
    if (n == 0) return (1u << CPLUG_MAX_DIMS) - 1;
    for (uint32_t i = 0; i < n; i++) mask |= 1u << cpu_dim(list ? c->attr[k].v.iv[i] : c->attr[k].v.i, ndim);
    return mask;
}

uint32_t cpu_reduced_to_size(const cplug_view *in, const cplug_view *out)
{
    uint32_t mask = 0;
    int32_t lead = in->ndim - out->ndim;
    for (int32_t d = 0; d < in->ndim; d++)
        if (d < lead || (out->shape[d - lead] == 1 && in->shape[d] != 1)) mask |= 1u << d;
    return mask;
}

/* The kept dimensions of the output: all of them where it has the input's number, or ends like it (sum_to_size); else one after the other.
 */
static void out_strides(const cplug_view *in, uint32_t dims, const cplug_view *out, int64_t *strides)
{
    int32_t n = 0, kept = 0, lead = in->ndim - out->ndim;
    for (int32_t d = 0; d < in->ndim; d++) kept += !(dims >> d & 1);
    bool squeezed = out->ndim == kept && kept != in->ndim;
    for (int32_t d = 0, k = 0; d < in->ndim; d++) {
        if (dims >> d & 1) continue;
        strides[n++] = out->strides[squeezed ? k : d - lead];
        k++;
    }
}

void cpu_reduction_plan(cpu_reduction *r, const cplug_view *in, uint32_t dims, const cplug_view *const *out, uint32_t n_out, bool logical)
{
    int64_t shape[2][CPLUG_MAX_DIMS], strides[2][CPLUG_MAX_DIMS], outs[CPLUG_MAX_DIMS];
    int64_t smallest = INT64_MAX;
    int32_t n[2] = { 0, 0 };
    r->columns = false;
    for (int32_t d = 0; d < in->ndim; d++) {
        int32_t reduced = dims >> d & 1;
        int64_t step = in->strides[d] < 0 ? -in->strides[d] : in->strides[d];
        shape[reduced][n[reduced]] = in->shape[d];
        strides[reduced][n[reduced]++] = in->strides[d];
        if (in->shape[d] == 1 || step == 0 || step >= smallest) continue;
        smallest = step;
        r->columns = !reduced;
    }
    cpu_iter_start(&r->kept, n[0], shape[0]);
    cpu_iter_add_strides(&r->kept, strides[0]);
    for (uint32_t k = 0; k < n_out; k++) {
        out_strides(in, dims, out[k], outs);
        cpu_iter_add_strides(&r->kept, outs);
    }
    cpu_iter_finish(&r->kept, true);
    cpu_iter_start(&r->reduced, n[1], shape[1]);
    cpu_iter_add_strides(&r->reduced, strides[1]);
    cpu_iter_finish(&r->reduced, !logical);
    if (r->reduced.numel < SHORT && cpu_iter_inner(&r->kept) >= SHORT) r->columns = true;
}
