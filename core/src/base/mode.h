/* mode.h: the floating-point mode of the thread that works for us.  A host may flush subnormals to zero, round another way or have traps
 * on; our numbers must not depend on that, and the host must find its mode as it left it.  Asking costs about a nanosecond; only a thread
 * whose mode is not the default one pays for a change there and back. */
#ifndef CPLUG_MODE_H
#define CPLUG_MODE_H
#include "base/base.h"
#include <fenv.h>

typedef struct cplug__mode {
    fenv_t host;
    bool changed;
} cplug__mode;
void cplug__mode_enter(cplug__mode *m); /* the default mode; m keeps the one before, flags that stood included */
void cplug__mode_leave(cplug__mode *m);
extern _Thread_local int32_t cplug__mode_owned __attribute__((tls_model("initial-exec"))); /* depth of such blocks: no need to ask */
void cplug__mode_own(void); /* for threads of our own, which a host's thread gave its mode at birth */

/* To the end of the block the thread computes in the default mode. */
#define CPLUG__OWN_MODE                                                                                                                    \
    __attribute__((cleanup(cplug__mode_leave))) cplug__mode mode_before_;                                                                  \
    cplug__mode_enter(&mode_before_)

/* Whether rounding, subnormals or traps are not as a process starts.  Flags that merely tell of what happened do not count. */
static inline bool cplug__mode_foreign(void)
{
    if (cplug__mode_owned) return false;
#if defined(__x86_64__)
    enum { MODE = 0xFFC0, DEFAULT = 0x1F80 };
    return UNLIKELY((__builtin_ia32_stmxcsr() & MODE) != DEFAULT);
#elif defined(__aarch64__)
    uint64_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    return UNLIKELY(fpcr != 0);
#else
    return UNLIKELY(fegetround() != FE_TONEAREST);
#endif
}
#endif
