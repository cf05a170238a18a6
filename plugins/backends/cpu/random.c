/* random.c: random and dropout.  Element i in logical order comes from Philox(seed, offset + i / 4)[i % 4], so the numbers are the same
 * for any strides, any backend and any number of threads. */
#include "iter.h"
#include <math.h>

enum { UNIFORM, NORMAL, INTEGER }; /* the choices of `distribution` */
enum { BLOCKS_GRAIN = 1024, TILE_BLOCKS = CPU_TILE / 4 };

typedef uint32_t words[4][TILE_BLOCKS]; /* word i of counter b of a tile at [i][b] */
typedef struct plan {
    cpu_iter it;
} plan;
typedef struct job {
    const cplug_call *c;
    const cpu_iter *it;
    uint64_t seed, offset, low_i, range_i;
    double low, high;
    int64_t distribution;
} job;

/* host->philox for a tile of counters at once, Philox4x32-10, Salmon et al. 2011. */
CPU_CLONES static void philox_tile(uint64_t seed, uint64_t first, int64_t n, words word)
{
    for (int64_t b = 0; b < n; b++) {
        uint64_t counter = first + (uint64_t)b;
        uint32_t c0 = (uint32_t)counter, c1 = (uint32_t)(counter >> 32), c2 = 0, c3 = 0;
        uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
        for (int32_t round = 0; round < 10; round++) {
            uint64_t p0 = (uint64_t)c0 * 0xD2511F53u, p1 = (uint64_t)c2 * 0xCD9E8D57u;
            c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
            c1 = (uint32_t)p1;
            c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
            c3 = (uint32_t)p0;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        word[0][b] = c0;
        word[1][b] = c1;
        word[2][b] = c2;
        word[3][b] = c3;
    }
}

static double unit(uint32_t word) { return (double)(word >> 8) * 0x1p-24; } /* [0, 1), 24 bits */

static void uniform_tile(const job *j, int64_t n, words w, double *x)
{
    for (int64_t b = 0; b < n; b++)
        for (int32_t i = 0; i < 4; i++) x[4 * b + i] = j->low + unit(w[i][b]) * (j->high - j->low);
}

/* Box and Muller: two words make two numbers; the first one is moved off 0.  low is the mean, high the standard deviation. */
static void normal_tile(const job *j, int64_t n, words w, double *x)
{
    for (int64_t b = 0; b < n; b++)
        for (int32_t i = 0; i < 4; i += 2) {
            double r = sqrt(-2 * log((double)((w[i][b] >> 8) + 1) * 0x1p-24)), angle = 6.28318530717958647693 * unit(w[i + 1][b]);
            x[4 * b + i] = j->low + j->high * (r * cos(angle));
            x[4 * b + i + 1] = j->low + j->high * (r * sin(angle));
        }
}

/* high 64 bits of a * b */
static uint64_t multiply_high(uint64_t a, uint64_t b)
{
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    uint64_t middle = a1 * b0 + (a0 * b0 >> 32), middle2 = a0 * b1 + (uint32_t)middle;
    return a1 * b1 + (middle >> 32) + (middle2 >> 32);
}

static void integer_tile(const job *j, int64_t n, words w, int64_t *x)
{
    for (int64_t b = 0; b < n; b++)
        for (int32_t i = 0; i < 4; i++)
            x[4 * b + i] = (int64_t)(j->low_i + multiply_high((uint64_t)w[i][b] << 32 | w[(i + 2) % 4][b], j->range_i));
}

static void random_body(void *arg, int64_t lo, int64_t hi)
{
    const job *j = arg;
    const cplug_view *out = j->c->out[0];
    cpu_tile tile;
    words w;
    for (int64_t block = lo, n; block < hi; block += n) {
        n = CPU_MIN(hi - block, TILE_BLOCKS);
        philox_tile(j->seed, j->offset + (uint64_t)block, n, w);
        if (j->distribution == INTEGER)
            integer_tile(j, n, w, tile.i);
        else if (j->distribution == NORMAL)
            normal_tile(j, n, w, tile.d);
        else
            uniform_tile(j, n, w, tile.d);
        int64_t first = 4 * block, count = CPU_MIN(4 * n, j->it->numel - first);
        cpu_iter_store(j->it, 0, first, count, out->dtype, out->data, j->distribution == INTEGER ? CPU_I64 : CPU_F64, &tile);
    }
}

static cplug_status prepare_random(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    plan *w = c->host->alloc(sizeof *w);
    if (!w) return c->host->fail(e, CPLUG_E_NOMEM, "out of memory for a plan");
    p->state = w;
    cpu_iter_start(&w->it, c->out[0]->ndim, c->out[0]->shape);
    cpu_iter_add(&w->it, c->out[0]);
    cpu_iter_finish(&w->it, false);
    return CPLUG_OK;
}

static cplug_status run_random(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    const plan *w = p->state;
    job j = { .c = c, .it = &w->it, .seed = (uint64_t)cpu_read_int(c->in[3]), .offset = (uint64_t)cpu_read_int(c->in[4]) };
    j.low = cpu_read_float(c->in[1]);
    j.high = cpu_read_float(c->in[2]);
    j.low_i = (uint64_t)cpu_read_int(c->in[1]);
    j.range_i = (uint64_t)cpu_read_int(c->in[2]) - j.low_i;
    j.distribution = cpu_attr(c, 0);
    if (j.distribution == INTEGER && cpu_read_int(c->in[2]) <= (int64_t)j.low_i)
        return c->host->fail(e, CPLUG_E_INVALID, "integers from %lld to below %lld: there are none; high must be above low",
                             (long long)j.low_i, (long long)cpu_read_int(c->in[2]));
    c->host->parallel_for((w->it.numel + 3) / 4, BLOCKS_GRAIN, random_body, &j);
    return CPLUG_OK;
}

/* out = input * mask / (1 - p); out and mask are dense */
typedef struct dropout_job {
    const cplug_call *c;
    uint64_t seed, offset;
    int64_t numel;
    cpu_class class;
    double p;
} dropout_job;

static void scale_kept(cpu_class class, cpu_tile *x, const uint8_t *keep, int64_t n, double scale)
{
    if (class == CPU_F64)
        for (int64_t i = 0; i < n; i++) x->d[i] = keep[i] ? x->d[i] * scale : 0;
    else
        for (int64_t i = 0; i < n; i++) x->f[i] = keep[i] ? x->f[i] * (float)scale : 0;
}

static void dropout_body(void *arg, int64_t lo, int64_t hi)
{
    const dropout_job *j = arg;
    const cplug_view *in = j->c->in[0], *out = j->c->out[0];
    uint32_t size = cpu_size(in->dtype), out_size = cpu_size(out->dtype);
    cpu_tile tile;
    for (int64_t block = lo, n; block < hi; block += n) {
        n = CPU_MIN(hi - block, TILE_BLOCKS);
        uint8_t keep[CPU_TILE];
        words w;
        philox_tile(j->seed, j->offset + (uint64_t)block, n, w);
        for (int64_t b = 0; b < n; b++)
            for (int32_t i = 0; i < 4; i++) keep[4 * b + i] = unit(w[i][b]) >= j->p;
        int64_t first = 4 * block, count = CPU_MIN(4 * n, j->numel - first);
        cpu_load(j->class, &tile, in->dtype, cpu_at(in->data, first, size), 1, count);
        scale_kept(j->class, &tile, keep, count, 1 / (1 - j->p));
        cpu_store(out->dtype, cpu_at_out(out->data, first, out_size), 1, j->class, &tile, count);
        memcpy((uint8_t *)j->c->out[1]->data + first, keep, (size_t)count);
    }
}

static void supports_dropout(const cplug_call *c, cplug_support *s)
{
    cpu_answer(s, cpu_is_float(c->out[0]->dtype) ? NULL : "drops floats only");
}

static cplug_status run_dropout(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    dropout_job j = { .c = c, .numel = cpu_numel(c->in[0]), .class = cpu_class_of(c->out[0]->dtype) };
    (void)p;
    j.p = cpu_read_float(c->in[1]);
    j.seed = (uint64_t)cpu_read_int(c->in[2]);
    j.offset = (uint64_t)cpu_read_int(c->in[3]);
    if (!(j.p >= 0 && j.p <= 1)) return c->host->fail(e, CPLUG_E_INVALID, "p is %g: a probability from 0 to 1 is needed", j.p);
    c->host->parallel_for((j.numel + 3) / 4, BLOCKS_GRAIN, dropout_body, &j);
    return CPLUG_OK;
}

static const cplug_kernel kernels[] = {
    CPU_KERNEL("random", CPLUG_K_STRIDED | CPLUG_K_INPLACE | CPLUG_K_SCALAR | CPLUG_K_OUT_STRIDED, NULL, NULL, prepare_random, run_random),
    CPU_KERNEL("dropout", CPLUG_K_INPLACE | CPLUG_K_SCALAR, NULL, supports_dropout, NULL, run_dropout),
};
CPU_KERNELS(cpu_random_kernels, kernels);
