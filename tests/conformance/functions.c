/* functions: every C function of <cplug/ops.h> that stands for one op against the case of the table that calls the same op by its schema:
 * order of parameters, options, defaults.  What the op computes is known from the case's golden numbers.  The inputs of the case are a, b,
 * c, d and e; `second` takes an auxiliary result.  Prints a line a failure. */
#include "conformance.h"
#include <stdio.h>
#include <string.h>

typedef struct trial {
    cplug_context *ctx;
    conf_table *table;
    cplug_scope *scope;
    const conf_case *one;
    cplug_tensor *in[CONF_INPUTS], *second;
    int n, failures;
} trial;

static bool begin(trial *t, const char *name)
{
    uint32_t i = 0;
    while (i < conf_count(t->table) && strcmp(conf_at(t->table, i)->name, name) != 0) i++;
    t->n++;
    if (i == conf_count(t->table)) return printf("FAILED: no case '%s'\n", name), t->failures++, false;
    t->one = conf_at(t->table, i);
    t->scope = cplug_scope_open(t->ctx);
    t->second = NULL;
    memset(t->in, 0, sizeof t->in);
    return conf_inputs(t->ctx, t->one, conf_dtype(t->one, 0), CONF_DENSE, t->in) == CPLUG_OK;
}

static void end(trial *t, cplug_tensor *have)
{
    cplug_tensor *in[CONF_INPUTS], *out[CONF_OUTPUTS] = { NULL };
    char why[512] = "";
    uint32_t n;
    if (!cplug_failed(t->ctx)) {
        conf_inputs(t->ctx, t->one, conf_dtype(t->one, 0), CONF_DENSE, in);
        conf_call(t->ctx, t->one, in, out, &n);
    }
    bool good = !cplug_failed(t->ctx) && conf_same(have, out[0], 0, why, sizeof why) &&
                (t->second == NULL || conf_same(t->second, out[1], 0, why, sizeof why));
    for (uint32_t i = 0; good && i < t->one->n_in; i++) /* what the call wrote to */
        good = t->in[i] == NULL || t->one->in[i].number || conf_same(t->in[i], in[i], 0, why, sizeof why);
    if (good && cplug_tensor_dtype(have) != cplug_tensor_dtype(out[0])) good = false, snprintf(why, sizeof why, "another dtype");
    if (!good) printf("FAILED %s: %s\n", t->one->line, cplug_failed(t->ctx) ? cplug_error_text(t->ctx) : why), t->failures++;
    cplug_error_clear(t->ctx);
    cplug_scope_close(t->scope);
}

#define CALL(name_, ...)                                                                                                                   \
    if (begin(t, name_)) {                                                                                                                 \
        cplug_tensor *const a = t->in[0], *const b = t->in[1], *const c = t->in[2], *const d = t->in[3], *const e = t->in[4],              \
                            **const second = &t->second;                                                                                   \
        (void)a, (void)b, (void)c, (void)d, (void)e, (void)second;                                                                         \
        end(t, __VA_ARGS__);                                                                                                               \
    }
#define DIMS(...) (int32_t[]){ __VA_ARGS__ }, (int32_t)(sizeof((int32_t[]){ __VA_ARGS__ }) / sizeof(int32_t))
#define SHAPE(...)                                                                                                                         \
    (int32_t)(sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t)), (int64_t[]) { __VA_ARGS__ }
#define LIST(...) (cplug_tensor *[]){ __VA_ARGS__ }, (int64_t)(sizeof((cplug_tensor *[]){ __VA_ARGS__ }) / sizeof(cplug_tensor *))
#define ALL NULL, 0

/* clang-format off */
static void one_input(trial *t)
{
    CALL("neg", cplug_neg(a)) CALL("abs", cplug_abs(a)) CALL("exp", cplug_exp(a)) CALL("log", cplug_log(a))
    CALL("log1p", cplug_log1p(a)) CALL("sqrt", cplug_sqrt(a)) CALL("rsqrt", cplug_rsqrt(a)) CALL("reciprocal", cplug_reciprocal(a))
    CALL("sin", cplug_sin(a)) CALL("cos", cplug_cos(a)) CALL("tanh", cplug_tanh(a)) CALL("erf", cplug_erf(a))
    CALL("sigmoid", cplug_sigmoid(a)) CALL("relu", cplug_relu(a)) CALL("leaky_relu", cplug_leaky_relu(a, 0.2))
    CALL("gelu", cplug_gelu(a, 0)) CALL("gelu.tanh", cplug_gelu(a, 1)) CALL("silu", cplug_silu(a))
    CALL("softplus", cplug_softplus(a, 2, 3)) CALL("sign", cplug_sign(a)) CALL("floor", cplug_floor(a)) CALL("round", cplug_round(a))
    CALL("clamp", cplug_clamp(a, b, c)) CALL("clamp.min", cplug_clamp(a, b, NULL)) CALL("clamp.max", cplug_clamp(a, NULL, c))
    CALL("clamp.tensors", cplug_clamp(a, b, c)) CALL("isnan", cplug_isnan(a)) CALL("logical_not", cplug_logical_not(a))
}

static void more_inputs(trial *t)
{
    CALL("add", cplug_add(a, b)) CALL("add.alpha", cplug_add_scaled(a, b, -2.5)) CALL("sub", cplug_sub(a, b)) CALL("mul", cplug_mul(a, b))
    CALL("div", cplug_div(a, b)) CALL("div_rounded.trunc", cplug_div_rounded(a, b, CPLUG_ROUND_TRUNC))
    CALL("div_rounded.floor", cplug_div_rounded(a, b, CPLUG_ROUND_FLOOR)) CALL("pow", cplug_pow(a, b)) CALL("pow.base", cplug_pow(a, b))
    CALL("maximum", cplug_maximum(a, b)) CALL("minimum", cplug_minimum(a, b)) CALL("add.number", cplug_add_scalar(a, 2))
    CALL("sub.right", cplug_sub_scalar(a, 1.5)) CALL("mul.number", cplug_mul_scalar(a, 0.25)) CALL("div.number", cplug_div_scalar(a, 4))
    CALL("pow.number", cplug_pow_scalar(a, 3)) CALL("eq", cplug_eq(a, b)) CALL("ne", cplug_ne(a, b)) CALL("lt", cplug_lt(a, b))
    CALL("le", cplug_le(a, b)) CALL("gt", cplug_gt(a, b)) CALL("ge", cplug_ge(a, b)) CALL("logical_and.hard", cplug_logical_and(a, b))
    CALL("logical_or.hard", cplug_logical_or(a, b)) CALL("logical_xor.hard", cplug_logical_xor(a, b)) CALL("where", cplug_where(a, b, c))
    CALL("where.number", cplug_where(a, b, c)) CALL("masked_fill", cplug_masked_fill(a, b, c)) CALL("lerp", cplug_lerp(a, b, c))
    CALL("addcmul", cplug_addcmul(a, b, c, 0.5)) CALL("addcdiv", cplug_addcdiv(a, b, c, -2))
}

static void shapes(trial *t)
{
    CALL("view", cplug_view_as(a, SHAPE(3, -1))) CALL("expand.kept", cplug_expand(a, SHAPE(2, -1, 3)))
    CALL("transpose", cplug_transpose(a, 0, -1)) CALL("permute", cplug_permute(a, DIMS(2, 0, 1))) CALL("squeeze.all", cplug_squeeze(a, ALL))
    CALL("squeeze.some", cplug_squeeze(a, DIMS(0, 1))) CALL("unsqueeze", cplug_unsqueeze(a, -2)) CALL("select", cplug_select(a, 1, 1))
    CALL("select.last", cplug_select(a, 1, -2)) CALL("slice", cplug_slice(a, 0, 1, 6, 2)) CALL("slice.inner", cplug_slice(a, 1, 1, 7, 2))
    CALL("slice.empty", cplug_slice(a, 0, 2, 1, 1)) CALL("as_strided", cplug_as_strided(a, 2, (int64_t[]){ 3, 2 }, (int64_t[]){ 2, 3 }, 1))
    CALL("detach", cplug_detach(a)) CALL("clone", cplug_clone(a)) CALL("to.f64", cplug_to(a, CPLUG_F64, NULL))
    CALL("cat", cplug_cat(LIST(a, b, c), 0)) CALL("cat.inner", cplug_cat(LIST(a, b), -1)) CALL("stack", cplug_stack(LIST(a, b), 1))
    CALL("stack.last", cplug_stack(LIST(a, b), -1)) CALL("index_select", cplug_index_select(a, 0, b))
    CALL("index_select.one", cplug_index_select(a, -1, b)) CALL("gather", cplug_gather(a, 1, b)) CALL("gather.first", cplug_gather(a, 0, b))
    CALL("scatter_add", cplug_scatter_add(a, 1, b, c)) CALL("one_hot", cplug_one_hot(a, 5))
}

static void reductions(trial *t)
{
    CALL("sum", cplug_sum(a, ALL, 0)) CALL("sum.keepdim", cplug_sum(a, DIMS(0, 2), 1)) CALL("mean", cplug_mean(a, ALL, 0))
    CALL("mean.dim", cplug_mean(a, DIMS(-1), 1)) CALL("prod", cplug_prod(a, ALL, 0)) CALL("prod.last", cplug_prod(a, DIMS(-1), 1))
    CALL("amax", cplug_amax(a, DIMS(1), 0)) CALL("amax.last", cplug_amax(a, DIMS(-1), 1)) CALL("amin", cplug_amin(a, DIMS(0), 1))
    CALL("amin.all", cplug_amin(a, ALL, 0)) CALL("max", cplug_max(a, 1, 0, second)) CALL("max.last", cplug_max(a, -1, 1, second))
    CALL("min", cplug_min(a, 0, 1, second)) CALL("min.middle", cplug_min(a, 1, 0, NULL)) CALL("argmax", cplug_argmax(a, 1, 0))
    CALL("argmax.all", cplug_argmax(a, CPLUG_ALL, 0)) CALL("argmax.kept", cplug_argmax(a, CPLUG_ALL, 1))
    CALL("argmin", cplug_argmin(a, 0, 1)) CALL("argmin.all", cplug_argmin(a, CPLUG_ALL, 0)) CALL("var", cplug_var(a, DIMS(1), 1, 0))
    CALL("var.dims", cplug_var(a, DIMS(0, 2), 0, 1)) CALL("std", cplug_std(a, DIMS(0), 1, 1)) CALL("std.all", cplug_std(a, ALL, 1, 0))
    CALL("std.dims", cplug_std(a, DIMS(0, 2), 0, 1)) CALL("any", cplug_any(a, DIMS(1), 0)) CALL("any.every", cplug_any(a, ALL, 0))
    CALL("all", cplug_all(a, DIMS(0), 1)) CALL("all.every", cplug_all(a, ALL, 0)) CALL("sum_to_size", cplug_sum_to_size(a, SHAPE(3, 1)))
    CALL("sum_to_size.scalar", cplug_sum_to_size(a, 0, NULL)) CALL("softmax", cplug_softmax(a, 1)) CALL("softmax.first", cplug_softmax(a, 0))
    CALL("log_softmax", cplug_log_softmax(a, -1)) CALL("log_softmax.middle", cplug_log_softmax(a, 1))
}

#define CONV(...) &(const cplug_conv2d_args){ (uint32_t)sizeof(cplug_conv2d_args), 0, __VA_ARGS__ }
#define POOL(ceil, ...) &(const cplug_pool2d_args){ (uint32_t)sizeof(cplug_pool2d_args), ceil, __VA_ARGS__ }
#define NORM(...) &(const cplug_batch_norm_args){ (uint32_t)sizeof(cplug_batch_norm_args), __VA_ARGS__ }
#define PAIR(x, y) (const int64_t[]){ x, y }
static void networks(trial *t)
{
    CALL("matmul.mm", cplug_matmul(a, b)) CALL("matmul.mv", cplug_matmul(a, b)) CALL("mm", cplug_mm(a, b)) CALL("bmm", cplug_bmm(a, b))
    CALL("dot", cplug_dot(a, b)) CALL("linear", cplug_linear(a, b, c)) CALL("linear.plain", cplug_linear(a, b, NULL))
    CALL("linear.numbers", cplug_linear(a, b, c)) CALL("dropout", cplug_dropout(a, 0.5, 1))
    CALL("conv2d", cplug_conv2d(a, b, c, NULL)) CALL("conv2d.plain", cplug_conv2d(a, b, NULL, NULL))
    CALL("conv2d.stride_uneven", cplug_conv2d(a, b, c, CONV({ 2, 1 }, { 1, 2 }, { 1, 1 }, 1)))
    CALL("conv2d.dilation_uneven", cplug_conv2d(a, b, c, CONV({ 1, 1 }, { 1, 1 }, { 2, 1 }, 1)))
    CALL("conv2d.groups", cplug_conv2d(a, b, c, CONV({ 1, 1 }, { 1, 1 }, { 1, 1 }, 2)))
    CALL("unfold.all", cplug_unfold(a, PAIR(2, 3), CONV({ 2, 1 }, { 1, 1 }, { 1, 2 }, 1)))
    CALL("fold", cplug_fold(a, PAIR(4, 4), PAIR(2, 2), NULL))
    CALL("fold.all", cplug_fold(a, PAIR(4, 5), PAIR(2, 2), CONV({ 1, 2 }, { 1, 0 }, { 1, 1 }, 1)))
    CALL("max_pool2d.odd", cplug_max_pool2d(a, NULL, second))
    CALL("max_pool2d.overlapping", cplug_max_pool2d(a, POOL(0, { 3, 3 }, { 2, 1 }, { 1, 1 }, { 1, 1 }, 1, 0, 0), second))
    CALL("max_pool2d.ceil_uneven", cplug_max_pool2d(a, POOL(1, { 2, 3 }, { 2, 2 }, { 0, 1 }, { 1, 1 }, 1, 0, 0), second))
    CALL("max_pool2d.dilation", cplug_max_pool2d(a, POOL(0, { 2, 2 }, { 1, 1 }, { 0, 0 }, { 2, 2 }, 1, 0, 0), NULL))
    CALL("avg_pool2d.odd", cplug_avg_pool2d(a, NULL))
    CALL("avg_pool2d.ceil", cplug_avg_pool2d(a, POOL(1, { 3, 3 }, { 2, 2 }, { 1, 1 }, { 1, 1 }, 1, 0, 0)))
    CALL("avg_pool2d.ceil_uncounted", cplug_avg_pool2d(a, POOL(1, { 2, 3 }, { 3, 2 }, { 1, 1 }, { 1, 1 }, 0, 0, 0)))
    CALL("avg_pool2d.divisor", cplug_avg_pool2d(a, POOL(0, { 2, 2 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, 1, 0, 3)))
    CALL("batch_norm.eval", cplug_batch_norm(a, b, c, d, e, NULL))
    CALL("batch_norm.train", cplug_batch_norm(a, b, c, d, e, NORM(1, 0.1, 1e-5)))
    CALL("batch_norm.eps", cplug_batch_norm(a, NULL, NULL, d, e, NORM(1, 0.1, 1e-3)))
    CALL("batch_norm.momentum", cplug_batch_norm(a, b, c, NULL, NULL, NORM(1, 0.3, 1e-5)))
}

#define CLASSES(reduction, ...) &(const cplug_cross_entropy_args){ (uint32_t)sizeof(cplug_cross_entropy_args), CPLUG_REDUCTION_##reduction, __VA_ARGS__ }
static void losses(trial *t)
{
    CALL("mse_loss", cplug_mse_loss(a, b, CPLUG_REDUCTION_MEAN)) CALL("mse_loss.none", cplug_mse_loss(a, b, CPLUG_REDUCTION_NONE))
    CALL("mse_loss.sum", cplug_mse_loss(a, b, CPLUG_REDUCTION_SUM)) CALL("l1_loss", cplug_l1_loss(a, b, CPLUG_REDUCTION_SUM))
    CALL("smooth_l1_loss", cplug_smooth_l1_loss(a, b, 0.7, CPLUG_REDUCTION_MEAN))
    CALL("smooth_l1_loss.none", cplug_smooth_l1_loss(a, b, 1, CPLUG_REDUCTION_NONE))
    CALL("nll_loss", cplug_nll_loss(a, b, NULL)) CALL("nll_loss.sum", cplug_nll_loss(a, b, CLASSES(SUM, -100, 0, NULL)))
    CALL("nll_loss.weight_mean", cplug_nll_loss(a, b, CLASSES(MEAN, 3, 0, c)))
    CALL("cross_entropy", cplug_cross_entropy(a, b, NULL))
    CALL("cross_entropy.smooth_weight_none", cplug_cross_entropy(a, b, CLASSES(NONE, 0, 0.3, c)))
    CALL("cross_entropy.probabilities_weight_sum", cplug_cross_entropy(a, b, CLASSES(SUM, -100, 0.1, c)))
    CALL("binary_cross_entropy.weight", cplug_binary_cross_entropy(a, b, c, CPLUG_REDUCTION_MEAN))
    CALL("binary_cross_entropy.none", cplug_binary_cross_entropy(a, b, NULL, CPLUG_REDUCTION_NONE))
    CALL("binary_cross_entropy_with_logits.sum", cplug_binary_cross_entropy_with_logits(a, b, NULL, NULL, CPLUG_REDUCTION_SUM))
    CALL("binary_cross_entropy_with_logits.weights_mean", cplug_binary_cross_entropy_with_logits(a, b, c, d, CPLUG_REDUCTION_MEAN))
}
/* clang-format on */

int main(void)
{
    static void (*const groups[])(trial *) = { one_input, more_inputs, shapes, reductions, networks, losses };
    char why[256] = "";
    trial t = { .ctx = cplug_open("backends=cpu seed=1234") };
    if (t.ctx == NULL) return fprintf(stderr, "%s\n", cplug_error_text(NULL)), 1;
    if ((t.table = conf_open(t.ctx, conf_text, why, sizeof why)) == NULL) return fprintf(stderr, "%s\n", why), 1;
    for (uint32_t i = 0; i < CPLUG_COUNT(groups); i++) groups[i](&t);
    printf("%d functions, %d failed\n", t.n, t.failures);
    conf_close(t.table);
    cplug_close(t.ctx);
    return t.failures != 0;
}
