/* check_format.c: a network saved as *.plain, the format of docs/write-a-component.md, comes back bit for bit; a file that was cut off is
 * an error and changes nothing. */
#define _DEFAULT_SOURCE /* truncate */
#include <cplug/cplug.h>
#include <stdio.h>
#include <unistd.h>

static cplug_module *net_of(cplug_context *ctx)
{
    return cplug_sequential(ctx, "linear in_features=3 out_features=5", "batch_norm1d num_features=5",
                            "linear out_features=2 in_features=5", NULL);
}

int main(void)
{
    cplug_context *ctx = cplug_open("seed=1");
    if (!ctx) return printf("%s\n", cplug_error_text(NULL)), 1;
    cplug_module *one = net_of(ctx), *other = net_of(ctx);
    const cplug_named_tensor *a = NULL, *b = NULL;
    cplug_module_save(one, "net.plain");
    cplug_module_load(other, "net.plain");
    const int64_t n = cplug_module_named(one, CPLUG_STATE, &a);
    int64_t same = 0;
    if (n == cplug_module_named(other, CPLUG_STATE, &b))
        for (int64_t i = 0; i < n; i++) same += cplug_equal(a[i].tensor, b[i].tensor) == 1;
    printf("%d of %d tensors are the same; %s\n", (int)same, (int)n, cplug_error_text(ctx));
    if (same != n || n == 0 || cplug_failed(ctx)) return 1;
    if (truncate("net.plain", 3000)) return 1;
    printf("cut off: code %d, %s\n", (int)cplug_module_load(other, "net.plain"), cplug_error_text(ctx));
    const int code = cplug_failed(ctx);
    cplug_close(ctx);
    return code != CPLUG_E_FORMAT && code != CPLUG_E_IO;
}
