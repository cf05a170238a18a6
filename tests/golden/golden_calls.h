/* golden_calls.h: pairs golden cases with calls by one list a file: CASES(X) holds X(name, second_order, expression), in the order of the
 * cases; the expression sees inputs a, b and c, the context, and `second` for an auxiliary result. */
#ifndef TEST_GOLDEN_CALLS_H
#define TEST_GOLDEN_CALLS_H
#include "golden/golden.h"

#define GOLDEN_CALL(name_, second_order_, ...)                                                                                             \
    static cplug_tensor *call_##name_(cplug_tensor *const *in, const void *args, cplug_tensor **second)                                    \
    {                                                                                                                                      \
        cplug_tensor *const a = in[0], *const b = in[1], *const c = in[2];                                                                 \
        cplug_context *const ctx = cplug_tensor_context(a);                                                                                \
        (void)args, (void)second, (void)b, (void)c, (void)ctx;                                                                             \
        return __VA_ARGS__;                                                                                                                \
    }
#define GOLDEN_USE(name_, second_order_, ...) { #name_, call_##name_, NULL, second_order_ },
#define DIMS(...) (int32_t[]){ __VA_ARGS__ }, (int32_t)(sizeof((int32_t[]){ __VA_ARGS__ }) / sizeof(int32_t))
#define LIST(...) (cplug_tensor *[]){ __VA_ARGS__ }, (int64_t)(sizeof((cplug_tensor *[]){ __VA_ARGS__ }) / sizeof(cplug_tensor *))
#define ALL NULL, 0
#define NUMBER(x) cplug_float(ctx, x)
#define MASK(t) cplug_ne(t, cplug_int(ctx, 0))
#endif
