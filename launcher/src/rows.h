/* rows.h: what the readers of `predict --input` share: the whole input as bytes, and the samples found in it.  input.c gets the bytes,
 * rows_text.c and rows_binary.c find samples, rows.c is the data set over them. */
#ifndef CPLUG_LAUNCHER_ROWS_H
#define CPLUG_LAUNCHER_ROWS_H
#include "run.h"

enum { ROWS_CSV = 1, ROWS_IDX, ROWS_RAW };

typedef struct rows {
    const char *path, *format; /* format: "csv", "idx", "raw:f32"; NULL: by name and first bytes */
    cplug_ints shape;
    int64_t dtype; /* choice as in [model] */
    const cplug_host *host;
    uint8_t *bytes; /* the unpacked input; kept by binary formats */
    uint64_t n_bytes;
    double *values; /* text: [n, numel] */
    int64_t n, room, numel;
    const uint8_t *at; /* binary: [n, numel] of `from` inside bytes */
    cplug_dtype from;
    int32_t swapped; /* most significant byte first */
    cplug_field field;
} rows;

/* ---- input.c: path or "-" into s->bytes, gunzipped when it is packed ---- */
cplug_status cplug__input_read(rows *s, cplug_error *e);

/* ---- rows_text.c ---- */
cplug_status cplug__rows_text(rows *s, cplug_error *e);

/* ---- rows_binary.c ---- */
bool cplug__rows_is_idx(const uint8_t *bytes, uint64_t n);
cplug_status cplug__rows_idx(rows *s, cplug_error *e);
cplug_status cplug__rows_raw(rows *s, cplug_dtype from, cplug_error *e);
double cplug__rows_number(const rows *s, int64_t i); /* element i of the binary samples */

/* "csv", "idx", "raw:f32": ROWS_..., and the dtype of raw; 0: none of them. */
int32_t cplug__rows_format(const char *text, cplug_dtype *from);
/* May the number stand in a tensor of this dtype?  Whole and in range for integers, not beyond the largest finite float. */
bool cplug__rows_fits(double value, cplug_dtype to);
#endif
