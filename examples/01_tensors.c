/* 01_tensors.c: tensors: making them, looking at them, slicing, reshaping, arithmetic, and getting numbers out again.
 * Each part says which lines of PyTorch it stands for.
 *
 *     cc 01_tensors.c $(pkg-config --cflags --libs cplug) -o 01_tensors */
#include <cplug/cplug.h>
#include <stdio.h>

/* print(name, t) */
static void show(const char *name, cplug_tensor *t)
{
    char text[1024] = "";
    cplug_tensor_format(t, text, sizeof text);
    printf("%s = %s\n", name, text);
}

/* torch.tensor(...), torch.zeros, torch.ones, torch.arange, torch.rand */
static void making(cplug_context *ctx)
{
    const int32_t numbers[6] = { 1, 2, 3, 4, 5, 6 };
    /* torch.tensor([[1, 2, 3], [4, 5, 6]], dtype=torch.int32) */
    cplug_tensor *a = cplug_from_array(ctx, CPLUG_I32, CPLUG_SHAPE(2, 3), numbers);
    show("a", a);
    printf("a.ndim %d, a.shape (%d, %d), a.dtype %s, a.device %s\n", (int)cplug_tensor_ndim(a), (int)cplug_tensor_size(a, 0),
           (int)cplug_tensor_size(a, 1), cplug_dtype_name(cplug_tensor_dtype(a)), cplug_tensor_device(a));
    show("torch.zeros(2, 3)", cplug_zeros(ctx, CPLUG_F32, CPLUG_SHAPE(2, 3)));
    show("torch.ones_like(a)", cplug_ones_like(a));
    show("torch.arange(0, 10, 2)", cplug_arange(ctx, CPLUG_I64, 0, 10, 2));
    show("a.float()", cplug_to(a, CPLUG_F32, NULL));
    show("torch.rand(2, 3)", cplug_rand(ctx, CPLUG_F32, CPLUG_SHAPE(2, 3))); /* numbers depend on the seed alone */
}

/* x[0], x[:, 1], x[1:3, 2:4]: views, which share memory with x */
static void slicing(cplug_context *ctx)
{
    cplug_tensor *x = cplug_reshape(cplug_arange(ctx, CPLUG_F32, 0, 20, 1), CPLUG_SHAPE(4, 5));
    cplug_tensor *corner = cplug_slice(cplug_slice(x, 0, 1, 3, 1), 1, 2, 4, 1);
    show("x[0]", cplug_select(x, 0, 0));
    show("x[:, 1]", cplug_select(x, 1, 1));
    show("x[1:3, 2:4]", corner);
    cplug_fill_(corner, -1); /* x[1:3, 2:4] = -1 */
    show("x", x);
}

/* x.view(2, 3), x.reshape(3, -1), x.T, x.unsqueeze(0), torch.cat */
static void shapes(cplug_context *ctx)
{
    cplug_tensor *x = cplug_view_as(cplug_arange(ctx, CPLUG_F32, 0, 6, 1), CPLUG_SHAPE(2, 3));
    cplug_tensor *twice[2] = { x, x };
    show("x.view(2, 3)", x);
    show("x.reshape(3, -1)", cplug_reshape(x, CPLUG_SHAPE(3, -1)));
    show("x.T", cplug_transpose(x, 0, 1));
    printf("x.unsqueeze(0) has %d dimensions\n", (int)cplug_tensor_ndim(cplug_unsqueeze(x, 0)));
    show("torch.cat([x, x], dim=1)", cplug_cat(twice, 2, 1));
}

/* a + b, a * b, a @ b, a * 2 + 1, sum, mean, argmax */
static void arithmetic(cplug_context *ctx)
{
    const float one[3] = { 1, 2, 3 }, other[3] = { 4, 5, 6 };
    cplug_tensor *a = cplug_from_array(ctx, CPLUG_F32, CPLUG_SHAPE(3), one);
    cplug_tensor *b = cplug_from_array(ctx, CPLUG_F32, CPLUG_SHAPE(3), other);
    show("a + b", cplug_add(a, b));
    show("a * b", cplug_mul(a, b));
    show("a @ b", cplug_matmul(a, b));
    show("a * 2 + 1", cplug_add_scalar(cplug_mul_scalar(a, 2), 1));
    show("a.unsqueeze(1) * b", cplug_mul(cplug_unsqueeze(a, 1), b)); /* (3, 1) and (3): broadcast to (3, 3) */
    show("(a * b).mean()", cplug_mean(cplug_mul(a, b), NULL, 0, 0));
    show("b.argmax()", cplug_argmax(b, CPLUG_ALL, 0));
}

/* t.item(), t.numpy() */
static void numbers_out(cplug_context *ctx)
{
    float copy[4] = { 0, 0, 0, 0 };
    cplug_tensor *t = cplug_full(ctx, CPLUG_F32, CPLUG_SHAPE(2, 2), 2.5);
    cplug_to_array(t, copy, sizeof copy);
    printf("t.sum().item() = %g, t[1][1] = %g\n", cplug_item_value(cplug_sum(t, NULL, 0, 0)), (double)copy[3]);
}

/* Mistakes are no surprise: the first one stays in the context, everything after it does nothing. */
static void mistakes(cplug_context *ctx)
{
    cplug_tensor *sum = cplug_add(cplug_ones(ctx, CPLUG_F32, CPLUG_SHAPE(2)), cplug_ones(ctx, CPLUG_F32, CPLUG_SHAPE(3)));
    printf("%s: %s\n", sum ? "no error" : "error", cplug_error_text(ctx));
    cplug_error_clear(ctx);
}

int main(void)
{
    cplug_context *ctx = cplug_open("seed=1"); /* torch.manual_seed(1) */
    if (!ctx) return fprintf(stderr, "%s\n", cplug_error_text(NULL)), 1;
    static void (*const parts[])(cplug_context *) = { making, slicing, shapes, arithmetic, numbers_out, mistakes };
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
        cplug_scope *scope = cplug_scope_open(ctx); /* what is made from here on ... */
        parts[i](ctx);
        cplug_scope_close(scope); /* ... is given back here: no free, no leak */
    }
    if (cplug_failed(ctx)) fprintf(stderr, "%s\n", cplug_error_text(ctx));
    return cplug_close(ctx) != CPLUG_OK;
}
