/* wrap.c: descriptors whose functions hand the watched copy of the component's struct to the plugin's functions, and the host table that
 * counts. */
#include "component.h"
#include <string.h>

static union {
    cplug_dataset dataset;
    cplug_transform transform;
    cplug_module_type module;
    cplug_optimizer_type optimizer;
    cplug_scheduler_type scheduler;
    cplug_metric_type metric;
    cplug_callback_type callback;
} real, own;
opened last_opened;

/* The call with self watched; self may be const in some interfaces. */
#define WATCHED(self_, call_)                                                                                                              \
    do {                                                                                                                                   \
        void *const mine = (void *)(uintptr_t)(self_);                                                                                     \
        void *const self_page = subject.watching ? watch_begin(mine) : mine;                                                               \
        call_;                                                                                                                             \
        (void)self_page;                                                                                                                   \
        if (subject.watching) watch_end(mine);                                                                                             \
    } while (0)

/* clang-format off */
static cplug_status dataset_open(const cplug_host *h, void *self, cplug_dataset_info *info, cplug_error *e)
{
    cplug_status st;
    (void)h;
    WATCHED(self, st = real.dataset.open(host_own(), self_page, info, e));
    last_opened = (opened){ .dataset = &real.dataset, .self = st ? NULL : self, .info = *info };
    return st;
}
static cplug_status dataset_read(void *self, const int64_t *index, int64_t n, cplug_view *const *out, cplug_error *e)
{ cplug_status st; WATCHED(self, st = real.dataset.read(self_page, index, n, out, e)); return st; }
static cplug_status dataset_measure(void *self, int64_t index, cplug_meta *fields, cplug_error *e)
{ cplug_status st; WATCHED(self, st = real.dataset.measure(self_page, index, fields, e)); return st; }
static void dataset_close(void *self) { WATCHED(self, real.dataset.close(self_page)); }

static cplug_status transform_open(const cplug_host *h, void *self, const cplug_meta *in, cplug_meta *out, cplug_error *e)
{
    cplug_status st;
    (void)h;
    WATCHED(self, st = real.transform.open(host_own(), self_page, in, out, e));
    last_opened = (opened){ .transform = &real.transform, .self = st ? NULL : self, .in = *in, .out = *out };
    return st;
}
static cplug_status transform_apply(const void *self, const cplug_view *in, cplug_view *out, const cplug_draw *draw, int64_t n, cplug_error *e)
{ cplug_status st; WATCHED(self, st = real.transform.apply(self_page, in, out, draw, n, e)); return st; }
static void transform_close(void *self) { WATCHED(self, real.transform.close(self_page)); }

static cplug_status module_build(cplug_module *m, void *self)
{ cplug_status st; WATCHED(self, st = real.module.build(m, self_page)); return st; }
static cplug_status module_first_use(cplug_module *m, void *self, const cplug_meta *in, uint32_t n)
{ cplug_status st; WATCHED(self, st = real.module.first_use(m, self_page, in, n)); return st; }
static cplug_status module_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{ cplug_status st; WATCHED(self, st = real.module.forward(m, self_page, in, n_in, out, n_out)); return st; }

static cplug_status optimizer_step(cplug_optimizer *o, const void *group, const cplug_param_ref *p, uint32_t n)
{ cplug_status st; WATCHED(group, st = real.optimizer.step(o, self_page, p, n)); return st; }
static int32_t optimizer_wants(const void *group, uint32_t slot)
{ int32_t yes; WATCHED(group, yes = real.optimizer.wants(self_page, slot)); return yes; }

static double scheduler_lr(void *self, double base_lr, const cplug_progress *p)
{ double lr; WATCHED(self, lr = real.scheduler.lr(self_page, base_lr, p)); return lr; }
static void scheduler_epoch_end(void *self, const cplug_progress *p) { WATCHED(self, real.scheduler.epoch_end(self_page, p)); }

static cplug_status metric_reset(cplug_context *ctx, void *self)
{ cplug_status st; WATCHED(self, st = real.metric.reset(ctx, self_page)); return st; }
static cplug_status metric_update(cplug_context *ctx, void *self, cplug_tensor *prediction, cplug_tensor *target)
{ cplug_status st; WATCHED(self, st = real.metric.update(ctx, self_page, prediction, target)); return st; }
static cplug_status metric_value(cplug_context *ctx, void *self, const char **names, double *values, uint32_t *n)
{ cplug_status st; WATCHED(self, st = real.metric.value(ctx, self_page, names, values, n)); return st; }

static cplug_status callback_on(cplug_context *ctx, void *self, cplug_event *ev)
{ cplug_status st; WATCHED(self, st = real.callback.on(ctx, self_page, ev)); return st; }
/* clang-format on */

#define TAKE(kind_, type_)                                                                                                                 \
    memcpy(&real.kind_, c->descriptor,                                                                                                     \
           ((const type_ *)c->descriptor)->struct_size < sizeof(type_) ? ((const type_ *)c->descriptor)->struct_size : sizeof(type_));     \
    own.kind_ = real.kind_;                                                                                                                \
    own.kind_.struct_size = sizeof(type_)
#define PUT(kind_, function_)                                                                                                              \
    if (real.kind_.function_ != NULL) own.kind_.function_ = kind_##_##function_

const void *watch_descriptor(component *c)
{
    memset(&real, 0, sizeof real);
    if (strcmp(c->kind, "dataset") == 0) {
        TAKE(dataset, cplug_dataset);
        PUT(dataset, open);
        PUT(dataset, read);
        PUT(dataset, measure);
        PUT(dataset, close);
    } else if (strcmp(c->kind, "transform") == 0) {
        TAKE(transform, cplug_transform);
        PUT(transform, open);
        PUT(transform, apply);
        PUT(transform, close);
    } else if (strcmp(c->kind, "module") == 0 || strcmp(c->kind, "loss") == 0) {
        TAKE(module, cplug_module_type);
        PUT(module, build);
        PUT(module, first_use);
        PUT(module, forward);
    } else if (strcmp(c->kind, "optimizer") == 0) {
        TAKE(optimizer, cplug_optimizer_type);
        PUT(optimizer, step);
        PUT(optimizer, wants);
    } else if (strcmp(c->kind, "scheduler") == 0) {
        TAKE(scheduler, cplug_scheduler_type);
        PUT(scheduler, lr);
        PUT(scheduler, epoch_end);
    } else if (strcmp(c->kind, "metric") == 0) {
        TAKE(metric, cplug_metric_type);
        PUT(metric, reset);
        PUT(metric, update);
        PUT(metric, value);
    } else if (strcmp(c->kind, "callback") == 0) {
        TAKE(callback, cplug_callback_type);
        PUT(callback, on);
    } else {
        return c->descriptor;
    }
    return &own;
}
