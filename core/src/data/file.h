/* file.h: files of tensors: the stream that formats read and write through, and how a format is found. */
#ifndef CPLUG_FILE_INTERNAL_H
#define CPLUG_FILE_INTERNAL_H
#include "op/op.h"
#include "tensor/tensor.h"

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

/* The format whose extensions contain that of path; NULL with an error in ctx that lists the known ones. */
const cplug_format *cplug__format_for(cplug_context *ctx, const char *path);
#endif
