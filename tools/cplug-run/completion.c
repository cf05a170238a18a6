/* completion.c: the verb completion: scripts for bash and zsh, made of the tables of verbs and flags.  What depends on files and plugins
 * they ask of the program itself: completion keys FILE WORD, completion ids, completion models. */
#include "tool.h"
#include "embedded.h"
#include <stdlib.h>
#include <string.h>

/* What the words after a verb or a flag are, as shells see it. */
enum { NOTHING, WORDS, INI, RUNS, INI_OR_RUNS, FILES, FOLDERS, WEIGHTS, IDS, MODELS };

static int kind_of_verb(const verb *v)
{
    const bool run = strncmp(v->takes, "RUN", 3) == 0, ini = strstr(v->takes, "FILE.ini") != NULL;
    if (run || ini) return run && ini ? INI_OR_RUNS : run ? RUNS : INI;
    if (strstr(v->takes, "ID") != NULL) return IDS;
    if (strstr(v->takes, "NAME") != NULL) return MODELS;
    return strchr(v->takes, '|') != NULL ? WORDS : NOTHING;
}

static int kind_of_flag(const flag *f)
{
    if (f->value == NULL) return NOTHING;
    if (strncmp(f->value, "RUN", 3) == 0) return RUNS;
    if (strcmp(f->name, "--weights") == 0) return WEIGHTS;
    if (strncmp(f->value, "FILE", 4) == 0) return FILES;
    if (strcmp(f->value, "DIR") == 0) return FOLDERS;
    return strchr(f->value, '|') != NULL ? WORDS : NOTHING;
}

/* The alternatives of "final|latest|NAME" that stand for themselves: those without capitals. */
static void put_alternatives(FILE *to, const char *value)
{
    const char *gap = "";
    while (*value) {
        const size_t n = strcspn(value, "|");
        if (strcspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= n) fprintf(to, "%s%.*s", gap, (int)n, value), gap = " ";
        value += n + (value[n] == '|');
    }
}

/* ---- bash ---- */
static const char bash_head[] = "# Completion of cplug-run for bash, made by: cplug-run completion bash\n"
                                "_cplug_run_files() { # GLOB: files that match, and folders\n"
                                "    local name\n"
                                "    compopt -o filenames 2>/dev/null\n"
                                "    while IFS= read -r name; do\n"
                                "        if [[ -d $name || $name == $1 ]]; then COMPREPLY+=(\"$name\"); fi\n"
                                "    done < <(compgen -f -- \"$cur\")\n"
                                "}\n"
                                "_cplug_run_runs() {\n"
                                "    local name\n"
                                "    compopt -o filenames 2>/dev/null\n"
                                "    for name in \"$cur\"*/config.ini \"$cur\"*/*/config.ini; do\n"
                                "        if [[ -f $name ]]; then COMPREPLY+=(\"${name%/config.ini}\"); fi\n"
                                "    done\n"
                                "    if [[ ${#COMPREPLY[@]} -eq 0 ]]; then _cplug_run_files ''; fi\n"
                                "}\n"
                                "_cplug_run_words() { COMPREPLY+=($(compgen -W \"$1\" -- \"$cur\")); }\n"
                                "_cplug_run() {\n"
                                "    local cur prev word verb file= i keep words=()\n"
                                "    COMPREPLY=()\n"
                                "    # Readline splits words at = and :, which belong to ours.\n"
                                "    read -ra words <<<\"${COMP_LINE:0:COMP_POINT}\"\n"
                                "    if [[ ${COMP_LINE:0:COMP_POINT} == *[[:blank:]] ]]; then words+=(''); fi\n"
                                "    cur=${words[-1]} prev=${words[-2]} verb=${words[1]} keep=$cur\n"
                                "    if ((${#words[@]} == 2)); then\n"
                                "        _cplug_run_words \"$_cplug_run_verbs help --help --version\"\n"
                                "        return\n"
                                "    fi\n"
                                "    if [[ $cur == --*=* ]]; then prev=${cur%%=*} cur=${cur#*=}; fi\n"
                                "    for ((i = 2; i < ${#words[@]} - 1; i++)); do\n"
                                "        word=${words[i]}\n"
                                "        if [[ \" $_cplug_run_takes \" == *\" $word \"* ]]; then\n"
                                "            ((i++))\n"
                                "        elif [[ $word != -* && -z $file ]]; then\n"
                                "            file=$word\n"
                                "        fi\n"
                                "    done\n"
                                "    if [[ $prev == --set || $prev == --unset ]]; then\n"
                                "        _cplug_run_keys\n"
                                "    elif _cplug_run_value; then\n"
                                "        :\n"
                                "    elif [[ $cur == -* ]]; then\n"
                                "        _cplug_run_flags\n"
                                "    else\n"
                                "        _cplug_run_verb\n"
                                "    fi\n"
                                "    # What stands before the last = or : is no part of the word that readline replaces.\n"
                                "    if [[ $keep == *[=:]* && $COMP_WORDBREAKS == *=* ]]; then\n"
                                "        keep=${cur%\"${cur##*[=:]}\"}\n"
                                "        for i in \"${!COMPREPLY[@]}\"; do COMPREPLY[i]=${COMPREPLY[i]#\"$keep\"}; done\n"
                                "    fi\n"
                                "}\n"
                                "_cplug_run_keys() {\n"
                                "    _cplug_run_words \"$(\"${words[0]}\" completion keys \"$file\" \"$cur\" 2>/dev/null)\"\n"
                                "    if [[ $cur != *=* ]]; then compopt -o nospace 2>/dev/null; fi\n"
                                "}\n";

static void put_bash_kind(FILE *to, int kind, const char *value, const verb *v)
{
    switch (kind) {
    case WORDS:
        fprintf(to, "_cplug_run_words \"");
        put_alternatives(to, value);
        fprintf(to, "\"");
        break;
    case INI:
    case INI_OR_RUNS:
    case RUNS:
        if (v != NULL && v->needs_file) fprintf(to, "if [[ -n $file ]]; then _cplug_run_keys; else ");
        fprintf(to, kind == INI           ? "_cplug_run_files '*.ini'"
                    : kind == INI_OR_RUNS ? "_cplug_run_runs; _cplug_run_files '*.ini'"
                                          : "_cplug_run_runs");
        if (v == NULL) fprintf(to, "; _cplug_run_words '%s'", strstr(value, "auto") != NULL ? "auto" : "");
        if (v != NULL && v->needs_file) fprintf(to, "; fi");
        break;
    case FILES: fprintf(to, "_cplug_run_files '*'"); break;
    case WEIGHTS: fprintf(to, "_cplug_run_files '*.safetensors'"); break;
    case FOLDERS: fprintf(to, "_cplug_run_files ''"); break;
    case IDS: fprintf(to, "_cplug_run_words \"$(\"${words[0]}\" completion ids 2>/dev/null)\""); break;
    case MODELS: fprintf(to, "_cplug_run_words \"$(\"${words[0]}\" completion models 2>/dev/null)\""); break;
    default: fprintf(to, ":"); break;
    }
}

static void put_bash(FILE *to)
{
    fprintf(to, "%s_cplug_run_verbs='", bash_head);
    for (uint32_t i = 0; i < n_verbs; i++) fprintf(to, "%s%s", i ? " " : "", verbs[i].name);
    fprintf(to, "'\n_cplug_run_takes='");
    for (uint32_t k = 0; k < n_flags; k++)
        if (flag_table[k].value != NULL) fprintf(to, "%s%s", k ? " " : "", flag_table[k].name);
    fprintf(to, "'\n_cplug_run_value() {\n    case $prev in\n");
    for (uint32_t k = 0; k < n_flags; k++) {
        if (flag_table[k].value == NULL || flag_table[k].verbs == NULL) continue;
        fprintf(to, "    %s) ", flag_table[k].name);
        put_bash_kind(to, kind_of_flag(&flag_table[k]), flag_table[k].value, NULL);
        fprintf(to, " ;;\n");
    }
    fprintf(to, "    *) return 1 ;;\n    esac\n}\n_cplug_run_flags() {\n    case $verb in\n");
    for (uint32_t i = 0; i < n_verbs; i++) {
        fprintf(to, "    %s) _cplug_run_words '", verbs[i].name);
        for (uint32_t k = 0; k < n_flags; k++)
            if (flag_belongs(&flag_table[k], &verbs[i])) fprintf(to, "%s ", flag_table[k].name);
        fprintf(to, "' ;;\n");
    }
    fprintf(to, "    esac\n}\n_cplug_run_verb() {\n    case $verb in\n    help) _cplug_run_words \"$_cplug_run_verbs\" ;;\n");
    for (uint32_t i = 0; i < n_verbs; i++) {
        fprintf(to, "    %s) ", verbs[i].name);
        put_bash_kind(to, kind_of_verb(&verbs[i]), verbs[i].takes, &verbs[i]);
        fprintf(to, " ;;\n");
    }
    fprintf(to, "    esac\n}\ncomplete -F _cplug_run cplug-run\n");
}

/* ---- zsh ---- */
static const char zsh_head[] = "#compdef cplug-run\n"
                               "# Completion of cplug-run for zsh, made by: cplug-run completion zsh\n"
                               "_cplug_run_keys() {\n"
                               "    local -a keys\n"
                               "    keys=(${(f)\"$(\"$program\" completion keys \"$line[1]\" \"$PREFIX\" 2>/dev/null)\"})\n"
                               "    if [[ $PREFIX == *=* ]]; then compadd -- $keys; else compadd -S '' -- $keys; fi\n"
                               "}\n"
                               "_cplug_run_ask() {\n"
                               "    local -a words_\n"
                               "    words_=(${(f)\"$(\"$program\" completion $1 2>/dev/null)\"})\n"
                               "    compadd -- $words_\n"
                               "}\n"
                               "_cplug_run_runs() {\n"
                               "    local -a runs\n"
                               "    runs=(*/config.ini(N:h) */*/config.ini(N:h))\n"
                               "    if [[ -n $1 ]]; then compadd -- $1; fi\n"
                               "    compadd -f -- $runs || _files -/\n"
                               "}\n";

/* Text inside '...' and [...] of an argument of _arguments. */
static void put_zsh_text(FILE *to, const char *text)
{
    for (; *text; text++)
        if (*text == '\'')
            fprintf(to, "'\\''");
        else
            fprintf(to, strchr("[]:", *text) != NULL ? "\\%c" : "%c", *text);
}

static void put_zsh_kind(FILE *to, int kind, const char *value)
{
    switch (kind) {
    case WORDS:
        fprintf(to, "(");
        put_alternatives(to, value);
        fprintf(to, ")");
        break;
    case INI: fprintf(to, "_files -g \"*.ini\""); break;
    case RUNS: fprintf(to, strstr(value, "auto") != NULL ? " _cplug_run_runs auto" : " _cplug_run_runs"); break;
    case INI_OR_RUNS: fprintf(to, " _cplug_run_runs_and_files"); break;
    case FILES: fprintf(to, "_files"); break;
    case WEIGHTS: fprintf(to, "_files -g \"*.safetensors\""); break;
    case FOLDERS: fprintf(to, "_files -/"); break;
    case IDS: fprintf(to, " _cplug_run_ask ids"); break;
    case MODELS: fprintf(to, " _cplug_run_ask models"); break;
    default: fprintf(to, " "); break;
    }
}

static void put_zsh_verb(FILE *to, const verb *v)
{
    fprintf(to, "    %s) _arguments -S", v->name);
    for (uint32_t k = 0; k < n_flags; k++) {
        const flag *f = &flag_table[k];
        if (!flag_belongs(f, v)) continue;
        fprintf(to, " \\\n        '*%s%s[", f->name, f->value != NULL ? "=" : "");
        put_zsh_text(to, f->doc);
        fprintf(to, "]");
        if (f->value != NULL) fprintf(to, ":value:");
        if (f->value != NULL && f->verbs == NULL)
            fprintf(to, "_cplug_run_keys");
        else if (f->value != NULL)
            put_zsh_kind(to, kind_of_flag(f), f->value);
        fprintf(to, "'");
    }
    if (v->takes[0]) {
        fprintf(to, " \\\n        '%s:what:", v->needs_file || v->most_words == 1 ? "1" : "*");
        put_zsh_kind(to, kind_of_verb(v), v->takes);
        fprintf(to, "'");
    }
    if (v->needs_file) fprintf(to, " \\\n        '*:section.key=value:_cplug_run_keys'");
    fprintf(to, " ;;\n");
}

static void put_zsh(FILE *to)
{
    fprintf(to, "%s_cplug_run_runs_and_files() { _cplug_run_runs; _files -g \"*.ini\"; }\n", zsh_head);
    fprintf(to, "_cplug_run() {\n    local program=$words[1] verb line\n    local -a verbs\n    verbs=(");
    for (uint32_t i = 0; i < n_verbs; i++) {
        fprintf(to, "\n        '%s:", verbs[i].name);
        put_zsh_text(to, verbs[i].doc);
        fprintf(to, "'");
    }
    fprintf(to, "\n        'help:what a verb does')\n"
                "    if ((CURRENT == 2)); then\n        _describe verb verbs\n        return\n    fi\n"
                "    verb=$words[2]\n    shift words\n    ((CURRENT--))\n    case $verb in\n"
                "    help) _describe verb verbs ;;\n");
    for (uint32_t i = 0; i < n_verbs; i++) put_zsh_verb(to, &verbs[i]);
    fprintf(to, "    esac\n}\nif [[ $funcstack[1] == _cplug-run ]]; then _cplug_run \"$@\"; else compdef _cplug_run cplug-run; fi\n");
}

static int put_script(const command *c, void (*put)(FILE *to))
{
    char *text = NULL;
    size_t n = 0;
    FILE *to = c->json ? open_memstream(&text, &n) : stdout;
    if (to == NULL) return fail_text(c, CPLUG_RUN_FAILED, "out of memory");
    put(to);
    if (!c->json) return CPLUG_RUN_OK;
    fclose(to);
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "type", "completion");
    cJSON_AddStringToObject(o, "shell", c->file);
    cJSON_AddStringToObject(o, "script", text);
    print_json(o);
    free(text);
    return CPLUG_RUN_OK;
}

int do_completion(const command *c)
{
    const char *what = c->file != NULL ? c->file : "";
    const char *file = c->n_words > 1 && c->words[1][0] ? c->words[1] : NULL, *word = c->n_words > 2 ? c->words[2] : NULL;
    if (strcmp(what, "bash") == 0) return put_script(c, put_bash);
    if (strcmp(what, "zsh") == 0) return put_script(c, put_zsh);
    if (strcmp(what, "keys") == 0) return print_keys(file, word), CPLUG_RUN_OK;
    if (strcmp(what, "ids") == 0) return print_ids(), CPLUG_RUN_OK;
    if (strcmp(what, "models") != 0) return usage(c, "there is no completion for", what, "cplug-run completion bash|zsh");
    for (const embedded *m = models; m->name != NULL; m++) puts(m->name);
    return CPLUG_RUN_OK;
}
