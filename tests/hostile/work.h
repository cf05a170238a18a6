/* work.h: one piece of work that touches all of cplug - data with workers, a convolutional net with dropout, losses, optimizer, scheduler,
 * metric, subnormals, numbers as text, files, and a run of the launcher - and gives back every bit of its results.  Whoever does it, in
 * whatever surroundings, must get the same bytes. */
#ifndef TEST_HOSTILE_WORK_H
#define TEST_HOSTILE_WORK_H
#include <stddef.h>

typedef struct bytes {
    unsigned char *at;
    size_t n, room;
    char wrong[512]; /* why there are no results; "" when all is well */
} bytes;

/* options: of cplug_open; folder: a fresh one, for files.  Frees nothing but what it took. */
void do_work(const char *options, const char *folder, bytes *out);
void bytes_free(bytes *b);
/* NULL when equal, else words about the first difference, in a buffer of the calling thread. */
const char *bytes_differ(const bytes *expected, const bytes *got);

/* A folder of its own below TMPDIR, and its removal with all that is in it. */
int scratch_make(char *path, size_t size);
void scratch_remove(const char *path);
#endif
