/* plugin.c: the door of the reference CPU backend.  Registers every family's kernels and says what the backend is. */
#include "cpu.h"
#include <stdio.h>

static const char *instruction_set(void)
{
#if defined(__x86_64__) && defined(__GNUC__) && !defined(CPLUG_SANITIZED)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) return "AVX-512 loops";
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "AVX2 loops";
#endif
    return "baseline loops";
}

static void describe(char *text, uint64_t size) { snprintf(text, size, "plain C, %s", instruction_set()); }

static const cplug_backend backend = {
    (uint32_t)sizeof backend, 0, "cpu", "cpu", "reference kernels in plain C: every op, every dtype", describe
};

static const cpu_kernels *const families[] = {
#define X(name) &name,
    CPU_FAMILIES(X)
#undef X
};

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    cplug_status s = h->add(r, "backend", &backend, e);
    for (uint32_t f = 0; f < CPLUG_COUNT(families); f++)
        for (uint32_t k = 0; k < families[f]->n && s == CPLUG_OK; k++) s = h->add(r, "kernel", &families[f]->at[k], e);
    return s;
}

CPLUG_PLUGIN(cpu, "cplug.cpu", "0.1.0", "Apache-2.0", "Reference CPU backend", "backend:cpu kernel:*@cpu", init);
