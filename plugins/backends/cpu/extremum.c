/* extremum.c: max and min along a dimension (values and indices), argmax and argmin.  The first extreme element wins; a NaN beats all. */
#include "reduce.h"

enum { ROW_SHORT = 64 /* elements that are searched one by one */ };

typedef struct extremum_op {
    bool largest, values; /* values: out[0] values, out[1] indices; else out[0] indices */
} extremum_op;
typedef struct plan {
    cpu_reduction r;
    cpu_class class;
    bool ready;
    int64_t width, blocks_in_row; /* columns: results side by side */
} plan;
typedef struct job {
    const plan *w;
    const cplug_call *c;
    const extremum_op *op;
} job;

static cplug_status prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    const cplug_view *in = c->in[0], *out[2] = { c->out[0], c->n_out > 1 ? c->out[1] : c->out[0] };
    plan *w = c->host->alloc(sizeof *w);
    if (!w) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a plan");
    p->state = w;
    cpu_reduction_plan(&w->r, in, cpu_reduced_dims(c, 0), out, 2, true);
    w->class = cpu_class_of(in->dtype);
    w->ready = cpu_is_native(in->dtype) && cpu_iter_step(w->r.columns ? &w->r.kept : &w->r.reduced, 0) == 1;
    w->width = CPU_MIN(cpu_iter_inner(&w->r.kept), CPU_TILE);
    w->blocks_in_row = (cpu_iter_inner(&w->r.kept) + CPU_TILE - 1) / CPU_TILE;
    return CPLUG_OK;
}

/* Finds the first extreme of x[0 .. n) that beats *best (or anything when *at < 0) and notes it with index first + i. */
#define SEARCH(name, T)                                                                                                                    \
    static void name(const T *x, int64_t n, int64_t first, bool largest, T *best, int64_t *at)                                             \
    {                                                                                                                                      \
        T b = *best;                                                                                                                       \
        int64_t found = *at;                                                                                                               \
        for (int64_t i = 0; i < n; i++) {                                                                                                  \
            bool better = found < 0 || (largest ? x[i] > b : x[i] < b) || (x[i] != x[i] && b == b);                                        \
            b = better ? x[i] : b;                                                                                                         \
            found = better ? first + i : found;                                                                                            \
        }                                                                                                                                  \
        *best = b;                                                                                                                         \
        *at = found;                                                                                                                       \
    }
/* The same for columns side by side: one row of n candidates, all with index `row`. */
#define SEARCH_COLUMNS(name, T)                                                                                                            \
    CPU_CLONES static void name(const T *restrict x, int64_t n, int64_t row, bool largest, T *restrict best, int64_t *restrict at)         \
    {                                                                                                                                      \
        if (row == 0) {                                                                                                                    \
            for (int64_t i = 0; i < n; i++) {                                                                                              \
                best[i] = x[i];                                                                                                            \
                at[i] = 0;                                                                                                                 \
            }                                                                                                                              \
        } else if (largest) {                                                                                                              \
            for (int64_t i = 0; i < n; i++) {                                                                                              \
                bool better = (x[i] > best[i]) | ((x[i] != x[i]) & (best[i] == best[i]));                                                  \
                best[i] = better ? x[i] : best[i];                                                                                         \
                at[i] = better ? row : at[i];                                                                                              \
            }                                                                                                                              \
        } else {                                                                                                                           \
            for (int64_t i = 0; i < n; i++) {                                                                                              \
                bool better = (x[i] < best[i]) | ((x[i] != x[i]) & (best[i] == best[i]));                                                  \
                best[i] = better ? x[i] : best[i];                                                                                         \
                at[i] = better ? row : at[i];                                                                                              \
            }                                                                                                                              \
        }                                                                                                                                  \
    }
SEARCH(search_f32, float)
SEARCH(search_f64, double)
SEARCH(search_i64, int64_t)
SEARCH_COLUMNS(search_columns_f32, float)
SEARCH_COLUMNS(search_columns_f64, double)
SEARCH_COLUMNS(search_columns_i64, int64_t)

static void search(cpu_class k, const void *x, int64_t n, int64_t first, bool largest, cpu_value *best, int64_t *at)
{
    if (k == CPU_F32)
        search_f32(x, n, first, largest, &best->f, at);
    else if (k == CPU_F64)
        search_f64(x, n, first, largest, &best->d, at);
    else
        search_i64(x, n, first, largest, &best->i, at);
}

/* Whether the extreme of a long piece, found by the vectorised fold, beats the best so far: only then is the piece searched. */
static bool worth_searching(const job *j, const void *x, int64_t n, cpu_value best)
{
    const cpu_reducer *r = j->op->largest ? &cpu_amax : &cpu_amin;
    cpu_value extreme = r->start[j->w->class == CPU_I64];
    r->fold[j->w->class].row(n, x, &extreme, 0);
    if (j->w->class == CPU_I64) return j->op->largest ? extreme.i > best.i : extreme.i < best.i;
    double b = j->w->class == CPU_F32 ? (double)best.f : best.d;
    return (j->op->largest ? extreme.d > b : extreme.d < b) || (extreme.d != extreme.d && b == b);
}

static void search_row(const job *j, const char *x, cpu_value *best, int64_t *at)
{
    const plan *w = j->w;
    const cpu_iter *it = &w->r.reduced;
    cplug_dtype t = j->c->in[0]->dtype;
    cpu_tile tile;
    *at = -1;
    for (int64_t i = 0, n; i < it->numel; i += n) {
        const void *piece = &tile;
        n = CPU_MIN(it->numel - i, CPU_TILE);
        if (w->ready && it->ndim == 1)
            piece = cpu_at(x, i, cpu_size(t));
        else
            cpu_iter_load(it, 0, i, n, t, x, w->class, &tile);
        if (*at < 0 || n < ROW_SHORT || worth_searching(j, piece, n, *best)) search(w->class, piece, n, i, j->op->largest, best, at);
    }
}

static void store(const job *j, int64_t first, int64_t n, const cpu_tile *best, const cpu_tile *at)
{
    const cplug_view *const values = j->c->out[0], *const indices = j->c->out[j->op->values];
    if (j->op->values) cpu_iter_store(&j->w->r.kept, 1, first, n, values->dtype, values->data, j->w->class, best);
    cpu_iter_store(&j->w->r.kept, 2, first, n, indices->dtype, indices->data, CPU_I64, at);
}

static void rows_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const cpu_iter *kept = &j->w->r.kept;
    const cplug_view *in = j->c->in[0];
    cpu_tile best, at;
    cpu_walk walk;
    cpu_walk_seek(kept, &walk, lo);
    for (int64_t first = lo, n; first < hi; first += n) {
        n = CPU_MIN(hi - first, CPU_TILE);
        for (int64_t i = 0; i < n; i++, cpu_walk_advance(kept, &walk, 1)) {
            cpu_value one = { 0 };
            search_row(j, cpu_at(in->data, walk.offset[0], cpu_size(in->dtype)), &one, &at.i[i]);
            if (j->w->class == CPU_F32)
                best.f[i] = one.f;
            else
                best.i[i] = one.i;
        }
        store(j, first, n, &best, &at);
    }
}

static void columns_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const plan *w = j->w;
    const cpu_iter *kept = &w->r.kept, *it = &w->r.reduced;
    const cplug_view *in = j->c->in[0];
    int64_t inner = cpu_iter_inner(kept), step = cpu_iter_step(kept, 0);
    cpu_tile best, at, tile;
    cpu_walk place, row;
    for (int64_t block = lo; block < hi; block++) {
        int64_t column = block % w->blocks_in_row * CPU_TILE, n = CPU_MIN(inner - column, CPU_TILE);
        int64_t first = block / w->blocks_in_row * inner + column;
        cpu_walk_seek(kept, &place, first);
        cpu_walk_seek(it, &row, 0);
        for (int64_t r = 0; r < it->numel; r++, cpu_walk_advance(it, &row, 1)) {
            const void *x = cpu_at(in->data, place.offset[0] + row.offset[0], cpu_size(in->dtype));
            if (!w->ready) cpu_load(w->class, &tile, in->dtype, x, step, n);
            const void *piece = w->ready ? x : &tile;
            if (w->class == CPU_F32)
                search_columns_f32(piece, n, r, j->op->largest, best.f, at.i);
            else if (w->class == CPU_F64)
                search_columns_f64(piece, n, r, j->op->largest, best.d, at.i);
            else
                search_columns_i64(piece, n, r, j->op->largest, best.i, at.i);
        }
        store(j, first, n, &best, &at);
    }
}

static cplug_status run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const plan *w = p->state;
    job j = { w, c, c->user };
    (void)e;
    if (w->r.kept.numel == 0) return CPLUG_OK;
    int64_t units = w->r.columns ? w->r.kept.numel / cpu_iter_inner(&w->r.kept) * w->blocks_in_row : w->r.kept.numel;
    int64_t work = w->r.reduced.numel * (w->r.columns ? w->width : 1), grain = 1 + CPU_GRAIN / CPU_MAX(work, 1);
    void (*body)(void *, int64_t, int64_t) = w->r.columns ? columns_body : rows_body;
    if (units <= grain)
        body(&j, 0, units);
    else
        c->host->parallel_for(units, grain, body, &j);
    return CPLUG_OK;
}

static const extremum_op max_op = { true, true }, min_op = { false, true }, argmax_op = { true, false }, argmin_op = { false, false };
#define EXTREMUM(op_, form_) CPU_KERNEL(op_, CPLUG_K_STRIDED | CPLUG_K_OUT_STRIDED, form_, NULL, prepare, run)
static const cplug_kernel kernels[] = {
    EXTREMUM("max", &max_op),
    EXTREMUM("min", &min_op),
    EXTREMUM("argmax", &argmax_op),
    EXTREMUM("argmin", &argmin_op),
};
CPU_KERNELS(cpu_extremum_kernels, kernels);
