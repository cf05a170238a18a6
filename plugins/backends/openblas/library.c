/* library.c: finds and opens OpenBLAS.
 *
 * It is opened by hand rather than linked, for three reasons: of Debian's builds only openmp and serial may share a process with OpenMP
 * (the pthread one, which ld.so would prefer, makes both 4 to 7 times slower); a processor that it does not know must be named in its
 * environment before its constructor runs; and 30 MB are mapped only once a kernel of this backend is asked for. */
#include "openblas.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define CORETYPE "OPENBLAS_CORETYPE"
static const char *const places[] = {
    CPLUG_OPENBLAS_LIBRARY,
    "/usr/lib/x86_64-linux-gnu/openblas-openmp/libopenblas.so.0",
    "/usr/lib/aarch64-linux-gnu/openblas-openmp/libopenblas.so.0",
    "libopenblaso.so.0",
    "libopenblas.so.0",
};

/* The core type whose kernels fit this processor, where OpenBLAS may not find it out: it knows models by number, and takes the AVX2
 * kernels for what came after it was released.  NULL: leave it to OpenBLAS. */
static const char *core_type(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return "SkylakeX";
    if (!__builtin_cpu_is("intel") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return __builtin_cpu_is("amd") ? "Zen" : "Haswell";
#endif
    return NULL;
}

/* Changing the environment is not safe beside threads that read it.  init is the one moment for it: it runs once, on the thread that
 * loads plugins, usually before any worker exists; the variable stands for the time of one dlopen and only if the user has not set it. */
static void *open_as(const char *path, const char *core)
{
    const int tell = core && !getenv(CORETYPE);
    if (tell) setenv(CORETYPE, core, 1);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (tell) unsetenv(CORETYPE);
    return library;
}

static void *open_library(openblas *o)
{
    /* One that the host has linked comes first: its symbols would stand in for those of a second copy. */
    if (dlsym(RTLD_DEFAULT, "openblas_get_parallel")) {
        o->was_loaded = 1;
        return dlopen(NULL, RTLD_NOW);
    }
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        void *library = dlopen(places[i], RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
        o->was_loaded = library != NULL;
        if (library || (library = open_as(places[i], core_type()))) return library;
    }
    return NULL;
}

int32_t openblas_outdated(const openblas *o)
{
    const char *best = core_type(), *used = o->corename();
    return best && strcmp(best, "SkylakeX") == 0 && (strcmp(used, "Haswell") == 0 || strcmp(used, "Zen") == 0);
}

static int find(void *library, const char *name, void *function)
{
    void *at = dlsym(library, name);
    memcpy(function, &at, sizeof at); /* ISO C has no cast from an object pointer to a function pointer */
    return at != NULL;
}

cplug_status openblas_open(const cplug_host *h, openblas *o, cplug_error *e)
{
    void *library = open_library(o);
    if (!library) return h->fail(e, CPLUG_E_NOTFOUND, "OpenBLAS was not found (%s): install libopenblas0-openmp", places[0]);
    const struct {
        const char *name;
        void *function;
    } wanted[] = {
        { "cblas_sgemm", &o->sgemm },
        { "cblas_dgemm", &o->dgemm },
        { "cblas_sgemv", &o->sgemv },
        { "cblas_dgemv", &o->dgemv },
        { "cblas_sdot", &o->sdot },
        { "cblas_ddot", &o->ddot },
        { "openblas_get_config", &o->config },
        { "openblas_get_corename", &o->corename },
        { "openblas_get_parallel", &o->parallel },
        { "openblas_set_num_threads", &o->set_num_threads },
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!find(library, wanted[i].name, wanted[i].function))
            return h->fail(e, CPLUG_E_VERSION, "this OpenBLAS has no %s: install libopenblas0-openmp", wanted[i].name);
    if (strstr(o->config(), "USE64BITINT"))
        return h->fail(e, CPLUG_E_VERSION, "this OpenBLAS (%s) has 64-bit integers in its interface: install libopenblas0-openmp",
                       o->config());
    if (o->parallel() == 1)
        return h->fail(e, CPLUG_E_UNSUPPORTED,
                       "this OpenBLAS (%s) brings its own threads, which fight with OpenMP's for the cores: install libopenblas0-openmp%s",
                       o->config(), o->was_loaded ? " (it was loaded by the host program, which must then use that build too)" : "");
    return CPLUG_OK;
}
