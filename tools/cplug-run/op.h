/* op.h: what the files of the verb op share: an op as the command line names it, its parameters, and one call of it.
 *
 * A row's parameters are written as in PyTorch's documentation, with a type behind each attribute:
 *     "input other; alpha:n=1"     "condition input? other?"     "tensors[]; dim:i=0"
 * Tensors: '?' may be absent, "[]" a list, '~' nobody wants its gradient, '!' written to.  Attributes: i whole number, f number, n number
 * whose kind counts (2, 2.0, true), b bool, w word, d dtype, I list of whole numbers, F of numbers, P a list of whole numbers or a word.
 * A default of "-" is PyTorch's None; without a default the attribute must be given. */
#ifndef CPLUG_TOOL_OP_H
#define CPLUG_TOOL_OP_H
#include "tool.h"

enum { OP_ARGS = 12, OP_ATTRS = 12, OP_TENSORS = 128, OP_LIST = 16, OP_NAME = 40, OP_ERROR = 1500 };
enum { OP_EXIT_REFUSED = 5 }; /* no kernel or decomposition */

typedef struct op_param {
    char name[OP_NAME], fallback[OP_NAME];
    char type; /* 't' for a tensor */
    bool optional, list, no_gradient, written, required;
} op_param;

typedef struct op_signature {
    op_param tensor[OP_ARGS], attr[OP_ATTRS];
    uint32_t n_tensors, n_attrs;
} op_signature;

typedef struct op_value { /* an attribute, given or by default */
    bool given, none;
    char kind; /* of a number: i, f, b */
    int64_t i; /* also bools and dtypes */
    double f;
    uint32_t n;
    int64_t ints[OP_LIST];
    double floats[OP_LIST];
    const char *word; /* the text as it was written */
} op_value;

typedef struct op_call op_call;
typedef struct op_row {
    const char *name, *params;
    cplug_tensor *(*one)(cplug_tensor *input); /* one of these four */
    cplug_tensor *(*two)(cplug_tensor *a, cplug_tensor *b);
    cplug_tensor *(*three)(cplug_tensor *a, cplug_tensor *b, cplug_tensor *c);
    cplug_tensor *(*call)(op_call *c); /* its result is the last output; op_give puts others before it */
} op_row;

struct op_call {
    const command *tool; /* how failures are told */
    cplug_context *ctx;
    const char *name;
    const op_row *row; /* NULL: an op that only the library knows, called by its schema */
    op_signature signature;
    cplug_tensor *in[OP_TENSORS]; /* NULL: absent */
    uint32_t begin[OP_ARGS + 1], n_in;
    op_value attr[OP_ATTRS];
    cplug_tensor **out;
    uint32_t n_out, room_out;
    int exit_code; /* of an error that op_refuse or op_lacks raised */
};

/* ---- op_table.c ---- */
const op_row *op_find(const char *name);
/* Names of the contract that this library has no op for; NULL ends them. */
extern const char *const op_missing[];
extern const op_row op_rows[];
extern const uint32_t n_op_rows;

/* ---- op_value.c ---- */
bool op_signature_parse(const char *params, op_signature *out);
/* "sum(input; dim=-, keepdim=false, dtype=-)" */
void op_signature_print(const char *name, const op_signature *s, char *text, size_t size);
/* false: why says what was expected. */
bool op_value_parse(const op_param *p, const char *text, op_value *out, char *why, size_t size);
bool op_number_parse(const char *text, op_value *out); /* 2, 2.0, true */

/* ---- op_schema.c: ops by what their descriptor says ---- */
bool op_schema(const cplug_op *op, op_signature *out);
void op_schema_call(op_call *c, const cplug_op *op);

/* ---- for the functions of the table ---- */
static inline cplug_tensor *op_in(const op_call *c, uint32_t arg) { return c->in[c->begin[arg]]; }
const op_value *op_attr(const op_call *c, const char *name);
void op_give(op_call *c, cplug_tensor *t);
/* An error of the request as a standing one; NULL. */
CPLUG_PRINTF(2, 3) cplug_tensor *op_refuse(op_call *c, const char *format, ...);
/* What PyTorch can and this library cannot; NULL. */
CPLUG_PRINTF(2, 3) cplug_tensor *op_lacks(op_call *c, const char *format, ...);

/* ---- op_calls.c, op_nets.c ---- */
/* clang-format off */
#define OP_CALLS(X) \
    X(add) X(sub) X(div) X(pow) X(leaky_relu) X(gelu) X(softplus) X(clamp) X(round) X(addcmul) X(addcdiv) X(sum) X(mean) X(prod) X(max) \
    X(min) X(argmax) X(argmin) X(var) X(std) X(any) X(all) X(mm) X(bmm) X(softmax) X(log_softmax) X(one_hot) X(view) X(reshape) \
    X(flatten) X(squeeze) X(unsqueeze) X(transpose) X(permute) X(expand) X(select) X(narrow) X(split) X(chunk) X(cat) X(stack) \
    X(index_select) X(gather) X(scatter_add) X(where) X(mse_loss) X(l1_loss) X(smooth_l1_loss) X(cross_entropy) X(nll_loss) \
    X(binary_cross_entropy) X(binary_cross_entropy_with_logits) X(conv1d) X(conv2d) X(unfold) X(fold) X(max_pool1d) X(max_pool2d) \
    X(avg_pool1d) X(avg_pool2d) X(batch_norm) X(addmm) X(baddbmm) X(outer) X(isinf) X(isfinite)
/* clang-format on */
#define X(name) cplug_tensor *op_##name(op_call *c);
OP_CALLS(X)
#undef X
#endif
