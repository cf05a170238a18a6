/* optimizer.c: the optimizer object: groups, options by name, and the step.
 *
 * Parameters are resolved at each step, which costs one comparison while the module's tree stays the same.  A step hands the type all
 * parameters of a group that have a gradient, under no_grad and in a scope of its own. */
#include "base/mode.h"
#include "train/train.h"
#include <fnmatch.h>
#include <math.h>

/* ---- numeric options ---- */
const cplug_option *cplug__numeric_option(const cplug_options_table *t, const char *name)
{
    for (uint32_t i = 0; name && i < t->n; i++) {
        const cplug_option *o = cplug__option_at(t, i);
        if (!strcmp(o->name, name)) return o->type == CPLUG_OPT_INT || o->type == CPLUG_OPT_FLOAT || o->type == CPLUG_OPT_BOOL ? o : NULL;
    }
    return NULL;
}
double cplug__number_get(const cplug_option *o, const void *values)
{
    const char *at = (const char *)values + o->offset;
    return o->type == CPLUG_OPT_FLOAT ? *(const double *)(const void *)at : (double)*(const int64_t *)(const void *)at;
}
void cplug__number_set(const cplug_option *o, void *values, double value)
{
    char *at = (char *)values + o->offset;
    if (o->type == CPLUG_OPT_FLOAT)
        *(double *)(void *)at = value;
    else
        *(int64_t *)(void *)at = (int64_t)value;
}

/* ---- lifetime ---- */
static void release_optimizer(cplug_optimizer *o)
{
    cplug__optimizer_clear_list(o);
    for (uint32_t i = 0; i < o->n_slots; i++) {
        cplug__optimizer_clear_state(o, o->slots[i].state);
        cplug__free(o->slots[i].state);
        cplug__drop(o->slots[i].param);
    }
    for (uint32_t g = 0; g < o->n_groups; g++) {
        cplug__free(o->groups[g].glob);
        cplug__free(o->groups[g].values);
    }
    if (o->module) cplug__module_drop(o->module);
    cplug__free(o->groups);
    cplug__free(o->slots);
    cplug__free(o->refs);
    cplug__free(o->text);
    cplug__arena_free(&o->arena);
    cplug__arena_free(&o->names);
    cplug__arena_free(&o->state_names);
    cplug__free(o);
}
void cplug__optimizer_drop(cplug_optimizer *o)
{
    if (--o->refs_held == 0) release_optimizer(o);
}
static void destroy_owned(cplug__owned *owned) { cplug__optimizer_drop((cplug_optimizer *)owned); }
void cplug_optimizer_free(cplug_optimizer *o)
{
    if (!o || o->orphan) return;
    cplug__disown(&o->owned);
    o->orphan = 1;
    cplug__optimizer_drop(o);
}

/* ---- groups ---- */
static bool add_group(cplug_optimizer *o, const char *glob, const char *options)
{
    cplug_error e = CPLUG__ERROR_INIT;
    char who[128];
    snprintf(who, sizeof who, "optimizer '%s'", o->type->id);
    cplug__group group = { NULL, cplug__alloc(MAX(o->type->group_size, 1u)) };
    cplug__group *grown = (cplug__group *)cplug__grow(o->groups, o->n_groups * sizeof(*grown), (o->n_groups + 1) * sizeof(*grown));
    if (grown) o->groups = grown;
    if (!grown || !group.values || (glob && (group.glob = cplug__strdup(glob)) == NULL)) {
        cplug__nomem(o->ctx, who);
        goto fail;
    }
    if (cplug__options_store(&o->arena, &o->type->options, options, NULL, who, group.values, &e)) {
        cplug__raise(o->ctx, &e, NULL);
        goto fail;
    }
    o->groups[o->n_groups++] = group;
    return true;
fail:
    cplug__free(group.glob);
    cplug__free(group.values);
    return false;
}
/* The optimizer's own pairs but those that the group says anew, then the group's. */
static bool merge_options(cplug_optimizer *o, const char *extra, cplug__text *text)
{
    cplug_error e = CPLUG__ERROR_INIT;
    cplug__arena arena = { NULL };
    cplug__pair *base, *own;
    const int32_t n_base = cplug__pairs(&arena, o->text, &base, &e), n_own = n_base < 0 ? -1 : cplug__pairs(&arena, extra, &own, &e);
    for (int32_t i = 0; n_own >= 0 && i < n_base; i++) {
        bool said = false;
        for (int32_t k = 0; k < n_own; k++) said |= !strcmp(own[k].key, base[i].key);
        if (!said) cplug__text_add(text, "%s=%s ", base[i].key, base[i].value);
    }
    if (n_own >= 0)
        cplug__text_add(text, "%s", extra);
    else
        cplug__raise(o->ctx, &e, o->type->id);
    if (text->failed) cplug__nomem(o->ctx, "options of a parameter group");
    cplug__arena_free(&arena);
    return !o->ctx->error;
}
int32_t cplug_optimizer_group(cplug_optimizer *o, const char *glob, const char *options)
{
    if (!o || o->ctx->error) return -1;
    if (!glob || !*glob) {
        cplug_error_set(o->ctx, CPLUG_E_INVALID, "a parameter group needs a pattern such as '*.bias'");
        return -1;
    }
    cplug__text text = { 0 };
    const bool added = merge_options(o, options ? options : "", &text) && add_group(o, glob, text.at ? text.at : "");
    cplug__text_free(&text);
    o->seen = 0;
    return added ? (int32_t)o->n_groups - 1 : -1;
}
uint32_t cplug_optimizer_n_groups(const cplug_optimizer *o) { return o ? o->n_groups : 0; }

/* ---- making ---- */
static cplug_optimizer *make(cplug_context *ctx, const char *type_id, const char *options)
{
    if (!ctx || ctx->error) return NULL;
    if (!type_id) {
        cplug_error_set(ctx, CPLUG_E_INVALID, "an optimizer's type is NULL: expected its name");
        return NULL;
    }
    const cplug_optimizer_type *type = (const cplug_optimizer_type *)cplug__find(ctx, "optimizer", type_id);
    if (!type) {
        cplug__not_found(ctx, "optimizer", type_id);
        return NULL;
    }
    cplug_optimizer *o = (cplug_optimizer *)cplug__alloc(sizeof *o);
    if (!o || (o->text = cplug__strdup(options ? options : "")) == NULL) {
        cplug__free(o);
        cplug__nomem(ctx, "an optimizer");
        return NULL;
    }
    o->ctx = ctx;
    o->type = type;
    o->refs_held = 1;
    if (!cplug__numeric_option(&type->options, "lr")) cplug_error_set(ctx, CPLUG_E_INVALID, "optimizer '%s' has no option 'lr'", type->id);
    if (ctx->error || !add_group(o, NULL, o->text)) {
        release_optimizer(o);
        return NULL;
    }
    cplug__own(ctx, &o->owned, destroy_owned);
    return o;
}
cplug_optimizer *cplug_optimizer_new(cplug_module *m, const char *type, const char *options)
{
    cplug_optimizer *o = m ? make(m->ctx, type, options) : NULL;
    if (!o) return NULL;
    o->module = m;
    m->refs++;
    return o;
}
cplug_optimizer *cplug_optimizer_over(cplug_context *ctx, cplug_tensor *const *params, uint32_t n, const char *type, const char *options)
{
    cplug_optimizer *o = make(ctx, type, options);
    if (!o) return NULL;
    o->slots = (cplug__slots *)cplug__alloc(MAX(n, 1u) * sizeof(*o->slots));
    o->refs = (cplug_param_ref *)cplug__alloc(MAX(n, 1u) * sizeof(*o->refs));
    if (!o->slots || !o->refs) cplug__nomem(ctx, "an optimizer");
    for (uint32_t i = 0; i < n && !ctx->error; i++) {
        char name[16];
        const int length = snprintf(name, sizeof name, "%u", (unsigned)i);
        if (!params[i])
            cplug_error_set(ctx, CPLUG_E_INVALID, "parameter %u of optimizer '%s' is NULL", (unsigned)i, o->type->id);
        else if (cplug__usable(ctx, params[i])) {
            o->slots[i].param = cplug__hold(params[i]);
            o->n_slots = i + 1;
            if ((o->slots[i].name = cplug__arena_strdup(&o->names, name, (uint64_t)length)) == NULL) cplug__nomem(ctx, "an optimizer");
        }
    }
    if (!ctx->error) return o;
    cplug_optimizer_free(o);
    return NULL;
}
cplug_context *cplug_optimizer_context(const cplug_optimizer *o) { return o ? o->ctx : NULL; }

/* ---- options by name ---- */
double cplug_optimizer_get(const cplug_optimizer *o, uint32_t group, const char *option)
{
    const cplug_option *found = o && group < o->n_groups ? cplug__numeric_option(&o->type->options, option) : NULL;
    return found ? cplug__number_get(found, o->groups[group].values) : NAN;
}
/* In the option's range: both limits 0 say none, an upper one below the lower one says none above. */
static bool allowed(const cplug_option *o, double value)
{
    const bool any = o->min == 0 && o->max == 0, open = o->max < o->min;
    return isfinite(value) && (any || (value >= o->min && (open || value <= o->max)));
}

cplug_status cplug_optimizer_set(cplug_optimizer *o, uint32_t group, const char *option, double value)
{
    if (!o) return CPLUG_E_INVALID;
    cplug_context *ctx = o->ctx;
    if (ctx->error) return ctx->error;
    const char *id = o->type->id;
    if (group >= o->n_groups)
        return cplug_error_set(ctx, CPLUG_E_INVALID, "optimizer '%s' has %u parameter group%s, there is no number %u", id,
                               (unsigned)o->n_groups, o->n_groups == 1 ? "" : "s", (unsigned)group);
    const cplug_option *found = cplug__numeric_option(&o->type->options, option);
    if (!found) return cplug_error_set(ctx, CPLUG_E_NOTFOUND, "optimizer '%s' has no numeric option '%s'", id, option ? option : "");
    if (!(found->flags & CPLUG_OPT_MUTABLE))
        return cplug_error_set(ctx, CPLUG_E_INVALID, "option '%s' of optimizer '%s' cannot change while it runs", option, id);
    if (!allowed(found, value) && found->max < found->min)
        return cplug_error_set(ctx, CPLUG_E_INVALID, "option '%s' of optimizer '%s': expected a number of at least %g, got %g", option, id,
                               found->min, value);
    if (!allowed(found, value))
        return cplug_error_set(ctx, CPLUG_E_INVALID, "option '%s' of optimizer '%s': expected a number from %g to %g, got %g", option, id,
                               found->min, found->max, value);
    cplug__number_set(found, o->groups[group].values, value);
    return CPLUG_OK;
}

/* ---- resolving ---- */
static uint32_t group_of(const cplug_optimizer *o, const char *name)
{
    for (uint32_t g = o->n_groups; g-- > 1;)
        if (fnmatch(o->groups[g].glob, name, 0) == 0) return g;
    return 0;
}
/* The state of a tensor moves from the old slots to the new. */
static void take_state(cplug_optimizer *o, cplug__slots *to)
{
    for (uint32_t i = 0; i < o->n_slots; i++)
        if (o->slots[i].param == to->param) {
            to->state = o->slots[i].state;
            o->slots[i].state = NULL;
            return;
        }
}
static void install(cplug_optimizer *o, cplug__slots *slots, cplug_param_ref *refs, uint32_t n)
{
    for (uint32_t i = 0; i < o->n_slots; i++) {
        cplug__optimizer_clear_state(o, o->slots[i].state);
        cplug__free(o->slots[i].state);
        cplug__drop(o->slots[i].param);
    }
    cplug__free(o->slots);
    cplug__free(o->refs);
    o->slots = slots;
    o->refs = refs;
    o->n_slots = n;
}
static void fill_slots(cplug_optimizer *o, cplug__slots *slots, const cplug_named_tensor *list, uint32_t n)
{
    uint32_t at = 0;
    for (uint32_t g = 0; g < o->n_groups; g++)
        for (uint32_t i = 0; i < n; i++) {
            if (group_of(o, list[i].name) != g) continue;
            cplug__slots *s = &slots[at++];
            *s = (cplug__slots){ .param = cplug__hold(list[i].tensor), .name = list[i].name, .group = g };
            take_state(o, s);
        }
}
cplug_status cplug__optimizer_resolve(cplug_optimizer *o)
{
    cplug_context *ctx = o->ctx;
    if (LIKELY(o->module ? o->seen == o->module->changed : o->seen != 0)) return CPLUG_OK;
    cplug__arena names = { NULL };
    const cplug_named_tensor *list = NULL;
    cplug_named_tensor *copy = NULL;
    uint32_t n = o->n_slots;
    if (o->module) n = (uint32_t)cplug_module_named(o->module, CPLUG_PARAMETERS, &list);
    copy = (cplug_named_tensor *)cplug__alloc(MAX(n, 1u) * sizeof(*copy));
    cplug__slots *slots = (cplug__slots *)cplug__alloc(MAX(n, 1u) * sizeof(*slots));
    cplug_param_ref *refs = (cplug_param_ref *)cplug__alloc(MAX(n, 1u) * sizeof(*refs));
    if (!copy || !slots || !refs || ctx->error) goto fail;
    for (uint32_t i = 0; i < n; i++) { /* names of their own: the module's list dies with its next change */
        const char *name = list ? list[i].name : o->slots[i].name;
        copy[i] = (cplug_named_tensor){ cplug__arena_strdup(&names, name, strlen(name)), list ? list[i].tensor : o->slots[i].param };
        if (!copy[i].name) goto fail;
    }
    fill_slots(o, slots, copy, n);
    install(o, slots, refs, n);
    cplug__arena_free(&o->names);
    o->names = names;
    o->seen = o->module ? o->module->changed : 1;
    cplug__free(copy);
    return CPLUG_OK;
fail:
    cplug__arena_free(&names);
    cplug__free(copy);
    cplug__free(slots);
    cplug__free(refs);
    return cplug__nomem(ctx, "the parameters of an optimizer");
}

/* ---- the step ---- */
static cplug_status step_group(cplug_optimizer *o, uint32_t g, uint32_t begin, uint32_t end)
{
    uint32_t n = 0;
    for (uint32_t i = begin; i < end; i++) {
        cplug__slots *s = &o->slots[i];
        cplug_tensor *grad = cplug_tensor_grad(s->param);
        if (!grad) continue;
        if (cplug__optimizer_prepare(o, s)) return o->ctx->error;
        o->refs[n++] = (cplug_param_ref){ s->param, grad, s->state };
    }
    if (!n) return CPLUG_OK;
    cplug__place_push(o->ctx, "optimizer '%s'", o->type->id);
    const cplug_status st = o->type->step(o, o->groups[g].values, o->refs, n);
    if (st && !o->ctx->error) cplug_error_set(o->ctx, st, "the step failed and did not say why");
    cplug__place_pop(o->ctx);
    return o->ctx->error;
}
cplug_status cplug_optimizer_step(cplug_optimizer *o)
{
    CPLUG__OWN_MODE;
    if (!o) return CPLUG_E_INVALID;
    cplug_context *ctx = o->ctx;
    if (ctx->error || cplug__optimizer_resolve(o)) return ctx->error;
    cplug_scope *scope = cplug_scope_open(ctx);
    const int32_t grad = cplug_grad_mode(ctx, 0);
    for (uint32_t i = 0, end; i < o->n_slots && !ctx->error; i = end) {
        for (end = i + 1; end < o->n_slots && o->slots[end].group == o->slots[i].group;) end++;
        step_group(o, o->slots[i].group, i, end);
    }
    cplug_grad_mode(ctx, grad);
    cplug_scope_close(scope);
    return ctx->error;
}
cplug_status cplug_optimizer_zero_grad(cplug_optimizer *o)
{
    if (!o) return CPLUG_E_INVALID;
    if (o->ctx->error || cplug__optimizer_resolve(o)) return o->ctx->error;
    for (uint32_t i = 0; i < o->n_slots; i++) cplug_tensor_grad_set(o->slots[i].param, NULL);
    return o->ctx->error;
}
