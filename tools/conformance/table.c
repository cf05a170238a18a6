/* table.c: reads cases.txt.  A line is
 *
 *     NAME: OP INPUT... | attribute=value ... | option=value ...
 *
 * INPUT is DTYPE[2,3]VALUES, '-' for an absent one, '=2.5' for a plain number, or '{ INPUT... }' for a list.  DTYPE is a dtype's name or a
 * set: F floats, I integers, N numbers, A numbers and bool.  VALUES: nothing, <low:high>, <distinct>, <hard> or <=1,nan,-inf>, a list that
 * repeats; '~' behind it: no gradient is wanted.  Options: grad=no second=no numeric=no layouts=no device=cpu size=large tolerance=FACTOR.
 * '#' begins a comment.  docs/conformance.md says when to use which. */
#include "conformance.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct conf_table {
    conf_case *at;
    uint32_t n;
    char **kept; /* texts and lists */
    uint32_t n_kept;
};

typedef struct parser {
    cplug_context *ctx;
    conf_table *t;
    conf_case *c;
    const cplug_op *op;
    char *why;
    uint64_t size;
    uint32_t row;
} parser;

static bool wrong(const parser *p, const char *what, const char *word)
{
    snprintf(p->why, p->size, "cases.txt, line %u: %s '%s'", p->row, what, word);
    return false;
}

static void *keep(conf_table *t, void *p)
{
    char **grown = p != NULL ? realloc(t->kept, (t->n_kept + 1) * sizeof *grown) : NULL;
    if (grown == NULL) {
        free(p);
        return NULL;
    }
    t->kept = grown;
    grown[t->n_kept++] = p;
    return p;
}

/* ---- inputs ---- */
static bool parse_shape(const parser *p, const char *word, char **at, conf_input *in)
{
    char *end;
    if (**at != '[') return wrong(p, "expected a shape as in f32[2,3]:", word);
    for (++*at; **at != ']';) {
        if (in->ndim == CPLUG_MAX_DIMS) return wrong(p, "too many dimensions:", word);
        in->shape[in->ndim++] = strtoll(*at, &end, 10);
        if (end == *at || (*end != ',' && *end != ']')) return wrong(p, "no shape:", word);
        *at = *end == ',' ? end + 1 : end;
    }
    ++*at;
    return true;
}

/* "=1,nan,-inf>" */
static bool parse_listed(const parser *p, const char *word, const char *at, conf_input *in)
{
    double *list = keep(p->t, calloc(strlen(at), sizeof *list));
    char *end;
    if (list == NULL) return wrong(p, "out of memory at", word);
    in->values = CONF_LISTED;
    in->list = list;
    do {
        list[in->n_list++] = strtod(at + 1, &end);
        if (end == at + 1 || (*end != ',' && strcmp(end, ">") != 0)) return wrong(p, "no list of numbers:", word);
        at = end;
    } while (*at == ',');
    return true;
}

static bool parse_values(const parser *p, const char *word, char *at, conf_input *in)
{
    const size_t n = strlen(at);
    if (n && at[n - 1] == '~') {
        in->fixed = true;
        at[n - 1] = '\0';
    }
    if (*at == '\0') return true;
    if (strncmp(at, "<=", 2) == 0) return parse_listed(p, word, at + 1, in);
    in->values = CONF_RANGE;
    if (sscanf(at, "<%lf:%lf>", &in->low, &in->high) == 2 && in->low < in->high) return true;
    in->values = strcmp(at, "<distinct>") == 0 ? CONF_DISTINCT : CONF_HARD;
    return in->values == CONF_DISTINCT || strcmp(at, "<hard>") == 0 || wrong(p, "unknown values:", word);
}

static bool parse_input(const parser *p, char *word, uint32_t formal)
{
    conf_case *c = p->c;
    char dtype[8] = "";
    if (c->n_in == CONF_INPUTS) return wrong(p, "too many inputs:", word);
    conf_input *in = &c->in[c->n_in++];
    in->formal = formal;
    in->low = -2;
    in->high = 2;
    if (strcmp(word, "-") == 0) return in->absent = true;
    if (word[0] == '=') {
        in->number = true;
        in->dtype = strcmp(word, "=true") == 0 || strcmp(word, "=false") == 0 ? CPLUG_BOOL
                    : strpbrk(word, ".en") != NULL                            ? CPLUG_F64 /* also inf and nan */
                                                                              : CPLUG_I64;
        in->low = in->dtype == CPLUG_BOOL ? word[1] == 't' : strtod(word + 1, NULL);
        return true;
    }
    const size_t n = strcspn(word, "[");
    if (n >= sizeof dtype) return wrong(p, "unknown dtype:", word);
    memcpy(dtype, word, n);
    if (n == 1 && strchr("FINA", dtype[0]) != NULL)
        in->set = dtype[0];
    else if ((in->dtype = cplug_dtype_from_name(dtype)) == 0)
        return wrong(p, "unknown dtype:", word);
    char *at = word + n;
    return parse_shape(p, word, &at, in) && parse_values(p, word, at, in);
}

static bool parse_inputs(const parser *p, char *text)
{
    char *state = NULL;
    bool inside = false;
    for (char *w = strtok_r(text, " ", &state); w != NULL; w = strtok_r(NULL, " ", &state)) {
        if (p->c->n_formal == CONF_INPUTS) return wrong(p, "too many inputs:", w);
        if (strcmp(w, "{") == 0) {
            p->c->list[p->c->n_formal] = inside = true;
            continue;
        }
        const bool closes = strcmp(w, "}") == 0;
        if (!closes && !parse_input(p, w, p->c->n_formal)) return false;
        if (closes) inside = false;
        if (!inside) p->c->n_formal++;
    }
    return true;
}

/* ---- attributes, by the op's schema ---- */
static cplug_option schema_at(const cplug_op *op, uint32_t i)
{
    cplug_option o;
    memset(&o, 0, sizeof o);
    memcpy(&o, (const char *)op->attrs.at + (uint64_t)i * op->attrs.stride, op->attrs.stride < sizeof o ? op->attrs.stride : sizeof o);
    return o;
}

static bool parse_list(const parser *p, const char *text, bool floats, cplug_value *v)
{
    union {
        int64_t i;
        double f;
    } *list = keep(p->t, calloc(strlen(text) + 1, sizeof *list));
    if (list == NULL) return wrong(p, "out of memory at", text);
    v->n = 0;
    for (char *end; *text; text = *end == ',' ? end + 1 : end, v->n++) {
        if (floats)
            list[v->n].f = strtod(text, &end);
        else
            list[v->n].i = strtoll(text, &end, 10);
        if (end == text || (*end && *end != ',')) return wrong(p, "no list of numbers:", text);
    }
    v->v.iv = &list->i;
    return true;
}

static bool choice_number(const char *choices, const char *word, int64_t *out)
{
    const size_t n = strlen(word);
    *out = 0;
    for (const char *at = choices; at != NULL && *at; at = strchr(at, '|') != NULL ? strchr(at, '|') + 1 : NULL, ++*out)
        if (strncmp(at, word, n) == 0 && (at[n] == '|' || at[n] == '\0')) return true;
    return false;
}

static bool parse_value(const parser *p, const cplug_option *o, const char *text, cplug_value *v)
{
    char *end = NULL;
    v->type = o->type;
    switch (o->type) {
    case CPLUG_OPT_FLOAT: v->v.f = strtod(text, &end); break;
    case CPLUG_OPT_BOOL: return v->v.i = strcmp(text, "true") == 0, true;
    case CPLUG_OPT_CHOICE: return choice_number(o->choices, text, &v->v.i) || wrong(p, "no such choice:", text);
    case CPLUG_OPT_INTS:
    case CPLUG_OPT_FLOATS: return parse_list(p, text, o->type == CPLUG_OPT_FLOATS, v);
    case CPLUG_OPT_STRING: return (v->v.s = keep(p->t, strdup(text))) != NULL;
    default:
        v->v.i = strtoll(text, &end, 10);
        if (*end) v->v.i = cplug_dtype_from_name(text), end = v->v.i ? NULL : end;
    }
    return end == NULL || *end == '\0' || wrong(p, "no value:", text);
}

static bool parse_attrs(const parser *p, char *text)
{
    conf_case *c = p->c;
    const char *given[CONF_ATTRS] = { NULL };
    char *state = NULL;
    if (p->op->attrs.n > CONF_ATTRS) return wrong(p, "too many attributes:", c->op);
    for (char *w = strtok_r(text, " ", &state); w != NULL; w = strtok_r(NULL, " ", &state)) {
        char *equals = strchr(w, '=');
        uint32_t k = 0;
        if (equals == NULL) return wrong(p, "expected attribute=value:", w);
        *equals = '\0';
        while (k < p->op->attrs.n && strcmp(schema_at(p->op, k).name, w) != 0) k++;
        if (k == p->op->attrs.n) return wrong(p, "unknown attribute", w);
        given[k] = equals + 1;
        if (k >= c->n_attr) c->n_attr = k + 1;
    }
    for (uint32_t k = 0; k < c->n_attr; k++) {
        const cplug_option o = schema_at(p->op, k);
        const char *value = given[k] != NULL ? given[k] : o.fallback != NULL ? o.fallback : "";
        if (!parse_value(p, &o, value, &c->attr[k])) return false;
    }
    return true;
}

static bool parse_options(const parser *p, char *text)
{
    char *state = NULL;
    for (char *w = strtok_r(text, " ", &state); w != NULL; w = strtok_r(NULL, " ", &state)) {
        if (strcmp(w, "grad=no") == 0)
            p->c->no_grad = true;
        else if (strcmp(w, "second=no") == 0)
            p->c->no_second = true;
        else if (strcmp(w, "numeric=no") == 0)
            p->c->no_numeric = true;
        else if (strcmp(w, "layouts=no") == 0)
            p->c->one_layout = true;
        else if (strcmp(w, "device=cpu") == 0)
            p->c->host_only = true;
        else if (strcmp(w, "size=large") == 0)
            p->c->large = true;
        else if (sscanf(w, "tolerance=%lf", &p->c->tolerance) != 1)
            return wrong(p, "unknown option", w);
    }
    return true;
}

/* ---- lines ---- */
static bool parse_line(parser *p, const char *line)
{
    conf_case *c = p->c;
    char *text = keep(p->t, strdup(line)), *parts[3] = { text, NULL, NULL };
    if (text == NULL || (c->line = keep(p->t, strdup(line))) == NULL) return wrong(p, "out of memory at", line);
    c->tolerance = 1;
    c->row = p->row;
    for (uint32_t k = 1; k < CPLUG_COUNT(parts) && parts[k - 1] != NULL; k++)
        if ((parts[k] = strchr(parts[k - 1], '|')) != NULL) *parts[k]++ = '\0';
    char *colon = strchr(text, ':');
    if (colon == NULL) return wrong(p, "expected NAME: OP INPUT...", line);
    *colon = '\0';
    c->name = text;
    char *op = colon + 1 + strspn(colon + 1, " ");
    char *inputs = op + strcspn(op, " ");
    if (*inputs) *inputs++ = '\0';
    c->op = op;
    if ((p->op = cplug_component(p->ctx, "op", op)) == NULL) {
        cplug_error_clear(p->ctx);
        return wrong(p, "unknown op", op);
    }
    return parse_inputs(p, inputs) && (parts[1] == NULL || parse_attrs(p, parts[1])) && (parts[2] == NULL || parse_options(p, parts[2]));
}

conf_table *conf_open(cplug_context *ctx, const char *text, char *why, uint64_t size)
{
    conf_table *t = calloc(1, sizeof *t);
    char *copy = strdup(text);
    parser p = { .ctx = ctx, .t = t, .why = why, .size = size };
    bool ok = t != NULL && copy != NULL;
    for (char *line = copy, *next; ok && line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) *next++ = '\0';
        p.row++;
        char *hash = strchr(line, '#');
        if (hash != NULL) *hash = '\0';
        for (size_t n = strlen(line); n && line[n - 1] == ' ';) line[--n] = '\0';
        if (line[0] == '\0') continue;
        conf_case *grown = realloc(t->at, (t->n + 1) * sizeof *grown);
        if ((ok = grown != NULL) == false) break;
        t->at = grown;
        p.c = &grown[t->n++];
        memset(p.c, 0, sizeof *p.c);
        ok = parse_line(&p, line);
    }
    free(copy);
    if (ok) return t;
    if (t == NULL || copy == NULL) snprintf(why, size, "out of memory");
    conf_close(t);
    return NULL;
}

void conf_close(conf_table *t)
{
    if (t == NULL) return;
    for (uint32_t i = 0; i < t->n_kept; i++) free(t->kept[i]);
    free(t->kept);
    free(t->at);
    free(t);
}

uint32_t conf_count(const conf_table *t) { return t->n; }
const conf_case *conf_at(const conf_table *t, uint32_t i) { return &t->at[i]; }
