/* test_safetensors.c: files of tensors: the reference's bytes, what must be refused, round trips, modules, and that a failed save leaves
 * nothing. */
#include "../golden/golden_safetensors.h"
#include "scratch.h"
#include <sys/stat.h>

static size_t get_file(const char *name, unsigned char *data, size_t room)
{
    FILE *f = fopen(in_folder(name), "rb");
    assert_non_null(f);
    size_t n = fread(data, 1, room, f);
    fclose(f);
    return n;
}

/* ---- the reference's bytes ---- */
static const char *const reference_names[] = {
    "b", "u8", "i8", "i16", "f16", "bf16", "i32", "f32", "f64", "i64", "scalar", "empty", "a\xc3\xa9\"\\\n/\x01\x7f", "fc1.weight"
};
static const cplug_dtype reference_dtypes[] = { CPLUG_BOOL, CPLUG_U8,  CPLUG_I8,  CPLUG_I16, CPLUG_F16,
                                                CPLUG_BF16, CPLUG_I32, CPLUG_F32, CPLUG_F64, CPLUG_I64 };
enum { N_DTYPES = sizeof reference_dtypes / sizeof *reference_dtypes, N_NAMES = sizeof reference_names / sizeof *reference_names };

/* Host bytes of 0 1 1 / 1 0 1 in any dtype. */
static cplug_tensor *bits(cplug_context *ctx, cplug_dtype dtype)
{
    static const int value[6] = { 0, 1, 1, 1, 0, 1 };
    unsigned char bytes[48] = { 0 };
    for (int i = 0; i < 6; i++) {
        const uint64_t size = cplug_dtype_size(dtype);
        const float f = (float)value[i];
        const double d = value[i];
        const uint16_t half = dtype == CPLUG_F16 ? 0x3c00 : 0x3f80;
        unsigned char *to = bytes + (uint64_t)i * size;
        if (!value[i]) continue;
        if (dtype == CPLUG_F32)
            memcpy(to, &f, sizeof f);
        else if (dtype == CPLUG_F64)
            memcpy(to, &d, sizeof d);
        else if (dtype == CPLUG_F16 || dtype == CPLUG_BF16)
            memcpy(to, &half, sizeof half);
        else
            to[0] = 1;
    }
    return cplug_from_array(ctx, dtype, SHAPE(2, 3), bytes);
}

static uint32_t reference_tensors(cplug_context *ctx, cplug_named_tensor *list)
{
    for (int i = 0; i < N_NAMES; i++) {
        const float scalar = 2.5f;
        list[i].name = reference_names[i];
        if (i < N_DTYPES)
            list[i].tensor = bits(ctx, reference_dtypes[i]);
        else if (i == N_DTYPES)
            list[i].tensor = cplug_from_array(ctx, CPLUG_F32, 0, NULL, &scalar);
        else if (i == N_DTYPES + 1)
            list[i].tensor = cplug_empty(ctx, CPLUG_F32, SHAPE(2, 0, 3));
        else if (i == N_DTYPES + 2)
            list[i].tensor = FLOATS(ctx, SHAPE(1), 1);
        else
            list[i].tensor = FLOATS(ctx, SHAPE(4), 0, 1, 2, 3);
    }
    return N_NAMES;
}

static void test_golden_write(void **state)
{
    static const char *const metadata[] = { "a", "1\xc3\xa9", NULL };
    static unsigned char room[8192];
    cplug_named_tensor list[N_NAMES];
    (void)state;
    cplug_context *ctx = test_open(NULL);
    uint32_t n = reference_tensors(ctx, list);
    assert_int_equal(cplug_save(ctx, in_folder("all.safetensors"), list, n, metadata), CPLUG_OK);
    assert_int_equal(get_file("all.safetensors", room, sizeof room), sizeof golden_all);
    assert_memory_equal(room, golden_all, sizeof golden_all);
    assert_int_equal(cplug_save(ctx, in_folder("all.safetensors"), NULL, 0, NULL), CPLUG_OK); /* over an old file */
    assert_int_equal(get_file("all.safetensors", room, sizeof room), sizeof golden_none);
    assert_memory_equal(room, golden_none, sizeof golden_none);
    assert_int_equal(clean(), 1);
    test_close(ctx);
}

static void test_golden_read(void **state)
{
    cplug_named_tensor list[N_NAMES];
    (void)state;
    cplug_context *ctx = test_open(NULL);
    reference_tensors(ctx, list);
    put_file("all.safetensors", golden_all, sizeof golden_all);
    cplug_file *f = cplug_file_open(ctx, in_folder("all.safetensors"));
    assert_ok(ctx);
    assert_int_equal(cplug_file_count(f), N_NAMES);
    assert_string_equal(cplug_file_metadata(f, "a"), "1\xc3\xa9");
    assert_null(cplug_file_metadata(f, "c"));
    for (int i = 0; i < N_NAMES; i++) {
        unsigned char have[64], want[64];
        cplug_meta meta;
        cplug_tensor *t = cplug_file_read(f, list[i].name);
        assert_ok(ctx);
        cplug_tensor_meta(list[i].tensor, &meta);
        assert_int_equal(cplug_tensor_dtype(t), meta.dtype);
        assert_int_equal(cplug_tensor_ndim(t), meta.ndim);
        assert_memory_equal(cplug_tensor_shape(t), meta.shape, (size_t)meta.ndim * 8);
        uint64_t bytes = (uint64_t)cplug_tensor_numel(t) * cplug_dtype_size(meta.dtype);
        assert_int_equal(cplug_to_array(t, have, bytes), CPLUG_OK);
        assert_int_equal(cplug_to_array(list[i].tensor, want, bytes), CPLUG_OK);
        assert_memory_equal(have, want, bytes);
    }
    assert_null(cplug_file_read(f, "fc1.weigth"));
    assert_error(ctx, CPLUG_E_NOTFOUND, "no tensor 'fc1.weigth'; did you mean 'fc1.weight'?");
    cplug_file_close(f);
    put_file("u.safetensors", golden_unsigned, sizeof golden_unsigned); /* one dtype that cplug lacks does not spoil the rest */
    f = cplug_file_open(ctx, in_folder("u.safetensors"));
    assert_non_null(cplug_file_read(f, "y"));
    assert_null(cplug_file_read(f, "x"));
    assert_error(ctx, CPLUG_E_UNSUPPORTED, "tensor 'x' has dtype U16");
    clean();
    test_close(ctx);
}

/* ---- what must be refused ---- */
#define T(offsets) "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":" offsets
static const struct {
    const char *header;
    size_t data;
    const char *part;
} refused[] = {
    { "{\"a\":{" T("[0,8]") "}}", 6, "describes 8 bytes of data, the file holds 6" },
    { "{\"a\":{" T("[0,8]") "}}", 9, "describes 8 bytes of data, the file holds 9" },
    { "{\"a\":{" T("[0,8]") "},\"b\":{" T("[0,8]") "}}", 8, "begins at byte 0 of the data, where byte 8 is next" },
    { "{\"a\":{" T("[0,8]") "},\"b\":{" T("[4,12]") "}}", 12, "begins at byte 4 of the data, where byte 8 is next" },
    { "{\"a\":{" T("[0,8]") "},\"b\":{" T("[12,20]") "}}", 20, "begins at byte 12 of the data, where byte 8 is next" },
    { "{\"a\":{" T("[4,12]") "}}", 12, "begins at byte 4" },
    { "{\"a\":{" T("[0,8]") "},\"a\":{" T("[8,16]") "}}", 16, "'a' occurs twice" },
    { "{\"a\":{" T("[0,8]") "},\"\\u0061\":{" T("[8,16]") "}}", 16, "'a' occurs twice" },
    { "{\"a\":{" T("[8,0]") "}}", 8, "data_offsets that are not two growing" },
    { "{\"a\":{" T("[0,4]") "}}", 4, "a shape of 64 bits, but its data_offsets hold 4 bytes" },
    { "{\"a\":{" T("[0,8,8]") "}}", 8, "data_offsets" },
    { "{\"a\":{" T("[0]") "}}", 8, "data_offsets" },
    { "{\"a\":{" T("[-8,0]") "}}", 0, "only strings, whole numbers" },
    { "{\"a\":{" T("[0.0,8]") "}}", 8, "only strings, whole numbers" },
    { "{\"a\":{" T("[0,8e0]") "}}", 8, "only strings, whole numbers" },
    { "{\"a\":{" T("[00,8]") "}}", 8, "leading zero" },
    { "{\"a\":{" T("[0,18446744073709551615]") "}}", 8, "above 2^53" },
    { "{\"a\":{" T("[true,8]") "}}", 8, "only strings, whole numbers" },
    { "{\"a\":{" T("[\"0\",8]") "}}", 8, "data_offsets" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", 0, "overflows" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", 4, "more than 8 dimensions" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[\"x\"],\"data_offsets\":[0,4]}}", 4, "not a list of whole numbers" },
    { "{\"a\":{\"dtype\":\"F31\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "unknown dtype 'F31'" },
    { "{\"a\":{\"dtype\":\"F4\",\"shape\":[1],\"data_offsets\":[0,0]}}", 0, "4 bits" },
    { "{\"a\":{\"dtype\":32,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "dtype that is no string" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "has no 'data_offsets'" },
    { "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "has 'dtype' twice" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}", 4, "a member 'x'" },
    { "{\"a\":[]}", 0, "is not an object" },
    { "{\"__metadata__\":{\"a\":1}}", 0, "strings only, and 'a' is none" },
    { "{\"__metadata__\":[]}", 0, "is not an object" },
    { "{\"__metadata__\":{},\"__metadata__\":{}}", 0, "occurs twice" },
    { "{\"a\\u0000b\":{" T("[0,8]") "}}", 8, "NUL in a string" },
    { "{\"\\ud800\":{" T("[0,8]") "}}", 8, "lone surrogate" },
    { "{\"\\udc00\":{" T("[0,8]") "}}", 8, "lone surrogate" },
    { "{\"\\ud800\\u0041\":{" T("[0,8]") "}}", 8, "lone surrogate" },
    { "{\"\\x41\":{" T("[0,8]") "}}", 8, "escape" },
    { "{\"\xff\":{" T("[0,8]") "}}", 8, "not UTF-8" },
    { "{\"\xc0\x80\":{" T("[0,8]") "}}", 8, "not UTF-8" },
    { "{\"\xed\xa0\x80\":{" T("[0,8]") "}}", 8, "not UTF-8" },
    { "{\"a\nb\":{" T("[0,8]") "}}", 8, "control character" },
    { "{\"a\":{" T("[0,8]") "}", 8, "not valid JSON" },
    { "{\"a\":{" T("[0,8]") "},}", 8, "not valid JSON" },
    { "{\"a\":{" T("[0,8]") "}} {}", 8, "text behind the header" },
    { "{\"a\":{" T("[[[[[0]]]]]") "}}", 8, "nested too deeply" },
    { "}", 0, "does not begin with '{'" },
    { " {}", 0, "does not begin with '{'" },
    { "[]", 0, "does not begin with '{'" },
    { "", 0, "does not begin with '{'" },
    { "{\"a", 0, "not closed" },
    { "{}}", 0, "a bracket is closed" },
};

static void refuse(cplug_context *ctx, uint64_t length, const void *header, size_t n, size_t data, const char *part)
{
    static unsigned char file[4096];
    for (int i = 0; i < 8; i++) file[i] = (unsigned char)(length >> (8 * i));
    if (n) memcpy(file + 8, header, n);
    memset(file + 8 + n, 0, data);
    put_file("bad.safetensors", file, 8 + n + data);
    assert_null(cplug_file_open(ctx, in_folder("bad.safetensors")));
    if (cplug_failed(ctx) != CPLUG_E_FORMAT || !strstr(cplug_error_text(ctx), part))
        fail_msg("%.*s\nexpected '%s', got %d: %s", (int)n, (const char *)header, part, (int)cplug_failed(ctx), cplug_error_text(ctx));
    assert_non_null(strstr(cplug_error_text(ctx), "bad.safetensors"));
    cplug_error_clear(ctx);
}

static void test_refused(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        size_t n = strlen(refused[k].header);
        refuse(ctx, n, refused[k].header, n, refused[k].data, refused[k].part);
    }
    refuse(ctx, 3, "{}", 2, 0, "claims a header of 3 bytes, but only 2 follow");
    refuse(ctx, 1ull << 63, "{}", 2, 0, "at most 100000000");
    refuse(ctx, 100000001, "{}", 2, 0, "at most 100000000");
    refuse(ctx, 2, "{\0", 2, 0, "only strings");
    put_file("bad.safetensors", "\2\0\0\0\0\0\0", 7);
    assert_null(cplug_file_open(ctx, in_folder("bad.safetensors")));
    assert_error(ctx, CPLUG_E_FORMAT, "has 7 bytes");
    for (size_t n = 0; n < sizeof golden_all; n++) { /* cut anywhere: never accepted */
        put_file("cut.safetensors", golden_all, n);
        assert_null(cplug_file_open(ctx, in_folder("cut.safetensors")));
        assert_int_equal(cplug_failed(ctx), CPLUG_E_FORMAT);
        cplug_error_clear(ctx);
    }
    clean();
    test_close(ctx);
}

/* One bit of the header flipped: refused or read, but nothing worse; the sanitizers watch. */
static void test_flipped(void **state)
{
    static unsigned char file[sizeof golden_all];
    (void)state;
    cplug_context *ctx = test_open(NULL);
    uint64_t header = 8 + golden_all[0] + 256u * golden_all[1];
    for (uint64_t k = 0; k < header; k++) {
        memcpy(file, golden_all, sizeof file);
        file[k] ^= (unsigned char)(1 << (k % 8));
        put_file("flip.safetensors", file, sizeof file);
        cplug_file *f = cplug_file_open(ctx, in_folder("flip.safetensors"));
        for (int64_t i = 0; i < cplug_file_count(f); i++) {
            cplug_scope *scope = cplug_scope_open(ctx);
            cplug_file_read(f, cplug_file_name(f, i, NULL));
            cplug_scope_close(scope);
        }
        cplug_file_close(f);
        cplug_error_clear(ctx);
    }
    clean();
    test_close(ctx);
}

/* ---- saving ---- */
static void test_save(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = FLOATS(ctx, SHAPE(2, 3), 1, 2, 3, 4, 5, 6);
    cplug_named_tensor list[2] = { { "t", cplug_transpose(x, 0, 1) }, { "x", x } };
    assert_int_equal(cplug_save(ctx, in_folder("t.safetensors"), list, 2, NULL),
                     CPLUG_OK); /* a strided one is written in its logical order */
    cplug_file *f = cplug_file_open(ctx, in_folder("t.safetensors"));
    const double expected[] = { 1, 4, 2, 5, 3, 6 };
    assert_values_(cplug_file_read(f, "t"), expected, 6, 0, __FILE__, __LINE__);
    cplug_file_close(f);
    struct stat st;
    chmod(in_folder("t.safetensors"), 0640);
    assert_int_equal(symlink("t.safetensors", in_folder("link.safetensors")), 0);
    assert_int_equal(cplug_save(ctx, in_folder("link.safetensors"), list, 2, NULL), CPLUG_OK); /* through a link, into its target */
    assert_int_equal(lstat(in_folder("link.safetensors"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(stat(in_folder("t.safetensors"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    clean();
    test_close(ctx);
}

static void test_save_errors(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *x = FLOATS(ctx, SHAPE(2), 1, 2);
    cplug_named_tensor twice[2] = { { "x", x }, { "x", x } }, reserved = { "__metadata__", x }, bad = { "\xff", x }, null = { "n", NULL };
    put_file("old.safetensors", "old", 3);
    const struct {
        const char *name;
        const cplug_named_tensor *list;
        uint32_t n;
        cplug_status code;
        const char *part;
    } cases[] = {
        { "old.safetensors", twice, 2, CPLUG_E_INVALID, "two tensors are named 'x'" },
        { "old.safetensors", &reserved, 1, CPLUG_E_INVALID, "cannot be the name" },
        { "old.safetensors", &bad, 1, CPLUG_E_INVALID, "not UTF-8" },
        { "old.safetensors", &null, 1, CPLUG_E_INVALID, "'n' is NULL" },
        { "old.xyz", twice, 1, CPLUG_E_NOTFOUND, "no format is known for '.xyz'; known are: .safetensors" },
        { "old", twice, 1, CPLUG_E_INVALID, "has no extension" },
        { "no/such/folder.safetensors", twice, 1, CPLUG_E_NOTFOUND, "cannot create a file in its folder" },
        { "../", twice, 1, CPLUG_E_INVALID, "has no extension" },
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        assert_int_not_equal(cplug_save(ctx, in_folder(cases[k].name), cases[k].list, cases[k].n, NULL), CPLUG_OK);
        assert_error(ctx, cases[k].code, cases[k].part);
    }
    assert_int_equal(mkdir(in_folder("dir.safetensors"), 0700), 0);
    assert_int_not_equal(cplug_save(ctx, in_folder("dir.safetensors"), twice, 1, NULL), CPLUG_OK);
    assert_error(ctx, CPLUG_E_IO, "not a regular file");
    assert_null(cplug_file_open(ctx, in_folder("dir.safetensors")));
    assert_error(ctx, CPLUG_E_IO, "not a regular file");
    rmdir(in_folder("dir.safetensors"));
    assert_null(cplug_file_open(ctx, in_folder("absent.safetensors")));
    assert_error(ctx, CPLUG_E_NOTFOUND, "absent.safetensors");
    unsigned char room[8];
    assert_int_equal(get_file("old.safetensors", room, sizeof room), 3); /* still the old one, and no temporary beside it */
    assert_int_equal(clean(), 1);
    test_close(ctx);
}

static void test_save_no_memory(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_named_tensor list = { "x", cplug_transpose(FLOATS(ctx, SHAPE(2, 2), 1, 2, 3, 4), 0, 1) };
    const char *const metadata[] = { "format", "cplug", NULL };
    assert_int_equal(cplug_save(ctx, in_folder("m.safetensors"), &list, 1, metadata), CPLUG_OK);
    for (uint64_t n = 1, done = 0; !done; n++) {
        assert_true(n < 500);
        cplug_test_fail_allocation(n);
        cplug_status saved = cplug_save(ctx, in_folder("m.safetensors"), &list, 1, metadata);
        cplug_file *f = saved == CPLUG_OK ? cplug_file_open(ctx, in_folder("m.safetensors")) : NULL;
        cplug_tensor *x = cplug_file_read(f, "x");
        cplug_test_fail_allocation(0);
        done = x != NULL;
        if (!done) assert_int_equal(cplug_failed(ctx), CPLUG_E_NOMEM);
        cplug_error_clear(ctx);
        cplug_file_close(f);
    }
    assert_int_equal(clean(), 1);
    test_close(ctx);
}

/* ---- modules: a type of the host's own, so that no layer plugin is needed ---- */
static cplug_status pair_build(cplug_module *m, void *self)
{
    (void)self;
    const int64_t weight[2] = { 2, 3 }, bias[1] = { 2 };
    cplug_module_parameter(m, "weight", 2, weight, "normal std=1");
    cplug_module_parameter(m, "bias", 1, bias, "constant value=3");
    return cplug_module_buffer(m, "steps", CPLUG_I64, 0, NULL, 7);
}
static cplug_status pair_forward(cplug_module *m, void *self, cplug_tensor *const *in, uint32_t n_in, cplug_tensor **out, uint32_t n_out)
{
    (void)m, (void)self, (void)n_in, (void)n_out;
    out[0] = in[0];
    return CPLUG_OK;
}
static const cplug_module_type pair_type = { .struct_size = sizeof pair_type,
                                             .id = "pair",
                                             .class_name = "Pair",
                                             .doc = "two parameters, one buffer",
                                             .build = pair_build,
                                             .forward = pair_forward,
                                             .n_inputs = 1,
                                             .n_outputs = 1 };

static void test_module(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=1");
    assert_int_equal(cplug_register(ctx, "module", &pair_type), CPLUG_OK);
    cplug_module *a = cplug_sequential(ctx, "pair", "pair", NULL), *b = cplug_sequential(ctx, "pair", "pair", NULL);
    const cplug_named_tensor *from, *to;
    assert_int_equal(cplug_module_save(a, in_folder("a.safetensors")), CPLUG_OK);
    assert_int_equal(cplug_module_load(b, in_folder("a.safetensors")), CPLUG_OK);
    assert_ok(ctx);
    int64_t n = cplug_module_named(a, CPLUG_STATE, &from);
    assert_int_equal(cplug_module_named(b, CPLUG_STATE, &to), n);
    for (int64_t i = 0; i < n; i++) {
        assert_true(cplug_equal(from[i].tensor, to[i].tensor));
        assert_true(cplug_tensor_is_leaf(to[i].tensor));
    }
    cplug_file *f = cplug_file_open(ctx, in_folder("a.safetensors"));
    assert_string_equal(cplug_file_metadata(f, "format"), "cplug");
    cplug_file_close(f);
    /* one error names all that is wrong, and nothing changes */
    cplug_named_tensor list[3] = { { "0.weight", cplug_zeros(ctx, CPLUG_F32, SHAPE(3, 2)) },
                                   { "0.bias", cplug_zeros(ctx, CPLUG_F32, SHAPE(2)) },
                                   { "head.weight", cplug_zeros(ctx, CPLUG_F32, SHAPE(1)) } };
    assert_int_equal(cplug_save(ctx, in_folder("b.safetensors"), list, 3, NULL), CPLUG_OK);
    assert_int_not_equal(cplug_module_load(b, in_folder("b.safetensors")), CPLUG_OK);
    assert_non_null(strstr(cplug_error_text(ctx), "missing in the file: '0.steps', '1.weight', '1.bias', '1.steps'"));
    assert_non_null(strstr(cplug_error_text(ctx), "of another shape: '0.weight' is [3, 2], the module needs [2, 3]"));
    assert_error(ctx, CPLUG_E_SHAPE, "not in the module: 'head.weight'");
    for (int64_t i = 0; i < n; i++) assert_true(cplug_equal(from[i].tensor, to[i].tensor));
    clean();
    test_close(ctx);
}

/* Saved with shapes known, loaded before they are: each layer takes its values at its first input. */
static void before_the_first_input(void **state)
{
    (void)state;
    cplug_context *ctx = test_open("seed=5");
    const char *path = in_folder("waiting.safetensors");
    cplug_tensor *x = cplug_randn(ctx, CPLUG_F32, SHAPE(2, 4));
    cplug_module *a = cplug_sequential(ctx, "linear out_features=3", "relu", "linear out_features=2", NULL);
    cplug_tensor *expect = cplug_detach(cplug_forward(a, x));
    assert_int_equal(cplug_module_save(a, path), CPLUG_OK);
    cplug_module *b = cplug_sequential(ctx, "linear out_features=3", "relu", "linear out_features=2", NULL);
    assert_int_equal(cplug_module_load(b, path), CPLUG_OK);
    cplug_tensor *same = cplug_forward(b, x);
    assert_ok(ctx);
    assert_int_equal(cplug_equal(expect, cplug_detach(same)), 1);
    /* an input that asks for other shapes, another layer, a name that nobody takes */
    cplug_module *c = cplug_sequential(ctx, "linear out_features=3", "relu", "linear out_features=2", NULL);
    assert_int_equal(cplug_module_load(c, path), CPLUG_OK);
    assert_null(cplug_forward(c, cplug_ones(ctx, CPLUG_F32, SHAPE(2, 5))));
    assert_error(ctx, CPLUG_E_SHAPE, "the loaded 'weight' is [3, 4], this input asks for [3, 5]");
    assert_int_equal(cplug_equal(expect, cplug_detach(cplug_forward(c, x))), 1); /* nothing is lost */
    cplug_module *d = cplug_sequential(ctx, "linear out_features=3 bias=false", "relu", "linear out_features=2", NULL);
    assert_int_equal(cplug_module_load(d, path), CPLUG_OK);
    assert_null(cplug_forward(d, x));
    assert_error(ctx, CPLUG_E_SHAPE, "2 tensors for this layer, which needs 1");
    cplug_module *e = cplug_sequential(ctx, "linear out_features=3", NULL);
    cplug_module_load(e, path);
    assert_error(ctx, CPLUG_E_SHAPE, "not in the module: '2.bias', '2.weight'");
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden_write),   cmocka_unit_test(test_golden_read), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_flipped),        cmocka_unit_test(test_save),        cmocka_unit_test(test_save_errors),
        cmocka_unit_test(test_save_no_memory), cmocka_unit_test(test_module),      cmocka_unit_test(before_the_first_input),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
