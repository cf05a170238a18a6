/* sampler.c: the order in which an epoch visits its samples: a pure function of (seed, epoch), whatever the workers do.
 * Random orders are Fisher-Yates over Philox words keyed by (seed, epoch); weighted ones draw with replacement, as PyTorch's
 * WeightedRandomSampler. */
#include "data/data.h"

uint64_t cplug__mix(uint64_t a, uint64_t b)
{
    uint64_t z = a + 0x9E3779B97F4A7C15ull * (b + 1); /* splitmix64 (Steele et al. 2014) */
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

cplug_status cplug__order_open(cplug__order *o, int32_t kind, int64_t length, cplug_error *e)
{
    o->kind = kind;
    o->length = length;
    if (kind == CPLUG__SEQUENTIAL || length == 0) return CPLUG_OK;
    o->at = length < INT64_MAX / 8 ? cplug__alloc((uint64_t)length * sizeof *o->at) : NULL;
    if (!o->at) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for the order of %lld samples", (long long)length);
    return CPLUG_OK;
}

void cplug__order_close(cplug__order *o)
{
    cplug__free(o->at);
    cplug__free(o->cumulative);
    o->at = NULL;
    o->cumulative = NULL;
}

static cplug_status read_classes(cplug__order *o, const cplug_data *d, int32_t target, cplug_error *e)
{
    enum { AT_ONCE = 256 };
    cplug__batch *b = cplug__batch_new(d);
    cplug__filler filler = { 0 };
    const cplug__order straight = { CPLUG__SEQUENTIAL, o->length, NULL, NULL };
    const cplug__plan plan = { .data = d, .order = &straight, .batch_size = AT_ONCE, .world = 1 };
    cplug_status status = b ? CPLUG_OK : cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for a batch");
    if (status == CPLUG_OK && (d->ragged || d->fields[target].meta.dtype != CPLUG_I64 || d->fields[target].meta.ndim != 0))
        status = cplug__error_fill(e, CPLUG_E_DTYPE, "weights by class need a target field of i64 class numbers and samples of one size");
    for (int64_t k = 0; status == CPLUG_OK && k * AT_ONCE < o->length; k++) {
        cplug__batch_fill(b, &filler, &plan, k);
        if ((status = b->status) != CPLUG_OK)
            *e = b->error;
        else
            memcpy(o->at + k * AT_ONCE, b->data[target].at, (size_t)b->size * sizeof *o->at);
    }
    cplug__filler_close(&filler);
    cplug__batch_free(b);
    return status;
}

cplug_status cplug__order_weights(cplug__order *o, const cplug_data *d, const cplug_floats *w, int32_t target, cplug_error *e)
{
    if (o->length == 0) return CPLUG_OK;
    o->cumulative = cplug__alloc((uint64_t)o->length * sizeof *o->cumulative);
    if (!o->cumulative) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for %lld weights", (long long)o->length);
    cplug_status status = target < 0 ? CPLUG_OK : read_classes(o, d, target, e); /* `at` is free until the first epoch */
    double sum = 0;
    for (int64_t i = 0; status == CPLUG_OK && i < o->length; i++) {
        int64_t k = target < 0 ? i : o->at[i];
        if (k < 0 || k >= w->n)
            return cplug__error_fill(e, CPLUG_E_INVALID, "sample %lld has class %lld, and there are %lld weights", (long long)i,
                                     (long long)k, (long long)w->n);
        o->cumulative[i] = sum += w->v[k];
    }
    return status;
}

__extension__ typedef unsigned __int128 wide;

/* [0, n) from 64 random bits; the bias is below n / 2^64. */
static int64_t below(uint64_t bits, int64_t n) { return (int64_t)((uint64_t)(((wide)bits * (uint64_t)n) >> 64)); }

typedef struct words {
    uint64_t key, counter, at[2];
    uint32_t left;
} words;

static uint64_t next_word(words *w)
{
    if (w->left == 0) {
        uint32_t r[4];
        cplug__philox(w->key, w->counter++, r);
        w->at[0] = (uint64_t)r[0] << 32 | r[1];
        w->at[1] = (uint64_t)r[2] << 32 | r[3];
        w->left = 2;
    }
    return w->at[--w->left];
}

static void shuffle(cplug__order *o, words *w)
{
    for (int64_t i = 0; i < o->length; i++) { /* inside-out form: fills and shuffles in one pass */
        int64_t j = below(next_word(w), i + 1);
        o->at[i] = o->at[j];
        o->at[j] = i;
    }
}

static void draw_weighted(cplug__order *o, words *w)
{
    double total = o->cumulative[o->length - 1];
    for (int64_t i = 0; i < o->length; i++) {
        double u = (double)(next_word(w) >> 11) * 0x1p-53 * total;
        int64_t lo = 0, hi = o->length - 1; /* first entry whose cumulative weight is above u */
        while (lo < hi) {
            int64_t middle = lo + (hi - lo) / 2;
            if (o->cumulative[middle] > u)
                hi = middle;
            else
                lo = middle + 1;
        }
        o->at[i] = lo;
    }
}

void cplug__order_epoch(cplug__order *o, uint64_t seed, uint64_t epoch)
{
    if (!o->at) return;
    words w = { cplug__mix(seed, epoch), 0, { 0, 0 }, 0 };
    if (o->kind == CPLUG__RANDOM)
        shuffle(o, &w);
    else
        draw_weighted(o, &w);
}
