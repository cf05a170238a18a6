/* error.c: the standing error of a context, with the place where it happened.  The first error stays until it is cleared, so a chain
 * of calls reports its cause and not its last consequence. */
#include "tensor/tensor.h"
#include <stdio.h>

static _Thread_local char open_error[sizeof((cplug_error *)0)->message];

void cplug__open_failed(const char *text) { snprintf(open_error, sizeof open_error, "%s", text); }

cplug_status cplug_failed(const cplug_context *ctx) { return ctx ? ctx->error : CPLUG_E_INVALID; }

const char *cplug_error_text(const cplug_context *ctx)
{
    if (!ctx) return open_error;
    return ctx->error ? ctx->error_message.message : "";
}

void cplug_error_clear(cplug_context *ctx)
{
    if (!ctx) return;
    ctx->error = CPLUG_OK;
    ctx->error_message.code = CPLUG_OK;
    ctx->error_message.message[0] = '\0';
}

/* Appends to a fixed buffer; text that does not fit is cut. */
static void append(char *room, uint64_t size, const char *text)
{
    const uint64_t used = strlen(room);
    if (used + 1 < size) snprintf(room + used, size - used, "%s", text);
}

static void stand(cplug_context *ctx, cplug_status code, const char *prefix, const char *text)
{
    char *room = ctx->error_message.message;
    const uint64_t size = sizeof ctx->error_message.message;
    room[0] = '\0';
    for (uint32_t i = 0; i < ctx->n_place; i++) {
        append(room, size, ctx->place[i]);
        append(room, size, ": ");
    }
    if (prefix && prefix[0]) {
        append(room, size, prefix);
        append(room, size, ": ");
    }
    append(room, size, text);
    ctx->error = ctx->error_message.code = code == CPLUG_OK ? CPLUG_E_INTERNAL : code;
}

cplug_status cplug_error_set(cplug_context *ctx, cplug_status code, const char *format, ...)
{
    if (!ctx) return CPLUG_E_INVALID;
    if (ctx->error) return ctx->error;
    char text[sizeof ctx->error_message.message];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    stand(ctx, code, NULL, text);
    return ctx->error;
}

cplug_status cplug__raise(cplug_context *ctx, const cplug_error *e, const char *prefix)
{
    if (!ctx->error) stand(ctx, e->code, prefix, e->message[0] ? e->message : cplug_status_name(e->code));
    return ctx->error;
}

cplug_status cplug__nomem(cplug_context *ctx, const char *what)
{
    return cplug_error_set(ctx, CPLUG_E_NOMEM, "out of memory for %s", what);
}

void cplug__place_push(cplug_context *ctx, const char *format, ...)
{
    const uint32_t room = sizeof ctx->place / sizeof *ctx->place;
    if (ctx->n_place < room) {
        va_list args;
        va_start(args, format);
        vsnprintf(ctx->place[ctx->n_place], sizeof *ctx->place, format, args);
        va_end(args);
        ctx->n_place++;
    } else {
        ctx->place_overflow++;
    }
}

void cplug__place_push_text(cplug_context *ctx, const char *text)
{
    const uint32_t room = sizeof ctx->place / sizeof *ctx->place;
    if (ctx->n_place < room) {
        const uint64_t length = MIN(strlen(text), sizeof *ctx->place - 1);
        memcpy(ctx->place[ctx->n_place], text, length);
        ctx->place[ctx->n_place++][length] = '\0';
    } else {
        ctx->place_overflow++;
    }
}

void cplug__place_pop(cplug_context *ctx)
{
    if (ctx->place_overflow)
        ctx->place_overflow--;
    else if (ctx->n_place)
        ctx->n_place--;
}
