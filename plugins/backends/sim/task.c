/* task.c: calls as tasks, and the one way in which kernels read and write elements. */
#include "sim.h"
#include <string.h>

static cplug_status copy_view(const cplug_view *from, sim_view *to)
{
    *to = (sim_view){ .dtype = from->dtype, .ndim = from->ndim, .data = from->data, .flags = from->flags, .scalar = from->scalar };
    if (from->ndim > 0) {
        memcpy(to->shape, from->shape, (size_t)from->ndim * sizeof *to->shape);
        memcpy(to->strides, from->strides, (size_t)from->ndim * sizeof *to->strides);
    }
    return CPLUG_OK;
}

static int32_t copy_attrs(const cplug_call *c, sim_task *t)
{
    uint32_t used = 0;
    for (uint32_t i = 0; i < c->n_attr; i++) {
        t->attr[i] = c->attr[i];
        if (c->attr[i].type != CPLUG_OPT_INTS) continue;
        if (used + c->attr[i].n > SIM_MAX_INTS) return 0;
        memcpy(t->ints + used, c->attr[i].v.iv, c->attr[i].n * sizeof *t->ints);
        t->attr[i].v.iv = t->ints + used;
        used += c->attr[i].n;
    }
    t->n_attr = c->n_attr;
    return 1;
}

cplug_status sim_enqueue(const cplug_call *c, sim_body body, const void *detail, cplug_error *e)
{
    if (c->n_in > SIM_MAX_VIEWS || c->n_out > SIM_MAX_VIEWS || c->n_attr > SIM_MAX_ATTRS)
        return c->host->fail(e, CPLUG_E_UNSUPPORTED, "more inputs, outputs or attributes than a task holds");
    sim_task *t = c->host->alloc(sizeof *t);
    if (!t) return c->host->fail(e, CPLUG_E_NOMEM, "no memory for a task");
    t->host = c->host;
    t->body = body;
    t->detail = detail;
    t->op = c->op;
    t->n_in = c->n_in;
    t->n_out = c->n_out;
    for (uint32_t i = 0; i < c->n_in; i++) copy_view(c->in[i], &t->in[i]);
    for (uint32_t i = 0; i < c->n_out; i++) copy_view(c->out[i], &t->out[i]);
    if (!copy_attrs(c, t)) {
        c->host->free(t);
        return c->host->fail(e, CPLUG_E_UNSUPPORTED, "longer lists than a task holds");
    }
    return sim_push(c->queue, t);
}

void sim_supports(const cplug_call *c, cplug_support *s)
{
    s->score = 50;
    s->reason = "sim";
    for (uint32_t i = 0; i < c->n_in + c->n_out; i++) {
        const cplug_view *v = i < c->n_in ? c->in[i] : c->out[i - c->n_in];
        if (v->flags & (CPLUG_VIEW_ABSENT | CPLUG_VIEW_SCALAR)) continue;
        if (v->dtype == CPLUG_F32 || v->dtype == CPLUG_I64 || v->dtype == CPLUG_BOOL) continue;
        s->score = 0;
        s->reason = "f32, i64 and bool only";
    }
}

int64_t sim_numel(const sim_view *v)
{
    int64_t n = 1;
    for (int32_t d = 0; d < v->ndim; d++) n *= v->shape[d];
    return n;
}

static int64_t item_size(cplug_dtype dtype) { return dtype == CPLUG_F32 ? 4 : dtype == CPLUG_BOOL ? 1 : 8; }

char *sim_at(const sim_view *v, const int64_t *index, int32_t ndim)
{
    if (v->flags & CPLUG_VIEW_SCALAR) return NULL;
    int64_t offset = 0;
    for (int32_t d = 0; d < v->ndim; d++)
        if (v->shape[d] != 1) offset += index[ndim - v->ndim + d] * v->strides[d];
    return v->data + offset * item_size(v->dtype);
}

int32_t sim_next(int64_t *index, const int64_t *shape, int32_t ndim)
{
    for (int32_t d = ndim - 1; d >= 0; d--) {
        if (++index[d] < shape[d]) return 1;
        index[d] = 0;
    }
    return 0;
}

int32_t sim_is_float(const sim_view *v) { return v->dtype == CPLUG_F32 || v->dtype == CPLUG_F64; }

double sim_load(const sim_view *v, const char *p)
{
    if (v->flags & CPLUG_VIEW_SCALAR) return v->dtype == CPLUG_F64 ? v->scalar.f : (double)v->scalar.i;
    if (v->dtype == CPLUG_F32) return (double)*(const float *)(const void *)p;
    return (double)sim_load_int(v, p);
}

int64_t sim_load_int(const sim_view *v, const char *p)
{
    if (v->flags & CPLUG_VIEW_SCALAR) return v->dtype == CPLUG_F64 ? (int64_t)v->scalar.f : v->scalar.i;
    if (v->dtype == CPLUG_F32) return (int64_t) * (const float *)(const void *)p;
    return v->dtype == CPLUG_BOOL ? *(const uint8_t *)p : *(const int64_t *)(const void *)p;
}

void sim_store(const sim_view *v, char *p, double x)
{
    if (v->dtype == CPLUG_F32)
        *(float *)(void *)p = (float)x;
    else if (v->dtype == CPLUG_BOOL)
        *(uint8_t *)p = x != 0;
    else
        *(int64_t *)(void *)p = (int64_t)x;
}

void sim_store_int(const sim_view *v, char *p, int64_t x)
{
    if (v->dtype == CPLUG_F32)
        *(float *)(void *)p = (float)x;
    else if (v->dtype == CPLUG_BOOL)
        *(uint8_t *)p = x != 0;
    else
        *(int64_t *)(void *)p = x;
}
