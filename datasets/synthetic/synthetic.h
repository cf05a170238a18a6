/* synthetic.h: random numbers of one sample, and the digits. */
#ifndef SYNTHETIC_H
#define SYNTHETIC_H
#include <cplug/plugin.h>

/* A stream of numbers that depends on its key and first counter only. */
typedef struct stream {
    const cplug_host *host;
    uint64_t key, counter;
    uint32_t word[4], left;
} stream;
uint32_t stream_word(stream *s);
double stream_uniform(stream *s); /* (0, 1) */
double stream_between(stream *s, double low, double high);
double stream_normal(stream *s);

enum { DIGIT_SIDE = 28 };
/* Draws digit 0..9 in white on black; noise: standard deviation of a pixel, as part of full white. */
void digit_draw(stream *s, int64_t digit, double noise, uint8_t *pixels);
#endif
