/* init.c: what a parameter holds at first: torch.nn.init's formulas, each with its own little option schema. */
#include "base/mode.h"
#include "module/module.h"
#include "op/op.h"
#include <math.h>

typedef struct values {
    double value, bound, mean, std, fan_in, fan_out, a, gain;
} values;
#define FLOAT(key, flags_, fallback_, low, high, doc_)                                                                                     \
    {                                                                                                                                      \
        .name = #key, .doc = doc_, .type = CPLUG_OPT_FLOAT, .flags = flags_, .offset = offsetof(values, key), .fallback = fallback_,       \
        .min = low, .max = high                                                                                                            \
    }
static const cplug_option constant_options[] = { FLOAT(value, CPLUG_OPT_REQUIRED, NULL, 0, 0, "of every element") };
static const cplug_option uniform_options[] = { FLOAT(bound, CPLUG_OPT_REQUIRED, NULL, 0, HUGE_VAL, "between -bound and bound") };
static const cplug_option normal_options[] = { FLOAT(std, 0, "1", 0, HUGE_VAL, "standard deviation"), FLOAT(mean, 0, "0", 0, 0, "mean") };
static const cplug_option kaiming_options[] = { FLOAT(fan_in, CPLUG_OPT_REQUIRED, NULL, 0, HUGE_VAL, "inputs of one output"),
                                                FLOAT(a, 0, "0", 0, 0, "slope of the leaky_relu that follows") };
static const cplug_option xavier_options[] = { FLOAT(fan_in, CPLUG_OPT_REQUIRED, NULL, 0, HUGE_VAL, "inputs of one output"),
                                               FLOAT(fan_out, CPLUG_OPT_REQUIRED, NULL, 0, HUGE_VAL, "outputs of one input"),
                                               FLOAT(gain, 0, "1", 0, HUGE_VAL, "scale") };

static cplug_status draw(cplug_tensor *t, double low, double high, int64_t distribution)
{
    cplug_context *ctx = t->ctx;
    cplug_tensor *const in[3] = { t, cplug_float(ctx, low), cplug_float(ctx, high) };
    const cplug_value attr[1] = { A_CHOICE(distribution) };
    return cplug__op_n(CPLUG__OP_random, in, 3, attr, 1, NULL, 0);
}
static cplug_status within(cplug_tensor *t, double bound) { return draw(t, -bound, bound, 0); }

static cplug_status zeros(cplug_tensor *t, const values *v) { return (void)v, cplug_fill_(t, 0); }
static cplug_status ones(cplug_tensor *t, const values *v) { return (void)v, cplug_fill_(t, 1); }
static cplug_status constant(cplug_tensor *t, const values *v) { return cplug_fill_(t, v->value); }
static cplug_status uniform(cplug_tensor *t, const values *v) { return within(t, v->bound); }
static cplug_status normal(cplug_tensor *t, const values *v) { return draw(t, v->mean, v->std, 1); }
/* He et al. 2015: bound = sqrt(2 / (1 + a^2)) sqrt(3 / fan_in); a layer without inputs has nothing to draw */
static cplug_status kaiming_uniform(cplug_tensor *t, const values *v)
{
    return within(t, v->fan_in > 0 ? sqrt(2 / (1 + v->a * v->a)) * sqrt(3 / v->fan_in) : 0);
}
/* Glorot and Bengio 2010: bound = gain sqrt(6 / (fan_in + fan_out)) */
static cplug_status xavier_uniform(cplug_tensor *t, const values *v)
{
    const double fans = v->fan_in + v->fan_out;
    return within(t, fans > 0 ? v->gain * sqrt(6 / fans) : 0);
}
static const struct initialiser {
    const char *id;
    cplug_options_table options;
    cplug_status (*fill)(cplug_tensor *t, const values *v);
} initialisers[] = {
    { "zeros", { NULL, 0, sizeof(cplug_option) }, zeros },
    { "ones", { NULL, 0, sizeof(cplug_option) }, ones },
    { "constant", CPLUG_OPTIONS(constant_options), constant },
    { "uniform", CPLUG_OPTIONS(uniform_options), uniform },
    { "normal", CPLUG_OPTIONS(normal_options), normal },
    { "kaiming_uniform", CPLUG_OPTIONS(kaiming_options), kaiming_uniform },
    { "xavier_uniform", CPLUG_OPTIONS(xavier_options), xavier_uniform },
};

cplug_status cplug__initialise(cplug_tensor *t, const char *init)
{
    CPLUG__OWN_MODE;
    cplug_context *ctx = t->ctx;
    cplug_error e = CPLUG__ERROR_INIT;
    cplug__arena arena = { NULL };
    const char *id, *options;
    const struct initialiser *found = NULL;
    values v = { 0 };
    char who[64];
    if (!cplug__spec_split(&arena, init, &id, &options, &e)) {
        cplug__raise(ctx, &e, "initialiser");
        goto done;
    }
    const char *ids[CPLUG_COUNT(initialisers)];
    for (uint32_t i = 0; i < CPLUG_COUNT(initialisers); i++) {
        ids[i] = initialisers[i].id;
        if (!strcmp(id, ids[i])) found = &initialisers[i];
    }
    if (!found) {
        const char *near = cplug_nearest(id, ids, CPLUG_COUNT(ids));
        cplug_error_set(ctx, CPLUG_E_NOTFOUND, "no initialiser '%s'%s%s%s", id, near ? "; did you mean '" : "", near ? near : "",
                        near ? "'?" : "");
        goto done;
    }
    snprintf(who, sizeof who, "initialiser '%s'", id);
    if (cplug__options_store(&arena, &found->options, options, NULL, who, &v, &e))
        cplug__raise(ctx, &e, NULL);
    else
        found->fill(t, &v);
done:
    cplug__arena_free(&arena);
    return ctx->error;
}
