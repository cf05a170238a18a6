/* try.c: data sets opened with their mistakes told at the file's lines, and what `check` does: all that training does up to the first
 * step, without writing: data, optimizer, one batch through model, loss and metrics. */
#include "mode.h"
#include "run.h"
#include <stdio.h>

static const section *section_of(const cplug_run *r, const char *name) { return cplug__config_section(&r->config, name); }

place cplug__place_of(const cplug_run *r, const char *name, const char *key)
{
    const section *s = section_of(r, name);
    const entry *e = key != NULL ? cplug__section_entry(s, key) : NULL;
    return e != NULL ? e->value_at : s != NULL ? s->at : (place){ r->config.file, 1, 1, 1 };
}

/* The context's standing error as a mistake at a place; a file that is missing or broken is none of the INI file's. */
static void tell_error(cplug_run *r, place at, const char *help, const char *what)
{
    const cplug_status status = cplug_failed(r->ctx);
    const bool file = status == CPLUG_E_IO || status == CPLUG_E_NOTFOUND || status == CPLUG_E_FORMAT;
    const int32_t code = file ? CPLUG_RUN_FILE : status == CPLUG_E_NOMEM ? CPLUG_RUN_FAILED : CPLUG_RUN_CONFIG;
    cplug__diag_as(&r->config.diags, code, at, help, "%s: %s", what, cplug_error_text(r->ctx));
    cplug_error_clear(r->ctx);
}

static void meta_text(const cplug_meta *m, str *out)
{
    cplug__str_add(out, "%s [", cplug_dtype_name(m->dtype));
    for (int32_t d = 0; d < m->ndim; d++) cplug__str_add(out, d ? ", %lld" : "%lld", (long long)m->shape[d]);
    cplug__str_put(out, "]", 1);
}

static void tensor_text(const cplug_tensor *t, str *out)
{
    cplug_meta m;
    cplug_tensor_meta(t, &m);
    meta_text(&m, out);
}

/* ---- data sets ---- */
/* What is said of the training data need not be said again. */
static bool like_train(const cplug_run *r, uint32_t which, const cplug_field *f, const cplug_field *train)
{
    if (which == DATA_TRAIN || f == NULL || train == NULL || f->meta.ndim != train->meta.ndim) return false;
    for (int32_t d = 0; d < f->meta.ndim; d++)
        if (f->meta.shape[d] != train->meta.shape[d]) return false;
    return r->config.diags.n > 0 && f->meta.dtype == train->meta.dtype;
}

/* Samples must have the shape that [model] declares, or the first layer would complain in words of its own. */
static void check_shape(cplug_run *r, uint32_t which)
{
    const cplug_field *f = cplug_data_field(r->data[which], 0);
    const cplug_ints *want = &r->plan.model.input_shape;
    bool same = f != NULL && f->meta.ndim == want->n;
    if (r->data[DATA_TRAIN] != NULL && like_train(r, which, f, cplug_data_field(r->data[DATA_TRAIN], 0))) return;
    str shape = { 0 }, declared = { 0 };
    for (int32_t d = 0; f != NULL && d < f->meta.ndim; d++) {
        same = same && (f->meta.shape[d] < 0 || f->meta.shape[d] == want->v[d]);
        cplug__str_add(&shape, d ? ",%lld" : "%lld", (long long)f->meta.shape[d]);
    }
    for (int64_t d = 0; d < want->n; d++) cplug__str_add(&declared, d ? ",%lld" : "%lld", (long long)want->v[d]);
    if (!same)
        cplug__diag(&r->config.diags, cplug__place_of(r, "model", "input_shape"),
                    cplug__pool_printf(&r->pool, "write input_shape = %s", cplug__str_text(&shape)),
                    "input_shape is %s, but the samples of data.%s (%s) have the shape %s", cplug__str_text(&declared),
                    cplug__data_names[which], r->plan.data[which]->id, cplug__str_text(&shape));
    cplug__str_free(&shape);
    cplug__str_free(&declared);
}

/* A class number beyond the model's outputs would be found out only by the sample that has it. */
static void check_classes(cplug_run *r, uint32_t which)
{
    const cplug_data *d = r->data[which];
    const node *last = r->plan.n_nodes ? &r->plan.nodes[r->plan.n_nodes - 1] : NULL;
    const int64_t outputs = r->output.ndim >= 2 ? r->output.shape[1] : 0; /* [N, C, ...] */
    if (last == NULL || last->part == NULL || outputs <= 0 || !cplug__predicts_classes(r)) return;
    for (uint32_t i = 0; i < cplug_data_n_fields(d); i++) {
        const cplug_field *f = cplug_data_field(d, i);
        if (f->classes == NULL || f->n_classes <= outputs) continue;
        cplug__diag(&r->config.diags, last->part->section->at,
                    cplug__pool_printf(&r->pool, "let the last layer give %lld", (long long)f->n_classes),
                    "the model ends in layer '%s' with %lld outputs, but the targets of data.%s (%s) have %lld classes", last->name,
                    (long long)outputs, cplug__data_names[which], r->plan.data[which]->id, (long long)f->n_classes);
        return;
    }
}

/* Losses that compare element by element.  Shapes that differ would be broadcast, as in PyTorch, which warns of it: [N, 1] against [N]
 * makes N x N differences of the wrong samples. */
static const char *const value_losses[] = { "mse", "l1", "smooth_l1", "bce", "bce_with_logits" };

static const cplug_field *target_of(const cplug_data *d)
{
    for (uint32_t i = 0; i < cplug_data_n_fields(d); i++)
        if (strcmp(cplug_data_field(d, i)->name, "target") == 0) return cplug_data_field(d, i);
    return cplug_data_field(d, 1);
}

static void check_target(cplug_run *r, uint32_t which)
{
    const cplug_field *f = target_of(r->data[which]);
    const cplug_meta *y = &r->output;
    const node *last = r->plan.n_nodes ? &r->plan.nodes[r->plan.n_nodes - 1] : NULL;
    const char *loss = r->plan.loss != NULL ? r->plan.loss->id : "", *data = cplug__data_names[which], *type = r->plan.data[which]->id;
    bool compares = false, same = f != NULL && f->meta.ndim == y->ndim - 1;
    for (uint32_t i = 0; i < CPLUG_COUNT(value_losses); i++) compares |= strcmp(value_losses[i], loss) == 0;
    if (!compares || f == NULL || last == NULL || last->part == NULL || y->ndim < 1) return;
    if (r->data[DATA_TRAIN] != NULL && like_train(r, which, f, target_of(r->data[DATA_TRAIN]))) return;
    if (!cplug_dtype_is_float(f->meta.dtype)) {
        cplug__diag(&r->config.diags, cplug__place_of(r, "loss", "type"), "for classes there is cross_entropy",
                    "loss %s compares numbers, but the targets of data.%s (%s) are %s", loss, data, type,
                    f->classes != NULL ? "classes" : cplug_dtype_name(f->meta.dtype));
        return;
    }
    for (int32_t d = 0; same && d < f->meta.ndim; d++) same = f->meta.shape[d] < 0 || f->meta.shape[d] == y->shape[d + 1];
    if (same) return;
    str output = { 0 }, target = { 0 };
    cplug_meta one = *y;
    for (int32_t d = 1; d < y->ndim; d++) one.shape[d - 1] = y->shape[d];
    one.ndim--;
    meta_text(&one, &output);
    meta_text(&f->meta, &target);
    cplug__diag(
        &r->config.diags, last->part->section->at, "let the last layer give what the targets are",
        "the model ends in layer '%s' with %s for a sample, but the targets of data.%s (%s) are %s, and loss %s compares them one by one",
        last->name, cplug__str_text(&output), data, type, cplug__str_text(&target), loss);
    cplug__str_free(&output);
    cplug__str_free(&target);
}

/* The value of the data set's first path that the file gives, else its section. */
static place path_place(cplug_run *r, const component *c, const char **help)
{
    const cplug_options_table *t = cplug_component_options(r->ctx, "dataset", c->id);
    for (uint32_t i = 0; t != NULL && i < t->n; i++) {
        const cplug_option o = cplug__option_get(t, i);
        const entry *e = o.type == CPLUG_OPT_PATH ? cplug__section_entry(c->section, o.name) : NULL;
        if (e == NULL) continue;
        if (e->value[0] != '/' && e->value_at.file == r->config.command_line)
            *help = "a path on the command line is relative to the current directory";
        else if (e->value[0] != '/')
            *help = "a path is relative to the file that names it";
        return e->value_at;
    }
    return c->section->at;
}

static void data_failed(cplug_run *r, uint32_t which)
{
    const component *c = r->plan.data[which];
    const char *what = cplug__pool_printf(&r->pool, "data.%s", cplug__data_names[which]), *help = NULL;
    const cplug_status status = cplug_failed(r->ctx);
    const char *text = cplug__pool_printf(&r->pool, "%s", cplug_error_text(r->ctx));
    const bool file = status == CPLUG_E_IO || status == CPLUG_E_NOTFOUND || status == CPLUG_E_FORMAT;
    place at = c->section->at;
    cplug_error_clear(r->ctx);
    if (file) at = path_place(r, c, &help);
    cplug_error_set(r->ctx, status, "%s", text);
    tell_error(r, at, status == CPLUG_E_FORMAT ? NULL : help, what);
}

/* Opens data[which]; mistakes go to the list. */
static void open_data(cplug_run *r, uint32_t which)
{
    const component *c = r->plan.data[which];
    if (c == NULL || r->data[which] != NULL) return;
    r->data[which] = cplug_data_open(r->ctx, c->spec, c->base_dir);
    if (r->data[which] == NULL) {
        data_failed(r, which);
        return;
    }
    if (cplug_data_length(r->data[which]) == 0)
        cplug__diag_as(&r->config.diags, CPLUG_RUN_FILE, c->section->at, NULL, "data.%s gives no batch: it has 0 samples",
                       cplug__data_names[which]);
    check_shape(r, which);
    check_classes(r, which);
    check_target(r, which);
}

cplug_status cplug__run_data(cplug_run *r, uint32_t which)
{
    const uint32_t before = r->config.diags.n;
    if (r->data[which] != NULL) return CPLUG_OK;
    if (r->plan.data[which] == NULL)
        return cplug__run_fail(r, CPLUG_RUN_CONFIG, "%s has no [data.%s] section", r->config.file->path, cplug__data_names[which]);
    open_data(r, which);
    if (r->config.diags.n == before) return CPLUG_OK;
    cplug__run_fail_diags(r);
    return CPLUG_E_INVALID;
}

/* ---- parameter groups ---- */
static bool matches(const char *glob, const char *name)
{
    for (; *glob; glob++, name++) {
        if (*glob == '*') {
            do
                if (matches(glob + 1, name)) return true;
            while (*name++);
            return false;
        }
        if (*name == '\0' || (*glob != '?' && *glob != *name)) return false;
    }
    return *name == '\0';
}

void cplug__check_groups(cplug_run *r)
{
    const plan *p = &r->plan;
    const cplug_named_tensor *list = NULL;
    const int64_t n = p->n_groups ? cplug_module_named(r->model, CPLUG_PARAMETERS, &list) : 0;
    const char **names = n > 0 ? cplug__pool_alloc(&r->pool, (uint64_t)n * sizeof *names) : NULL;
    for (int64_t k = 0; k < n && names != NULL; k++) names[k] = list[k].name;
    for (uint32_t i = 0; i < p->n_groups && names != NULL; i++) {
        int64_t k = 0;
        while (k < n && !matches(p->group_globs[i], names[k])) k++;
        if (k < n) continue;
        cplug__diag(&r->config.diags, cplug__place_of(r, p->groups[i]->section->name, "parameters"),
                    cplug__did_you_mean(&r->config.diags, p->group_globs[i], names, (uint32_t)n),
                    "no parameter of the model is called '%s'", p->group_globs[i]);
    }
}

/* ---- figures ---- */
/* "train_loss" and, with data to validate on, "valid_loss" and "valid_METRIC"; 0 after a failure. */
static uint32_t figure_names(cplug_run *r, const char **names, uint32_t room)
{
    cplug_scores s = CPLUG_SCORES;
    uint32_t n = 0;
    names[n++] = "train_loss";
    if (r->plan.data[DATA_VALID] == NULL) return n;
    if (cplug__score_names(r, &s) != CPLUG_OK) return 0;
    names[n++] = "valid_loss";
    for (uint32_t i = 0; i < s.n && n < room; i++) names[n++] = cplug__pool_printf(&r->pool, "valid_%s", s.names[i]);
    return n;
}

static void check_figure(cplug_run *r, const char *name, const char *key, const char *value)
{
    enum { MOST = 512, MOST_TOLD = 16 };
    const char *names[MOST], *all = "";
    const uint32_t n = figure_names(r, names, MOST);
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(names[i], value) == 0) return;
    if (n == 0) return;
    for (uint32_t i = 0; i < n && i < MOST_TOLD; i++) all = cplug__pool_printf(&r->pool, "%s%s%s", all, i ? ", " : "", names[i]);
    char *word = cplug__pool_alloc(&r->pool, strlen(value) + 1); /* "valid.accuracy max" of other tools */
    for (size_t i = 0; word != NULL && value[i] && value[i] != ' '; i++) word[i] = (char)(value[i] == '.' ? '_' : value[i]);
    const char *near = word != NULL ? cplug__suggest(word, names, n) : NULL, *help = NULL;
    if (near != NULL)
        help = cplug__pool_printf(&r->pool, "did you mean '%s'?", near);
    else if (r->plan.data[DATA_VALID] == NULL)
        help = "there are more with a section [data.valid]";
    cplug__diag(&r->config.diags, cplug__place_of(r, name, key), help, "[%s] %s: an epoch has no figure '%s', it has %s", name, key, value,
                all);
}

void cplug__check_figures(cplug_run *r)
{
    const plan *p = &r->plan;
    if (!(r->args.needs & CPLUG_RUN_TRAINS) || p->loss == NULL) return;
    if (p->checkpoint.best != NULL && p->checkpoint.best[0]) check_figure(r, "checkpoint", "best", p->checkpoint.best);
    for (uint32_t i = 0; i < p->n_callbacks; i++) {
        const entry *e = cplug__section_entry(p->callbacks[i]->section, "monitor");
        const char *value = e != NULL ? cplug__expand(p->c, e, NULL) : NULL;
        if (value != NULL) check_figure(r, p->callbacks[i]->section->name, "monitor", value);
    }
}

/* ---- check ---- */
static void try_optimizer(cplug_run *r)
{
    const plan *p = &r->plan;
    const component *c = p->optimizer;
    cplug_optimizer *o = c != NULL ? cplug_optimizer_new(r->model, c->id, c->spec + strlen(c->id)) : NULL;
    if (c != NULL && o == NULL) tell_error(r, c->section->at, NULL, "optimizer");
    for (uint32_t i = 0; i < p->n_groups && o != NULL; i++)
        if (cplug_optimizer_group(o, p->group_globs[i], p->groups[i]->spec) < 0 || cplug_failed(r->ctx))
            tell_error(r, p->groups[i]->section->at, NULL, p->groups[i]->section->name);
    if (o != NULL && p->scheduler != NULL) cplug_scheduler_new(o, p->scheduler->spec); /* it belongs to the optimizer */
    if (cplug_failed(r->ctx)) tell_error(r, p->scheduler->section->at, NULL, "scheduler");
    cplug_optimizer_free(o);
}

static void try_batch(cplug_run *r, const cplug_batch *b, const char *name)
{
    str what = { 0 };
    cplug__str_add(&what, "a batch of %s, ", name);
    tensor_text(b->input, &what);
    cplug_tensor *y = cplug_forward(r->model, b->input);
    if (y == NULL) {
        cplug__str_add(&what, ", does not go through the model");
        tell_error(r, cplug__place_of(r, name, NULL), "see its transforms, and input_shape of [model]", cplug__str_text(&what));
    } else if (b->target == NULL) {
        cplug__diag(&r->config.diags, cplug__place_of(r, name, NULL), NULL, "%s (%s) has no targets to learn from", name,
                    cplug__section_entry(section_of(r, name), "type")->value);
    } else {
        cplug__str_clear(&what);
        cplug__str_add(&what, "loss of the model's output ");
        tensor_text(y, &what);
        cplug__str_add(&what, " and the target of %s ", name);
        tensor_text(b->target, &what);
        cplug_tensor *loss = cplug_forward2(r->loss, y, b->target);
        if (loss == NULL)
            tell_error(r, cplug__place_of(r, "loss", NULL), NULL, cplug__str_text(&what));
        else if (cplug_tensor_numel(loss) != 1)
            cplug__diag(&r->config.diags, cplug__place_of(r, "loss", "reduction"), "write reduction = mean",
                        "the loss is not one number but %lld: nothing can be learned from it", (long long)cplug_tensor_numel(loss));
        for (uint32_t i = 0; i < r->n_metrics && r->config.diags.n == 0; i++) {
            cplug_metric_reset(r->metrics[i]);
            if (cplug_metric_update(r->metrics[i], y, b->target) != CPLUG_OK)
                tell_error(r, cplug__place_of(r, "metrics", "names"), NULL, "metrics");
            cplug_metric_reset(r->metrics[i]);
        }
    }
    cplug__str_free(&what);
}

/* One batch through everything, in eval mode and without gradients, so that nothing of the model changes. */
static void try_data(cplug_run *r, uint32_t which)
{
    uint64_t seed, offset;
    const char *name = cplug__pool_printf(&r->pool, "data.%s", cplug__data_names[which]);
    cplug_loader *l = cplug__run_loader(r, r->data[which], r->plan.data[which], false);
    if (l == NULL) return;
    const int32_t training = cplug_module_training(r->model), grad = cplug_grad_mode(r->ctx, 0);
    cplug_rng_get(r->ctx, &seed, &offset);
    cplug_module_train(r->model, 0);
    cplug_scope *scope = cplug_scope_open(r->ctx);
    const cplug_batch *b = cplug_loader_next(l);
    if (b != NULL)
        try_batch(r, b, name);
    else if (cplug_failed(r->ctx))
        tell_error(r, cplug__place_of(r, name, NULL), NULL, cplug__pool_printf(&r->pool, "the first batch of %s", name));
    cplug_scope_close(scope);
    cplug_grad_mode(r->ctx, grad);
    cplug_module_train(r->model, training);
    cplug_rng_set(r->ctx, seed, offset);
    cplug_loader_free(l);
}

cplug_status cplug_run_check(cplug_run *r)
{
    CPLUG__OWN_MODE;
    if (r == NULL || r->code != CPLUG_RUN_OK) return CPLUG_E_INVALID;
    if (cplug__build_loss(r) != CPLUG_OK || cplug__build_metrics(r) != CPLUG_OK) return CPLUG_E_INVALID;
    for (uint32_t k = 0; k < N_DATA; k++) open_data(r, k);
    if (r->config.diags.n == 0 && r->data[DATA_VALID] != NULL && r->data[DATA_TRAIN] != NULL &&
        cplug_data_same_classes(r->data[DATA_TRAIN], r->data[DATA_VALID]) != CPLUG_OK)
        tell_error(r, cplug__place_of(r, "data.valid", NULL), NULL, "data.train and data.valid");
    try_optimizer(r);
    for (uint32_t k = 0; k < N_DATA && r->config.diags.n == 0 && r->code == CPLUG_RUN_OK; k++)
        if (r->data[k] != NULL) try_data(r, k);
    cplug__run_fail_diags(r);
    return r->code == CPLUG_RUN_OK ? CPLUG_OK : CPLUG_E_INVALID;
}
