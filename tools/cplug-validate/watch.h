/* watch.h: which bytes of a struct somebody reads.  The struct lies on a page that may not be touched; each access faults, is noted, and is
 * then made by a single step. */
#ifndef CPLUG_VALIDATE_WATCH_H
#define CPLUG_VALIDATE_WATCH_H
#include <stdbool.h>
#include <stdint.h>

bool watch_open(uint64_t size);      /* false where it cannot be done (another processor, a sanitizer) */
void *watch_begin(const void *self); /* a copy of self that is watched */
void watch_end(void *self);          /* the copy goes back into self */
bool watch_seen(uint64_t offset, uint64_t size);
#endif
