/* pool.h: memory of a run: small pieces that are freed together, and growing text.  A failed allocation is remembered (`failed`), gives
 * NULL for memory and "" for strings, so that callers check where they must and the run reports it once. */
#ifndef CPLUG_LAUNCHER_POOL_H
#define CPLUG_LAUNCHER_POOL_H
#include <cplug/context.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct pool {
    struct pool_block *head;
    bool failed;
} pool;
void *cplug__pool_alloc(pool *p, uint64_t bytes); /* zeroed */
const char *cplug__pool_copy(pool *p, const char *s, uint64_t n);
const char *cplug__pool_printf(pool *p, const char *format, ...) CPLUG_PRINTF(2, 3);
void cplug__pool_free(pool *p);

typedef struct str {
    char *at;
    uint64_t n, room;
    bool failed;
} str;
void cplug__str_put(str *s, const char *text, uint64_t n);
void cplug__str_add(str *s, const char *format, ...) CPLUG_PRINTF(2, 3);
void cplug__str_clear(str *s);
const char *cplug__str_text(const str *s); /* "" when empty */
void cplug__str_free(str *s);

/* All of s is an integer in range, decimal or 0x..., as core reads them. */
bool cplug__int_parse(const char *s, int64_t *out);
#endif
