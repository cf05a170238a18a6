/* shape.c: layers that only look at the same numbers in another shape: flatten, unflatten, identity. */
#include "layers.h"

/* ---- flatten ---- */
typedef struct flatten {
    int64_t start_dim, end_dim;
} flatten;
static const cplug_option flatten_options[] = {
    { "start_dim", "first dimension to join", CPLUG_OPT_INT, 0, offsetof(flatten, start_dim), "1", -CPLUG_MAX_DIMS, CPLUG_MAX_DIMS, NULL,
      NULL, 0, 0 },
    { "end_dim", "last dimension to join", CPLUG_OPT_INT, 0, offsetof(flatten, end_dim), "-1", -CPLUG_MAX_DIMS, CPLUG_MAX_DIMS, NULL, NULL,
      0, 0 },
};
static cplug_status flatten_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    const flatten *f = (const flatten *)self;
    (void)n_in, (void)n_out;
    out[0] = cplug_flatten(in[0], (int32_t)f->start_dim, (int32_t)f->end_dim);
    return out[0] ? CPLUG_OK : cplug_failed(cplug_module_context(m));
}
static void flatten_describe(const cplug_module *m, const void *self, char *text, uint64_t size)
{
    const flatten *f = (const flatten *)self;
    (void)m;
    snprintf(text, size, "start_dim=%" PRId64 ", end_dim=%" PRId64, f->start_dim, f->end_dim);
}
const cplug_module_type layer_flatten = {
    .struct_size = sizeof layer_flatten,
    .id = "flatten",
    .class_name = "Flatten",
    .doc = "joins dimensions into one, all but the batch by default",
    .options = CPLUG_OPTIONS(flatten_options),
    .instance_size = sizeof(flatten),
    .forward = flatten_forward,
    .describe = flatten_describe,
    .n_inputs = 1,
    .n_outputs = 1,
};

/* ---- unflatten ---- */
typedef struct unflatten {
    int64_t dim;
    cplug_ints sizes;
} unflatten;
static const cplug_option unflatten_options[] = {
    { "dim", "dimension to split", CPLUG_OPT_INT, CPLUG_OPT_REQUIRED, offsetof(unflatten, dim), NULL, -CPLUG_MAX_DIMS, CPLUG_MAX_DIMS, NULL,
      NULL, 0, 0 },
    { "unflattened_size", "sizes that take its place; one may be -1", CPLUG_OPT_INTS, CPLUG_OPT_REQUIRED, offsetof(unflatten, sizes), NULL,
      -1, LAYER_MAX_SIZE, NULL, NULL, 1, CPLUG_MAX_DIMS },
};
static cplug_status unflatten_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out,
                                      uint32_t n_out)
{
    const unflatten *u = (const unflatten *)self;
    (void)n_in, (void)n_out;
    out[0] = cplug_unflatten(in[0], (int32_t)u->dim, (int32_t)u->sizes.n, u->sizes.v);
    return out[0] ? CPLUG_OK : cplug_failed(cplug_module_context(m));
}
static void unflatten_describe(const cplug_module *m, const void *self, char *text, uint64_t size)
{
    const unflatten *u = (const unflatten *)self;
    char sizes[CPLUG_MAX_DIMS * 24] = "";
    (void)m;
    for (int64_t i = 0; i < u->sizes.n; i++) {
        const size_t used = strlen(sizes);
        snprintf(sizes + used, sizeof sizes - used, "%s%" PRId64, i ? ", " : "", u->sizes.v[i]);
    }
    snprintf(text, size, "dim=%" PRId64 ", unflattened_size=(%s%s)", u->dim, sizes, u->sizes.n == 1 ? "," : "");
}
const cplug_module_type layer_unflatten = {
    .struct_size = sizeof layer_unflatten,
    .id = "unflatten",
    .class_name = "Unflatten",
    .doc = "splits one dimension into several",
    .options = CPLUG_OPTIONS(unflatten_options),
    .instance_size = sizeof(unflatten),
    .forward = unflatten_forward,
    .describe = unflatten_describe,
    .n_inputs = 1,
    .n_outputs = 1,
};

/* ---- identity ---- */
static cplug_status identity_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out,
                                     uint32_t n_out)
{
    (void)m, (void)self, (void)n_in, (void)n_out;
    out[0] = in[0];
    return CPLUG_OK;
}
const cplug_module_type layer_identity = {
    .struct_size = sizeof layer_identity,
    .id = "identity",
    .class_name = "Identity",
    .doc = "gives its input back",
    .options = CPLUG_NO_OPTIONS,
    .forward = identity_forward,
    .n_inputs = 1,
    .n_outputs = 1,
};
