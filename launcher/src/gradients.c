/* gradients.c: does the loss reach the parameters?  Looked at once, after the first backward pass: a model of which nothing can learn is
 * an error, a layer that cannot is worth a warning. */
#include "loop.h"

typedef struct finding {
    str without; /* layers of which no parameter has a gradient: "fc1 (fc1.weight fc1.bias), ..." */
    int64_t parameters, reached;
    bool off; /* requires_grad is off for some of them */
} finding;

/* "layer1.0.conv1" of "layer1.0.conv1.weight" */
static size_t layer_length(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot != NULL ? (size_t)(dot - name) : 0;
}

static bool same_layer(const char *a, const char *b)
{
    const size_t n = layer_length(a);
    return layer_length(b) == n && strncmp(a, b, n) == 0;
}

static void look(cplug_run *r, finding *f)
{
    const cplug_named_tensor *list = NULL;
    f->parameters = cplug_module_named(r->model, CPLUG_PARAMETERS, &list);
    for (int64_t i = 0, next; i < f->parameters; i = next) {
        int64_t reached = 0;
        for (next = i; next < f->parameters && same_layer(list[i].name, list[next].name); next++) {
            reached += cplug_tensor_grad(list[next].tensor) != NULL;
            f->off |= !cplug_tensor_requires_grad(list[next].tensor);
        }
        f->reached += reached;
        const int n = (int)layer_length(list[i].name);
        if (reached == 0) cplug__str_add(&f->without, "%s%.*s", f->without.n ? ", " : "", n ? n : (int)strlen(list[i].name), list[i].name);
    }
}

cplug_status cplug__check_gradients(loop *l)
{
    cplug_run *r = l->r;
    finding f = { .parameters = 0 };
    const cplug_status failed = cplug_failed(r->ctx);
    l->looked = true;
    if (failed != CPLUG_OK && failed != CPLUG_E_AUTOGRAD) return failed;
    look(r, &f);
    cplug_status status = failed;
    if (f.parameters > 0 && f.reached == 0) {
        const char *words = failed ? cplug__pool_printf(&r->pool, " (%s)", cplug_error_text(r->ctx)) : "";
        cplug_error_clear(r->ctx);
        status = cplug__run_fail(r, CPLUG_RUN_CONFIG, "no parameter receives a gradient, nothing can be learned by: %s; %s%s",
                                 cplug__str_text(&f.without),
                                 f.off ? "requires_grad is off" : "the loss does not depend on the output of these layers", words);
    } else if (f.parameters == 0 && failed) {
        cplug_error_clear(r->ctx);
        status = cplug__run_fail(r, CPLUG_RUN_CONFIG, "no parameter receives a gradient: none of the model's %u layers has parameters",
                                 r->plan.n_nodes);
    } else if (f.without.n && !failed) {
        cplug__tell(r, CPLUG_TELL_WARNING, "without a gradient, so never changed: %s (%s)", cplug__str_text(&f.without),
                    f.off ? "requires_grad is off" : "the loss does not depend on their output");
    }
    cplug__str_free(&f.without);
    return status;
}
