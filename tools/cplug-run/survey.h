/* survey.h: what is installed, learnt without running foreign code in this process: manifests are read, plugins are probed in children. */
#ifndef CPLUG_SURVEY_H
#define CPLUG_SURVEY_H
#include "tool.h"

/* States beside core's: a plugin that works, but something about it should be known. */
#define STATE_WARNING "warning"

typedef struct survey {
    /* {"id","version","state","kinds","abi_major","abi_minor","path","license","doc","provides","reason"}; state is "loaded" (it can be
     * used), "warning" (the same, with a reason), "failed", "shadowed" or "listed" (was not looked at) */
    cJSON *plugins;
    cJSON *components; /* what core and the plugins bring, see describe.h, each with its "plugin", "" for core's own */
    cJSON *warnings;   /* lines of text: folders that are not searched */
} survey;

/* about: NULL, or an id, "kind:id" or plugin id: then only the plugins that may have to do with it are probed.  false: no context could be
 * opened, cplug_error_text(NULL) says why. */
bool survey_open(survey *s, const char *about, int seconds);
/* --timeout of the command line, or what holds without it; an exit code, having said what is wrong. */
int survey_seconds(const command *c, int *seconds);
void survey_free(survey *s);
bool survey_is_broken(const cJSON *plugin); /* failed or shadowed */
/* The next component after `after` (NULL: the first one) of a kind (NULL: any) and id (NULL: any). */
const cJSON *survey_next(const survey *s, const cJSON *after, const char *kind, const char *id);
#endif
