/* child.c: starting this program again, waiting no longer than it was said, and putting into words what became of it.  The child has a
 * process group, no terminal and no core file; what it prints goes into pipes of ours. */
#include "child.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { REPORT, OUT, ERR, STREAMS };
enum { MOST_REPORT = 16 << 20, MOST_OUTPUT = 4096, TICK_MS = 20, NOT_STARTED = 127 };

typedef struct stream {
    int fd; /* our end; -1: closed */
    char *text;
    size_t n, room, most;
} stream;

typedef struct child {
    pid_t pid;
    stream s[STREAMS];
    int status;
    bool late; /* it did not end in time */
} child;

/* ---- starting ---- */
static void become(const char *const *args, const int ends[STREAMS])
{
    const struct rlimit no_core = { 0, 0 };
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CORE, &no_core);
    if (dup2(null, STDIN_FILENO) >= 0 && dup2(ends[OUT], STDOUT_FILENO) >= 0 && dup2(ends[ERR], STDERR_FILENO) >= 0 &&
        dup2(ends[REPORT], CHILD_FD) >= 0)
        execv(args[0], (char *const *)(uintptr_t)args);
    _exit(NOT_STARTED);
}

/* Descriptors from 10 on, so that none of them is one that the child puts something else into. */
static bool open_pipe(int ends[2])
{
    int low[2];
    ends[0] = ends[1] = -1;
    if (pipe2(low, O_CLOEXEC) != 0) return false;
    ends[0] = fcntl(low[0], F_DUPFD_CLOEXEC, 10);
    ends[1] = fcntl(low[1], F_DUPFD_CLOEXEC, 10);
    close(low[0]);
    close(low[1]);
    return ends[0] >= 0 && ends[1] >= 0;
}

static bool start(child *c, const char *const *args)
{
    int theirs[STREAMS] = { -1, -1, -1 };
    bool good = true;
    for (int i = 0; i < STREAMS; i++) {
        int ends[2] = { -1, -1 };
        good = good && open_pipe(ends);
        c->s[i] = (stream){ .fd = ends[0], .most = i == REPORT ? MOST_REPORT : MOST_OUTPUT };
        theirs[i] = ends[1];
    }
    fflush(NULL);
    c->pid = good ? fork() : -1;
    if (c->pid == 0) become(args, theirs);
    for (int i = 0; i < STREAMS; i++)
        if (theirs[i] >= 0) close(theirs[i]);
    return c->pid > 0;
}

/* ---- listening ---- */
/* What is beyond the limit is read and dropped, so that the child is not held up. */
static void take(stream *s)
{
    char room[4096];
    const ssize_t got = read(s->fd, room, sizeof room);
    if (got < 0 && errno == EINTR) return;
    if (got <= 0) {
        close(s->fd);
        s->fd = -1;
        return;
    }
    const size_t more = (size_t)got < s->most - s->n ? (size_t)got : s->most - s->n;
    if (s->n + more + 1 > s->room) {
        const size_t wanted = 2 * (s->n + more) + 1024;
        char *grown = realloc(s->text, wanted);
        if (grown == NULL) return;
        s->text = grown;
        s->room = wanted;
    }
    memcpy(s->text + s->n, room, more);
    s->n += more;
    s->text[s->n] = '\0';
}

static bool listen_once(child *c, int milliseconds)
{
    struct pollfd wait_for[STREAMS];
    for (int i = 0; i < STREAMS; i++) wait_for[i] = (struct pollfd){ .fd = c->s[i].fd, .events = POLLIN };
    if (poll(wait_for, STREAMS, milliseconds) <= 0) return false;
    for (int i = 0; i < STREAMS; i++)
        if (c->s[i].fd >= 0 && wait_for[i].revents) take(&c->s[i]);
    return true;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Until it has ended; then what is left in the pipes, but no longer, since a process that it started may hold them open. */
static void follow(child *c, int seconds)
{
    const double end = now() + seconds;
    bool ended = false;
    while (!ended && !c->late) {
        listen_once(c, TICK_MS);
        const bool silent = c->s[REPORT].fd < 0 && c->s[OUT].fd < 0 && c->s[ERR].fd < 0;
        ended = waitpid(c->pid, &c->status, WNOHANG) == c->pid;
        if (!ended && silent && now() < end) nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
        c->late = !ended && now() >= end;
    }
    kill(-c->pid, SIGKILL);
    while (!ended && waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR) {}
    while (listen_once(c, 0) && (c->s[REPORT].fd >= 0 || c->s[OUT].fd >= 0 || c->s[ERR].fd >= 0)) {}
}

const char *child_signal(int number)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
        { SIGSEGV, "SIGSEGV, an address that is not its own" },
        { SIGBUS, "SIGBUS, an address that is not there" },
        { SIGILL, "SIGILL, an instruction that this processor does not have" },
        { SIGFPE, "SIGFPE, a division by zero" },
        { SIGABRT, "SIGABRT" },
        { SIGTRAP, "SIGTRAP" },
        { SIGKILL, "SIGKILL" },
        { SIGTERM, "SIGTERM" },
        { SIGSYS, "SIGSYS" },
        { SIGPIPE, "SIGPIPE" },
        { SIGALRM, "SIGALRM" },
        { SIGINT, "SIGINT" },
        { SIGHUP, "SIGHUP" },
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == number) return names[i].name;
    return "a signal";
}

/* The first line that was printed, without what a terminal would take for a command. */
const char *child_first_line(const char *text, char *line, size_t size)
{
    size_t n = 0;
    const char *at = text;
    at += strspn(at, " \t\r\n");
    for (; *at != '\0' && *at != '\n' && n + 1 < size; at++) line[n++] = (unsigned char)*at < ' ' || *at == 127 ? ' ' : *at;
    line[n] = '\0';
    return line;
}

/* What the C++ runtime says before it aborts: the type between quotes (GNU) or behind "exception of type" (LLVM), and what(). */
bool child_exception(const child_result *r, char *words, size_t size)
{
    const char *text = r->err, *type = strstr(text, "terminate called after throwing an instance of '");
    const char *llvm = strstr(text, "uncaught exception of type "), *what = strstr(text, "what():  ");
    if (type == NULL && llvm == NULL) return false;
    type = type != NULL ? strchr(type, '\'') + 1 : llvm + strlen("uncaught exception of type ");
    int n = snprintf(words, size, "%.*s", (int)strcspn(type, llvm != NULL ? "\n" : "'\n"), type);
    if (what != NULL && n > 0 && (size_t)n < size) snprintf(words + n, size - (size_t)n, ": %.*s", (int)strcspn(what + 9, "\n"), what + 9);
    return true;
}

bool child_run(const char *const *args, int seconds, child_result *out)
{
    enum { MOST_ARGS = 16 };
    const char *all[MOST_ARGS + 2] = { "/proc/self/exe" };
    child c = { .pid = -1 };
    for (int i = 0; i < MOST_ARGS && args[i] != NULL; i++) all[i + 1] = args[i];
    const bool started = start(&c, all);
    if (started) follow(&c, seconds);
    char **const texts[STREAMS] = { &out->report, &out->out, &out->err };
    for (int i = 0; i < STREAMS; i++) {
        if (c.s[i].fd >= 0) close(c.s[i].fd);
        *texts[i] = c.s[i].text != NULL ? c.s[i].text : calloc(1, 1);
    }
    out->status = c.status;
    out->late = c.late;
    return started && out->report != NULL && out->out != NULL && out->err != NULL;
}

void child_free(child_result *r)
{
    free(r->report);
    free(r->out);
    free(r->err);
    memset(r, 0, sizeof *r);
}

bool child_ended_well(const child_result *r) { return !r->late && WIFEXITED(r->status) && WEXITSTATUS(r->status) == 0; }

const char *child_words(const child_result *r, int seconds, char *words, size_t size)
{
    char what[256];
    if (r->late)
        snprintf(words, size, "did not return within %d s", seconds);
    else if (WIFSIGNALED(r->status) && child_exception(r, what, sizeof what))
        snprintf(words, size, "threw a C++ exception, which nothing in C can catch (%s)", what);
    else if (WIFSIGNALED(r->status) && WTERMSIG(r->status) == SIGABRT)
        snprintf(words, size, "called abort");
    else if (WIFSIGNALED(r->status))
        snprintf(words, size, "crashed: %s", child_signal(WTERMSIG(r->status)));
    else
        snprintf(words, size, "called exit(%d)", WEXITSTATUS(r->status));
    return words;
}
