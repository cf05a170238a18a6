/* conv.c: conv2d and its gradients as one gemm per group over the patches of all images (implicit im2col: patches.c writes them into the
 * gemm's panels).  x [n, c, h, w], weight [o, c / groups, kh, kw], y [n, o, oh, ow]; all dense.
 *
 *   y  [o, (n, oy, ox)] = weight [o, (c, ky, kx)] patches(x)
 *   dw [o, (c, ky, kx)] = dy [o, (n, oy, ox)] patches(x)^T, summed over fixed chunks of images where dw is small
 *   dx [c, (n, y, x)]   = weight^T [c, (o, ky, kx)] patches(dy) with mirrored taps, or fold(weight^T dy) image by image */
#include "patches.h"
#include <math.h>

enum { CHUNKS = 16, STRIDE = 0, PADDING = 1, DILATION = 2, GROUPS = 3 };
typedef struct geometry {
    int64_t n, c, h, w, o, oh, ow, kh, kw, groups, cg, og; /* cg, og: channels of a group */
} geometry;
typedef struct plan {
    geometry g;
    cpu_gemm gemm;
    cpu_patches patches, places; /* places: dy as the patches of a 1 x 1 window (dw only) */
    cpu_fold fold;               /* dx by folding */
    int64_t chunks;              /* dw and folded dx: pieces of the batch, each with its own workspace */
    uint64_t chunk_bytes, part_bytes;
    bool mirrored; /* which way to dx */
} plan;

static geometry geometry_of(const cplug_call *c, const int64_t *x, const int64_t *weight, const int64_t *y)
{
    geometry g = { .n = x[0], .c = x[1], .h = x[2], .w = x[3], .o = weight[0], .kh = weight[2], .kw = weight[3], .oh = y[2], .ow = y[3] };
    g.groups = cpu_attr(c, GROUPS);
    g.cg = g.c / g.groups, g.og = g.o / g.groups;
    return g;
}

static cpu_patches patches_of(const cplug_call *c, const geometry *g, cplug_dtype dtype)
{
    cpu_patches p = {
        .image_stride = g->c * g->h * g->w, .height = g->h, .width = g->w, .kh = g->kh, .kw = g->kw, .oh = g->oh, .ow = g->ow
    };
    p.step_y = cpu_attr_at(c, STRIDE, 0), p.step_x = cpu_attr_at(c, STRIDE, 1);
    p.from_y = -cpu_attr_at(c, PADDING, 0), p.from_x = -cpu_attr_at(c, PADDING, 1);
    p.dilation_y = cpu_attr_at(c, DILATION, 0), p.dilation_x = cpu_attr_at(c, DILATION, 1);
    p.dtype = dtype;
    bool plain = g->kh * g->kw == 1 && p.step_y == 1 && p.step_x == 1 && p.from_y == 0 && p.from_x == 0;
    if (plain) p.width *= p.height, p.ow *= p.oh, p.height = p.oh = 1; /* one long row: longer runs */
    return p;
}

static cpu_patches plain_patches(int64_t channels, int64_t area, cplug_dtype dtype)
{
    return (cpu_patches){ .image_stride = channels * area,
                          .height = 1,
                          .width = area,
                          .kh = 1,
                          .kw = 1,
                          .oh = 1,
                          .ow = area,
                          .step_y = 1,
                          .step_x = 1,
                          .dilation_y = 1,
                          .dilation_x = 1,
                          .dtype = dtype };
}

static cplug_dtype class_dtype(cpu_class type) { return type == CPU_F32 ? CPLUG_F32 : type == CPU_F64 ? CPLUG_F64 : CPLUG_I64; }
static uint64_t round64(uint64_t n) { return (n + 63) / 64 * 64; }
static const void *at(const cplug_view *v, int64_t element) { return (const char *)v->data + element * (int64_t)cpu_size(v->dtype); }
static void *at_out(const cplug_view *v, int64_t element) { return (char *)v->data + element * (int64_t)cpu_size(v->dtype); }

static plan *new_plan(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    plan *s = c->host->alloc(sizeof *s);
    if (!s) c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a plan");
    p->state = s;
    p->workspace_align = 64;
    return s;
}

/* ---- y ---- */
static cplug_status prepare_forward(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    plan *s = new_plan(c, p, e);
    if (!s) return e->code;
    geometry *g = &s->g;
    *g = geometry_of(c, c->in[0]->shape, c->in[1]->shape, c->out[0]->shape);
    s->patches = patches_of(c, g, c->in[0]->dtype);
    cpu_gemm_plan(&s->gemm, g->og, g->n * g->oh * g->ow, g->cg * g->kh * g->kw, c->out[0]->dtype, c->n_threads, CPU_GEMM_PANELS_ONLY);
    p->workspace_bytes = s->gemm.workspace;
    return CPLUG_OK;
}

static cplug_status run_forward(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)e;
    const plan *s = p->state;
    const geometry *g = &s->g;
    const cplug_view *x = c->in[0], *w = c->in[1], *bias = c->in[2], *y = c->out[0];
    cpu_patches patches = s->patches;
    int64_t area = g->oh * g->ow, terms = s->gemm.k;
    for (int64_t k = 0; k < g->groups; k++) {
        patches.data = at(x, k * g->cg * g->h * g->w);
        cpu_gemm_operand a = { .data = at(w, k * g->og * terms), .stride = terms, .k_stride = 1, .dtype = w->dtype };
        cpu_gemm_operand b = { .pack = cpu_patches_pack_places, .arg = &patches };
        cpu_gemm_output out = { .data = at_out(y, k * g->og * area), .row_stride = area, .column_stride = 1, .dtype = y->dtype };
        out.segment = area, out.segment_stride = g->o * area;
        if (!cpu_absent(bias)) {
            out.bias = at(bias, k * g->og), out.bias_dtype = bias->dtype, out.bias_stride = 1;
            out.bias_kind = CPU_GEMM_BIAS_PER_ROW;
        }
        cpu_gemm_run(&s->gemm, &a, &b, &out, c->workspace, c->host);
    }
    return CPLUG_OK;
}

/* ---- dw ---- */
static cplug_status prepare_weight(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    const cplug_view *dy = c->in[0], *x = c->in[1], *dw = c->out[0];
    plan *s = new_plan(c, p, e);
    if (!s) return e->code;
    geometry *g = &s->g;
    *g = geometry_of(c, x->shape, dw->shape, dy->shape);
    s->patches = patches_of(c, g, x->dtype);
    s->places = plain_patches(g->o, g->oh * g->ow, dy->dtype);
    int64_t terms = g->cg * g->kh * g->kw, area = g->oh * g->ow;
    cpu_class type = cpu_class_of(dw->dtype);
    /* A small dw has few tiles to deal out, so images are dealt out instead; how, depends on the shapes alone. */
    bool few = g->n > 1 && g->og * terms < 64 * 128;
    s->chunks = few ? CPU_MIN(g->n, CHUNKS) : 1;
    int64_t images = (g->n + s->chunks - 1) / s->chunks;
    cpu_gemm_plan(&s->gemm, g->og, terms, images * area, few ? class_dtype(type) : dw->dtype, few ? 1 : c->n_threads, CPU_GEMM_PANELS_ONLY);
    s->part_bytes = few ? round64((uint64_t)(g->og * terms) * cpu_class_size(type)) : 0;
    s->chunk_bytes = round64(s->gemm.workspace) + s->part_bytes;
    p->workspace_bytes = s->chunk_bytes * (uint64_t)s->chunks;
    return CPLUG_OK;
}

typedef struct job {
    const cplug_call *c;
    const plan *s;
    int64_t group;
    char *columns;
} job;

/* dw of one chunk of images into its part of the workspace */
static void weight_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const plan *s = j->s;
    const geometry *g = &s->g;
    const cplug_view *dy = j->c->in[0], *x = j->c->in[1], *dw = j->c->out[0];
    int64_t area = g->oh * g->ow, terms = s->gemm.n, images = (g->n + s->chunks - 1) / s->chunks;
    for (int64_t k = lo; k < hi; k++) {
        cpu_gemm gemm = s->gemm;
        int64_t first = CPU_MIN(k * images, g->n), count = CPU_MIN(images, g->n - first);
        gemm.k = count * area;
        cpu_patches rows = s->places, columns = s->patches;
        rows.data = at(dy, (first * g->o + j->group * g->og) * area);
        columns.data = at(x, (first * g->c + j->group * g->cg) * g->h * g->w);
        char *room = (char *)j->c->workspace + (uint64_t)k * s->chunk_bytes;
        cpu_gemm_operand a = { .pack = cpu_patches_pack_terms, .arg = &rows }, b = { .pack = cpu_patches_pack_terms, .arg = &columns };
        cpu_gemm_output out = { .data = room, .row_stride = terms, .column_stride = 1, .dtype = class_dtype(gemm.type) };
        if (s->chunks == 1) out.data = at_out(dw, j->group * g->og * terms), out.dtype = dw->dtype;
        cpu_gemm_run(&gemm, &a, &b, &out, room + s->part_bytes, s->chunks == 1 ? j->c->host : NULL);
    }
}

/* dw[group] = sum of the parts, in order */
static void add_parts(const job *j)
{
    const plan *s = j->s;
    const cplug_view *dw = j->c->out[0];
    int64_t n = s->g.og * s->gemm.n;
    cpu_class type = s->gemm.type;
    for (int64_t i = 0; i < n; i += CPU_TILE) {
        int64_t len = CPU_MIN(n - i, CPU_TILE);
        char *sum = (char *)j->c->workspace + i * cpu_class_size(type);
        for (int64_t k = 1; k < s->chunks; k++) {
            const void *part = sum + (uint64_t)k * s->chunk_bytes;
            for (int64_t r = 0; r < len && type == CPU_F32; r++) ((float *)(void *)sum)[r] += ((const float *)part)[r];
            for (int64_t r = 0; r < len && type == CPU_F64; r++) ((double *)(void *)sum)[r] += ((const double *)part)[r];
            for (int64_t r = 0; r < len && type == CPU_I64; r++) ((uint64_t *)(void *)sum)[r] += ((const uint64_t *)part)[r];
        }
        cpu_store(dw->dtype, at_out(dw, j->group * n + i), 1, type, sum, len);
    }
}

static cplug_status run_weight(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)e;
    const plan *s = p->state;
    double flops = 2.0 * (double)s->gemm.m * (double)s->gemm.n * (double)s->gemm.k * (double)s->chunks;
    for (int64_t k = 0; k < s->g.groups; k++) {
        job j = { c, s, k, NULL };
        if (s->chunks > 1 && flops > 1e6)
            c->host->parallel_for(s->chunks, 1, weight_body, &j);
        else
            weight_body(&j, 0, s->chunks);
        if (s->chunks > 1) add_parts(&j);
    }
    return CPLUG_OK;
}

/* ---- dx ---- */
typedef struct taps { /* weight of one group read as [c, (o, ky, kx)] */
    const void *data;
    cplug_dtype dtype;
    int64_t area, terms; /* kh * kw; c / groups * kh * kw */
} taps;

static void pack_taps(const void *arg, cpu_class type, int64_t i0, int64_t n, int64_t width, int64_t k0, int64_t kc, void *dst)
{
    const taps *t = arg;
    uint32_t unit = cpu_class_size(type), size = cpu_size(t->dtype);
    for (int64_t k = 0; k < kc; k++) {
        char *to = (char *)dst + k * width * unit;
        int64_t o = (k0 + k) / t->area, tap = (k0 + k) % t->area;
        cpu_load(type, to, t->dtype, (const char *)t->data + (o * t->terms + i0 * t->area + tap) * size, t->area, n);
        if (n < width) memset(to + n * unit, 0, (size_t)((width - n) * unit));
    }
}

static void prepare_mirrored(const cplug_call *c, cplug_plan *p, plan *s)
{
    geometry *g = &s->g;
    s->patches = patches_of(
        c, &(geometry){ .n = g->n, .c = g->o, .h = g->oh, .w = g->ow, .o = g->c, .oh = g->h, .ow = g->w, .kh = g->kh, .kw = g->kw },
        c->in[0]->dtype);
    s->patches.from_y *= -1, s->patches.from_x *= -1, s->patches.dilation_y *= -1, s->patches.dilation_x *= -1;
    cpu_gemm_plan(&s->gemm, g->cg, g->n * g->h * g->w, g->og * g->kh * g->kw, c->out[0]->dtype, c->n_threads, CPU_GEMM_PANELS_ONLY);
    p->workspace_bytes = s->gemm.workspace;
}

static void prepare_folded(const cplug_call *c, cplug_plan *p, plan *s)
{
    geometry *g = &s->g;
    cpu_class type = cpu_class_of(c->out[0]->dtype);
    int64_t terms = g->cg * g->kh * g->kw, area = g->oh * g->ow;
    s->chunks = CPU_MAX(CPU_MIN(CPU_MIN(g->n, CHUNKS), (int64_t)c->n_threads), 1);
    cpu_gemm_plan(&s->gemm, terms, area, g->og, class_dtype(type), s->chunks == 1 ? c->n_threads : 1, 0);
    s->part_bytes = round64((uint64_t)(terms * area) * cpu_class_size(type));
    s->chunk_bytes = s->part_bytes + round64(s->gemm.workspace);
    p->workspace_bytes = s->chunk_bytes * (uint64_t)s->chunks;
    s->fold = (cpu_fold){ .height = g->h, .width = g->w, .kh = g->kh, .kw = g->kw, .oh = g->oh, .ow = g->ow, .columns = class_dtype(type) };
    s->fold.step_y = cpu_attr_at(c, STRIDE, 0), s->fold.step_x = cpu_attr_at(c, STRIDE, 1);
    s->fold.padding_y = cpu_attr_at(c, PADDING, 0), s->fold.padding_x = cpu_attr_at(c, PADDING, 1);
    s->fold.dilation_y = cpu_attr_at(c, DILATION, 0), s->fold.dilation_x = cpu_attr_at(c, DILATION, 1);
    s->fold.column_stride = area, s->fold.place_stride = 1;
    s->fold.out = c->out[0]->dtype;
}

/* Stride 1 allows both ways to dx.  Estimates in ns of one core: products at 240 and 220 GFLOP/s, moving an element 0.3. */
static bool mirroring_pays(const cplug_call *c, const geometry *g)
{
    if (cpu_attr_at(c, STRIDE, 0) != 1 || cpu_attr_at(c, STRIDE, 1) != 1) return false;
    const double n = (double)g->n, window = (double)(g->kh * g->kw), cg = (double)g->cg, og = (double)g->og;
    const double in = (double)(g->h * g->w), out = (double)(g->oh * g->ow), tile = 8.0 * ceil(cg / 8.0);
    const double mirrored = n * og * window * in * (tile / 120.0 + 0.3),
                 folded = n * cg * window * (og * out / 110.0 + 0.3 * og + 0.3 * out);
    return mirrored < folded;
}

static cplug_status prepare_input(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    plan *s = new_plan(c, p, e);
    if (!s) return e->code;
    s->g = geometry_of(c, c->out[0]->shape, c->in[1]->shape, c->in[0]->shape);
    s->mirrored = mirroring_pays(c, &s->g);
    if (s->mirrored)
        prepare_mirrored(c, p, s);
    else
        prepare_folded(c, p, s);
    return CPLUG_OK;
}

static void run_mirrored(const cplug_call *c, const plan *s)
{
    const geometry *g = &s->g;
    const cplug_view *dy = c->in[0], *w = c->in[1], *dx = c->out[0];
    int64_t area = g->h * g->w;
    taps t = { .dtype = w->dtype, .area = g->kh * g->kw, .terms = g->cg * g->kh * g->kw };
    cpu_patches patches = s->patches;
    for (int64_t k = 0; k < g->groups; k++) {
        t.data = at(w, k * g->og * t.terms);
        patches.data = at(dy, k * g->og * g->oh * g->ow);
        cpu_gemm_operand a = { .pack = pack_taps, .arg = &t }, b = { .pack = cpu_patches_pack_places, .arg = &patches };
        cpu_gemm_output out = { .data = at_out(dx, k * g->cg * area), .row_stride = area, .column_stride = 1, .dtype = dx->dtype };
        out.segment = area, out.segment_stride = g->c * area;
        cpu_gemm_run(&s->gemm, &a, &b, &out, c->workspace, c->host);
    }
}

static void fold_body(void *arg, int64_t lo, int64_t hi) /* rows (channel, y) of one image and group */
{
    const job *j = arg;
    const geometry *g = &j->s->g;
    const cplug_view *dx = j->c->out[0];
    int64_t unit = cpu_class_size(j->s->gemm.type);
    for (int64_t r = lo; r < hi; r++)
        cpu_fold_row(&j->s->fold, j->columns + r / g->h * g->kh * g->kw * g->oh * g->ow * unit, r % g->h, at_out(dx, j->group + r * g->w));
}

static void folded_images(const job *j, int64_t first, int64_t last, char *room)
{
    const plan *s = j->s;
    const geometry *g = &s->g;
    const cplug_view *dy = j->c->in[0], *w = j->c->in[1];
    const cplug_host *host = s->chunks == 1 ? j->c->host : NULL;
    int64_t terms = s->gemm.m, area = s->gemm.n, rows = g->cg * g->h;
    for (int64_t i = first; i < last; i++) {
        for (int64_t k = 0; k < g->groups; k++) {
            cpu_gemm_operand a = { .data = at(w, k * g->og * terms), .stride = 1, .k_stride = terms, .dtype = w->dtype };
            cpu_gemm_operand b = { .data = at(dy, (i * g->o + k * g->og) * area), .stride = 1, .k_stride = area, .dtype = dy->dtype };
            cpu_gemm_output out = { .data = room, .row_stride = area, .column_stride = 1, .dtype = s->fold.columns };
            cpu_gemm_run(&s->gemm, &a, &b, &out, room + s->part_bytes, host);
            job one = { j->c, s, (i * g->c + k * g->cg) * g->h * g->w, room };
            if (host)
                host->parallel_for(rows, 1 + CPU_GRAIN / (g->w * g->kh * g->kw + 1), fold_body, &one);
            else
                fold_body(&one, 0, rows);
        }
    }
}

static void folded_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const plan *s = j->s;
    for (int64_t k = lo; k < hi; k++)
        folded_images(j, k * s->g.n / s->chunks, (k + 1) * s->g.n / s->chunks, (char *)j->c->workspace + (uint64_t)k * s->chunk_bytes);
}

static cplug_status run_input(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)e;
    const plan *s = p->state;
    job j = { c, s, 0, NULL };
    if (cpu_numel(c->out[0]) == 0) return CPLUG_OK;
    if (s->mirrored)
        run_mirrored(c, s);
    else if (s->chunks > 1 && (double)s->g.n * (double)s->gemm.m * (double)s->gemm.n * (double)s->gemm.k > 5e5)
        c->host->parallel_for(s->chunks, 1, folded_body, &j);
    else
        folded_body(&j, 0, s->chunks);
    return CPLUG_OK;
}

static void supports(const cplug_call *c, cplug_support *s)
{
    cpu_answer(s, c->out[0]->dtype == CPLUG_BOOL ? "a convolution of bool is not defined" : NULL);
}

static const cplug_kernel kernels[] = {
    CPU_KERNEL("conv2d", 0, NULL, supports, prepare_forward, run_forward),
    CPU_KERNEL("conv2d_grad_input", 0, NULL, supports, prepare_input, run_input),
    CPU_KERNEL("conv2d_grad_weight", 0, NULL, supports, prepare_weight, run_weight),
};
CPU_KERNELS(cpu_conv_kernels, kernels);
