/* csv.h: what the parts of the data set csv share: the options as the user gave them, the table of cells, the columns and what they mean.
 */
#ifndef CSV_H
#define CSV_H
#include <cplug/plugin.h>
#include <locale.h>

enum { HEADER_AUTO = 0, HEADER_YES = 1, HEADER_NO = 2 };
enum { TYPE_AUTO = 0, TYPE_CLASS = 1, TYPE_NUMBER = 2 };
enum { ENCODE_ONE_HOT = 0, ENCODE_INDEX = 1 };
enum { SPLIT_ALL = 0, SPLIT_TRAIN = 1, SPLIT_VALID = 2 };

typedef struct csv_options {
    const char *file, *delimiter, *target, *missing;
    cplug_strings missing_values, ignore, categorical, classes;
    int64_t header, target_type, encode, split, seed;
    double valid_fraction;
} csv_options;

/* Cells of the whole file, row by row; each is NUL-terminated inside `text`. */
typedef struct table {
    char *text;
    char **cell;   /* [n_rows * n_columns] */
    int64_t *line; /* [n_rows] where the row begins, from 1 */
    int64_t n_rows, n_columns;
    uint64_t room_cells, room_rows;
} table;
cplug_status table_read(const cplug_host *h, const char *file, const char *delimiter, table *t, cplug_error *e);
void table_free(const cplug_host *h, table *t);

enum { ROLE_INPUT = 0, ROLE_TARGET = 1, ROLE_IGNORED = 2 };
typedef struct category {
    const char *name; /* in the table's text or the user's list */
    double value;
} category;
typedef struct column {
    const char *name; /* NULL without a header */
    int32_t role, is_category;
    category *categories;
    int64_t n_categories;
    int32_t by_value;  /* all of them are numbers: ordered as such, and 1 is 1.0 */
    int32_t given;     /* the user's list, in the user's order */
    int64_t at, width; /* place in an input row */
} column;

/* Everything that is needed while a file is being taken in. */
typedef struct intake {
    const cplug_host *host;
    const csv_options *options;
    table table;
    column *columns;
    int64_t *row; /* [n_rows] rows of the table that stay */
    int64_t n_rows, width;
    int64_t target; /* column, or -1 */
    double missing; /* the number that stands for a missing one */
    int32_t missing_is_number, missing_drops;
    locale_t numbers; /* the C locale, whatever the host's is */
} intake;
cplug_status columns_decide(intake *in, cplug_error *e); /* header, roles, rows that stay, categories, places */
cplug_status columns_value(const intake *in, int64_t row, int64_t c, double *value, cplug_error *e); /* a number, or that of a category */
void columns_free(intake *in);
#endif
