/* train.h: the optimizer as core sees it: its groups, and what it holds for each parameter. */
#ifndef CPLUG_TRAIN_INTERNAL_H
#define CPLUG_TRAIN_INTERNAL_H
#include "module/module.h"
#include "op/op.h"

typedef struct cplug__group {
    char *glob;   /* NULL: the rest */
    void *values; /* the type's options struct */
} cplug__group;

typedef struct cplug__slots { /* one parameter and its state */
    cplug_tensor *param;      /* one reference */
    const char *name;         /* in the optimizer's name arena */
    void *state;              /* state_size bytes; NULL until the first gradient */
    uint32_t group, fresh;    /* fresh: slots were looked at since options, device or dtype may have changed */
} cplug__slots;

struct cplug_optimizer {
    cplug__owned owned;
    cplug_context *ctx;
    const cplug_optimizer_type *type;
    cplug_module *module; /* one reference; NULL: over a list */
    cplug__arena arena;   /* option values */
    cplug__arena names;   /* of parameters */
    cplug__arena state_names;
    char *text; /* options as given, which groups stand on */
    cplug__group *groups;
    cplug__slots *slots;   /* by group, in the module's order within one */
    cplug_param_ref *refs; /* room for n_slots */
    cplug_named_tensor *state_list;
    uint64_t seen; /* module->changed when slots were resolved */
    uint32_t n_groups, n_slots, n_state, refs_held, orphan, reserved;
};

/* An instance of a component: its type and its struct with the options stored. */
typedef struct cplug__instance {
    cplug__arena arena;
    const void *type;
    void *self;
} cplug__instance;
typedef struct cplug__kind {
    const char *name;
    uint64_t options, instance_size; /* offsets in the type's descriptor */
} cplug__kind;
#define CPLUG__KIND(name_, type_)                                                                                                          \
    {                                                                                                                                      \
        name_, offsetof(type_, options), offsetof(type_, instance_size)                                                                    \
    }
/* cplug__unmake also after a failure. */
cplug_status cplug__make(cplug_context *ctx, const cplug__kind *kind, const char *spec, const char *base_dir, cplug__instance *out);
void cplug__unmake(cplug__instance *i);

/* Brings slots in line with the module's parameters; states follow their tensors. */
cplug_status cplug__optimizer_resolve(cplug_optimizer *o);
/* Makes the slots that are missing and moves those whose parameter went elsewhere. */
cplug_status cplug__optimizer_prepare(cplug_optimizer *o, cplug__slots *s);
void cplug__optimizer_clear_state(cplug_optimizer *o, void *state); /* drops the tensors; the bytes stay */
void cplug__optimizer_clear_list(cplug_optimizer *o);
void cplug__optimizer_drop(cplug_optimizer *o); /* one reference */

const cplug_state_slot *cplug__slot_at(const cplug_optimizer_type *t, uint32_t k);
bool cplug__slot_wanted(const cplug_optimizer *o, const void *group, uint32_t k);

/* A numeric option by name; NULL when there is none or it is no number. */
const cplug_option *cplug__numeric_option(const cplug_options_table *t, const char *name);
double cplug__number_get(const cplug_option *o, const void *values);
void cplug__number_set(const cplug_option *o, void *values, double value);
#endif
