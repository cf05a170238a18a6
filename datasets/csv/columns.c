/* columns.c: what the columns of a table mean: which line is the header, which column the target, which rows stay, which columns hold
 * categories and in what order.  Nothing is guessed from a mixture: a column that begins with numbers must go on with numbers. */
#include "csv.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ONE_HOT = 4096 };

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* Decimal numbers only, blanks around them allowed: what strtod takes besides (hexadecimal, inf, nan) is text here. */
static int parse_number(const char *s, locale_t numbers, double *out)
{
    const char *p = s;
    int digits = 0;
    while (*p == ' ') p++;
    if (*p == '+' || *p == '-') p++;
    for (; is_digit(*p); p++) digits++;
    if (*p == '.')
        for (p++; is_digit(*p); p++) digits++;
    if (!digits) return 0;
    if (*p == 'e' || *p == 'E') {
        p++;
        if (*p == '+' || *p == '-') p++;
        if (!is_digit(*p)) return 0;
        while (is_digit(*p)) p++;
    }
    while (*p == ' ') p++;
    if (*p) return 0;
    *out = strtod_l(s, NULL, numbers);
    return 1;
}

static int is_number(const intake *in, const char *s)
{
    double ignored;
    return parse_number(s, in->numbers, &ignored);
}

static const char *cell(const intake *in, int64_t row, int64_t c) { return in->table.cell[row * in->table.n_columns + c]; }

static int is_missing(const intake *in, const char *s)
{
    if (!*s) return 1;
    for (int64_t i = 0; i < in->options->missing_values.n; i++)
        if (strcmp(s, in->options->missing_values.v[i]) == 0) return 1;
    return 0;
}

/* "column 2 ('age')": numbers count from 0, as the options do. */
static const char *column_text(const intake *in, int64_t c, char room[96])
{
    const char *name = in->columns[c].name;
    if (name)
        snprintf(room, 96, "column %lld ('%.60s')", (long long)c, name);
    else
        snprintf(room, 96, "column %lld", (long long)c);
    return room;
}

static CPLUG_PRINTF(6, 7) cplug_status
    fail_at(const intake *in, cplug_error *e, cplug_status code, int64_t row, int64_t c, const char *format, ...)
{
    char message[512], where[96];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return in->host->fail(e, code, "%s:%lld: %s: %s", in->options->file, (long long)in->table.line[row], column_text(in, c, where),
                          message);
}

/* ---- header ---- */
/* A header has no number in it, and stands above a row that has one. */
static int looks_like_header(const intake *in)
{
    const table *t = &in->table;
    int numbers = 0;
    if (t->n_rows < 2) return 0;
    for (int64_t c = 0; c < t->n_columns; c++) {
        if (is_number(in, cell(in, 0, c))) return 0;
        numbers |= is_number(in, cell(in, 1, c));
    }
    return numbers;
}

static cplug_status choose_rows(intake *in, cplug_error *e)
{
    const table *t = &in->table;
    int header = in->options->header == HEADER_YES || (in->options->header == HEADER_AUTO && looks_like_header(in));
    for (int64_t c = 0; header && c < t->n_columns; c++) in->columns[c].name = cell(in, 0, c);
    in->row = in->host->alloc((uint64_t)t->n_rows * sizeof *in->row);
    if (!in->row) return in->host->fail(e, CPLUG_E_NOMEM, "out of memory for %lld rows", (long long)t->n_rows);
    for (int64_t r = header; r < t->n_rows; r++) in->row[in->n_rows++] = r;
    return in->n_rows ? CPLUG_OK : in->host->fail(e, CPLUG_E_FORMAT, "%s: has a header and no rows", in->options->file);
}

/* ---- columns by name or number ---- */
static cplug_status find_column(const intake *in, const char *option, const char *word, int64_t *out, cplug_error *e)
{
    int64_t n = in->table.n_columns, hits = 0;
    for (int64_t c = 0; c < n; c++)
        if (in->columns[c].name && strcmp(in->columns[c].name, word) == 0) {
            *out = c;
            hits++;
        }
    if (hits == 1) return CPLUG_OK;
    if (hits > 1)
        return in->host->fail(e, CPLUG_E_INVALID, "%s: %s=%s fits %lld columns of that name; give its number", in->options->file, option,
                              word, (long long)hits);
    char *end;
    long long number = strtoll(word, &end, 10);
    if (end == word || *end) {
        char names[400] = "";
        for (int64_t c = 0; c < n && strlen(names) < 300; c++)
            if (in->columns[c].name)
                snprintf(names + strlen(names), sizeof names - strlen(names), "%s%.60s", c ? ", " : "", in->columns[c].name);
        return in->host->fail(e, CPLUG_E_NOTFOUND, "%s: %s=%s: no column has that name; %s%s", in->options->file, option, word,
                              names[0] ? "the header names: " : "the file is read without a header (header=yes tells that there is one)",
                              names);
    }
    if (number < -n || number >= n)
        return in->host->fail(e, CPLUG_E_INVALID, "%s: %s=%s is outside the %lld columns; they count from 0, and from the end with -1",
                              in->options->file, option, word, (long long)n);
    *out = number < 0 ? number + n : number;
    return CPLUG_OK;
}

static cplug_status choose_roles(intake *in, cplug_error *e)
{
    const csv_options *o = in->options;
    int64_t c = 0;
    cplug_status status = CPLUG_OK;
    in->target = -1;
    if (o->target && strcmp(o->target, "none") != 0) {
        status = find_column(in, "target", o->target, &in->target, e);
        if (status == CPLUG_OK) in->columns[in->target].role = ROLE_TARGET;
    }
    for (int64_t i = 0; i < o->ignore.n && status == CPLUG_OK; i++) {
        status = find_column(in, "ignore", o->ignore.v[i], &c, e);
        if (status == CPLUG_OK && c == in->target)
            status = in->host->fail(e, CPLUG_E_INVALID, "%s: ignore=%s is the target column", o->file, o->ignore.v[i]);
        if (status == CPLUG_OK) in->columns[c].role = ROLE_IGNORED;
    }
    for (int64_t i = 0; i < o->categorical.n && status == CPLUG_OK; i++) {
        status = find_column(in, "categorical", o->categorical.v[i], &c, e);
        if (status == CPLUG_OK) in->columns[c].is_category = 1;
    }
    return status;
}

/* ---- missing values ---- */
static cplug_status missing_policy(intake *in, cplug_error *e)
{
    const char *word = in->options->missing;
    in->missing_drops = strcmp(word, "drop") == 0;
    if (in->missing_drops || strcmp(word, "error") == 0) return CPLUG_OK;
    in->missing_is_number = parse_number(word, in->numbers, &in->missing);
    return in->missing_is_number ? CPLUG_OK : in->host->fail(e, CPLUG_E_INVALID, "missing=%s; expected error, drop or a number", word);
}

static cplug_status drop_rows(intake *in, cplug_error *e)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < in->n_rows; i++) {
        int32_t drop = 0;
        for (int64_t c = 0; c < in->table.n_columns && !drop; c++) {
            if (in->columns[c].role == ROLE_IGNORED || !is_missing(in, cell(in, in->row[i], c))) continue;
            if (!in->missing_drops && !in->missing_is_number)
                return fail_at(in, e, CPLUG_E_FORMAT, in->row[i], c,
                               "the value is missing ('%.40s'); missing=drop leaves such rows out, missing=0 puts a number there",
                               cell(in, in->row[i], c));
            drop = in->missing_drops;
        }
        if (!drop) in->row[kept++] = in->row[i];
    }
    in->n_rows = kept;
    return kept ? CPLUG_OK
                : in->host->fail(e, CPLUG_E_FORMAT, "%s: every row has a missing value; missing=drop leaves none", in->options->file);
}

/* ---- categories ---- */
static int by_text(const void *a, const void *b) { return strcmp(((const category *)a)->name, ((const category *)b)->name); }
static int by_value(const void *a, const void *b)
{
    double x = ((const category *)a)->value, y = ((const category *)b)->value;
    return x < y ? -1 : x > y;
}

static void sort_unique(column *col, int (*order)(const void *, const void *))
{
    int64_t kept = 0;
    qsort(col->categories, (size_t)col->n_categories, sizeof *col->categories, order);
    for (int64_t i = 0; i < col->n_categories; i++)
        if (kept == 0 || order(&col->categories[kept - 1], &col->categories[i]) != 0) col->categories[kept++] = col->categories[i];
    col->n_categories = kept;
}

static cplug_status collect(const intake *in, int64_t c, cplug_error *e)
{
    column *col = &in->columns[c];
    const cplug_strings *given = &in->options->classes;
    col->given = c == in->target && given->n > 0;
    int64_t n = col->given ? given->n : in->n_rows;
    col->categories = in->host->alloc((uint64_t)n * sizeof *col->categories);
    if (!col->categories) return in->host->fail(e, CPLUG_E_NOMEM, "out of memory for the categories of a column");
    for (int64_t i = 0; i < n; i++) {
        const char *s = col->given ? given->v[i] : cell(in, in->row[i], c);
        if (!col->given && is_missing(in, s))
            return fail_at(in, e, CPLUG_E_FORMAT, in->row[i], c,
                           "a category is missing, and a number cannot stand for it; use missing=drop");
        col->categories[col->n_categories++].name = s;
    }
    if (col->given) return CPLUG_OK;
    sort_unique(col, by_text);
    col->by_value = 1;
    for (int64_t i = 0; i < col->n_categories && col->by_value; i++)
        col->by_value = parse_number(col->categories[i].name, in->numbers, &col->categories[i].value);
    if (col->by_value) sort_unique(col, by_value);
    return CPLUG_OK;
}

static cplug_status category_of(const intake *in, int64_t row, int64_t c, double *value, cplug_error *e)
{
    const column *col = &in->columns[c];
    category key = { .name = cell(in, row, c) };
    const category *hit = NULL;
    if (col->by_value && !parse_number(key.name, in->numbers, &key.value)) key.value = NAN;
    if (!col->given) hit = bsearch(&key, col->categories, (size_t)col->n_categories, sizeof key, col->by_value ? by_value : by_text);
    for (int64_t i = 0; col->given && i < col->n_categories && !hit; i++)
        if (strcmp(col->categories[i].name, key.name) == 0) hit = &col->categories[i];
    if (!hit) return fail_at(in, e, CPLUG_E_FORMAT, row, c, "'%.60s' is not one of the given classes", key.name);
    *value = (double)(hit - col->categories);
    return CPLUG_OK;
}

/* The first value decides what a column is; a number column with text further down is a mistake of the file, shown when it is met. */
static int begins_with_text(const intake *in, int64_t c)
{
    for (int64_t i = 0; i < in->n_rows; i++)
        if (!is_missing(in, cell(in, in->row[i], c))) return !is_number(in, cell(in, in->row[i], c));
    return 0;
}

static cplug_status choose_kinds(intake *in, cplug_error *e)
{
    const csv_options *o = in->options;
    for (int64_t c = 0; c < in->table.n_columns; c++) {
        column *col = &in->columns[c];
        char where[96];
        if (col->role == ROLE_IGNORED) continue;
        int64_t type = col->role == ROLE_TARGET ? o->target_type : TYPE_AUTO;
        if (type == TYPE_CLASS || (type == TYPE_AUTO && (begins_with_text(in, c) || (col->role == ROLE_TARGET && o->classes.n > 0))))
            col->is_category = 1;
        if (type == TYPE_NUMBER) col->is_category = 0;
        cplug_status status = col->is_category ? collect(in, c, e) : CPLUG_OK;
        if (status != CPLUG_OK) return status;
        if (col->role == ROLE_TARGET) continue;
        col->at = in->width;
        col->width = col->is_category && o->encode == ENCODE_ONE_HOT ? col->n_categories : 1;
        in->width += col->width;
        if (col->width > MOST_ONE_HOT)
            return in->host->fail(e, CPLUG_E_INVALID,
                                  "%s: %s holds %lld different texts, too many to make a column of each; ignore it, or use encode=index",
                                  o->file, column_text(in, c, where), (long long)col->width);
    }
    return in->width ? CPLUG_OK : in->host->fail(e, CPLUG_E_INVALID, "%s: no input column is left beside the target", o->file);
}

/* ---- all together ---- */
cplug_status columns_decide(intake *in, cplug_error *e)
{
    in->columns = in->host->alloc((uint64_t)in->table.n_columns * sizeof *in->columns);
    if (!in->columns) return in->host->fail(e, CPLUG_E_NOMEM, "out of memory for %lld columns", (long long)in->table.n_columns);
    cplug_status (*const steps[])(intake *, cplug_error *) = { missing_policy, choose_rows, choose_roles, drop_rows, choose_kinds };
    for (uint32_t i = 0; i < CPLUG_COUNT(steps); i++) {
        cplug_status status = steps[i](in, e);
        if (status != CPLUG_OK) return status;
    }
    return CPLUG_OK;
}

cplug_status columns_value(const intake *in, int64_t row, int64_t c, double *value, cplug_error *e)
{
    const char *s = cell(in, row, c);
    if (in->columns[c].is_category) return category_of(in, row, c, value, e);
    if (in->missing_is_number && is_missing(in, s)) {
        *value = in->missing;
        return CPLUG_OK;
    }
    if (!parse_number(s, in->numbers, value))
        return fail_at(in, e, CPLUG_E_FORMAT, row, c,
                       "'%.60s' is not a number, and the column began with one; %s takes its values as categories", s,
                       in->columns[c].role == ROLE_TARGET ? "target_type=class" : "categorical=COLUMN");
    if (fabs(*value) > 3.4028234663852886e38) return fail_at(in, e, CPLUG_E_FORMAT, row, c, "'%.60s' is too large for f32", s);
    return CPLUG_OK;
}

void columns_free(intake *in)
{
    for (int64_t c = 0; in->columns && c < in->table.n_columns; c++) in->host->free(in->columns[c].categories);
    in->host->free(in->columns);
    in->host->free(in->row);
    in->columns = NULL;
    in->row = NULL;
}
