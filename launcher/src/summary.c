/* summary.c: the layers of a model with what they cost: parameters, multiply-adds of a forward pass of one sample, the bytes of what comes
 * out of them for a batch.  Linear and convolution layers are counted, as fvcore and torchinfo do; pointwise work is small beside them. */
#include "mode.h"
#include "run.h"

static int64_t times(int64_t a, int64_t b)
{
    int64_t out;
    return __builtin_mul_overflow(a, b, &out) ? INT64_MAX : out;
}

static int64_t plus(int64_t a, int64_t b)
{
    int64_t out;
    return __builtin_add_overflow(a, b, &out) ? INT64_MAX : out;
}

static int64_t numel(const cplug_meta *m)
{
    int64_t n = 1;
    for (int32_t d = 0; d < m->ndim; d++) n = times(n, m->shape[d]);
    return n;
}

/* Each output takes one row of the weight: [out, in] for the last dimension of the output, [out, in, k...] for its second. */
static int64_t multiply_adds(cplug_module *m, const cplug_meta *out)
{
    const cplug_named_tensor *list = NULL;
    const int64_t n = cplug_module_named(m, CPLUG_PARAMETERS, &list);
    for (int64_t i = 0; i < n; i++) {
        cplug_meta w;
        if (strcmp(list[i].name, "weight") != 0) continue;
        cplug_tensor_meta(list[i].tensor, &w);
        const int32_t channel = w.ndim > 2 ? 1 : out->ndim - 1;
        if (w.ndim < 2 || channel < 0 || channel >= out->ndim || w.shape[0] != out->shape[channel] || w.shape[0] == 0) return 0;
        return times(numel(&w) / w.shape[0], numel(out));
    }
    return 0;
}

static int64_t weight_bytes(cplug_run *r)
{
    static const int32_t kinds[] = { CPLUG_PARAMETERS, CPLUG_BUFFERS };
    int64_t bytes = 0;
    for (uint32_t k = 0; k < CPLUG_COUNT(kinds); k++) {
        const cplug_named_tensor *list = NULL;
        const int64_t n = cplug_module_named(r->model, kinds[k], &list);
        for (int64_t i = 0; i < n; i++)
            bytes = plus(bytes, times(cplug_tensor_numel(list[i].tensor), (int64_t)cplug_dtype_size(cplug_tensor_dtype(list[i].tensor))));
    }
    return bytes;
}

cplug_status cplug_run_summary(cplug_run *r, void (*row)(void *arg, const cplug_layer_row *row), void *arg, cplug_totals *out)
{
    CPLUG__OWN_MODE;
    int64_t shape[CPLUG_MAX_DIMS] = { 0 };
    const cplug_summary_row *rows = NULL;
    cplug_totals all = CPLUG_TOTALS;
    if (r == NULL || r->code != CPLUG_RUN_OK) return CPLUG_E_INVALID;
    all.layers = cplug_module_summary(r->model, cplug_run_input_shape(r, shape), shape, &rows);
    if (all.layers < 0) return cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "");
    all.batch_size = r->plan.train.batch_size;
    all.parameters = cplug_module_n_parameters(r->model);
    for (int64_t i = 0; i < all.layers; i++) {
        const cplug_summary_row *s = &rows[i];
        cplug_module *m = cplug_module_get(r->model, s->path);
        const cplug_layer_row one = {
            (uint32_t)sizeof one, 0, s->path, s->type, &s->output, s->parameters, s->trainable, m != NULL ? multiply_adds(m, &s->output) : 0
        };
        all.trainable = plus(all.trainable, one.trainable);
        all.multiply_adds = plus(all.multiply_adds, one.multiply_adds);
        all.output_bytes = plus(all.output_bytes,
                                times(times(numel(&s->output), all.batch_size), (int64_t)cplug_dtype_size(s->output.dtype)));
        if (row != NULL) row(arg, &one);
    }
    all.weight_bytes = weight_bytes(r);
    const uint32_t size = out->struct_size < sizeof all ? out->struct_size : (uint32_t)sizeof all;
    memcpy(out, &all, size);
    out->struct_size = size;
    return CPLUG_OK;
}
