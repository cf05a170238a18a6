/* written.c: with which versions of which plugins a file was written.  `check --print` says so in [cplug] plugins; an older installation
 * that meets a key or a component that it does not know can then tell who does. */
#include "plan.h"
#include <stdio.h>

typedef struct used_part {
    const char *kind, *id;
    struct used_part *next;
} used_part;

void cplug__written_note(plan *p, const char *kind, const char *id)
{
    used_part **end = &p->used;
    for (; *end != NULL; end = &(*end)->next)
        if (strcmp((*end)->kind, kind) == 0 && strcmp((*end)->id, id) == 0) return;
    if ((*end = cplug__pool_alloc(p->c->pool, sizeof **end)) != NULL) **end = (used_part){ kind, id, NULL };
}

/* Is "kind:id", or a "kind:*" that covers it, in a manifest's list?  id NULL: anything of the kind. */
static bool provides(const char *list, const char *kind, const char *id)
{
    const size_t n = strlen(kind);
    for (const char *p = list; *p; p += strspn(p, " ")) {
        const size_t length = strcspn(p, " ");
        const char *name = p + n + 1;
        if (length > n && strncmp(p, kind, n) == 0 && p[n] == ':') {
            const size_t rest = length - n - 1;
            if (id == NULL || (strlen(id) == rest && strncmp(name, id, rest) == 0)) return true;
            if (rest && name[rest - 1] == '*' && strncmp(name, id, rest - 1) == 0) return true;
        }
        p += length;
    }
    return false;
}

static bool usable(const cplug_plugin_info *i)
{
    return i->state == CPLUG_PLUGIN_LISTED || i->state == CPLUG_PLUGIN_LOADED || i->state == CPLUG_PLUGIN_STATIC;
}

static bool gives_any(const plan *p, const cplug_plugin_info *i)
{
    for (const used_part *u = p->used; u != NULL; u = u->next)
        if (provides(i->provides, u->kind, u->id)) return true;
    return false;
}

const char *cplug__written_text(plan *p)
{
    str out = { 0 };
    cplug__str_add(&out, "cplug %s", cplug_version());
    for (int32_t i = 0; i < cplug_plugin_count(p->ctx); i++) {
        const cplug_plugin_info *info = cplug_plugin_get(p->ctx, i);
        const bool in_use = info->state == CPLUG_PLUGIN_LOADED || info->state == CPLUG_PLUGIN_STATIC;
        if (in_use && out.n < 800 && gives_any(p, info)) cplug__str_add(&out, ", %s %s", info->id, info->version);
    }
    const char *text = cplug__pool_copy(p->c->pool, cplug__str_text(&out), out.n);
    if (out.failed) p->c->pool->failed = true;
    cplug__str_free(&out);
    return text;
}

/* Is version a later than b?  Numbers between dots; what is no number counts as 0. */
static bool later(const char *a, const char *b)
{
    while (*a || *b) {
        unsigned long x = 0, y = 0;
        for (; *a >= '0' && *a <= '9' && x < 1000000000; a++) x = x * 10 + (unsigned long)(*a - '0');
        for (; *b >= '0' && *b <= '9' && y < 1000000000; b++) y = y * 10 + (unsigned long)(*b - '0');
        if (x != y) return x > y;
        while (*a && *a++ != '.') {}
        while (*b && *b++ != '.') {}
    }
    return false;
}

/* The next "ID VERSION" of the file's list; false at its end. */
static bool next_pair(plan *p, const char **at, const char **id, const char **version)
{
    while (**at == ' ' || **at == '\t' || **at == ',' || **at == '[' || **at == ']') ++*at;
    const size_t n = strcspn(*at, ",]"), middle = strcspn(*at, " \t,]");
    if (n == 0) return false;
    *id = cplug__pool_copy(p->c->pool, *at, middle);
    const char *v = *at + middle + strspn(*at + middle, " \t");
    *version = cplug__pool_copy(p->c->pool, v, v < *at + n ? strcspn(v, " \t,]") : 0);
    *at += n;
    return true;
}

static const char *list_of(plan *p)
{
    const entry *e = cplug__section_entry(cplug__config_section(p->c, "cplug"), "plugins");
    const char *text = e != NULL ? cplug__expand(p->c, e, NULL) : NULL;
    return text != NULL ? text : "";
}

static const cplug_plugin_info *installed(plan *p, const char *id)
{
    for (int32_t i = 0; i < cplug_plugin_count(p->ctx); i++) {
        const cplug_plugin_info *info = cplug_plugin_get(p->ctx, i);
        if (usable(info) && strcmp(info->id, id) == 0) return info;
    }
    return NULL;
}

static const char *own_newer(plan *p, const char *id, const char *version)
{
    if (strcmp(id, "cplug") != 0 || !later(version, cplug_version())) return NULL;
    return cplug__pool_printf(p->c->pool, ": cplug %s, with which this file was written, knows it perhaps; installed is %s", version,
                              cplug_version());
}

const char *cplug__written_newer(plan *p, const char *kind, const char *part)
{
    const char *id, *version, *missing = "";
    for (const char *at = list_of(p); next_pair(p, &at, &id, &version);) {
        if (kind == NULL) {
            const char *text = own_newer(p, id, version);
            if (text != NULL) return text;
            continue;
        }
        const cplug_plugin_info *info = p->ctx != NULL && strcmp(id, "cplug") != 0 ? installed(p, id) : NULL;
        if (info != NULL && later(version, info->version) && provides(info->provides, kind, part))
            return cplug__pool_printf(p->c->pool, ": %s %s, with which this file was written, knows it perhaps; installed is %s (%s)", id,
                                      version, info->version, info->path);
        if (info == NULL && part == NULL && strcmp(id, "cplug") != 0)
            missing = cplug__pool_printf(p->c->pool, ": the file was written with %s %s, which is not installed", id, version);
    }
    return missing;
}
