/* copy.c: the ops that move and make bytes: copy_ fill_ arange random, and clone and to, which come down to an empty tensor and copy_;
 * contiguous and channels_last, which copy only when they must. */
#include "op/rules.h"

/* ---- copy_: input := src, broadcast and converted ---- */
static cplug_status infer_copy(cplug_infer *c, cplug_error *e) { return cplug__broadcasts_to(&c->in[1], &c->in[0], "src", e); }
static cplug_status copy_vjp(cplug_vjp *v) /* what stood there before counts no more */
{
    if (v->want[1]) v->grad_in[1] = v->grad_out[0];
    return CPLUG_OK;
}
CPLUG__OP(copy_, "input! src", "", .doc = "overwrites input with src, which broadcasts and is converted", .saves = "", .grad_fn = "Copy",
          .flags = CPLUG_OP_PRIMITIVE, .infer = infer_copy, .vjp = copy_vjp);

/* ---- fill_ ---- */
static cplug_status infer_fill(cplug_infer *c, cplug_error *e)
{
    char shape[CPLUG__SHAPE_TEXT];
    if (c->in[1].ndim == 0) return CPLUG_OK;
    return cplug__error_fill(e, CPLUG_E_SHAPE, "value must be a number or a 0-d tensor, got shape %s", cplug__shape_text(&c->in[1], shape));
}
static cplug_status fill_vjp(cplug_vjp *v)
{
    (void)v;
    return CPLUG_OK;
}
CPLUG__OP(fill_, "input! value#", "", .doc = "sets every element", .saves = "", .grad_fn = "Fill", .flags = CPLUG_OP_PRIMITIVE,
          .infer = infer_fill, .vjp = fill_vjp);

/* ---- arange: element i := start + i step ---- */
static cplug_status infer_in_place(cplug_infer *c, cplug_error *e)
{
    (void)c;
    (void)e;
    return CPLUG_OK;
}
CPLUG__OP(arange, "input! start# step#", "", .doc = "element i becomes start + i step", .flags = CPLUG_OP_PRIMITIVE | CPLUG_OP_NO_GRAD,
          .infer = infer_in_place);

/* ---- random: element i from Philox(seed, offset + i / 4)[i % 4] ---- */
static const cplug_option random_attrs[] = {
    CPLUG__ATTR(CHOICE, "distribution", "uniform in [low, high); normal with mean low, deviation high; integers in [low, high)",
                .fallback = "uniform", .choices = "uniform|normal|integer"),
};
static int64_t random_draws(const cplug_infer *c) { return (cplug__meta_numel(&c->in[0]) + 3) / 4; }
CPLUG__OP(random, "input! low# high# seed# offset#", "", .doc = "fills input with random numbers", .attrs = CPLUG_OPTIONS(random_attrs),
          .flags = CPLUG_OP_PRIMITIVE | CPLUG_OP_NO_GRAD | CPLUG_OP_RANDOM, .infer = infer_in_place, .draws = random_draws);

/* ---- clone ---- */
enum { PRESERVE = 0, ROW_MAJOR = 1, CHANNELS_LAST = 2 };
static const cplug_option clone_attrs[] = {
    CPLUG__ATTR(CHOICE, "layout", "of the copy", .fallback = "preserve", .choices = "preserve|row_major|channels_last"),
};

static cplug_status infer_clone(cplug_infer *c, cplug_error *e)
{
    char shape[CPLUG__SHAPE_TEXT];
    const int64_t layout = c->attr[0].v.i;
    cplug__infer_same(c, e);
    if (layout == CHANNELS_LAST && c->in[0].ndim != 4)
        return cplug__error_fill(e, CPLUG_E_SHAPE, "channels_last needs 4 dimensions, got shape %s", cplug__shape_text(&c->in[0], shape));
    if (layout != PRESERVE) c->out[0].layout = layout == CHANNELS_LAST ? CPLUG_LAYOUT_CHANNELS_LAST : CPLUG_LAYOUT_ROW_MAJOR;
    return CPLUG_OK;
}

static cplug_status copied(const cplug_op_call *c, cplug__device *device)
{
    const cplug_meta *m = &c->out_meta[0];
    cplug_tensor *const t = cplug__give(cplug__tensor_make(c->ctx, device, m->dtype, m->ndim, m->shape, m->layout));
    if (t && cplug_copy_(t, c->in[0]) == CPLUG_OK) c->out[0] = t;
    return cplug_failed(c->ctx);
}
static cplug_status clone_decompose(cplug_op_call *c) { return copied(c, cplug__device_of(c->in[0])); }
static cplug_status clone_vjp(cplug_vjp *v)
{
    v->grad_in[0] = v->grad_out[0];
    return CPLUG_OK;
}
CPLUG__OP(clone, "input", "output", .doc = "a copy with storage of its own", .saves = "", .attrs = CPLUG_OPTIONS(clone_attrs),
          .infer = infer_clone, .vjp = clone_vjp, .decompose = clone_decompose);

/* ---- to: another dtype, another device ---- */
static const cplug_option to_attrs[] = {
    CPLUG__ATTR(INT, "dtype", "number of the dtype; 0: input's", .fallback = "0", .max = CPLUG_BOOL),
    CPLUG__ATTR(STRING, "device", "name of the device; empty: input's", .fallback = ""),
};

static cplug_status infer_to(cplug_infer *c, cplug_error *e)
{
    const int64_t dtype = c->attr[0].v.i;
    cplug__infer_same(c, e);
    if (dtype == 0) return CPLUG_OK;
    if (dtype < 0 || dtype > CPLUG_BOOL) return cplug__error_fill(e, CPLUG_E_DTYPE, "%lld is no dtype", (long long)dtype);
    c->out[0].dtype = (cplug_dtype)dtype;
    return CPLUG_OK;
}

static cplug_status to_decompose(cplug_op_call *c)
{
    const char *const name = c->attr[1].v.s;
    cplug__device *const device = name && *name ? cplug__device_find(c->ctx, name) : cplug__device_of(c->in[0]);
    return device ? copied(c, device) : cplug_failed(c->ctx);
}
CPLUG__OP(to, "input", "output", .doc = "input in another dtype or on another device", .saves = "", .grad_fn = "ToCopy",
          .attrs = CPLUG_OPTIONS(to_attrs), .infer = infer_to, .vjp = clone_vjp, .decompose = to_decompose);

/* ---- wrappers ---- */
cplug_status cplug_copy_(cplug_tensor *dst, cplug_tensor *src)
{
    if (UNLIKELY(!dst)) return src ? cplug_error_set(src->ctx, CPLUG_E_INVALID, "copy_: input 'input' is NULL") : CPLUG_E_INVALID;
    if (UNLIKELY(src && src->storage && dst->storage && src->storage->device != dst->storage->device)) return cplug__copy_across(dst, src);
    return cplug__op_n(CPLUG__OP_copy_, (cplug_tensor *[]){ dst, src }, 2, NULL, 0, NULL, 0);
}

cplug_status cplug_fill_(cplug_tensor *a, double value)
{
    if (UNLIKELY(!a)) return CPLUG_E_INVALID;
    return cplug__op_n(CPLUG__OP_fill_, (cplug_tensor *[]){ a, cplug__number_for(a, value) }, 2, NULL, 0, NULL, 0);
}

cplug_status cplug_zero_(cplug_tensor *a) { return cplug_fill_(a, 0); }

static cplug_tensor *clone(cplug_tensor *t, int64_t layout)
{
    const cplug_value attr[] = { A_CHOICE(layout) };
    return cplug__op(CPLUG__OP_clone, &t, 1, attr, 1);
}

cplug_tensor *cplug_clone(cplug_tensor *t) { return clone(t, PRESERVE); }
cplug_tensor *cplug_contiguous(cplug_tensor *t) { return cplug_tensor_is_contiguous(t) ? cplug__itself(t) : clone(t, ROW_MAJOR); }

cplug_tensor *cplug_channels_last(cplug_tensor *t)
{
    return t && t->layout == CPLUG_LAYOUT_CHANNELS_LAST ? cplug__itself(t) : clone(t, CHANNELS_LAST);
}

cplug_tensor *cplug_to(cplug_tensor *t, cplug_dtype dtype, const char *device)
{
    if (UNLIKELY(!t || t->ctx->error)) return NULL;
    cplug__device *const target = device && *device ? cplug__device_find(t->ctx, device) : NULL;
    if (device && *device && !target) return NULL;
    const bool same_dtype = dtype == 0 || dtype == t->view.dtype, same_device = !target || (t->storage && target == t->storage->device);
    if (same_dtype && same_device) return cplug__itself(t);
    const cplug_value attr[] = { A_INT(dtype), A_STRING(same_device ? "" : target->name) };
    return cplug__op(CPLUG__OP_to, &t, 1, attr, 2);
}
