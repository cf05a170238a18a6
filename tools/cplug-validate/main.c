/* cplug-validate: is a plugin fit for use?  cplug-validate FILE.so [--json] [--seconds N].  Every kernel and component is looked at in a
 * process of its own; one line a check; exit status 0 when nothing failed, 1 when something did, 2 for a wrong command line. */
#include "child.h"
#include "describe.h"
#include "probe.h"
#include "validate.h"
#include <cjson/cJSON.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHILD_WORD "--validate-part" /* PROGRAM --validate-part FILE kernel OP BACKEND DEVICE | FILE KIND ID */
enum { USAGE = 2, DEFAULT_SECONDS = 60 };

static struct {
    bool json;
    int seconds;
    uint32_t good, failed, skipped;
    cJSON *checks;
} run = { .seconds = DEFAULT_SECONDS };

static void tell(const char *subject, const char *check, const char *state, const char *text)
{
    if (strcmp(state, "ok") == 0) run.good++;
    if (strcmp(state, "failed") == 0) run.failed++;
    if (strcmp(state, "skipped") == 0) run.skipped++;
    if (!run.json) {
        printf("%-8s %-36s %-18s %s\n", state, subject, check, text);
        fflush(stdout);
        return;
    }
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "subject", subject);
    cJSON_AddStringToObject(o, "check", check);
    cJSON_AddStringToObject(o, "state", state);
    cJSON_AddStringToObject(o, "text", text);
    cJSON_AddItemToArray(run.checks, o);
}

/* Lines of the child: what it found, and what it had begun when it ended. */
static void tell_report(const child_result *r, const char *fallback)
{
    char *state = NULL, *text = strdup(r->report), subject[160] = "", check[64] = "", words[512];
    snprintf(subject, sizeof subject, "%s", fallback);
    for (char *line = strtok_r(text, "\n", &state); line != NULL; line = strtok_r(NULL, "\n", &state)) {
        cJSON *o = cJSON_Parse(line);
        const char *begins = json_text(o, "begins");
        if (begins[0]) {
            snprintf(subject, sizeof subject, "%s", begins);
            snprintf(check, sizeof check, "%s", json_text(o, "check"));
        } else if (o != NULL) {
            check[0] = '\0';
            tell(json_text(o, "subject"), json_text(o, "check"), json_text(o, "state"), json_text(o, "text"));
        }
        cJSON_Delete(o);
    }
    if (!child_ended_well(r)) tell(subject, check[0] ? check : "ends", "failed", child_words(r, run.seconds, words, sizeof words));
    if (r->out[0]) {
        snprintf(words, sizeof words, "\"%.200s\"", r->out);
        words[strcspn(words, "\n")] = '\0';
        tell(subject, "prints", "failed", words);
    }
    free(text);
}

static void validate_part(const char *const *args, const char *subject)
{
    child_result r;
    if (child_run(args, run.seconds, &r))
        tell_report(&r, subject);
    else
        tell(subject, "starts", "failed", "the process for it did not start");
    child_free(&r);
}

static void validate_one(const char *path, const cJSON *what)
{
    const char *kind = json_text(what, "kind"), *id = json_text(what, "id");
    char subject[160];
    if (strcmp(kind, "kernel") == 0) {
        const char *args[] = { CHILD_WORD, path, kind, id, json_text(what, "backend"), json_text(what, "device"), NULL };
        snprintf(subject, sizeof subject, "kernel %s@%s of %s", args[3], args[5], args[4]);
        validate_part(args, subject);
        return;
    }
    static const char *const parts[] = { "dataset", "transform", "module", "loss", "optimizer", "scheduler", "metric", "callback" };
    snprintf(subject, sizeof subject, "%s %s", kind, id);
    for (uint32_t i = 0; i < CPLUG_COUNT(parts); i++)
        if (strcmp(kind, parts[i]) == 0) validate_part((const char *const[]){ CHILD_WORD, path, kind, id, NULL }, subject);
}

static int validate(const char *path)
{
    probe_result r;
    const bool usable = probe_plugin(path, run.seconds, &r);
    tell("plugin", "loads", usable ? r.reason[0] ? "failed" : "ok" : "failed", r.reason);
    if (usable) validate_part((const char *const[]){ CHILD_WORD, path, "plugin", "", NULL }, "plugin");
    for (const cJSON *o = r.brings != NULL ? r.brings->child : NULL; o != NULL; o = o->next) validate_one(path, o);
    probe_free(&r);
    if (run.json) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "type", "validate");
        cJSON_AddStringToObject(o, "plugin", path);
        cJSON_AddNumberToObject(o, "ok", run.good);
        cJSON_AddNumberToObject(o, "failed", run.failed);
        cJSON_AddNumberToObject(o, "skipped", run.skipped);
        cJSON_AddItemToObject(o, "checks", run.checks);
        char *text = cJSON_PrintUnformatted(o);
        if (text != NULL) puts(text);
        cJSON_free(text);
        cJSON_Delete(o);
    } else {
        printf("%s: %u checks hold, %u failed, %u could not be made\n", path, run.good, run.failed, run.skipped);
    }
    return run.failed != 0;
}

static void remove_folder(const char *folder)
{
    DIR *d = opendir(folder);
    for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) unlinkat(dirfd(d), e->d_name, 0);
    if (d != NULL) closedir(d);
    rmdir(folder);
}

static int be_child(char **argv)
{
    const char *path = argv[2], *kind = argv[3];
    if (strcmp(kind, "plugin") == 0)
        validate_manifest(path);
    else if (strcmp(kind, "kernel") == 0)
        validate_kernel(path, argv[4], argv[5], argv[6]);
    else
        validate_component(path, kind, argv[4]);
    check_end();
    return 0;
}

static int usage(const char *what)
{
    fprintf(stderr, "%s%susage: cplug-validate FILE.so [--json] [--seconds N]\n", what, what[0] ? "\n" : "");
    return USAGE;
}

int main(int argc, char **argv)
{
    const char *file = NULL;
    char path[PATH_MAX];
    if (probe_is_child(argc, argv)) return probe_child(argv);
    if (argc >= 5 && strcmp(argv[1], CHILD_WORD) == 0) return be_child(argv);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            run.json = true;
        else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return puts("cplug-validate FILE.so [--json] [--seconds N]: is this plugin fit for use?  One line a check; exit status 1 when "
                        "one "
                        "failed.\n  --json       one JSON object instead\n  --seconds N  time for each kernel or component (default 60)"),
                   0;
        else if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc)
            run.seconds = (int)strtol(argv[++i], NULL, 10);
        else if (argv[i][0] == '-' || file != NULL)
            return usage(argv[i]);
        else
            file = argv[i];
    }
    if (file == NULL || run.seconds < 1) return usage("");
    if (realpath(file, path) == NULL) {
        fprintf(stderr, "error: cannot find '%s'\n", file);
        return USAGE;
    }
    char folder[] = "/tmp/cplug-validate-XXXXXX"; /* what a component writes beside itself goes there */
    if (mkdtemp(folder) == NULL || chdir(folder) != 0) folder[0] = '\0';
    if (run.json) run.checks = cJSON_CreateArray();
    const int code = validate(path);
    if (folder[0]) remove_folder(folder);
    return code;
}
