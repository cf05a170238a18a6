/* fuzz_npy.c: any bytes as a NumPy file. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cplug_context *ctx = fuzz_context();
    fuzz_tensors(ctx, fuzz_file("fuzz.npy", data, size));
    return 0;
}
