/* 07_threads.c: two trainings in two threads at the same time.  A context is a runtime of its own: nothing is shared, nothing is
 * locked, and each gives the numbers that it gives alone, to the last bit.
 *
 *     cc 07_threads.c $(pkg-config --cflags --libs cplug) -pthread -o 07_threads */
#include <cplug/cplug.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

typedef struct job {
    const char *context, *optimizer, *options; /* what differs between the trainings */
    double loss;                               /* what comes out */
    char error[256];
} job;

/* Everything that a thread uses belongs to the context that it opened; a tensor never goes to another thread. */
static void *train(void *arg)
{
    job *j = arg;
    cplug_context *ctx = cplug_open(j->context);
    if (!ctx) return snprintf(j->error, sizeof j->error, "%s", cplug_error_text(NULL)), NULL;
    cplug_module *net = cplug_sequential(ctx, "linear out_features=32", "tanh", "dropout p=0.1", "linear out_features=3", NULL);
    cplug_optimizer *optimizer = cplug_optimizer_new(net, j->optimizer, j->options);
    cplug_loader *data = cplug_loader_new(ctx, "synthetic kind=spirals samples=600", "batch_size=50 shuffle=true workers=1");
    double sum = 0;
    int64_t batches = 0;
    for (int epoch = 0; epoch < 20 && !cplug_failed(ctx); epoch++) {
        const cplug_batch *batch;
        sum = 0;
        batches = 0;
        while ((batch = cplug_loader_next(data)) != NULL) {
            cplug_scope *step = cplug_scope_open(ctx);
            cplug_optimizer_zero_grad(optimizer);
            cplug_tensor *loss = cplug_cross_entropy(cplug_forward(net, batch->input), batch->target, NULL);
            cplug_backward(loss);
            cplug_optimizer_step(optimizer);
            sum += cplug_item_value(loss);
            cplug_scope_close(step);
            batches++;
        }
    }
    j->loss = sum / (double)batches;
    if (cplug_failed(ctx)) snprintf(j->error, sizeof j->error, "%s", cplug_error_text(ctx));
    cplug_close(ctx);
    return NULL;
}

int main(void)
{
    static const job jobs[2] = {
        { .context = "seed=1 threads=1", .optimizer = "adam", .options = "lr=1e-2" },
        { .context = "seed=2 threads=1", .optimizer = "sgd", .options = "lr=0.5 momentum=0.9" },
    };
    job alone[2], together[2];
    pthread_t thread[2];
    int different = 0;
    memcpy(alone, jobs, sizeof jobs);
    memcpy(together, jobs, sizeof jobs);

    for (int i = 0; i < 2; i++) train(&alone[i]); /* one after the other, in this thread */
    for (int i = 0; i < 2; i++)
        if (pthread_create(&thread[i], NULL, train, &together[i])) return fprintf(stderr, "no thread\n"), 1;
    for (int i = 0; i < 2; i++) pthread_join(thread[i], NULL);

    for (int i = 0; i < 2; i++) {
        const int same = memcmp(&alone[i].loss, &together[i].loss, sizeof(double)) == 0;
        if (alone[i].error[0] || together[i].error[0]) return fprintf(stderr, "%s%s\n", alone[i].error, together[i].error), 1;
        printf("%-4s alone %.17g, together %.17g: %s\n", jobs[i].optimizer, alone[i].loss, together[i].loss,
               same ? "the same" : "DIFFERENT");
        different |= !same;
    }
    return different;
}
