/* behave.c: components that speak tensors: the same call gives the same result, what is saved and loaded goes on as if nothing had
 * happened, and a module works wherever its parameters are. */
#include "component.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SPECS = 2, MOST_VALUES = 64, TURNS = 6 };
static const int32_t specs[SPECS] = { SPEC_NONE, SPEC_ALL }; /* all defaults; every option another one */

/* ---- modules and losses ---- */
enum { MOST_IN = 3 };
typedef struct sample {
    cplug_tensor *in[MOST_IN], *before[MOST_IN]; /* before: as they were when forward had not yet seen them */
    uint32_t n;
} sample;

/* Inputs that m takes, in eval mode; false when it takes none of ours. */
static bool find_inputs(cplug_context *ctx, cplug_module *m, bool loss, sample *s)
{
    for (uint32_t k = 0; k < 8; k++) {
        cplug_tensor *y = NULL;
        cplug_error_clear(ctx);
        if (loss && !usual_pair(ctx, k, &s->in[0], &s->in[1])) return false;
        if (!loss && (s->in[0] = usual_input(ctx, k)) == NULL) return false;
        if (!loss) s->in[1] = s->in[2] = s->in[0];
        for (s->n = loss ? 2 : 1; s->n <= (loss ? 2 : MOST_IN); s->n++) {
            cplug_error_clear(ctx);
            for (uint32_t i = 0; i < s->n; i++) s->before[i] = cplug_clone(cplug_detach(s->in[i]));
            if (cplug_forward_n(m, s->in, s->n, &y, 1) == CPLUG_OK) return true;
        }
    }
    return false;
}

static cplug_tensor *forward(cplug_module *m, const sample *s)
{
    cplug_tensor *y = NULL;
    cplug_forward_n(m, s->in, s->n, &y, 1);
    return y;
}

/* true when a and b are alike to the given tolerance, NaN like NaN. */
static bool alike(cplug_tensor *a, cplug_tensor *b, double tolerance)
{
    if (a == NULL || b == NULL) return a == b;
    return cplug_allclose(cplug_to(a, CPLUG_F64, "cpu"), cplug_to(b, CPLUG_F64, "cpu"), tolerance, tolerance, 1) == 1;
}

static void check_repeats(cplug_context *ctx, cplug_module *m, const sample *s, cplug_tensor *y)
{
    check_begin(subject.name, "repeated calls");
    if (!alike(forward(m, s), y, 0)) check_fail("the same input gives something else the second time, in eval mode");
    for (uint32_t i = 0; i < s->n; i++)
        if (!alike(cplug_detach(s->in[i]), s->before[i], 0)) check_fail("forward changes its input %u", i);
    if (cplug_failed(ctx)) check_fail("%s", cplug_error_text(ctx));
}

static void check_module_state(cplug_context *ctx, cplug_module *m, const char *spec, const sample *s, cplug_tensor *y)
{
    const cplug_named_tensor *list;
    check_begin(subject.name, "saved and loaded");
    if (cplug_module_named(m, CPLUG_STATE, &list) == 0) {
        check_note("it has no parameters and no buffers");
        return;
    }
    if (cplug_module_save(m, "validate.safetensors") != CPLUG_OK) {
        check_skip("%s", cplug_error_text(ctx));
        return;
    }
    cplug_module *copy = cplug_module_new(ctx, spec);
    cplug_module_train(copy, 0);
    if (cplug_module_load(copy, "validate.safetensors") != CPLUG_OK)
        check_fail("a fresh one that has seen no input cannot load it: %s; children are declared in build, not in first_use",
                   cplug_error_text(ctx));
    else if (!alike(forward(copy, s), y, 0))
        check_fail(
            "a copy with the saved parameters and buffers gives something else%s%s: what it needs must be a parameter, a buffer or an "
            "option",
            cplug_failed(ctx) ? ": " : "", cplug_error_text(ctx));
    cplug_module_free(copy);
}

/* The same on another device and in another dtype, where m is moved with its inputs. */
static void check_moved(cplug_context *ctx, cplug_module *m, const char *device, cplug_dtype dtype, const sample *s, cplug_tensor *y)
{
    sample moved = { .n = s->n };
    cplug_module_to(m, device, dtype);
    for (uint32_t i = 0; i < s->n; i++) {
        const bool is_float = cplug_dtype_is_float(cplug_tensor_dtype(s->in[i]));
        moved.in[i] = cplug_to(s->in[i], is_float ? dtype : 0, device);
    }
    cplug_tensor *there = forward(m, &moved);
    if (cplug_failed(ctx) == CPLUG_E_UNSUPPORTED || cplug_failed(ctx) == CPLUG_E_DTYPE)
        check_skip("%s", cplug_error_text(ctx));
    else if (cplug_failed(ctx))
        check_fail("%s: does it keep a tensor that is neither parameter nor buffer?", cplug_error_text(ctx));
    else if (!alike(there, y, 1e-4))
        check_fail("gives something else than before");
    cplug_error_clear(ctx);
}

static void check_module(cplug_context *ctx, const component *c)
{
    char spec[SPEC_TEXT];
    sample s;
    cplug_scope *scope = cplug_scope_open(ctx);
    component_spec(c, SPEC_NONE, spec, sizeof spec);
    cplug_module *m = cplug_module_new(ctx, spec);
    cplug_module_train(m, 0);
    if (!find_inputs(ctx, m, strcmp(c->kind, "loss") == 0, &s)) {
        check_begin(c->name, "repeated calls");
        check_skip("it takes none of the inputs that were tried");
    } else {
        cplug_tensor *y = forward(m, &s);
        check_repeats(ctx, m, &s, y);
        cplug_error_clear(ctx);
        check_module_state(ctx, m, spec, &s, y);
        cplug_error_clear(ctx);
        check_begin(c->name, "in f64");
        check_moved(ctx, m, NULL, CPLUG_F64, &s, y);
        check_begin(c->name, "on device sim");
        if (cplug_component(ctx, "device", "sim") == NULL)
            check_skip("there is no device sim");
        else
            check_moved(ctx, m, "sim", CPLUG_F32, &s, y);
    }
    cplug_error_clear(ctx);
    cplug_scope_close(scope);
}

/* ---- optimizers ---- */
static void run_steps(cplug_optimizer *o, cplug_tensor *w, int n)
{
    for (int i = 0; i < n; i++) {
        cplug_optimizer_zero_grad(o);
        cplug_backward(cplug_sum(cplug_mul(cplug_mul(w, w), w), NULL, 0, 0));
        cplug_optimizer_step(o);
    }
}

/* Some steps, then as many more: once without a break, once with state and parameters saved and loaded in between. */
static bool check_optimizer(cplug_context *ctx, const char *spec)
{
    const int64_t shape[2] = { 3, 4 };
    const size_t n = strcspn(spec, " ");
    char id[128];
    const cplug_named_tensor *list;
    snprintf(id, sizeof id, "%.*s", (int)n, spec);
    cplug_tensor *w = cplug_requires_grad(cplug_rand(ctx, CPLUG_F32, 2, shape), 1);
    cplug_optimizer *o = cplug_optimizer_over(ctx, &w, 1, id, spec + n);
    run_steps(o, w, TURNS);
    cplug_tensor *copy = cplug_requires_grad(cplug_clone(cplug_detach(w)), 1);
    const int64_t entries = cplug_optimizer_state(o, &list);
    if (entries > 0) cplug_save(ctx, "validate.safetensors", list, (uint32_t)entries, NULL);
    run_steps(o, w, TURNS);
    cplug_optimizer *again = cplug_optimizer_over(ctx, &copy, 1, id, spec + n);
    cplug_file *f = entries > 0 ? cplug_file_open(ctx, "validate.safetensors") : NULL;
    if (f != NULL) cplug_optimizer_load(again, f);
    run_steps(again, copy, TURNS);
    const bool used = cplug_failed(ctx) == CPLUG_OK;
    if (used && !alike(cplug_detach(w), cplug_detach(copy), 0))
        check_fail("'%s': after loading its state the steps differ: everything that changes must be a slot", spec);
    cplug_file_close(f);
    cplug_optimizer_free(again);
    cplug_optimizer_free(o);
    return used;
}

/* ---- schedulers ---- */
static cplug_progress progress(int64_t i)
{
    return (cplug_progress){ .struct_size = sizeof(cplug_progress),
                             .step = i,
                             .total_steps = 2 * TURNS,
                             .epoch = i / 2,
                             .total_epochs = TURNS,
                             .steps_per_epoch = 2,
                             .metric = i < TURNS ? 1.0 / (double)(1 + i) : 1 };
}

static void run_schedule(cplug_scheduler *s, cplug_optimizer *o, int64_t from, double *lr)
{
    for (int64_t i = from; i < from + TURNS; i++) {
        const cplug_progress p = progress(i);
        cplug_scheduler_step(s, &p);
        lr[i] = cplug_optimizer_get(o, 0, "lr");
        if (i % 2) cplug_scheduler_epoch_end(s, &p);
    }
}

static bool check_scheduler(cplug_context *ctx, const char *spec)
{
    const int64_t shape[1] = { 2 };
    double lr[2][2 * TURNS];
    uint8_t kept[4096];
    void *bytes;
    cplug_tensor *w = cplug_requires_grad(cplug_rand(ctx, CPLUG_F32, 1, shape), 1);
    cplug_optimizer *o[2];
    cplug_scheduler *s[2];
    for (int k = 0; k < 2; k++) {
        o[k] = cplug_optimizer_over(ctx, &w, 1, "sgd", "lr=0.1");
        s[k] = cplug_scheduler_new(o[k], spec);
    }
    run_schedule(s[0], o[0], 0, lr[0]);
    const uint64_t n = cplug_scheduler_state(s[0], &bytes);
    if (cplug_failed(ctx) || n > sizeof kept) return false;
    if (n) memcpy(kept, bytes, n);
    run_schedule(s[0], o[0], TURNS, lr[0]);
    if (cplug_scheduler_state(s[1], &bytes) == n && n) memcpy(bytes, kept, n);
    run_schedule(s[1], o[1], TURNS, lr[1]);
    for (int i = TURNS; i < 2 * TURNS; i++)
        if (memcmp(&lr[0][i], &lr[1][i], sizeof lr[0][i]) != 0)
            check_fail(
                "'%s': at step %d it gives %.9g, and %.9g when its state was saved and loaded at step %d: what changes must lie between "
                "state_offset and state_offset + state_size",
                spec, i, lr[0][i], lr[1][i], (int)TURNS);
    return true;
}

/* ---- metrics ---- */
static uint32_t measure(cplug_metric *m, cplug_tensor *const *p, cplug_tensor *const *t, double *values)
{
    const char *names[MOST_VALUES];
    uint32_t n = MOST_VALUES;
    cplug_metric_reset(m);
    for (int i = 0; i < 2; i++) cplug_metric_update(m, p[i], t[i]);
    return cplug_metric_value(m, names, values, &n) == CPLUG_OK ? n : 0;
}

static bool same_values(cplug_metric *m, const double *first, uint32_t n)
{
    double values[MOST_VALUES];
    const char *names[MOST_VALUES];
    uint32_t again = MOST_VALUES;
    return cplug_metric_value(m, names, values, &again) == CPLUG_OK && again == n && memcmp(first, values, n * sizeof *first) == 0;
}

/* Asked twice, again after a reset, and with another metric of its kind at work in between. */
static bool check_metric(cplug_context *ctx, const char *spec)
{
    double first[MOST_VALUES], values[MOST_VALUES];
    bool used = false;
    cplug_tensor *p[2], *t[2];
    for (uint32_t k = 0; cplug_error_clear(ctx), usual_pair(ctx, k, &p[0], &t[0]) && usual_pair(ctx, k, &p[1], &t[1]); k++) {
        for (int i = 0; i < 2; i++) p[i] = cplug_detach(p[i]);
        cplug_metric *m = cplug_metric_new(ctx, spec), *other = cplug_metric_new(ctx, spec);
        const uint32_t n = measure(m, p, t, first);
        if (n == 0) continue;
        used = true;
        if (!same_values(m, first, n)) check_fail("'%s': asked twice for its value it answers differently", spec);
        if (measure(m, p, t, values) != n || memcmp(first, values, n * sizeof *first) != 0)
            check_fail("'%s': after a reset the same predictions give something else: reset must empty all that it sums up", spec);
        cplug_metric_reset(m);
        cplug_metric_update(m, p[0], t[0]);
        measure(other, p, t, values);
        cplug_metric_update(m, p[1], t[1]);
        if (!same_values(m, first, n))
            check_fail("'%s': two of it disturb each other: what it sums up belongs into its struct, not into static variables", spec);
    }
    return used;
}

/* ---- callbacks ---- */
static void hear_events(cplug_callback *c, cplug_module *m, cplug_optimizer *o, uint32_t from, uint32_t to, int32_t *asked)
{
    cplug_event ev;
    for (uint32_t k = from; k < to && (ev = usual_event(k, m, o), ev.name != NULL); k++) {
        cplug_callback_on(c, &ev);
        asked[k] = ev.stop * 100 + ev.save * 10 + ev.skip;
    }
}

static bool check_callback(cplug_context *ctx, const char *spec)
{
    enum { BREAK = 4, END = 16 };
    int32_t asked[2][END] = { { 0 } };
    uint8_t kept[4096];
    void *bytes;
    const int64_t shape[2] = { 2, 8 };
    cplug_callback *c[2] = { cplug_callback_new(ctx, spec, NULL), cplug_callback_new(ctx, spec, NULL) };
    cplug_module *m = cplug_module_new(ctx, "linear out_features=2");
    cplug_forward(m, cplug_rand(ctx, CPLUG_F32, 2, shape));
    cplug_optimizer *o = cplug_optimizer_new(m, "sgd", "lr=0.1");
    hear_events(c[0], m, o, 0, BREAK, asked[0]);
    const uint64_t n = cplug_callback_state(c[0], &bytes);
    if (cplug_failed(ctx) || n > sizeof kept) return false;
    if (n) memcpy(kept, bytes, n);
    hear_events(c[0], m, o, BREAK, END, asked[0]);
    hear_events(c[1], m, o, 0, 1, asked[1]); /* train_begin, also when training goes on from a checkpoint */
    if (cplug_callback_state(c[1], &bytes) == n && n) memcpy(bytes, kept, n);
    hear_events(c[1], m, o, BREAK, END, asked[1]);
    for (int k = BREAK; k < END; k++)
        if (asked[0][k] != asked[1][k])
            check_fail("'%s': it asks for something else (stop, save, skip) when its state was saved and loaded before event %d: what "
                       "changes must "
                       "lie between state_offset and state_offset + state_size",
                       spec, k);
    return true;
}

void check_behaviour(cplug_context *ctx, const component *c)
{
    static const struct {
        const char *kind, *check;
        bool (*make)(cplug_context *ctx, const char *spec); /* false: it could not be used so */
    } ways[] = { { "optimizer", "saved and loaded", check_optimizer },
                 { "scheduler", "saved and loaded", check_scheduler },
                 { "metric", "repeated calls", check_metric },
                 { "callback", "saved and loaded", check_callback } };
    char spec[SPEC_TEXT];
    if (strcmp(c->kind, "module") == 0 || strcmp(c->kind, "loss") == 0) check_module(ctx, c);
    for (uint32_t i = 0; i < CPLUG_COUNT(ways); i++) {
        if (strcmp(ways[i].kind, c->kind) != 0) continue;
        uint32_t used = 0;
        char why[256] = "it takes none of the predictions and targets that were tried";
        check_begin(c->name, ways[i].check);
        for (int k = 0; k < SPECS; k++) {
            cplug_scope *scope = cplug_scope_open(ctx);
            cplug_error_clear(ctx);
            used += component_spec(c, specs[k], spec, sizeof spec) && ways[i].make(ctx, spec);
            if (cplug_failed(ctx)) snprintf(why, sizeof why, "%s", cplug_error_text(ctx));
            cplug_scope_close(scope);
        }
        if (!used) check_skip("%s", why);
    }
}
