/* layer.c: the layer acme.snake, and the entry of the plugin. */
#include "snake.h"
#include <stdio.h>
CPLUG_USE_API; /* in one file of the plugin: the pointer to the API's table */

typedef struct snake { /* core makes it and fills in the options */
    double alpha;
} snake;
static const cplug_option options[] = {
    { .name = "alpha",
      .doc = "what every feature's alpha begins with: a larger one for higher frequencies",
      .type = CPLUG_OPT_FLOAT,
      .offset = offsetof(snake, alpha),
      .fallback = "1.0",
      .min = 0.001,
      .max = 1000 },
};

/* The number of features is that of the first input. */
static cplug_status first_use(cplug_module *m, void *self, const cplug_meta *in, uint32_t n)
{
    const snake *s = self;
    char init[64];
    (void)n;
    if (in[0].ndim < 1) return cplug_error_set(cplug_module_context(m), CPLUG_E_SHAPE, "acme.snake: expected an input of [..., features]");
    /* in thousandths, as a whole number: a program's locale may write 0.5 with a comma */
    const int64_t thousandths = (int64_t)(s->alpha * 1000 + 0.5);
    snprintf(init, sizeof init, "constant value=%llde-3", (long long)thousandths);
    return cplug_module_parameter(m, "alpha", 1, &in[0].shape[in[0].ndim - 1], init);
}

static cplug_status forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    const cplug_arg arg[2] = { CPLUG_ARG(in[0]), CPLUG_ARG(cplug_module_tensor(m, 0)) };
    (void)self, (void)n_in;
    return cplug_dispatch(cplug_module_context(m), "acme.snake", arg, 2, NULL, 0, out, n_out);
}

static const cplug_module_type type = {
    .struct_size = sizeof type,
    .id = "acme.snake",
    .class_name = "Snake",
    .doc = "x + sin(alpha x)^2 / alpha with a learned alpha for each feature",
    .options = CPLUG_OPTIONS(options),
    .instance_size = sizeof(snake),
    .first_use = first_use,
    .forward = forward,
    .n_inputs = 1,
    .n_outputs = 1,
};

static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    static const struct {
        const char *kind;
        const void *what;
    } all[] = { { "op", &acme_snake_op }, { "kernel", &acme_snake_kernel }, { "module", &type } };
    if (CPLUG_IMPORT_API(h)) return h->fail(e, CPLUG_E_VERSION, "needs cplug.api/0 of ABI minor %d", CPLUG_TARGET_MINOR);
    for (uint32_t i = 0; i < CPLUG_COUNT(all); i++)
        if (h->add(r, all[i].kind, all[i].what, e)) return e->code;
    return CPLUG_OK;
}
CPLUG_PLUGIN(acme_snake, "com.acme.snake", "1.0.0", "MIT", "a layer for periodic things",
             "op:acme.snake kernel:acme.snake@cpu module:acme.snake", init);
