/* pointwise.c: one element at a time: abs exp log sqrt sin cos tanh erf floor round, add sub mul div pow maximum minimum eq lt le, where,
 * copy_ and fill_.  Rows of the last dimension are walked by their strides. */
#include "element.h"
#include <math.h>

typedef struct rule { /* on integers where all inputs are; b of a unary op is its input again */
    double (*real)(double a, double b);
    int64_t (*whole)(int64_t a, int64_t b); /* NULL: computed as real */
    int32_t inputs, reserved;
} rule;

/* ---- reals ---- */
static double r_abs(double a, double b) { return (void)b, fabs(a); }
static double r_exp(double a, double b) { return (void)b, exp(a); }
static double r_log(double a, double b) { return (void)b, log(a); }
static double r_sqrt(double a, double b) { return (void)b, sqrt(a); }
static double r_sin(double a, double b) { return (void)b, sin(a); }
static double r_cos(double a, double b) { return (void)b, cos(a); }
static double r_tanh(double a, double b) { return (void)b, tanh(a); }
static double r_erf(double a, double b) { return (void)b, erf(a); }
static double r_floor(double a, double b) { return (void)b, floor(a); }
static double as_f32(double x) { return (double)(float)x; }
static double r_round(double a, double decimals) /* negative ones stand left of the point; each step in f32, as PyTorch has it */
{
    const double ten = as_f32(pow(10, fabs(decimals)));
    return decimals < 0 ? nearbyint(as_f32(a / ten)) * ten : nearbyint(as_f32(a * ten)) / ten;
}
static double r_add(double a, double b) { return a + b; }
static double r_sub(double a, double b) { return a - b; }
static double r_mul(double a, double b) { return a * b; }
static double r_div(double a, double b) { return a / b; }
static double r_maximum(double a, double b) { return isnan(a) || a > b ? a : b; }
static double r_minimum(double a, double b) { return isnan(a) || a < b ? a : b; }
static double r_eq(double a, double b) { return a == b; }
static double r_lt(double a, double b) { return a < b; }
static double r_le(double a, double b) { return a <= b; }

/* ---- integers, which wrap ---- */
static int64_t w_same(int64_t a, int64_t b) { return (void)b, a; }
static int64_t w_abs(int64_t a, int64_t b) { return (void)b, a < 0 ? (int64_t)(0 - (uint64_t)a) : a; }
static int64_t w_add(int64_t a, int64_t b) { return (int64_t)((uint64_t)a + (uint64_t)b); }
static int64_t w_sub(int64_t a, int64_t b) { return (int64_t)((uint64_t)a - (uint64_t)b); }
static int64_t w_mul(int64_t a, int64_t b) { return (int64_t)((uint64_t)a * (uint64_t)b); }
static int64_t w_maximum(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t w_minimum(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t w_eq(int64_t a, int64_t b) { return a == b; }
static int64_t w_lt(int64_t a, int64_t b) { return a < b; }
static int64_t w_le(int64_t a, int64_t b) { return a <= b; }
static int64_t w_pow(int64_t a, int64_t b)
{
    if (b < 0) return a == 1 ? 1 : a == -1 ? (b % 2 ? -1 : 1) : 0;
    uint64_t r = 1, base = (uint64_t)a;
    for (; b; b >>= 1, base *= base)
        if (b & 1) r *= base;
    return (int64_t)r;
}

/* ---- by a rule ---- */
typedef struct cursor { /* in a row */
    const sim_view *view;
    const char *p;
    int64_t step;
} cursor;
static cursor row_of(const sim_view *v, const int64_t *index, int32_t ndim) { return (cursor){ v, sim_at(v, index, ndim), sim_step(v) }; }
static double take(cursor *c)
{
    const double x = sim_load(c->view, c->p);
    c->p += c->step;
    return x;
}
static int64_t take_int(cursor *c)
{
    const int64_t x = sim_load_int(c->view, c->p);
    c->p += c->step;
    return x;
}

static int32_t all_whole(const sim_task *t, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        if (sim_is_float(&t->in[i])) return 0;
    return 1;
}

/* Where any operand is a float, all count as f32, plain numbers too. */
static cplug_status by_rule(sim_task *t, cplug_error *e)
{
    (void)e;
    const rule *r = t->detail;
    const sim_view *y = &t->out[0];
    const int64_t n = y->ndim ? y->shape[y->ndim - 1] : 1, step = sim_step(y);
    const int32_t whole = r->whole && all_whole(t, r->inputs);
    const int32_t alpha = t->n_in > 2 && !(t->in[2].flags & CPLUG_VIEW_ABSENT); /* of add and sub: a + alpha b */
    int64_t index[CPLUG_MAX_DIMS] = { 0 };
    if (sim_numel(y) == 0) return CPLUG_OK;
    do {
        char *to = sim_at(y, index, y->ndim);
        cursor a = row_of(&t->in[0], index, y->ndim), b = row_of(&t->in[r->inputs - 1], index, y->ndim),
               s = row_of(&t->in[alpha ? 2 : 0], index, y->ndim);
        for (int64_t k = 0; k < n; k++, to += step) {
            if (whole) {
                const int64_t x = take_int(&a), z = take_int(&b);
                sim_store_int(y, to, r->whole(x, alpha ? w_mul(take_int(&s), z) : z));
            } else {
                const double x = as_f32(take(&a)), z = t->n_attr ? (double)t->attr[0].v.i : as_f32(take(&b));
                sim_store(y, to, r->real(x, alpha ? as_f32(take(&s)) * z : z));
            }
        }
    } while (sim_next(index, y->shape, y->ndim - 1));
    return CPLUG_OK;
}

/* ---- where, copy_, fill_: values as they are, converted to out's dtype ---- */
static void convert(const sim_view *from, const char *p, const sim_view *to, char *q)
{
    if (sim_is_float(from))
        sim_store(to, q, sim_load(from, p));
    else
        sim_store_int(to, q, sim_load_int(from, p));
}

static cplug_status choose(sim_task *t, cplug_error *e)
{
    (void)e;
    const sim_view *y = &t->out[0];
    int64_t index[CPLUG_MAX_DIMS] = { 0 };
    if (sim_numel(y) == 0) return CPLUG_OK;
    do {
        const sim_view *from = &t->in[sim_load_int(&t->in[0], sim_at(&t->in[0], index, y->ndim)) ? 1 : 2];
        convert(from, sim_at(from, index, y->ndim), y, sim_at(y, index, y->ndim));
    } while (sim_next(index, y->shape, y->ndim));
    return CPLUG_OK;
}

static cplug_status assign(sim_task *t, cplug_error *e)
{
    (void)e;
    const sim_view *y = &t->out[0], *x = &t->in[1];
    const int64_t n = y->ndim ? y->shape[y->ndim - 1] : 1, step = sim_step(y), x_step = sim_step(x);
    int64_t index[CPLUG_MAX_DIMS] = { 0 };
    if (sim_numel(y) == 0) return CPLUG_OK;
    do {
        char *to = sim_at(y, index, y->ndim);
        const char *from = sim_at(x, index, y->ndim);
        for (int64_t k = 0; k < n; k++, to += step, from += x_step) convert(x, from, y, to);
    } while (sim_next(index, y->shape, y->ndim - 1));
    return CPLUG_OK;
}

/* ---- the kernels ---- */
/* op, on reals, on integers, inputs */
/* clang-format off */
#define RULES(X) \
    X(abs, r_abs, w_abs, 1)     X(exp, r_exp, NULL, 1)   X(log, r_log, NULL, 1)       X(sqrt, r_sqrt, NULL, 1) \
    X(sin, r_sin, NULL, 1)      X(cos, r_cos, NULL, 1)   X(tanh, r_tanh, NULL, 1)     X(erf, r_erf, NULL, 1) \
    X(floor, r_floor, w_same, 1) X(round, r_round, w_same, 1) \
    X(add, r_add, w_add, 2)     X(sub, r_sub, w_sub, 2)  X(mul, r_mul, w_mul, 2)      X(div, r_div, NULL, 2) \
    X(pow, pow, w_pow, 2)       X(maximum, r_maximum, w_maximum, 2)                   X(minimum, r_minimum, w_minimum, 2) \
    X(eq, r_eq, w_eq, 2)        X(lt, r_lt, w_lt, 2)     X(le, r_le, w_le, 2)
/* clang-format on */
#define X(name, real, whole, n)                                                                                                            \
    static const rule rule_##name = { real, whole, n, 0 };                                                                                 \
    static const sim_kernel kernel_##name = { by_rule, &rule_##name };
RULES(X)
#undef X
static const sim_kernel kernel_where = { choose, NULL }, kernel_assign = { assign, NULL };

const cplug_kernel sim_pointwise[] = {
#define X(name, real, whole, n) SIM_KERNEL(#name, &kernel_##name, CPLUG_K_INPLACE),
    RULES(X)
#undef X
        SIM_KERNEL("where", &kernel_where, CPLUG_K_INPLACE),
    SIM_KERNEL("copy_", &kernel_assign, CPLUG_K_INPLACE),
    SIM_KERNEL("fill_", &kernel_assign, CPLUG_K_INPLACE),
};
const uint32_t sim_n_pointwise = CPLUG_COUNT(sim_pointwise);
