/* loader.c: loaders: options, the walk over batches and epochs, lending a batch as tensors on the context's device, cursors.  Batch memory
 * comes back when the last tensor on it is gone, so a tensor that the user retained is never overwritten. */
#include "base/mode.h"
#include "data/data.h"
#include <math.h>

typedef struct loader_options {
    int64_t batch_size, shuffle, drop_last, workers, prefetch, seed, sampler, rank, world;
    cplug_floats weights;
} loader_options;
#define OPTION(field) .offset = offsetof(loader_options, field)
static const cplug_option option[] = {
    { .name = "batch_size",
      .doc = "samples in a batch (of one rank)",
      .type = CPLUG_OPT_INT,
      OPTION(batch_size),
      .fallback = "1",
      .min = 1,
      .max = 2147483647 },
    { .name = "shuffle", .doc = "a new random order each epoch", .type = CPLUG_OPT_BOOL, OPTION(shuffle), .fallback = "false" },
    { .name = "drop_last",
      .doc = "leave out the last batch when it is not full",
      .type = CPLUG_OPT_BOOL,
      OPTION(drop_last),
      .fallback = "false" },
    { .name = "workers",
      .doc = "threads that read ahead; 0 reads in next",
      .type = CPLUG_OPT_INT,
      OPTION(workers),
      .fallback = "0",
      .min = 0,
      .max = 256 },
    { .name = "prefetch",
      .doc = "batches that each worker reads ahead",
      .type = CPLUG_OPT_INT,
      OPTION(prefetch),
      .fallback = "2",
      .min = 1,
      .max = 4096 },
    { .name = "seed",
      .doc = "of the order and of random transforms; left out: the context's",
      .type = CPLUG_OPT_INT,
      .flags = CPLUG_OPT_UNSET_OK,
      OPTION(seed) },
    { .name = "sampler",
      .doc = "order of samples; auto: random with shuffle, else sequential",
      .type = CPLUG_OPT_CHOICE,
      OPTION(sampler),
      .fallback = "auto",
      .choices = "auto|sequential|random|weights" },
    { .name = "weights",
      .doc = "for sampler=weights: one a sample, or one a class of the target; drawn with replacement",
      .type = CPLUG_OPT_FLOATS,
      .flags = CPLUG_OPT_UNSET_OK,
      OPTION(weights),
      .min = 0,
      .max = 1e300 },
    { .name = "rank",
      .doc = "this process among world ones",
      .type = CPLUG_OPT_INT,
      OPTION(rank),
      .fallback = "0",
      .min = 0,
      .max = 1048575 },
    { .name = "world",
      .doc = "processes that share the samples",
      .type = CPLUG_OPT_INT,
      OPTION(world),
      .fallback = "1",
      .min = 1,
      .max = 1048576 },
};
static const cplug_options_table option_table = CPLUG_OPTIONS(option);

const cplug_options_table *cplug_loader_options(void) { return &option_table; }

struct cplug_loader {
    cplug__owned owned;
    cplug_context *ctx;
    cplug_data *data;
    loader_options options;
    cplug__order order;
    cplug__plan plan;
    int64_t batch, n_batches; /* the batch that next gives; an epoch's number of them */
    bool started;             /* order and plan are those of plan.epoch */
    cplug__pool *pool;        /* made at the first next when there are workers */
    cplug__filler filler;     /* when there are none */
    cplug__batch *spare, *lent;
    cplug_tensor *field[CPLUG__MAX_FIELDS]; /* of the batch that is lent now; one reference each */
    cplug_batch out;
    cplug__arena arena;
};

/* ---- batch memory ---- */
static void batch_unuse(void *arg)
{
    cplug__batch *b = arg;
    if (--b->users > 0) return;
    if (b->back) {
        *b->back = b->next;
        if (b->next) b->next->back = b->back;
        b->back = NULL;
    }
    if (!b->loader) {
        cplug__batch_free(b);
        return;
    }
    b->next = b->loader->spare;
    b->loader->spare = b;
}

static cplug__batch *spare_batch(cplug_loader *l)
{
    cplug__batch *b = l->spare;
    if (b)
        l->spare = b->next;
    else if (!(b = cplug__batch_new(l->data)))
        cplug__nomem(l->ctx, "a batch");
    if (b) {
        b->loader = l;
        b->next = NULL;
    }
    return b;
}

static void give_back(cplug_loader *l)
{
    for (uint32_t f = 0; f < l->data->info.n_fields; f++) {
        cplug_release(l->field[f]);
        l->field[f] = NULL;
    }
}

/* ---- open and free ---- */
static void destroy(cplug__owned *o)
{
    cplug_loader *l = (cplug_loader *)o;
    cplug__pool_close(l->pool);
    if (l->data) give_back(l);
    for (cplug__batch *b = l->lent, *next; b; b = next) { /* kept alive by tensors that the user retained */
        next = b->next;
        b->loader = NULL;
        b->next = NULL;
        b->back = NULL;
    }
    for (cplug__batch *b = l->spare, *next; b; b = next) {
        next = b->next;
        cplug__batch_free(b);
    }
    cplug__filler_close(&l->filler);
    cplug__order_close(&l->order);
    cplug__data_drop(l->data);
    cplug__arena_free(&l->arena);
    cplug__free(l);
}

void cplug_loader_free(cplug_loader *l)
{
    if (!l) return;
    cplug__disown(&l->owned);
    destroy(&l->owned);
}

static cplug_status set_weights(cplug_loader *l, cplug_error *e)
{
    const cplug_floats *w = &l->options.weights;
    int32_t target = cplug__data_role(l->data, "target", 1);
    int64_t classes = target < 0 ? 0 : l->data->fields[target].n_classes, length = l->data->length;
    bool by_class = w->n != length && classes > 0 && w->n == classes;
    if (w->n != length && !by_class)
        return cplug__error_fill(e, CPLUG_E_INVALID,
                                 "sampler=weights needs weights=... with one number a sample (%lld) or a class (%lld), got %lld",
                                 (long long)length, (long long)classes, (long long)w->n);
    cplug_status status = cplug__order_weights(&l->order, l->data, w, by_class ? target : -1, e);
    if (status != CPLUG_OK || length == 0) return status;
    double total = l->order.cumulative[length - 1];
    if (!(total > 0) || isinf(total))
        return cplug__error_fill(e, CPLUG_E_INVALID, "sampler=weights: the weights add up to %g; expected a positive number", total);
    return CPLUG_OK;
}

static cplug_status set_up(cplug_loader *l, const char *options, cplug_error *e)
{
    loader_options *o = &l->options;
    cplug_status status = cplug__options_store(&l->arena, &option_table, options ? options : "", NULL, "loader", o, e);
    if (status != CPLUG_OK) return status;
    if (o->rank >= o->world)
        return cplug__error_fill(e, CPLUG_E_INVALID, "loader: rank=%lld is outside world=%lld; ranks count from 0", (long long)o->rank,
                                 (long long)o->world);
    if (o->shuffle && o->sampler && o->sampler != CPLUG__RANDOM)
        return cplug__error_fill(e, CPLUG_E_INVALID, "loader: shuffle=true and sampler=%s exclude each other",
                                 o->sampler == CPLUG__WEIGHTS ? "weights" : "sequential");
    int32_t kind = o->sampler ? (int32_t)o->sampler : o->shuffle ? CPLUG__RANDOM : CPLUG__SEQUENTIAL;
    status = cplug__order_open(&l->order, kind, l->data->length, e);
    if (status == CPLUG_OK && kind == CPLUG__WEIGHTS) status = set_weights(l, e);
    if (status != CPLUG_OK) return status;
    int64_t global = o->batch_size * o->world, length = l->data->length;
    l->n_batches = o->drop_last ? length / global : length / global + (length % global != 0);
    l->plan = (cplug__plan){ .data = l->data,
                             .order = &l->order,
                             .seed = o->seed == CPLUG_UNSET ? l->ctx->seed : (uint64_t)o->seed,
                             .batch_size = o->batch_size,
                             .rank = o->rank,
                             .world = o->world };
    return CPLUG_OK;
}

static cplug_loader *loader_open(cplug_context *ctx, cplug_data *d, const char *options)
{
    CPLUG__OWN_MODE;
    cplug_error e = CPLUG__ERROR_INIT;
    cplug_loader *l = cplug__alloc(sizeof *l);
    if (!l) {
        cplug__nomem(ctx, "a loader");
        return NULL;
    }
    l->ctx = ctx;
    l->data = cplug__data_hold(d);
    if (set_up(l, options, &e) != CPLUG_OK) {
        cplug__raise(ctx, &e, NULL);
        destroy(&l->owned);
        return NULL;
    }
    cplug__own(ctx, &l->owned, destroy);
    return l;
}

cplug_loader *cplug_loader_over(cplug_data *d, const char *options)
{
    return d && !cplug_failed(d->ctx) ? loader_open(d->ctx, d, options) : NULL;
}

cplug_loader *cplug_loader_new(cplug_context *ctx, const char *data_spec, const char *options)
{
    cplug_data *d = cplug_data_open(ctx, data_spec, NULL);
    if (!d) return NULL;
    cplug_loader *l = loader_open(ctx, d, options);
    cplug_data_close(d); /* the loader holds it now */
    return l;
}

cplug_data *cplug_loader_data(cplug_loader *l) { return l ? l->data : NULL; }
int64_t cplug_loader_batches(const cplug_loader *l) { return l ? l->n_batches : 0; }

/* ---- walking ---- */
static void stop(cplug_loader *l)
{
    if (l->started && l->pool) cplug__pool_cancel(l->pool);
    l->started = false;
}

static cplug_status begin(cplug_loader *l)
{
    cplug_error e = CPLUG__ERROR_INIT;
    const loader_options *o = &l->options;
    if (o->workers > 0 && !l->pool) {
        int64_t depth = MIN(o->workers * o->prefetch, MAX(l->n_batches, 1));
        l->pool = cplug__pool_open(&l->plan, o->workers, depth, &e);
        if (!l->pool) return cplug__raise(l->ctx, &e, NULL);
    }
    cplug__order_epoch(&l->order, l->plan.seed, (uint64_t)l->plan.epoch);
    if (l->pool) cplug__pool_begin(l->pool, l->batch, l->n_batches);
    l->started = true;
    return CPLUG_OK;
}

static cplug__batch *take(cplug_loader *l)
{
    cplug__batch *fresh = spare_batch(l);
    if (!fresh) return NULL;
    if (l->pool) {
        cplug__batch *b = cplug__pool_take(l->pool, fresh);
        b->loader = l;
        return b;
    }
    int32_t budget = cplug__thread_budget;
    cplug__thread_budget = 1; /* data sets never enter OpenMP, with or without workers */
    cplug__batch_fill(fresh, &l->filler, &l->plan, l->batch);
    cplug__thread_budget = budget;
    return fresh;
}

static cplug_tensor *lend_field(cplug_loader *l, cplug__batch *b, uint32_t f)
{
    const cplug_meta *m = &b->meta[f];
    cplug__device *device = l->ctx->current_device;
    if (device->is_host) {
        b->users++;
        return cplug_from_buffer(l->ctx, m->dtype, m->ndim, m->shape, b->data[f].at, batch_unuse, b);
    }
    cplug_tensor *t = cplug_empty(l->ctx, m->dtype, m->ndim, m->shape);
    uint64_t bytes = (uint64_t)MAX(cplug__sample_bytes(m), 0);
    if (t && bytes && cplug__device_copy(device, t->view.data, b->data[f].at, bytes, CPLUG_COPY_TO_DEVICE) != CPLUG_OK) return NULL;
    return t;
}

static const cplug_batch *lend(cplug_loader *l, cplug__batch *b)
{
    cplug_scope *scope = cplug_scope_open(l->ctx); /* the batch is the loader's, not the scope's in which next was called */
    if (!scope) {
        batch_unuse(b);
        return NULL;
    }
    bool good = true;
    for (uint32_t f = 0; f < b->n_fields && good; f++) {
        l->field[f] = cplug_retain(lend_field(l, b, f));
        good = l->field[f] != NULL;
    }
    cplug_scope_close(scope);
    int32_t input = cplug__data_role(l->data, "input", 0), target = cplug__data_role(l->data, "target", 1);
    l->out = (cplug_batch){ .struct_size = sizeof l->out,
                            .n_fields = b->n_fields,
                            .fields = l->field,
                            .input = input < 0 ? NULL : l->field[input],
                            .target = target < 0 ? NULL : l->field[target],
                            .size = b->size,
                            .epoch = l->plan.epoch,
                            .index = b->number };
    batch_unuse(b); /* the tensors hold it now */
    if (good) return &l->out;
    give_back(l);
    return NULL;
}

const cplug_batch *cplug_loader_next(cplug_loader *l)
{
    CPLUG__OWN_MODE;
    if (!l) return NULL;
    give_back(l);
    if (cplug_failed(l->ctx)) return NULL;
    if (l->batch >= l->n_batches) {
        l->batch = 0;
        l->plan.epoch++;
        l->started = false;
        return NULL;
    }
    if (!l->started && begin(l) != CPLUG_OK) return NULL;
    cplug__batch *b = take(l);
    if (!b) return NULL;
    b->users = 1;
    b->next = l->lent;
    b->back = &l->lent;
    if (b->next) b->next->back = &b->next;
    l->lent = b;
    const cplug_batch *out = NULL;
    if (b->status == CPLUG_OK) {
        out = lend(l, b);
    } else {
        cplug__raise(l->ctx, &b->error, NULL);
        batch_unuse(b);
    }
    if (out)
        l->batch++;
    else
        stop(l); /* once the error is cleared, next tries this batch again */
    return out;
}

/* ---- collate, cursor ---- */
cplug_status cplug_loader_collate(cplug_loader *l, cplug_collate collate, void *arg)
{
    if (!l) return CPLUG_E_INVALID;
    if (cplug_failed(l->ctx)) return cplug_failed(l->ctx);
    if (l->started)
        return cplug_error_set(l->ctx, CPLUG_E_INVALID,
                               "cplug_loader_collate: the epoch has begun; set the function before the first next");
    l->plan.collate = collate;
    l->plan.collate_arg = arg;
    return CPLUG_OK;
}

void cplug_loader_cursor(const cplug_loader *l, cplug_cursor *out)
{
    *out = l ? (cplug_cursor){ l->plan.epoch, l->batch, l->plan.seed } : (cplug_cursor){ 0, 0, 0 };
}

cplug_status cplug_loader_seek(cplug_loader *l, const cplug_cursor *to)
{
    if (!l || !to) return CPLUG_E_INVALID;
    if (cplug_failed(l->ctx)) return cplug_failed(l->ctx);
    if (to->epoch < 0 || to->batch < 0 || to->batch > l->n_batches)
        return cplug_error_set(l->ctx, CPLUG_E_INVALID,
                               "cplug_loader_seek: epoch %lld, batch %lld is no place of this loader; an epoch has %lld batches",
                               (long long)to->epoch, (long long)to->batch, (long long)l->n_batches);
    stop(l);
    l->plan.epoch = to->epoch;
    l->plan.seed = to->seed;
    l->batch = to->batch;
    return CPLUG_OK;
}
