/* threads.c: the one compute pool, OpenMP's, shared with the libraries under the backends.  Small work stays serial: waking a sleeping
 * team costs about 50 us.  Threads without a budget (workers of a loader, members of a team) run everything serially.  A member of the
 * team may be a thread that the host's own regions made: it works in our floating-point mode and gets its own back. */
#include "base/mode.h"
#include <omp.h>

_Thread_local int32_t cplug__thread_budget;

int32_t cplug__cores(void) { return omp_get_num_procs(); }

void cplug__parallel_for(int64_t n, int64_t grain, void (*body)(void *arg, int64_t lo, int64_t hi), void *arg)
{
    if (n <= 0) return;
    const int64_t pieces = MIN((int64_t)cplug__thread_budget, n / MAX(grain, 1));
    if (pieces <= 1 || omp_in_parallel()) {
        body(arg, 0, n);
        return;
    }
#pragma omp parallel num_threads((int)pieces)
    {
        CPLUG__OWN_MODE;
        const int64_t team = omp_get_num_threads(), i = omp_get_thread_num();
        const int64_t share = n / team, extra = n % team;
        const int64_t lo = i * share + MIN(i, extra), hi = lo + share + (i < extra);
        if (lo < hi) body(arg, lo, hi);
    }
}
