/* score.c: loss and metrics of the model over a data set, and how scores are written. */
#include "mode.h"
#include "loop.h"
#include <math.h>
#include <stdio.h>

cplug_status cplug__score_metrics(cplug_run *r, cplug_scores *out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->n_metrics; i++) {
        uint32_t room = r->n_scores - n;
        if (cplug_metric_value(r->metrics[i], r->score_names + n, r->score_values + n, &room) != CPLUG_OK)
            return cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "metrics");
        n += room;
    }
    out->names = r->score_names;
    out->values = r->score_values;
    out->n = n;
    return CPLUG_OK;
}

/* A metric may not know how many figures it gives before it has seen a batch: it gets one of zeros. */
cplug_status cplug__score_names(cplug_run *r, cplug_scores *out)
{
    const cplug_meta *y = &r->output;
    int64_t shape[CPLUG_MAX_DIMS] = { 0 };
    const bool classes = cplug__predicts_classes(r) && y->ndim > 1;
    for (int32_t d = 0; d < y->ndim; d++)
        if (!classes || d != 1) shape[d - (classes && d > 1)] = y->shape[d];
    cplug_scope *scope = cplug_scope_open(r->ctx);
    cplug_tensor *prediction = cplug_zeros(r->ctx, y->dtype, y->ndim, y->shape);
    cplug_tensor *target = cplug_zeros(r->ctx, classes ? CPLUG_I64 : y->dtype, y->ndim - classes, shape);
    for (uint32_t i = 0; i < r->n_metrics; i++) {
        cplug_metric_reset(r->metrics[i]);
        cplug_metric_update(r->metrics[i], prediction, target);
    }
    cplug_scope_close(scope);
    if (cplug_failed(r->ctx)) return cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "metrics");
    cplug_status status = cplug__score_metrics(r, out);
    for (uint32_t i = 0; i < r->n_metrics; i++) cplug_metric_reset(r->metrics[i]);
    return status;
}

static cplug_status score_batch(cplug_run *r, const cplug_batch *b, double *loss)
{
    cplug_tensor *y = cplug_forward(r->model, b->input);
    if (b->target == NULL) return cplug_error_set(r->ctx, CPLUG_E_INVALID, "the data have no target to compare with");
    cplug_tensor *l = cplug_forward2(r->loss, y, b->target);
    for (uint32_t i = 0; i < r->n_metrics; i++) cplug_metric_update(r->metrics[i], y, b->target);
    return cplug_item(l, loss);
}

cplug_status cplug__score(cplug_run *r, cplug_loader *l, cplug_scores *out, struct loop *training)
{
    const cplug_batch *b;
    double sum = 0;
    int64_t samples = 0;
    const int32_t was_training = cplug_module_training(r->model), grad = cplug_grad_mode(r->ctx, 0);
    cplug_module_train(r->model, 0);
    for (uint32_t i = 0; i < r->n_metrics; i++) cplug_metric_reset(r->metrics[i]);
    while ((r->args.stop == NULL || *r->args.stop == 0) && (b = cplug_loader_next(l)) != NULL) {
        double loss = NAN;
        cplug_scope *scope = cplug_scope_open(r->ctx);
        score_batch(r, b, &loss);
        cplug_scope_close(scope);
        sum += loss * (double)b->size;
        samples += b->size;
        if (cplug_failed(r->ctx)) break;
        if (training != NULL) cplug__tell_validation(training, b->index + 1, cplug_loader_batches(l));
    }
    cplug_grad_mode(r->ctx, grad);
    cplug_module_train(r->model, was_training);
    if (cplug_failed(r->ctx)) return cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "evaluating");
    out->loss = samples ? sum / (double)samples : NAN;
    out->samples = samples;
    return cplug__score_metrics(r, out);
}

cplug_status cplug_run_eval(cplug_run *r, cplug_scores *out)
{
    CPLUG__OWN_MODE;
    uint32_t which = DATA_VALID;
    cplug_scores unused = CPLUG_SCORES;
    if (r == NULL || r->code != CPLUG_RUN_OK) return CPLUG_E_INVALID;
    if (out == NULL) out = &unused;
    while (r->args.data != NULL && which < N_DATA && strcmp(r->args.data, cplug__data_names[which]) != 0)
        which = which == DATA_VALID ? DATA_TRAIN : which == DATA_TRAIN ? DATA_TEST : N_DATA;
    if (which == N_DATA)
        return cplug__run_fail(r, CPLUG_RUN_USAGE, "there is no data set '%s': expected train, valid or test", r->args.data);
    if (cplug__run_data(r, which) != CPLUG_OK || cplug__classes_agree(r, r->data[which]) != CPLUG_OK || cplug__build_loss(r) != CPLUG_OK ||
        cplug__build_metrics(r) != CPLUG_OK)
        return CPLUG_E_INVALID;
    cplug_loader *l = cplug__run_loader(r, r->data[which], r->plan.data[which], false);
    if (l == NULL) return CPLUG_E_INVALID;
    cplug_status status = cplug__score(r, l, out, NULL);
    cplug_loader_free(l);
    if (status == CPLUG_OK && r->args.stop != NULL && *r->args.stop != 0)
        return cplug__run_fail(r, CPLUG_RUN_SIGNAL + *r->args.stop, "interrupted");
    return status;
}

void cplug__score_text(const cplug_scores *s, str *out)
{
    enum { MOST_SHOWN = 6 }; /* a confusion matrix is for the files */
    cplug__str_add(out, "loss %.4f", s->loss);
    for (uint32_t i = 0; i < s->n && i < MOST_SHOWN; i++) cplug__str_add(out, "  %s %.4f", s->names[i], s->values[i]);
}

cJSON *cplug__score_json(const cplug_scores *s)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "loss", s->loss);
    for (uint32_t i = 0; i < s->n; i++) cJSON_AddNumberToObject(o, s->names[i], s->values[i]);
    cJSON_AddNumberToObject(o, "samples", (double)s->samples);
    return o;
}

void cplug__score_main(const cplug_scores *s, const char **name, double *value)
{
    *name = s->n ? s->names[0] : "loss";
    *value = s->n ? s->values[0] : s->loss;
}
