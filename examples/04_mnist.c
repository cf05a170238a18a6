/* 04_mnist.c: MNIST in C, as short as the PyTorch tutorial.
 *
 *     cc 04_mnist.c $(pkg-config --cflags --libs cplug) -o 04_mnist && ./04_mnist [FOLDER]
 *
 * FOLDER (default data/mnist) holds train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte,
 * gzipped or not.  Where they are missing, digits are drawn instead, so that the program runs everywhere. */
#include <cplug/cplug.h>
#include <stdio.h>

#define PIXELS "transforms=[scale, normalize mean=0.5 std=0.5]" /* transforms.ToTensor(), transforms.Normalize(0.5, 0.5) */

/* model.eval(); with torch.no_grad(): the share of digits that are told right */
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

/* The specs of both data sets: the real digits if they are there, else drawn ones. */
static void choose_data(cplug_context *ctx, const char *root, char *train, char *test, size_t size)
{
    snprintf(train, size, "mnist root=\"%s\" split=train " PIXELS, root);
    snprintf(test, size, "mnist root=\"%s\" split=test " PIXELS, root);
    cplug_data *data = cplug_data_open(ctx, train, NULL);
    if (data) {
        cplug_data_close(data);
        return;
    }
    fprintf(stderr, "%s\nTraining on drawn digits instead.  For the real ones: ./04_mnist FOLDER-WITH-THE-FOUR-FILES\n",
            cplug_error_text(ctx));
    cplug_error_clear(ctx);
    snprintf(train, size, "synthetic kind=digits samples=6000 " PIXELS);
    snprintf(test, size, "synthetic kind=digits samples=1000 split=test " PIXELS);
}

int main(int argc, char **argv)
{
    char train_spec[512], test_spec[512];
    cplug_context *ctx = cplug_open(NULL);
    if (!ctx) return fprintf(stderr, "%s\n", cplug_error_text(NULL)), 1;
    choose_data(ctx, argc > 1 ? argv[1] : "data/mnist", train_spec, test_spec, sizeof train_spec);

    /* nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10)) */
    cplug_module *net = cplug_sequential(ctx, "flatten", "linear out_features=128", "relu", "linear out_features=64", "relu",
                                         "linear out_features=10", NULL);
    cplug_optimizer *adam = cplug_optimizer_new(net, "adam", "lr=1e-3"); /* optim.Adam(model.parameters(), lr=1e-3) */
    cplug_loader *train = cplug_loader_new(ctx, train_spec, "batch_size=64 shuffle=true workers=2");
    cplug_loader *test = cplug_loader_new(ctx, test_spec, "batch_size=1000");

    for (int epoch = 0; epoch < 5 && !cplug_failed(ctx); epoch++) {
        const cplug_batch *batch;
        double value = 0;
        while ((batch = cplug_loader_next(train)) != NULL) {
            cplug_scope *step = cplug_scope_open(ctx);
            cplug_optimizer_zero_grad(adam);
            cplug_tensor *loss = cplug_cross_entropy(cplug_forward(net, batch->input), batch->target, NULL);
            cplug_backward(loss);
            cplug_optimizer_step(adam);
            if (batch->index == 0) value = cplug_item_value(loss);
            cplug_scope_close(step);
        }
        printf("epoch %d began at loss %.4f\n", epoch + 1, value);
    }
    cplug_module_save(net, "mnist.safetensors"); /* torch.save(model.state_dict(), ...) */
    if (!cplug_failed(ctx)) printf("accuracy %.4f\n", accuracy(ctx, net, test));
    if (cplug_failed(ctx)) fprintf(stderr, "%s\n", cplug_error_text(ctx));
    return cplug_close(ctx) != CPLUG_OK;
}
