/* summary.c: the verb summary: the layers of a model with their shapes and parameters. */
#include "tool.h"
#include <string.h>

static void shape_text(const cplug_meta *m, char *out, size_t size)
{
    size_t n = 0;
    out[0] = '\0';
    for (int32_t d = 0; d < m->ndim && n < size; d++)
        n += (size_t)snprintf(out + n, size - n, d ? "x%lld" : "%lld", (long long)m->shape[d]);
}

static void summary_json(const cplug_summary_row *rows, int64_t n, int64_t total, int64_t trainable)
{
    cJSON *o = cJSON_CreateObject(), *layers = cJSON_CreateArray();
    for (int64_t i = 0; i < n; i++) {
        cJSON *row = cJSON_CreateObject(), *shape = cJSON_CreateArray();
        cJSON_AddStringToObject(row, "name", rows[i].path);
        cJSON_AddStringToObject(row, "type", rows[i].type);
        for (int32_t d = 0; d < rows[i].output.ndim; d++) cJSON_AddItemToArray(shape, cJSON_CreateNumber((double)rows[i].output.shape[d]));
        cJSON_AddItemToObject(row, "output", shape);
        cJSON_AddNumberToObject(row, "parameters", (double)rows[i].parameters);
        cJSON_AddItemToArray(layers, row);
    }
    cJSON_AddStringToObject(o, "type", "summary");
    cJSON_AddNumberToObject(o, "parameters", (double)total);
    cJSON_AddNumberToObject(o, "trainable", (double)trainable);
    cJSON_AddItemToObject(o, "layers", layers);
    print_json(o);
}

static void summary_text(const cplug_summary_row *rows, int64_t n, int64_t total, int64_t trainable)
{
    int width[2] = { 5, 4 };
    char shape[128];
    for (int64_t i = 0; i < n; i++) {
        if ((int)strlen(rows[i].path) > width[0]) width[0] = (int)strlen(rows[i].path);
        if ((int)strlen(rows[i].type) > width[1]) width[1] = (int)strlen(rows[i].type);
    }
    printf("%-*s  %-*s  %-16s  %12s\n", width[0], "layer", width[1], "type", "output", "parameters");
    for (int64_t i = 0; i < n; i++) {
        shape_text(&rows[i].output, shape, sizeof shape);
        printf("%-*s  %-*s  %-16s  %12lld\n", width[0], rows[i].path, width[1], rows[i].type, shape, (long long)rows[i].parameters);
    }
    printf("%lld parameters, %lld trainable\n", (long long)total, (long long)trainable);
}

int do_summary(const command *c)
{
    const cplug_summary_row *rows;
    int64_t shape[CPLUG_MAX_DIMS], total = 0, trainable = 0;
    cplug_run *r = open_run(c, 0);
    if (cplug_run_code(r) != CPLUG_RUN_OK) return finish(c, r);
    cplug_module *m = cplug_run_model(r);
    int64_t n = cplug_module_summary(m, cplug_run_input_shape(r, shape), shape, &rows);
    total = cplug_module_n_parameters(m);
    for (int64_t i = 0; i < n; i++) trainable += rows[i].trainable;
    if (n < 0) {
        int code = fail_text(c, CPLUG_RUN_FAILED, cplug_error_text(cplug_run_context(r)));
        finish(c, r);
        return code;
    }
    (c->json ? summary_json : summary_text)(rows, n, total, trainable);
    return finish(c, r);
}
