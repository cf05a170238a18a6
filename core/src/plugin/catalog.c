/* catalog.c: the plugins that a context could use, in the order of the search path, each with what its manifest says and what became of
 * it.  Ids are unique: the first path wins, later ones are listed as shadowed.  A broken file is listed with its reason. */
#include "plugin/loader.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

bool cplug__reserve(void *array, uint32_t n, uint32_t *room, uint32_t more, uint64_t item)
{
    if (more <= *room - n) return true;
    const uint64_t wanted = MAX(2 * (uint64_t)*room, (uint64_t)n + more + 8);
    void *old;
    memcpy(&old, array, sizeof old);
    void *grown = wanted > UINT32_MAX ? NULL : cplug__grow(old, n * item, wanted * item);
    if (!grown) return false;
    memcpy(array, &grown, sizeof grown);
    *room = (uint32_t)wanted;
    return true;
}

const char *cplug__intern(cplug__registry *r, const char *text)
{
    const char *copy = cplug__arena_strdup(&r->arena, text, strlen(text));
    return copy ? copy : "out of memory";
}

void cplug__plugin_fail(cplug__registry *r, cplug__plugin *p, cplug_status status, const char *reason)
{
    p->info.state = CPLUG_PLUGIN_FAILED;
    p->info.reason = cplug__intern(r, reason);
    p->status = status;
    if (cplug__log_topic("plugin")) cplug__log(CPLUG_LOG_DEBUG, "plugin %s: %s", p->info.path, reason);
}

static cplug__plugin *new_plugin(cplug__registry *r, const char *path)
{
    if (!cplug__reserve(&r->plugins, r->n_plugins, &r->plugin_room, 1, sizeof *r->plugins)) return NULL;
    cplug__plugin *p = cplug__arena_alloc(&r->arena, sizeof *p);
    const char *copy = cplug__arena_strdup(&r->arena, path, strlen(path));
    if (!p || !copy) return NULL;
    p->info = (cplug_plugin_info){ .struct_size = sizeof p->info, .state = CPLUG_PLUGIN_LISTED, .path = copy };
    p->info.id = p->info.version = p->info.license = p->info.doc = p->info.provides = p->info.reason = "";
    return p;
}

static void set_manifest(cplug__plugin *p, const cplug__manifest *m)
{
    p->info.id = m->id;
    p->info.version = m->version;
    p->info.license = m->license;
    p->info.doc = m->doc;
    p->info.provides = m->provides;
    p->info.abi_major = m->abi_major;
    p->info.abi_minor = m->abi_minor;
}

static bool holds_id(const cplug__plugin *p)
{
    return p->info.state == CPLUG_PLUGIN_LISTED || p->info.state == CPLUG_PLUGIN_LOADED || p->info.state == CPLUG_PLUGIN_STATIC;
}

static cplug__plugin *owner_of(const cplug__registry *r, const char *id, const cplug__plugin *except)
{
    for (uint32_t i = 0; i < r->n_plugins; i++)
        if (r->plugins[i] != except && holds_id(r->plugins[i]) && strcmp(r->plugins[i]->info.id, id) == 0) return r->plugins[i];
    return NULL;
}

static void shadow(cplug__registry *r, cplug__plugin *p, const cplug__plugin *by)
{
    char text[PATH_MAX + 128];
    snprintf(text, sizeof text, "the id '%s' is taken by %s, which comes first", p->info.id,
             by->info.path[0] ? by->info.path : "a plugin inside the program");
    p->info.state = CPLUG_PLUGIN_SHADOWED;
    p->info.reason = cplug__intern(r, text);
    if (cplug__log_topic("plugin")) cplug__log(CPLUG_LOG_DEBUG, "plugin %s: shadowed: %s", p->info.path, text);
}

/* Exact ids that the plugin promises, for listings; patterns are not listed. */
static bool add_promises(cplug__registry *r, const cplug__plugin *p)
{
    const char *s = p->info.provides;
    while (*(s += strspn(s, " \t"))) {
        const size_t n = strcspn(s, " \t");
        const char *colon = memchr(s, ':', n);
        if (colon && !memchr(s, '*', n)) {
            const char *kind = cplug__arena_strdup(&r->arena, s, (size_t)(colon - s));
            const char *id = cplug__arena_strdup(&r->arena, colon + 1, n - (size_t)(colon - s) - 1);
            if (!kind || !id || !cplug__reserve(&r->promises, r->n_promises, &r->promise_room, 1, sizeof *r->promises)) return false;
            r->promises[r->n_promises++] = (cplug__promise){ kind, id, p };
        }
        s += n;
    }
    return true;
}

/* Reads the manifest and the versions; the plugin's state is LISTED or FAILED after it.  false: no memory. */
static bool examine(cplug__registry *r, cplug__plugin *p)
{
    cplug__manifest m;
    cplug_error e = CPLUG__ERROR_INIT;
    p->info.state = CPLUG_PLUGIN_LISTED;
    p->info.reason = "";
    p->status = CPLUG_OK;
    const bool readable = cplug__manifest_read(&r->arena, p->info.path, &m, &e);
    if (readable) {
        set_manifest(p, &m);
        cplug__version_check(m.abi_major, m.abi_minor, &e);
    }
    if (e.code == CPLUG_E_NOMEM) return false;
    if (e.code) cplug__plugin_fail(r, p, e.code, e.message);
    return e.code || add_promises(r, p);
}

static cplug__plugin *same_file(const cplug__registry *r, const struct stat *s)
{
    for (uint32_t i = 0; i < r->n_plugins; i++)
        if (r->plugins[i]->ino == (uint64_t)s->st_ino && r->plugins[i]->dev == (uint64_t)s->st_dev && s->st_ino) return r->plugins[i];
    return NULL;
}

static cplug__plugin *same_path(const cplug__registry *r, const char *path)
{
    for (uint32_t i = 0; i < r->n_plugins; i++)
        if (strcmp(r->plugins[i]->info.path, path) == 0) return r->plugins[i];
    return NULL;
}

static bool scan_file(cplug__registry *r, const char *path)
{
    struct stat s = { 0 };
    const bool there = stat(path, &s) == 0;
    if ((there && same_file(r, &s)) || same_path(r, path)) return true;
    cplug__plugin *p = new_plugin(r, path);
    if (!p) return false;
    p->dev = there ? (uint64_t)s.st_dev : 0;
    p->ino = there ? (uint64_t)s.st_ino : 0;
    if (!examine(r, p)) return false;
    const cplug__plugin *owner = p->info.state == CPLUG_PLUGIN_LISTED ? owner_of(r, p->info.id, p) : NULL;
    if (owner) shadow(r, p, owner);
    r->plugins[r->n_plugins++] = p;
    return true;
}

void cplug__catalog_scan(cplug__registry *r)
{
    if (r->scanned) return;
    cplug__found found = { 0 };
    cplug__search(&r->arena, r->plugin_path, &found);
    bool whole = !found.failed;
    for (int64_t i = 0; i < found.n && whole; i++) whole = scan_file(r, found.paths[i]);
    cplug__free(found.paths);
    cplug__text_free(&r->searched);
    r->searched = found.searched;
    r->scanned = whole; /* else the next look-up tries again */
    if (!whole) r->no_memory = true;
}

cplug__plugin *cplug__catalog_path(cplug__registry *r, const char *path)
{
    struct stat s = { 0 };
    char real[PATH_MAX];
    const bool there = stat(path, &s) == 0;
    if (there && realpath(path, real)) path = real;
    cplug__plugin *p = there ? same_file(r, &s) : NULL;
    if (p && (p->info.state == CPLUG_PLUGIN_LOADED || p->info.state == CPLUG_PLUGIN_STATIC)) return p;
    const bool fresh = !p;
    if (fresh && !(p = new_plugin(r, path))) return NULL;
    p->dev = there ? (uint64_t)s.st_dev : 0;
    p->ino = there ? (uint64_t)s.st_ino : 0;
    if (!examine(r, p)) return NULL;
    if (fresh) r->plugins[r->n_plugins++] = p;
    if (p->info.state != CPLUG_PLUGIN_LISTED) return p;
    for (cplug__plugin *owner; (owner = owner_of(r, p->info.id, p)) != NULL;) {
        if (owner->info.state != CPLUG_PLUGIN_LISTED) {
            shadow(r, p, owner);
            break;
        }
        shadow(r, owner, p);
    }
    return p;
}

cplug__plugin *cplug__catalog_static(cplug__registry *r, const cplug_plugin *entry, cplug_error *e)
{
    for (uint32_t i = 0; i < r->n_plugins; i++)
        if (entry && r->plugins[i]->entry == entry) return r->plugins[i];
    cplug__manifest m;
    if (cplug__entry_check(entry, e) || !cplug__manifest_parse(&r->arena, entry->manifest, strlen(entry->manifest), &m, e)) return NULL;
    cplug__plugin *owner = owner_of(r, m.id, NULL);
    if (owner && owner->info.state != CPLUG_PLUGIN_LISTED) {
        cplug__error_fill(e, CPLUG_E_INVALID, "the id '%s' is taken by %s", m.id,
                          owner->info.path[0] ? owner->info.path : "another plugin inside the program");
        return NULL;
    }
    cplug__plugin *p = new_plugin(r, "");
    if (!p) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory"), NULL;
    set_manifest(p, &m);
    p->entry = entry;
    if (owner) shadow(r, owner, p);
    r->plugins[r->n_plugins++] = p;
    return p;
}
