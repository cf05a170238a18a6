/* unfold.c: unfold (patches as columns) and fold (columns summed back into images),
 * https://pytorch.org/docs/stable/generated/torch.nn.Unfold.html fold is written from the side of the image, a row at a time, so that rows
 * are independent and every dtype sums in its class. */
#include "patches.h"

/* ---- fold ---- */
#define FOLD(name, T)                                                                                                                      \
    CPU_CLONES static void name(const T *restrict columns, int64_t place_stride, T *restrict row, int64_t step, int64_t n)                 \
    {                                                                                                                                      \
        if (place_stride == 1 && step == 1)                                                                                                \
            for (int64_t i = 0; i < n; i++) row[i] += columns[i];                                                                          \
        else                                                                                                                               \
            for (int64_t i = 0; i < n; i++) row[i * step] += columns[i * place_stride];                                                    \
    }
FOLD(fold_f32, float)
FOLD(fold_f64, double)
FOLD(fold_i64, uint64_t)

static int64_t ceil_div(int64_t a, int64_t b) { return a <= 0 ? 0 : (a + b - 1) / b; }

/* tile[0 .. n) += what one term brings to columns x0 .. x0 + n of a row */
static void add_term(const cpu_fold *f, cpu_class type, const char *columns, int64_t oy, int64_t shift, int64_t x0, int64_t n,
                     cpu_tile *tile)
{
    /* place ox lands on x = ox * step_x + shift */
    int64_t lo = ceil_div(x0 - shift, f->step_x), hi = CPU_MIN(ceil_div(x0 + n - shift, f->step_x), f->ow);
    if (hi <= lo) return;
    uint32_t size = cpu_size(f->columns);
    const void *from = columns + (oy * f->ow + lo) * f->place_stride * (int64_t)size;
    int64_t at = lo * f->step_x + shift - x0, stride = f->place_stride;
    cpu_tile wide;
    if (!cpu_is_native(f->columns) || cpu_class_of(f->columns) != type) {
        cpu_load(type, &wide, f->columns, from, stride, hi - lo);
        from = &wide, stride = 1;
    }
    if (type == CPU_F32)
        fold_f32(from, stride, tile->f + at, f->step_x, hi - lo);
    else if (type == CPU_F64)
        fold_f64(from, stride, tile->d + at, f->step_x, hi - lo);
    else
        fold_i64(from, stride, (uint64_t *)tile->i + at, f->step_x, hi - lo);
}

void cpu_fold_row(const cpu_fold *f, const void *columns, int64_t y, void *row)
{
    cpu_class type = cpu_class_of(f->out);
    uint32_t size = cpu_size(f->columns);
    for (int64_t x0 = 0; x0 < f->width; x0 += CPU_TILE) {
        int64_t n = CPU_MIN(f->width - x0, CPU_TILE);
        cpu_tile tile;
        memset(&tile, 0, (size_t)n * cpu_class_size(type));
        for (int64_t ky = 0; ky < f->kh; ky++) {
            int64_t from_top = y + f->padding_y - ky * f->dilation_y;
            if (from_top < 0 || from_top % f->step_y || from_top / f->step_y >= f->oh) continue;
            for (int64_t kx = 0; kx < f->kw; kx++)
                add_term(f, type, (const char *)columns + (ky * f->kw + kx) * f->column_stride * (int64_t)size, from_top / f->step_y,
                         kx * f->dilation_x - f->padding_x, x0, n, &tile);
        }
        cpu_store(f->out, (char *)row + x0 * cpu_size(f->out), 1, type, &tile, n);
    }
}

/* fold(input [n, c * kh * kw, l]; output_size, kernel_size, dilation, padding, stride) -> [n, c, height, width] */
static cplug_status prepare_fold(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    cpu_fold *f = c->host->alloc(sizeof *f);
    if (!f) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a plan");
    const cplug_view *in = c->in[0];
    *f = (cpu_fold){
        .height = cpu_attr_at(c, 0, 0), .width = cpu_attr_at(c, 0, 1), .kh = cpu_attr_at(c, 1, 0), .kw = cpu_attr_at(c, 1, 1)
    };
    f->dilation_y = cpu_attr_at(c, 2, 0), f->dilation_x = cpu_attr_at(c, 2, 1);
    f->padding_y = cpu_attr_at(c, 3, 0), f->padding_x = cpu_attr_at(c, 3, 1);
    f->step_y = cpu_attr_at(c, 4, 0), f->step_x = cpu_attr_at(c, 4, 1);
    f->oh = cpu_places(f->height, f->kh, f->step_y, f->padding_y, f->dilation_y);
    f->ow = cpu_places(f->width, f->kw, f->step_x, f->padding_x, f->dilation_x);
    f->columns = in->dtype, f->out = c->out[0]->dtype;
    f->column_stride = in->strides[in->ndim - 2], f->place_stride = in->strides[in->ndim - 1];
    p->state = f;
    return CPLUG_OK;
}

typedef struct job {
    const cplug_call *c;
    const void *plan;
    int64_t channels, rows; /* rows of output: fold counts (n, c, y), unfold (n, c, ky, kx) */
} job;

static void fold_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const cpu_fold *f = j->plan;
    const cplug_view *in = j->c->in[0], *out = j->c->out[0];
    int64_t image = in->ndim == 3 ? in->strides[0] : 0, size = cpu_size(in->dtype);
    for (int64_t i = lo; i < hi; i++) {
        int64_t y = i % f->height, channel = i / f->height % j->channels, n = i / f->height / j->channels;
        const char *columns = (const char *)in->data + (n * image + channel * f->kh * f->kw * f->column_stride) * size;
        cpu_fold_row(f, columns, y, (char *)out->data + i * f->width * cpu_size(out->dtype));
    }
}

static cplug_status run_fold(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)e;
    const cplug_view *out = c->out[0];
    const cpu_fold *f = p->state;
    int64_t total = cpu_numel(out);
    if (total == 0) return CPLUG_OK;
    job j = { c, f, out->shape[out->ndim - 3], total / f->width };
    c->host->parallel_for(j.rows, 1 + CPU_GRAIN / (f->width * f->kh * f->kw), fold_body, &j);
    return CPLUG_OK;
}

/* ---- unfold(input [n, c, h, w]; kernel_size, dilation, padding, stride) -> [n, c * kh * kw, l] ---- */
static cplug_status prepare_unfold(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    cpu_patches *s = c->host->alloc(sizeof *s);
    if (!s) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a plan");
    const cplug_view *in = c->in[0];
    int32_t h = in->ndim - 2, w = in->ndim - 1;
    *s = (cpu_patches){
        .height = in->shape[h], .width = in->shape[w], .kh = cpu_attr_at(c, 0, 0), .kw = cpu_attr_at(c, 0, 1), .dtype = in->dtype
    };
    s->image_stride = in->shape[in->ndim - 3] * s->height * s->width;
    s->dilation_y = cpu_attr_at(c, 1, 0), s->dilation_x = cpu_attr_at(c, 1, 1);
    s->from_y = -cpu_attr_at(c, 2, 0), s->from_x = -cpu_attr_at(c, 2, 1);
    s->step_y = cpu_attr_at(c, 3, 0), s->step_x = cpu_attr_at(c, 3, 1);
    s->oh = cpu_places(s->height, s->kh, s->step_y, -s->from_y, s->dilation_y);
    s->ow = cpu_places(s->width, s->kw, s->step_x, -s->from_x, s->dilation_x);
    p->state = s;
    return CPLUG_OK;
}

static void unfold_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    cpu_patches s = *(const cpu_patches *)j->plan;
    const cplug_view *out = j->c->out[0];
    s.data = j->c->in[0]->data;
    int64_t places = s.oh * s.ow, terms = j->channels * s.kh * s.kw, size = cpu_size(out->dtype);
    cpu_class type = cpu_class_of(out->dtype);
    for (int64_t i = lo; i < hi; i++) {
        int64_t n = i / terms, term = i % terms;
        for (int64_t place = 0; place < places; place += CPU_PATCHES_ROW) {
            int64_t len = CPU_MIN(places - place, CPU_PATCHES_ROW);
            cpu_tile tile;
            char *to = (char *)out->data + (i * places + place) * size;
            bool direct = cpu_is_native(out->dtype) && s.dtype == out->dtype;
            cpu_patches_rows(&s, type, term, 1, n * places + place, len, len, direct ? (void *)to : (void *)&tile);
            if (!direct) cpu_store(out->dtype, to, 1, type, &tile, len);
        }
    }
}

static cplug_status run_unfold(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)e;
    const cpu_patches *s = p->state;
    int64_t total = cpu_numel(c->out[0]), places = s->oh * s->ow;
    if (total == 0) return CPLUG_OK;
    job j = { c, s, c->in[0]->shape[c->in[0]->ndim - 3], total / places };
    c->host->parallel_for(j.rows, 1 + CPU_GRAIN / places, unfold_body, &j);
    return CPLUG_OK;
}

static const cplug_kernel kernels[] = {
    CPU_KERNEL("unfold", 0, NULL, NULL, prepare_unfold, run_unfold),
    CPU_KERNEL("fold", CPLUG_K_STRIDED, NULL, NULL, prepare_fold, run_fold),
};
CPU_KERNELS(cpu_fold_kernels, kernels);
