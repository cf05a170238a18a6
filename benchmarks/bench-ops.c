/* bench-ops.c: nanoseconds a call of every op case in f32, the same table that the conformance tests use, side by side for several
 * backends. bench-ops [--op NAME] [BACKEND ...]; backends default to cpu and decomposition.  A figure is the median of calls within 20 ms.
 */
#include "conformance.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_CALLS = 2000, MOST_BACKENDS = 8 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Seconds a call; negative when the case cannot run here. */
static double time_case(cplug_context *ctx, const conf_case *c)
{
    static double took[MOST_CALLS];
    cplug_tensor *in[CONF_INPUTS], *out[CONF_OUTPUTS];
    uint32_t n_out, n = 0;
    cplug_scope *scope = cplug_scope_open(ctx);
    conf_inputs(ctx, c, conf_dtype(c, 0), CONF_DENSE, in);
    conf_call(ctx, c, in, out, &n_out);
    const double begin = now();
    while (!cplug_failed(ctx) && n < MOST_CALLS && (n < 5 || now() - begin < 0.02)) {
        cplug_scope *one = cplug_scope_open(ctx);
        const double t = now();
        conf_call(ctx, c, in, out, &n_out);
        took[n++] = now() - t;
        cplug_scope_close(one);
    }
    const bool failed = cplug_failed(ctx) != CPLUG_OK;
    cplug_error_clear(ctx);
    cplug_scope_close(scope);
    qsort(took, n, sizeof *took, by_size);
    return failed ? -1 : took[n / 2];
}

int main(int argc, char **argv)
{
    const char *names[MOST_BACKENDS] = { "cpu", "decomposition" }, *op = NULL;
    cplug_context *ctx[MOST_BACKENDS];
    char why[256];
    uint32_t n = 2, given = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--op") == 0 && i + 1 < argc)
            op = argv[++i];
        else if (given < MOST_BACKENDS)
            names[given++] = argv[i];
    }
    if (given) n = given;
    for (uint32_t k = 0; k < n; k++) {
        if ((ctx[k] = cplug_open(NULL)) == NULL) return fprintf(stderr, "%s\n", cplug_error_text(NULL)), 1;
        if (cplug_backend_override(ctx[k], "*", names[k]) != CPLUG_OK) return fprintf(stderr, "%s\n", cplug_error_text(ctx[k])), 1;
    }
    conf_table *table = conf_open(ctx[0], conf_text, why, sizeof why);
    if (table == NULL) return fprintf(stderr, "%s\n", why), 1;
    printf("%-40s", "ns a call");
    for (uint32_t k = 0; k < n; k++) printf(" %14s", names[k]);
    printf("\n");
    for (uint32_t i = 0; i < conf_count(table); i++) {
        const conf_case *c = conf_at(table, i);
        if (op != NULL && strcmp(c->op, op) != 0) continue;
        printf("%-40s", c->name);
        for (uint32_t k = 0; k < n; k++) printf(" %14.0f", time_case(ctx[k], c) * 1e9);
        printf("\n");
    }
    conf_close(table);
    for (uint32_t k = 0; k < n; k++) cplug_close(ctx[k]);
    return 0;
}
