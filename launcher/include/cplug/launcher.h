/* cplug/launcher.h: from an INI file to a trained model.  What cplug-run does, for hosts: open a file or a finished run, train,
 * evaluate, predict.  Three lines predict with a run that cplug-run left behind:
 *
 *     cplug_run *run = cplug_run_open("runs/lenet-1", NULL);
 *     cplug_tensor *scores = cplug_run_predict(run, x);
 *     cplug_run_close(run);
 *
 * Nothing here prints or exits: lines for people, progress and events go to args->tell.  Everything is [context-thread]. */
#ifndef CPLUG_LAUNCHER_H
#define CPLUG_LAUNCHER_H
#include <cplug/cplug.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct cplug_run cplug_run;

/* Why a run failed; the exit codes of cplug-run. */
enum {
    CPLUG_RUN_OK = 0,
    CPLUG_RUN_FAILED = 1,  /* while it ran */
    CPLUG_RUN_USAGE = 2,   /* the command line */
    CPLUG_RUN_CONFIG = 3,  /* the INI file; see cplug_run_diagnostic */
    CPLUG_RUN_FILE = 4,    /* a data or model file */
    CPLUG_RUN_PLUGIN = 5,  /* a plugin, backend or device */
    CPLUG_RUN_NUMERIC = 6, /* the loss is not a number any more */
    CPLUG_RUN_MISSED = 7,  /* a score asked for was not reached */
    CPLUG_RUN_SIGNAL = 128 /* plus the number that *args->stop held */
};

/* What the file must describe besides the model; a missing section is then a mistake like any other. */
enum { CPLUG_RUN_TRAINS = 1u, CPLUG_RUN_EVALUATES = 2u };

/* A line of text without its newline, valid during the call. */
enum {
    CPLUG_TELL_TEXT = 1,     /* for people */
    CPLUG_TELL_WARNING = 2,  /* for people who should look */
    CPLUG_TELL_PROGRESS = 3, /* for people, replaces the last one; only when args->columns > 0, at most 10 a second */
    CPLUG_TELL_EVENT = 4     /* one JSON object: {"type": "begin" | "resume" | "step" | "epoch" | "checkpoint" | "report" | "end", ...} */
};
typedef void (*cplug_run_tell)(void *arg, int32_t kind, const char *text);

typedef struct cplug_run_args {
    uint32_t struct_size, needs;
    /* "section.key=value" each, "+section.key=value" may add a section, "~section.key" takes away; paths are relative to the current
     * directory */
    const char *const *overrides;
    uint32_t n_overrides;
    int32_t columns;     /* width of the terminal; 0: no progress lines */
    cplug_context *ctx;  /* NULL: the run opens one from [runtime] and closes it */
    const char *run_dir; /* where training writes; NULL: runs/NAME-N */
    const char *weights; /* a file to start from; NULL: those of the run that is opened, or fresh ones */
    const char *data;    /* which data set is evaluated and predicted: "valid" (NULL), "train", "test" */
    const char *input;   /* predict: samples of a file instead of a data set; "-" is standard input */
    cplug_run_tell tell; /* optional */
    void *arg;
    const volatile int32_t *stop;   /* optional: when it becomes a signal's number, training finishes its step, saves and ends */
    volatile int32_t *save;         /* optional: when it is not 0, training saves a checkpoint, sets it to 0 and goes on */
    const char *resume;             /* train: the directory of a run to go on with; "auto": the newest one of this name, if there is one */
    const char *checkpoint;         /* which weights of a run that is opened: "final" (NULL), "latest", "best" or a name, "step-00000123" */
    const char *const *environment; /* as environ: CPLUG_TRAIN_EPOCHS=3 is train.epochs=3, weaker than overrides; NULL: not asked */
    const char *format;             /* of predicted rows: "csv" (NULL), "jsonl", "text" */
    const char *input_format;       /* of args->input: "csv", "idx", "raw:f32" (any dtype); NULL: by its name and first bytes */
} cplug_run_args;
#define CPLUG_RUN_ARGS                                                                                                                     \
    {                                                                                                                                      \
        (uint32_t)sizeof(cplug_run_args), 0, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,     \
            NULL                                                                                                                           \
    }

/* Reads and checks an INI file, or the config.ini and model.safetensors of a run's directory, and builds the model.  NULL only when
 * out of memory: ask cplug_run_code.  args: NULL or CPLUG_RUN_ARGS with changes; what it points at must outlive the run. */
CPLUG_API cplug_run *cplug_run_open(const char *path, const cplug_run_args *args);
CPLUG_API void cplug_run_close(cplug_run *r); /* NULL is fine */

/* ---- what went wrong; NULL is CPLUG_RUN_FAILED ---- */
CPLUG_API int32_t cplug_run_code(const cplug_run *r);
CPLUG_API const char *cplug_run_error(const cplug_run *r); /* [borrowed] all of it, as cplug-run prints it; "" when all is well */
typedef struct cplug_diagnostic {                          /* [borrowed] until cplug_run_close */
    uint32_t struct_size;
    int32_t line, column; /* from 1; a file "command line" counts its overrides as lines; line 0: no place */
    uint32_t reserved;
    const char *file, *message, *help; /* help "" when there is none */
} cplug_diagnostic;
CPLUG_API uint32_t cplug_run_n_diagnostics(const cplug_run *r);
CPLUG_API cplug_status cplug_run_diagnostic(const cplug_run *r, uint32_t i, cplug_diagnostic *out);

/* ---- what it holds [borrowed] ---- */
CPLUG_API cplug_context *cplug_run_context(cplug_run *r);
CPLUG_API cplug_module *cplug_run_model(cplug_run *r);
CPLUG_API const char *cplug_run_name(const cplug_run *r);
CPLUG_API const char *cplug_run_dir(const cplug_run *r); /* "" before training made it */
/* Shape of one sample as [model] declares it; returns the number of dimensions. */
CPLUG_API int32_t cplug_run_input_shape(const cplug_run *r, int64_t shape[CPLUG_MAX_DIMS]);
/* The checked file with includes, variables, blocks and defaults written out; parses back to the same model. */
CPLUG_API const char *cplug_run_config(cplug_run *r);

/* Adds a callback to those of the file's [callback.NAME] sections, before training: "early_stopping patience=3", or a type of the
 * host's own that it gave to cplug_register(cplug_run_context(r), "callback", &type).  The run keeps it. */
CPLUG_API cplug_callback *cplug_run_callback(cplug_run *r, const char *spec);

/* ---- doing: the status is also in cplug_run_code and cplug_run_error ---- */
typedef struct cplug_scores { /* [borrowed] until the next call on the run */
    uint32_t struct_size, n;
    const char *const *names; /* of the metrics */
    const double *values;
    double loss;
    int64_t samples;
} cplug_scores;
#define CPLUG_SCORES                                                                                                                       \
    {                                                                                                                                      \
        (uint32_t)sizeof(cplug_scores), 0, NULL, NULL, 0.0, 0                                                                              \
    }
CPLUG_API cplug_status cplug_run_train(cplug_run *r, cplug_scores *valid); /* valid may be NULL; zero samples when there is no such set */
CPLUG_API cplug_status cplug_run_eval(cplug_run *r, cplug_scores *out);
/* All that training does up to its first step, without writing: opens the data sets, sends a batch of each through model, loss and
 * metrics.  What does not fit is told at its place in the file. */
CPLUG_API cplug_status cplug_run_check(cplug_run *r);
/* Model in eval mode without gradients on a batch; the result belongs to the innermost scope. */
CPLUG_API cplug_tensor *cplug_run_predict(cplug_run *r, cplug_tensor *batch);
/* Predictions for args->input or args->data in args->format, a sample a call; CSV and text have a head first.  A line comes without its
 * newline; in CSV a quoted class name may hold one.  Samples are in the order of the data, and none is dropped. */
CPLUG_API cplug_status cplug_run_predict_rows(cplug_run *r, void (*row)(void *arg, const char *line), void *arg);

typedef struct cplug_bench {
    uint32_t struct_size, repeats;
    double step_median_ms, step_min_ms, step_max_ms;          /* zero_grad, forward, loss, backward, optimizer step */
    double forward_median_ms, forward_min_ms, forward_max_ms; /* eval mode, no gradients */
    double samples_per_s, peak_rss_mb;
    int64_t batch_size;
    int32_t threads, reserved;
    const char *backends; /* [borrowed] */
} cplug_bench;
#define CPLUG_BENCH                                                                                                                        \
    {                                                                                                                                      \
        (uint32_t)sizeof(cplug_bench), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL                                                            \
    }
/* Times training steps and forward passes on random data of the declared shape; needs no files.  out->repeats: 0 = about a second. */
CPLUG_API cplug_status cplug_run_bench(cplug_run *r, cplug_bench *out);

/* One call of an op while a layer worked: forward, backward or update (the optimizer, named so, after the last layer). */
typedef struct cplug_explain_row { /* [borrowed] during the call */
    uint32_t struct_size, reserved;
    const char *layer, *type, *pass; /* "fc1" "linear" "forward"; the loss is the layer "loss" */
    const cplug_choice *choice;      /* who does it, and why not the others */
} cplug_explain_row;
/* Runs one training step on random data of the declared shape and tells of every call in its order; the run is as before afterwards, but
 * for .grad.  Needs no files.  row may not call back. */
CPLUG_API cplug_status cplug_run_explain(cplug_run *r, void (*row)(void *arg, const cplug_explain_row *row), void *arg);

/* A layer and what it costs; all of the model together. */
typedef struct cplug_layer_row { /* [borrowed] during the call */
    uint32_t struct_size, reserved;
    const char *name, *type;  /* "layer1.0.conv1" "Conv2d" */
    const cplug_meta *output; /* for one sample */
    int64_t parameters, trainable;
    int64_t multiply_adds; /* of linear and convolution layers for one sample, forward; else 0 */
} cplug_layer_row;
typedef struct cplug_totals {
    uint32_t struct_size, reserved;
    int64_t layers, parameters, trainable, multiply_adds;
    int64_t weight_bytes;             /* parameters and buffers */
    int64_t batch_size, output_bytes; /* of the outputs of all layers for a batch, which training keeps for the backward pass */
} cplug_totals;
#define CPLUG_TOTALS                                                                                                                       \
    {                                                                                                                                      \
        (uint32_t)sizeof(cplug_totals), 0, 0, 0, 0, 0, 0, 0, 0                                                                             \
    }
/* row may be NULL; it may not call back. */
CPLUG_API cplug_status cplug_run_summary(cplug_run *r, void (*row)(void *arg, const cplug_layer_row *row), void *arg, cplug_totals *out);

/* Section i of the dialect with keys of the launcher's own, for completion and docs; "data" stands for data.train, data.valid and
 * data.test and comes once for a data set and once for its loader.  NULL past the end. [borrowed] */
CPLUG_API const char *cplug_run_section(uint32_t i, const cplug_options_table **table);

/* Puts '?' in place of each byte that is not UTF-8, so that the text may stand in JSON. */
CPLUG_API void cplug_utf8_mend(char *text);
#ifdef __cplusplus
}
#endif
#endif
