/* softmax_body.h: the loops of softmax.c, written once for float and double.  Included with SOFTMAX_T, SOFTMAX_EXP(x) and
 * SOFTMAX_NAME(x) defined.  Sums are in double, in lanes whose number does not depend on the machine. */
enum { SOFTMAX_NAME(LANES) = 16 };

/* ---- dense runs ---- */
CPU_CLONES static SOFTMAX_T SOFTMAX_NAME(max)(const SOFTMAX_T *restrict x, int64_t n, SOFTMAX_T m)
{
    SOFTMAX_T lane[SOFTMAX_NAME(LANES)];
    int64_t i = 0;
    for (int32_t l = 0; l < SOFTMAX_NAME(LANES); l++) lane[l] = m;
    for (; i + SOFTMAX_NAME(LANES) <= n; i += SOFTMAX_NAME(LANES))
        for (int32_t l = 0; l < SOFTMAX_NAME(LANES); l++) lane[l] = x[i + l] > lane[l] ? x[i + l] : lane[l];
    for (int32_t l = 0; l < SOFTMAX_NAME(LANES); l++) m = lane[l] > m ? lane[l] : m;
    for (; i < n; i++) m = x[i] > m ? x[i] : m;
    return m;
}
/* y = exp(x - m); returns the sum */
CPU_CLONES static double SOFTMAX_NAME(exp_sum)(const SOFTMAX_T *restrict x, SOFTMAX_T m, SOFTMAX_T *restrict y, int64_t n)
{
    double lane[SOFTMAX_NAME(LANES)] = { 0 }, sum = 0;
    int64_t i = 0;
    for (int64_t k = 0; k < n; k++) y[k] = SOFTMAX_EXP(x[k] - m);
    for (; i + SOFTMAX_NAME(LANES) <= n; i += SOFTMAX_NAME(LANES))
        for (int32_t l = 0; l < SOFTMAX_NAME(LANES); l++) lane[l] += (double)y[i + l];
    for (; i < n; i++) sum += (double)y[i];
    for (int32_t l = 0; l < SOFTMAX_NAME(LANES); l++) sum += lane[l];
    return sum;
}
/* sum of g, or of g * y */
CPU_CLONES static double SOFTMAX_NAME(dot_rows)(const SOFTMAX_T *restrict g, const SOFTMAX_T *restrict y, int64_t n, bool logs)
{
    double lane[SOFTMAX_NAME(LANES)] = { 0 }, sum = 0;
    int64_t i = 0;
    for (; i + SOFTMAX_NAME(LANES) <= n; i += SOFTMAX_NAME(LANES)) {
        if (logs)
            for (int32_t l = 0; l < SOFTMAX_NAME(LANES); l++) lane[l] += (double)g[i + l];
        else
            for (int32_t l = 0; l < SOFTMAX_NAME(LANES); l++) lane[l] += (double)g[i + l] * (double)y[i + l];
    }
    for (; i < n; i++) sum += logs ? (double)g[i] : (double)g[i] * (double)y[i];
    for (int32_t l = 0; l < SOFTMAX_NAME(LANES); l++) sum += lane[l];
    return sum;
}
/* y = (x - m) - log(sum), or exp(x - m) / sum */
CPU_CLONES static void SOFTMAX_NAME(finish)(const SOFTMAX_T *restrict x, SOFTMAX_T m, double sum, SOFTMAX_T *restrict y, int64_t n,
                                            bool logs)
{
    SOFTMAX_T b = (SOFTMAX_T)(logs ? log(sum) : 1.0 / sum);
    if (logs) {
        for (int64_t i = 0; i < n; i++) y[i] = (x[i] - m) - b;
    } else {
        for (int64_t i = 0; i < n; i++) y[i] = SOFTMAX_EXP(x[i] - m) * b;
    }
}
CPU_CLONES static void SOFTMAX_NAME(scale)(SOFTMAX_T *restrict y, double by, int64_t n)
{
    for (int64_t i = 0; i < n; i++) y[i] *= (SOFTMAX_T)by;
}
CPU_CLONES static void SOFTMAX_NAME(grad)(const SOFTMAX_T *restrict g, const SOFTMAX_T *restrict y, SOFTMAX_T sum, SOFTMAX_T *restrict out,
                                          int64_t n, bool logs)
{
    if (logs) {
        for (int64_t i = 0; i < n; i++) out[i] = g[i] - SOFTMAX_EXP(y[i]) * sum;
    } else {
        for (int64_t i = 0; i < n; i++) out[i] = y[i] * (g[i] - sum);
    }
}

/* ---- columns side by side: m and sum are arrays ---- */
CPU_CLONES static void SOFTMAX_NAME(max_columns)(const SOFTMAX_T *restrict x, SOFTMAX_T *restrict m, int64_t n)
{
    for (int64_t i = 0; i < n; i++) m[i] = x[i] > m[i] ? x[i] : m[i];
}
CPU_CLONES static void SOFTMAX_NAME(exp_sum_columns)(const SOFTMAX_T *restrict x, const SOFTMAX_T *restrict m, double *restrict sum,
                                                     int64_t n)
{
    for (int64_t i = 0; i < n; i++) sum[i] += (double)SOFTMAX_EXP(x[i] - m[i]);
}
CPU_CLONES static void SOFTMAX_NAME(dot_columns)(const SOFTMAX_T *restrict g, const SOFTMAX_T *restrict y, double *restrict sum, int64_t n,
                                                 bool logs)
{
    if (logs) {
        for (int64_t i = 0; i < n; i++) sum[i] += (double)g[i];
    } else {
        for (int64_t i = 0; i < n; i++) sum[i] += (double)g[i] * (double)y[i];
    }
}
CPU_CLONES static void SOFTMAX_NAME(finish_columns)(const SOFTMAX_T *restrict x, const SOFTMAX_T *restrict m, const SOFTMAX_T *restrict b,
                                                    SOFTMAX_T *restrict y, int64_t n, bool logs)
{
    if (logs) {
        for (int64_t i = 0; i < n; i++) y[i] = (x[i] - m[i]) - b[i];
    } else {
        for (int64_t i = 0; i < n; i++) y[i] = SOFTMAX_EXP(x[i] - m[i]) * b[i];
    }
}
CPU_CLONES static void SOFTMAX_NAME(grad_columns)(const SOFTMAX_T *restrict g, const SOFTMAX_T *restrict y, const SOFTMAX_T *restrict sum,
                                                  SOFTMAX_T *restrict out, int64_t n, bool logs)
{
    if (logs) {
        for (int64_t i = 0; i < n; i++) out[i] = g[i] - SOFTMAX_EXP(y[i]) * sum[i];
    } else {
        for (int64_t i = 0; i < n; i++) out[i] = y[i] * (g[i] - sum[i]);
    }
}

/* ---- one distribution that lies dense, in pieces of CPU_TILE ---- */
static void SOFTMAX_NAME(row)(const job *j, int64_t first)
{
    const cplug_view *x = j->c->in[0], *y = j->c->out[0];
    cpu_class type = j->s->type;
    int64_t size = j->s->size;
    bool logs = j->kind->log, keep = cpu_is_native(y->dtype) && !logs; /* the exponentials wait in y */
    SOFTMAX_T m = -INFINITY;
    double sum = 0;
    cpu_tile a, b;
    for (int64_t i = 0; i < size; i += CPU_TILE) {
        int64_t n = CPU_MIN(size - i, CPU_TILE);
        m = SOFTMAX_NAME(max)(fetch(x, type, first + i, n, &a), n, m);
    }
    for (int64_t i = 0; i < size; i += CPU_TILE) {
        int64_t n = CPU_MIN(size - i, CPU_TILE);
        sum += SOFTMAX_NAME(exp_sum)(fetch(x, type, first + i, n, &a), m, keep ? (void *)at_out(y, first + i) : (void *)&b, n);
    }
    for (int64_t i = 0; i < size; i += CPU_TILE) {
        int64_t n = CPU_MIN(size - i, CPU_TILE);
        if (keep) {
            SOFTMAX_NAME(scale)((void *)at_out(y, first + i), 1.0 / sum, n);
            continue;
        }
        SOFTMAX_NAME(finish)(fetch(x, type, first + i, n, &a), m, sum, (void *)&b, n, logs);
        cpu_store(y->dtype, at_out(y, first + i), 1, type, &b, n);
    }
}

static void SOFTMAX_NAME(grad_row)(const job *j, int64_t first)
{
    const cplug_view *g = j->c->in[0], *y = j->c->in[1], *dx = j->c->out[0];
    cpu_class type = j->s->type;
    int64_t size = j->s->size;
    bool logs = j->kind->log;
    double sum = 0;
    cpu_tile a, b, out;
    for (int64_t i = 0; i < size; i += CPU_TILE) {
        int64_t n = CPU_MIN(size - i, CPU_TILE);
        sum += SOFTMAX_NAME(dot_rows)(fetch(g, type, first + i, n, &a), fetch(y, type, first + i, n, &b), n, logs);
    }
    for (int64_t i = 0; i < size; i += CPU_TILE) {
        int64_t n = CPU_MIN(size - i, CPU_TILE);
        SOFTMAX_NAME(grad)(fetch(g, type, first + i, n, &a), fetch(y, type, first + i, n, &b), (SOFTMAX_T)sum, (void *)&out, n, logs);
        cpu_store(dx->dtype, at_out(dx, first + i), 1, type, &out, n);
    }
}

/* ---- n <= CPU_TILE distributions whose entries lie `inner` apart ---- */
static void SOFTMAX_NAME(columns)(const job *j, int64_t first, int64_t n)
{
    const cplug_view *x = j->c->in[0], *y = j->c->out[0];
    const plan *s = j->s;
    SOFTMAX_T m[CPU_TILE], b[CPU_TILE];
    double sum[CPU_TILE] = { 0 };
    cpu_tile a, out;
    for (int64_t i = 0; i < n; i++) m[i] = -INFINITY;
    for (int64_t k = 0; k < s->size; k++) SOFTMAX_NAME(max_columns)(fetch(x, s->type, first + k * s->inner, n, &a), m, n);
    for (int64_t k = 0; k < s->size; k++) SOFTMAX_NAME(exp_sum_columns)(fetch(x, s->type, first + k * s->inner, n, &a), m, sum, n);
    for (int64_t i = 0; i < n; i++) b[i] = (SOFTMAX_T)(j->kind->log ? log(sum[i]) : 1.0 / sum[i]);
    for (int64_t k = 0; k < s->size; k++) {
        SOFTMAX_NAME(finish_columns)(fetch(x, s->type, first + k * s->inner, n, &a), m, b, (void *)&out, n, j->kind->log);
        cpu_store(y->dtype, at_out(y, first + k * s->inner), 1, s->type, &out, n);
    }
}

static void SOFTMAX_NAME(grad_of_columns)(const job *j, int64_t first, int64_t n)
{
    const cplug_view *g = j->c->in[0], *y = j->c->in[1], *dx = j->c->out[0];
    const plan *s = j->s;
    SOFTMAX_T b[CPU_TILE];
    double sum[CPU_TILE] = { 0 };
    cpu_tile ga, ya, out;
    for (int64_t k = 0; k < s->size; k++) {
        int64_t at = first + k * s->inner;
        SOFTMAX_NAME(dot_columns)(fetch(g, s->type, at, n, &ga), fetch(y, s->type, at, n, &ya), sum, n, j->kind->log);
    }
    for (int64_t i = 0; i < n; i++) b[i] = (SOFTMAX_T)sum[i];
    for (int64_t k = 0; k < s->size; k++) {
        int64_t at = first + k * s->inner;
        SOFTMAX_NAME(grad_columns)(fetch(g, s->type, at, n, &ga), fetch(y, s->type, at, n, &ya), b, (void *)&out, n, j->kind->log);
        cpu_store(dx->dtype, at_out(dx, at), 1, s->type, &out, n);
    }
}
#undef SOFTMAX_T
#undef SOFTMAX_EXP
#undef SOFTMAX_NAME
