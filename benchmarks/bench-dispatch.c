/* bench-dispatch.c: what one call costs apart from its arithmetic: one-element tensors through the whole public path, inside an open scope.
 * Figures are the smallest of many short runs, in nanoseconds, since everything else that happens on a machine only adds. */
#include <cplug/cplug.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { REPEATS = 60, SCOPES = 200, CALLS = 10 };
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

typedef struct subject {
    cplug_context *ctx;
    cplug_tensor *a, *b, *leaf_a, *leaf_b;
} subject;

static void add(const subject *s) { cplug_add(s->a, s->b); }
static void add_grad(const subject *s) { cplug_add(s->leaf_a, s->leaf_b); }
static void mul_grad(const subject *s) { cplug_mul(s->leaf_a, s->leaf_b); }
static void add_number(const subject *s) { cplug_add_scalar(s->a, 2.0); }
static void add_in_place(const subject *s) { cplug_add_(s->a, s->b); }
static void empty(const subject *s)
{
    const int64_t one = 1;
    cplug_empty(s->ctx, CPLUG_F32, 1, &one);
}
static void view(const subject *s)
{
    const int64_t shape[2] = { 1, 1 };
    cplug_view_as(s->a, 2, shape);
}
static void backward(const subject *s)
{
    cplug_tensor_grad_set(s->leaf_a, NULL);
    cplug_tensor_grad_set(s->leaf_b, NULL);
    cplug_backward(cplug_sum(cplug_mul(s->leaf_a, s->leaf_b), NULL, 0, 0));
}

static double measure(const subject *s, void (*what)(const subject *))
{
    double best = 1e18;
    for (int r = 0; r < REPEATS; r++) {
        const double begin = now();
        for (int i = 0; i < SCOPES; i++) {
            cplug_scope *scope = cplug_scope_open(s->ctx);
            for (int k = 0; k < CALLS; k++) what(s);
            cplug_scope_close(scope);
        }
        const double each = (now() - begin) / (SCOPES * CALLS);
        if (each < best) best = each;
    }
    return best;
}

int main(int argc, char **argv)
{
    const int json = argc > 1 && strcmp(argv[1], "--json") == 0;
    cplug_context *ctx = cplug_open("backends=cpu threads=1");
    if (!ctx) return fprintf(stderr, "%s\n", cplug_error_text(NULL)), 1;
    const int64_t one = 1;
    subject s = { ctx, cplug_ones(ctx, CPLUG_F32, 1, &one), cplug_ones(ctx, CPLUG_F32, 1, &one), cplug_ones(ctx, CPLUG_F32, 1, &one),
                  cplug_ones(ctx, CPLUG_F32, 1, &one) };
    cplug_requires_grad(s.leaf_a, 1);
    cplug_requires_grad(s.leaf_b, 1);
    static const struct {
        const char *name;
        void (*what)(const subject *);
    } rows[] = {
        { "add_ns", add },
        { "add_grad_ns", add_grad },
        { "mul_grad_ns", mul_grad },
        { "add_number_ns", add_number },
        { "add_in_place_ns", add_in_place },
        { "empty_ns", empty },
        { "view_ns", view },
        { "backward_ns", backward },
    };
    fputs(json ? "{" : "", stdout);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        const double ns = measure(&s, rows[i].what);
        if (json)
            printf("%s\"%s\": %.1f", i ? ", " : "", rows[i].name, ns);
        else
            printf("%-16s %8.1f\n", rows[i].name, ns);
    }
    fputs(json ? "}\n" : "", stdout);
    if (cplug_failed(ctx)) fprintf(stderr, "%s\n", cplug_error_text(ctx));
    return cplug_close(ctx) != CPLUG_OK;
}
