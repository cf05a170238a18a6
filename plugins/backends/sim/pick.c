/* pick.c: gather and scatter_add_: elements whose place a tensor of indices tells.  Only the worker can read these, so one that is out of
 * range is a failure that comes out late. */
#include "element.h"

/* Where the element at `at` of index points along dim; -1 having said what is wrong. */
static int64_t pointed(const sim_task *t, const sim_view *index, const int64_t *at, const sim_view *into, int32_t dim, cplug_error *e)
{
    const int64_t k = sim_load_int(index, sim_at(index, at, index->ndim)), n = into->ndim ? into->shape[dim] : 1;
    if (k >= 0 && k < n) return k;
    t->host->fail(e, CPLUG_E_INVALID, "index %lld is out of range for dimension %d of size %lld", (long long)k, (int)dim, (long long)n);
    return -1;
}

static int32_t dim_of(const sim_task *t, const sim_view *v)
{
    const int64_t dim = t->attr[0].v.i;
    return (int32_t)(dim < 0 ? dim + (v->ndim ? v->ndim : 1) : dim);
}

/* y[i] = x[.., index[i], ..] */
static cplug_status gather(sim_task *t, cplug_error *e)
{
    const sim_view *x = &t->in[0], *index = &t->in[1], *y = &t->out[0];
    const int32_t dim = dim_of(t, x);
    int64_t at[CPLUG_MAX_DIMS] = { 0 };
    if (sim_numel(y) == 0) return CPLUG_OK;
    do {
        const int64_t here = at[dim];
        char *to = sim_at(y, at, y->ndim);
        if ((at[dim] = pointed(t, index, at, x, dim, e)) < 0) return CPLUG_E_INVALID;
        const char *from = sim_at(x, at, x->ndim);
        if (sim_is_float(y))
            sim_store(y, to, sim_load(x, from));
        else
            sim_store_int(y, to, sim_load_int(x, from));
        at[dim] = here;
    } while (sim_next(at, y->shape, y->ndim));
    return CPLUG_OK;
}

/* y[.., index[i], ..] += x[i]; y is both the marked input and the output */
static cplug_status scatter_add(sim_task *t, cplug_error *e)
{
    const sim_view *y = &t->out[0], *index = &t->in[1], *x = &t->in[2];
    const int32_t dim = dim_of(t, y);
    int64_t at[CPLUG_MAX_DIMS] = { 0 };
    if (sim_numel(index) == 0) return CPLUG_OK;
    do {
        const int64_t here = at[dim];
        const char *from = sim_at(x, at, x->ndim);
        if ((at[dim] = pointed(t, index, at, y, dim, e)) < 0) return CPLUG_E_INVALID;
        char *to = sim_at(y, at, y->ndim);
        if (sim_is_float(y))
            sim_store(y, to, sim_load(y, to) + sim_load(x, from));
        else
            sim_store_int(y, to, (int64_t)((uint64_t)sim_load_int(y, to) + (uint64_t)sim_load_int(x, from)));
        at[dim] = here;
    } while (sim_next(at, index->shape, index->ndim));
    return CPLUG_OK;
}

static const sim_kernel kernel_gather = { gather, NULL }, kernel_scatter_add = { scatter_add, NULL };
const cplug_kernel sim_pick[] = {
    SIM_KERNEL("gather", &kernel_gather, 0),
    SIM_KERNEL("scatter_add_", &kernel_scatter_add, 0),
};
const uint32_t sim_n_pick = CPLUG_COUNT(sim_pick);
