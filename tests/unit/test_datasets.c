/* test_datasets.c: the data sets and transforms that come with cplug: what they give, and what they say of broken files. */
#include "scratch.h"
#include <sys/stat.h>

/* A field of sample i as doubles. */
static int64_t sample(cplug_data *d, int64_t i, uint32_t field, double *out)
{
    cplug_context *ctx = NULL;
    cplug_tensor *t[2] = { NULL, NULL };
    cplug_scope *scope;
    int64_t n = -1;
    assert_non_null(d);
    assert_int_equal(cplug_data_get(d, i, t, cplug_data_n_fields(d)), CPLUG_OK);
    ctx = cplug_tensor_context(t[field]);
    scope = cplug_scope_open(ctx);
    n = cplug_tensor_numel(t[field]);
    assert_int_equal(cplug_to_array(cplug_to(t[field], CPLUG_F64, "cpu"), out, (uint64_t)n * 8), CPLUG_OK);
    cplug_scope_close(scope);
    return n;
}

static void expect_sample(cplug_data *d, int64_t i, uint32_t field, const double *expected, int64_t n)
{
    static double have[4096];
    assert_int_equal(sample(d, i, field, have), n);
    for (int64_t k = 0; k < n; k++)
        if (fabs(have[k] - expected[k]) > 1e-6 * (1 + fabs(expected[k])))
            fail_msg("sample %d, element %d: %.9g, expected %.9g", (int)i, (int)k, have[k], expected[k]);
}

static cplug_data *open_data(cplug_context *ctx, const char *format, const char *file)
{
    char spec[1024];
    snprintf(spec, sizeof spec, format, in_folder(file));
    return cplug_data_open(ctx, spec, NULL);
}

/* ---- mnist ---- */
static const unsigned char images[] = { 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255 };
static const unsigned char labels[] = { 0, 0, 8, 1, 0, 0, 0, 2, 3, 9 };
/* gzip -9 of the two */
static const unsigned char images_gz[] = { 31, 139, 8,   0,  0,  0,  0,   0,  2,  3,  99,  96,  224, 96,  102, 96,  96,  96, 130, 98, 102,
                                           70, 38,  102, 22, 86, 54, 118, 14, 78, 46, 238, 255, 0,   238, 178, 184, 160, 28, 0,   0,  0 };
static const unsigned char labels_gz[] = { 31, 139, 8,  0,  0,   0, 0, 0,   2,  3,   99,  96, 224, 96, 100,
                                           96, 96,  96, 98, 230, 4, 0, 126, 71, 109, 199, 10, 0,   0,  0 };

static void test_mnist(void **state)
{
    static const char *const names[][2] = { { "train-images-idx3-ubyte", "train-labels-idx1-ubyte" },
                                            { "train-images.idx3-ubyte", "train-labels.idx1-ubyte" },
                                            { "train-images-idx3-ubyte.gz", "train-labels.idx1-ubyte.gz" },
                                            { "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte" } };
    const double first[] = { 1, 2, 3, 4, 5, 6 }, second[] = { 7, 8, 9, 10, 11, 255 }, last = 9;
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (int k = 0; k < 4; k++) {
        int images_packed = k >= 2, labels_packed = k == 2;
        put_file(names[k][0], images_packed ? images_gz : images, images_packed ? sizeof images_gz : sizeof images);
        put_file(names[k][1], labels_packed ? labels_gz : labels, labels_packed ? sizeof labels_gz : sizeof labels);
        cplug_data *d = open_data(ctx, k == 3 ? "mnist root=\"%s\" split=test" : "mnist root=\"%s\"", "");
        assert_ok(ctx);
        assert_int_equal(cplug_data_length(d), 2);
        const cplug_field *f = cplug_data_field(d, 0);
        assert_int_equal(f->meta.dtype, CPLUG_U8);
        assert_true(f->meta.ndim == 3 && f->meta.shape[0] == 1 && f->meta.shape[1] == 2 && f->meta.shape[2] == 3);
        expect_sample(d, 0, 0, first, 6);
        expect_sample(d, 1, 0, second, 6);
        expect_sample(d, 1, 1, &last, 1);
        assert_string_equal(cplug_data_field(d, 1)->classes[9], "9");
        clean();
    }
    test_close(ctx);
}

static void test_mnist_broken(void **state)
{
    enum { IMAGES = 0, LABELS = 1 };
    static const struct {
        int file, at, value, cut, extra, packed; /* at: byte to change, -1 none; cut: length to keep, -1 whole */
        cplug_status code;
        const char *part;
    } cases[] = {
        { IMAGES, 3, 1, -1, 0, 0, CPLUG_E_FORMAT,
          "begins with 00 00 08 01; an IDX file of bytes with 3 dimensions begins with 00 00 08 03" },
        { IMAGES, 2, 9, -1, 0, 0, CPLUG_E_FORMAT, "begins with 00 00 09 03" },
        { IMAGES, 0, 1, -1, 0, 0, CPLUG_E_FORMAT, "begins with 01 00 08 03" },
        { IMAGES, -1, 0, 0, 0, 0, CPLUG_E_FORMAT, "ends at byte 0, inside the header of 16 bytes" },
        { IMAGES, -1, 0, 15, 0, 0, CPLUG_E_FORMAT, "ends at byte 15, inside the header of 16 bytes" },
        { IMAGES, -1, 0, 27, 0, 0, CPLUG_E_FORMAT, "its header promises 12 bytes after byte 16, but the file has only 11" },
        { IMAGES, 7, 3, -1, 0, 0, CPLUG_E_FORMAT, "its header promises 18 bytes after byte 16, but the file has only 12" },
        { IMAGES, 4, 255, -1, 0, 0, CPLUG_E_FORMAT, "its header promises" },
        { IMAGES, 8, 255, -1, 0, 0, CPLUG_E_FORMAT, "its header promises" },
        { IMAGES, 7, 1, -1, 0, 0, CPLUG_E_FORMAT, "goes on after byte 22, where its header says it ends" },
        { IMAGES, -1, 0, -1, 1, 0, CPLUG_E_FORMAT, "goes on after byte 28" },
        { LABELS, 7, 1, 9, 0, 0, CPLUG_E_FORMAT, "do not belong together: 2 images and 1 labels" },
        { LABELS, 9, 10, -1, 0, 0, CPLUG_E_FORMAT, "label 1 of the train labels (byte 9) is 10; expected 0 to 9" },
        { LABELS, 3, 3, -1, 0, 0, CPLUG_E_FORMAT,
          "begins with 00 00 08 03; an IDX file of bytes with 1 dimension begins with 00 00 08 01" },
        { IMAGES, -1, 0, 5, 0, 1, CPLUG_E_FORMAT, "gzip stream is cut off" },
        { IMAGES, -1, 0, 20, 0, 1, CPLUG_E_FORMAT, "gzip stream is cut off" },
        { IMAGES, -1, 0, (int)sizeof images_gz - 1, 0, 1, CPLUG_E_FORMAT, "gzip stream is cut off" },
        { IMAGES, -1, 0, (int)sizeof images_gz - 8, 0, 1, CPLUG_E_FORMAT, "gzip stream is cut off" }, /* all data, no checksum */
        { IMAGES, 12, 0, -1, 0, 1, CPLUG_E_FORMAT, "gzip stream is damaged" },
        { IMAGES, (int)sizeof images_gz - 6, 0, -1, 0, 1, CPLUG_E_FORMAT, "of the file: incorrect data check" },
    };
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        unsigned char bytes[64] = { 0 };
        const unsigned char *from = cases[k].packed ? images_gz : cases[k].file ? labels : images;
        size_t n = cases[k].packed ? sizeof images_gz : cases[k].file ? sizeof labels : sizeof images;
        memcpy(bytes, from, n);
        if (cases[k].at >= 0) bytes[cases[k].at] = (unsigned char)cases[k].value;
        if (cases[k].cut >= 0) n = (size_t)cases[k].cut;
        n += (size_t)cases[k].extra;
        if (cases[k].packed || cases[k].file == LABELS)
            put_file("train-labels-idx1-ubyte", cases[k].file == LABELS ? bytes : labels, cases[k].file == LABELS ? n : sizeof labels);
        else
            put_file("train-labels-idx1-ubyte", labels, sizeof labels);
        if (cases[k].file == IMAGES)
            put_file(cases[k].packed ? "train-images-idx3-ubyte.gz" : "train-images-idx3-ubyte", bytes, n);
        else
            put_file("train-images-idx3-ubyte", images, sizeof images);
        assert_null(open_data(ctx, "mnist root=\"%s\"", ""));
        if (cplug_failed(ctx) != cases[k].code || !strstr(cplug_error_text(ctx), cases[k].part) ||
            !strstr(cplug_error_text(ctx), scratch_folder))
            fail_msg("case %d: expected '%s', got %d: %s", (int)k, cases[k].part, (int)cplug_failed(ctx), cplug_error_text(ctx));
        cplug_error_clear(ctx);
        clean();
    }
    assert_null(open_data(ctx, "mnist root=\"%s\" split=test", ""));
    assert_error(ctx, CPLUG_E_NOTFOUND,
                 "none of t10k-images-idx3-ubyte, t10k-images.idx3-ubyte, t10k-images-idx3-ubyte.gz, t10k-images.idx3-ubyte.gz");
    assert_null(cplug_data_open(ctx, "mnist", NULL));
    assert_error(ctx, CPLUG_E_INVALID, "root");
    test_close(ctx);
}

/* ---- csv ---- */
typedef struct csv_case {
    const char *text, *options;
    int64_t rows;
    int64_t row; /* the one looked at */
    int64_t width;
    double input[8];
    double target;
    int64_t classes; /* 0: regression */
    const char *class;
} csv_case;

static const csv_case csv_good[] = {
    { "1,2,a\n3,4,b\n", "", 2, 1, 2, { 3, 4 }, 1, 2, "b" },
    { "1,2,a\r\n3,4,b", "", 2, 1, 2, { 3, 4 }, 1, 2, "b" },
    { "\xEF\xBB\xBF"
      "1,2,a\n3,4,b\n",
      "",
      2,
      0,
      2,
      { 1, 2 },
      0,
      2,
      "a" },
    { "x,y,kind\n1,2,b\n3,4,a\n", "", 2, 0, 2, { 1, 2 }, 1, 2, "b" },
    { "x,y,kind\n1,2,b\n3,4,a\n", "target=x", 2, 0, 3, { 2, 0, 1 }, 1, 0, NULL },
    { "x,y,kind\n1,2,b\n3,4,a\n", "target=0 encode=index", 2, 0, 2, { 2, 1 }, 1, 0, NULL },
    { "x,y,kind\n1,2,b\n3,4,a\n", "target=-2 ignore=kind", 2, 1, 1, { 3 }, 4, 0, NULL },
    { "a,b\nc,d\n", "target=none", 2, 1, 4, { 0, 1, 0, 1 }, 0, 0, NULL },
    { "a,b\nc,d\n", "target=none header=yes", 1, 0, 2, { 1, 1 }, 0, 0, NULL },
    { "1;2\n3;4\n", "delimiter=\";\"", 2, 1, 1, { 3 }, 4, 0, NULL },
    { "1\t2\n3\t4\n", "delimiter=\"\\t\"", 2, 1, 1, { 3 }, 4, 0, NULL },
    { "1\t2\n3\t4\n", "delimiter=tab", 2, 1, 1, { 3 }, 4, 0, NULL },
    { "  1   2 3\n 4 5    6  \n", "delimiter=\" \"", 2, 1, 2, { 4, 5 }, 6, 0, NULL },
    { "1,\"a, \"\"b\"\"\nc\"\n2,\"d\"\n", "", 2, 0, 1, { 1 }, 0, 2, "a, \"b\"\nc" },
    { "\"1\" , 2\n\" 3\",4\n", "target_type=class", 2, 0, 1, { 1 }, 0, 2, "2" },
    { "1,10\n2,9\n3,10.0\n", "target_type=class", 3, 2, 1, { 3 }, 1, 2, "10" },
    { "1,x\n2,?\n3,y\n", "missing=drop", 2, 1, 1, { 3 }, 1, 2, "y" },
    { "1,5\n,6\nNA,7\n", "missing=-1", 3, 2, 1, { -1 }, 7, 0, NULL },
    { "1,5\nnone,6\n", "missing=drop missing_values=none,-", 1, 0, 1, { 1 }, 5, 0, NULL },
    { "1,5\n2,6\n", "categorical=0", 2, 1, 2, { 0, 1 }, 6, 0, NULL },
    { "1,b\n2,a\n", "classes=b,a,c", 2, 1, 1, { 2 }, 1, 3, "a" },
    { "\n\n1,5\n\n   \n2,6\n\n", "", 2, 1, 1, { 2 }, 6, 0, NULL },
    { "-1.5e3,+.5\n1e-2,5.\n", "", 2, 0, 1, { -1500 }, .5, 0, NULL },
    { "v,k\n1,\n", "header=yes missing=drop target=v ignore=k", 1, 0, 0, { 0 }, 0, -1, "no input column is left" },
};

static void test_csv(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (size_t k = 0; k < sizeof csv_good / sizeof *csv_good; k++) {
        const csv_case *c = &csv_good[k];
        char spec[256];
        put_file("t.csv", c->text, strlen(c->text));
        snprintf(spec, sizeof spec, "csv file=\"%%s\" %s", c->options);
        cplug_data *d = open_data(ctx, spec, "t.csv");
        if (c->classes < 0) {
            assert_error(ctx, CPLUG_E_INVALID, c->class);
            continue;
        }
        if (!d) fail_msg("case %d: %s", (int)k, cplug_error_text(ctx));
        if (cplug_data_length(d) != c->rows) fail_msg("case %d: %d rows", (int)k, (int)cplug_data_length(d));
        expect_sample(d, c->row, 0, c->input, c->width);
        const cplug_field *f = cplug_data_field(d, 1);
        if (f) expect_sample(d, c->row, 1, &c->target, 1);
        assert_int_equal(f ? f->n_classes : 0, c->classes);
        if (c->class) assert_string_equal(f->classes[(int)c->target], c->class);
        if (f) assert_int_equal(f->meta.ndim, c->classes ? 0 : 1);
        cplug_data_close(d);
    }
    clean();
    test_close(ctx);
}

static void test_csv_broken(void **state)
{
    static const struct {
        const char *text, *options;
        cplug_status code;
        const char *part;
    } cases[] = {
        { "", "", CPLUG_E_FORMAT, "t.csv: is empty" },
        { "\n \n", "", CPLUG_E_FORMAT, "t.csv: is empty" },
        { "x,y\n", "header=yes", CPLUG_E_FORMAT, "has a header and no rows" },
        { "1,2\n3\n", "", CPLUG_E_FORMAT, "t.csv:2: this row has 1 columns, the first row has 2; the delimiter is ','" },
        { "1,2\n3,4,5\n", "", CPLUG_E_FORMAT, "t.csv:2: this row has 3 columns" },
        { "1,2\n3,4,5,6,7\n", "", CPLUG_E_FORMAT, "t.csv:2: this row has more than 2 columns" },
        { "1,a\n\"2\n\n\",b\nx,c,d\n", "", CPLUG_E_FORMAT, "t.csv:5: this row has 3 columns" },
        { "1,2\n\"3,4\n5,6\n", "", CPLUG_E_FORMAT, "t.csv:2: a quote is opened here and never closed" },
        { "1,\"2\"x\n", "", CPLUG_E_FORMAT, "t.csv:1: 'x' follows a closing quote" },
        { "1,2\n,4\n", "", CPLUG_E_FORMAT, "t.csv:2: column 0: the value is missing ('')" },
        { "age,y\n1,2\n3,4\n?,5\n", "", CPLUG_E_FORMAT, "t.csv:4: column 0 ('age'): the value is missing ('?')" },
        { "age,y\n1,2\n3,4\nx5,5\n", "", CPLUG_E_FORMAT,
          "t.csv:4: column 0 ('age'): 'x5' is not a number, and the column began with one; categorical=COLUMN" },
        { "1,2\n3,b\n", "", CPLUG_E_FORMAT, "t.csv:2: column 1: 'b' is not a number, and the column began with one; target_type=class" },
        { "1,2\n0x10,4\n", "", CPLUG_E_FORMAT, "'0x10' is not a number" },
        { "1,2\n1e99,4\n", "", CPLUG_E_FORMAT, "too large for f32" },
        { "1,2\n3,4\n", "target=5", CPLUG_E_INVALID, "target=5 is outside the 2 columns" },
        { "1,2\n3,4\n", "target=-3", CPLUG_E_INVALID, "target=-3 is outside" },
        { "1,2\n3,4\n", "target=price", CPLUG_E_NOTFOUND, "read without a header" },
        { "a,b\n3,4\n", "target=price", CPLUG_E_NOTFOUND, "no column has that name; the header names: a, b" },
        { "a,a\n3,4\n", "target=a", CPLUG_E_INVALID, "fits 2 columns" },
        { "a,b\n3,4\n", "ignore=b", CPLUG_E_INVALID, "ignore=b is the target" },
        { "1,a\n2,b\n", "classes=a,c", CPLUG_E_FORMAT, "t.csv:2: column 1: 'b' is not one of the given classes" },
        { "1,a\n2,?\n", "missing=0", CPLUG_E_FORMAT, "t.csv:2: column 1: a category is missing" },
        { "1,?\n2,?\n", "missing=drop", CPLUG_E_FORMAT, "every row has a missing value" },
        { "1,2\n", "missing=skip", CPLUG_E_INVALID, "missing=skip; expected error, drop or a number" },
        { "1,2\n", "delimiter=\"::\"", CPLUG_E_INVALID, "delimiter is '::'" },
        { "1,2\n", "split=test", CPLUG_E_INVALID, "split" },
        { "\xff\xfe"
          "1",
          "", CPLUG_E_FORMAT, "UTF-16" },
    };
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char spec[256];
        put_file("t.csv", cases[k].text, strlen(cases[k].text));
        snprintf(spec, sizeof spec, "csv file=\"%%s\" %s", cases[k].options);
        assert_null(open_data(ctx, spec, "t.csv"));
        if (cplug_failed(ctx) != cases[k].code || !strstr(cplug_error_text(ctx), cases[k].part))
            fail_msg("case %d: expected '%s', got %d: %s", (int)k, cases[k].part, (int)cplug_failed(ctx), cplug_error_text(ctx));
        cplug_error_clear(ctx);
    }
    put_file("t.csv", "1,2\n\0,4\n", 8);
    assert_null(open_data(ctx, "csv file=\"%s\"", "t.csv"));
    assert_error(ctx, CPLUG_E_FORMAT, "byte 4 is NUL");
    assert_null(open_data(ctx, "csv file=\"%s\"", "absent.csv"));
    assert_error(ctx, CPLUG_E_NOTFOUND, "absent.csv: cannot open");
    assert_null(open_data(ctx, "csv file=\"%s\"", ""));
    assert_error(ctx, CPLUG_E_IO, "not a regular file");
    clean();
    test_close(ctx);
}

static void test_csv_split(void **state)
{
    (void)state;
    cplug_context *ctx = test_open(NULL);
    FILE *f = fopen(in_folder("t.csv"), "w");
    for (int i = 0; i < 103; i++) fprintf(f, "%d,%d\n", i, -i);
    fclose(f);
    int seen[103] = { 0 };
    static const char *const specs[] = { "csv file=\"%s\" split=train seed=4", "csv file=\"%s\" split=valid seed=4" };
    for (int k = 0; k < 2; k++) {
        cplug_data *d = open_data(ctx, specs[k], "t.csv");
        assert_int_equal(cplug_data_length(d), k ? 21 : 82);
        for (int64_t i = 0; i < cplug_data_length(d); i++) {
            double x, y;
            sample(d, i, 0, &x);
            sample(d, i, 1, &y);
            assert_true(x == -y);
            seen[(int)x] += 1 + k;
        }
    }
    for (int i = 0; i < 103; i++) assert_in_range(seen[i], 1, 2);
    assert_int_equal(cplug_data_length(open_data(ctx, "csv file=\"%s\" split=valid valid_fraction=1", "t.csv")), 103);
    /* a field of 300 KB, and a long row */
    f = fopen(in_folder("t.csv"), "w");
    fputs("\"", f);
    for (int i = 0; i < 300000; i++) fputc('x', f);
    fputs("\",1\ny,2\n", f);
    fclose(f);
    cplug_data *d = open_data(ctx, "csv file=\"%s\" target=0", "t.csv");
    assert_int_equal(strlen(cplug_data_field(d, 1)->classes[0]), 300000);
    clean();
    test_close(ctx);
}

/* ---- synthetic ---- */
static void test_synthetic(void **state)
{
    static const struct {
        const char *spec;
        int64_t numel, classes;
    } cases[] = {
        { "synthetic kind=line", 1, 0 },      { "synthetic kind=blobs features=5 classes=4", 5, 4 },
        { "synthetic kind=moons", 2, 2 },     { "synthetic kind=spirals", 2, 3 },
        { "synthetic kind=digits", 784, 10 },
    };
    (void)state;
    cplug_context *ctx = test_open(NULL);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        static double a[784], b[784];
        char spec[128];
        const char *splits[] = { "train", "valid", "test" };
        cplug_data *d[3];
        for (int s = 0; s < 3; s++) {
            snprintf(spec, sizeof spec, "%s samples=20 split=%s", cases[k].spec, splits[s]);
            d[s] = cplug_data_open(ctx, spec, NULL);
            assert_ok(ctx);
        }
        snprintf(spec, sizeof spec, "%s samples=200000", cases[k].spec); /* too many digits to keep drawn */
        cplug_data *many = cplug_data_open(ctx, spec, NULL), *other;
        snprintf(spec, sizeof spec, "%s samples=20 seed=1", cases[k].spec);
        other = cplug_data_open(ctx, spec, NULL);
        assert_int_equal(cplug_data_field(d[0], 1)->n_classes, cases[k].classes);
        assert_int_equal(cplug_data_same_classes(d[0], d[2]), CPLUG_OK);
        for (int64_t i = 0; i < 20; i++) {
            assert_int_equal(sample(d[0], i, 0, a), cases[k].numel);
            sample(many, i, 0, b); /* sample i does not depend on how many there are */
            assert_memory_equal(a, b, (size_t)cases[k].numel * 8);
            sample(other, i, 0, b);
            assert_memory_not_equal(a, b, (size_t)cases[k].numel * 8);
            for (int s = 1; s < 3; s++) { /* splits share nothing */
                sample(d[s], i, 0, b);
                assert_memory_not_equal(a, b, (size_t)cases[k].numel * 8);
            }
            double label;
            sample(d[0], i, 1, &label);
            if (cases[k].classes) assert_true(label == (double)(i % cases[k].classes));
        }
    }
    assert_null(cplug_data_open(ctx, "synthetic kind=moons classes=3", NULL));
    assert_error(ctx, CPLUG_E_INVALID, "kind=moons has 2 classes, not 3");
    assert_null(cplug_data_open(ctx, "synthetic kind=digits classes=11", NULL));
    assert_error(ctx, CPLUG_E_INVALID, "at most 10 classes");
    assert_null(cplug_data_open(ctx, "synthetic kind=spiral", NULL));
    assert_error(ctx, CPLUG_E_INVALID, "spirals");
    test_close(ctx);
}

/* Least squares on the line give back slope, intercept and noise. */
static void test_line(void **state)
{
    enum { N = 4000 };
    double sx = 0, sy = 0, sxx = 0, sxy = 0, rest = 0, x, y;
    (void)state;
    cplug_context *ctx = test_open(NULL);
    cplug_data *d = cplug_data_open(ctx, "synthetic kind=line samples=4000", NULL);
    for (int pass = 0; pass < 2; pass++) {
        double slope = pass ? (N * sxy - sx * sy) / (N * sxx - sx * sx) : 0, intercept = pass ? (sy - slope * sx) / N : 0;
        for (int64_t i = 0; i < N; i++) {
            sample(d, i, 0, &x);
            sample(d, i, 1, &y);
            if (pass)
                rest += (y - slope * x - intercept) * (y - slope * x - intercept);
            else
                sx += x, sy += y, sxx += x * x, sxy += x * y;
        }
        if (!pass) continue;
        assert_true(fabs(slope - 2) < .01 && fabs(intercept - 1) < .01);
        assert_true(fabs(sqrt(rest / N) - .1) < .005);
        assert_true(fabs(sx / N) < .06 && fabs(sxx / N - 1) < .08);
    }
    test_close(ctx);
}

/* ---- transforms ---- */
static void test_transforms(void **state)
{
    static const struct {
        const char *transforms;
        double expected[6];
    } good[] = {
        { "[scale]", { 7. / 255, 8. / 255, 9. / 255, 10. / 255, 11. / 255, 1 } },
        { "[scale factor=0.5]", { 3.5, 4, 4.5, 5, 5.5, 127.5 } },
        { "[scale, normalize mean=0.5 std=0.5]", { 14. / 255 - 1, 16. / 255 - 1, 18. / 255 - 1, 20. / 255 - 1, 22. / 255 - 1, 1 } },
        { "[scale factor=1, normalize mean=7 std=2]", { 0, .5, 1, 1.5, 2, 124 } },
    };
    static const struct {
        const char *transforms, *part;
        cplug_status code;
    } bad[] = {
        { "[normalize mean=0.5 std=0.5]", "put 'scale' before it", CPLUG_E_DTYPE },
        { "[scale, normalize mean=0.5 std=0]", "std is 0; expected more than 0", CPLUG_E_INVALID },
        { "[scale, normalize mean=0.5 std=-1]", "std is -1", CPLUG_E_INVALID },
        { "[scale, normalize mean=1,2,3 std=1]", "mean has 3 numbers; expected 1", CPLUG_E_SHAPE },
        { "[scale, normalize mean=1]", "std", CPLUG_E_INVALID },
        { "[scale factor=0]", "factor is 0", CPLUG_E_INVALID },
    };
    (void)state;
    cplug_context *ctx = test_open(NULL);
    put_file("train-images-idx3-ubyte", images, sizeof images);
    put_file("train-labels-idx1-ubyte", labels, sizeof labels);
    for (size_t k = 0; k < sizeof good / sizeof *good; k++) {
        char spec[160];
        snprintf(spec, sizeof spec, "mnist root=\"%%s\" transforms=%s", good[k].transforms);
        cplug_data *d = open_data(ctx, spec, "");
        assert_ok(ctx);
        assert_int_equal(cplug_data_field(d, 0)->meta.dtype, CPLUG_F32);
        expect_sample(d, 1, 0, good[k].expected, 6);
    }
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        char spec[160];
        snprintf(spec, sizeof spec, "mnist root=\"%%s\" transforms=%s", bad[k].transforms);
        assert_null(open_data(ctx, spec, ""));
        assert_error(ctx, bad[k].code, bad[k].part);
    }
    clean();
    put_file("t.csv", "1,2,10\n3,4,20\n", 14); /* channels are the first dimension of a sample */
    cplug_data *d = open_data(ctx, "csv file=\"%s\" transforms=[normalize mean=1,2 std=2,4] target_transforms=[scale factor=0.1]", "t.csv");
    assert_ok(ctx);
    const double input[] = { 1, .5 }, target = 2;
    expect_sample(d, 1, 0, input, 2);
    expect_sample(d, 1, 1, &target, 1);
    clean();
    test_close(ctx);
}

/* Every allocation of every data set may fail. */
static void test_no_memory(void **state)
{
    static const char *const specs[] = { "mnist root=\"%s\" transforms=[scale, normalize mean=0.5 std=0.5]",
                                         "csv file=\"%s/t.csv\" split=valid", "csv file=\"%s/t.csv\" target=0 encode=index",
                                         "synthetic kind=digits samples=3", "synthetic kind=blobs" };
    (void)state;
    put_file("train-images-idx3-ubyte", images, sizeof images);
    put_file("train-labels-idx1-ubyte", labels, sizeof labels);
    put_file("t.csv", "1,a\n2,b\n3,a\n4,b\n", 16);
    cplug_context *ctx = test_open(NULL);
    for (size_t k = 0; k < sizeof specs / sizeof *specs; k++) {
        for (uint64_t n = 0, done = 0; !done; n++) { /* the first turn loads the plugins */
            assert_true(n < 500);
            cplug_test_fail_allocation(n);
            cplug_data *d = open_data(ctx, specs[k], "");
            cplug_test_fail_allocation(0);
            done = d != NULL && n > 0;
            if (!d) assert_int_equal(cplug_failed(ctx), CPLUG_E_NOMEM);
            cplug_error_clear(ctx);
            cplug_data_close(d);
        }
    }
    clean();
    test_close(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mnist),      cmocka_unit_test(test_mnist_broken), cmocka_unit_test(test_csv),
        cmocka_unit_test(test_csv_broken), cmocka_unit_test(test_csv_split),    cmocka_unit_test(test_synthetic),
        cmocka_unit_test(test_line),       cmocka_unit_test(test_transforms),   cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
