/* test_ini_page.c: docs/ini.md and docs/man/cplug-ini.5 name each key of the launcher's sections.  With --print it writes the part of
 * docs/ini.md that stands between the two lines about keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <cplug/launcher.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char begin[] = "<!-- begin keys: test_launcher_ini_page --print -->\n", end[] = "<!-- end keys -->";

/* In the order of cplug_run_section. */
static const char *const titles[] = {
    "`[cplug]`",
    "`[runtime]`",
    "`[data.train]`, `[data.valid]`, `[data.test]`",
    "the same, of the loader",
    "`[model]`",
    "`[layer.NAME]`",
    "`[layer.NAME]` with a block",
    "`[block.B]`",
    "`[metrics]`",
    "`[optimizer.NAME]`",
    "`[train]`",
    "`[checkpoint]`",
    "`[log]`",
};

static bool hidden(const char *key) { return strcmp(key, "rank") == 0 || strcmp(key, "world") == 0; } /* of hosts with many processes */

static void put(char **at, const char *format, ...) CPLUG_PRINTF(2, 3);
static void put(char **at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    *at += vsprintf(*at, format, args);
    va_end(args);
}

static void put_type(char **at, const cplug_option *o)
{
    static const char *const names[] = { "?",    "int",  "float",  "true\\|false", "text",      "",
                                         "path", "ints", "floats", "texts",        "component", "components" };
    for (const char *c = o->type == CPLUG_OPT_CHOICE ? o->choices : names[o->type]; *c; c++)
        put(at, *c == '|' && o->type == CPLUG_OPT_CHOICE ? "\\|" : "%c", *c);
    if (o->min == 0 && o->max == 0) return;
    if (o->max < o->min || o->max >= 1e15)
        put(at, ", at least %g", o->min);
    else
        put(at, o->max >= 1e9 ? ", %g to %.0f" : ", %g to %g", o->min, o->max);
}

static void put_option(char **at, const cplug_option *o)
{
    const char *fallback = o->flags & CPLUG_OPT_REQUIRED ? "required" : o->fallback == NULL ? "" : o->fallback;
    put(at, "| `%s` | ", o->name);
    put_type(at, o);
    put(at, fallback[0] ? " | %s%s%s | " : " |%s%s%s | ", o->flags & CPLUG_OPT_REQUIRED || !fallback[0] ? "" : "`", fallback,
        o->flags & CPLUG_OPT_REQUIRED || !fallback[0] ? "" : "`");
    for (const char *c = o->doc; *c; c++) put(at, *c == '|' ? "\\|" : "%c", *c);
    put(at, " |\n");
}

static cplug_option option_at(const cplug_options_table *t, uint32_t i)
{
    return *(const cplug_option *)(const void *)((const char *)t->at + (size_t)i * t->stride);
}

static char *make_page(void)
{
    const cplug_options_table *t;
    char *page = calloc(1, 65536), *at = page;
    if (page == NULL) abort();
    put(&at, "\n| key | type | default | meaning |\n|---|---|---|---|\n");
    for (uint32_t i = 0; cplug_run_section(i, &t) != NULL; i++) {
        put(&at, "| **%s** | | | |\n", i < CPLUG_COUNT(titles) ? titles[i] : "?");
        for (uint32_t k = 0; k < t->n; k++) {
            const cplug_option o = option_at(t, k);
            if (!hidden(o.name)) put_option(&at, &o);
        }
    }
    put(&at, "\n");
    return page;
}

static char *read_file(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, TEST_SOURCE_DIR "/%s", name);
    FILE *f = fopen(path, "rb");
    char *text = calloc(1, 262144);
    if (f == NULL || text == NULL) fail_msg("%s cannot be read", path);
    const size_t n = fread(text, 1, 262143, f);
    fclose(f);
    assert_true(n > 0);
    return text;
}

static void page_is_fresh(void **state)
{
    (void)state;
    char *text = read_file("docs/ini.md"), *page = make_page();
    char *from = strstr(text, begin), *to = strstr(text, end);
    assert_true(from != NULL && to != NULL);
    from += strlen(begin);
    *to = '\0';
    if (strcmp(from, page) != 0)
        fail_msg("docs/ini.md is out of date: put what test_launcher_ini_page --print writes between its two lines about keys");
    free(text);
    free(page);
}

static void manual_has_all_keys(void **state)
{
    (void)state;
    char *text = read_file("docs/man/cplug-ini.5");
    const cplug_options_table *t;
    const char *name;
    int missing = 0;
    for (uint32_t i = 0; (name = cplug_run_section(i, &t)) != NULL; i++)
        for (uint32_t k = 0; k < t->n; k++) {
            char item[128];
            const cplug_option o = option_at(t, k);
            snprintf(item, sizeof item, "\n.It Cm %s", o.name);
            const char *found = strstr(text, item);
            while (found != NULL && strchr(" \n", found[strlen(item)]) == NULL) found = strstr(found + 1, item);
            if (hidden(o.name) || found != NULL) continue;
            print_message("cplug-ini(5) lacks %s of [%s]\n", o.name, name);
            missing++;
        }
    free(text);
    assert_int_equal(missing, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(page_is_fresh), cmocka_unit_test(manual_has_all_keys) };
    if (argc > 1 && strcmp(argv[1], "--print") == 0) {
        char *page = make_page();
        fputs(page, stdout);
        free(page);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
