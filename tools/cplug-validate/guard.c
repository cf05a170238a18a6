/* guard.c: buffers between two pages that nobody may touch.  A fault is matched with the buffers that exist, and with those that existed.
 */
#include "validate.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, MOST = 65536, CANARY = 0xC5 };
static const uint64_t most_buried = 1ull << 34; /* of address space */

static struct {
    guarded at;
    bool buried;
} known[MOST];
static uint32_t n_known;
static uint64_t buried;
static volatile int busy; /* a spin lock: threads make buffers, and the handler must not wait for a mutex */

static void lock(void)
{
    while (__atomic_test_and_set(&busy, __ATOMIC_ACQUIRE)) {}
}
static void unlock(void) { __atomic_clear(&busy, __ATOMIC_RELEASE); }

/* Slots of buried buffers are taken again when the table is full. */
static guarded *slot(void)
{
    if (n_known < MOST) return &known[n_known++].at;
    for (uint32_t i = 0; i < MOST; i++)
        if (known[i].buried) {
            munmap(known[i].at.map, known[i].at.mapped);
            buried -= known[i].at.mapped;
            known[i].buried = false;
            return &known[i].at;
        }
    return NULL;
}

bool guard_make(guarded *g, const char *name, uint64_t bytes, uint64_t align, bool at_end)
{
    const uint64_t room = (bytes + PAGE - 1) / PAGE * PAGE;
    memset(g, 0, sizeof *g);
    g->name = name;
    g->bytes = bytes;
    g->mapped = room + 2 * PAGE;
    g->map = mmap(NULL, g->mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (g->map == MAP_FAILED || (room && mprotect(g->map + PAGE, room, PROT_READ | PROT_WRITE) != 0)) return false;
    g->data = g->map + PAGE + (at_end ? (room - bytes) / align * align : 0);
    memset(g->map + PAGE, CANARY, room);
    lock();
    guarded *s = slot();
    if (s != NULL) *s = *g;
    unlock();
    return s != NULL;
}

static void update(const guarded *g, bool gone)
{
    lock();
    for (uint32_t i = n_known; i-- > 0;)
        if (known[i].at.map == g->map) {
            known[i].at = *g;
            known[i].buried = gone;
            break;
        }
    unlock();
}

void guard_lock(guarded *g)
{
    if (g->bytes == 0) return;
    g->read_only = mprotect(g->map + PAGE, g->mapped - 2 * PAGE, PROT_READ) == 0;
    update(g, false);
}

/* What alignment leaves between the data and the walls must be as it was. */
static void check_canary(const guarded *g)
{
    const char *first = g->map + PAGE, *last = g->map + g->mapped - PAGE;
    for (const char *p = g->data + g->bytes; p < last; p++)
        if ((unsigned char)*p != CANARY) {
            check_fail("writes to memory %lld bytes behind the end of %s", (long long)(p - (g->data + g->bytes)), g->name);
            return;
        }
    for (const char *p = g->data; p > first; p--)
        if ((unsigned char)p[-1] != CANARY) {
            check_fail("writes to memory %lld bytes before %s", (long long)(g->data - p + 1), g->name);
            return;
        }
}

void guard_bury(guarded *g)
{
    if (g->map == NULL) return;
    check_canary(g);
    mprotect(g->map, g->mapped, PROT_NONE);
    madvise(g->map, g->mapped, MADV_DONTNEED);
    update(g, true);
    lock();
    buried += g->mapped;
    for (uint32_t i = 0; buried > most_buried && i < n_known; i++) {
        if (!known[i].buried || known[i].at.map == g->map) continue;
        munmap(known[i].at.map, known[i].at.mapped);
        buried -= known[i].at.mapped;
        known[i] = known[--n_known];
    }
    unlock();
}

static void on_fault(int number, siginfo_t *info, void *unused)
{
    const char *where = info->si_addr;
    (void)unused;
    for (uint32_t i = 0; i < n_known; i++) {
        const guarded *g = &known[i].at;
        if (where < g->map || where >= g->map + g->mapped) continue;
        if (known[i].buried) {
            check_rename("after return");
            check_fail("touches %s after it has returned: does a thread of its own still work?", g->name);
        } else if (g->read_only && where >= g->data && where < g->data + g->bytes) {
            check_fail("writes to %s, which it may only read", g->name);
        } else if (where < g->data) {
            check_fail("touches memory %lld bytes before %s", (long long)(g->data - where), g->name);
        } else {
            check_fail("touches memory %lld bytes behind the end of %s", (long long)(where - (g->data + g->bytes)), g->name);
        }
        check_end();
        _exit(0);
    }
    check_fail(number == SIGBUS ? "crashes: bus error" : "crashes: segmentation fault");
    check_end();
    _exit(0);
}

void guard_watch(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}
