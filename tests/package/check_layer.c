/* check_layer.c: looks at layer-acme from the outside: its kernel against its decomposition, its gradient and the gradient of its
 * gradient against differences in f64.  Prints one line a check; built against the installed package with pkg-config. */
#include <cplug/cplug.h>
#include <math.h>
#include <stdio.h>

enum { ROWS = 3, FEATURES = 4, NUMEL = ROWS * FEATURES, ALL = NUMEL + FEATURES };
static const int64_t x_shape[2] = { ROWS, FEATURES }, alpha_shape[1] = { FEATURES };

static cplug_tensor *snake(cplug_context *ctx, cplug_tensor *x, cplug_tensor *alpha)
{
    const cplug_arg in[2] = { CPLUG_ARG(x), CPLUG_ARG(alpha) };
    cplug_tensor *out = NULL;
    cplug_dispatch(ctx, "acme.snake", in, 2, NULL, 0, &out, 1);
    return out;
}

/* values holds x, then alpha; the result is sum(weight * snake(x, alpha)), its gradient, or the sum of the squares of that gradient */
static double forward(cplug_context *ctx, const double *values, double *gradient, int squares)
{
    cplug_scope *scope = cplug_scope_open(ctx);
    cplug_tensor *in[2] = { cplug_requires_grad(cplug_from_array(ctx, CPLUG_F64, 2, x_shape, values), 1),
                            cplug_requires_grad(cplug_from_array(ctx, CPLUG_F64, 1, alpha_shape, values + NUMEL), 1) };
    cplug_tensor *weight = cplug_reshape(cplug_linspace(ctx, CPLUG_F64, -1, 2, NUMEL), 2, x_shape), *grads[2] = { NULL, NULL };
    cplug_tensor *y = cplug_sum(cplug_mul(weight, snake(ctx, in[0], in[1])), NULL, 0, 0);
    cplug_grad_args args = CPLUG_GRAD_ARGS;
    double value = NAN;
    args.create_graph = 1;
    if (squares) {
        cplug_grad(&y, 1, in, 2, &args, grads);
        y = cplug_add(cplug_sum(cplug_mul(grads[0], grads[0]), NULL, 0, 0), cplug_sum(cplug_mul(grads[1], grads[1]), NULL, 0, 0));
    }
    cplug_item(y, &value);
    if (gradient) {
        cplug_grad(&y, 1, in, 2, NULL, grads);
        cplug_to_array(grads[0], gradient, NUMEL * sizeof *gradient);
        cplug_to_array(grads[1], gradient + NUMEL, FEATURES * sizeof *gradient);
    }
    cplug_scope_close(scope);
    return value;
}

static int check_gradient(cplug_context *ctx, int squares)
{
    double values[ALL], gradient[ALL] = { 0 }, worst = 0;
    const double h = 1e-5;
    for (int i = 0; i < ALL; i++) values[i] = i < NUMEL ? sin(1.7 * i) : 0.5 + 0.4 * (i - NUMEL);
    forward(ctx, values, gradient, squares);
    for (int i = 0; i < ALL; i++) {
        const double at = values[i];
        values[i] = at + h;
        const double above = forward(ctx, values, NULL, squares);
        values[i] = at - h;
        const double below = forward(ctx, values, NULL, squares);
        values[i] = at;
        worst = fmax(worst, fabs((above - below) / (2 * h) - gradient[i]) / (1 + fabs(gradient[i])));
    }
    printf("%s: largest difference %.1e\n", squares ? "gradient of the gradient" : "gradient", worst);
    return !(worst < 1e-8);
}

static int check_kernel(void)
{
    float out[2][512] = { { 0 }, { 0 } };
    double worst = 0;
    for (int k = 0; k < 2; k++) { /* without acme in the list of backends there is only the decomposition */
        cplug_context *ctx = cplug_open(k ? "seed=3 backends=cpu" : "seed=3");
        const int64_t shape[3] = { 4, 16, 8 }, features[1] = { 8 };
        cplug_tensor *x = cplug_randn(ctx, CPLUG_F32, 3, shape);
        cplug_tensor *alpha = cplug_add_scalar(cplug_rand(ctx, CPLUG_F32, 1, features), 0.5);
        cplug_to_array(snake(ctx, x, alpha), out[k], sizeof out[k]);
        printf("%s\n", cplug_explain(ctx, "acme.snake"));
        if (cplug_failed(ctx)) printf("%s\n", cplug_error_text(ctx));
        cplug_close(ctx);
    }
    for (int i = 0; i < 512; i++) worst = fmax(worst, fabs((double)(out[0][i] - out[1][i])));
    printf("kernel against decomposition: largest difference %.1e\n", worst);
    return !(worst < 1e-5 && out[0][0] != 0);
}

int main(void)
{
    cplug_context *ctx = cplug_open("seed=1");
    if (!ctx) return printf("%s\n", cplug_error_text(NULL)), 1;
    int failed = check_kernel() | check_gradient(ctx, 0) | check_gradient(ctx, 1);
    snake(ctx, cplug_ones(ctx, CPLUG_F32, 2, x_shape), cplug_ones(ctx, CPLUG_F32, 1, x_shape)); /* 3 alphas for 4 features */
    printf("error: %s\n", cplug_error_text(ctx));
    failed |= cplug_failed(ctx) != CPLUG_E_SHAPE;
    cplug_close(ctx);
    return failed;
}
