/* memory.c: device memory.  A device address lies in pages that may be neither read nor written; its bytes lie elsewhere, and only the
 * queue's worker asks where.  Pages are promised, not taken: a device of 8 GiB costs nothing until kernels write. */
#include "sim.h"
#include <pthread.h>
#include <sys/mman.h>

#define CAPACITY (8ull << 30)

typedef struct block { /* device addresses [base, base + size) */
    struct block *next;
    char *base, *bytes;
    uint64_t size;
} block;

struct sim_memory {
    const cplug_host *host;
    pthread_mutex_t lock; /* of what follows: the context's thread allocates, the worker translates */
    block *blocks;
    uint64_t used;
};

const cplug_host *sim_host(const sim_memory *s) { return s->host; }

cplug_status sim_open(const cplug_host *h, void *user, int32_t ordinal, void **dev, cplug_error *e)
{
    (void)user, (void)ordinal;
    sim_memory *s = h->alloc(sizeof *s);
    if (!s) return h->fail(e, CPLUG_E_NOMEM, "out of memory for the device");
    s->host = h;
    pthread_mutex_init(&s->lock, NULL);
    *dev = s;
    return CPLUG_OK;
}

static void unmap(const sim_memory *s, block *b)
{
    if (b->base != MAP_FAILED) munmap(b->base, b->size);
    if (b->bytes != MAP_FAILED) munmap(b->bytes, b->size);
    s->host->free(b);
}

cplug_status sim_alloc(void *dev, uint64_t bytes, void **out, cplug_error *e)
{
    enum { PROMISED = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE };
    sim_memory *s = dev;
    if (bytes > CAPACITY - s->used)
        return s->host->fail(e, CPLUG_E_NOMEM, "the device has %llu bytes, %llu of them taken", CAPACITY, (unsigned long long)s->used);
    block *b = s->host->alloc(sizeof *b);
    if (!b) return s->host->fail(e, CPLUG_E_NOMEM, "out of memory for a block's record");
    b->size = bytes ? bytes : 1;
    b->base = mmap(NULL, b->size, PROT_NONE, PROMISED, -1, 0);
    b->bytes = mmap(NULL, b->size, PROT_READ | PROT_WRITE, PROMISED, -1, 0);
    if (b->base == MAP_FAILED || b->bytes == MAP_FAILED) {
        unmap(s, b);
        return s->host->fail(e, CPLUG_E_NOMEM, "the system has no %llu bytes", (unsigned long long)bytes);
    }
    pthread_mutex_lock(&s->lock);
    b->next = s->blocks;
    s->blocks = b;
    s->used += b->size;
    pthread_mutex_unlock(&s->lock);
    *out = b->base;
    return CPLUG_OK;
}

void sim_free(void *dev, void *p)
{
    sim_memory *s = dev;
    pthread_mutex_lock(&s->lock);
    block **at = &s->blocks;
    while (*at && (*at)->base != p) at = &(*at)->next;
    block *b = *at;
    if (b) {
        *at = b->next;
        s->used -= b->size;
    }
    pthread_mutex_unlock(&s->lock);
    if (b) unmap(s, b);
}

char *sim_bytes(sim_memory *s, const void *p, uint64_t bytes)
{
    const uintptr_t at = (uintptr_t)p;
    char *found = NULL;
    pthread_mutex_lock(&s->lock);
    for (const block *b = s->blocks; b && !found; b = b->next) {
        const uintptr_t base = (uintptr_t)b->base;
        if (at >= base && at - base <= b->size && bytes <= b->size - (at - base)) found = b->bytes + (at - base);
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

cplug_status sim_room(void *dev, cplug_device_memory *m, cplug_error *e)
{
    const sim_memory *s = dev;
    (void)e;
    m->total = CAPACITY;
    m->free = CAPACITY - s->used;
    return CPLUG_OK;
}

void sim_close(void *dev)
{
    sim_memory *s = dev;
    while (s->blocks) sim_free(s, s->blocks->base);
    pthread_mutex_destroy(&s->lock);
    s->host->free(s);
}
