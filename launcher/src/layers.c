/* layers.c: [layer.NAME] and [block.B.L] become one list of nodes.  A layer reads what its `input` names (only layers above it, so there
 * are no cycles), by default the one before.  A block is instantiated with parameters; `repeat` makes copies NAME.0, NAME.1, ... */
#include "plan.h"
#include <stdio.h>

enum { DEEPEST_BLOCK = 16, MOST_NODES = 20000, MODEL_INPUT = -1 };

typedef struct layer_options {
    const char *type, *block;
    cplug_strings input;
    int64_t repeat;
} layer_options;
static const cplug_option layer_table_at[] = {
    { "type", "which layer", CPLUG_OPT_STRING, 0, offsetof(layer_options, type), NULL, 0, 0, NULL, NULL, 0, 0 },
    { "input", "names of the layers it reads; @in: a block's input, @input: the model's", CPLUG_OPT_STRINGS, CPLUG_OPT_UNSET_OK,
      offsetof(layer_options, input), NULL, 0, 0, NULL, NULL, 0, 0 },
    { "repeat", "how many copies, one after the other", CPLUG_OPT_INT, 0, offsetof(layer_options, repeat), NULL, 1, MOST_NODES, NULL, NULL,
      0, 0 },
};
static const cplug_option instance_table_at[] = {
    { "block", "which block", CPLUG_OPT_STRING, 0, offsetof(layer_options, block), NULL, 0, 0, NULL, NULL, 0, 0 },
    { "input", "name of the layer it reads", CPLUG_OPT_STRINGS, CPLUG_OPT_UNSET_OK, offsetof(layer_options, input), NULL, 0, 0, NULL, NULL,
      0, 0 },
    { "repeat", "how many copies, one after the other", CPLUG_OPT_INT, 0, offsetof(layer_options, repeat), NULL, 1, MOST_NODES, NULL, NULL,
      0, 0 },
};
const cplug_options_table cplug__layer_table = CPLUG_OPTIONS(layer_table_at), cplug__instance_table = CPLUG_OPTIONS(instance_table_at);
static const cplug_option block_table_at[] = {
    { "params", "names that its layers may use as ${name}", CPLUG_OPT_STRINGS, CPLUG_OPT_UNSET_OK, 0, NULL, 0, 0, NULL, NULL, 0, 0 },
    { "output", "the layer whose output is the block's; the last one when left out", CPLUG_OPT_STRING, 0, 0, NULL, 0, 0, NULL, NULL, 0, 0 },
};
const cplug_options_table cplug__block_table = CPLUG_OPTIONS(block_table_at);

typedef struct wire { /* a name and the node whose output it stands for */
    const char *name;
    int32_t node;
    struct wire *next;
} wire;
typedef struct scope { /* the top level, or one instance of a block */
    plan *plan;
    const char *prefix; /* of section names: "layer." or "block.B." */
    const char *path;   /* of layer names: "" or "layer1.0." */
    const env *params;
    wire *wires;
    int32_t in, last;
    int depth;
} scope;

static void add_scope(scope *s);

static void add_wire(scope *s, const char *name, int32_t from)
{
    wire *w = cplug__pool_alloc(s->plan->c->pool, sizeof *w);
    if (w == NULL) return;
    *w = (wire){ name, from, s->wires };
    s->wires = w;
}

static bool below(const plan *p, const char *prefix, const char *name)
{
    return cplug__config_section(p->c, cplug__pool_printf(p->c->pool, "%s%s", prefix, name)) != NULL;
}

static const char *help_wire(scope *s, const char *name, const char *const *names, uint32_t n)
{
    pool *memory = s->plan->c->pool;
    if (strpbrk(name, " \t") != NULL) return "names are separated by commas";
    for (const wire *w = s->wires; w != NULL; w = w->next) {
        const size_t length = strlen(w->name);
        if (strncmp(name, w->name, length) == 0 && name[length] == '.')
            return cplug__pool_printf(memory, "what is inside '%s' cannot be read from outside: '%s' is its last output", w->name, w->name);
    }
    return cplug__did_you_mean(&s->plan->c->diags, name, names, n);
}

/* The node that a name stands for; false after a mistake at `at`.  what: "input" or "output", whose value the name is. */
static bool resolve(scope *s, place at, const char *what, const char *name, int32_t *out)
{
    const char *names[512];
    uint32_t n = 0;
    diags *d = &s->plan->c->diags;
    if (strcmp(name, "@input") == 0 || (strcmp(name, "@in") == 0 && s->depth == 0)) {
        *out = MODEL_INPUT;
        return true;
    }
    if (strcmp(name, "@in") == 0) {
        *out = s->in;
        return true;
    }
    for (const wire *w = s->wires; w != NULL; w = w->next) {
        if (strcmp(w->name, name) == 0) {
            *out = w->node;
            return true;
        }
        if (n + 2 < CPLUG_COUNT(names)) names[n++] = w->name;
    }
    names[n++] = "@input";
    if (s->depth > 0) names[n++] = "@in";
    if (below(s->plan, s->prefix, name))
        cplug__diag(d, at, "move it up: a layer reads only layers above it, so that there are no cycles",
                    "%s '%s' comes only after this layer", what, name);
    else
        cplug__diag(d, at, help_wire(s, name, names, n), "%s '%s' is no layer %s", what, name,
                    strcmp(what, "output") == 0 ? "of this block" : "above this one");
    return false;
}

/* Splits "a, b" and resolves each part.  Returns the number of inputs, -1 after a mistake. */
static int32_t read_inputs(scope *s, const section *sec, int32_t **out)
{
    const entry *e = cplug__section_entry(sec, "input");
    pool *memory = s->plan->c->pool;
    const char *value = e != NULL ? cplug__expand(s->plan->c, e, s->params) : NULL;
    if (e != NULL && value == NULL) return -1;
    int32_t n = 1, k = 0;
    for (const char *c = value; c != NULL && *c; c++) n += *c == ',';
    *out = cplug__pool_alloc(memory, (uint64_t)n * sizeof **out);
    if (*out == NULL) return -1;
    if (e == NULL) {
        (*out)[0] = s->last;
        return 1;
    }
    bool ok = true;
    for (const char *c = value; k < n; k++) {
        size_t length = strcspn(c, ","), from = 0, to = length;
        while (from < to && (c[from] == ' ' || c[from] == '\t' || c[from] == '[')) from++;
        while (to > from && (c[to - 1] == ' ' || c[to - 1] == '\t' || c[to - 1] == ']')) to--;
        place at = e->value_at;
        if (value == e->value) {
            at.column += (int32_t)(c + from - value);
            at.width = (int32_t)(to - from);
        }
        if (to > from)
            ok &= resolve(s, at, "input", cplug__pool_copy(memory, c + from, to - from), &(*out)[k]);
        else
            ok = false; /* the check of the section tells it */
        c += length + (c[length] == ',');
    }
    return ok ? n : -1;
}

static node *new_node(plan *p)
{
    if (p->n_nodes == p->room_nodes) {
        uint32_t room = p->room_nodes ? p->room_nodes * 2 : 32;
        node *nodes = cplug__pool_alloc(p->c->pool, room * sizeof *nodes);
        if (nodes == NULL) return NULL;
        if (p->n_nodes) memcpy(nodes, p->nodes, p->n_nodes * sizeof *nodes);
        p->nodes = nodes;
        p->room_nodes = room;
    }
    return &p->nodes[p->n_nodes++];
}

static void add_layer(scope *s, const section *sec, const char *name, const int32_t *inputs, int32_t n_inputs)
{
    plan *p = s->plan;
    schema own = { .table = &cplug__layer_table, .quiet = 1 };
    component *part = cplug__check_component(p, sec, s->params, "module", &own, 1);
    cplug__str_free(&own.options);
    if (p->n_nodes >= MOST_NODES) {
        cplug__diag(&p->c->diags, sec->at, NULL, "more than %d layers", MOST_NODES);
        p->n_instances = MOST_NODES + 1; /* nothing more is made */
        return;
    }
    node *k = new_node(p);
    if (k == NULL) return;
    *k = (node){ name, part, (uint32_t)n_inputs, (int32_t *)inputs };
    s->last = (int32_t)p->n_nodes - 1;
}

/* ---- blocks ---- */
static uint32_t split_names(plan *p, const char *text, const char **names, uint32_t room)
{
    uint32_t n = 0;
    while (*text && n < room) {
        size_t length = strcspn(text, ", \t[]");
        if (length) names[n++] = cplug__pool_copy(p->c->pool, text, length);
        text += length + (text[length] != '\0');
    }
    return n;
}

/* The parameters of an instance as an env; *ok is false after a mistake. */
static const env *bind_params(scope *s, const section *sec, const section *block, bool *ok)
{
    plan *p = s->plan;
    const entry *declared = cplug__section_entry(block, "params");
    const char *names[64];
    uint32_t n = declared != NULL ? split_names(p, declared->value, names, CPLUG_COUNT(names)) : 0;
    cplug_option *options = cplug__pool_alloc(p->c->pool, (n + 1) * sizeof *options);
    cplug_options_table table = { options, n, sizeof *options };
    schema schemas[] = { { .table = &cplug__instance_table }, { .table = &table } };
    const env *list = s->params;
    pair *unused = NULL;
    uint32_t before = p->c->diags.n;
    if (options == NULL) return list;
    for (uint32_t i = 0; i < n; i++) options[i] = (cplug_option){ .name = names[i], .type = CPLUG_OPT_STRING, .flags = CPLUG_OPT_REQUIRED };
    cplug__check_section(p, sec, s->params, schemas, 2, block->name, &unused);
    cplug__str_free(&schemas[0].options);
    cplug__str_free(&schemas[1].options);
    for (uint32_t i = 0; i < n; i++) {
        const entry *e = cplug__section_entry(sec, names[i]);
        env *new = cplug__pool_alloc(p->c->pool, sizeof *new);
        if (e == NULL || new == NULL) continue;
        const char *value = cplug__expand(p->c, e, s->params);
        *new = (env){ names[i], value != NULL ? value : "", list };
        list = new;
    }
    *ok = p->c->diags.n == before;
    return list;
}

static const section *find_block(scope *s, const section *sec)
{
    plan *p = s->plan;
    const entry *e = cplug__section_entry(sec, "block");
    const char *id = cplug__expand(p->c, e, s->params), *names[256];
    uint32_t n = 0;
    if (id == NULL) return NULL;
    const section *block = cplug__config_section(p->c, cplug__pool_printf(p->c->pool, "block.%s", id));
    if (block != NULL) return block;
    for (const section *b = NULL; (b = cplug__config_next(p->c, "block.", b)) != NULL && n < CPLUG_COUNT(names);)
        if (strchr(b->name + 6, '.') == NULL) names[n++] = b->name + 6;
    cplug__diag(&p->c->diags, e->value_at, cplug__did_you_mean(&p->c->diags, id, names, n), "there is no block '%s'", id);
    return NULL;
}

static void add_block(scope *s, const section *sec, const section *block, const env *params, const char *name, int32_t in)
{
    plan *p = s->plan;
    if (++p->n_instances > MOST_NODES) {
        cplug__diag(&p->c->diags, sec->at, NULL, "more than %d blocks", MOST_NODES);
        return;
    }
    if (s->depth >= DEEPEST_BLOCK) {
        cplug__diag(&p->c->diags, sec->at, NULL, "blocks stand in each other more than %d deep: does [%s] contain itself?", DEEPEST_BLOCK,
                    block->name);
        return;
    }
    scope inner = { .plan = p, .params = params, .in = in, .last = in, .depth = s->depth + 1 };
    inner.prefix = cplug__pool_printf(p->c->pool, "%s.", block->name);
    inner.path = cplug__pool_printf(p->c->pool, "%s.", name);
    uint32_t before = p->n_nodes;
    add_scope(&inner);
    if (p->n_nodes == before && p->c->diags.n == 0)
        cplug__diag(&p->c->diags, block->at, cplug__pool_printf(p->c->pool, "add sections [%s.NAME]", block->name), "[%s] has no layers",
                    block->name);
    const entry *output = cplug__section_entry(block, "output");
    s->last = inner.last;
    const char *speaker = output != NULL ? cplug__expand(p->c, output, params) : NULL;
    if (speaker != NULL) resolve(&inner, output->value_at, "output", speaker, &s->last);
}

/* ---- one section ---- */
static void add_section(scope *s, const section *sec, const char *short_name)
{
    plan *p = s->plan;
    const entry *repeat = cplug__section_entry(sec, "repeat"), *block_entry = cplug__section_entry(sec, "block");
    int64_t copies = 1;
    int32_t *inputs = NULL, n_inputs = read_inputs(s, sec, &inputs);
    const char *count = repeat != NULL ? cplug__expand(p->c, repeat, s->params) : NULL;
    if (count != NULL && (!cplug__int_parse(count, &copies) || copies < 1 || copies > MOST_NODES)) copies = 1; /* check_section says so */
    bool ok = true;
    const section *block = block_entry != NULL ? find_block(s, sec) : NULL;
    const env *params = block != NULL ? bind_params(s, sec, block, &ok) : NULL;
    if (block_entry != NULL && block == NULL) copies = 0;
    if (block_entry != NULL && n_inputs > 1) cplug__diag(&p->c->diags, sec->at, NULL, "[%s]: a block has one input", sec->name);
    for (int64_t i = 0; i < copies && ok && p->n_instances <= MOST_NODES; i++) {
        const char *name = repeat != NULL ? cplug__pool_printf(p->c->pool, "%s%s.%lld", s->path, short_name, (long long)i)
                                          : cplug__pool_printf(p->c->pool, "%s%s", s->path, short_name);
        int32_t *from = inputs, chained = s->last;
        if (i > 0 && (from = cplug__pool_alloc(p->c->pool, sizeof *from)) != NULL) *from = chained;
        int32_t n = i > 0 ? 1 : n_inputs < 0 ? 0 : n_inputs;
        if (block != NULL)
            add_block(s, sec, block, params, name, from != NULL && n > 0 ? from[0] : s->last);
        else
            add_layer(s, sec, name, from, n);
        if (p->c->pool->failed) return;
    }
    add_wire(s, short_name, s->last);
}

static void add_scope(scope *s)
{
    size_t skip = strlen(s->prefix);
    for (const section *sec = NULL; (sec = cplug__config_next(s->plan->c, s->prefix, sec)) != NULL;) add_section(s, sec, sec->name + skip);
}

static void check_blocks(plan *p)
{
    for (const section *b = NULL; (b = cplug__config_next(p->c, "block.", b)) != NULL;) {
        const char *dot = strchr(b->name + 6, '.');
        if (dot != NULL) {
            const char *owner = cplug__pool_copy(p->c->pool, b->name, (uint64_t)(dot - b->name));
            if (cplug__config_section(p->c, owner) == NULL)
                cplug__diag(&p->c->diags, b->at, NULL, "[%s] belongs to no block: there is no [%s]", b->name, owner);
            continue;
        }
        schema own = { .table = &cplug__block_table };
        pair *unused = NULL;
        cplug__check_section(p, b, NULL, &own, 1, "", &unused);
        cplug__str_free(&own.options);
    }
}

void cplug__plan_layers(plan *p)
{
    scope top = { .plan = p, .prefix = "layer.", .path = "", .in = MODEL_INPUT, .last = MODEL_INPUT };
    check_blocks(p);
    add_scope(&top);
    if (p->n_nodes == 0 && p->c->diags.n == 0)
        cplug__diag(&p->c->diags, (place){ p->c->file, 1, 1, 1 }, "add a section such as [layer.fc1]", "the model has no layers");
}
