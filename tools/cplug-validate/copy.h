/* copy.h: one call of a kernel with every buffer between walls. */
#ifndef CPLUG_VALIDATE_COPY_H
#define CPLUG_VALIDATE_COPY_H
#include "validate.h"

enum { MOST_VIEWS = 24, BUFFER_ALIGN = 64 /* of workspaces and packed inputs */ };
typedef struct call_copy {
    const cplug_call *from;
    const cplug_plan *plan;
    cplug_view in[MOST_VIEWS], out[MOST_VIEWS];
    const cplug_view *in_at[MOST_VIEWS];
    cplug_view *out_at[MOST_VIEWS];
    guarded g[2 * MOST_VIEWS + 1];
    int32_t out_guard[MOST_VIEWS]; /* which of g, -1: none */
    uint32_t n;
} call_copy;

/* Copies what c's views reach into guarded memory, against the upper wall or at the lower one.  Results that nobody reads begin as NaN. */
bool copy_make(call_copy *k, const cplug_call *c, const cplug_plan *p, bool at_end);
/* One call of real on the copy, with a workspace that begins as NaN. */
cplug_status copy_run(call_copy *k, const cplug_kernel *real, cplug_error *e);
void copy_back(const call_copy *k);                      /* results to where the original call wants them */
bool copy_equal(const call_copy *a, const call_copy *b); /* the bytes of the results */
void copy_bury(call_copy *k);
#endif
