/* file.h: files of tensors: the stream that formats read and write through, and how a format is found. */
#ifndef CPLUG_FILE_INTERNAL_H
#define CPLUG_FILE_INTERNAL_H
#include "op/op.h"
#include "tensor/tensor.h"
#include <cplug/module.h>

/* An open file behind a cplug_stream_io. */
typedef struct cplug__stream {
    cplug_stream_io io;
    int fd;
    int64_t at, size; /* size: when opened for reading */
    char *path;       /* as the user wrote it */
    char *target;     /* writing: links followed; NULL when reading */
    char *temporary;  /* in target's folder; NULL once renamed or removed */
} cplug__stream;
cplug_status cplug__stream_open(cplug__stream *s, const char *path, cplug_error *e);   /* a regular file, for reading */
cplug_status cplug__stream_create(cplug__stream *s, const char *path, cplug_error *e); /* a temporary file beside path */
cplug_status cplug__stream_commit(cplug__stream *s, cplug_error *e);                   /* fsync, rename, fsync of the folder */
void cplug__stream_close(cplug__stream *s);                                            /* removes what was not committed */

/* An open file of tensors. */
typedef struct cplug__file_entry {
    const char *name; /* the format's, until close */
    cplug_meta meta;
    int64_t at; /* number in the file */
    uint32_t used, reserved;
} cplug__file_entry;

struct cplug_file {
    cplug__owned owned;
    cplug_context *ctx;
    const cplug_format *format;
    void *doc;
    cplug__stream stream;
    cplug__file_entry *entries, **by_name;
    int64_t n;
};
cplug__file_entry *cplug__file_find(const cplug_file *f, const char *name);                     /* NULL when absent */
cplug_tensor *cplug__file_read(cplug_file *f, const cplug__file_entry *at, const char *device); /* in the innermost scope */

/* The format whose extensions contain that of path; NULL with an error in ctx that lists the known ones. */
const cplug_format *cplug__format_for(cplug_context *ctx, const char *path);
#endif
