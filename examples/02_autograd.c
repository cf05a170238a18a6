/* 02_autograd.c: gradients: backward, accumulation, no_grad, gradients of gradients.  Each part says which lines of PyTorch it stands
 * for.
 *
 *     cc 02_autograd.c $(pkg-config --cflags --libs cplug) -o 02_autograd */
#include <cplug/cplug.h>
#include <stdio.h>

/* torch.tensor(value, requires_grad=True) */
static cplug_tensor *leaf(cplug_context *ctx, double value) { return cplug_requires_grad(cplug_full(ctx, CPLUG_F32, 0, NULL, value), 1); }

/* x = torch.tensor(3.0, requires_grad=True); y = x ** 2 + 2 * x + 1; y.backward(); print(x.grad) */
static void parabola(cplug_context *ctx)
{
    cplug_tensor *x = leaf(ctx, 3);
    cplug_tensor *y = cplug_add_scalar(cplug_add(cplug_pow_scalar(x, 2), cplug_mul_scalar(x, 2)), 1);
    printf("y = %g, made by %s\n", cplug_item_value(y), cplug_tensor_grad_fn(y));
    cplug_backward(y);
    printf("dy/dx at 3 = %g\n", cplug_item_value(cplug_tensor_grad(x)));
}

/* y = (x * x).sum(); y.backward(): the gradient of a vector, 2 x */
static void vector(cplug_context *ctx)
{
    const float values[3] = { 1, -2, 3 };
    char text[128] = "";
    cplug_tensor *x = cplug_requires_grad(cplug_from_array(ctx, CPLUG_F32, CPLUG_SHAPE(3), values), 1);
    cplug_backward(cplug_sum(cplug_mul(x, x), NULL, 0, 0));
    cplug_tensor_format(cplug_tensor_grad(x), text, sizeof text);
    printf("x.grad = %s\n", text);
}

/* backward adds to .grad, so a training loop clears it: x.grad = None */
static void accumulation(cplug_context *ctx)
{
    cplug_tensor *x = leaf(ctx, 2);
    cplug_backward(cplug_mul_scalar(x, 5));
    cplug_backward(cplug_mul_scalar(x, 5));
    printf("after two backward calls x.grad = %g\n", cplug_item_value(cplug_tensor_grad(x)));
    cplug_tensor_grad_set(x, NULL);
    printf("after clearing there is %s gradient\n", cplug_tensor_grad(x) ? "a" : "no");
}

/* with torch.no_grad(): pred = x * 2; print(pred.requires_grad) */
static void no_grad(cplug_context *ctx)
{
    cplug_tensor *x = leaf(ctx, 2);
    const int32_t before = cplug_grad_mode(ctx, 0);
    cplug_tensor *prediction = cplug_mul_scalar(x, 2);
    cplug_grad_mode(ctx, before);
    printf("under no_grad requires_grad is %s; of x.detach() too: %s\n", cplug_tensor_requires_grad(prediction) ? "true" : "false",
           cplug_tensor_requires_grad(cplug_detach(x)) ? "true" : "false");
}

/* g, = torch.autograd.grad(x ** 3, x, create_graph=True); torch.autograd.grad(g, x): the second derivative, 6 x */
static void twice(cplug_context *ctx)
{
    cplug_tensor *x = leaf(ctx, 2), *cube = cplug_pow_scalar(x, 3), *first = NULL, *second = NULL;
    cplug_grad_args keep = CPLUG_GRAD_ARGS;
    keep.create_graph = 1;
    cplug_grad(&cube, 1, &x, 1, &keep, &first);
    cplug_grad(&first, 1, &x, 1, NULL, &second);
    printf("x ** 3 at 2: first derivative %g, second %g\n", cplug_item_value(first), cplug_item_value(second));
}

/* Newton's method on x ** 2 = 2 with the gradient from autograd. */
static void square_root(cplug_context *ctx)
{
    double x = 1;
    for (int i = 0; i < 6; i++) {
        cplug_scope *step = cplug_scope_open(ctx);
        cplug_tensor *at = leaf(ctx, x), *f = cplug_sub_scalar(cplug_mul(at, at), 2);
        cplug_backward(f);
        x -= cplug_item_value(f) / cplug_item_value(cplug_tensor_grad(at));
        cplug_scope_close(step);
    }
    printf("the square root of 2 is %.5f\n", x);
}

/* y.backward() a second time: the graph is gone, and the error says what to do */
static void mistake(cplug_context *ctx)
{
    cplug_tensor *x = leaf(ctx, 3), *y = cplug_mul(x, x);
    cplug_backward(y);
    cplug_backward(y);
    printf("error: %s\n", cplug_error_text(ctx));
    cplug_error_clear(ctx);
}

int main(void)
{
    cplug_context *ctx = cplug_open(NULL);
    if (!ctx) return fprintf(stderr, "%s\n", cplug_error_text(NULL)), 1;
    static void (*const parts[])(cplug_context *) = { parabola, vector, accumulation, no_grad, twice, square_root, mistake };
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
        cplug_scope *scope = cplug_scope_open(ctx);
        parts[i](ctx);
        cplug_scope_close(scope);
    }
    if (cplug_failed(ctx)) fprintf(stderr, "%s\n", cplug_error_text(ctx));
    return cplug_close(ctx) != CPLUG_OK;
}
