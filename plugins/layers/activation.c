/* activation.c: pointwise activations, softmax and log_softmax.  inplace=true writes the result over the input, as in PyTorch. */
#include "layers.h"

typedef struct activation {
    int64_t inplace;
    double negative_slope;
    int64_t approximate, dim;
} activation;
#define INPLACE                                                                                                                            \
    {                                                                                                                                      \
        "inplace", "write over the input", CPLUG_OPT_BOOL, 0, offsetof(activation, inplace), "false", 0, 0, NULL, NULL, 0, 0               \
    }

typedef cplug_tensor *(*function)(const activation *a, cplug_tensor *x);
/* The function may keep its input for the gradient, so it works on a copy when the input is about to be overwritten. */
static cplug_status apply(cplug_module *m, const activation *a, function f, cplug_tensor *x, cplug_tensor **out)
{
    cplug_context *ctx = cplug_module_context(m);
    if (!a->inplace) return (out[0] = f(a, x)) ? CPLUG_OK : cplug_failed(ctx);
    out[0] = x;
    return cplug_copy_(x, f(a, cplug_clone(x)));
}
#define FORWARD(id)                                                                                                                        \
    static cplug_status id##_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out,              \
                                     uint32_t n_out)                                                                                       \
    {                                                                                                                                      \
        (void)n_in, (void)n_out;                                                                                                           \
        return apply(m, (const activation *)self, id, in[0], out);                                                                         \
    }
#define TYPE(id_, class_, doc_, options_)                                                                                                  \
    const cplug_module_type layer_##id_ = {                                                                                                \
        .struct_size = sizeof layer_##id_,                                                                                                 \
        .id = #id_,                                                                                                                        \
        .class_name = class_,                                                                                                              \
        .doc = doc_,                                                                                                                       \
        .options = options_,                                                                                                               \
        .instance_size = sizeof(activation),                                                                                               \
        .forward = id_##_forward,                                                                                                          \
        .describe = id_##_describe,                                                                                                        \
        .n_inputs = 1,                                                                                                                     \
        .n_outputs = 1,                                                                                                                    \
    }

static void say_inplace(const cplug_module *m, const void *self, char *text, uint64_t size)
{
    (void)m;
    snprintf(text, size, "%s", ((const activation *)self)->inplace ? "inplace=True" : "");
}
static void say_nothing(const cplug_module *m, const void *self, char *text, uint64_t size)
{
    (void)m, (void)self, (void)size, text[0] = '\0';
}
static void say_dim(const cplug_module *m, const void *self, char *text, uint64_t size)
{
    const int64_t dim = ((const activation *)self)->dim;
    char room[TEXT_SMALL];
    (void)m;
    snprintf(text, size, "dim=%s", dim == CPLUG_UNSET ? "None" : text_int(dim, room));
}

/* ---- relu, leaky_relu, silu ---- */
static const cplug_option inplace_options[] = { INPLACE };
static cplug_tensor *relu(const activation *a, cplug_tensor *x) { return (void)a, cplug_relu(x); }
static cplug_tensor *silu(const activation *a, cplug_tensor *x) { return (void)a, cplug_silu(x); }
static cplug_tensor *leaky_relu(const activation *a, cplug_tensor *x) { return cplug_leaky_relu(x, a->negative_slope); }
FORWARD(relu)
FORWARD(silu)
FORWARD(leaky_relu)
#define relu_describe say_inplace
#define silu_describe say_inplace
TYPE(relu, "ReLU", "max(x, 0)", CPLUG_OPTIONS(inplace_options));
TYPE(silu, "SiLU", "x sigmoid(x)", CPLUG_OPTIONS(inplace_options));

static const cplug_option leaky_relu_options[] = {
    { "negative_slope", "factor below zero", CPLUG_OPT_FLOAT, 0, offsetof(activation, negative_slope), "0.01", 0, 0, NULL, NULL, 0, 0 },
    INPLACE,
};
static void leaky_relu_describe(const cplug_module *m, const void *self, char *text, uint64_t size)
{
    const activation *a = (const activation *)self;
    char room[TEXT_SMALL];
    (void)m;
    snprintf(text, size, "negative_slope=%s%s", text_float(a->negative_slope, room), a->inplace ? ", inplace=True" : "");
}
TYPE(leaky_relu, "LeakyReLU", "x, or negative_slope x below zero", CPLUG_OPTIONS(leaky_relu_options));

/* ---- tanh, sigmoid, gelu ---- */
static cplug_tensor *tanh_of(const activation *a, cplug_tensor *x) { return (void)a, cplug_tanh(x); }
static cplug_tensor *sigmoid(const activation *a, cplug_tensor *x) { return (void)a, cplug_sigmoid(x); }
static cplug_tensor *gelu(const activation *a, cplug_tensor *x) { return cplug_gelu(x, a->approximate == 1); }
FORWARD(sigmoid)
FORWARD(gelu)
static cplug_status tanh_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    (void)n_in, (void)n_out;
    return apply(m, (const activation *)self, tanh_of, in[0], out);
}
#define tanh_describe say_nothing
#define sigmoid_describe say_nothing
TYPE(tanh, "Tanh", "hyperbolic tangent", CPLUG_NO_OPTIONS);
TYPE(sigmoid, "Sigmoid", "1 / (1 + exp(-x))", CPLUG_NO_OPTIONS);

static const cplug_option gelu_options[] = {
    { "approximate", "tanh: the formula with a hyperbolic tangent", CPLUG_OPT_CHOICE, 0, offsetof(activation, approximate), "none", 0, 0,
      "none|tanh", NULL, 0, 0 },
};
static void gelu_describe(const cplug_module *m, const void *self, char *text, uint64_t size)
{
    (void)m;
    snprintf(text, size, "approximate='%s'", ((const activation *)self)->approximate ? "tanh" : "none");
}
TYPE(gelu, "GELU", "x times the normal distribution function of x", CPLUG_OPTIONS(gelu_options));

/* ---- softmax, log_softmax ---- */
static const cplug_option softmax_options[] = {
    { "dim", "dimension that sums to one; none: 0 for 0-, 1- and 3-d input, else 1", CPLUG_OPT_INT, CPLUG_OPT_UNSET_OK,
      offsetof(activation, dim), NULL, -CPLUG_MAX_DIMS, CPLUG_MAX_DIMS, NULL, NULL, 0, 0 },
};
/* torch.nn.functional._get_softmax_dim */
static int32_t softmax_dim(const activation *a, const cplug_tensor *x)
{
    const int32_t ndim = cplug_tensor_ndim(x);
    return a->dim != CPLUG_UNSET ? (int32_t)a->dim : !(ndim == 0 || ndim == 1 || ndim == 3);
}
static cplug_tensor *softmax(const activation *a, cplug_tensor *x) { return cplug_softmax(x, softmax_dim(a, x)); }
static cplug_tensor *log_softmax(const activation *a, cplug_tensor *x) { return cplug_log_softmax(x, softmax_dim(a, x)); }
FORWARD(softmax)
FORWARD(log_softmax)
#define softmax_describe say_dim
#define log_softmax_describe say_dim
TYPE(softmax, "Softmax", "exponentials that sum to one", CPLUG_OPTIONS(softmax_options));
TYPE(log_softmax, "LogSoftmax", "logarithm of softmax", CPLUG_OPTIONS(softmax_options));
