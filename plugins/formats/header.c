/* header.c: what a safetensors header may contain beyond being JSON.  cJSON is a lenient parser: it takes invalid UTF-8, cuts strings at
 * \u0000 and makes doubles of all numbers.  So the text is checked letter by letter before cJSON sees it; the grammar itself stays cJSON's.
 */
#include "safetensors.h"
#include <string.h>

/* Length of the well-formed sequence at s, 0 when there is none (Unicode 15, table 3-7). */
static uint32_t utf8_length(const unsigned char *s, uint64_t room)
{
    if (s[0] < 0x80) return 1;
    uint32_t n = s[0] >= 0xC2 && s[0] <= 0xDF ? 2 : s[0] >= 0xE0 && s[0] <= 0xEF ? 3 : s[0] >= 0xF0 && s[0] <= 0xF4 ? 4 : 0;
    if (!n || n > room) return 0;
    unsigned char low = s[0] == 0xE0 ? 0xA0 : s[0] == 0xF0 ? 0x90 : 0x80, high = s[0] == 0xED ? 0x9F : s[0] == 0xF4 ? 0x8F : 0xBF;
    if (s[1] < low || s[1] > high) return 0;
    for (uint32_t i = 2; i < n; i++)
        if (s[i] < 0x80 || s[i] > 0xBF) return 0;
    return n;
}

int utf8_valid(const char *s, uint64_t n, uint64_t *bad)
{
    for (*bad = 0; *bad < n;) {
        uint32_t length = utf8_length((const unsigned char *)s + *bad, n - *bad);
        if (!length) return 0;
        *bad += length;
    }
    return 1;
}

typedef struct scan {
    const cplug_stream_io *io;
    const char *text;
    uint64_t n, at;
    cplug_error *error;
} scan;

static cplug_status fail(scan *s, const char *what)
{
    return s->io->host->fail(s->error, CPLUG_E_FORMAT, "%s: byte %llu: %s", s->io->name, (unsigned long long)(LENGTH_BYTES + s->at), what);
}

/* Four hexadecimal digits at p, -1 when they are not there. */
static int32_t hex4(const scan *s, uint64_t p)
{
    int32_t v = 0;
    if (s->n - p < 4) return -1;
    for (uint64_t i = p; i < p + 4; i++) {
        char c = s->text[i];
        int32_t d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (d < 0) return -1;
        v = v * 16 + d;
    }
    return v;
}

/* at stands on the backslash. */
static cplug_status scan_escape(scan *s)
{
    char c = s->at + 1 < s->n ? s->text[s->at + 1] : 0;
    if (c && strchr("\"\\/bfnrt", c)) {
        s->at += 2;
        return CPLUG_OK;
    }
    int32_t unit = c == 'u' ? hex4(s, s->at + 2) : -1;
    if (unit < 0) return fail(s, "an escape that JSON does not know");
    if (unit == 0) return fail(s, "NUL in a string");
    if (unit >= 0xDC00 && unit <= 0xDFFF) return fail(s, "a lone surrogate in a string");
    s->at += 6;
    if (unit < 0xD800 || unit > 0xDBFF) return CPLUG_OK;
    int32_t low = s->n - s->at >= 6 && s->text[s->at] == '\\' && s->text[s->at + 1] == 'u' ? hex4(s, s->at + 2) : -1;
    if (low < 0xDC00 || low > 0xDFFF) return fail(s, "a lone surrogate in a string");
    s->at += 6;
    return CPLUG_OK;
}

static cplug_status scan_string(scan *s)
{
    for (s->at++; s->at < s->n && s->text[s->at] != '"';) {
        if ((unsigned char)s->text[s->at] < 0x20) return fail(s, "a control character in a string");
        cplug_status status = CPLUG_OK;
        if (s->text[s->at] == '\\')
            status = scan_escape(s);
        else
            s->at++;
        if (status != CPLUG_OK) return status;
    }
    if (s->at >= s->n) return fail(s, "a string is not closed");
    s->at++;
    return CPLUG_OK;
}

static cplug_status scan_number(scan *s)
{
    uint64_t value = 0, digits = 0, begin = s->at;
    for (; s->at < s->n && s->text[s->at] >= '0' && s->text[s->at] <= '9'; s->at++, digits++) {
        value = value * 10 + (uint64_t)(s->text[s->at] - '0');
        if (digits >= 16 || value > (1ull << 53)) return fail(s, "a number above 2^53");
    }
    return digits > 1 && s->text[begin] == '0' ? fail(s, "a number with a leading zero") : CPLUG_OK;
}

cplug_status header_check(const cplug_stream_io *io, const char *text, uint64_t n, cplug_error *e)
{
    scan s = { .io = io, .text = text, .n = n, .error = e };
    uint32_t depth = 0;
    if (n == 0 || text[0] != '{') return fail(&s, "the header does not begin with '{'");
    if (!utf8_valid(text, n, &s.at)) return fail(&s, "the header is not UTF-8");
    for (s.at = 0; s.at < n;) {
        char c = text[s.at];
        cplug_status status = CPLUG_OK;
        if (c == '"') {
            status = scan_string(&s);
        } else if (c >= '0' && c <= '9') {
            status = scan_number(&s);
        } else if (c && strchr("{}[]:, \t\r\n", c)) {
            if ((c == '{' || c == '[') && ++depth > MAX_DEPTH) return fail(&s, "nested too deeply");
            if ((c == '}' || c == ']') && depth-- == 0) return fail(&s, "a bracket is closed that was not opened");
            s.at++;
        } else {
            return fail(&s, "only strings, whole numbers from 0, lists and objects may stand in the header");
        }
        if (status != CPLUG_OK) return status;
    }
    return CPLUG_OK;
}
