/* draw.c: a handful of validation samples with what the model says of each and how sure it is.  Small grey images are drawn with
 * characters, several side by side; other samples are told by their numbers. */
#include "run.h"
#include <stdio.h>
#include <stdlib.h>

enum { ACROSS = 4, COLUMNS = 18, ROWS = 9, GAP = 2, MOST_NUMBERS = 4, LARGEST_SIDE = 128 };
static const char shades[] = " .:-=+*#%@";

typedef struct shown {
    char picture[ROWS][COLUMNS + 1];
    const char *caption;
} shown;

static bool image_size(const cplug_meta *m, int32_t *h, int32_t *w)
{
    if (m->ndim < 2 || m->ndim > 3 || (m->ndim == 3 && m->shape[0] != 1)) return false;
    int64_t height = m->shape[m->ndim - 2], width = m->shape[m->ndim - 1];
    if (height < ROWS || width < ROWS || height > LARGEST_SIDE || width > LARGEST_SIDE) return false;
    *h = (int32_t)height;
    *w = (int32_t)width;
    return true;
}

/* Box average of the image over a grid of characters, darkest to lightest. */
static void draw(const float *image, int32_t h, int32_t w, shown *s)
{
    float low = image[0], high = image[0];
    for (int32_t i = 0; i < h * w; i++) {
        low = image[i] < low ? image[i] : low;
        high = image[i] > high ? image[i] : high;
    }
    for (int32_t r = 0; r < ROWS; r++)
        for (int32_t c = 0; c < COLUMNS; c++) {
            int32_t top = r * h / ROWS, bottom = (r + 1) * h / ROWS, left = c * w / COLUMNS, right = (c + 1) * w / COLUMNS;
            double sum = 0;
            if (bottom == top) bottom++;
            if (right == left) right++;
            for (int32_t y = top; y < bottom; y++)
                for (int32_t x = left; x < right; x++) sum += (double)image[y * w + x] - low;
            sum /= (double)(bottom - top) * (right - left);
            const double shade = high > low ? sum / ((double)high - low) * 9.99 : 0; /* not a number: as dark as can be */
            s->picture[r][c] = shades[shade > 0 ? (shade < 9 ? (int)shade : 9) : 0];
        }
}

static void put_numbers(str *out, const float *v, int64_t n)
{
    for (int64_t i = 0; i < n && i < MOST_NUMBERS; i++) cplug__str_add(out, i ? " %.3f" : "%.3f", (double)v[i]);
    if (n > MOST_NUMBERS) cplug__str_add(out, " ...");
}

static const char *class_text(cplug_run *r, int64_t k)
{
    const char *name = cplug__class_name(r, k);
    if (name == NULL) return cplug__pool_printf(&r->pool, "%lld", (long long)k);
    char *text = cplug__pool_alloc(&r->pool, strlen(name) + 1);
    for (size_t i = 0; text != NULL && name[i]; i++) text[i] = (unsigned char)name[i] < 0x20 ? ' ' : name[i];
    return text != NULL ? text : "";
}

/* "7  99 %", or "7  61 %, is 1" */
static const char *say_class(cplug_run *r, const float *p, int64_t n, const float *target)
{
    int64_t best = 0;
    for (int64_t k = 1; k < n; k++)
        if (p[k] > p[best]) best = k;
    const char *said = cplug__pool_printf(&r->pool, "%s  %.0f %%", class_text(r, best), 100 * (double)p[best]);
    if (target == NULL || (int64_t)target[0] == best) return said;
    return cplug__pool_printf(&r->pool, "%s, is %s", said, class_text(r, (int64_t)target[0]));
}

static float *floats(cplug_run *r, cplug_tensor *t)
{
    cplug_tensor *f = cplug_to(t, CPLUG_F32, NULL);
    int64_t n = cplug_tensor_numel(f);
    float *out = f != NULL ? cplug__pool_alloc(&r->pool, (uint64_t)(n + 1) * sizeof *out) : NULL;
    return out != NULL && cplug_to_array(f, out, (uint64_t)n * sizeof *out) == CPLUG_OK ? out : NULL;
}

static cplug_status show_one(cplug_run *r, int64_t i, shown *s, bool *drawn)
{
    enum { MOST_FIELDS = 8 };
    cplug_tensor *fields[MOST_FIELDS] = { NULL };
    cplug_data *d = r->data[DATA_VALID];
    uint32_t n = cplug_data_n_fields(d);
    int32_t h, w;
    if (n > MOST_FIELDS || cplug_data_get(d, i, fields, n) != CPLUG_OK) return cplug_failed(r->ctx);
    cplug_tensor *y = cplug_run_predict(r, cplug_unsqueeze(fields[0], 0));
    bool classes = cplug__predicts_classes(r) && cplug_tensor_ndim(y) == 2;
    const float *in = floats(r, fields[0]), *out = floats(r, classes ? cplug_softmax(y, 1) : y),
                *target = n > 1 ? floats(r, fields[1]) : NULL;
    if (in == NULL || out == NULL) return cplug_failed(r->ctx);
    *drawn = classes && image_size(&cplug_data_field(d, 0)->meta, &h, &w);
    str line = { 0 };
    if (*drawn) {
        draw(in, h, w, s);
    } else {
        cplug__str_add(&line, "input ");
        put_numbers(&line, in, cplug_tensor_numel(fields[0]));
        cplug__str_add(&line, "  model says ");
    }
    if (classes) {
        cplug__str_add(&line, "%s", say_class(r, out, cplug_tensor_numel(y), target));
    } else {
        put_numbers(&line, out, cplug_tensor_numel(y));
        cplug__str_add(&line, target != NULL ? "  target " : "");
        if (target != NULL) put_numbers(&line, target, cplug_tensor_numel(fields[1]));
    }
    s->caption = cplug__pool_copy(&r->pool, cplug__str_text(&line), line.n);
    cplug__str_free(&line);
    return cplug_failed(r->ctx);
}

static void trim(char *line)
{
    for (size_t n = strlen(line); n > 0 && line[n - 1] == ' ';) line[--n] = '\0';
}

static void put_band(cplug_run *r, const shown *s, int64_t n)
{
    char line[ACROSS * (COLUMNS + GAP) + 1];
    for (int32_t row = 0; row <= ROWS; row++) {
        memset(line, ' ', sizeof line);
        for (int64_t k = 0; k < n; k++) {
            const char *from = row < ROWS ? s[k].picture[row] : s[k].caption;
            size_t length = strlen(from) < COLUMNS + GAP ? strlen(from) : COLUMNS + GAP;
            memcpy(line + k * (COLUMNS + GAP), from, length);
        }
        line[sizeof line - 1] = '\0';
        cplug_utf8_mend(line); /* a long name may end inside a character */
        trim(line);
        cplug__tell(r, CPLUG_TELL_TEXT, "%s", line);
    }
}

cplug_status cplug__show_samples(cplug_run *r, int64_t n)
{
    int64_t length = cplug_data_length(r->data[DATA_VALID]), waiting = 0;
    shown *s = cplug__pool_alloc(&r->pool, ACROSS * sizeof *s);
    if (s == NULL) return cplug__run_fail(r, CPLUG_RUN_FAILED, "out of memory");
    for (int64_t i = 0; i < n && i < length; i++) {
        bool drawn = false;
        cplug_scope *scope = cplug_scope_open(r->ctx);
        memset(&s[waiting], 0, sizeof *s);
        show_one(r, i, &s[waiting], &drawn);
        cplug_scope_close(scope);
        if (cplug_failed(r->ctx)) return cplug__run_fail_ctx(r, CPLUG_RUN_FAILED, "showing samples");
        if (!drawn)
            cplug__tell(r, CPLUG_TELL_TEXT, "%s", s[waiting].caption);
        else
            waiting++;
        if (waiting == ACROSS || (waiting > 0 && (i + 1 == n || i + 1 == length))) {
            put_band(r, s, waiting);
            waiting = 0;
        }
    }
    return CPLUG_OK;
}
