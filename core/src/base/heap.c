/* heap.c: the one door to malloc.  Blocks are zeroed and 64-byte aligned; calls are counted, and a test can make the n-th one fail.
 * calloc serves large blocks with fresh zero pages, so they are not written twice; the pointer to give back stands before the block. */
#include "base/base.h"
#include <stdatomic.h>
#include <stdlib.h>

enum { ALIGNMENT = 64 };

static atomic_uint_fast64_t calls, fail_at;

uint64_t cplug_test_fail_allocation(uint64_t n)
{
    const uint64_t counted = atomic_exchange(&calls, 0);
    atomic_store(&fail_at, n);
    return counted;
}

/* Counts one call; false when it is the one that has to fail or can never fit. */
static bool admit(uint64_t bytes, uint64_t align)
{
    const uint64_t number = atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed) + 1;
    if (UNLIKELY(number == atomic_load_explicit(&fail_at, memory_order_relaxed))) return false;
    return bytes <= PTRDIFF_MAX - align - sizeof(void *);
}

static void *aligned(char *raw, uint64_t align)
{
    if (!raw) return NULL;
    char *p = raw + sizeof(void *) + (-((uintptr_t)raw + sizeof(void *)) & (align - 1));
    ((void **)(void *)p)[-1] = raw;
    return p;
}

void *cplug__alloc(uint64_t bytes)
{
    return admit(bytes, ALIGNMENT) ? aligned(calloc(1, bytes + ALIGNMENT + sizeof(void *)), ALIGNMENT) : NULL;
}

void *cplug__alloc_raw(uint64_t bytes, uint64_t align)
{
    return admit(bytes, align) ? aligned(malloc(bytes + align + sizeof(void *)), align) : NULL;
}

void cplug__free(void *p)
{
    if (p) free(((void **)p)[-1]);
}

void *cplug__grow(void *p, uint64_t old_bytes, uint64_t new_bytes)
{
    void *q = cplug__alloc(new_bytes);
    if (!q) return NULL;
    if (p) memcpy(q, p, MIN(old_bytes, new_bytes));
    cplug__free(p);
    return q;
}
