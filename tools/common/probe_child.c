/* probe_child.c: the child of a probe.  It lets core load the plugin under a host table whose add() also writes down what is registered,
 * and reports each phase before it enters it, so that the parent knows where it ended. */
#include "describe.h"
#include "probe.h"
#include <cplug/cplug.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENTRY_SYMBOL "cplug_plugin_v" CPLUG_STR(CPLUG_ABI_MAJOR)
enum { MOST = 65536 }; /* registrations of one plugin */

static struct {
    const cplug_plugin *entry;
    cplug_host host;
    struct {
        const char *kind;
        const void *descriptor;
    } * list;
    uint32_t n;
} probed;

static void send(const char *text, size_t n)
{
    for (ssize_t done; n > 0 && (done = write(PROBE_FD, text, n)) > 0; text += done) n -= (size_t)done;
}

static void phase(char letter)
{
    const char line[] = { '@', letter, '\n' };
    send(line, sizeof line);
}

static cplug_status add(cplug_registrar *r, const char *kind, const void *descriptor, cplug_error *e)
{
    const cplug_status st = cplug_host_table()->add(r, kind, descriptor, e);
    if (st != CPLUG_OK || probed.n == MOST) return st;
    void *grown = realloc(probed.list, (probed.n + 1) * sizeof *probed.list);
    if (grown == NULL) return cplug_host_table()->fail(e, CPLUG_E_NOMEM, "out of memory");
    probed.list = grown;
    probed.list[probed.n].kind = kind;
    probed.list[probed.n++].descriptor = descriptor;
    return CPLUG_OK;
}

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    memcpy(&probed.host, h, sizeof probed.host);
    probed.host.add = add;
    phase(PROBE_INIT);
    const cplug_status st = probed.entry->init(&probed.host, r, e);
    phase(PROBE_LOOKING);
    return st;
}

/* Loads the file as core does, with our init around the plugin's.  What dlopen says against it core says better, so core is asked too. */
static cplug_status load(cplug_context *ctx, const char *path)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    probed.entry = handle != NULL ? dlsym(handle, ENTRY_SYMBOL) : NULL;
    if (probed.entry == NULL) return cplug_plugin_load(ctx, path);
    static cplug_plugin wrapped;
    const bool whole = probed.entry->magic == CPLUG_MAGIC && probed.entry->struct_size >= sizeof wrapped;
    if (!whole || probed.entry->init == NULL) return cplug_plugin_add(ctx, probed.entry); /* which refuses it */
    wrapped = *probed.entry;
    wrapped.init = init;
    return cplug_plugin_add(ctx, &wrapped);
}

/* Without core's "plugin 'x':" before it, since the parent names the file itself. */
static const char *bare(const char *text)
{
    const char *end = strncmp(text, "plugin '", 8) == 0 ? strstr(text + 8, "': ") : NULL;
    return end != NULL ? end + 3 : text;
}

static cJSON *look(void)
{
    cJSON *list = cJSON_CreateArray();
    for (uint32_t i = 0; i < probed.n; i++) cJSON_AddItemToArray(list, describe_component(probed.list[i].kind, probed.list[i].descriptor));
    return list;
}

bool probe_is_child(int argc, char **argv) { return argc == 3 && strcmp(argv[1], PROBE_WORD) == 0; }

int probe_child(char **argv)
{
    cJSON *report = cJSON_CreateObject();
    cplug_context *ctx = cplug_open(NULL);
    phase(PROBE_LOADING);
    const cplug_status st = ctx != NULL ? load(ctx, argv[2]) : CPLUG_E_NOMEM;
    if (st != CPLUG_OK)
        cJSON_AddStringToObject(report, "reason", bare(cplug_error_text(ctx)));
    else
        cJSON_AddItemToObject(report, "brings", look());
    char *text = cJSON_PrintUnformatted(report);
    phase(PROBE_LEAVING);
    if (text != NULL) {
        send(text, strlen(text));
        send("\n", 1);
    }
    cJSON_free(text);
    cJSON_Delete(report);
    free(probed.list);
    cplug_error_clear(ctx);
    cplug_close(ctx);
    return 0;
}
