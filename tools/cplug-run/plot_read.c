/* plot_read.c: the curves of a run from metrics.csv and metrics.jsonl.  The run may still be written: a last line without its end does
 * not count.  A run that was resumed tells some steps twice: the later telling counts. */
#include "plot.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *const role_names[N_ROLES] = { "step", "train", "valid" };
enum { MOST_COLUMNS = 256, MOST_DRAWN = 2000 };
#define HUGE_VALUE 1e300 /* beyond it differences overflow */

double point_x(const chart *c, const point *p) { return c->by_step ? p->step : p->epoch; }

/* *list with room for one more of a size, NULL when out of memory. */
static void *grown(void *list, size_t n, size_t *room, size_t size)
{
    if (n < *room) return list;
    const size_t more = *room ? 2 * *room : 16;
    void *out = realloc(list, more * size);
    if (out != NULL) *room = more;
    return out;
}

static void add_metric(chart *c, const char *name)
{
    size_t room = c->room_metrics;
    for (uint32_t i = 0; i < c->n_metrics; i++)
        if (strcmp(c->metrics[i], name) == 0) return;
    void *list = grown(c->metrics, c->n_metrics, &room, sizeof *c->metrics);
    if (list == NULL) {
        c->failed = true;
        return;
    }
    c->metrics = list;
    c->room_metrics = (uint32_t)room;
    snprintf(c->metrics[c->n_metrics++], sizeof *c->metrics, "%s", name);
}

/* The curve, made when it is not there; NULL when out of memory. */
static series *curve(chart *c, uint32_t run, int role, const char *metric)
{
    size_t room = c->room_series;
    for (uint32_t i = 0; i < c->n_series; i++) {
        series *s = &c->list[i];
        if (s->run == run && s->role == role && strncmp(s->metric, metric, sizeof s->metric - 1) == 0) return s;
    }
    series *list = grown(c->list, c->n_series, &room, sizeof *list);
    if (list == NULL) {
        c->failed = true;
        return NULL;
    }
    c->list = list;
    c->room_series = (uint32_t)room;
    series *s = &c->list[c->n_series++];
    *s = (series){ .run = run, .role = role };
    snprintf(s->metric, sizeof s->metric, "%s", metric);
    add_metric(c, s->metric);
    return s;
}

static void add_point(chart *c, series *s, point p)
{
    if (s == NULL || !isfinite(p.step)) return;
    if (!isfinite(p.y)) p.y = NAN;
    p.y = p.y > HUGE_VALUE ? HUGE_VALUE : p.y < -HUGE_VALUE ? -HUGE_VALUE : p.y;
    while (s->n > 0 && s->at[s->n - 1].step >= p.step) s->n--;
    point *at = grown(s->at, s->n, &s->room, sizeof *at);
    if (at == NULL) {
        c->failed = true;
        return;
    }
    s->at = at;
    s->at[s->n++] = p;
}

/* "valid_accuracy" is the accuracy on the validation data; -1 for columns that are no curves. */
static int role_of(const char *column, const char **metric)
{
    for (int role = ROLE_TRAIN; role < N_ROLES; role++) {
        const size_t n = strlen(role_names[role]);
        if (strncmp(column, role_names[role], n) != 0 || column[n] != '_' || !column[n + 1]) continue;
        *metric = column + n + 1;
        return role;
    }
    return -1;
}

/* ---- metrics.csv ---- */
static uint32_t split(char *line, char **fields)
{
    uint32_t n = 0;
    line[strcspn(line, "\r\n")] = '\0';
    while (line != NULL && n < MOST_COLUMNS) fields[n++] = strsep(&line, ",");
    return n;
}

static double number(const char *text)
{
    char *end;
    double value = strtod(text, &end);
    return end == text || *end ? NAN : value;
}

static int column_named(char **head, uint32_t n, const char *name)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(head[i], name) == 0) return (int)i;
    return -1;
}

static void csv_row(chart *c, uint32_t run, char **head, char **fields, uint32_t n)
{
    const int epoch = column_named(head, n, "epoch"), step = column_named(head, n, "step");
    if (epoch < 0 || !isfinite(number(fields[epoch]))) return;
    point p = { .epoch = number(fields[epoch]) };
    p.step = step >= 0 ? number(fields[step]) : p.epoch;
    for (uint32_t i = 0; i < n; i++) {
        const char *metric;
        const int role = role_of(head[i], &metric);
        if (role < 0 || fields[i][0] == '\0') continue;
        p.y = number(fields[i]);
        add_point(c, curve(c, run, role, metric), p);
    }
}

static void read_csv(chart *c, uint32_t run, FILE *f)
{
    char *head_line = NULL, *line = NULL, *head[MOST_COLUMNS], *fields[MOST_COLUMNS];
    size_t room_head = 0, room = 0;
    ssize_t n = getline(&head_line, &room_head, f);
    const uint32_t columns = n > 0 ? split(head_line, head) : 0;
    while (columns > 0 && (n = getline(&line, &room, f)) > 0 && line[n - 1] == '\n')
        if (split(line, fields) == columns) csv_row(c, run, head, fields, columns);
    free(head_line);
    free(line);
}

/* ---- metrics.jsonl ---- */
static double json_number(const cJSON *o, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsNumber(value) ? value->valuedouble : NAN; /* what was no number was written as null */
}

static void json_epoch(chart *c, uint32_t run, const cJSON *event)
{
    point p = { .epoch = json_number(event, "epoch"), .step = json_number(event, "step") };
    const cJSON *value;
    if (!isfinite(p.epoch)) return;
    for (int role = ROLE_TRAIN; role < N_ROLES; role++) {
        const cJSON *scores = cJSON_GetObjectItemCaseSensitive(event, role_names[role]);
        cJSON_ArrayForEach(value, scores)
        {
            if (value->string == NULL || strcmp(value->string, "samples") == 0) continue;
            p.y = cJSON_IsNumber(value) ? value->valuedouble : NAN;
            add_point(c, curve(c, run, role, value->string), p);
        }
    }
}

static void read_jsonl(chart *c, uint32_t run, FILE *f, bool epochs)
{
    char *line = NULL;
    size_t room = 0;
    for (ssize_t n; (n = getline(&line, &room, f)) > 0 && line[n - 1] == '\n';) {
        cJSON *event = cJSON_Parse(line);
        const cJSON *type = cJSON_GetObjectItemCaseSensitive(event, "type");
        const char *name = cJSON_IsString(type) ? type->valuestring : "";
        if (strcmp(name, "step") == 0)
            add_point(c, curve(c, run, ROLE_STEP, "loss"), (point){ NAN, json_number(event, "step"), json_number(event, "loss") });
        if (strcmp(name, "epoch") == 0 && epochs) json_epoch(c, run, event);
        cJSON_Delete(event);
    }
    free(line);
}

/* ---- a run ---- */
static bool has_points(const chart *c, uint32_t run)
{
    for (uint32_t i = 0; i < c->n_series; i++)
        if (c->list[i].run == run && c->list[i].n > 0) return true;
    return false;
}

bool plot_read(chart *c, uint32_t i, char *why, size_t size)
{
    const char *run = c->runs[i];
    struct stat st;
    char path[4200];
    if (stat(run, &st) != 0) {
        snprintf(why, size, "cannot read '%s': %s", run, strerror(errno));
        return false;
    }
    const bool folder = S_ISDIR(st.st_mode);
    const char *dot = strrchr(run, '.');
    const bool csv = folder || dot == NULL || strcmp(dot, ".jsonl") != 0;
    snprintf(path, sizeof path, folder ? "%s/metrics.csv" : "%s", run);
    FILE *table = csv ? fopen(path, "re") : NULL;
    if (table != NULL) read_csv(c, i, table);
    const bool epochs = !has_points(c, i);
    snprintf(path, sizeof path, folder ? "%s/metrics.jsonl" : "%s", run);
    FILE *events = folder || !csv ? fopen(path, "re") : NULL;
    if (events != NULL) read_jsonl(c, i, events, epochs);
    const bool none = table == NULL && events == NULL;
    if (none)
        snprintf(why, size, "'%s' holds no metrics.csv or metrics.jsonl that could be read: is it a run?", run);
    else if (c->failed)
        snprintf(why, size, "out of memory");
    else if (!has_points(c, i))
        snprintf(why, size, "'%s' has no curves yet: the first epoch is not over and log.every is not set", run);
    if (table != NULL) fclose(table);
    if (events != NULL) fclose(events);
    return !none && !c->failed && has_points(c, i);
}

/* ---- all runs ---- */
/* Steps in an epoch of a run; 0 when it did not come to the end of one. */
static double steps_per_epoch(const chart *c, uint32_t run)
{
    for (uint32_t i = 0; i < c->n_series; i++) {
        const series *s = &c->list[i];
        if (s->run == run && s->role != ROLE_STEP && s->n > 0 && s->at[0].epoch > 0) return s->at[0].step / s->at[0].epoch;
    }
    return 0;
}

/* A curve of very many points keeps the lowest and the highest of each stretch: more would not be seen. */
static void thin_out(series *s)
{
    const size_t stretch = s->n / (MOST_DRAWN / 2) + 1;
    size_t kept = 0;
    if (s->n <= MOST_DRAWN) return;
    for (size_t i = 0; i < s->n; i += stretch) {
        size_t low = i, high = i, end = i + stretch < s->n ? i + stretch : s->n;
        for (size_t k = i; k < end; k++) {
            if (s->at[k].y < s->at[low].y || isnan(s->at[low].y)) low = k;
            if (s->at[k].y > s->at[high].y || isnan(s->at[high].y)) high = k;
        }
        const point first = s->at[low < high ? low : high], last = s->at[low < high ? high : low];
        s->at[kept++] = first;
        if (low != high) s->at[kept++] = last;
    }
    s->n = kept;
}

/* Steps below the means that are drawn over them. */
static int by_run_and_role(const void *x, const void *y)
{
    const series *a = x, *b = y;
    return a->run != b->run ? (a->run > b->run) - (a->run < b->run) : a->role != b->role ? a->role - b->role : strcmp(a->metric, b->metric);
}

void plot_prepare(chart *c)
{
    if (c->n_series > 1) qsort(c->list, c->n_series, sizeof *c->list, by_run_and_role);
    for (uint32_t run = 0; run < c->n_runs; run++) c->by_step = c->by_step || steps_per_epoch(c, run) <= 0;
    for (uint32_t i = 0; i < c->n_series; i++) {
        series *s = &c->list[i];
        const double rate = steps_per_epoch(c, s->run);
        for (size_t k = 0; s->role == ROLE_STEP && k < s->n; k++) s->at[k].epoch = rate > 0 ? s->at[k].step / rate : 0;
        thin_out(s);
    }
    for (uint32_t i = 1; i < c->n_metrics; i++) { /* the loss first */
        if (strcmp(c->metrics[i], "loss") != 0) continue;
        memmove(c->metrics[1], c->metrics[0], i * sizeof *c->metrics);
        snprintf(c->metrics[0], sizeof *c->metrics, "loss");
    }
}

void plot_free(chart *c)
{
    for (uint32_t i = 0; i < c->n_series; i++) free(c->list[i].at);
    free(c->list);
    free(c->metrics);
}
