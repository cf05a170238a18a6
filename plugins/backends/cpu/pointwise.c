/* pointwise.c: plans and runs element-by-element kernels.
 *
 * Two ways through: direct, when everything is one dense run of the compute class (or one value for all), and tiled, which walks the
 * merged dimensions and converts what is not of the class or not dense, CPU_TILE elements at a time. */
#include "pointwise.h"

enum { ROW_MIN = 64 }; /* shorter innermost rows are gathered into whole tiles */

typedef struct plan {
    cpu_iter it; /* operand 0 is out[0], k + 1 is in[k] */
    cpu_loop loop;
    const cpu_pointwise *op;
    cpu_class class;
    cplug_dtype common; /* of the inputs */
    uint32_t round;     /* bit k: in[k] is converted to it before it is widened to the class */
    uint32_t constant;  /* bit k: in[k] is one value for all elements */
    uint32_t zero;      /* bit k: in[k] goes into the tiled way's loops with step 0 */
    bool direct, out_native;
    bool rows;       /* tiles end where the innermost dimension does */
    bool whole_rows; /* and a row need not be cut, for all of it lies ready */
    bool linear[CPU_PW_INPUTS + 1], native[CPU_PW_INPUTS];
    int64_t step[CPU_PW_INPUTS];
    double param[CPU_PW_PARAMS];
} plan;

static const cpu_pointwise *chosen(const cplug_call *c)
{
    const cpu_pointwise *op = c->user, *better = op->choose ? op->choose(c) : NULL;
    return better ? better : op;
}

static cpu_class class_for(const cpu_pointwise *op, const cplug_call *c)
{
    return cpu_class_of(op->to_bool ? cpu_result_type(c->in, op->n_in) : c->out[0]->dtype);
}

void cpu_pointwise_supports(const cplug_call *c, cplug_support *s)
{
    const cpu_pointwise *op = chosen(c);
    if (op->to_bool && c->out[0]->dtype != CPLUG_BOOL)
        cpu_answer(s, "writes bool only");
    else if (!op->loop[class_for(op, c)])
        cpu_answer(s, "not computed in integers");
    else
        cpu_answer(s, NULL);
}

static bool takes_steps(const plan *w, uint32_t zero_steps) { return zero_steps == 0 || (w->op->step0 >> zero_steps & 1); }

static bool is_constant(const cpu_iter *it, int32_t o)
{
    for (int32_t d = 0; d < it->ndim; d++)
        if (it->stride[o][d] != 0) return false;
    return true;
}

/* Integers meet f16 and bf16 in that dtype.  Arithmetic takes lone numbers as they are; a comparison must not. */
static bool needs_rounding(const plan *w, const cplug_view *v, bool constant)
{
    if (v->dtype == w->common || cpu_absent(v) || cpu_is_native(w->common)) return false;
    return constant ? w->op->exact && w->common != CPLUG_BOOL : cpu_is_float(w->common) && !cpu_is_float(v->dtype);
}

static void plan_access(plan *w, const cplug_call *c)
{
    const cpu_iter *it = &w->it;
    uint32_t still_in_row = 0, all = (1u << w->op->n_in) - 1, ready = 0, linear = 0;
    w->out_native = w->op->to_bool || cpu_is_native(c->out[0]->dtype);
    w->linear[0] = cpu_iter_linear(it, 0);
    for (uint32_t k = 0; k < w->op->n_in; k++) {
        const cplug_view *v = c->in[k];
        int32_t o = (int32_t)k + 1;
        bool plain = cpu_absent(v) || cpu_scalar(v), constant = plain || is_constant(it, o);
        w->native[k] = !plain && cpu_is_native(v->dtype) && cpu_class_of(v->dtype) == w->class;
        w->linear[o] = !plain && cpu_iter_linear(it, o);
        w->step[k] = constant && it->numel != 1 ? 0 : 1;
        w->constant |= (uint32_t)constant << k;
        w->round |= (uint32_t)needs_rounding(w, v, constant) << k;
        still_in_row |= (uint32_t)(constant || cpu_iter_step(it, o) == 0) << k;
        ready |= (uint32_t)(w->native[k] && cpu_iter_step(it, o) == 1) << k;
        linear |= (uint32_t)(w->native[k] && w->linear[o]) << k;
    }
    w->rows = it->ndim == 1 || cpu_iter_inner(it) >= ROW_MIN;
    w->zero = w->rows && takes_steps(w, still_in_row) ? still_in_row : takes_steps(w, w->constant) ? w->constant : 0;
    w->whole_rows = w->rows && w->out_native && cpu_iter_step(it, 0) == 1 && (ready | w->zero) == all;
    w->direct = it->ndim == 1 && w->out_native && w->linear[0] && (linear | w->constant) == all &&
                (it->numel == 1 || takes_steps(w, w->constant));
}

cplug_status cpu_pointwise_prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    plan *w = c->host->alloc(sizeof *w);
    if (!w) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a plan");
    p->state = w;
    w->op = chosen(c);
    w->class = class_for(w->op, c);
    w->loop = w->op->loop[w->class];
    w->common = w->op->to_bool ? cpu_result_type(c->in, w->op->n_in) : c->out[0]->dtype;
    for (uint32_t k = 0; k < CPU_PW_PARAMS && k < c->n_attr; k++) w->param[k] = cpu_attr_float(c, k);
    cpu_iter_start(&w->it, c->out[0]->ndim, c->out[0]->shape);
    cpu_iter_add(&w->it, c->out[0]);
    for (uint32_t k = 0; k < w->op->n_in; k++) cpu_iter_add(&w->it, c->in[k]);
    cpu_iter_finish(&w->it, true);
    plan_access(w, c);
    return CPLUG_OK;
}

static cpu_value absent_value(uint8_t what, cpu_class class)
{
    cpu_value v;
    if (class == CPU_I64)
        v.i = what == CPU_ONE ? 1 : what == CPU_LOWEST ? INT64_MIN : INT64_MAX;
    else {
        double x = what == CPU_ONE ? 1 : what == CPU_LOWEST ? -__builtin_inf() : __builtin_inf();
        if (class == CPU_F64)
            v.d = x;
        else
            v.f = (float)x;
    }
    return v;
}

static void round_to(cplug_dtype t, cpu_class class, void *x, int64_t n)
{
    cpu_tile narrow;
    cpu_store(t, &narrow, 1, class, x, n);
    cpu_load(class, x, t, &narrow, 1, n);
}

static cpu_value constant_value(const plan *w, const cplug_view *v, uint32_t k)
{
    if (cpu_absent(v)) return absent_value(w->op->absent[k], w->class);
    cpu_value x = cpu_fetch(w->class, v);
    if (w->common == CPLUG_BOOL && cpu_is_float(v->dtype)) x.i = cpu_fetch(CPU_F64, v).d != 0; /* 0.5 counts as true */
    if (w->round >> k & 1) round_to(w->common, w->class, &x, 1);
    return x;
}

typedef struct job {
    const plan *w;
    const cplug_call *c;
    const void *in[CPU_PW_INPUTS];
    cpu_value value[CPU_PW_INPUTS];
} job;

static void direct_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const plan *w = j->w;
    const void *in[CPU_PW_INPUTS] = { 0 };
    uint32_t size = cpu_class_size(w->class);
    for (uint32_t k = 0; k < w->op->n_in; k++) in[k] = w->step[k] ? cpu_at(j->in[k], lo, size) : j->in[k];
    w->loop(hi - lo, cpu_at_out(j->c->out[0]->data, lo, w->op->to_bool ? 1 : size), in, w->step, w->param);
}

static void spread(cpu_tile *t, cpu_class class, cpu_value v)
{
    for (int32_t i = 0; i < CPU_TILE; i++) {
        if (class == CPU_F32)
            t->f[i] = v.f;
        else
            t->i[i] = v.i; /* the same eight bytes for f64 */
    }
}

/* The address of n elements of in[k] from element `at` on: in memory where they lie ready, else in the tile. */
static const void *operand(const job *j, uint32_t k, const cpu_walk *walk, int64_t at, int64_t n, cpu_tile *tile)
{
    const plan *w = j->w;
    const cplug_view *v = j->c->in[k];
    int32_t o = (int32_t)k + 1;
    uint32_t size = cpu_class_size(w->class);
    if (w->native[k] && w->linear[o]) return cpu_at(v->data, at, size);
    if (w->native[k] && cpu_iter_step(&w->it, o) == 1 && n <= cpu_walk_left(&w->it, walk)) return cpu_at(v->data, walk->offset[o], size);
    cpu_iter_load(&w->it, o, at, n, v->dtype, v->data, w->class, tile);
    if (w->round >> k & 1) round_to(w->common, w->class, tile, n);
    return tile;
}

static void store(const job *j, int64_t at, int64_t n, const cpu_tile *tile)
{
    const plan *w = j->w;
    const cplug_view *out = j->c->out[0];
    cpu_tile wide;
    if (w->op->to_bool) {
        cpu_load(CPU_I64, &wide, CPLUG_BOOL, tile, 1, n);
        cpu_iter_store(&w->it, 0, at, n, CPLUG_BOOL, out->data, CPU_I64, &wide);
    } else {
        cpu_iter_store(&w->it, 0, at, n, out->dtype, out->data, w->class, tile);
    }
}

static void tiled_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const plan *w = j->w;
    const cpu_iter *it = &w->it;
    cpu_tile tiles[CPU_PW_INPUTS], result;
    const void *in[CPU_PW_INPUTS] = { 0 };
    int64_t step[CPU_PW_INPUTS] = { 1, 1, 1, 1 };
    uint32_t out_size = w->op->to_bool ? 1 : cpu_class_size(w->class);
    for (uint32_t k = 0; k < w->op->n_in; k++) {
        step[k] = !(w->zero >> k & 1);
        if (!(w->constant >> k & 1)) continue;
        in[k] = step[k] ? (const void *)&tiles[k] : &j->value[k];
        if (step[k]) spread(&tiles[k], w->class, j->value[k]);
    }
    cpu_walk walk;
    cpu_walk_seek(it, &walk, lo);
    for (int64_t at = lo, n; at < hi; at += n) {
        int64_t left = cpu_walk_left(it, &walk);
        n = CPU_MIN(hi - at, w->whole_rows ? left : CPU_TILE);
        if (w->rows) n = CPU_MIN(n, left);
        for (uint32_t k = 0; k < w->op->n_in; k++)
            if (!(w->constant >> k & 1)) in[k] = operand(j, k, &walk, at, step[k] ? n : 1, &tiles[k]);
        bool in_row = cpu_iter_step(it, 0) == 1 && n <= left;
        if (w->out_native && w->linear[0])
            w->loop(n, cpu_at_out(j->c->out[0]->data, at, out_size), in, step, w->param);
        else if (w->out_native && in_row)
            w->loop(n, cpu_at_out(j->c->out[0]->data, walk.offset[0], out_size), in, step, w->param);
        else {
            w->loop(n, &result, in, step, w->param);
            store(j, at, n, &result);
        }
        if (n <= left)
            cpu_walk_advance(it, &walk, n);
        else
            cpu_walk_seek(it, &walk, at + n);
    }
}

cplug_status cpu_pointwise_run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const plan *w = p->state;
    job j;
    if (w->op->check) {
        cplug_status s = w->op->check(c, e);
        if (s != CPLUG_OK) return s;
    }
    if (w->it.numel == 0) return CPLUG_OK;
    j.w = w;
    j.c = c;
    for (uint32_t k = 0; k < w->op->n_in; k++) {
        j.in[k] = c->in[k]->data;
        if (!(w->constant >> k & 1)) continue;
        j.value[k] = constant_value(w, c->in[k], k);
        j.in[k] = &j.value[k];
    }
    if (w->direct && w->it.numel <= w->op->grain)
        w->loop(w->it.numel, c->out[0]->data, j.in, w->step, w->param);
    else if (w->it.numel <= w->op->grain)
        tiled_body(&j, 0, w->it.numel);
    else
        c->host->parallel_for(w->it.numel, w->op->grain, w->direct ? direct_body : tiled_body, &j);
    return CPLUG_OK;
}
