/* bench-kernels.c: memory traffic that plain kernels reach through the public API, from sizes that sit in a cache to ones that do not.
 * bench-kernels [--json] [threads=N] [backends=LIST]: any context options.  A figure is the best of the calls within 50 ms. */
#include <cplug/cplug.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

typedef struct subject {
    cplug_tensor *a, *b, *matrix, *turned, *bytes, *out;
} subject;

static void add(const subject *s) { cplug_add(s->a, s->b); }
static void add_in_place(const subject *s) { cplug_add_(s->out, s->b); }
static void copy(const subject *s) { cplug_copy_(s->out, s->a); }
static void copy_turned(const subject *s) { cplug_contiguous(s->turned); }
static void widen(const subject *s) { cplug_copy_(s->out, s->bytes); }
static void relu(const subject *s) { cplug_relu(s->a); }
static void exponential(const subject *s) { cplug_exp(s->a); }
static void gelu(const subject *s) { cplug_gelu(s->a, 0); }
static void sum(const subject *s) { cplug_sum(s->a, NULL, 0, 0); }
static void sum_columns(const subject *s)
{
    const int32_t first = 0;
    cplug_sum(s->matrix, &first, 1, 0);
}
static void argmax_rows(const subject *s) { cplug_argmax(s->matrix, 1, 0); }
static void dropout(const subject *s) { cplug_dropout(s->a, 0.5, 1); }

static const struct {
    const char *name;
    void (*run)(const subject *);
    double bytes;
} kernels[] = {
    { "add", add, 12 },
    { "add_", add_in_place, 12 },
    { "copy_", copy, 8 },
    { "copy_ transposed", copy_turned, 8 },
    { "copy_ u8 to f32", widen, 5 },
    { "relu", relu, 8 },
    { "exp", exponential, 8 },
    { "gelu", gelu, 8 },
    { "sum", sum, 4 },
    { "sum over rows", sum_columns, 4 },
    { "argmax", argmax_rows, 4 },
    { "dropout", dropout, 9 },
};
enum { KERNELS = sizeof kernels / sizeof *kernels, WIDTH = 100 };
static const int64_t sizes[] = { 1000, 10000, 100000, 1000000, 10000000 };
enum { SIZES = sizeof sizes / sizeof *sizes };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double best_seconds(cplug_context *ctx, const subject *s, void (*run)(const subject *))
{
    cplug_scope *warm = cplug_scope_open(ctx);
    run(s); /* fresh memory costs more than the arithmetic */
    cplug_scope_close(warm);
    const double begin = now();
    double best = 1e9;
    do {
        cplug_scope *scope = cplug_scope_open(ctx);
        const double start = now();
        run(s);
        const double took = now() - start;
        cplug_scope_close(scope);
        if (took < best) best = took;
    } while (now() - begin < 0.05);
    return best;
}

static subject prepared(cplug_context *ctx, int64_t n)
{
    const int64_t matrix[2] = { n / WIDTH, WIDTH };
    subject s;
    s.a = cplug_randn(ctx, CPLUG_F32, 1, &n);
    s.b = cplug_randn(ctx, CPLUG_F32, 1, &n);
    s.matrix = cplug_randn(ctx, CPLUG_F32, 2, matrix);
    s.turned = cplug_transpose(s.matrix, 0, 1);
    s.bytes = cplug_randint(ctx, CPLUG_U8, 0, 255, 1, &n);
    s.out = cplug_zeros(ctx, CPLUG_F32, 1, &n);
    return s;
}

static void measure(cplug_context *ctx, double rate[KERNELS][SIZES])
{
    for (int k = 0; k < SIZES; k++) {
        cplug_scope *scope = cplug_scope_open(ctx);
        const subject s = prepared(ctx, sizes[k]);
        for (int i = 0; i < KERNELS; i++) rate[i][k] = kernels[i].bytes * (double)sizes[k] / best_seconds(ctx, &s, kernels[i].run) * 1e-9;
        cplug_scope_close(scope);
    }
}

static void print_table(double rate[KERNELS][SIZES])
{
    printf("GB/s, f32%7s", "");
    for (int k = 0; k < SIZES; k++) printf("%10lld", (long long)sizes[k]);
    for (int i = 0; i < KERNELS; i++) {
        printf("\n%-16s", kernels[i].name);
        for (int k = 0; k < SIZES; k++) printf("%10.1f", rate[i][k]);
    }
    putchar('\n');
}

static void print_json(cplug_context *ctx, double rate[KERNELS][SIZES])
{
    printf("{\"threads\": %d, \"gb_per_s\": {", (int)cplug_threads_get(ctx));
    for (int i = 0; i < KERNELS; i++) {
        printf("%s\"%s\": {", i ? ", " : "", kernels[i].name);
        for (int k = 0; k < SIZES; k++) printf("%s\"%lld\": %.1f", k ? ", " : "", (long long)sizes[k], rate[i][k]);
        putchar('}');
    }
    puts("}}");
}

int main(int argc, char **argv)
{
    char options[512] = "";
    int json = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            json = 1;
        else
            snprintf(options + strlen(options), sizeof options - strlen(options), " %s", argv[i]);
    }
    cplug_context *ctx = cplug_open(options);
    if (!ctx) return fprintf(stderr, "%s\n", cplug_error_text(NULL)), 1;
    static double rate[KERNELS][SIZES];
    measure(ctx, rate);
    if (cplug_failed(ctx))
        fprintf(stderr, "%s\n", cplug_error_text(ctx));
    else if (json)
        print_json(ctx, rate);
    else
        print_table(rate);
    return cplug_close(ctx) != CPLUG_OK;
}
