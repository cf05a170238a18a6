/* mode.c: changing to the default floating-point mode and back.  fegetround looks at the x87 unit too, which glibc asks for the direction
 * in which printf and strtod round. */
#include "base/mode.h"

void cplug__mode_enter(cplug__mode *m)
{
    m->changed = cplug__mode_foreign() || fegetround() != FE_TONEAREST;
    if (!m->changed) return;
    fegetenv(&m->host);
    fesetenv(FE_DFL_ENV);
}

void cplug__mode_leave(cplug__mode *m)
{
    if (m->changed) fesetenv(&m->host);
}

void cplug__mode_own(void) { fesetenv(FE_DFL_ENV); }
