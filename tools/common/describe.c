/* describe.c: descriptors as JSON, one row of a table per kind.  Descriptors are copied into the struct of this build first, so that one
 * of an older plugin, which is shorter, reads as zeros at its end. */
#include "describe.h"
#include <string.h>

enum { OPEN_END = INT32_MAX }; /* a limit that no user would meet is not told */

const char *json_text(const cJSON *o, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, key));
    return text != NULL ? text : "";
}

static void copy(void *to, const void *from, size_t size)
{
    uint32_t has;
    memcpy(&has, from, sizeof has);
    memset(to, 0, size);
    memcpy(to, from, has < size ? has : size);
}
#define COPY(type, name, descriptor)                                                                                                       \
    type name;                                                                                                                             \
    copy(&name, descriptor, sizeof name)

static void add_text(cJSON *o, const char *key, const char *text) { cJSON_AddStringToObject(o, key, text != NULL ? text : ""); }

/* "input weight bias?" as a list */
static void add_words(cJSON *o, const char *key, const char *text, const char *between)
{
    cJSON *list = cJSON_AddArrayToObject(o, key);
    for (const char *at = text != NULL ? text : ""; *(at += strspn(at, between));) {
        char word[128] = "";
        const size_t n = strcspn(at, between);
        memcpy(word, at, n < sizeof word ? n : sizeof word - 1);
        cJSON_AddItemToArray(list, cJSON_CreateString(word));
        at += n;
    }
}

typedef struct flag_name {
    uint32_t flag;
    const char *name;
} flag_name;
static void add_flags(cJSON *o, uint32_t flags, const flag_name *names, uint32_t n)
{
    cJSON *list = cJSON_AddArrayToObject(o, "flags");
    for (uint32_t i = 0; i < n; i++)
        if (flags & names[i].flag) cJSON_AddItemToArray(list, cJSON_CreateString(names[i].name));
}

/* ---- options ---- */
static cJSON *option_json(const cplug_option *o)
{
    static const char *const types[] = { "?",    "int",  "float",  "bool",    "string",    "choice",
                                         "path", "ints", "floats", "strings", "component", "components" };
    cJSON *j = cJSON_CreateObject();
    add_text(j, "name", o->name);
    add_text(j, "type", o->type < CPLUG_COUNT(types) ? types[o->type] : types[0]);
    if (o->type == CPLUG_OPT_CHOICE) add_words(j, "choices", o->choices, "|");
    cJSON_AddBoolToObject(j, "required", (o->flags & CPLUG_OPT_REQUIRED) != 0);
    if (o->flags & CPLUG_OPT_UNSET_OK) cJSON_AddTrueToObject(j, "none_ok");
    if (o->flags & CPLUG_OPT_MUTABLE) cJSON_AddTrueToObject(j, "mutable");
    if (o->fallback != NULL) add_text(j, "default", o->fallback);
    if ((o->min != 0 || o->max != 0) && o->min > -OPEN_END) cJSON_AddNumberToObject(j, "min", o->min);
    if ((o->min != 0 || o->max != 0) && o->max >= o->min && o->max < OPEN_END) cJSON_AddNumberToObject(j, "max", o->max);
    if (o->count_min != 0 || o->count_max != 0) {
        cJSON_AddNumberToObject(j, "count_min", (double)o->count_min);
        cJSON_AddNumberToObject(j, "count_max", (double)o->count_max);
    }
    if (o->since != NULL) add_text(j, "since", o->since);
    add_text(j, "doc", o->doc);
    return j;
}

static void add_options(cJSON *o, const cplug_options_table *t)
{
    cJSON *list = cJSON_AddArrayToObject(o, "options");
    for (uint32_t i = 0; i < t->n; i++) {
        cplug_option option;
        memset(&option, 0, sizeof option);
        memcpy(&option, (const char *)t->at + (size_t)i * t->stride, t->stride < sizeof option ? t->stride : sizeof option);
        cJSON_AddItemToArray(list, option_json(&option));
    }
}

/* ---- kinds ---- */
static void describe_op(cJSON *o, const void *descriptor)
{
    static const flag_name names[] = {
        { CPLUG_OP_VIEW, "view" },           { CPLUG_OP_RANDOM, "random" },   { CPLUG_OP_DATA_SHAPED, "data_shaped" },
        { CPLUG_OP_POINTWISE, "pointwise" }, { CPLUG_OP_NO_GRAD, "no_grad" }, { CPLUG_OP_PRIMITIVE, "primitive" }
    };
    COPY(cplug_op, op, descriptor);
    add_text(o, "id", op.name);
    add_text(o, "doc", op.doc);
    cJSON_AddNumberToObject(o, "version", op.version);
    add_words(o, "inputs", op.inputs, " ");
    add_words(o, "outputs", op.outputs, " ");
    add_words(o, "saves", op.saves, " ");
    add_flags(o, op.flags, names, CPLUG_COUNT(names));
    add_text(o, "gradient", op.flags & CPLUG_OP_NO_GRAD ? "none" : op.vjp != NULL ? "vjp" : op.decompose != NULL ? "decompose" : "none");
    cJSON_AddBoolToObject(o, "decomposes", op.decompose != NULL);
    add_options(o, &op.attrs);
}

static void describe_kernel(cJSON *o, const void *descriptor)
{
    static const flag_name names[] = { { CPLUG_K_STRIDED, "strided" }, { CPLUG_K_INPLACE, "inplace" },
                                       { CPLUG_K_SCALAR, "scalar" },   { CPLUG_K_SERIAL, "serial" },
                                       { CPLUG_K_NONDET, "nondet" },   { CPLUG_K_OUT_STRIDED, "out_strided" } };
    COPY(cplug_kernel, k, descriptor);
    add_text(o, "id", k.op);
    add_text(o, "backend", k.backend);
    add_text(o, "device", k.device);
    cJSON_AddNumberToObject(o, "op_version", k.op_version);
    add_flags(o, k.flags, names, CPLUG_COUNT(names));
}

static void describe_backend(cJSON *o, const void *descriptor)
{
    char words[512] = "";
    COPY(cplug_backend, b, descriptor);
    add_text(o, "id", b.name);
    add_text(o, "doc", b.doc);
    add_text(o, "device", b.device);
    if (b.describe != NULL) b.describe(words, sizeof words);
    words[sizeof words - 1] = '\0';
    add_text(o, "words", words);
}

static void describe_device(cJSON *o, const void *descriptor)
{
    COPY(cplug_device, d, descriptor);
    add_text(o, "id", d.name);
    add_text(o, "doc", d.doc);
    cJSON_AddNumberToObject(o, "count", d.count != NULL ? d.count(d.user) : 0);
    cJSON_AddBoolToObject(o, "asynchronous", d.queue_open != NULL);
}

static void describe_module(cJSON *o, const void *descriptor)
{
    COPY(cplug_module_type, m, descriptor);
    add_text(o, "id", m.id);
    add_text(o, "class", m.class_name);
    add_text(o, "doc", m.doc);
    cJSON_AddNumberToObject(o, "inputs", m.n_inputs);
    cJSON_AddNumberToObject(o, "outputs", m.n_outputs);
    add_options(o, &m.options);
}

static void describe_optimizer(cJSON *o, const void *descriptor)
{
    COPY(cplug_optimizer_type, t, descriptor);
    add_text(o, "id", t.id);
    add_text(o, "class", t.class_name);
    add_text(o, "doc", t.doc);
    cJSON *slots = cJSON_AddArrayToObject(o, "state");
    for (uint32_t i = 0; i < t.n_slots; i++) {
        const cplug_state_slot *slot = (const cplug_state_slot *)(const void *)((const char *)t.slots + (size_t)i * t.slot_stride);
        cJSON_AddItemToArray(slots, cJSON_CreateString(slot->name));
    }
    add_options(o, &t.options);
}

static void describe_scheduler(cJSON *o, const void *descriptor)
{
    COPY(cplug_scheduler_type, t, descriptor);
    add_text(o, "id", t.id);
    add_text(o, "class", t.class_name);
    add_text(o, "doc", t.doc);
    add_options(o, &t.options);
}

static void describe_metric(cJSON *o, const void *descriptor)
{
    COPY(cplug_metric_type, t, descriptor);
    add_text(o, "id", t.id);
    add_text(o, "doc", t.doc);
    cJSON_AddBoolToObject(o, "higher_is_better", (t.flags & CPLUG_METRIC_HIGHER_IS_BETTER) != 0);
    add_options(o, &t.options);
}

static void describe_format(cJSON *o, const void *descriptor)
{
    COPY(cplug_format, t, descriptor);
    add_text(o, "id", t.id);
    add_text(o, "doc", t.doc);
    add_words(o, "extensions", t.extensions, " ");
}

#define PLAIN(name, type)                                                                                                                  \
    static void describe_##name(cJSON *o, const void *descriptor)                                                                          \
    {                                                                                                                                      \
        COPY(type, t, descriptor);                                                                                                         \
        add_text(o, "id", t.id);                                                                                                           \
        add_text(o, "doc", t.doc);                                                                                                         \
        add_options(o, &t.options);                                                                                                        \
    }
PLAIN(dataset, cplug_dataset)
PLAIN(transform, cplug_transform)
PLAIN(callback, cplug_callback_type)

static const struct {
    const char *kind;
    void (*describe)(cJSON *o, const void *descriptor);
} kinds[] = {
    { "module", describe_module },       { "loss", describe_module },
    { "optimizer", describe_optimizer }, { "scheduler", describe_scheduler },
    { "metric", describe_metric },       { "dataset", describe_dataset },
    { "transform", describe_transform }, { "format", describe_format },
    { "callback", describe_callback },   { "op", describe_op },
    { "backend", describe_backend },     { "device", describe_device },
    { "kernel", describe_kernel },
};

bool describe_knows(const char *kind)
{
    for (uint32_t i = 0; i < CPLUG_COUNT(kinds); i++)
        if (strcmp(kinds[i].kind, kind) == 0) return true;
    return false;
}

bool describe_same_space(const char *kind, const char *other)
{
    const bool module = strcmp(kind, "module") == 0 || strcmp(kind, "loss") == 0;
    return strcmp(kind, other) == 0 || (module && (strcmp(other, "module") == 0 || strcmp(other, "loss") == 0));
}

cJSON *describe_component(const char *kind, const void *descriptor)
{
    cJSON *o = cJSON_CreateObject();
    add_text(o, "kind", kind);
    for (uint32_t i = 0; i < CPLUG_COUNT(kinds); i++)
        if (strcmp(kinds[i].kind, kind) == 0) kinds[i].describe(o, descriptor);
    return o;
}
