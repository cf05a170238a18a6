/* version.c: which cplug-run this is: version, git commit, ABI, compiler, build type, plugin folders. */
#include "tool.h"
#include "git.h"
#include <string.h>

const char git_version[] = CPLUG_GIT;

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

cJSON *plugin_folders(cplug_context *ctx)
{
    cJSON *list = cJSON_CreateArray();
    char last[4096] = "";
    for (int32_t i = 0; i < cplug_plugin_count(ctx); i++) {
        const char *path = cplug_plugin_get(ctx, i)->path, *slash = strrchr(path, '/');
        const size_t n = slash != NULL ? (size_t)(slash - path) : 0;
        if (n == 0 || n >= sizeof last || (strlen(last) == n && strncmp(last, path, n) == 0)) continue;
        memcpy(last, path, n);
        last[n] = '\0';
        cJSON_AddItemToArray(list, cJSON_CreateString(last));
    }
    return list;
}

cJSON *build_json(void)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "type", "version");
    cJSON_AddStringToObject(o, "version", cplug_version());
    cJSON_AddStringToObject(o, "git", git_version);
    cJSON_AddNumberToObject(o, "abi_major", CPLUG_ABI_MAJOR);
    cJSON_AddNumberToObject(o, "abi_minor", CPLUG_ABI_MINOR);
    cJSON_AddStringToObject(o, "compiler", COMPILER);
    cJSON_AddStringToObject(o, "build_type", CPLUG_BUILD_TYPE);
    cJSON_AddStringToObject(o, "sanitizer", CPLUG_BUILD_SANITIZE);
    return o;
}

int print_version(bool json)
{
    if (!json) {
        printf("cplug-run %s\n", cplug_version());
        return CPLUG_RUN_OK;
    }
    cJSON *o = build_json();
    cplug_context *ctx = cplug_open(NULL);
    cJSON_AddItemToObject(o, "plugin_dirs", plugin_folders(ctx));
    print_json(o);
    cplug_close(ctx);
    return CPLUG_RUN_OK;
}
