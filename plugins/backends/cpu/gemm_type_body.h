/* gemm_type_body.h: the parts of gemm.c that are written once per element type.  Included with GEMM_T (type) and GEMM_NAME(x) (how its
 * functions are called) defined. */

CPU_INLINE void GEMM_NAME(copy)(GEMM_T *restrict dst, const GEMM_T *restrict src, int64_t k_stride, int64_t width, int64_t kc)
{
    for (int64_t p = 0; p < kc; p++) memcpy(dst + p * width, src + p * k_stride, (size_t)width * sizeof *dst);
}
/* Panel of `width` rows, dst[p * width + r] = src[r * stride + p * k_stride]; rows from n on are zero. */
static void GEMM_NAME(pack)(GEMM_T *restrict dst, const GEMM_T *restrict src, int64_t stride, int64_t k_stride, int64_t n, int64_t width,
                            int64_t kc)
{
    if (n == width && stride == 1) { /* constant sizes are copied inline */
        switch (width) {
        case 32: GEMM_NAME(copy)(dst, src, k_stride, 32, kc); return;
        case 16: GEMM_NAME(copy)(dst, src, k_stride, 16, kc); return;
        case 8: GEMM_NAME(copy)(dst, src, k_stride, 8, kc); return;
        default: break;
        }
    }
    if (n < width) memset(dst, 0, (size_t)(width * kc) * sizeof *dst);
    int64_t r = 0;
    if (k_stride == 1) {
        for (; r + 4 <= n; r += 4) GEMM_NAME(transpose4)(dst + r, width, src + r * stride, stride, kc);
        for (; r < n; r++)
            for (int64_t p = 0; p < kc; p++) dst[p * width + r] = src[r * stride + p];
    } else {
        for (int64_t p = 0; p < kc; p++)
            for (int64_t i = 0; i < n; i++) dst[p * width + i] = src[i * stride + p * k_stride];
    }
}

/* c (+)= tile (+ bias) for columns of one segment; the slow way out of the register tile: edges, strides, bias. */
static void GEMM_NAME(merge)(const GEMM_T *restrict tile, int64_t ld, int64_t rows, int64_t cols, GEMM_T *restrict c, int64_t row_stride,
                             int64_t column_stride, int32_t accumulate, const GEMM_T *bias, int64_t bias_row, int64_t bias_column)
{
    for (int64_t i = 0; i < rows; i++, tile += ld, c += row_stride) {
        if (accumulate && column_stride == 1) {
            for (int64_t j = 0; j < cols; j++) c[j] += tile[j];
        } else if (accumulate) {
            for (int64_t j = 0; j < cols; j++) c[j * column_stride] += tile[j];
        } else if (bias && bias_column == 0) {
            for (int64_t j = 0; j < cols; j++) c[j * column_stride] = tile[j] + bias[i * bias_row];
        } else if (bias && column_stride == 1) {
            for (int64_t j = 0; j < cols; j++) c[j] = tile[j] + bias[j];
        } else if (bias) {
            for (int64_t j = 0; j < cols; j++) c[j * column_stride] = tile[j] + bias[j];
        } else {
            for (int64_t j = 0; j < cols; j++) c[j * column_stride] = tile[j];
        }
    }
}

/* ---- one side is a vector: memory-bound, so nothing is packed ---- */
enum { GEMM_NAME(lanes) = 128 / sizeof(GEMM_T) };
CPU_CLONES static GEMM_T GEMM_NAME(dot)(const GEMM_T *x, const GEMM_T *v, int64_t k)
{
    GEMM_T acc[GEMM_NAME(lanes)] = { 0 }, sum = 0;
    int64_t p = 0;
    for (; p + GEMM_NAME(lanes) <= k; p += GEMM_NAME(lanes))
        for (int32_t l = 0; l < GEMM_NAME(lanes); l++) acc[l] += x[p + l] * v[p + l];
    for (int32_t half = GEMM_NAME(lanes) / 2; half; half /= 2)
        for (int32_t l = 0; l < half; l++) acc[l] += acc[l + half];
    for (; p < k; p++) sum += x[p] * v[p];
    return acc[0] + sum;
}
/* y[i] += sum over 4 rows of x: y is read and written once for four */
CPU_CLONES static void GEMM_NAME(axpy4)(GEMM_T *restrict y, const GEMM_T *restrict x, int64_t k_stride, const GEMM_T *restrict v, int64_t n)
{
    const GEMM_T *restrict x1 = x + k_stride, *restrict x2 = x1 + k_stride, *restrict x3 = x2 + k_stride;
    for (int64_t i = 0; i < n; i++) y[i] += (x[i] * v[0] + x1[i] * v[1]) + (x2[i] * v[2] + x3[i] * v[3]);
}
/* y[0 .. n) = X[i0 .. i0 + n, k] v */
static void GEMM_NAME(vector)(const cpu_gemm_operand *o, cpu_class type, int64_t i0, int64_t n, int64_t k, const void *vector, void *out)
{
    const GEMM_T *v = vector;
    GEMM_T *y = out;
    uint32_t size = cpu_size(o->dtype);
    bool native = is_type(o->dtype, type);
    if (native && o->stride == 1 && o->k_stride != 1) {
        const GEMM_T *x = (const GEMM_T *)o->data + i0;
        int64_t p = 0;
        memset(y, 0, (size_t)n * sizeof *y);
        for (; p + 4 <= k; p += 4) GEMM_NAME(axpy4)(y, x + p * o->k_stride, o->k_stride, v + p, n);
        for (; p < k; p++)
            for (int64_t i = 0; i < n; i++) y[i] += x[p * o->k_stride + i] * v[p];
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        const char *row = (const char *)o->data + (i0 + i) * o->stride * (int64_t)size;
        if (native && o->k_stride == 1) {
            y[i] = GEMM_NAME(dot)((const GEMM_T *)(const void *)row, v, k);
            continue;
        }
        cpu_tile tile;
        y[i] = 0;
        for (int64_t p = 0; p < k; p += CPU_TILE) {
            int64_t len = CPU_MIN(k - p, CPU_TILE);
            cpu_load(type, &tile, o->dtype, row + p * o->k_stride * (int64_t)size, o->k_stride, len);
            y[i] += GEMM_NAME(dot)((const GEMM_T *)(const void *)&tile, v + p, len);
        }
    }
}
#undef GEMM_T
#undef GEMM_NAME
