/* inspect.h: what the text and the markdown of inspect share: kinds in their order, and options and ops in words. */
#ifndef CPLUG_INSPECT_H
#define CPLUG_INSPECT_H
#include "survey.h"

typedef struct kind_page {
    const char *kind, *page, *title, *intro; /* "module", "layers", "Layers", what all of the kind have in common */
} kind_page;
extern const kind_page kind_pages[];
extern const uint32_t n_kind_pages;
const kind_page *page_named(const char *kind_or_page); /* NULL: there is none */

/* ---- words.c ---- */
enum { WORDS = 1024 };
/* "none|mean|sum", "int", "ints" */
const char *option_type(const cJSON *option, char text[WORDS]);
/* "", "at least 1", "0 to 1", "2 of them" */
const char *option_range(const cJSON *option, char text[WORDS]);
/* "required", "0.01", "none", "" */
const char *option_default(const cJSON *option);
/* "add(input, other, alpha?) -> output", attributes after a semicolon */
const char *signature_text(const cJSON *op, char text[WORDS]);
/* "vjp", "through its decomposition", "none" */
const char *op_gradient(const cJSON *op);
/* "cpu, openblas, sim@sim": backends that have a kernel, with the device where it is not the cpu */
const char *op_kernels(const survey *s, const char *op, char text[WORDS]);
bool json_has(const cJSON *list, const char *word); /* an array of texts */
bool json_true(const cJSON *o, const char *key);
/* The members of an array of texts, with `between` between them. */
const char *json_words(const cJSON *list, const char *between, char text[WORDS]);

/* ---- dtypes.c ---- */
/* "dtypes" of an op of core: "float", "all; gives bool"; "" where it could not be learnt. */
void add_dtypes(cJSON *o, const cplug_op *op);

/* ---- pages.c ---- */
/* The reference page of a kind, or of all kinds. */
void print_page(const survey *s, const kind_page *k);
void print_all_pages(const survey *s);
#endif
