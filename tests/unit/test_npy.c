/* test_npy.c: NumPy's .npy files: its bytes both ways, every version, order and byte order, and what must be refused. */
#include "../golden/golden_npy.h"
#include "scratch.h"

static cplug_tensor *read_bytes(cplug_context *ctx, const void *data, size_t n)
{
    put_file("a.npy", data, n);
    cplug_file *f = cplug_file_open(ctx, in_folder("a.npy"));
    cplug_tensor *t = f ? cplug_file_read(f, cplug_file_name(f, 0, NULL)) : NULL;
    cplug_file_close(f);
    return t;
}

/* ---- NumPy's bytes ---- */
static const struct {
    cplug_dtype dtype;
    const unsigned char *bytes;
    size_t n;
} plain[] = {
    { CPLUG_F32, golden_f4, sizeof golden_f4 }, { CPLUG_F64, golden_f8, sizeof golden_f8 }, { CPLUG_F16, golden_f2, sizeof golden_f2 },
    { CPLUG_I64, golden_i8, sizeof golden_i8 }, { CPLUG_I32, golden_i4, sizeof golden_i4 }, { CPLUG_I16, golden_i2, sizeof golden_i2 },
    { CPLUG_I8, golden_i1, sizeof golden_i1 },  { CPLUG_U8, golden_u1, sizeof golden_u1 },  { CPLUG_BOOL, golden_b1, sizeof golden_b1 },
};

static void assert_saves_as(cplug_context *ctx, cplug_tensor *t, const unsigned char *bytes, size_t n)
{
    unsigned char have[1024];
    assert_int_equal(cplug_save(ctx, in_folder("out.npy"), &(cplug_named_tensor){ "any", t }, 1, NULL), CPLUG_OK);
    FILE *f = fopen(in_folder("out.npy"), "rb");
    assert_non_null(f);
    assert_int_equal(fread(have, 1, sizeof have, f), n);
    fclose(f);
    assert_memory_equal(have, bytes, n);
}

static void test_dtypes(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (size_t i = 0; i < CPLUG_COUNT(plain); i++) {
        cplug_tensor *t = read_bytes(ctx, plain[i].bytes, plain[i].n);
        assert_ok(ctx);
        assert_int_equal(cplug_tensor_dtype(t), plain[i].dtype);
        assert_int_equal(cplug_tensor_ndim(t), 2);
        assert_int_equal(cplug_tensor_size(t, 0), 2);
        assert_int_equal(cplug_tensor_size(t, 1), 3);
        if (plain[i].dtype == CPLUG_BOOL)
            assert_values(t, 0, 0, 1, 1, 1, 1, 1);
        else
            assert_values(t, 0, 0, 1, 2, 3, 4, 5);
        assert_saves_as(ctx, t, plain[i].bytes, plain[i].n);
    }
    test_close(ctx);
}

static void test_shapes(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *t = read_bytes(ctx, golden_scalar, sizeof golden_scalar);
    assert_int_equal(cplug_tensor_ndim(t), 0);
    assert_values(t, 0, 2.5);
    assert_saves_as(ctx, t, golden_scalar, sizeof golden_scalar);
    t = read_bytes(ctx, golden_empty, sizeof golden_empty);
    assert_int_equal(cplug_tensor_ndim(t), 3);
    assert_int_equal(cplug_tensor_size(t, 2), 3);
    assert_saves_as(ctx, t, golden_empty, sizeof golden_empty);
    t = read_bytes(ctx, golden_deep, sizeof golden_deep);
    assert_int_equal(cplug_tensor_ndim(t), 8);
    assert_saves_as(ctx, t, golden_deep, sizeof golden_deep);
    t = read_bytes(ctx, golden_long, sizeof golden_long);
    assert_int_equal(cplug_tensor_size(t, 2), 1000000007);
    assert_saves_as(ctx, t, golden_long, sizeof golden_long);
    t = cplug_transpose(read_bytes(ctx, golden_fortran, sizeof golden_fortran), 0, 1); /* a view is written row by row */
    assert_int_equal(cplug_save(ctx, in_folder("out.npy"), &(cplug_named_tensor){ "t", t }, 1, NULL), CPLUG_OK);
    cplug_file *f = cplug_file_open(ctx, in_folder("out.npy"));
    assert_int_equal(cplug_file_count(f), 1);
    assert_string_equal(cplug_file_name(f, 0, NULL), "array");
    assert_values(cplug_file_read(f, "array"), 0, 0, 3, 1, 4, 2, 5);
    assert_null(cplug_file_metadata(f, "x"));
    test_close(ctx);
}

static void test_versions_and_orders(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    assert_values(read_bytes(ctx, golden_v2, sizeof golden_v2), 0, 0, 1, 2, 3, 4, 5);
    assert_values(read_bytes(ctx, golden_v3, sizeof golden_v3), 0, 0, 1, 2, 3, 4, 5);
    assert_values(read_bytes(ctx, golden_fortran, sizeof golden_fortran), 0, 0, 1, 2, 3, 4, 5);
    assert_values(read_bytes(ctx, golden_big_f8, sizeof golden_big_f8), 0, 0, 1, 2, 3, 4, 5);
    assert_values(read_bytes(ctx, golden_big_i2, sizeof golden_big_i2), 0, 0, 1, 2, 3, 4, 5);
    assert_values(read_bytes(ctx, golden_big_fortran, sizeof golden_big_fortran), 0, 0, 1, 2, 3, 4, 5);
    cplug_tensor *t = read_bytes(ctx, golden_fortran3, sizeof golden_fortran3);
    int32_t have[24];
    assert_int_equal(cplug_to_array(t, have, sizeof have), CPLUG_OK);
    for (int32_t i = 0; i < 24; i++) assert_int_equal(have[i], i);
    test_close(ctx);
}

/* ---- what must be refused ---- */
#define HEAD "{'descr': '<f4', 'fortran_order': False, 'shape': "
static const struct {
    const char *header; /* of a version 1.0 file */
    size_t data;
    cplug_status code;
    const char *part;
} refused[] = {
    { HEAD "(2,)}", 7, CPLUG_E_FORMAT, "needs 8 bytes of data, the file holds 7" },
    { HEAD "(2,)}", 9, CPLUG_E_FORMAT, "needs 8 bytes of data, the file holds 9" },
    { HEAD "(2, 0)}", 4, CPLUG_E_FORMAT, "needs 0 bytes of data, the file holds 4" },
    { HEAD "(4611686018427387904, 4)}", 0, CPLUG_E_FORMAT, "overflows" },
    { HEAD "(4611686018427387904, 4, 0)}", 0, CPLUG_E_FORMAT, "overflows" },
    { HEAD "(2305843009213693952,)}", 0, CPLUG_E_FORMAT, "overflows" },
    { HEAD "(99999999999999999999,)}", 0, CPLUG_E_FORMAT, "a size is too large" },
    { HEAD "(1000000000,)}", 8, CPLUG_E_FORMAT, "needs 4000000000 bytes" },
    { HEAD "(-2,)}", 8, CPLUG_E_FORMAT, "no tuple of whole numbers" },
    { HEAD "(2.0,)}", 8, CPLUG_E_FORMAT, "a comma is missing in shape" },
    { HEAD "(2 2)}", 16, CPLUG_E_FORMAT, "a comma is missing in shape" },
    { HEAD "(2)}", 8, CPLUG_E_FORMAT, "not a tuple" },
    { HEAD "[2]}", 8, CPLUG_E_FORMAT, "shape is no tuple" },
    { HEAD "(,)}", 8, CPLUG_E_FORMAT, "no tuple of whole numbers" },
    { HEAD "(1, 1, 1, 1, 1, 1, 1, 1, 1)}", 4, CPLUG_E_SHAPE, "more than 8 dimensions" },
    { HEAD "(2,)", 8, CPLUG_E_FORMAT, "it ends too early" },
    { HEAD "(2,), 'x': 1}", 8, CPLUG_E_FORMAT, "each once" },
    { HEAD "(2,), 'shape': (2,)}", 8, CPLUG_E_FORMAT, "each once" },
    { HEAD "(2,)} or None", 8, CPLUG_E_FORMAT, "follows the dictionary" },
    { "{'descr': '<f4', 'shape': (2,)}", 8, CPLUG_E_FORMAT, "each once" },
    { "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", 8, CPLUG_E_FORMAT, "neither True nor False" },
    { "{'descr': '<f3', 'fortran_order': False, 'shape': (2,)}", 8, CPLUG_E_UNSUPPORTED, "'<f3'" },
    { "{'descr': '<q9', 'fortran_order': False, 'shape': (2,)}", 8, CPLUG_E_FORMAT, "no element type" },
    { "{'descr': '', 'fortran_order': False, 'shape': (2,)}", 8, CPLUG_E_FORMAT, "no element type" },
    { "{'descr': 4, 'fortran_order': False, 'shape': (2,)}", 8, CPLUG_E_FORMAT, "no short string" },
    { "{'descr' '<f4'}", 8, CPLUG_E_FORMAT, "a key and a colon" },
    { "import os", 0, CPLUG_E_FORMAT, "does not begin with '{'" },
    { "", 4, CPLUG_E_FORMAT, "does not begin with '{'" },
};

static size_t version1(unsigned char *room, const char *header, size_t data)
{
    const size_t n = strlen(header);
    memcpy(room, "\x93NUMPY\1\0", 8);
    room[8] = (unsigned char)n;
    room[9] = 0;
    memcpy(room + 10, header, n);
    memset(room + 10 + n, 0, data);
    return 10 + n + data;
}

static void test_refused(void **state)
{
    unsigned char room[512];
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (size_t i = 0; i < CPLUG_COUNT(refused); i++) {
        assert_null(read_bytes(ctx, room, version1(room, refused[i].header, refused[i].data)));
        assert_error(ctx, refused[i].code, refused[i].part);
    }
    for (size_t n = 0; n < sizeof golden_f4; n++) { /* cut off anywhere */
        assert_null(read_bytes(ctx, golden_f4, n));
        assert_error(ctx, CPLUG_E_FORMAT, "a.npy");
    }
    memcpy(room, golden_f4, sizeof golden_f4);
    room[6] = 4;
    assert_null(read_bytes(ctx, room, sizeof golden_f4));
    assert_error(ctx, CPLUG_E_VERSION, "npy version 4.0");
    room[0] = 0;
    assert_null(read_bytes(ctx, room, sizeof golden_f4));
    assert_error(ctx, CPLUG_E_FORMAT, "no npy file");
    assert_non_null(read_bytes(ctx, room, version1(room, "{\"shape\":(2L,),\"descr\":\"f4\",\"fortran_order\":True,}\n", 8)));
    test_close(ctx);
}

static void test_foreign_types(void **state)
{
    static const struct {
        const unsigned char *bytes;
        size_t n;
        const char *part;
    } foreign[] = {
        { golden_objects, sizeof golden_objects, "Python objects" },    { golden_records, sizeof golden_records, "structured dtype" },
        { golden_u2, sizeof golden_u2, "unsigned integers" },           { golden_c8, sizeof golden_c8, "complex numbers" },
        { golden_text, sizeof golden_text, "text: cplug cannot hold" }, { golden_dates, sizeof golden_dates, "dates or times" },
    };
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (size_t i = 0; i < CPLUG_COUNT(foreign); i++) {
        assert_null(read_bytes(ctx, foreign[i].bytes, foreign[i].n));
        assert_error(ctx, CPLUG_E_UNSUPPORTED, foreign[i].part);
    }
    test_close(ctx);
}

static void test_unwritable(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_tensor *t = cplug_ones(ctx, CPLUG_F32, SHAPE(2)), *half = cplug_ones(ctx, CPLUG_BF16, SHAPE(2));
    const cplug_named_tensor three[] = { { "a", t }, { "b", t }, { "c", t } };
    clean();
    cplug_save(ctx, in_folder("a.npy"), three, 3, NULL);
    assert_error(ctx, CPLUG_E_INVALID, "npy holds one tensor, got 3: use .safetensors");
    cplug_save(ctx, in_folder("a.npy"), three, 0, NULL);
    assert_error(ctx, CPLUG_E_INVALID, "npy holds one tensor, got 0");
    cplug_save(ctx, in_folder("a.npy"), &(cplug_named_tensor){ "h", half }, 1, NULL);
    assert_error(ctx, CPLUG_E_DTYPE, "NumPy has no bf16");
    assert_int_equal(clean(), 0); /* nothing is left of a failed save */
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dtypes),  cmocka_unit_test(test_shapes),        cmocka_unit_test(test_versions_and_orders),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_foreign_types), cmocka_unit_test(test_unwritable),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
