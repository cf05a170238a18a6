/* conformance.h: the table of op cases, and what can be done with a case: make its inputs, call it, ask for gradients, compare results.
 * The same table (cases.txt) drives the tests of every backend, cplug-validate, and the benchmark of ops; the golden numbers beside it
 * come from PyTorch (tests/golden/gen_op_cases.py), which reads the same file and draws the same inputs.
 *
 * Uses the public API only.  A case is tried in every dtype of its set. */
#ifndef CPLUG_CONFORMANCE_H
#define CPLUG_CONFORMANCE_H
#include <cplug/cplug.h>
#include <stdbool.h>

enum { CONF_INPUTS = 16, CONF_OUTPUTS = 8, CONF_ATTRS = 12 };

typedef struct conf_input {
    char set; /* 'F' floats 'I' integers 'N' numbers 'A' numbers and bool: the dtype of the turn; 0: always `dtype` */
    cplug_dtype dtype;
    bool absent, number, fixed; /* number: a plain number, value in `low`; fixed: no gradient is wanted */
    int32_t ndim;
    int64_t shape[CPLUG_MAX_DIMS];
    enum { CONF_USUAL, CONF_RANGE, CONF_DISTINCT, CONF_HARD, CONF_LISTED } values;
    double low, high;
    const double *list; /* CONF_LISTED: n_list values, repeated until the tensor is full */
    uint32_t n_list;
    uint32_t formal; /* which argument of the op: lists have several inputs */
} conf_input;

typedef struct conf_case {
    const char *name, *op, *line; /* line: as it stands in the table */
    uint32_t n_in, n_formal, n_attr, row;
    conf_input in[CONF_INPUTS];
    cplug_value attr[CONF_ATTRS];                                      /* by position, as the op's schema has them */
    bool list[CONF_INPUTS];                                            /* formal argument k is a list */
    bool no_grad, no_second, no_numeric, one_layout, host_only, large; /* large: too big for golden numbers and numeric gradients */
    double tolerance;                                                  /* factor on the dtype's */
} conf_case;

/* ---- the table ---- */
typedef struct conf_table conf_table;
/* Parses cases.txt against the schemas of ctx's ops; NULL and *why when a line is wrong. */
conf_table *conf_open(cplug_context *ctx, const char *text, char *why, uint64_t size);
void conf_close(conf_table *t);
uint32_t conf_count(const conf_table *t);
const conf_case *conf_at(const conf_table *t, uint32_t i);
extern const char conf_text[]; /* cases.txt, built in */

/* Dtypes of a case in turn, from k = 0; 0 at the end.  A case without a set has one turn, CPLUG_F32. */
cplug_dtype conf_dtype(const conf_case *c, uint32_t k);

/* ---- one case ---- */
/* How inputs lie in memory; values are the same.  Mixed: input 0 transposed, 1 strided, 2 dense, and so on. */
enum { CONF_DENSE, CONF_TRANSPOSED, CONF_STRIDED, CONF_MIXED, CONF_LAYOUTS };
/* Inputs on the context's device: element i of input k is drawn from Philox4x32-10 with the key FNV-1a("NAME/k"), as multiples of 1/32
 * that every float dtype holds exactly.  in[i] is NULL where absent. */
cplug_status conf_inputs(cplug_context *ctx, const conf_case *c, cplug_dtype dtype, int32_t layout, cplug_tensor **in);
/* A gradient for output k, drawn the same way with the key "NAME/gk". */
cplug_tensor *conf_grad_out(cplug_context *ctx, const conf_case *c, uint32_t k, cplug_tensor *like);
/* Results, then the inputs that the op overwrites; *n is their number. */
cplug_status conf_call(cplug_context *ctx, const conf_case *c, cplug_tensor *const *in, cplug_tensor **out, uint32_t *n);
/* Gradients of the float inputs; grads[i] is NULL where there is none.  grad_out[k], where not NULL on entry, is the gradient of result k,
 * else one is drawn and left there; grad_out itself may be NULL. */
cplug_status conf_grads(cplug_context *ctx, const conf_case *c, cplug_tensor *const *in, cplug_tensor *const *out, uint32_t n_out,
                        bool create_graph, cplug_tensor **grad_out, cplug_tensor **grads);
bool conf_differentiable(const conf_case *c, uint32_t i); /* is input i one whose gradient is wanted */
/* Inputs at or beyond the edge of what a dtype holds: each float dtype has golden numbers of its own. */
bool conf_hard(const conf_case *c);

/* ---- comparing: on the host, in f64 ---- */
double conf_tolerance(const conf_case *c, cplug_dtype dtype);
/* have and want agree in shape and in every element; NaN equals NaN.  Else words in why: "element 3: 1.25, expected 1.5". */
bool conf_same(cplug_tensor *have, cplug_tensor *want, double tolerance, char *why, uint64_t size);

/* Writes the inputs as NAME.inK.npy into folder and gives the `cplug-run op` line that reproduces the case. */
cplug_status conf_reproduce(cplug_context *ctx, const conf_case *c, cplug_dtype dtype, const char *folder, char *line, uint64_t size);
#endif
