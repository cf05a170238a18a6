/* 03_line.c: y = 2x + 1 learned from noisy points, with a loop written by hand: data, network, loss, optimizer, training, validation,
 * prediction, saving.  The first program of every PyTorch tutorial.
 *
 *     cc 03_line.c $(pkg-config --cflags --libs cplug) -o 03_line && ./03_line [FILE.safetensors] */
#include <cplug/cplug.h>
#include <stdio.h>

enum { EPOCHS = 20 };

/* model.eval(); with torch.no_grad(): the mean loss over a data set */
static double validate(cplug_context *ctx, cplug_module *net, cplug_loader *data)
{
    const cplug_batch *batch;
    double total = 0;
    int64_t samples = 0;
    cplug_module_train(net, 0);
    const int32_t before = cplug_grad_mode(ctx, 0);
    while ((batch = cplug_loader_next(data)) != NULL) {
        cplug_scope *scope = cplug_scope_open(ctx);
        cplug_tensor *loss = cplug_mse_loss(cplug_forward(net, batch->input), batch->target, CPLUG_REDUCTION_MEAN);
        total += cplug_item_value(loss) * (double)batch->size;
        cplug_scope_close(scope);
        samples += batch->size;
    }
    cplug_grad_mode(ctx, before);
    return total / (double)samples;
}

/* One pass over the data: zero_grad, forward, loss, backward, step.  Returns the mean loss. */
static double train_epoch(cplug_context *ctx, cplug_module *net, cplug_optimizer *adam, cplug_loader *data)
{
    const cplug_batch *batch;
    double total = 0;
    int64_t samples = 0;
    cplug_module_train(net, 1);                               /* model.train() */
    while ((batch = cplug_loader_next(data)) != NULL) {       /* for x, y in loader: */
        cplug_scope *step = cplug_scope_open(ctx);            /* what the step makes dies with the step */
        cplug_optimizer_zero_grad(adam);                      /* optimizer.zero_grad() */
        cplug_tensor *out = cplug_forward(net, batch->input); /* out = model(x) */
        cplug_tensor *loss = cplug_mse_loss(out, batch->target, CPLUG_REDUCTION_MEAN);
        cplug_backward(loss);                                  /* loss.backward() */
        cplug_optimizer_step(adam);                            /* optimizer.step() */
        total += cplug_item_value(loss) * (double)batch->size; /* loss.item() */
        cplug_scope_close(step);
        samples += batch->size;
    }
    return total / (double)samples;
}

/* print(model(torch.tensor([[0.0], [1.0], [2.0]]))) */
static void predict(cplug_context *ctx, cplug_module *net)
{
    const float questions[3] = { 0, 1, 2 };
    float answers[3] = { 0, 0, 0 };
    cplug_scope *scope = cplug_scope_open(ctx);
    cplug_grad_mode(ctx, 0);
    cplug_to_array(cplug_forward(net, cplug_from_array(ctx, CPLUG_F32, CPLUG_SHAPE(3, 1), questions)), answers, sizeof answers);
    cplug_scope_close(scope);
    for (int i = 0; i < 3; i++) printf("x = %g: %.3f, right is %g\n", (double)questions[i], (double)answers[i], 2.0 * i + 1);
}

int main(int argc, char **argv)
{
    cplug_context *ctx = cplug_open("seed=1");
    if (!ctx) return fprintf(stderr, "%s\n", cplug_error_text(NULL)), 1;

    /* DataLoader(SyntheticDataset(1000), batch_size=32, shuffle=True): y = 2 x + 1 + 0.1 noise */
    cplug_loader *train = cplug_loader_new(ctx, "synthetic kind=line samples=1000", "batch_size=32 shuffle=true");
    cplug_loader *valid = cplug_loader_new(ctx, "synthetic kind=line samples=200 split=valid", "batch_size=32");

    /* nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 1)); what is left out is seen from the first input */
    cplug_module *net = cplug_sequential(ctx, "linear in_features=1 out_features=32", "relu", "linear out_features=1", NULL);
    cplug_optimizer *adam = cplug_optimizer_new(net, "adam", "lr=1e-2");

    for (int epoch = 1; epoch <= EPOCHS && !cplug_failed(ctx); epoch++) {
        const double loss = train_epoch(ctx, net, adam, train);
        if (epoch % 5 == 0) printf("epoch %2d: train loss %.4f, valid loss %.4f\n", epoch, loss, validate(ctx, net, valid));
    }
    char text[512] = "";
    cplug_module_format(net, text, sizeof text); /* print(model) */
    printf("%s\n%d parameters\n", text, (int)cplug_module_n_parameters(net));
    predict(ctx, net);
    if (argc > 1) cplug_module_save(net, argv[1]); /* PyTorch reads it: safetensors.torch.load_file(path) */
    if (cplug_failed(ctx)) fprintf(stderr, "%s\n", cplug_error_text(ctx));
    return cplug_close(ctx) != CPLUG_OK;
}
