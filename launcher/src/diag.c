/* diag.c: the list of mistakes in a file, and how they look:
 *
 *     lenet.ini:31:1: error: unknown key 'filtres' in [layer.c3] (conv2d)
 *       filtres = 3
 *       ^~~~~~~
 *       help: did you mean 'filters'? */
#include "config.h"
#include <cplug/launcher.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_SHOWN = 20, MOST_KEPT = 500 };

static bool same(const diag *d, place at, const char *text)
{
    return d->at.file == at.file && d->at.line == at.line && d->at.column == at.column && strcmp(d->text, text) == 0;
}

static void add(diags *d, int32_t code, place at, const char *help, const char *text)
{
    if (d->n == MOST_KEPT) {
        d->n_more++;
        return;
    }
    for (uint32_t i = 0; i < d->n; i++)
        if (same(&d->list[i], at, text)) return;
    if (d->n == d->room) {
        uint32_t room = d->room ? d->room * 2 : 16;
        diag *list = cplug__pool_alloc(d->pool, room * sizeof *list);
        if (list == NULL) return;
        if (d->n) memcpy(list, d->list, d->n * sizeof *list);
        d->list = list;
        d->room = room;
    }
    diag *new = &d->list[d->n];
    *new = (diag){ at, cplug__pool_copy(d->pool, text, strlen(text)), help != NULL ? help : "", code, d->n };
    d->n++;
}

void cplug__diag(diags *d, place at, const char *help, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    add(d, CPLUG_RUN_CONFIG, at, help, text);
}

void cplug__diag_as(diags *d, int32_t code, place at, const char *help, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    add(d, code, at, help, text);
}

void cplug__diag_help(diags *d, place at, bool over, const char *help)
{
    for (uint32_t i = 0; i < d->n && help != NULL; i++) {
        const place *p = &d->list[i].at;
        if (p->file == at.file && p->line == at.line && p->column == at.column && (over || d->list[i].help[0] == '\0'))
            d->list[i].help = help;
    }
}

static int by_place(const void *a, const void *b)
{
    const diag *x = a, *y = b;
    uint32_t fx = x->at.file ? x->at.file->number + 1 : 0, fy = y->at.file ? y->at.file->number + 1 : 0;
    if (fx != fy) return fx < fy ? -1 : 1;
    if (x->at.line != y->at.line) return x->at.line < y->at.line ? -1 : 1;
    if (x->at.column != y->at.column) return x->at.column < y->at.column ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

void cplug__diags_sort(diags *d)
{
    if (d->n > 1) qsort(d->list, d->n, sizeof *d->list, by_place);
}

/* The line that holds the place; its length without the line end. */
static const char *line_of(place at, uint64_t *length)
{
    const char *p = at.file->text, *end = p + at.file->size;
    for (int32_t line = 1; line < at.line && p < end; line++) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        p = stop != NULL ? stop + 1 : end;
    }
    const char *stop = memchr(p, '\n', (size_t)(end - p));
    *length = (uint64_t)((stop != NULL ? stop : end) - p);
    if (*length > 0 && p[*length - 1] == '\r') --*length;
    return p;
}

static bool is_start(char c) { return ((unsigned char)c & 0xC0) != 0x80; } /* of a UTF-8 character */

int32_t cplug__place_column(place at)
{
    uint64_t length;
    if (at.file == NULL || at.file->text == NULL) return at.column;
    const char *line = line_of(at, &length);
    int32_t column = 1;
    for (int32_t i = 0; i + 1 < at.column && (uint64_t)i < length; i++) column += is_start(line[i]);
    return column;
}

/* The line with a caret below; of a very long line the part around the place. */
static void format_line(place at, str *out)
{
    enum { WIDEST = 200 };
    uint64_t length, from = 0, caret = (uint64_t)at.column - 1;
    const char *line = line_of(at, &length);
    if (length > WIDEST && caret > WIDEST / 2) from = caret - WIDEST / 2;
    while (from > 0 && from < length && !is_start(line[from])) from--;
    if (length > from + WIDEST) length = from + WIDEST;
    cplug__str_put(out, "  ", 2);
    for (uint64_t i = from; i < length; i++) {
        unsigned char c = (unsigned char)line[i];
        cplug__str_put(out, c < 0x20 && c != '\t' ? "?" : &line[i], 1);
    }
    cplug__str_put(out, "\n  ", 3);
    for (uint64_t i = from; i < caret && i < length; i++)
        if (is_start(line[i])) cplug__str_put(out, line[i] == '\t' ? "\t" : " ", 1);
    cplug__str_put(out, "^", 1);
    for (uint64_t i = caret + 1; i < caret + (uint64_t)at.width && i < length; i++)
        if (is_start(line[i])) cplug__str_put(out, "~", 1);
    cplug__str_put(out, "\n", 1);
}

void cplug__diags_format(const diags *d, str *out)
{
    for (uint32_t i = 0; i < d->n && i < MOST_SHOWN; i++) {
        const diag *g = &d->list[i];
        if (g->at.file != NULL)
            cplug__str_add(out, "%s:%d:%d: error: %s\n", g->at.file->path, g->at.line, cplug__place_column(g->at), g->text);
        else
            cplug__str_add(out, "error: %s\n", g->text);
        if (g->at.file != NULL && g->at.file->text != NULL) format_line(g->at, out);
        if (g->help[0]) cplug__str_add(out, "  help: %s\n", g->help);
    }
    if (d->n > MOST_SHOWN) cplug__str_add(out, "and %u more\n", d->n - MOST_SHOWN + d->n_more);
}
