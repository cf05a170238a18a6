/* hostile.c: the same work in an ordinary process and in hosts that have made themselves at home: another locale, flushed subnormals,
 * another rounding mode, traps, small stacks, signal handlers, regions of their own, a strict umask, no standard input.  The results must
 * be the same bytes, and nothing of the host's may have changed.  Every row is a process of its own, since such settings stick. */
#include "work.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <omp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SKIPPED = 77, SMALL_STACK = 256 << 10, TEAM = 2, CONTEXTS = 3, MOST_SIGNALS = 32 };
#define OPTIONS "backends=cpu threads=2 seed=3"

/* ---- settings: 0, or -1 when this machine has not got it ---- */
static int german(void)
{
    if (!setlocale(LC_ALL, "de_DE.UTF-8")) return -1;
    return strcmp(localeconv()->decimal_point, ",") == 0 ? 0 : -1;
}

#if defined(__x86_64__)
enum { FLUSH = 0x8040 };
static uint32_t control(void) { return __builtin_ia32_stmxcsr() & ~0x3Fu; } /* without the flags, which any arithmetic raises */
static int flush(void)
{
    __builtin_ia32_ldmxcsr(control() | FLUSH);
    return 0;
}
#else
static uint32_t control(void) { return (uint32_t)fegetround(); }
static int flush(void) { return -1; }
#endif
static int downward(void) { return fesetround(FE_DOWNWARD); }
static int upward(void) { return fesetround(FE_UPWARD); }
static int towards_zero(void) { return fesetround(FE_TOWARDZERO); }
static int traps(void) { return feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW | FE_UNDERFLOW) == -1 ? -1 : 0; }
static int told(void) { return feraiseexcept(FE_INEXACT | FE_DIVBYZERO); }

static volatile sig_atomic_t caught;
static void catch (int number) { caught = number; }
static int signals(void)
{
    static const int mine[] = { SIGINT, SIGTERM, SIGSEGV, SIGFPE, SIGCHLD, SIGPIPE };
    struct sigaction act = { .sa_handler = catch };
    sigset_t blocked;
    for (size_t i = 0; i < sizeof mine / sizeof *mine; i++)
        if (sigaction(mine[i], &act, NULL)) return -1;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    return pthread_sigmask(SIG_BLOCK, &blocked, NULL) ? -1 : 0;
}

/* Threads of the host's own regions are there before ours, in a mode of their own. */
static int own_regions(void)
{
    omp_set_num_threads(TEAM);
    omp_set_dynamic(0);
    omp_set_max_active_levels(2);
#pragma omp parallel num_threads(TEAM)
    {
        fesetround(FE_UPWARD);
        (void)flush();
    }
    fesetround(FE_TONEAREST);
#if defined(__x86_64__)
    __builtin_ia32_ldmxcsr(control() & ~(uint32_t)FLUSH);
#endif
    return 0;
}

static int strict(void)
{
    umask(077);
    return close(STDIN_FILENO);
}

static int all_of_it(void) { return german() | signals() | own_regions() | strict() | flush() | downward(); }

/* ---- what must be as before ---- */
typedef struct state {
    char locale[256], folder[512];
    locale_t thread_locale;
    uint32_t control;
    int rounding, traps, flags;
    struct sigaction act[MOST_SIGNALS];
    sigset_t blocked;
    mode_t mask;
    int team, levels, dynamic, files;
    uint32_t team_control[TEAM];
} state;

static int count_files(void)
{
    int n = 0;
    for (int i = 0; i < 256; i++) n += fcntl(i, F_GETFD) != -1;
    return n;
}

static void look(state *s, int regions)
{
    memset(s, 0, sizeof *s);
    snprintf(s->locale, sizeof s->locale, "%s", setlocale(LC_ALL, NULL));
    s->thread_locale = uselocale((locale_t)0);
    s->control = control();
    s->rounding = fegetround();
    s->traps = fegetexcept();
    s->flags = fetestexcept(FE_ALL_EXCEPT);
    if (!getcwd(s->folder, sizeof s->folder)) s->folder[0] = '\0';
    for (int i = 1; i < MOST_SIGNALS; i++) (void)sigaction(i, NULL, &s->act[i]);
    pthread_sigmask(SIG_SETMASK, NULL, &s->blocked);
    s->mask = umask(0);
    umask(s->mask);
    s->team = omp_get_max_threads();
    s->levels = omp_get_max_active_levels();
    s->dynamic = omp_get_dynamic();
    s->files = count_files();
    if (!regions) return;
#pragma omp parallel num_threads(TEAM)
    s->team_control[omp_get_thread_num()] = control();
}

static const char *changed(const state *a, const state *b)
{
    if (strcmp(a->locale, b->locale) != 0 || a->thread_locale != b->thread_locale) return "the locale changed";
    if (a->control != b->control || a->rounding != b->rounding || a->traps != b->traps) return "the floating-point mode changed";
    if (a->flags & ~b->flags) return "a floating-point flag was lowered";
    for (int i = 1; i < MOST_SIGNALS; i++)
        if (a->act[i].sa_handler != b->act[i].sa_handler || a->act[i].sa_flags != b->act[i].sa_flags) return "a signal handler changed";
    for (int i = 1; i < MOST_SIGNALS; i++)
        if (sigismember(&a->blocked, i) != sigismember(&b->blocked, i)) return "the signal mask changed";
    if (strcmp(a->folder, b->folder) != 0) return "the working directory changed";
    if (a->mask != b->mask) return "the umask changed";
    if (a->team != b->team || a->levels != b->levels || a->dynamic != b->dynamic) return "OpenMP's settings changed";
    if (memcmp(a->team_control, b->team_control, sizeof a->team_control) != 0) return "the mode of the host's other threads changed";
    for (int wait = 0; a->files != count_files(); wait++) { /* OpenMP's threads load a library when they end, in their own time */
        if (wait == 1000) return "a file stayed open";
        usleep(1000);
    }
    return NULL;
}

/* ---- doing it ---- */
typedef struct job {
    const char *options, *folder;
    bytes out;
} job;

static void *work_on_thread(void *arg)
{
    job *j = arg;
    do_work(j->options, j->folder, &j->out);
    return NULL;
}

static void on_this_thread(job *j) { (void)work_on_thread(j); }

static void on_a_small_stack(job *j)
{
    pthread_attr_t a;
    pthread_t t;
    pthread_attr_init(&a);
    if (pthread_attr_setstacksize(&a, SMALL_STACK) || pthread_create(&t, &a, work_on_thread, j))
        snprintf(j->out.wrong, sizeof j->out.wrong, "no thread with a small stack: %s", strerror(errno));
    else
        pthread_join(t, NULL);
    pthread_attr_destroy(&a);
}

/* Each thread of the host's region has a context of its own, below which nothing may open another region. */
static void inside_a_region(job *j)
{
    bytes other[CONTEXTS] = { { 0 } };
#pragma omp parallel num_threads(CONTEXTS)
    {
        char folder[1024];
        const int i = omp_get_thread_num();
        snprintf(folder, sizeof folder, "%s/%d", j->folder, i);
        mkdir(folder, 0700);
        do_work(j->options, folder, &other[i]);
    }
    j->out = other[0];
    for (int i = 1; i < CONTEXTS; i++) { /* a limit on threads may have left the team smaller */
        const char *differs = other[i].n || other[i].wrong[0] ? bytes_differ(&j->out, &other[i]) : NULL;
        if (differs) snprintf(j->out.wrong, sizeof j->out.wrong, "thread %d of the region: %s", i, differs);
        bytes_free(&other[i]);
    }
}

static const struct row {
    const char *name;
    int (*set)(void);
    void (*how)(job *j);
    int regions; /* look at the host's team too */
} rows[] = {
    { "once more", NULL, on_this_thread, 0 },
    { "locale de_DE", german, on_this_thread, 0 },
    { "subnormals flushed", flush, on_this_thread, 0 },
    { "rounding down", downward, on_this_thread, 0 },
    { "rounding up", upward, on_this_thread, 0 },
    { "rounding to zero", towards_zero, on_this_thread, 0 },
    { "traps on", traps, on_this_thread, 0 },
    { "flags raised", told, on_this_thread, 0 },
    { "signal handlers", signals, on_this_thread, 0 },
    { "regions of its own", own_regions, on_this_thread, 1 },
    { "inside a region", own_regions, inside_a_region, 1 },
    { "umask 077, no stdin", strict, on_this_thread, 0 },
    { "a stack of 256 KB", NULL, on_a_small_stack, 0 },
    { "rounding down on a small stack", downward, on_a_small_stack, 0 },
    { "all of it", all_of_it, on_a_small_stack, 1 },
};

static const char *mode_of_files(const char *folder)
{
    char path[1024];
    struct stat s;
    const mode_t mask = umask(0);
    umask(mask);
    snprintf(path, sizeof path, "%s/net.safetensors", folder);
    if (stat(path, &s) != 0) return NULL; /* a region has folders of its own */
    return (s.st_mode & 0777) == (0666 & ~mask) ? NULL : "a saved file ignores the umask";
}

/* In a process of its own; exits. */
static void live(const struct row *r, const bytes *expected, int to)
{
    static state before, after; /* not on the stack: a host may have little */
    char folder[256];
    job j = { OPTIONS, folder, { 0 } };
    if (!scratch_make(folder, sizeof folder)) _exit(1);
    if (r && r->set && r->set() != 0) {
        scratch_remove(folder);
        _exit(SKIPPED);
    }
    if (r && r->set == traps) feclearexcept(FE_ALL_EXCEPT);
    look(&before, r && r->regions);
    (r ? r->how : on_this_thread)(&j);
    look(&after, r && r->regions);
    fesetenv(FE_DFL_ENV);
    const char *bad = expected ? bytes_differ(expected, &j.out) : j.out.wrong[0] ? j.out.wrong : NULL;
    if (!bad) bad = changed(&before, &after);
    if (!bad) bad = mode_of_files(folder);
    if (!bad && caught) bad = "a signal came";
    scratch_remove(folder);
    if (bad) fprintf(stderr, "%s: %s\n", r ? r->name : "ordinary", bad);
    for (size_t sent = 0; to >= 0 && !bad && sent < j.out.n;) {
        const ssize_t n = write(to, j.out.at + sent, j.out.n - sent);
        if (n <= 0) _exit(1);
        sent += (size_t)n;
    }
    bytes_free(&j.out);
    exit(bad ? 1 : 0); /* runs the leak checker, where there is one */
}

static int reap(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int ordinary(bytes *out)
{
    int ends[2];
    unsigned char part[4096];
    if (pipe(ends)) return 1;
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        live(NULL, NULL, ends[1]);
    }
    close(ends[1]);
    out->at = malloc(out->room = 64 << 20);
    for (ssize_t n; out->at && (n = read(ends[0], part, sizeof part)) > 0; out->n += (size_t)n)
        if (out->n + (size_t)n <= out->room) memcpy(out->at + out->n, part, (size_t)n);
    close(ends[0]);
    return reap(child) || !out->at;
}

int main(int argc, char **argv)
{
    bytes expected = { 0 };
    int failed = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (ordinary(&expected)) return fputs("the ordinary host failed\n", stderr), 1;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (argc > 1 && !strstr(rows[i].name, argv[1])) continue;
        const pid_t child = fork();
        if (child == 0) live(&rows[i], &expected, -1);
        const int code = child < 0 ? 1 : reap(child);
        printf("%s  %s\n", code == 0 ? "ok     " : code == SKIPPED ? "skipped" : "FAILED ", rows[i].name);
        if (code > 128) printf("         it died of signal %d\n", code - 128);
        failed += code != 0 && code != SKIPPED;
    }
    printf("%zu bytes of results, %d failed\n", expected.n, failed);
    bytes_free(&expected);
    return failed != 0;
}
