/* pool.c: see pool.h.  Blocks come from the host table's allocator, so that a test can fail each of them in turn. */
#include "pool.h"
#include <stdarg.h>
#include <stdio.h>

typedef struct pool_block {
    struct pool_block *next;
    uint64_t used, room;
} pool_block;
enum { BLOCK_BYTES = 16384, ALIGN = 16 };

void *cplug__pool_alloc(pool *p, uint64_t bytes)
{
    const cplug_host *host = cplug_host_table();
    const uint64_t head = (sizeof(pool_block) + ALIGN - 1) / ALIGN * ALIGN;
    if (bytes > UINT64_MAX / 4) {
        p->failed = true;
        return NULL;
    }
    bytes = (bytes + ALIGN - 1) / ALIGN * ALIGN;
    if (p->head == NULL || p->head->room - p->head->used < bytes) {
        uint64_t room = head + bytes > BLOCK_BYTES ? head + bytes : BLOCK_BYTES;
        pool_block *b = host->alloc(room);
        if (b == NULL) {
            p->failed = true;
            return NULL;
        }
        b->next = p->head;
        b->used = head;
        b->room = room;
        p->head = b;
    }
    void *out = (char *)p->head + p->head->used;
    p->head->used += bytes;
    return out;
}

const char *cplug__pool_copy(pool *p, const char *s, uint64_t n)
{
    char *out = cplug__pool_alloc(p, n + 1);
    if (out == NULL) return "";
    memcpy(out, s, n);
    return out;
}

const char *cplug__pool_printf(pool *p, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    char *out = n < 0 ? NULL : cplug__pool_alloc(p, (uint64_t)n + 1);
    if (out != NULL) vsnprintf(out, (size_t)n + 1, format, again);
    va_end(again);
    va_end(args);
    return out != NULL ? out : "";
}

void cplug__pool_free(pool *p)
{
    const cplug_host *host = cplug_host_table();
    while (p->head != NULL) {
        pool_block *next = p->head->next;
        host->free(p->head);
        p->head = next;
    }
}

static bool reserve(str *s, uint64_t more)
{
    if (s->failed) return false;
    if (s->n + more + 1 <= s->room) return true;
    const cplug_host *host = cplug_host_table();
    uint64_t room = s->room ? s->room * 2 : 256;
    while (room < s->n + more + 1) room *= 2;
    char *at = host->alloc(room);
    if (at == NULL) {
        s->failed = true;
        return false;
    }
    if (s->n) memcpy(at, s->at, s->n);
    host->free(s->at);
    s->at = at;
    s->room = room;
    return true;
}

void cplug__str_put(str *s, const char *text, uint64_t n)
{
    if (!reserve(s, n)) return;
    memcpy(s->at + s->n, text, n);
    s->n += n;
    s->at[s->n] = '\0';
}

void cplug__str_add(str *s, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n >= 0 && reserve(s, (uint64_t)n)) {
        vsnprintf(s->at + s->n, (size_t)n + 1, format, again);
        s->n += (uint64_t)n;
    }
    va_end(again);
    va_end(args);
}

void cplug__str_clear(str *s)
{
    s->n = 0;
    if (s->at != NULL) s->at[0] = '\0';
}

const char *cplug__str_text(const str *s) { return s->at != NULL ? s->at : ""; }

void cplug__str_free(str *s)
{
    cplug_host_table()->free(s->at);
    *s = (str){ 0 };
}

bool cplug__int_parse(const char *s, int64_t *out)
{
    const bool negative = *s == '-';
    int64_t value = 0, base = 10;
    if (*s == '-' || *s == '+') s++;
    if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
        base = 16;
        s += 2;
    }
    if (*s == '\0') return false;
    for (; *s; s++) { /* below zero, where there is room for one more */
        const int lower = *s | 0x20, digit = *s >= '0' && *s <= '9' ? *s - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
        if (digit >= base || __builtin_mul_overflow(value, base, &value) || __builtin_sub_overflow(value, digit, &value)) return false;
    }
    if (!negative) return !__builtin_sub_overflow(0, value, out);
    *out = value;
    return true;
}
