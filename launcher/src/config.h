/* config.h: an INI file as the launcher sees it: sections and entries in order, each with its place, and the list of mistakes.
 *
 * scan.c reads one file into sections, config.c merges includes and overrides, expand.c resolves ${...}, diag.c collects mistakes. */
#ifndef CPLUG_LAUNCHER_CONFIG_H
#define CPLUG_LAUNCHER_CONFIG_H
#include "pool.h"

typedef struct source {     /* a file, or the command line */
    const char *path, *dir; /* dir: what PATH values are relative to */
    const char *text;
    uint64_t size;
    uint32_t number;             /* order of reading */
    const struct source *parent; /* who includes it */
} source;
typedef struct place {
    const source *file;          /* NULL: nowhere */
    int32_t line, column, width; /* from 1, in bytes */
} place;

typedef struct diag {
    place at;
    const char *text, *help; /* help "" = none */
    int32_t code;            /* CPLUG_RUN_CONFIG or _PLUGIN */
    uint32_t number;
} diag;
typedef struct diags {
    pool *pool;
    diag *list;
    uint32_t n, room;
} diags;
/* help: NULL or a whole sentence.  The same mistake at the same place counts once. */
void cplug__diag(diags *d, place at, const char *help, const char *format, ...) CPLUG_PRINTF(4, 5);
/* "did you mean 'x'?" or NULL */
const char *cplug__did_you_mean(diags *d, const char *word, const char *const *candidates, uint32_t n);
void cplug__diags_sort(diags *d);
void cplug__diags_format(const diags *d, str *out);
int32_t cplug__place_column(place at); /* in characters */

typedef struct entry {
    const char *key, *value; /* value: without its quotes, ${} not resolved */
    bool quoted;
    place key_at, value_at;
    struct entry *next;
} entry;
typedef struct section {
    const char *name; /* "layer.fc1" */
    place at;
    entry *first, *last;
    struct section *next;
} section;
typedef struct config {
    pool *pool;
    diags diags;
    section *first, *last;
    const source *file; /* the main one */
    const source *command_line;
    uint32_t n_sources;
    bool malformed; /* lines were lost: what is missing may stand in them */
} config;

/* One file into a list of sections; mistakes of form go to d. */
section *cplug__scan(pool *p, diags *d, const source *file);
/* What iniparser makes of the same file must agree. */
void cplug__scan_compare(diags *d, const source *file, const section *sections);

/* path with its includes, then overrides.  false: not even readable; the mistake is in the list. */
bool cplug__config_load(config *c, const char *path, const char *const *overrides, uint32_t n_overrides);
section *cplug__config_section(const config *c, const char *name);
const entry *cplug__section_entry(const section *s, const char *key); /* s may be NULL */
/* Sections whose name begins with prefix ("layer."), in order: call with the last one found, NULL at first. */
const section *cplug__config_next(const config *c, const char *prefix, const section *after);
/* Does the name begin with one of the words that the dialect reserves; `whole`: is it a section that may be made by an override? */
bool cplug__config_known(const char *name, bool *whole);

/* Names that ${...} may use besides [vars]; inner ones first. */
typedef struct env {
    const char *name, *value;
    const struct env *next;
} env;
/* The value with every ${...} resolved; NULL after a mistake. */
const char *cplug__expand(config *c, const entry *e, const env *params);
/* path as seen from the directory of the file that names it. */
const char *cplug__path_from(config *c, const source *file, const char *path);
#endif
