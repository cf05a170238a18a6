/* resume.c: going on with a run: which one is meant, what changed in its file since, whether its newest checkpoint fits the model, and
 * putting everything back as that checkpoint had it. */
#include "keep.h"
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- which run ---- */
/* Has a checkpoint, and the newest one is not of a training that reached its end. */
static bool can_go_on(cplug_run *r, const char *dir)
{
    int64_t *steps;
    char name[CHECKPOINT_NAME];
    pool p = { 0 };
    const uint32_t n = cplug__checkpoint_list(&p, dir, &steps);
    const char *why;
    bool good = n > 0;
    if (n) {
        cplug__checkpoint_name(steps[0], name);
        cJSON *o = cplug__checkpoint_verify(&p, cplug__pool_printf(&p, "%s/" CHECKPOINTS "/%s", dir, name), &why);
        good = o == NULL || !cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, "finished"));
        cJSON_Delete(o);
    }
    r->pool.failed |= p.failed;
    cplug__pool_free(&p);
    return good;
}

/* runs/NAME-N with the largest N that can go on; "" when there is none. */
static const char *newest_run(cplug_run *r)
{
    const char *base = r->plan.log.dir != NULL ? r->plan.log.dir : "runs", *best = "";
    const size_t n = strlen(r->name);
    int64_t newest = 0, number;
    DIR *d = opendir(base);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        if (strncmp(e->d_name, r->name, n) != 0 || e->d_name[n] != '-') continue;
        if (!cplug__int_parse(e->d_name + n + 1, &number) || number <= newest) continue;
        const char *dir = cplug__pool_printf(&r->pool, "%s/%s", base, e->d_name);
        if (!can_go_on(r, dir)) continue;
        newest = number;
        best = dir;
    }
    if (d != NULL) closedir(d);
    return best;
}

cplug_status cplug__resume_choose(cplug_run *r)
{
    const char *want = r->args.resume;
    r->dir = "";
    if (want == NULL) return CPLUG_OK;
    if (strcmp(want, "auto") != 0) {
        size_t n = strlen(want);
        while (n > 1 && want[n - 1] == '/') n--;
        r->dir = cplug__pool_copy(&r->pool, want, n);
        return CPLUG_OK;
    }
    int64_t *steps;
    if (r->args.run_dir == NULL)
        r->dir = newest_run(r);
    else if (cplug__checkpoint_list(&r->pool, r->args.run_dir, &steps) > 0)
        r->dir = r->args.run_dir;
    return r->pool.failed ? cplug__run_fail(r, CPLUG_RUN_FAILED, "out of memory") : CPLUG_OK;
}

const char *cplug__resume_config(cplug_run *r)
{
    const char *dir = r->args.resume, *ini = cplug__pool_printf(&r->pool, "%s/config.ini", dir);
    struct stat st;
    if (stat(ini, &st) == 0) return ini;
    if (stat(dir, &st) != 0)
        cplug__run_fail(r, CPLUG_RUN_FILE, "there is no run '%s': expected the directory of one, such as runs/lenet-1", dir);
    else if (access(cplug__pool_printf(&r->pool, "%s/state.json", dir), F_OK) == 0)
        cplug__run_fail(r, CPLUG_RUN_FILE,
                        "'%s' is a checkpoint: name the run that it belongs to, which goes on from its newest checkpoint", dir);
    else
        cplug__run_fail(r, CPLUG_RUN_FILE, "'%s' holds no run: there is no config.ini in it", dir);
    return NULL;
}

const char *cplug__resume_command(cplug_run *r)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=:@%,";
    str word = { 0 };
    for (const char *p = r->dir; *p; p++) cplug__str_put(&word, *p == '\'' ? "'\\''" : p, *p == '\'' ? 4 : 1);
    const bool quote = r->dir[strspn(r->dir, plain)] != '\0';
    const char *out = cplug__pool_printf(&r->pool, quote ? "cplug-run train --resume '%s'" : "cplug-run train --resume %s",
                                         cplug__str_text(&word));
    cplug__str_free(&word);
    return out;
}

/* ---- what changed in the file ---- */
enum { MOST_CHANGES = 40 };
typedef struct change_list {
    cplug_run *r;
    uint32_t n;
} change_list;

static section *scan(cplug_run *r, const char *path, const char *text)
{
    diags unused = { .pool = &r->pool };
    source *file = cplug__pool_alloc(&r->pool, sizeof *file);
    if (file == NULL || text == NULL) return NULL;
    *file = (source){ .path = path, .dir = ".", .text = text, .size = strlen(text) };
    return cplug__scan(&r->pool, &unused, file);
}

static const entry *find(const section *list, const char *name, const char *key)
{
    while (list != NULL && strcmp(list->name, name) != 0) list = list->next;
    return cplug__section_entry(list, key);
}

static void tell_change(change_list *c, const section *s, const char *key, const entry *then, const entry *now)
{
    if (c->n++ >= MOST_CHANGES) return;
    cplug__tell(c->r, CPLUG_TELL_TEXT, "changed  %s.%s: %s -> %s", s->name, key, then != NULL ? then->value : "(not there)",
                now != NULL ? now->value : "(not there)");
}

static uint32_t tell_changes(cplug_run *r, const section *then, const section *now)
{
    change_list c = { r, 0 };
    for (const section *s = now; s != NULL; s = s->next)
        for (const entry *e = s->first; e != NULL; e = e->next) {
            const entry *old = find(then, s->name, e->key);
            if (old == NULL || strcmp(old->value, e->value) != 0) tell_change(&c, s, e->key, old, e);
        }
    for (const section *s = then; s != NULL; s = s->next)
        for (const entry *e = s->first; e != NULL; e = e->next)
            if (find(now, s->name, e->key) == NULL) tell_change(&c, s, e->key, e, NULL);
    if (c.n > MOST_CHANGES) cplug__tell(r, CPLUG_TELL_TEXT, "changed  and %u more values", c.n - MOST_CHANGES);
    return c.n;
}

/* The file as it is used now becomes config.ini, the one before it config-1.ini, config-2.ini, ... */
static cplug_status update_config(cplug_run *r)
{
    const char *path = cplug__pool_printf(&r->pool, "%s/config.ini", r->dir), *now = cplug_run_config(r);
    const char *then = cplug__file_text(&r->pool, path, INT32_MAX);
    const section *a = scan(r, path, then), *b = scan(r, path, now);
    if (r->pool.failed) return cplug__run_fail(r, CPLUG_RUN_FAILED, "out of memory for %s/config.ini", r->dir);
    if (then != NULL && tell_changes(r, a, b) == 0) return CPLUG_OK;
    bool good = true;
    for (int32_t n = 1; then != NULL; n++) {
        const char *old = cplug__pool_printf(&r->pool, "%s/config-%d.ini", r->dir, (int)n);
        if (access(old, F_OK) == 0) continue;
        good = cplug__file_create(old, then, strlen(then));
        break;
    }
    if (good && cplug__file_replace(path, now, strlen(now))) return CPLUG_OK;
    const char *message = cplug__pool_printf(&r->pool, "cannot write %s: %s", path, strerror(errno));
    return cplug__run_fail(r, CPLUG_RUN_FAILED, "%s\n  help: %s", message, cplug__advice(message, r->dir));
}

/* ---- does the model fit? ---- */
static void put_meta(str *out, const cplug_meta *m)
{
    cplug__str_add(out, "%s [", cplug_dtype_name(m->dtype));
    for (int32_t d = 0; d < m->ndim; d++) cplug__str_add(out, d ? ", %lld" : "%lld", (long long)m->shape[d]);
    cplug__str_add(out, "]");
}

static bool same_meta(const cplug_meta *a, const cplug_meta *b)
{
    if (a->dtype != b->dtype || a->ndim != b->ndim) return false;
    for (int32_t d = 0; d < a->ndim; d++)
        if (a->shape[d] != b->shape[d]) return false;
    return true;
}

static bool file_has(const cplug_file *f, const char *name, cplug_meta *meta)
{
    for (int64_t i = 0; i < cplug_file_count(f); i++)
        if (strcmp(cplug_file_name(f, i, meta), name) == 0) return true;
    return false;
}

static bool list_has(const cplug_named_tensor *list, int64_t n, const char *name)
{
    for (int64_t i = 0; i < n; i++)
        if (strcmp(list[i].name, name) == 0) return true;
    return false;
}

/* One line a tensor that differs: "  fc1.weight: f32 [64, 2] here, f32 [32, 2] in the checkpoint". */
static int64_t list_differences(const cplug_file *f, const cplug_named_tensor *list, int64_t n, str *out)
{
    enum { MOST = 20 };
    int64_t found = 0;
    for (int64_t i = 0; i < n; i++) {
        cplug_meta here, there;
        cplug_tensor_meta(list[i].tensor, &here);
        const bool has = file_has(f, list[i].name, &there);
        if ((has && same_meta(&here, &there)) || found++ >= MOST) continue;
        cplug__str_add(out, "\n  %s: ", list[i].name);
        put_meta(out, &here);
        cplug__str_add(out, " here, ");
        if (has) put_meta(out, &there);
        cplug__str_add(out, has ? " in the checkpoint" : "not in the checkpoint");
    }
    for (int64_t i = 0; i < cplug_file_count(f); i++) {
        cplug_meta there;
        const char *name = cplug_file_name(f, i, &there);
        if (list_has(list, n, name) || found++ >= MOST) continue;
        cplug__str_add(out, "\n  %s: not here, ", name);
        put_meta(out, &there);
        cplug__str_add(out, " in the checkpoint");
    }
    if (found > MOST) cplug__str_add(out, "\n  and %lld more", (long long)(found - MOST));
    return found;
}

static cplug_status compare_model(cplug_run *r, const char *path)
{
    const cplug_named_tensor *list = NULL;
    str differences = { 0 };
    cplug_file *f = cplug_file_open(r->ctx, path);
    if (f == NULL) return cplug__run_fail_ctx(r, CPLUG_RUN_FILE, "checkpoint");
    const int64_t n = cplug_module_named(r->model, CPLUG_STATE, &list);
    cplug_status status = cplug_failed(r->ctx) ? cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "checkpoint") : CPLUG_OK;
    if (status == CPLUG_OK && list_differences(f, list, n, &differences) > 0)
        status = cplug__run_fail(r, CPLUG_RUN_FILE,
                                 "the model is another one than %s was trained with:%s\n  help: train it as a new run, without --resume",
                                 r->dir, cplug__str_text(&differences));
    cplug__str_free(&differences);
    cplug_file_close(f);
    return status;
}

/* ---- tensors ---- */
static bool has_all(const cplug_file *f, const cplug_named_tensor *list, int64_t n)
{
    cplug_meta meta;
    for (int64_t i = 0; i < n; i++)
        if (!file_has(f, list[i].name, &meta)) return false;
    return true;
}

/* An optimizer that keeps other things than the one before begins with empty hands. */
static cplug_status load_optimizer(loop *l, const cJSON *state, const char *path)
{
    cplug_run *r = l->r;
    const cplug_named_tensor *list = NULL;
    const char *then = cplug__state_text(state, "optimizer"), *now = r->plan.optimizer->id;
    cplug_file *f = cplug_file_open(r->ctx, path);
    const int64_t n = f != NULL ? cplug_optimizer_state(l->optimizer, &list) : -1;
    if (n >= 0 && (strcmp(then, now) != 0 || !has_all(f, list, n)))
        cplug__tell(r, CPLUG_TELL_WARNING, "the optimizer's state does not fit (%s then, %s now): it begins anew", then, now);
    else if (n >= 0)
        cplug_optimizer_load(l->optimizer, f);
    cplug_file_close(f);
    return cplug_failed(r->ctx) ? cplug__run_fail_ctx(r, CPLUG_RUN_FILE, "checkpoint") : CPLUG_OK;
}

static cplug_status load_tensors(loop *l, const cJSON *state, const char *folder)
{
    cplug_run *r = l->r;
    const char *path = cplug__pool_printf(&r->pool, "%s/model.safetensors", folder);
    if (compare_model(r, path) != CPLUG_OK) return CPLUG_E_SHAPE;
    if (cplug_module_load(r->model, path) != CPLUG_OK) return cplug__run_fail_ctx(r, CPLUG_RUN_FILE, "checkpoint");
    return load_optimizer(l, state, cplug__pool_printf(&r->pool, "%s/optimizer.safetensors", folder));
}

/* ---- the whole ---- */
/* The file `best` may speak of a checkpoint that came after this one. */
static cplug_status restore_best(loop *l, const char *run_dir)
{
    char name[CHECKPOINT_NAME];
    cplug__checkpoint_name(l->best.step, name);
    if (l->best.step < 0 || access(cplug__pool_printf(&l->r->pool, "%s/" CHECKPOINTS "/%s", run_dir, name), F_OK) != 0) {
        l->best.step = -1;
        l->best.value = NAN;
    }
    return cplug__best_mark(l, run_dir);
}

static cplug_status rewind_files(loop *l, const cJSON *state)
{
    const cJSON *sizes = cJSON_GetObjectItemCaseSensitive(state, "sizes");
    const int64_t table = cplug__state_int(sizes, "metrics.csv", -1), events = cplug__state_int(sizes, "metrics.jsonl", -1);
    if (table < 0 || events < 0)
        return cplug__run_fail(l->r, CPLUG_RUN_FILE, "state.json of the checkpoint lacks the sizes of the metrics");
    return cplug__record_rewind(l->r, table, events);
}

cplug_status cplug__checkpoint_load(loop *l, const char *run_dir)
{
    cplug_run *r = l->r;
    char name[CHECKPOINT_NAME];
    int64_t step, *steps;
    if (cplug__checkpoint_list(&r->pool, run_dir, &steps) > 0 && cplug__record_reopen(r) != CPLUG_OK) return CPLUG_E_IO;
    cJSON *state = cplug__checkpoint_newest(r, run_dir, &step);
    if (state == NULL) return CPLUG_E_NOTFOUND;
    cplug__checkpoint_name(step, name);
    cplug_status status = load_tensors(l, state, cplug__pool_printf(&r->pool, "%s/" CHECKPOINTS "/%s", run_dir, name));
    if (status == CPLUG_OK) status = cplug__state_restore(l, state);
    l->done = status == CPLUG_OK && cplug__loop_finished(l);
    if (status == CPLUG_OK && !l->done) status = rewind_files(l, state);
    if (status == CPLUG_OK) status = update_config(r);
    if (status == CPLUG_OK && restore_best(l, run_dir) != CPLUG_OK)
        status = cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "the best checkpoint");
    cJSON_Delete(state);
    l->saved = step;
    return status;
}
