/* predict.c: what the model says: a tensor for hosts, CSV lines for people, with class names where the target has them. */
#include "run.h"
#include <math.h>
#include <stdio.h>

enum { MOST_COLUMNS = 32 }; /* probabilities a line; more classes: only the best one */

/* Losses whose target is a class number; others say so by [model] target_dtype. */
static const char *const class_losses[] = { "cross_entropy", "nll" };

bool cplug__predicts_classes(const cplug_run *r)
{
    const int64_t declared = r->plan.model.target_dtype; /* 0: auto */
    if (declared > 0) return !cplug_dtype_is_float(cplug__plan_dtype(declared - 1));
    for (uint32_t i = 0; i < CPLUG_COUNT(class_losses) && r->plan.loss != NULL; i++)
        if (strcmp(r->plan.loss->id, class_losses[i]) == 0) return true;
    return false;
}

static const cplug_field *target_field(const cplug_run *r)
{
    for (uint32_t k = 0; k < N_DATA; k++)
        for (uint32_t f = 0; r->data[k] != NULL && f < cplug_data_n_fields(r->data[k]); f++) {
            const cplug_field *field = cplug_data_field(r->data[k], f);
            if (field->classes != NULL) return field;
        }
    return NULL;
}

const char *cplug__class_name(cplug_run *r, int64_t k)
{
    const cplug_field *f = target_field(r);
    if (f != NULL) return k < f->n_classes ? f->classes[k] : NULL;
    const char *p = r->classes;
    for (int64_t i = 0; p != NULL && i < k; i++) {
        p = strchr(p, '\n');
        p = p != NULL && p[1] ? p + 1 : NULL;
    }
    return p != NULL && *p ? cplug__pool_copy(&r->pool, p, strcspn(p, "\n")) : NULL;
}

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
    str line;
    int64_t index;
    const char **names; /* of classes; NULL: numbers are told */
    int64_t n_names;
    bool classes, head;
} writer;

static void put_text(str *out, const char *text)
{
    if (strpbrk(text, ",\"\n") == NULL) {
        cplug__str_put(out, text, strlen(text));
        return;
    }
    cplug__str_put(out, "\"", 1);
    for (; *text; text++) cplug__str_put(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    cplug__str_put(out, "\"", 1);
}

static void put_class(writer *w, int64_t k)
{
    if (w->names != NULL && k >= 0 && k < w->n_names)
        put_text(&w->line, w->names[k]);
    else
        cplug__str_add(&w->line, "%lld", (long long)k);
}

static void put_number(str *out, double value, int digits)
{
    char text[64];
    snprintf(text, sizeof text, "%.*g", digits, isnan(value) ? (double)NAN : value); /* never -nan */
    for (char *p = text; *p; p++)
        if (*p == ',') *p = '.';
    cplug__str_put(out, text, strlen(text));
}

static void put_head(writer *w, int64_t columns, bool target)
{
    cplug__str_clear(&w->line);
    cplug__str_add(&w->line, target ? "index,target" : "index");
    if (w->classes) cplug__str_add(&w->line, ",class,probability");
    for (int64_t k = 0; k < columns && (!w->classes || columns <= MOST_COLUMNS); k++) {
        if (!w->classes)
            cplug__str_add(&w->line, columns == 1 ? ",output" : ",output_%lld", (long long)k);
        else {
            cplug__str_put(&w->line, ",p_", 3);
            put_class(w, k);
        }
    }
    w->row(w->arg, cplug__str_text(&w->line));
    w->head = true;
}

/* values: the outputs, or the probabilities, of one sample */
static void put_row(writer *w, const double *values, int64_t columns, const double *target, int64_t n_target)
{
    int64_t best = 0;
    cplug__str_clear(&w->line);
    cplug__str_add(&w->line, "%lld", (long long)w->index++);
    if (target != NULL) {
        cplug__str_put(&w->line, ",", 1);
        if (w->classes) put_class(w, (int64_t)target[0]);
        for (int64_t k = 0; !w->classes && k < n_target; k++) {
            if (k) cplug__str_put(&w->line, " ", 1);
            put_number(&w->line, target[k], 9);
        }
    }
    for (int64_t k = 1; k < columns; k++)
        if (values[k] > values[best]) best = k;
    if (w->classes) {
        cplug__str_put(&w->line, ",", 1);
        put_class(w, best);
        cplug__str_put(&w->line, ",", 1);
        put_number(&w->line, values[best], 6);
    }
    for (int64_t k = 0; k < columns && (!w->classes || columns <= MOST_COLUMNS); k++) {
        cplug__str_put(&w->line, ",", 1);
        put_number(&w->line, values[k], w->classes ? 6 : 9);
    }
    w->row(w->arg, cplug__str_text(&w->line));
}

/* A tensor as doubles of the host; NULL when the context failed. */
static double *numbers(cplug_run *r, cplug_tensor *t)
{
    cplug_tensor *wide = cplug_to(t, CPLUG_F64, NULL);
    uint64_t bytes = (uint64_t)cplug_tensor_numel(wide) * sizeof(double);
    double *out = wide != NULL ? cplug_host_table()->alloc(bytes + 1) : NULL;
    if (out != NULL && cplug_to_array(wide, out, bytes) == CPLUG_OK) return out;
    if (wide != NULL && out == NULL) cplug_error_set(r->ctx, CPLUG_E_NOMEM, "out of memory for predictions");
    cplug_host_table()->free(out);
    return NULL;
}

static void put_batch(writer *w, const cplug_batch *b)
{
    cplug_run *r = w->r;
    cplug_tensor *y = cplug_run_predict(r, b->input);
    int64_t n = b->size, columns = n ? cplug_tensor_numel(y) / n : 0;
    bool classes = w->classes && cplug_tensor_ndim(y) == 2;
    double *values = numbers(r, classes ? cplug_softmax(y, 1) : y), *targets = b->target != NULL ? numbers(r, b->target) : NULL;
    int64_t n_target = targets != NULL && n ? cplug_tensor_numel(b->target) / n : 0;
    w->classes = classes;
    if (values != NULL && !w->head) put_head(w, columns, targets != NULL);
    for (int64_t k = 0; k < n && values != NULL; k++)
        put_row(w, values + k * columns, columns, targets != NULL ? targets + k * n_target : NULL, n_target);
    cplug_host_table()->free(values);
    cplug_host_table()->free(targets);
}

/* The samples to predict: rows of numbers through the transforms of the validation data, or a data set of the file. */
static cplug_data *open_input(cplug_run *r, uint32_t *which)
{
    *which = N_DATA;
    if (r->args.input == NULL) {
        const char *name = r->args.data != NULL ? r->args.data : "valid";
        for (uint32_t k = 0; k < N_DATA; k++)
            if (strcmp(name, cplug__data_names[k]) == 0) *which = k;
        if (*which == N_DATA)
            cplug__run_fail(r, CPLUG_RUN_USAGE, "there is no data set '%s': expected train, valid or test", name);
        else if (cplug__run_data(r, *which) == CPLUG_OK)
            return r->data[*which];
        return NULL;
    }
    const section *s = cplug__config_section(&r->config, "data.valid");
    const entry *e = cplug__section_entry(s != NULL ? s : cplug__config_section(&r->config, "data.train"), "transforms");
    const char *transforms = e != NULL ? cplug__expand(&r->config, e, NULL) : NULL;
    str spec = { 0 };
    cplug__str_add(&spec, "rows path=\"");
    for (const char *p = r->args.input; *p; p++) cplug__str_add(&spec, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
    cplug__str_add(&spec, "\" shape=[");
    for (int64_t d = 0; d < r->plan.model.input_shape.n; d++)
        cplug__str_add(&spec, d ? ",%lld" : "%lld", (long long)r->plan.model.input_shape.v[d]);
    cplug__str_add(&spec, "] dtype=%s", cplug_dtype_name(cplug__plan_dtype(r->plan.model.input_dtype)));
    if (transforms != NULL && transforms[0])
        cplug__str_add(&spec, transforms[0] == '[' ? " transforms=%s" : " transforms=[%s]", transforms);
    cplug_data *d = cplug_data_open(r->ctx, cplug__str_text(&spec), NULL);
    cplug__str_free(&spec);
    if (d == NULL) cplug__run_fail_ctx(r, CPLUG_RUN_FILE, r->args.input);
    return d;
}

static void name_classes(writer *w)
{
    cplug_run *r = w->r;
    w->classes = cplug__predicts_classes(r);
    while (w->classes && cplug__class_name(r, w->n_names) != NULL) w->n_names++;
    w->names = w->n_names ? cplug__pool_alloc(&r->pool, (uint64_t)w->n_names * sizeof *w->names) : NULL;
    for (int64_t k = 0; w->names != NULL && k < w->n_names; k++) w->names[k] = cplug__class_name(r, k);
}

cplug_status cplug_run_predict_rows(cplug_run *r, void (*row)(void *arg, const char *line), void *arg)
{
    writer w = { .r = r, .row = row, .arg = arg };
    const cplug_batch *b;
    uint32_t which;
    if (r == NULL || r->code != CPLUG_RUN_OK) return CPLUG_E_INVALID;
    cplug_data *d = open_input(r, &which);
    cplug_loader *l = d != NULL ? cplug__run_loader(r, d, which < N_DATA ? r->plan.data[which] : NULL, false) : NULL;
    if (l == NULL) return CPLUG_E_INVALID;
    name_classes(&w);
    while ((b = cplug_loader_next(l)) != NULL) {
        cplug_scope *scope = cplug_scope_open(r->ctx);
        put_batch(&w, b);
        cplug_scope_close(scope);
        if (cplug_failed(r->ctx)) break;
    }
    cplug_loader_free(l);
    if (which == N_DATA) cplug_data_close(d);
    cplug__str_free(&w.line);
    return cplug_failed(r->ctx) ? cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "predicting") : CPLUG_OK;
}
