/* help.c: what --help says, made of the tables of verbs and flags, and the tables that stand in the manual page too: exit codes,
 * environment variables, files of a run. */
#include "tool.h"
#include <string.h>

/* clang-format off */
const meaning exit_codes[] = {
    { "0", "done" },
    { "1", "failed while running; for doctor: something is broken" },
    { "2", "the command line is wrong" },
    { "3", "the INI file is wrong" },
    { "4", "a data or model file is missing or damaged" },
    { "5", "a plugin, backend or device failed" },
    { "6", "the loss is not a number any more; the last good weights are kept" },
    { "7", "a score that eval --min or --max asks for was missed" },
    { "130", "interrupted by Ctrl-C, the run is saved" },
    { "141", "standard output was closed by its reader" },
    { "143", "ended by SIGTERM or, as 129, by SIGHUP, the run is saved" },
    { NULL, NULL },
};
const meaning variables[] = {
    { "CPLUG_SECTION_KEY", "the value of section.key, as CPLUG_TRAIN_EPOCHS=3; weaker than the command line, stronger than the file" },
    { "CPLUG_PLUGIN_PATH", "folders with plugins, separated by colons, searched before the usual ones" },
    { "CPLUG_LOG", "topics to tell more of: plugin, dispatch, all" },
    { "OPENBLAS_CORETYPE", "kernels that OpenBLAS shall take; the backend chooses when it is not set" },
    { "CI", "when set, no line is redrawn" },
    { "TERM", "when it is dumb, no line is redrawn and curves are drawn in ASCII" },
    { "NO_COLOR", "when set, curves are drawn without colours" },
    { "COLUMNS", "width of curves where standard output is no terminal" },
    { NULL, NULL },
};
const meaning run_files[] = {
    { "config.ini", "the file as it was understood; trains the same model again" },
    { "model.safetensors", "the weights under PyTorch's names" },
    { "checkpoints/", "step-NNNNNNNN folders, from which training goes on" },
    { "metrics.jsonl", "one JSON object an event" },
    { "metrics.csv", "one line an epoch" },
    { "log.txt", "the lines that were printed" },
    { NULL, NULL },
};
/* clang-format on */

enum { LEFT = 28, WIDTH = 100 };

/* Words of text from column LEFT on, as many a line as fit. */
static void put_wrapped(FILE *to, const char *text, int at)
{
    while (*text) {
        int n = (int)strcspn(text, " ");
        if (at > LEFT && at + 1 + n > WIDTH) {
            fprintf(to, "\n%*s", LEFT, "");
            at = LEFT;
        }
        at += fprintf(to, "%s%.*s", at > LEFT ? " " : "", n, text);
        text += n + (text[n] == ' ');
    }
    fputc('\n', to);
}

static void put_flag(const flag *f)
{
    char left[64], doc[512];
    snprintf(left, sizeof left, "%s%s%s", f->name, f->value != NULL ? " " : "", f->value != NULL ? f->value : "");
    snprintf(doc, sizeof doc, "%s%s%s%s%s%s%s", f->doc, f->fallback != NULL ? " (default: " : "", f->fallback != NULL ? f->fallback : "",
             f->fallback != NULL ? ")" : "", f->env != NULL ? " (environment: " : "", f->env != NULL ? f->env : "",
             f->env != NULL ? ")" : "");
    if (strlen(left) + 4 > LEFT)
        printf("  %s\n%*s", left, LEFT, "");
    else
        printf("  %-*s", LEFT - 2, left);
    put_wrapped(stdout, doc, LEFT);
}

void print_verb_help(const verb *v)
{
    printf("cplug-run %s%s%s\n%s\n\n", v->name, v->takes[0] ? " " : "", v->takes, v->doc);
    for (uint32_t k = 0; k < n_flags; k++)
        if (flag_belongs(&flag_table[k], v)) put_flag(&flag_table[k]);
    printf("\nexample: %s\n", v->example);
}

void print_help(FILE *to)
{
    fprintf(to, "cplug-run trains and uses networks described by INI files.\n"
                "  cplug-run init quickstart --output quickstart.ini    a file to begin with\n"
                "  cplug-run train quickstart.ini train.epochs=2        train; the run is kept in runs/quickstart-1\n"
                "  cplug-run predict runs/quickstart-1                  what the model says of its validation data\n\n");
    for (uint32_t i = 0; i < n_verbs; i++) fprintf(to, "  %-10s  %s\n", verbs[i].name, verbs[i].doc);
    fprintf(to, "\ncplug-run help VERB says more of each; cplug-run --version; man cplug-run.\n"
                "Exit codes: 0 done, 1 failed, 2 usage, 3 INI file, 4 data or model file, 5 plugin, 6 loss not a number,\n"
                "  7 score missed, 130 interrupted.\n");
}

static cJSON *flag_json(const flag *f)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", f->name);
    if (f->value != NULL) cJSON_AddStringToObject(o, "value", f->value);
    if (f->fallback != NULL) cJSON_AddStringToObject(o, "default", f->fallback);
    if (f->env != NULL) cJSON_AddStringToObject(o, "environment", f->env);
    cJSON_AddStringToObject(o, "doc", f->doc);
    return o;
}

void print_help_json(const verb *only)
{
    cJSON *o = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(o, "verbs");
    cJSON_AddStringToObject(o, "type", "help");
    for (uint32_t i = 0; i < n_verbs; i++) {
        const verb *v = &verbs[i];
        if (only != NULL && v != only) continue;
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "name", v->name);
        cJSON_AddStringToObject(one, "takes", v->takes);
        cJSON_AddStringToObject(one, "doc", v->doc);
        cJSON_AddStringToObject(one, "example", v->example);
        cJSON *their_flags = cJSON_AddArrayToObject(one, "flags");
        for (uint32_t k = 0; k < n_flags; k++)
            if (flag_belongs(&flag_table[k], v)) cJSON_AddItemToArray(their_flags, flag_json(&flag_table[k]));
        cJSON_AddItemToArray(list, one);
    }
    print_json(o);
}
