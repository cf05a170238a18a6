/* fuzz_ini.c: any text as an INI file of the launcher: read, checked, its model built, written out again and read once more. */
#include "fuzz.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cplug_run_args args = CPLUG_RUN_ARGS;
    cplug_context *ctx = fuzz_context();
    args.ctx = ctx;
    cplug_run *r = cplug_run_open(fuzz_file("fuzz.ini", data, size), &args);
    if (cplug_run_code(r) && !cplug_run_error(r)[0]) abort();
    const char *written = cplug_run_code(r) ? "" : cplug_run_config(r);
    if (written[0]) {
        cplug_run *again = cplug_run_open(fuzz_file("again.ini", written, strlen(written)), &args);
        if (cplug_run_code(again)) fprintf(stderr, "written:\n%s\n%s\n", written, cplug_run_error(again)), abort();
        if (strcmp(cplug_run_config(again), written) != 0) fprintf(stderr, "%s\nthen\n%s\n", written, cplug_run_config(again)), abort();
        cplug_run_close(again);
    }
    cplug_run_close(r);
    fuzz_judge(ctx);
    return 0;
}
