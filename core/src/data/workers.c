/* workers.c: worker threads that fill batches ahead of the consumer.  A ring of `depth` slots; batch b lies in slot b % depth, so the order
 * in which batches come out does not depend on who fills them.  Waking a thread costs tens of microseconds, more than filling a small
 * batch: workers run ahead until the ring is full and are woken only when it is half empty, and a consumer that would have to wait fills a
 * batch itself.  Data sets run with a thread budget of one, so nothing below them enters OpenMP. */
#include "base/mode.h"
#include "data/data.h"
#include <sched.h>
#include <signal.h>

enum { SPINS = 200 };

typedef struct worker {
    struct cplug__pool *pool;
    pthread_t thread;
    cplug__filler filler;
} worker;

struct cplug__pool {
    const cplug__plan *plan;
    pthread_mutex_t lock;
    pthread_cond_t work, ready;
    cplug__batch **slot;
    worker *workers;
    cplug__filler own; /* the consumer's, when it lends a hand */
    int64_t depth;
    int64_t claim, taken, end; /* next batch to fill, next to hand out, one past the last */
    uint32_t n_workers, idle, active;
    bool quit, waiting; /* waiting: the consumer sleeps on `ready` */
    atomic_bool stop;   /* asks fillers to give up early */
};

static bool may_claim(const cplug__pool *p) { return p->claim < p->end && p->claim - p->taken < p->depth; }

static void *work(void *arg)
{
    worker *w = arg;
    cplug__pool *p = w->pool;
    cplug__thread_budget = 1;
    cplug__mode_own();
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (!p->quit && !may_claim(p)) {
            p->idle++;
            pthread_cond_wait(&p->work, &p->lock);
            p->idle--;
        }
        if (p->quit) break;
        int64_t number = p->claim++;
        cplug__batch *b = p->slot[number % p->depth];
        p->active++;
        pthread_mutex_unlock(&p->lock);
        cplug__batch_fill(b, &w->filler, p->plan, number);
        pthread_mutex_lock(&p->lock);
        p->active--;
        atomic_store_explicit(&b->ready, true, memory_order_release);
        if (p->waiting) pthread_cond_signal(&p->ready);
    }
    pthread_mutex_unlock(&p->lock);
    cplug__filler_close(&w->filler);
    return NULL;
}

/* Signals of the host stay with the host's threads. */
static int start(worker *w)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&w->thread, NULL, work, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

cplug__pool *cplug__pool_open(const cplug__plan *plan, int64_t workers, int64_t depth, cplug_error *e)
{
    cplug__pool *p = cplug__alloc(sizeof *p);
    if (!p) goto no_memory;
    p->plan = plan;
    p->depth = depth;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->work, NULL);
    pthread_cond_init(&p->ready, NULL);
    p->slot = cplug__alloc((uint64_t)depth * sizeof *p->slot);
    p->workers = cplug__alloc((uint64_t)workers * sizeof *p->workers);
    if (!p->slot || !p->workers) goto no_memory;
    for (int64_t i = 0; i < depth; i++)
        if (!(p->slot[i] = cplug__batch_new(plan->data))) goto no_memory;
    for (; p->n_workers < workers; p->n_workers++) {
        worker *w = &p->workers[p->n_workers];
        w->pool = p;
        w->filler.stop = &p->stop;
        int failed = start(w);
        if (failed) {
            cplug__error_fill(e, CPLUG_E_INVALID, "cannot start worker %u of %lld: %s; ask for fewer with workers=N", p->n_workers + 1,
                              (long long)workers, strerror(failed));
            cplug__pool_close(p);
            return NULL;
        }
    }
    return p;
no_memory:
    cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for %lld loader workers", (long long)workers);
    cplug__pool_close(p);
    return NULL;
}

void cplug__pool_close(cplug__pool *p)
{
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->quit = true;
    atomic_store(&p->stop, true);
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (uint32_t i = 0; i < p->n_workers; i++) pthread_join(p->workers[i].thread, NULL);
    for (int64_t i = 0; p->slot && i < p->depth; i++) cplug__batch_free(p->slot[i]);
    cplug__filler_close(&p->own);
    pthread_cond_destroy(&p->ready);
    pthread_cond_destroy(&p->work);
    pthread_mutex_destroy(&p->lock);
    cplug__free(p->slot);
    cplug__free(p->workers);
    cplug__free(p);
}

void cplug__pool_cancel(cplug__pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->end = p->claim;
    atomic_store(&p->stop, true);
    p->waiting = true;
    while (p->active > 0) pthread_cond_wait(&p->ready, &p->lock);
    p->waiting = false;
    atomic_store(&p->stop, false);
    p->taken = p->claim = p->end = 0;
    for (int64_t i = 0; i < p->depth; i++) atomic_store(&p->slot[i]->ready, false);
    pthread_mutex_unlock(&p->lock);
}

void cplug__pool_begin(cplug__pool *p, int64_t from, int64_t end)
{
    pthread_mutex_lock(&p->lock);
    p->claim = p->taken = from;
    p->end = end;
    if (p->idle > 0) pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
}

static void pause_cpu(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#else
    sched_yield();
#endif
}

/* Holding the lock: fills the next batch that nobody has claimed; false when there is none. */
static bool lend_a_hand(cplug__pool *p)
{
    if (!may_claim(p)) return false;
    int64_t number = p->claim++;
    cplug__batch *b = p->slot[number % p->depth];
    pthread_mutex_unlock(&p->lock);
    int32_t budget = cplug__thread_budget;
    cplug__thread_budget = 1;
    cplug__batch_fill(b, &p->own, p->plan, number);
    cplug__thread_budget = budget;
    pthread_mutex_lock(&p->lock);
    atomic_store_explicit(&b->ready, true, memory_order_relaxed);
    return true;
}

static void wait_for(cplug__pool *p, cplug__batch *b)
{
    while (!atomic_load_explicit(&b->ready, memory_order_relaxed) && lend_a_hand(p)) {}
    if (atomic_load_explicit(&b->ready, memory_order_relaxed)) return;
    pthread_mutex_unlock(&p->lock);
    for (int32_t i = 0; i < SPINS && !atomic_load_explicit(&b->ready, memory_order_acquire); i++) pause_cpu();
    pthread_mutex_lock(&p->lock);
    p->waiting = true;
    while (!atomic_load_explicit(&b->ready, memory_order_relaxed)) pthread_cond_wait(&p->ready, &p->lock);
    p->waiting = false;
}

cplug__batch *cplug__pool_take(cplug__pool *p, cplug__batch *fresh)
{
    pthread_mutex_lock(&p->lock);
    cplug__batch **slot = &p->slot[p->taken % p->depth], *b = *slot;
    wait_for(p, b);
    atomic_store_explicit(&b->ready, false, memory_order_relaxed);
    atomic_store_explicit(&fresh->ready, false, memory_order_relaxed);
    *slot = fresh;
    p->taken++;
    if (p->idle > 0 && may_claim(p) && 2 * (p->claim - p->taken) <= p->depth) pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    return b;
}
