/* One broken plugin a build: -DFAULT_<what> says how, -DID is its id.  Where nothing else is said it registers one fine scheduler, so that
 * it promises something and the loader gets as far as the fault. */
#include <cplug/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef NAME /* of the scheduler */
#define NAME ID
#endif
#ifndef FAULT_NULL
static double rate(void *self, double base_lr, const cplug_progress *p)
{
    (void)self, (void)p;
    return base_lr;
}
#define RATE rate
#else
#define RATE NULL
#endif

#ifdef FAULT_SCHEMA
static const cplug_option options[] = { { .name = "gamma", .type = CPLUG_OPT_FLOAT, .offset = 4096, .fallback = "0.5", .max = 1 } };
#endif
#ifdef FAULT_RANGE
static const cplug_option options[] = { { .name = "gamma", .type = CPLUG_OPT_FLOAT, .fallback = "2", .max = 1 } };
#endif
#ifdef FAULT_CHOICES
static const cplug_option options[] = { { .name = "mode", .type = CPLUG_OPT_CHOICE, .fallback = "min" } };
#endif

static const cplug_scheduler_type scheduler = {
#ifdef FAULT_SMALL
    .struct_size = 8,
#else
    .struct_size = sizeof scheduler,
#endif
    .id = NAME,
    .class_name = "Fault",
#if defined FAULT_SCHEMA || defined FAULT_RANGE || defined FAULT_CHOICES
    .options = CPLUG_OPTIONS(options),
    .instance_size = 8,
#endif
    .lr = RATE,
};
#ifdef FAULT_KIND
static const struct widget {
    uint32_t struct_size, flags;
    const char *id;
} widget = { sizeof widget, 0, "fault.gizmo" };
#endif
#ifdef FAULT_DESCRIBE
static void describe(char *text, uint64_t size)
{
    (void)text, (void)size;
    abort();
}
static const cplug_backend backend = { .struct_size = sizeof backend, .name = "fault", .device = "cpu", .doc = "?", .describe = describe };
#endif

/* Through a volatile, so that no compiler sees what happens; a sanitizer shall not either. */
static volatile int zero;
#if defined FAULT_CONSTRUCTOR || defined FAULT_DESTRUCTOR || defined FAULT_CRASH
static int *volatile nowhere;
__attribute__((no_sanitize("undefined"))) static void crash(void) { *nowhere = 1; }
#endif

#ifdef FAULT_CONSTRUCTOR
__attribute__((constructor)) static void at_load(void) { crash(); }
#endif
#ifdef FAULT_DESTRUCTOR
__attribute__((destructor)) static void at_end(void) { crash(); }
#endif

__attribute__((unused)) static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
#ifdef FAULT_MESSAGE
    return h->fail(e, CPLUG_E_UNSUPPORTED, "the licence server at licences.example said no");
#endif
#ifdef FAULT_SILENT
    return CPLUG_E_INTERNAL;
#endif
#ifdef FAULT_CRASH
    crash();
#endif
#ifdef FAULT_ABORT
    fprintf(stderr, "fault: invariant broken\n");
    abort();
#endif
#ifdef FAULT_EXIT
    exit(3);
#endif
#ifdef FAULT_EXIT_0
    exit(0);
#endif
#ifdef FAULT_NEVER
    while (!zero) usleep(1000);
#endif
#ifdef FAULT_PRINTS
    printf("Welcome to \033[31mfault\033[0m 1.0!\n");
    fflush(stdout);
#endif
#ifdef FAULT_FORKS /* a process that outlives init and holds its pipes open */
    if (fork() == 0) {
        sleep(600);
        _exit(0);
    }
#endif
#ifdef FAULT_TWICE
    h->add(r, "scheduler", &scheduler, e);
#endif
#ifdef FAULT_KIND
    h->add(r, "widget", &widget, e);
#endif
#ifdef FAULT_DESCRIBE
    h->add(r, "backend", &backend, e);
#endif
    (void)zero;
    return h->add(r, "scheduler", &scheduler, e);
}

#ifdef FAULT_MANIFEST /* text and entry written by hand */
#ifndef MAGIC
#define MAGIC CPLUG_MAGIC
#endif
#ifndef SIZE
#define SIZE sizeof(cplug_plugin)
#endif
#ifndef MINOR
#define MINOR 0
#endif
#ifdef FAULT_NO_INIT
#define INIT NULL
#else
#define INIT init
#endif
CPLUG_MANIFEST_SECTION static const char manifest[] = FAULT_MANIFEST;
extern CPLUG_EXPORT const cplug_plugin cplug_plugin_v0;
const cplug_plugin cplug_plugin_v0 = { MAGIC, (uint32_t)(SIZE), CPLUG_ABI_MAJOR, CPLUG_ABI_MINOR, MINOR, manifest, INIT, NULL };
#else
CPLUG_PLUGIN(fault, ID, "1.0", "Apache-2.0", "broken on purpose", "scheduler:" NAME, init);
#endif

#ifdef FAULT_TWO /* as when two plugins are linked into one file: MAJOR 0 is one of our own ABI, another one is for hosts to come */
CPLUG_MANIFEST_SECTION static const char second_manifest[] = "abi=" FAULT_TWO ".0\nid=" ID ".second\nprovides=scheduler:fault.second\n";
#define SECOND CPLUG_CAT(cplug_plugin_v, SECOND_NAME)
extern CPLUG_EXPORT const cplug_plugin SECOND;
const cplug_plugin SECOND = { CPLUG_MAGIC, (uint32_t)sizeof(cplug_plugin), 0, CPLUG_ABI_MINOR, 0, second_manifest, init, NULL };
#endif
