/* watch.c: single steps over accesses to a page, on x86-64. */
#include "watch.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
enum { PAGE = 4096, TRAP_FLAG = 0x100 };

static struct {
    char *page;
    uint8_t *seen; /* a byte for each of the struct */
    uint64_t size, room;
    struct sigaction segv, trap;
} under;

static void on_trap(int number, siginfo_t *info, void *context)
{
    ucontext_t *c = context;
    (void)number, (void)info;
    c->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)TRAP_FLAG;
    mprotect(under.page, under.room, PROT_NONE);
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    ucontext_t *c = context;
    const char *at = info->si_addr;
    if (at < under.page || at >= under.page + under.room) {
        if (under.segv.sa_flags & SA_SIGINFO) {
            under.segv.sa_sigaction(number, info, context);
        } else {
            signal(number, SIG_DFL);
            raise(number);
        }
        return;
    }
    const uint64_t offset = (uint64_t)(at - under.page);
    if (offset < under.size) under.seen[offset] = 1;
    mprotect(under.page, under.room, PROT_READ | PROT_WRITE);
    c->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
}

bool watch_open(uint64_t size)
{
    struct sigaction action;
    under.size = size;
    under.room = (size + PAGE - 1) / PAGE * PAGE + PAGE;
    under.page = mmap(NULL, under.room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    under.seen = calloc(1, size + 1);
    if (under.page == MAP_FAILED || under.seen == NULL) return false;
    memset(&action, 0, sizeof action);
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    action.sa_sigaction = on_fault;
    sigaction(SIGSEGV, &action, &under.segv);
    action.sa_sigaction = on_trap;
    sigaction(SIGTRAP, &action, &under.trap);
    return true;
}

void *watch_begin(const void *self)
{
    memcpy(under.page, self, under.size);
    mprotect(under.page, under.room, PROT_NONE);
    return under.page;
}

void watch_end(void *self)
{
    mprotect(under.page, under.room, PROT_READ | PROT_WRITE);
    memcpy(self, under.page, under.size);
}

/* A copy of the whole struct in steps of 16 or 32 bytes reads everything. */
static bool copied(uint64_t step)
{
    if (under.size < 2 * step) return false;
    for (uint64_t at = 0; at + step <= under.size; at += step)
        if (!under.seen[at]) return false;
    return true;
}

bool watch_seen(uint64_t offset, uint64_t size)
{
    if (copied(16) || copied(32)) return true;
    for (uint64_t i = offset; i < offset + size && i < under.size; i++)
        if (under.seen[i]) return true;
    return false;
}
#else
bool watch_open(uint64_t size)
{
    (void)size;
    return false;
}
void *watch_begin(const void *self) { return (void *)(uintptr_t)self; }
void watch_end(void *self) { (void)self; }
bool watch_seen(uint64_t offset, uint64_t size)
{
    (void)offset, (void)size;
    return true;
}
#endif
