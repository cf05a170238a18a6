/* data.c: data sets: opening one from its spec, the options that core itself takes (transforms, target_transforms, limit), field
 * descriptions after the transforms, single samples.  A data set lives until its user and all of its loaders have let go. */
#include "base/mode.h"
#include "data/data.h"
#include <stdio.h>

/* Core's own options sit behind the component's in one block, under one table: so one pass checks and stores them all. */
typedef struct core_options {
    cplug_strings transforms, target_transforms;
    int64_t limit;
} core_options;
static const cplug_option core_option[] = {
    { .name = "transforms",
      .doc = "applied to the field input, in order",
      .type = CPLUG_OPT_SPECS,
      .flags = CPLUG_OPT_UNSET_OK,
      .offset = offsetof(core_options, transforms) },
    { .name = "target_transforms",
      .doc = "applied to the field target, in order",
      .type = CPLUG_OPT_SPECS,
      .flags = CPLUG_OPT_UNSET_OK,
      .offset = offsetof(core_options, target_transforms) },
    { .name = "limit",
      .doc = "only the first samples, this many",
      .type = CPLUG_OPT_INT,
      .flags = CPLUG_OPT_UNSET_OK,
      .offset = offsetof(core_options, limit),
      .min = 0,
      .max = 9.0e18 },
};
static const cplug_options_table core_table = CPLUG_OPTIONS(core_option);

const cplug_options_table *cplug_data_options(void) { return &core_table; }

int64_t cplug__sample_bytes(const cplug_meta *m)
{
    int64_t bytes = (int64_t)cplug_dtype_size(m->dtype);
    for (int32_t d = 0; d < m->ndim; d++)
        if (m->shape[d] >= 0 && __builtin_mul_overflow(bytes, m->shape[d], &bytes)) return -1;
    return bytes;
}

cplug_data *cplug__data_hold(cplug_data *d)
{
    d->refs++;
    return d;
}

static void destroy(cplug_data *d)
{
    for (uint32_t f = 0; d->chains && f < d->info.n_fields; f++) cplug__chain_close(&d->chains[f]);
    if (d->self && d->type->close) d->type->close(d->self);
    cplug__free(d->self);
    cplug__free(d->chains);
    cplug__free(d->fields);
    cplug__arena_free(&d->arena);
    cplug__free(d);
}

void cplug__data_drop(cplug_data *d)
{
    if (d && --d->refs == 0) destroy(d);
}

static void disowned(cplug__owned *o) { cplug__data_drop((cplug_data *)o); }

void cplug_data_close(cplug_data *d)
{
    if (!d) return;
    cplug__disown(&d->owned);
    cplug__data_drop(d);
}

/* The component's table and core's, offsets of the latter moved behind the component's struct. */
static bool merge_tables(cplug_data *d, uint64_t behind, cplug_options_table *out)
{
    const cplug_options_table *theirs = &d->type->options;
    uint32_t n = theirs->n + core_table.n;
    cplug_option *all = cplug__arena_alloc(&d->arena, n * sizeof *all);
    if (!all) return false;
    memset(all, 0, n * sizeof *all);
    for (uint32_t i = 0; i < theirs->n; i++) memcpy(&all[i], cplug__option_at(theirs, i), MIN(theirs->stride, sizeof *all));
    for (uint32_t i = 0; i < core_table.n; i++) {
        all[theirs->n + i] = core_option[i];
        all[theirs->n + i].offset += behind;
    }
    *out = (cplug_options_table){ all, n, (uint32_t)sizeof *all };
    return true;
}

/* What a component claims must be true before core computes with it. */
static cplug_status check_info(cplug_data *d, const char *who, cplug_error *e)
{
    const cplug_dataset_info *info = &d->info;
    if (info->n_fields == 0 || info->n_fields > CPLUG__MAX_FIELDS || !info->fields || info->length < 0)
        return cplug__error_fill(e, CPLUG_E_INVALID,
                                 "%s: the component gave %u fields and length %lld; expected 1 to %d fields and a length of 0 or more", who,
                                 info->n_fields, (long long)info->length, (int)CPLUG__MAX_FIELDS);
    for (uint32_t f = 0; f < info->n_fields; f++) {
        const cplug_field *field = &info->fields[f];
        bool good = field->name && cplug_dtype_size(field->meta.dtype) && field->meta.ndim >= 0 &&
                    field->meta.ndim <= CPLUG__MAX_SAMPLE_DIMS && cplug__sample_bytes(&field->meta) >= 0;
        for (int32_t k = 0; good && k < field->meta.ndim; k++) {
            good = field->meta.shape[k] >= -1;
            d->ragged |= field->meta.shape[k] == -1;
        }
        if (!good)
            return cplug__error_fill(e, CPLUG_E_INVALID,
                                     "%s: the component's field %u has no name, an unknown dtype or an impossible shape", who, f);
    }
    if (d->ragged && (!CPLUG_HAS(d->type, measure) || !d->type->measure))
        return cplug__error_fill(e, CPLUG_E_INVALID, "%s: the component has a field whose size differs but no measure function", who);
    return CPLUG_OK;
}

static cplug_status open_component(cplug_data *d, const char *options, const char *base_dir, const char *who, core_options **core,
                                   cplug_error *e)
{
    uint64_t behind = (d->type->instance_size + 15) & ~(uint64_t)15;
    cplug_options_table table;
    char *block = cplug__alloc(behind + sizeof(core_options));
    if (!block || !merge_tables(d, behind, &table)) {
        cplug__free(block);
        return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for %s", who);
    }
    *core = (core_options *)(void *)(block + behind);
    cplug_status status = cplug__options_store(&d->arena, &table, options, base_dir, who, block, e);
    if (status != CPLUG_OK) {
        cplug__free(block);
        return status;
    }
    d->self = block; /* from here on the component's close is owed */
    d->info.struct_size = sizeof d->info;
    status = d->type->open(cplug_host_table(), d->self, &d->info, e);
    if (status != CPLUG_OK) {
        cplug_error cause = *e;
        d->info.n_fields = 0;
        return cplug__error_fill(e, status, "%s: %s", who, cause.message[0] ? cause.message : "could not be opened");
    }
    return check_info(d, who, e);
}

static cplug_status open_chains(cplug_data *d, const core_options *core, const char *base_dir, const char *who, cplug_error *e)
{
    d->fields = cplug__alloc(d->info.n_fields * sizeof *d->fields);
    d->chains = cplug__alloc(d->info.n_fields * sizeof *d->chains);
    if (!d->fields || !d->chains) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for %s", who);
    for (uint32_t f = 0; f < d->info.n_fields; f++) d->fields[f] = d->info.fields[f];
    d->length = core->limit == CPLUG_UNSET ? d->info.length : MIN(core->limit, d->info.length);
    const cplug_strings *specs[2] = { &core->transforms, &core->target_transforms };
    for (uint32_t k = 0; k < 2; k++) {
        if (specs[k]->n == 0) continue;
        int32_t f = cplug__data_role(d, k ? "target" : "input", k);
        if (f < 0)
            return cplug__error_fill(e, CPLUG_E_INVALID, "%s has no field '%s' for %s", who, k ? "target" : "input", core_option[k].name);
        cplug_status status = cplug__chain_open(d, &d->chains[f], specs[k], &d->info.fields[f].meta, base_dir, e);
        if (status != CPLUG_OK) return status;
        d->fields[f].meta = d->chains[f].at[d->chains[f].n - 1].out;
    }
    return CPLUG_OK;
}

static cplug_data *fresh(cplug_context *ctx)
{
    cplug_data *d = cplug__alloc(sizeof *d);
    if (!d) {
        cplug__nomem(ctx, "a data set");
        return NULL;
    }
    d->ctx = ctx;
    d->refs = 1;
    return d;
}

cplug_data *cplug__data_over(cplug_context *ctx, const cplug_dataset *type, void *self)
{
    static const core_options none = { .limit = CPLUG_UNSET };
    cplug_error e = CPLUG__ERROR_INIT;
    cplug_data *d = fresh(ctx);
    if (!d) {
        type->close(self);
        cplug__free(self);
        return NULL;
    }
    d->type = type;
    d->self = self;
    d->info.struct_size = sizeof d->info;
    if (type->open(cplug_host_table(), self, &d->info, &e) != CPLUG_OK || check_info(d, type->doc, &e) != CPLUG_OK ||
        open_chains(d, &none, NULL, type->doc, &e) != CPLUG_OK) {
        cplug__raise(ctx, &e, NULL);
        destroy(d);
        return NULL;
    }
    cplug__own(ctx, &d->owned, disowned);
    return d;
}

cplug_data *cplug_data_open(cplug_context *ctx, const char *spec, const char *base_dir)
{
    CPLUG__OWN_MODE;
    if (!ctx || cplug_failed(ctx)) return NULL;
    cplug_error e = CPLUG__ERROR_INIT;
    const char *id = NULL, *options = NULL;
    core_options *core = NULL;
    char who[96];
    if (!spec) {
        cplug_error_set(ctx, CPLUG_E_INVALID, "cplug_data_open: the spec is NULL; expected \"id key=value ...\"");
        return NULL;
    }
    cplug_data *d = fresh(ctx);
    if (!d) return NULL;
    if (!cplug__spec_split(&d->arena, spec, &id, &options, &e)) goto fail;
    d->type = cplug_component(ctx, "dataset", id);
    if (!d->type) goto fail;
    snprintf(who, sizeof who, "data set '%.64s'", id);
    if (open_component(d, options, base_dir, who, &core, &e) != CPLUG_OK) goto fail;
    if (open_chains(d, core, base_dir, who, &e) != CPLUG_OK) goto fail;
    cplug__own(ctx, &d->owned, disowned);
    return d;
fail:
    if (!cplug_failed(ctx)) cplug__raise(ctx, &e, NULL);
    destroy(d);
    return NULL;
}

int64_t cplug_data_length(const cplug_data *d) { return d ? d->length : 0; }
uint32_t cplug_data_n_fields(const cplug_data *d) { return d ? d->info.n_fields : 0; }
const cplug_field *cplug_data_field(const cplug_data *d, uint32_t i) { return d && i < d->info.n_fields ? &d->fields[i] : NULL; }

int32_t cplug__data_role(const cplug_data *d, const char *role, uint32_t otherwise)
{
    for (uint32_t f = 0; f < d->info.n_fields; f++)
        if (strcmp(d->info.fields[f].name, role) == 0) return (int32_t)f;
    if (otherwise >= d->info.n_fields) return -1;
    const char *other = otherwise ? "input" : "target";
    return strcmp(d->info.fields[otherwise].name, other) == 0 ? -1 : (int32_t)otherwise;
}

/* One sample through a reader of its own, into fresh host memory that becomes one tensor a field. */
static cplug_status get_sample(cplug_data *d, int64_t i, cplug_tensor **out, uint32_t n_out, cplug_error *e)
{
    cplug__reader reader;
    cplug_meta raw[CPLUG__MAX_FIELDS], meta[CPLUG__MAX_FIELDS];
    void *memory[CPLUG__MAX_FIELDS] = { NULL };
    int64_t bad = i;
    cplug_status status = cplug__reader_open(&reader, d, e);
    if (status != CPLUG_OK) return status;
    status = cplug__reader_measure(&reader, i, raw, e);
    for (uint32_t f = 0; status == CPLUG_OK && f < d->info.n_fields; f++) {
        meta[f] = raw[f];
        if (d->chains[f].n) cplug__chain_meta(&d->chains[f], d->chains[f].n - 1, &raw[f], &meta[f]);
        memory[f] = cplug__alloc((uint64_t)MAX(cplug__sample_bytes(&meta[f]), 1));
        if (!memory[f]) status = cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for a sample");
    }
    if (status == CPLUG_OK) status = cplug__reader_fill(&reader, raw, &i, 1, d->ctx->seed, 0, memory, &bad, e);
    for (uint32_t f = 0; status == CPLUG_OK && f < n_out; f++) {
        out[f] = cplug_from_array(d->ctx, meta[f].dtype, meta[f].ndim, meta[f].shape, memory[f]);
        if (!out[f]) status = cplug_failed(d->ctx);
    }
    for (uint32_t f = 0; f < d->info.n_fields; f++) cplug__free(memory[f]);
    cplug__reader_close(&reader);
    return status;
}

cplug_status cplug_data_get(cplug_data *d, int64_t i, cplug_tensor **out, uint32_t n_out)
{
    CPLUG__OWN_MODE;
    for (uint32_t f = 0; out && f < n_out; f++) out[f] = NULL;
    if (!d) return CPLUG_E_INVALID;
    cplug_context *ctx = d->ctx;
    if (cplug_failed(ctx)) return cplug_failed(ctx);
    if (!out || n_out > d->info.n_fields)
        return cplug_error_set(ctx, CPLUG_E_INVALID, "cplug_data_get: %u fields asked, data set '%s' has %u", n_out, d->type->id,
                               d->info.n_fields);
    if (i < 0 || i >= d->length)
        return cplug_error_set(ctx, CPLUG_E_INVALID, "cplug_data_get: sample %lld of data set '%s' is out of range; it has %lld",
                               (long long)i, d->type->id, (long long)d->length);
    cplug_error e = CPLUG__ERROR_INIT;
    cplug_status status = get_sample(d, i, out, n_out, &e);
    if (status == CPLUG_OK || cplug_failed(ctx)) return status;
    return cplug_error_set(ctx, status, "data set '%s', sample %lld: %s", d->type->id, (long long)i, e.message);
}

cplug_status cplug_data_same_classes(cplug_data *a, cplug_data *b)
{
    if (!a || !b) return CPLUG_E_INVALID;
    if (cplug_failed(a->ctx)) return cplug_failed(a->ctx);
    int32_t fa = cplug__data_role(a, "target", 1), fb = cplug__data_role(b, "target", 1);
    const cplug_field none = { 0 }, *x = fa < 0 ? &none : &a->fields[fa], *y = fb < 0 ? &none : &b->fields[fb];
    if (x->n_classes != y->n_classes)
        return cplug_error_set(a->ctx, CPLUG_E_INVALID,
                               "data sets '%s' and '%s' do not have the same classes: %lld and %lld; labels would not agree", a->type->id,
                               b->type->id, (long long)x->n_classes, (long long)y->n_classes);
    for (int64_t i = 0; x->classes && y->classes && i < x->n_classes; i++)
        if (strcmp(x->classes[i], y->classes[i]) != 0)
            return cplug_error_set(a->ctx, CPLUG_E_INVALID,
                                   "data sets '%s' and '%s' do not have the same classes: class %lld is '%s' and '%s'", a->type->id,
                                   b->type->id, (long long)i, x->classes[i], y->classes[i]);
    return CPLUG_OK;
}
