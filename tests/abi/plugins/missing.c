/* A plugin that needs a library which is not there when it is loaded, or with UNDEFINED calls core as if it were linked. */
#include <cplug/plugin.h>

#ifdef UNDEFINED
extern int cplug_of_another_version(void);
#define CALL() (cplug_of_another_version() != 0)
#else
extern int cplugtest_gone(void);
#define CALL() (cplugtest_gone() != 0)
#endif

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    (void)h, (void)r, (void)e;
    return CALL() ? CPLUG_OK : CPLUG_E_INTERNAL;
}

CPLUG_PLUGIN(missing, ID, "1.0", "Apache-2.0", "cannot be loaded", "scheduler:" ID, init);
