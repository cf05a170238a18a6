/* patches.h: an image as the matrix of its patches (im2col), never stored: delivered straight into gemm panels, or row by row.
 *
 * Terms are (channel, ky, kx), places are (image, oy, ox), both counted row-major.  The value at (term, place) is
 * source[image, channel, oy * step_y + from_y + ky * dilation_y, ox * step_x + from_x + kx * dilation_x], 0 outside. */
#ifndef CPU_PATCHES_H
#define CPU_PATCHES_H
#include "gemm.h"

typedef struct cpu_patches {
    const void *data;     /* dense planes of height x width; channel 0 of image 0 */
    int64_t image_stride; /* elements from image to image; channels follow each other */
    int64_t height, width, kh, kw, oh, ow;
    int64_t step_y, step_x, from_y, from_x, dilation_y, dilation_x; /* steps >= 1; from = -padding; dilations of any sign */
    cplug_dtype dtype;
    uint32_t reserved;
} cpu_patches;

/* pack functions of a cpu_gemm_operand whose arg is a cpu_patches: rows are places and k counts terms, or the reverse */
void cpu_patches_pack_places(const void *arg, cpu_class type, int64_t i0, int64_t n, int64_t width, int64_t k0, int64_t kc, void *dst);
void cpu_patches_pack_terms(const void *arg, cpu_class type, int64_t i0, int64_t n, int64_t width, int64_t k0, int64_t kc, void *dst);

enum { CPU_PATCHES_ROW = 64 };
/* dst[r * ld + i] = value(term + r, place + i) in the class `type`, for r < terms and i < n <= CPU_PATCHES_ROW */
void cpu_patches_rows(const cpu_patches *p, cpu_class type, int64_t term, int64_t terms, int64_t place, int64_t n, int64_t ld, void *dst);

/* Places of a window of `kernel` (dilated) on size + 2 * padding; 0 when it does not fit. */
static inline int64_t cpu_places(int64_t size, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation)
{
    int64_t room = size + 2 * padding - dilation * (kernel - 1) - 1;
    return room < 0 ? 0 : room / stride + 1;
}

/* ---- fold: the way back, overlaps summed ---- */
typedef struct cpu_fold { /* columns [channels * kh * kw, oh * ow] of class type to planes [channels, height, width] of dtype out */
    int64_t height, width, kh, kw, oh, ow, step_y, step_x, padding_y, padding_x, dilation_y, dilation_x;
    int64_t column_stride, place_stride; /* of the columns: from term to term, from place to place, in elements */
    cplug_dtype columns, out;
} cpu_fold;
/* Row y of a plane: columns point at term (channel, 0, 0). */
void cpu_fold_row(const cpu_fold *f, const void *columns, int64_t y, void *row);
#endif
