/* nan_guard.c: looks at the loss before every step and at the gradients now and then; what is not finite ends training, or costs the step
 * only.  The step is not taken in either case, so that the weights stay good. */
#include "callbacks.h"

enum { ACTION_STOP, ACTION_SKIP };
typedef struct guard_state {
    int64_t in_a_row, skipped;
} guard_state;
typedef struct guard {
    int64_t action, every, max_skips;
    guard_state state;
} guard;
#define MANY 9007199254740992.0
static const cplug_option options[] = {
    { "action", "stop: training ends with exit code 6; skip: the step is left out", CPLUG_OPT_CHOICE, 0, offsetof(guard, action), "stop", 0,
      0, "stop|skip", NULL, 0, 0 },
    { "every", "steps between two looks at all gradients; 0: only when the loss is not finite", CPLUG_OPT_INT, 0, offsetof(guard, every),
      "1", 0, MANY, NULL, NULL, 0, 0 },
    { "max_skips", "steps in a row that may be left out; one more ends training", CPLUG_OPT_INT, 0, offsetof(guard, max_skips), "10", 0,
      MANY, NULL, NULL, 0, 0 },
};

static int32_t says_true(cplug_tensor *t)
{
    double value = 0;
    return cplug_item(t, &value) == CPLUG_OK && value != 0;
}

/* x - x is NaN for NaN and infinity, else 0. */
static int32_t not_finite(cplug_tensor *t) { return says_true(cplug_any(cplug_isnan(cplug_sub(t, t)), NULL, 0, 0)); }

/* A finite sum proves that every term is; the sums stay where the tensors are and are read once. */
static int32_t all_finite(const cplug_named_tensor *list, int64_t n)
{
    cplug_tensor *total = NULL;
    double value = 0;
    for (int64_t i = 0; i < n; i++) {
        cplug_tensor *grad = cplug_tensor_grad(list[i].tensor);
        if (!grad) continue;
        cplug_tensor *sum = cplug_to(cplug_sum(grad, NULL, 0, 0), CPLUG_F32, NULL);
        total = total ? cplug_add(total, sum) : sum;
    }
    return !total || (cplug_item(total, &value) == CPLUG_OK && isfinite(value));
}

/* The first parameter whose gradient is not finite; NULL when there is none. */
static const char *bad_parameter(cplug_context *ctx, cplug_event *ev, const char **what)
{
    const cplug_named_tensor *list = NULL;
    const int64_t n = cplug_module_named(ev->model, CPLUG_PARAMETERS, &list);
    if (n <= 0 || all_finite(list, n)) return NULL;
    for (int64_t i = 0; i < n && !cplug_failed(ctx); i++) {
        cplug_tensor *grad = cplug_tensor_grad(list[i].tensor);
        if (!grad || !not_finite(grad)) continue;
        *what = says_true(cplug_any(cplug_isnan(grad), NULL, 0, 0)) ? "NaN" : "infinity";
        return list[i].name;
    }
    return NULL;
}

static void found(guard *s, cplug_event *ev, const char *parameter, const char *what)
{
    guard_state *t = &s->state;
    char where[256] = "", loss[64] = "";
    if (!isfinite(ev->loss)) snprintf(loss, sizeof loss, "the loss is %s", isnan(ev->loss) ? "not a number" : "infinite");
    if (parameter) snprintf(where, sizeof where, "%sthe gradient of '%s' has %s", loss[0] ? ", " : "", parameter, what);
    ev->skip = 1;
    if (s->action == ACTION_SKIP && t->in_a_row < s->max_skips) {
        t->in_a_row++;
        t->skipped++;
        say(ev, "%s%s: step %" PRId64 " is left out (%" PRId64 " so far)", loss, where, ev->step + 1, t->skipped);
        return;
    }
    ev->stop = CPLUG_STOP_NUMERIC;
    if (s->action == ACTION_SKIP)
        say(ev, "%s%s before step %" PRId64 ", and the %" PRId64 " before it were left out", loss, where, ev->step + 1, t->in_a_row);
    else
        say(ev, "%s%s before step %" PRId64 "", loss, where, ev->step + 1);
}

static cplug_status on(cplug_context *ctx, void *self, cplug_event *ev)
{
    guard *s = (guard *)self;
    const char *what = "";
    if (!event_is(ev, "gradients")) return CPLUG_OK;
    const int32_t bad_loss = !isfinite(ev->loss), look = bad_loss || (s->every && ev->step % s->every == 0);
    const char *parameter = look && ev->model ? bad_parameter(ctx, ev, &what) : NULL;
    if (cplug_failed(ctx)) return cplug_failed(ctx);
    if (bad_loss || parameter)
        found(s, ev, parameter, what);
    else
        s->state.in_a_row = 0;
    return CPLUG_OK;
}

const cplug_callback_type callback_nan_guard = {
    .struct_size = sizeof callback_nan_guard,
    .id = "nan_guard",
    .doc = "ends training, or leaves out the step, when the loss or a gradient is NaN or infinite",
    .options = CPLUG_OPTIONS(options),
    .instance_size = sizeof(guard),
    .state_offset = offsetof(guard, state),
    .state_size = sizeof(guard_state),
    .on = on,
};
