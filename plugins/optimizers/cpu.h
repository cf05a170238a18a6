/* cpu.h: the numbers that the fused loops take, worked out in double once a call. */
#ifndef CPLUG_OPTIMIZERS_CPU_H
#define CPLUG_OPTIMIZERS_CPU_H
#include <math.h>
#include <stdint.h>

typedef struct sgd_numbers {
    double lr, weight_decay, momentum, share, sign;
    int32_t nesterov, reserved;
} sgd_numbers;
typedef struct adam_numbers {
    double sign, l2, keep; /* keep: what decoupled decay leaves of the parameter */
    double mean_share, beta2, square_share, root_scale, eps, step_size;
} adam_numbers;
typedef struct rmsprop_numbers {
    double sign, lr, alpha, square_share, eps, weight_decay, momentum;
} rmsprop_numbers;

#if defined(__x86_64__) && defined(__ELF__) && !defined(CPLUG_SANITIZED)
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLONES
#endif
#define INLINE static inline __attribute__((always_inline))
#endif
