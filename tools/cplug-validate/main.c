/* main.c: cplug-validate: is a plugin fit for use?  The command line; parts.c has what is done with it. */
#include "parts.h"
#include "probe.h"
#include "validate.h"
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GOOD = 0, UNFIT = 1, USAGE = 2, NO_FILE = 4, DEFAULT_SECONDS = 60, MOST_SECONDS = 86400 };

static const char help[] =
    "Is a plugin fit for use?  Looks at its manifest and schemas, runs every kernel against the backend cpu, and uses every component,\n"
    "each in a process of its own.  One line a check.\n"
    "\n"
    "    cplug-validate FILE.so [--json] [--seconds N] [--with \"ID key=value ...\"]...\n"
    "\n"
    "    --json            one JSON object instead of lines (docs/schemas/validate.json)\n"
    "    --seconds N       time for each kernel or component; default 60\n"
    "    --with WORDS      options for a component that cannot be used without, a data set that needs a file, say\n"
    "\n"
    "    cplug-validate cplug-acme.so\n"
    "    cplug-validate cplug-my-table.so --with \"my.table path=/data/table.txt\"\n"
    "\n"
    "exit status: 0 all checks hold, 1 one failed, 2 wrong command line, 4 no such file\n";

static int be_child(int argc, char **argv)
{
    const char *path = argv[2], *kind = argv[3], *id = argv[4];
    state_usual();
    if (strcmp(kind, "plugin") == 0)
        validate_manifest(path);
    else if (strcmp(kind, "kernel") == 0)
        validate_kernel(path, id, argv[5], argv[6]);
    else if (strcmp(kind, "op") == 0)
        validate_op(path, id);
    else if (strcmp(kind, "device") == 0)
        validate_device(path, id);
    else if (strcmp(kind, "format") == 0)
        validate_format(path, id);
    else
        validate_component(path, kind, id, argc > 5 ? argv[5] : NULL);
    check_end();
    return 0;
}

static int usage(const char *what, const char *word)
{
    fprintf(stderr, "error: %s%s%s%s\nhelp: cplug-validate --help\n", what, word[0] ? " '" : "", word, word[0] ? "'" : "");
    return USAGE;
}

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *at)
{
    (void)s, (void)type, (void)at;
    return remove(path);
}

/* What a component writes beside itself goes into a folder that is removed. */
static bool enter_folder(char *folder, size_t size)
{
    const char *base = getenv("TMPDIR");
    snprintf(folder, size, "%s/cplug-validate-XXXXXX", base != NULL && base[0] == '/' ? base : "/tmp");
    return mkdtemp(folder) != NULL && chdir(folder) == 0;
}

static int tell_json(const validation *v, const char *path)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "type", "validate");
    cJSON_AddStringToObject(o, "plugin", path);
    cJSON_AddNumberToObject(o, "ok", v->good);
    cJSON_AddNumberToObject(o, "failed", v->failed);
    cJSON_AddNumberToObject(o, "skipped", v->skipped);
    cJSON_AddItemToObject(o, "checks", v->checks);
    char *text = cJSON_PrintUnformatted(o);
    const int done = text != NULL ? puts(text) : EOF;
    cJSON_free(text);
    cJSON_Delete(o);
    return done;
}

/* NULL when all is well; else a word that is wrong goes to *word. */
static const char *read_arguments(int argc, char **argv, validation *v, const char **file, const char **word)
{
    for (int i = 1; i < argc; i++) {
        const char *equals = strncmp(argv[i], "--", 2) == 0 ? strchr(argv[i], '=') : NULL;
        const size_t n = equals != NULL ? (size_t)(equals - argv[i]) : strlen(argv[i]);
        const bool seconds = n == 9 && strncmp(argv[i], "--seconds", n) == 0, with = n == 6 && strncmp(argv[i], "--with", n) == 0;
        *word = argv[i];
        if (seconds || with) {
            const char *value = equals != NULL ? equals + 1 : i + 1 < argc ? argv[++i] : NULL;
            char *end = NULL;
            if (value == NULL) return "a value is missing behind";
            *word = value;
            if (with && v->n_with == MOST_WITH) return "too many --with at";
            if (with) v->with[v->n_with++] = value;
            const long number = seconds ? strtol(value, &end, 10) : 1;
            if (seconds && (end == value || *end || number < 1 || number > MOST_SECONDS)) return "expected seconds from 1 to 86400, got";
            if (seconds) v->seconds = (int)number;
        } else if (strcmp(argv[i], "--json") == 0) {
            v->json = true;
        } else if (argv[i][0] == '-' && argv[i][1]) {
            return "unknown flag";
        } else if (*file != NULL) {
            return "one file at a time; more than expected:";
        } else {
            *file = argv[i];
        }
    }
    *word = "";
    return *file != NULL ? NULL : "expected the file of a plugin, cplug-NAME.so";
}

int main(int argc, char **argv)
{
    validation v = { .seconds = DEFAULT_SECONDS };
    const char *file = NULL, *word = "";
    char path[PATH_MAX], folder[PATH_MAX];
    if (probe_is_child(argc, argv)) return probe_child(argv);
    if (argc >= 5 && strcmp(argv[1], PART_WORD) == 0) return be_child(argc, argv);
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return fputs(help, stdout) < 0 || fflush(stdout) ? UNFIT : GOOD;
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return printf("cplug-validate %s, ABI %d.%d\n", cplug_version(), CPLUG_ABI_MAJOR, CPLUG_ABI_MINOR) < 0 || fflush(stdout) ? UNFIT
                                                                                                                                 : GOOD;
    const char *problem = read_arguments(argc, argv, &v, &file, &word);
    if (problem != NULL) return usage(problem, word);
    if (realpath(file, path) == NULL) {
        fprintf(stderr, "error: cannot open '%s': %s\n", file, strerror(errno));
        return NO_FILE;
    }
    setenv("OMP_NUM_THREADS", "2", 1); /* so that a thread pool in a plugin is seen on a machine of one core too */
    const bool inside = enter_folder(folder, sizeof folder);
    if (v.json) v.checks = cJSON_CreateArray();
    validate_plugin(&v, path);
    const int told = v.json ? tell_json(&v, path)
                            : printf("%s: %u checks hold, %u failed, %u could not be made\n", path, v.good, v.failed, v.skipped);
    if (inside && chdir("/") == 0) nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    if (told < 0 || fflush(stdout) != 0) return fputs("error: the report cannot be written\n", stderr), UNFIT;
    return v.failed ? UNFIT : GOOD;
}
