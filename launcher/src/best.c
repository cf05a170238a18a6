/* best.c: which checkpoint is the best by the figure that [checkpoint] best names, as metrics.csv names it: a loss should be low, a
 * metric says itself which way is better. */
#include "keep.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

/* The value of "valid_accuracy" in a row; NaN when the row has none. */
static double figure(const epoch_row *row, const char *name)
{
    if (strcmp(name, "train_loss") == 0) return row->loss;
    if (row->valid == NULL || strncmp(name, "valid_", 6) != 0) return NAN;
    if (strcmp(name, "valid_loss") == 0) return row->valid->loss;
    for (uint32_t i = 0; i < row->valid->n; i++)
        if (strcmp(row->valid->names[i], name + 6) == 0) return row->valid->values[i];
    return NAN;
}

/* All names that a row will have; those of metrics with the direction that is better. */
static const char *find_name(loop *l, const char *want, str *known)
{
    cplug_run *r = l->r;
    static const char *const losses[] = { "train_loss", "valid_loss" };
    const char *found = NULL;
    for (uint32_t i = 0; i < (l->valid != NULL ? 2u : 1u); i++) {
        if (strcmp(losses[i], want) == 0) found = losses[i];
        cplug__str_add(known, "%s%s", i ? ", " : "", losses[i]);
    }
    for (uint32_t i = 0; i < r->n_metrics && l->valid != NULL; i++) {
        uint32_t n = r->n_scores;
        if (cplug_metric_value(r->metrics[i], r->score_names, r->score_values, &n) != CPLUG_OK) cplug_error_clear(r->ctx), n = 0;
        for (uint32_t k = 0; k < n; k++) {
            const char *name = cplug__pool_printf(&r->pool, "valid_%s", r->score_names[k]);
            cplug__str_add(known, ", %s", name);
            if (strcmp(name, want) != 0) continue;
            found = name;
            l->best.higher = cplug_metric_higher_is_better(r->metrics[i]);
        }
    }
    return found;
}

cplug_status cplug__best_open(loop *l)
{
    cplug_run *r = l->r;
    const char *want = r->plan.checkpoint.best;
    str known = { 0 };
    l->best = (best_so_far){ .value = NAN, .step = -1 };
    if (want == NULL || want[0] == '\0') return CPLUG_OK;
    l->best.metric = find_name(l, want, &known);
    cplug_status status = CPLUG_OK;
    if (l->best.metric == NULL)
        status = cplug__run_fail(r, CPLUG_RUN_CONFIG, "checkpoint.best: there is no figure '%s'; this run has %s%s", want,
                                 cplug__str_text(&known), l->valid == NULL ? ", and more with a section [data.valid]" : "");
    cplug__str_free(&known);
    return status;
}

bool cplug__best_judge(loop *l, const epoch_row *row)
{
    best_so_far *b = &l->best;
    const double value = b->metric != NULL ? figure(row, b->metric) : NAN;
    if (isnan(value) || (!isnan(b->value) && !(b->higher ? value > b->value : value < b->value))) return false;
    b->value = value;
    b->step = row->step;
    return true;
}

cplug_status cplug__best_mark(loop *l, const char *run_dir)
{
    pool p = { 0 };
    char name[CHECKPOINT_NAME + 1];
    const char *path = cplug__pool_printf(&p, "%s/" CHECKPOINTS "/best", run_dir), *now = cplug__best_name(&p, run_dir);
    bool good = true;
    cplug__checkpoint_name(l->best.step, name);
    if (l->best.step < 0 && now != NULL) {
        good = unlink(path) == 0;
    } else if (l->best.step >= 0 && (now == NULL || strcmp(now, name) != 0)) {
        strcat(name, "\n");
        good = cplug__file_replace(path, name, strlen(name));
    }
    cplug_status status = good ? CPLUG_OK : CPLUG_E_IO;
    if (!good) cplug_error_set(l->r->ctx, CPLUG_E_IO, "%s: %s", path, strerror(errno));
    cplug__pool_free(&p);
    return status;
}
