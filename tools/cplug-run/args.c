/* args.c: the command line: one table of flags feeds parsing, help, the manual page and completion. */
#include "tool.h"
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How a flag acts on the command: a bool, a text, a text that must be one of the alternatives in its value, or what its name says. */
enum { SWITCH, TEXT, ONE_OF, SET, UNSET, MIN, MAX, REPEATS };
#define AT(field) offsetof(command, field)

const flag flag_table[] = {
    /* clang-format off */
    { "--set", "section.key=value", NULL, SET, 0, NULL, "CPLUG_SECTION_KEY",
      "change a value of the file; also without --set; +section.key=value may add a section" },
    { "--unset", "section.key", NULL, UNSET, 0, NULL, NULL, "take a key or a whole section out of the file" },
    { "--run-dir", "DIR", "train", TEXT, AT(run_dir), "runs/NAME-N", NULL, "where the run is kept" },
    { "--resume", "RUN|auto", "train", TEXT, AT(resume), NULL, NULL,
      "go on with an interrupted run; auto: the newest one of this name, if there is one" },
    { "--progress", "auto|bar|plain|none", "train", ONE_OF, AT(progress), "auto", "CI, TERM=dumb",
      "a redrawn line on a terminal, plain lines, or warnings only; bar: in spite of the environment" },
    { "--checkpoint", "final|latest|best|NAME", "eval predict", TEXT, AT(checkpoint), "final", NULL,
      "which weights of a run; final: model.safetensors" },
    { "--weights", "FILE", "train eval predict", TEXT, AT(weights), NULL, NULL, "weights to start from, *.safetensors" },
    { "--data", "train|valid|test", "eval predict", ONE_OF, AT(data), "valid", NULL, "which data set" },
    { "--input", "FILE|-", "predict", TEXT, AT(input), NULL, NULL, "samples from a file or standard input instead of a data set" },
    { "--input-format", "csv|idx|raw:DTYPE", "predict", TEXT, AT(input_format), "by its name and first bytes", NULL, "what the input is" },
    { "--format", "csv|jsonl|text", "predict", ONE_OF, AT(format), "csv", NULL, "what is written" },
    { "--output", "FILE", "predict init", TEXT, AT(output), "standard output", NULL, "where to write; init overwrites nothing" },
    { "--output", "FILE|-", "plot", TEXT, AT(output), "RUN/plot.svg of the first run", NULL, "where to write the SVG; -: standard output, alone" },
    { "--min", "METRIC=VALUE", "eval", MIN, 0, NULL, NULL, "exit with 7 when the score is lower" },
    { "--max", "METRIC=VALUE", "eval", MAX, 0, NULL, NULL, "exit with 7 when the score is higher" },
    { "--repeats", "N", "bench", REPEATS, 0, "about a second", NULL, "how often to time" },
    { "--print", NULL, "check", SWITCH, AT(print), NULL, NULL, "print the file with includes, variables, blocks and defaults resolved" },
    { "--failed", NULL, "plugins", SWITCH, AT(failed), NULL, NULL, "only those that cannot be used or have a warning, with the reason" },
    { "--timeout", "SECONDS", "plugins inspect doctor", TEXT, AT(timeout), "5", NULL, "how long a plugin may take to load, in a process of its own" },
    { "--markdown", NULL, "inspect", SWITCH, AT(markdown), NULL, NULL, "as a page of the documentation" },
    { "--json", NULL, "*", SWITCH, AT(json), NULL, NULL, "JSON on standard output, text on standard error" },
    { "--help", NULL, "*", SWITCH, AT(help), NULL, NULL, "this text" },
    /* clang-format on */
};
const uint32_t n_flags = CPLUG_COUNT(flag_table);

bool flag_belongs(const flag *f, const verb *v)
{
    size_t n = strlen(v->name);
    if (f->verbs == NULL) return v->needs_file;
    if (strcmp(f->verbs, "*") == 0) return true;
    for (const char *p = f->verbs; (p = strstr(p, v->name)) != NULL; p += n)
        if ((p == f->verbs || p[-1] == ' ') && (p[n] == '\0' || p[n] == ' ')) return true;
    return false;
}

int usage(const command *c, const char *what, const char *word, const char *help)
{
    char text[2048];
    snprintf(text, sizeof text, "%s '%s'\n  help: %s", what, word, help);
    return fail_text(c, CPLUG_RUN_USAGE, text);
}

static int usage_of(const command *c, const verb *v, const char *what, const char *word)
{
    char help[256];
    snprintf(help, sizeof help, "cplug-run %s %s", v->name, v->takes);
    return usage(c, what, word, help);
}

static int usage_near(const command *c, const verb *v, const char *what, const char *word, const char *near)
{
    char help[256];
    if (near == NULL) return usage_of(c, v, what, word);
    snprintf(help, sizeof help, "did you mean '%s'?", near);
    return usage(c, what, word, help);
}

static int add_override(command *c, const verb *v, const char *text)
{
    if (c->n_overrides == MOST_OVERRIDES) return usage_of(c, v, "too many overrides:", text);
    c->overrides[c->n_overrides++] = text;
    return CPLUG_RUN_OK;
}

/* The launcher takes "~section.key" for an override that takes away. */
static int add_unset(command *c, const verb *v, const char *value)
{
    if (c->n_unset == MOST_UNSET || strlen(value) + 2 > sizeof c->unset[0]) return usage_of(c, v, "this is too much for --unset:", value);
    char *text = c->unset[c->n_unset++];
    snprintf(text, sizeof c->unset[0], "~%s", value);
    return add_override(c, v, text);
}

static int add_bound(command *c, const verb *v, const char *value, bool at_most)
{
    const char *equals = strchr(value, '=');
    char *end = NULL;
    const double number = equals != NULL ? strtod(equals + 1, &end) : NAN;
    if (c->n_bounds == MOST_BOUNDS) return usage_of(c, v, "too many bounds:", value);
    if (equals == value || isnan(number) || end == equals + 1 || *end) return usage_of(c, v, "expected METRIC=NUMBER, got", value);
    c->bounds[c->n_bounds++] = (bound){ value, at_most };
    return CPLUG_RUN_OK;
}

static int one_of(const command *c, const verb *v, const flag *f, const char *value)
{
    enum { MOST = 8 };
    char copy[128], what[160];
    const char *names[MOST];
    uint32_t n = 0;
    snprintf(copy, sizeof copy, "%s", f->value);
    for (char *rest = copy, *name; n < MOST && (name = strsep(&rest, "|")) != NULL;) names[n++] = name;
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(names[i], value) == 0) return CPLUG_RUN_OK;
    snprintf(what, sizeof what, "%s takes %s, got", f->name, f->value);
    return usage_near(c, v, what, value, cplug_nearest(value, names, n));
}

static int apply(command *c, const verb *v, const flag *f, const char *value)
{
    char *end, *at = (char *)c + f->into;
    switch (f->how) {
    case SWITCH: *(bool *)at = true; return CPLUG_RUN_OK;
    case ONE_OF:
    case TEXT: memcpy(at, &value, sizeof value); return f->how == ONE_OF ? one_of(c, v, f, value) : CPLUG_RUN_OK;
    case SET: return add_override(c, v, value);
    case UNSET: return add_unset(c, v, value);
    case MIN:
    case MAX: return add_bound(c, v, value, f->how == MAX);
    default:
        c->repeats = strtoll(value, &end, 10);
        if (*end || c->repeats < 1 || c->repeats > 2000) return usage_of(c, v, "--repeats takes a number from 1 to 2000, got", value);
        return CPLUG_RUN_OK;
    }
}

static int parse_flag(command *c, const verb *v, int argc, char **argv, int *i)
{
    const char *word = argv[*i], *equals = strchr(word, '='), *names[CPLUG_COUNT(flag_table)];
    const size_t n = equals != NULL ? (size_t)(equals - word) : strlen(word);
    uint32_t count = 0;
    if (strcmp(word, "-h") == 0) word = "--help";
    for (uint32_t k = 0; k < n_flags; k++) {
        const flag *f = &flag_table[k];
        if (!flag_belongs(f, v)) continue;
        names[count++] = f->name;
        if (strcmp(word, f->name) != 0 && (strlen(f->name) != n || strncmp(f->name, word, n) != 0)) continue;
        if (f->value == NULL) return equals != NULL ? usage_of(c, v, "this flag takes no value:", word) : apply(c, v, f, NULL);
        if (equals != NULL) return apply(c, v, f, equals + 1);
        if (*i + 1 >= argc) return usage_of(c, v, "a value is missing after", word);
        return apply(c, v, f, argv[++*i]);
    }
    return usage_near(c, v, "unknown flag", word, cplug_nearest(word, names, count));
}

/* "train.epochs=3", which may stand before the file too, where a file of that name is the file. */
static bool is_override(const command *c, const char *word)
{
    const char *equals = strchr(word, '=');
    if (equals == NULL) return false;
    return c->n_words > 0 || (memchr(word, '.', (size_t)(equals - word)) != NULL && access(word, F_OK) != 0);
}

static int parse_word(command *c, const verb *v, const char *word)
{
    if (v->needs_file && is_override(c, word)) return add_override(c, v, word);
    if (v->needs_file && c->n_words == v->most_words && strchr(word, '.') != NULL && access(word, F_OK) != 0) {
        char help[256];
        snprintf(help, sizeof help, "an override is section.key=value, as in %.100s=1", word);
        return usage(c, "one file is enough, what is", word, help);
    }
    if (c->n_words == v->most_words || c->n_words == MOST_WORDS)
        return usage_of(c, v, v->needs_file ? "one file is enough, what is" : "nothing more is expected, what is", word);
    c->words[c->n_words++] = word;
    c->file = c->words[0];
    return CPLUG_RUN_OK;
}

static bool goes_on(const command *c) { return c->resume != NULL && strcmp(c->resume, "auto") != 0; }

int parse_command(int argc, char **argv, const verb *v, command *out)
{
    int code = CPLUG_RUN_OK;
    bool flags_end = false;
    for (int i = 0; i < argc && code == CPLUG_RUN_OK; i++) {
        const bool dash = argv[i][0] == '-' && argv[i][1] && !flags_end;
        if (dash && strcmp(argv[i], "--") == 0)
            flags_end = true;
        else
            code = dash ? parse_flag(out, v, argc, argv, &i) : parse_word(out, v, argv[i]);
    }
    if (code == CPLUG_RUN_OK && v->needs_file && out->file == NULL && !out->help && !goes_on(out)) {
        char text[256];
        snprintf(text, sizeof text, "which file?\n  help: cplug-run %s %s", v->name, v->takes);
        code = fail_text(out, CPLUG_RUN_USAGE, text);
    }
    return code;
}
