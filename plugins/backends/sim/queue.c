/* queue.c: one in-order queue: a list of tasks and a worker thread that runs them.  Whoever pushes does not wait, unless the worker is far
 * behind.  A task that fails poisons the queue: those after it are dropped, since they would read what was never written, and every wait
 * from then on reports the first failure. */
#include "sim.h"
#include "element.h"
#include <pthread.h>
#include <signal.h>
#include <string.h>

enum { DEEPEST = 4096 }; /* tasks that may wait: a host that never looks at a result must not fill memory with calls */

struct cplug_queue {
    sim_memory *memory;
    pthread_t thread;
    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t changed;
    sim_task *head, **tail;
    uint32_t waiting, busy, stop, reserved;
    cplug_error error; /* the first failure; it stays */
};

/* ---- the worker ---- */
/* From the first to the last element, in bytes from data.  Strides are never negative. */
static uint64_t span(const sim_view *v)
{
    int64_t last = 0;
    for (int32_t d = 0; d < v->ndim; d++) last += (v->shape[d] - 1) * v->strides[d];
    return (uint64_t)((last + 1) * sim_item_size(v->dtype));
}

/* Device addresses become those of the bytes.  Numbers, absent and empty tensors have none. */
static cplug_status translate(sim_memory *s, sim_view *v, uint32_t n, cplug_error *e)
{
    for (; n > 0; n--, v++) {
        if (!v->data || sim_numel(v) == 0) continue;
        v->data = sim_bytes(s, v->data, span(v));
        if (!v->data) return sim_host(s)->fail(e, CPLUG_E_DEVICE, "reaches beyond the device's memory");
    }
    return CPLUG_OK;
}

static cplug_status execute(cplug_queue *q, sim_task *t)
{
    cplug_error found = { sizeof found, CPLUG_OK, "" };
    cplug_status st = translate(q->memory, t->in, t->n_in, &found);
    if (!st) st = translate(q->memory, t->out, t->n_out, &found);
    if (!st) st = t->body(t, &found);
    if (!st) return CPLUG_OK;
    pthread_mutex_lock(&q->lock); /* nobody but the worker writes it */
    t->host->fail(&q->error, st, "%s: %s", t->op, found.message);
    pthread_mutex_unlock(&q->lock);
    return st;
}

static sim_task *pop(cplug_queue *q)
{
    while (!q->head && !q->stop) pthread_cond_wait(&q->changed, &q->lock);
    sim_task *t = q->head;
    if (!t) return NULL;
    q->head = t->next;
    if (!q->head) q->tail = &q->head;
    q->waiting--;
    q->busy = 1;
    return t;
}

/* Told to stop, it first runs what is in the queue: memory is not given back under a running task. */
static void *worker(void *arg)
{
    cplug_queue *q = arg;
    int poisoned = 0;
    pthread_mutex_lock(&q->lock);
    for (sim_task *t; (t = pop(q)) != NULL;) {
        pthread_mutex_unlock(&q->lock);
        if (!poisoned) poisoned = execute(q, t) != CPLUG_OK;
        t->host->free(t);
        pthread_mutex_lock(&q->lock);
        q->busy = 0;
        pthread_cond_broadcast(&q->changed);
    }
    pthread_mutex_unlock(&q->lock);
    return NULL;
}

/* ---- the context's side ---- */
/* The host's signals are for its own threads, and their handlers for its own stacks: the worker is born with all of them blocked. */
static int start(cplug_queue *q)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failed = pthread_create(&q->thread, NULL, worker, q);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

cplug_status sim_queue_open(void *dev, cplug_queue **out, cplug_error *e)
{
    const cplug_host *h = sim_host(dev);
    cplug_queue *q = h->alloc(sizeof *q);
    if (!q) return h->fail(e, CPLUG_E_NOMEM, "out of memory for a queue");
    q->memory = dev;
    q->tail = &q->head;
    q->error.struct_size = sizeof q->error;
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->changed, NULL);
    if (start(q)) {
        pthread_cond_destroy(&q->changed);
        pthread_mutex_destroy(&q->lock);
        h->free(q);
        return h->fail(e, CPLUG_E_DEVICE, "the system has no thread for the queue");
    }
    *out = q;
    return CPLUG_OK;
}

void sim_queue_close(void *dev, cplug_queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->stop = 1;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->lock);
    pthread_join(q->thread, NULL);
    pthread_cond_destroy(&q->changed);
    pthread_mutex_destroy(&q->lock);
    sim_host(dev)->free(q);
}

void sim_push(cplug_queue *q, sim_task *t)
{
    pthread_mutex_lock(&q->lock);
    while (q->waiting >= DEEPEST) pthread_cond_wait(&q->changed, &q->lock);
    *q->tail = t;
    q->tail = &t->next;
    q->waiting++;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->lock);
}

cplug_status sim_sync(void *dev, cplug_queue *q, cplug_error *e)
{
    (void)dev;
    pthread_mutex_lock(&q->lock);
    while (q->head || q->busy) pthread_cond_wait(&q->changed, &q->lock);
    const cplug_error found = q->error;
    pthread_mutex_unlock(&q->lock);
    return found.code ? sim_host(q->memory)->fail(e, found.code, "%s", found.message) : CPLUG_OK;
}

/* ---- copies: bytes, in order with everything else ---- */
static cplug_status copy_body(sim_task *t, cplug_error *e)
{
    (void)e;
    memmove(t->to, t->from, t->bytes);
    return CPLUG_OK;
}

/* What comes from the host is taken along in the task, so that nobody waits for the queue; what goes there must have arrived. */
cplug_status sim_copy(void *dev, cplug_queue *q, void *dst, const void *src, uint64_t bytes, uint32_t direction, cplug_error *e)
{
    const cplug_host *h = sim_host(dev);
    sim_task *t = h->alloc(sizeof *t + (direction == CPLUG_COPY_TO_DEVICE ? bytes : 0));
    if (!t) return h->fail(e, CPLUG_E_NOMEM, "out of memory for a copy");
    t->host = h;
    t->op = "copy";
    t->body = copy_body;
    t->bytes = bytes;
    t->to = direction == CPLUG_COPY_TO_HOST ? dst : sim_bytes(dev, dst, bytes);
    t->from = direction == CPLUG_COPY_TO_DEVICE ? memcpy(t + 1, src, bytes) : sim_bytes(dev, src, bytes);
    if (!t->to || !t->from) {
        h->free(t);
        return h->fail(e, CPLUG_E_DEVICE, "copy: reaches beyond the device's memory");
    }
    sim_push(q, t);
    return direction == CPLUG_COPY_TO_HOST ? sim_sync(dev, q, e) : CPLUG_OK;
}
