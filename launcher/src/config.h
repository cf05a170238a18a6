/* config.h: an INI file as the launcher sees it: sections and entries in order, each with its place, and the list of mistakes.
 *
 * scan.c reads one file into sections, config.c merges includes, override.c the command line and the environment, expand.c resolves
 * ${...}, diag.c collects mistakes, suggest.c knows what was meant. */
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
    int32_t code;            /* CPLUG_RUN_CONFIG, _FILE or _PLUGIN */
    uint32_t number;
} diag;
typedef struct diags {
    pool *pool;
    diag *list;
    uint32_t n, room, n_more; /* n_more: not kept */
} diags;
/* help: NULL or a whole sentence.  The same mistake at the same place counts once. */
void cplug__diag(diags *d, place at, const char *help, const char *format, ...) CPLUG_PRINTF(4, 5);
void cplug__diag_as(diags *d, int32_t code, place at, const char *help, const char *format, ...) CPLUG_PRINTF(5, 6);
/* A help for the mistake that stands at a place; over: in place of the one that it has. */
void cplug__diag_help(diags *d, place at, bool over, const char *help);
/* suggest.c: the candidate that was meant, NULL when none is near; and "did you mean 'x'?", or all of them when they are few,
 * or NULL. */
const char *cplug__suggest(const char *word, const char *const *candidates, uint32_t n);
const char *cplug__did_you_mean(diags *d, const char *word, const char *const *candidates, uint32_t n);
void cplug__diags_sort(diags *d);
void cplug__diags_format(const diags *d, str *out);
int32_t cplug__place_column(place at); /* in characters */

typedef struct entry {
    const char *key, *value; /* value: without its quotes, ${} not resolved */
    bool quoted;
    bool odd; /* the key is no name, of which a mistake speaks already */
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
    const source *command_line, *environment;
    uint32_t n_sources;
    bool malformed; /* lines were lost: what is missing may stand in them */
    bool strange;   /* there are sections that nobody knows: layers, perhaps */
} config;

/* One file into a list of sections; mistakes of form go to d. */
section *cplug__scan(pool *p, diags *d, const source *file);
/* What iniparser makes of the same file must agree. */
void cplug__scan_compare(diags *d, const source *file, const section *sections);

/* Is the format of a file, its entry in [cplug], one that this cplug reads? */
void cplug__config_format(config *c, const entry *e, const char *value);
/* path with its includes.  false: not even readable; the mistake is in the list. */
bool cplug__config_load(config *c, const char *path);
void cplug__config_append(config *c, section *s);
void cplug__section_put(section *s, entry *e); /* in place of the one of that key */
/* override.c: both are laid over what was read, the environment ("CPLUG_TRAIN_EPOCHS=3") first. */
void cplug__config_environment(config *c, const char *const *environment);
void cplug__config_override(config *c, const char *const *overrides, uint32_t n);
/* The variable of the environment that would stand for a key: "CPLUG_TRAIN_EPOCHS". */
const char *cplug__variable_name(pool *p, const char *of, const char *key);
section *cplug__config_section(const config *c, const char *name);
const entry *cplug__section_entry(const section *s, const char *key); /* s may be NULL */
/* Sections whose name begins with prefix ("layer."), in order: call with the last one found, NULL at first. */
const section *cplug__config_next(const config *c, const char *prefix, const section *after);
/* Reserved word i, NULL past the end; whole: it may be a section by itself. */
const char *cplug__config_word(uint32_t i, bool *whole);
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
