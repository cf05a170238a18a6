/* safetensors.h: what writer and reader share.  The format: a 64-bit little-endian length N, N bytes of JSON, the data.
 * https://github.com/huggingface/safetensors (README.md, "Format"). */
#ifndef SAFETENSORS_H
#define SAFETENSORS_H
#include <cplug/plugin.h>

/* In the order of the reference's enum, which is the order of alignment: the writer puts higher ones first.  dtype 0: cplug has none. */
typedef struct dtype_row {
    const char *name;
    cplug_dtype dtype;
    uint32_t bits;
} dtype_row;
extern const dtype_row dtype_rows[];
extern const uint32_t n_dtype_rows;
#define METADATA_KEY "__metadata__"
enum { LENGTH_BYTES = 8, MAX_HEADER = 100000000, MAX_DEPTH = 4 };

/* Checks what cJSON lets pass: UTF-8, escapes, no NUL or lone surrogate in a string, whole numbers below 2^53 only, depth. */
cplug_status header_check(const cplug_stream_io *io, const char *text, uint64_t n, cplug_error *e);
int utf8_valid(const char *s, uint64_t n, uint64_t *bad); /* *bad: where it is not */

cplug_status safetensors_write(cplug_stream_io *io, const cplug_named_view *t, uint32_t n, const char *const *metadata, cplug_error *e);
cplug_status safetensors_open(cplug_stream_io *io, void **doc, cplug_error *e);
int64_t safetensors_count(void *doc);
cplug_status safetensors_entry(void *doc, int64_t i, const char **name, cplug_meta *m, cplug_error *e);
cplug_status safetensors_read(void *doc, int64_t i, cplug_view *out, cplug_error *e);
void safetensors_close(void *doc);
const char *safetensors_metadata(void *doc, const char *key);
#endif
