/* pool.c: 2-d max and average pooling; input [N,] C, H, W. */
#include "layers.h"

typedef struct pool2d {
    cplug_ints kernel_size, stride, padding, dilation;
    int64_t ceil_mode, count_include_pad, divisor_override;
} pool2d;
#define KERNEL                                                                                                                             \
    {                                                                                                                                      \
        "kernel_size", "height and width of the window", CPLUG_OPT_INTS, CPLUG_OPT_REQUIRED, offsetof(pool2d, kernel_size), NULL, 1,       \
            LAYER_MAX_SIZE, NULL, NULL, 1, 2                                                                                               \
    }
#define STRIDE                                                                                                                             \
    {                                                                                                                                      \
        "stride", "step of the window; none: its size", CPLUG_OPT_INTS, CPLUG_OPT_UNSET_OK, offsetof(pool2d, stride), NULL, 1,             \
            LAYER_MAX_SIZE, NULL, NULL, 1, 2                                                                                               \
    }
#define PADDING                                                                                                                            \
    {                                                                                                                                      \
        "padding", "rows and columns around the input, at most half the window", CPLUG_OPT_INTS, 0, offsetof(pool2d, padding), "0", 0,     \
            LAYER_MAX_SIZE, NULL, NULL, 1, 2                                                                                               \
    }
#define CEIL_MODE                                                                                                                          \
    {                                                                                                                                      \
        "ceil_mode", "round the output's size up", CPLUG_OPT_BOOL, 0, offsetof(pool2d, ceil_mode), "false", 0, 0, NULL, NULL, 0, 0         \
    }
static const cplug_option max_options[] = {
    KERNEL,
    STRIDE,
    PADDING,
    { "dilation", "distance of the window's elements", CPLUG_OPT_INTS, 0, offsetof(pool2d, dilation), "1", 1, LAYER_MAX_SIZE, NULL, NULL, 1,
      2 },
    CEIL_MODE,
};
static const cplug_option avg_options[] = {
    KERNEL,
    STRIDE,
    PADDING,
    CEIL_MODE,
    { "count_include_pad", "the padding counts in the mean", CPLUG_OPT_BOOL, 0, offsetof(pool2d, count_include_pad), "true", 0, 0, NULL,
      NULL, 0, 0 },
    { "divisor_override", "divide by this instead of the window's size", CPLUG_OPT_INT, CPLUG_OPT_UNSET_OK,
      offsetof(pool2d, divisor_override), NULL, 1, LAYER_MAX_SIZE, NULL, NULL, 0, 0 },
};

static cplug_pool2d_args args_of(const pool2d *p)
{
    cplug_pool2d_args a = CPLUG_POOL2D_ARGS;
    take_pair(p->kernel_size, 1, a.kernel);
    take_pair(p->stride, 0, a.stride);
    take_pair(p->padding, 0, a.padding);
    take_pair(p->dilation, 1, a.dilation);
    a.ceil_mode = p->ceil_mode != 0;
    return a;
}
static cplug_status max_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    const cplug_pool2d_args a = args_of((const pool2d *)self);
    (void)n_in, (void)n_out;
    out[0] = cplug_max_pool2d(in[0], &a, NULL);
    return out[0] ? CPLUG_OK : cplug_failed(cplug_module_context(m));
}
static cplug_status avg_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    const pool2d *p = (const pool2d *)self;
    cplug_pool2d_args a = args_of(p);
    (void)n_in, (void)n_out;
    a.count_include_pad = p->count_include_pad != 0;
    a.divisor_override = p->divisor_override == CPLUG_UNSET ? 0 : p->divisor_override;
    out[0] = cplug_avg_pool2d(in[0], &a);
    return out[0] ? CPLUG_OK : cplug_failed(cplug_module_context(m));
}
static cplug_ints stride_of(const pool2d *p) { return p->stride.n ? p->stride : p->kernel_size; }
static void max_describe(const cplug_module *m, const void *self, char *text, uint64_t size)
{
    const pool2d *p = (const pool2d *)self;
    char a[TEXT_SMALL], b[TEXT_SMALL], c[TEXT_SMALL], d[TEXT_SMALL];
    (void)m;
    snprintf(text, size, "kernel_size=%s, stride=%s, padding=%s, dilation=%s, ceil_mode=%s", text_ints(p->kernel_size, a),
             text_ints(stride_of(p), b), text_ints(p->padding, c), text_ints(p->dilation, d), text_bool(p->ceil_mode));
}
static void avg_describe(const cplug_module *m, const void *self, char *text, uint64_t size)
{
    const pool2d *p = (const pool2d *)self;
    char a[TEXT_SMALL], b[TEXT_SMALL], c[TEXT_SMALL];
    (void)m;
    snprintf(text, size, "kernel_size=%s, stride=%s, padding=%s", text_ints(p->kernel_size, a), text_ints(stride_of(p), b),
             text_ints(p->padding, c));
}
const cplug_module_type layer_max_pool2d = {
    .struct_size = sizeof layer_max_pool2d,
    .id = "max_pool2d",
    .class_name = "MaxPool2d",
    .doc = "largest element of each window",
    .options = CPLUG_OPTIONS(max_options),
    .instance_size = sizeof(pool2d),
    .forward = max_forward,
    .describe = max_describe,
    .n_inputs = 1,
    .n_outputs = 1,
};
const cplug_module_type layer_avg_pool2d = {
    .struct_size = sizeof layer_avg_pool2d,
    .id = "avg_pool2d",
    .class_name = "AvgPool2d",
    .doc = "mean of each window",
    .options = CPLUG_OPTIONS(avg_options),
    .instance_size = sizeof(pool2d),
    .forward = avg_forward,
    .describe = avg_describe,
    .n_inputs = 1,
    .n_outputs = 1,
};
