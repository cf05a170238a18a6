/* static_host.c: a host into which two third parties' plugins are linked (-DCPLUG_STATIC), the low tier and the high one; nothing is
 * loaded for them. */
#include <cplug/cplug.h>
#include <stdio.h>

extern const cplug_plugin cplug_plugin_v0_acme, cplug_plugin_v0_acme_snake;

int main(void)
{
    cplug_context *ctx = cplug_open("seed=1");
    if (!ctx) return printf("%s\n", cplug_error_text(NULL)), 1;
    cplug_plugin_add(ctx, &cplug_plugin_v0_acme);
    cplug_plugin_add(ctx, &cplug_plugin_v0_acme_snake);
    cplug_module *net = cplug_sequential(ctx, "linear in_features=3 out_features=8", "acme.snake", "linear out_features=1", NULL);
    const int64_t in[2] = { 5, 3 }, out[2] = { 5, 1 };
    cplug_backward(cplug_mse_loss(cplug_forward(net, cplug_randn(ctx, CPLUG_F32, 2, in)), cplug_zeros(ctx, CPLUG_F32, 2, out), 1));
    printf("%s\n%s\n", cplug_explain(ctx, "mse_loss"), cplug_explain(ctx, "acme.snake"));
    for (int32_t i = 0; i < cplug_plugin_count(ctx); i++)
        if (cplug_plugin_get(ctx, i)->state == CPLUG_PLUGIN_STATIC) printf("static: %s\n", cplug_plugin_get(ctx, i)->id);
    if (cplug_failed(ctx)) printf("%s\n", cplug_error_text(ctx));
    return cplug_close(ctx) != CPLUG_OK;
}
