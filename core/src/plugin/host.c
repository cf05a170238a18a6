/* host.c: the table that every plugin is handed, one const for the process, and behind query() the whole public API as a table of
 * functions, generated from the headers. */
#include "plugin/loader.h"
#define CPLUG_API_FILL
#include <cplug/api_table.h>
#include <cplug/api_fill.h>

static const void *query(const char *id);

static const cplug_host host = {
    .struct_size = sizeof host,
    .abi_major = CPLUG_ABI_MAJOR,
    .abi_minor = CPLUG_ABI_MINOR,
    .name = "cplug",
    .version = CPLUG_VERSION,
    .fail = cplug__error_fill,
    .log = cplug__log,
    .alloc = cplug__alloc,
    .free = cplug__free,
    .parallel_for = cplug__parallel_for,
    .philox = cplug__philox,
    .add = cplug__registrar_add,
    .query = query,
};

static const cplug_api api = CPLUG_API_INITIALISER;

static const void *query(const char *id) { return id && strcmp(id, "cplug.api/0") == 0 ? &api : NULL; }

const cplug_host *cplug_host_table(void) { return &host; }
