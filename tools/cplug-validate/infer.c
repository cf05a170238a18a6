/* infer.c: an op's own rule for shapes and dtypes, asked directly. */
#include "kernel.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOT = 16 }; /* bytes for the value of an attribute */

static uint32_t words_of(const char *list)
{
    uint32_t n = 0;
    for (const char *at = list != NULL ? list : ""; *(at += strspn(at, " ")); at += strcspn(at, " ")) n++;
    return n;
}

/* "weight?" leaves "?"; the seed and offset of random ops come from core. */
static bool read_inputs(op_question *q)
{
    const char *at = q->op->inputs != NULL ? q->op->inputs : "";
    const uint32_t own = words_of(at), drawn = q->op->flags & CPLUG_OP_RANDOM ? 2 : 0;
    if (own > CONF_INPUTS || own < drawn) return false;
    q->n_formal = own - drawn;
    for (uint32_t k = 0; k < own; k++) {
        at += strspn(at, " ");
        const size_t n = strcspn(at, " "), name = strcspn(at, "?![]# ");
        const size_t marks = n > name ? n - name : 0;
        memcpy(q->marks[k], at + name, marks < 3 ? marks : 3);
        q->arg_begin[k] = q->n_in;
        q->n_in += strchr(q->marks[k], '[') != NULL ? 2 : 1; /* a list has two entries here */
        at += n;
    }
    q->arg_begin[own] = q->n_in;
    return q->n_in <= CONF_INPUTS;
}

void question_attrs(const op_question *q, char *text, uint64_t size)
{
    text[0] = '\0';
    for (uint32_t i = 0; i < q->op->attrs.n; i++) {
        const cplug_option o = option_at(&q->op->attrs, i);
        char value[64], word[160];
        if (!(o.flags & CPLUG_OPT_REQUIRED) || !plain_value(&o, NULL, value, sizeof value)) continue;
        snprintf(word, sizeof word, "%s%s=%s", text[0] ? " " : "", o.name, value);
        strncat(text, word, size - strlen(text) - 1);
    }
}

/* Core's parser fills a struct; its fields become values. */
static bool read_attrs(cplug_context *ctx, op_question *q)
{
    cplug_option own[CONF_ATTRS];
    char text[512];
    const uint32_t n = q->op->attrs.n;
    if (n > CONF_ATTRS || (q->memory = calloc(CONF_ATTRS, SLOT)) == NULL) return false;
    for (uint32_t i = 0; i < n; i++) {
        own[i] = option_at(&q->op->attrs, i);
        own[i].offset = (uint64_t)i * SLOT;
        q->attr[i].type = own[i].type;
    }
    question_attrs(q, text, sizeof text);
    const cplug_options_table table = { own, n, sizeof own[0] };
    if (n && cplug_options_parse(ctx, &table, text, NULL, q->memory) != CPLUG_OK) return cplug_error_clear(ctx), false;
    for (uint32_t i = 0; i < n; i++) {
        const char *slot = (const char *)q->memory + (uint64_t)i * SLOT;
        cplug_ints list;
        memcpy(&list, slot, sizeof list);
        const bool is_list = own[i].type == CPLUG_OPT_INTS || own[i].type == CPLUG_OPT_FLOATS;
        if (is_list) q->attr[i].n = (uint32_t)list.n;
        memcpy(&q->attr[i].v, slot + (is_list ? offsetof(cplug_ints, v) : 0), sizeof(int64_t));
    }
    return true;
}

bool question_open(cplug_context *ctx, const cplug_op *op, op_question *q)
{
    memset(q, 0, sizeof *q);
    q->op = op;
    q->n_out = words_of(op->outputs);
    return q->n_out <= CONF_OUTPUTS && read_inputs(q) && read_attrs(ctx, q);
}

void question_close(op_question *q)
{
    free(q->memory);
    q->memory = NULL;
}

cplug_status question_ask(const op_question *q, const cplug_meta *in, cplug_meta *out, cplug_error *e)
{
    cplug_infer c = { .struct_size = sizeof c,
                      .n_in = q->n_in,
                      .n_out = q->n_out,
                      .n_attr = q->op->attrs.n,
                      .in = in,
                      .arg_begin = q->arg_begin,
                      .attr = q->attr,
                      .out = out,
                      .host = host_own() };
    memset(out, 0, CONF_OUTPUTS * sizeof *out);
    e->struct_size = sizeof *e;
    e->code = CPLUG_OK;
    e->message[0] = '\0';
    return q->op->infer(&c, e);
}
