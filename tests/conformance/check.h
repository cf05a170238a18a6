/* check.h: what is checked of one op case: check.c compares results, numeric.c derivatives with differences, starve.c takes memory away. */
#ifndef TEST_CONFORMANCE_CHECK_H
#define TEST_CONFORMANCE_CHECK_H
#include "conformance.h"

typedef struct result {
    cplug_tensor *in[CONF_INPUTS], *out[CONF_OUTPUTS], *grad[CONF_INPUTS];
    uint32_t n_out;
} result;

typedef struct check {
    cplug_context *ctx, *reference; /* where the case runs; the backend cpu */
    cplug_file *golden;             /* NULL: none */
    const char *on, *save;
    int cases, checks, failures;
} check;

void check_case(check *k, const conf_case *c);
/* Says what differs, and how to see it again. */
void check_failed(check *k, const conf_case *c, cplug_dtype dtype, const char *what, const char *why);
/* have against want, in the dtype of the turn. */
void check_same(check *k, const conf_case *c, cplug_dtype dtype, const char *what, cplug_tensor *have, cplug_tensor *want);
/* Calls the case on its inputs, which it makes where they are not given; with gradients where grads. */
cplug_status check_run(cplug_context *ctx, const conf_case *c, cplug_dtype dtype, int32_t layout, bool grads, result *r);
/* A context that runs ops as k->on says. */
cplug_context *check_open(const char *on);
/* First and second derivatives of an f64 case against central differences. */
void check_numeric(check *k, const conf_case *c);
/* The case with its n-th allocation failing, for every n, and again after that: out of memory is an error like any other, and the next call
 * gives the results in want. */
void check_starved(check *k, const conf_case *c, cplug_dtype dtype, bool grads, const result *want);
#endif
