/* scan.c: the line scanner of the dialect.  It gives every section, key and value its line and column, refuses what iniparser 4.1 would
 * silently take wrongly (a comment that ends in '\' swallows the next line, '#' cuts a value, duplicate keys, text after a quote), and
 * then checks that iniparser reads the same values. */
#include "config.h"
#include <cplug/launcher.h>
#include <iniparser/iniparser.h>
#include <pthread.h>
#include <stdio.h>

enum { LONGEST_LINE = 1000 };                         /* iniparser's line buffer has 1024 bytes */
enum { MOST_SECTIONS = 25000, MOST_ENTRIES = 10000 }; /* names are compared with all before them */

typedef struct scanner {
    pool *pool;
    diags *diags;
    const source *file;
    section *first, *last;
    bool lost; /* below a bad section header: keys cannot be placed */
    bool full;
    uint32_t n_sections, n_entries; /* n_entries: of the last section */
    int32_t line;
    const char *text; /* of the line, from its first byte to before its end */
    uint64_t length;
} scanner;

static place at(const scanner *s, uint64_t from, uint64_t to)
{
    return (place){ s->file, s->line, (int32_t)from + 1, to > from ? (int32_t)(to - from) : 1 };
}

static bool blank(char c) { return c == ' ' || c == '\t'; }

static bool name_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

/* "Kernel-Size" as it may be written: "kernel_size", without blanks around. */
static const char *better_name(scanner *s, uint64_t from, uint64_t to)
{
    char better[LONGEST_LINE + 1];
    uint64_t n = 0;
    while (from < to && blank(s->text[from])) from++;
    while (to > from && blank(s->text[to - 1])) to--;
    for (uint64_t k = from; k < to; k++) {
        const char old = s->text[k];
        better[n++] = (char)(old >= 'A' && old <= 'Z' ? old + 32 : old == '-' || old == ' ' ? '_' : old == ':' ? '.' : old);
        if (!name_char(better[n - 1]) && better[n - 1] != '.') return NULL;
    }
    return n > 0 ? cplug__pool_printf(s->pool, "write '%.*s'", (int)n, better) : NULL;
}

/* Names are lower case, since iniparser turns them so. */
static bool check_name(scanner *s, uint64_t from, uint64_t to, bool dots, const char *what)
{
    for (uint64_t i = from; i < to; i++) {
        char c = s->text[i];
        if (name_char(c) || (dots && c == '.')) continue;
        cplug__diag(s->diags, at(s, from, to), better_name(s, from, to),
                    "%s '%.*s': names are made of lower-case letters, digits and '_'%s", what, (int)(to - from), s->text + from,
                    dots ? ", with '.' between parts" : "");
        return false;
    }
    for (uint64_t i = from; i <= to; i++) {
        if (i < to && s->text[i] != '.') continue;
        if (i > from && s->text[i - 1] != '.') continue;
        cplug__diag(s->diags, at(s, from, to), NULL, from == to ? "a %s without a name" : "%s '%.*s': a part of the name is empty", what,
                    (int)(to - from), s->text + from);
        return false;
    }
    return true;
}

static bool too_many(scanner *s, uint32_t *n, uint32_t most, const char *what)
{
    if (++*n <= most) return false;
    cplug__diag(s->diags, at(s, 0, s->length), NULL, "more than %u %s", most, what);
    return s->full = true;
}

static section *find_section(const scanner *s, const char *name, uint64_t n)
{
    for (section *k = s->first; k != NULL; k = k->next)
        if (strlen(k->name) == n && memcmp(k->name, name, n) == 0) return k;
    return NULL;
}

static void scan_header(scanner *s, uint64_t from)
{
    const char *close = memchr(s->text + from, ']', s->length - from);
    s->lost = true;
    if (close == NULL) {
        cplug__diag(s->diags, at(s, from, s->length), "write [name]", "the section's closing ']' is missing");
        return;
    }
    uint64_t to = (uint64_t)(close - s->text), rest = to + 1;
    while (rest < s->length && blank(s->text[rest])) rest++;
    if (rest < s->length) {
        cplug__diag(s->diags, at(s, rest, s->length), "put a comment on a line of its own", "text after a section's name");
        return;
    }
    if (!check_name(s, from + 1, to, true, "section") || too_many(s, &s->n_sections, MOST_SECTIONS, "sections")) return;
    s->n_entries = 0;
    section *old = find_section(s, s->text + from + 1, to - from - 1);
    if (old != NULL) {
        cplug__diag(s->diags, at(s, from, to + 1), "join the two, or give one another name", "section [%s] stands already in line %d",
                    old->name, old->at.line);
        return;
    }
    section *new = cplug__pool_alloc(s->pool, sizeof *new);
    if (new == NULL) return;
    new->name = cplug__pool_copy(s->pool, s->text + from + 1, to - from - 1);
    new->at = at(s, from, to + 1);
    if (s->last != NULL)
        s->last->next = new;
    else
        s->first = new;
    s->last = new;
    s->lost = false;
}

/* The extent of a value after '='; false after a mistake. */
static bool scan_quoted(scanner *s, uint64_t from, uint64_t *end)
{
    char quote = s->text[from];
    const char *close = memchr(s->text + from + 1, quote, s->length - from - 1);
    if (close == NULL) {
        cplug__diag(s->diags, at(s, from, s->length), NULL, "the closing %c is missing", quote);
        return false;
    }
    *end = (uint64_t)(close - s->text);
    uint64_t rest = *end + 1;
    while (rest < s->length && blank(s->text[rest])) rest++;
    if (rest < s->length && s->text[rest] != ';' && s->text[rest] != '#') {
        cplug__diag(s->diags, at(s, rest, s->length), NULL, "text after the closing %c", quote);
        return false;
    }
    return true;
}

static bool scan_plain(scanner *s, uint64_t from, uint64_t *end)
{
    uint64_t to = from;
    for (; to < s->length; to++) {
        char c = s->text[to];
        if (c != ';' && c != '#') continue;
        if (to > from && !blank(s->text[to - 1])) {
            cplug__diag(s->diags, at(s, to, to + 1), "quote the value, or put a blank before the comment",
                        "'%c' inside a value that is not quoted", c);
            return false;
        }
        break;
    }
    while (to > from && blank(s->text[to - 1])) to--;
    *end = to;
    return true;
}

/* "lr: 0.1" and "lr 0.1" as they are written here; NULL when there is nothing to say. */
static const char *as_entry(scanner *s, uint64_t from)
{
    uint64_t to = from, value, end = s->length;
    while (to < end && name_char(s->text[to])) to++;
    for (value = to; value < end && (blank(s->text[value]) || s->text[value] == ':');) value++;
    while (end > value && blank(s->text[end - 1])) end--;
    if (to == from || value == to || value >= end) return NULL;
    return cplug__pool_printf(s->pool, "write '%.*s = %.*s'", (int)(to - from), s->text + from, (int)(end - value), s->text + value);
}

static void scan_entry(scanner *s, uint64_t from)
{
    const char *equals = memchr(s->text + from, '=', s->length - from);
    if (equals == NULL) {
        cplug__diag(s->diags, at(s, from, s->length), as_entry(s, from), "expected 'key = value', a [section] or a comment");
        return;
    }
    uint64_t middle = (uint64_t)(equals - s->text), to = middle, value = middle + 1, end;
    while (to > from && blank(s->text[to - 1])) to--;
    while (value < s->length && blank(s->text[value])) value++;
    const bool odd = !check_name(s, from, to, false, "key");
    if (odd && to == from) return;
    bool quoted = value < s->length && (s->text[value] == '"' || s->text[value] == '\'');
    if (!(quoted ? scan_quoted(s, value, &end) : scan_plain(s, value, &end))) return;
    if (s->lost) return;
    if (s->last == NULL) {
        cplug__diag(s->diags, at(s, from, to), "begin with a line such as [cplug]", "key '%.*s' stands before the first section",
                    (int)(to - from), s->text + from);
        return;
    }
    if (too_many(s, &s->n_entries, MOST_ENTRIES, "keys in a section")) return;
    for (const entry *e = s->last->first; e != NULL; e = e->next)
        if (strlen(e->key) == to - from && memcmp(e->key, s->text + from, to - from) == 0) {
            cplug__diag(s->diags, at(s, from, to), NULL, "key '%s' stands already in line %d of [%s]", e->key, e->key_at.line,
                        s->last->name);
            return;
        }
    entry *new = cplug__pool_alloc(s->pool, sizeof *new);
    if (new == NULL) return;
    uint64_t start = quoted ? value + 1 : value;
    new->key = cplug__pool_copy(s->pool, s->text + from, to - from);
    new->value = cplug__pool_copy(s->pool, s->text + start, end - start);
    new->quoted = quoted;
    new->odd = odd;
    new->key_at = at(s, from, to);
    new->value_at = at(s, start, end);
    if (s->last->last != NULL)
        s->last->last->next = new;
    else
        s->last->first = new;
    s->last->last = new;
}

static void scan_line(scanner *s)
{
    uint64_t i = 0;
    if (s->length > 0 && s->text[s->length - 1] == '\r') s->length--;
    while (i < s->length && blank(s->text[i])) i++;
    if (i == s->length) return;
    if (s->length > LONGEST_LINE) {
        cplug__diag(s->diags, at(s, 0, 1), NULL, "a line of %llu bytes: at most %d are possible", (unsigned long long)s->length,
                    LONGEST_LINE);
        return;
    }
    if (s->text[s->length - 1] == '\\') {
        cplug__diag(s->diags, at(s, s->length - 1, s->length), "a value and a comment end on their line",
                    "'\\' at the end of a line would swallow the next one");
        return;
    }
    if (s->text[i] == ';' || s->text[i] == '#') return;
    if (s->text[i] == '[')
        scan_header(s, i);
    else
        scan_entry(s, i);
}

/* A mistake of the whole file, whose lines are not worth showing. */
static bool not_text(scanner *s, const char *help, const char *message)
{
    source *bare = cplug__pool_alloc(s->pool, sizeof *bare);
    if (bare == NULL) return false;
    *bare = *s->file;
    bare->text = NULL;
    bare->size = 0;
    cplug__diag(s->diags, (place){ bare, s->line, 1, 1 }, help, "%s", message);
    return false;
}

static bool is_text(scanner *s)
{
    const char *text = s->file->text;
    const uint64_t size = s->file->size;
    s->line = 1;
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        return not_text(s, "save it as UTF-8 without one", "the file begins with a byte order mark");
    if (size >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
        return not_text(s, "save it as UTF-8", "the file is UTF-16");
    for (uint64_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\n') s->line++;
        if (c == '\r' && i + 1 < size && text[i + 1] != '\n')
            return not_text(s, "lines end with a line feed, a carriage return may stand before it", "a carriage return inside a line");
        if (c >= 0x20 || c == '\n' || c == '\r' || c == '\t') continue;
        return not_text(s, "save it as UTF-8",
                        cplug__pool_printf(s->pool, "not a text file: byte 0x%02X at offset %llu", c, (unsigned long long)i));
    }
    return true;
}

section *cplug__scan(pool *p, diags *d, const source *file)
{
    scanner s = { .pool = p, .diags = d, .file = file };
    if (!is_text(&s)) return NULL;
    const char *next = file->text, *end = file->text + file->size;
    for (s.line = 1; next < end && !s.full; s.line++) {
        const char *stop = memchr(next, '\n', (size_t)(end - next));
        s.text = next;
        s.length = (uint64_t)((stop != NULL ? stop : end) - next);
        next = stop != NULL ? stop + 1 : end;
        scan_line(&s);
    }
    return s.first;
}

/* ---- the cross-check ---- */
static pthread_mutex_t iniparser_lock = PTHREAD_MUTEX_INITIALIZER; /* its error callback is one per process */

static int hush(const char *format, ...)
{
    (void)format;
    return 0;
}

void cplug__scan_compare(diags *d, const source *file, const section *sections)
{
    place top = { file, 1, 1, 1 };
    pthread_mutex_lock(&iniparser_lock);
    iniparser_set_error_callback(hush);
    dictionary *dict = iniparser_load(file->path);
    iniparser_set_error_callback(NULL);
    pthread_mutex_unlock(&iniparser_lock);
    if (dict == NULL) {
        cplug__diag(d, top, NULL, "iniparser cannot read the file");
        return;
    }
    int known = 0;
    for (const section *s = sections; s != NULL; s = s->next) {
        known++;
        for (const entry *e = s->first; e != NULL; e = e->next) {
            char key[2 * LONGEST_LINE + 4];
            snprintf(key, sizeof key, "%s:%s", s->name, e->key);
            const char *theirs = iniparser_getstring(dict, key, NULL);
            known++;
            if (theirs == NULL || strcmp(theirs, e->value) != 0)
                cplug__diag(d, e->value_at, "quote the value", "iniparser reads '%s' here, cplug reads '%s'",
                            theirs != NULL ? theirs : "nothing", e->value);
        }
    }
    if (dict->n != known) cplug__diag(d, top, NULL, "iniparser finds %d sections and keys in this file, cplug finds %d", dict->n, known);
    iniparser_freedict(dict);
}
