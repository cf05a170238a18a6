/* bench-loader.c: samples a second that the loader gives, shuffled, scaled and normalised, with 0, 1, 2 and 4 workers.
 *   bench-loader [--json] [ROOT [SECONDS]]
 * ROOT: a folder with MNIST's IDX files; without it, 60,000 random samples of the same shape held in memory. */
#include <cplug/cplug.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 64, PIXELS = 28 * 28, SAMPLES = 60000 };

/* The same work as reading MNIST: one row of bytes and one label copied per sample. */
typedef struct memory {
    const cplug_host *host;
    uint8_t *pixels;
    cplug_field field[2];
} memory;

static cplug_status memory_open(const cplug_host *h, void *self, cplug_dataset_info *info, cplug_error *e)
{
    memory *m = self;
    uint32_t word[4];
    m->host = h;
    m->pixels = h->alloc((uint64_t)SAMPLES * PIXELS);
    if (!m->pixels) return h->fail(e, CPLUG_E_NOMEM, "out of memory");
    for (int64_t i = 0; i < (int64_t)SAMPLES * PIXELS / 16; i++) {
        h->philox(0, (uint64_t)i, word);
        memcpy(m->pixels + 16 * i, word, 16);
    }
    m->field[0] = (cplug_field){ .name = "input", .meta = { .dtype = CPLUG_U8, .ndim = 3, .shape = { 1, 28, 28 } } };
    m->field[1] = (cplug_field){ .name = "target", .n_classes = 10, .meta = { .dtype = CPLUG_I64 } };
    info->length = SAMPLES;
    info->fields = m->field;
    info->n_fields = 2;
    return CPLUG_OK;
}

static cplug_status memory_read(void *self, const int64_t *index, int64_t n, cplug_view *const *out, cplug_error *e)
{
    const memory *m = self;
    (void)e;
    for (int64_t k = 0; k < n; k++) {
        memcpy((uint8_t *)out[0]->data + k * PIXELS, m->pixels + index[k] * PIXELS, PIXELS);
        ((int64_t *)out[1]->data)[k] = index[k] % 10;
    }
    return CPLUG_OK;
}

static void memory_close(void *self)
{
    memory *m = self;
    if (m->host) m->host->free(m->pixels);
}

static const cplug_dataset memory_type = { .struct_size = sizeof memory_type,
                                           .id = "bench_memory",
                                           .doc = "random bytes of MNIST's shape",
                                           .instance_size = sizeof(memory),
                                           .open = memory_open,
                                           .read = memory_read,
                                           .close = memory_close };

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Whole epochs for at least `limit` seconds, the first one not counted. */
static double measure(cplug_data *data, int workers, double limit)
{
    char options[96];
    snprintf(options, sizeof options, "batch_size=%d shuffle=true workers=%d", BATCH, workers);
    cplug_loader *loader = cplug_loader_over(data, options);
    const cplug_batch *batch;
    int64_t samples = 0;
    while ((batch = cplug_loader_next(loader)) != NULL) samples += batch->size;
    samples = 0;
    double begin = seconds(), now = begin;
    while (loader && now - begin < limit) {
        while ((batch = cplug_loader_next(loader)) != NULL) samples += batch->size;
        now = seconds();
    }
    cplug_loader_free(loader);
    return now > begin ? (double)samples / (now - begin) : 0;
}

int main(int argc, char **argv)
{
    static const int workers[] = { 0, 1, 2, 4 };
    const char *root = NULL;
    double limit = 1, rate[4] = { 0 };
    int json = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            json = 1;
        else if (!root)
            root = argv[i];
        else
            limit = strtod(argv[i], NULL);
    }
    char spec[4200];
    snprintf(spec, sizeof spec, "%s%s%s transforms=[scale, normalize mean=0.5 std=0.5]", root ? "mnist root=\"" : "bench_memory",
             root ? root : "", root ? "\"" : "");
    cplug_context *ctx = cplug_open(NULL);
    if (ctx) cplug_register(ctx, "dataset", &memory_type);
    cplug_data *data = cplug_data_open(ctx, spec, NULL);
    for (int i = 0; i < 4 && data && !cplug_failed(ctx); i++) rate[i] = measure(data, workers[i], limit);
    if (cplug_failed(ctx)) {
        fprintf(stderr, "%s\n", cplug_error_text(ctx));
        cplug_close(ctx);
        return 1;
    }
    for (int i = 0; i < 4 && !json; i++) printf("workers %d  %12.0f samples/s\n", workers[i], rate[i]);
    if (json)
        printf("{\"data\": \"%s\", \"batch_size\": %d, \"samples_per_s\": {\"0\": %.0f, \"1\": %.0f, \"2\": %.0f, \"4\": %.0f}}\n",
               root ? "mnist" : "memory", BATCH, rate[0], rate[1], rate[2], rate[3]);
    return cplug_close(ctx) != CPLUG_OK;
}
