/* probe.c: the parent of a probe: a child of this program loads the plugin, and what happened to it is put into words. */
#include "probe.h"
#include "child.h"
#include "describe.h"
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static void add(probe_result *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(probe_result *out, const char *format, ...)
{
    const size_t n = strlen(out->reason);
    va_list args;
    va_start(args, format);
    vsnprintf(out->reason + n, sizeof out->reason - n, format, args);
    va_end(args);
}

static char last_phase(const char *report)
{
    char phase = '\0';
    for (const char *at = report; (at = strchr(at, '@')) != NULL && at[1]; at++)
        if ((at == report || at[-1] == '\n') && at[2] == '\n') phase = at[1];
    return phase;
}

static const char *place_of(char phase)
{
    switch (phase) {
    case PROBE_LOADING: return "constructor";
    case PROBE_INIT: return "init";
    case PROBE_LOOKING: return "describe or count";
    case PROBE_LEAVING: return "destructor";
    default: return NULL;
    }
}

static void tell_end(const child_result *c, char phase, int seconds, probe_result *out)
{
    char words[512];
    const char *place = place_of(phase);
    if (place == NULL)
        add(out, "it could not be looked at: the process for it %s", c->late ? "did not start in time" : "did not start");
    else if (WIFSIGNALED(c->status) && !c->late && WTERMSIG(c->status) != SIGABRT)
        add(out, "crashed in its %s: %s", place, child_signal(WTERMSIG(c->status)));
    else
        add(out, "its %s %s", place, child_words(c, seconds, words, sizeof words));
    if (!child_exception(c, words, sizeof words) && c->err[0])
        add(out, "; it said \"%.200s\"", child_first_line(c->err, words, sizeof words));
}

static void tell_warnings(const child_result *c, probe_result *out)
{
    char words[256];
    for (const cJSON *o = out->brings != NULL ? out->brings->child : NULL; o != NULL; o = o->next)
        if (!describe_knows(json_text(o, "kind")))
            add(out, "%sbrings a '%s', a kind that this cplug does not know: only a newer cplug uses it", out->reason[0] ? "; " : "",
                json_text(o, "kind"));
    if (c->out[0])
        add(out, "%sprints to standard output, where results go: \"%.200s\"", out->reason[0] ? "; " : "",
            child_first_line(c->out, words, sizeof words));
}

/* The report's JSON is its last line. */
static cJSON *report_of(const char *report)
{
    const char *at = strstr(report, "\n{");
    return at != NULL ? cJSON_Parse(at + 1) : NULL;
}

bool probe_plugin(const char *path, int seconds, probe_result *out)
{
    const char *const args[] = { PROBE_WORD, path, NULL };
    child_result c;
    memset(out, 0, sizeof *out);
    if (!child_run(args, seconds, &c)) {
        add(out, "it could not be looked at: %s", strerror(errno));
        child_free(&c);
        return false;
    }
    cJSON *report = report_of(c.report);
    out->brings = cJSON_DetachItemFromObjectCaseSensitive(report, "brings");
    if (report == NULL || !child_ended_well(&c)) tell_end(&c, last_phase(c.report), seconds, out);
    const bool usable = out->brings != NULL &&
                        (out->reason[0] == '\0' || last_phase(c.report) == PROBE_LEAVING); /* ends badly, but works */
    if (out->reason[0] == '\0') add(out, "%s", json_text(report, "reason"));
    tell_warnings(&c, out);
    if (getenv("CPLUG_LOG") != NULL && c.err[0]) fputs(c.err, stderr);
    if (!usable) probe_free(out);
    cJSON_Delete(report);
    child_free(&c);
    return usable;
}

void probe_free(probe_result *r)
{
    cJSON_Delete(r->brings);
    r->brings = NULL;
}
