/* predict.c: the verb predict: lines that the launcher makes go to standard output, or to a file that appears whole or not at all. */
#include "tool.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct sink {
    FILE *to;
    int64_t lines;
    char path[PATH_MAX], temporary[PATH_MAX + 32]; /* temporary: "" when the file itself is written */
} sink;

static void put_line(void *arg, const char *line)
{
    sink *s = arg;
    s->lines++;
    fputs(line, s->to);
    putc('\n', s->to);
}

/* ---- the file ---- */
static const char *volatile unfinished;

static void remove_unfinished(int number)
{
    if (unfinished != NULL) unlink(unfinished);
    raise(number); /* SA_RESETHAND: as if we had not been here */
}

static void watch_unfinished(const char *path)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
    struct sigaction action;
    unfinished = path;
    memset(&action, 0, sizeof action);
    action.sa_handler = remove_unfinished;
    action.sa_flags = (int)(SA_RESETHAND | SA_NODEFER);
    for (uint32_t i = 0; i < CPLUG_COUNT(numbers); i++) sigaction(numbers[i], &action, NULL);
}

/* What is there and is no plain file, /dev/null say, is written as it stands; a link keeps pointing where it does. */
static bool open_file(sink *s, const char *path)
{
    struct stat st;
    const bool there = stat(path, &st) == 0;
    if (!there || realpath(path, s->path) == NULL) snprintf(s->path, sizeof s->path, "%s", path);
    if (there && !S_ISREG(st.st_mode)) return (s->to = fopen(path, "w")) != NULL;
    snprintf(s->temporary, sizeof s->temporary, "%s.%ld.part", s->path, (long)getpid());
    watch_unfinished(s->temporary);
    const int fd = open(s->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    s->to = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (there && fd >= 0 && fchmod(fd, st.st_mode & 0777) != 0) return false;
    return s->to != NULL;
}

static int close_file(sink *s, const command *c, int code)
{
    char text[PATH_MAX + 256];
    bool good = fflush(s->to) == 0 && !ferror(s->to);
    if (good && s->temporary[0]) good = fsync(fileno(s->to)) == 0;
    int why = errno;
    if (fclose(s->to) != 0 && good) {
        good = false;
        why = errno;
    }
    if (good && code == CPLUG_RUN_OK && s->temporary[0] && rename(s->temporary, s->path) != 0) {
        good = false;
        why = errno;
    }
    if (s->temporary[0]) unlink(s->temporary); /* renamed it is gone already */
    unfinished = NULL;
    if (good || code != CPLUG_RUN_OK) return code;
    snprintf(text, sizeof text, "cannot write '%s': %s", c->output, strerror(why));
    return fail_text(c, CPLUG_RUN_FAILED, text);
}

static void say_written(const command *c, int64_t samples)
{
    if (!c->json) {
        printf("%lld predictions in %s\n", (long long)samples, c->output);
        return;
    }
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "type", "predict");
    cJSON_AddStringToObject(o, "output", c->output);
    cJSON_AddNumberToObject(o, "samples", (double)samples);
    print_json(o);
}

int do_predict(const command *c)
{
    static sink s;
    char text[PATH_MAX + 256];
    const bool to_file = c->output != NULL && strcmp(c->output, "-") != 0;
    command with = *c;
    if (c->json && with.format == NULL) with.format = "jsonl";
    const bool lines_only = with.format != NULL && strcmp(with.format, "jsonl") == 0;
    if (c->json && !to_file && !lines_only)
        return fail_text(c, CPLUG_RUN_USAGE, "--json prints JSON lines: leave --format away, or write to a file with --output");
    cplug_run *r = open_run(&with, 0);
    if (cplug_run_code(r) != CPLUG_RUN_OK) return finish(c, r);
    s.to = stdout;
    if (to_file && !open_file(&s, c->output)) {
        snprintf(text, sizeof text, "cannot write '%s': %s", c->output, strerror(errno));
        cplug_run_close(r);
        return fail_text(c, CPLUG_RUN_FAILED, text);
    }
    cplug_run_predict_rows(r, put_line, &s);
    int code = finish(c, r);
    if (!to_file) return code;
    code = close_file(&s, c, code);
    if (code == CPLUG_RUN_OK) say_written(c, s.lines - !lines_only);
    return code;
}
