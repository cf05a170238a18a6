/* pointwise.h: the engine under every element-by-element kernel.
 *
 * An op gives one loop per compute class; the engine brings broadcasting, strides, dtypes, plain numbers and threads. */
#ifndef CPU_POINTWISE_H
#define CPU_POINTWISE_H
#include "iter.h"

/* out[i] = f(in[0][i], in[1][i], ...) for n elements of one class, all dense; out may be one of the inputs.  step[k] is 1, or 0 where
 * in[k] is one value for all i.  param: the op's numeric attributes in order. */
typedef void (*cpu_loop)(int64_t n, void *out, const void *const *in, const int64_t *step, const double *param);

enum { CPU_PW_INPUTS = 4, CPU_PW_PARAMS = 2 };
enum { CPU_GIVEN, CPU_ONE, CPU_LOWEST, CPU_HIGHEST }; /* what an absent input stands for */
typedef struct cpu_pointwise {
    cpu_loop loop[3];     /* by compute class; NULL: not computed in it */
    uint32_t n_in, grain; /* grain: elements that are worth a thread */
    uint32_t step0;       /* bit m: the loops take the set m of inputs (bit k: in[k]) with step 0 */
    uint8_t to_bool;      /* the loops write bytes 0 and 1, and the class comes from the inputs */
    uint8_t exact;        /* lone numbers take on the common dtype first, as in PyTorch: u8 < 300 compares with 44 */
    uint8_t absent[CPU_PW_INPUTS];
    const struct cpu_pointwise *(*choose)(const cplug_call *c); /* a better form for this call, or NULL; optional */
    cplug_status (*check)(const cplug_call *c, cplug_error *e); /* values that are errors; optional */
} cpu_pointwise;

void cpu_pointwise_supports(const cplug_call *c, cplug_support *s);
cplug_status cpu_pointwise_prepare(const cplug_call *c, cplug_plan *p, cplug_error *e);
cplug_status cpu_pointwise_run(const cplug_call *c, const cplug_plan *p, cplug_error *e);

#define CPU_POINTWISE(op_, pointwise_)                                                                                                     \
    CPU_KERNEL(op_, CPLUG_K_STRIDED | CPLUG_K_INPLACE | CPLUG_K_SCALAR | CPLUG_K_OUT_STRIDED, pointwise_, cpu_pointwise_supports,          \
               cpu_pointwise_prepare, cpu_pointwise_run)

/* ---- loops: type, and an expression in the elements x, y, z and the attributes p, q ----
 * A file with costly expressions defines CPU_LOOP_CLONES as CPU_CLONES before it includes this. */
#ifndef CPU_LOOP_CLONES
#define CPU_LOOP_CLONES CPU_CLONES_NARROW
#endif
#define CPU_STEP0_BINARY (1u << 1 | 1u << 2)
#define CPU_STEP0_TERNARY (1u << 4 | 1u << 6)
#define CPU_LOOP_HEAD(name, T, O)                                                                                                          \
    CPU_LOOP_CLONES static void name(int64_t n, void *out, const void *const *in, const int64_t *step, const double *param)                \
    {                                                                                                                                      \
        O *o = out;                                                                                                                        \
        const T *a = in[0], p = (T)param[0], q = (T)param[1];                                                                              \
        (void)step, (void)p, (void)q;
#define CPU_UNARY_TO(name, T, O, expr)                                                                                                     \
    CPU_LOOP_HEAD(name, T, O)                                                                                                              \
    CPU_IVDEP for (int64_t i = 0; i < n; i++)                                                                                              \
    {                                                                                                                                      \
        T x = a[i];                                                                                                                        \
        o[i] = (O)(expr);                                                                                                                  \
    }                                                                                                                                      \
    }
#define CPU_UNARY(name, T, expr) CPU_UNARY_TO(name, T, T, expr)
#define CPU_BINARY_TO(name, T, O, expr)                                                                                                    \
    CPU_LOOP_HEAD(name, T, O)                                                                                                              \
    const T *b = in[1];                                                                                                                    \
    if (step[0] && step[1]) {                                                                                                              \
        CPU_IVDEP for (int64_t i = 0; i < n; i++)                                                                                          \
        {                                                                                                                                  \
            T x = a[i], y = b[i];                                                                                                          \
            o[i] = (O)(expr);                                                                                                              \
        }                                                                                                                                  \
    } else if (step[0]) {                                                                                                                  \
        const T y = b[0];                                                                                                                  \
        CPU_IVDEP for (int64_t i = 0; i < n; i++)                                                                                          \
        {                                                                                                                                  \
            T x = a[i];                                                                                                                    \
            o[i] = (O)(expr);                                                                                                              \
        }                                                                                                                                  \
    } else {                                                                                                                               \
        const T x = a[0];                                                                                                                  \
        CPU_IVDEP for (int64_t i = 0; i < n; i++)                                                                                          \
        {                                                                                                                                  \
            T y = b[i];                                                                                                                    \
            o[i] = (O)(expr);                                                                                                              \
        }                                                                                                                                  \
    }                                                                                                                                      \
    }
#define CPU_BINARY(name, T, expr) CPU_BINARY_TO(name, T, T, expr)
#define CPU_TERNARY(name, T, expr)                                                                                                         \
    CPU_LOOP_HEAD(name, T, T)                                                                                                              \
    const T *b = in[1], *c = in[2];                                                                                                        \
    if (step[2]) {                                                                                                                         \
        CPU_IVDEP for (int64_t i = 0; i < n; i++)                                                                                          \
        {                                                                                                                                  \
            T x = a[i], y = b[i], z = c[i];                                                                                                \
            o[i] = (T)(expr);                                                                                                              \
        }                                                                                                                                  \
    } else if (step[1]) {                                                                                                                  \
        const T z = c[0];                                                                                                                  \
        CPU_IVDEP for (int64_t i = 0; i < n; i++)                                                                                          \
        {                                                                                                                                  \
            T x = a[i], y = b[i];                                                                                                          \
            o[i] = (T)(expr);                                                                                                              \
        }                                                                                                                                  \
    } else {                                                                                                                               \
        const T y = b[0], z = c[0];                                                                                                        \
        CPU_IVDEP for (int64_t i = 0; i < n; i++)                                                                                          \
        {                                                                                                                                  \
            T x = a[i];                                                                                                                    \
            o[i] = (T)(expr);                                                                                                              \
        }                                                                                                                                  \
    }                                                                                                                                      \
    }
#endif
