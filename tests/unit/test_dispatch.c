/* test_dispatch.c: the door: how a kernel is chosen, prepared, cached, packed; what happens when none fits. */
#include "support.h"

/* ---- a backend of the host's own: doubles of what "add" should give, so that a test sees who answered ---- */
typedef struct spy {
    int supports, prepares, runs, discards, packs;
    int32_t score;
    const char *reason;
} spy;

static void spy_supports(const cplug_call *c, cplug_support *s)
{
    spy *y = c->user;
    y->supports++;
    s->score = y->score;
    s->reason = y->reason;
}
static cplug_status spy_prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    (void)e;
    spy *y = c->user;
    y->prepares++;
    p->state = y;
    p->workspace_bytes = 256;
    return CPLUG_OK;
}
static cplug_status spy_run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)e;
    ((spy *)p->state)->runs++;
    const float *a = c->in[0]->data, *b = c->in[1]->data;
    float *y = c->out[0]->data;
    assert_non_null(c->workspace);
    assert_true(c->in[0]->flags & CPLUG_VIEW_DENSE); /* no STRIDED flag: core copies */
    memset(c->workspace, 0xff, 256);
    for (int64_t i = 0; i < c->out[0]->shape[0]; i++) y[i] = 2 * (a[i] + b[i]);
    return CPLUG_OK;
}
static void spy_discard(const cplug_host *h, cplug_plan *p) { (void)h, ((spy *)p->state)->discards++; }
static const cplug_backend spy_backend = { .struct_size = sizeof spy_backend, .name = "spy", .device = "cpu", .doc = "counts calls" };

static cplug_kernel spy_kernel(spy *y)
{
    return (cplug_kernel){ .struct_size = sizeof(cplug_kernel),
                           .op_version = 1,
                           .op = "add",
                           .backend = "spy",
                           .device = "cpu",
                           .user = y,
                           .supports = spy_supports,
                           .prepare = spy_prepare,
                           .run = spy_run,
                           .discard = spy_discard };
}

static void scores_decide(void **state)
{
    (void)state;
    spy y = { .score = 100, .reason = "for the test" };
    const cplug_kernel k = spy_kernel(&y);
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *a = FLOATS(ctx, SHAPE(3), 1, 2, 3);
    assert_values(cplug_add(a, a), 0, 2, 4, 6);
    assert_int_equal(cplug_register(ctx, "backend", &spy_backend), CPLUG_OK);
    assert_int_equal(cplug_register(ctx, "kernel", &k), CPLUG_OK);
    for (int i = 0; i < 5; i++) assert_values(cplug_add(a, a), 0, 4, 8, 12);
    assert_int_equal(y.prepares, 1); /* the decision and its plan are cached */
    assert_int_equal(y.runs, 5);
    assert_non_null(strstr(cplug_explain(ctx, "add"), "spy: 100 (for the test)"));
    /* another shape is another signature; a strided one is made dense */
    assert_values(cplug_add(cplug_slice(a, 0, 0, CPLUG_END, 2), cplug_slice(a, 0, 0, CPLUG_END, 2)), 0, 4, 12);
    assert_int_equal(y.prepares, 2);
    /* a lower score loses, an override wins all the same, and 0 never runs */
    y.score = 1;
    cplug_fallback(ctx, CPLUG_FALLBACK_WARN); /* a new epoch: decisions are taken anew */
    assert_values(cplug_add(a, a), 0, 2, 4, 6);
    cplug_backend_override(ctx, "add", "spy");
    assert_values(cplug_add(a, a), 0, 4, 8, 12);
    y.score = 0;
    y.reason = "not today";
    cplug_backend_override(ctx, "add", "spy");
    assert_values(cplug_add(a, a), 0, 2, 4, 6);
    assert_non_null(strstr(cplug_explain(ctx, "add"), "not today"));
    cplug_backend_override(ctx, "add", "nobody");
    assert_error(ctx, CPLUG_E_NOTFOUND, "nobody");
    test_close(ctx);
    assert_int_equal(y.discards, y.prepares);
}

static void order_breaks_ties_and_excludes(void **state)
{
    (void)state;
    spy y = { .score = 0, .reason = "" };
    const cplug_kernel k = spy_kernel(&y);
    cplug_context *ctx = test_open("backends=cpu");
    cplug_register(ctx, "backend", &spy_backend);
    cplug_register(ctx, "kernel", &k);
    y.score = 100;
    cplug_tensor *a = FLOATS(ctx, SHAPE(2), 1, 2);
    assert_values(cplug_add(a, a), 0, 2, 4); /* not in the list: out */
    assert_non_null(strstr(cplug_explain(ctx, "add"), "spy: not enabled"));
    assert_int_equal(cplug_backends(ctx, "cpu,spy"), CPLUG_OK);
    assert_values(cplug_add(a, a), 0, 4, 8);
    assert_string_equal(cplug_backends_text(ctx), "cpu,spy");
    cplug_backends(ctx, "cpuu");
    assert_error(ctx, CPLUG_E_NOTFOUND, "did you mean 'cpu'");
    test_close(ctx);
    /* overrides as cplug_open and [runtime] take them */
    ctx = test_open("override=relu:cpu,add:cpu");
    test_close(ctx);
    assert_null(cplug_open("override=relu"));
    assert_non_null(strstr(cplug_error_text(NULL), "OP:BACKEND"));
    assert_null(cplug_open("override=reluu:cpu"));
    assert_non_null(strstr(cplug_error_text(NULL), "did you mean 'relu'"));
}

/* ---- an op of the host's own, with and without kernel, gradient, decomposition ---- */
static cplug_status same_infer(cplug_infer *c, cplug_error *e)
{
    (void)e;
    c->out[0] = c->in[0];
    return CPLUG_OK;
}
static cplug_status triple_decompose(cplug_op_call *c)
{
    c->out[0] = cplug_mul_scalar(c->in[0], 3);
    return cplug_failed(c->ctx);
}
static cplug_status loop_decompose(cplug_op_call *c)
{
    const cplug_arg in[1] = { CPLUG_ARG(c->in[0]) };
    return cplug_dispatch(c->ctx, "test.loop", in, 1, NULL, 0, c->out, 1);
}
static cplug_status liar_decompose(cplug_op_call *c)
{
    c->out[0] = cplug_sum(c->in[0], NULL, 0, 0);
    return cplug_failed(c->ctx);
}
static const cplug_op triple = { .struct_size = sizeof triple,
                                 .version = 1,
                                 .name = "test.triple",
                                 .doc = "3 x",
                                 .inputs = "input",
                                 .outputs = "output",
                                 .saves = "",
                                 .infer = same_infer,
                                 .decompose = triple_decompose };
static const cplug_op bare = { .struct_size = sizeof bare,
                               .version = 1,
                               .name = "test.bare",
                               .doc = "nothing",
                               .inputs = "input",
                               .outputs = "output",
                               .saves = "",
                               .infer = same_infer };
static const cplug_op loop = { .struct_size = sizeof loop,
                               .version = 1,
                               .name = "test.loop",
                               .doc = "itself",
                               .inputs = "input",
                               .outputs = "output",
                               .saves = "",
                               .infer = same_infer,
                               .decompose = loop_decompose };
static const cplug_op liar = { .struct_size = sizeof liar,
                               .version = 1,
                               .name = "test.liar",
                               .doc = "wrong shape",
                               .inputs = "input",
                               .outputs = "output",
                               .saves = "",
                               .infer = same_infer,
                               .decompose = liar_decompose };

static cplug_tensor *call1(cplug_context *ctx, const char *name, cplug_tensor *x)
{
    const cplug_arg in[1] = { CPLUG_ARG(x) };
    cplug_tensor *out[1] = { NULL };
    cplug_dispatch(ctx, name, in, 1, NULL, 0, out, 1);
    return out[0];
}

static void ops_of_the_host(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    const cplug_op *all[] = { &triple, &bare, &loop, &liar };
    for (int i = 0; i < 4; i++) assert_int_equal(cplug_register(ctx, "op", all[i]), CPLUG_OK);
    cplug_tensor *x = cplug_requires_grad(FLOATS(ctx, SHAPE(2), 1, 2), 1);
    cplug_tensor *y = call1(ctx, "test.triple", x);
    assert_values(y, 0, 3, 6);
    /* no vjp: differentiated through its decomposition */
    assert_int_equal(cplug_backward(cplug_sum(y, NULL, 0, 0)), CPLUG_OK);
    assert_values(cplug_tensor_grad(x), 0, 3, 3);
    assert_null(call1(ctx, "test.bare", x));
    assert_error(ctx, CPLUG_E_AUTOGRAD, "neither a gradient nor a decomposition");
    assert_null(call1(ctx, "test.bare", cplug_detach(x)));
    assert_error(ctx, CPLUG_E_UNSUPPORTED, "f32[2]");
    assert_null(call1(ctx, "test.loop", x));
    assert_error(ctx, CPLUG_E_INTERNAL, "back to itself");
    assert_null(call1(ctx, "test.liar", cplug_detach(x)));
    assert_error(ctx, CPLUG_E_INTERNAL, "infer promised");
    assert_null(call1(ctx, "test.tripel", x));
    assert_error(ctx, CPLUG_E_NOTFOUND, "did you mean 'test.triple'");
    test_close(ctx);
}

static void the_generic_door(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = FLOATS(ctx, SHAPE(2, 2), 1, 2, 3, 4), *out[3] = { NULL };
    const int64_t dims[1] = { 1 };
    const cplug_value attr[2] = { { CPLUG_OPT_INTS, 1, { .iv = dims } }, { CPLUG_OPT_BOOL, 0, { .i = 1 } } };
    const cplug_arg in[1] = { CPLUG_ARG(x) };
    assert_int_equal(cplug_dispatch(ctx, "sum", in, 1, attr, 2, out, 1), CPLUG_OK);
    assert_values(out[0], 0, 3, 7);
    assert_int_equal(cplug_tensor_ndim(out[0]), 2);
    /* out= */
    cplug_tensor *room[1] = { cplug_zeros(ctx, CPLUG_F32, SHAPE(2, 1)) };
    assert_int_equal(cplug_dispatch(ctx, "sum", in, 1, attr, 2, room, 1), CPLUG_OK);
    assert_values(room[0], 0, 3, 7);
    room[0] = cplug_zeros(ctx, CPLUG_F32, SHAPE(3));
    cplug_dispatch(ctx, "sum", in, 1, attr, 2, room, 1);
    assert_error(ctx, CPLUG_E_SHAPE, "[2, 1]");
    /* lists, and lists where none belong */
    cplug_tensor *both[2] = { x, x };
    const cplug_arg list[1] = { CPLUG_ARG_LIST(both, 2) };
    out[0] = NULL;
    assert_int_equal(cplug_dispatch(ctx, "cat", list, 1, NULL, 0, out, 1), CPLUG_OK);
    assert_int_equal(cplug_tensor_size(out[0], 0), 4);
    cplug_dispatch(ctx, "cat", in, 1, NULL, 0, out, 1);
    assert_error(ctx, CPLUG_E_INVALID, "a list");
    const cplug_arg many[5] = { CPLUG_ARG(x), CPLUG_ARG(x), CPLUG_ARG(x), CPLUG_ARG(x), CPLUG_ARG(x) };
    cplug_dispatch(ctx, "mul", many, 5, NULL, 0, out, 1);
    assert_error(ctx, CPLUG_E_INVALID, "expected 2 to 2 inputs");
    cplug_dispatch(ctx, "mul", many, 1, NULL, 0, out, 1);
    assert_error(ctx, CPLUG_E_INVALID, "expected 2 to 2 inputs");
    test_close(ctx);
}

static void in_place_and_overlap(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = FLOATS(ctx, SHAPE(5), 1, 2, 3, 4, 5);
    const uint64_t version = cplug_tensor_version(x);
    cplug_add_(x, x); /* exact aliasing */
    assert_values(x, 0, 2, 4, 6, 8, 10);
    assert_true(cplug_tensor_version(x) > version);
    cplug_add_(cplug_slice(x, 0, 1, CPLUG_END, 1), cplug_slice(x, 0, 0, 4, 1)); /* partial overlap reads the old values */
    assert_values(x, 0, 2, 6, 10, 14, 18);
    cplug_copy_(cplug_slice(x, 0, 1, CPLUG_END, 1), cplug_slice(x, 0, 0, 4, 1));
    assert_values(x, 0, 2, 2, 6, 10, 14);
    cplug_tensor *i = cplug_arange(ctx, CPLUG_I64, 0, 3, 1);
    cplug_mul_scalar_(i, 1.5);
    assert_error(ctx, CPLUG_E_DTYPE, "i64");
    cplug_add_(FLOATS(ctx, SHAPE(1), 1), x);
    assert_error(ctx, CPLUG_E_SHAPE, "[5]");
    cplug_add_(cplug_float(ctx, 1), x);
    assert_int_not_equal(cplug_failed(ctx), CPLUG_OK);
    cplug_error_clear(ctx);
    test_close(ctx);
}

/* ---- packed weights ---- */
static cplug_status pack_prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    (void)e;
    p->state = c->user;
    p->pack_input = 1;
    p->pack_bytes = (uint64_t)c->in[1]->shape[0] * sizeof(float);
    return CPLUG_OK;
}
static cplug_status negate_pack(const cplug_call *c, const cplug_plan *p, void *dst, cplug_error *e)
{
    (void)e;
    ((spy *)p->state)->packs++;
    for (int64_t i = 0; i < c->in[1]->shape[0]; i++) ((float *)dst)[i] = -((const float *)c->in[1]->data)[i];
    return CPLUG_OK;
}

/* ---- what an in-place kernel is told ---- */
static cplug_status alias_run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)p, (void)e;
    *(uint32_t *)c->user = c->alias;
    for (uint32_t i = 0; i < 2; i++) assert_int_equal(c->alias >> i & 1, c->out[0]->data == c->in[i]->data);
    return CPLUG_OK;
}

static void alias_says_which_inputs_are_overwritten(void **state)
{
    (void)state;
    uint32_t seen = 99;
    const cplug_kernel k = { .struct_size = sizeof k,
                             .op_version = 1,
                             .op = "add",
                             .backend = "spy",
                             .device = "cpu",
                             .flags = CPLUG_K_INPLACE,
                             .user = &seen,
                             .run = alias_run };
    cplug_context *ctx = test_open(NULL);
    cplug_register(ctx, "backend", &spy_backend);
    cplug_register(ctx, "kernel", &k);
    cplug_backend_override(ctx, "add", "spy");
    cplug_tensor *a = FLOATS(ctx, SHAPE(3), 1, 2, 3), *b = FLOATS(ctx, SHAPE(3), 1, 2, 3);
    cplug_tensor *whole = cplug_slice(a, 0, 0, CPLUG_END, 1); /* another tensor, the same elements */
    cplug_tensor *const cases[][3] = { { a, b, NULL }, { a, b, a }, { a, b, b }, { a, a, a }, { a, b, whole } };
    static const uint32_t expected[] = { 0, 1, 2, 3, 1 };
    for (uint32_t i = 0; i < CPLUG_COUNT(cases); i++) {
        const cplug_arg in[2] = { CPLUG_ARG(cases[i][0]), CPLUG_ARG(cases[i][1]) };
        cplug_tensor *out = cases[i][2];
        assert_int_equal(cplug_dispatch(ctx, "add", in, 2, NULL, 0, &out, 1), CPLUG_OK);
        assert_int_equal(seen, expected[i]);
    }
    test_close(ctx);
}
static cplug_status packed_run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)p, (void)e;
    for (int64_t i = 0; i < c->out[0]->shape[0]; i++)
        ((float *)c->out[0]->data)[i] = ((const float *)c->in[0]->data)[i] - ((const float *)c->in[1]->data)[i];
    return CPLUG_OK;
}

static void weights_are_packed_once(void **state)
{
    (void)state;
    spy y = { .score = 100, .reason = "packs" };
    cplug_kernel k = spy_kernel(&y);
    k.prepare = pack_prepare;
    k.pack = negate_pack;
    k.run = packed_run;
    k.discard = NULL;
    cplug_context *ctx = test_open(NULL);
    cplug_register(ctx, "backend", &spy_backend);
    cplug_register(ctx, "kernel", &k);
    cplug_tensor *x = FLOATS(ctx, SHAPE(2), 1, 2), *w = FLOATS(ctx, SHAPE(2), 10, 20);
    for (int i = 0; i < 3; i++) assert_values(cplug_add(x, w), 0, 11, 22);
    assert_int_equal(y.packs, 1);
    cplug_fill_(w, 5); /* a new version is packed anew */
    assert_values(cplug_add(x, w), 0, 6, 7);
    assert_int_equal(y.packs, 2);
    cplug_retain(w); /* never given back: its packs go with the context all the same */
    test_close(ctx);
}

/* ---- a kernel that answers in column-major order ---- */
static cplug_status columns_prepare(const cplug_call *c, cplug_plan *p, cplug_error *e)
{
    int64_t *strides = c->host->alloc(2 * sizeof *strides);
    (void)e;
    strides[0] = 1;
    strides[1] = c->in[0]->shape[0];
    p->out_strides = strides;
    p->state = strides;
    return CPLUG_OK;
}
static cplug_status columns_run(const cplug_call *c, const cplug_plan *p, cplug_error *e)
{
    (void)p, (void)e;
    const cplug_view *y = c->out[0];
    for (int64_t i = 0; i < y->shape[0]; i++)
        for (int64_t k = 0; k < y->shape[1]; k++)
            ((float *)y->data)[i * y->strides[0] + k * y->strides[1]] = 10 * ((const float *)c->in[0]->data)[i * y->shape[1] + k];
    return CPLUG_OK;
}
static void columns_discard(const cplug_host *h, cplug_plan *p) { h->free(p->state); }

static void layouts_are_the_kernels_until_somebody_looks(void **state)
{
    (void)state;
    cplug_kernel k = { .struct_size = sizeof k,
                       .op_version = 1,
                       .op = "exp",
                       .backend = "spy",
                       .device = "cpu",
                       .prepare = columns_prepare,
                       .run = columns_run,
                       .discard = columns_discard };
    cplug_context *ctx = test_open(NULL);
    cplug_register(ctx, "backend", &spy_backend);
    cplug_register(ctx, "kernel", &k);
    cplug_backend_override(ctx, "exp", "spy");
    cplug_tensor *x = FLOATS(ctx, SHAPE(2, 3), 1, 2, 3, 4, 5, 6);
    assert_values(cplug_exp(x), 0, 10, 20, 30, 40, 50, 60);
    assert_values(cplug_add(cplug_exp(x), x), 0, 11, 22, 33, 44, 55, 66); /* other kernels see strides */
    cplug_tensor *y = cplug_exp(x);
    assert_int_equal(cplug_tensor_is_contiguous(y), 1);
    assert_int_equal(cplug_tensor_strides(y)[0], 3);
    assert_true(((float *)cplug_tensor_data(y))[1] == 20);
    assert_values(cplug_view_as(cplug_exp(x), SHAPE(6)), 0, 10, 20, 30, 40, 50, 60);
    cplug_tensor *into = cplug_zeros(ctx, CPLUG_F32, SHAPE(2, 3)), *out[1] = { into };
    const cplug_arg in[1] = { CPLUG_ARG(x) };
    assert_int_equal(cplug_dispatch(ctx, "exp", in, 1, NULL, 0, out, 1), CPLUG_OK);
    assert_values(into, 0, 10, 20, 30, 40, 50, 60);
    test_close(ctx);
}

/* Through the generic door nothing has been checked by a wrapper. */
static void the_door_checks_what_wrappers_would(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = FLOATS(ctx, SHAPE(2, 3), 1, 2, 3, 4, 5, 6), *out[1] = { NULL };
    cplug_tensor *two = cplug_full(ctx, CPLUG_I64, 0, NULL, 2);
    const cplug_arg by_tensor[2] = { CPLUG_ARG(x), CPLUG_ARG(two) };
    const cplug_value dim[1] = { { CPLUG_OPT_INT, 0, { .i = 1 } } };
    assert_int_equal(cplug_dispatch(ctx, "select", by_tensor, 2, dim, 1, out, 1), CPLUG_OK);
    assert_values(out[0], 0, 3, 6);
    const int64_t size[1] = { 100 }, stride[1] = { 1 };
    const cplug_value far[2] = { { CPLUG_OPT_INTS, 1, { .iv = size } }, { CPLUG_OPT_INTS, 1, { .iv = stride } } };
    const cplug_arg from[2] = { CPLUG_ARG(x), CPLUG_ARG(cplug_int(ctx, 0)) };
    out[0] = NULL;
    cplug_dispatch(ctx, "as_strided", from, 2, far, 2, out, 1);
    assert_error(ctx, CPLUG_E_INVALID, "out of range");
    const cplug_value choice[1] = { { CPLUG_OPT_CHOICE, 0, { .i = 9 } } };
    const cplug_arg one[1] = { CPLUG_ARG(x) };
    cplug_dispatch(ctx, "gelu", one, 1, choice, 1, out, 1);
    assert_error(ctx, CPLUG_E_INVALID, "none|tanh");
    const cplug_value wrong[1] = { { CPLUG_OPT_FLOAT, 0, { .f = 1 } } };
    cplug_dispatch(ctx, "gelu", one, 1, wrong, 1, out, 1);
    assert_error(ctx, CPLUG_E_INVALID, "another type");
    test_close(ctx);
}

static void many_shapes_stay_bounded(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (int64_t n = 1; n < 10000; n++) {
        cplug_scope *scope = cplug_scope_open(ctx);
        cplug_tensor *x = cplug_requires_grad(cplug_empty(ctx, CPLUG_F32, 1, &n), 1);
        cplug_add(x, x);
        cplug_scope_close(scope);
    }
    assert_ok(ctx);
    test_close(ctx);
}

/* ---- an op whose result's shape depends on values: worked out anew at each call, and nothing of it stays ---- */
static int64_t shaped_size;
static cplug_status shaped_infer(cplug_infer *c, cplug_error *e)
{
    (void)e;
    c->out[0] = c->in[0];
    c->out[0].shape[0] = shaped_size;
    return CPLUG_OK;
}
static cplug_status shaped_decompose(cplug_op_call *c)
{
    c->out[0] = cplug_slice(c->in[0], 0, 0, shaped_size, 1);
    return CPLUG_OK;
}

static void data_shaped_ops_are_not_cached(void **state)
{
    (void)state;
    static const cplug_op op = { .struct_size = sizeof op,
                                 .version = 1,
                                 .name = "test.shaped",
                                 .inputs = "input",
                                 .outputs = "output",
                                 .flags = CPLUG_OP_DATA_SHAPED,
                                 .infer = shaped_infer,
                                 .decompose = shaped_decompose };
    cplug_context *ctx = test_open(NULL);
    assert_int_equal(cplug_register(ctx, "op", &op), CPLUG_OK);
    const cplug_arg in = { .tensor = FLOATS(ctx, SHAPE(3), 1, 2, 3), .list_n = -1 };
    for (int64_t n = 1; n <= 3; n++) {
        cplug_tensor *out = NULL;
        shaped_size = n;
        cplug_dispatch(ctx, "test.shaped", &in, 1, NULL, 0, &out, 1);
        assert_ok(ctx);
        assert_int_equal(cplug_tensor_numel(out), n);
    }
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_decide),
        cmocka_unit_test(order_breaks_ties_and_excludes),
        cmocka_unit_test(ops_of_the_host),
        cmocka_unit_test(the_generic_door),
        cmocka_unit_test(in_place_and_overlap),
        cmocka_unit_test(alias_says_which_inputs_are_overwritten),
        cmocka_unit_test(weights_are_packed_once),
        cmocka_unit_test(layouts_are_the_kernels_until_somebody_looks),
        cmocka_unit_test(the_door_checks_what_wrappers_would),
        cmocka_unit_test(many_shapes_stay_bounded),
        cmocka_unit_test(data_shaped_ops_are_not_cached),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
