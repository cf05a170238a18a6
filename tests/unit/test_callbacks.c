/* test_callbacks.c: the shipped callbacks, told of events by a pretend trainer: tables of figures and what is asked after each epoch. */
#include "support.h"
#include <scratch.h>
#include <locale.h>
#include <unistd.h>

typedef struct heard { /* what a callback said */
    char note[512], name[64];
    double value;
    int notes, reports;
} heard;
static void on_note(const cplug_event *ev, const char *line)
{
    heard *h = ev->trainer;
    snprintf(h->note, sizeof h->note, "%s", line);
    h->notes++;
}
static void on_report(const cplug_event *ev, const char *name, double value)
{
    heard *h = ev->trainer;
    snprintf(h->name, sizeof h->name, "%s", name);
    h->value = value;
    h->reports++;
}

static cplug_event event_of(const char *name, heard *h)
{
    return (cplug_event){
        .struct_size = sizeof(cplug_event), .name = name, .run_dir = "", .what = "", .trainer = h, .note = on_note, .report = on_report
    };
}

/* One epoch's end with valid_loss and valid_accuracy; n = 1: only train_loss, since it was not validated. */
static cplug_event tell_epoch(cplug_callback *c, heard *h, int64_t epoch, double loss, double accuracy, uint32_t n)
{
    static const char *const names[] = { "train_loss", "valid_loss", "valid_accuracy" };
    const double values[] = { 1.0, loss, accuracy };
    cplug_event ev = event_of("epoch_end", h);
    ev.epoch = epoch;
    ev.metric_names = names;
    ev.metrics = values;
    ev.n_metrics = n;
    cplug_callback_on(c, &ev);
    return ev;
}

static cplug_callback *make(cplug_context *ctx, const char *spec)
{
    cplug_callback *c = cplug_callback_new(ctx, spec, NULL);
    if (!c) fail_msg("%s: %s", spec, cplug_error_text(ctx));
    return c;
}

/* ---- early_stopping ---- */
#define INF ((double)INFINITY)
static const struct stopping {
    const char *options;
    double loss[12], accuracy[12];
    int64_t n, stop; /* after which epoch it asks for an end; 0: never.  By hand from the loops of Keras 3 and Lightning 2 */
} stopping[] = {
    { "patience=3", { 5, 4, 3, 3, 3, 3, 3 }, { 0 }, 7, 6 },
    { "patience=1", { 5, 4, 4, 3 }, { 0 }, 4, 3 },
    { "patience=0", { 5, 4, 4, 3 }, { 0 }, 4, 3 },
    { "patience=2", { 5, 6, 4, 6, 3, 6, 7 }, { 0 }, 7, 7 },
    { "patience=2", { 5, 4, 3, 2, 1 }, { 0 }, 5, 0 },
    { "patience=2 min_delta=0.5", { 5, 4.6, 4.2, 4.1, 3.9 }, { 0 }, 5, 5 },
    { "patience=1 min_delta=1", { 5, 4 }, { 0 }, 2, 2 }, /* exactly min_delta is no progress */
    { "patience=2 mode=max", { 1, 2, 3, 2, 3, 9 }, { 0 }, 6, 5 },
    { "patience=2 monitor=valid_accuracy", { 0 }, { 0.1, 0.5, 0.5, 0.4, 0.9 }, 5, 4 },
    { "patience=2 monitor=valid_accuracy min_delta=0.1", { 0 }, { 0.1, 0.15, 0.19, 0.9 }, 4, 3 },
    { "patience=2 monitor=valid_accuracy mode=min", { 0 }, { 0.5, 0.4, 0.3, 0.3, 0.3 }, 5, 5 },
    { "patience=1 start_from_epoch=3", { 5, 6, 7, 8, 9 }, { 0 }, 5, 5 },
    { "patience=5", { 5, 4, NAN, 1 }, { 0 }, 4, 3 },
    { "patience=5", { INF, 1 }, { 0 }, 2, 1 },
    { "patience=2 check_finite=false", { 5, NAN, NAN, 1 }, { 0 }, 4, 3 },
    { "patience=2 check_finite=false", { NAN, 5, 4, 3 }, { 0 }, 4, 0 },
    { "patience=2 monitor=train_loss", { 1, 1, 1, 1 }, { 0 }, 4, 3 },
};
static void test_early_stopping(void **state)
{
    (void)state;
    char spec[256];
    for (size_t i = 0; i < sizeof stopping / sizeof *stopping; i++) {
        const struct stopping *s = &stopping[i];
        heard h = { .notes = 0 };
        int64_t stopped = 0;
        cplug_context *ctx = test_open(NULL);
        snprintf(spec, sizeof spec, "early_stopping %s", s->options);
        cplug_callback *c = make(ctx, spec);
        for (int64_t e = 0; e < s->n && !stopped; e++)
            if (tell_epoch(c, &h, e + 1, s->loss[e], s->accuracy[e], 3).stop == CPLUG_STOP) stopped = e + 1;
        if (stopped != s->stop) fail_msg("case %zu (%s): stopped after %d, expected %d", i, s->options, (int)stopped, (int)s->stop);
        assert_int_equal(h.notes, stopped > 0);
        if (stopped) assert_non_null(strstr(h.note, "training ends"));
        test_close(ctx);
    }
}

/* Told the same, a callback that was broken off in the middle and one that was not ask for the same. */
static void test_state_goes_on(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof stopping / sizeof *stopping; i++) {
        const struct stopping *s = &stopping[i];
        heard h = { .notes = 0 };
        char spec[256];
        cplug_context *ctx = test_open(NULL);
        snprintf(spec, sizeof spec, "early_stopping %s", s->options);
        for (int64_t cut = 1; cut < s->n; cut++) {
            cplug_callback *first = make(ctx, spec), *second = make(ctx, spec);
            int64_t stopped = 0;
            void *from, *to;
            for (int64_t e = 0; e < cut && !stopped; e++)
                if (tell_epoch(first, &h, e + 1, s->loss[e], s->accuracy[e], 3).stop) stopped = e + 1;
            const uint64_t size = cplug_callback_state(first, &from);
            assert_int_equal(cplug_callback_state(second, &to), size);
            memcpy(to, from, size);
            for (int64_t e = cut; e < s->n && !stopped; e++)
                if (tell_epoch(second, &h, e + 1, s->loss[e], s->accuracy[e], 3).stop) stopped = e + 1;
            assert_int_equal(stopped, s->stop);
            cplug_callback_free(first);
            cplug_callback_free(second);
        }
        test_close(ctx);
    }
}

static void test_monitor(void **state)
{
    (void)state;
    heard h = { .notes = 0 };
    cplug_context *ctx = test_open(NULL);
    static const char *const specs[] = { "early_stopping monitor=valid_acuracy", "best_checkpoint monitor=valid_acuracy" };
    for (int i = 0; i < 2; i++) {
        cplug_callback *c = make(ctx, specs[i]);
        tell_epoch(c, &h, 1, 1, 1, 1); /* not validated: nobody knows */
        assert_ok(ctx);
        tell_epoch(c, &h, 2, 1, 1, 3);
        assert_non_null(strstr(cplug_error_text(ctx), "train_loss, valid_loss, valid_accuracy"));
        assert_error(ctx, CPLUG_E_NOTFOUND, "did you mean 'valid_accuracy'");
    }
    /* before the first epoch the trainer says which names there will be */
    static const char *const names[] = { "train_loss" };
    const double values[] = { NAN };
    cplug_event ev = event_of("train_begin", &h);
    ev.metric_names = names;
    ev.metrics = values;
    ev.n_metrics = 1;
    cplug_callback_on(make(ctx, "early_stopping"), &ev);
    assert_error(ctx, CPLUG_E_NOTFOUND, "monitor = valid_loss");
    assert_int_equal(cplug_callback_on(make(ctx, "early_stopping monitor=train_loss"), &ev), CPLUG_OK);
    assert_null(cplug_callback_new(ctx, "early_stopping patience=-1", NULL));
    assert_error(ctx, CPLUG_E_INVALID, "patience");
    assert_null(cplug_callback_new(ctx, "early_stoping", NULL));
    assert_error(ctx, CPLUG_E_NOTFOUND, "early_stopping");
    test_close(ctx);
}

/* ---- best_checkpoint ---- */
static void test_best_checkpoint(void **state)
{
    (void)state;
    static const double loss[] = { 5, 4, 4, NAN, 3, 3.5, 2 }, accuracy[] = { 0.1, 0.1, 0.2, 0.3, 0.25, NAN, 0.9 };
    static const struct {
        const char *spec;
        int saves[7];
    } cases[] = { { "best_checkpoint", { 1, 1, 0, 0, 1, 0, 1 } },
                  { "best_checkpoint monitor=valid_accuracy", { 1, 0, 1, 1, 0, 0, 1 } },
                  { "best_checkpoint monitor=valid_accuracy mode=min", { 1, 0, 0, 0, 0, 0, 0 } },
                  { "best_checkpoint min_delta=1.5", { 1, 0, 0, 0, 1, 0, 0 } } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        heard h = { .notes = 0 };
        cplug_context *ctx = test_open(NULL);
        cplug_callback *c = make(ctx, cases[i].spec);
        for (int e = 0; e < 7; e++) {
            const int32_t save = tell_epoch(c, &h, e + 1, loss[e], accuracy[e], 3).save;
            if (save != (cases[i].saves[e] ? CPLUG_SAVE_BEST : 0)) fail_msg("%s: epoch %d asks for %d", cases[i].spec, e + 1, (int)save);
        }
        test_close(ctx);
    }
}

/* ---- lr_monitor ---- */
static void test_lr_monitor(void **state)
{
    (void)state;
    heard h = { .notes = 0 };
    cplug_context *ctx = test_open(NULL);
    cplug_module *m = cplug_module_new(ctx, "linear in_features=2 out_features=1");
    cplug_event ev = event_of("epoch_end", &h);
    ev.optimizer = cplug_optimizer_new(m, "sgd", "lr=0.25");
    cplug_callback_on(make(ctx, "lr_monitor"), &ev);
    assert_string_equal(h.name, "lr");
    assert_true(h.value == 0.25 && h.reports == 1);
    cplug_optimizer_group(ev.optimizer, "bias", "lr=0.5");
    cplug_callback *every = make(ctx, "lr_monitor every=2");
    cplug_callback_on(every, &ev);
    ev.name = "step_end";
    for (ev.step = 1; ev.step <= 4; ev.step++) cplug_callback_on(every, &ev);
    assert_int_equal(h.reports, 1 + 2 * 2);
    assert_string_equal(h.name, "lr.1");
    assert_true(h.value == 0.5);
    ev.report = NULL; /* a trainer that does not listen */
    ev.step = 4;
    assert_int_equal(cplug_callback_on(every, &ev), CPLUG_OK);
    test_close(ctx);
}

/* ---- csv_log ---- */
static char *read_text(const char *path)
{
    static char text[4096];
    FILE *f = fopen(path, "r");
    if (!f) fail_msg("cannot open %s", path);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    return text;
}

typedef struct trainer { /* steps of a pretend training with a table */
    cplug_context *ctx;
    cplug_optimizer *optimizer;
    cplug_callback *c;
    heard h;
    char dir[512], path[600];
} trainer;
static void trainer_open(trainer *t, const char *spec, const char *dir, const char *file)
{
    memset(t, 0, sizeof *t);
    t->ctx = test_open(NULL);
    t->optimizer = cplug_optimizer_new(cplug_module_new(t->ctx, "linear in_features=2 out_features=1"), "sgd", "lr=0.5");
    t->c = make(t->ctx, spec);
    snprintf(t->dir, sizeof t->dir, "%s", dir);
    snprintf(t->path, sizeof t->path, "%s/%s", dir, file);
}
static cplug_status tell(trainer *t, const char *event, int64_t step)
{
    static const char *const names[] = { "train_loss", "valid_loss" };
    const double values[] = { 0.5, 0.25 };
    cplug_event ev = event_of(event, &t->h);
    const int end = strcmp(event, "epoch_end") == 0;
    ev.run_dir = t->dir;
    ev.optimizer = t->optimizer;
    ev.step = step;
    ev.epoch = end ? step : 0;
    ev.loss = 1.0 / (double)step;
    ev.metric_names = names;
    ev.metrics = values;
    ev.n_metrics = !end ? 0 : step == 2 ? 1 : 2;
    return cplug_callback_on(t->c, &ev);
}

static void test_csv_log(void **state)
{
    (void)state;
    const char *dir = scratch_folder;
    trainer t;
    setlocale(LC_ALL, "de_DE.UTF-8"); /* a table's decimal point is a point, also where the program's is not */
    trainer_open(&t, "csv_log", dir, "steps.csv");
    tell(&t, "train_begin", 0);
    assert_string_equal(read_text(t.path), "epoch,step,loss,lr\n");
    for (int64_t s = 1; s <= 3; s++) tell(&t, "step_end", s);
    assert_string_equal(read_text(t.path), "epoch,step,loss,lr\n1,1,1,0.5\n1,2,0.5,0.5\n1,3,0.333333333,0.5\n");
    tell(&t, "train_end", 3);
    test_close(t.ctx);
    trainer_open(&t, "csv_log rows=epoch every=1", dir, "epochs.csv");
    tell(&t, "train_begin", 0);
    for (int64_t e = 1; e <= 3; e++) tell(&t, "epoch_end", e);
    tell(&t, "train_end", 3);
    assert_string_equal(read_text(t.path), "epoch,step,lr,train_loss,valid_loss\n1,1,0.5,0.5,0.25\n2,2,0.5,0.5,\n3,3,0.5,0.5,0.25\n");
    test_close(t.ctx);
    setlocale(LC_ALL, "C");
}

/* Steps 1 to 4, a checkpoint after 2, and from there again: with the file as it was, cut off, or gone. */
static void test_csv_resume(void **state)
{
    (void)state;
    static const char *const whole = "epoch,step,loss,lr\n1,1,1,0.5\n1,2,0.5,0.5\n1,3,0.333333333,0.5\n1,4,0.25,0.5\n";
    static const struct {
        const char *left, *expected; /* what the crash left; NULL: everything, "": no file */
        int notes;
    } cases[] = {
        { NULL, NULL, 0 },
        { "epoch,step,loss,lr\n1,1,1,0.5\n1,2,0.", "epoch,step,loss,lr\n1,1,1,0.5\n1,3,0.333333333,0.5\n1,4,0.25,0.5\n", 1 },
        { "", "epoch,step,loss,lr\n1,3,0.333333333,0.5\n1,4,0.25,0.5\n", 1 },
        { "epoch,st", "epoch,step,loss,lr\n1,3,0.333333333,0.5\n1,4,0.25,0.5\n", 2 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        trainer a, b;
        void *from, *to;
        char kept[64];
        trainer_open(&a, "csv_log", scratch_folder, "steps.csv");
        tell(&a, "train_begin", 0);
        tell(&a, "step_end", 1);
        tell(&a, "step_end", 2);
        const uint64_t size = cplug_callback_state(a.c, &from);
        assert_true(size <= sizeof kept);
        memcpy(kept, from, size);
        tell(&a, "step_end", 3);
        tell(&a, "step_end", 4);
        test_close(a.ctx);
        assert_string_equal(read_text(a.path), whole);
        if (cases[i].left) {
            put_file("steps.csv", cases[i].left, strlen(cases[i].left));
            if (!cases[i].left[0]) unlink(a.path);
        }
        trainer_open(&b, "csv_log", a.dir, "steps.csv");
        assert_int_equal(cplug_callback_state(b.c, &to), size);
        memcpy(to, kept, size);
        assert_int_equal(tell(&b, "train_begin", 2), CPLUG_OK);
        tell(&b, "step_end", 3);
        tell(&b, "step_end", 4);
        tell(&b, "train_end", 4);
        assert_string_equal(read_text(b.path), cases[i].expected ? cases[i].expected : whole);
        if ((b.h.notes > 0) != (cases[i].notes > 0)) fail_msg("case %zu: %d notes, the last '%s'", i, b.h.notes, b.h.note);
        test_close(b.ctx);
    }
}

static void test_csv_disk(void **state)
{
    (void)state;
    trainer t;
    char spec[700];
    trainer_open(&t, "csv_log", "/no/such/folder", "steps.csv");
    tell(&t, "train_begin", 0);
    assert_error(t.ctx, CPLUG_E_IO, "/no/such/folder/steps.csv");
    t.dir[0] = '\0';
    tell(&t, "train_begin", 0);
    assert_error(t.ctx, CPLUG_E_INVALID, "file = PATH");
    test_close(t.ctx);
    if (access("/dev/full", W_OK) != 0) return;
    snprintf(spec, sizeof spec, "csv_log file=/dev/full");
    trainer_open(&t, spec, "", "");
    tell(&t, "train_begin", 0);
    assert_error(t.ctx, CPLUG_E_IO, "No space left");
    test_close(t.ctx);
}

/* ---- nan_guard ---- */
static const struct guarding {
    const char *options;
    double loss;
    float weight, bias; /* gradients */
    int64_t step;
    int32_t stop, skip;
    const char *note; /* NULL: none */
} guarding[] = {
    { "", 1, 1, 1, 0, 0, 0, NULL },
    { "", NAN, 1, 1, 0, CPLUG_STOP_NUMERIC, 1, "the loss is not a number before step 1" },
    { "", INF, NAN, 1, 4, CPLUG_STOP_NUMERIC, 1, "the loss is infinite, the gradient of 'weight' has NaN before step 5" },
    { "", 1, 1, NAN, 0, CPLUG_STOP_NUMERIC, 1, "the gradient of 'bias' has NaN" },
    { "", 1, 1, -INFINITY, 0, CPLUG_STOP_NUMERIC, 1, "the gradient of 'bias' has infinity" },
    { "", 1, 3e38f, 1, 0, 0, 0, NULL }, /* their sum overflows, none of them does */
    { "every=10", 1, 1, NAN, 5, 0, 0, NULL },
    { "every=10", 1, 1, NAN, 20, CPLUG_STOP_NUMERIC, 1, "'bias'" },
    { "every=0", 1, 1, NAN, 0, 0, 0, NULL },
    { "every=0", NAN, 1, NAN, 0, CPLUG_STOP_NUMERIC, 1, "'bias'" },
    { "action=skip", 1, 1, NAN, 0, 0, 1, "step 1 is left out (1 so far)" },
    { "action=skip max_skips=0", 1, 1, NAN, 0, CPLUG_STOP_NUMERIC, 1, "the 0 before it were left out" },
};
static cplug_event guard(cplug_callback *c, cplug_module *m, heard *h, double loss, float weight, float bias, int64_t step)
{
    cplug_context *ctx = cplug_module_context(m);
    cplug_event ev = event_of("gradients", h);
    cplug_tensor_grad_set(cplug_module_tensor(m, 0), FLOATS(ctx, SHAPE(1, 2), weight, weight));
    cplug_tensor_grad_set(cplug_module_tensor(m, 1), FLOATS(ctx, SHAPE(1), bias));
    ev.model = m;
    ev.loss = loss;
    ev.step = step;
    cplug_callback_on(c, &ev);
    return ev;
}
static void test_nan_guard(void **state)
{
    (void)state;
    char spec[128];
    for (size_t i = 0; i < sizeof guarding / sizeof *guarding; i++) {
        const struct guarding *g = &guarding[i];
        heard h = { .notes = 0 };
        cplug_context *ctx = test_open(NULL);
        cplug_module *m = cplug_module_new(ctx, "linear in_features=2 out_features=1");
        snprintf(spec, sizeof spec, "nan_guard %s", g->options);
        const cplug_event ev = guard(make(ctx, spec), m, &h, g->loss, g->weight, g->bias, g->step);
        assert_ok(ctx);
        if (ev.stop != g->stop || ev.skip != g->skip) fail_msg("case %zu: stop %d, skip %d", i, (int)ev.stop, (int)ev.skip);
        if (g->note && !strstr(h.note, g->note)) fail_msg("case %zu: expected '%s' in '%s'", i, g->note, h.note);
        assert_int_equal(h.notes, g->note != NULL);
        test_close(ctx);
    }
}

/* max_skips counts in a row: a good step between them begins anew. */
static void test_nan_guard_skips(void **state)
{
    (void)state;
    static const struct {
        double loss;
        int32_t stop, skip;
    } steps[] = { { NAN, 0, 1 }, { NAN, 0, 1 }, { 1, 0, 0 }, { NAN, 0, 1 }, { NAN, 0, 1 }, { NAN, CPLUG_STOP_NUMERIC, 1 } };
    heard h = { .notes = 0 };
    cplug_context *ctx = test_open(NULL);
    cplug_module *m = cplug_module_new(ctx, "linear in_features=2 out_features=1");
    cplug_callback *c = make(ctx, "nan_guard action=skip max_skips=2");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const cplug_event ev = guard(c, m, &h, steps[i].loss, 1, 1, (int64_t)i);
        if (ev.stop != steps[i].stop || ev.skip != steps[i].skip) fail_msg("step %zu: stop %d, skip %d", i, (int)ev.stop, (int)ev.skip);
    }
    assert_non_null(strstr(h.note, "the 2 before it were left out"));
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_early_stopping),  cmocka_unit_test(test_state_goes_on), cmocka_unit_test(test_monitor),
        cmocka_unit_test(test_best_checkpoint), cmocka_unit_test(test_lr_monitor),    cmocka_unit_test(test_csv_log),
        cmocka_unit_test(test_csv_resume),      cmocka_unit_test(test_csv_disk),      cmocka_unit_test(test_nan_guard),
        cmocka_unit_test(test_nan_guard_skips),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
