/* explain.c: which kernel does what.  The model is run once on random data, layer by layer forward, then backward in the other order with
 * the gradients that training would have, then the optimizer; core tells of every call and its choice, and the layer is known here. */
#include "mode.h"
#include "run.h"
#include <math.h>

typedef struct explain {
    cplug_run *r;
    void (*row)(void *arg, const cplug_explain_row *row);
    void *arg;
    const char *layer, *type, *pass;
    cplug_tensor **values, ***leaves;                      /* output of node i; its inputs, cut off from the layers before */
    cplug_tensor ***gradients, *prediction, *loss, *flows; /* what comes back to the inputs, and from the loss */
} explain;

/* ---- those who were not even asked ---- */
enum { MOST_CANDIDATES = 32, MOST_NAME = 64 };

/* Does the manifest promise a kernel for this op, "kernel:mm@cpu", on this type of device? */
static bool promises(const cplug_plugin_info *p, const char *op, const char *device)
{
    const size_t n = strlen(op), type = strcspn(device, ":");
    for (const char *at = p->provides; (at = strstr(at, "kernel:")) != NULL;) {
        at += strlen("kernel:");
        const bool all = at[0] == '*' && at[1] == '@', this = strncmp(at, op, n) == 0 && at[n] == '@';
        const char *on = at + (all ? 2 : n + 1);
        if ((all || this) && strncmp(on, device, type) == 0 && (on[type] == ' ' || on[type] == '\0')) return true;
    }
    return false;
}

/* Adds the backends whose plugins were left alone, since they are not among those asked for, and those whose plugins failed. */
static uint32_t add_absent(cplug_run *r, const cplug_choice *c, cplug_candidate *list, uint32_t n, char names[][MOST_NAME])
{
    const int32_t plugins = cplug_plugin_count(r->ctx);
    for (int32_t i = 0; i < plugins && n < MOST_CANDIDATES; i++) {
        const cplug_plugin_info *p = cplug_plugin_get(r->ctx, i);
        const char *at = p != NULL ? strstr(p->provides, "backend:") : NULL;
        const bool failed = p != NULL && p->state == CPLUG_PLUGIN_FAILED;
        if (at == NULL || (p->state != CPLUG_PLUGIN_LISTED && !failed) || !promises(p, c->op, cplug_device_get(r->ctx))) continue;
        at += strlen("backend:");
        const size_t length = strcspn(at, " ");
        if (length >= MOST_NAME) continue;
        memcpy(names[n], at, length);
        names[n][length] = '\0';
        list[n] = (cplug_candidate){ names[n], failed ? p->reason : "not enabled", -1, 0 };
        n++;
    }
    return n;
}

static void seen(void *arg, const cplug_choice *choice)
{
    explain *x = arg;
    cplug_choice c = *choice;
    cplug_candidate list[MOST_CANDIDATES];
    char names[MOST_CANDIDATES][MOST_NAME];
    uint32_t n = c.n_candidates < MOST_CANDIDATES ? c.n_candidates : MOST_CANDIDATES;
    if (n) memcpy(list, c.candidates, n * sizeof *list);
    c.n_candidates = c.how != CPLUG_BY_VIEW ? add_absent(x->r, choice, list, n, names) : n;
    c.candidates = list;
    const cplug_explain_row row = { (uint32_t)sizeof row, 0, x->layer, x->type, x->pass, &c };
    x->row(x->arg, &row);
}

static void look(explain *x, const char *layer, const char *type, const char *pass)
{
    x->layer = layer;
    x->type = type;
    x->pass = pass;
    cplug_watch(x->r->ctx, pass != NULL ? seen : NULL, x);
}
static void look_away(explain *x) { look(x, NULL, NULL, NULL); }

/* ---- forward ---- */
/* The same values as a leaf, so that the backward pass ends here. */
static cplug_tensor *leaf_of(cplug_tensor *t)
{
    cplug_tensor *leaf = cplug_detach(t);
    return cplug_dtype_is_float(cplug_tensor_dtype(leaf)) ? cplug_requires_grad(leaf, 1) : leaf;
}

static cplug_status forward(explain *x, cplug_tensor *input)
{
    cplug_run *r = x->r;
    const plan *p = &r->plan;
    for (uint32_t i = 0; i < p->n_nodes && !cplug_failed(r->ctx); i++) {
        const node *n = &p->nodes[i];
        cplug_tensor **in = x->leaves[i] = cplug__pool_alloc(&r->pool, (n->n_inputs + 1) * sizeof *in);
        x->gradients[i] = cplug__pool_alloc(&r->pool, (n->n_inputs + 1) * sizeof *in);
        if (in == NULL || x->gradients[i] == NULL) return cplug__run_fail(r, CPLUG_RUN_FAILED, "out of memory");
        for (uint32_t k = 0; k < n->n_inputs; k++) in[k] = n->inputs[k] < 0 ? input : leaf_of(x->values[n->inputs[k]]);
        look(x, n->name, n->part->id, "forward");
        cplug_forward_n(cplug_module_get(r->model, n->name), in, n->n_inputs, &x->values[i], 1);
        look_away(x);
    }
    return cplug_failed(r->ctx);
}

static void forward_loss(explain *x, cplug_tensor *target)
{
    cplug_run *r = x->r;
    x->prediction = leaf_of(x->values[r->plan.n_nodes - 1]);
    look(x, "loss", r->plan.loss->id, "forward");
    x->loss = cplug_forward2(r->loss, x->prediction, target);
    look(x, "loss", r->plan.loss->id, "backward");
    if (cplug_tensor_requires_grad(x->prediction)) cplug_grad(&x->loss, 1, &x->prediction, 1, NULL, &x->flows);
    look_away(x);
}

/* ---- backward ---- */
/* What flows into the output of node i: the sum over those who used it. */
static cplug_tensor *gradient_of(explain *x, uint32_t i)
{
    const plan *p = &x->r->plan;
    cplug_tensor *sum = NULL;
    if (i + 1 == p->n_nodes) sum = x->prediction != NULL ? x->flows : cplug_ones_like(x->values[i]);
    for (uint32_t k = i + 1; k < p->n_nodes; k++)
        for (uint32_t a = 0; a < p->nodes[k].n_inputs; a++) {
            cplug_tensor *one = p->nodes[k].inputs[a] == (int32_t)i ? x->gradients[k][a] : NULL;
            if (one != NULL && sum != NULL) {
                look(x, p->nodes[i].name, p->nodes[i].part->id, "backward");
                sum = cplug_add(sum, one);
                look_away(x);
            } else if (one != NULL) {
                sum = one;
            }
        }
    return sum;
}

/* From the output of a node to its inputs, where a gradient flows on, and its parameters, which keep theirs for the optimizer.  Not by
 * cplug_backward, whose .grad on the inputs would be one more copy. */
static void backward_node(explain *x, uint32_t i, cplug_tensor *gradient)
{
    cplug_run *r = x->r;
    const node *n = &r->plan.nodes[i];
    const cplug_named_tensor *list = NULL;
    const int64_t m = cplug_module_named(cplug_module_get(r->model, n->name), CPLUG_PARAMETERS, &list);
    cplug_tensor **wanted = cplug__pool_alloc(&r->pool, (n->n_inputs + (uint64_t)(m > 0 ? m : 0) + 1) * sizeof *wanted);
    cplug_tensor **got = cplug__pool_alloc(&r->pool, (n->n_inputs + (uint64_t)(m > 0 ? m : 0) + 1) * sizeof *got);
    cplug_grad_args args = CPLUG_GRAD_ARGS;
    uint32_t k = 0, g = 0;
    if (wanted == NULL || got == NULL) return;
    for (uint32_t a = 0; a < n->n_inputs; a++)
        if (cplug_tensor_requires_grad(x->leaves[i][a])) wanted[k++] = x->leaves[i][a];
    for (int64_t a = 0; a < m; a++)
        if (cplug_tensor_requires_grad(list[a].tensor)) wanted[k++] = list[a].tensor;
    args.allow_unused = 1;
    args.gradients = &gradient;
    look(x, n->name, n->part->id, "backward");
    const cplug_status status = cplug_grad(&x->values[i], 1, wanted, k, &args, got);
    look_away(x);
    if (status != CPLUG_OK) return;
    for (uint32_t a = 0; a < n->n_inputs; a++)
        if (cplug_tensor_requires_grad(x->leaves[i][a])) x->gradients[i][a] = got[g++];
    for (; g < k; g++)
        if (got[g] != NULL) cplug_tensor_grad_set(wanted[g], got[g]);
}

static void backward(explain *x)
{
    for (uint32_t i = x->r->plan.n_nodes; i-- > 0 && !cplug_failed(x->r->ctx);) {
        cplug_tensor *gradient = cplug_tensor_requires_grad(x->values[i]) ? gradient_of(x, i) : NULL;
        if (gradient != NULL) backward_node(x, i, gradient);
    }
}

/* The second step: in the first one most of the time goes into making its state. */
static void update(explain *x)
{
    const component *c = x->r->plan.optimizer;
    cplug_optimizer *o = c != NULL ? cplug_optimizer_new(x->r->model, c->id, c->spec + strlen(c->id)) : NULL;
    if (o == NULL) return;
    cplug_optimizer_step(o);
    look(x, "optimizer", c->id, "update");
    cplug_optimizer_step(o);
    look_away(x);
    cplug_optimizer_free(o);
}

/* ---- the run as it was ---- */
static cplug_tensor **keep_state(cplug_run *r, int64_t *n)
{
    const cplug_named_tensor *list = NULL;
    *n = cplug_module_named(r->model, CPLUG_STATE, &list);
    cplug_tensor **kept = *n > 0 ? cplug__pool_alloc(&r->pool, (uint64_t)*n * sizeof *kept) : NULL;
    for (int64_t i = 0; kept != NULL && i < *n; i++) kept[i] = cplug_clone(cplug_detach(list[i].tensor));
    return kept;
}

static void restore_state(cplug_run *r, cplug_tensor *const *kept, int64_t n)
{
    const cplug_named_tensor *list = NULL;
    const int32_t grad = cplug_grad_mode(r->ctx, 0);
    cplug_module_zero_grad(r->model);
    if (kept != NULL && cplug_module_named(r->model, CPLUG_STATE, &list) == n)
        for (int64_t i = 0; i < n; i++) cplug_copy_(list[i].tensor, kept[i]);
    cplug_grad_mode(r->ctx, grad);
}

static cplug_status explain_run(explain *x)
{
    cplug_run *r = x->r;
    const uint64_t nodes = r->plan.n_nodes;
    x->values = cplug__pool_alloc(&r->pool, (nodes + 1) * sizeof *x->values);
    x->leaves = cplug__pool_alloc(&r->pool, (nodes + 1) * sizeof *x->leaves);
    x->gradients = cplug__pool_alloc(&r->pool, (nodes + 1) * sizeof *x->gradients);
    if (x->values == NULL || x->leaves == NULL || x->gradients == NULL) return cplug__run_fail(r, CPLUG_RUN_FAILED, "out of memory");
    cplug_tensor *input = cplug__random_input(r, r->plan.train.batch_size);
    if (nodes == 0 || forward(x, input) != CPLUG_OK) return cplug_failed(r->ctx);
    if (r->loss != NULL) forward_loss(x, cplug__random_target(r, r->plan.train.batch_size));
    backward(x);
    update(x);
    return cplug_failed(r->ctx);
}

cplug_status cplug_run_explain(cplug_run *r, void (*row)(void *arg, const cplug_explain_row *row), void *arg)
{
    CPLUG__OWN_MODE;
    explain x = { .r = r, .row = row, .arg = arg };
    uint64_t seed, offset;
    int64_t n = 0;
    if (r == NULL || row == NULL || r->code != CPLUG_RUN_OK) return CPLUG_E_INVALID;
    if (r->plan.loss != NULL && cplug__build_loss(r) != CPLUG_OK) return CPLUG_E_INVALID;
    const int32_t training = cplug_module_training(r->model), grad = cplug_grad_mode(r->ctx, 1);
    cplug_rng_get(r->ctx, &seed, &offset);
    cplug_scope *scope = cplug_scope_open(r->ctx);
    cplug_tensor **kept = keep_state(r, &n);
    cplug_module_zero_grad(r->model);
    cplug_module_train(r->model, 1);
    explain_run(&x);
    look_away(&x);
    restore_state(r, kept, n);
    cplug_module_train(r->model, training);
    cplug_scope_close(scope);
    cplug_grad_mode(r->ctx, grad);
    cplug_rng_set(r->ctx, seed, offset);
    if (r->code != CPLUG_RUN_OK) return CPLUG_E_INTERNAL;
    return cplug_failed(r->ctx) ? cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "explaining") : CPLUG_OK;
}
