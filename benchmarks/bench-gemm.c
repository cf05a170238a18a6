/* bench-gemm.c: matrix products through the public API, in GFLOP/s, for a table of sizes and for every backend that has them.
 *
 *   bench-gemm [--json] [--threads N] [BACKEND ...]
 *
 * Without arguments: every installed backend of the cpu device, with one thread and with all.  NN is mm(a, b), NT is linear(a, b), TN is
 * mm of a transposed view: the three that a layer and its gradients use.  Figures are the best of several runs. */
#include <cplug/cplug.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REPEATS = 7, MAX_BACKENDS = 8, MAX_COLUMNS = 2 * MAX_BACKENDS };
#define RUN_FLOPS 1e8 /* one timed run is at least so long */

typedef enum form { NN, NT, TN } form;
static const char *const form_names[] = { "NN", "NT", "TN" };
static const struct {
    int64_t m, n, k;
    form form;
} sizes[] = {
    { 1024, 1024, 1024, NN }, { 512, 512, 512, NN }, { 256, 256, 256, NN }, { 64, 64, 64, NN },    { 16, 16, 16, NN },
    { 64, 128, 784, NT },     { 128, 784, 64, TN },  { 64, 64, 128, NT },   { 64, 64, 64, TN },    { 64, 10, 128, NT },
    { 10, 128, 64, TN },      { 64, 128, 10, NN },   { 1, 128, 784, NT },   { 1, 4096, 4096, NT }, { 2048, 768, 768, NT },
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void product(form f, cplug_tensor *a, cplug_tensor *b)
{
    if (f == NT)
        cplug_linear(a, b, NULL);
    else
        cplug_mm(f == TN ? cplug_transpose(a, 0, 1) : a, b);
}

static double gflops(cplug_context *ctx, int64_t m, int64_t n, int64_t k, form f)
{
    const int64_t a_shape[2] = { f == TN ? k : m, f == TN ? m : k }, b_shape[2] = { f == NT ? n : k, f == NT ? k : n };
    const double flops = 2.0 * (double)m * (double)n * (double)k;
    const int64_t calls = (int64_t)(RUN_FLOPS / flops) + 1;
    double best = 1e18;
    cplug_scope *outer = cplug_scope_open(ctx);
    cplug_tensor *a = cplug_randn(ctx, CPLUG_F32, 2, a_shape), *b = cplug_randn(ctx, CPLUG_F32, 2, b_shape);
    product(f, a, b);
    for (int r = 0; r < REPEATS; r++) {
        const double begin = now();
        for (int64_t i = 0; i < calls; i++) {
            cplug_scope *scope = cplug_scope_open(ctx);
            product(f, a, b);
            cplug_scope_close(scope);
        }
        const double each = (now() - begin) / (double)calls;
        if (each < best) best = each;
    }
    cplug_scope_close(outer);
    return flops / best * 1e-9;
}

/* A context in which products run on one backend, or NULL with a message. */
static cplug_context *open_with(const char *backend, int32_t threads)
{
    char options[128];
    snprintf(options, sizeof options, "backends=%s%s threads=%d", backend, strcmp(backend, "cpu") ? ",cpu" : "", (int)threads);
    cplug_context *ctx = cplug_open(options);
    if (!ctx) {
        fprintf(stderr, "%s: %s\n", backend, cplug_error_text(NULL));
        return NULL;
    }
    cplug_backend_override(ctx, "mm", backend);
    cplug_backend_override(ctx, "linear", backend);
    return ctx;
}

/* The backends that serve mm on the cpu device, in the order of their manifests. */
static int find_backends(const char *names[MAX_BACKENDS], char *room, size_t size)
{
    int n = 0;
    cplug_context *ctx = cplug_open(NULL);
    if (!ctx) return 0;
    snprintf(room, size, "%s", cplug_backends_text(ctx));
    cplug_close(ctx);
    for (char *rest = room, *word; n < MAX_BACKENDS && (word = strtok_r(rest, ",", &rest)) != NULL;)
        if (strcmp(word, "sim") != 0) names[n++] = word;
    return n;
}

int main(int argc, char **argv)
{
    const char *backends[MAX_BACKENDS];
    char room[256], texts[MAX_COLUMNS][160];
    int n_backends = 0, json = 0, only_threads = 0, n_columns = 0;
    cplug_context *columns[MAX_COLUMNS];
    const char *names[MAX_COLUMNS];
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            json = 1;
        else if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc)
            only_threads = atoi(argv[++i]);
        else if (n_backends < MAX_BACKENDS)
            backends[n_backends++] = argv[i];
    }
    if (n_backends == 0) n_backends = find_backends(backends, room, sizeof room);
    for (int b = 0; b < n_backends; b++) {
        for (int all = 0; all < 2 && !(all && only_threads); all++) {
            cplug_context *ctx = open_with(backends[b], only_threads ? only_threads : !all);
            if (!ctx) return 1;
            if (all && cplug_threads_get(ctx) == 1) {
                cplug_close(ctx);
                continue;
            }
            snprintf(texts[n_columns], sizeof texts[n_columns], "%s", cplug_backend_describe(ctx, backends[b]));
            names[n_columns] = backends[b];
            columns[n_columns++] = ctx;
        }
    }
    if (json) fputs("{\"columns\": [", stdout);
    for (int c = 0; c < n_columns; c++)
        printf(json ? "%s{\"backend\": \"%s\", \"threads\": %d, \"about\": \"%s\"}" : "%s%s, threads %d: %s\n", json && c ? ", " : "",
               names[c], (int)cplug_threads_get(columns[c]), texts[c]);
    if (json) fputs("], \"gflops\": [", stdout);
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char label[64];
        snprintf(label, sizeof label, "%lldx%lldx%lld %s", (long long)sizes[i].m, (long long)sizes[i].n, (long long)sizes[i].k,
                 form_names[sizes[i].form]);
        printf(json ? "%s{\"mnk\": \"%s\", \"values\": [" : "%s%-20s", json && i ? ", " : "", label);
        for (int c = 0; c < n_columns; c++) {
            const double value = gflops(columns[c], sizes[i].m, sizes[i].n, sizes[i].k, sizes[i].form);
            printf(json ? "%s%.1f" : "%s%9.1f", json && c ? ", " : "", value);
            fflush(stdout);
        }
        fputs(json ? "]}" : "\n", stdout);
    }
    if (json) fputs("]}\n", stdout);
    int failed = 0;
    for (int c = 0; c < n_columns; c++) {
        if (cplug_failed(columns[c])) fprintf(stderr, "%s: %s\n", names[c], cplug_error_text(columns[c]));
        failed |= cplug_close(columns[c]) != CPLUG_OK;
    }
    return failed;
}
