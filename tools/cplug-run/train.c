/* train.c: the verbs train and check: a model from its INI file, trained or only looked at. */
#include "tool.h"

int do_train(const command *c)
{
    cplug_run *r = open_run(c, CPLUG_RUN_TRAINS | CPLUG_RUN_EVALUATES);
    watch_signals();
    if (cplug_run_code(r) == CPLUG_RUN_OK) cplug_run_train(r, NULL);
    return finish(c, r);
}

int do_check(const command *c)
{
    cplug_run *r = open_run(c, CPLUG_RUN_TRAINS | CPLUG_RUN_EVALUATES);
    if (cplug_run_code(r) == CPLUG_RUN_OK && !c->print) cplug_run_check(r); /* to print a file, its data are not needed */
    if (cplug_run_code(r) == CPLUG_RUN_OK && c->print && !c->json) fputs(cplug_run_config(r), stdout);
    if (cplug_run_code(r) == CPLUG_RUN_OK && !c->print && !c->json)
        printf("%s: %lld parameters, no mistakes\n", c->file, (long long)cplug_module_n_parameters(cplug_run_model(r)));
    if (cplug_run_code(r) == CPLUG_RUN_OK && c->json) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "type", "check");
        cJSON_AddNumberToObject(o, "parameters", (double)cplug_module_n_parameters(cplug_run_model(r)));
        if (c->print) cJSON_AddStringToObject(o, "config", cplug_run_config(r));
        print_json(o);
    }
    return finish(c, r);
}
