/* conformance: runs the op cases of one op on one backend.
 *
 *     conformance --op NAME --on cpu|decomposition|auto|BACKEND|DEVICE [--case NAME] [--golden FILE] [--save FOLDER]
 *     conformance --complete [--golden FILE]
 *
 * Values and gradients against PyTorch's golden numbers; both in four memory layouts against each other; on the cpu, first and second
 * derivatives in f64 against differences; elsewhere, results against the backend cpu; on cpu and sim, every allocation failing once.  Exit
 * status 1 with a line a failure, 77 when the backend has no kernel for any case. */
#include "check.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

cplug_context *check_open(const char *on)
{
    char options[128];
    cplug_context *ctx = NULL;
    if (strcmp(on, "auto") == 0) return cplug_open("threads=2");
    if (strcmp(on, "cpu") == 0) return cplug_open("backends=cpu threads=2");
    if (strcmp(on, "decomposition") == 0) {
        ctx = cplug_open("backends=cpu threads=2");
        cplug_backend_override(ctx, "*", "decomposition");
        return ctx;
    }
    ctx = cplug_open(NULL);
    const bool backend = cplug_component(ctx, "backend", on) != NULL && cplug_component(ctx, "device", on) == NULL;
    cplug_close(ctx);
    snprintf(options, sizeof options, backend ? "threads=2 override=*:%s" : "device=%s fallback=error", on);
    return cplug_open(options);
}

/* 0 where the generator has not seen the case; random numbers are no matter of golden ones. */
static bool has_golden(cplug_context *ctx, const conf_case *c, cplug_file *golden)
{
    char name[160];
    const cplug_op *op = cplug_component(ctx, "op", c->op);
    if (c->large || golden == NULL || (op->flags & CPLUG_OP_RANDOM)) return true;
    snprintf(name, sizeof name, "%s/dtypes", c->name);
    const bool there = cplug_file_read(golden, name) != NULL;
    cplug_error_clear(ctx);
    return there;
}

/* Every op must have a case, else nothing is known of its kernels, every case a name of its own, and golden numbers. */
static int complete(cplug_context *ctx, const conf_table *t, cplug_file *golden)
{
    const char *id;
    int missing = 0;
    for (int32_t k = 0; (id = cplug_component_id(ctx, "op", k)) != NULL; k++) {
        uint32_t i = 0;
        while (i < conf_count(t) && strcmp(conf_at(t, i)->op, id) != 0) i++;
        if (i == conf_count(t)) printf("no case for op '%s': add a line to tools/conformance/cases.txt\n", id), missing++;
    }
    for (uint32_t i = 0; i < conf_count(t); i++) {
        const conf_case *c = conf_at(t, i);
        uint32_t other = 0;
        while (strcmp(conf_at(t, other)->name, c->name) != 0) other++;
        if (other != i) printf("two cases are called '%s'\n", c->name), missing++;
        if (!has_golden(ctx, c, golden)) printf("no golden numbers for '%s': run tests/golden/gen_op_cases.py\n", c->name), missing++;
    }
    printf("%u cases\n", conf_count(t));
    return missing != 0;
}

int main(int argc, char **argv)
{
    const char *op = NULL, *one = NULL, *golden = NULL, *save = NULL;
    check k = { .on = NULL };
    char why[512] = "";
    const bool all = argc > 1 && strcmp(argv[1], "--complete") == 0;
    for (int i = all ? 2 : 1; i + 1 < argc; i += 2) {
        const struct {
            const char *flag, **to;
        } flags[] = { { "--op", &op }, { "--on", &k.on }, { "--case", &one }, { "--golden", &golden }, { "--save", &save } };
        for (uint32_t f = 0; f < CPLUG_COUNT(flags); f++)
            if (strcmp(argv[i], flags[f].flag) == 0) *flags[f].to = argv[i + 1];
    }
    if (all) k.on = "cpu";
    if (k.on == NULL || (!all && op == NULL && one == NULL))
        return fprintf(stderr, "conformance --op NAME --on BACKEND [--case NAME]\n"), 2;
    k.save = save != NULL ? save : ".";
    k.ctx = check_open(k.on);
    k.reference = cplug_open("backends=cpu");
    if (k.ctx == NULL || k.reference == NULL) return fprintf(stderr, "%s\n", cplug_error_text(NULL)), 1;
    conf_table *table = conf_open(k.reference, conf_text, why, sizeof why);
    if (table == NULL) return fprintf(stderr, "%s\n", why), 1;
    if (golden != NULL && (k.golden = cplug_file_open(k.reference, golden)) == NULL)
        return fprintf(stderr, "%s\n", cplug_error_text(k.reference)), 1;
    if (all) {
        cplug_plugin_load_all(k.reference);
        k.failures = complete(k.reference, table, k.golden);
        k.checks = 1;
    }
    for (uint32_t i = 0; !all && i < conf_count(table); i++) {
        const conf_case *c = conf_at(table, i);
        if (one != NULL ? strcmp(c->name, one) == 0 : strcmp(c->op, op) == 0) check_case(&k, c);
    }
    if (!all) printf("%s on %s: %d cases, %d checks, %d failed\n", op ? op : one, k.on, k.cases, k.checks, k.failures);
    conf_close(table);
    cplug_close(k.ctx);
    cplug_close(k.reference);
    return k.failures ? 1 : k.checks ? 0 : 77;
}
