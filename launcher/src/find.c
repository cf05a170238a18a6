/* find.c: the checkpoints of a run: their names, which of them are whole, and which weights are meant by a run's directory. */
#include "keep.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { LARGEST_STATE = 256 << 20 };
static const char prefix[] = "step-";

void cplug__checkpoint_name(int64_t step, char name[CHECKPOINT_NAME])
{
    snprintf(name, CHECKPOINT_NAME, "%s%08lld", prefix, (long long)step);
}

/* "step-00000012" -> 12; -1: no such name. */
static int64_t step_of(const char *name)
{
    int64_t step;
    const size_t n = sizeof prefix - 1;
    const bool good = strncmp(name, prefix, n) == 0 && name[n] >= '0' && name[n] <= '9' && cplug__int_parse(name + n, &step);
    return good ? step : -1;
}

static int newer_first(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

uint32_t cplug__checkpoint_list(pool *p, const char *run_dir, int64_t **steps)
{
    uint32_t n = 0, room = 0;
    DIR *d = opendir(cplug__pool_printf(p, "%s/" CHECKPOINTS, run_dir));
    *steps = NULL;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        char name[CHECKPOINT_NAME];
        const int64_t step = step_of(e->d_name);
        if (step < 0) continue;
        cplug__checkpoint_name(step, name);
        if (strcmp(name, e->d_name) != 0) continue; /* not a name of ours */
        if (n == room) {
            room = room ? 2 * room : 16;
            int64_t *more = cplug__pool_alloc(p, room * sizeof *more);
            if (more == NULL) break;
            if (n) memcpy(more, *steps, n * sizeof *more);
            *steps = more;
        }
        (*steps)[n++] = step;
    }
    if (d != NULL) closedir(d);
    if (n) qsort(*steps, n, sizeof **steps, newer_first);
    return n;
}

/* ---- is it whole? ---- */
static const char *check_file(pool *p, const char *dir, const cJSON *file)
{
    int64_t bytes;
    uint32_t crc;
    char text[16];
    if (file->string == NULL || strchr(file->string, '/') != NULL) return "state.json names a strange file";
    const int64_t want = cplug__state_int(file, "bytes", -1);
    if (!cplug__file_sum(cplug__pool_printf(p, "%s/%s", dir, file->string), &bytes, &crc))
        return cplug__pool_printf(p, "%s: %s", file->string, strerror(errno));
    if (bytes != want)
        return cplug__pool_printf(p, "%s has %lld bytes, %lld were written", file->string, (long long)bytes, (long long)want);
    snprintf(text, sizeof text, "%08x", crc);
    return strcmp(text, cplug__state_text(file, "crc32")) == 0 ? NULL
                                                               : cplug__pool_printf(p, "the checksum of %s is not right", file->string);
}

/* The first line holds the checksum of all that follows it. */
static cJSON *read_state(pool *p, const char *dir, const char **why)
{
    char head[32];
    const char *text = cplug__file_text(p, cplug__pool_printf(p, "%s/state.json", dir), LARGEST_STATE);
    if (text == NULL) {
        *why = cplug__pool_printf(p, "state.json: %s", strerror(errno));
        return NULL;
    }
    const char *rest = strchr(text, '\n');
    rest = rest != NULL ? rest + 1 : "";
    snprintf(head, sizeof head, "{\"crc32\":\"%08x\",\n", cplug__crc32(0, rest, strlen(rest)));
    cJSON *o = strncmp(text, head, strlen(head)) == 0 ? cJSON_Parse(text) : NULL;
    if (o == NULL) *why = "state.json is damaged";
    return o;
}

cJSON *cplug__checkpoint_verify(pool *p, const char *dir, const char **why)
{
    cJSON *o = read_state(p, dir, why);
    if (o == NULL) return NULL;
    const cJSON *files = cJSON_GetObjectItemCaseSensitive(o, "files"), *file;
    const char *wrong = NULL;
    if (cplug__state_int(o, "format", 0) != STATE_FORMAT)
        wrong = cplug__pool_printf(p, "it was saved by cplug %s, which uses another format", cplug__state_text(o, "cplug"));
    else if (cJSON_GetObjectItemCaseSensitive(files, "model.safetensors") == NULL)
        wrong = "state.json names no model.safetensors";
    for (file = files != NULL ? files->child : NULL; file != NULL && wrong == NULL; file = file->next) wrong = check_file(p, dir, file);
    if (wrong == NULL) return o;
    cJSON_Delete(o);
    *why = wrong;
    return NULL;
}

static cJSON *none_found(cplug_run *r, const char *run_dir, uint32_t broken)
{
    struct stat st;
    if (stat(run_dir, &st) != 0 || !S_ISDIR(st.st_mode))
        cplug__run_fail(r, CPLUG_RUN_FILE, "there is no run '%s': expected the directory of one, such as runs/%s-1", run_dir,
                        r->name[0] ? r->name : "NAME");
    else if (broken)
        cplug__run_fail(r, CPLUG_RUN_FILE, "none of the %u checkpoints in %s/" CHECKPOINTS " can be used: train again", broken, run_dir);
    else
        cplug__run_fail(r, CPLUG_RUN_FILE, "%s has no checkpoint: it ended before the first one was saved, train again", run_dir);
    return NULL;
}

cJSON *cplug__checkpoint_newest(cplug_run *r, const char *run_dir, int64_t *step)
{
    int64_t *steps;
    const uint32_t n = cplug__checkpoint_list(&r->pool, run_dir, &steps);
    for (uint32_t i = 0; i < n; i++) {
        char name[CHECKPOINT_NAME];
        const char *why = "";
        cplug__checkpoint_name(steps[i], name);
        cJSON *o = cplug__checkpoint_verify(&r->pool, cplug__pool_printf(&r->pool, "%s/" CHECKPOINTS "/%s", run_dir, name), &why);
        *step = steps[i];
        if (o != NULL) return o;
        cplug__tell(r, CPLUG_TELL_WARNING, "checkpoint %s/" CHECKPOINTS "/%s is not used: %s", run_dir, name, why);
    }
    return none_found(r, run_dir, n);
}

const char *cplug__best_name(pool *p, const char *run_dir)
{
    char *text = cplug__file_text(p, cplug__pool_printf(p, "%s/" CHECKPOINTS "/best", run_dir), 4096);
    if (text == NULL) return NULL;
    text[strcspn(text, "\n")] = '\0';
    return step_of(text) >= 0 ? text : NULL;
}

/* ---- the weights of a run that is opened ---- */
static const char *weights_of(cplug_run *r, const char *dir, const char *name)
{
    const char *why = "", *folder = cplug__pool_printf(&r->pool, "%s/" CHECKPOINTS "/%s", dir, name);
    cJSON *o = cplug__checkpoint_verify(&r->pool, folder, &why);
    if (o == NULL) {
        cplug__run_fail(r, CPLUG_RUN_FILE, "the checkpoint %s cannot be used: %s", folder, why);
        return NULL;
    }
    cJSON_Delete(o);
    return cplug__pool_printf(&r->pool, "%s/model.safetensors", folder);
}

static const char *newest_weights(cplug_run *r, const char *dir, char name[CHECKPOINT_NAME])
{
    int64_t step;
    cJSON *o = cplug__checkpoint_newest(r, dir, &step);
    if (o == NULL) return NULL;
    cJSON_Delete(o);
    cplug__checkpoint_name(step, name);
    return cplug__pool_printf(&r->pool, "%s/" CHECKPOINTS "/%s/model.safetensors", dir, name);
}

/* model.safetensors is written when training ends; a run that was killed, or goes on just now, has something newer. */
static const char *final_weights(cplug_run *r, const char *dir)
{
    char name[CHECKPOINT_NAME];
    const char *path = cplug__pool_printf(&r->pool, "%s/model.safetensors", dir);
    struct stat st;
    int64_t *steps;
    const uint32_t n = cplug__checkpoint_list(&r->pool, dir, &steps);
    r->newest_step = n ? steps[0] : -1;
    if (n == 0 || stat(path, &st) == 0) return path; /* opening it says what is missing */
    path = newest_weights(r, dir, name);
    if (path != NULL) cplug__tell(r, CPLUG_TELL_WARNING, "%s was not finished: its newest checkpoint %s is used", dir, name);
    return path;
}

const char *cplug__run_weights(cplug_run *r, const char *dir)
{
    const char *which = r->args.checkpoint != NULL ? r->args.checkpoint : "final";
    char name[CHECKPOINT_NAME];
    if (strcmp(which, "final") == 0) return final_weights(r, dir);
    if (strcmp(which, "latest") == 0) return newest_weights(r, dir, name);
    if (strcmp(which, "best") != 0 && step_of(which) < 0) {
        cplug__run_fail(r, CPLUG_RUN_USAGE, "there is no checkpoint '%s': expected final, latest, best or a name such as step-00000123",
                        which);
        return NULL;
    }
    const char *best = strcmp(which, "best") == 0 ? cplug__best_name(&r->pool, dir) : which;
    if (best != NULL) return weights_of(r, dir, best);
    cplug__run_fail(r, CPLUG_RUN_FILE, "%s keeps no best checkpoint: [checkpoint] best = valid_loss makes training keep one", dir);
    return NULL;
}
