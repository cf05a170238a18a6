/* rows.c: the data set "rows" that the launcher brings for `predict --input`: one sample a line, its numbers separated by commas,
 * semicolons or blanks, from a file or from standard input ("-").  A first line that is no row of numbers is taken for a header. */
#include "run.h"
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

const char *cplug__double_parse(const char *s, double *out)
{
    char *end;
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0); /* a host's locale may write 0,5 */
    *out = strtod_l(s, &end, c);
    freelocale(c);
    return end != s ? end : NULL;
}

typedef struct rows {
    const char *path;
    cplug_ints shape;
    int64_t dtype; /* as in [model] */
    const cplug_host *host;
    double *values;
    int64_t n, room, numel;
    cplug_field field;
} rows;
static const cplug_option rows_options[] = {
    { "path", "file of numbers, or - for standard input", CPLUG_OPT_STRING, CPLUG_OPT_REQUIRED, offsetof(rows, path), NULL, 0, 0, NULL,
      NULL, 0, 0 },
    { "shape", "of one sample", CPLUG_OPT_INTS, CPLUG_OPT_REQUIRED, offsetof(rows, shape), NULL, 1, 1e15, NULL, NULL, 0, 0 },
    { "dtype", "of one sample", CPLUG_OPT_CHOICE, 0, offsetof(rows, dtype), "f32", 0, 0, "f32|f64|f16|bf16|i8|u8|i16|i32|i64|bool", NULL, 0,
      0 },
};

static bool separator(char c) { return c == ',' || c == ';' || c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static cplug_status add_row(rows *s, const char *line, int64_t number, cplug_error *e)
{
    int64_t got = 0;
    const char *p = line;
    if ((s->n + 1) * s->numel > s->room) {
        int64_t room = 2 * (s->n + 8) * s->numel;
        double *values = s->host->alloc((uint64_t)room * sizeof *values);
        if (values == NULL) return s->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory in line %lld", s->path, (long long)number);
        if (s->n) memcpy(values, s->values, (size_t)(s->n * s->numel) * sizeof *values);
        s->host->free(s->values);
        s->values = values;
        s->room = room;
    }
    for (;;) {
        while (*p && separator(*p)) p++;
        if (*p == '\0') break;
        double value;
        const char *end = cplug__double_parse(p, &value);
        if (end == NULL || (*end && !separator(*end))) {
            if (number == 1 && s->n == 0) return CPLUG_OK;
            const size_t n = strcspn(p, ",;\r\n");
            return s->host->fail(e, CPLUG_E_FORMAT, "%s:%lld:%lld: expected a number, got '%.*s'", s->path, (long long)number,
                                 (long long)(p - line) + 1, (int)(n < 20 ? n : 20), p);
        }
        if (got < s->numel) s->values[s->n * s->numel + got] = value;
        got++;
        p = end;
    }
    if (got == 0) return CPLUG_OK;
    if (got != s->numel)
        return s->host->fail(e, CPLUG_E_FORMAT, "%s:%lld: expected %lld numbers, got %lld", s->path, (long long)number, (long long)s->numel,
                             (long long)got);
    s->n++;
    return CPLUG_OK;
}

static cplug_status read_lines(rows *s, FILE *f, cplug_error *e)
{
    char *line = NULL;
    size_t room = 0;
    cplug_status status = CPLUG_OK;
    for (int64_t number = 1; status == CPLUG_OK && getline(&line, &room, f) >= 0; number++) status = add_row(s, line, number, e);
    if (status == CPLUG_OK && ferror(f)) status = s->host->fail(e, CPLUG_E_IO, "cannot read '%s': %s", s->path, strerror(errno));
    free(line);
    return status;
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
    FILE *f = strcmp(s->path, "-") == 0 ? stdin : fopen(s->path, "r");
    if (f == NULL) return h->fail(e, CPLUG_E_IO, "cannot open '%s': %s", s->path, strerror(errno));
    cplug_status status = read_lines(s, f, e);
    if (f != stdin) fclose(f);
    info->length = s->n;
    info->n_fields = 1;
    info->fields = &s->field;
    return status;
}

static cplug_status rows_read(void *self, const int64_t *index, int64_t n, cplug_view *const *out, cplug_error *e)
{
    const rows *s = self;
    for (int64_t k = 0; k < n; k++)
        for (int64_t i = 0; i < s->numel; i++) {
            double value = s->values[index[k] * s->numel + i];
            int64_t at = k * s->numel + i;
            switch (out[0]->dtype) {
            case CPLUG_F32: ((float *)out[0]->data)[at] = (float)value; break;
            case CPLUG_F64: ((double *)out[0]->data)[at] = value; break;
            case CPLUG_U8: ((uint8_t *)out[0]->data)[at] = (uint8_t)value; break;
            case CPLUG_I32: ((int32_t *)out[0]->data)[at] = (int32_t)value; break;
            case CPLUG_I64: ((int64_t *)out[0]->data)[at] = (int64_t)value; break;
            default: return s->host->fail(e, CPLUG_E_UNSUPPORTED, "rows of numbers become f32, f64, u8, i32 or i64, not this dtype");
            }
        }
    return CPLUG_OK;
}

static void rows_close(void *self)
{
    rows *s = self;
    if (s->host != NULL) s->host->free(s->values);
}

const cplug_dataset cplug__rows_type = {
    .struct_size = sizeof cplug__rows_type,
    .id = "rows",
    .doc = "rows of numbers from a file or standard input",
    .options = CPLUG_OPTIONS(rows_options),
    .instance_size = sizeof(rows),
    .open = rows_open,
    .read = rows_read,
    .close = rows_close,
};
