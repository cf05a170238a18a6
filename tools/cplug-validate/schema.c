/* schema.c: is the table of options one that checkers, docs and hosts can live with? */
#include "component.h"
#include <stdio.h>
#include <string.h>

uint64_t option_size(const cplug_option *o)
{
    const bool list = o->type == CPLUG_OPT_INTS || o->type == CPLUG_OPT_FLOATS || o->type == CPLUG_OPT_STRINGS ||
                      o->type == CPLUG_OPT_SPECS;
    return list ? sizeof(cplug_ints) : 8;
}

static bool good_name(const char *name)
{
    return name != NULL && name[0] && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0' &&
           !(name[0] >= '0' && name[0] <= '9');
}

static void check_option(const component *c, const cplug_option *o)
{
    char why[512] = "";
    const char *name = o->name != NULL ? o->name : "?";
    if (!good_name(o->name)) check_fail("option '%s': a name is lower case letters, digits and underscores", name);
    if (o->doc == NULL || o->doc[0] == '\0') check_fail("option '%s' has no doc", name);
    if (o->type < CPLUG_OPT_INT || o->type > CPLUG_OPT_SPECS) check_fail("option '%s' has the unknown type %u", name, o->type);
    if (o->offset % 8 != 0 || o->offset + option_size(o) > c->size)
        check_fail("option '%s' is stored at %llu, outside of a struct of %llu bytes", name, (unsigned long long)o->offset,
                   (unsigned long long)c->size);
    if (o->type == CPLUG_OPT_CHOICE && (o->choices == NULL || o->choices[0] == '\0')) check_fail("option '%s' has no choices", name);
    if ((o->flags & CPLUG_OPT_REQUIRED) && o->fallback != NULL)
        check_fail("option '%s' is required and has the default '%s'", name, o->fallback);
    if (o->fallback != NULL && cplug_option_check(o, o->fallback, why, sizeof why))
        check_fail("option '%s': its default is refused: %s", name, why);
    if (o->fallback == NULL && !(o->flags & (CPLUG_OPT_REQUIRED | CPLUG_OPT_UNSET_OK)))
        check_fail("option '%s' has no default, is not required, and may not be left out", name);
}

void check_schema(const component *c)
{
    for (uint32_t i = 0; i < c->options.n; i++) {
        const cplug_option a = option_at(&c->options, i);
        check_option(c, &a);
        for (uint32_t k = 0; k < i && a.name != NULL; k++) {
            const cplug_option b = option_at(&c->options, k);
            if (b.name != NULL && strcmp(a.name, b.name) == 0) check_fail("option '%s' stands twice", a.name);
            if (a.offset < b.offset + option_size(&b) && b.offset < a.offset + option_size(&a))
                check_fail("options '%s' and '%s' are stored over each other", b.name, a.name);
        }
    }
    check_note("%u options", c->options.n);
}
