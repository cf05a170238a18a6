/* read.c: the reader.  Stricter than the reference: names are unique, the header begins with '{', nothing unknown stands in it.  Like it:
 * the data of all tensors covers the rest of the file without a hole, an overlap or a byte too many.  Sizes are checked before memory is
 * taken. */
#include "safetensors.h"
#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
    const char *name; /* cJSON's */
    const dtype_row *dtype;
    cplug_meta meta;
    uint64_t begin, end; /* within the data */
} entry;
typedef struct document {
    cplug_stream_io *io;
    cJSON *root;
    entry *entries;
    int64_t n;
    uint64_t data_at, data_bytes;
} document;

static CPLUG_PRINTF(4, 5) cplug_status fail(const document *d, const char *name, cplug_error *e, const char *format, ...)
{
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return d->io->host->fail(e, CPLUG_E_FORMAT, "%s: tensor '%.200s' %s", d->io->name, name, message);
}

static int by_place(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
    return x->end != y->end ? (x->end < y->end ? -1 : 1) : strcmp(x->name, y->name);
}
static int by_name(const void *a, const void *b) { return strcmp((*(const entry *const *)a)->name, (*(const entry *const *)b)->name); }

/* The three members of a tensor's object, each exactly once. */
static cplug_status members(const document *d, const cJSON *object, const cJSON *out[3], cplug_error *e)
{
    static const char *const names[3] = { "dtype", "shape", "data_offsets" };
    out[0] = out[1] = out[2] = NULL;
    if (!cJSON_IsObject(object)) return fail(d, object->string, e, "is not an object");
    for (const cJSON *m = object->child; m; m = m->next) {
        int32_t k = 0;
        while (k < 3 && strcmp(m->string, names[k]) != 0) k++;
        if (k == 3) return fail(d, object->string, e, "has a member '%.64s'; expected dtype, shape, data_offsets", m->string);
        if (out[k]) return fail(d, object->string, e, "has '%s' twice", names[k]);
        out[k] = m;
    }
    for (int32_t k = 0; k < 3; k++)
        if (!out[k]) return fail(d, object->string, e, "has no '%s'", names[k]);
    if (!cJSON_IsString(out[0]) || !cJSON_IsArray(out[1]) || !cJSON_IsArray(out[2]))
        return fail(d, object->string, e, "has a dtype that is no string, or a shape or data_offsets that is no list");
    return CPLUG_OK;
}

/* A list of at most room whole numbers; -1: something else is in it, -2: too long. */
static int32_t numbers(const cJSON *list, uint64_t *out, int32_t room)
{
    int32_t n = 0;
    for (const cJSON *v = list->child; v; v = v->next) {
        if (!cJSON_IsNumber(v)) return -1;
        if (n == room) return -2;
        out[n++] = (uint64_t)v->valuedouble; /* exact: header_check allows no more than 2^53 */
    }
    return n;
}

static cplug_status take_entry(const document *d, const cJSON *object, entry *out, cplug_error *e)
{
    const cJSON *member[3];
    uint64_t shape[CPLUG_MAX_DIMS], offsets[2], bits;
    cplug_status status = members(d, object, member, e);
    if (status != CPLUG_OK) return status;
    out->name = object->string;
    for (uint32_t k = 0; k < n_dtype_rows; k++)
        if (strcmp(dtype_rows[k].name, member[0]->valuestring) == 0) out->dtype = &dtype_rows[k];
    if (!out->dtype) return fail(d, out->name, e, "has the unknown dtype '%.32s'", member[0]->valuestring);
    int32_t ndim = numbers(member[1], shape, CPLUG_MAX_DIMS);
    if (ndim == -1) return fail(d, out->name, e, "has a shape that is not a list of whole numbers");
    if (ndim == -2) return fail(d, out->name, e, "has more than %d dimensions, the most that cplug takes", CPLUG_MAX_DIMS);
    if (numbers(member[2], offsets, 2) != 2 || offsets[0] > offsets[1])
        return fail(d, out->name, e, "has data_offsets that are not two growing whole numbers");
    out->meta = (cplug_meta){ .dtype = out->dtype->dtype, .ndim = ndim };
    out->begin = offsets[0];
    out->end = offsets[1];
    bits = out->dtype->bits;
    for (int32_t k = 0; k < ndim; k++) {
        out->meta.shape[k] = (int64_t)shape[k];
        if (__builtin_mul_overflow(bits, shape[k], &bits)) return fail(d, out->name, e, "has a shape whose size overflows");
    }
    if (bits % 8 || bits / 8 != out->end - out->begin)
        return fail(d, out->name, e, "has a shape of %llu bits, but its data_offsets hold %llu bytes", (unsigned long long)bits,
                    (unsigned long long)(out->end - out->begin));
    return CPLUG_OK;
}

static cplug_status check_metadata(const document *d, const cJSON *m, cplug_error *e)
{
    if (!cJSON_IsObject(m)) return fail(d, METADATA_KEY, e, "is not an object");
    for (const cJSON *v = m->child; v; v = v->next)
        if (!cJSON_IsString(v)) return fail(d, METADATA_KEY, e, "may hold strings only, and '%.64s' is none", v->string);
    return CPLUG_OK;
}

/* Names are unique, and the data has neither hole nor overlap nor rest. */
static cplug_status check_whole(document *d, cplug_error *e)
{
    const entry **sorted = d->io->host->alloc(((uint64_t)d->n + 1) * sizeof *sorted);
    cplug_status status = CPLUG_OK;
    uint64_t at = 0;
    if (!sorted) return d->io->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory for %lld names", d->io->name, (long long)d->n);
    qsort(d->entries, (size_t)d->n, sizeof *d->entries, by_place);
    for (int64_t i = 0; i < d->n; i++) sorted[i] = &d->entries[i];
    qsort(sorted, (size_t)d->n, sizeof *sorted, by_name);
    for (int64_t i = 1; i < d->n && status == CPLUG_OK; i++)
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0) status = fail(d, sorted[i]->name, e, "occurs twice");
    d->io->host->free(sorted);
    for (int64_t i = 0; i < d->n && status == CPLUG_OK; i++) {
        const entry *t = &d->entries[i];
        if (t->begin != at)
            status = fail(d, t->name, e,
                          "begins at byte %llu of the data, where byte %llu is next: data may neither overlap nor leave holes",
                          (unsigned long long)t->begin, (unsigned long long)at);
        at = t->end;
    }
    if (status == CPLUG_OK && at != d->data_bytes)
        status = d->io->host->fail(e, CPLUG_E_FORMAT, "%s: the header describes %llu bytes of data, the file holds %llu", d->io->name,
                                   (unsigned long long)at, (unsigned long long)d->data_bytes);
    return status;
}

static cplug_status take_header(document *d, const char *text, uint64_t n, cplug_error *e)
{
    const char *end = NULL;
    int32_t metadata = 0;
    cplug_status status = header_check(d->io, text, n, e);
    if (status != CPLUG_OK) return status;
    d->root = cJSON_ParseWithLengthOpts(text, n, &end, 0);
    if (!d->root)
        return d->io->host->fail(e, CPLUG_E_FORMAT, "%s: byte %lld: the header is not valid JSON", d->io->name,
                                 (long long)(LENGTH_BYTES + (end ? end - text : 0)));
    for (; end < text + n; end++)
        if (!strchr(" \t\r\n", *end))
            return d->io->host->fail(e, CPLUG_E_FORMAT, "%s: byte %lld: text behind the header's object", d->io->name,
                                     (long long)(LENGTH_BYTES + (end - text)));
    uint64_t members_n = (uint64_t)cJSON_GetArraySize(d->root);
    d->entries = d->io->host->alloc((members_n + 1) * sizeof *d->entries);
    if (!d->entries)
        return d->io->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory for %llu tensors", d->io->name, (unsigned long long)members_n);
    for (const cJSON *m = d->root->child; m && status == CPLUG_OK; m = m->next) {
        if (strcmp(m->string, METADATA_KEY) != 0)
            status = take_entry(d, m, &d->entries[d->n++], e);
        else
            status = metadata++ ? fail(d, METADATA_KEY, e, "occurs twice") : check_metadata(d, m, e);
    }
    return status == CPLUG_OK ? check_whole(d, e) : status;
}

static cplug_status read_header(document *d, cplug_error *e)
{
    cplug_stream_io *io = d->io;
    unsigned char b[LENGTH_BYTES];
    uint64_t n = 0, size = (uint64_t)io->size(io->self);
    if (size < LENGTH_BYTES)
        return io->host->fail(e, CPLUG_E_FORMAT, "%s: has %llu bytes; a safetensors file has at least 10", io->name,
                              (unsigned long long)size);
    cplug_status status = io->read(io->self, b, sizeof b, e);
    if (status != CPLUG_OK) return status;
    for (int32_t i = 0; i < LENGTH_BYTES; i++) n |= (uint64_t)b[i] << (8 * i);
    if (n > MAX_HEADER)
        return io->host->fail(e, CPLUG_E_FORMAT, "%s: claims a header of %llu bytes; at most %d are allowed", io->name,
                              (unsigned long long)n, (int)MAX_HEADER);
    if (n > size - LENGTH_BYTES)
        return io->host->fail(e, CPLUG_E_FORMAT, "%s: claims a header of %llu bytes, but only %llu follow", io->name, (unsigned long long)n,
                              (unsigned long long)(size - LENGTH_BYTES));
    d->data_at = LENGTH_BYTES + n;
    d->data_bytes = size - d->data_at;
    char *text = io->host->alloc(n + 1);
    if (!text) return io->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory for a header of %llu bytes", io->name, (unsigned long long)n);
    status = io->read(io->self, text, n, e);
    if (status == CPLUG_OK) status = take_header(d, text, n, e);
    io->host->free(text);
    return status;
}

cplug_status safetensors_open(cplug_stream_io *io, void **doc, cplug_error *e)
{
    document *d = io->host->alloc(sizeof *d);
    if (!d) return io->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory", io->name);
    d->io = io;
    cplug_status status = read_header(d, e);
    if (status == CPLUG_OK)
        *doc = d;
    else
        safetensors_close(d);
    return status;
}

int64_t safetensors_count(void *doc) { return ((const document *)doc)->n; }

cplug_status safetensors_entry(void *doc, int64_t i, const char **name, cplug_meta *m, cplug_error *e)
{
    const document *d = doc;
    if (i < 0 || i >= d->n)
        return d->io->host->fail(e, CPLUG_E_INVALID, "%s: tensor %lld of %lld", d->io->name, (long long)i, (long long)d->n);
    *name = d->entries[i].name;
    *m = d->entries[i].meta;
    return CPLUG_OK;
}

cplug_status safetensors_read(void *doc, int64_t i, cplug_view *out, cplug_error *e)
{
    const document *d = doc;
    if (i < 0 || i >= d->n)
        return d->io->host->fail(e, CPLUG_E_INVALID, "%s: tensor %lld of %lld", d->io->name, (long long)i, (long long)d->n);
    const entry *t = &d->entries[i];
    if (!t->meta.dtype)
        return d->io->host->fail(e, CPLUG_E_UNSUPPORTED, "%s: tensor '%.200s' has dtype %s, which cplug does not have", d->io->name,
                                 t->name, t->dtype->name);
    uint64_t bytes = t->end - t->begin;
    if (bytes == 0) return CPLUG_OK;
    cplug_status status = d->io->seek(d->io->self, (int64_t)(d->data_at + t->begin), e);
    if (status == CPLUG_OK) status = d->io->read(d->io->self, out->data, bytes, e);
    unsigned char *flag = out->data;
    for (uint64_t k = 0; k < bytes && status == CPLUG_OK && t->meta.dtype == CPLUG_BOOL; k++) flag[k] = flag[k] != 0;
    return status;
}

void safetensors_close(void *doc)
{
    document *d = doc;
    const cplug_host *h = d->io->host;
    cJSON_Delete(d->root);
    h->free(d->entries);
    h->free(d);
}

const char *safetensors_metadata(void *doc, const char *key)
{
    const document *d = doc;
    for (const cJSON *m = d->root->child; m; m = m->next) {
        if (strcmp(m->string, METADATA_KEY) != 0) continue;
        for (const cJSON *v = m->child; v; v = v->next)
            if (strcmp(v->string, key) == 0) return v->valuestring;
    }
    return NULL;
}
