/* check.h: what is checked of one op case: check.c compares results, numeric.c derivatives with differences. */
#ifndef TEST_CONFORMANCE_CHECK_H
#define TEST_CONFORMANCE_CHECK_H
#include "conformance.h"

typedef struct check {
    cplug_context *ctx, *reference; /* where the case runs; the backend cpu */
    cplug_file *golden;             /* NULL: none */
    const char *on, *save;
    int cases, checks, failures;
} check;

void check_case(check *k, const conf_case *c);
/* Says what differs, and how to see it again. */
void check_failed(check *k, const conf_case *c, cplug_dtype dtype, const char *what, const char *why);
/* First and second derivatives of an f64 case against central differences. */
void check_numeric(check *k, const conf_case *c);
#endif
