/* report.c: checks as lines of JSON on the descriptor that the parent listens to.  Nothing here allocates, since a signal handler may
 * call it: texts are cut and quoted by hand. */
#include "probe.h"
#include "validate.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct {
    char subject[160], name[64], text[800];
    enum { NONE, GOOD, BAD, SKIPPED } state;
    char failing; /* several threads may fail at once: the first one has the word */
} now;

static void put(const char *what, const char *state)
{
    char line[2400];
    size_t n = (size_t)snprintf(line, sizeof line, "{\"%s\":\"%s\",\"check\":\"%s\",\"state\":\"%s\",\"text\":\"", what, now.subject,
                                now.name, state);
    for (const char *p = now.text; *p && n + 8 < sizeof line; p++) {
        if (*p == '"' || *p == '\\') line[n++] = '\\';
        line[n++] = (unsigned char)*p < 0x20 ? ' ' : *p;
    }
    line[n++] = '"';
    line[n++] = '}';
    line[n++] = '\n';
    for (size_t at = 0; at < n;) {
        const ssize_t done = write(PROBE_FD, line + at, n - at);
        if (done <= 0) return;
        at += (size_t)done;
    }
}

void check_end(void)
{
    static const char *const names[] = { "", "ok", "failed", "skipped" };
    if (now.state != NONE) put("subject", names[now.state]);
    now.state = NONE;
}

void check_begin(const char *subject, const char *check)
{
    check_end();
    snprintf(now.subject, sizeof now.subject, "%s", subject);
    snprintf(now.name, sizeof now.name, "%s", check);
    now.text[0] = '\0';
    now.state = GOOD;
    __atomic_clear(&now.failing, __ATOMIC_RELEASE);
    put("begins", "");
}

void check_rename(const char *check) { snprintf(now.name, sizeof now.name, "%s", check); }

#define SAY(state_, when_)                                                                                                                 \
    do {                                                                                                                                   \
        va_list args;                                                                                                                      \
        if (!(when_)) return;                                                                                                              \
        now.state = (state_);                                                                                                              \
        va_start(args, format);                                                                                                            \
        vsnprintf(now.text, sizeof now.text, format, args);                                                                                \
        va_end(args);                                                                                                                      \
    } while (0)

void check_note(const char *format, ...) { SAY(GOOD, now.state == GOOD); }
void check_fail(const char *format, ...) { SAY(BAD, !__atomic_test_and_set(&now.failing, __ATOMIC_ACQUIRE)); }
void check_skip(const char *format, ...) { SAY(SKIPPED, now.state == GOOD); }
bool check_failed_yet(void) { return now.state == BAD; }
