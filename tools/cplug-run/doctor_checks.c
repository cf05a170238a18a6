/* doctor_checks.c: what doctor looks for: each check says how it stands and, when it does not stand well, what to do. */
#include "doctor.h"
#include "../common/describe.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const double MIB = 1024.0 * 1024.0;
typedef enum state { OK, WARN, FAIL } state;

static void say(cJSON *list, const char *name, state how, const char *help, const char *format, ...) CPLUG_PRINTF(5, 6);
static void say(cJSON *list, const char *name, state how, const char *help, const char *format, ...)
{
    static const char *const states[] = { "ok", "warn", "fail" };
    char text[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    cJSON *o = cJSON_CreateObject();
    cplug_utf8_mend(text);
    cJSON_AddStringToObject(o, "name", name);
    cJSON_AddStringToObject(o, "state", states[how]);
    cJSON_AddStringToObject(o, "text", text);
    cJSON_AddStringToObject(o, "help", how != OK ? help : "");
    cJSON_AddItemToArray(list, o);
}

static void check_plugins(const survey *s, cJSON *list)
{
    const cJSON *p;
    int n = 0, bad = 0;
    cJSON_ArrayForEach(p, s->plugins)
    {
        const char *name = json_text(p, "state");
        const bool failed = strcmp(name, "failed") == 0;
        n++;
        if (!failed && strcmp(name, "shadowed") != 0 && strcmp(name, STATE_WARNING) != 0) continue;
        bad++;
        say(list, "plugin", failed ? FAIL : WARN, failed ? "reinstall it, or take the file away" : "take one of the two away", "%s: %s",
            json_text(p, "path"), json_text(p, "reason"));
    }
    if (n == 0)
        say(list, "plugins", FAIL, "reinstall cplug, or name their folder in CPLUG_PLUGIN_PATH", "no plugins were found");
    else if (bad == 0)
        say(list, "plugins", OK, "", "%d plugins, all work", n);
    cJSON_ArrayForEach(p, s->warnings)
        say(list, "plugin folder", WARN, "make it a folder that only its owner may write to: chmod go-w", "%s", p->valuestring);
}

/* Kernels of OpenBLAS for processors before AVX2; what a backend finds wrong with itself it says after "; warning: ". */
static bool is_outdated(const machine *m, const char *words)
{
    static const char *const old[] = { "Prescott", "Core2", "Nehalem", "Sandybridge", "Penryn", "Barcelona", "Dunnington", "Atom" };
    for (uint32_t i = 0; m->avx2 && i < CPLUG_COUNT(old); i++)
        if (strstr(words, old[i]) != NULL) return true;
    return false;
}

static void check_backends(const machine *m, const survey *s, cJSON *list)
{
    const cJSON *b = NULL;
    int n = 0, libraries = 0;
    while ((b = survey_next(s, b, "backend", NULL)) != NULL) {
        const char *words = json_text(b, "words"), *id = json_text(b, "id");
        n++;
        if (strcmp(id, "cpu") != 0 && strcmp(json_text(b, "device"), "sim") != 0) libraries++;
        const char *warning = strstr(words, "; warning: ");
        const int length = warning != NULL ? (int)(warning - words) : (int)strlen(words);
        if (warning != NULL)
            say(list, "kernels", WARN, warning + strlen("; warning: "), "%.*s", length, words);
        else if (is_outdated(m, words))
            say(list, "kernels", WARN, "name a newer type in OPENBLAS_CORETYPE, or unset it", "%s, but this processor can do more", words);
        else
            say(list, "backend", OK, "", "%s%s%s", id, words[0] ? ": " : "", words);
    }
    if (n == 0)
        say(list, "backends", FAIL, "reinstall cplug: cplug-cpu.so is missing", "there is no backend");
    else if (libraries == 0)
        say(list, "backends", WARN, "apt-get install libopenblas0-openmp makes matrix products faster", "there is no backend but plain C");
}

static void check_processor(const machine *m, cJSON *list)
{
    const char *threads = getenv("OMP_NUM_THREADS");
    const double cores = m->quota > 0 && m->quota < m->cores ? m->quota : m->cores;
    if (m->x86 && !(m->avx2 && m->fma)) say(list, "processor", WARN, "training works, but slowly", "the processor has no AVX2 or FMA");
    if (m->quota > 0 && m->quota < m->cores)
        say(list, "cores", WARN, "set runtime.threads to what it may use, or raise the limit", "the control group allows %.2g of %d cores",
            m->quota, (int)m->cores);
    else if (m->cores == 1)
        say(list, "cores", WARN, "allow more, if there are more", "there is one core for this process");
    else
        say(list, "cores", OK, "", "%d cores", (int)m->cores);
    if (threads != NULL && atof(threads) > cores)
        say(list, "OMP_NUM_THREADS", WARN, "set it to the number of cores, or unset it", "OMP_NUM_THREADS is %s, more than the %.2g cores",
            threads, cores);
}

static void check_memory(const machine *m, cJSON *list)
{
    const double room = m->limit > 0 && m->limit < m->memory ? m->limit : m->memory;
    say(list, "memory", room < 512 * MIB ? WARN : OK, "end other programs, or lower train.batch_size", "%.0f MiB can be used", room / MIB);
}

static void check_limits(cJSON *list)
{
    struct rlimit files, processes, size;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0)
        say(list, "open files", files.rlim_cur < 128 ? WARN : OK, "raise it with ulimit -n", "%.0f may be open", (double)files.rlim_cur);
    if (getrlimit(RLIMIT_NPROC, &processes) == 0 && processes.rlim_cur < 64)
        say(list, "processes", WARN, "raise it with ulimit -u", "only %.0f processes and threads are allowed", (double)processes.rlim_cur);
    if (getrlimit(RLIMIT_FSIZE, &size) == 0 && size.rlim_cur != RLIM_INFINITY)
        say(list, "file size", WARN, "lift it with ulimit -f unlimited", "files may have %.0f bytes at most", (double)size.rlim_cur);
}

static void check_folder(const machine *m, cJSON *list)
{
    if (!m->writable)
        say(list, "runs", FAIL, "change to another folder, or train with --run-dir", "%s cannot be written to", m->folder);
    else if (m->disk_free >= 0 && m->disk_free < 1024 * MIB)
        say(list, "disk", m->disk_free < 50 * MIB ? FAIL : WARN, "remove what is not needed: a run that cannot be saved is lost",
            "%.0f MiB are free for %s", m->disk_free / MIB, m->folder);
    else
        say(list, "runs", OK, "", "%s can be written to, %.0f MiB are free", m->folder, m->disk_free / MIB);
}

cJSON *doctor_checks(const machine *m, const survey *s)
{
    cJSON *list = cJSON_CreateArray();
    check_plugins(s, list);
    check_backends(m, s, list);
    check_processor(m, list);
    check_memory(m, list);
    check_limits(list);
    check_folder(m, list);
    if (m->kernel_major > 0 && (m->kernel_major < 4 || (m->kernel_major == 4 && m->kernel_minor < 18)))
        say(list, "kernel", WARN, "cplug is tested with 4.18 and later", "Linux %ld.%ld is old", m->kernel_major, m->kernel_minor);
    return list;
}
