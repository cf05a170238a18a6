/* validate.c: is a descriptor one that this host can work with?  Everything is checked before anything of a plugin is taken: sizes,
 * required functions, id syntax, and option schemas (defaults that fit, fields inside the struct).  One row of a table per kind. */
#include "plugin/loader.h"
#include "plugin/options.h"

enum { MAX_REQUIRED = 8, LONGEST_ID = 63, LONGEST_DEVICE = 23 };
#define NONE UINT32_MAX
#define AT(type, field) (uint32_t) offsetof(cplug_##type, field)
#define NEEDS(type, field)                                                                                                                 \
    {                                                                                                                                      \
        AT(type, field), #field                                                                                                            \
    }
#define DESCRIPTOR(kind_, type_, id_) .kind = kind_, .type = "cplug_" #type_, .size = sizeof(cplug_##type_), .id = AT(type_, id_)
#define OPTIONS(type_, size_) .options = AT(type_, options), .instance = AT(type_, size_)
#define NO_OPTIONS .options = NONE, .instance = NONE

typedef struct kind_rule {
    const char *kind, *type;
    uint32_t size;                  /* of the descriptor in the first release of the ABI */
    uint32_t id, options, instance; /* offsets; NONE = the kind has none */
    struct {
        uint32_t at;
        const char *name;
    } required[MAX_REQUIRED]; /* pointers that must be set */
    bool (*more)(const void *d, cplug_error *e);
} kind_rule;

static bool check_op(const void *d, cplug_error *e);
static bool check_device(const void *d, cplug_error *e);
static bool check_optimizer(const void *d, cplug_error *e);
static bool check_scheduler(const void *d, cplug_error *e);
static bool check_callback(const void *d, cplug_error *e);

/* clang-format off */
static const kind_rule rules[] = {
    { DESCRIPTOR("op", op, name), NO_OPTIONS, .required = { NEEDS(op, inputs), NEEDS(op, outputs), NEEDS(op, infer) }, .more = check_op },
    { DESCRIPTOR("kernel", kernel, op), NO_OPTIONS, .required = { NEEDS(kernel, backend), NEEDS(kernel, device), NEEDS(kernel, run) } },
    { DESCRIPTOR("backend", backend, name), NO_OPTIONS, .required = { NEEDS(backend, device) } },
    { DESCRIPTOR("device", device, name), NO_OPTIONS,
      .required = { NEEDS(device, count), NEEDS(device, open), NEEDS(device, close), NEEDS(device, alloc), NEEDS(device, free),
                    NEEDS(device, copy), NEEDS(device, sync) },
      .more = check_device },
    { DESCRIPTOR("dataset", dataset, id), OPTIONS(dataset, instance_size), .required = { NEEDS(dataset, open), NEEDS(dataset, read) } },
    { DESCRIPTOR("transform", transform, id), OPTIONS(transform, instance_size),
      .required = { NEEDS(transform, open), NEEDS(transform, apply) } },
    { DESCRIPTOR("format", format, id), NO_OPTIONS,
      .required = { NEEDS(format, extensions), NEEDS(format, write), NEEDS(format, open), NEEDS(format, count), NEEDS(format, entry),
                    NEEDS(format, read), NEEDS(format, close) } },
    { DESCRIPTOR("module", module_type, id), OPTIONS(module_type, instance_size),
      .required = { NEEDS(module_type, class_name), NEEDS(module_type, forward) } },
    { DESCRIPTOR("loss", module_type, id), OPTIONS(module_type, instance_size),
      .required = { NEEDS(module_type, class_name), NEEDS(module_type, forward) } },
    { DESCRIPTOR("optimizer", optimizer_type, id), OPTIONS(optimizer_type, group_size),
      .required = { NEEDS(optimizer_type, class_name), NEEDS(optimizer_type, step) }, .more = check_optimizer },
    { DESCRIPTOR("scheduler", scheduler_type, id), OPTIONS(scheduler_type, instance_size),
      .required = { NEEDS(scheduler_type, class_name), NEEDS(scheduler_type, lr) }, .more = check_scheduler },
    { DESCRIPTOR("metric", metric_type, id), OPTIONS(metric_type, instance_size),
      .required = { NEEDS(metric_type, reset), NEEDS(metric_type, update), NEEDS(metric_type, value) } },
    { DESCRIPTOR("callback", callback_type, id), OPTIONS(callback_type, instance_size), .required = { NEEDS(callback_type, on) },
      .more = check_callback },
};
/* clang-format on */

static const kind_rule *rule_of(const char *kind)
{
    for (uint32_t i = 0; i < CPLUG_COUNT(rules); i++)
        if (strcmp(rules[i].kind, kind) == 0) return &rules[i];
    return NULL;
}

bool cplug__kind_known(const char *kind) { return rule_of(kind) != NULL; }

bool cplug__same_space(const char *kind, const char *other)
{
    if (strcmp(kind, other) == 0) return true;
    const bool module = strcmp(kind, "module") == 0 || strcmp(kind, "loss") == 0;
    return module && (strcmp(other, "module") == 0 || strcmp(other, "loss") == 0);
}

const char *cplug__kind_nearest(const char *kind)
{
    const char *names[CPLUG_COUNT(rules)];
    for (uint32_t i = 0; i < CPLUG_COUNT(rules); i++) names[i] = rules[i].kind;
    return cplug_nearest(kind, names, CPLUG_COUNT(rules));
}

static const void *at(const void *d, uint32_t offset) { return (const char *)d + offset; }
static const char *string_at(const void *d, uint32_t offset) { return *(const char *const *)at(d, offset); }
static uint32_t size_of(const void *d) { return *(const uint32_t *)d; }

const char *cplug__descriptor_id(const char *kind, const void *descriptor)
{
    const kind_rule *r = rule_of(kind);
    return r && descriptor ? string_at(descriptor, r->id) : NULL;
}

const cplug_options_table *cplug__descriptor_options(const char *kind, const void *descriptor)
{
    const kind_rule *r = rule_of(kind);
    return r && descriptor && r->options != NONE ? at(descriptor, r->options) : NULL;
}

bool cplug__same_thing(const cplug__registration *a, const cplug__registration *b)
{
    if (!cplug__same_space(a->kind, b->kind) || !cplug__kind_known(a->kind)) return false;
    if (strcmp(cplug__descriptor_id(a->kind, a->descriptor), cplug__descriptor_id(b->kind, b->descriptor)) != 0) return false;
    if (strcmp(a->kind, "kernel") != 0) return true;
    const cplug_kernel *k = a->descriptor, *l = b->descriptor;
    return strcmp(k->backend, l->backend) == 0 && strcmp(k->device, l->device) == 0;
}

/* ---- ids and schemas ---- */
static bool is_word_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

/* "conv2d", "copy_", "acme.fastmul": lower case, digits, underscores, with dots between */
static bool is_id(const char *id, bool dots)
{
    const char *s = id;
    for (bool start = true; *s; s++) {
        if (*s == '.' ? start || !dots || !s[1] : !is_word_char(*s) || (s == id && *s >= '0' && *s <= '9')) return false;
        start = *s == '.';
    }
    return s > id && s - id <= LONGEST_ID;
}

static bool check_default(const cplug_option *o, cplug_error *e)
{
    cplug_error why = CPLUG__ERROR_INIT;
    const cplug_status st = o->fallback ? cplug__option_judge(o, o->fallback, &why) : CPLUG_OK;
    if (!st) return true;
    return cplug__error_fill(e, st == CPLUG_E_NOMEM ? st : CPLUG_E_INVALID, "default of option '%s': %s", o->name, why.message), false;
}

/* room: bytes of the options struct, NONE where values are not stored (ops) */
static bool check_options(const cplug_options_table *t, uint64_t room, bool stored, cplug_error *e)
{
    if (t->n && (!t->at || t->stride < sizeof(cplug_option)))
        return cplug__error_fill(e, CPLUG_E_INVALID, "its option schema has a stride of %u, expected at least %zu", t->stride,
                                 sizeof(cplug_option)),
               false;
    for (uint32_t i = 0; i < t->n; i++) {
        const cplug_option *o = cplug__option_at(t, i);
        const uint32_t size = cplug__option_size(o->type);
        if (!o->name || !is_id(o->name, false)) return cplug__error_fill(e, CPLUG_E_INVALID, "option %u has no proper name", i), false;
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(cplug__option_at(t, k)->name, o->name) == 0)
                return cplug__error_fill(e, CPLUG_E_INVALID, "option '%s' is declared twice", o->name), false;
        if (!size)
            return cplug__error_fill(e, CPLUG_E_VERSION, "option '%s' is of type %u, which this host does not know", o->name, o->type),
                   false;
        if (o->type == CPLUG_OPT_CHOICE && (!o->choices || !o->choices[0]))
            return cplug__error_fill(e, CPLUG_E_INVALID, "option '%s' lists no choices", o->name), false;
        if (stored && (o->offset > room || size > room - o->offset || o->offset % sizeof(void *)))
            return cplug__error_fill(e, CPLUG_E_INVALID,
                                     "option '%s' lies at offset %llu, outside of its struct of %llu bytes or misaligned", o->name,
                                     (unsigned long long)o->offset, (unsigned long long)room),
                   false;
        if (!check_default(o, e)) return false;
    }
    return true;
}

/* ---- what only some kinds ask for ---- */
/* "input weight bias?": words of letters, digits, underscores, each with one of the marks at its end */
static bool check_names(const char *text, const char *const *marks, uint32_t n_marks, const char *what, cplug_error *e)
{
    for (const char *s = cplug__skip_space(text); *s; s = cplug__skip_space(s)) {
        const size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"), length = strcspn(s, " \t\n");
        bool good = n > 0;
        for (size_t k = n; k < length && good;) {
            uint32_t m = 0;
            while (m < n_marks && strncmp(s + k, marks[m], strlen(marks[m])) != 0) m++;
            good = m < n_marks;
            if (good) k += strlen(marks[m]);
        }
        if (!good) return cplug__error_fill(e, CPLUG_E_INVALID, "its %s are malformed at '%.*s'", what, (int)MIN(length, 40), s), false;
        s += length;
    }
    return true;
}

static bool check_op(const void *d, cplug_error *e)
{
    static const char *const in_marks[] = { "?", "!", "[]", "#" }, *const out_marks[] = { "~" };
    const cplug_op *op = d;
    if (cplug__builtin("op", op->name)) return cplug__error_fill(e, CPLUG_E_INVALID, "core has an op of that name"), false;
    if (!check_names(op->inputs, in_marks, CPLUG_COUNT(in_marks), "inputs", e)) return false;
    if (!check_names(op->outputs, out_marks, CPLUG_COUNT(out_marks), "outputs", e)) return false;
    if (op->saves && !check_names(op->saves, NULL, 0, "saves", e)) return false;
    if ((op->flags & CPLUG_OP_VIEW) && !op->restride) return cplug__error_fill(e, CPLUG_E_INVALID, "a view op needs restride"), false;
    if ((op->flags & CPLUG_OP_RANDOM) && !op->draws) return cplug__error_fill(e, CPLUG_E_INVALID, "a random op needs draws"), false;
    return check_options(&op->attrs, 0, false, e);
}

static bool check_device(const void *d, cplug_error *e)
{
    const cplug_device *v = d;
    if (strlen(v->name) > LONGEST_DEVICE || strchr(v->name, '.'))
        return cplug__error_fill(e, CPLUG_E_INVALID, "device names have at most %d characters and no dot", LONGEST_DEVICE), false;
    if (!v->queue_open == !v->queue_close) return true;
    return cplug__error_fill(e, CPLUG_E_INVALID, "queue_open and queue_close come together"), false;
}

static bool check_optimizer(const void *d, cplug_error *e)
{
    const cplug_optimizer_type *o = d;
    bool lr = false;
    for (uint32_t i = 0; i < o->options.n; i++) lr = lr || strcmp(cplug__option_at(&o->options, i)->name, "lr") == 0;
    if (!lr) return cplug__error_fill(e, CPLUG_E_INVALID, "an optimizer needs an option 'lr'"), false;
    if (o->n_slots && (!o->slots || o->slot_stride < sizeof(cplug_state_slot)))
        return cplug__error_fill(e, CPLUG_E_INVALID, "its state slots are missing or their stride is too small"), false;
    for (uint32_t i = 0; i < o->n_slots; i++) {
        const cplug_state_slot *s = (const cplug_state_slot *)(const void *)((const char *)o->slots + (uint64_t)i * o->slot_stride);
        if (!s->name || !is_id(s->name, false)) return cplug__error_fill(e, CPLUG_E_INVALID, "state slot %u has no proper name", i), false;
        if (s->offset > o->state_size || o->state_size - s->offset < sizeof(void *) || s->offset % sizeof(void *))
            return cplug__error_fill(e, CPLUG_E_INVALID, "state slot '%s' lies outside of the state or is misaligned", s->name), false;
    }
    return true;
}

static bool check_state(uint64_t offset, uint64_t size, uint64_t room, cplug_error *e)
{
    if (offset <= room && size <= room - offset) return true;
    return cplug__error_fill(e, CPLUG_E_INVALID, "its saved state lies outside of its instance of %llu bytes", (unsigned long long)room),
           false;
}

static bool check_scheduler(const void *d, cplug_error *e)
{
    const cplug_scheduler_type *s = d;
    return check_state(s->state_offset, s->state_size, s->instance_size, e);
}

static bool check_callback(const void *d, cplug_error *e)
{
    const cplug_callback_type *c = d;
    return check_state(c->state_offset, c->state_size, c->instance_size, e);
}

/* ---- the whole ---- */
static bool check_by_rule(const kind_rule *r, const void *d, cplug_error *e)
{
    if (size_of(d) < r->size)
        return cplug__error_fill(e, CPLUG_E_VERSION, "its struct_size is %u, a %s has at least %u bytes", size_of(d), r->type, r->size),
               false;
    const char *id = string_at(d, r->id);
    if (!id || !is_id(id, true))
        return cplug__error_fill(e, CPLUG_E_INVALID, "'%.64s' is no id: lower-case letters, digits, underscores and dots, at most %d",
                                 id ? id : "", LONGEST_ID),
               false;
    for (uint32_t i = 0; i < MAX_REQUIRED && r->required[i].name; i++)
        if (!string_at(d, r->required[i].at))
            return cplug__error_fill(e, CPLUG_E_INVALID, "its %s must not be NULL (%s)", r->required[i].name, r->type), false;
    if (r->options != NONE) {
        const uint64_t room = *(const uint64_t *)at(d, r->instance);
        if (!check_options(at(d, r->options), room, true, e)) return false;
    }
    return !r->more || r->more(d, e);
}

cplug_status cplug__descriptor_check(const char *kind, const void *descriptor, cplug_error *e)
{
    const kind_rule *r = kind ? rule_of(kind) : NULL;
    if (!kind || !kind[0] || !descriptor) return cplug__error_fill(e, CPLUG_E_INVALID, "a kind and a descriptor are needed, got NULL");
    if (!r) return CPLUG_OK;
    cplug_error inner = CPLUG__ERROR_INIT;
    if (check_by_rule(r, descriptor, &inner)) return CPLUG_OK;
    const char *id = size_of(descriptor) >= r->id + sizeof(char *) ? string_at(descriptor, r->id) : NULL;
    return cplug__error_fill(e, inner.code, "%s '%.64s': %s", kind, id ? id : "?", inner.message);
}
