/* csv_log.c: a table with a row for each step or epoch.  The head of the table says what a row holds, also after a resume: then the file
 * is cut where it stood at the checkpoint, so that no step is in it twice. */
#include "callbacks.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROW_STEP, ROW_EPOCH, MOST_HEAD = 65536 };
typedef struct csv_log {
    const char *file;
    int64_t rows, every;
    struct {
        int64_t size; /* bytes of the file; 0: nothing written yet */
    } state;
    char *path, *head; /* head: "epoch,step,lr,train_loss" */
    FILE *out;
} csv_log;
static const cplug_option options[] = {
    { "file", "the table; left out: steps.csv or epochs.csv in the run's directory", CPLUG_OPT_PATH, CPLUG_OPT_UNSET_OK,
      offsetof(csv_log, file), NULL, 0, 0, NULL, NULL, 0, 0 },
    { "rows", "what a row is about", CPLUG_OPT_CHOICE, 0, offsetof(csv_log, rows), "step", 0, 0, "step|epoch", NULL, 0, 0 },
    { "every", "steps or epochs between two rows", CPLUG_OPT_INT, 0, offsetof(csv_log, every), "1", 1, 9007199254740992.0, NULL, NULL, 0,
      0 },
};

static void *take(uint64_t bytes) { return cplug_host_table()->alloc(bytes); }
static void give(void *p) { cplug_host_table()->free(p); }

static cplug_status no_memory(cplug_context *ctx) { return cplug_error_set(ctx, CPLUG_E_NOMEM, "out of memory for a table"); }

static cplug_status disk_failed(cplug_context *ctx, const csv_log *s)
{
    return cplug_error_set(ctx, CPLUG_E_IO, "cannot write '%s': %s", s->path, strerror(errno));
}

/* ---- the head ---- */
typedef struct text {
    char *at;
    uint64_t n, room;
} text;
static void add_column(text *t, const char *name)
{
    const size_t n = strlen(name);
    if (strpbrk(name, ",\n\r\"") || t->n + n + 2 > t->room) return; /* a name that would break the table has no column */
    if (t->n) t->at[t->n++] = ',';
    memcpy(t->at + t->n, name, n + 1);
    t->n += n;
}

static cplug_status make_head(cplug_context *ctx, csv_log *s, const cplug_event *ev)
{
    char lr[32] = "lr";
    text t = { (char *)take(MOST_HEAD), 0, MOST_HEAD };
    if (!t.at) return no_memory(ctx);
    add_column(&t, "epoch");
    add_column(&t, "step");
    if (s->rows == ROW_STEP) add_column(&t, "loss");
    for (uint32_t i = 0; ev->optimizer && i < cplug_optimizer_n_groups(ev->optimizer); i++) {
        if (i) snprintf(lr, sizeof lr, "lr.%u", i);
        add_column(&t, lr);
    }
    for (uint32_t i = 0; s->rows == ROW_EPOCH && i < ev->n_metrics; i++) add_column(&t, ev->metric_names[i]);
    s->head = t.at;
    const int n = fprintf(s->out, "%s\n", s->head);
    if (n < 0 || fflush(s->out) != 0) return disk_failed(ctx, s);
    s->state.size += n;
    return CPLUG_OK;
}

/* ---- rows ---- */
static double figure(const csv_log *s, const cplug_event *ev, const char *column)
{
    if (strcmp(column, "epoch") == 0) return (double)(ev->epoch + (s->rows == ROW_STEP));
    if (strcmp(column, "step") == 0) return (double)ev->step;
    if (strcmp(column, "loss") == 0) return ev->loss;
    if (strncmp(column, "lr", 2) == 0 && (column[2] == '\0' || column[2] == '.'))
        return cplug_optimizer_get(ev->optimizer, column[2] ? (uint32_t)strtoul(column + 3, NULL, 10) : 0, "lr");
    for (uint32_t i = 0; i < ev->n_metrics; i++)
        if (strcmp(ev->metric_names[i], column) == 0) return ev->metrics[i];
    return NAN;
}

/* printf's %g follows the host's locale, the table does not; NaN is an empty field, as spreadsheets want it. */
static size_t number_text(double value, char *out, size_t size)
{
    char raw[64];
    size_t n = 0;
    if (isnan(value)) return out[0] = '\0', 0;
    snprintf(raw, sizeof raw, value == floor(value) && fabs(value) < 1e15 ? "%.0f" : "%.9g", value);
    for (const char *p = raw; *p && n + 1 < size; p++) {
        const int plain = (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || *p == '+' || *p == '-';
        if (plain || (n && out[n - 1] != '.')) out[n++] = plain ? *p : '.';
    }
    out[n] = '\0';
    return n;
}

static cplug_status put_row(cplug_context *ctx, csv_log *s, const cplug_event *ev)
{
    char name[256], value[64];
    int64_t n = 0;
    if (!s->out || (!s->head && make_head(ctx, s, ev))) return cplug_failed(ctx);
    for (const char *p = s->head; *p;) {
        const size_t width = strcspn(p, ",");
        snprintf(name, sizeof name, "%.*s", (int)width, p);
        if (p != s->head) n += fputc(',', s->out) == ',';
        n += (int64_t)number_text(figure(s, ev, name), value, sizeof value);
        fputs(value, s->out);
        p += width + (p[width] == ',');
    }
    n += fputc('\n', s->out) == '\n';
    if (fflush(s->out) != 0 || ferror(s->out)) return disk_failed(ctx, s);
    s->state.size += n;
    return CPLUG_OK;
}

/* ---- opening ---- */
static cplug_status find_path(cplug_context *ctx, csv_log *s, const cplug_event *ev)
{
    const char *dir = CPLUG_HAS(ev, run_dir) && ev->run_dir ? ev->run_dir : "", *name = s->rows == ROW_STEP ? "steps.csv" : "epochs.csv";
    if (!s->file && !dir[0]) return cplug_error_set(ctx, CPLUG_E_INVALID, "this training has no directory for its files: give file = PATH");
    const size_t n = s->file ? strlen(s->file) + 1 : strlen(dir) + strlen(name) + 2;
    give(s->path);
    if ((s->path = (char *)take(n)) == NULL) return no_memory(ctx);
    snprintf(s->path, n, "%s%s%s", s->file ? s->file : dir, s->file ? "" : "/", s->file ? "" : name);
    return CPLUG_OK;
}

/* The file goes on where the checkpoint left it: its head is read, its end cut.  0: there is nothing to go on with. */
static int32_t go_on(csv_log *s, const cplug_event *ev)
{
    struct stat st;
    int64_t size = s->state.size;
    if ((s->out = fopen(s->path, "r+")) == NULL) return 0;
    if ((s->head = (char *)take(MOST_HEAD)) == NULL || fstat(fileno(s->out), &st) != 0) return 0;
    if (!fgets(s->head, MOST_HEAD, s->out) || strcspn(s->head, "\n") == strlen(s->head)) return 0;
    s->head[strcspn(s->head, "\n")] = '\0';
    if (size > st.st_size) { /* rows were lost with the process: the last whole one ends the file */
        say(ev, "'%s' ends before the checkpoint: some rows are missing in it", s->path);
        for (size = st.st_size; size > 0; size--)
            if (fseek(s->out, size - 1, SEEK_SET) == 0 && fgetc(s->out) == '\n') break;
    }
    if (size <= (int64_t)strlen(s->head) || fflush(s->out) != 0 || ftruncate(fileno(s->out), size) != 0) return 0;
    if (fseek(s->out, 0, SEEK_END) != 0) return 0;
    s->state.size = size;
    return 1;
}

static void close_table(csv_log *s)
{
    if (s->out) fclose(s->out);
    give(s->head);
    s->out = NULL;
    s->head = NULL;
}

static cplug_status open_table(cplug_context *ctx, csv_log *s, const cplug_event *ev)
{
    close_table(s);
    if (find_path(ctx, s, ev)) return cplug_failed(ctx);
    if (s->state.size && go_on(s, ev)) return CPLUG_OK;
    if (s->state.size) say(ev, "'%s' does not hold what was written before: it begins anew", s->path);
    close_table(s);
    s->state.size = 0;
    if ((s->out = fopen(s->path, "w")) == NULL) return disk_failed(ctx, s);
    return s->rows == ROW_STEP || ev->n_metrics ? make_head(ctx, s, ev) : CPLUG_OK;
}

static cplug_status end_table(cplug_context *ctx, csv_log *s)
{
    FILE *out = s->out;
    s->out = NULL;
    close_table(s);
    return out && fclose(out) != 0 ? disk_failed(ctx, s) : CPLUG_OK;
}

static cplug_status on(cplug_context *ctx, void *self, cplug_event *ev)
{
    csv_log *s = (csv_log *)self;
    if (event_is(ev, "train_begin")) return open_table(ctx, s, ev);
    if (event_is(ev, "train_end")) return end_table(ctx, s);
    if (!event_is(ev, s->rows == ROW_STEP ? "step_end" : "epoch_end")) return CPLUG_OK;
    return (s->rows == ROW_STEP ? ev->step : ev->epoch) % s->every == 0 ? put_row(ctx, s, ev) : CPLUG_OK;
}

static void destroy(cplug_context *ctx, void *self)
{
    csv_log *s = (csv_log *)self;
    (void)ctx;
    close_table(s);
    give(s->path);
}

const cplug_callback_type callback_csv_log = {
    .struct_size = sizeof callback_csv_log,
    .id = "csv_log",
    .doc = "writes a table with a row for each step or epoch",
    .options = CPLUG_OPTIONS(options),
    .instance_size = sizeof(csv_log),
    .state_offset = offsetof(csv_log, state),
    .state_size = sizeof(int64_t),
    .on = on,
    .destroy = destroy,
};
