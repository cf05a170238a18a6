/* probe.h: looking at a plugin without trusting it.  A child process, this program started again, loads the file and runs its init; what
 * becomes of it comes back over a pipe.  A crash, an exit, an endless loop or a word on standard output costs the child, not us.
 * A program that probes begins its main with
 *
 *     if (probe_is_child(argc, argv)) return probe_child(argv);
 */
#ifndef CPLUG_PROBE_H
#define CPLUG_PROBE_H
#include "child.h"
#include <cjson/cJSON.h>
#include <stdbool.h>

enum { PROBE_SECONDS = 5 }; /* that a plugin may take */

typedef struct probe_result {
    char reason[1024]; /* why it cannot be used, or what one should know although it can; "" */
    cJSON *brings;     /* what it registers, see describe.h; NULL when it cannot be used */
} probe_result;
/* true when the plugin can be used; reason may hold a warning then. */
bool probe_plugin(const char *path, int seconds, probe_result *out);
void probe_free(probe_result *r);

bool probe_is_child(int argc, char **argv);
int probe_child(char **argv);

/* ---- what parent and child agree on ---- */
#define PROBE_WORD "--probe-plugin" /* PROGRAM --probe-plugin FILE, the report on descriptor PROBE_FD */
enum { PROBE_FD = CHILD_FD };
/* A report is lines: a phase as "@" and its letter before it is entered, at the end one JSON object. */
enum { PROBE_LOADING = 'l', PROBE_INIT = 'i', PROBE_LOOKING = 'd', PROBE_LEAVING = 'e' };
#endif
