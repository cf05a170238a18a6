/* plot.c: the verb plot: curves of one or more runs into an SVG file and on the terminal. */
#include "plot.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* The first of the variables that is set decides, as in the C library. */
static bool locale_is_utf8(void)
{
    static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
    for (uint32_t i = 0; i < CPLUG_COUNT(names); i++)
        if (env_set(names[i])) return strcasestr(getenv(names[i]), "utf-8") != NULL || strcasestr(getenv(names[i]), "utf8") != NULL;
    return false;
}

static text_style style_here(void)
{
    const bool terminal = isatty(STDOUT_FILENO) == 1, dumb = terminal_dumb();
    text_style s = { .columns = terminal ? terminal_width(stdout) : env_set("COLUMNS") ? atoi(getenv("COLUMNS")) : 80 };
    if (s.columns <= 0) s.columns = 80;
    s.braille = locale_is_utf8() && !dumb;
    s.colour = terminal && !dumb && !env_set("NO_COLOR");
    return s;
}

/* RUN/plot.svg of the first run, or beside a file that was named. */
static void usual_output(const char *run, char *out, size_t size)
{
    struct stat st;
    const char *slash = strrchr(run, '/');
    size_t n = strlen(run);
    if (stat(run, &st) == 0 && S_ISDIR(st.st_mode))
        while (n > 1 && run[n - 1] == '/') n--;
    else
        n = slash != NULL ? (size_t)(slash - run) : 0;
    snprintf(out, size, n > 0 ? "%.*s/plot.svg" : "%.*splot.svg", (int)n, run);
}

static int write_svg(const command *c, const chart *h, const char *path)
{
    char text[4600];
    FILE *f = fopen(path, "we");
    if (f != NULL) plot_svg(h, f);
    bool ok = f != NULL && !ferror(f);
    if (f != NULL) ok = fclose(f) == 0 && ok;
    if (ok) return CPLUG_RUN_OK;
    snprintf(text, sizeof text, "cannot write '%s': %s\n  help: name another file with --output", path, strerror(errno));
    return fail_text(c, CPLUG_RUN_FAILED, text);
}

static void put_json(const chart *h, const char *path)
{
    cJSON *o = cJSON_CreateObject(), *list = cJSON_CreateArray();
    for (uint32_t i = 0; i < h->n_series; i++) {
        const series *s = &h->list[i];
        cJSON *one = cJSON_CreateObject(), *points = cJSON_CreateArray();
        for (size_t k = 0; k < s->n; k++) {
            cJSON *pair = cJSON_CreateArray();
            cJSON_AddItemToArray(pair, cJSON_CreateNumber(point_x(h, &s->at[k])));
            cJSON_AddItemToArray(pair, cJSON_CreateNumber(s->at[k].y)); /* NAN becomes null */
            cJSON_AddItemToArray(points, pair);
        }
        cJSON_AddStringToObject(one, "run", h->runs[s->run]);
        cJSON_AddStringToObject(one, "metric", s->metric);
        cJSON_AddStringToObject(one, "data", role_names[s->role]);
        cJSON_AddItemToObject(one, "points", points);
        cJSON_AddItemToArray(list, one);
    }
    cJSON_AddStringToObject(o, "type", "plot");
    cJSON_AddStringToObject(o, "output", path);
    cJSON_AddStringToObject(o, "x", h->by_step ? "step" : "epoch");
    cJSON_AddItemToObject(o, "series", list);
    print_json(o);
}

static int draw_all(const command *c, const chart *h)
{
    char path[4200];
    if (c->output != NULL && strcmp(c->output, "-") == 0 && !c->json) {
        plot_svg(h, stdout);
        return CPLUG_RUN_OK;
    }
    usual_output(c->words[0], path, sizeof path);
    if (c->output != NULL) snprintf(path, sizeof path, "%s", c->output);
    int code = write_svg(c, h, path);
    if (code != CPLUG_RUN_OK) return code;
    if (c->json) {
        put_json(h, path);
        return CPLUG_RUN_OK;
    }
    const text_style style = style_here();
    plot_text(h, &style, stdout);
    printf("\n%s\n", path);
    return CPLUG_RUN_OK;
}

int do_plot(const command *c)
{
    chart h = { .runs = c->words, .n_runs = c->n_words };
    char why[4500];
    int code = CPLUG_RUN_OK;
    if (c->n_words == 0) return fail_text(c, CPLUG_RUN_USAGE, "which run?\n  help: cplug-run plot RUN [RUN ...]");
    for (uint32_t i = 0; i < h.n_runs && code == CPLUG_RUN_OK; i++)
        if (!plot_read(&h, i, why, sizeof why)) code = fail_text(c, CPLUG_RUN_FILE, why);
    if (code == CPLUG_RUN_OK) {
        plot_prepare(&h);
        code = draw_all(c, &h);
    }
    plot_free(&h);
    return code;
}
