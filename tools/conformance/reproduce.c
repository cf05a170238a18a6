/* reproduce.c: a case as files and the `cplug-run op` line that runs it again. */
#include "conformance.h"
#include <stdio.h>
#include <string.h>

static int add_value(char *text, uint64_t size, const cplug_option *o, const cplug_value *v)
{
    int n = snprintf(text, size, " %s=", o->name);
    const char *choice = o->choices;
    switch (v->type) {
    case CPLUG_OPT_FLOAT: return n + snprintf(text + n, size - (uint64_t)n, "%g", v->v.f);
    case CPLUG_OPT_BOOL: return n + snprintf(text + n, size - (uint64_t)n, "%s", v->v.i ? "true" : "false");
    case CPLUG_OPT_STRING: return n + snprintf(text + n, size - (uint64_t)n, "%s", v->v.s);
    case CPLUG_OPT_CHOICE:
        for (int64_t k = 0; k < v->v.i && choice != NULL; k++) choice = strchr(choice, '|') != NULL ? strchr(choice, '|') + 1 : NULL;
        return n + snprintf(text + n, size - (uint64_t)n, "%.*s", choice ? (int)strcspn(choice, "|") : 0, choice ? choice : "");
    case CPLUG_OPT_INTS:
        for (uint32_t i = 0; i < v->n && (uint64_t)n < size; i++)
            n += snprintf(text + n, size - (uint64_t)n, i ? ",%lld" : "%lld", (long long)v->v.iv[i]);
        return n;
    default: return n + snprintf(text + n, size - (uint64_t)n, "%lld", (long long)v->v.i);
    }
}

static int add_input(cplug_context *ctx, const conf_case *c, uint32_t k, cplug_tensor *t, const char *folder, char *text, uint64_t size)
{
    char path[512];
    if (t == NULL) return snprintf(text, size, " -");
    if (c->in[k].number) t = cplug_to(t, c->in[k].dtype, "cpu");
    snprintf(path, sizeof path, "%s/%s.in%u.npy", folder, c->name, k);
    const cplug_named_tensor one = { "x", t };
    cplug_save(ctx, path, &one, 1, NULL);
    return snprintf(text, size, " %s", path);
}

cplug_status conf_reproduce(cplug_context *ctx, const conf_case *c, cplug_dtype dtype, const char *folder, char *line, uint64_t size)
{
    cplug_tensor *in[CONF_INPUTS];
    const cplug_op *op = cplug_component(ctx, "op", c->op);
    const bool half = dtype == CPLUG_BF16; /* which .npy cannot hold */
    if (op == NULL || conf_inputs(ctx, c, half ? CPLUG_F32 : dtype, CONF_DENSE, in) != CPLUG_OK) return cplug_failed(ctx);
    uint64_t n = (uint64_t)snprintf(line, size, "cplug-run op %s", c->op);
    for (uint32_t i = 0; i < c->n_in && n + 1 < size; i++) {
        const bool opens = c->list[c->in[i].formal] && (i == 0 || c->in[i - 1].formal != c->in[i].formal);
        const bool closes = c->list[c->in[i].formal] && (i + 1 == c->n_in || c->in[i + 1].formal != c->in[i].formal);
        if (opens) n += (uint64_t)snprintf(line + n, size - n, " [");
        if (n < size) n += (uint64_t)add_input(ctx, c, i, in[i], folder, line + n, size - n);
        if (closes && n < size) n += (uint64_t)snprintf(line + n, size - n, " ]");
    }
    if (c->n_attr && n < size) n += (uint64_t)snprintf(line + n, size - n, " --attr");
    for (uint32_t k = 0; k < c->n_attr && n + 1 < size; k++) {
        cplug_option o;
        memset(&o, 0, sizeof o);
        memcpy(&o, (const char *)op->attrs.at + (uint64_t)k * op->attrs.stride, op->attrs.stride < sizeof o ? op->attrs.stride : sizeof o);
        n += (uint64_t)add_value(line + n, size - n, &o, &c->attr[k]);
    }
    if (half && n < size) n += (uint64_t)snprintf(line + n, size - n, " --dtype bf16");
    if (n < size) snprintf(line + n, size - n, " -o %s/%s.out", folder, c->name);
    return cplug_failed(ctx);
}
