/* format.c: a tensor as text, as PyTorch prints it (torch/_tensor_str.py): 4 decimals, scientific when the range asks for it, a line of
 * 80 characters, the outer 3 of each dimension past 1,000 elements.  Values come to the host first; numbers never follow a locale. */
#include "base/mode.h"
#include "op/rules.h"
#include <math.h>
#include <stdio.h>

enum { PRECISION = 4, THRESHOLD = 1000, EDGE = 3, LINE = 80, INDENT = 7, NUMBER = 64 };

typedef struct printer {
    cplug__text text;
    const char *data; /* dense elements of the (summarised) tensor on the host */
    cplug_dtype dtype;
    int32_t ndim, width, line;     /* width of the widest element; length of the last line */
    int64_t shape[CPLUG_MAX_DIMS]; /* of data */
    bool cut[CPLUG_MAX_DIMS];      /* only the edges of this dimension are in data */
    bool whole, scientific;        /* all floats are integers; written with an exponent */
} printer;

static double float_at(const printer *p, int64_t i)
{
    switch (p->dtype) {
    case CPLUG_F64: return ((const double *)(const void *)p->data)[i];
    case CPLUG_F32: return (double)((const float *)(const void *)p->data)[i];
    case CPLUG_F16: return (double)cplug__f16_to_f32(((const uint16_t *)(const void *)p->data)[i]);
    default: return (double)cplug__bf16_to_f32(((const uint16_t *)(const void *)p->data)[i]);
    }
}

static int64_t int_at(const printer *p, int64_t i)
{
    switch (p->dtype) {
    case CPLUG_I8: return ((const int8_t *)p->data)[i];
    case CPLUG_U8: return ((const uint8_t *)p->data)[i];
    case CPLUG_I16: return ((const int16_t *)(const void *)p->data)[i];
    case CPLUG_I32: return ((const int32_t *)(const void *)p->data)[i];
    default: return ((const int64_t *)(const void *)p->data)[i];
    }
}

/* The locale's decimal separator, however many bytes it has, becomes a point. */
static void use_point(char *s)
{
    char *from = s + strspn(s, "+-0123456789");
    if (!*from || *from == 'e') return;
    char *const to = from + strcspn(from, "0123456789");
    *from++ = '.';
    memmove(from, to, strlen(to) + 1);
}

static int32_t float_text(const printer *p, double x, char *s)
{
    if (isnan(x)) return snprintf(s, NUMBER, "nan");
    if (isinf(x)) return snprintf(s, NUMBER, x < 0 ? "-inf" : "inf");
    if (p->scientific)
        snprintf(s, NUMBER, "%.*e", PRECISION, x);
    else if (p->whole)
        snprintf(s, NUMBER, "%.0f.", x);
    else
        snprintf(s, NUMBER, "%.*f", PRECISION, x);
    use_point(s);
    return (int32_t)strlen(s);
}

static int32_t element_text(const printer *p, int64_t i, char *s)
{
    if (cplug__is_float(p->dtype)) return float_text(p, float_at(p, i), s);
    if (p->dtype == CPLUG_BOOL) return snprintf(s, NUMBER, p->data[i] ? "True" : "False");
    return snprintf(s, NUMBER, "%lld", (long long)int_at(p, i));
}

/* Decides how floats are written; only finite values other than 0 have a say, in this and in the width. */
static void choose_format(printer *p, int64_t n)
{
    char s[NUMBER];
    double least = INFINITY, most = 0;
    const bool real = cplug__is_float(p->dtype);
    p->whole = true;
    p->width = 1;
    for (int64_t i = 0; i < n && real; i++) {
        const double x = float_at(p, i), size = fabs(x);
        if (!isfinite(x) || x == 0) continue;
        least = fmin(least, size);
        most = fmax(most, size);
        if (x != ceil(x)) p->whole = false;
    }
    p->scientific = most > 0 && (most / least > 1000 || most > 1e8 || least < 1e-4);
    for (int64_t i = 0; i < n; i++) {
        if (real && (!isfinite(float_at(p, i)) || float_at(p, i) == 0)) continue;
        p->width = MAX(p->width, element_text(p, i, s));
    }
}

static void put_element(printer *p, int64_t i)
{
    char s[NUMBER];
    const int32_t length = element_text(p, i, s);
    cplug__text_add(&p->text, "%*s%s", MAX(p->width - length, 0), "", s);
}

static void put_vector(printer *p, int64_t first, int64_t n, bool cut, int32_t indent)
{
    const int32_t per_line = MAX(1, (LINE - indent) / (p->width + 2));
    int64_t shown = 0; /* the dots count as an element of a line */
    cplug__text_add(&p->text, "[");
    for (int64_t i = 0; i < n; i++)
        for (int dots = cut && i == EDGE; dots >= 0; dots--) {
            if (shown > 0 && shown % per_line == 0)
                cplug__text_add(&p->text, ",\n%*s", indent + 1, "");
            else if (shown > 0)
                cplug__text_add(&p->text, ", ");
            if (dots)
                cplug__text_add(&p->text, " ...");
            else
                put_element(p, first + i);
            shown++;
        }
    cplug__text_add(&p->text, "]");
}

/* Dimension d and those below it, whose first element is `first`. */
static void put_block(printer *p, int32_t d, int64_t first, int32_t indent)
{
    static const char breaks[] = "\n\n\n\n\n\n\n";
    if (d == p->ndim) {
        put_element(p, first);
        return;
    }
    if (d == p->ndim - 1) {
        put_vector(p, first, p->shape[d], p->cut[d], indent);
        return;
    }
    int64_t step = 1;
    for (int32_t k = d + 1; k < p->ndim; k++) step *= p->shape[k];
    cplug__text_add(&p->text, "[");
    for (int64_t i = 0; i < p->shape[d]; i++)
        for (int dots = p->cut[d] && i == EDGE; dots >= 0; dots--) {
            if (i > 0) cplug__text_add(&p->text, ",%.*s%*s", p->ndim - d - 1, breaks, indent + 1, "");
            if (dots)
                cplug__text_add(&p->text, "...");
            else
                put_block(p, d + 1, first + i * step, indent + 1);
        }
    cplug__text_add(&p->text, "]");
}

/* ---- what follows the numbers: device='sim', size=(0, 3), dtype=f64, grad_fn=<AddBackward0> ---- */
static void put_suffix(printer *p, const char *suffix)
{
    const int32_t more = (int32_t)strlen(suffix);
    if (p->line + more + 2 > LINE) {
        cplug__text_add(&p->text, ",\n%*s%s", INDENT, "", suffix);
        p->line = INDENT + more;
    } else {
        cplug__text_add(&p->text, ", %s", suffix);
        p->line += more + 2;
    }
}

/* Length of the last line as PyTorch counts it: two more than it has. */
static int32_t last_line(const cplug__text *t)
{
    uint64_t line = t->at ? t->length : 0;
    while (line > 0 && t->at[line - 1] != '\n') line--;
    return (int32_t)(t->length - line) + 2;
}

static void put_suffixes(printer *p, cplug_tensor *t, int64_t numel)
{
    char s[256];
    p->line = last_line(&p->text);
    if (t->storage && !t->storage->device->is_host) {
        snprintf(s, sizeof s, "device='%s'", t->storage->device->name);
        put_suffix(p, s);
    }
    if (numel == 0 && t->view.ndim != 1) {
        size_t at = (size_t)snprintf(s, sizeof s, "size=(");
        for (int32_t d = 0; d < t->view.ndim; d++)
            at += (size_t)snprintf(s + at, sizeof s - at, "%s%lld", d ? ", " : "", (long long)t->dims[d]);
        snprintf(s + at, sizeof s - at, ")");
        put_suffix(p, s);
    }
    const bool usual = t->view.dtype == CPLUG_F32 || !t->storage || (numel && (t->view.dtype == CPLUG_I64 || t->view.dtype == CPLUG_BOOL));
    if (!usual) {
        snprintf(s, sizeof s, "dtype=%s", cplug_dtype_name(t->view.dtype));
        put_suffix(p, s);
    }
    const char *const made_by = cplug_tensor_grad_fn(t);
    if (*made_by) {
        snprintf(s, sizeof s, "grad_fn=<%s>", made_by);
        put_suffix(p, s);
    } else if (cplug_tensor_requires_grad(t)) {
        put_suffix(p, "requires_grad=True");
    }
    cplug__text_add(&p->text, ")");
}

/* The edges of every long dimension, joined. */
static cplug_tensor *edges(printer *p, cplug_tensor *t)
{
    for (int32_t d = 0; d < t->view.ndim; d++) {
        const int64_t size = t->dims[d];
        if (size <= 2 * EDGE) continue;
        p->cut[d] = true;
        t = cplug_cat((cplug_tensor *[]){ cplug_narrow(t, d, 0, EDGE), cplug_narrow(t, d, size - EDGE, EDGE) }, 2, d);
        if (!t) return NULL;
    }
    return t;
}

static void print(printer *p, cplug_tensor *t)
{
    const int64_t numel = cplug__numel(t);
    cplug__text_add(&p->text, "tensor(");
    if (numel == 0) {
        cplug__text_add(&p->text, "[]");
        put_suffixes(p, t, numel);
        return;
    }
    cplug_tensor *const seen = numel > THRESHOLD ? edges(p, t) : t;
    if (!seen) return;
    const int64_t n = cplug__numel(seen);
    const uint64_t bytes = (uint64_t)n * cplug_dtype_size(seen->view.dtype);
    char *const data = cplug__alloc(bytes);
    if (!data) {
        p->text.failed = true;
        return;
    }
    if (cplug_to_array(seen, data, bytes) == CPLUG_OK) {
        p->data = data;
        p->dtype = seen->view.dtype;
        p->ndim = seen->view.ndim;
        memcpy(p->shape, seen->dims, sizeof p->shape);
        choose_format(p, n);
        put_block(p, 0, 0, INDENT);
        put_suffixes(p, t, numel);
    }
    cplug__free(data);
}

int64_t cplug_tensor_format(cplug_tensor *t, char *text, uint64_t size)
{
    CPLUG__OWN_MODE;
    if (!t || !cplug__usable(t->ctx, t)) return -1;
    cplug_context *const ctx = t->ctx;
    printer p = { .ndim = 0 };
    cplug_scope *const scope = cplug_scope_open(ctx);
    const int32_t grad = cplug_grad_mode(ctx, 0);
    print(&p, t);
    cplug_grad_mode(ctx, grad);
    cplug_scope_close(scope);
    int64_t length = -1;
    if (p.text.failed) {
        cplug__nomem(ctx, "the text of a tensor");
    } else if (!ctx->error) {
        length = (int64_t)p.text.length;
        if (text && size > 0) {
            const uint64_t n = MIN(p.text.length, size - 1);
            memcpy(text, p.text.at, n);
            text[n] = '\0';
        }
    }
    cplug__text_free(&p.text);
    return length;
}
