/* loader.h: what the files between a shared object on disk and the registry of a context share.
 * A plugin file has a manifest (read without running it), is loaded at most once a process, and its registrations are then taken over
 * by each context that wants them. */
#ifndef CPLUG_LOADER_H
#define CPLUG_LOADER_H
#include "tensor/tensor.h"

/* ---- manifest.c: the ELF file as bytes; nothing of it is run ---- */
typedef struct cplug__manifest { /* strings in the arena, never NULL */
    const char *id, *version, *license, *doc, *provides;
    int32_t abi_major, abi_minor;
} cplug__manifest;
bool cplug__manifest_read(cplug__arena *a, const char *path, cplug__manifest *out, cplug_error *e);
bool cplug__manifest_parse(cplug__arena *a, const char *text, uint64_t size, cplug__manifest *out, cplug_error *e);
/* true when `library` is among the shared libraries that the file itself names (DT_NEEDED) */
bool cplug__elf_needs(const char *path, const char *library);
/* true when provides names kind:id; '*' in it stands for anything, an id of "*" asks for anything of the kind */
bool cplug__provides(const char *provides, const char *kind, const char *id);
/* Steps through "kind:id kind:id": the id of the next entry of the kind, its length in *n; NULL at the end. */
const char *cplug__provides_next(const char **at, const char *kind, size_t *n);

/* ---- search.c: where plugins are looked for ---- */
typedef struct cplug__found {
    const char **paths;
    int64_t n, room;
    bool failed;
    cplug__text searched;
} cplug__found;
void cplug__search(cplug__arena *a, const char *plugin_path, cplug__found *out); /* files in order; searched: the folders, for messages */

/* ---- load.c: once per process ---- */
typedef struct cplug__registration {
    const char *kind;
    const void *descriptor;
} cplug__registration;
typedef struct cplug__loaded { /* lives as long as the process */
    const cplug_plugin *entry;
    cplug__registration *list;
    uint32_t n, room;
    cplug_status status; /* of init and of what it registered */
    char *reason;
    struct cplug__loaded *next;
} cplug__loaded;
cplug_status cplug__load_file(const char *path, const cplug__loaded **out, cplug_error *e);
cplug_status cplug__load_entry(const cplug_plugin *entry, const cplug__loaded **out, cplug_error *e);
cplug_status cplug__entry_check(const cplug_plugin *entry, cplug_error *e); /* versions; runs no code of the plugin */
cplug_status cplug__version_check(int32_t major, int32_t minor, cplug_error *e);
cplug_status cplug__registrar_add(cplug_registrar *r, const char *kind, const void *descriptor, cplug_error *e); /* host->add */

/* ---- validate.c ---- */
/* A descriptor that this host can work with.  CPLUG_OK for kinds that it does not know: they are parked. */
cplug_status cplug__descriptor_check(const char *kind, const void *descriptor, cplug_error *e);
bool cplug__kind_known(const char *kind);
const char *cplug__kind_nearest(const char *kind);           /* NULL when none is near */
bool cplug__same_space(const char *kind, const char *other); /* kinds whose ids must differ: a kind and itself, module and loss */
bool cplug__same_thing(const cplug__registration *a, const cplug__registration *b); /* would be a duplicate; kernels: op, backend, device */

/* ---- the registry of one context: catalog.c keeps the plugins, registry.c what they registered, info.c shows both ---- */
typedef struct cplug__plugin {
    cplug_plugin_info info; /* handed out to hosts */
    uint64_t dev, ino;      /* which file it is; 0, 0 for a static one */
    cplug_status status;    /* why it failed */
    const cplug_plugin *entry;
} cplug__plugin;
typedef struct cplug__entry {
    cplug__registration at;
    const cplug__plugin *owner; /* NULL: the host */
} cplug__entry;
typedef struct cplug__promise {
    const char *kind, *id;
    const cplug__plugin *owner;
} cplug__promise;
struct cplug__registry {
    cplug_context *ctx;
    cplug__arena arena;
    char *plugin_path;
    cplug__text searched;
    cplug__plugin **plugins;
    cplug__entry *entries;
    cplug__promise *promises;
    uint32_t n_plugins, plugin_room, n_entries, entry_room, n_promises, promise_room;
    bool scanned, no_memory; /* no_memory: some plugin could not be loaded for want of it */
};
/* Room for `more` items; false: out of memory, the array stays as it was. */
bool cplug__reserve(void *array, uint32_t n, uint32_t *room, uint32_t more, uint64_t item);

void cplug__catalog_scan(cplug__registry *r); /* reads the manifests of the search path, the first time */
/* The entry for an explicit path, read anew; it takes its id from plugins that are not loaded.  NULL: no memory. */
cplug__plugin *cplug__catalog_path(cplug__registry *r, const char *path);
cplug__plugin *cplug__catalog_static(cplug__registry *r, const cplug_plugin *entry, cplug_error *e);
void cplug__plugin_fail(cplug__registry *r, cplug__plugin *p, cplug_status status, const char *reason);
const char *cplug__intern(cplug__registry *r, const char *text); /* never NULL */

/* Takes a plugin over into the context.  strict: a duplicate id refuses the whole plugin; else the first one stays. */
cplug_status cplug__registry_load(cplug__registry *r, cplug__plugin *p, bool strict, cplug_error *e);
/* Core's own ops and its device, by name or by number; NULL when there is none. */
const void *cplug__builtin(const char *kind, const char *id);
const char *cplug__builtin_id(const char *kind, int32_t i);
const cplug__entry *cplug__registry_lookup(const cplug__registry *r, const char *kind, const char *id);
#endif
