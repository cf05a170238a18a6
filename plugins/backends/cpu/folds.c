/* folds.c: the inner loops of reductions.  Sums of floats run in double, so they are right to the last bit or two of f32. */
#include "reduce.h"
#include <math.h>

enum { LANES = 16 };

/* T: element, L: lane, A: accumulator.  fold is an expression in a (lane or accumulator), x (element) and m (mean); merge one in a, x. */
#define FOLD(name, T, L, A, start, fold, merge)                                                                                            \
    CPU_CLONES_NARROW static void name##_row(int64_t n, const void *data, void *acc, double m)                                             \
    {                                                                                                                                      \
        const T *at = data;                                                                                                                \
        L lane[LANES];                                                                                                                     \
        int64_t i = 0;                                                                                                                     \
        (void)m;                                                                                                                           \
        for (int32_t k = 0; k < LANES; k++) lane[k] = (start);                                                                             \
        for (; i + LANES <= n; i += LANES) CPU_ROLLED for (int32_t k = 0; k < LANES; k++)                                                  \
            {                                                                                                                              \
                L a = lane[k], x = (L)at[i + k];                                                                                           \
                lane[k] = (fold);                                                                                                          \
            }                                                                                                                              \
        for (int32_t k = 0; i < n; i++, k++) {                                                                                             \
            L a = lane[k], x = (L)at[i];                                                                                                   \
            lane[k] = (fold);                                                                                                              \
        }                                                                                                                                  \
        for (int32_t half = LANES / 2; half; half /= 2)                                                                                    \
            for (int32_t k = 0; k < half; k++) {                                                                                           \
                L a = lane[k], x = lane[k + half];                                                                                         \
                lane[k] = (merge);                                                                                                         \
            }                                                                                                                              \
        A a = *(A *)acc, x = (A)lane[0];                                                                                                   \
        *(A *)acc = (merge);                                                                                                               \
    }                                                                                                                                      \
    CPU_CLONES_NARROW static void name##_column(int64_t rows, int64_t row_stride, int64_t columns, const void *data, void *acc,            \
                                                const double *mean)                                                                        \
    {                                                                                                                                      \
        A *restrict sum = acc;                                                                                                             \
        for (int64_t r = 0; r < rows; r++) {                                                                                               \
            const T *restrict at = (const T *)data + r * row_stride;                                                                       \
            for (int64_t k = 0; k < columns; k++) {                                                                                        \
                A a = sum[k], x = (A)at[k];                                                                                                \
                double m = mean ? mean[k] : 0;                                                                                             \
                (void)m;                                                                                                                   \
                sum[k] = (fold);                                                                                                           \
            }                                                                                                                              \
        }                                                                                                                                  \
    }

#define FOLDS(name, narrow, fold_f, merge_f, start_f, fold_i, start_i)                                                                     \
    FOLD(name##_f32, float, narrow, double, start_f, fold_f, merge_f)                                                                      \
    FOLD(name##_f64, double, double, double, start_f, fold_f, merge_f)                                                                     \
    FOLD(name##_i64, int64_t, int64_t, int64_t, start_i, fold_i, fold_i)                                                                   \
    const cpu_reducer cpu_##name = {                                                                                                       \
        .fold = { { name##_f32_row, name##_f32_column }, { name##_f64_row, name##_f64_column }, { name##_i64_row, name##_i64_column } },   \
        .start = { { .d = (start_f) }, { .i = (start_i) } }                                                                                \
    };

#define WRAP(op) (int64_t)((uint64_t)a op(uint64_t) x)
FOLDS(sum, double, a + x, a + x, 0.0, WRAP(+), 0)
FOLDS(prod, double, a *x, a *x, 1.0, WRAP(*), 1)
/* A NaN wins and stays. */
FOLDS(amax, float, ((x > a) | (x != x)) ? x : a, ((x > a) | (x != x)) ? x : a, -INFINITY, x > a ? x : a, INT64_MIN)
FOLDS(amin, float, ((x < a) | (x != x)) ? x : a, ((x < a) | (x != x)) ? x : a, INFINITY, x < a ? x : a, INT64_MAX)
FOLDS(any, float, x != 0 ? 1 : a, x != 0 ? 1 : a, 0, x != 0 ? 1 : a, 0)
FOLDS(all, float, x == 0 ? 0 : a, x == 0 ? 0 : a, 1, x == 0 ? 0 : a, 1)

FOLD(squares_f32, float, double, double, 0, a + (x - m) * (x - m), a + x)
FOLD(squares_f64, double, double, double, 0, a + (x - m) * (x - m), a + x)
const cpu_reducer cpu_squares = { .fold = { { squares_f32_row, squares_f32_column }, { squares_f64_row, squares_f64_column } },
                                  .merge = &cpu_sum };
