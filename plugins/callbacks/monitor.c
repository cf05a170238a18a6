/* monitor.c: the figure of an epoch that a callback follows: finding it, and whether a new one is better. */
#include "callbacks.h"

#define VALID "valid_"

static cplug_status unknown(cplug_context *ctx, const monitor *m, const cplug_event *ev)
{
    char list[512] = "";
    size_t n = 0;
    const char *near = cplug_nearest(m->name, ev->metric_names, ev->n_metrics);
    for (uint32_t i = 0; i < ev->n_metrics && n < sizeof list; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "", ev->metric_names[i]);
    return cplug_error_set(ctx, CPLUG_E_NOTFOUND, "monitor = %s: there is no such figure, an epoch has: %s%s%s%s", m->name, list,
                           near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
}

/* A figure of the validation in an event without any: the epoch was not validated. */
static int32_t not_validated(const monitor *m, const cplug_event *ev)
{
    if (strncmp(m->name, VALID, strlen(VALID)) != 0 || event_is(ev, "train_begin")) return 0;
    for (uint32_t i = 0; i < ev->n_metrics; i++)
        if (strncmp(ev->metric_names[i], VALID, strlen(VALID)) == 0) return 0;
    return 1;
}

int32_t monitor_look(cplug_context *ctx, const monitor *m, const cplug_event *ev, double *value)
{
    if (ev->n_metrics == 0) return 0;
    for (uint32_t i = 0; i < ev->n_metrics; i++) {
        if (strcmp(ev->metric_names[i], m->name) != 0) continue;
        *value = ev->metrics[i];
        return 1;
    }
    if (not_validated(m, ev)) return 0;
    unknown(ctx, m, ev);
    return -1;
}

/* The metric's own word, where its type has the figure's name; else what such names usually mean. */
int32_t monitor_higher(cplug_context *ctx, const monitor *m)
{
    static const char *const higher[] = { "acc", "auc", "f1", "iou", "precision", "recall", "top_", "r2", "score" };
    const char *name = m->name, *id;
    if (m->mode != MODE_AUTO) return m->mode == MODE_MAX;
    if (strncmp(name, VALID, strlen(VALID)) == 0) name += strlen(VALID);
    for (int32_t i = 0; (id = cplug_component_id(ctx, "metric", i)) != NULL; i++) {
        if (strcmp(id, name) != 0) continue;
        const cplug_metric_type *type = (const cplug_metric_type *)cplug_component(ctx, "metric", id);
        return type && (type->flags & CPLUG_METRIC_HIGHER_IS_BETTER);
    }
    for (uint32_t i = 0; i < CPLUG_COUNT(higher); i++)
        if (strstr(name, higher[i])) return 1;
    return 0;
}

int32_t monitor_better(cplug_context *ctx, const monitor *m, double value, double best)
{
    return monitor_higher(ctx, m) ? value - m->min_delta > best : value + m->min_delta < best;
}
