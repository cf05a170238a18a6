/* tool.h: what the files of cplug-run share: the parsed command line, the verbs, and printing. */
#ifndef CPLUG_TOOL_H
#define CPLUG_TOOL_H
#include <cjson/cJSON.h>
#include <cplug/launcher.h>
#include <stdbool.h>
#include <stdio.h>

enum { MOST_OVERRIDES = 256, MOST_BOUNDS = 16, MOST_UNSET = 16, MOST_WORDS = 64 };

typedef struct bound { /* of a score that eval must reach */
    const char *text;  /* "accuracy=0.97" */
    bool at_most;
} bound;

typedef struct command {
    const char *file;              /* INI file, run directory, or what a verb takes instead */
    const char *words[MOST_WORDS]; /* all that are no flag and no override; the first one is the file */
    const char *run_dir, *resume, *checkpoint, *weights, *input, *input_format, *output, *format, *data, *progress, *timeout;
    const char *overrides[MOST_OVERRIDES];
    bound bounds[MOST_BOUNDS];
    char unset[MOST_UNSET][256];
    uint32_t n_words, n_overrides, n_bounds, n_unset;
    int64_t repeats;
    bool json, failed, print, markdown, help;
} command;

typedef struct verb {
    const char *name, *takes, *doc;
    int (*run)(const command *c); /* NULL: op, whose words have a grammar of their own */
    bool needs_file;              /* an INI file or a run, and then overrides */
    uint32_t most_words;          /* how many things it takes besides flags and overrides */
    const char *example;
} verb;
extern const verb verbs[];
extern const uint32_t n_verbs;
const verb *verb_named(const char *name);

typedef struct flag {
    const char *name, *value; /* "--data", "train|valid|test"; NULL: takes no value */
    const char *verbs;        /* NULL: all that take an INI file or a run; "*": all */
    int how;                  /* to apply it, see args.c */
    size_t into;              /* where in the command */
    const char *fallback;     /* what holds without it; NULL: nothing to say */
    const char *env;          /* environment variables that say the same; NULL: none */
    const char *doc;
} flag;
extern const flag flag_table[];
extern const uint32_t n_flags;
bool flag_belongs(const flag *f, const verb *v);

/* ---- args.c ---- */
/* The command line after the verb; 0, or exit code 2 after it has said what is wrong. */
int parse_command(int argc, char **argv, const verb *v, command *out);
/* "error: WHAT 'WORD'" and a line of help; gives exit code 2 */
int usage(const command *c, const char *what, const char *word, const char *help);

/* ---- help.c, man.c: text made of the tables ---- */
typedef struct meaning { /* of an exit code or an environment variable */
    const char *name, *doc;
} meaning;
extern const meaning exit_codes[], variables[], run_files[]; /* a NULL name ends them */
void print_help(FILE *to);
void print_verb_help(const verb *v);
void print_help_json(const verb *only); /* NULL: all verbs */
void print_man(void);

/* ---- version.c ---- */
int print_version(bool json);
extern const char git_version[]; /* "" when it was not built in a checkout */
cJSON *build_json(void);
/* Folders that the plugins of a context lie in. */
cJSON *plugin_folders(cplug_context *ctx);

/* ---- print.c ---- */
extern volatile int32_t stop_signal, save_signal;
void watch_signals(void);
/* The run of the command's file with the usual arguments; never NULL, its failure is told by finish. */
cplug_run *open_run(const command *c, uint32_t needs);
/* Prints the failure if there is one, closes the run, gives the exit code. */
int finish(const command *c, cplug_run *r);
int close_output(int code);
/* Prints and frees; the only thing that --json puts on standard output. */
void print_json(cJSON *o);
int fail_text(const command *c, int code, const char *text);
bool env_set(const char *name); /* and not empty */
bool terminal_dumb(void);
int32_t terminal_width(FILE *to); /* asked anew each time; 80 where it is not known */

/* ---- keys.c: what completion asks for; a line each ---- */
void print_keys(const char *file, const char *word); /* both may be NULL */
void print_ids(void);

/* ---- the verbs ---- */
int do_train(const command *c);
int do_eval(const command *c);
int do_predict(const command *c);
int do_check(const command *c);
int do_summary(const command *c);
int do_bench(const command *c);
int do_explain(const command *c);
int do_plugins(const command *c);
int do_inspect(const command *c);
int do_init(const command *c);
int do_doctor(const command *c);
int do_plot(const command *c);
int do_completion(const command *c);
/* The words after "op" as they stand. */
int do_op(const command *c, int argc, char **argv);
void print_op_help(void);
#endif
