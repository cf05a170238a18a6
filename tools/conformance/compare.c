/* compare.c: two tensors on the host, in double, and what to say when they differ. */
#include "conformance.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

double conf_tolerance(const conf_case *c, cplug_dtype dtype)
{
    const double usual = dtype == CPLUG_F64    ? 1e-9
                         : dtype == CPLUG_F32  ? 2e-5
                         : dtype == CPLUG_F16  ? 2e-3
                         : dtype == CPLUG_BF16 ? 1.6e-2
                                               : 0;
    return usual * c->tolerance;
}

static bool same_shape(cplug_tensor *have, cplug_tensor *want, char *why, uint64_t size)
{
    const int32_t n = cplug_tensor_ndim(have);
    bool same = n == cplug_tensor_ndim(want);
    for (int32_t d = 0; same && d < n; d++) same = cplug_tensor_size(have, d) == cplug_tensor_size(want, d);
    if (same) return true;
    char text[2][128] = { "", "" };
    cplug_tensor *const both[2] = { have, want };
    for (int k = 0; k < 2; k++)
        for (int32_t d = 0, at = 0; d < cplug_tensor_ndim(both[k]); d++)
            at += snprintf(text[k] + at, sizeof text[k] - (size_t)at, d ? ",%lld" : "%lld", (long long)cplug_tensor_size(both[k], d));
    snprintf(why, size, "shape [%s], expected [%s]", text[0], text[1]);
    return false;
}

static bool equal(double a, double b, double tolerance)
{
    if (a == b || (isnan(a) && isnan(b))) return true;
    return isfinite(a) && isfinite(b) && fabs(a - b) <= tolerance * (1 + fabs(b));
}

bool conf_same(cplug_tensor *have, cplug_tensor *want, double tolerance, char *why, uint64_t size)
{
    if (have == NULL || want == NULL) return snprintf(why, size, have ? "a tensor, expected none" : "no tensor"), have == want;
    if (!same_shape(have, want, why, size)) return false;
    cplug_context *ctx = cplug_tensor_context(have);
    const int64_t n = cplug_tensor_numel(have);
    const uint64_t bytes = (uint64_t)n * sizeof(double);
    double *a = malloc(bytes + 1), *b = malloc(bytes + 1);
    int64_t bad = 0, first = -1;
    if (a != NULL && b != NULL) {
        cplug_to_array(cplug_to(cplug_detach(have), CPLUG_F64, "cpu"), a, bytes);
        cplug_to_array(cplug_to(cplug_detach(want), CPLUG_F64, "cpu"), b, bytes);
    }
    const bool read = a != NULL && b != NULL && !cplug_failed(ctx);
    for (int64_t i = 0; read && i < n; i++)
        if (!equal(a[i], b[i], tolerance) && bad++ == 0) first = i;
    if (!read)
        snprintf(why, size, "cannot be read: %s", cplug_error_text(ctx));
    else if (bad)
        snprintf(why, size, "%lld of %lld elements differ; element %lld is %.9g, expected %.9g", (long long)bad, (long long)n,
                 (long long)first, a[first], b[first]);
    free(a);
    free(b);
    return read && bad == 0;
}
