/* graph.c: the module type of models from INI files.  Its children are the layers under their own names, so that parameters are called
 * fc1.weight; wires say who reads whose output.  A plain chain has no wires and costs no look-up per call.  Without options it is also
 * the container for names with dots: the layer "layer2.0.conv1" sits in the graph "0" in the graph "layer2". */
#include "run.h"

typedef struct graph {
    cplug_strings nodes; /* paths of the layers in order; none: the children */
    cplug_ints wires;    /* for each layer: number of inputs, then their layers (-1: the graph's input); none: a chain */
    cplug_module **layers;
    cplug_tensor **values; /* output of each layer during a call */
    int64_t n;
} graph;
static const cplug_option graph_options[] = {
    { "nodes", "paths of its layers in order; the children when left out", CPLUG_OPT_STRINGS, CPLUG_OPT_UNSET_OK, offsetof(graph, nodes),
      NULL, 0, 0, NULL, NULL, 0, 0 },
    { "wires", "for each layer the number of inputs and where they come from; a chain when left out", CPLUG_OPT_INTS, CPLUG_OPT_UNSET_OK,
      offsetof(graph, wires), NULL, 0, 0, NULL, NULL, 0, 0 },
};

/* The layers by number, found once. */
static cplug_status find_layers(cplug_module *m, graph *g)
{
    cplug_context *ctx = cplug_module_context(m);
    const cplug_host *host = cplug_host_table();
    g->n = g->nodes.n ? g->nodes.n : cplug_module_n_children(m);
    g->layers = host->alloc((uint64_t)(g->n + 1) * sizeof *g->layers);
    g->values = host->alloc((uint64_t)(g->n + 1) * sizeof *g->values);
    if (g->layers == NULL || g->values == NULL)
        return cplug_error_set(ctx, CPLUG_E_NOMEM, "out of memory for %lld layers", (long long)g->n);
    for (int64_t i = 0; i < g->n; i++) {
        g->layers[i] = g->nodes.n ? cplug_module_get(m, g->nodes.v[i]) : cplug_module_child_at(m, (uint32_t)i);
        if (g->layers[i] == NULL) return cplug_error_set(ctx, CPLUG_E_NOTFOUND, "there is no layer '%s'", g->nodes.v[i]);
    }
    return CPLUG_OK;
}

/* Each output lives until the next layer has read it, unless the tape keeps it. */
static cplug_tensor *run_chain(cplug_context *ctx, const graph *g, cplug_tensor *x)
{
    for (int64_t i = 0; i < g->n; i++) {
        cplug_scope *scope = cplug_scope_open(ctx);
        cplug_tensor *y = cplug_forward(g->layers[i], x);
        if (i + 1 < g->n)
            cplug_retain(y);
        else
            cplug_scope_keep(scope, y);
        cplug_scope_close(scope);
        if (i > 0) cplug_release(x);
        x = y;
        if (y == NULL) return NULL;
    }
    return x;
}

static cplug_tensor *run_wired(cplug_context *ctx, const graph *g, cplug_tensor *x)
{
    enum { MOST_INPUTS = 64 };
    cplug_tensor *in[MOST_INPUTS];
    int64_t at = 0;
    for (int64_t i = 0; i < g->n; i++) {
        int64_t n = at < g->wires.n ? g->wires.v[at++] : -1;
        if (n < 0 || n > MOST_INPUTS || at + n > g->wires.n) {
            cplug_error_set(ctx, CPLUG_E_INVALID, "wires of layer %lld: expected 0 to %d inputs", (long long)i, (int)MOST_INPUTS);
            return NULL;
        }
        for (int64_t k = 0; k < n; k++, at++) {
            int64_t from = g->wires.v[at];
            if (from < -1 || from >= i) {
                cplug_error_set(ctx, CPLUG_E_INVALID, "wires of layer %lld: input %lld is no earlier layer", (long long)i, (long long)from);
                return NULL;
            }
            in[k] = from < 0 ? x : g->values[from];
        }
        if (cplug_forward_n(g->layers[i], in, (uint32_t)n, &g->values[i], 1) != CPLUG_OK) return NULL;
    }
    return g->n > 0 ? g->values[g->n - 1] : x;
}

static cplug_status graph_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    graph *g = self;
    cplug_context *ctx = cplug_module_context(m);
    (void)n_in;
    (void)n_out;
    if (g->layers == NULL && find_layers(m, g) != CPLUG_OK) return cplug_failed(ctx);
    out[0] = g->wires.n ? run_wired(ctx, g, in[0]) : run_chain(ctx, g, in[0]);
    return cplug_failed(ctx);
}

static void graph_destroy(cplug_module *m, void *self)
{
    graph *g = self;
    (void)m;
    cplug_host_table()->free(g->layers);
    cplug_host_table()->free(g->values);
}

const cplug_module_type cplug__graph_type = {
    .struct_size = sizeof cplug__graph_type,
    .id = "graph",
    .class_name = "Graph",
    .doc = "layers wired by name, as an INI file describes them",
    .options = CPLUG_OPTIONS(graph_options),
    .instance_size = sizeof(graph),
    .forward = graph_forward,
    .destroy = graph_destroy,
    .n_inputs = 1,
    .n_outputs = 1,
};
