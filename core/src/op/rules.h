/* rules.h: the words that op families are written in: descriptors and attributes, shape and dtype rules that several families share,
 * and the small steps that decompositions and gradients have in common.
 *
 * infer runs below everything and fills an error; decompose and vjp call public ops, whose NULL says that an error already stands. */
#ifndef CPLUG_RULES_H
#define CPLUG_RULES_H
#include "op/op.h"
#include "tensor/tensor.h"

/* CPLUG__OP(add, "input other", "output", .doc = "...", .infer = ...);  defines cplug__op_add, version 1 */
#define CPLUG__OP(name_, inputs_, outputs_, ...)                                                                                           \
    const cplug_op cplug__op_##name_ = {                                                                                                   \
        .struct_size = (uint32_t)sizeof(cplug_op), .version = 1, .name = #name_, .inputs = (inputs_), .outputs = (outputs_), __VA_ARGS__   \
    }
/* CPLUG__ATTR(INT, "dim", "dimension", .flags = CPLUG_OPT_REQUIRED)   CPLUG__ATTR(BOOL, "keepdim", "...", .fallback = "false") */
#define CPLUG__ATTR(type_, name_, doc_, ...)                                                                                               \
    {                                                                                                                                      \
        .name = (name_), .doc = (doc_), .type = CPLUG_OPT_##type_, __VA_ARGS__                                                             \
    }

static inline bool cplug__is_float(cplug_dtype d) { return d - CPLUG_F32 <= CPLUG_BF16 - CPLUG_F32; }
static inline bool cplug__is_half(cplug_dtype d) { return d == CPLUG_F16 || d == CPLUG_BF16; }
static inline bool cplug__present(const cplug_meta *m) { return m->ndim >= 0; }
/* The dtype in which a float op computes: f16, bf16 and integers in f32. */
static inline cplug_dtype cplug__compute_dtype(cplug_dtype d) { return d == CPLUG_F64 ? CPLUG_F64 : CPLUG_F32; }

/* ---- shape rules ---- */
/* All inputs broadcast, torch.result_type: */
cplug_status cplug__infer_pointwise(cplug_infer *c, cplug_error *e);
/* the same, but integers and bool give f32 */
cplug_status cplug__infer_float(cplug_infer *c, cplug_error *e);
/* the same, but the output is bool */
cplug_status cplug__infer_bool(cplug_infer *c, cplug_error *e);
/* out[0] is what in[0] is */
cplug_status cplug__infer_same(cplug_infer *c, cplug_error *e);
/* out[0]: shape and layout of in[0], a given dtype */
void cplug__meta_like(cplug_meta *out, const cplug_meta *in, cplug_dtype dtype);
/* Marks the dimensions of a list (none: all) in reduced[8]; an error for one out of range or twice. */
cplug_status cplug__reduced_dims(const cplug_infer *c, const cplug_value *dims, bool reduced[CPLUG_MAX_DIMS], cplug_error *e);
/* Shape of in[0] reduced over dims, which are attribute 0. */
cplug_status cplug__infer_reduced(cplug_infer *c, bool keepdim, cplug_dtype dtype, cplug_error *e);
/* An error when a reduced dimension has no element to choose (max, amax, ...). */
cplug_status cplug__need_elements(const cplug_infer *c, const cplug_value *dims, cplug_error *e);
/* shape [2, 1] goes into [4, 2, 3]; `what` is said in the error: "src" */
cplug_status cplug__broadcasts_to(const cplug_meta *m, const cplug_meta *to, const char *what, cplug_error *e);
bool cplug__same_shape(const cplug_meta *a, const cplug_meta *b);
bool cplug__is_index(cplug_dtype d); /* i32 or i64 */
cplug_status cplug__need_index(const cplug_meta *m, const char *what, cplug_error *e);
cplug_status cplug__need_float(const cplug_meta *m, const char *what, cplug_error *e);

/* ---- steps of decompositions and gradients ---- */
/* in[i] in the compute dtype of the output (plain numbers and absent ones as they are) */
cplug_tensor *cplug__compute(const cplug_op_call *c, uint32_t i);
/* out[0] := t in the dtype that infer promised */
cplug_status cplug__done(const cplug_op_call *c, cplug_tensor *t);
/* f16 and bf16 as f32, others as they are */
cplug_tensor *cplug__wide(cplug_tensor *t);
static inline bool cplug__is_plain(const cplug_tensor *t) { return t && !t->storage; }
cplug__device *cplug__device_of(const cplug_tensor *t); /* a plain number: the context's */
/* New tensors of a meta on t's device, given to the scope. */
cplug_tensor *cplug__empty_meta(const cplug_tensor *t, const cplug_meta *m);
cplug_tensor *cplug__zeros_meta(const cplug_tensor *t, const cplug_meta *m);
/* A reduction's output (or its gradient) with the reduced dimensions back at size 1: broadcasts against the input. */
cplug_tensor *cplug__keep_dims(cplug_tensor *g, const cplug_meta *in, const cplug_value *dims, bool kept);
cplug_tensor *cplug__expand_meta(cplug_tensor *t, const cplug_meta *m); /* t expanded to the shape of m */
cplug_tensor *cplug__itself(cplug_tensor *t); /* t as a result: one more scope entry; NULL under a standing error */
int64_t cplug__reduced_count(const cplug_meta *in, const cplug_value *dims); /* elements that go into one output */
/* int32_t list of the public API into an attribute's int64_t; false: an error stands */
bool cplug__dims_in(cplug_tensor *t, const int32_t *dims, int32_t n, int64_t out[CPLUG_MAX_DIMS]);
/* true when ndim sizes can be a shape; else an error stands (or t is NULL) */
bool cplug__shape_in(cplug_tensor *t, int32_t ndim, const int64_t *shape);
/* 0, 1, ... n - 1 as i64 on t's device */
cplug_tensor *cplug__positions(const cplug_tensor *t, int64_t n);
/* A number for an op over integers or floats: an int when the tensor is no float and the value is whole. */
cplug_tensor *cplug__number_for(const cplug_tensor *t, double value);
#endif
