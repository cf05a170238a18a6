// A plugin in C++ whose init lets an exception out into C.
#include <cplug/plugin.h>
#include <stdexcept>

static cplug_status init(const cplug_host *, cplug_registrar *, cplug_error *) { throw std::runtime_error("no device in slot 3"); }

CPLUG_PLUGIN(throws, "fault.throws", "1.0", "Apache-2.0", "broken on purpose", "scheduler:fault.throws", init);
