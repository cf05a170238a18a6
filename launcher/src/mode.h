/* mode.h: the launcher computes too (means, rates, numbers to text and back), so its calls work in the default floating-point mode as
 * core's do, whatever the host has set, and give the host's back. */
#ifndef CPLUG_LAUNCHER_MODE_H
#define CPLUG_LAUNCHER_MODE_H
#include <fenv.h>

static inline fenv_t cplug__mode_enter(void)
{
    fenv_t host;
    fegetenv(&host);
    fesetenv(FE_DFL_ENV);
    return host;
}
static inline void cplug__mode_leave(const fenv_t *host) { fesetenv(host); }

/* To the end of the block. */
#define CPLUG__OWN_MODE __attribute__((cleanup(cplug__mode_leave), unused)) const fenv_t mode_before_ = cplug__mode_enter()
#endif
