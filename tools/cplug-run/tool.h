/* tool.h: what the files of cplug-run share: the parsed command line, the verbs, and printing. */
#ifndef CPLUG_TOOL_H
#define CPLUG_TOOL_H
#include <cjson/cJSON.h>
#include <cplug/launcher.h>
#include <stdbool.h>
#include <stdio.h>

enum { MOST_OVERRIDES = 256, MOST_BOUNDS = 16, MOST_UNSET = 16 };
enum { PROGRESS_AUTO, PROGRESS_BAR, PROGRESS_PLAIN, PROGRESS_NONE };

typedef struct bound { /* of a score that eval must reach */
    const char *text;  /* "accuracy=0.97" */
    bool at_most;
} bound;

typedef struct command {
    const char *file; /* INI file, run directory, or what a verb takes instead */
    const char *run_dir, *resume, *checkpoint, *weights, *input, *input_format, *output, *format, *data;
    const char *overrides[MOST_OVERRIDES];
    bound bounds[MOST_BOUNDS];
    char unset[MOST_UNSET][256];
    uint32_t n_overrides, n_bounds, n_unset, progress;
    int64_t repeats;
    bool json, failed, print, markdown, help;
} command;

typedef struct verb {
    const char *name, *takes, *doc;
    int (*run)(const command *c);
    bool needs_file;
} verb;
extern const verb verbs[];
extern const uint32_t n_verbs;

/* ---- args.c ---- */
/* The command line after the verb; 0, or exit code 2 after it has said what is wrong. */
int parse_command(int argc, char **argv, const verb *v, command *out);
void print_help(FILE *to);
void print_verb_help(const verb *v);

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

/* ---- the verbs ---- */
int do_train(const command *c);
int do_eval(const command *c);
int do_predict(const command *c);
int do_check(const command *c);
int do_summary(const command *c);
int do_bench(const command *c);
int do_plugins(const command *c);
int do_inspect(const command *c);
#endif
