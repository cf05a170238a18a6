/* transforms.c: scale (torchvision's ToTensor without the layout change) and normalize (torchvision's Normalize).  Both are one pass over
 * dense memory, batch-wise; bits agree with PyTorch's x / 255 and (x - mean) / std. */
#include <cplug/plugin.h>
#include <math.h>

#if defined(__x86_64__) && defined(__linux__) && !defined(CPLUG_SANITIZED)
#define MULTIVERSION __attribute__((target_clones("avx2", "default")))
#else
#define MULTIVERSION
#endif

static int64_t numel(const cplug_view *v)
{
    int64_t n = 1;
    for (int32_t d = 0; d < v->ndim; d++) n *= v->shape[d];
    return n;
}

/* ---- scale: out = in * factor, as f32 (f64 stays) ---- */
typedef struct scale {
    double factor;
    const cplug_host *host;
    double divisor; /* 1 / factor where that is a whole number, as with 1/255: dividing by it rounds once; else 0 */
} scale;
static const cplug_option scale_options[] = {
    { .name = "factor",
      .doc = "what values are multiplied with; the default takes 0..255 to 0..1",
      .type = CPLUG_OPT_FLOAT,
      .offset = offsetof(scale, factor),
      .fallback = "0.00392156862745098" },
};

static cplug_status scale_open(const cplug_host *h, void *self, const cplug_meta *in, cplug_meta *out, cplug_error *e)
{
    scale *s = self;
    s->host = h;
    if (!isfinite(s->factor) || s->factor == 0)
        return h->fail(e, CPLUG_E_INVALID, "factor is %g; expected a finite number other than 0", s->factor);
    if (in->dtype == CPLUG_F16 || in->dtype == CPLUG_BF16)
        return h->fail(e, CPLUG_E_DTYPE, "takes whole numbers, bool, f32 or f64, not half precision");
    double whole = nearbyint(1 / s->factor);
    s->divisor = fabs(whole * s->factor - 1) < 1e-12 && fabs(whole) < 16777216 ? whole : 0;
    *out = *in;
    if (in->dtype != CPLUG_F64) out->dtype = CPLUG_F32;
    return CPLUG_OK;
}

#define SCALE_LOOP(name, from, to)                                                                                                         \
    MULTIVERSION static void name(const from *restrict in, to *restrict out, int64_t n, double factor, double divisor)                     \
    {                                                                                                                                      \
        const to f = (to)factor, d = (to)divisor;                                                                                          \
        if (divisor != 0)                                                                                                                  \
            for (int64_t i = 0; i < n; i++) out[i] = (to)in[i] / d;                                                                        \
        else                                                                                                                               \
            for (int64_t i = 0; i < n; i++) out[i] = (to)in[i] * f;                                                                        \
    }
SCALE_LOOP(scale_u8, uint8_t, float)
SCALE_LOOP(scale_i8, int8_t, float)
SCALE_LOOP(scale_i16, int16_t, float)
SCALE_LOOP(scale_i32, int32_t, float)
SCALE_LOOP(scale_i64, int64_t, float)
SCALE_LOOP(scale_f32, float, float)
SCALE_LOOP(scale_f64, double, double)

static cplug_status scale_apply(const void *self, const cplug_view *in, cplug_view *out, const cplug_draw *draw, int64_t n, cplug_error *e)
{
    const scale *s = self;
    int64_t count = numel(in);
    (void)draw, (void)n;
    switch (in->dtype) {
    case CPLUG_BOOL:
    case CPLUG_U8: scale_u8(in->data, out->data, count, s->factor, s->divisor); break;
    case CPLUG_I8: scale_i8(in->data, out->data, count, s->factor, s->divisor); break;
    case CPLUG_I16: scale_i16(in->data, out->data, count, s->factor, s->divisor); break;
    case CPLUG_I32: scale_i32(in->data, out->data, count, s->factor, s->divisor); break;
    case CPLUG_I64: scale_i64(in->data, out->data, count, s->factor, s->divisor); break;
    case CPLUG_F32: scale_f32(in->data, out->data, count, s->factor, s->divisor); break;
    case CPLUG_F64: scale_f64(in->data, out->data, count, s->factor, s->divisor); break;
    default: return s->host->fail(e, CPLUG_E_DTYPE, "dtype %u", in->dtype);
    }
    return CPLUG_OK;
}

static const cplug_transform scale_type = {
    .struct_size = sizeof scale_type,
    .id = "scale",
    .doc = "whole numbers to f32, times a factor: 0..255 to 0..1",
    .options = CPLUG_OPTIONS(scale_options),
    .instance_size = sizeof(scale),
    .open = scale_open,
    .apply = scale_apply,
};

/* ---- normalize: out = (in - mean[c]) / std[c], channels in the first dimension of a sample ---- */
typedef struct normalize {
    cplug_floats mean, std;
    const cplug_host *host;
    int64_t channels; /* 1: the same numbers everywhere */
} normalize;
static const cplug_option normalize_options[] = {
    { .name = "mean",
      .doc = "one number, or one a channel",
      .type = CPLUG_OPT_FLOATS,
      .flags = CPLUG_OPT_REQUIRED,
      .offset = offsetof(normalize, mean),
      .count_min = 1,
      .count_max = 65536 },
    { .name = "std",
      .doc = "one number, or one a channel",
      .type = CPLUG_OPT_FLOATS,
      .flags = CPLUG_OPT_REQUIRED,
      .offset = offsetof(normalize, std),
      .count_min = 1,
      .count_max = 65536 },
};

static cplug_status normalize_open(const cplug_host *h, void *self, const cplug_meta *in, cplug_meta *out, cplug_error *e)
{
    normalize *s = self;
    s->host = h;
    if (in->dtype != CPLUG_F32 && in->dtype != CPLUG_F64)
        return h->fail(e, CPLUG_E_DTYPE, "takes f32 or f64; put 'scale' before it to turn whole numbers into f32");
    int64_t channels = in->ndim > 0 ? in->shape[0] : 1;
    const cplug_floats *list[2] = { &s->mean, &s->std };
    for (int32_t k = 0; k < 2; k++)
        if (list[k]->n != 1 && list[k]->n != channels)
            return h->fail(e, CPLUG_E_SHAPE, "%s has %lld numbers; expected 1, or %lld as the sample has channels (its first dimension)",
                           k ? "std" : "mean", (long long)list[k]->n, (long long)channels);
    s->channels = s->mean.n > 1 || s->std.n > 1 ? channels : 1;
    for (int64_t c = 0; c < s->std.n; c++)
        if (!(s->std.v[c] > 0)) return h->fail(e, CPLUG_E_INVALID, "std is %g; expected more than 0", s->std.v[c]);
    *out = *in;
    return CPLUG_OK;
}

#define NORMALIZE_LOOP(name, type)                                                                                                         \
    MULTIVERSION static void name(const type *restrict in, type *restrict out, int64_t n, double mean, double std)                         \
    {                                                                                                                                      \
        const type m = (type)mean, s = (type)std;                                                                                          \
        for (int64_t i = 0; i < n; i++) out[i] = (in[i] - m) / s;                                                                          \
    }
NORMALIZE_LOOP(normalize_f32, float)
NORMALIZE_LOOP(normalize_f64, double)

static cplug_status normalize_apply(const void *self, const cplug_view *in, cplug_view *out, const cplug_draw *draw, int64_t n,
                                    cplug_error *e)
{
    const normalize *s = self;
    int64_t rows = s->channels == 1 ? 1 : n * s->channels, count = numel(in), row = rows > 0 ? count / rows : 0;
    (void)draw, (void)e;
    for (int64_t r = 0; r < rows; r++) {
        int64_t c = r % s->channels;
        double mean = s->mean.v[s->mean.n > 1 ? c : 0], std = s->std.v[s->std.n > 1 ? c : 0];
        if (in->dtype == CPLUG_F32)
            normalize_f32((const float *)in->data + r * row, (float *)out->data + r * row, row, mean, std);
        else
            normalize_f64((const double *)in->data + r * row, (double *)out->data + r * row, row, mean, std);
    }
    return CPLUG_OK;
}

static const cplug_transform normalize_type = {
    .struct_size = sizeof normalize_type,
    .id = "normalize",
    .doc = "(x - mean) / std, per channel or for all",
    .options = CPLUG_OPTIONS(normalize_options),
    .instance_size = sizeof(normalize),
    .open = normalize_open,
    .apply = normalize_apply,
};

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    cplug_status status = h->add(r, "transform", &scale_type, e);
    return status == CPLUG_OK ? h->add(r, "transform", &normalize_type, e) : status;
}
CPLUG_PLUGIN(transforms, "cplug.transforms", "0.1.0", "Apache-2.0", "scaling and normalising samples",
             "transform:scale transform:normalize", init);
