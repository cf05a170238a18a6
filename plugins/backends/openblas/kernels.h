/* kernels.h: the kernels of the backend, for the table in plugin.c. */
#ifndef OPENBLAS_KERNELS_H
#define OPENBLAS_KERNELS_H
#include "../common/matmul_shape.h"
#include "openblas.h"

typedef struct openblas_form { /* a kernel's user */
    const openblas *blas;
    void (*shape)(matmul_shape *s, const cplug_view *a, const cplug_view *b, const cplug_view *out);
} openblas_form;

void openblas_supports(const cplug_call *c, cplug_support *out);
cplug_status openblas_prepare(const cplug_call *c, cplug_plan *p, cplug_error *e);
cplug_status openblas_run(const cplug_call *c, const cplug_plan *p, cplug_error *e);
void openblas_supports_dot(const cplug_call *c, cplug_support *s);
cplug_status openblas_run_dot(const cplug_call *c, const cplug_plan *p, cplug_error *e);
void openblas_discard(const cplug_host *h, cplug_plan *p);
#endif
