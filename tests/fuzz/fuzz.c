/* fuzz.c: see fuzz.h. */
#include "fuzz.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RENEW = 200, MOST_NAMES = 8 };
#define OPTIONS "threads=1 backends=cpu memory_limit=67108864"

static char folder[128];
static cplug_context *context;
static unsigned uses;

static void tidy(void)
{
    char path[512];
    if (context) cplug_close(context);
    context = NULL;
    DIR *d = opendir(folder);
    for (struct dirent *f; d && (f = readdir(d)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", folder, f->d_name);
        (void)unlink(path);
    }
    if (d) closedir(d);
    rmdir(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    struct stat s;
    const char *parent = getenv("TMPDIR");
    if (!parent) parent = stat("/dev/shm", &s) == 0 && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : P_tmpdir;
    setenv("OMP_NUM_THREADS", "1", 1);
    snprintf(folder, sizeof folder, "%.90s/cplug-fuzz-XXXXXX", parent);
    if (!mkdtemp(folder)) abort();
    atexit(tidy);
    fuzz_context(); /* plugins join the coverage now */
    return 0;
}

cplug_context *fuzz_context(void)
{
    if (uses++ % RENEW == 0) {
        if (context) cplug_close(context);
        context = cplug_open(OPTIONS);
        if (!context) {
            fprintf(stderr, "%s\n", cplug_error_text(NULL));
            abort();
        }
        cplug_plugin_load_all(context);
    }
    cplug_error_clear(context);
    cplug_seed(context, 0);
    return context;
}

const char *fuzz_folder(void) { return folder; }

const char *fuzz_file(const char *name, const void *data, size_t size)
{
    static char paths[MOST_NAMES][256];
    static unsigned turn;
    char *path = paths[turn = (turn + 1) % MOST_NAMES];
    snprintf(path, sizeof *paths, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0) abort();
    return path;
}

void fuzz_judge(cplug_context *ctx)
{
    if (cplug_failed(ctx) == CPLUG_OK) return;
    if (!cplug_error_text(ctx)[0] || cplug_failed(ctx) == CPLUG_E_INTERNAL) {
        fprintf(stderr, "an error of code %d: '%s'\n", (int)cplug_failed(ctx), cplug_error_text(ctx));
        abort();
    }
    cplug_error_clear(ctx);
}

void fuzz_data(cplug_context *ctx, const char *spec)
{
    cplug_tensor *out[8];
    char text[512];
    cplug_scope *scope = cplug_scope_open(ctx);
    cplug_data *d = cplug_data_open(ctx, spec, NULL);
    const int64_t n = cplug_data_length(d);
    const uint32_t fields = cplug_data_n_fields(d) < 8 ? cplug_data_n_fields(d) : 8;
    for (int64_t i = 0; i < n && !cplug_failed(ctx); i += n > 1 ? n - 1 : 1) {
        cplug_data_get(d, i, out, fields);
        for (uint32_t f = 0; f < fields; f++) cplug_tensor_format(out[f], text, sizeof text);
    }
    cplug_data_close(d);
    cplug_scope_close(scope);
    fuzz_judge(ctx);
}

void fuzz_tensors(cplug_context *ctx, const char *path)
{
    cplug_file *f = cplug_file_open(ctx, path);
    fuzz_judge(ctx);
    for (int64_t i = 0; i < cplug_file_count(f); i++) {
        char text[512];
        cplug_meta meta;
        cplug_scope *scope = cplug_scope_open(ctx);
        cplug_tensor *t = cplug_file_read(f, cplug_file_name(f, i, &meta));
        cplug_tensor_format(t, text, sizeof text);
        cplug_scope_close(scope);
        fuzz_judge(ctx);
    }
    cplug_file_metadata(f, "format");
    cplug_file_close(f);
}
