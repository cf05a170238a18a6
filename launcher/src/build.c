/* build.c: modules, loss and metrics from a plan.  Layers are tried one by one on a sample of zeros, so that shapes that do not fit are
 * told at the layer's line, with both layers named. */
#include "run.h"
#include <stdio.h>

static void shape_text(const cplug_meta *m, char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "%s [", cplug_dtype_name(m->dtype));
    for (int32_t d = 0; d < m->ndim && n < size; d++)
        n += (size_t)snprintf(out + n, size - n, d ? ", %lld" : "%lld", (long long)m->shape[d]);
    if (n < size) snprintf(out + n, size - n, "]");
}

/* A failure of a layer becomes a mistake at its section. */
static void layer_failed(cplug_run *r, const node *n, const char *where)
{
    const int32_t code = cplug_failed(r->ctx) == CPLUG_E_NOMEM ? CPLUG_RUN_FAILED : CPLUG_RUN_CONFIG;
    const char *self = cplug__pool_printf(&r->pool, "layer '%s' (%s): ", n->name, n->part->id), *why = cplug_error_text(r->ctx);
    if (strncmp(why, self, strlen(self)) == 0) why += strlen(self); /* once is enough */
    cplug__diag_as(&r->config.diags, code, n->part->section->at, NULL, "layer '%s' (%s)%s: %s", n->name, n->part->id, where, why);
    cplug_error_clear(r->ctx);
}

static bool chain(const plan *p)
{
    for (uint32_t i = 0; i < p->n_nodes; i++)
        if (p->nodes[i].n_inputs != 1 || p->nodes[i].inputs[0] != (int32_t)i - 1) return false;
    return true;
}

static cplug_module *new_graph(cplug_run *r)
{
    const plan *p = &r->plan;
    str spec = { 0 };
    bool dots = false;
    cplug__str_add(&spec, "graph");
    for (uint32_t i = 0; i < p->n_nodes; i++) dots |= strchr(p->nodes[i].name, '.') != NULL;
    for (uint32_t i = 0; i < p->n_nodes && dots; i++) cplug__str_add(&spec, "%s%s", i ? "," : " nodes=[", p->nodes[i].name);
    if (dots) cplug__str_add(&spec, "]");
    if (!chain(p)) {
        cplug__str_add(&spec, " wires=[");
        for (uint32_t i = 0; i < p->n_nodes; i++) {
            cplug__str_add(&spec, "%s%u", i ? "," : "", p->nodes[i].n_inputs);
            for (uint32_t k = 0; k < p->nodes[i].n_inputs; k++) cplug__str_add(&spec, ",%d", p->nodes[i].inputs[k]);
        }
        cplug__str_add(&spec, "]");
    }
    cplug_module *m = spec.failed ? NULL : cplug_module_new(r->ctx, cplug__str_text(&spec));
    cplug__str_free(&spec);
    return m;
}

/* Puts a layer where its dotted name says, with containers on the way. */
static cplug_status adopt(cplug_run *r, cplug_module *root, const char *name, cplug_module *layer)
{
    cplug_module *parent = root;
    for (const char *dot; (dot = strchr(name, '.')) != NULL; name = dot + 1) {
        const char *part = cplug__pool_copy(&r->pool, name, (uint64_t)(dot - name));
        cplug_module *next = cplug_module_get(parent, part);
        if (next == NULL) {
            next = cplug_module_new(r->ctx, "graph");
            if (next == NULL || cplug_module_adopt(parent, part, next) != CPLUG_OK) return cplug_failed(r->ctx);
        }
        parent = next;
    }
    return cplug_module_adopt(parent, name, layer);
}

static bool make_layers(cplug_run *r)
{
    const plan *p = &r->plan;
    const uint32_t before = r->config.diags.n;
    r->model = new_graph(r);
    if (r->model == NULL) return false;
    for (uint32_t i = 0; i < p->n_nodes; i++) {
        const node *n = &p->nodes[i];
        cplug_module *layer = cplug_module_new_at(r->ctx, n->part->spec, n->part->base_dir);
        if (layer == NULL || adopt(r, r->model, n->name, layer) != CPLUG_OK) layer_failed(r, n, "");
    }
    return r->config.diags.n == before;
}

static void node_failed(cplug_run *r, const node *n, cplug_tensor *const *in)
{
    str where = { 0 };
    char shape[160];
    for (uint32_t k = 0; k < n->n_inputs; k++) {
        cplug_meta m;
        cplug_tensor_meta(in[k], &m);
        shape_text(&m, shape, sizeof shape);
        const char *from = n->inputs[k] < 0 ? "the model's input" : r->plan.nodes[n->inputs[k]].name;
        cplug__str_add(&where, n->inputs[k] < 0 ? "%s%s %s" : "%s'%s' %s", k ? ", " : " cannot take the output of ", from, shape);
    }
    layer_failed(r, n, cplug__str_text(&where));
    cplug__str_free(&where);
}

static void try_layers(cplug_run *r, cplug_tensor **values)
{
    const plan *p = &r->plan;
    int64_t shape[CPLUG_MAX_DIMS] = { 1 };
    int32_t ndim = (int32_t)p->model.input_shape.n;
    for (int32_t d = 0; d < ndim; d++) shape[d + 1] = p->model.input_shape.v[d];
    cplug_tensor *x = cplug_zeros(r->ctx, cplug__plan_dtype(p->model.input_dtype), ndim + 1, shape);
    if (x == NULL) {
        const int32_t code = cplug_failed(r->ctx) == CPLUG_E_NOMEM ? CPLUG_RUN_FAILED : CPLUG_RUN_CONFIG;
        cplug__diag_as(&r->config.diags, code, cplug__place_of(r, "model", "input_shape"), NULL, "input_shape: %s",
                       cplug_error_text(r->ctx));
        cplug_error_clear(r->ctx);
    }
    for (uint32_t i = 0; i < p->n_nodes && x != NULL; i++) {
        const node *n = &p->nodes[i];
        cplug_module *layer = cplug_module_get(r->model, n->name);
        cplug_tensor **in = cplug__pool_alloc(&r->pool, (n->n_inputs + 1) * sizeof *in);
        if (in == NULL) return;
        for (uint32_t k = 0; k < n->n_inputs; k++) in[k] = n->inputs[k] < 0 ? x : values[n->inputs[k]];
        if (cplug_forward_n(layer, in, n->n_inputs, &values[i], 1) != CPLUG_OK) {
            node_failed(r, n, in);
            return;
        }
    }
    if (p->n_nodes && values[p->n_nodes - 1] != NULL) cplug_tensor_meta(values[p->n_nodes - 1], &r->output);
}

cplug_status cplug__build_model(cplug_run *r)
{
    const uint32_t before = r->config.diags.n;
    if (r->plan.model.input_shape.n >= CPLUG_MAX_DIMS) {
        cplug__diag(&r->config.diags, cplug__place_of(r, "model", "input_shape"), NULL,
                    "input_shape has %lld dimensions, at most %d are possible", (long long)r->plan.model.input_shape.n, CPLUG_MAX_DIMS - 1);
        return CPLUG_E_SHAPE;
    }
    cplug_tensor **values = cplug__pool_alloc(&r->pool, (r->plan.n_nodes + 1) * sizeof *values);
    if (values == NULL || !make_layers(r)) {
        if (r->config.diags.n > before) return CPLUG_E_INVALID;
        if (cplug_failed(r->ctx)) return cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "the model");
        return cplug__run_fail(r, CPLUG_RUN_FAILED, "out of memory for the model");
    }
    cplug_module_train(r->model, 0);
    int32_t former = cplug_grad_mode(r->ctx, 0);
    cplug_scope *scope = cplug_scope_open(r->ctx);
    try_layers(r, values);
    cplug_scope_close(scope);
    cplug_grad_mode(r->ctx, former);
    if (r->config.diags.n > before) return CPLUG_E_SHAPE;
    return cplug_failed(r->ctx) ? cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "the model") : CPLUG_OK;
}

cplug_status cplug__build_loss(cplug_run *r)
{
    const component *c = r->plan.loss;
    if (r->loss != NULL) return CPLUG_OK;
    if (c == NULL) return cplug__run_fail(r, CPLUG_RUN_CONFIG, "%s has no [loss] section", r->config.file->path);
    r->loss = cplug_module_new_at(r->ctx, c->spec, c->base_dir);
    return r->loss != NULL ? CPLUG_OK : cplug__run_fail_ctx(r, CPLUG_RUN_CONFIG, "[loss]");
}

cplug_status cplug__build_metrics(cplug_run *r)
{
    const cplug_strings *names = &r->plan.metrics.names;
    enum { MOST_SCORES = 1024 };
    if (r->score_values != NULL) return CPLUG_OK;
    r->metrics = cplug__pool_alloc(&r->pool, (uint64_t)(names->n + 1) * sizeof *r->metrics);
    r->score_names = cplug__pool_alloc(&r->pool, MOST_SCORES * sizeof *r->score_names);
    r->score_values = cplug__pool_alloc(&r->pool, MOST_SCORES * sizeof *r->score_values);
    if (r->metrics == NULL || r->score_names == NULL || r->score_values == NULL)
        return cplug__run_fail(r, CPLUG_RUN_FAILED, "out of memory for metrics");
    r->n_scores = MOST_SCORES;
    for (int64_t i = 0; i < names->n; i++) {
        cplug_metric *m = cplug_metric_new(r->ctx, names->v[i]);
        if (m == NULL) return cplug__run_fail_ctx(r, CPLUG_RUN_CONFIG, "[metrics]");
        r->metrics[r->n_metrics++] = m;
    }
    return CPLUG_OK;
}
