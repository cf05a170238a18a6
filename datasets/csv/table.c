/* table.c: RFC 4180: a file becomes rows of cells.  Quoted cells may hold delimiters, line ends and doubled quotes; lines end with LF, CR
 * LF or CR; a UTF-8 byte order mark is skipped, empty lines too.  Blanks around an unquoted cell are not part of it.  The delimiter ' '
 * means runs of blanks.  Cells are cut in place: the byte behind each becomes its NUL. */
#include "csv.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct scan {
    const cplug_host *host;
    const char *file;
    char *p, *end;
    int64_t line;
    char delimiter;
} scan;

static cplug_status load(const cplug_host *h, const char *file, char **text, uint64_t *bytes, cplug_error *e)
{
    struct stat st;
    uint64_t got = 0;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return h->fail(e, errno == ENOENT ? CPLUG_E_NOTFOUND : CPLUG_E_IO, "%s: cannot open: %s", file, strerror(errno));
    cplug_status status = CPLUG_OK;
    if (fstat(fd, &st) != 0)
        status = h->fail(e, CPLUG_E_IO, "%s: cannot stat: %s", file, strerror(errno));
    else if (!S_ISREG(st.st_mode))
        status = h->fail(e, CPLUG_E_IO, "%s: not a regular file", file);
    else if (!(*text = h->alloc((uint64_t)st.st_size + 1)))
        status = h->fail(e, CPLUG_E_NOMEM, "%s: out of memory for %lld bytes", file, (long long)st.st_size);
    while (status == CPLUG_OK && got < (uint64_t)st.st_size) {
        ssize_t r = read(fd, *text + got, (size_t)((uint64_t)st.st_size - got));
        if (r < 0 && errno != EINTR) status = h->fail(e, CPLUG_E_IO, "%s: cannot read: %s", file, strerror(errno));
        if (r == 0) break;
        if (r > 0) got += (uint64_t)r;
    }
    close(fd);
    *bytes = got;
    return status;
}

static cplug_status grow(const cplug_host *h, void **p, uint64_t used, uint64_t *room, uint64_t size, cplug_error *e)
{
    if (used < *room) return CPLUG_OK;
    uint64_t more = *room ? 2 * *room : 1024;
    void *fresh = h->alloc(more * size);
    if (!fresh) return h->fail(e, CPLUG_E_NOMEM, "out of memory for %llu cells", (unsigned long long)more);
    if (used) memcpy(fresh, *p, used * size);
    h->free(*p);
    *p = fresh;
    *room = more;
    return CPLUG_OK;
}

static int is_end(char c) { return c == '\n' || c == '\r'; }
static int is_blank(const scan *s, char c) { return c == ' ' || (c == '\t' && s->delimiter != '\t'); }

/* Steps over one line end; p stands on it. */
static void next_line(scan *s)
{
    if (s->p < s->end && *s->p == '\r' && s->p + 1 < s->end && s->p[1] == '\n') s->p++;
    if (s->p < s->end) s->p++;
    s->line++;
}

/* The inside of a quoted cell, doubled quotes made single; p ends behind the closing quote. */
static cplug_status quoted(scan *s, char **cell, char **cell_end, cplug_error *e)
{
    int64_t opened = s->line;
    char *to = ++s->p;
    *cell = to;
    for (; s->p < s->end; s->p++) {
        if (*s->p == '"') {
            if (s->p + 1 == s->end || s->p[1] != '"') break;
            s->p++;
        } else if (*s->p == '\n' || (*s->p == '\r' && s->p[1] != '\n')) {
            s->line++;
        }
        *to++ = *s->p;
    }
    if (s->p == s->end)
        return s->host->fail(e, CPLUG_E_FORMAT, "%s:%lld: a quote is opened here and never closed", s->file, (long long)opened);
    *cell_end = to;
    s->p++;
    while (s->p < s->end && is_blank(s, *s->p) && *s->p != s->delimiter) s->p++;
    if (s->p < s->end && *s->p != s->delimiter && !is_end(*s->p))
        return s->host->fail(
            e, CPLUG_E_FORMAT,
            "%s:%lld: '%c' follows a closing quote; expected the delimiter or the end of the line (a quote inside quotes is doubled)",
            s->file, (long long)s->line, *s->p);
    return CPLUG_OK;
}

static void unquoted(scan *s, char **cell, char **cell_end)
{
    *cell = s->p;
    while (s->p < s->end && *s->p != s->delimiter && !is_end(*s->p)) s->p++;
    *cell_end = s->p;
    while (*cell_end > *cell && is_blank(s, (*cell_end)[-1])) --*cell_end;
}

/* One cell; *last: the row ends behind it.  p moves to the next cell or row. */
static cplug_status next_cell(scan *s, char **cell, int32_t *last, cplug_error *e)
{
    char *end = NULL;
    cplug_status status = CPLUG_OK;
    while (s->p < s->end && is_blank(s, *s->p)) s->p++;
    if (s->p < s->end && *s->p == '"')
        status = quoted(s, cell, &end, e);
    else
        unquoted(s, cell, &end);
    if (status != CPLUG_OK) return status;
    if (s->delimiter == ' ')
        while (s->p + 1 < s->end && s->p[0] == ' ' && (s->p[1] == ' ' || is_end(s->p[1]))) s->p++;
    if (s->delimiter == ' ' && s->p + 1 == s->end && *s->p == ' ') s->p++; /* blanks at the very end delimit nothing */
    *last = s->p >= s->end || is_end(*s->p);
    if (*last)
        next_line(s);
    else
        s->p++;
    *end = 0;
    return CPLUG_OK;
}

/* Skips lines with nothing on them. */
static void skip_empty(scan *s)
{
    for (;;) {
        char *p = s->p;
        while (p < s->end && is_blank(s, *p)) p++;
        if (p < s->end && !is_end(*p)) return;
        s->p = p;
        if (p == s->end) return;
        next_line(s);
    }
}

static cplug_status read_row(scan *s, table *t, cplug_error *e)
{
    int64_t n = 0, line = s->line;
    int32_t last = 0;
    while (!last) {
        uint64_t used = (uint64_t)(t->n_rows * t->n_columns + n);
        cplug_status status = grow(s->host, (void **)&t->cell, used, &t->room_cells, sizeof *t->cell, e);
        if (status == CPLUG_OK) status = next_cell(s, &t->cell[used], &last, e);
        if (status != CPLUG_OK) return status;
        n++;
        if (t->n_rows && n > t->n_columns && !last) break;
    }
    if (t->n_rows == 0) t->n_columns = n;
    if (n != t->n_columns)
        return s->host->fail(e, CPLUG_E_FORMAT, "%s:%lld: this row has %s%lld columns, the first row has %lld; the delimiter is '%s'",
                             s->file, (long long)line, last ? "" : "more than ", (long long)(last ? n : t->n_columns),
                             (long long)t->n_columns, s->delimiter == '\t' ? "\\t" : (const char[2]){ s->delimiter, 0 });
    cplug_status status = grow(s->host, (void **)&t->line, (uint64_t)t->n_rows, &t->room_rows, sizeof *t->line, e);
    if (status != CPLUG_OK) return status;
    t->line[t->n_rows++] = line;
    return CPLUG_OK;
}

static cplug_status check_text(const scan *s, uint64_t bytes, cplug_error *e)
{
    const unsigned char *b = (const unsigned char *)s->p;
    if (bytes >= 2 && ((b[0] == 0xff && b[1] == 0xfe) || (b[0] == 0xfe && b[1] == 0xff)))
        return s->host->fail(e, CPLUG_E_FORMAT, "%s: is UTF-16 text; save it as UTF-8", s->file);
    const char *nul = memchr(s->p, 0, bytes);
    if (nul) return s->host->fail(e, CPLUG_E_FORMAT, "%s: byte %lld is NUL; this is not a text file", s->file, (long long)(nul - s->p));
    return CPLUG_OK;
}

static cplug_status delimiter_of(const cplug_host *h, const char *text, char *out, cplug_error *e)
{
    *out = strcmp(text, "\\t") == 0 || strcmp(text, "tab") == 0 ? '\t' : text[0];
    if (*out == 0 || (text[1] && *out != '\t') || *out == '"' || is_end(*out))
        return h->fail(e, CPLUG_E_INVALID,
                       "delimiter is '%s'; expected one character, not a quote or a line end (a tab is written tab or \\t)", text);
    return CPLUG_OK;
}

cplug_status table_read(const cplug_host *h, const char *file, const char *delimiter, table *t, cplug_error *e)
{
    uint64_t bytes = 0;
    scan s = { .host = h, .file = file, .line = 1 };
    cplug_status status = delimiter_of(h, delimiter, &s.delimiter, e);
    if (status == CPLUG_OK) status = load(h, file, &t->text, &bytes, e);
    if (status != CPLUG_OK) return status;
    s.p = t->text;
    s.end = t->text + bytes;
    status = check_text(&s, bytes, e);
    if (status != CPLUG_OK) return status;
    if (bytes >= 3 && memcmp(s.p, "\xEF\xBB\xBF", 3) == 0) s.p += 3;
    for (skip_empty(&s); s.p < s.end && status == CPLUG_OK; skip_empty(&s)) status = read_row(&s, t, e);
    if (status == CPLUG_OK && t->n_rows == 0) status = h->fail(e, CPLUG_E_FORMAT, "%s: is empty", file);
    return status;
}

void table_free(const cplug_host *h, table *t)
{
    h->free(t->text);
    h->free(t->cell);
    h->free(t->line);
    *t = (table){ 0 };
}
