/* work.c: see work.h. */
#include "work.h"
#include <cplug/launcher.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- bytes ---- */
static void wrong(bytes *b, const char *format, ...)
{
    if (b->wrong[0]) return;
    va_list args;
    va_start(args, format);
    vsnprintf(b->wrong, sizeof b->wrong, format, args);
    va_end(args);
}

static void put(bytes *b, const void *data, size_t n)
{
    if (b->n + n > b->room) {
        b->room = 2 * b->room + n + 4096;
        unsigned char *grown = realloc(b->at, b->room);
        if (!grown) abort();
        b->at = grown;
    }
    memcpy(b->at + b->n, data, n);
    b->n += n;
}

static void put_text(bytes *b, const char *text) { put(b, text, strlen(text) + 1); }

static void put_tensor(bytes *b, cplug_tensor *t)
{
    const size_t n = (size_t)cplug_tensor_numel(t) * (size_t)cplug_dtype_size(cplug_tensor_dtype(t));
    void *room = malloc(n + 1);
    if (!room) abort();
    if (t && cplug_to_array(t, room, n) == CPLUG_OK) put(b, room, n);
    free(room);
}

static void put_file(bytes *b, const char *folder, const char *name)
{
    char path[512], part[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    if (!f) {
        wrong(b, "there is no file %s", name);
        return;
    }
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;) put(b, part, n);
    fclose(f);
}

/* A table without its fifth column, the seconds. */
static void put_table(bytes *b, const char *folder, const char *name)
{
    bytes whole = { 0 };
    put_file(&whole, folder, name);
    int column = 0;
    for (size_t i = 0; i < whole.n; i++) {
        const unsigned char c = whole.at[i];
        column = c == '\n' ? 0 : column + (c == ',');
        if (column != 4) put(b, &c, 1);
    }
    if (whole.wrong[0]) wrong(b, "%s", whole.wrong);
    bytes_free(&whole);
}

void bytes_free(bytes *b)
{
    free(b->at);
    *b = (bytes){ 0 };
}

const char *bytes_differ(const bytes *expected, const bytes *got)
{
    static _Thread_local char text[640];
    if (got->wrong[0]) return snprintf(text, sizeof text, "%s", got->wrong), text;
    for (size_t i = 0; i < expected->n && i < got->n; i++)
        if (expected->at[i] != got->at[i]) {
            snprintf(text, sizeof text, "byte %zu of %zu is 0x%02x, expected 0x%02x", i, expected->n, got->at[i], expected->at[i]);
            return text;
        }
    if (expected->n == got->n) return NULL;
    snprintf(text, sizeof text, "%zu bytes, expected %zu", got->n, expected->n);
    return text;
}

/* ---- single numbers: where flushing, rounding and a comma would show ---- */
static void numbers(cplug_context *ctx, bytes *out)
{
    static const float tiny[] = { 1e-40f, -3e-42f, 1.5e-38f, 2e-45f };
    static const float mixed[] = { 1, 3, -7, 0.1f, 1e-30f, 1e30f, 0, 100 };
    static const struct choice {
        double rate;
        cplug_floats list;
    } zero;
    static const cplug_option schema[] = {
        { .name = "rate", .doc = "a number", .type = CPLUG_OPT_FLOAT, .offset = offsetof(struct choice, rate), .fallback = "0.1" },
        { .name = "list", .doc = "numbers", .type = CPLUG_OPT_FLOATS, .offset = offsetof(struct choice, list), .fallback = "0.3, 1e-7" },
    };
    static const cplug_options_table table = CPLUG_OPTIONS(schema);
    struct choice c = zero;
    double value[4] = { 0 };
    char text[2048];
    cplug_scope *scope = cplug_scope_open(ctx);
    cplug_tensor *t = cplug_from_array(ctx, CPLUG_F32, 1, (int64_t[]){ 4 }, tiny), *x;
    x = cplug_from_array(ctx, CPLUG_F32, 1, (int64_t[]){ 8 }, mixed);
    put_tensor(out, cplug_add(cplug_mul_scalar(t, 0.5), t));
    put_tensor(out, cplug_to(t, CPLUG_F64, NULL));
    put_tensor(out, cplug_to(cplug_mul_scalar(t, 1e5), CPLUG_F16, NULL));
    for (int i = 0; i < 4; i++) cplug_item(cplug_select(t, 0, i), &value[i]);
    put(out, value, sizeof value);
    put_tensor(out, cplug_softmax(cplug_mul_scalar(x, -1), 0));
    put_tensor(out, cplug_div(x, cplug_select(x, 0, 1)));
    put_tensor(out, cplug_log(cplug_exp(cplug_sqrt(cplug_abs(x)))));
    put_tensor(out, cplug_div(cplug_log(x), cplug_zeros(ctx, CPLUG_F32, 0, NULL)));
    put_tensor(out, cplug_sum(cplug_div_scalar(cplug_ones(ctx, CPLUG_F32, 2, (int64_t[]){ 100, 333 }), 3), NULL, 0, 0));
    put_tensor(out, cplug_linspace(ctx, CPLUG_F64, 0, 1, 8));
    put_tensor(out, cplug_arange(ctx, CPLUG_F32, 0, 1, 0.1));
    put_tensor(out, cplug_std(cplug_randn(ctx, CPLUG_F64, 1, (int64_t[]){ 1000 }), NULL, 0, 1, 0));
    put_tensor(out, cplug_tanh(cplug_erf(cplug_gelu(x, 0))));
    cplug_tensor_format(cplug_div_scalar(x, 3), text, sizeof text);
    put_text(out, text);
    if (cplug_options_parse(ctx, &table, "rate=0.7", NULL, &c) == CPLUG_OK) {
        put(out, &c.rate, sizeof c.rate);
        put(out, c.list.v, (size_t)c.list.n * sizeof *c.list.v);
    }
    cplug_scope_close(scope);
}

/* ---- a net trained by hand ---- */
static cplug_module *make_net(cplug_context *ctx)
{
    cplug_module *net = cplug_sequential(ctx, "conv2d out_channels=4 kernel_size=5 stride=2 padding=2", "batch_norm2d", "relu",
                                         "dropout p=0.25", "max_pool2d kernel_size=2", "conv2d out_channels=6 kernel_size=3", "tanh",
                                         "flatten", "linear out_features=24", "gelu", "dropout", "linear out_features=10", NULL);
    cplug_module_materialize(net, CPLUG_F32, 3, (int64_t[]){ 1, 28, 28 });
    return net;
}

typedef struct trainer {
    cplug_module *net, *loss;
    cplug_optimizer *adam;
    cplug_scheduler *cosine;
    cplug_metric *accuracy;
} trainer;

static void step(const trainer *t, const cplug_batch *b, int64_t number, bytes *out)
{
    const cplug_progress p = { .struct_size = sizeof p, .step = number, .total_steps = 7, .total_epochs = 1, .steps_per_epoch = 7 };
    double norm = 0;
    cplug_scheduler_step(t->cosine, &p);
    cplug_optimizer_zero_grad(t->adam);
    cplug_tensor *y = cplug_forward(t->net, b->input), *loss = cplug_forward2(t->loss, y, b->target);
    cplug_backward(loss);
    cplug_clip_grad_norm(t->adam, 0.5, &norm);
    cplug_optimizer_step(t->adam);
    cplug_metric_update(t->accuracy, y, b->target);
    put_tensor(out, loss);
    put(out, &norm, sizeof norm);
}

static void train(cplug_context *ctx, const char *folder, bytes *out)
{
    char path[512];
    const char *names[8];
    double values[8];
    uint32_t n = 8;
    cplug_loader *data = cplug_loader_new(ctx, "synthetic kind=digits samples=100 transforms=[scale, normalize mean=0.15 std=0.3]",
                                          "batch_size=16 shuffle=true workers=2");
    trainer t = { .net = make_net(ctx), .loss = cplug_module_new(ctx, "cross_entropy label_smoothing=0.1") };
    t.adam = cplug_optimizer_new(t.net, "adam", "lr=0.003 weight_decay=0.01");
    t.cosine = cplug_scheduler_new(t.adam, "cosine t_max=7 unit=step");
    t.accuracy = cplug_metric_new(ctx, "accuracy");
    int64_t number = 0;
    for (const cplug_batch *b; (b = cplug_loader_next(data)) != NULL;) {
        cplug_scope *scope = cplug_scope_open(ctx);
        step(&t, b, number++, out);
        cplug_scope_close(scope);
    }
    if (cplug_metric_value(t.accuracy, names, values, &n) == CPLUG_OK) put(out, values, n * sizeof *values);
    snprintf(path, sizeof path, "%s/net.safetensors", folder);
    cplug_module_save(t.net, path);
    put_file(out, folder, "net.safetensors");
    cplug_module *twin = make_net(ctx);
    cplug_module_load(twin, path);
    cplug_module_train(twin, 0);
    cplug_scope *scope = cplug_scope_open(ctx);
    put_tensor(out, cplug_softmax(cplug_forward(twin, cplug_randn(ctx, CPLUG_F32, 4, (int64_t[]){ 3, 1, 28, 28 })), 1));
    cplug_scope_close(scope);
    cplug_loader_free(data);
}

/* ---- a run from a file ---- */
static const char ini[] = "[cplug]\nformat = 1\n"
                          "[data.train]\ntype = synthetic\nkind = digits\nsamples = 64\ntransforms = scale, normalize mean=0.15 std=0.3\n"
                          "[data.valid]\ntype = synthetic\nkind = digits\nsplit = valid\nsamples = 20\ntransforms = scale\n"
                          "[model]\ninput_shape = 1,28,28\n[layer.c]\ntype = conv2d\nout_channels = 3\nkernel_size = 5\nstride = 3\n"
                          "[layer.r]\ntype = leaky_relu\nnegative_slope = 0.07\n[layer.d]\ntype = dropout\np = 0.2\n"
                          "[layer.f]\ntype = flatten\n[layer.o]\ntype = linear\nout_features = 10\n"
                          "[loss]\ntype = cross_entropy\n[metrics]\nnames = accuracy\n[optimizer]\ntype = sgd\nlr = 0.07\nmomentum = 0.9\n"
                          "[scheduler]\ntype = exponential\ngamma = 0.7\n[train]\nepochs = 2\nbatch_size = 16\n";

static void run(cplug_context *ctx, const char *folder, bytes *out)
{
    char path[512], dir[512];
    cplug_run_args args = CPLUG_RUN_ARGS;
    cplug_scores scores = CPLUG_SCORES;
    snprintf(path, sizeof path, "%s/small.ini", folder);
    snprintf(dir, sizeof dir, "%s/run", folder);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(ini, 1, sizeof ini - 1, f) != sizeof ini - 1) wrong(out, "%s cannot be written", path);
    if (f) fclose(f);
    args.run_dir = dir;
    args.ctx = ctx;
    args.needs = CPLUG_RUN_TRAINS;
    cplug_run *r = cplug_run_open(path, &args);
    if (cplug_run_train(r, &scores) == CPLUG_OK) put(out, &scores.loss, sizeof scores.loss);
    if (cplug_run_code(r)) wrong(out, "the run: %s", cplug_run_error(r));
    put_text(out, cplug_run_config(r));
    cplug_run_close(r);
    if (out->wrong[0]) return;
    put_file(out, dir, "model.safetensors");
    put_table(out, dir, "metrics.csv");
}

void do_work(const char *options, const char *folder, bytes *out)
{
    cplug_context *ctx = cplug_open(options);
    if (!ctx) {
        wrong(out, "cplug_open: %s", cplug_error_text(NULL));
        return;
    }
    numbers(ctx, out);
    train(ctx, folder, out);
    if (cplug_failed(ctx)) wrong(out, "by hand: %s", cplug_error_text(ctx));
    run(ctx, folder, out);
    if (cplug_failed(ctx)) wrong(out, "%s", cplug_error_text(ctx));
    if (cplug_close(ctx) != CPLUG_OK) wrong(out, "closing failed");
}

/* ---- folders ---- */
int scratch_make(char *path, size_t size)
{
    const char *parent = getenv("TMPDIR");
    snprintf(path, size, "%s/cplug hostile-XXXXXX", parent ? parent : P_tmpdir);
    return mkdtemp(path) != NULL;
}

void scratch_remove(const char *path)
{
    char inner[512];
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        if ((size_t)snprintf(inner, sizeof inner, "%s/%s", path, e->d_name) >= sizeof inner) continue;
        if (unlink(inner) != 0) scratch_remove(inner);
    }
    if (d) closedir(d);
    rmdir(path);
}
