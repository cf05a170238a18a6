/* mode.c: changing to the default floating-point mode and back. */
#include "base/mode.h"

_Thread_local int32_t cplug__mode_owned;

void cplug__mode_enter(cplug__mode *m)
{
    m->changed = cplug__mode_foreign();
    cplug__mode_owned++;
    if (!m->changed) return;
    fegetenv(&m->host);
    fesetenv(FE_DFL_ENV);
}

void cplug__mode_leave(cplug__mode *m)
{
    cplug__mode_owned--;
    if (m->changed) fesetenv(&m->host);
}

void cplug__mode_own(void)
{
    fesetenv(FE_DFL_ENV);
    cplug__mode_owned++;
}
