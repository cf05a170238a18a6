/* args.c: the command line: flags of each verb, overrides, help; one table feeds parsing and help. */
#include "tool.h"
#include <stdlib.h>
#include <string.h>

enum {
    JSON,
    FAILED,
    PRINT,
    HELP,
    SET,
    UNSET,
    RUN_DIR,
    RESUME,
    CHECKPOINT,
    WEIGHTS,
    INPUT,
    INPUT_FORMAT,
    OUTPUT,
    FORMAT,
    DATA,
    MIN,
    MAX,
    REPEATS,
    PROGRESS,
    MARKDOWN
};
static const struct flag {
    int id;
    const char *name, *value, *verbs, *doc; /* verbs: NULL = all that take a file */
} flags[] = {
    { SET, "--set", "section.key=value", NULL, "change a value of the file; also without --set, after the file" },
    { UNSET, "--unset", "section.key", NULL, "take a key or a whole section out of the file" },
    { RUN_DIR, "--run-dir", "DIR", "train", "where the run is kept (default runs/NAME-N)" },
    { RESUME, "--resume", "RUN|auto", "train", "go on with an interrupted run; auto: the newest one of this name, if there is one" },
    { CHECKPOINT, "--checkpoint", "final|latest|best|NAME", "eval predict", "which weights of a run (default final: model.safetensors)" },
    { WEIGHTS, "--weights", "FILE", "train eval predict", "weights to start from, *.safetensors" },
    { DATA, "--data", "train|valid|test", "eval predict", "which data set (default valid)" },
    { INPUT, "--input", "FILE|-", "predict", "samples from a file or standard input instead of a data set" },
    { INPUT_FORMAT, "--input-format", "csv|idx|raw:DTYPE", "predict", "what the input is (default: by its name and first bytes)" },
    { FORMAT, "--format", "csv|jsonl|text", "predict", "what is written (default csv)" },
    { OUTPUT, "--output", "FILE", "predict plot", "write to a file instead of standard output" },
    { MIN, "--min", "METRIC=VALUE", "eval", "exit with 7 when the score is lower" },
    { MAX, "--max", "METRIC=VALUE", "eval", "exit with 7 when the score is higher" },
    { PROGRESS, "--progress", "auto|bar|plain|none", "train", "a redrawn line, plain lines, or warnings only (default auto)" },
    { REPEATS, "--repeats", "N", "bench", "how often to time (default: about a second)" },
    { PRINT, "--print", NULL, "check", "print the file with includes, variables, blocks and defaults resolved" },
    { FAILED, "--failed", NULL, "plugins", "only those that cannot be used, with the reason" },
    { MARKDOWN, "--markdown", NULL, "inspect", "as a page of the documentation" },
    { JSON, "--json", NULL, "train eval predict check summary bench plugins inspect", "JSON on standard output, text on standard error" },
    { HELP, "--help", NULL, "train eval predict check summary bench plugins inspect", "this text" },
};

static const char *const progress_names[] = { "auto", "bar", "plain", "none" };
enum { PROGRESS_NAMES = CPLUG_COUNT(progress_names) };

static bool belongs(const struct flag *f, const verb *v)
{
    size_t n = strlen(v->name);
    if (f->verbs == NULL) return v->needs_file;
    for (const char *p = f->verbs; (p = strstr(p, v->name)) != NULL; p += n)
        if ((p == f->verbs || p[-1] == ' ') && (p[n] == '\0' || p[n] == ' ')) return true;
    return false;
}

static int usage(const verb *v, const char *what, const char *word, const char *help)
{
    fprintf(stderr, "error: %s '%s'\n", what, word);
    if (help != NULL)
        fprintf(stderr, "  help: did you mean '%s'?\n", help);
    else
        fprintf(stderr, "  help: cplug-run %s %s\n", v->name, v->takes);
    return CPLUG_RUN_USAGE;
}

static int add_override(command *c, const verb *v, const char *text)
{
    if (c->n_overrides == MOST_OVERRIDES) return usage(v, "too many overrides:", text, NULL);
    c->overrides[c->n_overrides++] = text;
    return CPLUG_RUN_OK;
}

static int apply(command *c, const verb *v, const struct flag *f, const char *value)
{
    char *end;
    switch (f->id) {
    case JSON: c->json = true; break;
    case FAILED: c->failed = true; break;
    case PRINT: c->print = true; break;
    case HELP: c->help = true; break;
    case MARKDOWN: c->markdown = true; break;
    case RUN_DIR: c->run_dir = value; break;
    case RESUME: c->resume = value; break;
    case CHECKPOINT: c->checkpoint = value; break;
    case INPUT_FORMAT: c->input_format = value; break;
    case FORMAT: c->format = value; break;
    case OUTPUT: c->output = value; break;
    case WEIGHTS: c->weights = value; break;
    case INPUT: c->input = value; break;
    case DATA: c->data = value; break;
    case SET: return add_override(c, v, value);
    case UNSET:
        if (snprintf(c->unset[c->n_unset % MOST_UNSET], sizeof c->unset[0], "~%s", value) >= (int)sizeof c->unset[0] ||
            c->n_unset == MOST_UNSET)
            return usage(v, "this is too much for --unset:", value, NULL);
        return add_override(c, v, c->unset[c->n_unset++]);
    case MIN:
    case MAX:
        if (c->n_bounds == MOST_BOUNDS || strchr(value, '=') == NULL) return usage(v, "expected METRIC=VALUE, got", value, NULL);
        c->bounds[c->n_bounds++] = (bound){ value, f->id == MAX };
        break;
    case PROGRESS:
        for (c->progress = 0; c->progress < PROGRESS_NAMES && strcmp(value, progress_names[c->progress]) != 0; c->progress++) {}
        if (c->progress == PROGRESS_NAMES)
            return usage(v, "expected auto, bar, plain or none, got", value, cplug_nearest(value, progress_names, PROGRESS_NAMES));
        break;
    case REPEATS:
        c->repeats = strtoll(value, &end, 10);
        if (*end || c->repeats < 1 || c->repeats > 2000) return usage(v, "--repeats takes a number from 1 to 2000, got", value, NULL);
        break;
    default: break;
    }
    return CPLUG_RUN_OK;
}

static int parse_flag(command *c, const verb *v, int argc, char **argv, int *i)
{
    const char *word = argv[*i], *equals = strchr(word, '='), *names[CPLUG_COUNT(flags)];
    const size_t n = equals != NULL ? (size_t)(equals - word) : strlen(word);
    uint32_t count = 0;
    for (uint32_t k = 0; k < CPLUG_COUNT(flags); k++) {
        const struct flag *f = &flags[k];
        if (!belongs(f, v)) continue;
        names[count++] = f->name;
        bool short_help = f->id == HELP && strcmp(word, "-h") == 0;
        if (!short_help && (strlen(f->name) != n || strncmp(f->name, word, n) != 0)) continue;
        if (f->value == NULL) return equals != NULL ? usage(v, "this flag takes no value:", word, NULL) : apply(c, v, f, NULL);
        if (equals != NULL) return apply(c, v, f, equals + 1);
        if (*i + 1 >= argc) return usage(v, "a value is missing after", word, NULL);
        return apply(c, v, f, argv[++*i]);
    }
    return usage(v, "unknown flag", word, cplug_nearest(word, names, count));
}

int parse_command(int argc, char **argv, const verb *v, command *out)
{
    int code = CPLUG_RUN_OK;
    for (int i = 0; i < argc && code == CPLUG_RUN_OK; i++) {
        if (argv[i][0] == '-' && argv[i][1])
            code = parse_flag(out, v, argc, argv, &i);
        else if (out->file == NULL)
            out->file = argv[i];
        else if (strchr(argv[i], '=') != NULL && v->needs_file)
            code = add_override(out, v, argv[i]);
        else
            code = usage(v, "one file is enough, what is", argv[i], NULL);
    }
    if (code == CPLUG_RUN_OK && v->needs_file && out->file == NULL && !out->help) {
        fprintf(stderr, "error: which file?\n  help: cplug-run %s %s\n", v->name, v->takes);
        code = CPLUG_RUN_USAGE;
    }
    return code;
}

void print_help(FILE *to)
{
    fprintf(to, "cplug-run trains and uses networks described by INI files.\n\n"
                "  cplug-run train models/quickstart.ini            train; the run is kept in runs/quickstart-1\n"
                "  cplug-run train models/line.ini train.epochs=50  the same with a value changed\n"
                "  cplug-run predict runs/line-1 --input numbers.csv\n\n");
    for (uint32_t i = 0; i < n_verbs; i++) fprintf(to, "  %-8s  %s\n", verbs[i].name, verbs[i].doc);
    fprintf(to, "\ncplug-run help VERB says more of each; cplug-run --version.\n"
                "Exit codes: 0 done, 1 failed, 2 usage, 3 INI file, 4 data or model file, 5 plugin, 6 loss not a number, 7 score missed, "
                "130 interrupted.\n");
}

void print_verb_help(const verb *v)
{
    printf("cplug-run %s %s\n%s\n\n", v->name, v->takes, v->doc);
    for (uint32_t k = 0; k < CPLUG_COUNT(flags); k++) {
        char left[64];
        if (!belongs(&flags[k], v)) continue;
        snprintf(left, sizeof left, "%s%s%s", flags[k].name, flags[k].value != NULL ? " " : "",
                 flags[k].value != NULL ? flags[k].value : "");
        printf("  %-24s  %s\n", left, flags[k].doc);
    }
}
