/* plan.c: the sections of the launcher itself and their options, and the order in which a file is checked.  [runtime] first, since the
 * schemas of all the rest come from the context that it describes. */
#include "plan.h"
#include <cplug/launcher.h>
#include <stdio.h>

const char *const cplug__data_names[N_DATA] = { "train", "valid", "test" };

#define OPTION(name_, doc_, type_, flags_, struct_, fallback_, min_, max_, choices_)                                                       \
    {                                                                                                                                      \
#name_, doc_, type_, flags_, offsetof(struct_, name_), fallback_, min_, max_, choices_, NULL, 0, 0                                 \
    }
#define MANY 1e15
#define DTYPES "f32|f64|f16|bf16|i8|u8|i16|i32|i64|bool"

static const cplug_option dialect_options_at[] = {
    { "format", "version of this dialect", CPLUG_OPT_INT, CPLUG_OPT_REQUIRED, 0, NULL, 1, MANY, NULL, NULL, 0, 0 },
    { "include", "files whose sections come first; what stands here wins", CPLUG_OPT_STRINGS, CPLUG_OPT_UNSET_OK, 0, NULL, 0, 0, NULL, NULL,
      0, 0 },
    { "plugins", "versions with which the file was written: cplug 0.1.0, acme.layers 1.2.0", CPLUG_OPT_STRINGS, CPLUG_OPT_UNSET_OK, 0, NULL,
      0, 0, NULL, NULL, 0, 0 },
};
static const cplug_option model_options_at[] = {
    OPTION(name, "of the run's directory; the file's name when left out", CPLUG_OPT_STRING, CPLUG_OPT_UNSET_OK, model_options, NULL, 0, 0,
           NULL),
    OPTION(input_shape, "of one sample, without the batch", CPLUG_OPT_INTS, CPLUG_OPT_REQUIRED, model_options, NULL, 1, MANY, NULL),
    OPTION(input_dtype, "of one sample", CPLUG_OPT_CHOICE, 0, model_options, "f32", 0, 0, DTYPES),
    OPTION(target_dtype, "what the loss wants: class numbers (integer) or values; auto: by the loss", CPLUG_OPT_CHOICE, 0, model_options,
           "auto", 0, 0, "auto|" DTYPES),
};
static const cplug_option train_options_at[] = {
    OPTION(epochs, "passes over the training data", CPLUG_OPT_INT, CPLUG_OPT_UNSET_OK, train_options, NULL, 1, MANY, NULL),
    OPTION(steps, "optimizer steps at most", CPLUG_OPT_INT, CPLUG_OPT_UNSET_OK, train_options, NULL, 1, MANY, NULL),
    OPTION(batch_size, "samples in a batch", CPLUG_OPT_INT, 0, train_options, "32", 1, INT32_MAX, NULL),
    OPTION(accumulate, "batches whose gradients make one optimizer step", CPLUG_OPT_INT, 0, train_options, "1", 1, MANY, NULL),
    OPTION(valid_every, "epochs between two validations", CPLUG_OPT_INT, 0, train_options, "1", 1, MANY, NULL),
    OPTION(clip_norm, "largest norm of all gradients together", CPLUG_OPT_FLOAT, CPLUG_OPT_UNSET_OK, train_options, NULL, 1e-30, 1e30,
           NULL),
    OPTION(clip_value, "largest absolute value of a gradient", CPLUG_OPT_FLOAT, CPLUG_OPT_UNSET_OK, train_options, NULL, 1e-30, 1e30, NULL),
};
static const cplug_option checkpoint_options_at[] = {
    OPTION(every, "epochs between two checkpoints; 0: only at the end", CPLUG_OPT_INT, 0, checkpoint_options, "1", 0, MANY, NULL),
    OPTION(every_steps, "optimizer steps between two checkpoints besides; 0: none", CPLUG_OPT_INT, 0, checkpoint_options, "0", 0, MANY,
           NULL),
    OPTION(keep, "newest checkpoints that are kept; 0: all", CPLUG_OPT_INT, 0, checkpoint_options, "1", 0, MANY, NULL),
    OPTION(best, "figure whose best checkpoint is kept besides: valid_loss, valid_accuracy", CPLUG_OPT_STRING, CPLUG_OPT_UNSET_OK,
           checkpoint_options, NULL, 0, 0, NULL),
    OPTION(on_error, "a checkpoint that cannot be written ends the run, or is warned of", CPLUG_OPT_CHOICE, 0, checkpoint_options, "stop",
           0, 0, "stop|warn"),
};
static const cplug_option log_options_at[] = {
    OPTION(dir, "where runs are kept", CPLUG_OPT_PATH, CPLUG_OPT_UNSET_OK, log_options, NULL, 0, 0, NULL),
    OPTION(every, "steps between two lines of metrics.jsonl; 0: only epochs", CPLUG_OPT_INT, 0, log_options, "0", 0, MANY, NULL),
    OPTION(show, "validation samples to show at the end with what the model says", CPLUG_OPT_INT, 0, log_options, "0", 0, 100, NULL),
};
static const cplug_option metrics_options_at[] = {
    OPTION(names, "metrics, each with its options: accuracy, top_k k=5", CPLUG_OPT_SPECS, CPLUG_OPT_REQUIRED, metrics_options, NULL, 0, 0,
           NULL),
};
static const cplug_option type_option_at[] = {
    { "type", "which component", CPLUG_OPT_STRING, 0, 0, NULL, 0, 0, NULL, NULL, 0, 0 },
};
static const cplug_option group_options_at[] = {
    { "parameters", "names of its parameters, with * and ?", CPLUG_OPT_STRING, CPLUG_OPT_REQUIRED, 0, NULL, 0, 0, NULL, NULL, 0, 0 },
};
#define TABLE(name) static const cplug_options_table name##_table = CPLUG_OPTIONS(name##_at);
TABLE(dialect_options)
TABLE(model_options)
TABLE(train_options)
TABLE(checkpoint_options)
TABLE(log_options)
TABLE(metrics_options)
TABLE(type_option)
TABLE(group_options)

cplug_dtype cplug__plan_dtype(int64_t choice)
{
    static const cplug_dtype dtypes[] = { CPLUG_F32, CPLUG_F64, CPLUG_F16, CPLUG_BF16, CPLUG_I8,
                                          CPLUG_U8,  CPLUG_I16, CPLUG_I32, CPLUG_I64,  CPLUG_BOOL };
    return choice >= 0 && choice < (int64_t)CPLUG_COUNT(dtypes) ? dtypes[choice] : 0;
}

static place top_of(const plan *p) { return (place){ p->c->file, 1, 1, 1 }; }

bool cplug__plan_runtime(plan *p)
{
    const section *s = cplug__config_section(p->c, "runtime"), *head = cplug__config_section(p->c, "cplug");
    uint32_t before = p->c->diags.n;
    schema runtime = { .table = cplug_context_options() }, dialect = { .table = &dialect_options_table };
    pair *unused = NULL;
    if (p->c->first == NULL && !p->c->malformed) {
        cplug__diag(&p->c->diags, top_of(p), "cplug-run init NAME writes a file to begin with", "the file has no sections");
        p->c->malformed = true; /* one message is enough */
    }
    if (head == NULL && !p->c->malformed)
        cplug__diag(&p->c->diags, top_of(p), "begin with the lines [cplug] and format = 1", "there is no [cplug] section");
    if (head != NULL) cplug__check_section(p, head, NULL, &dialect, 1, "", &unused);
    cplug__str_free(&dialect.options);
    const entry *format = cplug__section_entry(head, "format");
    if (format != NULL) cplug__config_format(p->c, format, cplug__expand(p->c, format, NULL));
    if (s != NULL) cplug__check_section(p, s, NULL, &runtime, 1, "", &p->runtime_pairs);
    p->runtime = cplug__pool_copy(p->c->pool, cplug__str_text(&runtime.options), runtime.options.n);
    cplug__str_free(&runtime.options);
    return p->c->diags.n == before;
}

/* The value of [runtime] that holds the word which the message quotes, else the section. */
void cplug__plan_no_context(plan *p, const char *text)
{
    const section *s = cplug__config_section(p->c, "runtime");
    const char *open = strchr(text, '\''), *close = open != NULL ? strchr(open + 1, '\'') : NULL, *help = strstr(text, "; ");
    const char *word = close != NULL ? cplug__pool_copy(p->c->pool, open + 1, (uint64_t)(close - open - 1)) : NULL;
    place at = s != NULL ? s->at : top_of(p);
    for (const entry *e = s != NULL ? s->first : NULL; e != NULL && word != NULL; e = e->next) {
        const char *value = cplug__expand(p->c, e, NULL), *found = value != NULL ? strstr(value, word) : NULL;
        if (found == NULL || *word == '\0') continue;
        at = e->value_at;
        if (value != e->value) break;
        at.column += (int32_t)(found - value);
        at.width = (int32_t)strlen(word);
        break;
    }
    const char *what = help != NULL ? cplug__pool_copy(p->c->pool, text, (uint64_t)(help - text)) : text;
    cplug__diag_as(&p->c->diags, CPLUG_RUN_PLUGIN, at, help != NULL ? cplug__pool_printf(p->c->pool, "%s", help + 2) : NULL, "%s", what);
}

/* A section of the launcher's own into its struct; a missing section gives the defaults. */
static void read_own(plan *p, const char *name, const cplug_options_table *table, void *into, pair **pairs)
{
    const section *s = cplug__config_section(p->c, name), none = { .name = name, .at = top_of(p) };
    schema own = { .table = table };
    uint32_t before = p->c->diags.n;
    cplug__check_section(p, s != NULL ? s : &none, NULL, &own, 1, "", pairs);
    if (p->c->diags.n == before && cplug_options_parse(p->ctx, table, cplug__str_text(&own.options), NULL, into) != CPLUG_OK) {
        const int32_t code = cplug_failed(p->ctx) == CPLUG_E_NOMEM ? CPLUG_RUN_FAILED : CPLUG_RUN_CONFIG;
        cplug__diag_as(&p->c->diags, code, s != NULL ? s->at : none.at, NULL, "[%s]: %s", name, cplug_error_text(p->ctx));
        cplug_error_clear(p->ctx);
    }
    cplug__str_free(&own.options);
}

static component *read_component(plan *p, const char *name, const char *kind)
{
    const section *s = cplug__config_section(p->c, name);
    schema own = { .table = &type_option_table, .quiet = 1 };
    component *out = s != NULL ? cplug__check_component(p, s, NULL, kind, &own, 1) : NULL;
    cplug__str_free(&own.options);
    return out;
}

static void read_groups(plan *p)
{
    uint32_t n = 0;
    for (const section *s = NULL; (s = cplug__config_next(p->c, "optimizer.", s)) != NULL;) n++;
    if (n == 0 || p->optimizer == NULL) return;
    p->groups = cplug__pool_alloc(p->c->pool, n * sizeof *p->groups);
    p->group_globs = cplug__pool_alloc(p->c->pool, n * sizeof *p->group_globs);
    if (p->groups == NULL || p->group_globs == NULL) return;
    for (const section *s = NULL; (s = cplug__config_next(p->c, "optimizer.", s)) != NULL;) {
        component *group = cplug__pool_alloc(p->c->pool, sizeof *group);
        schema schemas[] = { { .table = &group_options_table },
                             { .table = cplug_component_options(p->ctx, "optimizer", p->optimizer->id), .kind = "optimizer" } };
        pair *pairs = NULL;
        cplug__check_section(p, s, NULL, schemas, 2, p->optimizer->id, &pairs);
        if (group == NULL) return;
        *group = (component){ .kind = "optimizer", .id = p->optimizer->id, .section = s };
        for (pair **k = &group->pairs; pairs != NULL; pairs = pairs->next) { /* a group's defaults are the optimizer's own values */
            if (pairs->is_default) continue;
            if ((*k = cplug__pool_alloc(p->c->pool, sizeof **k)) == NULL) break;
            **k = *pairs;
            (*k)->next = NULL;
            k = &(*k)->next;
        }
        group->spec = cplug__pool_printf(p->c->pool, "%s", cplug__str_text(&schemas[1].options));
        const entry *glob = cplug__section_entry(s, "parameters");
        const char *names = glob != NULL ? cplug__expand(p->c, glob, NULL) : NULL;
        p->group_globs[p->n_groups] = names != NULL ? names : "";
        p->groups[p->n_groups++] = group;
        cplug__str_free(&schemas[0].options);
        cplug__str_free(&schemas[1].options);
    }
}

static void read_callbacks(plan *p)
{
    uint32_t n = 0;
    for (const section *s = NULL; (s = cplug__config_next(p->c, "callback.", s)) != NULL;) n++;
    p->callbacks = n ? cplug__pool_alloc(p->c->pool, n * sizeof *p->callbacks) : NULL;
    for (const section *s = NULL; p->callbacks != NULL && (s = cplug__config_next(p->c, "callback.", s)) != NULL;) {
        component *c = read_component(p, s->name, "callback");
        if (c != NULL) p->callbacks[p->n_callbacks++] = c;
    }
}

static void read_data(plan *p)
{
    static const char *const not_here[] = { "rank", "world", NULL };
    static const char *const specs[] = { "transforms", "target_transforms" };
    for (const section *s = NULL; (s = cplug__config_next(p->c, "data.", s)) != NULL;) {
        uint32_t k = 0;
        while (k < N_DATA && strcmp(cplug__data_names[k], s->name + 5) != 0) k++;
        if (k == N_DATA) {
            const char *near = cplug__suggest(s->name + 5, cplug__data_names, N_DATA);
            cplug__diag(&p->c->diags, s->at, near != NULL ? cplug__pool_printf(p->c->pool, "did you mean 'data.%s'?", near) : NULL,
                        "unknown section [%s]: a data set is data.train, data.valid or data.test", s->name);
            continue;
        }
        schema own[] = { { .table = &type_option_table, .quiet = 1 },
                         { .table = cplug_data_options() },
                         { .table = cplug_loader_options(), .hidden = not_here, .quiet = 1 } };
        component *d = cplug__check_component(p, s, NULL, "dataset", own, CPLUG_COUNT(own));
        for (uint32_t i = 0; i < CPLUG_COUNT(specs); i++) {
            const entry *e = cplug__section_entry(s, specs[i]);
            const char *value = e != NULL ? cplug__expand(p->c, e, NULL) : NULL;
            if (value != NULL) cplug__check_specs(p, e, value, "transform");
        }
        if (d != NULL) {
            d->spec = cplug__pool_printf(p->c->pool, "%s%s", d->spec, cplug__str_text(&own[1].options));
            d->extra = cplug__pool_copy(p->c->pool, cplug__str_text(&own[2].options), own[2].options.n);
        }
        p->data[k] = d;
        for (uint32_t i = 0; i < CPLUG_COUNT(own); i++) cplug__str_free(&own[i].options);
    }
}

static void read_metrics(plan *p)
{
    const section *s = cplug__config_section(p->c, "metrics");
    const entry *e = cplug__section_entry(s, "names");
    if (s == NULL) return;
    read_own(p, "metrics", &metrics_options_table, &p->metrics, &p->metrics_pairs);
    const char *value = e != NULL ? cplug__expand(p->c, e, NULL) : NULL;
    if (value != NULL) cplug__check_specs(p, e, value, "metric");
}

/* Present, or at least there under a misspelt name, of which a message has spoken. */
static bool has_section(const plan *p, const char *name)
{
    bool whole;
    const bool data = strncmp(name, "data.", 5) == 0;
    if (cplug__config_section(p->c, name) != NULL) return true;
    for (const section *s = p->c->first; s != NULL; s = s->next) {
        const char *dot = strchr(s->name, '.'), *part = data ? name + 5 : name;
        if (!cplug__config_known(s->name, &whole) && cplug__suggest(s->name, &name, 1) != NULL) return true;
        if (data && dot != NULL && cplug__suggest(dot + 1, &part, 1) != NULL && strncmp(s->name, "layer.", 6) != 0) return true;
    }
    return false;
}

static void need(plan *p, const char *name, const char *help)
{
    if (!p->c->malformed && !has_section(p, name)) cplug__diag(&p->c->diags, top_of(p), help, "there is no [%s] section", name);
}

static void need_length(plan *p, const section *train)
{
    schema own = { .table = &train_options_table };
    if (p->c->malformed || (train == NULL && has_section(p, "train"))) return;
    if (cplug__section_entry(train, "epochs") != NULL || cplug__section_entry(train, "steps") != NULL) return;
    if (train != NULL && (cplug__misspelt(train, &own, 1, "epochs") || cplug__misspelt(train, &own, 1, "steps"))) return;
    cplug__diag(&p->c->diags, train != NULL ? train->at : top_of(p), "say how long to train", "[train] needs 'epochs' or 'steps'");
}

/* [conv2d], [early_stopping], [adam]: the id of a component where a section's name should be; exact ids first. */
static const struct {
    const char *kind, *help;
} id_places[] = {
    { "module", "write [layer.NAME] with type = %s" },
    { "callback", "write [callback.NAME] with type = %s" },
    { "optimizer", "write [optimizer] with type = %s" },
    { "scheduler", "write [scheduler] with type = %s" },
    { "loss", "write [loss] with type = %s" },
    { "dataset", "write [data.train] with type = %s" },
    { "transform", "'%s' stands in transforms of [data.NAME]" },
    { "metric", "'%s' stands in names of [metrics]" },
};

static void help_strange(plan *p)
{
    bool whole;
    for (const section *s = p->c->strange ? p->c->first : NULL; s != NULL; s = s->next) {
        const char *help = NULL;
        bool same = false;
        if (cplug__config_known(s->name, &whole)) continue;
        for (uint32_t k = 0; k < CPLUG_COUNT(id_places) && !same; k++) {
            const char *id = cplug__component_near(p, id_places[k].kind, s->name);
            same = id != NULL && strcmp(id, s->name) == 0;
            if (id == NULL || (help != NULL && !same)) continue;
            const char *format = id_places[k].help, *at = strstr(format, "%s");
            help = cplug__pool_printf(p->c->pool, "%.*s%s%s", (int)(at - format), format, id, at + 2);
        }
        cplug__diag_help(&p->c->diags, s->at, same, help);
    }
}

/* Variables that nothing reads have mistakes too; where one was told, others may only follow from it. */
static void check_vars(plan *p)
{
    const section *vars = cplug__config_section(p->c, "vars");
    const diags *d = &p->c->diags;
    for (const entry *e = vars != NULL ? vars->first : NULL; e != NULL; e = e->next)
        for (uint32_t i = 0; i < d->n; i++)
            if (d->list[i].at.file == e->value_at.file && d->list[i].at.line == e->value_at.line) return;
    const uint32_t before = d->n;
    for (const entry *e = vars != NULL ? vars->first : NULL; e != NULL && d->n == before; e = e->next) cplug__expand(p->c, e, NULL);
}

void cplug__plan_make(plan *p, uint32_t needs)
{
    help_strange(p);
    uint32_t before = p->c->diags.n;
    if (cplug__config_section(p->c, "model") == NULL)
        need(p, "model", "add [model] with input_shape, the shape of one sample");
    else
        read_own(p, "model", &model_options_table, &p->model, &p->model_pairs);
    p->sound = p->c->diags.n == before && !p->c->malformed && !p->c->strange;
    read_own(p, "train", &train_options_table, &p->train, &p->train_pairs);
    read_own(p, "checkpoint", &checkpoint_options_table, &p->checkpoint, &p->checkpoint_pairs);
    read_own(p, "log", &log_options_table, &p->log, &p->log_pairs);
    read_metrics(p);
    read_data(p);
    before = p->c->diags.n;
    cplug__plan_layers(p);
    p->sound = p->sound && p->c->diags.n == before && p->n_nodes > 0;
    check_vars(p);
    p->loss = read_component(p, "loss", "loss");
    p->optimizer = read_component(p, "optimizer", "optimizer");
    p->scheduler = read_component(p, "scheduler", "scheduler");
    read_groups(p);
    read_callbacks(p);
    if (needs & CPLUG_RUN_TRAINS) {
        const section *train = cplug__config_section(p->c, "train");
        need(p, "data.train", "name the data to learn from, for instance type = mnist");
        need(p, "optimizer", "add [optimizer] with a type and lr");
        need_length(p, train);
    }
    if (needs & (CPLUG_RUN_TRAINS | CPLUG_RUN_EVALUATES)) need(p, "loss", "add [loss] with a type, for instance cross_entropy");
}

const char *cplug_run_section(uint32_t i, const cplug_options_table **table)
{
    const struct {
        const char *name;
        const cplug_options_table *table;
    } sections[] = {
        { "cplug", &dialect_options_table },   { "runtime", cplug_context_options() }, { "data", cplug_data_options() },
        { "data", cplug_loader_options() },    { "model", &model_options_table },      { "layer", &cplug__layer_table },
        { "layer", &cplug__instance_table },   { "block", &cplug__block_table },       { "metrics", &metrics_options_table },
        { "optimizer", &group_options_table }, { "train", &train_options_table },      { "checkpoint", &checkpoint_options_table },
        { "log", &log_options_table },
    };
    if (i >= CPLUG_COUNT(sections)) return NULL;
    if (table != NULL) *table = sections[i].table;
    return sections[i].name;
}
