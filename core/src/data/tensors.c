/* tensors.c: a data set over tensors, as torch.utils.data.TensorDataset: row i of each is sample i.  The rows are copied to host memory of
 * its own, once: so workers read without asking anybody, and the tensors are free to change or go. */
#include "base/mode.h"
#include "data/data.h"

static const char *const names[CPLUG__MAX_FIELDS] = {
    "input",  "target", "field2",  "field3",  "field4",  "field5",  "field6",  "field7",
    "field8", "field9", "field10", "field11", "field12", "field13", "field14", "field15"
};

typedef struct rows {
    int64_t length;
    uint32_t n, reserved;
    cplug_field field[CPLUG__MAX_FIELDS];
    size_t row[CPLUG__MAX_FIELDS]; /* bytes of one */
    char *data[CPLUG__MAX_FIELDS]; /* NULL for zero elements */
} rows;

static cplug_status rows_open(const cplug_host *host, void *self, cplug_dataset_info *info, cplug_error *e)
{
    const rows *r = self;
    (void)host, (void)e;
    info->length = r->length;
    info->fields = r->field;
    info->n_fields = r->n;
    return CPLUG_OK;
}

static cplug_status rows_read(void *self, const int64_t *index, int64_t n, cplug_view *const *out, cplug_error *e)
{
    const rows *r = self;
    (void)e;
    for (uint32_t f = 0; f < r->n; f++) {
        const size_t row = r->row[f];
        char *to = out[f]->data;
        for (int64_t k = 0; row && k < n; k++) memcpy(to + (size_t)k * row, r->data[f] + (size_t)index[k] * row, row);
    }
    return CPLUG_OK;
}

static void rows_close(void *self)
{
    rows *r = self;
    for (uint32_t f = 0; f < r->n; f++) cplug__free(r->data[f]);
}

static const cplug_dataset type = { .struct_size = sizeof type,
                                    .id = "tensors",
                                    .doc = "a data set of tensors",
                                    .options = CPLUG_NO_OPTIONS,
                                    .instance_size = sizeof(rows),
                                    .open = rows_open,
                                    .read = rows_read,
                                    .close = rows_close };

static bool fits(cplug_context *ctx, cplug_tensor *const *tensors, uint32_t n)
{
    if (!tensors || n == 0 || n > CPLUG__MAX_FIELDS) {
        cplug_error_set(ctx, CPLUG_E_INVALID, "cplug_data_of: got %u tensors; expected 1 to %d", tensors ? n : 0, (int)CPLUG__MAX_FIELDS);
        return false;
    }
    for (uint32_t f = 0; f < n; f++) {
        if (!tensors[f]) {
            cplug_error_set(ctx, CPLUG_E_INVALID, "cplug_data_of: tensor %u (%s) is NULL", f, names[f]);
            return false;
        }
        if (!cplug__usable(ctx, tensors[f])) return false;
        if (cplug_tensor_ndim(tensors[f]) == 0) {
            cplug_error_set(ctx, CPLUG_E_SHAPE,
                            "cplug_data_of: tensor %u (%s) has no dimensions; dimension 0 counts the samples: give it one with "
                            "cplug_unsqueeze",
                            f, names[f]);
            return false;
        }
        const int64_t first = cplug_tensor_size(tensors[0], 0), own = cplug_tensor_size(tensors[f], 0);
        if (own != first) {
            cplug_error_set(ctx, CPLUG_E_SHAPE,
                            "cplug_data_of: tensor 0 (%s) has %lld samples, tensor %u (%s) has %lld; expected the same size of dimension 0",
                            names[0], (long long)first, f, names[f], (long long)own);
            return false;
        }
    }
    return true;
}

static bool take(cplug_context *ctx, rows *r, cplug_tensor *t)
{
    const uint32_t f = r->n++;
    const int64_t *shape = cplug_tensor_shape(t);
    cplug_meta *sample = &r->field[f].meta;
    uint64_t bytes;
    r->field[f].name = names[f];
    sample->dtype = cplug_tensor_dtype(t);
    sample->ndim = cplug_tensor_ndim(t) - 1;
    memcpy(sample->shape, shape + 1, (size_t)sample->ndim * sizeof *shape);
    const bool huge = __builtin_mul_overflow((uint64_t)cplug_tensor_numel(t), cplug_dtype_size(sample->dtype), &bytes);
    if (huge || (bytes && !(r->data[f] = cplug__alloc(bytes)))) {
        cplug__nomem(ctx, "a data set of tensors");
        return false;
    }
    r->row[f] = shape[0] ? bytes / (uint64_t)shape[0] : 0;
    return cplug_to_array(t, r->data[f], bytes) == CPLUG_OK;
}

cplug_data *cplug_data_of(cplug_context *ctx, cplug_tensor *const *tensors, uint32_t n)
{
    CPLUG__OWN_MODE;
    if (!ctx || cplug_failed(ctx) || !fits(ctx, tensors, n)) return NULL;
    rows *r = cplug__alloc(sizeof *r);
    if (!r) {
        cplug__nomem(ctx, "a data set of tensors");
        return NULL;
    }
    r->length = cplug_tensor_size(tensors[0], 0);
    for (uint32_t f = 0; f < n; f++)
        if (!take(ctx, r, tensors[f])) {
            rows_close(r);
            cplug__free(r);
            return NULL;
        }
    return cplug__data_over(ctx, &type, r);
}
