/* cpu_loops.h: the fused updates for one dtype, included once for each: REAL and ROOT say which, NAME makes the names.  p parameter,
 * g gradient, the rest is state; no two of them overlap.  The order of operations is PyTorch's but
 * for one division turned into a product, so results agree to the last bits. */

INLINE REAL NAME(lerp)(REAL a, REAL b, REAL w) { return w < (REAL)0.5 ? a + w * (b - a) : b - (b - a) * (1 - w); }
INLINE REAL NAME(with_decay)(REAL g, REAL p, REAL weight_decay) { return weight_decay != 0 ? g + weight_decay * p : g; }

INLINE void NAME(sgd_loop)(int64_t n, REAL *restrict p, const REAL *restrict g, REAL *restrict b, const sgd_numbers *s,
                           const int has_buffer, const int nesterov)
{
    const REAL step = (REAL)-s->lr, weight_decay = (REAL)s->weight_decay, momentum = (REAL)s->momentum, share = (REAL)s->share,
               sign = (REAL)s->sign;
    for (int64_t i = 0; i < n; i++) {
        REAL d = NAME(with_decay)(sign * g[i], p[i], weight_decay);
        if (has_buffer) {
            const REAL now = b[i] * momentum + share * d;
            b[i] = now;
            d = nesterov ? d + momentum * now : now;
        }
        p[i] += step * d;
    }
}
CLONES static void NAME(sgd)(int64_t n, REAL *restrict p, const REAL *restrict g, REAL *restrict b, const sgd_numbers *s)
{
    if (!b)
        NAME(sgd_loop)(n, p, g, NULL, s, 0, 0);
    else if (s->nesterov)
        NAME(sgd_loop)(n, p, g, b, s, 1, 1);
    else
        NAME(sgd_loop)(n, p, g, b, s, 1, 0);
}

INLINE void NAME(adam_loop)(int64_t n, REAL *restrict p, const REAL *restrict g, REAL *restrict m, REAL *restrict v, REAL *restrict top,
                            const adam_numbers *s, const int amsgrad)
{
    const REAL sign = (REAL)s->sign, l2 = (REAL)s->l2, keep = (REAL)s->keep, mean_share = (REAL)s->mean_share, beta2 = (REAL)s->beta2;
    const REAL square_share = (REAL)s->square_share, root_scale = (REAL)s->root_scale, eps = (REAL)s->eps, step = (REAL)-s->step_size;
    for (int64_t i = 0; i < n; i++) {
        const REAL d = NAME(with_decay)(sign * g[i], p[i], l2);
        const REAL mean = NAME(lerp)(m[i], d, mean_share), square = v[i] * beta2 + square_share * d * d;
        REAL largest = square;
        m[i] = mean;
        v[i] = square;
        if (amsgrad) top[i] = largest = square > top[i] || square != square ? square : top[i];
        p[i] = p[i] * keep + step * mean / (ROOT(largest) * root_scale + eps);
    }
}
CLONES static void NAME(adam)(int64_t n, REAL *restrict p, const REAL *restrict g, REAL *restrict m, REAL *restrict v, REAL *restrict top,
                              const adam_numbers *s)
{
    if (top)
        NAME(adam_loop)(n, p, g, m, v, top, s, 1);
    else
        NAME(adam_loop)(n, p, g, m, v, NULL, s, 0);
}

INLINE void NAME(rmsprop_loop)(int64_t n, REAL *restrict p, const REAL *restrict g, REAL *restrict v, REAL *restrict mean, REAL *restrict b,
                               const rmsprop_numbers *s, const int centered, const int has_buffer)
{
    const REAL sign = (REAL)s->sign, step = (REAL)-s->lr, alpha = (REAL)s->alpha, square_share = (REAL)s->square_share, eps = (REAL)s->eps;
    const REAL weight_decay = (REAL)s->weight_decay, momentum = (REAL)s->momentum;
    for (int64_t i = 0; i < n; i++) {
        const REAL d = NAME(with_decay)(sign * g[i], p[i], weight_decay);
        const REAL square = v[i] * alpha + square_share * d * d;
        REAL spread = square;
        v[i] = square;
        if (centered) {
            const REAL now = NAME(lerp)(mean[i], d, square_share);
            mean[i] = now;
            spread = square - now * now;
        }
        const REAL denominator = ROOT(spread) + eps;
        if (has_buffer) {
            const REAL now = b[i] * momentum + d / denominator;
            b[i] = now;
            p[i] += step * now;
        } else {
            p[i] += step * d / denominator;
        }
    }
}
CLONES static void NAME(rmsprop)(int64_t n, REAL *restrict p, const REAL *restrict g, REAL *restrict v, REAL *restrict mean,
                                 REAL *restrict b, const rmsprop_numbers *s)
{
    if (mean && b)
        NAME(rmsprop_loop)(n, p, g, v, mean, b, s, 1, 1);
    else if (mean)
        NAME(rmsprop_loop)(n, p, g, v, mean, NULL, s, 1, 0);
    else if (b)
        NAME(rmsprop_loop)(n, p, g, v, NULL, b, s, 0, 1);
    else
        NAME(rmsprop_loop)(n, p, g, v, NULL, NULL, s, 0, 0);
}
