/* number.c: numbers from text and to text as in the C locale, whatever locale a host has set: 0.5 stays 0.5, never 0,5. */
#include "run.h"
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* glibc gives out its built-in C locale here: no memory is taken, nothing can fail. */
static locale_t c_locale(void) { return newlocale(LC_ALL_MASK, "C", (locale_t)0); }

const char *cplug__double_parse(const char *s, double *out)
{
    char *end;
    locale_t c = c_locale();
    *out = strtod_l(s, &end, c);
    freelocale(c);
    return end != s ? end : NULL;
}

void cplug__double_print(char *text, uint64_t size, double value, int digits)
{
    locale_t c = c_locale(), before = uselocale(c);                           /* this thread's only */
    snprintf(text, size, "%.*g", digits, isnan(value) ? (double)NAN : value); /* never -nan */
    uselocale(before);
    freelocale(c);
}
