/* record.c: the directory of a training run: config.ini, log.txt, metrics.jsonl, metrics.csv, model.safetensors.  Lines go out one write
 * each; log.txt also holds the lock that keeps a second process away. */
#include "keep.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOG, EVENTS, TABLE, N_FILES };
static const char *const file_names[N_FILES] = { "log.txt", "metrics.jsonl", "metrics.csv" };

struct record {
    int fd[N_FILES];
    int64_t size[N_FILES];
    const char *head;   /* of the table: "epoch,step,..."; NULL: not written yet */
    const char *broken; /* what could not be written, in words */
    bool told;
};

/* ---- the directory ---- */
static bool cannot_make(cplug_run *r, const char *path)
{
    const char *message = cplug__pool_printf(&r->pool, "cannot make a directory for the run, '%s': %s", path, strerror(errno));
    cplug__run_fail(r, CPLUG_RUN_FAILED, "%s\n  help: %s", message, cplug__advice(message, "."));
    return false;
}

/* runs/NAME-N with the first N that is free; two runs that start together get two numbers. */
static bool make_directory(cplug_run *r)
{
    const char *base = r->plan.log.dir != NULL ? r->plan.log.dir : "runs";
    if (r->args.run_dir != NULL) {
        r->dir = r->args.run_dir;
        if (cplug__path_make(r->dir)) return true;
        return cannot_make(r, r->dir);
    }
    bool ok = cplug__path_make(base);
    for (int32_t n = 1; ok; n++) {
        r->dir = cplug__pool_printf(&r->pool, "%s/%s-%d", base, r->name, (int)n);
        if (mkdir(r->dir, 0777) == 0) return true;
        ok = errno == EEXIST;
    }
    r->dir = "";
    return cannot_make(r, base);
}

static cplug_status cannot_write(cplug_run *r, const char *name)
{
    const char *message = cplug__pool_printf(&r->pool, "cannot write '%s/%s': %s", r->dir, name, strerror(errno));
    return cplug__run_fail(r, CPLUG_RUN_FAILED, "%s\n  help: %s", message, cplug__advice(message, r->dir));
}

static cplug_status holds_a_run(cplug_run *r)
{
    return cplug__run_fail(r, CPLUG_RUN_USAGE, "%s holds a run already: name another directory or remove this one", r->dir);
}

/* What a process left behind that was killed while it saved. */
static void sweep(cplug_run *r, const char *folder)
{
    DIR *d = opendir(folder);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        const size_t n = strlen(e->d_name);
        const bool ours = strncmp(e->d_name, ".tmp-", 5) == 0;
        if (!ours && (e->d_name[0] != '.' || n < 5 || strcmp(e->d_name + n - 4, ".tmp") != 0)) continue;
        const char *path = cplug__pool_printf(&r->pool, "%s/%s", folder, e->d_name);
        if (unlink(path) != 0) cplug__folder_remove(path);
    }
    if (d != NULL) closedir(d);
}

/* ---- opening ---- */
static cplug_status open_file(cplug_run *r, uint32_t which, bool again)
{
    struct stat st;
    record *k = r->record;
    const char *path = cplug__pool_printf(&r->pool, "%s/%s", r->dir, file_names[which]);
    k->fd[which] = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | (again ? 0 : O_EXCL), 0666);
    if (k->fd[which] >= 0 && fstat(k->fd[which], &st) == 0) {
        k->size[which] = st.st_size;
        return CPLUG_OK;
    }
    return errno == EEXIST ? holds_a_run(r) : cannot_write(r, file_names[which]);
}

/* Held until the process ends, however it ends. */
static cplug_status lock(cplug_run *r)
{
    if (flock(r->record->fd[LOG], LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return CPLUG_OK;
    return cplug__run_fail(r, CPLUG_RUN_FAILED, "another process is training in %s: wait for its end, or stop it", r->dir);
}

static cplug_status begin_record(cplug_run *r)
{
    record *k = cplug__pool_alloc(&r->pool, sizeof *k);
    cplug__record_close(r); /* of a training before */
    if (k == NULL) return cplug__run_fail(r, CPLUG_RUN_FAILED, "out of memory");
    for (uint32_t i = 0; i < N_FILES; i++) k->fd[i] = -1;
    r->record = k;
    return CPLUG_OK;
}

/* --resume=auto in a directory whose run saved nothing: it begins anew there. */
static bool begins_anew(const cplug_run *r) { return r->args.resume != NULL && r->args.run_dir != NULL; }

static cplug_status empty(cplug_run *r, uint32_t which)
{
    if (r->record->size[which] == 0) return CPLUG_OK;
    r->record->size[which] = 0;
    return ftruncate(r->record->fd[which], 0) == 0 ? CPLUG_OK : cannot_write(r, file_names[which]);
}

cplug_status cplug__record_open(cplug_run *r)
{
    const char *text = cplug_run_config(r);
    if (!make_directory(r)) return CPLUG_E_IO;
    const bool anew = begins_anew(r);
    const char *ini = cplug__pool_printf(&r->pool, "%s/config.ini", r->dir);
    if (r->pool.failed) return cplug__run_fail(r, CPLUG_RUN_FAILED, "out of memory for the run's files");
    if (access(cplug__pool_printf(&r->pool, "%s/" CHECKPOINTS, r->dir), F_OK) == 0) return holds_a_run(r);
    if (!anew && access(ini, F_OK) == 0) return holds_a_run(r);
    if (begin_record(r) != CPLUG_OK) return CPLUG_E_NOMEM;
    for (uint32_t i = 0; i < N_FILES; i++)
        if (open_file(r, i, anew) != CPLUG_OK || (i == LOG && lock(r) != CPLUG_OK) || empty(r, i) != CPLUG_OK) return CPLUG_E_IO;
    const uint64_t n = strlen(text);
    if (anew ? cplug__file_replace(ini, text, n) : cplug__file_create(ini, text, n)) return CPLUG_OK;
    return errno == EEXIST ? holds_a_run(r) : cannot_write(r, "config.ini");
}

cplug_status cplug__record_reopen(cplug_run *r)
{
    if (begin_record(r) != CPLUG_OK) return CPLUG_E_NOMEM;
    for (uint32_t i = 0; i < N_FILES; i++)
        if (open_file(r, i, true) != CPLUG_OK || (i == LOG && lock(r) != CPLUG_OK)) return CPLUG_E_IO;
    sweep(r, r->dir);
    sweep(r, cplug__pool_printf(&r->pool, "%s/" CHECKPOINTS, r->dir));
    return CPLUG_OK;
}

void cplug__record_close(cplug_run *r)
{
    record *k = r->record;
    r->record = NULL;
    for (uint32_t i = 0; k != NULL && i < N_FILES; i++)
        if (k->fd[i] >= 0) close(k->fd[i]);
}

/* ---- lines ---- */
static void put(cplug_run *r, uint32_t which, const char *text, uint64_t n)
{
    record *k = r->record;
    if (k == NULL || k->fd[which] < 0) return;
    if (cplug__file_write(k->fd[which], text, n)) {
        k->size[which] += (int64_t)n;
    } else if (k->broken == NULL) {
        k->broken = cplug__pool_printf(&r->pool, "cannot write %s/%s: %s", r->dir, file_names[which], strerror(errno));
    }
}

static void put_line(cplug_run *r, uint32_t which, const char *text)
{
    str line = { 0 };
    if (r->record == NULL) return;
    cplug__str_add(&line, "%s\n", text);
    if (!line.failed) put(r, which, line.at, line.n);
    cplug__str_free(&line);
}

void cplug__record_line(cplug_run *r, const char *text) { put_line(r, LOG, text); }
void cplug__record_event(cplug_run *r, const char *json) { put_line(r, EVENTS, json); }

cplug_status cplug__record_check(cplug_run *r)
{
    record *k = r->record;
    if (k == NULL || k->broken == NULL || k->told) return CPLUG_OK;
    k->told = true;
    const char *advice = cplug__advice(k->broken, r->dir);
    if (!r->plan.checkpoint.on_error) return cplug__run_fail(r, CPLUG_RUN_FAILED, "%s\n  help: %s", k->broken, advice);
    cplug__tell(r, CPLUG_TELL_WARNING, "%s; %s; training goes on", k->broken, advice);
    return CPLUG_OK;
}

/* ---- sizes, for checkpoints ---- */
void cplug__record_sizes(const cplug_run *r, int64_t *table, int64_t *events)
{
    *table = r->record->size[TABLE];
    *events = r->record->size[EVENTS];
}

bool cplug__record_sync(cplug_run *r)
{
    return (fdatasync(r->record->fd[TABLE]) == 0 || errno == EINVAL) && (fdatasync(r->record->fd[EVENTS]) == 0 || errno == EINVAL);
}

static cplug_status shorten(cplug_run *r, uint32_t which, int64_t size)
{
    record *k = r->record;
    if (k->size[which] < size)
        cplug__tell(r, CPLUG_TELL_WARNING, "%s/%s lacks lines that were there when the checkpoint was saved", r->dir, file_names[which]);
    if (k->size[which] <= size) return CPLUG_OK;
    if (ftruncate(k->fd[which], size) != 0) return cannot_write(r, file_names[which]);
    k->size[which] = size;
    return CPLUG_OK;
}

cplug_status cplug__record_rewind(cplug_run *r, int64_t table, int64_t events)
{
    record *k = r->record;
    if (shorten(r, TABLE, table) != CPLUG_OK || shorten(r, EVENTS, events) != CPLUG_OK) return CPLUG_E_IO;
    char *text = cplug__file_text(&r->pool, cplug__pool_printf(&r->pool, "%s/%s", r->dir, file_names[TABLE]), INT32_MAX);
    char *end = text != NULL ? strchr(text, '\n') : NULL;
    if (end == NULL) return CPLUG_OK;
    *end = '\0';
    k->head = text;
    return CPLUG_OK;
}

/* ---- the table ---- */
static void put_head(cplug_run *r, const epoch_row *row)
{
    str line = { 0 };
    cplug_scores names = CPLUG_SCORES;
    cplug__str_add(&line, "epoch,step,lr,train_loss,seconds");
    if (r->data[DATA_VALID] != NULL) cplug__str_add(&line, ",valid_loss");
    if (row->valid != NULL)
        names = *row->valid;
    else if (r->data[DATA_VALID] != NULL)
        cplug__score_names(r, &names);
    for (uint32_t i = 0; i < names.n; i++) cplug__str_add(&line, ",valid_%s", names.names[i]);
    r->record->head = cplug__pool_copy(&r->pool, cplug__str_text(&line), line.n);
    cplug__str_free(&line);
    put_line(r, TABLE, r->record->head);
}

/* Named by its column; false: this row has none of that name. */
static bool cell(const epoch_row *row, const char *name, size_t n, double *value)
{
    const struct {
        const char *name;
        double value;
    } own[] = { { "lr", row->lr }, { "train_loss", row->loss }, { "seconds", row->seconds } };
    for (uint32_t i = 0; i < CPLUG_COUNT(own); i++) {
        *value = own[i].value;
        if (strlen(own[i].name) == n && strncmp(own[i].name, name, n) == 0) return true;
    }
    if (row->valid == NULL || n < 6 || strncmp(name, "valid_", 6) != 0) return false;
    *value = row->valid->loss;
    if (n == 10 && strncmp(name, "valid_loss", n) == 0) return true;
    for (uint32_t i = 0; i < row->valid->n; i++) {
        *value = row->valid->values[i];
        if (strlen(row->valid->names[i]) == n - 6 && strncmp(row->valid->names[i], name + 6, n - 6) == 0) return true;
    }
    return false;
}

cplug_status cplug__record_epoch(cplug_run *r, const epoch_row *row)
{
    str line = { 0 };
    if (r->record == NULL) return CPLUG_OK;
    if (r->record->head == NULL) put_head(r, row);
    cplug__str_add(&line, "%lld,%lld", (long long)row->epoch, (long long)row->step);
    const char *name = strchr(r->record->head, ',');
    name = name != NULL ? strchr(name + 1, ',') : NULL; /* after epoch and step */
    while (name != NULL) {
        char text[64] = "";
        double value;
        const size_t n = strcspn(++name, ",");
        if (cell(row, name, n, &value)) cplug__double_print(text, sizeof text, value, 9);
        cplug__str_add(&line, ",%s", text);
        name = name[n] == ',' ? name + n : NULL;
    }
    put_line(r, TABLE, cplug__str_text(&line));
    cplug__str_free(&line);
    return cplug__record_check(r);
}

/* ---- weights ---- */
/* PyTorch's names; class names go along, so that predictions have words without the data. */
cplug_status cplug__record_model(cplug_run *r, const char *path, int64_t step)
{
    const cplug_named_tensor *list = NULL;
    str classes = { 0 };
    char number[32];
    snprintf(number, sizeof number, "%lld", (long long)step);
    cplug__classes_text(r, &classes);
    const char *metadata[] = {
        "format", "pt", "cplug", cplug_version(), "step", number, classes.n ? "classes" : NULL, cplug__str_text(&classes), NULL
    };
    const int64_t n = cplug_module_named(r->model, CPLUG_STATE, &list);
    const cplug_status status = n < 0 ? cplug_failed(r->ctx) : cplug_save(r->ctx, path, list, (uint32_t)n, metadata);
    cplug__str_free(&classes);
    return status;
}
