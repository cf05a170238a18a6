/* iter.c: merging of dimensions and the walk over strided operands. */
#include "iter.h"

void cpu_iter_start(cpu_iter *it, int32_t ndim, const int64_t *shape)
{
    memset(it, 0, sizeof *it);
    it->ndim = ndim;
    it->numel = 1;
    for (int32_t d = 0; d < ndim; d++) {
        it->shape[d] = shape[d];
        it->numel *= shape[d];
    }
}

void cpu_iter_add(cpu_iter *it, const cplug_view *v)
{
    int64_t strides[CPLUG_MAX_DIMS] = { 0 };
    if (!cpu_absent(v) && !cpu_scalar(v))
        for (int32_t d = 0, lead = it->ndim - v->ndim; d < v->ndim; d++)
            if (lead + d >= 0 && v->shape[d] != 1) strides[lead + d] = v->strides[d];
    cpu_iter_add_strides(it, strides);
}

void cpu_iter_add_strides(cpu_iter *it, const int64_t *strides)
{
    memcpy(it->stride[it->n], strides, sizeof(int64_t) * (size_t)it->ndim);
    it->n++;
}

static int64_t magnitude(int64_t x) { return x < 0 ? -x : x; }

/* Whether dimension a should lie outside dimension b: operand 0 decides, then 1, ...; broadcast operands have no say. */
static bool belongs_outside(const cpu_iter *it, int32_t a, int32_t b)
{
    for (int32_t k = 0; k < it->n; k++) {
        int64_t x = magnitude(it->stride[k][a]), y = magnitude(it->stride[k][b]);
        if (x == 0 || y == 0 || x == y) continue;
        return x > y;
    }
    return true;
}

static void swap_dims(cpu_iter *it, int32_t a, int32_t b)
{
    int64_t t = it->shape[a];
    it->shape[a] = it->shape[b];
    it->shape[b] = t;
    for (int32_t k = 0; k < it->n; k++) {
        t = it->stride[k][a];
        it->stride[k][a] = it->stride[k][b];
        it->stride[k][b] = t;
    }
}

static bool can_merge(const cpu_iter *it, int32_t outer, int32_t inner)
{
    for (int32_t k = 0; k < it->n; k++)
        if (it->stride[k][outer] != it->stride[k][inner] * it->shape[inner]) return false;
    return true;
}

static void move_dim(cpu_iter *it, int32_t to, int32_t from)
{
    it->shape[to] = it->shape[from];
    for (int32_t k = 0; k < it->n; k++) it->stride[k][to] = it->stride[k][from];
}

void cpu_iter_finish(cpu_iter *it, bool reorder)
{
    int32_t n = 0;
    if (it->numel == 0) it->shape[0] = 0, it->ndim = 1;
    for (int32_t d = 0; d < it->ndim; d++)
        if (it->shape[d] != 1) move_dim(it, n++, d);
    for (int32_t i = 1; i < n && reorder; i++)
        for (int32_t j = i; j > 0 && !belongs_outside(it, j - 1, j); j--) swap_dims(it, j - 1, j);
    int32_t last = 0;
    for (int32_t d = 1; d < n; d++) {
        if (can_merge(it, last, d)) {
            int64_t outer = it->shape[last];
            move_dim(it, last, d);
            it->shape[last] *= outer;
        } else {
            move_dim(it, ++last, d);
        }
    }
    it->ndim = last + 1;
    if (n == 0) {
        it->shape[0] = 1;
        for (int32_t k = 0; k < it->n; k++) it->stride[k][0] = 1;
    }
}

bool cpu_iter_linear(const cpu_iter *it, int32_t k)
{
    int64_t expected = 1;
    for (int32_t d = it->ndim; d-- > 0;) {
        if (it->shape[d] != 1 && it->stride[k][d] != expected) return false;
        expected *= it->shape[d];
    }
    return true;
}

void cpu_walk_seek(const cpu_iter *it, cpu_walk *w, int64_t element)
{
    memset(w->offset, 0, sizeof w->offset);
    for (int32_t d = it->ndim; d-- > 0;) {
        int64_t at = element;
        if (d > 0) {
            element /= it->shape[d];
            at -= element * it->shape[d];
        }
        w->at[d] = at;
        for (int32_t k = 0; k < it->n; k++) w->offset[k] += at * it->stride[k][d];
    }
}

void cpu_walk_advance(const cpu_iter *it, cpu_walk *w, int64_t n)
{
    int32_t d = it->ndim - 1;
    w->at[d] += n;
    for (int32_t k = 0; k < it->n; k++) w->offset[k] += n * it->stride[k][d];
    while (d > 0 && w->at[d] == it->shape[d]) {
        for (int32_t k = 0; k < it->n; k++) w->offset[k] += it->stride[k][d - 1] - it->shape[d] * it->stride[k][d];
        w->at[d] = 0;
        w->at[--d]++;
    }
}

void cpu_iter_load(const cpu_iter *it, int32_t k, int64_t first, int64_t n, cplug_dtype t, const void *data, cpu_class c, void *dst)
{
    cpu_walk w;
    uint32_t size = cpu_size(t), wide = cpu_class_size(c);
    cpu_walk_seek(it, &w, first);
    for (int64_t done = 0; done < n;) {
        int64_t m = CPU_MIN(n - done, cpu_walk_left(it, &w));
        cpu_load(c, cpu_at_out(dst, done, wide), t, cpu_at(data, w.offset[k], size), cpu_iter_step(it, k), m);
        cpu_walk_advance(it, &w, m);
        done += m;
    }
}

void cpu_iter_store(const cpu_iter *it, int32_t k, int64_t first, int64_t n, cplug_dtype t, void *data, cpu_class c, const void *src)
{
    cpu_walk w;
    uint32_t size = cpu_size(t), wide = cpu_class_size(c);
    cpu_walk_seek(it, &w, first);
    for (int64_t done = 0; done < n;) {
        int64_t m = CPU_MIN(n - done, cpu_walk_left(it, &w));
        cpu_store(t, cpu_at_out(data, w.offset[k], size), cpu_iter_step(it, k), c, cpu_at(src, done, wide), m);
        cpu_walk_advance(it, &w, m);
        done += m;
    }
}
