/* number.c: text to numbers, whole and without a locale, and how far apart two words are. */
#include "base/base.h"
#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    const int lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
}

bool cplug__parse_int(const char *s, int64_t *out)
{
    const bool negative = *s == '-';
    if (*s == '-' || *s == '+') s++;
    int base = 10;
    if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
        base = 16;
        s += 2;
    }
    if (!*s) return false;
    uint64_t value = 0;
    const uint64_t limit = (uint64_t)INT64_MAX + negative;
    for (; *s; s++) {
        const int digit = digit_of(*s);
        if (digit >= base || value > (limit - (uint64_t)digit) / (uint64_t)base) return false;
        value = value * (uint64_t)base + (uint64_t)digit;
    }
    *out = negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

static const char *skip_digits(const char *s)
{
    while (*s >= '0' && *s <= '9') s++;
    return s;
}

/* [sign] digits [. digits] [e [sign] digits], at least one digit in front: strtod alone would also take spaces and hexadecimal. */
static bool is_decimal(const char *s)
{
    if (*s == '-' || *s == '+') s++;
    const char *whole = skip_digits(s), *end = whole;
    int64_t digits = whole - s;
    if (*end == '.') {
        end = skip_digits(whole + 1);
        digits += end - whole - 1;
    }
    if (!digits) return false;
    if (*end == 'e' || *end == 'E') {
        end++;
        if (*end == '-' || *end == '+') end++;
        const char *exponent = end;
        end = skip_digits(end);
        if (end == exponent) return false;
    }
    return *end == '\0';
}

static bool is_word(const char *s, const char *word)
{
    while (*word && (*s | 0x20) == *word) s++, word++;
    return !*word && !*s;
}

static locale_t c_locale;
static void make_locale(void) { c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0); }

bool cplug__parse_double(const char *s, double *out)
{
    const bool sign = *s == '-' || *s == '+';
    const char *word = s + sign;
    if (is_word(word, "inf") || is_word(word, "infinity")) {
        *out = *s == '-' ? -__builtin_inf() : __builtin_inf();
        return true;
    }
    if (is_word(word, "nan")) {
        *out = __builtin_nan("");
        return true;
    }
    if (!is_decimal(s)) return false;
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_locale);
    if (!c_locale) return false;
    const int saved = errno;
    errno = 0;
    const double value = strtod_l(s, NULL, c_locale);
    const bool overflow = errno == ERANGE && (value > 1 || value < -1);
    errno = saved;
    if (overflow) return false;
    *out = value;
    return true;
}

/* Optimal string alignment: three rows of the usual table, since a transposition looks two rows back. */
int cplug__edit_distance(const char *a, const char *b)
{
    enum { LONGEST = 63 };
    const int n = (int)strnlen(a, LONGEST), m = (int)strnlen(b, LONGEST);
    int rows[3][LONGEST + 1];
    for (int j = 0; j <= m; j++) rows[0][j] = j;
    for (int i = 1; i <= n; i++) {
        int *now = rows[i % 3];
        const int *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = i;
        for (int j = 1; j <= m; j++) {
            const int ca = tolower((unsigned char)a[i - 1]), cb = tolower((unsigned char)b[j - 1]);
            int best = MIN(last[j - 1] + (ca != cb), MIN(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) && cb == tolower((unsigned char)a[i - 2]))
                best = MIN(best, before[j - 2] + 1);
            now[j] = best;
        }
    }
    return rows[n % 3][m] + (int)(strlen(a) - (size_t)n) + (int)(strlen(b) - (size_t)m);
}
