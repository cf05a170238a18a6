/* layers.h: what the layer families share: their types, and the small texts that PyTorch's printed form is made of. */
#ifndef CPLUG_LAYERS_H
#define CPLUG_LAYERS_H
#define CPLUG_PLUGIN_BUILD
#include <cplug/cplug.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Most sizes, far from where a product of two could overflow. */
#define LAYER_MAX_SIZE 2147483647.0

extern const cplug_module_type layer_linear, layer_flatten, layer_unflatten, layer_identity, layer_relu, layer_leaky_relu, layer_tanh,
    layer_sigmoid, layer_gelu, layer_silu, layer_softmax, layer_log_softmax, layer_dropout, layer_dropout2d, layer_conv2d, layer_max_pool2d,
    layer_avg_pool2d, layer_batch_norm1d, layer_batch_norm2d, layer_add;

/* ---- text.c ---- */
enum { TEXT_SMALL = 64 };
const char *text_bool(int64_t on);                                   /* "True" */
const char *text_int(int64_t value, char room[TEXT_SMALL]);          /* "?" for one that waits for the first input */
const char *text_float(double value, char room[TEXT_SMALL]);         /* Python's repr: "1e-05", "0.1" */
const char *text_ints(cplug_ints list, char room[TEXT_SMALL]);       /* as written: "2" or "(3, 2)" */
const char *text_pair(const int64_t pair[2], char room[TEXT_SMALL]); /* always "(3, 3)" */

/* ---- what several families do ---- */
/* list has one element for both directions, or two; empty: stands for `unset` */
void take_pair(cplug_ints list, int64_t unset, int64_t pair[2]);
/* weight and bias as torch.nn.Linear and Conv2d draw them: uniform in +-1/sqrt(fan_in), which is kaiming_uniform with a = sqrt(5) */
cplug_status declare_weight(cplug_module *m, int32_t ndim, const int64_t *shape, int64_t fan_in, int64_t bias);
#endif
