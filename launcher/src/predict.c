/* predict.c: what the model says: a tensor for hosts, lines about each sample of a data set or of an input of its own.  Samples come in
 * their own order, whatever the file says of shuffling, and none is dropped. */
#include "mode.h"
#include "rows.h"
#include "tabulate.h"
#include <math.h>

cplug_tensor *cplug_run_predict(cplug_run *r, cplug_tensor *batch)
{
    if (r == NULL || r->model == NULL) return NULL;
    if (cplug_module_training(r->model)) cplug_module_train(r->model, 0);
    int32_t grad = cplug_grad_mode(r->ctx, 0);
    cplug_tensor *y = cplug_forward(r->model, batch);
    cplug_grad_mode(r->ctx, grad);
    return y;
}

/* ---- lines ---- */
typedef struct writer {
    cplug_run *r;
    void (*row)(void *arg, const char *line);
    void *arg;
    table table;
    bool begun;
} writer;

static void send_line(writer *w)
{
    if (w->table.line.n > 0 && !w->table.line.failed) w->row(w->arg, cplug__str_text(&w->table.line));
    if (w->table.line.failed) cplug_error_set(w->r->ctx, CPLUG_E_NOMEM, "out of memory for predictions");
    cplug__str_clear(&w->table.line);
}

/* A tensor as doubles of the host; NULL when the context failed. */
static double *numbers(cplug_run *r, cplug_tensor *t)
{
    cplug_tensor *wide = cplug_to(t, CPLUG_F64, "cpu"); /* a device may lack f64 */
    uint64_t bytes = (uint64_t)cplug_tensor_numel(wide) * sizeof(double);
    double *out = wide != NULL ? cplug_host_table()->alloc(bytes + 1) : NULL;
    if (out != NULL && cplug_to_array(wide, out, bytes) == CPLUG_OK) return out;
    if (wide != NULL && out == NULL) cplug_error_set(r->ctx, CPLUG_E_NOMEM, "out of memory for predictions");
    cplug_host_table()->free(out);
    return NULL;
}

/* The first highest score; not a number counts as higher than all, as in torch.argmax. */
static int64_t argmax(const double *v, int64_t n)
{
    int64_t best = 0;
    for (int64_t k = 1; k < n && !isnan(v[best]); k++)
        if (v[k] > v[best] || isnan(v[k])) best = k;
    return best;
}

/* In doubles, so that the probabilities of what the model thinks impossible do not vanish. */
static void softmax(double *v, int64_t n, double highest)
{
    double sum = 0;
    for (int64_t k = 0; k < n; k++) sum += v[k] = exp(v[k] - highest);
    for (int64_t k = 0; k < n; k++) v[k] /= sum;
}

static void put_samples(writer *w, double *values, const double *targets, int64_t n)
{
    table *t = &w->table;
    if (!w->begun) {
        t->format->head(t);
        send_line(w);
        w->begun = true;
    }
    for (int64_t i = 0; i < n; i++) {
        double *v = values + i * t->columns;
        prediction p = { t->samples++, 0, v, targets != NULL ? targets + i * t->n_target : NULL };
        const double likeliest = t->classes && t->n_target > 1 ? (double)argmax(p.target, t->n_target) : 0;
        if (t->classes && t->n_target > 1) p.target = &likeliest; /* targets that are probabilities themselves */
        if (t->classes && t->columns > 0) p.best = argmax(v, t->columns);
        if (t->classes && t->columns > 0) softmax(v, t->columns, v[p.best]);
        t->format->row(t, &p);
        send_line(w);
    }
}

static void put_batch(writer *w, const cplug_batch *b)
{
    cplug_run *r = w->r;
    table *t = &w->table;
    cplug_tensor *y = cplug_run_predict(r, b->input);
    const int64_t n = b->size;
    double *values = numbers(r, y), *targets = b->target != NULL ? numbers(r, b->target) : NULL;
    t->columns = n ? cplug_tensor_numel(y) / n : 0;
    t->n_target = targets != NULL && n ? cplug_tensor_numel(b->target) / n : 0;
    t->classes = t->classes && cplug_tensor_ndim(y) == 2 && t->columns > 0;
    if (values != NULL && (targets != NULL || b->target == NULL)) put_samples(w, values, targets, n);
    cplug_host_table()->free(values);
    cplug_host_table()->free(targets);
}

/* ---- the samples ---- */
static cplug_data *named_data(cplug_run *r)
{
    const char *name = r->args.data != NULL ? r->args.data : "valid";
    for (uint32_t k = 0; k < N_DATA; k++)
        if (strcmp(name, cplug__data_names[k]) == 0) return cplug__run_data(r, k) == CPLUG_OK ? r->data[k] : NULL;
    cplug__run_fail(r, CPLUG_RUN_USAGE, "there is no data set '%s': expected train, valid or test", name);
    return NULL;
}

/* The user named a file and no data set. */
static void fail_input(cplug_run *r)
{
    static const char prefix[] = "data set 'rows': ";
    const char *text = cplug_error_text(r->ctx);
    if (strncmp(text, prefix, sizeof prefix - 1) == 0) text += sizeof prefix - 1;
    cplug__run_fail(r, CPLUG_RUN_FILE, "%s", text);
    cplug_error_clear(r->ctx);
}

/* Samples of the user's own through the transforms of the validation data. */
static cplug_data *input_data(cplug_run *r)
{
    const section *s = cplug__config_section(&r->config, "data.valid");
    const entry *e = cplug__section_entry(s != NULL ? s : cplug__config_section(&r->config, "data.train"), "transforms");
    const char *transforms = e != NULL ? cplug__expand(&r->config, e, NULL) : NULL;
    str spec = { 0 };
    cplug__str_add(&spec, "rows path=\"");
    for (const char *p = r->args.input; *p; p++) cplug__str_add(&spec, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
    if (r->args.input_format != NULL) cplug__str_add(&spec, "\" format=\"%s", r->args.input_format);
    cplug__str_add(&spec, "\" shape=[");
    for (int64_t d = 0; d < r->plan.model.input_shape.n; d++)
        cplug__str_add(&spec, d ? ",%lld" : "%lld", (long long)r->plan.model.input_shape.v[d]);
    cplug__str_add(&spec, "] dtype=%s", cplug_dtype_name(cplug__plan_dtype(r->plan.model.input_dtype)));
    if (transforms != NULL && transforms[0])
        cplug__str_add(&spec, transforms[0] == '[' ? " transforms=%s" : " transforms=[%s]", transforms);
    cplug_data *d = cplug_data_open(r->ctx, cplug__str_text(&spec), NULL);
    cplug__str_free(&spec);
    if (d == NULL) fail_input(r);
    return d;
}

static bool formats_known(cplug_run *r)
{
    cplug_dtype from;
    const char *format = r->args.format, *input = r->args.input_format;
    if (format != NULL && cplug__table_format(format) == NULL) {
        const char *near = cplug_nearest(format, cplug__table_formats, CPLUG_COUNT(cplug__table_formats));
        cplug__run_fail(r, CPLUG_RUN_USAGE, "there is no format '%s' of predictions: expected csv, jsonl or text%s%s%s", format,
                        near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
    } else if (input != NULL && cplug__rows_format(input, &from) == 0) {
        cplug__run_fail(r, CPLUG_RUN_USAGE, "there is no input format '%s': expected csv, idx, or raw:DTYPE as in raw:f32 and raw:u8",
                        input);
    }
    return r->code == CPLUG_RUN_OK;
}

static void name_classes(writer *w)
{
    cplug_run *r = w->r;
    table *t = &w->table;
    t->classes = cplug__predicts_classes(r);
    while (t->classes && cplug__class_name(r, t->n_names) != NULL) t->n_names++;
    const char **names = t->n_names ? cplug__pool_alloc(&r->pool, (uint64_t)t->n_names * sizeof *names) : NULL;
    for (int64_t k = 0; names != NULL && k < t->n_names; k++) names[k] = cplug__class_name(r, k);
    t->names = names;
}

static cplug_status write_all(writer *w, cplug_data *d)
{
    cplug_run *r = w->r;
    const cplug_batch *b;
    if (cplug_data_length(d) == 0) return cplug__run_fail(r, CPLUG_RUN_FILE, "nothing to predict: there are 0 samples");
    if (cplug__classes_agree(r, d) != CPLUG_OK) return CPLUG_E_INVALID;
    cplug_loader *l = cplug__run_loader(r, d, NULL, false);
    if (l == NULL) return CPLUG_E_INVALID;
    name_classes(w);
    while ((b = cplug_loader_next(l)) != NULL) {
        cplug_scope *scope = cplug_scope_open(r->ctx);
        put_batch(w, b);
        cplug_scope_close(scope);
        if (cplug_failed(r->ctx)) break;
    }
    cplug_loader_free(l);
    cplug__str_free(&w->table.line);
    return cplug_failed(r->ctx) ? cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "predicting") : CPLUG_OK;
}

cplug_status cplug_run_predict_rows(cplug_run *r, void (*row)(void *arg, const char *line), void *arg)
{
    CPLUG__OWN_MODE;
    if (r == NULL || r->code != CPLUG_RUN_OK || !formats_known(r)) return CPLUG_E_INVALID;
    writer w = { .r = r, .row = row, .arg = arg, .table = { .format = cplug__table_format(r->args.format) } };
    cplug_data *d = r->args.input != NULL ? input_data(r) : named_data(r);
    if (d == NULL) return CPLUG_E_INVALID;
    const cplug_status status = write_all(&w, d);
    if (r->args.input != NULL) cplug_data_close(d);
    return status;
}
