/* child.h: this program started again for something that it does not trust.  The child reports lines on descriptor CHILD_FD; a crash, an
 * exit, an endless loop or a word on standard output costs the child, not us. */
#ifndef CPLUG_CHILD_H
#define CPLUG_CHILD_H
#include <stdbool.h>
#include <stddef.h>

enum { CHILD_FD = 3 };
typedef struct child_result {
    char *report, *out, *err; /* never NULL; cut where they grow beyond reason */
    int status;               /* as wait gives it */
    bool late;                /* it did not end in time */
} child_result;
/* args: behind the program's name, NULL at the end.  false when no process could be started; child_free in any case. */
bool child_run(const char *const *args, int seconds, child_result *out);
void child_free(child_result *r);

bool child_ended_well(const child_result *r); /* in time and with exit status 0 */
/* "crashed: SIGSEGV, ...", "did not return within 5 s", "called exit(3)", "threw a C++ exception, ..." */
const char *child_words(const child_result *r, int seconds, char *words, size_t size);
/* What the C++ runtime says before it aborts: the type, and what(). */
bool child_exception(const child_result *r, char *words, size_t size);
const char *child_signal(int number);
/* The first line that was printed, without what a terminal would take for a command. */
const char *child_first_line(const char *text, char *line, size_t size);
#endif
