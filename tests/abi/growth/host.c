/* A host as small as can be, written against the header alone, in the present and in a later version: loads plugins of all versions,
 * checks what the header tells hosts to check, and uses what they registered.  Prints one line a plugin; exits 1 when one is not as
 * expected.
 *
 *     host EXPECTED PLUGIN ...      EXPECTED: what the kernel makes of 3.0, or "refused" */
#include <cplug/plugin.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cplug_registrar {
    const cplug_kernel *kernel;
    const cplug_scheduler_type *scheduler;
};

static cplug_status fill(cplug_error *e, cplug_status code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(e->message, sizeof e->message, format, args);
    va_end(args);
    return e->code = code;
}
static cplug_status add(cplug_registrar *r, const char *kind, const void *descriptor, cplug_error *e)
{
    (void)e;
    if (strcmp(kind, "kernel") == 0) r->kernel = descriptor;
    if (strcmp(kind, "scheduler") == 0) r->scheduler = descriptor;
    return CPLUG_OK;
}
static void *allocate(uint64_t bytes) { return calloc(1, bytes); }
static const void *query(const char *id) { return id ? NULL : NULL; }
#ifdef LATER
static int64_t added(void) { return 7; }
#endif
static const cplug_host host = {
    .struct_size = sizeof host,
    .abi_major = CPLUG_ABI_MAJOR,
    .abi_minor = CPLUG_ABI_MINOR,
    .name = "tiny",
    .version = "0",
    .fail = fill,
    .alloc = allocate,
    .free = free,
    .add = add,
    .query = query,
#ifdef LATER
    .added = added,
#endif
};

/* The kernel on [3, _, 3, _], strided, as an array of pointers to views that may be longer than the plugin knows. */
static double run_kernel(const cplug_kernel *k)
{
    float in[4] = { 3, -1, 3, -1 }, out[2] = { 0, 0 };
    const int64_t shape = 2, two = 2, one = 1;
    cplug_view a = { .struct_size = sizeof a, .dtype = CPLUG_F32, .data = in, .shape = &shape, .strides = &two, .ndim = 1 };
    cplug_view b = { .struct_size = sizeof b, .dtype = CPLUG_F32, .data = out, .shape = &shape, .strides = &one, .ndim = 1 };
    const cplug_view *const ins[] = { &a };
    cplug_view *const outs[] = { &b };
    cplug_call c = { .struct_size = sizeof c, .op_version = 1, .in = ins, .out = outs, .n_in = 1, .n_out = 1, .host = &host, .op = k->op };
    cplug_support s = { .struct_size = sizeof s };
    cplug_plan p = { .struct_size = sizeof p };
    cplug_error e = { sizeof e, CPLUG_OK, "" };
    k->supports(&c, &s);
    return s.score == 50 && k->run(&c, &p, &e) == CPLUG_OK && out[0] == out[1] ? (double)out[0] : -1;
}

/* The second option is found by the table's stride only. */
static int schema_holds(const cplug_scheduler_type *t)
{
    const cplug_option *o = (const void *)((const char *)t->options.at + t->options.stride);
    double self[2] = { 0.5, 0.125 };
    cplug_progress p = { .struct_size = sizeof p, .step = 2 };
    return t->options.n == 2 && strcmp(o->name, "floor") == 0 && o->offset == 8 && t->lr(self, 1.0, &p) == 0.25;
}

int main(int argc, char **argv)
{
    int failed = argc < 3;
    for (int i = 2; i < argc; i++) {
        void *so = dlopen(argv[i], RTLD_NOW | RTLD_LOCAL);
        const cplug_plugin *entry = so ? dlsym(so, "cplug_plugin_v0") : NULL;
        cplug_registrar r = { NULL, NULL };
        cplug_error e = { sizeof e, CPLUG_OK, "" };
        char have[64] = "refused";
        if (entry && entry->magic == CPLUG_MAGIC && entry->abi_major == host.abi_major && entry->needs_minor <= host.abi_minor) {
            const cplug_status st = entry->init(&host, &r, &e);
            if (!st && r.kernel && r.scheduler && schema_holds(r.scheduler))
                snprintf(have, sizeof have, "%g", run_kernel(r.kernel));
            else
                snprintf(have, sizeof have, "init failed: %d", (int)st);
        }
        failed |= strcmp(have, argv[1]) != 0;
        printf("host 0.%u, plugin 0.%u needing 0.%u: %s, expected %s\n", host.abi_minor, entry ? entry->abi_minor : 0,
               entry ? entry->needs_minor : 0, entry ? have : dlerror(), argv[1]);
    }
    return failed;
}
