/* summary.c: the verb summary: the layers of a model with their shapes, parameters and multiply-adds, and what all of them take. */
#include "tool.h"
#include <stdlib.h>
#include <string.h>

enum { SHAPE = 128 };

typedef struct line {
    char *name, *type, shape[SHAPE];
    int64_t parameters, multiply_adds;
} line;
typedef struct lines {
    line *list;
    size_t n, room;
    int name_width, type_width;
    cJSON *json; /* instead of the list */
    bool failed;
} lines;

static void shape_text(const cplug_meta *m, char out[SHAPE])
{
    size_t n = 0;
    out[0] = '\0';
    for (int32_t d = 0; d < m->ndim && n < SHAPE; d++)
        n += (size_t)snprintf(out + n, SHAPE - n, d ? "x%lld" : "%lld", (long long)m->shape[d]);
}

static void add_json(lines *l, const cplug_layer_row *r)
{
    cJSON *row = cJSON_CreateObject(), *shape = cJSON_CreateArray();
    cJSON_AddStringToObject(row, "name", r->name);
    cJSON_AddStringToObject(row, "type", r->type);
    for (int32_t d = 0; d < r->output->ndim; d++) cJSON_AddItemToArray(shape, cJSON_CreateNumber((double)r->output->shape[d]));
    cJSON_AddItemToObject(row, "output", shape);
    cJSON_AddNumberToObject(row, "parameters", (double)r->parameters);
    cJSON_AddNumberToObject(row, "trainable", (double)r->trainable);
    cJSON_AddNumberToObject(row, "multiply_adds", (double)r->multiply_adds);
    cJSON_AddItemToArray(l->json, row);
}

static int wider(int width, const char *text) { return (int)strlen(text) > width ? (int)strlen(text) : width; }

static void add_line(lines *l, const cplug_layer_row *r)
{
    if (l->n == l->room) {
        const size_t room = l->room ? 2 * l->room : 64;
        line *list = realloc(l->list, room * sizeof *list);
        l->failed |= list == NULL;
        if (list == NULL) return;
        l->list = list;
        l->room = room;
    }
    line *k = &l->list[l->n++];
    *k = (line){ .name = strdup(r->name), .type = strdup(r->type), .parameters = r->parameters, .multiply_adds = r->multiply_adds };
    l->failed |= k->name == NULL || k->type == NULL;
    shape_text(r->output, k->shape);
    if (l->failed) return;
    l->name_width = wider(l->name_width, r->name);
    l->type_width = wider(l->type_width, r->type);
}

static void take(void *arg, const cplug_layer_row *row)
{
    lines *l = arg;
    if (l->failed) return;
    (l->json != NULL ? add_json : add_line)(l, row);
}

/* "241.0 KiB" */
static const char *bytes_text(int64_t bytes, char out[32])
{
    static const char *const units[] = { "KiB", "MiB", "GiB" };
    double value = (double)bytes / 1024;
    uint32_t unit = 0;
    for (; value >= 1024 && unit + 1 < CPLUG_COUNT(units); unit++) value /= 1024;
    snprintf(out, 32, "%.1f %s", value, units[unit]);
    return out;
}

static void print_lines(const lines *l, const cplug_totals *t)
{
    char weights[32], outputs[32];
    printf("%-*s  %-*s  %-16s  %12s  %14s\n", l->name_width, "layer", l->type_width, "type", "output", "parameters", "multiply-adds");
    for (size_t i = 0; i < l->n; i++)
        printf("%-*s  %-*s  %-16s  %12lld  %14lld\n", l->name_width, l->list[i].name, l->type_width, l->list[i].type, l->list[i].shape,
               (long long)l->list[i].parameters, (long long)l->list[i].multiply_adds);
    printf("%lld parameters, %lld trainable, %lld frozen\n", (long long)t->parameters, (long long)t->trainable,
           (long long)(t->parameters - t->trainable));
    printf("weights %s; outputs of all layers %s for a batch of %lld; %lld multiply-adds a sample\n", bytes_text(t->weight_bytes, weights),
           bytes_text(t->output_bytes, outputs), (long long)t->batch_size, (long long)t->multiply_adds);
}

static void print_totals(cJSON *layers, const cplug_totals *t)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "type", "summary");
    cJSON_AddNumberToObject(o, "parameters", (double)t->parameters);
    cJSON_AddNumberToObject(o, "trainable", (double)t->trainable);
    cJSON_AddNumberToObject(o, "multiply_adds", (double)t->multiply_adds);
    cJSON_AddNumberToObject(o, "weight_bytes", (double)t->weight_bytes);
    cJSON_AddNumberToObject(o, "batch_size", (double)t->batch_size);
    cJSON_AddNumberToObject(o, "output_bytes", (double)t->output_bytes);
    cJSON_AddItemToObject(o, "layers", layers);
    print_json(o);
}

int do_summary(const command *c)
{
    cplug_totals totals = CPLUG_TOTALS;
    cplug_run *r = open_run(c, 0);
    lines l = { .name_width = 5, .type_width = 4, .json = c->json ? cJSON_CreateArray() : NULL };
    const bool good = cplug_run_code(r) == CPLUG_RUN_OK && cplug_run_summary(r, take, &l, &totals) == CPLUG_OK && !l.failed;
    if (good && c->json)
        print_totals(l.json, &totals);
    else if (good)
        print_lines(&l, &totals);
    if (!good) cJSON_Delete(l.json);
    for (size_t i = 0; i < l.n; i++) {
        free(l.list[i].name);
        free(l.list[i].type);
    }
    free(l.list);
    int code = finish(c, r);
    return code == CPLUG_RUN_OK && l.failed ? fail_text(c, CPLUG_RUN_FAILED, "out of memory") : code;
}
