/* npy_header.c: the reader of the header: a Python dictionary of three known keys, of which no more is understood than NumPy writes there.
 * What cplug cannot hold is refused in words: Python objects, records, strings, unsigned integers, complex numbers. */
#include "npy.h"
#include <string.h>

typedef struct scan {
    const cplug_stream_io *io;
    const char *text;
    uint64_t n, at;
    cplug_error *error;
} scan;

static cplug_status fail(scan *s, const char *what)
{
    return s->io->host->fail(s->error, CPLUG_E_FORMAT, "%s: byte %llu of the header: %s", s->io->name, (unsigned long long)s->at, what);
}

static char peek(scan *s)
{
    while (s->at < s->n && s->text[s->at] && strchr(" \t\r\n", s->text[s->at])) s->at++;
    return s->at < s->n ? s->text[s->at] : 0;
}

static int take(scan *s, char c)
{
    if (peek(s) != c) return 0;
    s->at++;
    return 1;
}

/* A string without escapes into room; 0 when there is none or it is too long. */
static int take_string(scan *s, char *room, uint32_t size)
{
    const char quote = peek(s);
    uint32_t n = 0;
    if (quote != '\'' && quote != '"') return 0;
    for (s->at++; s->at < s->n && s->text[s->at] != quote; s->at++) {
        if (n + 1 == size || s->text[s->at] == '\\') return 0;
        room[n++] = s->text[s->at];
    }
    room[n] = 0;
    return take(s, quote);
}

static int take_word(scan *s, const char *word)
{
    const uint64_t n = strlen(word);
    peek(s);
    if (s->n - s->at < n || memcmp(s->text + s->at, word, n) != 0) return 0;
    s->at += n;
    return 1;
}

/* Why an element type of NumPy's is none of ours; its letter says what it is. */
static cplug_status refuse(scan *s, const char *descr)
{
    static const struct {
        const char *letters, *what;
    } kinds[] = {
        { "O", "Python objects, which only Python can read" },
        { "V", "raw bytes or records" },
        { "SaU", "text" },
        { "u", "unsigned integers wider than a byte; save it as int64" },
        { "cFD", "complex numbers" },
        { "mM", "dates or times" },
        { "fg", "long double; save it as float64" },
    };
    const char letter = descr[strspn(descr, "<>|=")];
    for (uint32_t k = 0; k < CPLUG_COUNT(kinds); k++)
        if (letter && strchr(kinds[k].letters, letter))
            return s->io->host->fail(s->error, CPLUG_E_UNSUPPORTED, "%s: has elements of type '%s', %s: cplug cannot hold them",
                                     s->io->name, descr, kinds[k].what);
    return s->io->host->fail(s->error, CPLUG_E_FORMAT, "%s: '%s' is no element type of NumPy's", s->io->name, descr);
}

static cplug_status take_descr(scan *s, npy_header *out)
{
    char descr[32];
    if (peek(s) == '[')
        return s->io->host->fail(s->error, CPLUG_E_UNSUPPORTED,
                                 "%s: holds records (a structured dtype): save each field as a file of its own", s->io->name);
    if (!take_string(s, descr, sizeof descr)) return fail(s, "descr is no short string");
    const char *code = descr + (*descr && strchr("<>|=", *descr) ? 1 : 0);
    for (uint32_t k = 0; k < n_npy_dtypes; k++)
        if (strcmp(npy_dtypes[k].code, code) == 0) out->dtype = &npy_dtypes[k];
    if (!out->dtype) return refuse(s, descr);
    out->swapped = *descr == '>' && out->dtype->bytes > 1;
    return CPLUG_OK;
}

static cplug_status take_order(scan *s, npy_header *out)
{
    out->fortran = take_word(s, "True");
    return out->fortran || take_word(s, "False") ? CPLUG_OK : fail(s, "fortran_order is neither True nor False");
}

static cplug_status take_size(scan *s, int64_t *out)
{
    uint64_t digits = 0;
    for (*out = 0; s->at < s->n && s->text[s->at] >= '0' && s->text[s->at] <= '9'; s->at++, digits++)
        if (__builtin_mul_overflow(*out, 10, out) || __builtin_add_overflow(*out, s->text[s->at] - '0', out))
            return fail(s, "a size is too large");
    if (s->at < s->n && s->text[s->at] == 'L') s->at++; /* Python 2 wrote 3L */
    return digits ? CPLUG_OK : fail(s, "shape is no tuple of whole numbers from 0");
}

static cplug_status take_shape(scan *s, npy_header *out)
{
    int comma = 1;
    if (!take(s, '(')) return fail(s, "shape is no tuple");
    for (out->ndim = 0; peek(s) != ')'; out->ndim++) {
        if (!comma) return fail(s, "a comma is missing in shape");
        if (out->ndim == CPLUG_MAX_DIMS)
            return s->io->host->fail(s->error, CPLUG_E_SHAPE, "%s: has more than %d dimensions, the most that cplug takes", s->io->name,
                                     CPLUG_MAX_DIMS);
        const cplug_status status = take_size(s, &out->shape[out->ndim]);
        if (status != CPLUG_OK) return status;
        comma = take(s, ',');
    }
    s->at++;
    return out->ndim == 1 && !comma ? fail(s, "shape is a number in brackets, not a tuple") : CPLUG_OK;
}

cplug_status npy_parse(const cplug_stream_io *io, const char *text, uint64_t n, npy_header *out, cplug_error *e)
{
    static const struct {
        const char *name;
        cplug_status (*take)(scan *s, npy_header *out);
    } keys[] = { { "descr", take_descr }, { "fortran_order", take_order }, { "shape", take_shape } };
    scan s = { .io = io, .text = text, .n = n, .error = e };
    uint32_t seen = 0;
    int comma = 1;
    char name[32];
    *out = (npy_header){ .dtype = NULL };
    if (!take(&s, '{')) return fail(&s, "it does not begin with '{'");
    while (peek(&s) != '}') {
        if (s.at == s.n) return fail(&s, "it ends too early");
        if (!comma) return fail(&s, "a comma is missing");
        uint32_t k = 0;
        if (!take_string(&s, name, sizeof name) || !take(&s, ':')) return fail(&s, "expected a key and a colon");
        while (k < CPLUG_COUNT(keys) && strcmp(keys[k].name, name) != 0) k++;
        if (k == CPLUG_COUNT(keys) || seen & 1u << k) return fail(&s, "expected descr, fortran_order and shape, each once");
        seen |= 1u << k;
        peek(&s);
        const cplug_status status = keys[k].take(&s, out);
        if (status != CPLUG_OK) return status;
        comma = take(&s, ',');
    }
    s.at++;
    if (seen != 7) return fail(&s, "expected descr, fortran_order and shape, each once");
    peek(&s);
    return s.at == s.n ? CPLUG_OK : fail(&s, "something follows the dictionary");
}
