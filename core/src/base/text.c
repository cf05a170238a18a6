/* text.c: strings on the heap: copies, formatted strings, growing text, and the filling of errors. */
#include "base/base.h"
#include <stdio.h>

char *cplug__strndup(const char *s, uint64_t n)
{
    char *copy = cplug__alloc(n + 1);
    if (copy) memcpy(copy, s, n);
    return copy;
}

char *cplug__strdup(const char *s) { return cplug__strndup(s, strlen(s)); }

char *cplug__format(const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const int n = vsnprintf(NULL, 0, format, args);
    char *s = n < 0 ? NULL : cplug__alloc((uint64_t)n + 1);
    if (s) vsnprintf(s, (size_t)n + 1, format, again);
    va_end(again);
    va_end(args);
    return s;
}

/* Room for n more bytes and a NUL. */
static bool reserve(cplug__text *t, uint64_t n)
{
    if (t->failed) return false;
    if (n < t->room - t->length) return true;
    const uint64_t room = MAX(2 * t->room, t->length + n + 64);
    char *at = cplug__grow(t->at, t->length, room);
    if (!at) {
        t->failed = true;
        return false;
    }
    t->at = at;
    t->room = room;
    return true;
}

void cplug__text_put(cplug__text *t, const char *s, uint64_t n)
{
    if (!reserve(t, n)) return;
    if (n) memcpy(t->at + t->length, s, n);
    t->length += n;
    t->at[t->length] = '\0';
}

void cplug__text_add(cplug__text *t, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const int n = vsnprintf(NULL, 0, format, args);
    if (n >= 0 && reserve(t, (uint64_t)n)) {
        vsnprintf(t->at + t->length, (size_t)n + 1, format, again);
        t->length += (uint64_t)n;
    }
    va_end(again);
    va_end(args);
}

void cplug__text_free(cplug__text *t)
{
    cplug__free(t->at);
    *t = (cplug__text){ 0 };
}

cplug_status cplug__error_fill(cplug_error *e, cplug_status code, const char *format, ...)
{
    if (code == CPLUG_OK) code = CPLUG_E_INTERNAL;
    if (!e || e->struct_size <= offsetof(cplug_error, message)) return code;
    e->code = code;
    va_list args;
    va_start(args, format);
    vsnprintf(e->message, e->struct_size - offsetof(cplug_error, message), format, args);
    va_end(args);
    return code;
}
