/* openblas.h: the few functions of OpenBLAS that the backend calls, as pointers, and how they are found. */
#ifndef OPENBLAS_H
#define OPENBLAS_H
#include <cplug/plugin.h>

enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112 }; /* cblas.h */
typedef struct openblas {
    void (*sgemm)(int order, int trans_a, int trans_b, int m, int n, int k, float alpha, const float *a, int lda, const float *b, int ldb,
                  float beta, float *c, int ldc);
    void (*dgemm)(int order, int trans_a, int trans_b, int m, int n, int k, double alpha, const double *a, int lda, const double *b,
                  int ldb, double beta, double *c, int ldc);
    void (*sgemv)(int order, int trans, int m, int n, float alpha, const float *a, int lda, const float *x, int incx, float beta, float *y,
                  int incy);
    void (*dgemv)(int order, int trans, int m, int n, double alpha, const double *a, int lda, const double *x, int incx, double beta,
                  double *y, int incy);
    float (*sdot)(int n, const float *x, int incx, const float *y, int incy);
    double (*ddot)(int n, const double *x, int incx, const double *y, int incy);
    char *(*config)(void);   /* "OpenBLAS 0.3.21 ... " */
    char *(*corename)(void); /* "SkylakeX" */
    int (*parallel)(void);   /* 0 serial, 1 its own threads, 2 OpenMP */
    void (*set_num_threads)(int n);
    int32_t was_loaded; /* by somebody else before us */
    int32_t outdated;   /* its kernels use half the vector width that the processor has */
} openblas;

/* Whether AVX2 kernels run on a processor with AVX-512, as when OPENBLAS_CORETYPE says Haswell. */
int32_t openblas_outdated(const openblas *o);
/* Opens the library and fills *o; an error says what to install. [load-thread] */
cplug_status openblas_open(const cplug_host *h, openblas *o, cplug_error *e);
#endif
