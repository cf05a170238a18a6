/* cplug-run: trains, evaluates and uses networks described by INI files.  A thin client of the launcher: this file picks the verb. */
#include "tool.h"
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const verb verbs[] = {
    { "train", "FILE.ini [section.key=value ...]", "train the model and keep the run in runs/NAME-N", do_train, true },
    { "eval", "RUN|FILE.ini", "loss and metrics on the validation data", do_eval, true },
    { "predict", "RUN|FILE.ini", "predictions as CSV, for the validation data or rows of numbers", do_predict, true },
    { "check", "FILE.ini", "find every mistake in the file and build the model, without training", do_check, true },
    { "summary", "FILE.ini", "the layers with their shapes and parameters", do_summary, true },
    { "bench", "FILE.ini", "time training steps and forward passes on random data", do_bench, true },
    { "plugins", "", "the plugins found, with state and path", do_plugins, false },
    { "inspect", "[ID]", "the options of a layer, loss, optimizer, data set, ...", do_inspect, false },
};
const uint32_t n_verbs = CPLUG_COUNT(verbs);

static const verb *find_verb(const char *name)
{
    for (uint32_t i = 0; i < n_verbs; i++)
        if (strcmp(verbs[i].name, name) == 0) return &verbs[i];
    return NULL;
}

static int print_version(bool json)
{
    if (!json) {
        printf("cplug-run %s\n", cplug_version());
        return CPLUG_RUN_OK;
    }
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "version", cplug_version());
    cJSON_AddNumberToObject(o, "abi_major", CPLUG_ABI_MAJOR);
    cJSON_AddNumberToObject(o, "abi_minor", CPLUG_ABI_MINOR);
    cJSON_AddStringToObject(o, "compiler", __VERSION__);
    print_json(o);
    return CPLUG_RUN_OK;
}

static int unknown_verb(const char *word)
{
    const char *names[CPLUG_COUNT(verbs)];
    const size_t n = strlen(word);
    for (uint32_t i = 0; i < n_verbs; i++) names[i] = verbs[i].name;
    const char *near = cplug_nearest(word, names, n_verbs);
    if (n > 4 && strcmp(word + n - 4, ".ini") == 0)
        fprintf(stderr, "error: what shall be done with '%s'?\n  help: cplug-run train %s\n", word, word);
    else if (near != NULL)
        fprintf(stderr, "error: there is no verb '%s'\n  help: did you mean '%s'?\n", word, near);
    else
        fprintf(stderr, "error: there is no verb '%s'\n  help: cplug-run --help lists them\n", word);
    return CPLUG_RUN_USAGE;
}

/* Where a standard stream is closed, the next file opened would take its number, and what is printed would land in that file. */
static void occupy_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0) return;
}

int main(int argc, char **argv)
{
    command c = { 0 };
    const char *word = argc > 1 ? argv[1] : NULL;
    occupy_streams();
    if (word == NULL) {
        print_help(stderr);
        return CPLUG_RUN_USAGE;
    }
    if (strcmp(word, "--version") == 0) return print_version(argc > 2 && strcmp(argv[2], "--json") == 0);
    const bool help = strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
    const verb *v = find_verb(help && argc > 2 ? argv[2] : word);
    if (help && v != NULL)
        print_verb_help(v);
    else if (help && argc > 2)
        return unknown_verb(argv[2]);
    else if (help)
        print_help(stdout);
    if (help) return CPLUG_RUN_OK;
    if (v == NULL) return unknown_verb(word);
    int code = parse_command(argc - 2, argv + 2, v, &c);
    if (code != CPLUG_RUN_OK) return code;
    if (c.help) {
        print_verb_help(v);
        return CPLUG_RUN_OK;
    }
    return close_output(v->run(&c));
}
