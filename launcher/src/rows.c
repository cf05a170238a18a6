/* rows.c: the data set "rows" that the launcher brings for `predict --input`: samples of the model's input shape from a file or standard
 * input ("-"), as text, IDX or raw numbers, gzipped or not.  The whole input is read once. */
#include "rows.h"
#include <float.h>
#include <math.h>

static const cplug_option rows_options[] = {
    { "path", "file of samples, or - for standard input", CPLUG_OPT_STRING, CPLUG_OPT_REQUIRED, offsetof(rows, path), NULL, 0, 0, NULL,
      NULL, 0, 0 },
    { "format", "csv, idx or raw:DTYPE; left out: by the name and the first bytes", CPLUG_OPT_STRING, CPLUG_OPT_UNSET_OK,
      offsetof(rows, format), NULL, 0, 0, NULL, NULL, 0, 0 },
    { "shape", "of one sample", CPLUG_OPT_INTS, CPLUG_OPT_REQUIRED, offsetof(rows, shape), NULL, 0, 1e15, NULL, NULL, 0, 0 },
    { "dtype", "of one sample", CPLUG_OPT_CHOICE, 0, offsetof(rows, dtype), "f32", 0, 0, "f32|f64|f16|bf16|i8|u8|i16|i32|i64|bool", NULL, 0,
      0 },
};

int32_t cplug__rows_format(const char *text, cplug_dtype *from)
{
    *from = 0;
    if (strcmp(text, "csv") == 0) return ROWS_CSV;
    if (strcmp(text, "idx") == 0) return ROWS_IDX;
    if (strncmp(text, "raw:", 4) == 0) *from = cplug_dtype_from_name(text + 4);
    return *from != 0 ? ROWS_RAW : 0;
}

static bool whole(double value, double low, double high) { return value >= low && value <= high && value == floor(value); }

bool cplug__rows_fits(double value, cplug_dtype to)
{
    switch (to) {
    case CPLUG_F32: return !isfinite(value) || fabs(value) <= (double)FLT_MAX;
    case CPLUG_F16: return !isfinite(value) || fabs(value) <= 65504;
    case CPLUG_BF16: return !isfinite(value) || fabs(value) <= 3.3895313892515355e38;
    case CPLUG_I8: return whole(value, INT8_MIN, INT8_MAX);
    case CPLUG_U8: return whole(value, 0, UINT8_MAX);
    case CPLUG_I16: return whole(value, INT16_MIN, INT16_MAX);
    case CPLUG_I32: return whole(value, INT32_MIN, INT32_MAX);
    case CPLUG_I64: return whole(value, -9223372036854775808.0, 9223372036854774784.0);
    case CPLUG_BOOL: return value == 0 || value == 1;
    default: return true;
    }
}

static bool ends_with(const char *text, const char *end)
{
    const size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static int32_t guess(const rows *s)
{
    static const char *const idx_names[] = { ".idx", "-ubyte", ".idx.gz", "-ubyte.gz" };
    if (cplug__rows_is_idx(s->bytes, s->n_bytes)) return ROWS_IDX;
    for (uint32_t i = 0; i < CPLUG_COUNT(idx_names); i++)
        if (ends_with(s->path, idx_names[i])) return ROWS_IDX;
    return ROWS_CSV;
}

static cplug_status find_samples(rows *s, cplug_error *e)
{
    cplug_dtype from = 0;
    switch (s->format != NULL ? cplug__rows_format(s->format, &from) : guess(s)) {
    case ROWS_CSV: return cplug__rows_text(s, e);
    case ROWS_IDX: return cplug__rows_idx(s, e);
    case ROWS_RAW: return cplug__rows_raw(s, from, e);
    default: return s->host->fail(e, CPLUG_E_INVALID, "format is '%s'; expected csv, idx or raw:DTYPE", s->format);
    }
}

static cplug_status rows_open(const cplug_host *h, void *self, cplug_dataset_info *info, cplug_error *e)
{
    rows *s = self;
    s->host = h;
    s->numel = 1;
    s->field = (cplug_field){ .name = "input" };
    s->field.meta.dtype = cplug__plan_dtype(s->dtype);
    s->field.meta.ndim = (int32_t)s->shape.n;
    if (s->shape.n >= CPLUG_MAX_DIMS) return h->fail(e, CPLUG_E_SHAPE, "a sample has at most %d dimensions", CPLUG_MAX_DIMS - 1);
    for (int64_t d = 0; d < s->shape.n; d++) {
        s->field.meta.shape[d] = s->shape.v[d];
        if (__builtin_mul_overflow(s->numel, s->shape.v[d], &s->numel) || s->numel > INT32_MAX)
            return h->fail(e, CPLUG_E_SHAPE, "samples are too large");
    }
    cplug_status status = cplug__input_read(s, e);
    if (status == CPLUG_OK) status = find_samples(s, e);
    info->length = s->n;
    info->n_fields = 1;
    info->fields = &s->field;
    return status;
}

static void put(cplug_view *v, int64_t at, double value)
{
    switch (v->dtype) {
    case CPLUG_F32: ((float *)v->data)[at] = (float)value; break;
    case CPLUG_F64: ((double *)v->data)[at] = value; break;
    case CPLUG_I8: ((int8_t *)v->data)[at] = (int8_t)value; break;
    case CPLUG_U8:
    case CPLUG_BOOL: ((uint8_t *)v->data)[at] = (uint8_t)value; break;
    case CPLUG_I16: ((int16_t *)v->data)[at] = (int16_t)value; break;
    case CPLUG_I32: ((int32_t *)v->data)[at] = (int32_t)value; break;
    default: ((int64_t *)v->data)[at] = (int64_t)value; break;
    }
}

static cplug_status read_one(const rows *s, int64_t index, cplug_view *out, int64_t to, cplug_error *e)
{
    for (int64_t i = 0; i < s->numel; i++) {
        const int64_t from = index * s->numel + i;
        const double value = s->at != NULL ? cplug__rows_number(s, from) : s->values[from];
        if (s->at != NULL && !cplug__rows_fits(value, out->dtype))
            return s->host->fail(e, CPLUG_E_FORMAT, "%s: sample %lld: %s cannot hold number %lld of it", s->path, (long long)index,
                                 cplug_dtype_name(out->dtype), (long long)i);
        put(out, to + i, value);
    }
    return CPLUG_OK;
}

static cplug_status rows_read(void *self, const int64_t *index, int64_t n, cplug_view *const *out, cplug_error *e)
{
    const rows *s = self;
    const uint64_t row = (uint64_t)s->numel * cplug_dtype_size(out[0]->dtype);
    if (out[0]->dtype == CPLUG_F16 || out[0]->dtype == CPLUG_BF16)
        return s->host->fail(e, CPLUG_E_UNSUPPORTED, "input_dtype %s cannot be read from a file; f32 can", cplug_dtype_name(out[0]->dtype));
    const bool same = s->at != NULL && s->from == out[0]->dtype && s->from != CPLUG_BOOL && !s->swapped;
    for (int64_t k = 0; k < n; k++) {
        if (same)
            memcpy((uint8_t *)out[0]->data + (uint64_t)k * row, s->at + (uint64_t)index[k] * row, row);
        else if (read_one(s, index[k], out[0], k * s->numel, e) != CPLUG_OK)
            return CPLUG_E_FORMAT;
    }
    return CPLUG_OK;
}

static void rows_close(void *self)
{
    rows *s = self;
    if (s->host == NULL) return;
    s->host->free(s->values);
    s->host->free(s->bytes);
}

const cplug_dataset cplug__rows_type = {
    .struct_size = sizeof cplug__rows_type,
    .id = "rows",
    .doc = "samples from a file or standard input: text, IDX or raw numbers",
    .options = CPLUG_OPTIONS(rows_options),
    .instance_size = sizeof(rows),
    .open = rows_open,
    .read = rows_read,
    .close = rows_close,
};
