/* rows_text.c: one sample a line, its numbers separated by commas, semicolons, tabs or blanks.  A first line without a number is a header.
 * Every mistake is told with line and column; nothing is skipped or filled in. */
#include "rows.h"
#include <math.h>
#include <stdio.h>

typedef struct line {
    const char *begin, *end, *p; /* the input ends with a NUL of ours, which no number passes */
    int64_t number, got;
} line;

static bool blank(char c) { return c == ' ' || c == '\r'; }
static bool separator(char c) { return c == ',' || c == ';' || c == '\t'; }
static void skip_blanks(line *l)
{
    while (l->p < l->end && blank(*l->p)) l->p++;
}

static cplug_status fail_at(const rows *s, const line *l, cplug_error *e, const char *what, const char *from, size_t n)
{
    return s->host->fail(e, CPLUG_E_FORMAT, "%s:%lld:%lld: %s, got '%.*s'", s->path, (long long)l->number, (long long)(from - l->begin) + 1,
                         what, (int)(n < 24 ? n : 24), from);
}

/* What stands up to the next separator or blank; hexadecimal is no number here. */
static const char *word_end(const line *l)
{
    const char *p = l->p;
    while (p < l->end && !blank(*p) && !separator(*p)) p++;
    return p;
}

static bool number_of(const char *from, const char *to, double *out)
{
    const bool quoted = to - from > 2 && *from == '"' && to[-1] == '"';
    from += quoted;
    to -= quoted;
    for (const char *p = from; p < to; p++)
        if (*p == 'x' || *p == 'X') return false;
    return from < to && cplug__double_parse(from, out) == to;
}

static bool is_header(line l)
{
    double ignored;
    for (skip_blanks(&l); l.p < l.end; skip_blanks(&l)) {
        if (separator(*l.p)) {
            l.p++;
            continue;
        }
        const char *end = word_end(&l);
        if (number_of(l.p, end, &ignored)) return false;
        l.p = end;
    }
    return true;
}

static cplug_status one_more(rows *s, const line *l, cplug_error *e)
{
    if ((s->n + 1) * s->numel <= s->room) return CPLUG_OK;
    const int64_t room = 2 * (s->n + 8) * s->numel;
    double *values = s->host->alloc((uint64_t)room * sizeof *values);
    if (values == NULL) return s->host->fail(e, CPLUG_E_NOMEM, "%s: out of memory in line %lld", s->path, (long long)l->number);
    if (s->n) memcpy(values, s->values, (size_t)(s->n * s->numel) * sizeof *values);
    s->host->free(s->values);
    s->values = values;
    s->room = room;
    return CPLUG_OK;
}

static cplug_status take_number(rows *s, line *l, cplug_error *e)
{
    const char *end = word_end(l);
    double value;
    if (!number_of(l->p, end, &value)) return fail_at(s, l, e, "expected a number", l->p, (size_t)(end - l->p));
    const bool overflow = isinf(value) && memchr(l->p, 'i', (size_t)(end - l->p)) == NULL &&
                          memchr(l->p, 'I', (size_t)(end - l->p)) == NULL;
    if (overflow || !cplug__rows_fits(value, s->field.meta.dtype)) {
        char what[64];
        snprintf(what, sizeof what, "expected a number that %s can hold", cplug_dtype_name(s->field.meta.dtype));
        return fail_at(s, l, e, what, l->p, (size_t)(end - l->p));
    }
    if (l->got < s->numel) s->values[s->n * s->numel + l->got] = value;
    l->got++;
    l->p = end;
    return CPLUG_OK;
}

static cplug_status take_line(rows *s, line *l, cplug_error *e)
{
    if (one_more(s, l, e) != CPLUG_OK) return CPLUG_E_NOMEM;
    for (skip_blanks(l); l->p < l->end; skip_blanks(l)) {
        if (separator(*l->p)) return fail_at(s, l, e, "expected a number before the separator", l->p, 1);
        if (take_number(s, l, e) != CPLUG_OK) return CPLUG_E_FORMAT;
        skip_blanks(l);
        if (l->p == l->end || !separator(*l->p)) continue;
        l->p++;
        skip_blanks(l);
        if (l->p == l->end) return fail_at(s, l, e, "expected a number after the separator", l->p - 1, 1);
    }
    if (l->got != s->numel)
        return s->host->fail(e, CPLUG_E_FORMAT, "%s:%lld: expected %lld numbers, got %lld: a line is one sample, without its target",
                             s->path, (long long)l->number, (long long)s->numel, (long long)l->got);
    s->n++;
    return CPLUG_OK;
}

cplug_status cplug__rows_text(rows *s, cplug_error *e)
{
    const char *p = (const char *)s->bytes, *end = p + s->n_bytes;
    if (memchr(p, '\0', s->n_bytes) != NULL)
        return s->host->fail(e, CPLUG_E_FORMAT, "%s: is not text: --input-format raw:DTYPE or idx says what it holds", s->path);
    if (s->n_bytes >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) p += 3;
    for (int64_t number = 1; p < end; number++) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        line l = { .begin = p, .end = stop != NULL ? stop : end, .p = p, .number = number };
        p = stop != NULL ? stop + 1 : end;
        skip_blanks(&l);
        if (l.p == l.end || (number == 1 && is_header(l))) continue;
        const cplug_status status = take_line(s, &l, e);
        if (status != CPLUG_OK) return status;
    }
    return CPLUG_OK;
}
