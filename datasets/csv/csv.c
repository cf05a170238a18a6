/* csv.c: data set csv: the rows of an RFC 4180 table.  Fields: input f32 [columns], target i64 (classes) or f32 [1] (numbers).  The file is
 * taken in once at open; read copies rows.  split=train|valid holds out rows of one file, the same ones for the same seed. */
#include "csv.h"
#include <string.h>

typedef struct csv {
    csv_options options;
    const cplug_host *host;
    float *input;       /* [n_rows, width] */
    float *number;      /* [n_rows]: a regression target */
    int64_t *label;     /* [n_rows]: a class target */
    int64_t *order;     /* [length] rows of this split; NULL: all */
    char *names;        /* text of the class names */
    const char **class; /* [n_classes] into it */
    int64_t n_rows, width, length;
    cplug_field field[2];
} csv;

#define OPTION(name_) .name = #name_, .offset = offsetof(csv, options.name_)
static const cplug_option options[] = {
    { OPTION(file), .doc = "the table, UTF-8 text", .type = CPLUG_OPT_PATH, .flags = CPLUG_OPT_REQUIRED },
    { OPTION(delimiter), .doc = "one character; tab for a tab, a blank for runs of blanks", .type = CPLUG_OPT_STRING, .fallback = "\",\"" },
    { OPTION(header), .doc = "the first row holds names; auto: when it has no number and the second row has one", .type = CPLUG_OPT_CHOICE,
      .fallback = "auto", .choices = "auto|yes|no" },
    { OPTION(target), .doc = "target column by name or number from 0, negative from the end; none: no target", .type = CPLUG_OPT_STRING,
      .flags = CPLUG_OPT_UNSET_OK, .fallback = "-1" },
    { OPTION(target_type), .doc = "class, number (regression), or auto: text is classes, numbers are regression", .type = CPLUG_OPT_CHOICE,
      .fallback = "auto", .choices = "auto|class|number" },
    { OPTION(classes), .doc = "names of the target's classes in order; left out: those in the file, sorted", .type = CPLUG_OPT_STRINGS,
      .flags = CPLUG_OPT_UNSET_OK },
    { OPTION(ignore), .doc = "columns to leave out, by name or number", .type = CPLUG_OPT_STRINGS, .flags = CPLUG_OPT_UNSET_OK },
    { OPTION(categorical), .doc = "columns to take as categories although they hold numbers", .type = CPLUG_OPT_STRINGS,
      .flags = CPLUG_OPT_UNSET_OK },
    { OPTION(encode), .doc = "how categories among the inputs become numbers", .type = CPLUG_OPT_CHOICE, .fallback = "one_hot",
      .choices = "one_hot|index" },
    { OPTION(missing), .doc = "a missing value is an error, drops its row, or becomes this number: error, drop or a number",
      .type = CPLUG_OPT_STRING, .fallback = "error" },
    { OPTION(missing_values), .doc = "what stands for a missing value, besides an empty cell", .type = CPLUG_OPT_STRINGS,
      .flags = CPLUG_OPT_UNSET_OK, .fallback = "?,NA,N/A,NaN,nan,NULL,null" },
    { OPTION(split), .doc = "all rows, or the train or valid part of them", .type = CPLUG_OPT_CHOICE, .fallback = "all",
      .choices = "all|train|valid" },
    { OPTION(valid_fraction), .doc = "part of the rows that split=valid holds", .type = CPLUG_OPT_FLOAT, .fallback = "0.2", .min = 0,
      .max = 1 },
    { OPTION(seed), .doc = "which rows are held out", .type = CPLUG_OPT_INT, .fallback = "0" },
};

static cplug_status no_memory(const csv *c, cplug_error *e)
{
    return c->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory for %lld rows", c->options.file, (long long)c->n_rows);
}

/* The names must outlive the table's text. */
static cplug_status keep_classes(csv *c, const column *col, cplug_error *e)
{
    uint64_t bytes = 1;
    for (int64_t i = 0; i < col->n_categories; i++) bytes += strlen(col->categories[i].name) + 1;
    c->names = c->host->alloc(bytes);
    c->class = c->host->alloc((uint64_t)(col->n_categories + 1) * sizeof *c->class);
    if (!c->names || !c->class) return no_memory(c, e);
    char *to = c->names;
    for (int64_t i = 0; i < col->n_categories; i++) {
        uint64_t n = strlen(col->categories[i].name) + 1;
        c->class[i] = memcpy(to, col->categories[i].name, n);
        to += n;
    }
    c->field[1].classes = c->class;
    c->field[1].n_classes = col->n_categories;
    return CPLUG_OK;
}

static cplug_status take_row(csv *c, const intake *in, int64_t i, cplug_error *e)
{
    float *row = c->input + i * c->width;
    for (int64_t k = 0; k < in->table.n_columns; k++) {
        const column *col = &in->columns[k];
        double value = 0;
        if (col->role == ROLE_IGNORED) continue;
        cplug_status status = columns_value(in, in->row[i], k, &value, e);
        if (status != CPLUG_OK) return status;
        if (col->role == ROLE_INPUT && col->is_category && in->options->encode == ENCODE_ONE_HOT)
            row[col->at + (int64_t)value] = 1;
        else if (col->role == ROLE_INPUT)
            row[col->at] = (float)value;
        else if (col->is_category)
            c->label[i] = (int64_t)value;
        else
            c->number[i] = (float)value;
    }
    return CPLUG_OK;
}

static cplug_status take_in(csv *c, const intake *in, cplug_error *e)
{
    const column *target = in->target < 0 ? NULL : &in->columns[in->target];
    uint64_t n = (uint64_t)in->n_rows, cells;
    c->n_rows = in->n_rows;
    c->width = in->width;
    if (__builtin_mul_overflow(n, (uint64_t)in->width * sizeof *c->input, &cells)) return no_memory(c, e);
    c->input = c->host->alloc(cells);
    if (target && target->is_category)
        c->label = c->host->alloc(n * sizeof *c->label);
    else if (target)
        c->number = c->host->alloc(n * sizeof *c->number);
    if (!c->input || (target && !c->label && !c->number)) return no_memory(c, e);
    c->field[0] = (cplug_field){ .name = "input", .meta = { .dtype = CPLUG_F32, .ndim = 1, .shape = { c->width } } };
    c->field[1] = (cplug_field){ .name = "target",
                                 .meta = { .dtype = c->label ? CPLUG_I64 : CPLUG_F32, .ndim = c->label ? 0 : 1, .shape = { 1 } } };
    cplug_status status = c->label ? keep_classes(c, target, e) : CPLUG_OK;
    for (int64_t i = 0; i < in->n_rows && status == CPLUG_OK; i++) status = take_row(c, in, i, e);
    return status;
}

/* Rows in a random order that depends on the seed and their number only; the first part is valid, the rest train, each in file order. */
static cplug_status split_rows(csv *c, cplug_error *e)
{
    const csv_options *o = &c->options;
    int64_t n = c->n_rows, n_valid = (int64_t)((double)n * o->valid_fraction + 0.5), kept = 0;
    c->length = n;
    if (o->split == SPLIT_ALL) return CPLUG_OK;
    int64_t *shuffled = c->host->alloc((uint64_t)n * sizeof *shuffled);
    uint8_t *valid = c->host->alloc((uint64_t)n);
    c->order = c->host->alloc((uint64_t)n * sizeof *c->order);
    cplug_status status = shuffled && valid && c->order ? CPLUG_OK : no_memory(c, e);
    for (int64_t i = 0; i < n && status == CPLUG_OK; i++) {
        uint32_t r[4];
        c->host->philox((uint64_t)o->seed, (uint64_t)i, r);
        int64_t j = (int64_t)(((uint64_t)r[0] << 31 | r[1] >> 1) % (uint64_t)(i + 1));
        shuffled[i] = shuffled[j];
        shuffled[j] = i;
    }
    for (int64_t i = 0; i < n_valid && status == CPLUG_OK; i++) valid[shuffled[i]] = 1;
    for (int64_t i = 0; i < n && status == CPLUG_OK; i++)
        if (valid[i] == (o->split == SPLIT_VALID)) c->order[kept++] = i;
    c->length = kept;
    c->host->free(shuffled);
    c->host->free(valid);
    return status;
}

static cplug_status csv_open(const cplug_host *h, void *self, cplug_dataset_info *info, cplug_error *e)
{
    csv *c = self;
    c->host = h;
    intake in = { .host = h, .options = &c->options, .numbers = newlocale(LC_ALL_MASK, "C", (locale_t)0) };
    cplug_status status = in.numbers ? CPLUG_OK : h->fail(e, CPLUG_E_NOMEM, "out of memory for the C locale");
    if (status == CPLUG_OK) status = table_read(h, c->options.file, c->options.delimiter, &in.table, e);
    if (status == CPLUG_OK) status = columns_decide(&in, e);
    if (status == CPLUG_OK) status = take_in(c, &in, e);
    if (status == CPLUG_OK) status = split_rows(c, e);
    info->length = c->length;
    info->fields = c->field;
    info->n_fields = in.target < 0 ? 1 : 2;
    columns_free(&in);
    table_free(h, &in.table);
    if (in.numbers) freelocale(in.numbers);
    return status;
}

static cplug_status csv_read(void *self, const int64_t *index, int64_t n, cplug_view *const *out, cplug_error *e)
{
    const csv *c = self;
    float *input = out[0]->data;
    for (int64_t k = 0; k < n; k++) {
        if (index[k] < 0 || index[k] >= c->length)
            return c->host->fail(e, CPLUG_E_INVALID, "row %lld of %lld", (long long)index[k], (long long)c->length);
        int64_t row = c->order ? c->order[index[k]] : index[k];
        memcpy(input + k * c->width, c->input + row * c->width, (size_t)c->width * sizeof *input);
        if (c->label)
            ((int64_t *)out[1]->data)[k] = c->label[row];
        else if (c->number)
            ((float *)out[1]->data)[k] = c->number[row];
    }
    return CPLUG_OK;
}

static void csv_close(void *self)
{
    csv *c = self;
    if (!c->host) return;
    void *const owned[] = { c->input, c->number, c->label, c->order, c->names, c->class };
    for (uint32_t i = 0; i < CPLUG_COUNT(owned); i++) c->host->free(owned[i]);
}

static const cplug_dataset type = {
    .struct_size = sizeof type,
    .id = "csv",
    .doc = "rows of an RFC 4180 table",
    .options = CPLUG_OPTIONS(options),
    .instance_size = sizeof(csv),
    .open = csv_open,
    .read = csv_read,
    .close = csv_close,
};
static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e) { return h->add(r, "dataset", &type, e); }
CPLUG_PLUGIN(csv, "cplug.csv", "0.1.0", "Apache-2.0", "data set of tables in CSV files", "dataset:csv", init);
