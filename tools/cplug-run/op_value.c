/* op_value.c: parameters of ops as text: a row's list of them, how it is shown, and how the text of one attribute is read. */
#include "op.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    char type;
    const char *doc;
} types[] = {
    { 'i', "a whole number" },
    { 'f', "a number" },
    { 'n', "a number or true or false" },
    { 'b', "true or false" },
    { 'w', "a word" },
    { 'd', "a dtype such as float32" },
    { 'I', "whole numbers with commas, as 1,2" },
    { 'F', "numbers with commas, as 0.5,2" },
    { 'P', "whole numbers with commas, or a word" },
};

/* "name", marks, and for attributes ":type=default"; n characters. */
static bool parse_param(const char *s, size_t n, bool attribute, op_param *p)
{
    size_t name = 0;
    *p = (op_param){ .type = 't' };
    while (name < n && (isalnum((unsigned char)s[name]) || s[name] == '_')) name++;
    if (name == 0 || name >= sizeof p->name) return false;
    memcpy(p->name, s, name);
    if (attribute) {
        const char *equals = memchr(s + name, '=', n - name);
        const size_t length = equals != NULL ? n - (size_t)(equals + 1 - s) : 0;
        if (n < name + 2 || s[name] != ':' || length >= sizeof p->fallback) return false;
        p->type = s[name + 1];
        p->required = equals == NULL;
        if (equals != NULL) memcpy(p->fallback, equals + 1, length);
        return true;
    }
    for (size_t i = name; i < n; i++) {
        p->optional |= s[i] == '?';
        p->no_gradient |= s[i] == '~' || s[i] == '!';
        p->written |= s[i] == '!';
        p->list |= s[i] == '[';
    }
    return true;
}

bool op_signature_parse(const char *params, op_signature *out)
{
    bool attributes = false;
    *out = (op_signature){ .n_tensors = 0 };
    for (const char *s = params; *s;) {
        const size_t n = strcspn(s, " ;");
        uint32_t *count = attributes ? &out->n_attrs : &out->n_tensors;
        if (n > 0 && (*count == (attributes ? OP_ATTRS : OP_ARGS) ||
                      !parse_param(s, n, attributes, attributes ? &out->attr[*count] : &out->tensor[*count])))
            return false;
        *count += n > 0;
        s += n;
        attributes |= *s == ';';
        s += *s != '\0';
    }
    return true;
}

void op_signature_print(const char *name, const op_signature *s, char *text, size_t size)
{
    size_t n = 0;
#define PUT(...) (n += n < size ? (size_t)snprintf(text + n, size - n, __VA_ARGS__) : 0)
    PUT("%s(", name);
    for (uint32_t i = 0; i < s->n_tensors; i++) PUT("%s%s%s", i ? ", " : "", s->tensor[i].name, s->tensor[i].list ? "[]" : "");
    for (uint32_t i = 0; i < s->n_attrs; i++) {
        const op_param *p = &s->attr[i];
        PUT("%s%s%s%s", i ? ", " : "; ", p->name, p->required ? "" : "=", p->fallback);
    }
    PUT(")");
#undef PUT
}

/* ---- the text of one attribute ---- */
static bool parse_int(const char *s, size_t n, int64_t *out)
{
    char room[32], *end;
    if (n == 0 || n >= sizeof room) return false;
    memcpy(room, s, n);
    room[n] = '\0';
    errno = 0;
    *out = strtoll(room, &end, 10);
    return *end == '\0' && end != room && errno == 0 && !isspace((unsigned char)room[0]);
}

static bool parse_float(const char *s, size_t n, double *out)
{
    char room[64], *end;
    if (n == 0 || n >= sizeof room) return false;
    memcpy(room, s, n);
    room[n] = '\0';
    *out = strtod(room, &end);
    return *end == '\0' && end != room && !isspace((unsigned char)room[0]);
}

static bool parse_bool(const char *s, int64_t *out)
{
    *out = strcasecmp(s, "true") == 0;
    return *out || strcasecmp(s, "false") == 0;
}

bool op_number_parse(const char *text, op_value *out)
{
    const size_t n = strlen(text);
    out->kind = parse_bool(text, &out->i) ? 'b' : parse_int(text, n, &out->i) ? 'i' : parse_float(text, n, &out->f) ? 'f' : 0;
    if (out->kind != 'f') out->f = (double)out->i;
    return out->kind != 0;
}

/* "1,-,3"; a None in it is 'none' in PyTorch's sense: INT64_MIN.  "" is the empty list. */
static bool parse_list(const char *text, bool whole, op_value *out)
{
    for (const char *s = text; *s || s > text;) {
        const size_t n = strcspn(s, ",");
        if (out->n == OP_LIST) return false;
        int64_t *i = &out->ints[out->n];
        double *f = &out->floats[out->n];
        if (whole && n == 1 && *s == '-')
            *i = CPLUG_UNSET;
        else if (whole ? !parse_int(s, n, i) : !parse_float(s, n, f))
            return false;
        out->n++;
        if (s[n] == '\0') break;
        s += n + 1;
    }
    return true;
}

static bool parse_typed(char type, const char *text, op_value *out)
{
    const size_t n = strlen(text);
    switch (type) {
    case 'i': return parse_int(text, n, &out->i);
    case 'f': return parse_float(text, n, &out->f);
    case 'n': return op_number_parse(text, out);
    case 'b': return parse_bool(text, &out->i);
    case 'd': out->i = cplug_dtype_from_name(strncmp(text, "torch.", 6) == 0 ? text + 6 : text); return out->i != 0;
    case 'P':
        if (isalpha((unsigned char)text[0])) return true;
        return parse_list(text, true, out);
    case 'I':
    case 'F': return parse_list(text, type == 'I', out);
    default: return true;
    }
}

bool op_value_parse(const op_param *p, const char *text, op_value *out, char *why, size_t size)
{
    const bool may_be_none = strcmp(p->fallback, "-") == 0 || p->type == 'I' || p->type == 'F' || p->type == 'P';
    *out = (op_value){ .word = text };
    out->none = strcmp(text, "-") == 0 && may_be_none;
    if (out->none || parse_typed(p->type, text, out)) return true;
    const char *doc = "something else";
    for (uint32_t i = 0; i < CPLUG_COUNT(types); i++)
        if (types[i].type == p->type) doc = types[i].doc;
    snprintf(why, size, "'%s' takes %s, got '%s'", p->name, doc, text);
    return false;
}
