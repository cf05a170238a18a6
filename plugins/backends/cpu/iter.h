/* iter.h: several operands of one shape, walked together.  Dimensions that can be merged are merged once, when a plan is made. */
#ifndef CPU_ITER_H
#define CPU_ITER_H
#include "tile.h"

typedef struct cpu_iter {
    int64_t numel;
    int32_t ndim, n;                                  /* n operands; ndim >= 1 once finished */
    int64_t shape[CPLUG_MAX_DIMS];                    /* outermost first */
    int64_t stride[CPU_MAX_OPERANDS][CPLUG_MAX_DIMS]; /* in elements; 0 where an operand is broadcast */
} cpu_iter;
typedef struct cpu_walk { /* a place in the iteration */
    int64_t at[CPLUG_MAX_DIMS], offset[CPU_MAX_OPERANDS];
} cpu_walk;

void cpu_iter_start(cpu_iter *it, int32_t ndim, const int64_t *shape);
/* Adds an operand that broadcasts to the shape; a plain number or an absent view counts as broadcast in every dimension. */
void cpu_iter_add(cpu_iter *it, const cplug_view *v);
void cpu_iter_add_strides(cpu_iter *it, const int64_t *strides);
/* Drops dimensions of size 1 and merges neighbours.  reorder: the order may change too, so that operand 0's smallest strides come
 * innermost; without it the iteration stays in logical (row-major) order. */
void cpu_iter_finish(cpu_iter *it, bool reorder);
/* Element i of operand k in iteration order lies at i: the operand is one dense run. */
bool cpu_iter_linear(const cpu_iter *it, int32_t k);
static inline int64_t cpu_iter_inner(const cpu_iter *it) { return it->shape[it->ndim - 1]; }
static inline int64_t cpu_iter_step(const cpu_iter *it, int32_t k) { return it->stride[k][it->ndim - 1]; }

void cpu_walk_seek(const cpu_iter *it, cpu_walk *w, int64_t element);
/* Elements left in the innermost dimension. */
static inline int64_t cpu_walk_left(const cpu_iter *it, const cpu_walk *w) { return cpu_iter_inner(it) - w->at[it->ndim - 1]; }
/* n <= what is left */
void cpu_walk_advance(const cpu_iter *it, cpu_walk *w, int64_t n);

/* Elements [first, first + n) of operand k in iteration order, to and from a dense array of class c. */
void cpu_iter_load(const cpu_iter *it, int32_t k, int64_t first, int64_t n, cplug_dtype t, const void *data, cpu_class c, void *dst);
void cpu_iter_store(const cpu_iter *it, int32_t k, int64_t first, int64_t n, cplug_dtype t, void *data, cpu_class c, const void *src);

static inline const void *cpu_at(const void *data, int64_t offset, uint32_t size) { return (const char *)data + offset * (int64_t)size; }
static inline void *cpu_at_out(void *data, int64_t offset, uint32_t size) { return (char *)data + offset * (int64_t)size; }
#endif
