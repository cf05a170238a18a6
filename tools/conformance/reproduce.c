/* reproduce.c: a case as files and the `cplug-run op` line that runs it again. */
#include "conformance.h"
#include <stdio.h>
#include <string.h>

static int add_value(char *text, uint64_t size, const cplug_option *o, const cplug_value *v)
{
    int n = snprintf(text, size, " --attr %s=", o->name);
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
    default:
        if (strcmp(o->name, "dtype") == 0) return n + snprintf(text + n, size - (uint64_t)n, "%s", cplug_dtype_name((cplug_dtype)v->v.i));
        return n + snprintf(text + n, size - (uint64_t)n, "%lld", (long long)v->v.i);
    }
}

static int add_file(cplug_context *ctx, const conf_case *c, uint32_t k, cplug_tensor *t, const char *folder, char *text, uint64_t size)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.in%u.npy", folder, c->name, k);
    const cplug_named_tensor one = { "x", t };
    cplug_save(ctx, path, &one, 1, NULL);
    return snprintf(text, size, " %s", path);
}

/* A plain number goes by the name that the op has for it: " --attr alpha=-2.5" */
static int add_number(const cplug_op *op, const conf_input *in, char *text, uint64_t size)
{
    const char *name = op->inputs;
    for (uint32_t k = 0; k < in->formal; k++) name += strcspn(name, " "), name += strspn(name, " ");
    const int n = (int)strcspn(name, " ?!#[]");
    if (in->dtype == CPLUG_BOOL) return snprintf(text, size, " --attr %.*s=%s", n, name, in->low != 0 ? "true" : "false");
    if (in->dtype == CPLUG_I64) return snprintf(text, size, " --attr %.*s=%lld", n, name, (long long)in->low);
    return snprintf(text, size, " --attr %.*s=%#.9g", n, name, in->low);
}

cplug_status conf_reproduce(cplug_context *ctx, const conf_case *c, cplug_dtype dtype, const char *folder, char *line, uint64_t size)
{
    cplug_tensor *in[CONF_INPUTS];
    const cplug_op *op = cplug_component(ctx, "op", c->op);
    const bool half = dtype == CPLUG_BF16; /* which .npy cannot hold */
    if (op == NULL || conf_inputs(ctx, c, half ? CPLUG_F32 : dtype, CONF_DENSE, in) != CPLUG_OK) return cplug_failed(ctx);
    uint64_t n = (uint64_t)snprintf(line, size, "cplug-run op %s", c->op);
    uint32_t gaps = 0; /* arguments left out so far: only told when a file follows */
    for (uint32_t k = 0, i = 0; k < c->n_formal && n + 1 < size; k++) {
        const bool left_out = !c->list[k] && (in[i] == NULL || c->in[i].number);
        for (; !left_out && gaps > 0 && n < size; gaps--) n += (uint64_t)snprintf(line + n, size - n, " -");
        gaps += left_out;
        if (c->list[k] && n < size) n += (uint64_t)snprintf(line + n, size - n, " [");
        for (; i < c->n_in && c->in[i].formal == k; i++)
            if (!left_out && n < size) n += (uint64_t)add_file(ctx, c, i, in[i], folder, line + n, size - n);
        if (c->list[k] && n < size) n += (uint64_t)snprintf(line + n, size - n, " ]");
    }
    for (uint32_t i = 0; i < c->n_in && n + 1 < size; i++)
        if (c->in[i].number) n += (uint64_t)add_number(op, &c->in[i], line + n, size - n);
    if ((op->flags & CPLUG_OP_RANDOM) && n < size) n += (uint64_t)snprintf(line + n, size - n, " --attr seed=1234 --attr offset=0");
    for (uint32_t k = 0; k < c->n_attr && n + 1 < size; k++) {
        cplug_option o;
        if (c->attr[k].type == CPLUG_OPT_INTS && c->attr[k].n == 0) continue; /* no dimensions: all of them, as when left out */
        memset(&o, 0, sizeof o);
        memcpy(&o, (const char *)op->attrs.at + (uint64_t)k * op->attrs.stride, op->attrs.stride < sizeof o ? op->attrs.stride : sizeof o);
        n += (uint64_t)add_value(line + n, size - n, &o, &c->attr[k]);
    }
    if (half && n < size) n += (uint64_t)snprintf(line + n, size - n, " --dtype bf16");
    if (n < size) snprintf(line + n, size - n, " -o %s/%s.out", folder, c->name);
    return cplug_failed(ctx);
}
