/* lists.c: from parameters to one op over lists: grouping by step count, the shape rule, and what the decompositions read. */
#include "optimizers.h"
#include <string.h>

static int32_t same_shape(const cplug_meta *a, const cplug_meta *b)
{
    return a->ndim == b->ndim && memcmp(a->shape, b->shape, (size_t)a->ndim * sizeof *a->shape) == 0;
}
cplug_status lists_infer(cplug_infer *c, cplug_error *e)
{
    const uint32_t n = c->arg_begin[1];
    for (uint32_t i = 0; i < n; i++)
        if (c->in[i].dtype < CPLUG_F32 || c->in[i].dtype > CPLUG_BF16)
            return c->host->fail(e, CPLUG_E_DTYPE, "parameter %u is no float tensor", (unsigned)i);
    for (uint32_t k = 1; c->arg_begin[k] < c->n_in && !(c->in[c->arg_begin[k]].flags & CPLUG_META_SCALAR); k++) {
        const uint32_t length = c->arg_begin[k + 1] - c->arg_begin[k];
        if (length == 0 && k > 1) continue;
        if (length == 1 && n != 1) return CPLUG_OK; /* a number that is a 0-d tensor: the lists are over */
        if (length != n)
            return c->host->fail(e, CPLUG_E_INVALID, "list %u has %u tensors, the parameters are %u", (unsigned)k, (unsigned)length,
                                 (unsigned)n);
        for (uint32_t i = 0; i < n; i++) {
            const cplug_meta *t = &c->in[c->arg_begin[k] + i], *p = &c->in[i];
            if (t->ndim == 0 && p->ndim != 0 && n == 1) return CPLUG_OK;
            if (!same_shape(t, p) || t->dtype != p->dtype)
                return c->host->fail(e, CPLUG_E_SHAPE, "tensor %u of list %u differs from its parameter in shape or dtype", (unsigned)i,
                                     (unsigned)k);
        }
    }
    return CPLUG_OK;
}

static int64_t *counter_of(const step_plan *plan, const cplug_param_ref *p)
{
    return (int64_t *)(void *)((char *)p->state + plan->counter);
}
static cplug_tensor *state_of(const step_plan *plan, const cplug_param_ref *p, uint32_t k)
{
    return *(cplug_tensor **)(void *)((char *)p->state + plan->offsets[k - 2]);
}
static cplug_status call_op(cplug_context *ctx, const step_plan *plan, const cplug_param_ref *p, uint32_t n)
{
    enum { NUMBERS_MAX = 8, FLAGS_MAX = 4 };
    cplug_tensor *list[LISTS_MAX][CHUNK];
    cplug_arg in[LISTS_MAX + NUMBERS_MAX];
    cplug_value attr[FLAGS_MAX];
    for (uint32_t k = 0; k < plan->n_lists; k++) {
        const uint32_t length = k >= 2 && plan->offsets[k - 2] == NO_LIST ? 0 : n;
        for (uint32_t i = 0; i < length; i++) list[k][i] = k == 0 ? p[i].param : k == 1 ? p[i].grad : state_of(plan, &p[i], k);
        in[k] = (cplug_arg){ NULL, list[k], length };
    }
    for (uint32_t k = 0; k < plan->n_numbers; k++) in[plan->n_lists + k] = (cplug_arg)CPLUG_ARG(cplug_float(ctx, plan->numbers[k]));
    for (uint32_t k = 0; k < plan->n_attr; k++) attr[k] = (cplug_value){ CPLUG_OPT_BOOL, 0, { .i = plan->flags[k] } };
    return cplug_dispatch(ctx, plan->op, in, plan->n_lists + plan->n_numbers, attr, plan->n_attr, NULL, 0);
}
cplug_status step_lists(cplug_optimizer *o, const void *group, const step_plan *plan, const cplug_param_ref *p, uint32_t n)
{
    cplug_context *ctx = cplug_optimizer_context(o);
    const int32_t counts = plan->counter != NO_LIST;
    double numbers[8];
    step_plan now = *plan;
    for (uint32_t i = 0, run; i < n; i += run) {
        const int64_t step = counts ? *counter_of(plan, &p[i]) + 1 : 0;
        for (run = 1; run < CHUNK && i + run < n && (!counts || *counter_of(plan, &p[i + run]) + 1 == step);) run++;
        if (plan->numbers_at) {
            plan->numbers_at(group, step, numbers);
            now.numbers = numbers;
        }
        const cplug_status st = call_op(ctx, &now, p + i, run);
        if (st) return st;
        for (uint32_t k = 0; counts && k < run; k++) *counter_of(plan, &p[i + k]) = step;
    }
    return CPLUG_OK;
}

/* ---- in decompositions ---- */
cplug_tensor *list_at(const cplug_op_call *c, uint32_t arg, uint32_t i)
{
    return c->arg_begin[arg + 1] > c->arg_begin[arg] ? c->in[c->arg_begin[arg] + i] : NULL;
}
cplug_status read_numbers(const cplug_op_call *c, uint32_t first, uint32_t n, double *numbers)
{
    for (uint32_t k = 0; k < n; k++)
        if (cplug_item(c->in[c->arg_begin[first + k]], &numbers[k])) return cplug_failed(c->ctx);
    return CPLUG_OK;
}
cplug_tensor *effective_grad(const cplug_op_call *c, uint32_t i, int64_t maximize, double weight_decay)
{
    cplug_tensor *g = list_at(c, 1, i);
    if (maximize) g = cplug_neg(g);
    return weight_decay != 0 ? cplug_add_scaled(g, list_at(c, 0, i), weight_decay) : g;
}
