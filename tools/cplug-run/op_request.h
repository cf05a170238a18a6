/* op_request.h: what one `cplug-run op` was asked for, as text. */
#ifndef CPLUG_TOOL_OP_REQUEST_H
#define CPLUG_TOOL_OP_REQUEST_H
#include "op.h"

typedef struct op_request {
    const char *name, *backend, *device, *dtype, *out;
    const char *tensor[OP_TENSORS]; /* files, "-", and brackets as they stand */
    const char *attr[OP_TENSORS];   /* "key=value" */
    const char *grad[OP_TENSORS];
    uint32_t n_tensors, n_attrs, n_grads;
    bool help;
} op_request;

/* ---- op_args.c: all give 0 or an exit code, having said why ---- */
int op_request_parse(const op_call *c, int argc, char **argv, op_request *out);
/* Which file goes where: files[i] is for c->in[i], NULL for none; fills begin, n_in, and the attributes. */
int op_request_match(const op_request *r, op_call *c, const char **files);
CPLUG_PRINTF(2, 3) int op_usage(const op_call *c, const char *format, ...);
#endif
