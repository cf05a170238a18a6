/* reduce.c: sum, mean, prod, amax, amin, any, all, var, std, sum_to_size.
 *
 * The reduced elements behind one result are cut into chunks whose size follows from the shape alone; each chunk gives a partial result,
 * and partial results are merged in order.  So the bits do not depend on the number of threads.  Work is done in units of (block of
 * results, chunk): a block is one result where the reduced elements lie together, and up to CPU_TILE neighbours where the results do. */
#include "reduce.h"
#include <math.h>

enum {
    CHUNK = 32768, /* elements of a unit, about */
    FEW = 16,      /* results of a block in row mode, unless the rows are long */
    LONG_ROW = 2048
};

typedef enum end_step { AS_IS, MEAN, VARIANCE, DEVIATION } end_step;
typedef struct reduce_op {
    const cpu_reducer *reducer;
    end_step end;
    bool like_input; /* elements keep the input's dtype: amax, any */
    bool to_size, float_only;
} reduce_op;

typedef struct plan {
    cpu_reduction r;
    cpu_class class, acc; /* of elements, of accumulators */
    bool ready;           /* elements lie in memory as the class */
    int64_t width;        /* results of a block, at most */
    int64_t blocks_in_row, blocks, chunk, chunks;
    double correction;
} plan;

static cpu_class element_class(const reduce_op *op, const cplug_call *c)
{
    cplug_dtype in = c->in[0]->dtype, out = c->out[0]->dtype;
    if (op->like_input) return cpu_class_of(in);
    if (!cpu_is_float(out)) return CPU_I64;
    return cpu_is_float(in) ? cpu_class_of(in) : CPU_F64;
}

static void supports(const cplug_call *c, cplug_support *s)
{
    const reduce_op *op = c->user;
    bool is_float = cpu_is_float(c->out[0]->dtype);
    cpu_answer(s, op->float_only && !is_float ? "gives floats only" : NULL);
}

static void plan_units(plan *w)
{
    const cpu_reduction *r = &w->r;
    int64_t inner = cpu_iter_inner(&r->kept);
    w->width = r->columns ? CPU_MIN(inner, CPU_TILE) : r->reduced.numel < LONG_ROW ? FEW : 1;
    w->blocks_in_row = r->columns ? (inner + w->width - 1) / CPU_MAX(w->width, 1) : 0;
    w->blocks = r->columns ? (inner ? r->kept.numel / inner * w->blocks_in_row : 0) : (r->kept.numel + w->width - 1) / w->width;
    w->chunk = r->columns ? CPU_MAX(CHUNK / CPU_MAX(w->width, 1), 64) : CHUNK;
    w->chunks = CPU_MAX((r->reduced.numel + w->chunk - 1) / w->chunk, 1);
}

static cplug_status prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    const reduce_op *op = c->user;
    const cplug_view *in = c->in[0], *out = c->out[0];
    plan *w = c->host->alloc(sizeof *w);
    if (!w) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a plan");
    p->state = w;
    cpu_reduction_plan(&w->r, in, op->to_size ? cpu_reduced_to_size(in, out) : cpu_reduced_dims(c, 0), &out, 1, false);
    w->class = element_class(op, c);
    w->acc = w->class == CPU_I64 ? CPU_I64 : CPU_F64;
    const cpu_iter *inner = w->r.columns ? &w->r.kept : &w->r.reduced;
    w->ready = cpu_is_native(in->dtype) && cpu_class_of(in->dtype) == w->class && cpu_iter_step(inner, 0) == 1;
    w->correction = op->end >= VARIANCE ? cpu_attr_float(c, 1) : 0;
    plan_units(w);
    uint64_t partial = w->chunks > 1 ? (uint64_t)w->blocks * (uint64_t)w->width * (uint64_t)w->chunks * 8 : 0;
    uint64_t means = op->end >= VARIANCE ? (uint64_t)w->blocks * (uint64_t)w->width * 8 : 0;
    p->workspace_bytes = partial + means;
    p->workspace_align = 64;
    return CPLUG_OK;
}

typedef struct job {
    const plan *w;
    const cplug_call *c;
    const cpu_reducer *reducer;
    void *partial;    /* [block][chunk][width] accumulators; NULL: one chunk */
    double *mean;     /* [block][width] of the pass before; NULL: none */
    double *mean_out; /* the results are means for the next pass; NULL: they go into out */
    end_step end;
} job;

/* First result of a block in iteration order, and how many it has. */
static int64_t block_first(const plan *w, int64_t block, int64_t *n)
{
    if (!w->r.columns) {
        *n = CPU_MIN(w->width, w->r.kept.numel - block * w->width);
        return block * w->width;
    }
    int64_t inner = cpu_iter_inner(&w->r.kept), at = block % w->blocks_in_row * w->width;
    *n = CPU_MIN(w->width, inner - at);
    return block / w->blocks_in_row * inner + at;
}

/* Reduced elements [from, to) of the result at x, into one accumulator. */
static void fold_row(const job *j, const char *x, int64_t from, int64_t to, cpu_value *acc, double mean)
{
    const plan *w = j->w;
    const cpu_iter *it = &w->r.reduced;
    cplug_dtype t = j->c->in[0]->dtype;
    const cpu_fold *fold = &j->reducer->fold[w->class];
    cpu_tile tile;
    cpu_walk walk;
    if (w->ready && it->ndim == 1) {
        fold->row(to - from, cpu_at(x, from, cpu_size(t)), acc, mean);
        return;
    }
    cpu_walk_seek(it, &walk, from);
    for (int64_t at = from, n; at < to; at += n) {
        int64_t left = cpu_walk_left(it, &walk);
        if (w->ready && left >= 64) {
            n = CPU_MIN(to - at, left);
            fold->row(n, cpu_at(x, walk.offset[0], cpu_size(t)), acc, mean);
        } else {
            n = CPU_MIN(to - at, CPU_TILE);
            cpu_iter_load(it, 0, at, n, t, x, w->class, &tile);
            fold->row(n, &tile, acc, mean);
        }
        if (n <= left)
            cpu_walk_advance(it, &walk, n);
        else
            cpu_walk_seek(it, &walk, at + n);
    }
}

/* The same for n results side by side, the first one at x. */
static void fold_columns(const job *j, const char *x, int64_t n, int64_t from, int64_t to, cpu_tile *acc, const double *mean)
{
    const plan *w = j->w;
    const cpu_iter *it = &w->r.reduced;
    cplug_dtype t = j->c->in[0]->dtype;
    const cpu_fold *fold = &j->reducer->fold[w->class];
    int64_t step = cpu_iter_step(&w->r.kept, 0);
    cpu_tile tile;
    cpu_walk walk;
    cpu_walk_seek(it, &walk, from);
    for (int64_t at = from, rows; at < to; at += rows, cpu_walk_advance(it, &walk, rows)) {
        const void *row = cpu_at(x, walk.offset[0], cpu_size(t));
        rows = w->ready ? CPU_MIN(to - at, cpu_walk_left(it, &walk)) : 1;
        if (!w->ready) cpu_load(w->class, &tile, t, row, step, n);
        fold->column(rows, cpu_iter_step(it, 0), n, w->ready ? row : &tile, acc, mean);
    }
}

static void fold_block(const job *j, int64_t block, int64_t chunk, cpu_tile *acc)
{
    const plan *w = j->w;
    const cplug_view *in = j->c->in[0];
    int64_t n, first = block_first(w, block, &n), from = chunk * w->chunk, to = CPU_MIN(from + w->chunk, w->r.reduced.numel);
    const double *mean = j->mean ? j->mean + block * w->width : NULL;
    cpu_walk walk;
    for (int64_t i = 0; i < n; i++) acc->i[i] = j->reducer->start[w->acc == CPU_I64].i; /* a double's eight bytes too */
    cpu_walk_seek(&w->r.kept, &walk, first);
    if (w->r.columns) {
        fold_columns(j, cpu_at(in->data, walk.offset[0], cpu_size(in->dtype)), n, from, to, acc, mean);
        return;
    }
    for (int64_t i = 0; i < n; i++, cpu_walk_advance(&w->r.kept, &walk, 1)) {
        cpu_value one = { .i = acc->i[i] };
        fold_row(j, cpu_at(in->data, walk.offset[0], cpu_size(in->dtype)), from, to, &one, mean ? mean[i] : 0);
        acc->i[i] = one.i;
    }
}

static double ended(const job *j, double x)
{
    double n = (double)j->w->r.reduced.numel, degrees = n - j->w->correction;
    switch (j->end) {
    case MEAN: return x / n;
    case VARIANCE: return x / (degrees > 0 ? degrees : 0);
    case DEVIATION: return sqrt(x / (degrees > 0 ? degrees : 0));
    default: return x;
    }
}

static void finish_block(const job *j, int64_t block, cpu_tile *acc)
{
    const plan *w = j->w;
    const cplug_view *out = j->c->out[0];
    int64_t n, first = block_first(w, block, &n);
    if (j->end != AS_IS)
        for (int64_t i = 0; i < n; i++) acc->d[i] = ended(j, acc->d[i]);
    if (j->mean_out)
        memcpy(j->mean_out + block * w->width, acc, (size_t)n * sizeof(double));
    else
        cpu_iter_store(&w->r.kept, 1, first, n, out->dtype, out->data, w->acc, acc);
}

static void unit_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const plan *w = j->w;
    cpu_tile acc;
    for (int64_t unit = lo; unit < hi; unit++) {
        fold_block(j, unit / w->chunks, unit % w->chunks, &acc);
        if (j->partial)
            memcpy((char *)j->partial + unit * w->width * 8, &acc, (size_t)w->width * 8);
        else
            finish_block(j, unit, &acc);
    }
}

static void merge_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const plan *w = j->w;
    const cpu_reducer *merge = j->reducer->merge ? j->reducer->merge : j->reducer;
    cpu_tile acc;
    for (int64_t block = lo; block < hi; block++) {
        const char *parts = (const char *)j->partial + block * w->chunks * w->width * 8;
        int64_t n;
        block_first(w, block, &n);
        memcpy(&acc, parts, (size_t)n * 8);
        merge->fold[w->acc].column(w->chunks - 1, w->width, n, parts + w->width * 8, &acc, NULL);
        finish_block(j, block, &acc);
    }
}

static void pass(const job *j)
{
    const plan *w = j->w;
    const cplug_host *h = j->c->host;
    int64_t units = w->blocks * w->chunks, work = CPU_MIN(w->chunk, w->r.reduced.numel) * w->width,
            grain = 1 + CPU_GRAIN / CPU_MAX(work, 1);
    if (units <= grain)
        unit_body((void *)j, 0, units);
    else
        h->parallel_for(units, grain, unit_body, (void *)j);
    if (!j->partial) return;
    if (w->blocks == 1)
        merge_body((void *)j, 0, 1);
    else
        h->parallel_for(w->blocks, 1 + CPU_GRAIN / (w->chunks * w->width), merge_body, (void *)j);
}

static cplug_status run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const plan *w = p->state;
    const reduce_op *op = c->user;
    job j = { .w = w, .c = c, .reducer = op->reducer, .end = op->end };
    char *room = c->workspace;
    (void)e;
    if (w->r.kept.numel == 0) return CPLUG_OK;
    if (w->chunks > 1) {
        j.partial = room;
        room += w->blocks * w->width * w->chunks * 8;
    }
    if (op->end >= VARIANCE) { /* two passes: the mean, then the squares around it */
        job first = j;
        first.reducer = &cpu_sum;
        first.end = MEAN;
        first.mean_out = (double *)(void *)room;
        pass(&first);
        j.mean = first.mean_out;
    }
    pass(&j);
    return CPLUG_OK;
}

#define REDUCE(op_, ...) CPU_KERNEL(op_, CPLUG_K_STRIDED | CPLUG_K_OUT_STRIDED, (&(const reduce_op){ __VA_ARGS__ }), supports, prepare, run)
static const cplug_kernel kernels[] = {
    REDUCE("sum", .reducer = &cpu_sum),
    REDUCE("sum_to_size", .reducer = &cpu_sum, .to_size = true),
    REDUCE("mean", .reducer = &cpu_sum, .end = MEAN, .float_only = true),
    REDUCE("prod", .reducer = &cpu_prod),
    REDUCE("amax", .reducer = &cpu_amax, .like_input = true),
    REDUCE("amin", .reducer = &cpu_amin, .like_input = true),
    REDUCE("any", .reducer = &cpu_any, .like_input = true),
    REDUCE("all", .reducer = &cpu_all, .like_input = true),
    REDUCE("var", .reducer = &cpu_squares, .end = VARIANCE, .float_only = true),
    REDUCE("std", .reducer = &cpu_squares, .end = DEVIATION, .float_only = true),
};
CPU_KERNELS(cpu_reduce_kernels, kernels);
