/* plugin.c: the door of backend openblas: opens the library, registers its kernels, says what it found. */
#include "kernels.h"
#include <stdio.h>

static openblas library; /* written once, by init */

static void describe(char *text, uint64_t size)
{
    char version[32] = "?";
    sscanf(library.config(), "%*s %31s", version); /* "OpenBLAS 0.3.21 ..." */
    snprintf(text, size, "openblas %s, %s kernels, %s, threads from the context%s%s", version, library.corename(),
             library.parallel() == 2 ? "openmp" : "serial",
             library.was_loaded ? "; the library was loaded already, its settings were left alone" : "",
             library.outdated ? "; warning: AVX2 kernels on a processor with AVX-512: start with OPENBLAS_CORETYPE=SkylakeX" : "");
}

static const cplug_backend backend = {
    (uint32_t)sizeof backend, 0, "openblas", "cpu", "matrix products in f32 and f64 by OpenBLAS", describe
};
static const openblas_form product = { &library, matmul_shape_product }, linear = { &library, matmul_shape_linear };
#define KERNEL(op_, form_, supports_, prepare_, run_)                                                                                      \
    {                                                                                                                                      \
        (uint32_t)sizeof(cplug_kernel), 1, op_, "openblas", "cpu", CPLUG_K_STRIDED, 0, (void *)&form_, supports_, prepare_, run_,          \
            openblas_discard, NULL                                                                                                         \
    }
static const cplug_kernel kernels[] = {
    KERNEL("mm", product, openblas_supports, openblas_prepare, openblas_run),
    KERNEL("bmm", product, openblas_supports, openblas_prepare, openblas_run),
    KERNEL("matmul", product, openblas_supports, openblas_prepare, openblas_run),
    KERNEL("linear", linear, openblas_supports, openblas_prepare, openblas_run),
    KERNEL("dot", product, openblas_supports_dot, NULL, openblas_run_dot),
};

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    cplug_status s = openblas_open(h, &library, e);
    if (s == CPLUG_OK) library.outdated = openblas_outdated(&library);
    if (s == CPLUG_OK && !library.was_loaded) library.set_num_threads(1);
    if (s == CPLUG_OK) s = h->add(r, "backend", &backend, e);
    for (uint32_t k = 0; k < CPLUG_COUNT(kernels) && s == CPLUG_OK; k++) s = h->add(r, "kernel", &kernels[k], e);
    return s;
}

CPLUG_PLUGIN(openblas, "cplug.openblas", "0.1.0", "Apache-2.0", "Matrix products by OpenBLAS",
             "backend:openblas kernel:mm@cpu kernel:bmm@cpu kernel:matmul@cpu kernel:dot@cpu kernel:linear@cpu", init);
