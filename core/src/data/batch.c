/* batch.c: one batch's memory and how it is filled: which samples, measured, read, transformed, stacked or collated.  Everything but
 * new and free runs on a worker as well as on the context thread; the outcome, an error included, travels in the batch. */
#include "data/data.h"
#include <stdio.h>

cplug__batch *cplug__batch_new(const cplug_data *d)
{
    cplug__batch *b = cplug__alloc(sizeof *b);
    if (!b) return NULL;
    b->n_fields = d->info.n_fields;
    b->meta = cplug__alloc(b->n_fields * sizeof *b->meta);
    b->data = cplug__alloc(b->n_fields * sizeof *b->data);
    b->error.struct_size = sizeof b->error;
    if (b->meta && b->data) return b;
    cplug__batch_free(b);
    return NULL;
}

void cplug__batch_free(cplug__batch *b)
{
    if (!b) return;
    for (uint32_t f = 0; b->data && f < b->n_fields; f++) cplug__free(b->data[f].at);
    cplug__free(b->data);
    cplug__free(b->meta);
    cplug__free(b);
}

void cplug__filler_close(cplug__filler *f)
{
    if (f->reader.data) cplug__reader_close(&f->reader);
    cplug__free(f->index.at);
    cplug__free(f->shapes.at);
    cplug__free(f->staging.at);
    cplug__free(f->views.at);
    *f = (cplug__filler){ 0 };
}

static cplug_status no_memory(cplug_error *e) { return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for a batch"); }

/* Rank r of a world of N takes every N-th sample of each global batch of N * batch_size, so that the ranks together see what one
 * process with that batch would see.  In the tail a rank's batch may be shorter than another's, or empty. */
static cplug_status choose(cplug__filler *f, const cplug__plan *p, int64_t number, int64_t *size, cplug_error *e)
{
    int64_t global = p->batch_size * p->world, begin = number * global, end = MIN(begin + global, p->order->length);
    int64_t n = begin + p->rank < end ? (end - begin - p->rank + p->world - 1) / p->world : 0;
    if (!cplug__room_for(&f->index, (uint64_t)n * sizeof(int64_t))) return no_memory(e);
    int64_t *index = f->index.at;
    for (int64_t k = 0; k < n; k++) {
        int64_t at = begin + p->rank + k * p->world;
        index[k] = p->order->at ? p->order->at[at] : at;
    }
    *size = n;
    return CPLUG_OK;
}

static void after_chain(const cplug_data *d, uint32_t f, const cplug_meta *raw, cplug_meta *out)
{
    *out = *raw;
    if (d->chains[f].n) cplug__chain_meta(&d->chains[f], d->chains[f].n - 1, raw, out);
}

/* Room for n stacked samples of these shapes in every field of b. */
static cplug_status stack_room(cplug__batch *b, const cplug_meta *sample, int64_t n, cplug_error *e)
{
    for (uint32_t f = 0; f < b->n_fields; f++) {
        int64_t bytes = cplug__sample_bytes(&sample[f]);
        if (bytes < 0 || __builtin_mul_overflow(bytes, n, &bytes) || !cplug__room_for(&b->data[f], (uint64_t)bytes)) return no_memory(e);
        b->meta[f] = sample[f];
        b->meta[f].ndim = sample[f].ndim + 1;
        b->meta[f].layout = CPLUG_LAYOUT_ROW_MAJOR;
        b->meta[f].shape[0] = n;
        memcpy(b->meta[f].shape + 1, sample[f].shape, (size_t)sample[f].ndim * sizeof *sample[f].shape);
    }
    return CPLUG_OK;
}

static bool same_shape(const cplug_meta *a, const cplug_meta *b)
{
    return a->ndim == b->ndim && memcmp(a->shape, b->shape, (size_t)a->ndim * sizeof *a->shape) == 0;
}

/* Raw shapes of all samples: [n][n_fields].  Where nothing varies, one row serves all. */
static cplug_status measure(cplug__filler *f, int64_t n, int64_t *bad, cplug_error *e)
{
    const cplug_data *d = f->reader.data;
    int64_t rows = d->ragged ? MAX(n, 1) : 1;
    const int64_t *index = f->index.at;
    if (!cplug__room_for(&f->shapes, (uint64_t)rows * d->info.n_fields * sizeof(cplug_meta))) return no_memory(e);
    cplug_meta *raw = f->shapes.at;
    for (uint32_t k = 0; k < d->info.n_fields; k++) raw[k] = d->info.fields[k].meta;
    for (int64_t s = 0; s < n && d->ragged; s++) {
        *bad = index[s];
        cplug_status status = cplug__reader_measure(&f->reader, index[s], raw + s * d->info.n_fields, e);
        if (status != CPLUG_OK) return status;
    }
    for (uint32_t k = 0; n == 0 && k < d->info.n_fields; k++) /* an empty batch of a field whose size varies */
        for (int32_t i = 0; i < raw[k].ndim; i++) raw[k].shape[i] = MAX(raw[k].shape[i], 0);
    return CPLUG_OK;
}

static cplug_status stack(cplug__batch *b, cplug__filler *f, const cplug__plan *p, int64_t n, int64_t *bad, cplug_error *e)
{
    const cplug_data *d = p->data;
    const cplug_meta *raw = f->shapes.at;
    const int64_t *index = f->index.at;
    cplug_meta sample[CPLUG__MAX_FIELDS];
    void *dst[CPLUG__MAX_FIELDS];
    for (int64_t s = 1; s < n && d->ragged; s++)
        for (uint32_t k = 0; k < b->n_fields; k++) {
            char room[2][CPLUG__SHAPE_TEXT];
            const cplug_meta *first = &raw[k], *other = &raw[s * b->n_fields + k];
            if (same_shape(first, other)) continue;
            *bad = index[s];
            return cplug__error_fill(e, CPLUG_E_SHAPE,
                                     "field '%s' is %s, in sample %lld of the same batch %s: give the loader a collate function or "
                                     "use batch_size=1",
                                     d->fields[k].name, cplug__shape_text(other, room[0]), (long long)index[0],
                                     cplug__shape_text(first, room[1]));
        }
    for (uint32_t k = 0; k < b->n_fields; k++) after_chain(d, k, &raw[k], &sample[k]);
    cplug_status status = stack_room(b, sample, n, e);
    if (status != CPLUG_OK || n == 0) return status;
    for (uint32_t k = 0; k < b->n_fields; k++) dst[k] = b->data[k].at;
    return cplug__reader_fill(&f->reader, raw, index, n, p->seed, (uint64_t)p->epoch, dst, bad, e);
}

/* For collate: where sample s, field k lies in the staging area, and the largest shape over the batch. */
typedef struct staged {
    cplug_view view;
    int64_t dims[2 * CPLUG_MAX_DIMS];
} staged;

static cplug_status stage(cplug__filler *f, const cplug__plan *p, int64_t n, cplug_meta *largest, int64_t *bad, cplug_error *e)
{
    const cplug_data *d = p->data;
    uint32_t fields = d->info.n_fields;
    const cplug_meta *shapes = f->shapes.at;
    staged *at = f->views.at;
    uint64_t total = 0;
    for (int32_t pass = 0; pass < 2; pass++) { /* measure, then place */
        if (pass && !cplug__room_for(&f->staging, total)) return no_memory(e);
        total = 0;
        for (int64_t s = 0; s < n; s++)
            for (uint32_t k = 0; k < fields; k++) {
                cplug_meta meta;
                after_chain(d, k, &shapes[(d->ragged ? s : 0) * fields + k], &meta);
                int64_t bytes = cplug__sample_bytes(&meta);
                if (bytes < 0 || __builtin_add_overflow(total, ((uint64_t)bytes + 63) & ~(uint64_t)63, &total)) return no_memory(e);
                if (!pass) {
                    for (int32_t i = 0; i < meta.ndim; i++)
                        largest[k].shape[i] = s ? MAX(largest[k].shape[i], meta.shape[i]) : meta.shape[i];
                    continue;
                }
                char *data = (char *)f->staging.at + total - (((uint64_t)bytes + 63) & ~(uint64_t)63);
                cplug__view_set(&at[s * fields + k].view, at[s * fields + k].dims, &meta, -1, data);
            }
    }
    for (int64_t s = 0; s < n; s++) {
        void *dst[CPLUG__MAX_FIELDS];
        for (uint32_t k = 0; k < fields; k++) dst[k] = at[s * fields + k].view.data;
        const int64_t *index = (const int64_t *)f->index.at + s;
        cplug_status status = cplug__reader_fill(&f->reader, &shapes[(d->ragged ? s : 0) * fields], index, 1, p->seed, (uint64_t)p->epoch,
                                                 dst, bad, e);
        if (status != CPLUG_OK) return status;
    }
    return CPLUG_OK;
}

static cplug_status collate(cplug__batch *b, cplug__filler *f, const cplug__plan *p, int64_t n, int64_t *bad, cplug_error *e)
{
    const cplug_data *d = p->data;
    uint32_t fields = b->n_fields;
    uint64_t cells = (uint64_t)n * fields, views = cells * sizeof(staged), pointers = views + cells * sizeof(void *);
    cplug_meta largest[CPLUG__MAX_FIELDS];
    cplug_view out[CPLUG__MAX_FIELDS], *out_at[CPLUG__MAX_FIELDS];
    int64_t dims[CPLUG__MAX_FIELDS][2 * CPLUG_MAX_DIMS];
    for (uint32_t k = 0; k < fields; k++) after_chain(d, k, (const cplug_meta *)f->shapes.at + k, &largest[k]);
    if (!cplug__room_for(&f->views, pointers + (uint64_t)n * sizeof(void *))) return no_memory(e);
    cplug_status status = stage(f, p, n, largest, bad, e);
    if (status == CPLUG_OK) status = stack_room(b, largest, n, e);
    if (status != CPLUG_OK) return status;
    staged *at = f->views.at;
    const cplug_view **cell = (const cplug_view **)(void *)((char *)f->views.at + views);
    const cplug_view *const **sample = (const cplug_view *const **)(void *)((char *)f->views.at + pointers);
    for (int64_t s = 0; s < n; s++) {
        sample[s] = cell + s * fields;
        for (uint32_t k = 0; k < fields; k++) cell[s * fields + k] = &at[s * fields + k].view;
    }
    for (uint32_t k = 0; k < fields; k++) {
        cplug__view_set(&out[k], dims[k], &largest[k], n, b->data[k].at);
        memset(b->data[k].at, 0, (size_t)((uint64_t)n * (uint64_t)cplug__sample_bytes(&largest[k]))); /* padding reads as zero */
        out_at[k] = &out[k];
    }
    *bad = -1;
    return p->collate(p->collate_arg, sample, n, out_at, fields, e);
}

void cplug__batch_fill(cplug__batch *b, cplug__filler *f, const cplug__plan *p, int64_t number)
{
    cplug_error e = CPLUG__ERROR_INIT;
    int64_t n = 0, bad = -1;
    cplug_status status = f->reader.data ? CPLUG_OK : cplug__reader_open(&f->reader, p->data, &e);
    f->reader.stop = f->stop;
    if (status == CPLUG_OK) status = choose(f, p, number, &n, &e);
    if (status == CPLUG_OK) status = measure(f, n, &bad, &e);
    if (status == CPLUG_OK) status = p->collate && n ? collate(b, f, p, n, &bad, &e) : stack(b, f, p, n, &bad, &e);
    b->size = n;
    b->number = number;
    b->status = status;
    if (status == CPLUG_OK) return;
    char sample[48] = "";
    if (bad >= 0) snprintf(sample, sizeof sample, ", sample %lld", (long long)bad);
    cplug__error_fill(&b->error, status, "data set '%s'%s (batch %lld of epoch %lld): %s", p->data->type->id, sample, (long long)number,
                      (long long)p->epoch, e.message[0] ? e.message : cplug_status_name(status));
}
