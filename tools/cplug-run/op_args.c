/* op_args.c: the grammar of `cplug-run op`: NAME TENSOR... with brackets around lists, --attr key=value, and which word is meant for which
 * parameter of the op. */
#include "op_request.h"
#include <stdarg.h>
#include <string.h>

int op_usage(const op_call *c, const char *format, ...)
{
    char text[OP_ERROR], takes[OP_ERROR], whole[2 * OP_ERROR + 64];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (c->signature.n_tensors == 0) {
        snprintf(whole, sizeof whole, "%s\n  help: cplug-run help op", text);
    } else {
        op_signature_print(c->name, &c->signature, takes, sizeof takes);
        snprintf(whole, sizeof whole, "%s: %s\n  help: %s", c->name, text, takes);
    }
    return fail_text(c->tool, CPLUG_RUN_USAGE, whole);
}

/* ---- words ---- */
static int take_flag(const op_call *c, op_request *r, const char *name, const char *value)
{
    const struct {
        const char *name, **one, **list;
        uint32_t *n;
    } known[] = {
        { "--attr", NULL, r->attr, &r->n_attrs }, { "--grad", NULL, r->grad, &r->n_grads }, { "--backend", &r->backend, NULL, NULL },
        { "--device", &r->device, NULL, NULL },   { "--dtype", &r->dtype, NULL, NULL },     { "-o", &r->out, NULL, NULL },
    };
    const char *names[CPLUG_COUNT(known)];
    for (uint32_t i = 0; i < CPLUG_COUNT(known); i++) {
        names[i] = known[i].name;
        if (strcmp(known[i].name, name) != 0) continue;
        if (value == NULL) return op_usage(c, "a value is missing after '%s'", name);
        if (known[i].one != NULL)
            *known[i].one = value;
        else if (*known[i].n == OP_TENSORS)
            return op_usage(c, "too many of '%s'", name);
        else
            known[i].list[(*known[i].n)++] = value;
        return CPLUG_RUN_OK;
    }
    const char *near = cplug_nearest(name, names, CPLUG_COUNT(known));
    return near != NULL ? op_usage(c, "unknown flag '%s'; did you mean '%s'?", name, near) : op_usage(c, "unknown flag '%s'", name);
}

static int take_word(const op_call *c, op_request *r, const char *word)
{
    if (r->name == NULL) {
        r->name = word;
        return CPLUG_RUN_OK;
    }
    if (r->n_tensors == OP_TENSORS) return op_usage(c, "more than %d tensors", OP_TENSORS);
    r->tensor[r->n_tensors++] = word;
    return CPLUG_RUN_OK;
}

int op_request_parse(const op_call *c, int argc, char **argv, op_request *out)
{
    int code = CPLUG_RUN_OK;
    *out = (op_request){ .name = NULL };
    for (int i = 0; i < argc && code == CPLUG_RUN_OK; i++) {
        char *word = argv[i], *equals = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
        if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            out->help = true;
        } else if (strcmp(word, "--json") == 0) {
            continue; /* main has seen it */
        } else if (equals != NULL) {
            *equals = '\0';
            code = take_flag(c, out, word, equals + 1);
        } else if (word[0] == '-' && word[1] != '\0') {
            code = take_flag(c, out, word, i + 1 < argc ? argv[i + 1] : NULL);
            i++;
        } else {
            code = take_word(c, out, word);
        }
    }
    if (code != CPLUG_RUN_OK || out->help) return code;
    if (out->name == NULL) return op_usage(c, "which op?");
    return out->out == NULL ? op_usage(c, "where shall the results go? -o OUT is missing") : CPLUG_RUN_OK;
}

/* ---- tensors ---- */
static int add_tensor(op_call *c, const char **files, const char *word)
{
    if (c->n_in == OP_TENSORS) return op_usage(c, "more than %d tensors", OP_TENSORS);
    files[c->n_in++] = strcmp(word, "-") == 0 ? NULL : word;
    return CPLUG_RUN_OK;
}

/* The words of one parameter from *at on. */
static int take_tensor(const op_request *r, op_call *c, const op_param *p, uint32_t *at, const char **files)
{
    int code = CPLUG_RUN_OK;
    const char *word = *at < r->n_tensors ? r->tensor[*at] : NULL;
    const bool opens = word != NULL && strcmp(word, "[") == 0;
    if (word != NULL) ++*at;
    if (word != NULL && strcmp(word, "]") == 0) return op_usage(c, "']' closes nothing");
    if (opens != p->list && (word != NULL || !p->optional))
        return p->list ? op_usage(c, "'%s' is a list of tensors: [ FILE ... ], with the brackets as words of their own", p->name)
                       : op_usage(c, "'%s' is one tensor, not a list", p->name);
    if (!p->list) return add_tensor(c, files, word != NULL ? word : "-");
    while (opens && code == CPLUG_RUN_OK) {
        word = *at < r->n_tensors ? r->tensor[(*at)++] : NULL;
        if (word == NULL) return op_usage(c, "'[' of '%s' is not closed", p->name);
        if (strcmp(word, "]") == 0) break;
        if (strcmp(word, "[") == 0) return op_usage(c, "a list within a list");
        code = add_tensor(c, files, word);
    }
    return code;
}

static int take_tensors(const op_request *r, op_call *c, const char **files)
{
    uint32_t at = 0;
    c->n_in = 0;
    for (uint32_t k = 0; k < c->signature.n_tensors; k++) {
        c->begin[k] = c->n_in;
        const int code = take_tensor(r, c, &c->signature.tensor[k], &at, files);
        if (code != CPLUG_RUN_OK) return code;
    }
    c->begin[c->signature.n_tensors] = c->n_in;
    return at == r->n_tensors
               ? CPLUG_RUN_OK
               : op_usage(c, "%u tensor%s too many, from '%s' on", r->n_tensors - at, r->n_tensors - at == 1 ? "" : "s", r->tensor[at]);
}

/* ---- attributes ---- */
static uint32_t find(const op_param *list, uint32_t n, const char *name, size_t length)
{
    uint32_t k = 0;
    while (k < n && (strlen(list[k].name) != length || strncmp(list[k].name, name, length) != 0)) k++;
    return k;
}

/* A number in a tensor's place. */
static int take_number(op_call *c, uint32_t k, const char **files, const char *text)
{
    op_value v;
    const op_param *p = &c->signature.tensor[k];
    if (p->list) return op_usage(c, "'%s' is a list of tensors, not a number", p->name);
    if (files[c->begin[k]] != NULL) return op_usage(c, "'%s' is given twice: as a file and as a number", p->name);
    if (c->in[c->begin[k]] != NULL) return op_usage(c, "'%s' is given twice", p->name);
    if (!op_number_parse(text, &v)) return op_usage(c, "'%s' takes a tensor or a number, got '%s'", p->name, text);
    c->in[c->begin[k]] = v.kind == 'f'   ? cplug_float(c->ctx, v.f)
                         : v.kind == 'i' ? cplug_int(c->ctx, v.i)
                                         : cplug_bool(c->ctx, (int32_t)v.i);
    return CPLUG_RUN_OK;
}

static int unknown(op_call *c, const char *text, size_t length)
{
    char word[64];
    const char *names[OP_ARGS + OP_ATTRS];
    uint32_t n = 0;
    snprintf(word, sizeof word, "%.*s", (int)length, text);
    for (uint32_t k = 0; k < c->signature.n_attrs; k++) names[n++] = c->signature.attr[k].name;
    for (uint32_t k = 0; k < c->signature.n_tensors; k++) names[n++] = c->signature.tensor[k].name;
    const char *near = cplug_nearest(word, names, n);
    return near != NULL ? op_usage(c, "there is no parameter '%s'; did you mean '%s'?", word, near)
                        : op_usage(c, "there is no parameter '%s'", word);
}

static int take_attr(op_call *c, const char **files, const char *text)
{
    const char *equals = strchr(text, '=');
    char why[256];
    if (equals == NULL) return op_usage(c, "--attr takes key=value, got '%s'", text);
    const size_t length = (size_t)(equals - text);
    const uint32_t k = find(c->signature.attr, c->signature.n_attrs, text, length);
    const uint32_t t = find(c->signature.tensor, c->signature.n_tensors, text, length);
    if (k == c->signature.n_attrs) return t < c->signature.n_tensors ? take_number(c, t, files, equals + 1) : unknown(c, text, length);
    if (c->attr[k].given) return op_usage(c, "'%s' is given twice", c->signature.attr[k].name);
    if (!op_value_parse(&c->signature.attr[k], equals + 1, &c->attr[k], why, sizeof why)) return op_usage(c, "%s", why);
    c->attr[k].given = true;
    return CPLUG_RUN_OK;
}

static int fill_defaults(op_call *c, const char **files)
{
    char why[256];
    for (uint32_t k = 0; k < c->signature.n_attrs; k++) {
        const op_param *p = &c->signature.attr[k];
        if (c->attr[k].given) continue;
        if (p->required) return op_usage(c, "'%s' is missing: --attr %s=...", p->name, p->name);
        if (!op_value_parse(p, p->fallback, &c->attr[k], why, sizeof why)) return op_usage(c, "default: %s", why);
    }
    for (uint32_t k = 0; k < c->signature.n_tensors; k++) {
        const op_param *p = &c->signature.tensor[k];
        if (!p->list && !p->optional && files[c->begin[k]] == NULL && c->in[c->begin[k]] == NULL)
            return op_usage(c, "'%s' is missing: a file, or a number as --attr %s=...", p->name, p->name);
    }
    return CPLUG_RUN_OK;
}

int op_request_match(const op_request *r, op_call *c, const char **files)
{
    int code = take_tensors(r, c, files);
    for (uint32_t i = 0; i < r->n_attrs && code == CPLUG_RUN_OK; i++) code = take_attr(c, files, r->attr[i]);
    return code == CPLUG_RUN_OK ? fill_defaults(c, files) : code;
}
