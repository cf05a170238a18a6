/* queue.c: the device: memory that the host cannot touch, and one worker thread that runs tasks in order. */
#include "sim.h"
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

typedef struct block { /* device address [base, base + bytes), its bytes at shadow */
    struct block *next;
    char *base, *shadow;
    uint64_t bytes;
} block;

typedef struct sim {
    const cplug_host *host;
    pthread_mutex_t lock; /* of the list of blocks */
    block *blocks;
} sim;

struct cplug_queue {
    sim *device;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    sim_task *head, **tail;
    int busy, stop;
    cplug_error error; /* sticky: the first failure */
};

/* ---- memory ---- */
static char *shadow_of(sim *s, const void *p)
{
    char *found = NULL;
    pthread_mutex_lock(&s->lock);
    for (const block *b = s->blocks; b && !found; b = b->next)
        if ((const char *)p >= b->base && (const char *)p < b->base + b->bytes) found = b->shadow + ((const char *)p - b->base);
    pthread_mutex_unlock(&s->lock);
    return found;
}

static cplug_status sim_alloc(void *dev, uint64_t bytes, void **out, cplug_error *e)
{
    sim *s = dev;
    block *b = s->host->alloc(sizeof *b);
    if (!b) return s->host->fail(e, CPLUG_E_NOMEM, "no memory for a block's record");
    b->bytes = bytes ? bytes : 1;
    b->base = mmap(NULL, b->bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    b->shadow = mmap(NULL, b->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (b->base == MAP_FAILED || b->shadow == MAP_FAILED) {
        if (b->base != MAP_FAILED) munmap(b->base, b->bytes);
        s->host->free(b);
        return s->host->fail(e, CPLUG_E_NOMEM, "the system has no %llu bytes", (unsigned long long)bytes);
    }
    pthread_mutex_lock(&s->lock);
    b->next = s->blocks;
    s->blocks = b;
    pthread_mutex_unlock(&s->lock);
    *out = b->base;
    return CPLUG_OK;
}

static void sim_free(void *dev, void *p)
{
    sim *s = dev;
    pthread_mutex_lock(&s->lock);
    for (block **at = &s->blocks; *at; at = &(*at)->next) {
        block *b = *at;
        if (b->base != p) continue;
        *at = b->next;
        munmap(b->base, b->bytes);
        munmap(b->shadow, b->bytes);
        s->host->free(b);
        break;
    }
    pthread_mutex_unlock(&s->lock);
}

/* ---- the worker ---- */
static cplug_status translate(sim *s, sim_task *t, cplug_error *e)
{
    sim_view *lists[2] = { t->in, t->out };
    const uint32_t n[2] = { t->n_in, t->n_out };
    for (int l = 0; l < 2; l++)
        for (uint32_t i = 0; i < n[l]; i++) {
            sim_view *v = &lists[l][i];
            if (!v->data || sim_numel(v) == 0) continue;
            v->data = shadow_of(s, v->data);
            if (!v->data) return s->host->fail(e, CPLUG_E_DEVICE, "%s: an address that is not the device's", t->op);
        }
    return CPLUG_OK;
}

static cplug_status run_task(cplug_queue *q, sim_task *t, cplug_error *e)
{
    const cplug_status st = translate(q->device, t, e);
    return st ? st : t->body(t, e);
}

static void *worker(void *arg)
{
    cplug_queue *q = arg;
    pthread_mutex_lock(&q->lock);
    for (;;) {
        while (!q->head && !q->stop) pthread_cond_wait(&q->changed, &q->lock);
        if (!q->head) break;
        sim_task *t = q->head;
        q->head = t->next;
        if (!q->head) q->tail = &q->head;
        q->busy = 1;
        const int poisoned = q->error.code != CPLUG_OK;
        pthread_mutex_unlock(&q->lock);
        cplug_error e = { sizeof e, CPLUG_OK, "" };
        if (!poisoned) e.code = run_task(q, t, &e);
        t->host->free(t);
        pthread_mutex_lock(&q->lock);
        if (e.code && !q->error.code) q->error = e;
        q->busy = 0;
        pthread_cond_broadcast(&q->changed);
    }
    pthread_mutex_unlock(&q->lock);
    return NULL;
}

cplug_status sim_push(cplug_queue *q, sim_task *t)
{
    t->next = NULL;
    pthread_mutex_lock(&q->lock);
    *q->tail = t;
    q->tail = &t->next;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->lock);
    return CPLUG_OK;
}

static cplug_status sim_sync(void *dev, cplug_queue *q, cplug_error *e)
{
    (void)dev;
    pthread_mutex_lock(&q->lock);
    while (q->head || q->busy) pthread_cond_wait(&q->changed, &q->lock);
    const cplug_error found = q->error;
    pthread_mutex_unlock(&q->lock);
    if (found.code && e) *e = found;
    return found.code;
}

static cplug_status sim_queue_open(void *dev, cplug_queue **out, cplug_error *e)
{
    sim *s = dev;
    cplug_queue *q = s->host->alloc(sizeof *q);
    if (!q) return s->host->fail(e, CPLUG_E_NOMEM, "no memory for a queue");
    q->device = s;
    q->tail = &q->head;
    q->error.struct_size = sizeof q->error;
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->changed, NULL);
    if (pthread_create(&q->thread, NULL, worker, q)) {
        pthread_cond_destroy(&q->changed);
        pthread_mutex_destroy(&q->lock);
        s->host->free(q);
        return s->host->fail(e, CPLUG_E_DEVICE, "no thread for the queue");
    }
    *out = q;
    return CPLUG_OK;
}

static void sim_queue_close(void *dev, cplug_queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->stop = 1;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->lock);
    pthread_join(q->thread, NULL);
    pthread_cond_destroy(&q->changed);
    pthread_mutex_destroy(&q->lock);
    ((sim *)dev)->host->free(q);
}

/* ---- copies: raw bytes, through the queue like everything else ---- */
static cplug_status copy_body(sim_task *t, cplug_error *e)
{
    (void)e;
    memmove(t->dst, t->src, t->bytes);
    return CPLUG_OK;
}

static cplug_status sim_copy(void *dev, cplug_queue *q, void *dst, const void *src, uint64_t bytes, uint32_t direction, cplug_error *e)
{
    sim *s = dev;
    sim_task *t = s->host->alloc(sizeof *t);
    if (!t) return s->host->fail(e, CPLUG_E_NOMEM, "no memory for a task");
    t->host = s->host;
    t->op = "copy";
    t->body = copy_body;
    t->bytes = bytes;
    t->dst = direction == CPLUG_COPY_TO_HOST ? dst : shadow_of(s, dst);
    t->src = direction == CPLUG_COPY_TO_DEVICE ? src : shadow_of(s, src);
    if (!t->dst || !t->src) {
        s->host->free(t);
        return s->host->fail(e, CPLUG_E_DEVICE, "copy: an address that is not the device's");
    }
    sim_push(q, t);
    return direction == CPLUG_COPY_ON_DEVICE ? CPLUG_OK : sim_sync(dev, q, e);
}

/* ---- the device ---- */
static int32_t sim_count(void *user)
{
    (void)user;
    return 2;
}

static cplug_status sim_open(const cplug_host *h, void *user, int32_t ordinal, void **dev, cplug_error *e)
{
    (void)user, (void)ordinal;
    sim *s = h->alloc(sizeof *s);
    if (!s) return h->fail(e, CPLUG_E_NOMEM, "no memory for the device");
    s->host = h;
    pthread_mutex_init(&s->lock, NULL);
    *dev = s;
    return CPLUG_OK;
}

static void sim_close(void *dev)
{
    sim *s = dev;
    while (s->blocks) sim_free(s, s->blocks->base);
    pthread_mutex_destroy(&s->lock);
    s->host->free(s);
}

static cplug_status sim_memory(void *dev, cplug_device_memory *m, cplug_error *e)
{
    (void)dev, (void)e;
    m->total = m->free = 1ull << 40;
    return CPLUG_OK;
}

const cplug_device sim_device = {
    .struct_size = sizeof sim_device,
    .name = "sim",
    .doc = "pretend accelerator: memory that no host code may touch, an asynchronous queue",
    .count = sim_count,
    .open = sim_open,
    .close = sim_close,
    .alloc = sim_alloc,
    .free = sim_free,
    .queue_open = sim_queue_open,
    .queue_close = sim_queue_close,
    .copy = sim_copy,
    .sync = sim_sync,
    .memory = sim_memory,
};
