/* checkpoint.c: saves a checkpoint: RUN/checkpoints/step-NNNNNNNN with model.safetensors, optimizer.safetensors and state.json.  It is
 * written under another name, made durable and renamed, so that it appears whole or not at all; older ones go only after that. */
#include "keep.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct saving { /* one save; p: its memory */
    pool p;
    const char *folder, *fresh, *final; /* RUN/checkpoints, the name while it is written, the name at last */
} saving;

static cplug_status fail_io(cplug_run *r, const char *path) { return cplug_error_set(r->ctx, CPLUG_E_IO, "%s: %s", path, strerror(errno)); }

/* ---- numbers ---- */
static bool all_finite(const cplug_tensor *t, const void *bytes, bool infinite_is_fine)
{
    const int64_t n = cplug_tensor_numel(t);
    bool good = true;
    if (cplug_tensor_dtype(t) == CPLUG_F64) {
        for (int64_t i = 0; i < n; i++) {
            const double x = ((const double *)bytes)[i], y = infinite_is_fine ? x : x - x;
            good &= y == y;
        }
        return good;
    }
    for (int64_t i = 0; i < n; i++) {
        const float x = ((const float *)bytes)[i], y = infinite_is_fine ? x : x - x;
        good &= y == y;
    }
    return good;
}

/* The first tensor with a number that is none; buffers may be infinite, as masks are. */
static const char *find_wrong(cplug_run *r, const cplug_named_tensor *list, int64_t n, bool infinite_is_fine)
{
    const char *wrong = NULL;
    const int32_t grad = cplug_grad_mode(r->ctx, 0);
    for (int64_t i = 0; i < n && wrong == NULL; i++) {
        cplug_tensor *t = list[i].tensor;
        const cplug_dtype dtype = cplug_tensor_dtype(t);
        if (!cplug_dtype_is_float(dtype) || cplug_tensor_numel(t) == 0) continue;
        cplug_scope *scope = cplug_scope_open(r->ctx);
        if ((dtype != CPLUG_F32 && dtype != CPLUG_F64) || strcmp(cplug_tensor_device(t), "cpu") != 0 || !cplug_tensor_is_contiguous(t))
            t = cplug_contiguous(cplug_to(t, dtype == CPLUG_F64 ? CPLUG_F64 : CPLUG_F32, "cpu"));
        const void *bytes = cplug_tensor_data(t);
        if (bytes != NULL && !all_finite(t, bytes, infinite_is_fine)) wrong = list[i].name;
        cplug_scope_close(scope);
    }
    cplug_grad_mode(r->ctx, grad);
    return wrong;
}

static cplug_status check_numbers(loop *l)
{
    static const struct {
        int32_t which;
        bool infinite_is_fine;
    } parts[] = { { CPLUG_PARAMETERS, false }, { CPLUG_BUFFERS, true } };
    cplug_run *r = l->r;
    const cplug_named_tensor *list;
    const char *wrong = NULL;
    for (uint32_t i = 0; i < CPLUG_COUNT(parts) && wrong == NULL; i++) {
        const int64_t n = cplug_module_named(r->model, parts[i].which, &list);
        wrong = find_wrong(r, list, n, parts[i].infinite_is_fine);
    }
    if (wrong != NULL) wrong = cplug__pool_copy(&r->pool, wrong, strlen(wrong));
    if (wrong == NULL && !cplug_failed(r->ctx)) {
        const int64_t n = cplug_optimizer_state(l->optimizer, &list);
        wrong = find_wrong(r, list, n, false);
        if (wrong != NULL) wrong = cplug__pool_printf(&r->pool, "%s of the optimizer", wrong);
    }
    if (wrong == NULL) return cplug_failed(r->ctx);
    return cplug__loop_diverged(l, cplug__pool_printf(&r->pool, "%s holds numbers that are not finite", wrong));
}

/* ---- writing ---- */
static cplug_status put_folder(loop *l, saving *s)
{
    cplug_run *r = l->r;
    s->folder = cplug__pool_printf(&s->p, "%s/" CHECKPOINTS, r->dir);
    char name[CHECKPOINT_NAME];
    cplug__checkpoint_name(l->progress.step, name);
    s->final = cplug__pool_printf(&s->p, "%s/%s", s->folder, name);
    s->fresh = cplug__pool_printf(&s->p, "%s/.tmp-%s", s->folder, name);
    if (s->p.failed) return cplug_error_set(r->ctx, CPLUG_E_NOMEM, "out of memory for a checkpoint");
    if (mkdir(s->folder, 0777) != 0 && errno != EEXIST) return fail_io(r, s->folder);
    if (l->saved < 0 && !cplug__folder_sync(r->dir)) return fail_io(r, r->dir);
    cplug__folder_remove(s->fresh);
    return mkdir(s->fresh, 0777) == 0 ? CPLUG_OK : fail_io(r, s->fresh);
}

static cplug_status put_tensors(loop *l, saving *s)
{
    static const char *const metadata[] = { "format", "pt", NULL };
    cplug_run *r = l->r;
    const cplug_named_tensor *list = NULL;
    if (cplug__record_model(r, cplug__pool_printf(&s->p, "%s/model.safetensors", s->fresh), l->progress.step) != CPLUG_OK)
        return cplug_failed(r->ctx);
    const int64_t n = cplug_optimizer_state(l->optimizer, &list);
    if (n < 0) return cplug_failed(r->ctx);
    return cplug_save(r->ctx, cplug__pool_printf(&s->p, "%s/optimizer.safetensors", s->fresh), list, (uint32_t)n, metadata);
}

/* Of what was written, as it can be read back. */
static cplug_status add_sums(cplug_run *r, saving *s, cJSON *state)
{
    static const char *const names[] = { "model.safetensors", "optimizer.safetensors" };
    cJSON *files = cJSON_AddObjectToObject(state, "files");
    for (uint32_t i = 0; i < CPLUG_COUNT(names); i++) {
        const char *path = cplug__pool_printf(&s->p, "%s/%s", s->fresh, names[i]);
        int64_t bytes;
        uint32_t crc;
        char text[16];
        if (!cplug__file_sum(path, &bytes, &crc)) return fail_io(r, path);
        cJSON *o = cJSON_AddObjectToObject(files, names[i]);
        snprintf(text, sizeof text, "%08x", crc);
        cJSON_AddNumberToObject(o, "bytes", (double)bytes);
        cJSON_AddStringToObject(o, "crc32", text);
    }
    return CPLUG_OK;
}

/* {"crc32":"....", in the first line covers all that follows; see find.c. */
static cplug_status put_state(loop *l, saving *s)
{
    cplug_run *r = l->r;
    str out = { 0 };
    const char *path = cplug__pool_printf(&s->p, "%s/state.json", s->fresh);
    cJSON *state = cplug__state_collect(l);
    char *text = NULL;
    cplug_status status = add_sums(r, s, state);
    if (status == CPLUG_OK) text = cJSON_PrintUnformatted(state);
    if (text != NULL) {
        const char *rest = text + 1; /* after the brace */
        const uint32_t crc = cplug__crc32(cplug__crc32(0, rest, strlen(rest)), "\n", 1);
        cplug__str_add(&out, "{\"crc32\":\"%08x\",\n%s\n", crc, rest);
    }
    cJSON_free(text);
    cJSON_Delete(state);
    if (status == CPLUG_OK && (text == NULL || out.failed)) status = cplug_error_set(r->ctx, CPLUG_E_NOMEM, "out of memory for state.json");
    if (status == CPLUG_OK && !cplug__file_create(path, out.at, out.n)) status = fail_io(r, path);
    cplug__str_free(&out);
    return status;
}

/* One there already, of a run that went on from before it, changes places with the new one, at once where the file system can. */
static bool exchange(saving *s)
{
    if (renameat2(AT_FDCWD, s->fresh, AT_FDCWD, s->final, RENAME_EXCHANGE) == 0) {
        cplug__folder_remove(s->fresh);
        return true;
    }
    if (errno != EINVAL && errno != ENOSYS) return false;
    const char *old = cplug__pool_printf(&s->p, "%s/.tmp-old-step", s->folder);
    cplug__folder_remove(old);
    if (rename(s->final, old) != 0 || rename(s->fresh, s->final) != 0) return false;
    cplug__folder_remove(old);
    return true;
}

static cplug_status publish(cplug_run *r, saving *s)
{
    if (!cplug__folder_sync(s->fresh)) return fail_io(r, s->fresh);
    if (rename(s->fresh, s->final) != 0) {
        if (errno != EEXIST && errno != ENOTEMPTY) return fail_io(r, s->final);
        if (!exchange(s)) return fail_io(r, s->final);
    }
    return cplug__folder_sync(s->folder) ? CPLUG_OK : fail_io(r, s->folder);
}

/* A checkpoint loses its name before its files, so that none is ever seen half. */
static void prune(loop *l, saving *s)
{
    const int64_t keep = l->r->plan.checkpoint.keep;
    int64_t *steps;
    const uint32_t n = keep > 0 ? cplug__checkpoint_list(&s->p, l->r->dir, &steps) : 0;
    int64_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        char name[CHECKPOINT_NAME];
        if (steps[i] <= l->progress.step && kept < keep) {
            kept++;
            continue;
        }
        if (steps[i] == l->best.step || steps[i] > l->progress.step) continue;
        cplug__checkpoint_name(steps[i], name);
        const char *old = cplug__pool_printf(&s->p, "%s/%s", s->folder, name),
                   *gone = cplug__pool_printf(&s->p, "%s/.tmp-old-%s", s->folder, name);
        if (!s->p.failed && rename(old, gone) == 0) cplug__folder_remove(gone);
    }
}

static cplug_status write_all(loop *l, saving *s)
{
    cplug_run *r = l->r;
    cplug_status status = put_folder(l, s);
    if (status == CPLUG_OK) status = put_tensors(l, s);
    if (status == CPLUG_OK) status = cplug__record_sync(r) ? CPLUG_OK : fail_io(r, r->dir);
    if (status == CPLUG_OK) status = put_state(l, s);
    if (status == CPLUG_OK) status = publish(r, s);
    if (status != CPLUG_OK && s->fresh != NULL) cplug__folder_remove(s->fresh);
    return status;
}

/* ---- the whole ---- */
static cplug_status save_failed(loop *l)
{
    cplug_run *r = l->r;
    char name[CHECKPOINT_NAME];
    cplug__checkpoint_name(l->progress.step, name);
    const char *message = cplug__pool_printf(&r->pool, "cannot save the checkpoint %s: %s", name, cplug_error_text(r->ctx));
    const char *advice = cplug__advice(message, r->dir);
    cplug_error_clear(r->ctx);
    if (r->plan.checkpoint.on_error && !l->stopped && !l->done) {
        cplug__tell(r, CPLUG_TELL_WARNING, "%s; %s; training goes on without it", message, advice);
        return CPLUG_OK;
    }
    return cplug__run_fail(r, CPLUG_RUN_FAILED, "%s\n  help: %s; %s", message, advice, cplug__loop_last_good(l));
}

static cplug_status tell_saved(loop *l, const char *path)
{
    cJSON *e = cJSON_CreateObject();
    cJSON_AddStringToObject(e, "type", "checkpoint");
    cJSON_AddNumberToObject(e, "step", (double)l->progress.step);
    cJSON_AddStringToObject(e, "path", path);
    cJSON_AddBoolToObject(e, "best", l->best.step == l->progress.step);
    cplug__tell_event(l->r, e);
    return cplug__callbacks_tell(l, "checkpoint", l->last_loss, NULL, path, NULL);
}

cplug_status cplug__checkpoint_save(loop *l, bool best)
{
    cplug_run *r = l->r;
    saving s = { .p = { 0 } };
    cplug_status status = check_numbers(l);
    const best_so_far before = l->best;
    if (best) l->best.step = l->progress.step;
    if (r->code != CPLUG_RUN_OK) return status;
    if (status == CPLUG_OK && l->saved != l->progress.step) {
        status = write_all(l, &s);
        if (status == CPLUG_OK) l->saved = l->progress.step;
    }
    if (status == CPLUG_OK) status = cplug__best_mark(l, r->dir);
    if (status != CPLUG_OK) {
        l->best = before;
        status = save_failed(l);
    } else {
        if (s.final != NULL) prune(l, &s);
        if (s.final != NULL) status = tell_saved(l, s.final);
    }
    cplug__pool_free(&s.p);
    return status;
}
