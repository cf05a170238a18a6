/* starve.c: a case with its n-th allocation failing, for every n.  The error is out of memory or, where the call can do without, none; once
 * it is cleared the same context works.  A leak is seen by the sanitizer.  Each n has a context of its own, which has decided nothing yet.
 */
#include "check.h"
#include <stdio.h>
#include <string.h>

enum { MOST = 5000 };

static cplug_status starved_run(cplug_context *ctx, const conf_case *c, cplug_dtype dtype, bool grads, uint64_t n, uint64_t *used)
{
    result r = { .n_out = 0 };
    if (conf_inputs(ctx, c, dtype, CONF_DENSE, r.in) != CPLUG_OK) return cplug_failed(ctx);
    for (uint32_t i = 0; grads && i < c->n_in; i++)
        if (conf_differentiable(c, i)) cplug_requires_grad(r.in[i], 1);
    cplug_test_fail_allocation(n);
    if (conf_call(ctx, c, r.in, r.out, &r.n_out) == CPLUG_OK && grads) conf_grads(ctx, c, r.in, r.out, r.n_out, false, NULL, r.grad);
    *used = cplug_test_fail_allocation(0);
    return cplug_failed(ctx);
}

static void check_again(check *k, cplug_context *ctx, const conf_case *c, cplug_dtype dtype, bool grads, const char *when,
                        const result *want)
{
    result r;
    char what[96];
    if (check_run(ctx, c, dtype, CONF_DENSE, grads, &r) != CPLUG_OK) {
        check_failed(k, c, dtype, when, cplug_error_text(ctx));
        return;
    }
    for (uint32_t i = 0; i < r.n_out; i++) {
        snprintf(what, sizeof what, "out%u %s", i, when);
        if (want->out[i] != NULL) check_same(k, c, dtype, what, r.out[i], want->out[i]);
    }
    for (uint32_t i = 0; i < c->n_in; i++) {
        snprintf(what, sizeof what, "grad%u %s", i, when);
        if (want->grad[i] != NULL) check_same(k, c, dtype, what, r.grad[i], want->grad[i]);
    }
}

void check_starved(check *k, const conf_case *c, cplug_dtype dtype, bool grads, const result *want)
{
    const int before = k->failures;
    const uint64_t again = strcmp(k->on, "cpu") == 0 ? 1 : 4; /* a device's queue makes each look slow */
    uint64_t used = 1;
    for (uint64_t n = 1; n <= used + 1 && n < MOST && k->failures == before; n++) {
        char when[64];
        cplug_context *ctx = check_open(k->on);
        cplug_scope *scope = cplug_scope_open(ctx);
        snprintf(when, sizeof when, "after allocation %d failed", (int)n);
        const cplug_status status = starved_run(ctx, c, dtype, grads, n, &used);
        k->checks++;
        if (status != CPLUG_OK && status != CPLUG_E_NOMEM) check_failed(k, c, dtype, when, cplug_error_text(ctx));
        cplug_error_clear(ctx);
        if (n % again == 0) check_again(k, ctx, c, dtype, grads, when, want);
        cplug_scope_close(scope);
        cplug_close(ctx);
    }
}
