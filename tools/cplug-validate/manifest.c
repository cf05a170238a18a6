/* manifest.c: what the plugin promises in its manifest, which is read without running it, against what it registers. */
#include "validate.h"
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 4096, LONGEST = 128 };
static char brought[MOST][LONGEST]; /* "kernel:relu@cpu" */
static bool promised[MOST];
static uint32_t n_brought;

static const void *note(const char *kind, const void *descriptor)
{
    const char *const *after = (const char *const *)((const char *)descriptor + 2 * sizeof(uint32_t)); /* id or name stands there */
    const cplug_kernel *k = descriptor;
    if (n_brought == MOST) return descriptor;
    if (strcmp(kind, "kernel") == 0)
        snprintf(brought[n_brought++], LONGEST, "kernel:%s@%s", k->op, k->device);
    else
        snprintf(brought[n_brought++], LONGEST, "%s:%s", kind, *after);
    return descriptor;
}

static void check_promise(const char *promise)
{
    bool kept = false;
    for (uint32_t i = 0; i < n_brought; i++) {
        if (fnmatch(promise, brought[i], 0) != 0) continue;
        kept = promised[i] = true;
    }
    if (!kept) check_fail("the manifest provides '%s', which is not registered", promise);
}

void validate_manifest(const char *path)
{
    static const char *const fields[] = { "id", "version", "license", "doc" };
    check_begin("plugin", "manifest");
    cplug_context *ctx = cplug_open("threads=1");
    if (ctx == NULL || load_wrapped(ctx, path, note) != CPLUG_OK) {
        check_fail("%s", ctx != NULL ? cplug_error_text(ctx) : cplug_error_text(NULL));
        return;
    }
    const cplug_plugin_info *info = NULL;
    for (int32_t i = 0; i < cplug_plugin_count(ctx); i++)
        if (cplug_plugin_get(ctx, i)->state == CPLUG_PLUGIN_STATIC) info = cplug_plugin_get(ctx, i);
    const char *values[] = { info ? info->id : "", info ? info->version : "", info ? info->license : "", info ? info->doc : "" };
    for (uint32_t i = 0; i < CPLUG_COUNT(fields); i++)
        if (values[i][0] == '\0') check_fail("the manifest has no %s", fields[i]);
    char text[16384], *state = NULL;
    snprintf(text, sizeof text, "%s", info ? info->provides : "");
    for (char *w = strtok_r(text, " ", &state); w != NULL; w = strtok_r(NULL, " ", &state)) check_promise(w);
    for (uint32_t i = 0; i < n_brought; i++)
        if (!promised[i]) check_fail("'%s' is registered, but the manifest does not provide it: nobody would find it", brought[i]);
    check_note("%s %s, ABI %d.%d, brings %u things", values[0], values[1], info ? (int)info->abi_major : 0, info ? (int)info->abi_minor : 0,
               n_brought);
    check_end();
    cplug_close(ctx);
}
