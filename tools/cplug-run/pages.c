/* pages.c: the reference pages of the documentation, docs/components/KIND.md and docs/ops.md, made of what the components say themselves.
 */
#include "inspect.h"
#include "../common/describe.h"
#include <stdlib.h>
#include <string.h>

const kind_page kind_pages[] = {
    /* clang-format off */
    { "module", "layers", "Layers",
      "`[layer.NAME]` with `type = ID`; in C `cplug_module_new(ctx, \"ID key=value ...\")`. Names, defaults and initialisation are PyTorch's." },
    { "loss", "losses", "Losses", "`[loss]` with `type = ID`. Names, defaults and reductions are PyTorch's." },
    { "optimizer", "optimizers", "Optimizers",
      "`[optimizer]` with `type = ID`; `[optimizer.NAME]` is a parameter group. Formulas are PyTorch's, and so are the names of the state that a "
      "checkpoint keeps." },
    { "scheduler", "schedulers", "Schedulers", "`[scheduler]` with `type = ID`: how the learning rate changes." },
    { "metric", "metrics", "Metrics", "`[metrics]` with `names = ID, ID key=value`, each over the whole data set." },
    { "dataset", "datasets", "Data sets", "`[data.train]`, `[data.valid]` and `[data.test]` with `type = ID`." },
    { "transform", "transforms", "Transforms", "`transforms = ID key=value, ID` in a data section, applied to each sample in this order." },
    { "callback", "callbacks", "Callbacks", "`[callback.NAME]` with `type = ID`: told of what happens in training, it may ask for an end or a checkpoint." },
    { "format", "formats", "File formats", "Tensors in files, picked by the ending of the name." },
    { "op", "ops", "Ops",
      "What a tensor can do, as `cplug_dispatch` and backends know it; `<cplug/ops.h>` has a function for most. In a signature `?` may be left "
      "out, `[]` is a list, `!` is written to; attributes stand after the semicolon. Dtypes: of the first input, as the shape rule takes them; kernels of a backend may take fewer. Gradient: `vjp`, a formula made of ops, so that it can be "
      "differentiated again; through its decomposition into other ops; or none. An op without a kernel of a backend runs as its decomposition "
      "or, where it has none, on another backend." },
    /* clang-format on */
};
const uint32_t n_kind_pages = CPLUG_COUNT(kind_pages);

const kind_page *page_named(const char *kind_or_page)
{
    for (uint32_t i = 0; i < n_kind_pages; i++)
        if (strcmp(kind_pages[i].kind, kind_or_page) == 0 || strcmp(kind_pages[i].page, kind_or_page) == 0) return &kind_pages[i];
    return NULL;
}

static const cJSON *get(const cJSON *o, const char *key) { return cJSON_GetObjectItemCaseSensitive(o, key); }

/* Text inside a cell: a bar would end it. */
static void cell(const char *text)
{
    for (; *text; text++) {
        if (*text == '|') putchar('\\');
        putchar(*text);
    }
}

static void code_cell(const char *text)
{
    fputs(text[0] ? " | `" : " | ", stdout);
    cell(text);
    if (text[0]) putchar('`');
}

/* In the order of the alphabet, so that a page does not change when a plugin registers in another order. */
static int by_id(const void *x, const void *y)
{
    return strcmp(json_text(*(const cJSON *const *)x, "id"), json_text(*(const cJSON *const *)y, "id"));
}

static const cJSON **sorted(const survey *s, const char *kind, uint32_t *n)
{
    const cJSON **list = calloc((size_t)cJSON_GetArraySize(s->components) + 1, sizeof *list);
    *n = 0;
    for (const cJSON *o = survey_next(s, NULL, kind, NULL); o != NULL && list != NULL; o = survey_next(s, o, kind, NULL)) list[(*n)++] = o;
    if (*n) qsort(list, *n, sizeof *list, by_id);
    return list;
}

static void option_row(const cJSON *o)
{
    char type[WORDS], range[WORDS];
    const char *fallback = option_default(o);
    const bool required = json_true(o, "required");
    printf("| `%s`", json_text(o, "name"));
    code_cell(option_type(o, type));
    printf(" | %s", option_range(o, range));
    if (required)
        fputs(" | required", stdout);
    else
        code_cell(fallback);
    fputs(" | ", stdout);
    cell(json_text(o, "doc"));
    if (json_text(o, "since")[0]) printf(" (since %s)", json_text(o, "since"));
    puts(" |");
}

static void extras(const cJSON *o)
{
    char words[WORDS];
    if (get(o, "inputs") != NULL && get(o, "inputs")->valuedouble != 1 && strcmp(json_text(o, "kind"), "module") == 0)
        printf("\nInputs: %s.\n", get(o, "inputs")->valuedouble == 0 ? "any number" : "several");
    if (cJSON_GetArraySize(get(o, "extensions"))) printf("\nEndings: `%s`.\n", json_words(get(o, "extensions"), "` `", words));
    if (cJSON_GetArraySize(get(o, "state"))) printf("\nState: `%s`.\n", json_words(get(o, "state"), "` `", words));
    if (get(o, "higher_is_better") != NULL) printf("\n%s is better.\n", json_true(o, "higher_is_better") ? "Higher" : "Lower");
}

static void component_section(const cJSON *o)
{
    const cJSON *options = get(o, "options"), *option;
    const char *class = json_text(o, "class");
    printf("\n## %s\n\n", json_text(o, "id"));
    if (class[0]) printf("`%s`: ", class);
    printf("%s.\n", json_text(o, "doc"));
    extras(o);
    if (cJSON_GetArraySize(options) == 0) {
        if (options != NULL) puts("\nNo options.");
        return;
    }
    puts("\n| option | type | range | default | meaning |\n|---|---|---|---|---|");
    cJSON_ArrayForEach(option, options) option_row(option);
}

static void op_row(const survey *s, const cJSON *o)
{
    char words[WORDS];
    const bool view = json_has(get(o, "flags"), "view");
    printf("| `%s`", json_text(o, "id"));
    code_cell(signature_text(o, words));
    fputs(" | ", stdout);
    cell(json_text(o, "doc"));
    printf(" | %s | %s | %s | %s |\n", json_text(o, "dtypes"), op_gradient(o),
           json_true(o, "decomposes")               ? "yes"
           : json_has(get(o, "flags"), "primitive") ? "primitive"
                                                    : "",
           view ? "view" : op_kernels(s, json_text(o, "id"), words));
}

/* The page depends on them, so it says which they were. */
static void backends_line(const survey *s)
{
    fputs("\nBackends of this build:", stdout);
    for (const cJSON *o = survey_next(s, NULL, "backend", NULL); o != NULL; o = survey_next(s, o, "backend", NULL))
        printf(" `%s`", json_text(o, "id"));
    puts(".");
}

void print_page(const survey *s, const kind_page *k)
{
    uint32_t n;
    const cJSON **list = sorted(s, k->kind, &n);
    printf("# %s\n\n<!-- made by: cplug-run inspect --markdown %s -->\n%s\n", k->title, k->kind, k->intro);
    const bool ops = strcmp(k->kind, "op") == 0;
    if (ops) backends_line(s);
    if (ops) puts("\n| op | call | what | dtypes | gradient | decomposes | kernels |\n|---|---|---|---|---|---|---|");
    for (uint32_t i = 0; i < n && list != NULL; i++) {
        if (ops)
            op_row(s, list[i]);
        else
            component_section(list[i]);
    }
    free(list);
}

void print_all_pages(const survey *s)
{
    for (uint32_t i = 0; i < n_kind_pages; i++) {
        if (i) putchar('\n');
        print_page(s, &kind_pages[i]);
    }
}
