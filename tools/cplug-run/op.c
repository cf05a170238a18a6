/* op.c: the verb op: one op, run once, from files to files, with gradients: how a bug in a backend is reported, reproduced and bisected.
 * Its grammar, its output files and its exit codes are laid down in docs/op.md. */
#include "op_request.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

typedef struct session {
    op_request request;
    op_call call;
    const char *files[OP_TENSORS];
    cplug_tensor *leaf[OP_TENSORS]; /* what the op got for each place, after --dtype */
    cplug_dtype from, to;           /* --dtype: the files' float dtype and the one to compute in; 0 = none */
    cJSON *written;                 /* with --json: names of the files */
} session;

/* ---- what op_table's functions use ---- */
const op_value *op_attr(const op_call *c, const char *name)
{
    uint32_t k = 0;
    while (k + 1 < c->signature.n_attrs && strcmp(c->signature.attr[k].name, name) != 0) k++;
    return &c->attr[k];
}

void op_give(op_call *c, cplug_tensor *t)
{
    if (t == NULL) return;
    if (c->n_out == c->room_out) {
        const uint32_t room = c->room_out ? 2 * c->room_out : 8;
        cplug_tensor **more = realloc(c->out, room * sizeof(cplug_tensor *));
        if (more == NULL) {
            cplug_error_set(c->ctx, CPLUG_E_NOMEM, "out of memory for %u outputs", room);
            return;
        }
        c->out = more;
        c->room_out = room;
    }
    c->out[c->n_out++] = t;
}

static cplug_tensor *raise(op_call *c, int code, cplug_status status, const char *format, va_list args)
{
    char text[OP_ERROR];
    vsnprintf(text, sizeof text, format, args);
    if (!cplug_failed(c->ctx)) c->exit_code = code;
    cplug_error_set(c->ctx, status, "%s", text);
    return NULL;
}
cplug_tensor *op_refuse(op_call *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    raise(c, CPLUG_RUN_USAGE, CPLUG_E_INVALID, format, args);
    va_end(args);
    return NULL;
}
cplug_tensor *op_lacks(op_call *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    raise(c, OP_EXIT_REFUSED, CPLUG_E_UNSUPPORTED, format, args);
    va_end(args);
    return NULL;
}

/* ---- failures ---- */
/* The standing error, and for a wrong request the op's parameters; code: the exit code unless the error brought its own. */
static int failure(session *s, int code)
{
    char text[2 * OP_ERROR];
    const char *why = cplug_error_text(s->call.ctx), *backend = s->request.backend;
    if (s->call.exit_code) code = s->call.exit_code;
    if (cplug_failed(s->call.ctx) == CPLUG_E_UNSUPPORTED && code == CPLUG_RUN_FAILED) code = OP_EXIT_REFUSED;
    if (code == CPLUG_RUN_USAGE) return op_usage(&s->call, "%s", why);
    const bool limited = code == OP_EXIT_REFUSED && backend != NULL;
    snprintf(text, sizeof text, "%s%s%s", why, limited ? "; allowed is only backend " : "", limited ? backend : "");
    return fail_text(s->call.tool, code, text);
}

static int unknown_op(session *s)
{
    enum { MOST = 512 };
    const char *names[MOST], *id;
    const char *name = s->call.name;
    char text[256];
    uint32_t n = 0;
    for (uint32_t i = 0; op_missing[i] != NULL; i++) {
        if (strcmp(op_missing[i], name) != 0) continue;
        snprintf(text, sizeof text, "cplug has no op '%s'", name);
        return fail_text(s->call.tool, OP_EXIT_REFUSED, text);
    }
    for (uint32_t i = 0; i < n_op_rows && n < MOST; i++) names[n++] = op_rows[i].name;
    for (int32_t i = 0; n < MOST && (id = cplug_component_id(s->call.ctx, "op", i)) != NULL; i++) names[n++] = id;
    const char *near = cplug_nearest(name, names, n);
    if (near != NULL) return op_usage(&s->call, "there is no op '%s'; did you mean '%s'?", name, near);
    return op_usage(&s->call, "there is no op '%s'", name);
}

/* ---- reading ---- */
static cplug_tensor *read_file(cplug_context *ctx, const char *path)
{
    cplug_file *f = cplug_file_open(ctx, path);
    if (f == NULL) return NULL;
    cplug_tensor *t = NULL;
    if (cplug_file_count(f) == 1)
        t = cplug_file_read(f, cplug_file_name(f, 0, NULL));
    else
        cplug_error_set(ctx, CPLUG_E_FORMAT, "%s: holds %lld tensors, expected one", path, (long long)cplug_file_count(f));
    cplug_file_close(f);
    return t;
}

static bool is_float(const cplug_tensor *t) { return t != NULL && cplug_dtype_is_float(cplug_tensor_dtype(t)); }

static int read_inputs(session *s)
{
    op_call *c = &s->call;
    for (uint32_t i = 0; i < c->n_in; i++) {
        if (s->files[i] == NULL) continue;
        cplug_tensor *t = read_file(c->ctx, s->files[i]);
        if (t == NULL) return failure(s, CPLUG_RUN_FILE);
        if (is_float(t)) s->from = s->from ? cplug_dtype_promote(s->from, cplug_tensor_dtype(t)) : cplug_tensor_dtype(t);
        s->leaf[i] = c->in[i] = t;
    }
    for (uint32_t i = 0; i < c->n_in && s->to; i++)
        if (is_float(s->leaf[i])) s->leaf[i] = c->in[i] = cplug_to(s->leaf[i], s->to, NULL);
    return cplug_failed(c->ctx) ? failure(s, CPLUG_RUN_FAILED) : CPLUG_RUN_OK;
}

/* ---- running ---- */
static const op_param *param_of(const op_call *c, uint32_t place)
{
    uint32_t k = 0;
    while (k + 1 < c->signature.n_tensors && c->begin[k + 1] <= place) k++;
    return &c->signature.tensor[k];
}

static bool differentiable(const session *s, uint32_t place) { return is_float(s->leaf[place]) && !param_of(&s->call, place)->no_gradient; }

static int forward(session *s, const cplug_op *op)
{
    op_call *c = &s->call;
    const op_row *row = c->row;
    for (uint32_t i = 0; i < c->n_in && s->request.n_grads; i++)
        if (differentiable(s, i)) cplug_requires_grad(s->leaf[i], 1);
    if (s->request.backend != NULL) cplug_backends(c->ctx, s->request.backend); /* and no other: that is what was asked for */
    if (cplug_failed(c->ctx)) return failure(s, CPLUG_RUN_USAGE);
    if (row == NULL)
        op_schema_call(c, op);
    else if (row->one != NULL)
        op_give(c, row->one(op_in(c, 0)));
    else if (row->two != NULL)
        op_give(c, row->two(op_in(c, 0), op_in(c, 1)));
    else if (row->three != NULL)
        op_give(c, row->three(op_in(c, 0), op_in(c, 1), op_in(c, 2)));
    else
        op_give(c, row->call(c));
    return cplug_failed(c->ctx) ? failure(s, CPLUG_RUN_FAILED) : CPLUG_RUN_OK;
}

static bool same_shape(const cplug_tensor *a, const cplug_tensor *b)
{
    const int32_t ndim = cplug_tensor_ndim(a);
    return ndim == cplug_tensor_ndim(b) && memcmp(cplug_tensor_shape(a), cplug_tensor_shape(b), (size_t)ndim * sizeof(int64_t)) == 0;
}

/* The gradient of output k from its file, in the output's dtype. */
static int read_gradient(session *s, uint32_t k, cplug_tensor **out)
{
    op_call *c = &s->call;
    const char *path = s->request.grad[k];
    if (k >= c->n_out) return op_usage(c, "%u gradients for %u output%s", s->request.n_grads, c->n_out, c->n_out == 1 ? "" : "s");
    if (strcmp(path, "-") == 0) return CPLUG_RUN_OK;
    if (!cplug_tensor_requires_grad(c->out[k]))
        return op_usage(c, "output %u (%s) has no gradient: give - for it", k, cplug_dtype_name(cplug_tensor_dtype(c->out[k])));
    cplug_tensor *g = read_file(c->ctx, path);
    if (g == NULL) return failure(s, CPLUG_RUN_FILE);
    if (!same_shape(g, c->out[k])) return op_usage(c, "%s has not the shape of output %u", path, k);
    *out = cplug_to(g, cplug_tensor_dtype(c->out[k]), NULL);
    return CPLUG_RUN_OK;
}

/* Gradients of the leaves into grads[place]; a leaf that no output depends on gets zeros. */
static int backward(session *s, cplug_tensor **grads)
{
    op_call *c = &s->call;
    cplug_tensor *outputs[OP_TENSORS], *given[OP_TENSORS], *leaves[OP_TENSORS], *found[OP_TENSORS] = { NULL };
    uint32_t n_outputs = 0, n_leaves = 0, place[OP_TENSORS];
    for (uint32_t k = 0; k < s->request.n_grads; k++) {
        cplug_tensor *g = NULL;
        const int code = read_gradient(s, k, &g);
        if (code != CPLUG_RUN_OK) return code;
        if (g == NULL) continue;
        outputs[n_outputs] = c->out[k];
        given[n_outputs++] = g;
    }
    for (uint32_t i = 0; i < c->n_in; i++) {
        if (!differentiable(s, i)) continue;
        place[n_leaves] = i;
        leaves[n_leaves++] = s->leaf[i];
    }
    if (n_outputs == 0 || n_leaves == 0) return CPLUG_RUN_OK;
    if (s->request.backend != NULL) { /* sums and copies around the op's gradient may need the others */
        cplug_backends(c->ctx, "auto");
        cplug_backend_override(c->ctx, "*", s->request.backend);
    }
    cplug_grad_args args = CPLUG_GRAD_ARGS;
    args.allow_unused = 1;
    args.gradients = given;
    if (cplug_grad(outputs, n_outputs, leaves, n_leaves, &args, found) != CPLUG_OK) return failure(s, CPLUG_RUN_FAILED);
    for (uint32_t i = 0; i < n_leaves; i++) grads[place[i]] = found[i] != NULL ? found[i] : cplug_zeros_like(leaves[i]);
    return cplug_failed(c->ctx) ? failure(s, CPLUG_RUN_FAILED) : CPLUG_RUN_OK;
}

/* ---- writing ---- */
static void save(session *s, const char *kind, uint32_t k, cplug_tensor *t)
{
    char path[4096];
    cplug_context *ctx = s->call.ctx;
    if (snprintf(path, sizeof path, "%s.%s%u.npy", s->request.out, kind, k) >= (int)sizeof path) {
        cplug_error_set(ctx, CPLUG_E_INVALID, "the name of the output is too long");
        return;
    }
    t = cplug_detach(t);
    if (s->to && is_float(t)) t = cplug_to(t, s->from, NULL);
    if (t == NULL || cplug_save(ctx, path, &(cplug_named_tensor){ "array", t }, 1, NULL) != CPLUG_OK) return;
    if (s->written != NULL)
        cJSON_AddItemToArray(s->written, cJSON_CreateString(path));
    else
        puts(path);
}

static int write_results(session *s, cplug_tensor *const *grads)
{
    op_call *c = &s->call;
    cJSON *o = c->tool->json ? cJSON_CreateObject() : NULL;
    if (o != NULL) cJSON_AddStringToObject(o, "type", "op");
    s->written = o != NULL ? cJSON_AddArrayToObject(o, "files") : NULL;
    if (s->request.backend != NULL) cplug_backends(c->ctx, "auto");
    for (uint32_t k = 0; k < c->n_out; k++) save(s, "", k, c->out[k]);
    for (uint32_t i = 0; i < c->n_in; i++) {
        if (grads[i] != NULL) save(s, "grad", i, grads[i]);
        if (param_of(c, i)->written && s->leaf[i] != NULL) save(s, "in", i, s->leaf[i]);
    }
    if (cplug_failed(c->ctx)) {
        cJSON_Delete(o);
        return failure(s, CPLUG_RUN_FAILED);
    }
    if (o != NULL) print_json(o);
    return CPLUG_RUN_OK;
}

/* ---- the verb ---- */
static int find_op(session *s, const cplug_op **op)
{
    op_call *c = &s->call;
    c->name = s->request.name;
    c->row = op_find(c->name);
    if (c->row != NULL) return op_signature_parse(c->row->params, &c->signature) ? CPLUG_RUN_OK : CPLUG_RUN_FAILED;
    *op = cplug_component(c->ctx, "op", c->name);
    if (*op == NULL) {
        cplug_error_clear(c->ctx);
        return unknown_op(s);
    }
    if (op_schema(*op, &c->signature)) return CPLUG_RUN_OK;
    return fail_text(c->tool, CPLUG_RUN_FAILED, "this op has more parameters than the command takes");
}

static int settings(session *s)
{
    const op_request *r = &s->request;
    cplug_context *ctx = s->call.ctx;
    s->to = r->dtype != NULL ? cplug_dtype_from_name(r->dtype) : 0;
    if (r->dtype != NULL && !cplug_dtype_is_float(s->to))
        return op_usage(&s->call, "--dtype takes f32, f64, f16 or bf16, got '%s'", r->dtype);
    if (r->device != NULL) cplug_device_set(ctx, r->device);
    if (r->backend != NULL) { /* known at all? */
        cplug_backends(ctx, r->backend);
        if (!cplug_failed(ctx)) cplug_backends(ctx, "auto");
    }
    if (!cplug_failed(ctx)) return CPLUG_RUN_OK;
    return fail_text(s->call.tool, CPLUG_RUN_USAGE, cplug_error_text(ctx));
}

static int run_op(session *s)
{
    const cplug_op *op = NULL;
    cplug_tensor *grads[OP_TENSORS] = { NULL };
    int code = find_op(s, &op);
    if (code == CPLUG_RUN_OK && s->request.help) {
        char text[OP_ERROR];
        op_signature_print(s->call.name, &s->call.signature, text, sizeof text);
        puts(text);
        return CPLUG_RUN_OK;
    }
    if (code == CPLUG_RUN_OK) code = settings(s);
    if (code == CPLUG_RUN_OK) code = op_request_match(&s->request, &s->call, s->files);
    if (code == CPLUG_RUN_OK) code = read_inputs(s);
    if (code == CPLUG_RUN_OK) code = forward(s, op);
    if (code == CPLUG_RUN_OK && s->request.n_grads) code = backward(s, grads);
    return code == CPLUG_RUN_OK ? write_results(s, grads) : code;
}

int do_op(const command *c, int argc, char **argv)
{
    session *s = calloc(1, sizeof *s);
    if (s == NULL) return fail_text(c, CPLUG_RUN_FAILED, "out of memory");
    s->call.tool = c;
    int code = op_request_parse(&s->call, argc, argv, &s->request);
    if (code != CPLUG_RUN_OK || (s->request.help && s->request.name == NULL)) {
        if (code == CPLUG_RUN_OK) print_op_help();
        free(s);
        return code;
    }
    s->call.ctx = cplug_open(NULL);
    if (s->call.ctx == NULL) {
        code = fail_text(c, CPLUG_RUN_PLUGIN, cplug_error_text(NULL));
    } else {
        code = run_op(s);
        cplug_close(s->call.ctx);
    }
    free(s->call.out);
    free(s);
    return code;
}

static int by_name(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

void print_op_help(void)
{
    const char *names[256];
    uint32_t n = 0, column = 0;
    puts("cplug-run op NAME TENSOR... --attr key=value... [--backend B] [--device D] [--dtype T] [--grad FILE]... -o OUT\n"
         "one op, run once, from files to files\n\n"
         "TENSOR   a .npy file; [ a.npy b.npy ] for a list, the brackets as words of their own; - for one that is absent\n"
         "--attr   every other parameter by PyTorch's name: dim=1,2  dim=  (empty)  dim=-  (None)  reduction=sum\n"
         "         also a number in a tensor's place: add a.npy --attr other=2.5\n"
         "--backend  only this backend's kernels for the op itself: cpu, openblas, ...\n"
         "--device   where it runs: cpu, sim, ...\n"
         "--dtype    float inputs are converted to this dtype before and results back after: bf16\n"
         "--grad     gradient of the output, one an output in order, - for none\n"
         "-o OUT   results go to OUT.0.npy ..., gradients to OUT.grad0.npy ... and inputs that were written to OUT.in1.npy ...,\n"
         "         numbered by the place of the tensor\n\n"
         "Exit codes: 0 done, 1 failed, 2 wrong request, 4 unreadable file, 5 no kernel for this dtype, device and shape.\n"
         "cplug-run op NAME --help shows an op's parameters.  Ops:\n");
    for (uint32_t i = 0; i < n_op_rows && n < CPLUG_COUNT(names); i++) names[n++] = op_rows[i].name;
    qsort(names, n, sizeof *names, by_name);
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t width = (uint32_t)strlen(names[i]) + 1;
        printf("%s%s", column == 0 ? "  " : column + width > 110 ? "\n  " : " ", names[i]);
        column = column + width > 110 ? width : column + width;
    }
    puts("\nand every other op of the library and its plugins by the names in its schema.");
}
