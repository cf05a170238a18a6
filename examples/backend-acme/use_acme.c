/* use_acme.c: loads acme's backend by path and shows that it answers. */
#include <cplug/cplug.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc < 2) return fprintf(stderr, "usage: %s cplug-acme.so\n", argv[0]), 2;
    cplug_context *ctx = cplug_open(NULL);
    const float data[4] = { -1, 2, -3, 4 };
    const int64_t shape[1] = { 4 };
    char text[256] = "";
    cplug_plugin_load(ctx, argv[1]);
    cplug_tensor *y = cplug_relu(cplug_from_array(ctx, CPLUG_F32, 1, shape, data));
    cplug_tensor_format(y, text, sizeof text);
    printf("%s\n%s\n", text, cplug_explain(ctx, "relu"));
    if (cplug_failed(ctx)) fprintf(stderr, "%s\n", cplug_error_text(ctx));
    return cplug_close(ctx) != CPLUG_OK;
}
