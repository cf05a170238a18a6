/* plugin.c: what cplug-losses.so brings, and what the families share. */
#include "losses.h"
CPLUG_USE_API;

cplug_status declare_list(cplug_module *m, const char *name, cplug_floats list)
{
    cplug_context *ctx = cplug_module_context(m);
    cplug_status st = cplug_module_buffer(m, name, CPLUG_F32, list.n ? 1 : -1, &list.n, 0);
    if (st || !list.n) return st;
    const cplug_named_tensor *entries;
    const int64_t n = cplug_module_named(m, CPLUG_BUFFERS, &entries); /* the one just declared is the last */
    if (n < 1) return cplug_failed(ctx);
    return cplug_copy_(entries[n - 1].tensor, cplug_from_array(ctx, CPLUG_F64, 1, &list.n, list.v));
}
cplug_status loss_result(cplug_module *m, cplug_tensor *loss, cplug_tensor **out)
{
    out[0] = loss;
    return loss ? CPLUG_OK : cplug_failed(cplug_module_context(m));
}

static const cplug_module_type *const types[] = {
    &loss_mse, &loss_l1, &loss_smooth_l1, &loss_cross_entropy, &loss_nll, &loss_bce, &loss_bce_with_logits,
};
static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e)
{
    if (CPLUG_IMPORT_API(h)) return h->fail(e, CPLUG_E_VERSION, "needs cplug.api/0 of ABI minor %d", CPLUG_TARGET_MINOR);
    for (uint32_t i = 0; i < CPLUG_COUNT(types); i++) {
        const cplug_status st = h->add(r, "loss", types[i], e);
        if (st) return st;
    }
    return CPLUG_OK;
}
CPLUG_PLUGIN(losses, "cplug.losses", "0.1.0", "Apache-2.0", "losses with PyTorch's names and defaults",
             "loss:mse loss:l1 loss:smooth_l1 loss:cross_entropy loss:nll loss:bce loss:bce_with_logits", init);
