/* conv.c: 2-d convolution (https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html).
 * input [N,] in, H, W; weight [out, in / groups, kh, kw]; bias [out] */
#include "layers.h"

typedef struct conv2d {
    int64_t in_channels, out_channels;
    cplug_ints kernel_size, stride, padding, dilation;
    int64_t groups, bias;
} conv2d;
enum { WEIGHT, BIAS };
static const cplug_option options[] = {
    { "in_channels", "channels of an input; left out: of the first one seen", CPLUG_OPT_INT, CPLUG_OPT_UNSET_OK,
      offsetof(conv2d, in_channels), NULL, 1, LAYER_MAX_SIZE, NULL, NULL, 0, 0 },
    { "out_channels", "channels of an output", CPLUG_OPT_INT, CPLUG_OPT_REQUIRED, offsetof(conv2d, out_channels), NULL, 1, LAYER_MAX_SIZE,
      NULL, NULL, 0, 0 },
    { "kernel_size", "height and width of the window", CPLUG_OPT_INTS, CPLUG_OPT_REQUIRED, offsetof(conv2d, kernel_size), NULL, 1,
      LAYER_MAX_SIZE, NULL, NULL, 1, 2 },
    { "stride", "step of the window", CPLUG_OPT_INTS, 0, offsetof(conv2d, stride), "1", 1, LAYER_MAX_SIZE, NULL, NULL, 1, 2 },
    { "padding", "zeros around the input", CPLUG_OPT_INTS, 0, offsetof(conv2d, padding), "0", 0, LAYER_MAX_SIZE, NULL, NULL, 1, 2 },
    { "dilation", "distance of the window's elements", CPLUG_OPT_INTS, 0, offsetof(conv2d, dilation), "1", 1, LAYER_MAX_SIZE, NULL, NULL, 1,
      2 },
    { "groups", "groups of channels that do not see each other", CPLUG_OPT_INT, 0, offsetof(conv2d, groups), "1", 1, LAYER_MAX_SIZE, NULL,
      NULL, 0, 0 },
    { "bias", "add a learned number to each channel", CPLUG_OPT_BOOL, 0, offsetof(conv2d, bias), "true", 0, 0, NULL, NULL, 0, 0 },
};

static cplug_status declare(cplug_module *m, const conv2d *c, int64_t in_channels)
{
    int64_t kernel[2];
    take_pair(c->kernel_size, 1, kernel);
    const int64_t odd = in_channels % c->groups ? in_channels : c->out_channels % c->groups ? c->out_channels : 0;
    if (odd)
        return cplug_error_set(cplug_module_context(m), CPLUG_E_INVALID, "conv2d: %s=%" PRId64 " must be divisible by groups=%" PRId64,
                               in_channels % c->groups ? "in_channels" : "out_channels", odd, c->groups);
    const int64_t shape[4] = { c->out_channels, in_channels / c->groups, kernel[0], kernel[1] };
    if ((double)shape[1] * (double)kernel[0] * (double)kernel[1] > LAYER_MAX_SIZE)
        return cplug_error_set(cplug_module_context(m), CPLUG_E_INVALID,
                               "conv2d: a window of %" PRId64 " x %" PRId64 " x %" PRId64 " inputs is too large", shape[1], kernel[0],
                               kernel[1]);
    return declare_weight(m, 4, shape, shape[1] * kernel[0] * kernel[1], c->bias);
}
static cplug_status build(cplug_module *m, void *self)
{
    const conv2d *c = (const conv2d *)self;
    return c->in_channels == CPLUG_UNSET ? CPLUG_OK : declare(m, c, c->in_channels);
}
static cplug_status first_use(cplug_module *m, void *self, const cplug_meta *in, uint32_t n)
{
    conv2d *c = (conv2d *)self;
    (void)n;
    if (c->in_channels != CPLUG_UNSET) return CPLUG_OK;
    if (in[0].ndim != 3 && in[0].ndim != 4)
        return cplug_error_set(cplug_module_context(m), CPLUG_E_SHAPE, "conv2d: expected an input C,H,W or N,C,H,W, got %d dimensions",
                               (int)in[0].ndim);
    const int64_t in_channels = in[0].shape[in[0].ndim - 3];
    if (in_channels < 1) return cplug_error_set(cplug_module_context(m), CPLUG_E_SHAPE, "conv2d: the first input has no channels");
    const cplug_status st = declare(m, c, in_channels);
    if (!st) c->in_channels = in_channels;
    return st;
}
static cplug_status forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    const conv2d *c = (const conv2d *)self;
    (void)n_in, (void)n_out;
    cplug_conv2d_args a = CPLUG_CONV2D_ARGS;
    take_pair(c->stride, 1, a.stride);
    take_pair(c->padding, 0, a.padding);
    take_pair(c->dilation, 1, a.dilation);
    a.groups = c->groups;
    out[0] = cplug_conv2d(in[0], cplug_module_tensor(m, WEIGHT), cplug_module_tensor(m, BIAS), &a);
    return out[0] ? CPLUG_OK : cplug_failed(cplug_module_context(m));
}
/* ", padding=(1, 1)" unless both are the default */
static const char *unless(const char *name, cplug_ints list, int64_t usual, char room[2 * TEXT_SMALL])
{
    int64_t pair[2];
    char text[TEXT_SMALL];
    take_pair(list, usual, pair);
    if (pair[0] == usual && pair[1] == usual) return "";
    snprintf(room, 2 * TEXT_SMALL, ", %s=%s", name, text_pair(pair, text));
    return room;
}
static void describe(const cplug_module *m, const void *self, char *text, uint64_t size)
{
    const conv2d *c = (const conv2d *)self;
    char in[TEXT_SMALL], kernel_text[TEXT_SMALL], stride_text[TEXT_SMALL], padding[2 * TEXT_SMALL], dilation[2 * TEXT_SMALL],
        groups[TEXT_SMALL] = "";
    int64_t kernel[2], stride[2];
    (void)m;
    take_pair(c->kernel_size, 1, kernel);
    take_pair(c->stride, 1, stride);
    if (c->groups != 1) snprintf(groups, sizeof groups, ", groups=%" PRId64, c->groups);
    snprintf(text, size, "%s, %" PRId64 ", kernel_size=%s, stride=%s%s%s%s%s", text_int(c->in_channels, in), c->out_channels,
             text_pair(kernel, kernel_text), text_pair(stride, stride_text), unless("padding", c->padding, 0, padding),
             unless("dilation", c->dilation, 1, dilation), groups, c->bias ? "" : ", bias=False");
}
const cplug_module_type layer_conv2d = {
    .struct_size = sizeof layer_conv2d,
    .id = "conv2d",
    .class_name = "Conv2d",
    .doc = "slides learned windows over an image",
    .options = CPLUG_OPTIONS(options),
    .instance_size = sizeof(conv2d),
    .build = build,
    .first_use = first_use,
    .forward = forward,
    .describe = describe,
    .n_inputs = 1,
    .n_outputs = 1,
};
