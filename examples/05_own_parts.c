/* 05_own_parts.c: a host's own data set and its own module, in one C file: class RingDataset(Dataset) and class Residual(nn.Module) of
 * a PyTorch program.  Registered, they are used by name like any other, and their options are checked like any other's.
 *
 *     cc 05_own_parts.c $(pkg-config --cflags --libs cplug) -lm -o 05_own_parts */
#include <cplug/cplug.h>
#include <math.h>
#include <stdio.h>

/* ---- class RingDataset(Dataset): points in a square; class 1 lies in a ring around the middle, class 0 elsewhere ---- */
typedef struct ring { /* self: core makes it and fills in the options */
    int64_t samples, seed;
    const cplug_host *host;
} ring;
static const cplug_option ring_options[] = {
    { .name = "samples",
      .doc = "how many",
      .type = CPLUG_OPT_INT,
      .offset = offsetof(ring, samples),
      .fallback = "1000",
      .min = 1,
      .max = 1e9 },
    { .name = "seed", .doc = "other points", .type = CPLUG_OPT_INT, .offset = offsetof(ring, seed), .fallback = "1" },
};
static const char *const classes[] = { "outside", "ring" };
static const cplug_field fields[] = {
    { .name = "input", .meta = { .dtype = CPLUG_F32, .ndim = 1, .shape = { 2 } } },
    { .name = "target", .classes = classes, .n_classes = 2, .meta = { .dtype = CPLUG_I64 } },
};

/* def __init__(self, ...) and def __len__(self) */
static cplug_status ring_open(const cplug_host *h, void *self, cplug_dataset_info *info, cplug_error *e)
{
    ring *r = self;
    (void)e;
    r->host = h;
    info->length = r->samples;
    info->fields = fields, info->n_fields = 2;
    return CPLUG_OK;
}

/* def __getitem__(self, index), for n of them at once; any thread calls it, so it only reads self */
static cplug_status ring_read(void *self, const int64_t *index, int64_t n, cplug_view *const *out, cplug_error *e)
{
    const ring *r = self;
    float *point = out[0]->data;    /* [n, 2] */
    int64_t *target = out[1]->data; /* [n] */
    (void)e;
    for (int64_t k = 0; k < n; k++) {
        uint32_t random[4];
        r->host->philox((uint64_t)r->seed, (uint64_t)index[k], random); /* sample i is the same whenever it is asked for */
        const double x = random[0] * 0x1p-31 - 1, y = random[1] * 0x1p-31 - 1, radius = sqrt(x * x + y * y);
        point[2 * k] = (float)x;
        point[2 * k + 1] = (float)y;
        target[k] = radius > 0.4 && radius < 0.8;
    }
    return CPLUG_OK;
}
static const cplug_dataset ring_type = {
    .struct_size = sizeof ring_type,
    .id = "my.ring",
    .doc = "points in and around a ring",
    .options = CPLUG_OPTIONS(ring_options),
    .instance_size = sizeof(ring),
    .open = ring_open,
    .read = ring_read,
};

/* ---- class Residual(nn.Module): x + scale * relu(fc(x)), with a parameter of its own ---- */
typedef struct residual {
    int64_t features;
} residual;
static const cplug_option residual_options[] = {
    { .name = "features",
      .doc = "size of input and output",
      .type = CPLUG_OPT_INT,
      .flags = CPLUG_OPT_REQUIRED,
      .offset = offsetof(residual, features),
      .min = 1,
      .max = 1e6 },
};

/* def __init__(self, features): self.fc = nn.Linear(features, features); self.scale = nn.Parameter(torch.ones(1)) */
static cplug_status residual_build(cplug_module *m, void *self)
{
    const int features = (int)((const residual *)self)->features;
    const int64_t one[1] = { 1 };
    char spec[96];
    snprintf(spec, sizeof spec, "linear in_features=%d out_features=%d", features, features);
    cplug_module_child(m, "fc", spec);
    return cplug_module_parameter(m, "scale", 1, one, "ones");
}

/* def forward(self, x): return x + self.scale * torch.relu(self.fc(x)) */
static cplug_status residual_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out,
                                     uint32_t n_out)
{
    cplug_tensor *scale = cplug_module_tensor(m, 0); /* the first that build declared */
    (void)self, (void)n_in, (void)n_out;
    out[0] = cplug_add(in[0], cplug_mul(scale, cplug_relu(cplug_forward(cplug_module_child_at(m, 0), in[0]))));
    return cplug_failed(cplug_module_context(m));
}
static const cplug_module_type residual_type = {
    .struct_size = sizeof residual_type,
    .id = "my.residual",
    .class_name = "Residual",
    .doc = "x + scale relu(fc(x))",
    .options = CPLUG_OPTIONS(residual_options),
    .instance_size = sizeof(residual),
    .build = residual_build,
    .forward = residual_forward,
    .n_inputs = 1,
    .n_outputs = 1,
};

int main(void)
{
    cplug_context *ctx = cplug_open("seed=1");
    cplug_register(ctx, "dataset", &ring_type);
    cplug_register(ctx, "module", &residual_type);
    cplug_module *net = cplug_sequential(ctx, "linear out_features=32", "relu", "my.residual features=32", "my.residual features=32",
                                         "linear out_features=2", NULL);
    cplug_optimizer *adam = cplug_optimizer_new(net, "adam", "lr=5e-3");
    cplug_loader *train = cplug_loader_new(ctx, "my.ring samples=2000", "batch_size=50 shuffle=true");
    cplug_loader *test = cplug_loader_new(ctx, "my.ring samples=1000 seed=2", "batch_size=1000");
    cplug_metric *accuracy = cplug_metric_new(ctx, "accuracy");
    const cplug_batch *batch;

    for (int epoch = 0; epoch < 15 && !cplug_failed(ctx); epoch++) {
        while ((batch = cplug_loader_next(train)) != NULL) {
            cplug_scope *step = cplug_scope_open(ctx);
            cplug_optimizer_zero_grad(adam);
            cplug_backward(cplug_cross_entropy(cplug_forward(net, batch->input), batch->target, NULL));
            cplug_optimizer_step(adam);
            cplug_scope_close(step);
        }
    }
    char text[1024] = "";
    const char *name = NULL;
    double value = 0;
    uint32_t n = 1;
    cplug_grad_mode(ctx, 0);
    batch = cplug_loader_next(test);
    if (batch) cplug_metric_update(accuracy, cplug_forward(net, batch->input), batch->target);
    cplug_metric_value(accuracy, &name, &value, &n);
    cplug_module_format(net, text, sizeof text);
    printf("%s\naccuracy %.3f\n", text, value);
    if (cplug_failed(ctx)) fprintf(stderr, "%s\n", cplug_error_text(ctx));
    return cplug_close(ctx) != CPLUG_OK;
}
