/* fuzz_idx.c: any bytes as the two IDX files of data set mnist: two bytes tell how long the first one is. */
#include "fuzz.h"
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char spec[256];
    if (size < 2) return 0;
    size_t images = (size_t)data[0] << 8 | data[1];
    data += 2, size -= 2;
    if (images > size) images = size;
    cplug_context *ctx = fuzz_context();
    fuzz_file("train-images-idx3-ubyte", data, images);
    fuzz_file("train-labels-idx1-ubyte", data + images, size - images);
    snprintf(spec, sizeof spec, "mnist root=\"%s\"", fuzz_folder());
    fuzz_data(ctx, spec);
    return 0;
}
