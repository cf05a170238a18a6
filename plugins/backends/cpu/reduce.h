/* reduce.h: the folds behind reduce.c, one per op and compute class. */
#ifndef CPU_REDUCE_H
#define CPU_REDUCE_H
#include "reduction.h"

/* Accumulators are double for floats and int64_t for integers.  Both forms add to what stands in them. */
typedef struct cpu_fold {
    /* n elements into one accumulator; in 16 fixed lanes, so that the order never depends on the machine */
    void (*row)(int64_t n, const void *x, void *acc, double mean);
    /* rows x columns elements into one accumulator per column; mean: one per column, or NULL */
    void (*column)(int64_t rows, int64_t row_stride, int64_t columns, const void *x, void *acc, const double *mean);
} cpu_fold;
typedef struct cpu_reducer {
    cpu_fold fold[3];                /* by the class of the elements */
    cpu_value start[2];              /* float, integer */
    const struct cpu_reducer *merge; /* joins accumulators; NULL: itself */
} cpu_reducer;

extern const cpu_reducer cpu_sum, cpu_prod, cpu_amax, cpu_amin, cpu_any, cpu_all;
extern const cpu_reducer cpu_squares; /* sum of (x - mean)^2 */
#endif
