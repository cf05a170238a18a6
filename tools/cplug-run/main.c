/* cplug-run: trains, evaluates and uses networks described by INI files.  A thin client of the launcher: this file picks the verb. */
#include "tool.h"
#include "../common/probe.h"
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const verb verbs[] = {
    /* clang-format off */
    { "train", "FILE.ini [section.key=value ...]", "train the model and keep the run in runs/NAME-N", do_train, true, 1,
      "cplug-run train models/spirals.ini train.epochs=5 --run-dir runs/short" },
    { "eval", "RUN|FILE.ini", "loss and metrics on the validation data", do_eval, true, 1,
      "cplug-run eval runs/spirals-1 --min accuracy=0.97" },
    { "predict", "RUN|FILE.ini", "predictions for a data set, a file or standard input", do_predict, true, 1,
      "printf '0\\n1\\n2\\n' | cplug-run predict runs/line-1 --input -" },
    { "check", "FILE.ini", "find every mistake in the file and build the model, without training", do_check, true, 1,
      "cplug-run check --print models/spirals.ini" },
    { "summary", "FILE.ini", "the layers with their shapes, parameters and multiply-adds", do_summary, true, 1,
      "cplug-run summary models/mnist-lenet.ini" },
    { "bench", "FILE.ini", "time training steps and forward passes on random data", do_bench, true, 1,
      "cplug-run bench models/mnist-mlp.ini runtime.threads=1" },
    { "explain", "FILE.ini", "for each layer, which kernel of which backend computes it, and why not the others", do_explain, true, 1,
      "cplug-run explain models/mnist-lenet.ini" },
    { "plugins", "", "the plugins found, each tried in a process of its own", do_plugins, false, 0, "cplug-run plugins --failed" },
    { "inspect", "[ID|KIND]", "the options of a layer, loss, optimizer, ...; the signature of an op", do_inspect, false, 1, "cplug-run inspect conv2d" },
    { "init", "[NAME]", "a commented file to begin with; without NAME: which there are", do_init, false, 1,
      "cplug-run init spirals --output spirals.ini" },
    { "plot", "RUN [RUN ...]", "curves of loss and metrics, as SVG and in the terminal", do_plot, false, MOST_WORDS,
      "cplug-run plot runs/spirals-1 runs/spirals-2 --output both.svg" },
    { "doctor", "", "versions, machine and plugins for a report; what is wrong and what to do", do_doctor, false, 0, "cplug-run doctor" },
    { "completion", "bash|zsh", "a script that completes words in the shell", do_completion, false, MOST_WORDS,
      "source <(cplug-run completion bash)" },
    { "op", "NAME TENSOR... [--attr key=value]... -o OUT", "run one op on .npy files, for reports about a backend", NULL, false, 0,
      "cplug-run op add a.npy b.npy --attr alpha=2 -o sum" },
    /* clang-format on */
};
const uint32_t n_verbs = CPLUG_COUNT(verbs);

const verb *verb_named(const char *name)
{
    for (uint32_t i = 0; i < n_verbs; i++)
        if (strcmp(verbs[i].name, name) == 0) return &verbs[i];
    return NULL;
}

static int unknown_verb(const command *c, const char *word)
{
    const char *names[CPLUG_COUNT(verbs)];
    const size_t n = strlen(word);
    char help[512];
    for (uint32_t i = 0; i < n_verbs; i++) names[i] = verbs[i].name;
    const char *near = cplug_nearest(word, names, n_verbs);
    const bool file = n > 4 && strcmp(word + n - 4, ".ini") == 0;
    if (file)
        snprintf(help, sizeof help, "did you mean: cplug-run train %s", word);
    else if (word[0] == '-')
        snprintf(help, sizeof help, "flags stand behind the verb: cplug-run train FILE.ini %s", word);
    else if (strcmp(word, "version") == 0)
        snprintf(help, sizeof help, "did you mean: cplug-run --version");
    else if (near != NULL)
        snprintf(help, sizeof help, "did you mean '%s'?", near);
    else
        snprintf(help, sizeof help, "cplug-run --help lists them");
    return usage(c, file ? "what shall be done with" : word[0] == '-' ? "a verb is missing before" : "there is no verb", word, help);
}

/* Where a standard stream is closed, the next file opened would take its number, and what is printed would land in that file. */
static void occupy_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0) return;
}

static bool is_help(const char *word) { return strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0; }

static int help_of(const command *c, const char *word)
{
    const verb *v = word != NULL ? verb_named(word) : NULL;
    if (word != NULL && v == NULL) return unknown_verb(c, word);
    if (c->json)
        print_help_json(v);
    else if (v != NULL && v->run == NULL)
        print_op_help();
    else if (v != NULL)
        print_verb_help(v);
    else
        print_help(stdout);
    return CPLUG_RUN_OK;
}

static int run_verb(command *c, int argc, char **argv)
{
    const char *word = argv[1];
    const verb *v = verb_named(word);
    if (strcmp(word, "--version") == 0) return print_version(c->json);
    if (strcmp(word, "--man") == 0) return print_man(), CPLUG_RUN_OK;
    if (is_help(word)) return help_of(c, argc > 2 && argv[2][0] != '-' ? argv[2] : NULL);
    if (v == NULL) return unknown_verb(c, word);
    if (v->run == NULL) return do_op(c, argc - 2, argv + 2);
    int code = parse_command(argc - 2, argv + 2, v, c);
    if (code != CPLUG_RUN_OK) return code;
    return c->help ? help_of(c, v->name) : v->run(c);
}

int main(int argc, char **argv)
{
    if (probe_is_child(argc, argv)) return probe_child(argv);
    command c = { 0 };
    occupy_streams();
    if (argc < 2) {
        print_help(stderr);
        return CPLUG_RUN_USAGE;
    }
    /* A mistake before --json is told in JSON too. */
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) c.json = c.json || strcmp(argv[i], "--json") == 0;
    return close_output(run_verb(&c, argc, argv));
}
