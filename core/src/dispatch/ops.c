/* ops.c: ops and kernels as a context knows them: schema strings parsed once, kernels attached to their op, parked when it is unknown. */
#include "dispatch/internal.h"
#include "dispatch/backends.h"
#include <stdio.h>

static uint32_t bucket_of(const char *name)
{
    uint32_t h = 2166136261u;
    for (; *name; name++) h = (h ^ (uint8_t)*name) * 16777619u;
    return h % CPLUG__OP_BUCKETS;
}

static cplug__opentry *find(cplug_context *ctx, const char *name)
{
    cplug__opentry *op = ctx->ops->by_name[bucket_of(name)];
    while (op && strcmp(op->def.name, name)) op = op->next;
    return op;
}

cplug__opentry *cplug__op_find(cplug_context *ctx, const char *name)
{
    cplug__opentry *op = find(ctx, name);
    if (op) return op;
    cplug__want(ctx, "op", name);
    return find(ctx, name);
}

/* One schema string, "input weight bias?", into formals; -1 when malformed. */
static int32_t parse_formals(const char *text, cplug__formal *out, uint32_t room)
{
    uint32_t n = 0;
    for (const char *at = text ? text : ""; *at;) {
        while (*at == ' ') at++;
        if (!*at) break;
        if (n == room) return -1;
        cplug__formal *f = &out[n++];
        uint32_t k = 0;
        for (; *at && *at != ' ' && !strchr("?![#~", *at); at++) {
            if (k + 1 >= CPLUG__NAME) return -1;
            f->name[k++] = *at;
        }
        if (k == 0) return -1;
        for (; *at && *at != ' '; at++) {
            if (*at == '?')
                f->optional = 1;
            else if (*at == '!' || *at == '~')
                f->marked = 1;
            else if (*at == '#')
                f->scalar = 1;
            else if (*at == '[' && at[1] == ']')
                f->list = 1, at++;
            else
                return -1;
        }
    }
    return (int32_t)n;
}

static bool parse_saves(const char *text, cplug__opentry *op)
{
    cplug__formal names[CPLUG__MAX_ARGS + CPLUG__MAX_OUTS];
    memset(names, 0, sizeof names);
    const int32_t n = parse_formals(text, names, CPLUG__MAX_ARGS + CPLUG__MAX_OUTS);
    for (int32_t i = 0; i < n; i++) {
        bool found = false;
        for (uint32_t k = 0; k < op->n_args; k++)
            if (strcmp(names[i].name, op->arg[k].name) == 0) op->saves_in |= 1u << k, found = true;
        for (uint32_t k = 0; k < op->n_out; k++)
            if (strcmp(names[i].name, op->out[k].name) == 0) op->saves_out |= 1u << k, found = true;
        if (!found) return false;
    }
    return n >= 0;
}

/* PyTorch's name of the node: "conv2d" becomes Conv2dBackward0 unless the op says better. */
static void name_gradient(cplug__opentry *op)
{
    char camel[48];
    uint32_t n = 0;
    bool upper = true;
    const char *dot = strrchr(op->def.name, '.');
    for (const char *at = dot ? dot + 1 : op->def.name; *at && n + 1 < sizeof camel; at++) {
        if (*at == '_') {
            upper = true;
            continue;
        }
        camel[n++] = (char)(upper && *at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
        upper = false;
    }
    camel[n] = '\0';
    snprintf(op->grad_name, sizeof op->grad_name, "%sBackward0", op->def.grad_fn ? op->def.grad_fn : camel);
}

static const char *parse(cplug_context *ctx, cplug__opentry *op, cplug_error *e)
{
    const int32_t n_in = parse_formals(op->def.inputs, op->arg, CPLUG__MAX_ARGS);
    const int32_t n_out = parse_formals(op->def.outputs, op->out, CPLUG__MAX_OUTS);
    if (n_in < 0) return "its inputs are malformed";
    if (n_out < 0) return "its outputs are malformed";
    op->n_args = (uint32_t)n_in;
    op->n_out = (uint32_t)n_out;
    for (uint32_t k = 0; k < op->n_args; k++) {
        op->n_marked += op->arg[k].marked;
        op->has_list |= op->arg[k].list;
        if (!op->arg[k].optional) op->n_required = k + 1;
    }
    if (op->def.flags & CPLUG_OP_RANDOM) {
        if (op->n_args < 2 || !op->arg[op->n_args - 2].scalar || !op->arg[op->n_args - 1].scalar)
            return "a random op ends in seed# offset#";
        op->n_required = op->n_required > op->n_args - 2 ? op->n_args - 2 : op->n_required;
    }
    if (!parse_saves(op->def.saves, op)) return "it saves a name that is neither input nor output";
    if (!op->def.infer) return "it has no infer";
    if ((op->def.flags & CPLUG_OP_VIEW) && (!op->def.restride || op->n_out != 1)) return "a view needs restride and one output";
    if (op->def.attrs.n > CPLUG__MAX_ATTRS) return "it has too many attributes";
    op->n_attr = op->def.attrs.n;
    for (uint32_t i = 0; i < op->n_attr; i++) {
        const cplug_option *o = cplug__option_at(&op->def.attrs, i);
        op->defaults[i].type = o->type;
        if (o->fallback && cplug__value_parse(&ctx->arena, o, o->fallback, &op->defaults[i], e)) return e->message;
    }
    return NULL;
}

static void adopt_parked(cplug_context *ctx, cplug__opentry *op)
{
    for (cplug__kernels **k = &ctx->ops->parked; *k;) {
        cplug__kernels *e = *k;
        if (strcmp(e->kernel.op, op->def.name) == 0) {
            *k = e->next;
            e->next = op->kernels;
            op->kernels = e;
        } else {
            k = &e->next;
        }
    }
}

cplug_status cplug__op_register(cplug_context *ctx, const cplug_op *def, cplug_error *e)
{
    if (!def->name || !def->name[0]) return cplug__error_fill(e, CPLUG_E_INVALID, "an op without a name");
    if (find(ctx, def->name)) return cplug__error_fill(e, CPLUG_E_INVALID, "op '%s' exists already", def->name);
    cplug__opentry *op = cplug__alloc(sizeof *op);
    if (!op) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for op '%s'", def->name);
    memcpy(&op->def, def, MIN(def->struct_size, sizeof op->def));
    cplug_error inner = CPLUG__ERROR_INIT;
    const char *wrong = parse(ctx, op, &inner);
    if (wrong) {
        cplug__free(op);
        return cplug__error_fill(e, inner.code == CPLUG_E_NOMEM ? CPLUG_E_NOMEM : CPLUG_E_INVALID, "op '%s': %s", def->name, wrong);
    }
    name_gradient(op);
    cplug__opentry **slot = &ctx->ops->by_name[bucket_of(def->name)];
    op->next = *slot;
    *slot = op;
    adopt_parked(ctx, op);
    return CPLUG_OK;
}

cplug_status cplug__kernel_register(cplug_context *ctx, const cplug_kernel *k, cplug_error *e)
{
    if (!k->op || !k->backend || !k->device || !k->run)
        return cplug__error_fill(e, CPLUG_E_INVALID, "a kernel needs op, backend, device and run");
    cplug__kernels *entry = cplug__alloc(sizeof *entry);
    if (!entry) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for a kernel of '%s'", k->op);
    memcpy(&entry->kernel, k, MIN(k->struct_size, sizeof entry->kernel));
    cplug__opentry *op = find(ctx, k->op);
    cplug__kernels **list = op ? &op->kernels : &ctx->ops->parked;
    for (const cplug__kernels *at = *list; at; at = at->next)
        if (!memcmp(&at->kernel, &entry->kernel, sizeof at->kernel)) return cplug__free(entry), CPLUG_OK; /* its plugin is loaded again */
    entry->next = *list;
    *list = entry;
    return CPLUG_OK;
}

static cplug_status own_ops(cplug_context *ctx)
{
    static const cplug_op *const all[CPLUG__N_OPS] = {
#define X(name) [CPLUG__OP_##name] = &cplug__op_##name,
        CPLUG__OPS(X)
#undef X
    };
    cplug_error e = CPLUG__ERROR_INIT;
    if (!(ctx->op = cplug__arena_alloc(&ctx->arena, CPLUG__N_OPS * sizeof *ctx->op))) return cplug__nomem(ctx, "the ops");
    for (int i = 0; i < CPLUG__N_OPS; i++) {
        if (cplug__op_register(ctx, all[i], &e)) return cplug__raise(ctx, &e, NULL);
        ctx->op[i] = find(ctx, all[i]->name);
    }
    return CPLUG_OK;
}

cplug_status cplug__dispatch_open(cplug_context *ctx, const char *backends)
{
    if (!(ctx->ops = cplug__alloc(sizeof *ctx->ops))) return cplug__nomem(ctx, "the ops");
    if (own_ops(ctx)) return ctx->error;
    return cplug_backends(ctx, backends);
}

static void free_kernels(cplug__kernels *k)
{
    while (k) {
        cplug__kernels *next = k->next;
        cplug__free(k);
        k = next;
    }
}

void cplug__dispatch_close(cplug_context *ctx)
{
    if (!ctx->ops) return;
    for (int b = 0; b < CPLUG__OP_BUCKETS; b++)
        for (cplug__opentry *op = ctx->ops->by_name[b], *next; op; op = next) {
            next = op->next;
            for (int k = 0; k < CPLUG__BUCKETS; k++)
                while (op->bucket[k]) {
                    cplug__decision *d = op->bucket[k];
                    op->bucket[k] = d->chain;
                    d->refs = 1; /* nodes that still hold it die with the context */
                    cplug__decision_drop(ctx, d);
                }
            free_kernels(op->kernels);
            cplug__text_free(&op->why);
            cplug__free(op);
        }
    free_kernels(ctx->ops->parked);
    cplug__free(ctx->ops->words);
    cplug__free(ctx->ops);
    ctx->ops = NULL;
}
