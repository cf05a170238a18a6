/* tabulate.h: one sample's prediction, and the formats in which predictions are told. */
#ifndef CPLUG_LAUNCHER_TABULATE_H
#define CPLUG_LAUNCHER_TABULATE_H
#include "run.h"

typedef struct prediction {
    int64_t index, best;  /* best: the class with the highest score, when classes are predicted */
    const double *values; /* [columns] outputs, or probabilities */
    const double *target; /* [n_target]; NULL: the samples have none */
} prediction;

typedef struct table {
    const struct table_format *format;
    const char *const *names; /* [n_names] of classes; NULL: numbers are told */
    int64_t n_names, columns, n_target, samples;
    bool classes; /* values are probabilities of classes */
    str line;
} table;

/* CSV, JSON lines or text for people; a head and then a line a sample.  head may leave the line empty. */
typedef struct table_format {
    const char *name;
    void (*head)(table *t);
    void (*row)(table *t, const prediction *p);
} table_format;

/* "csv" when name is NULL; NULL when there is no such format. */
const table_format *cplug__table_format(const char *name);
extern const char *const cplug__table_formats[3];
#endif
