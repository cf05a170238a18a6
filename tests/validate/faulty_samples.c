/* faulty_samples.c: a data set and a transform with one fault, chosen by -DFAULT=NAME; without one they are sound. */
#include <cplug/plugin.h>
#include <stdlib.h>
#include <string.h>

enum {
    SOUND,
    ORDER_MATTERS,
    BATCH_DIFFERS,
    LEAVES_A_HOLE,
    BEHIND_THE_SAMPLE,
    SHARED_CURSOR,
    OWN_POOL,
    KEEPS_MEMORY,
    IGNORES_FULL_MEMORY,
    SILENT_READ,
    NOT_REPRODUCIBLE,
    CHANGES_ITS_INPUT,
    TRANSFORM_NEVER_CLOSES
};
#ifndef FAULT
#define FAULT SOUND
#endif
#define IS(fault_) (FAULT == (fault_))
enum { WIDTH = 5 };

/* ---- data set: WIDTH numbers that grow with the index ---- */
typedef struct rows {
    int64_t samples;
    const cplug_host *host;
    float *table; /* WIDTH numbers */
    volatile int64_t cursor;
} rows;
static const cplug_option options[] = {
    { "samples", "how many", CPLUG_OPT_INT, 0, offsetof(rows, samples), "40", 1, 1000, NULL, NULL, 0, 0 },
};
static const cplug_field fields[] = { { .name = "input", .meta = { .dtype = CPLUG_F32, .ndim = 1, .shape = { WIDTH } } } };

static cplug_status rows_open(const cplug_host *h, void *self, cplug_dataset_info *info, cplug_error *e)
{
    rows *r = self;
    r->host = h;
    r->table = h->alloc(WIDTH * sizeof *r->table);
    if (r->table == NULL && !IS(IGNORES_FULL_MEMORY)) return h->fail(e, CPLUG_E_NOMEM, "out of memory");
    for (int i = 0; i < WIDTH; i++) r->table[i] = (float)i;
    info->length = r->samples;
    info->fields = fields;
    info->n_fields = 1;
    return CPLUG_OK;
}

static void grow_pool(float *x)
{
#ifdef _OPENMP
#pragma omp parallel for num_threads(2)
#endif
    for (int i = 0; i < WIDTH; i++) x[i] += 0;
}

static cplug_status rows_read(void *self, const int64_t *index, int64_t n, cplug_view *const *out, cplug_error *e)
{
    rows *r = self;
    float *x = out[0]->data;
    (void)e;
    if (IS(SILENT_READ) && index[0] == 3) return CPLUG_E_IO;
    for (int64_t k = 0; k < n; k++, x += WIDTH) {
        const int64_t was = r->cursor;
        r->cursor = index[k];
        for (volatile int wait = 0; IS(SHARED_CURSOR) && wait < 20000; wait++) {}
        const int64_t i = IS(SHARED_CURSOR) ? r->cursor : IS(ORDER_MATTERS) ? index[k] + (was > index[k]) : index[k];
        for (int w = 0; w < WIDTH - IS(LEAVES_A_HOLE); w++) x[w] = r->table[w] + (float)(i * WIDTH);
        if (IS(BATCH_DIFFERS) && k == 2) x[0] += 1;
    }
    if (IS(BEHIND_THE_SAMPLE)) x[0] = 0;
    if (IS(OWN_POOL)) grow_pool(out[0]->data);
    return CPLUG_OK;
}

static void rows_close(void *self)
{
    rows *r = self;
    if (r->host != NULL && !IS(KEEPS_MEMORY)) r->host->free(r->table);
}

static const cplug_dataset dataset = { .struct_size = sizeof dataset,
                                       .id = "rows",
                                       .doc = "a test",
                                       .options = CPLUG_OPTIONS(options),
                                       .instance_size = sizeof(rows),
                                       .open = rows_open,
                                       .read = rows_read,
                                       .close = rows_close };

/* ---- transform: adds a number that is drawn for each sample ---- */
typedef struct shake {
    double by;
    const cplug_host *host;
    void *room;
} shake;
static const cplug_option shake_options[] = {
    { "by", "at most", CPLUG_OPT_FLOAT, 0, offsetof(shake, by), "0.5", 0, 10, NULL, NULL, 0, 0 },
};

static cplug_status shake_open(const cplug_host *h, void *self, const cplug_meta *in, cplug_meta *out, cplug_error *e)
{
    shake *s = self;
    if (in->dtype != CPLUG_F32) return h->fail(e, CPLUG_E_DTYPE, "f32 only");
    s->host = h;
    if ((s->room = h->alloc(16)) == NULL) return h->fail(e, CPLUG_E_NOMEM, "out of memory");
    *out = *in;
    return CPLUG_OK;
}

static cplug_status shake_apply(const void *self, const cplug_view *in, cplug_view *out, const cplug_draw *draw, int64_t n, cplug_error *e)
{
    static uint64_t calls;
    const shake *s = self;
    int64_t size = 1;
    (void)e;
    for (int32_t d = 1; d < in->ndim; d++) size *= in->shape[d];
    if (IS(CHANGES_ITS_INPUT)) ((float *)in->data)[0] = 0;
    for (int64_t k = 0; k < n; k++) {
        uint32_t random[4];
        s->host->philox(draw[k].seed + draw[k].epoch, IS(NOT_REPRODUCIBLE) ? calls++ : draw[k].index, random);
        for (int64_t i = 0; i < size; i++)
            ((float *)out->data)[k * size + i] = ((const float *)in->data)[k * size + i] + (float)(s->by * random[0] * 0x1p-32);
    }
    return CPLUG_OK;
}

static void shake_close(void *self)
{
    shake *s = self;
    if (s->host != NULL && !IS(TRANSFORM_NEVER_CLOSES)) s->host->free(s->room);
}

static const cplug_transform transform = { .struct_size = sizeof transform,
                                           .id = "shake",
                                           .doc = "a test",
                                           .options = CPLUG_OPTIONS(shake_options),
                                           .instance_size = sizeof(shake),
                                           .open = shake_open,
                                           .apply = shake_apply,
                                           .close = shake_close };

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    const cplug_status st = h->add(r, "dataset", &dataset, e);
    return st ? st : h->add(r, "transform", &transform, e);
}
CPLUG_PLUGIN(faulty_samples, "test.faulty_samples", "1.0.0", "MIT", "faults for the validator", "dataset:rows transform:shake", init);
