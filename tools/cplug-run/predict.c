/* predict.c: the verb predict: rows of predictions as the launcher writes them. */
#include "tool.h"
#include <stdlib.h>
#include <string.h>

typedef struct json_rows {
    char *head;
} json_rows;

static void print_row(void *arg, const char *line)
{
    (void)arg;
    puts(line);
}

/* The next CSV field of *at into text; false at the end. */
static bool next_field(const char **at, char *text, size_t size)
{
    const char *p = *at;
    size_t n = 0;
    if (p == NULL) return false;
    bool quoted = *p == '"';
    for (p += quoted; *p && (quoted || *p != ','); p++) {
        if (quoted && *p == '"' && *++p != '"') break;
        if (n + 1 < size) text[n++] = *p;
    }
    text[n] = '\0';
    *at = *p == ',' ? p + 1 : NULL;
    return true;
}

/* One JSON object a line, keys from the head; what is a number stays one. */
static void print_json_row(void *arg, const char *line)
{
    json_rows *j = arg;
    char key[256], value[256], *end;
    if (j->head == NULL) {
        j->head = strdup(line);
        return;
    }
    const char *keys = j->head, *values = line;
    cJSON *o = cJSON_CreateObject();
    while (next_field(&keys, key, sizeof key) && next_field(&values, value, sizeof value)) {
        double number = strtod(value, &end);
        bool text = strcmp(key, "class") == 0 || end == value || *end;
        if (text)
            cJSON_AddStringToObject(o, key, value);
        else
            cJSON_AddNumberToObject(o, key, number);
    }
    print_json(o);
}

int do_predict(const command *c)
{
    json_rows j = { NULL };
    cplug_run *r = open_run(c, 0);
    if (cplug_run_code(r) == CPLUG_RUN_OK) cplug_run_predict_rows(r, c->json ? print_json_row : print_row, &j);
    free(j.head);
    return finish(c, r);
}
