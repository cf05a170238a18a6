/* plan.h: a checked INI file: what to build, with every value checked against the schema of the component that will read it, and
 * written as the option text that core parses.  check.c checks sections, layers.c turns layers and blocks into a list of nodes,
 * plan.c holds the sections of the launcher itself, print.c writes it all back as an INI file. */
#ifndef CPLUG_LAUNCHER_PLAN_H
#define CPLUG_LAUNCHER_PLAN_H
#include "config.h"
#include <cplug/cplug.h>

typedef struct pair { /* one checked value, as print.c writes it */
    const char *key, *value;
    bool quoted, is_default;
    struct pair *next;
} pair;
typedef struct component {
    const char *kind, *id; /* "module", "conv2d" */
    const char *spec;      /* "conv2d out_channels=\"6\"": for core */
    const char *extra;     /* data: options of the loader */
    const char *base_dir;  /* for paths inside nested specs */
    const section *section;
    pair *pairs;
} component;
typedef struct node {
    const char *name; /* "layer1.0.conv1" */
    component *part;
    uint32_t n_inputs;
    int32_t *inputs; /* numbers of nodes; -1 is the model's input */
} node;

typedef struct model_options {
    const char *name;
    cplug_ints input_shape;
    int64_t input_dtype, target_dtype;
} model_options;
typedef struct train_options {
    int64_t epochs, steps, batch_size, accumulate, valid_every;
    double clip_norm, clip_value;
} train_options;
typedef struct checkpoint_options {
    int64_t every, every_steps, keep, on_error; /* on_error: 0 stop, 1 warn */
    const char *best;
} checkpoint_options;
typedef struct log_options {
    const char *dir;
    int64_t every, show;
} log_options;
typedef struct metrics_options {
    cplug_strings names;
} metrics_options;

enum { DATA_TRAIN, DATA_VALID, DATA_TEST, N_DATA };
extern const char *const cplug__data_names[N_DATA]; /* "train" "valid" "test" */

typedef struct plan {
    config *c;
    cplug_context *ctx;
    const char *runtime; /* option text for cplug_open */
    pair *runtime_pairs;
    model_options model;
    train_options train;
    checkpoint_options checkpoint;
    log_options log;
    metrics_options metrics;
    pair *model_pairs, *train_pairs, *checkpoint_pairs, *log_pairs, *metrics_pairs;
    component *data[N_DATA], *loss, *optimizer, *scheduler;
    component **callbacks; /* [callback.NAME] */
    component **groups;    /* [optimizer.NAME] */
    const char **group_globs;
    uint32_t n_callbacks, n_groups, n_nodes, room_nodes, n_instances; /* n_instances: of blocks */
    node *nodes;
    bool sound;             /* the layers are without mistakes: the model can be tried, whatever is wrong elsewhere */
    struct used_part *used; /* components of the file: written.c */
} plan;

/* ---- plan.c ---- */
bool cplug__plan_runtime(plan *p);                      /* before a context exists: checks [runtime] */
void cplug__plan_no_context(plan *p, const char *text); /* why there is none becomes a mistake in [runtime] */
void cplug__plan_make(plan *p, uint32_t needs);         /* the rest; mistakes go to p->c->diags */
const char *cplug__plan_print(plan *p);
/* Options of the launcher's own sections, and the choices of dtypes in them. */
cplug_dtype cplug__plan_dtype(int64_t choice);

/* ---- check.c ---- */
typedef struct schema {
    const cplug_options_table *table;
    const char *const *hidden; /* names that do not count, NULL at the end; may be NULL */
    str options;               /* out: the text of what was found in this table */
    uint32_t quiet;            /* not written back */
    const char *kind;          /* of the component whose options these are; NULL: the launcher's own */
} schema;
/* Each entry of s must be an option of one of the tables; required ones must be there.  Found values go to the schemas' texts and, with
 * the defaults, to *pairs.  what: "conv2d", "" for the launcher's own. */
void cplug__check_section(plan *p, const section *s, const env *params, schema *schemas, uint32_t n, const char *what, pair **pairs);
/* The id behind key "type" when a component of the kind has it; NULL after a mistake. */
const char *cplug__check_type(plan *p, const section *s, const env *params, const char *kind);
/* "[a, b k=v]": each id must be a component of the kind, each key one of its options. */
void cplug__check_specs(plan *p, const entry *e, const char *value, const char *kind);
/* A whole section that describes one component; own[0] holds the launcher's keys ("type" among them), further ones what is possible
 * besides the component's options.  NULL after a mistake in its type. */
component *cplug__check_component(plan *p, const section *s, const env *params, const char *kind, schema *own, uint32_t n_own);
/* Does s hold the name under a misspelling, as a key that none of the schemas has? */
bool cplug__misspelt(const section *s, schema *schemas, uint32_t n, const char *name);
/* Finds an option in one of the schemas. */
bool cplug__find_option(schema *schemas, uint32_t n, const char *key, uint32_t *which, cplug_option *out);
bool cplug__needs_quotes(const char *value);
cplug_option cplug__option_get(const cplug_options_table *t, uint32_t i);

/* ---- help.c: a whole sentence, or NULL ---- */
enum { MOST_NAMES = 512 };
uint32_t cplug__component_names(plan *p, const char *kind, const char **names); /* room for MOST_NAMES */
/* The id of a component of the kind that a word means; NULL: none. */
const char *cplug__component_near(plan *p, const char *kind, const char *word);
/* For a value that an option refuses; why is core's message, from which its suggestion is taken. */
const char *cplug__help_value(plan *p, const cplug_option *o, const char *value, char *why, schema *schemas, uint32_t n);
const char *cplug__help_section(plan *p, const char *key); /* where a key belongs */
/* A key of another component of the kind; elsewhere: only where the type was changed by another file or the command line. */
const char *cplug__help_other_type(plan *p, const section *s, const entry *e, const char *kind, bool elsewhere);
/* Nothing is near: where the keys that there are can be found. */
const char *cplug__help_keys(plan *p, const char *kind, const char *what, const char *const *names, uint32_t n);

/* ---- written.c ---- */
void cplug__written_note(plan *p, const char *kind, const char *id);
const char *cplug__written_text(plan *p); /* "cplug 0.1.0, cplug.layers 0.1.0" */
/* ": cplug.layers 0.3.0, with which ..." when the file was written with a newer plugin of the part (NULL: of the kind; both NULL:
 * with a newer cplug), "" when not; goes behind "unknown ...". */
const char *cplug__written_newer(plan *p, const char *kind, const char *part);

/* ---- layers.c ---- */
extern const cplug_options_table cplug__layer_table, cplug__instance_table, cplug__block_table; /* [layer.NAME], with block =, [block.B] */
void cplug__plan_layers(plan *p);
#endif
