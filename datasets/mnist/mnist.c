/* mnist.c: data set mnist: handwritten digits in IDX files, and everything laid out like them (Fashion-MNIST, KMNIST).  Both files are read
 * into memory once; read copies rows.  Fields: input u8 [1, rows, columns], target i64. */
#include "idx.h"
#include <stdio.h>
#include <string.h>

enum { N_CLASSES = 10, N_NAMES = 4, PATH_ROOM = 4096 };

typedef struct mnist {
    const char *root;
    int64_t split;
    cplug_strings classes;
    const cplug_host *host;
    idx images, labels;
    int64_t image_bytes;
    cplug_field field[2];
} mnist;

static const char *const digits[N_CLASSES] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" };
/* as published, and as unpacked by some tools; each also with .gz behind it */
static const char *const image_names[2][2] = { { "train-images-idx3-ubyte", "train-images.idx3-ubyte" },
                                               { "t10k-images-idx3-ubyte", "t10k-images.idx3-ubyte" } };
static const char *const label_names[2][2] = { { "train-labels-idx1-ubyte", "train-labels.idx1-ubyte" },
                                               { "t10k-labels-idx1-ubyte", "t10k-labels.idx1-ubyte" } };

static const cplug_option options[] = {
    { .name = "root",
      .doc = "folder with the four IDX files, gzipped or not",
      .type = CPLUG_OPT_PATH,
      .flags = CPLUG_OPT_REQUIRED,
      .offset = offsetof(mnist, root) },
    { .name = "split",
      .doc = "train (60,000 samples) or test (10,000, the files t10k-*)",
      .type = CPLUG_OPT_CHOICE,
      .offset = offsetof(mnist, split),
      .fallback = "train",
      .choices = "train|test" },
    { .name = "classes",
      .doc = "names of the ten classes; left out: the digits",
      .type = CPLUG_OPT_STRINGS,
      .flags = CPLUG_OPT_UNSET_OK,
      .offset = offsetof(mnist, classes),
      .count_min = N_CLASSES,
      .count_max = N_CLASSES },
};

static int32_t exists(const char *path)
{
    FILE *f = fopen(path, "rbe");
    if (f) fclose(f);
    return f != NULL;
}

/* The first name that is there, plain before gzipped. */
static cplug_status locate(const mnist *m, const char *const names[2], char *path, cplug_error *e)
{
    for (int32_t k = 0; k < N_NAMES; k++) {
        int length = snprintf(path, PATH_ROOM, "%s/%s%s", m->root, names[k & 1], k < 2 ? "" : ".gz");
        if (length < 0 || length >= PATH_ROOM) return m->host->fail(e, CPLUG_E_INVALID, "root is longer than a path may be");
        if (exists(path)) return CPLUG_OK;
    }
    return m->host->fail(e, CPLUG_E_NOTFOUND, "none of %s, %s, %s.gz, %s.gz can be read in root '%s'", names[0], names[1], names[0],
                         names[1], m->root);
}

static cplug_status load(mnist *m, const char *const names[2], int32_t ndim, idx *out, cplug_error *e)
{
    char path[PATH_ROOM];
    cplug_status status = locate(m, names, path, e);
    return status == CPLUG_OK ? idx_read(m->host, path, ndim, out, e) : status;
}

static cplug_status check(const mnist *m, cplug_error *e)
{
    const char *split = m->split ? "t10k" : "train";
    if (m->images.size[0] != m->labels.size[0])
        return m->host->fail(e, CPLUG_E_FORMAT, "%s: the %s files do not belong together: %lld images and %lld labels", m->root, split,
                             (long long)m->images.size[0], (long long)m->labels.size[0]);
    for (int64_t i = 0; i < m->labels.size[0]; i++)
        if (m->labels.data[i] >= N_CLASSES)
            return m->host->fail(e, CPLUG_E_FORMAT, "%s: label %lld of the %s labels (byte %lld) is %d; expected 0 to 9", m->root,
                                 (long long)i, split, (long long)i + 8, m->labels.data[i]);
    return CPLUG_OK;
}

static cplug_status mnist_open(const cplug_host *h, void *self, cplug_dataset_info *info, cplug_error *e)
{
    mnist *m = self;
    m->host = h;
    cplug_status status = load(m, image_names[m->split], 3, &m->images, e);
    if (status == CPLUG_OK) status = load(m, label_names[m->split], 1, &m->labels, e);
    if (status == CPLUG_OK) status = check(m, e);
    if (status != CPLUG_OK) return status;
    if (__builtin_mul_overflow(m->images.size[1], m->images.size[2],
                               &m->image_bytes)) /* of no image at all, or the file would be as large */
        return h->fail(e, CPLUG_E_FORMAT, "%s: an image of %lld x %lld pixels", m->root, (long long)m->images.size[1],
                       (long long)m->images.size[2]);
    m->field[0] = (cplug_field){ .name = "input",
                                 .meta = { .dtype = CPLUG_U8, .ndim = 3, .shape = { 1, m->images.size[1], m->images.size[2] } } };
    m->field[1] = (cplug_field){
        .name = "target", .classes = m->classes.n ? m->classes.v : digits, .n_classes = N_CLASSES, .meta = { .dtype = CPLUG_I64 }
    };
    info->length = m->images.size[0];
    info->fields = m->field;
    info->n_fields = 2;
    return CPLUG_OK;
}

static cplug_status mnist_read(void *self, const int64_t *index, int64_t n, cplug_view *const *out, cplug_error *e)
{
    const mnist *m = self;
    uint8_t *pixels = out[0]->data;
    int64_t *label = out[1]->data;
    for (int64_t k = 0; k < n; k++) {
        if (index[k] < 0 || index[k] >= m->labels.size[0])
            return m->host->fail(e, CPLUG_E_INVALID, "sample %lld of %lld", (long long)index[k], (long long)m->labels.size[0]);
        memcpy(pixels + k * m->image_bytes, m->images.data + index[k] * m->image_bytes, (size_t)m->image_bytes);
        label[k] = m->labels.data[index[k]];
    }
    return CPLUG_OK;
}

static void mnist_close(void *self)
{
    mnist *m = self;
    if (!m->host) return;
    m->host->free(m->images.data);
    m->host->free(m->labels.data);
}

static const cplug_dataset type = {
    .struct_size = sizeof type,
    .id = "mnist",
    .doc = "images of ten classes in IDX files: MNIST, Fashion-MNIST",
    .options = CPLUG_OPTIONS(options),
    .instance_size = sizeof(mnist),
    .open = mnist_open,
    .read = mnist_read,
    .close = mnist_close,
};
static cplug_status init(const cplug_host *h, cplug_registrar *r, cplug_error *e) { return h->add(r, "dataset", &type, e); }
CPLUG_PLUGIN(mnist, "cplug.mnist", "0.1.0", "Apache-2.0", "data set MNIST and its look-alikes", "dataset:mnist", init);
