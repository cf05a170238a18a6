/* fit_line.c: y = 2x + 1 learned from noisy points, as a host program sees cplug: a module, a loss, an optimizer, a loop. */
#include <cplug/cplug.h>
#include <stdio.h>

int main(void)
{
    cplug_context *ctx = cplug_open("seed=1");
    if (!ctx) return fprintf(stderr, "%s\n", cplug_error_text(NULL)), 1;
    const int64_t shape[2] = { 100, 1 };
    cplug_tensor *x = cplug_randn(ctx, CPLUG_F32, 2, shape);
    cplug_tensor *noise = cplug_mul_scalar(cplug_randn(ctx, CPLUG_F32, 2, shape), 0.1);
    cplug_tensor *y = cplug_add(cplug_add_scalar(cplug_mul_scalar(x, 2), 1), noise);

    cplug_module *line = cplug_module_new(ctx, "linear in_features=1 out_features=1");
    cplug_optimizer *sgd = cplug_optimizer_new(line, "sgd", "lr=0.1");
    double loss = 0;
    for (int step = 0; step < 100; step++) {
        cplug_scope *scope = cplug_scope_open(ctx);
        cplug_optimizer_zero_grad(sgd);
        cplug_tensor *error = cplug_mse_loss(cplug_forward(line, x), y, CPLUG_REDUCTION_MEAN);
        cplug_backward(error);
        cplug_optimizer_step(sgd);
        cplug_item(error, &loss);
        cplug_scope_close(scope);
    }
    double weight = 0, bias = 0;
    cplug_item(cplug_module_tensor(line, 0), &weight);
    cplug_item(cplug_module_tensor(line, 1), &bias);
    printf("y = %.2f x + %.2f, loss %.4f\n", weight, bias, loss);
    if (cplug_failed(ctx)) fprintf(stderr, "%s\n", cplug_error_text(ctx));
    return cplug_close(ctx) != CPLUG_OK;
}
