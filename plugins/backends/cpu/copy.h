/* copy.h: copying one view into another of any dtype and any strides; used by copy_ and cat. */
#ifndef CPU_COPY_H
#define CPU_COPY_H
#include "iter.h"

typedef enum cpu_copy_way { CPU_COPY_BLOCK, CPU_COPY_ROWS, CPU_COPY_TRANSPOSE, CPU_COPY_CONVERT } cpu_copy_way;
typedef struct cpu_copy {
    cpu_copy_way way;
    cplug_dtype to, from;
    cpu_class class; /* what a conversion goes through */
    cpu_iter it;     /* operand 0: destination, 1: source */
    /* transpose: blocks of (turned, innermost); `rest` walks the other dimensions */
    int64_t turned, turned_stride, blocks;
    cpu_iter rest;
} cpu_copy;

/* src broadcasts to dst */
void cpu_copy_plan(cpu_copy *w, const cplug_view *dst, const cplug_view *src);
void cpu_copy_run(const cpu_copy *w, const cplug_host *h, void *dst, const void *src);
/* dst[i * to_step] = src[i * from_step], elements of `size` bytes */
void cpu_copy_row(uint32_t size, int64_t n, void *dst, int64_t to_step, const void *src, int64_t from_step);
#endif
