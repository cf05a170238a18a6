/* fuzz_csv.c: any bytes as a table: the first byte chooses how it is read. */
#include "fuzz.h"
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const ways[] = { "",
                                        "header=no target=none",
                                        "header=yes target=0 target_type=class encode=index",
                                        "delimiter=\";\" missing=drop",
                                        "delimiter=\" \" missing=0 target_type=number",
                                        "delimiter=tab split=valid valid_fraction=0.5",
                                        "ignore=0 categorical=1 missing_values=x",
                                        "transforms=[scale]" };
    char spec[512];
    if (size < 1) return 0;
    cplug_context *ctx = fuzz_context();
    const char *path = fuzz_file("fuzz.csv", data + 1, size - 1);
    snprintf(spec, sizeof spec, "csv file=\"%s\" %s", path, ways[data[0] % (sizeof ways / sizeof *ways)]);
    fuzz_data(ctx, spec);
    return 0;
}
