/* text.c: pieces of the printed form, and what several families share. */
#include "layers.h"
#include <stdlib.h>

const char *text_bool(int64_t on) { return on ? "True" : "False"; }
const char *text_int(int64_t value, char room[TEXT_SMALL])
{
    if (value == CPLUG_UNSET) return "?";
    snprintf(room, TEXT_SMALL, "%" PRId64, value);
    return room;
}

/* Fewest significant digits that read back as the same number.  The host's locale may put any decimal sign between them. */
static int shortest_digits(double value, char digits[24], int *exponent)
{
    char text[TEXT_SMALL];
    int n = 0, precision = 0;
    do snprintf(text, sizeof text, "%.*e", precision, value);
    while (strtod(text, NULL) != value && ++precision < 17);
    const char *e = strrchr(text, 'e');
    for (const char *s = text; s < e && n < 23; s++)
        if (*s >= '0' && *s <= '9') digits[n++] = *s;
    *exponent = (int)strtol(e + 1, NULL, 10);
    digits[n] = '\0';
    return n;
}
/* Python's float.__repr__: plain from 1e-4 to below 1e16, else with an exponent of at least two digits. */
const char *text_float(double value, char room[TEXT_SMALL])
{
    char digits[24];
    int exponent;
    if (!isfinite(value)) return isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
    const char *sign = signbit(value) ? "-" : "";
    const int n = shortest_digits(fabs(value), digits, &exponent);
    if (exponent < -4 || exponent >= 16)
        snprintf(room, TEXT_SMALL, "%s%c%s%se%c%02d", sign, digits[0], n > 1 ? "." : "", digits + 1, exponent < 0 ? '-' : '+',
                 abs(exponent));
    else if (exponent < 0)
        snprintf(room, TEXT_SMALL, "%s0.%.*s%s", sign, -exponent - 1, "0000", digits);
    else if (n > exponent + 1)
        snprintf(room, TEXT_SMALL, "%s%.*s.%s", sign, exponent + 1, digits, digits + exponent + 1);
    else
        snprintf(room, TEXT_SMALL, "%s%s%.*s.0", sign, digits, exponent + 1 - n, "0000000000000000");
    return room;
}
const char *text_pair(const int64_t pair[2], char room[TEXT_SMALL])
{
    snprintf(room, TEXT_SMALL, "(%" PRId64 ", %" PRId64 ")", pair[0], pair[1]);
    return room;
}
const char *text_ints(cplug_ints list, char room[TEXT_SMALL]) { return list.n == 1 ? text_int(list.v[0], room) : text_pair(list.v, room); }

void take_pair(cplug_ints list, int64_t unset, int64_t pair[2])
{
    for (int d = 0; d < 2; d++) pair[d] = list.n == 0 ? unset : list.v[list.n == 1 ? 0 : d];
}
cplug_status declare_weight(cplug_module *m, int32_t ndim, const int64_t *shape, int64_t fan_in, int64_t bias)
{
    char init[96];
    snprintf(init, sizeof init, "kaiming_uniform fan_in=%" PRId64 " a=2.23606797749978969", fan_in);
    const cplug_status st = cplug_module_parameter(m, "weight", ndim, shape, init);
    return st ? st : cplug_module_parameter(m, "bias", bias ? 1 : -1, shape, init);
}
