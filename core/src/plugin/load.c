/* load.c: shared objects become registrations, once per process.  Versions are read from the const entry before any code of the plugin
 * runs; init fills a private list, and a failure anywhere means that nothing of the plugin is used.  After init a plugin is pinned: its
 * threads and thread-local destructors may outlive any dlclose. */
#include "plugin/loader.h"
#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

#define ENTRY_SYMBOL "cplug_plugin_v" CPLUG_STR(CPLUG_ABI_MAJOR)

struct cplug_registrar {
    cplug__loaded *into;
    cplug_error error; /* the first one, in case init drops it */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static cplug__loaded *all_loaded; /* kept for ever: their code is pinned */

/* ---- registering ---- */
static cplug_status add(cplug_registrar *r, const char *kind, const void *descriptor, cplug_error *e)
{
    cplug__loaded *l = r->into;
    const cplug_status st = cplug__descriptor_check(kind, descriptor, e);
    if (st) return st;
    const cplug__registration item = { kind, descriptor };
    for (uint32_t i = 0; i < l->n; i++)
        if (cplug__same_thing(&l->list[i], &item))
            return cplug__error_fill(e, CPLUG_E_INVALID, "%s '%s' is registered twice", kind, cplug__descriptor_id(kind, descriptor));
    if (!cplug__reserve(&l->list, l->n, &l->room, 1, sizeof *l->list)) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory");
    l->list[l->n++] = item;
    return CPLUG_OK;
}

cplug_status cplug__registrar_add(cplug_registrar *r, const char *kind, const void *descriptor, cplug_error *e)
{
    if (!r) return cplug__error_fill(e, CPLUG_E_INVALID, "host->add works inside of init only");
    cplug_error mine = CPLUG__ERROR_INIT;
    const cplug_status st = add(r, kind, descriptor, &mine);
    if (!st) return CPLUG_OK;
    if (!r->error.code) r->error = mine;
    return cplug__error_fill(e, st, "%s", mine.message);
}

/* ---- versions ---- */
cplug_status cplug__version_check(int32_t major, int32_t minor, cplug_error *e)
{
    if (major != CPLUG_ABI_MAJOR)
        return cplug__error_fill(e, CPLUG_E_VERSION, "built for cplug ABI %d, this cplug has ABI %d: get a build of the plugin for it",
                                 (int)major, CPLUG_ABI_MAJOR);
    if (minor > CPLUG_ABI_MINOR)
        return cplug__error_fill(e, CPLUG_E_VERSION, "needs cplug ABI %d.%d, this cplug has %d.%d: install a newer cplug", (int)major,
                                 (int)minor, CPLUG_ABI_MAJOR, CPLUG_ABI_MINOR);
    return CPLUG_OK;
}

cplug_status cplug__entry_check(const cplug_plugin *entry, cplug_error *e)
{
    if (!entry || entry->magic != CPLUG_MAGIC)
        return cplug__error_fill(e, CPLUG_E_FORMAT, "its entry is not a cplug_plugin: the magic number is wrong");
    if (entry->struct_size < sizeof(cplug_plugin))
        return cplug__error_fill(e, CPLUG_E_VERSION, "its entry has %u bytes, expected at least %zu", entry->struct_size,
                                 sizeof(cplug_plugin));
    const cplug_status st = cplug__version_check((int32_t)entry->abi_major, (int32_t)entry->needs_minor, e);
    if (st) return st;
    if (!entry->init || !entry->manifest) return cplug__error_fill(e, CPLUG_E_FORMAT, "its entry has no init or no manifest");
    return CPLUG_OK;
}

/* ---- init, once; the lock is held ---- */
static void discard(cplug__loaded *l)
{
    cplug__free(l->list);
    cplug__free(l->reason);
    cplug__free(l);
}

static cplug_status run_init(cplug__loaded *l, cplug_error *e)
{
    cplug_registrar r = { l, CPLUG__ERROR_INIT };
    cplug_error mine = CPLUG__ERROR_INIT;
    cplug_status st = l->entry->init(cplug_host_table(), &r, &mine);
    if (!st && !r.error.code) return CPLUG_OK;
    const cplug_error *say = mine.message[0] && st ? &mine : &r.error;
    if (!st) st = r.error.code;
    return cplug__error_fill(e, st, "%s", say->message[0] ? say->message : "its init failed and did not say why");
}

static cplug_status load_entry(const cplug_plugin *entry, const cplug__loaded **out, cplug_error *e)
{
    for (const cplug__loaded *l = all_loaded; l; l = l->next) {
        if (l->entry != entry) continue;
        *out = l;
        return l->status ? cplug__error_fill(e, l->status, "%s", l->reason) : CPLUG_OK;
    }
    cplug__loaded *l = cplug__alloc(sizeof *l);
    if (!l) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory");
    l->entry = entry;
    cplug_error why = CPLUG__ERROR_INIT;
    l->status = run_init(l, &why);
    if (l->status) {
        l->n = 0;
        l->reason = l->status == CPLUG_E_NOMEM ? NULL : cplug__strdup(why.message);
        cplug__error_fill(e, l->status, "%s", why.message);
        if (!l->reason) { /* want of memory passes: another try may succeed */
            const cplug_status st = l->status;
            discard(l);
            return st;
        }
    }
    l->next = all_loaded;
    all_loaded = l;
    *out = l;
    return l->status;
}

cplug_status cplug__load_entry(const cplug_plugin *entry, const cplug__loaded **out, cplug_error *e)
{
    cplug_status st = cplug__entry_check(entry, e);
    if (st) return st;
    pthread_mutex_lock(&lock);
    st = load_entry(entry, out, e);
    pthread_mutex_unlock(&lock);
    return st;
}

/* ---- files ---- */
/* dlerror's words, after ours where we know better what to do. */
static cplug_status open_error(const char *path, const char *words, cplug_error *e)
{
    static const char missing[] = ": cannot open shared object file", undefined[] = "undefined symbol: ";
    if (!words) words = "unknown error";
    const char *at = strstr(words, missing);
    char library[256] = "";
    if (at && (size_t)(at - words) < sizeof library && !memchr(words, '/', (size_t)(at - words)))
        memcpy(library, words, (size_t)(at - words));
    if (library[0])
        return cplug__error_fill(
            e, CPLUG_E_NOTFOUND,
            "needs the shared library '%s'%s, which was not found: install it or add its folder to LD_LIBRARY_PATH (%s)", library,
            cplug__elf_needs(path, library) ? "" : " (through another library)", words);
    if (strstr(words, "undefined symbol: cplug_"))
        return cplug__error_fill(e, CPLUG_E_FORMAT,
                                 "calls cplug directly: build it with CPLUG_PLUGIN_BUILD defined, so that calls go through the table (%s)",
                                 words);
    const char *symbol = strstr(words, undefined);
    if (symbol)
        return cplug__error_fill(e, CPLUG_E_FORMAT, "uses '%s', which neither it nor a library that it names has: link the library (%s)",
                                 symbol + sizeof undefined - 1, words);
    return cplug__error_fill(e, CPLUG_E_FORMAT, "%s", words);
}

static cplug_status load_file(const char *path, const cplug__loaded **out, cplug_error *e)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) return open_error(path, dlerror(), e);
    const cplug_plugin *entry = dlsym(handle, ENTRY_SYMBOL);
    cplug_status st = entry ? cplug__entry_check(entry, e) : cplug__error_fill(e, CPLUG_E_FORMAT, "exports no symbol " ENTRY_SYMBOL);
    if (st) {
        dlclose(handle); /* nothing but constructors ran */
        return st;
    }
    st = load_entry(entry, out, e);
    if (!st) (void)dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD | RTLD_NODELETE);
    return st;
}

cplug_status cplug__load_file(const char *path, const cplug__loaded **out, cplug_error *e)
{
    char real[PATH_MAX];
    if (!realpath(path, real)) return cplug__error_fill(e, CPLUG_E_NOTFOUND, "the file is gone");
    pthread_mutex_lock(&lock);
    const cplug_status st = load_file(real, out, e);
    pthread_mutex_unlock(&lock);
    return st;
}
