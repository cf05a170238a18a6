/* validate.h: what the files of cplug-validate share.  The parent (parts.c) starts this program again for every kernel and component of
 * the plugin; the child reports its checks as lines of JSON, so that a crash or an endless loop costs one check. */
#ifndef CPLUG_VALIDATE_H
#define CPLUG_VALIDATE_H
#include <cplug/cplug.h>
#include <stdbool.h>

/* ---- report.c: the child's side ---- */
/* The check that is being made: what a crash is blamed on.  Ends the one before with success unless it failed. */
void check_begin(const char *subject, const char *check);
/* What there is to say of the current check when it holds: "12 cases, 96 calls". */
CPLUG_PRINTF(1, 2) void check_note(const char *format, ...);
/* The current check does not hold; the first reason counts.  Safe in a signal handler when the text has no conversions. */
CPLUG_PRINTF(1, 2) void check_fail(const char *format, ...);
bool check_failed_yet(void);
void check_rename(const char *check);                        /* what was found belongs to another check */
CPLUG_PRINTF(1, 2) void check_skip(const char *format, ...); /* it could not be made, and why */
void check_end(void);

/* ---- guard.c: memory with walls ---- */
typedef struct guarded {
    char *map, *data; /* data lies against the upper wall, or at the lower one */
    uint64_t bytes, mapped;
    bool read_only;
    const char *name; /* "in[0]", for the words of a fault */
} guarded;
void guard_watch(void); /* takes SIGSEGV and SIGBUS: a fault in a wall is told in words, then the process ends */
bool guard_make(guarded *g, const char *name, uint64_t bytes, uint64_t align, bool at_end);
void guard_lock(guarded *g); /* from now on it may only be read */
/* Nobody may touch it any more; the address is kept, so that a late access is seen.  Fails the check when what lies between the data and
 * the wall, where alignment leaves room, was written to. */
void guard_bury(guarded *g);

/* ---- state.c: what belongs to the host ---- */
typedef struct host_state host_state;
host_state *state_take(void);
void state_usual(void); /* signals and umask as in a fresh process, whatever this one was started with */
/* true when all is as it was; else words in why and everything is put back. */
bool state_same(const host_state *before, char *why, uint64_t size);
void state_free(host_state *s);
int32_t state_threads(void);      /* threads of this process; -1: not known */
void state_calm(int32_t threads); /* waits for those who work behind our back: until no more than so many are left, a second at most */

int64_t clock_ms(void); /* of a clock that only goes forward */

/* ---- host.c: the table that the plugin gets instead of core's: allocations are counted and may fail, ranges are cut as we like ---- */
enum { CUT_USUAL, CUT_WHOLE, CUT_FINE /* pieces as small as allowed, the last one first */ };
typedef struct host_use {
    int64_t live, allocated; /* blocks in use; calls of alloc since it was set to 0 */
    int64_t fail_at;         /* the allocation that fails; 0: none */
    uint64_t largest;        /* bytes asked for at once */
    uint64_t most;           /* more than so many bytes at once fail; 0: no limit */
    int32_t cut;
} host_use;
extern host_use host_used;
cplug_host *host_own(void);

/* ---- spec.c: words for options that one knows nothing of but their schema ---- */
cplug_option option_at(const cplug_options_table *t, uint32_t i);
/* A value that the option takes, the plainest first; not_this: another one (may be NULL). */
bool plain_value(const cplug_option *o, const char *not_this, char *value, uint64_t size);

/* ---- load.c ---- */
/* The plugin at path is loaded into ctx with descriptors wrapped by `wrap`, which is asked for each and returns what is registered
 * instead.  Another context of the same process gets the same. */
typedef const void *(*wrap_descriptor)(const char *kind, const void *descriptor);
cplug_status load_wrapped(cplug_context *ctx, const char *path, wrap_descriptor wrap);

/* ---- the checks of one thing that the plugin brings; words: "id key=value ..." from the command line for components that cannot be
 * used without, or NULL ---- */
void validate_manifest(const char *path);
void validate_kernel(const char *path, const char *op, const char *backend, const char *device);
void validate_op(const char *path, const char *op);
void validate_device(const char *path, const char *device);
void validate_format(const char *path, const char *format);
void validate_component(const char *path, const char *kind, const char *id, const char *words);
#endif
