/* call.c: calling a case through the one door, forward and backward. */
#include "conformance.h"
#include <stdio.h>
#include <string.h>

static uint32_t words(const char *list)
{
    uint32_t n = 0;
    for (const char *at = list; *at; at += strcspn(at, " "), at += strspn(at, " ")) n++;
    return n;
}

/* The text of the k-th word: "running_mean!?" */
static const char *word(const char *list, uint32_t k, size_t *n)
{
    const char *at = list;
    while (k-- > 0) at += strcspn(at, " "), at += strspn(at, " ");
    *n = strcspn(at, " ");
    return at;
}

static bool marked(const cplug_op *op, uint32_t formal, char mark)
{
    size_t n;
    const char *at = word(op->inputs, formal, &n);
    return memchr(at, mark, n) != NULL;
}

static const cplug_op *op_of(cplug_context *ctx, const conf_case *c) { return cplug_component(ctx, "op", c->op); }

cplug_status conf_call(cplug_context *ctx, const conf_case *c, cplug_tensor *const *in, cplug_tensor **out, uint32_t *n)
{
    const cplug_op *op = op_of(ctx, c);
    cplug_arg args[CONF_INPUTS];
    *n = 0;
    if (op == NULL) return cplug_failed(ctx);
    for (uint32_t k = 0, i = 0; k < c->n_formal; k++) {
        uint32_t last = i;
        while (last < c->n_in && c->in[last].formal == k) last++;
        args[k] = c->list[k] ? (cplug_arg)CPLUG_ARG_LIST(in + i, last - i) : (cplug_arg)CPLUG_ARG(in[i]);
        i = last;
    }
    const uint32_t n_out = words(op->outputs);
    memset(out, 0, CONF_OUTPUTS * sizeof(cplug_tensor *));
    cplug_rng_set(ctx, 1234, 0);
    if (cplug_dispatch(ctx, c->op, args, c->n_formal, c->attr, c->n_attr, out, n_out) != CPLUG_OK) return cplug_failed(ctx);
    *n = n_out;
    for (uint32_t i = 0; i < c->n_in && *n < CONF_OUTPUTS; i++)
        if (in[i] != NULL && marked(op, c->in[i].formal, '!')) out[(*n)++] = in[i];
    return CPLUG_OK;
}

bool conf_differentiable(const conf_case *c, uint32_t i)
{
    const conf_input *in = &c->in[i];
    return !c->no_grad && !in->absent && !in->number && !in->fixed &&
           (in->set == 'F' || in->set == 'N' || in->set == 'A' || cplug_dtype_is_float(in->dtype));
}

cplug_status conf_grads(cplug_context *ctx, const conf_case *c, cplug_tensor *const *in, cplug_tensor *const *out, uint32_t n_out,
                        bool create_graph, cplug_tensor **grad_out, cplug_tensor **grads)
{
    cplug_tensor *from[CONF_OUTPUTS], *gradients[CONF_OUTPUTS], *to[CONF_INPUTS], *got[CONF_INPUTS] = { NULL };
    uint32_t n_from = 0, n_to = 0;
    for (uint32_t k = 0; k < n_out; k++) {
        if (out[k] == NULL || !cplug_tensor_requires_grad(out[k])) continue;
        cplug_tensor *g = grad_out != NULL ? grad_out[k] : NULL;
        if (g == NULL) g = conf_grad_out(ctx, c, k, out[k]);
        if (grad_out != NULL) grad_out[k] = g;
        gradients[n_from] = g;
        from[n_from++] = out[k];
    }
    for (uint32_t i = 0; i < c->n_in; i++)
        if (conf_differentiable(c, i) && cplug_tensor_requires_grad(in[i])) to[n_to++] = in[i];
    memset(grads, 0, c->n_in * sizeof *grads);
    if (n_from == 0 || n_to == 0) return cplug_failed(ctx);
    cplug_grad_args args = CPLUG_GRAD_ARGS;
    args.gradients = gradients;
    args.create_graph = create_graph;
    args.allow_unused = 1;
    if (cplug_grad(from, n_from, to, n_to, &args, got) != CPLUG_OK) return cplug_failed(ctx);
    for (uint32_t i = 0, k = 0; i < c->n_in && k < n_to; i++)
        if (in[i] == to[k]) grads[i] = got[k++];
    return CPLUG_OK;
}
