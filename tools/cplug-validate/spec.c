/* spec.c: words for a component that one knows nothing of but its schema. */
#include "component.h"
#include <stdio.h>
#include <string.h>

cplug_option option_at(const cplug_options_table *t, uint32_t i)
{
    cplug_option o;
    memset(&o, 0, sizeof o);
    memcpy(&o, (const char *)t->at + (uint64_t)i * t->stride, t->stride < sizeof o ? t->stride : sizeof o);
    return o;
}

bool plain_value(const cplug_option *o, const char *not_this, char *value, uint64_t size)
{
    static const char *const tries[] = { "2", "1", "0.5", "8", "true", "false", "2,2", "1,1", "1,2", "0.1,0.2", "x", "4", "0" };
    char why[128];
    if (o->type == CPLUG_OPT_CHOICE) {
        for (const char *at = o->choices; at != NULL; at = strchr(at, '|') != NULL ? strchr(at, '|') + 1 : NULL) {
            snprintf(value, size, "%.*s", (int)strcspn(at, "|"), at);
            if (not_this == NULL || strcmp(value, not_this) != 0) return true;
        }
        return false;
    }
    for (uint32_t k = 0; k < CPLUG_COUNT(tries); k++) {
        if (not_this != NULL && strcmp(tries[k], not_this) == 0) continue;
        snprintf(value, size, "%s", tries[k]);
        if (cplug_option_check(o, tries[k], why, sizeof why) == 0) return true;
    }
    return false;
}

/* Does what the user said hold this option already? */
static bool given(const char *words, const char *name)
{
    const size_t n = strlen(name);
    for (const char *at = strstr(words, name); at != NULL; at = strstr(at + 1, name))
        if (at > words && at[-1] == ' ' && at[n] == '=') return true;
    return false;
}

bool component_spec(const component *c, int32_t changed, char *text, uint64_t size)
{
    const char *base = c->words != NULL ? c->words : c->id;
    snprintf(text, size, "%s", base);
    for (uint32_t i = 0; i < c->options.n; i++) {
        const cplug_option o = option_at(&c->options, i);
        const bool required = (o.flags & CPLUG_OPT_REQUIRED) != 0;
        char value[64] = "", word[256];
        if (o.name == NULL || given(base, o.name)) continue;
        if (!required && changed != SPEC_ALL && changed != (int32_t)i) continue;
        if (plain_value(&o, o.fallback, value, sizeof value)) {
            snprintf(word, sizeof word, " %s=%s", o.name, value);
            strncat(text, word, size - strlen(text) - 1);
        } else if (required) {
            return false;
        }
    }
    return true;
}
