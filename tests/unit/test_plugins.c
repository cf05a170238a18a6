/* test_plugins.c: finding, loading and refusing plugins through the public API.  The plugins are built by tests/abi. */
#define CPLUG_STATIC
#include "support.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIR(folder) TEST_BUILD_DIR "/tests/plugins/" folder
#define GOOD DIR("good")
#define BAD DIR("bad")

static char scratch[] = TEST_BUILD_DIR "/tests/scratch-XXXXXX";

static cplug_context *open_with(const char *folders)
{
    char options[2048];
    snprintf(options, sizeof options, "plugin_path=\"%s\"", folders);
    return test_open(options);
}

static const cplug_plugin_info *info_of(cplug_context *ctx, const char *path_end)
{
    const cplug_plugin_info *p;
    for (int32_t i = 0; (p = cplug_plugin_get(ctx, i)) != NULL; i++) {
        const size_t n = strlen(p->path), m = strlen(path_end);
        if (n >= m && strcmp(p->path + n - m, path_end) == 0) return p;
    }
    fail_msg("no plugin '%s' is listed", path_end);
    return NULL;
}

static double answer(cplug_context *ctx, const char *id)
{
    const cplug_scheduler_type *s = cplug_component(ctx, "scheduler", id);
    if (!s) fail_msg("%s", cplug_error_text(ctx));
    return s->lr(NULL, 0, NULL);
}

/* ---- finding ---- */
static void test_lazy(void **state)
{
    (void)state;
    cplug_context *ctx = open_with(GOOD);
    const cplug_plugin_info *flat = info_of(ctx, "good/cplug-flat.so");
    assert_int_equal(flat->state, CPLUG_PLUGIN_LISTED);
    assert_string_equal(flat->id, "test.flat");
    assert_string_equal(flat->version, "1.2.3");
    assert_string_equal(flat->license, "Apache-2.0");
    assert_string_equal(flat->doc, "schedulers for tests");
    assert_int_equal(flat->abi_major, CPLUG_ABI_MAJOR);
    assert_true(answer(ctx, "test.flat") == 1);
    assert_int_equal(flat->state, CPLUG_PLUGIN_LOADED);
    assert_int_equal(info_of(ctx, "cplug-overlap.so")->state, CPLUG_PLUGIN_LISTED);
    assert_int_equal(info_of(ctx, "cplug-wild.so")->state, CPLUG_PLUGIN_LISTED);
    assert_true(answer(ctx, "wild.one") == 1);
    assert_int_equal(info_of(ctx, "cplug-wild.so")->state, CPLUG_PLUGIN_LOADED);
    test_close(ctx);
}

static int count_of(cplug_context *ctx, const char *kind, const char *id)
{
    int n = 0;
    const char *have;
    for (int32_t i = 0; (have = cplug_component_id(ctx, kind, i)) != NULL; i++) n += strcmp(have, id) == 0;
    return n;
}

static void test_listing(void **state)
{
    (void)state;
    cplug_context *ctx = open_with(GOOD);
    for (int loaded = 0; loaded < 2; loaded++) {
        assert_int_equal(count_of(ctx, "scheduler", "test.flat"), 1);
        assert_int_equal(count_of(ctx, "scheduler", "test.count"), 1);
        assert_int_equal(count_of(ctx, "scheduler", "test.extra"), 1);
        assert_int_equal(count_of(ctx, "scheduler", "wild.*"), 0);
        assert_int_equal(count_of(ctx, "widget", "test.gizmo"), 1); /* of a kind that this host does not know */
        assert_int_equal(count_of(ctx, "op", "add"), 1);
        assert_int_equal(count_of(ctx, "device", "cpu"), 1);
        cplug_plugin_load_all(ctx);
    }
    assert_int_equal(info_of(ctx, "good/cplug-flat.so")->state, CPLUG_PLUGIN_LOADED);
    assert_non_null(strstr(info_of(ctx, "good/cplug-flat.so")->reason, "does not know"));
    assert_null(cplug_plugin_get(ctx, -1));
    assert_null(cplug_plugin_get(ctx, cplug_plugin_count(ctx)));
    assert_null(cplug_component_id(ctx, "scheduler", -1));
    test_close(ctx);
}

static void test_shadow(void **state)
{
    (void)state;
    cplug_context *ctx = open_with(GOOD ":" DIR("second"));
    assert_int_equal(info_of(ctx, "good/cplug-flat.so")->state, CPLUG_PLUGIN_LISTED);
    assert_int_equal(info_of(ctx, "cplug-twin.so")->state, CPLUG_PLUGIN_SHADOWED);
    assert_int_equal(info_of(ctx, "second/cplug-flat.so")->state, CPLUG_PLUGIN_SHADOWED);
    assert_non_null(strstr(info_of(ctx, "second/cplug-flat.so")->reason, "good/cplug-flat.so"));
    assert_null(cplug_component(ctx, "scheduler", "test.twin"));
    assert_error(ctx, CPLUG_E_NOTFOUND, "no scheduler is called 'test.twin'");
    test_close(ctx);

    ctx = open_with(DIR("second") ":" GOOD);
    assert_true(answer(ctx, "test.flat") == 3);
    test_close(ctx);

    ctx = open_with(GOOD); /* an explicit path comes before the search path */
    cplug_plugin_count(ctx);
    assert_int_equal(cplug_plugin_load(ctx, DIR("second") "/cplug-flat.so"), CPLUG_OK);
    assert_int_equal(info_of(ctx, "good/cplug-flat.so")->state, CPLUG_PLUGIN_SHADOWED);
    assert_true(answer(ctx, "test.flat") == 3);
    assert_int_equal(cplug_plugin_load(ctx, DIR("second") "/cplug-flat.so"), CPLUG_OK);
    assert_int_equal(cplug_plugin_load(ctx, GOOD "/cplug-flat.so"), CPLUG_E_INVALID);
    assert_error(ctx, CPLUG_E_INVALID, "second/cplug-flat.so");
    test_close(ctx);
}

static double host_rate(void *self, double base_lr, const cplug_progress *p)
{
    (void)self, (void)base_lr, (void)p;
    return 9;
}
static const cplug_scheduler_type host_flat = { .struct_size = sizeof host_flat, .id = "test.flat", .class_name = "Flat", .lr = host_rate };

static void test_duplicates(void **state)
{
    (void)state;
    cplug_context *ctx = open_with(GOOD);
    assert_true(answer(ctx, "test.extra") == 1); /* init ran once: the plugin brings test.flat too */
    assert_true(answer(ctx, "test.flat") == 2);
    assert_true(answer(ctx, "test.count") >= 1); /* the first test.flat stays, the rest of the plugin is taken */
    assert_true(answer(ctx, "test.flat") == 2);
    assert_non_null(strstr(info_of(ctx, "good/cplug-flat.so")->reason, "scheduler 'test.flat' was already provided by test.overlap"));
    test_close(ctx);

    ctx = open_with(GOOD);
    assert_int_equal(cplug_register(ctx, "scheduler", &host_flat), CPLUG_OK);
    assert_true(answer(ctx, "test.flat") == 9);
    assert_true(answer(ctx, "test.extra") == 1);
    assert_int_equal(cplug_register(ctx, "scheduler", &host_flat), CPLUG_E_INVALID);
    assert_error(ctx, CPLUG_E_INVALID, "scheduler 'test.flat' is already provided by the program itself");
    assert_int_equal(cplug_plugin_load(ctx, GOOD "/cplug-flat.so"), CPLUG_E_INVALID); /* named explicitly: all or nothing */
    assert_error(ctx, CPLUG_E_INVALID, "already provided by the program itself");
    assert_null(cplug_component(ctx, "scheduler", "test.count"));
    assert_error(ctx, CPLUG_E_NOTFOUND, "cannot be used");
    test_close(ctx);
}

static void test_init_once(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        cplug_context *ctx = open_with(GOOD);
        assert_true(answer(ctx, "test.count") == 1);
        test_close(ctx);
    }
}

/* ---- refusing ---- */
static const struct {
    const char *name;
    cplug_status code;
    const char *words;
    int lazily; /* fails only when it is loaded */
} refused[] = {
    { "refuses", CPLUG_E_UNSUPPORTED, "the licence server said no", 1 },
    { "malformed", CPLUG_E_INVALID, "scheduler 'test.broken': default of option 'gamma': expected a number from 0 to 1, got '2'", 1 },
    { "major", CPLUG_E_VERSION, "built for cplug ABI 7, this cplug has ABI 0", 0 },
    { "minor", CPLUG_E_VERSION, "needs cplug ABI 0.99, this cplug has 0.1: install a newer cplug", 0 },
    { "magic", CPLUG_E_FORMAT, "the magic number is wrong", 1 },
    { "needs", CPLUG_E_VERSION, "needs cplug ABI 0.99", 1 },
    { "nosymbol", CPLUG_E_FORMAT, "exports no symbol cplug_plugin_v0", 1 },
    { "noid", CPLUG_E_FORMAT, "abi or id is missing", 0 },
    { "noabi", CPLUG_E_FORMAT, "its manifest is damaged: abi=x.y", 0 },
    { "garbage", CPLUG_E_FORMAT, "a line has no '='", 0 },
    { "missing", CPLUG_E_NOTFOUND, "needs the shared library 'libcplugtest-gone.so', which was not found", 1 },
    { "nomanifest", CPLUG_E_FORMAT, "no cplug manifest", 0 },
#ifndef CPLUG_SANITIZED
    { "undefined", CPLUG_E_FORMAT, "calls cplug directly", 1 },
#endif
};

static void test_refused(void **state)
{
    (void)state;
    cplug_context *listed = open_with(BAD ":" GOOD);
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        char path[1024], end[64];
        snprintf(path, sizeof path, BAD "/cplug-%s.so", refused[k].name);
        snprintf(end, sizeof end, "bad/cplug-%s.so", refused[k].name);
        cplug_context *ctx = test_open(NULL);
        if (cplug_plugin_load(ctx, path) != refused[k].code)
            fail_msg("%s: %d: %s", refused[k].name, (int)cplug_failed(ctx), cplug_error_text(ctx));
        assert_non_null(strstr(cplug_error_text(ctx), path));
        assert_error(ctx, refused[k].code, refused[k].words);
        assert_int_equal(info_of(ctx, end)->state, CPLUG_PLUGIN_FAILED);
        test_close(ctx);
        assert_int_equal(info_of(listed, end)->state, refused[k].lazily ? CPLUG_PLUGIN_LISTED : CPLUG_PLUGIN_FAILED);
    }
    cplug_plugin_load_all(listed); /* costs only themselves, and keeps the reason */
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        char end[64];
        snprintf(end, sizeof end, "bad/cplug-%s.so", refused[k].name);
        assert_int_equal(info_of(listed, end)->state, CPLUG_PLUGIN_FAILED);
        if (!strstr(info_of(listed, end)->reason, refused[k].words)) fail_msg("%s: %s", end, info_of(listed, end)->reason);
    }
    assert_true(answer(listed, "test.flat") == 1);
    test_close(listed);
}

/* A look-up that fails because the plugin cannot be loaded says so. */
static void test_reasons(void **state)
{
    (void)state;
    cplug_context *ctx = open_with(BAD ":" GOOD);
    assert_null(cplug_component(ctx, "scheduler", "test.refused"));
    assert_error(ctx, CPLUG_E_NOTFOUND, "provides it but cannot be used: the licence server said no");
    assert_null(cplug_component(ctx, "scheduler", "test.fine")); /* all or nothing: the good half is not there either */
    assert_error(ctx, CPLUG_E_NOTFOUND, "scheduler 'test.broken'");
    assert_null(cplug_component(ctx, "scheduler", "test.flatt"));
    assert_error(ctx, CPLUG_E_NOTFOUND, "no scheduler is called 'test.flatt'; did you mean 'test.flat'?");
    assert_null(cplug_component(ctx, "sheduler", "test.flat"));
    assert_error(ctx, CPLUG_E_NOTFOUND, "no kind of component is called 'sheduler'; did you mean 'scheduler'?");
    assert_null(cplug_component(ctx, NULL, "x"));
    assert_error(ctx, CPLUG_E_INVALID, "NULL");
    assert_null(cplug_component(ctx, "scheduler", NULL));
    cplug_error_clear(ctx);
    assert_null(cplug_component_options(ctx, "op", "add"));
    test_close(ctx);
    assert_null(cplug_component(NULL, "scheduler", "x"));
}

static void copy_file(const char *from, const char *to, long size)
{
    char room[65536];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_non_null(in);
    assert_non_null(out);
    for (size_t n; (n = fread(room, 1, sizeof room, in)) > 0 && size != 0;) {
        if (size > 0 && (long)n > size) n = (size_t)size;
        if (size > 0) size -= (long)n;
        assert_int_equal(fwrite(room, 1, n, out), n);
    }
    fclose(in);
    fclose(out);
}

static void patch(const char *path, long at, int byte)
{
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    fseek(f, at, SEEK_SET);
    fputc(byte, f);
    fclose(f);
}

/* Files that are not plugins at all; each is refused with its reason, by path and in a folder that is searched. */
static void test_files(void **state)
{
    (void)state;
    static const char source[] = GOOD "/cplug-flat.so";
    static const struct {
        const char *name, *words;
    } cases[] = {
        { "empty", "the file is empty" },
        { "text", "not an ELF file" },
        { "short", "truncated" },
        { "cut", "truncated" },
        { "folder", "a folder" },
        { "dangling", "does not exist" },
        { "open", "everybody may write" },
        { "machine", "built for 32-bit ARM" },
        { "bits", "another word size" },
        { "sections", "truncated" },
        { "names", "damaged" },
        { "executable", "not a shared object" },
    };
    char dir[1024], path[1200];
    snprintf(dir, sizeof dir, "%s/files", scratch);
    assert_int_equal(mkdir(dir, 0755), 0);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        snprintf(path, sizeof path, "%s/cplug-%s.so", dir, cases[k].name);
        const char *name = cases[k].name;
        if (strcmp(name, "folder") == 0)
            assert_int_equal(mkdir(path, 0755), 0);
        else if (strcmp(name, "dangling") == 0)
            assert_int_equal(symlink("nowhere.so", path), 0);
        else
            copy_file(source, path,
                      strcmp(name, "empty") == 0   ? 0
                      : strcmp(name, "short") == 0 ? 30
                      : strcmp(name, "cut") == 0   ? 3000
                                                   : -1);
        if (strcmp(name, "text") == 0) patch(path, 0, '#');
        if (strcmp(name, "open") == 0) assert_int_equal(chmod(path, 0666), 0);
        if (strcmp(name, "machine") == 0) patch(path, 18, 40), patch(path, 19, 0);
        if (strcmp(name, "bits") == 0) patch(path, 4, 1);
        if (strcmp(name, "sections") == 0) patch(path, 44, 0x7F); /* e_shoff beyond the end */
        if (strcmp(name, "names") == 0) patch(path, 62, 0xFF), patch(path, 63, 0xFF);
        if (strcmp(name, "executable") == 0) patch(path, 16, 2);
    }
    cplug_context *ctx = open_with(dir);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        snprintf(path, sizeof path, "%s/cplug-%s.so", dir, cases[k].name);
        const cplug_plugin_info *p = info_of(ctx, path);
        assert_int_equal(p->state, CPLUG_PLUGIN_FAILED);
        if (!strstr(p->reason, cases[k].words)) fail_msg("%s: '%s' in '%s'", cases[k].name, cases[k].words, p->reason);
        assert_int_not_equal(cplug_plugin_load(ctx, path), CPLUG_OK);
        assert_error(ctx, cplug_failed(ctx), cases[k].words);
    }
    assert_int_equal(cplug_plugin_load(ctx, "/no/such/file.so"), CPLUG_E_NOTFOUND);
    cplug_error_clear(ctx);
    assert_int_equal(cplug_plugin_load(ctx, ""), CPLUG_E_INVALID);
    cplug_error_clear(ctx);
    assert_int_equal(cplug_plugin_load(ctx, NULL), CPLUG_E_INVALID);
    cplug_error_clear(ctx);
    test_close(ctx);
}

/* Every length of a cut file and every flipped byte of its headers is an error or a plugin, never a crash. */
static void test_mutations(void **state)
{
    (void)state;
    char path[1200];
    snprintf(path, sizeof path, "%s/cplug-mutant.so", scratch);
    struct stat s;
    assert_int_equal(stat(GOOD "/cplug-flat.so", &s), 0);
    for (long cut = 1; cut < (long)s.st_size; cut += cut < 200 ? 1 : 997) {
        copy_file(GOOD "/cplug-flat.so", path, cut);
        cplug_context *ctx = test_open(NULL);
        assert_int_not_equal(cplug_plugin_load(ctx, path), CPLUG_OK);
        cplug_error_clear(ctx);
        test_close(ctx);
    }
    char dir[1024];
    snprintf(dir, sizeof dir, "%s/mutants", scratch);
    mkdir(dir, 0755);
    snprintf(path, sizeof path, "%s/cplug-mutant.so", dir);
    for (int at = 0; at < 64; at++) {
        for (int k = 0; k < 3; k++) {
            copy_file(GOOD "/cplug-flat.so", path, -1);
            patch(path, at, k == 0 ? 0 : k == 1 ? 0xFF : 0x41);
            cplug_context *ctx = open_with(dir);
            (void)cplug_plugin_count(ctx); /* reads the manifest and runs nothing */
            test_close(ctx);
        }
    }
    unlink(path);
}

/* ---- where it looks ---- */
static void test_search(void **state)
{
    (void)state;
    setenv("CPLUG_PLUGIN_PATH", GOOD, 1);
    cplug_context *ctx = open_with(DIR("second"));
    assert_int_equal(info_of(ctx, "second/cplug-flat.so")->state, CPLUG_PLUGIN_LISTED); /* the context's option comes first */
    assert_int_equal(info_of(ctx, "good/cplug-flat.so")->state, CPLUG_PLUGIN_SHADOWED);
    assert_int_equal(info_of(ctx, "cplug-wild.so")->state, CPLUG_PLUGIN_LISTED);
    test_close(ctx);
    unsetenv("CPLUG_PLUGIN_PATH");

    char user[1024], path[1200];
    snprintf(user, sizeof user, "%s/user", scratch);
    mkdir(user, 0755);
    setenv("XDG_DATA_HOME", user, 1);
    snprintf(path, sizeof path, "%s/cplug", user);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/cplug/plugins-0", user);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/cplug/plugins-0/cplug-mine.so", user);
    copy_file(GOOD "/cplug-wild.so", path, -1);
    snprintf(path, sizeof path, "%s/cplug/plugins-0/other.so", user);
    copy_file(GOOD "/cplug-flat.so", path, -1);
    ctx = test_open(NULL);
    assert_int_equal(info_of(ctx, "plugins-0/cplug-mine.so")->state, CPLUG_PLUGIN_LISTED);
    assert_int_equal(count_of(ctx, "scheduler", "test.flat"), 0); /* only cplug-*.so */
    test_close(ctx);

    snprintf(path, sizeof path, "%s/cplug/plugins-0", user);
    assert_int_equal(chmod(path, 0777), 0);
    ctx = test_open(NULL);
    assert_null(cplug_component(ctx, "scheduler", "wild.one"));
    cplug_error_clear(ctx);
    test_close(ctx);

    assert_int_equal(chmod(path, 0755), 0);
    setenv("XDG_DATA_HOME", scratch, 1);
    assert_int_equal(chdir(path), 0); /* neither the current folder nor a relative one */
    setenv("CPLUG_PLUGIN_PATH", ".:", 1);
    ctx = open_with(".");
    assert_null(cplug_component(ctx, "scheduler", "wild.one"));
    cplug_error_clear(ctx);
    test_close(ctx);
    unsetenv("CPLUG_PLUGIN_PATH");
    assert_int_equal(chdir("/"), 0);
}

/* ---- plugins inside the program, components of the host ---- */
static const cplug_scheduler_type inside = { .struct_size = sizeof inside, .id = "test.inside", .class_name = "Inside", .lr = host_rate };
static cplug_status init_inside(const cplug_host *h, cplug_registrar *r, cplug_error *e) { return h->add(r, "scheduler", &inside, e); }
CPLUG_PLUGIN(inside, "test.inside", "0.1", "Apache-2.0", "linked into the test", "scheduler:test.inside", init_inside);

static void test_static(void **state)
{
    (void)state;
    cplug_context *ctx = open_with(GOOD);
    assert_int_equal(cplug_plugin_add(ctx, &cplug_plugin_v0_inside), CPLUG_OK);
    assert_int_equal(cplug_plugin_add(ctx, &cplug_plugin_v0_inside), CPLUG_OK);
    assert_true(answer(ctx, "test.inside") == 9);
    assert_int_equal(info_of(ctx, "")->state, CPLUG_PLUGIN_STATIC);
    cplug_plugin other = cplug_plugin_v0_inside;
    assert_int_equal(cplug_plugin_add(ctx, &other), CPLUG_E_INVALID);
    assert_error(ctx, CPLUG_E_INVALID, "the id 'test.inside' is taken");
    other.magic = 0;
    assert_int_equal(cplug_plugin_add(ctx, &other), CPLUG_E_FORMAT);
    cplug_error_clear(ctx);
    assert_int_equal(cplug_plugin_add(ctx, NULL), CPLUG_E_FORMAT);
    cplug_error_clear(ctx);
    test_close(ctx);
}

static cplug_status on_event(cplug_context *ctx, void *self, cplug_event *ev)
{
    (void)ctx, (void)self, (void)ev;
    return CPLUG_OK;
}

/* What a descriptor may get wrong. */
static void test_register(void **state)
{
    (void)state;
    static const cplug_option far[] = { { .name = "x", .type = CPLUG_OPT_FLOAT, .offset = 8 } },
                              twice[] = { { .name = "x", .type = CPLUG_OPT_INT }, { .name = "x", .type = CPLUG_OPT_INT } },
                              odd[] = { { .name = "x", .type = CPLUG_OPT_INT, .offset = 4 } },
                              choice[] = { { .name = "x", .type = CPLUG_OPT_CHOICE } }, later[] = { { .name = "x", .type = 77 } },
                              unnamed[] = { { .type = CPLUG_OPT_INT } };
    const cplug_callback_type good = { .struct_size = sizeof good, .id = "test.cb", .instance_size = 8, .on = on_event };
    const struct {
        const char *words;
        const char *id;
        uint32_t size;
        int no_function;
        cplug_options_table options;
        uint64_t state_size;
    } cases[] = {
        { .words = "struct_size is 16", .size = 16 },
        { .words = "its on must not be NULL", .no_function = 1 },
        { .words = "'Test' is no id", .id = "Test" },
        { .words = "is no id", .id = "1a" },
        { .words = "is no id", .id = ".a" },
        { .words = "is no id", .id = "a..b" },
        { .words = "is no id", .id = "a b" },
        { .words = "outside of its struct of 8 bytes", .options = CPLUG_OPTIONS(far) },
        { .words = "misaligned", .options = CPLUG_OPTIONS(odd) },
        { .words = "declared twice", .options = CPLUG_OPTIONS(twice) },
        { .words = "lists no choices", .options = CPLUG_OPTIONS(choice) },
        { .words = "of type 77", .options = CPLUG_OPTIONS(later) },
        { .words = "no proper name", .options = CPLUG_OPTIONS(unnamed) },
        { .words = "stride of 8", .options = { far, 1, 8 } },
        { .words = "saved state lies outside", .state_size = 9 },
    };
    cplug_context *ctx = test_open(NULL);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        cplug_callback_type t = good;
        if (cases[k].size) t.struct_size = cases[k].size;
        if (cases[k].id) t.id = cases[k].id;
        if (cases[k].no_function) t.on = NULL;
        t.options = cases[k].options;
        t.state_size = cases[k].state_size;
        assert_int_not_equal(cplug_register(ctx, "callback", &t), CPLUG_OK);
        assert_error(ctx, cplug_failed(ctx), cases[k].words);
    }
    assert_int_equal(cplug_register(ctx, "callback", &good), CPLUG_OK);
    assert_ptr_equal(cplug_component(ctx, "callback", "test.cb"), &good);
    assert_int_equal(cplug_component_options(ctx, "callback", "test.cb")->n, 0);
    assert_int_equal(cplug_register(ctx, "calback", &good), CPLUG_E_NOTFOUND);
    assert_error(ctx, CPLUG_E_NOTFOUND, "did you mean 'callback'?");
    assert_int_equal(cplug_register(ctx, "callback", NULL), CPLUG_E_INVALID);
    cplug_error_clear(ctx);
    assert_int_equal(cplug_register(ctx, NULL, &good), CPLUG_E_INVALID);
    cplug_error_clear(ctx);
    test_close(ctx);
}

/* The manifest says which backend a plugin serves, so a disabled backend is not even loaded. */
static void test_disabled_backend(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("backends=cpu plugin_path=\"" DIR("backend") "\"");
    const float one = 1;
    cplug_tensor *a = cplug_from_array(ctx, CPLUG_F32, 0, NULL, &one);
    assert_true(test_item(cplug_add(a, a)) == 2);
    assert_ok(ctx);
    assert_int_equal(info_of(ctx, "cplug-answer.so")->state, CPLUG_PLUGIN_LISTED);
    assert_int_equal(cplug_backends(ctx, "answer,cpu"), CPLUG_OK);
    assert_true(test_item(cplug_add(a, a)) == 42);
    assert_int_equal(info_of(ctx, "cplug-answer.so")->state, CPLUG_PLUGIN_LOADED);
    assert_int_equal(cplug_backends(ctx, "cpu"), CPLUG_OK);
    assert_true(test_item(cplug_add(a, a)) == 2);
    assert_int_equal(cplug_backends(ctx, "answr"), CPLUG_E_NOTFOUND);
    assert_error(ctx, CPLUG_E_NOTFOUND, "did you mean 'answer'?");
    test_close(ctx);
}

/* Plugins built with the first, the present and a later header live together in one context. */
static void test_growth(void **state)
{
    (void)state;
    cplug_context *ctx = open_with(DIR("growth"));
    static const char *const names[] = { "growth.frozen", "growth.now", "growth.later" };
    for (int i = 0; i < 3; i++) {
        const cplug_scheduler_type *t = cplug_component(ctx, "scheduler", names[i]);
        if (!t) fail_msg("%s", cplug_error_text(ctx));
        double self[2];
        assert_int_equal(cplug_options_parse(ctx, cplug_component_options(ctx, "scheduler", names[i]), "gamma=0.25", NULL, self), CPLUG_OK);
        assert_true(self[0] == 0.25 && self[1] == 0.125);
        const cplug_progress p = { .struct_size = sizeof p, .step = 1 };
        assert_true(t->lr(self, 1.0, &p) == 0.25);
    }
    assert_null(cplug_component(ctx, "scheduler", "growth.strict"));
    assert_error(ctx, CPLUG_E_NOTFOUND, "needs cplug ABI 0.2, this cplug has 0.1: install a newer cplug");
    test_close(ctx);
}

static const char *const kinds[] = { "op",     "backend", "device",    "dataset",   "transform", "format",
                                     "module", "loss",    "optimizer", "scheduler", "metric",    "callback" };

/* Every plugin that is shipped keeps what its manifest promises, promises what it registers, and documents its options. */
static void test_shipped(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_plugin_load_all(ctx);
    const cplug_plugin_info *p;
    for (int32_t i = 0; (p = cplug_plugin_get(ctx, i)) != NULL; i++) {
        if (p->state != CPLUG_PLUGIN_LOADED) print_message("%s: %s\n", p->path, p->reason);
        if (p->state != CPLUG_PLUGIN_LOADED) continue;
        if (p->reason[0]) fail_msg("%s: %s", p->id, p->reason);
        if (!p->doc[0] || !p->license[0] || !p->version[0]) fail_msg("%s: its manifest has no doc, license or version", p->id);
        char *words = strdup(p->provides), *rest = words;
        for (char *word; (word = strtok_r(rest, " ", &rest)) != NULL;) {
            char *id = strchr(word, ':');
            assert_non_null(id);
            *id++ = '\0';
            if (strcmp(word, "kernel") == 0 || strchr(id, '*')) continue;
            if (!cplug_component(ctx, word, id)) fail_msg("%s promises %s:%s: %s", p->id, word, id, cplug_error_text(ctx));
        }
        free(words);
    }
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const char *id;
        for (int32_t i = 0; (id = cplug_component_id(ctx, kinds[k], i)) != NULL; i++) {
            const cplug_options_table *t = cplug_component_options(ctx, kinds[k], id);
            for (uint32_t o = 0; t && o < t->n; o++) {
                const cplug_option *option = (const void *)((const char *)t->at + (uint64_t)o * t->stride);
                if (!option->doc || !option->doc[0]) fail_msg("%s %s: option %s has no doc", kinds[k], id, option->name);
            }
        }
    }
    test_close(ctx);

    /* What is registered is promised: a fresh context finds each component without load_all. */
    cplug_context *all = test_open(NULL);
    cplug_plugin_load_all(all);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const char *id;
        for (int32_t i = 0; (id = cplug_component_id(all, kinds[k], i)) != NULL; i++) {
            cplug_context *fresh = test_open(NULL);
            if (!cplug_component(fresh, kinds[k], id))
                fail_msg("%s '%s' is registered but not promised: %s", kinds[k], id, cplug_error_text(fresh));
            test_close(fresh);
        }
    }
    test_close(all);
}

/* Every allocation of scanning and loading fails once: out of memory, and it works the next time. */
static void test_no_memory(void **state)
{
    (void)state;
    for (uint64_t n = 1;; n++) {
        assert_true(n < 2000);
        cplug_context *ctx = open_with(GOOD);
        cplug_test_fail_allocation(n);
        const void *found = cplug_component(ctx, "scheduler", "test.extra");
        const int whole = cplug_test_fail_allocation(0) < n;
        if (found)
            assert_ok(ctx);
        else
            assert_error(ctx, CPLUG_E_NOMEM, "out of memory");
        assert_true(answer(ctx, "test.extra") >= 1);
        test_close(ctx);
        if (whole) break;
    }
}

static int enter(void **state)
{
    (void)state;
    if (!mkdtemp(scratch)) return -1;
    setenv("XDG_DATA_HOME", scratch, 1);
    unsetenv("CPLUG_PLUGIN_PATH");
    return 0;
}

static int leave(void **state)
{
    (void)state;
    char command[1024];
    snprintf(command, sizeof command, "rm -rf '%s'", scratch);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lazy),      cmocka_unit_test(test_no_memory),        cmocka_unit_test(test_listing),
        cmocka_unit_test(test_shadow),    cmocka_unit_test(test_duplicates),       cmocka_unit_test(test_init_once),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_reasons),          cmocka_unit_test(test_files),
        cmocka_unit_test(test_mutations), cmocka_unit_test(test_search),           cmocka_unit_test(test_static),
        cmocka_unit_test(test_register),  cmocka_unit_test(test_disabled_backend), cmocka_unit_test(test_growth),
        cmocka_unit_test(test_shipped),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
