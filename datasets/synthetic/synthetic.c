/* synthetic.c: data set synthetic: samples made from nothing.  Sample i of a split is a pure function of (kind, seed, split, i), so reading
 * needs no state, and the splits are streams of their own that never share a sample. line     input f32 [1] ~ N(0, 1), target f32 [1] =
 * slope * input + intercept + noise * N(0, 1) blobs    input f32 [features] around one centre a class      moons, spirals   input f32 [2]
 *   digits   input u8 [1, 28, 28]; target i64 in all kinds but line */
#include "synthetic.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 0, BLOBS = 1, MOONS = 2, SPIRALS = 3, DIGITS = 4 };
enum { COUNTERS = 12 /* log2 of the Philox counters that one sample may use */, NAME_ROOM = 12 };
enum { IMAGE = DIGIT_SIDE * DIGIT_SIDE, KEEP_AT_MOST = 100000 /* digits drawn once, at open; further ones at each read */ };
static const double pi = 3.14159265358979323846;

typedef struct synthetic {
    int64_t kind, samples, classes, features, seed, split;
    double noise, slope, intercept, turns;
    const cplug_host *host;
    uint64_t key;
    char (*name)[NAME_ROOM];
    const char **class;
    uint8_t *drawn; /* [samples, IMAGE] digits; NULL: drawn at each read */
    cplug_field field[2];
} synthetic;

#define OPTION(name_) .name = #name_, .offset = offsetof(synthetic, name_)
static const cplug_option options[] = {
    { OPTION(kind), .doc = "line: y = slope x + intercept; blobs, moons, spirals: points in a plane; digits: drawn 28 x 28 images",
      .type = CPLUG_OPT_CHOICE, .fallback = "digits", .choices = "line|blobs|moons|spirals|digits" },
    { OPTION(samples), .doc = "how many", .type = CPLUG_OPT_INT, .fallback = "1000", .min = 0, .max = 1099511627776.0 },
    { OPTION(classes), .doc = "left out: digits 10, blobs and spirals 3, moons 2", .type = CPLUG_OPT_INT, .flags = CPLUG_OPT_UNSET_OK,
      .min = 1, .max = 10000 },
    { OPTION(noise), .doc = "standard deviation; left out: line and moons 0.1, spirals 0.02, blobs 1, digits 0.1 of full white",
      .type = CPLUG_OPT_FLOAT, .flags = CPLUG_OPT_UNSET_OK, .min = 0, .max = 1e6 },
    { OPTION(features), .doc = "dimensions of blobs", .type = CPLUG_OPT_INT, .fallback = "2", .min = 1, .max = 65536 },
    { OPTION(slope), .doc = "of line", .type = CPLUG_OPT_FLOAT, .fallback = "2" },
    { OPTION(intercept), .doc = "of line", .type = CPLUG_OPT_FLOAT, .fallback = "1" },
    { OPTION(turns), .doc = "of each arm of spirals", .type = CPLUG_OPT_FLOAT, .fallback = "0.75", .min = 0, .max = 100 },
    { OPTION(seed), .doc = "another seed, other samples", .type = CPLUG_OPT_INT, .fallback = "0" },
    { OPTION(split), .doc = "streams that share no sample", .type = CPLUG_OPT_CHOICE, .fallback = "train", .choices = "train|valid|test" },
};

/* ---- random numbers ---- */
uint32_t stream_word(stream *s)
{
    if (s->left == 0) {
        s->host->philox(s->key, s->counter++, s->word);
        s->left = 4;
    }
    return s->word[--s->left];
}
double stream_uniform(stream *s) { return (stream_word(s) + .5) * 0x1p-32; }
double stream_between(stream *s, double low, double high) { return low + (high - low) * stream_uniform(s); }
double stream_normal(stream *s)
{
    double r = sqrt(-2 * log(stream_uniform(s)));
    return r * cos(2 * pi * stream_uniform(s));
}

/* ---- kinds: sample with this label into x ---- */
static void draw_blob(const synthetic *d, stream *s, int64_t label, float *x)
{
    double angle = 2 * pi * (double)label / (double)d->classes, radius = 5;
    stream centre = { .host = d->host, .key = (uint64_t)d->seed ^ 0xB10B5, .counter = (uint64_t)label << 20 };
    for (int64_t k = 0; k < d->features; k++) {
        double c = d->features == 1 ? radius * (double)label
                   : k == 0         ? radius * cos(angle)
                   : k == 1         ? radius * sin(angle)
                                    : stream_between(&centre, -radius, radius);
        x[k] = (float)(c + d->noise * stream_normal(s));
    }
}

static void draw_moon(const synthetic *d, stream *s, int64_t label, float *x)
{
    double t = pi * stream_uniform(s); /* scikit-learn's make_moons */
    x[0] = (float)((label ? 1 - cos(t) : cos(t)) + d->noise * stream_normal(s));
    x[1] = (float)((label ? .5 - sin(t) : sin(t)) + d->noise * stream_normal(s));
}

static void draw_spiral(const synthetic *d, stream *s, int64_t label, float *x)
{
    double r = stream_uniform(s), angle = 2 * pi * ((double)label / (double)d->classes + d->turns * r);
    x[0] = (float)(r * sin(angle) + d->noise * stream_normal(s));
    x[1] = (float)(r * cos(angle) + d->noise * stream_normal(s));
}

static void draw_line(const synthetic *d, stream *s, float *x, float *y)
{
    double at = stream_normal(s);
    *x = (float)at;
    *y = (float)(d->slope * at + d->intercept + d->noise * stream_normal(s));
}

static void make_digit(const synthetic *d, int64_t index, uint8_t *pixels)
{
    stream s = { .host = d->host, .key = d->key, .counter = (uint64_t)index << COUNTERS };
    digit_draw(&s, index % d->classes, d->noise, pixels);
}

static void draw_range(void *arg, int64_t lo, int64_t hi)
{
    const synthetic *d = arg;
    for (int64_t i = lo; i < hi; i++) make_digit(d, i, d->drawn + i * IMAGE);
}

static void read_digit(const synthetic *d, int64_t index, uint8_t *pixels)
{
    if (d->drawn)
        memcpy(pixels, d->drawn + index * IMAGE, IMAGE);
    else
        make_digit(d, index, pixels);
}

static cplug_status synthetic_read(void *self, const int64_t *index, int64_t n, cplug_view *const *out, cplug_error *e)
{
    const synthetic *d = self;
    int64_t size = d->kind == DIGITS ? IMAGE : d->field[0].meta.shape[0];
    for (int64_t k = 0; k < n; k++) {
        if (index[k] < 0 || index[k] >= d->samples)
            return d->host->fail(e, CPLUG_E_INVALID, "sample %lld of %lld", (long long)index[k], (long long)d->samples);
        stream s = { .host = d->host, .key = d->key, .counter = (uint64_t)index[k] << COUNTERS };
        int64_t label = index[k] % d->classes; /* the classes take turns: every stretch of samples is balanced */
        float *x = (float *)out[0]->data + k * size;
        switch (d->kind) {
        case LINE: draw_line(d, &s, x, (float *)out[1]->data + k); continue;
        case BLOBS: draw_blob(d, &s, label, x); break;
        case MOONS: draw_moon(d, &s, label, x); break;
        case SPIRALS: draw_spiral(d, &s, label, x); break;
        default: read_digit(d, index[k], (uint8_t *)out[0]->data + k * size); break;
        }
        ((int64_t *)out[1]->data)[k] = label;
    }
    return CPLUG_OK;
}

/* ---- opening ---- */
static cplug_status set_defaults(synthetic *d, cplug_error *e)
{
    static const double noise[] = { .1, 1, .1, .02, .1 };
    static const int64_t classes[] = { 1, 3, 2, 3, 10 };
    if (isnan(d->noise)) d->noise = noise[d->kind];
    if (d->classes == CPLUG_UNSET) d->classes = classes[d->kind];
    if (d->kind == LINE) d->classes = 1;
    if (d->kind == MOONS && d->classes != 2)
        return d->host->fail(e, CPLUG_E_INVALID, "kind=moons has 2 classes, not %lld", (long long)d->classes);
    if (d->kind == DIGITS && d->classes > 10)
        return d->host->fail(e, CPLUG_E_INVALID, "kind=digits has at most 10 classes, not %lld", (long long)d->classes);
    return CPLUG_OK;
}

static cplug_status name_classes(synthetic *d, cplug_error *e)
{
    d->name = d->host->alloc((uint64_t)d->classes * sizeof *d->name);
    d->class = d->host->alloc((uint64_t)d->classes * sizeof *d->class);
    if (!d->name || !d->class) return d->host->fail(e, CPLUG_E_NOMEM, "out of memory for the names of %lld classes", (long long)d->classes);
    for (int64_t i = 0; i < d->classes; i++) {
        snprintf(d->name[i], NAME_ROOM, "%d", (int)i);
        d->class[i] = d->name[i];
    }
    return CPLUG_OK;
}

static cplug_status synthetic_open(const cplug_host *h, void *self, cplug_dataset_info *info, cplug_error *e)
{
    synthetic *d = self;
    uint32_t word[4];
    d->host = h;
    cplug_status status = set_defaults(d, e);
    if (status == CPLUG_OK && d->kind != LINE) status = name_classes(d, e);
    if (status != CPLUG_OK) return status;
    h->philox((uint64_t)d->seed, (uint64_t)(d->kind * 16 + d->split), word);
    d->key = (uint64_t)word[0] << 32 | word[1];
    d->field[0] = (cplug_field){ .name = "input",
                                 .meta = { .dtype = CPLUG_F32,
                                           .ndim = 1,
                                           .shape = { d->kind == LINE    ? 1
                                                      : d->kind == BLOBS ? d->features
                                                                         : 2 } } };
    d->field[1] = (cplug_field){ .name = "target", .classes = d->class, .n_classes = d->classes, .meta = { .dtype = CPLUG_I64 } };
    if (d->kind == LINE) d->field[1] = (cplug_field){ .name = "target", .meta = { .dtype = CPLUG_F32, .ndim = 1, .shape = { 1 } } };
    if (d->kind == DIGITS) d->field[0].meta = (cplug_meta){ .dtype = CPLUG_U8, .ndim = 3, .shape = { 1, DIGIT_SIDE, DIGIT_SIDE } };
    if (d->kind == DIGITS && d->samples <= KEEP_AT_MOST && (d->drawn = h->alloc((uint64_t)(d->samples + 1) * IMAGE)) != NULL)
        h->parallel_for(d->samples, 64, draw_range, d);
    info->length = d->samples;
    info->fields = d->field;
    info->n_fields = 2;
    return CPLUG_OK;
}

static void synthetic_close(void *self)
{
    synthetic *d = self;
    if (!d->host) return;
    d->host->free(d->drawn);
    d->host->free(d->name);
    d->host->free(d->class);
}

static const cplug_dataset type = {
    .struct_size = sizeof type,
    .id = "synthetic",
    .doc = "samples made from nothing: a line, points in a plane, drawn digits",
    .options = CPLUG_OPTIONS(options),
    .instance_size = sizeof(synthetic),
    .open = synthetic_open,
    .read = synthetic_read,
    .close = synthetic_close,
};
static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e) { return h->add(r, "dataset", &type, e); }
CPLUG_PLUGIN(synthetic, "cplug.synthetic", "0.1.0", "Apache-2.0", "data sets made from nothing", "dataset:synthetic", init);
