/* base.h: what every part of core stands on: heap, strings, numbers, random bits, threads, log.  No tensor, no context. */
#ifndef CPLUG_BASE_H
#define CPLUG_BASE_H
#include <cplug/context.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* ---- heap: the one door to malloc; counted, and the n-th call can be made to fail.  Zeroed, 64-byte aligned. [any-thread] ---- */
void *cplug__alloc(uint64_t bytes);
void *cplug__grow(void *p, uint64_t old_bytes, uint64_t new_bytes); /* NULL: p stays valid; the new tail is zeroed */
void *cplug__alloc_raw(uint64_t bytes, uint64_t align);             /* not zeroed; counted too; cplug__free frees it */
void cplug__free(void *p);
char *cplug__strdup(const char *s);
char *cplug__strndup(const char *s, uint64_t n);
char *cplug__format(const char *format, ...) CPLUG_PRINTF(1, 2); /* NULL when out of memory */

/* Arena: many small pieces, freed together. */
typedef struct cplug__arena {
    struct arena_block *head;
} cplug__arena;
void *cplug__arena_alloc(cplug__arena *a, uint64_t bytes);
char *cplug__arena_strdup(cplug__arena *a, const char *s, uint64_t n);
void cplug__arena_free(cplug__arena *a);

/* Growing text; after a failed allocation `failed` is set and further writes do nothing. */
typedef struct cplug__text {
    char *at;
    uint64_t length, room;
    bool failed;
} cplug__text;
void cplug__text_add(cplug__text *t, const char *format, ...) CPLUG_PRINTF(2, 3);
void cplug__text_put(cplug__text *t, const char *s, uint64_t n);
void cplug__text_free(cplug__text *t);

/* ---- errors ---- */
cplug_status cplug__error_fill(cplug_error *e, cplug_status code, const char *format, ...) CPLUG_PRINTF(3, 4); /* host->fail */
#define CPLUG__ERROR_INIT                                                                                                                  \
    {                                                                                                                                      \
        (uint32_t)sizeof(cplug_error), CPLUG_OK, ""                                                                                        \
    }

/* ---- numbers, whole and locale-free: true when all of s was a number in range ---- */
bool cplug__parse_int(const char *s, int64_t *out);     /* decimal, sign, or 0x; no octal */
bool cplug__parse_double(const char *s, double *out);   /* also inf, -inf, nan */
int cplug__edit_distance(const char *a, const char *b); /* transpositions count one; letter case ignored */

/* ---- random bits: Philox4x32-10 (Salmon et al. 2011) ---- */
void cplug__philox(uint64_t seed, uint64_t counter, uint32_t out[4]);

/* ---- half precision ---- */
float cplug__f16_to_f32(uint16_t h);
uint16_t cplug__f32_to_f16(float f); /* round to nearest even */
float cplug__bf16_to_f32(uint16_t h);
uint16_t cplug__f32_to_bf16(float f);

/* ---- threads: the budget of the calling thread is set by whoever runs kernels; workers of a loader set 1 ---- */
extern _Thread_local int32_t cplug__thread_budget __attribute__((tls_model("initial-exec"))); /* 0: not set, serial */
void cplug__parallel_for(int64_t n, int64_t grain, void (*body)(void *arg, int64_t lo, int64_t hi), void *arg);
int32_t cplug__cores(void);

/* ---- log: topics "dispatch" "plugin" "memory" are switched by CPLUG_LOG ---- */
void cplug__log(int32_t level, const char *format, ...) CPLUG_PRINTF(2, 3);
bool cplug__log_topic(const char *topic);
#endif
