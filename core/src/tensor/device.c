/* device.c: the devices of a context.  Host memory is core's own device "cpu"; others come from plugins and are opened when asked for. */
#include "base/mode.h"
#include "tensor/tensor.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* ---- the host ---- */
enum { HUGE_PAGE = 2 << 20 };
static int32_t host_count(void *user)
{
    (void)user;
    return 1;
}
static cplug_status host_open(const cplug_host *h, void *user, int32_t ordinal, void **dev, cplug_error *e)
{
    (void)user;
    if (ordinal != 0) return h->fail(e, CPLUG_E_DEVICE, "there is one cpu device, not cpu:%d", (int)ordinal);
    *dev = NULL;
    return CPLUG_OK;
}
static void host_close(void *dev) { (void)dev; }
static cplug_status host_alloc(void *dev, uint64_t bytes, void **out, cplug_error *e)
{
    (void)dev;
    const bool large = bytes >= 2 * HUGE_PAGE;
    *out = cplug__alloc_raw(bytes, large ? HUGE_PAGE : 64);
    if (!*out) return cplug__error_fill(e, CPLUG_E_NOMEM, "the system has no memory");
    if (large) (void)madvise(*out, bytes, MADV_HUGEPAGE); /* a wish: page faults cost 1.3 us per 4 KiB */
    return CPLUG_OK;
}
static void host_free(void *dev, void *p)
{
    (void)dev;
    cplug__free(p);
}
static cplug_status host_copy(void *dev, cplug_queue *q, void *dst, const void *src, uint64_t bytes, uint32_t direction, cplug_error *e)
{
    (void)dev, (void)q, (void)direction, (void)e;
    if (bytes) memmove(dst, src, bytes);
    return CPLUG_OK;
}
static cplug_status host_sync(void *dev, cplug_queue *q, cplug_error *e)
{
    (void)dev, (void)q, (void)e;
    return CPLUG_OK;
}
static const cplug_device host_device = {
    .struct_size = sizeof host_device,
    .name = "cpu",
    .doc = "host memory",
    .count = host_count,
    .open = host_open,
    .close = host_close,
    .alloc = host_alloc,
    .free = host_free,
    .copy = host_copy,
    .sync = host_sync,
};
const cplug_device *cplug__host_device(void) { return &host_device; }

/* ---- opening by name ---- */
static bool split_name(const char *name, char *type, uint64_t size, int64_t *ordinal)
{
    const char *colon = strchr(name, ':');
    const uint64_t n = colon ? (uint64_t)(colon - name) : strlen(name);
    *ordinal = 0;
    if (n == 0 || n >= size) return false;
    memcpy(type, name, n);
    type[n] = '\0';
    return !colon || (cplug__parse_int(colon + 1, ordinal) && *ordinal >= 0 && *ordinal < 1024);
}

static cplug__device *open_device(cplug_context *ctx, const cplug_device *type, const char *name, int64_t ordinal)
{
    CPLUG__OWN_MODE;
    cplug_error e = CPLUG__ERROR_INIT;
    const int32_t count = type->count ? type->count(type->user) : 1;
    if (ordinal >= count) {
        cplug_error_set(ctx, CPLUG_E_DEVICE, "no device '%s:%lld': %d of this kind are present", type->name, (long long)ordinal,
                        (int)count);
        return NULL;
    }
    if (ctx->n_devices == CPLUG__MAX_DEVICES) {
        cplug_error_set(ctx, CPLUG_E_DEVICE, "a context opens at most %d devices", CPLUG__MAX_DEVICES);
        return NULL;
    }
    cplug__device *d = cplug__alloc(sizeof *d);
    if (!d) {
        cplug__nomem(ctx, "a device");
        return NULL;
    }
    d->type = type;
    d->ctx = ctx;
    d->index = ctx->n_devices;
    d->is_host = type == &host_device;
    if (d->is_host)
        snprintf(d->name, sizeof d->name, "%s", name);
    else
        snprintf(d->name, sizeof d->name, "%.20s:%d", type->name, (int)ordinal);
    if (type->open(cplug_host_table(), type->user, (int32_t)ordinal, &d->handle, &e)) goto fail_open;
    if (type->queue_open && type->queue_open(d->handle, &d->queue, &e)) goto fail_queue;
    if (cplug__cache_open(d)) {
        e.code = CPLUG_E_NOMEM;
        goto fail_cache;
    }
    ctx->device[ctx->n_devices++] = d;
    return d;
fail_cache:
    if (d->queue) type->queue_close(d->handle, d->queue);
fail_queue:
    type->close(d->handle);
fail_open:
    cplug__raise(ctx, &e, name);
    cplug__free(d);
    return NULL;
}

cplug__device *cplug__device_find(cplug_context *ctx, const char *name)
{
    char type[24];
    int64_t ordinal;
    if (!split_name(name, type, sizeof type, &ordinal)) {
        cplug_error_set(ctx, CPLUG_E_DEVICE, "'%s' is no device name: expected \"cpu\" or \"KIND:NUMBER\"", name);
        return NULL;
    }
    for (uint32_t i = 0; i < ctx->n_devices; i++) {
        const cplug__device *d = ctx->device[i];
        const char *colon = strchr(d->name, ':');
        const int64_t number = colon ? strtoll(colon + 1, NULL, 10) : 0;
        if (number == ordinal && strcmp(d->type->name, type) == 0) return ctx->device[i];
    }
    if (strcmp(type, host_device.name) == 0) return open_device(ctx, &host_device, type, ordinal);
    const cplug_device *found = cplug__find(ctx, "device", type);
    if (!found) {
        cplug__not_found(ctx, "device", type);
        return NULL;
    }
    return open_device(ctx, found, type, ordinal);
}

cplug_status cplug__device_register(cplug_context *ctx, const cplug_device *type)
{
    (void)ctx;
    const bool whole = type->name && type->open && type->close && type->alloc && type->free && type->copy && type->sync &&
                       !type->queue_open == !type->queue_close;
    return whole ? CPLUG_OK : CPLUG_E_INVALID;
}

void cplug__devices_close(cplug_context *ctx)
{
    for (uint32_t i = ctx->n_devices; i-- > 0;) {
        cplug__device *d = ctx->device[i];
        cplug_error e = CPLUG__ERROR_INIT;
        (void)d->type->sync(d->handle, d->queue, &e);
        cplug__cache_close(d);
        if (d->queue) d->type->queue_close(d->handle, d->queue);
        d->type->close(d->handle);
        cplug__free(d);
    }
    ctx->n_devices = 0;
}

/* ---- moving bytes ---- */
cplug_status cplug__device_sync(cplug__device *d)
{
    cplug_error e = CPLUG__ERROR_INIT;
    const cplug_status st = d->type->sync(d->handle, d->queue, &e);
    return st ? (e.code = st, cplug__raise(d->ctx, &e, d->name)) : CPLUG_OK;
}

cplug_status cplug__device_copy(cplug__device *d, void *dst, const void *src, uint64_t bytes, uint32_t direction)
{
    cplug_error e = CPLUG__ERROR_INIT;
    if (!bytes) return CPLUG_OK;
    const cplug_status st = d->type->copy(d->handle, d->queue, dst, src, bytes, direction, &e);
    return st ? (e.code = st, cplug__raise(d->ctx, &e, d->name)) : CPLUG_OK;
}

cplug_status cplug_sync(cplug_context *ctx)
{
    if (!ctx) return CPLUG_E_INVALID;
    for (uint32_t i = 0; i < ctx->n_devices && !ctx->error; i++) cplug__device_sync(ctx->device[i]);
    return ctx->error;
}

cplug_status cplug_device_set(cplug_context *ctx, const char *device)
{
    if (!ctx) return CPLUG_E_INVALID;
    if (ctx->error) return ctx->error;
    cplug__device *d = cplug__device_find(ctx, device ? device : "cpu");
    if (d) ctx->current_device = d;
    return ctx->error;
}

const char *cplug_device_get(const cplug_context *ctx) { return ctx && ctx->current_device ? ctx->current_device->name : ""; }
