/* attrs.c: attributes of a new signature against the op's schema, so that no rule or kernel meets one that cannot be. */
#include "dispatch/internal.h"

static bool has_range(const cplug_option *o) { return o->min != 0 || o->max != 0; }
static bool outside(const cplug_option *o, double x) { return has_range(o) && (x < o->min || (o->max >= o->min && x > o->max)); }

static int64_t n_choices(const char *choices)
{
    int64_t n = 1;
    for (; choices && *choices; choices++) n += *choices == '|';
    return n;
}

static const char *check(const cplug_option *o, const cplug_value *v)
{
    if (v->type != o->type) return "has another type than the schema says";
    switch (v->type) {
    case CPLUG_OPT_CHOICE: return v->v.i < 0 || v->v.i >= n_choices(o->choices) ? "is none of its choices" : NULL;
    case CPLUG_OPT_INT: return outside(o, (double)v->v.i) ? "is out of range" : NULL;
    case CPLUG_OPT_FLOAT: return outside(o, v->v.f) ? "is out of range" : NULL;
    case CPLUG_OPT_INTS:
        if (v->n && !v->v.iv) return "is a list without elements";
        for (uint32_t i = 0; i < v->n; i++)
            if (outside(o, (double)v->v.iv[i])) return "is out of range";
        break;
    case CPLUG_OPT_FLOATS:
        if (v->n && !v->v.fv) return "is a list without elements";
        for (uint32_t i = 0; i < v->n; i++)
            if (outside(o, v->v.fv[i])) return "is out of range";
        break;
    default: return NULL;
    }
    const bool counted = o->count_min || o->count_max;
    return counted && (v->n < (uint64_t)o->count_min || v->n > (uint64_t)o->count_max) ? "has the wrong number of elements" : NULL;
}

cplug_status cplug__check_attrs(const cplug__doorcall *c)
{
    for (uint32_t i = 0; i < c->op->n_attr; i++) {
        const cplug_option *o = cplug__option_at(&c->op->def.attrs, i);
        const char *wrong = check(o, &c->attr[i]);
        if (!wrong) continue;
        if (has_range(o))
            return cplug_error_set(c->ctx, CPLUG_E_INVALID, "%s: attribute '%s' %s (%g to %g)", c->op->def.name, o->name, wrong, o->min,
                                   o->max);
        return cplug_error_set(c->ctx, CPLUG_E_INVALID, "%s: attribute '%s' %s%s%s", c->op->def.name, o->name, wrong,
                               o->choices ? ": " : "", o->choices ? o->choices : "");
    }
    return CPLUG_OK;
}
