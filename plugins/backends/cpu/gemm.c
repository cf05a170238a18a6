/* gemm.c: blocking, packing and threads around the register tiles; see gemm.h.
 *
 * C is cut into a grid of parts, one a thread, each with a workspace of its own, so that threads meet once per product.  A part goes block
 * by block, block_k terms at a time: the panels of A and B are packed, then tiles run over them.  How C is cut changes no sum. */
#include "gemm.h"

enum {
    BLOCK_M = 960, /* rows and columns packed at a time: 2 MB of floats each */
    BLOCK_N = 960,
    BLOCK_K_BYTES = 2048, /* a panel of B is 64 KB, one of A stays in the first-level cache */
    ROUND_PANELS = 16,    /* of A, which stay in the second-level cache while the panels of B pass */
    VECTOR_ROWS = 256,    /* rows that a task of the vector form takes */
    MAX_PARTS = 256
};
#define PARALLEL_FLOPS 6e6 /* 20 us of work; waking a thread costs up to 50 */
#define PART_FLOPS 3e6

static bool is_type(cplug_dtype t, cpu_class type) { return cpu_is_native(t) && cpu_class_of(t) == type; }

typedef float quad __attribute__((vector_size(16), aligned(4), may_alias));
static void f32_transpose4(float *restrict dst, int64_t width, const float *restrict src, int64_t stride, int64_t kc)
{
    int64_t p = 0;
    for (; p + 4 <= kc; p += 4, dst += 4 * width) {
        quad a = *(const quad *)(src + p), b = *(const quad *)(src + stride + p);
        quad c = *(const quad *)(src + 2 * stride + p), d = *(const quad *)(src + 3 * stride + p);
        quad ab0 = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab1 = __builtin_shufflevector(a, b, 2, 6, 3, 7);
        quad cd0 = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd1 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
        *(quad *)dst = __builtin_shufflevector(ab0, cd0, 0, 1, 4, 5);
        *(quad *)(dst + width) = __builtin_shufflevector(ab0, cd0, 2, 3, 6, 7);
        *(quad *)(dst + 2 * width) = __builtin_shufflevector(ab1, cd1, 0, 1, 4, 5);
        *(quad *)(dst + 3 * width) = __builtin_shufflevector(ab1, cd1, 2, 3, 6, 7);
    }
    for (; p < kc; p++, dst += width)
        for (int64_t r = 0; r < 4; r++) dst[r] = src[r * stride + p];
}
static void f64_transpose4(double *restrict dst, int64_t width, const double *restrict src, int64_t stride, int64_t kc)
{
    for (int64_t p = 0; p < kc; p++, dst += width)
        for (int64_t r = 0; r < 4; r++) dst[r] = src[r * stride + p];
}
static void i64_transpose4(uint64_t *restrict dst, int64_t width, const uint64_t *restrict src, int64_t stride, int64_t kc)
{
    for (int64_t p = 0; p < kc; p++, dst += width)
        for (int64_t r = 0; r < 4; r++) dst[r] = src[r * stride + p];
}

#define GEMM_T float
#define GEMM_NAME(x) f32_##x
#include "gemm_type_body.h"
#define GEMM_T double
#define GEMM_NAME(x) f64_##x
#include "gemm_type_body.h"
#define GEMM_T uint64_t
#define GEMM_NAME(x) i64_##x
#include "gemm_type_body.h"

/* ---- the plan ---- */
static int64_t round_up(int64_t n, int64_t to) { return (n + to - 1) / to * to; }
/* Equal blocks of at most `most`, a multiple of `unit`. */
static int64_t block_size(int64_t n, int64_t most, int64_t unit)
{
    int64_t blocks = n > most ? (n + most - 1) / most : 1;
    return CPU_MAX(round_up((n + blocks - 1) / blocks, unit), unit);
}

/* The grid of parts that costs least: padded tiles, and panels that every part packs for itself. */
static void plan_grid(cpu_gemm *g, int64_t m, int64_t n, int64_t parts)
{
    const int64_t rows = g->micro->rows, cols = g->micro->cols;
    double best = 0;
    g->parts_m = g->parts_n = 1;
    for (int64_t pm = 1; pm <= parts; pm++) {
        const int64_t pn = parts / pm;
        const double part_m = (double)round_up((m + pm - 1) / pm, rows), part_n = (double)round_up((n + pn - 1) / pn, cols);
        const double cost = part_m * part_n + 8.0 * (part_m + part_n);
        if (best != 0 && cost >= best) continue;
        best = cost;
        g->parts_m = pm, g->parts_n = pn;
    }
    g->part_m = round_up((m + g->parts_m - 1) / g->parts_m, rows);
    g->part_n = round_up((n + g->parts_n - 1) / g->parts_n, cols);
}

static void plan_panels(cpu_gemm *g, int64_t parts, uint32_t flags)
{
    const int64_t rows = g->micro->rows, cols = g->micro->cols;
    int64_t m = g->m, n = g->n;
    g->swap = !(flags & CPU_GEMM_PANELS_ONLY) &&
              (double)round_up(n, rows) * (double)round_up(m, cols) < 0.8 * (double)round_up(m, rows) * (double)round_up(n, cols);
    if (g->swap) m = g->n, n = g->m;
    plan_grid(g, m, n, parts);
    g->block_m = block_size(g->part_m, BLOCK_M, rows);
    g->block_n = block_size(g->part_n, BLOCK_N, cols);
    g->block_k = block_size(g->k, BLOCK_K_BYTES / cpu_class_size(g->type), 1);
    const uint32_t size = cpu_class_size(g->type);
    g->a_bytes = (uint64_t)round_up(g->block_m * g->block_k * size, 64);
    g->b_bytes = (uint64_t)round_up(g->block_n * g->block_k * size, 64);
    g->part_bytes = g->a_bytes + g->b_bytes + (g->widen ? (uint64_t)round_up(g->block_m * g->block_n * size, 64) : 0);
    g->workspace = g->bias_bytes + g->part_bytes * (uint64_t)(g->parts_m * g->parts_n);
}

void cpu_gemm_plan(cpu_gemm *g, int64_t m, int64_t n, int64_t k, cplug_dtype out, uint32_t n_threads, uint32_t flags)
{
    const double flops = 2.0 * (double)m * (double)n * (double)k;
    memset(g, 0, sizeof *g);
    g->m = m, g->n = n, g->k = k;
    g->type = cpu_class_of(out);
    g->micro = cpu_gemm_micro_best(g->type);
    g->widen = !is_type(out, g->type);
    g->parallel = n_threads > 1 && flops >= PARALLEL_FLOPS;
    g->vector = (m == 1 || n == 1) && !(flags & CPU_GEMM_PANELS_ONLY);
    const uint32_t size = cpu_class_size(g->type);
    g->bias_bytes = (uint64_t)round_up(CPU_MAX(m, n) * size, 64);
    if (g->vector)
        g->workspace = (uint64_t)(k * size) + g->bias_bytes;
    else
        plan_panels(g, g->parallel ? (int64_t)CPU_MIN(CPU_MIN((double)n_threads, MAX_PARTS), flops / PART_FLOPS) : 1, flags);
}

/* ---- one run ---- */
typedef struct job {
    const cpu_gemm *g;
    cpu_gemm_operand a, b;
    cpu_gemm_output c; /* as the tiles see it: after the swap, and the workspace when it widens */
    cpu_gemm_output out;
    char *parts;      /* workspaces */
    const char *bias; /* of the type, dense; or NULL */
    char *a_panels, *b_panels;
    int64_t m, n, i0, j0, p0, mb, nb, kc;
} job;

static const char *at(const void *data, int64_t index, uint32_t size) { return (const char *)data + index * (int64_t)size; }

void cpu_gemm_pack(cpu_class type, void *dst, const void *src, int64_t stride, int64_t k_stride, int64_t n, int64_t width, int64_t kc)
{
    if (type == CPU_F32)
        f32_pack(dst, src, stride, k_stride, n, width, kc);
    else if (type == CPU_F64)
        f64_pack(dst, src, stride, k_stride, n, width, kc);
    else
        i64_pack(dst, src, stride, k_stride, n, width, kc);
}

/* Rows [i0, i0 + n) of an operand as one panel, widened in pieces of 16 terms where its dtype is not the type. */
static void pack_panel(const cpu_gemm_operand *o, cpu_class type, int64_t i0, int64_t n, int64_t width, int64_t k0, int64_t kc, char *dst)
{
    enum { TERMS = CPU_TILE / CPU_GEMM_MAX_WIDTH };
    uint32_t size = cpu_size(o->dtype), type_size = cpu_class_size(type);
    if (o->pack) {
        o->pack(o->arg, type, i0, n, width, k0, kc, dst);
        return;
    }
    const char *src = at(o->data, i0 * o->stride + k0 * o->k_stride, size);
    if (is_type(o->dtype, type)) {
        cpu_gemm_pack(type, dst, src, o->stride, o->k_stride, n, width, kc);
        return;
    }
    cpu_tile tile;
    for (int64_t p = 0; p < kc; p += TERMS, dst += TERMS * width * type_size) {
        int64_t terms = CPU_MIN(kc - p, TERMS);
        for (int64_t r = 0; r < n; r++)
            cpu_load(type, (char *)&tile + r * TERMS * type_size, o->dtype, at(src, r * o->stride + p * o->k_stride, size), o->k_stride,
                     terms);
        cpu_gemm_pack(type, dst, &tile, TERMS, 1, n, width, terms);
    }
}

static void pack_block(const job *j)
{
    const cpu_gemm *g = j->g;
    const int64_t rows = g->micro->rows, cols = g->micro->cols, size = cpu_class_size(g->type);
    for (int64_t i = 0; i < j->mb; i += rows)
        pack_panel(&j->a, g->type, j->i0 + i, CPU_MIN(rows, j->mb - i), rows, j->p0, j->kc, j->a_panels + i * j->kc * size);
    for (int64_t i = 0; i < j->nb; i += cols)
        pack_panel(&j->b, g->type, j->j0 + i, CPU_MIN(cols, j->nb - i), cols, j->p0, j->kc, j->b_panels + i * j->kc * size);
}

/* The register tile goes through memory: it is cut at the edges, or C is strided, or a bias comes on top. */
static void merge_tile(const job *j, const char *tile, int64_t i, int64_t n_rows, int64_t col, int64_t n_cols)
{
    const cpu_gemm *g = j->g;
    const cpu_gemm_output *c = &j->c;
    uint32_t size = cpu_class_size(g->type);
    int64_t bias_row = c->bias_kind == CPU_GEMM_BIAS_PER_ROW, bias_column = c->bias_kind == CPU_GEMM_BIAS_PER_COLUMN;
    int32_t accumulate = j->p0 > 0;
    while (n_cols > 0) {
        int64_t within = c->segment ? col % c->segment : col, run = c->segment ? CPU_MIN(n_cols, c->segment - within) : n_cols;
        int64_t offset = i * c->row_stride + (c->segment ? col / c->segment * c->segment_stride : 0) + within * c->column_stride;
        void *to = (char *)c->data + offset * size;
        const void *bias = j->bias ? at(j->bias, i * bias_row + col * bias_column, size) : NULL;
        if (g->type == CPU_F32)
            f32_merge((const void *)tile, g->micro->cols, n_rows, run, to, c->row_stride, c->column_stride, accumulate, bias, bias_row,
                      bias_column);
        else if (g->type == CPU_F64)
            f64_merge((const void *)tile, g->micro->cols, n_rows, run, to, c->row_stride, c->column_stride, accumulate, bias, bias_row,
                      bias_column);
        else
            i64_merge((const void *)tile, g->micro->cols, n_rows, run, to, c->row_stride, c->column_stride, accumulate, bias, bias_row,
                      bias_column);
        col += run, n_cols -= run, tile += run * size;
    }
}

/* One panel of B against panels [ip, ip_end) of A. */
static void run_tiles(const job *j, int64_t jp, int64_t ip, int64_t ip_end)
{
    const cpu_gemm *g = j->g;
    const cpu_gemm_output *c = &j->c;
    const int64_t rows = g->micro->rows, cols = g->micro->cols, size = cpu_class_size(g->type);
    const int64_t block_i = g->widen ? 0 : j->i0, block_j = g->widen ? 0 : j->j0; /* the workspace holds one block only */
    const int64_t col = block_j + jp * cols, n_cols = CPU_MIN(cols, j->nb - jp * cols);
    const char *b = j->b_panels + jp * cols * j->kc * size;
    const int64_t column = c->segment ? col / c->segment * c->segment_stride + col % c->segment : col;
    const bool plain = c->column_stride == 1 && !(j->bias && j->p0 == 0) && n_cols == cols &&
                       (!c->segment || col % c->segment + cols <= c->segment);
    union {
        char bytes[CPU_GEMM_MAX_TILE * sizeof(double)];
        double aligned;
    } tile;
    for (; ip < ip_end; ip++) {
        const int64_t i = block_i + ip * rows, n_rows = CPU_MIN(rows, j->mb - ip * rows);
        const char *a = j->a_panels + ip * rows * j->kc * size;
        if (plain && n_rows == rows) {
            g->micro->run(j->kc, a, b, (char *)c->data + (i * c->row_stride + column) * size, c->row_stride, j->p0 > 0);
        } else {
            g->micro->run(j->kc, a, b, tile.bytes, cols, 0);
            merge_tile(j, tile.bytes, i, n_rows, col, n_cols);
        }
    }
}

/* The finished block from the workspace to an output of a narrower dtype. */
static void narrow_block(const job *j)
{
    const cpu_gemm_output *out = &j->out;
    const int64_t size = cpu_class_size(j->g->type), out_size = cpu_size(out->dtype), end = j->j0 + j->nb;
    for (int64_t i = 0; i < j->mb; i++) {
        for (int64_t col = j->j0, run; col < end; col += run) {
            const int64_t within = out->segment ? col % out->segment : col;
            run = out->segment ? CPU_MIN(end - col, out->segment - within) : end - col;
            const int64_t offset = (j->i0 + i) * out->row_stride + (out->segment ? col / out->segment * out->segment_stride : 0) +
                                   within * out->column_stride;
            cpu_store(out->dtype, (char *)out->data + offset * out_size, out->column_stride, j->g->type,
                      (char *)j->c.data + (i * j->c.row_stride + col - j->j0) * size, run);
        }
    }
}

static void run_block(job *j)
{
    const cpu_gemm *g = j->g;
    const int64_t rows = g->micro->rows, cols = g->micro->cols, panels = (j->mb + rows - 1) / rows, columns = (j->nb + cols - 1) / cols;
    j->p0 = 0;
    do { /* once for k = 0 too, which gives zeros or the bias */
        j->kc = CPU_MIN(g->block_k, g->k - j->p0);
        pack_block(j);
        for (int64_t ip = 0; ip < panels; ip += ROUND_PANELS)
            for (int64_t jp = 0; jp < columns; jp++) run_tiles(j, jp, ip, CPU_MIN(ip + ROUND_PANELS, panels));
        j->p0 += g->block_k;
    } while (j->p0 < g->k);
    if (g->widen) narrow_block(j);
}

static void part_body(void *arg, int64_t lo, int64_t hi)
{
    const job *all = arg;
    const cpu_gemm *g = all->g;
    for (int64_t part = lo; part < hi; part++) {
        job j = *all;
        const int64_t i_begin = part % g->parts_m * g->part_m, i_end = CPU_MIN(i_begin + g->part_m, j.m);
        const int64_t j_begin = part / g->parts_m * g->part_n, j_end = CPU_MIN(j_begin + g->part_n, j.n);
        j.a_panels = j.parts + (uint64_t)part * g->part_bytes, j.b_panels = j.a_panels + g->a_bytes;
        if (g->widen) j.c.data = j.b_panels + g->b_bytes;
        for (j.j0 = j_begin; j.j0 < j_end; j.j0 += g->block_n) {
            for (j.i0 = i_begin; j.i0 < i_end; j.i0 += g->block_m) {
                j.mb = CPU_MIN(g->block_m, i_end - j.i0);
                j.nb = CPU_MIN(g->block_n, j_end - j.j0);
                if (g->widen && all->bias)
                    j.bias = at(all->bias, j.out.bias_kind == CPU_GEMM_BIAS_PER_ROW ? j.i0 : j.j0, cpu_class_size(g->type));
                run_block(&j);
            }
        }
    }
}

static const char *dense_vector(const cpu_gemm *g, cplug_dtype dtype, const void *data, int64_t stride, int64_t n, char *room)
{
    if (is_type(dtype, g->type) && (stride == 1 || n == 1)) return data;
    cpu_load(g->type, room, dtype, data, stride, n);
    return room;
}

/* ---- m or n is 1 ---- */
typedef struct vector_job {
    const cpu_gemm *g;
    const cpu_gemm_operand *x;
    const cpu_gemm_output *c;
    const char *v, *bias;
    int64_t n, out_stride;
    bool bias_same; /* one bias for all */
} vector_job;

static void vector_body(void *arg, int64_t lo, int64_t hi)
{
    const vector_job *j = arg;
    cpu_class type = j->g->type;
    uint32_t size = cpu_class_size(type);
    cpu_tile y;
    for (int64_t t = lo; t < hi; t++) {
        int64_t i = t * VECTOR_ROWS, n = CPU_MIN(VECTOR_ROWS, j->n - i);
        const void *bias = j->bias ? at(j->bias, j->bias_same ? 0 : i, size) : NULL;
        int64_t step = !j->bias_same;
        if (type == CPU_F32) {
            f32_vector(j->x, type, i, n, j->g->k, j->v, &y);
            for (int64_t r = 0; bias && r < n; r++) y.f[r] += ((const float *)bias)[r * step];
        } else if (type == CPU_F64) {
            f64_vector(j->x, type, i, n, j->g->k, j->v, &y);
            for (int64_t r = 0; bias && r < n; r++) y.d[r] += ((const double *)bias)[r * step];
        } else {
            i64_vector(j->x, type, i, n, j->g->k, j->v, &y);
            for (int64_t r = 0; bias && r < n; r++) y.i[r] = (int64_t)((uint64_t)y.i[r] + ((const uint64_t *)bias)[r * step]);
        }
        cpu_store(j->c->dtype, (char *)j->c->data + i * j->out_stride * cpu_size(j->c->dtype), j->out_stride, type, &y, n);
    }
}

static void run_vector(const cpu_gemm *g, const cpu_gemm_operand *a, const cpu_gemm_operand *b, const cpu_gemm_output *c, char *workspace,
                       const cplug_host *host)
{
    bool row = g->m == 1; /* C is a row: the matrix is B */
    const cpu_gemm_operand *v = row ? a : b;
    int64_t n = row ? g->n : g->m, n_bias = c->bias_kind == CPU_GEMM_BIAS_PER_ROW ? g->m : g->n;
    vector_job j = { .g = g, .x = row ? b : a, .c = c, .n = n, .out_stride = row ? c->column_stride : c->row_stride };
    j.bias_same = c->bias_kind == (row ? CPU_GEMM_BIAS_PER_ROW : CPU_GEMM_BIAS_PER_COLUMN);
    j.v = dense_vector(g, v->dtype, v->data, v->k_stride, g->k, workspace + g->bias_bytes);
    if (c->bias_kind != CPU_GEMM_NO_BIAS) j.bias = dense_vector(g, c->bias_dtype, c->bias, c->bias_stride, n_bias, workspace);
    int64_t tasks = (n + VECTOR_ROWS - 1) / VECTOR_ROWS;
    if (host && g->parallel && tasks > 1)
        host->parallel_for(tasks, 1 + CPU_GRAIN / (VECTOR_ROWS * (g->k + 1)), vector_body, &j);
    else
        vector_body(&j, 0, tasks);
}

void cpu_gemm_run(const cpu_gemm *g, const cpu_gemm_operand *a, const cpu_gemm_operand *b, const cpu_gemm_output *c, void *workspace,
                  const cplug_host *host)
{
    if (g->m == 0 || g->n == 0) return;
    if (g->vector) {
        run_vector(g, a, b, c, workspace, host);
        return;
    }
    job j = { .g = g, .a = *a, .b = *b, .out = *c, .m = g->m, .n = g->n, .parts = (char *)workspace + g->bias_bytes };
    if (c->bias_kind != CPU_GEMM_NO_BIAS)
        j.bias = dense_vector(g, c->bias_dtype, c->bias, c->bias_stride, c->bias_kind == CPU_GEMM_BIAS_PER_ROW ? g->m : g->n, workspace);
    if (g->swap) {
        j.m = g->n, j.n = g->m;
        j.a = *b, j.b = *a;
        j.out.row_stride = c->column_stride, j.out.column_stride = c->row_stride;
        if (c->bias_kind != CPU_GEMM_NO_BIAS) j.out.bias_kind = CPU_GEMM_BIAS_PER_ROW + CPU_GEMM_BIAS_PER_COLUMN - c->bias_kind;
    }
    j.c = j.out;
    if (g->widen) j.c.row_stride = g->block_n, j.c.column_stride = 1, j.c.segment = 0;
    if (host && g->parts_m * g->parts_n > 1)
        host->parallel_for(g->parts_m * g->parts_n, 1, part_body, &j);
    else
        part_body(&j, 0, g->parts_m * g->parts_n);
}
