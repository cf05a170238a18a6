/* init.c: the verb init: the shipped models as files to begin with.  Their text is inside the program; a head says how to use the file
 * and which paths in it are the reader's own. */
#include "tool.h"
#include "embedded.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A shipped file talks of the folder that it was shipped in. */
static const struct {
    const char *from, *to;
} words[] = { { "build/bin/cplug-run", "cplug-run" }, { "models/", "" } };

/* First lines of comment, joined: what the model is. */
static void say_doc(const char *text, char *out, size_t size)
{
    size_t n = 0;
    for (bool fresh = true; *text == ';' && n + 1 < size; fresh = false) {
        text += strspn(text, "; ");
        const size_t length = strcspn(text, "\n");
        if (!fresh && strncmp(text, "cplug-run", 9) == 0) break;
        if (!fresh) out[n++] = ' ';
        for (size_t i = 0; i < length && n + 1 < size; i++) out[n++] = text[i];
        text += length + (text[length] == '\n');
    }
    out[n] = '\0';
    char *end = strstr(out, ". "); /* a sentence is enough; "et al. 2017" ends none */
    while (end != NULL && end - out > 2 && strncmp(end - 3, " al", 3) == 0) end = strstr(end + 1, ". ");
    if (end != NULL) *end = '\0';
    n = strlen(out);
    if (n > 0 && (out[n - 1] == '.' || out[n - 1] == ':')) out[n - 1] = '\0';
}

static int list_models(const command *c)
{
    cJSON *o = cJSON_CreateObject(), *list = cJSON_CreateArray();
    char doc[512];
    for (const embedded *m = models; m->name != NULL; m++) {
        cJSON *one = cJSON_CreateObject();
        say_doc(m->text, doc, sizeof doc);
        if (!c->json) printf("%-14s  %s\n", m->name, doc);
        cJSON_AddStringToObject(one, "name", m->name);
        cJSON_AddStringToObject(one, "doc", doc);
        cJSON_AddItemToArray(list, one);
    }
    if (!c->json) printf("\ncplug-run init NAME --output NAME.ini writes one of them.\n");
    cJSON_AddStringToObject(o, "type", "init");
    cJSON_AddItemToObject(o, "models", list);
    if (c->json)
        print_json(o);
    else
        cJSON_Delete(o);
    return CPLUG_RUN_OK;
}

/* The value of a line "key = ../path", NULL for other lines. */
static const char *outside_path(const char *line)
{
    const char *equals = memchr(line, '=', strcspn(line, "\n"));
    if (line[0] == ';' || line[0] == '#' || equals == NULL) return NULL;
    equals += 1 + strspn(equals + 1, " \t");
    return strncmp(equals, "../", 3) == 0 ? equals : NULL;
}

static void say_paths(FILE *to, const char *text)
{
    char section[64] = "";
    bool any = false;
    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        const char *path = outside_path(line);
        if (line[0] == '[') snprintf(section, sizeof section, "%.*s", (int)strcspn(line + 1, "]\n"), line + 1);
        if (path == NULL) continue;
        if (!any) fprintf(to, "; Change these paths to where your data are; they are relative to this file:\n");
        fprintf(to, ";     %s.%.*s = %.*s\n", section, (int)strcspn(line, " \t="), line, (int)strcspn(path, " \t\r\n"), path);
        any = true;
    }
    if (any) fprintf(to, ";\n");
}

static void put_model(FILE *to, const embedded *m)
{
    fprintf(to, "; %s.ini: a file to begin with.  cplug-run inspect ID tells the options of a layer, loss, optimizer, ...\n", m->name);
    fprintf(to, ";     cplug-run check %s.ini\n;     cplug-run train %s.ini\n;\n", m->name, m->name);
    say_paths(to, m->text);
    bool comment = true;
    for (const char *p = m->text; *p; p++) {
        size_t skip = 0;
        if (p == m->text || p[-1] == '\n') comment = *p == ';' || *p == '#';
        for (uint32_t i = 0; comment && skip == 0 && i < CPLUG_COUNT(words); i++) {
            if (strncmp(p, words[i].from, strlen(words[i].from)) != 0) continue;
            skip = strlen(words[i].from);
            fputs(words[i].to, to);
        }
        if (skip == 0)
            fputc(*p, to);
        else
            p += skip - 1;
    }
}

static int write_file(const command *c, const embedded *m)
{
    char text[4500];
    FILE *f = fopen(c->output, "wx");
    if (f == NULL && errno == EEXIST) return usage(c, "the file is there already:", c->output, "name another with --output");
    if (f != NULL) put_model(f, m);
    bool ok = f != NULL && !ferror(f);
    if (f != NULL) ok = fclose(f) == 0 && ok;
    if (ok) return CPLUG_RUN_OK;
    snprintf(text, sizeof text, "cannot write '%s': %s", c->output, strerror(errno));
    return fail_text(c, CPLUG_RUN_FAILED, text);
}

/* With --json the text is a value in the answer. */
static int put_answer(const command *c, const embedded *m)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    cJSON *o = cJSON_CreateObject();
    if (f != NULL) {
        put_model(f, m);
        fclose(f);
    }
    cJSON_AddStringToObject(o, "type", "init");
    cJSON_AddStringToObject(o, "name", m->name);
    if (c->output != NULL)
        cJSON_AddStringToObject(o, "output", c->output);
    else
        cJSON_AddStringToObject(o, "text", text != NULL ? text : "");
    print_json(o);
    free(text);
    return CPLUG_RUN_OK;
}

int do_init(const command *c)
{
    enum { MOST = 256 };
    const char *names[MOST];
    uint32_t n = 0;
    const embedded *m = models;
    char help[256];
    if (c->file == NULL) return list_models(c);
    for (; m->name != NULL && strcmp(m->name, c->file) != 0; m++)
        if (n < MOST) names[n++] = m->name;
    if (m->name == NULL) {
        const char *near = cplug_nearest(c->file, names, n);
        snprintf(help, sizeof help, near != NULL ? "did you mean '%s'?" : "cplug-run init lists them", near);
        return usage(c, "there is no model", c->file, help);
    }
    int code = c->output != NULL ? write_file(c, m) : CPLUG_RUN_OK;
    if (code != CPLUG_RUN_OK) return code;
    if (c->json) return put_answer(c, m);
    if (c->output == NULL)
        put_model(stdout, m);
    else
        printf("%s: try cplug-run train %s\n", c->output, c->output);
    return CPLUG_RUN_OK;
}
