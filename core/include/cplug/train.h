/* cplug/train.h: optimizers, schedulers, metrics.  All [context-thread]; they belong to their context. */
#ifndef CPLUG_TRAIN_H
#define CPLUG_TRAIN_H
#include <cplug/data.h>
#include <cplug/module.h>
#ifdef __cplusplus
extern "C" {
#endif
/* ---- optimizers: torch.optim's names and formulas.  Parameters are resolved at each step, so a module whose shapes are still open
 * may be given.  options: "lr=1e-3 betas=0.9,0.999" ---- */
CPLUG_API cplug_optimizer *cplug_optimizer_new(cplug_module *m, const char *type, const char *options);
/* Over a list of leaf tensors instead of a module's parameters; they are retained. */
CPLUG_API cplug_optimizer *cplug_optimizer_over(cplug_context *ctx, cplug_tensor *const *params, uint32_t n, const char *type,
                                                const char *options);
/* A parameter group: the parameters whose path matches a glob ("*.bias", "head.*") leave the groups before and get these options on
 * top of the optimizer's own.  Returns the group's number (0 is the rest) or -1. */
CPLUG_API int32_t cplug_optimizer_group(cplug_optimizer *o, const char *glob, const char *options);
CPLUG_API uint32_t cplug_optimizer_n_groups(const cplug_optimizer *o);
CPLUG_API cplug_status cplug_optimizer_step(cplug_optimizer *o);      /* parameters without a gradient stay */
CPLUG_API cplug_status cplug_optimizer_zero_grad(cplug_optimizer *o); /* to none, as PyTorch */
/* A mutable numeric option of a group, by name ("lr"); get gives NaN when there is no such option. */
CPLUG_API double cplug_optimizer_get(const cplug_optimizer *o, uint32_t group, const char *option);
CPLUG_API cplug_status cplug_optimizer_set(cplug_optimizer *o, uint32_t group, const char *option,
                                           double value); /* checked as the option is */
CPLUG_API cplug_context *cplug_optimizer_context(const cplug_optimizer *o);
/* State as named tensors: "fc1.weight.exp_avg"; 0-d i64 tensors for counters.  list [borrowed] until the next call on o. */
CPLUG_API int64_t cplug_optimizer_state(cplug_optimizer *o, const cplug_named_tensor **list);
CPLUG_API cplug_status cplug_optimizer_load(cplug_optimizer *o, cplug_file *f); /* by those names; a missing one is an error */
/* torch.nn.utils.clip_grad_norm_ / clip_grad_value_ over the parameters of o; the norm before clipping goes to *total (may be NULL). */
CPLUG_API cplug_status cplug_clip_grad_norm(cplug_optimizer *o, double max_norm, double *total);
CPLUG_API cplug_status cplug_clip_grad_value(cplug_optimizer *o, double max_value);
CPLUG_API void cplug_optimizer_free(cplug_optimizer *o); /* early */

/* ---- schedulers ---- */
typedef struct cplug_scheduler cplug_scheduler;
CPLUG_API cplug_scheduler *cplug_scheduler_new(cplug_optimizer *o, const char *spec); /* "cosine t_max=10 warmup=2" */
/* Sets every group's lr from its first lr and the progress; call before each optimizer step. */
CPLUG_API cplug_status cplug_scheduler_step(cplug_scheduler *s, const cplug_progress *p);
CPLUG_API cplug_status cplug_scheduler_epoch_end(cplug_scheduler *s, const cplug_progress *p); /* with the fresh metric */
CPLUG_API uint64_t cplug_scheduler_state(cplug_scheduler *s, void **bytes); /* [borrowed] what a checkpoint saves and restores */

/* ---- metrics ---- */
typedef struct cplug_metric cplug_metric;
/* spec: "accuracy", "top_k k=5".  update: a batch of predictions [N, ...] and targets; value: *n is the room in, the number of values out.
 */
CPLUG_API cplug_metric *cplug_metric_new(cplug_context *ctx, const char *spec);
CPLUG_API cplug_status cplug_metric_reset(cplug_metric *m); /* before a pass over the data */
CPLUG_API cplug_status cplug_metric_update(cplug_metric *m, cplug_tensor *prediction, cplug_tensor *target);
CPLUG_API cplug_status cplug_metric_value(cplug_metric *m, const char **names, double *values, uint32_t *n); /* names [borrowed] */
CPLUG_API int32_t cplug_metric_higher_is_better(const cplug_metric *m);

/* ---- callbacks: told of what happens in training, may ask for an end or a checkpoint.  Whoever trains calls them. ---- */
typedef struct cplug_callback cplug_callback;
/* spec: "early_stopping monitor=valid_loss patience=3"; PATH options are relative to base_dir (NULL: the current directory). */
CPLUG_API cplug_callback *cplug_callback_new(cplug_context *ctx, const char *spec, const char *base_dir);
CPLUG_API cplug_status cplug_callback_on(cplug_callback *c, cplug_event *ev); /* in a scope of its own, without gradients */
CPLUG_API const cplug_callback_type *cplug_callback_type_of(const cplug_callback *c);
CPLUG_API uint64_t cplug_callback_state(cplug_callback *c, void **bytes); /* [borrowed] what a checkpoint saves and restores */
CPLUG_API void cplug_callback_free(cplug_callback *c);                    /* early; NULL is fine */
#ifdef __cplusplus
}
#endif
#endif
