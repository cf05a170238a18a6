/* pointwise.c: abs exp log sqrt sin cos tanh erf floor round, add sub mul div pow maximum minimum eq lt le, where, copy_ fill_. */
#include "sim.h"
#include <math.h>

typedef struct rule { /* on doubles, and on integers where all inputs are integers; alpha scales b in add and sub */
    double (*real)(double a, double b);
    int64_t (*whole)(int64_t a, int64_t b); /* NULL: computed as real */
    int32_t inputs, reserved;
} rule;

static double r_abs(double a, double b) { return (void)b, fabs(a); }
static double r_exp(double a, double b) { return (void)b, exp(a); }
static double r_log(double a, double b) { return (void)b, log(a); }
static double r_sqrt(double a, double b) { return (void)b, sqrt(a); }
static double r_sin(double a, double b) { return (void)b, sin(a); }
static double r_cos(double a, double b) { return (void)b, cos(a); }
static double r_tanh(double a, double b) { return (void)b, tanh(a); }
static double r_erf(double a, double b) { return (void)b, erf(a); }
static double r_floor(double a, double b) { return (void)b, floor(a); }
/* b: the attribute decimals, negative ones left of the point */
static double r_round(double a, double b)
{
    const double ten = pow(10, fabs(b));
    return b < 0 ? nearbyint(a / ten) * ten : nearbyint(a * ten) / ten;
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

static int32_t whole_inputs(const sim_task *t, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (sim_is_float(&t->in[i])) return 0;
    return 1;
}

static cplug_status pointwise(sim_task *t, cplug_error *e)
{
    (void)e;
    const rule *r = t->detail;
    const sim_view *y = &t->out[0], *a = &t->in[0], *b = &t->in[r->inputs - 1];
    const int32_t whole = r->whole && whole_inputs(t, (uint32_t)r->inputs);
    const int32_t scaled = t->n_in > 2 && !(t->in[2].flags & CPLUG_VIEW_ABSENT);
    int64_t index[CPLUG_MAX_DIMS] = { 0 };
    if (sim_numel(y) == 0) return CPLUG_OK;
    do {
        const char *pa = sim_at(a, index, y->ndim), *pb = sim_at(b, index, y->ndim),
                   *ps = scaled ? sim_at(&t->in[2], index, y->ndim) : NULL;
        char *to = sim_at(y, index, y->ndim);
        if (whole) {
            const int64_t factor = scaled ? sim_load_int(&t->in[2], ps) : 1;
            sim_store_int(y, to, r->whole(sim_load_int(a, pa), factor * sim_load_int(b, pb)));
        } else {
            /* operands are rounded to f32 as the promoted dtype says; plain numbers too */
            const double x = (double)(float)sim_load(a, pa), z = t->n_attr ? (double)t->attr[0].v.i : (double)(float)sim_load(b, pb);
            sim_store(y, to, r->real(x, scaled ? (double)(float)sim_load(&t->in[2], ps) * z : z));
        }
    } while (sim_next(index, y->shape, y->ndim));
    return CPLUG_OK;
}

static cplug_status where_body(sim_task *t, cplug_error *e)
{
    (void)e;
    const sim_view *y = &t->out[0];
    int64_t index[CPLUG_MAX_DIMS] = { 0 };
    if (sim_numel(y) == 0) return CPLUG_OK;
    do {
        const int64_t yes = sim_load_int(&t->in[0], sim_at(&t->in[0], index, y->ndim));
        const sim_view *from = &t->in[yes ? 1 : 2];
        const char *p = sim_at(from, index, y->ndim);
        if (sim_is_float(y) || sim_is_float(from))
            sim_store(y, sim_at(y, index, y->ndim), sim_load(from, p));
        else
            sim_store_int(y, sim_at(y, index, y->ndim), sim_load_int(from, p));
    } while (sim_next(index, y->shape, y->ndim));
    return CPLUG_OK;
}

/* copy_ and fill_: out[0] = in[1], broadcast and converted */
static cplug_status assign_body(sim_task *t, cplug_error *e)
{
    (void)e;
    const sim_view *y = &t->out[0], *x = &t->in[1];
    int64_t index[CPLUG_MAX_DIMS] = { 0 };
    if (sim_numel(y) == 0) return CPLUG_OK;
    do {
        const char *p = sim_at(x, index, y->ndim);
        if (sim_is_float(x))
            sim_store(y, sim_at(y, index, y->ndim), sim_load(x, p));
        else
            sim_store_int(y, sim_at(y, index, y->ndim), sim_load_int(x, p));
    } while (sim_next(index, y->shape, y->ndim));
    return CPLUG_OK;
}

static cplug_status run_rule(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    return (void)p, sim_enqueue(c, pointwise, c->user, e);
}
static cplug_status run_where(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    return (void)p, sim_enqueue(c, where_body, NULL, e);
}
static cplug_status run_assign(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    return (void)p, sim_enqueue(c, assign_body, NULL, e);
}

/* name, on reals, on integers, inputs */
/* clang-format off */
#define RULES(X) \
    X(abs, r_abs, w_abs, 1) X(exp, r_exp, NULL, 1) X(log, r_log, NULL, 1) X(sqrt, r_sqrt, NULL, 1) X(sin, r_sin, NULL, 1) \
    X(cos, r_cos, NULL, 1) X(tanh, r_tanh, NULL, 1) X(erf, r_erf, NULL, 1) \
    X(floor, r_floor, w_same, 1) \
    X(round, r_round, w_same, 1) X(add, r_add, w_add, 2) X(sub, r_sub, w_sub, 2) X(mul, r_mul, w_mul, 2) X(div, r_div, NULL, 2) \
    X(pow, pow, w_pow, 2) \
    X(maximum, r_maximum, w_maximum, 2) \
    X(minimum, r_minimum, w_minimum, 2) X(eq, r_eq, w_eq, 2) X(lt, r_lt, w_lt, 2) X(le, r_le, w_le, 2)
/* clang-format on */
#define X(name, real, whole, n) static const rule rule_##name = { real, whole, n, 0 };
RULES(X)
#undef X

enum { FLAGS = CPLUG_K_STRIDED | CPLUG_K_OUT_STRIDED | CPLUG_K_INPLACE | CPLUG_K_SCALAR };
#define KERNEL(op_, run_, user_)                                                                                                           \
    {                                                                                                                                      \
        .struct_size = sizeof(cplug_kernel), .op_version = 1, .op = op_, .backend = "sim", .device = "sim", .flags = FLAGS, .user = user_, \
        .supports = sim_supports, .run = run_                                                                                              \
    }
const cplug_kernel sim_pointwise[] = {
#define X(name, real, whole, n) KERNEL(#name, run_rule, (void *)&rule_##name),
    RULES(X)
#undef X
        KERNEL("where", run_where, NULL),
    KERNEL("copy_", run_assign, NULL),
    KERNEL("fill_", run_assign, NULL),
};
const uint32_t sim_n_pointwise = CPLUG_COUNT(sim_pointwise);
