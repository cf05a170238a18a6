/* task.c: how a call gets into the queue.  A call and all that it points to die when run returns, so a task has copies; the tensors'
 * memory lives until the queue has passed it, which core sees to. */
#include "sim.h"

/* [any-thread] One answer for all: a primitive takes what its op's shape rule lets through, in these dtypes. */
void sim_supports(const cplug_call *c, cplug_support *s)
{
    s->score = 50;
    s->reason = "a primitive";
    for (uint32_t i = 0; i < c->n_in + c->n_out; i++) {
        const cplug_view *v = i < c->n_in ? c->in[i] : c->out[i - c->n_in];
        if (v->flags & (CPLUG_VIEW_ABSENT | CPLUG_VIEW_SCALAR)) continue;
        if (v->dtype == CPLUG_F32 || v->dtype == CPLUG_I64 || v->dtype == CPLUG_BOOL) continue;
        s->score = 0;
        s->reason = "f32, i64 and bool only";
    }
}

static void keep_view(const cplug_view *from, sim_view *to)
{
    *to = (sim_view){ .dtype = from->dtype, .ndim = from->ndim, .data = from->data, .flags = from->flags, .scalar = from->scalar };
    for (int32_t d = 0; d < from->ndim; d++) {
        to->shape[d] = from->shape[d];
        to->strides[d] = from->strides[d];
    }
}

static cplug_status keep_attrs(const cplug_call *c, sim_task *t, cplug_error *e)
{
    uint32_t used = 0;
    for (uint32_t i = 0; i < c->n_attr; i++) {
        t->attr[i] = c->attr[i];
        if (c->attr[i].type != CPLUG_OPT_INTS) continue;
        if (c->attr[i].n > SIM_MAX_INTS - used) return c->host->fail(e, CPLUG_E_UNSUPPORTED, "longer lists than a task holds");
        t->attr[i].v.iv = t->ints + used;
        for (uint32_t k = 0; k < c->attr[i].n; k++) t->ints[used++] = c->attr[i].v.iv[k];
    }
    t->n_attr = c->n_attr;
    return CPLUG_OK;
}

cplug_status sim_run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const sim_kernel *k = c->user;
    (void)p;
    if (c->n_in > SIM_MAX_VIEWS || c->n_out > SIM_MAX_VIEWS || c->n_attr > SIM_MAX_ATTRS)
        return c->host->fail(e, CPLUG_E_UNSUPPORTED, "more inputs, outputs or attributes than a task holds");
    sim_task *t = c->host->alloc(sizeof *t);
    if (!t) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a task");
    t->host = c->host;
    t->op = c->op;
    t->body = k->body;
    t->detail = k->detail;
    t->n_in = c->n_in;
    t->n_out = c->n_out;
    for (uint32_t i = 0; i < c->n_in; i++) keep_view(c->in[i], &t->in[i]);
    for (uint32_t i = 0; i < c->n_out; i++) keep_view(c->out[i], &t->out[i]);
    const cplug_status st = keep_attrs(c, t, e);
    if (st)
        c->host->free(t);
    else
        sim_push(c->queue, t);
    return st;
}
