/* man.c: the manual page cplug-run(1) in mdoc, made of the tables; docs/man/cplug-run.1 is what --man prints, and a test compares them. */
#include "tool.h"
#include <string.h>

enum { WIDTH = 78 };

/* Text in mdoc, wrapped: a backslash is special everywhere, a full stop or an apostrophe at the beginning of a line. */
static void put_text(const char *text, int width)
{
    int at = 0;
    while (*text) {
        const int n = (int)strcspn(text, " ");
        if (at > 0 && at + 1 + n > width) at = 0, printf("\n");
        if (at > 0) at++, printf(" ");
        if (at == 0 && (*text == '.' || *text == '\'')) printf("\\&");
        for (int i = 0; i < n; i++) printf(text[i] == '\\' ? "\\e" : "%c", text[i]);
        at += n;
        text += n + (text[n] == ' ');
    }
    printf("\n");
}

/* One part of what a verb takes: "FILE.ini", "[section.key=value ...]", "-o". */
static void put_part(const char *part, int n)
{
    const char *more = part[0] == '[' && part[n - 1] == '.' ? " ..." : "", *gap = "";
    if (part[0] == '[') {
        part++;
        n = (int)strcspn(part, "]");
        printf("Op ");
    }
    for (; n > 0; gap = " ") {
        const int all = (int)strcspn(part, " "), word = all < n ? all : n;
        if (part[0] == '-')
            printf("%sFl %.*s", gap, word - 1, part + 1);
        else
            printf("%sAr %.*s", gap, word, part);
        n -= word + 1;
        part += word + 1;
    }
    printf("%s", more);
}

/* Each part on a line of its own, or all behind ".It". */
static void put_takes(const char *takes, bool lines)
{
    while (*takes) {
        int n = (int)strcspn(takes, " ");
        if (*takes == '[') n = (int)strcspn(takes, "]"), n += (int)strcspn(takes + n, " ");
        printf(lines ? "." : " ");
        put_part(takes, n);
        if (lines) printf("\n");
        takes += n + (takes[n] == ' ');
    }
}

static void put_flags_of(const verb *v)
{
    bool any = false;
    for (uint32_t k = 0; k < n_flags; k++) {
        if (!flag_belongs(&flag_table[k], v) || flag_table[k].verbs == NULL || strcmp(flag_table[k].verbs, "*") == 0) continue;
        printf(any ? " ,\n.Fl -%s" : ".Pp\nFlags:\n.Fl -%s", flag_table[k].name + 2);
        any = true;
    }
    if (any) printf(" .\n");
}

static void put_flag(const flag *f)
{
    printf(".It Fl -%s", f->name + 2);
    if (f->value != NULL) printf(" Ar %s", f->value);
    printf("\n");
    put_text(f->doc, WIDTH);
    if (f->fallback != NULL) printf("(default: %s)\n", f->fallback);
    if (f->env != NULL) printf("(environment: %s)\n", f->env);
    printf(".br\nFor: %s.\n", f->verbs == NULL ? "verbs that take a file or a run" : strcmp(f->verbs, "*") == 0 ? "all verbs" : f->verbs);
}

static void put_list(const char *macro, const meaning *m, int width)
{
    printf(".Bl -tag -width %dn\n", width);
    for (; m->name != NULL; m++) {
        printf(".It %s%s\n", macro, m->name);
        put_text(m->doc, WIDTH);
    }
    printf(".El\n");
}

static void put_verbs(void)
{
    printf(".Ss Verbs\n.Bl -tag -width completion\n");
    for (uint32_t i = 0; i < n_verbs; i++) {
        printf(".It Cm %s", verbs[i].name);
        put_takes(verbs[i].takes, false);
        printf("\n");
        put_text(verbs[i].doc, WIDTH);
        put_flags_of(&verbs[i]);
    }
    printf(".El\n");
}

void print_man(void)
{
    printf(".\\\" Made by cplug-run --man; do not edit.\n.Dd November 21, 2026\n.Dt CPLUG-RUN 1\n.Os\n"
           ".Sh NAME\n.Nm cplug-run\n.Nd train and use networks described by INI files\n.Sh SYNOPSIS\n");
    for (uint32_t i = 0; i < n_verbs; i++) {
        printf(".Nm\n.Cm %s\n.Op Ar flags\n", verbs[i].name);
        put_takes(verbs[i].takes, true);
    }
    printf(".Nm\n.Cm help\n.Op Ar verb\n.Nm\n.Fl -version\n.Op Fl -json\n.Sh DESCRIPTION\n"
           ".Nm\nreads a network, its data and its training from an INI file as\n.Xr cplug-ini 5\ndescribes,\n"
           "and trains, evaluates and uses it.\nA training run is kept in a folder of its own.\n.Pp\n"
           "Any value of the file can be changed after it as\n.Ar section.key=value .\n"
           "The command line wins over the environment, the environment over the\n"
           "file, and the file over defaults.\n.Pp\n"
           "Ctrl-C lets the step end, saves and exits with 130; SIGTERM does the\n"
           "same with 143, and SIGUSR1 saves and goes on.\n"
           "A second signal ends at once.\n");
    put_verbs();
    printf(".Ss Flags\n.Bl -tag -width Ds\n");
    for (uint32_t k = 0; k < n_flags; k++) put_flag(&flag_table[k]);
    printf(".El\n.Sh ENVIRONMENT\n");
    put_list("Ev ", variables, 20);
    printf(".Sh FILES\nIn the folder of a run,\n.Pa runs/NAME-N :\n");
    put_list("Pa ", run_files, 20);
    printf(".Sh EXIT STATUS\n");
    put_list("", exit_codes, 5);
    printf(".Sh EXAMPLES\n");
    for (uint32_t i = 0; i < n_verbs; i++) {
        printf(".Dl ");
        put_text(verbs[i].example, 10000);
    }
    printf(".Sh SEE ALSO\n.Xr cplug-ini 5\n");
}
