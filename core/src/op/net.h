/* net.h: what the families of matrix, network and loss ops share beyond rules.h: checks of their shape rules, computing in f32 what is
 * stored in 16 bits, results in the dtype and layout that infer promised. */
#ifndef CPLUG_NET_H
#define CPLUG_NET_H
#include "op/rules.h"

/* Shape of a meta as text that lives as long as the enclosing block. */
#define SHAPE_OF(m) cplug__shape_text((m), (char[CPLUG__SHAPE_TEXT]){ 0 })

/* Number d of an attribute of two; one written number stands for both. */
static inline int64_t cplug__pair_at(const cplug_value *v, int32_t d) { return v->v.iv[v->n == 1 ? 0 : d]; }
static inline cplug_dtype cplug__wide_dtype(cplug_dtype d) { return cplug__is_half(d) ? CPLUG_F32 : d; }
/* Product of the first n sizes. */
static inline int64_t cplug__leading(const int64_t *shape, int32_t n)
{
    int64_t count = 1;
    for (int32_t d = 0; d < n; d++) count *= shape[d];
    return count;
}

/* ---- for infer ---- */
cplug_status cplug__want_ndim(const cplug_meta *m, const char *what, int32_t ndim, cplug_error *e);
cplug_status cplug__want_shape(const cplug_meta *m, const char *what, const cplug_meta *expected, cplug_error *e);
/* All inputs that are there have the dtype of input 0. */
cplug_status cplug__want_same_dtype(const cplug_infer *c, cplug_error *e);
/* An attribute that is a list of `least` to `most` numbers: a caller of the door may hand over any. */
cplug_status cplug__want_list(const cplug_value *v, const char *what, uint32_t least, uint32_t most, cplug_error *e);
void cplug__meta_shape(cplug_meta *m, cplug_dtype dtype, int32_t ndim, const int64_t *shape, uint32_t layout);

/* ---- for decompose and vjp; NULL (a failure that stands in the context) stays NULL ---- */
cplug_tensor *cplug__finish(cplug_tensor *t, const cplug_meta *m); /* t in m's dtype and layout */
/* Filled tensor on the device of `like`. */
cplug_tensor *cplug__filled(const cplug_tensor *like, cplug_dtype dtype, int32_t ndim, const int64_t *shape, double value);
#endif
