/* search.c: where plugins are looked for, in this order: the context's option plugin_path, CPLUG_PLUGIN_PATH, the user's data folder,
 * the folder beside libcplug.so.  Only cplug-*.so, sorted; never a relative folder (so never the current one), never one
 * that everybody may write to.
 * Nothing from the environment in a program with raised privileges. */
#include "plugin/loader.h"
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUBDIR "cplug/plugins-" CPLUG_STR(CPLUG_ABI_MAJOR)

static bool is_plugin_name(const char *name)
{
    const size_t n = strlen(name);
    return n > strlen("cplug-.so") && strncmp(name, "cplug-", 6) == 0 && strcmp(name + n - 3, ".so") == 0;
}

static void add_path(cplug__arena *a, const char *dir, const char *name, cplug__found *out)
{
    const size_t n = strlen(dir), m = strlen(name);
    char *path = cplug__arena_alloc(a, n + m + 2);
    if (path && out->n == out->room) {
        const int64_t room = out->room ? 2 * out->room : 64;
        const char **grown = cplug__grow(out->paths, (uint64_t)out->room * sizeof *grown, (uint64_t)room * sizeof *grown);
        if (grown) {
            out->paths = grown;
            out->room = room;
        } else {
            path = NULL;
        }
    }
    if (!path) {
        out->failed = true;
        return;
    }
    memcpy(path, dir, n);
    path[n] = '/';
    memcpy(path + n + 1, name, m);
    out->paths[out->n++] = path;
}

/* NULL when the folder may be searched, else why not. */
static const char *refuse(const char *dir)
{
    struct stat s;
    if (dir[0] != '/') return "not an absolute path";
    if (stat(dir, &s)) return strerror(errno);
    if (!S_ISDIR(s.st_mode)) return "not a folder";
    if (s.st_mode & S_IWOTH) return "everybody may write to it";
    return NULL;
}

static int by_name(const void *x, const void *y) { return strcmp(*(const char *const *)x, *(const char *const *)y); }

static void search_dir(cplug__arena *a, const char *dir, bool asked_for, cplug__found *out)
{
    const bool loud = cplug__log_topic("plugin");
    const char *why = refuse(dir);
    DIR *d = why ? NULL : opendir(dir);
    if (!why && !d) why = strerror(errno);
    if (why) {
        if (asked_for || access(dir, F_OK) == 0)
            cplug__log(CPLUG_LOG_WARN, "plugin folder %s is not searched: %s", dir, why);
        else if (loud)
            cplug__log(CPLUG_LOG_DEBUG, "plugin folder %s is not searched: %s", dir, why);
        cplug__text_add(&out->searched, "%s%s (%s)", out->searched.length ? ", " : "", dir, why);
        return;
    }
    const int64_t first = out->n;
    for (const struct dirent *entry; (entry = readdir(d)) != NULL;)
        if (is_plugin_name(entry->d_name)) add_path(a, dir, entry->d_name, out);
    closedir(d);
    if (out->n > first) qsort(out->paths + first, (size_t)(out->n - first), sizeof *out->paths, by_name);
    cplug__text_add(&out->searched, "%s%s", out->searched.length ? ", " : "", dir);
    if (loud) cplug__log(CPLUG_LOG_DEBUG, "plugin folder %s: %lld files", dir, (long long)(out->n - first));
}

static void search_list(cplug__arena *a, const char *list, cplug__found *out)
{
    while (list && *list) {
        const size_t n = strcspn(list, ":");
        char dir[PATH_MAX];
        if (n > 0 && n < sizeof dir) {
            memcpy(dir, list, n);
            dir[n] = '\0';
            search_dir(a, dir, true, out);
        }
        list += n + (list[n] == ':');
    }
}

static void search_user(cplug__arena *a, cplug__found *out)
{
    char dir[PATH_MAX] = "";
    const char *data = secure_getenv("XDG_DATA_HOME"), *home = secure_getenv("HOME");
    int n = -1;
    if (data && data[0] == '/')
        n = snprintf(dir, sizeof dir, "%s/" SUBDIR, data);
    else if (home && home[0] == '/')
        n = snprintf(dir, sizeof dir, "%s/.local/share/" SUBDIR, home);
    if (n > 0 && (size_t)n < sizeof dir) search_dir(a, dir, false, out);
}

static void search_beside(cplug__arena *a, cplug__found *out)
{
    static const char here[] = "in libcplug.so";
    Dl_info self;
    char real[PATH_MAX], dir[PATH_MAX + sizeof SUBDIR];
    if (!dladdr(here, &self) || !self.dli_fname || !realpath(self.dli_fname, real)) return;
    char *slash = strrchr(real, '/');
    if (!slash) return;
    *slash = '\0';
    snprintf(dir, sizeof dir, "%s/" SUBDIR, real);
    search_dir(a, dir, false, out);
}

void cplug__search(cplug__arena *a, const char *plugin_path, cplug__found *out)
{
    search_list(a, plugin_path, out);
    search_list(a, secure_getenv("CPLUG_PLUGIN_PATH"), out);
    search_user(a, out);
    search_beside(a, out);
}
