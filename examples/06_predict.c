/* 06_predict.c: uses a model that cplug-run trained: open the run, predict, close.  Train one first, then ask it:
 *
 *     cplug-run train models/line.ini                     # writes runs/line-1
 *     cc 06_predict.c $(pkg-config --cflags --libs cplug-launcher) -o 06_predict
 *     ./06_predict runs/line-1 3                          # one number for every input of the network
 *
 * In PyTorch one would write the class again, load_state_dict(), eval() and no_grad(); a run holds its own description. */
#include <cplug/launcher.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_INPUTS = 1024 };

/* The numbers of the command line as a batch of one sample, in the shape that the model expects; NULL when their count is wrong. */
static cplug_tensor *one_sample(cplug_run *run, int n_numbers, char **numbers)
{
    int64_t shape[CPLUG_MAX_DIMS], batch[CPLUG_MAX_DIMS + 1] = { 1 }, wanted = 1;
    float values[MOST_INPUTS];
    const int32_t ndim = cplug_run_input_shape(run, shape);
    for (int32_t d = 0; d < ndim; d++) {
        batch[d + 1] = shape[d];
        wanted *= shape[d];
    }
    if (wanted != n_numbers || wanted > MOST_INPUTS) {
        fprintf(stderr, "this model expects %lld numbers, got %d\n", (long long)wanted, n_numbers);
        return NULL;
    }
    for (int i = 0; i < n_numbers; i++) values[i] = strtof(numbers[i], NULL);
    return cplug_from_array(cplug_run_context(run), CPLUG_F32, ndim + 1, batch, values);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: %s RUN NUMBER ...\nRUN is the folder that `cplug-run train FILE.ini` wrote, such as runs/line-1\n",
                argv[0]);
        return 2;
    }
    cplug_run *run = cplug_run_open(argv[1], NULL); /* model and weights; eval mode, no gradients */
    cplug_tensor *x = cplug_run_code(run) ? NULL : one_sample(run, argc - 2, argv + 2);
    cplug_tensor *scores = x ? cplug_run_predict(run, x) : NULL;
    char text[1024] = "";
    const int ok = scores && cplug_tensor_format(scores, text, sizeof text) >= 0;
    if (ok)
        printf("%s\n", text);
    else
        fprintf(stderr, "%s\n", cplug_run_error(run));
    cplug_run_close(run); /* also gives back every tensor */
    return !ok;
}
