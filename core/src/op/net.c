/* net.c: checks and small tensor helpers of the matrix, network and loss ops (net.h). */
#include "op/net.h"

cplug_status cplug__want_ndim(const cplug_meta *m, const char *what, int32_t ndim, cplug_error *e)
{
    if (LIKELY(m->ndim == ndim)) return CPLUG_OK;
    return cplug__error_fill(e, CPLUG_E_SHAPE, "%s must have %d dimensions, got shape %s", what, (int)ndim, SHAPE_OF(m));
}

cplug_status cplug__want_shape(const cplug_meta *m, const char *what, const cplug_meta *expected, cplug_error *e)
{
    if (LIKELY(cplug__same_shape(m, expected))) return CPLUG_OK;
    return cplug__error_fill(e, CPLUG_E_SHAPE, "%s must have shape %s, got %s", what, SHAPE_OF(expected), SHAPE_OF(m));
}

cplug_status cplug__want_same_dtype(const cplug_infer *c, cplug_error *e)
{
    for (uint32_t i = 1; i < c->n_in; i++) {
        if (!cplug__present(&c->in[i]) || c->in[i].dtype == c->in[0].dtype) continue;
        return cplug__error_fill(e, CPLUG_E_DTYPE, "inputs must have one dtype, got %s %s and %s %s; convert one of them with to",
                                 cplug_dtype_name(c->in[0].dtype), SHAPE_OF(&c->in[0]), cplug_dtype_name(c->in[i].dtype),
                                 SHAPE_OF(&c->in[i]));
    }
    return CPLUG_OK;
}

cplug_status cplug__want_list(const cplug_value *v, const char *what, uint32_t least, uint32_t most, cplug_error *e)
{
    if (LIKELY(v->type == CPLUG_OPT_INTS && v->n >= least && v->n <= most && (v->v.iv || !v->n))) return CPLUG_OK;
    return cplug__error_fill(e, CPLUG_E_INVALID, "%s must be a list of %u to %u integers, got %u", what, least, most,
                             v->type == CPLUG_OPT_INTS ? v->n : 1u);
}

void cplug__meta_shape(cplug_meta *m, cplug_dtype dtype, int32_t ndim, const int64_t *shape, uint32_t layout)
{
    m->dtype = dtype;
    m->ndim = ndim;
    m->layout = layout;
    for (int32_t d = 0; d < ndim; d++) m->shape[d] = shape[d];
}

cplug_tensor *cplug__finish(cplug_tensor *t, const cplug_meta *m)
{
    if (!t) return NULL;
    t = cplug_to(t, m->dtype, NULL);
    return m->layout == CPLUG_LAYOUT_CHANNELS_LAST ? cplug_channels_last(t) : cplug_contiguous(t);
}

cplug_tensor *cplug__filled(const cplug_tensor *like, cplug_dtype dtype, int32_t ndim, const int64_t *shape, double value)
{
    cplug_meta m = { .layout = CPLUG_LAYOUT_ROW_MAJOR };
    cplug__meta_shape(&m, dtype, ndim, shape, CPLUG_LAYOUT_ROW_MAJOR);
    cplug_tensor *t = cplug__empty_meta(like, &m);
    return t && cplug_fill_(t, value) == CPLUG_OK ? t : NULL;
}
