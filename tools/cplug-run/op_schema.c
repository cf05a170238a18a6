/* op_schema.c: ops that the table does not name, a plugin's own for example: parameters as the op's descriptor gives them. */
#include "op.h"
#include <string.h>

static const cplug_option *option_at(const cplug_op *op, uint32_t i)
{
    return (const cplug_option *)((const char *)op->attrs.at + (size_t)i * op->attrs.stride);
}

static bool is_dtype(const cplug_option *o) { return o->type == CPLUG_OPT_INT && strcmp(o->name, "dtype") == 0; }

static char type_of(const cplug_option *o)
{
    if (is_dtype(o)) return 'd';
    switch (o->type) {
    case CPLUG_OPT_INT: return 'i';
    case CPLUG_OPT_FLOAT: return 'f';
    case CPLUG_OPT_BOOL: return 'b';
    case CPLUG_OPT_INTS: return 'I';
    case CPLUG_OPT_FLOATS: return 'F';
    default: return 'w';
    }
}

bool op_schema(const cplug_op *op, op_signature *out)
{
    op_signature inputs;
    char text[512];
    size_t n = 0;
    for (const char *s = op->inputs; *s && n + 1 < sizeof text; s++)
        if (*s != '#') text[n++] = *s; /* a number is given as an attribute like any other in a tensor's place */
    text[n] = '\0';
    if (!op_signature_parse(text, &inputs) || op->attrs.n > OP_ATTRS) return false;
    *out = inputs;
    for (uint32_t i = 0; i < op->attrs.n; i++) {
        const cplug_option *o = option_at(op, i);
        op_param *p = &out->attr[out->n_attrs++];
        p->type = type_of(o);
        p->required = (o->flags & CPLUG_OPT_REQUIRED) != 0;
        snprintf(p->name, sizeof p->name, "%s", o->name);
        snprintf(p->fallback, sizeof p->fallback, "%s", o->fallback != NULL && !is_dtype(o) ? o->fallback : p->required ? "" : "-");
    }
    return true;
}

static bool choose(const cplug_option *o, const char *word, int64_t *out)
{
    const size_t n = strlen(word);
    *out = 0;
    for (const char *s = o->choices; s != NULL; s = strchr(s, '|'), s += s != NULL, ++*out)
        if (strncmp(s, word, n) == 0 && (s[n] == '|' || s[n] == '\0')) return true;
    return false;
}

static bool take_value(op_call *c, const cplug_option *o, const op_value *v, cplug_value *out)
{
    *out = (cplug_value){ .type = o->type, .n = v->n };
    switch (o->type) {
    case CPLUG_OPT_INT:
    case CPLUG_OPT_BOOL: out->v.i = !v->none ? v->i : is_dtype(o) ? 0 : CPLUG_UNSET; return true;
    case CPLUG_OPT_FLOAT: out->v.f = v->f; return true;
    case CPLUG_OPT_INTS: out->v.iv = v->ints; return true;
    case CPLUG_OPT_FLOATS: out->v.fv = v->floats; return true;
    case CPLUG_OPT_STRING: out->v.s = v->none ? NULL : v->word; return true;
    default:
        if (choose(o, v->word, &out->v.i)) return true;
        op_refuse(c, "'%s' is one of %s, got '%s'", o->name, o->choices, v->word);
        return false;
    }
}

/* Outputs that a caller sees. */
static uint32_t count_outputs(const char *s)
{
    uint32_t n = 0;
    for (size_t length; *s; s += length) {
        s += strspn(s, " ");
        length = strcspn(s, " ");
        n += length > 0 && s[length - 1] != '~';
    }
    return n;
}

void op_schema_call(op_call *c, const cplug_op *op)
{
    cplug_arg in[OP_ARGS] = { { NULL, NULL, -1 } };
    cplug_value attr[OP_ATTRS] = { { 0, 0, { 0 } } };
    cplug_tensor *out[OP_ARGS] = { NULL };
    const uint32_t n_out = count_outputs(op->outputs);
    for (uint32_t k = 0; k < c->signature.n_tensors; k++) {
        cplug_tensor **at = &c->in[c->begin[k]];
        in[k] = c->signature.tensor[k].list ? (cplug_arg)CPLUG_ARG_LIST(at, c->begin[k + 1] - c->begin[k]) : (cplug_arg)CPLUG_ARG(*at);
    }
    for (uint32_t k = 0; k < c->signature.n_attrs; k++)
        if (!take_value(c, option_at(op, k), &c->attr[k], &attr[k])) return;
    if (n_out > OP_ARGS) {
        op_refuse(c, "has too many outputs for this command");
        return;
    }
    if (cplug_dispatch(c->ctx, c->name, in, c->signature.n_tensors, attr, c->signature.n_attrs, out, n_out) != CPLUG_OK) return;
    for (uint32_t i = 0; i < n_out; i++) op_give(c, out[i]);
}
