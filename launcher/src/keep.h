/* keep.h: what lets a run outlive its process.  files.c writes files that survive a crash, state.c puts everything that is not a tensor
 * into words and back, checkpoint.c saves, find.c says which checkpoint is whole, best.c which one is the best, resume.c goes on. */
#ifndef CPLUG_LAUNCHER_KEEP_H
#define CPLUG_LAUNCHER_KEEP_H
#include "loop.h"

/* ---- files.c: true or 0 when done, else errno says why ---- */
bool cplug__path_make(const char *path);                                  /* a directory with those above it */
bool cplug__file_write(int fd, const char *text, uint64_t n);             /* all of it */
bool cplug__file_create(const char *path, const char *text, uint64_t n);  /* a new file, durable but for its name */
bool cplug__file_replace(const char *path, const char *text, uint64_t n); /* the old file or the new one, never half */
bool cplug__folder_sync(const char *path);                                /* names in it become durable */
void cplug__folder_remove(const char *path);                              /* with the files in it, as far as that goes */
char *cplug__file_text(pool *p, const char *path, uint64_t most);         /* NULL: not readable, or more than `most` bytes */
bool cplug__file_sum(const char *path, int64_t *bytes, uint32_t *crc);    /* CRC-32 as in zlib */
uint32_t cplug__crc32(uint32_t crc, const void *bytes, uint64_t n);       /* begin with 0 */
/* What to do about a failure that a message speaks of: "free some space", "make it writable", ... */
const char *cplug__advice(const char *message, const char *dir);

/* ---- state.c: state.json ---- */
enum { STATE_FORMAT = 1 };
/* The mutable options of each parameter group as text: [{"lr": "0.001"}, ...]. */
cJSON *cplug__options_json(cplug_run *r, cplug_optimizer *o);
cJSON *cplug__state_collect(loop *l);
/* A number that stands as text; fallback when it is not there. */
double cplug__state_number(const cJSON *o, const char *key, double fallback);
int64_t cplug__state_int(const cJSON *o, const char *key, int64_t fallback);
const char *cplug__state_text(const cJSON *o, const char *key); /* "" when it is not there */
/* Everything but tensors, into a loop that is ready to begin. */
cplug_status cplug__state_restore(loop *l, const cJSON *state);

/* ---- find.c ---- */
#define CHECKPOINTS "checkpoints"
enum { CHECKPOINT_NAME = 32 };
void cplug__checkpoint_name(int64_t step, char name[CHECKPOINT_NAME]);
/* Steps of the checkpoints of a run, newest first; *steps from p. */
uint32_t cplug__checkpoint_list(pool *p, const char *run_dir, int64_t **steps);
/* state.json of a checkpoint whose files are all there, unharmed; else NULL, and *why in words. */
cJSON *cplug__checkpoint_verify(pool *p, const char *dir, const char **why);
/* The newest whole one; broken ones are warned of.  NULL: there is none; the failure is told. */
cJSON *cplug__checkpoint_newest(cplug_run *r, const char *run_dir, int64_t *step);
/* "step-00000012" of the file checkpoints/best; NULL: there is none. */
const char *cplug__best_name(pool *p, const char *run_dir);

/* ---- best.c ---- */
cplug_status cplug__best_open(loop *l);                      /* is checkpoint.best a figure of this run? */
bool cplug__best_judge(loop *l, const epoch_row *row);       /* better than all before? then it is remembered */
cplug_status cplug__best_mark(loop *l, const char *run_dir); /* what l->best says into checkpoints/best */

/* ---- resume.c ---- */
/* The directory to go on with into r->dir, "" when training begins afresh. */
cplug_status cplug__resume_choose(cplug_run *r);
const char *cplug__resume_command(cplug_run *r); /* "cplug-run train --resume runs/lenet-1", for a shell */
#endif
