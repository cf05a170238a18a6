/* print.c: where things are printed: lines for people on standard output (on standard error with --json), one redrawn line on a
 * terminal, JSON on standard output; and the signals that ask a training run to end. */
#include "tool.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

volatile int32_t stop_signal, save_signal;
static bool progress_shown;

static void on_signal(int number)
{
    if (stop_signal != 0) { /* the second one, of whatever kind */
        signal(number, SIG_DFL);
        raise(number);
    }
    stop_signal = number;
}
static void on_save(int number) { save_signal = number; }

/* The first one lets training save; the next one ends the process.  SIGUSR1: save and go on. */
void watch_signals(void)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = (int)SA_RESETHAND | SA_RESTART;
    for (uint32_t i = 0; i < CPLUG_COUNT(numbers); i++) sigaction(numbers[i], &action, NULL);
    action.sa_handler = on_save;
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, NULL);
}

static FILE *people(const command *c) { return c->json ? stderr : stdout; }

static bool progress_is(const command *c, const char *name) { return c->progress != NULL && strcmp(c->progress, name) == 0; }

bool env_set(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0';
}

bool terminal_dumb(void)
{
    const char *term = getenv("TERM");
    return term != NULL && strcmp(term, "dumb") == 0;
}

int32_t terminal_width(FILE *to)
{
    struct winsize size;
    return ioctl(fileno(to), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* Width of the terminal; 0 where nothing may be redrawn. */
static int32_t redraw_columns(const command *c)
{
    if (progress_is(c, "plain") || progress_is(c, "none") || !isatty(fileno(people(c)))) return 0;
    if (!progress_is(c, "bar") && (env_set("CI") || terminal_dumb())) return 0;
    return terminal_width(people(c));
}

static void clear_progress(FILE *to)
{
    if (progress_shown) {
        fputs("\r\x1b[K", to);
        fflush(to); /* what comes next may go to standard error */
    }
    progress_shown = false;
}

/* As much of a line as a terminal shows in one row: it may have become narrower since the line was made.  Characters, not bytes. */
static int row_bytes(const char *text, int32_t columns)
{
    int n = 0;
    for (int32_t shown = 0; text[n]; n++)
        if (((unsigned char)text[n] & 0xc0) != 0x80 && ++shown >= columns) break;
    return n;
}

static void tell(void *arg, int32_t kind, const char *text)
{
    const command *c = arg;
    FILE *to = kind == CPLUG_TELL_WARNING ? stderr : people(c);
    if (kind == CPLUG_TELL_EVENT) {
        if (c->json) puts(text);
        if (c->json) fflush(stdout);
        return;
    }
    if (kind == CPLUG_TELL_TEXT && progress_is(c, "none")) return;
    clear_progress(people(c));
    if (kind == CPLUG_TELL_PROGRESS)
        fprintf(to, "%.*s", row_bytes(text, terminal_width(to)), text);
    else
        fprintf(to, "%s\n", text);
    progress_shown = kind == CPLUG_TELL_PROGRESS;
    fflush(to);
}

static void log_line(void *arg, int32_t level, const char *text)
{
    const command *c = arg;
    clear_progress(people(c));
    fprintf(stderr, "%s%s\n", level == CPLUG_LOG_ERROR ? "error: " : level == CPLUG_LOG_WARN ? "warning: " : "", text);
}

cplug_run *open_run(const command *c, uint32_t needs)
{
    cplug_run_args args = CPLUG_RUN_ARGS;
    args.needs = needs;
    args.overrides = c->overrides;
    args.n_overrides = c->n_overrides;
    args.columns = redraw_columns(c);
    args.run_dir = c->run_dir;
    args.weights = c->weights;
    args.data = c->data;
    args.input = c->input;
    args.tell = tell;
    args.arg = (void *)c;
    args.stop = &stop_signal;
    args.save = &save_signal;
    args.resume = c->resume;
    args.checkpoint = c->checkpoint;
    args.environment = (const char *const *)environ;
    args.format = c->format;
    args.input_format = c->input_format;
    cplug_log_to(log_line, (void *)c);
    return cplug_run_open(c->file, &args);
}

void print_json(cJSON *o)
{
    char *text = cJSON_PrintUnformatted(o);
    cplug_utf8_mend(text);
    if (text != NULL) puts(text);
    cJSON_free(text);
    cJSON_Delete(o);
}

static cJSON *error_json(const cplug_run *r, int code, const char *text)
{
    static const char mark[] = "\n  help: ";
    const char *help = cplug_run_n_diagnostics(r) == 0 ? strstr(text, mark) : NULL;
    char *message = strndup(text, help != NULL ? (size_t)(help - text) : strlen(text));
    cJSON *o = cJSON_CreateObject(), *list = cJSON_CreateArray();
    cJSON_AddStringToObject(o, "type", "error");
    cJSON_AddNumberToObject(o, "code", code);
    cJSON_AddStringToObject(o, "message", message != NULL ? message : text);
    if (help != NULL) cJSON_AddStringToObject(o, "help", help + strlen(mark));
    free(message);
    for (uint32_t i = 0; i < cplug_run_n_diagnostics(r); i++) {
        cplug_diagnostic d = { .struct_size = sizeof d };
        if (cplug_run_diagnostic(r, i, &d) != CPLUG_OK) break;
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "file", d.file);
        cJSON_AddNumberToObject(one, "line", d.line);
        cJSON_AddNumberToObject(one, "column", d.column);
        cJSON_AddStringToObject(one, "message", d.message);
        cJSON_AddStringToObject(one, "help", d.help);
        cJSON_AddItemToArray(list, one);
    }
    cJSON_AddItemToObject(o, "diagnostics", list);
    return o;
}

static int report(const command *c, const cplug_run *r, int code, const char *text)
{
    clear_progress(people(c));
    if (cplug_run_n_diagnostics(r))
        fprintf(stderr, "%s\n", text);
    else
        fprintf(stderr, "error: %s\n", text);
    if (c->json) print_json(error_json(r, code, text));
    return code;
}

int fail_text(const command *c, int code, const char *text) { return report(c, NULL, code, text); }

int finish(const command *c, cplug_run *r)
{
    int code = cplug_run_code(r);
    clear_progress(people(c));
    if (code != CPLUG_RUN_OK && code < CPLUG_RUN_SIGNAL) report(c, r, code, cplug_run_error(r));
    cplug_run_close(r);
    return code;
}

static bool reader_gone(void)
{
    struct pollfd out = { .fd = STDOUT_FILENO };
    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

/* What could not be written is a failure too: a full disk behind a '>'.  A reader that has seen enough, as head does, is none: where
 * SIGPIPE is ignored the end is as quiet as with it. */
int close_output(int code)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    if (errno == EPIPE || reader_gone()) return CPLUG_RUN_SIGNAL + SIGPIPE;
    fprintf(stderr, "error: standard output could not be written%s%s\n", errno ? ": " : "", errno ? strerror(errno) : "");
    return code != CPLUG_RUN_OK ? code : CPLUG_RUN_FAILED;
}
