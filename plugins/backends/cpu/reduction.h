/* reduction.h: which dimensions an op reduces, and how to walk the kept and the reduced ones. */
#ifndef CPU_REDUCTION_H
#define CPU_REDUCTION_H
#include "iter.h"

typedef struct cpu_reduction {
    cpu_iter kept;    /* operand 0: input, then the outputs; numel = number of results */
    cpu_iter reduced; /* operand 0: input; numel = elements behind each result */
    bool columns;     /* many results are worked on side by side: the input's smallest stride is kept, or rows are short */
} cpu_reduction;

/* Bit d: dimension d is in attribute k, a list of dims (empty: all) or one dim. */
uint32_t cpu_reduced_dims(const cplug_call *c, uint32_t k);
/* The dimensions that sum_to_size adds up: leading ones and those of size 1 in out. */
uint32_t cpu_reduced_to_size(const cplug_view *in, const cplug_view *out);
/* logical: the reduced elements are walked in logical order, so that their number in the walk is an index. */
void cpu_reduction_plan(cpu_reduction *r, const cplug_view *in, uint32_t dims, const cplug_view *const *out, uint32_t n_out, bool logical);
#endif
