/* write.c: the writer.  Byte for byte what the reference writes: tensors by alignment of their dtype, highest first, then by name; metadata
 * by key; compact JSON; the header padded with blanks so that the data begins at a multiple of 8. */
#include "safetensors.h"
#include <stdlib.h>
#include <string.h>

typedef struct item {
    const cplug_named_view *from;
    uint32_t rank, reserved;
    uint64_t bytes;
} item;
typedef struct pair {
    const char *key, *value;
} pair;
typedef struct text { /* with at == NULL it only counts */
    char *at;
    uint64_t n;
} text;

static int by_rank_and_name(const void *a, const void *b)
{
    const item *x = a, *y = b;
    return x->rank != y->rank ? (x->rank < y->rank ? 1 : -1) : strcmp(x->from->name, y->from->name);
}
static int by_name(const void *a, const void *b)
{
    return strcmp((*(const item *const *)a)->from->name, (*(const item *const *)b)->from->name);
}
static int by_key(const void *a, const void *b) { return strcmp(((const pair *)a)->key, ((const pair *)b)->key); }

static void put(text *t, const char *s, uint64_t n)
{
    if (t->at) memcpy(t->at + t->n, s, n);
    t->n += n;
}
static void put_text(text *t, const char *s) { put(t, s, strlen(s)); }

static void put_number(text *t, uint64_t v)
{
    char room[24], *p = room + sizeof room;
    do *--p = (char)('0' + v % 10);
    while (v /= 10);
    put(t, p, (uint64_t)(room + sizeof room - p));
}

static void put_string(text *t, const char *s)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt", hex[] = "0123456789abcdef";
    put_text(t, "\"");
    for (; *s; s++) {
        const char *special = strchr(from, *s);
        if (special)
            put(t, (const char[]){ '\\', to[special - from] }, 2);
        else if ((unsigned char)*s < 0x20)
            put(t, (const char[]){ '\\', 'u', '0', '0', hex[*s >> 4], hex[*s & 15] }, 6);
        else
            put(t, s, 1);
    }
    put_text(t, "\"");
}

static void put_metadata(text *t, const pair *pairs, uint32_t n)
{
    put_text(t, "\"" METADATA_KEY "\":{");
    for (uint32_t i = 0; i < n; i++) {
        if (i) put_text(t, ",");
        put_string(t, pairs[i].key);
        put_text(t, ":");
        put_string(t, pairs[i].value);
    }
    put_text(t, "}");
}

static void put_header(text *t, const item *items, uint32_t n, const pair *pairs, uint32_t n_pairs)
{
    uint64_t offset = 0;
    put_text(t, "{");
    if (n_pairs) put_metadata(t, pairs, n_pairs);
    for (uint32_t i = 0; i < n; i++) {
        const cplug_view *v = items[i].from->view;
        if (i || n_pairs) put_text(t, ",");
        put_string(t, items[i].from->name);
        put_text(t, ":{\"dtype\":\"");
        put_text(t, dtype_rows[items[i].rank].name);
        put_text(t, "\",\"shape\":[");
        for (int32_t d = 0; d < v->ndim; d++) {
            if (d) put_text(t, ",");
            put_number(t, (uint64_t)v->shape[d]);
        }
        put_text(t, "],\"data_offsets\":[");
        put_number(t, offset);
        put_text(t, ",");
        put_number(t, offset += items[i].bytes);
        put_text(t, "]}");
    }
    put_text(t, "}");
    while (t->n % 8) put_text(t, " ");
}

static cplug_status take_item(const cplug_stream_io *io, const cplug_named_view *from, item *out, uint64_t *total, cplug_error *e)
{
    uint64_t bad;
    *out = (item){ .from = from, .rank = n_dtype_rows };
    for (uint32_t k = 0; k < n_dtype_rows; k++)
        if (dtype_rows[k].dtype == from->view->dtype && from->view->dtype) out->rank = k;
    if (out->rank == n_dtype_rows)
        return io->host->fail(e, CPLUG_E_DTYPE, "%s: tensor '%s' has dtype %u, which safetensors lacks", io->name, from->name,
                              from->view->dtype);
    if (!utf8_valid(from->name, strlen(from->name), &bad) || strcmp(from->name, METADATA_KEY) == 0)
        return io->host->fail(e, CPLUG_E_INVALID, "%s: '%s' cannot be the name of a tensor: it is reserved or not UTF-8", io->name,
                              from->name);
    out->bytes = dtype_rows[out->rank].bits / 8;
    for (int32_t d = 0; d < from->view->ndim; d++)
        if (from->view->shape[d] < 0 || __builtin_mul_overflow(out->bytes, (uint64_t)from->view->shape[d], &out->bytes))
            return io->host->fail(e, CPLUG_E_SHAPE, "%s: tensor '%s' has an impossible shape", io->name, from->name);
    if (__builtin_add_overflow(*total, out->bytes, total))
        return io->host->fail(e, CPLUG_E_SHAPE, "%s: the tensors are too large together", io->name);
    return CPLUG_OK;
}

static cplug_status check_names(const cplug_stream_io *io, const item *items, uint32_t n, cplug_error *e)
{
    const item **sorted = io->host->alloc((n + 1ull) * sizeof *sorted);
    cplug_status status = CPLUG_OK;
    if (!sorted) return io->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory for %u names", io->name, n);
    for (uint32_t i = 0; i < n; i++) sorted[i] = &items[i];
    qsort(sorted, n, sizeof *sorted, by_name);
    for (uint32_t i = 1; i < n && status == CPLUG_OK; i++)
        if (strcmp(sorted[i - 1]->from->name, sorted[i]->from->name) == 0)
            status = io->host->fail(e, CPLUG_E_INVALID, "%s: two tensors are named '%s'", io->name, sorted[i]->from->name);
    io->host->free(sorted);
    return status;
}

static cplug_status take_metadata(const cplug_stream_io *io, const char *const *metadata, pair **out, uint32_t *n, cplug_error *e)
{
    *n = 0;
    while (metadata && metadata[2 * *n] && metadata[2 * *n + 1]) ++*n;
    *out = io->host->alloc((*n + 1ull) * sizeof **out);
    if (!*out) return io->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory for the metadata", io->name);
    for (uint32_t i = 0; i < *n; i++) {
        uint64_t bad;
        (*out)[i] = (pair){ metadata[2 * i], metadata[2 * i + 1] };
        if (!utf8_valid((*out)[i].key, strlen((*out)[i].key), &bad) || !utf8_valid((*out)[i].value, strlen((*out)[i].value), &bad))
            return io->host->fail(e, CPLUG_E_INVALID, "%s: metadata '%s' is not UTF-8", io->name, (*out)[i].key);
    }
    qsort(*out, *n, sizeof **out, by_key);
    for (uint32_t i = 1; i < *n; i++)
        if (strcmp((*out)[i - 1].key, (*out)[i].key) == 0)
            return io->host->fail(e, CPLUG_E_INVALID, "%s: metadata '%s' is given twice", io->name, (*out)[i].key);
    return CPLUG_OK;
}

static cplug_status write_all(cplug_stream_io *io, const item *items, uint32_t n, const pair *pairs, uint32_t n_pairs, cplug_error *e)
{
    text header = { NULL, 0 };
    unsigned char length[LENGTH_BYTES];
    put_header(&header, items, n, pairs, n_pairs);
    if (header.n > MAX_HEADER)
        return io->host->fail(e, CPLUG_E_INVALID, "%s: the header would have %llu bytes; at most %d are allowed", io->name,
                              (unsigned long long)header.n, (int)MAX_HEADER);
    header.at = io->host->alloc(header.n);
    if (!header.at)
        return io->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory for a header of %llu bytes", io->name, (unsigned long long)header.n);
    for (int32_t i = 0; i < LENGTH_BYTES; i++) length[i] = (unsigned char)(header.n >> (8 * i));
    header.n = 0;
    put_header(&header, items, n, pairs, n_pairs);
    cplug_status status = io->write(io->self, length, sizeof length, e);
    if (status == CPLUG_OK) status = io->write(io->self, header.at, header.n, e);
    for (uint32_t i = 0; i < n && status == CPLUG_OK; i++)
        if (items[i].bytes) status = io->write(io->self, items[i].from->view->data, items[i].bytes, e);
    io->host->free(header.at);
    return status;
}

cplug_status safetensors_write(cplug_stream_io *io, const cplug_named_view *t, uint32_t n, const char *const *metadata, cplug_error *e)
{
    uint64_t total = 0;
    uint32_t n_pairs = 0;
    pair *pairs = NULL;
    item *items = io->host->alloc((n + 1ull) * sizeof *items);
    cplug_status status = items ? CPLUG_OK : io->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory for %u tensors", io->name, n);
    for (uint32_t i = 0; i < n && status == CPLUG_OK; i++) status = take_item(io, &t[i], &items[i], &total, e);
    if (status == CPLUG_OK) status = check_names(io, items, n, e);
    if (status == CPLUG_OK) status = take_metadata(io, metadata, &pairs, &n_pairs, e);
    if (status == CPLUG_OK) {
        qsort(items, n, sizeof *items, by_rank_and_name);
        status = write_all(io, items, n, pairs, n_pairs, e);
    }
    io->host->free(pairs);
    io->host->free(items);
    return status;
}
