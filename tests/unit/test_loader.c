/* test_loader.c: loaders over data sets of the host's own: the same batches for any number of workers, cursors, tails, ranks, samplers,
 * collate, retained batches, errors in workers, early frees. */
#include "support.h"
#include <pthread.h>
#include <stdatomic.h>

/* Data set "count": sample i is { input f32 [2] = i, -i; target i64 = i % 5 }. */
typedef struct count {
    int64_t samples, fail_at, varies;
    const cplug_host *host;
    cplug_field field[2];
} count;
static const cplug_option count_options[] = {
    { .name = "samples", .doc = "how many", .type = CPLUG_OPT_INT, .offset = offsetof(count, samples), .fallback = "10" },
    { .name = "fail_at", .doc = "sample that cannot be read", .type = CPLUG_OPT_INT, .offset = offsetof(count, fail_at), .fallback = "-1" },
    { .name = "varies", .doc = "input is f32 [1 + i % 3]", .type = CPLUG_OPT_BOOL, .offset = offsetof(count, varies), .fallback = "false" },
};
static const char *const five[] = { "a", "b", "c", "d", "e" };
static atomic_int foreign_pieces, open_sets;

static cplug_status count_open(const cplug_host *h, void *self, cplug_dataset_info *info, cplug_error *e)
{
    count *c = self;
    (void)e;
    c->host = h;
    atomic_fetch_add(&open_sets, 1);
    c->field[0] = (cplug_field){ .name = "input", .meta = { .dtype = CPLUG_F32, .ndim = 1, .shape = { c->varies ? -1 : 2 } } };
    c->field[1] = (cplug_field){ .name = "target", .classes = five, .n_classes = 5, .meta = { .dtype = CPLUG_I64 } };
    info->length = c->samples;
    info->fields = c->field;
    info->n_fields = 2;
    return CPLUG_OK;
}
static void piece(void *arg, int64_t lo, int64_t hi)
{
    (void)lo, (void)hi;
    if (!pthread_equal(pthread_self(), *(pthread_t *)arg)) atomic_fetch_add(&foreign_pieces, 1);
}
static cplug_status count_read(void *self, const int64_t *index, int64_t n, cplug_view *const *out, cplug_error *e)
{
    const count *c = self;
    pthread_t me = pthread_self();
    c->host->parallel_for(1000, 1, piece, &me); /* must stay on this thread */
    int64_t width = out[0]->shape[1];
    for (int64_t k = 0; k < n; k++) {
        if (index[k] == c->fail_at) return (c->host->fail)(e, CPLUG_E_IO, "the disk said no");
        for (int64_t j = 0; j < width; j++) ((float *)out[0]->data)[k * width + j] = (float)(j % 2 ? -index[k] : index[k]);
        ((int64_t *)out[1]->data)[k] = index[k] % 5;
    }
    return CPLUG_OK;
}
static cplug_status count_measure(void *self, int64_t index, cplug_meta *fields, cplug_error *e)
{
    (void)self, (void)e;
    fields[0].shape[0] = 1 + index % 3;
    return CPLUG_OK;
}
static void count_close(void *self)
{
    if (((count *)self)->host) atomic_fetch_sub(&open_sets, 1);
}
static const cplug_dataset count_type = { .struct_size = sizeof count_type,
                                          .id = "count",
                                          .doc = "counts",
                                          .options = CPLUG_OPTIONS(count_options),
                                          .instance_size = sizeof(count),
                                          .open = count_open,
                                          .read = count_read,
                                          .close = count_close,
                                          .measure = count_measure };

/* Transform "noise": adds a number that depends on the draw, and fails at one value. */
typedef struct noise {
    double at;
    const cplug_host *host;
} noise;
static const cplug_option noise_options[] = {
    { .name = "at", .doc = "value that breaks it", .type = CPLUG_OPT_FLOAT, .offset = offsetof(noise, at), .fallback = "-1" }
};
static cplug_status noise_open(const cplug_host *h, void *self, const cplug_meta *in, cplug_meta *out, cplug_error *e)
{
    (void)e;
    ((noise *)self)->host = h;
    *out = *in;
    return CPLUG_OK;
}
static cplug_status noise_apply(const void *self, const cplug_view *in, cplug_view *out, const cplug_draw *draw, int64_t n, cplug_error *e)
{
    const noise *s = self;
    int64_t width = in->ndim > 1 ? in->shape[1] : 1;
    for (int64_t k = 0; k < n; k++) {
        uint32_t r[4];
        s->host->philox(draw[k].seed, draw[k].epoch << 32 | draw[k].index, r);
        for (int64_t j = 0; j < width; j++) {
            float v = ((const float *)in->data)[k * width + j];
            if (j == 0 && (double)v == s->at) return (s->host->fail)(e, CPLUG_E_INVALID, "cannot take %g", (double)v);
            ((float *)out->data)[k * width + j] = v + (float)r[0] * 0x1p-34f;
        }
    }
    return CPLUG_OK;
}
static const cplug_transform noise_type = { .struct_size = sizeof noise_type,
                                            .id = "noise",
                                            .doc = "adds a draw",
                                            .options = CPLUG_OPTIONS(noise_options),
                                            .instance_size = sizeof(noise),
                                            .open = noise_open,
                                            .apply = noise_apply };

static cplug_context *open_context(void)
{
    cplug_context *ctx = cplug_open("seed=7");
    assert_non_null(ctx);
    assert_int_equal(cplug_register(ctx, "dataset", &count_type), CPLUG_OK);
    assert_int_equal(cplug_register(ctx, "transform", &noise_type), CPLUG_OK);
    return ctx;
}
/* The values of a walk: per batch its size and the first input of each sample; -1 marks an epoch's end. */
enum { ROOM = 8192 };
typedef struct walk {
    int64_t n;
    float at[ROOM];
} walk;
static void walk_batch(walk *w, const cplug_batch *b)
{
    const float *input = cplug_tensor_data(b->input);
    const int64_t *target = cplug_tensor_data(b->target);
    int64_t width = cplug_tensor_size(b->input, 1);
    assert_int_equal(cplug_tensor_size(b->input, 0), b->size);
    assert_int_equal(cplug_tensor_size(b->target, 0), b->size);
    assert_true(w->n + b->size + 2 < ROOM);
    w->at[w->n++] = (float)b->size;
    for (int64_t k = 0; k < b->size; k++) {
        w->at[w->n++] = input[k * width];
        assert_int_equal(target[k], (int64_t)input[k * width] % 5);
    }
}
static void walk_epochs(cplug_loader *l, int epochs, walk *w)
{
    const cplug_batch *b;
    w->n = 0;
    for (int i = 0; i < epochs; i++) {
        int64_t index = 0;
        while ((b = cplug_loader_next(l)) != NULL) {
            assert_int_equal(b->epoch, i);
            assert_int_equal(b->index, index++);
            walk_batch(w, b);
        }
        assert_int_equal(index, cplug_loader_batches(l));
        w->at[w->n++] = -1;
    }
}
static void same_walk(const walk *a, const walk *b)
{
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->at, b->at, (size_t)a->n * sizeof *a->at);
}

static void test_order(void **state)
{
    static const char *const options[] = {
        "batch_size=7 shuffle=true",    "batch_size=7 shuffle=true drop_last=true", "batch_size=7",
        "batch_size=1000 shuffle=true", "batch_size=3 shuffle=true seed=5",         "batch_size=10 sampler=weights weights=1,1,1,0,2"
    };
    static walk a, b;
    (void)state;
    for (size_t k = 0; k < sizeof options / sizeof *options; k++) {
        for (int workers = 0; workers <= 4; workers += workers ? 3 : 1) {
            cplug_context *ctx = open_context();
            char text[160];
            snprintf(text, sizeof text, "%s workers=%d prefetch=%d", options[k], workers, 1 + workers);
            cplug_loader *l = cplug_loader_new(ctx, "count samples=100 transforms=[noise, noise]", text);
            assert_ok(ctx);
            walk_epochs(l, 3, workers ? &b : &a);
            assert_ok(ctx);
            if (workers) same_walk(&a, &b);
            assert_int_equal(cplug_close(ctx), CPLUG_OK);
        }
    }
    assert_int_equal(atomic_load(&foreign_pieces), 0);
    assert_int_equal(atomic_load(&open_sets), 0);
}

static void test_shuffle(void **state)
{
    static walk w[2];
    (void)state;
    cplug_context *ctx = open_context();
    for (int k = 0; k < 2; k++) {
        cplug_loader *l = cplug_loader_new(ctx, "count samples=50", k ? "batch_size=50 shuffle=true seed=8" : "batch_size=50 shuffle=true");
        walk_epochs(l, 2, &w[k]);
        for (int epoch = 0; epoch < 2; epoch++) { /* every sample once */
            int seen[50] = { 0 };
            for (int i = 0; i < 50; i++) seen[(int)w[k].at[epoch * 52 + 1 + i]]++;
            for (int i = 0; i < 50; i++) assert_int_equal(seen[i], 1);
        }
        assert_memory_not_equal(w[k].at, w[k].at + 52, 51 * sizeof(float)); /* another epoch, another order */
    }
    assert_memory_not_equal(w[0].at, w[1].at, 51 * sizeof(float)); /* another seed too */
    assert_int_equal(cplug_close(ctx), CPLUG_OK);
}

static void test_weights(void **state)
{
    static walk w;
    int seen[5] = { 0 };
    (void)state;
    cplug_context *ctx = open_context();
    walk_epochs(cplug_loader_new(ctx, "count samples=5000", "batch_size=5000 sampler=weights weights=1,1,1,0,2"), 1, &w);
    assert_ok(ctx);
    for (int i = 0; i < 5000; i++) seen[(int)w.at[1 + i] % 5]++;
    for (int k = 0; k < 5; k++) {
        static const int expected[] = { 1000, 1000, 1000, 0, 2000 };
        assert_in_range(seen[k] + 200, expected[k], expected[k] + 400);
    }
    assert_int_equal(seen[3], 0);
    assert_int_equal(cplug_close(ctx), CPLUG_OK);
}

static void test_cursor(void **state)
{
    static walk whole, part;
    static int64_t at[64];
    static cplug_cursor cursor[64];
    (void)state;
    for (int workers = 0; workers <= 3; workers += 3) {
        cplug_context *ctx = open_context();
        char text[96];
        snprintf(text, sizeof text, "batch_size=9 shuffle=true workers=%d", workers);
        cplug_loader *l = cplug_loader_new(ctx, "count samples=60 transforms=[noise]", text),
                     *other = cplug_loader_new(ctx, "count samples=60 transforms=[noise]", text);
        int n = 0;
        whole.n = 0;
        for (int epoch = 0; epoch < 4;) {
            at[n] = whole.n;
            cplug_loader_cursor(l, &cursor[n++]);
            const cplug_batch *b = cplug_loader_next(l);
            if (b)
                walk_batch(&whole, b);
            else
                epoch++;
        }
        for (int k = n - 1; k >= 0; k -= 2) { /* jump back while the workers are far ahead */
            assert_int_equal(cplug_loader_seek(other, &cursor[k]), CPLUG_OK);
            part.n = 0;
            for (int epoch = (int)cursor[k].epoch; epoch < 4 && part.n < 100;) {
                const cplug_batch *b = cplug_loader_next(other);
                if (b)
                    walk_batch(&part, b);
                else
                    epoch++;
            }
            assert_memory_equal(part.at, whole.at + at[k], (size_t)part.n * sizeof *part.at);
        }
        assert_ok(ctx);
        cplug_cursor bad = { 0, 8, 1 };
        assert_int_not_equal(cplug_loader_seek(l, &bad), CPLUG_OK);
        assert_error(ctx, CPLUG_E_INVALID, "epoch 0, batch 8");
        assert_int_equal(cplug_close(ctx), CPLUG_OK);
    }
}

static void test_tails(void **state)
{
    static const struct {
        const char *options;
        int64_t batches, last;
    } cases[] = { { "batch_size=4", 3, 2 },
                  { "batch_size=4 drop_last=true", 2, 4 },
                  { "batch_size=5", 2, 5 },
                  { "batch_size=5 drop_last=true", 2, 5 },
                  { "batch_size=64", 1, 10 },
                  { "batch_size=64 drop_last=true", 0, -1 },
                  { "", 10, 1 } };
    (void)state;
    cplug_context *ctx = open_context();
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        cplug_loader *l = cplug_loader_new(ctx, "count", cases[k].options);
        const cplug_batch *b;
        int64_t last = -1;
        assert_int_equal(cplug_loader_batches(l), cases[k].batches);
        while ((b = cplug_loader_next(l)) != NULL) last = b->size;
        assert_int_equal(last, cases[k].last);
        cplug_loader_free(l);
    }
    cplug_loader *empty = cplug_loader_new(ctx, "count samples=0", "workers=2 shuffle=true");
    for (int i = 0; i < 3; i++) assert_null(cplug_loader_next(empty));
    cplug_loader *one = cplug_loader_new(ctx, "count samples=100 limit=3", "batch_size=2");
    assert_int_equal(cplug_loader_batches(one), 2);
    assert_ok(ctx);
    assert_int_equal(cplug_close(ctx), CPLUG_OK);
}

static void test_ranks(void **state)
{
    (void)state;
    for (int world = 1; world <= 4; world++) {
        cplug_context *ctx = open_context();
        cplug_loader *rank[4], *alone;
        char text[96];
        snprintf(text, sizeof text, "batch_size=%d shuffle=true", 3 * world);
        alone = cplug_loader_new(ctx, "count samples=26", text);
        for (int r = 0; r < world; r++) {
            snprintf(text, sizeof text, "batch_size=3 shuffle=true world=%d rank=%d workers=%d", world, r, r % 2);
            rank[r] = cplug_loader_new(ctx, "count samples=26", text);
            assert_int_equal(cplug_loader_batches(rank[r]), cplug_loader_batches(alone));
        }
        for (const cplug_batch *all; (all = cplug_loader_next(alone)) != NULL;) {
            const float *expected = cplug_tensor_data(all->input);
            int64_t total = 0;
            for (int r = 0; r < world; r++) {
                const cplug_batch *b = cplug_loader_next(rank[r]);
                assert_non_null(b);
                assert_int_equal(cplug_tensor_size(b->input, 0), b->size);
                const float *input = cplug_tensor_data(b->input);
                for (int64_t k = 0; k < b->size; k++) assert_true(input[2 * k] == expected[2 * (k * world + r)]);
                total += b->size;
            }
            assert_int_equal(total, all->size);
        }
        assert_ok(ctx);
        assert_int_equal(cplug_close(ctx), CPLUG_OK);
    }
}

static void test_retained(void **state)
{
    (void)state;
    for (int workers = 0; workers <= 2; workers++) {
        cplug_context *ctx = open_context();
        char text[64];
        snprintf(text, sizeof text, "batch_size=2 workers=%d", workers);
        cplug_loader *l = cplug_loader_new(ctx, "count samples=40", text);
        cplug_tensor *kept[20];
        const void *place[16];
        int n = 0, places = 0;
        for (const cplug_batch *b; (b = cplug_loader_next(l)) != NULL;) kept[n++] = cplug_retain(b->input);
        for (int epoch = 0; epoch < 3; epoch++)
            for (const cplug_batch *b; (b = cplug_loader_next(l)) != NULL;) { /* nobody keeps these: their memory comes back */
                const void *data = cplug_tensor_data(b->input);
                int k = 0;
                while (k < places && place[k] != data) k++;
                assert_true(k < 16);
                if (k == places) place[places++] = data;
            }
        assert_true(places <= 2 * workers + 2);
        cplug_loader_free(l);
        for (int i = 0; i < n; i++) {
            const float *v = cplug_tensor_data(kept[i]);
            assert_true(v[0] == (float)(2 * i) && v[2] == (float)(2 * i + 1));
            cplug_release(kept[i]);
        }
        assert_ok(ctx);
        assert_int_equal(cplug_close(ctx), CPLUG_OK);
    }
}

static void test_errors(void **state)
{
    (void)state;
    for (int workers = 0; workers <= 3; workers++) {
        cplug_context *ctx = open_context();
        char text[64];
        snprintf(text, sizeof text, "batch_size=4 workers=%d", workers);
        cplug_loader *l = cplug_loader_new(ctx, "count samples=40 fail_at=17", text);
        for (int again = 0; again < 2; again++) {
            cplug_cursor start = { 0, 0, 7 };
            assert_int_equal(cplug_loader_seek(l, &start), CPLUG_OK);
            for (int i = 0; i < 4; i++) assert_non_null(cplug_loader_next(l));
            for (int i = 0; i < 2; i++) { /* it stays there until somebody moves on */
                assert_null(cplug_loader_next(l));
                assert_null(cplug_loader_next(l));
                assert_error(ctx, CPLUG_E_IO, "data set 'count', sample 17 (batch 4 of epoch 0): the disk said no");
            }
            cplug_cursor past = { 0, 5, 7 };
            assert_int_equal(cplug_loader_seek(l, &past), CPLUG_OK);
            assert_non_null(cplug_loader_next(l));
        }
        cplug_loader *broken = cplug_loader_new(ctx, "count samples=40 transforms=[noise at=9]", text);
        for (int i = 0; i < 2; i++) assert_non_null(cplug_loader_next(broken));
        assert_null(cplug_loader_next(broken));
        assert_string_equal(cplug_error_text(ctx), "data set 'count', sample 9 (batch 2 of epoch 0): transform 'noise': cannot take 9");
        assert_int_equal(cplug_close(ctx), CPLUG_E_INVALID); /* with the error standing and batches in flight */
        assert_int_equal(atomic_load(&open_sets), 0);
    }
}

static void test_early_end(void **state)
{
    (void)state;
    for (int i = 0; i < 60; i++) {
        cplug_context *ctx = open_context();
        cplug_data *d = cplug_data_open(ctx, "count samples=1000", NULL);
        cplug_loader *l = cplug_loader_over(d, "batch_size=5 workers=3 prefetch=4 shuffle=true"),
                     *m = cplug_loader_over(d, "batch_size=2 workers=1");
        for (int k = 0; k < i % 7; k++) {
            assert_non_null(cplug_loader_next(l));
            assert_non_null(cplug_loader_next(m));
        }
        if (i % 3 == 0) cplug_data_close(d); /* the loaders hold it */
        if (i % 2) cplug_loader_free(l);
        assert_non_null(cplug_loader_next(m));
        assert_int_equal(cplug_close(ctx), CPLUG_OK);
    }
    assert_int_equal(atomic_load(&open_sets), 0);
}

/* Pads with zeros, which is what out[] holds on entry, and marks the batch. */
static cplug_status pad(void *arg, const cplug_view *const *const *samples, int64_t n, cplug_view *const *out, uint32_t n_fields,
                        cplug_error *e)
{
    (void)arg, (void)e, (void)n_fields;
    for (int64_t s = 0; s < n; s++) {
        memcpy((float *)out[0]->data + s * out[0]->strides[0], samples[s][0]->data, (size_t)samples[s][0]->shape[0] * sizeof(float));
        ((int64_t *)out[1]->data)[s] = 100 + *(const int64_t *)samples[s][1]->data;
    }
    return CPLUG_OK;
}

static void test_collate(void **state)
{
    (void)state;
    for (int workers = 0; workers <= 2; workers += 2) {
        cplug_context *ctx = open_context();
        char text[64];
        snprintf(text, sizeof text, "batch_size=4 workers=%d", workers);
        cplug_loader *l = cplug_loader_new(ctx, "count samples=10 varies=true", text);
        assert_int_equal(cplug_loader_collate(l, pad, NULL), CPLUG_OK);
        int64_t first = 0;
        for (const cplug_batch *b; (b = cplug_loader_next(l)) != NULL; first += b->size) {
            const float *x = cplug_tensor_data(b->input);
            int64_t width = cplug_tensor_size(b->input, 1);
            assert_int_equal(width, 3);
            for (int64_t k = 0; k < b->size; k++)
                for (int64_t j = 0; j < width; j++) {
                    int64_t i = first + k;
                    assert_true(x[k * width + j] == (float)(j > i % 3 ? 0 : j % 2 ? -i : i));
                    assert_int_equal(((const int64_t *)cplug_tensor_data(b->target))[k], 100 + i % 5);
                }
        }
        assert_int_equal(first, 10);
        cplug_loader *stacked = cplug_loader_new(ctx, "count samples=10 varies=true transforms=[noise]", text);
        assert_null(cplug_loader_next(stacked));
        assert_error(ctx, CPLUG_E_SHAPE, "sample 1 (batch 0 of epoch 0): field 'input' is [2], in sample 0 of the same batch [1]");
        cplug_loader *single = cplug_loader_new(ctx, "count samples=10 varies=true transforms=[noise]", "batch_size=1");
        for (int64_t i = 0; i < 10; i++) assert_int_equal(cplug_tensor_size(cplug_loader_next(single)->input, 1), 1 + i % 3);
        assert_ok(ctx);
        assert_int_equal(cplug_close(ctx), CPLUG_OK);
    }
}

static void test_data(void **state)
{
    (void)state;
    cplug_context *ctx = open_context();
    cplug_tensor *t[2];
    cplug_data *d = cplug_data_open(ctx, "count samples=8 limit=6", NULL);
    assert_int_equal(cplug_data_length(d), 6);
    assert_int_equal(cplug_data_n_fields(d), 2);
    assert_string_equal(cplug_data_field(d, 1)->name, "target");
    assert_null(cplug_data_field(d, 2));
    assert_int_equal(cplug_data_get(d, 5, t, 2), CPLUG_OK);
    assert_int_equal(cplug_tensor_ndim(t[0]), 1);
    assert_true(((float *)cplug_tensor_data(t[0]))[1] == -5);
    int64_t label = -1;
    assert_int_equal(cplug_item_int(t[1], &label), CPLUG_OK);
    assert_int_equal(label, 0);
    assert_int_not_equal(cplug_data_get(d, 6, t, 2), CPLUG_OK);
    assert_error(ctx, CPLUG_E_INVALID, "sample 6 of data set 'count' is out of range; it has 6");
    assert_int_equal(cplug_data_same_classes(d, d), CPLUG_OK);
    assert_int_equal(cplug_close(ctx), CPLUG_OK);
}

static void test_bad_options(void **state)
{
    static const struct {
        const char *data, *loader, *part;
        cplug_status code;
    } cases[] = {
        { "count", "batch_size=0", "batch_size", CPLUG_E_INVALID },
        { "count", "batchsize=3", "batch_size", CPLUG_E_NOTFOUND },
        { "count", "rank=2 world=2", "rank=2 is outside world=2", CPLUG_E_INVALID },
        { "count", "shuffle=true sampler=weights", "exclude each other", CPLUG_E_INVALID },
        { "count", "sampler=weights weights=1,2", "one number a sample (10) or a class (5), got 2", CPLUG_E_INVALID },
        { "count", "sampler=weights weights=0,0,0,0,0", "add up to 0", CPLUG_E_INVALID },
        { "coutn", "", "count", CPLUG_E_NOTFOUND },
        { "count sampels=3", "", "samples", CPLUG_E_NOTFOUND },
        { "count transform=[noise]", "", "transforms", CPLUG_E_NOTFOUND },
        { "count transforms=[nose]", "", "noise", CPLUG_E_NOTFOUND },
        { "count limit=-1", "", "limit", CPLUG_E_INVALID },
        { "count transforms=[noise at=x]", "", "at", CPLUG_E_INVALID },
    };
    (void)state;
    cplug_context *ctx = open_context();
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        assert_null(cplug_loader_new(ctx, cases[k].data, cases[k].loader));
        if (!strstr(cplug_error_text(ctx), cases[k].part)) fail_msg("%s | %s: %s", cases[k].data, cases[k].loader, cplug_error_text(ctx));
        cplug_error_clear(ctx);
    }
    assert_null(cplug_loader_new(ctx, NULL, NULL));
    cplug_error_clear(ctx);
    assert_null(cplug_loader_next(NULL));
    cplug_loader_free(NULL);
    cplug_data_close(NULL);
    assert_int_equal(cplug_close(ctx), CPLUG_OK);
    assert_int_equal(atomic_load(&open_sets), 0);
}

/* Whatever allocation fails, the error is out of memory, and everything can be closed. */
static void test_no_memory(void **state)
{
    (void)state;
    cplug_context *ctx = open_context();
    for (uint64_t n = 1, done = 0; !done && n < 1000; n++) {
        cplug_test_fail_allocation(n);
        cplug_loader *l = cplug_loader_new(ctx, "count samples=20 transforms=[noise]", "batch_size=6 workers=2 shuffle=true");
        for (int i = 0; i < 4 && l; i++) cplug_loader_next(l);
        cplug_test_fail_allocation(0);
        done = cplug_failed(ctx) == CPLUG_OK;
        if (!done && cplug_failed(ctx) != CPLUG_E_NOMEM) fail_msg("allocation %d: %s", (int)n, cplug_error_text(ctx));
        cplug_error_clear(ctx);
        cplug_loader_free(l);
        assert_true(n < 999);
    }
    assert_int_equal(cplug_close(ctx), CPLUG_OK);
    assert_int_equal(atomic_load(&open_sets), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),     cmocka_unit_test(test_shuffle), cmocka_unit_test(test_weights),
        cmocka_unit_test(test_cursor),    cmocka_unit_test(test_tails),   cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_retained),  cmocka_unit_test(test_errors),  cmocka_unit_test(test_early_end),
        cmocka_unit_test(test_collate),   cmocka_unit_test(test_data),    cmocka_unit_test(test_bad_options),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
