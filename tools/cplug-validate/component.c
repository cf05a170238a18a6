/* component.c: the checks of one component: its schema, whether it reads every option that it asks for, whether it leaves the host as it
 * was, and whether it does the same again. */
#include "component.h"
#include <stdio.h>
#include <string.h>

component subject;

#define KIND(name_, type_, size_)                                                                                                          \
    {                                                                                                                                      \
        name_, offsetof(type_, id), offsetof(type_, doc), offsetof(type_, options), offsetof(type_, size_)                                 \
    }
static const struct {
    const char *name;
    uint64_t id, doc, options, size; /* offsets in the descriptor */
} kinds[] = {
    KIND("dataset", cplug_dataset, instance_size),       KIND("transform", cplug_transform, instance_size),
    KIND("module", cplug_module_type, instance_size),    KIND("loss", cplug_module_type, instance_size),
    KIND("optimizer", cplug_optimizer_type, group_size), KIND("scheduler", cplug_scheduler_type, instance_size),
    KIND("metric", cplug_metric_type, instance_size),    KIND("callback", cplug_callback_type, instance_size),
};

static const void *wrap(const char *kind, const void *descriptor)
{
    for (uint32_t i = 0; i < CPLUG_COUNT(kinds); i++) {
        const char *d = descriptor;
        if (strcmp(kind, kinds[i].name) != 0 || strcmp(kind, subject.kind) != 0) continue;
        if (strcmp(*(const char *const *)(d + kinds[i].id), subject.id) != 0) continue;
        const char *doc = *(const char *const *)(d + kinds[i].doc);
        if (doc == NULL || doc[0] == '\0') check_fail("it has no doc: one line that says what it is");
        subject.descriptor = descriptor;
        subject.options = *(const cplug_options_table *)(d + kinds[i].options);
        subject.size = *(const uint64_t *)(d + kinds[i].size);
        return watch_descriptor(&subject);
    }
    return descriptor;
}

static void check_reads(const char *problem)
{
    char unread[512] = "";
    for (uint32_t i = 0; i < subject.options.n; i++) {
        const cplug_option o = option_at(&subject.options, i);
        const size_t n = strlen(unread);
        if (!watch_seen(o.offset, option_size(&o))) snprintf(unread + n, sizeof unread - n, "%s%s", n ? ", " : "", o.name);
    }
    if (unread[0] == '\0')
        check_note("%u options", subject.options.n);
    else if (problem != NULL && subject.words != NULL)
        check_fail("it could not be used as '%s': %s", subject.words, problem);
    else if (problem != NULL)
        check_skip("not known for %s: it could not be used (%s); try --with \"%s key=value ...\"", unread, problem, subject.id);
    else
        check_fail("never reads %s: use it, or take it out of the table", unread);
}

/* Its options and its traces in the host; false: it could not be used. */
static bool check_use(cplug_context *ctx)
{
    char why[512], reason[256] = "";
    const bool sound = !check_failed_yet(), watched = subject.size > 0 && watch_open(subject.size);
    check_begin(subject.name, "host's state");
    host_state *before = state_take();
    subject.watching = watched;
    const char *problem = sound ? exercise(ctx, &subject) : "its schema is broken";
    subject.watching = false;
    if (problem != NULL) snprintf(reason, sizeof reason, "%s", problem);
    if (!state_same(before, why, sizeof why)) check_fail("%s", why);
    state_free(before);
    check_begin(subject.name, "reads its options");
    if (watched)
        check_reads(problem != NULL ? reason : NULL);
    else if (subject.options.n)
        check_skip("single steps are not possible here");
    return problem == NULL;
}

void validate_component(const char *path, const char *kind, const char *id, const char *words)
{
    subject = (component){ .kind = kind, .id = id, .words = words };
    snprintf(subject.name, sizeof subject.name, "%s %s", kind, id);
    check_begin(subject.name, "registers");
    cplug_context *ctx = cplug_open("threads=1");
    if (ctx == NULL || load_wrapped(ctx, path, wrap) != CPLUG_OK || subject.descriptor == NULL) {
        check_fail("%s", ctx != NULL && cplug_failed(ctx) ? cplug_error_text(ctx) : "it is not there any more");
        return;
    }
    check_begin(subject.name, "schema");
    check_schema(&subject);
    const bool used = check_use(ctx);
    cplug_error_clear(ctx);
    guard_watch();
    if (used && (strcmp(kind, "dataset") == 0 || strcmp(kind, "transform") == 0))
        check_samples(ctx, &subject);
    else if (used)
        check_behaviour(ctx, &subject);
    check_end();
    cplug_error_clear(ctx);
    cplug_close(ctx);
}
