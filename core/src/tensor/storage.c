/* storage.c: a caching allocator per device.  Freed storages keep their memory and wait in a free list of their size class; small ones are
 * cut from slabs.  Reuse needs no synchronisation: a device has one in-order queue, so later work follows earlier work.  (A 40 MB
 * malloc/free cycle costs 14 ms of page faults: why this exists.) */
#include "tensor/tensor.h"

/* Four size classes per power of two, from 64 bytes on: at most a quarter is wasted. */
enum { SMALLEST = 64, CLASSES = 4 * 44, SLAB_PIECE = 32 << 10, SLAB = 1 << 20, CHUNK = 64 };

typedef struct chunk {
    struct chunk *next;
    cplug__storage item[CHUNK];
} chunk; /* storage headers never move */
typedef struct slab {
    struct slab *next;
    void *data;
} slab;
struct cplug__cache {
    cplug__storage *idle[CLASSES]; /* with memory */
    cplug__storage *bare;          /* without */
    chunk *chunks;
    slab *slabs;
    char *slab_at;
    uint64_t slab_left;
};

static uint32_t size_class(uint64_t bytes)
{
    if (bytes <= SMALLEST) return 0;
    const uint32_t top = 63u - (uint32_t)__builtin_clzll(bytes - 1); /* 2^top < bytes <= 2^(top + 1) */
    return 4 * (top - 6) + 1 + (uint32_t)(((bytes - 1) >> (top - 2)) & 3);
}

static uint64_t class_bytes(uint32_t k)
{
    if (k == 0) return SMALLEST;
    const uint32_t top = (k - 1) / 4 + 6;
    return ((uint64_t)((k - 1) % 4 + 1) << (top - 2)) + (1ull << top);
}

cplug_status cplug__cache_open(cplug__device *d)
{
    d->cache = cplug__alloc(sizeof *d->cache);
    return d->cache ? CPLUG_OK : CPLUG_E_NOMEM;
}

static void forget(cplug__storage *s)
{
    if (s->done) s->done(s->arg);
    s->done = NULL;
}

static cplug__storage *header(cplug__device *d)
{
    struct cplug__cache *c = d->cache;
    if (!c->bare) {
        chunk *k = cplug__alloc(sizeof *k);
        if (!k) return NULL;
        k->next = c->chunks;
        c->chunks = k;
        for (int i = CHUNK; i-- > 0;) {
            k->item[i].device = d;
            k->item[i].next = c->bare;
            c->bare = &k->item[i];
        }
    }
    cplug__storage *s = c->bare;
    c->bare = s->next;
    return s;
}

/* Gives idle large blocks back to the device. */
static void trim(cplug__device *d)
{
    struct cplug__cache *c = d->cache;
    cplug__device_sync(d);
    for (uint32_t k = 0; k < CLASSES; k++) {
        if (class_bytes(k) <= SLAB_PIECE) continue;
        while (c->idle[k]) {
            cplug__storage *s = c->idle[k];
            c->idle[k] = s->next;
            d->type->free(d->handle, s->data);
            d->reserved -= s->capacity;
            s->data = NULL;
            s->next = c->bare;
            c->bare = s;
        }
    }
}

static void *from_device(cplug__device *d, uint64_t bytes, cplug_error *e)
{
    void *p = NULL;
    for (int attempt = 0; attempt < 2; attempt++) {
        if (d->limit && d->reserved + bytes > d->limit) {
            e->code = CPLUG_E_NOMEM;
            if (attempt == 0) trim(d);
            continue;
        }
        d->allocations++;
        if (d->type->alloc(d->handle, bytes, &p, e) == CPLUG_OK && p) {
            d->reserved += bytes;
            e->code = CPLUG_OK;
            return p;
        }
        if (attempt == 0) trim(d);
    }
    return NULL;
}

static void *from_slab(cplug__device *d, uint64_t piece, cplug_error *e)
{
    struct cplug__cache *c = d->cache;
    const uint64_t bytes = (piece + SMALLEST - 1) & ~(uint64_t)(SMALLEST - 1); /* keeps every piece aligned */
    if (c->slab_left < bytes) {
        slab *s = cplug__alloc(sizeof *s);
        if (!s) return NULL;
        if (!(s->data = from_device(d, SLAB, e))) {
            cplug__free(s);
            return NULL;
        }
        s->next = c->slabs;
        c->slabs = s;
        c->slab_at = s->data;
        c->slab_left = SLAB;
    }
    void *p = c->slab_at;
    c->slab_at += bytes;
    c->slab_left -= bytes;
    return p;
}

static void raise_nomem(cplug_context *ctx, const cplug__device *d, uint64_t bytes, const cplug_error *e)
{
    if (d->limit && d->reserved + bytes > d->limit)
        cplug_error_set(
            ctx, CPLUG_E_NOMEM,
            "out of memory on %s: %llu more bytes would exceed the limit of %llu (%llu in use): raise memory_limit or use smaller batches",
            d->name, (unsigned long long)bytes, (unsigned long long)d->limit, (unsigned long long)d->current);
    else
        cplug_error_set(ctx, CPLUG_E_NOMEM, "out of memory on %s: no room for %llu bytes (%llu in use)%s%s", d->name,
                        (unsigned long long)bytes, (unsigned long long)d->current, e->message[0] ? ": " : "", e->message);
}

static cplug__storage *fresh(cplug_context *ctx, cplug__device *d, uint32_t k)
{
    const uint64_t bytes = class_bytes(k);
    cplug_error e = CPLUG__ERROR_INIT;
    cplug__storage *s = header(d);
    if (!s) {
        cplug__nomem(ctx, "a tensor");
        return NULL;
    }
    s->data = bytes <= SLAB_PIECE ? from_slab(d, bytes, &e) : from_device(d, bytes, &e);
    if (!s->data) {
        s->next = d->cache->bare;
        d->cache->bare = s;
        raise_nomem(ctx, d, bytes, &e);
        return NULL;
    }
    s->capacity = bytes;
    s->size_class = k;
    return s;
}

cplug__storage *cplug__storage_new(cplug_context *ctx, cplug__device *d, uint64_t bytes)
{
    if (UNLIKELY(bytes > (1ull << 46))) {
        cplug_error_set(ctx, CPLUG_E_NOMEM, "out of memory on %s: a tensor of %llu bytes", d->name, (unsigned long long)bytes);
        return NULL;
    }
    const uint32_t k = size_class(bytes);
    cplug__storage *s = d->cache->idle[k];
    if (LIKELY(s != NULL))
        d->cache->idle[k] = s->next;
    else if (!(s = fresh(ctx, d, k)))
        return NULL;
    s->refs = 1;
    s->version = 0;
    s->rebased = 0;
    s->bytes = bytes;
    d->current += bytes;
    if (d->current > d->peak) d->peak = d->current;
    return s;
}

cplug__storage *cplug__storage_borrow(cplug_context *ctx, cplug__device *d, void *data, uint64_t bytes, void (*done)(void *), void *arg)
{
    cplug__storage *s = header(d);
    if (!s) {
        cplug__nomem(ctx, "a tensor");
        return NULL;
    }
    s->refs = 1;
    s->version = 0;
    s->rebased = 0;
    s->bytes = bytes;
    s->capacity = 0; /* not ours */
    s->data = data;
    s->done = done;
    s->arg = arg;
    return s;
}

static void release_foreign(cplug__storage *s)
{
    forget(s);
    s->data = NULL;
    s->next = s->device->cache->bare;
    s->device->cache->bare = s;
}

void cplug__storage_drop(cplug__storage *s)
{
    if (--s->refs) return;
    if (UNLIKELY(s->packs != NULL)) cplug__packs_drop(s);
    if (UNLIKELY(s->capacity == 0)) {
        release_foreign(s);
        return;
    }
    cplug__device *d = s->device;
    d->current -= s->bytes;
    s->next = d->cache->idle[s->size_class];
    d->cache->idle[s->size_class] = s;
}

void cplug__cache_close(cplug__device *d)
{
    struct cplug__cache *c = d->cache;
    if (!c) return;
    for (chunk *k = c->chunks; k; k = k->next) /* of tensors that the host still holds */
        for (int i = 0; i < CHUNK; i++) cplug__packs_drop(&k->item[i]);
    for (chunk *k = c->chunks, *next; k; k = next) {
        next = k->next;
        for (int i = 0; i < CHUNK; i++) {
            cplug__storage *s = &k->item[i];
            forget(s);
            if (s->data && s->capacity > SLAB_PIECE) d->type->free(d->handle, s->data);
        }
        cplug__free(k);
    }
    for (slab *s = c->slabs, *next; s; s = next) {
        next = s->next;
        d->type->free(d->handle, s->data);
        cplug__free(s);
    }
    cplug__free(c);
    d->cache = NULL;
}

cplug_status cplug_memory(cplug_context *ctx, const char *device, cplug_memory_stats *out)
{
    if (!ctx || !out) return CPLUG_E_INVALID;
    cplug__device *d = cplug__device_find(ctx, device ? device : "cpu");
    if (!d) return ctx->error;
    out->current = d->current;
    out->peak = d->peak;
    out->reserved_bytes = d->reserved;
    out->limit = d->limit;
    out->allocations = d->allocations;
    return CPLUG_OK;
}

cplug_status cplug_memory_limit(cplug_context *ctx, const char *device, uint64_t bytes)
{
    if (!ctx) return CPLUG_E_INVALID;
    cplug__device *d = cplug__device_find(ctx, device ? device : "cpu");
    if (!d) return ctx->error;
    d->limit = bytes;
    return CPLUG_OK;
}

void cplug_memory_trim(cplug_context *ctx)
{
    if (!ctx) return;
    for (uint32_t i = 0; i < ctx->n_devices; i++) {
        trim(ctx->device[i]);
        ctx->device[i]->peak = ctx->device[i]->current;
    }
}
