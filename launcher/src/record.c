/* record.c: the directory of a training run: config.ini, log.txt, metrics.jsonl, metrics.csv, model.safetensors. */
#include "run.h"
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

struct record {
    FILE *log, *events, *table;
    bool head; /* of the table is written */
};

static bool make_path(const char *path)
{
    char part[4096];
    size_t n = strlen(path);
    if (n >= sizeof part) return false;
    memcpy(part, path, n + 1);
    for (char *p = part + 1; *p; p++) {
        if (*p != '/') continue;
        *p = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST) return false;
        *p = '/';
    }
    return mkdir(part, 0777) == 0 || errno == EEXIST;
}

static FILE *open_file(cplug_run *r, const char *name)
{
    const char *path = cplug__pool_printf(&r->pool, "%s/%s", r->dir, name);
    FILE *f = fopen(path, "wx");
    if (f == NULL && errno == EEXIST)
        cplug__run_fail(r, CPLUG_RUN_USAGE, "%s holds a run already: name another directory or remove this one", r->dir);
    else if (f == NULL)
        cplug__run_fail(r, CPLUG_RUN_FAILED, "cannot write '%s': %s", path, strerror(errno));
    return f;
}

/* runs/NAME-N with the first N that is free; two runs that start together get two numbers. */
static bool make_directory(cplug_run *r)
{
    const char *base = r->plan.log.dir != NULL ? r->plan.log.dir : "runs";
    if (r->args.run_dir != NULL) {
        r->dir = r->args.run_dir;
        if (make_path(r->dir)) return true;
        cplug__run_fail(r, CPLUG_RUN_FAILED, "cannot make the directory '%s': %s", r->dir, strerror(errno));
        return false;
    }
    bool ok = make_path(base);
    for (int32_t n = 1; ok; n++) {
        r->dir = cplug__pool_printf(&r->pool, "%s/%s-%d", base, r->name, (int)n);
        if (mkdir(r->dir, 0777) == 0) return true;
        ok = errno == EEXIST;
    }
    cplug__run_fail(r, CPLUG_RUN_FAILED, "cannot make a directory for the run in '%s': %s", base, strerror(errno));
    r->dir = "";
    return false;
}

cplug_status cplug__record_open(cplug_run *r)
{
    const char *text = cplug_run_config(r);
    if (!make_directory(r)) return CPLUG_E_IO;
    record *k = cplug__pool_alloc(&r->pool, sizeof *k);
    FILE *f = k != NULL ? open_file(r, "config.ini") : NULL;
    if (f == NULL) return CPLUG_E_IO;
    bool ok = fputs(text, f) >= 0;
    ok = fclose(f) == 0 && ok;
    if (!ok) return cplug__run_fail(r, CPLUG_RUN_FAILED, "cannot write %s/config.ini: %s", r->dir, strerror(errno));
    r->record = k;
    k->log = open_file(r, "log.txt");
    k->events = k->log != NULL ? open_file(r, "metrics.jsonl") : NULL;
    k->table = k->events != NULL ? open_file(r, "metrics.csv") : NULL;
    return k->table != NULL ? CPLUG_OK : CPLUG_E_IO;
}

void cplug__record_close(cplug_run *r)
{
    record *k = r->record;
    r->record = NULL;
    if (k == NULL) return;
    if (k->log != NULL) fclose(k->log);
    if (k->events != NULL) fclose(k->events);
    if (k->table != NULL) fclose(k->table);
}

static void put_line(FILE *f, const char *text)
{
    if (f == NULL) return;
    fprintf(f, "%s\n", text);
    fflush(f);
}

void cplug__record_line(cplug_run *r, const char *text) { put_line(r->record != NULL ? r->record->log : NULL, text); }
void cplug__record_event(cplug_run *r, const char *json) { put_line(r->record != NULL ? r->record->events : NULL, json); }

/* printf's %g follows the host's locale; the files do not. */
static void put_number(FILE *f, double value)
{
    char text[64];
    snprintf(text, sizeof text, ",%.9g", value);
    for (char *p = text + 1; *p; p++)
        if (*p == ',') *p = '.';
    fputs(text, f);
}

cplug_status cplug__record_epoch(cplug_run *r, const epoch_row *row)
{
    FILE *f = r->record != NULL ? r->record->table : NULL;
    if (f == NULL) return CPLUG_OK;
    if (!r->record->head) {
        fprintf(f, "epoch,step,lr,train_loss,seconds");
        if (row->valid != NULL) fprintf(f, ",valid_loss");
        for (uint32_t i = 0; row->valid != NULL && i < row->valid->n; i++) fprintf(f, ",valid_%s", row->valid->names[i]);
        fprintf(f, "\n");
        r->record->head = true;
    }
    fprintf(f, "%lld,%lld", (long long)row->epoch, (long long)row->step);
    put_number(f, row->lr);
    put_number(f, row->loss);
    put_number(f, row->seconds);
    if (row->valid != NULL) put_number(f, row->valid->loss);
    for (uint32_t i = 0; row->valid != NULL && i < row->valid->n; i++) put_number(f, row->valid->values[i]);
    fprintf(f, "\n");
    if (fflush(f) != 0 || ferror(f))
        return cplug__run_fail(r, CPLUG_RUN_FAILED, "cannot write %s/metrics.csv: %s", r->dir, strerror(errno));
    return CPLUG_OK;
}

/* PyTorch's names; class names go along, so that predictions have words without the data. */
cplug_status cplug__record_model(cplug_run *r)
{
    const cplug_named_tensor *list = NULL;
    str classes = { 0 };
    const char *path = cplug__pool_printf(&r->pool, "%s/model.safetensors", r->dir);
    const char *name;
    for (int64_t k = 0; (name = cplug__class_name(r, k)) != NULL; k++) cplug__str_add(&classes, "%s\n", name);
    const char *metadata[] = { "format", "pt", "cplug", cplug_version(), classes.n ? "classes" : NULL, cplug__str_text(&classes), NULL };
    int64_t n = cplug_module_named(r->model, CPLUG_STATE, &list);
    cplug_status status = n < 0 ? cplug_failed(r->ctx) : cplug_save(r->ctx, path, list, (uint32_t)n, metadata);
    cplug__str_free(&classes);
    return status == CPLUG_OK ? CPLUG_OK : cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "saving the model");
}
