/* component.h: the component under validation, for the files that check one. */
#ifndef CPLUG_VALIDATE_COMPONENT_H
#define CPLUG_VALIDATE_COMPONENT_H
#include "validate.h"
#include "watch.h"

enum { SPEC_TEXT = 2048 };
typedef struct component {
    const char *kind, *id;
    const char *words;      /* "id key=value ..." from the command line, or NULL */
    const void *descriptor; /* the plugin's own; NULL until it was seen */
    cplug_options_table options;
    uint64_t size;  /* of its struct of options */
    bool watching;  /* its struct lies on the watched page while its functions run */
    char name[160]; /* "dataset my.sine" */
} component;
extern component subject;

uint64_t option_size(const cplug_option *o); /* bytes that it takes in the struct */

/* spec.c: "id a=1 b=2": the required options, and another value than the default for option number `changed`; SPEC_ALL: for each of them.
 * false when a required one cannot be guessed. */
enum { SPEC_NONE = -1, SPEC_ALL = -2 };
bool component_spec(const component *c, int32_t changed, char *text, uint64_t size);

/* schema.c: names, docs, offsets, defaults, ranges. */
void check_schema(const component *c);
/* wrap.c: a descriptor whose functions see the watched struct, and a host table of ours. */
const void *watch_descriptor(component *c);
/* What the wrapped data set or transform was opened as, for samples.c; self NULL: it is not open. */
typedef struct opened {
    const cplug_dataset *dataset;
    const cplug_transform *transform;
    void *self;
    cplug_dataset_info info;
    cplug_meta in, out;
} opened;
extern opened last_opened;

/* exercise.c: uses the component as far as one can who does not know it.  NULL, or why it could not be used. */
const char *exercise(cplug_context *ctx, const component *c);
/* A data set of ours whose input is dtype [3, 8, 8], with one chain of transforms. */
bool open_through(cplug_context *ctx, const char *transform_spec, cplug_data **out);
/* Inputs in the usual shapes, until NULL. */
cplug_tensor *usual_input(cplug_context *ctx, uint32_t k);
/* Predictions and targets of every usual pairing: classes, values, one value a sample, probabilities; false at the end. */
bool usual_pair(cplug_context *ctx, uint32_t k, cplug_tensor **prediction, cplug_tensor **target);
cplug_event usual_event(uint32_t k, cplug_module *m, cplug_optimizer *o); /* name NULL at the end */

/* samples.c: data sets and transforms; behave.c: what speaks tensors.  Each begins checks of its own. */
void check_samples(cplug_context *ctx, const component *c);
void check_behaviour(cplug_context *ctx, const component *c);
#endif
