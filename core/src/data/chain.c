/* chain.c: the transforms of one field, in order: opened with the shape that the one before gives, closed with their data set. */
#include "data/data.h"
#include <stdio.h>

static bool meta_ok(const cplug_meta *m)
{
    if (!cplug_dtype_size(m->dtype) || m->ndim < 0 || m->ndim > CPLUG__MAX_SAMPLE_DIMS) return false;
    for (int32_t d = 0; d < m->ndim; d++)
        if (m->shape[d] < -1) return false;
    return true;
}

static bool varies(const cplug_meta *m)
{
    for (int32_t d = 0; d < m->ndim; d++)
        if (m->shape[d] < 0) return true;
    return false;
}

static bool same_shape(const cplug_meta *a, const cplug_meta *b)
{
    if (a->ndim != b->ndim) return false;
    for (int32_t d = 0; d < a->ndim; d++)
        if (a->shape[d] != b->shape[d]) return false;
    return true;
}

static cplug_status open_stage(cplug_data *d, cplug__stage *s, const char *spec, const cplug_meta *in, const char *base_dir, cplug_error *e)
{
    const char *id = NULL, *options = NULL;
    if (!cplug__spec_split(&d->arena, spec, &id, &options, e)) return e->code;
    s->type = cplug_component(d->ctx, "transform", id);
    if (!s->type) return cplug_failed(d->ctx); /* already standing, with the nearest name */
    s->self = cplug__alloc(MAX(s->type->instance_size, 1));
    if (!s->self) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for transform '%s'", id);
    char who[96];
    snprintf(who, sizeof who, "transform '%.64s'", id);
    cplug_status status = cplug__options_store(&d->arena, &s->type->options, options, base_dir, who, s->self, e);
    if (status != CPLUG_OK) return status;
    s->out = *in;
    s->opened = true;
    status = s->type->open(cplug_host_table(), s->self, in, &s->out, e);
    if (status != CPLUG_OK) {
        cplug_error cause = *e;
        return cplug__error_fill(e, status, "%s: %s", who, cause.message);
    }
    if (!meta_ok(&s->out) || (varies(in) && !same_shape(in, &s->out)) || (!varies(in) && varies(&s->out)))
        return cplug__error_fill(e, CPLUG_E_SHAPE,
                                 "%s gives samples of a shape that core cannot stack: at most %d dimensions, and a field whose size "
                                 "differs from sample to sample must keep its shape",
                                 who, (int)CPLUG__MAX_SAMPLE_DIMS);
    if (cplug__sample_bytes(&s->out) < 0) return cplug__error_fill(e, CPLUG_E_SHAPE, "%s: the samples are too large", who);
    return CPLUG_OK;
}

cplug_status cplug__chain_open(cplug_data *d, cplug__chain *c, const cplug_strings *specs, const cplug_meta *in, const char *base_dir,
                               cplug_error *e)
{
    if (specs->n == 0) return CPLUG_OK;
    c->at = cplug__alloc((uint64_t)specs->n * sizeof *c->at);
    if (!c->at) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for %lld transforms", (long long)specs->n);
    for (int64_t i = 0; i < specs->n; i++) {
        cplug_status status = open_stage(d, &c->at[c->n++], specs->v[i], i ? &c->at[i - 1].out : in, base_dir, e);
        if (status != CPLUG_OK) return status;
    }
    return CPLUG_OK;
}

void cplug__chain_close(cplug__chain *c)
{
    for (uint32_t s = c->n; s-- > 0;) {
        if (c->at[s].opened && c->at[s].type->close) c->at[s].type->close(c->at[s].self);
        cplug__free(c->at[s].self);
    }
    cplug__free(c->at);
    *c = (cplug__chain){ 0 };
}

void cplug__chain_meta(const cplug__chain *c, uint32_t s, const cplug_meta *raw, cplug_meta *out)
{
    *out = c->at[s].out;
    for (int32_t d = 0; d < out->ndim; d++)
        if (out->shape[d] < 0) out->shape[d] = raw->shape[d];
}
