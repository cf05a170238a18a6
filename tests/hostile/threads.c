/* threads.c: contexts are independent: the same work in 1, 2 and 4 threads at once, each with a context of its own, gives the bytes of one
 * alone.  Threads start together in a process that has loaded nothing yet, so the loading of plugins meets itself too. */
#include "work.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 4 };
typedef struct member {
    pthread_t thread;
    pthread_barrier_t *start;
    const char *options;
    char folder[512];
    bytes out;
} member;

static void *live(void *arg)
{
    member *m = arg;
    pthread_barrier_wait(m->start);
    do_work(m->options, m->folder, &m->out);
    return NULL;
}

/* 0 when all got the same bytes, which come out in first */
static int together(const char *options, int n, const char *folder, bytes *first)
{
    member all[MOST];
    pthread_barrier_t start;
    int failed = 0;
    memset(all, 0, sizeof all);
    pthread_barrier_init(&start, NULL, (unsigned)n);
    for (int i = 0; i < n; i++) {
        all[i].start = &start;
        all[i].options = options;
        snprintf(all[i].folder, sizeof all[i].folder, "%s/%d of %d", folder, i, n);
        mkdir(all[i].folder, 0700);
        if (pthread_create(&all[i].thread, NULL, live, &all[i])) exit(1);
    }
    for (int i = 0; i < n; i++) pthread_join(all[i].thread, NULL);
    pthread_barrier_destroy(&start);
    if (!first->at) {
        *first = all[0].out;
        all[0].out = (bytes){ 0 };
        if (first->wrong[0]) fprintf(stderr, "%s: %s\n", options, first->wrong), failed = 1;
    }
    for (int i = 0; i < n; i++) {
        const char *differs = all[i].out.at || all[i].out.wrong[0] ? bytes_differ(first, &all[i].out) : NULL;
        if (differs) fprintf(stderr, "%s, thread %d of %d: %s\n", options, i, n, differs), failed = 1;
        bytes_free(&all[i].out);
    }
    return failed;
}

/* Many first, then one: the many load the plugins.  In a process of its own. */
static int row(const char *options)
{
    static const int sizes[] = { MOST, 1, 2 };
    char folder[256];
    bytes first = { 0 };
    int failed = 0;
    if (!scratch_make(folder, sizeof folder)) return 1;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) failed |= together(options, sizes[i], folder, &first);
    scratch_remove(folder);
    printf("%s  %s: %zu bytes from each\n", failed ? "FAILED" : "ok    ", options, first.n);
    bytes_free(&first);
    return failed;
}

int main(void)
{
    static const char *const options[] = { "backends=cpu threads=1 seed=7", "backends=cpu threads=2 seed=7", "threads=1 seed=7",
                                           "device=sim threads=1 seed=7 fallback=allow" };
    int failed = 0;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        fflush(stdout);
        const pid_t child = fork();
        if (child == 0) exit(row(options[i]));
        int status = 1;
        failed |= child < 0 || waitpid(child, &status, 0) != child || status != 0;
    }
    return failed;
}
