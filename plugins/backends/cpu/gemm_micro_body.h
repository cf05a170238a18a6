/* gemm_micro_body.h: one register tile of C, written once for every element type and vector width.  Included by gemm_micro.c with
 *   MICRO_NAME  MICRO_TARGET (attribute or nothing)  MICRO_T  MICRO_LANES  MICRO_ROWS  MICRO_VECS
 * defined.  The ROWS x VECS accumulators live in registers for the whole k loop; the packed panels deliver ROWS elements of A and
 * LANES * VECS of B per step. */
#define MICRO_JOIN2(a, b) a##b
#define MICRO_JOIN(a, b) MICRO_JOIN2(a, b)
#define MICRO_VEC MICRO_JOIN(MICRO_NAME, _vec)

typedef MICRO_T MICRO_VEC __attribute__((vector_size(sizeof(MICRO_T) * MICRO_LANES), aligned(sizeof(MICRO_T)), may_alias));

MICRO_TARGET static void MICRO_NAME(int64_t k, const void *a_panel, const void *b_panel, void *c_tile, int64_t ldc, int32_t accumulate)
{
    const MICRO_T *a = a_panel, *b = b_panel;
    MICRO_T *c = c_tile;
    MICRO_VEC acc[MICRO_ROWS][MICRO_VECS];
    _Pragma("GCC unroll 16") for (int i = 0; i < MICRO_ROWS; i++)
    {
        _Pragma("GCC unroll 4") for (int v = 0; v < MICRO_VECS; v++) acc[i][v] = (MICRO_VEC){ 0 };
    }
    for (int64_t p = 0; p < k; p++) {
        MICRO_VEC row[MICRO_VECS];
        _Pragma("GCC unroll 4") for (int v = 0; v < MICRO_VECS; v++) row[v] = *(const MICRO_VEC *)(b + v * MICRO_LANES);
        _Pragma("GCC unroll 16") for (int i = 0; i < MICRO_ROWS; i++)
        {
            _Pragma("GCC unroll 4") for (int v = 0; v < MICRO_VECS; v++) acc[i][v] += a[i] * row[v];
        }
        a += MICRO_ROWS;
        b += MICRO_LANES * MICRO_VECS;
    }
    _Pragma("GCC unroll 16") for (int i = 0; i < MICRO_ROWS; i++)
    {
        _Pragma("GCC unroll 4") for (int v = 0; v < MICRO_VECS; v++)
        {
            MICRO_VEC *at = (MICRO_VEC *)(c + i * ldc + v * MICRO_LANES);
            if (accumulate) acc[i][v] += *at;
            *at = acc[i][v];
        }
    }
}

#undef MICRO_VEC
#undef MICRO_JOIN
#undef MICRO_JOIN2
#undef MICRO_NAME
#undef MICRO_TARGET
#undef MICRO_T
#undef MICRO_LANES
#undef MICRO_ROWS
#undef MICRO_VECS
