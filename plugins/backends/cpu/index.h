/* index.h: what ops that take an index tensor share: checking it before anything is written, and reading it. */
#ifndef CPU_INDEX_H
#define CPU_INDEX_H
#include "iter.h"

/* Error unless all of `index` lies in [0, size); names the first offender (logical order), `dim` and its size. */
cplug_status cpu_check_index(const cplug_call *c, const cplug_view *index, int32_t dim, int64_t size, cplug_error *e);

/* n index values from `src` with the given step: in place where they are dense i64, else in the tile; n <= CPU_TILE. */
static inline const int64_t *cpu_read_index(cpu_tile *tile, cplug_dtype t, const void *src, int64_t step, int64_t n)
{
    if (t == CPLUG_I64 && step == 1) return src;
    cpu_load(CPU_I64, tile, t, src, step, n);
    return tile->i;
}
#endif
