/* run.c: opening and closing a run: file, checks, context, model, weights; its failures; its data sets. */
#include "mode.h"
#include "run.h"
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

double cplug__seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- failures and messages ---- */
static cplug_status fail_text(cplug_run *r, int32_t code, const char *text)
{
    if (r->code == CPLUG_RUN_OK) {
        r->code = code;
        cplug__str_clear(&r->error);
        if (text[0] == '\0') text = "out of memory"; /* the words themselves found no room */
        cplug__str_put(&r->error, text, strlen(text));
    }
    return CPLUG_E_INVALID;
}

cplug_status cplug__run_fail(cplug_run *r, int32_t code, const char *format, ...)
{
    char text[8192]; /* a list of tensors that differ is long */
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return fail_text(r, code, text);
}

cplug_status cplug__run_fail_ctx(cplug_run *r, int32_t code, const char *what)
{
    cplug_status status = cplug_failed(r->ctx);
    const char *text = cplug_error_text(r->ctx);
    const char *all = what != NULL && what[0] ? cplug__pool_printf(&r->pool, "%s: %s", what, text)
                                              : cplug__pool_copy(&r->pool, text, strlen(text));
    cplug_error_clear(r->ctx);
    fail_text(r, code, all);
    return status != CPLUG_OK ? status : CPLUG_E_INTERNAL;
}

void cplug__tell(cplug_run *r, int32_t kind, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (kind == CPLUG_TELL_TEXT || kind == CPLUG_TELL_WARNING) cplug__record_line(r, text);
    if (r->args.tell != NULL) r->args.tell(r->args.arg, kind, text);
}

void cplug__tell_event(cplug_run *r, cJSON *event)
{
    char *text = event != NULL ? cJSON_PrintUnformatted(event) : NULL;
    cJSON_Delete(event);
    if (text == NULL) return;
    cplug_utf8_mend(text);
    cplug__record_event(r, text);
    if (r->args.tell != NULL) r->args.tell(r->args.arg, CPLUG_TELL_EVENT, text);
    cJSON_free(text);
}

void cplug__run_fail_diags(cplug_run *r)
{
    diags *d = &r->config.diags;
    int32_t code = CPLUG_RUN_PLUGIN;
    if (d->n == 0) return;
    cplug__diags_sort(d);
    for (uint32_t i = 0; i < d->n; i++) /* the file itself comes first, then what it names */
        if (d->list[i].code < code) code = d->list[i].code;
    for (uint32_t i = 0; i < d->n; i++)
        if (d->list[i].code == CPLUG_RUN_CONFIG) code = CPLUG_RUN_CONFIG;
    if (r->code != CPLUG_RUN_OK) return;
    r->code = code;
    cplug__diags_format(d, &r->error);
    while (r->error.n && r->error.at[r->error.n - 1] == '\n') r->error.at[--r->error.n] = '\0';
}

int32_t cplug_run_code(const cplug_run *r) { return r != NULL ? r->code : CPLUG_RUN_FAILED; }
const char *cplug_run_error(const cplug_run *r)
{
    if (r == NULL || (r->code != CPLUG_RUN_OK && r->error.n == 0)) return "out of memory";
    return cplug__str_text(&r->error);
}
uint32_t cplug_run_n_diagnostics(const cplug_run *r) { return r != NULL ? r->config.diags.n : 0; }

cplug_status cplug_run_diagnostic(const cplug_run *r, uint32_t i, cplug_diagnostic *out)
{
    if (r == NULL || i >= r->config.diags.n) return CPLUG_E_NOTFOUND;
    const diag *d = &r->config.diags.list[i];
    cplug_diagnostic all = {
        (uint32_t)sizeof all, d->at.line, cplug__place_column(d->at), 0, d->at.file ? d->at.file->path : "", d->text, d->help
    };
    uint32_t size = out->struct_size < sizeof all ? out->struct_size : (uint32_t)sizeof all;
    memcpy(out, &all, size);
    out->struct_size = size;
    return CPLUG_OK;
}

/* ---- opening ---- */
static const char *stem(cplug_run *r, const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash != NULL ? slash + 1 : path, *dot = strrchr(base, '.');
    return cplug__pool_copy(&r->pool, base, dot != NULL && dot != base ? (uint64_t)(dot - base) : strlen(base));
}

/* A directory is a run, or one checkpoint of a run: its resolved INI and its weights. */
static const char *locate(cplug_run *r, const char *path)
{
    struct stat st;
    if (path[0] == '\0' && r->args.resume != NULL && strcmp(r->args.resume, "auto") != 0) return cplug__resume_config(r);
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) return path;
    if (stat(cplug__pool_printf(&r->pool, "%s/state.json", path), &st) == 0) {
        if (r->weights == NULL) r->weights = cplug__pool_printf(&r->pool, "%s/model.safetensors", path);
        return cplug__pool_printf(&r->pool, "%s/../../config.ini", path);
    }
    if (r->weights == NULL) r->weights = cplug__run_weights(r, path);
    return cplug__pool_printf(&r->pool, "%s/config.ini", path);
}

/* What says where training begins can be said once only. */
static bool agree(cplug_run *r)
{
    const cplug_run_args *a = &r->args;
    if (a->resume == NULL) return true;
    if (a->weights != NULL)
        cplug__run_fail(r, CPLUG_RUN_USAGE, "--resume and --weights exclude each other: a run goes on with its own weights");
    else if (a->run_dir != NULL && strcmp(a->resume, "auto") != 0)
        cplug__run_fail(r, CPLUG_RUN_USAGE, "--resume and --run-dir exclude each other: a run goes on in its own directory");
    return r->code == CPLUG_RUN_OK;
}

/* A host's own context gets what [runtime] says of it, as far as it can be changed. */
static void apply_runtime(cplug_run *r)
{
    const section *s = cplug__config_section(&r->config, "runtime");
    const char *keys[] = { "backends", "device", "threads", "seed" }, *values[CPLUG_COUNT(keys)] = { 0 };
    int64_t number;
    for (uint32_t i = 0; i < CPLUG_COUNT(keys); i++) {
        const entry *e = cplug__section_entry(s, keys[i]);
        if (e != NULL) values[i] = cplug__expand(&r->config, e, NULL);
    }
    if (values[0] != NULL) cplug_backends(r->ctx, values[0]);
    if (values[1] != NULL) cplug_device_set(r->ctx, values[1]);
    if (values[2] != NULL && cplug__int_parse(values[2], &number)) cplug_threads(r->ctx, (int32_t)number);
    if (values[3] != NULL && cplug__int_parse(values[3], &number)) cplug_seed(r->ctx, (uint64_t)number);
}

static bool has_component(cplug_context *ctx, const char *kind, const char *id)
{
    const char *name;
    for (int32_t i = 0; (name = cplug_component_id(ctx, kind, i)) != NULL; i++)
        if (strcmp(name, id) == 0) return true;
    return false;
}

static bool open_context(cplug_run *r)
{
    uint64_t offset;
    r->ctx = r->args.ctx;
    if (r->ctx == NULL) {
        r->ctx = cplug_open(r->plan.runtime);
        r->owns_ctx = true;
        if (r->ctx == NULL) {
            cplug__plan_no_context(&r->plan, cplug_error_text(NULL));
            r->ctx = cplug_open(NULL); /* for the sake of the mistakes in the rest of the file */
            if (r->ctx == NULL) return false;
        }
    } else {
        apply_runtime(r);
    }
    if (!has_component(r->ctx, "module", cplug__graph_type.id)) cplug_register(r->ctx, "module", &cplug__graph_type);
    if (!has_component(r->ctx, "dataset", cplug__rows_type.id)) cplug_register(r->ctx, "dataset", &cplug__rows_type);
    if (cplug_failed(r->ctx)) {
        cplug__run_fail_ctx(r, CPLUG_RUN_PLUGIN, "[runtime]");
        return false;
    }
    cplug_rng_get(r->ctx, &r->seed, &offset);
    return true;
}

static void load_weights(cplug_run *r)
{
    if (r->weights == NULL) return;
    cplug_file *f = cplug_file_open(r->ctx, r->weights);
    const char *classes = cplug_file_metadata(f, "classes"), *step = cplug_file_metadata(f, "step");
    int64_t number;
    if (step != NULL && cplug__int_parse(step, &number) && number < r->newest_step)
        cplug__tell(r, CPLUG_TELL_WARNING, "%s is of step %lld, training went on to step %lld: --checkpoint latest takes that", r->weights,
                    (long long)number, (long long)r->newest_step);
    if (classes != NULL) r->classes = cplug__pool_copy(&r->pool, classes, strlen(classes));
    cplug_file_close(f);
    if (cplug_failed(r->ctx) || cplug_module_load(r->model, r->weights) != CPLUG_OK) cplug__run_fail_ctx(r, CPLUG_RUN_FILE, "weights");
}

static void open_run(cplug_run *r, const char *path)
{
    path = agree(r) ? locate(r, path) : NULL;
    if (path == NULL || r->code != CPLUG_RUN_OK || !cplug__config_load(&r->config, path)) return;
    cplug__config_environment(&r->config, r->args.environment);
    cplug__config_override(&r->config, r->args.overrides, r->args.n_overrides);
    cplug__plan_runtime(&r->plan);
    if (!open_context(r)) return;
    r->plan.ctx = r->ctx;
    cplug__plan_make(&r->plan, r->args.needs);
    if (!r->plan.sound || r->pool.failed) return;
    r->name = r->plan.model.name != NULL ? r->plan.model.name : stem(r, path);
    if (cplug__build_model(r) != CPLUG_OK) return;
    cplug__check_groups(r);
    if (r->config.diags.n) return;
    if ((r->args.needs & (CPLUG_RUN_TRAINS | CPLUG_RUN_EVALUATES)) &&
        (cplug__build_loss(r) != CPLUG_OK || cplug__build_metrics(r) != CPLUG_OK))
        return;
    cplug__check_figures(r);
    if (r->config.diags.n == 0) load_weights(r);
}

cplug_run *cplug_run_open(const char *path, const cplug_run_args *args)
{
    CPLUG__OWN_MODE;
    const cplug_run_args defaults = CPLUG_RUN_ARGS;
    cplug_run *r = cplug_host_table()->alloc(sizeof *r);
    if (r == NULL) return NULL;
    r->args = defaults;
    if (args != NULL) memcpy(&r->args, args, args->struct_size < sizeof *args ? args->struct_size : sizeof *args);
    r->config.pool = r->config.diags.pool = &r->pool;
    r->plan.c = &r->config;
    r->name = r->dir = "";
    r->weights = r->args.weights;
    r->newest_step = -1;
    open_run(r, path != NULL ? path : "");
    if (r->pool.failed) { /* whatever else seems wrong may be a text that is not there */
        r->code = CPLUG_RUN_OK;
        cplug__run_fail(r, CPLUG_RUN_FAILED, "out of memory for '%s'", path != NULL ? path : "");
    }
    cplug__run_fail_diags(r);
    return r;
}

void cplug_run_close(cplug_run *r)
{
    if (r == NULL) return;
    cplug__record_close(r);
    if (r->owns_ctx) {
        cplug_close(r->ctx);
    } else if (r->ctx != NULL) {
        for (uint32_t i = 0; i < r->n_callbacks; i++) cplug_callback_free(r->callbacks[i]);
        for (uint32_t i = 0; i < N_DATA; i++) cplug_data_close(r->data[i]);
        cplug_module_free(r->loss);
        cplug_module_free(r->model);
    }
    cplug__str_free(&r->error);
    cplug__pool_free(&r->pool);
    cplug_host_table()->free(r);
}

/* ---- what it holds ---- */
cplug_context *cplug_run_context(cplug_run *r) { return r != NULL ? r->ctx : NULL; }
cplug_module *cplug_run_model(cplug_run *r) { return r != NULL ? r->model : NULL; }
const char *cplug_run_name(const cplug_run *r) { return r != NULL ? r->name : ""; }
const char *cplug_run_dir(const cplug_run *r) { return r != NULL ? r->dir : ""; }

int32_t cplug_run_input_shape(const cplug_run *r, int64_t shape[CPLUG_MAX_DIMS])
{
    int64_t n = r != NULL ? r->plan.model.input_shape.n : 0;
    for (int64_t d = 0; d < n && d < CPLUG_MAX_DIMS; d++) shape[d] = r->plan.model.input_shape.v[d];
    return (int32_t)n;
}

const char *cplug_run_config(cplug_run *r)
{
    CPLUG__OWN_MODE;
    if (r == NULL || r->config.diags.n || r->ctx == NULL) return "";
    if (r->config_text == NULL) r->config_text = cplug__plan_print(&r->plan);
    return r->config_text != NULL ? r->config_text : "";
}

/* ---- data ---- */
static bool gives(const component *c, const char *key) { return c != NULL && cplug__section_entry(c->section, key) != NULL; }

cplug_loader *cplug__run_loader(cplug_run *r, cplug_data *d, const component *spec, bool shuffle)
{
    str options = { 0 };
    cplug__str_add(&options, "%s", spec != NULL && spec->extra != NULL ? spec->extra : "");
    if (!gives(spec, "batch_size")) cplug__str_add(&options, " batch_size=%lld", (long long)r->plan.train.batch_size);
    if (!gives(spec, "shuffle") && !gives(spec, "sampler")) cplug__str_add(&options, " shuffle=%s", shuffle ? "true" : "false");
    cplug_loader *l = options.failed ? NULL : cplug_loader_over(d, cplug__str_text(&options));
    cplug__str_free(&options);
    if (l == NULL && !cplug_failed(r->ctx)) cplug_error_set(r->ctx, CPLUG_E_NOMEM, "out of memory for its options");
    if (l == NULL) cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "loader");
    if (l == NULL || cplug_loader_batches(l) > 0) return l;
    cplug__run_fail(r, CPLUG_RUN_FILE, "%s gives no batch: it has %lld samples", spec != NULL ? spec->section->name : r->args.input,
                    (long long)cplug_data_length(d));
    cplug_loader_free(l);
    return NULL;
}
