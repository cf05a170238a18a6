/* kernel.h: a kernel under validation, for proxy.c and kernel.c. */
#ifndef CPLUG_VALIDATE_KERNEL_H
#define CPLUG_VALIDATE_KERNEL_H
#include "conformance.h"
#include "validate.h"

enum {
    PASS_VALUES,
    PASS_STATE,
    PASS_INPLACE,
    PASS_STRIDED,
    PASS_WALLS,
    PASS_AGAIN,
    PASS_PIECES,
    PASS_THREADS,
    PASS_MEMORY,
    PASS_LATE,
    PASSES
};

typedef struct kernel_under {
    cplug_kernel real;
    const char *op, *backend, *device;
    const cplug_op *own_op; /* the plugin's, when it brings the op; else NULL */
    char subject[160];
    int pass;
    bool host_memory, offered; /* it was registered */
    char changed[512];         /* what of the host's state was not as before, seen in the first pass */
    char reason[200];          /* the last reason why it does not take a call */
    int64_t plan_blocks;       /* that prepare took and discard did not give back */
} kernel_under;
extern kernel_under kernel;
extern _Thread_local int64_t kernel_calls; /* of the kernel's run, from this thread */

/* proxy.c: what is registered instead of the plugin's kernel; core makes its calls as always, and each is made in the way of the pass. */
const void *kernel_wrap(const char *kind, const void *descriptor);

/* derive.c: cases in the table's own words, of shapes, dtypes and attributes that the op's infer accepts: of every look, or one of each
 * size that is wanted.  NULL when there are none; the caller frees it. */
enum { SIZE_NONE = 0, SIZE_EMPTY = 1, SIZE_LARGE = 2, SIZE_ANY = 4 };
char *derive_cases(cplug_context *ctx, const cplug_op *op, uint32_t wanted);
/* infer.c: asking an op for its results.  Attributes have their defaults; required ones the plainest value. */
typedef struct op_question {
    const cplug_op *op;
    cplug_value attr[CONF_ATTRS];
    uint32_t n_formal, n_in, n_out, arg_begin[CONF_INPUTS + 1];
    char marks[CONF_INPUTS][4]; /* of formal argument k: "?", "!", "[]", "#" in some order; "" */
    void *memory;               /* of the attributes */
} op_question;
bool question_open(cplug_context *ctx, const cplug_op *op, op_question *q); /* false: more inputs or attributes than we can count */
cplug_status question_ask(const op_question *q, const cplug_meta *in, cplug_meta *out, cplug_error *e);
void question_close(op_question *q);
/* "name=value ..." of the required attributes. */
void question_attrs(const op_question *q, char *text, uint64_t size);
/* The table, and what it lacks for this op: all of its cases, or empty and large ones. */
conf_table *cases_of(cplug_context *ctx, const char *op, bool *derived, char *why, uint64_t size);
#endif
