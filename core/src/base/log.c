/* log.c: one sink a process, silent until set, and the topics that CPLUG_LOG switches on; also the names of status codes. */
#include "base/base.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINE = 2048, TOPICS = 256 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void (*log_sink)(void *arg, int32_t level, const char *text);
static void *log_arg;
static pthread_once_t topics_once = PTHREAD_ONCE_INIT;
static char topics[TOPICS]; /* "dispatch,plugin" */

static void read_topics(void)
{
    const char *text = secure_getenv("CPLUG_LOG");
    if (text) snprintf(topics, sizeof topics, "%s", text);
}

bool cplug__log_topic(const char *topic)
{
    pthread_once(&topics_once, read_topics);
    const size_t length = strlen(topic);
    for (const char *at = topics; *at;) {
        const size_t n = strcspn(at, ", ");
        if ((n == length && memcmp(at, topic, n) == 0) || (n == 3 && memcmp(at, "all", 3) == 0)) return true;
        at += n + (at[n] != '\0');
    }
    return false;
}

void cplug_log_to(void (*sink)(void *arg, int32_t level, const char *text), void *arg)
{
    pthread_mutex_lock(&lock);
    log_sink = sink;
    log_arg = arg;
    pthread_mutex_unlock(&lock);
}

void cplug__log(int32_t level, const char *format, ...)
{
    pthread_once(&topics_once, read_topics);
    pthread_mutex_lock(&lock);
    void (*sink)(void *, int32_t, const char *) = log_sink;
    void *arg = log_arg;
    pthread_mutex_unlock(&lock);
    if (!sink && !topics[0]) return;
    char line[LINE];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (sink)
        sink(arg, level, line);
    else
        fprintf(stderr, "cplug: %s\n", line);
}

const char *cplug_version(void) { return CPLUG_VERSION; }

const char *cplug_status_name(cplug_status code)
{
    static const char *const names[] = {
        [CPLUG_OK] = "ok",
        [CPLUG_E_INVALID] = "invalid",
        [CPLUG_E_SHAPE] = "shape",
        [CPLUG_E_DTYPE] = "dtype",
        [CPLUG_E_DEVICE] = "device",
        [CPLUG_E_NOMEM] = "out of memory",
        [CPLUG_E_IO] = "input/output",
        [CPLUG_E_FORMAT] = "format",
        [CPLUG_E_NOTFOUND] = "not found",
        [CPLUG_E_UNSUPPORTED] = "unsupported",
        [CPLUG_E_AUTOGRAD] = "autograd",
        [CPLUG_E_VERSION] = "version",
        [CPLUG_E_CANCELLED] = "cancelled",
        [CPLUG_E_INTERNAL] = "internal",
    };
    return code >= 0 && code < (cplug_status)CPLUG_COUNT(names) ? names[code] : "unknown";
}
