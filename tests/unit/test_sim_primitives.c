/* test_sim_primitives.c: the entry fee of a device.  The plugin sim is asked what it registers, by a host of the test's own: exactly the
 * primitives of the design, neither less nor more; every other op of core and of the plugins has a decomposition (that these hold on sim is
 * what the conformance tests say).  docs/primitives.md is made of what was found: CPLUG_UPDATE_DOCS=1 ctest -R test_sim_primitives. */
#include "support.h"
#include <dlfcn.h>

enum { PRIMITIVES = 32, DTYPES = 3, MOST_KERNELS = 64, PAGE = 16 << 10 };
static const cplug_dtype dtypes[DTYPES] = { CPLUG_F32, CPLUG_I64, CPLUG_BOOL };

/* The design's list.  How each is called, a letter an input: t tensor [2, 3], m matrices [1, 2, 2], c condition, i indices, n number. */
static const struct {
    const char *op, *inputs;
} fee[PRIMITIVES] = {
    /* clang-format off */
    { "copy_", "tt" }, { "fill_", "tn" }, { "arange", "tnn" }, { "random", "tnn" },
    { "abs", "t" }, { "exp", "t" }, { "log", "t" }, { "sqrt", "t" }, { "sin", "t" }, { "cos", "t" }, { "tanh", "t" }, { "erf", "t" },
    { "floor", "t" }, { "round", "t" },
    { "add", "tt" }, { "sub", "tt" }, { "mul", "tt" }, { "div", "tt" }, { "pow", "tt" }, { "maximum", "tt" }, { "minimum", "tt" },
    { "eq", "tt" }, { "lt", "tt" }, { "le", "tt" },
    { "where", "ctt" },
    { "sum", "t" }, { "prod", "t" }, { "amax", "t" }, { "amin", "t" },
    { "bmm", "mm" }, { "gather", "ti" }, { "scatter_add_", "tit" },
    /* clang-format on */
};

/* ---- what the plugin registers ---- */
typedef struct registered {
    const cplug_kernel *kernel[MOST_KERNELS];
    uint32_t n, devices, backends, others;
} registered;

static cplug_status add(cplug_registrar *r, const char *kind, const void *descriptor, cplug_error *e)
{
    registered *all = (registered *)(void *)r;
    (void)e;
    if (strcmp(kind, "kernel") == 0 && all->n < MOST_KERNELS)
        all->kernel[all->n++] = descriptor;
    else if (strcmp(kind, "device") == 0)
        all->devices++;
    else if (strcmp(kind, "backend") == 0)
        all->backends++;
    else
        all->others++;
    return CPLUG_OK;
}

static void ask_plugin(cplug_context *ctx, registered *all)
{
    const cplug_plugin_info *p = NULL;
    cplug_host host = *cplug_host_table();
    cplug_error e = { .struct_size = sizeof e };
    for (int32_t i = 0; (p = cplug_plugin_get(ctx, i)) != NULL && strcmp(p->id, "cplug.sim") != 0;) i++;
    assert_non_null(p);
    void *file = dlopen(p->path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    const cplug_plugin *plugin = file ? dlsym(file, "cplug_plugin_v0") : NULL;
    assert_non_null(plugin);
    memset(all, 0, sizeof *all);
    host.add = add;
    assert_int_equal(plugin->init(&host, (cplug_registrar *)(void *)all, &e), CPLUG_OK);
    dlclose(file);
}

static void exactly_the_primitives(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    registered all;
    ask_plugin(ctx, &all);
    assert_int_equal(all.n, PRIMITIVES);
    assert_true(all.devices == 1 && all.backends == 1 && all.others == 0);
    for (uint32_t i = 0; i < PRIMITIVES; i++) {
        uint32_t found = 0;
        for (uint32_t k = 0; k < all.n; k++) {
            assert_string_equal(all.kernel[k]->device, "sim");
            found += strcmp(all.kernel[k]->op, fee[i].op) == 0;
        }
        if (found != 1) fail_msg("sim has %u kernels of %s", found, fee[i].op);
    }
    test_close(ctx);
}

/* ---- no other op needs a kernel ---- */
static int in_fee(const char *op)
{
    for (uint32_t i = 0; i < PRIMITIVES; i++)
        if (strcmp(fee[i].op, op) == 0) return 1;
    return 0;
}

static void all_else_decomposes(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    const char *id;
    int32_t n = 0, primitives = 0;
    cplug_plugin_load_all(ctx);
    for (; (id = cplug_component_id(ctx, "op", n)) != NULL; n++) {
        const cplug_op *op = cplug_component(ctx, "op", id);
        const int primitive = (op->flags & CPLUG_OP_PRIMITIVE) != 0, needed = !op->decompose && !(op->flags & CPLUG_OP_VIEW);
        primitives += primitive;
        if (primitive != in_fee(id)) fail_msg("op %s: %s", id, primitive ? "one primitive more" : "is a primitive, and its flags deny it");
        if (needed != primitive)
            fail_msg("op %s %s: a device would need a kernel that is not in its entry fee", id,
                     needed ? "has no decomposition" : "decomposes");
    }
    assert_int_equal(primitives, PRIMITIVES);
    assert_true(n > 100);
    test_close(ctx);
}

/* ---- each takes its dtypes ---- */
static cplug_tensor *input(cplug_context *ctx, char letter, cplug_dtype dtype)
{
    switch (letter) {
    case 't': return cplug_ones(ctx, dtype, SHAPE(2, 3));
    case 'm': return cplug_ones(ctx, dtype, SHAPE(1, 2, 2));
    case 'c': return cplug_ones(ctx, CPLUG_BOOL, SHAPE(2, 3));
    case 'i': return cplug_zeros(ctx, CPLUG_I64, SHAPE(2, 3));
    default: return cplug_int(ctx, 1);
    }
}

/* The result's dtype on sim; 0 where the op itself refuses this dtype, on cpu too. */
static cplug_dtype call(cplug_context *ctx, uint32_t i, cplug_dtype dtype)
{
    cplug_scope *scope = cplug_scope_open(ctx);
    const cplug_op *op = cplug_component(ctx, "op", fee[i].op);
    cplug_arg in[4];
    cplug_tensor *out[1] = { NULL };
    const uint32_t n = (uint32_t)strlen(fee[i].inputs), results = op->outputs[0] != '\0';
    const cplug_value dim[1] = { { CPLUG_OPT_INT, 0, { .i = 1 } } };
    const uint32_t n_attr = op->attrs.n && (op->attrs.at[0].flags & CPLUG_OPT_REQUIRED);
    for (uint32_t k = 0; k < n; k++) in[k] = (cplug_arg)CPLUG_ARG(input(ctx, fee[i].inputs[k], dtype));
    assert_ok(ctx);
    const cplug_status st = cplug_dispatch(ctx, fee[i].op, in, n, dim, n_attr, out, results);
    const cplug_dtype have = st ? 0 : cplug_tensor_dtype(results ? out[0] : in[0].tensor);
    if (!st && strcmp(cplug_device_get(ctx), "cpu") != 0 && !strstr(cplug_explain(ctx, fee[i].op), "sim: 50"))
        fail_msg("%s %s: %s", fee[i].op, cplug_dtype_name(dtype), cplug_explain(ctx, fee[i].op));
    if (!st && cplug_sync(ctx)) fail_msg("%s %s: %s", fee[i].op, cplug_dtype_name(dtype), cplug_error_text(ctx));
    cplug_error_clear(ctx);
    cplug_scope_close(scope);
    return have;
}

static void takes_its_dtypes(cplug_dtype taken[PRIMITIVES][DTYPES])
{
    cplug_context *host = test_open("backends=cpu"), *sim = test_open("device=sim fallback=error");
    for (uint32_t i = 0; i < PRIMITIVES; i++)
        for (uint32_t d = 0; d < DTYPES; d++) {
            taken[i][d] = call(sim, i, dtypes[d]);
            const cplug_dtype want = call(host, i, dtypes[d]);
            if (taken[i][d] != want)
                fail_msg("%s of %s gives %s on sim, %s on cpu", fee[i].op, cplug_dtype_name(dtypes[d]), cplug_dtype_name(taken[i][d]),
                         cplug_dtype_name(want));
        }
    test_close(host);
    test_close(sim);
}

/* ---- the page ---- */
static const char intro[] =
    "# Primitives\n\n<!-- made by: CPLUG_UPDATE_DOCS=1 ctest -R test_sim_primitives -->\n"
    "The entry fee of a device: with these 32 kernels, for f32, i64 and bool, every op and every gradient runs on it, since all others "
    "decompose\n"
    "into them; each further kernel makes something faster. The list is what the pretend accelerator registers, `plugins/backends/sim`, "
    "whose\n"
    "kernels are short and written to be read; [write-a-backend.md](write-a-backend.md) says what a kernel and a device are.\n\n"
    "- Inputs broadcast to the result, and may have any strides where the kernel says `CPLUG_K_STRIDED`; without this flag core makes "
    "dense copies.\n"
    "- The columns f32, i64 and bool tell the dtype of the result when all inputs have that dtype; `-`: the op itself refuses it. "
    "Conditions are\n"
    "  bool, indices i64. Where dtypes are mixed, the result's is what PyTorch promotes them to, and operands count as that.\n"
    "- `?` may be left out, `!` is written to, `#` is a number: a `CPLUG_VIEW_SCALAR` where the kernel says `CPLUG_K_SCALAR`, else a "
    "tensor\n"
    "  without dimensions. Attributes stand after the semicolon. In-place forms (`add_`) are the same kernels with `out[0]` equal to an "
    "input.\n"
    "- Integers wrap. NaN wins in `maximum`, `minimum`, `amax` and `amin`. `random` is Philox4x32-10: element i, in logical order, is made "
    "of\n"
    "  word i % 4 of counter offset + i / 4 (`host->philox`), so that all devices draw the same numbers.\n\n"
    "| op | call | what | f32 | i64 | bool |\n|---|---|---|---|---|---|\n";

CPLUG_PRINTF(2, 3) static void put(char *page, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(page + strlen(page), PAGE - strlen(page), format, args);
    va_end(args);
}

static void put_call(char *page, const cplug_op *op)
{
    char words[256];
    const char *between = "";
    snprintf(words, sizeof words, "%s", op->inputs);
    put(page, " | `%s(", op->name);
    for (char *at = words, *word; (word = strsep(&at, " ")) != NULL; between = ", ") put(page, "%s%s", between, word);
    for (uint32_t i = 0; i < op->attrs.n; i++) {
        const cplug_option *o = &op->attrs.at[i];
        put(page, "%s%s%s%s", i ? ", " : "; ", o->name, o->fallback ? "=" : "", o->fallback ? o->fallback : "");
    }
    put(page, ")%s%s` | ", op->outputs[0] ? " -> " : "", op->outputs);
}

static void page_is_up_to_date(void **state)
{
    (void)state;
    static const char path[] = TEST_SOURCE_DIR "/docs/primitives.md";
    static char page[PAGE], have[PAGE];
    cplug_dtype taken[PRIMITIVES][DTYPES];
    cplug_context *ctx = test_open(NULL);
    takes_its_dtypes(taken);
    snprintf(page, sizeof page, "%s", intro);
    for (uint32_t i = 0; i < PRIMITIVES; i++) {
        const cplug_op *op = cplug_component(ctx, "op", fee[i].op);
        put(page, "| `%s`", op->name);
        put_call(page, op);
        put(page, "%s |", op->doc);
        for (uint32_t d = 0; d < DTYPES; d++) put(page, " %s |", taken[i][d] ? cplug_dtype_name(taken[i][d]) : "-");
        put(page, "\n");
    }
    assert_true(strlen(page) < PAGE - 1);
    FILE *f = fopen(path, getenv("CPLUG_UPDATE_DOCS") ? "w+" : "r");
    if (!f) fail_msg("%s cannot be opened", path);
    if (getenv("CPLUG_UPDATE_DOCS")) fputs(page, f), rewind(f);
    have[fread(have, 1, sizeof have - 1, f)] = '\0';
    fclose(f);
    if (strcmp(have, page) != 0) fail_msg("docs/primitives.md is out of date: CPLUG_UPDATE_DOCS=1 ctest -R test_sim_primitives");
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exactly_the_primitives),
        cmocka_unit_test(all_else_decomposes),
        cmocka_unit_test(page_is_up_to_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
