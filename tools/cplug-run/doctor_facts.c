/* doctor_facts.c: what a report about this machine should say: versions, processor, memory, limits, environment. */
#include "doctor.h"
#include <gnu/libc-version.h>
#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

static const double MIB = 1024.0 * 1024.0;

/* First line of a file; false when there is none. */
static bool read_line(const char *path, char *out, size_t size)
{
    FILE *f = fopen(path, "re");
    const bool ok = f != NULL && fgets(out, (int)size, f) != NULL;
    if (f != NULL) fclose(f);
    if (ok) out[strcspn(out, "\n")] = '\0';
    return ok;
}

/* What stands after "key  :" in a file of such lines. */
static bool read_key(const char *path, const char *key, char *out, size_t size)
{
    char line[4096];
    FILE *f = fopen(path, "re");
    bool found = false;
    while (f != NULL && !found && fgets(line, sizeof line, f) != NULL) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, key, strlen(key)) != 0 || colon == NULL) continue;
        colon += 1 + strspn(colon + 1, " \t");
        snprintf(out, size, "%.*s", (int)strcspn(colon, "\n"), colon);
        found = true;
    }
    if (f != NULL) fclose(f);
    return found;
}

/* ---- control groups ---- */
/* A number of the process's control group: version 2 has one tree, version 1 a tree for each controller.  Inside of a container the
 * path is often that of the host, and the numbers stand at the root.  NAN: no limit. */
static double group_number(const char *controller, const char *file, const char **rest)
{
    static char text[256];
    char groups[4096], line[4096], path[8300], *end;
    FILE *f = fopen("/proc/self/cgroup", "re");
    snprintf(groups, sizeof groups, "/");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        char *names = strchr(line, ':'), *group = names != NULL ? strchr(names + 1, ':') : NULL;
        if (group == NULL) continue;
        *group++ = '\0';
        if (strcmp(names + 1, controller) == 0) snprintf(groups, sizeof groups, "%.*s", (int)strcspn(group, "\n"), group);
    }
    if (f != NULL) fclose(f);
    snprintf(path, sizeof path, "/sys/fs/cgroup/%s%s/%s", controller, groups, file);
    if (!read_line(path, text, sizeof text)) {
        snprintf(path, sizeof path, "/sys/fs/cgroup/%s/%s", controller, file);
        if (!read_line(path, text, sizeof text)) return NAN;
    }
    const double value = strtod(text, &end);
    *rest = end;
    return end == text ? NAN : value;
}

static double group_cores(void)
{
    const char *rest = "";
    double quota = group_number("", "cpu.max", &rest), period = strtod(rest, NULL);
    if (isnan(quota)) {
        quota = group_number("cpu", "cpu.cfs_quota_us", &rest);
        period = group_number("cpu", "cpu.cfs_period_us", &rest);
    }
    return quota > 0 && period > 0 ? quota / period : 0;
}

static double group_memory(void)
{
    const char *rest;
    double limit = group_number("", "memory.max", &rest);
    if (isnan(limit)) limit = group_number("memory", "memory.limit_in_bytes", &rest);
    return limit > 0 && limit < 1e15 ? limit : 0; /* version 1 writes a huge number for none */
}

/* ---- sections of the report ---- */
static void add_text(cJSON *o, const char *key, const char *text)
{
    cJSON *item = cJSON_AddStringToObject(o, key, text);
    if (item != NULL) cplug_utf8_mend(item->valuestring);
}

static void look_at_processor(machine *m, cJSON *o)
{
    char text[256] = "?";
    cpu_set_t set;
    if (!read_key("/proc/cpuinfo", "model name", text, sizeof text)) read_key("/proc/cpuinfo", "Model", text, sizeof text);
    add_text(o, "model", text);
#if defined(__x86_64__) && defined(__GNUC__)
    __builtin_cpu_init();
    m->x86 = true;
    m->avx2 = __builtin_cpu_supports("avx2");
    m->fma = __builtin_cpu_supports("fma");
    m->avx512 = __builtin_cpu_supports("avx512f");
    snprintf(text, sizeof text, "%s%s%s", m->avx2 ? "avx2 " : "", m->fma ? "fma " : "", m->avx512 ? "avx512f" : "");
    add_text(o, "features", text);
#endif
    CPU_ZERO(&set);
    m->cores = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    m->quota = group_cores();
    cJSON_AddNumberToObject(o, "cores", m->cores);
    cJSON_AddNumberToObject(o, "cores_online", (double)sysconf(_SC_NPROCESSORS_ONLN));
    if (m->quota > 0) cJSON_AddNumberToObject(o, "cgroup_cores", m->quota);
}

static void look_at_memory(machine *m, cJSON *o)
{
    char text[256];
    if (read_key("/proc/meminfo", "MemTotal", text, sizeof text)) cJSON_AddNumberToObject(o, "total_mib", floor(atof(text) / 1024));
    if (read_key("/proc/meminfo", "MemAvailable", text, sizeof text)) m->memory = atof(text) * 1024;
    m->limit = group_memory();
    cJSON_AddNumberToObject(o, "available_mib", floor(m->memory / MIB));
    if (m->limit > 0) cJSON_AddNumberToObject(o, "cgroup_mib", floor(m->limit / MIB));
}

static void add_limit(cJSON *o, const char *key, int which)
{
    struct rlimit limit;
    if (getrlimit((__rlimit_resource_t)which, &limit) != 0) return;
    if (limit.rlim_cur == RLIM_INFINITY)
        cJSON_AddStringToObject(o, key, "unlimited");
    else
        cJSON_AddNumberToObject(o, key, (double)limit.rlim_cur);
}

static void look_at_limits(cJSON *o)
{
    static const struct {
        const char *name;
        int which;
    } limits[] = { { "open_files", RLIMIT_NOFILE }, { "processes", RLIMIT_NPROC }, { "stack", RLIMIT_STACK },
                   { "address_space", RLIMIT_AS },  { "file_size", RLIMIT_FSIZE }, { "core", RLIMIT_CORE } };
    for (uint32_t i = 0; i < CPLUG_COUNT(limits); i++) add_limit(o, limits[i].name, limits[i].which);
}

/* Only what may matter here: a report is shown to others. */
static void look_at_environment(cJSON *o)
{
    static const char *const prefixes[] = { "CPLUG_",     "OMP_", "GOMP_", "OPENBLAS_", "CUDA_VISIBLE", "LD_LIBRARY_PATH",
                                            "LD_PRELOAD", "LC_",  "LANG",  "TERM=",     "CI=",          "NO_COLOR" };
    char name[256];
    for (char **at = environ; *at != NULL; at++) {
        const char *equals = strchr(*at, '=');
        for (uint32_t i = 0; equals != NULL && i < CPLUG_COUNT(prefixes); i++) {
            if (strncmp(*at, prefixes[i], strlen(prefixes[i])) != 0) continue;
            snprintf(name, sizeof name, "%.*s", (int)(equals - *at), *at);
            add_text(o, name, equals + 1);
            break;
        }
    }
}

/* Runs are written below runs/, which the first one makes. */
static void look_at_folder(machine *m, cJSON *o)
{
    struct stat st;
    struct statvfs disk;
    char here[3072];
    if (getcwd(here, sizeof here) == NULL) snprintf(here, sizeof here, ".");
    const bool made = stat("runs", &st) == 0;
    snprintf(m->folder, sizeof m->folder, "%s%s", here, made ? "/runs" : "");
    m->writable = access(m->folder, W_OK | X_OK) == 0 && (!made || S_ISDIR(st.st_mode));
    m->disk_free = statvfs(m->folder, &disk) == 0 ? (double)disk.f_bavail * (double)disk.f_frsize : -1;
    add_text(o, "folder", m->folder);
    cJSON_AddBoolToObject(o, "writable", m->writable);
    if (m->disk_free >= 0) cJSON_AddNumberToObject(o, "free_mib", floor(m->disk_free / MIB));
}

static void look_at_system(machine *m, cJSON *o)
{
    struct utsname u;
    char text[512];
    if (uname(&u) == 0) {
        snprintf(text, sizeof text, "%s %s %s", u.sysname, u.release, u.machine);
        add_text(o, "kernel", text);
        if (sscanf(u.release, "%ld.%ld", &m->kernel_major, &m->kernel_minor) != 2) m->kernel_major = 0;
    }
    add_text(o, "glibc", gnu_get_libc_version());
    if (read_line("/etc/os-release", text, sizeof text)) {
        char *name = strchr(text, '"');
        if (name != NULL) name[1 + strcspn(name + 1, "\"")] = '\0';
        add_text(o, "system", name != NULL ? name + 1 : text);
    }
    snprintf(text, sizeof text, "%s", cJSON_Version());
    add_text(o, "cjson", text);
}

cJSON *doctor_facts(machine *m)
{
    *m = (machine){ 0 };
    cJSON *o = cJSON_CreateObject(), *build = build_json();
    cJSON_DeleteItemFromObject(build, "type");
    cJSON_AddItemToObject(o, "cplug", build);
    look_at_system(m, cJSON_AddObjectToObject(o, "system"));
    look_at_processor(m, cJSON_AddObjectToObject(o, "processor"));
    look_at_memory(m, cJSON_AddObjectToObject(o, "memory"));
    look_at_limits(cJSON_AddObjectToObject(o, "limits"));
    look_at_folder(m, cJSON_AddObjectToObject(o, "runs"));
    look_at_environment(cJSON_AddObjectToObject(o, "environment"));
    return o;
}
