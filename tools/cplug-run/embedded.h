/* embedded.h: the shipped models as text inside cplug-run, made at build time by cmake/EmbedFiles.cmake. */
#ifndef CPLUG_TOOL_EMBEDDED_H
#define CPLUG_TOOL_EMBEDDED_H
typedef struct embedded {
    const char *name, *text; /* "spirals" */
} embedded;
extern const embedded models[]; /* a NULL name ends them */
#endif
