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

/* What is wrong with v, NULL when nothing; *bad: the number that is. */
static const char *check(const cplug_option *o, const cplug_value *v, double *bad)
{
    const bool ints = v->type == CPLUG_OPT_INTS, list = ints || v->type == CPLUG_OPT_FLOATS;
    if (v->type != o->type) return "has another type than the schema says";
    if (v->type == CPLUG_OPT_STRING || v->type == CPLUG_OPT_BOOL) return NULL;
    if (v->type == CPLUG_OPT_CHOICE)
        return *bad = (double)v->v.i, v->v.i < 0 || v->v.i >= n_choices(o->choices) ? "is none of its choices" : NULL;
    if (list && v->n && !(ints ? (const void *)v->v.iv : (const void *)v->v.fv)) return "is a list without elements";
    for (uint32_t i = 0; i < (list ? v->n : 1); i++) {
        *bad = list ? (ints ? (double)v->v.iv[i] : v->v.fv[i]) : v->type == CPLUG_OPT_INT ? (double)v->v.i : v->v.f;
        if (outside(o, *bad)) return "is out of range";
    }
    const bool counted = list && (o->count_min || o->count_max);
    *bad = (double)v->n;
    return counted && (v->n < (uint64_t)o->count_min || v->n > (uint64_t)o->count_max) ? "has the wrong number of elements" : NULL;
}

cplug_status cplug__check_attrs(const cplug__doorcall *c)
{
    for (uint32_t i = 0; i < c->op->n_attr; i++) {
        const cplug_option *o = cplug__option_at(&c->op->def.attrs, i);
        double bad = 0;
        const char *wrong = check(o, &c->attr[i], &bad);
        if (!wrong) continue;
        if (o->choices || !has_range(o))
            return cplug_error_set(c->ctx, CPLUG_E_INVALID, "%s: attribute '%s' %s: %g%s%s", c->op->def.name, o->name, wrong, bad,
                                   o->choices ? ", expected " : "", o->choices ? o->choices : "");
        return cplug_error_set(c->ctx, CPLUG_E_INVALID, "%s: attribute '%s' %s: %g, expected %g to %g", c->op->def.name, o->name, wrong,
                               bad, o->min, o->max);
    }
    return CPLUG_OK;
}
