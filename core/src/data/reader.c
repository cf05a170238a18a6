/* reader.c: sample numbers in, transformed and stacked bytes out.  Works in pieces small enough that a piece stays in the first cache
 * between the component's read and the last transform.  Low tier: no tensors, any thread, one reader a thread. */
#include "data/data.h"

enum { PIECE_BYTES = 24 << 10, MAX_PIECE = 1024 };

bool cplug__room_for(cplug__room *r, uint64_t bytes)
{
    if (r->at && r->bytes >= bytes) return true;
    void *p = cplug__alloc(MAX(bytes, 64));
    if (!p) return false;
    cplug__free(r->at);
    r->at = p;
    r->bytes = MAX(bytes, 64);
    return true;
}

static void room_free(cplug__room *r)
{
    cplug__free(r->at);
    *r = (cplug__room){ 0 };
}

void cplug__view_set(cplug_view *v, int64_t *dims, const cplug_meta *m, int64_t n, void *data)
{
    int32_t lead = n < 0 ? 0 : 1;
    int64_t stride = 1;
    *v = (cplug_view){ .struct_size = sizeof *v,
                       .dtype = m->dtype,
                       .data = data,
                       .shape = dims,
                       .strides = dims + CPLUG_MAX_DIMS,
                       .ndim = m->ndim + lead,
                       .flags = CPLUG_VIEW_DENSE };
    for (int32_t d = m->ndim - 1; d >= 0; d--) {
        dims[d + lead] = m->shape[d];
        dims[CPLUG_MAX_DIMS + d + lead] = stride;
        stride *= m->shape[d];
    }
    if (lead) {
        dims[0] = n;
        dims[CPLUG_MAX_DIMS] = stride;
    }
}

cplug_status cplug__reader_open(cplug__reader *r, const cplug_data *d, cplug_error *e)
{
    uint32_t n = d->info.n_fields;
    *r = (cplug__reader){ .data = d };
    r->view = cplug__alloc(n * sizeof *r->view);
    r->view_at = cplug__alloc(n * sizeof *r->view_at);
    r->dims = cplug__alloc(n * sizeof *r->dims);
    r->raw = cplug__alloc(n * sizeof *r->raw);
    if (!r->view || !r->view_at || !r->dims || !r->raw) {
        cplug__reader_close(r);
        return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for a reader");
    }
    for (uint32_t f = 0; f < n; f++) r->view_at[f] = &r->view[f];
    return CPLUG_OK;
}

void cplug__reader_close(cplug__reader *r)
{
    for (uint32_t f = 0; r->raw && f < r->data->info.n_fields; f++) room_free(&r->raw[f]);
    cplug__free(r->view);
    cplug__free(r->view_at);
    cplug__free(r->dims);
    cplug__free(r->raw);
    room_free(&r->pass[0]);
    room_free(&r->pass[1]);
    room_free(&r->draws);
    *r = (cplug__reader){ 0 };
}

cplug_status cplug__reader_measure(const cplug__reader *r, int64_t index, cplug_meta *raw, cplug_error *e)
{
    const cplug_data *d = r->data;
    for (uint32_t f = 0; f < d->info.n_fields; f++) raw[f] = d->info.fields[f].meta;
    if (!d->ragged) return CPLUG_OK;
    cplug_status status = d->type->measure(d->self, index, raw, e);
    if (status != CPLUG_OK) return status;
    for (uint32_t f = 0; f < d->info.n_fields; f++) {
        const cplug_meta *promised = &d->info.fields[f].meta;
        bool fits = raw[f].dtype == promised->dtype && raw[f].ndim == promised->ndim && cplug__sample_bytes(&raw[f]) >= 0;
        for (int32_t k = 0; fits && k < promised->ndim; k++)
            fits = raw[f].shape[k] >= 0 && (promised->shape[k] < 0 || promised->shape[k] == raw[f].shape[k]);
        if (!fits)
            return cplug__error_fill(e, CPLUG_E_SHAPE, "the measured shape of field '%s' is not the one that open promised",
                                     d->info.fields[f].name);
    }
    return CPLUG_OK;
}

static cplug_status no_memory(cplug_error *e, uint64_t bytes)
{
    return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for %llu bytes of samples", (unsigned long long)bytes);
}

/* Stage s of a chain draws from a seed of its own, so that two random transforms in one chain do not share their numbers; the same
 * stage of another field's chain draws the same, so that an input and its mask can move together. */
static cplug_status draws_for(cplug__reader *r, const int64_t *index, int64_t n, uint64_t seed, uint64_t epoch, uint32_t s, cplug_error *e)
{
    if (!cplug__room_for(&r->draws, (uint64_t)n * sizeof(cplug_draw))) return no_memory(e, (uint64_t)n * sizeof(cplug_draw));
    cplug_draw *draw = r->draws.at;
    uint64_t own = s ? cplug__mix(seed, s) : seed;
    for (int64_t k = 0; k < n; k++) draw[k] = (cplug_draw){ own, epoch, (uint64_t)index[k], 0 };
    return CPLUG_OK;
}

static cplug_status run_chain(cplug__reader *r, uint32_t f, const cplug_meta *raw, const int64_t *index, int64_t n, uint64_t seed,
                              uint64_t epoch, void *dst, cplug_error *e)
{
    const cplug__chain *c = &r->data->chains[f];
    int64_t dims[2][2 * CPLUG_MAX_DIMS];
    cplug_view in = r->view[f], out;
    for (uint32_t s = 0; s < c->n; s++) {
        cplug_meta meta;
        cplug__chain_meta(c, s, raw, &meta);
        uint64_t bytes = (uint64_t)n * (uint64_t)cplug__sample_bytes(&meta);
        void *to = dst;
        if (s + 1 < c->n) {
            if (!cplug__room_for(&r->pass[s & 1], bytes)) return no_memory(e, bytes);
            to = r->pass[s & 1].at;
        }
        cplug__view_set(&out, dims[s & 1], &meta, n, to);
        cplug_status status = draws_for(r, index, n, seed, epoch, s, e);
        if (status != CPLUG_OK) return status;
        status = c->at[s].type->apply(c->at[s].self, &in, &out, r->draws.at, n, e);
        if (status != CPLUG_OK) {
            cplug_error cause = *e;
            return cplug__error_fill(e, status, "transform '%s': %s", c->at[s].type->id, cause.message);
        }
        in = out;
    }
    return CPLUG_OK;
}

static cplug_status fill_piece(cplug__reader *r, const cplug_meta *raw, const int64_t *index, int64_t n, uint64_t seed, uint64_t epoch,
                               void *const *dst, cplug_error *e)
{
    const cplug_data *d = r->data;
    for (uint32_t f = 0; f < d->info.n_fields; f++) {
        void *to = dst[f];
        if (d->chains[f].n) {
            uint64_t bytes = (uint64_t)n * (uint64_t)cplug__sample_bytes(&raw[f]);
            if (!cplug__room_for(&r->raw[f], bytes)) return no_memory(e, bytes);
            to = r->raw[f].at;
        }
        cplug__view_set(&r->view[f], r->dims[f], &raw[f], n, to);
    }
    cplug_status status = d->type->read(d->self, index, n, r->view_at, e);
    for (uint32_t f = 0; status == CPLUG_OK && f < d->info.n_fields; f++)
        if (d->chains[f].n) status = run_chain(r, f, &raw[f], index, n, seed, epoch, dst[f], e);
    return status;
}

/* What one sample takes in the cache at its largest stage, over the fields that have a chain. */
static int64_t piece_size(const cplug_data *d, const cplug_meta *raw, int64_t n)
{
    int64_t largest = 0;
    for (uint32_t f = 0; f < d->info.n_fields; f++)
        for (uint32_t s = 0; s < d->chains[f].n; s++) {
            cplug_meta meta;
            cplug__chain_meta(&d->chains[f], s, &raw[f], &meta);
            largest = MAX(largest, MAX(cplug__sample_bytes(&raw[f]), cplug__sample_bytes(&meta)));
        }
    int64_t piece = largest ? PIECE_BYTES / largest : MAX_PIECE;
    return MAX(1, MIN(n, MIN(piece, MAX_PIECE)));
}

cplug_status cplug__reader_fill(cplug__reader *r, const cplug_meta *raw, const int64_t *index, int64_t n, uint64_t seed, uint64_t epoch,
                                void *const *dst, int64_t *bad, cplug_error *e)
{
    const cplug_data *d = r->data;
    uint64_t row[CPLUG__MAX_FIELDS];
    for (uint32_t f = 0; f < d->info.n_fields; f++) {
        cplug_meta meta = raw[f];
        if (d->chains[f].n) cplug__chain_meta(&d->chains[f], d->chains[f].n - 1, &raw[f], &meta);
        row[f] = (uint64_t)cplug__sample_bytes(&meta);
    }
    int64_t piece = piece_size(d, raw, n);
    for (int64_t k = 0; k < n;) {
        if (r->stop && atomic_load_explicit(r->stop, memory_order_relaxed)) return cplug__error_fill(e, CPLUG_E_CANCELLED, "stopped");
        int64_t m = MIN(piece, n - k);
        void *to[CPLUG__MAX_FIELDS];
        for (uint32_t f = 0; f < d->info.n_fields; f++) to[f] = (char *)dst[f] + (uint64_t)k * row[f];
        cplug_status status = fill_piece(r, raw, index + k, m, seed, epoch, to, e);
        if (status == CPLUG_OK) {
            k += m;
        } else if (m > 1) {
            piece = 1; /* again one by one, to learn which sample it is */
        } else {
            *bad = index[k];
            return status;
        }
    }
    return CPLUG_OK;
}
