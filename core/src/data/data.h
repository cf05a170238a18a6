/* data.h: what the data files share: an open data set with its transform chains, the reader that turns sample numbers into stacked
 * bytes, the order of an epoch, and the pool of workers that fills batches ahead of the consumer.
 * Readers and batches are low tier (no tensors, any thread); the rest is the context thread's. */
#ifndef CPLUG_DATA_INTERNAL_H
#define CPLUG_DATA_INTERNAL_H
#include "op/op.h"
#include "tensor/tensor.h"
#include <pthread.h>
#include <stdatomic.h>

/* A field's samples have at most 7 dimensions, so that a batch has at most 8. */
enum { CPLUG__MAX_FIELDS = 16, CPLUG__MAX_SAMPLE_DIMS = CPLUG_MAX_DIMS - 1 };

/* ---- data sets (data.c) ---- */
typedef struct cplug__stage {
    const cplug_transform *type;
    void *self;
    cplug_meta out; /* of one sample; sizes of -1 are those of the raw sample */
    bool opened;
} cplug__stage;
typedef struct cplug__chain {
    cplug__stage *at;
    uint32_t n, reserved;
} cplug__chain;
struct cplug_data {
    cplug__owned owned;
    cplug_context *ctx;
    uint32_t refs; /* the user's and one a loader */
    bool ragged;   /* some field's size differs from sample to sample */
    const cplug_dataset *type;
    void *self;
    cplug_dataset_info info; /* as the component gave it */
    int64_t length;
    cplug_field *fields; /* after the transforms */
    cplug__chain *chains;
    cplug__arena arena;
};
cplug_data *cplug__data_over(cplug_context *ctx, const cplug_dataset *type, void *self); /* takes self, also on failure */
cplug_data *cplug__data_hold(cplug_data *d);
void cplug__data_drop(cplug_data *d);
/* Field named `role`, else number `otherwise` unless that one has the other role's name; -1: none. */
int32_t cplug__data_role(const cplug_data *d, const char *role, uint32_t otherwise);
int64_t cplug__sample_bytes(const cplug_meta *m); /* -1 on overflow */

/* ---- chains (chain.c) ---- */
cplug_status cplug__chain_open(cplug_data *d, cplug__chain *c, const cplug_strings *specs, const cplug_meta *in, const char *base_dir,
                               cplug_error *e);
void cplug__chain_close(cplug__chain *c);
/* The sample's shape after stage s when the raw sample has this one. */
void cplug__chain_meta(const cplug__chain *c, uint32_t s, const cplug_meta *raw, cplug_meta *out);

/* ---- reader (reader.c): one a thread ---- */
typedef struct cplug__room {
    void *at;
    uint64_t bytes;
} cplug__room;
bool cplug__room_for(cplug__room *r, uint64_t bytes); /* grows without keeping the content; false = out of memory */
typedef struct cplug__reader {
    const cplug_data *data;
    const atomic_bool *stop; /* NULL, or asked between pieces */
    cplug_view *view;        /* [n_fields] what the component fills */
    cplug_view **view_at;
    int64_t (*dims)[2 * CPLUG_MAX_DIMS];
    cplug__room *raw; /* [n_fields] samples before their chain */
    cplug__room pass[2], draws;
} cplug__reader;
cplug_status cplug__reader_open(cplug__reader *r, const cplug_data *d, cplug_error *e);
void cplug__reader_close(cplug__reader *r);
/* Shapes of one raw sample, sizes of -1 measured. */
cplug_status cplug__reader_measure(const cplug__reader *r, int64_t index, cplug_meta *raw, cplug_error *e);
/* Samples index[0..n) of the raw shapes, transformed and stacked into dst[field].  *bad: the sample that failed. */
cplug_status cplug__reader_fill(cplug__reader *r, const cplug_meta *raw, const int64_t *index, int64_t n, uint64_t seed, uint64_t epoch,
                                void *const *dst, int64_t *bad, cplug_error *e);
void cplug__view_set(cplug_view *v, int64_t *dims, const cplug_meta *m, int64_t n, void *data); /* n < 0: no leading dimension */

/* ---- order of an epoch (sampler.c) ---- */
enum { CPLUG__SEQUENTIAL = 1, CPLUG__RANDOM = 2, CPLUG__WEIGHTS = 3 };
typedef struct cplug__order {
    int32_t kind;
    int64_t length;     /* samples an epoch, over all ranks */
    int64_t *at;        /* NULL: sequential */
    double *cumulative; /* [length] of weights, the last is the sum */
} cplug__order;
uint64_t cplug__mix(uint64_t a, uint64_t b); /* two words into one well-mixed word */
cplug_status cplug__order_open(cplug__order *o, int32_t kind, int64_t length, cplug_error *e);
/* Cumulative weights: one a sample, or (target >= 0) one a class of that field, for which all targets are read once. */
cplug_status cplug__order_weights(cplug__order *o, const cplug_data *d, const cplug_floats *w, int32_t target, cplug_error *e);
void cplug__order_epoch(cplug__order *o, uint64_t seed, uint64_t epoch); /* pure function of (seed, epoch) */
void cplug__order_close(cplug__order *o);

/* ---- batches (batch.c): memory that tensors borrow ---- */
typedef struct cplug__plan { /* what stays the same for all batches of an epoch; read by workers */
    const cplug_data *data;
    const cplug__order *order;
    cplug_collate collate;
    void *collate_arg;
    uint64_t seed;
    int64_t epoch, batch_size, rank, world;
} cplug__plan;
typedef struct cplug__batch {
    struct cplug_loader *loader;       /* NULL: nobody waits for it any more */
    struct cplug__batch *next, **back; /* in the loader's list of lent ones; next alone in its free list */
    uint32_t users;                    /* tensors on its memory */
    uint32_t n_fields;
    int64_t size, number;
    cplug_meta *meta; /* [n_fields] with the batch dimension */
    cplug__room *data;
    atomic_bool ready;
    cplug_status status;
    cplug_error error;
} cplug__batch;
cplug__batch *cplug__batch_new(const cplug_data *d); /* NULL = out of memory */
void cplug__batch_free(cplug__batch *b);
typedef struct cplug__filler { /* one a thread */
    cplug__reader reader;
    const atomic_bool *stop; /* NULL, or asked between pieces */
    cplug__room index, shapes, staging, views;
} cplug__filler;
void cplug__filler_close(cplug__filler *f);
/* Batch `number` of the plan's epoch; the outcome is in b->status and b->error. [any-thread] */
void cplug__batch_fill(cplug__batch *b, cplug__filler *f, const cplug__plan *plan, int64_t number);

/* ---- workers (workers.c) ---- */
typedef struct cplug__pool cplug__pool;
cplug__pool *cplug__pool_open(const cplug__plan *plan, int64_t workers, int64_t depth, cplug_error *e);
void cplug__pool_close(cplug__pool *p);                            /* waits for workers; batches in slots are freed */
void cplug__pool_begin(cplug__pool *p, int64_t from, int64_t end); /* batches [from, end) of the plan as it stands now */
void cplug__pool_cancel(cplug__pool *p);                           /* until begin, no worker reads the plan */
/* The next batch in order, waiting for it; `fresh` takes its place in the ring. */
cplug__batch *cplug__pool_take(cplug__pool *p, cplug__batch *fresh);
#endif
