/* options.h: what the files of the option syntax share: cutting text into values and elements. */
#ifndef CPLUG_OPTIONS_H
#define CPLUG_OPTIONS_H
#include "plugin/registry.h"

enum { CPLUG__WHY = 512 };

const char *cplug__skip_space(const char *s);
bool cplug__pair_given(const cplug__pair *pairs, int32_t n, const char *key);
/* Elements of "1, 2", "[1, 2]" or "[a, b k=v]" as written, trimmed.  specs: elements may hold "k=1,2".  -1: error in e. */
int64_t cplug__list_split(cplug__arena *a, const char *value, bool specs, const char ***items, cplug_error *e);
/* Takes the quotes off and resolves \t \n \" \\; text without quotes is taken as it is.  NULL: error in e. */
const char *cplug__unquote(cplug__arena *a, const char *value, cplug_error *e);
cplug_status cplug__option_judge(const cplug_option *option, const char *value, cplug_error *e); /* as cplug_option_check */
uint32_t cplug__option_size(cplug_opt_type type); /* bytes in the struct; 0: this host does not know the type */
#endif
