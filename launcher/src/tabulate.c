/* tabulate.c: predictions as CSV (RFC 4180), as JSON lines, and as text for people.  Numbers are written as in the C locale with as many
 * digits as bring an f32 back; what is not finite is nan or inf in CSV and null in JSON. */
#include "tabulate.h"
#include <math.h>

enum { MOST_COLUMNS = 32, DIGITS = 9, DIGITS_SHOWN = 6, BAR = 20 }; /* probabilities a CSV line; more classes: only the best one */

static void put_number(str *out, double value, int digits)
{
    char text[64];
    cplug__double_print(text, sizeof text, value, digits);
    cplug__str_put(out, text, strlen(text));
}

static const char *class_name(const table *t, double k)
{
    return t->names != NULL && k >= 0 && k < (double)t->n_names ? t->names[(int64_t)k] : NULL;
}

/* ---- CSV ---- */
static void put_quoted(str *out, const char *before, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        cplug__str_add(out, "%s%s", before, text);
        return;
    }
    cplug__str_add(out, "\"%s", before);
    for (; *text; text++) cplug__str_put(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    cplug__str_put(out, "\"", 1);
}

static void put_class(table *t, const char *before, double k)
{
    const char *name = class_name(t, k);
    if (name != NULL)
        put_quoted(&t->line, before, name);
    else
        cplug__str_add(&t->line, "%s%.0f", before, k);
}

static int64_t shown_columns(const table *t) { return t->classes && t->columns > MOST_COLUMNS ? 0 : t->columns; }

static void csv_head(table *t)
{
    cplug__str_add(&t->line, t->n_target > 0 ? "index,target" : "index");
    if (t->classes) cplug__str_add(&t->line, ",class,probability");
    for (int64_t k = 0; k < shown_columns(t); k++) {
        cplug__str_put(&t->line, ",", 1);
        if (t->classes)
            put_class(t, "p_", (double)k);
        else
            cplug__str_add(&t->line, t->columns == 1 ? "output" : "output_%lld", (long long)k);
    }
}

static void csv_row(table *t, const prediction *p)
{
    cplug__str_add(&t->line, "%lld", (long long)p->index);
    if (t->n_target > 0) cplug__str_put(&t->line, ",", 1);
    if (t->n_target > 0 && t->classes) put_class(t, "", p->target[0]);
    for (int64_t k = 0; k < t->n_target && !t->classes; k++) {
        if (k) cplug__str_put(&t->line, " ", 1);
        put_number(&t->line, p->target[k], DIGITS);
    }
    if (t->classes) {
        cplug__str_put(&t->line, ",", 1);
        put_class(t, "", (double)p->best);
        cplug__str_put(&t->line, ",", 1);
        put_number(&t->line, p->values[p->best], DIGITS);
    }
    for (int64_t k = 0; k < shown_columns(t); k++) {
        cplug__str_put(&t->line, ",", 1);
        put_number(&t->line, p->values[k], DIGITS);
    }
}

/* ---- JSON lines; cJSON prints numbers as the locale has it, so they come to it as text ---- */
static cJSON *json_number(double value)
{
    char text[64];
    if (!isfinite(value)) return cJSON_CreateNull();
    cplug__double_print(text, sizeof text, value, DIGITS);
    return cJSON_CreateRaw(text);
}

static cJSON *json_list(const double *values, int64_t n)
{
    cJSON *list = cJSON_CreateArray();
    for (int64_t k = 0; k < n; k++) cJSON_AddItemToArray(list, json_number(values[k]));
    return list;
}

static void class_text(const table *t, double k, char *room, uint64_t size, const char **out)
{
    *out = class_name(t, k);
    if (*out != NULL) return;
    cplug__double_print(room, size, k, DIGITS);
    *out = room;
}

static cJSON *json_class(const table *t, double k)
{
    char room[64];
    const char *text;
    class_text(t, k, room, sizeof room, &text);
    return cJSON_CreateString(text);
}

static cJSON *json_probabilities(const table *t, const double *values)
{
    char room[64];
    const char *text;
    cJSON *o = cJSON_CreateObject();
    for (int64_t k = 0; k < t->columns; k++) {
        class_text(t, (double)k, room, sizeof room, &text);
        cJSON_AddItemToObject(o, text, json_number(values[k]));
    }
    return o;
}

static void json_head(table *t) { (void)t; }
static void json_row(table *t, const prediction *p)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddItemToObject(o, "index", json_number((double)p->index));
    if (t->n_target > 0) cJSON_AddItemToObject(o, "target", t->classes ? json_class(t, p->target[0]) : json_list(p->target, t->n_target));
    if (t->classes) {
        cJSON_AddItemToObject(o, "class", json_class(t, (double)p->best));
        cJSON_AddItemToObject(o, "probability", json_number(p->values[p->best]));
        cJSON_AddItemToObject(o, "probabilities", json_probabilities(t, p->values));
    } else {
        cJSON_AddItemToObject(o, "output", json_list(p->values, t->columns));
    }
    char *text = cJSON_PrintUnformatted(o);
    cJSON_Delete(o);
    cplug_utf8_mend(text);
    if (text != NULL) cplug__str_put(&t->line, text, strlen(text));
    t->line.failed |= text == NULL;
    cJSON_free(text);
}

/* ---- text ---- */
static int characters(const char *s)
{
    int n = 0;
    for (; *s; s++) n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

static int name_width(const table *t)
{
    int width = 5;
    for (int64_t k = 0; k < t->n_names && t->names != NULL; k++) {
        const int n = characters(t->names[k]);
        width = n > width ? n : width;
    }
    return width;
}

/* A name on one line of its own: what would move the cursor is a blank. */
static void put_padded(str *out, const char *text, int width)
{
    for (const char *p = text; *p; p++) cplug__str_put(out, (unsigned char)*p < 0x20 || *p == 0x7f ? " " : p, 1);
    for (int n = characters(text); n < width; n++) cplug__str_put(out, " ", 1);
}

static void text_head(table *t)
{
    if (t->classes) {
        cplug__str_add(&t->line, "%6s  ", "sample");
        put_padded(&t->line, "class", name_width(t));
        cplug__str_add(&t->line, "  probability");
    } else {
        cplug__str_add(&t->line, t->n_target > 0 ? "%6s  %12s%s" : "%6s  %12s", "sample", "output", "        target");
    }
}

static void put_share(table *t, double p)
{
    const int stars = p > 0 ? (int)(p * BAR + 0.5) : 0, tenths = p > 0 ? (int)(p * 1000 + 0.5) : 0;
    if (isnan(p))
        cplug__str_add(&t->line, "    nan    ");
    else
        cplug__str_add(&t->line, "  %3d.%d %%  ", tenths / 10, tenths % 10);
    for (int i = 0; i < BAR && i < stars; i++) cplug__str_put(&t->line, "#", 1);
    for (int i = stars; i < BAR && t->n_target > 0; i++) cplug__str_put(&t->line, " ", 1);
}

static void text_class(table *t, const prediction *p)
{
    char room[64];
    const char *text;
    class_text(t, (double)p->best, room, sizeof room, &text);
    put_padded(&t->line, text, name_width(t));
    put_share(t, p->values[p->best]);
    if (t->n_target == 0 || p->target[0] == (double)p->best) return;
    class_text(t, p->target[0], room, sizeof room, &text);
    cplug__str_add(&t->line, "  is ");
    put_padded(&t->line, text, 0);
}

static void text_numbers(str *out, const double *values, int64_t n)
{
    char room[64];
    for (int64_t k = 0; k < n; k++) {
        cplug__double_print(room, sizeof room, values[k], DIGITS_SHOWN);
        cplug__str_add(out, "  %12s", room);
    }
}

static void text_row(table *t, const prediction *p)
{
    cplug__str_add(&t->line, t->classes ? "%6lld  " : "%6lld", (long long)p->index);
    if (t->classes) {
        text_class(t, p);
    } else {
        text_numbers(&t->line, p->values, t->columns);
        text_numbers(&t->line, p->target, t->n_target);
    }
    while (t->line.n > 0 && t->line.at[t->line.n - 1] == ' ') t->line.at[--t->line.n] = '\0';
}

const char *const cplug__table_formats[3] = { "csv", "jsonl", "text" };
const table_format *cplug__table_format(const char *name)
{
    static const table_format formats[] = { { "csv", csv_head, csv_row },
                                            { "jsonl", json_head, json_row },
                                            { "text", text_head, text_row } };
    if (name == NULL) return &formats[0];
    for (uint32_t i = 0; i < CPLUG_COUNT(formats); i++)
        if (strcmp(formats[i].name, name) == 0) return &formats[i];
    return NULL;
}
