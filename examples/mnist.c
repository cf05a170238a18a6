/* mnist.c: MNIST in C, as short as the PyTorch tutorial.  Run it where data/mnist holds the four IDX files, or give their folder. */
#include <cplug/cplug.h>
#include <stdio.h>

static double accuracy(cplug_context *ctx, cplug_module *net, cplug_loader *test)
{
    cplug_metric *metric = cplug_metric_new(ctx, "accuracy");
    const cplug_batch *batch;
    const char *name = NULL;
    double value = 0;
    uint32_t n = 1;
    cplug_module_train(net, 0);
    cplug_grad_mode(ctx, 0);
    while ((batch = cplug_loader_next(test)) != NULL) {
        cplug_scope *scope = cplug_scope_open(ctx);
        cplug_metric_update(metric, cplug_forward(net, batch->input), batch->target);
        cplug_scope_close(scope);
    }
    cplug_metric_value(metric, &name, &value, &n);
    return value;
}

int main(int argc, char **argv)
{
    char train_spec[512], test_spec[512];
    const char *root = argc > 1 ? argv[1] : "data/mnist", *pixels = "transforms=[scale, normalize mean=0.5 std=0.5]";
    snprintf(train_spec, sizeof train_spec, "mnist root=\"%s\" split=train %s", root, pixels);
    snprintf(test_spec, sizeof test_spec, "mnist root=\"%s\" split=test %s", root, pixels);

    cplug_context *ctx = cplug_open(NULL);
    cplug_module *net = cplug_sequential(ctx, "flatten", "linear out_features=128", "relu", "linear out_features=64", "relu",
                                         "linear out_features=10", NULL);
    cplug_optimizer *adam = cplug_optimizer_new(net, "adam", "lr=1e-3");
    cplug_loader *train = cplug_loader_new(ctx, train_spec, "batch_size=64 shuffle=true workers=2");
    cplug_loader *test = cplug_loader_new(ctx, test_spec, "batch_size=1000");

    for (int epoch = 0; epoch < 5 && !cplug_failed(ctx); epoch++) {
        const cplug_batch *batch;
        while ((batch = cplug_loader_next(train)) != NULL) {
            cplug_scope *step = cplug_scope_open(ctx);
            cplug_optimizer_zero_grad(adam);
            cplug_tensor *loss = cplug_cross_entropy(cplug_forward(net, batch->input), batch->target, NULL);
            cplug_backward(loss);
            cplug_optimizer_step(adam);
            cplug_scope_close(step);
        }
    }
    cplug_module_save(net, "mnist.safetensors");
    if (!cplug_failed(ctx)) printf("accuracy %.4f\n", accuracy(ctx, net, test));
    if (cplug_failed(ctx)) fprintf(stderr, "%s\n", cplug_error_text(ctx));
    return cplug_close(ctx) != CPLUG_OK;
}
