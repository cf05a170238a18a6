/* idx.h: reading one IDX file of bytes, gzipped or not, whole. */
#ifndef IDX_H
#define IDX_H
#include <cplug/plugin.h>

typedef struct idx {
    uint8_t *data;
    int64_t size[3]; /* unused ones are 1 */
} idx;
/* Reads an IDX file of u8 with ndim dimensions into host->alloc memory, which the caller frees also after an error. */
cplug_status idx_read(const cplug_host *h, const char *path, int32_t ndim, idx *out, cplug_error *e);
#endif
