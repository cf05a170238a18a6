/* run.h: what a run holds, for the files that make it work: run.c opens and closes, build.c makes the model, loop.c trains, score.c
 * evaluates, predict.c and draw.c show what the model says, record.c writes the run's directory, bench.c times. */
#ifndef CPLUG_LAUNCHER_RUN_H
#define CPLUG_LAUNCHER_RUN_H
#include "plan.h"
#include <cjson/cJSON.h>
#include <cplug/launcher.h>

typedef struct record record; /* the files that training writes */

struct cplug_run {
    cplug_run_args args;
    pool pool;
    config config;
    plan plan;
    cplug_context *ctx;
    cplug_module *model, *loss;
    cplug_data *data[N_DATA];
    cplug_metric **metrics;
    cplug_callback **callbacks; /* those of the file, then those that the host added */
    uint32_t n_metrics, n_scores, n_callbacks, room_callbacks;
    const char **score_names;
    double *score_values;
    const char **event_names; /* what callbacks get at the end of an epoch: "train_loss" "valid_loss" "valid_accuracy" */
    double *event_values;
    cplug_meta output; /* of the model for one sample */
    const char *name, *dir, *weights, *config_text;
    const char *classes; /* names kept in the file of weights, "a\nb\n"; NULL: none */
    str error;
    int32_t code;
    bool owns_ctx;
    record *record;
    uint64_t seed;
    int64_t newest_step; /* of the checkpoints of the run that is opened; -1: not asked, or none */
};

/* ---- run.c ---- */
/* The first failure stays; both return a status that is not OK. */
cplug_status cplug__run_fail(cplug_run *r, int32_t code, const char *format, ...) CPLUG_PRINTF(3, 4);
cplug_status cplug__run_fail_ctx(cplug_run *r, int32_t code, const char *what); /* the context's standing error, which is cleared */
void cplug__run_fail_diags(cplug_run *r); /* all mistakes of the file, if there are any, as the run's error */
void cplug__check_groups(cplug_run *r);   /* try.c: a group of the optimizer that no parameter belongs to is a mistake */
void cplug__check_figures(cplug_run *r);  /* and so is a figure that training will not have, in [checkpoint] best or a callback's monitor */
place cplug__place_of(const cplug_run *r, const char *section, const char *key); /* of the value, else of the section, else line 1 */
void cplug__tell(cplug_run *r, int32_t kind, const char *format, ...) CPLUG_PRINTF(3, 4);
void cplug__tell_event(cplug_run *r, cJSON *event);         /* takes it over; also to metrics.jsonl while training */
cplug_status cplug__run_data(cplug_run *r, uint32_t which); /* opens data[which]; an error when the file describes none */
cplug_loader *cplug__run_loader(cplug_run *r, cplug_data *d, const component *spec, bool shuffle);
double cplug__seconds(void); /* monotonic */

/* ---- build.c ---- */
extern const cplug_module_type cplug__graph_type;
cplug_status cplug__build_model(cplug_run *r);
cplug_status cplug__build_loss(cplug_run *r);
cplug_status cplug__build_metrics(cplug_run *r);

/* ---- score.c ---- */
/* Leaves early, with scores of nothing, when *args->stop asks for it. */
struct loop; /* training that is to show how far the validation is; NULL: nobody asks */
cplug_status cplug__score(cplug_run *r, cplug_loader *l, cplug_scores *out, struct loop *training);
/* Scores of the metrics as they stand, into the run's arrays. */
cplug_status cplug__score_metrics(cplug_run *r, cplug_scores *out);
/* What the metrics will be called, before any sample was scored. */
cplug_status cplug__score_names(cplug_run *r, cplug_scores *out);
/* "loss 0.0712  accuracy 0.9812": short metrics only. */
void cplug__score_text(const cplug_scores *s, str *out);
cJSON *cplug__score_json(const cplug_scores *s);
/* The figure that a run is known by: its first metric, else the loss. */
void cplug__score_main(const cplug_scores *s, const char **name, double *value);

/* ---- record.c ---- */
cplug_status cplug__record_open(cplug_run *r);   /* a new directory for a new run */
cplug_status cplug__record_reopen(cplug_run *r); /* r->dir, whose training goes on */
void cplug__record_close(cplug_run *r);
void cplug__record_line(cplug_run *r, const char *text);  /* to the log */
void cplug__record_event(cplug_run *r, const char *json); /* to metrics.jsonl */
typedef struct epoch_row {
    int64_t epoch, step;
    double lr, loss, seconds;
    const cplug_scores *valid; /* NULL: not validated */
} epoch_row;
cplug_status cplug__record_epoch(cplug_run *r, const epoch_row *row); /* to metrics.csv */
/* The weights after a step into a file; a failure stands in the context. */
cplug_status cplug__record_model(cplug_run *r, const char *path, int64_t step);
/* A failure when something could not be written; told once. */
cplug_status cplug__record_check(cplug_run *r);
void cplug__record_sizes(const cplug_run *r, int64_t *table, int64_t *events);
cplug_status cplug__record_rewind(cplug_run *r, int64_t table, int64_t events); /* back to these sizes */
bool cplug__record_sync(cplug_run *r);                                          /* false: see errno */

/* ---- find.c, resume.c ---- */
/* The file of weights that args->checkpoint means in a run's directory; NULL after a failure. */
const char *cplug__run_weights(cplug_run *r, const char *dir);
/* config.ini of the run that args->resume names; NULL after a failure. */
const char *cplug__resume_config(cplug_run *r);

/* ---- bench.c: a batch of the declared shape, and what the loss wants beside the model's output ---- */
cplug_tensor *cplug__random_input(cplug_run *r, int64_t batch);
cplug_tensor *cplug__random_target(cplug_run *r, int64_t batch);

/* ---- classes.c, draw.c, rows.c, number.c ---- */
/* Names of the target's classes: of the data set or of the file of weights; NULL when there are none. */
const char *cplug__class_name(cplug_run *r, int64_t k);
bool cplug__predicts_classes(const cplug_run *r);
void cplug__classes_text(cplug_run *r, str *out); /* all names as the file of weights keeps them */
/* An error when the weights were trained on other classes than the data set has. */
cplug_status cplug__classes_agree(cplug_run *r, const cplug_data *d);
/* Shows the first samples of the validation set and what the model says of each. */
cplug_status cplug__show_samples(cplug_run *r, int64_t n);
extern const cplug_dataset cplug__rows_type; /* samples from a file or standard input */
/* number from text in the C locale; the end of it, NULL when there is none */
const char *cplug__double_parse(const char *s, double *out);
/* number to text in the C locale, %.*g; "nan" has no sign */
void cplug__double_print(char *text, uint64_t size, double value, int digits);
#endif
