/* nearest.c: which known word a mistyped one was meant to be. */
#include "base/base.h"
#include <ctype.h>

enum { FAR = 1000, BY_INITIALS = 50, BY_PREFIX = 60, BY_PART = 70 };

static int letter(char c) { return tolower((unsigned char)c); }

static bool starts_with(const char *word, const char *start)
{
    while (*start && letter(*word) == letter(*start)) word++, start++;
    return !*start;
}

/* "lr" for "learning_rate" */
static bool is_initials(const char *shorter, const char *longer)
{
    if (!strchr(longer, '_') || !*shorter) return false;
    for (const char *part = longer; part; part = strchr(part, '_')) {
        part += *part == '_';
        if (!*shorter || letter(*shorter++) != letter(*part)) return false;
    }
    return !*shorter;
}

/* One of the words between the underscores of `longer` */
static bool is_part(const char *word, const char *longer)
{
    for (const char *part = strchr(longer, '_'); part; part = strchr(part + 1, '_')) {
        const size_t n = strcspn(part + 1, "_");
        if (strlen(word) == n && starts_with(part + 1, word)) return true;
    }
    return false;
}

/* 0 = the same; FAR = nothing to do with each other */
static int farness(const char *word, const char *candidate)
{
    const int n = (int)strlen(word), limit = n <= 3 ? 1 : MAX(2, n / 3);
    const int distance = cplug__edit_distance(word, candidate);
    if (distance <= limit && distance < (int)strlen(candidate)) return distance;
    if (is_initials(word, candidate) || is_initials(candidate, word)) return BY_INITIALS;
    if (n >= 2 && (starts_with(candidate, word) || (strlen(candidate) >= 3 && starts_with(word, candidate)))) return BY_PREFIX;
    if (n >= 3 && (is_part(word, candidate) || is_part(candidate, word))) return BY_PART;
    return FAR;
}

const char *cplug_nearest(const char *word, const char *const *candidates, uint32_t n)
{
    const char *best = NULL;
    int least = FAR;
    for (uint32_t i = 0; word && candidates && i < n; i++) {
        const int f = candidates[i] ? farness(word, candidates[i]) : FAR;
        if (f < least) {
            least = f;
            best = candidates[i];
        }
    }
    return best;
}
