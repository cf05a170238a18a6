/* state.c: what a plugin must leave as it was: locale, rounding and flush modes, signal mask and handlers, working directory, umask. */
#include "validate.h"
#include <dirent.h>
#include <fenv.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

static const int watched[] = { SIGINT,  SIGTERM, SIGHUP,  SIGPIPE, SIGFPE,  SIGILL, SIGABRT,
                               SIGSEGV, SIGBUS,  SIGCHLD, SIGUSR1, SIGUSR2, SIGALRM };
enum { WATCHED = CPLUG_COUNT(watched), FLUSH = 0x8040 /* FTZ and DAZ in MXCSR */ };

struct host_state {
    char locale[256], directory[PATH_MAX];
    locale_t thread_locale;
    int rounding;
    uint32_t control; /* MXCSR without its status flags */
    sigset_t mask;
    struct sigaction handlers[WATCHED];
    mode_t umask;
};

static uint32_t control_word(void)
{
#if defined(__x86_64__)
    return _mm_getcsr() & ~0x3Fu;
#else
    return 0;
#endif
}

host_state *state_take(void)
{
    host_state *s = calloc(1, sizeof *s);
    if (s == NULL) return NULL;
    const char *name = setlocale(LC_ALL, NULL);
    snprintf(s->locale, sizeof s->locale, "%s", name != NULL ? name : "");
    if (getcwd(s->directory, sizeof s->directory) == NULL) s->directory[0] = '\0';
    s->thread_locale = uselocale((locale_t)0);
    s->rounding = fegetround();
    s->control = control_word();
    pthread_sigmask(SIG_SETMASK, NULL, &s->mask);
    for (int i = 0; i < WATCHED; i++) sigaction(watched[i], NULL, &s->handlers[i]);
    s->umask = umask(0);
    umask(s->umask);
    return s;
}

void state_free(host_state *s) { free(s); }

void state_usual(void)
{
    sigset_t none;
    sigemptyset(&none);
    for (int i = 0; i < WATCHED; i++)
        if (watched[i] != SIGPIPE) signal(watched[i], SIG_DFL);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    umask(022);
}

int64_t clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int32_t state_threads(void)
{
    DIR *d = opendir("/proc/self/task");
    int32_t n = d != NULL ? 0 : -1;
    for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) n += e->d_name[0] != '.';
    if (d != NULL) closedir(d);
    return n;
}

void state_calm(int32_t threads)
{
    enum { LEAST_MS = 30, MOST_MS = 1000, TICK_MS = 10 };
    for (int ms = 0; ms < LEAST_MS || (ms < MOST_MS && state_threads() > threads); ms += TICK_MS)
        nanosleep(&(struct timespec){ 0, TICK_MS * 1000000L }, NULL);
}

static bool same_mask(const sigset_t *a, const sigset_t *b)
{
    for (int k = 1; k < 65; k++)
        if (sigismember(a, k) != sigismember(b, k)) return false;
    return true;
}

bool state_same(const host_state *before, char *why, uint64_t size)
{
    host_state *now = state_take();
    if (now == NULL || before == NULL) return true;
    why[0] = '\0';
    if (strcmp(before->locale, now->locale) != 0 || before->thread_locale != now->thread_locale)
        snprintf(why, size, "changes the locale from '%s' to '%s'", before->locale, now->locale);
    else if (before->rounding != now->rounding)
        snprintf(why, size, "changes the rounding mode");
    else if ((before->control ^ now->control) & FLUSH)
        snprintf(why, size, "sets flush to zero in the floating point control word, which was %#x and is %#x", before->control,
                 now->control);
    else if (before->control != now->control)
        snprintf(why, size, "changes the floating point control word (rounding mode, exceptions) from %#x to %#x", before->control,
                 now->control);
    else if (!same_mask(&before->mask, &now->mask))
        snprintf(why, size, "changes the signal mask");
    else if (strcmp(before->directory, now->directory) != 0)
        snprintf(why, size, "changes the working directory to '%s'", now->directory);
    else if (before->umask != now->umask)
        snprintf(why, size, "changes the umask from %03o to %03o", (unsigned)before->umask, (unsigned)now->umask);
    for (int i = 0; i < WATCHED && why[0] == '\0'; i++)
        if (before->handlers[i].sa_handler != now->handlers[i].sa_handler)
            snprintf(why, size, "changes the handler of signal %s", sigabbrev_np(watched[i]));
    state_free(now);
    if (why[0] == '\0') return true;
    setlocale(LC_ALL, before->locale);
    uselocale(before->thread_locale);
    fesetround(before->rounding);
#if defined(__x86_64__)
    _mm_setcsr(before->control);
#endif
    pthread_sigmask(SIG_SETMASK, &before->mask, NULL);
    if (chdir(before->directory) != 0) return false;
    for (int i = 0; i < WATCHED; i++) sigaction(watched[i], &before->handlers[i], NULL);
    umask(before->umask);
    return false;
}
