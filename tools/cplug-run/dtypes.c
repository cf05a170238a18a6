/* dtypes.c: which dtypes an op of core takes, and what it gives for them, learnt by asking its shape rule about small made-up inputs.
 * Only core's own rules are asked: one of a plugin may not be ready for questions that nobody asked for. */
#include "inspect.h"
#include "../common/describe.h"
#include <stdlib.h>
#include <string.h>

enum { MOST_INPUTS = 16, MOST_ATTRS = 16, SIDE = 4, DTYPES = 10 };

/* A try: how many dimensions of 4 the first input has and the others have, and which dtypes stand still. */
typedef struct guess {
    int32_t first, others;
    cplug_dtype first_dtype, others_dtype; /* 0: the one that is asked about */
} guess;
static const guess guesses[] = {
    { 1, 1, 0, 0 },         { 2, 2, 0, 0 },          { 3, 3, 0, 0 },          { 4, 4, 0, 0 },
    { 2, 1, 0, 0 },         { 2, 2, CPLUG_BOOL, 0 }, { 2, 2, 0, CPLUG_BOOL }, { 1, 1, 0, CPLUG_I64 },
    { 2, 1, 0, CPLUG_I64 }, { 2, 2, 0, CPLUG_I64 },  { 2, 2, CPLUG_I64, 0 },
};

typedef struct question {
    cplug_meta in[MOST_INPUTS];
    cplug_value attr[MOST_ATTRS];
    int64_t lists[MOST_ATTRS][2];
    uint32_t begin[MOST_INPUTS + 1], n_in, n_attr, n_out;
} question;

/* The default, or 0 where one must be given; lists are pairs of the first number. */
static void set_attr(question *q, uint32_t i, const cplug_option *o)
{
    cplug_value *v = &q->attr[i];
    const char *text = o->fallback != NULL ? o->fallback : "";
    const bool none = o->fallback == NULL ? (o->flags & CPLUG_OPT_UNSET_OK) != 0 : strcmp(text, "none") == 0;
    const bool list = o->type == CPLUG_OPT_INTS;
    v->type = o->type;
    if (list) {
        q->lists[i][0] = q->lists[i][1] = text[0] ? strtoll(text, NULL, 10) : 1;
        v->n = none ? 0 : 2;
        v->v.iv = q->lists[i];
    } else if (o->type == CPLUG_OPT_FLOAT) {
        v->v.f = none ? 0 : strtod(text, NULL);
    } else if (o->type == CPLUG_OPT_CHOICE) { /* position of the default among the choices */
        for (const char *at = o->choices; at != NULL && strncmp(at, text, strlen(text)) != 0 && (at = strchr(at, '|')) != NULL; at++)
            v->v.i++;
    } else if (o->type == CPLUG_OPT_STRING) {
        v->v.s = none ? NULL : text;
    } else {
        v->v.i = none ? CPLUG_UNSET : strcmp(text, "true") == 0 ? 1 : strtoll(text, NULL, 10);
    }
}

static bool prepare(question *q, const cplug_op *op, const cJSON *o)
{
    memset(q, 0, sizeof *q);
    q->n_in = (uint32_t)cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(o, "inputs"));
    q->n_out = (uint32_t)cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(o, "outputs"));
    q->n_attr = op->attrs.n;
    if (q->n_in == 0 || q->n_in > MOST_INPUTS || q->n_out > MOST_INPUTS || q->n_attr > MOST_ATTRS) return false;
    for (uint32_t i = 0; i <= q->n_in; i++) q->begin[i] = i;
    for (uint32_t i = 0; i < q->n_attr; i++) set_attr(q, i, &op->attrs.at[i]);
    return true;
}

/* What the rule says of the first result, 0 when it refuses. */
static cplug_dtype ask(question *q, const cplug_op *op, const cJSON *inputs, const guess *g, cplug_dtype dtype)
{
    cplug_meta out[MOST_INPUTS] = { { 0 } };
    const cJSON *word = inputs->child;
    for (uint32_t i = 0; i < q->n_in; i++, word = word->next) {
        const bool scalar = strchr(word->valuestring, '#') != NULL;
        const int32_t ndim = i == 0 ? g->first : g->others;
        const cplug_dtype fixed = i == 0 ? g->first_dtype : g->others_dtype;
        q->in[i] = (cplug_meta){ .dtype = fixed ? fixed : dtype, .ndim = scalar ? 0 : ndim };
        if (scalar) q->in[i].dtype = CPLUG_I64, q->in[i].flags = CPLUG_META_SCALAR;
        if (strchr(word->valuestring, '?') != NULL) q->in[i] = (cplug_meta){ .ndim = -1 };
        for (int32_t d = 0; d < q->in[i].ndim; d++) q->in[i].shape[d] = SIDE;
    }
    cplug_error e = { .struct_size = sizeof e };
    cplug_infer c = { .struct_size = sizeof c,
                      .n_in = q->n_in,
                      .n_out = q->n_out,
                      .n_attr = q->n_attr,
                      .in = q->in,
                      .arg_begin = q->begin,
                      .attr = q->attr,
                      .out = out,
                      .host = cplug_host_table() };
    if (op->infer(&c, &e) != CPLUG_OK) return 0;
    return q->n_out ? out[0].dtype : dtype;
}

/* ---- in words ---- */
static uint32_t mask_of(const char *what)
{
    uint32_t mask = 0;
    for (cplug_dtype d = 1; d <= DTYPES; d++) {
        const bool real = d <= CPLUG_BF16;
        if (strcmp(what, "float") == 0 ? real : strcmp(what, "all but bool") == 0 ? d != CPLUG_BOOL : true) mask |= 1u << d;
    }
    return mask;
}

/* "float", "i64 bool": those of the mask */
static size_t set_text(uint32_t taken, char text[WORDS])
{
    static const char *const sets[] = { "all", "all but bool", "float" };
    size_t n = 0;
    for (uint32_t i = 0; i < CPLUG_COUNT(sets); i++)
        if (mask_of(sets[i]) == taken) return (size_t)snprintf(text, WORDS, "%s", sets[i]);
    for (cplug_dtype d = 1; d <= DTYPES; d++)
        if (taken & 1u << d) n += (size_t)snprintf(text + n, WORDS - n, "%s%s", n ? " " : "", cplug_dtype_name(d));
    return n;
}

static void dtypes_text(const cplug_dtype result[DTYPES + 1], char text[WORDS])
{
    uint32_t taken = 0;
    bool same = true, constant = true;
    cplug_dtype one = 0;
    for (cplug_dtype d = 1; d <= DTYPES; d++) {
        if (!result[d]) continue;
        taken |= 1u << d;
        same = same && result[d] == d;
        constant = constant && (one == 0 || one == result[d]);
        one = result[d];
    }
    const size_t n = set_text(taken, text);
    if (constant && !same)
        snprintf(text + n, WORDS - n, "; gives %s", cplug_dtype_name(one));
    else if (!same)
        snprintf(text + n, WORDS - n, "; gives %s of whole numbers", cplug_dtype_name(result[CPLUG_I32] ? result[CPLUG_I32] : one));
}

void add_dtypes(cJSON *o, const cplug_op *op)
{
    question q;
    char text[WORDS] = "";
    const cJSON *inputs = cJSON_GetObjectItemCaseSensitive(o, "inputs");
    for (uint32_t i = 0; i < CPLUG_COUNT(guesses) && prepare(&q, op, o) && text[0] == '\0'; i++) {
        cplug_dtype result[DTYPES + 1] = { 0 };
        for (cplug_dtype d = 1; d <= DTYPES; d++) result[d] = ask(&q, op, inputs, &guesses[i], d);
        if (result[CPLUG_F32] || result[CPLUG_BOOL]) dtypes_text(result, text);
    }
    cJSON_AddStringToObject(o, "dtypes", text);
}
