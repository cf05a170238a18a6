/* fuzz_safetensors.c: any bytes as a safetensors file, all of whose tensors are read. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cplug_context *ctx = fuzz_context();
    fuzz_tensors(ctx, fuzz_file("fuzz.safetensors", data, size));
    return 0;
}
