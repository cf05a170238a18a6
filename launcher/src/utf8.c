/* utf8.c: text for JSON.  File names and values of a user may hold any bytes; JSON may not. */
#include <cplug/launcher.h>

/* Bytes of the character that begins at p, 0 when it is none (Unicode 15, table 3-7). */
static int character(const unsigned char *p)
{
    const unsigned char lead = p[0];
    if (lead < 0x80) return 1;
    const int n = lead >= 0xC2 && lead <= 0xDF ? 2 : lead >= 0xE0 && lead <= 0xEF ? 3 : lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
    for (int i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    const int overlong = (lead == 0xE0 && p[1] < 0xA0) || (lead == 0xF0 && p[1] < 0x90);
    const int outside = (lead == 0xED && p[1] > 0x9F) || (lead == 0xF4 && p[1] > 0x8F); /* surrogates; past U+10FFFF */
    return overlong || outside ? 0 : n;
}

void cplug_utf8_mend(char *text)
{
    for (unsigned char *p = (unsigned char *)text; p != NULL && *p;) {
        const int n = character(p);
        if (n == 0) *p = '?';
        p += n ? n : 1;
    }
}
