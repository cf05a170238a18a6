/* test_alloc.c: every allocation that a training makes fails once, from opening to closing, by hand and through the launcher.  A phase
 * starts from a good state; its n-th allocation fails; then the error says so in words, a second try works, and nothing leaks (under the
 * sanitizer, or in the count of live tensors).  Every failure has a context of its own, since what was made once is not made again; what is
 * made once a process, plugins, gets a process of its own. */
#include <cplug/launcher.h>
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 20000, SIDE = 28, ENOUGH = 3 };
#define LENET TEST_SOURCE_DIR "/models/mnist-lenet.ini"
#define DATA "synthetic kind=digits samples=8 transforms=[scale, normalize mean=0.5 std=0.5]"

typedef struct world {
    cplug_context *ctx;
    cplug_module *net, *loss;
    cplug_optimizer *sgd;
    cplug_scheduler *cosine;
    cplug_metric *accuracy;
    cplug_loader *data;
    cplug_run *run;
    char folder[256], file[320];
    int code; /* of a run that failed */
    char text[1024];
} world;

/* ---- the pieces ---- */
static cplug_status status_of(const world *w) { return cplug_failed(w->ctx); }

static cplug_status open_context(world *w)
{
    if (!w->ctx) w->ctx = cplug_open("threads=1 seed=1 backends=cpu");
    if (w->ctx) return CPLUG_OK;
    snprintf(w->text, sizeof w->text, "%s", cplug_error_text(NULL));
    return CPLUG_E_NOMEM;
}

/* All in the search path; what fails for want of memory stays listed. */
static cplug_status load_plugins(world *w)
{
    cplug_plugin_load_all(w->ctx);
    for (int32_t i = 0; i < cplug_plugin_count(w->ctx); i++) {
        const cplug_plugin_info *p = cplug_plugin_get(w->ctx, i);
        if (p->state == CPLUG_PLUGIN_LISTED) return cplug_error_set(w->ctx, CPLUG_E_NOMEM, "out of memory for plugin %s", p->id);
        if (p->state != CPLUG_PLUGIN_LOADED) return cplug_error_set(w->ctx, CPLUG_E_INTERNAL, "%s: %s", p->path, p->reason);
    }
    const int empty = cplug_plugin_count(w->ctx) < 10;
    return empty ? cplug_error_set(w->ctx, CPLUG_E_NOMEM, "out of memory: the search path was not read") : status_of(w);
}

static cplug_status build(world *w)
{
    cplug_seed(w->ctx, 1);
    if (!w->net)
        w->net = cplug_sequential(w->ctx, "conv2d out_channels=6 kernel_size=5 padding=2", "tanh", "avg_pool2d kernel_size=2",
                                  "conv2d out_channels=16 kernel_size=5", "tanh", "avg_pool2d kernel_size=2", "flatten",
                                  "linear out_features=120", "tanh", "linear out_features=84", "tanh", "linear out_features=10", NULL);
    cplug_module_materialize(w->net, CPLUG_F32, 3, (int64_t[]){ 1, SIDE, SIDE });
    if (!w->loss) w->loss = cplug_module_new(w->ctx, "cross_entropy");
    if (!w->sgd) w->sgd = cplug_optimizer_new(w->net, "sgd", "lr=0.01 momentum=0.9");
    if (!w->cosine) w->cosine = cplug_scheduler_new(w->sgd, "cosine t_max=4");
    if (!w->accuracy) w->accuracy = cplug_metric_new(w->ctx, "accuracy");
    if (!w->data) w->data = cplug_loader_new(w->ctx, DATA, "batch_size=4 shuffle=true workers=1");
    return status_of(w);
}

static cplug_status step(world *w)
{
    const cplug_progress p = { .struct_size = sizeof p, .total_steps = 2, .total_epochs = 1, .steps_per_epoch = 2 };
    const char *names[4];
    double values[4], loss = NAN, norm;
    uint32_t n = 4;
    cplug_scope *scope = cplug_scope_open(w->ctx);
    const cplug_batch *b = cplug_loader_next(w->data);
    if (!b && !status_of(w)) b = cplug_loader_next(w->data); /* the epoch's end */
    if (b) {
        cplug_scheduler_step(w->cosine, &p);
        cplug_optimizer_zero_grad(w->sgd);
        cplug_tensor *y = cplug_forward(w->net, b->input), *t = cplug_forward2(w->loss, y, b->target);
        cplug_backward(t);
        cplug_clip_grad_norm(w->sgd, 1, &norm);
        cplug_optimizer_step(w->sgd);
        cplug_metric_update(w->accuracy, y, b->target);
        cplug_metric_value(w->accuracy, names, values, &n);
        cplug_item(t, &loss);
    }
    cplug_scope_close(scope);
    if (!status_of(w) && !isfinite(loss)) cplug_error_set(w->ctx, CPLUG_E_INTERNAL, "the loss is no number");
    return status_of(w);
}

static cplug_status save(world *w)
{
    const cplug_named_tensor *list;
    char path[400];
    cplug_module_save(w->net, w->file);
    snprintf(path, sizeof path, "%s.state.safetensors", w->file);
    const int64_t n = cplug_optimizer_state(w->sgd, &list);
    if (n >= 0) cplug_save(w->ctx, path, list, (uint32_t)n, (const char *const[]){ "step", "1", NULL });
    return status_of(w);
}

static cplug_status load(world *w)
{
    char path[400];
    cplug_module_load(w->net, w->file);
    snprintf(path, sizeof path, "%s.state.safetensors", w->file);
    cplug_file *f = cplug_file_open(w->ctx, path);
    if (f) cplug_optimizer_load(w->sgd, f);
    cplug_file_close(f);
    return status_of(w);
}

static cplug_status predict(world *w)
{
    char text[4096];
    cplug_scope *scope = cplug_scope_open(w->ctx);
    cplug_module_train(w->net, 0);
    cplug_tensor *x = cplug_rand(w->ctx, CPLUG_F32, 4, (int64_t[]){ 2, 1, SIDE, SIDE });
    cplug_tensor *best = cplug_argmax(cplug_softmax(cplug_forward(w->net, x), 1), 1, 0);
    cplug_tensor_format(best, text, sizeof text);
    cplug_scope_close(scope);
    return status_of(w);
}

static cplug_status describe(world *w)
{
    char text[4096];
    const cplug_summary_row *rows;
    cplug_module_format(w->net, text, sizeof text);
    cplug_module_summary(w->net, 3, (int64_t[]){ 1, SIDE, SIDE }, &rows);
    cplug_component(w->ctx, "optimizer", "adamm"); /* the nearest name is looked for */
    if (status_of(w) == CPLUG_E_NOTFOUND) cplug_error_clear(w->ctx);
    return status_of(w);
}

static cplug_status close_context(world *w)
{
    cplug_run_close(w->run);
    w->run = NULL;
    if (w->ctx) cplug_close(w->ctx);
    w->ctx = NULL;
    return CPLUG_OK;
}

/* ---- folders ---- */
static void empty(const char *path)
{
    char inner[1024];
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        if ((size_t)snprintf(inner, sizeof inner, "%s/%s", path, e->d_name) >= sizeof inner) continue;
        if (unlink(inner) == 0) continue;
        empty(inner);
        rmdir(inner);
    }
    if (d) closedir(d);
}

/* ---- the same through the launcher: models/mnist-lenet.ini on drawn digits ---- */
static cplug_status run_status(world *w)
{
    w->code = cplug_run_code(w->run);
    if (!w->run) w->code = CPLUG_RUN_FAILED;
    if (w->code) snprintf(w->text, sizeof w->text, "%s", cplug_run_error(w->run));
    return !w->code ? CPLUG_OK : strstr(w->text, "out of memory") ? CPLUG_E_NOMEM : CPLUG_E_INTERNAL;
}

static cplug_status run_open(world *w)
{
    static const char *const overrides[] = {
        "data.train.type=synthetic", "~data.train.root", "data.train.samples=8", "data.valid.type=synthetic", "~data.valid.root",
        "data.valid.samples=4",      "train.epochs=1",   "train.batch_size=4",   "runtime.threads=1",         "runtime.backends=cpu"
    };
    cplug_run_args args = CPLUG_RUN_ARGS;
    args.overrides = overrides;
    args.n_overrides = sizeof overrides / sizeof *overrides;
    args.needs = CPLUG_RUN_TRAINS | CPLUG_RUN_EVALUATES;
    args.run_dir = w->file;
    cplug_run_close(w->run);
    w->run = cplug_run_open(LENET, &args);
    return run_status(w);
}

/* The file as it was understood: a failure that is overcome may not change it. */
static cplug_status run_same(world *w)
{
    static char expected[8192];
    const cplug_status st = run_open(w);
    const char *config = st == CPLUG_OK ? cplug_run_config(w->run) : "";
    if (st != CPLUG_OK || run_status(w) != CPLUG_OK) return st;
    if (!expected[0]) snprintf(expected, sizeof expected, "%s", config);
    if (!config[0] || strcmp(config, expected) == 0) return CPLUG_OK; /* "": the text itself found no room */
    snprintf(w->text, sizeof w->text, "the file is understood in another way");
    return CPLUG_E_INTERNAL;
}

/* The directory that training left. */
static cplug_status run_again(world *w)
{
    cplug_run_close(w->run);
    w->run = cplug_run_open(w->file, NULL);
    return run_status(w);
}

static cplug_status reopened(world *w, cplug_status st)
{
    if (st == CPLUG_OK) return CPLUG_OK;
    empty(w->file);
    rmdir(w->file);
    const int code = w->code; /* a run that failed stays failed: the next one works */
    char text[sizeof w->text];
    memcpy(text, w->text, sizeof text);
    if (run_open(w) != CPLUG_OK && w->code) return CPLUG_E_INTERNAL;
    w->code = code;
    memcpy(w->text, text, sizeof text);
    return st;
}

static cplug_status run_train(world *w)
{
    cplug_scores s = CPLUG_SCORES;
    cplug_run_train(w->run, &s);
    return run_status(w);
}

static cplug_status run_eval(world *w)
{
    cplug_scores s = CPLUG_SCORES;
    cplug_run_eval(w->run, &s);
    cplug_run_config(w->run);
    return run_status(w);
}

static void one_row(void *arg, const char *line) { (void)arg, (void)line; }
static cplug_status run_rows(world *w)
{
    cplug_run_predict_rows(w->run, one_row, NULL);
    return run_status(w);
}

/* One epoch more, in the same directory, which is whole whatever happens. */
static cplug_status run_resume(world *w)
{
    static const char *const more[] = { "train.epochs=2" };
    cplug_run_args args = CPLUG_RUN_ARGS;
    args.overrides = more;
    args.n_overrides = 1;
    args.needs = CPLUG_RUN_TRAINS;
    args.resume = w->file;
    cplug_run_close(w->run);
    w->run = cplug_run_open("", &args);
    cplug_status st = run_status(w);
    return st == CPLUG_OK ? run_train(w) : st;
}

static void one_choice(void *arg, const cplug_explain_row *row) { (void)arg, (void)row; }
static cplug_status run_explain(world *w)
{
    cplug_run_explain(w->run, one_choice, NULL);
    return run_status(w);
}

static cplug_status run_check(world *w)
{
    cplug_run_check(w->run);
    return run_status(w);
}

/* ---- the phases ---- */
typedef cplug_status (*piece)(world *w);
enum { CALLS = 6 };
static const struct phase {
    const char *name;
    piece before[CALLS], what;
    int apart; /* a process of its own for each failure */
    int by_run;
} phases[] = {
    { "open", { NULL }, open_context, 1, 0 },
    { "plugins", { open_context }, load_plugins, 1, 0 },
    { "build", { open_context }, build, 0, 0 },
    { "first step", { open_context, build }, step, 0, 0 },
    { "later step", { open_context, build, step }, step, 0, 0 },
    { "describe", { open_context, build }, describe, 0, 0 },
    { "save", { open_context, build, step }, save, 0, 0 },
    { "load", { open_context, build, step, save }, load, 0, 0 },
    { "predict", { open_context, build }, predict, 0, 0 },
    { "close", { open_context, build, step }, close_context, 0, 0 },
    { "run: open", { run_same }, run_same, 0, 1 },
    { "run: check", { run_open }, run_check, 0, 1 },
    { "run: train", { run_open }, run_train, 0, 1 },
    { "run: eval", { run_open }, run_eval, 0, 1 },
    { "run: rows", { run_open }, run_rows, 0, 1 },
    { "run: explain", { run_open }, run_explain, 0, 1 },
    { "run: again", { run_open, run_train }, run_again, 0, 1 },
    { "run: resume", { run_open, run_train }, run_resume, 0, 1 },
};

static int complain(const struct phase *p, uint64_t n, const char *what, const char *text)
{
    fprintf(stderr, "%s, allocation %llu: %s: %s\n", p->name, (unsigned long long)n, what, text && text[0] ? text : "no words");
    return 1;
}

static const char *words(const world *w) { return w->ctx && status_of(w) ? cplug_error_text(w->ctx) : w->text; }

static int judge(const struct phase *p, world *w, uint64_t n, cplug_status st)
{
    if (st == CPLUG_OK) return 0; /* the piece did without */
    if (st != CPLUG_E_NOMEM) return complain(p, n, "expected 'out of memory'", words(w));
    if (!strstr(words(w), "out of memory")) return complain(p, n, "the words do not say it", words(w));
    return 0;
}

/* Fails allocation n of the phase; 1: it went wrong, 0: fine; *reached: there was such an allocation. */
static int once(const struct phase *p, world *w, uint64_t n, int *reached)
{
    for (int i = 0; i < CALLS && p->before[i]; i++)
        if (p->before[i](w)) return complain(p, n, "not even the start", words(w));
    cplug_test_fail_allocation(n);
    cplug_status st = p->what(w);
    *reached = cplug_test_fail_allocation(0) >= n;
    if (!*reached && st != CPLUG_OK) return complain(p, n, "failed without a reason", words(w));
    int bad = judge(p, w, n, st);
    if (w->ctx) cplug_error_clear(w->ctx);
    if (p->what == run_resume && run_again(w)) return complain(p, n, "the directory is broken", words(w));
    if (p->by_run && st && p->what != run_again && p->what != run_resume) st = reopened(w, st);
    w->text[0] = '\0';
    if (!bad && st && p->what(w) != CPLUG_OK) bad = complain(p, n, "a second try fails", words(w));
    for (int left = 1, i = 0; !bad && i < 2 && w->ctx && w->net; i++) { /* a loader's worker may have met it, and tells with its batch */
        if (step(w) == CPLUG_OK) continue;
        bad = judge(p, w, n, status_of(w));
        if (!bad && left-- == 0) bad = complain(p, n, "the next steps fail", words(w));
        cplug_error_clear(w->ctx);
    }
    if (w->ctx) cplug_error_clear(w->ctx);
    close_context(w);
    return bad;
}

static int apart(const struct phase *p, const world *start, uint64_t n, int *reached)
{
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        world w = *start;
        const int bad = once(p, &w, n, reached);
        exit(bad ? 1 : *reached ? 2 : 3);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    if (WIFSIGNALED(status)) return complain(p, n, "it died", strsignal(WTERMSIG(status)));
    *reached = WEXITSTATUS(status) == 2;
    return WEXITSTATUS(status) != 2 && WEXITSTATUS(status) != 3;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int sweep(const struct phase *p, const char *folder, uint64_t from, uint64_t to)
{
    const double begin = seconds();
    int failed = 0, reached = 1, beyond = 0; /* with workers the number of allocations varies a little */
    uint64_t n = from, done = 0;
    for (; n <= to && beyond < ENOUGH && failed < 5; n++) {
        world w = { .ctx = NULL };
        snprintf(w.folder, sizeof w.folder, "%s", folder);
        snprintf(w.file, sizeof w.file, p->by_run ? "%s/run" : "%s/net.safetensors", folder);
        failed += p->apart ? apart(p, &w, n, &reached) : once(p, &w, n, &reached);
        beyond = reached ? 0 : beyond + 1;
        done += reached != 0;
        empty(folder);
    }
    if (reached && to == MOST && !failed) failed = complain(p, n, "more allocations than expected", "raise MOST");
    printf("%s  %-12s %6llu allocations failed in turn, %.1f s\n", failed ? "FAILED" : "ok    ", p->name, (unsigned long long)done,
           seconds() - begin);
    return failed;
}

/* test_alloc [phase [n]]: all phases, one of them, one allocation of it. */
int main(int argc, char **argv)
{
    const char *parent = getenv("TMPDIR");
    struct stat s;
    char folder[200];
    int failed = 0;
    if (!parent) parent = stat("/dev/shm", &s) == 0 && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : P_tmpdir;
    setvbuf(stdout, NULL, _IOLBF, 0);
    snprintf(folder, sizeof folder, "%s/cplug alloc-XXXXXX", parent);
    if (!mkdtemp(folder)) return perror(folder), 1;
    const uint64_t only = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
        if (argc > 1 && strcmp(phases[i].name, argv[1]) != 0) continue;
        failed += sweep(&phases[i], folder, only ? only : 1, only ? only : MOST);
    }
    empty(folder);
    rmdir(folder);
    return failed != 0;
}
