/* parts.h: the parent's side: a process for the manifest and for each thing that the plugin brings, and what they report. */
#ifndef CPLUG_VALIDATE_PARTS_H
#define CPLUG_VALIDATE_PARTS_H
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#define PART_WORD "--validate-part" /* PROGRAM --validate-part FILE kernel OP BACKEND DEVICE | FILE KIND ID [WORDS] */
enum { MOST_WITH = 64 };

typedef struct validation {
    int seconds; /* that a part may take */
    bool json;
    const char *with[MOST_WITH]; /* "id key=value ...": how components are to be opened that need to be told something */
    bool with_used[MOST_WITH];
    uint32_t n_with;
    uint32_t good, failed, skipped;
    cJSON *checks; /* with json; else NULL and each check is printed when it is made */
} validation;

void validate_plugin(validation *v, const char *path);
void part_tell(validation *v, const char *subject, const char *check, const char *state, const char *text);
#endif
