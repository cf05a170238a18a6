/* parts.c: starts a process for each part, and puts what it reported, and how it ended, into checks. */
#include "parts.h"
#include "child.h"
#include "describe.h"
#include "probe.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void part_tell(validation *v, const char *subject, const char *check, const char *state, const char *text)
{
    v->good += strcmp(state, "ok") == 0;
    v->failed += strcmp(state, "failed") == 0;
    v->skipped += strcmp(state, "skipped") == 0;
    if (!v->json) {
        printf("%-8s %-36s %-18s %s\n", state, subject, check, text);
        fflush(stdout);
        return;
    }
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "subject", subject);
    cJSON_AddStringToObject(o, "check", check);
    cJSON_AddStringToObject(o, "state", state);
    cJSON_AddStringToObject(o, "text", text);
    cJSON_AddItemToArray(v->checks, o);
}

/* Lines of the child: what it found, and what it had begun when it ended. */
static void tell_report(validation *v, const child_result *r, const char *fallback)
{
    char *state = NULL, *text = strdup(r->report), subject[160] = "", check[64] = "", words[512];
    snprintf(subject, sizeof subject, "%s", fallback);
    for (char *line = text != NULL ? strtok_r(text, "\n", &state) : NULL; line != NULL; line = strtok_r(NULL, "\n", &state)) {
        cJSON *o = cJSON_Parse(line);
        const char *begins = json_text(o, "begins");
        if (begins[0]) {
            snprintf(subject, sizeof subject, "%s", begins);
            snprintf(check, sizeof check, "%s", json_text(o, "check"));
        } else if (o != NULL) {
            check[0] = '\0';
            part_tell(v, json_text(o, "subject"), json_text(o, "check"), json_text(o, "state"), json_text(o, "text"));
        }
        cJSON_Delete(o);
    }
    if (!child_ended_well(r)) part_tell(v, subject, check[0] ? check : "ends", "failed", child_words(r, v->seconds, words, sizeof words));
    if (r->out[0]) {
        char line[256];
        snprintf(words, sizeof words, "prints to standard output, where results go: \"%s\"", child_first_line(r->out, line, sizeof line));
        part_tell(v, subject, "prints", "failed", words);
    }
    free(text);
}

static void validate_part(validation *v, const char *const *args, const char *subject)
{
    child_result r;
    if (child_run(args, v->seconds, &r))
        tell_report(v, &r, subject);
    else
        part_tell(v, subject, "starts", "failed", "the process for it did not start");
    child_free(&r);
}

/* What the user said of this component with --with; NULL: nothing. */
static const char *words_for(validation *v, const char *id)
{
    for (uint32_t i = 0; i < v->n_with; i++) {
        if (strcspn(v->with[i], " ") != strlen(id) || strncmp(v->with[i], id, strlen(id)) != 0) continue;
        v->with_used[i] = true;
        return v->with[i];
    }
    return NULL;
}

static void validate_one(validation *v, const char *path, const cJSON *what)
{
    const char *kind = json_text(what, "kind"), *id = json_text(what, "id");
    char subject[160];
    if (strcmp(kind, "kernel") == 0) {
        const char *args[] = { PART_WORD, path, kind, id, json_text(what, "backend"), json_text(what, "device"), NULL };
        snprintf(subject, sizeof subject, "kernel %s@%s of %s", args[3], args[5], args[4]);
        validate_part(v, args, subject);
        return;
    }
    if (strcmp(kind, "backend") == 0 || !describe_knows(kind)) return;
    snprintf(subject, sizeof subject, "%s %s", kind, id);
    validate_part(v, (const char *const[]){ PART_WORD, path, kind, id, words_for(v, id), NULL }, subject);
}

void validate_plugin(validation *v, const char *path)
{
    probe_result r;
    const bool usable = probe_plugin(path, v->seconds, &r);
    part_tell(v, "plugin", "loads", usable && !r.reason[0] ? "ok" : "failed", r.reason);
    if (usable) validate_part(v, (const char *const[]){ PART_WORD, path, "plugin", "", NULL }, "plugin");
    for (const cJSON *o = r.brings != NULL ? r.brings->child : NULL; o != NULL; o = o->next) validate_one(v, path, o);
    for (uint32_t i = 0; usable && i < v->n_with; i++)
        if (!v->with_used[i]) part_tell(v, "plugin", "--with", "failed", "it brings no component of this name");
    probe_free(&r);
}
