/* fuzz.h: what the fuzz targets share: a folder in memory where it can be, files in it, and a context that is renewed now and then, since
 * texts that a context has parsed stay with it.  Each target is one LLVMFuzzerTestOneInput; without libFuzzer, replay.c feeds it files. */
#ifndef TEST_FUZZ_H
#define TEST_FUZZ_H
#include <cplug/launcher.h>
#include <stdint.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A context with every plugin loaded and a limit on memory, its scope empty and no error standing. */
cplug_context *fuzz_context(void);
/* Writes a file into the folder; its path, until the next call with the same name. */
const char *fuzz_file(const char *name, const void *data, size_t size);
const char *fuzz_folder(void);
/* Reads what a data set gives: its fields, the first sample and the last. */
void fuzz_data(cplug_context *ctx, const char *spec);
/* Reads a file of tensors whole, each of them. */
void fuzz_tensors(cplug_context *ctx, const char *path);
/* An error must have words; anything else is a finding. */
void fuzz_judge(cplug_context *ctx);
#endif
