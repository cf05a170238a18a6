/* host.c: the host table that plugins under validation see. */
#include "validate.h"
#include <string.h>

host_use host_used;

static void *count_alloc(uint64_t bytes)
{
    if (__atomic_add_fetch(&host_used.allocated, 1, __ATOMIC_RELAXED) == host_used.fail_at) return NULL;
    if (bytes > host_used.largest) host_used.largest = bytes;
    if (host_used.most && bytes > host_used.most) return NULL;
    void *p = cplug_host_table()->alloc(bytes);
    if (p != NULL) __atomic_add_fetch(&host_used.live, 1, __ATOMIC_RELAXED);
    return p;
}

static void count_free(void *p)
{
    if (p != NULL) __atomic_sub_fetch(&host_used.live, 1, __ATOMIC_RELAXED);
    cplug_host_table()->free(p);
}

static void cut(int64_t n, int64_t grain, void (*body)(void *arg, int64_t lo, int64_t hi), void *arg)
{
    if (host_used.cut == CUT_USUAL) {
        cplug_host_table()->parallel_for(n, grain, body, arg);
    } else if (host_used.cut == CUT_WHOLE || grain < 1) {
        if (n > 0) body(arg, 0, n);
    } else {
        for (int64_t lo = (n - 1) / grain * grain; n > 0 && lo >= 0; lo -= grain) body(arg, lo, lo + grain < n ? lo + grain : n);
    }
}

cplug_host *host_own(void)
{
    static cplug_host own;
    if (own.struct_size == 0) {
        own = *cplug_host_table();
        own.alloc = count_alloc;
        own.free = count_free;
        own.parallel_for = cut;
    }
    return &own;
}
