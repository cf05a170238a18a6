/* patches.c: patches of images by runs: places that follow each other in one output row read one input row. */
#include "patches.h"

typedef struct run {
    int64_t image, y, x; /* offset of the image; source position of the first place for ky = kx = 0 */
    int64_t at, n;       /* where in the row of values, how many places */
} run;
typedef struct runs {
    int64_t n;
    run at[CPU_PATCHES_ROW];
} runs;

static void find_runs(const cpu_patches *p, int64_t place, int64_t n, runs *out)
{
    int64_t area = p->oh * p->ow, image = place / area, oy = place % area / p->ow, ox = place % p->ow, done = 0;
    for (out->n = 0; done < n; out->n++) {
        int64_t len = CPU_MIN(n - done, p->ow - ox);
        out->at[out->n] = (run){ image * p->image_stride, oy * p->step_y + p->from_y, ox * p->step_x + p->from_x, done, len };
        done += len, ox = 0;
        if (++oy == p->oh) oy = 0, image++;
    }
}

/* Memory of `size` bytes per element; overlapping blocks of fixed size beat a call for the short runs of images. */
CPU_INLINE void copy(char *dst, const char *src, int64_t step, int64_t n, uint32_t size)
{
    if (step == 1 && n >= 16) {
        for (int64_t i = 0; i + 16 <= n; i += 16) memcpy(dst + i * size, src + i * size, 16 * size);
        memcpy(dst + (n - 16) * size, src + (n - 16) * size, 16 * size);
    } else if (step == 1 && n >= 8) {
        memcpy(dst, src, 8 * size);
        memcpy(dst + (n - 8) * size, src + (n - 8) * size, 8 * size);
    } else if (step == 1 && n >= 4) {
        memcpy(dst, src, 4 * size);
        memcpy(dst + (n - 4) * size, src + (n - 4) * size, 4 * size);
    } else {
        for (int64_t i = 0; i < n; i++) memcpy(dst + i * size, src + i * step * size, size);
    }
}

/* One run of one term.  size: bytes of the class when memory is of it, 0 when it must be converted. */
CPU_INLINE void fill(const cpu_patches *p, const run *q, int64_t plane, int64_t dy, int64_t dx, cpu_class type, uint32_t size, char *to)
{
    const uint32_t unit = cpu_class_size(type), source = size ? size : cpu_size(p->dtype);
    const int64_t step = p->step_x, y = q->y + dy, x = q->x + dx;
    int64_t lo = 0, hi = q->n;
    if (y < 0 || y >= p->height) {
        memset(to, 0, (size_t)(q->n * unit));
        return;
    }
    if (x < 0) lo = CPU_MIN((step == 1 ? -x : (step - 1 - x) / step), q->n);
    if (x + (q->n - 1) * step >= p->width) hi = x >= p->width ? 0 : step == 1 ? p->width - x : (p->width - x + step - 1) / step;
    if (hi < lo) hi = lo;
    const char *from = (const char *)p->data + (q->image + plane + y * p->width + x + lo * step) * source;
    for (int64_t i = 0; i < lo; i++) memset(to + i * unit, 0, unit);
    if (size)
        copy(to + lo * unit, from, step, hi - lo, size);
    else
        cpu_load(type, to + lo * unit, p->dtype, from, step, hi - lo);
    for (int64_t i = hi; i < q->n; i++) memset(to + i * unit, 0, unit);
}

/* true when no tap of the window takes the run out of the image: nothing to check term by term */
static bool within(const cpu_patches *p, const run *q)
{
    const int64_t dy = (p->kh - 1) * p->dilation_y, dx = (p->kw - 1) * p->dilation_x, last = q->x + (q->n - 1) * p->step_x;
    return q->y + CPU_MIN(dy, 0) >= 0 && q->y + CPU_MAX(dy, 0) < p->height && q->x + CPU_MIN(dx, 0) >= 0 &&
           last + CPU_MAX(dx, 0) < p->width;
}

typedef struct term_walk { /* a term as an offset into an image */
    int64_t plane, ky, kx;
} term_walk;
CPU_INLINE void next_term(const cpu_patches *p, term_walk *t)
{
    if (++t->kx < p->kw) return;
    t->kx = 0;
    if (++t->ky < p->kh) return;
    t->ky = 0, t->plane += p->height * p->width;
}

/* Terms [term, term + n) at the places of the runs, `ld` elements apart; the row is filled up with zeros to `width`. */
CPU_INLINE void fill_terms(const cpu_patches *p, const runs *r, int64_t term, int64_t n, cpu_class type, uint32_t size, int64_t places,
                           int64_t width, int64_t ld, char *dst)
{
    const uint32_t unit = cpu_class_size(type);
    const int64_t area = p->kh * p->kw;
    const term_walk first = { term / area * p->height * p->width, term % area / p->kw, term % p->kw };
    for (int64_t k = 0; k < r->n; k++) {
        const run *q = &r->at[k];
        char *to = dst + q->at * unit;
        term_walk t = first;
        if (size && within(p, q)) {
            const char *from = (const char *)p->data + (q->image + q->y * p->width + q->x) * size;
            for (int64_t i = 0; i < n; i++, to += ld * unit, next_term(p, &t))
                copy(to, from + (t.plane + t.ky * p->dilation_y * p->width + t.kx * p->dilation_x) * size, p->step_x, q->n, size);
        } else {
            for (int64_t i = 0; i < n; i++, to += ld * unit, next_term(p, &t))
                fill(p, q, t.plane, t.ky * p->dilation_y, t.kx * p->dilation_x, type, size, to);
        }
    }
    for (int64_t i = 0; i < n && places < width; i++) memset(dst + (i * ld + places) * unit, 0, (size_t)((width - places) * unit));
}
#define FILL_TERMS(name, type_, size)                                                                                                      \
    CPU_CLONES static void name(const cpu_patches *p, const runs *r, int64_t term, int64_t n, cpu_class type, int64_t places,              \
                                int64_t width, int64_t ld, char *dst)                                                                      \
    {                                                                                                                                      \
        (void)type;                                                                                                                        \
        fill_terms(p, r, term, n, type_, size, places, width, ld, dst);                                                                    \
    }
FILL_TERMS(fill_f32, CPU_F32, 4)
FILL_TERMS(fill_f64, CPU_F64, 8)
FILL_TERMS(fill_other, type, 0)

static void fill_any(const cpu_patches *p, const runs *r, int64_t term, int64_t n, cpu_class type, int64_t places, int64_t width,
                     int64_t ld, char *dst)
{
    if (n == 0 || places == 0) return;
    if (p->dtype == CPLUG_F32 && type == CPU_F32)
        fill_f32(p, r, term, n, type, places, width, ld, dst);
    else if (p->dtype == CPLUG_F64 && type == CPU_F64)
        fill_f64(p, r, term, n, type, places, width, ld, dst);
    else
        fill_other(p, r, term, n, type, places, width, ld, dst);
}

void cpu_patches_rows(const cpu_patches *p, cpu_class type, int64_t term, int64_t terms, int64_t place, int64_t n, int64_t ld, void *dst)
{
    runs r;
    find_runs(p, place, n, &r);
    fill_any(p, &r, term, terms, type, n, n, ld, dst);
}

void cpu_patches_pack_places(const void *arg, cpu_class type, int64_t i0, int64_t n, int64_t width, int64_t k0, int64_t kc, void *dst)
{
    const cpu_patches *p = arg;
    runs r;
    find_runs(p, i0, n, &r);
    fill_any(p, &r, k0, kc, type, n, width, width, dst);
}

void cpu_patches_pack_terms(const void *arg, cpu_class type, int64_t i0, int64_t n, int64_t width, int64_t k0, int64_t kc, void *dst)
{
    union {
        float f[CPU_GEMM_MAX_WIDTH * CPU_PATCHES_ROW];
        double d[CPU_GEMM_MAX_WIDTH * CPU_PATCHES_ROW];
    } tile;
    uint32_t unit = cpu_class_size(type);
    for (int64_t k = 0; k < kc; k += CPU_PATCHES_ROW) {
        int64_t len = CPU_MIN(kc - k, CPU_PATCHES_ROW);
        cpu_patches_rows(arg, type, i0, n, k0 + k, len, CPU_PATCHES_ROW, &tile);
        cpu_gemm_pack(type, (char *)dst + k * width * unit, &tile, CPU_PATCHES_ROW, 1, n, width, len);
    }
}
