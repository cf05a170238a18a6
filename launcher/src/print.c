/* print.c: a plan as an INI file: includes, variables and blocks resolved, defaults written out, paths absolute.  Parses back to the
 * same plan, and is saved with every run. */
#include "plan.h"

static void put_pair(str *out, const pair *p)
{
    const bool bare = (p->is_default && p->value[0] == '"') || (!p->quoted && !cplug__needs_quotes(p->value)); /* defaults have their own */
    const char *quote = bare ? "" : strchr(p->value, '"') != NULL ? "'" : "\"";
    cplug__str_add(out, "%s = %s%s%s\n", p->key, quote, p->value, quote);
}

static void put_pairs(str *out, const char *name, const pair *list)
{
    if (list == NULL) return;
    cplug__str_add(out, "\n[%s]\n", name);
    for (; list != NULL; list = list->next) put_pair(out, list);
}

static void put_node(str *out, const plan *p, uint32_t k)
{
    const node *n = &p->nodes[k];
    cplug__str_add(out, "\n[layer.%s]\n", n->name);
    bool usual = n->n_inputs == 1 && n->inputs[0] == (int32_t)k - 1;
    for (const pair *q = n->part != NULL ? n->part->pairs : NULL; q != NULL; q = q->next) {
        put_pair(out, q);
        if (usual || q != n->part->pairs) continue;
        cplug__str_add(out, "input = ");
        for (uint32_t i = 0; i < n->n_inputs; i++)
            cplug__str_add(out, "%s%s", i ? ", " : "", n->inputs[i] < 0 ? "@input" : p->nodes[n->inputs[i]].name);
        cplug__str_add(out, "\n");
    }
}

/* Options of the loader are not in the pairs: they stand in the file's own section. */
static void put_data(str *out, plan *p, uint32_t k)
{
    const component *d = p->data[k];
    if (d == NULL) return;
    cplug__str_add(out, "\n[data.%s]\n", cplug__data_names[k]);
    for (const pair *q = d->pairs; q != NULL; q = q->next) put_pair(out, q);
    for (const entry *e = d->section->first; e != NULL; e = e->next) {
        const pair *q = d->pairs;
        while (q != NULL && strcmp(q->key, e->key) != 0) q = q->next;
        const char *value = q == NULL ? cplug__expand(p->c, e, NULL) : NULL;
        if (value != NULL) put_pair(out, &(pair){ e->key, value, e->quoted, false, NULL });
    }
}

const char *cplug__plan_print(plan *p)
{
    str out = { 0 };
    cplug__str_add(&out, "; written by cplug %s: every include, variable, block and default spelt out\n[cplug]\nformat = 1\nplugins = %s\n",
                   cplug_version(), cplug__written_text(p));
    put_pairs(&out, "runtime", p->runtime_pairs);
    for (uint32_t k = 0; k < N_DATA; k++) put_data(&out, p, k);
    put_pairs(&out, "model", p->model_pairs);
    for (uint32_t k = 0; k < p->n_nodes; k++) put_node(&out, p, k);
    put_pairs(&out, "loss", p->loss != NULL ? p->loss->pairs : NULL);
    put_pairs(&out, "metrics", p->metrics_pairs);
    put_pairs(&out, "optimizer", p->optimizer != NULL ? p->optimizer->pairs : NULL);
    for (uint32_t k = 0; k < p->n_groups; k++) put_pairs(&out, p->groups[k]->section->name, p->groups[k]->pairs);
    put_pairs(&out, "scheduler", p->scheduler != NULL ? p->scheduler->pairs : NULL);
    put_pairs(&out, "train", p->train_pairs);
    put_pairs(&out, "checkpoint", p->checkpoint_pairs);
    for (uint32_t k = 0; k < p->n_callbacks; k++) put_pairs(&out, p->callbacks[k]->section->name, p->callbacks[k]->pairs);
    put_pairs(&out, "log", p->log_pairs);
    const char *text = cplug__pool_copy(p->c->pool, cplug__str_text(&out), out.n);
    if (out.failed) p->c->pool->failed = true;
    cplug__str_free(&out);
    return p->c->pool->failed ? NULL : text; /* half a file would be another one */
}
