/* doctor.h: what the files of the verb doctor share: doctor_facts.c looks at the machine, doctor_checks.c judges, doctor.c is the verb. */
#ifndef CPLUG_DOCTOR_H
#define CPLUG_DOCTOR_H
#include "survey.h"

typedef struct machine {
    int32_t cores;        /* that this process may run on */
    double quota;         /* of cores, by its control group; 0: none */
    double memory, limit; /* bytes: available, and the control group's limit, 0: none */
    bool x86, avx2, fma, avx512;
    long kernel_major, kernel_minor;
    char folder[4096]; /* where runs would be written */
    bool writable;
    double disk_free; /* bytes; negative: not known */
} machine;
/* Facts for a report, sections of names and values, and those that are judged. */
cJSON *doctor_facts(machine *m);

/* A list of {"name","state","text","help"}; state is "ok", "warn" or "fail". */
cJSON *doctor_checks(const machine *m, const survey *s);
#endif
