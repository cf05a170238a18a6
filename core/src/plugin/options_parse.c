/* options_parse.c: the syntax of options, without their meaning: "id (key=value)*", values with quotes, brackets and commas.
 * A space ends a value unless a comma stands before or after it: "betas=0.9, 0.999 lr=1".  Inside a list of specs a comma separates
 * the specs, but "k=1,2" without a space stays one value. */
#include "plugin/options.h"

enum { SHOWN = 60 }; /* characters of a text that messages repeat */

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_key_char(char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-'; }

const char *cplug__skip_space(const char *s)
{
    while (is_space(*s)) s++;
    return s;
}

static const char *skip_key(const char *s)
{
    if (!is_letter(*s)) return s;
    while (is_key_char(*s)) s++;
    return s;
}

/* Past the closing quote of the text that opens at s; NULL when it is not closed. */
static const char *skip_quoted(const char *s)
{
    for (s++; *s != '"'; s++) {
        if (*s == '\\' && s[1]) s++;
        if (!*s) return NULL;
    }
    return s + 1;
}

/* End of the value that begins at s; NULL and *why when it is malformed. */
static const char *value_end(const char *s, const char **why)
{
    int64_t depth = 0;
    for (char last = '\0'; *s; last = *s++) {
        if (*s == '"') {
            if (!(s = skip_quoted(s))) return *why = "a quote is not closed", NULL;
            s--;
        } else if (*s == '[') {
            depth++;
        } else if (*s == ']' && depth-- == 0) {
            return *why = "a ']' stands without its '['", NULL;
        } else if (is_space(*s) && depth == 0) {
            const char *next = cplug__skip_space(s);
            if (last != ',' && *next != ',') return s;
            const char *key = last == ',' ? skip_key(next) : next;
            if (key > next && *key == '=') return *why = "options are separated by spaces, not by commas", NULL;
            s = next - (*next != ',');
            if (!*next) return next;
        }
    }
    return depth ? (*why = "a '[' is not closed", NULL) : s;
}

static int32_t count_char(const char *s, char c)
{
    int32_t n = 0;
    for (; *s; s++) n += *s == c;
    return n;
}

bool cplug__pair_given(const cplug__pair *pairs, int32_t n, const char *key)
{
    for (int32_t i = 0; i < n; i++)
        if (strcmp(pairs[i].key, key) == 0) return true;
    return false;
}

int32_t cplug__pairs(cplug__arena *a, const char *text, cplug__pair **out, cplug_error *e)
{
    *out = NULL;
    if (!text) return 0;
    cplug__pair *pairs = cplug__arena_alloc(a, sizeof *pairs * ((uint64_t)count_char(text, '=') + 1));
    if (!pairs) goto no_memory;
    int32_t n = 0;
    for (const char *s = cplug__skip_space(text); *s; s = cplug__skip_space(s)) {
        const char *eq = skip_key(s), *why = NULL;
        if (eq == s || *eq != '=') {
            cplug__error_fill(e, CPLUG_E_INVALID, "expected key=value, got '%.*s'", SHOWN, s);
            return -1;
        }
        const char *end = value_end(eq + 1, &why);
        if (end == eq + 1) why = is_space(*end) ? "no space may follow the '='" : "the value is missing; an empty text is \"\"";
        if (why) {
            cplug__error_fill(e, CPLUG_E_INVALID, "option '%.*s': %s: '%.*s'", (int)(eq - s), s, why, SHOWN, s);
            return -1;
        }
        pairs[n].key = cplug__arena_strdup(a, s, (uint64_t)(eq - s));
        pairs[n].value = cplug__arena_strdup(a, eq + 1, (uint64_t)(end - eq - 1));
        if (!pairs[n].key || !pairs[n].value) goto no_memory;
        if (cplug__pair_given(pairs, n, pairs[n].key)) {
            cplug__error_fill(e, CPLUG_E_INVALID, "option '%s' is given twice", pairs[n].key);
            return -1;
        }
        n++;
        s = end;
    }
    *out = pairs;
    return n;
no_memory:
    cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for options");
    return -1;
}

bool cplug__spec_split(cplug__arena *a, const char *spec, const char **id, const char **options, cplug_error *e)
{
    const char *s = spec ? cplug__skip_space(spec) : "", *end = s;
    while (*end && !is_space(*end)) end++;
    const size_t plain = strcspn(s, "=\"[],");
    if (end == s || s + plain < end) {
        if (end == s)
            cplug__error_fill(e, CPLUG_E_INVALID, "expected a component as \"id key=value ...\", got nothing");
        else
            cplug__error_fill(e, CPLUG_E_INVALID, "expected a component's id first, as in \"id key=value ...\", got '%.*s'", SHOWN, s);
        return false;
    }
    *id = cplug__arena_strdup(a, s, (uint64_t)(end - s));
    s = cplug__skip_space(end);
    *options = cplug__arena_strdup(a, s, strlen(s));
    if (*id && *options) return true;
    cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for options");
    return false;
}

/* The bracket that closes the one at s, where value_end has found them balanced. */
static const char *closing(const char *s)
{
    int64_t depth = 0;
    for (; *s; s++) {
        if (*s == '"') {
            if (!(s = skip_quoted(s))) return NULL;
            s--;
            continue;
        }
        depth += (*s == '[') - (*s == ']');
        if (depth == 0) return s;
    }
    return NULL;
}

/* Whether the comma at s belongs to a value inside a spec: "normalize mean=0.1,0.2". */
static bool inner_comma(const char *s, bool in_pair) { return in_pair && (is_digit(s[1]) || (s[1] && strchr("+-.\"[", s[1]))); }

/* End of the element at s: a comma on the outermost level, or the end of the text. */
static const char *element_end(const char *s, const char *stop, bool specs)
{
    int64_t depth = 0;
    bool in_pair = false;
    for (; s < stop; s++) {
        if (*s == '"') {
            const char *end = skip_quoted(s);
            s = end ? end - 1 : stop - 1;
        } else if (*s == '[' || *s == ']') {
            depth += *s == '[' ? 1 : -1;
        } else if (depth == 0 && is_space(*s)) {
            in_pair = false;
        } else if (depth == 0 && *s == '=') {
            in_pair = specs;
        } else if (depth == 0 && *s == ',' && !inner_comma(s, in_pair)) {
            return s;
        }
    }
    return stop;
}

int64_t cplug__list_split(cplug__arena *a, const char *value, bool specs, const char ***items, cplug_error *e)
{
    const char *s = cplug__skip_space(value), *why = NULL;
    const char *stop = s + strlen(s);
    while (stop > s && is_space(stop[-1])) stop--;
    if (*s == '[' && closing(s) == stop - 1) {
        s = cplug__skip_space(s + 1);
        stop--;
        while (stop > s && is_space(stop[-1])) stop--;
        if (s >= stop) return *items = NULL, 0;
    } else if (specs) {
        value_end(s, &why);
        if (why && strstr(why, "closed")) return cplug__error_fill(e, CPLUG_E_INVALID, "%s", why), -1;
    }
    const char **list = cplug__arena_alloc(a, sizeof *list * ((uint64_t)count_char(s, ',') + 1));
    int64_t n = 0;
    for (bool more = true; list && more; n++) {
        const char *end = element_end(s, stop, specs), *last = end;
        while (last > s && is_space(last[-1])) last--;
        if (last == s) return cplug__error_fill(e, CPLUG_E_INVALID, "an element of the list is empty"), -1;
        if (!(list[n] = cplug__arena_strdup(a, s, (uint64_t)(last - s)))) list = NULL;
        more = end < stop;
        s = cplug__skip_space(end + more);
        if (s > stop) s = stop;
    }
    if (!list) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for options"), -1;
    *items = list;
    return n;
}

const char *cplug__unquote(cplug__arena *a, const char *value, cplug_error *e)
{
    char *text = cplug__arena_strdup(a, value, strlen(value)), *to = text;
    if (!text) return cplug__error_fill(e, CPLUG_E_NOMEM, "out of memory for options"), NULL;
    if (*value != '"') return text;
    const char *end = skip_quoted(value);
    if (!end) return cplug__error_fill(e, CPLUG_E_INVALID, "a quote is not closed"), NULL;
    if (*end) return cplug__error_fill(e, CPLUG_E_INVALID, "text follows the closing quote"), NULL;
    for (const char *s = value + 1; s + 1 < end; s++) {
        static const char names[] = "tn\"\\", means[] = "\t\n\"\\";
        const char *escape = *s == '\\' ? strchr(names, s[1]) : NULL;
        if (*s == '\\' && !escape)
            return cplug__error_fill(e, CPLUG_E_INVALID, "unknown escape '\\%c'; there are \\t \\n \\\" \\\\", s[1]), NULL;
        *to++ = escape ? means[escape - names] : *s;
        s += escape != NULL;
    }
    *to = '\0';
    return text;
}
