/* dropout.c: dropout of single elements and of whole channels (Srivastava et al. 2014; Tompson et al. 2015), only in training. */
#include "layers.h"

typedef struct dropout {
    double p;
    int64_t inplace;
} dropout;
static const cplug_option options[] = {
    { "p", "probability of being zeroed", CPLUG_OPT_FLOAT, 0, offsetof(dropout, p), "0.5", 0, 1, NULL, NULL, 0, 0 },
    { "inplace", "write over the input", CPLUG_OPT_BOOL, 0, offsetof(dropout, inplace), "false", 0, 0, NULL, NULL, 0, 0 },
};
static void describe(const cplug_module *m, const void *self, char *text, uint64_t size)
{
    const dropout *d = (const dropout *)self;
    char room[TEXT_SMALL];
    (void)m;
    snprintf(text, size, "p=%s, inplace=%s", text_float(d->p, room), text_bool(d->inplace));
}
static cplug_status finish(cplug_module *m, const dropout *d, cplug_tensor *x, cplug_tensor *y, cplug_tensor **out)
{
    out[0] = y;
    if (d->inplace && y != x) {
        out[0] = x;
        cplug_copy_(x, y);
    }
    return cplug_failed(cplug_module_context(m));
}
static cplug_status dropout_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    const dropout *d = (const dropout *)self;
    (void)n_in, (void)n_out;
    return finish(m, d, in[0], cplug_dropout(in[0], d->p, cplug_module_training(m)), out);
}
/* One draw a channel: N,C,... has N C of them.  A 3-d input is N,C,L, as in torch.nn.functional.dropout2d. */
static cplug_status dropout2d_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out,
                                      uint32_t n_out)
{
    const dropout *d = (const dropout *)self;
    (void)n_in, (void)n_out;
    const int32_t ndim = cplug_tensor_ndim(in[0]);
    if (ndim < 3 || ndim > 4)
        return cplug_error_set(cplug_module_context(m), CPLUG_E_SHAPE, "dropout2d: expected an input of 3 or 4 dimensions, got %d",
                               (int)ndim);
    if (!cplug_module_training(m) || d->p == 0) return finish(m, d, in[0], in[0], out);
    int64_t shape[4] = { cplug_tensor_size(in[0], 0), cplug_tensor_size(in[0], 1), 1, 1 };
    cplug_tensor *ones = cplug_to(cplug_ones(cplug_module_context(m), cplug_tensor_dtype(in[0]), ndim, shape), 0,
                                  cplug_tensor_device(in[0]));
    return finish(m, d, in[0], cplug_mul(in[0], cplug_dropout(ones, d->p, 1)), out);
}
const cplug_module_type layer_dropout = {
    .struct_size = sizeof layer_dropout,
    .id = "dropout",
    .class_name = "Dropout",
    .doc = "zeroes elements at random in training and scales the rest by 1 / (1 - p)",
    .options = CPLUG_OPTIONS(options),
    .instance_size = sizeof(dropout),
    .forward = dropout_forward,
    .describe = describe,
    .n_inputs = 1,
    .n_outputs = 1,
};
const cplug_module_type layer_dropout2d = {
    .struct_size = sizeof layer_dropout2d,
    .id = "dropout2d",
    .class_name = "Dropout2d",
    .doc = "zeroes whole channels at random in training and scales the rest by 1 / (1 - p)",
    .options = CPLUG_OPTIONS(options),
    .instance_size = sizeof(dropout),
    .forward = dropout2d_forward,
    .describe = describe,
    .n_inputs = 1,
    .n_outputs = 1,
};
